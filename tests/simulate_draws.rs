//! Single draws of a simulation, against everything else that can play them: exact decimals draw by draw, the plain
//! instructions of every processor, the reference model of another hand, and what must hold of any outcome.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    reason = "a test says what it expects and fails where it is not so"
)]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use capsim::diagnostics::Bag;
use capsim::engine::State;
use capsim::engine::play;
use capsim::outcome::Measure;
use capsim::outcome::MetricValue;
use capsim::outcome::Outcome;
use capsim::outcome::When;
use capsim::outcome::metrics;
use capsim::outcome::play_quietly;
use capsim::scenario::Scenario;
use capsim::studies::Change;
use capsim::studies::Refused;
use capsim::studies::Unwatched;
use capsim::studies::simulate::Chunk;
use capsim::studies::simulate::Job;
use capsim::studies::simulate::Points;
use capsim::studies::simulate::Probe;
use capsim::studies::simulate::Readings;
use capsim::studies::simulate::Route;
use capsim::studies::simulate::Sampler;
use capsim::studies::simulate::Simulation;
use capsim::studies::simulate::Stream;
use capsim::studies::simulate::Wanted;
use capsim::studies::simulate::Worker;
use capsim::studies::simulate::functions::exp;
use capsim::studies::simulate::functions::normal_quantile;
use capsim::studies::simulate::simulate;
use capsim::units::Decimal;
use capsim::units::Exact;
use capsim::units::Scalar;
use common::Model;
use common::Shelf;
use common::models;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::Value;
use sha2::Digest;
use sha2::Sha256;

/// How far ownership may be off, as a part of one.
const OWNERSHIP: f64 = 1e-11;
/// How far anything else may be off, as a part of its size.
const AMOUNT: f64 = 1e-9;

fn simulated(outcome: &Outcome, paths: &[String], first: u64, count: u64, seed: u64) -> Simulation {
    let metrics = paths.iter().map(|path| (path.clone(), Measure::of_path(path))).collect();
    let wanted = Wanted { metrics, seed, first, count, points: Points::Random };
    let player = |_: &Change| -> Result<Outcome, Box<Refused>> { panic!("no day is drawn") };
    let mut bag = Bag::default();
    let found = common::with_stack(|| simulate(outcome, &player, wanted, 2, &Unwatched, &mut bag));
    found.unwrap_or_else(|| panic!("{:?}", bag.sorted()))
}

// ------------------------------------------------------------------------------- floats and exact decimals

/// Every result that is read as the play runs, at the end and at some moments before.
fn read(outcome: &Outcome) -> Vec<String> {
    let mut paths: Vec<String> = metrics(outcome, When::End).into_iter().map(|metric| metric.path).collect();
    // A moment in the middle of what happens, and each round as it is signed.
    let days: Vec<String> = outcome.scenario.rounds.iter().map(|round| format!("round.{}", round.id)).collect();
    for owner in outcome.scenario.owners.iter() {
        paths.extend(days.iter().map(|when| format!("ownership.{}@{when}", owner.id)));
    }
    // And some of what there is at the end of a day: each is a search of its own in an exact play.
    let later = outcome.scenario.as_of.plus_days(200).expect("a day");
    let then = metrics(outcome, When::Day(later));
    paths.extend(then.iter().step_by(4).map(|metric| format!("{}@{later}", metric.path)));
    let (readings, _) = Readings::of(&outcome.scenario, &outcome.plan, &paths);
    readings.all().iter().map(|reading| reading.path.clone()).collect()
}

/// The same draws on floats and exactly: what differs, how many numbers were compared, how many draws were refused.
fn differences(outcome: &Outcome, first: u64, count: u64, seed: u64) -> Option<(Vec<String>, usize, usize)> {
    // Days that are drawn are read anew: they have a test of their own.
    if outcome.scenario.figures.iter().any(|figure| figure.day.is_some() && figure.spread.is_some()) {
        return None;
    }
    let paths = read(outcome);
    let float = simulated(outcome, &paths, first, count, seed);
    if matches!(float.route, Route::Exactly(_)) {
        return None;
    }
    // What no float can read makes all of it be played exactly.
    let mut with_word = paths.clone();
    with_word.push("no.such.result".to_owned());
    let exact = simulated(outcome, &with_word, first, count, seed);
    assert!(matches!(exact.route, Route::Exactly(_)));
    let (mut found, mut compared) = (Vec::new(), 0);
    let refusals =
        |of: &Simulation| of.refused.iter().map(|one| (one.draw, one.code.clone())).collect::<Vec<(u64, String)>>();
    if refusals(&float) != refusals(&exact) {
        found.push(format!("refused: {:?} on floats, {:?} exactly", float.refused, exact.refused));
    }
    let column = |of: &Simulation, result: usize| of.column(result).flatten().copied().collect::<Vec<f64>>();
    let floats: Vec<Vec<f64>> = (0..paths.len()).map(|result| column(&float, result)).collect();
    let exacts: Vec<Vec<f64>> = (0..paths.len()).map(|result| column(&exact, result)).collect();
    for draw in 0..usize::try_from(count).unwrap() {
        // What is left of large amounts is as near as they are.
        let largest = |measure: Measure| {
            let sizes = paths.iter().zip(&exacts).filter(|(path, _)| Measure::of_path(path) == measure);
            sizes.map(|(_, column)| column[draw].abs()).filter(|size| size.is_finite()).fold(0.0, f64::max)
        };
        let (money, shares) = (largest(Measure::Money), largest(Measure::Shares));
        for (path, (float, exact)) in paths.iter().zip(floats.iter().zip(&exacts)) {
            let (float, exact) = (float[draw], exact[draw]);
            compared += 1;
            let slack = match Measure::of_path(path) {
                Measure::Part => OWNERSHIP,
                Measure::Money => AMOUNT * money,
                Measure::Shares => AMOUNT * shares,
                // A day is cut out of a month by two balances.
                Measure::Months => AMOUNT * exact.abs().max(1.0) * 10.0,
                _ => AMOUNT * exact.abs(),
            };
            let is_same = float == exact || (float.is_nan() && exact.is_nan()) || (float - exact).abs() <= slack;
            if !is_same {
                found.push(format!("draw {}, {path}: {float} on floats, {exact} exactly", first + draw as u64));
            }
        }
    }
    Some((found, compared, float.refused.len()))
}

