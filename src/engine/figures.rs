//! The numbers of a play, by slot.

use crate::plan::CashPart;
use crate::plan::Guard;
use crate::plan::PartPlan;
use crate::plan::SizePlan;
use crate::plan::Slot;
use crate::units::Mask;
use crate::units::Scalar;

/// One number a slot.
#[derive(Debug, Clone, Copy)]
pub struct Figures<'a, S> {
    all: &'a [S],
}

impl<'a, S: Scalar> Figures<'a, S> {
    /// The numbers of a play.
    #[must_use]
    #[inline(always)]
    pub fn new(all: &'a [S]) -> Figures<'a, S> {
        Figures { all }
    }

    /// The number in a slot. A slot that no number was given for is invalid, never zero.
    #[inline(always)]
    pub fn at(self, slot: Slot) -> S {
        self.all.get(slot.index()).copied().unwrap_or(S::INVALID)
    }

    /// Whether a condition or a participation holds: one for yes, zero for no.
    #[inline(always)]
    pub fn is_set(self, slot: Slot) -> S::Mask {
        S::ZERO.lt(self.at(slot))
    }

    /// When a guard holds.
    #[inline(always)]
    pub fn holds(self, guard: &Guard) -> S::Mask {
        match guard {
            Guard::Always => S::Mask::ALWAYS,
            Guard::If(slot) => self.is_set(*slot),
            made => self.holds_together(made),
        }
    }

    /// A guard that is made of others.
    fn holds_together(self, guard: &Guard) -> S::Mask {
        match guard {
            Guard::Always | Guard::If(_) => self.holds(guard),
            Guard::Not(inner) => !self.holds_together(inner),
            Guard::All(parts) => parts.iter().fold(S::Mask::ALWAYS, |all, part| all & self.holds_together(part)),
            Guard::Any(parts) => parts.iter().fold(S::Mask::NEVER, |any, part| any | self.holds_together(part)),
        }
    }

    /// The money a size says. What is counted in shares or in months of burn says none: it is invalid, never zero.
    #[inline(always)]
    pub fn money(self, size: &SizePlan) -> S {
        match size {
            SizePlan::Money(slot) => self.at(*slot),
            SizePlan::Less(slot, less) => less.iter().fold(self.at(*slot), |left, less| left - self.at(*less)),
            SizePlan::PerUnit(slot, units) => self.at(*slot) * self.sum(units),
            SizePlan::Shares(_) | SizePlan::BurnMonths(..) => S::INVALID,
        }
    }

    /// The sum of some figures.
    #[inline(always)]
    pub fn sum(self, slots: &[Slot]) -> S {
        slots.iter().fold(S::ZERO, |sum, slot| sum + self.at(*slot))
    }

    /// One part of a split.
    #[inline(always)]
    pub fn part(self, part: &PartPlan) -> S {
        match part {
            PartPlan::Is(slot) => self.at(*slot),
            PartPlan::Rest(others) => self.rest(others),
        }
    }

    /// How much of a payment is cash.
    #[inline(always)]
    pub fn cash(self, part: &CashPart) -> S {
        match part {
            CashPart::All => S::ONE,
            CashPart::Nothing => S::ZERO,
            CashPart::Is(slot) => self.at(*slot),
            CashPart::Rest(others) => self.rest(others),
        }
    }

    /// What some parts leave of one.
    #[inline(always)]
    fn rest(self, others: &[Slot]) -> S {
        others.iter().fold(S::ONE, |rest, slot| rest - self.at(*slot))
    }
}
