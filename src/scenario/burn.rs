//! Reports of how fast money goes.

use crate::diagnostics::Span;
use crate::units::Day;

use super::ids::FigureId;
use super::ids::OwnerId;
use super::profile::Profile;

/// What a burn report counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Money that leaves.
    Cash,
    /// Net loss.
    Loss,
    /// Operating loss.
    OperatingLoss,
    /// Spending before income.
    GrossSpend,
}

impl Measure {
    /// What people read.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Measure::Cash => "cash",
            Measure::Loss => "loss",
            Measure::OperatingLoss => "operating loss",
            Measure::GrossSpend => "gross spend",
        }
    }
}

impl Measure {
    /// The same in a sentence.
    #[must_use]
    pub fn phrase(self) -> &'static str {
        match self {
            Measure::Cash => "cash",
            Measure::Loss => "a loss",
            Measure::OperatingLoss => "an operating loss",
            Measure::GrossSpend => "gross spending",
        }
    }
}

/// One report of how fast money goes.
#[derive(Debug, Clone)]
pub struct Burn {
    /// The id.
    pub id: String,
    /// What people read.
    pub name: String,
    /// What it counts.
    pub measure: Measure,
    /// Whether it is used as cash although it counts something else.
    pub as_cash: bool,
    /// When the forecast was made.
    pub vintage: Option<Day>,
    /// How it runs over time.
    pub content: BurnContent,
    /// What the measure counts and cash does not.
    pub adjustments: Vec<Line>,
    /// Ids of the sources named for the whole report.
    pub sources: Vec<String>,
    /// For people.
    pub remark: Option<String>,
    /// Where it is declared.
    pub span: Span,
}

impl super::company::Scenario {
    /// Forecasts of one source, each with the one made before it: places of the older and of the newer report.
    ///
    /// They are of one source if they name a source in common, for the report or for any of its figures, and of two
    /// vintages if they say when they were made.
    #[must_use]
    pub fn vintages(&self) -> Vec<(usize, usize)> {
        let mut dated: Vec<(usize, &Burn, Day)> =
            self.burns.iter().enumerate().filter_map(|(index, burn)| Some((index, burn, burn.vintage?))).collect();
        dated.sort_by_key(|(_, _, vintage)| *vintage);
        let mut pairs = Vec::new();
        for (place, (index, burn, _)) in dated.iter().enumerate() {
            let own = self.sources_of(burn);
            let earlier = dated.get(..place).unwrap_or(&[]);
            let before = earlier.iter().rev().find(|(_, other, day)| {
                let is_older = burn.vintage.is_some_and(|vintage| *day < vintage);
                is_older
                    && other.measure == burn.measure
                    && self.sources_of(other).iter().any(|source| own.contains(source))
            });
            pairs.extend(before.map(|(other, _, _)| (*other, *index)));
        }
        pairs
    }

    /// The ids of all who are named for a report, or for any of its figures.
    #[must_use]
    pub fn sources_of<'a>(&'a self, burn: &'a Burn) -> Vec<&'a str> {
        let figures = burn.profiles().flat_map(Profile::figures).filter_map(|id| self.figures.get(id));
        let own = burn.sources.iter().map(String::as_str);
        own.chain(figures.flat_map(|figure| figure.sources.iter().map(String::as_str))).collect()
    }
}

/// What a burn report consists of.
#[derive(Debug, Clone)]
pub enum BurnContent {
    /// One figure for everything.
    Whole(Profile),
    /// Lines of income and cost.
    Parts(Vec<Line>),
}

/// A line of a burn built from parts, or an adjustment.
#[derive(Debug, Clone)]
pub struct Line {
    /// The id.
    pub id: String,
    /// What people read.
    pub name: String,
    /// Which way it goes.
    pub kind: LineKind,
    /// How much.
    pub amount: LineAmount,
    /// Whether capacity in kind can pay for it.
    pub eligible: bool,
    /// How many months later it is received or paid.
    pub lag_months: u32,
    /// Who is paid.
    pub to: Option<OwnerId>,
    /// The first day.
    pub from: Option<Day>,
    /// The last day.
    pub until: Option<Day>,
    /// Where it is declared.
    pub span: Span,
}

/// Which way a line goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// It comes in.
    Income,
    /// It is spent.
    Cost,
    /// It is no cash.
    Adjustment,
}

impl LineKind {
    /// The key it stands under.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            LineKind::Income => "income",
            LineKind::Cost => "cost",
            LineKind::Adjustment => "adjust",
        }
    }
}

/// How much a line is.
#[derive(Debug, Clone)]
pub enum LineAmount {
    /// Its own amounts.
    Is(Profile),
    /// A part of all income.
    OfIncome(FigureId),
}

impl Burn {
    /// Whether it gives a runway.
    #[must_use]
    pub fn has_runway(&self) -> bool {
        self.measure == Measure::Cash || self.as_cash || self.is_adjusted()
    }

    /// Whether the file says what turns it into cash.
    #[must_use]
    pub fn is_adjusted(&self) -> bool {
        !self.adjustments.is_empty()
    }

    /// What it counts, and whether it is adjusted to cash, or used as cash all the same.
    #[must_use]
    pub fn measured(&self) -> String {
        match (self.measure, self.as_cash, self.is_adjusted()) {
            (measure, false, true) => format!("{}, adjusted", measure.word()),
            (Measure::Cash, _, _) => "cash".to_owned(),
            (measure, true, _) => format!("{} as cash", measure.word()),
            (measure, false, false) => format!("{}, not cash", measure.word()),
        }
    }

    /// Every line of it: income and cost, then adjustments.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        let parts = match &self.content {
            BurnContent::Whole(_) => &[][..],
            BurnContent::Parts(lines) => lines,
        };
        parts.iter().chain(&self.adjustments)
    }

    /// Every profile of it: its own, or those of its lines.
    pub fn profiles(&self) -> impl Iterator<Item = &Profile> {
        let own = match &self.content {
            BurnContent::Whole(profile) => Some(profile),
            BurnContent::Parts(_) => None,
        };
        own.into_iter().chain(self.lines().filter_map(|line| match &line.amount {
            LineAmount::Is(profile) => Some(profile),
            LineAmount::OfIncome(_) => None,
        }))
    }
}
