//! Decimals from the digits somebody typed, exact or refused.

use super::Decimal;

/// Why digits are not a number capsim takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberFault {
    /// Not a number at all.
    NotANumber,
    /// More digits than 28 significant ones, or more than 28 places: it would have to be rounded.
    TooManyDigits,
    /// Not finite.
    NotFinite,
}

/// The exact decimal of some digits: an optional sign, digits with single `_` between digits, an optional point.
///
/// # Errors
/// Anything else, and every number that would have to be rounded.
///
/// ```
/// use capsim::units::decimal_from_digits;
/// assert_eq!(decimal_from_digits("12345678901234567.89").unwrap().to_string(), "12345678901234567.89");
/// assert!(decimal_from_digits("1.000,00").is_err());
/// assert!(decimal_from_digits("0.1234567890123456789012345678901234567890").is_err());
/// ```
pub fn decimal_from_digits(text: &str) -> Result<Decimal, NumberFault> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, "inf" | "nan") {
        return Err(NumberFault::NotFinite);
    }
    let (digits, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, Some(exponent)),
        None => (unsigned, None),
    };
    if !is_plain(digits) {
        return Err(NumberFault::NotANumber);
    }
    let plain: String = digits.chars().filter(|c| *c != '_').collect();
    let value = Decimal::from_str_exact(&plain).map_err(|_| NumberFault::TooManyDigits)?;
    let value = match exponent {
        None => value,
        Some(exponent) => {
            let places: i32 = exponent.parse().map_err(|_| NumberFault::NotANumber)?;
            scaled(value, places).ok_or(NumberFault::TooManyDigits)?
        }
    };
    Ok(if text.starts_with('-') { -value } else { value })
}

/// The number times ten to the power of `places`; none if digits would be lost.
#[must_use]
pub fn scaled(value: Decimal, places: i32) -> Option<Decimal> {
    if value.is_zero() {
        return Some(value);
    }
    let value = value.normalize();
    let scale = i64::from(value.scale()).checked_sub(i64::from(places))?;
    if let Ok(scale) = u32::try_from(scale) {
        return Decimal::try_from_i128_with_scale(value.mantissa(), scale).ok();
    }
    let zeros = u32::try_from(scale.checked_neg()?).ok()?;
    let factor = 10i128.checked_pow(zeros)?;
    Decimal::try_from_i128_with_scale(value.mantissa().checked_mul(factor)?, 0).ok()
}

/// The exact product; none if digits would be lost.
///
/// ```
/// use capsim::units::{Decimal, product};
/// assert_eq!(product(Decimal::from(5_000_000), Decimal::new(108, 2)), Some(Decimal::from(5_400_000)));
/// assert_eq!(product(Decimal::new(1, 20), Decimal::new(1, 20)), None);
/// ```
#[must_use]
pub fn product(a: Decimal, b: Decimal) -> Option<Decimal> {
    if a.is_zero() || b.is_zero() {
        return Some(Decimal::ZERO);
    }
    let (a, b) = (a.normalize(), b.normalize());
    let mut digits = a.mantissa().checked_mul(b.mantissa())?;
    let mut scale = a.scale().checked_add(b.scale())?;
    while scale > 0 && digits % 10 == 0 {
        digits /= 10;
        scale -= 1;
    }
    Decimal::try_from_i128_with_scale(digits, scale).ok()
}

/// Digits with at most one point, digits on both sides of it and of every underscore.
fn is_plain(text: &str) -> bool {
    let mut points = 0u8;
    let mut before_is_digit = false;
    for c in text.chars() {
        let is_digit = c.is_ascii_digit();
        if !is_digit {
            if !before_is_digit || !matches!(c, '_' | '.') || (c == '.' && points > 0) {
                return false;
            }
            if c == '.' {
                points = 1;
            }
        }
        before_is_digit = is_digit;
    }
    before_is_digit
}
