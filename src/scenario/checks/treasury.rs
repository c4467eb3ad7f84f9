//! The projection has a beginning, an end, and a figure for every month.

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::document::TableNode;
use crate::units::Decimal;
use crate::units::Month;
use crate::units::amount;

use super::Scenario;
use super::at_figure;
use super::not_negative;
use crate::scenario::cash::Burn;
use crate::scenario::cash::CommitmentEnd;
use crate::scenario::cash::Fill;
use crate::scenario::cash::Measure;
use crate::scenario::cash::Profile;
use crate::scenario::cash::Through;

/// A projection has at most this many months.
const LONGEST: i64 = 2_400;

/// Horizon and opening cash where a burn needs them; burns that cover their months; commitments that end.
pub(super) fn check(scenario: &Scenario, root: &TableNode, bag: &mut Bag) {
    let needs_horizon = scenario
        .burns
        .first()
        .map(|burn| burn.span)
        .or_else(|| scenario.commitments.first().map(|commitment| commitment.span));
    let horizon_span = root.leaf("horizon").map(|leaf| leaf.span);
    match (scenario.horizon, needs_horizon) {
        (None, Some(span)) => bag.add(
            Diagnostic::new(Code::MissingKey, "the file lacks `horizon`, the last day of the projection")
                .at(span)
                .label("this runs over months")
                .help("add `horizon = 2029-12-31` at the top of the file"),
        ),
        (Some(horizon), _) if horizon < scenario.as_of => {
            let fault = Diagnostic::new(
                Code::AfterDeadline,
                format!("the horizon {horizon} lies before `as_of`, {}", scenario.as_of),
            );
            let fault = match horizon_span {
                Some(span) => fault.at(span),
                None => fault,
            };
            bag.add(fault.help("the projection runs from `as_of` to the horizon"));
            return;
        }
        (Some(horizon), _) if horizon.month().ordinal() - scenario.as_of.month().ordinal() > LONGEST => {
            let fault = Diagnostic::new(Code::OutOfRange, "a projection of more than 200 years");
            bag.add(match horizon_span {
                Some(span) => fault.at(span).help("bring the horizon nearer"),
                None => fault,
            });
            return;
        }
        _ => {}
    }
    if let Some(burn) = scenario.burns.iter().find(|burn| burn.has_runway())
        && scenario.cash.is_none()
    {
        bag.add(
            Diagnostic::new(Code::MissingKey, "there is a burn and no `cash.opening`: how much is in the bank?")
                .at(burn.span)
                .help("add [cash] with opening = { value = \"...\", status = \"assumed\" } if no source names it"),
        );
    }
    if let Some(cash) = &scenario.cash {
        not_negative(scenario, cash.minimum, "a minimum", bag);
    }
    for burn in &scenario.burns {
        if burn.measure == Measure::Cash && burn.as_cash {
            // Harmless: cash used as cash.
        } else if burn.as_cash {
            bag.add(
                Diagnostic::new(
                    Code::LossAsCash,
                    format!("`burn.{}` is {} used as cash", burn.id, burn.measure.phrase()),
                )
                .about(format!("burn.{}", burn.id))
                .at(burn.span),
            );
        } else if !burn.has_runway() {
            bag.add(
                Diagnostic::new(
                    Code::LossNotCash,
                    format!("`burn.{}` is {} and gives no runway", burn.id, burn.measure.phrase()),
                )
                .about(format!("burn.{}", burn.id))
                .at(burn.span)
                .help("as_cash = true uses it as cash all the same"),
            );
        }
        profile(scenario, burn, bag);
    }
    for commitment in &scenario.commitments {
        not_negative(scenario, commitment.amount, "a commitment", bag);
        let ends_well = match commitment.end {
            CommitmentEnd::Months(months) => (1..=2_400).contains(&months),
            CommitmentEnd::Until(until) => until >= commitment.from,
        };
        if !ends_well {
            bag.add(
                Diagnostic::new(Code::AfterDeadline, format!("`commitment.{}` ends before it begins", commitment.id))
                    .at(commitment.span)
                    .help("write `months` from 1 to 2400, or `until` on or after `from`"),
            );
        }
    }
}

