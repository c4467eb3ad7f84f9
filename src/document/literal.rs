//! Literals: a number, percentage, rate, ratio or day from the text of one value.

use crate::format::Quantity;
use crate::units::Day;
use crate::units::Decimal;
use crate::units::Fraction;
use crate::units::NumberFault;
use crate::units::Period;
use crate::units::decimal_from_digits;
use crate::units::scaled;

use super::tree::Amount;

/// Why a literal was not read, and the mend.
pub(super) struct Refusal {
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

/// What was typed: with quotes or bare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written<'a> {
    /// A text in quotes, or what stands behind `--set PATH=`.
    Text(&'a str),
    /// A bare integer or float, its digits as typed.
    Number(&'a str),
    /// A bare date.
    Day(Day),
}

/// An amount and the currency it names.
type Read = (Amount, Option<String>);

/// Reads a literal by the quantity its key declares.
pub(super) fn literal(quantity: Quantity, written: Written<'_>) -> Result<Read, Refusal> {
    match quantity {
        Quantity::Money | Quantity::Price => money(written, quantity),
        Quantity::TranchePrice => match written {
            Written::Text(text) if ["signing", "closing", "latest"].contains(&text) => Ok((
                Amount::Word(match text {
                    "signing" => "signing",
                    "closing" => "closing",
                    _ => "latest",
                }),
                None,
            )),
            _ => money(written, quantity),
        },
        Quantity::Count => plain(written, true).and_then(|value| not_negative(value, "a count")),
        Quantity::Number => plain(written, true).and_then(|value| not_negative(value, "this number")),
        Quantity::Rank => rank(written),
        Quantity::Ratio => ratio(written),
        Quantity::Percent => percent(written).map(|amount| (amount, None)),
        Quantity::Share => match written {
            Written::Text("rest") => Ok((Amount::Word("rest"), None)),
            _ => percent(written).map(|amount| (amount, None)),
        },
        Quantity::Fill => match written {
            Written::Text("flat") => Ok((Amount::Word("flat"), None)),
            _ => growth(written),
        },
        Quantity::Growth => growth(written),
        Quantity::Rate => rate(written),
        Quantity::Day => match written {
            Written::Day(day) => Ok((Amount::Day(day), None)),
            _ => Err(refusal("a date is needed", "write it bare, as 2026-03-31")),
        },
    }
}

/// A literal typed on the command line, read by the quantity its path declares as in a file, and the currency it names.
///
/// # Errors
/// What is wrong with it, and the mend.
pub fn typed(quantity: Quantity, text: &str) -> Result<(Amount, Option<String>), (String, String)> {
    let written = match (quantity, Day::from_text(text)) {
        (Quantity::Day, Some(day)) => Written::Day(day),
        _ => Written::Text(text),
    };
    literal(quantity, written).map_err(|refusal| (refusal.message, refusal.help))
}

fn refusal(message: impl Into<String>, help: impl Into<String>) -> Refusal {
    Refusal { message: message.into(), help: help.into() }
}

fn not_negative(value: Decimal, what: &str) -> Result<Read, Refusal> {
    if value.is_sign_negative() && !value.is_zero() {
        return Err(refusal(format!("{what} cannot be negative"), "write zero or more"));
    }
    Ok((Amount::Number(value), None))
}

/// A number from -1 to 1.
fn rank(written: Written<'_>) -> Result<Read, Refusal> {
    let help = "write a number such as 0.6 or -0.6";
    let value = plain(written, false).map_err(|_| refusal("not a number from -1 to 1", help))?;
    if value.abs() > Decimal::ONE {
        return Err(refusal("a rank correlation lies from -1 to 1", help));
    }
    Ok((Amount::Number(value), None))
}

/// The digits of a written value.
fn digits_of(written: Written<'_>) -> Result<&str, Refusal> {
    match written {
        Written::Text(text) => Ok(text.trim()),
        Written::Number(text) => Ok(text),
        Written::Day(_) => Err(refusal("a number is needed, this is a date", "write a number such as \"50B\"")),
    }
}

/// A number with an optional K, M, B or T.
fn plain(written: Written<'_>, suffixes: bool) -> Result<Decimal, Refusal> {
    let text = digits_of(written)?;
    let (digits, places) = match text.char_indices().last() {
        Some((at, suffix)) if suffixes && suffix.is_ascii_uppercase() => {
            let places = match suffix {
                'K' => 3,
                'M' => 6,
                'B' => 9,
                'T' => 12,
                _ => return Err(not_a_number(text)),
            };
            (text.get(..at).unwrap_or("").trim_end(), places)
        }
        _ => (text, 0),
    };
    let value = decimal_from_digits(digits).map_err(|fault| match fault {
        NumberFault::NotANumber => not_a_number(text),
        NumberFault::TooManyDigits => refusal(
            "more digits than a number can keep exactly",
            "at most 28 significant digits; K, M, B and T stand for 3, 6, 9 and 12 zeros",
        ),
        NumberFault::NotFinite => refusal("not a finite number", "write a number such as \"50B\""),
    })?;
    scaled(value, places)
        .ok_or_else(|| refusal("more digits than a number can keep exactly", "at most 28 significant digits"))
}

/// What people write when they mean a number.
fn not_a_number(text: &str) -> Refusal {
    let lower = text.to_lowercase();
    let head: String = text.chars().take_while(|c| c.is_ascii_digit() || matches!(c, '.' | '_' | '-')).collect();
    let unit = ["trillion", "billion", "million", "thousand", "tn", "bn", "mn", "mm", "k", "m", "b", "t"]
        .into_iter()
        .find(|unit| lower.trim_end().ends_with(unit));
    let letter = unit.and_then(|unit| match unit {
        "trillion" | "tn" | "t" => Some('T'),
        "billion" | "bn" | "b" => Some('B'),
        "million" | "mn" | "mm" | "m" => Some('M'),
        "thousand" | "k" => Some('K'),
        _ => None,
    });
    if text.contains(',') {
        return refusal(
            "not a number capsim reads: commas are not digits",
            "the decimal sign is a point, as \"2.5M\"; digits may be grouped with `_`, as 1_000_000",
        );
    }
    if let Some(letter) = letter
        && !head.is_empty()
    {
        return refusal("not a number capsim reads", format!("write \"{head}{letter}\""));
    }
    if text.contains('%') {
        return refusal("a percentage, where an amount is needed", "write an amount such as \"50B\"");
    }
    refusal("not a number", "write digits, with K, M, B or T behind them if you like: \"50B\"")
}

/// Currency signs and the code they stand for.
const SIGNS: &[(&str, &str)] = &[("$", "USD"), ("€", "EUR"), ("£", "GBP"), ("¥", "JPY")];

/// An amount of money, with an optional sign and an optional currency before it.
fn money(written: Written<'_>, quantity: Quantity) -> Result<Read, Refusal> {
    let Written::Text(text) = written else {
        return plain(written, true).and_then(|value| signed(value, quantity)).map(|amount| (amount, None));
    };
    let text = text.trim();
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text),
    };
    let by_sign = SIGNS.iter().find_map(|(sign, code)| unsigned.strip_prefix(sign).map(|rest| (*code, rest)));
    let by_code = unsigned
        .get(..3)
        .filter(|code| code.bytes().all(|b| b.is_ascii_uppercase()))
        .and_then(|code| unsigned.get(3..).map(|rest| (code, rest)))
        .filter(|(_, rest)| rest.starts_with(' '));
    let (currency, digits) = match by_sign.or(by_code) {
        Some((code, rest)) => (Some(code.to_owned()), rest.trim_start()),
        None => (None, unsigned),
    };
    let (negative, digits) = match digits.strip_prefix('-') {
        Some(rest) if !negative => (true, rest),
        _ => (negative, digits),
    };
    if let Some((amount, period)) = digits.split_once('/')
        && Period::from_word(period).is_some()
    {
        return Err(refusal("a rate, where an amount is needed", format!("write \"{}\"", amount.trim())));
    }
    if negative && digits.starts_with(['-', '+']) {
        return Err(refusal("not a number: two signs", "write one sign, as \"-12B\""));
    }
    let value = plain(Written::Text(digits), true)?;
    signed(if negative { -value } else { value }, quantity).map(|amount| (amount, currency))
}

