//! What converted at which term, whose conversion price fell, and what of options and warrants there is.

use crate::outcome::ConversionRecord;
use crate::outcome::Entry;
use crate::outcome::MetricValue;
use crate::outcome::Outcome;
use crate::outcome::Tables;
use crate::outcome::When;
use crate::outcome::Why;
use crate::outcome::metrics;
use crate::outcome::term;
use crate::outcome::term_word;
use crate::plan::LegPlan;
use crate::scenario::FigureEntry;
use crate::units::Decided;
use crate::units::Decimal;
use crate::units::Exact;
use crate::units::Scalar;
use crate::units::currency_sign;
use crate::units::grouped;

use super::page::Cell;
use super::page::Column;
use super::page::Grid;
use super::page::Row;
use super::page::RowKind;
use super::page::Section;
use super::page::View;

/// Conversions, adjustments, options and warrants: each where there is one.
pub(super) fn instruments(outcome: &Outcome) -> Vec<Section> {
    [conversions(outcome), outstanding(outcome), adjustments(outcome), options(outcome), warrants(outcome)]
        .into_iter()
        .flatten()
        .collect()
}

fn section(heading: &str, columns: Vec<Column>, rows: Vec<Row>, notes: Vec<String>) -> Option<Section> {
    if rows.is_empty() {
        return None;
    }
    let grid = Some(Grid { columns, rows });
    Some(Section { view: View::Instruments, heading: heading.to_owned(), grid, notes })
}

fn cell(value: Exact, cell: fn(Decimal) -> Cell) -> Cell {
    value.decimal().filter(|value| !value.is_zero()).map_or(Cell::Empty, cell)
}

/// Conversions: what converted, the term that bound, and what the others would have given.
fn conversions(outcome: &Outcome) -> Option<Section> {
    let Outcome { scenario, plan, journal, .. } = outcome;
    let whole = plan.has_whole();
    let mut columns = vec![
        Column::text(""),
        Column::text("converts in"),
        Column::number("amount"),
        Column::text("term that binds"),
        Column::number("a share"),
        Column::number("shares"),
    ];
    if whole {
        columns.push(Column::number("left over"));
    }
    columns.push(Column::text("its other terms, a share"));
    let rows = journal
        .conversions
        .iter()
        .filter_map(|record| {
            let converted = &record.converted;
            let convertible = scenario.convertibles.get(converted.convertible)?;
            let holder = scenario.owner(convertible.holder).map_or("", |owner| owner.name.as_str());
            let event = match converted.round.and_then(|round| scenario.rounds.get(round)) {
                Some(round) => round.name.clone(),
                None => record.step.and_then(|step| plan.steps.get(step)).map(|step| step.day.to_string())?,
            };
            let name = if convertible.name == convertible.id {
                format!("{holder}: {}", convertible.id)
            } else {
                convertible.name.clone()
            };
            let mut cells = vec![
                Cell::Text(name),
                Cell::Text(event),
                cell(converted.balance, Cell::Money),
                Cell::Text(term(outcome, record)),
                cell(converted.price, Cell::Price),
                cell(converted.shares, Cell::Shares),
            ];
            if whole {
                let rest = converted.residual.decimal().map(|rest| rest.round_dp(4).normalize());
                cells
                    .push(rest.filter(|rest| !rest.is_zero()).map_or(Cell::Empty, |rest| Cell::text(rest.to_string())));
            }
            cells.push(Cell::Text(others(outcome, record)));
            Some(Row { kind: RowKind::Item, cells })
        })
        .collect();
    section("SAFEs and notes that converted", columns, rows, Vec::new())
}

/// The terms of a conversion, in their order.
pub(super) fn legs<'a>(outcome: &'a Outcome, record: &ConversionRecord) -> &'a [LegPlan] {
    let converted = &record.converted;
    converted
        .round
        .and_then(|round| outcome.plan.rounds.get(round))
        .and_then(|round| round.conversions.iter().find(|it| it.convertible == converted.convertible))
        .map_or(&[], |conversion| &conversion.legs)
}

/// The price that a term of a conversion comes to, for a share of the class received.
pub(super) fn term_price(record: &ConversionRecord, place: usize) -> Option<Exact> {
    let converted = &record.converted;
    if place == converted.place {
        return Some(converted.price);
    }
    // A term that gives twice the money at the round's price asks half of it.
    let money = record.terms.get(place)?;
    Some(converted.round_price.times(converted.balance.per(*money))).filter(|price| price.is_valid())
}