fn profile(scenario: &Scenario, burn: &Burn, bag: &mut Bag) {
    let Profile::Scheduled { lines, through } = &burn.profile else {
        if let Profile::Rate { phases, .. } = &burn.profile {
            for pair in phases.windows(2) {
                if let [first, second] = pair
                    && first.from.month() == second.from.month()
                {
                    bag.add(
                        at_figure(scenario, second.growth, Code::EventOrder, |_| {
                            format!("two phases of `burn.{}` begin in one month", burn.id)
                        })
                        .help("keep one of them"),
                    );
                }
            }
        }
        return;
    };
    if let Some(through) = through {
        total(scenario, burn, through, bag);
    }
    let Some(horizon) = scenario.horizon else { return };
    let covered = |month: Month| {
        let named = lines.iter().any(|(period, _)| {
            let after = month.ordinal() - period.first.ordinal();
            (0..i64::from(period.period.months())).contains(&after)
        });
        named || through.is_some_and(|through| (through.from..=through.year).contains(&month.year()))
    };
    let (first, last) = (scenario.as_of.month().ordinal(), horizon.month().ordinal());
    let missing: Vec<Month> = (first..=last).filter_map(Month::from_ordinal).filter(|month| !covered(*month)).collect();
    if let (Some(from), Some(until)) = (missing.first(), missing.last()) {
        bag.add(
            Diagnostic::new(
                Code::BurnGap,
                format!(
                    "`burn.{}` has no figure for {} of the {} months of the projection",
                    burn.id,
                    missing.len(),
                    last - first + 1
                ),
            )
            .at(burn.span)
            .label(format!("nothing between {from} and {until}"))
            .help("name those periods (a zero must be written), or bring `horizon` nearer"),
        );
    }
}

/// A cumulative total leaves something for the years not named, or nothing is left unnamed.
fn total(scenario: &Scenario, burn: &Burn, through: &Through, bag: &mut Bag) {
    let Profile::Scheduled { lines, .. } = &burn.profile else { return };
    let years = through.from..=through.year;
    if through.year < through.from || i64::from(through.year) - i64::from(through.from) > 200 {
        bag.add(
            at_figure(scenario, through.total, Code::AfterDeadline, |_| {
                format!("the total of `burn.{}` runs from {} through {}", burn.id, through.from, through.year)
            })
            .help("the last year comes after the first"),
        );
        return;
    }
    let named = lines.iter().filter(|(period, _)| years.contains(&period.first.year()));
    let count = named.clone().count();
    let sum = named.fold(Decimal::ZERO, |sum, (_, figure)| sum.saturating_add(scenario.figures.value(*figure)));
    let total = scenario.figures.value(through.total);
    let all_named = count == years.count();
    if (all_named && sum != total) || (!all_named && sum > total) {
        bag.add(
            at_figure(scenario, through.total, Code::NothingToFill, |figure| {
                format!(
                    "the named years of `burn.{}` add up to {}, the total is {}",
                    burn.id,
                    amount(sum),
                    figure.typed
                )
            })
            .help("one of the two figures cannot be: keep them as two burn reports, or leave a year unnamed"),
        );
    }
    if let Fill::Growth(growth) = through.fill
        && scenario.figures.value(growth) <= Decimal::NEGATIVE_ONE
    {
        bag.add(
            at_figure(scenario, growth, Code::OutOfRange, |figure| {
                format!("a growth of {} leaves nothing", figure.typed)
            })
            .help("it is above -100 %"),
        );
    }
    if let Fill::Growth(growth) = through.fill
        && scenario.figures.get(growth).and_then(|figure| figure.period) != Some(crate::units::Period::Year)
    {
        bag.add(
            at_figure(scenario, growth, Code::BadLiteral, |figure| {
                format!("a fill of {} does not step from year to year", figure.typed)
            })
            .help("write it per year, as \"8%/year\""),
        );
    }
}
