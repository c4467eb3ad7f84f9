//! Rounds have something to price, and tranches that fit.

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::document::TableNode;
use crate::units::Day;
use crate::units::Decimal;
use crate::units::amount;

use super::Scenario;
use super::at_figure;
use super::not_negative;
use super::percentage;
use super::positive;
use crate::scenario::round::Oversubscription;
use crate::scenario::round::Round;
use crate::scenario::round::SecondaryPrice;
use crate::scenario::round::Size;

/// Valuations above zero, pool targets that leave something, a rule where tranches exceed the target.
pub(super) fn check(scenario: &Scenario, root: &TableNode, bag: &mut Bag) {
    let opening = root.table("opening").and_then(|opening| opening.leaf("date")).map(|leaf| leaf.span);
    let mut not_before = |date: Day, path: String, span| {
        if date < scenario.opening.date {
            let mut fault = Diagnostic::new(
                Code::BeforeOpening,
                format!("`{path}` is on {date}, before the opening table of {}", scenario.opening.date),
            )
            .at(span);
            if let Some(opening) = opening {
                fault = fault.beside(opening, "nothing happens before this day");
            }
            bag.add(fault.help("move the opening back, or the event forward"));
        }
    };
    for round in &scenario.rounds {
        not_before(round.date, format!("round.{}", round.id), round.span);
    }
    for secondary in &scenario.secondaries {
        not_before(secondary.date, format!("secondary.{}", secondary.id), secondary.span);
    }
    for round in scenario.rounds.iter().chain(scenario.raises.iter().map(|raise| &raise.round)) {
        positive(scenario, round.valuation.figure(), "a valuation", bag);
        if let Some(target) = round.target {
            positive(scenario, target, "a target", bag);
        }
        if let Some(pool) = &round.pool {
            percentage(scenario, pool.target, "a pool target", false, bag);
        }
        if round.tranches.is_empty() {
            bag.add(
                Diagnostic::new(Code::MissingKey, format!("`round.{}` has no tranche", round.id))
                    .at(round.span)
                    .help(format!("add [round.{}.tranche.ID] with `investor` and `amount`", round.id)),
            );
        }
        fit(scenario, round, bag);
    }
    for secondary in &scenario.secondaries {
        not_negative(scenario, secondary.size.figure(), "a sale", bag);
        match secondary.price {
            SecondaryPrice::Own(price) => positive(scenario, price, "a price", bag),
            SecondaryPrice::Discount(discount) => percentage(scenario, discount, "a discount", false, bag),
        }
    }
}

/// Tranches against the target.
fn fit(scenario: &Scenario, round: &Round, bag: &mut Bag) {
    let Some(target) = round.target else {
        if let Some(rule) = round.oversubscription {
            let word = match rule {
                Oversubscription::CutBack => "cut-back",
                Oversubscription::Priority => "priority",
                Oversubscription::Upsize => "upsize",
            };
            bag.add(
                Diagnostic::new(
                    Code::MissingKey,
                    format!("`round.{}` says {word}, and has no `target` to exceed", round.id),
                )
                .at(round.span)
                .help("add `target`, or take `oversubscription` out"),
            );
        }
        return;
    };
    let mut sum = Decimal::ZERO;
    for tranche in round.tranches.iter().filter(|tranche| !tranche.optional) {
        match (scenario.asked(&tranche.size), &tranche.size) {
            (Some(asked), _) => sum = sum.saturating_add(asked),
            // How much it is turns out when it is signed: by then the rule says who gives way.
            (None, Size::BurnMonths(_)) if round.oversubscription.is_some() => return,
            (None, size) => {
                let (what, mend) = match size {
                    Size::BurnMonths(_) => {
                        ("months of burn", "say who gives way (`oversubscription`), or leave the target out")
                    }
                    _ => ("shares", "write its `amount`, or leave the target out"),
                };
                bag.add(
                    at_figure(scenario, size.figure(), Code::CannotSolve, |_| {
                        format!("a tranche in {what}, in a round with a target in money: `round.{}`", round.id)
                    })
                    .help(mend),
                );
                return;
            }
        }
    }
    let wanted = scenario.figures.value(target);
    if sum > wanted && round.oversubscription.is_none() {
        bag.add(
            at_figure(scenario, target, Code::Oversubscribed, |figure| {
                format!("the tranches of `round.{}` exceed its target of {}", round.id, figure.stated())
            })
            .label(format!("they add up to {}", amount(sum)))
            .help("say who gives way: oversubscription = \"cut-back\", \"priority\" or \"upsize\""),
        );
    }
    if sum < wanted {
        bag.add(
            at_figure(scenario, target, Code::BelowTarget, |figure| {
                format!("the tranches of `round.{}` do not reach its target of {}", round.id, figure.stated())
            })
            .label(format!("they add up to {}", amount(sum))),
        );
    }
}
