//! The dilution bridge: why a holder's ownership changed, step by step and cause by cause.
//!
//! In a step a holder's ownership goes from `s / T` to `(s + n) / T'`. What it acquires counts `n / T'`; each
//! cause that issues `m` of the `T' - T` new shares takes `s m / (T T')` of it. The parts add up to the change
//! exactly, whatever their order.

use crate::engine::Entry;
use crate::plan::Plan;
use crate::scenario::OwnerId;
use crate::scenario::Scenario;
use crate::units::Day;
use crate::units::Exact;
use crate::units::Scalar;

use super::journal::Journal;
use super::table::Tables;

/// Why ownership changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// The holder bought new shares.
    Invested,
    /// New shares were sold for money.
    NewMoney,
    /// The pool was topped up.
    PoolIncrease,
    /// The pool's own shares were increased.
    ToppedUp,
    /// The holder bought from another.
    Bought,
    /// The holder sold to another.
    Sold,
}

impl Cause {
    /// What people read.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Cause::Invested => "shares bought from the company",
            Cause::NewMoney => "diluted by new money",
            Cause::PoolIncrease => "diluted by the pool increase",
            Cause::ToppedUp => "pool increased",
            Cause::Bought => "bought from holders",
            Cause::Sold => "sold to holders",
        }
    }

    /// One word for machines.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Cause::Invested => "invested",
            Cause::NewMoney => "new-money",
            Cause::PoolIncrease => "pool-increase",
            Cause::ToppedUp => "topped-up",
            Cause::Bought => "bought",
            Cause::Sold => "sold",
        }
    }
}

/// One part of a bridge.
#[derive(Debug, Clone, Copy)]
pub struct BridgeStep {
    /// The step of the plan.
    pub step: usize,
    /// Its day.
    pub day: Day,
    /// Why.
    pub cause: Cause,
    /// The change of the holder's ownership, as a part of one.
    pub change: Exact,
}

/// A holder's way from opening to final ownership.
#[derive(Debug, Clone)]
pub struct Bridge {
    /// Ownership of the opening table.
    pub opening: Exact,
    /// Its steps; their sum is the difference.
    pub steps: Vec<BridgeStep>,
    /// Ownership at the end.
    pub last: Exact,
}

/// The bridge of one owner.
#[must_use]
pub fn bridge(scenario: &Scenario, plan: &Plan, journal: &Journal, owner: OwnerId) -> Bridge {
    let tables = Tables::new(scenario, plan, journal);
    let is_owner =
        |line: usize| plan.positions.get(line).is_some_and(|position| position.owner as usize == owner.index());
    let mut held = Exact::ZERO;
    let mut total = journal.marks.first().map_or(Exact::ZERO, |mark| mark.fully_diluted);
    let mut at = journal.marks.first().map_or(0, |mark| mark.postings);
    for posting in journal.postings.get(..at).unwrap_or(&[]) {
        if let Entry::Opened { position, shares } = posting.entry
            && is_owner(position)
        {
            held += tables.as_converted(position, shares);
        }
    }
    let opening = held / total;
    let mut steps = Vec::new();
    for (index, (step, mark)) in plan.steps.iter().zip(journal.marks.iter().skip(1)).enumerate() {
        let next = mark.fully_diluted;
        let mut own: Vec<(Cause, Exact)> = Vec::new();
        let mut issued: Vec<(Cause, Exact)> = Vec::new();
        for posting in journal.postings.get(at..mark.postings).unwrap_or(&[]) {
            match posting.entry {
                Entry::Closed { position, shares, .. } => {
                    let shares = tables.as_converted(position, shares);
                    add(&mut issued, Cause::NewMoney, shares);
                    if is_owner(position) {
                        add(&mut own, Cause::Invested, shares);
                    }
                }
                Entry::PoolIncreased { position, shares, .. } => {
                    let shares = tables.as_converted(position, shares);
                    add(&mut issued, Cause::PoolIncrease, shares);
                    if is_owner(position) {
                        add(&mut own, Cause::ToppedUp, shares);
                    }
                }
                Entry::Sold { seller, buyer, shares, .. } => {
                    if is_owner(seller) {
                        add(&mut own, Cause::Sold, Exact::ZERO - tables.as_converted(seller, shares));
                    }
                    if is_owner(buyer) {
                        add(&mut own, Cause::Bought, tables.as_converted(buyer, shares));
                    }
                }
                Entry::Opened { .. } | Entry::Signed { .. } | Entry::SaleCapped { .. } | Entry::NoLastPrice => {}
            }
        }
        let mut part = |cause: Cause, change: Exact| {
            if change != Exact::ZERO {
                steps.push(BridgeStep { step: index, day: step.day, cause, change });
            }
        };
        for (cause, shares) in &issued {
            if held != Exact::ZERO {
                part(*cause, Exact::ZERO - (held / total) * (*shares / next));
            }
        }
        for (cause, shares) in own {
            part(cause, shares / next);
            held += shares;
        }
        total = next;
        at = mark.postings;
    }
    Bridge { opening, steps, last: held / total }
}

fn add(sums: &mut Vec<(Cause, Exact)>, cause: Cause, shares: Exact) {
    match sums.iter_mut().find(|(known, _)| *known == cause) {
        Some((_, sum)) => *sum += shares,
        None => sums.push((cause, shares)),
    }
}
