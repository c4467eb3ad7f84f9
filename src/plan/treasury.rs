//! Months, and what flows in each: burns by lines of equal months, debts, commitments by month.
//!
//! Balances are kept in parts of a unit: the denominator is the least common multiple of everything the flows
//! are divided by (twelve for a yearly figure, the days of a part month, the months of a drawdown), so that
//! adding up months loses nothing, and a balance of exactly zero is zero.

use crate::units::Constant;
use crate::units::Day;
use crate::units::Decimal;
use crate::units::Fraction;
use crate::units::Month;

use super::Slot;

/// Months, burns, debts and commitments.
#[derive(Debug, Clone, Default)]
pub struct TreasuryPlan {
    /// The calendar months from `as_of` to the horizon.
    pub months: Vec<MonthPlan>,
    /// Balances are kept in parts of a unit of this size.
    pub denominator: Decimal,
    /// Money in the bank; none without it.
    pub cash: Option<CashPlan>,
    /// The burns that give a runway.
    pub burns: Vec<BurnPlan>,
    /// The burn that decides how much is raised, by its place among them.
    pub deciding: Option<usize>,
    /// Only this burn is played, by its place: of a play that is to say when money runs low.
    pub only: Option<usize>,
    /// Loans and credit lines.
    pub debts: Vec<DebtPlan>,
    /// Commitments that come on top of the burns, or are owed even if the burns do not use them.
    pub commitments: Vec<CommitmentPlan>,
}

/// Money in the bank.
#[derive(Debug, Clone, Copy)]
pub struct CashPlan {
    /// What is there on `as_of`.
    pub opening: Slot,
    /// The company counts as out of cash below it.
    pub minimum: Slot,
    /// What a balance earns, and in how many months.
    pub interest: Option<(Slot, u32)>,
}

/// A calendar month of the projection.
#[derive(Debug, Clone, Copy)]
pub struct MonthPlan {
    /// Which.
    pub month: Month,
    /// Its first day that counts.
    pub first: Day,
    /// Months since `as_of` at its start.
    pub elapsed: Fraction,
    /// How much of it counts.
    pub length: Fraction,
    /// How many days of it count.
    pub days: u32,
}

impl MonthPlan {
    /// Its last day that counts.
    #[must_use]
    pub fn last(&self) -> Option<Day> {
        self.first.plus_days(i64::from(self.days) - 1)
    }
}

/// A burn report by its lines.
#[derive(Debug, Clone)]
pub struct BurnPlan {
    /// Its place among the scenario's burns.
    pub burn: usize,
    /// Whether it is one figure for everything, perhaps adjusted.
    pub is_whole: bool,
    /// Its lines; one alone for a report of one figure.
    pub lines: Vec<LinePlan>,
}

/// A line of a burn report.
#[derive(Debug, Clone)]
pub struct LinePlan {
    /// Which way it goes.
    pub way: Way,
    /// Whether capacity in kind can pay for it.
    pub eligible: bool,
    /// Who is paid.
    pub to: Option<usize>,
    /// A part of what the profiles come to, if not all.
    pub part: Option<Slot>,
    /// Its amounts, added, in the months they are paid.
    pub profiles: Vec<ProfilePlan>,
    /// The same in the months they are spent, of a line that is paid later to somebody.
    pub spent: Option<Vec<ProfilePlan>>,
}

/// Which way a line goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It leaves.
    Out,
    /// It comes in, or is no cash.
    In,
}

/// Amounts by stretches of equal months.
#[derive(Debug, Clone)]
pub struct ProfilePlan {
    /// The stretches, in order; together all months.
    pub segments: Vec<Segment>,
    /// A total that fills years.
    pub fill: Option<FillPlan>,
}

/// Months with one and the same outflow.
#[derive(Debug, Clone)]
pub struct Segment {
    /// How many months.
    pub months: usize,
    /// What the outflow is a multiple of.
    pub base: Base,
    /// The multiple, in parts of a unit.
    pub coefficient: Constant,
}

/// What an outflow is a multiple of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// The rate as it has grown so far; grown once more before, if a figure is named.
    Rate(Slot, Option<Slot>),
    /// A figure.
    Figure(Slot),
    /// The year of the fill with that number.
    Fill(u32),
    /// Staff, and what one of them costs.
    Staff(Slot, Slot),
    /// Nothing.
    Nothing,
}

/// A total that fills years.
#[derive(Debug, Clone)]
pub struct FillPlan {
    /// The total.
    pub total: Slot,
    /// The figures of the named years.
    pub named: Vec<Slot>,
    /// The growth from year to year; none if flat.
    pub growth: Option<Slot>,
    /// The years filled, counted from the first of them.
    pub years: Vec<u32>,
}

/// A commitment by month, in parts of a unit.
#[derive(Debug, Clone)]
pub struct CommitmentPlan {
    /// The counterparty.
    pub to: usize,
    /// Whether it comes on top of the burn, and not only where the burn does not use it.
    pub on_top: bool,
    /// The amount in all.
    pub amount: Slot,
    /// The amounts of a ramp, which weigh it; empty where it is spread evenly.
    pub weights: Vec<Slot>,
    /// For each month of the projection that it touches: which, the weight it is due of, and the multiple.
    pub months: Vec<(usize, Option<Slot>, Constant)>,
}

/// A loan or a credit line by month.
#[derive(Debug, Clone)]
pub struct DebtPlan {
    /// Its place among the scenario's debts.
    pub debt: usize,
    /// The amount of a loan, the limit of a line.
    pub size: Slot,
    /// Interest on what is owed, and in how many months.
    pub rate: (Slot, u32),
    /// On what may still be drawn, and in how many months.
    pub undrawn_fee: Option<(Slot, u32)>,
    /// Of the size, and the month it is paid in.
    pub fee: Option<(Slot, i64)>,
    /// What is drawn when: the month, the amount, and how much of the month it is owed.
    pub draws: Vec<DrawPlan>,
    /// Whether it is drawn when cash falls below the minimum.
    pub is_automatic: bool,
    /// Whether it is repaid when cash exceeds the minimum.
    pub is_swept: bool,
    /// The first month of equal parts, if it is repaid in them.
    pub parts_from: Option<i64>,
    /// The first month it can be drawn in.
    pub first: i64,
    /// The month it is repaid in.
    pub last: i64,
    /// Whether its last day is played: else what is due then is still owed at the end.
    pub is_ended: bool,
    /// How much of the first month it can be drawn in.
    pub first_part: Fraction,
    /// How much of the last month it is owed.
    pub last_part: Fraction,
    /// The least cash, and whether a breach calls it.
    pub covenant: Option<(Slot, bool)>,
}

/// What is drawn of a debt.
#[derive(Debug, Clone, Copy)]
pub struct DrawPlan {
    /// The month, counted from that of `as_of`.
    pub month: i64,
    /// Whether it lies before `as_of`: its cash is in the bank already.
    pub is_before: bool,
    /// The amount.
    pub amount: Slot,
    /// How much of the month it is owed.
    pub part: Fraction,
}
