//! What exits pay: holder by holder, class by class, and from which value on who takes the next unit.

use crate::outcome::Breakpoint;
use crate::outcome::Election;
use crate::outcome::Group;
use crate::outcome::Outcome;
use crate::outcome::Payments;
use crate::outcome::Recipient;
use crate::outcome::Return;
use crate::outcome::Tables;
use crate::outcome::Turning;
use crate::outcome::When;
use crate::outcome::breakpoints;
use crate::outcome::payments;
use crate::outcome::played_exit;
use crate::outcome::returns;
use crate::outcome::step_of_exit;
use crate::outcome::taken;
use crate::scenario::Exit;
use crate::scenario::ExitKind;
use crate::scenario::HeldBack;
use crate::scenario::OwnerId;
use crate::scenario::Sale;
use crate::scenario::Scenario;
use crate::units::Decided;
use crate::units::Decimal;
use crate::units::Exact;
use crate::units::Scalar;
use crate::units::amount;
use crate::units::currency_sign;
use crate::units::grouped;

use super::page::Cell;
use super::page::Column;
use super::page::Grid;
use super::page::Row;
use super::page::RowKind;
use super::page::Section;
use super::page::View;
use super::payouts::MOST_SIDE_BY_SIDE;

/// At most this many holders are shown one by one.
const MOST: usize = 40;

/// Below a table where what somebody put in is not known.
const UNKNOWN: &str = "? where an opening line has no `paid`: what was put in is not known, and there is no return";

/// Every exit; with more than one, first all of them side by side. Breakpoints only `in_full`.
pub(super) fn exits(outcome: &Outcome, in_full: bool) -> Vec<Section> {
    let mut sections = Vec::new();
    let scenario = &outcome.scenario;
    if scenario.exits.len() > 1 {
        sections.extend(side_by_side(outcome));
    }
    for (index, exit) in scenario.exits.iter().enumerate() {
        let Some(paid) = payments(outcome, index) else { continue };
        match &exit.kind {
            ExitKind::Sale(sale) => {
                sections.push(holders(outcome, index, exit, sale, &paid));
                sections.push(classes(outcome, index, exit, &paid));
                if in_full {
                    sections.extend(points(outcome, index, exit));
                }
            }
            ExitKind::Listing(_) => sections.extend(listed(outcome, index, exit, &paid)),
        }
    }
    sections
}

fn section(heading: String, columns: Vec<Column>, rows: Vec<Row>, notes: Vec<String>) -> Section {
    Section { view: View::Exits, heading, grid: Some(Grid { columns, rows }), notes }
}

fn money(value: Exact) -> Cell {
    value.decimal().filter(|value| !value.is_zero()).map_or(Cell::Empty, Cell::Money)
}

fn number(value: Exact, cell: fn(Decimal) -> Cell) -> Cell {
    value.decimal().filter(|value| !value.is_zero()).map_or(Cell::Empty, cell)
}

fn item(cells: Vec<Cell>) -> Row {
    Row { kind: RowKind::Item, cells }
}

/// Money as people say it.
pub(super) fn said(scenario: &Scenario, value: Exact) -> String {
    let sign = currency_sign(&scenario.currency);
    value.decimal().map_or_else(String::new, |value| format!("{sign}{}", amount(value)))
}

/// A price as people say it.
pub(super) fn priced(scenario: &Scenario, value: Exact) -> String {
    let sign = currency_sign(&scenario.currency);
    let Some(value) = value.decimal() else { return String::new() };
    let most = if value < Decimal::ONE { 6 } else { 4 };
    let places = value.round_dp(most).normalize().scale().max(2);
    format!("{sign}{}", grouped(value, places))
}

/// What happens, in a few words.
fn what(outcome: &Outcome, exit: &Exit, paid: &Payments) -> String {
    let scenario = &outcome.scenario;
    let verb = match &exit.kind {
        ExitKind::Sale(sale) if sale.is_wind_up => "wound up",
        ExitKind::Sale(_) => "sold",
        ExitKind::Listing(_) => "listed",
    };
    let named = if exit.name == exit.id { format!("exit.{}", exit.id) } else { exit.name.clone() };
    match &exit.kind {
        ExitKind::Sale(_) => format!("{named}: {verb} on {} for {}", exit.date, said(scenario, paid.value)),
        ExitKind::Listing(_) => format!("{named}: {verb} on {} at {} a share", exit.date, priced(scenario, paid.share)),
    }
}

