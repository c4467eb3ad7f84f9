//! `payouts`.

use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::one_of;
use crate::document::typed;
use crate::format::Kind;
use crate::format::Quantity;
use crate::outcome::Outcome;
use crate::outcome::breakpoints;
use crate::outcome::payments;
use crate::render::csv_grid;
use crate::render::markdown;
use crate::render::terminal;
use crate::report::By;
use crate::report::payout_lines;
use crate::report::payouts_grid;
use crate::report::payouts_page;
use crate::report::payouts_path;
use crate::scenario::ExitKind;
use crate::scenario::Sale;
use crate::studies::axis;
use crate::units::Decimal;
use crate::units::amount;

use super::super::args::Colour;
use super::super::args::Format;
use super::super::args::PaidBy;
use super::super::args::Payouts;
use super::super::exit::Exit;
use super::super::load::play;
use super::super::screen::put;
use super::super::screen::screen;
use super::refuse;
use super::refuse_one;

/// The most values of a range.
const MOST: usize = 2_000;
/// How many values are shown where none are asked for.
const STEPS: u32 = 16;

/// Shows what a sale pays over a range of values.
pub(super) fn payouts(args: &Payouts, colour: Colour) -> Exit {
    let loaded = play(&args.file, &args.changes);
    let Some(outcome) = &loaded.outcome else { return refuse(&loaded.bag, &loaded.sources, colour) };
    match text(args, colour, outcome) {
        Ok(text) => put(&text, args.output.output.as_deref()),
        Err(fault) => refuse_one(&fault, colour),
    }
}

fn text(args: &Payouts, colour: Colour, outcome: &Outcome) -> Result<String, Diagnostic> {
    let (path, range) = match args.vary.as_deref().map(|vary| (vary, vary.split_once('='))) {
        None => (None, None),
        Some((_, Some((path, range)))) => (Some(path), Some(range)),
        Some((vary, None)) => {
            return Err(Diagnostic::new(Code::UnknownPath, format!("`{vary}` names no values"))
                .help("write a path and values, as exit.sale.equity_value=0..80M/5M"));
        }
    };
    let (exit, is_first_of_many) = choose(args, path, outcome)?;
    let path = payouts_path(outcome, exit);
    let values = match range {
        Some(range) => values(&path, range, &outcome.scenario.currency)?,
        None => usual(outcome, exit),
    };
    let by = match args.by {
        PaidBy::Holder => By::Holder,
        PaidBy::Class => By::Class,
    };
    let lines = payout_lines(outcome, exit, &values, by).map_err(|value| {
        Diagnostic::new(
            Code::CannotSolve,
            format!("at {} every claim is paid in full, and nobody takes the rest", amount(value)),
        )
        .help("there is no common stock, and no preferred that may convert: end the range below it")
    })?;
    let mut page = payouts_page(outcome, exit, &values, &lines);
    if is_first_of_many {
        page.lead.push("the first of several sales: --exit chooses another".to_owned());
    }
    let written = |error: &dyn std::error::Error| Diagnostic::new(Code::Arithmetic, error.to_string());
    match args.output.format {
        Format::Terminal => Ok(terminal(&page, screen(colour, args.output.output.is_some()))),
        Format::Markdown => Ok(markdown(&page)),
        Format::Csv => {
            // Names may repeat; paths do not.
            let grid = payouts_grid(&path, &values, &lines, |line| line.path.clone());
            csv_grid(&grid).map_err(|error| written(&error))
        }
        Format::Json => {
            let texts = |values: &[Decimal]| -> Vec<String> {
                values.iter().map(|value| value.normalize().to_string()).collect()
            };
            let paid: serde_json::Map<String, serde_json::Value> =
                lines.iter().map(|line| (line.path.clone(), texts(&line.sums).into())).collect();
            let points: Vec<String> = breakpoints(outcome, exit)
                .iter()
                .filter_map(|point| Some(point.value.decimal()?.normalize().to_string()))
                .collect();
            let value = serde_json::json!({
                "schema": "capsim.payouts/1",
                "over": path,
                "values": texts(&values),
                "payouts": paid,
                "breakpoints": points,
            });
            serde_json::to_string_pretty(&value).map(|text| text + "\n").map_err(|error| written(&error))
        }
    }
}

