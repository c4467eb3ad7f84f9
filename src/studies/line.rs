//! The line a search goes along: the values of one input on a grid so fine that the next one is the same for people.

use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::document::Amount;
use crate::document::Document;
use crate::document::Figure;
use crate::document::Node;
use crate::document::Value;
use crate::format::Kind;
use crate::format::Quantity;
use crate::outcome::MetricValue;
use crate::outcome::Outcome;
use crate::outcome::metric;
use crate::units::Day;
use crate::units::Decimal;

use super::axis::AxisValue;
use super::axis::Form;
use super::axis::ends;
use super::point::day_number;
use super::sensitivity::ends as ends_of;

/// How often the value of a figure is doubled and halved where nobody gave a range.
const DOUBLINGS: u32 = 8;

/// The values of one input, by whole numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Its path.
    pub path: String,
    kind: Along,
    /// Decimal places of the grid: a step is one of the last of them.
    places: u32,
}

#[derive(Debug, Clone, PartialEq)]
enum Along {
    Numbers(Form),
    Whole,
    Days,
}

/// Where a search goes: its line, the places it tries first, and why just there.
#[derive(Debug, Clone, PartialEq)]
pub struct Search {
    /// The line.
    pub line: Line,
    /// Places to try, rising; the first and the last are the ends.
    pub places: Vec<i128>,
    /// Where the range came from.
    pub why: String,
    /// Where the file stands, if it stands on the line.
    pub own: Option<i128>,
}

impl Line {
    /// What could be typed behind `--set PATH=` at a place.
    #[must_use]
    pub fn text(&self, place: i128) -> String {
        match &self.kind {
            Along::Numbers(form) => form.text(self.number(place)),
            Along::Whole => place.to_string(),
            Along::Days => self.day(place).map_or_else(String::new, |day| day.to_string()),
        }
    }

    /// The same with the digits a machine reads.
    #[must_use]
    pub fn exact(&self, place: i128) -> String {
        match &self.kind {
            Along::Numbers(_) | Along::Whole => self.number(place).normalize().to_string(),
            Along::Days => self.text(place),
        }
    }

    /// A length on the line as people say it: `1B`, `3 days`.
    #[must_use]
    pub fn length(&self, places: i128) -> String {
        match &self.kind {
            Along::Numbers(form) => form.text(self.number(places).round_dp(self.places.min(6))),
            Along::Whole => places.to_string(),
            Along::Days if places == 1 => "1 day".to_owned(),
            Along::Days => format!("{places} days"),
        }
    }

    fn number(&self, place: i128) -> Decimal {
        Decimal::try_from_i128_with_scale(place, self.places).unwrap_or(Decimal::MAX)
    }

    fn day(&self, place: i128) -> Option<Day> {
        Day::new(1970, 1, 1)?.plus_days(i64::try_from(place).ok()?)
    }

    fn place(&self, value: Decimal) -> Option<i128> {
        let mut value = value;
        value.rescale(self.places);
        (value.scale() == self.places).then(|| value.mantissa())
    }

    fn new(path: &str, kind: Kind, values: &[Decimal], form: Option<Form>) -> Line {
        let (kind, least) = match (kind, form) {
            (Kind::Figure(quantity), Some(form)) => (Along::Numbers(form), grid(quantity)),
            (Kind::Whole, _) => (Along::Whole, 0),
            _ => (Along::Days, 0),
        };
        let written = values.iter().map(|value| value.normalize().scale()).max().unwrap_or(0);
        Line { path: path.to_owned(), kind, places: least.max(written) }
    }
}

/// Decimal places of the finest step of an input: a cent, a whole share, a millionth of a millionth of one.
fn grid(quantity: Quantity) -> u32 {
    match quantity {
        Quantity::Money | Quantity::Rate => 2,
        Quantity::Count | Quantity::Day => 0,
        Quantity::Price | Quantity::TranchePrice | Quantity::Number | Quantity::Ratio | Quantity::Rank => 6,
        Quantity::Percent | Quantity::Share | Quantity::Growth | Quantity::Fill => 12,
    }
}

