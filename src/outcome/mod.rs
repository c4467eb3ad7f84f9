//! What a play leaves: one journal, and the views that are read off it.
//!
//! Takes what the engine posts, gives cap tables at any event, bridges, flows, runways, metrics by path and
//! findings. All views are queries over the same journal, so they cannot disagree. Lacks on purpose: texts for
//! people and any choice of what is shown.

mod bridge;
mod exit;
mod findings;
mod flows;
mod journal;
mod metrics;
mod played;
mod run;
mod splits;
mod table;
mod vesting;
mod when;

pub use crate::engine::Entry;
pub use crate::engine::Why;
pub use crate::engine::waterfall::Level;
pub use bridge::Bridge;
pub use bridge::BridgeStep;
pub use bridge::Cause;
pub use bridge::bridge;
pub use bridge::bridges;
pub use exit::Breakpoint;
pub use exit::Dated;
pub use exit::Election;
pub use exit::Group;
pub use exit::Payment;
pub use exit::Payments;
pub use exit::Recipient;
pub use exit::Return;
pub use exit::Taken;
pub use exit::Turning;
pub use exit::breakpoints;
pub use exit::payments;
pub use exit::payments_at;
pub use exit::played as played_exit;
pub use exit::rate;
pub use exit::returns;
pub use exit::step as step_of_exit;
pub use exit::taken;
pub use findings::findings;
pub use flows::Flow;
pub use flows::flows;
pub use journal::ConversionRecord;
pub use journal::Journal;
pub use journal::Posting;
pub use journal::RunwayRecord;
pub use journal::StepMark;
pub use metrics::Measure;
pub use metrics::Metric;
pub use metrics::MetricValue;
pub use metrics::metric;
pub use metrics::metrics;
pub use metrics::term;
pub use metrics::term_word;
pub use played::Outcome;
pub use run::fault_diagnostic;
pub use run::run;
pub use table::Table;
pub use table::Tables;
pub use vesting::vested;
pub use when::When;
