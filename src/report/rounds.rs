//! Rounds and tranches: what was signed, called and funded, at which price.

use crate::outcome::Entry;
use crate::outcome::Outcome;
use crate::outcome::Why;
use crate::plan::NoteKind;
use crate::scenario::Tranche;
use crate::units::Day;
use crate::units::Decided;
use crate::units::Decimal;
use crate::units::Exact;
use crate::units::Scalar;
use crate::units::amount;
use crate::units::grouped;

use super::page::Cell;
use super::page::Column;
use super::page::Grid;
use super::page::Row;
use super::page::RowKind;
use super::page::Section;
use super::page::View;

/// What is known of a tranche after the play.
struct Played {
    wanted: Decimal,
    signed: Option<Exact>,
    funded: Exact,
    cash: Exact,
    shares: Exact,
    residual: Exact,
    closed: Vec<Day>,
}

/// The days on which a tranche closed: one, or the first and the last.
fn parts_of(first: &Day, days: &[Day]) -> String {
    let last = days.iter().max().unwrap_or(first);
    match days.len() {
        1 => first.to_string(),
        several if first == last => format!("{first}, in {several} parts"),
        several => format!("{first} to {last}, in {several} parts"),
    }
}

/// What a holder bought to keep its share.
struct Kept<'a> {
    name: &'a str,
    money: Exact,
    shares: Exact,
}

/// Rounds, then tranches.
pub(super) fn rounds(outcome: &Outcome) -> Vec<Section> {
    let Outcome { scenario, plan, journal, .. } = outcome;
    if scenario.rounds.is_empty() {
        return Vec::new();
    }
    let mut played: Vec<Vec<Played>> = scenario
        .rounds
        .iter()
        .map(|round| round.tranches.iter().map(|tranche| new(outcome, tranche)).collect())
        .collect();
    let mut kept: Vec<Vec<Kept<'_>>> = scenario.rounds.iter().map(|_| Vec::new()).collect();
    let place = |number: usize| {
        let tranche = plan.tranches.get(number)?;
        let first = plan.rounds.get(tranche.round)?.tranches.start;
        Some((tranche.round, number.checked_sub(first)?))
    };
    for posting in &journal.postings {
        match posting.entry {
            Entry::Signed { tranche, money, .. } => {
                if let Some((round, index)) = place(tranche)
                    && let Some(tranche) = played.get_mut(round).and_then(|round| round.get_mut(index))
                {
                    tranche.signed = Some(money);
                }
            }
            Entry::Moved { why: Why::ProRata { round }, to: Some(line), arrived, money, .. } => {
                let Some(kept) = kept.get_mut(round) else { continue };
                let owner = plan.positions.get(line).and_then(|line| scenario.owners.get(line.owner as usize));
                kept.push(Kept { name: owner.map_or("", |owner| owner.name.as_str()), money, shares: arrived });
            }
            Entry::Closed { closing, shares, money, cash, residual, .. } => {
                let day = plan.closings.get(closing).map(|closing| closing.day);
                let number = plan.closings.get(closing).map(|closing| closing.tranche);
                if let Some((round, index)) = number.and_then(place)
                    && let Some(tranche) = played.get_mut(round).and_then(|round| round.get_mut(index))
                {
                    tranche.funded += money;
                    tranche.cash += cash;
                    tranche.shares += shares;
                    tranche.residual += residual;
                    tranche.closed.extend(day);
                }
            }
            _ => {}
        }
    }
    let mut sections = vec![by_round(outcome, &played, &kept)];
    sections.push(by_tranche(outcome, &played, &kept));
    sections
}

fn new(outcome: &Outcome, tranche: &Tranche) -> Played {
    Played {
        wanted: outcome.scenario.asked(&tranche.size).unwrap_or(Decimal::ZERO),
        signed: None,
        funded: Exact::ZERO,
        cash: Exact::ZERO,
        shares: Exact::ZERO,
        residual: Exact::ZERO,
        closed: Vec::new(),
    }
}