/// A price is not negative; an amount of money may be.
fn signed(value: Decimal, quantity: Quantity) -> Result<Amount, Refusal> {
    if quantity != Quantity::Money && value.is_sign_negative() && !value.is_zero() {
        return Err(refusal("a price cannot be negative", "write a price above zero"));
    }
    Ok(Amount::Number(value))
}

/// `"27%"` or `"1/3"`; never a bare number.
fn percent(written: Written<'_>) -> Result<Amount, Refusal> {
    let text = digits_of(written)?;
    if let Ok(value) = decimal_from_digits(text) {
        return Err(unsigned(text, value));
    }
    if let Some((numerator, denominator)) = text.split_once('/') {
        let whole = |part: &str| part.trim().parse::<i64>().ok();
        return whole(numerator)
            .zip(whole(denominator))
            .and_then(|(n, d)| Fraction::new(i128::from(n), i128::from(d)))
            .map(|part| as_exact(part, Amount::Part(part)))
            .ok_or_else(|| refusal("not a fraction", "write two whole numbers, as \"1/3\", or a percentage"));
    }
    let Some(digits) = text.strip_suffix('%') else {
        let head: String = text.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        let shown = if head.is_empty() { "20" } else { head.as_str() };
        return Err(refusal("a percentage is needed", format!("write it as \"{shown}%\"")));
    };
    let value = plain(Written::Text(digits.trim_end()), false)?;
    scaled(value, -2)
        .map(Amount::Number)
        .ok_or_else(|| refusal("more digits than a number can keep exactly", "at most 26 places"))
}

