//! Results by path: the contract for scripts.

mod exits;
mod instruments;
mod runways;

pub use instruments::term;
pub use instruments::term_word;

use crate::engine::Entry;
use crate::engine::Priced;
use crate::engine::Why;
use crate::outcome::circularity::circularity;
use crate::outcome::circularity::concentration;
use crate::outcome::exit::played;
use crate::outcome::flows::flows;
use crate::outcome::matrix::played_as;
use crate::outcome::played::Outcome;
use crate::outcome::splits::Splits;
use crate::outcome::table::Tables;
use crate::outcome::when::When;
use crate::plan::Holding;
use crate::plan::StepKind;
use crate::scenario::Round;
use crate::units::Day;
use crate::units::Decided;
use crate::units::Decimal;
use crate::units::Exact;
use crate::units::Scalar;
use exits::exits;
use instruments::held as line_held;
use instruments::instruments;
use runways::runways;
use std::collections::HashMap;

/// What a metric counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// A part of one, shown as a percentage.
    Part,
    /// Money.
    Money,
    /// Money per share.
    Price,
    /// Shares.
    Shares,
    /// A number of times.
    Multiple,
    /// Months.
    Months,
    /// A day.
    Day,
    /// A word or two.
    Text,
}

impl Measure {
    /// What the results under a path count.
    #[must_use]
    pub fn of_path(path: &str) -> Measure {
        let path = path.split('@').next().unwrap_or(path);
        let last = path.rsplit('.').next().unwrap_or_default();
        match path.split('.').next().unwrap_or_default() {
            "ownership" | "committed" | "voting" | "dilution" => Measure::Part,
            "shares" | "fully_diluted" | "pool" | "new_shares" => Measure::Shares,
            "price" | "conversion_price" | "class_value" => Measure::Price,
            "class_election" | "instrument_election" => Measure::Text,
            "return" | "class_return" if last == "moic" => Measure::Multiple,
            "return" | "class_return" if last == "irr" => Measure::Part,
            "exit" if last == "step_up" => Measure::Multiple,
            "exit" if matches!(last, "price" | "share_value") => Measure::Price,
            "exit"
                if matches!(
                    last,
                    "new_shares"
                        | "sold_shares"
                        | "ratchet_shares"
                        | "dividend_shares"
                        | "issued"
                        | "treasury"
                        | "fully_diluted"
                ) =>
            {
                Measure::Shares
            }
            "conversion" if last == "term" => Measure::Text,
            "conversion" | "grant" | "warrant" if matches!(last, "price" | "strike") => Measure::Price,
            "conversion" if last == "amount" => Measure::Money,
            "conversion" | "grant" | "warrant" | "class" => Measure::Shares,
            "flow" if matches!(last, "ratio" | "ratio_in_all") => Measure::Multiple,
            "circularity" | "concentration" if matches!(last, "share" | "share_within" | "largest") => Measure::Part,
            "runway" if last == "cash_out" => Measure::Day,
            "runway" if last == "default_alive" => Measure::Text,
            "runway" if matches!(last, "month" | "months" | "static" | "without_in_kind" | "in_kind_as_cash") => {
                Measure::Months
            }
            "debt" if last == "breach" => Measure::Day,
            _ => Measure::Money,
        }
    }
}

impl MetricValue {
    /// Reads a value as it is printed in a result.
    #[must_use]
    pub fn from_text(text: &str) -> Option<MetricValue> {
        if text == NEVER {
            return Some(MetricValue::Never);
        }
        if let Some(day) = Day::from_text(text) {
            return Some(MetricValue::Day(day));
        }
        match Decimal::from_str_exact(text) {
            Ok(number) => Some(MetricValue::Number(number)),
            // Words begin with a letter; anything else was meant as a number.
            Err(_) => text.starts_with(|c: char| c.is_ascii_lowercase()).then(|| MetricValue::Text(text.to_owned())),
        }
    }
}

/// What a result says that does not come within the horizon.
const NEVER: &str = "not within the horizon";

/// The value of a metric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MetricValue {
    /// A number.
    Number(Decimal),
    /// A day.
    Day(Day),
    /// A word or two: the term that bound.
    Text(String),
    /// Not within the horizon.
    Never,
}

