//! Rules that reach over several keys, one file each, in the order they are reported in.

mod commitments;
mod conditions;
mod debts;
mod exits;
mod instruments;
mod names;
mod outcomes;
mod raises;
mod rounds;
mod splits;
mod stakes;
mod tranches;
mod treasury;
mod whole_shares;

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::document::TableNode;
use crate::units::Decimal;

use super::company::Scenario;
use super::figures::FigureEntry;
use super::ids::FigureId;

/// Checks a scenario against every rule.
pub(super) fn check(scenario: &Scenario, root: &TableNode, bag: &mut Bag) {
    names::check(scenario, bag);
    stakes::check(scenario, root, bag);
    whole_shares::check(scenario, bag);
    conditions::check(scenario, bag);
    rounds::check(scenario, root, bag);
    tranches::check(scenario, bag);
    splits::check(scenario, bag);
    instruments::check(scenario, bag);
    exits::check(scenario, bag);
    treasury::check(scenario, root, bag);
    commitments::check(scenario, bag);
    debts::check(scenario, root, bag);
    outcomes::check(scenario, bag);
    raises::check(scenario, bag);
}

/// A fault at the place of a figure.
fn at_figure(
    scenario: &Scenario,
    id: FigureId,
    code: Code,
    message: impl FnOnce(&FigureEntry) -> String,
) -> Diagnostic {
    let Some(figure) = scenario.figures.get(id) else { return Diagnostic::new(code, "") };
    let fault = Diagnostic::new(code, message(figure)).about(&figure.path);
    match figure.span {
        Some(span) => fault.at(span),
        None => fault,
    }
}

/// Faults a figure that is not above zero and is divided by.
fn positive(scenario: &Scenario, id: FigureId, what: &str, bag: &mut Bag) {
    above_zero(scenario, id, what, "there would be nothing to divide by", bag);
}

/// Faults a figure that is not above zero, with its mend.
fn above_zero(scenario: &Scenario, id: FigureId, what: &str, help: &str, bag: &mut Bag) {
    if scenario.figures.value(id) <= Decimal::ZERO {
        bag.add(
            at_figure(scenario, id, Code::NotPositive, |figure| {
                format!("{what} of {} is not above zero", figure.typed)
            })
            .help(help),
        );
    }
}

/// Faults a figure below zero.
fn not_negative(scenario: &Scenario, id: FigureId, what: &str, bag: &mut Bag) {
    if scenario.figures.value(id) < Decimal::ZERO {
        bag.add(
            at_figure(scenario, id, Code::OutOfRange, |figure| format!("{what} of {} is negative", figure.typed))
                .help("write zero or more"),
        );
    }
}

/// Faults a percentage outside 0 to 100, or at 100 where a part must be left.
fn percentage(scenario: &Scenario, id: FigureId, what: &str, whole_allowed: bool, bag: &mut Bag) {
    let value = scenario.figures.value(id);
    let too_much = if whole_allowed { value > Decimal::ONE } else { value >= Decimal::ONE };
    if value < Decimal::ZERO || too_much {
        let end = if whole_allowed { "0 % to 100 %" } else { "0 % to below 100 %" };
        bag.add(
            at_figure(scenario, id, Code::OutOfRange, |figure| format!("{what} of {} makes no sense", figure.typed))
                .help(format!("it lies from {end}")),
        );
    }
}
