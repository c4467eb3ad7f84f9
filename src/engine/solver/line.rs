//! A claim in money as a straight line of the unknown.

use std::ops::Add;
use std::ops::Sub;

use crate::units::Scalar;

/// `slope * x + constant`, in money.
#[derive(Debug, Clone, Copy)]
pub struct Line<S> {
    /// Shares, where the unknown is a price.
    pub slope: S,
    /// Money.
    pub constant: S,
}

impl<S: Scalar> Line<S> {
    /// Nothing, whatever the unknown.
    pub const ZERO: Line<S> = Line { slope: S::ZERO, constant: S::ZERO };
    /// The unknown itself.
    pub const UNKNOWN: Line<S> = Line { slope: S::ONE, constant: S::ZERO };

    /// Money that does not depend on the unknown.
    #[inline(always)]
    pub fn money(constant: S) -> Line<S> {
        Line { slope: S::ZERO, constant }
    }

    /// Its value.
    #[inline(always)]
    pub fn at(self, x: S) -> S {
        self.slope * x + self.constant
    }

    /// So many times it.
    #[inline(always)]
    #[must_use]
    pub fn scaled(self, by: S) -> Line<S> {
        Line { slope: self.slope * by, constant: self.constant * by }
    }

    /// A ratio times it, multiplied first.
    #[inline(always)]
    #[must_use]
    pub fn times(self, by: S::Per) -> Line<S> {
        Line { slope: self.slope.times(by), constant: self.constant.times(by) }
    }

    /// `yes` where the mask holds, `no` elsewhere.
    #[inline(always)]
    pub fn select(mask: S::Mask, yes: Line<S>, no: Line<S>) -> Line<S> {
        Line { slope: S::select(mask, yes.slope, no.slope), constant: S::select(mask, yes.constant, no.constant) }
    }

    /// The one that is larger at `x`; itself on a tie.
    #[inline(always)]
    #[must_use]
    pub fn most(self, other: Line<S>, x: S) -> Line<S> {
        Line::select(self.at(x).lt(other.at(x)), other, self)
    }

    /// The one that is smaller at `x`; itself on a tie.
    #[inline(always)]
    #[must_use]
    pub fn least(self, other: Line<S>, x: S) -> Line<S> {
        Line::select(other.at(x).lt(self.at(x)), other, self)
    }
}

impl<S: Scalar> Add for Line<S> {
    type Output = Line<S>;

    #[inline(always)]
    fn add(self, other: Line<S>) -> Line<S> {
        Line { slope: self.slope + other.slope, constant: self.constant + other.constant }
    }
}

impl<S: Scalar> Sub for Line<S> {
    type Output = Line<S>;

    #[inline(always)]
    fn sub(self, other: Line<S>) -> Line<S> {
        Line { slope: self.slope - other.slope, constant: self.constant - other.constant }
    }
}
