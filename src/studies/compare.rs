//! Results side by side; the first is the baseline.

use indexmap::IndexMap;
use indexmap::IndexSet;

use crate::exchange::RunResult;
use crate::outcome::Measure;
use crate::outcome::MetricValue;
use crate::units::Decimal;

/// What differs between results.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// What each is called.
    pub labels: Vec<String>,
    /// What each says of itself.
    pub titles: Vec<String>,
    /// The currency, if it is one.
    pub currency: Option<String>,
    /// Results that differ, or all.
    pub metrics: Vec<Compared>,
    /// Inputs that differ.
    pub inputs: Vec<ComparedInput>,
}

/// One result path in every subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// The path.
    pub path: String,
    /// What it counts.
    pub measure: Measure,
    /// Its value in each; none where it does not exist.
    pub values: Vec<Option<MetricValue>>,
}

/// One input path in every subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedInput {
    /// The path.
    pub path: String,
    /// Its text in each; none where it is not written.
    pub values: Vec<Option<String>>,
}

impl Compared {
    /// How a value differs from the baseline's, if both are numbers.
    #[must_use]
    pub fn difference(&self, index: usize) -> Option<Decimal> {
        match (self.values.first()?, self.values.get(index)?) {
            (Some(MetricValue::Number(base)), Some(MetricValue::Number(value))) if is_same(*base, *value) => {
                Some(Decimal::ZERO)
            }
            (Some(MetricValue::Number(base)), Some(MetricValue::Number(value))) => value.checked_sub(*base),
            // An entrant had nothing, and a holder that is gone has nothing.
            (None, Some(MetricValue::Number(value))) => Some(*value),
            (Some(MetricValue::Number(base)), None) => Some(-*base),
            _ => None,
        }
    }

    /// Whether the values are not all the same. Two numbers are the same if they differ by less than the last
    /// digits of 28-digit arithmetic: sums taken in another order end differently there.
    #[must_use]
    pub fn differs(&self) -> bool {
        (0..self.values.len()).any(|index| self.differs_at(index))
    }

    /// Whether one value differs from the baseline's.
    #[must_use]
    pub fn differs_at(&self, index: usize) -> bool {
        match (self.values.first(), self.values.get(index)) {
            (Some(Some(MetricValue::Number(base))), Some(Some(MetricValue::Number(value)))) => !is_same(*base, *value),
            (base, value) => base != value,
        }
    }
}

impl Comparison {
    /// Whether any result differs.
    #[must_use]
    pub fn differs(&self) -> bool {
        self.metrics.iter().any(Compared::differs)
    }
}

/// Lays results side by side; `all` keeps what does not differ.
#[must_use]
pub fn compare(subjects: &[(String, RunResult)], all: bool) -> Comparison {
    let results: Vec<&RunResult> = subjects.iter().map(|(_, result)| result).collect();
    let metrics = paths(results.iter().map(|result| &result.metrics))
        .into_iter()
        .map(|path| Compared {
            measure: Measure::of_path(path),
            values: results
                .iter()
                .map(|result| result.metrics.get(path).and_then(|text| MetricValue::from_text(text)))
                .collect(),
            path: path.to_owned(),
        })
        .filter(|compared| all || compared.differs())
        .collect();
    let inputs = paths(results.iter().map(|result| &result.inputs))
        .into_iter()
        .map(|path| ComparedInput {
            path: path.to_owned(),
            values: results.iter().map(|result| result.inputs.get(path).cloned()).collect(),
        })
        .filter(|input| input.values.iter().any(|value| Some(value) != input.values.first()))
        .collect();
    let currencies: IndexSet<&str> = results.iter().map(|result| result.scenario.currency.as_str()).collect();
    Comparison {
        labels: subjects.iter().map(|(label, _)| label.clone()).collect(),
        titles: results
            .iter()
            .map(|result| match result.scenario.case_titles.as_slice() {
                [] => result.scenario.title.clone(),
                cases => format!("{} ({})", result.scenario.title, cases.join(", ")),
            })
            .collect(),
        currency: match currencies.iter().collect::<Vec<_>>().as_slice() {
            [one] => Some((**one).to_owned()),
            _ => None,
        },
        metrics,
        inputs,
    }
}

/// Whether two numbers are one but for the last digits of the arithmetic behind them.
pub(super) fn is_same(a: Decimal, b: Decimal) -> bool {
    let grain = Decimal::from_parts(1, 0, 0, false, 20);
    let size = a.abs().max(b.abs());
    a == b || a.checked_sub(b).zip(size.checked_mul(grain)).is_some_and(|(off, grain)| off.abs() <= grain)
}

/// Every path of some maps: the first map's order, then what the others add.
fn paths<'a>(maps: impl Iterator<Item = &'a IndexMap<String, String>>) -> IndexSet<&'a str> {
    maps.flat_map(|map| map.keys().map(String::as_str)).collect()
}
