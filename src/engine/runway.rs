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
    /// The balance at its end.
    pub balance: S,
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
    /// The balance at the end.
    pub last: S,
}