/// The owners of a page: who is paid most first.
fn order(outcome: &Outcome, all: &[Exact]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..outcome.scenario.owners.len()).collect();
    order.retain(|owner| all.get(*owner).is_some_and(|sum| *sum != Exact::ZERO));
    order.sort_by(|one, other| {
        let of = |owner: &usize| all.get(*owner).and_then(|sum| sum.decimal()).map(|sum| sum.abs());
        of(other).cmp(&of(one)).then(one.cmp(other))
    });
    order
}

fn owner_name(scenario: &Scenario, owner: usize) -> String {
    let Some(owner) = scenario.owners.get(owner) else { return String::new() };
    if owner.is_pool { format!("{} (staff options)", owner.name) } else { owner.name.clone() }
}

/// Every holder under every exit, as many beside each other as fit.
fn side_by_side(outcome: &Outcome) -> Vec<Section> {
    let scenario = &outcome.scenario;
    let all: Vec<(&Exit, Payments)> =
        scenario.exits.iter().enumerate().filter_map(|(index, exit)| Some((exit, payments(outcome, index)?))).collect();
    if all.len() < 2 {
        return Vec::new();
    }
    let most: Vec<Exact> = (0..scenario.owners.len())
        .map(|owner| {
            all.iter().fold(Exact::ZERO, |most, (_, paid)| {
                let sum = paid.of(owner);
                Exact::select(most.lt(sum), sum, most)
            })
        })
        .collect();
    let shown = order(outcome, &most);
    let side_by_side = |all: &[(&Exit, Payments)]| {
        let mut columns = vec![Column::text("")];
        columns.extend(all.iter().map(|(exit, _)| Column::number(&exit.name)));
        let row = |name: String, kind: RowKind, owners: &[usize]| {
            let mut cells = vec![Cell::text(name)];
            cells.extend(
                all.iter().map(|(_, paid)| money(owners.iter().fold(Exact::ZERO, |sum, owner| sum + paid.of(*owner)))),
            );
            Row { kind, cells }
        };
        let shown_first = shown.iter().take(MOST);
        let mut rows: Vec<Row> =
            shown_first.map(|owner| row(owner_name(scenario, *owner), RowKind::Item, &[*owner])).collect();
        if let Some(others) = shown.get(MOST..).filter(|others| !others.is_empty()) {
            rows.push(row(format!("{} more holders", others.len()), RowKind::Quiet, others));
        }
        let note = "payments of a sale or a wind-up, the value of stakes in a listing".to_owned();
        section("What each exit is worth to whom".to_owned(), columns, rows, vec![note])
    };
    all.chunks(MOST_SIDE_BY_SIDE).map(side_by_side).collect()
}

