//! Results and tables as CSV. A text that a spreadsheet would run as a formula is quoted against it.

use crate::report::Grid;

use super::cells::exact;

/// `path,value`, a line a result. With several results of several files the file stands before.
///
/// # Errors
/// A record that cannot be written, which a list in memory does not give.
pub fn csv_metrics(results: &[(String, Vec<(String, String)>)]) -> Result<String, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let several = results.len() > 1;
    if several {
        writer.write_record(["file", "path", "value"])?;
    } else {
        writer.write_record(["path", "value"])?;
    }
    for (file, metrics) in results {
        for (path, value) in metrics {
            if several {
                writer.write_record([guarded(file).as_str(), path, value])?;
            } else {
                writer.write_record([path, value])?;
            }
        }
    }
    finished(writer)
}

/// A table: headings, then exact values.
///
/// # Errors
/// A record that cannot be written, which a list in memory does not give.
pub fn csv_grid(grid: &Grid) -> Result<String, csv::Error> {
    use crate::report::Cell;
    let drawn = |column: usize| grid.rows.iter().any(|row| row.cells.get(column).is_some_and(Cell::is_drawn));
    let kept: Vec<usize> = (0..grid.columns.len()).filter(|column| !drawn(*column)).collect();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(
        kept.iter().filter_map(|column| grid.columns.get(*column)).map(|column| guarded(&column.heading)),
    )?;
    for row in &grid.rows {
        writer.write_record(kept.iter().filter_map(|column| row.cells.get(*column)).map(
            |cell| match cell.plain() {
                Cell::Text(text) => guarded(text),
                other => exact(other),
            },
        ))?;
    }
    finished(writer)
}

fn finished(writer: csv::Writer<Vec<u8>>) -> Result<String, csv::Error> {
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(std::io::Error::other(error.to_string())))?;
    String::from_utf8(bytes).map_err(|error| csv::Error::from(std::io::Error::other(error)))
}

/// A text that begins like a formula gets an apostrophe before it; numbers do not come this way.
fn guarded(text: &str) -> String {
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '＝' | '＋' | '－' | '＠') if text != "-" => format!("'{text}"),
        _ => text.to_owned(),
    }
}
