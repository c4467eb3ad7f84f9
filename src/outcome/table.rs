//! The cap table after any number of steps, read off the journal.

use crate::engine::ClassState;
use crate::engine::Entry;
use crate::engine::Figures;
use crate::engine::Why;
use crate::engine::by_class;
use crate::engine::split_classes;
use crate::plan::Holding;
use crate::plan::Plan;
use crate::scenario::Scenario;
use crate::units::Decided;
use crate::units::Decimal;
use crate::units::Exact;
use crate::units::Scalar;

use super::bridge::Cause;
use super::journal::Journal;
use super::when::When;

/// What an entry changes in the fully diluted company, counted as converted.
#[derive(Debug, Clone, Copy)]
pub(super) enum Change {
    /// A line has so many more shares: for its owner this is one cause, for all others another.
    Shares {
        /// The line.
        line: usize,
        /// As converted.
        converted: Exact,
        /// Why its owner has them.
        own: Cause,
        /// Why others have less of the company.
        others: Cause,
    },
    /// Every count was multiplied.
    Scaled(Exact),
}

/// Why a move changes its owner's part, and everybody else's.
fn causes(why: Why) -> (Cause, Cause) {
    match why {
        Why::Converted { .. } | Why::Listed => (Cause::Converted, Cause::Conversions),
        Why::ProRata { .. } | Why::Offered => (Cause::Invested, Cause::NewMoney),
        Why::PayToPlay { .. } | Why::Reclassified => (Cause::Reclassified, Cause::Reclassification),
        Why::Granted { .. } => (Cause::Granted, Cause::Granted),
        Why::Exercised { .. } => (Cause::Exercised, Cause::Exercised),
        Why::Returned { .. } => (Cause::Returned, Cause::Returned),
        Why::WarrantIssued { .. } | Why::WarrantExercised { .. } | Why::WarrantLapsed { .. } => {
            (Cause::Warrant, Cause::Warrants)
        }
        Why::Retired => (Cause::Retired, Cause::Retirement),
        Why::PoolGrew => (Cause::ToppedUp, Cause::PoolIncrease),
    }
}

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
    classes: Vec<ClassState<Exact>>,
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
        let figures: Vec<Exact> = plan.values.iter().map(|value| Exact::of(*value)).collect();
        let figures = Figures::new(&figures);
        let classes = plan.ratios.iter().map(|ratio| ClassState::of(*ratio, figures)).collect();
        let mut tables = Tables {
            scenario,
            plan,
            journal,
            classes,
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
                && priced.is_held == Decided::Yes
            {
                self.table.last_price = Some(Exact::quotient(Exact::inverse(priced.price)));
            }
        }
        self.collect_pending();
        &self.table
    }

    fn collect_pending(&mut self) {
        for pending in &mut self.table.pending {
            *pending = Exact::ZERO;
        }
        for (tranche, pending) in self.plan.tranches.iter().zip(&self.pending) {
            if let Some(line) = self.table.pending.get_mut(tranche.position) {
                *line += *pending;
            }
        }
    }

    /// The table in the branch of an exit, which stands at this step. What comes after cannot be read any more.
    pub fn branch(&mut self, step: usize, exit: usize) -> &Table {
        self.after(step.saturating_add(1));
        let journal = self.journal;
        for entry in journal.branches.get(exit).map_or(&[][..], Vec::as_slice) {
            self.post(entry, &mut |_| {});
        }
        let counted = self.table.shares.iter().enumerate();
        let all = counted.fold(Exact::ZERO, |sum, (line, shares)| sum + self.as_converted(line, *shares));
        self.table.fully_diluted = all;
        self.steps = self.plan.steps.len();
        self.collect_pending();
        &self.table
    }

    /// The table at a moment.
    pub fn at(&mut self, when: When) -> &Table {
        match when {
            When::Branch(step, exit) => self.branch(step, exit),
            _ => self.after(when.steps(self.plan)),
        }
    }

    fn post_up_to(&mut self, mark: usize) {
        let Some(mark) = self.journal.marks.get(mark) else { return };
        let new = self.journal.postings.get(self.postings..mark.postings).unwrap_or(&[]);
        for posting in new {
            self.post(&posting.entry, &mut |_| {});
        }
        self.table.fully_diluted = mark.fully_diluted;
        self.postings = mark.postings;
    }

    /// Posts an entry, and tells what it changed as converted.
    pub(super) fn post(&mut self, entry: &Entry<Exact>, tell: &mut dyn FnMut(Change)) {
        match *entry {
            Entry::Opened { position, shares } => {
                self.add(position, shares, Cause::Invested, Cause::NewMoney, tell);
            }
            Entry::PoolIncreased { position, shares, .. } => {
                self.add(position, shares, Cause::ToppedUp, Cause::PoolIncrease, tell);
            }
            Entry::Closed { closing, position, shares, pending: left, .. } => {
                self.add(position, shares, Cause::Invested, Cause::NewMoney, tell);
                if let Some(closing) = self.plan.closings.get(closing)
                    && let Some(pending) = self.pending.get_mut(closing.tranche)
                {
                    *pending = left;
                }
            }
            Entry::Sold { seller, buyer, shares, .. } => {
                self.add(buyer, shares, Cause::Bought, Cause::Bought, tell);
                self.add(seller, Exact::ZERO - shares, Cause::Sold, Cause::Bought, tell);
            }
            Entry::Signed { tranche, shares, .. } => {
                if let Some(pending) = self.pending.get_mut(tranche) {
                    *pending = shares;
                }
            }
            Entry::Moved { why, from, left, to, arrived, .. } => {
                let (own, others) = causes(why);
                if let Some(line) = to {
                    self.add(line, arrived, own, others, tell);
                }
                if let Some(line) = from {
                    self.add(line, Exact::ZERO - left, own, others, tell);
                }
            }
            Entry::Adjusted { class, issue, after, .. } => self.adjust(class, issue, after, tell),
            Entry::Split { class, factor } => self.split(class, factor, tell),
            Entry::Lent { .. }
            | Entry::Short { .. }
            | Entry::NotConverted { .. }
            | Entry::SaleCapped { .. }
            | Entry::NoLastPrice => {}
        }
    }

    fn add(&mut self, line: usize, shares: Exact, own: Cause, others: Cause, tell: &mut dyn FnMut(Change)) {
        if let Some(held) = self.table.shares.get_mut(line) {
            *held = left_after(*held, Exact::ZERO - shares);
        }
        let class = self.plan.positions.get(line).map_or(0, |line| line.class);
        if let Some(class) = self.classes.get_mut(class as usize) {
            class.leaves(Exact::ZERO - shares);
        }
        tell(Change::Shares { line, converted: self.as_converted(line, shares), own, others });
    }

    /// A class converts at another price.
    fn adjust(&mut self, class: u32, issue: Exact, after: Exact, tell: &mut dyn FnMut(Change)) {
        let lines: Vec<usize> = self
            .plan
            .positions
            .iter()
            .enumerate()
            .filter(|(_, line)| line.class == class)
            .map(|(index, _)| index)
            .collect();
        let count = |tables: &Self, line: usize| {
            tables.as_converted(line, tables.table.shares.get(line).copied().unwrap_or(Exact::ZERO))
        };
        let before: Vec<Exact> = lines.iter().map(|line| count(self, *line)).collect();
        if let Some(state) = self.classes.get_mut(class as usize) {
            state.price_first(Decided::Yes, issue);
            state.convert_at(Decided::Yes, after);
        }
        for (line, before) in lines.into_iter().zip(before) {
            let converted = count(self, line) - before;
            tell(Change::Shares { line, converted, own: Cause::Protected, others: Cause::PriceProtection });
        }
    }

    fn split(&mut self, class: Option<u32>, factor: Exact, tell: &mut dyn FnMut(Change)) {
        let is_split = |of: u32| class.is_none_or(|class| class == of);
        let there = by_class(self.plan, &self.table.shares, self.pending.iter().copied());
        for (line, shares) in self.plan.positions.iter().zip(&mut self.table.shares) {
            if is_split(line.class) {
                *shares = *shares * factor;
                if let Some(whole) = self.plan.whole_of(line.class) {
                    *shares = shares.rounded(0, whole.shares_converted);
                }
            }
        }
        for (tranche, pending) in self.plan.tranches.iter().zip(&mut self.pending) {
            let of = self.plan.positions.get(tranche.position).map_or(0, |line| line.class);
            if is_split(of) {
                *pending = *pending * factor;
                if let Some(whole) = self.plan.whole_of(of) {
                    *pending = pending.rounded(0, whole.shares_converted);
                }
            }
        }
        split_classes(&mut self.classes, &there, class, factor);
        if is_split(0) {
            self.table.last_price = self.table.last_price.map(|price| price / factor);
            tell(Change::Scaled(factor));
        }
    }

    /// The conversion price of a class, where it has one.
    #[must_use]
    pub fn conversion_price(&self, class: usize) -> Option<Exact> {
        let state = self.classes.get(class)?;
        (state.is_priced == Decided::Yes).then(|| state.conversion_price())
    }

    /// New shares for one of the opening, by the splits of a class so far.
    #[must_use]
    pub fn splits(&self, class: u32) -> Exact {
        self.classes.get(class as usize).map_or(Exact::ONE, |state| state.splits)
    }

    /// Shares of a line as common shares.
    #[must_use]
    pub fn as_converted(&self, line: usize, shares: Exact) -> Exact {
        let class = self.plan.positions.get(line).map_or(0, |position| position.class);
        match self.classes.get(class as usize).and_then(ClassState::ratio) {
            None => shares,
            Some(ratio) => shares.times(ratio),
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

    /// Sums votes by owner. Only issued shares vote: options, warrants and unallocated shares do not.
    #[must_use]
    pub fn votes_by_owner(&self, lines: &[Exact]) -> Vec<Exact> {
        self.summed(lines, |line, shares| {
            let Some(position) = self.plan.positions.get(line) else { return Exact::ZERO };
            if position.holding != Holding::Shares {
                return Exact::ZERO;
            }
            let class = self.scenario.classes.get(position.class as usize);
            let votes = class.map_or(Decimal::ONE, |class| self.scenario.figures.value(class.votes));
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
