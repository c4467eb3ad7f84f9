//! Sales between holders: how many shares, at which price, from whom to whom.

use crate::outcome::Entry;
use crate::outcome::Outcome;
use crate::plan::StepKind;
use crate::units::Exact;
use crate::units::Scalar;

use super::page::Cell;
use super::page::Column;
use super::page::Grid;
use super::page::Row;
use super::page::RowKind;
use super::page::Section;
use super::page::View;

/// One line a sale, seller and buyer.
pub(super) fn sales(outcome: &Outcome) -> Option<Section> {
    let Outcome { scenario, plan, journal, .. } = outcome;
    let mut rows = Vec::new();
    for posting in &journal.postings {
        let Entry::Sold { seller, buyer, shares, money } = posting.entry else { continue };
        let Some(step) = posting.step.and_then(|step| plan.steps.get(step)) else { continue };
        let name = match step.kind {
            StepKind::Sale(number) => scenario.secondaries.get(number).map(|sale| sale.name.as_str()),
            StepKind::Tender(number) => scenario.tenders.get(number).map(|tender| tender.name.as_str()),
            _ => None,
        };
        if shares == Exact::ZERO {
            continue;
        }
        let owner = |line: usize| {
            let owner = plan.positions.get(line).and_then(|line| scenario.owners.get(line.owner as usize));
            owner.map_or("", |owner| owner.name.as_str())
        };
        let number_or_empty =
            |value: Exact, cell: fn(crate::units::Decimal) -> Cell| value.decimal().map_or(Cell::Empty, cell);
        let cells = vec![
            Cell::text(name.unwrap_or_default()),
            Cell::Day(step.day),
            Cell::text(owner(seller)),
            Cell::text(owner(buyer)),
            number_or_empty(shares, Cell::Shares),
            number_or_empty(money / shares, Cell::Price),
            number_or_empty(money, Cell::Money),
        ];
        rows.push(Row { kind: RowKind::Item, cells });
    }
    if rows.is_empty() {
        return None;
    }
    let columns = vec![
        Column::text(""),
        Column::text("on"),
        Column::text("from"),
        Column::text("to"),
        Column::number("shares"),
        Column::number("a share"),
        Column::number("paid"),
    ];
    Some(Section {
        view: View::Rounds,
        heading: "Sold between holders".to_owned(),
        grid: Some(Grid { columns, rows }),
        notes: vec!["no money of these sales reaches the company".to_owned()],
    })
}
