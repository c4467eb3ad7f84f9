//! Studies: many plays side by side.
//!
//! Takes results, gives what differs between them. Lacks on purpose: a second engine.

mod compare;
mod influence;

pub use compare::Compared;
pub use compare::ComparedInput;
pub use compare::Comparison;
pub use compare::compare;
pub use influence::influences;
