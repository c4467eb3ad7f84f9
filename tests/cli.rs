//! The command line as scripts and people meet it: exit codes, where output goes, what is left untouched.

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
use std::process::Stdio;

const SEED: &str = r#"
title = "One round"
currency = "USD"
as_of = 2026-01-01
horizon = 2026-12-31
holder = { ada = {}, fund = {} }
cash = { opening = "1M" }
[opening]
date = 2025-01-01
fully_diluted = 10_000_000
stake = { ada = "rest" }
[round.seed]
date = 2026-02-01
pre_money = "8M"
tranche.fund = { investor = "fund", amount = "2M" }
[burn.plan]
measure = "cash"
rate = "100K/month"
[case.larger]
title = "four million"
round.seed.tranche.fund.amount = "4M"
"#;

fn scratch() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("seed.toml"), SEED).unwrap();
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

#[test]
fn a_metric_is_one_value_alone() {
    let folder = scratch();
    let output = capsim(folder.path(), &["run", "seed.toml", "--metric", "ownership.fund"]);
    assert_eq!(stdout(&output), "0.2\n");
    let output = capsim(folder.path(), &["run", "seed.toml@larger", "--metric", "price.seed"]);
    assert_eq!(stdout(&output), "0.8\n");
    let output = capsim(folder.path(), &["run", "seed.toml", "--metric", "runway.plan.months"]);
    assert_eq!(stdout(&output), "not within the horizon\n");
    let several = capsim(
        folder.path(),
        &["run", "seed.toml", "--metric", "ownership.*", "--metric", "ownership.fund@2026-01-31"],
    );
    assert_eq!(stdout(&several), "ownership.ada\t0.8\nownership.fund\t0.2\nownership.fund@2026-01-31\t0\n");
    let event = capsim(folder.path(), &["run", "seed.toml", "--metric", "ownership.fund@round.seed"]);
    assert_eq!(stdout(&event), "0.2\n");
}

#[test]
fn an_unknown_result_is_refused_with_the_nearest() {
    let folder = scratch();
    let output = capsim(folder.path(), &["run", "seed.toml", "--metric", "ownership.fnud"]);
    refused(&output, "unknown-result");
    assert!(stderr(&output).contains("did you mean `ownership.fund`?"));
    refused(&capsim(folder.path(), &["run", "seed.toml", "--metric", "ownership.fund@round.sead"]), "unknown-result");
    refused(&capsim(folder.path(), &["explain", "seed.toml", "price.sed"]), "unknown-result");
}

#[test]
fn set_and_remove_change_what_is_there_and_create_nothing() {
    let folder = scratch();
    let price = |arguments: &[&str]| {
        let mut all = vec!["run", "seed.toml", "--metric", "post_money.seed"];
        all.extend(arguments);
        capsim(folder.path(), &all)
    };
    assert_eq!(stdout(&price(&["--set", "round.seed.tranche.fund.amount=4M"])), "12000000\n");
    // Naming the post-money drops the pre-money, as in a file.
    assert_eq!(stdout(&price(&["--set", "round.seed.post_money=9M"])), "9000000\n");
    assert_eq!(stdout(&price(&["--case", "larger", "--set", "round.seed.pre_money=6M"])), "10000000\n");
    let misspelt = price(&["--set", "round.seed.tranche.fnud.amount=4M"]);
    refused(&misspelt, "unknown-path");
    assert!(stderr(&misspelt).contains("round.seed.tranche.fund.amount"), "{}", stderr(&misspelt));
    refused(&price(&["--set", "round.seed.amount=4M"]), "unknown-path");
    refused(&price(&["--set", "round.seed.pre_money=8%"]), "bad-literal");
    refused(&price(&["--set", "horizon=2026-02-30"]), "bad-date");
    refused(&price(&["--set", "nothing"]), "unknown-path");
    refused(&price(&["--remove", "round.seed.tranche.fnud"]), "unknown-path");
    refused(&price(&["--remove", "round.seed.tranche.fund"]), "missing-key");
    refused(&price(&["--case", "lager"]), "unknown-case");
    let table = price(&["--set", "round.seed.pre_money={ value = \"6M\", low = \"5M\" }"]);
    assert_eq!(stdout(&table), "8000000\n", "{}", stderr(&table));
    refused(&price(&["--set", "round.seed.pre_money.low=9M", "--set", "round.seed.pre_money.high=7M"]), "bad-figure");
}

