//! Studies against what they are made of: every point of a sweep, every end of a range and both sides of every answer
//! are what `run` gives with the same inputs typed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test says what it expects and fails where it is not so"
)]

use std::fs;
use std::path::Path;
use std::process::Command;
use std::process::Output;

use capsim::format::Kind;
use capsim::format::Quantity;
use capsim::studies::AxisValue;
use capsim::studies::Form;
use capsim::studies::Goal;
use capsim::studies::axis;
use capsim::units::Decimal;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::Value;

/// Half of the fund's money waits for a condition, some figures have ranges, and a tranche may stay away.
const FILE: &str = r#"
title = "One round"
currency = "USD"
as_of = 2026-01-01
horizon = 2027-12-31
[source.memo]
title = "The memo"
[holder]
ada = {}
fund = {}
angel = {}
[opening]
date = 2025-01-01
fully_diluted = 10_000_000
stake = { ada = "rest" }
[condition.licence]
expected = true
probability = "60%"
by = 2026-09-30
[round.seed]
date = 2026-02-01
pre_money = { value = "8M", low = "6M", high = "12M", source = "memo", said = "about" }
[round.seed.tranche.fund]
investor = "fund"
amount = { value = "2M", low = "1M" }
[round.seed.tranche.later]
investor = "fund"
amount = "1M"
condition = "licence"
[round.seed.tranche.angel]
investor = "angel"
probability = "50%"
amount = { value = "500K", p5 = "100K", p95 = "900K", shape = "lognormal", status = "assumed" }
[cash]
opening = "1M"
[burn.plan]
measure = "cash"
rate = { value = "300K/month", low = "200K/month", high = "400K/month" }
[burn.lean]
measure = "cash"
rate = { value = "100K/month", sigma = 0.2, shape = "lognormal" }
[case.larger]
title = "four million"
round.seed.tranche.fund.amount = "4M"
[case.later]
round.seed.date = 2026-05-01
"#;

fn scratch() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("seed.toml"), FILE).unwrap();
    folder
}

