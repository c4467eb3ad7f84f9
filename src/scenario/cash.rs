//! Money in the bank, and what is promised.

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
    /// Earned on the balance, per period.
    pub interest: Option<(FigureId, Period)>,
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
