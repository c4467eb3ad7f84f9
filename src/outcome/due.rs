//! What of a commitment has fallen due.

use crate::plan::due_parts;
use crate::scenario::Commitment;
use crate::scenario::Scenario;
use crate::units::Day;
use crate::units::Exact;
use crate::units::Scalar;

/// What of a commitment has fallen due by a day, in money.
///
/// Spread evenly over its months it is amount x months so far / months in all; along a ramp each entry is spread over
/// its own period, and the entries weigh the amount.
#[must_use]
pub fn due(scenario: &Scenario, commitment: &Commitment, day: Day) -> Exact {
    let value = |figure| Exact::of(scenario.figures.value(figure));
    let amount = value(commitment.amount);
    let weights = commitment.ramp.iter().fold(Exact::ZERO, |sum, (_, figure)| sum + value(*figure));
    due_parts(commitment, day).into_iter().fold(Exact::ZERO, |sum, (weight, part)| {
        let entry = match weight {
            Some(weight) => amount.times(value(weight).per(weights)),
            None => amount,
        };
        sum + entry.times(Exact::whole(part.numerator()).per(Exact::whole(part.denominator())))
    })
}
