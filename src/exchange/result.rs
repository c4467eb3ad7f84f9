//! `capsim.result/1`. Decimals are strings of their digits, so that nothing is lost on the way.

use indexmap::IndexMap;
use serde::Deserialize;
use serde::Serialize;
use sha2::Digest;
use sha2::Sha256;

use crate::diagnostics::Bag;
use crate::diagnostics::Sources;
use crate::document::Document;
use crate::document::inputs;
use crate::document::resolved;
use crate::outcome::ConversionRecord;
use crate::outcome::Entry;
use crate::outcome::MetricValue;
use crate::outcome::Outcome;
use crate::outcome::Tables;
use crate::outcome::When;
use crate::outcome::bridges;
use crate::outcome::flows;
use crate::outcome::metrics;
use crate::outcome::term;
use crate::outcome::term_word;
use crate::plan::StepKind;
use crate::scenario::Status;
use crate::units::Decided;
use crate::units::Exact;
use crate::units::Scalar;

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
    /// By burn report.
    #[serde(default)]
    pub runway: IndexMap<String, RunwayEntry>,
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

/// A number as its digits; empty if it has no exact value, which a finished play does not leave.
fn digits(value: Exact) -> String {
    value.decimal().map_or_else(String::new, |value| value.normalize().to_string())
}

