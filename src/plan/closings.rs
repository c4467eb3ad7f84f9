//! From conditions to closings: on which days a tranche can close, and when each of them happens.

use crate::scenario::ConditionId;
use crate::scenario::Rule;
use crate::scenario::Scenario;
use crate::scenario::Tranche;
use crate::units::Day;

use super::PartOfTranche;
use super::guard::Guard;

/// One way in which a tranche can close.
pub(super) struct Outcome {
    /// The day the money is asked for.
    pub called: Day,
    /// The day shares are issued.
    pub day: Day,
    /// When it happens.
    pub guard: Guard,
    /// Whether the amount on failure closes, not the signed one.
    pub reduced: bool,
}

/// Every way in which a tranche can close, and when it closes in full.
pub(super) struct Outcomes {
    /// They exclude each other.
    pub all: Vec<Outcome>,
    /// None of the full closings happens.
    pub failed: Option<Guard>,
    /// The day it lapses if it fails.
    pub deadline: Option<Day>,
}

/// When a tranche is due, in how many parts: each with its figure, and those whose sum is the whole.
pub(super) fn dues(tranche: &Tranche) -> Vec<(Day, Option<PartOfTranche>)> {
    let (parts, whole) = tranche.parts();
    if parts.is_empty() {
        return vec![(tranche.date, None)];
    }
    parts
        .into_iter()
        .map(|(day, figure)| (day.max(tranche.date), Some(PartOfTranche { this: figure, all: whole.clone() })))
        .collect()
}

/// The ways in which a tranche, or a part of it that is due on a day, can close.
pub(super) fn outcomes(scenario: &Scenario, tranche: &Tranche, signed: Day, due: Day) -> Outcomes {
    let dues = pulled(scenario, tranche, signed, due);
    let Some(condition) = tranche.condition else {
        let is_in_time = |outcome: &Outcome| tranche.by.is_none_or(|by| outcome.day <= by);
        let closes = |(called, guard): (Day, Guard)| Outcome {
            called,
            day: noticed(tranche, called, due),
            guard,
            reduced: false,
        };
        let all: Vec<Outcome> = dues.into_iter().map(closes).filter(is_in_time).collect();
        let failed = all.is_empty().then_some(Guard::Always);
        return Outcomes { all, failed, deadline: tranche.by };
    };
    let mut all = Vec::new();
    for (due, pulled) in dues {
        for (met, guard) in met(scenario, condition, due) {
            let called = due.max(met);
            let Some(day) = called.plus_days(tranche.notice_days) else { continue };
            if tranche.by.is_none_or(|by| day <= by) {
                let guard = if pulled == Guard::Always { guard } else { Guard::All(vec![guard, pulled.clone()]) };
                all.push(Outcome { called, day, guard, reduced: false });
            }
        }
    }
    let failed = Guard::Not(Box::new(Guard::Any(all.iter().map(|outcome| outcome.guard.clone()).collect())));
    let by = scenario.conditions.get(condition.index()).and_then(|condition| match condition.rule {
        Rule::Itself { by, .. } => by,
        Rule::Any(_) | Rule::All(_) => None,
    });
    let deadline = match (by, tranche.by) {
        (Some(condition), Some(tranche)) => Some(condition.min(tranche)),
        (condition, tranche) => condition.or(tranche),
    };
    if tranche.otherwise.is_some()
        && let Some(deadline) = deadline
    {
        let day = deadline.max(due);
        all.push(Outcome { called: day, day, guard: failed.clone(), reduced: true });
    }
    Outcomes { all, failed: Some(failed), deadline }
}

/// The day a tranche that was called closes, where it waits for nothing else: after its notice if it was pulled
/// forward, but not after its own day, which was known.
pub(super) fn noticed(tranche: &Tranche, called: Day, due: Day) -> Day {
    let after = called.plus_days(tranche.notice_days).filter(|_| called < due);
    after.map_or(called, |after| after.min(due))
}

/// The days on which it is due: its own, and those on which what accelerates it is met earlier.
fn pulled(scenario: &Scenario, tranche: &Tranche, signed: Day, due: Day) -> Vec<(Day, Guard)> {
    let Some(accelerates) = tranche.accelerates else { return vec![(due, Guard::Always)] };
    // A condition without a day pulls nothing forward: nobody says when it would be met.
    let mut earlier: Vec<(Day, Guard)> = met_when(scenario, accelerates, &|_| None)
        .into_iter()
        .map(|(day, guard)| (day.max(signed), guard))
        .filter(|(day, _)| *day < due)
        .collect();
    let pulled = Guard::Any(earlier.iter().map(|(_, guard)| guard.clone()).collect());
    earlier.push((due, Guard::Not(Box::new(pulled))));
    earlier
}

/// The days on which a condition can come to be met, each with what makes it that day and no earlier one.
pub(super) fn met(scenario: &Scenario, condition: ConditionId, due: Day) -> Vec<(Day, Guard)> {
    // Without a day it is met in time: whenever the tranche is due, and never after its own last day.
    met_when(scenario, condition, &|by| Some(by.map_or(due, |by| due.min(by))))
}

/// The same; `undated` says when one without a day is met, by its last day.
fn met_when(
    scenario: &Scenario,
    condition: ConditionId,
    undated: &dyn Fn(Option<Day>) -> Option<Day>,
) -> Vec<(Day, Guard)> {
    let Some(condition) = scenario.conditions.get(condition.index()) else { return Vec::new() };
    match &condition.rule {
        Rule::Itself { expected, date, by, .. } => {
            let day = date.or_else(|| undated(*by));
            day.into_iter().map(|day| (day, Guard::If(*expected))).collect()
        }
        Rule::Any(parts) => combined(scenario, parts, undated, Guard::Any),
        Rule::All(parts) => combined(scenario, parts, undated, Guard::All),
    }
}

/// The days of a condition made of others.
fn combined(
    scenario: &Scenario,
    parts: &[ConditionId],
    undated: &dyn Fn(Option<Day>) -> Option<Day>,
    join: fn(Vec<Guard>) -> Guard,
) -> Vec<(Day, Guard)> {
    let parts: Vec<Vec<(Day, Guard)>> = parts.iter().map(|part| met_when(scenario, *part, undated)).collect();
    let mut days: Vec<Day> = parts.iter().flatten().map(|(day, _)| *day).collect();
    days.sort_unstable();
    days.dedup();
    let met_by = |last: Day| {
        join(
            parts
                .iter()
                .map(|part| {
                    Guard::Any(part.iter().filter(|(day, _)| *day <= last).map(|(_, guard)| guard.clone()).collect())
                })
                .collect(),
        )
    };
    let mut before: Option<Guard> = None;
    days.into_iter()
        .map(|day| {
            let now = met_by(day);
            let guard = match before.replace(now.clone()) {
                Some(earlier) => Guard::All(vec![now, Guard::Not(Box::new(earlier))]),
                None => now,
            };
            (day, guard)
        })
        .collect()
}
