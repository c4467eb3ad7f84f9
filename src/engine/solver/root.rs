//! The one root of a rising, piecewise straight function.
//!
//! Where it is straight, one division finds the root; so the search is for the piece. Newton's step from the piece at
//! hand lands on the root as soon as the piece is the right one; the bracket it is kept in makes it end, and a step
//! that leaves the bracket halves it instead. Rounds of practice need two to four steps (shared by every scalar:
//! draws that are done wait for the others).

use crate::units::Mask;
use crate::units::Scalar;

use super::line::Line;

/// Steps after which the search gives up; halving alone would need about a hundred for 28 digits.
const STEPS: usize = 200;
/// Doublings in the search for an upper end.
const DOUBLINGS: usize = 60;

/// A root.
#[derive(Debug, Clone, Copy)]
pub(super) struct Root<S: Scalar> {
    /// The root as a number.
    pub x: S,
    /// Where there is one.
    pub is_found: S::Mask,
}

/// The root between `low`, where the function is negative, and `high`, where it is not. `line_at` gives the straight
/// piece at a point.
#[inline(always)]
pub(super) fn root<S: Scalar>(line_at: impl Fn(S) -> Line<S>, low: S, high: S) -> Root<S> {
    let (mut low, mut high) = (low, high);
    let half = S::of(crate::units::Decimal::new(5, 1));
    let (mut x, mut line) = (high, Line::ZERO);
    let (mut next, mut is_inside) = (high, S::Mask::NEVER);
    let mut is_found = S::Mask::NEVER;
    for step in 0..STEPS {
        let at_next = line_at(next);
        // The same piece, or so near that only the last digits differ; at first there is none to compare with.
        let moved = S::select(next.lt(x), x - next, next - x);
        let is_near = !(next.magnitude() * S::GRAIN).lt(moved);
        let is_same = is_inside & at_next.is_same(line);
        x = S::select(is_found, x, next);
        line = Line::select(is_found, line, at_next);
        if step > 0 {
            is_found = is_found | is_same | is_near;
        }
        if !(!is_found).any() {
            break;
        }
        let value = line.at(x);
        let is_below = value.lt(S::ZERO);
        low = S::select(is_below, x, low);
        high = S::select(is_below, high, x);
        let is_rising = S::ZERO.lt(line.slope);
        let slope = S::select(is_rising, line.slope, S::ONE);
        let newton = (S::ZERO - line.constant) / slope;
        // The step is taken where it stays between the ends.
        is_inside = is_rising & !newton.lt(low) & !high.lt(newton);
        next = S::select(is_inside, newton, (low + high) * half);
    }
    Root { x, is_found }
}

/// An upper end for a function that is negative at `low`; where there is none the root is not found.
#[inline(always)]
pub(super) fn upper<S: Scalar>(line_at: impl Fn(S) -> Line<S>, low: S, step: S) -> S {
    let two = S::ONE + S::ONE;
    let mut step = step;
    let mut high = low + step;
    for _ in 0..DOUBLINGS {
        let is_below = line_at(high).at(high).lt(S::ZERO);
        if !is_below.any() {
            break;
        }
        step = step * two;
        high = S::select(is_below, low + step, high);
    }
    high
}

impl<S: Scalar> Line<S> {
    /// Whether it is the same line, digit by digit.
    #[inline(always)]
    fn is_same(self, other: Line<S>) -> S::Mask {
        !self.slope.lt(other.slope)
            & !other.slope.lt(self.slope)
            & !self.constant.lt(other.constant)
            & !other.constant.lt(self.constant)
    }
}
