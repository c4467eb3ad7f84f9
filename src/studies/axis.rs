//! An axis: an input and the values it takes one after the other, as `PATH=LOW..HIGH/STEP` or `PATH=A,B,C`.

use std::collections::HashSet;

use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::document::Amount;
use crate::document::typed;
use crate::format::Kind;
use crate::format::Quantity;
use crate::units::Day;
use crate::units::Decimal;
use crate::units::Period;
use crate::units::magnitude;
use crate::units::scaled;

/// The most points of a study.
pub const MOST_POINTS: usize = 100_000;

/// An input and its values.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// Its path, or `case`.
    pub path: String,
    /// Its values in the order they were written.
    pub points: Vec<AxisPoint>,
    /// Ends of ranges that their steps do not meet, and the last value before each.
    pub missed: Vec<(String, String)>,
}

/// One value of an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct AxisPoint {
    /// As it could be typed behind `--set PATH=`.
    pub text: String,
    /// What it is.
    pub value: AxisValue,
}

/// What a value of an axis is.
#[derive(Debug, Clone, PartialEq)]
pub enum AxisValue {
    /// A number that its path alone explains: money, shares, a part of one.
    Number(Decimal),
    /// A day.
    Day(Day),
    /// A word, a flag, a case, a rate with its period, a sum in a currency of its own: what the text says.
    Text,
}

/// Reads the values of an axis by what its path takes: values parted by commas, each a literal or a range
/// `LOW..HIGH/STEP`. A range holds LOW, LOW + STEP and so on, and HIGH if the steps meet it.
///
/// # Errors
/// A value that cannot be read, a range that leads nowhere, or more than `most` values.
///
/// ```
/// use capsim::format::{Kind, Quantity};
/// use capsim::studies::axis;
/// let read = axis("round.a.pre_money", "8M..12M/2M", Kind::Figure(Quantity::Money), 100).unwrap();
/// assert_eq!(read.points.iter().map(|point| point.text.as_str()).collect::<Vec<_>>(), ["8M", "10M", "12M"]);
/// ```
pub fn axis(path: &str, values: &str, kind: Kind, most: usize) -> Result<Axis, Diagnostic> {
    let mut axis = Axis { path: path.trim().to_owned(), points: Vec::new(), missed: Vec::new() };
    let mut known = HashSet::new();
    for item in parted(values) {
        let item = item.trim();
        if item.is_empty() {
            return Err(bad(format!("`{path}={values}` has an empty value"), kind));
        }
        // An inline table may hold two points, and a text may.
        let is_range = item.contains("..") && !item.starts_with('{') && !matches!(kind, Kind::Text);
        let points = if is_range {
            let range = range(item, kind, most)?;
            let written = item.split_once("..").and_then(|(_, rest)| rest.split_once('/')).map(|(high, _)| high.trim());
            if let (false, Some(last), Some(high)) = (range.is_met, range.points.last(), written) {
                axis.missed.push((high.to_owned(), last.text.clone()));
            }
            range.points
        } else {
            vec![one(item, kind)?]
        };
        for point in points {
            if known.insert(point.text.clone()) {
                axis.points.push(point);
            }
        }
        if axis.points.len() > most {
            return Err(too_many(axis.points.len(), most));
        }
    }
    Ok(axis)
}

/// The refusal of a study with too many points.
#[must_use]
pub fn too_many(points: usize, most: usize) -> Diagnostic {
    Diagnostic::new(Code::TooManyPoints, format!("{points} points or more, where there may be {most}"))
        .help("take larger steps, or vary less at once")
}

/// Values parted by commas, but for those inside braces, brackets and quotes.
fn parted(values: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut quoted, mut from) = (0_u32, false, 0);
    for (at, sign) in values.char_indices() {
        match sign {
            '"' => quoted = !quoted,
            '{' | '[' if !quoted => depth = depth.saturating_add(1),
            '}' | ']' if !quoted => depth = depth.saturating_sub(1),
            ',' if !quoted && depth == 0 => {
                parts.extend(values.get(from..at));
                from = at.saturating_add(1);
            }
            _ => {}
        }
    }
    parts.extend(values.get(from..));
    parts
}

