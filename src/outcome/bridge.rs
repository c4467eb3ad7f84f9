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
use super::table::left_after;

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

/// The bridges of all owners, in one pass over the journal.
#[must_use]
pub fn bridges(scenario: &Scenario, plan: &Plan, journal: &Journal) -> Vec<Bridge> {
    let tables = Tables::new(scenario, plan, journal);
    let owner = |line: usize| plan.positions.get(line).map_or(usize::MAX, |position| position.owner as usize);
    let mut held = vec![Exact::ZERO; scenario.owners.len()];
    let mut total = journal.marks.first().map_or(Exact::ZERO, |mark| mark.fully_diluted);
    let mut at = journal.marks.first().map_or(0, |mark| mark.postings);
    for posting in journal.postings.get(..at).unwrap_or(&[]) {
        if let Entry::Opened { position, shares } = posting.entry
            && let Some(held) = held.get_mut(owner(position))
        {
            *held += tables.as_converted(position, shares);
        }
    }
    let mut bridges: Vec<Bridge> =
        held.iter().map(|held| Bridge { opening: *held / total, steps: Vec::new(), last: Exact::ZERO }).collect();
    for (index, (step, mark)) in plan.steps.iter().zip(journal.marks.iter().skip(1)).enumerate() {
        let next = mark.fully_diluted;
        let mut own: Vec<(usize, Cause, Exact)> = Vec::new();
        let mut issued: Vec<(Cause, Exact)> = Vec::new();
        for posting in journal.postings.get(at..mark.postings).unwrap_or(&[]) {
            match posting.entry {
                Entry::Closed { position, shares, .. } => {
                    let shares = tables.as_converted(position, shares);
                    add(&mut issued, Cause::NewMoney, shares);
                    own.push((owner(position), Cause::Invested, shares));
                }
                Entry::PoolIncreased { position, shares, .. } => {
                    let shares = tables.as_converted(position, shares);
                    add(&mut issued, Cause::PoolIncrease, shares);
                    own.push((owner(position), Cause::ToppedUp, shares));
                }
                Entry::Sold { seller, buyer, shares, .. } => {
                    own.push((owner(seller), Cause::Sold, Exact::ZERO - tables.as_converted(seller, shares)));
                    own.push((owner(buyer), Cause::Bought, tables.as_converted(buyer, shares)));
                }
                Entry::Opened { .. } | Entry::Signed { .. } | Entry::SaleCapped { .. } | Entry::NoLastPrice => {}
            }
        }
        let part = |bridge: &mut Bridge, cause: Cause, change: Exact| {
            if change == Exact::ZERO {
                return;
            }
            match bridge
                .steps
                .iter_mut()
                .rev()
                .take_while(|known| known.step == index)
                .find(|known| known.cause == cause)
            {
                Some(known) => known.change += change,
                None => bridge.steps.push(BridgeStep { step: index, day: step.day, cause, change }),
            }
        };
        for (cause, shares) in issued.iter().filter(|(_, shares)| *shares != Exact::ZERO) {
            for (bridge, held) in bridges.iter_mut().zip(&held).filter(|(_, held)| **held != Exact::ZERO) {
                let change = Exact::ZERO - (*held / total) * (*shares / next);
                bridge.steps.push(BridgeStep { step: index, day: step.day, cause: *cause, change });
            }
        }
        for (owner, cause, shares) in own {
            if let (Some(bridge), Some(held)) = (bridges.get_mut(owner), held.get_mut(owner)) {
                part(bridge, cause, shares / next);
                *held = left_after(*held, Exact::ZERO - shares);
            }
        }
        total = next;
        at = mark.postings;
    }
    for (bridge, held) in bridges.iter_mut().zip(held) {
        bridge.last = held / total;
    }
    bridges
}

/// The bridge of one owner.
#[must_use]
pub fn bridge(scenario: &Scenario, plan: &Plan, journal: &Journal, owner: OwnerId) -> Bridge {
    let nothing = Bridge { opening: Exact::ZERO, steps: Vec::new(), last: Exact::ZERO };
    bridges(scenario, plan, journal).into_iter().nth(owner.index()).unwrap_or(nothing)
}

fn add(sums: &mut Vec<(Cause, Exact)>, cause: Cause, shares: Exact) {
    match sums.iter_mut().find(|(known, _)| *known == cause) {
        Some((_, sum)) => *sum += shares,
        None => sums.push((cause, shares)),
    }
}
