//! What comes back: money in, in kind, promised back, net; for each counterparty and for the whole company.

use crate::outcome::Flow;
use crate::outcome::MetricValue;
use crate::outcome::Outcome;
use crate::outcome::When;
use crate::outcome::circularity;
use crate::outcome::concentration;
use crate::outcome::flows as by_owner;
use crate::outcome::metric;
use crate::outcome::opening_costs;
use crate::scenario::FigureEntry;
use crate::scenario::Owner;
use crate::units::Decided;
use crate::units::Decimal;
use crate::units::Exact;
use crate::units::Scalar;
use crate::units::amount;

use super::page::Cell;
use super::page::Column;
use super::page::Grid;
use super::page::Row;
use super::page::RowKind;
use super::page::Section;
use super::page::View;

/// Counterparties with money in or money promised back.
pub(super) fn flows(outcome: &Outcome) -> Option<Section> {
    let scenario = &outcome.scenario;
    let all = by_owner(scenario, &outcome.plan, &outcome.journal, When::End);
    let mut there: Vec<(&Owner, &Flow)> = scenario.owners.iter().zip(&all).filter(|(_, flow)| is_there(flow)).collect();
    if there.is_empty() {
        return None;
    }
    there.sort_by_key(|(_, flow)| std::cmp::Reverse(flow.invested.decimal()));
    let any_promise = there.iter().any(|(_, flow)| flow.returned != Exact::ZERO || flow.contracted != Exact::ZERO);
    let columns: Vec<Shown> = shown(scenario.horizon.map(|day| day.month().to_string()), any_promise)
        .into_iter()
        .filter(|column| there.iter().any(|(_, flow)| column.tells(flow)))
        .collect();
    let rows = there
        .iter()
        .map(|(owner, flow)| {
            let cells = columns.iter().map(|column| cell(column, flow));
            Row { kind: RowKind::Item, cells: std::iter::once(Cell::text(&owner.name)).chain(cells).collect() }
        })
        .collect();
    let headings = columns.iter().map(|column| Column::number(&column.heading));
    let columns = std::iter::once(Column::text("")).chain(headings).collect();
    let mut notes = Vec::new();
    if any_promise {
        notes.push(
            "promised back is what the company has undertaken to buy from them: spending, not a return on shares"
                .to_owned(),
        );
        notes.extend(whole(outcome, &all));
    }
    notes.extend(before(outcome));
    notes.extend(concentrations(outcome, &all));
    for commitment in &scenario.commitments {
        let to = scenario.owner(commitment.to).map_or("", |owner| owner.name.as_str());
        let amount = scenario.figures.get(commitment.amount).map(FigureEntry::stated).unwrap_or_default();
        let until = commitment.last_day().map_or_else(String::new, |day| day.to_string());
        let place = if commitment.within_burn { "inside the burn reports" } else { "on top of the burn reports" };
        let how = match (commitment.ramp.is_empty(), commitment.take_or_pay) {
            (true, false) => "",
            (false, false) => ", along a ramp",
            (true, true) => ", owed even if unused",
            (false, true) => ", along a ramp, owed even if unused",
        };
        notes.push(format!("{}: {amount} to {to} from {} to {until}, {place}{how}", commitment.name, commitment.from));
    }
    notes.extend(spent(outcome));
    Some(Section {
        view: View::Flows,
        heading: if any_promise { "What comes back" } else { "Who has paid" }.to_owned(),
        grid: Some(Grid { columns, rows }),
        notes,
    })
}

fn is_there(flow: &Flow) -> bool {
    [flow.committed, flow.invested, flow.returned, flow.contracted].iter().any(|value| *value != Exact::ZERO)
}

/// What reports built from parts spend with whom.
fn spent(outcome: &Outcome) -> Vec<String> {
    let scenario = &outcome.scenario;
    let by = scenario.horizon.map_or_else(String::new, |day| format!(" by {}", day.month()));
    metric(outcome, "paid.*.*")
        .unwrap_or_default()
        .into_iter()
        .filter_map(|metric| {
            let mut parts = metric.path.split('.').skip(1);
            let burn = parts.next().and_then(|id| scenario.burns.iter().find(|burn| burn.id == id))?;
            let owner = parts.next().and_then(|id| scenario.owners.iter().find(|owner| owner.id == id))?;
            let MetricValue::Number(money) = metric.value else { return None };
            let money = amount(money.round_dp(2));
            Some(format!("{} spends {money} with {}{by}, as its lines say", burn.name, owner.name))
        })
        .collect()
}

/// A column of numbers.
struct Shown {
    heading: String,
    of: fn(&Flow) -> Option<Exact>,
    /// A number of times, not money.
    is_ratio: bool,
    /// When it is left out.
    unless: Unless,
}

/// A column that tells nothing takes the room of one that does.
enum Unless {
    /// Never left out.
    Kept,
    /// Where it is the money invested in every row.
    Repeats,
    /// Where it is nothing in every row.
    Nothing,
}

