//! The opening table is exactly one company.

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::document::TableNode;
use crate::units::Decimal;
use crate::units::Fraction;

use super::Scenario;
use super::at_figure;
use super::percentage;
use super::positive;
use crate::scenario::company::OpeningCount;

/// Stakes add up to exactly 100 %, or leave a rest; share counts are not all zero.
pub(super) fn check(scenario: &Scenario, root: &TableNode, bag: &mut Bag) {
    let opening = &scenario.opening;
    if let Some(unit) = opening.fully_diluted {
        positive(scenario, unit, "a unit of account", bag);
        stakes(scenario, root, bag);
        return;
    }
    let mut total = Decimal::ZERO;
    for line in opening.lines.iter() {
        match line.count {
            OpeningCount::Shares(figure) => total = total.saturating_add(scenario.figures.value(figure)),
            OpeningCount::Stake(figure) => bag.add(
                at_figure(scenario, figure, Code::CannotSolve, |_| "a stake in an opening table of shares".to_owned())
                    .help("write the line in shares"),
            ),
            OpeningCount::Rest => {}
        }
    }
    if total <= Decimal::ZERO {
        let mut fault = Diagnostic::new(Code::NotPositive, "the opening table holds no share");
        if let Some(line) = opening.lines.first() {
            fault = fault.at(line.span);
        }
        bag.add(fault.help("ownership needs at least one share"));
    }
}

fn stakes(scenario: &Scenario, root: &TableNode, bag: &mut Bag) {
    let opening = &scenario.opening;
    let rests: Vec<_> = opening.lines.iter().filter(|line| line.count == OpeningCount::Rest).collect();
    if let [first, second, ..] = rests.as_slice() {
        bag.add(
            Diagnostic::new(Code::Stakes, "two stakes are \"rest\"")
                .at(second.span)
                .label("the second")
                .beside(first.span, "the first")
                .help("only one holder can be what the others leave"),
        );
        return;
    }
    let mut parts = Fraction::ZERO;
    let mut sum = Decimal::ZERO;
    let mut by_shares = Decimal::ZERO;
    let unit = opening.fully_diluted.map_or(Decimal::ONE, |unit| scenario.figures.value(unit));
    for line in opening.lines.iter() {
        match line.count {
            OpeningCount::Stake(figure) => {
                percentage(scenario, figure, "a stake", true, bag);
                match scenario.figures.get(figure).and_then(|entry| entry.fraction) {
                    Some(part) => parts = parts.plus(part).unwrap_or(parts),
                    None => sum = sum.saturating_add(scenario.figures.value(figure)),
                }
            }
            OpeningCount::Shares(figure) => by_shares = by_shares.saturating_add(scenario.figures.value(figure)),
            OpeningCount::Rest => {}
        }
    }
    let Some(total) = total(parts, sum, by_shares, unit) else { return };
    let stakes = root.table("opening").and_then(|opening| opening.table("stake")).map(|table| table.span);
    let place = |fault: Diagnostic| match stakes {
        Some(span) => fault.at(span),
        None => fault,
    };
    let shown = |value: Decimal| format!("{} %", value.saturating_mul(Decimal::ONE_HUNDRED).round_dp(12).normalize());
    if total > Decimal::ONE {
        bag.add(
            place(Diagnostic::new(Code::Stakes, format!("the opening stakes add up to {}", shown(total))))
                .label(format!("{} too much", shown(total.saturating_sub(Decimal::ONE))))
                .help("a company is 100 %: one of the stakes is too large"),
        );
    } else if rests.is_empty() && total < Decimal::ONE {
        bag.add(
            place(Diagnostic::new(Code::Stakes, format!("the opening stakes add up to {}", shown(total))))
                .label(format!("{} belongs to nobody", shown(Decimal::ONE.saturating_sub(total))))
                .help("add the missing holder, or say who holds what is left: others = \"rest\""),
        );
    }
}

/// The whole: exactly one where fractions and decimals together are one.
fn total(parts: Fraction, sum: Decimal, by_shares: Decimal, unit: Decimal) -> Option<Decimal> {
    let shares = by_shares.checked_div(unit)?;
    let sum = sum.checked_add(shares)?;
    if parts == Fraction::ZERO {
        return Some(sum);
    }
    let scale = 10i128.checked_pow(sum.scale())?;
    if let Some(whole) = Fraction::new(sum.mantissa(), scale).and_then(|sum| sum.plus(parts))
        && whole == Fraction::ONE
    {
        return Some(Decimal::ONE);
    }
    let numerator = Decimal::try_from_i128_with_scale(parts.numerator(), 0).ok()?;
    let denominator = Decimal::try_from_i128_with_scale(parts.denominator(), 0).ok()?;
    sum.checked_add(numerator.checked_div(denominator)?)
}
