//! What became of capacity in kind.

use crate::plan::Plan;
use crate::units::Decided;
use crate::units::Exact;
use crate::units::Scalar;

use super::journal::RunwayRecord;
use super::played::Outcome;

/// Capacity that came with a tranche, under a burn report, in money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditUse {
    /// The round and the tranche, as `mega.amazon`.
    pub tranche: String,
    /// The round and the tranche, by their places.
    pub place: (usize, usize),
    /// What came with its closings.
    pub came: Exact,
    /// What became available within the projection.
    pub granted: Exact,
    /// What paid for spending.
    pub used: Exact,
    /// What was lost unused, at a month's end or when it expired.
    pub lost: Exact,
    /// What is there at the end.
    pub unused: Exact,
}

/// The capacity of each tranche under a report; those that brought none are left out.
#[must_use]
pub fn credits(outcome: &Outcome, record: &RunwayRecord) -> Vec<CreditUse> {
    let Outcome { scenario, plan, state, .. } = outcome;
    let unit = Exact::of(plan.treasury.denominator);
    let mut all: Vec<CreditUse> = Vec::new();
    for credit in &state.credits {
        if Exact::ZERO.lt(credit.amount) != Decided::Yes {
            continue;
        }
        let Some((round, number)) = tranche(plan, credit.closing) else { continue };
        let Some(of) = scenario.rounds.get(round).and_then(|it| Some((it, it.tranches.get(number)?))) else { continue };
        let index = match all.iter().position(|other| other.place == (round, number)) {
            Some(index) => index,
            None => {
                all.push(CreditUse {
                    tranche: format!("{}.{}", of.0.id, of.1.id),
                    place: (round, number),
                    came: Exact::ZERO,
                    granted: Exact::ZERO,
                    used: Exact::ZERO,
                    lost: Exact::ZERO,
                    unused: Exact::ZERO,
                });
                all.len().saturating_sub(1)
            }
        };
        let Some(slot) = all.get_mut(index) else { continue };
        slot.came += credit.amount;
        let mut last = Exact::ZERO;
        for flow in record.credits.iter().filter(|flow| flow.closing == credit.closing) {
            slot.granted += flow.granted / unit;
            slot.used += flow.used / unit;
            slot.lost += flow.lost / unit;
            last = flow.available / unit;
        }
        slot.unused += last;
    }
    all
}

/// The round of a closing, and the place of its tranche there.
fn tranche(plan: &Plan, closing: usize) -> Option<(usize, usize)> {
    let number = plan.closings.get(closing)?.tranche;
    let round = plan.tranches.get(number)?.round;
    Some((round, number.checked_sub(plan.rounds.get(round)?.tranches.start)?))
}
