//! Values typed on the command line, read by the kind their path declares.

use super::Reader;
use super::toml_text;
use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::SourceId;
use crate::diagnostics::Span;
use crate::diagnostics::Spanned;
use crate::document::literal::Written;
use crate::document::tree::Detail;
use crate::document::tree::Figure;
use crate::document::tree::Leaf;
use crate::document::tree::Node;
use crate::document::tree::Value;
use crate::format::Kind;
use crate::format::Quantity;
use crate::format::SHAPES;
use crate::format::STATUSES;
use crate::units::Day;
use toml::de::DeTable;

/// Reads the text behind `--set PATH=` by the kind its path declares.
pub(in crate::document) fn read_set(
    source: SourceId,
    text: &str,
    at: usize,
    kind: Kind,
    bag: &mut Bag,
) -> Option<Node> {
    let typed = text.get(at..)?;
    let span = Span { source, start: at, end: text.len() };
    let mut reader = Reader { source, text, unread: Vec::new(), bag };
    if typed.starts_with('{') {
        let (table, errors) = DeTable::parse_recoverable(text);
        if let Some(error) = errors.first() {
            let message = format!("not an inline table: {}", error.message().lines().next().unwrap_or(""));
            reader.bag.add(Diagnostic::new(Code::Syntax, message).at(span).help("write { key = \"value\", ... }"));
            return None;
        }
        let mut value = table.get_ref().iter().next()?.1;
        while value.span().start < at {
            value = value.get_ref().as_table()?.iter().next()?.1;
        }
        return reader.value(kind, "this", value, span, &None);
    }
    if let Kind::Figure(quantity) = kind {
        let written = match (quantity, Day::from_text(typed)) {
            (Quantity::Day, Some(day)) => Written::Day(day),
            _ => Written::Text(typed),
        };
        let literal = reader.literal(quantity, written, span, set_text(quantity, typed))?;
        return Some(Node::Figure(Figure { span, value: Some(literal), detail: None, covered_by: None }));
    }
    let value = match kind {
        Kind::Flag => match typed {
            "true" => Value::Flag(true),
            "false" => Value::Flag(false),
            _ => return reader.wrong("true or false is needed", span, "write true or false"),
        },
        Kind::Whole => match typed.parse() {
            Ok(number) => Value::Whole(number),
            Err(_) => return reader.wrong("a whole number is needed", span, "write digits only"),
        },
        Kind::Day => match Day::from_text(typed) {
            Some(day) => Value::Day(day),
            None => return reader.bad_date(span),
        },
        Kind::Text | Kind::Currency | Kind::EventPath | Kind::Reference(_) => Value::Text(typed.to_owned()),
        Kind::Word(words) | Kind::WordOrTable(words, _) => return reader.word(words, typed, span),
        Kind::References(_) | Kind::Texts => {
            Value::List(typed.split(',').map(|part| Spanned::new(part.trim().to_owned(), span)).collect())
        }
        Kind::InputPair => {
            let paths = typed.split(',').map(|part| Spanned::new(part.trim().to_owned(), span)).collect();
            return reader.pair(paths, span);
        }
        _ => {
            return reader.wrong(
                "a table is needed here",
                span,
                "set one of its keys, or write an inline table: { key = \"value\" }",
            );
        }
    };
    Some(Node::Leaf(Leaf { span, value }))
}

/// Reads one part of a figure behind `--set PATH.low=`.
pub(in crate::document) fn read_set_part(
    source: SourceId,
    text: &str,
    at: usize,
    quantity: Quantity,
    part: &str,
    bag: &mut Bag,
) -> Option<Figure> {
    let typed = text.get(at..)?;
    let span = Span { source, start: at, end: text.len() };
    let mut reader = Reader { source, text, unread: Vec::new(), bag };
    let mut figure = Figure { span, value: None, detail: None, covered_by: None };
    let mut detail = Detail::default();
    let quantity = match part {
        "sigma" => Quantity::Number,
        "sd" => quantity.of_deviation(),
        _ => quantity,
    };
    let mut number = || {
        let written = match (quantity, Day::from_text(typed)) {
            (Quantity::Day, Some(day)) => Written::Day(day),
            _ => Written::Text(typed),
        };
        reader.literal(quantity, written, span, set_text(quantity, typed))
    };
    let words = Spanned::new(typed.to_owned(), span);
    match part {
        "value" => {
            figure.value = Some(number()?);
            return Some(figure);
        }
        "low" => detail.low = Some(number()?),
        "high" => detail.high = Some(number()?),
        "p5" => detail.p5 = Some(number()?),
        "p95" => detail.p95 = Some(number()?),
        "sd" => detail.sd = Some(number()?),
        "sigma" => detail.sigma = Some(number()?),
        "shape" => {
            reader.word(SHAPES, typed, span)?;
            detail.shape = Some(words);
        }
        "status" => {
            reader.word(STATUSES, typed, span)?;
            detail.status = Some(words);
        }
        "said" => detail.said = Some(words),
        "remark" => detail.remark = Some(words),
        "source" => {
            detail.source = typed.split(',').map(|part| Spanned::new(part.trim().to_owned(), span)).collect();
        }
        _ => {
            bag.add(
                Diagnostic::new(Code::UnknownPath, format!("`{part}` of a figure cannot be set"))
                    .at(span)
                    .help("write the figure whole: { value = ..., ... }"),
            );
            return None;
        }
    }
    figure.detail = Some(Box::new(detail));
    Some(figure)
}

/// How a `--set` value would be written in a file.
pub(super) fn set_text(quantity: Quantity, typed: &str) -> String {
    if quantity == Quantity::Day { typed.to_owned() } else { toml_text(typed) }
}
