//! Protection needs a conversion price to protect.

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::scenario::Scenario;
use crate::scenario::checks::above_zero;
use crate::scenario::checks::at_figure;
use crate::scenario::instrument::ChangeKind;
use crate::units::Decimal;

/// Protection needs a conversion price to protect.
pub(super) fn protection(scenario: &Scenario, bag: &mut Bag) {
    for (index, class) in scenario.classes.iter().enumerate() {
        let Some(protection) = class.protection else { continue };
        if let Some(floor) = protection.floor {
            above_zero(scenario, floor, "a floor", "without `floor` there is none", bag);
        }
        if class.is_common {
            bag.add(
                Diagnostic::new(Code::WrongKind, format!("`class.{}` is common and has nothing to convert", class.id))
                    .at(protection.span)
                    .help("protect preferred classes"),
            );
        }
        if matches!(class.ratio, crate::scenario::Ratio::Prices { .. }) {
            continue;
        }
        let opened = scenario.opening.lines.iter().any(|line| line.class.index() == index);
        let becomes = scenario.changes.iter().any(|change| match change.kind {
            ChangeKind::Convert { to, .. } => to.index() == index,
            ChangeKind::Retire { .. } | ChangeKind::PoolIncrease { .. } => false,
        });
        let converts = scenario.convertibles.iter().any(|it| it.into.is_some_and(|into| into.index() == index));
        if let (Some(floor), Some(issue)) = (protection.floor, class.issue_price) {
            let ratio = match class.ratio {
                crate::scenario::Ratio::Is(ratio) => scenario.figures.value(ratio),
                crate::scenario::Ratio::Prices { .. } => Decimal::ONE,
            };
            let price = scenario.figures.value(issue).checked_div(ratio);
            if price.is_some_and(|price| scenario.figures.value(floor) > price) {
                bag.add(
                    at_figure(scenario, floor, Code::OutOfRange, |figure| {
                        format!("a floor of {} is above the conversion price of `class.{}`", figure.typed, class.id)
                    })
                    .help("the conversion price falls no further than its floor: write a lower one"),
                );
            }
        }
        if (opened || becomes || converts) && class.issue_price.is_none() {
            bag.add(
                Diagnostic::new(
                    Code::MissingKey,
                    format!("`class.{}` is protected, and nothing says what its shares first cost", class.id),
                )
                .at(protection.span)
                .help("add `issue_price`: its conversion price starts there"),
            );
        }
    }
}