impl std::fmt::Display for MetricValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            MetricValue::Number(number) => write!(f, "{}", number.normalize()),
            MetricValue::Day(day) => write!(f, "{day}"),
            MetricValue::Text(text) => f.write_str(text),
            MetricValue::Never => f.write_str(NEVER),
        }
    }
}

/// A result and its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metric {
    /// The path.
    pub path: String,
    /// What it counts.
    pub measure: Measure,
    /// Its value.
    pub value: MetricValue,
}

/// Every result at a moment, in the order of the format's list.
#[must_use]
pub fn metrics(outcome: &Outcome, when: When) -> Vec<Metric> {
    let mut list = List { all: Vec::new() };
    ownership(outcome, when, &mut list);
    rounds(outcome, when, &mut list);
    instruments(outcome, when, &mut list);
    money(outcome, when, &mut list);
    if when == When::End || matches!(when, When::Day(_)) {
        runways(outcome, when, &mut list);
    }
    if when == When::End {
        exits(outcome, &mut list);
    }
    list.all
}

/// Every result at the end, and under each declared outcome how long the money lasts.
#[must_use]
pub fn all_metrics(outcome: &Outcome) -> Vec<Metric> {
    let mut all = metrics(outcome, When::End);
    for column in &outcome.scenario.outcomes {
        let Some(played) = played_as(outcome, &column.conditions) else { continue };
        let runways = metrics(&played, When::End).into_iter().filter(|metric| metric.path.starts_with("runway."));
        all.extend(runways.map(|metric| Metric { path: format!("{}@outcome.{}", metric.path, column.id), ..metric }));
    }
    all
}

/// The results a path names: `ownership.amazon`, `ownership.*`, `price.mega@2026-12-31`.
///
/// None if the path names nothing.
#[must_use]
pub fn metric(outcome: &Outcome, path: &str) -> Option<Vec<Metric>> {
    if let Some((name, place)) = path.split_once('@')
        && let Some(elsewhere) = elsewhere(outcome, place)
    {
        return metric(&elsewhere?, name);
    }
    let (name, when) = match path.split_once('@') {
        Some((name, when)) => (name, When::from_text(when, &outcome.scenario, &outcome.plan)?),
        None => (path, When::End),
    };
    let wanted: Vec<&str> = name.split('.').collect();
    let found: Vec<Metric> = metrics(outcome, when)
        .into_iter()
        .filter(|metric| {
            let parts = metric.path.split('.');
            parts.clone().count() == wanted.len()
                && parts.zip(&wanted).all(|(part, wanted)| *wanted == "*" || part == *wanted)
        })
        .collect();
    (!found.is_empty()).then_some(found)
}

/// The play behind `@burn.ID` or `@outcome.ID`: none if the place is neither; nothing in it if there is no such play.
#[must_use]
pub fn elsewhere(outcome: &Outcome, place: &str) -> Option<Option<Outcome>> {
    let scenario = &outcome.scenario;
    if let Some(id) = place.strip_prefix("burn.") {
        let burn = scenario.burns.iter().position(|burn| burn.id == id && burn.has_runway());
        return Some(burn.and_then(|burn| outcome.under_burn(burn)).cloned());
    }
    let id = place.strip_prefix("outcome.")?;
    let column = scenario.outcomes.iter().find(|column| column.id == id);
    Some(column.and_then(|column| played_as(outcome, &column.conditions)))
}

struct List {
    all: Vec<Metric>,
}

impl List {
    /// Adds a number. One without an exact value, such as the dilution of nothing, is left out.
    fn number(&mut self, path: String, measure: Measure, value: Exact) {
        if let Some(value) = value.decimal() {
            self.all.push(Metric { path, measure, value: MetricValue::Number(value) });
        }
    }

    fn value(&mut self, path: String, measure: Measure, value: MetricValue) {
        self.all.push(Metric { path, measure, value });
    }
}