/// A sale or a wind-up, by holder.
fn holders(outcome: &Outcome, index: usize, exit: &Exit, sale: &Sale, paid: &Payments) -> Section {
    let scenario = &outcome.scenario;
    let (returned, _) = returns(outcome, index).unwrap_or_default();
    let sums: Vec<Exact> = (0..scenario.owners.len()).map(|owner| paid.of(owner)).collect();
    let largest = sums.iter().filter_map(|sum| sum.decimal()).max().unwrap_or(Decimal::ONE);
    let has_stock = sale.proceeds.iter().any(|(label, _)| label != "cash");
    let held_back = [("in escrow", sale.escrow), ("held back", sale.holdback)];
    let mut columns = vec![Column::text(""), Column::text(""), Column::number("is paid"), Column::number("of it all")];
    if has_stock {
        columns.push(Column::number("in cash"));
    }
    for (heading, held) in held_back {
        if held.is_some() {
            columns.push(Column::number(heading));
        }
    }
    columns.extend(["put in", "times", "a year"].map(Column::number));
    let cash = cash_part(scenario, sale);
    let part = |value: Exact| {
        let part = value / paid.value;
        part.decimal().filter(|part| !part.is_zero()).map_or(Cell::Empty, Cell::percent)
    };
    let line = |name: String, sum: Exact, bar: bool, of: Option<&Return>| {
        let bar = match sum.decimal().filter(|_| bar) {
            Some(part) => Cell::Bar { part, of: largest },
            None => Cell::Empty,
        };
        let bar = if matches!(bar, Cell::Empty) { Cell::text("") } else { bar };
        let mut cells = vec![Cell::text(name), bar, money(sum), part(sum)];
        let is_holder = of.is_some();
        if has_stock {
            cells.push(if is_holder { money(sum * cash) } else { Cell::Empty });
        }
        for (_, held) in held_back {
            if let Some(HeldBack { share, .. }) = held {
                let share = Exact::of(scenario.figures.value(share));
                cells.push(if is_holder { money(sum * share) } else { Cell::Empty });
            }
        }
        cells.push(of.map_or(Cell::Empty, |of| if of.is_known { money(of.invested) } else { Cell::text("?") }));
        cells.push(of.and_then(Return::moic).map_or(Cell::Empty, Cell::Multiple));
        cells.push(of.and_then(Return::irr).map_or(Cell::Empty, Cell::percent));
        cells
    };
    let is_investor = |owner: usize| returned.get(owner).is_some_and(|of| Exact::ZERO.lt(of.invested) == Decided::Yes);
    let mut shown = order(outcome, &sums);
    // Who put money in and is paid nothing stands there too.
    let missing = (0..scenario.owners.len()).filter(|owner| is_investor(*owner) && !shown.contains(owner));
    shown.extend(missing.collect::<Vec<_>>());
    let mut rows: Vec<Row> = shown
        .iter()
        .take(MOST)
        .map(|owner| {
            let sum = sums.get(*owner).copied().unwrap_or(Exact::ZERO);
            item(line(owner_name(scenario, *owner), sum, true, returned.get(*owner)))
        })
        .collect();
    if shown.len() > MOST {
        let rest = shown
            .iter()
            .skip(MOST)
            .fold(Exact::ZERO, |sum, owner| sum + sums.get(*owner).copied().unwrap_or(Exact::ZERO));
        let cells = line(format!("{} more holders", shown.len().saturating_sub(MOST)), rest, false, None);
        rows.push(Row { kind: RowKind::Quiet, cells });
    }
    for (name, sum) in [("Debt", paid.debt), ("Fees", paid.fees), ("Costs", paid.costs), ("Left over", paid.left_over)]
    {
        if sum != Exact::ZERO {
            rows.push(Row { kind: RowKind::Quiet, cells: line(name.to_owned(), sum, false, None) });
        }
    }
    rows.push(Row { kind: RowKind::Total, cells: line("All".to_owned(), paid.value, false, None) });
    let mut notes = Vec::new();
    let carved: Vec<String> = sale
        .carve_outs
        .iter()
        .enumerate()
        .map(|(number, carve_out)| {
            format!("{} {}", carve_out.name, said(scenario, paid.of_group(Group::CarveOut(number))))
        })
        .collect();
    if !carved.is_empty() {
        notes.push(format!(
            "carve-outs, within what their takers are paid and no part of a return: {}",
            carved.join(", ")
        ));
    }
    for (name, held) in [("escrow", sale.escrow), ("holdback", sale.holdback)] {
        if let Some(held) = held {
            notes.push(format!("the {name} is paid on {}, if nothing is claimed from it", held.until));
        }
    }
    if returned.iter().any(|of| !of.is_known && of.value != Exact::ZERO) {
        notes.push(UNKNOWN.to_owned());
    }
    section(what(outcome, exit, paid), columns, rows, notes)
}

/// How much of the proceeds is cash.
fn cash_part(scenario: &Scenario, sale: &Sale) -> Exact {
    use crate::scenario::Part;
    if sale.proceeds.is_empty() {
        return Exact::ONE;
    }
    let value = |part: &Part| match part {
        Part::Is(figure) => Exact::of(scenario.figures.value(*figure)),
        Part::Rest => sale.proceeds.iter().fold(Exact::ONE, |rest, (_, other)| match other {
            Part::Is(figure) => rest - Exact::of(scenario.figures.value(*figure)),
            Part::Rest => rest,
        }),
    };
    sale.proceeds.iter().find(|(label, _)| label == "cash").map_or(Exact::ZERO, |(_, part)| value(part))
}

