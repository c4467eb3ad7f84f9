//! The tree: tables, figures and leaves, each with its place.

use std::rc::Rc;

use indexmap::IndexMap;

use crate::diagnostics::Span;
use crate::diagnostics::Spanned;
use crate::units::Day;
use crate::units::Decimal;
use crate::units::Fraction;
use crate::units::Period;

/// A table of the resolved tree, its keys in order of first appearance.
#[derive(Debug, Clone)]
pub struct TableNode {
    /// The header or the key that opened it first.
    pub span: Span,
    /// Its keys.
    pub entries: IndexMap<String, Entry>,
}

/// A key and what it holds.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Where the key stands.
    pub key: Span,
    /// What it holds.
    pub node: Node,
}

/// What a key holds.
#[derive(Debug, Clone)]
pub enum Node {
    /// A table.
    Table(TableNode),
    /// A number with its uncertainty and its source.
    Figure(Figure),
    /// Any other value.
    Leaf(Leaf),
}

/// A value that is not a figure.
#[derive(Debug, Clone)]
pub struct Leaf {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub value: Value,
}

/// The kinds of plain values.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A text, a word or an id.
    Text(String),
    /// True or false.
    Flag(bool),
    /// A whole number.
    Whole(u64),
    /// A day.
    Day(Day),
    /// Texts or ids, in the order written; a single one stays alone when it was written so.
    List(Vec<Spanned<String>>),
}

/// A number with its uncertainty and its source.
#[derive(Debug, Clone)]
pub struct Figure {
    /// The literal, or the whole table.
    pub span: Span,
    /// What `run` uses; none in a table that edits an inherited figure.
    pub value: Option<Literal>,
    /// Everything beside the value.
    pub detail: Option<Box<Detail>>,
    /// The source of the table around it, in the same layer.
    pub covered_by: Option<Rc<[Spanned<String>]>>,
}

/// What a figure says beside its value.
#[derive(Debug, Clone, Default)]
pub struct Detail {
    /// The hard lower end.
    pub low: Option<Literal>,
    /// The hard upper end.
    pub high: Option<Literal>,
    /// The 5 % quantile.
    pub p5: Option<Literal>,
    /// The 95 % quantile.
    pub p95: Option<Literal>,
    /// The standard deviation.
    pub sd: Option<Literal>,
    /// The standard deviation of the logarithm.
    pub sigma: Option<Literal>,
    /// How it is spread.
    pub shape: Option<Spanned<String>>,
    /// The values of a discrete shape.
    pub options: Vec<Literal>,
    /// Their weights.
    pub weights: Vec<Literal>,
    /// Who says so.
    pub source: Vec<Spanned<String>>,
    /// The hedge as printed.
    pub said: Option<Spanned<String>>,
    /// How sure it is.
    pub status: Option<Spanned<String>>,
    /// What other sources say.
    pub reports: Vec<(Spanned<String>, Literal)>,
    /// For people.
    pub remark: Option<Spanned<String>>,
}

/// A number as it was typed and as it was read.
#[derive(Debug, Clone)]
pub struct Literal {
    /// Where it stands.
    pub span: Span,
    /// The text as typed, quotes included.
    pub typed: String,
    /// What it says.
    pub amount: Amount,
    /// The currency it names.
    pub currency: Option<String>,
}

/// What a literal says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Amount {
    /// A number.
    Number(Decimal),
    /// A fraction of integers that no decimal holds exactly.
    Part(Fraction),
    /// A number per period.
    Rate(Decimal, Period),
    /// A day.
    Day(Day),
    /// A word: `rest`, `flat`, `signing`, `closing`, `latest`.
    Word(&'static str),
}

impl Literal {
    /// As it was typed, without quotes.
    #[must_use]
    pub fn bare(&self) -> &str {
        self.typed.trim_matches(['"', '\''])
    }
}

