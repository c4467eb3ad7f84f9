//! What the reader should know about a play.

mod money;

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::Span;
use crate::engine::Entry;
use crate::engine::Why;
use crate::plan::ClaimantPlan;
use crate::plan::ExitKindPlan;
use crate::plan::NoteKind;
use crate::plan::PreferenceSizePlan;
use crate::scenario::ExitKind;
use crate::scenario::Scenario;
use crate::units::Decided;
use crate::units::Decimal;
use crate::units::Exact;
use crate::units::Scalar;
use crate::units::amount;
use crate::units::grouped;

use super::played::Outcome;
use super::splits::Splits;
use super::table::Tables;
use super::vesting::vested;
use money::money;

/// Adds what a play and its plan noticed.
pub fn findings(outcome: &Outcome, bag: &mut Bag) {
    let Outcome { scenario, plan, journal, .. } = outcome;
    let unheld: Vec<String> = scenario
        .rounds
        .iter()
        .zip(&journal.rounds)
        .filter(|(_, priced)| priced.is_some_and(|priced| priced.is_held == Decided::No))
        .map(|(round, _)| format!("round.{}.", round.id))
        .collect();
    // What was never signed neither lapses nor stays open.
    for note in plan.notes.iter().filter(|note| unheld.iter().all(|round| !note.path.starts_with(round))) {
        let (code, message) = match note.kind {
            NoteKind::Lapses(day) => {
                (Code::Lapsed, format!("`{}` lapses on {day}: its condition is not met in time", note.path))
            }
            NoteKind::Reduced(day) => {
                (Code::Lapsed, format!("`{}` closes reduced on {day}: its condition is not met in time", note.path))
            }
            NoteKind::StaysOpen => (Code::StillOpen, format!("`{}` is signed and still open at the end", note.path)),
            NoteKind::BeyondHorizon(day) => {
                (Code::BeyondHorizon, format!("`{}` is on {day}, after the horizon, and is not played", note.path))
            }
        };
        add(bag, Diagnostic::new(code, message).about(&note.path), place(scenario, &note.path));
    }
    for (round, priced) in scenario.rounds.iter().zip(&journal.rounds) {
        if priced.is_some_and(|priced| priced.is_held == Decided::No) {
            let message = format!("nobody takes part in `round.{}`: it does not happen", round.id);
            let finding = Diagnostic::new(Code::NothingRaised, message).about(format!("round.{}", round.id));
            let all_optional = !round.tranches.is_empty() && round.tranches.iter().all(|tranche| tranche.optional);
            let finding = match all_optional {
                true => finding.help("what is optional alone prices no round: nobody is committed to it"),
                false => finding,
            };
            add(bag, finding, Some(round.span));
        }
    }
    for posting in &journal.postings {
        let path =
            posting.step.and_then(|step| plan.steps.get(step)).map(|step| step.path.as_str()).unwrap_or_default();
        match posting.entry {
            Entry::SaleCapped { short } => {
                let short = short.decimal().map_or_else(String::new, |shares| grouped(shares, 0));
                let message = format!("the sellers of `{path}` hold less than was to be sold, by {short} shares");
                add(bag, Diagnostic::new(Code::SaleCapped, message).about(path), place(scenario, path));
            }
            Entry::Short { short } => {
                let short = short.decimal().map_or_else(String::new, |shares| grouped(shares, 0));
                let message = format!("`{path}` asks for {short} shares more than there are");
                add(bag, Diagnostic::new(Code::Short, message).about(path), place(scenario, path));
            }
            Entry::NotConverted { convertible } => {
                let path = scenario.convertibles.get(convertible).map_or("", |convertible| convertible.path.as_str());
                let message = format!("`{path}` does not convert: nothing says at which price");
                add(bag, Diagnostic::new(Code::NotConverted, message).about(path), place(scenario, path));
            }
            Entry::NoLastPrice => {
                let message = format!("`{path}` is priced on the last round, and there is none: nothing is sold");
                add(bag, Diagnostic::new(Code::NoLastPrice, message).about(path), place(scenario, path));
            }
            _ => {}
        }
    }
    for record in &journal.conversions {
        let converted = &record.converted;
        let Some(convertible) = scenario.convertibles.get(converted.convertible).filter(|it| it.pro_rata) else {
            continue;
        };
        let Some(round) = converted.round.and_then(|round| scenario.rounds.get(round)) else { continue };
        let takes = round
            .pro_rata
            .as_ref()
            .is_some_and(|rights| rights.take.iter().any(|(owner, _)| *owner == convertible.holder));
        if !takes {
            let path = &convertible.path;
            let message =
                format!("the side letter of `{path}` is not used: `round.{}` does not name its holder", round.id);
            add(bag, Diagnostic::new(Code::RightUnused, message).about(path), Some(convertible.span));
        }
    }
    unvested(outcome, bag);
    for (index, (convertible, state)) in scenario.convertibles.iter().zip(&outcome.state.convertibles).enumerate() {
        if state.is_outstanding == Decided::Yes && !is_paid_at_an_exit(outcome, index) {
            let path = &convertible.path;
            let message = format!("`{path}` is still outstanding at the end: it is in no cap table");
            add(bag, Diagnostic::new(Code::Outstanding, message).about(path), Some(convertible.span));
        }
    }
    money(outcome, bag);
    overhang(outcome, bag);
    tiny_values(outcome, bag);
    authorised(outcome, bag);
}

