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

    /// What each of some lines holds, by the day it began to earn: line, day, shares. Lots are kept in parts of shares;
    /// what a line holds is the truth. Shares of which nothing is known begin to earn now.
    pub(super) fn earning(&self, lines: &[usize]) -> Vec<(usize, usize, S)> {
        let mut wanted = vec![false; self.shares.len()];
        for line in lines {
            if let Some(wanted) = wanted.get_mut(*line) {
                *wanted = S::ZERO.lt(self.held(*line)).any();
            }
        }
        let is_wanted = |lot: &&Lot<S>| wanted.get(lot.line).copied().unwrap_or(false);
        let mut lots: Vec<(usize, usize, S)> =
            self.lots.iter().filter(is_wanted).map(|lot| (lot.line, lot.start, lot.shares)).collect();
        lots.sort_by_key(|(line, start, _)| (*line, *start));
        lots.dedup_by(|later, first| {
            let is_same = (later.0, later.1) == (first.0, first.1);
            if is_same {
                first.2 += later.2;
            }
            is_same
        });
        let mut all = Vec::with_capacity(lots.len());
        for mine in lots.chunk_by(|one, other| one.0 == other.0) {
            let sum = mine.iter().fold(S::ZERO, |sum, (.., shares)| sum + *shares);
            let Some((line, ..)) = mine.first().filter(|_| S::ZERO.lt(sum).any()) else { continue };
            if let Some(wanted) = wanted.get_mut(*line) {
                *wanted = false;
            }
            let held = self.held(*line);
            all.extend(mine.iter().map(|(line, start, shares)| (*line, *start, held.times(shares.per(sum)))));
        }
        let others = lines.iter().filter(|line| wanted.get(**line).copied().unwrap_or(false));
        all.extend(others.map(|line| (*line, self.start, self.held(*line))));
        all
    }

    fn lots_of(&self, line: usize) -> S {
        self.lots.iter().filter(|lot| lot.line == line).fold(S::ZERO, |sum, lot| sum + lot.shares)
    }
}