/// Where to search for a value of an input: in the range `asked` for, else from the figure's low to its high, else
/// around its value as far as doubling and halving lead; in so many stretches.
///
/// # Errors
/// An input without order, a range that leads nowhere, or neither a range nor a value to begin at.
pub fn search(
    document: &Document,
    outcome: &Outcome,
    path: &str,
    asked: Option<&str>,
    kind: Kind,
    stretches: usize,
) -> Result<Search, Diagnostic> {
    let figure = match document.node(path) {
        Some(Node::Figure(figure)) => Some(figure),
        _ => None,
    };
    let own = own(document, outcome, path, kind, figure);
    if let Some(asked) = asked {
        let (low, high, form) = ends(path, asked, kind)?;
        let (low, high) = (number(&low), number(&high));
        let line = Line::new(path, kind, &[low, high], form);
        return even(line, low, high, own, stretches, "as asked".to_owned(), asked);
    }
    let form = form(kind, figure);
    let detail = figure.and_then(|figure| figure.detail.as_deref());
    if let Some(detail) = detail
        && let (Some(low), Some(high)) = ends_of(detail)
        && let (Some(from), Some(to)) = (amount(&low.amount), amount(&high.amount))
        && from < to
    {
        let line = Line::new(path, kind, &[from, to], form);
        let why = format!("the range of the figure, {} to {}", low.bare(), high.bare());
        return even(line, from, to, own, stretches, why, path);
    }
    let nowhere = |message: String| {
        Diagnostic::new(Code::BadLiteral, message).help(format!("write where to search, as --vary '{path}=LOW..HIGH'"))
    };
    match kind {
        Kind::Figure(Quantity::Percent | Quantity::Share) => {
            let line = Line::new(path, kind, &[Decimal::ZERO], form);
            even(line, Decimal::ZERO, Decimal::ONE, own, stretches, "every percentage".to_owned(), path)
        }
        Kind::Figure(Quantity::Day) | Kind::Day => {
            let scenario = &outcome.scenario;
            let Some(horizon) = scenario.horizon else { return Err(nowhere(format!("`{path}` has no range"))) };
            let line = Line::new(path, kind, &[], None);
            let (low, high) = (day_number(scenario.as_of), day_number(horizon));
            even(line, low, high, own, stretches, "from the day of the file to its horizon".to_owned(), path)
        }
        Kind::Whole => {
            let line = Line::new(path, kind, &[], None);
            let high = own.unwrap_or_default().saturating_mul(Decimal::from(4)).max(Decimal::from(12));
            even(line, Decimal::ZERO, high, own, stretches, "from none to four times the value".to_owned(), path)
        }
        Kind::Figure(_) => {
            let Some(value) = own.filter(|value| !value.is_zero()) else {
                return Err(nowhere(format!("`{path}` has neither a range nor a value to begin at")));
            };
            let line = Line::new(path, kind, &[value], form);
            wide(line, value, stretches).ok_or_else(|| nowhere(format!("`{path}` is too large to search around")))
        }
        _ => Err(Diagnostic::new(Code::BadLiteral, format!("`{path}` takes no numbers and no days: it has no order"))
            .help("`capsim sweep --vary PATH=A,B,C` tries values one by one")),
    }
}

fn number(value: &AxisValue) -> Decimal {
    match value {
        AxisValue::Number(number) => *number,
        AxisValue::Day(day) => day_number(*day),
        AxisValue::Text => Decimal::ZERO,
    }
}

fn amount(amount: &Amount) -> Option<Decimal> {
    match amount {
        Amount::Day(day) => Some(day_number(*day)),
        Amount::Number(value) | Amount::Rate(value, _) => Some(*value),
        Amount::Part(_) | Amount::Word(_) => None,
    }
}

