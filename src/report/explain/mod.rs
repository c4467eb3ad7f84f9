//! The page of `explain`: why a figure is what it is.

mod exit;
mod holder;
mod instrument;
mod money;
mod round;
mod treasury;

use crate::diagnostics::Sources;
use crate::diagnostics::nearest;
use crate::document::Document;
use crate::document::inputs;
use crate::outcome::Measure;
use crate::outcome::Metric;
use crate::outcome::MetricValue;
use crate::outcome::Outcome;
use crate::outcome::When;
use crate::outcome::elsewhere;
use crate::outcome::metric;
use crate::outcome::metrics;
use crate::report::figures::conversion;
use crate::report::page::Cell;
use crate::report::page::Column;
use crate::report::page::Grid;
use crate::report::page::Page;
use crate::report::page::Row;
use crate::report::page::RowKind;
use crate::report::page::Section;
use crate::report::page::View;
use crate::scenario::FigureEntry;
use crate::scenario::FigureId;
use crate::scenario::OwnerId;
use crate::scenario::Round;
use crate::scenario::Status;
use crate::studies::influences;
use crate::units::Decimal;
use crate::units::Exact;
use crate::units::Scalar;
use crate::units::amount;
use crate::units::grouped;
/// Why the figure or result at a path is what it is.
///
/// # Errors
/// A path that names neither, with the nearest that does.
pub fn explain(outcome: &Outcome, document: &Document, sources: &Sources, path: &str) -> Result<Page, Option<String>> {
    // Under another report, or if the conditions turn out otherwise, it is a result of that play.
    if let Some((name, place)) = path.split_once('@')
        && let Some(Some(other)) = elsewhere(outcome, place)
    {
        let mut page = explain(&other, document, sources, name)?;
        page.title = page.title.replacen(name, path, 1);
        return Ok(page);
    }
    let explainer = Explainer { outcome, sources };
    let scenario = &outcome.scenario;
    let mut page = Page {
        title: path.to_owned(),
        aside: format!("{}, as of {}", scenario.title, scenario.as_of),
        lead: Vec::new(),
        currency: scenario.currency.clone(),
        chart: None,
        sections: Vec::new(),
    };
    if let Some(figure) = scenario.figures.find(path) {
        page.title = format!("{path} = {}", figure.typed);
        page.lead = explainer.input(figure);
        return Ok(page);
    }
    let found = metric(outcome, path);
    let Some([one, ..]) = found.as_deref() else {
        if let Some((input, typed, span)) = inputs(document).into_iter().find(|(input, ..)| input == path) {
            page.title = format!("{input} = {typed}");
            page.lead = vec![format!("written at {}", sources.place(span))];
            return Ok(page);
        }
        if table_page(&mut page, document, sources, path) {
            return Ok(page);
        }
        let name = path.split('@').next().unwrap_or(path);
        let all = metrics(outcome, When::End);
        let results = all.iter().map(|metric| metric.path.as_str());
        let figures = scenario.figures.iter().filter(|figure| figure.span.is_some()).map(|figure| figure.path.as_str());
        return Err(nearest(name, results.chain(figures)).map(str::to_owned));
    };
    page.title = format!("{path} = {}", explainer.value(one));
    let when = path
        .split_once('@')
        .and_then(|(_, when)| When::from_text(when, &outcome.scenario, &outcome.plan))
        .unwrap_or(When::End);
    let mut why = Why::default();
    let parts: Vec<&str> = one.path.split('.').collect();
    match parts.as_slice() {
        ["ownership" | "committed" | "shares" | "value" | "voting" | "dilution", owner] => {
            explainer.owner(owner, parts.first().copied().unwrap_or_default(), when, &mut why);
        }
        ["fully_diluted"] => explainer.fully_diluted(when, &mut why),
        ["pool", pool, _] => explainer.owner(pool, "shares", when, &mut why),
        ["conversion", id, _] => explainer.conversion(id, &mut why),
        ["conversion_price", class] => explainer.conversion_price(class, &mut why),
        [family @ ("grant" | "warrant"), id, _] => explainer.rights(family, id, &mut why),
        ["price" | "pre_money" | "post_money" | "raised" | "new_shares", round] => {
            explainer.round(round, parts.first().copied().unwrap_or_default(), &mut why);
        }
        ["called", owner] => explainer.flow(owner, "called", when, &mut why),
        ["flow", owner, what] => explainer.flow(owner, what, when, &mut why),
        ["circularity", what] => explainer.circularity(what, when, &mut why),
        ["concentration", owner, what] => explainer.concentration(owner, what, when, &mut why),
        ["payout", exit, owner] => explainer.payout(exit, owner, &mut why),
        ["class_payout" | "class_value" | "class_election", exit, class] => {
            explainer.group_payout(exit, class, true, &mut why);
        }
        ["instrument_payout" | "instrument_election", exit, id] => explainer.group_payout(exit, id, false, &mut why),
        ["exit", exit, _] => explainer.exit_summary(exit, &mut why),
        ["breakpoint", exit, _] => explainer.breakpoint(exit, &mut why),
        [family @ ("return" | "class_return"), exit, id, _] => {
            explainer.returned(exit, id, *family == "class_return", &mut why);
        }
        ["runway", burn, what] => explainer.runway(burn, what, &mut why),
        ["cash", burn, month] => explainer.cash(burn, month, &mut why),
        ["debt", burn, debt, _] => explainer.debt(burn, debt, &mut why),
        ["in_kind", burn, round, tranche @ .., _] => {
            explainer.in_kind(burn, &format!("{round}.{}", tranche.join(".")), &mut why);
        }
        ["paid", burn, _] => explainer.paid(burn, &mut why),
        _ => {}
    }
    if let Some(moving) = influences(outcome, path) {
        why.figures = moving;
    }
    page.lead = why.formula;
    if !why.rows.is_empty() {
        let columns = vec![Column::text("event"), Column::text("what"), Column::number("adds"), Column::text("how")];
        let grid = Some(Grid { columns, rows: why.rows });
        page.sections.push(Section { view: View::Other, heading: "Step by step".to_owned(), grid, notes: Vec::new() });
    }
    if !why.changes.is_empty() {
        let columns = vec![Column::text("event"), Column::text("why"), Column::number("change"), Column::text("when")];
        let grid = Some(Grid { columns, rows: why.changes });
        let heading = "Why it changed, in percentage points".to_owned();
        page.sections.push(Section { view: View::Bridge, heading, grid, notes: Vec::new() });
    }
    if let Some(section) = explainer.inputs(&why.figures) {
        page.sections.push(section);
    }
    Ok(page)
}

