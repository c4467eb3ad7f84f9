//! `simulate` and `compare --draws` as they are typed: the same bytes however the work is cut, what is refused, what is
//! written and what is left alone.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::cast_precision_loss,
    reason = "a test says what it expects and fails where it is not so"
)]

use std::fs;
use std::path::Path;
use std::process::Command;
use std::process::Output;

use serde_json::Value;

/// Every kind of draw: two shapes, a chance of a condition, a chance of an investor, a range that is held.
const FILE: &str = r#"
title = "One round"
currency = "USD"
as_of = 2026-01-01
horizon = 2027-12-31
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
pre_money = { value = "8M", low = "6M", high = "12M", shape = "triangular" }
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
amount = { value = "500K", p5 = "100K", p95 = "900K", shape = "lognormal" }
[cash]
opening = "1M"
minimum = "100K"
[burn.plan]
measure = "cash"
rate = { value = "300K/month", low = "200K/month", high = "400K/month", shape = "uniform" }
[case.larger]
title = "four million"
round.seed.tranche.fund.amount = "4M"
[case.held]
round.seed.pre_money = "8M"
[case.spread]
cash.minimum = { value = "100K", low = "0", high = "200K", shape = "uniform" }
"#;

/// The valuation after the round may lie below the money raised in it: such a draw has no price.
const IMPOSSIBLE: &str = r#"
title = "Post-money below the money"
currency = "USD"
as_of = 2026-01-01
holder = { ada = {}, fund = {} }
[opening]
date = 2025-01-01
fully_diluted = 1_000_000
stake = { ada = "rest" }
[round.seed]
date = 2026-02-01
post_money = { value = "3M", low = "1M", high = "5M", shape = "uniform" }
tranche.fund = { investor = "fund", amount = "2M" }
"#;

fn scratch() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("seed.toml"), FILE).unwrap();
    fs::write(folder.path().join("impossible.toml"), IMPOSSIBLE).unwrap();
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

/// What a command that must succeed prints.
#[track_caller]
fn text(folder: &Path, arguments: &[&str]) -> String {
    let output = capsim(folder, arguments);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", stderr(&output));
    stdout(&output)
}

#[track_caller]
fn json(folder: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&text(folder, &[arguments, &["--format", "json"]].concat())).unwrap()
}

/// Refused with exit code 2: nothing on stdout, and no file beside those that were there.
#[track_caller]
fn refused(folder: &Path, arguments: &[&str], says: &str) {
    let files = || {
        let mut all: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap())
            .map(|entry| (entry.file_name(), fs::read(entry.path()).unwrap()))
            .collect();
        all.sort();
        all
    };
    let before = files();
    let output = capsim(folder, &[arguments, &["--output", "out.txt"]].concat());
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", stderr(&output));
    assert!(output.stdout.is_empty(), "stdout of a refusal: {}", stdout(&output));
    assert!(stderr(&output).contains(says), "{arguments:?}: {}", stderr(&output));
    assert!(files() == before, "{arguments:?} wrote a file");
}

// ------------------------------------------------------------------------------------ the same bytes (I-63)

const METRICS: [&str; 6] =
    ["--metric", "ownership.*", "--metric", "runway.plan.months", "--probability", "ownership.fund > 25%"];

#[test]
fn i_63_any_number_of_threads_gives_the_same_bytes() {
    let folder = scratch();
    for points in ["random", "sobol"] {
        // Exact plays are slow: a metric that is read off the journal gets few draws.
        for (draws, exact) in [("9000", None), ("40", Some("runway.plan.static"))] {
            for format in ["json", "csv", "terminal"] {
                let on = |threads: &str| {
                    let mut arguments = vec!["simulate", "seed.toml", "--draws", draws, "--points", points];
                    arguments.extend(METRICS);
                    arguments.extend(exact.iter().flat_map(|metric| ["--metric", *metric]));
                    arguments.extend(["--threads", threads, "--format", format, "--per-draw", "draws.csv"]);
                    (text(folder.path(), &arguments), fs::read(folder.path().join("draws.csv")).unwrap())
                };
                let one = on("1");
                assert!(one == on("2") && one == on("7"), "{points}, {format}, {exact:?}");
            }
        }
    }
}

