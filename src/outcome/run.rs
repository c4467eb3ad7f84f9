//! One exact play of a scenario, and its journal.

use rust_decimal::prelude::FromPrimitive;

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::Span;
use crate::engine::ClaimOf;
use crate::engine::Fault;
use crate::engine::FaultKind;
use crate::engine::State;
use crate::engine::play;
use crate::plan::Capitalisation;
use crate::plan::Plan;
use crate::plan::Step;
use crate::plan::plan;
use crate::scenario::Exit;
use crate::scenario::Raise;
use crate::scenario::Round;
use crate::scenario::RoundPool;
use crate::scenario::Scenario;
use crate::units::Day;
use crate::units::Decided;
use crate::units::Decimal;
use crate::units::Exact;
use crate::units::Scalar;
use crate::units::amount;

use super::findings::findings;
use super::journal::Journal;
use super::played::Outcome;
use super::played::Under;
use super::raising::has_times_left;
use super::raising::is_stuck;
use super::raising::is_too_late;
use super::raising::next;
use super::raising::wanted;

/// Plays a scenario exactly; none if the play has no answer. Findings go into the bag.
///
/// Where money is raised when it is needed each burn report raises its own: the outcome is that of the report that
/// decides, its runways are each of their own play, and those plays stand in [`Outcome::under`].
pub fn run(scenario: Scenario, bag: &mut Bag) -> Option<Outcome> {
    let outcome = play_quietly(scenario, bag)?;
    findings(&outcome, bag);
    Some(outcome)
}

/// The same without findings about the play.
pub fn play_quietly(scenario: Scenario, bag: &mut Bag) -> Option<Outcome> {
    if !scenario.depends_on_burn() {
        return once(scenario, false, bag);
    }
    // One that was played has rounds of that play.
    let scenario = scenario.unraised();
    let original = scenario.clone();
    let mut outcome = raising(scenario, bag)?;
    let reports = original.burns.iter().enumerate().filter(|(_, burn)| burn.has_runway());
    for (place, (burn, _)) in reports.enumerate().filter(|(_, (burn, _))| Some(*burn) != original.main_burn) {
        let mut own = Bag::default();
        let played = raising(Scenario { main_burn: Some(burn), ..original.clone() }, &mut own);
        let record = played.as_ref().and_then(|under| under.journal.runways.get(place)).cloned().unwrap_or_default();
        if let Some(slot) = outcome.journal.runways.get_mut(place) {
            *slot = record;
        }
        let runway = played.as_ref().and_then(|under| under.state.runways.get(place)).copied();
        if let (Some(slot), Some(runway)) = (outcome.state.runways.get_mut(place), runway) {
            *slot = runway;
        }
        let why_not = own.faults().first().map(|fault| fault.message.clone());
        outcome.under.push(Under { burn, played, why_not });
    }
    Some(outcome)
}

/// One play, with the rounds that are there; in a `draft` only the deciding report's months are played.
fn once(scenario: Scenario, is_draft: bool, bag: &mut Bag) -> Option<Outcome> {
    let mut plan = plan(&scenario, bag);
    if is_draft {
        plan.run_only_deciding();
    }
    if bag.refuses() {
        return None;
    }
    let figures: Vec<Exact> = plan.values.iter().map(|value| Exact::of(*value)).collect();
    let mut state = State::new(&plan);
    let mut journal = Journal::default();
    match play(&plan, &figures, &mut state, &mut journal) {
        Ok(()) => Some(Outcome { scenario, plan, journal, state, under: Vec::new() }),
        Err(fault) => {
            bag.add(fault_diagnostic(&scenario, &plan, fault));
            None
        }
    }
}

