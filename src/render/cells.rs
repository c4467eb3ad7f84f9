//! Cells as texts. A column of amounts is written in one magnitude, so that it can be read down.

use crate::report::Cell;
use crate::report::Grid;
use crate::units::Decimal;
use crate::units::amount;
use crate::units::currency_sign;
use crate::units::grouped;
use crate::units::magnitude;
use crate::units::scaled;

use super::visible::visible;

/// How the numbers of a column are written: each kind in one way, so that it can be read down.
#[derive(Clone, Copy)]
struct Style {
    /// The power of ten amounts are divided by.
    power: u32,
    letter: &'static str,
    /// Decimal places of amounts.
    money: u32,
    /// Decimal places of prices.
    price: u32,
    /// Decimal places of shares.
    shares: u32,
}

/// The texts of a grid, row by row. Bars and sparklines stay empty; a renderer that has them draws them.
pub(super) fn texts(grid: &Grid, currency: &str) -> Vec<Vec<String>> {
    let styles: Vec<Style> = (0..grid.columns.len()).map(|column| style(grid, column)).collect();
    grid.rows
        .iter()
        .map(|row| row.cells.iter().zip(&styles).map(|(cell, style)| text(cell, *style, currency)).collect())
        .collect()
}

fn style(grid: &Grid, column: usize) -> Style {
    let cells = || grid.rows.iter().filter_map(|row| row.cells.get(column)).map(Cell::plain);
    let amounts: Vec<Decimal> = cells()
        .filter_map(|cell| match cell {
            Cell::Money(value) | Cell::MoneyChange(value) => Some(*value),
            _ => None,
        })
        .collect();
    let largest = amounts.iter().map(Decimal::abs).max().unwrap_or(Decimal::ZERO);
    let (power, letter) = magnitude(largest);
    let shown = |places: u32| {
        amounts.iter().all(|value| {
            // No amount is off by more than a fiftieth of itself.
            let exact = shifted(*value, power);
            let off = exact.saturating_sub(exact.round_dp(places)).abs();
            off.saturating_mul(Decimal::from(50)) <= exact.abs()
        })
    };
    let most = if power == 0 { 2 } else { 3 };
    let finest = cells()
        .filter_map(|cell| match cell {
            Cell::Price(value) | Cell::PriceChange(value) => {
                let places = if value.abs() < Decimal::ONE { 6 } else { 4 };
                Some(value.round_dp(places).normalize().scale())
            }
            _ => None,
        })
        .max();
    let has_parts = cells().any(|cell| {
        matches!(cell, Cell::Shares(value) | Cell::SharesChange(value)
            if !value.round_dp(6).is_integer() && value.abs() < Decimal::ONE_THOUSAND)
    });
    Style {
        power,
        letter,
        money: (1..most).find(|places| shown(*places)).unwrap_or(most),
        price: finest.unwrap_or(0).max(2),
        shares: if has_parts { 2 } else { 0 },
    }
}

/// Whether the column's places leave a value off by more than a fiftieth of itself.
fn off_by_much(value: Decimal, style: Style) -> bool {
    let exact = shifted(value, style.power);
    let off = exact.saturating_sub(exact.round_dp(style.money)).abs();
    off.saturating_mul(Decimal::from(50)) > exact.abs()
}

/// A value divided by a power of ten.
fn shifted(value: Decimal, power: u32) -> Decimal {
    let places = i32::try_from(power).map_or(0, |power| -power);
    // Digits past the twelfth place cannot be seen at any magnitude.
    scaled(value.round_dp(12), places).unwrap_or(value)
}

fn text(cell: &Cell, style: Style, currency: &str) -> String {
    let signed = |text: String, value: Decimal| {
        if value.is_sign_positive() && !value.is_zero() { format!("+{text}") } else { text }
    };
    let money = |value: Decimal| {
        let sign = currency_sign(currency);
        let number = grouped(shifted(value, style.power), style.money);
        if !value.is_zero() && off_by_much(value, style) {
            // Too small for the column: in its own magnitude rather than wrong.
            let minus = if value.is_sign_negative() { "-" } else { "" };
            return format!("{minus}{sign}{}", amount(value.abs()));
        }
        match number.strip_prefix('-') {
            Some(digits) => format!("-{sign}{digits}{}", style.letter),
            None => format!("{sign}{number}{}", style.letter),
        }
    };
    match cell.plain() {
        Cell::Empty => "-".to_owned(),
        Cell::Text(text) => visible(text).into_owned(),
        Cell::Bar { .. } | Cell::Spark { .. } | Cell::Shape(_) | Cell::Swing { .. } | Cell::Warm { .. } => {
            String::new()
        }
        Cell::Percent { shown, .. } => format!("{shown} %"),
        Cell::Points(part) => {
            let points = part.saturating_mul(Decimal::ONE_HUNDRED);
            let rounded = grouped(points, 2);
            if rounded == "0.00" && !part.is_zero() {
                return if part.is_sign_negative() { "-0.00 pt".to_owned() } else { "+0.00 pt".to_owned() };
            }
            if part.is_zero() { "0.00 pt".to_owned() } else { format!("{} pt", signed(rounded, points)) }
        }
        Cell::Width(part) => format!("{} pt", grouped(part.saturating_mul(Decimal::ONE_HUNDRED), 2)),
        Cell::Money(value) => money(*value),
        Cell::MoneyChange(value) => signed(money(*value), *value),
        Cell::Price(value) => format!("{}{}", currency_sign(currency), grouped(*value, style.price)),
        Cell::PriceChange(value) => {
            let number = grouped(value.abs(), style.price);
            let sign = if value.is_sign_negative() { "-" } else { "+" };
            format!("{sign}{}{number}", currency_sign(currency))
        }
        Cell::Multiple(value) => format!("{}x", grouped(*value, 2)),
        Cell::MultipleChange(value) => format!("{}x", signed(grouped(*value, 2), *value)),
        Cell::Shares(value) => grouped(*value, style.shares),
        Cell::SharesChange(value) => signed(grouped(*value, style.shares), *value),
        Cell::Months(value) => grouped(*value, 1),
        Cell::MonthsChange(value) => signed(grouped(*value, 1), *value),
        Cell::Same => "=".to_owned(),
        Cell::Day(day) => day.to_string(),
        Cell::Never => "not within horizon".to_owned(),
    }
}

/// A cell as a machine reads it: exact digits, no signs or groups.
pub(super) fn exact(cell: &Cell) -> String {
    match cell.plain() {
        Cell::Empty
        | Cell::Bar { .. }
        | Cell::Spark { .. }
        | Cell::Shape(_)
        | Cell::Swing { .. }
        | Cell::Warm { .. } => String::new(),
        Cell::Same => "=".to_owned(),
        Cell::Text(text) => text.clone(),
        Cell::Percent { exact, .. } => exact.normalize().to_string(),
        Cell::Points(value)
        | Cell::Width(value)
        | Cell::Money(value)
        | Cell::MoneyChange(value)
        | Cell::Price(value)
        | Cell::PriceChange(value)
        | Cell::Multiple(value)
        | Cell::MultipleChange(value)
        | Cell::Shares(value)
        | Cell::SharesChange(value)
        | Cell::Months(value)
        | Cell::MonthsChange(value) => value.normalize().to_string(),
        Cell::Day(day) => day.to_string(),
        Cell::Never => "not within the horizon".to_owned(),
    }
}
