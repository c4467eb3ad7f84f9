//! Studies: many plays side by side.
//!
//! Takes results and outcomes, gives what differs between them and which inputs a result hangs on. Lacks on purpose:
//! a second engine.

mod compare;
mod influence;
mod parallel;
pub mod simulate;
mod switches;

pub use compare::Compared;
pub use compare::ComparedInput;
pub use compare::Comparison;
pub use compare::compare;
pub use influence::influences;
pub use parallel::Unwatched;
pub use parallel::Watch;
pub use parallel::as_far_as;
pub use parallel::in_order;
pub use switches::switches;
