//! A page as Markdown.

use crate::report::Align;
use crate::report::Cell;
use crate::report::Page;

use super::cells::texts;
use super::visible::visible;

/// The page, every text escaped.
#[must_use]
pub fn markdown(page: &Page) -> String {
    let mut out = format!("# {}\n", escaped(&page.title));
    let mut paragraph = |text: &str| {
        if !text.is_empty() {
            out.push('\n');
            out.push_str(text);
            out.push('\n');
        }
    };
    paragraph(&escaped(&page.aside));
    for lead in &page.lead {
        paragraph(&escaped(lead));
    }
    for section in &page.sections {
        paragraph(&format!("## {}", escaped(&section.heading)));
        if let Some(grid) = &section.grid {
            // Bars and sparklines are for terminals.
            let kept: Vec<usize> = (0..grid.columns.len())
                .filter(|column| !grid.rows.iter().any(|row| row.cells.get(*column).is_some_and(Cell::is_drawn)))
                .collect();
            let line = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
            let columns: Vec<_> = kept.iter().filter_map(|column| grid.columns.get(*column)).collect();
            let mut lines = vec![line(columns.iter().map(|column| escaped(&column.heading)).collect())];
            lines.push(line(
                columns
                    .iter()
                    .map(|column| if column.align == Align::Right { "---:" } else { "---" }.to_owned())
                    .collect(),
            ));
            for row in texts(grid, &page.currency) {
                lines.push(line(kept.iter().filter_map(|column| row.get(*column)).map(|text| escaped(text)).collect()));
            }
            paragraph(&lines.join("\n"));
        }
        for note in &section.notes {
            paragraph(&escaped(note));
        }
    }
    out
}

/// A text in which nothing acts as Markdown or HTML.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in visible(text).chars() {
        match c {
            '|' | '[' | ']' | '<' | '>' | '`' | '*' | '_' | '\\' | '#' | '!' | '~' | '$' => {
                out.push('\\');
                out.push(c);
            }
            '&' => out.push_str("&amp;"),
            '\n' | '\r' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
