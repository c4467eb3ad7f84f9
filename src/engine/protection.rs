//! Price protection: what a cheaper round does to conversion prices.

use crate::plan::Plan;
use crate::plan::PlayerPlan;
use crate::plan::ProtectionBase;
use crate::plan::RoundPlan;
use crate::units::Mask;
use crate::units::Scalar;

use super::classes::as_converted;
use super::fault::FaultKind;
use super::figures::Figures;
use super::observer::Entry;
use super::observer::Observer;
use super::observer::Why;
use super::options::moved;
use super::pricing::Priced;
use super::pricing::Pricing;
use super::solver::Series;
use super::state::State;

/// The protected classes as they are before a round, all on the base before it: their order cannot matter.
/// Holders who do not pay to play are left out.
pub(super) fn gather<S: Scalar>(
    plan: &Plan,
    round: &RoundPlan,
    invested: &Invested<'_, S>,
    figures: Figures<'_, S>,
    state: &mut State<S>,
) {
    let mut all = std::mem::take(&mut state.series);
    all.clear();
    for protected in &round.protected {
        let Some(class) = state.classes.get(protected.class as usize) else { continue };
        let leave = protected.players.iter().fold(S::ZERO, |sum, player| {
            sum + as_converted(plan, &state.classes, player.line, away(plan, player, invested, state))
        });
        let shares = (state.converted(plan, &protected.lines) - leave).at_least_zero();
        // Nobody left, nothing to adjust.
        let is_there = class.is_priced & S::ZERO.lt(shares);
        all.push(Series {
            shares: S::select(is_there, shares, S::ZERO),
            price: S::select(class.is_priced, class.conversion_price(), S::ONE),
            base: protected.base.map(|base| {
                let counted = state.converted(plan, &protected.counted);
                let counted = if base == ProtectionBase::OwnSeries { shares } else { counted };
                S::select(is_there, counted, S::ONE)
            }),
            floor: protected.floor.map(|slot| figures.at(slot) / class.divisor),
        });
    }
    state.series = all;
}

/// The conversion price a round would leave to a class, floor aside: below the present one where what is issued costs
/// less on average. With conversions among what is issued that may be so although the round's own price is not below.
fn formula<S: Scalar>(round: &RoundPlan, series: &Series<S>, priced: &Priced<S>, state: &State<S>) -> S {
    let price = S::quotient(S::inverse(priced.price));
    let Some(base) = series.base else { return price };
    let committed = &priced.committed;
    let at_price = committed.money + committed.shares * price;
    let (converted, balances) = if round.counts_conversions {
        (priced.converted, state.claims.iter().fold(S::ZERO, |sum, claim| sum + claim.balance))
    } else {
        (S::ZERO, S::ZERO)
    };
    let weight = base * series.price + at_price + committed.own_money + balances;
    price.times(weight.per((base + committed.own_shares) * price + at_price + converted))
}

/// Lowers the conversion prices that a round lowers.
///
/// `c2 = c (b + R / c) / (b + N)` with `N` the shares issued, `R / p` of them at the round's price, the weighted
/// average; `c2 = p`, the full ratchet. 2,000,000 shares at 2.50,
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
    let mut adjusted = S::Mask::NEVER;
    for (index, protected) in round.protected.iter().enumerate() {
        let Some(series) = state.series.get(index).copied() else { continue };
        let formula = formula(round, &series, priced, state);
        let is_lower = priced.is_held & S::ZERO.lt(series.shares) & formula.lt(series.price);
        if !is_lower.any() {
            continue;
        }
        if protected.class == round.class {
            return Err(FaultKind::OwnClassAdjusted { class: protected.class });
        }
        let lowest = series.floor.unwrap_or(S::ZERO);
        let lowest = lowest.least(series.price);
        let now = S::select(formula.lt(lowest), lowest, formula).least(series.price);
        let is_lower = is_lower & now.lt(series.price);
        let Some(class) = state.classes.get_mut(protected.class as usize) else { continue };
        let before = series.price;
        let after = S::select(is_lower, now, before);
        class.convert_at(is_lower, after);
        adjusted = adjusted | is_lower;
        observer.post(Entry::Adjusted {
            class: protected.class,
            issue: class.issue_price(),
            before,
            after,
            base: series.base.unwrap_or(S::ZERO),
            is_lowered: true,
        });
    }
    if adjusted.any() {
        state.recount(plan, adjusted);
    }
    Ok(())
}

/// The shares of a player that stay away: all it has in the class, if it invests less than its share of the round.
/// What it invests is known before the price, so who stays away is too.
fn away<S: Scalar>(plan: &Plan, player: &PlayerPlan, round: &Invested<'_, S>, state: &State<S>) -> S {
    let fair = round.raised.times(state.converted(plan, &player.lines).per(state.fully_diluted));
    let signed = player
        .tranches
        .iter()
        .fold(S::ZERO, |sum, tranche| sum + state.tranches.get(*tranche).map_or(S::ZERO, |slot| slot.money));
    let right = player.taker.and_then(|taker| round.rights.get(taker)).copied().unwrap_or(S::ZERO);
    let invests = signed * round.left + right * round.raised;
    // What differs in the last digits alone is its share.
    let stays_away = (invests + round.raised * S::GRAIN).lt(fair);
    S::select(stays_away, state.held(player.line), S::ZERO)
}

/// What holders put into a round.
#[derive(Debug, Clone, Copy)]
pub(super) struct Invested<'a, S> {
    /// All of it.
    pub raised: S,
    /// The part of it each pro rata taker has.
    pub rights: &'a [S],
    /// What rights inside the round leave of a tranche.
    pub left: S,
}

/// Converts to common who does not invest its share in a round that lowers a conversion price.
///
/// Who stays away is not protected, so it was left out of the price already. Where the price is not below the
/// conversion price after all, nothing was left out: the shares count the same either way.
pub(super) fn pay_to_play<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    index: usize,
    pricing: &Pricing<S>,
    invested: &Invested<'_, S>,
    state: &mut State<S>,
    observer: &mut O,
) {
    let Some(round) = plan.rounds.get(index) else { return };
    for (place, protected) in round.protected.iter().enumerate() {
        let Some(series) = state.series.get(place).copied() else { continue };
        let is_there = state.classes.get(protected.class as usize).map_or(S::Mask::NEVER, |class| class.is_priced);
        let is_lower =
            pricing.priced.is_held & is_there & formula(round, &series, &pricing.priced, state).lt(series.price);
        for player in &protected.players {
            let held = S::select(is_lower, away(plan, player, invested, state), S::ZERO);
            if !S::ZERO.lt(held).any() {
                continue;
            }
            let common = as_converted(plan, &state.classes, player.line, held);
            let common = plan.whole_at(player.common).map_or(common, |whole| common.rounded(0, whole.shares_converted));
            state.retire(plan, player.line, held);
            state.issue(plan, player.common, common);
            let why = Why::PayToPlay { round: index };
            observer.post(moved(why, Some(player.line), held, Some(player.common), common, S::ZERO));
        }
    }
}
