//! Many draws of what a scenario leaves open, played on the engine of `run`.
//!
//! Takes the outcome of a scenario, gives a column of numbers for each result asked for, and what they come to. Draw `i`
//! of a variable is a function of the seed, the variable's path and `i` alone: the same on any number of threads, in any
//! slice, in two scenarios that are compared.

mod column;
mod correlation;
mod days;
mod distribution;
mod exactly;
pub mod functions;
mod generator;
mod machine;
mod points;
pub mod program;
mod quantiles;
mod readings;
mod sampler;
mod simulation;
mod slices;
mod summary;
mod variants;
mod wide;

pub use column::Column;
pub use distribution::Distribution;
pub use generator::GENERATOR;
pub use generator::Stream;
pub use machine::Chunk;
pub use machine::Job;
pub use machine::Worker;
pub use points::Points;
pub use points::Source;
pub use readings::Probe;
pub use readings::Reading;
pub use readings::Readings;
pub use readings::round_of;
pub use sampler::Sampler;
pub use simulation::CHUNK;
pub use simulation::RefusedDraw;
pub use simulation::Route;
pub use simulation::Simulation;
pub use simulation::Wanted;
pub use simulation::simulate;
pub use slices::About;
pub use slices::difference;
pub use slices::merged;
pub use slices::read_draws;
pub use slices::written_draws;
pub use summary::Chance;
pub use summary::Histogram;
pub use summary::Summary;
pub use summary::chance;
pub use summary::summary;