/// Plays, and raises what is due, until nothing is due that may still be raised.
fn raising(scenario: Scenario, bag: &mut Bag) -> Option<Outcome> {
    let mut outcome = once(scenario, true, bag)?;
    loop {
        let burn = outcome.plan.treasury.deciding?;
        let due = next(&outcome, burn, has_times_left).filter(|due| {
            let raise = outcome.scenario.raises.get(due.raise);
            raise.is_some_and(|raise| !is_too_late(due, raise))
        });
        let Some(due) = due else { return once(outcome.scenario, false, bag) };
        let before = outcome.scenario;
        let mut scenario = before.clone();
        scenario.raise(due.raise, due.day);
        outcome = once(scenario, true, bag)?;
        let raised = outcome.scenario.rounds.len().checked_sub(1);
        let priced = raised.and_then(|round| outcome.journal.rounds.get(round).copied().flatten());
        if priced.is_none_or(|priced| priced.is_held == Decided::No) {
            // The months to come need nothing: raised again and again it would still bring nothing.
            return once(before, false, bag);
        }
        let raise = outcome.scenario.raises.get(due.raise)?;
        let again = next(&outcome, burn, has_times_left).filter(|again| !is_too_late(again, raise));
        if is_stuck(&due, again.as_ref()) {
            bag.add(stuck(&outcome.scenario, raise, due.day));
            return None;
        }
    }
}

/// A round that is raised in vain, as it was raised on a day.
#[must_use]
pub fn stuck(scenario: &Scenario, raise: &Raise, day: Day) -> Diagnostic {
    let name = raise.name_of(raise.raised.len());
    let wants = wanted(scenario, raise);
    let message = format!("`round.{name}` of {day} brings nothing nearer to {wants}: it would be raised every month");
    Diagnostic::new(Code::CannotSolve, message).at(raise.span).help("raise more at a time, or when less is left")
}