fn money(value: Exact) -> Cell {
    match value.decimal() {
        Some(value) if !value.is_zero() => Cell::Money(value),
        _ => Cell::Empty,
    }
}

fn by_round(outcome: &Outcome, played: &[Vec<Played>], kept: &[Vec<Kept<'_>>]) -> Section {
    let Outcome { scenario, journal, .. } = outcome;
    let columns = vec![
        Column::text(""),
        Column::text("signed"),
        Column::number("a share"),
        Column::number("pre-money"),
        Column::number("post-money"),
        Column::number("committed"),
        Column::number("funded"),
        Column::number("of it in kind"),
    ];
    let mut rows = Vec::new();
    let mut notes = Vec::new();
    for (index, (round, tranches)) in scenario.rounds.iter().zip(played).enumerate() {
        let priced = journal.rounds.get(index).copied().flatten();
        let Some(priced) = priced.filter(|priced| priced.is_held == Decided::Yes) else {
            let mut cells = vec![Cell::text(&round.name), Cell::Day(round.date), Cell::text("does not happen")];
            cells.resize(columns.len(), Cell::Empty);
            rows.push(Row { kind: RowKind::Quiet, cells });
            continue;
        };
        let sum =
            |count: &dyn Fn(&Played) -> Exact| tranches.iter().fold(Exact::ZERO, |sum, tranche| sum + count(tranche));
        let kept_money =
            kept.get(index).map_or(Exact::ZERO, |kept| kept.iter().fold(Exact::ZERO, |sum, kept| sum + kept.money));
        let price = priced.class_price.decimal();
        rows.push(Row {
            kind: RowKind::Item,
            cells: vec![
                Cell::text(&round.name),
                Cell::Day(round.date),
                price.map_or(Cell::Empty, Cell::Price),
                money(priced.pre_money),
                money(priced.post_money),
                money(sum(&|tranche| tranche.signed.unwrap_or(Exact::ZERO)) + kept_money),
                money(sum(&|tranche| tranche.funded) + kept_money),
                money(sum(&|tranche| tranche.funded - tranche.cash)),
            ],
        });
        if let Some(pool) = &round.pool
            && let Some(increase) = priced.increase.decimal()
            && !increase.is_zero()
        {
            let name = scenario.owner(pool.pool).map_or("the pool", |owner| owner.name.as_str());
            let bearer = if pool.in_pre_money { "inside the pre-money" } else { "after the money" };
            notes.push(format!("{}: {name} grows by {} shares, {bearer}", round.name, grouped(increase, 0)));
        }
    }
    Section { view: View::Rounds, heading: "Rounds".to_owned(), grid: Some(Grid { columns, rows }), notes }
}

fn by_tranche(outcome: &Outcome, played: &[Vec<Played>], kept: &[Vec<Kept<'_>>]) -> Section {
    let Outcome { scenario, plan, .. } = outcome;
    let is_cut = |tranche: &Played| {
        tranche
            .signed
            .and_then(Exact::decimal)
            .is_some_and(|signed| signed != tranche.wanted && !tranche.wanted.is_zero())
    };
    let all = || played.iter().flatten();
    let any_cut = all().any(is_cut);
    let any_kind = all().any(|tranche| tranche.funded != tranche.cash);
    let any_residual = all()
        .any(|tranche| !matches!(tranche.residual.decimal(), Some(rest) if rest.round_dp(2).is_zero()))
        && plan.has_whole();
    let many = scenario.rounds.len() > 1;
    let mut columns = vec![Column::text("")];
    if many {
        columns.push(Column::text("round"));
    }
    if any_cut {
        let gives_way = scenario.rounds.iter().any(|round| round.pro_rata.is_some());
        columns.push(Column::number(if gives_way { "asked for" } else { "before cut-back" }));
    }
    columns.extend([Column::number("signed"), Column::number("funded")]);
    if any_kind {
        columns.push(Column::number("of it in kind"));
    }
    columns.push(Column::number("shares"));
    if any_residual {
        columns.push(Column::number("left over"));
    }
    columns.push(Column::text("closes"));
    let mut rows = Vec::new();
    for ((round, tranches), kept) in scenario.rounds.iter().zip(played).zip(kept) {
        for (tranche, seen) in round.tranches.iter().zip(tranches) {
            let investor = scenario.owner(tranche.investor).map_or("", |owner| owner.name.as_str());
            let several = round.tranches.iter().filter(|other| other.investor == tranche.investor).count() > 1;
            let name = if several || tranche.name != tranche.id {
                format!("{investor}: {}", tranche.name)
            } else {
                investor.to_owned()
            };
            let path = format!("round.{}.tranche.{}", round.id, tranche.id);
            let note = plan.notes.iter().find(|note| note.path == path).map(|note| note.kind);
            let closes = match (note, seen.closed.first()) {
                (Some(NoteKind::Reduced(day)), _) => format!("reduced, {day}"),
                (_, Some(first)) => parts_of(first, &seen.closed),
                (Some(NoteKind::Lapses(day)), _) => format!("lapses {day}"),
                (Some(NoteKind::StaysOpen), _) => "still open".to_owned(),
                (Some(NoteKind::BeyondHorizon(day)), _) => format!("{day}, after the horizon"),
                (None, None) => "-".to_owned(),
            };
            let waits = tranche.condition.and_then(|id| scenario.conditions.get(id.index()));
            let is_nothing = seen.funded == Exact::ZERO && seen.signed.is_none_or(|signed| signed == Exact::ZERO);
            let uncalled = seen.signed.unwrap_or(Exact::ZERO) - seen.funded;
            let closes = match uncalled.decimal() {
                Some(left) if !tranche.calls.is_empty() && left > Decimal::ZERO => {
                    format!("{closes}; {} not called", amount(left))
                }
                _ => closes,
            };
            let closes = match waits {
                _ if is_nothing && !tranche.optional => "nothing signed".to_owned(),
                Some(condition) if seen.closed.is_empty() || note.is_some() => {
                    format!("{closes} ({} taken as not met)", condition.name)
                }
                Some(condition) => format!("{closes} ({} taken as met)", condition.name),
                None => closes,
            };
            let mut cells = vec![Cell::text(name)];
            if many {
                cells.push(Cell::text(&round.name));
            }
            if any_cut {
                cells.push(if seen.wanted.is_zero() { Cell::Empty } else { Cell::Money(seen.wanted) });
            }
            cells.push(if tranche.optional {
                Cell::text("optional")
            } else {
                money(seen.signed.unwrap_or(Exact::ZERO))
            });
            cells.push(money(seen.funded));
            if any_kind {
                cells.push(money(seen.funded - seen.cash));
            }
            cells.push(seen.shares.decimal().filter(|shares| !shares.is_zero()).map_or(Cell::Empty, Cell::Shares));
            if any_residual {
                cells.push(
                    seen.residual
                        .decimal()
                        .filter(|rest| !rest.is_zero())
                        .map_or(Cell::Empty, |rest| Cell::text(rest.round_dp(4).normalize().to_string())),
                );
            }
            cells.push(Cell::text(closes));
            let nothing = seen.funded == Exact::ZERO;
            rows.push(Row { kind: if nothing { RowKind::Quiet } else { RowKind::Item }, cells });
        }
        for kept in kept {
            let mut cells = vec![Cell::text(format!("{} (pro rata right)", kept.name))];
            if many {
                cells.push(Cell::text(&round.name));
            }
            if any_cut {
                cells.push(Cell::Empty);
            }
            cells.extend([money(kept.money), money(kept.money)]);
            if any_kind {
                cells.push(Cell::Empty);
            }
            cells.push(kept.shares.decimal().map_or(Cell::Empty, Cell::Shares));
            if any_residual {
                cells.push(Cell::Empty);
            }
            cells.push(Cell::Day(round.date));
            rows.push(Row { kind: RowKind::Item, cells });
        }
    }
    Section {
        view: View::Rounds,
        heading: "Who puts in what".to_owned(),
        grid: Some(Grid { columns, rows }),
        notes: Vec::new(),
    }
}
