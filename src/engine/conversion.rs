//! What convertibles bring to a round, and what they become in it.

use super::classes::class_price;
use super::classes::from_common;
use super::fault::FaultKind;
use super::figures::Figures;
use super::notes::balance;
use super::notes::pay;
use super::observer::Converted;
use super::observer::Observer;
use super::observer::Why;
use super::options::moved;
use super::pricing::Committed;
use super::pricing::Pricing;
use super::solver::Claim;
use super::solver::Line;
use super::solver::Solution;
use super::solver::term;
use super::state::State;
use crate::plan::ConversionPlan;
use crate::plan::Plan;
use crate::plan::RoundPlan;
use crate::plan::TermPlan;
use crate::plan::WholePlan;
use crate::units::Mask;
use crate::units::Scalar;

/// What each convertible brings to the round.
#[inline(always)]
pub(super) fn claim<S: Scalar>(
    round: &RoundPlan,
    committed: Committed<S>,
    is_held: S::Mask,
    figures: Figures<'_, S>,
    state: &mut State<S>,
    plan: &Plan,
) {
    let mut claims = std::mem::take(&mut state.claims);
    claims.clear();
    let raised = committed.money + committed.own_money;
    for conversion in &round.conversions {
        let outstanding =
            state.convertibles.get(conversion.convertible).map_or(S::Mask::NEVER, |state| state.is_outstanding);
        if !(outstanding & is_held).any() {
            claims.push(Claim { is_active: S::Mask::NEVER, balance: S::ZERO, principal: S::ZERO });
            continue;
        }
        let is_qualified = match conversion.qualified {
            None => S::Mask::ALWAYS,
            Some(slot) => !raised.lt(figures.at(slot)),
        };
        let is_active = outstanding & is_held & is_qualified;
        let amount = plan.convertibles.get(conversion.convertible).map_or(S::ZERO, |plan| figures.at(plan.amount));
        let (owed, _) = balance(&conversion.balance, amount, figures);
        claims.push(Claim {
            is_active,
            balance: S::select(is_active, owed, S::ZERO),
            principal: S::select(is_active, amount, S::ZERO),
        });
    }
    state.claims = claims;
}

/// The common shares a convertible becomes, before any rounding.
pub(super) fn converted_shares<S: Scalar>(
    round: &RoundPlan,
    place: usize,
    solution: &Solution<S>,
    figures: Figures<'_, S>,
    state: &State<S>,
) -> S {
    let (Some(conversion), Some(claim)) = (round.conversions.get(place), state.claims.get(place)) else {
        return S::ZERO;
    };
    let best = Best::of(conversion, claim, solution, figures);
    S::select(claim.is_active, solution.shares(best.line), S::ZERO)
}

/// The term that binds: the first of equals.
struct Best<S> {
    /// Its place; where draws differ, that of the last that bound in any.
    place: usize,
    line: Line<S>,
    value: S,
    is_first: bool,
}

impl<S: Scalar> Best<S> {
    #[inline(always)]
    fn none() -> Best<S> {
        Best { place: 0, line: Line::ZERO, value: S::ZERO, is_first: true }
    }

    /// Of all terms.
    #[inline(always)]
    fn of(conversion: &ConversionPlan, claim: &Claim<S>, solution: &Solution<S>, figures: Figures<'_, S>) -> Best<S> {
        let mut best = Best::none();
        for (place, leg) in conversion.legs.iter().enumerate() {
            best.offer(place, term(leg.term, claim, &solution.frame.bases, figures), solution);
        }
        best
    }

    /// Another term; where it binds is given.
    #[inline(always)]
    fn offer(&mut self, place: usize, line: Line<S>, solution: &Solution<S>) -> S::Mask {
        let value = line.at(solution.x);
        // Legs that differ in the last digits alone are equal: the first binds.
        let is_better =
            if self.is_first { S::Mask::ALWAYS } else { (self.value + self.value.magnitude() * S::GRAIN).lt(value) };
        self.is_first = false;
        if is_better.any() {
            self.place = place;
        }
        self.line = Line::select(is_better, line, self.line);
        self.value = S::select(is_better, value, self.value);
        is_better
    }
}

/// What a convertible becomes: shares, and the price of one.
struct Conversion<S> {
    shares: S,
    price: S,
    /// The place of the term that bound.
    bound: usize,
}

