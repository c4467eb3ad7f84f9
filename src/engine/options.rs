//! Options and warrants: granted, exercised, returned, lapsed.

use crate::plan::OptionEventKind;
use crate::plan::Plan;
use crate::plan::WarrantSizePlan;
use crate::units::Mask;
use crate::units::Scalar;

use super::classes::class_price;
use super::fault::FaultKind;
use super::figures::Figures;
use super::observer::Entry;
use super::observer::Observer;
use super::observer::Why;
use super::state::State;

/// Options leave the pool for their holder.
///
/// # Errors
/// More options than the pool has unallocated shares.
pub(super) fn grant<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    index: usize,
    figures: Figures<'_, S>,
    state: &mut State<S>,
    observer: &mut O,
) -> Result<(), FaultKind> {
    let Some(grant) = plan.grants.get(index) else { return Ok(()) };
    let shares = figures.at(grant.shares);
    let there = state.held(grant.pool);
    if there.lt(shares).any() {
        return Err(FaultKind::PoolExhausted { wanted: shares.approximate(), there: there.approximate() });
    }
    state.retire(plan, grant.pool, shares);
    state.issue(plan, grant.options, shares);
    let splits = state.classes.get(grant.class as usize).map_or(S::ONE, |class| class.splits);
    if let Some(slot) = state.grants.get_mut(index) {
        slot.splits = splits;
    }
    observer.post(moved(Why::Granted { grant: index }, Some(grant.pool), shares, Some(grant.options), shares, S::ZERO));
    Ok(())
}

/// Options are exercised, given up, or expire.
pub(super) fn option_event<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    index: usize,
    figures: Figures<'_, S>,
    state: &mut State<S>,
    observer: &mut O,
) {
    let Some(event) = plan.option_events.get(index) else { return };
    let Some(grant) = plan.grants.get(event.grant) else { return };
    let held = state.held(grant.options);
    let wanted = match event.kind {
        OptionEventKind::Exercise(slot) | OptionEventKind::Forfeit(slot) => figures.at(slot),
        OptionEventKind::Expire => held,
    };
    let shares = wanted.least(held);
    if held.lt(wanted).any() {
        observer.post(Entry::Short { short: wanted - shares });
    }
    state.retire(plan, grant.options, shares);
    match event.kind {
        OptionEventKind::Exercise(_) => {
            let strike = strike(
                grant.strike,
                grant.class,
                state.grants.get(event.grant).map(|grant| grant.splits),
                figures,
                state,
            );
            let money = shares.times(strike);
            state.issue(plan, grant.shares_line, shares);
            state.cash(event.month, money);
            let why = Why::Exercised { grant: event.grant };
            observer.post(moved(why, Some(grant.options), shares, Some(grant.shares_line), shares, money));
        }
        OptionEventKind::Forfeit(_) | OptionEventKind::Expire => {
            state.issue(plan, grant.pool, shares);
            let now = state.classes.get(grant.class as usize).map_or(S::ONE, |class| class.splits);
            if let Some(slot) = state.grants.get_mut(event.grant) {
                slot.returned += shares.times(slot.splits.per(now));
            }
            let why = Why::Returned { grant: event.grant };
            observer.post(moved(why, Some(grant.options), shares, Some(grant.pool), shares, S::ZERO));
        }
    }
}

/// A strike in shares as they are now.
pub(super) fn strike<S: Scalar>(
    strike: crate::plan::Slot,
    class: u32,
    then: Option<S>,
    figures: Figures<'_, S>,
    state: &State<S>,
) -> S::Per {
    let now = state.classes.get(class as usize).map_or(S::ONE, |class| class.splits);
    (figures.at(strike) * then.unwrap_or(S::ONE)).per(now)
}

