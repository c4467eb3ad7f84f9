//! `capsim.result/1`. Decimals are strings of their digits, so that nothing is lost on the way.

mod from_outcome;

pub use from_outcome::run_result;

use indexmap::IndexMap;
use serde::Deserialize;
use serde::Serialize;
use sha2::Digest;
use sha2::Sha256;

use crate::diagnostics::Sources;
use crate::document::Document;
use crate::document::resolved;

/// The name of the contract.
const SCHEMA: &str = "capsim.result/1";

/// A whole result.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunResult {
    /// `capsim.result/1`.
    pub schema: String,
    /// What was run.
    pub scenario: ScenarioEntry,
    /// Result path to value.
    pub metrics: IndexMap<String, String>,
    /// A snapshot an event, the opening table first.
    #[serde(default)]
    pub captable: Vec<Snapshot>,
    /// By holder: the way from opening to final ownership.
    #[serde(default)]
    pub dilution: IndexMap<String, DilutionEntry>,
    /// SAFEs and notes that converted, in their order.
    #[serde(default)]
    pub conversions: Vec<ConversionEntry>,
    /// Conversion prices that rounds lowered, in their order: the history of each class.
    #[serde(default)]
    pub adjustments: Vec<AdjustmentEntry>,
    /// By exit: who is paid what, and where the next unit begins to go to others.
    #[serde(default)]
    pub exits: IndexMap<String, ExitEntry>,
    /// By burn report.
    #[serde(default)]
    pub runway: IndexMap<String, RunwayEntry>,
    /// By declared outcome, then by burn report: how long the money lasts if the conditions turn out so.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub matrix: IndexMap<String, IndexMap<String, IndexMap<String, String>>>,
    /// By counterparty.
    #[serde(default)]
    pub flows: IndexMap<String, FlowEntry>,
    /// What the reader should know.
    #[serde(default)]
    pub findings: Vec<FindingEntry>,
    /// Each figure's origin, by path.
    #[serde(default)]
    pub sources: IndexMap<String, FigureOrigin>,
    /// Who says what: the sources by id.
    #[serde(default)]
    pub references: IndexMap<String, Reference>,
    /// Paths of assumed figures.
    #[serde(default)]
    pub assumed: Vec<String>,
    /// Every value of the resolved file, by path.
    #[serde(default)]
    pub inputs: IndexMap<String, String>,
}

/// What an exit leaves.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ExitEntry {
    /// What people read.
    pub name: String,
    /// `sale`, `listing` or `wind-up`.
    pub kind: String,
    /// When.
    pub date: String,
    /// Its value; of a listing the pre-money.
    pub value: String,
    /// The value of one common share.
    pub share_value: String,
    /// Every payment, or of a listing the value of every stake.
    pub payments: Vec<PaymentEntry>,
    /// From which value on who takes the next unit; empty for a listing.
    pub breakpoints: Vec<BreakpointEntry>,
    /// The table once it is listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captable: Option<Snapshot>,
}

/// What a holder is paid for one thing.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PaymentEntry {
    /// Who.
    pub holder: String,
    /// For what: the path of a class, a grant, a warrant, a SAFE, a note or a carve-out.
    pub r#for: String,
    /// How much.
    pub amount: String,
    /// Whether it is for shares sold in a listing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sold: bool,
}

/// A value from which on the next unit is shared in another way.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BreakpointEntry {
    /// The value.
    pub value: String,
    /// Who takes which part of the next unit: `fees`, `costs`, `debt`, or the path of what is paid for.
    pub next: IndexMap<String, String>,
}

/// What was run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ScenarioEntry {
    /// Its title.
    pub title: String,
    /// The file as named.
    pub file: String,
    /// The cases applied, in order.
    #[serde(rename = "case")]
    pub cases: Vec<String>,
    /// What each of them says of itself; its id where it says nothing.
    #[serde(default)]
    pub case_titles: Vec<String>,
    /// The currency.
    pub currency: String,
    /// The day the projection starts.
    pub as_of: String,
    /// The day it ends.
    pub horizon: Option<String>,
    /// SHA-256 of the resolved scenario.
    pub digest: String,
    /// The version of capsim.
    pub version: String,
}

/// The cap table after an event.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Snapshot {
    /// The day.
    pub date: String,
    /// The event's path; `opening` for the opening table.
    pub event: String,
    /// The last price of a common share.
    pub price: Option<String>,
    /// What the company was worth before the money of this event.
    pub pre_money: Option<String>,
    /// With every committed tranche of this event.
    pub post_money: Option<String>,
    /// All shares as converted.
    pub fully_diluted: String,
    /// One line a holder and class.
    pub holders: Vec<Line>,
}

/// One line of a cap table.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Line {
    /// Who.
    pub holder: String,
    /// In which class.
    pub class: String,
    /// How many shares.
    pub shares: String,
    /// As a part of the fully diluted company.
    pub ownership: String,
    /// At the last price.
    pub value: Option<String>,
}

