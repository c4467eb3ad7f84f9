//! What is promised ends, and a ramp comes to the whole of it.

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::units::Decimal;
use crate::units::Month;
use crate::units::amount;

use super::Scenario;
use super::above_zero;
use super::at_figure;
use super::not_negative;
use crate::scenario::cash::Commitment;
use crate::scenario::cash::CommitmentEnd;

/// Amounts not negative, an end after the beginning, ramps that add up.
pub(super) fn check(scenario: &Scenario, bag: &mut Bag) {
    for backlog in scenario.owners.iter().filter_map(|owner| owner.backlog) {
        above_zero(scenario, backlog, "a backlog", "leave it out where it is not known", bag);
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
        } else if !commitment.ramp.is_empty() {
            ramp(scenario, commitment, bag);
        }
        if commitment.take_or_pay && !commitment.within_burn {
            bag.add(
                Diagnostic::new(
                    Code::UnusedKey,
                    format!("`commitment.{}` comes on top of the burn, and is owed in full as it is", commitment.id),
                )
                .at(commitment.span)
                .help("take `take_or_pay` out, or write within_burn = true"),
            );
        }
    }
}

/// The entries of a ramp lie within the commitment, do not overlap, and add up to its amount.
fn ramp(scenario: &Scenario, commitment: &Commitment, bag: &mut Bag) {
    let Some(last) = commitment.last_day() else { return };
    let mut sum = Decimal::ZERO;
    let mut taken: Option<i64> = None;
    for (period, figure) in &commitment.ramp {
        not_negative(scenario, *figure, "an entry of a ramp", bag);
        sum = sum.saturating_add(scenario.figures.value(*figure));
        let first = period.first.ordinal();
        let end = first + i64::from(period.period.months()) - 1;
        let is_within = end >= commitment.from.month().ordinal() && first <= last.month().ordinal();
        let overlaps = taken.is_some_and(|taken| first <= taken);
        taken = Some(end);
        if !is_within || overlaps {
            let what =
                if overlaps { "covers months of the entry before" } else { "lies outside the commitment's days" };
            let ended = Month::from_ordinal(end).map_or_else(String::new, |month| month.to_string());
            bag.add(
                at_figure(scenario, *figure, Code::AfterDeadline, |entry| format!("`{}` {what}", entry.path)).help(
                    format!(
                        "it runs from {} to {ended}, the commitment from {} to {last}",
                        period.first, commitment.from
                    ),
                ),
            );
        }
    }
    let whole = scenario.figures.value(commitment.amount);
    if sum != whole {
        bag.add(
            at_figure(scenario, commitment.amount, Code::SplitSum, |figure| {
                format!(
                    "the ramp of `commitment.{}` adds up to {}, the amount is {}",
                    commitment.id,
                    amount(sum),
                    figure.typed
                )
            })
            .help(format!("{} is missing or too much", amount(whole.saturating_sub(sum)))),
        );
    }
}
