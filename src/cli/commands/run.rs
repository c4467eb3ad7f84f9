//! `run`.

use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::nearest;
use crate::diagnostics::one_of;
use crate::exchange::run_result;
use crate::outcome::Metric;
use crate::outcome::Outcome;
use crate::outcome::When;
use crate::outcome::all_metrics;
use crate::outcome::metric;
use crate::render::csv_grid;
use crate::render::csv_metrics;
use crate::render::markdown;
use crate::render::terminal;
use crate::report::View;
use crate::report::run_page;
use crate::studies::results as named;

use super::super::args::Colour;
use super::super::args::Format;
use super::super::args::Run;
use super::super::args::ViewName;
use super::super::exit::Exit;
use super::super::load::Loaded;
use super::super::screen::complain;
use super::super::screen::put;
use super::super::screen::screen;
use super::played::Played;
use super::played::played;
use super::refuse_one;

/// Plays every file; prints nothing if any of them is refused.
pub(super) fn run(args: &Run, colour: Colour) -> Exit {
    let all = match played(&args.files, &args.changes, &args.output, colour) {
        Ok(all) => all,
        Err(exit) => return exit,
    };
    if args.output.format == Format::Json && !args.views.is_empty() {
        let fault =
            Diagnostic::new(Code::UnknownResult, "--view chooses parts of a page, and JSON is the whole result");
        return refuse_one(&fault.help("leave --view out, or use --format csv for one table"), colour);
    }
    if !args.metrics.is_empty() {
        for played in &all {
            notice(&args.metrics, &played.loaded);
        }
    }
    let text = match text(args, colour, &all) {
        Ok(text) => text,
        Err(fault) => return refuse_one(&fault, colour),
    };
    put(&text, args.output.output.as_deref())
}

/// What is worth knowing goes to stderr where only values are printed; a burn's measure only if a burn is asked for.
pub(super) fn notice(metrics: &[String], loaded: &Loaded) {
    // The findings are of the main line; a result of another play has its own.
    if metrics.iter().all(|path| path.contains("@outcome.") || path.contains("@burn.")) {
        return;
    }
    for finding in loaded.bag.findings() {
        let is_about_burns = finding.path.as_deref().is_some_and(|path| path.starts_with("burn."));
        let burn = finding.path.as_deref().and_then(|path| path.strip_prefix("burn.")).unwrap_or_default();
        let asks = metrics.iter().any(|path| path.split('.').any(|part| part == burn || part == "*"));
        if !is_about_burns || asks {
            let place = finding.span.map_or_else(String::new, |span| loaded.sources.place(span));
            let help = finding.help.first().map_or_else(String::new, |help| format!("; {help}"));
            complain(&format!("{place}: {}{help} [{}]", finding.message, finding.code));
        }
    }
}

fn text(args: &Run, colour: Colour, all: &[Played]) -> Result<String, Diagnostic> {
    if !args.metrics.is_empty() {
        return chosen(args, all);
    }
    let views: Vec<View> = args.views.iter().map(|view| view_of(*view)).collect();
    let page = |played: &Played| {
        run_page(&played.outcome, &played.document, &played.loaded.sources, &played.loaded.bag, &views)
    };
    match args.output.format {
        Format::Terminal => {
            let screen = screen(colour, args.output.output.is_some());
            let pages: Vec<String> = all.iter().map(|played| terminal(&page(played), screen)).collect();
            Ok(pages.join("\n\n"))
        }
        Format::Markdown => {
            let pages: Vec<String> = all.iter().map(|played| markdown(&page(played))).collect();
            Ok(pages.join("\n"))
        }
        Format::Csv if views.is_empty() => {
            let results = all.iter().map(|played| (played.file.clone(), all_metrics(&played.outcome)));
            csv_metrics(&printed(results)).map_err(|error| unwritten(&error))
        }
        Format::Csv => {
            let mut tables = Vec::new();
            for section in all.iter().flat_map(|played| page(played).sections) {
                if let Some(grid) = &section.grid {
                    tables.push(csv_grid(grid).map_err(|error| unwritten(&error))?);
                }
            }
            Ok(tables.join("\n"))
        }
        Format::Json => {
            let results: Vec<_> = all
                .iter()
                .map(|played| run_result(&played.outcome, &played.document, &played.loaded.sources, &played.loaded.bag))
                .collect();
            let text = match results.as_slice() {
                [one] => serde_json::to_string_pretty(one),
                many => serde_json::to_string_pretty(many),
            };
            text.map(|text| text + "\n").map_err(|error| unwritten(&error))
        }
    }
}

