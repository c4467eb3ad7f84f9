//! The exact decimal as an engine scalar: checked, and invalid for good once an operation has no answer.

use std::ops::Add;
use std::ops::AddAssign;
use std::ops::BitAnd;
use std::ops::BitOr;
use std::ops::Div;
use std::ops::Mul;
use std::ops::Not;
use std::ops::Sub;
use std::ops::SubAssign;

use rust_decimal::RoundingStrategy;
use rust_decimal::prelude::ToPrimitive;

use super::Decimal;
use super::Direction;
use super::Mask;
use super::Scalar;

/// A decimal of 28 significant digits, or invalid.
///
/// Overflow, division by zero and a product or quotient that vanishes although no factor is zero make it
/// invalid; so does every operation on an invalid number.
///
/// ```
/// use capsim::units::{Decimal, Exact, Scalar};
/// let third = Exact::of(Decimal::ONE).per(Exact::of(Decimal::from(3)));
/// // Multiplied first, divided last: three thirds are one.
/// assert_eq!(Exact::of(Decimal::from(3)).times(third), Exact::ONE);
/// assert!(!(Exact::ONE / Exact::ZERO).is_valid());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exact(Option<Decimal>);

impl Exact {
    /// The number, if every operation behind it had an answer.
    #[must_use]
    pub fn decimal(self) -> Option<Decimal> {
        self.0
    }
}

/// The outcome of an exact comparison: a comparison with an invalid number is undecided, and selecting by it
/// gives an invalid number rather than losing the fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// It does not hold.
    No,
    /// It holds.
    Yes,
    /// One side was invalid.
    Undecided,
}

impl BitAnd for Decided {
    type Output = Decided;

    fn bitand(self, other: Decided) -> Decided {
        match (self, other) {
            (Decided::No, _) | (_, Decided::No) => Decided::No,
            (Decided::Yes, Decided::Yes) => Decided::Yes,
            _ => Decided::Undecided,
        }
    }
}

impl BitOr for Decided {
    type Output = Decided;

    fn bitor(self, other: Decided) -> Decided {
        match (self, other) {
            (Decided::Yes, _) | (_, Decided::Yes) => Decided::Yes,
            (Decided::No, Decided::No) => Decided::No,
            _ => Decided::Undecided,
        }
    }
}

impl Not for Decided {
    type Output = Decided;

    fn not(self) -> Decided {
        match self {
            Decided::No => Decided::Yes,
            Decided::Yes => Decided::No,
            Decided::Undecided => Decided::Undecided,
        }
    }
}

impl Mask for Decided {
    const NEVER: Decided = Decided::No;
    const ALWAYS: Decided = Decided::Yes;

    fn any(self) -> bool {
        self != Decided::No
    }

    fn all(self) -> bool {
        self != Decided::No
    }
}

/// A ratio kept as numerator and denominator, so that a multiplication can come before the division.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    numerator: Exact,
    denominator: Exact,
}

impl Add for Exact {
    type Output = Exact;

    #[inline]
    fn add(self, other: Exact) -> Exact {
        match (self.0, other.0) {
            (Some(a), Some(b)) => Exact(a.checked_add(b)),
            _ => Exact(None),
        }
    }
}

impl Sub for Exact {
    type Output = Exact;

    #[inline]
    fn sub(self, other: Exact) -> Exact {
        match (self.0, other.0) {
            (Some(a), Some(b)) => Exact(a.checked_sub(b)),
            _ => Exact(None),
        }
    }
}

impl Mul for Exact {
    type Output = Exact;

    #[inline]
    fn mul(self, other: Exact) -> Exact {
        match (self.0, other.0) {
            (Some(a), Some(b)) => {
                let product = a.checked_mul(b);
                match product {
                    Some(p) if p.is_zero() && !a.is_zero() && !b.is_zero() => Exact(None),
                    _ => Exact(product),
                }
            }
            _ => Exact(None),
        }
    }
}

