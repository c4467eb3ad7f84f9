//! Compiles the treasury: months, burns, debts and commitments.

use crate::plan::commitment::span;
use crate::plan::commitment::weight;
use crate::plan::treasury::BurnPlan;
use crate::plan::treasury::CashPlan;
use crate::plan::treasury::CommitmentPlan;
use crate::plan::treasury::DebtPlan;
use crate::plan::treasury::DrawPlan;
use crate::plan::treasury::FillPlan;
use crate::plan::treasury::LinePlan;
use crate::plan::treasury::MonthPlan;
use crate::plan::treasury::ProfilePlan;
use crate::plan::treasury::Segment;
use crate::plan::treasury::TreasuryPlan;
use crate::plan::treasury::Way;
use crate::scenario::Burn;
use crate::scenario::BurnContent;
use crate::scenario::Commitment;
use crate::scenario::Debt;
use crate::scenario::Draws;
use crate::scenario::Line;
use crate::scenario::LineAmount;
use crate::scenario::LineKind;
use crate::scenario::OwnerId;
use crate::scenario::Repayment;
use crate::scenario::Scenario;
use crate::units::Constant;
use crate::units::Day;
use crate::units::Decimal;
use crate::units::Fraction;
use crate::units::Month;
use crate::units::Period;
use crate::units::common_denominator;

use super::super::Slot;
use super::profile::Paid;
use super::profile::Raw;
use super::profile::profile;

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

/// A line before the denominator is known.
struct RawLine {
    way: Way,
    eligible: bool,
    to: Option<usize>,
    part: Option<Slot>,
    profiles: Vec<RawProfile>,
    spent: Option<Vec<RawProfile>>,
}

/// Stretches of equal months, and a total that fills years.
type RawProfile = (Vec<Raw>, Option<FillPlan>);

/// A commitment before the denominator is known.
struct RawCommitment<'a> {
    commitment: &'a Commitment,
    months: Vec<(usize, Option<Slot>, Fraction)>,
}

/// The treasury of a scenario. `drawdowns` are the months of everything drawn down.
pub(super) fn treasury(scenario: &Scenario, months: Vec<MonthPlan>, drawdowns: &[u32]) -> TreasuryPlan {
    let runs: Vec<(usize, &Burn)> = scenario.burns.iter().enumerate().filter(|(_, burn)| burn.has_runway()).collect();
    let raw: Vec<Vec<RawLine>> = runs.iter().map(|(_, burn)| lines(burn, &months, scenario)).collect();
    let owed: Vec<RawCommitment> = scenario
        .commitments
        .iter()
        .filter(|commitment| !commitment.within_burn || commitment.take_or_pay)
        .map(|commitment| RawCommitment { commitment, months: by_month(commitment, &months) })
        .collect();
    let mut denominator = 1i128;
    let divisors = raw
        .iter()
        .flatten()
        .flat_map(|line| line.profiles.iter().chain(line.spent.iter().flatten()))
        .flat_map(|(segments, _)| segments.iter().map(|segment| segment.part.denominator()))
        .chain(drawdowns.iter().map(|months| i128::from(*months)))
        .chain(owed.iter().flat_map(|owed| owed.months.iter().map(|(_, _, part)| part.denominator())));
    for divisor in divisors {
        denominator = common_denominator(denominator, divisor, LARGEST).unwrap_or(denominator);
    }
    let unit = Decimal::try_from_i128_with_scale(denominator, 0).unwrap_or(Decimal::ONE);
    let coefficient = |part: Fraction| {
        Constant::of(decimal(part).map_or(Decimal::ZERO, |(numerator, below)| {
            unit.checked_mul(numerator).and_then(|scaled| scaled.checked_div(below)).unwrap_or(Decimal::ZERO)
        }))
    };
    let scaled = |(segments, fill): (Vec<Raw>, Option<FillPlan>)| ProfilePlan {
        segments: segments
            .into_iter()
            .map(|raw| Segment { months: raw.months, base: raw.base, coefficient: coefficient(raw.part) })
            .collect(),
        fill,
    };
    let burns = runs
        .iter()
        .zip(raw)
        .map(|((index, burn), lines)| BurnPlan {
            burn: *index,
            is_whole: matches!(burn.content, BurnContent::Whole(_)),
            lines: lines
                .into_iter()
                .map(|line| LinePlan {
                    way: line.way,
                    eligible: line.eligible,
                    to: line.to,
                    part: line.part,
                    profiles: line.profiles.into_iter().map(scaled).collect(),
                    spent: line.spent.map(|profiles| profiles.into_iter().map(scaled).collect()),
                })
                .collect(),
        })
        .collect();
    let commitments = owed
        .into_iter()
        .map(|RawCommitment { commitment, months }| CommitmentPlan {
            to: commitment.to.index(),
            on_top: !commitment.within_burn,
            amount: commitment.amount,
            weights: commitment.ramp.iter().map(|(_, figure)| *figure).collect(),
            months: months.into_iter().map(|(month, weight, part)| (month, weight, coefficient(part))).collect(),
        })
        .collect();
    TreasuryPlan {
        debts: scenario.debts.iter().enumerate().map(|(index, debt)| debt_plan(scenario, index, debt)).collect(),
        months,
        denominator: unit,
        cash: scenario.cash.map(|cash| CashPlan {
            opening: cash.opening,
            minimum: cash.minimum,
            interest: cash.interest.map(|(figure, period)| (figure, period.months())),
        }),
        burns,
        only: None,
        deciding: runs.iter().position(|(index, _)| Some(*index) == scenario.main_burn),
        commitments,
    }
}