/// A fault of the engine in words, at the event that has no answer.
#[must_use]
pub fn fault_diagnostic(scenario: &Scenario, plan: &Plan, fault: Fault) -> Diagnostic {
    let step = fault.step.and_then(|step| plan.steps.get(step));
    let path = step.map_or_else(|| "the treasury".to_owned(), |step| format!("`{}`", step.path));
    let round = step.and_then(|step| scenario.rounds.iter().find(|round| step.path == format!("round.{}", round.id)));
    let at = |diagnostic: Diagnostic, span: Option<Span>| match span {
        Some(span) => diagnostic.at(span),
        None => diagnostic,
    };
    let valuation = round.map(|round| round.valuation);
    match fault.kind {
        FaultKind::Opening => at(
            Diagnostic::new(Code::Stakes, "the opening table does not add up to its unit of account")
                .help("the lines exceed `fully_diluted`, or leave no share at all"),
            scenario.opening.lines.first().map(|line| line.span),
        ),
        FaultKind::NothingBefore { money, post_money } => at(
            Diagnostic::new(
                Code::NoPrice,
                format!("{path} has no price: {} of money into a post-money of {}", short(money), short(post_money)),
            )
            .help("the post-money counts every committed tranche; what is left for the holders before it must be above zero")
            .help(if money > 100.0 * post_money {
                "does the valuation lack its K, M, B or T?"
            } else {
                "is the valuation a pre-money?"
            }),
            valuation.and_then(|valuation| scenario.figures.span(valuation.figure())),
        ),
        FaultKind::PoolTooLarge { pool, before } => at(
            Diagnostic::new(
                Code::NoPrice,
                format!(
                    "{path} has no price: the pool target is worth {} and {} is there before the money",
                    short(pool),
                    short(before)
                ),
            )
            .help(if pool > 100.0 * before {
                "does the valuation lack its K, M, B or T?"
            } else {
                "lower the target, or let the pool come after the money: in = \"post-money\""
            }),
            round.and_then(|round| round.pool).and_then(|pool: RoundPool| scenario.figures.span(pool.target)),
        ),
        FaultKind::ClaimsExceed { claims, value } => claims_exceed(scenario, plan, &path, round, &claims, value),
        FaultKind::NoShares => at(
            Diagnostic::new(Code::NoPrice, format!("{path} has no price: no share is left when it is signed"))
                .help("sign it earlier, or cancel, split or reclassify less before it"),
            round.map(|round| round.span),
        ),
        FaultKind::ConversionsUnstated => at(
            Diagnostic::new(
                Code::MissingKey,
                format!("{path} lacks `conversions`, and convertibles are outstanding when it is signed"),
            )
            .help("write conversions = \"inside\", \"dollars-invested\" or \"outside\": whether the pre-money holds the converted shares"),
            round.map(|round| round.span),
        ),
        FaultKind::RightsExceed => at(
            Diagnostic::new(Code::NoPrice, format!("{path}: pro rata rights take the whole round and more"))
                .help("lower what is taken of them"),
            round.and_then(|round| round.pro_rata.as_ref()).map(|rights| rights.span),
        ),
        FaultKind::OwnClassAdjusted { class } => at(
            Diagnostic::new(
                Code::CannotSolve,
                format!("{path} sells the class `{}` below its own conversion price", class_id(scenario, class)),
            )
            .help("sell a class of its own: one share of a class cannot convert at two prices"),
            round.map(|round| round.span),
        ),
        FaultKind::PoolExhausted { wanted, there } => {
            let grant = step
                .and_then(|step| step.path.strip_prefix("grant."))
                .and_then(|id| scenario.grants.iter().find(|grant| grant.id == id));
            at(
                Diagnostic::new(
                    Code::PoolExhausted,
                    format!("{path} is for {wanted} shares, and the pool has {there} unallocated"),
                )
                .help("grant less, or increase the pool first: a round with `pool`, or a [change.ID] of kind \"pool-increase\""),
                grant.and_then(|grant| scenario.figures.span(grant.shares)),
            )
        }
        FaultKind::NoPriceToNet => at(
            Diagnostic::new(
                Code::CannotSolve,
                format!("{path}: its strike is paid in shares, and no round before that day has said what one is worth"),
            )
            .help("write exercise = \"cash\", or let it be exercised on a day after a round"),
            step.and_then(|step| scenario.figures.find(&step.path)).and_then(|figure| figure.span),
        ),
        FaultKind::CapNotAboveOwed { convertible, owed, cap } => {
            let note = scenario.convertibles.get(convertible);
            at(
                Diagnostic::new(
                    Code::NoPrice,
                    format!("{path} has no price: {} is owed, and the cap is {}", short(owed), short(cap)),
                )
                .help("at its cap the note alone would be worth the whole company: raise the cap, write cap_counts = \"before-round\", or let it convert earlier"),
                note.and_then(|note| note.cap).and_then(|cap| scenario.figures.span(cap)),
            )
        }
        FaultKind::NoIssuePrice { class } => at(
            Diagnostic::new(
                Code::MissingKey,
                format!("{path} pays `class.{}` by its issue price, and no round has set one", class_id(scenario, class)),
            )
            .help("write `issue_price` of the class, or preference.amount instead of a multiple"),
            scenario.classes.get(class as usize).map(|class| class.span),
        ),
        FaultKind::SeniorityUnstated { convertible } => {
            let safe = scenario.convertibles.get(convertible);
            let named = safe.map_or("", |it| it.path.as_str());
            at(
                Diagnostic::new(
                    Code::MissingKey,
                    format!("`{named}` is outstanding at {path}, and lacks `seniority`"),
                )
                .help("preferences stand at several ranks: write which one the SAFE shares, as seniority = 1"),
                safe.map(|it| it.span),
            )
        }
        FaultKind::AtExitUnstated { convertible } => {
            let note = scenario.convertibles.get(convertible);
            let named = note.map_or("", |it| it.path.as_str());
            at(
                Diagnostic::new(
                    Code::MissingKey,
                    format!("`{named}` is outstanding at {path}, and lacks `at_exit`"),
                )
                .help("write at_exit = \"repay\", or { multiple = 2, converts = true }"),
                note.map(|it| it.span),
            )
        }
        FaultKind::PartsExceed { parts } => at(
            Diagnostic::new(
                Code::CannotSolve,
                format!("{path}: SAFEs and notes may convert to {:.2} % of the company", parts * 100.0),
            )
            .help("their money over their caps, and their fixed parts, come to the whole of it or more"),
            exit_named(scenario, step).map(|exit| exit.span),
        ),
        FaultKind::NobodyTakesTheRest { over } => at(
            Diagnostic::new(
                Code::CannotSolve,
                format!("{path}: every claim is paid in full, and nobody takes the other {}", short(over)),
            )
            .help("there is no common stock, and no preferred that may convert: who owns the rest?"),
            exit_named(scenario, step).map(|exit| exit.span),
        ),
        FaultKind::NoListingPrice { guaranteed, value } => at(
            Diagnostic::new(
                Code::NoPrice,
                format!("{path} has no price: {} is guaranteed, at a value of {}", short(guaranteed), short(value)),
            )
            .help("ratchets and SAFEs are worth more than the whole company: raise the value, or change their terms"),
            exit_named(scenario, step).map(|exit| exit.span),
        ),
        FaultKind::NoLastPrice => at(
            Diagnostic::new(
                Code::NoPrice,
                format!("{path} is priced over the last round, and no round before it has a price"),
            )
            .help("write pre_money, post_money or price, or a round before it"),
            valuation.and_then(|valuation| scenario.figures.span(valuation.figure())),
        ),
        FaultKind::PriceRoundsToNothing { price, places } => at(
            Diagnostic::new(
                Code::NoPrice,
                format!("{path} has a price of {price:.2e} in it, which rounds to zero at {places} places"),
            )
            .help("raise `price_places`, or does a figure lack its K, M, B or T?"),
            valuation.and_then(|valuation| scenario.figures.span(valuation.figure())),
        ),
        FaultKind::Arithmetic | FaultKind::NotSideBySide => {
            let span = match valuation {
                Some(valuation) => scenario.figures.span(valuation.figure()),
                None => None,
            };
            at(
                Diagnostic::new(Code::Arithmetic, format!("{path} has no exact result: a number grew past 28 digits, vanished, or was divided by zero"))
                    .help("look for a figure that lacks its K, M, B or T, or has one too many"),
                span,
            )
        }
    }
}