fn ownership(outcome: &Outcome, when: When, list: &mut List) {
    let Outcome { scenario, plan, journal, .. } = outcome;
    let mut tables = Tables::new(scenario, plan, journal);
    let opening = tables.after(0).clone();
    let before = tables.by_owner(&opening.shares);
    let mut table = tables.at(when).clone();
    // Once it is listed a share is worth its price there.
    if let When::Branch(_, exit) = when
        && let Some(listed) = played(outcome, exit).and_then(|state| state.listed)
    {
        table.last_price = Some(listed.price);
    }
    let held = tables.by_owner(&table.shares);
    let pending = tables.by_owner(&table.pending);
    let all_pending = pending.iter().fold(Exact::ZERO, |sum, shares| sum + *shares);
    let raw = tables.shares_by_owner(&table.shares);
    let votes = tables.votes_by_owner(&table.shares);
    let all_votes = votes.iter().fold(Exact::ZERO, |sum, votes| sum + *votes);
    let owners = || scenario.owners.iter().enumerate();
    let at = |values: &[Exact], index: usize| values.get(index).copied().unwrap_or(Exact::ZERO);
    for (index, owner) in owners() {
        list.number(format!("ownership.{}", owner.id), Measure::Part, at(&held, index) / table.fully_diluted);
    }
    let committed = table.fully_diluted + all_pending;
    for (index, owner) in owners() {
        let shares = at(&held, index) + at(&pending, index);
        list.number(format!("committed.{}", owner.id), Measure::Part, shares / committed);
    }
    for (index, owner) in owners() {
        list.number(format!("shares.{}", owner.id), Measure::Shares, at(&raw, index));
    }
    if let Some(price) = table.last_price {
        for (index, owner) in owners() {
            list.number(format!("value.{}", owner.id), Measure::Money, at(&held, index) * price);
        }
    }
    if all_votes != Exact::ZERO {
        for (index, owner) in owners().filter(|(_, owner)| !owner.is_pool) {
            list.number(format!("voting.{}", owner.id), Measure::Part, at(&votes, index) / all_votes);
        }
    }
    for (index, owner) in owners() {
        let opening_part = at(&before, index) / opening.fully_diluted;
        if at(&before, index) != Exact::ZERO {
            let now = at(&held, index) / table.fully_diluted;
            list.number(format!("dilution.{}", owner.id), Measure::Part, Exact::ONE - now / opening_part);
        }
    }
    list.number("fully_diluted".to_owned(), Measure::Shares, table.fully_diluted);
    let unallocated = sums(
        scenario.owners.len(),
        plan.positions.iter().zip(&table.shares).filter_map(|(line, shares)| {
            (line.holding == Holding::Unallocated).then_some((line.owner as usize, *shares))
        }),
    );
    let granted = sums(
        scenario.owners.len(),
        scenario
            .grants
            .iter()
            .zip(&plan.grants)
            .map(|(grant, planned)| (grant.pool.index(), line_held(&table.shares, planned.options))),
    );
    for (index, owner) in owners().filter(|(_, owner)| owner.is_pool) {
        list.number(format!("pool.{}.unallocated", owner.id), Measure::Shares, at(&unallocated, index));
        list.number(format!("pool.{}.granted", owner.id), Measure::Shares, at(&granted, index));
    }
}

/// The sum per owner.
fn sums(owners: usize, parts: impl Iterator<Item = (usize, Exact)>) -> Vec<Exact> {
    let mut sums = vec![Exact::ZERO; owners];
    for (owner, part) in parts {
        if let Some(sum) = sums.get_mut(owner) {
            *sum += part;
        }
    }
    sums
}