#[test]
fn floats_and_decimals_play_the_same_draws_of_what_ships() {
    let mut shelf = Shelf::of_folder("scenarios");
    let files: Vec<String> = shelf.0.keys().cloned().collect();
    let (mut seen, mut numbers) = (0, 0);
    for file in files {
        let played = shelf.play(&file, &[]);
        let Some(outcome) = &played.outcome else { continue };
        let sampler = Sampler::of(outcome, 1, Points::Random, &mut Bag::default());
        if sampler.paths().is_empty() || sampler.why_exactly(outcome).is_some() {
            continue;
        }
        let Some((found, compared, _)) = differences(outcome, 4_094, 4, 11) else { continue };
        assert!(found.is_empty(), "{file}\n{}", found.join("\n"));
        seen += 1;
        numbers += compared;
    }
    assert!(seen >= 6 && numbers > 1_000, "{seen} scenarios, {numbers} numbers");
}

/// A random scenario in which amounts and valuations have shapes, conditions a probability and investors a chance.
fn spread(model: &Model, choices: &[u32]) -> String {
    let mut choices = choices.iter().copied().chain(std::iter::repeat(0));
    let mut text = String::new();
    let mut table = String::new();
    for line in model.text().lines() {
        if line.starts_with('[') {
            table = line.trim_matches(['[', ']']).to_owned();
        }
        let is_tranche = table.contains(".tranche.");
        let is_size = (is_tranche || table.starts_with("secondary.")) && line.starts_with("amount = ");
        let is_value = table.starts_with("round.")
            && !is_tranche
            && ["pre_money = ", "post_money = ", "price = "].iter().any(|key| line.starts_with(key));
        let is_cash = table == "cash" && line.starts_with("opening = ");
        let spread = if is_size || is_value || is_cash { shape(line, choices.next().unwrap()) } else { None };
        text += spread.as_deref().unwrap_or(line);
        text.push('\n');
        if table.starts_with("condition.") && line.starts_with("expected = ") {
            text += &format!("probability = \"{}%\"\n", choices.next().unwrap() % 101);
        }
        if is_tranche && line.starts_with("investor = ") {
            let choice = choices.next().unwrap();
            if choice % 3 == 1 {
                text += &format!("probability = \"{}%\"\n", 20 + choice / 3 % 80);
            }
        }
    }
    text
}

/// A figure with a shape instead of its number; none if it keeps it.
fn shape(line: &str, choice: u32) -> Option<String> {
    let (key, value) = line.split_once(" = ")?;
    let digits = value.trim_matches('"');
    let value = Decimal::from_str_exact(digits).ok().filter(|value| *value > Decimal::ZERO)?;
    let times = |percent: i64| (value * Decimal::new(percent, 2)).normalize();
    let (low, high) = (times(100 - i64::from(choice / 8 % 60)), times(100 + i64::from(choice / 512 % 90)));
    let body = match choice % 8 {
        1 => format!("low = \"{low}\", high = \"{high}\", shape = \"uniform\""),
        2 => format!("low = \"{low}\", high = \"{high}\", shape = \"triangular\""),
        3 => format!("low = \"{low}\", high = \"{high}\", shape = \"pert\""),
        4 => format!("sd = \"{}\", low = \"{low}\", shape = \"normal\"", times(15)),
        5 => "sigma = 0.3, shape = \"lognormal\"".to_owned(),
        6 => format!("sigma = 0.5, low = \"{low}\", high = \"{high}\", shape = \"lognormal\""),
        7 => format!("options = [\"{digits}\", \"{low}\", \"{high}\"], weights = [3, 1, 2], shape = \"discrete\""),
        _ => return None,
    };
    Some(format!("{key} = {{ value = \"{digits}\", {body} }}"))
}

