//! The page of `sweep`: a table, or for two axes a grid of each result with the second axis across.

use crate::outcome::Measure;
use crate::outcome::MetricValue;
use crate::studies::Asked;
use crate::studies::Axis;
use crate::studies::AxisPoint;
use crate::studies::AxisValue;
use crate::studies::Sweep;
use crate::studies::Swept;
use crate::studies::Why;
use crate::studies::as_number;
use crate::units::Decimal;
use crate::units::amount;
use crate::units::grouped;

use super::compare::cell;
use super::page::Cell;
use super::page::Column;
use super::page::Grid;
use super::page::Page;
use super::page::Row;
use super::page::RowKind;
use super::page::Section;
use super::page::View;
use super::payouts::MOST_SIDE_BY_SIDE;

/// At most this many values of the second axis stand side by side.
const MOST_ACROSS: usize = 10;

/// The page of a sweep of a scenario with this title and currency, from this file.
#[must_use]
pub fn sweep_page(sweep: &Sweep, title: &str, file: &str, currency: &str) -> Page {
    let refusals = Refusals::of(sweep);
    let mut sections = match sweep.axes.as_slice() {
        [down, across] => grids(sweep, down, across, &refusals),
        _ => tables(sweep, &refusals),
    };
    if let Some(last) = sections.last_mut() {
        last.notes.extend(refusals.notes(sweep));
        if sweep.unmoved > 0 {
            last.notes.push(format!(
                "{} further results of ownership and runway do not move: --metric PATH shows them",
                sweep.unmoved
            ));
        }
    }
    let mut lead: Vec<String> = Vec::new();
    if sweep.points.len() > 1 && (0..sweep.metrics.len()).all(|column| sweep.stays(column)) {
        lead.push("nothing shown here moves".to_owned());
    }
    let missed = sweep.axes.iter().flat_map(|axis| {
        axis.missed
            .iter()
            .map(|(high, last)| format!("{}: the steps do not meet {high}; the last value is {last}", axis.path))
    });
    lead.extend(missed);
    Page {
        title: format!("{title}: {} points", sweep.points.len()),
        aside: file.to_owned(),
        lead,
        currency: currency.to_owned(),
        chart: None,
        sections,
    }
}

/// Every point a row, every axis and every result a column under its whole path: what CSV holds.
#[must_use]
pub fn sweep_grid(sweep: &Sweep) -> Grid {
    let mut columns: Vec<Column> = sweep.axes.iter().map(|axis| Column::number(&axis.path)).collect();
    columns.extend(sweep.metrics.iter().map(|metric| Column::number(&metric.path)));
    columns.push(Column::text("refused"));
    let rows = sweep.points.iter().map(|point| {
        let mut cells: Vec<Cell> = places(sweep, point).map(exact).collect();
        match &point.values {
            Ok(values) => {
                cells.extend(measured(&sweep.metrics, values));
                cells.push(Cell::Empty);
            }
            Err(why) => {
                cells.extend(sweep.metrics.iter().map(|_| Cell::Empty));
                cells.push(Cell::text(format!("{}: {}", why.code, why.message)));
            }
        }
        Row { kind: RowKind::Item, cells }
    });
    Grid { columns, rows: rows.collect() }
}

fn places<'a>(sweep: &'a Sweep, point: &'a Swept) -> impl Iterator<Item = &'a AxisPoint> {
    sweep.axes.iter().zip(&point.at).filter_map(|(axis, place)| axis.points.get(*place))
}

/// A value of an axis with the digits a machine reads.
fn exact(point: &AxisPoint) -> Cell {
    match &point.value {
        AxisValue::Number(number) => Cell::Shares(*number),
        AxisValue::Day(day) => Cell::Day(*day),
        AxisValue::Text => Cell::text(&point.text),
    }
}

fn measured<'a>(metrics: &'a [Asked], values: &'a [Option<MetricValue>]) -> impl Iterator<Item = Cell> {
    metrics.iter().zip(values).map(|(metric, value)| cell(metric.measure, value.as_ref()))
}

/// Why points were refused, each reason once.
struct Refusals<'a> {
    all: Vec<&'a Why>,
}

