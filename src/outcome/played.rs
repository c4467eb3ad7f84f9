//! A scenario that was played.

use crate::engine::State;
use crate::plan::Plan;
use crate::scenario::Scenario;
use crate::units::Exact;

use super::journal::Journal;

/// A scenario, its plan, and what playing it left.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// What was played.
    pub scenario: Scenario,
    /// In which order.
    pub plan: Plan,
    /// What happened.
    pub journal: Journal,
    /// The state at the end.
    pub state: State<Exact>,
    /// Where money is raised when it is needed: the plays in which other reports decide.
    pub under: Vec<Under>,
}

/// A play in which another burn report decides when money is raised, and how much.
#[derive(Debug, Clone)]
pub struct Under {
    /// The report, by its place among the scenario's.
    pub burn: usize,
    /// The play; none if it has no answer.
    pub played: Option<Outcome>,
    /// Why it has none.
    pub why_not: Option<String>,
}
