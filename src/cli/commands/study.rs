//! What the studies share: the scenario, its axes, threads, and how a page or an object is put out.

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::nearest;
use crate::diagnostics::one_of;
use crate::document::kind_at;
use crate::format::Kind;
use crate::outcome::Outcome;
use crate::render::csv_grid;
use crate::render::markdown;
use crate::render::terminal;
use crate::report::Grid;
use crate::report::Page;
use crate::studies::Axis;
use crate::studies::AxisPoint;
use crate::studies::AxisValue;
use crate::studies::CASE;
use crate::studies::MOST_POINTS;
use crate::studies::NO_CASE;
use crate::studies::Refused;
use crate::studies::Why;
use crate::studies::axis;

use super::super::args::Changes;
use super::super::args::Colour;
use super::super::args::Effort;
use super::super::args::Format;
use super::super::args::Output;
use super::super::exit::Exit;
use super::super::files::is_same_file;
use super::super::load::Studied;
use super::super::screen::complain;
use super::super::screen::put;
use super::super::screen::report;
use super::super::screen::screen;
use super::refuse;
use super::refuse_one;
use super::run::unknown;

/// Loads what is studied; says its faults if the files themselves are refused, or if `--output` names one of them.
///
/// # Errors
///
/// The exit, once said why.
pub(super) fn studied(file: &str, changes: &Changes, output: &Output, colour: Colour) -> Result<Studied, Exit> {
    let studied = Studied::new(file, changes);
    if studied.base.document.is_none() {
        return Err(refuse(&studied.base.bag, &studied.base.sources, colour));
    }
    if let Some(output) = &output.output
        && let Some(input) = studied.base.sources.names().into_iter().find(|input| is_same_file(output, input))
    {
        complain(&format!("error: --output names `{input}`, which is read"));
        return Err(Exit::Refused);
    }
    Ok(studied)
}

/// The outcome of the file itself, for studies that begin there.
///
/// # Errors
///
/// The exit, once said why it was refused.
pub(super) fn base(studied: &Studied, colour: Colour) -> Result<&Outcome, Exit> {
    studied.base.outcome.as_ref().ok_or_else(|| refuse(&studied.base.bag, &studied.base.sources, colour))
}

/// How many threads to use.
pub(super) fn threads(effort: &Effort) -> usize {
    let machine = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    effort.threads.map_or_else(machine, std::num::NonZero::get)
}

/// What `--vary PATH...` names, and what stands there.
///
/// # Errors
///
/// The exit, once said that the path leads nowhere.
pub(super) fn kind(studied: &mut Studied, vary: &str, path: &str, colour: Colour) -> Result<Kind, Exit> {
    let base = &mut studied.base;
    let source = base.sources.add("--vary", vary);
    let mut bag = Bag::default();
    let kind = base.document.as_ref().and_then(|document| kind_at(document, source, path, &mut bag));
    kind.ok_or_else(|| refuse(&bag, &base.sources, colour))
}

/// Reads `--vary PATH=VALUES`.
///
/// # Errors
///
/// The exit, once said why it was refused.
pub(super) fn axes(studied: &mut Studied, all: &[String], colour: Colour) -> Result<Vec<Axis>, Exit> {
    let mut axes: Vec<Axis> = Vec::new();
    for vary in all {
        let Some((path, values)) = vary.split_once('=') else {
            let fault = Diagnostic::new(Code::UnknownPath, format!("`{vary}` names no values"))
                .help("write a path and values, as round.a.pre_money=20M..60M/10M, or case=none,NAME");
            return Err(refuse_one(&fault, colour));
        };
        if axes.iter().any(|known| known.path == path.trim()) {
            let fault = Diagnostic::new(Code::UnknownPath, format!("`{}` is varied twice", path.trim()))
                .help("write all its values behind one --vary, parted by commas");
            return Err(refuse_one(&fault, colour));
        }
        axes.push(if path.trim() == CASE {
            cases(studied, values).map_err(|fault| refuse_one(&fault, colour))?
        } else {
            let kind = kind(studied, vary, path, colour)?;
            axis(path, values, kind, MOST_POINTS).map_err(|fault| refuse_one(&fault, colour))?
        });
    }
    Ok(axes)
}

