//! What an exit leaves, read off the play: payments to the cent, breakpoints, returns.

mod breakpoints;
mod payments;
mod rate;
mod returns;

pub use breakpoints::Breakpoint;
pub use breakpoints::Recipient;
pub use breakpoints::Turning;
pub use breakpoints::breakpoints;
pub use payments::Election;
pub use payments::Group;
pub use payments::Payment;
pub use payments::Payments;
pub use payments::Taken;
pub use payments::owner_of;
pub use payments::payments;
pub use payments::payments_at;
pub use payments::taken;
pub use rate::Dated;
pub use rate::rate;
pub use returns::Return;
pub use returns::returns;

use crate::engine::ExitState;
use crate::plan::Plan;
use crate::plan::StepKind;
use crate::units::Exact;

use super::played::Outcome;

/// The exit with that number as it was played; none where it was not.
#[must_use]
pub fn played(outcome: &Outcome, exit: usize) -> Option<&ExitState<Exact>> {
    outcome.state.exits.get(exit)?.as_ref()
}

/// The step of an exit.
#[must_use]
pub fn step(plan: &Plan, exit: usize) -> Option<usize> {
    plan.steps.iter().position(|step| step.kind == StepKind::Exit(exit))
}
