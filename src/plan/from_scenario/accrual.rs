//! How much time interest has run for.

use crate::plan::instrument::BalancePlan;
use crate::scenario::DayCount;
use crate::scenario::Interest;
use crate::units::Day;
use crate::units::Decimal;
use crate::units::Fraction;

use super::treasury::decimal;

/// The years between two days as a note counts them.
pub(super) fn years(count: DayCount, from: Day, to: Day) -> Fraction {
    let of =
        |numerator: i64, denominator: i128| Fraction::new(i128::from(numerator), denominator).unwrap_or(Fraction::ZERO);
    if to <= from {
        return Fraction::ZERO;
    }
    match count {
        DayCount::Actual365 => of(from.days_until(to), 365),
        DayCount::Actual360 => of(from.days_until(to), 360),
        DayCount::Thirty360 => {
            let day = |day: Day| i64::from(day.of_month().min(30));
            let months = to.month().ordinal() - from.month().ordinal();
            of(months * 30 + day(to) - day(from), 360)
        }
        DayCount::Months => of(whole_months(from, to), 12),
    }
}

/// Whole months passed from one day to another, each counted from the first day itself.
fn whole_months(from: Day, to: Day) -> i64 {
    let months = to.month().ordinal() - from.month().ordinal();
    let reached = from.plus_months(months).is_some_and(|day| day <= to);
    if reached { months } else { months - 1 }
}

/// What a note's principal has grown to on a day.
pub(super) fn balance(interest: Option<&Interest>, from: Day, to: Day) -> BalancePlan {
    let nothing = (Decimal::ZERO, Decimal::ONE);
    let none = BalancePlan { rate: None, periods: 0, period: nothing, rest: nothing, in_cash: false };
    let Some(interest) = interest else { return none };
    let rate = Some(interest.rate);
    if interest.in_cash {
        let paid = payments(interest, from, to).last().copied().unwrap_or(from);
        let rest = periods_of_rate(interest, years(interest.count, paid, to));
        return BalancePlan { rate, rest, in_cash: true, ..none };
    }
    let time = years(interest.count, from, to);
    if !interest.compound {
        return BalancePlan { rate, rest: periods_of_rate(interest, time), ..none };
    }
    let every = Fraction::new(i128::from(interest.every.max(1)), 12).unwrap_or(Fraction::ONE);
    let whole = time.over(every).map_or(0, |periods| periods.numerator().div_euclid(periods.denominator()));
    let passed = Fraction::new(whole, 1).and_then(|whole| whole.times(every)).unwrap_or(Fraction::ZERO);
    let rest = passed.times(Fraction::new(-1, 1).unwrap_or(Fraction::ZERO)).and_then(|less| time.plus(less));
    BalancePlan {
        rate,
        periods: u32::try_from(whole).unwrap_or(u32::MAX),
        period: periods_of_rate(interest, every),
        rest: periods_of_rate(interest, rest.unwrap_or(Fraction::ZERO)),
        in_cash: false,
    }
}

/// The days on which interest is paid in money, up to and with a day.
pub(super) fn payments(interest: &Interest, from: Day, to: Day) -> Vec<Day> {
    let every = i64::from(interest.every.max(1));
    (1i64..).map_while(|number| from.plus_months(number.checked_mul(every)?)).take_while(|day| *day <= to).collect()
}

/// Years as periods of the rate, ready to multiply and divide with.
pub(super) fn periods_of_rate(interest: &Interest, years: Fraction) -> (Decimal, Decimal) {
    let a_year = Fraction::new(12, i128::from(interest.period.months())).unwrap_or(Fraction::ONE);
    years.times(a_year).and_then(decimal).unwrap_or((Decimal::ZERO, Decimal::ONE))
}
