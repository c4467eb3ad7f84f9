//! The opening table in shares.

use crate::plan::OpeningCountPlan;
use crate::plan::Plan;
use crate::units::Mask;
use crate::units::Scalar;

use super::classes::from_common;
use super::fault::Fault;
use super::fault::FaultKind;
use super::figures::Figures;
use super::observer::Entry;
use super::observer::Observer;
use super::state::State;

/// Puts the opening shares in place. A stake is its part of the unit of account, the rest what the others leave.
#[inline(always)]
pub(super) fn open<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    figures: Figures<'_, S>,
    state: &mut State<S>,
    observer: &mut O,
) -> Result<(), Fault> {
    let unit = plan.unit.map(|slot| figures.at(slot)).unwrap_or(S::ZERO);
    let mut rest_line = None;
    for (start, line) in plan.opening.iter().enumerate() {
        state.start = start;
        let counted = match line.count {
            OpeningCountPlan::Stake(slot) => figures.at(slot) * unit,
            OpeningCountPlan::Fraction(numerator, denominator) => unit.times(S::of(numerator).per(S::of(denominator))),
            OpeningCountPlan::Shares(slot) => {
                let shares = figures.at(slot);
                state.issue(plan, line.position, shares);
                observer.post(Entry::Opened { position: line.position, shares });
                continue;
            }
            OpeningCountPlan::Rest => {
                rest_line = Some((start, line.position));
                continue;
            }
        };
        issue_converted(plan, state, observer, line.position, counted);
    }
    if let Some((start, position)) = rest_line {
        state.start = start;
        let rest = unit - state.fully_diluted;
        if rest.lt(S::ZERO).any() {
            return Err(Fault { step: None, kind: FaultKind::Opening });
        }
        issue_converted(plan, state, observer, position, rest);
    }
    if !state.fully_diluted.is_valid() {
        return Err(Fault { step: None, kind: FaultKind::Arithmetic });
    }
    if !S::ZERO.lt(state.fully_diluted).any() {
        return Err(Fault { step: None, kind: FaultKind::Opening });
    }
    observer.opened(state);
    Ok(())
}

/// Issues the shares of a line's class that convert to a number of common shares.
#[inline(always)]
fn issue_converted<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    state: &mut State<S>,
    observer: &mut O,
    position: usize,
    common: S,
) {
    let shares = from_common(plan, &state.classes, position, common);
    if let Some(held) = state.shares.get_mut(position) {
        *held += shares;
    }
    state.begin_lot(plan, position, shares);
    // What was counted is what the line is worth as converted; multiplying back could lose the last digit.
    state.fully_diluted += common;
    observer.post(Entry::Opened { position, shares });
}
