//! The dilution bridge: why a holder's ownership changed, step by step and cause by cause.
//!
//! In a step a holder's ownership goes from `s / T` to `(s + n) / T'`. What it acquires counts `n / T'`; each
//! cause that issues `m` of the `T' - T` new shares takes `s m / (T T')` of it. The parts add up to the change
//! exactly, whatever their order.

use crate::plan::Plan;
use crate::scenario::OwnerId;
use crate::scenario::Scenario;
use crate::units::Day;
use crate::units::Decided;
use crate::units::Exact;
use crate::units::Scalar;

use super::journal::Journal;
use super::table::Change;
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
    /// The holder's SAFE or note became shares.
    Converted,
    /// SAFEs and notes of others became shares.
    Conversions,
    /// The holder's shares convert to more.
    Protected,
    /// Protected shares of others convert to more.
    PriceProtection,
    /// Options were granted out of the pool.
    Granted,
    /// Options became shares.
    Exercised,
    /// Options returned to the pool.
    Returned,
    /// The holder's warrant.
    Warrant,
    /// Warrants of others.
    Warrants,
    /// The holder's shares were bought back or cancelled.
    Retired,
    /// Shares of others were bought back or cancelled.
    Retirement,
    /// The holder's shares became another class.
    Reclassified,
    /// Shares of others became another class.
    Reclassification,
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
            Cause::Converted => "SAFE or note converted",
            Cause::Conversions => "diluted by conversions",
            Cause::Protected => "price protection",
            Cause::PriceProtection => "diluted by price protection",
            Cause::Granted => "options granted",
            Cause::Exercised => "options exercised",
            Cause::Returned => "options returned",
            Cause::Warrant => "warrant",
            Cause::Warrants => "changed by warrants",
            Cause::Retired => "shares bought back or cancelled",
            Cause::Retirement => "others' shares bought back or cancelled",
            Cause::Reclassified => "shares became another class",
            Cause::Reclassification => "others' shares became another class",
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
            Cause::Converted => "converted",
            Cause::Conversions => "conversions",
            Cause::Protected => "protected",
            Cause::PriceProtection => "price-protection",
            Cause::Granted => "granted",
            Cause::Exercised => "exercised",
            Cause::Returned => "returned",
            Cause::Warrant => "warrant",
            Cause::Warrants => "warrants",
            Cause::Retired => "retired",
            Cause::Retirement => "retirement",
            Cause::Reclassified => "reclassified",
            Cause::Reclassification => "reclassification",
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
    let mut tables = Tables::new(scenario, plan, journal);
    let owner = |line: usize| plan.positions.get(line).map_or(usize::MAX, |position| position.owner as usize);
    let mut total = journal.marks.first().map_or(Exact::ZERO, |mark| mark.fully_diluted);
    let mut at = journal.marks.first().map_or(0, |mark| mark.postings);
    let opening = tables.after(0).clone();
    let mut held = tables.by_owner(&opening.shares);
    let mut bridges: Vec<Bridge> =
        held.iter().map(|held| Bridge { opening: *held / total, steps: Vec::new(), last: Exact::ZERO }).collect();
    for (index, (step, mark)) in plan.steps.iter().zip(journal.marks.iter().skip(1)).enumerate() {
        let next = mark.fully_diluted;
        let mut own: Vec<(usize, Cause, Exact)> = Vec::new();
        let mut issued: Vec<(Cause, Exact)> = Vec::new();
        for posting in journal.postings.get(at..mark.postings).unwrap_or(&[]) {
            tables.post(&posting.entry, &mut |change| match change {
                Change::Shares { line, converted, own: cause, others } => {
                    own.push((owner(line), cause, converted));
                    add(&mut issued, others, converted);
                }
                Change::Scaled(factor) => {
                    total = total * factor;
                    for held in &mut held {
                        *held = *held * factor;
                    }
                }
            });
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
        for (cause, shares) in issued.iter().filter(|(_, shares)| is_something(*shares, next)) {
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

/// What is left of moves that cancel out is at most their last digits.
fn is_something(shares: Exact, of: Exact) -> bool {
    (of * Exact::GRAIN).lt(shares.magnitude()) == Decided::Yes
}

fn add(sums: &mut Vec<(Cause, Exact)>, cause: Cause, shares: Exact) {
    match sums.iter_mut().find(|(known, _)| *known == cause) {
        Some((_, sum)) => *sum += shares,
        None => sums.push((cause, shares)),
    }
}
