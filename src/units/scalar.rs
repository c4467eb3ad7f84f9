//! The engine's number: one text of the engine serves exact decimals and floats.

use std::fmt::Debug;
use std::ops::Add;
use std::ops::AddAssign;
use std::ops::BitAnd;
use std::ops::BitOr;
use std::ops::Div;
use std::ops::Mul;
use std::ops::Not;
use std::ops::Sub;
use std::ops::SubAssign;

use super::Decimal;
use super::Direction;

/// The outcome of a comparison, combined without branching so that many draws can decide at once.
pub trait Mask: Copy + Debug + BitAnd<Output = Self> + BitOr<Output = Self> + Not<Output = Self> {
    /// False everywhere.
    const NEVER: Self;
    /// True everywhere.
    const ALWAYS: Self;
    /// Whether the mask may be true somewhere. An undecided comparison counts as possible.
    fn any(self) -> bool;
    /// Whether to do what has an effect only where the mask is true: a play that is written down for others to follow
    /// does it in doubt.
    #[inline(always)]
    fn may_hold(self) -> bool {
        self.any()
    }
    /// Whether the mask may be true everywhere. An undecided comparison counts as possible.
    fn all(self) -> bool;
}

/// A number that a plan holds, exactly and as the nearest float, so that no play has to convert it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Constant {
    exact: Decimal,
    float: f64,
}

impl Constant {
    /// The constant of a number.
    #[must_use]
    pub fn of(exact: Decimal) -> Constant {
        Constant { exact, float: f64::of(exact) }
    }

    /// The number.
    #[must_use]
    pub fn exact(&self) -> Decimal {
        self.exact
    }

    /// The nearest float.
    #[must_use]
    #[inline(always)]
    pub fn float(&self) -> f64 {
        self.float
    }
}

/// A number the engine computes with.
///
/// A choice that depends on a figure's value is written with [`Scalar::lt`] and [`Scalar::select`], not with
/// `if`, so that a scalar may also be many draws side by side. An operation that has no answer (a division by
/// zero, an overflow, a product that vanishes) yields an invalid number, which every further operation carries
/// on; [`Scalar::is_valid`] is asked once an event.
pub trait Scalar:
    Copy + Debug + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self> + AddAssign + SubAssign
{
    /// The outcome of a comparison.
    type Mask: Mask;
    /// A ratio ready to be multiplied with. The exact scalar keeps numerator and denominator and divides last;
    /// floats carry the quotient.
    type Per: Copy + Debug;

    /// Whether it is one number, not many side by side.
    const IS_ONE: bool = true;
    /// Nothing.
    const ZERO: Self;
    /// One.
    const ONE: Self;
    /// No number.
    const INVALID: Self;
    /// The part of a number within which two computations of it agree.
    const GRAIN: Self;

    /// The number a scenario wrote.
    fn of(value: Decimal) -> Self;
    /// A number of a plan.
    #[must_use]
    #[inline(always)]
    fn constant(value: &Constant) -> Self {
        Self::of(value.exact())
    }
    /// A number that a plan counts in: months, days, parts. Invalid above what a decimal holds.
    #[must_use]
    fn whole(value: i128) -> Self {
        Decimal::try_from_i128_with_scale(value, 0).map_or(Self::INVALID, Self::of)
    }
    /// Whether `self` is smaller than `other`.
    fn lt(self, other: Self) -> Self::Mask;
    /// `yes` where the mask holds, `no` elsewhere.
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self;
    /// The ratio `self / denominator`.
    fn per(self, denominator: Self) -> Self::Per;
    /// `self` times a ratio: multiplied first, divided last.
    #[must_use]
    fn times(self, ratio: Self::Per) -> Self;
    /// The ratio turned over.
    fn inverse(ratio: Self::Per) -> Self::Per;
    /// Two ratios as one.
    fn chained(first: Self::Per, second: Self::Per) -> Self::Per;
    /// `yes` where the mask holds, `no` elsewhere.
    fn pick(mask: Self::Mask, yes: Self::Per, no: Self::Per) -> Self::Per;
    /// The number rounded to `places` decimals. A number that stands within the last digits of its arithmetic
    /// of a whole step is that step.
    #[must_use]
    fn rounded(self, places: u32, direction: Direction) -> Self;
    /// Whether the number is one: no operation behind it failed.
    fn is_valid(self) -> bool;
    /// The nearest float, for display and for findings.
    fn approximate(self) -> f64;

    /// One whole number over another.
    #[must_use]
    #[inline(always)]
    fn ratio(numerator: i128, denominator: i128) -> Self {
        Self::whole(numerator) / Self::whole(denominator)
    }

    /// The ratio as a number.
    #[inline(always)]
    fn quotient(ratio: Self::Per) -> Self {
        Self::ONE.times(ratio)
    }

    /// The smaller of two.
    #[must_use]
    #[inline(always)]
    fn least(self, other: Self) -> Self {
        Self::select(other.lt(self), other, self)
    }

    /// The number without its sign.
    #[must_use]
    #[inline(always)]
    fn magnitude(self) -> Self {
        Self::select(self.lt(Self::ZERO), Self::ZERO - self, self)
    }

    /// The number, or zero if it is negative.
    #[must_use]
    #[inline(always)]
    fn at_least_zero(self) -> Self {
        Self::select(self.lt(Self::ZERO), Self::ZERO, self)
    }
}