/// What something is called: its own name, or its holder and id where it has none.
pub(super) fn group_name(outcome: &Outcome, exit: usize, group: Group) -> String {
    let scenario = &outcome.scenario;
    let held = |owner: OwnerId, name: &str, id: &str, what: &str| {
        if name != id {
            return name.to_owned();
        }
        let holder = scenario.owner(owner).map_or("", |owner| owner.name.as_str());
        if what.is_empty() { format!("{holder}: {id}") } else { format!("{holder}: {id} ({what})") }
    };
    match group {
        Group::Class(class) => scenario.classes.get(class).map_or_else(String::new, |class| class.name.clone()),
        Group::Grant(grant) => {
            scenario.grants.get(grant).map_or_else(String::new, |it| held(it.holder, &it.name, &it.id, "options"))
        }
        Group::Warrant(warrant) => {
            scenario.warrants.get(warrant).map_or_else(String::new, |it| held(it.holder, &it.name, &it.id, "warrant"))
        }
        Group::Convertible(it) => {
            scenario.convertibles.get(it).map_or_else(String::new, |it| held(it.holder, &it.name, &it.id, ""))
        }
        Group::CarveOut(number) => match scenario.exits.get(exit).map(|exit| &exit.kind) {
            Some(ExitKind::Sale(sale)) => {
                sale.carve_outs.get(number).map_or_else(String::new, |it| format!("{} (carve-out)", it.name))
            }
            _ => String::new(),
        },
    }
}

/// A sale or a wind-up, by class and instrument.
fn classes(outcome: &Outcome, index: usize, exit: &Exit, paid: &Payments) -> Section {
    let points = breakpoints(outcome, index);
    let here = points.iter().rev().find(|point| paid.value.lt(point.value) != Decided::Yes);
    let columns = vec![
        Column::text(""),
        Column::text("takes"),
        Column::number("shares"),
        Column::number("is paid"),
        Column::number("a share"),
        Column::number("of the next unit"),
    ];
    let next = |group: Group| {
        let part = here?.next.iter().find(|(who, _)| *who == Recipient::Group(group))?;
        part.1.decimal()
    };
    let rows = taken(outcome, index, &paid.level)
        .into_iter()
        .map(|taken| {
            let sum = paid.of_group(taken.group);
            let takes = if taken.election == Election::Common { "" } else { taken.election.word() };
            let cells = vec![
                Cell::text(group_name(outcome, index, taken.group)),
                Cell::text(takes),
                number(taken.shares, Cell::Shares),
                money(sum),
                number(sum / taken.shares, Cell::Price),
                next(taken.group).map_or(Cell::Empty, Cell::percent),
            ];
            Row { kind: if sum == Exact::ZERO { RowKind::Quiet } else { RowKind::Item }, cells }
        })
        .collect();
    let mut notes = Vec::new();
    let others: Exact = here.map_or(Exact::ZERO, |point| {
        let is_first =
            |who: &Recipient| !matches!(who, Recipient::Group(group) if !matches!(group, Group::CarveOut(_)));
        point.next.iter().filter(|(who, _)| is_first(who)).fold(Exact::ZERO, |sum, (_, part)| sum + *part)
    });
    if let Some(percent) = (others * Exact::of(Decimal::ONE_HUNDRED)).decimal().filter(|part| !part.is_zero()) {
        notes.push(format!("{} % of the next unit goes to what is paid first", percent.round_dp(2).normalize()));
    }
    if Exact::ZERO.lt(paid.share) == Decided::Yes {
        notes.push(format!("a common share is worth {}", priced(&outcome.scenario, paid.share)));
    }
    section(format!("{}: by class", exit.name), columns, rows, notes)
}

/// The breakpoints of a sale.
pub(super) fn points(outcome: &Outcome, index: usize, exit: &Exit) -> Option<Section> {
    let all = breakpoints(outcome, index);
    if all.is_empty() {
        return None;
    }
    let columns = vec![Column::number("from"), Column::text("on"), Column::text("of the next unit")];
    let rows = all
        .iter()
        .map(|point| {
            item(vec![
                point.value.decimal().map_or(Cell::Empty, Cell::Money),
                Cell::text(turnings(outcome, index, point)),
                Cell::text(shares_of_next(outcome, index, point)),
            ])
        })
        .collect();
    Some(section(format!("{}: breakpoints", exit.name), columns, rows, Vec::new()))
}

