//! The terms of SAFEs and notes.

use super::together::surely_happens;
use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::scenario::Condition;
use crate::scenario::ConditionId;
use crate::scenario::Rule;
use crate::scenario::Scenario;
use crate::scenario::checks::above_zero;
use crate::scenario::checks::at_figure;
use crate::scenario::checks::not_negative;
use crate::scenario::checks::percentage;
use crate::scenario::checks::positive;
use crate::scenario::instrument::Capitalisation;
use crate::scenario::instrument::Convertible;
use crate::units::Decimal;

/// The terms of a SAFE or a note.
pub(super) fn terms(scenario: &Scenario, convertible: &Convertible, bag: &mut Bag) {
    above_zero(scenario, convertible.amount, "an amount", "write what was paid in", bag);
    if let Some(cap) = convertible.cap {
        positive(scenario, cap, "a cap", bag);
        let (amount, cap_value) = (scenario.figures.value(convertible.amount), scenario.figures.value(cap));
        let counts_itself =
            matches!(convertible.capitalisation, Capitalisation::PostMoney | Capitalisation::BeforeNewMoney);
        if counts_itself && cap_value > Decimal::ZERO && cap_value <= amount {
            bag.add(
                at_figure(scenario, cap, Code::OutOfRange, |figure| {
                    format!("a cap of {} is not above the money of `{}`", figure.typed, convertible.path)
                })
                .help("the money alone would be worth the whole company; does the cap lack its K, M, B or T?"),
            );
        }
    }
    if let Some(discount) = convertible.discount {
        percentage(scenario, discount, "a discount", false, bag);
    }
    if let Some(part) = convertible.ownership {
        percentage(scenario, part, "an ownership", false, bag);
        above_zero(scenario, part, "an ownership", "write the part that was agreed, as \"7%\"", bag);
    }
    if let Some(elected) = &convertible.elects {
        let other = scenario.convertibles.iter().find(|other| other.note.is_none() && other.id == elected.value);
        let fault = |message: String, help: &str| {
            Diagnostic::new(Code::CannotSolve, message).at(elected.span).help(help.to_owned())
        };
        if !convertible.mfn {
            bag.add(fault(
                format!("`{}` elects a package and has no right to one", convertible.path),
                "write mfn = true, or take `elects` out",
            ));
        } else if let Some(other) = other {
            if other.id == convertible.id {
                bag.add(fault(
                    format!("`{}` elects itself", convertible.path),
                    "its own terms are among its packages already: take `elects` out, or name a later SAFE",
                ));
            } else if other.mfn {
                bag.add(fault(
                    format!("`{}` is itself most-favoured", other.path),
                    "packages do not chain: name a SAFE with terms of its own",
                ));
            } else if other.cap.is_none() && other.discount.is_none() {
                bag.add(fault(
                    format!("`{}` has no package to take", other.path),
                    "a package is a cap, a discount or both; a fixed percentage is no price",
                ));
            } else if other.capitalisation != convertible.capitalisation {
                bag.add(fault(
                    format!("`{}` is of another form than `{}`", other.path, convertible.path),
                    "a most-favoured-nation right takes a whole package of its own form",
                ));
            } else if let Some(round) = scenario
                .rounds
                .iter()
                .filter(|round| round.date >= convertible.date && round.date < other.date)
                .find(|round| surely_happens(scenario, round))
            {
                bag.add(fault(
                    format!(
                        "`{}` is issued on {}, after `round.{}` converts `{}`",
                        other.path, other.date, round.id, convertible.path
                    ),
                    "name a SAFE that is there when it converts",
                ));
            } else if other.date <= convertible.date {
                bag.add(fault(
                    format!("`{}` was not issued later than `{}`", other.path, convertible.path),
                    "a most-favoured-nation right takes terms of later SAFEs",
                ));
            }
        }
    }
    let Some(note) = &convertible.note else { return };
    if let Some(interest) = &note.interest {
        not_negative(scenario, interest.rate, "a rate", bag);
        if interest.every == 0 {
            bag.add(
                Diagnostic::new(Code::OutOfRange, format!("`{}.interest` has a period of no months", convertible.path))
                    .at(interest.written_every.unwrap_or(convertible.span))
                    .help("write every = 3, 6 or 12, or leave it out"),
            );
        }
    }
    if let Some(condition) = note.converts_on
        && let Some(undated) = undated(scenario, condition)
    {
        bag.add(
            Diagnostic::new(
                Code::MissingKey,
                format!("`condition.{}` has no `date`, and `{}` converts on it", undated.id, convertible.path),
            )
            .at(undated.span)
            .label("`date` belongs here")
            .beside(convertible.span, "has no day of its own to convert on")
            .help("write the day it is expected: date = 2027-06-30"),
        );
    }
    if let Some(qualified) = note.qualified {
        above_zero(scenario, qualified, "a qualified financing", "without `qualified` every round converts it", bag);
    }
    if let Some((_, crate::scenario::AtMaturity::Convert(price))) = note.maturity {
        positive(scenario, price, "a price", bag);
    }
}

/// The first condition that may be met and has no day, among all that one is made of.
fn undated(scenario: &Scenario, condition: ConditionId) -> Option<&Condition> {
    let condition = scenario.conditions.get(condition.index())?;
    match &condition.rule {
        Rule::Itself { expected, probability, date, .. } => {
            let may_be_met = probability.is_some() || scenario.figures.value(*expected) != Decimal::ZERO;
            (date.is_none() && may_be_met).then_some(condition)
        }
        Rule::Any(parts) | Rule::All(parts) => parts.iter().find_map(|part| undated(scenario, *part)),
    }
}