fn bad(message: String, kind: Kind) -> Diagnostic {
    Diagnostic::new(Code::BadLiteral, message).help(match kind {
        Kind::Figure(Quantity::Percent | Quantity::Share) => {
            "write LOW..HIGH/STEP, as 0%..100%/10%, or values, as 10%,25%"
        }
        Kind::Figure(Quantity::Day) | Kind::Day => {
            "write LOW..HIGH/STEP, as 2026-03-31..2027-03-31/3 months, or days parted by commas"
        }
        Kind::Figure(Quantity::Rate) => "write LOW..HIGH/STEP and the period, as 8B..16B/2B/quarter, or values",
        Kind::Figure(Quantity::Growth | Quantity::Fill) => {
            "write LOW..HIGH/STEP and the period, as 0%..3%/1%/month, or values"
        }
        Kind::Figure(_) | Kind::Whole => "write LOW..HIGH/STEP, as 0..80M/5M, or values, as 5M,10M,30M",
        _ => "write its values parted by commas, as true,false",
    })
}

/// One value as it was written.
fn one(item: &str, kind: Kind) -> Result<AxisPoint, Diagnostic> {
    let value = match kind {
        Kind::Figure(_) if item.starts_with('{') => AxisValue::Text,
        Kind::Figure(quantity) => match read(item, quantity)? {
            (Amount::Day(day), _) => AxisValue::Day(day),
            (Amount::Word(_) | Amount::Rate(..), _) | (_, Some(_)) => AxisValue::Text,
            (amount, None) => amount.decimal().map_or(AxisValue::Text, AxisValue::Number),
        },
        Kind::Day => Day::from_text(item).map_or(AxisValue::Text, AxisValue::Day),
        Kind::Whole => item.parse::<u64>().map_or(AxisValue::Text, |number| AxisValue::Number(Decimal::from(number))),
        _ => AxisValue::Text,
    };
    Ok(AxisPoint { text: item.to_owned(), value })
}

fn read(text: &str, quantity: Quantity) -> Result<(Amount, Option<String>), Diagnostic> {
    typed(quantity, text.trim())
        .map_err(|(message, help)| Diagnostic::new(Code::BadLiteral, format!("`{text}`: {message}")).help(help))
}

/// The values of a range.
struct Points {
    points: Vec<AxisPoint>,
    /// Whether the last of them is the end that was written.
    is_met: bool,
}

fn range(item: &str, kind: Kind, most: usize) -> Result<Points, Diagnostic> {
    let nowhere = || bad(format!("`{item}` leads nowhere"), kind);
    let Some((low, rest)) = item.split_once("..") else { return Err(nowhere()) };
    let Some((high, step)) = rest.split_once('/') else { return Err(bad(format!("`{item}` has no step"), kind)) };
    match kind {
        Kind::Figure(Quantity::Day) | Kind::Day => days((low.trim(), high.trim(), step.trim()), item, kind, most),
        Kind::Whole => {
            let whole = |text: &str| {
                text.trim()
                    .parse::<u64>()
                    .map_err(|_| bad(format!("`{}`: a whole number is needed", text.trim()), kind))
            };
            let (low, high, step) = (whole(low)?, whole(high)?, whole(step)?);
            let ends = (Decimal::from(low), Decimal::from(high), Decimal::from(step));
            numbers(ends, item, kind, most, |value| AxisPoint {
                text: value.normalize().to_string(),
                value: AxisValue::Number(value),
            })
        }
        Kind::Figure(quantity @ (Quantity::Rate | Quantity::Growth | Quantity::Fill)) => {
            let (low, first) = periodic(low);
            let (high, step, second) = match rest.split('/').map(str::trim).collect::<Vec<_>>().as_slice() {
                [high, step] => (*high, *step, None),
                [high, step, period] => (*high, *step, Some(*period)),
                [high, of_high, step, period] if of_high == period => (*high, *step, Some(*period)),
                _ => return Err(nowhere()),
            };
            let Some(period) = first.or(second).filter(|word| second.is_none_or(|other| other == *word)) else {
                return Err(bad(format!("`{item}` names no period, or two"), kind));
            };
            let Some(period) = Period::from_word(period) else {
                return Err(bad(format!("`{period}` is not a period"), kind));
            };
            let form = Form { quantity, period: Some(period), currency: None };
            let number = |text: &str| form.number(&format!("{}/{}", text.trim(), period.word()));
            let ((low, currency), (high, of_high), (step, of_step)) = (number(low)?, number(high)?, number(step)?);
            let currency = one_currency([currency, of_high, of_step], item, kind)?;
            let form = Form { currency, ..form };
            numbers((low, high, step), item, kind, most, |value| form.point(value))
        }
        Kind::Figure(quantity) => {
            let form = Form { quantity, period: None, currency: None };
            let ((low, currency), (high, of_high), (step, of_step)) =
                (form.number(low)?, form.number(high)?, form.number(step)?);
            let currency = one_currency([currency, of_high, of_step], item, kind)?;
            let form = Form { currency, ..form };
            numbers((low, high, step), item, kind, most, |value| form.point(value))
        }
        _ => Err(bad(format!("`{item}`: what stands there has no order"), kind)),
    }
}