/// A table of the file: its remark, and what is written in it.
fn table_page(page: &mut Page, document: &Document, sources: &Sources, path: &str) -> bool {
    let mut here = &document.root;
    for part in path.split('.') {
        match here.table(part) {
            Some(table) => here = table,
            None => return false,
        }
    }
    if let Some(name) = here.text("name") {
        page.title = format!("{path}: {name}");
    }
    page.lead = vec![format!("written at {}", sources.place(here.span))];
    page.lead.extend(here.text("remark").map(str::to_owned));
    let inside = format!("{path}.");
    let rows: Vec<Row> = inputs(document)
        .into_iter()
        .filter_map(|(input, typed, span)| {
            let key = input.strip_prefix(&inside)?;
            let cells = vec![Cell::text(key), Cell::text(typed), Cell::text(sources.place(span))];
            Some(Row { kind: RowKind::Item, cells })
        })
        .filter(|row| !matches!(row.cells.first(), Some(Cell::Text(key)) if key == "remark"))
        .collect();
    let columns = vec![Column::text("key"), Column::text("value"), Column::text("where")];
    let grid = Some(Grid { columns, rows });
    page.sections.push(Section { view: View::Other, heading: "What it says".to_owned(), grid, notes: Vec::new() });
    true
}

/// What an explanation is made of.
#[derive(Default)]
struct Why {
    formula: Vec<String>,
    rows: Vec<Row>,
    /// Parts of a bridge.
    changes: Vec<Row>,
    figures: Vec<FigureId>,
}

impl Why {
    fn row(&mut self, event: &str, what: String, adds: Cell, how: String) {
        let cells = vec![Cell::text(event), Cell::Text(what), adds, Cell::Text(how)];
        self.rows.push(Row { kind: RowKind::Item, cells });
    }

    fn uses(&mut self, figure: FigureId) {
        if !self.figures.contains(&figure) {
            self.figures.push(figure);
        }
    }
}

struct Explainer<'a> {
    outcome: &'a Outcome,
    sources: &'a Sources,
}

/// A count or a sum in groups, with as many places as it needs, at most four.
fn number(value: Exact) -> String {
    value.decimal().map_or_else(|| "no exact value".to_owned(), plain)
}

fn sum_of(value: Exact) -> String {
    value.decimal().map_or_else(|| "no exact value".to_owned(), amount)
}

fn plain(value: Decimal) -> String {
    let rounded = value.round_dp(4).normalize();
    grouped(rounded, rounded.scale())
}

