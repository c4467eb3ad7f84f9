//! A sale of existing shares: no share is created, no money reaches the company. Shares are counted and priced as
//! converted.

use crate::plan::Plan;
use crate::plan::SalePrice;
use crate::plan::SizePlan;
use crate::units::Direction;
use crate::units::Mask;
use crate::units::Scalar;

use super::classes::as_converted;
use super::classes::from_common;
use super::figures::Figures;
use super::observer::Entry;
use super::observer::Observer;
use super::state::State;

/// Sells: each seller its part of the shares, at most what it holds; the buyers share each line.
#[inline(always)]
pub(super) fn sell<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    index: usize,
    figures: Figures<'_, S>,
    state: &mut State<S>,
    observer: &mut O,
) {
    let Some(sale) = plan.sales.get(index) else { return };
    let (happens, per_money) = match sale.price {
        SalePrice::Own(slot) => (S::Mask::ALWAYS, S::ONE.per(figures.at(slot))),
        SalePrice::Discount(slot) => {
            if !state.is_priced.any() {
                observer.post(Entry::NoLastPrice);
                return;
            }
            let price = S::quotient(S::inverse(state.last_price)) * (S::ONE - figures.at(slot));
            // Where shares are whole a price has its places.
            let price = match plan.whole_of(0) {
                None => price,
                Some(whole) => price.rounded(whole.price_places, whole.price),
            };
            (state.is_priced, S::ONE.per(price))
        }
    };
    let asked = match &sale.size {
        SizePlan::Shares(slot) => figures.at(*slot),
        money => figures.money(money).times(per_money),
    };
    let asked = S::select(happens, asked, S::ZERO);
    let down = |class: u32, shares: S| match plan.whole_of(class) {
        Some(_) => shares.rounded(0, Direction::Down),
        None => shares,
    };
    let class_of = |line: usize| plan.positions.get(line).map_or(0, |line| line.class);
    let mut short = S::ZERO;
    // All sellers give before any buyer receives: a holder on both sides does not sell what it buys.
    let mut given = Vec::new();
    for (lines, part) in &sale.sellers {
        // What is asked for is counted as common shares.
        let mut left = down(0, asked * figures.part(part));
        let all =
            lines.iter().fold(S::ZERO, |sum, line| sum + as_converted(plan, &state.classes, *line, state.held(*line)));
        short += (left - all).at_least_zero();
        for line in lines {
            let held = state.held(*line);
            // Counted as converted: a share that becomes two common shares sells as two.
            let wanted = from_common(plan, &state.classes, *line, left);
            let exceeds = held.lt(wanted);
            let shares = S::select(exceeds, held, down(class_of(*line), wanted));
            let rest = left - as_converted(plan, &state.classes, *line, shares);
            // A line that covers all leaves nothing, whatever the last digits of the conversion say.
            left = if plan.whole_at(*line).is_some() { rest } else { S::select(exceeds, rest, S::ZERO) };
            if let Some(held) = state.shares.get_mut(*line) {
                *held -= shares;
            }
            let lots = state.take_lots(plan, *line, shares);
            given.push((*line, shares, lots));
        }
    }
    for (line, shares, lots) in given {
        let Some((_, receiving)) = sale.receiving.iter().find(|(sold, _)| *sold == line) else { continue };
        let mut left = shares;
        for (number, (buyer, (_, part))) in receiving.iter().zip(&sale.buyers).enumerate() {
            let is_last = number.saturating_add(1) == receiving.len();
            let bought = if is_last { left } else { down(class_of(line), shares * figures.part(part)) };
            left -= bought;
            if let Some(held) = state.shares.get_mut(*buyer) {
                *held += bought;
            }
            state.give_lots(*buyer, &lots, bought, shares);
            let money = as_converted(plan, &state.classes, *buyer, bought).times(S::inverse(per_money));
            observer.post(Entry::Sold { seller: line, buyer: *buyer, shares: bought, money });
        }
    }
    if S::ZERO.lt(short).any() {
        observer.post(Entry::SaleCapped { short });
    }
}
