//! Every figure of a scenario, by number.

use std::sync::Arc;

use crate::diagnostics::Span;
use crate::format::Quantity;
use crate::units::Day;
use crate::units::Decimal;
use crate::units::Fraction;
use crate::units::Period;
use crate::units::grouped;
use crate::units::magnitude;
use crate::units::scaled;

use super::ids::FigureId;
use super::spread::End;
use super::spread::EndKind;
use super::spread::Spread;

/// How sure a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// A source says so.
    Reported,
    /// It stands in a filing.
    Filed,
    /// The parties announced it.
    Announced,
    /// The author of the file says so.
    Stated,
    /// Nobody says so; the author needed a number. Marked in every view.
    Assumed,
    /// The format's default.
    Default,
}

impl Status {
    /// The word of the scenario format.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Status::Reported => "reported",
            Status::Filed => "filed",
            Status::Announced => "announced",
            Status::Stated => "stated",
            Status::Assumed => "assumed",
            Status::Default => "default",
        }
    }
}

/// The range of a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// The lower end as typed.
    pub low: Option<String>,
    /// The upper end as typed.
    pub high: Option<String>,
    /// How it is spread.
    pub shape: Option<String>,
    /// What else fixes the shape, in the order of the format: `p5`, `p95`, `sd`, `sigma`, `options` or `weights`, and
    /// its number or numbers as typed.
    pub given: Vec<(&'static str, String)>,
}

/// How a sum in another currency became the number of its figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversion {
    /// The number as written, in the other currency.
    pub amount: Decimal,
    /// The rate it was multiplied by.
    pub rate: FigureId,
    /// The day of the figure: the rate was the one in force.
    pub on: Day,
}

/// A figure: its number, and where it came from.
#[derive(Debug, Clone)]
pub struct FigureEntry {
    /// Its path in the file.
    pub path: String,
    /// What it counts.
    pub quantity: Quantity,
    /// Its number: money, shares, a part of one for percentages. Zero for a day.
    pub value: Decimal,
    /// Whether it is one for yes and zero for no: a condition that is expected.
    pub is_flag: bool,
    /// The period of a rate or growth.
    pub period: Option<Period>,
    /// The exact fraction where no decimal holds it.
    pub fraction: Option<Fraction>,
    /// The day of a date.
    pub day: Option<Day>,
    /// As it was typed, without quotes.
    pub typed: String,
    /// How it was converted, if it is written in another currency.
    pub converted: Option<Conversion>,
    /// Its range, for people.
    pub range: Option<Range>,
    /// Its ends and its options, in numbers; with or without a shape.
    pub ends: Vec<End>,
    /// How it is spread; none of a figure that has no shape or is a point: it stays at its value.
    pub spread: Option<Spread>,
    /// Ids of the sources that say so.
    pub sources: Vec<String>,
    /// The hedge as printed.
    pub said: Option<String>,
    /// How sure it is.
    pub status: Status,
    /// What other sources say: source id, and the figure as typed.
    pub reports: Vec<(String, String)>,
    /// For people.
    pub remark: Option<String>,
    /// Where it stands; none for a default.
    pub span: Option<Span>,
}

impl FigureEntry {
    /// The lower end of its range, in the unit of its value; of a day its number.
    #[must_use]
    pub fn low(&self) -> Option<Decimal> {
        self.end(EndKind::Low)
    }

    /// The upper end of its range, in the unit of its value; of a day its number.
    #[must_use]
    pub fn high(&self) -> Option<Decimal> {
        self.end(EndKind::High)
    }

    fn end(&self, kind: EndKind) -> Option<Decimal> {
        self.ends.iter().find(|end| end.kind == kind).map(|end| end.value)
    }

    /// What is used of a figure in another currency: every digit of it, with its letter and its period.
    #[must_use]
    pub fn used(&self) -> Option<String> {
        self.converted.as_ref()?;
        let (places, letter) = magnitude(self.value);
        let shorter = scaled(self.value, i32::try_from(places).map_or(0, |places| -places));
        // A number of 28 places has no room for three more.
        let (digits, letter) = shorter.map_or((self.value, ""), |digits| (digits, letter));
        let digits = digits.normalize();
        let period = self.period.map_or_else(String::new, |period| format!("/{}", period.word()));
        Some(format!("{}{letter}{period}", grouped(digits, digits.scale())))
    }

    /// As it was typed, and of a figure in another currency what is used: `EUR 5M = 5.4M`.
    #[must_use]
    pub fn stated(&self) -> String {
        match self.used() {
            Some(used) => format!("{} = {used}", self.typed),
            None => self.typed.clone(),
        }
    }
}

/// Every figure of a scenario. Copies of a scenario share them until one moves a figure.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    all: Arc<Vec<FigureEntry>>,
}

impl Figures {
    /// Keeps a figure and gives its number.
    pub(super) fn add(&mut self, entry: FigureEntry) -> FigureId {
        Arc::make_mut(&mut self.all).push(entry);
        FigureId::at(self.all.len().saturating_sub(1))
    }

    /// Puts another number into a figure, for a study that asks what would follow; of an exchange rate also into the
    /// figures it converts.
    pub fn move_to(&mut self, id: FigureId, value: Decimal) {
        let all = Arc::make_mut(&mut self.all);
        if let Some(figure) = all.get_mut(id.index()) {
            figure.value = value;
            figure.fraction = None;
        }
        for figure in all {
            if let Some(conversion) = figure.converted.as_ref().filter(|conversion| conversion.rate == id)
                && let Some(moved) = conversion.amount.checked_mul(value)
            {
                figure.value = moved;
            }
        }
    }

    /// The figure with that number.
    ///
    /// Numbers are given out by this list alone, so there is one for each.
    #[must_use]
    pub fn get(&self, id: FigureId) -> Option<&FigureEntry> {
        self.all.get(id.index())
    }

    /// The number under which the figure at a path is kept.
    #[must_use]
    pub fn id_of(&self, path: &str) -> Option<FigureId> {
        self.all.iter().position(|figure| figure.path == path).map(FigureId::at)
    }

    /// The number of a figure; zero for a day.
    #[must_use]
    pub fn value(&self, id: FigureId) -> Decimal {
        self.get(id).map_or(Decimal::ZERO, |figure| figure.value)
    }

    /// Where a figure stands.
    #[must_use]
    pub fn span(&self, id: FigureId) -> Option<Span> {
        self.get(id).and_then(|figure| figure.span)
    }

    /// All of them, in the order they were read.
    pub fn iter(&self) -> impl Iterator<Item = &FigureEntry> {
        self.all.iter()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The figure at a path.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<&FigureEntry> {
        self.all.iter().find(|figure| figure.path == path)
    }
}
