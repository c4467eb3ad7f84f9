//! What a column of numbers comes to: mean, spread, quantiles, a histogram, the chance of a statement.

use crate::outcome::Measure;
use crate::studies::Goal;
use crate::studies::Target;
use crate::studies::Test;
use crate::units::Scalar;

use super::quantiles::BLOCK;
use super::quantiles::Bins;
use super::simulation::Simulation;
use super::wide::filled;
use super::wide::wide;

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
    let mut bins = Bins::of(simulation.column(result));
    let all = wide(
        #[inline(always)]
        || {
            let mut all = Counted::NONE;
            for run in simulation.column(result) {
                all.add(&Counted::of(run));
                bins.count(run);
            }
            all
        },
    );
    let Counted { counted, beyond, sum, least, most } = all;
    let finite = counted.saturating_sub(beyond);
    // Many of one number have that very number for a mean, and no spread; their sum is rounded.
    let mean = (counted > 0 && beyond == 0).then(|| if least < most { sum / count(counted) } else { least });
    let mut parts = asked.to_vec();
    parts.extend([0.005, 0.995]);
    let mut wanted = bins.wanted(&parts);
    let squares = wide(
        #[inline(always)]
        || {
            let mut squares = 0.0;
            for run in simulation.column(result) {
                wanted.collect(&bins, run);
                if let Some(mean) = mean {
                    squares += squares_of(run, mean);
                }
            }
            squares
        },
    );
    let deviation = mean.filter(|_| counted > 1).map(|_| (squares / count(counted.saturating_sub(1))).sqrt());
    let found = wanted.quantiles();
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

/// A run of draws: how many have a number, and what they sum up to.
#[derive(Debug, Clone, Copy)]
struct Counted {
    counted: u64,
    beyond: u64,
    sum: f64,
    least: f64,
    most: f64,
}

/// Sums that are made side by side: each takes every so many-th number, always the same.
const SUMS: usize = 8;

/// The same of every so many-th number.
struct Sums {
    sums: [f64; SUMS],
    least: [f64; SUMS],
    most: [f64; SUMS],
    finite: [u64; SUMS],
    none: [u64; SUMS],
}

#[inline(always)]
fn chosen(holds: bool, yes: f64, no: f64) -> f64 {
    if holds { yes } else { no }
}

impl Sums {
    const NONE: Sums = Sums {
        sums: [0.0; SUMS],
        least: [f64::INFINITY; SUMS],
        most: [f64::NEG_INFINITY; SUMS],
        finite: [0; SUMS],
        none: [0; SUMS],
    };

    #[inline(always)]
    #[allow(clippy::indexing_slicing, clippy::needless_range_loop, reason = "the loop runs over the sums")]
    fn take(&mut self, block: &[f64; SUMS]) {
        for place in 0..SUMS {
            // Whatever is decided is decided by choosing between two numbers: a jump would be another for each.
            let value = block[place];
            let is_finite = value.abs() < f64::INFINITY;
            let (low, high) = (chosen(is_finite, value, f64::INFINITY), chosen(is_finite, value, f64::NEG_INFINITY));
            self.sums[place] += chosen(is_finite, value, 0.0);
            self.least[place] = chosen(low < self.least[place], low, self.least[place]);
            self.most[place] = chosen(self.most[place] < high, high, self.most[place]);
            self.finite[place] += u64::from(is_finite);
            self.none[place] += u64::from(value.is_nan());
        }
    }
}

impl Counted {
    const NONE: Counted = Counted { counted: 0, beyond: 0, sum: 0.0, least: f64::INFINITY, most: f64::NEG_INFINITY };

