//! Names that look alike.

use std::collections::HashMap;

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;

use super::Scenario;

/// Two holders that read the same when case, spaces and signs are passed over.
pub(super) fn check(scenario: &Scenario, bag: &mut Bag) {
    let mut seen = HashMap::new();
    for owner in scenario.owners.iter() {
        let skeleton: String =
            owner.name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        if skeleton.is_empty() {
            continue;
        }
        if let Some((name, span)) = seen.insert(skeleton, (&owner.name, owner.span)) {
            bag.add(
                Diagnostic::new(Code::SimilarNames, format!("`{}` and `{name}` read the same", owner.name))
                    .about(format!("holder.{}", owner.id))
                    .at(owner.span)
                    .label("counted as another holder")
                    .beside(span, "the first")
                    .help("if they are one, use one id for both"),
            );
        }
    }
}
