//! A play as `capsim.result/1`.

use indexmap::IndexMap;

use super::BreakpointEntry;
use super::ExitEntry;
use super::PaymentEntry;
use crate::diagnostics::Bag;
use crate::diagnostics::Sources;
use crate::document::Document;
use crate::document::inputs;
use crate::outcome::ConversionRecord;
use crate::outcome::Entry;
use crate::outcome::MetricValue;
use crate::outcome::Outcome;
use crate::outcome::Recipient;
use crate::outcome::Table;
use crate::outcome::Tables;
use crate::outcome::When;
use crate::outcome::all_metrics;
use crate::outcome::breakpoints;
use crate::outcome::bridges;
use crate::outcome::flows;
use crate::outcome::payments;
use crate::outcome::step_of_exit;
use crate::outcome::term;
use crate::outcome::term_word;
use crate::plan::StepKind;
use crate::scenario::Exit;
use crate::scenario::ExitKind;
use crate::scenario::Status;
use crate::units::Decided;
use crate::units::Exact;
use crate::units::Scalar;

use super::AdjustmentEntry;
use super::ConversionEntry;
use super::ConvertedEntry;
use super::DilutionEntry;
use super::DilutionStep;
use super::FigureOrigin;
use super::FindingEntry;
use super::FlowEntry;
use super::Line;
use super::MonthEntry;
use super::Reference;
use super::RunResult;
use super::RunwayEntry;
use super::SCHEMA;
use super::ScenarioEntry;
use super::Snapshot;
use super::TermEntry;
use super::digest;

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
        all_metrics(outcome).into_iter().map(|metric| (metric.path, value(metric.value))).collect();
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
        exits: exits(outcome),
        runway: runway(outcome, &results),
        matrix: by_outcome(&results),
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
                    contracted: digits(flow.contracted),
                    net: digits(flow.net()),
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
                    converted: figure.converted.as_ref().and_then(|conversion| {
                        Some(ConvertedEntry {
                            value: figure.value.normalize().to_string(),
                            rate: scenario.figures.get(conversion.rate)?.path.clone(),
                            on: conversion.on.to_string(),
                        })
                    }),
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
    // An exit changes nothing on the main line: its own entry has its table.
    let is_exit = |steps: usize| {
        let step = steps.checked_sub(1).and_then(|step| plan.steps.get(step));
        step.is_some_and(|step| matches!(step.kind, StepKind::Exit(_)))
    };
    (0..=plan.steps.len())
        .filter(|steps| !is_exit(*steps))
        .map(|steps| {
            let table = tables.after(steps).clone();
            let step = steps.checked_sub(1).and_then(|step| plan.steps.get(step));
            let priced = step.and_then(|step| match step.kind {
                StepKind::Round(round) => journal.rounds.get(round).copied().flatten(),
                _ => None,
            });
            let priced = priced.filter(|priced| priced.is_held == Decided::Yes);
            let date = step.map_or(scenario.opening.date, |step| step.day).to_string();
            let event = step.map_or_else(|| "opening".to_owned(), |step| step.path.clone());
            Snapshot {
                pre_money: priced.map(|priced| digits(priced.pre_money)),
                post_money: priced.map(|priced| digits(priced.post_money)),
                ..snapshot(outcome, &tables, &table, date, event)
            }
        })
        .collect()
}

/// A table with the names back.
fn snapshot(outcome: &Outcome, tables: &Tables<'_>, table: &Table, date: String, event: String) -> Snapshot {
    let Outcome { scenario, plan, .. } = outcome;
    let holders = plan
        .positions
        .iter()
        .zip(&table.shares)
        .enumerate()
        .filter(|(_, (_, shares))| **shares != Exact::ZERO)
        .map(|(line, (position, shares))| {
            let common = tables.as_converted(line, *shares);
            let owner = scenario.owners.get(position.owner as usize);
            let class = scenario.classes.get(position.class as usize);
            Line {
                holder: owner.map(|owner| owner.id.clone()).unwrap_or_default(),
                class: class.map(|class| class.id.clone()).unwrap_or_default(),
                shares: digits(*shares),
                ownership: digits(common / table.fully_diluted),
                value: table.last_price.map(|price| digits(common * price)),
            }
        })
        .collect();
    Snapshot {
        date,
        event,
        price: table.last_price.map(digits),
        pre_money: None,
        post_money: None,
        fully_diluted: digits(table.fully_diluted),
        holders,
    }
}

