//! Why ownership changed: one column an event and cause.

use crate::outcome::Bridge;
use crate::outcome::Cause;
use crate::outcome::Outcome;
use crate::outcome::bridges as by_owner;
use crate::scenario::OwnerId;
use crate::units::Decimal;
use crate::units::Exact;
use crate::units::Scalar;

use super::ownership::shown;
use super::page::Cell;
use super::page::Column;
use super::page::Grid;
use super::page::Row;
use super::page::RowKind;
use super::page::Section;
use super::page::View;

/// More columns than this are gathered by cause.
const MOST_COLUMNS: usize = 5;
/// More holders than this are left out of the page.
const MOST_ROWS: usize = 25;

/// The bridges of every holder; none if nothing changed.
pub(super) fn bridges(outcome: &Outcome) -> Option<Section> {
    let Outcome { scenario, plan, journal, .. } = outcome;
    if scenario.owners.len() > 400 || plan.steps.is_empty() {
        return None;
    }
    let mut all: Vec<(usize, Bridge)> = by_owner(scenario, plan, journal)
        .into_iter()
        .enumerate()
        .filter(|(_, bridge)| !bridge.steps.is_empty())
        .collect();
    if all.is_empty() {
        return None;
    }
    let size = |bridge: &Bridge| bridge.last.decimal().unwrap_or(Decimal::ZERO);
    all.sort_by_key(|(index, bridge)| (scenario.is_unattributed(OwnerId::at(*index)), std::cmp::Reverse(size(bridge))));
    // One column for each event and kind of cause, or for each kind of cause if there are too many.
    let mut keys: Vec<(Option<usize>, &'static str)> = Vec::new();
    for (_, bridge) in &all {
        for step in &bridge.steps {
            let key = (Some(event(outcome, step.step)), group(step.cause));
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
    }
    if keys.len() > MOST_COLUMNS {
        let mut gathered: Vec<(Option<usize>, &'static str)> = Vec::new();
        for (_, group) in &keys {
            if !gathered.contains(&(None, group)) {
                gathered.push((None, group));
            }
        }
        keys = gathered;
    }
    keys.sort_by_key(|(event, group)| (*event, order(group)));
    let events: Vec<usize> = keys.iter().filter_map(|(event, _)| *event).collect();
    let one_event = events.iter().all(|event| Some(event) == events.first());
    let mut columns = vec![Column::text(""), Column::number("before")];
    for (event, group) in &keys {
        let heading = match event.and_then(|event| plan.steps.get(event)) {
            Some(step) if !one_event => format!("{}: {group}", short(&step.path)),
            _ => (*group).to_owned(),
        };
        columns.push(Column::number(&heading));
    }
    columns.push(Column::number("after"));
    let (shown_before, shown_after) = shown(outcome);
    let rows = all
        .iter()
        .take(MOST_ROWS)
        .map(|(index, bridge)| {
            let name = scenario.owners.get(*index).map_or("", |owner| owner.name.as_str());
            let mut cells = vec![Cell::text(name), percent(bridge.opening, shown_before.get(*index))];
            for (key_event, key_group) in &keys {
                let sum = bridge
                    .steps
                    .iter()
                    .filter(|step| group(step.cause) == *key_group)
                    .filter(|step| key_event.is_none_or(|key| event(outcome, step.step) == key))
                    .fold(Exact::ZERO, |sum, step| sum + step.change);
                cells.push(match sum.decimal() {
                    Some(change) if !change.is_zero() => Cell::Points(change),
                    _ => Cell::Empty,
                });
            }
            cells.push(percent(bridge.last, shown_after.get(*index)));
            let unattributed = scenario.is_unattributed(OwnerId::at(*index));
            Row { kind: if unattributed { RowKind::Quiet } else { RowKind::Item }, cells }
        })
        .collect();
    Some(Section {
        view: View::Bridge,
        heading: "Why it changed, in percentage points".to_owned(),
        grid: Some(Grid { columns, rows }),
        notes: Vec::new(),
    })
}

/// The step a later closing is shown under: its round, if the round is a step.
fn event(outcome: &Outcome, step: usize) -> usize {
    let steps = &outcome.plan.steps;
    let Some(path) = steps.get(step).map(|step| step.path.as_str()) else { return step };
    match path.split_once(".tranche.") {
        Some((round, _)) => steps.iter().position(|step| step.path == round).unwrap_or(step),
        None => step,
    }
}

fn group(cause: Cause) -> &'static str {
    match cause {
        Cause::Invested => "bought",
        Cause::NewMoney => "diluted by new money",
        Cause::PoolIncrease => "diluted by the pool",
        Cause::ToppedUp => "topped up",
        Cause::Bought | Cause::Sold => "between holders",
        Cause::Converted => "converted",
        Cause::Conversions => "diluted by conversions",
        Cause::Protected => "price protection",
        Cause::PriceProtection => "diluted by price protection",
        Cause::Granted | Cause::Exercised | Cause::Returned => "options",
        Cause::Warrant | Cause::Warrants => "warrants",
        Cause::Retired | Cause::Retirement => "bought back or cancelled",
        Cause::Reclassified | Cause::Reclassification => "other class",
    }
}

fn order(group: &str) -> usize {
    [
        "bought",
        "converted",
        "price protection",
        "topped up",
        "diluted by new money",
        "diluted by conversions",
        "diluted by price protection",
        "diluted by the pool",
        "options",
        "warrants",
        "bought back or cancelled",
        "other class",
        "between holders",
    ]
    .iter()
    .position(|known| *known == group)
    .unwrap_or(0)
}

/// A part as the ownership table shows it.
fn percent(part: Exact, shown: Option<&Decimal>) -> Cell {
    match (part.decimal(), shown) {
        (Some(exact), Some(shown)) if !exact.is_zero() => Cell::Percent { exact, shown: *shown },
        _ => Cell::Empty,
    }
}

/// `round.mega` as `mega`.
fn short(path: &str) -> &str {
    path.split_once('.').map_or(path, |(_, rest)| rest)
}
