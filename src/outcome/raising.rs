//! Rounds that are raised when money runs low: one after the other, each found on the projection with those before it.
//!
//! A round changes nothing before its own day. So the first that is due is found on the projection as it stands, takes
//! its place among the rounds, and the projection is played again: as many plays as rounds raised, and no search.

use crate::engine::Figures;
use crate::engine::Runway;
use crate::plan::MonthPlan;
use crate::plan::Plan;
use crate::scenario::Raise;
use crate::scenario::Scenario;
use crate::scenario::Trigger;
use crate::units::Day;
use crate::units::Decimal;
use crate::units::Exact;
use crate::units::Mask;
use crate::units::Scalar;

use super::played::Outcome;

/// A round that is due: which, when, and how far what triggers it is from enough.
#[derive(Debug, Clone, Copy)]
pub struct Due<S> {
    /// Its place among the raises.
    pub raise: usize,
    /// The first day of its month.
    pub day: Day,
    /// The months or the money left by then.
    pub left: S,
}

/// Months and money that lie nearer to what is asked for than this are it: they differ in the last digits alone.
const GRAIN: Decimal = Decimal::from_parts(1, 0, 0, false, 9);

/// A projection as it stands: what a play of one burn report left.
#[derive(Debug, Clone, Copy)]
pub struct Projection<'a, S: Scalar> {
    /// What was played, with what was raised so far.
    pub scenario: &'a Scenario,
    /// Its plan.
    pub plan: &'a Plan,
    /// The numbers of the play.
    pub figures: Figures<'a, S>,
    /// How long the money lasts.
    pub runway: Option<Runway<S>>,
    /// The balance at the end of each month, in parts of a unit.
    pub balances: &'a [S],
}

/// Whether a comparison holds for sure.
fn holds<M: Mask>(mask: M) -> bool {
    !(!mask).any()
}

impl<S: Scalar> Projection<'_, S> {
    /// The next round that is due; the earliest, and of one day the first written. `may` says which are asked.
    pub fn next(&self, may: impl Fn(&Raise) -> bool) -> Option<Due<S>> {
        let all = self.scenario.raises.iter().enumerate().filter(|(_, raise)| may(raise));
        all.filter_map(|(place, raise)| self.due(place, raise)).min_by_key(|due| due.day)
    }

    /// When a round is next due.
    fn due(&self, place: usize, raise: &Raise) -> Option<Due<S>> {
        let Projection { scenario, plan, .. } = self;
        let months = &plan.treasury.months;
        // In the first month that begins within the projection, and after the last of its kind.
        let is_free = |month: &MonthPlan| {
            let is_within = month.month.first().is_some_and(|day| day >= scenario.as_of);
            is_within && raise.raised.last().is_none_or(|last| last.month() < month.month)
        };
        let first = months.partition_point(|month| !is_free(month));
        let found = |index: usize, left: S| {
            let day = months.get(index)?.month.first()?;
            Some(Due { raise: place, day, left })
        };
        match raise.trigger {
            Trigger::RunwayBelow(least) => {
                let summary = self.runway.filter(|summary| holds(summary.runs_out))?;
                let least = S::whole(i128::from(least)) - S::of(GRAIN);
                // What is left falls from month to month.
                let left = |month: &MonthPlan| {
                    summary.months - S::ratio(month.elapsed.numerator(), month.elapsed.denominator())
                };
                let index = first.max(months.partition_point(|month| !holds(left(month).lt(least))));
                found(index, left(months.get(index)?))
            }
            Trigger::CashBelow(figure) => {
                let unit = S::of(plan.treasury.denominator);
                let least = self.figures.at(figure) - S::of(GRAIN);
                (first..months.len()).find_map(|index| {
                    let before = match index.checked_sub(1) {
                        Some(before) => *self.balances.get(before)? / unit,
                        None => self.figures.at(scenario.cash?.opening),
                    };
                    if holds(before.lt(least)) { found(index, before) } else { None }
                })
            }
        }
    }
}

/// The next round that is due under a burn, by its place among the plan's.
pub(super) fn next(outcome: &Outcome, burn: usize, may: impl Fn(&Raise) -> bool) -> Option<Due<Exact>> {
    let record = outcome.journal.runways.get(burn)?;
    let figures: Vec<Exact> = outcome.plan.values.iter().map(|value| Exact::of(*value)).collect();
    let balances: Vec<Exact> = record.months.iter().map(|flow| flow.balance).collect();
    let projection = Projection {
        scenario: &outcome.scenario,
        plan: &outcome.plan,
        figures: Figures::new(&figures),
        runway: record.summary,
        balances: &balances,
    };
    projection.next(may)
}

/// Whether a raise that was due is due again in the next month, and no nearer to enough.
pub fn is_stuck<S: Scalar>(before: &Due<S>, after: Option<&Due<S>>) -> bool {
    after.is_some_and(|after| {
        let is_next = after.day.month().ordinal() - before.day.month().ordinal() == 1;
        after.raise == before.raise && is_next && !holds(before.left.lt(after.left))
    })
}

/// Whether the money ends before the round could be raised: it comes too late whatever it brings.
pub fn is_too_late<S: Scalar>(due: &Due<S>, raise: &Raise) -> bool {
    let nothing = S::ZERO - S::of(GRAIN);
    matches!(raise.trigger, Trigger::RunwayBelow(_)) && holds(due.left.lt(nothing))
}

/// Whether it may be raised once more.
#[must_use]
pub fn has_times_left(raise: &Raise) -> bool {
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
