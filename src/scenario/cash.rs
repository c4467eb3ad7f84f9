//! Money in the bank, how fast it goes, what is promised.

use crate::diagnostics::Span;
use crate::units::Day;
use crate::units::Period;
use crate::units::ScheduledPeriod;

use super::ids::FigureId;
use super::ids::OwnerId;

/// Money in the bank.
#[derive(Debug, Clone, Copy)]
pub struct Cash {
    /// What is there on `as_of`.
    pub opening: FigureId,
    /// The company counts as out of cash below it.
    pub minimum: FigureId,
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
    pub profile: Profile,
    /// For people.
    pub remark: Option<String>,
    /// Where it is declared.
    pub span: Span,
}

impl Burn {
    /// Whether it gives a runway.
    #[must_use]
    pub fn has_runway(&self) -> bool {
        self.measure == Measure::Cash || self.as_cash
    }

    /// What it counts, and whether it is used as cash all the same.
    #[must_use]
    pub fn measured(&self) -> String {
        match (self.measure, self.as_cash) {
            (Measure::Cash, _) => "cash".to_owned(),
            (measure, true) => format!("{}, used as cash", measure.word()),
            (measure, false) => format!("{}, not cash", measure.word()),
        }
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
