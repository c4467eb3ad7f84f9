//! The order of events: by day, within a day by kind, within a kind by first appearance, unless `after` says so.

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::Spanned;
use crate::diagnostics::nearest;

use super::Step;
use super::StepKind;

/// A step, and the event of the same day it was asked to come after.
pub(super) struct Unordered {
    /// The step.
    pub step: Step,
    /// The path it comes after.
    pub after: Option<Spanned<String>>,
}

/// Where a kind of event stands within a day.
fn rank(kind: StepKind) -> u8 {
    match kind {
        // Later figures are in the new shares.
        StepKind::Split(_) | StepKind::Change(_) => 0,
        // Options and warrants belong to the count a price divides by.
        StepKind::Grant(_) | StepKind::Options(_) | StepKind::WarrantIssue(_) | StepKind::WarrantEnd(_) => 1,
        // Money that converts is outstanding before the round of that day converts it.
        StepKind::Issue(_) | StepKind::Interest(_) | StepKind::Maturity(_) | StepKind::Trigger(_) => 2,
        // Shares of rounds signed earlier exist before a new round is priced.
        StepKind::Closing(..) => 3,
        // A round is priced and closed as one system.
        StepKind::Round(_) => 4,
        // A sale between holders uses the price just set.
        StepKind::Sale(_) | StepKind::Tender(_) => 5,
        // An exit sees the whole day.
        StepKind::Exit(_) => 6,
    }
}

/// Puts events in their order; `all` comes in order of first appearance.
pub(super) fn ordered(mut all: Vec<Unordered>, paths: &[&str], bag: &mut Bag) -> Vec<Step> {
    all.sort_by_key(|event| (event.step.day, rank(event.step.kind)));
    let moved: Vec<usize> =
        (0..all.len()).filter(|index| all.get(*index).is_some_and(|event| event.after.is_some())).collect();
    let mut order: Vec<usize> = (0..all.len()).collect();
    // Each move puts an event behind the one it names; a circle never comes to rest.
    for _ in 0..=moved.len() {
        let mut at_rest = true;
        for index in &moved {
            let Some(event) = all.get(*index) else { continue };
            let Some(after) = &event.after else { continue };
            let Some(place) = order.iter().position(|other| other == index) else { continue };
            let target = order.iter().rposition(|other| {
                all.get(*other).is_some_and(|other| other.step.path == after.value && other.step.day == event.step.day)
            });
            if let Some(target) = target
                && target > place
            {
                order.remove(place);
                order.insert(target, *index);
                at_rest = false;
            }
        }
        if at_rest {
            break;
        }
    }
    for index in &moved {
        if let Some(event) = all.get(*index)
            && let Some(after) = &event.after
            && let Some(fault) = fault(&all, &order, *index, event, after, paths)
        {
            bag.add(fault);
        }
    }
    let mut places = vec![0; order.len()];
    for (place, index) in order.iter().enumerate() {
        if let Some(slot) = places.get_mut(*index) {
            *slot = place;
        }
    }
    let mut steps: Vec<(usize, Step)> = places.into_iter().zip(all).map(|(place, event)| (place, event.step)).collect();
    steps.sort_by_key(|(place, _)| *place);
    steps.into_iter().map(|(_, step)| step).collect()
}

/// Why an `after` cannot be kept, if it cannot.
fn fault(
    all: &[Unordered],
    order: &[usize],
    index: usize,
    event: &Unordered,
    after: &Spanned<String>,
    paths: &[&str],
) -> Option<Diagnostic> {
    let fault = |message: String| Diagnostic::new(Code::EventOrder, message).at(after.span);
    if !paths.contains(&after.value.as_str()) {
        let fault = fault(format!("there is no event `{}`", after.value));
        return Some(match nearest(&after.value, paths.iter().copied()) {
            Some(near) => fault.help(format!("did you mean `{near}`?")),
            None => fault.help("write the path of an event, as \"round.seed\""),
        });
    }
    if event.step.path == after.value {
        return Some(fault(format!("`{}` cannot come after itself", event.step.path)).help("take `after` out"));
    }
    let (position, other) = order
        .iter()
        .enumerate()
        .filter_map(|(position, other)| Some((position, all.get(*other)?)))
        .rfind(|(_, other)| other.step.path == after.value)?;
    if matches!(other.step.kind, StepKind::Exit(_)) {
        let message = format!("`{}` is a branch of its own: nothing comes after it", after.value);
        return Some(fault(message).help("an exit sees the whole of its day and changes nothing; take `after` out"));
    }
    if other.step.day > event.step.day {
        return Some(
            fault(format!(
                "`{}` is on {}, `{}` only on {}",
                event.step.path, event.step.day, after.value, other.step.day
            ))
            .help("`after` orders events of one day; move one of the dates"),
        );
    }
    let own = order.iter().position(|other| *other == index)?;
    (own < position).then(|| {
        fault(format!("`{}` and `{}` come after each other", event.step.path, after.value)).help("take one `after` out")
    })
}