/// A file that takes the name of a device, a pipe or a link destroys it: `--output /dev/stdout` is such a link, and
/// whoever may write to /dev would lose `/dev/null` to a table.
#[cfg(unix)]
#[test]
fn output_leaves_links_and_pipes_what_they_are() {
    use std::os::unix::fs::FileTypeExt;
    let folder = scratch();
    let metric = |output: &str| capsim(folder.path(), &["run", "seed.toml", "--metric", "price.seed", "-o", output]);
    fs::write(folder.path().join("kept.txt"), "old").unwrap();
    std::os::unix::fs::symlink("kept.txt", folder.path().join("link.txt")).unwrap();
    assert!(metric("link.txt").status.success());
    assert!(fs::symlink_metadata(folder.path().join("link.txt")).unwrap().is_symlink());
    assert_ne!(fs::read_to_string(folder.path().join("kept.txt")).unwrap(), "old");

    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || fs::read_to_string(pipe).unwrap()
    });
    assert!(metric("pipe").status.success());
    assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo(), "the pipe was replaced");
    assert_eq!(reader.join().unwrap(), fs::read_to_string(folder.path().join("kept.txt")).unwrap());
}

#[test]
fn output_is_written_whole_or_not_at_all() {
    let folder = scratch();
    let path = folder.path().join("result.json");
    let output = capsim(folder.path(), &["run", "seed.toml", "--format", "json", "--output", "result.json"]);
    assert!(output.status.success() && output.stdout.is_empty());
    let first = fs::read_to_string(&path).unwrap();
    assert!(first.ends_with("}\n"));
    // A refusal leaves the old file as it was.
    let arguments =
        ["run", "seed.toml", "--set", "round.seed.pre_money=0", "--format", "json", "--output", "result.json"];
    refused(&capsim(folder.path(), &arguments), "not-positive");
    assert_eq!(fs::read_to_string(&path).unwrap(), first);
    // An input is never overwritten.
    let output = capsim(folder.path(), &["run", "seed.toml", "--output", "./seed.toml"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(fs::read_to_string(folder.path().join("seed.toml")).unwrap(), SEED);
    // Nothing is left beside.
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
    // A folder that is not there is the machine's fault.
    let output = capsim(folder.path(), &["run", "seed.toml", "--output", "nowhere/result.txt"]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
}

#[test]
fn compare_takes_files_cases_and_saved_results() {
    let folder = scratch();
    capsim(folder.path(), &["run", "seed.toml", "--format", "json", "--output", "saved.json"]);
    let same = capsim(folder.path(), &["compare", "saved.json", "seed.toml", "--fail-on-change"]);
    assert_eq!(same.status.code(), Some(0), "{}", stdout(&same));
    let changed = capsim(folder.path(), &["compare", "saved.json", "seed.toml@larger", "--fail-on-change"]);
    assert_eq!(changed.status.code(), Some(1));
    let page = stdout(&changed);
    assert!(page.contains("+13.33 pt") && page.contains("round.seed.tranche.fund.amount"), "{page}");
    // One file alone is laid beside its cases.
    let cases = stdout(&capsim(folder.path(), &["compare", "seed.toml"]));
    assert!(cases.contains("four million"), "{cases}");
    fs::write(folder.path().join("other.json"), "{}").unwrap();
    refused(&capsim(folder.path(), &["compare", "seed.toml", "other.json"]), "bad-result-file");
    refused(&capsim(folder.path(), &["compare", "seed.toml", "missing.json"]), "file-missing");
    // What differs one way differs the other way with the other sign.
    let there: serde_json::Value = serde_json::from_slice(
        &capsim(folder.path(), &["compare", "seed.toml", "seed.toml@larger", "--format", "json"]).stdout,
    )
    .unwrap();
    let back: serde_json::Value = serde_json::from_slice(
        &capsim(folder.path(), &["compare", "seed.toml@larger", "seed.toml", "--format", "json"]).stdout,
    )
    .unwrap();
    let changes = there["metrics"].as_object().unwrap();
    assert!(changes.len() > 5);
    for (path, entry) in changes {
        if let (Some(forth), Some(back)) = (entry["changes"][1].as_str(), back["metrics"][path]["changes"][1].as_str())
        {
            assert_eq!(forth.trim_start_matches('-'), back.trim_start_matches('-'), "{path}");
            assert_ne!(forth.starts_with('-'), back.starts_with('-'), "{path}");
        }
    }
}

#[test]
fn several_files_are_all_or_nothing() {
    let folder = scratch();
    fs::write(folder.path().join("broken.toml"), "title = 1").unwrap();
    let output = capsim(folder.path(), &["run", "seed.toml", "broken.toml"]);
    refused(&output, "wrong-kind");
    let output = capsim(folder.path(), &["run", "seed.toml", "seed.toml@larger", "--metric", "ownership.fund"]);
    assert_eq!(
        stdout(&output),
        "seed.toml\townership.fund\t0.2\nseed.toml@larger\townership.fund\t0.3333333333333333333333333333\n"
    );
    refused(&capsim(folder.path(), &["run", "missing.toml"]), "file-missing");
    fs::create_dir(folder.path().join("empty")).unwrap();
    refused(&capsim(folder.path(), &["run", "empty"]), "file-missing");
}

#[test]
fn extends_stays_inside_unless_a_folder_is_allowed() {
    let folder = scratch();
    let inner = folder.path().join("inner");
    fs::create_dir(&inner).unwrap();
    fs::write(inner.join("over.toml"), "extends = \"../seed.toml\"\ntitle = \"over\"\n").unwrap();
    refused(&capsim(&inner, &["run", "over.toml"]), "file-refused");
    let allowed = capsim(&inner, &["run", "over.toml", "--allow-outside", "..", "--metric", "ownership.fund"]);
    assert_eq!(stdout(&allowed), "0.2\n", "{}", stderr(&allowed));
    // From above it lies below the working directory.
    let above = capsim(folder.path(), &["run", "inner/over.toml", "--metric", "ownership.fund"]);
    assert_eq!(stdout(&above), "0.2\n", "{}", stderr(&above));
    #[cfg(unix)]
    {
        // A link that leads outside is judged by where it leads; a pipe is refused before it is opened.
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("base.toml"), SEED).unwrap();
        std::os::unix::fs::symlink(outside.path().join("base.toml"), inner.join("link.toml")).unwrap();
        fs::write(inner.join("linked.toml"), "extends = \"link.toml\"\n").unwrap();
        refused(&capsim(&inner, &["run", "linked.toml"]), "file-refused");
        assert!(Command::new("mkfifo").arg(inner.join("pipe.toml")).status().unwrap().success());
        fs::write(inner.join("piped.toml"), "extends = \"pipe.toml\"\n").unwrap();
        refused(&capsim(&inner, &["run", "piped.toml"]), "file-refused");
        refused(&capsim(&inner, &["run", "pipe.toml"]), "file-refused");
    }
}

#[test]
fn a_diamond_is_applied_once_and_depth_has_an_end() {
    let folder = scratch();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("left.toml", "extends = \"seed.toml\"\nround.seed.pre_money = \"6M\"\n");
    write("right.toml", "extends = \"seed.toml\"\nround.seed.tranche.fund.amount = \"3M\"\n");
    write("both.toml", "extends = [\"left.toml\", \"right.toml\"]\ntitle = \"both\"\n");
    // The shared base, reached again through the right, does not undo the left.
    let output = capsim(folder.path(), &["run", "both.toml", "--metric", "post_money.seed"]);
    assert_eq!(stdout(&output), "9000000\n", "{}", stderr(&output));
    write("cased.toml", "extends = \"seed.toml@larger\"\ntitle = \"cased\"\n");
    let output = capsim(folder.path(), &["run", "cased.toml", "--metric", "raised.seed"]);
    assert_eq!(stdout(&output), "4000000\n", "{}", stderr(&output));
    // A case that a base has applied is laid over again, with what the file adds to it.
    write(
        "again.toml",
        "extends = \"seed.toml@larger\"\ntitle = \"again\"\n[case.larger]\nround.seed.pre_money = \"6M\"\n",
    );
    let output = capsim(folder.path(), &["run", "again.toml@larger", "--metric", "post_money.seed"]);
    assert_eq!(stdout(&output), "10000000\n", "{}", stderr(&output));
    write("f0.toml", "extends = \"seed.toml\"\n");
    for index in 1..40 {
        write(&format!("f{index}.toml"), &format!("extends = \"f{}.toml\"\n", index - 1));
    }
    refused(&capsim(folder.path(), &["run", "f39.toml"]), "file-too-large");
}

#[test]
fn init_writes_a_scenario_that_runs_and_leaves_others_alone() {
    let folder = tempfile::tempdir().unwrap();
    assert!(capsim(folder.path(), &["init"]).status.success());
    let output = capsim(folder.path(), &["run", "scenario.toml"]);
    assert!(output.status.success() && stdout(&output).contains("Who owns it"), "{}", stderr(&output));
    assert!(capsim(folder.path(), &["check", "scenario.toml"]).status.success());
    let again = capsim(folder.path(), &["init"]);
    assert_eq!(again.status.code(), Some(2));
    assert_eq!(
        stdout(&capsim(folder.path(), &["init", "-"])),
        fs::read_to_string(folder.path().join("scenario.toml")).unwrap()
    );
}

#[test]
fn the_schema_is_json_and_accepts_what_ships() {
    let folder = scratch();
    let output = capsim(folder.path(), &["schema"]);
    let schema: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(schema["$schema"].as_str().unwrap().contains("draft-07"));
    assert!(stdout(&capsim(folder.path(), &["schema", "--reference"])).contains("[round.ID.tranche.ID]"));
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(capsim(folder.path(), &["completions", shell]).stdout.len() > 500, "{shell}");
    }
}

#[test]
fn help_has_examples_and_usage_errors_are_refusals() {
    let folder = scratch();
    for command in ["run", "compare", "payouts", "portfolio", "check", "explain", "schema", "completions"] {
        let output = capsim(folder.path(), &[command, "--help"]);
        assert!(output.status.success() && stdout(&output).contains("Example"), "{command}");
    }
    assert!(stdout(&capsim(folder.path(), &["--help"])).contains("Exit codes"));
    let output = capsim(folder.path(), &["rum", "seed.toml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
}

#[test]
fn names_cannot_act_on_a_terminal() {
    let folder = scratch();
    let text = SEED.replace("ada = {}", r#"ada = { name = "Ada\u001b[31m \u202e\u0007|<b>=1+1" }"#);
    fs::write(folder.path().join("name.toml"), text.replace("One round", "=cmd|' /C calc'!A0")).unwrap();
    for arguments in [["run", "name.toml", "--format", "terminal"], ["run", "name.toml", "--format", "markdown"]] {
        let page = stdout(&capsim(folder.path(), &arguments));
        assert!(page.contains("Ada") && !page.chars().any(|c| c.is_control() && c != '\n'), "{page:?}");
        assert!(!page.contains('\u{202e}'));
    }
    let markdown = stdout(&capsim(folder.path(), &["run", "name.toml", "--format", "markdown"]));
    assert!(!markdown.contains("<b>") || markdown.contains("\\<b"), "{markdown}");
    let csv = stdout(&capsim(folder.path(), &["run", "name.toml", "--view", "ownership", "--format", "csv"]));
    assert!(!csv.lines().any(|line| line.starts_with('=')), "{csv}");
    // The name itself survives where a machine reads it.
    let json = capsim(folder.path(), &["run", "name.toml", "--format", "json"]);
    assert!(serde_json::from_slice::<serde_json::Value>(&json.stdout).is_ok());
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let folder = scratch();
    let mut child = Command::new(env!("CARGO_BIN_EXE_capsim"))
        .args(["schema"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.stderr.is_empty(), "{}", stderr(&output));
    assert_eq!(output.status.code(), Some(0));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_the_machines_fault() {
    let folder = scratch();
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_capsim"))
        .args(["run", "seed.toml"])
        .current_dir(folder.path())
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).starts_with("error: "));
}

#[test]
fn colours_only_where_they_are_wanted() {
    let folder = scratch();
    assert!(!stdout(&capsim(folder.path(), &["run", "seed.toml"])).contains('\u{1b}'));
    assert!(stdout(&capsim(folder.path(), &["run", "seed.toml", "--color", "always"])).contains('\u{1b}'));
    let output = capsim(folder.path(), &["run", "seed.toml", "--color", "always", "--set", "round.seed.pre_money=0"]);
    assert!(stderr(&output).contains('\u{1b}'));
}

#[test]
fn explain_gives_formula_numbers_and_places() {
    let folder = scratch();
    let page = stdout(&capsim(folder.path(), &["explain", "seed.toml", "ownership.fund"]));
    assert!(page.contains("= 2,500,000 / 12,500,000 = 20 %"), "{page}");
    assert!(page.contains("seed.toml:15"), "{page}");
    // Every result can be explained.
    let csv = stdout(&capsim(folder.path(), &["run", "seed.toml", "--format", "csv"]));
    let paths: Vec<&str> = csv.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
    assert!(paths.len() > 30);
    for path in paths {
        let output = capsim(folder.path(), &["explain", "seed.toml", path]);
        assert!(output.status.success() && stdout(&output).lines().count() >= 2, "{path}: {}", stdout(&output));
    }
}

const SOLD: &str = r#"
title = "Sold"
currency = "USD"
as_of = 2026-01-01
horizon = 2028-12-31
rounding = { shares = "fractional" }
holder = { ada = {}, fund = {} }
class.a = { kind = "preferred", issue_price = 2.5, preference = { multiple = 1, seniority = 1, participation = "none" } }
[opening]
date = 2025-01-01
shares = { ada = 8_000_000 }
position.a = { holder = "fund", class = "a", shares = 2_000_000, paid = 2.5, date = 2024-01-01 }
[exit.sale]
kind = "sale"
date = 2027-01-01
equity_value = "30M"
[case.two.exit.end]
kind = "wind-up"
date = 2027-06-30
equity_value = "3M"
[case.far.exit.sale]
date = 2030-01-01
"#;

#[test]
fn payouts_show_a_sale_over_a_range() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("sold.toml"), SOLD).unwrap();
    let run = |arguments: &[&str]| {
        let mut all = vec!["payouts"];
        all.extend(arguments);
        capsim(folder.path(), &all)
    };
    let csv = run(&["sold.toml", "--vary", "exit.sale.equity_value=5M,25M,50M", "--format", "csv"]);
    assert_eq!(
        stdout(&csv),
        "equity_value,holder.ada,holder.fund\n5000000,0,5000000\n25000000,20000000,5000000\n50000000,40000000,10000000\n"
    );
    let page = stdout(&run(&["sold.toml"]));
    assert!(page.contains("over exit.sale.equity_value\n  ● ada   ■ fund"), "{page}");
    assert!(page.contains("a converts"), "{page}");
    let json: serde_json::Value = serde_json::from_slice(
        &run(&["sold.toml", "--by", "class", "--vary", "exit.sale.equity_value=0..20M/10M", "--format", "json"]).stdout,
    )
    .unwrap();
    assert_eq!(json["values"], serde_json::json!(["0", "10000000", "20000000"]));
    assert_eq!(json["payouts"]["class.a"], serde_json::json!(["0", "5000000", "5000000"]));
    assert_eq!(json["breakpoints"], serde_json::json!(["0", "5000000", "25000000"]));
    // Which sale, where there are two.
    let two = stdout(&run(&["sold.toml", "--case", "two"]));
    assert!(
        two.contains("sale: what a sale pays") && two.contains("the first of several sales: --exit chooses"),
        "{two}"
    );
    let other = ["sold.toml", "--case", "two", "--exit", "end", "--vary", "exit.sale.equity_value=1M,2M"];
    refused(&run(&other), "unknown-path");
    assert!(stdout(&run(&["sold.toml", "--case", "two", "--exit", "end"])).contains("end: what a sale pays"));
    refused(&run(&["sold.toml", "--exit", "sail"]), "unknown-path");
    refused(&run(&["sold.toml", "--case", "far"]), "unknown-path");
    refused(&run(&["sold.toml", "--vary", "exit.sale.equity=1M,2M"]), "unknown-path");
    refused(&run(&["sold.toml", "--vary", "exit.sale.equity_value"]), "unknown-path");
    for range in ["5..1/1", "0..10M", "0..10M/0", "1M,2bn", "-1M,2M"] {
        refused(&run(&["sold.toml", "--vary", &format!("exit.sale.equity_value={range}")]), "bad-literal");
    }
    refused(&run(&["sold.toml", "--vary", "exit.sale.equity_value=0..1M/1"]), "too-many-points");
    refused(&run(&["sold.toml", "--vary", "exit.sale.equity_value=€1M,€2M"]), "wrong-currency");
    refused(&capsim(folder.path(), &["payouts", "missing.toml"]), "file-missing");
}

#[test]
fn exits_are_explained_compared_and_read_at_their_branch() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("sold.toml"), SOLD).unwrap();
    let why = stdout(&capsim(
        folder.path(),
        &["explain", "sold.toml", "payout.sale.fund", "return.sale.fund.irr", "breakpoint.sale.2"],
    ));
    for part in [
        "every preference is covered: $30M / 10,000,000 shares that count = $3.00",
        "converts: 2,000,000 shares at $3.00; it is owed $5M if it does not",
        "(0 received before + 6M here) / 5M put in = 1.2 times",
        "ada",
        "exit.sale.equity_value",
    ] {
        assert!(why.contains(part), "{part} is not in\n{why}");
    }
    let page = stdout(&capsim(folder.path(), &["compare", "sold.toml", "sold.toml@two"]));
    assert!(page.contains("What exits pay") && page.contains("end.fund"), "{page}");
    let branch = capsim(folder.path(), &["run", "sold.toml", "--metric", "ownership.fund@exit.sale"]);
    assert_eq!(stdout(&branch), "0.2\n");
    let far = capsim(folder.path(), &["run", "sold.toml", "--case", "far"]);
    assert!(stdout(&far).contains("beyond-horizon"), "{}", stdout(&far));
}

