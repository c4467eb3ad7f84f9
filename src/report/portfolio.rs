//! One holder over several scenarios: its stake in each, what it put in, what is promised back to it.

use std::collections::BTreeSet;

use crate::diagnostics::nearest;
use crate::outcome::FlowPart;
use crate::outcome::Metric;
use crate::outcome::MetricValue;
use crate::outcome::Outcome;
use crate::outcome::When;
use crate::outcome::flow_parts;
use crate::outcome::metrics;
use crate::outcome::opening_costs;
use crate::scenario::OwnerId;
use crate::units::Day;
use crate::units::Decimal;
use crate::units::Exact;
use crate::units::Scalar;
use crate::units::amount;

use super::page::Cell;
use super::page::Column;
use super::page::Grid;
use super::page::Page;
use super::page::Row;
use super::page::RowKind;
use super::page::Section;
use super::page::View;

/// A holder over several scenarios.
#[derive(Debug, Clone)]
pub struct Portfolio {
    /// The holder's id.
    pub holder: String,
    /// The day it is looked at; none at the end of each scenario.
    pub at: Option<Day>,
    /// A row a scenario, as they were named.
    pub rows: Vec<PortfolioRow>,
}

/// A scenario, and what the holder has there.
#[derive(Debug, Clone)]
pub struct PortfolioRow {
    /// What it is called in tables.
    pub label: String,
    /// The file, as it was named.
    pub file: String,
    /// What it says of itself.
    pub title: String,
    /// The currency of its money.
    pub currency: String,
    /// What is known that day.
    pub as_of: Day,
    /// Up to when what is promised back counts as due.
    pub until: Option<Day>,
    /// The file that holds its opening table: two scenarios that share it are readings of one company.
    pub opened_in: String,
    /// What the holder has; none where it is not declared.
    pub holding: Option<Holding>,
    /// The declared holder nearest to the id, where it is not declared.
    pub near: Option<String>,
}

/// What a holder has in one company. Parts are of one, the rest is money.
#[derive(Debug, Clone, PartialEq)]
pub struct Holding {
    /// What people read.
    pub name: String,
    /// Its part of the fully diluted company.
    pub ownership: Option<Decimal>,
    /// The same if all that is signed had closed.
    pub committed: Option<Decimal>,
    /// Its shares at the last price; none where no price is known.
    pub value: Option<Decimal>,
    /// What it put in, in cash and in kind, its SAFEs and notes included.
    pub invested: Decimal,
    /// The part of it in kind.
    pub in_kind: Decimal,
    /// The part of it in cash.
    pub cash: Decimal,
    /// What is promised back to it and falls due.
    pub returned: Decimal,
    /// What is promised back to it in all.
    pub contracted: Decimal,
    /// Invested less returned.
    pub net: Decimal,
    /// The part of what it put in that stands in SAFEs and notes that have not converted: it is in no cap table.
    pub outstanding: Decimal,
    /// What is written as paid for its opening shares and not known to have come to the company.
    pub paid_to_holders: Decimal,
}

/// The money of all rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PortfolioTotal {
    /// What stakes are worth where a price is known.
    pub value: Decimal,
    /// Put in.
    pub invested: Decimal,
    /// The part of it in kind.
    pub in_kind: Decimal,
    /// The part of it in cash.
    pub cash: Decimal,
    /// Promised back and due.
    pub returned: Decimal,
    /// Promised back in all.
    pub contracted: Decimal,
    /// Invested less returned.
    pub net: Decimal,
}