fn capsim(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_capsim")).args(arguments).current_dir(folder).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[track_caller]
fn refused(output: &Output, code: &str) {
    assert_eq!(output.status.code(), Some(2), "{}", stderr(output));
    assert!(output.stdout.is_empty(), "stdout of a refusal: {}", stdout(output));
    assert!(stderr(output).contains(&format!("error[{code}]")), "{}", stderr(output));
}

#[track_caller]
fn json(folder: &Path, arguments: &[&str]) -> Value {
    let mut all = arguments.to_vec();
    all.extend(["--format", "json"]);
    let output = capsim(folder, &all);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}", stderr(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// One result of `run` with some inputs changed; none if it is refused.
fn run(folder: &Path, file: &str, changes: &[String], metric: &str) -> Option<String> {
    let mut arguments = vec!["run", file, "--metric", metric];
    arguments.extend(changes.iter().map(String::as_str));
    let output = capsim(folder, &arguments);
    output.status.success().then(|| stdout(&output).trim().to_owned())
}

/// What a point of a study would be typed as.
fn typed(point: &Value) -> Vec<String> {
    let list = |key: &str| {
        let entries = point[key].as_array().cloned().unwrap_or_default();
        entries.into_iter().map(|entry| entry.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let with = |flag: &'static str, all: Vec<String>| all.into_iter().flat_map(move |it| [flag.to_owned(), it]);
    with("--case", list("case")).chain(with("--remove", list("remove"))).chain(with("--set", list("set"))).collect()
}

#[test]
fn every_point_of_a_sweep_is_a_run() {
    let folder = scratch();
    for vary in [
        vec!["round.seed.pre_money=4M..10M/3M", "condition.licence.expected=true,false", "case=none,all"],
        vec!["round.seed.date=2026-01-31..2026-05-31/1 month"],
        vec![
            "burn.plan.rate=100K..400K/150K/month",
            "opening.fully_diluted=1M,{ value = \"2M\", status = \"assumed\" }",
        ],
        vec!["round.seed.tranche.fund.amount=0,500K..1.5M/500K"],
        vec!["condition.licence.probability=0%..100%/50%", "round.seed.post_money=10M,20M"],
    ] {
        let metrics = ["ownership.fund", "runway.plan.cash_out", "price.seed@round.seed"];
        let mut arguments = vec!["sweep", "seed.toml"];
        arguments.extend(vary.iter().flat_map(|vary| ["--vary", *vary]));
        arguments.extend(metrics.iter().flat_map(|metric| ["--metric", *metric]));
        let study = json(folder.path(), &arguments);
        assert_eq!(study["schema"], "capsim.sweep/1");
        let points = study["points"].as_array().unwrap();
        let wanted: usize =
            study["axes"].as_array().unwrap().iter().map(|axis| axis["values"].as_array().unwrap().len()).product();
        assert_eq!(points.len(), wanted);
        for point in points {
            for metric in metrics {
                let found = run(folder.path(), "seed.toml", &typed(point), metric);
                assert_eq!(point["metrics"][metric].as_str().map(str::to_owned), found, "{point} {metric}");
            }
        }
    }
}

#[test]
fn a_refused_point_is_shown_with_its_reason() {
    let folder = scratch();
    let arguments = ["sweep", "seed.toml", "--vary", "round.seed.pre_money=0..4M/2M", "--metric", "ownership.fund"];
    let page = stdout(&capsim(folder.path(), &arguments));
    assert!(page.contains("refused at 0: a valuation of 0 is not above zero"), "{page}");
    let study = json(folder.path(), &arguments);
    assert_eq!(study["refused"], 1);
    assert_eq!(study["points"][0]["refused"]["code"], "not-positive");
    assert_eq!(study["points"][1]["metrics"]["ownership.fund"], "0.5454545454545454545454545455");
    let csv = stdout(&capsim(folder.path(), &[&arguments[..], &["--format", "csv"]].concat()));
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines[0], "round.seed.pre_money,ownership.fund,refused");
    assert_eq!(lines[1], "0,,not-positive: a valuation of 0 is not above zero");
    assert!(lines[2].starts_with("2000000,0.5454545454545454545454545455,"), "{}", lines[2]);
    // Two axes: the point keeps its place in the grid.
    let map =
        ["sweep", "seed.toml", "--vary", "round.seed.pre_money=0,8M", "--vary", "burn.plan.rate=1K/month,1M/month"];
    let page = stdout(&capsim(folder.path(), &[&map[..], &["--metric", "runway.plan.months"]].concat()));
    assert!(page.contains("refused") && page.contains("not within horizon"), "{page}");
    // Where all are refused there is nothing to show.
    refused(&capsim(folder.path(), &["sweep", "seed.toml", "--vary", "round.seed.pre_money=0,-1M"]), "not-positive");
}

#[test]
fn studies_are_the_same_on_any_number_of_threads() {
    let folder = scratch();
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/openai");
    let file = scenarios.join("amazon-50b.toml").display().to_string();
    for study in [
        vec!["sweep", &file, "--vary", "round.mega.pre_money=500B..900B/100B", "--vary", "case=none,all"],
        vec!["sensitivity", &file, "--metric", "runway.*.months", "--pairs=3", "--all"],
        vec!["solve", &file, "--vary", "round.mega.pre_money", "--until", "ownership.microsoft > 25%", "--scan", "16"],
    ] {
        let on = |threads: &str| {
            let output = capsim(folder.path(), &[&study[..], &["--threads", threads, "--format", "json"]].concat());
            assert!(output.status.success(), "{}", stderr(&output));
            output.stdout
        };
        let one = on("1");
        assert!(one.len() > 1000);
        assert!(one == on("2") && one == on("5"), "{study:?}");
    }
}

#[test]
fn axes_that_cannot_be_varied_are_refused() {
    let folder = scratch();
    let sweep = |vary: &str| capsim(folder.path(), &["sweep", "seed.toml", "--vary", vary]);
    refused(&sweep("round.seed.pre_money"), "unknown-path");
    refused(&sweep("round.sead.pre_money=1M,2M"), "unknown-path");
    refused(&sweep("round.seed=1M,2M"), "wrong-kind");
    refused(&sweep("round.seed.tranche=1M,2M"), "unknown-path");
    refused(&sweep("case=none,largr"), "unknown-case");
    for values in [
        "5M..1M/1M",
        "0..10M",
        "0..10M/0",
        "0..10M/-1M",
        "1M,2bn",
        "1M,,2M",
        "",
        "1%..3%/1%",
        "$1M..€2M/1M",
        "1M..2M..3M/1M",
    ] {
        refused(&sweep(&format!("round.seed.pre_money={values}")), "bad-literal");
    }
    for values in ["1K..3K/1K", "1K..3K/month", "1K/month..3K/year/1K/month", "1K..3K/1K/week", "1K..3K/1/2/month"] {
        refused(&sweep(&format!("burn.plan.rate={values}")), "bad-literal");
    }
    for values in ["2026-01-31..2026-05-31/1", "2026-01-31..2026-05-31/0 days", "2026-01-31..2026-05-31"] {
        refused(&sweep(&format!("round.seed.date={values}")), "bad-literal");
    }
    refused(&sweep("round.seed.date=2026-02-30..2026-05-31/1 month"), "bad-date");
    refused(&sweep("condition.licence.expected=false..true/1"), "bad-literal");
    refused(&sweep("condition.licence.expected=on,off"), "wrong-kind");
    refused(&sweep("round.seed.pre_money=1..100M/1"), "too-many-points");
    let many = ["sweep", "seed.toml", "--vary", "round.seed.pre_money=1M..1B/1M", "--vary", "cash.opening=1M..1B/1M"];
    refused(&capsim(folder.path(), &many), "too-many-points");
    let twice = ["sweep", "seed.toml", "--vary", "cash.opening=1M", "--vary", "cash.opening=2M"];
    refused(&capsim(folder.path(), &twice), "unknown-path");
    let nothing = ["sweep", "seed.toml", "--vary", "cash.opening=1M,2M", "--metric", "ownership.fnud"];
    refused(&capsim(folder.path(), &nothing), "unknown-result");
    refused(&capsim(folder.path(), &["sweep", "missing.toml", "--vary", "cash.opening=1M"]), "file-missing");
    // An input is never overwritten.
    let over = ["sweep", "seed.toml", "--vary", "cash.opening=1M,2M", "--output", "seed.toml"];
    assert_eq!(capsim(folder.path(), &over).status.code(), Some(2));
    assert_eq!(fs::read_to_string(folder.path().join("seed.toml")).unwrap(), FILE);
}

#[test]
fn a_range_that_its_steps_do_not_meet_says_so() {
    let folder = scratch();
    let page = stdout(&capsim(folder.path(), &["sweep", "seed.toml", "--vary", "round.seed.pre_money=5M..10M/2M"]));
    assert!(page.contains("the steps do not meet 10M; the last value is 9M"), "{page}");
    let page = stdout(&capsim(folder.path(), &["sweep", "seed.toml", "--vary", "round.seed.pre_money=5M..9M/2M"]));
    assert!(!page.contains("do not meet"), "{page}");
}

#[test]
fn what_nobody_asked_for_and_does_not_move_is_counted() {
    let folder = scratch();
    let page = stdout(&capsim(folder.path(), &["sweep", "seed.toml", "--vary", "round.seed.pre_money=5M..9M/2M"]));
    assert!(page.contains("ownership over round.seed.pre_money"), "{page}");
    assert!(page.contains("2 further results of ownership and runway do not move"), "{page}");
}

#[test]
fn the_ends_of_a_sensitivity_are_runs() {
    let folder = scratch();
    let metrics = ["ownership.fund", "runway.plan.cash_out", "runway.plan.months"];
    let mut arguments = vec!["sensitivity", "seed.toml", "--pairs"];
    arguments.extend(metrics.iter().flat_map(|metric| ["--metric", *metric]));
    let study = json(folder.path(), &arguments);
    assert_eq!(study["schema"], "capsim.sensitivity/1");
    assert_eq!(study["without_ends"], serde_json::json!(["burn.lean.rate"]));
    for (metric, found) in metrics.iter().zip(study["metrics"].as_array().unwrap()) {
        let base = run(folder.path(), "seed.toml", &[], metric).unwrap();
        assert_eq!(found["base"], base.as_str());
        let ranges = found["ranges"].as_array().unwrap();
        let paths: Vec<&str> = ranges.iter().map(|range| range["path"].as_str().unwrap()).collect();
        let mut sorted = paths.clone();
        sorted.sort_unstable();
        assert_eq!(
            sorted,
            [
                "burn.plan.rate",
                "condition.licence",
                "round.seed.pre_money",
                "round.seed.tranche.angel",
                "round.seed.tranche.angel.amount",
                "round.seed.tranche.fund.amount"
            ]
        );
        for range in ranges {
            for end in ["low", "high"] {
                let there = run(folder.path(), "seed.toml", &typed(&range[end]), metric);
                assert_eq!(range[end]["value"].as_str().map(str::to_owned), there, "{metric} {range}");
            }
        }
        // The largest first.
        let swings: Vec<Option<Decimal>> = ranges
            .iter()
            .map(|range| range["swing"].as_str().map(|swing| Decimal::from_str_exact(swing).unwrap()))
            .collect();
        let numbers: Vec<Decimal> = swings.iter().flatten().copied().collect();
        assert!(numbers.windows(2).all(|pair| pair[0] >= pair[1]), "{numbers:?}");
        assert!(swings.iter().skip_while(|swing| swing.is_none()).all(Option::is_some), "{swings:?}");
    }
    // The one end that is written; the source of a range.
    let ownership = study["metrics"][0]["ranges"].as_array().unwrap();
    let of = |path: &str| ownership.iter().find(|range| range["path"] == path).unwrap();
    assert_eq!(of("round.seed.tranche.fund.amount")["high"]["typed"], "2M");
    assert_eq!(of("round.seed.tranche.fund.amount")["high"]["set"], serde_json::json!([]));
    assert_eq!(of("round.seed.tranche.angel.amount")["low"]["typed"], "100K");
    assert_eq!(of("round.seed.tranche.angel")["low"]["remove"], serde_json::json!(["round.seed.tranche.angel"]));
    assert_eq!(of("round.seed.pre_money")["sources"][0]["title"], "The memo");
    assert_eq!(of("round.seed.pre_money")["said"], "about");
    assert_eq!(of("burn.plan.rate")["moves"], false);
}

#[test]
fn a_pair_is_what_its_four_corners_say() {
    let folder = scratch();
    let study = json(folder.path(), &["sensitivity", "seed.toml", "--metric", "ownership.fund", "--pairs=3"]);
    let metric = &study["metrics"][0];
    let pairs = metric["pairs"].as_array().unwrap();
    assert_eq!(pairs.len(), 3);
    let number = |value: &Value| Decimal::from_str_exact(value.as_str().unwrap()).unwrap();
    let ranges = metric["ranges"].as_array().unwrap();
    let base = number(&metric["base"]);
    for pair in pairs {
        let [one, other] =
            [0, 1].map(|place| ranges.iter().find(|range| range["path"] == pair["paths"][place]).unwrap());
        let mut most = Decimal::ZERO;
        for (corner, ends) in [
            ("low_low", ["low", "low"]),
            ("low_high", ["low", "high"]),
            ("high_low", ["high", "low"]),
            ("high_high", ["high", "high"]),
        ] {
            let changes = [typed(&one[ends[0]]), typed(&other[ends[1]])].concat();
            let there = run(folder.path(), "seed.toml", &changes, "ownership.fund").unwrap();
            assert_eq!(pair[corner]["value"], there.as_str(), "{pair}");
            let alone = number(&one[ends[0]]["value"]) + number(&other[ends[1]]["value"]) - base;
            let beyond = number(&pair[corner]["value"]) - alone;
            if beyond.abs() > most.abs() {
                most = beyond;
            }
        }
        let said = number(&pair["interaction"]);
        assert!((said - most).abs() < Decimal::new(1, 20), "{said} and {most}");
    }
}

#[test]
fn a_sensitivity_without_ranges_and_of_nothing() {
    let folder = scratch();
    fs::write(
        folder.path().join("plain.toml"),
        "title = \"x\"\ncurrency = \"USD\"\nas_of = 2026-01-01\nholder.ada = {}\n[opening]\ndate = 2025-01-01\nfully_diluted = 10\nstake = { ada = \"100%\" }\n",
    )
    .unwrap();
    let page = stdout(&capsim(folder.path(), &["sensitivity", "plain.toml", "--metric", "ownership.ada"]));
    assert!(page.contains("there is nothing to move"), "{page}");
    refused(&capsim(folder.path(), &["sensitivity", "seed.toml", "--metric", "ownership.eve"]), "unknown-result");
    assert_eq!(capsim(folder.path(), &["sensitivity", "seed.toml"]).status.code(), Some(2));
}

/// Substitutes both sides of every crossing, and the ends of every interval, into `run`.
fn substituted(folder: &Path, file: &str, study: &Value) {
    let metric = study["until"]["metric"].as_str().unwrap();
    let goal =
        format!("{metric} {} {}", study["until"]["test"].as_str().unwrap(), study["until"]["value"].as_str().unwrap());
    let goal = Goal::from_text(&goal).unwrap();
    for crossing in study["crossings"].as_array().unwrap() {
        for side in ["before", "after"] {
            let side = &crossing[side];
            let there = run(folder, file, &typed(side), metric);
            assert_eq!(side["result"].as_str().map(str::to_owned), there, "{side}");
            let holds = there
                .map(|there| goal.test.holds(goal.side(&capsim::outcome::MetricValue::from_text(&there).unwrap())));
            assert_eq!(side["holds"].as_bool(), holds, "{side}");
        }
        assert_ne!(crossing["before"], crossing["after"]);
        if goal.test.sign() != "=" {
            assert_ne!(crossing["before"]["holds"], crossing["after"]["holds"], "{crossing}");
        }
    }
}

#[test]
fn an_answer_that_a_decimal_holds_is_found_exactly() {
    let folder = scratch();
    // 3.5 in all; ada has pre / (pre + 3.5), which is 3/4 at 10.5.
    let solve = |until: &str| {
        json(folder.path(), &["solve", "seed.toml", "--vary", "round.seed.pre_money=1M..50M", "--until", until])
    };
    let above = solve("ownership.ada > 75%");
    substituted(folder.path(), "seed.toml", &above);
    assert_eq!(
        above["intervals"][0]["from"],
        serde_json::json!({ "value": "10500000", "included": false, "end_of_search": false })
    );
    assert_eq!(above["intervals"][0]["to"]["end_of_search"], true);
    assert_eq!(above["answer"][0], "ownership.ada > 75% holds with round.seed.pre_money above 10.5M (tried to 50M)");
    let from = solve("ownership.ada >= 75%");
    assert_eq!(
        from["intervals"][0]["from"],
        serde_json::json!({ "value": "10500000", "included": true, "end_of_search": false })
    );
    let below = solve("ownership.ada < 75%");
    assert_eq!(
        below["intervals"][0]["to"],
        serde_json::json!({ "value": "10500000", "included": false, "end_of_search": false })
    );
    let at = solve("ownership.ada = 75%");
    assert_eq!(at["answer"], serde_json::json!(["ownership.ada = 75% holds with round.seed.pre_money at 10.5M"]));
    // One that no cent gives: both neighbours are said.
    let between = solve("ownership.ada = 70%");
    substituted(folder.path(), "seed.toml", &between);
    assert_eq!(between["met"], true);
    assert_eq!(between["intervals"], serde_json::json!([]));
    assert_eq!(between["crossings"][0]["before"]["value"], "8166666.66");
    assert_eq!(between["crossings"][0]["after"]["value"], "8166666.67");
}

#[test]
fn dates_months_and_what_lies_beyond_the_horizon_can_be_goals() {
    let folder = scratch();
    let solve =
        |vary: &str, until: &str| json(folder.path(), &["solve", "seed.toml", "--vary", vary, "--until", until]);
    // 4.5 in all at 300K a month lasts fifteen months, to 2027-04-01; to reach September it takes five more.
    let until = solve("round.seed.tranche.fund.amount=0..10M", "runway.plan.cash_out >= 2027-09");
    substituted(folder.path(), "seed.toml", &until);
    assert_eq!(until["intervals"][0]["from"]["value"], "3500000", "{}", until["answer"]);
    let never = solve("burn.plan.rate", "runway.plan.months = never");
    substituted(folder.path(), "seed.toml", &never);
    assert_eq!(never["intervals"], serde_json::json!([]), "the range of the figure is not low enough");
    let never = solve("burn.plan.rate=100K..400K/month", "runway.plan.months = never");
    substituted(folder.path(), "seed.toml", &never);
    assert_eq!(never["intervals"][0]["to"]["value"], "187500", "{}", never["answer"]);
    let months = solve("round.seed.date", "runway.plan.months > 12");
    substituted(folder.path(), "seed.toml", &months);
    assert_eq!(months["intervals"].as_array().unwrap().len(), 1);
    assert_eq!(months["crossings"][0]["jumps"], false, "days are too few to call it a jump");
}

#[test]
fn a_result_that_falls_and_rises_is_crossed_twice() {
    let folder = scratch();
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/startup/raise-when-needed.toml").display().to_string();
    let vary = "cash.opening=300K..3M";
    let arguments = ["solve", &file, "--vary", vary, "--until", "cash.plan.2029-12 > 2M", "--scan", "12"];
    let study = json(folder.path(), &arguments);
    substituted(folder.path(), &file, &study);
    assert!(study["crossings"].as_array().unwrap().len() >= 2, "{study}");
    let intervals = study["intervals"].as_array().unwrap();
    assert!(intervals.len() >= 2, "{study}");
    assert_eq!(intervals[0]["from"]["end_of_search"], true);
    assert_eq!(intervals.last().unwrap()["to"]["end_of_search"], true);
    // With one round less the founders keep more from one cent to the next.
    let arguments = ["solve", &file, "--vary", vary, "--until", "ownership.founders > 65%", "--scan", "12"];
    let study = json(folder.path(), &arguments);
    substituted(folder.path(), &file, &study);
    assert_eq!(study["crossings"][0]["jumps"], true, "{study}");
    let equal = ["solve", &file, "--vary", vary, "--until", "ownership.founders = 65%", "--scan", "12"];
    let jumped = capsim(folder.path(), &equal);
    assert_eq!(jumped.status.code(), Some(1), "{}", stdout(&jumped));
}

#[test]
fn never_ends_with_one_and_always_with_none() {
    let folder = scratch();
    let solve = |until: &str| {
        capsim(folder.path(), &["solve", "seed.toml", "--vary", "round.seed.pre_money", "--until", until])
    };
    let never = solve("ownership.ada > 90%");
    assert_eq!(never.status.code(), Some(1));
    assert!(
        stdout(&never).contains("holds nowhere that round.seed.pre_money was tried, from 6M to 12M"),
        "{}",
        stdout(&never)
    );
    assert!(stdout(&never).contains("nearest: 77.42 % at 12M"), "{}", stdout(&never));
    let always = solve("ownership.ada > 50%");
    assert_eq!(always.status.code(), Some(0));
    assert!(stdout(&always).contains("holds wherever round.seed.pre_money was tried"), "{}", stdout(&always));
    assert!(stdout(&always).contains("the range of the figure, 6M to 12M"), "{}", stdout(&always));
}

#[test]
fn a_search_without_a_range_begins_at_the_value() {
    let folder = scratch();
    // The post-money is not written; what it came to is where the search begins.
    let wide = json(
        folder.path(),
        &["solve", "seed.toml", "--vary", "round.seed.post_money", "--until", "ownership.ada > 75%"],
    );
    substituted(folder.path(), "seed.toml", &wide);
    assert_eq!(wide["vary"]["why"], "from a 256th of the value to 256 times it");
    assert_eq!(wide["intervals"][0]["from"]["value"], "14000000");
    // 3.5 and less is no price: refused, and said.
    assert!(!wide["refused"].as_array().unwrap().is_empty());
    assert_eq!(wide["refused"][0]["to"], "3500000");
}

#[test]
fn searches_that_cannot_be_are_refused() {
    let folder = scratch();
    let solve =
        |vary: &str, until: &str| capsim(folder.path(), &["solve", "seed.toml", "--vary", vary, "--until", until]);
    for until in [
        "ownership.ada",
        "> 25%",
        "ownership.ada >",
        "ownership.* > 25%",
        "ownership.ada > 25",
        "ownership.ada > 25M",
        "runway.plan.cash_out > 2027",
        "runway.plan.cash_out > 24",
        "runway.plan.months > 2027-01-01",
        "runway.plan.default_alive > alive",
        "post_money.seed > €5M",
        "price.seed > -1",
    ] {
        refused(&solve("round.seed.pre_money", until), "bad-goal");
    }
    let goal = "ownership.ada > 75%";
    refused(&solve("round.sead.pre_money", goal), "unknown-path");
    for vary in [
        "round.seed.pre_money=8M",
        "round.seed.pre_money=8M..4M",
        "round.seed.pre_money=4M..4M",
        "round.seed.pre_money=4M..8M/1M",
        "burn.plan.rate=1K..2K",
        "round.seed.date=2026-01-01..2026",
        "condition.licence.expected",
    ] {
        let output = solve(vary, goal);
        assert_eq!(output.status.code(), Some(2), "{vary}: {}", stdout(&output));
    }
    refused(&solve("cash.opening=1M..2M", "ownership.eve > 75%"), "unknown-result");
    refused(&solve("round.seed.pre_money=-2M..0", goal), "not-positive");
}

#[cfg(unix)]
#[test]
fn a_study_that_is_stopped_writes_nothing() {
    let folder = scratch();
    let vary = "round.seed.pre_money=1M..10M/100";
    let arguments = ["sweep", "seed.toml", "--vary", vary, "--threads", "2", "--output", "out.csv", "--format", "csv"];
    let mut study = Command::new(env!("CARGO_BIN_EXE_capsim"));
    let study = study.args(arguments).current_dir(folder.path()).stdout(std::process::Stdio::piped()).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1_500));
    assert!(Command::new("kill").args(["-INT", &study.id().to_string()]).status().unwrap().success());
    let output = study.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert!(output.stdout.is_empty());
    assert!(!folder.path().join("out.csv").exists());
}

