//! `portfolio`.

use std::path::Path;

use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::outcome::When;
use crate::render::csv_grid;
use crate::render::markdown;
use crate::render::terminal;
use crate::report::Portfolio as Holdings;
use crate::report::PortfolioRow;
use crate::report::portfolio_page;
use crate::report::portfolio_row;
use crate::units::Day;
use crate::units::Decimal;

use super::super::args::Colour;
use super::super::args::Format;
use super::super::args::Portfolio;
use super::super::exit::Exit;
use super::super::files::is_same_file;
use super::super::screen::complain;
use super::super::screen::put;
use super::super::screen::screen;
use super::compare::labels;
use super::played::Played;
use super::played::played;
use super::refuse_one;

/// Shows one holder over every file; prints nothing if any of them is refused.
pub(super) fn portfolio(args: &Portfolio, colour: Colour) -> Exit {
    let all = match played(&args.files, &args.changes, &args.output, colour) {
        Ok(all) => all,
        Err(exit) => return exit,
    };
    let holdings = match holdings(args, &all) {
        Ok(holdings) => holdings,
        Err(fault) => return refuse_one(&fault, colour),
    };
    let page = portfolio_page(&holdings);
    let written = match args.output.format {
        Format::Terminal => Ok(terminal(&page, screen(colour, args.output.output.is_some()))),
        Format::Markdown => Ok(markdown(&page)),
        Format::Csv => page
            .sections
            .iter()
            .filter_map(|section| section.grid.as_ref())
            .map(csv_grid)
            .collect::<Result<String, _>>()
            .map_err(|error| error.to_string()),
        Format::Json => {
            serde_json::to_string_pretty(&json(&holdings)).map(|text| text + "\n").map_err(|error| error.to_string())
        }
    };
    match written {
        Ok(text) => {
            // A table of values has no place for what a page says below it.
            if args.output.format == Format::Csv {
                for note in holdings.notes() {
                    complain(&note);
                }
            }
            put(&text, args.output.output.as_deref())
        }
        Err(error) => {
            refuse_one(&Diagnostic::new(Code::Arithmetic, format!("the portfolio cannot be written: {error}")), colour)
        }
    }
}

/// What the holder has in each file.
fn holdings(args: &Portfolio, all: &[Played]) -> Result<Holdings, Diagnostic> {
    let at = args.at.as_deref().map(day).transpose()?;
    let labels = labels(&all.iter().map(|played| played.file.as_str()).collect::<Vec<_>>());
    let mut rows = Vec::new();
    for (Played { file, loaded, document, outcome }, label) in all.iter().zip(labels) {
        let scenario = &outcome.scenario;
        let when = match at {
            None => When::End,
            Some(day) => {
                let known = When::from_text(&day.to_string(), scenario, &outcome.plan);
                known.ok_or_else(|| {
                    let until = scenario.horizon.map_or_else(String::new, |horizon| format!(" and ends on {horizon}"));
                    Diagnostic::new(Code::BadDate, format!("`{file}` does not reach {day}"))
                        .help(format!("it begins on {}{until}: choose a day between", scenario.opening.date))
                })?
            }
        };
        let opening = document.root.table("opening").and_then(|table| loaded.sources.get(table.span.source));
        let opened_in = opening.map_or_else(|| file.clone(), |source| source.name.clone());
        // One file may be named in several ways.
        let mut known = rows.iter().map(|row: &PortfolioRow| &row.opened_in);
        let known = known.find(|known| is_same_file(Path::new(&opened_in), known)).cloned();
        let opened_in = known.unwrap_or(opened_in);
        rows.push(portfolio_row(outcome, &args.holder, when, (label, file.clone(), opened_in)));
    }
    let holdings = Holdings { holder: args.holder.clone(), at, rows };
    if holdings.is_unknown() {
        let near = holdings.rows.iter().find_map(|row| row.near.as_deref());
        let fault = Diagnostic::new(
            Code::UnknownReference,
            format!("there is no holder `{}` in any of the files", args.holder),
        );
        return Err(match near {
            Some(near) => fault.help(format!("did you mean `{near}`?")),
            None => fault.help("write the id of a holder, as it stands in [holder.ID]"),
        });
    }
    Ok(holdings)
}

fn day(typed: &str) -> Result<Day, Diagnostic> {
    Day::from_text(typed)
        .ok_or_else(|| Diagnostic::new(Code::BadDate, format!("`{typed}` is no day")).help("write it as 2027-12-31"))
}

/// The portfolio as data: decimals as strings, what is not known is null.
fn json(holdings: &Holdings) -> serde_json::Value {
    let text = |value: Decimal| value.normalize().to_string();
    let days = |day: Option<Day>| day.map(|day| day.to_string());
    let rows: Vec<serde_json::Value> = holdings
        .rows
        .iter()
        .map(|row| {
            let holding = row.holding.as_ref().map(|holding| {
                serde_json::json!({
                    "name": holding.name,
                    "ownership": holding.ownership.map(text),
                    "committed": holding.committed.map(text),
                    "value": holding.value.map(text),
                    "invested": text(holding.invested),
                    "in_kind": text(holding.in_kind),
                    "cash": text(holding.cash),
                    "returned": text(holding.returned),
                    "contracted": text(holding.contracted),
                    "net": text(holding.net),
                    "outstanding": text(holding.outstanding),
                    "paid_to_holders": text(holding.paid_to_holders),
                })
            });
            serde_json::json!({
                "label": row.label,
                "file": row.file,
                "title": row.title,
                "currency": row.currency,
                "as_of": row.as_of.to_string(),
                "until": days(row.until),
                "holding": holding,
            })
        })
        .collect();
    let total = holdings.total().ok().map(|total| {
        serde_json::json!({
            "value": text(total.value),
            "invested": text(total.invested),
            "in_kind": text(total.in_kind),
            "cash": text(total.cash),
            "returned": text(total.returned),
            "contracted": text(total.contracted),
            "net": text(total.net),
        })
    });
    serde_json::json!({
        "schema": "capsim.portfolio/1",
        "holder": holdings.holder,
        "name": holdings.name(),
        "at": days(holdings.at),
        "currency": holdings.currency(),
        "scenarios": rows,
        "total": total,
        "notes": holdings.notes(),
    })
}
