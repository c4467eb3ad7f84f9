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

/// The lines of a table.
fn draw(grid: &Grid, currency: &str, screen: Screen) -> Vec<String> {
    let mut rows = texts(grid, currency);
    let is_bar = |column: usize| grid.rows.iter().any(|row| matches!(row.cells.get(column), Some(Cell::Bar { .. })));
    let is_spark =
        |column: usize| grid.rows.iter().any(|row| matches!(row.cells.get(column), Some(Cell::Spark { .. })));
    // What is drawn gets the room that the numbers leave.
    let plain: usize = (0..grid.columns.len())
        .filter(|column| !is_bar(*column) && !is_spark(*column))
        .map(|column| column_width(grid, &rows, column) + 2)
        .sum();
    let drawn = (0..grid.columns.len()).filter(|column| is_bar(*column) || is_spark(*column)).count();
    let room = screen.width.map(|width| usize::from(width).saturating_sub(plain + 2 + 2 * drawn) / drawn.max(1));
    let fits = |most: usize| room.map_or(most, |room| room.min(most));
    let keeps = |column: usize| !((is_bar(column) && fits(BAR) < 4) || (is_spark(column) && fits(SPARK) < 8));
    for (row, shown) in grid.rows.iter().zip(&mut rows) {
        for (cell, text) in row.cells.iter().zip(shown.iter_mut()) {
            match cell {
                Cell::Bar { part, of } => *text = screen.paint(GOOD, &bar(*part, *of, fits(BAR))),
                Cell::Spark { values, minimum } => *text = spark(values, *minimum, fits(SPARK), screen),
                _ => {}
            }
        }
        if row.kind == RowKind::Quiet {
            for text in shown.iter_mut() {
                *text = screen.paint(DIM, text);
            }
        }
        if row.kind == RowKind::Total {
            for text in shown.iter_mut() {
                *text = screen.paint(BOLD, text);
            }
        }
    }
    let kept: Vec<usize> = (0..grid.columns.len()).filter(|column| keeps(*column)).collect();
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
    let headings: Vec<comfy_table::Cell> = kept
        .iter()
        .filter_map(|column| grid.columns.get(*column))
        .map(|column| comfy_table::Cell::new(screen.paint(DIM, &visible(&column.heading))))
        .collect();
    if grid.columns.iter().any(|column| !column.heading.is_empty()) {
        table.set_header(headings);
    }
    for row in &rows {
        table.add_row(kept.iter().filter_map(|column| row.get(*column)).map(comfy_table::Cell::new));
    }
    for (place, column) in kept.iter().enumerate() {
        let Some(declared) = grid.columns.get(*column) else { continue };
        let is_number = declared.align == Align::Right;
        let width = column_width(grid, &rows, *column);
        if let Some(column) = table.column_mut(place) {
            column.set_padding(if place == 0 { (2, 1) } else { (1, 1) });
            if is_number {
                column.set_cell_alignment(comfy_table::CellAlignment::Right);
                // A number that wraps cannot be read.
                let width = u16::try_from(width.saturating_add(2)).unwrap_or(u16::MAX);
                if screen.width.is_some_and(|screen| width < screen / 2) {
                    column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(width)));
                }
            }
        }
    }
    table.lines().collect()
}

/// The widest text of a column, its heading counted.
fn column_width(grid: &Grid, rows: &[Vec<String>], column: usize) -> usize {
    let heading = grid.columns.get(column).map_or(0, |column| column.heading.width());
    let styled = |text: &str| anstream::adapter::strip_str(text).to_string().width();
    rows.iter().filter_map(|row| row.get(column)).map(|text| styled(text)).chain([heading]).max().unwrap_or(0)
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

const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

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
