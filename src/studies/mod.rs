//! Studies: many plays side by side.
//!
//! Takes results and outcomes, and from whoever calls it a way to play changed inputs; gives what differs between
//! results, which inputs a result hangs on, sweeps, sensitivities and searches. Lacks on purpose: a second engine, and
//! files.

mod axis;
mod compare;
mod goal;
mod influence;
mod line;
mod parallel;
mod point;
mod sensitivity;
pub mod simulate;
mod solve;
mod sweep;
mod switches;

pub use axis::Axis;
pub use axis::AxisPoint;
pub use axis::AxisValue;
pub use axis::Form;
pub use axis::MOST_POINTS;
pub use axis::axis;
pub use axis::ends;
pub use axis::too_many;
pub use compare::Compared;
pub use compare::ComparedInput;
pub use compare::Comparison;
pub use compare::compare;
pub use goal::Goal;
pub use goal::Target;
pub use goal::Test;
pub use influence::influences;
pub use line::Line;
pub use line::Search;
pub use line::search;
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
pub use solve::Answer;
pub use solve::Crossing;
pub use solve::Interval;
pub use solve::Solution;
pub use solve::Tried;
pub use solve::solve;
pub use sweep::CASE;
pub use sweep::NO_CASE;
pub use sweep::NoSweep;
pub use sweep::Sweep;
pub use sweep::Swept;
pub use sweep::change_at;
pub use sweep::count;
pub use sweep::sweep;
pub use switches::switches;
