//! Results by path: the contract for scripts.

use crate::engine::Entry;
use crate::engine::Figures;
use crate::engine::Priced;
use crate::engine::Why;
use crate::engine::balance;
use crate::plan::Holding;
use crate::plan::Plan;
use crate::plan::Position;
use crate::plan::StepKind;
use crate::plan::TermPlan;
use crate::plan::balance_on;
use crate::scenario::Ratio;
use crate::scenario::Round;
use crate::units::Day;
use crate::units::Decided;
use crate::units::Decimal;
use crate::units::Exact;
use crate::units::Scalar;

use super::flows::flows;
use super::journal::ConversionRecord;
use super::played::Outcome;
use super::table::Tables;
use super::vesting::vested;
use super::when::When;

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
        let last = path.rsplit('.').next().unwrap_or_default();
        match path.split('.').next().unwrap_or_default() {
            "ownership" | "committed" | "voting" | "dilution" => Measure::Part,
            "shares" | "fully_diluted" | "pool" | "new_shares" => Measure::Shares,
            "price" | "conversion_price" => Measure::Price,
            "conversion" if last == "term" => Measure::Text,
            "conversion" | "grant" | "warrant" if matches!(last, "price" | "strike") => Measure::Price,
            "conversion" if last == "amount" => Measure::Money,
            "conversion" | "grant" | "warrant" | "class" => Measure::Shares,
            "runway" if last == "cash_out" => Measure::Day,
            "runway" if last == "month" || last == "months" => Measure::Months,
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
    list.all
}

/// The results a path names: `ownership.amazon`, `ownership.*`, `price.mega@2026-12-31`.
///
/// None if the path names nothing.
#[must_use]
pub fn metric(outcome: &Outcome, path: &str) -> Option<Vec<Metric>> {
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
    let table = tables.after(when.steps(plan)).clone();
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
    for (index, owner) in owners().filter(|(_, owner)| owner.is_pool) {
        let unallocated =
            held_as(plan, &table.shares, |line| line.holding == Holding::Unallocated && line.owner as usize == index);
        list.number(format!("pool.{}.unallocated", owner.id), Measure::Shares, unallocated);
        let granted = scenario.grants.iter().enumerate().filter(|(_, grant)| grant.pool.index() == index);
        let granted = granted.fold(Exact::ZERO, |sum, (grant, _)| sum + options(plan, &table.shares, grant));
        list.number(format!("pool.{}.granted", owner.id), Measure::Shares, granted);
    }
}

/// The day that results at the end are of: the horizon, or without one the last event, at least `as_of`.
fn last_day(outcome: &Outcome) -> Day {
    let last = outcome.plan.steps.last().map_or(outcome.scenario.as_of, |step| step.day);
    outcome.scenario.horizon.unwrap_or(last.max(outcome.scenario.as_of))
}

/// The conversion price of a preferred class that nothing moves: its issue price over its ratio.
fn plain_conversion_price(outcome: &Outcome, class: usize, steps: usize) -> Option<Exact> {
    let Outcome { scenario, plan, journal, .. } = outcome;
    let declared = scenario.classes.get(class).filter(|class| !class.is_common && !class.id.contains('.'))?;
    let ratio = match declared.ratio {
        Ratio::Is(ratio) => Exact::of(scenario.figures.value(ratio)),
        Ratio::Prices { .. } => return None,
    };
    let first = plan.steps.iter().take(steps).find_map(|planned| match planned.kind {
        StepKind::Round(round) => {
            let priced = journal.rounds.get(round).copied().flatten()?;
            let is_it = plan.rounds.get(round).is_some_and(|plan| plan.class as usize == class);
            (is_it && priced.is_held == Decided::Yes).then_some(priced.class_price)
        }
        _ => None,
    });
    let issue = match declared.issue_price {
        Some(issue) => Exact::of(scenario.figures.value(issue)),
        None => first?,
    };
    Some(issue / ratio)
}

/// The shares of the lines that are wanted.
fn held_as(plan: &Plan, shares: &[Exact], wanted: impl Fn(&Position) -> bool) -> Exact {
    plan.positions
        .iter()
        .zip(shares)
        .filter(|(line, _)| wanted(line))
        .fold(Exact::ZERO, |sum, (_, shares)| sum + *shares)
}