#[test]
fn a_safe_that_is_owed_more_than_it_paid_is_a_finding() {
    let folder = tempfile::tempdir().unwrap();
    let text = r#"
title = "Overhang"
currency = "USD"
as_of = 2026-01-01
rounding = { shares = "fractional" }
holder = { ada = {}, angel = {}, fund = {} }
class.a = { kind = "preferred", preference = { multiple = 1, seniority = 1, participation = "none" } }
class.s = { kind = "preferred", preference = { multiple = 1, seniority = 1, participation = "none" } }
[opening]
date = 2025-01-01
shares = { ada = 9_000_000 }
[safe.early]
holder = "angel"
date = 2025-02-01
amount = "1M"
form = "post-money"
cap = "10M"
[round.a]
date = 2026-03-01
class = "a"
pre_money = "40M"
conversions = "inside"
tranche.fund = { investor = "fund", amount = "8M" }
[exit.sale]
kind = "sale"
date = 2027-01-01
equity_value = "10M"
"#;
    fs::write(folder.path().join("over.toml"), text).unwrap();
    let found = stdout(&capsim(folder.path(), &["run", "over.toml", "--view", "findings"]));
    assert!(
        found.contains("`safe.early` became shares of `class.a` that are owed 4M first, for the 1M put in"),
        "{found}"
    );
    let tiny = capsim(folder.path(), &["run", "over.toml", "--set", "exit.sale.equity_value=10", "--view", "findings"]);
    assert!(stdout(&tiny).contains("`exit.sale.equity_value` is 10, and 12M is owed first"), "{}", stdout(&tiny));
    let own = ["run", "over.toml", "--set", "safe.early.into=s", "--metric", "payout.sale.angel"];
    let own = capsim(folder.path(), &own);
    assert_eq!((stdout(&own).as_str(), stderr(&own).as_str()), ("1000000\n", ""));
}