/// The lines of a table of draws without what it says of itself.
fn draws(folder: &Path, arguments: &[&str]) -> Vec<String> {
    text(folder, &[&["simulate"], arguments, &["--per-draw", "draws.csv"]].concat());
    let table = fs::read_to_string(folder.join("draws.csv")).unwrap();
    table.lines().skip(1).map(str::to_owned).collect()
}

#[test]
fn i_63_the_first_draws_do_not_hang_on_how_many_there_are() {
    let folder = scratch();
    let of = |count: &str, more: &[&str]| draws(folder.path(), &[&["seed.toml", "--draws", count], more].concat());
    let all = of("6000", &[]);
    for count in [1, 17, 4096, 4097] {
        assert!(of(&count.to_string(), &[])[..] == all[..count + 1], "{count}");
    }
    let slice = of("6000", &["--first", "4000", "--count", "333"]);
    assert_eq!(slice.len(), 334);
    assert!(slice[1..] == all[4001..4334], "a slice has the draws of the whole");
    assert!(of("6000", &["--seed", "2"])[1..] != all[1..]);
    // Sobol's points too.
    let even = of("600", &["--points", "sobol"]);
    assert!(of("17", &["--points", "sobol"])[..] == even[..18]);
}

#[test]
fn i_63_another_variable_changes_no_other() {
    let folder = scratch();
    let metrics = ["--draws", "500", "--metric", "ownership.*", "--metric", "runway.plan.trough"];
    let plain = draws(folder.path(), &[&["seed.toml"], &metrics[..]].concat());
    // The minimum has no part in what is owned or in the lowest balance.
    let more = draws(folder.path(), &[&["seed.toml@spread"], &metrics[..]].concat());
    assert!(plain == more);
    // One less: everything that does not hang on the valuation.
    let raised = ["--draws", "500", "--metric", "raised.seed", "--metric", "runway.plan.months"];
    let plain = draws(folder.path(), &[&["seed.toml"], &raised[..]].concat());
    assert!(plain == draws(folder.path(), &[&["seed.toml@held"], &raised[..]].concat()));
}

#[test]
fn i_63_slices_merge_to_one_run() {
    let folder = scratch();
    for (file, points) in [("seed.toml", "random"), ("seed.toml", "sobol"), ("impossible.toml", "random")] {
        let metric = if file == "seed.toml" { "runway.plan.months" } else { "price.seed" };
        let common =
            ["simulate", file, "--draws", "10000", "--points", points, "--metric", "ownership.*", "--metric", metric];
        let one = |format: &str| {
            text(folder.path(), &[&common[..], &["--format", format, "--per-draw", "whole.csv"]].concat())
        };
        let whole = one("json");
        let mut names = Vec::new();
        for (place, (first, count)) in [(0, "1"), (1, "4999"), (5000, "3333"), (8333, "1667")].iter().enumerate() {
            let (first, name) = (first.to_string(), format!("slice-{place}.csv"));
            text(
                folder.path(),
                &[&common[..], &["--first", &first, "--count", count, "--per-draw", &name, "--threads", "1"]].concat(),
            );
            names.push(name);
        }
        // In any order.
        names.reverse();
        let merge: Vec<&str> = ["simulate", "--merge"].into_iter().chain(names.iter().map(String::as_str)).collect();
        for format in ["json", "csv", "terminal", "markdown"] {
            let merged = text(folder.path(), &[&merge[..], &["--format", format]].concat());
            assert!(merged == one(format), "{file}, {points}, {format}\n{merged}\n{whole}");
        }
        // Their tables too, and a merge of one that is whole.
        text(folder.path(), &[&merge[..], &["--per-draw", "merged.csv"]].concat());
        let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
        assert!(read("merged.csv") == read("whole.csv"), "{file}");
        assert_eq!(text(folder.path(), &["simulate", "--merge", "whole.csv", "--format", "json"]), whole);
    }
}

