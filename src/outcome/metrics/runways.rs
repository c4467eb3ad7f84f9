//! How long the money lasts, by path: runways, balances, debts, capacity in kind, spending by counterparty.

use crate::engine::spent_with;
use crate::outcome::credits::credits;
use crate::outcome::journal::RunwayRecord;
use crate::outcome::played::Outcome;
use crate::outcome::readings::readings;
use crate::outcome::when::When;
use crate::plan::MonthPlan;
use crate::units::Day;
use crate::units::Decided;
use crate::units::Decimal;
use crate::units::Direction;
use crate::units::Exact;
use crate::units::Scalar;

use super::List;
use super::Measure;
use super::MetricValue;

/// Everything about money over time.
pub(super) fn runways(outcome: &Outcome, when: When, list: &mut List) {
    let Outcome { scenario, plan, journal, .. } = outcome;
    let unit = Exact::of(plan.treasury.denominator);
    let minimum = Exact::of(scenario.cash.map_or(Decimal::ZERO, |cash| scenario.figures.value(cash.minimum)));
    let last = when.day(plan);
    for (place, (burn, record)) in plan.treasury.burns.iter().zip(&journal.runways).enumerate() {
        let (Some(report), Some(summary)) = (scenario.burns.get(burn.burn), record.summary) else { continue };
        let path = |name: &str| format!("runway.{}.{name}", report.id);
        // When the money ends is one answer for the whole projection; at a day there is the lowest balance so far.
        if when == When::End {
            list.number(path("month"), Measure::Months, summary.month);
        }
        let runs_out = summary.runs_out == Decided::Yes;
        match runs_out.then(|| cash_out(outcome, record, summary.month)).flatten() {
            _ if when != When::End => {}
            Some(day) => {
                list.number(path("months"), Measure::Months, summary.months);
                list.value(path("cash_out"), Measure::Day, MetricValue::Day(day));
            }
            None => {
                list.value(path("months"), Measure::Months, MetricValue::Never);
                list.value(path("cash_out"), Measure::Day, MetricValue::Never);
            }
        }
        if when == When::End {
            list.number(path("to_come"), Measure::Money, summary.to_come);
            otherwise(outcome, place, &path, list);
        }
        let ended = |month: usize| {
            last.is_none_or(|day| {
                plan.treasury.months.get(month).and_then(|plan| plan.month.last()).is_some_and(|end| end <= day)
            })
        };
        let lowest = record
            .months
            .iter()
            .filter(|flow| ended(flow.month))
            .map(|flow| flow.balance)
            .reduce(|lowest, balance| lowest.least(balance));
        if let Some(lowest) = lowest {
            let lowest = lowest / unit;
            list.number(path("trough"), Measure::Money, lowest);
            list.number(path("gap"), Measure::Money, (minimum - lowest).at_least_zero());
        }
    }
    for (burn, record) in plan.treasury.burns.iter().zip(&journal.runways) {
        let Some(report) = scenario.burns.get(burn.burn) else { continue };
        for flow in &record.months {
            let Some(month) = plan.treasury.months.get(flow.month) else { continue };
            list.number(format!("cash.{}.{}", report.id, month.month), Measure::Money, flow.balance / unit);
        }
    }

    if when == When::End {
        debts(outcome, list);
        in_kind(outcome, list);
        paid(outcome, list);
    }
}

/// The same months read otherwise.
fn otherwise(outcome: &Outcome, place: usize, path: &dyn Fn(&str) -> String, list: &mut List) {
    let Some(readings) = readings(outcome, place) else { return };
    let months = |months: Option<Exact>| match months.and_then(Exact::decimal) {
        Some(months) => MetricValue::Number(months),
        None => MetricValue::Never,
    };
    list.value(path("static"), Measure::Months, months(readings.stays));
    list.value(path("default_alive"), Measure::Text, MetricValue::Text(readings.default_alive.word().to_owned()));
    if let Some((without, as_cash)) = readings.in_kind {
        for (name, runway) in [("without_in_kind", without), ("in_kind_as_cash", as_cash)] {
            let out = (runway.runs_out == Decided::Yes).then_some(runway.months);
            list.value(path(name), Measure::Months, months(out));
        }
    }
}

