//! SAFEs and notes outside a round: signed, served, due, or converted by a trigger.

use crate::plan::BalancePlan;
use crate::plan::Capitalisation;
use crate::plan::Plan;
use crate::plan::TriggerPlan;
use crate::units::Decimal;
use crate::units::Mask;
use crate::units::Scalar;

use super::classes::class_price;
use super::fault::FaultKind;
use super::figures::Figures;
use super::observer::Converted;
use super::observer::Entry;
use super::observer::Observer;
use super::observer::Why;
use super::state::State;

/// Principal and interest, and of it what is paid in money.
///
/// Simple interest is `A (1 + r t)`; compound interest counts whole periods as powers and the rest of a period
/// simply. 1,000,000 at 8 % a year for two years of 365 days is 1,160,000 simply, and 1,169,858.56 compounded twice a
/// year.
#[inline(always)]
pub fn balance<S: Scalar>(plan: &BalancePlan, principal: S, figures: Figures<'_, S>) -> (S, S) {
    let Some(rate) = plan.rate else { return (principal, S::ZERO) };
    let rate = figures.at(rate);
    let mut grown = principal;
    let factor = S::ONE + part(rate, plan.period);
    for _ in 0..plan.periods {
        grown = grown * factor;
    }
    let rest = grown * part(rate, plan.rest);
    if plan.in_cash { (grown, rest) } else { (grown + rest, S::ZERO) }
}

/// A part of a year's rate.
#[inline(always)]
fn part<S: Scalar>(rate: S, (numerator, denominator): (Decimal, Decimal)) -> S {
    rate.times(S::of(numerator).per(S::of(denominator)))
}

/// The money comes in.
pub(super) fn issue<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    index: usize,
    figures: Figures<'_, S>,
    state: &mut State<S>,
    observer: &mut O,
) {
    let Some(convertible) = plan.convertibles.get(index) else { return };
    let money = figures.at(convertible.amount);
    let splits = state.classes.get(convertible.class as usize).map_or(S::ONE, |class| class.splits);
    if let Some(slot) = state.convertibles.get_mut(index) {
        slot.is_outstanding = S::ZERO.lt(money);
        slot.splits = splits;
    }
    state.cash(convertible.month, money);
    observer.post(Entry::Lent { convertible: index, money, is_interest: false });
}

/// Interest of a period is paid in money.
pub(super) fn pay_interest<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    index: usize,
    figures: Figures<'_, S>,
    state: &mut State<S>,
    observer: &mut O,
) {
    let Some(interest) = plan.interest.get(index) else { return };
    let (numerator, denominator) = interest.part;
    let principal = principal(plan, interest.convertible, figures, state);
    let due = principal * figures.at(interest.rate).times(S::of(numerator).per(S::of(denominator)));
    pay(state, observer, interest.convertible, interest.month, due, true);
}

/// A note falls due: it is paid back, or converts at its stated price.
pub(super) fn mature<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    index: usize,
    figures: Figures<'_, S>,
    state: &mut State<S>,
    observer: &mut O,
) {
    let Some(due) = plan.maturities.get(index) else { return };
    let principal = principal(plan, due.convertible, figures, state);
    let (owed, in_cash) = balance(&due.balance, principal, figures);
    pay(state, observer, due.convertible, due.month, in_cash, true);
    let Some(convertible) = state.convertibles.get(due.convertible).copied() else { return };
    match due.converts {
        None => {
            pay(state, observer, due.convertible, due.month, principal, false);
            pay(state, observer, due.convertible, due.month, owed - principal, true);
        }
        Some((price, position)) if convertible.is_outstanding.any() => {
            // A price that was written before a split is of the old shares.
            let class = plan.positions.get(position).map_or(0, |line| line.class);
            let splits = state.classes.get(class as usize).map_or(S::ONE, |class| class.splits);
            let price = figures.at(price).times(convertible.splits.per(splits));
            become_shares(plan, due.convertible, position, owed, S::ONE.per(price), state, observer);
        }
        Some(_) => {}
    }
    settle(state, due.convertible, convertible.is_outstanding);
}

