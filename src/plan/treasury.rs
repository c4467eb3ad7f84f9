//! Months, and what flows in each: burns cut into stretches of equal months, commitments by month.
//!
//! Balances are kept in parts of a unit: the denominator is the least common multiple of everything the flows
//! are divided by (twelve for a yearly figure, the days of a part month, the months of a drawdown), so that
//! adding up months loses nothing, and a balance of exactly zero is zero.

use crate::scenario::Burn;
use crate::scenario::Commitment;
use crate::scenario::Fill;
use crate::scenario::Profile;
use crate::scenario::Scenario;
use crate::units::Day;
use crate::units::Decimal;
use crate::units::Fraction;
use crate::units::Month;
use crate::units::common_denominator;

use super::Slot;

/// Months, burns and commitments.
#[derive(Debug, Clone, Default)]
pub struct TreasuryPlan {
    /// The calendar months from `as_of` to the horizon.
    pub months: Vec<MonthPlan>,
    /// Balances are kept in parts of a unit of this size.
    pub denominator: Decimal,
    /// Opening cash and the minimum; none without cash.
    pub cash: Option<(Slot, Slot)>,
    /// The burns that give a runway.
    pub burns: Vec<BurnPlan>,
    /// Commitments that come on top of the burns.
    pub commitments: Vec<CommitmentPlan>,
}

/// A calendar month of the projection.
#[derive(Debug, Clone, Copy)]
pub struct MonthPlan {
    /// Which.
    pub month: Month,
    /// Its first day that counts.
    pub first: Day,
    /// Months since `as_of` at its start.
    pub elapsed: Fraction,
    /// How much of it counts.
    pub length: Fraction,
    /// How many days of it count.
    pub days: u32,
}

/// A burn report by stretches of equal months.
#[derive(Debug, Clone)]
pub struct BurnPlan {
    /// Its place among the scenario's burns.
    pub burn: usize,
    /// The stretches, in order; together all months.
    pub segments: Vec<Segment>,
    /// A total that fills years.
    pub fill: Option<FillPlan>,
}

/// Months with one and the same outflow.
#[derive(Debug, Clone)]
pub struct Segment {
    /// How many months.
    pub months: usize,
    /// What the outflow is a multiple of.
    pub base: Base,
    /// The multiple, in parts of a unit.
    pub coefficient: Decimal,
}

/// What an outflow is a multiple of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// The rate as it has grown so far; grown once more before, if a figure is named.
    Rate(Slot, Option<Slot>),
    /// A figure.
    Figure(Slot),
    /// The year of the fill with that number.
    Fill(u32),
    /// Nothing.
    Nothing,
}

/// A total that fills years.
#[derive(Debug, Clone)]
pub struct FillPlan {
    /// The total.
    pub total: Slot,
    /// The figures of the named years.
    pub named: Vec<Slot>,
    /// The growth from year to year; none if flat.
    pub growth: Option<Slot>,
    /// The years filled, counted from the first of them.
    pub years: Vec<u32>,
}

/// A commitment by month, in parts of a unit.
#[derive(Debug, Clone)]
pub struct CommitmentPlan {
    /// The amount in all.
    pub amount: Slot,
    /// For each month of the projection that it touches: which, and the multiple of the amount.
    pub months: Vec<(usize, Decimal)>,
}

/// The denominator stays below this, so that balances keep their digits.
const LARGEST: i128 = 100_000_000;

/// The months of the projection.
pub(super) fn months(scenario: &Scenario) -> Vec<MonthPlan> {
    let Some(horizon) = scenario.horizon else { return Vec::new() };
    let first = scenario.as_of.month().ordinal();
    let mut elapsed = Fraction::ZERO;
    let mut months = Vec::new();
    for month in (first..=horizon.month().ordinal()).filter_map(Month::from_ordinal) {
        let length = month.part(scenario.as_of, horizon);
        let start = month.first().map_or(scenario.as_of, |day| day.max(scenario.as_of));
        let days = length
            .times(Fraction::new(i128::from(month.days()), 1).unwrap_or(Fraction::ONE))
            .and_then(|days| u32::try_from(days.numerator()).ok())
            .unwrap_or(0);
        months.push(MonthPlan { month, first: start, elapsed, length, days });
        elapsed = elapsed.plus(length).unwrap_or(elapsed);
    }
    months
}