/// What moved in each debt under each report.
fn debts(outcome: &Outcome, list: &mut List) {
    let Outcome { scenario, plan, journal, .. } = outcome;
    let unit = Exact::of(plan.treasury.denominator);
    for (burn, record) in plan.treasury.burns.iter().zip(&journal.runways) {
        let Some(report) = scenario.burns.get(burn.burn) else { continue };
        for (index, debt) in scenario.debts.iter().enumerate() {
            let mut flows = record.debts.iter().filter(|flow| flow.debt == index).peekable();
            if flows.peek().is_none() {
                continue;
            }
            let path = |name: &str| format!("debt.{}.{}.{name}", report.id, debt.id);
            let mut sums = [Exact::ZERO; 4];
            let mut outstanding = Exact::ZERO;
            let mut breach = None;
            for flow in flows {
                for (sum, part) in sums.iter_mut().zip([flow.drawn, flow.repaid, flow.interest, flow.fees]) {
                    *sum += part;
                }
                outstanding = flow.outstanding;
                if flow.is_breached == Decided::Yes {
                    breach = breach.or(plan.treasury.months.get(flow.month).and_then(MonthPlan::last));
                }
            }
            for (name, sum) in ["drawn", "repaid", "interest", "fees"].iter().zip(sums) {
                list.number(path(name), Measure::Money, sum / unit);
            }
            list.number(path("outstanding"), Measure::Money, outstanding / unit);
            if debt.covenant.is_some() {
                list.value(path("breach"), Measure::Day, breach.map_or(MetricValue::Never, MetricValue::Day));
            }
        }
    }
}

/// What became of capacity in kind, by tranche, under each report.
fn in_kind(outcome: &Outcome, list: &mut List) {
    let Outcome { scenario, plan, journal, .. } = outcome;
    for (burn, record) in plan.treasury.burns.iter().zip(&journal.runways) {
        let Some(report) = scenario.burns.get(burn.burn) else { continue };
        let Some(played) = outcome.under_burn(burn.burn) else { continue };
        for used in credits(played, record) {
            let path = |name: &str| format!("in_kind.{}.{}.{name}", report.id, used.tranche);
            for (name, value) in [
                ("came", used.came),
                ("granted", used.granted),
                ("used", used.used),
                ("lost", used.lost),
                ("unused", used.unused),
            ] {
                list.number(path(name), Measure::Money, value);
            }
        }
    }
}

/// What each report spends with whom, where its lines say so.
fn paid(outcome: &Outcome, list: &mut List) {
    let Outcome { scenario, .. } = outcome;
    for (place, burn) in outcome.plan.treasury.burns.iter().enumerate() {
        let Some(report) = scenario.burns.get(burn.burn) else { continue };
        let Some(Outcome { plan, .. }) = outcome.under_burn(burn.burn) else { continue };
        let figures: Vec<Exact> = plan.values.iter().map(|value| Exact::of(*value)).collect();
        for (index, owner) in scenario.owners.iter().enumerate() {
            if burn.lines.iter().any(|line| line.to == Some(index)) {
                let sum = spent_with(plan, &figures, place, index);
                list.number(format!("paid.{}.{}", report.id, owner.id), Measure::Money, sum);
            }
        }
    }
}

/// The day the balance falls below the minimum: so many whole days into the month.
fn cash_out(outcome: &Outcome, record: &RunwayRecord, month: Exact) -> Option<Day> {
    let number = usize::try_from(month.decimal()?.normalize().mantissa()).ok()?;
    let scenario = &outcome.scenario;
    let treasury = &outcome.plan.treasury;
    let unit = Exact::of(treasury.denominator);
    let cash = scenario.cash?;
    let minimum = Exact::of(scenario.figures.value(cash.minimum)) * unit;
    let flow = record.months.get(number)?;
    let start = match number.checked_sub(1) {
        Some(before) => record.months.get(before)?.balance,
        None => Exact::of(scenario.figures.value(cash.opening)) * unit,
    };
    // What is drawn in the month is there before it ends.
    let there = start + flow.drawn;
    let plan = treasury.months.get(number)?;
    let days = Exact::of(Decimal::from(plan.days));
    let above = (there - minimum).at_least_zero();
    let whole = if above == Exact::ZERO { Exact::ZERO } else { days.times(above.per(there - flow.balance)) };
    let whole = whole.rounded(0, Direction::Down).decimal()?;
    let is_called =
        Exact::ZERO.lt(flow.called) == Decided::Yes && (flow.balance + flow.called).lt(minimum) != Decided::Yes;
    if is_called {
        return plan.last();
    }
    plan.first.plus_days(i64::try_from(whole.normalize().mantissa()).ok()?)
}
