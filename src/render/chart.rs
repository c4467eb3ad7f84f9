//! A chart for a terminal: lines over one axis, a sign a line.

use crate::report::Chart;
use crate::units::Decimal;
use crate::units::amount;
use crate::units::currency_sign;
use rust_decimal::prelude::ToPrimitive;
use unicode_width::UnicodeWidthStr;

/// The signs of the lines, in their order.
const SIGNS: [char; 10] = ['●', '■', '▲', '◆', '○', '□', '△', '◇', '+', 'x'];
/// How many rows a chart has.
const ROWS: usize = 17;
/// The widest a chart is drawn.
const WIDEST: usize = 96;

/// The lines of a chart on so many columns.
pub(super) fn chart(chart: &Chart, currency: &str, width: Option<u16>) -> Vec<String> {
    let sign = currency_sign(currency);
    let highest = chart.lines.iter().flat_map(|(_, values)| values.iter().copied()).max().unwrap_or(Decimal::ZERO);
    let (Some(first), Some(last)) = (chart.points.first().copied(), chart.points.last().copied()) else {
        return Vec::new();
    };
    if highest <= Decimal::ZERO || last <= first {
        return Vec::new();
    }
    let label = |value: Decimal| format!("{sign}{}", amount(value));
    let top = label(highest);
    let margin = top.chars().count().max(6);
    let room = width.map_or(WIDEST, usize::from).saturating_sub(margin).saturating_sub(4);
    let columns = room.min(WIDEST);
    if columns < 20 {
        return Vec::new();
    }
    let mut grid = vec![vec![' '; columns]; ROWS];
    let signed: Vec<(&Vec<Decimal>, char)> =
        chart.lines.iter().zip(SIGNS.iter().cycle()).map(|((_, values), sign)| (values, *sign)).collect();
    // The first lines are drawn last, over the others.
    for (values, sign) in signed.into_iter().rev() {
        for column in 0..columns {
            let place = part(column, columns.saturating_sub(1));
            let Some(value) = at(chart, values, first + (last - first).saturating_mul(place)) else { continue };
            let level = value.checked_div(highest).unwrap_or(Decimal::ZERO);
            let level = level.saturating_mul(Decimal::from(ROWS.saturating_sub(1))).round().to_usize().unwrap_or(0);
            let row = ROWS.saturating_sub(1).saturating_sub(level.min(ROWS.saturating_sub(1)));
            if let Some(cell) = grid.get_mut(row).and_then(|row| row.get_mut(column)) {
                *cell = sign;
            }
        }
    }
    let mut lines = Vec::new();
    for (row, cells) in grid.iter().enumerate() {
        let text = match row {
            0 => top.clone(),
            row if row == ROWS / 2 => {
                let half = part(ROWS.saturating_sub(1).saturating_sub(row), ROWS.saturating_sub(1));
                label(highest.saturating_mul(half).round_dp(2))
            }
            row if row.saturating_add(1) == ROWS => format!("{sign}0"),
            _ => String::new(),
        };
        let drawn: String = cells.iter().collect();
        lines.push(format!("  {text:>margin$} │{}", drawn.trim_end()));
    }
    lines.push(format!("  {:>margin$} └{}", "", "─".repeat(columns)));
    let (left, right) = (label(first), label(last));
    let gap = columns.saturating_sub(left.chars().count()).saturating_sub(right.chars().count());
    lines.push(format!("  {:>margin$}  {left}{}{right}", "", " ".repeat(gap)));
    lines.push(format!("  over {}", chart.axis));
    // The signs, as many to a line as fit.
    let width = width.map_or(WIDEST, usize::from).max(40);
    let mut legend = String::from(" ");
    for ((name, _), sign) in chart.lines.iter().zip(SIGNS.iter().cycle()) {
        let entry = format!(" {sign} {name}  ");
        if legend.width().saturating_add(entry.trim_end().width()) > width && legend.len() > 1 {
            lines.push(std::mem::replace(&mut legend, String::from(" ")));
        }
        legend.push_str(&entry);
    }
    lines.push(legend);
    lines
}

fn part(place: usize, of: usize) -> Decimal {
    Decimal::from(place).checked_div(Decimal::from(of.max(1))).unwrap_or(Decimal::ZERO)
}

/// A line's value between its points: payments are straight between breakpoints, and so between near points.
fn at(chart: &Chart, values: &[Decimal], place: Decimal) -> Option<Decimal> {
    let after = chart.points.partition_point(|point| *point < place);
    let (right, high) = (chart.points.get(after)?, values.get(after)?);
    let Some(before) = after.checked_sub(1) else { return Some(*high) };
    let (left, low) = (chart.points.get(before)?, values.get(before)?);
    let part = (place - *left).checked_div(*right - *left)?;
    Some(low.saturating_add(high.saturating_sub(*low).saturating_mul(part)))
}