/// What happens at a breakpoint.
pub(super) fn turnings(outcome: &Outcome, index: usize, point: &Breakpoint) -> String {
    let name = |group: Group| group_name(outcome, index, group);
    let parts: Vec<String> = point
        .turnings
        .iter()
        .map(|turning| match turning {
            Turning::Costs => "costs are paid".to_owned(),
            Turning::Debt => "debt is paid".to_owned(),
            Turning::CarveOut(number) => format!("{} is paid", name(Group::CarveOut(*number))),
            Turning::Paid(group) => format!("{} is paid first", name(*group)),
            Turning::Shares(group) => format!("{} shares", name(*group)),
            Turning::Capped(group) => format!("{} has reached its cap", name(*group)),
            Turning::Converts(group) => format!("{} converts", name(*group)),
            Turning::Exercised(group) => format!("{} is exercised", name(*group)),
        })
        .collect();
    parts.join("; ")
}

/// Who takes the next unit.
pub(super) fn shares_of_next(outcome: &Outcome, index: usize, point: &Breakpoint) -> String {
    let parts: Vec<String> = point
        .next
        .iter()
        .filter_map(|(who, part)| {
            let name = match who {
                Recipient::Fees => "fees".to_owned(),
                Recipient::Costs => "costs".to_owned(),
                Recipient::Debt => "debt".to_owned(),
                Recipient::Group(group) => group_name(outcome, index, *group),
            };
            let percent = part.decimal()?.checked_mul(Decimal::ONE_HUNDRED)?.round_dp(2).normalize();
            Some(format!("{name} {percent} %"))
        })
        .collect();
    parts.join(", ")
}