/// The axis of cases: names, `none` for without, `all` for each.
fn cases(studied: &Studied, values: &str) -> Result<Axis, Diagnostic> {
    let known: Vec<&str> = studied
        .base
        .document
        .as_ref()
        .map(|document| document.cases.entries.keys().map(String::as_str).collect())
        .unwrap_or_default();
    let mut names: Vec<&str> = Vec::new();
    for name in values.split(',').map(str::trim) {
        match name {
            "all" => names.extend(&known),
            NO_CASE => names.push(name),
            name if known.contains(&name) => names.push(name),
            name => {
                let fault = Diagnostic::new(Code::UnknownCase, format!("there is no case `{name}`"));
                return Err(match nearest(name, known.iter().copied()) {
                    Some(near) => fault.help(format!("did you mean `{near}`?")),
                    None if known.is_empty() => fault.help("the file has no cases"),
                    None => {
                        fault.help(format!("its cases are {}; `none` is without, `all` each of them", one_of(known)))
                    }
                });
            }
        }
    }
    let mut points: Vec<AxisPoint> = Vec::new();
    for name in names {
        if !points.iter().any(|point| point.text == name) {
            points.push(AxisPoint { text: name.to_owned(), value: AxisValue::Text });
        }
    }
    if points.is_empty() {
        return Err(Diagnostic::new(Code::UnknownCase, "the file has no cases").help("vary something else"));
    }
    Ok(Axis { path: CASE.to_owned(), points, missed: Vec::new() })
}

/// Says why a point was refused, and refuses.
pub(super) fn refuse_point(refused: &Refused, colour: Colour) -> Exit {
    let faults: Vec<&Diagnostic> = refused.faults.iter().collect();
    report(&faults, &refused.sources, colour);
    Exit::Refused
}

/// Title and currency of the file.
pub(super) fn about(studied: &Studied) -> (String, String) {
    let text = |key: &str| {
        let document = studied.base.document.as_ref();
        document.and_then(|document| document.root.text(key)).unwrap_or_default().to_owned()
    };
    (text("title"), text("currency"))
}

/// A path that names no result.
pub(super) fn no_result(studied: &Studied, path: &str) -> Diagnostic {
    match &studied.base.outcome {
        Some(outcome) => unknown(outcome, path),
        None => Diagnostic::new(Code::UnknownResult, format!("no result has the path `{path}`"))
            .help("--format csv of `run` lists every path"),
    }
}

/// A reason as data.
pub(super) fn why_json(why: &Why) -> serde_json::Value {
    serde_json::json!({ "code": why.code, "message": why.message, "help": why.help })
}

/// Puts a study out: a page, its grid, or its object, whichever was asked for; no other is made.
pub(super) fn put_out(
    page: impl FnOnce() -> Page,
    grid: impl FnOnce() -> Grid,
    object: impl FnOnce() -> serde_json::Value,
    output: &Output,
    colour: Colour,
) -> Exit {
    let unwritten = |error: &dyn std::error::Error| {
        refuse_one(&Diagnostic::new(Code::Arithmetic, format!("the study cannot be written: {error}")), colour)
    };
    let text = match output.format {
        Format::Terminal => terminal(&page(), screen(colour, output.output.is_some())),
        Format::Markdown => markdown(&page()),
        Format::Csv => match csv_grid(&grid()) {
            Ok(text) => text,
            Err(error) => return unwritten(&error),
        },
        Format::Json => match serde_json::to_string_pretty(&object()) {
            Ok(text) => text + "\n",
            Err(error) => return unwritten(&error),
        },
    };
    put(&text, output.output.as_deref())
}