impl<'a> Refusals<'a> {
    fn of(sweep: &'a Sweep) -> Refusals<'a> {
        let mut all: Vec<&Why> = Vec::new();
        for why in sweep.points.iter().filter_map(|point| point.values.as_ref().err()) {
            if !all.contains(&why) {
                all.push(why);
            }
        }
        Refusals { all }
    }

    /// What stands in the place of a refused point.
    fn cell(&self, why: &Why) -> Cell {
        match self.all.iter().position(|known| *known == why) {
            Some(place) if self.all.len() > 1 => Cell::text(format!("refused ({})", place.saturating_add(1))),
            _ => Cell::text("refused"),
        }
    }

    fn notes(&self, sweep: &Sweep) -> Vec<String> {
        let lines = self.all.iter().enumerate().map(|(place, why)| {
            let points: Vec<&Swept> =
                sweep.points.iter().filter(|point| point.values.as_ref().err() == Some(why)).collect();
            let first = points.first().map_or_else(String::new, |point| {
                places(sweep, point).map(|point| point.text.clone()).collect::<Vec<_>>().join(", ")
            });
            let number = if self.all.len() > 1 { format!(" ({})", place.saturating_add(1)) } else { String::new() };
            let others = match points.len().saturating_sub(1) {
                0 => String::new(),
                1 => " and one other point".to_owned(),
                more => format!(" and {more} other points"),
            };
            format!("refused{number} at {first}{others}: {}", said(why))
        });
        lines.collect()
    }
}

/// A reason with its mend and its code.
pub(super) fn said(why: &Why) -> String {
    let help = why.help.as_ref().map_or_else(String::new, |help| format!("; {help}"));
    format!("{}{help} [{}]", why.message, why.code)
}

/// A row a point, a column a result, as many side by side as can be read.
fn tables(sweep: &Sweep, refusals: &Refusals<'_>) -> Vec<Section> {
    let families = by_family(&sweep.metrics);
    let mut sections = Vec::new();
    for columns in families.iter().flat_map(|family| family.chunks(MOST_SIDE_BY_SIDE)) {
        let metrics: Vec<&Asked> = columns.iter().filter_map(|column| sweep.metrics.get(*column)).collect();
        let mut heads: Vec<Column> = sweep.axes.iter().map(|axis| Column::number(&short(&axis.path))).collect();
        heads.extend(metrics.iter().map(|metric| Column::number(&under(&metric.path, metrics.len()))));
        let rows = sweep.points.iter().map(|point| {
            let mut cells: Vec<Cell> = places(sweep, point).map(|point| Cell::text(&point.text)).collect();
            match &point.values {
                Ok(values) => cells.extend(columns.iter().filter_map(|column| {
                    let metric = sweep.metrics.get(*column)?;
                    Some(cell(metric.measure, values.get(*column).and_then(Option::as_ref)))
                })),
                Err(why) => cells.extend(metrics.iter().map(|_| refusals.cell(why))),
            }
            let kind = if point.values.is_ok() { RowKind::Item } else { RowKind::Quiet };
            Row { kind, cells }
        });
        let over: Vec<&str> = sweep.axes.iter().map(|axis| axis.path.as_str()).collect();
        sections.push(Section {
            view: View::Other,
            heading: format!("{} over {}", heading(&metrics), over.join(", ")),
            grid: Some(Grid { columns: heads, rows: rows.collect() }),
            notes: Vec::new(),
        });
    }
    sections
}

/// Results whose paths begin alike, each by its column.
fn by_family(metrics: &[Asked]) -> Vec<Vec<usize>> {
    let mut families: Vec<(&str, Vec<usize>)> = Vec::new();
    for (column, metric) in metrics.iter().enumerate() {
        let family = metric.path.split(['.', '@']).next().unwrap_or_default();
        match families.iter_mut().find(|(known, _)| *known == family) {
            Some((_, columns)) => columns.push(column),
            None => families.push((family, vec![column])),
        }
    }
    families.into_iter().map(|(_, columns)| columns).collect()
}

/// What a table holds: the one result, or what its results have in common.
fn heading(metrics: &[&Asked]) -> String {
    match metrics {
        [one] => one.path.clone(),
        all => {
            let first = all.first().map_or("", |metric| metric.path.as_str());
            first.split(['.', '@']).next().unwrap_or_default().to_owned()
        }
    }
}

/// `ownership.amazon` as `amazon` where the heading says the rest.
fn under(path: &str, of: usize) -> String {
    match path.split_once('.') {
        Some((_, rest)) if of > 1 => rest.to_owned(),
        _ => path.to_owned(),
    }
}

/// The last two parts of a path: what tells one axis from another.
fn short(path: &str) -> String {
    let parts: Vec<&str> = path.rsplit('.').take(2).collect();
    parts.into_iter().rev().collect::<Vec<_>>().join(".")
}

/// A grid of each result: the first axis down, the second across.
fn grids(sweep: &Sweep, down: &Axis, across: &Axis, refusals: &Refusals<'_>) -> Vec<Section> {
    let mut sections = Vec::new();
    for (column, metric) in sweep.metrics.iter().enumerate() {
        let value = |point: &'_ Swept| point.values.as_ref().ok().and_then(|values| values.get(column)?.clone());
        let numbers: Vec<(Decimal, &Swept)> =
            sweep.points.iter().filter_map(|point| Some((value(point).as_ref().and_then(as_number)?, point))).collect();
        let least = numbers.iter().map(|(number, _)| *number).min();
        let most = numbers.iter().map(|(number, _)| *number).max();
        let mut notes = extremes(sweep, metric.measure, &numbers, column);
        let places: Vec<usize> = (0..across.points.len()).collect();
        for chunk in places.chunks(MOST_ACROSS) {
            let mut columns = vec![Column::number(&short(&down.path))];
            columns.extend(
                chunk.iter().filter_map(|place| across.points.get(*place)).map(|point| Column::number(&point.text)),
            );
            let rows = down.points.iter().enumerate().map(|(row, point)| {
                let mut cells = vec![Cell::text(&point.text)];
                cells.extend(chunk.iter().map(|place| {
                    let number = row.saturating_mul(across.points.len()).saturating_add(*place);
                    match sweep.points.get(number).map(|point| &point.values) {
                        Some(Ok(values)) => {
                            let value = values.get(column).and_then(Option::as_ref);
                            warm(cell(metric.measure, value), value, least, most)
                        }
                        Some(Err(why)) => refusals.cell(why),
                        None => Cell::Empty,
                    }
                }));
                Row { kind: RowKind::Item, cells }
            });
            let is_first = chunk.first() == Some(&0);
            let heading = if is_first {
                format!("{}: {} down, {} across", metric.path, down.path, across.path)
            } else {
                "and".to_owned()
            };
            let grid = Some(Grid { columns, rows: rows.collect() });
            sections.push(Section { view: View::Other, heading, grid, notes: Vec::new() });
        }
        if let Some(last) = sections.last_mut() {
            last.notes.append(&mut notes);
        }
    }
    sections
}

/// A cell and how high it stands between the lowest and the highest of its grid.
fn warm(cell: Cell, value: Option<&MetricValue>, least: Option<Decimal>, most: Option<Decimal>) -> Cell {
    let part = match value {
        // Beyond the horizon is past every number.
        Some(MetricValue::Never) => Some(Decimal::ONE),
        Some(value) => as_number(value)
            .zip(least)
            .zip(most)
            .and_then(|((number, least), most)| number.checked_sub(least)?.checked_div(most.checked_sub(least)?)),
        None => None,
    };
    match part {
        Some(part) => Cell::Warm { cell: Box::new(cell), part },
        None => cell,
    }
}

/// Where the lowest and the highest of a grid stand.
fn extremes(sweep: &Sweep, measure: Measure, numbers: &[(Decimal, &Swept)], column: usize) -> Vec<String> {
    let least = numbers.iter().min_by_key(|(number, _)| *number);
    // Of equal ones the first.
    let most = numbers.iter().rev().max_by_key(|(number, _)| *number);
    let Some((least, most)) = least.zip(most).filter(|(least, most)| least.0 < most.0) else { return Vec::new() };
    let place = |point: &Swept| places(sweep, point).map(|point| point.text.clone()).collect::<Vec<_>>().join(", ");
    let shown = |point: &Swept| {
        let value = point.values.as_ref().ok().and_then(|values| values.get(column)?.clone());
        value.map_or_else(String::new, |value| in_words(measure, &value))
    };
    vec![format!("lowest {} at {}; highest {} at {}", shown(least.1), place(least.1), shown(most.1), place(most.1))]
}

/// A result as a sentence says it.
pub(super) fn in_words(measure: Measure, value: &MetricValue) -> String {
    match value {
        MetricValue::Number(number) => match measure {
            Measure::Part => match Cell::percent(*number) {
                Cell::Percent { shown, .. } => format!("{shown} %"),
                _ => String::new(),
            },
            Measure::Money => amount(*number),
            Measure::Shares => grouped(*number, 0),
            Measure::Price => grouped(*number, 4),
            Measure::Multiple => format!("{}x", grouped(*number, 2)),
            Measure::Months | Measure::Day | Measure::Text => grouped(*number, 1),
        },
        MetricValue::Day(day) => day.to_string(),
        MetricValue::Text(text) => text.clone(),
        MetricValue::Never => "not within the horizon".to_owned(),
    }
}