/// The exit of a step.
fn exit_named<'a>(scenario: &'a Scenario, step: Option<&Step>) -> Option<&'a Exit> {
    let id = step?.path.strip_prefix("exit.")?;
    scenario.exits.iter().find(|exit| exit.id == id)
}

fn class_id(scenario: &Scenario, class: u32) -> &str {
    scenario.classes.get(class as usize).map_or("", |class| class.id.as_str())
}

/// Every claim that leaves nothing, with its money and its place.
fn claims_exceed(
    scenario: &Scenario,
    plan: &Plan,
    path: &str,
    round: Option<&Round>,
    claims: &[(ClaimOf, f64)],
    value: f64,
) -> Diagnostic {
    let planned = round
        .and_then(|round| scenario.rounds.iter().position(|other| other.id == round.id))
        .and_then(|index| plan.rounds.get(index));
    let name = |of: ClaimOf| -> (String, Option<Span>) {
        match of {
            ClaimOf::Pool => {
                let pool = round.and_then(|round| round.pool);
                let target = pool.and_then(|pool| scenario.figures.get(pool.target));
                let words =
                    target.map_or_else(|| "the pool".to_owned(), |target| format!("the pool of {}", target.typed));
                (words, target.and_then(|target| target.span))
            }
            ClaimOf::Protected(place) => {
                let class = planned.and_then(|plan| plan.protected.get(place)).map_or(0, |protected| protected.class);
                let span = scenario.classes.get(class as usize).and_then(|class| class.protection).map(|it| it.span);
                (format!("`class.{}`", class_id(scenario, class)), span)
            }
            ClaimOf::Convertible(place) => {
                let convertible = planned
                    .and_then(|plan| plan.conversions.get(place))
                    .and_then(|conversion| scenario.convertibles.get(conversion.convertible));
                let path = convertible.map_or_else(String::new, |convertible| format!("`{}`", convertible.path));
                (path, convertible.map(|convertible| convertible.span))
            }
        }
    };
    let named: Vec<(String, Option<Span>, f64)> = claims
        .iter()
        .map(|(of, money)| {
            let (words, span) = name(*of);
            (words, span, *money)
        })
        .collect();
    if let Some(fault) = fixed_parts(scenario, path, round, planned) {
        return fault;
    }
    let list: Vec<String> = named.iter().map(|(words, _, money)| format!("{words} {}", short(*money))).collect();
    let all: f64 = named.iter().map(|(_, _, money)| *money).sum();
    let message = if value > 0.0 {
        format!("{path} has no price: claims of {} against {} before the new money", short(all), short(value))
    } else {
        format!("{path} has no price: whatever the valuation, the claims grow faster than it")
    };
    let mut fault = Diagnostic::new(Code::NoPrice, message);
    if let Some(span) = round.and_then(|round| scenario.figures.span(round.valuation.figure())) {
        fault = fault.at(span);
    }
    for (words, span, money) in named.iter().take(5) {
        if let Some(span) = span {
            fault = fault.beside(*span, format!("{words} comes to {}", short(*money)));
        }
    }
    if !list.is_empty() {
        fault = fault.help(format!("what must be met whatever the price: {}", list.join(", ")));
    }
    fault.help("raise the valuation, or change the terms: what is fixed in money must be worth less than it")
}

