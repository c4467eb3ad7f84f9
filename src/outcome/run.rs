//! One exact play of a scenario, and its journal.

use rust_decimal::prelude::FromPrimitive;

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::Span;
use crate::engine::Fault;
use crate::engine::FaultKind;
use crate::engine::State;
use crate::engine::play;
use crate::plan::Plan;
use crate::plan::plan;
use crate::scenario::RoundPool;
use crate::scenario::Scenario;
use crate::scenario::Valuation;
use crate::units::Decimal;
use crate::units::Exact;
use crate::units::Scalar;
use crate::units::amount;

use super::findings::findings;
use super::journal::Journal;
use super::played::Outcome;

/// Plays a scenario exactly; none if the play has no answer. Findings go into the bag.
pub fn run(scenario: Scenario, bag: &mut Bag) -> Option<Outcome> {
    let plan = plan(&scenario, bag);
    if bag.refuses() {
        return None;
    }
    let figures: Vec<Exact> = plan.values.iter().map(|value| Exact::of(*value)).collect();
    let mut state = State::new(&plan);
    let mut journal = Journal::default();
    match play(&plan, &figures, &mut state, &mut journal) {
        Ok(()) => {
            let outcome = Outcome { scenario, plan, journal, state };
            findings(&outcome, bag);
            Some(outcome)
        }
        Err(fault) => {
            bag.add(fault_diagnostic(&scenario, &plan, fault));
            None
        }
    }
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
        FaultKind::Arithmetic => {
            let span = match valuation {
                Some(Valuation::PreMoney(figure) | Valuation::PostMoney(figure) | Valuation::Price(figure)) => {
                    scenario.figures.span(figure)
                }
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

/// An amount as people read it in a sentence. The engine's fault carries an approximation.
fn short(value: f64) -> String {
    Decimal::from_f64(value).map_or_else(|| "an amount beyond counting".to_owned(), amount)
}
