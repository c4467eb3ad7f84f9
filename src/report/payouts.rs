//! The page of `payouts`: what everybody takes of a sale over a range of values.

use crate::outcome::Group;
use crate::outcome::Outcome;
use crate::outcome::Payments;
use crate::outcome::payments_at;
use crate::scenario::ExitKind;
use crate::units::Decimal;
use crate::units::Exact;
use crate::units::Scalar;

use super::exits::group_name;
use super::exits::points;
use super::page::Cell;
use super::page::Chart;
use super::page::Column;
use super::page::Grid;
use super::page::Page;
use super::page::Row;
use super::page::RowKind;
use super::page::Section;
use super::page::View;

/// At most this many lines stand beside each other in a table.
pub(super) const MOST_SIDE_BY_SIDE: usize = 6;

/// Whose payments a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Holders.
    Holder,
    /// Classes and instruments.
    Class,
}

/// What somebody takes at each of some values.
#[derive(Debug, Clone)]
pub struct PayoutLine {
    /// A path that names it: `holder.ID`, `class.ID`, `debt`.
    pub path: String,
    /// What people read.
    pub name: String,
    /// The sums.
    pub sums: Vec<Decimal>,
}

/// What everybody takes of a sale at each of these values.
///
/// # Errors
/// The first value of which nobody may take all.
pub fn payout_lines(outcome: &Outcome, exit: usize, values: &[Decimal], by: By) -> Result<Vec<PayoutLine>, Decimal> {
    let scenario = &outcome.scenario;
    let at = values
        .iter()
        .map(|value| payments_at(outcome, exit, Exact::of(*value)).ok_or(*value))
        .collect::<Result<Vec<Payments>, Decimal>>()?;
    let line = |path: String, name: String, of: &dyn Fn(&Payments) -> Exact| {
        let sums = at.iter().map(|paid| of(paid).decimal().unwrap_or(Decimal::ZERO)).collect();
        PayoutLine { path, name, sums }
    };
    let mut lines: Vec<PayoutLine> = Vec::new();
    match by {
        By::Holder => {
            for (number, owner) in scenario.owners.iter().enumerate() {
                let family = if owner.is_pool { "pool" } else { "holder" };
                lines.push(line(format!("{family}.{}", owner.id), owner.name.clone(), &|paid| paid.of(number)));
            }
        }
        By::Class => {
            let mut groups: Vec<Group> = Vec::new();
            for payment in at.iter().flat_map(|paid| &paid.all) {
                if !groups.contains(&payment.group) {
                    groups.push(payment.group);
                }
            }
            for group in groups {
                let path = group.path(scenario, exit);
                lines.push(line(path, group_name(outcome, exit, group), &|paid| paid.of_group(group)));
            }
        }
    }
    lines.push(line("debt".to_owned(), "Debt".to_owned(), &|paid| paid.debt));
    lines.push(line("fees_and_costs".to_owned(), "Fees and costs".to_owned(), &|paid| paid.fees + paid.costs));
    lines.retain(|line| line.sums.iter().any(|sum| !sum.is_zero()));
    Ok(lines)
}

/// The path of the value they are over.
#[must_use]
pub fn payouts_path(outcome: &Outcome, exit: usize) -> String {
    outcome.scenario.exits.get(exit).map_or_else(String::new, |exit| match &exit.kind {
        ExitKind::Sale(sale) => format!("exit.{}.{}", exit.id, sale.value.key()),
        ExitKind::Listing(_) => format!("exit.{}", exit.id),
    })
}

/// Those lines as one table, each under a heading.
#[must_use]
pub fn payouts_grid(
    path: &str,
    values: &[Decimal],
    lines: &[PayoutLine],
    heading: impl Fn(&PayoutLine) -> String,
) -> Grid {
    let mut columns = vec![Column::number(path.rsplit('.').next().unwrap_or_default())];
    columns.extend(lines.iter().map(|line| Column::number(&heading(line))));
    let rows = values.iter().enumerate().map(|(place, value)| {
        let mut cells = vec![Cell::Money(*value)];
        cells.extend(lines.iter().map(|line| line.sums.get(place).map_or(Cell::Empty, |sum| Cell::Money(*sum))));
        Row { kind: RowKind::Item, cells }
    });
    Grid { columns, rows: rows.collect() }
}

/// The page of those lines: a table, the breakpoints, a chart.
#[must_use]
pub fn payouts_page(outcome: &Outcome, exit: usize, values: &[Decimal], lines: &[PayoutLine]) -> Page {
    let scenario = &outcome.scenario;
    let named = scenario.exits.get(exit);
    let name = named.map_or("", |exit| exit.name.as_str());
    let path = payouts_path(outcome, exit);
    // As many to a table as fit side by side.
    let mut sections: Vec<Section> = lines
        .chunks(MOST_SIDE_BY_SIDE)
        .enumerate()
        .map(|(place, lines)| Section {
            view: View::Exits,
            heading: if place == 0 { "Who takes how much" } else { "and" }.to_owned(),
            grid: Some(payouts_grid(&path, values, lines, |line| line.name.clone())),
            notes: Vec::new(),
        })
        .collect();
    sections.extend(named.and_then(|named| points(outcome, exit, named)));
    let chart = Chart {
        axis: path,
        points: values.to_vec(),
        lines: lines.iter().map(|line| (line.name.clone(), line.sums.clone())).collect(),
    };
    Page {
        title: format!("{name}: what a sale pays"),
        aside: scenario.title.clone(),
        lead: Vec::new(),
        currency: scenario.currency.clone(),
        chart: (values.len() > 1).then_some(chart),
        sections,
    }
}
