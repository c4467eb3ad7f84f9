//! The journal: what was posted, in the order it was posted.

use crate::engine::Converted;
use crate::engine::CreditFlow;
use crate::engine::DebtFlow;
use crate::engine::Entry;
use crate::engine::MonthFlow;
use crate::engine::Observer;
use crate::engine::Priced;
use crate::engine::Runway;
use crate::engine::State;
use crate::units::Exact;

/// One posting.
#[derive(Debug, Clone, Copy)]
pub struct Posting {
    /// The step of the plan; none for the opening table.
    pub step: Option<usize>,
    /// What was posted.
    pub entry: Entry<Exact>,
}

/// The end of a step.
#[derive(Debug, Clone, Copy)]
pub struct StepMark {
    /// How many postings there were by then.
    pub postings: usize,
    /// All shares as converted.
    pub fully_diluted: Exact,
}

/// How a burn report ran.
#[derive(Debug, Clone, Default)]
pub struct RunwayRecord {
    /// Its months.
    pub months: Vec<MonthFlow<Exact>>,
    /// What moved in debts, month by month.
    pub debts: Vec<DebtFlow<Exact>>,
    /// What became of capacity in kind, month by month.
    pub credits: Vec<CreditFlow<Exact>>,
    /// The summary.
    pub summary: Option<Runway<Exact>>,
}

/// How a convertible converted, and what each of its terms would have given.
#[derive(Debug, Clone)]
pub struct ConversionRecord {
    /// The step of the plan.
    pub step: Option<usize>,
    /// What happened.
    pub converted: Converted<Exact>,
    /// Each term's money at the round's price, by its place among the terms.
    pub terms: Vec<Exact>,
}

/// Everything that was posted in a play.
#[derive(Debug, Clone, Default)]
pub struct Journal {
    /// The postings.
    pub postings: Vec<Posting>,
    /// The end of the opening, then of each step.
    pub marks: Vec<StepMark>,
    /// Rounds as they were priced, by number.
    pub rounds: Vec<Option<Priced<Exact>>>,
    /// Conversions, in their order.
    pub conversions: Vec<ConversionRecord>,
    /// What was posted in the branch of each exit.
    pub branches: Vec<Vec<Entry<Exact>>>,
    /// Burn reports, by number.
    pub runways: Vec<RunwayRecord>,
    step: Option<usize>,
}

impl Journal {
    fn runway_at(&mut self, burn: usize) -> Option<&mut RunwayRecord> {
        while self.runways.len() <= burn {
            self.runways.push(RunwayRecord::default());
        }
        self.runways.get_mut(burn)
    }
}

impl Observer<Exact> for Journal {
    fn begin(&mut self, step: usize) {
        self.step = Some(step);
    }

    fn post(&mut self, entry: Entry<Exact>) {
        self.postings.push(Posting { step: self.step, entry });
    }

    fn priced(&mut self, round: usize, priced: &Priced<Exact>) {
        while self.rounds.len() <= round {
            self.rounds.push(None);
        }
        if let Some(slot) = self.rounds.get_mut(round) {
            *slot = Some(*priced);
        }
    }

    fn branch(&mut self, exit: usize, entry: Entry<Exact>) {
        while self.branches.len() <= exit {
            self.branches.push(Vec::new());
        }
        if let Some(branch) = self.branches.get_mut(exit) {
            branch.push(entry);
        }
    }

    fn listens(&self) -> bool {
        true
    }

    fn converted(&mut self, converted: &Converted<Exact>) {
        self.conversions.push(ConversionRecord { step: self.step, converted: *converted, terms: Vec::new() });
    }

    fn term(&mut self, _: usize, money: Exact) {
        if let Some(record) = self.conversions.last_mut() {
            record.terms.push(money);
        }
    }

    fn opened(&mut self, state: &State<Exact>) {
        self.marks.push(StepMark { postings: self.postings.len(), fully_diluted: state.fully_diluted });
    }

    fn end(&mut self, _: usize, state: &State<Exact>) {
        self.marks.push(StepMark { postings: self.postings.len(), fully_diluted: state.fully_diluted });
    }

    fn month(&mut self, burn: usize, flow: &MonthFlow<Exact>) {
        if let Some(record) = self.runway_at(burn) {
            record.months.push(*flow);
        }
    }

    fn debt(&mut self, burn: usize, flow: &DebtFlow<Exact>) {
        if let Some(record) = self.runway_at(burn) {
            record.debts.push(*flow);
        }
    }

    fn credit(&mut self, burn: usize, flow: &CreditFlow<Exact>) {
        if let Some(record) = self.runway_at(burn) {
            record.credits.push(*flow);
        }
    }

    fn runway(&mut self, burn: usize, runway: &Runway<Exact>) {
        if let Some(record) = self.runway_at(burn) {
            record.summary = Some(*runway);
        }
    }
}