/// Results as they are printed: path and value.
fn printed(results: impl Iterator<Item = (String, Vec<Metric>)>) -> Vec<(String, Vec<(String, String)>)> {
    results
        .map(|(file, metrics)| {
            (file, metrics.into_iter().map(|metric| (metric.path, metric.value.to_string())).collect())
        })
        .collect()
}

fn unwritten(error: &dyn std::error::Error) -> Diagnostic {
    Diagnostic::new(Code::Arithmetic, format!("the result cannot be written: {error}"))
}

fn view_of(view: ViewName) -> View {
    match view {
        ViewName::Rounds => View::Rounds,
        ViewName::Ownership => View::Ownership,
        ViewName::Instruments => View::Instruments,
        ViewName::Bridge => View::Bridge,
        ViewName::Runway => View::Runway,
        ViewName::Matrix => View::Matrix,
        ViewName::Years => View::Years,
        ViewName::Cash => View::Cash,
        ViewName::Flows => View::Flows,
        ViewName::Exits => View::Exits,
        ViewName::Figures => View::Figures,
        ViewName::Findings => View::Findings,
    }
}

/// The results asked for by path: one value alone, or a line each.
fn chosen(args: &Run, all: &[Played]) -> Result<String, Diagnostic> {
    let mut results: Vec<(String, Vec<Metric>)> = Vec::new();
    for played in all {
        let mut found = Vec::new();
        for path in &args.metrics {
            let Some(mut metrics) = named(&played.outcome, path) else {
                let fault = unknown(&played.outcome, path);
                let message = format!("{} in `{}`", fault.message, played.file);
                return Err(Diagnostic { message, ..fault });
            };
            found.append(&mut metrics);
        }
        results.push((played.file.clone(), found));
    }
    match args.output.format {
        Format::Csv => csv_metrics(&printed(results.into_iter())).map_err(|error| unwritten(&error)),
        Format::Json => {
            let object = |metrics: &[Metric]| {
                let entries = metrics.iter().map(|metric| (metric.path.clone(), metric.value.to_string().into()));
                serde_json::Value::Object(entries.collect())
            };
            let value = match results.as_slice() {
                [(_, metrics)] => object(metrics),
                many => serde_json::Value::Object(
                    many.iter().map(|(file, metrics)| (file.clone(), object(metrics))).collect(),
                ),
            };
            serde_json::to_string_pretty(&value).map(|text| text + "\n").map_err(|error| unwritten(&error))
        }
        Format::Markdown => {
            let rows = results.iter().flat_map(|(file, metrics)| {
                metrics.iter().map(move |metric| format!("| {file} | {} | {} |", metric.path, metric.value))
            });
            let lines: Vec<String> = ["| file | result | value |", "| --- | --- | ---: |"]
                .into_iter()
                .map(str::to_owned)
                .chain(rows)
                .collect();
            Ok(lines.join("\n") + "\n")
        }
        Format::Terminal => {
            let mut text = String::new();
            // One path asked for is one value alone; a wildcard always names what it found.
            let is_one = matches!(results.as_slice(), [(_, metrics)] if metrics.len() == 1)
                && args.metrics.iter().all(|path| !path.contains('*'));
            for (file, metrics) in &results {
                for metric in metrics {
                    let line = match (is_one, results.len()) {
                        (true, _) => metric.value.to_string(),
                        (false, 1) => format!("{}\t{}", metric.path, metric.value),
                        (false, _) => format!("{file}\t{}\t{}", metric.path, metric.value),
                    };
                    text.push_str(&line);
                    text.push('\n');
                }
            }
            Ok(text)
        }
    }
}

/// A result path that names nothing, and the nearest that names something.
pub(super) fn unknown(outcome: &Outcome, path: &str) -> Diagnostic {
    let fault = Diagnostic::new(Code::UnknownResult, format!("no result has the path `{path}`"));
    let (name, when) = path.split_once('@').map_or((path, None), |(name, when)| (name, Some(when)));
    if let Some(when) = when
        && When::from_text(when, &outcome.scenario, &outcome.plan).is_none()
    {
        let events: Vec<&str> = outcome.plan.steps.iter().map(|step| step.path.as_str()).collect();
        return fault.help(format!(
            "behind the @ stands a day from the opening to the horizon, as {}, or an event: {}",
            outcome.scenario.as_of,
            one_of(events)
        ));
    }
    if when.is_some() && metric(outcome, name).is_some() {
        return fault.help(format!("`{name}` has no value there: only at the end, or not yet"));
    }
    let all = all_metrics(outcome);
    match nearest(name, all.iter().map(|metric| metric.path.as_str())) {
        Some(near) => fault.help(format!("did you mean `{near}`?")),
        None => fault.help("--format csv lists every path"),
    }
}
