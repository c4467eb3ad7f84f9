//! How granted options are spread over their vesting dates.

use crate::plan::Allocation;
use crate::units::Decimal;
use crate::units::Direction;
use crate::units::Scalar;

/// How many of `shares` the first `passed` of `dates` vesting dates have given.
///
/// The Open Cap Format's table of 18 shares over 4 dates:
///
/// ```
/// use capsim::engine::allocated;
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
pub fn allocated<S: Scalar>(shares: S, dates: u32, passed: u32, allocation: Allocation) -> S {
    let number = |count: u32| S::of(Decimal::from(count));
    let passed = passed.min(dates);
    if passed == dates {
        return shares;
    }
    let cumulative = shares.times(number(passed).per(number(dates.max(1))));
    let each = shares.times(S::ONE.per(number(dates.max(1)))).rounded(0, Direction::Down);
    let left = shares - each * number(dates);
    let plain = each * number(passed);
    let none = S::ZERO;
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