/// A listing: what is sold at which price, and what each stake is worth.
fn listed(outcome: &Outcome, index: usize, exit: &Exit, paid: &Payments) -> Vec<Section> {
    let scenario = &outcome.scenario;
    let (Some(listed), ExitKind::Listing(listing)) =
        (played_exit(outcome, index).and_then(|state| state.listed), &exit.kind)
    else {
        return Vec::new();
    };
    let Some(step) = step_of_exit(&outcome.plan, index) else { return Vec::new() };
    let (returned, _) = returns(outcome, index).unwrap_or_default();
    let mut before = Tables::new(scenario, &outcome.plan, &outcome.journal);
    let earlier = before.after(step).clone();
    let owned = before.by_owner(&earlier.shares);
    let last_price = earlier.last_price;
    let mut after = Tables::new(scenario, &outcome.plan, &outcome.journal);
    let later = after.at(When::Branch(step, index)).clone();
    let kept = after.by_owner(&later.shares);
    let sums: Vec<Exact> = (0..scenario.owners.len()).map(|owner| paid.of(owner)).collect();
    let largest = sums.iter().filter_map(|sum| sum.decimal()).max().unwrap_or(Decimal::ONE);
    let sells = paid.all.iter().any(|payment| payment.is_sold);
    let mut columns = vec![
        Column::text(""),
        Column::text(""),
        Column::number("owned"),
        Column::number("owns"),
        Column::number("shares"),
        Column::number("value"),
    ];
    if sells {
        columns.push(Column::number("sold for"));
    }
    columns.extend(["put in", "times", "a year"].map(Column::number));
    let percent = |shares: Exact, all: Exact| {
        (shares / all).decimal().filter(|part| !part.is_zero()).map_or(Cell::Empty, Cell::percent)
    };
    let at = |all: &[Exact], owner: usize| all.get(owner).copied().unwrap_or(Exact::ZERO);
    let mut shown = order(outcome, &sums);
    // What nobody was granted is worth nothing to anybody, and is a part of the company.
    let unallocated = (0..scenario.owners.len()).filter(|owner| {
        !shown.contains(owner) && kept.get(*owner).is_some_and(|kept| Exact::ZERO.lt(*kept) == Decided::Yes)
    });
    shown.extend(unallocated.collect::<Vec<_>>());
    let mut rows: Vec<Row> = shown
        .iter()
        .copied()
        .take(MOST)
        .map(|owner| {
            let sold = paid.all.iter().filter(|it| it.owner == owner && it.is_sold);
            let sold = sold.fold(Exact::ZERO, |sum, it| sum + it.amount);
            let sum = at(&sums, owner);
            let bar = sum.decimal().map_or(Cell::Empty, |part| Cell::Bar { part, of: largest });
            let mut cells = vec![
                Cell::text(owner_name(scenario, owner)),
                bar,
                percent(at(&owned, owner), earlier.fully_diluted),
                percent(at(&kept, owner), later.fully_diluted),
                number(at(&kept, owner), Cell::Shares),
                money(sum - sold),
            ];
            if sells {
                cells.push(money(sold));
            }
            let of = returned.get(owner);
            cells.push(of.map_or(Cell::Empty, |of| if of.is_known { money(of.invested) } else { Cell::text("?") }));
            cells.push(of.and_then(Return::moic).map_or(Cell::Empty, Cell::Multiple));
            cells.push(of.and_then(Return::irr).map_or(Cell::Empty, Cell::percent));
            item(cells)
        })
        .collect();
    if let Some(others) = shown.get(MOST..).filter(|others| !others.is_empty()) {
        let sum = |all: &[Exact]| others.iter().fold(Exact::ZERO, |sum, owner| sum + at(all, *owner));
        let mut cells = vec![
            Cell::text(format!("{} more holders", others.len())),
            Cell::text(""),
            percent(sum(&owned), earlier.fully_diluted),
            percent(sum(&kept), later.fully_diluted),
            number(sum(&kept), Cell::Shares),
            money(sum(&sums)),
        ];
        cells.resize(columns.len(), Cell::Empty);
        rows.push(Row { kind: RowKind::Quiet, cells });
    }
    let mut notes = Vec::new();
    if shown.iter().take(MOST).any(|owner| returned.get(*owner).is_some_and(|of| !of.is_known)) {
        notes.push(UNKNOWN.to_owned());
    }
    if let Some(months) = listing.lock_up_months
        && let Some(day) = exit.date.plus_months(i64::from(months))
    {
        notes.push(format!("who held shares before may not sell until {day}"));
    }
    notes.push(
        "owned and owns are of the fully diluted company; options and warrants at what their shares are worth above the strike"
            .to_owned(),
    );
    let debts: Vec<String> = paid
        .all
        .iter()
        .filter(|payment| matches!(payment.group, Group::Convertible(_)))
        .map(|payment| group_name(outcome, index, payment.group))
        .collect();
    if !debts.is_empty() {
        notes.push(format!("what stays a debt is worth what is owed: {}", debts.join(", ")));
    }
    let line = |name: &str, cell: Cell, words: String| item(vec![Cell::text(name), cell, Cell::text(words)]);
    let mut facts = vec![
        line(
            "price of a share",
            number(listed.price, Cell::Price),
            match last_price {
                Some(last) => {
                    let step = (listed.price / last).decimal().map(|step| step.round_dp(4).normalize());
                    step.map_or_else(String::new, |step| {
                        format!("{step} times the last round's {}", priced(scenario, last))
                    })
                }
                None => String::new(),
            },
        ),
        line("pre-money", money(listed.pre_money), "the fully diluted company before the new shares".to_owned()),
    ];
    if listed.new_shares != Exact::ZERO {
        let shares = listed.new_shares.decimal().map_or_else(String::new, |shares| grouped(shares, 0));
        facts.push(line("raised", money(listed.raised), format!("{shares} new shares")));
        if listed.fees + listed.costs != Exact::ZERO {
            let net = said(scenario, listed.raised - listed.fees - listed.costs);
            facts.push(line("fees and costs", money(listed.fees + listed.costs), format!("{net} reach the company")));
        }
    }
    facts.push(line("post-money", money(listed.post_money), "fully diluted".to_owned()));
    let issued = listed.issued.decimal().map_or_else(String::new, |shares| grouped(shares, 0));
    facts.push(line("market value", money(listed.issued * listed.price), format!("{issued} shares issued")));
    let treasury = listed.treasury.decimal().map_or_else(String::new, |shares| grouped(shares, 0));
    facts.push(line(
        "by the treasury method",
        money(listed.treasury * listed.price),
        format!("{treasury} shares: strikes buy shares back at the price"),
    ));
    for (name, added) in [("ratchets", listed.ratchet_shares), ("dividends", listed.dividend_shares)] {
        if added != Exact::ZERO {
            let shares = added.decimal().map_or_else(String::new, |shares| grouped(shares, 0));
            let words = format!("{shares} shares beyond the conversion ratios");
            facts.push(line(name, money(added * listed.price), words));
        }
    }
    vec![
        section(
            what(outcome, exit, paid),
            vec![Column::text(""), Column::number(""), Column::text("")],
            facts,
            Vec::new(),
        ),
        section(format!("{}: what stakes are worth", exit.name), columns, rows, notes),
    ]
}
