//! Shares with a cumulative dividend, by the day they began to earn it.

use crate::plan::Plan;
use crate::units::Mask;
use crate::units::Scalar;

use super::state::State;

/// Shares of a line that began to earn on one day.
#[derive(Debug, Clone, Copy)]
pub struct Lot<S> {
    /// Their line.
    pub line: usize,
    /// The place of that day among those on which shares can begin to earn.
    pub start: usize,
    /// How many.
    pub shares: S,
}

impl<S: Scalar> State<S> {
    /// New shares begin to earn.
    #[inline(always)]
    pub(super) fn begin_lot(&mut self, plan: &Plan, line: usize, shares: S) {
        if plan.earns(line) {
            let start = plan.first_of_day.get(self.start).copied().unwrap_or(self.start);
            self.lots.push(Lot { line, start, shares });
        }
    }

    /// Shares leave, an equal part of each day's; gives what left, by day.
    pub(super) fn take_lots(&mut self, plan: &Plan, line: usize, shares: S) -> Vec<(usize, S)> {
        if !plan.earns(line) {
            return Vec::new();
        }
        let all = self.lots_of(line);
        let all = S::select(S::ZERO.lt(all), all, S::ONE);
        let mut taken = Vec::new();
        for lot in self.lots.iter_mut().filter(|lot| lot.line == line) {
            let part = lot.shares.times(shares.per(all));
            lot.shares -= part;
            taken.push((lot.start, part));
        }
        taken
    }

    /// Shares that left elsewhere arrive and go on earning: `shares` of the `all` that were taken.
    pub(super) fn give_lots(&mut self, line: usize, taken: &[(usize, S)], shares: S, all: S) {
        let all = S::select(S::ZERO.lt(all), all, S::ONE);
        self.lots.extend(taken.iter().map(|(start, taken)| Lot {
            line,
            start: *start,
            shares: taken.times(shares.per(all)),
        }));
    }

    /// What a line holds, by the day it began to earn. Lots are kept in parts of shares; what the line holds is the
    /// truth.
    pub(super) fn earning(&self, line: usize) -> Vec<(usize, S)> {
        let all = self.lots_of(line);
        if !S::ZERO.lt(all).any() {
            return Vec::new();
        }
        let held = self.held(line);
        let mut mine: Vec<(usize, S)> = self
            .lots
            .iter()
            .filter(|lot| lot.line == line)
            .map(|lot| (lot.start, held.times(lot.shares.per(all))))
            .collect();
        mine.sort_by_key(|(start, _)| *start);
        mine.dedup_by(|later, first| {
            let is_same = later.0 == first.0;
            if is_same {
                first.1 += later.1;
            }
            is_same
        });
        mine
    }

    fn lots_of(&self, line: usize) -> S {
        self.lots.iter().filter(|lot| lot.line == line).fold(S::ZERO, |sum, lot| sum + lot.shares)
    }
}