/// Every path that can be moved by its range in a scenario that ships can be typed: no end is refused for its path.
#[test]
fn ranges_of_shipped_scenarios_can_be_typed() {
    let folder = scratch();
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    for (file, metric) in [
        ("openai/amazon-10b.toml", "runway.*.months"),
        ("openai/runway-matrix.toml", "runway.*.month"),
        ("openai/listing-2027.toml", "ownership.*"),
        ("openai/listing-on-830.toml", "return.*.*.moic"),
        ("startup/raise-when-needed.toml", "ownership.founders"),
        ("bench/mega-round.toml", "ownership.*"),
    ] {
        let file = scenarios.join(file).display().to_string();
        let study = json(folder.path(), &["sensitivity", &file, "--metric", metric]);
        for range in study["metrics"].as_array().unwrap().iter().flat_map(|found| found["ranges"].as_array().unwrap()) {
            for end in ["low", "high"] {
                let refused = &range[end]["refused"];
                assert!(refused.is_null(), "{file}: {range}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, rng_seed: RngSeed::Fixed(26), failure_persistence: None, ..ProptestConfig::default() })]

    /// The values of a range are its low end and whole steps, exactly, and their texts read back as themselves.
    #[test]
    fn a_range_is_its_low_end_and_whole_steps(low in 0_i64..1_000_000_000, step in 1_i64..1_000_000, count in 0_u32..50, places in 0_u32..8) {
        let number = |digits: i64| Decimal::new(digits, places);
        for quantity in [Quantity::Money, Quantity::Price, Quantity::Count, Quantity::Percent] {
            let form = Form { quantity, period: None, currency: None };
            let high = number(low) + number(step) * Decimal::from(count);
            let range = format!("{}..{}/{}", form.text(number(low)), form.text(high), form.text(number(step)));
            let found = axis("a.b", &range, Kind::Figure(quantity), 1_000).unwrap();
            prop_assert_eq!(found.points.len(), usize::try_from(count).unwrap() + 1);
            prop_assert!(found.missed.is_empty());
            for (place, point) in (0_u32..).zip(&found.points) {
                let wanted = number(low) + number(step) * Decimal::from(place);
                prop_assert_eq!(&point.value, &AxisValue::Number(wanted));
                let alone = axis("a.b", &point.text, Kind::Figure(quantity), 1).unwrap();
                prop_assert_eq!(&alone.points[0].value, &AxisValue::Number(wanted));
            }
        }
    }

    /// Whatever is typed as values, the answer is values or a refusal with a mend.
    #[test]
    fn no_values_make_it_panic(text in "[-0-9KMB%./,$€{} a-z\"]{0,24}") {
        for kind in [Kind::Figure(Quantity::Money), Kind::Figure(Quantity::Rate), Kind::Figure(Quantity::Day), Kind::Whole, Kind::Flag, Kind::Day] {
            match axis("a.b", &text, kind, 50) {
                Ok(found) => prop_assert!(!found.points.is_empty() && found.points.len() <= 50),
                Err(fault) => prop_assert!(!fault.help.is_empty()),
            }
        }
        let _ = Goal::from_text(&text);
    }
}
