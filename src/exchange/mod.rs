//! Results as data: the JSON object `capsim.result/1`, written and read again.
//!
//! Takes an [`crate::outcome::Outcome`] and its document, gives a serialisable [`RunResult`]; reads one back for
//! `compare`. Lacks on purpose: any choice of what people see first.

mod result;

pub use result::FigureOrigin;
pub use result::FindingEntry;
pub use result::RunResult;
pub use result::digest;
pub use result::parse_result;
pub use result::run_result;
