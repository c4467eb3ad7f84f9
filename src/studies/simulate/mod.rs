//! Many draws of what a scenario leaves open, played on the engine of `run`.
//!
//! Takes a scenario, gives a column of numbers for each result asked for. Draw `i` of a variable is a function of the
//! seed, the variable's path and `i` alone: the same on any number of threads and in any slice.

mod correlation;
mod distribution;
pub mod functions;
mod generator;
mod machine;
mod points;
mod readings;
mod sampler;

pub use distribution::Distribution;
pub use generator::GENERATOR;
pub use generator::Stream;
pub use machine::Chunk;
pub use machine::Job;
pub use machine::LANES;
pub use machine::Worker;
pub use points::Points;
pub use readings::Probe;
pub use readings::Reading;
pub use readings::Readings;
pub use sampler::Sampler;
