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
}
