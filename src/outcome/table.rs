//! The cap table after any number of steps, read off the journal.

use crate::engine::Entry;
use crate::plan::Plan;
use crate::plan::RatioPlan;
use crate::scenario::Scenario;
use crate::units::Decimal;
use crate::units::Exact;
use crate::units::Scalar;

use super::journal::Journal;

/// What a seller keeps. Parts of a sale add up to what was held but for the last of 28 digits: what they leave of a
/// line that was sold out is nothing.
pub(super) fn left_after(held: Exact, sold: Exact) -> Exact {
    let left = held - sold;
    match left.decimal() {
        Some(rest) if rest.abs() < Decimal::from_parts(1, 0, 0, false, 12) => Exact::ZERO,
        _ => left,
    }
}

/// A cap table.
#[derive(Debug, Clone)]
pub struct Table {
    /// Shares by line of the plan.
    pub shares: Vec<Exact>,
    /// Shares signed and not issued, by line.
    pub pending: Vec<Exact>,
    /// All shares as converted.
    pub fully_diluted: Exact,
    /// The last price of a common share, as shares per unit of money.
    pub last_price: Option<Exact>,
}

/// Reads cap tables off a journal, one step after the other.
#[derive(Debug)]
pub struct Tables<'a> {
    scenario: &'a Scenario,
    plan: &'a Plan,
    journal: &'a Journal,
    ratios: Vec<Option<Exact>>,
    /// What is pending, by tranche.
    pending: Vec<Exact>,
    /// The table so far.
    table: Table,
    postings: usize,
    steps: usize,
}

impl<'a> Tables<'a> {
    /// Stands at the opening table.
    #[must_use]
    pub fn new(scenario: &'a Scenario, plan: &'a Plan, journal: &'a Journal) -> Tables<'a> {
        let lines = plan.positions.len();
        let ratios = plan
            .ratios
            .iter()
            .map(|ratio| match ratio {
                RatioPlan::One => None,
                RatioPlan::Is(slot) => Some(Exact::of(scenario.figures.value(*slot))),
                RatioPlan::Prices(issue, conversion) => {
                    Some(Exact::of(scenario.figures.value(*issue)) / Exact::of(scenario.figures.value(*conversion)))
                }
            })
            .collect();
        let mut tables = Tables {
            scenario,
            plan,
            journal,
            ratios,
            pending: vec![Exact::ZERO; plan.tranches.len()],
            table: Table {
                shares: vec![Exact::ZERO; lines],
                pending: vec![Exact::ZERO; lines],
                fully_diluted: Exact::ZERO,
                last_price: None,
            },
            postings: 0,
            steps: 0,
        };
        tables.post_up_to(0);
        tables
    }

    /// The table after so many steps; steps already passed stay passed.
    pub fn after(&mut self, steps: usize) -> &Table {
        while self.steps < steps && self.steps < self.plan.steps.len() {
            self.steps = self.steps.saturating_add(1);
            self.post_up_to(self.steps);
            let kind = self.plan.steps.get(self.steps.saturating_sub(1)).map(|step| step.kind);
            if let Some(crate::plan::StepKind::Round(round)) = kind
                && let Some(Some(priced)) = self.journal.rounds.get(round)
                && priced.is_held == crate::units::Decided::Yes
            {
                self.table.last_price = Some(Exact::quotient(Exact::inverse(priced.price)));
            }
        }
        for pending in &mut self.table.pending {
            *pending = Exact::ZERO;
        }
        for (tranche, pending) in self.plan.tranches.iter().zip(&self.pending) {
            if let Some(line) = self.table.pending.get_mut(tranche.position) {
                *line += *pending;
            }
        }
        &self.table
    }

    fn post_up_to(&mut self, mark: usize) {
        let Some(mark) = self.journal.marks.get(mark) else { return };
        let new = self.journal.postings.get(self.postings..mark.postings).unwrap_or(&[]);
        let table = &mut self.table;
        let mut add = |line: usize, shares: Exact| {
            if let Some(held) = table.shares.get_mut(line) {
                *held = left_after(*held, Exact::ZERO - shares);
            }
        };
        for posting in new {
            match posting.entry {
                Entry::Opened { position, shares } | Entry::PoolIncreased { position, shares, .. } => {
                    add(position, shares);
                }
                Entry::Closed { closing, position, shares, .. } => {
                    add(position, shares);
                    if let Some(closing) = self.plan.closings.get(closing)
                        && let Some(pending) = self.pending.get_mut(closing.tranche)
                    {
                        let is_reduced = closing.otherwise.is_some();
                        *pending = if is_reduced { (*pending - shares).at_least_zero() } else { Exact::ZERO };
                    }
                }
                Entry::Sold { seller, buyer, shares, .. } => {
                    add(buyer, shares);
                    add(seller, Exact::ZERO - shares);
                }
                Entry::Signed { tranche, shares, .. } => {
                    if let Some(pending) = self.pending.get_mut(tranche) {
                        *pending = shares;
                    }
                }
                Entry::SaleCapped { .. } | Entry::NoLastPrice => {}
            }
        }
        self.table.fully_diluted = mark.fully_diluted;
        self.postings = mark.postings;
    }

    /// Shares of a line as common shares.
    #[must_use]
    pub fn as_converted(&self, line: usize, shares: Exact) -> Exact {
        let class = self.plan.positions.get(line).map_or(0, |position| position.class);
        match self.ratios.get(class as usize).copied().flatten() {
            None => shares,
            Some(ratio) => shares * ratio,
        }
    }

    /// Sums a number a line by owner, as converted.
    #[must_use]
    pub fn by_owner(&self, lines: &[Exact]) -> Vec<Exact> {
        self.summed(lines, |line, shares| self.as_converted(line, shares))
    }

    /// Sums shares by owner, whatever they convert to.
    #[must_use]
    pub fn shares_by_owner(&self, lines: &[Exact]) -> Vec<Exact> {
        self.summed(lines, |_, shares| shares)
    }

    /// Sums votes by owner. A pool does not vote.
    #[must_use]
    pub fn votes_by_owner(&self, lines: &[Exact]) -> Vec<Exact> {
        self.summed(lines, |line, shares| {
            let position = self.plan.positions.get(line);
            let is_pool = position
                .and_then(|position| self.scenario.owners.get(position.owner as usize))
                .is_some_and(|owner| owner.is_pool);
            if is_pool {
                return Exact::ZERO;
            }
            let votes = position
                .and_then(|position| self.scenario.classes.get(position.class as usize))
                .map_or(Decimal::ONE, |class| self.scenario.figures.value(class.votes));
            shares * Exact::of(votes)
        })
    }

    fn summed(&self, lines: &[Exact], count: impl Fn(usize, Exact) -> Exact) -> Vec<Exact> {
        let mut sums = vec![Exact::ZERO; self.scenario.owners.len()];
        for (line, (position, shares)) in self.plan.positions.iter().zip(lines).enumerate() {
            if let Some(sum) = sums.get_mut(position.owner as usize) {
                *sum += count(line, *shares);
            }
        }
        sums
    }
}
