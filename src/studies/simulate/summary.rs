//! What a column of numbers comes to: mean, spread, quantiles, a histogram, the chance of a statement.

use crate::outcome::Measure;
use crate::studies::Goal;
use crate::studies::Target;
use crate::studies::Test;
use crate::units::Scalar;

use super::quantiles::quantiles;
use super::simulation::Simulation;

/// A result over all draws.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Its path.
    pub path: String,
    /// What it counts.
    pub measure: Measure,
    /// Draws in which it has a number, or lies beyond the horizon.
    pub counted: u64,
    /// Of these, draws in which it does not come within the horizon.
    pub beyond: u64,
    /// Draws in which it has no number: a price of a round that is not held. Refused draws are not among them.
    pub missing: u64,
    /// The mean; none if some lie beyond the horizon, or there are none.
    pub mean: Option<f64>,
    /// The standard deviation.
    pub deviation: Option<f64>,
    /// The least and the most.
    pub ends: Option<(f64, f64)>,
    /// Each part asked for, and the value below which it lies: infinite beyond the horizon.
    pub quantiles: Vec<(f64, Option<f64>)>,
    /// How often it lies in each of equal parts between two values; what is below or above counts to the ends.
    pub histogram: Option<Histogram>,
}

/// How often a result lies where.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    /// Where it begins.
    pub low: f64,
    /// Where it ends.
    pub high: f64,
    /// The counts, of what is finite.
    pub counts: Vec<u64>,
}

/// The chance of a statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Chance {
    /// As it was asked.
    pub text: String,
    /// Draws in which it holds.
    pub holds: u64,
    /// Draws in which it can be said.
    pub of: u64,
}

impl Chance {
    /// As a part of one; none if it can be said of no draw.
    #[must_use]
    pub fn part(&self) -> Option<f64> {
        (self.of > 0).then(|| count(self.holds) / count(self.of))
    }

    /// The standard error of that part: `sqrt(p (1 - p) / n)`.
    #[must_use]
    pub fn error(&self) -> Option<f64> {
        let part = self.part()?;
        Some((part * (1.0 - part) / count(self.of)).sqrt())
    }
}

/// Bars of a histogram.
const BARS: usize = 24;

/// Sums up a result; `asked` are the parts of the quantiles, from 0 to 1.
#[must_use]
pub fn summary(simulation: &Simulation, result: usize, asked: &[f64]) -> Summary {
    let (path, measure) = simulation
        .wanted
        .metrics
        .get(result)
        .map_or_else(|| (String::new(), Measure::Text), |(path, measure)| (path.clone(), *measure));
    let (mut counted, mut beyond) = (0u64, 0u64);
    let (mut sum, mut least, mut most) = (0.0, f64::INFINITY, f64::NEG_INFINITY);
    for chunk in simulation.column(result) {
        let mut own = 0.0;
        for value in chunk.iter().filter(|value| !value.is_nan()) {
            counted = counted.saturating_add(1);
            if value.is_infinite() {
                beyond = beyond.saturating_add(1);
            } else {
                own += value;
                least = least.min(*value);
                most = most.max(*value);
            }
        }
        sum += own;
    }
    let finite = counted.saturating_sub(beyond);
    // Many of one number have that very number for a mean, and no spread; their sum is rounded.
    let mean = (counted > 0 && beyond == 0).then(|| if least < most { sum / count(counted) } else { least });
    let deviation = mean.filter(|_| counted > 1).map(|mean| {
        let mut squares = 0.0;
        for chunk in simulation.column(result) {
            squares += chunk
                .iter()
                .filter(|value| !value.is_nan())
                .fold(0.0, |sum, value| sum + (value - mean) * (value - mean));
        }
        (squares / count(counted.saturating_sub(1))).sqrt()
    });
    let mut parts = asked.to_vec();
    parts.extend([0.005, 0.995]);
    let found = quantiles(simulation, result, counted, &parts);
    let at = |place: usize| found.get(place).copied().flatten();
    let refused = simulation.refused.len() as u64;
    let histogram = (finite > 0).then(|| {
        let low = at(asked.len()).filter(|low| low.is_finite()).unwrap_or(least);
        let high = at(asked.len().saturating_add(1)).filter(|high| high.is_finite()).unwrap_or(most);
        histogram(simulation, result, low, high)
    });
    Summary {
        path,
        measure,
        counted,
        beyond,
        missing: simulation.draws().saturating_sub(counted).saturating_sub(refused),
        mean,
        deviation,
        ends: (finite > 0).then_some((least, most)),
        quantiles: asked.iter().copied().zip(found.iter().copied()).collect(),
        histogram,
    }
}

fn histogram(simulation: &Simulation, result: usize, low: f64, high: f64) -> Histogram {
    let mut counts = vec![0u64; BARS];
    let scale = if high > low { count(BARS as u64) / (high - low) } else { 0.0 };
    for chunk in simulation.column(result) {
        for value in chunk.iter().filter(|value| value.is_finite()) {
            if let Some(count) = counts.get_mut(bar((value - low) * scale)) {
                *count = count.saturating_add(1);
            }
        }
    }
    Histogram { low, high, counts }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "kept between the first and the last bar")]
fn bar(place: f64) -> usize {
    (place.max(0.0) as usize).min(BARS - 1)
}

/// A count as a float.
#[allow(clippy::cast_precision_loss, reason = "fewer draws than a float counts exactly")]
fn count(number: u64) -> f64 {
    number as f64
}

/// In how many draws a statement holds. None if its result is not one of the simulation, or its value is no number.
///
/// Two numbers that differ in the last digits alone are one, as in [`Goal`]. What lies beyond the horizon is more than
/// any number.
#[must_use]
pub fn chance(simulation: &Simulation, goal: &Goal) -> Option<Chance> {
    let result = simulation.place(&goal.path)?;
    let target = match &goal.target {
        Target::Number(number) => f64::of(*number),
        Target::Day(day) => f64::whole(i128::from(day.number())),
        Target::Never => f64::INFINITY,
        Target::Month(_) | Target::Word(_) => return None,
    };
    let mut found = Chance { text: goal.text(), holds: 0, of: 0 };
    let grain = target.abs() * 1e-12;
    for value in simulation.column(result).flatten().filter(|value| !value.is_nan()) {
        let is_equal = if target.is_infinite() { value.is_infinite() } else { (value - target).abs() <= grain };
        let holds = match goal.test {
            Test::Above => !is_equal && *value > target,
            Test::AtLeast => is_equal || *value > target,
            Test::Below => !is_equal && *value < target,
            Test::AtMost => is_equal || *value < target,
            Test::Equal => is_equal,
        };
        found.of = found.of.saturating_add(1);
        found.holds = found.holds.saturating_add(u64::from(holds));
    }
    Some(found)
}