const SUPPLIED: &str = r#"
title = "A supplier that invests"
currency = "USD"
as_of = 2026-01-01
horizon = 2026-12-31
rounding = { shares = "fractional" }
holder = { ada = {}, fund = { name = "First Fund", backlog = "10M" } }
[opening]
date = 2025-01-01
shares = { ada = 8_000_000 }
[opening.position.fund]
holder = "fund"
class = "common"
shares = 1_000_000
paid = 0.5
[note.bridge]
holder = "fund"
date = 2025-06-01
amount = "1M"
interest = "none"
cap = "20M"
cap_counts = "before-new-money"
[commitment.servers]
to = "fund"
amount = "4M"
from = 2026-01-01
months = 24
within_burn = true
[case.to-the-company]
opening.position.fund.paid_to = "company"
"#;

#[test]
fn a_portfolio_lays_one_holder_over_several_companies() {
    let folder = scratch();
    fs::write(folder.path().join("supplied.toml"), SUPPLIED).unwrap();
    fs::write(folder.path().join("other.toml"), SUPPLIED.replace("fund", "angel")).unwrap();
    fs::write(folder.path().join("euro.toml"), SUPPLIED.replace("USD", "EUR")).unwrap();
    let run = |arguments: &[&str]| {
        let mut all = vec!["portfolio"];
        all.extend(arguments);
        capsim(folder.path(), &all)
    };
    let both = ["seed.toml", "supplied.toml", "--holder", "fund"];
    let page = stdout(&run(&both));
    for part in [
        "What First Fund has, and what comes back to it",
        "supplied: A supplier that invests",
        "supplied: the stake has no value, as no price of a share is known",
        "supplied: 1M of what was put in stands in SAFEs and notes that have not converted",
        "supplied: 500K more was paid for shares it had at the opening",
        "the total value is of the others",
    ] {
        assert!(page.contains(part), "{part} is not in\n{page}");
    }
    let csv = run(&[&both[..], &["--format", "csv"]].concat());
    assert_eq!(
        stdout(&csv),
        ",as of,owns,value,invested,promised,in all,net\n\
         seed,2026-01-01,0.2,2000000,2000000,,,2000000\n\
         supplied,2026-01-01,0.1111111111111111111111111111,,1000000,2000000,4000000,-1000000\n\
         all,,,2000000,3000000,2000000,4000000,1000000\n"
    );
    // What a table has no place for stands beside it.
    assert!(stderr(&csv).contains("have not converted"), "{}", stderr(&csv));
    let at = run(&["supplied.toml@to-the-company", "--holder", "fund", "--at", "2026-06-30", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&at.stdout).unwrap();
    assert_eq!(json["schema"], "capsim.portfolio/1");
    let holding = &json["scenarios"][0]["holding"];
    assert_eq!((&holding["invested"], &holding["outstanding"]), (&"1500000".into(), &"1000000".into()));
    assert_eq!((&holding["returned"], &holding["contracted"]), (&"1000000".into(), &"4000000".into()));
    assert_eq!((&holding["value"], &json["total"]), (&serde_json::Value::Null, &serde_json::Value::Null));
    assert!(stdout(&run(&[&both[..], &["--format", "markdown"]].concat())).contains("all"));
    // No sum of two currencies, nor of two readings of one company.
    let mixed = stdout(&run(&["seed.toml", "euro.toml", "--holder", "fund"]));
    assert!(mixed.contains("no total: the money is in EUR and USD") && !mixed.contains('$'), "{mixed}");
    let twice = stdout(&run(&["seed.toml", "seed.toml@larger", "--holder", "fund"]));
    assert!(twice.contains("no total: seed and larger are readings of one company"), "{twice}");
    let whole = folder.path().join("seed.toml").display().to_string();
    let again = stdout(&run(&["seed.toml", &whole, "--holder", "fund"]));
    assert!(again.contains("are readings of one company"), "{again}");
    // A company without the holder keeps its row and says so; where no company has it, there is nothing to show.
    let without = stdout(&run(&["seed.toml", "other.toml", "--holder", "fund"]));
    assert!(without.contains("other: no holder `fund`"), "{without}");
    let unknown = run(&["seed.toml", "supplied.toml", "--holder", "fnd"]);
    refused(&unknown, "unknown-reference");
    assert!(stderr(&unknown).contains("did you mean `fund`?"), "{}", stderr(&unknown));
    refused(&run(&["seed.toml", "supplied.toml", "--holder", "fund", "--at", "2031-01-01"]), "bad-date");
    refused(&run(&["seed.toml", "--holder", "fund", "--at", "soon"]), "bad-date");
    refused(&run(&["seed.toml", "missing.toml", "--holder", "fund"]), "file-missing");
    let onto = run(&["seed.toml", "--holder", "fund", "--output", "seed.toml"]);
    assert_eq!(onto.status.code(), Some(2));
    assert_eq!(fs::read_to_string(folder.path().join("seed.toml")).unwrap(), SEED);
}

#[test]
fn what_comes_back_is_explained_part_by_part() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("supplied.toml"), SUPPLIED).unwrap();
    let explain =
        |path: &str| stdout(&capsim(folder.path(), &["explain", "supplied.toml", "--case", "to-the-company", path]));
    for (path, parts) in [
        ("flow.fund.invested", &["paid for its stake", "bridge is paid in"][..]),
        ("called.fund", &["what has been asked for", "bridge is paid in", "$1.0M"]),
        ("flow.fund.cash", &["what was funded less what came in kind", "bridge is paid in"]),
        ("flow.fund.contracted", &["all commitments to the holder", "commitment.servers"]),
        (
            "flow.fund.ratio",
            &[
                "= 2M / 1.5M = 1.3333",
                "invested: bridge is paid in",
                "returned: promised",
                "50 % of 4M due by 2026-12-31",
            ],
        ),
        ("flow.fund.ratio_in_all", &["= 4M / 1.5M = 2.6667", "contracted: promised"]),
        ("circularity.invested", &["of every holder that has invested", "First Fund"]),
        ("circularity.returned", &["of every holder that has invested"]),
        ("circularity.contracted", &["of every holder that has invested"]),
        ("circularity.share", &["= 1.5M / 1.5M = 100 %", "the lesser of 1.5M invested and 4M promised back"]),
        ("circularity.share_within", &["= 1.5M / 1.5M = 100 %"]),
        ("concentration.fund.contracted", &["all commitments to the holder", "commitment.servers"]),
        ("concentration.fund.share", &["= 4M / 10M = 40 %", "holder.fund.backlog"]),
        ("concentration.fund.largest", &["= 4M / 10M = 40 %", "the largest single commitment"]),
    ] {
        let page = explain(path);
        for part in parts {
            assert!(page.contains(part), "{path}: {part} is not in\n{page}");
        }
    }
    // The page puts the same into a line each.
    let page = capsim(folder.path(), &["run", "supplied.toml@to-the-company", "--view", "flows"]);
    for part in [
        "100.00 % of the 1.5M put in is contracted back to whom it came from, all of it by 2026-12",
        "First Fund: 500K of it paid for its stake at the opening",
        "First Fund: 4M of a backlog of 10M is this company's (40.00 %), all of it one contract",
    ] {
        assert!(stdout(&page).contains(part), "{part} is not in\n{}", stdout(&page));
    }
}

