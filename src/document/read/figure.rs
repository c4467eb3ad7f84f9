//! Figures: a literal, or a table with its uncertainty and its source.

use super::Cover;
use super::Reader;
use super::entries;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::Span;
use crate::diagnostics::Spanned;
use crate::diagnostics::nearest;
use crate::diagnostics::one_of;
use crate::document::agree::agree;
use crate::document::literal::Written;
use crate::document::literal::literal;
use crate::document::tree::Detail;
use crate::document::tree::Figure;
use crate::document::tree::Literal;
use crate::format::FIGURE_KEYS;
use crate::format::Quantity;
use crate::format::SHAPES;
use crate::format::STATUSES;
use toml::de::DeValue;

impl Reader<'_> {
    /// A number with its uncertainty and its source: a literal, or a table.
    pub(super) fn figure(
        &mut self,
        quantity: Quantity,
        value: &toml::Spanned<DeValue<'_>>,
        key: Span,
        cover: &Cover,
    ) -> Option<Figure> {
        let range = value.span();
        let span = if range.is_empty() { key } else { self.span(range) };
        let DeValue::Table(table) = value.get_ref() else {
            if value.span().is_empty() {
                return None;
            }
            let literal = self.typed(quantity, value, span)?;
            return Some(Figure { span, value: Some(literal), detail: None, covered_by: cover.clone() });
        };
        let mut figure = Figure { span: key, value: None, detail: None, covered_by: None };
        let mut detail = Detail::default();
        let mut broken = false;
        for (name, value) in entries(table) {
            let key_span = self.span(name.span());
            let at = if value.span().is_empty() { key_span } else { self.span(value.span()) };
            let written: &str = name.get_ref();
            let number = |reader: &mut Self, quantity: Quantity| reader.typed(quantity, value, at);
            match written {
                "value" => {
                    figure.value = number(self, quantity);
                    broken |= figure.value.is_none();
                }
                "low" => detail.low = number(self, quantity),
                "high" => detail.high = number(self, quantity),
                "p5" => detail.p5 = number(self, quantity),
                "p95" => detail.p95 = number(self, quantity),
                "sd" => detail.sd = number(self, quantity.of_deviation()),
                "sigma" => detail.sigma = number(self, Quantity::Number),
                "shape" => detail.shape = self.figure_word(SHAPES, value, at),
                "status" => detail.status = self.figure_word(STATUSES, value, at),
                "said" => detail.said = self.figure_text(value, at),
                "remark" => detail.remark = self.figure_text(value, at),
                "source" => detail.source = self.texts(value, at).unwrap_or_default(),
                "reports" => detail.reports = self.reports(quantity, value, at),
                "options" => detail.options = self.numbers(quantity, value, at),
                "weights" => detail.weights = self.numbers(Quantity::Number, value, at),
                _ => {
                    let fault = Diagnostic::new(Code::UnknownKey, format!("unknown key `{written}` in a figure"))
                        .at(key_span)
                        .label("not a key of a figure");
                    let known = FIGURE_KEYS.iter().map(|(name, _)| *name);
                    self.bag.add(match nearest(written, known.clone()) {
                        Some(near) => fault.help(format!("did you mean `{near}`?")),
                        None => fault.help(format!("its keys are {}", one_of(known))),
                    });
                }
            }
        }
        if broken {
            return None;
        }
        if detail.source.is_empty() {
            figure.covered_by.clone_from(cover);
        }
        figure.detail = Some(Box::new(detail));
        agree(&figure, self.bag);
        Some(figure)
    }

    pub(super) fn figure_text(&mut self, value: &toml::Spanned<DeValue<'_>>, at: Span) -> Option<Spanned<String>> {
        match value.get_ref() {
            DeValue::String(text) => Some(Spanned::new(text.to_string(), at)),
            _ => self.wrong("a text is needed", at, "write it in quotes"),
        }
    }

    pub(super) fn figure_word(
        &mut self,
        words: &'static [&'static str],
        value: &toml::Spanned<DeValue<'_>>,
        at: Span,
    ) -> Option<Spanned<String>> {
        let text = self.figure_text(value, at)?;
        self.word(words, &text.value, at).map(|_| text)
    }

    pub(super) fn reports(
        &mut self,
        quantity: Quantity,
        value: &toml::Spanned<DeValue<'_>>,
        at: Span,
    ) -> Vec<(Spanned<String>, Literal)> {
        let DeValue::Table(table) = value.get_ref() else {
            self.wrong::<()>("`reports` is a table", at, "write { source-id = \"10B\" }");
            return Vec::new();
        };
        entries(table)
            .into_iter()
            .filter_map(|(source, value)| {
                let key = self.span(source.span());
                let at = if value.span().is_empty() { key } else { self.span(value.span()) };
                let literal = self.typed(quantity, value, at)?;
                Some((Spanned::new(source.get_ref().to_string(), key), literal))
            })
            .collect()
    }

    pub(super) fn numbers(&mut self, quantity: Quantity, value: &toml::Spanned<DeValue<'_>>, at: Span) -> Vec<Literal> {
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong::<()>("an array is needed", at, "write [\"10B\", \"50B\"]");
            return Vec::new();
        };
        items
            .iter()
            .filter_map(|item| {
                let at = self.span(item.span());
                self.typed(quantity, item, at)
            })
            .collect()
    }

    /// A literal as it stands in the text.
    pub(super) fn typed(
        &mut self,
        quantity: Quantity,
        value: &toml::Spanned<DeValue<'_>>,
        at: Span,
    ) -> Option<Literal> {
        let typed = self.text.get(value.span()).unwrap_or("").to_owned();
        let digits;
        let written = match value.get_ref() {
            DeValue::String(text) => Written::Text(text),
            DeValue::Integer(number) if number.radix() == 10 => {
                digits = number.as_str().to_owned();
                Written::Number(&digits)
            }
            DeValue::Float(number) => {
                digits = number.as_str().to_owned();
                Written::Number(&digits)
            }
            DeValue::Datetime(_) => match self.day(value) {
                Some(day) => Written::Day(day),
                None => return self.bad_date(at),
            },
            DeValue::Integer(_) => {
                return self.wrong("digits in base ten are needed", at, "write the number in decimal digits");
            }
            _ => return self.wrong("a number is needed", at, "write a number such as \"50B\""),
        };
        self.literal(quantity, written, at, typed)
    }

    pub(super) fn literal(
        &mut self,
        quantity: Quantity,
        written: Written<'_>,
        at: Span,
        typed: String,
    ) -> Option<Literal> {
        match literal(quantity, written) {
            Ok((amount, currency)) => Some(Literal { span: at, typed, amount, currency }),
            Err(refusal) => {
                if at.end > at.start {
                    let code = if quantity == Quantity::Day { Code::BadDate } else { Code::BadLiteral };
                    self.bag.add(Diagnostic::new(code, refusal.message).at(at).help(refusal.help));
                }
                None
            }
        }
    }
}