/// A number of a simulation: floats, one or many, which know what lies beyond every number.
pub trait Floating: Scalar {
    /// More than any number.
    const BEYOND: Self;

    /// The same number for every draw.
    fn all(value: f64) -> Self;
}

impl Floating for f64 {
    const BEYOND: f64 = f64::INFINITY;

    #[inline(always)]
    fn all(value: f64) -> f64 {
        value
    }
}

impl Mask for bool {
    const NEVER: bool = false;
    const ALWAYS: bool = true;

    #[inline(always)]
    fn any(self) -> bool {
        self
    }

    #[inline(always)]
    fn all(self) -> bool {
        self
    }
}

/// The powers of ten that a float holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

/// A whole number that a float holds exactly.
#[inline(always)]
#[allow(clippy::cast_precision_loss, reason = "whole numbers up to 2^53 are floats")]
fn small(value: i128) -> Option<f64> {
    let value = i64::try_from(value).ok()?;
    (value.unsigned_abs() <= 1 << 53).then_some(value as f64)
}

/// How near to a step a float must be to count as on it, relative to its size.
const FLOAT_GRAIN: f64 = 1e-13;

impl Scalar for f64 {
    type Mask = bool;
    type Per = f64;

    const ZERO: f64 = 0.0;
    const ONE: f64 = 1.0;
    const INVALID: f64 = f64::NAN;
    const GRAIN: f64 = 4e-15;

    #[inline(always)]
    fn of(value: Decimal) -> f64 {
        match (small(value.mantissa()), POWERS.get(value.scale() as usize)) {
            // Both are floats, so the quotient is the nearest one there is.
            (Some(mantissa), Some(power)) => mantissa / power,
            // Parsed from the digits, which gives the same.
            _ => value.to_string().parse().unwrap_or(f64::NAN),
        }
    }

    #[inline(always)]
    fn constant(value: &Constant) -> f64 {
        value.float()
    }

    #[inline(always)]
    fn whole(value: i128) -> f64 {
        match small(value) {
            Some(value) => value,
            None => Decimal::try_from_i128_with_scale(value, 0).map_or(f64::NAN, f64::of),
        }
    }

    #[inline(always)]
    fn lt(self, other: f64) -> bool {
        self < other
    }

    #[inline(always)]
    fn select(mask: bool, yes: f64, no: f64) -> f64 {
        if mask { yes } else { no }
    }

    #[inline(always)]
    fn per(self, denominator: f64) -> f64 {
        self / denominator
    }

    #[inline(always)]
    fn times(self, ratio: f64) -> f64 {
        self * ratio
    }

    #[inline(always)]
    fn inverse(ratio: f64) -> f64 {
        1.0 / ratio
    }

    #[inline(always)]
    fn chained(first: f64, second: f64) -> f64 {
        first * second
    }

    #[inline(always)]
    fn pick(mask: bool, yes: f64, no: f64) -> f64 {
        if mask { yes } else { no }
    }

    fn rounded(self, places: u32, direction: Direction) -> f64 {
        let step = 10f64.powi(i32::try_from(places).unwrap_or(i32::MAX));
        let steps = self * step;
        let nearest = steps.round();
        let whole = if (steps - nearest).abs() <= FLOAT_GRAIN * steps.abs().max(1.0) {
            nearest
        } else {
            match direction {
                Direction::Up => steps.ceil(),
                Direction::Down => steps.floor(),
                // What stands within the last digits of a half is a half, and goes away from zero.
                Direction::Nearest => (steps + (FLOAT_GRAIN * steps.abs().max(1.0)).copysign(steps)).round(),
            }
        };
        whole / step
    }

    #[inline(always)]
    fn is_valid(self) -> bool {
        self.is_finite()
    }

    fn approximate(self) -> f64 {
        self
    }
}