#[test]
fn what_cannot_be_merged_is_refused() {
    let folder = scratch();
    let slice = |name: &str, more: &[&str]| {
        let all = ["simulate", "seed.toml", "--draws", "300", "--metric", "ownership.fund", "--per-draw", name];
        text(folder.path(), &[&all[..], more].concat());
    };
    slice("a.csv", &["--count", "100"]);
    slice("b.csv", &["--first", "100", "--count", "100"]);
    slice("c.csv", &["--first", "200"]);
    slice("seed.csv", &["--first", "100", "--count", "100", "--seed", "9"]);
    slice("case.csv", &["--first", "100", "--count", "100", "--case", "larger"]);
    slice("set.csv", &["--first", "100", "--count", "100", "--set", "cash.opening=2M"]);
    slice("metric.csv", &["--first", "100", "--count", "100", "--metric", "ownership.ada"]);
    slice("even.csv", &["--first", "100", "--count", "100", "--points", "sobol"]);
    let refused = |arguments: &[&str], says: &str| refused(folder.path(), arguments, says);
    let merge = |files: &[&'static str], says: &str| refused(&[&["simulate", "--merge"], files].concat(), says);
    merge(&["a.csv", "c.csv"], "begins at draw 200, not 100");
    merge(&["a.csv", "a.csv"], "begins at draw 0, not 100");
    merge(&["a.csv", "b.csv", "b.csv", "c.csv"], "begins at draw 100, not 200");
    for other in ["seed.csv", "case.csv", "set.csv", "metric.csv", "even.csv"] {
        merge(&["a.csv", other], "is no slice of what");
    }
    merge(&["seed.toml"], "is no table of draws");
    merge(&["nothing.csv"], "error[file-missing]");
    // A file that was cut off, in a number too, and one with a number missing or too many.
    let whole = fs::read_to_string(folder.path().join("a.csv")).unwrap();
    let half = &whole[..whole.len() / 2];
    let last = &whole[..whole.len() - 4];
    let lines = whole.lines().take(50).fold(String::new(), |text, line| text + line + "\n");
    let less = whole.replacen("\n7,,", "\n7,", 1);
    let more = whole.replacen("\n7,,", "\n7,,0.5,", 1);
    let word = whole.replacen("\n7,,", "\n7,,x", 1);
    for (text, says) in [
        (half, "cut off"),
        (last, "cut off"),
        (&lines, "ends at draw 48"),
        (&less, "in draw 7"),
        (&more, "2 numbers for 1 results, in draw 7"),
        (&word, "for a number, in draw 7"),
        ("", "is no table of draws"),
        ("# {}\n", "is no table of draws"),
    ] {
        fs::write(folder.path().join("bad.csv"), text).unwrap();
        merge(&["bad.csv"], says);
    }
    // What is drawn was fixed when the slices were made: nothing of it is ignored.
    for more in [
        &["--seed", "2"][..],
        &["--draws", "5"],
        &["--metric", "ownership.ada"],
        &["--points", "sobol"],
        &["--case", "larger"],
        &["--set", "cash.opening=2M"],
        &["--first", "1"],
        &["--threads", "2"],
    ] {
        refused(&[&["simulate", "--merge", "a.csv"], more].concat(), "cannot be used with");
    }
    refused(&["simulate", "--merge", "a.csv", "--probability", "ownership.ada > 5%"], "error[unknown-result]");
}

// ---------------------------------------------------------------------------------------- what is refused

#[test]
fn arguments_that_mean_nothing_are_refused() {
    let folder = scratch();
    let bad = |more: &[&str], says: &str| refused(folder.path(), &[&["simulate", "seed.toml"], more].concat(), says);
    for quantiles in ["120%", "-1%", "x", "", "5%,,95%", "1/3"] {
        bad(&[&format!("--quantiles={quantiles}")], "error[bad-literal]");
    }
    bad(&["--probability", "ownership.fund"], "error[bad-goal]");
    bad(&["--probability", "ownership.fund >"], "error[bad-goal]");
    bad(&["--probability", "ownership.fund > soon"], "error[bad-goal]");
    bad(&["--probability", "ownership.* > 5%"], "error[bad-goal]");
    bad(&["--probability", "runway.plan.cash_out >= 2027-03"], "error[bad-goal]");
    bad(&["--probability", "ownership.fnud > 5%"], "did you mean `ownership.fund`?");
    bad(&["--metric", "ownership.fnud"], "did you mean `ownership.fund`?");
    bad(&["--metric", "price.sed"], "error[unknown-result]");
    bad(&["--first", "10001"], "error[out-of-range]");
    bad(&["--draws", "100", "--first", "90", "--count", "11"], "error[out-of-range]");
    bad(&["--draws", "100", "--first", "100"], "error[out-of-range]");
    bad(&["--draws", "0"], "error[out-of-range]");
    bad(&["--count", "0"], "error[out-of-range]");
    bad(&["--draws", "-5"], "unexpected argument");
    bad(&["--draws", "many"], "invalid value");
    bad(&["--threads", "0"], "invalid value");
    bad(&["--case", "lager"], "error[unknown-case]");
    refused(folder.path(), &["simulate"], "error[file-missing]");
    refused(folder.path(), &["simulate", "nothing.toml"], "error[file-missing]");
}

#[test]
fn nothing_that_is_read_is_written_over() {
    let folder = scratch();
    let at = folder.path();
    fs::write(at.join("over.toml"), "extends = \"seed.toml\"\n").unwrap();
    let output = |arguments: &[&str]| {
        let output = capsim(at, arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty());
        stderr(&output)
    };
    let draws = ["--draws", "10"];
    assert!(
        output(&[&["simulate", "seed.toml", "--per-draw", "./seed.toml"], &draws[..]].concat()).contains("is read")
    );
    // A file that is extended is read as well.
    assert!(output(&[&["simulate", "over.toml", "--per-draw", "seed.toml"], &draws[..]].concat()).contains("is read"));
    assert!(output(&[&["simulate", "over.toml", "--output", "seed.toml"], &draws[..]].concat()).contains("is read"));
    let both = ["simulate", "seed.toml", "--per-draw", "x.csv", "--output", "./x.csv"];
    assert!(output(&both).contains("name the same file"));
    assert_eq!(fs::read_to_string(at.join("seed.toml")).unwrap(), FILE);
    text(at, &["simulate", "seed.toml", "--draws", "10", "--per-draw", "a.csv"]);
    let before = fs::read(at.join("a.csv")).unwrap();
    for flag in ["--output", "--per-draw"] {
        let other = if flag == "--output" { "--per-draw" } else { "--output" };
        assert!(output(&["simulate", "--merge", "a.csv", flag, "a.csv"]).contains("is read"));
        assert!(output(&["simulate", "--merge", "a.csv", flag, "a.csv", other, "b.csv"]).contains("is read"));
    }
    let both = ["simulate", "--merge", "a.csv", "--per-draw", "x.csv", "--output", "x.csv"];
    assert!(output(&both).contains("name the same file"));
    assert!(fs::read(at.join("a.csv")).unwrap() == before && !at.join("b.csv").exists() && !at.join("x.csv").exists());
}

// ------------------------------------------------------------------------------------ draws without an answer

#[test]
fn draws_without_a_price_are_counted_and_named() {
    let folder = scratch();
    let arguments = ["simulate", "impossible.toml", "--draws", "4000", "--metric", "ownership.fund"];
    let study = json(folder.path(), &arguments);
    let refused = study["refused"].as_array().unwrap();
    // The valuation is between one and five millions, two of which are raised: one draw in four.
    let part = refused.len() as f64 / 4000.0;
    assert!((part - 0.25).abs() < 4.5 * (0.25f64 * 0.75 / 4000.0).sqrt(), "{part}");
    let drawn = draws(folder.path(), &arguments[1..]);
    for entry in refused {
        let place = usize::try_from(entry["draw"].as_u64().unwrap()).unwrap();
        assert!(entry["code"].is_string() && entry["why"].as_str().unwrap().contains("round.seed"), "{entry}");
        let line = &drawn[place + 1];
        assert!(line.starts_with(&format!("{place},")) && line.ends_with(','), "{line}");
        assert!(line.contains(entry["code"].as_str().unwrap()), "{line}");
    }
    // The numbers are over the others alone.
    let found = &study["metrics"]["ownership.fund"];
    let values: Vec<f64> = drawn[1..].iter().filter_map(|line| line.rsplit(',').next().unwrap().parse().ok()).collect();
    assert_eq!(found["draws"], values.len());
    assert_eq!((values.len() + refused.len(), &found["without_value"]), (4000, &Value::from(0)));
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    assert!((found["mean"].as_f64().unwrap() - mean).abs() < 1e-12);
    // Two millions over a valuation between two and five: 2 ln(5 / 2) / 3.
    let spread = found["standard_deviation"].as_f64().unwrap() / (values.len() as f64).sqrt();
    assert!((mean - 2.0 * 2.5f64.ln() / 3.0).abs() < 4.5 * spread, "{mean}");
    let page = text(folder.path(), &arguments);
    assert!(page.contains("Draws without an answer"), "{page}");
    assert!(page.contains(&format!("{} of 4,000 draws", grouped(refused.len()))), "{page}");
    let chance = ["--probability", "ownership.fund > 50%"];
    let chance = json(folder.path(), &[&arguments[..], &chance[..]].concat())["chances"][0].clone();
    assert_eq!(chance["draws"], values.len());
    assert_eq!(chance["holds"], values.iter().filter(|value| **value > 0.5).count());
    // Played exactly the same draws are refused, for the same reason.
    let few = ["simulate", "impossible.toml", "--draws", "60", "--metric", "ownership.fund"];
    let exact = json(folder.path(), &[&few[..], &["--metric", "flow.fund.invested"]].concat());
    assert_eq!(exact["played"]["as"], "exact decimals", "{}", exact["played"]);
    assert_eq!(exact["refused"], json(folder.path(), &few)["refused"]);
}

fn grouped(number: usize) -> String {
    if number < 1000 { number.to_string() } else { format!("{},{:03}", number / 1000, number % 1000) }
}

#[test]
fn a_quantile_is_named_as_it_was_asked_for() {
    let folder = scratch();
    let asked = ["--quantiles", "7%,28%,29%,57%,0.1%,99.9%,0%,100%", "--draws", "50", "--metric", "ownership.fund"];
    let study = json(folder.path(), &[&["simulate", "seed.toml"], &asked[..]].concat());
    let found = study["metrics"]["ownership.fund"]["quantiles"].as_object().unwrap();
    let names: Vec<&str> = found.keys().map(String::as_str).collect();
    assert_eq!(names, ["7%", "28%", "29%", "57%", "0.1%", "99.9%", "0%", "100%"]);
    let of = &study["metrics"]["ownership.fund"];
    assert_eq!((&found["0%"], &found["100%"]), (&of["least"], &of["most"]));
}

#[test]
fn a_result_drawn_for_a_statement_alone_is_not_shown() {
    let folder = scratch();
    let asked = ["--draws", "50", "--metric", "ownership.ada", "--probability", "runway.plan.months < 12"];
    let study = json(folder.path(), &[&["simulate", "seed.toml"], &asked[..]].concat());
    assert_eq!(study["metrics"].as_object().unwrap().keys().collect::<Vec<_>>(), ["ownership.ada"]);
    assert_eq!(study["chances"][0]["draws"], 50);
}

#[test]
fn a_round_that_some_draws_raise_is_asked_for_by_its_number() {
    let folder = scratch();
    let path = folder.path().join("raising.toml");
    let raised = "\n[round.next]\nwhen = { runway_below = 6, times = 2 }\nstep_up = 1\n\
        tranche.more = { investor = \"fund\", amount = \"3M\" }\n";
    let file = FILE.replace("opening = \"1M\"", "opening = \"1M\"\nmain_burn = \"plan\"");
    fs::write(path, file.replace("\n[cash]", &format!("{raised}[cash]"))).unwrap();
    let asked =
        ["simulate", "raising.toml", "--draws", "400", "--metric", "raised.next-1", "--metric", "raised.next-2"];
    let study = json(folder.path(), &asked);
    let draws = |number: usize| study["metrics"][format!("raised.next-{number}")]["draws"].as_u64().unwrap();
    assert!(draws(1) > draws(2) && draws(2) > 0, "{study}");
    assert_eq!(study["metrics"]["raised.next-2"]["mean"], 3_000_000.0);
    refused(folder.path(), &["simulate", "raising.toml", "--metric", "raised.next-3"], "raised.next-3");
}

#[test]
fn what_is_held_is_said() {
    let folder = scratch();
    let page = text(folder.path(), &["simulate", "seed.toml", "--draws", "50"]);
    assert!(page.contains("held as `run` has them") && page.contains("round.seed.tranche.fund.amount"), "{page}");
}

#[cfg(unix)]
#[test]
fn a_simulation_that_is_stopped_says_what_was_done() {
    let folder = scratch();
    let arguments = ["simulate", "seed.toml", "--draws", "100000000", "--threads", "2", "--metric", "ownership.fund"];
    let mut study = Command::new(env!("CARGO_BIN_EXE_capsim"));
    let study = study
        .args(arguments)
        .args(["--format", "json", "--per-draw", "part.csv"])
        .current_dir(folder.path())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(std::time::Duration::from_millis(2_500));
    assert!(Command::new("kill").args(["-INT", &study.id().to_string()]).status().unwrap().success());
    let output = study.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", stderr(&output));
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    let done = found["draws"].as_u64().unwrap();
    assert!(done > 0 && done.is_multiple_of(4096) && found["asked"] == 100_000_000u64, "{done}");
    // What was done is what a run of so many draws is, but for how many were asked for.
    let count = done.to_string();
    let whole = json(folder.path(), &["simulate", "seed.toml", "--draws", &count, "--metric", "ownership.fund"]);
    assert_eq!(whole["metrics"], found["metrics"]);
    // Merged it is still unfinished, and says so.
    let merged = capsim(folder.path(), &["simulate", "--merge", "part.csv"]);
    assert_eq!(merged.status.code(), Some(130), "{}", stderr(&merged));
    assert!(stdout(&merged).contains("stopped: "), "{}", stdout(&merged));
}

#[test]
fn an_unfinished_last_slice_leaves_the_whole_unfinished() {
    let folder = scratch();
    let all = ["simulate", "seed.toml", "--draws", "200", "--metric", "ownership.fund"];
    text(folder.path(), &[&all[..], &["--count", "100", "--per-draw", "a.csv"]].concat());
    text(folder.path(), &[&all[..], &["--first", "100", "--count", "50", "--per-draw", "b.csv"]].concat());
    // As if the second had been stopped at half of what was asked for.
    let second = fs::read_to_string(folder.path().join("b.csv")).unwrap();
    assert!(second.contains("\"asked\":50"));
    fs::write(folder.path().join("b.csv"), second.replacen("\"asked\":50", "\"asked\":100", 1)).unwrap();
    let merged = capsim(folder.path(), &["simulate", "--merge", "a.csv", "b.csv", "--format", "json"]);
    assert_eq!(merged.status.code(), Some(130));
    let merged: Value = serde_json::from_slice(&merged.stdout).unwrap();
    assert_eq!((&merged["draws"], &merged["asked"]), (&Value::from(150), &Value::from(200)));
    // With what was missing it is whole.
    text(folder.path(), &[&all[..], &["--first", "150", "--per-draw", "c.csv"]].concat());
    let merged = text(folder.path(), &["simulate", "--merge", "a.csv", "b.csv", "c.csv", "--format", "json"]);
    assert_eq!(merged, text(folder.path(), &[&all[..], &["--format", "json"]].concat()));
}

// ------------------------------------------------------------------------------------------ compare --draws

#[test]
fn a_scenario_against_itself_differs_by_nothing_in_any_draw() {
    let folder = scratch();
    fs::copy(folder.path().join("seed.toml"), folder.path().join("same.toml")).unwrap();
    let arguments = ["compare", "seed.toml", "same.toml", "--draws", "3000", "--metric", "ownership.*"];
    let found = json(folder.path(), &[&arguments[..], &["--metric", "runway.*.months"]].concat());
    assert_eq!(found["schema"], "capsim.simulated-comparison/1");
    let metrics = found["differences"][0]["metrics"].as_object().unwrap();
    assert_eq!(metrics.len(), 4);
    for (path, of) in metrics {
        for key in ["mean", "standard_deviation", "least", "most"] {
            assert_eq!(of[key], 0.0, "{path}.{key}");
        }
        assert!(of["quantiles"].as_object().unwrap().values().all(|value| *value == 0.0));
        assert_eq!((&of["larger"], &of["smaller"], &of["draws"]), (&0.into(), &0.into(), &3000.into()));
    }
}

#[test]
fn a_difference_has_the_sign_of_what_was_moved() {
    let folder = scratch();
    let arguments = ["compare", "seed.toml", "seed.toml@larger", "--draws", "3000", "--metric", "ownership.*"];
    let said = ["--metric", "runway.plan.months", "--probability", "ownership.fund > 30%"];
    let found = json(folder.path(), &[&arguments[..], &said[..]].concat());
    let of = |path: &str| found["differences"][0]["metrics"][path].clone();
    // Two millions more: the fund owns more in every draw, the founder less, and the money lasts longer.
    assert_eq!((&of("ownership.fund")["larger"], &of("ownership.fund")["smaller"]), (&3000.into(), &0.into()));
    assert_eq!((&of("ownership.ada")["larger"], &of("ownership.ada")["smaller"]), (&0.into(), &3000.into()));
    assert!(of("ownership.fund")["least"].as_f64().unwrap() > 0.0);
    assert_eq!(of("runway.plan.months")["smaller"], 0);
    // The mean of the differences is the difference of the means.
    let alone = |file: &str| json(folder.path(), &["simulate", file, "--draws", "3000", "--metric", "ownership.*"]);
    let (base, other) = (alone("seed.toml"), alone("seed.toml@larger"));
    let number = |study: &Value, key: &str| study["metrics"]["ownership.fund"][key].as_f64().unwrap();
    let mean = of("ownership.fund")["mean"].as_f64().unwrap();
    assert!((mean - (number(&other, "mean") - number(&base, "mean"))).abs() < 1e-12);
    // On random numbers of their own they would differ far more.
    let spread = of("ownership.fund")["standard_deviation"].as_f64().unwrap();
    let apart = number(&base, "standard_deviation").hypot(number(&other, "standard_deviation"));
    assert!(spread < 0.5 * apart, "{spread} of {apart}");
    // A statement has the chance that `simulate` gives it.
    let chance = &found["chances"][0];
    for (label, file) in [("seed", "seed.toml"), ("larger", "seed.toml@larger")] {
        let alone =
            json(folder.path(), &["simulate", file, "--draws", "3000", "--probability", "ownership.fund > 30%"]);
        assert_eq!(chance["in"][label]["holds"], alone["chances"][0]["holds"], "{chance}");
    }
    // The other way round it is the negative, and threads do not matter.
    let turned = ["compare", "seed.toml@larger", "seed.toml", "--draws", "3000", "--metric", "ownership.fund"];
    let turned = json(folder.path(), &turned);
    let turned = &turned["differences"][0]["metrics"]["ownership.fund"];
    assert!((turned["mean"].as_f64().unwrap() + mean).abs() < 1e-15);
    assert_eq!(turned["smaller"], 3000);
    let on = |threads| text(folder.path(), &[&arguments[..], &["--threads", threads]].concat());
    assert_eq!(on("1"), on("7"));
    let on = |seed| text(folder.path(), &[&arguments[..], &["--seed", seed]].concat());
    assert_ne!(on("1"), on("2"));
}

#[test]
fn a_comparison_of_draws_is_a_page_a_table_and_data() {
    let folder = scratch();
    let arguments = ["compare", "seed.toml", "--draws", "200", "--quantiles", "10%,90%"];
    // One file alone is compared with its cases.
    let page = text(folder.path(), &arguments);
    for heading in ["larger less seed, draw by draw", "held less seed, draw by draw", "spread less seed"] {
        assert!(page.contains(heading), "{page}");
    }
    assert!(page.contains("drawn in seed alone: round.seed.pre_money"), "{page}");
    assert!(page.contains("drawn in spread alone: cash.minimum"), "{page}");
    assert!(page.contains("200 draws of each on the same random numbers, seed 1"), "{page}");
    let csv = text(folder.path(), &[&arguments[..], &["--format", "csv"]].concat());
    let lines: Vec<&str> = csv.lines().collect();
    assert!(lines[0].starts_with("scenario,result,mean,std dev,p10,p90,draws,"), "{}", lines[0]);
    assert!(lines[0].ends_with("larger in,smaller in"), "{}", lines[0]);
    assert_eq!(lines.len(), 1 + 3 * 4, "three cases, four results: {csv}");
    let fields = lines[0].split(',').count();
    assert!(lines.iter().all(|line| line.split(',').count() == fields), "{csv}");
    assert!(text(folder.path(), &[&arguments[..], &["--format", "markdown"]].concat()).contains("| larger in |"));
    let found = json(folder.path(), &arguments);
    assert_eq!(found["subjects"].as_array().unwrap().len(), 4);
    assert_eq!(found["differences"].as_array().unwrap().len(), 3);
    // Written whole, to a file.
    text(folder.path(), &[&arguments[..], &["--output", "page.txt"]].concat());
    assert_eq!(fs::read_to_string(folder.path().join("page.txt")).unwrap(), page);
}

#[test]
fn draws_without_an_answer_in_either_are_left_out_of_a_difference() {
    let folder = scratch();
    let later = IMPOSSIBLE.replace("amount = \"2M\"", "amount = \"2.5M\"");
    fs::write(folder.path().join("more.toml"), later).unwrap();
    let arguments = ["compare", "impossible.toml", "more.toml", "--draws", "2000", "--metric", "ownership.fund"];
    let found = json(folder.path(), &arguments);
    let refused = |place: usize| found["subjects"][place]["refused"].as_array().unwrap().len();
    // Whoever has no price at two millions has none at two and a half.
    assert!(refused(0) > 400 && refused(1) > refused(0));
    let of = &found["differences"][0];
    assert_eq!(of["without_answer"], refused(1));
    assert_eq!(of["metrics"]["ownership.fund"]["draws"], 2000 - refused(1));
    assert_eq!(of["metrics"]["ownership.fund"]["without_value"], 0);
    assert_eq!(of["metrics"]["ownership.fund"]["larger"], 2000 - refused(1));
}

#[test]
fn what_cannot_be_compared_by_draws_is_refused() {
    let folder = scratch();
    let at = folder.path();
    text(at, &["run", "seed.toml", "--format", "json", "--output", "saved.json"]);
    fs::write(at.join("euro.toml"), FILE.replace("\"USD\"", "\"EUR\"")).unwrap();
    let bad = |arguments: &[&str], says: &str| refused(at, &[&["compare"], arguments].concat(), says);
    let two = ["seed.toml", "seed.toml@larger"];
    for flag in ["--burns", "--all", "--fail-on-change"] {
        bad(&[&two[..], &["--draws", "10", flag]].concat(), "cannot be used with");
    }
    for more in [
        &["--seed", "1"][..],
        &["--metric", "ownership.ada"],
        &["--probability", "ownership.ada > 1%"],
        &["--quantiles", "5%"],
        &["--threads", "1"],
    ] {
        bad(&[&two[..], more].concat(), "--draws <N>");
    }
    bad(&["saved.json", "seed.toml", "--draws", "10"], "error[bad-result-file]");
    bad(&["seed.toml", "euro.toml", "--draws", "10"], "error[wrong-currency]");
    bad(&["impossible.toml", "--draws", "10"], "error[unknown-case]");
    bad(&["seed.toml", "nothing.toml", "--draws", "10"], "error[file-missing]");
    bad(&[&two[..], &["--draws", "0"]].concat(), "error[out-of-range]");
    bad(&[&two[..], &["--draws", "10", "--metric", "ownership.eve"]].concat(), "error[unknown-result]");
    bad(&[&two[..], &["--draws", "10", "--quantiles", "101%"]].concat(), "error[bad-literal]");
    bad(&[&two[..], &["--draws", "10", "--probability", "ownership.ada"]].concat(), "error[bad-goal]");
    let output = capsim(at, &["compare", "seed.toml", "seed.toml@larger", "--draws", "10", "--output", "seed.toml"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(fs::read_to_string(at.join("seed.toml")).unwrap(), FILE);
}
