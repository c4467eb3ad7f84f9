//! Loans and credit lines.

use crate::diagnostics::Span;
use crate::units::Day;
use crate::units::Month;
use crate::units::Period;

use super::ids::FigureId;
use super::ids::OwnerId;

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
