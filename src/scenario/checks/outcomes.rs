//! A column of the matrix says of each condition one thing, and only of those that stand for themselves.

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;

use super::Scenario;
use crate::scenario::company::Rule;

/// No condition both met and failed, none that is made of others, none that says nothing.
pub(super) fn check(scenario: &Scenario, bag: &mut Bag) {
    for column in &scenario.outcomes {
        let path = format!("outcome.{}", column.id);
        for (place, (id, is_met)) in column.conditions.iter().enumerate() {
            let Some(condition) = scenario.conditions.get(id.index()) else { continue };
            let before = column.conditions.get(..place).unwrap_or(&[]);
            if before.iter().any(|(other, was)| other == id && was != is_met) {
                bag.add(
                    Diagnostic::new(
                        Code::TwoAlternatives,
                        format!("`{path}` says that `{}` is met and that it is not", condition.id),
                    )
                    .at(column.span)
                    .help("name it under `met` or under `failed`"),
                );
            }
            if !matches!(condition.rule, Rule::Itself { .. }) {
                bag.add(
                    Diagnostic::new(
                        Code::CannotSolve,
                        format!("`{path}` names `{}`, which others make up", condition.id),
                    )
                    .at(column.span)
                    .help("name the conditions it is made of"),
                );
            }
        }
    }
}
