//! Results of the shipped scenarios that somebody else worked out: published deals, the reference model of six rounds,
//! and rounds solved by hand. `tests/expected/scenarios.csv` names each with its source and how near it must be.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test says what it expects and fails where it is not so"
)]

mod common;

use std::collections::BTreeMap;

use capsim::outcome::metric;
use capsim::units::Decimal;
use common::Played;
use common::Shelf;

/// One expected result.
#[derive(Debug, serde::Deserialize)]
struct Expected {
    scenario: String,
    set: String,
    result: String,
    value: String,
    tolerance: String,
    source: String,
}

fn number(text: &str) -> Option<Decimal> {
    text.parse().or_else(|_| Decimal::from_scientific(text)).ok()
}

/// Whether a result is as near as it must be.
fn is_near(found: &str, expected: &Expected) -> bool {
    let (kind, limit) = expected.tolerance.split_once(' ').unwrap_or((&expected.tolerance, "0"));
    if kind == "text" {
        return found == expected.value;
    }
    let (Some(found), Some(value), Some(limit)) = (number(found), number(&expected.value), number(limit)) else {
        return false;
    };
    let gap = (found - value).abs();
    match kind {
        "exact" => gap.is_zero(),
        "abs" => gap <= limit,
        "rel" => gap <= limit * value.abs(),
        _ => false,
    }
}

/// Scenarios are played once, whatever number of results is expected of them.
fn play<'a>(
    shelf: &mut Shelf,
    played: &'a mut BTreeMap<(String, String), Played>,
    scenario: &str,
    set: &str,
) -> &'a Played {
    played.entry((scenario.to_owned(), set.to_owned())).or_insert_with(|| {
        let (file, case) = scenario.split_once('@').map_or((scenario, None), |(file, case)| (file, Some(case)));
        let target = case.map_or(format!("{file}.toml"), |case| format!("{file}.toml@{case}"));
        let sets: Vec<&str> = if set.is_empty() { Vec::new() } else { vec![set] };
        shelf.play(&target, &sets)
    })
}

fn differences(folder: &str, all: &[Expected]) -> Vec<String> {
    let mut shelf = Shelf::of_folder(folder);
    let mut played = BTreeMap::new();
    let mut wrong = Vec::new();
    for expected in all {
        let outcome = play(&mut shelf, &mut played, &expected.scenario, &expected.set).outcome();
        let found = metric(outcome, &expected.result);
        let found = found.as_deref().and_then(|found| found.first()).map(|metric| metric.value.to_string());
        if !found.as_ref().is_some_and(|found| is_near(found, expected)) {
            let Expected { scenario, result, value, tolerance, source, .. } = expected;
            wrong.push(format!("{scenario} {result}: {found:?}, {value} ({tolerance}) by {source}"));
        }
    }
    wrong
}

fn rows(text: &str) -> Vec<Expected> {
    csv::Reader::from_reader(text.as_bytes()).deserialize().map(|row| row.expect("a row of six columns")).collect()
}

fn all() -> Vec<Expected> {
    rows(include_str!("expected/scenarios.csv"))
}

/// Small companies where one rule decides, worked by hand: each was once wrong.
#[test]
fn worked_cases_give_what_hand_and_charter_say() {
    let wrong = differences("tests/expected/worked", &rows(include_str!("expected/worked.csv")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn scenarios_give_what_others_worked_out() {
    let all = all();
    assert!(all.len() > 300, "only {} results", all.len());
    let wrong = differences("scenarios", &all);
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), all.len(), wrong.join("\n"));
}

#[test]
fn a_wrong_expectation_is_noticed() {
    let mut all = all();
    for expected in &mut all {
        expected.value = match number(&expected.value) {
            Some(value) => (value + value.abs() / Decimal::TEN + Decimal::ONE_THOUSAND).to_string(),
            None => format!("not {}", expected.value),
        };
    }
    // Printed counts of shares have tolerances of their own; a tenth and a thousand more is beyond any of them.
    assert_eq!(differences("scenarios", &all).len(), all.len());
}
