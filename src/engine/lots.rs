//! Shares with a cumulative dividend, by the day they began to earn it.

use crate::plan::Plan;
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
            self.lots.push(Lot { line, start: self.start, shares });
        }
    }

    /// Shares leave: an equal part of each day's.
    pub(super) fn end_lots(&mut self, plan: &Plan, line: usize, shares: S) {
        if plan.earns(line) {
            let all = self.lots_of(line);
            for lot in self.lots.iter_mut().filter(|lot| lot.line == line) {
                lot.shares -= part(lot.shares, shares, all);
            }
        }
    }

    /// Shares change hands and go on earning.
    pub(super) fn hand_over_lots(&mut self, plan: &Plan, from: usize, to: usize, shares: S) {
        if from == to || !plan.earns(from) {
            return;
        }
        let all = self.lots_of(from);
        for index in 0..self.lots.len() {
            let Some(lot) = self.lots.get_mut(index).filter(|lot| lot.line == from) else { continue };
            let moved = part(lot.shares, shares, all);
            let start = lot.start;
            lot.shares -= moved;
            self.lots.push(Lot { line: to, start, shares: moved });
        }
    }

    fn lots_of(&self, line: usize) -> S {
        self.lots.iter().filter(|lot| lot.line == line).fold(S::ZERO, |sum, lot| sum + lot.shares)
    }
}

fn part<S: Scalar>(lot: S, shares: S, all: S) -> S {
    lot.times(shares.per(S::select(S::ZERO.lt(all), all, S::ONE)))
}
