//! A goal: a result, how it is to compare, and with what: `ownership.ada > 25%`.

use std::cmp::Ordering;

use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::document::typed;
use crate::format::Quantity;
use crate::outcome::Measure;
use crate::outcome::MetricValue;
use crate::units::Day;
use crate::units::Decimal;
use crate::units::Month;
use crate::units::decimal_from_digits;

use super::compare::is_same;
use super::point::day_number;

/// What a search looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goal {
    /// The path of the result.
    pub path: String,
    /// What it counts.
    pub measure: Measure,
    /// How it is to compare.
    pub test: Test,
    /// With what.
    pub target: Target,
    /// That as typed.
    pub typed: String,
}

/// How a result is to compare with a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Test {
    /// `>`
    Above,
    /// `>=`
    AtLeast,
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `=`
    Equal,
}

/// What a result is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A number: of a percentage the part of one.
    Number(Decimal),
    /// A day.
    Day(Day),
    /// A month: a day counts as its month.
    Month(Month),
    /// A word.
    Word(String),
    /// Not within the horizon: later than every day, more than every number of months.
    Never,
}

impl Test {
    /// The sign.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Test::Above => ">",
            Test::AtLeast => ">=",
            Test::Below => "<",
            Test::AtMost => "<=",
            Test::Equal => "=",
        }
    }

    /// Whether a result that stands so to the target passes.
    #[must_use]
    pub fn holds(self, side: Ordering) -> bool {
        match self {
            Test::Above => side.is_gt(),
            Test::AtLeast => side.is_ge(),
            Test::Below => side.is_lt(),
            Test::AtMost => side.is_le(),
            Test::Equal => side.is_eq(),
        }
    }
}

impl Goal {
    /// Reads `METRIC OP VALUE`; the value by what the result counts: `25%`, `50B`, `24`, `2029-12-31`, `2029-12`,
    /// `never`.
    ///
    /// # Errors
    /// No sign, no single result, or a value of another kind.
    ///
    /// ```
    /// use capsim::studies::Goal;
    /// let goal = Goal::from_text("ownership.ada > 25%").unwrap();
    /// assert_eq!((goal.path.as_str(), goal.test.sign()), ("ownership.ada", ">"));
    /// ```
    pub fn from_text(text: &str) -> Result<Goal, Diagnostic> {
        let bad = |message: String| {
            Diagnostic::new(Code::BadGoal, message).help(
                "write a result, a sign and a value, as 'ownership.ada > 25%' or 'runway.plan.cash_out >= 2029-12'",
            )
        };
        let Some(at) = text.find(['>', '<', '=']) else {
            return Err(bad(format!("`{text}` compares nothing: it has no >, >=, <, <= or =")));
        };
        let (path, rest) = text.split_at_checked(at).unwrap_or((text, ""));
        let signs = [
            (">=", Test::AtLeast),
            ("<=", Test::AtMost),
            ("==", Test::Equal),
            (">", Test::Above),
            ("<", Test::Below),
            ("=", Test::Equal),
        ];
        let found = signs.iter().find_map(|(sign, test)| Some((*test, rest.strip_prefix(sign)?.trim())));
        let Some((test, value)) = found else { return Err(bad(format!("`{text}` compares nothing"))) };
        let path = path.trim();
        if path.is_empty() || value.is_empty() {
            return Err(bad(format!("`{text}` lacks a result or a value")));
        }
        if path.contains('*') {
            return Err(bad(format!("`{path}` names several results, and a search is for one")));
        }
        let measure = Measure::of_path(path);
        let target = target(measure, value).map_err(|(message, help)| {
            Diagnostic::new(Code::BadGoal, format!("`{value}` behind `{path} {}`: {message}", test.sign())).help(help)
        })?;
        if matches!(target, Target::Word(_)) && test != Test::Equal {
            return Err(bad(format!("`{path}` is a word: it can be equal, and neither more nor less")));
        }
        Ok(Goal { path: path.to_owned(), measure, test, target, typed: value.to_owned() })
    }

    /// As it is written.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{} {} {}", self.path, self.test.sign(), self.typed)
    }

    /// On which side of the target a result lies. Two numbers that differ by less than the last digits of the
    /// arithmetic are one.
    #[must_use]
    pub fn side(&self, value: &MetricValue) -> Ordering {
        match (value, &self.target) {
            (MetricValue::Number(value), Target::Number(target)) if is_same(*value, *target) => Ordering::Equal,
            (MetricValue::Number(value), Target::Number(target)) => value.cmp(target),
            (MetricValue::Day(day), Target::Day(target)) => day.cmp(target),
            (MetricValue::Day(day), Target::Month(target)) => day.month().ordinal().cmp(&target.ordinal()),
            (MetricValue::Text(word), Target::Word(target)) if word == target => Ordering::Equal,
            (MetricValue::Never, Target::Never) => Ordering::Equal,
            (MetricValue::Never, _) => Ordering::Greater,
            // A word of another kind, or a value before never.
            _ => Ordering::Less,
        }
    }

    /// How far a result lies above the target, in its own unit; of days in days. None where there is no distance.
    #[must_use]
    pub fn gap(&self, value: &MetricValue) -> Option<Decimal> {
        match (value, &self.target) {
            (MetricValue::Number(value), Target::Number(target)) => value.checked_sub(*target),
            (MetricValue::Day(day), Target::Day(target)) => Some(day_number(*day) - day_number(*target)),
            (MetricValue::Day(day), Target::Month(month)) => {
                let first = month.first()?;
                match self.side(value) {
                    Ordering::Equal => Some(Decimal::ZERO),
                    Ordering::Less => Some(day_number(*day) - day_number(first)),
                    Ordering::Greater => Some(day_number(*day) - day_number(month.last()?)),
                }
            }
            _ => None,
        }
    }
}

fn target(measure: Measure, text: &str) -> Result<Target, (String, String)> {
    let literal = |quantity: Quantity| {
        let (amount, currency) = typed(quantity, text)?;
        if let Some(named) = currency {
            return Err((
                format!("{named}: a result is in the currency of the file"),
                "leave the currency out".to_owned(),
            ));
        }
        let number = amount.decimal().ok_or_else(|| ("not a number".to_owned(), "write a number".to_owned()))?;
        Ok(Target::Number(number))
    };
    let is_never = text == "never" || text == MetricValue::Never.to_string();
    match measure {
        Measure::Part => literal(Quantity::Percent),
        Measure::Money => literal(Quantity::Money),
        Measure::Price => literal(Quantity::Price),
        Measure::Shares => literal(Quantity::Count),
        Measure::Multiple => decimal_from_digits(text.strip_suffix('x').unwrap_or(text).trim())
            .map(Target::Number)
            .map_err(|_| ("not a number of times".to_owned(), "write it as 3x or 1.5".to_owned())),
        Measure::Months if is_never => Ok(Target::Never),
        Measure::Months => decimal_from_digits(text)
            .map(Target::Number)
            .map_err(|_| ("not a number of months".to_owned(), "write it as 24, or `never`".to_owned())),
        Measure::Day if is_never => Ok(Target::Never),
        Measure::Day => {
            Day::from_text(text).map(Target::Day).or_else(|| month(text).map(Target::Month)).ok_or_else(|| {
                ("neither a day nor a month".to_owned(), "write 2029-12-31, 2029-12, or `never`".to_owned())
            })
        }
        Measure::Text => Ok(Target::Word(text.to_owned())),
    }
}

/// `2029-12`.
fn month(text: &str) -> Option<Month> {
    Some(Day::from_text(&format!("{text}-01"))?.month())
}