/// Shares of a warrant begin to count.
pub(super) fn issue_warrant<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    index: usize,
    figures: Figures<'_, S>,
    state: &mut State<S>,
    observer: &mut O,
) {
    let Some(issue) = plan.warrant_issues.get(index) else { return };
    let Some(warrant) = plan.warrants.get(issue.warrant) else { return };
    let happens = figures.holds(&issue.guard);
    let covered = |part, money: S| (money * figures.at(part)).times(S::ONE.per(figures.at(warrant.strike)));
    let splits = state.classes.get(warrant.class as usize).map_or(S::ONE, |class| class.splits);
    let signed = state.warrants.get(issue.warrant).copied().unwrap_or(S::ONE);
    let shares = match issue.size {
        WarrantSizePlan::Signed => S::ZERO,
        WarrantSizePlan::Shares(slot) => figures.at(slot),
        // Shares that wait are of the day it was signed: a split in between multiplies them.
        WarrantSizePlan::Tranche(slot) => figures.at(slot).times(splits.per(signed)),
        WarrantSizePlan::OfConvertible(part, of) => {
            covered(part, plan.convertibles.get(of).map_or(S::ZERO, |of| figures.at(of.amount)))
        }
        WarrantSizePlan::OfDebt(part, size) => covered(part, figures.at(size)),
        WarrantSizePlan::OfTranche(part, of) => covered(part, state.tranches.get(of).map_or(S::ZERO, |of| of.money)),
    };
    let shares = match (plan.whole_of(warrant.class), issue.size) {
        (
            Some(whole),
            WarrantSizePlan::OfConvertible(..) | WarrantSizePlan::OfDebt(..) | WarrantSizePlan::OfTranche(..),
        ) => shares.rounded(0, whole.shares_issued),
        (Some(whole), WarrantSizePlan::Tranche(_)) => shares.rounded(0, whole.shares_converted),
        _ => shares,
    };
    let is_tranche = matches!(issue.size, WarrantSizePlan::Tranche(_));
    if let Some(slot) = state.warrants.get_mut(issue.warrant).filter(|_| !is_tranche) {
        *slot = splits;
    }
    let shares = S::select(happens, shares, S::ZERO);
    if !S::ZERO.lt(shares).any() {
        return;
    }
    state.issue(plan, warrant.line, shares);
    let why = Why::WarrantIssued { warrant: issue.warrant };
    observer.post(moved(why, None, S::ZERO, Some(warrant.line), shares, S::ZERO));
}

/// A warrant is exercised, or lapses.
///
/// # Errors
/// A strike paid in shares where no price says what they are worth.
pub(super) fn end_warrant<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    index: usize,
    figures: Figures<'_, S>,
    state: &mut State<S>,
    observer: &mut O,
) -> Result<(), FaultKind> {
    let Some(end) = plan.warrant_ends.get(index) else { return Ok(()) };
    let Some(warrant) = plan.warrants.get(end.warrant) else { return Ok(()) };
    let shares = state.held(warrant.line);
    if !S::ZERO.lt(shares).any() {
        return Ok(());
    }
    let strike = strike(warrant.strike, warrant.class, state.warrants.get(end.warrant).copied(), figures, state);
    let price = S::quotient(S::inverse(class_price(&state.classes, warrant.class, state.last_price)));
    let pays = state.is_priced & S::quotient(strike).lt(price);
    if end.decided && warrant.net && (S::ZERO.lt(shares) & !state.is_priced).any() {
        return Err(FaultKind::NoPriceToNet);
    }
    let exercised = if end.decided { S::Mask::ALWAYS } else { pays };
    let (arrived, money) = if warrant.net {
        // n (1 - s / p): what is left after the strike is paid in shares.
        let left = (price - S::quotient(strike)).at_least_zero();
        let arrived = shares.times(left.per(price));
        (plan.whole_of(warrant.class).map_or(arrived, |whole| arrived.rounded(0, whole.shares_issued)), S::ZERO)
    } else {
        (shares, shares.times(strike))
    };
    let arrived = S::select(exercised, arrived, S::ZERO);
    let money = S::select(exercised, money, S::ZERO);
    state.retire(plan, warrant.line, shares);
    state.issue(plan, warrant.shares_line, arrived);
    state.cash(end.month, money);
    let why = if exercised.any() {
        Why::WarrantExercised { warrant: end.warrant }
    } else {
        Why::WarrantLapsed { warrant: end.warrant }
    };
    observer.post(moved(why, Some(warrant.line), shares, Some(warrant.shares_line), arrived, money));
    Ok(())
}

/// A move of shares.
pub(super) fn moved<S: Scalar>(
    why: Why,
    from: Option<usize>,
    left: S,
    to: Option<usize>,
    arrived: S,
    money: S,
) -> Entry<S> {
    Entry::Moved { why, from, left, to, arrived, money }
}