/// How the numbers of a figure are written: in its own period and currency.
fn form(kind: Kind, figure: Option<&Figure>) -> Option<Form> {
    let Kind::Figure(quantity) = kind else { return None };
    if quantity == Quantity::Day {
        return None;
    }
    let literal = figure.and_then(|figure| figure.value.as_ref());
    let period = literal.and_then(|literal| match literal.amount {
        Amount::Rate(_, period) => Some(period),
        _ => None,
    });
    Some(Form { quantity, period, currency: literal.and_then(|literal| literal.currency.clone()) })
}

/// What stands at the path; of a round's price that follows from another one, what it came to.
fn own(document: &Document, outcome: &Outcome, path: &str, kind: Kind, figure: Option<&Figure>) -> Option<Decimal> {
    if let Some(literal) = figure.and_then(|figure| figure.value.as_ref()) {
        return amount(&literal.amount);
    }
    if let Some(Node::Leaf(leaf)) = document.node(path) {
        return match leaf.value {
            Value::Whole(number) => Some(Decimal::from(number)),
            Value::Day(day) => Some(day_number(day)),
            _ => None,
        };
    }
    let parts: Vec<&str> = path.split('.').collect();
    let ["round", round, key @ ("pre_money" | "post_money" | "price")] = parts.as_slice() else { return None };
    if !matches!(kind, Kind::Figure(_)) {
        return None;
    }
    match metric(outcome, &format!("{key}.{round}"))?.first()?.value {
        MetricValue::Number(value) => Some(value),
        _ => None,
    }
}

/// Even stretches from one end to the other, and the file's own value between them.
fn even(
    line: Line,
    low: Decimal,
    high: Decimal,
    own: Option<Decimal>,
    stretches: usize,
    why: String,
    said: &str,
) -> Result<Search, Diagnostic> {
    let fault = |message: String| {
        Diagnostic::new(Code::BadLiteral, message).help("the low end stands before the high one, as LOW..HIGH")
    };
    let (Some(from), Some(to)) = (line.place(low), line.place(high)) else {
        return Err(fault(format!("`{said}` has more digits than a search can keep")));
    };
    if to <= from {
        return Err(fault(format!("`{said}` leads nowhere")));
    }
    let all = i128::try_from(stretches.max(1)).unwrap_or(1);
    let width = to.saturating_sub(from);
    let mut places: Vec<i128> = (0..=all)
        .filter_map(|number| Some(from.saturating_add(width.checked_mul(number)?.checked_div(all)?)))
        .collect();
    let own = own.and_then(|own| line.place(own));
    places.extend(own.filter(|own| *own > from && *own < to));
    places.sort_unstable();
    places.dedup();
    Ok(Search { line, places, why, own })
}

/// From a part of a value to a multiple of it: each doubling in some stretches.
fn wide(line: Line, value: Decimal, stretches: usize) -> Option<Search> {
    let own = line.place(value)?;
    let doublings = usize::try_from(DOUBLINGS).ok()?.saturating_mul(2);
    let parts = i128::try_from(stretches.checked_div(doublings)?.max(1)).ok()?;
    // Numerators over `all` times `parts`: from one `all`th of the value to `all` times it.
    let all = 1_i128.checked_shl(DOUBLINGS)?;
    let below = all.checked_mul(parts)?;
    let mut places = vec![own];
    let mut from = below.checked_mul(all)?;
    while from > parts {
        let half = from.checked_div(2)?;
        for part in 0..parts {
            let at = from.checked_sub(half.checked_mul(part)?.checked_div(parts)?)?;
            places.push(own.checked_mul(at)?.checked_div(below)?);
        }
        from = half;
    }
    places.push(own.checked_div(all)?);
    places.sort_unstable();
    places.dedup();
    // What lies between two numbers that can be kept can be kept.
    Decimal::try_from_i128_with_scale(*places.last()?, line.places).ok()?;
    Decimal::try_from_i128_with_scale(*places.first()?, line.places).ok()?;
    let why = format!("from a {all}th of the value to {all} times it");
    (places.len() > 1).then_some(Search { line, places, why, own: Some(own) })
}
