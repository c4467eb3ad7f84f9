//! `compare`.

use std::path::Path;

use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::exchange::RunResult;
use crate::exchange::parse_result;
use crate::exchange::run_result;
use crate::render::csv_grid;
use crate::render::markdown;
use crate::render::terminal;
use crate::report::compare_page;
use crate::studies::Comparison;
use crate::studies::compare as side_by_side;

use super::super::args::Changes;
use super::super::args::Colour;
use super::super::args::Compare;
use super::super::args::Format;
use super::super::exit::Exit;
use super::super::files::is_same_file;
use super::super::files::read_text;
use super::super::load::play;
use super::super::load::split_case;
use super::super::screen::complain;
use super::super::screen::put;
use super::super::screen::screen;
use super::compare_draws::compare_draws;
use super::refuse;
use super::refuse_one;

/// Lays everything side by side; prints nothing if any of it is refused.
pub(super) fn compare(args: &Compare, colour: Colour) -> Exit {
    if let Some(draws) = args.draws {
        return compare_draws(args, draws, colour);
    }
    let subjects = match subjects(args, colour) {
        Ok(subjects) => subjects,
        Err(exit) => return exit,
    };
    let comparison = side_by_side(&subjects, args.all);
    if let Some(output) = &args.output.output
        && let Some(input) = args.files.iter().find(|input| is_same_file(output, &split_case(input).0))
    {
        complain(&format!("error: --output names `{input}`, which is read"));
        return Exit::Refused;
    }
    let page = compare_page(&comparison, args.all);
    let text = match args.output.format {
        Format::Terminal => terminal(&page, screen(colour, args.output.output.is_some())),
        Format::Markdown => markdown(&page),
        Format::Csv => {
            let tables: Result<Vec<String>, _> =
                page.sections.iter().filter_map(|section| section.grid.as_ref()).map(csv_grid).collect();
            match tables {
                Ok(tables) => tables.join("\n"),
                Err(error) => return unwritten(&error, colour),
            }
        }
        Format::Json => match serde_json::to_string_pretty(&json(&comparison)) {
            Ok(text) => text + "\n",
            Err(error) => return unwritten(&error, colour),
        },
    };
    match put(&text, args.output.output.as_deref()) {
        Exit::Done if args.fail_on_change && comparison.differs() => Exit::CheckFailed,
        exit => exit,
    }
}

fn unwritten(error: &dyn std::error::Error, colour: Colour) -> Exit {
    refuse_one(&Diagnostic::new(Code::Arithmetic, format!("the comparison cannot be written: {error}")), colour)
}

/// The results to compare, and what each is called.
fn subjects(args: &Compare, colour: Colour) -> Result<Vec<(String, RunResult)>, Exit> {
    let Compare { files, changes, .. } = args;
    if args.burns {
        return by_burn(files, changes, colour);
    }
    let mut all = Vec::new();
    for file in files {
        if Path::new(file).extension().is_some_and(|extension| extension == "json") {
            let text = read_text(file).map_err(|refusal| {
                refuse_one(&Diagnostic::new(refusal.code, refusal.message).help(refusal.help), colour)
            })?;
            let result = parse_result(&text).map_err(|error| {
                let fault = Diagnostic::new(Code::BadResultFile, format!("`{file}` is not a saved result: {error}"));
                refuse_one(&fault.help("save one with `capsim run FILE --format json --output FILE.json`"), colour)
            })?;
            all.push((file.clone(), result));
            continue;
        }
        let cases = one(file, changes, colour, &mut all)?;
        if files.len() == 1 {
            for case in cases {
                let under = format!("{file}@{case}");
                // An inherited case may no longer apply here; `check` says so.
                let is_own = one(&under, changes, Colour::Never, &mut Vec::new());
                if is_own.is_ok() {
                    one(&under, changes, colour, &mut all)?;
                }
            }
        }
    }
    if all.len() < 2 {
        let fault =
            Diagnostic::new(Code::UnknownCase, "there is nothing to compare with: one file, and it has no cases");
        return Err(refuse_one(&fault.help("name a second file, FILE@CASE, or a saved result"), colour));
    }
    let labels = labels(&all.iter().map(|(file, _)| file.as_str()).collect::<Vec<_>>());
    Ok(labels.into_iter().zip(all).map(|(label, (_, result))| (label, result)).collect())
}

