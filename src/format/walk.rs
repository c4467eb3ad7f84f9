//! What the format declares at a path.

use super::ROOT;
use super::declaration::Family;
use super::declaration::Kind;
use super::declaration::Quantity;
use super::declaration::Table;

/// Words that mean something in a value and so cannot be ids.
pub const RESERVED_IDS: &[&str] = &["rest", "none", "all", "signing", "closing", "latest"];

/// Whether the text may be an id: `a-z`, `0-9` and `-`, beginning with a letter, at most 64 characters.
#[must_use]
pub fn is_id(text: &str) -> bool {
    text.len() <= 64
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        && !RESERVED_IDS.contains(&text)
}

/// Whether the text may be the id of a currency: its code of three letters, small as ids are.
#[must_use]
pub fn is_currency_id(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|letter| letter.is_ascii_lowercase())
}

/// What stands at the end of a path.
#[derive(Debug, Clone, Copy)]
pub enum Declared {
    /// A table with declared keys.
    Table(&'static Table),
    /// One of some words, or a table with declared keys.
    WordOrTable(&'static [&'static str], &'static Table),
    /// Tables keyed by id.
    Things(Family, &'static Table),
    /// A key with a value.
    Value(Kind),
    /// A figure, whole.
    Figure(Quantity),
    /// One key of a figure written as a table.
    FigurePart(Quantity),
}

/// One step of a path: what stands there, and what it may be followed by.
#[derive(Debug, Clone, Copy)]
pub enum Step {
    /// The path goes on with these declarations.
    On(Declared),
    /// No such key; the table has others.
    Unknown(&'static Table),
    /// The path is already at a value.
    PastValue,
}

impl Declared {
    /// What a kind of value opens into.
    #[must_use]
    pub fn of(kind: Kind) -> Declared {
        match kind {
            Kind::Table(table) => Declared::Table(table),
            Kind::WordOrTable(words, table) => Declared::WordOrTable(words, table),
            Kind::Things(family, table) => Declared::Things(family, table),
            Kind::Figure(quantity) => Declared::Figure(quantity),
            other => Declared::Value(other),
        }
    }

    /// What stands one part further.
    #[must_use]
    pub fn step(self, part: &str) -> Step {
        match self {
            Declared::Table(table) | Declared::WordOrTable(_, table) => match table.key(part) {
                Some(key) => Step::On(Declared::of(key.kind)),
                None => Step::Unknown(table),
            },
            Declared::Things(_, table) => Step::On(Declared::Table(table)),
            Declared::Value(Kind::Schedule(quantity) | Kind::DaySchedule(quantity) | Kind::PerHolder(quantity)) => {
                Step::On(Declared::Figure(quantity))
            }
            Declared::Value(Kind::SplitByHolder | Kind::SplitByLabel) => Step::On(Declared::Figure(Quantity::Share)),
            Declared::Figure(quantity) => Step::On(Declared::FigurePart(quantity)),
            Declared::Value(_) | Declared::FigurePart(_) => Step::PastValue,
        }
    }
}

/// What the format declares at a whole path, ids not checked; none if nothing.
#[must_use]
pub fn declared<'a>(path: impl IntoIterator<Item = &'a str>) -> Option<Declared> {
    path.into_iter().try_fold(Declared::Table(&ROOT), |at, part| match at.step(part) {
        Step::On(next) => Some(next),
        _ => None,
    })
}
