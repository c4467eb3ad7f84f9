//! A tender: offers at prices, one clearing price, one proportion.

use crate::plan::Plan;
use crate::plan::TenderPlan;
use crate::units::Direction;
use crate::units::Mask;
use crate::units::Scalar;

use super::figures::Figures;
use super::observer::Entry;
use super::observer::Observer;
use super::state::State;

/// Sells what is accepted.
///
/// The clearing price is, of the prices asked, the one at which most shares change hands, the lowest such: what is
/// offered at or below it, up to the limits. Every offer at or below it is accepted in one proportion.
///
/// A worked number: 100 shares at 10 and 200 at 12, at most 1,500 of money. At 10, 100 shares are sold; at 12 the
/// money buys 125. So the price is 12, and 125 of 300 are accepted: 41 of 100 and 83 of 200 whole shares.
pub(super) fn tender<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    index: usize,
    figures: Figures<'_, S>,
    state: &mut State<S>,
    observer: &mut O,
) {
    let Some(tender) = plan.tenders.get(index) else { return };
    let held = there(tender, figures, state);
    let (price, sold, offered) = clear(tender, &held, figures);
    let accepted = |line: usize, shares: S| match plan.whole_at(line) {
        Some(_) => shares.rounded(0, Direction::Down),
        None => shares,
    };
    for (number, offer) in tender.offers.iter().enumerate() {
        let asked = figures.at(offer.price);
        let there = held.get(number).copied().unwrap_or(S::ZERO);
        if there.lt(figures.at(offer.shares)).any() {
            observer.post(Entry::SaleCapped { short: figures.at(offer.shares) - there });
        }
        let part = accepted(offer.line, there.times(sold.per(S::select(S::ZERO.lt(offered), offered, S::ONE))));
        let shares = S::select(price.lt(asked), S::ZERO, part);
        if let Some(held) = state.shares.get_mut(offer.line) {
            *held -= shares;
        }
        let lots = state.take_lots(plan, offer.line, shares);
        let mut left = shares;
        for (place, (line, part)) in offer.receiving.iter().zip(&tender.buyers).enumerate() {
            let is_last = place.saturating_add(1) == tender.buyers.len();
            let bought = if is_last { left } else { accepted(offer.line, shares * figures.part(part)) };
            left -= bought;
            if let Some(held) = state.shares.get_mut(*line) {
                *held += bought;
            }
            state.give_lots(*line, &lots, bought, shares);
            observer.post(Entry::Sold { seller: offer.line, buyer: *line, shares: bought, money: bought * price });
        }
    }
}

/// What each offer can be of: at most what its holder has, over all its offers of one class in their order.
fn there<S: Scalar>(tender: &TenderPlan, figures: Figures<'_, S>, state: &State<S>) -> Vec<S> {
    let mut all: Vec<S> = Vec::with_capacity(tender.offers.len());
    for offer in &tender.offers {
        let earlier = tender.offers.iter().zip(&all).filter(|(other, _)| other.line == offer.line);
        let left = earlier.fold(state.held(offer.line), |left, (_, shares)| left - *shares);
        all.push(figures.at(offer.shares).least(left.at_least_zero()));
    }
    all
}

/// The clearing price, the shares sold at it, and the shares offered at or below it.
fn clear<S: Scalar>(tender: &TenderPlan, there: &[S], figures: Figures<'_, S>) -> (S, S, S) {
    let mut best = (S::ZERO, S::ZERO, S::ZERO);
    for candidate in &tender.offers {
        let price = figures.at(candidate.price);
        let mut offered = S::ZERO;
        for (offer, shares) in tender.offers.iter().zip(there) {
            offered += S::select(price.lt(figures.at(offer.price)), S::ZERO, *shares);
        }
        let mut sold = offered;
        if let Some(limit) = tender.shares {
            sold = sold.least(figures.at(limit));
        }
        if let Some(limit) = tender.amount {
            sold = sold.least(figures.at(limit).times(S::ONE.per(price)));
        }
        let (known, most, _) = best;
        let is_better = most.lt(sold) | (!sold.lt(most) & price.lt(known));
        best = (
            S::select(is_better, price, known),
            S::select(is_better, sold, most),
            S::select(is_better, offered, best.2),
        );
    }
    best
}
