//! Whether the parts of a figure agree with each other.

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::Span;
use crate::diagnostics::one_of;
use crate::units::Decimal;

use super::tree::Amount;
use super::tree::Detail;
use super::tree::Figure;
use super::tree::Literal;

/// Faults ends that do not hold the value, and parts that belong to another shape. A table that edits an
/// inherited figure is judged by what it says itself; the merged figure is judged again.
pub fn agree(figure: &Figure, bag: &mut Bag) {
    let Some(detail) = figure.detail.as_deref() else { return };
    let mut faults = Faults { bag };
    faults.order(figure, detail);
    if figure.value.is_some() || !detail.options.is_empty() {
        faults.weights(detail);
    }
    if let Some(value) = &figure.value {
        if faults.words(value, detail) {
            return;
        }
        faults.strangers(detail);
        faults.lacks(detail);
        faults.bell(value, detail);
        faults.options(value, detail);
    }
}

struct Faults<'b> {
    bag: &'b mut Bag,
}

impl Faults<'_> {
    fn add(&mut self, span: Span, message: impl Into<String>, help: &str) {
        self.bag.add(Diagnostic::new(Code::BadFigure, message).at(span).help(help));
    }

    /// Low, value and high are in order, and so are the quantiles between them.
    fn order(&mut self, figure: &Figure, detail: &Detail) {
        let order = [&detail.low, &figure.value, &detail.high];
        for (index, lower) in order.iter().enumerate() {
            for upper in order.iter().skip(index + 1) {
                if let (Some(lower), Some(upper)) = (lower.as_ref(), upper.as_ref())
                    && is_above(lower, upper)
                {
                    self.add(
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
        if let (Some(low), Some(high)) = (&detail.p5, &detail.p95)
            && is_above(low, high)
        {
            self.add(high.span, "the range is reversed: p5 is above p95", "p5 is at most p95");
        }
        for (lower, upper) in [(&detail.low, &detail.p5), (&detail.p95, &detail.high)] {
            if let (Some(lower), Some(upper)) = (lower, upper)
                && is_above(lower, upper)
            {
                self.add(
                    upper.span,
                    format!("a quantile lies beyond an end: {} is above {}", lower.typed, upper.typed),
                    "nothing is drawn beyond `low` and `high`: low is at most p5, p95 at most high",
                );
            }
        }
    }

    fn weights(&mut self, detail: &Detail) {
        let Some(first) = detail.weights.first() else { return };
        let sum: Option<Decimal> =
            detail.weights.iter().try_fold(Decimal::ZERO, |sum, weight| sum.checked_add(weight.amount.decimal()?));
        if detail.weights.len() != detail.options.len() || sum.is_none_or(|sum| sum <= Decimal::ZERO) {
            self.add(first.span, "one weight for each option, together above zero", "write as many weights as options");
        }
    }

    /// Words have no range and are no end of one; whether there are any.
    fn words(&mut self, value: &Literal, detail: &Detail) -> bool {
        let is_word = |literal: &&Literal| matches!(literal.amount, Amount::Word(_));
        let ends = [&detail.low, &detail.high, &detail.p5, &detail.p95, &detail.sd];
        let mut found = false;
        for word in ends.into_iter().flatten().chain(&detail.options).filter(is_word) {
            self.add(word.span, format!("{} is a word, and no part of a range", word.typed), "write a number");
            found = true;
        }
        if is_word(&value)
            && let Some(span) = range(detail)
        {
            self.add(
                span,
                format!("{} is a word and has no range", value.typed),
                "write a number for the value, or take the range out",
            );
            found = true;
        }
        found
    }

    /// Parts that belong to another shape.
    fn strangers(&mut self, detail: &Detail) {
        let shape = detail.shape.as_ref().map(|shape| shape.value.as_str());
        let bell = matches!(shape, Some("normal" | "lognormal"));
        for quantile in [&detail.p5, &detail.p95].into_iter().flatten().filter(|_| !bell) {
            self.add(
                quantile.span,
                "quantiles fix the shape of normal and lognormal only",
                "name one of these shapes, or use low and high",
            );
        }
        if let Some(sd) = detail.sd.as_ref().filter(|_| shape != Some("normal")) {
            self.add(sd.span, "`sd` belongs to the shape normal", "lognormal takes `sigma`");
        }
        if let Some(sigma) = detail.sigma.as_ref().filter(|_| shape != Some("lognormal")) {
            self.add(sigma.span, "`sigma` belongs to the shape lognormal", "normal takes `sd`");
        }
        if let Some(option) = detail.options.first().filter(|_| shape != Some("discrete")) {
            self.add(option.span, "`options` belong to the shape discrete", "name that shape, or use low and high");
        }
    }

    /// Parts that a shape cannot do without.
    fn lacks(&mut self, detail: &Detail) {
        let Some(shape) = &detail.shape else { return };
        let ends = detail.low.is_some() && detail.high.is_some();
        let (p5, p95) = (detail.p5.is_some(), detail.p95.is_some());
        let lacks = match shape.value.as_str() {
            "uniform" | "triangular" | "pert" if !ends => Some("`low` and `high`"),
            "normal" | "lognormal" if p5 && !p95 => Some("`p95` beside `p5`"),
            "normal" | "lognormal" if p95 && !p5 => Some("`p5` beside `p95`"),
            "normal" if !p5 && detail.sd.is_none() => Some("`sd`, or `p5` and `p95`"),
            "lognormal" if !p5 && detail.sigma.is_none() => Some("`sigma`, or `p5` and `p95`"),
            "discrete" if detail.options.is_empty() => Some("`options`"),
            _ => None,
        };
        if let Some(lacks) = lacks {
            self.add(shape.span, format!("the shape {} needs {lacks}", shape.value), "add it, or leave the shape out");
        }
    }

    /// What fixes a normal or a lognormal is one thing, and can be.
    fn bell(&mut self, value: &Literal, detail: &Detail) {
        if let (Some(width), Some(quantile)) =
            (detail.sd.as_ref().or(detail.sigma.as_ref()), detail.p5.as_ref().or(detail.p95.as_ref()))
        {
            let key = if detail.sd.is_some() { "sd" } else { "sigma" };
            self.bag.add(
                Diagnostic::new(Code::BadFigure, format!("both `{key}` and quantiles fix the shape"))
                    .at(width.span)
                    .beside(quantile.span, "fixes it too")
                    .help(format!("keep `p5` and `p95`, or `{key}`")),
            );
        }
        if let Some(sd) = detail.sd.as_ref().filter(|sd| is_below_zero(sd)) {
            self.add(sd.span, format!("a standard deviation of {} is negative", sd.typed), "write zero or more");
        }
        if detail.shape.as_ref().is_none_or(|shape| shape.value != "lognormal") {
            return;
        }
        if let Amount::Day(_) = value.amount {
            self.add(
                value.span,
                "a date has no logarithm, so it cannot be lognormal",
                "normal takes `p5` and `p95`; uniform, triangular and pert take `low` and `high`",
            );
        }
        let parts = [("value", Some(value)), ("p5", detail.p5.as_ref()), ("low", detail.low.as_ref())];
        for (key, part) in parts.into_iter().filter_map(|(key, part)| Some((key, part?))) {
            if part.amount.decimal().is_some_and(|number| number <= Decimal::ZERO) {
                let help = if key == "low" {
                    "every draw of a lognormal is above zero: take `low` out"
                } else {
                    "every draw of a lognormal is above zero: write normal if it may be zero or less"
                };
                self.add(part.span, format!("a lognormal whose `{key}` is {}", part.typed), help);
            }
        }
    }

    /// What `run` uses is one of the options, and each lies within the ends.
    fn options(&mut self, value: &Literal, detail: &Detail) {
        let (Some(first), Some("discrete")) =
            (detail.options.first(), detail.shape.as_ref().map(|shape| shape.value.as_str()))
        else {
            return;
        };
        // Sums in two currencies can be told apart only once both are converted.
        let may_be = |option: &Literal| {
            option.currency != value.currency || (!is_above(option, value) && !is_above(value, option))
        };
        if !detail.options.iter().any(may_be) {
            let typed = one_of(detail.options.iter().map(Literal::bare));
            self.bag.add(
                Diagnostic::new(Code::BadFigure, format!("the value {} is none of the options", value.typed))
                    .at(value.span)
                    .beside(first.span, "the options")
                    .help(format!("`run` uses the value: write {typed}, or add it to `options`")),
            );
        }
        for option in &detail.options {
            let below = detail.low.as_ref().filter(|low| is_above(low, option));
            let above = detail.high.as_ref().filter(|high| is_above(option, high));
            if let Some(end) = below.or(above) {
                self.bag.add(
                    Diagnostic::new(Code::BadFigure, format!("the option {} lies beyond an end", option.typed))
                        .at(option.span)
                        .beside(end.span, "nothing is drawn beyond it")
                        .help("take the option out, or the end"),
                );
            }
        }
    }
}

/// Where the first part of a range stands.
fn range(detail: &Detail) -> Option<Span> {
    let parts = [&detail.low, &detail.high, &detail.p5, &detail.p95, &detail.sd, &detail.sigma];
    let shape = detail.shape.as_ref().filter(|shape| shape.value != "point").map(|shape| shape.span);
    parts.into_iter().flatten().chain(&detail.options).map(|literal| literal.span).next().or(shape)
}

fn is_below_zero(literal: &Literal) -> bool {
    literal.amount.decimal().is_some_and(|number| number < Decimal::ZERO)
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
