//! Nothing happens before the opening, and nothing ends before it begins.

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::Span;
use crate::scenario::Scenario;
use crate::units::Day;

/// Nothing happens before the opening, and nothing ends before it begins.
pub(super) fn days(scenario: &Scenario, bag: &mut Bag) {
    let opening = scenario.opening.date;
    let mut not_before = |day: Day, path: String, span: Span| {
        if day < opening {
            bag.add(
                Diagnostic::new(
                    Code::BeforeOpening,
                    format!("`{path}` is on {day}, before the opening table of {opening}"),
                )
                .at(span)
                .help("move the opening back, or the event forward"),
            );
        }
    };
    for convertible in &scenario.convertibles {
        not_before(convertible.date, convertible.path.clone(), convertible.span);
    }
    for warrant in &scenario.warrants {
        not_before(warrant.date, format!("warrant.{}", warrant.id), warrant.span);
    }
    for grant in &scenario.grants {
        not_before(grant.date, format!("grant.{}", grant.id), grant.span);
    }
    for split in &scenario.splits {
        not_before(split.date, split.path.clone(), split.span);
    }
    for change in &scenario.changes {
        not_before(change.date, format!("change.{}", change.id), change.span);
    }
    for tender in &scenario.tenders {
        not_before(tender.date, format!("secondary.{}", tender.id), tender.span);
    }
    for exit in &scenario.exits {
        not_before(exit.date, format!("exit.{}", exit.id), exit.span);
    }
    let mut in_order = |from: Day, to: Option<Day>, path: String, what: &str, span: Span| {
        if let Some(to) = to.filter(|to| *to < from) {
            bag.add(
                Diagnostic::new(Code::AfterDeadline, format!("`{path}` {what} on {to}, before its own day {from}"))
                    .at(span)
                    .help("write a later day"),
            );
        }
    };
    for convertible in &scenario.convertibles {
        let due = convertible.note.as_ref().and_then(|note| note.maturity).map(|(day, _)| day);
        in_order(convertible.date, due, convertible.path.clone(), "matures", convertible.span);
    }
    for warrant in &scenario.warrants {
        let path = || format!("warrant.{}", warrant.id);
        in_order(warrant.date, warrant.exercised, path(), "is exercised", warrant.span);
        in_order(warrant.date, warrant.expires, path(), "expires", warrant.span);
    }
    for grant in &scenario.grants {
        let path = || format!("grant.{}", grant.id);
        in_order(grant.date, grant.expires, path(), "expires", grant.span);
        for (day, figure) in grant.exercised.iter().chain(&grant.forfeited) {
            let span = scenario.figures.span(*figure).unwrap_or(grant.span);
            in_order(grant.date, Some(*day), path(), "is exercised or given up", span);
        }
    }
    ended(scenario, bag);
}

/// What has expired can be neither exercised nor given up.
pub(super) fn ended(scenario: &Scenario, bag: &mut Bag) {
    for warrant in &scenario.warrants {
        if let (Some(exercised), Some(expires)) = (warrant.exercised, warrant.expires)
            && expires < exercised
        {
            let path = format!("warrant.{}", warrant.id);
            let at = scenario.figures.find(&format!("{path}.exercised")).and_then(|figure| figure.span);
            bag.add(
                Diagnostic::new(
                    Code::AfterDeadline,
                    format!("`{path}` is exercised on {exercised}, after it expires on {expires}"),
                )
                .at(at.unwrap_or(warrant.span))
                .help("write an earlier day, or a later `expires`"),
            );
        }
    }
    for grant in &scenario.grants {
        for (day, figure) in grant.exercised.iter().chain(&grant.forfeited) {
            if let Some(expires) = grant.expires.filter(|expires| expires < day) {
                bag.add(
                    Diagnostic::new(
                        Code::AfterDeadline,
                        format!(
                            "`grant.{}` is exercised or given up on {day}, after it expires on {expires}",
                            grant.id
                        ),
                    )
                    .at(scenario.figures.span(*figure).unwrap_or(grant.span))
                    .help("write a day before it expires, or a later `expires`"),
                );
            }
        }
    }
}
