//! When a closing happens: conditions met or not, as masks.

use crate::units::Decimal;

use super::Slot;

/// A combination of conditions. Each condition is a figure: one if it is met, zero if not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Guard {
    /// Whatever happens.
    Always,
    /// If this condition is met.
    If(Slot),
    /// If this is not so.
    Not(Box<Guard>),
    /// If all of these are.
    All(Vec<Guard>),
    /// If one of these is.
    Any(Vec<Guard>),
}

impl Guard {
    /// Whether it holds for these values.
    #[must_use]
    pub fn holds(&self, values: &[Decimal]) -> bool {
        match self {
            Guard::Always => true,
            Guard::If(slot) => values.get(slot.index()).is_some_and(|value| !value.is_zero()),
            Guard::Not(inner) => !inner.holds(values),
            Guard::All(parts) => parts.iter().all(|part| part.holds(values)),
            Guard::Any(parts) => parts.iter().any(|part| part.holds(values)),
        }
    }
}
