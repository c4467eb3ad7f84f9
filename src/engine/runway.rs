//! What the months leave: a flow a month, and how long the money lasts.

use crate::units::Scalar;

/// What moved in a month under a burn, in parts of a unit of money.
#[derive(Debug, Clone, Copy)]
pub struct MonthFlow<S> {
    /// Which month, 0 first.
    pub month: usize,
    /// Cash that arrived.
    pub arrived: S,
    /// What the burn report says.
    pub burned: S,
    /// What of it was paid with capacity in kind.
    pub in_kind: S,
    /// Commitments that come on top.
    pub committed: S,
    /// What is owed to counterparties although the report does not spend it there.
    pub shortfall: S,
    /// Interest on the balance.
    pub earned: S,
    /// Drawn of debts.
    pub drawn: S,
    /// Repaid of debts.
    pub repaid: S,
    /// What of it was called on the last day.
    pub called: S,
    /// Interest and fees of debts.
    pub cost: S,
    /// The balance at its end.
    pub balance: S,
    /// The lowest balance at the end of a month so far.
    pub lowest: S,
}

/// How long the money lasts under a burn.
#[derive(Debug, Clone, Copy)]
pub struct Runway<S: Scalar> {
    /// Whether it runs out within the horizon.
    pub runs_out: S::Mask,
    /// The first month whose end is below the minimum, or the number of months.
    pub month: S,
    /// Months since `as_of` until the balance falls below the minimum; read only where `runs_out`.
    pub months: S,
    /// How far into that month, from 0 to 1.
    pub part: S,
    /// The lowest balance at a month's end.
    pub trough: S,
    /// What is missing at the lowest point.
    pub gap: S,
    /// Money that arrives in later months than the one it runs out in; nothing where it does not.
    pub to_come: S,
    /// The balance at the end.
    pub last: S,
}

/// What moved in a debt in a month under a burn, in parts of a unit of money.
#[derive(Debug, Clone, Copy)]
pub struct DebtFlow<S: Scalar> {
    /// Which, by its place among the scenario's debts.
    pub debt: usize,
    /// Which month, 0 first.
    pub month: usize,
    /// Drawn.
    pub drawn: S,
    /// Repaid.
    pub repaid: S,
    /// Interest paid.
    pub interest: S,
    /// Fees paid.
    pub fees: S,
    /// Owed at its end.
    pub outstanding: S,
    /// Whether cash was below the covenant at its end.
    pub is_breached: S::Mask,
}

/// What became of capacity in kind in a month under a burn, in parts of a unit of money.
#[derive(Debug, Clone, Copy)]
pub struct CreditFlow<S> {
    /// The closing it came with.
    pub closing: usize,
    /// Which month, 0 first.
    pub month: usize,
    /// What became available.
    pub granted: S,
    /// What was used.
    pub used: S,
    /// What was lost of the month before.
    pub lost: S,
    /// What is there at its end.
    pub available: S,
}
