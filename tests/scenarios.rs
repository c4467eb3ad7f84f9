//! Every scenario that ships runs, in every case it has, and says the same twice, from wherever it is asked.

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
use std::path::PathBuf;
use std::process::Command;
use std::process::Output;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn capsim(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_capsim")).args(arguments).current_dir(folder).output().unwrap()
}

fn scenarios() -> Vec<PathBuf> {
    fn gather(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                gather(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "toml") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    gather(&root().join("scenarios"), &mut found);
    found.sort();
    assert!(found.len() >= 9, "scenarios are missing: {found:?}");
    found
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn every_scenario_passes_its_check() {
    for path in scenarios() {
        let output = capsim(root(), &["check", path.to_str().unwrap()]);
        assert!(output.status.success(), "{}:\n{}", path.display(), String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn every_scenario_runs_in_every_format() {
    for path in scenarios() {
        for format in ["terminal", "json", "csv", "markdown"] {
            let output = capsim(root(), &["run", path.to_str().unwrap(), "--format", format]);
            assert!(output.status.success(), "{} as {format}", path.display());
            assert!(output.stderr.is_empty() && text(&output).len() > 200, "{} as {format}", path.display());
        }
        let output = capsim(root(), &["run", path.to_str().unwrap(), "--format", "json"]);
        let result: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(result["schema"], "capsim.result/1");
        assert!(result["metrics"].as_object().unwrap().len() > 5);
    }
}

#[test]
fn the_merged_file_gives_the_same_result() {
    // The lines of `check --resolved` are a scenario of their own; its metrics are those of the layers.
    let scratch = tempfile::tempdir().unwrap();
    for path in scenarios() {
        let file = path.to_str().unwrap();
        let resolved = capsim(root(), &["check", file, "--resolved"]);
        let copy = scratch.path().join("resolved.toml");
        fs::write(&copy, &resolved.stdout).unwrap();
        let layered = capsim(root(), &["run", file, "--format", "csv"]);
        let merged = capsim(scratch.path(), &["run", "resolved.toml", "--format", "csv"]);
        assert!(merged.status.success(), "{file}: {}", String::from_utf8_lossy(&merged.stderr));
        assert_eq!(text(&layered), text(&merged), "{file}");
    }
}

#[test]
fn results_do_not_depend_on_where_they_are_asked_for() {
    let path = root().join("scenarios/openai/amazon-50b.toml");
    let here = capsim(root(), &["run", path.to_str().unwrap(), "--format", "csv"]);
    let elsewhere = Command::new(env!("CARGO_BIN_EXE_capsim"))
        .args(["run", path.to_str().unwrap(), "--format", "csv"])
        .current_dir(std::env::temp_dir())
        .env("TZ", "Pacific/Kiritimati")
        .env("LANG", "de_DE.UTF-8")
        .env("HOME", "/nowhere")
        .env("COLUMNS", "40")
        .output()
        .unwrap();
    assert_eq!(text(&here), text(&elsewhere));
    assert_eq!(text(&here), text(&capsim(root(), &["run", path.to_str().unwrap(), "--format", "csv"])));
}

#[test]
fn a_comparison_with_itself_is_empty() {
    for path in scenarios() {
        let file = path.to_str().unwrap();
        let output = capsim(root(), &["compare", file, file, "--fail-on-change"]);
        assert_eq!(output.status.code(), Some(0), "{file}");
        assert!(text(&output).contains("no result differs"), "{file}");
    }
}

#[test]
fn displayed_percentages_add_up_to_a_hundred() {
    for path in scenarios() {
        let output = capsim(root(), &["run", path.to_str().unwrap(), "--view", "ownership", "--format", "markdown"]);
        let page = text(&output);
        let rows: Vec<Vec<&str>> = page
            .lines()
            .filter(|line| line.starts_with("| ") && line.contains(" % "))
            .map(|line| line.split('|').map(str::trim).collect())
            .collect();
        assert!(!rows.is_empty(), "{}", path.display());
        let header = page
            .lines()
            .find(|line| line.starts_with("| ") && (line.contains("after") || line.contains("owns")))
            .unwrap();
        let column = header.split('|').position(|cell| matches!(cell.trim(), "after" | "owns")).unwrap();
        let hundredths: i64 = rows
            .iter()
            .filter_map(|row| row[column].strip_suffix(" %"))
            .map(|shown| shown.replace('.', "").parse::<i64>().unwrap())
            .sum();
        assert_eq!(hundredths, 10_000, "{}", path.display());
    }
}