/// A company that raises when less than a year is left, its first valuation, its step-up and its spending drawn.
const RAISES: &str = r#"
title = "raises"
currency = "USD"
as_of = 2026-01-01
horizon = 2031-12-31
rounding.shares = "fractional"
holder = { ada = {}, seed = {}, later = {} }
pool.plan = {}
[opening]
date = 2026-01-01
shares = { ada = 8_000_000, plan = 1_000_000 }
[round.seed]
date = 2026-01-01
pre_money = { value = "9M", low = "7M", high = "12M", shape = "triangular" }
tranche.seed = { investor = "seed", amount = "2.4M", probability = "90%" }
[round.next]
when = { runway_below = 12, times = 3 }
step_up = { value = "1.5", low = "1.2", high = "2", shape = "pert" }
pool = { id = "plan", target = "10%", counts = "unallocated", in = "pre-money" }
tranche.later = { investor = "later", burn_months = { value = 18, low = 12, high = 24, shape = "uniform" } }
[round.bridge]
when = { cash_below = "500K", times = 2 }
step_up = "1.1"
tranche.later = { investor = "later", amount = { value = "400K", low = "100K", high = "1M", shape = "uniform" }, probability = "60%" }
[cash]
opening = "1.5M"
main_burn = "plan"
[burn.plan]
measure = "cash"
rate = { value = "100K/month", low = "60K/month", high = "180K/month", shape = "triangular" }
growth = { value = "1%/month", low = "-1%/month", high = "2%/month", shape = "triangular" }
[burn.slow]
measure = "cash"
rate = { value = "80K/month", low = "50K/month", high = "120K/month", shape = "uniform" }
"#;

/// The same amid much else: a tranche that closes years later, options, dividends, a sale between holders, computing
/// instead of money, an exit before the first round that is raised and one at the end.
const RAISES_AMID: &str = r#"
title = "raises amid"
currency = "USD"
as_of = 2026-01-01
horizon = 2030-12-31
rounding.shares = "fractional"
holder = { ada = {}, ben = {}, cloud = {}, dan = {}, fund = {}, later = {} }
pool.plan = {}
[class.a]
kind = "preferred"
preference = { multiple = 1, seniority = 1, participation = "none" }
dividend = { rate = "8%/year", kind = "cumulative", compound = "none", count = "act/365", on_conversion = "forfeited" }
protection = { kind = "broad", base = "fully-diluted" }
[opening]
date = 2025-06-01
shares = { ada = 5_000_000, ben = 3_000_000, plan = 1_000_000 }
[round.a]
date = 2026-02-01
class = "a"
pre_money = { value = "12M", low = "9M", high = "15M", shape = "pert" }
tranche.fund = { investor = "fund", amount = "2M" }
tranche.second = { investor = "fund", amount = { value = "1M", low = "500K", high = "2M", shape = "uniform" }, date = 2028-06-01, condition = "milestone" }
[round.a.tranche.cloud]
investor = "cloud"
amount = "600K"
consideration = { cash = "0%", compute = "rest" }
drawdown = { months = 24, unused = "carried", eligible = "100%" }
[condition.milestone]
expected = true
probability = "50%"
date = 2028-06-01
[class.b]
kind = "preferred"
preference = { multiple = 1, seniority = 2, participation = "full" }
[round.next]
class = "b"
when = { runway_below = 9, times = 4 }
step_up = { value = "1.1", low = "0.5", high = "1.6", shape = "triangular" }
tranche.later = { investor = "later", burn_months = { value = 12, low = 6, high = 18, shape = "uniform" } }
[grant.gus]
pool = "plan"
holder = "ben"
date = 2027-05-01
shares = 200_000
strike = 0.5
vesting = { months = 48, cliff = 12, every = 1, allocation = "cumulative-rounding" }
[secondary.sale]
date = 2026-06-15
amount = { value = "300K", low = "200K", high = "400K", shape = "uniform" }
discount = "10%"
from = { fund = "100%" }
to = { dan = "100%" }
[exit.middle]
kind = "sale"
date = 2026-09-15
equity_value = { value = "20M", low = "5M", high = "60M", shape = "triangular" }
[exit.last]
kind = "sale"
date = 2030-12-31
equity_value = { value = "30M", low = "5M", high = "90M", shape = "triangular" }
[cash]
opening = "300K"
main_burn = "plan"
[burn.plan]
measure = "cash"
rate = { value = "120K/month", low = "60K/month", high = "200K/month", shape = "triangular" }
growth = { value = "1%/month", low = "-1%/month", high = "2%/month", shape = "triangular" }
[burn.slow]
measure = "cash"
rate = { value = "80K/month", low = "50K/month", high = "120K/month", shape = "uniform" }
"#;

