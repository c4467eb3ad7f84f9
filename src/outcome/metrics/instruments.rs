//! Results of SAFEs, notes, options, warrants and classes.

use std::collections::HashMap;
use std::collections::HashSet;

use super::List;
use super::Measure;
use super::MetricValue;
use crate::engine::Entry;
use crate::engine::Figures;
use crate::engine::Why;
use crate::engine::balance;
use crate::outcome::journal::ConversionRecord;
use crate::outcome::played::Outcome;
use crate::outcome::splits::Splits;
use crate::outcome::table::Tables;
use crate::outcome::vesting::vested;
use crate::outcome::when::When;
use crate::plan::Holding;
use crate::plan::StepKind;
use crate::plan::TermPlan;
use crate::plan::balance_on;
use crate::scenario::Ratio;
use crate::units::Day;
use crate::units::Decided;
use crate::units::Exact;
use crate::units::Scalar;

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

/// The shares of a line; none where there is no such line.
pub(super) fn held(shares: &[Exact], line: usize) -> Exact {
    shares.get(line).copied().unwrap_or(Exact::ZERO)
}

/// What happened to instruments before a step, found in one pass over what was posted.
struct History<'a> {
    /// The step of each event.
    steps: HashMap<StepKind, usize>,
    /// How each SAFE or note converted.
    conversions: HashMap<usize, &'a ConversionRecord>,
    /// SAFEs and notes that converted or were paid back.
    ended: HashSet<usize>,
    /// Options that came back, with their step, by grant.
    returned: HashMap<usize, Vec<(usize, Exact)>>,
}

impl<'a> History<'a> {
    fn until(outcome: &'a Outcome, steps: usize) -> Self {
        let Outcome { plan, journal, .. } = outcome;
        let mut all = Self {
            steps: HashMap::new(),
            conversions: HashMap::new(),
            ended: HashSet::new(),
            returned: HashMap::new(),
        };
        for (index, step) in plan.steps.iter().enumerate().take(steps) {
            all.steps.entry(step.kind).or_insert(index);
        }
        for record in journal.conversions.iter().filter(|record| record.step.is_some_and(|step| step < steps)) {
            all.conversions.entry(record.converted.convertible).or_insert(record);
        }
        for posting in &journal.postings {
            let Some(step) = posting.step.filter(|step| *step < steps) else { continue };
            match posting.entry {
                Entry::Moved { why: Why::Converted { convertible, .. }, .. } => {
                    all.ended.insert(convertible);
                }
                Entry::Lent { convertible, money, is_interest: false } if money.lt(Exact::ZERO) == Decided::Yes => {
                    all.ended.insert(convertible);
                }
                Entry::Moved { why: Why::Returned { grant }, left, .. } => {
                    all.returned.entry(grant).or_default().push((step, left));
                }
                _ => {}
            }
        }
        all
    }
}

pub(super) fn instruments(outcome: &Outcome, when: When, list: &mut List) {
    let Outcome { scenario, plan, journal, .. } = outcome;
    let steps = when.steps(plan);
    let mut tables = Tables::new(scenario, plan, journal);
    let table = tables.at(when).clone();
    let history = History::until(outcome, steps);
    let splits = Splits::of(journal);
    let day = when.day(plan).unwrap_or_else(|| last_day(outcome));
    for (index, convertible) in scenario.convertibles.iter().enumerate() {
        let path = |name: &str| format!("conversion.{}.{name}", convertible.id);
        if let Some(record) = history.conversions.get(&index) {
            list.number(path("amount"), Measure::Money, record.converted.balance);
            list.number(path("shares"), Measure::Shares, record.converted.shares);
            list.number(path("price"), Measure::Price, record.converted.price);
            list.value(path("term"), Measure::Text, MetricValue::Text(term(outcome, record)));
        }
    }
    let figures: Vec<Exact> = plan.values.iter().map(|value| Exact::of(*value)).collect();
    for (index, convertible) in scenario.convertibles.iter().enumerate() {
        let is_in = history.steps.contains_key(&StepKind::Issue(index));
        let balance = if is_in && !history.ended.contains(&index) {
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
    let mut by_class = vec![Exact::ZERO; scenario.classes.len()];
    for (line, shares) in plan.positions.iter().zip(&table.shares) {
        if let Some(sum) = by_class.get_mut(line.class as usize).filter(|_| line.holding == Holding::Shares) {
            *sum += *shares;
        }
    }
    for ((index, class), outstanding) in scenario.classes.iter().enumerate().zip(by_class) {
        // A class of a round of its own is no class of the charter.
        if class.id.contains('.') {
            continue;
        }
        list.number(format!("class.{}.outstanding", class.id), Measure::Shares, outstanding);
        if let Some(authorised) = class.authorised {
            let grown = splits.between(u32::try_from(index).unwrap_or(u32::MAX), 0, steps);
            let allowed = Exact::of(scenario.figures.value(authorised.count)) * grown;
            list.number(format!("class.{}.issuable", class.id), Measure::Shares, allowed - outstanding);
        }
    }
    for (index, grant) in scenario.grants.iter().enumerate() {
        let Some(step) = history.steps.get(&StepKind::Grant(index)).copied() else { continue };
        let Some(planned) = plan.grants.get(index) else { continue };
        let path = |name: &str| format!("grant.{}.{name}", grant.id);
        let grown = splits.between(planned.class, step, steps);
        let granted = Exact::of(scenario.figures.value(grant.shares)) * grown;
        let granted = plan.whole_of(planned.class).map_or(granted, |whole| granted.rounded(0, whole.shares_converted));
        // What was given up or expired does not vest.
        let returned = history.returned.get(&index).map_or(&[][..], Vec::as_slice);
        let kept = returned.iter().fold(granted, |kept, (step, left)| {
            kept - *left * splits.between(planned.class, step.saturating_add(1), steps)
        });
        list.number(path("outstanding"), Measure::Shares, held(&table.shares, planned.options));
        list.number(path("vested"), Measure::Shares, vested(grant, granted, day).least(kept.at_least_zero()));
        list.number(path("strike"), Measure::Price, Exact::of(scenario.figures.value(grant.strike)) / grown);
    }
    let mut issued: HashMap<usize, usize> = HashMap::new();
    for (index, step) in plan.steps.iter().enumerate() {
        if let StepKind::WarrantIssue(issue) = step.kind
            && let Some(issue) = plan.warrant_issues.get(issue)
        {
            issued.entry(issue.warrant).or_insert(index);
        }
    }
    for (index, warrant) in scenario.warrants.iter().enumerate() {
        let Some(planned) = plan.warrants.get(index) else { continue };
        list.number(format!("warrant.{}.outstanding", warrant.id), Measure::Shares, held(&table.shares, planned.line));
        let first = issued.get(&index).copied().unwrap_or(plan.steps.len());
        let strike = Exact::of(scenario.figures.value(warrant.strike)) / splits.between(planned.class, first, steps);
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

/// The day that results at the end are of: the horizon, or without one the last event, at least `as_of`.
fn last_day(outcome: &Outcome) -> Day {
    let last = outcome.plan.steps.last().map_or(outcome.scenario.as_of, |step| step.day);
    outcome.scenario.horizon.unwrap_or(last.max(outcome.scenario.as_of))
}
