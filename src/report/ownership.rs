//! Who owns it: before, after, and if everything signed had closed.

use crate::outcome::Outcome;
use crate::outcome::Tables;
use crate::plan::StepKind;
use crate::units::Decimal;
use crate::units::Exact;
use crate::units::Scalar;
use crate::units::currency_sign;
use crate::units::grouped;

use super::page::Cell;
use super::page::Column;
use super::page::Grid;
use super::page::Row;
use super::page::RowKind;
use super::page::Section;
use super::page::View;
use super::page::shown_parts;

/// At most this many holders are shown one by one.
const MOST: usize = 40;

/// Ownership before and after, by owner, as the table shows it.
pub(super) fn shown(outcome: &Outcome) -> (Vec<Decimal>, Vec<Decimal>) {
    let Outcome { scenario, plan, journal, .. } = outcome;
    let mut tables = Tables::new(scenario, plan, journal);
    let mut at = |steps: usize| {
        let table = tables.after(steps).clone();
        let parts = tables.by_owner(&table.shares).into_iter();
        let parts: Vec<Decimal> =
            parts.map(|shares| (shares / table.fully_diluted).decimal().unwrap_or(Decimal::ZERO)).collect();
        shown_parts(&parts)
    };
    (at(0), at(plan.steps.len()))
}