impl Detail {
    /// Every number beside the value.
    pub fn literals(&self) -> impl Iterator<Item = &Literal> {
        [&self.low, &self.high, &self.p5, &self.p95, &self.sd, &self.sigma]
            .into_iter()
            .flatten()
            .chain(&self.options)
            .chain(&self.weights)
            .chain(self.reports.iter().map(|(_, literal)| literal))
    }
}

impl Amount {
    /// The number, if it is one: of a rate the number without its period, of a fraction its first 28 digits.
    #[must_use]
    pub fn decimal(&self) -> Option<Decimal> {
        match self {
            Amount::Number(value) | Amount::Rate(value, _) => Some(*value),
            Amount::Part(part) => {
                let numerator = Decimal::try_from_i128_with_scale(part.numerator(), 0).ok()?;
                let denominator = Decimal::try_from_i128_with_scale(part.denominator(), 0).ok()?;
                numerator.checked_div(denominator)
            }
            Amount::Day(_) | Amount::Word(_) => None,
        }
    }
}

impl TableNode {
    /// An empty table at a place.
    #[must_use]
    pub fn new(span: Span) -> TableNode {
        TableNode { span, entries: IndexMap::new() }
    }

    /// What the key holds.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries.get(key).map(|entry| &entry.node)
    }

    /// The table under the key.
    #[must_use]
    pub fn table(&self, key: &str) -> Option<&TableNode> {
        match self.get(key)? {
            Node::Table(table) => Some(table),
            _ => None,
        }
    }

    /// The figure under the key.
    #[must_use]
    pub fn figure(&self, key: &str) -> Option<&Figure> {
        match self.get(key)? {
            Node::Figure(figure) => Some(figure),
            _ => None,
        }
    }

    /// The leaf under the key.
    #[must_use]
    pub fn leaf(&self, key: &str) -> Option<&Leaf> {
        match self.get(key)? {
            Node::Leaf(leaf) => Some(leaf),
            _ => None,
        }
    }

    /// The text under the key.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        match &self.leaf(key)?.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The flag under the key.
    #[must_use]
    pub fn flag(&self, key: &str) -> Option<bool> {
        match self.leaf(key)?.value {
            Value::Flag(flag) => Some(flag),
            _ => None,
        }
    }

    /// The whole number under the key.
    #[must_use]
    pub fn whole(&self, key: &str) -> Option<u64> {
        match self.leaf(key)?.value {
            Value::Whole(number) => Some(number),
            _ => None,
        }
    }

    /// The plain day under the key.
    #[must_use]
    pub fn day(&self, key: &str) -> Option<Spanned<Day>> {
        let leaf = self.leaf(key)?;
        match leaf.value {
            Value::Day(day) => Some(Spanned::new(day, leaf.span)),
            _ => None,
        }
    }

    /// The texts or ids under the key; one written alone counts as a list of one.
    #[must_use]
    pub fn list(&self, key: &str) -> Vec<Spanned<String>> {
        match self.leaf(key) {
            Some(Leaf { value: Value::List(list), .. }) => list.clone(),
            Some(Leaf { value: Value::Text(text), span }) => vec![Spanned::new(text.clone(), *span)],
            _ => Vec::new(),
        }
    }

    /// The things under the key: id and table, in order of first appearance.
    pub fn things<'a>(&'a self, key: &str) -> impl Iterator<Item = (&'a str, &'a TableNode)> + use<'a> {
        self.table(key).into_iter().flat_map(|table| {
            table.entries.iter().filter_map(|(id, entry)| match &entry.node {
                Node::Table(table) => Some((id.as_str(), table)),
                _ => None,
            })
        })
    }
}

impl Node {
    /// Where it stands.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Node::Table(table) => table.span,
            Node::Figure(figure) => figure.value.as_ref().map_or(figure.span, |literal| literal.span),
            Node::Leaf(leaf) => leaf.span,
        }
    }
}
