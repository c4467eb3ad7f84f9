//! `check`.

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::document::resolved;
use crate::render::visible;

use super::super::args::Changes;
use super::super::args::Check;
use super::super::args::Colour;
use super::super::exit::Exit;
use super::super::load::Loaded;
use super::super::load::expand;
use super::super::load::play;
use super::super::load::split_case;
use super::super::screen::complain;
use super::super::screen::print;
use super::super::screen::report;
use super::refuse_one;

/// Checks every file in all its cases.
pub(super) fn check(args: &Check, colour: Colour) -> Exit {
    let files = match expand(&args.files) {
        Ok(files) => files,
        Err(fault) => return refuse_one(&fault, colour),
    };
    let mut text = String::new();
    let mut refused = false;
    let mut said = std::collections::BTreeSet::new();
    for file in &files {
        let mut loaded = play(file, &args.changes);
        let count = cases(file, &args.changes, &mut loaded);
        if loaded.bag.refuses() {
            report(&loaded.bag.faults(), &loaded.sources, colour);
            refused = true;
            continue;
        }
        if args.resolved {
            text.push_str(&merged(&loaded));
            continue;
        }
        for finding in loaded.bag.findings() {
            let place = finding.span.map_or_else(|| file.clone(), |span| loaded.sources.place(span));
            let help = finding.help.first().map_or_else(String::new, |help| format!("; {help}"));
            let line = format!("{place}: {}{help} [{}]", finding.message, finding.code);
            // What a shared file says is said once.
            if said.insert(line.clone()) {
                complain(&line);
            }
        }
        let findings = match loaded.bag.findings().len() {
            0 => String::new(),
            1 => ", 1 finding".to_owned(),
            many => format!(", {many} findings"),
        };
        let cases = match count {
            0 => String::new(),
            1 => ", with its case".to_owned(),
            many => format!(", with its {many} cases"),
        };
        text.push_str(&format!("{}: no fault{findings}{cases}\n", visible(file)));
    }
    if refused { Exit::Refused } else { print(&text) }
}

/// Plays a file under each of its cases. A case of the file itself that is refused is a fault, an inherited one
/// a finding. Gives how many there are.
fn cases(file: &str, changes: &Changes, loaded: &mut Loaded) -> usize {
    let Some(document) = &loaded.document else { return 0 };
    let (path, asked) = split_case(file);
    if asked.is_some() || !changes.cases.is_empty() {
        return 0;
    }
    let ids: Vec<(String, bool)> =
        document.cases.entries.iter().map(|(id, entry)| (id.clone(), entry.key.source == document.entry)).collect();
    let mut found = Bag::default();
    for (id, is_own) in &ids {
        let under = play(&format!("{path}@{id}"), changes);
        let Some(first) = under.bag.faults().first().map(|fault| (*fault).clone()) else { continue };
        let at = document.cases.entries.get(id).map(|entry| entry.key);
        let code = if *is_own { first.code } else { Code::InheritedCase };
        let mut diagnostic = Diagnostic::new(code, format!("case `{id}` is refused: {}", first.message));
        if let Some(at) = at {
            diagnostic = diagnostic.at(at);
        }
        for help in first.help {
            diagnostic = diagnostic.help(help);
        }
        found.add(diagnostic);
    }
    loaded.bag.extend(found);
    ids.len()
}

/// The merged file, each line with the place it came from.
fn merged(loaded: &Loaded) -> String {
    let Some(document) = &loaded.document else { return String::new() };
    let lines = resolved(document, &loaded.sources);
    let width = lines.iter().map(|line| line.text.chars().count()).filter(|width| *width <= 72).max().unwrap_or(0);
    let mut text = String::new();
    for line in lines {
        if line.origin.is_empty() {
            text.push_str(&line.text);
        } else {
            text.push_str(&format!("{:width$}  # {}", line.text, visible(&line.origin)));
        }
        text.push('\n');
    }
    for dropped in &document.dropped {
        let (was, by) = (loaded.sources.place(dropped.was), loaded.sources.place(dropped.by));
        text.push_str(&format!("# {} of {} gave way to {}\n", dropped.path, visible(&was), visible(&by)));
    }
    text
}