/// Parts of the company before the new money that are fixed whatever the valuation, where they reach the whole.
fn fixed_parts(
    scenario: &Scenario,
    path: &str,
    round: Option<&Round>,
    planned: Option<&crate::plan::RoundPlan>,
) -> Option<Diagnostic> {
    let round = round?;
    let mut parts: Vec<(Decimal, String, Option<Span>)> = Vec::new();
    for conversion in &planned?.conversions {
        let convertible = scenario.convertibles.get(conversion.convertible)?;
        let counts_itself =
            matches!(convertible.capitalisation, Capitalisation::PostMoney | Capitalisation::BeforeNewMoney);
        if let Some(part) = convertible.ownership {
            let value = scenario.figures.value(part);
            let typed = scenario.figures.get(part).map_or_else(String::new, |figure| figure.typed.clone());
            parts.push((value, format!("`{}`: {typed}", convertible.path), scenario.figures.span(part)));
        } else if let Some(cap) = convertible.cap.filter(|_| counts_itself) {
            let (money, value) = (scenario.figures.value(convertible.amount), scenario.figures.value(cap));
            let part = money.checked_div(value)?;
            let percent = part.checked_mul(Decimal::ONE_HUNDRED)?.round_dp(2).normalize();
            let words = format!("`{}`: {} / {} = {percent} %", convertible.path, amount(money), amount(value));
            parts.push((part, words, scenario.figures.span(cap)));
        }
    }
    let sum = parts.iter().fold(Decimal::ZERO, |sum, (part, ..)| sum.saturating_add(*part));
    if sum < Decimal::ONE {
        return None;
    }
    let percent = sum.checked_mul(Decimal::ONE_HUNDRED)?.round_dp(2).normalize();
    let message = format!("{path} has no price: fixed parts of the company before the new money come to {percent} %");
    let mut fault = Diagnostic::new(Code::NoPrice, message);
    fault = match scenario.figures.span(round.valuation.figure()) {
        Some(span) => fault.at(span),
        None => fault.at(round.span),
    };
    for (_, words, span) in &parts {
        if let Some(span) = span {
            fault = fault.beside(*span, words.clone());
        }
    }
    Some(
        fault.help(
            "no valuation helps: lower an ownership, or raise a cap (a cap of this kind is the part money / cap)",
        ),
    )
}

/// An amount as people read it in a sentence. The engine's fault carries an approximation.
fn short(value: f64) -> String {
    Decimal::from_f64(value).map_or_else(|| "an amount beyond counting".to_owned(), amount)
}
