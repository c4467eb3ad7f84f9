//! Where figures come from: what is assumed, what is disputed, what was converted, who said what.

use indexmap::IndexMap;

use crate::diagnostics::Sources;
use crate::outcome::Outcome;
use crate::scenario::FigureEntry;
use crate::scenario::Figures;
use crate::scenario::Status;
use crate::units::Day;

use super::page::Cell;
use super::page::Column;
use super::page::Grid;
use super::page::Row;
use super::page::RowKind;
use super::page::Section;
use super::page::View;

/// Assumed figures, disputed figures, converted figures, sources.
pub(super) fn figures(outcome: &Outcome, sources: &Sources) -> Vec<Section> {
    let scenario = &outcome.scenario;
    let place = |figure: &FigureEntry| figure.span.map(|span| sources.place(span)).unwrap_or_default();
    let assumed: Vec<Row> = scenario
        .figures
        .iter()
        .filter(|figure| figure.status == Status::Assumed)
        .map(|figure| {
            item(vec![
                Cell::text(&figure.path),
                Cell::text(&figure.typed),
                Cell::text(figure.remark.clone().unwrap_or_default()),
                Cell::text(place(figure)),
            ])
        })
        .collect();
    let disputed: Vec<Row> = scenario
        .figures
        .iter()
        .filter(|figure| is_disputed(figure))
        .map(|figure| {
            let range = figure.range.as_ref().and_then(|range| match (&range.low, &range.high) {
                (Some(low), Some(high)) => Some(format!("{low} to {high}")),
                (Some(low), None) => Some(format!("from {low}")),
                (None, Some(high)) => Some(format!("up to {high}")),
                (None, None) => None,
            });
            let reports: Vec<String> = figure.reports.iter().map(|(id, typed)| format!("{typed} ({id})")).collect();
            item(vec![
                Cell::text(&figure.path),
                Cell::text(&figure.typed),
                Cell::text(figure.said.clone().unwrap_or_default()),
                Cell::text(range.unwrap_or_default()),
                Cell::text(reports.join(", ")),
            ])
        })
        .collect();
    let converted: Vec<Row> = scenario
        .figures
        .iter()
        .filter_map(|figure| {
            let (rate, on) = rate_of(&scenario.figures, figure)?;
            Some(item(vec![
                Cell::text(&figure.path),
                Cell::text(&figure.typed),
                Cell::Text(figure.used()?),
                Cell::text(&rate.typed),
                Cell::Text(on.to_string()),
                Cell::text(&rate.path),
            ]))
        })
        .collect();
    let mut used: IndexMap<&str, usize> = IndexMap::new();
    for figure in scenario.figures.iter() {
        let says = figure.sources.iter().map(String::as_str).chain(figure.reports.iter().map(|(id, _)| id.as_str()));
        for id in says {
            let count = used.entry(id).or_insert(0);
            *count = count.saturating_add(1);
        }
    }
    let listed: Vec<Row> = scenario
        .sources
        .iter()
        .filter_map(|(id, source)| {
            let count = used.get(id.as_str())?;
            let by = [
                source.publisher.clone(),
                source.published.map(|day| day.to_string()),
                source.confidence.clone().map(|c| format!("{c} confidence")),
            ];
            let by: Vec<String> = by.into_iter().flatten().collect();
            let figures = if *count == 1 { "1 figure".to_owned() } else { format!("{count} figures") };
            Some(item(vec![Cell::text(id), Cell::text(&source.title), Cell::text(by.join(", ")), Cell::text(figures)]))
        })
        .collect();
    let mut sections = Vec::new();
    let mut add = |heading: String, headings: &[&str], rows: Vec<Row>| {
        if !rows.is_empty() {
            let columns = headings.iter().map(|heading| Column::text(heading)).collect();
            sections.push(Section {
                view: View::Figures,
                heading,
                grid: Some(Grid { columns, rows }),
                notes: Vec::new(),
            });
        }
    };
    add(format!("Assumed: nobody says so ({})", assumed.len()), &["figure", "value", "why", "where"], assumed);
    add(
        format!("Disputed or hedged ({})", disputed.len()),
        &["figure", "used", "as said", "range", "others say"],
        disputed,
    );
    add(
        format!("Converted into {} ({})", scenario.currency, converted.len()),
        &["figure", "written", "used", "at", "on", "from"],
        converted,
    );
    add("Sources".to_owned(), &["id", "title", "", "used by"], listed);
    sections
}

/// The rate a figure in another currency was converted at, and the day of the figure.
fn rate_of<'f>(figures: &'f Figures, figure: &FigureEntry) -> Option<(&'f FigureEntry, Day)> {
    let conversion = figure.converted.as_ref()?;
    Some((figures.get(conversion.rate)?, conversion.on))
}

/// `EUR 5M = 5.4M at 1.08, from fx.eur.2026-01-01`, of a figure in another currency.
pub(super) fn conversion(figures: &Figures, figure: &FigureEntry) -> Option<String> {
    let (rate, _) = rate_of(figures, figure)?;
    Some(format!("{} at {}, from {}", figure.stated(), rate.typed, rate.path))
}

/// Whether sources differ on a figure, or hedge it.
fn is_disputed(figure: &FigureEntry) -> bool {
    !figure.reports.is_empty() || figure.said.is_some()
}

/// How many figures are assumed, and on how many other sources differ.
pub(super) fn counts(outcome: &Outcome) -> (usize, usize) {
    let figures = &outcome.scenario.figures;
    let assumed = figures.iter().filter(|figure| figure.status == Status::Assumed).count();
    let disputed = figures.iter().filter(|figure| is_disputed(figure)).count();
    (assumed, disputed)
}

fn item(cells: Vec<Cell>) -> Row {
    Row { kind: RowKind::Item, cells }
}
