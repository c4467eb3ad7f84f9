//! Where another term of a convertible would bind: the neighbouring kinks of a round, as valuations.

use crate::engine::State;
use crate::engine::play;
use crate::outcome::ConversionRecord;
use crate::outcome::Journal;
use crate::outcome::Outcome;
use crate::outcome::term;
use crate::plan::ValuationPlan;
use crate::units::Decimal;
use crate::units::Exact;
use crate::units::Scalar;

/// How far the valuation is moved in search of another term: to a thousandth and a thousandfold.
const DOUBLINGS: u32 = 10;
/// Halvings of the last doubling: to a millionth of the valuation.
const HALVINGS: u32 = 24;

/// The valuations of the round, below and above its own, at which another term of a convertible would bind, and which;
/// none where the round has a price and no valuation. Found by playing the plan again with other valuations.
#[must_use]
pub fn switches(outcome: &Outcome, record: &ConversionRecord) -> Option<Vec<(bool, Decimal, String)>> {
    let round = record.converted.round?;
    let slot = match outcome.plan.rounds.get(round)?.valuation {
        ValuationPlan::PreMoney(slot) | ValuationPlan::PostMoney(slot) => slot,
        ValuationPlan::Price(_) | ValuationPlan::StepUp(_) => return None,
    };
    let now = term(outcome, record);
    let own = *outcome.plan.values.get(slot.index())?;
    let two = Decimal::TWO;
    let mut found = Vec::new();
    for is_below in [true, false] {
        let mut same = own;
        for _ in 0..DOUBLINGS {
            let far = if is_below { same.checked_div(two)? } else { same.checked_mul(two)? };
            match term_at(outcome, record, slot.index(), far) {
                Some(other) if other == now => same = far,
                Some(other) => {
                    let (at, other) = between(outcome, record, slot.index(), same, far, &now, other)?;
                    found.push((is_below, at, other));
                    break;
                }
                None => break,
            }
        }
    }
    Some(found)
}

/// Halves the way from a valuation with the term to one without.
fn between(
    outcome: &Outcome,
    record: &ConversionRecord,
    slot: usize,
    same: Decimal,
    far: Decimal,
    now: &str,
    other: String,
) -> Option<(Decimal, String)> {
    let (mut same, mut far, mut other) = (same, far, other);
    for _ in 0..HALVINGS {
        let middle = same.checked_add(far)?.checked_div(Decimal::TWO)?;
        match term_at(outcome, record, slot, middle) {
            Some(found) if found == now => same = middle,
            Some(found) => {
                far = middle;
                other = found;
            }
            None => break,
        }
    }
    Some((far, other))
}

/// The term that binds at another valuation.
fn term_at(outcome: &Outcome, record: &ConversionRecord, slot: usize, valuation: Decimal) -> Option<String> {
    let mut figures: Vec<Exact> = outcome.plan.values.iter().map(|value| Exact::of(*value)).collect();
    *figures.get_mut(slot)? = Exact::of(valuation);
    let mut state = State::new(&outcome.plan);
    let mut journal = Journal::default();
    play(&outcome.plan, &figures, &mut state, &mut journal).ok()?;
    let found = journal.conversions.iter().find(|other| {
        other.converted.convertible == record.converted.convertible && other.converted.round == record.converted.round
    })?;
    Some(term(outcome, found))
}