fn exits(outcome: &Outcome) -> IndexMap<String, ExitEntry> {
    let scenario = &outcome.scenario;
    let entry = |(index, exit): (usize, &Exit)| {
        let paid = payments(outcome, index)?;
        let owner = |owner: usize| scenario.owners.get(owner).map(|owner| owner.id.clone()).unwrap_or_default();
        let shared = paid.all.iter().map(|payment| PaymentEntry {
            holder: owner(payment.owner),
            r#for: payment.group.path(scenario, index),
            amount: digits(payment.amount),
            sold: payment.is_sold,
        });
        let points = breakpoints(outcome, index).into_iter().map(|point| BreakpointEntry {
            value: digits(point.value),
            next: point
                .next
                .into_iter()
                .map(|(who, part)| {
                    let who = match who {
                        Recipient::Fees => "fees".to_owned(),
                        Recipient::Costs => "costs".to_owned(),
                        Recipient::Debt => "debt".to_owned(),
                        Recipient::Group(group) => group.path(scenario, index),
                    };
                    (who, digits(part))
                })
                .collect(),
        });
        let step = step_of_exit(&outcome.plan, index)?;
        let (kind, captable) = match &exit.kind {
            ExitKind::Sale(sale) if sale.is_wind_up => ("wind-up", None),
            ExitKind::Sale(_) => ("sale", None),
            ExitKind::Listing(_) => {
                let mut tables = Tables::new(scenario, &outcome.plan, &outcome.journal);
                let table = tables.at(When::Branch(step, index)).clone();
                let listed = Table { last_price: Some(paid.share), ..table };
                (
                    "listing",
                    Some(snapshot(outcome, &tables, &listed, exit.date.to_string(), format!("exit.{}", exit.id))),
                )
            }
        };
        let entry = ExitEntry {
            name: exit.name.clone(),
            kind: kind.to_owned(),
            date: exit.date.to_string(),
            value: digits(paid.value),
            share_value: digits(paid.share),
            payments: shared.collect(),
            breakpoints: points.collect(),
            captable,
        };
        Some((exit.id.clone(), entry))
    };
    scenario.exits.iter().enumerate().filter_map(entry).collect()
}

/// What sums up a runway.
const SUMMARY: [&str; 10] = [
    "month",
    "months",
    "cash_out",
    "static",
    "default_alive",
    "trough",
    "gap",
    "to_come",
    "without_in_kind",
    "in_kind_as_cash",
];

/// The runway matrix, of declared outcomes.
fn by_outcome(metrics: &IndexMap<String, String>) -> IndexMap<String, IndexMap<String, IndexMap<String, String>>> {
    let mut all: IndexMap<String, IndexMap<String, IndexMap<String, String>>> = IndexMap::new();
    for (path, value) in metrics {
        let Some((result, outcome)) = path.split_once("@outcome.") else { continue };
        let Some((burn, name)) = result.strip_prefix("runway.").and_then(|rest| rest.split_once('.')) else { continue };
        let row = all.entry(outcome.to_owned()).or_default().entry(burn.to_owned()).or_default();
        row.insert(name.to_owned(), value.clone());
    }
    all
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
                        shortfall: digits(flow.shortfall / unit),
                        earned: digits(flow.earned / unit),
                        drawn: digits(flow.drawn / unit),
                        repaid: digits(flow.repaid / unit),
                        cost: digits(flow.cost / unit),
                        balance: digits(flow.balance / unit),
                    })
                })
                .collect();
            let entry = RunwayEntry {
                name: report.name.clone(),
                measure: report.measure.word().to_owned(),
                as_cash: report.as_cash,
                vintage: report.vintage.map(|day| day.to_string()),
                summary: SUMMARY
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
