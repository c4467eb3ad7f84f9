//! How an amount runs over time.

use crate::units::Day;
use crate::units::Period;
use crate::units::ScheduledPeriod;

use super::ids::FigureId;

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