/// The options of a grant that are neither exercised nor returned.
fn options(plan: &Plan, shares: &[Exact], grant: usize) -> Exact {
    held_as(plan, shares, |line| line.holding == Holding::Options(u32::try_from(grant).unwrap_or(u32::MAX)))
}

/// New shares of a class for one, by the splits from one step to another.
fn splits_between(outcome: &Outcome, class: u32, from: usize, to: usize) -> Exact {
    let marks = &outcome.journal.marks;
    let at = |step: usize| marks.get(step).map_or(outcome.journal.postings.len(), |mark| mark.postings);
    let between = outcome.journal.postings.get(at(from)..at(to)).unwrap_or(&[]);
    between.iter().fold(Exact::ONE, |product, posting| match posting.entry {
        Entry::Split { class: of, factor } if of.is_none_or(|of| of == class) => product * factor,
        _ => product,
    })
}

fn instruments(outcome: &Outcome, when: When, list: &mut List) {
    let Outcome { scenario, plan, journal, .. } = outcome;
    let steps = when.steps(plan);
    let mut tables = Tables::new(scenario, plan, journal);
    let table = tables.after(steps).clone();
    let done = |step: Option<usize>| step.is_some_and(|step| step < steps);
    let step_of = |kind: StepKind| plan.steps.iter().position(|step| step.kind == kind);
    for (index, convertible) in scenario.convertibles.iter().enumerate() {
        let path = |name: &str| format!("conversion.{}.{name}", convertible.id);
        let record = journal.conversions.iter().find(|record| record.converted.convertible == index);
        if let Some(record) = record.filter(|record| done(record.step)) {
            list.number(path("amount"), Measure::Money, record.converted.balance);
            list.number(path("shares"), Measure::Shares, record.converted.shares);
            list.number(path("price"), Measure::Price, record.converted.price);
            list.value(path("term"), Measure::Text, MetricValue::Text(term(outcome, record)));
        }
    }
    for (index, convertible) in scenario.convertibles.iter().enumerate() {
        let is_in = step_of(StepKind::Issue(index)).is_some_and(|step| step < steps);
        let is_out = journal.postings.iter().any(|posting| {
            done(posting.step)
                && match posting.entry {
                    Entry::Moved { why: Why::Converted { convertible, .. }, .. } => convertible == index,
                    Entry::Lent { convertible, money, is_interest: false } => {
                        convertible == index && money.lt(Exact::ZERO) == Decided::Yes
                    }
                    _ => false,
                }
        });
        let balance = if is_in && !is_out {
            let day = when.day(plan).unwrap_or_else(|| last_day(outcome));
            let figures: Vec<Exact> = plan.values.iter().map(|value| Exact::of(*value)).collect();
            let amount = Exact::of(scenario.figures.value(convertible.amount));
            let (owed, _) = balance(&balance_on(convertible, day), amount, Figures::new(&figures));
            owed
        } else {
            Exact::ZERO
        };
        list.number(format!("balance.{}", convertible.id), Measure::Money, balance);
    }
    for (index, class) in scenario.classes.iter().enumerate() {
        let price = tables.conversion_price(index).or_else(|| plain_conversion_price(outcome, index, steps));
        if let Some(price) = price {
            list.number(format!("conversion_price.{}", class.id), Measure::Price, price);
        }
    }
    for (index, class) in scenario.classes.iter().enumerate() {
        let outstanding =
            held_as(plan, &table.shares, |line| line.class as usize == index && line.holding == Holding::Shares);
        // A class of a round of its own is no class of the charter.
        if class.id.contains('.') {
            continue;
        }
        list.number(format!("class.{}.outstanding", class.id), Measure::Shares, outstanding);
        if let Some(authorised) = class.authorised {
            let allowed = Exact::of(scenario.figures.value(authorised.count));
            list.number(format!("class.{}.issuable", class.id), Measure::Shares, allowed - outstanding);
        }
    }
    for (index, grant) in scenario.grants.iter().enumerate() {
        let Some(step) = step_of(StepKind::Grant(index)).filter(|step| *step < steps) else { continue };
        let path = |name: &str| format!("grant.{}.{name}", grant.id);
        let class = plan.grants.get(index).map_or(0, |grant| grant.class);
        let splits = splits_between(outcome, class, step, steps);
        let day = when.day(plan).unwrap_or_else(|| last_day(outcome));
        let granted = Exact::of(scenario.figures.value(grant.shares)) * splits;
        let granted = plan.whole_of(class).map_or(granted, |whole| granted.rounded(0, whole.shares_converted));
        // What was given up or expired does not vest.
        let kept = journal.postings.iter().filter(|posting| done(posting.step)).fold(granted, |kept, posting| {
            match posting.entry {
                Entry::Moved { why: Why::Returned { grant }, left, .. } if grant == index => {
                    kept - left * splits_between(outcome, class, posting.step.unwrap_or(0).saturating_add(1), steps)
                }
                _ => kept,
            }
        });
        list.number(path("outstanding"), Measure::Shares, options(plan, &table.shares, index));
        list.number(path("vested"), Measure::Shares, vested(grant, granted, day).least(kept.at_least_zero()));
        list.number(path("strike"), Measure::Price, Exact::of(scenario.figures.value(grant.strike)) / splits);
    }
    for (index, warrant) in scenario.warrants.iter().enumerate() {
        let number = u32::try_from(index).unwrap_or(u32::MAX);
        let outstanding = held_as(plan, &table.shares, |line| line.holding == Holding::Warrants(number));
        list.number(format!("warrant.{}.outstanding", warrant.id), Measure::Shares, outstanding);
        let class = plan.warrants.get(index).map_or(0, |warrant| warrant.class);
        let is_first = |kind: StepKind| match kind {
            StepKind::WarrantIssue(issue) => plan.warrant_issues.get(issue).is_some_and(|it| it.warrant == index),
            _ => false,
        };
        let first = plan.steps.iter().position(|step| is_first(step.kind)).unwrap_or(plan.steps.len());
        let splits = splits_between(outcome, class, first, steps.max(first));
        let strike = Exact::of(scenario.figures.value(warrant.strike)) / splits;
        list.number(format!("warrant.{}.strike", warrant.id), Measure::Price, strike);
    }
}

