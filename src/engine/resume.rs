//! A play that goes on under a plan with more rounds, instead of beginning anew.

use crate::plan::Plan;
use crate::units::Mask;
use crate::units::Scalar;

use super::classes::ClassState;
use super::figures::Figures;
use super::state::RoundState;
use super::state::State;
use super::state::TrancheState;

impl<S: Scalar> State<S> {
    /// Goes on under a plan that is the one played so far and more: nothing has happened yet of what is new. `lines` says
    /// where each line stands now.
    pub fn go_on(&mut self, plan: &Plan, figures: &[S], lines: &[usize]) {
        let figures = Figures::new(figures);
        if lines.iter().enumerate().any(|(place, line)| place != *line) {
            let held = std::mem::take(&mut self.shares);
            self.shares.resize(plan.positions.len(), S::ZERO);
            for (shares, line) in held.into_iter().zip(lines) {
                if let Some(slot) = self.shares.get_mut(*line) {
                    *slot = shares;
                }
            }
            for lot in &mut self.lots {
                lot.line = lines.get(lot.line).copied().unwrap_or(lot.line);
            }
        } else {
            self.shares.resize(plan.positions.len(), S::ZERO);
        }
        for (ratio, terms) in plan.ratios.iter().zip(&plan.class_terms).skip(self.classes.len()) {
            let cost = terms.issue_price.map(|slot| figures.at(slot));
            self.classes.push(ClassState::of(*ratio, figures).costing(cost));
        }
        self.rounds.resize(plan.rounds.len(), RoundState::unsigned());
        self.tranches.resize(plan.tranches.len(), TrancheState::nothing());
    }

    /// How many of the months that were run stay as they are when something happens in one of them, by its place: those
    /// before it, where one report is run, money lasts until then, and there is nothing but money to carry over. With debts
    /// or capacity in kind the months are run from the first.
    #[must_use]
    pub fn known_months(&self, plan: &Plan, month: usize) -> usize {
        let before = S::whole(i128::try_from(month).unwrap_or(i128::MAX));
        let lasts = self.runways.first().is_some_and(|runway| !runway.month.lt(before).any());
        let is_plain = plan.treasury.only.is_some() && plan.treasury.debts.is_empty() && self.credits.is_empty();
        if lasts && is_plain { month } else { 0 }
    }

    /// What the months were run in last is of other figures.
    pub fn forget_months(&mut self) {
        self.months.forget();
    }

    /// Takes over what another state has, in the lists that are there. What the months are run in stays: it is that of the
    /// same figures, or [`State::forget_months`] says that it is not.
    pub fn copy_from(&mut self, other: &State<S>) {
        let State {
            shares,
            classes,
            convertibles,
            grants,
            warrants,
            fully_diluted,
            last_price,
            is_priced,
            rounds,
            tranches,
            arrivals,
            has_arrival,
            credits,
            runways,
            exits,
            lots,
            start,
            claims: _,
            series: _,
            months: _,
        } = other;
        self.shares.clone_from(shares);
        self.classes.clone_from(classes);
        self.convertibles.clone_from(convertibles);
        self.grants.clone_from(grants);
        self.warrants.clone_from(warrants);
        self.fully_diluted = *fully_diluted;
        self.last_price = *last_price;
        self.is_priced = *is_priced;
        self.rounds.clone_from(rounds);
        self.tranches.clone_from(tranches);
        self.arrivals.clone_from(arrivals);
        self.has_arrival.clone_from(has_arrival);
        self.credits.clone_from(credits);
        self.runways.clone_from(runways);
        self.exits.clone_from(exits);
        self.lots.clone_from(lots);
        self.start = *start;
    }
}