/// The two ends of `LOW..HIGH`, and how the numbers between them are written; none of days and whole numbers.
///
/// # Errors
/// Ends that cannot be read, or something that has no order.
pub fn ends(path: &str, text: &str, kind: Kind) -> Result<(AxisValue, AxisValue, Option<Form>), Diagnostic> {
    let bad = |message: String| {
        Diagnostic::new(Code::BadLiteral, message).help(format!("write two ends, as {path}=LOW..HIGH, without a step"))
    };
    let Some((low, high)) = text.split_once("..") else { return Err(bad(format!("`{text}` is no range"))) };
    let (low, high) = (low.trim(), high.trim());
    match kind {
        Kind::Figure(Quantity::Day) | Kind::Day => match (Day::from_text(low), Day::from_text(high)) {
            (Some(low), Some(high)) => Ok((AxisValue::Day(low), AxisValue::Day(high), None)),
            _ => Err(bad(format!("`{text}` is not from a day to a day"))),
        },
        Kind::Whole => match (low.parse::<u64>(), high.parse::<u64>()) {
            (Ok(low), Ok(high)) => {
                Ok((AxisValue::Number(Decimal::from(low)), AxisValue::Number(Decimal::from(high)), None))
            }
            _ => Err(bad(format!("`{text}` is not from a whole number to a whole number"))),
        },
        Kind::Figure(quantity) => {
            let is_periodic = matches!(quantity, Quantity::Rate | Quantity::Growth | Quantity::Fill);
            let form = Form { quantity, period: None, currency: None };
            let (low, high, period) = if is_periodic {
                let ((low, first), (high, second)) = (periodic(low), periodic(high));
                let word = second.or(first).filter(|word| first.is_none_or(|other| other == *word));
                let Some(period) = word.and_then(Period::from_word) else {
                    return Err(bad(format!("`{text}` names no period, or two"))
                        .help(format!("the period stands last, as {path}=8B..16B/quarter")));
                };
                let whole = |amount: &str| format!("{}/{}", amount.trim(), period.word());
                (whole(low), whole(high), Some(period))
            } else {
                (low.to_owned(), high.to_owned(), None)
            };
            let ((low, currency), (high, other)) = (form.number(&low)?, form.number(&high)?);
            let currency = one_currency([currency, other, None], text, kind)?;
            Ok((AxisValue::Number(low), AxisValue::Number(high), Some(Form { period, currency, ..form })))
        }
        _ => Err(bad(format!("`{path}` takes no numbers and no days: it has no order"))),
    }
}

/// `8B/quarter` in two.
fn periodic(text: &str) -> (&str, Option<&str>) {
    match text.rsplit_once('/') {
        Some((amount, period)) => (amount, Some(period.trim())),
        None => (text, None),
    }
}

/// The one currency that the parts of a range name, if they name any.
fn one_currency(named: [Option<String>; 3], item: &str, kind: Kind) -> Result<Option<String>, Diagnostic> {
    let mut named: Vec<String> = named.into_iter().flatten().collect();
    named.dedup();
    match named.len() {
        0 | 1 => Ok(named.pop()),
        _ => Err(bad(format!("`{item}` names two currencies"), kind)),
    }
}

fn numbers(
    (low, high, step): (Decimal, Decimal, Decimal),
    item: &str,
    kind: Kind,
    most: usize,
    point: impl Fn(Decimal) -> AxisPoint,
) -> Result<Points, Diagnostic> {
    if step <= Decimal::ZERO || high < low {
        return Err(bad(format!("`{item}` leads nowhere"), kind));
    }
    let mut points = Vec::new();
    let mut next = Some(low);
    let mut is_met = false;
    while let Some(value) = next.filter(|value| *value <= high) {
        points.push(point(value));
        if points.len() > most {
            return Err(too_many(points.len(), most));
        }
        is_met = value == high;
        next = value.checked_add(step).filter(|next| *next > value);
    }
    Ok(Points { points, is_met })
}

