//! The docs are true: every fenced block runs, every generated page is what its generator writes, every link leads
//! somewhere.
//!
//! A page is played top to bottom in a scratch folder that holds a copy of scenarios/. A block ```toml begins with
//! `# file: NAME` and is a scenario that `capsim check` accepts. A block ```console holds `$ capsim ...` lines and
//! what they print; `...` stands for any lines. The README's ```sh blocks are its two commands, which the build
//! itself runs. No other fences are allowed.
//!
//! `CAPSIM_BLESS=1 cargo test --test docs` writes the generated pages anew, and what commands print, but for the
//! blocks with `...`.

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

use capsim::diagnostics::Code;
use capsim::diagnostics::Severity;
use capsim::render::reference;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn pages() -> Vec<PathBuf> {
    fn gather(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                gather(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    let mut found = vec![root().join("README.md"), root().join("scenarios/README.md")];
    gather(&root().join("docs"), &mut found);
    found.sort();
    found
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

struct Block {
    language: String,
    line: usize,
    text: Vec<String>,
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (index, line) in page.lines().enumerate() {
        match (line.trim_start().strip_prefix("```"), &mut open) {
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(language), None) => {
                open = Some(Block { language: language.trim().to_owned(), line: index + 1, text: Vec::new() });
            }
            (None, Some(block)) => block.text.push(line.to_owned()),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block that does not end");
    blocks
}

/// Words of a command line: spaces part, single quotes hold together.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            c => words.last_mut().unwrap().push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn matches(expected: &[String], printed: &[&str]) -> bool {
    match expected.split_first() {
        None => printed.is_empty(),
        Some((dots, rest)) if dots.trim() == "..." => (0..=printed.len()).any(|skip| matches(rest, &printed[skip..])),
        Some((line, rest)) => {
            printed.first().is_some_and(|first| first.trim_end() == line.trim_end()) && matches(rest, &printed[1..])
        }
    }
}

fn console(block: &Block, folder: &Path, page: &str, wrong: &mut Vec<String>) -> usize {
    let mut commands = 0;
    let mut lines = block.text.iter().peekable();
    while let Some(line) = lines.next() {
        let Some(command) = line.strip_prefix("$ ") else {
            wrong.push(format!("{page}:{}: output before a command: {line}", block.line));
            return commands;
        };
        let mut expected = Vec::new();
        while let Some(next) = lines.peek() {
            if next.starts_with("$ ") {
                break;
            }
            expected.push(lines.next().unwrap().clone());
        }
        let words = words(command);
        assert_eq!(words[0], "capsim", "{page}:{}: {command}", block.line);
        let output = Command::new(env!("CARGO_BIN_EXE_capsim")).args(&words[1..]).current_dir(folder).output().unwrap();
        commands += 1;
        // A refusal shows its message; anything else what it printed.
        let shown = if output.status.code() == Some(2) { &output.stderr } else { &output.stdout };
        let shown = String::from_utf8_lossy(shown);
        let mut printed: Vec<&str> = shown.lines().collect();
        while printed.last().is_some_and(|line| line.trim().is_empty()) {
            printed.pop();
        }
        while expected.last().is_some_and(|line| line.trim().is_empty()) {
            expected.pop();
        }
        let is_whole = !expected.iter().any(|line| line.trim() == "...");
        if std::env::var_os("CAPSIM_BLESS").is_some() && is_whole && !expected.is_empty() {
            let file = root().join(page);
            let before = format!("$ {command}\n{}\n", expected.join("\n"));
            let lines: Vec<&str> = printed.iter().map(|line| line.trim_end()).collect();
            let after = format!("$ {command}\n{}\n", lines.join("\n"));
            let text = fs::read_to_string(&file).unwrap();
            fs::write(&file, text.replacen(&before, &after, 1)).unwrap();
            continue;
        }
        if !expected.is_empty() && !matches(&expected, &printed) {
            wrong.push(format!(
                "{page}:{}: $ {command}\n--- the page says\n{}\n--- it prints\n{}",
                block.line,
                expected.join("\n"),
                printed.join("\n")
            ));
        }
    }
    commands
}

#[test]
fn every_fenced_block_runs() {
    let mut wrong = Vec::new();
    let mut commands = 0;
    for path in pages() {
        let page = path.strip_prefix(root()).unwrap().display().to_string();
        let scratch = tempfile::tempdir().unwrap();
        copy(&root().join("scenarios"), &scratch.path().join("scenarios"));
        for block in blocks(&fs::read_to_string(&path).unwrap()) {
            match block.language.as_str() {
                "toml" => {
                    let name = block.text.first().and_then(|line| line.strip_prefix("# file: "));
                    let Some(name) = name else {
                        wrong.push(format!("{page}:{}: a scenario without `# file: NAME`", block.line));
                        continue;
                    };
                    fs::write(scratch.path().join(name.trim()), block.text.join("\n") + "\n").unwrap();
                    let check = ["check", name.trim()];
                    let output =
                        Command::new(env!("CARGO_BIN_EXE_capsim")).args(check).current_dir(scratch.path()).output();
                    let output = output.unwrap();
                    if !output.status.success() {
                        wrong.push(format!("{page}:{}: {}", block.line, String::from_utf8_lossy(&output.stderr)));
                    }
                }
                "console" => commands += console(&block, scratch.path(), &page, &mut wrong),
                "sh" if page == "README.md" => {}
                other => wrong.push(format!("{page}:{}: a block in {other:?} does not run", block.line)),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(commands >= 15, "only {commands} commands in the docs");
}

#[test]
fn links_between_pages_lead_somewhere() {
    let mut broken = Vec::new();
    let mut links = 0;
    for path in pages() {
        let page = fs::read_to_string(&path).unwrap();
        for (at, _) in page.match_indices("](") {
            let target = page[at + 2..].split(')').next().unwrap();
            if target.contains("://") || target.starts_with('#') {
                continue;
            }
            links += 1;
            let file = target.split('#').next().unwrap();
            if !path.parent().unwrap().join(file).exists() {
                broken.push(format!("{}: {target}", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:?}");
    assert!(links > 5);
}

/// Compares a page with its generator, or writes it.
fn generated(path: &str, text: &str) {
    let file = root().join(path);
    if std::env::var_os("CAPSIM_BLESS").is_some() {
        fs::write(&file, text).unwrap();
    }
    let there = fs::read_to_string(&file).unwrap_or_default();
    assert!(there == text, "{path} is not what its generator writes: CAPSIM_BLESS=1 cargo test --test docs");
}

const MARK: &str = "<!-- From here on generated from src/format: CAPSIM_BLESS=1 cargo test --test docs -->\n";

#[test]
fn the_reference_is_the_declaration() {
    let page = fs::read_to_string(root().join("docs/scenario-format.md")).unwrap();
    let (guide, _) = page.split_once(MARK).expect("the guide ends with the mark");
    generated("docs/scenario-format.md", &format!("{guide}{MARK}\n{}", reference()));
}

#[test]
fn the_errors_are_the_table_of_codes() {
    let mut text = String::from(
        "# Errors and findings\n\n\
         Every message names its code in brackets: `error[unknown-key]`. A fault refuses the input: exit code 2,\n\
         nothing on stdout, nothing written. A finding is said and the scenario is played.\n\n\
         This page is generated from src/diagnostics/code.rs: `CAPSIM_BLESS=1 cargo test --test docs`. Each fault has\n\
         a file under tests/bad/ that shows it, with its message beside it.\n",
    );
    for (severity, heading) in [(Severity::Fault, "Faults"), (Severity::Finding, "Findings")] {
        text.push_str(&format!("\n## {heading}\n"));
        for code in Code::ALL.iter().filter(|code| code.severity() == severity) {
            text.push_str(&format!("\n### {code}\n\n{}. {}\n", capital(code.title()), code.explanation()));
        }
    }
    generated("docs/errors.md", &text);
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
