//! What is raised when needed can be: somebody decides, and how often is said.

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;

use super::Scenario;
use super::above_zero;
use super::at_figure;
use super::not_negative;
use crate::scenario::raise::Trigger;
use crate::scenario::round::Size;

/// A round is raised at most so often.
const MOST_TIMES: u32 = 100;

/// A report that decides, a limit, months of burn only where there are months.
pub(super) fn check(scenario: &Scenario, bag: &mut Bag) {
    for raise in &scenario.raises {
        if !(1..=MOST_TIMES).contains(&raise.times) {
            bag.add(
                Diagnostic::new(Code::OutOfRange, format!("`round.{}` is raised {} times", raise.id, raise.times))
                    .at(raise.span)
                    .help(format!("write `times` from 1 to {MOST_TIMES}")),
            );
        }
        match raise.trigger {
            Trigger::CashBelow(figure) => not_negative(scenario, figure, "an amount of cash", bag),
            Trigger::RunwayBelow(0) => bag.add(
                Diagnostic::new(Code::NotPositive, format!("`round.{}` is raised when no month is left", raise.id))
                    .at(raise.span)
                    .help("by then it is too late: write runway_below = 12"),
            ),
            Trigger::RunwayBelow(_) => {}
        }
        if raise.round.tranches.iter().all(|tranche| tranche.optional) {
            bag.add(
                Diagnostic::new(
                    Code::CannotSolve,
                    format!("nobody is committed to `round.{}`: it cannot be raised", raise.id),
                )
                .at(raise.round.span)
                .help("take `optional` out of a tranche"),
            );
        }
        // The day decides at which rate a sum is converted, and it has none yet.
        let sums = raise.round.tranches.iter().flat_map(|tranche| tranche.size.figures());
        let foreign = sums.chain(std::iter::once(raise.round.valuation.figure())).chain(raise.round.target);
        for figure in foreign.filter(|id| scenario.figures.get(*id).is_some_and(|entry| entry.converted.is_some())) {
            bag.add(
                at_figure(scenario, figure, Code::CannotSolve, |entry| {
                    format!(
                        "{} is in another currency, and `round.{}` has no day before it is raised",
                        entry.typed, raise.id
                    )
                })
                .help(format!("write it in {}", scenario.currency)),
            );
        }
        for number in 1..=raise.times.min(MOST_TIMES) {
            let name = raise.name_of(number as usize);
            if let Some(other) = scenario.rounds.iter().find(|round| round.id == name) {
                bag.add(
                    Diagnostic::new(
                        Code::DuplicateId,
                        format!("`round.{name}` is the name of a repeat of `round.{}`", raise.id),
                    )
                    .at(other.span)
                    .help("give one of them another id"),
                );
            }
        }
    }
    let rounds = scenario.rounds.iter().chain(scenario.raises.iter().map(|raise| &raise.round));
    for round in rounds {
        for tranche in &round.tranches {
            let Size::BurnMonths(months) = tranche.size else { continue };
            above_zero(scenario, months, "a number of months", "there would be nothing to raise", bag);
            if round.date < scenario.as_of || scenario.horizon.is_some_and(|horizon| round.date > horizon) {
                bag.add(
                    Diagnostic::new(
                        Code::CannotSolve,
                        format!(
                            "`round.{}` raises months of burn on {}, when no month is played",
                            round.id, round.date
                        ),
                    )
                    .at(tranche.span)
                    .help("write its `amount`, or a day from `as_of` to the horizon"),
                );
            }
        }
    }
    let decides = scenario.main_burn.and_then(|burn| scenario.burns.get(burn));
    if scenario.depends_on_burn() && !decides.is_some_and(|burn| burn.has_runway()) {
        let span =
            scenario.raises.first().map(|raise| raise.span).or_else(|| scenario.rounds.first().map(|it| it.span));
        let fault = Diagnostic::new(
            Code::MissingKey,
            "rounds depend on what is burned, and nothing says which report decides: `cash.main_burn`",
        );
        let fault = match span {
            Some(span) => fault.at(span),
            None => fault,
        };
        bag.add(fault.help("add main_burn = \"ID\" to [cash]: a report that gives a runway"));
    }
}
