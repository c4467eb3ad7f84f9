//! The page of `sensitivity`: for each result a tornado, then where the ranges come from.

use crate::outcome::Measure;
use crate::outcome::MetricValue;
use crate::scenario::Scenario;
use crate::scenario::Status;
use crate::studies::At;
use crate::studies::Bar;
use crate::studies::Lever;
use crate::studies::Sensitivity;
use crate::studies::Swing;
use crate::studies::Tornado;
use crate::studies::as_number;
use crate::units::Decimal;
use crate::units::grouped;

use super::compare::cell;
use super::compare::change_of;
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

/// The page; `all` shows the inputs that move nothing too.
#[must_use]
pub fn sensitivity_page(study: &Sensitivity, scenario: &Scenario, file: &str, all: bool) -> Page {
    let mut sections = Vec::new();
    for tornado in &study.tornadoes {
        sections.push(bars(study, tornado, all));
        if !tornado.pairs.is_empty() {
            sections.push(pairs(study, tornado));
        }
    }
    let moves = |lever: usize| {
        let mut bars = study.tornadoes.iter().flat_map(|tornado| &tornado.bars).filter(|bar| bar.lever == lever);
        bars.any(|bar| bar.swing != Swing::Still)
    };
    let shown: Vec<&Lever> = (0..study.levers.len())
        .filter(|lever| all || moves(*lever))
        .filter_map(|lever| study.levers.get(lever))
        .collect();
    if !shown.is_empty() {
        sections.push(origins(scenario, &shown));
    }
    let mut lead = Vec::new();
    if study.levers.is_empty() {
        lead.push(
            "no figure has a range, and no condition or tranche a probability: there is nothing to move".to_owned(),
        );
    }
    if !study.without_ends.is_empty() {
        lead.push(format!("spread without ends, and not moved: {}", study.without_ends.join(", ")));
    }
    Page {
        title: format!("{}: what moves the result", scenario.title),
        aside: file.to_owned(),
        lead,
        currency: scenario.currency.clone(),
        chart: None,
        sections,
    }
}

/// The end of a path that no other range shares, of two parts at least: `amazon.amount`.
fn short(study: &Sensitivity, lever: usize) -> String {
    let Some(path) = study.levers.get(lever).map(|lever| lever.path.as_str()) else { return String::new() };
    let starts = path.rmatch_indices('.').map(|(at, _)| at.saturating_add(1)).skip(1).chain([0]);
    let is_own = |end: &&str| {
        let shares = |other: &Lever| other.path == **end || other.path.ends_with(&format!(".{end}"));
        study.levers.iter().filter(|other| shares(other)).count() == 1
    };
    let ends: Vec<&str> = starts.filter_map(|start| path.get(start..)).collect();
    ends.iter().find(|end| is_own(end)).map_or(path, |end| *end).to_owned()
}

/// A result at an end, or that it was refused.
fn at(measure: Measure, value: &At) -> Cell {
    match value {
        Ok(value) => cell(measure, value.as_ref()),
        Err(_) => Cell::text("refused"),
    }
}

fn swing(measure: Measure, bar: &Bar) -> Cell {
    match bar.swing {
        Swing::Beyond if [&bar.low, &bar.high].into_iter().any(|at| matches!(at, Ok(None))) => {
            Cell::text("no such result")
        }
        Swing::By(by) if measure == Measure::Day => Cell::text(format!("{by} days")),
        Swing::By(by) => match change_of(measure, by) {
            Cell::Points(by) => Cell::text(format!("{} pt", grouped(by.saturating_mul(Decimal::ONE_HUNDRED), 2))),
            Cell::MoneyChange(by) => Cell::Money(by),
            Cell::PriceChange(by) => Cell::Price(by),
            Cell::SharesChange(by) => Cell::Shares(by),
            Cell::MonthsChange(by) => Cell::Months(by),
            Cell::MultipleChange(by) => Cell::Multiple(by),
            other => other,
        },
        Swing::Beyond => Cell::text("past the horizon"),
        Swing::Word => Cell::text("another word"),
        Swing::Refused => Cell::text("no answer"),
        Swing::Still => Cell::Same,
    }
}