/// The part of a commitment that is due by a day, spread evenly over its months.
///
/// A whole month weighs one, a part month its days.
#[must_use]
pub fn due_part(commitment: &Commitment, day: Day) -> Fraction {
    let weight = |last: Day| {
        if last < commitment.from {
            return Some(Fraction::ZERO);
        }
        (commitment.from.month().ordinal()..=last.month().ordinal())
            .filter_map(Month::from_ordinal)
            .try_fold(Fraction::ZERO, |sum, month| sum.plus(month.part(commitment.from, last)))
    };
    let Some(last) = commitment.last_day() else { return Fraction::ZERO };
    weight(day.min(last)).zip(weight(last)).and_then(|(due, all)| due.over(all)).unwrap_or(Fraction::ZERO)
}

/// A flow before the denominator is known.
struct Raw {
    months: usize,
    base: Base,
    part: Fraction,
}

/// The treasury of a scenario. `drawdowns` are the months of everything drawn down.
pub(super) fn treasury(scenario: &Scenario, months: Vec<MonthPlan>, drawdowns: &[u32]) -> TreasuryPlan {
    let runs: Vec<(usize, &Burn)> = scenario.burns.iter().enumerate().filter(|(_, burn)| burn.has_runway()).collect();
    let raw: Vec<(Vec<Raw>, Option<FillPlan>)> = runs.iter().map(|(_, burn)| profile(burn, &months)).collect();
    let on_top: Vec<(Slot, Vec<(usize, Fraction)>)> = scenario
        .commitments
        .iter()
        .filter(|commitment| !commitment.within_burn)
        .map(|commitment| (commitment.amount, by_month(commitment, &months)))
        .collect();
    let mut denominator = 1i128;
    let divisors = raw
        .iter()
        .flat_map(|(segments, _)| segments.iter().map(|segment| segment.part.denominator()))
        .chain(drawdowns.iter().map(|months| i128::from(*months)))
        .chain(on_top.iter().flat_map(|(_, months)| months.iter().map(|(_, part)| part.denominator())));
    for divisor in divisors {
        denominator = common_denominator(denominator, divisor, LARGEST).unwrap_or(denominator);
    }
    let unit = Decimal::try_from_i128_with_scale(denominator, 0).unwrap_or(Decimal::ONE);
    let coefficient = |part: Fraction| {
        decimal(part).map_or(Decimal::ZERO, |(numerator, below)| {
            unit.checked_mul(numerator).and_then(|scaled| scaled.checked_div(below)).unwrap_or(Decimal::ZERO)
        })
    };
    let burns = runs
        .iter()
        .zip(raw)
        .map(|((index, _), (segments, fill))| BurnPlan {
            burn: *index,
            segments: segments
                .into_iter()
                .map(|raw| Segment { months: raw.months, base: raw.base, coefficient: coefficient(raw.part) })
                .collect(),
            fill,
        })
        .collect();
    let commitments = on_top
        .into_iter()
        .map(|(amount, months)| CommitmentPlan {
            amount,
            months: months.into_iter().map(|(month, part)| (month, coefficient(part))).collect(),
        })
        .collect();
    TreasuryPlan {
        months,
        denominator: unit,
        cash: scenario.cash.map(|cash| (cash.opening, cash.minimum)),
        burns,
        commitments,
    }
}

/// A fraction as two decimals.
pub(super) fn decimal(part: Fraction) -> Option<(Decimal, Decimal)> {
    let numerator = Decimal::try_from_i128_with_scale(part.numerator(), 0).ok()?;
    let denominator = Decimal::try_from_i128_with_scale(part.denominator(), 0).ok()?;
    Some((numerator, denominator))
}

