//! Every file under tests/bad/ is refused with exactly the message that stands beside it, and every fault has one.
//!
//! `CAPSIM_BLESS=1 cargo test --test bad` writes the messages anew.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test says what it expects and fails where it is not so"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

use capsim::diagnostics::Code;
use capsim::diagnostics::Severity;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad")
}

/// Name, file to check, and where its message stands.
fn cases() -> Vec<(String, String, PathBuf)> {
    let mut cases = Vec::new();
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            cases.push((name.clone(), format!("{name}/main.toml"), path.join("main.stderr")));
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            cases.push((name.clone(), format!("{name}.toml"), path.with_extension("stderr")));
        }
    }
    cases.sort();
    cases
}

/// The fault a case is named after: the longest code its name begins with.
fn code_of(name: &str) -> &'static str {
    let codes = Code::ALL.iter().map(|code| code.name());
    codes
        .filter(|code| name.starts_with(code))
        .max_by_key(|code| code.len())
        .unwrap_or_else(|| panic!("{name} names no code"))
}

#[test]
fn every_bad_file_is_refused_with_its_message() {
    let bless = std::env::var_os("CAPSIM_BLESS").is_some();
    let cases = cases();
    assert!(cases.len() > 200, "only {} bad files found", cases.len());
    let mut wrong = Vec::new();
    for (name, file, golden) in &cases {
        let output = Command::new(env!("CARGO_BIN_EXE_capsim"))
            .args(["check", file])
            .current_dir(folder())
            .env("NO_COLOR", "1")
            .output()
            .unwrap();
        let stderr = String::from_utf8(output.stderr).expect("messages are text");
        if bless {
            fs::write(golden, &stderr).unwrap();
        }
        let expected = fs::read_to_string(golden).unwrap_or_default();
        let says_so = stderr.contains(&format!("error[{}]", code_of(name)));
        let acts = stderr.chars().any(|c| c.is_control() && c != '\n');
        if output.status.code() != Some(2) || !output.stdout.is_empty() || stderr != expected || !says_so || acts {
            wrong.push(format!("{name}: exit {:?}\n{stderr}", output.status.code()));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn every_fault_has_a_bad_file() {
    // These are about what is typed beside a file, not about a file; tests/cli.rs and tests/studies.rs have them.
    let typed = BTreeSet::from(["unknown-result", "bad-result-file", "too-many-points", "bad-goal"]);
    let shown: BTreeSet<&str> = cases().iter().map(|(name, ..)| code_of(name)).collect();
    let faults = Code::ALL.iter().filter(|code| code.severity() == Severity::Fault).map(|code| code.name());
    let missing: Vec<&str> = faults.filter(|code| !shown.contains(code) && !typed.contains(code)).collect();
    assert!(missing.is_empty(), "no bad file shows {missing:?}");
}

#[test]
fn a_message_names_place_and_mend() {
    // A fault with a place says file:line:column; nearly every fault has a mend.
    let mut without_help = Vec::new();
    for (name, _, golden) in cases() {
        let text = fs::read_to_string(golden).unwrap();
        if !text.contains("help: ") {
            without_help.push(name);
        }
    }
    let pure_syntax = without_help.iter().filter(|name| name.starts_with("syntax")).count();
    assert_eq!(without_help.len(), pure_syntax, "no mend in {without_help:?}");
}