/// A fraction as two decimals.
pub(super) fn decimal(part: Fraction) -> Option<(Decimal, Decimal)> {
    let numerator = Decimal::try_from_i128_with_scale(part.numerator(), 0).ok()?;
    let denominator = Decimal::try_from_i128_with_scale(part.denominator(), 0).ok()?;
    Some((numerator, denominator))
}

/// A debt by month.
fn debt_plan(scenario: &Scenario, index: usize, debt: &Debt) -> DebtPlan {
    let start = scenario.as_of.month().ordinal();
    let horizon = scenario.horizon.unwrap_or(debt.until);
    let after = horizon.month().ordinal() - start + 1;
    // Nothing happens after the horizon, though it be in its month.
    let month_of = |day: Day| {
        let month = day.month().ordinal() - start;
        if day > horizon { month.max(after) } else { month }
    };
    let amounts: Vec<(Day, Slot)> = match &debt.draws {
        Draws::AtOnce => vec![(debt.from, debt.size)],
        Draws::Schedule(amounts) => amounts.clone(),
        Draws::BelowMinimum => Vec::new(),
    };
    let end = debt.until.min(horizon);
    let until_end = |day: Day| if day < scenario.as_of { Fraction::ZERO } else { day.month().part(day, end) };
    let (first, last) = (month_of(debt.from), debt.until.month().ordinal() - start);
    let is_before = |day: Day| day < scenario.as_of;
    let months = |(figure, period): (Slot, Period)| (figure, period.months());
    DebtPlan {
        debt: index,
        size: debt.size,
        rate: months(debt.rate),
        undrawn_fee: debt.undrawn_fee.map(months),
        fee: debt.fee.filter(|_| !is_before(debt.from)).map(|fee| (fee, first)),
        draws: amounts
            .into_iter()
            .map(|(day, amount)| DrawPlan {
                month: month_of(day),
                is_before: is_before(day),
                amount,
                part: until_end(day),
            })
            .collect(),
        is_automatic: debt.draws == Draws::BelowMinimum,
        is_swept: debt.repayment == Repayment::AboveMinimum,
        parts_from: (debt.repayment == Repayment::Monthly).then(|| debt.first_part().ordinal() - start),
        first,
        last,
        is_ended: debt.until <= horizon,
        first_part: debt.from.month().part(debt.from.max(scenario.as_of), end),
        last_part: debt.until.month().part(scenario.as_of, end),
        covenant: debt.covenant.map(|covenant| (covenant.least, covenant.is_called)),
    }
}

