//! The house keeps its layers: which folder of src/ may import which, held as data.
//!
//! A folder imports only what stands above it in the table, and of that only what its row lists. Doc comments may
//! name any folder above their own. Imports are written one to a line, so that this test and people can read them.

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

struct Folder {
    name: &'static str,
    may_import: &'static [&'static str],
    /// Names none of [`IMPURE`].
    pure: bool,
    why: &'static str,
}

const fn folder(name: &'static str, may_import: &'static [&'static str], why: &'static str) -> Folder {
    Folder { name, may_import, pure: false, why }
}

const fn pure(name: &'static str, may_import: &'static [&'static str], why: &'static str) -> Folder {
    Folder { name, may_import, pure: true, why }
}

/// Upstream first. `lib.rs` and `main.rs` stand for themselves.
const FOLDERS: &[Folder] = &[
    pure("units", &[], "numbers and days know nothing of companies"),
    pure("diagnostics", &[], "texts and places; the drawing is render's, the rules are everybody's"),
    folder("format", &[], "static data that readers, schema and reference share"),
    folder("document", &["units", "diagnostics", "format"], "a text read by the declaration, without its meaning"),
    folder(
        "scenario",
        &["units", "diagnostics", "format", "document"],
        "the one place where a document becomes meaning",
    ),
    pure("plan", &["units", "diagnostics", "scenario"], "events in order and dense indices, no texts of files"),
    pure("engine", &["units", "plan"], "pure play: the same for exact numbers and for draws"),
    folder(
        "outcome",
        &["units", "diagnostics", "scenario", "plan", "engine"],
        "what a play leaves, with its names back",
    ),
    folder(
        "exchange",
        &["units", "diagnostics", "format", "document", "scenario", "plan", "outcome"],
        "results as data and other people's formats, in and out",
    ),
    folder(
        "studies",
        &["units", "diagnostics", "format", "document", "scenario", "plan", "engine", "outcome", "exchange"],
        "many plays of one plan, or of several documents",
    ),
    folder(
        "report",
        &["units", "diagnostics", "format", "document", "scenario", "plan", "outcome", "studies"],
        "rows, order and totals, decided once for all renderers",
    ),
    folder(
        "render",
        &["units", "diagnostics", "format", "report"],
        "appearance only: a renderer never reads results itself",
    ),
    folder(
        "cli",
        &[
            "units",
            "diagnostics",
            "format",
            "document",
            "scenario",
            "plan",
            "engine",
            "outcome",
            "studies",
            "report",
            "render",
            "exchange",
        ],
        "joins everything, and alone touches files and the screen",
    ),
    folder("lib.rs", &[], "declares the folders, takes nothing from them"),
    folder("main.rs", &["cli"], "arguments in, exit code out"),
];

/// What a pure folder does not name. A word stands for its crate's companions too: `serde` for `serde_json`.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::io",
    "std::env",
    "std::net",
    "std::process",
    "std::{",
    "print!",
    "println!",
    "eprint!",
    "eprintln!",
    "dbg!",
    "clap",
    "serde",
    "SystemTime",
    "Instant",
];

/// The names of the crate as paths begin with them.
const CRATE: [&str; 2] = ["crate", "capsim"];

fn row(name: &str) -> Option<(usize, &'static Folder)> {
    FOLDERS.iter().enumerate().find(|(_, folder)| folder.name == name)
}

/// A word or a sign of a source text. Strings and plain comments are left out.
#[derive(Debug, Clone, PartialEq)]
struct Token {
    text: String,
    line: usize,
    is_doc: bool,
}

fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let at = |index: usize| chars.get(index).copied().unwrap_or('\0');
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut tokens = Vec::new();
    let (mut index, mut line) = (0, 1);
    while index < chars.len() {
        let start = index;
        match (at(index), at(index + 1)) {
            ('/', '/' | '*') => {
                let comment = comment_end(&chars, index);
                let written: String = chars[start..comment].iter().collect();
                let is_doc = ["///", "//!", "/**", "/*!"].iter().any(|mark| written.starts_with(mark));
                if is_doc && !written.starts_with("////") {
                    let inner: String = written.chars().skip(3).map(|c| if c == '/' { ' ' } else { c }).collect();
                    let words = inner.replace(['"', '\''], " ");
                    tokens.extend(self::tokens(&words).into_iter().map(|token| Token {
                        line: line + token.line - 1,
                        is_doc: true,
                        ..token
                    }));
                }
                index = comment;
            }
            ('"', _) => index = string_end(&chars, index),
            ('\'', '\\') => {
                index += 3;
                while index < chars.len() && at(index) != '\'' {
                    index += 1;
                }
                index += 1;
            }
            ('\'', _) if at(index + 2) == '\'' => index += 3,
            (c, _) if is_word(c) => {
                while is_word(at(index)) {
                    index += 1;
                }
                let word: String = chars[start..index].iter().collect();
                let hashes = chars[index..].iter().take_while(|c| **c == '#').count();
                if ["r", "br", "cr"].contains(&word.as_str()) && at(index + hashes) == '"' {
                    let end: String = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
                    let rest: String = chars[index + hashes + 1..].iter().collect();
                    let length = rest.find(&end).map_or(rest.chars().count(), |byte| rest[..byte].chars().count());
                    index += hashes + 1 + length + 1 + hashes;
                } else {
                    tokens.push(Token { text: word, line, is_doc: false });
                }
            }
            (c, _) => {
                if !c.is_whitespace() {
                    tokens.push(Token { text: c.to_string(), line, is_doc: false });
                }
                index += 1;
            }
        }
        line += chars[start..index.min(chars.len())].iter().filter(|c| **c == '\n').count();
    }
    tokens
}

