//! Parts of a split are a whole.

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::Span;
use crate::units::Decimal;
use crate::units::Fraction;

use super::Scenario;
use super::percentage;
use crate::scenario::exit::ExitKind;
use crate::scenario::round::Part;

/// Every split adds up to exactly 100 %, or has one rest.
pub(super) fn check(scenario: &Scenario, bag: &mut Bag) {
    for round in &scenario.rounds {
        for tranche in &round.tranches {
            let path = format!("round.{}.tranche.{}.consideration", round.id, tranche.id);
            let parts: Vec<Part> = tranche.consideration.iter().map(|(_, part)| *part).collect();
            whole(scenario, &path, &parts, tranche.span, bag);
        }
    }
    for secondary in &scenario.secondaries {
        for (key, parts) in [("from", &secondary.from), ("to", &secondary.to)] {
            let path = format!("secondary.{}.{key}", secondary.id);
            let parts: Vec<Part> = parts.iter().map(|(_, part)| *part).collect();
            whole(scenario, &path, &parts, secondary.span, bag);
        }
    }
    for exit in &scenario.exits {
        let ExitKind::Sale(sale) = &exit.kind else { continue };
        let parts: Vec<Part> = sale.proceeds.iter().map(|(_, part)| *part).collect();
        whole(scenario, &format!("exit.{}.proceeds", exit.id), &parts, exit.span, bag);
        for carve_out in &sale.carve_outs {
            let parts: Vec<Part> = carve_out.to.iter().map(|(_, part)| *part).collect();
            let path = format!("exit.{}.carve_out.{}.to", exit.id, carve_out.id);
            whole(scenario, &path, &parts, carve_out.span, bag);
        }
    }
    for tender in &scenario.tenders {
        let path = format!("secondary.{}.to", tender.id);
        let parts: Vec<Part> = tender.to.iter().map(|(_, part)| *part).collect();
        whole(scenario, &path, &parts, tender.span, bag);
    }
}

fn whole(scenario: &Scenario, path: &str, parts: &[Part], span: Span, bag: &mut Bag) {
    if parts.is_empty() {
        return;
    }
    let mut rests = 0u32;
    let mut sum = Decimal::ZERO;
    let mut thirds = Fraction::ZERO;
    for part in parts {
        match part {
            Part::Rest => rests = rests.saturating_add(1),
            Part::Is(figure) => {
                percentage(scenario, *figure, "a part", true, bag);
                match scenario.figures.get(*figure).and_then(|entry| entry.fraction) {
                    Some(part) => thirds = thirds.plus(part).unwrap_or(thirds),
                    None => sum = sum.saturating_add(scenario.figures.value(*figure)),
                }
            }
        }
    }
    let exact = 10i128
        .checked_pow(sum.scale())
        .and_then(|scale| Fraction::new(sum.mantissa(), scale))
        .and_then(|sum| sum.plus(thirds));
    let at = parts
        .iter()
        .find_map(|part| match part {
            Part::Is(figure) => scenario.figures.span(*figure),
            Part::Rest => None,
        })
        .unwrap_or(span);
    let fault = |message: String| Diagnostic::new(Code::SplitSum, message).at(at);
    let Some(exact) = exact else { return };
    if rests > 1 {
        bag.add(fault(format!("two parts of `{path}` are \"rest\"")).help("only one can be what the others leave"));
        return;
    }
    if exact == Fraction::ONE {
        return;
    }
    let above = exact.numerator() > exact.denominator();
    if above || rests == 0 {
        let shown = Decimal::try_from_i128_with_scale(exact.numerator(), 0)
            .ok()
            .zip(Decimal::try_from_i128_with_scale(exact.denominator(), 0).ok())
            .and_then(|(n, d)| n.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(d))
            .map_or_else(String::new, |value| value.normalize().to_string());
        bag.add(
            fault(format!("the parts of `{path}` add up to {shown} %"))
                .help("make them exactly 100 %, or one of them \"rest\""),
        );
    }
}
