//! Results of SAFEs, notes, options, warrants and classes.

use super::List;
use super::Measure;
use super::MetricValue;
use crate::engine::Entry;
use crate::engine::Figures;
use crate::engine::Why;
use crate::engine::balance;
use crate::outcome::journal::ConversionRecord;
use crate::outcome::played::Outcome;
use crate::outcome::table::Tables;
use crate::outcome::vesting::vested;
use crate::outcome::when::When;
use crate::plan::Holding;
use crate::plan::Plan;
use crate::plan::Position;
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

/// The shares of the lines that are wanted.
pub(super) fn held_as(plan: &Plan, shares: &[Exact], wanted: impl Fn(&Position) -> bool) -> Exact {
    plan.positions
        .iter()
        .zip(shares)
        .filter(|(line, _)| wanted(line))
        .fold(Exact::ZERO, |sum, (_, shares)| sum + *shares)
}

/// The options of a grant that are neither exercised nor returned.
pub(super) fn options(plan: &Plan, shares: &[Exact], grant: usize) -> Exact {
    held_as(plan, shares, |line| line.holding == Holding::Options(u32::try_from(grant).unwrap_or(u32::MAX)))
}

/// New shares of a class for one, by the splits from one step to another.
pub(in crate::outcome) fn splits_between(outcome: &Outcome, class: u32, from: usize, to: usize) -> Exact {
    let marks = &outcome.journal.marks;
    let at = |step: usize| marks.get(step).map_or(outcome.journal.postings.len(), |mark| mark.postings);
    let between = outcome.journal.postings.get(at(from)..at(to)).unwrap_or(&[]);
    between.iter().fold(Exact::ONE, |product, posting| match posting.entry {
        Entry::Split { class: of, factor } if of.is_none_or(|of| of == class) => product * factor,
        _ => product,
    })
}

pub(super) fn instruments(outcome: &Outcome, when: When, list: &mut List) {
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
            let splits = splits_between(outcome, u32::try_from(index).unwrap_or(u32::MAX), 0, steps);
            let allowed = Exact::of(scenario.figures.value(authorised.count)) * splits;
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

/// The day that results at the end are of: the horizon, or without one the last event, at least `as_of`.
fn last_day(outcome: &Outcome) -> Day {
    let last = outcome.plan.steps.last().map_or(outcome.scenario.as_of, |step| step.day);
    outcome.scenario.horizon.unwrap_or(last.max(outcome.scenario.as_of))
}