/// The cap table before and after.
pub(super) fn ownership(outcome: &Outcome) -> Section {
    let scenario = &outcome.scenario;
    let mut tables = Tables::new(scenario, &outcome.plan, &outcome.journal);
    let parts = |tables: &Tables<'_>, lines: &[Exact], all: Exact| -> Vec<Decimal> {
        tables.by_owner(lines).into_iter().map(|shares| (shares / all).decimal().unwrap_or(Decimal::ZERO)).collect()
    };
    // A table is counted with the conversion ratios of its own moment.
    let opening = tables.after(0).clone();
    let before = parts(&tables, &opening.shares, opening.fully_diluted);
    let table = tables.after(outcome.plan.steps.len()).clone();
    let after = parts(&tables, &table.shares, table.fully_diluted);
    let signed: Vec<Exact> = table.shares.iter().zip(&table.pending).map(|(held, pending)| *held + *pending).collect();
    let all_signed = tables.by_owner(&signed).into_iter().fold(Exact::ZERO, |sum, shares| sum + shares);
    let committed = parts(&tables, &signed, all_signed);
    let differs = committed.iter().zip(&after).any(|(committed, after)| committed != after);
    // An exit is a branch of its own.
    let moved = outcome.plan.steps.iter().any(|step| !matches!(step.kind, StepKind::Exit(_)));
    let between = between(outcome);
    let (shown_before, shown_after, shown_committed) =
        (shown_parts(&before), shown_parts(&after), shown_parts(&committed));
    let at = |values: &[Decimal], index: usize| values.get(index).copied().unwrap_or(Decimal::ZERO);
    let percent = |exact: &[Decimal], shown: &[Decimal], index: usize| {
        let value = at(exact, index);
        if value.is_zero() { Cell::Empty } else { Cell::Percent { exact: value, shown: at(shown, index) } }
    };
    let mut order: Vec<usize> = (0..scenario.owners.len()).collect();
    // Largest first; what belongs to nobody in particular last.
    order.sort_by_key(|index| {
        let unattributed = scenario.is_unattributed(crate::scenario::OwnerId::at(*index));
        (unattributed, std::cmp::Reverse((at(&after, *index), at(&before, *index))))
    });
    let is_there = |index: &usize| {
        !at(&before, *index).is_zero() || !at(&after, *index).is_zero() || !at(&committed, *index).is_zero()
    };
    let order: Vec<usize> = order.into_iter().filter(is_there).collect();
    let largest = after.iter().chain(&before).copied().max().unwrap_or(Decimal::ONE);
    let mut columns = vec![Column::text(""), Column::text("")];
    if moved {
        columns.push(Column::number("before"));
        columns.extend(between.iter().map(|(name, _)| Column::number(name)));
        columns.extend([Column::number("after"), Column::number("change")]);
    } else {
        columns.push(Column::number("owns"));
    }
    if differs {
        columns.push(Column::number("if all signed closes"));
    }
    if table.last_price.is_some() {
        columns.push(Column::number("value"));
    }
    let row = |index: usize| {
        let name = scenario.owners.get(index).map(|owner| {
            let unattributed = scenario.is_unattributed(crate::scenario::OwnerId::at(index));
            match (unattributed, owner.is_pool) {
                (true, _) => format!("{} (unattributed)", owner.name),
                (_, true) => {
                    let granted = scenario.grants.iter().any(|grant| grant.holder.index() == index);
                    let what = if granted { "pool and staff options" } else { "unallocated pool" };
                    format!("{} ({what})", owner.name)
                }
                _ => owner.name.clone(),
            }
        });
        let mut cells = vec![Cell::text(name.unwrap_or_default()), Cell::Bar { part: at(&after, index), of: largest }];
        if moved {
            cells.push(percent(&before, &shown_before, index));
            for (_, parts) in &between {
                cells.push(percent(parts, &shown_parts(parts), index));
            }
        }
        cells.push(percent(&after, &shown_after, index));
        if moved {
            cells.push(Cell::Points(at(&after, index).saturating_sub(at(&before, index))));
        }
        if differs {
            cells.push(percent(&committed, &shown_committed, index));
        }
        if let Some(price) = table.last_price {
            let value = tables.by_owner(&table.shares).get(index).map(|shares| *shares * price);
            let value = value.and_then(Exact::decimal).unwrap_or(Decimal::ZERO);
            cells.push(if value.is_zero() { Cell::Empty } else { Cell::Money(value) });
        }
        let unattributed = scenario.is_unattributed(crate::scenario::OwnerId::at(index));
        Row { kind: if unattributed { RowKind::Quiet } else { RowKind::Item }, cells }
    };
    let mut rows: Vec<Row> = order.iter().take(MOST).map(|index| row(*index)).collect();
    if order.len() > MOST {
        let sum = |values: &[Decimal]| {
            order.iter().skip(MOST).fold(Decimal::ZERO, |sum, index| sum.saturating_add(at(values, *index)))
        };
        let part =
            |exact: Decimal| Cell::Percent { exact, shown: exact.saturating_mul(Decimal::ONE_HUNDRED).round_dp(2) };
        let mut cells = vec![Cell::text(format!("{} more holders", order.len() - MOST)), Cell::Empty];
        if moved {
            cells.push(part(sum(&before)));
            cells.extend(between.iter().map(|(_, parts)| part(sum(parts))));
        }
        cells.push(part(sum(&after)));
        if moved {
            cells.push(Cell::Points(sum(&after).saturating_sub(sum(&before))));
        }
        if differs {
            cells.push(part(sum(&committed)));
        }
        if let Some(price) = table.last_price {
            let value = Exact::of(sum(&after)) * table.fully_diluted * price;
            cells.push(value.decimal().map_or(Cell::Empty, Cell::Money));
        }
        rows.push(Row { kind: RowKind::Quiet, cells });
    }
    let mut notes = Vec::new();
    if differs {
        notes.push(
            "before and after count funded shares; the column beside them counts every tranche that was signed"
                .to_owned(),
        );
    }
    if let Some(price) = table.last_price.and_then(Exact::decimal) {
        let sign = currency_sign(&scenario.currency);
        let places = price.round_dp(4).normalize().scale().max(2);
        notes.push(format!("value at {sign}{} a common share, the last round's price", grouped(price, places)));
    }
    Section {
        view: View::Ownership,
        heading: "Who owns it, fully diluted".to_owned(),
        grid: Some(Grid { columns, rows }),
        notes,
    }
}

/// More rounds than this are left to `--view bridge` and the result's snapshots.
const MOST_BETWEEN: usize = 4;

/// Ownership after each round but the last event: what each round left.
fn between(outcome: &Outcome) -> Vec<(String, Vec<Decimal>)> {
    let Outcome { scenario, plan, journal, .. } = outcome;
    let rounds: Vec<(usize, usize)> = plan
        .steps
        .iter()
        .enumerate()
        .filter_map(|(step, planned)| match planned.kind {
            StepKind::Round(round) => Some((step, round)),
            _ => None,
        })
        .filter(|(step, _)| step.saturating_add(1) < plan.steps.len())
        .collect();
    if rounds.len() > MOST_BETWEEN {
        return Vec::new();
    }
    let mut tables = Tables::new(scenario, plan, journal);
    rounds
        .into_iter()
        .map(|(step, round)| {
            let table = tables.after(step.saturating_add(1)).clone();
            let parts = tables.by_owner(&table.shares).into_iter();
            let parts = parts.map(|shares| (shares / table.fully_diluted).decimal().unwrap_or(Decimal::ZERO)).collect();
            let name = scenario.rounds.get(round).map_or_else(String::new, |round| format!("after {}", round.name));
            (name, parts)
        })
        .collect()
}
