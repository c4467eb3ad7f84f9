//! `explain`.

use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::outcome::Outcome;
use crate::outcome::metric;
use crate::render::csv_grid;
use crate::render::markdown;
use crate::render::terminal;
use crate::report::Page;
use crate::report::explain as why;

use super::super::args::Colour;
use super::super::args::Explain;
use super::super::args::Format;
use super::super::exit::Exit;
use super::super::load::play;
use super::super::screen::put;
use super::super::screen::screen;
use super::refuse;
use super::refuse_one;

/// Paths with a wildcard stand for every result they name.
fn expanded(outcome: &Outcome, paths: &[String]) -> Vec<String> {
    let mut all = Vec::new();
    for path in paths {
        match metric(outcome, path).filter(|_| path.contains('*')) {
            Some(found) => {
                let when = path.split_once('@').map_or_else(String::new, |(_, when)| format!("@{when}"));
                all.extend(found.into_iter().map(|metric| format!("{}{when}", metric.path)));
            }
            None => all.push(path.clone()),
        }
    }
    all
}

/// Explains every path; prints nothing if any of them names nothing.
pub(super) fn explain(args: &Explain, colour: Colour) -> Exit {
    let loaded = play(&args.file, &args.changes);
    let (Some(document), Some(outcome)) = (&loaded.document, &loaded.outcome) else {
        return refuse(&loaded.bag, &loaded.sources, colour);
    };
    let mut pages: Vec<Page> = Vec::new();
    for path in &expanded(outcome, &args.paths) {
        match why(outcome, document, &loaded.sources, path) {
            Ok(page) => pages.push(page),
            Err(near) => {
                let fault = Diagnostic::new(Code::UnknownResult, format!("`{path}` is neither a result nor an input"));
                let fault = match near {
                    Some(near) => fault.help(format!("did you mean `{near}`?")),
                    None => fault.help(
                        "`capsim run FILE --format csv` lists every result, `capsim check FILE --resolved` every input",
                    ),
                };
                return refuse_one(&fault, colour);
            }
        }
    }
    let screen = screen(colour, args.output.output.is_some());
    let text: Result<Vec<String>, Diagnostic> = pages
        .iter()
        .map(|page| match args.output.format {
            Format::Terminal => Ok(terminal(page, screen)),
            Format::Markdown => Ok(markdown(page)),
            Format::Csv => page
                .sections
                .iter()
                .filter_map(|section| section.grid.as_ref())
                .map(|grid| csv_grid(grid).map_err(|error| Diagnostic::new(Code::Arithmetic, error.to_string())))
                .collect::<Result<Vec<_>, _>>()
                .map(|tables| tables.join("\n")),
            Format::Json => Err(Diagnostic::new(Code::NotYetSupported, "an explanation is for people: it has no JSON")
                .help("`capsim run FILE --format json` has every result, step and source as data")),
        })
        .collect();
    match text {
        Ok(texts) => put(&texts.join("\n"), args.output.output.as_deref()),
        Err(fault) => refuse_one(&fault, colour),
    }
}