/// Sales at so little that a letter is likely to be missing.
fn tiny_values(outcome: &Outcome, bag: &mut Bag) {
    for (exit, state) in outcome.scenario.exits.iter().zip(&outcome.state.exits) {
        let (ExitKind::Sale(sale), Some(state)) = (&exit.kind, state) else { continue };
        let owed = state.waterfall.base() + state.deductions.debt;
        let value = state.deducted.value;
        let is_tiny = Exact::ZERO.lt(value) == Decided::Yes
            && (value * Exact::of(Decimal::from(100_000))).lt(owed) == Decided::Yes;
        let figure = outcome.scenario.figures.get(sale.value.figure());
        if let (true, Some(figure), Some(owed)) = (is_tiny, figure, owed.decimal()) {
            let message =
                format!("`{}` is {}, and {} is owed first", figure.path, figure.stated(), amount(owed.round_dp(2)));
            let finding = Diagnostic::new(Code::TinyAmount, message).about(&figure.path);
            add(bag, finding.help("does it lack its K, M, B or T?"), figure.span);
        }
    }
}

/// SAFEs and notes whose shares are owed more before common stock than was put in, where a sale pays by it.
fn overhang(outcome: &Outcome, bag: &mut Bag) {
    let Outcome { scenario, plan, journal, state, .. } = outcome;
    if !plan.exits.iter().any(|exit| matches!(exit.kind, ExitKindPlan::Sale(_))) {
        return;
    }
    for record in &journal.conversions {
        let converted = &record.converted;
        let Some(convertible) = scenario.convertibles.get(converted.convertible) else { continue };
        let round = converted.round.and_then(|round| scenario.rounds.get(round));
        let Some(class) = convertible.into.or(round.map(|round| round.class)) else { continue };
        let terms = plan.class_terms.get(class.index()).and_then(|terms| terms.preference);
        let (Some(preference), Some(now)) = (terms, state.classes.get(class.index())) else { continue };
        let PreferenceSizePlan::Multiple(multiple) = preference.size else { continue };
        let step = record.step.map_or(0, |step| step.saturating_add(1));
        let number = u32::try_from(class.index()).unwrap_or(u32::MAX);
        let shares = converted.shares * Splits::of(journal).between(number, step, plan.steps.len());
        let owed = now.cost_of(shares) * Exact::of(scenario.figures.value(multiple));
        // A cent in the hundred is rounding.
        let is_more = (converted.balance * Exact::of(Decimal::new(10_001, 4))).lt(owed) == Decided::Yes;
        if is_more && let (Some(owed), Some(put_in)) = (owed.decimal(), converted.balance.decimal()) {
            let class = scenario.classes.get(class.index()).map_or("", |class| class.id.as_str());
            let message = format!(
                "`{}` became shares of `class.{class}` that are owed {} first, for the {} put in",
                convertible.path,
                amount(owed.round_dp(2)),
                amount(put_in.round_dp(2))
            );
            let finding = Diagnostic::new(Code::Overhang, message).about(&convertible.path);
            add(
                bag,
                finding.help("write `into`, a class of its own, if its preference is of what it paid"),
                Some(convertible.span),
            );
        }
    }
}

/// Whether an exit pays a convertible, or makes shares of it.
fn is_paid_at_an_exit(outcome: &Outcome, convertible: usize) -> bool {
    let exits = outcome.plan.exits.iter().zip(&outcome.state.exits);
    exits.filter_map(|(plan, state)| Some((plan, state.as_ref()?))).any(|(plan, state)| {
        state.parts.iter().any(|part| match plan.claimants.get(part.claimant) {
            Some(ClaimantPlan::Convertible(it)) => it.convertible == convertible,
            _ => false,
        })
    })
}

