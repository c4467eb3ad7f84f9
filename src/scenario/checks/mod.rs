//! Rules that reach over several keys, one file each, in the order they are reported in.

mod commitments;
mod conditions;
mod correlations;
mod debts;
mod exits;
mod instruments;
mod names;
mod outcomes;
mod raises;
mod rounds;
mod splits;
mod spreads;
mod stakes;
mod tranches;
mod treasury;
mod whole_shares;

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::document::TableNode;
use crate::format::Quantity;
use crate::units::Decimal;

use super::company::Scenario;
use super::figures::FigureEntry;
use super::ids::FigureId;
use super::spread::EndKind;

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
    spreads::check(scenario, bag);
    correlations::check(scenario, bag);
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
    let says = |typed: &str| format!("{what} of {typed} is not above zero");
    every_number(scenario, id, Code::NotPositive, |value| value > Decimal::ZERO, says, help, bag);
    cut_off(scenario, id, Some(Decimal::ZERO), None, bag);
}

/// Faults a figure below zero.
fn not_negative(scenario: &Scenario, id: FigureId, what: &str, bag: &mut Bag) {
    least_zero(scenario, id, what, "write zero or more", bag);
}

/// Faults a figure below zero, with its mend.
fn least_zero(scenario: &Scenario, id: FigureId, what: &str, help: &str, bag: &mut Bag) {
    let says = |typed: &str| format!("{what} of {typed} is negative");
    every_number(scenario, id, Code::OutOfRange, |value| value >= Decimal::ZERO, says, help, bag);
    cut_off(scenario, id, Some(Decimal::ZERO), None, bag);
}

/// Faults a percentage outside 0 to 100, or at 100 where a part must be left.
fn percentage(scenario: &Scenario, id: FigureId, what: &str, whole_allowed: bool, bag: &mut Bag) {
    let makes_sense =
        |value: Decimal| value >= Decimal::ZERO && (value < Decimal::ONE || (whole_allowed && value == Decimal::ONE));
    let end = if whole_allowed { "it lies from 0 % to 100 %" } else { "it lies from 0 % to below 100 %" };
    let says = |typed: &str| format!("{what} of {typed} makes no sense");
    every_number(scenario, id, Code::OutOfRange, makes_sense, says, end, bag);
    cut_off(scenario, id, Some(Decimal::ZERO), Some(Decimal::ONE), bag);
}

/// Faults the value of a figure that breaks a rule; if it keeps it, its ends and options that break it.
///
/// A study moves a figure to its ends and draws between them: what the value may not be, they may not be either.
fn every_number(
    scenario: &Scenario,
    id: FigureId,
    code: Code,
    is_right: impl Fn(Decimal) -> bool,
    says: impl Fn(&str) -> String,
    help: &str,
    bag: &mut Bag,
) {
    let Some(figure) = scenario.figures.get(id) else { return };
    if !is_right(figure.value) {
        bag.add(at_figure(scenario, id, code, |figure| says(&figure.typed)).help(help));
        return;
    }
    for end in figure.ends.iter().filter(|end| !is_right(end.value)) {
        let label = match end.kind {
            EndKind::Low => "the least it may be",
            EndKind::High => "the most it may be",
            EndKind::Option => "one of its options",
        };
        bag.add(Diagnostic::new(code, says(&end.typed)).about(&figure.path).at(end.span).label(label).help(help));
    }
}

/// Finds a normal that would be drawn where its figure makes no sense, because nothing cuts it off.
fn cut_off(scenario: &Scenario, id: FigureId, least: Option<Decimal>, most: Option<Decimal>, bag: &mut Bag) {
    let Some(figure) = scenario.figures.get(id) else { return };
    let Some(spread) = figure.spread.as_ref() else { return };
    let mut find = |what: &str, key: &str, end: &str| {
        let path = &figure.path;
        let finding = Diagnostic::new(Code::NotCutOff, format!("`{path}` may be drawn {what}")).about(path);
        let finding = match figure.span {
            Some(span) => finding.at(span),
            None => finding,
        };
        bag.add(finding.help(format!("a normal has no ends of its own: write {key} = {end}")));
    };
    let is_part = matches!(figure.quantity, Quantity::Percent | Quantity::Share);
    if least.is_some_and(|least| spread.may_fall_below(least)) {
        find("below zero", "low", if is_part { "\"0%\"" } else { "0" });
    }
    if most.is_some_and(|most| spread.may_rise_above(most)) {
        find("above 100 %", "high", "\"100%\"");
    }
}
