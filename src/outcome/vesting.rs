//! What of a grant has vested on a day.

use crate::engine::allocated;
use crate::scenario::Grant;
use crate::units::Day;
use crate::units::Exact;
use crate::units::Scalar;

/// The options of a grant that have vested on a day.
#[must_use]
pub fn vested(grant: &Grant, shares: Exact, on: Day) -> Exact {
    let Some(vesting) = grant.vesting else {
        return if on >= grant.date { shares } else { Exact::ZERO };
    };
    let (dates, passed) = vesting.passed(grant.date, on);
    allocated(shares, dates, passed, vesting.allocation)
}
