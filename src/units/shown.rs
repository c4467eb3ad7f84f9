//! Numbers as people read them: grouped digits, and amounts with K, M, B or T.

use super::Decimal;

/// A number with its digits in groups of three, rounded half away from zero to some places.
///
/// ```
/// use capsim::units::{Decimal, grouped};
/// assert_eq!(grouped(Decimal::new(1_234_567_891, 3), 2), "1,234,567.89");
/// assert_eq!(grouped(Decimal::from(-1_000), 0), "-1,000");
/// ```
#[must_use]
pub fn grouped(value: Decimal, places: u32) -> String {
    let mut rounded = value.round_dp_with_strategy(places, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(places);
    let text = rounded.abs().to_string();
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text.as_str(), None),
    };
    let mut out = String::new();
    if rounded.is_sign_negative() && !rounded.is_zero() {
        out.push('-');
    }
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len().saturating_sub(index)).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// The power of ten an amount is read in, and its letter.
#[must_use]
pub fn magnitude(value: Decimal) -> (u32, &'static str) {
    let size = value.abs();
    let at_least = |places: u32| {
        10i128
            .checked_pow(places)
            .and_then(|power| Decimal::try_from_i128_with_scale(power, 0).ok())
            .is_some_and(|power| size >= power)
    };
    // Amounts of companies are read in billions well past a thousand of them.
    if at_least(16) {
        (12, "T")
    } else if at_least(9) {
        (9, "B")
    } else if at_least(6) {
        (6, "M")
    } else if at_least(3) {
        (3, "K")
    } else {
        (0, "")
    }
}

/// An amount in its magnitude, as few places as say it, at most three: `730B`, `12.5M`.
#[must_use]
pub fn amount(value: Decimal) -> String {
    let (places, letter) = magnitude(value);
    let scaled = super::scaled(value.round_dp(6), i32::try_from(places).map_or(0, |places| -places)).unwrap_or(value);
    let rounded = scaled.round_dp(3).normalize();
    format!("{}{letter}", grouped(rounded, rounded.scale()))
}

/// The sign of a currency before an amount; its code and a space where it has none.
#[must_use]
pub fn currency_sign(code: &str) -> String {
    match code {
        "USD" => "$".to_owned(),
        "EUR" => "€".to_owned(),
        "GBP" => "£".to_owned(),
        other => format!("{other} "),
    }
}