fn percent(part: Exact) -> String {
    match (part * Exact::of(Decimal::ONE_HUNDRED)).decimal() {
        Some(value) => format!("{} %", value.round_dp(6).normalize()),
        None => "no exact value".to_owned(),
    }
}

impl Explainer<'_> {
    fn value(&self, metric: &Metric) -> String {
        match (&metric.value, metric.measure) {
            (MetricValue::Number(value), Measure::Part) => percent(Exact::of(*value)),
            (MetricValue::Number(value), Measure::Money) => {
                format!("{} {}", amount(*value), self.outcome.scenario.currency)
            }
            (MetricValue::Number(value), _) => plain(*value),
            (other, _) => other.to_string(),
        }
    }

    /// Everything a file says about a figure.
    fn input(&self, figure: &FigureEntry) -> Vec<String> {
        let scenario = &self.outcome.scenario;
        let mut lines = Vec::new();
        match figure.span {
            Some(span) => lines.push(format!("written at {}, {}", self.sources.place(span), figure.status.word())),
            None => lines.push("not written: the default of the format".to_owned()),
        }
        if let Some(conversion) = conversion(&scenario.figures, figure) {
            lines.push(conversion);
        }
        if let Some(said) = &figure.said {
            lines.push(format!("said: \"{said}\""));
        }
        if let Some(range) = &figure.range {
            let end = |end: &Option<String>| end.clone().unwrap_or_else(|| "open".to_owned());
            let shape = range.shape.clone().map_or_else(String::new, |shape| format!(", {shape}"));
            let given: String = range.given.iter().map(|(key, typed)| format!(", {key} {typed}")).collect();
            lines.push(match (&range.low, &range.high, range.given.is_empty()) {
                (None, None, false) => format!("range{}{given}", shape.replacen(',', ":", 1)),
                (low, high, _) => format!("range: {} to {}{shape}{given}", end(low), end(high)),
            });
        }
        for id in &figure.sources {
            let Some(source) = scenario.sources.get(id) else { continue };
            let published = source.published.map_or_else(String::new, |day| format!(", {day}"));
            let publisher = source.publisher.clone().map_or_else(String::new, |by| format!(", {by}"));
            let address = source
                .address
                .clone()
                .or_else(|| source.reference.clone())
                .map_or_else(String::new, |at| format!(", {at}"));
            lines.push(format!("source {id}: {}{publisher}{published}{address}", source.title));
        }
        for (id, typed) in &figure.reports {
            let title = scenario.sources.get(id).map_or("", |source| source.title.as_str());
            lines.push(format!("disputed: {id} says {typed} ({title})"));
        }
        if let Some(remark) = &figure.remark {
            lines.push(remark.clone());
        }
        lines
    }

    /// The figures an explanation used, with their places and sources.
    fn inputs(&self, used: &[FigureId]) -> Option<Section> {
        let rows: Vec<Row> = used
            .iter()
            .filter_map(|id| {
                let figure = self.outcome.scenario.figures.get(*id)?;
                let place = figure.span.map_or_else(|| "default".to_owned(), |span| self.sources.place(span));
                let who = match figure.sources.as_slice() {
                    [] => figure.status.word().to_owned(),
                    ids if figure.status == Status::Reported => ids.join(", "),
                    ids => format!("{}, {}", figure.status.word(), ids.join(", ")),
                };
                let value = conversion(&self.outcome.scenario.figures, figure).unwrap_or_else(|| figure.typed.clone());
                let cells = vec![Cell::text(&figure.path), Cell::Text(value), Cell::Text(place), Cell::Text(who)];
                Some(Row { kind: RowKind::Item, cells })
            })
            .collect();
        if rows.is_empty() {
            return None;
        }
        let columns =
            vec![Column::text("input"), Column::text("value"), Column::text("where"), Column::text("who says so")];
        Some(Section {
            view: View::Figures,
            heading: "Inputs that move it".to_owned(),
            grid: Some(Grid { columns, rows }),
            notes: vec!["each number was moved a little, each condition turned; words and days were not".to_owned()],
        })
    }

    fn owner_id(&self, id: &str) -> Option<OwnerId> {
        self.outcome.scenario.owner_named(id)
    }

    fn tranche(&self, closing: usize) -> Option<(&Round, &crate::scenario::Tranche)> {
        let Outcome { scenario, plan, .. } = self.outcome;
        let number = plan.closings.get(closing)?.tranche;
        let round = plan.tranches.get(number)?.round;
        let first = plan.rounds.get(round)?.tranches.start;
        let round = scenario.rounds.get(round)?;
        Some((round, round.tranches.get(number.checked_sub(first)?)?))
    }
}