fn rounds(outcome: &Outcome, when: When, list: &mut List) {
    let Outcome { scenario, plan, journal, .. } = outcome;
    let steps = when.steps(plan);
    let played = plan.steps.iter().take(steps).enumerate();
    let signed: HashMap<StepKind, usize> = played.map(|(index, step)| (step.kind, index)).collect();
    let splits = Splits::of(journal);
    let held: Vec<(usize, &Round, Priced<Exact>)> = scenario
        .rounds
        .iter()
        .enumerate()
        .filter(|(index, _)| signed.contains_key(&StepKind::Round(*index)))
        .filter_map(|(index, round)| Some((index, round, (*journal.rounds.get(index)?)?)))
        .filter(|(_, _, priced)| priced.is_held == Decided::Yes)
        .collect();
    for (_, round, priced) in &held {
        list.number(format!("price.{}", round.id), Measure::Price, priced.class_price);
    }
    for (_, round, priced) in &held {
        list.number(format!("pre_money.{}", round.id), Measure::Money, priced.pre_money);
    }
    for (_, round, priced) in &held {
        list.number(format!("post_money.{}", round.id), Measure::Money, priced.post_money);
    }
    let postings = journal.marks.get(steps).map_or(journal.postings.len(), |mark| mark.postings);
    let mut raised = vec![Exact::ZERO; scenario.rounds.len()];
    let mut issued = vec![Exact::ZERO; scenario.rounds.len()];
    for posting in journal.postings.get(..postings).unwrap_or(&[]) {
        let (round, money, shares) = match posting.entry {
            Entry::Closed { closing, shares, money, .. } => {
                let tranche = plan.closings.get(closing).and_then(|closing| plan.tranches.get(closing.tranche));
                (tranche.map(|tranche| tranche.round), money, shares)
            }
            Entry::Moved { why: Why::ProRata { round }, money, arrived, .. } => (Some(round), money, arrived),
            _ => continue,
        };
        if let Some(sum) = round.and_then(|round| raised.get_mut(round)) {
            *sum += money;
        }
        let Some((index, round)) = round.and_then(|index| Some((index, scenario.rounds.get(index)?))) else { continue };
        // Shares of the day it was signed, as its price is of them.
        let from = signed.get(&StepKind::Round(index)).copied().unwrap_or(0);
        let class = u32::try_from(round.class.index()).unwrap_or(u32::MAX);
        let splits = splits.between(class, from, posting.step.unwrap_or(from));
        if let Some(sum) = issued.get_mut(index) {
            *sum += shares / splits;
        }
    }
    for (name, measure, sums) in [("raised", Measure::Money, &raised), ("new_shares", Measure::Shares, &issued)] {
        for (index, round, _) in &held {
            let sum = sums.get(*index).copied().unwrap_or(Exact::ZERO);
            list.number(format!("{name}.{}", round.id), measure, sum);
        }
    }
}

fn money(outcome: &Outcome, when: When, list: &mut List) {
    let Outcome { scenario, plan, journal, .. } = outcome;
    let flows = flows(scenario, plan, journal, when);
    let holders = || scenario.owners.iter().zip(&flows).filter(|(owner, _)| !owner.is_pool);
    for (owner, flow) in holders() {
        list.number(format!("called.{}", owner.id), Measure::Money, flow.called);
    }
    for (owner, flow) in holders() {
        let path = |name: &str| format!("flow.{}.{name}", owner.id);
        for (name, value) in [
            ("committed", flow.committed),
            ("invested", flow.invested),
            ("in_kind", flow.in_kind),
            ("cash", flow.cash()),
            ("returned", flow.returned),
            ("contracted", flow.contracted),
            ("net", flow.net()),
        ] {
            list.number(path(name), Measure::Money, value);
        }
        for (name, value) in [("ratio", flow.ratio()), ("ratio_in_all", flow.ratio_in_all())] {
            if let Some(value) = value {
                list.number(path(name), Measure::Multiple, value);
            }
        }
    }
    if let Some(all) = circularity(scenario, &flows) {
        let sums = [("invested", all.invested), ("returned", all.returned), ("contracted", all.contracted)];
        for (name, value) in sums {
            list.number(format!("circularity.{name}"), Measure::Money, value);
        }
        for (name, value) in [("share_within", all.share_within()), ("share", all.share())] {
            list.number(format!("circularity.{name}"), Measure::Part, value);
        }
    }
    for (owner, of) in scenario.owners.iter().zip(concentration(scenario, &flows)) {
        let Some(of) = of else { continue };
        list.number(format!("concentration.{}.contracted", owner.id), Measure::Money, of.contracted);
        for (name, value) in [("share", of.share()), ("largest", of.largest_share())] {
            list.number(format!("concentration.{}.{name}", owner.id), Measure::Part, value);
        }
    }
}
