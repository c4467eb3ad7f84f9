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
use super::state::State;
use crate::plan::ConversionPlan;
use crate::plan::Plan;
use crate::plan::RoundPlan;
use crate::plan::TermPlan;
use crate::units::Mask;
use crate::units::Scalar;

/// What each convertible brings to the round.
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
    let (_, line) = best(conversion, claim, solution, figures);
    S::select(claim.is_active, solution.shares(line), S::ZERO)
}

/// The term that binds, by its place: the first of equals.
fn best<S: Scalar>(
    conversion: &ConversionPlan,
    claim: &Claim<S>,
    solution: &Solution<S>,
    figures: Figures<'_, S>,
) -> (usize, Line<S>) {
    let mut found: Option<(usize, Line<S>)> = None;
    for (place, leg) in conversion.legs.iter().enumerate() {
        let line = leg_line(leg.term, claim, solution, figures);
        let value = line.at(solution.x);
        let is_better = found.is_none_or(|(_, best)| {
            // Legs that differ in the last digits alone are equal: the first binds.
            let known = best.at(solution.x);
            (known + known.magnitude() * S::GRAIN).lt(value).any()
        });
        if is_better {
            found = Some((place, line));
        }
    }
    found.unwrap_or((0, Line::ZERO))
}

fn leg_line<S: Scalar>(term: TermPlan, claim: &Claim<S>, solution: &Solution<S>, figures: Figures<'_, S>) -> Line<S> {
    super::solver::term(term, claim, &solution.frame.bases, figures)
}

/// Converts what the round converts.
///
/// # Errors
/// A conversion price in whole shares that rounds to zero.
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
        let (bound, line) = best(conversion, &claim, solution, figures);
        let exact = from_common(plan, &state.classes, conversion.position, solution.shares(line));
        let class = plan.positions.get(conversion.position).map_or(0, |line| line.class);
        let (shares, price) = match plan.whole_of(class) {
            None => (exact, claim.balance / S::select(S::ZERO.lt(exact), exact, S::ONE)),
            Some(whole) => {
                // The round's price was rounded once; a discount or a cap makes a price that is rounded once too.
                let of_class = |price: S::Per| S::quotient(S::inverse(class_price(&state.classes, class, price)));
                let rounded = |price: S| price.rounded(whole.price_places, whole.price);
                let term = conversion.legs.get(bound).map(|leg| leg.term);
                let price = match term {
                    Some(TermPlan::Discount(slot)) => {
                        Some(rounded(of_class(priced.price) * (S::ONE - figures.at(slot))))
                    }
                    Some(TermPlan::Cap(slot, of)) => {
                        let count = solution.shares(solution.frame.bases.of(of));
                        Some(rounded(of_class(count.per(figures.at(slot)))))
                    }
                    Some(TermPlan::Round) => Some(of_class(priced.price)),
                    Some(TermPlan::Ownership(_)) | None => None,
                };
                match price {
                    Some(price) => {
                        if (claim.is_active & !S::ZERO.lt(price)).any() {
                            let exact = claim.balance / S::select(S::ZERO.lt(exact), exact, S::ONE);
                            let (price, places) = (exact.approximate(), whole.price_places);
                            return Err(FaultKind::PriceRoundsToNothing { price, places });
                        }
                        let count = claim.balance.times(S::ONE.per(price));
                        (count.rounded(0, whole.shares_converted), price)
                    }
                    None => {
                        let price = claim.balance / S::select(S::ZERO.lt(exact), exact, S::ONE);
                        (exact.rounded(0, whole.shares_converted), rounded(price))
                    }
                }
            }
        };
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
        let has_rest = plan.whole_of(class).is_some() && !is_part;
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
                observer.term(number, leg_line(leg.term, &claim, solution, figures).at(solution.x));
            }
        }
    }
    Ok(())
}