/// Each file as each of its burn reports sees it.
fn by_burn(files: &[String], changes: &Changes, colour: Colour) -> Result<Vec<(String, RunResult)>, Exit> {
    let mut all = Vec::new();
    for file in files {
        let loaded = play(file, changes);
        let (Some(document), Some(outcome)) = (&loaded.document, &loaded.outcome) else {
            return Err(refuse(&loaded.bag, &loaded.sources, colour));
        };
        for (index, burn) in outcome.scenario.burns.iter().enumerate().filter(|(_, burn)| burn.has_runway()) {
            let Some(played) = outcome.under_burn(index) else { continue };
            let mut result = run_result(played, document, &loaded.sources, &loaded.bag).of_burn(&burn.id);
            result.scenario.title = format!("{}: {}", burn.name, burn.measured());
            result.scenario.case_titles = Vec::new();
            let label = if files.len() == 1 { burn.id.clone() } else { format!("{file}: {}", burn.id) };
            all.push((label, result));
        }
    }
    if all.len() < 2 {
        let fault = Diagnostic::new(Code::UnknownResult, "there are no two burn reports to compare");
        return Err(refuse_one(&fault.help("name a file with several [burn.ID] that give a runway"), colour));
    }
    Ok(all)
}

/// Plays one file and keeps its result; gives the cases it has.
fn one(file: &str, changes: &Changes, colour: Colour, all: &mut Vec<(String, RunResult)>) -> Result<Vec<String>, Exit> {
    let loaded = play(file, changes);
    match (&loaded.document, &loaded.outcome) {
        (Some(document), Some(outcome)) => {
            all.push((file.to_owned(), run_result(outcome, document, &loaded.sources, &loaded.bag)));
            Ok(document.cases.entries.keys().cloned().collect())
        }
        _ => Err(refuse(&loaded.bag, &loaded.sources, colour)),
    }
}

/// What each is called: the file's name without folders where that tells them apart.
pub(super) fn labels(files: &[&str]) -> Vec<String> {
    let short = |file: &str| {
        let name = file.rsplit('/').next().unwrap_or(file);
        name.replace(".toml@", "@").trim_end_matches(".toml").to_owned()
    };
    // The cases of one file are told apart by the case alone.
    let stem = |file: &str| short(file).split('@').next().unwrap_or_default().to_owned();
    if let [first, others @ ..] = files
        && others.iter().all(|file| stem(file) == stem(first) && short(file).contains('@'))
        && !others.is_empty()
    {
        let case = |file: &str| short(file).split_once('@').map_or_else(String::new, |(_, case)| case.to_owned());
        return std::iter::once(short(first)).chain(others.iter().map(|file| case(file))).collect();
    }
    files
        .iter()
        .map(|file| {
            let label = short(file);
            let is_unique = files.iter().filter(|other| short(other) == label).count() == 1;
            if is_unique { label } else { (*file).to_owned() }
        })
        .collect()
}

/// The comparison as data: results by path, then inputs by path, a value for each subject.
fn json(comparison: &Comparison) -> serde_json::Value {
    use serde_json::Value;
    let texts = |values: Vec<Option<String>>| {
        Value::Array(values.into_iter().map(|value| value.map_or(Value::Null, Value::String)).collect())
    };
    let metrics = comparison.metrics.iter().map(|metric| {
        let values = metric.values.iter().map(|value| value.as_ref().map(ToString::to_string)).collect();
        let changes = (0..metric.values.len())
            .map(|index| metric.difference(index).map(|change| change.normalize().to_string()))
            .collect();
        let entry = [("values".to_owned(), texts(values)), ("changes".to_owned(), texts(changes))];
        (metric.path.clone(), Value::Object(entry.into_iter().collect()))
    });
    let inputs = comparison.inputs.iter().map(|input| (input.path.clone(), texts(input.values.clone())));
    let strings = |list: &[String]| Value::Array(list.iter().cloned().map(Value::String).collect());
    let all = [
        ("schema".to_owned(), Value::String("capsim.comparison/1".to_owned())),
        ("subjects".to_owned(), strings(&comparison.labels)),
        ("titles".to_owned(), strings(&comparison.titles)),
        ("metrics".to_owned(), Value::Object(metrics.collect())),
        ("inputs".to_owned(), Value::Object(inputs.collect())),
    ];
    Value::Object(all.into_iter().collect())
}