impl Shown {
    /// Whether a row says something here.
    fn tells(&self, flow: &Flow) -> bool {
        let value = (self.of)(flow);
        match self.unless {
            Unless::Kept => true,
            Unless::Repeats => value != Some(flow.invested),
            Unless::Nothing => value.is_some_and(|value| value != Exact::ZERO),
        }
    }
}

fn shown(horizon: Option<String>, any_promise: bool) -> Vec<Shown> {
    let money = |heading: &str, of: fn(&Flow) -> Option<Exact>, unless: Unless| Shown {
        heading: heading.to_owned(),
        of,
        is_ratio: false,
        unless,
    };
    let mut columns = vec![
        money("committed", |flow| Some(flow.committed), Unless::Repeats),
        money("called", |flow| Some(flow.called), Unless::Repeats),
        money("invested", |flow| Some(flow.invested), Unless::Kept),
        money("of it in kind", |flow| Some(flow.in_kind), Unless::Nothing),
    ];
    if any_promise {
        let by = horizon.map_or_else(|| "promised back".to_owned(), |month| format!("promised back by {month}"));
        columns.push(money(&by, |flow| Some(flow.returned), Unless::Kept));
        columns.push(money("in all", |flow| Some(flow.contracted), Unless::Kept));
        columns.push(money("net to the company", |flow| Some(flow.net()), Unless::Kept));
        columns.push(Shown {
            heading: "back per unit in".to_owned(),
            of: Flow::ratio,
            is_ratio: true,
            unless: Unless::Nothing,
        });
    }
    columns
}

fn cell(column: &Shown, flow: &Flow) -> Cell {
    match (column.of)(flow).and_then(Exact::decimal) {
        Some(value) if !value.is_zero() && column.is_ratio => Cell::Multiple(value),
        Some(value) if !value.is_zero() => Cell::Money(value),
        _ => Cell::Empty,
    }
}

fn sum(value: Exact) -> String {
    value.decimal().map_or_else(|| "no exact value".to_owned(), amount)
}

/// A part of one in hundredths of a percentage, as tables show it.
fn percent(part: Exact) -> String {
    let shown = part.decimal().map(|part| part.saturating_mul(Decimal::ONE_HUNDRED).round_dp(2));
    shown.map_or_else(|| "no exact value".to_owned(), |shown| format!("{shown:.2} %"))
}

/// The whole company's share of the money put in that goes back to whom it came from.
fn whole(outcome: &Outcome, flows: &[Flow]) -> Option<String> {
    let all = circularity(&outcome.scenario, flows).filter(|all| all.in_all != Exact::ZERO)?;
    let (within, in_all) = (percent(all.share_within()), percent(all.share()));
    let by = outcome.scenario.horizon.map_or_else(String::new, |day| match all.in_all.lt(all.within) {
        // Repayments and interest come back without a commitment.
        Decided::Yes => format!(", {within} has come back by {} with what was repaid", day.month()),
        _ if all.within == all.in_all => format!(", all of it by {}", day.month()),
        _ => format!(", {within} by {}", day.month()),
    });
    Some(format!(
        "{in_all} of the {} put in is contracted back to whom it came from{by}; nobody's counts for more than was put in",
        sum(all.invested)
    ))
}

/// What was paid to the company for the opening table: it stands with the money invested.
fn before(outcome: &Outcome) -> Vec<String> {
    let Outcome { scenario, plan, journal, .. } = outcome;
    let costs = opening_costs(scenario, plan, journal);
    scenario
        .owners
        .iter()
        .enumerate()
        .filter_map(|(index, owner)| {
            let own = costs.iter().filter(|cost| cost.line.paid_to_company && cost.line.owner.index() == index);
            let paid = own.filter_map(|cost| cost.money).fold(Exact::ZERO, |sum, money| sum + money);
            let says = format!("{}: {} of it paid for its stake at the opening", owner.name, sum(paid));
            (paid != Exact::ZERO).then_some(says)
        })
        .collect()
}

/// A line for each counterparty with a backlog.
fn concentrations(outcome: &Outcome, flows: &[Flow]) -> Vec<String> {
    let scenario = &outcome.scenario;
    scenario
        .owners
        .iter()
        .zip(concentration(scenario, flows))
        .filter_map(|(owner, of)| {
            let of = of?;
            let one = if of.largest == of.contracted && of.contracted != Exact::ZERO {
                ", all of it one contract".to_owned()
            } else if of.largest == Exact::ZERO {
                String::new()
            } else {
                format!(", {} of it one contract", sum(of.largest))
            };
            Some(format!(
                "{}: {} of a backlog of {} is this company's ({}){one}",
                owner.name,
                sum(of.contracted),
                sum(of.backlog),
                percent(of.share())
            ))
        })
        .collect()
}