    #[inline(always)]
    fn of(chunk: &[f64]) -> Counted {
        let mut sums = Sums::NONE;
        let (blocks, rest) = chunk.as_chunks::<SUMS>();
        for block in blocks {
            sums.take(block);
        }
        sums.take(&filled(rest));
        let Sums { sums, least, most, finite, none } = sums;
        let padding = (SUMS - rest.len()) as u64;
        let none = none.iter().sum::<u64>().saturating_sub(padding);
        let finite = finite.iter().sum::<u64>();
        let counted = (chunk.len() as u64).saturating_sub(none);
        Counted {
            counted,
            beyond: counted.saturating_sub(finite),
            sum: sums.iter().sum(),
            least: least.iter().copied().fold(f64::INFINITY, f64::min),
            most: most.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        }
    }

    fn add(&mut self, other: &Counted) {
        self.counted = self.counted.saturating_add(other.counted);
        self.beyond = self.beyond.saturating_add(other.beyond);
        self.sum += other.sum;
        self.least = self.least.min(other.least);
        self.most = self.most.max(other.most);
    }
}

/// The squares of the distances from a mean, of what is a number.
#[inline(always)]
#[allow(clippy::indexing_slicing, clippy::needless_range_loop, reason = "the loop runs over the sums")]
fn squares_of(chunk: &[f64], mean: f64) -> f64 {
    let mut sums = [0.0; SUMS];
    let (blocks, rest) = chunk.as_chunks::<SUMS>();
    for block in blocks {
        for place in 0..SUMS {
            let distance = if block[place].is_nan() { 0.0 } else { block[place] - mean };
            sums[place] += distance * distance;
        }
    }
    let of_rest =
        rest.iter().filter(|value| !value.is_nan()).fold(0.0, |sum, value| sum + (value - mean) * (value - mean));
    sums.iter().sum::<f64>() + of_rest
}

fn histogram(simulation: &Simulation, result: usize, low: f64, high: f64) -> Histogram {
    let scale = if high > low { count(BARS as u64) / (high - low) } else { 0.0 };
    let counts = wide(
        #[inline(always)]
        || {
            // Counted in two tables, turn by turn, so that equal numbers do not wait for each other; what is not finite
            // stands behind the bars.
            let mut counts = [[0u64; ROOM]; 2];
            for run in simulation.column(result) {
                let (blocks, rest) = run.as_chunks::<BLOCK>();
                for block in blocks.iter().chain([&filled(rest)]) {
                    count_bars(block, low, scale, &mut counts);
                }
            }
            counts
        },
    );
    let [one, other] = counts;
    let counts = one.iter().zip(other).take(BARS).map(|(one, other)| one.saturating_add(other)).collect();
    Histogram { low, high, counts }
}

/// Room for the bars and what is no number: a power of two.
const ROOM: usize = 32;

#[inline(always)]
#[allow(
    clippy::indexing_slicing,
    clippy::needless_range_loop,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "the loops run over a block, and five bits are a place in a table"
)]
fn count_bars(block: &[f64; BLOCK], low: f64, scale: f64, counts: &mut [[u64; ROOM]; 2]) {
    const LAST: f64 = (BARS - 1) as f64;
    // The greatest whole number in it: the nearest, or one less.
    const SHIFT: f64 = 4_503_599_627_370_496.0;
    let mut bars = [0usize; BLOCK];
    for place in 0..BLOCK {
        let value = block[place];
        let at = (value - low) * scale;
        let at = if at < 0.0 { 0.0 } else { at };
        let at = if at > LAST { LAST } else { at };
        let nearest = (at + SHIFT) - SHIFT;
        let whole = if nearest > at { nearest - 1.0 } else { nearest };
        let whole = if value.is_finite() { whole } else { LAST + 1.0 };
        bars[place] = ((whole + SHIFT).to_bits() & (ROOM as u64 - 1)) as usize;
    }
    for pair in 0..BLOCK / 2 {
        let (one, other) = (bars[2 * pair], bars[2 * pair + 1]);
        counts[0][one] = counts[0][one].wrapping_add(1);
        counts[1][other] = counts[1][other].wrapping_add(1);
    }
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