/// The end of a line comment or of a block comment, which may hold others.
fn comment_end(chars: &[char], start: usize) -> usize {
    if chars.get(start + 1) == Some(&'/') {
        return start + chars[start..].iter().take_while(|c| **c != '\n').count();
    }
    let (mut index, mut depth) = (start + 2, 1);
    while index < chars.len() && depth > 0 {
        match (chars[index], chars.get(index + 1)) {
            ('/', Some('*')) => (index, depth) = (index + 2, depth + 1),
            ('*', Some('/')) => (index, depth) = (index + 2, depth - 1),
            _ => index += 1,
        }
    }
    index
}

fn string_end(chars: &[char], start: usize) -> usize {
    let mut index = start + 1;
    while index < chars.len() && chars[index] != '"' {
        index += if chars[index] == '\\' { 2 } else { 1 };
    }
    index + 1
}

/// A path that begins at the crate's root: its first part.
struct Import {
    line: usize,
    target: String,
    is_doc: bool,
}

/// Every path of the crate in a file: `crate::x`, `capsim::x`, and `super::` that climbs to the root.
fn imports(path: &str, tokens: &[Token]) -> Vec<Import> {
    let text = |index: usize| tokens.get(index).map_or("", |token| token.text.as_str());
    let colons = |index: usize| text(index) == ":" && text(index + 1) == ":";
    // Modules around the place: those of the file's path, then those opened inside the file.
    let of_file = path.trim_end_matches("/mod.rs").split('/').count();
    let mut open: Vec<bool> = Vec::new();
    let mut found = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let add = |at: usize, found: &mut Vec<Import>| {
            found.push(Import { line: token.line, target: text(at).to_owned(), is_doc: token.is_doc });
        };
        match token.text.as_str() {
            "{" if !token.is_doc => open.push(index >= 2 && text(index - 2) == "mod"),
            "}" if !token.is_doc => {
                open.pop();
            }
            word if CRATE.contains(&word) && colons(index + 1) => add(index + 3, &mut found),
            "super" if index < 3 || text(index - 3) != "super" || !colons(index - 2) => {
                let mut climbed = 1;
                while colons(index + 3 * climbed - 2) && text(index + 3 * climbed) == "super" {
                    climbed += 1;
                }
                let depth = of_file + open.iter().filter(|is_module| **is_module).count();
                if climbed >= depth && colons(index + 3 * climbed - 2) {
                    add(index + 3 * climbed, &mut found);
                }
            }
            _ => {}
        }
    }
    found
}

