//! The page of `payouts`: what everybody takes of a sale over a range of values.

use crate::outcome::Group;
use crate::outcome::Outcome;
use crate::outcome::payments_at;
use crate::scenario::ExitKind;
use crate::units::Decided;
use crate::units::Decimal;
use crate::units::Exact;
use crate::units::Scalar;

use super::exits::group_name;
use super::exits::groups;
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

/// Whose payments a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Holders.
    Holder,
    /// Classes and instruments.
    Class,
}

/// What everybody takes of a sale at each of these values, the breakpoints, and the lines as a chart.
#[must_use]
pub fn payouts_page(outcome: &Outcome, exit: usize, values: &[Decimal], by: By) -> Page {
    let scenario = &outcome.scenario;
    let Some(named) = scenario.exits.get(exit) else {
        return Page {
            title: String::new(),
            aside: String::new(),
            lead: Vec::new(),
            currency: scenario.currency.clone(),
            chart: None,
            sections: Vec::new(),
        };
    };
    let key = match &named.kind {
        ExitKind::Sale(sale) => sale.value.key(),
        ExitKind::Listing(_) => "",
    };
    let at: Vec<_> =
        values.iter().filter_map(|value| Some((*value, payments_at(outcome, exit, Exact::of(*value))?))).collect();
    let mut lines: Vec<(String, Vec<Exact>)> = match by {
        By::Holder => scenario
            .owners
            .iter()
            .enumerate()
            .map(|(owner, it)| (it.name.clone(), at.iter().map(|(_, paid)| paid.of(owner)).collect()))
            .collect(),
        By::Class => groups(outcome, exit)
            .into_iter()
            .map(|(group, _)| {
                (group_name(outcome, exit, group), at.iter().map(|(_, paid)| paid.of_group(group)).collect())
            })
            .collect(),
    };
    let carved = |exit: &ExitKind| match exit {
        ExitKind::Sale(sale) => sale.carve_outs.len(),
        ExitKind::Listing(_) => 0,
    };
    if by == By::Class {
        for number in 0..carved(&named.kind) {
            let group = Group::CarveOut(number);
            lines.push((group_name(outcome, exit, group), at.iter().map(|(_, paid)| paid.of_group(group)).collect()));
        }
    }
    for (name, of) in [
        ("Debt", at.iter().map(|(_, paid)| paid.debt).collect::<Vec<_>>()),
        ("Fees and costs", at.iter().map(|(_, paid)| paid.fees + paid.costs).collect()),
    ] {
        lines.push((name.to_owned(), of));
    }
    lines.retain(|(_, sums)| sums.iter().any(|sum| Exact::ZERO.lt(*sum) == Decided::Yes));
    let mut columns = vec![Column::number(key)];
    columns.extend(lines.iter().map(|(name, _)| Column::number(name)));
    let money = |sum: Exact| sum.decimal().map_or(Cell::Empty, Cell::Money);
    let rows = at
        .iter()
        .enumerate()
        .map(|(place, (value, _))| {
            let mut cells = vec![Cell::Money(*value)];
            cells.extend(lines.iter().map(|(_, sums)| sums.get(place).map_or(Cell::Empty, |sum| money(*sum))));
            Row { kind: RowKind::Item, cells }
        })
        .collect();
    let chart = Chart {
        axis: format!("exit.{}.{key}", named.id),
        points: at.iter().map(|(value, _)| *value).collect(),
        lines: lines
            .iter()
            .map(|(name, sums)| {
                let sums = sums.iter().map(|sum| sum.decimal().unwrap_or(Decimal::ZERO)).collect();
                (name.clone(), sums)
            })
            .collect(),
    };
    let mut sections = vec![Section {
        view: View::Exits,
        heading: "Who takes how much".to_owned(),
        grid: Some(Grid { columns, rows }),
        notes: Vec::new(),
    }];
    sections.extend(points(outcome, exit, named));
    Page {
        title: format!("{}: what a sale pays", named.name),
        aside: scenario.title.clone(),
        lead: Vec::new(),
        currency: scenario.currency.clone(),
        chart: (at.len() > 1).then_some(chart),
        sections,
    }
}
