//! What of a grant has vested on a day.

use crate::scenario::Allocation;
use crate::scenario::Grant;
use crate::units::Day;
use crate::units::Decimal;
use crate::units::Direction;
use crate::units::Exact;
use crate::units::Scalar;

/// The options of a grant that have vested on a day.
///
/// A vesting date is the grant's date and so many months, counted from that day itself and clamped to the end of the
/// month. Nothing vests before the cliff, and on it all that had run up to it.
#[must_use]
pub fn vested(grant: &Grant, shares: Exact, on: Day) -> Exact {
    let Some(vesting) = grant.vesting else {
        return if on >= grant.date { shares } else { Exact::ZERO };
    };
    let every = vesting.every.max(1);
    let dates = vesting.months.div_ceil(every).max(1);
    let reached = |months: u32| grant.date.plus_months(i64::from(months)).is_some_and(|day| day <= on);
    if !reached(vesting.cliff) || on < grant.date {
        return Exact::ZERO;
    }
    let passed = (1..=dates).take_while(|number| reached(number.saturating_mul(every).min(vesting.months))).count();
    allocated(shares, dates, u32::try_from(passed).unwrap_or(u32::MAX), vesting.allocation)
}

/// How many of `shares` the first `passed` of `dates` vesting dates have given.
///
/// The Open Cap Format's table of 18 shares over 4 dates:
///
/// ```
/// use capsim::outcome::allocated;
/// use capsim::scenario::Allocation;
/// use capsim::units::{Decimal, Exact, Scalar};
/// let by_date = |allocation| {
///     let upto = |passed| allocated(Exact::of(Decimal::from(18)), 4, passed, allocation);
///     (1..=4).map(|date| (upto(date) - upto(date - 1)).decimal().unwrap().normalize().to_string()).collect::<Vec<_>>().join(" ")
/// };
/// assert_eq!(by_date(Allocation::CumulativeRounding), "5 4 5 4");
/// assert_eq!(by_date(Allocation::CumulativeRoundDown), "4 5 4 5");
/// assert_eq!(by_date(Allocation::FrontLoaded), "5 5 4 4");
/// assert_eq!(by_date(Allocation::BackLoaded), "4 4 5 5");
/// assert_eq!(by_date(Allocation::FrontLoadedToSingleTranche), "6 4 4 4");
/// assert_eq!(by_date(Allocation::BackLoadedToSingleTranche), "4 4 4 6");
/// assert_eq!(by_date(Allocation::Fractional), "4.5 4.5 4.5 4.5");
/// ```
#[must_use]
pub fn allocated(shares: Exact, dates: u32, passed: u32, allocation: Allocation) -> Exact {
    let number = |count: u32| Exact::of(Decimal::from(count));
    let passed = passed.min(dates);
    if passed == dates {
        return shares;
    }
    let cumulative = shares.times(number(passed).per(number(dates.max(1))));
    let each = shares.times(Exact::ONE.per(number(dates.max(1)))).rounded(0, Direction::Down);
    let left = shares - each * number(dates);
    let plain = each * number(passed);
    let none = Exact::ZERO;
    match allocation {
        Allocation::Fractional => cumulative,
        Allocation::CumulativeRounding => cumulative.rounded(0, Direction::Nearest),
        Allocation::CumulativeRoundDown => cumulative.rounded(0, Direction::Down),
        Allocation::FrontLoaded => plain + left.least(number(passed)),
        Allocation::BackLoaded => plain + (left - number(dates.saturating_sub(passed))).at_least_zero(),
        Allocation::FrontLoadedToSingleTranche => plain + if passed > 0 { left } else { none },
        Allocation::BackLoadedToSingleTranche => plain,
    }
}
