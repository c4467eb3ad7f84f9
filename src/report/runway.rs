//! How long the money lasts: a line for each burn report, and the months behind it.

use crate::outcome::MetricValue;
use crate::outcome::Outcome;
use crate::outcome::When;
use crate::outcome::metrics;
use crate::outcome::raised;
use crate::scenario::FigureEntry;
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

/// One line a burn report.
pub(super) fn runway(outcome: &Outcome) -> Option<Section> {
    let Outcome { scenario, plan, journal, .. } = outcome;
    if scenario.burns.is_empty() {
        return None;
    }
    let all: std::collections::HashMap<String, MetricValue> =
        metrics(outcome, When::End).into_iter().map(|metric| (metric.path, metric.value)).collect();
    let comes_later = scenario.burns.iter().any(|burn| {
        let path = format!("runway.{}.to_come", burn.id);
        matches!(all.get(&path), Some(MetricValue::Number(money)) if !money.is_zero())
    });
    let mut columns = vec![
        Column::text(""),
        Column::text("counts"),
        Column::text("runs out"),
        Column::number("months"),
        Column::number("static"),
        Column::number("lowest"),
        Column::number("missing at most"),
    ];
    if comes_later {
        columns.push(Column::number("still to come"));
    }
    columns.push(Column::text("cash, month by month"));
    let minimum = scenario.cash.map_or(Decimal::ZERO, |cash| scenario.figures.value(cash.minimum));
    let unit = Exact::of(plan.treasury.denominator);
    let mut rows = Vec::new();
    for (index, burn) in scenario.burns.iter().enumerate() {
        let name = match burn.vintage {
            // A name that says its year needs no vintage beside it.
            Some(day) if !burn.name.contains(&day.year().to_string()) => {
                format!("{}, as of {}", burn.name, day.month())
            }
            _ => burn.name.clone(),
        };
        let record = plan
            .treasury
            .burns
            .iter()
            .position(|compiled| compiled.burn == index)
            .and_then(|place| journal.runways.get(place));
        let Some(record) = record.filter(|record| record.summary.is_some()) else {
            let why = if burn.has_runway() { "cannot be raised for" } else { "gives no runway" };
            let mut cells = vec![Cell::text(name), Cell::text(burn.measured()), Cell::text(why)];
            cells.resize(columns.len(), Cell::Empty);
            rows.push(Row { kind: RowKind::Quiet, cells });
            continue;
        };
        let value = |key: &str| all.get(&format!("runway.{}.{key}", burn.id)).cloned();
        let number = |key: &str| match value(key) {
            Some(MetricValue::Number(number)) => Some(number),
            _ => None,
        };
        let balances: Vec<Decimal> = record.months.iter().filter_map(|flow| (flow.balance / unit).decimal()).collect();
        let sum = |key: &str| number(key).filter(|money| !money.is_zero()).map_or(Cell::Empty, Cell::Money);
        let mut cells = vec![
            Cell::text(name),
            Cell::text(burn.measured()),
            match value("cash_out") {
                Some(MetricValue::Day(day)) => Cell::Day(day),
                // The last month played says more than "never", in less room.
                _ => scenario.horizon.map_or(Cell::Never, |day| Cell::text(format!("after {}", day.month()))),
            },
            number("months").map_or(Cell::Empty, Cell::Months),
            number("static").map_or(Cell::Empty, Cell::Months),
            number("trough").map_or(Cell::Empty, Cell::Money),
            sum("gap"),
        ];
        if comes_later {
            cells.push(sum("to_come"));
        }
        cells.push(Cell::Spark { values: balances, minimum });
        rows.push(Row { kind: RowKind::Item, cells });
    }
    let mut notes = Vec::new();
    if let Some(cash) = scenario.cash {
        let assumed = |figure| {
            scenario.figures.get(figure).is_some_and(|figure| figure.status == crate::scenario::Status::Assumed)
        };
        let word = |figure| if assumed(figure) { " (assumed)" } else { "" };
        let typed = |figure| scenario.figures.get(figure).map(FigureEntry::stated).unwrap_or_default();
        notes.push(format!(
            "from {} with {}{} in the bank; out of cash below {}{}; static is cash over the first month's burn",
            scenario.as_of,
            typed(cash.opening),
            word(cash.opening),
            typed(cash.minimum),
            word(cash.minimum),
        ));
    }
    for burn in scenario.burns.iter().filter(|burn| burn.is_adjusted()) {
        let taken: Vec<&str> = burn.adjustments.iter().map(|line| line.name.as_str()).collect();
        notes.push(format!("{}: a {} less {}", burn.name, burn.measure.word(), taken.join(", ")));
    }
    notes.extend(without_new_money(outcome, &all));
    for (index, burn) in scenario.burns.iter().enumerate() {
        let rounds: Vec<String> =
            raised(outcome, index).into_iter().map(|(round, day)| format!("{round} on {day}")).collect();
        if !rounds.is_empty() {
            notes.push(format!("raised under {}: {}", burn.name, rounds.join(", ")));
        }
    }
    if scenario.burns.iter().any(|burn| burn.as_cash && burn.measure != crate::scenario::Measure::Cash) {
        notes.push("a loss is not cash: stock pay, depreciation and revaluations move no money; used as cash where the file says so".to_owned());
    }
    Some(Section {
        view: View::Runway,
        heading: "How long the money lasts".to_owned(),
        grid: Some(Grid { columns, rows }),
        notes,
    })
}

