//! Money in the bank, how fast it goes, what is promised.

use crate::diagnostics::Span;
use crate::units::Day;
use crate::units::Month;
use crate::units::Period;
use crate::units::ScheduledPeriod;

use super::ids::ConditionId;
use super::ids::FigureId;
use super::ids::OwnerId;

/// Money in the bank.
#[derive(Debug, Clone, Copy)]
pub struct Cash {
    /// What is there on `as_of`.
    pub opening: FigureId,
    /// The company counts as out of cash below it.
    pub minimum: FigureId,
    /// Earned on the balance, per period.
    pub interest: Option<(FigureId, Period)>,
}

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

    /// Whether it says what is spent, before income: a net figure does not say how much of a commitment it holds.
    #[must_use]
    pub fn shows_spending(&self) -> bool {
        self.measure == Measure::GrossSpend || matches!(self.content, BurnContent::Parts(_))
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

/// How a burn runs over time.
#[derive(Debug, Clone)]
pub enum Profile {
    /// A rate from `as_of` on, with growth.
    Rate {
        /// The rate.
        rate: FigureId,
        /// Its period.
        period: Period,
        /// Growth from the start.
        growth: Option<(FigureId, Period)>,
        /// Other growth from a day on, by day.
        phases: Vec<Phase>,
    },
    /// Amounts by period.
    Scheduled {
        /// The named periods.
        lines: Vec<(ScheduledPeriod, FigureId)>,
        /// A total that fills the years not named.
        through: Option<Through>,
    },
    /// Staff, and what one of them costs.
    Staff {
        /// How many from each day on, by day.
        heads: Vec<(Day, FigureId)>,
        /// What one of them costs.
        per_head: FigureId,
        /// Per which period.
        period: Period,
    },
}

impl Profile {
    /// Every figure of it.
    #[must_use]
    pub fn figures(&self) -> Vec<FigureId> {
        match self {
            Profile::Rate { rate, growth, phases, .. } => {
                let grown = growth.iter().map(|(figure, _)| *figure);
                std::iter::once(*rate).chain(grown).chain(phases.iter().map(|phase| phase.growth)).collect()
            }
            Profile::Scheduled { lines, through } => {
                let filled = through.iter().flat_map(|through| {
                    let growth = if let Fill::Growth(growth) = through.fill { Some(growth) } else { None };
                    std::iter::once(through.total).chain(growth)
                });
                lines.iter().map(|(_, figure)| *figure).chain(filled).collect()
            }
            Profile::Staff { heads, per_head, .. } => {
                heads.iter().map(|(_, figure)| *figure).chain(std::iter::once(*per_head)).collect()
            }
        }
    }
}

/// Growth from a day on.
#[derive(Debug, Clone, Copy)]
pub struct Phase {
    /// The first day of the first period that steps.
    pub from: Day,
    /// By how much each period.
    pub growth: FigureId,
    /// The period.
    pub period: Period,
}

/// A cumulative total.
#[derive(Debug, Clone, Copy)]
pub struct Through {
    /// The first year of the count.
    pub from: i16,
    /// The last year of the count.
    pub year: i16,
    /// The total.
    pub total: FigureId,
    /// How the years not named are filled.
    pub fill: Fill,
}

/// How years are filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fill {
    /// Equally.
    Flat,
    /// Growing from year to year.
    Growth(FigureId),
}

/// Spending promised to a counterparty.
#[derive(Debug, Clone)]
pub struct Commitment {
    /// The id.
    pub id: String,
    /// What people read.
    pub name: String,
    /// The counterparty.
    pub to: OwnerId,
    /// How much in all.
    pub amount: FigureId,
    /// The first day.
    pub from: Day,
    /// The last.
    pub end: CommitmentEnd,
    /// Whether the burn reports already hold it.
    pub within_burn: bool,
    /// Amounts by period, where it is not spread evenly.
    pub ramp: Vec<(ScheduledPeriod, FigureId)>,
    /// Whether it is owed even if unused.
    pub take_or_pay: bool,
    /// Where it is declared.
    pub span: Span,
}

/// How the end of a commitment was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommitmentEnd {
    /// After so many months.
    Months(u32),
    /// On a last day.
    Until(Day),
}

impl Commitment {
    /// The last day it runs; none past the calendar's end.
    #[must_use]
    pub fn last_day(&self) -> Option<Day> {
        match self.end {
            CommitmentEnd::Months(months) => self.from.plus_months(i64::from(months))?.plus_days(-1),
            CommitmentEnd::Until(day) => Some(day),
        }
    }
}

/// A loan or a credit line.
#[derive(Debug, Clone)]
pub struct Debt {
    /// The id.
    pub id: String,
    /// What people read.
    pub name: String,
    /// Whether it is a revolver.
    pub is_revolver: bool,
    /// The amount of a loan, the limit of a line.
    pub size: FigureId,
    /// Who lends.
    pub lender: Option<OwnerId>,
    /// The first day it can be drawn.
    pub from: Day,
    /// The day it is repaid by.
    pub until: Day,
    /// Interest on what is owed.
    pub rate: (FigureId, Period),
    /// On what may still be drawn.
    pub undrawn_fee: Option<(FigureId, Period)>,
    /// Of the size, on the first day.
    pub fee: Option<FigureId>,
    /// When it is drawn.
    pub draws: Draws,
    /// When it is repaid.
    pub repayment: Repayment,
    /// Months before the first monthly part.
    pub interest_only: u32,
    /// The least cash at a month's end, and what a breach does.
    pub covenant: Option<Covenant>,
    /// Where it is declared.
    pub span: Span,
}

impl Debt {
    /// The month of the first of equal monthly parts: after the first whole month, or as many more as pay interest
    /// only.
    #[must_use]
    pub fn first_part(&self) -> Month {
        let begun = i64::from(self.from.of_month() > 1);
        let month = self.from.month().ordinal().saturating_add(begun).saturating_add(i64::from(self.interest_only));
        Month::from_ordinal(month).unwrap_or(self.until.month())
    }
}

/// When a debt is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Draws {
    /// All on the first day.
    AtOnce,
    /// These amounts on these days.
    Schedule(Vec<(Day, FigureId)>),
    /// Whatever cash lacks of the minimum at a month's end.
    BelowMinimum,
}

/// When a debt is repaid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repayment {
    /// On the last day.
    AtMaturity,
    /// In equal monthly parts.
    Monthly,
    /// With whatever cash exceeds the minimum at a month's end.
    AboveMinimum,
}

/// The least cash while something is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Covenant {
    /// At a month's end.
    pub least: FigureId,
    /// Whether what is owed must be repaid at once.
    pub is_called: bool,
}

/// A column of the runway matrix.
#[derive(Debug, Clone)]
pub struct OutcomeColumn {
    /// The id.
    pub id: String,
    /// What people read.
    pub name: String,
    /// Conditions and whether they are met.
    pub conditions: Vec<(ConditionId, bool)>,
    /// Where it is declared.
    pub span: Span,
}
