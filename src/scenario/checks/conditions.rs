//! Conditions can be met, and do not wait for each other.

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;

use super::Scenario;
use super::percentage;
use crate::scenario::company::Rule;

/// No circles, no date after its deadline, probabilities from 0 % to 100 %.
pub(super) fn check(scenario: &Scenario, bag: &mut Bag) {
    for condition in &scenario.conditions {
        match &condition.rule {
            Rule::Itself { probability, date, by, .. } => {
                if let Some(probability) = probability {
                    percentage(scenario, *probability, "a probability", true, bag);
                }
                if let (Some(date), Some(by)) = (date, by)
                    && date > by
                {
                    bag.add(
                        Diagnostic::new(
                            Code::AfterDeadline,
                            format!("condition `{}` is met on {date}, after its last day {by}", condition.id),
                        )
                        .at(condition.span)
                        .help("after `by` it has failed: move one of the two days"),
                    );
                }
            }
            Rule::Any(parts) | Rule::All(parts) if parts.is_empty() => {
                bag.add(
                    Diagnostic::new(Code::MissingKey, format!("condition `{}` is made of none", condition.id))
                        .at(condition.span)
                        .help("name at least one condition"),
                );
            }
            Rule::Any(_) | Rule::All(_) => {}
        }
    }
    // Depth first with three marks; a condition met again while it is open closes a circle.
    let mut marks = vec![Mark::New; scenario.conditions.len()];
    for index in 0..scenario.conditions.len() {
        visit(scenario, index, &mut marks, bag);
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Mark {
    New,
    Open,
    Done,
}

fn visit(scenario: &Scenario, index: usize, marks: &mut [Mark], bag: &mut Bag) {
    let Some(mark) = marks.get_mut(index) else { return };
    if *mark != Mark::New {
        return;
    }
    *mark = Mark::Open;
    if let Some(condition) = scenario.conditions.get(index)
        && let Rule::Any(parts) | Rule::All(parts) = &condition.rule
    {
        for part in parts {
            if marks.get(part.index()) == Some(&Mark::Open) {
                bag.add(
                    Diagnostic::new(Code::CyclicConditions, format!("condition `{}` is part of itself", condition.id))
                        .at(condition.span)
                        .help("take one of the references out"),
                );
            } else {
                visit(scenario, part.index(), marks, bag);
            }
        }
    }
    if let Some(mark) = marks.get_mut(index) {
        *mark = Mark::Done;
    }
}