/// A trigger converts a note where its condition is met: at its cap, or below the last price.
///
/// # Errors
/// A cap that counts the note's own shares, and is not above what is owed.
pub(super) fn convert_on<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    index: usize,
    figures: Figures<'_, S>,
    state: &mut State<S>,
    observer: &mut O,
) -> Result<(), FaultKind> {
    let Some(trigger) = plan.triggers.get(index) else { return Ok(()) };
    let Some(convertible) = state.convertibles.get(trigger.convertible).copied() else { return Ok(()) };
    let happens = convertible.is_outstanding & figures.holds(&trigger.guard);
    if !happens.any() {
        return Ok(());
    }
    let principal = principal(plan, trigger.convertible, figures, state);
    let (owed, in_cash) = balance(&trigger.balance, principal, figures);
    let owed = S::select(happens, owed, S::ZERO);
    let Some(common) = on_trigger(trigger, happens, owed, figures, state)? else {
        observer.post(Entry::NotConverted { convertible: trigger.convertible });
        return Ok(());
    };
    // Without a cap it is the last price that says what it becomes, where there is one.
    let happens = if trigger.cap.is_none() { happens & state.is_priced } else { happens };
    let owed = S::select(happens, owed, S::ZERO);
    pay(state, observer, trigger.convertible, trigger.month, S::select(happens, in_cash, S::ZERO), true);
    let class = plan.positions.get(trigger.position).map_or(0, |line| line.class);
    let per_money = class_price(&state.classes, class, common);
    let per_money = match plan.whole_of(class) {
        None => per_money,
        // A price that a cap or a discount makes is rounded once, as in a round.
        Some(whole) => {
            let exact = S::quotient(S::inverse(per_money));
            let rounded = exact.rounded(whole.price_places, whole.price);
            if (happens & !S::ZERO.lt(rounded)).any() {
                let (price, places) = (exact.approximate(), whole.price_places);
                return Err(FaultKind::PriceRoundsToNothing { price, places });
            }
            S::ONE.per(rounded)
        }
    };
    become_shares(plan, trigger.convertible, trigger.position, owed, per_money, state, observer);
    settle(state, trigger.convertible, happens);
    Ok(())
}

/// The common shares a trigger gives for a unit of money; none where nothing says a price.
fn on_trigger<S: Scalar>(
    trigger: &TriggerPlan,
    happens: S::Mask,
    owed: S,
    figures: Figures<'_, S>,
    state: &State<S>,
) -> Result<Option<S::Per>, FaultKind> {
    let capped = match trigger.cap {
        None => None,
        Some((cap, counts)) => {
            let cap = figures.at(cap);
            let value = match counts {
                // It counts its own shares: n = A / K (N + n), so the price is (K - A) / N.
                Capitalisation::BeforeNewMoney | Capitalisation::PostMoney => cap - owed,
                Capitalisation::WithPool | Capitalisation::BeforeRound => cap,
            };
            if (happens & !S::ZERO.lt(value)).any() {
                let (owed, cap) = (owed.approximate(), cap.approximate());
                return Err(FaultKind::CapNotAboveOwed { convertible: trigger.convertible, owed, cap });
            }
            Some(state.fully_diluted.per(value))
        }
    };
    let priced = state.is_priced.any().then(|| {
        let off = trigger.discount.map_or(S::ZERO, |slot| figures.at(slot));
        S::ONE.per(S::quotient(S::inverse(state.last_price)) * (S::ONE - off))
    });
    Ok(match (capped, priced) {
        (Some(capped), Some(priced)) => {
            let is_more = state.is_priced & owed.times(capped).lt(owed.times(priced));
            Some(S::pick(is_more, priced, capped))
        }
        (capped, priced) => capped.or(priced),
    })
}

/// What was lent and is still outstanding.
fn principal<S: Scalar>(plan: &Plan, index: usize, figures: Figures<'_, S>, state: &State<S>) -> S {
    let amount = plan.convertibles.get(index).map_or(S::ZERO, |convertible| figures.at(convertible.amount));
    let outstanding = state.convertibles.get(index).map_or(S::Mask::NEVER, |convertible| convertible.is_outstanding);
    S::select(outstanding, amount, S::ZERO)
}

/// The company pays.
#[inline(always)]
pub(super) fn pay<S: Scalar, O: Observer<S>>(
    state: &mut State<S>,
    observer: &mut O,
    convertible: usize,
    month: Option<usize>,
    money: S,
    is_interest: bool,
) {
    if !S::ZERO.lt(money).any() {
        return;
    }
    state.cash(month, S::ZERO - money);
    observer.post(Entry::Lent { convertible, money: S::ZERO - money, is_interest });
}

/// It is outstanding no longer.
fn settle<S: Scalar>(state: &mut State<S>, index: usize, where_settled: S::Mask) {
    if let Some(slot) = state.convertibles.get_mut(index) {
        slot.is_outstanding = slot.is_outstanding & !where_settled;
    }
}

/// A balance becomes shares of its line, at so many shares a unit of money.
fn become_shares<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    convertible: usize,
    position: usize,
    owed: S,
    per_money: S::Per,
    state: &mut State<S>,
    observer: &mut O,
) {
    let shares = owed.times(per_money);
    let shares = plan.whole_at(position).map_or(shares, |whole| shares.rounded(0, whole.shares_converted));
    let price = S::quotient(S::inverse(per_money));
    let class = plan.positions.get(position).map_or(0, |line| line.class);
    if let Some(class) = state.classes.get_mut(class as usize) {
        class.costs_first(S::ZERO.lt(shares), price);
    }
    state.issue(plan, position, shares);
    let why = Why::Converted { convertible, round: None };
    observer.post(Entry::Moved { why, from: None, left: S::ZERO, to: Some(position), arrived: shares, money: S::ZERO });
    if observer.listens() {
        observer.converted(&Converted {
            convertible,
            round: None,
            place: 0,
            balance: owed,
            shares,
            price,
            round_price: price,
            residual: owed - shares * price,
        });
    }
}