/// Everything a run says, as data.
#[must_use]
pub fn run_result(outcome: &Outcome, document: &Document, sources: &Sources, bag: &Bag) -> RunResult {
    let scenario = &outcome.scenario;
    let plan = &outcome.plan;
    let file = sources.get(document.entry).map(|source| source.name.clone()).unwrap_or_default();
    let value = |value: MetricValue| value.to_string();
    let results: IndexMap<String, String> =
        metrics(outcome, When::End).into_iter().map(|metric| (metric.path, value(metric.value))).collect();
    RunResult {
        schema: SCHEMA.to_owned(),
        scenario: ScenarioEntry {
            title: scenario.title.clone(),
            file,
            cases: scenario.cases.iter().map(|case| case.id.clone()).collect(),
            case_titles: scenario
                .cases
                .iter()
                .map(|case| case.title.clone().unwrap_or_else(|| case.id.clone()))
                .collect(),
            currency: scenario.currency.clone(),
            as_of: scenario.as_of.to_string(),
            horizon: scenario.horizon.map(|day| day.to_string()),
            digest: digest(document, sources),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        captable: captable(outcome),
        dilution: scenario
            .owners
            .iter()
            .zip(bridges(scenario, plan, &outcome.journal))
            .map(|(owner, bridge)| {
                let steps = bridge
                    .steps
                    .iter()
                    .map(|step| DilutionStep {
                        date: step.day.to_string(),
                        event: plan.steps.get(step.step).map(|step| step.path.clone()).unwrap_or_default(),
                        cause: step.cause.word().to_owned(),
                        change: digits(step.change),
                    })
                    .collect();
                let entry = DilutionEntry { opening: digits(bridge.opening), r#final: digits(bridge.last), steps };
                (owner.id.clone(), entry)
            })
            .collect(),
        conversions: conversions(outcome),
        adjustments: adjustments(outcome),
        metrics: results.clone(),
        runway: runway(outcome, &results),
        flows: scenario
            .owners
            .iter()
            .zip(flows(scenario, plan, &outcome.journal, When::End))
            .filter(|(owner, _)| !owner.is_pool)
            .map(|(owner, flow)| {
                let entry = FlowEntry {
                    committed: digits(flow.committed),
                    called: digits(flow.called),
                    invested: digits(flow.invested),
                    in_kind: digits(flow.in_kind),
                    returned: digits(flow.returned),
                    net: digits(flow.net),
                };
                (owner.id.clone(), entry)
            })
            .collect(),
        findings: bag
            .findings()
            .into_iter()
            .map(|finding| FindingEntry {
                code: finding.code.name().to_owned(),
                path: finding.path.clone(),
                text: finding.message.clone(),
                place: finding.span.map(|span| sources.place(span)),
            })
            .collect(),
        sources: scenario
            .figures
            .iter()
            .filter_map(|figure| {
                let origin = FigureOrigin {
                    value: figure.typed.clone(),
                    status: figure.status.word().to_owned(),
                    source: figure.sources.clone(),
                    said: figure.said.clone(),
                    low: figure.range.as_ref().and_then(|range| range.low.clone()),
                    high: figure.range.as_ref().and_then(|range| range.high.clone()),
                    reports: figure.reports.iter().cloned().collect(),
                    place: sources.place(figure.span?),
                };
                Some((figure.path.clone(), origin))
            })
            .collect(),
        references: scenario
            .sources
            .iter()
            .map(|(id, source)| {
                let entry = Reference {
                    title: source.title.clone(),
                    publisher: source.publisher.clone(),
                    published: source.published.map(|day| day.to_string()),
                    reference: source.reference.clone(),
                    address: source.address.clone(),
                    confidence: source.confidence.clone(),
                };
                (id.clone(), entry)
            })
            .collect(),
        assumed: scenario
            .figures
            .iter()
            .filter(|figure| figure.status == Status::Assumed)
            .map(|figure| figure.path.clone())
            .collect(),
        inputs: inputs(document).into_iter().map(|(path, text, _)| (path, text)).collect(),
    }
}

/// Day and path of a step.
fn event(outcome: &Outcome, step: Option<usize>) -> (String, String) {
    let step = step.and_then(|step| outcome.plan.steps.get(step));
    step.map_or_else(Default::default, |step| (step.day.to_string(), step.path.clone()))
}

fn conversions(outcome: &Outcome) -> Vec<ConversionEntry> {
    let Outcome { scenario, plan, journal, .. } = outcome;
    let convertible = |index: usize| scenario.convertibles.get(index);
    let entry = |record: &ConversionRecord| {
        let converted = &record.converted;
        let (date, event) = event(outcome, record.step);
        let legs = converted.round.and_then(|round| plan.rounds.get(round)).and_then(|round| {
            round.conversions.iter().find(|conversion| conversion.convertible == converted.convertible)
        });
        let legs = legs.map_or(&[][..], |conversion| &conversion.legs);
        ConversionEntry {
            instrument: convertible(converted.convertible).map(|it| it.path.clone()).unwrap_or_default(),
            date,
            event,
            amount: digits(converted.balance),
            term: term(outcome, record),
            price: digits(converted.price),
            shares: digits(converted.shares),
            residual: digits(converted.residual),
            terms: legs
                .iter()
                .zip(&record.terms)
                .map(|(leg, money)| TermEntry {
                    term: term_word(leg.term).to_owned(),
                    of: leg.of.and_then(convertible).map(|it| it.path.clone()),
                    money: digits(*money),
                })
                .collect(),
        }
    };
    journal.conversions.iter().map(entry).collect()
}

fn adjustments(outcome: &Outcome) -> Vec<AdjustmentEntry> {
    let lowered = outcome.journal.postings.iter().filter_map(|posting| match posting.entry {
        Entry::Adjusted { class, before, after, base, is_lowered: true, .. } => {
            Some((posting.step, class, before, after, base))
        }
        _ => None,
    });
    lowered
        .map(|(step, class, before, after, base)| {
            let (date, event) = event(outcome, step);
            let class = outcome.scenario.classes.get(class as usize);
            AdjustmentEntry {
                class: class.map(|class| class.id.clone()).unwrap_or_default(),
                date,
                event,
                from: digits(before),
                to: digits(after),
                base: (base != Exact::ZERO).then(|| digits(base)),
            }
        })
        .collect()
}

fn captable(outcome: &Outcome) -> Vec<Snapshot> {
    let Outcome { scenario, plan, journal, .. } = outcome;
    let mut tables = Tables::new(scenario, plan, journal);
    (0..=plan.steps.len())
        .map(|steps| {
            let table = tables.after(steps).clone();
            let step = steps.checked_sub(1).and_then(|step| plan.steps.get(step));
            let priced = step.and_then(|step| match step.kind {
                StepKind::Round(round) => journal.rounds.get(round).copied().flatten(),
                _ => None,
            });
            let priced = priced.filter(|priced| priced.is_held == Decided::Yes);
            let holders = plan
                .positions
                .iter()
                .zip(&table.shares)
                .enumerate()
                .filter(|(_, (_, shares))| **shares != Exact::ZERO)
                .map(|(line, (position, shares))| {
                    let common = tables.as_converted(line, *shares);
                    Line {
                        holder: scenario
                            .owners
                            .get(position.owner as usize)
                            .map(|owner| owner.id.clone())
                            .unwrap_or_default(),
                        class: scenario
                            .classes
                            .get(position.class as usize)
                            .map(|class| class.id.clone())
                            .unwrap_or_default(),
                        shares: digits(*shares),
                        ownership: digits(common / table.fully_diluted),
                        value: table.last_price.map(|price| digits(common * price)),
                    }
                })
                .collect();
            Snapshot {
                date: step.map_or(scenario.opening.date, |step| step.day).to_string(),
                event: step.map_or_else(|| "opening".to_owned(), |step| step.path.clone()),
                price: table.last_price.map(digits),
                pre_money: priced.map(|priced| digits(priced.pre_money)),
                post_money: priced.map(|priced| digits(priced.post_money)),
                fully_diluted: digits(table.fully_diluted),
                holders,
            }
        })
        .collect()
}

fn runway(outcome: &Outcome, metrics: &IndexMap<String, String>) -> IndexMap<String, RunwayEntry> {
    let Outcome { scenario, plan, journal, .. } = outcome;
    let unit = Exact::of(plan.treasury.denominator);
    plan.treasury
        .burns
        .iter()
        .zip(&journal.runways)
        .filter_map(|(burn, record)| {
            let report = scenario.burns.get(burn.burn)?;
            let months = record
                .months
                .iter()
                .filter_map(|flow| {
                    let month = plan.treasury.months.get(flow.month)?;
                    Some(MonthEntry {
                        month: month.month.to_string(),
                        arrived: digits(flow.arrived / unit),
                        burned: digits(flow.burned / unit),
                        in_kind: digits(flow.in_kind / unit),
                        committed: digits(flow.committed / unit),
                        balance: digits(flow.balance / unit),
                    })
                })
                .collect();
            let entry = RunwayEntry {
                name: report.name.clone(),
                measure: report.measure.word().to_owned(),
                as_cash: report.as_cash,
                vintage: report.vintage.map(|day| day.to_string()),
                summary: ["month", "months", "cash_out", "trough", "gap"]
                    .iter()
                    .filter_map(|key| {
                        let value = metrics.get(&format!("runway.{}.{key}", report.id))?;
                        Some(((*key).to_owned(), value.clone()))
                    })
                    .collect(),
                months,
            };
            Some((report.id.clone(), entry))
        })
        .collect()
}
