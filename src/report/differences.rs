//! The page of `compare --draws`: how far each scenario is from the first, draw by draw.

use crate::studies::simulate::Chance;
use crate::studies::simulate::Simulation;

use super::page::Cell;
use super::page::Column;
use super::page::Grid;
use super::page::Page;
use super::page::Row;
use super::page::RowKind;
use super::page::Section;
use super::page::View;
use super::simulation::Simulated;
use super::simulation::counted;
use super::simulation::lead;
use super::simulation::notes;
use super::simulation::refusals;
use super::simulation::results;
use super::simulation::shown;
use super::simulation::simulation_grid;

/// Scenarios that were simulated on the same random numbers.
#[derive(Debug)]
pub struct Differences<'a> {
    /// What each is called, the baseline first.
    pub labels: &'a [String],
    /// What each is.
    pub titles: &'a [String],
    /// The draws of the baseline.
    pub base: &'a Simulation,
    /// The others.
    pub others: Vec<Against<'a>>,
    /// The statements: each with its chance in every scenario.
    pub chances: &'a [Vec<Chance>],
}

/// A scenario against the baseline.
#[derive(Debug)]
pub struct Against<'a> {
    /// What it is called.
    pub label: &'a str,
    /// What it has more, with the numbers summed up.
    pub of: Simulated<'a>,
    /// How often each result is larger than in the baseline, and how often smaller.
    pub sides: &'a [(Chance, Chance)],
    /// What it draws and the baseline does not.
    pub added: Vec<&'a str>,
    /// What the baseline draws and it does not.
    pub dropped: Vec<&'a str>,
}

/// The page.
#[must_use]
pub fn differences_page(of: &Differences<'_>) -> Page {
    let base = of.labels.first().map_or("", String::as_str);
    let mut sections = Vec::new();
    if !of.chances.is_empty() {
        let mut columns = vec![Column::text("statement")];
        columns.extend(of.labels.iter().map(|label| Column::number(label)));
        let rows = of.chances.iter().map(|chances| {
            let mut cells = vec![Cell::text(chances.first().map_or("", |chance| chance.text.as_str()))];
            cells.extend(chances.iter().map(part));
            Row { kind: RowKind::Item, cells }
        });
        sections.push(Section {
            view: View::Other,
            heading: "Chances".to_owned(),
            grid: Some(Grid { columns, rows: rows.collect() }),
            notes: Vec::new(),
        });
    }
    for other in &of.others {
        let mut grid = results(&other.of);
        let shape = grid.columns.pop();
        grid.columns.extend([Column::number("larger in"), Column::number("smaller in")]);
        grid.columns.extend(shape);
        for (row, (larger, smaller)) in grid.rows.iter_mut().zip(other.sides) {
            let shape = row.cells.pop();
            row.cells.extend([part(larger), part(smaller)]);
            row.cells.extend(shape);
            if larger.holds == 0 && smaller.holds == 0 {
                row.kind = RowKind::Quiet;
            }
        }
        let mut lines = notes(&other.of);
        for (place, paths) in [(other.label, &other.added), (base, &other.dropped)] {
            if !paths.is_empty() {
                lines.push(format!("drawn in {place} alone: {}", some(paths)));
            }
        }
        lines.extend(refusals(&other.of.simulation.refused, other.of.simulation.draws()));
        sections.push(Section {
            view: View::Other,
            heading: format!("{} less {base}, draw by draw", other.label),
            grid: Some(grid),
            notes: lines,
        });
    }
    let mut lines: Vec<String> = of
        .labels
        .iter()
        .zip(of.titles)
        .enumerate()
        .map(|(index, (label, title))| {
            let role = if index == 0 { " (baseline)" } else { "" };
            format!("{label}: {title}{role}")
        })
        .collect();
    lines.push(format!(
        "{} draws of each on the same random numbers, seed {}",
        counted(of.base.draws()),
        of.base.wanted.seed
    ));
    lines.extend(lead(of.base).into_iter().skip(1));
    Page {
        title: "Simulated comparison".to_owned(),
        aside: String::new(),
        lead: lines,
        currency: of.others.first().map_or("", |other| other.of.currency).to_owned(),
        chart: None,
        sections,
    }
}

/// The differences as one table for programs: a line for each result of each scenario.
#[must_use]
pub fn differences_grid(of: &Differences<'_>) -> Grid {
    let mut all = Grid { columns: Vec::new(), rows: Vec::new() };
    for other in &of.others {
        let mut grid = simulation_grid(&other.of);
        grid.columns.insert(0, Column::text("scenario"));
        grid.columns.extend([Column::number("larger in"), Column::number("smaller in")]);
        for (row, (larger, smaller)) in grid.rows.iter_mut().zip(other.sides) {
            row.cells.insert(0, Cell::text(other.label));
            row.cells.extend([part(larger), part(smaller)]);
        }
        all.columns = grid.columns;
        all.rows.extend(grid.rows);
    }
    all
}

fn part(chance: &Chance) -> Cell {
    chance.part().map_or(Cell::Empty, |part| Cell::percent(shown(part)))
}

/// As many paths as are listed; of more the rest is counted.
const MOST_LISTED: usize = 6;

fn some(paths: &[&str]) -> String {
    match paths.split_at_checked(MOST_LISTED) {
        Some((first, rest)) if !rest.is_empty() => format!("{}, and {} more", first.join(", "), rest.len()),
        _ => paths.join(", "),
    }
}