/// Options that were exercised before they vested.
fn unvested(outcome: &Outcome, bag: &mut Bag) {
    let Outcome { scenario, plan, journal, .. } = outcome;
    for (index, grant) in scenario.grants.iter().enumerate() {
        let granted = Exact::of(scenario.figures.value(grant.shares));
        let mut used = Exact::ZERO;
        let mut splits = Exact::ONE;
        for posting in &journal.postings {
            let Some(step) = posting.step.and_then(|step| plan.steps.get(step)) else { continue };
            match posting.entry {
                Entry::Split { factor, .. } if step.day >= grant.date => splits = splits * factor,
                Entry::Moved { why: Why::Exercised { grant: of }, arrived, .. } if of == index => {
                    // Counted in options as they were granted.
                    used += arrived / splits;
                    let has = vested(grant, granted, step.day);
                    if has.lt(used) == Decided::Yes {
                        let show =
                            |shares: Exact| shares.decimal().map_or_else(String::new, |it| grouped(it.round(), 0));
                        let message = format!(
                            "by {} {} of `grant.{}` are exercised, and {} have vested",
                            step.day,
                            show(used),
                            grant.id,
                            show(has)
                        );
                        let path = format!("grant.{}", grant.id);
                        add(bag, Diagnostic::new(Code::Unvested, message).about(path), Some(grant.span));
                        break;
                    }
                }
                _ => {}
            }
        }
    }
}

fn add(bag: &mut Bag, diagnostic: Diagnostic, span: Option<Span>) {
    bag.add(match span {
        Some(span) => diagnostic.at(span),
        None => diagnostic,
    });
}

/// Where an event is declared.
fn place(scenario: &Scenario, path: &str) -> Option<Span> {
    let mut parts = path.split('.');
    match (parts.next()?, parts.next()?, parts.next(), parts.next()) {
        ("safe" | "note", ..) => {
            scenario.convertibles.iter().find(|convertible| path.starts_with(&convertible.path)).map(|it| it.span)
        }
        ("grant", id, _, _) => scenario.grants.iter().find(|grant| grant.id == id).map(|grant| grant.span),
        ("warrant", id, _, _) => scenario.warrants.iter().find(|warrant| warrant.id == id).map(|warrant| warrant.span),
        ("exit", id, _, _) => scenario.exits.iter().find(|exit| exit.id == id).map(|exit| exit.span),
        ("change", id, _, _) => scenario.changes.iter().find(|change| change.id == id).map(|change| change.span),
        ("secondary", id, _, _) if scenario.tenders.iter().any(|tender| tender.id == id) => {
            scenario.tenders.iter().find(|tender| tender.id == id).map(|tender| tender.span)
        }
        ("secondary", id, _, _) => scenario.secondaries.iter().find(|sale| sale.id == id).map(|sale| sale.span),
        ("round", id, tranche, name) => {
            let round = scenario.rounds.iter().find(|round| round.id == id)?;
            match (tranche, name) {
                (Some(_), Some(name)) => {
                    round.tranches.iter().find(|tranche| tranche.id == name).map(|tranche| tranche.span)
                }
                _ => Some(round.span),
            }
        }
        _ => None,
    }
}

/// Counts that pass what the charter or the plan allows.
fn authorised(outcome: &Outcome, bag: &mut Bag) {
    let Outcome { scenario, plan, journal, .. } = outcome;
    let mut tables = Tables::new(scenario, plan, journal);
    let table = tables.after(plan.steps.len()).clone();
    let sum = |wanted: &dyn Fn(usize, usize) -> bool| {
        plan.positions
            .iter()
            .zip(&table.shares)
            .filter(|(position, _)| wanted(position.owner as usize, position.class as usize))
            .fold(Exact::ZERO, |sum, (_, shares)| sum + *shares)
    };
    for (index, class) in scenario.classes.iter().enumerate() {
        let Some(authorised) = class.authorised else { continue };
        let issued = sum(&|_, class| class == index);
        let allowed = allowed(outcome, authorised, index);
        report(bag, &format!("class.{}", class.id), issued, allowed, authorised.span);
    }
    for (index, owner) in scenario.owners.iter().enumerate() {
        let Some(authorised) = owner.authorised else { continue };
        let reserved = sum(&|owner, _| owner == index);
        let allowed = allowed(outcome, authorised, owner.pool_class.index());
        report(bag, &format!("pool.{}", owner.id), reserved, allowed, authorised.span);
    }
}

/// What the charter or the plan allows in today's shares: a split of the class splits it too.
fn allowed(outcome: &Outcome, authorised: crate::scenario::Authorised, class: usize) -> Exact {
    let class = u32::try_from(class).unwrap_or(u32::MAX);
    let grown = Splits::of(&outcome.journal).between(class, 0, outcome.plan.steps.len());
    Exact::of(outcome.scenario.figures.value(authorised.count)) * grown
}

fn report(bag: &mut Bag, path: &str, count: Exact, allowed: Exact, span: Span) {
    if allowed.lt(count) == Decided::Yes {
        let text = |shares: Exact| {
            shares.decimal().map_or_else(String::new, |shares| shares.round_dp(2).normalize().to_string())
        };
        let message = format!("`{path}` comes to {} shares, {} are authorised", text(count), text(allowed));
        bag.add(Diagnostic::new(Code::AboveAuthorised, message).about(path).at(span));
    }
}