/// Converts what the round converts.
///
/// # Errors
/// A conversion price in whole shares that rounds to zero.
#[inline(never)]
pub(super) fn convert<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    index: usize,
    round: &RoundPlan,
    pricing: &Pricing<S>,
    figures: Figures<'_, S>,
    state: &mut State<S>,
    observer: &mut O,
) -> Result<(), FaultKind> {
    let (Some(solution), priced) = (&pricing.solution, &pricing.priced) else { return Ok(()) };
    for (place, conversion) in round.conversions.iter().enumerate() {
        let Some(claim) = state.claims.get(place).copied() else { continue };
        if !claim.is_active.any() {
            continue;
        }
        let class = plan.positions.get(conversion.position).map_or(0, |line| line.class);
        let whole = plan.whole_of(class);
        let became = match whole {
            None => in_parts(plan, conversion, &claim, solution, figures, state),
            Some(whole) => in_whole(plan, conversion, &claim, pricing, solution, whole, figures, state)?,
        };
        let Conversion { shares, price, bound } = became;
        let shares = S::select(claim.is_active, shares, S::ZERO);
        if let Some(class) = state.classes.get_mut(class as usize) {
            class.costs_first(claim.is_active, price);
        }
        state.issue(plan, conversion.position, shares);
        let principal = claim.principal;
        let (_, interest) = balance(&conversion.balance, principal, figures);
        pay(state, observer, conversion.convertible, conversion.month, interest, true);
        if let Some(slot) = state.convertibles.get_mut(conversion.convertible) {
            slot.is_outstanding = slot.is_outstanding & !claim.is_active;
        }
        // Parts of shares leave no money over, and a fixed part is a count of its own.
        let is_part = matches!(conversion.legs.get(bound).map(|leg| leg.term), Some(TermPlan::Ownership(_)));
        let has_rest = whole.is_some() && !is_part;
        let residual = if has_rest { claim.balance - shares * price } else { S::ZERO };
        let why = Why::Converted { convertible: conversion.convertible, round: Some(index) };
        observer.post(moved(why, None, S::ZERO, Some(conversion.position), shares, S::ZERO));
        if observer.listens() {
            observer.converted(&Converted {
                convertible: conversion.convertible,
                round: Some(index),
                place: bound,
                balance: claim.balance,
                shares,
                price,
                round_price: S::quotient(S::inverse(class_price(&state.classes, class, priced.exact_price))),
                residual,
            });
            for (number, leg) in conversion.legs.iter().enumerate() {
                observer.term(number, term(leg.term, &claim, &solution.frame.bases, figures).at(solution.x));
            }
        }
    }
    Ok(())
}

/// A conversion into parts of shares.
#[inline(always)]
fn in_parts<S: Scalar>(
    plan: &Plan,
    conversion: &ConversionPlan,
    claim: &Claim<S>,
    solution: &Solution<S>,
    figures: Figures<'_, S>,
    state: &State<S>,
) -> Conversion<S> {
    let best = Best::of(conversion, claim, solution, figures);
    let shares = from_common(plan, &state.classes, conversion.position, solution.shares(best.line));
    let price = claim.balance / S::select(S::ZERO.lt(shares), shares, S::ONE);
    Conversion { shares, price, bound: best.place }
}

/// A conversion into whole shares. The round's price was rounded once; a discount or a cap makes a price that is
/// rounded once too.
#[allow(clippy::too_many_arguments, reason = "a conversion hangs on all that a round knows")]
fn in_whole<S: Scalar>(
    plan: &Plan,
    conversion: &ConversionPlan,
    claim: &Claim<S>,
    pricing: &Pricing<S>,
    solution: &Solution<S>,
    whole: WholePlan,
    figures: Figures<'_, S>,
    state: &State<S>,
) -> Result<Conversion<S>, FaultKind> {
    let class = plan.positions.get(conversion.position).map_or(0, |line| line.class);
    let of_class = |price: S::Per| S::quotient(S::inverse(class_price(&state.classes, class, price)));
    let rounded = |price: S| price.rounded(whole.price_places, whole.price);
    let mut best = Best::none();
    let mut became = Conversion { shares: S::ZERO, price: S::ONE, bound: 0 };
    for (place, leg) in conversion.legs.iter().enumerate() {
        let line = term(leg.term, claim, &solution.frame.bases, figures);
        let is_better = best.offer(place, line, solution);
        if !is_better.any() {
            continue;
        }
        let exact = from_common(plan, &state.classes, conversion.position, solution.shares(line));
        let exact_price = claim.balance / S::select(S::ZERO.lt(exact), exact, S::ONE);
        let price = match leg.term {
            TermPlan::Discount(slot) => Some(rounded(of_class(pricing.priced.price) * (S::ONE - figures.at(slot)))),
            TermPlan::Cap(slot, of) => {
                let count = solution.shares(solution.frame.bases.of(of));
                Some(rounded(of_class(count.per(figures.at(slot)))))
            }
            TermPlan::Round => Some(of_class(pricing.priced.price)),
            TermPlan::Ownership(_) => None,
        };
        let (shares, price) = match price {
            // A price that rounds to zero buys an invalid number of shares: said below, where it binds.
            Some(price) => (claim.balance.times(S::ONE.per(price)).rounded(0, whole.shares_converted), price),
            None => (exact.rounded(0, whole.shares_converted), rounded(exact_price)),
        };
        became.shares = S::select(is_better, shares, became.shares);
        became.price = S::select(is_better, price, became.price);
    }
    became.bound = best.place;
    let is_part = matches!(conversion.legs.get(best.place).map(|leg| leg.term), Some(TermPlan::Ownership(_)));
    if !is_part && (claim.is_active & !S::ZERO.lt(became.price)).any() {
        let exact = from_common(plan, &state.classes, conversion.position, solution.shares(best.line));
        let exact = claim.balance / S::select(S::ZERO.lt(exact), exact, S::ONE);
        let (price, places) = (exact.approximate(), whole.price_places);
        return Err(FaultKind::PriceRoundsToNothing { price, places });
    }
    Ok(became)
}