fn others(outcome: &Outcome, record: &ConversionRecord) -> String {
    let sign = currency_sign(&outcome.scenario.currency);
    let list: Vec<String> = legs(outcome, record)
        .iter()
        .enumerate()
        .filter(|(place, _)| *place != record.converted.place)
        .filter_map(|(place, leg)| {
            let price = term_price(record, place)?.decimal()?;
            let places = price.round_dp(4).normalize().scale().max(2);
            let of = leg.of.and_then(|of| outcome.scenario.convertibles.get(of));
            let of = of.map_or_else(String::new, |of| format!(" of {}", of.id));
            Some(format!("{}{of} {sign}{}", term_word(leg.term), grouped(price, places)))
        })
        .collect();
    list.join(", ")
}

/// What is still outstanding at the end, with its interest.
fn outstanding(outcome: &Outcome) -> Option<Section> {
    let scenario = &outcome.scenario;
    let columns = vec![
        Column::text(""),
        Column::text("since"),
        Column::number("amount"),
        Column::number("with interest"),
        Column::text("terms"),
    ];
    let all = metrics(outcome, When::End);
    let rows = scenario
        .convertibles
        .iter()
        .zip(&outcome.state.convertibles)
        .filter(|(_, state)| state.is_outstanding == Decided::Yes)
        .map(|(convertible, _)| {
            let holder = scenario.owner(convertible.holder).map_or("", |owner| owner.name.as_str());
            let path = format!("balance.{}", convertible.id);
            let owed = all.iter().find(|metric| metric.path == path).map(|metric| &metric.value);
            let owed = match owed {
                Some(MetricValue::Number(owed)) => Cell::Money(*owed),
                _ => Cell::Empty,
            };
            let typed = |figure| scenario.figures.get(figure).map_or_else(String::new, FigureEntry::stated);
            let mut terms = Vec::new();
            terms.extend(convertible.cap.map(|cap| format!("cap {}", typed(cap))));
            terms.extend(convertible.discount.map(|off| format!("discount {}", typed(off))));
            terms.extend(convertible.ownership.map(typed));
            if convertible.mfn {
                terms.push("most favoured nation".to_owned());
            }
            if terms.is_empty() {
                terms.push("uncapped".to_owned());
            }
            let cells = vec![
                Cell::text(format!("{holder}: {}", convertible.name)),
                Cell::Day(convertible.date),
                Cell::Money(scenario.figures.value(convertible.amount)),
                owed,
                Cell::text(terms.join(", ")),
            ];
            Row { kind: RowKind::Quiet, cells }
        })
        .collect();
    let note = "they are in no cap table until something converts them".to_owned();
    section("SAFEs and notes still outstanding", columns, rows, vec![note])
}

/// Conversion prices that a cheaper round lowered.
fn adjustments(outcome: &Outcome) -> Option<Section> {
    let Outcome { scenario, plan, journal, .. } = outcome;
    let columns = vec![
        Column::text(""),
        Column::text("because of"),
        Column::number("at a share"),
        Column::number("converted at"),
        Column::number("now at"),
        Column::number("common for one"),
        Column::number("base"),
    ];
    let rows = journal
        .postings
        .iter()
        .filter_map(|posting| {
            let Entry::Adjusted { class, issue, before, after, base, is_lowered: true } = posting.entry else {
                return None;
            };
            let step = posting.step.and_then(|step| plan.steps.get(step))?;
            let round = scenario.rounds.iter().position(|round| step.path == format!("round.{}", round.id))?;
            let priced = journal.rounds.get(round).copied().flatten()?;
            let name = scenario.classes.get(class as usize).map_or("", |class| class.name.as_str());
            let cells = vec![
                Cell::text(name),
                Cell::text(scenario.rounds.get(round).map_or("", |round| round.name.as_str())),
                cell(Exact::quotient(Exact::inverse(priced.price)), Cell::Price),
                cell(before, Cell::Price),
                cell(after, Cell::Price),
                cell(issue / after, |ratio| Cell::text(ratio.round_dp(6).normalize().to_string())),
                if base == Exact::ZERO { Cell::text("full ratchet") } else { cell(base, Cell::Shares) },
            ];
            Some(Row { kind: RowKind::Item, cells })
        })
        .collect();
    section("Conversion prices that fell", columns, rows, Vec::new())
}