/// The sale that was asked for, or the first, and whether nobody chose among several.
fn choose(args: &Payouts, path: Option<&str>, outcome: &Outcome) -> Result<(usize, bool), Diagnostic> {
    let sales: Vec<(usize, &str, &Sale)> = outcome
        .scenario
        .exits
        .iter()
        .enumerate()
        .filter_map(|(index, exit)| match &exit.kind {
            ExitKind::Sale(sale) if payments(outcome, index).is_some() => Some((index, exit.id.as_str(), sale)),
            _ => None,
        })
        .collect();
    let names: Vec<&str> = sales.iter().map(|(_, id, _)| *id).collect();
    let paths: Vec<String> = sales.iter().map(|(_, id, sale)| format!("exit.{id}.{}", sale.value.key())).collect();
    let fault = |message: String| Diagnostic::new(Code::UnknownPath, message);
    if sales.is_empty() {
        return Err(fault("there is no sale or wind-up that takes place within the horizon".to_owned())
            .help("add [exit.sale] with `kind`, `date` and `equity_value`; a listing is read with `run`"));
    }
    let asked = match &args.exit {
        None => None,
        Some(asked) => match sales.iter().find(|(_, id, _)| id == asked) {
            Some((index, ..)) => Some(*index),
            None => {
                return Err(fault(format!("there is no sale `{asked}`")).help(format!("there is {}", one_of(names))));
            }
        },
    };
    if let Some(path) = path {
        let place = paths.iter().position(|known| known == path);
        let Some((index, ..)) = place.and_then(|place| sales.get(place)) else {
            let known: Vec<&str> = paths.iter().map(String::as_str).collect();
            return Err(
                fault(format!("`{path}` is not the value of a sale")).help(format!("there is {}", one_of(known)))
            );
        };
        if asked.is_some_and(|asked| asked != *index) {
            return Err(fault(format!("`{path}` is not of the sale that --exit names")).help("leave one of them out"));
        }
        return Ok((*index, false));
    }
    let first = sales.first().map(|(index, ..)| *index);
    Ok((asked.or(first).unwrap_or(0), asked.is_none() && sales.len() > 1))
}

/// Values written as `0..80M/5M` or `5M,10M`, in the currency of the scenario, rising.
fn values(path: &str, range: &str, currency: &str) -> Result<Vec<Decimal>, Diagnostic> {
    let axis = axis(path, range, Kind::Figure(Quantity::Money), MOST)?;
    let mut all = Vec::new();
    for point in axis.points {
        let (amount, named) = typed(Quantity::Money, &point.text)
            .map_err(|(message, help)| Diagnostic::new(Code::BadLiteral, message).help(help))?;
        if let Some(named) = named.filter(|named| named != currency) {
            return Err(Diagnostic::new(Code::WrongCurrency, format!("{named} in a scenario in {currency}"))
                .help(format!("write the values of a range in {currency}")));
        }
        let value = amount.decimal().unwrap_or(Decimal::ZERO);
        if value.is_sign_negative() && !value.is_zero() {
            return Err(Diagnostic::new(Code::BadLiteral, format!("a value of {} is negative", point.text))
                .help("a sale pays nothing or more"));
        }
        all.push(value);
    }
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

/// From nothing to past the last breakpoint and the value of the file, in even steps.
fn usual(outcome: &Outcome, exit: usize) -> Vec<Decimal> {
    let last = breakpoints(outcome, exit).last().and_then(|point| point.value.decimal()).unwrap_or(Decimal::ZERO);
    let own = payments(outcome, exit).and_then(|paid| paid.value.decimal()).unwrap_or(Decimal::ZERO);
    let top = last.max(own).saturating_mul(Decimal::new(125, 2));
    let step = top.checked_div(Decimal::from(STEPS)).unwrap_or(Decimal::ONE);
    let step = round_step(step);
    (0..=STEPS).map(|place| step.saturating_mul(Decimal::from(place))).collect()
}

/// The next step up that is easy to count in: 1, 2, 2.5 or 5 of some power of ten.
fn round_step(least: Decimal) -> Decimal {
    let mut power = Decimal::new(1, 2);
    while power.saturating_mul(Decimal::TEN) <= least {
        power = power.saturating_mul(Decimal::TEN);
    }
    let steps = [Decimal::ONE, Decimal::TWO, Decimal::new(25, 1), Decimal::from(5), Decimal::TEN];
    let mut all = steps.into_iter().map(|step| step.saturating_mul(power));
    all.find(|step| *step >= least).unwrap_or(least)
}
