//! Rounds that are raised when money runs low: one after the other, each found on the projection with those before it.
//!
//! A round changes nothing before its own day. So the first that is due is found on the projection as it stands, takes
//! its place among the rounds, and the projection is played again: as many plays as rounds raised, and no search.

use crate::scenario::Raise;
use crate::scenario::Scenario;
use crate::scenario::Trigger;
use crate::units::Day;
use crate::units::Decided;
use crate::units::Decimal;
use crate::units::Exact;
use crate::units::Scalar;

use super::journal::RunwayRecord;
use super::played::Outcome;

/// A round that is due: which, when, and how far what triggers it is from enough.
#[derive(Debug, Clone, Copy)]
pub(super) struct Due {
    /// Its place among the raises.
    pub raise: usize,
    /// The first day of its month.
    pub day: Day,
    /// The months or the money left by then.
    pub left: Exact,
}

/// Months and money that lie nearer to what is asked for than this are it: they differ in the last digits alone.
const GRAIN: Decimal = Decimal::from_parts(1, 0, 0, false, 9);

/// The next round that is due under a burn, by its place among the plan's; the earliest, and of one day the first
/// written. `may` says which are asked.
pub(super) fn next(outcome: &Outcome, burn: usize, may: impl Fn(&Raise) -> bool) -> Option<Due> {
    let record = outcome.journal.runways.get(burn)?;
    let all = outcome.scenario.raises.iter().enumerate().filter(|(_, raise)| may(raise));
    all.filter_map(|(place, raise)| due(outcome, record, place, raise)).min_by_key(|due| due.day)
}

/// When a round is next due.
fn due(outcome: &Outcome, record: &RunwayRecord, place: usize, raise: &Raise) -> Option<Due> {
    let Outcome { scenario, plan, .. } = outcome;
    let months = &plan.treasury.months;
    // In the first month that begins within the projection, and after the last of its kind.
    let is_free = |day: Day| day >= scenario.as_of && raise.raised.last().is_none_or(|last| last.month() < day.month());
    let free = months.iter().enumerate().filter_map(|(index, month)| {
        let day = month.month.first()?;
        is_free(day).then_some((index, month, day))
    });
    match raise.trigger {
        Trigger::RunwayBelow(least) => {
            let summary = record.summary.filter(|summary| summary.runs_out == Decided::Yes)?;
            let least = Exact::whole(i128::from(least)) - Exact::of(GRAIN);
            free.map(|(_, month, day)| {
                let elapsed = Exact::whole(month.elapsed.numerator()) / Exact::whole(month.elapsed.denominator());
                Due { raise: place, day, left: summary.months - elapsed }
            })
            .find(|due| due.left.lt(least) == Decided::Yes)
        }
        Trigger::CashBelow(figure) => {
            let unit = Exact::of(plan.treasury.denominator);
            let least = Exact::of(scenario.figures.value(figure)) - Exact::of(GRAIN);
            free.filter_map(|(index, _, day)| {
                let before = match index.checked_sub(1) {
                    Some(before) => record.months.get(before)?.balance / unit,
                    None => Exact::of(scenario.figures.value(scenario.cash?.opening)),
                };
                Some(Due { raise: place, day, left: before })
            })
            .find(|due| due.left.lt(least) == Decided::Yes)
        }
    }
}

/// Whether a raise that was due is due again in the next month, and no nearer to enough.
pub(super) fn is_stuck(before: &Due, after: Option<&Due>) -> bool {
    after.is_some_and(|after| {
        let is_next = after.day.month().ordinal() - before.day.month().ordinal() == 1;
        after.raise == before.raise && is_next && before.left.lt(after.left) != Decided::Yes
    })
}

/// Whether the money ends before the round could be raised: it comes too late whatever it brings.
pub(super) fn is_too_late(due: &Due, raise: &Raise) -> bool {
    let nothing = Exact::ZERO - Exact::of(GRAIN);
    matches!(raise.trigger, Trigger::RunwayBelow(_)) && due.left.lt(nothing) == Decided::Yes
}

/// Whether it may be raised once more.
pub(super) fn has_times_left(raise: &Raise) -> bool {
    raise.raised.len() < raise.times as usize
}

/// What a round is raised for, in words.
pub(super) fn wanted(scenario: &Scenario, raise: &Raise) -> String {
    match raise.trigger {
        Trigger::RunwayBelow(months) => format!("{months} months"),
        Trigger::CashBelow(figure) => {
            scenario.figures.get(figure).map(|figure| figure.typed.clone()).unwrap_or_default()
        }
    }
}
