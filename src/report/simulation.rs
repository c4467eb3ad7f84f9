//! The page of `simulate`: the chances that were asked for, then each result with its quantiles and its shape.

use std::collections::BTreeMap;

use rust_decimal::prelude::FromPrimitive;
use rust_decimal::prelude::ToPrimitive;

use crate::outcome::Measure;
use crate::outcome::MetricValue;
use crate::studies::simulate::Chance;
use crate::studies::simulate::Histogram;
use crate::studies::simulate::RefusedDraw;
use crate::studies::simulate::Route;
use crate::studies::simulate::Simulation;
use crate::studies::simulate::Summary;
use crate::units::Day;
use crate::units::Decimal;
use crate::units::grouped;

use super::compare::cell;
use super::compare::change_of;
use super::page::Cell;
use super::page::Column;
use super::page::Grid;
use super::page::Page;
use super::page::Row;
use super::page::RowKind;
use super::page::Section;
use super::page::View;

/// What a simulation came to.
#[derive(Debug)]
pub struct Simulated<'a> {
    /// The title of the scenario, or of the comparison.
    pub title: &'a str,
    /// Its file.
    pub file: &'a str,
    /// Its currency.
    pub currency: &'a str,
    /// The draws.
    pub simulation: &'a Simulation,
    /// Each result.
    pub summaries: &'a [Summary],
    /// Each statement.
    pub chances: &'a [Chance],
    /// Whether the numbers are differences of two scenarios.
    pub is_difference: bool,
}

/// The page.
#[must_use]
pub fn simulation_page(of: &Simulated<'_>) -> Page {
    let mut sections = Vec::new();
    if !of.chances.is_empty() {
        sections.push(Section {
            view: View::Other,
            heading: "Chances".to_owned(),
            grid: Some(chances(of.chances)),
            notes: vec!["plus or minus is two standard errors".to_owned()],
        });
    }
    if !of.summaries.is_empty() {
        let heading = if of.is_difference { "What differs, draw by draw" } else { "Results over all draws" };
        sections.push(Section {
            view: View::Other,
            heading: heading.to_owned(),
            grid: Some(in_short(results(of))),
            notes: notes(of),
        });
    }
    let refused = refusals(&of.simulation.refused, of.simulation.draws());
    if !refused.is_empty() {
        sections.push(Section {
            view: View::Other,
            heading: "Draws without an answer".to_owned(),
            grid: None,
            notes: refused,
        });
    }
    Page {
        title: of.title.to_owned(),
        aside: of.file.to_owned(),
        lead: lead(of.simulation),
        currency: of.currency.to_owned(),
        chart: None,
        sections,
    }
}

/// The results as a table for programs: beside what the page shows, in how many draws there is a number, in how many it
/// lies beyond the horizon, in how many there is none, and the ends.
#[must_use]
pub fn simulation_grid(of: &Simulated<'_>) -> Grid {
    let mut grid = results(of);
    grid.columns.pop();
    for heading in ["draws", "not within the horizon", "without value", "least", "most"] {
        grid.columns.push(Column::number(heading));
    }
    for (row, summary) in grid.rows.iter_mut().zip(of.summaries) {
        row.cells.pop();
        let counts = [summary.counted, summary.beyond, summary.missing];
        row.cells.extend(counts.map(|count| Cell::text(count.to_string())));
        for end in [summary.ends.map(|ends| ends.0), summary.ends.map(|ends| ends.1)] {
            row.cells.push(value_cell(summary.measure, end, of.is_difference));
        }
    }
    // A statement is one in the draws in which it holds, and nothing in the others: its chance is a mean.
    let width = grid.columns.len();
    for chance in of.chances {
        let number = |number: Option<f64>| number.map_or(Cell::Empty, |number| Cell::Multiple(shown(number)));
        let part = chance.part();
        let mut cells = vec![
            Cell::text(format!("P({})", chance.text)),
            number(part),
            number(part.map(|part| (part * (1.0 - part)).sqrt())),
        ];
        cells.resize(width.saturating_sub(5), Cell::Empty);
        cells.push(Cell::text(chance.of.to_string()));
        cells.resize(width, Cell::Empty);
        grid.rows.push(Row { kind: RowKind::Item, cells });
    }
    grid
}

pub(super) fn counted(number: u64) -> String {
    grouped(Decimal::from(number), 0)
}

pub(super) fn lead(simulation: &Simulation) -> Vec<String> {
    let wanted = &simulation.wanted;
    let drawn = simulation.drawn.len();
    let mut first = format!(
        "{} draws of {drawn} {}, seed {}",
        counted(simulation.draws()),
        if drawn == 1 { "input" } else { "inputs" },
        wanted.seed
    );
    if wanted.first > 0 {
        first.push_str(&format!(", from draw {} on", counted(wanted.first)));
    }
    if wanted.points != crate::studies::simulate::Points::Random {
        first.push_str(", evenly laid points");
    }
    let mut lines = vec![first];
    if !simulation.is_complete() {
        lines.push(format!(
            "stopped: {} of {} draws were played",
            counted(simulation.draws()),
            counted(simulation.asked)
        ));
    }
    if drawn == 0 {
        lines.push("nothing has a shape or a probability: every draw is what `run` says".to_owned());
    }
    if let Route::Exactly(why) = &simulation.route {
        lines.push(format!("played in exact decimals, which is slow: {why}"));
    }
    if !simulation.held.is_empty() {
        lines.push(format!(
            "held as `run` has them, for want of a shape or a probability: {}",
            simulation.held.join(", ")
        ));
    }
    lines
}