/// The part of a commitment due in each month of the projection.
fn by_month(commitment: &Commitment, months: &[MonthPlan]) -> Vec<(usize, Option<Slot>, Fraction)> {
    let Some(last) = commitment.last_day() else { return Vec::new() };
    let spread = |slot: Option<Slot>, from: Day, until: Day| {
        let Some(all) = weight(from, until) else { return Vec::new() };
        let parts = months.iter().enumerate().filter_map(|(index, month)| {
            let end = month.first.plus_days(i64::from(month.days) - 1)?;
            let part = month.month.part(from.max(month.first), until.min(end)).over(all)?;
            (part != Fraction::ZERO).then_some((index, slot, part))
        });
        parts.collect::<Vec<_>>()
    };
    if commitment.ramp.is_empty() {
        return spread(None, commitment.from, last);
    }
    let entries = commitment.ramp.iter().filter_map(|(period, figure)| {
        let (first, end) = span(*period)?;
        Some(spread(Some(*figure), first.max(commitment.from), end.min(last)))
    });
    entries.flatten().collect()
}

/// A burn's lines: one alone for a report of one figure.
fn lines(burn: &Burn, months: &[MonthPlan], scenario: &Scenario) -> Vec<RawLine> {
    let paid = |line: &Line| paid_months(line, months, scenario);
    let first = scenario.as_of.month().ordinal();
    // A line that begins later grows from its own first day.
    let start = |line: &Line| line.from.map_or(first, |from| from.month().ordinal().max(first));
    let of = |line: &Line| match &line.amount {
        LineAmount::Is(own) => (None, vec![profile(own, &paid(line), start(line))]),
        // A part of what is earned, whenever that is received.
        LineAmount::OfIncome(part) => {
            let earned = burn.lines().filter(|other| other.kind == LineKind::Income);
            let profiles = earned.filter_map(|income| match &income.amount {
                LineAmount::Is(own) => {
                    let earned = Line {
                        from: income.from.max(line.from),
                        until: least(income.until, line.until),
                        ..line.clone()
                    };
                    Some(profile(own, &paid(&earned), start(income)))
                }
                LineAmount::OfIncome(_) => None,
            });
            (Some(*part), profiles.collect())
        }
    };
    let whole = match &burn.content {
        BurnContent::Whole(own) => {
            let paid: Vec<Paid> = months.iter().map(|month| Paid { month: month.month, part: month.length }).collect();
            Some(RawLine {
                way: Way::Out,
                eligible: false,
                to: None,
                part: None,
                profiles: vec![profile(own, &paid, first)],
                spent: None,
            })
        }
        BurnContent::Parts(_) => None,
    };
    let rest = burn.lines().map(|line| {
        let (part, profiles) = of(line);
        RawLine {
            way: if line.kind == LineKind::Cost { Way::Out } else { Way::In },
            eligible: line.eligible,
            to: line.to.map(OwnerId::index),
            part,
            profiles,
            spent: (line.to.is_some() && line.lag_months > 0).then(|| of(&Line { lag_months: 0, ..line.clone() }).1),
        }
    });
    whole.into_iter().chain(rest).collect()
}

/// The earlier of two days, where none is no end.
fn least(a: Option<Day>, b: Option<Day>) -> Option<Day> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// For each month of the projection, the month whose amount a line pays in it.
fn paid_months(line: &Line, months: &[MonthPlan], scenario: &Scenario) -> Vec<Paid> {
    months
        .iter()
        .map(|plan| {
            let lag = i64::from(line.lag_months);
            let month = Month::from_ordinal(plan.month.ordinal() - lag).unwrap_or(plan.month);
            let (Some(first), Some(last)) = (month.first(), month.last()) else {
                return Paid { month, part: Fraction::ZERO };
            };
            let from = line.from.map_or(first, |from| from.max(first));
            let until = line.until.map_or(last, |until| until.min(last));
            let part = if lag == 0 {
                // The days that count are those of the projection.
                let end = plan.first.plus_days(i64::from(plan.days) - 1).unwrap_or(last);
                month.part(from.max(plan.first).max(scenario.as_of), until.min(end))
            } else {
                // A whole month's amount is paid over the month it is paid in.
                month.part(from, until).times(plan.length).unwrap_or(Fraction::ZERO)
            };
            Paid { month, part }
        })
        .collect()
}
