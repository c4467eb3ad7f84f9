//! The internal rate of return: the yearly rate at which dated payments are worth nothing together.
//!
//! Time is counted in days over 365. In `u = ln(1 + r)` the value is a sum of exponentials, and an answer is given
//! only where it is proved that there is exactly one: each stretch of `u` either has no zero, as the value is bounded
//! away from it, or at most one, as the slope is. Payments that more than one rate explains have no rate.

use crate::units::Day;
use crate::units::Decimal;
use crate::units::Exact;
use crate::units::Scalar;
use rust_decimal::prelude::FromPrimitive;

/// A payment on a day: above zero what is received, below what is paid.
#[derive(Debug, Clone, Copy)]
pub struct Dated {
    /// When.
    pub day: Day,
    /// How much.
    pub amount: Exact,
}

/// The yearly rate of return of dated payments, to ten places; none where no rate, or more than one, explains them.
///
/// ```
/// use capsim::outcome::{Dated, rate};
/// use capsim::units::{Day, Decimal, Exact, Scalar};
/// let dated = |day: &str, amount: i64| {
///     Dated { day: Day::from_text(day).unwrap(), amount: Exact::of(Decimal::from(amount)) }
/// };
/// // 100 becomes 121 in two years of 365 days: 10 % a year.
/// let twice = [dated("2021-01-01", -100), dated("2023-01-01", 121)];
/// assert_eq!(rate(&twice).unwrap().normalize().to_string(), "0.1");
/// // All is lost.
/// assert_eq!(rate(&[dated("2021-01-01", -100), dated("2023-01-01", 0)]).unwrap().to_string(), "-1");
/// // -100, +230, -132 is worth nothing at 10 % and at 20 %: no answer.
/// let two = [dated("2021-01-01", -100), dated("2022-01-01", 230), dated("2023-01-01", -132)];
/// assert_eq!(rate(&two), None);
/// ```
#[must_use]
pub fn rate(payments: &[Dated]) -> Option<Decimal> {
    let mut days: Vec<(Day, Exact)> = Vec::new();
    let mut sorted: Vec<&Dated> = payments.iter().collect();
    sorted.sort_by_key(|payment| payment.day);
    for payment in sorted {
        match days.last_mut() {
            Some((day, sum)) if *day == payment.day => *sum += payment.amount,
            _ => days.push((payment.day, payment.amount)),
        }
    }
    days.retain(|(_, sum)| *sum != Exact::ZERO);
    let (first, paid) = days.first().copied()?;
    let sign = |sum: Exact| sum.decimal().map(|sum| sum.is_sign_negative());
    // Money that never comes back.
    if days.iter().all(|(_, sum)| sign(*sum) == Some(true)) {
        return payments
            .iter()
            .any(|payment| payment.day > first || payment.amount != paid)
            .then_some(Decimal::NEGATIVE_ONE);
    }
    let terms: Vec<Term> =
        days.iter().map(|(day, sum)| Term { amount: sum.approximate(), years: years(first, *day) }).collect();
    let (low, high) = bounds(&terms)?;
    let mut found: Vec<f64> = Vec::new();
    let mut open: Vec<(f64, f64, u32)> = vec![(low, high, 0)];
    while let Some((from, to, depth)) = open.pop() {
        let (least, most) = range(&terms, from, to, false);
        if least > 0.0 || most < 0.0 {
            continue;
        }
        let (least, most) = range(&terms, from, to, true);
        if least > 0.0 || most < 0.0 {
            let (start, end) = (value(&terms, from), value(&terms, to));
            // A zero at an end belongs to the stretch that begins there.
            if start == 0.0 {
                found.push(from);
            } else if (start < 0.0) != (end < 0.0) && end != 0.0 {
                found.push(bisect(&terms, from, to));
            } else if end == 0.0 && to >= high {
                found.push(to);
            }
            continue;
        }
        if depth > 60 || open.len() > 10_000 {
            // It cannot be told apart in the digits of a float: two rates that nearly meet.
            return None;
        }
        let middle = f64::midpoint(from, to);
        open.push((middle, to, depth.saturating_add(1)));
        open.push((from, middle, depth.saturating_add(1)));
    }
    match found.as_slice() {
        [only] => Decimal::from_f64(only.exp_m1()).map(|rate| rate.round_dp(10)),
        _ => None,
    }
}

#[derive(Debug, Clone, Copy)]
struct Term {
    amount: f64,
    years: f64,
}

fn years(from: Day, to: Day) -> f64 {
    let days = i32::try_from(from.days_until(to)).unwrap_or(i32::MAX);
    f64::from(days) / 365.0
}

/// The value at a point, times a number above zero that keeps it within what a float holds.
fn value(terms: &[Term], u: f64) -> f64 {
    let most = terms.iter().map(|term| -u * term.years).fold(f64::NEG_INFINITY, f64::max);
    terms.iter().map(|term| term.amount * (-u * term.years - most).exp()).sum()
}

/// The least and the most the value, or its slope, can be between two points, times one number above zero for both.
/// Each term moves one way, so its ends are its bounds; a little is added for the digits of floats.
fn range(terms: &[Term], from: f64, to: f64, of_slope: bool) -> (f64, f64) {
    let exponents = terms.iter().flat_map(|term| [-from * term.years, -to * term.years]);
    let highest = exponents.fold(f64::NEG_INFINITY, f64::max);
    let (mut least, mut most, mut size) = (0.0, 0.0, 0.0);
    for term in terms {
        let factor = if of_slope { -term.years } else { 1.0 };
        let one = factor * term.amount * (-from * term.years - highest).exp();
        let other = factor * term.amount * (-to * term.years - highest).exp();
        least += one.min(other);
        most += one.max(other);
        size += one.abs().max(other.abs());
    }
    let grain = size * 1e-14;
    (least - grain, most + grain)
}

/// Beyond these no rate is: above, the first payments of one sign outweigh all later ones; below, the last of one sign
/// all earlier ones.
fn bounds(terms: &[Term]) -> Option<(f64, f64)> {
    let sums = |terms: &[Term]| terms.iter().map(|term| term.amount.abs()).sum::<f64>();
    let is_paid = |term: &Term| term.amount < 0.0;
    let (first, last) = (terms.first()?, terms.last()?);
    let begin = terms.iter().take_while(|term| is_paid(term) == is_paid(first)).count();
    let end = terms.len().saturating_sub(terms.iter().rev().take_while(|term| is_paid(term) == is_paid(last)).count());
    let (early, rest) = terms.split_at_checked(begin)?;
    let (others, late) = terms.split_at_checked(end)?;
    let high = (sums(rest) / sums(early)).ln() / (rest.first()?.years - early.last()?.years);
    let low = -(sums(others) / sums(late)).ln() / (late.first()?.years - others.last()?.years);
    let (low, high) = (low.min(0.0) - 1e-6, high.max(0.0) + 1e-6);
    (low.is_finite() && high.is_finite()).then_some((low, high))
}

fn bisect(terms: &[Term], mut from: f64, mut to: f64) -> f64 {
    let is_below = value(terms, from) < 0.0;
    for _ in 0..200 {
        let middle = f64::midpoint(from, to);
        if (value(terms, middle) < 0.0) == is_below {
            from = middle;
        } else {
            to = middle;
        }
    }
    f64::midpoint(from, to)
}
