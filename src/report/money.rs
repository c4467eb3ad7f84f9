//! What capacity in kind and debts do to the runway.

use crate::outcome::CreditUse;
use crate::outcome::MetricValue;
use crate::outcome::Outcome;
use crate::outcome::When;
use crate::outcome::credits;
use crate::outcome::metrics;
use crate::units::Decimal;
use crate::units::Exact;
use crate::units::Scalar;

use super::page::Cell;
use super::page::Column;
use super::page::Grid;
use super::page::Row;
use super::page::RowKind;
use super::page::Section;
use super::page::View;

fn money(value: Exact) -> Cell {
    match value.decimal() {
        Some(value) if !value.is_zero() => Cell::Money(value),
        _ => Cell::Empty,
    }
}

/// What came in kind, what it pays for under each report, and what it does to the runway.
pub(super) fn in_kind(outcome: &Outcome) -> Option<Section> {
    let Outcome { scenario, plan, journal, .. } = outcome;
    let all: std::collections::HashMap<String, MetricValue> =
        metrics(outcome, When::End).into_iter().map(|metric| (metric.path, metric.value)).collect();
    let months = |id: &str, key: &str| match all.get(&format!("runway.{id}.{key}")) {
        Some(MetricValue::Number(months)) => Cell::Months(*months),
        // As in the table of runways: the last month played, in less room.
        Some(MetricValue::Never) => {
            scenario.horizon.map_or(Cell::Never, |day| Cell::text(format!("after {}", day.month())))
        }
        _ => Cell::Empty,
    };
    let mut rows = Vec::new();
    let mut notes: Vec<String> = Vec::new();
    for (burn, record) in plan.treasury.burns.iter().zip(&journal.runways) {
        let Some(report) = scenario.burns.get(burn.burn) else { continue };
        let Some(played) = outcome.under_burn(burn.burn) else { continue };
        let uses = credits(played, record);
        if uses.is_empty() {
            continue;
        }
        let sum = |part: &dyn Fn(&CreditUse) -> Exact| uses.iter().fold(Exact::ZERO, |sum, used| sum + part(used));
        rows.push(Row {
            kind: RowKind::Item,
            cells: vec![
                Cell::text(&report.name),
                money(sum(&|used| used.came)),
                money(sum(&|used| used.used)),
                money(sum(&|used| used.lost)),
                money(sum(&|used| used.came - used.used - used.lost)),
                months(&report.id, "without_in_kind"),
                months(&report.id, "months"),
                months(&report.id, "in_kind_as_cash"),
            ],
        });
        for used in &uses {
            let Some(round) = played.scenario.rounds.get(used.place.0) else { continue };
            let Some(tranche) = round.tranches.get(used.place.1) else { continue };
            let Some(drawdown) = tranche.drawdown else { continue };
            let labels = tranche.consideration.iter().filter(|(label, _)| label != "cash");
            let labels: Vec<&str> = labels.map(|(label, _)| label.as_str()).collect();
            let provider = played.scenario.owner(tranche.investor).map_or("", |owner| owner.name.as_str());
            let eligible = scenario.figures.get(drawdown.eligible).map_or("", |figure| figure.typed.as_str());
            let rest = if drawdown.carried { "carried on" } else { "lost each month" };
            let until = drawdown.until.map_or_else(String::new, |day| format!(" until {day}"));
            let note = format!(
                "{} of {provider}: over {} months, for at most {eligible} of what it can pay for, the unused {rest}{until}",
                labels.join(" and "),
                drawdown.months
            );
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
    }
    if rows.is_empty() {
        return None;
    }
    let columns = vec![
        Column::text(""),
        Column::number("came"),
        Column::number("used"),
        Column::number("lost"),
        Column::number("left over"),
        Column::number("without it"),
        Column::number("with it"),
        Column::number("if it were cash"),
    ];
    Some(Section {
        view: View::Runway,
        heading: "What came in kind, and the months it adds".to_owned(),
        grid: Some(Grid { columns, rows }),
        notes,
    })
}

/// What is drawn, paid and owed of each debt under each report.
pub(super) fn debts(outcome: &Outcome) -> Option<Section> {
    let scenario = &outcome.scenario;
    if scenario.debts.is_empty() {
        return None;
    }
    let all: std::collections::HashMap<String, MetricValue> =
        metrics(outcome, When::End).into_iter().map(|metric| (metric.path, metric.value)).collect();
    let has_covenant = scenario.debts.iter().any(|debt| debt.covenant.is_some());
    let mut columns = vec![
        Column::text(""),
        Column::text("under"),
        Column::number("drawn"),
        Column::number("repaid"),
        Column::number("interest"),
        Column::number("fees"),
        Column::number("owed at the end"),
    ];
    if has_covenant {
        columns.push(Column::text("covenant broken"));
    }
    let mut rows = Vec::new();
    for debt in &scenario.debts {
        for report in scenario.burns.iter().filter(|burn| burn.has_runway()) {
            let of = |name: &str| all.get(&format!("debt.{}.{}.{name}", report.id, debt.id));
            let amount = |name: &str| match of(name) {
                Some(MetricValue::Number(value)) if *value != Decimal::ZERO => Cell::Money(*value),
                _ => Cell::Empty,
            };
            let mut cells = vec![Cell::text(&debt.name), Cell::text(&report.name)];
            cells.extend(["drawn", "repaid", "interest", "fees", "outstanding"].map(amount));
            if has_covenant {
                cells.push(match of("breach") {
                    Some(MetricValue::Day(day)) => Cell::Day(*day),
                    _ => Cell::Empty,
                });
            }
            rows.push(Row { kind: RowKind::Item, cells });
        }
    }
    let notes = scenario.debts.iter().map(|debt| {
        let typed = |figure| scenario.figures.get(figure).map_or("", |entry| entry.typed.as_str());
        let kind = if debt.is_revolver { "a line of" } else { "a loan of" };
        let lender = debt.lender.and_then(|owner| scenario.owner(owner));
        let lender = lender.map_or_else(String::new, |owner| format!(" from {}", owner.name));
        format!(
            "{}: {kind} {}{lender} at {}, from {} to {}",
            debt.name,
            typed(debt.size),
            typed(debt.rate.0),
            debt.from,
            debt.until
        )
    });
    Some(Section {
        view: View::Runway,
        heading: "What is borrowed".to_owned(),
        grid: Some(Grid { columns, rows }),
        notes: notes.collect(),
    })
}
