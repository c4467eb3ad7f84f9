//! One point of a study: a scenario with some inputs changed, played as `run` plays it.

use crate::diagnostics::Diagnostic;
use crate::diagnostics::Sources;
use crate::outcome::Measure;
use crate::outcome::Metric;
use crate::outcome::MetricValue;
use crate::outcome::Outcome;
use crate::outcome::metric;
use crate::units::Day;
use crate::units::Decimal;

/// What is changed in a scenario: what could be typed behind `run FILE`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// Behind `--case`.
    pub cases: Vec<String>,
    /// Behind `--remove`.
    pub remove: Vec<String>,
    /// Behind `--set`.
    pub set: Vec<String>,
}

impl Change {
    /// One `--set`.
    #[must_use]
    pub fn set(path: &str, text: &str) -> Change {
        Change { set: vec![format!("{path}={text}")], ..Change::default() }
    }

    /// This change, then another one.
    #[must_use]
    pub fn and(&self, other: &Change) -> Change {
        let both = |mine: &[String], its: &[String]| mine.iter().chain(its).cloned().collect();
        Change {
            cases: both(&self.cases, &other.cases),
            remove: both(&self.remove, &other.remove),
            set: both(&self.set, &other.set),
        }
    }
}

/// Why a changed scenario was not played, with the texts that the faults point into.
#[derive(Debug)]
pub struct Refused {
    /// Its faults.
    pub faults: Vec<Diagnostic>,
    /// Where they stand.
    pub sources: Sources,
}

/// The same in a few words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// The code of the first fault.
    pub code: &'static str,
    /// What it says.
    pub message: String,
    /// The mend.
    pub help: Option<String>,
}

impl Refused {
    /// The first fault in a few words.
    #[must_use]
    pub fn why(&self) -> Why {
        match self.faults.first() {
            Some(fault) => {
                Why { code: fault.code.name(), message: fault.message.clone(), help: fault.help.first().cloned() }
            }
            None => Why { code: "arithmetic", message: "there is no answer".to_owned(), help: None },
        }
    }
}

/// Plays a changed scenario as `run` does, on any thread.
pub type Player<'a> = dyn Fn(&Change) -> Result<Outcome, Box<Refused>> + Sync + 'a;

/// The results a path names, each by its whole path: `ownership.*@2026-12-31` gives `ownership.ada@2026-12-31`.
///
/// None if the path names nothing.
#[must_use]
pub fn results(outcome: &Outcome, path: &str) -> Option<Vec<Metric>> {
    let mut found = metric(outcome, path)?;
    if let Some((_, when)) = path.split_once('@') {
        for metric in &mut found {
            metric.path = format!("{}@{when}", metric.path);
        }
    }
    Some(found)
}

/// A result as a number that can be subtracted: of a day the days since 1970-01-01. None of a word, and none beyond the
/// horizon.
#[must_use]
pub fn as_number(value: &MetricValue) -> Option<Decimal> {
    match value {
        MetricValue::Number(number) => Some(*number),
        MetricValue::Day(day) => Some(day_number(*day)),
        MetricValue::Text(_) | MetricValue::Never => None,
    }
}

/// The days from 1970-01-01 to a day.
pub(super) fn day_number(day: Day) -> Decimal {
    Day::new(1970, 1, 1).map_or(Decimal::ZERO, |first| Decimal::from(first.days_until(day)))
}

/// A result of a study: its path and what it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Its path, with `@` and where it is read.
    pub path: String,
    /// What it counts.
    pub measure: Measure,
}