impl Portfolio {
    /// Whether no scenario declares the holder.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.rows.iter().all(|row| row.holding.is_none())
    }

    /// What people read for the holder.
    #[must_use]
    pub fn name(&self) -> &str {
        let mut names = self.rows.iter().filter_map(|row| row.holding.as_ref()).map(|holding| holding.name.as_str());
        // A file that gives no name says the id again.
        names.find(|name| *name != self.holder).unwrap_or(&self.holder)
    }

    /// The one currency of the scenarios that have the holder, if it is one.
    #[must_use]
    pub fn currency(&self) -> Option<&str> {
        match self.currencies().into_iter().collect::<Vec<_>>().as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }

    fn currencies(&self) -> BTreeSet<&str> {
        self.rows.iter().filter(|row| row.holding.is_some()).map(|row| row.currency.as_str()).collect()
    }

    /// The sum of all rows, or why there is none.
    ///
    /// # Errors
    /// Money of several currencies, two readings of one company, or a sum beyond 28 digits. An empty text where one
    /// row is its own sum.
    pub fn total(&self) -> Result<PortfolioTotal, String> {
        let there: Vec<(&PortfolioRow, &Holding)> =
            self.rows.iter().filter_map(|row| Some((row, row.holding.as_ref()?))).collect();
        if there.len() < 2 {
            return Err(String::new());
        }
        if self.currency().is_none() {
            let currencies: Vec<&str> = self.currencies().into_iter().collect();
            return Err(format!("no total: the money is in {}", currencies.join(" and ")));
        }
        for (index, (row, _)) in there.iter().enumerate() {
            if let Some((other, _)) = there.iter().take(index).find(|(other, _)| other.opened_in == row.opened_in) {
                return Err(format!(
                    "no total: {} and {} are readings of one company, whose opening table is in {}",
                    other.label, row.label, row.opened_in
                ));
            }
        }
        let sum = |of: fn(&Holding) -> Decimal| {
            let sum = there.iter().try_fold(Decimal::ZERO, |sum, (_, holding)| sum.checked_add(of(holding)));
            sum.ok_or_else(|| "no total: the sum has no exact value".to_owned())
        };
        Ok(PortfolioTotal {
            value: sum(|holding| holding.value.unwrap_or(Decimal::ZERO))?,
            invested: sum(|holding| holding.invested)?,
            in_kind: sum(|holding| holding.in_kind)?,
            cash: sum(|holding| holding.cash)?,
            returned: sum(|holding| holding.returned)?,
            contracted: sum(|holding| holding.contracted)?,
            net: sum(|holding| holding.net)?,
        })
    }

    /// What a reader should know of each row, and why there is no total.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        for row in &self.rows {
            let label = &row.label;
            let Some(holding) = &row.holding else {
                notes.push(format!("{label}: {}", row.missing(&self.holder)));
                continue;
            };
            if holding.value.is_none() {
                notes.push(format!("{label}: the stake has no value, as no price of a share is known"));
            }
            if !holding.outstanding.is_zero() {
                notes.push(format!(
                    "{label}: {} of what was put in stands in SAFEs and notes that have not converted: they are in no cap table, so neither owned nor valued here",
                    amount(holding.outstanding)
                ));
            }
            if !holding.paid_to_holders.is_zero() {
                notes.push(format!(
                    "{label}: {} more was paid for shares it had at the opening, to their holders as far as the file says: not counted as put in",
                    amount(holding.paid_to_holders)
                ));
            }
        }
        match self.total() {
            Ok(_)
                if self.rows.iter().any(|row| row.holding.as_ref().is_some_and(|holding| holding.value.is_none())) =>
            {
                notes.push("the total value is of the others".to_owned());
            }
            Err(why) if !why.is_empty() => notes.push(why),
            _ => {}
        }
        notes
    }
}

impl PortfolioRow {
    /// That the holder is not declared, with the nearest that is.
    #[must_use]
    pub fn missing(&self, holder: &str) -> String {
        let near = self.near.as_ref().map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        format!("no holder `{holder}`{near}")
    }
}

/// A scenario and what a holder has there at a moment; `label` is what tables call it.
#[must_use]
pub fn portfolio_row(
    outcome: &Outcome,
    holder: &str,
    when: When,
    (label, file, opened_in): (String, String, String),
) -> PortfolioRow {
    let scenario = &outcome.scenario;
    let holders = || scenario.owners.iter().filter(|owner| !owner.is_pool);
    let is_there = holders().any(|owner| owner.id == holder);
    let id = scenario.owner_named(holder).filter(|_| is_there);
    PortfolioRow {
        label,
        file,
        title: match scenario.cases.last().and_then(|case| case.title.as_ref()) {
            Some(case) => format!("{} ({case})", scenario.title),
            None => scenario.title.clone(),
        },
        currency: scenario.currency.clone(),
        as_of: scenario.as_of,
        until: when.day(&outcome.plan).or(scenario.horizon),
        opened_in,
        holding: id.map(|id| holding(outcome, id, when)),
        near: nearest(holder, holders().map(|owner| owner.id.as_str())).filter(|_| !is_there).map(str::to_owned),
    }
}

fn holding(outcome: &Outcome, owner: OwnerId, when: When) -> Holding {
    let Outcome { scenario, plan, journal, .. } = outcome;
    let (id, name) = scenario.owner(owner).map_or(("", ""), |owner| (owner.id.as_str(), owner.name.as_str()));
    let all = metrics(outcome, when);
    let at = |path: String| number(&all, &path);
    let flow = |what: &str| at(format!("flow.{id}.{what}")).unwrap_or(Decimal::ZERO);
    let mut outstanding = Exact::ZERO;
    flow_parts(scenario, plan, journal, when, |whose, from, part| {
        let FlowPart::Lent { convertible, .. } = from else { return };
        let balance = scenario.convertibles.get(convertible).and_then(|it| at(format!("balance.{}", it.id)));
        if whose == owner.index() && balance.is_some_and(|balance| !balance.is_zero()) {
            outstanding += part.invested;
        }
    });
    let paid_to_holders = opening_costs(scenario, plan, journal)
        .iter()
        .filter(|cost| cost.line.owner == owner && !cost.line.paid_to_company)
        .filter_map(|cost| cost.money)
        .fold(Exact::ZERO, |sum, money| sum + money);
    Holding {
        name: name.to_owned(),
        ownership: at(format!("ownership.{id}")),
        committed: at(format!("committed.{id}")),
        // No shares are worth nothing whatever the price.
        value: at(format!("value.{id}")).or_else(|| at(format!("shares.{id}")).filter(Decimal::is_zero)),
        invested: flow("invested"),
        in_kind: flow("in_kind"),
        cash: flow("cash"),
        returned: flow("returned"),
        contracted: flow("contracted"),
        net: flow("net"),
        outstanding: outstanding.decimal().unwrap_or(Decimal::ZERO),
        paid_to_holders: paid_to_holders.decimal().unwrap_or(Decimal::ZERO),
    }
}

