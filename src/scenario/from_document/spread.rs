//! The range of a figure in numbers: its ends, and the shape between them.

use super::Reader;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::document::Amount;
use crate::document::Detail;
use crate::document::Figure;
use crate::document::Literal;
use crate::format::Quantity;
use crate::scenario::spread::Bell;
use crate::scenario::spread::End;
use crate::scenario::spread::EndKind;
use crate::scenario::spread::Spread;
use crate::units::Decimal;
use crate::units::Period;
use crate::units::product;

impl Reader<'_> {
    /// The ends and options of a figure, and its shape; none of a point, and none where the file names no shape.
    ///
    /// The figure is in the currency of the scenario. What its parts lack was faulted when they were read.
    pub(super) fn spread(&mut self, figure: &Figure, quantity: Quantity) -> (Vec<End>, Option<Spread>) {
        let (Some(value), Some(detail)) = (figure.value.as_ref(), figure.detail.as_deref()) else {
            return (Vec::new(), None);
        };
        let own = match value.amount {
            Amount::Rate(_, period) => Some(period),
            _ => None,
        };
        let mut number = |literal: &Literal| self.in_own_period(literal, quantity, own);
        let mut ends = Vec::new();
        let mut end = |kind: EndKind, literal: &Literal| {
            let value = number(literal)?;
            ends.push(End { kind, value, typed: literal.bare().to_owned(), span: literal.span });
            Some(value)
        };
        let low = detail.low.as_ref().and_then(|literal| end(EndKind::Low, literal));
        let high = detail.high.as_ref().and_then(|literal| end(EndKind::High, literal));
        let options: Vec<Option<Decimal>> =
            detail.options.iter().map(|literal| end(EndKind::Option, literal)).collect();
        let middle = number(value);
        let mut bell = |width: &Option<Literal>| {
            let mut part = |literal: &Option<Literal>| literal.as_ref().and_then(&mut number);
            match (part(&detail.p5), part(&detail.p95), part(width)) {
                (Some(p5), Some(p95), None) => Some(Bell::Between { p5, p95 }),
                (None, None, Some(width)) => Some(Bell::Around { middle: middle?, width }),
                _ => None,
            }
        };
        let spread = match detail.shape.as_ref().map(|shape| shape.value.as_str()) {
            Some("uniform") => low.zip(high).map(|(low, high)| Spread::Uniform { low, high }),
            Some("triangular") => {
                low.zip(middle).zip(high).map(|((low, mode), high)| Spread::Triangular { low, mode, high })
            }
            Some("pert") => low.zip(middle).zip(high).map(|((low, mode), high)| Spread::Pert { low, mode, high }),
            Some("normal") => bell(&detail.sd).map(|centre| Spread::Normal { centre, low, high }),
            Some("lognormal") => bell(&detail.sigma).map(|centre| Spread::LogNormal { centre, low, high }),
            Some("discrete") => weighed(options, detail).map(|options| Spread::Discrete { options }),
            _ => None,
        };
        (ends, spread)
    }

    /// The number of a literal in the unit of the figure's value: a rate in the period of that value, a day as its
    /// number.
    fn in_own_period(&mut self, literal: &Literal, quantity: Quantity, own: Option<Period>) -> Option<Decimal> {
        let (amount, period, own) = match (&literal.amount, own) {
            (Amount::Rate(amount, period), Some(own)) if *period != own => (*amount, *period, own),
            (Amount::Day(day), _) => return Some(Decimal::from(day.number())),
            (amount, _) => return amount.decimal(),
        };
        let typed = literal.bare();
        let (wanted, had) = (own.word(), period.word());
        if matches!(quantity, Quantity::Growth | Quantity::Fill) {
            self.bag.add(
                Diagnostic::new(
                    Code::BadFigure,
                    format!("{typed} is per {had}, and the value of the figure is per {wanted}"),
                )
                .at(literal.span)
                .help(format!("growth compounds, so one is no multiple of the other: write it per {wanted}")),
            );
            return None;
        }
        let months = |period: Period| Decimal::from(period.months());
        let exact = product(amount, months(own)).and_then(|whole| {
            let each = whole.checked_div(months(period))?;
            (product(each, months(period))? == whole).then_some(each)
        });
        if exact.is_none() {
            self.bag.add(
                Diagnostic::new(Code::BadFigure, format!("{typed} is no exact amount per {wanted}"))
                    .at(literal.span)
                    .label(format!("the value of the figure is per {wanted}"))
                    .help(format!("write it per {wanted}")),
            );
        }
        exact
    }
}

/// Each option with its weight; one each where none are written.
fn weighed(options: Vec<Option<Decimal>>, detail: &Detail) -> Option<Vec<(Decimal, Decimal)>> {
    if detail.weights.is_empty() {
        return options.into_iter().map(|option| Some((option?, Decimal::ONE))).collect();
    }
    let weights = detail.weights.iter().map(|weight| weight.amount.decimal());
    options.into_iter().zip(weights).map(|(option, weight)| option.zip(weight)).collect()
}
