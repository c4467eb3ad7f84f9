//! Appearance: pages of cells as terminal text, Markdown or CSV; faults as excerpts; the format as a schema and a
//! reference page.
//!
//! Takes pages and diagnostics, gives texts. Lacks on purpose: any choice of rows or order.

mod cells;
mod chart;
mod csv;
mod faults;
mod json_schema;
mod markdown;
mod reference;
mod terminal;
mod visible;

pub use self::csv::csv_grid;
pub use self::csv::csv_metrics;
pub use faults::faults;
pub use json_schema::json_schema;
pub use markdown::markdown;
pub use reference::reference;
pub use terminal::Screen;
pub use terminal::terminal;
pub use visible::visible;