/// The term that bound: its word, whose package it was, and what gave just as much.
#[must_use]
pub fn term(outcome: &Outcome, record: &ConversionRecord) -> String {
    let converted = &record.converted;
    let Some(round) = converted.round else {
        let at_maturity = outcome
            .plan
            .steps
            .get(record.step.unwrap_or(usize::MAX))
            .is_some_and(|step| matches!(step.kind, StepKind::Maturity(_)));
        return if at_maturity { "maturity" } else { "trigger" }.to_owned();
    };
    let legs = outcome
        .plan
        .rounds
        .get(round)
        .and_then(|round| round.conversions.iter().find(|conversion| conversion.convertible == converted.convertible))
        .map_or(&[][..], |conversion| &conversion.legs);
    let Some(bound) = record.terms.get(converted.place).copied() else { return String::new() };
    let of = legs.get(converted.place).and_then(|leg| leg.of);
    let equal = legs.iter().zip(&record.terms).filter(|(leg, money)| {
        let gap = (bound - **money).magnitude();
        leg.of == of && (bound.magnitude() * Exact::GRAIN).lt(gap) == Decided::No
    });
    let mut words: Vec<&str> = equal.map(|(leg, _)| term_word(leg.term)).collect();
    words.dedup();
    // That a term is worth no more than the round's price goes without saying.
    if words.len() > 1 {
        words.retain(|word| *word != term_word(TermPlan::Round));
    }
    let words = words.join(" and ");
    match of.and_then(|of| outcome.scenario.convertibles.get(of)) {
        Some(other) => format!("{words} of {}", other.id),
        None => words,
    }
}

/// What a term is called.
#[must_use]
pub fn term_word(term: TermPlan) -> &'static str {
    match term {
        TermPlan::Round => "round",
        TermPlan::Discount(_) => "discount",
        TermPlan::Cap(..) => "cap",
        TermPlan::Ownership(_) => "ownership",
    }
}

