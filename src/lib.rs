//! capsim

pub mod units;
pub mod diagnostics;
pub mod format;
pub mod document;
pub mod scenario;
pub mod plan;
pub mod engine;
pub mod outcome;
#[cfg(feature = "cli")]
pub mod cli;
