//! `@WHEN`: a day, or an event.

use crate::plan::Plan;
use crate::plan::StepKind;
use crate::scenario::Scenario;
use crate::units::Day;

/// Where a result is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// At the end.
    End,
    /// At the end of a day.
    Day(Day),
    /// After a step of the plan.
    After(usize),
    /// In the branch of an exit: its step, and which it is.
    Branch(usize, usize),
}

impl When {
    /// Reads what stands behind the `@`: a day from the opening to the horizon, or the path of an event.
    #[must_use]
    pub fn from_text(text: &str, scenario: &Scenario, plan: &Plan) -> Option<When> {
        if let Some(day) = Day::from_text(text) {
            let is_known = day >= scenario.opening.date && scenario.horizon.is_none_or(|horizon| day <= horizon);
            return is_known.then_some(When::Day(day));
        }
        let step = plan.steps.iter().rposition(|step| step.path == text)?;
        Some(match plan.steps.get(step).map(|step| step.kind) {
            Some(StepKind::Exit(exit)) => When::Branch(step, exit),
            _ => When::After(step),
        })
    }

    /// How many steps have been played by then.
    #[must_use]
    pub fn steps(self, plan: &Plan) -> usize {
        match self {
            When::End => plan.steps.len(),
            When::Day(day) => plan.steps.partition_point(|step| step.day <= day),
            When::After(step) | When::Branch(step, _) => step.saturating_add(1),
        }
    }

    /// The day it names, if it bounds days.
    #[must_use]
    pub fn day(self, plan: &Plan) -> Option<Day> {
        match self {
            When::End => None,
            When::Day(day) => Some(day),
            When::After(step) | When::Branch(step, _) => plan.steps.get(step).map(|step| step.day),
        }
    }
}