/// A holder's bridge.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DilutionEntry {
    /// Ownership of the opening table.
    pub opening: String,
    /// Ownership at the end.
    pub r#final: String,
    /// A step an event and cause.
    pub steps: Vec<DilutionStep>,
}

/// A step of a bridge.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DilutionStep {
    /// The day.
    pub date: String,
    /// The event's path.
    pub event: String,
    /// Why.
    pub cause: String,
    /// By how much, as a part of one.
    pub change: String,
}

/// How a SAFE or a note converted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConversionEntry {
    /// Its path in the file.
    pub instrument: String,
    /// The day.
    pub date: String,
    /// The event that converted it.
    pub event: String,
    /// Principal and interest that converted.
    pub amount: String,
    /// The term that bound.
    pub term: String,
    /// The price of a share.
    pub price: String,
    /// The shares.
    pub shares: String,
    /// What is left of the amount over whole shares at the price.
    pub residual: String,
    /// Each of its terms, and what it is worth in money at the round's price.
    pub terms: Vec<TermEntry>,
}

/// A term of a SAFE or a note.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TermEntry {
    /// What it is: cap, discount, ownership or round.
    pub term: String,
    /// Whose package it is, if not its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// What it is worth in money at the round's price.
    pub money: String,
}

/// A conversion price that a round lowered.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AdjustmentEntry {
    /// The class.
    pub class: String,
    /// The day.
    pub date: String,
    /// The event.
    pub event: String,
    /// The conversion price before.
    pub from: String,
    /// The conversion price since.
    pub to: String,
    /// The shares the weighted average weighs; none for a full ratchet.
    pub base: Option<String>,
}

/// A burn report's run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunwayEntry {
    /// What people read.
    pub name: String,
    /// What the report counts.
    pub measure: String,
    /// Whether it is used as cash although it counts something else.
    pub as_cash: bool,
    /// When the forecast was made.
    pub vintage: Option<String>,
    /// How long the money lasts.
    #[serde(default)]
    pub summary: IndexMap<String, String>,
    /// Month by month.
    pub months: Vec<MonthEntry>,
}

/// A month.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MonthEntry {
    /// Which.
    pub month: String,
    /// Cash that arrived.
    pub arrived: String,
    /// What the report says.
    pub burned: String,
    /// What of it was paid in kind.
    pub in_kind: String,
    /// Commitments on top.
    pub committed: String,
    /// Owed to counterparties although the report does not spend it there.
    #[serde(default)]
    pub shortfall: String,
    /// Interest on the balance.
    #[serde(default)]
    pub earned: String,
    /// Drawn of debts.
    #[serde(default)]
    pub drawn: String,
    /// Repaid of debts.
    #[serde(default)]
    pub repaid: String,
    /// Interest and fees of debts.
    #[serde(default)]
    pub cost: String,
    /// The balance at its end.
    pub balance: String,
}

/// What flows between a counterparty and the company.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FlowEntry {
    /// Signed.
    pub committed: String,
    /// Asked for.
    pub called: String,
    /// Funded.
    pub invested: String,
    /// The part of it in kind.
    pub in_kind: String,
    /// Promised back and due.
    pub returned: String,
    /// Promised back in all, whatever the horizon. Results saved before there was such a figure lack it.
    #[serde(default)]
    pub contracted: String,
    /// Invested less returned.
    pub net: String,
}

/// What the reader should know.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FindingEntry {
    /// Its code.
    pub code: String,
    /// The path of what it is about.
    pub path: Option<String>,
    /// What it is.
    pub text: String,
    /// `file:line`.
    pub place: Option<String>,
}

/// Where a figure came from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FigureOrigin {
    /// As typed.
    pub value: String,
    /// How it was converted, if it is written in another currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub converted: Option<ConvertedEntry>,
    /// How sure it is.
    pub status: String,
    /// Who says so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub source: Vec<String>,
    /// The hedge as printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
    /// The lower end of its range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<String>,
    /// The upper end of its range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<String>,
    /// What other sources say.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub reports: IndexMap<String, String>,
    /// `file:line`.
    pub place: String,
}

/// What a figure in another currency came to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConvertedEntry {
    /// Its number in the currency of the scenario.
    pub value: String,
    /// The path of the rate.
    pub rate: String,
    /// The day of the figure.
    pub on: String,
}

/// A source.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Reference {
    /// Its title.
    pub title: String,
    /// Who published it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    /// The author's own reference.
    #[serde(default, rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Where it can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// How much it can be trusted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<String>,
}

/// SHA-256 of the resolved scenario, the same whatever layers it was written in.
#[must_use]
pub fn digest(document: &Document, sources: &Sources) -> String {
    let mut hasher = Sha256::new();
    for line in resolved(document, sources) {
        hasher.update(line.text.as_bytes());
        hasher.update(b"\n");
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads a saved result.
///
/// # Errors
/// A text that is not one, with what is wrong with it.
pub fn parse_result(text: &str) -> Result<RunResult, String> {
    let result: RunResult = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if result.schema == SCHEMA { Ok(result) } else { Err(format!("its schema is `{}`, not `{SCHEMA}`", result.schema)) }
}