fn rounds(outcome: &Outcome, when: When, list: &mut List) {
    let Outcome { scenario, plan, journal, .. } = outcome;
    let steps = when.steps(plan);
    let signed = |index: usize| plan.steps.iter().take(steps).any(|step| step.kind == StepKind::Round(index));
    let held: Vec<(usize, &Round, Priced<Exact>)> = scenario
        .rounds
        .iter()
        .enumerate()
        .filter(|(index, _)| signed(*index))
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
        if let Some(sum) = round.and_then(|round| issued.get_mut(round)) {
            *sum += shares;
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
        for (name, value) in [
            ("committed", flow.committed),
            ("invested", flow.invested),
            ("in_kind", flow.in_kind),
            ("returned", flow.returned),
            ("net", flow.net),
        ] {
            list.number(format!("flow.{}.{name}", owner.id), Measure::Money, value);
        }
    }
}

fn runways(outcome: &Outcome, when: When, list: &mut List) {
    let Outcome { scenario, plan, journal, .. } = outcome;
    let unit = Exact::of(plan.treasury.denominator);
    let minimum = Exact::of(scenario.cash.map_or(Decimal::ZERO, |cash| scenario.figures.value(cash.minimum)));
    let last = when.day(plan);
    for (burn, record) in plan.treasury.burns.iter().zip(&journal.runways) {
        let (Some(report), Some(summary)) = (scenario.burns.get(burn.burn), record.summary) else { continue };
        let path = |name: &str| format!("runway.{}.{name}", report.id);
        // When the money ends is one answer for the whole projection; at a day there is the lowest balance so far.
        if when == When::End {
            list.number(path("month"), Measure::Months, summary.month);
        }
        let runs_out = summary.runs_out == Decided::Yes;
        match runs_out.then(|| cash_out(outcome, record, summary.month)).flatten() {
            _ if when != When::End => {}
            Some(day) => {
                list.number(path("months"), Measure::Months, summary.months);
                list.value(path("cash_out"), Measure::Day, MetricValue::Day(day));
            }
            None => {
                list.value(path("months"), Measure::Months, MetricValue::Never);
                list.value(path("cash_out"), Measure::Day, MetricValue::Never);
            }
        }
        let ended = |month: usize| {
            last.is_none_or(|day| {
                plan.treasury.months.get(month).and_then(|plan| plan.month.last()).is_some_and(|end| end <= day)
            })
        };
        let lowest = record
            .months
            .iter()
            .filter(|flow| ended(flow.month))
            .map(|flow| flow.balance)
            .reduce(|lowest, balance| lowest.least(balance));
        if let Some(lowest) = lowest {
            let lowest = lowest / unit;
            list.number(path("trough"), Measure::Money, lowest);
            list.number(path("gap"), Measure::Money, (minimum - lowest).at_least_zero());
        }
    }
    for (burn, record) in plan.treasury.burns.iter().zip(&journal.runways) {
        let Some(report) = scenario.burns.get(burn.burn) else { continue };
        for flow in &record.months {
            let Some(month) = plan.treasury.months.get(flow.month) else { continue };
            list.number(format!("cash.{}.{}", report.id, month.month), Measure::Money, flow.balance / unit);
        }
    }
}

/// The day the balance falls below the minimum: so many whole days into the month.
fn cash_out(outcome: &Outcome, record: &super::journal::RunwayRecord, month: Exact) -> Option<Day> {
    let number = usize::try_from(month.decimal()?.normalize().mantissa()).ok()?;
    let scenario = &outcome.scenario;
    let treasury = &outcome.plan.treasury;
    let unit = Exact::of(treasury.denominator);
    let cash = scenario.cash?;
    let minimum = Exact::of(scenario.figures.value(cash.minimum)) * unit;
    let end = record.months.get(number)?.balance;
    let start = match number.checked_sub(1) {
        Some(before) => record.months.get(before)?.balance,
        None => Exact::of(scenario.figures.value(cash.opening)) * unit,
    };
    let plan = treasury.months.get(number)?;
    let days = Exact::of(Decimal::from(plan.days));
    let above = (start - minimum).at_least_zero();
    let whole = if above == Exact::ZERO { Exact::ZERO } else { days.times(above.per(start - end)) };
    let whole = whole.rounded(0, crate::units::Direction::Down).decimal()?;
    plan.first.plus_days(i64::try_from(whole.normalize().mantissa()).ok()?)
}
