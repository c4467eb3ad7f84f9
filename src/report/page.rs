//! The parts of a page.

use crate::units::Day;
use crate::units::Decimal;

/// A page: a heading and sections.
#[derive(Debug, Clone)]
pub struct Page {
    /// What it is about.
    pub title: String,
    /// Beside the title: file and day.
    pub aside: String,
    /// Lines below the title.
    pub lead: Vec<String>,
    /// The currency of its money.
    pub currency: String,
    /// Its chart: what its tables say in numbers, for those who look.
    pub chart: Option<Chart>,
    /// Its sections.
    pub sections: Vec<Section>,
}

/// The sections a user can ask for by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// Rounds and tranches.
    Rounds,
    /// What converted, was adjusted, granted and exercised.
    Instruments,
    /// Who owns what.
    Ownership,
    /// Why it changed.
    Bridge,
    /// How long the money lasts.
    Runway,
    /// The same by what becomes of the conditions.
    Matrix,
    /// What the burn reports say of each year.
    Years,
    /// The balances month by month.
    Cash,
    /// What comes back.
    Flows,
    /// What an exit pays.
    Exits,
    /// Assumed, disputed, and where it came from.
    Figures,
    /// What to know.
    Findings,
    /// Anything else.
    Other,
}

/// A heading, a table, and lines below it.
#[derive(Debug, Clone)]
pub struct Section {
    /// Which view it belongs to.
    pub view: View,
    /// Its heading.
    pub heading: String,
    /// Its table.
    pub grid: Option<Grid>,
    /// Lines below.
    pub notes: Vec<String>,
}

/// A table.
#[derive(Debug, Clone)]
pub struct Grid {
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// Lines over one axis.
#[derive(Debug, Clone)]
pub struct Chart {
    /// What stands along the axis.
    pub axis: String,
    /// Where the points stand, rising.
    pub points: Vec<Decimal>,
    /// Each line's name and its values at the points, in money.
    pub lines: Vec<(String, Vec<Decimal>)>,
}

/// A column.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its heading.
    pub heading: String,
    /// Which side its cells stand on.
    pub align: Align,
}

/// A side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Texts.
    Left,
    /// Numbers.
    Right,
}

/// A row.
#[derive(Debug, Clone)]
pub struct Row {
    /// What kind.
    pub kind: RowKind,
    /// One cell a column.
    pub cells: Vec<Cell>,
}

/// The kinds of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowKind {
    /// One of many.
    Item,
    /// Less important than the others.
    Quiet,
    /// The sum.
    Total,
}

/// A cell: a value and what it is.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// A text.
    Text(String),
    /// A bar of a part of the largest.
    Bar {
        /// The part.
        part: Decimal,
        /// The largest of the column.
        of: Decimal,
    },
    /// A part of one, shown as a percentage: exactly, and as the column shows it.
    Percent {
        /// The part.
        exact: Decimal,
        /// Rounded so that the column adds up.
        shown: Decimal,
    },
    /// A difference of two parts, in percentage points.
    Points(Decimal),
    /// How far apart parts of one lie, in percentage points without a sign.
    Width(Decimal),
    /// Money.
    Money(Decimal),
    /// A difference of two amounts.
    MoneyChange(Decimal),
    /// Money per share.
    Price(Decimal),
    /// A number of times.
    Multiple(Decimal),
    /// A difference of two numbers of times.
    MultipleChange(Decimal),
    /// A difference of two prices.
    PriceChange(Decimal),
    /// Shares.
    Shares(Decimal),
    /// A difference of two counts of shares.
    SharesChange(Decimal),
    /// Months.
    Months(Decimal),
    /// A difference of two counts of months.
    MonthsChange(Decimal),
    /// The same as the baseline.
    Same,
    /// A day.
    Day(Day),
    /// Not within the horizon.
    Never,
    /// A line of balances, the last of them at the horizon; below the minimum is low.
    Spark {
        /// The balances.
        values: Vec<Decimal>,
        /// The minimum.
        minimum: Decimal,
    },
    /// How often a result lies in each of equal parts of its range.
    Shape(Vec<u64>),
    /// A cell of a grid that is read as a map.
    Warm {
        /// The cell.
        cell: Box<Cell>,
        /// How high it stands between the lowest of the grid, zero, and the highest, one.
        part: Decimal,
    },
    /// A bar around a base: how far a result moves to either side. Parts of the way from the lowest to the highest end
    /// of the column.
    Swing {
        /// The result at the low end of what was moved.
        low: Option<Decimal>,
        /// The result at its high end.
        high: Option<Decimal>,
        /// The result of the base.
        base: Decimal,
    },
}

