//! What the burn reports say, year by year: forecasts of one source beside each other.

use crate::outcome::Outcome;
use crate::outcome::YearSaid;
use crate::outcome::years as years_of;
use crate::units::Decimal;

use super::page::Cell;
use super::page::Column;
use super::page::Grid;
use super::page::Row;
use super::page::RowKind;
use super::page::Section;
use super::page::View;

/// A row a report, a column a year, and what they come to; below, how forecasts of one source changed.
pub(super) fn years(outcome: &Outcome) -> Option<Section> {
    let scenario = &outcome.scenario;
    let said: Vec<(usize, Vec<YearSaid>)> = (0..scenario.burns.len())
        .map(|burn| (burn, years_of(outcome, burn)))
        .filter(|(_, years)| !years.is_empty())
        .collect();
    if said.is_empty() {
        return None;
    }
    let mut all: Vec<i16> = said.iter().flat_map(|(_, years)| years.iter().map(|year| year.year)).collect();
    all.sort_unstable();
    all.dedup();
    let mut columns = vec![Column::text(""), Column::text("counts")];
    columns.extend(all.iter().map(|year| Column::number(&year.to_string())));
    columns.push(Column::number("together"));
    let mut rows: Vec<Row> = Vec::new();
    let mut is_partial = false;
    for (burn, years) in &said {
        let Some(report) = scenario.burns.get(*burn) else { continue };
        let mut cells = vec![Cell::text(&report.name), Cell::text(report.measured())];
        let mut sum = Decimal::ZERO;
        for year in &all {
            cells.push(match years.iter().find(|said| said.year == *year) {
                Some(said) => {
                    sum = sum.saturating_add(said.amount);
                    is_partial |= !said.is_whole;
                    Cell::Money(said.amount)
                }
                None => Cell::Empty,
            });
        }
        cells.push(Cell::Money(sum));
        rows.push(Row { kind: RowKind::Item, cells });
    }
    rows.extend(changes(outcome, &said, &all));
    let mut notes = vec!["outflow is positive; a minus is an inflow".to_owned()];
    if is_partial {
        notes.push("a year that is not played or named in full holds only its months".to_owned());
    }
    Some(Section {
        view: View::Years,
        heading: "What the reports say, year by year".to_owned(),
        grid: Some(Grid { columns, rows }),
        notes,
    })
}

/// How each forecast of a source differs from the one before it.
fn changes(outcome: &Outcome, said: &[(usize, Vec<YearSaid>)], all: &[i16]) -> Vec<Row> {
    let find = |burn: usize| said.iter().find(|(index, _)| *index == burn).map(|(_, years)| years);
    let pairs = outcome.scenario.vintages();
    let row = |(before, after): (usize, usize)| {
        let name = |burn: usize| outcome.scenario.burns.get(burn).map_or("", |burn| burn.name.as_str());
        let (old, new) = (find(before)?, find(after)?);
        let mut cells = vec![Cell::text(format!("{} less {}", name(after), name(before))), Cell::Empty];
        let mut sum = Decimal::ZERO;
        for year in all {
            let of = |years: &[YearSaid]| years.iter().find(|said| said.year == *year).map(|said| said.amount);
            cells.push(match (of(old), of(new)) {
                (Some(old), Some(new)) => {
                    let change = new.saturating_sub(old);
                    sum = sum.saturating_add(change);
                    Cell::MoneyChange(change)
                }
                _ => Cell::Empty,
            });
        }
        cells.push(Cell::MoneyChange(sum));
        Some(Row { kind: RowKind::Quiet, cells })
    };
    pairs.into_iter().filter_map(row).collect()
}
