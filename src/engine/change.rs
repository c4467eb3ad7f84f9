//! Splits, and changes of shares that raise no money.

use crate::plan::ChangePlan;
use crate::plan::Plan;
use crate::units::Mask;
use crate::units::Scalar;

use super::classes::as_converted;
use super::classes::by_class;
use super::classes::from_common;
use super::classes::split_classes;
use super::figures::Figures;
use super::observer::Entry;
use super::observer::Observer;
use super::observer::Why;
use super::options::moved;
use super::state::State;

/// Splits shares: counts, prices, strikes, ratios and what was signed follow.
pub(super) fn split<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    index: usize,
    figures: Figures<'_, S>,
    state: &mut State<S>,
    observer: &mut O,
) {
    let Some(split) = plan.splits.get(index) else { return };
    let ratio = figures.at(split.ratio);
    let factor = if split.adds { S::ONE + ratio } else { ratio };
    let is_split = |class: u32| split.class.is_none_or(|split| split == class);
    let there = by_class(plan, &state.shares, state.tranches.iter().map(|tranche| tranche.pending));
    for (line, shares) in plan.positions.iter().zip(&mut state.shares) {
        if is_split(line.class) {
            *shares = *shares * factor;
            // Parts of shares that a split leaves are not issued.
            if let Some(whole) = plan.whole_of(line.class) {
                *shares = shares.rounded(0, whole.shares_converted);
            }
        }
    }
    for lot in &mut state.lots {
        if plan.positions.get(lot.line).is_some_and(|line| is_split(line.class)) {
            lot.shares = lot.shares * factor;
        }
    }
    for (tranche, slot) in plan.tranches.iter().zip(&mut state.tranches) {
        let class = plan.positions.get(tranche.position).map_or(0, |line| line.class);
        if is_split(class) {
            let whole = |shares: S| match plan.whole_of(class) {
                None => shares,
                Some(whole) => shares.rounded(0, whole.shares_converted),
            };
            slot.shares = whole(slot.shares * factor);
            slot.pending = whole(slot.pending * factor);
        }
    }
    // Prices are kept of common shares.
    if is_split(0) {
        let more = factor.per(S::ONE);
        state.last_price = S::chained(state.last_price, more);
    }
    for (round, slot) in plan.rounds.iter().zip(&mut state.rounds) {
        if is_split(round.class) {
            slot.price = S::chained(slot.price, factor.per(S::ONE));
        }
    }
    split_classes(&mut state.classes, &there, split.class, factor);
    state.recount(plan, S::Mask::ALWAYS);
    observer.post(Entry::Split { class: split.class, factor });
}

/// Changes shares.
pub(super) fn change<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    index: usize,
    figures: Figures<'_, S>,
    state: &mut State<S>,
    observer: &mut O,
) {
    match plan.changes.get(index) {
        None => {}
        Some(ChangePlan::Retire { line, shares, price, month }) => {
            let wanted = figures.at(*shares);
            let held = state.held(*line);
            let shares = wanted.least(held);
            if held.lt(wanted).any() {
                observer.post(Entry::Short { short: wanted - shares });
            }
            let money = price.map_or(S::ZERO, |price| shares * figures.at(price));
            state.retire(plan, *line, shares);
            state.cash(*month, S::ZERO - money);
            observer.post(moved(Why::Retired, Some(*line), shares, None, S::ZERO, S::ZERO - money));
        }
        Some(ChangePlan::Convert { lines, shares, ratio }) => {
            let mut wanted = shares.map(|slot| figures.at(slot));
            for (from, to) in lines {
                let held = state.held(*from);
                let left = match &mut wanted {
                    None => held,
                    Some(wanted) => {
                        let left = wanted.least(held);
                        *wanted -= left;
                        left
                    }
                };
                if !S::ZERO.lt(left).any() || from == to {
                    continue;
                }
                let arrived = match ratio {
                    Some(slot) => left * figures.at(*slot),
                    None => from_common(plan, &state.classes, *to, as_converted(plan, &state.classes, *from, left)),
                };
                let arrived = plan.whole_at(*to).map_or(arrived, |whole| arrived.rounded(0, whole.shares_converted));
                state.retire(plan, *from, left);
                state.issue(plan, *to, arrived);
                observer.post(moved(Why::Reclassified, Some(*from), left, Some(*to), arrived, S::ZERO));
            }
            if let Some(short) = wanted.filter(|short| S::ZERO.lt(*short).any()) {
                observer.post(Entry::Short { short });
            }
        }
        Some(ChangePlan::Grow { line, shares, target }) => {
            let grown = match (shares, target) {
                (Some(slot), _) => figures.at(*slot),
                (None, Some((target, counted))) => {
                    let target = figures.at(*target);
                    let missing = target * state.fully_diluted - state.converted(plan, counted);
                    let common = missing.times(S::ONE.per(S::ONE - target)).at_least_zero();
                    let shares = from_common(plan, &state.classes, *line, common);
                    plan.whole_at(*line).map_or(shares, |whole| shares.rounded(0, whole.pool))
                }
                (None, None) => S::ZERO,
            };
            state.issue(plan, *line, grown);
            observer.post(moved(Why::PoolGrew, None, S::ZERO, Some(*line), grown, S::ZERO));
        }
    }
}
