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
    let mut walk = Walk { scenario, marks: vec![Mark::New; scenario.conditions.len()], bag };
    for index in 0..scenario.conditions.len() {
        walk.visit(index);
    }
}

/// A condition may be made of this many others, those inside its parts counted as often as they are named.
const MOST_PARTS: usize = 256;
/// And stand this deep inside others.
const DEEPEST: usize = 64;

/// How much a condition is made of.
#[derive(Clone, Copy, PartialEq)]
struct Size {
    /// Conditions that stand by themselves.
    parts: usize,
    /// Levels of conditions made of others.
    levels: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Mark {
    New,
    Open,
    Done(Size),
}

struct Walk<'a> {
    scenario: &'a Scenario,
    marks: Vec<Mark>,
    bag: &'a mut Bag,
}

impl Walk<'_> {
    /// Measures a condition; its parts first. A stack of its own, so that a long chain is a fault and no crash.
    fn visit(&mut self, start: usize) {
        let mut stack = vec![start];
        while let Some(index) = stack.last().copied() {
            let Some(condition) = self.scenario.conditions.get(index) else { return };
            let (Rule::Any(parts) | Rule::All(parts)) = &condition.rule else {
                self.mark(index, Mark::Done(Size { parts: 1, levels: 0 }));
                stack.pop();
                continue;
            };
            if matches!(self.marks.get(index), Some(Mark::Done(_))) {
                stack.pop();
                continue;
            }
            if self.marks.get(index) == Some(&Mark::New) {
                self.mark(index, Mark::Open);
                let mut waits = false;
                for part in parts {
                    match self.marks.get(part.index()) {
                        Some(Mark::New) => {
                            stack.push(part.index());
                            waits = true;
                        }
                        Some(Mark::Open) => self.circle(index),
                        Some(Mark::Done(_)) | None => {}
                    }
                }
                if waits {
                    continue;
                }
            }
            let mut size = Size { parts: 0, levels: 0 };
            for part in parts {
                if let Some(Mark::Done(part)) = self.marks.get(part.index()) {
                    size.parts = size.parts.saturating_add(part.parts);
                    size.levels = size.levels.max(part.levels);
                }
            }
            size.levels = size.levels.saturating_add(1);
            if size.parts > MOST_PARTS || size.levels > DEEPEST {
                self.refuse(index);
                // Said once; what is made of it is not said again.
                size = Size { parts: 1, levels: 0 };
            }
            self.mark(index, Mark::Done(size));
            stack.pop();
        }
    }

    fn mark(&mut self, index: usize, mark: Mark) {
        if let Some(slot) = self.marks.get_mut(index) {
            *slot = mark;
        }
    }

    fn circle(&mut self, index: usize) {
        if let Some(condition) = self.scenario.conditions.get(index) {
            self.bag.add(
                Diagnostic::new(Code::CyclicConditions, format!("condition `{}` is part of itself", condition.id))
                    .at(condition.span)
                    .help("take one of the references out"),
            );
        }
    }

    fn refuse(&mut self, index: usize) {
        if let Some(condition) = self.scenario.conditions.get(index) {
            let message = format!("condition `{}` has more than {MOST_PARTS} parts or {DEEPEST} levels", condition.id);
            self.bag.add(
                Diagnostic::new(Code::CannotSolve, message)
                    .at(condition.span)
                    .help("name the few conditions that decide"),
            );
        }
    }
}