/// What is wrong with a file of src/, its path written from there.
fn violations(path: &str, text: &str) -> Vec<String> {
    let own = path.split('/').next().unwrap_or(path);
    let Some((place, folder)) = row(own) else { return vec![format!("src/{path}: `{own}` has no row in the table")] };
    let tokens = tokens(text);
    let mut all = Vec::new();
    for import in imports(path, &tokens) {
        let (line, target) = (import.line, import.target.as_str());
        let reason = match row(target) {
            _ if target == own => continue,
            Some((above, _)) if import.is_doc && above < place => continue,
            Some(_) if import.is_doc => format!("a doc comment in {own} names only what stands above it"),
            Some(_) if folder.may_import.contains(&target) => continue,
            Some(_) => format!("{own} may import {}: {}", list(folder.may_import), folder.why),
            None if ["{", "*"].contains(&target) => "imports are written one to a line".to_owned(),
            None if import.is_doc => continue,
            None => "no folder of that name in the table".to_owned(),
        };
        all.push(format!("src/{path}:{line}: `crate::{target}`; {reason}"));
    }
    if folder.pure {
        let code: Vec<&Token> = tokens.iter().filter(|token| !token.is_doc).collect();
        for phrase in IMPURE {
            let words = self::tokens(phrase);
            let is_companion =
                |text: &str, word: &str| text.strip_prefix(word).is_some_and(|rest| rest.starts_with('_'));
            for window in code.windows(words.len()) {
                let same = window.iter().zip(&words).all(|(token, word)| token.text == word.text);
                if same || (words.len() == 1 && is_companion(&window[0].text, phrase)) {
                    all.push(format!("src/{path}:{}: `{phrase}`; {own} is pure: {}", window[0].line, folder.why));
                }
            }
        }
    }
    all
}

fn list(names: &[&str]) -> String {
    if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every Rust file of src/: its path from there, and its text.
fn files() -> Vec<(String, String)> {
    fn walk(folder: &Path, files: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, files);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a text");
                let parts: Vec<_> =
                    path.strip_prefix(source()).expect("below src").iter().map(|part| part.to_string_lossy()).collect();
                files.push((parts.join("/"), text));
            }
        }
    }
    let mut files = Vec::new();
    walk(&source(), &mut files);
    files.sort();
    files
}

#[test]
fn no_file_imports_against_the_table() {
    let files = files();
    let count: usize = files.iter().map(|(path, text)| imports(path, &tokens(text)).len()).sum();
    assert!(files.len() > 30 && count > 200, "only {} files with {count} imports were read", files.len());
    let faults: Vec<String> = files.iter().flat_map(|(path, text)| violations(path, text)).collect();
    assert!(faults.is_empty(), "{} against the table:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn every_folder_has_one_row_and_imports_only_what_stands_above_it() {
    for entry in fs::read_dir(source()).expect("a folder") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        assert!(row(&name).is_some(), "src/{name} has no row in the table");
    }
    for (place, folder) in FOLDERS.iter().enumerate() {
        assert_eq!(row(folder.name).map(|(first, _)| first), Some(place), "{} has two rows", folder.name);
        assert!(!folder.why.is_empty(), "{} says why", folder.name);
        for import in folder.may_import {
            assert!(row(import).is_some_and(|(above, _)| above < place), "{} imports {import} from below", folder.name);
        }
    }
}