const MONTHS: &str = r#"
title = "Two reports, one condition"
currency = "USD"
as_of = 2026-01-01
horizon = 2027-12-31
holder = { ada = {}, fund = {} }
rounding = { shares = "fractional" }
cash = { opening = "1M", main_burn = "slow" }
[opening]
date = 2026-01-01
shares = { ada = 1_000_000 }
[condition.approved]
expected = true
date = 2026-06-30
[round.seed]
date = 2026-01-01
pre_money = "8M"
tranche.fund = { investor = "fund", amount = "1M", condition = "approved" }
[outcome.yes]
met = ["approved"]
[outcome.no]
failed = ["approved"]
[burn.slow]
measure = "cash"
rate = "100K/month"
[burn.fast]
measure = "cash"
rate = "250K/month"
[case.raises]
round.next.when = { runway_below = 6, times = 2 }
round.next.price = "9"
round.next.tranche.fund = { investor = "fund", burn_months = 12 }
"#;

#[test]
fn the_matrix_has_a_cell_for_each_report_and_outcome() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("months.toml"), MONTHS).unwrap();
    // 1M lasts 10 months at 100K; with the other million, in June, 20. At 250K 4: the million comes too late.
    let output = capsim(folder.path(), &["run", "months.toml", "--view", "matrix", "--format", "csv"]);
    let text = stdout(&output);
    let tables: Vec<&str> = text.split("\n\n").collect();
    assert_eq!(tables.len(), 2, "{text}");
    assert_eq!(tables[0].lines().collect::<Vec<_>>(), [",yes,no", "slow,20,10", "fast,4,4"], "{text}");
    let header = "report,conditions,runs out,months,lowest,missing at most,still to come";
    assert_eq!(tables[1].lines().next(), Some(header), "{text}");
    assert!(tables[1].contains("fast,yes,2026-05-01,4,-4000000,4000000,1000000"), "{text}");
    let json = stdout(&capsim(folder.path(), &["run", "months.toml", "--format", "json"]));
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["matrix"]["no"]["slow"]["months"], "10");
    assert_eq!(value["metrics"]["runway.slow.months@outcome.no"], "10");
    let page = stdout(&capsim(folder.path(), &["run", "months.toml"]));
    assert!(page.contains("Months until the money runs out, by what becomes of the conditions"), "{page}");
    let alone = capsim(folder.path(), &["run", "months.toml", "--metric", "runway.slow.months@outcome.no"]);
    assert_eq!((stdout(&alone).trim(), stderr(&alone).trim()), ("10", ""));
}