/// A tranche that closes after rounds that may be raised, and nothing but money to carry over.
const RAISES_BEFORE: &str = r#"
title = "raises before"
currency = "USD"
as_of = 2026-01-01
horizon = 2029-12-31
rounding.shares = "fractional"
holder = { ada = {}, seed = {}, later = {} }
[opening]
date = 2026-01-01
shares = { ada = 8_000_000 }
[round.seed]
date = 2026-02-01
pre_money = "9M"
tranche.seed = { investor = "seed", amount = { value = "2M", low = "1M", high = "3M", shape = "uniform" } }
tranche.second = { investor = "seed", amount = "1M", date = 2027-10-01 }
tranche.third = { investor = "seed", amount = "500K", date = 2028-10-01 }
[round.next]
when = { runway_below = 9, times = 3 }
step_up = { value = "1.1", low = "0.9", high = "1.5", shape = "triangular" }
tranche.later = { investor = "later", amount = { value = "1M", low = "600K", high = "2M", shape = "uniform" } }
[cash]
opening = "500K"
main_burn = "plan"
[burn.plan]
measure = "cash"
rate = { value = "120K/month", low = "60K/month", high = "200K/month", shape = "triangular" }
"#;

/// A company with a loan and interest on its cash, whose months hang on more than a balance.
const RAISES_OWING: &str = r#"
title = "raises owing"
currency = "USD"
as_of = 2026-01-01
horizon = 2029-12-31
rounding.shares = "fractional"
holder = { ada = {}, seed = {}, later = {}, bank = {} }
[opening]
date = 2026-01-01
shares = { ada = 8_000_000 }
[round.seed]
date = 2026-01-01
pre_money = "9M"
tranche.seed = { investor = "seed", amount = { value = "2M", low = "1M", high = "3M", shape = "uniform" } }
[round.next]
when = { cash_below = "700K", times = 5 }
step_up = { value = "1.1", low = "0.9", high = "1.5", shape = "triangular" }
tranche.later = { investor = "later", amount = { value = "1M", low = "600K", high = "2M", shape = "uniform" } }
[cash]
opening = "500K"
interest = "4%/year"
main_burn = "plan"
[debt.loan]
lender = "bank"
kind = "term-loan"
amount = "1M"
from = 2026-03-01
until = 2029-03-01
rate = "12%/year"
interest_only = 6
repayment = "monthly"
[burn.plan]
measure = "cash"
rate = { value = "120K/month", low = "60K/month", high = "200K/month", shape = "triangular" }
"#;

/// A tranche that waits for a day that is drawn, and a round on a day of its own.
const DAYS: &str = r#"
title = "days"
currency = "USD"
as_of = 2026-01-01
horizon = 2028-12-31
holder = { ada = {}, fund = {}, cloud = {} }
[opening]
date = 2026-01-01
fully_diluted = 1_000_000
stake = { ada = "100%" }
[condition.clearance]
expected = true
probability = "70%"
date = { value = 2026-06-30, low = 2026-03-01, high = 2026-12-31, shape = "uniform" }
[round.a]
date = 2026-02-01
pre_money = { value = "10M", low = "8M", high = "14M", shape = "uniform" }
tranche.fund = { investor = "fund", amount = "2M", condition = "clearance" }
[round.b]
date = { value = 2027-01-15, low = 2026-10-01, high = 2027-06-30, shape = "triangular" }
pre_money = "20M"
tranche.cloud = { investor = "cloud", amount = "3M" }
[cash]
opening = "1M"
[burn.plan]
measure = "cash"
rate = "100K/month"
"#;

