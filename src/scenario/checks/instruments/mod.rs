//! Instruments that make sense, and combinations that have an answer.

mod changes;
mod convertibles;
mod days;
mod options;
mod protection;
mod together;

use super::Scenario;
use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::Span;
use crate::scenario::round::Round;
use std::collections::HashMap;

/// Terms within their bounds, days in their order, and rounds whose terms can be solved together.
pub(in crate::scenario::checks) fn check(scenario: &Scenario, bag: &mut Bag) {
    ids(scenario, bag);
    days::days(scenario, bag);
    for convertible in &scenario.convertibles {
        convertibles::terms(scenario, convertible, bag);
    }
    for grant in &scenario.grants {
        options::options(scenario, grant, bag);
    }
    options::warrants(scenario, bag);
    changes::changes(scenario, bag);
    changes::tenders(scenario, bag);
    protection::protection(scenario, bag);
    // What is raised when needed may come as late as the horizon, after everything else.
    let last = scenario.horizon.unwrap_or(scenario.as_of);
    let raised: Vec<Round> = scenario.raises.iter().map(|raise| Round { date: last, ..raise.round.clone() }).collect();
    for round in scenario.rounds.iter().chain(&raised) {
        together::rights(scenario, round, bag);
        together::together(scenario, round, bag);
    }
    together::stated(scenario, bag);
}

/// Results name SAFEs, notes, warrants and grants side by side.
fn ids(scenario: &Scenario, bag: &mut Bag) {
    let convertibles = scenario.convertibles.iter().map(|it| (it.id.as_str(), it.path.clone(), it.span));
    let warrants = scenario.warrants.iter().map(|it| (it.id.as_str(), format!("warrant.{}", it.id), it.span));
    let grants = scenario.grants.iter().map(|it| (it.id.as_str(), format!("grant.{}", it.id), it.span));
    let mut known: HashMap<&str, (String, Span)> = HashMap::new();
    for (id, path, span) in convertibles.chain(warrants).chain(grants) {
        if let Some((other, at)) = known.get(id) {
            bag.add(
                Diagnostic::new(Code::DuplicateId, format!("`{path}` and `{other}` have one id"))
                    .at(span)
                    .beside(*at, "the other")
                    .help("results name instruments side by side: give one of them another id"),
            );
        } else {
            known.insert(id, (path, span));
        }
    }
}
