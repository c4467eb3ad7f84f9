//! capsim: a scenario cap-table simulator.
//!
//! One text file says who owns a company, which rounds it signs, what is paid in cash and what in kind, how fast
//! money goes, and who says so. Data goes one way, a folder for each form it takes:
//!
//! ```text
//! text -> document -> scenario -> plan -> engine -> outcome -> exchange, studies, report -> render -> cli
//! ```
//!
//! - [`units`], [`diagnostics`] and [`format`](mod@format) stand under everything: numbers and days, faults with their places,
//!   and the one declaration of the scenario format.
//! - [`document`] reads texts into one merged tree in which every value knows its file and line.
//! - [`scenario`] is what the tree means: holders, rounds, burns, checked.
//! - [`plan`] is the scenario compiled: a slot for each figure, events in their order.
//! - [`engine`] plays a plan with figures, generic over the number it computes with, and knows nothing else.
//! - [`outcome`] is the journal of a play, and every view that is read off it.
//! - [`exchange`], [`studies`] and [`report`] turn outcomes into data, comparisons and pages; `render` gives pages an
//!   appearance; `cli` alone touches files and the screen.
//!
//! A test, tests/architecture.rs, holds which folder may import which. Without the feature `cli` the library reads,
//! checks and plays scenarios and nothing else:
//!
//! ```
//! use capsim::diagnostics::{Bag, Sources};
//! use capsim::document::{FileRefusal, FileText, Files, Request, load};
//! use capsim::outcome::{metric, run};
//! use capsim::scenario::scenario;
//!
//! struct OneText(&'static str);
//!
//! impl Files for OneText {
//!     fn read(&mut self, _: Option<&str>, path: &str) -> Result<FileText, FileRefusal> {
//!         Ok(FileText { key: path.to_owned(), name: path.to_owned(), bytes: self.0.as_bytes().to_vec() })
//!     }
//! }
//!
//! let mut text = OneText(r#"
//!     title = "Two million at eight"
//!     currency = "USD"
//!     as_of = 2026-01-01
//!     holder = { ada = {}, fund = {} }
//!     opening = { date = 2025-01-01, fully_diluted = 10_000_000, stake = { ada = "rest" } }
//!     [round.seed]
//!     date = 2026-02-01
//!     pre_money = "8M"
//!     tranche.fund = { investor = "fund", amount = "2M" }
//! "#);
//! let (mut sources, mut bag) = (Sources::default(), Bag::default());
//! let request = Request { path: "seed.toml".to_owned(), ..Request::default() };
//! let document = load(&request, &mut text, &mut sources, &mut bag).unwrap();
//! let outcome = run(scenario(&document, &mut bag).unwrap(), &mut bag).unwrap();
//! assert_eq!(metric(&outcome, "ownership.fund").unwrap()[0].value.to_string(), "0.2");
//! ```

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
