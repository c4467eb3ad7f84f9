//! Price protection: what a cheaper round does to conversion prices.

use crate::plan::Plan;
use crate::plan::ProtectedPlan;
use crate::plan::RoundPlan;
use crate::units::Mask;
use crate::units::Scalar;

use super::fault::FaultKind;
use super::figures::Figures;
use super::observer::Entry;
use super::observer::Observer;
use super::observer::Why;
use super::options::moved;
use super::pricing::Pricing;
use super::solver::Series;
use super::state::State;

/// The protected classes as they are before a round, all on the base before it: their order cannot matter.
pub(super) fn gather<S: Scalar>(plan: &Plan, round: &RoundPlan, figures: Figures<'_, S>, state: &mut State<S>) {
    let mut all = std::mem::take(&mut state.series);
    all.clear();
    for protected in &round.protected {
        let Some(class) = state.classes.get(protected.class as usize) else { continue };
        let shares = state.converted(plan, &protected.lines);
        let is_there = class.is_priced & S::ZERO.lt(shares);
        all.push(Series {
            shares: S::select(is_there, shares, S::ZERO),
            price: S::select(is_there, class.conversion, S::ONE),
            base: S::select(is_there, state.converted(plan, &protected.counted), S::ZERO),
            floor: protected.floor.map(|slot| figures.at(slot) / class.divided),
        });
    }
    state.series = all;
}

/// Lowers the conversion prices that a round lowers.
///
/// `c2 = c (b + R / c) / (b + R / p)`, the weighted average; `c2 = p`, the full ratchet. 2,000,000 shares at 2.50,
/// a base of 12,000,000, 5,000,000 of money at 1.25: `c2 = 2.5 x 14M / 16M = 2.1875`.
///
/// # Errors
/// A round that lowers the conversion price of the class it sells.
pub(super) fn adjust<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    round: &RoundPlan,
    pricing: &Pricing<S>,
    state: &mut State<S>,
    observer: &mut O,
) -> Result<(), FaultKind> {
    let priced = &pricing.priced;
    let price = S::quotient(S::inverse(priced.price));
    let issue = priced.committed.money + priced.committed.own_money + priced.committed.shares * price;
    let balances = state.claims.iter().fold(S::ZERO, |sum, claim| sum + claim.balance);
    let (converted, balances) =
        if round.counts_conversions { (priced.converted, balances) } else { (S::ZERO, S::ZERO) };
    let mut any = false;
    for (index, protected) in round.protected.iter().enumerate() {
        let Some(series) = state.series.get(index).copied() else { continue };
        let is_lower = priced.is_held & S::ZERO.lt(series.shares) & price.lt(series.price);
        if !is_lower.any() {
            continue;
        }
        if protected.class == round.class {
            return Err(FaultKind::OwnClassAdjusted { class: protected.class });
        }
        let weight = series.base * series.price + issue + balances;
        let cheaper = series.base * price + issue + converted;
        let is_ratchet = protected.base.is_none();
        let formula = if is_ratchet { price } else { price.times(weight.per(cheaper)) };
        let lowest = series.floor.unwrap_or(S::ZERO);
        let lowest = lowest.least(series.price);
        let now = S::select(formula.lt(lowest), lowest, formula).least(series.price);
        let is_lower = is_lower & now.lt(series.price);
        let Some(class) = state.classes.get_mut(protected.class as usize) else { continue };
        let before = class.conversion;
        class.conversion = S::select(is_lower, now, before);
        any = true;
        observer.post(Entry::Adjusted {
            class: protected.class,
            issue: class.issue,
            before,
            after: class.conversion,
            base: series.base,
            is_lowered: true,
        });
    }
    if any {
        state.recount(plan);
    }
    Ok(())
}

/// Converts to common who does not invest its share in a round below the conversion price; whether anybody was.
pub(super) fn pay_to_play<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    index: usize,
    round: &RoundPlan,
    pricing: &Pricing<S>,
    rights: &[S],
    state: &mut State<S>,
    observer: &mut O,
) -> bool {
    let priced = &pricing.priced;
    let price = S::quotient(S::inverse(priced.price));
    let raised = priced.committed.money + priced.committed.own_money;
    let mut any = false;
    for (place, protected) in round.protected.iter().enumerate() {
        let Some(series) = state.series.get(place).copied() else { continue };
        let is_lower = priced.is_held & S::ZERO.lt(series.shares) & price.lt(series.price);
        if !is_lower.any() {
            continue;
        }
        for player in &protected.players {
            let own = state.converted(plan, &player.lines);
            let fair = raised.times(own.per(state.fully_diluted));
            let mut invests = player
                .tranches
                .iter()
                .fold(S::ZERO, |sum, tranche| sum + state.tranches.get(*tranche).map_or(S::ZERO, |slot| slot.money));
            if let Some(right) = player.taker.and_then(|taker| rights.get(taker)) {
                invests += *right * raised;
            }
            // What differs in the last digits alone is its share.
            let stays_away = is_lower & (invests + raised * S::GRAIN).lt(fair);
            let held = S::select(stays_away, state.held(player.line), S::ZERO);
            if !S::ZERO.lt(held).any() {
                continue;
            }
            let common = super::classes::as_converted(plan, &state.classes, player.line, held);
            let common = plan.whole.map_or(common, |whole| common.rounded(0, whole.shares_converted));
            state.retire(plan, player.line, held);
            state.issue(plan, player.common, common);
            let why = Why::PayToPlay { round: index };
            observer.post(moved(why, Some(player.line), held, Some(player.common), common, S::ZERO));
            any = true;
        }
    }
    any
}

/// Whether every class that pay-to-play touched is still above the price.
///
/// # Errors
/// One that is not: who is converted because the round is cheap makes it dear.
pub(super) fn still_lower<S: Scalar>(
    touched: &[ProtectedPlan],
    before: &[Series<S>],
    price: S,
) -> Result<(), FaultKind> {
    for (protected, series) in touched.iter().zip(before).filter(|(protected, _)| !protected.players.is_empty()) {
        if (S::ZERO.lt(series.shares) & !price.lt(series.price)).any() {
            return Err(FaultKind::PayToPlayUndecided { class: protected.class });
        }
    }
    Ok(())
}