/// Options by grant.
fn options(outcome: &Outcome) -> Option<Section> {
    let Outcome { scenario, journal, .. } = outcome;
    let all = metrics(outcome, When::End);
    let number = |path: String| {
        all.iter().find(|metric| metric.path == path).and_then(|metric| match metric.value {
            MetricValue::Number(value) if !value.is_zero() => Some(value),
            _ => None,
        })
    };
    let moved = |wanted: &dyn Fn(Why) -> bool| {
        journal.postings.iter().fold(Exact::ZERO, |sum, posting| match posting.entry {
            Entry::Moved { why, left, .. } if wanted(why) => sum + left,
            _ => sum,
        })
    };
    let columns = vec![
        Column::text(""),
        Column::text("granted on"),
        Column::number("options"),
        Column::number("strike"),
        Column::number("vested"),
        Column::number("exercised"),
        Column::number("returned"),
        Column::number("outstanding"),
    ];
    let rows = scenario
        .grants
        .iter()
        .enumerate()
        .map(|(index, grant)| {
            let holder = scenario.owner(grant.holder).map_or("", |owner| owner.name.as_str());
            let name = if grant.holder == grant.pool { "staff".to_owned() } else { holder.to_owned() };
            let value = |what: &str| number(format!("grant.{}.{what}", grant.id));
            let cells = vec![
                Cell::text(format!("{name}: {}", grant.name)),
                Cell::Day(grant.date),
                Cell::Shares(scenario.figures.value(grant.shares)),
                value("strike").map_or(Cell::Empty, Cell::Price),
                value("vested").map_or(Cell::Empty, Cell::Shares),
                cell(moved(&|why| why == Why::Exercised { grant: index }), Cell::Shares),
                cell(moved(&|why| why == Why::Returned { grant: index }), Cell::Shares),
                value("outstanding").map_or(Cell::Empty, Cell::Shares),
            ];
            Row { kind: RowKind::Item, cells }
        })
        .collect();
    section("Options", columns, rows, Vec::new())
}

/// Warrants.
fn warrants(outcome: &Outcome) -> Option<Section> {
    let Outcome { scenario, plan, journal, .. } = outcome;
    let mut tables = Tables::new(scenario, plan, journal);
    let table = tables.after(plan.steps.len()).clone();
    let all = metrics(outcome, When::End);
    // A split moves a strike; what it is now stands beside the shares as they are now.
    let strike = |id: &str, written: Decimal| {
        let path = format!("warrant.{id}.strike");
        let metric = all.iter().find(|metric| metric.path == path).map(|metric| &metric.value);
        if let Some(MetricValue::Number(now)) = metric { *now } else { written }
    };
    let columns = vec![
        Column::text(""),
        Column::text("issued on"),
        Column::number("strike"),
        Column::number("counted"),
        Column::number("outstanding"),
        Column::text("then"),
    ];
    let rows = scenario
        .warrants
        .iter()
        .enumerate()
        .map(|(index, warrant)| {
            let holder = scenario.owner(warrant.holder).map_or("", |owner| owner.name.as_str());
            let mut counted = Exact::ZERO;
            let mut ends = Vec::new();
            for posting in &journal.postings {
                let Entry::Moved { why, left, arrived, .. } = posting.entry else { continue };
                let day = posting.step.and_then(|step| plan.steps.get(step)).map(|step| step.day);
                let day = day.map_or_else(String::new, |day| day.to_string());
                match why {
                    Why::WarrantIssued { warrant } if warrant == index => counted += arrived,
                    Why::WarrantExercised { warrant } if warrant == index => {
                        let got = arrived.decimal().map_or_else(String::new, |shares| grouped(shares, 0));
                        ends.push(format!("exercised {day} for {got} shares"));
                    }
                    Why::WarrantLapsed { warrant } if warrant == index => {
                        let lost = left.decimal().map_or_else(String::new, |shares| grouped(shares, 0));
                        ends.push(format!("{lost} lapse {day}"));
                    }
                    _ => {}
                }
            }
            let line = plan.warrants.get(index).map_or(usize::MAX, |warrant| warrant.line);
            let held = table.shares.get(line).copied().unwrap_or(Exact::ZERO);
            let cells = vec![
                Cell::text(format!("{holder}: {}", warrant.name)),
                Cell::Day(warrant.date),
                Cell::Price(strike(&warrant.id, scenario.figures.value(warrant.strike))),
                cell(counted, Cell::Shares),
                cell(held, Cell::Shares),
                Cell::text(ends.join(", ")),
            ];
            let kind = if counted == Exact::ZERO { RowKind::Quiet } else { RowKind::Item };
            Row { kind, cells }
        })
        .collect();
    section("Warrants", columns, rows, Vec::new())
}
