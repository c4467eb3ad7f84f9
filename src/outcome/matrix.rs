//! The runway matrix: burn reports against what becomes of the conditions.

use crate::diagnostics::Bag;
use crate::scenario::Burn;
use crate::scenario::ConditionId;
use crate::scenario::OutcomeColumn;
use crate::scenario::Rule;
use crate::scenario::Scenario;
use crate::units::Day;
use crate::units::Decimal;

use super::metrics::MetricValue;
use super::metrics::metrics;
use super::played::Outcome;
use super::run::play_quietly;
use super::when::When;

/// Burn reports against what becomes of the conditions.
#[derive(Debug, Clone)]
pub struct Matrix {
    /// The columns.
    pub columns: Vec<MatrixColumn>,
    /// A row for each report that gives a runway.
    pub rows: Vec<MatrixRow>,
}

/// What becomes of the conditions.
#[derive(Debug, Clone)]
pub struct MatrixColumn {
    /// The id of the declared outcome; none for one that nobody declared.
    pub id: Option<String>,
    /// What people read.
    pub name: String,
    /// Conditions and whether they are met; the others are as expected.
    pub conditions: Vec<(ConditionId, bool)>,
}

/// A burn report.
#[derive(Debug, Clone)]
pub struct MatrixRow {
    /// Its place among the scenario's.
    pub burn: usize,
    /// A cell a column; why there is none where the play has no answer.
    pub cells: Vec<Result<MatrixCell, String>>,
}

/// How long the money lasts under a report if the conditions turn out so.
#[derive(Debug, Clone)]
pub struct MatrixCell {
    /// Months until it runs out.
    pub months: MetricValue,
    /// The day.
    pub cash_out: MetricValue,
    /// The lowest balance.
    pub trough: Decimal,
    /// What is missing there.
    pub gap: Decimal,
    /// Money that arrives after it has run out.
    pub to_come: Decimal,
    /// Rounds raised because money ran low, and when.
    pub raised: Vec<(String, Day)>,
}

/// The columns: those declared, or as expected and each condition that a tranche waits for turned by itself.
#[must_use]
pub fn columns(scenario: &Scenario) -> Vec<MatrixColumn> {
    let declared = |column: &OutcomeColumn| MatrixColumn {
        id: Some(column.id.clone()),
        name: column.name.clone(),
        conditions: column.conditions.clone(),
    };
    if !scenario.outcomes.is_empty() {
        return scenario.outcomes.iter().map(declared).collect();
    }
    let expected = MatrixColumn { id: None, name: "as expected".to_owned(), conditions: Vec::new() };
    let turned = awaited(scenario).into_iter().filter_map(|id| {
        let condition = scenario.conditions.get(id.index())?;
        let Rule::Itself { expected, .. } = condition.rule else { return None };
        let is_met = scenario.figures.value(expected).is_zero();
        let name = format!("{} {}", condition.name, if is_met { "met" } else { "not met" });
        Some(MatrixColumn { id: None, name, conditions: vec![(id, is_met)] })
    });
    std::iter::once(expected).chain(turned).collect()
}

/// The conditions that tranches wait for, or are pulled forward by, down to those that stand for themselves.
fn awaited(scenario: &Scenario) -> Vec<ConditionId> {
    let tranches = scenario.rounds.iter().flat_map(|round| &round.tranches);
    let mut left: Vec<ConditionId> =
        tranches.flat_map(|tranche| tranche.condition.into_iter().chain(tranche.accelerates)).collect();
    let mut found = Vec::new();
    while let Some(id) = left.pop() {
        match scenario.conditions.get(id.index()).map(|condition| &condition.rule) {
            Some(Rule::Any(parts) | Rule::All(parts)) => left.extend(parts),
            Some(Rule::Itself { .. }) if !found.contains(&id) => found.push(id),
            _ => {}
        }
    }
    found.sort_by_key(|id| id.index());
    found
}

