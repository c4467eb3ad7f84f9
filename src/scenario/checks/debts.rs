//! A debt is drawn, owed and repaid in an order that can be kept.

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::document::TableNode;
use crate::units::Decimal;
use crate::units::amount;

use super::Scenario;
use super::above_zero;
use super::not_negative;
use super::percentage;
use crate::scenario::debt::Debt;
use crate::scenario::debt::Draws;
use crate::scenario::debt::Repayment;

/// Days in order, draws within the limit, terms that belong together.
pub(super) fn check(scenario: &Scenario, root: &TableNode, bag: &mut Bag) {
    for debt in &scenario.debts {
        let node = root.table("debt").and_then(|debts| debts.table(&debt.id));
        let writes = |key: &str| node.is_some_and(|node| node.entries.contains_key(key));
        numbers(scenario, debt, bag);
        terms(debt, &writes, bag);
        draws(scenario, debt, &writes, bag);
    }
}

fn fault(debt: &Debt, code: Code, message: String, help: &str) -> Diagnostic {
    Diagnostic::new(code, message).at(debt.span).help(help)
}

fn numbers(scenario: &Scenario, debt: &Debt, bag: &mut Bag) {
    let what = if debt.is_revolver { "a limit" } else { "a loan" };
    above_zero(scenario, debt.size, what, "there would be nothing to draw", bag);
    not_negative(scenario, debt.rate.0, "an interest rate", bag);
    if let Some((fee, _)) = debt.undrawn_fee {
        not_negative(scenario, fee, "a fee", bag);
    }
    if let Some(fee) = debt.fee {
        percentage(scenario, fee, "a fee", true, bag);
    }
    if let Some(covenant) = debt.covenant {
        not_negative(scenario, covenant.least, "a covenant", bag);
    }
    if scenario.cash.is_none() {
        let message = format!("`debt.{}` is drawn into cash, and there is no `cash.opening`", debt.id);
        bag.add(fault(debt, Code::MissingKey, message, "add [cash] with opening = \"...\""));
    }
}

fn terms(debt: &Debt, writes: &dyn Fn(&str) -> bool, bag: &mut Bag) {
    let id = &debt.id;
    if debt.until <= debt.from {
        let message = format!("`debt.{id}` is repaid by {}, and drawn from {}", debt.until, debt.from);
        bag.add(fault(debt, Code::AfterDeadline, message, "`until` comes after `from`"));
    }
    let (size, kind) = if debt.is_revolver { ("limit", "a revolver") } else { ("amount", "a term loan") };
    if !writes(size) {
        let message = format!("`debt.{id}` is {kind} and lacks `{size}`");
        bag.add(fault(debt, Code::MissingKey, message, "a term loan has an `amount`, a revolver a `limit`"));
    }
    if debt.is_revolver && !writes("draws") {
        let message = format!("`debt.{id}` is a revolver and lacks `draws`");
        let help = "write draws = \"below-minimum\", \"schedule\" or \"at-once\"";
        bag.add(fault(debt, Code::MissingKey, message, help));
    }
    if debt.draws == Draws::BelowMinimum && debt.repayment == Repayment::Monthly {
        let message = format!("`debt.{id}` is drawn as needed and repaid in equal monthly parts: of what?");
        let help = "write repayment = \"above-minimum\" or \"at-maturity\"";
        bag.add(fault(debt, Code::CannotSolve, message, help));
    }
    if debt.interest_only > 0 && debt.repayment != Repayment::Monthly {
        let message = format!("`debt.{id}` has `interest_only`, and is not repaid in monthly parts");
        bag.add(fault(debt, Code::UnusedKey, message, "take it out, or write repayment = \"monthly\""));
    }
    if debt.repayment == Repayment::Monthly && debt.first_part() > debt.until.month() {
        let message = format!("`debt.{id}` would first be repaid in {}, after {}", debt.first_part(), debt.until);
        bag.add(fault(debt, Code::AfterDeadline, message, "lower `interest_only`, or move `until` back"));
    }
    if debt.covenant.is_some() && !writes("on_breach") {
        let message = format!("`debt.{id}` has a covenant and lacks `on_breach`");
        let help = "write on_breach = \"called\" if it must then be repaid at once, or \"reported\"";
        bag.add(fault(debt, Code::MissingKey, message, help));
    }
    if debt.covenant.is_none() && writes("on_breach") {
        let message = format!("`debt.{id}` has `on_breach` and no covenant to break");
        bag.add(fault(debt, Code::UnusedKey, message, "add `covenant`, or take `on_breach` out"));
    }
}

fn draws(scenario: &Scenario, debt: &Debt, writes: &dyn Fn(&str) -> bool, bag: &mut Bag) {
    let id = &debt.id;
    let Draws::Schedule(all) = &debt.draws else {
        if writes("schedule") {
            let message = format!("`debt.{id}` has a `schedule` that is not its `draws`");
            bag.add(fault(debt, Code::UnusedKey, message, "write draws = \"schedule\", or take it out"));
        }
        return;
    };
    if all.is_empty() {
        let message = format!("`debt.{id}` is drawn by schedule and lacks `schedule`");
        bag.add(fault(debt, Code::MissingKey, message, "write schedule = { 2026-06-30 = \"5M\" }"));
    }
    let mut sum = Decimal::ZERO;
    for (day, figure) in all {
        not_negative(scenario, *figure, "a draw", bag);
        sum = sum.saturating_add(scenario.figures.value(*figure));
        if *day < debt.from || *day >= debt.until {
            let message = format!("`debt.{id}` is drawn on {day}, outside {} to {}", debt.from, debt.until);
            bag.add(fault(debt, Code::AfterDeadline, message, "draw it from `from` on and before `until`"));
        }
    }
    let size = scenario.figures.value(debt.size);
    if sum > size {
        let message = format!("the draws of `debt.{id}` come to {}, more than its {}", amount(sum), amount(size));
        bag.add(fault(debt, Code::OutOfRange, message, "raise the limit, or draw less"));
    }
}
