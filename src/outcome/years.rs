//! What burn reports say of each calendar year, as they say it.

use crate::scenario::Burn;
use crate::scenario::BurnContent;
use crate::scenario::Fill;
use crate::scenario::Profile;
use crate::units::Decimal;
use crate::units::Exact;
use crate::units::Scalar;

use super::played::Outcome;

/// What a report says of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct YearSaid {
    /// The year.
    pub year: i16,
    /// The amount; outflow is positive.
    pub amount: Decimal,
    /// Whether it is of the whole year: else of the months that are played.
    pub is_whole: bool,
    /// Whether the report names the year: else it is filled in, or follows from a rate.
    pub is_named: bool,
}

/// What a report says of each year it covers, in order.
///
/// A schedule is taken as written, years before `as_of` included; anything else as it is played, month by month.
#[must_use]
pub fn years(outcome: &Outcome, burn: usize) -> Vec<YearSaid> {
    let Some(report) = outcome.scenario.burns.get(burn) else { return Vec::new() };
    match written(outcome, report) {
        Some(years) => years,
        None => played(outcome, burn),
    }
}

/// The years of a schedule, as written; none if the report is no schedule, or is adjusted.
fn written(outcome: &Outcome, report: &Burn) -> Option<Vec<YearSaid>> {
    let BurnContent::Whole(Profile::Scheduled { lines, through }) = &report.content else { return None };
    if report.is_adjusted() {
        return None;
    }
    let value = |figure| outcome.scenario.figures.value(figure);
    let mut years: Vec<YearSaid> = Vec::new();
    let mut months: Vec<u32> = Vec::new();
    for (period, figure) in lines {
        let year = period.first.year();
        if years.last().is_none_or(|last| last.year != year) {
            years.push(YearSaid { year, amount: Decimal::ZERO, is_whole: false, is_named: true });
            months.push(0);
        }
        if let (Some(last), Some(count)) = (years.last_mut(), months.last_mut()) {
            last.amount = last.amount.saturating_add(value(*figure));
            *count = count.saturating_add(period.period.months());
            last.is_whole = *count == 12;
        }
    }
    if let Some(through) = through {
        let all = through.from..=through.year;
        let missing: Vec<i16> = all.clone().filter(|year| years.iter().all(|said| said.year != *year)).collect();
        let named = years.iter().filter(|said| all.contains(&said.year)).map(|said| said.amount);
        let left = named.fold(value(through.total), Decimal::saturating_sub);
        let grown = match through.fill {
            Fill::Flat => Decimal::ONE,
            Fill::Growth(growth) => Decimal::ONE.saturating_add(value(growth)),
        };
        let first = missing.first().copied().unwrap_or(0);
        let weight = |year: i16| (first..year).fold(Decimal::ONE, |weight, _| weight.saturating_mul(grown));
        let weights = missing.iter().fold(Decimal::ZERO, |sum, year| sum.saturating_add(weight(*year)));
        for year in missing {
            let amount = left.saturating_mul(weight(year)).checked_div(weights).unwrap_or(Decimal::ZERO);
            years.push(YearSaid { year, amount, is_whole: true, is_named: false });
        }
        years.sort_by_key(|said| said.year);
    }
    Some(years)
}

/// The years as they are played.
fn played(outcome: &Outcome, burn: usize) -> Vec<YearSaid> {
    let Some(of) = outcome.under_burn(burn) else { return Vec::new() };
    let place = of.plan.treasury.burns.iter().position(|plan| plan.burn == burn);
    let Some(record) = place.and_then(|place| of.journal.runways.get(place)) else { return Vec::new() };
    let unit = Exact::of(of.plan.treasury.denominator);
    let mut years: Vec<(i16, Exact, u32, bool)> = Vec::new();
    for flow in &record.months {
        let Some(month) = of.plan.treasury.months.get(flow.month) else { continue };
        let year = month.month.year();
        if years.last().is_none_or(|last| last.0 != year) {
            years.push((year, Exact::ZERO, 0, true));
        }
        if let Some(last) = years.last_mut() {
            last.1 += flow.burned / unit;
            last.2 = last.2.saturating_add(1);
            last.3 &= month.days == month.month.days();
        }
    }
    years
        .into_iter()
        .filter_map(|(year, amount, months, full)| {
            Some(YearSaid { year, amount: amount.decimal()?, is_whole: full && months == 12, is_named: false })
        })
        .collect()
}