/// Several columns of a table of narrow numbers may be beyond the horizon: one word there, as statements write it.
fn in_short(mut grid: Grid) -> Grid {
    for cell in grid.rows.iter_mut().flat_map(|row| &mut row.cells) {
        if *cell == Cell::Never {
            *cell = Cell::text("never");
        }
    }
    grid
}

fn chances(all: &[Chance]) -> Grid {
    let rows = all
        .iter()
        .map(|chance| Row {
            kind: RowKind::Item,
            cells: vec![
                Cell::text(chance.text.clone()),
                chance.part().map_or(Cell::Empty, |part| Cell::percent(shown(part))),
                chance.error().map_or(Cell::Empty, |error| Cell::Width(shown(2.0 * error))),
                Cell::text(counted(chance.of)),
            ],
        })
        .collect();
    Grid {
        columns: vec![
            Column::text("statement"),
            Column::number("chance"),
            Column::number("plus or minus"),
            Column::number("draws"),
        ],
        rows,
    }
}

pub(super) fn results(of: &Simulated<'_>) -> Grid {
    let mut columns = vec![Column::text("result"), Column::number("mean"), Column::number("std dev")];
    let parts = of.summaries.first().map(|summary| &summary.quantiles[..]).unwrap_or_default();
    columns.extend(parts.iter().map(|(part, _)| Column::number(&format!("p{}", shown(part * 100.0).normalize()))));
    columns.push(Column::text("shape"));
    let rows = of
        .summaries
        .iter()
        .map(|summary| {
            let value = |number: Option<f64>| value_cell(summary.measure, number, of.is_difference);
            let mut cells = vec![Cell::text(summary.path.clone()), value(summary.mean)];
            cells.push(match (summary.measure, summary.deviation) {
                // A spread of days is a number of days.
                (Measure::Day, Some(days)) => Cell::Months(shown(days)),
                (Measure::Part, Some(part)) => Cell::Width(shown(part)),
                (measure, deviation) => value_cell(measure, deviation, false),
            });
            cells.extend(summary.quantiles.iter().map(|(_, number)| value(*number)));
            cells.push(summary.histogram.as_ref().map_or(Cell::Empty, shape));
            Row { kind: RowKind::Item, cells }
        })
        .collect();
    Grid { columns, rows }
}

/// A number of a result as its measure is shown; beyond the horizon it is never.
fn value_cell(measure: Measure, number: Option<f64>, is_difference: bool) -> Cell {
    match number {
        None => Cell::Empty,
        Some(number) if number.is_nan() => Cell::Empty,
        Some(number) if number.is_infinite() && !is_difference => Cell::Never,
        Some(number) if number.is_infinite() => Cell::text(if number > 0.0 { "to never" } else { "from never" }),
        Some(number) if is_difference => change_of(measure, shown(number)),
        Some(number) if measure == Measure::Day => {
            let day = shown(number).round().to_i64().and_then(Day::from_number);
            cell(measure, day.map(MetricValue::Day).as_ref())
        }
        Some(number) => cell(measure, Some(&MetricValue::Number(shown(number)))),
    }
}

fn shape(histogram: &Histogram) -> Cell {
    Cell::Shape(histogram.counts.clone())
}

/// A float for display, with the fifteen digits that it surely has.
pub(super) fn shown(number: f64) -> Decimal {
    Decimal::from_f64(number).unwrap_or_default()
}

pub(super) fn notes(of: &Simulated<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    for summary in of.summaries {
        if summary.beyond > 0 && !of.is_difference {
            lines.push(format!(
                "{}: never in {} of {} draws, so it has no mean{}",
                summary.path,
                counted(summary.beyond),
                counted(summary.counted),
                if summary.beyond < summary.counted { "; the shape is that of the others" } else { "" }
            ));
        }
        if summary.missing > 0 {
            lines.push(format!("{}: no value in {} draws", summary.path, counted(summary.missing)));
        }
    }
    if !of.is_difference && of.summaries.iter().any(|summary| summary.beyond > 0) {
        lines.push("never is what does not come within the horizon".to_owned());
    }
    lines
}

/// How many draws were refused, by fault.
pub(super) fn refusals(refused: &[RefusedDraw], draws: u64) -> Vec<String> {
    let mut by_fault: BTreeMap<(&str, String), (u64, &RefusedDraw)> = BTreeMap::new();
    for draw in refused {
        // The same fault has other numbers in another draw.
        let plain: String = draw.why.chars().filter(|c| !c.is_ascii_digit() && *c != '.').collect();
        by_fault.entry((&draw.code, plain)).or_insert((0, draw)).0 += 1;
    }
    let mut found: Vec<(u64, &RefusedDraw)> = by_fault.into_values().collect();
    found.sort_by_key(|(count, first)| (std::cmp::Reverse(*count), first.draw));
    let line = |(count, first): (u64, &RefusedDraw)| {
        format!(
            "{} of {} draws, draw {} first: {} [{}]",
            counted(count),
            counted(draws),
            first.draw,
            first.why,
            first.code
        )
    };
    found.into_iter().map(line).collect()
}
