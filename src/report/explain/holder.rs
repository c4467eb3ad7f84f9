//! Why a holder has what it has.

use super::Explainer;
use super::Why;
use super::number;
use super::percent;
use super::sum_of;
use crate::outcome::Entry;
use crate::outcome::Outcome;
use crate::outcome::Tables;
use crate::outcome::When;
use crate::outcome::bridge;
use crate::report::page::Cell;
use crate::report::page::Row;
use crate::report::page::RowKind;
use crate::scenario::OpeningLine;
use crate::scenario::OwnerId;
use crate::units::Decimal;
use crate::units::Exact;
use crate::units::Scalar;

impl Explainer<'_> {
    pub(super) fn owner(&self, id: &str, what: &str, when: When, why: &mut Why) {
        let Outcome { scenario, plan, journal, .. } = self.outcome;
        let Some(owner) = self.owner_id(id) else { return };
        let steps = when.steps(plan);
        let mut tables = Tables::new(scenario, plan, journal);
        let opening = tables.after(0).clone();
        let opening_held = tables.by_owner(&opening.shares).get(owner.index()).copied().unwrap_or(Exact::ZERO);
        let table = tables.at(when).clone();
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
        self.holding(owner, when, why);
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
    pub(super) fn holding(&self, owner: OwnerId, when: When, why: &mut Why) {
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
        let until = journal.marks.get(when.steps(plan)).map_or(journal.postings.len(), |mark| mark.postings);
        let path = |step: Option<usize>| {
            step.and_then(|step| plan.steps.get(step)).map_or("opening", |step| step.path.as_str())
        };
        let main = journal.postings.get(..until).unwrap_or(&[]).iter().map(|it| (path(it.step), it.entry));
        let branch = match when {
            When::Branch(step, exit) => journal.branches.get(exit).map(|all| (path(Some(step)), all.as_slice())),
            When::End | When::Day(_) | When::After(_) => None,
        };
        let branch = branch.into_iter().flat_map(|(path, all)| all.iter().map(move |entry| (path, *entry)));
        for (event, entry) in main.chain(branch) {
            let shares = |shares: Exact| shares.decimal().map_or(Cell::Empty, Cell::Shares);
            match entry {
                Entry::Opened { position, shares: count } if is_own(position) => {
                    let class = plan.positions.get(position).map(|position| position.class as usize);
                    let is_line = |line: &&OpeningLine| line.owner == owner && Some(line.class.index()) == class;
                    let line = scenario.opening.lines.iter().find(is_line);
                    let bought = line.and_then(|line| line.paid).and_then(|paid| scenario.figures.get(paid));
                    let how = match (bought, line.and_then(|line| line.bought)) {
                        (Some(paid), Some(day)) => format!("bought at {} on {day}", paid.stated()),
                        (Some(paid), None) => format!("bought at {}", paid.stated()),
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
                Entry::Moved { why: reason, from, left, to, arrived, money } => {
                    let came = if to.is_some_and(is_own) { arrived } else { Exact::ZERO };
                    let went = if from.is_some_and(is_own) { left } else { Exact::ZERO };
                    if came != Exact::ZERO || went != Exact::ZERO {
                        let how = if money == Exact::ZERO { String::new() } else { format!("for {}", sum_of(money)) };
                        why.row(event, reason.words().to_owned(), shares(came - went), how);
                    }
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

    pub(super) fn fully_diluted(&self, when: When, why: &mut Why) {
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
}
