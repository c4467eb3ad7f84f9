//! capsim

pub mod diagnostics;
pub mod document;
pub mod engine;
pub mod exchange;
pub mod format;
pub mod outcome;
pub mod plan;
pub mod report;
pub mod scenario;
pub mod studies;
pub mod units;

#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
pub mod render;
