//! What a uniform number becomes: the quantile function of each shape, for one draw and for a column of them.

use crate::scenario::Bell;
use crate::scenario::Spread;
use crate::units::Decimal;
use crate::units::Scalar;

use super::functions::beta_at;
use super::functions::exp;
use super::functions::ln;
use super::functions::ln_gamma;
use super::functions::normal_below;
use super::functions::normal_column;

/// A shape with its numbers worked out.
#[derive(Debug, Clone)]
pub enum Distribution {
    /// Always the same.
    Point(f64),
    /// Equally likely everywhere between two ends.
    Uniform {
        /// The lower end.
        low: f64,
        /// Its distance from the upper.
        width: f64,
    },
    /// Rising in a straight line to the mode, and falling from it.
    Triangular(Triangle),
    /// A beta distribution between two ends, its mode four times as heavy as each of them.
    Pert(Box<Pert>),
    /// A normal distribution, or that of the logarithm.
    Bell(Curve),
    /// One of some values.
    Discrete(Vec<Choice>),
}

/// A value of a discrete shape, and the chance of it or one before it.
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    value: f64,
    up_to: f64,
}

/// A triangular distribution.
#[derive(Debug, Clone, Copy)]
pub struct Triangle {
    low: f64,
    high: f64,
    /// The part that lies below the mode.
    below: f64,
    rising: f64,
    falling: f64,
}

/// A normal or lognormal distribution, cut off where there are ends.
#[derive(Debug, Clone, Copy)]
pub struct Curve {
    middle: f64,
    width: f64,
    is_log: bool,
    ends: Option<Ends>,
}

/// Where a bell is cut off.
#[derive(Debug, Clone, Copy)]
struct Ends {
    low: f64,
    high: f64,
    /// The part below the lower end.
    below: f64,
    /// The part between the ends.
    between: f64,
}

/// A PERT distribution.
#[derive(Debug, Clone)]
pub struct Pert {
    low: f64,
    width: f64,
    alpha: f64,
    beta: f64,
    ln_beta: f64,
    /// Where each of equal parts begins, and where the last ends: a start for the search.
    knots: Vec<Knot>,
}

/// A quantile on a scale from 0 to 1, and how fast it rises; none where it does so without bound.
#[derive(Debug, Clone, Copy)]
struct Knot {
    x: f64,
    slope: Option<f64>,
}

/// The 95 % quantile of the standard normal distribution.
const AT_95: f64 = 1.644_853_626_951_472_2;
/// Parts of the table a search begins with.
const PARTS: u32 = 64;

impl Distribution {
    /// The distribution of a figure.
    #[must_use]
    pub fn of(spread: &Spread) -> Distribution {
        let float = |value: &Decimal| f64::of(*value);
        match spread {
            Spread::Uniform { low, high } => Distribution::Uniform { low: float(low), width: float(high) - float(low) },
            Spread::Triangular { low, high, .. } | Spread::Pert { low, high, .. } if low == high => {
                Distribution::Point(float(low))
            }
            Spread::Triangular { low, mode, high } => {
                let (low, mode, high) = (float(low), float(mode), float(high));
                let width = high - low;
                Distribution::Triangular(Triangle {
                    low,
                    high,
                    below: (mode - low) / width,
                    rising: width * (mode - low),
                    falling: width * (high - mode),
                })
            }
            Spread::Pert { low, mode, high } => {
                Distribution::Pert(Box::new(Pert::new(float(low), float(mode), float(high))))
            }
            Spread::Normal { centre, low, high } => bell(centre, false, low.map(f64::of), high.map(f64::of)),
            Spread::LogNormal { centre, low, high } => bell(centre, true, low.map(f64::of), high.map(f64::of)),
            Spread::Discrete { options } => discrete(options),
        }
    }

    /// Whether no draw of it is below zero, by its ends alone. An end at zero counts where nothing is taken away from
    /// anything on the way there.
    #[must_use]
    pub fn is_never_negative(&self) -> bool {
        match self {
            Distribution::Point(value) => *value >= 0.0 && value.is_sign_positive(),
            Distribution::Uniform { low, width } => *low >= 0.0 && low.is_sign_positive() && *width >= 0.0,
            // The last digits of a root may go below the low end.
            Distribution::Triangular(triangle) => triangle.low > 1e-9 * triangle.high,
            Distribution::Bell(curve) => curve.is_log || curve.ends.is_some_and(|ends| ends.low > 0.0),
            Distribution::Discrete(options) => {
                options.iter().all(|option| option.value >= 0.0 && option.value.is_sign_positive())
            }
            Distribution::Pert(pert) => pert.low >= 0.0 && pert.low.is_sign_positive() && pert.width >= 0.0,
        }
    }

