//! Small fractions of integers: parts of months, thirds of a company, denominators that sums share.

/// A fraction of two integers in lowest terms, the denominator positive.
///
/// ```
/// use capsim::units::Fraction;
/// let third = Fraction::new(1, 3).unwrap();
/// let sum = third.plus(third).and_then(|two| two.plus(third)).unwrap();
/// assert_eq!(sum, Fraction::ONE);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fraction {
    numerator: i128,
    denominator: i128,
}

impl Fraction {
    /// Nothing.
    pub const ZERO: Fraction = Fraction { numerator: 0, denominator: 1 };
    /// The whole.
    pub const ONE: Fraction = Fraction { numerator: 1, denominator: 1 };

    /// The fraction in lowest terms; none if the denominator is zero.
    #[must_use]
    pub fn new(numerator: i128, denominator: i128) -> Option<Fraction> {
        let divisor = greatest_common_divisor(numerator, denominator)?;
        let sign = if denominator < 0 { -1 } else { 1 };
        Some(Fraction {
            numerator: numerator.checked_div(divisor)?.checked_mul(sign)?,
            denominator: denominator.checked_div(divisor)?.checked_mul(sign)?,
        })
    }

    /// The part above the line.
    #[must_use]
    pub fn numerator(self) -> i128 {
        self.numerator
    }

    /// The part below the line, positive.
    #[must_use]
    pub fn denominator(self) -> i128 {
        self.denominator
    }

    /// The sum; none on overflow.
    #[must_use]
    pub fn plus(self, other: Fraction) -> Option<Fraction> {
        let left = self.numerator.checked_mul(other.denominator)?;
        let right = other.numerator.checked_mul(self.denominator)?;
        Fraction::new(left.checked_add(right)?, self.denominator.checked_mul(other.denominator)?)
    }

    /// The product; none on overflow.
    #[must_use]
    pub fn times(self, other: Fraction) -> Option<Fraction> {
        Fraction::new(self.numerator.checked_mul(other.numerator)?, self.denominator.checked_mul(other.denominator)?)
    }

    /// The quotient; none on overflow or if `other` is zero.
    #[must_use]
    pub fn over(self, other: Fraction) -> Option<Fraction> {
        Fraction::new(self.numerator.checked_mul(other.denominator)?, self.denominator.checked_mul(other.numerator)?)
    }
}

/// The smallest number that both divide, if it does not exceed `limit`.
#[must_use]
pub fn common_denominator(a: i128, b: i128, limit: i128) -> Option<i128> {
    let divisor = greatest_common_divisor(a, b)?;
    let common = a.checked_div(divisor)?.checked_mul(b)?.checked_abs()?;
    (common <= limit).then_some(common)
}

/// The largest number that divides both, positive; none if both are zero or `denominator` is.
fn greatest_common_divisor(numerator: i128, denominator: i128) -> Option<i128> {
    if denominator == 0 {
        return None;
    }
    let mut a = numerator.checked_abs()?;
    let mut b = denominator.checked_abs()?;
    while b != 0 {
        (a, b) = (b, a.checked_rem(b)?);
    }
    Some(a)
}