/// Draws on floats and exactly, of a text whose inputs may be played again with other days.
fn compare_replayed(text: &str, count: u64) {
    let played = Shelf::default().with("x.toml", text).play("x.toml", &[]);
    let outcome = played.outcome();
    let player = |change: &Change| -> Result<Outcome, Box<Refused>> {
        let sets: Vec<&str> = change.set.iter().map(String::as_str).collect();
        let again = Shelf::default().with("x.toml", text).play("x.toml", &sets);
        Ok(again.outcome.unwrap_or_else(|| panic!("{sets:?}")))
    };
    // Rounds that some draws alone raise are asked for too.
    let raises = outcome.scenario.raises.iter().map(|raise| raise.name_of(raise.times as usize));
    let rare = raises.flat_map(|round| [format!("raised.{round}"), format!("price.{round}")]);
    // What stands in the bank before any is raised, and what is missing by then.
    let as_of = outcome.scenario.as_of;
    let then = as_of.plus_days(200).expect("a day");
    let early =
        outcome.scenario.burns.iter().flat_map(|burn| {
            [format!("cash.{}.{}", burn.id, as_of.month()), format!("runway.{}.trough@{then}", burn.id)]
        });
    // And what stands as one is signed: what is measured against the opening makes its draws begin anew.
    let owners = outcome.scenario.owners.iter().filter(|owner| !owner.is_pool);
    let first = outcome.scenario.raises.first().map(|raise| raise.name_of(1));
    let signed = first.into_iter().flat_map(|round| {
        owners
            .clone()
            .flat_map(move |owner| ["ownership", "dilution"].map(|head| format!("{head}.{}@round.{round}", owner.id)))
    });
    let mut paths: Vec<String> = metrics(outcome, When::End)
        .into_iter()
        .map(|metric| metric.path)
        .chain(rare)
        .chain(early)
        .filter(|path| {
            let head = path.split('.').next().unwrap();
            matches!(head, "ownership" | "price" | "raised" | "payout" | "cash" | "dilution")
                || path.ends_with(".months")
                || path.contains(".trough")
        })
        .collect();
    let usual = paths.len();
    paths.extend(signed);
    let draw = |paths: &[String]| {
        let metrics = paths.iter().map(|path| (path.clone(), Measure::of_path(path))).collect();
        let wanted = Wanted { metrics, seed: 5, first: 0, count, points: Points::Random };
        let mut bag = Bag::default();
        common::with_stack(|| simulate(outcome, &player, wanted, 2, &Unwatched, &mut bag)).unwrap()
    };
    let floats = [draw(&paths[..usual]), draw(&paths)];
    let exact = draw(&[&paths[..], &["no.such.result".to_owned()]].concat());
    assert!(matches!(exact.route, Route::Exactly(_)));
    let draws = |of: &Simulation| of.refused.iter().map(|refused| refused.draw).collect::<Vec<u64>>();
    let mut compared = 0;
    for (float, (result, path)) in floats.iter().flat_map(|float| {
        assert_eq!(float.route, Route::OneByOne);
        assert_eq!(draws(float), draws(&exact));
        paths.iter().enumerate().take(float.wanted.metrics.len()).map(move |path| (float, path))
    }) {
        let both = float.column(result).flatten().zip(exact.column(result).flatten());
        for (draw, (float, exact)) in both.enumerate() {
            let is_same = float.to_bits() == exact.to_bits() || (float.is_nan() && exact.is_nan());
            // Payments are made in cents, and on floats are not rounded.
            let cent = if path.starts_with("payout") { 0.01 } else { 0.0 };
            let is_near = (float - exact).abs() <= AMOUNT * exact.abs().max(1.0) + cent;
            assert!(is_same || is_near, "{path}, draw {draw}: {float} on floats, {exact} exactly");
            compared += 1;
        }
    }
    assert!(compared > 100);
}

#[test]
fn rounds_raised_when_needed_are_found_on_floats_as_exactly() {
    compare_replayed(RAISES, 60);
}

#[test]
fn rounds_raised_amid_much_else_are_found_on_floats_as_exactly() {
    compare_replayed(RAISES_AMID, 40);
}

#[test]
fn rounds_raised_before_a_tranche_closes_are_found_on_floats_as_exactly() {
    compare_replayed(RAISES_BEFORE, 60);
}

#[test]
fn rounds_raised_by_a_company_that_owes_are_found_on_floats_as_exactly() {
    compare_replayed(RAISES_OWING, 60);
}

#[test]
fn drawn_days_move_events_on_floats_as_exactly() {
    compare_replayed(DAYS, 60);
}

