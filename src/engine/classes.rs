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
/// others; a split of one preferred class alone divides its issue price. The divisors are kept beside the prices, so
/// that a ratio is products over products and divided last.
#[derive(Debug, Clone, Copy)]
pub struct ClassState<S: Scalar> {
    /// What a share first cost, in shares before any split; the ratio where that is not known.
    issue: S,
    /// What a share converts at, in shares before any split; one where that is not known.
    conversion: S,
    /// Where the two are prices.
    pub is_priced: S::Mask,
    /// Whether they are always equal.
    is_one: bool,
    /// New shares for one of the opening, by splits.
    pub splits: S,
    /// What a share first cost, in shares before any split; read only where `has_cost`.
    cost: S,
    /// Whether that is known.
    pub has_cost: S::Mask,
    /// Where shares of it have left a line: it was there, even if it is no more.
    was_there: S::Mask,
    /// What splits have divided its issue price by.
    issue_divisor: S,
    /// What splits have divided its conversion price by; its floor follows.
    pub divisor: S,
}

impl<S: Scalar> ClassState<S> {
    /// The class as the plan has it.
    #[must_use]
    #[inline(always)]
    pub fn of(ratio: RatioPlan, figures: Figures<'_, S>) -> ClassState<S> {
        let plain = ClassState {
            issue: S::ONE,
            conversion: S::ONE,
            is_priced: S::Mask::NEVER,
            is_one: false,
            splits: S::ONE,
            cost: S::ZERO,
            has_cost: S::Mask::NEVER,
            was_there: S::Mask::NEVER,
            issue_divisor: S::ONE,
            divisor: S::ONE,
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

    /// The same with what a share first cost, if that is written.
    #[must_use]
    #[inline(always)]
    pub fn costing(self, cost: Option<S>) -> ClassState<S> {
        match cost {
            Some(cost) => ClassState { cost, has_cost: S::Mask::ALWAYS, ..self },
            None => self,
        }
    }

    /// The first price paid for a share is what it first cost, unless that is written.
    #[inline(always)]
    pub fn costs_first(&mut self, here: S::Mask, price: S) {
        let first = here & !self.has_cost;
        self.cost = S::select(first, price * self.issue_divisor, self.cost);
        self.has_cost = self.has_cost | first;
    }

    /// What so many shares first cost, in shares as they are now.
    #[inline(always)]
    pub fn cost_of(&self, shares: S) -> S {
        (self.cost * shares) / self.issue_divisor
    }

    /// Money for shares that was written in shares before any split, in shares as they are now.
    #[inline(always)]
    pub fn of_now(&self, money: S) -> S {
        money / self.issue_divisor
    }

    /// What a share first cost, in shares as they are now.
    #[must_use]
    pub fn issue_price(&self) -> S {
        self.issue / self.issue_divisor
    }

    /// What a share converts at, in shares as they are now.
    #[must_use]
    pub fn conversion_price(&self) -> S {
        self.conversion / self.divisor
    }

    /// The two numbers of the ratio: common shares that one share converts to are the first over the second.
    #[inline(always)]
    fn terms(&self) -> (S, S) {
        if self.is_one {
            return (S::ONE, S::ONE);
        }
        (self.issue * self.divisor, self.conversion * self.issue_divisor)
    }

    /// Common shares that one share converts to; none for one to one.
    #[inline(always)]
    #[must_use]
    pub fn ratio(&self) -> Option<S::Per> {
        let (issue, conversion) = self.terms();
        (!self.is_one).then(|| issue.per(conversion))
    }

    /// The price of its first round, from which its conversion price starts.
    pub fn price_first(&mut self, where_held: S::Mask, price: S) {
        let first = where_held & !self.is_priced;
        let (issue, conversion) = self.terms();
        let converts_at = price.times(conversion.per(issue));
        self.issue = S::select(first, price * self.issue_divisor, self.issue);
        self.conversion = S::select(first, converts_at * self.divisor, self.conversion);
        self.is_priced = self.is_priced | first;
    }

    /// Shares of it leave a line.
    #[inline(always)]
    pub fn leaves(&mut self, shares: S) {
        self.was_there = self.was_there | S::ZERO.lt(shares);
    }

    /// Another conversion price, in shares as they are now.
    #[inline(always)]
    pub fn convert_at(&mut self, here: S::Mask, price: S) {
        self.conversion = S::select(here, price * self.divisor, self.conversion);
    }
}

/// What a split does to the prices of the classes that have shares, issued or signed for (`there`, by class); what is
/// first issued later is in the new shares.
pub fn split_classes<S: Scalar>(classes: &mut [ClassState<S>], there: &[S], class: Option<u32>, factor: S) {
    for (index, (state, there)) in classes.iter_mut().zip(there).enumerate() {
        let is_it = class.is_none_or(|class| class as usize == index);
        if is_it {
            state.splits = state.splits * factor;
        }
        let is_there = S::ZERO.lt(*there) | state.was_there;
        let never = S::Mask::NEVER;
        let (issue, conversion) = match class {
            None => (is_there, is_there),
            Some(0) => (never, if is_it { never } else { is_there }),
            Some(_) => (if is_it { is_there } else { never }, never),
        };
        state.issue_divisor = S::select(issue, state.issue_divisor * factor, state.issue_divisor);
        state.divisor = S::select(conversion, state.divisor * factor, state.divisor);
    }
}

/// The shares of each class, issued or signed for.
#[must_use]
pub fn by_class<S: Scalar>(plan: &Plan, shares: &[S], pending: impl Iterator<Item = S>) -> Vec<S> {
    let mut there = vec![S::ZERO; plan.ratios.len()];
    let mut add = |class: u32, shares: S| {
        if let Some(sum) = there.get_mut(class as usize) {
            *sum += shares;
        }
    };
    for (line, shares) in plan.positions.iter().zip(shares) {
        add(line.class, *shares);
    }
    for (tranche, pending) in plan.tranches.iter().zip(pending) {
        if let Some(line) = plan.positions.get(tranche.position) {
            add(line.class, pending);
        }
    }
    there
}

/// The two numbers of a class's ratio.
#[inline(always)]
pub(super) fn terms<S: Scalar>(classes: &[ClassState<S>], class: u32) -> (S, S) {
    classes.get(class as usize).map_or((S::ONE, S::ONE), ClassState::terms)
}

/// The conversion ratio of a class; none for one to one.
#[inline(always)]
pub(super) fn ratio<S: Scalar>(classes: &[ClassState<S>], class: u32) -> Option<S::Per> {
    classes.get(class as usize).and_then(ClassState::ratio)
}

/// Shares of a line as common shares.
#[inline(always)]
#[must_use]
pub fn as_converted<S: Scalar>(plan: &Plan, classes: &[ClassState<S>], position: usize, shares: S) -> S {
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
