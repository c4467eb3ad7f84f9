//! Amounts by month: rates, schedules, staff, and totals that fill years.

use crate::scenario::Fill;
use crate::scenario::Profile;
use crate::units::Fraction;
use crate::units::Month;

use super::super::Base;
use super::super::FillPlan;

/// Months with one and the same flow, before the denominator is known.
pub(super) struct Raw {
    /// How many.
    pub months: usize,
    /// What the flow is a multiple of.
    pub base: Base,
    /// The multiple.
    pub part: Fraction,
}

/// What is paid in a month of the projection: what was earned or spent in this one, and how much of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paid {
    /// The month it was earned or spent in.
    pub month: Month,
    /// How much of it counts.
    pub part: Fraction,
}

/// The stretches of a profile over the months it is paid for. `start` is the month growth counts from, as a number.
pub(super) fn profile(profile: &Profile, paid: &[Paid], start: i64) -> (Vec<Raw>, Option<FillPlan>) {
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
    match profile {
        Profile::Rate { rate, period, growth, phases } => {
            for Paid { month, part } in paid {
                let index = month.ordinal() - start;
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
                push(Base::Rate(*rate, step), divided(*part, period.months()));
            }
            (segments, None)
        }
        Profile::Staff { heads, per_head, period } => {
            for Paid { month, part } in paid {
                let there = month.first().and_then(|first| heads.iter().rev().find(|(day, _)| *day <= first));
                match there {
                    Some((_, count)) => push(Base::Staff(*count, *per_head), divided(*part, period.months())),
                    None => push(Base::Nothing, Fraction::ZERO),
                }
            }
            (segments, None)
        }
        Profile::Scheduled { lines, through } => {
            let years: Vec<i16> = through.map_or_else(Vec::new, |through| {
                (through.from..=through.year)
                    .filter(|year| !lines.iter().any(|(period, _)| period.first.year() == *year))
                    .collect()
            });
            for Paid { month, part } in paid {
                let line = lines.iter().find(|(period, _)| {
                    let after = month.ordinal() - period.first.ordinal();
                    (0..i64::from(period.period.months())).contains(&after)
                });
                match (line, years.iter().position(|year| *year == month.year())) {
                    (Some((period, figure)), _) => {
                        push(Base::Figure(*figure), divided(*part, period.period.months()));
                    }
                    (None, Some(year)) => {
                        let is_flat = through.is_some_and(|through| through.fill == Fill::Flat);
                        let count = if is_flat { u32::try_from(years.len()).unwrap_or(1) } else { 1 };
                        let number = u32::try_from(year).unwrap_or(0);
                        push(Base::Fill(number), divided(*part, count.saturating_mul(12)));
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