#[test]
fn burn_reports_stand_side_by_side() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("months.toml"), MONTHS).unwrap();
    let output = capsim(folder.path(), &["compare", "months.toml", "--burns", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(value["subjects"], serde_json::json!(["slow", "fast"]));
    assert_eq!(value["metrics"]["runway.months"]["values"], serde_json::json!(["20", "4"]));
    // Where each report raises its own money, ownership differs too.
    let output = capsim(folder.path(), &["compare", "months.toml@raises", "--burns", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert!(value["metrics"]["ownership.ada"].is_object(), "{value}");
}

#[test]
fn six_burn_readings_say_why_they_differ() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = capsim(root, &["run", "scenarios/openai/runway-matrix.toml", "--view", "findings", "--format", "csv"]);
    let text = stdout(&output);
    for said in [
        "loss-as-cash,`burn.loss-14` is a loss used as cash",
        "carried-on,\"`burn.quarter-12` carries the figure of one quarter on for 47 months, unchanged: 12B/quarter\"",
        "counted-from,\"the 115B of `burn.through-2029` count from 2026; `burn.vintage-q3-25` comes to 116B from 2025, and to 107B from 2026\"",
        "superseded,`burn.vintage-q1-26` is a later forecast than `burn.vintage-q3-25`: 110B more for 2025 to 2029,",
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
}

#[test]
fn explain_shows_the_months_of_each_play() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("months.toml"), MONTHS).unwrap();
    let main = stdout(&capsim(folder.path(), &["explain", "months.toml", "runway.slow.months"]));
    assert!(main.starts_with("runway.slow.months = 20"), "{main}");
    let other = stdout(&capsim(folder.path(), &["explain", "months.toml", "runway.slow.months@outcome.no"]));
    assert!(other.starts_with("runway.slow.months@outcome.no = 10"), "{other}");
    assert!(other.contains("of the month"), "{other}");
    let raised = stdout(&capsim(folder.path(), &["explain", "months.toml@raises", "ownership.ada@burn.fast"]));
    assert!(raised.contains("next-1"), "{raised}");
}
