//! Share classes in a play: what a share converts to, and how that changes.

use crate::plan::Plan;
use crate::plan::RatioPlan;
use crate::units::Mask;
use crate::units::Scalar;

use super::figures::Figures;

/// A class in a play.
///
/// A share converts to issue price over conversion price common shares. Price protection lowers the conversion
/// price; a split of all shares divides both; a split of common stock alone divides the conversion prices of the
/// others; a split of one preferred class alone divides its issue price.
#[derive(Debug, Clone, Copy)]
pub struct ClassState<S: Scalar> {
    /// What a share first cost, or the ratio where that is not known.
    pub issue: S,
    /// What a share converts at, or one where that is not known.
    pub conversion: S,
    /// Where the two are prices.
    pub is_priced: S::Mask,
    /// Whether they are always equal.
    pub is_one: bool,
    /// New shares for one of the opening, by splits.
    pub splits: S,
    /// What splits have divided its conversion price by: its floor follows.
    pub divided: S,
}

impl<S: Scalar> ClassState<S> {
    /// The class as the plan has it.
    #[must_use]
    pub fn of(ratio: RatioPlan, figures: Figures<'_, S>) -> ClassState<S> {
        let plain = ClassState {
            issue: S::ONE,
            conversion: S::ONE,
            is_priced: S::Mask::NEVER,
            is_one: false,
            splits: S::ONE,
            divided: S::ONE,
        };
        match ratio {
            RatioPlan::One => ClassState { is_one: true, ..plain },
            RatioPlan::Is(slot) | RatioPlan::Protected(slot, None) => ClassState { issue: figures.at(slot), ..plain },
            RatioPlan::Prices(issue, conversion) => ClassState {
                issue: figures.at(issue),
                conversion: figures.at(conversion),
                is_priced: S::Mask::ALWAYS,
                ..plain
            },
            RatioPlan::Protected(slot, Some(issue)) => ClassState {
                issue: figures.at(issue),
                conversion: figures.at(issue) / figures.at(slot),
                is_priced: S::Mask::ALWAYS,
                ..plain
            },
        }
    }

    /// Common shares that one share converts to; none for one to one.
    #[inline(always)]
    pub fn ratio(&self) -> Option<S::Per> {
        (!self.is_one).then(|| self.issue.per(self.conversion))
    }

    /// The price of its first round, from which its conversion price starts.
    pub fn price_first(&mut self, where_held: S::Mask, price: S) {
        let first = where_held & !self.is_priced;
        let conversion = price / S::quotient(self.issue.per(self.conversion));
        self.issue = S::select(first, price, self.issue);
        self.conversion = S::select(first, conversion, self.conversion);
        self.is_priced = self.is_priced | first;
    }
}

/// What a split does to the prices of the classes that have shares; what is first issued later is in the new shares.
pub fn split_classes<S: Scalar>(
    plan: &Plan,
    shares: &[S],
    classes: &mut [ClassState<S>],
    class: Option<u32>,
    factor: S,
) {
    for (index, state) in classes.iter_mut().enumerate() {
        let is_it = class.is_none_or(|class| class as usize == index);
        if is_it {
            state.splits = state.splits * factor;
        }
        let lines = plan.positions.iter().zip(shares).filter(|(line, _)| line.class as usize == index);
        let is_there = S::ZERO.lt(lines.fold(S::ZERO, |sum, (_, shares)| sum + *shares));
        let never = S::Mask::NEVER;
        let (issue, conversion) = match class {
            // Where the two are plain numbers and not prices their ratio stays.
            None => (is_there & state.is_priced, is_there & state.is_priced),
            Some(0) => (never, if is_it { never } else { is_there }),
            Some(_) => (if is_it { is_there } else { never }, never),
        };
        let is_cheaper = if matches!(class, None | Some(0)) { is_there } else { never };
        state.divided = S::select(is_cheaper, state.divided * factor, state.divided);
        state.issue = S::select(issue, state.issue / factor, state.issue);
        state.conversion = S::select(conversion, state.conversion / factor, state.conversion);
    }
}

/// Issue and conversion price of a class: the two numbers of its ratio.
#[inline(always)]
pub(super) fn prices<S: Scalar>(classes: &[ClassState<S>], class: u32) -> (S, S) {
    match classes.get(class as usize) {
        Some(class) if !class.is_one => (class.issue, class.conversion),
        _ => (S::ONE, S::ONE),
    }
}

/// The conversion ratio of a class; none for one to one.
#[inline(always)]
pub(super) fn ratio<S: Scalar>(classes: &[ClassState<S>], class: u32) -> Option<S::Per> {
    classes.get(class as usize).and_then(ClassState::ratio)
}

/// Shares of a line as common shares.
#[inline(always)]
pub(super) fn as_converted<S: Scalar>(plan: &Plan, classes: &[ClassState<S>], position: usize, shares: S) -> S {
    let class = plan.positions.get(position).map_or(0, |position| position.class);
    of_class(classes, class, shares)
}

/// Shares of a class as common shares.
#[inline(always)]
pub(super) fn of_class<S: Scalar>(classes: &[ClassState<S>], class: u32, shares: S) -> S {
    match ratio(classes, class) {
        None => shares,
        Some(ratio) => shares.times(ratio),
    }
}

/// Common shares as shares of a line's class.
#[inline(always)]
pub(super) fn from_common<S: Scalar>(plan: &Plan, classes: &[ClassState<S>], position: usize, common: S) -> S {
    let class = plan.positions.get(position).map_or(0, |position| position.class);
    match ratio(classes, class) {
        None => common,
        Some(ratio) => common.times(S::inverse(ratio)),
    }
}

/// Shares of a class that one unit of money buys, when it buys so many common shares.
#[inline(always)]
pub(super) fn class_price<S: Scalar>(classes: &[ClassState<S>], class: u32, price: S::Per) -> S::Per {
    match ratio(classes, class) {
        None => price,
        Some(ratio) => S::chained(price, S::inverse(ratio)),
    }
}
