//! Capacity in kind, drawn down month by month.

use crate::plan::Plan;
use crate::units::Mask;
use crate::units::Scalar;

use super::super::figures::Figures;
use super::super::runway::CreditFlow;
use super::super::state::State;
use super::InKind;
use super::TreasuryReading;

/// A credit as it is drawn down.
#[derive(Debug, Clone, Copy)]
pub(in crate::engine) struct Drawing<S> {
    /// The closing it came with.
    closing: usize,
    /// From this month.
    first: i64,
    /// To before this one.
    end: i64,
    /// What is unused after this month is lost, even if it is carried.
    until: Option<i64>,
    /// What becomes available each month.
    monthly: S,
    /// Whether what is unused stays.
    carried: bool,
    /// How much of the burn it can pay for.
    eligible: S,
    /// What is available now.
    available: S,
}

/// Everything that came in kind, or what is there already.
#[inline(always)]
pub(super) fn credits<S: Scalar>(
    plan: &Plan,
    figures: Figures<'_, S>,
    state: &State<S>,
    unit: S,
    reading: TreasuryReading,
    drawing: &mut Vec<Drawing<S>>,
) {
    let start = plan.treasury.months.first().map(|month| month.first);
    drawing.clear();
    for credit in &state.credits {
        let Some(closing) = plan.closings.get(credit.closing) else { continue };
        let is_to_come = start.is_some_and(|start| closing.day >= start);
        let counts = match reading.in_kind {
            InKind::Drawn => reading.is_funded || !is_to_come,
            // What is there already is no cash that arrives: it is drawn as it is.
            InKind::Cash => closing.cash_month.is_none() && !is_to_come,
            InKind::Nothing => false,
        };
        let Some(drawdown) = closing.credit.filter(|_| counts) else { continue };
        let months = S::whole(i128::from(drawdown.months));
        drawing.push(Drawing {
            closing: credit.closing,
            first: drawdown.first_month,
            end: drawdown.first_month.saturating_add(i64::from(drawdown.months)),
            until: drawdown.last_month,
            monthly: credit.amount * unit / months,
            carried: drawdown.carried,
            eligible: figures.at(drawdown.eligible),
            available: S::ZERO,
        });
    }
}

/// Pays what it can of a month's spending with capacity in kind, the oldest first; none where there is no capacity.
/// `tell` hears what became of each.
#[inline(always)]
pub(super) fn draw<S: Scalar>(
    credits: &mut [Drawing<S>],
    month: usize,
    payable: impl FnOnce() -> S,
    mut tell: impl FnMut(CreditFlow<S>),
) -> Option<S> {
    let number = i64::try_from(month).unwrap_or(i64::MAX);
    let mut payable = Some(payable);
    // What can be paid for, and what is paid.
    let mut sums: Option<(S, S)> = None;
    for credit in credits {
        // Nothing is granted before, so nothing is there; what has ended and left nothing is not looked at again, once
        // the month after has said what was lost.
        if number < credit.first || (number > credit.end && !(credit.carried && S::ZERO.lt(credit.available).any())) {
            continue;
        }
        let (payable, used) = match (sums, payable.take()) {
            (Some(sums), _) => sums,
            (None, Some(payable)) => (payable(), S::ZERO),
            (None, None) => (S::ZERO, S::ZERO),
        };
        let is_over = credit.until.is_some_and(|until| number > until);
        let is_granted = number < credit.end && !is_over;
        let before = credit.available;
        let kept = if credit.carried && !is_over { before } else { S::ZERO };
        let granted = if is_granted { credit.monthly } else { S::ZERO };
        let there = match (is_granted, credit.carried) {
            (true, false) => granted,
            (true, true) => kept + granted,
            (false, _) => kept,
        };
        let left = if sums.is_some() { (payable - used).at_least_zero() } else { payable };
        let use_now = there.least(credit.eligible * payable).least(left);
        credit.available = there - use_now;
        sums = Some((payable, if sums.is_some() { used + use_now } else { use_now }));
        tell(CreditFlow {
            closing: credit.closing,
            month,
            granted,
            used: use_now,
            // What a month leaves is lost when the next begins.
            lost: before - kept,
            available: credit.available,
        });
    }
    sums.map(|(_, used)| used)
}
