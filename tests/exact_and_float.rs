//! The engine is written once: played with floats, as a simulation plays it, it gives what it gives exactly.

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

use capsim::engine::Silent;
use capsim::engine::State;
use capsim::engine::play;
use capsim::outcome::Outcome;
use capsim::units::Decided;
use capsim::units::Exact;
use capsim::units::Scalar;
use common::Shelf;
use common::models;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// How far ownership may be off, as a part of one.
const OWNERSHIP: f64 = 1e-11;
/// How far money, shares and months may be off, as a part of their size.
const AMOUNT: f64 = 1e-9;

/// What differs between the exact state and the floats, if anything.
struct Differences {
    all: Vec<String>,
    compared: usize,
}

impl Differences {
    /// Compares two numbers; what is small beside `size` may be off by a part of that.
    fn number(&mut self, what: &str, exact: Exact, float: f64, part: f64, size: f64) {
        self.compared += 1;
        let value = exact.approximate();
        let is_near = (value - float).abs() <= part * value.abs().max(size);
        if !is_near {
            self.all.push(format!("{what}: {value} exactly, {float} in floats"));
        }
    }

    fn same<T: Copy + PartialEq + std::fmt::Debug>(&mut self, what: &str, exact: T, float: T) {
        self.compared += 1;
        if exact != float {
            self.all.push(format!("{what}: {exact:?} exactly, {float:?} in floats"));
        }
    }
}

fn holds(mask: Decided) -> bool {
    mask == Decided::Yes
}

fn compare(outcome: &Outcome) -> Differences {
    let plan = &outcome.plan;
    let exact = &outcome.state;
    let figures: Vec<f64> = plan.values.iter().map(|value| f64::of(*value)).collect();
    let mut float = State::<f64>::new(plan);
    let mut found = Differences { all: Vec::new(), compared: 0 };
    if let Err(fault) = play(plan, &figures, &mut float, &mut Silent) {
        found.all.push(format!("refused in floats: {fault:?}"));
        return found;
    }
    found.number("all shares", exact.fully_diluted, float.fully_diluted, AMOUNT, 0.0);
    for (line, (exact_held, held)) in exact.shares.iter().zip(&float.shares).enumerate() {
        let part = *exact_held / exact.fully_diluted;
        found.number(&format!("line {line}"), part, held / float.fully_diluted, OWNERSHIP, 1.0);
    }
    found.same("priced", holds(exact.is_priced), float.is_priced);
    for (number, (exact, float)) in exact.rounds.iter().zip(&float.rounds).enumerate() {
        found.same(&format!("round {number} held"), holds(exact.is_held), float.is_held);
        found.number(&format!("pre-money {number}"), exact.pre_money, float.pre_money, AMOUNT, 0.0);
        found.number(&format!("price {number}"), Exact::quotient(exact.price), f64::quotient(float.price), AMOUNT, 0.0);
    }
    for (number, (exact, float)) in exact.tranches.iter().zip(&float.tranches).enumerate() {
        // What is left when all parts have closed is as near to nothing as the shares are.
        let whole = exact.shares.approximate().abs();
        for (what, exact, float) in [
            ("money", exact.money, float.money),
            ("shares", exact.shares, float.shares),
            ("pending", exact.pending, float.pending),
            ("funded", exact.funded, float.funded),
        ] {
            let size = if what == "pending" { whole } else { 0.0 };
            found.number(&format!("tranche {number}, {what}"), exact, float, AMOUNT, size);
        }
    }
    for (month, (exact, float)) in exact.arrivals.iter().zip(&float.arrivals).enumerate() {
        found.number(&format!("arrival {month}"), *exact, *float, AMOUNT, 0.0);
    }
    found.same("credits", exact.credits.len(), float.credits.len());
    for (number, (exact, float)) in exact.credits.iter().zip(&float.credits).enumerate() {
        found.number(&format!("credit {number}"), exact.amount, float.amount, AMOUNT, 0.0);
    }
    for (number, (exact, float)) in exact.exits.iter().zip(&float.exits).enumerate() {
        found.same(&format!("exit {number} played"), exact.is_some(), float.is_some());
        let (Some(exact), Some(float)) = (exact, float) else { continue };
        found.same(&format!("exit {number}, payments"), exact.payouts.len(), float.payouts.len());
        // What is left of large sums is as near as they are.
        let value = exact.deducted.value.approximate().abs();
        for ((payee, exact), (other, float)) in exact.payouts.iter().zip(&float.payouts) {
            found.same(&format!("exit {number}, payee"), payee, other);
            found.number(&format!("exit {number}, {payee:?}"), *exact, *float, AMOUNT, value);
        }
        if let (Some(exact), Some(float)) = (exact.listed, float.listed) {
            found.number(&format!("exit {number}, price"), exact.price, float.price, AMOUNT, 0.0);
            found.number(&format!("exit {number}, shares"), exact.fully_diluted, float.fully_diluted, AMOUNT, 0.0);
        }
    }
    // A balance is what large amounts leave of each other: it is as near as they are.
    let largest = outcome.journal.runways.iter().flat_map(|record| &record.months);
    let largest = largest.map(|flow| flow.balance.approximate().abs()).fold(0.0, f64::max);
    let unit = f64::of(plan.treasury.denominator);
    found.same("runways", exact.runways.len(), float.runways.len());
    // Where money is raised when needed, the runway of another report is of a play of its own.
    let is_own = |place: usize| outcome.under.iter().all(|under| plan.treasury.burns[place].burn != under.burn);
    let runways = exact.runways.iter().zip(&float.runways).enumerate();
    for (number, (exact, float)) in runways.filter(|(place, _)| is_own(*place)) {
        found.same(&format!("runway {number} ends"), holds(exact.runs_out), float.runs_out);
        found.number(&format!("runway {number}, month"), exact.month, float.month, 0.0, 0.0);
        found.number(&format!("runway {number}, months"), exact.months, float.months, AMOUNT, 1.0);
        for (what, exact, float) in [
            ("trough", exact.trough, float.trough),
            ("gap", exact.gap, float.gap),
            ("to come", exact.to_come, float.to_come),
            ("last", exact.last, float.last),
        ] {
            found.number(&format!("runway {number}, {what}"), exact, float, AMOUNT, largest / unit);
        }
    }
    found
}