/// Days from one to another: by months they are counted from the first, so that the ends of months stay ends.
fn days((low, high, step): (&str, &str, &str), item: &str, kind: Kind, most: usize) -> Result<Points, Diagnostic> {
    let day = |text: &str| {
        Day::from_text(text).ok_or_else(|| {
            Diagnostic::new(Code::BadDate, format!("`{text}` is not a day"))
                .help("write days as 2026-03-31, of the calendar")
        })
    };
    let (first, last) = (day(low)?, day(high)?);
    let no_step =
        || bad(format!("`{step}` is not a step of days"), kind).help("steps are as `30 days`, `3 months` or `1 year`");
    let digits = step.bytes().take_while(u8::is_ascii_digit).count();
    let (count, unit) = step.split_at_checked(digits).ok_or_else(no_step)?;
    let count: i64 = count.parse().map_err(|_| no_step())?;
    let (months, days) = match unit.trim() {
        "day" | "days" => (0, count),
        "week" | "weeks" => (0, count.saturating_mul(7)),
        "month" | "months" => (count, 0),
        "quarter" | "quarters" => (count.saturating_mul(3), 0),
        "year" | "years" => (count.saturating_mul(12), 0),
        _ => return Err(no_step()),
    };
    if count == 0 || last < first {
        return Err(bad(format!("`{item}` leads nowhere"), kind));
    }
    let mut points = Vec::new();
    for place in 0_i64.. {
        let next = first
            .plus_months(months.saturating_mul(place))
            .and_then(|day| day.plus_days(days.saturating_mul(place)))
            .filter(|day| *day <= last);
        let Some(next) = next else { break };
        points.push(AxisPoint { text: next.to_string(), value: AxisValue::Day(next) });
        if points.len() > most {
            return Err(too_many(points.len(), most));
        }
    }
    let is_met = points.last().is_some_and(|point| point.value == AxisValue::Day(last));
    Ok(Points { points, is_met })
}

/// How the numbers of an input are written.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    /// What it counts.
    pub quantity: Quantity,
    /// Of a rate, its period.
    pub period: Option<Period>,
    /// The currency named, if it is not left to the file.
    pub currency: Option<String>,
}

impl Form {
    /// Reads a number as a file would, and the currency it names.
    fn number(&self, text: &str) -> Result<(Decimal, Option<String>), Diagnostic> {
        let (amount, currency) = read(text, self.quantity)?;
        let number = match amount {
            Amount::Number(value) | Amount::Rate(value, _) => Some(value),
            Amount::Part(_) | Amount::Day(_) | Amount::Word(_) => None,
        };
        let fault = || {
            Diagnostic::new(Code::BadLiteral, format!("`{}`: not an exact number", text.trim()))
                .help("the ends and the step of a range are numbers with an end; fractions can be listed, as 1/3,2/3")
        };
        Ok((number.ok_or_else(fault)?, currency))
    }

    /// A value of an axis.
    fn point(&self, value: Decimal) -> AxisPoint {
        // Without its period or its currency a number says less than the text.
        let is_plain = self.period.is_none() && self.currency.is_none();
        AxisPoint { text: self.text(value), value: if is_plain { AxisValue::Number(value) } else { AxisValue::Text } }
    }

    /// A number as it could be typed behind `--set PATH=`, every digit of it.
    ///
    /// ```
    /// use capsim::format::Quantity;
    /// use capsim::studies::Form;
    /// use capsim::units::Decimal;
    /// let form = |quantity| Form { quantity, period: None, currency: None };
    /// assert_eq!(form(Quantity::Money).text(Decimal::from(512_800_000_000_i64)), "512.8B");
    /// assert_eq!(form(Quantity::Percent).text(Decimal::new(125, 3)), "12.5%");
    /// ```
    #[must_use]
    pub fn text(&self, value: Decimal) -> String {
        let number = match self.quantity {
            Quantity::Percent | Quantity::Share | Quantity::Growth | Quantity::Fill => match scaled(value, 2) {
                Some(percent) => format!("{}%", percent.normalize()),
                None => value.normalize().to_string(),
            },
            Quantity::Ratio => value.normalize().to_string(),
            _ => compact(value),
        };
        let currency = self.currency.as_ref().map_or_else(String::new, |code| format!("{code} "));
        let period = self.period.map_or_else(String::new, |period| format!("/{}", period.word()));
        format!("{currency}{number}{period}")
    }
}

/// A number with its letter where that is shorter or leaves at most three places, else all its digits.
fn compact(value: Decimal) -> String {
    let (places, letter) = magnitude(value);
    let shorter = scaled(value, i32::try_from(places).map_or(0, |places| -places)).map(|it| it.normalize());
    let plain = value.normalize().to_string();
    match shorter.map(|shorter| (shorter.scale(), format!("{shorter}{letter}"))) {
        Some((scale, text)) if scale <= 3 || text.len() < plain.len() => text,
        _ => plain,
    }
}