    /// The value below which a part `u` of all draws lies.
    #[must_use]
    pub fn quantile(&self, u: f64) -> f64 {
        match self {
            Distribution::Pert(pert) => pert.quantile(u),
            other => other.column([u]).into_iter().fold(0.0, |_, value| value),
        }
    }

    /// The same for a column of numbers, without a branch on any of them.
    #[inline(always)]
    #[must_use]
    pub fn column<const N: usize>(&self, mut u: [f64; N]) -> [f64; N] {
        match self {
            Distribution::Point(value) => [*value; N],
            Distribution::Uniform { low, width } => {
                for u in &mut u {
                    *u = low + *u * width;
                }
                u
            }
            Distribution::Triangular(triangle) => triangle.column(u),
            Distribution::Bell(curve) => {
                if let Some(ends) = curve.ends {
                    for u in &mut u {
                        *u = ends.below + *u * ends.between;
                    }
                }
                curve.stretched(normal_column(u))
            }
            Distribution::Discrete(options) => {
                let mut all = [options.first().map_or(0.0, |option| option.value); N];
                for (before, option) in options.iter().zip(options.iter().skip(1)) {
                    for (value, u) in all.iter_mut().zip(&u) {
                        *value = if *u < before.up_to { *value } else { option.value };
                    }
                }
                all
            }
            Distribution::Pert(pert) => {
                for u in &mut u {
                    *u = pert.quantile(*u);
                }
                u
            }
        }
    }
}

impl Triangle {
    #[inline(always)]
    #[allow(clippy::indexing_slicing, clippy::needless_range_loop, reason = "the loops run over the column")]
    fn column<const N: usize>(&self, mut u: [f64; N]) -> [f64; N] {
        let Triangle { low, high, below, rising, falling } = *self;
        let mut root = [0.0; N];
        for draw in 0..N {
            let (up, down) = (u[draw] * rising, (1.0 - u[draw]) * falling);
            root[draw] = if u[draw] < below { up } else { down };
        }
        for draw in 0..N {
            root[draw] = root[draw].sqrt();
        }
        for draw in 0..N {
            let (up, down) = (low + root[draw], high - root[draw]);
            u[draw] = if u[draw] < below { up } else { down };
        }
        u
    }
}

impl Curve {
    /// Standard normal numbers as numbers of this curve.
    #[inline(always)]
    fn stretched<const N: usize>(&self, mut z: [f64; N]) -> [f64; N] {
        if self.is_log {
            for z in &mut z {
                *z = self.middle * exp(self.width * *z);
            }
        } else {
            for z in &mut z {
                *z = self.middle + self.width * *z;
            }
        }
        if let Some(ends) = self.ends {
            // The last digit of a quantile may stand beyond an end.
            for z in &mut z {
                let least = if *z < ends.low { ends.low } else { *z };
                *z = if ends.high < least { ends.high } else { least };
            }
        }
        z
    }
}

fn bell(centre: &Bell, is_log: bool, low: Option<f64>, high: Option<f64>) -> Distribution {
    let (middle, width) = match centre {
        Bell::Around { middle, width } => (f64::of(*middle), f64::of(*width)),
        Bell::Between { p5, p95 } => {
            let (p5, p95) = (f64::of(*p5), f64::of(*p95));
            if is_log {
                (p5.sqrt() * p95.sqrt(), ln(p95 / p5) / (2.0 * AT_95))
            } else {
                ((p5 + p95) / 2.0, (p95 - p5) / (2.0 * AT_95))
            }
        }
    };
    if width <= 0.0 {
        return Distribution::Point(middle);
    }
    let ends = (low.is_some() || high.is_some()).then(|| {
        let part = |end: f64| match is_log {
            true if end <= 0.0 => 0.0,
            true => normal_below(ln(end / middle) / width),
            false => normal_below((end - middle) / width),
        };
        let below = low.map_or(0.0, part);
        Ends {
            low: low.unwrap_or(f64::NEG_INFINITY),
            high: high.unwrap_or(f64::INFINITY),
            below,
            between: high.map_or(1.0, part) - below,
        }
    });
    Distribution::Bell(Curve { middle, width, is_log, ends })
}