fn bars(study: &Sensitivity, tornado: &Tornado, all: bool) -> Section {
    let measure = tornado.metric.measure;
    let scale = Scale::of(tornado);
    let shown: Vec<&Bar> = tornado.bars.iter().filter(|bar| all || bar.swing != Swing::Still).collect();
    let rows = shown.iter().filter_map(|bar| {
        let lever = study.levers.get(bar.lever)?;
        let cells = vec![
            Cell::text(short(study, bar.lever)),
            Cell::text(&lever.low.text),
            Cell::text(&lever.high.text),
            at(measure, &bar.low),
            at(measure, &bar.high),
            swing(measure, bar),
            scale.bar(bar),
        ];
        let kind = if matches!(bar.swing, Swing::Still) { RowKind::Quiet } else { RowKind::Item };
        Some(Row { kind, cells })
    });
    let columns = vec![
        Column::text(""),
        Column::number("low"),
        Column::number("high"),
        Column::number("at low"),
        Column::number("at high"),
        Column::number("swing"),
        Column::text("░ low   █ high"),
    ];
    let grid = Grid { columns, rows: rows.collect() };
    let still = tornado.bars.len().saturating_sub(shown.len());
    let mut notes: Vec<String> = tornado.bars.iter().flat_map(|bar| refusals(study, bar)).collect();
    if still > 0 {
        notes.push(match still {
            1 => "1 other range does not move it: --all shows it".to_owned(),
            more => format!("{more} other ranges do not move it: --all shows them"),
        });
    }
    Section {
        view: View::Other,
        heading: format!(
            "{}: {} as the file stands, each range alone",
            tornado.metric.path,
            in_words(measure, &tornado.base)
        ),
        grid: (!grid.rows.is_empty()).then_some(grid),
        notes,
    }
}

fn refusals(study: &Sensitivity, bar: &Bar) -> Vec<String> {
    let Some(lever) = study.levers.get(bar.lever) else { return Vec::new() };
    [(&lever.low, &bar.low), (&lever.high, &bar.high)]
        .into_iter()
        .filter_map(|(end, at)| Some(format!("{} at {}: {}", lever.path, end.text, said(at.as_ref().err()?))))
        .collect()
}

/// Where results stand between the lowest and the highest of a tornado.
struct Scale {
    least: Decimal,
    span: Decimal,
    /// What is left of the width for numbers, where something lies beyond the horizon.
    part: Decimal,
    base: Decimal,
}

impl Scale {
    fn of(tornado: &Tornado) -> Scale {
        let ends = tornado.bars.iter().flat_map(|bar| [&bar.low, &bar.high]).filter_map(|at| at.as_ref().ok());
        let values: Vec<&MetricValue> = ends.filter_map(Option::as_ref).chain([&tornado.base]).collect();
        let numbers = || values.iter().filter_map(|value| as_number(value));
        let least = numbers().min().unwrap_or(Decimal::ZERO);
        let span = numbers().max().unwrap_or(Decimal::ZERO).saturating_sub(least);
        let is_open = values.iter().any(|value| **value == MetricValue::Never);
        let part = if is_open { Decimal::new(85, 2) } else { Decimal::ONE };
        let mut scale = Scale { least, span, part, base: Decimal::ZERO };
        scale.base = scale.place(&tornado.base).unwrap_or_default();
        scale
    }

    fn place(&self, value: &MetricValue) -> Option<Decimal> {
        if *value == MetricValue::Never {
            return Some(Decimal::ONE);
        }
        let off = as_number(value)?.checked_sub(self.least)?;
        Some(off.checked_div(self.span).unwrap_or_default().saturating_mul(self.part))
    }