/// The scenario played with conditions as a column has them; none if that play has no answer.
#[must_use]
pub fn played_as(outcome: &Outcome, conditions: &[(ConditionId, bool)]) -> Option<Outcome> {
    play_quietly(turned(outcome, conditions), &mut Bag::default())
}

/// The scenario with conditions as a column has them.
fn turned(outcome: &Outcome, conditions: &[(ConditionId, bool)]) -> Scenario {
    let mut scenario = outcome.scenario.clone();
    for (id, is_met) in conditions {
        if let Some(Rule::Itself { expected, .. }) = scenario.conditions.get(id.index()).map(|it| &it.rule) {
            scenario.figures.move_to(*expected, if *is_met { Decimal::ONE } else { Decimal::ZERO });
        }
    }
    scenario
}

/// Plays every column, and reads every report.
#[must_use]
pub fn matrix(outcome: &Outcome) -> Matrix {
    let columns = columns(&outcome.scenario);
    let reports: Vec<(usize, &Burn)> =
        outcome.scenario.burns.iter().enumerate().filter(|(_, burn)| burn.has_runway()).collect();
    let mut rows: Vec<MatrixRow> =
        reports.iter().map(|(burn, _)| MatrixRow { burn: *burn, cells: Vec::new() }).collect();
    for column in &columns {
        let scenario = turned(outcome, &column.conditions);
        let mut bag = Bag::default();
        let played = play_quietly(scenario.clone(), &mut bag);
        for (row, (index, burn)) in rows.iter_mut().zip(&reports) {
            // Where the report that decides has no answer another may have one, in its own play.
            let own = match &played {
                None if scenario.depends_on_burn() => {
                    let mut own = Bag::default();
                    let scenario = Scenario { main_burn: Some(*index), ..scenario.clone() };
                    play_quietly(scenario, &mut own).ok_or_else(|| why_not(&own))
                }
                None => Err(why_not(&bag)),
                Some(_) => Err(String::new()),
            };
            row.cells.push(match (&played, own) {
                (Some(played), _) => cell(played, *index, &burn.id),
                (None, Ok(own)) => cell(&own, *index, &burn.id),
                (None, Err(why)) => Err(why),
            });
        }
    }
    Matrix { columns, rows }
}

/// Why a play has no answer.
fn why_not(bag: &Bag) -> String {
    bag.faults().first().map_or_else(String::new, |fault| fault.message.clone())
}

/// How long the money lasts under a report in a play.
fn cell(played: &Outcome, index: usize, id: &str) -> Result<MatrixCell, String> {
    let under = played.under.iter().find(|under| under.burn == index);
    let why = under.and_then(|under| under.why_not.clone()).unwrap_or_default();
    let all = metrics(played, When::End);
    let of = |name: &str| {
        let path = format!("runway.{id}.{name}");
        all.iter().find(|metric| metric.path == path).map(|metric| metric.value.clone())
    };
    let number = |name: &str| match of(name) {
        Some(MetricValue::Number(number)) => Some(number),
        _ => None,
    };
    let cell = || {
        Some(MatrixCell {
            months: of("months")?,
            cash_out: of("cash_out")?,
            trough: number("trough")?,
            gap: number("gap")?,
            to_come: number("to_come")?,
            raised: raised(played, index),
        })
    };
    cell().ok_or(why)
}

/// The rounds raised under a report because money ran low.
#[must_use]
pub fn raised(outcome: &Outcome, burn: usize) -> Vec<(String, Day)> {
    if !outcome.scenario.burns.get(burn).is_some_and(Burn::has_runway) {
        return Vec::new();
    }
    let Some(played) = outcome.under_burn(burn) else { return Vec::new() };
    let all = played.scenario.raises.iter();
    all.flat_map(|raise| {
        raise.raised.iter().enumerate().map(|(index, day)| (raise.name_of(index.saturating_add(1)), *day))
    })
    .collect()
}