impl Column {
    /// A column of texts.
    #[must_use]
    pub fn text(heading: &str) -> Column {
        Column { heading: heading.to_owned(), align: Align::Left }
    }

    /// A column of numbers.
    #[must_use]
    pub fn number(heading: &str) -> Column {
        Column { heading: heading.to_owned(), align: Align::Right }
    }
}

impl Cell {
    /// A part of one as a percentage of two places, a half rounded away from zero.
    #[must_use]
    pub fn percent(exact: Decimal) -> Cell {
        let percent = exact.saturating_mul(Decimal::ONE_HUNDRED);
        let mut shown = percent.round_dp_with_strategy(2, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
        shown.rescale(2);
        Cell::Percent { exact, shown }
    }

    /// What the cell says, without how high it stands.
    #[must_use]
    pub fn plain(&self) -> &Cell {
        match self {
            Cell::Warm { cell, .. } => cell.plain(),
            other => other,
        }
    }

    /// Whether it is drawn, and says nothing that the others of its row do not.
    #[must_use]
    pub fn is_drawn(&self) -> bool {
        matches!(self, Cell::Bar { .. } | Cell::Spark { .. } | Cell::Shape(_) | Cell::Swing { .. })
    }

    /// A text cell.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Cell {
        Cell::Text(text.into())
    }
}

/// Parts of one, rounded to two places of a percentage by largest remainder, so that a whole column shows 100.00.
///
/// ```
/// use capsim::report::shown_parts;
/// use capsim::units::Decimal;
/// let third = Decimal::ONE.checked_div(Decimal::from(3)).unwrap();
/// let shown = shown_parts(&[third, third, third]);
/// assert_eq!(shown.iter().map(|part| part.to_string()).collect::<Vec<_>>(), ["33.34", "33.33", "33.33"]);
/// ```
#[must_use]
pub fn shown_parts(parts: &[Decimal]) -> Vec<Decimal> {
    let percent: Vec<Decimal> = parts.iter().map(|part| part.saturating_mul(Decimal::ONE_HUNDRED)).collect();
    let mut shown: Vec<Decimal> = percent.iter().map(|part| part.trunc_with_scale(2)).collect();
    let all = percent.iter().fold(Decimal::ZERO, |sum, part| sum.saturating_add(*part));
    let so_far = shown.iter().fold(Decimal::ZERO, |sum, part| sum.saturating_add(*part));
    let hundredth = Decimal::new(1, 2);
    let missing = all.round_dp(2).saturating_sub(so_far);
    let steps = missing.checked_div(hundredth).map_or(0, |steps| steps.round().mantissa());
    let mut order: Vec<usize> = (0..parts.len()).collect();
    let rest = |index: usize| {
        let (exact, cut) = (percent.get(index), shown.get(index));
        exact.zip(cut).map_or(Decimal::ZERO, |(exact, cut)| exact.saturating_sub(*cut))
    };
    order.sort_by_key(|index| std::cmp::Reverse(rest(*index)));
    let lucky: Vec<usize> = order.into_iter().take(usize::try_from(steps).unwrap_or(0)).collect();
    for index in lucky {
        if let Some(part) = shown.get_mut(index) {
            *part = part.saturating_add(hundredth);
        }
    }
    for part in &mut shown {
        part.rescale(2);
    }
    shown
}
