//! Every value of generated scenarios against an independent implementation in exact rationals: see
//! `tests/oracle/README.md`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::needless_pass_by_value,
    clippy::redundant_clone,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    clippy::float_cmp,
    reason = "a test says what it expects and fails where it is not so"
)]

mod common;

use std::fs;
use std::path::Path;

use capsim::units::Decimal;
use common::Shelf;
use common::agree;
use indexmap::IndexMap;

/// The oracle prints twenty digits.
const PART: Decimal = Decimal::from_parts(1, 0, 0, false, 15);

/// Whether the oracle and its files hold a path: of the monthly balances they keep those that end a quarter.
fn is_known(path: &str) -> bool {
    let parts: Vec<&str> = path.split('.').collect();
    match parts.as_slice() {
        ["voting", ..] => false,
        // The same months read otherwise: the oracle reads them one way.
        ["runway", _, "static" | "default_alive" | "to_come" | "without_in_kind" | "in_kind_as_cash"]
        | ["in_kind", ..] => false,
        ["cash", _, month] => ["03", "06", "09", "12"].contains(&&month[5..]),
        _ => true,
    }
}

/// Whether `projection.py`, which plays months, debts and rounds raised when needed, holds a path.
fn is_of_months(path: &str) -> bool {
    matches!(
        path.split('.').next(),
        Some("runway" | "cash" | "debt" | "in_kind" | "paid" | "price" | "raised" | "flow")
    )
}

#[test]
fn every_value_is_the_oracles() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/cases");
    let mut shelf = Shelf::of_folder("tests/oracle/cases");
    let mut cases: Vec<_> = fs::read_dir(&folder)
        .expect("the folder of cases")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    cases.sort();
    assert!(cases.len() >= 60, "{} holds {} cases", folder.display(), cases.len());
    assert!(cases.iter().any(|path| path.display().to_string().contains("@alt")), "none of them is of a case");
    let mut wrong = Vec::new();
    let mut compared = 0;
    let mut refused = 0;
    for path in &cases {
        let name = path.file_stem().and_then(|stem| stem.to_str()).expect("a name");
        let target = name.split_once('@').map_or(format!("{name}.toml"), |(file, case)| format!("{file}.toml@{case}"));
        let text = fs::read_to_string(path).expect("a file that can be read");
        let expected: IndexMap<String, String> = serde_json::from_str(&text).expect("a flat map of texts");
        assert!(!expected.is_empty(), "{name} expects nothing");
        let played = shelf.play(&target, &[]);
        if played.outcome.is_none() {
            // What capsim says it cannot solve together, the oracle may: it tries every combination.
            let faults = played.faults();
            if faults.iter().all(|fault| fault.ends_with("[cannot-solve]")) {
                refused += 1;
            } else {
                wrong.push(format!("{target} is refused: {faults:?}"));
            }
            continue;
        }
        let metrics = played.result().metrics;
        for (path, value) in &expected {
            compared += 1;
            match metrics.get(path) {
                Some(own) if agree(own, value, PART) => {}
                Some(own) => wrong.push(format!("{target} {path}: {own}, the oracle says {value}")),
                None => wrong.push(format!("{target} {path}: missing, the oracle says {value}")),
            }
        }
        for path in metrics.keys() {
            // Of exits the oracle has results of its own, and none where the last cent hangs on a tie.
            let wanted = match name.as_bytes().first() {
                Some(b'e' | b'l') => false,
                Some(b't') => is_of_months(path),
                _ => is_known(path),
            };
            if wanted && !expected.contains_key(path) {
                wrong.push(format!("{target} {path}: the oracle has none"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {compared} values differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(compared > 3000, "only {compared} values");
    assert!(refused * 20 < cases.len(), "{refused} of {} cases are refused", cases.len());
}