    fn bar(&self, bar: &Bar) -> Cell {
        let place = |at: &At| self.place(at.as_ref().ok()?.as_ref()?);
        Cell::Swing { low: place(&bar.low), high: place(&bar.high), base: self.base }
    }
}

fn pairs(study: &Sensitivity, tornado: &Tornado) -> Section {
    let measure = tornado.metric.measure;
    let rows = tornado.pairs.iter().map(|pair| {
        let (a, b) = pair.levers;
        let mut cells = vec![Cell::text(format!("{}, {}", short(study, a), short(study, b)))];
        cells.extend(pair.corners.iter().map(|corner| at(measure, corner)));
        cells.push(match pair.interaction {
            None => Cell::text("no number"),
            Some(zero) if zero.is_zero() => Cell::Same,
            Some(beyond) if measure == Measure::Day => Cell::text(format!("{beyond} days")),
            Some(beyond) => change_of(measure, beyond),
        });
        Row { kind: RowKind::Item, cells }
    });
    let columns = vec![
        Column::text(""),
        Column::number("both low"),
        Column::number("low, high"),
        Column::number("high, low"),
        Column::number("both high"),
        Column::number("beyond the sum"),
    ];
    Section {
        view: View::Other,
        heading: format!("{}: two ranges together", tornado.metric.path),
        grid: Some(Grid { columns, rows: rows.collect() }),
        notes: vec![
            "beyond the sum is what two do together less what each does alone, at the corner where it is most"
                .to_owned(),
        ],
    }
}

/// Who says so, a line for each range.
fn origins(scenario: &Scenario, levers: &[&Lever]) -> Section {
    let notes = levers.iter().map(|lever| {
        let mut says: Vec<String> = Vec::new();
        if let Some(said) = &lever.said {
            says.push(format!("\"{said}\""));
        }
        says.extend(lever.sources.iter().map(|id| title(scenario, id)));
        if says.is_empty() || lever.status == Status::Assumed {
            says.insert(0, lever.status.word().to_owned());
        }
        let (low, high) = (&lever.low.text, &lever.high.text);
        format!("{}: {}, {low} to {high}: {}", lever.path, lever.value, says.join("; "))
    });
    Section {
        view: View::Figures,
        heading: "Where the ranges come from".to_owned(),
        grid: None,
        notes: notes.collect(),
    }
}

/// What a source is called.
fn title(scenario: &Scenario, id: &str) -> String {
    scenario.sources.get(id).map_or_else(|| id.to_owned(), |source| source.title.clone())
}

/// Every bar a row: what CSV holds.
#[must_use]
pub fn sensitivity_grid(study: &Sensitivity) -> Grid {
    let headings = ["metric", "path", "value", "low", "high", "at_low", "base", "at_high", "swing", "sources", "said"];
    let columns = headings.iter().map(|heading| Column::text(heading)).collect();
    let exact = |value: &At| match value {
        Ok(None) => Cell::Empty,
        Ok(Some(value)) => Cell::text(value.to_string()),
        Err(why) => Cell::text(format!("refused: {}", why.message)),
    };
    let mut rows = Vec::new();
    for tornado in &study.tornadoes {
        for bar in &tornado.bars {
            let Some(lever) = study.levers.get(bar.lever) else { continue };
            let cells = vec![
                Cell::text(&tornado.metric.path),
                Cell::text(&lever.path),
                Cell::text(&lever.value),
                Cell::text(&lever.low.text),
                Cell::text(&lever.high.text),
                exact(&bar.low),
                Cell::text(tornado.base.to_string()),
                exact(&bar.high),
                match bar.swing {
                    Swing::By(by) => Cell::Shares(by),
                    Swing::Still => Cell::Shares(Decimal::ZERO),
                    Swing::Beyond | Swing::Word | Swing::Refused => Cell::Empty,
                },
                Cell::text(lever.sources.join(" ")),
                Cell::text(lever.said.clone().unwrap_or_default()),
            ];
            rows.push(Row { kind: RowKind::Item, cells });
        }
    }
    Grid { columns, rows }
}
