//! What a choice of days and raised rounds gives: a plan, made once.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;

use crate::diagnostics::Bag;
use crate::diagnostics::Diagnostic;
use crate::engine::Fault;
use crate::outcome::fault_diagnostic;
use crate::outcome::has_times_left;
use crate::plan::Common;
use crate::plan::Plan;
use crate::plan::StepKind;
use crate::plan::plan;
use crate::plan::plan_after;
use crate::scenario::Scenario;
use crate::studies::simulate::readings::Readings;
use crate::units::Day;

/// A scenario with some rounds raised, its plan, and what comes next.
pub struct Variant {
    pub scenario: Scenario,
    pub plan: Plan,
    pub readings: Readings,
    /// The steps before the exits that come last: what is raised may change those, so they are played when nothing is.
    pub settled: usize,
    /// By step, whether the next round may be raised before it: the state by then is worth keeping.
    pub may_resume: Vec<bool>,
    /// The month in which the last round was raised, by its place; the first where none was.
    pub raised: usize,
    /// What it has in common with the one it came from; none for the first.
    pub common: Option<Common>,
    /// The same with one round more, by its place among the raises and its day.
    pub later: Mutex<HashMap<(usize, Day), Arc<Variant>>>,
}

impl Variant {
    /// The plan of a scenario, and the results that are read off it, by path; `from` is the same before a round was raised,
    /// and the day of that. Where rounds are raised for one burn report, its months alone are run.
    pub fn new(scenario: Scenario, paths: &[&str], from: Option<(&Variant, Day)>) -> Result<Variant, Box<Diagnostic>> {
        let mut bag = Bag::default();
        let mut plan = match from {
            // One copy of what they share stays near the processor, however many plans there are.
            Some((from, _)) => plan_after(&scenario, &from.plan, &mut bag),
            None => plan(&scenario, &mut bag),
        };
        if let Some(fault) = bag.faults().first() {
            return Err(Box::new((*fault).clone()));
        }
        if from.is_none() && scenario.depends_on_burn() {
            plan.run_only_deciding();
        }
        let raised = from.map(|(_, day)| day);
        let may_raise = scenario.raises.iter().any(has_times_left);
        // What is raised next is raised later.
        let floor = raised.unwrap_or(scenario.as_of);
        let days = plan.steps.iter().map(|step| step.day);
        let before = std::iter::once(floor).chain(days.clone()).map(|day| day.max(floor));
        let may_resume = days.zip(before).map(|(day, before)| may_raise && day > before).collect();
        let months = &plan.treasury.months;
        let raised = raised.map_or(0, |day| months.partition_point(|month| month.month < day.month()));
        let readings = Readings::in_places(&scenario, &plan, paths);
        let common = from.and_then(|(from, _)| {
            let common = plan.common_with(&from.plan)?;
            readings.go_on_from(&from.readings).then_some(common)
        });
        let is_exit = |kind: StepKind| matches!(kind, StepKind::Exit(_));
        let settled = plan.steps.iter().rposition(|step| !is_exit(step.kind)).map_or(0, |last| last.saturating_add(1));
        Ok(Variant { scenario, plan, readings, settled, may_resume, raised, common, later: Mutex::new(HashMap::new()) })
    }

    /// Why a draw has no answer.
    pub fn why(&self, fault: Fault) -> Box<Diagnostic> {
        Box::new(fault_diagnostic(&self.scenario, &self.plan, fault))
    }
}
