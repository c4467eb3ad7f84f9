//! How a figure is spread: the shape of its range in numbers.

use crate::diagnostics::Span;
use crate::units::Decimal;

/// How a figure is spread.
///
/// Numbers are in the unit of the figure's own value: money, shares, a part of one, money per the value's period, and for
/// a day its [`number`](crate::units::Day::number). Ends are in order and hold the value; all may be equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spread {
    /// Anything from `low` to `high` alike.
    Uniform {
        /// The least.
        low: Decimal,
        /// The most.
        high: Decimal,
    },
    /// Rising straight from `low` to `mode`, falling straight to `high`.
    Triangular {
        /// The least.
        low: Decimal,
        /// The most likely.
        mode: Decimal,
        /// The most.
        high: Decimal,
    },
    /// A beta distribution whose mean is `(low + 4 mode + high) / 6`.
    Pert {
        /// The least.
        low: Decimal,
        /// The most likely.
        mode: Decimal,
        /// The most.
        high: Decimal,
    },
    /// A normal distribution, cut off at the ends it has.
    Normal {
        /// What fixes it before it is cut off.
        centre: Bell,
        /// The least.
        low: Option<Decimal>,
        /// The most.
        high: Option<Decimal>,
    },
    /// A distribution whose logarithm is normal, cut off at the ends it has; every number of it is above zero.
    LogNormal {
        /// What fixes it before it is cut off.
        centre: Bell,
        /// The least.
        low: Option<Decimal>,
        /// The most.
        high: Option<Decimal>,
    },
    /// One of some values.
    Discrete {
        /// Each value and its weight, one each where none are written; together above zero.
        options: Vec<(Decimal, Decimal)>,
    },
}

/// What fixes a bell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bell {
    /// Its middle and its width.
    Around {
        /// The mean of a normal, the median of a lognormal.
        middle: Decimal,
        /// The standard deviation of a normal, in its own unit and for a day in days; of a lognormal that of the
        /// natural logarithm. Zero or more.
        width: Decimal,
    },
    /// Two quantiles, those of 5 % and 95 %.
    Between {
        /// One draw in twenty is below it.
        p5: Decimal,
        /// One draw in twenty is above it.
        p95: Decimal,
    },
}

/// A number besides its value that a figure may become: an end of its range, or an option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// Which one.
    pub kind: EndKind,
    /// The number, in the unit of the figure's own value.
    pub value: Decimal,
    /// As it was typed, without quotes.
    pub typed: String,
    /// Where it stands.
    pub span: Span,
}

/// Which number of a figure an [`End`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndKind {
    /// The least.
    Low,
    /// The most.
    High,
    /// One of the values of a discrete shape.
    Option,
}

/// As many standard deviations below the mean there is one draw in a million.
const ONE_IN_A_MILLION: Decimal = Decimal::from_parts(476, 0, 0, false, 2);
/// As many standard deviations lie between the middle and either quantile.
const TO_QUANTILE: Decimal = Decimal::from_parts(1_644_853_627, 0, 0, false, 9);

impl Spread {
    /// Whether more than one draw in a million lies below a number: a normal that nothing cuts off.
    #[must_use]
    pub fn may_fall_below(&self, least: Decimal) -> bool {
        let Spread::Normal { centre, low: None, .. } = self else { return false };
        centre.reaches(|middle| middle.checked_sub(least))
    }

    /// Whether more than one draw in a million lies above a number: a normal that nothing cuts off.
    #[must_use]
    pub fn may_rise_above(&self, most: Decimal) -> bool {
        let Spread::Normal { centre, high: None, .. } = self else { return false };
        centre.reaches(|middle| most.checked_sub(middle))
    }
}

impl Bell {
    /// Whether what lies at a distance from the middle of a normal is passed more than once in a million draws.
    fn reaches(self, distance: impl Fn(Decimal) -> Option<Decimal>) -> bool {
        let (middle, width) = match self {
            Bell::Around { middle, width } => (Some(middle), Some(width)),
            Bell::Between { p5, p95 } => {
                let half = |sum: Option<Decimal>| sum?.checked_div(Decimal::TWO);
                (half(p5.checked_add(p95)), half(p95.checked_sub(p5)).and_then(|half| half.checked_div(TO_QUANTILE)))
            }
        };
        let tail = width.and_then(|width| width.checked_mul(ONE_IN_A_MILLION));
        matches!((middle.and_then(distance), tail), (Some(distance), Some(tail)) if distance < tail)
    }
}