fn check_all(shelf: &mut Shelf, targets: &[String]) {
    let mut wrong = Vec::new();
    let mut compared = 0;
    for target in targets {
        let played = shelf.play(target, &[]);
        // What capsim says it cannot solve together is played by neither.
        if !played.faults().is_empty() && played.faults().iter().all(|fault| fault.ends_with("[cannot-solve]")) {
            continue;
        }
        let outcome = played.outcome();
        for play in std::iter::once(outcome).chain(outcome.under.iter().filter_map(|under| under.played.as_ref())) {
            let found = compare(play);
            compared += found.compared;
            wrong.extend(found.all.into_iter().map(|line| format!("{target}, {line}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared > 20 * targets.len(), "only {compared} numbers");
}

/// Every file of a folder, and each with each of its cases.
fn targets(shelf: &mut Shelf) -> Vec<String> {
    let files: Vec<String> = shelf.0.keys().cloned().collect();
    let mut all = Vec::new();
    for file in files {
        let played = shelf.play(&file, &[]);
        let document = played.document.as_ref().unwrap_or_else(|| panic!("{file}: {:?}", played.faults()));
        all.extend(document.cases.entries.keys().map(|case| format!("{file}@{case}")));
        all.push(file);
    }
    all
}

#[test]
fn floats_play_the_oracles_cases() {
    let mut shelf = Shelf::of_folder("tests/oracle/cases");
    let targets = targets(&mut shelf);
    assert!(targets.len() >= 60, "only {} cases", targets.len());
    check_all(&mut shelf, &targets);
}

#[test]
fn floats_play_the_scenarios_of_this_repository() {
    let mut shelf = Shelf::of_folder("scenarios");
    let targets = targets(&mut shelf);
    assert!(targets.len() >= 10, "only {} scenarios", targets.len());
    check_all(&mut shelf, &targets);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 300,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20_260_129),
        ..ProptestConfig::default()
    })]

    #[test]
    fn floats_play_random_scenarios(model in models()) {
        let played = model.play();
        prop_assume!(played.outcome.is_some());
        let found = compare(played.outcome());
        prop_assert!(found.all.is_empty(), "{}\n{}", model.text(), found.all.join("\n"));
    }
}