fn number(all: &[Metric], path: &str) -> Option<Decimal> {
    match &all.iter().find(|metric| metric.path == path)?.value {
        MetricValue::Number(number) => Some(*number),
        _ => None,
    }
}

/// A row a scenario and their sum.
#[must_use]
pub fn portfolio_page(portfolio: &Portfolio) -> Page {
    let holdings = || portfolio.rows.iter().filter_map(|row| row.holding.as_ref());
    // A column that only repeats another, or is empty throughout, takes the room of what tells something.
    let is_mixed = portfolio.currency().is_none();
    let shows_committed = holdings().any(|holding| holding.committed != holding.ownership);
    let shows_in_kind = holdings().any(|holding| !holding.in_kind.is_zero());
    let mut columns = vec![Column::text(""), Column::text("as of")];
    if is_mixed {
        columns.push(Column::text("in"));
    }
    columns.push(Column::number("owns"));
    if shows_committed {
        columns.push(Column::number("signed"));
    }
    columns.push(Column::number("value"));
    columns.push(Column::number("invested"));
    if shows_in_kind {
        columns.push(Column::number("of it in kind"));
    }
    columns.extend([Column::number("promised"), Column::number("in all"), Column::number("net")]);
    let part = |part: Option<Decimal>| part.filter(|part| !part.is_zero()).map_or(Cell::Empty, Cell::percent);
    let money = |value: Decimal| if value.is_zero() { Cell::Empty } else { Cell::Money(value) };
    let mut rows: Vec<Row> = Vec::new();
    for row in &portfolio.rows {
        let mut cells = vec![Cell::text(&row.label), Cell::Day(row.as_of)];
        if is_mixed {
            cells.push(Cell::text(&row.currency));
        }
        let Some(holding) = &row.holding else {
            cells.resize(columns.len(), Cell::Empty);
            rows.push(Row { kind: RowKind::Quiet, cells });
            continue;
        };
        cells.push(part(holding.ownership));
        if shows_committed {
            cells.push(part(holding.committed));
        }
        cells.push(holding.value.map_or(Cell::Empty, money));
        cells.push(money(holding.invested));
        if shows_in_kind {
            cells.push(money(holding.in_kind));
        }
        cells.extend([holding.returned, holding.contracted, holding.net].map(money));
        rows.push(Row { kind: RowKind::Item, cells });
    }
    if let Ok(total) = portfolio.total() {
        // There is a sum only in one currency, so no column for it.
        let mut cells = vec![Cell::text("all"), Cell::text(""), Cell::text("")];
        if shows_committed {
            cells.push(Cell::text(""));
        }
        cells.extend([money(total.value), money(total.invested)]);
        if shows_in_kind {
            cells.push(money(total.in_kind));
        }
        cells.extend([total.returned, total.contracted, total.net].map(money));
        rows.push(Row { kind: RowKind::Total, cells });
    }
    let count = portfolio.rows.len();
    Page {
        title: format!("What {} has, and what comes back to it", portfolio.name()),
        aside: match portfolio.at {
            Some(day) => format!("on {day}"),
            None => format!("{count} {}, each at its end", if count == 1 { "scenario" } else { "scenarios" }),
        },
        lead: lead(portfolio),
        currency: portfolio.currency().unwrap_or_default().to_owned(),
        chart: None,
        sections: vec![Section {
            view: View::Other,
            heading: "Stakes and flows".to_owned(),
            grid: Some(Grid { columns, rows }),
            notes: shows_committed
                .then(|| "signed is what it would own if all that is signed had closed".to_owned())
                .into_iter()
                .chain(portfolio.notes())
                .collect(),
        }],
    }
}

/// What each row is, and up to when what is promised back counts; said once where it is one day.
fn lead(portfolio: &Portfolio) -> Vec<String> {
    let days: BTreeSet<Option<Day>> =
        portfolio.rows.iter().filter(|row| row.holding.is_some()).map(|row| row.until).collect();
    let by = |day: Day| format!("promised is what is promised back and due by {day}, in all whatever the day");
    let is_one = days.len() == 1;
    let mut lines: Vec<String> = portfolio
        .rows
        .iter()
        .map(|row| match row.until.filter(|_| !is_one && row.holding.is_some()) {
            Some(day) => format!("{}: {}; {}", row.label, row.title, by(day)),
            None => format!("{}: {}", row.label, row.title),
        })
        .collect();
    lines.extend(days.into_iter().flatten().filter(|_| is_one).map(by));
    lines
}
