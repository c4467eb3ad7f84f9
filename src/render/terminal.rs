//! A page for a terminal: aligned columns, bars, sparklines; colours only where they are wanted.

use anstyle::AnsiColor;
use anstyle::Style;
use comfy_table::ColumnConstraint;
use comfy_table::ContentArrangement;
use comfy_table::Table;
use comfy_table::Width;
use comfy_table::presets::NOTHING;
use unicode_width::UnicodeWidthStr;

use crate::report::Align;
use crate::report::Cell;
use crate::report::Grid;
use crate::report::Page;
use crate::report::RowKind;
use crate::units::Decimal;

use super::cells::texts;
use super::chart::chart;
use super::visible::visible;

/// What a page is drawn on.
#[derive(Debug, Clone, Copy)]
pub struct Screen {
    /// How many columns it has; none for a pipe or a file, where nothing wraps.
    pub width: Option<u16>,
    /// Whether it shows colours.
    pub colour: bool,
}

/// The widest a bar is drawn.
const BAR: usize = 18;
/// The most characters of a sparkline.
const SPARK: usize = 24;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GOOD: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Cyan)));
const LOW: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Red)));

impl Screen {
    fn paint(self, style: Style, text: &str) -> String {
        if self.colour && !text.is_empty() { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}

/// Draws a page.
#[must_use]
pub fn terminal(page: &Page, screen: Screen) -> String {
    let mut out = String::new();
    let mut line = |text: &str| {
        out.push_str(text.trim_end());
        out.push('\n');
    };
    let title = visible(&page.title);
    let aside = visible(&page.aside);
    let room = screen.width.map_or(100, usize::from);
    let gap = room.saturating_sub(title.width() + aside.width());
    if page.aside.is_empty() {
        line(&screen.paint(BOLD, &title));
    } else if gap >= 2 {
        line(&format!("{}{}{}", screen.paint(BOLD, &title), " ".repeat(gap), screen.paint(DIM, &aside)));
    } else {
        line(&screen.paint(BOLD, &title));
        line(&screen.paint(DIM, &aside));
    }
    for text in &page.lead {
        for part in wrapped(&visible(text), screen.width) {
            line(&part);
        }
    }
    if let Some(drawn) = &page.chart {
        line("");
        for text in chart(drawn, &page.currency, screen.width) {
            line(&text);
        }
    }
    for section in &page.sections {
        line("");
        line(&screen.paint(BOLD, &visible(&section.heading)));
        if let Some(grid) = &section.grid {
            for text in draw(grid, &page.currency, screen) {
                line(&text);
            }
        }
        for note in &section.notes {
            let indented = screen.width.map(|width| width.saturating_sub(2));
            for part in wrapped(&visible(note), indented) {
                line(&screen.paint(DIM, &format!("  {part}")));
            }
        }
    }
    out
}

/// A text in lines of at most some width, broken between words.
fn wrapped(text: &str, width: Option<u16>) -> Vec<String> {
    let Some(width) = width.map(usize::from).filter(|width| *width >= 20) else { return vec![text.to_owned()] };
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let Some(last) = lines.last_mut() else { break };
        if !last.is_empty() && last.width() + 1 + word.width() > width {
            lines.push(word.to_owned());
        } else {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    lines
}

/// A column of texts keeps at most this much to itself before bars get their room.
const TEXT: usize = 30;
/// The least a bar and a sparkline are drawn with.
const LEAST_BAR: usize = 6;
const LEAST_SPARK: usize = 10;

/// What a column holds.
#[derive(Clone, Copy, PartialEq)]
enum Holds {
    Texts,
    Numbers,
    Bars,
    Sparks,
}

/// The lines of a table.
fn draw(grid: &Grid, currency: &str, screen: Screen) -> Vec<String> {
    let mut rows = texts(grid, currency);
    let holds: Vec<Holds> = grid
        .columns
        .iter()
        .enumerate()
        .map(|(index, column)| {
            let cells = || grid.rows.iter().filter_map(|row| row.cells.get(index));
            if cells().any(|cell| matches!(cell, Cell::Bar { .. } | Cell::Swing { .. })) {
                Holds::Bars
            } else if cells().any(|cell| matches!(cell, Cell::Spark { .. } | Cell::Shape(_))) {
                Holds::Sparks
            } else if column.align == Align::Right {
                Holds::Numbers
            } else {
                Holds::Texts
            }
        })
        .collect();
    let layout = layout(grid, &rows, &holds, screen.width);
    for (row, shown) in grid.rows.iter().zip(&mut rows) {
        for (cell, text) in row.cells.iter().zip(shown.iter_mut()) {
            match cell {
                Cell::Bar { part, of } => *text = screen.paint(GOOD, &bar(*part, *of, layout.bar)),
                Cell::Swing { low, high, base } => *text = swing(*low, *high, *base, layout.bar, screen),
                Cell::Warm { part, .. } => *text = warm(text, *part, screen),
                Cell::Spark { values, minimum } => *text = spark(values, *minimum, layout.spark, screen),
                Cell::Shape(counts) => *text = shape(counts, layout.spark, screen),
                _ => {}
            }
        }
        let style = match row.kind {
            RowKind::Item => continue,
            RowKind::Quiet => DIM,
            RowKind::Total => BOLD,
        };
        for text in shown.iter_mut() {
            *text = screen.paint(style, text);
        }
    }
    let mut table = Table::new();
    table.load_style(NOTHING).force_no_tty();
    match screen.width {
        Some(width) => {
            table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
        }
        None => {
            table.set_content_arrangement(ContentArrangement::Disabled);
        }
    }
    let headings = layout.columns.iter().filter_map(|column| grid.columns.get(*column));
    if grid.columns.iter().any(|column| !column.heading.is_empty()) {
        table.set_header(
            headings
                .map(|column| comfy_table::Cell::new(screen.paint(DIM, &visible(&column.heading))))
                .collect::<Vec<_>>(),
        );
    }
    for row in &rows {
        table.add_row(layout.columns.iter().filter_map(|column| row.get(*column)).map(comfy_table::Cell::new));
    }
    for (place, column) in layout.columns.iter().enumerate() {
        let (Some(declared), Some(what)) = (grid.columns.get(*column), holds.get(*column)) else { continue };
        let padding = if place == 0 { 3 } else { 2 };
        let width = match what {
            Holds::Bars => layout.bar,
            Holds::Sparks => layout.spark.max(longest_word(&declared.heading)),
            Holds::Numbers | Holds::Texts => narrowest(grid, &rows, *column, *what, layout.heading),
        };
        let Some(column) = table.column_mut(place) else { continue };
        column.set_padding(if place == 0 { (2, 1) } else { (1, 1) });
        if *what == Holds::Numbers {
            column.set_cell_alignment(comfy_table::CellAlignment::Right);
        }
        if screen.width.is_some() {
            let width = Width::Fixed(u16::try_from(width.saturating_add(padding)).unwrap_or(u16::MAX));
            // A number that wraps cannot be read, and a bar that wraps is none; a text keeps its words whole.
            column.set_constraint(match what {
                Holds::Texts => ColumnConstraint::LowerBoundary(width),
                Holds::Numbers | Holds::Bars | Holds::Sparks => ColumnConstraint::Absolute(width),
            });
        }
    }
    table.lines().collect()
}

/// Which columns are drawn, how wide bars and sparklines are, and how wide a heading over numbers may be on one line.
struct Layout {
    columns: Vec<usize>,
    bar: usize,
    spark: usize,
    heading: usize,
}

/// A heading over numbers that is wider breaks between words, where there is not room for all.
const HEADING: usize = 9;

/// Fits a table to a screen: bars and sparklines get what numbers and texts leave; what does not fit at all is left
/// out, what is drawn first, then texts from the right.
fn layout(grid: &Grid, rows: &[Vec<String>], holds: &[Holds], width: Option<u16>) -> Layout {
    let mut columns: Vec<usize> = (0..grid.columns.len()).collect();
    let Some(width) = width.map(usize::from) else {
        return Layout { columns, bar: BAR, spark: SPARK, heading: usize::MAX };
    };
    let what = |column: &usize| holds.get(*column).copied().unwrap_or(Holds::Texts);
    let whole = columns.iter().map(|column| match what(column) {
        Holds::Bars => BAR.max(natural(grid, rows, *column)),
        Holds::Sparks => SPARK.max(natural(grid, rows, *column)),
        Holds::Numbers | Holds::Texts => natural(grid, rows, *column),
    });
    let has_room = whole.map(|size| size.saturating_add(2)).sum::<usize>() < width;
    let heading = if has_room { usize::MAX } else { HEADING };
    let least = |column: &usize| match what(column) {
        Holds::Bars | Holds::Sparks => 0,
        other => narrowest(grid, rows, *column, other, heading),
    };
    let wanted = |column: &usize| match what(column) {
        Holds::Texts => least(column).max(natural(grid, rows, *column).min(TEXT)),
        _ => least(column),
    };
    let sum = |columns: &[usize], size: &dyn Fn(&usize) -> usize| {
        columns.iter().map(|column| size(column).saturating_add(2)).sum::<usize>().saturating_add(1)
    };
    let drawn = columns.iter().filter(|column| matches!(what(column), Holds::Bars | Holds::Sparks)).count();
    let room = width.saturating_sub(sum(&columns, &wanted)) / drawn.max(1);
    let (bar, spark) = (room.min(BAR), room.min(SPARK));
    columns.retain(|column| match what(column) {
        Holds::Bars => bar >= LEAST_BAR,
        Holds::Sparks => spark >= LEAST_SPARK,
        Holds::Numbers | Holds::Texts => true,
    });
    let fixed = |column: &usize| match what(column) {
        Holds::Bars => bar,
        Holds::Sparks => spark,
        _ => least(column),
    };
    while sum(&columns, &fixed) > width {
        let droppable = columns.iter().skip(1).rposition(|column| what(column) == Holds::Texts);
        match droppable {
            Some(place) if columns.len() > 2 => {
                columns.remove(place.saturating_add(1));
            }
            _ => break,
        }
    }
    Layout { columns, bar, spark, heading }
}

fn longest_word(text: &str) -> usize {
    text.split_whitespace().map(UnicodeWidthStr::width).max().unwrap_or(0)
}

/// The least a column needs: a number whole, a text its longest word, a heading its longest word, and over numbers all of
/// it up to a width.
fn narrowest(grid: &Grid, rows: &[Vec<String>], column: usize, holds: Holds, heading: usize) -> usize {
    let heading = grid.columns.get(column).map_or(0, |column| {
        let whole = column.heading.width();
        longest_word(&column.heading).max(whole.min(if holds == Holds::Numbers { heading } else { 0 }))
    });
    let cells = rows.iter().filter_map(|row| row.get(column)).map(|text| {
        let plain = anstream::adapter::strip_str(text).to_string();
        if holds == Holds::Texts { longest_word(&plain) } else { plain.width() }
    });
    cells.chain([heading]).max().unwrap_or(0)
}

/// The widest text of a column, its heading counted.
fn natural(grid: &Grid, rows: &[Vec<String>], column: usize) -> usize {
    let heading = grid.columns.get(column).map_or(0, |column| column.heading.width());
    let cells = rows.iter().filter_map(|row| row.get(column)).map(|text| text.width());
    cells.chain([heading]).max().unwrap_or(0)
}

/// Eighths of a character.
const EIGHTHS: [char; 8] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

fn bar(part: Decimal, of: Decimal, width: usize) -> String {
    let eighths = part
        .checked_div(of)
        .and_then(|share| share.checked_mul(Decimal::from(width.saturating_mul(8))))
        .and_then(|eighths| usize::try_from(eighths.round().mantissa()).ok())
        .unwrap_or(0);
    let mut text = "█".repeat(eighths / 8);
    if let Some(rest) = EIGHTHS.get(eighths % 8).filter(|rest| **rest != ' ') {
        text.push(*rest);
    }
    if text.is_empty() && !part.is_zero() {
        text.push('▏');
    }
    text
}

/// The backgrounds of a map from its lowest to its highest, all light enough for black digits: pale to red in the cube
/// of 256 colours.
const SHADES: [u8; 7] = [231, 230, 229, 222, 215, 209, 203];
/// The same without colours.
const DENSITIES: [char; 5] = [' ', '░', '▒', '▓', '█'];

/// Which of some steps a part of one falls into.
fn step(part: Decimal, steps: usize) -> usize {
    let place = part.saturating_mul(Decimal::from(steps)).floor().mantissa();
    usize::try_from(place).unwrap_or(0).min(steps.saturating_sub(1))
}

/// A number of a map: on a shade, or with a sign behind it as dense as it is high.
fn warm(text: &str, part: Decimal, screen: Screen) -> String {
    if screen.colour {
        let shade = SHADES.get(step(part, SHADES.len())).copied().unwrap_or(231);
        let style = Style::new()
            .fg_color(Some(anstyle::Color::Ansi256(anstyle::Ansi256Color(16))))
            .bg_color(Some(anstyle::Color::Ansi256(anstyle::Ansi256Color(shade))));
        return screen.paint(style, &format!(" {text} "));
    }
    format!("{text} {}", DENSITIES.get(step(part, DENSITIES.len())).copied().unwrap_or(' '))
}

/// A bar from the result at the low end over the base to the result at the high end: light on the side of the low
/// end, dense on that of the high one. A result that has no place, beyond the horizon, ends in an arrow at the edge.
fn swing(low: Option<Decimal>, high: Option<Decimal>, base: Decimal, width: usize, screen: Screen) -> String {
    let last = width.saturating_sub(1);
    let place = |part: Decimal| {
        let place = part.saturating_mul(Decimal::from(last)).round().mantissa();
        usize::try_from(place).unwrap_or(0).min(last)
    };
    let middle = place(base);
    let mut signs: Vec<char> = vec![' '; width];
    let mut draw = |end: Option<Decimal>, sign: char| {
        let Some(end) = end else { return };
        let end = place(end);
        for (column, drawn) in signs.iter_mut().enumerate() {
            if column >= end.min(middle) && column <= end.max(middle) {
                *drawn = sign;
            }
        }
    };
    draw(low, '░');
    draw(high, '█');
    if let Some(drawn) = signs.get_mut(middle) {
        *drawn = '│';
    }
    screen.paint(GOOD, signs.into_iter().collect::<String>().trim_end())
}

const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A histogram: parts that share a place are added up, and one in which nothing lies is empty.
fn shape(counts: &[u64], width: usize, screen: Screen) -> String {
    let places = counts.len().min(width);
    let mut sums = vec![0u64; places];
    for (index, count) in counts.iter().enumerate() {
        if let Some(sum) = sums.get_mut(index.saturating_mul(places) / counts.len()) {
            *sum = sum.saturating_add(*count);
        }
    }
    let most = sums.iter().copied().max().unwrap_or(0).max(1);
    let level = |count: u64| usize::try_from(count.saturating_mul(7).saturating_add(most / 2) / most).unwrap_or(0);
    let block = |count: u64| if count == 0 { ' ' } else { LEVELS.get(level(count).min(7)).copied().unwrap_or('█') };
    let drawn: String = sums.into_iter().map(block).collect();
    screen.paint(GOOD, drawn.trim_end())
}

/// Balances as a line of blocks between the minimum and the highest; below the minimum they are low.
fn spark(values: &[Decimal], minimum: Decimal, width: usize, screen: Screen) -> String {
    let Some(highest) = values.iter().copied().max() else { return String::new() };
    let span = highest.saturating_sub(minimum);
    let count = values.len().min(width);
    let mut text = String::new();
    for place in 0..count {
        // The last month of each stretch stands for it.
        let index = ((place + 1) * values.len() / count).saturating_sub(1);
        let Some(value) = values.get(index) else { continue };
        if *value < minimum {
            text.push_str(&screen.paint(LOW, "_"));
            continue;
        }
        let level = value
            .saturating_sub(minimum)
            .checked_mul(Decimal::from(7))
            .and_then(|scaled| scaled.checked_div(span))
            .and_then(|level| usize::try_from(level.round().mantissa()).ok())
            .unwrap_or(0);
        let block = LEVELS.get(level.min(7)).copied().unwrap_or('█');
        text.push_str(&screen.paint(GOOD, &block.to_string()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::Screen;
    use super::shape;

    #[test]
    fn a_histogram_loses_no_draw_where_it_is_narrow() {
        let screen = Screen { width: None, colour: false };
        assert_eq!(shape(&[7, 0, 0, 1, 3, 0], 24, screen), "█  ▂▄");
        // Two parts a place: 7, 1 and 3.
        assert_eq!(shape(&[7, 0, 0, 1, 3, 0], 3, screen), "█▂▄");
        assert_eq!(shape(&[], 24, screen), "");
        assert_eq!(shape(&[0, 0], 24, screen), "");
    }
}
