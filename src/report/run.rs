//! The page of `run`.

use crate::diagnostics::Bag;
use crate::diagnostics::Sources;
use crate::document::Document;
use crate::outcome::Outcome;

use super::bridge::bridges;
use super::exits::exits;
use super::figures::counts;
use super::figures::figures;
use super::flows::flows;
use super::instruments::instruments;
use super::matrix::matrices;
use super::money::debts;
use super::money::in_kind;
use super::ownership::ownership;
use super::page::Cell;
use super::page::Column;
use super::page::Grid;
use super::page::Page;
use super::page::Row;
use super::page::RowKind;
use super::page::Section;
use super::page::View;
use super::rounds::rounds;
use super::runway::cash;
use super::runway::runway;
use super::sales::sales;
use super::years::years;

/// Everything `run` shows, in its order; `views` picks sections by name, none picks the page.
#[must_use]
pub fn run_page(outcome: &Outcome, document: &Document, sources: &Sources, bag: &Bag, views: &[View]) -> Page {
    let scenario = &outcome.scenario;
    let file = sources.get(document.entry).map_or("", |source| source.name.as_str());
    let cases: Vec<String> = scenario
        .cases
        .iter()
        .map(|case| match &case.title {
            Some(title) => format!("case {}: {title}", case.id),
            None => format!("case {}", case.id),
        })
        .collect();
    let mut lead = cases;
    if let Some(remark) = &scenario.remark {
        lead.push(remark.clone());
    }
    let (assumed, disputed) = counts(outcome);
    let mut known = Vec::new();
    if assumed > 0 {
        known.push(format!("{assumed} {} assumed", plural(assumed, "figure is", "figures are")));
    }
    if disputed > 0 {
        known.push(format!("{disputed} {} disputed or hedged", plural(disputed, "is", "are")));
    }
    let findings_count = bag.findings().len();
    if findings_count > 0 {
        known.push(format!("{findings_count} {} worth knowing", plural(findings_count, "thing is", "things are")));
    }
    if !known.is_empty() {
        lead.push(format!("{} (see below)", known.join(", ")));
    }
    let wants = |view: View| views.is_empty() || views.contains(&view);
    let mut sections = Vec::new();
    if wants(View::Rounds) {
        sections.extend(rounds(outcome));
        sections.extend(sales(outcome));
    }
    if wants(View::Instruments) {
        sections.extend(instruments(outcome));
    }
    if wants(View::Ownership) {
        sections.push(ownership(outcome));
    }
    if wants(View::Bridge) {
        sections.extend(bridges(outcome));
    }
    if wants(View::Runway) {
        sections.extend(runway(outcome));
        sections.extend(in_kind(outcome));
        sections.extend(debts(outcome));
    }
    // Where no outcome is declared it is long, and shown when asked for.
    let asks_matrix = views.contains(&View::Matrix);
    if asks_matrix || (views.is_empty() && !scenario.outcomes.is_empty()) {
        sections.extend(matrices(outcome, asks_matrix));
    }
    if views.contains(&View::Years) || (views.is_empty() && !scenario.vintages().is_empty()) {
        sections.extend(years(outcome));
    }
    // Month by month only when asked for: it is long.
    if views.contains(&View::Cash) {
        sections.extend(cash(outcome));
    }
    if wants(View::Flows) {
        sections.extend(flows(outcome));
    }
    if wants(View::Exits) {
        sections.extend(exits(outcome, views.contains(&View::Exits)));
    }
    if wants(View::Figures) {
        sections.extend(figures(outcome, sources));
    }
    if wants(View::Findings) {
        sections.extend(findings(bag, sources));
    }
    Page {
        title: scenario.title.clone(),
        aside: format!("{file}, as of {}", scenario.as_of),
        lead,
        currency: scenario.currency.clone(),
        chart: None,
        sections,
    }
}

fn plural<'a>(count: usize, one: &'a str, many: &'a str) -> &'a str {
    if count == 1 { one } else { many }
}

/// What the reader should know.
fn findings(bag: &Bag, sources: &Sources) -> Option<Section> {
    let rows: Vec<Row> = bag
        .findings()
        .into_iter()
        .map(|finding| Row {
            kind: RowKind::Item,
            cells: vec![
                Cell::text(finding.code.name()),
                Cell::text(&finding.message),
                Cell::text(finding.span.map(|span| sources.place(span)).unwrap_or_default()),
            ],
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    Some(Section {
        view: View::Findings,
        heading: "Worth knowing".to_owned(),
        grid: Some(Grid { columns: vec![Column::text("finding"), Column::text(""), Column::text("where")], rows }),
        notes: Vec::new(),
    })
}
