//! The page of `solve`: where the goal holds, where that changes, and what was searched.

use std::cmp::Ordering;

use crate::studies::Answer;
use crate::studies::Interval;
use crate::studies::Solution;
use crate::studies::Tried;

use super::page::Cell;
use super::page::Column;
use super::page::Grid;
use super::page::Page;
use super::page::Row;
use super::page::RowKind;
use super::page::Section;
use super::page::View;
use super::sweep::in_words;
use super::sweep::said;

/// The page of a search in a scenario with this title and currency, from this file.
#[must_use]
pub fn solve_page(solution: &Solution, title: &str, file: &str, currency: &str) -> Page {
    let line = &solution.search.line;
    let mut lead = answer(solution);
    if let Some(own) = solution.search.own
        && let Some(tried) = solution.tried.iter().find(|tried| tried.place == own)
    {
        lead.push(format!("as the file stands: {} at {}", result(solution, tried), line.text(own)));
    }
    let mut sections = Vec::new();
    if !solution.crossings.is_empty() {
        sections.push(crossings(solution));
    }
    sections.push(Section {
        view: View::Other,
        heading: "What was searched".to_owned(),
        grid: None,
        notes: searched(solution),
    });
    Page {
        title: format!("{title}: {}", solution.goal.text()),
        aside: file.to_owned(),
        lead,
        currency: currency.to_owned(),
        chart: None,
        sections,
    }
}

/// Where it holds, in sentences: one each for a stretch.
#[must_use]
pub fn answer(solution: &Solution) -> Vec<String> {
    let (goal, line) = (solution.goal.text(), &solution.search.line);
    let ends = (solution.search.places.first().copied(), solution.search.places.last().copied());
    let (low, high) = (line.text(ends.0.unwrap_or_default()), line.text(ends.1.unwrap_or_default()));
    if solution.is_always() {
        return vec![format!("{goal} holds wherever {} was tried, from {low} to {high}", line.path)];
    }
    let intervals = solution.intervals();
    let mut lines: Vec<String> = intervals
        .iter()
        .map(|interval| format!("{goal} holds with {} {}", line.path, stretch(solution, interval)))
        .collect();
    lines.extend(solution.passes().map(|crossing| {
        format!(
            "{goal} is passed with {} between {} and {}; no value that can be written there gives it exactly",
            line.path,
            line.text(crossing.before.place),
            line.text(crossing.after.place)
        )
    }));
    if lines.is_empty() {
        lines.push(format!("{goal} holds nowhere that {} was tried, from {low} to {high}", line.path));
        if let Some(nearest) = solution.nearest() {
            lines.push(format!("nearest: {} at {}", result(solution, nearest), line.text(nearest.place)));
        }
    }
    lines
}

/// `above 1250B`, `from 10B to 40B`.
fn stretch(solution: &Solution, interval: &Interval) -> String {
    let line = &solution.search.line;
    let from = match (interval.is_open_below, interval.above) {
        (true, _) => None,
        (false, Some(target)) => Some(format!("above {}", line.text(target))),
        (false, None) => Some(format!("from {}", line.text(interval.from))),
    };
    let to = match (interval.is_open_above, interval.below) {
        (true, _) => None,
        (false, Some(target)) => Some(format!("below {}", line.text(target))),
        (false, None) => Some(format!("to {}", line.text(interval.to))),
    };
    match (from, to) {
        _ if interval.from == interval.to && interval.above.is_none() && interval.below.is_none() => {
            format!("at {}", line.text(interval.from))
        }
        (Some(from), Some(to)) if to.starts_with("below") => format!("{from} and {to}"),
        (Some(from), Some(to)) => format!("{from} {to}"),
        (Some(from), None) => {
            let up = if from.starts_with("from") { " up" } else { "" };
            format!("{from}{up} (tried to {})", line.text(interval.to))
        }
        (None, Some(to)) => {
            let up = if to.starts_with("to") { "up " } else { "" };
            format!("{up}{to} (tried from {})", line.text(interval.from))
        }
        (None, None) => format!("from {} to {}", line.text(interval.from), line.text(interval.to)),
    }
}