#[test]
fn drawn_votes_are_not_read_as_written() {
    let text = r#"
title = "votes"
currency = "USD"
as_of = 2026-01-01
rounding.shares = "fractional"
holder = { ada = {}, fund = {} }
class.a = { kind = "preferred", votes = { value = "1", low = "1", high = "10", shape = "uniform" } }
[opening]
date = 2026-01-01
shares = { ada = 100 }
position.fund = { holder = "fund", class = "a", shares = 100 }
"#;
    let played = Shelf::default().with("x.toml", text).play("x.toml", &[]);
    let found = simulated(played.outcome(), &["voting.fund".to_owned()], 0, 50, 3);
    assert!(matches!(found.route, Route::Exactly(_)));
    let shares: Vec<f64> = found.column(0).flatten().copied().collect();
    assert!(shares.iter().all(|share| (0.5..10.0 / 11.0).contains(share)));
    assert!(shares.iter().any(|share| *share > 0.7), "{shares:?}");
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 40,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20_260_322),
        max_global_rejects: 4_000,
        ..ProptestConfig::default()
    })]

    #[test]
    fn floats_and_decimals_play_the_same_draws_of_random_scenarios(
        model in models(),
        choices in prop::collection::vec(any::<u32>(), 40),
        seed in any::<u64>(),
    ) {
        let text = spread(&model, &choices);
        let played = common::play(&text);
        prop_assume!(played.outcome.is_some());
        if let Some((found, _, _)) = differences(played.outcome(), 0, 10, seed) {
            prop_assert!(found.is_empty(), "{}\n{}", text, found.join("\n"));
        }
    }

    /// I-65 Every draw is a scenario like any other: what must hold of one holds of each.
    #[test]
    fn i_65_every_draw_keeps_the_invariants(
        model in models(),
        choices in prop::collection::vec(any::<u32>(), 40),
        seed in any::<u64>(),
    ) {
        let text = spread(&model, &choices);
        let played = common::play(&text);
        prop_assume!(played.outcome.is_some());
        let outcome = played.outcome();
        let sampler = Sampler::of(outcome, seed, Points::Random, &mut Bag::default());
        for draw in 0..6 {
            let Some(played) = exactly(outcome, &sampler, draw) else { continue };
            if let Err(why) = holds(&played) {
                prop_assert!(false, "draw {}: {}\n{}", draw, why, text);
            }
        }
        // And on floats.
        let family = |head: &str| -> Vec<String> {
            outcome.scenario.owners.iter().map(|owner| format!("{head}.{}", owner.id)).collect()
        };
        for head in ["ownership", "committed"] {
            let simulation = simulated(outcome, &family(head), 0, 64, seed);
            let columns: Vec<Vec<f64>> = (0..family(head).len())
                .map(|result| simulation.column(result).flatten().copied().collect())
                .collect();
            for draw in 0..64 {
                let parts: Vec<f64> = columns.iter().map(|column| column[draw]).collect();
                if simulation.refused.iter().any(|refused| refused.draw == draw as u64) {
                    prop_assert!(parts.iter().all(|part| part.is_nan()));
                    continue;
                }
                prop_assert!((parts.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{}: {:?}", head, parts);
                prop_assert!(parts.iter().all(|part| (-1e-12..=1.0 + 1e-12).contains(part)), "{}: {:?}", head, parts);
            }
        }
    }
}

/// A draw played as `run` plays.
fn exactly(outcome: &Outcome, sampler: &Sampler, draw: u64) -> Option<Outcome> {
    let mut figures = sampler.fixed::<1>();
    sampler.fill(draw, &mut figures);
    let mut scenario: Scenario = outcome.scenario.clone();
    let ids: Vec<_> = scenario.figures.iter().map(|figure| figure.path.clone()).collect();
    for (slot, (path, figure)) in ids.iter().zip(&figures).enumerate() {
        let now = f64::of(outcome.plan.values[slot]);
        if figure.0[0] != now {
            let value = Decimal::from_f64_retain(figure.0[0]).unwrap_or_else(|| panic!("{path} is {}", figure.0[0]));
            scenario.figures.move_to(capsim::scenario::FigureId::at(slot), value);
        }
    }
    play_quietly(scenario, &mut Bag::default())
}

/// Parts sum to one, lines to all shares, balances to what moved, and nothing is negative.
fn holds(outcome: &Outcome) -> Result<(), String> {
    let all = metrics(outcome, When::End);
    for head in ["ownership.", "committed.", "voting."] {
        let parts: Vec<Decimal> = all
            .iter()
            .filter(|metric| metric.path.starts_with(head))
            .filter_map(|metric| match metric.value {
                MetricValue::Number(part) => Some(part),
                _ => None,
            })
            .collect();
        let sum: Decimal = parts.iter().sum();
        if !parts.is_empty() && (sum - Decimal::ONE).abs() > Decimal::new(1, 20) {
            return Err(format!("{head}* is {sum}"));
        }
        if parts.iter().any(|part| *part < Decimal::ZERO) {
            return Err(format!("{head}* has {parts:?}"));
        }
    }
    for (line, shares) in outcome.state.shares.iter().enumerate() {
        if shares.approximate() < -1e-12 * outcome.state.fully_diluted.approximate() {
            return Err(format!("line {line} has {shares:?}"));
        }
    }
    let unit = Exact::of(outcome.plan.treasury.denominator);
    for record in &outcome.journal.runways {
        let mut before: Option<Exact> = None;
        for flow in &record.months {
            let left = flow.burned - flow.in_kind + flow.committed + flow.shortfall + flow.cost + flow.repaid;
            if let Some(before) = before {
                let balance = before + flow.arrived + flow.earned + flow.drawn - left;
                let largest = flow.balance.approximate().abs().max(flow.burned.approximate()).max(1.0);
                if (balance - flow.balance).approximate().abs() > 1e-15 * largest {
                    return Err(format!("month {}: {balance:?} and {:?}", flow.month, flow.balance / unit));
                }
            }
            if flow.lowest.approximate() > flow.balance.approximate() {
                return Err(format!("month {}: the lowest is above the balance", flow.month));
            }
            before = Some(flow.balance);
        }
    }
    for (number, tranche) in outcome.state.tranches.iter().enumerate() {
        let pending = tranche.pending.approximate();
        if pending < -1e-9 * tranche.shares.approximate().abs() {
            return Err(format!("tranche {number} has {pending} shares to come"));
        }
    }
    Ok(())
}

// --------------------------------------------------------------------------------------- instruction sets and bits

fn mega() -> Outcome {
    let mut shelf = Shelf::of_folder("scenarios");
    shelf.play("bench/mega-round.toml", &[]).outcome.expect("it plays")
}

/// The outputs of the reference model in its order: the name there, and the path here.
const OUTPUTS: [(&str, &str); 20] = [
    ("Foundation", "ownership.foundation"),
    ("Microsoft", "ownership.microsoft"),
    ("SoftBank", "ownership.softbank"),
    ("Employees", "ownership.employees"),
    ("Pool", "ownership.esop"),
    ("Thrive", "ownership.thrive"),
    ("Khosla", "ownership.khosla"),
    ("Nvidia", "ownership.nvidia"),
    ("MGX", "ownership.mgx"),
    ("Amazon", "ownership.amazon"),
    ("AMD", "ownership.amd"),
    ("Others", "ownership.others"),
    ("SafeHolder", "ownership.safe-holder"),
    ("NoteHolder", "ownership.note-holder"),
    ("NewFund", "ownership.new-fund"),
    ("Public", "ownership.public"),
    ("dilution_microsoft", "dilution.microsoft"),
    ("runway_month", "runway.model.month"),
    ("trough_cash", "runway.model.trough"),
    ("gap_2029", "runway.model.gap@2029-12-31"),
];

fn outputs() -> Vec<String> {
    OUTPUTS.iter().map(|(_, path)| (*path).to_owned()).collect()
}

fn bits(chunk: &Chunk) -> Vec<u64> {
    chunk.values.iter().map(|value| value.to_bits()).collect()
}

#[test]
fn draws_have_the_same_bits_on_every_instruction_set() {
    let shelf = Shelf::of_folder("scenarios");
    for file in ["bench/mega-round.toml", "openai/amazon-10b.toml", "openai/listing-on-830.toml"] {
        let played = shelf.clone().play(file, &[]);
        let outcome = played.outcome();
        let paths = read(outcome);
        let (readings, _) = Readings::of(&outcome.scenario, &outcome.plan, &paths);
        for points in [Points::Random, Points::Sobol] {
            let sampler = Sampler::of(outcome, 3, points, &mut Bag::default());
            let job = Job { plan: &outcome.plan, sampler: &sampler, readings: &readings };
            let program = job.program();
            let mut worker = Worker::new(job, program.as_ref());
            let mut by_itself = Worker::new(job, None);
            for (first, draws) in [(0, 300), (4_090, 17), (65_530, 40)] {
                let wide = worker.play(first, draws);
                let plain = worker.play_plainly(first, draws);
                assert!(bits(&wide) == bits(&plain), "{file}, {points:?}, from {first}");
                assert_eq!(wide.refused.len(), plain.refused.len());
                let single = by_itself.play(first, draws);
                assert!(bits(&wide) == bits(&single), "{file}, {points:?}, from {first}, by itself");
                assert_eq!(wide.refused, single.refused, "{file}");
                // One by one they are the same too: nothing hangs on what stands beside a draw.
                for place in [0, draws / 2, draws - 1] {
                    let alone = worker.play(first + place as u64, 1);
                    let beside: Vec<u64> =
                        (0..paths.len()).map(|result| wide.values[result * draws + place].to_bits()).collect();
                    assert!(bits(&alone) == beside, "{file}, {points:?}, draw {first} + {place}");
                }
            }
        }
    }
}

/// The bits of 40,000 draws of all outputs of the reference model. They are the same on every machine: another digest
/// says that the arithmetic changed, by however little.
const DIGEST: &str = "f66dcfdb426c4596e75dc1b768730bff8246afec22ffa43e3c9c83f1c481c6ab";

#[test]
fn the_bits_of_the_reference_model_are_pinned() {
    let outcome = mega();
    let simulation = simulated(&outcome, &outputs(), 0, 40_000, 2_026);
    assert!(simulation.refused.is_empty() && simulation.route == Route::SideBySide);
    let mut hash = Sha256::new();
    for result in 0..OUTPUTS.len() {
        for value in simulation.column(result).flatten() {
            hash.update(value.to_bits().to_le_bytes());
        }
    }
    let found: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(found, DIGEST);
}

// ------------------------------------------------------------------------------------------- the reference model

/// The model's parameters and published numbers.
fn published() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/simulate/mega-round.json");
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// The factor from the reference's unit, a billion, for an output that is money.
fn unit(name: &str) -> f64 {
    if matches!(name, "trough_cash" | "gap_2029") { 1e9 } else { 1.0 }
}

fn triangle(u: f64, low: f64, mode: f64, high: f64) -> f64 {
    if u < (mode - low) / (high - low) {
        low + (u * (high - low) * (mode - low)).sqrt()
    } else {
        high - ((1.0 - u) * (high - low) * (high - mode)).sqrt()
    }
}

fn texts(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().parse().unwrap()).collect()
}

