//! When a commitment falls due.

use crate::scenario::Commitment;
use crate::units::Day;
use crate::units::Fraction;
use crate::units::Month;
use crate::units::ScheduledPeriod;

use super::Slot;

/// The parts of a commitment, or of the entries of its ramp, that are due by a day: the weight's figure, none where
/// it is spread evenly, and the part.
///
/// A whole month weighs one, a part month its days. An entry of a ramp is spread evenly over its period, within the
/// days the commitment runs.
#[must_use]
pub fn due_parts(commitment: &Commitment, day: Day) -> Vec<(Option<Slot>, Fraction)> {
    let due = |from: Day, last: Day| {
        let by = |end: Day| weight(from, end);
        by(day.min(last)).zip(by(last)).and_then(|(due, all)| due.over(all)).unwrap_or(Fraction::ZERO)
    };
    let Some(last) = commitment.last_day() else { return Vec::new() };
    if commitment.ramp.is_empty() {
        return vec![(None, due(commitment.from, last))];
    }
    let entries = commitment.ramp.iter().filter_map(|(period, figure)| {
        let (first, end) = span(*period)?;
        Some((Some(*figure), due(first.max(commitment.from), end.min(last))))
    });
    entries.collect()
}

/// The months from a day to another, both counted.
pub(super) fn weight(from: Day, last: Day) -> Option<Fraction> {
    if last < from {
        return Some(Fraction::ZERO);
    }
    (from.month().ordinal()..=last.month().ordinal())
        .filter_map(Month::from_ordinal)
        .try_fold(Fraction::ZERO, |sum, month| sum.plus(month.part(from, last)))
}

/// The first and the last day of a period.
pub(super) fn span(period: ScheduledPeriod) -> Option<(Day, Day)> {
    let last = Month::from_ordinal(period.first.ordinal() + i64::from(period.period.months()) - 1)?;
    Some((period.first.first()?, last.last()?))
}
