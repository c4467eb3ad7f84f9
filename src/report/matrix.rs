//! The runway matrix: burn reports down, what becomes of the conditions across.

use crate::outcome::Matrix;
use crate::outcome::MatrixCell;
use crate::outcome::MetricValue;
use crate::outcome::Outcome;
use crate::outcome::matrix;
use crate::scenario::Scenario;
use crate::units::Decimal;

use super::page::Cell;
use super::page::Column;
use super::page::Grid;
use super::page::Row;
use super::page::RowKind;
use super::page::Section;
use super::page::View;

/// Months by report and outcome; with `in_full` a row for each pair with everything else.
pub(super) fn matrices(outcome: &Outcome, in_full: bool) -> Vec<Section> {
    let scenario = &outcome.scenario;
    if scenario.cash.is_none() || !scenario.burns.iter().any(|burn| burn.has_runway()) {
        return Vec::new();
    }
    let matrix = matrix(outcome);
    let mut sections = vec![months(scenario, &matrix)];
    if in_full {
        sections.push(pairs(scenario, &matrix));
    }
    sections
}

fn value(value: &MetricValue) -> Cell {
    match value {
        MetricValue::Number(months) => Cell::Months(*months),
        MetricValue::Day(day) => Cell::Day(*day),
        MetricValue::Text(text) => Cell::text(text),
        MetricValue::Never => Cell::Never,
    }
}

fn name(scenario: &Scenario, burn: usize) -> &str {
    scenario.burns.get(burn).map_or("", |burn| burn.name.as_str())
}

fn months(scenario: &Scenario, matrix: &Matrix) -> Section {
    let mut columns = vec![Column::text("")];
    columns.extend(matrix.columns.iter().map(|column| Column::number(&column.name)));
    let rows = matrix.rows.iter().map(|row| {
        let cells = row.cells.iter().map(|cell| match cell {
            Ok(cell) => value(&cell.months),
            Err(_) => Cell::text("no answer"),
        });
        Row { kind: RowKind::Item, cells: std::iter::once(Cell::text(name(scenario, row.burn))).chain(cells).collect() }
    });
    Section {
        view: View::Matrix,
        heading: "Months until the money runs out, by what becomes of the conditions".to_owned(),
        grid: Some(Grid { columns, rows: rows.collect() }),
        notes: matrix
            .columns
            .iter()
            .filter_map(|column| said(scenario, column))
            .chain(unanswered(scenario, matrix))
            .collect(),
    }
}

/// Why cells have no answer.
fn unanswered(scenario: &Scenario, matrix: &Matrix) -> Vec<String> {
    let cells = matrix.rows.iter().flat_map(|row| {
        matrix.columns.iter().zip(&row.cells).filter_map(move |(column, cell)| {
            let why = cell.as_ref().err()?;
            Some(format!("{}, {}: {why}", name(scenario, row.burn), column.name))
        })
    });
    cells.collect()
}

/// What a column says of the conditions.
fn said(scenario: &Scenario, column: &crate::outcome::MatrixColumn) -> Option<String> {
    column.id.as_ref()?;
    let named = |is_met: bool| {
        let all = column.conditions.iter().filter(|(_, met)| *met == is_met);
        let names = all.filter_map(|(id, _)| scenario.conditions.get(id.index())).map(|it| it.name.as_str());
        names.collect::<Vec<_>>().join(", ")
    };
    let parts: Vec<String> = [(named(true), "met"), (named(false), "not met")]
        .into_iter()
        .filter(|(names, _)| !names.is_empty())
        .map(|(names, word)| format!("{names} {word}"))
        .collect();
    let rest = if parts.is_empty() { "everything as expected".to_owned() } else { parts.join("; ") };
    Some(format!("{}: {rest}", column.name))
}

fn pairs(scenario: &Scenario, matrix: &Matrix) -> Section {
    let has_raised = matrix.rows.iter().flat_map(|row| row.cells.iter().flatten()).any(|cell| !cell.raised.is_empty());
    let mut columns = vec![
        Column::text("report"),
        Column::text("conditions"),
        Column::text("runs out"),
        Column::number("months"),
        Column::number("lowest"),
        Column::number("missing at most"),
        Column::number("still to come"),
    ];
    if has_raised {
        columns.push(Column::text("raised"));
    }
    let money = |value: Decimal| if value.is_zero() { Cell::Empty } else { Cell::Money(value) };
    let mut rows = Vec::new();
    for row in &matrix.rows {
        for (column, cell) in matrix.columns.iter().zip(&row.cells) {
            let mut cells = vec![Cell::text(name(scenario, row.burn)), Cell::text(&column.name)];
            let Ok(cell) = cell else {
                cells.push(Cell::text("no answer"));
                cells.resize(columns.len(), Cell::Empty);
                rows.push(Row { kind: RowKind::Quiet, cells });
                continue;
            };
            cells.push(value(&cell.cash_out));
            cells.push(match &cell.months {
                MetricValue::Never => Cell::Empty,
                months => value(months),
            });
            cells.extend([Cell::Money(cell.trough), money(cell.gap), money(cell.to_come)]);
            if has_raised {
                cells.push(Cell::text(raised(cell)));
            }
            rows.push(Row { kind: RowKind::Item, cells });
        }
    }
    Section {
        view: View::Matrix,
        heading: "The same in full".to_owned(),
        grid: Some(Grid { columns, rows }),
        notes: vec!["still to come is money that arrives after the company has run out".to_owned()],
    }
}

fn raised(cell: &MatrixCell) -> String {
    cell.raised.iter().map(|(round, day)| format!("{round} {day}")).collect::<Vec<_>>().join(", ")
}