fn result(solution: &Solution, tried: &Tried) -> String {
    match &tried.at {
        Answer::Known(value, _) => in_words(solution.goal.measure, value),
        Answer::Missing => "no such result".to_owned(),
        Answer::Refused(_) => "refused".to_owned(),
    }
}

/// Whether it holds at a place, in a word or two.
fn holds(solution: &Solution, tried: &Tried) -> &'static str {
    match (tried.at.holds(solution.goal.test), &tried.at) {
        (Some(true), _) => "holds",
        (Some(false), Answer::Known(_, Ordering::Equal)) => "equal, does not hold",
        (Some(false), _) => "does not hold",
        (None, Answer::Missing) => "no such result",
        (None, _) => "refused",
    }
}

/// The result with every digit, as `run --metric` prints it.
fn exact(tried: &Tried) -> Cell {
    tried.at.value().map_or(Cell::Empty, |value| Cell::text(value.to_string()))
}

fn crossings(solution: &Solution) -> Section {
    let line = &solution.search.line;
    let mut notes = Vec::new();
    let mut rows = Vec::new();
    for crossing in &solution.crossings {
        for tried in [&crossing.before, &crossing.after] {
            let cells = vec![Cell::text(line.text(tried.place)), exact(tried), Cell::text(holds(solution, tried))];
            rows.push(Row { kind: RowKind::Item, cells });
        }
        let place = line.text(crossing.before.place);
        if crossing.is_jump {
            notes.push(format!("just above {place} the result jumps"));
        }
        if !crossing.is_narrow() {
            notes.push(format!(
                "between {place} and {} it changes too often to be narrowed down",
                line.text(crossing.after.place)
            ));
        }
    }
    let columns = vec![Column::number(&line.path), Column::number(&solution.goal.path), Column::text("")];
    Section {
        view: View::Other,
        heading: match solution.crossings.len() {
            1 => "Where that changes: the last value on one side, the first on the other".to_owned(),
            more => format!("Where that changes, {more} times: the last value on one side, the first on the other"),
        },
        grid: Some(Grid { columns, rows }),
        notes,
    }
}

fn searched(solution: &Solution) -> Vec<String> {
    let (search, line) = (&solution.search, &solution.search.line);
    let text = |place: Option<&i128>| place.map_or_else(String::new, |place| line.text(*place));
    let widest = solution.widest();
    let mut notes = vec![format!(
        "{} from {} to {} ({}), {} values tried first, {} plays in all",
        line.path,
        text(search.places.first()),
        text(search.places.last()),
        search.why,
        search.places.len(),
        solution.plays
    )];
    if widest > 1 {
        notes.push(format!(
            "what holds, or fails, only inside one stretch between two of them could be missed; the widest is {}: --scan N tries more",
            line.length(widest)
        ));
    }
    notes.extend(solution.refused().into_iter().map(|(from, to, why)| {
        let place = if from == to {
            format!("at {}", line.text(from))
        } else {
            format!("from {} to {}", line.text(from), line.text(to))
        };
        format!("refused {place}: {}", said(why))
    }));
    notes
}

/// Both sides of every crossing a row: what CSV holds.
#[must_use]
pub fn solve_grid(solution: &Solution) -> Grid {
    let line = &solution.search.line;
    let columns = ["crossing", &line.path, &solution.goal.path, "holds", "jumps"].map(Column::text).to_vec();
    let mut rows = Vec::new();
    for (number, crossing) in solution.crossings.iter().enumerate() {
        for tried in [&crossing.before, &crossing.after] {
            let cells = vec![
                Cell::text(number.saturating_add(1).to_string()),
                Cell::text(line.exact(tried.place)),
                exact(tried),
                Cell::text(tried.at.holds(solution.goal.test).map_or_else(String::new, |holds| holds.to_string())),
                Cell::text(crossing.is_jump.to_string()),
            ];
            rows.push(Row { kind: RowKind::Item, cells });
        }
    }
    Grid { columns, rows }
}