fn discrete(options: &[(Decimal, Decimal)]) -> Distribution {
    let all = options.iter().fold(0.0, |sum, (_, weight)| sum + f64::of(*weight));
    let mut sum = 0.0;
    let mut list = Vec::with_capacity(options.len());
    // What cannot be drawn takes no place: a number is never at or above one.
    for (value, weight) in options.iter().filter(|(_, weight)| !weight.is_zero()) {
        sum += f64::of(*weight);
        list.push(Choice { value: f64::of(*value), up_to: sum / all });
    }
    Distribution::Discrete(list)
}

impl Pert {
    /// With `alpha = 1 + 4 (mode - low) / (high - low)` and `beta = 1 + 4 (high - mode) / (high - low)`.
    fn new(low: f64, mode: f64, high: f64) -> Pert {
        let width = high - low;
        let alpha = 1.0 + 4.0 * (mode - low) / width;
        let beta = 1.0 + 4.0 * (high - mode) / width;
        let ln_beta = ln_gamma(alpha) + ln_gamma(beta) - ln_gamma(alpha + beta);
        let whole = vec![Knot { x: 0.0, slope: None }, Knot { x: 1.0, slope: None }];
        let mut pert = Pert { low, width, alpha, beta, ln_beta, knots: whole };
        let knot = |part: u32| {
            let x = pert.scaled(f64::from(part) / f64::from(PARTS));
            let (_, density) = beta_at(alpha, beta, ln_beta, x);
            Knot { x, slope: (density > 0.0).then(|| 1.0 / density) }
        };
        pert.knots = (0..=PARTS).map(knot).collect();
        pert
    }

    fn quantile(&self, u: f64) -> f64 {
        self.low + self.width * self.scaled(u)
    }

    /// The part of the table in which `u` lies, and how far into it.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "from nothing to a few dozen"
    )]
    fn part_of(&self, u: f64) -> (usize, f64) {
        let parts = self.knots.len().saturating_sub(1);
        let part = ((u * parts as f64) as usize).min(parts.saturating_sub(1));
        (part, u * parts as f64 - part as f64)
    }

    /// The quantile on a scale from 0 to 1: Newton's steps between the ends of its part of the table, halving where a
    /// step leaves them. They begin on the cubic through both ends with the slopes there, so that mostly one is enough.
    fn scaled(&self, u: f64) -> f64 {
        let (part, into) = self.part_of(u);
        let (Some(from), Some(to)) = (self.knots.get(part), self.knots.get(part.saturating_add(1))) else { return u };
        let (mut low, mut high) = (from.x, to.x);
        let middle = (low + high) / 2.0;
        let mut x = match (from.slope, to.slope) {
            (Some(rises), Some(ends)) => {
                let (back, step) = (1.0 - into, 1.0 / f64::from(PARTS));
                let cubic = back * back * ((1.0 + 2.0 * into) * low + into * step * rises)
                    + into * into * ((1.0 + 2.0 * back) * high - back * step * ends);
                if cubic > low && cubic < high { cubic } else { middle }
            }
            _ => middle,
        };
        for _ in 0..100 {
            let (below, density) = beta_at(self.alpha, self.beta, self.ln_beta, x);
            let rest = below - u;
            if rest < 0.0 {
                low = x;
            } else {
                high = x;
            }
            let newton = x - rest / density;
            let is_within = newton > low && newton < high;
            let next = if is_within { newton } else { (low + high) / 2.0 };
            let step = (next - x).abs();
            // The error of a step is its square; what is off by the last digits leaves the bounds.
            let is_near = step <= 1e-15 * x || (is_within && step <= 1e-9 * x.min(1.0 - x));
            if is_near || next <= 0.0 || next >= 1.0 {
                return next;
            }
            x = next;
        }
        x
    }
}

#[cfg(test)]
mod tests {
    use super::Pert;
    use super::beta_at;

    #[test]
    fn a_quantile_of_pert_is_where_its_part_lies_below() {
        for (low, mode, high) in [(0.0, 0.0, 1.0), (0.0, 1e-3, 1.0), (1.0, 1.7, 4.0), (0.0, 0.5, 1.0), (0.0, 1.0, 1.0)]
        {
            let pert = Pert::new(low, mode, high);
            for step in 0..20_000u32 {
                let u = (f64::from(step) + 0.37) / 20_000.0;
                let x = pert.scaled(u);
                let (below, density) = beta_at(pert.alpha, pert.beta, pert.ln_beta, x);
                // As near as the last digits of `x` and of the part itself allow.
                let slack = 4e-16 * (density * x.max(1.0 - x)) + 5e-15;
                assert!((below - u).abs() <= slack, "{low} {mode} {high}, {u}: {x}, off by {}", below - u);
            }
        }
    }
}