/// A number without a sign where a percentage is needed.
fn unsigned(text: &str, value: Decimal) -> Refusal {
    let help = match scaled(value, 2) {
        Some(hundredfold) if value.abs() < Decimal::ONE && !value.is_zero() => {
            let percent = hundredfold.normalize();
            format!("write \"{percent}%\" if {text} is a part of one, or \"{text}%\" if it is percent")
        }
        _ if value.abs() > Decimal::ONE_THOUSAND => {
            "this looks like a count or an amount; a percentage is written \"20%\"".to_owned()
        }
        _ => format!("write \"{text}%\""),
    };
    refusal("a percentage needs its sign: a bare number could be percent or a part of one", help)
}

/// A fraction as a decimal where a decimal holds it exactly.
fn as_exact(part: Fraction, otherwise: Amount) -> Amount {
    let mut rest = part.denominator();
    let mut places = 0u32;
    while places <= 20 && rest % 10 == 0 {
        rest /= 10;
        places += 1;
    }
    for (divisor, other) in [(2i128, 5i128), (5, 2)] {
        let mut left = rest;
        let mut factor = part.numerator();
        let mut more = places;
        while left % divisor == 0 && more < 20 {
            left /= divisor;
            more += 1;
            let Some(next) = factor.checked_mul(other) else { return otherwise };
            factor = next;
        }
        if left == 1
            && let Ok(value) = Decimal::try_from_i128_with_scale(factor, more)
        {
            return Amount::Number(value.normalize());
        }
    }
    otherwise
}

/// A number and its period: `"12B/quarter"`.
fn per_period(text: &str) -> Result<(&str, Period), Refusal> {
    let Some((amount, word)) = text.rsplit_once('/') else {
        let head = text.split_whitespace().next().unwrap_or(text);
        let named = ["month", "quarter", "year"].into_iter().find(|period| text.to_lowercase().contains(period));
        let help = match named {
            Some(period) => format!("write \"{head}/{period}\""),
            None => format!("write \"{head}/month\", \"{head}/quarter\" or \"{head}/year\""),
        };
        return Err(refusal("a rate needs its period", help));
    };
    match Period::from_word(word.trim()) {
        Some(period) => Ok((amount.trim(), period)),
        None => Err(refusal(format!("`{}` is not a period", word.trim()), "periods are month, quarter and year")),
    }
}

fn rate(written: Written<'_>) -> Result<Read, Refusal> {
    let text = digits_of(written)?;
    let (amount, period) = per_period(text)?;
    match money(Written::Text(amount), Quantity::Money)? {
        (Amount::Number(value), currency) => Ok((Amount::Rate(value, period), currency)),
        other => Ok(other),
    }
}

fn growth(written: Written<'_>) -> Result<Read, Refusal> {
    let text = digits_of(written)?;
    let (amount, period) = per_period(text)?;
    let part = percent(Written::Text(amount))
        .map_err(|refused| Refusal { help: format!("write \"2%/{}\"", period.word()), ..refused })?;
    match part {
        Amount::Number(value) => Ok((Amount::Rate(value, period), None)),
        _ => Err(refusal("a growth is written as a percentage", "write \"2%/month\"")),
    }
}

/// `"3:1"`, `"1.25"` or a bare number, above zero.
fn ratio(written: Written<'_>) -> Result<Read, Refusal> {
    let text = digits_of(written)?;
    let amount = match text.split_once(':') {
        Some((left, right)) => {
            let (left, right) = (plain(Written::Text(left), false)?, plain(Written::Text(right), false)?);
            let whole = |value: Decimal| value.is_integer().then(|| value.normalize().mantissa());
            match whole(left).zip(whole(right)).and_then(|(l, r)| Fraction::new(l, r)) {
                Some(part) => as_exact(part, Amount::Part(part)),
                None => return Err(refusal("not a ratio", "write two whole numbers, as \"3:1\"")),
            }
        }
        None => Amount::Number(plain(written, false)?),
    };
    match amount.decimal() {
        Some(value) if value > Decimal::ZERO => Ok((amount, None)),
        _ => Err(refusal("a ratio is above zero", "write \"3:1\", \"1.25\" or 1")),
    }
}
