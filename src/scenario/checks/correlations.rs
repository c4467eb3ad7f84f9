//! A correlation says something: of two figures, and once.

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;

use super::Scenario;

/// No figure with itself, no pair twice.
pub(super) fn check(scenario: &Scenario, bag: &mut Bag) {
    for (place, correlation) in scenario.correlations.iter().enumerate() {
        let [one, other] = correlation.between;
        if one == other {
            bag.add(
                Diagnostic::new(Code::UnusedKey, format!("`correlation.{}` would change nothing", correlation.id))
                    .at(correlation.span)
                    .label("a figure always moves with itself")
                    .help("name two figures, or take it out"),
            );
        }
        let before = scenario.correlations.get(..place).unwrap_or(&[]);
        let same = |known: [_; 2]| known == [one, other] || known == [other, one];
        if let Some(first) = before.iter().find(|earlier| same(earlier.between)) {
            bag.add(
                Diagnostic::new(
                    Code::TwoAlternatives,
                    format!("`correlation.{}` is between the figures of `correlation.{}`", correlation.id, first.id),
                )
                .at(correlation.span)
                .label("one of two")
                .beside(first.span, "the other")
                .help("a pair has one rank: take one of them out"),
            );
        }
    }
}
