//! Many draws side by side: a number for each, computed on by the same text as one.

#![allow(
    clippy::indexing_slicing,
    clippy::needless_range_loop,
    clippy::eq_op,
    reason = "each loop runs over the lanes there are"
)]

use std::ops::Add;
use std::ops::AddAssign;
use std::ops::BitAnd;
use std::ops::BitOr;
use std::ops::Div;
use std::ops::Mul;
use std::ops::Not;
use std::ops::Sub;
use std::ops::SubAssign;

use super::Constant;
use super::Decimal;
use super::Direction;
use super::Floating;
use super::Mask;
use super::Scalar;

/// `N` floats side by side.
///
/// Every operation is done lane by lane, exactly as on one `f64`: no lane sees another, so a draw has the same bits in
/// any lane, at any width, on any instruction set. Nothing is contracted to a fused multiply-add.
///
/// ```
/// use capsim::units::{Lanes, Scalar};
/// let third = Lanes::<4>::ONE / Lanes([3.0, 6.0, 12.0, 24.0]);
/// assert_eq!(third.0, [1.0 / 3.0, 1.0 / 6.0, 1.0 / 12.0, 1.0 / 24.0]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C, align(64))]
pub struct Lanes<const N: usize>(pub [f64; N]);

/// What holds in which lane: all ones where it does, nothing elsewhere, so that selecting is a blend of bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C, align(64))]
pub struct LaneMask<const N: usize>([u64; N]);

// Plain loops over the lanes: the compiler makes vectors of these, and calls of any iterator.

impl<const N: usize> Lanes<N> {
    /// The same number in every lane.
    #[inline(always)]
    #[must_use]
    pub fn splat(value: f64) -> Lanes<N> {
        Lanes([value; N])
    }
}

impl<const N: usize> Lanes<N> {
    /// The square root of each.
    #[inline(always)]
    #[must_use]
    pub fn sqrt(mut self) -> Lanes<N> {
        for lane in 0..N {
            self.0[lane] = self.0[lane].sqrt();
        }
        self
    }
}

impl<const N: usize> BitAnd for LaneMask<N> {
    type Output = LaneMask<N>;

    #[inline(always)]
    fn bitand(mut self, other: LaneMask<N>) -> LaneMask<N> {
        for lane in 0..N {
            self.0[lane] &= other.0[lane];
        }
        self
    }
}

impl<const N: usize> BitOr for LaneMask<N> {
    type Output = LaneMask<N>;

    #[inline(always)]
    fn bitor(mut self, other: LaneMask<N>) -> LaneMask<N> {
        for lane in 0..N {
            self.0[lane] |= other.0[lane];
        }
        self
    }
}

impl<const N: usize> Not for LaneMask<N> {
    type Output = LaneMask<N>;

    #[inline(always)]
    fn not(mut self) -> LaneMask<N> {
        for lane in 0..N {
            self.0[lane] = !self.0[lane];
        }
        self
    }
}

impl<const N: usize> Mask for LaneMask<N> {
    const NEVER: LaneMask<N> = LaneMask([0; N]);
    const ALWAYS: LaneMask<N> = LaneMask([!0; N]);

    #[inline(always)]
    fn any(self) -> bool {
        let mut any = 0;
        for lane in 0..N {
            any |= self.0[lane];
        }
        any != 0
    }

    #[inline(always)]
    fn all(self) -> bool {
        let mut all = !0;
        for lane in 0..N {
            all &= self.0[lane];
        }
        all != 0
    }
}

impl<const N: usize> Add for Lanes<N> {
    type Output = Lanes<N>;

    #[inline(always)]
    fn add(mut self, other: Lanes<N>) -> Lanes<N> {
        for lane in 0..N {
            self.0[lane] += other.0[lane];
        }
        self
    }
}

impl<const N: usize> Sub for Lanes<N> {
    type Output = Lanes<N>;

    #[inline(always)]
    fn sub(mut self, other: Lanes<N>) -> Lanes<N> {
        for lane in 0..N {
            self.0[lane] -= other.0[lane];
        }
        self
    }
}

impl<const N: usize> Mul for Lanes<N> {
    type Output = Lanes<N>;

    #[inline(always)]
    fn mul(mut self, other: Lanes<N>) -> Lanes<N> {
        for lane in 0..N {
            self.0[lane] *= other.0[lane];
        }
        self
    }
}

impl<const N: usize> Div for Lanes<N> {
    type Output = Lanes<N>;

