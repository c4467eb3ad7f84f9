//! The runway matrix: burn reports against what becomes of the conditions.

use crate::diagnostics::Bag;
use crate::scenario::ConditionId;
use crate::scenario::OutcomeColumn;
use crate::scenario::Rule;
use crate::scenario::Scenario;
use crate::units::Day;
use crate::units::Decimal;

use super::metrics::MetricValue;
use super::metrics::metrics;
use super::played::Outcome;
use super::run::quietly;
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
    /// A cell a column; none where the play has no answer.
    pub cells: Vec<Option<MatrixCell>>,
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
    let mut scenario = outcome.scenario.clone();
    for (id, is_met) in conditions {
        if let Some(Rule::Itself { expected, .. }) = scenario.conditions.get(id.index()).map(|it| &it.rule) {
            scenario.figures.move_to(*expected, if *is_met { Decimal::ONE } else { Decimal::ZERO });
        }
    }
    quietly(scenario, &mut Bag::default())
}

/// Plays every column, and reads every report.
#[must_use]
pub fn matrix(outcome: &Outcome) -> Matrix {
    let columns = columns(&outcome.scenario);
    let played: Vec<Option<Outcome>> = columns.iter().map(|column| played_as(outcome, &column.conditions)).collect();
    let results: Vec<Option<std::collections::HashMap<String, MetricValue>>> = played
        .iter()
        .map(|played| {
            let all = metrics(played.as_ref()?, When::End);
            Some(all.into_iter().map(|metric| (metric.path, metric.value)).collect())
        })
        .collect();
    let rows = outcome
        .scenario
        .burns
        .iter()
        .enumerate()
        .filter(|(_, burn)| burn.has_runway())
        .map(|(index, burn)| MatrixRow {
            burn: index,
            cells: played
                .iter()
                .zip(&results)
                .map(|(played, results)| {
                    let results = results.as_ref()?;
                    let of = |name: &str| results.get(&format!("runway.{}.{name}", burn.id)).cloned();
                    let number = |name: &str| match of(name) {
                        Some(MetricValue::Number(number)) => Some(number),
                        _ => None,
                    };
                    Some(MatrixCell {
                        months: of("months")?,
                        cash_out: of("cash_out")?,
                        trough: number("trough")?,
                        gap: number("gap")?,
                        to_come: number("to_come")?,
                        raised: raised(played.as_ref()?, index),
                    })
                })
                .collect(),
        })
        .collect();
    Matrix { columns, rows }
}

/// The rounds raised under a report because money ran low.
#[must_use]
pub fn raised(outcome: &Outcome, burn: usize) -> Vec<(String, Day)> {
    let Some(played) = outcome.under_burn(burn) else { return Vec::new() };
    let all = played.scenario.raises.iter();
    all.flat_map(|raise| {
        raise.raised.iter().enumerate().map(|(index, day)| (raise.name_of(index.saturating_add(1)), *day))
    })
    .collect()
}