impl Div for Exact {
    type Output = Exact;

    #[inline]
    fn div(self, other: Exact) -> Exact {
        match (self.0, other.0) {
            (Some(a), Some(b)) => match a.checked_div(b) {
                Some(q) if q.is_zero() && !a.is_zero() => Exact(None),
                quotient => Exact(quotient),
            },
            _ => Exact(None),
        }
    }
}

impl AddAssign for Exact {
    fn add_assign(&mut self, other: Exact) {
        *self = *self + other;
    }
}

impl SubAssign for Exact {
    fn sub_assign(&mut self, other: Exact) {
        *self = *self - other;
    }
}

/// A count within this distance of a whole step is on the step: the arithmetic behind it carries 28 digits, so
/// even ten billion shares are known to sixteen places.
const GRAIN: Decimal = Decimal::from_parts(1, 0, 0, false, 12);

impl Scalar for Exact {
    type Mask = Decided;
    type Per = Part;

    const ZERO: Exact = Exact(Some(Decimal::ZERO));
    const ONE: Exact = Exact(Some(Decimal::ONE));
    const INVALID: Exact = Exact(None);
    const GRAIN: Exact = Exact(Some(Decimal::from_parts(1, 0, 0, false, 22)));

    #[inline]
    fn of(value: Decimal) -> Exact {
        Exact(Some(value))
    }

    #[inline]
    fn lt(self, other: Exact) -> Decided {
        match (self.0, other.0) {
            (Some(a), Some(b)) if a < b => Decided::Yes,
            (Some(_), Some(_)) => Decided::No,
            _ => Decided::Undecided,
        }
    }

    #[inline]
    fn select(mask: Decided, yes: Exact, no: Exact) -> Exact {
        match mask {
            Decided::Yes => yes,
            Decided::No => no,
            Decided::Undecided => Exact(None),
        }
    }

    #[inline]
    fn per(self, denominator: Exact) -> Part {
        Part { numerator: self, denominator }
    }

    #[inline]
    fn times(self, ratio: Part) -> Exact {
        self * ratio.numerator / ratio.denominator
    }

    #[inline]
    fn inverse(ratio: Part) -> Part {
        Part { numerator: ratio.denominator, denominator: ratio.numerator }
    }

    #[inline]
    fn chained(first: Part, second: Part) -> Part {
        Part { numerator: first.numerator * second.numerator, denominator: first.denominator * second.denominator }
    }

    #[inline]
    fn pick(mask: Decided, yes: Part, no: Part) -> Part {
        match mask {
            Decided::Yes => yes,
            Decided::No => no,
            Decided::Undecided => Part { numerator: Exact(None), denominator: Exact(None) },
        }
    }

    fn rounded(self, places: u32, direction: Direction) -> Exact {
        let Some(value) = self.0 else { return self };
        let nearest = value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
        if let Some(distance) = value.checked_sub(nearest)
            && distance.abs() <= GRAIN
        {
            return Exact(Some(nearest));
        }
        if direction == Direction::Nearest {
            // What stands within the last digits of a half is a half, and goes away from zero.
            let mut nudge = GRAIN;
            nudge.set_sign_negative(value.is_sign_negative());
            let nudged = value.checked_add(nudge).unwrap_or(value);
            return Exact(Some(nudged.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)));
        }
        let strategy = match direction {
            Direction::Up => RoundingStrategy::ToPositiveInfinity,
            Direction::Down => RoundingStrategy::ToNegativeInfinity,
            Direction::Nearest => RoundingStrategy::MidpointAwayFromZero,
        };
        Exact(Some(value.round_dp_with_strategy(places, strategy)))
    }

    fn is_valid(self) -> bool {
        self.0.is_some()
    }

    fn approximate(self) -> f64 {
        self.0.and_then(|value| value.to_f64()).unwrap_or(f64::NAN)
    }
}
