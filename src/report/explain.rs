//! The page of `explain`: why a figure is what it is.

use crate::diagnostics::Sources;
use crate::diagnostics::nearest;
use crate::document::Document;
use crate::document::inputs;
use crate::outcome::Entry;
use crate::outcome::Measure;
use crate::outcome::Metric;
use crate::outcome::MetricValue;
use crate::outcome::Outcome;
use crate::outcome::Tables;
use crate::outcome::When;
use crate::outcome::bridge;
use crate::outcome::metric;
use crate::outcome::metrics;
use crate::plan::due_part;
use crate::scenario::FigureEntry;
use crate::scenario::FigureId;
use crate::scenario::OwnerId;
use crate::scenario::Round;
use crate::scenario::Size;
use crate::scenario::Status;
use crate::scenario::Valuation;
use crate::studies::influences;
use crate::units::Decided;
use crate::units::Decimal;
use crate::units::Exact;
use crate::units::Scalar;
use crate::units::amount;
use crate::units::grouped;

use super::page::Cell;
use super::page::Column;
use super::page::Grid;
use super::page::Page;
use super::page::Row;
use super::page::RowKind;
use super::page::Section;
use super::page::View;

/// Why the figure or result at a path is what it is.
///
/// # Errors
/// A path that names neither, with the nearest that does.
pub fn explain(outcome: &Outcome, document: &Document, sources: &Sources, path: &str) -> Result<Page, Option<String>> {
    let explainer = Explainer { outcome, sources };
    let scenario = &outcome.scenario;
    let mut page = Page {
        title: path.to_owned(),
        aside: format!("{}, as of {}", scenario.title, scenario.as_of),
        lead: Vec::new(),
        currency: scenario.currency.clone(),
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
        ["pool", pool, "unallocated"] => explainer.owner(pool, "shares", when, &mut why),
        ["price" | "pre_money" | "post_money" | "raised" | "new_shares", round] => {
            explainer.round(round, parts.first().copied().unwrap_or_default(), &mut why);
        }
        ["called", owner] | ["flow", owner, _] => {
            explainer.flow(owner, parts.last().copied().unwrap_or_default(), when, &mut why);
        }
        ["runway", burn, what] => explainer.runway(burn, what, &mut why),
        ["cash", burn, month] => explainer.cash(burn, month, &mut why),
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
        match (metric.value, metric.measure) {
            (MetricValue::Number(value), Measure::Part) => percent(Exact::of(value)),
            (MetricValue::Number(value), Measure::Money) => {
                format!("{} {}", amount(value), self.outcome.scenario.currency)
            }
            (MetricValue::Number(value), _) => plain(value),
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
        if let Some(said) = &figure.said {
            lines.push(format!("said: \"{said}\""));
        }
        if let Some(range) = &figure.range {
            let end = |end: &Option<String>| end.clone().unwrap_or_else(|| "open".to_owned());
            let shape = range.shape.clone().map_or_else(String::new, |shape| format!(", {shape}"));
            lines.push(format!("range: {} to {}{shape}", end(&range.low), end(&range.high)));
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
                let cells =
                    vec![Cell::text(&figure.path), Cell::text(&figure.typed), Cell::Text(place), Cell::Text(who)];
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
            notes: Vec::new(),
        })
    }

    fn owner_id(&self, id: &str) -> Option<OwnerId> {
        self.outcome.scenario.owner_named(id)
    }

    fn owner(&self, id: &str, what: &str, when: When, why: &mut Why) {
        let Outcome { scenario, plan, journal, .. } = self.outcome;
        let Some(owner) = self.owner_id(id) else { return };
        let steps = when.steps(plan);
        let mut tables = Tables::new(scenario, plan, journal);
        let opening = tables.after(0).clone();
        let opening_held = tables.by_owner(&opening.shares).get(owner.index()).copied().unwrap_or(Exact::ZERO);
        let table = tables.after(steps).clone();
        let held = tables.by_owner(&table.shares).get(owner.index()).copied().unwrap_or(Exact::ZERO);
        let all = table.fully_diluted;
        match what {
            "ownership" => {
                why.formula.push("shares as converted / fully diluted".to_owned());
                why.formula.push(format!("= {} / {} = {}", number(held), number(all), percent(held / all)));
            }
            "committed" => {
                let pending = tables.by_owner(&table.pending);
                let own = pending.get(owner.index()).copied().unwrap_or(Exact::ZERO);
                let sum = pending.iter().fold(Exact::ZERO, |sum, shares| sum + *shares);
                why.formula
                    .push("(shares + signed and not issued) / (fully diluted + all signed and not issued)".to_owned());
                why.formula.push(format!(
                    "= ({} + {}) / ({} + {}) = {}",
                    number(held),
                    number(own),
                    number(all),
                    number(sum),
                    percent((held + own) / (all + sum))
                ));
            }
            "value" => {
                if let Some(price) = table.last_price {
                    why.formula.push("shares as converted x the last round's price".to_owned());
                    why.formula.push(format!("= {} x {} = {}", number(held), number(price), sum_of(held * price)));
                }
            }
            "dilution" => {
                let (before, now) = (opening_held / opening.fully_diluted, held / all);
                why.formula.push("1 - final / opening ownership".to_owned());
                why.formula.push(format!(
                    "= 1 - {} / {} = {}",
                    percent(now),
                    percent(before),
                    percent(Exact::ONE - now / before)
                ));
            }
            "voting" => {
                let votes = tables.votes_by_owner(&table.shares);
                let own = votes.get(owner.index()).copied().unwrap_or(Exact::ZERO);
                let sum = votes.iter().fold(Exact::ZERO, |sum, votes| sum + *votes);
                why.formula.push("votes / all votes; a pool does not vote".to_owned());
                why.formula.push(format!("= {} / {} = {}", number(own), number(sum), percent(own / sum)));
            }
            _ => why.formula.push(format!("= {}", number(held))),
        }
        self.holding(owner, steps, why);
        if matches!(what, "ownership" | "dilution") {
            for step in bridge(scenario, plan, journal, owner).steps.iter().filter(|step| step.step < steps) {
                let event = plan.steps.get(step.step).map_or("", |step| step.path.as_str());
                let change = step.change.decimal().unwrap_or(Decimal::ZERO);
                let words = Cell::text(step.cause.words());
                let cells = vec![Cell::text(event), words, Cell::Points(change), Cell::Day(step.day)];
                why.changes.push(Row { kind: RowKind::Item, cells });
            }
        }
    }

    /// Every posting that gave or took an owner's shares.
    fn holding(&self, owner: OwnerId, steps: usize, why: &mut Why) {
        let Outcome { scenario, plan, journal, .. } = self.outcome;
        let is_own =
            |line: usize| plan.positions.get(line).is_some_and(|position| position.owner as usize == owner.index());
        for line in scenario.opening.lines.iter().filter(|line| line.owner == owner) {
            match line.count {
                crate::scenario::OpeningCount::Stake(figure) | crate::scenario::OpeningCount::Shares(figure) => {
                    why.uses(figure);
                }
                crate::scenario::OpeningCount::Rest => {}
            }
        }
        if let Some(unit) = scenario.opening.fully_diluted {
            why.uses(unit);
        }
        let until = journal.marks.get(steps).map_or(journal.postings.len(), |mark| mark.postings);
        for posting in journal.postings.get(..until).unwrap_or(&[]) {
            let event = posting.step.and_then(|step| plan.steps.get(step)).map_or("opening", |step| step.path.as_str());
            let shares = |shares: Exact| shares.decimal().map_or(Cell::Empty, Cell::Shares);
            match posting.entry {
                Entry::Opened { position, shares: count } if is_own(position) => {
                    let line = scenario.opening.lines.iter().find(|line| line.owner == owner);
                    let bought = line.and_then(|line| line.paid).and_then(|paid| scenario.figures.get(paid));
                    let how = match (bought, line.and_then(|line| line.bought)) {
                        (Some(paid), Some(day)) => format!("bought at {} on {day}", paid.typed),
                        (Some(paid), None) => format!("bought at {}", paid.typed),
                        (None, Some(day)) => format!("bought on {day}"),
                        (None, None) => "the opening table".to_owned(),
                    };
                    why.row(event, "opening shares".to_owned(), shares(count), how);
                }
                Entry::Closed { closing, position, shares: count, money, .. } if is_own(position) => {
                    let Some((_, tranche)) = self.tranche(closing) else { continue };
                    why.uses(tranche.size.figure());
                    if count == Exact::ZERO {
                        continue;
                    }
                    let price = money / count;
                    let how = format!("{} / {} a share", sum_of(money), number(price));
                    why.row(event, format!("tranche {} closes", tranche.id), shares(count), how);
                }
                Entry::PoolIncreased { round, position, shares: count } if is_own(position) => {
                    if let Some(pool) = scenario.rounds.get(round).and_then(|round| round.pool) {
                        why.uses(pool.target);
                    }
                    why.row(event, "pool increase".to_owned(), shares(count), "up to its target".to_owned());
                }
                Entry::Sold { seller, buyer, shares: count, money } => {
                    if is_own(seller) {
                        why.row(
                            event,
                            "sold".to_owned(),
                            shares(Exact::ZERO - count),
                            format!("for {}", sum_of(money)),
                        );
                    }
                    if is_own(buyer) {
                        why.row(
                            event,
                            "bought from a holder".to_owned(),
                            shares(count),
                            format!("for {}", sum_of(money)),
                        );
                    }
                }
                _ => {}
            }
        }
    }

    fn tranche(&self, closing: usize) -> Option<(&Round, &crate::scenario::Tranche)> {
        let Outcome { scenario, plan, .. } = self.outcome;
        let number = plan.closings.get(closing)?.tranche;
        let round = plan.tranches.get(number)?.round;
        let first = plan.rounds.get(round)?.tranches.start;
        let round = scenario.rounds.get(round)?;
        Some((round, round.tranches.get(number.checked_sub(first)?)?))
    }

    fn fully_diluted(&self, when: When, why: &mut Why) {
        let Outcome { scenario, plan, journal, .. } = self.outcome;
        why.formula.push("all shares as converted, unallocated pools included".to_owned());
        if let Some(unit) = scenario.opening.fully_diluted {
            why.uses(unit);
        }
        let steps = when.steps(plan);
        let mut before = Exact::ZERO;
        for (index, mark) in journal.marks.iter().take(steps.saturating_add(1)).enumerate() {
            let event =
                index.checked_sub(1).and_then(|step| plan.steps.get(step)).map_or("opening", |step| step.path.as_str());
            let added = (mark.fully_diluted - before).decimal().unwrap_or(Decimal::ZERO);
            if !added.is_zero() {
                why.row(
                    event,
                    "shares".to_owned(),
                    Cell::Shares(added),
                    format!("then {}", number(mark.fully_diluted)),
                );
            }
            before = mark.fully_diluted;
        }
    }

    fn round(&self, id: &str, what: &str, why: &mut Why) {
        let Outcome { scenario, plan, journal, .. } = self.outcome;
        let Some(index) = scenario.rounds.iter().position(|round| round.id == id) else { return };
        let (Some(round), Some(priced)) = (scenario.rounds.get(index), journal.rounds.get(index).copied().flatten())
        else {
            return;
        };
        if priced.is_held != Decided::Yes {
            return;
        }
        let price = Exact::quotient(Exact::inverse(priced.price));
        let exact = Exact::quotient(Exact::inverse(priced.exact_price));
        let committed = priced.committed.money + priced.committed.own_money + priced.committed.shares * exact;
        why.uses(round.valuation.figure());
        let held = match round.valuation {
            Valuation::PreMoney(_) => "pre-money",
            Valuation::PostMoney(_) => "post-money",
            Valuation::Price(_) => "price",
        };
        match what {
            "price" => match round.valuation {
                Valuation::Price(_) => why.formula.push("the price is given, the valuation follows".to_owned()),
                _ if priced.is_topped_up == Decided::Yes && round.pool.is_some_and(|pool| pool.in_pre_money) => {
                    why.formula.push("pre-money / (shares before + pool increase)".to_owned());
                    why.formula.push(format!(
                        "= {} / ({} + {}) = {}",
                        sum_of(priced.pre_money),
                        number(priced.before),
                        number(priced.increase),
                        number(exact)
                    ));
                }
                _ => {
                    if matches!(round.valuation, Valuation::PostMoney(_)) {
                        why.formula.push(format!(
                            "pre-money = post-money - committed money = {} - {} = {}",
                            sum_of(priced.post_money),
                            sum_of(committed),
                            sum_of(priced.pre_money)
                        ));
                    }
                    why.formula.push("pre-money / shares before".to_owned());
                    why.formula.push(format!(
                        "= {} / {} = {}",
                        sum_of(priced.pre_money),
                        number(priced.before),
                        number(exact)
                    ));
                }
            },
            "pre_money" => {
                why.formula.push(format!("the {held} is held"));
                match round.valuation {
                    Valuation::PreMoney(_) => {}
                    Valuation::PostMoney(_) => why.formula.push(format!(
                        "post-money - committed money = {} - {} = {}",
                        sum_of(priced.post_money),
                        sum_of(committed),
                        sum_of(priced.pre_money)
                    )),
                    Valuation::Price(_) => {
                        let inside = round.pool.is_some_and(|pool| pool.in_pre_money);
                        let increase = if inside { priced.increase } else { Exact::ZERO };
                        why.formula.push("price x (shares before + pool increase inside the pre-money)".to_owned());
                        why.formula.push(format!(
                            "= {} x ({} + {}) = {}",
                            number(exact),
                            number(priced.before),
                            number(increase),
                            sum_of(priced.pre_money)
                        ));
                    }
                }
            }
            "post_money" => {
                why.formula.push(format!("the {held} is held; every committed tranche counts, not the target"));
                why.formula.push(format!(
                    "pre-money + committed money = {} + {} = {}",
                    sum_of(priced.pre_money),
                    sum_of(committed),
                    sum_of(priced.post_money)
                ));
            }
            _ => why.formula.push("what has closed".to_owned()),
        }
        if price != exact {
            why.formula.push(format!("rounded once to {}", number(price)));
        }
        if let Some(pool) = round.pool {
            why.uses(pool.target);
        }
        if let Some(target) = round.target {
            why.uses(target);
        }
        for posting in &journal.postings {
            let event = posting.step.and_then(|step| plan.steps.get(step)).map_or("opening", |step| step.path.as_str());
            match posting.entry {
                Entry::Signed { tranche, money, .. } if matches!(what, "price" | "pre_money" | "post_money") => {
                    let Some(first) = plan.rounds.get(index).map(|round| round.tranches.start) else { continue };
                    let own = tranche.checked_sub(first).and_then(|number| round.tranches.get(number));
                    if let Some(own) =
                        own.filter(|_| plan.tranches.get(tranche).is_some_and(|tranche| tranche.round == index))
                    {
                        why.uses(own.size.figure());
                        let asked = match own.size {
                            Size::Money(figure) => format!("of {} asked for", amount(scenario.figures.value(figure))),
                            Size::Shares(_) => "given in shares".to_owned(),
                        };
                        let cell = money.decimal().map_or(Cell::Empty, Cell::Money);
                        why.row(event, format!("tranche {} is signed", own.id), cell, asked);
                    }
                }
                Entry::Closed { closing, shares, money, .. } if matches!(what, "raised" | "new_shares") => {
                    let Some((of, tranche)) = self.tranche(closing).filter(|(of, _)| of.id == round.id) else {
                        continue;
                    };
                    why.uses(tranche.size.figure());
                    let cell = if what == "raised" {
                        money.decimal().map_or(Cell::Empty, Cell::Money)
                    } else {
                        shares.decimal().map_or(Cell::Empty, Cell::Shares)
                    };
                    why.row(event, format!("tranche {} of {} closes", tranche.id, of.id), cell, String::new());
                }
                Entry::PoolIncreased { round: of, shares, .. } if of == index && what != "raised" => {
                    let cell = shares.decimal().map_or(Cell::Empty, Cell::Shares);
                    why.row(event, "pool increase".to_owned(), cell, "shares".to_owned());
                }
                _ => {}
            }
        }
    }

    fn flow(&self, id: &str, what: &str, when: When, why: &mut Why) {
        let Outcome { scenario, plan, journal, .. } = self.outcome;
        let Some(owner) = self.owner_id(id) else { return };
        why.formula.push(
            match what {
                "net" => "invested, in cash and in kind, less what is promised back and falls due",
                "returned" => "commitments to the holder that fall due by then, spread evenly over their months",
                "in_kind" => "the part of what was funded that came in kind",
                "committed" => "every tranche that was signed, whether or not it closes",
                _ => "what has been asked for or paid",
            }
            .to_owned(),
        );
        let cell = |value: Exact| value.decimal().map_or(Cell::Empty, Cell::Money);
        let until = journal.marks.get(when.steps(plan)).map_or(journal.postings.len(), |mark| mark.postings);
        for posting in journal.postings.get(..until).unwrap_or(&[]) {
            let event = posting.step.and_then(|step| plan.steps.get(step)).map_or("opening", |step| step.path.as_str());
            match posting.entry {
                Entry::Closed { closing, position, money, cash, .. } if what != "returned" && what != "committed" => {
                    let is_own = plan.positions.get(position).is_some_and(|line| line.owner as usize == owner.index());
                    if let Some((_, tranche)) = self.tranche(closing).filter(|_| is_own) {
                        why.uses(tranche.size.figure());
                        let value = if what == "in_kind" { money - cash } else { money };
                        let how = format!("{} in cash, {} in kind", sum_of(cash), sum_of(money - cash));
                        why.row(event, format!("tranche {} closes", tranche.id), cell(value), how);
                    }
                }
                Entry::Signed { tranche, money, .. } if what == "committed" => {
                    let line = plan.tranches.get(tranche).and_then(|tranche| plan.positions.get(tranche.position));
                    if line.is_some_and(|line| line.owner as usize == owner.index()) {
                        why.row(event, "signed".to_owned(), cell(money), String::new());
                    }
                }
                _ => {}
            }
        }
        if let Some(day) = when.day(plan).or(scenario.horizon).filter(|_| matches!(what, "returned" | "net")) {
            for commitment in scenario.commitments.iter().filter(|commitment| commitment.to == owner) {
                why.uses(commitment.amount);
                let part = due_part(commitment, day);
                let whole =
                    |value: i128| Exact::of(Decimal::try_from_i128_with_scale(value, 0).unwrap_or(Decimal::ZERO));
                let all = Exact::of(scenario.figures.value(commitment.amount));
                let due = all.times(whole(part.numerator()).per(whole(part.denominator())));
                let due = if what == "net" { Exact::ZERO - due } else { due };
                let how = format!(
                    "{} of {} due by {day}",
                    percent(whole(part.numerator()) / whole(part.denominator())),
                    sum_of(all)
                );
                why.row(&format!("commitment.{}", commitment.id), "promised".to_owned(), cell(due), how);
            }
        }
    }

    fn burn(&self, id: &str) -> Option<(&crate::scenario::Burn, &crate::outcome::RunwayRecord)> {
        let Outcome { scenario, plan, journal, .. } = self.outcome;
        let place = plan
            .treasury
            .burns
            .iter()
            .position(|burn| scenario.burns.get(burn.burn).is_some_and(|burn| burn.id == id))?;
        let burn = scenario.burns.get(plan.treasury.burns.get(place)?.burn)?;
        Some((burn, journal.runways.get(place)?))
    }

    fn runway(&self, id: &str, what: &str, why: &mut Why) {
        let Outcome { scenario, plan, .. } = self.outcome;
        let Some((burn, record)) = self.burn(id) else { return };
        let Some(summary) = record.summary else { return };
        let unit = Exact::of(plan.treasury.denominator);
        self.burn_figures(burn, why);
        why.formula.push(format!("{}: counts {}", burn.name, burn.measured()));
        let minimum = scenario.cash.map_or(Exact::ZERO, |cash| Exact::of(scenario.figures.value(cash.minimum)));
        let number_of = summary.month.decimal().and_then(|month| usize::try_from(month.normalize().mantissa()).ok());
        match what {
            "trough" => why.formula.push("the lowest balance at a month's end".to_owned()),
            "gap" => why.formula.push(format!(
                "minimum - lowest balance, at least zero = {} - ({}) = {}",
                sum_of(minimum),
                sum_of(summary.trough),
                sum_of(summary.gap)
            )),
            _ if summary.runs_out == Decided::Yes => {
                if let Some(month) = number_of {
                    let end = record.months.get(month).map_or(Exact::ZERO, |flow| flow.balance / unit);
                    let start = match month.checked_sub(1) {
                        Some(before) => record.months.get(before).map_or(Exact::ZERO, |flow| flow.balance / unit),
                        None => {
                            scenario.cash.map_or(Exact::ZERO, |cash| Exact::of(scenario.figures.value(cash.opening)))
                        }
                    };
                    let name =
                        plan.treasury.months.get(month).map_or_else(String::new, |month| month.month.to_string());
                    why.formula.push(format!(
                        "the first month that ends below the minimum of {} is {name}, number {month} from {}",
                        sum_of(minimum),
                        scenario.as_of
                    ));
                    why.formula.push(
                        "into it: (balance at its start - minimum) / (balance at its start - balance at its end)"
                            .to_owned(),
                    );
                    why.formula.push(format!(
                        "= ({} - {}) / ({} - {}) = {} of the month",
                        sum_of(start),
                        sum_of(minimum),
                        sum_of(start),
                        sum_of(end),
                        number(summary.part)
                    ));
                    let elapsed = plan.treasury.months.get(month).map(|month| month.elapsed);
                    if let Some(elapsed) = elapsed {
                        let whole = |value: i128| {
                            Exact::of(Decimal::try_from_i128_with_scale(value, 0).unwrap_or(Decimal::ZERO))
                        };
                        let before = whole(elapsed.numerator()) / whole(elapsed.denominator());
                        why.formula.push(format!(
                            "months: {} before it began, {} in all",
                            number(before),
                            number(summary.months)
                        ));
                    }
                }
            }
            _ => why.formula.push("no month of the projection ends below the minimum".to_owned()),
        }
        let lowest = record.months.iter().min_by_key(|flow| flow.balance.decimal()).map(|flow| flow.month);
        let focus = match what {
            "trough" | "gap" => lowest.unwrap_or(0),
            _ => number_of.unwrap_or(record.months.len()),
        };
        let from = focus.saturating_sub(3);
        for flow in record.months.iter().skip(from).take(5) {
            let Some(month) = plan.treasury.months.get(flow.month) else { continue };
            let how = format!(
                "+ {} arrives - ({} burned - {} in kind) - {} committed on top",
                sum_of(flow.arrived / unit),
                sum_of(flow.burned / unit),
                sum_of(flow.in_kind / unit),
                sum_of(flow.committed / unit)
            );
            let cell = (flow.balance / unit).decimal().map_or(Cell::Empty, Cell::Money);
            why.row(&month.month.to_string(), "balance at its end".to_owned(), cell, how);
        }
    }

    fn cash(&self, id: &str, month: &str, why: &mut Why) {
        let Outcome { plan, .. } = self.outcome;
        let Some((burn, record)) = self.burn(id) else { return };
        self.burn_figures(burn, why);
        let unit = Exact::of(plan.treasury.denominator);
        let place = plan.treasury.months.iter().position(|plan| plan.month.to_string() == month);
        let Some(flow) = place.and_then(|place| record.months.get(place)) else { return };
        let before = flow.balance - flow.arrived + (flow.burned - flow.in_kind) + flow.committed;
        why.formula.push("balance before + arrivals - (burn - paid in kind) - commitments on top".to_owned());
        why.formula.push(format!(
            "= {} + {} - ({} - {}) - {} = {}",
            sum_of(before / unit),
            sum_of(flow.arrived / unit),
            sum_of(flow.burned / unit),
            sum_of(flow.in_kind / unit),
            sum_of(flow.committed / unit),
            sum_of(flow.balance / unit)
        ));
    }

    fn burn_figures(&self, burn: &crate::scenario::Burn, why: &mut Why) {
        let scenario = &self.outcome.scenario;
        if let Some(cash) = scenario.cash {
            why.uses(cash.opening);
            why.uses(cash.minimum);
        }
        match &burn.profile {
            crate::scenario::Profile::Rate { rate, growth, phases, .. } => {
                why.uses(*rate);
                if let Some((growth, _)) = growth {
                    why.uses(*growth);
                }
                for phase in phases {
                    why.uses(phase.growth);
                }
            }
            crate::scenario::Profile::Scheduled { lines, through } => {
                for (_, figure) in lines {
                    why.uses(*figure);
                }
                if let Some(through) = through {
                    why.uses(through.total);
                }
            }
        }
        for round in &scenario.rounds {
            for tranche in &round.tranches {
                why.uses(tranche.size.figure());
                if let Some(drawdown) = &tranche.drawdown {
                    why.uses(drawdown.eligible);
                }
                for (_, part) in &tranche.consideration {
                    if let crate::scenario::Part::Is(figure) = part {
                        why.uses(*figure);
                    }
                }
            }
        }
        for commitment in scenario.commitments.iter().filter(|commitment| !commitment.within_burn) {
            why.uses(commitment.amount);
        }
    }
}