/// The part of a commitment due in each month of the projection.
fn by_month(commitment: &Commitment, months: &[MonthPlan]) -> Vec<(usize, Fraction)> {
    let Some(last) = commitment.last_day() else { return Vec::new() };
    let all = (commitment.from.month().ordinal()..=last.month().ordinal())
        .filter_map(Month::from_ordinal)
        .try_fold(Fraction::ZERO, |sum, month| sum.plus(month.part(commitment.from, last)));
    let Some(all) = all else { return Vec::new() };
    months
        .iter()
        .enumerate()
        .filter_map(|(index, month)| {
            let end = month.first.plus_days(i64::from(month.days) - 1)?;
            let from = commitment.from.max(month.first);
            let part = month.month.part(from, last.min(end)).over(all)?;
            (part != Fraction::ZERO).then_some((index, part))
        })
        .collect()
}

fn profile(burn: &Burn, months: &[MonthPlan]) -> (Vec<Raw>, Option<FillPlan>) {
    let mut segments: Vec<Raw> = Vec::new();
    let mut push = |base: Base, part: Fraction| match segments.last_mut() {
        Some(last) if last.base == base && last.part == part && !matches!(base, Base::Rate(_, Some(_))) => {
            last.months = last.months.saturating_add(1);
        }
        // A rate that does not step goes on as it is.
        Some(last) if matches!((last.base, base), (Base::Rate(..), Base::Rate(_, None))) && last.part == part => {
            last.months = last.months.saturating_add(1);
        }
        _ => segments.push(Raw { months: 1, base, part }),
    };
    let divided = |part: Fraction, by: u32| {
        Fraction::new(1, i128::from(by)).and_then(|divisor| part.times(divisor)).unwrap_or(Fraction::ZERO)
    };
    match &burn.profile {
        Profile::Rate { rate, period, growth, phases } => {
            let start = months.first().map_or(0, |month| month.month.ordinal());
            for (index, month) in (0i64..).zip(months) {
                let phase = phases.iter().rev().find(|phase| phase.from.month().ordinal() - start <= index);
                let step = match (phase, growth) {
                    (Some(phase), _) => {
                        let begun = phase.from.month().ordinal() - start;
                        let steps =
                            (index - begun) % i64::from(phase.period.months()) == 0 && (index > 0 || begun == 0);
                        steps.then_some(phase.growth)
                    }
                    (None, Some((growth, every))) => {
                        (index > 0 && index % i64::from(every.months()) == 0).then_some(*growth)
                    }
                    (None, None) => None,
                };
                push(Base::Rate(*rate, step), divided(month.length, period.months()));
            }
            (segments, None)
        }
        Profile::Scheduled { lines, through } => {
            let years: Vec<i16> = through.map_or_else(Vec::new, |through| {
                (through.from..=through.year)
                    .filter(|year| !lines.iter().any(|(period, _)| period.first.year() == *year))
                    .collect()
            });
            for month in months {
                let line = lines.iter().find(|(period, _)| {
                    let after = month.month.ordinal() - period.first.ordinal();
                    (0..i64::from(period.period.months())).contains(&after)
                });
                match (line, years.iter().position(|year| *year == month.month.year())) {
                    (Some((period, figure)), _) => {
                        push(Base::Figure(*figure), divided(month.length, period.period.months()));
                    }
                    (None, Some(year)) => {
                        let is_flat = through.is_some_and(|through| through.fill == Fill::Flat);
                        let count = if is_flat { u32::try_from(years.len()).unwrap_or(1) } else { 1 };
                        let number = u32::try_from(year).unwrap_or(0);
                        push(Base::Fill(number), divided(month.length, count.saturating_mul(12)));
                    }
                    (None, None) => push(Base::Nothing, Fraction::ZERO),
                }
            }
            let fill = through.map(|through| FillPlan {
                total: through.total,
                named: lines
                    .iter()
                    .filter(|(period, _)| (through.from..=through.year).contains(&period.first.year()))
                    .map(|(_, figure)| *figure)
                    .collect(),
                growth: match through.fill {
                    Fill::Flat => None,
                    Fill::Growth(growth) => Some(growth),
                },
                years: years
                    .iter()
                    .map(|year| years.first().map_or(0, |first| u32::try_from(year - first).unwrap_or(0)))
                    .collect(),
            });
            (segments, fill)
        }
    }
}