#[test]
fn the_shared_stream_of_the_reference_model_gives_its_published_means() {
    let model = published();
    let outcome = mega();
    let paths = outputs();
    let (readings, unread) = Readings::of(&outcome.scenario, &outcome.plan, &paths);
    assert!(unread.is_empty(), "{unread:?}");
    let slots: BTreeMap<&str, usize> =
        outcome.scenario.figures.iter().enumerate().map(|(slot, figure)| (figure.path.as_str(), slot)).collect();
    let slot = |path: &str| *slots.get(path).unwrap_or_else(|| panic!("no figure {path}"));
    // The tranches of each event, as the scenario calls them.
    let tranches: [&[&str]; 6] = [
        &["softbank", "nvidia", "amazon", "mgx"],
        &["new-fund", "thrive"],
        &["softbank", "new-fund", "amd"],
        &["public"],
        &["public", "mgx"],
        &["new-fund", "nvidia", "microsoft"],
    ];
    let stream = Stream::with(2_026, 0x9E37_79B9_7F4A_7C15);
    let mut figures: Vec<f64> = outcome.plan.values.iter().map(|value| f64::of(*value)).collect();
    let mut state = State::<f64>::new(&outcome.plan);
    let mut probe = Probe::new(&readings, &outcome.plan);
    let mut sums = vec![0.0; OUTPUTS.len()];
    let draws = 2_000;
    for draw in 0..draws {
        let mut place = 42 * draw;
        let mut u = || {
            place += 1;
            stream.uniform(place - 1)
        };
        let tri = |u: f64, of: &[f64], unit: f64| triangle(u, of[0], of[1], of[2]) * unit;
        for (event, ids) in tranches.iter().enumerate() {
            let terms = &model["events"][event];
            for (number, id) in ids.iter().enumerate() {
                let tranche = &terms["tranches"][number];
                let path = format!("round.e{}.tranche.{id}", event + 1);
                figures[slot(&format!("{path}.amount"))] = tri(u(), &texts(&tranche["tri"]), 1e9);
                let chance: f64 = tranche["p"].as_str().unwrap().parse().unwrap();
                figures[slot(&format!("{path}.takes_part"))] = f64::from(u8::from(u() < chance));
            }
            let pre = terms["pre"].as_array().unwrap();
            let numbers: Vec<f64> = pre[1..].iter().map(|text| text.as_str().unwrap().parse().unwrap()).collect();
            figures[slot(&format!("round.e{}.pre_money", event + 1))] = match pre[0].as_str().unwrap() {
                "tri" => tri(u(), &numbers, 1e9),
                _ => numbers[0] * exp(numbers[1] * normal_quantile(u())) * 1e9,
            };
        }
        figures[slot("secondary.sale.amount")] = tri(u(), &texts(&model["secondary"]["amount"]), 1e9);
        figures[slot("secondary.sale.discount")] = tri(u(), &texts(&model["secondary"]["discount"]), 1.0);
        figures[slot("round.e3.pro_rata.take.microsoft")] = tri(u(), &texts(&model["prorata"]["takers"][0][1]), 1.0);
        let cash = &model["cash"];
        figures[slot("burn.model.rate")] = tri(u(), &texts(&cash["burn_q0"]), 1e9);
        figures[slot("burn.model.phase.early.growth")] = tri(u(), &texts(&cash["growth1"]), 1.0);
        figures[slot("burn.model.phase.late.growth")] = tri(u(), &texts(&cash["growth2"]), 1.0);
        assert_eq!(place, 42 * draw + 42);
        probe.clear();
        play(&outcome.plan, &figures, &mut state, &mut probe).unwrap();
        probe.tell(&outcome.plan, &figures, &state, |index, value| sums[index] += value);
    }
    for ((name, _), sum) in OUTPUTS.iter().zip(sums) {
        let found = sum / draws as f64 / unit(name);
        let wanted = model["means_of_2000"][name].as_f64().unwrap();
        let slack = if unit(name) > 1.0 { 1e-9 * wanted.abs() } else { 1e-11 };
        assert!((found - wanted).abs() <= slack, "{name}: {found}, published {wanted}");
    }
}