    #[inline(always)]
    fn div(mut self, other: Lanes<N>) -> Lanes<N> {
        for lane in 0..N {
            self.0[lane] /= other.0[lane];
        }
        self
    }
}

impl<const N: usize> AddAssign for Lanes<N> {
    #[inline(always)]
    fn add_assign(&mut self, other: Lanes<N>) {
        *self = *self + other;
    }
}

impl<const N: usize> SubAssign for Lanes<N> {
    #[inline(always)]
    fn sub_assign(&mut self, other: Lanes<N>) {
        *self = *self - other;
    }
}

impl<const N: usize> Scalar for Lanes<N> {
    type Mask = LaneMask<N>;
    type Per = Lanes<N>;

    const IS_ONE: bool = false;
    const ZERO: Lanes<N> = Lanes([0.0; N]);
    const ONE: Lanes<N> = Lanes([1.0; N]);
    const INVALID: Lanes<N> = Lanes([f64::NAN; N]);
    const GRAIN: Lanes<N> = Lanes([f64::GRAIN; N]);

    #[inline(always)]
    fn of(value: Decimal) -> Lanes<N> {
        Lanes::splat(f64::of(value))
    }

    #[inline(always)]
    fn constant(value: &Constant) -> Lanes<N> {
        Lanes::splat(value.float())
    }

    #[inline(always)]
    fn ratio(numerator: i128, denominator: i128) -> Lanes<N> {
        Lanes::splat(f64::ratio(numerator, denominator))
    }

    #[inline(always)]
    fn apart<R>(work: impl FnOnce() -> R) -> R {
        work()
    }

    #[inline(always)]
    fn whole(value: i128) -> Lanes<N> {
        Lanes::splat(f64::whole(value))
    }

    #[inline(always)]
    fn lt(self, other: Lanes<N>) -> LaneMask<N> {
        let mut mask = LaneMask([0; N]);
        for lane in 0..N {
            mask.0[lane] = if self.0[lane] < other.0[lane] { !0 } else { 0 };
        }
        mask
    }

    #[inline(always)]
    fn select(mask: LaneMask<N>, yes: Lanes<N>, no: Lanes<N>) -> Lanes<N> {
        let mut chosen = no;
        for lane in 0..N {
            chosen.0[lane] = if mask.0[lane] != 0 { yes.0[lane] } else { no.0[lane] };
        }
        chosen
    }

    #[inline(always)]
    fn least(mut self, other: Lanes<N>) -> Lanes<N> {
        for lane in 0..N {
            self.0[lane] = if other.0[lane] < self.0[lane] { other.0[lane] } else { self.0[lane] };
        }
        self
    }

    #[inline(always)]
    fn at_least_zero(mut self) -> Lanes<N> {
        for lane in 0..N {
            self.0[lane] = if self.0[lane] < 0.0 { 0.0 } else { self.0[lane] };
        }
        self
    }

    #[inline(always)]
    fn per(self, denominator: Lanes<N>) -> Lanes<N> {
        self / denominator
    }

    #[inline(always)]
    fn times(self, ratio: Lanes<N>) -> Lanes<N> {
        self * ratio
    }

    #[inline(always)]
    fn inverse(ratio: Lanes<N>) -> Lanes<N> {
        Lanes::ONE / ratio
    }

    #[inline(always)]
    fn chained(first: Lanes<N>, second: Lanes<N>) -> Lanes<N> {
        first * second
    }

    #[inline(always)]
    fn pick(mask: LaneMask<N>, yes: Lanes<N>, no: Lanes<N>) -> Lanes<N> {
        Lanes::select(mask, yes, no)
    }

    fn rounded(mut self, places: u32, direction: Direction) -> Lanes<N> {
        for lane in &mut self.0 {
            *lane = lane.rounded(places, direction);
        }
        self
    }

    #[inline(always)]
    fn is_valid(self) -> bool {
        // What is finite less itself is nothing.
        let mut wrong = 0u64;
        for lane in 0..N {
            let rest = self.0[lane] - self.0[lane];
            // Nothing has no bits but perhaps its sign.
            wrong |= rest.to_bits() << 1;
        }
        wrong == 0
    }

    fn approximate(self) -> f64 {
        self.0.first().copied().unwrap_or(f64::NAN)
    }
}

impl<const N: usize> Floating for Lanes<N> {
    const BEYOND: Lanes<N> = Lanes([f64::INFINITY; N]);

    #[inline(always)]
    fn all(value: f64) -> Lanes<N> {
        Lanes::splat(value)
    }
}