/// Whether the company lasts on what it has, by report.
fn without_new_money(outcome: &Outcome, all: &std::collections::HashMap<String, MetricValue>) -> Option<String> {
    let named = |word: &str| {
        let is_so = |id: &str| {
            let value = all.get(&format!("runway.{id}.default_alive"));
            matches!(value, Some(MetricValue::Text(text)) if text == word)
        };
        let burns = outcome.scenario.burns.iter().filter(|burn| is_so(&burn.id));
        burns.map(|burn| burn.name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let said = [
        ("alive", "lasts until it no longer burns"),
        ("dead", "runs out"),
        ("undecided", "lasts to the horizon, and still burns there"),
    ];
    let parts: Vec<(String, &str)> =
        said.into_iter().map(|(word, words)| (named(word), words)).filter(|(names, _)| !names.is_empty()).collect();
    let text = match parts.as_slice() {
        [] => return None,
        // One answer for every report needs no names.
        [(_, words)] => (*words).to_owned(),
        several => several.iter().map(|(names, words)| format!("{words} ({names})")).collect::<Vec<_>>().join("; "),
    };
    Some(format!("without any new money it {text}"))
}

/// The balances, a row a month and a column a burn report.
pub(super) fn cash(outcome: &Outcome) -> Option<Section> {
    let Outcome { scenario, plan, journal, .. } = outcome;
    if journal.runways.is_empty() {
        return None;
    }
    let unit = Exact::of(plan.treasury.denominator);
    let mut columns = vec![Column::text("month"), Column::number("arrives")];
    for burn in &plan.treasury.burns {
        columns.push(Column::number(scenario.burns.get(burn.burn).map_or("", |burn| burn.id.as_str())));
    }
    let money = |value: Exact| (value / unit).decimal().map_or(Cell::Empty, Cell::Money);
    let rows = plan
        .treasury
        .months
        .iter()
        .enumerate()
        .map(|(index, month)| {
            // What is raised when needed arrives under one report and not under another.
            let mut arrivals =
                journal.runways.iter().filter_map(|record| record.months.get(index)).map(|flow| flow.arrived);
            let arrived = arrivals.next().filter(|first| arrivals.all(|other| other == *first));
            let mut cells = vec![
                Cell::text(month.month.to_string()),
                match arrived {
                    None => Cell::text("differs"),
                    Some(arrived) if arrived == Exact::ZERO => Cell::Empty,
                    Some(arrived) => money(arrived),
                },
            ];
            for record in &journal.runways {
                cells.push(record.months.get(index).map_or(Cell::Empty, |flow| money(flow.balance)));
            }
            Row { kind: RowKind::Item, cells }
        })
        .collect();
    Some(Section {
        view: View::Cash,
        heading: "Cash at each month's end".to_owned(),
        grid: Some(Grid { columns, rows }),
        notes: Vec::new(),
    })
}