#[test]
fn planted_violations_are_caught_with_file_line_and_import() {
    for (path, text, wanted) in [
        (
            "engine/play.rs",
            "use crate::plan::Plan;\nuse crate::render::table;\n",
            "src/engine/play.rs:2: `crate::render`;",
        ),
        (
            "engine/play.rs",
            "fn f() { let x = crate :: scenario :: Id::new(); }",
            "src/engine/play.rs:1: `crate::scenario`;",
        ),
        ("engine/play.rs", "use super::super::scenario::Id;", "src/engine/play.rs:1: `crate::scenario`;"),
        ("engine/mod.rs", "use super::outcome::Run;", "src/engine/mod.rs:1: `crate::outcome`;"),
        ("engine/round/mod.rs", "use super::super::outcome::Run;", "src/engine/round/mod.rs:1: `crate::outcome`;"),
        (
            "engine/play.rs",
            "mod tests {\n use super::super::super::cli::run;\n}",
            "src/engine/play.rs:2: `crate::cli`;",
        ),
        ("units/day.rs", "pub(in crate::format) fn f() {}", "src/units/day.rs:1: `crate::format`;"),
        ("units/day.rs", "macro_rules! m { () => { $crate::format::ROOT } }", "src/units/day.rs:1: `crate::format`;"),
        (
            "plan/mod.rs",
            "use crate::{units::Day, engine::play};",
            "src/plan/mod.rs:1: `crate::{`; imports are written one to a line",
        ),
        ("plan/mod.rs", "use crate::*;", "src/plan/mod.rs:1: `crate::*`;"),
        ("plan/mod.rs", "use crate::helpers::x;", "src/plan/mod.rs:1: `crate::helpers`; no folder"),
        ("plan/mod.rs", "//! See [`crate::engine::play`].", "src/plan/mod.rs:1: `crate::engine`; a doc comment"),
        ("plan/mod.rs", "/** one\n two: crate::cli */", "src/plan/mod.rs:2: `crate::cli`; a doc comment"),
        (
            "plan/mod.rs",
            "/// ```\n/// use capsim::engine::play;\n/// ```",
            "src/plan/mod.rs:2: `crate::engine`; a doc comment",
        ),
        ("main.rs", "fn main() { capsim::engine::play(); }", "src/main.rs:1: `crate::engine`;"),
        ("misc/x.rs", "", "src/misc/x.rs: `misc` has no row"),
        ("engine/play.rs", "use std::fs::File;", "`std::fs`; engine is pure"),
        ("engine/play.rs", "use std::{io, fs};", "`std::{`; engine is pure"),
        ("engine/play.rs", "fn f() {\n\n println!(\"x\"); }", "src/engine/play.rs:3: `println!`;"),
        ("engine/play.rs", "use serde_json::Value;", "`serde`; engine is pure"),
        ("diagnostics/bag.rs", "#[derive(serde::Serialize)] struct A;", "`serde`; diagnostics is pure"),
        ("units/day.rs", "fn now() -> Instant { Instant::now() }", "`Instant`; units is pure"),
    ] {
        let found = violations(path, text);
        assert!(found.iter().any(|fault| fault.contains(wanted)), "{path}: {text:?} gave {found:?}, not {wanted}");
    }
}

#[test]
fn what_is_allowed_is_not_taken_for_a_violation() {
    for (path, text) in [
        ("engine/play.rs", "use crate::plan::Plan;\nuse crate::units::Day;\nuse crate::engine::pricing::price;"),
        ("engine/play.rs", "use super::pricing::price;\npub(super) fn f() { self::g() }\npub(crate) fn g() {}"),
        ("engine/play.rs", "mod tests {\n fn f() { if x { y } }\n use super::super::pricing::price;\n}"),
        ("engine/play.rs", "// crate::render and std::fs in a plain comment\n/* crate::cli /* inner */ println! */"),
        (
            "engine/play.rs",
            "const A: &str = \"crate::render \\\" std::fs\"; const B: char = '\"'; const C: &str = \"serde\";",
        ),
        ("engine/play.rs", "const A: &str = r#\"crate::render \" crate::cli\"#; fn f<'a>(x: &'a str) {}"),
        ("engine/play.rs", "/// As in [`crate::scenario::Scenario`], upstream; no [`std::fs`] here.\nfn f() {}"),
        ("engine/play.rs", "fn instant() { let io = 1; let serdes = io; }"),
        ("document/load.rs", "use std::fs::File;\nuse crate::format::ROOT;"),
        ("main.rs", "fn main() { capsim::cli::main(); }"),
    ] {
        assert_eq!(violations(path, text), Vec::<String>::new(), "{path}: {text:?}");
    }
    let quoted = tokens("let a = 'x'; let b = '\\''; let c = \"\\\\\"; crate::end");
    assert_eq!(
        quoted.iter().rfind(|token| token.text != "end").map(|token| token.text.as_str()),
        Some(":"),
        "nothing is swallowed"
    );
}