#[test]
fn two_hundred_thousand_draws_agree_with_the_reference_model() {
    let model = published();
    let outcome = mega();
    let simulation = simulated(&outcome, &outputs(), 0, 200_000, 1);
    assert!(simulation.refused.is_empty());
    let n = simulation.draws() as f64;
    for (result, (name, path)) in OUTPUTS.iter().enumerate() {
        let of = capsim::studies::simulate::summary(&simulation, result, &[0.05, 0.5, 0.95]);
        let error = of.deviation.unwrap() / n.sqrt();
        // Means over two thousand draws of another stream: their own error is ten times as large.
        let wanted = model["means_of_2000"][name].as_f64().unwrap() * unit(name);
        let both = error * (1.0 + n / 2_000.0).sqrt();
        assert!((of.mean.unwrap() - wanted).abs() < 4.5 * both, "{path}: {:?}, published {wanted}", of.mean);
        let Some(known) = model["million"][name].as_array() else { continue };
        let known: Vec<f64> = known.iter().map(|value| value.as_f64().unwrap() * unit(name)).collect();
        // Printed to so many digits.
        let grain = model["printed_to"][name].as_f64().unwrap() * unit(name) / 2.0;
        assert!((of.mean.unwrap() - known[0]).abs() < 4.5 * error * (1.0 + n / 1e6).sqrt() + grain, "{path}");
        let column: Vec<f64> = simulation.column(result).flatten().copied().collect();
        for ((part, found), wanted) in of.quantiles.iter().zip(&known[1..]) {
            // As many draws lie below the published quantile as its part says, within the error of both.
            let below = |value: f64| column.iter().filter(|other| **other <= value).count() as f64 / n;
            let error = 4.5 * (part * (1.0 - part) / n * (1.0 + n / 1e6)).sqrt();
            let lies = below(wanted - grain) - error <= *part && *part <= below(wanted + grain) + error;
            assert!(lies, "{path}: {found:?} at {part}, published {wanted}");
        }
    }
}
