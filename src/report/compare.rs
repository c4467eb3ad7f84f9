//! The page of `compare`.

use crate::outcome::Measure;
use crate::outcome::MetricValue;
use crate::studies::Compared;
use crate::studies::Comparison;
use crate::units::Decimal;

use super::page::Cell;
use super::page::Column;
use super::page::Grid;
use super::page::Page;
use super::page::Row;
use super::page::RowKind;
use super::page::Section;
use super::page::View;

/// With more subjects than this, differences are left out.
const MOST_WITH_CHANGES: usize = 3;

/// At most this many subjects stand beside the baseline in a table.
const MOST_IN_A_TABLE: usize = 4;

/// The groups of results in their order: heading, view, and which paths belong.
type Group = (&'static str, View, fn(&[&str]) -> bool);

const GROUPS: [Group; 9] = [
    ("Ownership", View::Ownership, |path| path.first() == Some(&"ownership")),
    ("If all signed closes", View::Ownership, |path| path.first() == Some(&"committed")),
    ("Rounds", View::Rounds, |path| {
        matches!(path.first(), Some(&("price" | "pre_money" | "post_money" | "raised" | "pool" | "fully_diluted")))
    }),
    ("How long the money lasts", View::Runway, |path| {
        // Of the outcomes of conditions the months alone; the matrix has the rest.
        let is_elsewhere = path.iter().any(|part| part.contains('@'));
        let is_told = if is_elsewhere { path.contains(&"months@outcome") } else { path.last() != Some(&"month") };
        path.first() == Some(&"runway") && is_told
    }),
    ("Debts, capacity in kind, and who is paid", View::Runway, |path| {
        matches!(path.first(), Some(&("debt" | "in_kind" | "paid")))
    }),
    ("What exits pay", View::Exits, |path| {
        matches!(path.first(), Some(&("payout" | "exit" | "class_election" | "instrument_election")))
    }),
    ("Breakpoints", View::Exits, |path| path.first() == Some(&"breakpoint")),
    ("Returns", View::Exits, |path| path.first() == Some(&"return") && matches!(path.last(), Some(&("moic" | "irr")))),
    ("What flows", View::Flows, |path| match path.first() {
        Some(&"flow") => path.last() != Some(&"committed"),
        // The sums behind them stand in the lines of the holders.
        Some(&"circularity") => matches!(path.last(), Some(&("share" | "share_within"))),
        first => first == Some(&"concentration"),
    }),
];

/// Results side by side with differences, then the inputs that differ.
#[must_use]
pub fn compare_page(comparison: &Comparison, full: bool) -> Page {
    let mut sections = Vec::new();
    let labels = &comparison.labels;
    // Many subjects side by side leave no room for differences: what is the same as the baseline is then marked.
    let with_changes = labels.len() <= MOST_WITH_CHANGES;
    // As many beside the baseline as fit; then the next, in tables of their own.
    let others: Vec<usize> = (1..labels.len()).collect();
    let tables: Vec<Vec<usize>> = match others.len() {
        0..=MOST_IN_A_TABLE => vec![(0..labels.len()).collect()],
        _ => others
            .chunks(MOST_IN_A_TABLE)
            .map(|some| std::iter::once(0).chain(some.iter().copied()).collect())
            .collect(),
    };
    let mut left_out = 0usize;
    let mut grouped: Vec<Vec<&Compared>> = GROUPS.iter().map(|_| Vec::new()).collect();
    let mut rest: Vec<&Compared> = Vec::new();
    for metric in &comparison.metrics {
        // Where all that was signed has closed, the committed view repeats the other; where nothing comes in kind,
        // the cash repeats what was invested.
        let signed = metric.path.strip_prefix("committed.").map(|owner| format!("ownership.{owner}"));
        let cash = metric.path.strip_prefix("flow.").and_then(|flow| flow.strip_suffix(".cash"));
        let twin = signed.or_else(|| cash.map(|owner| format!("flow.{owner}.invested")));
        let repeats =
            comparison.metrics.iter().any(|other| Some(&other.path) == twin.as_ref() && other.values == metric.values);
        if repeats {
            continue;
        }
        let parts: Vec<&str> = metric.path.split('.').collect();
        match GROUPS.iter().position(|(_, _, belongs)| belongs(&parts)) {
            Some(group) => {
                if let Some(metrics) = grouped.get_mut(group) {
                    metrics.push(metric);
                }
            }
            None if full => rest.push(metric),
            None => left_out = left_out.saturating_add(1),
        }
    }
    let mut add = |heading: &str, view: View, metrics: &[&Compared]| {
        for subjects in tables.iter().filter(|_| !metrics.is_empty()) {
            let mut columns = vec![Column::text("")];
            for index in subjects {
                columns.push(Column::number(labels.get(*index).map_or("", String::as_str)));
                if *index > 0 && with_changes {
                    columns.push(Column::number("change"));
                }
            }
            let rows = metrics.iter().map(|metric| row(metric, subjects, with_changes)).collect();
            let grid = Some(Grid { columns, rows });
            sections.push(Section { view, heading: heading.to_owned(), grid, notes: Vec::new() });
        }
    };
    for ((heading, view, _), metrics) in GROUPS.iter().zip(&grouped) {
        add(heading, *view, metrics);
    }
    add("Everything else", View::Other, &rest);
    if !comparison.inputs.is_empty() {
        for subjects in &tables {
            let mut columns = vec![Column::text("")];
            columns.extend(subjects.iter().filter_map(|index| labels.get(*index)).map(|label| Column::text(label)));
            let rows = comparison
                .inputs
                .iter()
                .map(|input| {
                    let value = |index: &usize| input.values.get(*index).cloned().flatten();
                    let mut cells = vec![Cell::text(&input.path)];
                    cells.extend(
                        subjects.iter().map(|index| Cell::text(value(index).unwrap_or_else(|| "-".to_owned()))),
                    );
                    Row { kind: RowKind::Item, cells }
                })
                .collect();
            let heading = "Inputs that differ".to_owned();
            let grid = Some(Grid { columns, rows });
            sections.push(Section { view: View::Figures, heading, grid, notes: Vec::new() });
        }
    }
    let mut lead: Vec<String> = labels
        .iter()
        .zip(&comparison.titles)
        .enumerate()
        .map(|(index, (label, title))| {
            let role = if index == 0 { " (baseline)" } else { "" };
            format!("{label}: {title}{role}")
        })
        .collect();
    if !comparison.differs() {
        lead.push("no result differs".to_owned());
    }
    if left_out > 0 {
        lead.push(format!("{left_out} further results differ (shares, votes, monthly cash): --all shows them"));
    }
    Page {
        title: "Comparison".to_owned(),
        aside: String::new(),
        lead,
        currency: comparison.currency.clone().unwrap_or_default(),
        chart: None,
        sections,
    }
}

fn row(metric: &Compared, subjects: &[usize], with_changes: bool) -> Row {
    let mut cells = vec![Cell::text(label(&metric.path))];
    for index in subjects.iter().copied() {
        let value = metric.values.get(index).and_then(Option::as_ref);
        let is_same = index > 0 && !metric.differs_at(index);
        cells.push(if is_same && !with_changes { Cell::Same } else { cell(metric.measure, value) });
        if index > 0 && with_changes {
            cells.push(change(metric, index));
        }
    }
    Row { kind: if metric.differs() { RowKind::Item } else { RowKind::Quiet }, cells }
}

/// `ownership.amazon` as `amazon`: the heading says the rest.
fn label(path: &str) -> String {
    match path.split_once('.') {
        Some(("ownership" | "committed" | "runway" | "flow" | "payout" | "return", rest)) => rest.to_owned(),
        _ => path.to_owned(),
    }
}

/// A result as its measure is shown.
pub(super) fn cell(measure: Measure, value: Option<&MetricValue>) -> Cell {
    match value {
        None => Cell::Empty,
        Some(MetricValue::Never) => Cell::Never,
        Some(MetricValue::Day(day)) => Cell::Day(*day),
        Some(MetricValue::Text(text)) => Cell::text(text),
        Some(MetricValue::Number(number)) => match measure {
            Measure::Part => Cell::percent(*number),
            Measure::Money => Cell::Money(*number),
            Measure::Price => Cell::Price(*number),
            Measure::Shares => Cell::Shares(*number),
            Measure::Multiple => Cell::Multiple(*number),
            Measure::Months | Measure::Day | Measure::Text => Cell::Months(*number),
        },
    }
}

fn change(metric: &Compared, index: usize) -> Cell {
    let Some(difference) = metric.difference(index).filter(|difference| !difference.is_zero()) else {
        return Cell::Empty;
    };
    change_of(metric.measure, difference)
}

/// A difference of two results as their measure is shown.
pub(super) fn change_of(measure: Measure, difference: Decimal) -> Cell {
    match measure {
        Measure::Part => Cell::Points(difference),
        Measure::Money => Cell::MoneyChange(difference),
        Measure::Price => Cell::PriceChange(difference),
        Measure::Shares => Cell::SharesChange(difference),
        Measure::Multiple => Cell::MultipleChange(difference),
        Measure::Months | Measure::Day | Measure::Text => Cell::MonthsChange(difference),
    }
}
