//! Whether the parts of a figure agree with each other.

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::Span;
use crate::units::Decimal;

use super::tree::Amount;
use super::tree::Figure;
use super::tree::Literal;

/// Faults ends that do not hold the value, and parts that belong to another shape. A table that edits an
/// inherited figure is judged by what it says itself; the merged figure is judged again.
pub fn agree(figure: &Figure, bag: &mut Bag) {
    let Some(detail) = figure.detail.as_deref() else { return };
    let is_whole = figure.value.is_some();
    let mut fault = |span: Span, message: String, help: &str| {
        bag.add(Diagnostic::new(Code::BadFigure, message).at(span).help(help));
    };
    let shape = detail.shape.as_ref().map(|shape| shape.value.as_str());
    let bell = matches!(shape, Some("normal" | "lognormal"));
    let order = [&detail.low, &figure.value, &detail.high];
    for (index, lower) in order.iter().enumerate() {
        for upper in order.iter().skip(index + 1) {
            if let (Some(lower), Some(upper)) = (lower.as_ref(), upper.as_ref())
                && is_above(lower, upper)
            {
                fault(
                    upper.span,
                    format!("the range is reversed: {} is above {}", lower.typed, upper.typed),
                    if is_far_above(lower, upper) {
                        "low is at most value, value at most high; does one of them lack its K, M, B or T?"
                    } else {
                        "low is at most value, value at most high"
                    },
                );
            }
        }
    }
    for quantile in [&detail.p5, &detail.p95].into_iter().flatten() {
        if !bell && is_whole {
            fault(
                quantile.span,
                "quantiles fix the shape of normal and lognormal only".to_owned(),
                "name one of these shapes, or use low and high",
            );
        }
    }
    if let (Some(low), Some(high)) = (&detail.p5, &detail.p95)
        && is_above(low, high)
    {
        fault(high.span, "the range is reversed: p5 is above p95".to_owned(), "p5 is at most p95");
    }
    if let Some(sd) = &detail.sd
        && is_whole
        && shape != Some("normal")
    {
        fault(sd.span, "`sd` belongs to the shape normal".to_owned(), "lognormal takes `sigma`");
    }
    if let Some(sigma) = &detail.sigma
        && is_whole
        && shape != Some("lognormal")
    {
        fault(sigma.span, "`sigma` belongs to the shape lognormal".to_owned(), "normal takes `sd`");
    }
    if let Some(shape) = &detail.shape {
        let ends = detail.low.is_some() && detail.high.is_some();
        let spread = detail.sd.is_some() || detail.sigma.is_some() || (detail.p5.is_some() && detail.p95.is_some());
        let lacks = match shape.value.as_str() {
            "uniform" | "triangular" | "pert" if !ends && figure.value.is_some() => Some("`low` and `high`"),
            "normal" if !spread && figure.value.is_some() => Some("`sd`, or `p5` and `p95`"),
            "lognormal" if !spread && figure.value.is_some() => Some("`sigma`, or `p5` and `p95`"),
            "discrete" if detail.options.is_empty() => Some("`options`"),
            _ => None,
        };
        if let Some(lacks) = lacks {
            fault(shape.span, format!("the shape {} needs {lacks}", shape.value), "add it, or leave the shape out");
        }
    }
    if let Some(first) = detail.weights.first() {
        let sum: Option<Decimal> =
            detail.weights.iter().try_fold(Decimal::ZERO, |sum, weight| sum.checked_add(weight.amount.decimal()?));
        if detail.weights.len() != detail.options.len() || sum.is_none_or(|sum| sum <= Decimal::ZERO) {
            fault(
                first.span,
                "one weight for each option, together above zero".to_owned(),
                "write as many weights as options",
            );
        }
    }
}

/// Whether one literal says more than another of its kind; not of two that name their currency differently, which can
/// be compared only once both are converted.
fn is_above(left: &Literal, right: &Literal) -> bool {
    if left.currency != right.currency {
        return false;
    }
    match (&left.amount, &right.amount) {
        (Amount::Day(a), Amount::Day(b)) => a > b,
        (Amount::Rate(a, p), Amount::Rate(b, q)) => {
            let yearly = |value: &Decimal, months: u32| value.checked_mul(Decimal::from(12 / months));
            yearly(a, p.months()) > yearly(b, q.months())
        }
        (a, b) => matches!((a.decimal(), b.decimal()), (Some(a), Some(b)) if a > b),
    }
}

/// Whether one number is a thousand times another: a letter was forgotten.
fn is_far_above(left: &Literal, right: &Literal) -> bool {
    let times = |right: Decimal| right.checked_mul(Decimal::ONE_THOUSAND);
    matches!((left.amount.decimal(), right.amount.decimal().and_then(times)), (Some(left), Some(right)) if left >= right)
}
