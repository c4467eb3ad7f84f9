//! Studies: many plays side by side.
//!
//! Takes results and outcomes, gives what differs between them and which inputs a result hangs on. Lacks on purpose:
//! a second engine.

mod axis;
mod compare;
mod influence;
mod parallel;
pub mod simulate;
mod point;
mod sensitivity;
mod sweep;
mod switches;

pub use axis::Axis;
pub use axis::AxisPoint;
pub use axis::AxisValue;
pub use axis::Form;
pub use axis::MOST_POINTS;
pub use axis::axis;
pub use axis::too_many;
pub use compare::Compared;
pub use compare::ComparedInput;
pub use compare::Comparison;
pub use compare::compare;
pub use influence::influences;
pub use parallel::Unwatched;
pub use parallel::Watch;
pub use parallel::as_far_as;
pub use parallel::in_order;
pub use point::Asked;
pub use point::Change;
pub use point::Player;
pub use point::Refused;
pub use point::Why;
pub use point::as_number;
pub use point::results;
pub use sensitivity::At;
pub use sensitivity::Bar;
pub use sensitivity::End;
pub use sensitivity::Lever;
pub use sensitivity::NoSensitivity;
pub use sensitivity::Pair;
pub use sensitivity::Sensitivity;
pub use sensitivity::Swing;
pub use sensitivity::Tornado;
pub use sensitivity::levers;
pub use sensitivity::sensitivity;
pub use sweep::CASE;
pub use sweep::NO_CASE;
pub use sweep::NoSweep;
pub use sweep::Sweep;
pub use sweep::Swept;
pub use sweep::change_at;
pub use sweep::count;
pub use sweep::sweep;
pub use switches::switches;
