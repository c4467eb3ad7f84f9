//! What comes back: money in, in kind, promised back, net.

use crate::outcome::Outcome;
use crate::outcome::When;
use crate::outcome::flows as by_owner;
use crate::scenario::FigureEntry;
use crate::units::Exact;
use crate::units::Scalar;

use super::page::Cell;
use super::page::Column;
use super::page::Grid;
use super::page::Row;
use super::page::RowKind;
use super::page::Section;
use super::page::View;

/// Counterparties with money in or money promised back.
pub(super) fn flows(outcome: &Outcome) -> Option<Section> {
    let scenario = &outcome.scenario;
    let flows = by_owner(scenario, &outcome.plan, &outcome.journal, When::End);
    let mut rows: Vec<(Exact, Row)> = Vec::new();
    let mut any_promise = false;
    for (owner, flow) in scenario.owners.iter().zip(&flows) {
        let is_there = [flow.committed, flow.invested, flow.returned].iter().any(|value| *value != Exact::ZERO);
        if !is_there {
            continue;
        }
        any_promise |= flow.returned != Exact::ZERO;
        let money = |value: Exact| match value.decimal() {
            Some(value) if !value.is_zero() => Cell::Money(value),
            _ => Cell::Empty,
        };
        let cells = vec![
            Cell::text(&owner.name),
            money(flow.committed),
            money(flow.called),
            money(flow.invested),
            money(flow.in_kind),
            money(flow.returned),
            money(flow.net),
        ];
        rows.push((flow.invested, Row { kind: RowKind::Item, cells }));
    }
    if rows.is_empty() {
        return None;
    }
    rows.sort_by_key(|(invested, _)| std::cmp::Reverse(invested.decimal()));
    let end =
        scenario.horizon.map_or_else(|| "promised back".to_owned(), |day| format!("promised back by {}", day.month()));
    let columns = vec![
        Column::text(""),
        Column::number("committed"),
        Column::number("called"),
        Column::number("invested"),
        Column::number("of it in kind"),
        Column::number(&end),
        Column::number("net to the company"),
    ];
    let mut notes = Vec::new();
    if any_promise {
        notes.push(
            "promised back is what the company has undertaken to buy from them: spending, not a return on shares"
                .to_owned(),
        );
    }
    for commitment in &scenario.commitments {
        let to = scenario.owner(commitment.to).map_or("", |owner| owner.name.as_str());
        let amount = scenario.figures.get(commitment.amount).map(FigureEntry::stated).unwrap_or_default();
        let until = commitment.last_day().map_or_else(String::new, |day| day.to_string());
        let place = if commitment.within_burn { "inside the burn reports" } else { "on top of the burn reports" };
        notes.push(format!("{}: {amount} to {to} from {} to {until}, {place}", commitment.name, commitment.from));
    }
    Some(Section {
        view: View::Flows,
        heading: if any_promise { "What comes back" } else { "Who has paid" }.to_owned(),
        grid: Some(Grid { columns, rows: rows.into_iter().map(|(_, row)| row).collect() }),
        notes,
    })
}
