//! The engine: plays a plan with figures and leaves a state. Pure: no file, no clock, no random source.
//!
//! Takes a [`crate::plan::Plan`] and a number for each slot, gives shares, prices, balances, or a fault that names
//! the event. Written once over [`Scalar`]: with [`crate::units::Exact`] it gives the figures of `run`, with `f64`
//! those of a simulation. Lacks on purpose: names, texts and anything to print; what happens is told to an
//! [`Observer`], which costs nothing where there is none.

mod change;
mod classes;
mod conversion;
mod exit;
mod fault;
mod figures;
mod lots;
mod notes;
mod observer;
mod opening;
mod options;
mod pricing;
mod protection;
mod resume;
mod round;
mod runway;
mod sale;
mod solver;
mod state;
mod tender;
mod treasury;
mod vesting;
pub mod waterfall;

pub use classes::ClassState;
pub use classes::as_converted;
pub use classes::by_class;
pub use classes::split_classes;
pub use exit::ClaimPart;
pub use exit::Entitled;
pub use exit::ExitState;
pub use exit::Listed;
pub use exit::PartKind;
pub use exit::Payee;
pub use fault::Fault;
pub use fault::FaultKind;
pub use figures::Figures;
pub use lots::Lot;
pub use notes::balance;
pub use observer::Converted;
pub use observer::Entry;
pub use observer::Observer;
pub use observer::Silent;
pub use observer::Why;
pub use pricing::Priced;
pub use runway::CreditFlow;
pub use runway::DebtFlow;
pub use runway::MonthFlow;
pub use runway::Runway;
pub use solver::ClaimOf;
pub use state::ConvertibleState;
pub use state::Credit;
pub use state::GrantState;
pub use state::RoundState;
pub use state::State;
pub use state::TrancheState;
pub use treasury::InKind;
pub use treasury::TreasuryReading;
pub use treasury::runway_read;
pub use treasury::spent_with;
pub use vesting::allocated;

use std::ops::Range;

use crate::plan::Plan;
use crate::plan::StepKind;
use crate::units::Scalar;

/// Plays every event of a plan in its order, then the months under each burn.
///
/// `figures` holds one number a slot, as [`Plan::values`] does. The state is reused: its former content is
/// cleared, nothing is allocated once it has its size.
///
/// # Errors
/// The first event without an exact answer.
#[inline(always)]
pub fn play<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    figures: &[S],
    state: &mut State<S>,
    observer: &mut O,
) -> Result<(), Fault> {
    open(plan, figures, state, observer)?;
    play_steps(plan, 0..plan.steps.len(), figures, state, observer)?;
    play_months(plan, figures, state, &[], observer)
}

/// Clears a state and opens the table: what every play begins with.
///
/// # Errors
/// An opening without an exact answer.
#[inline(always)]
pub fn open<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    figures: &[S],
    state: &mut State<S>,
    observer: &mut O,
) -> Result<(), Fault> {
    let figures = Figures::new(figures);
    state.clear(plan, figures);
    opening::open(plan, figures, state, observer)
}

/// Plays some of the events of a plan, in their order: the state is that of a play in which those before have been played.
///
/// # Errors
/// The first event without an exact answer.
#[inline(always)]
pub fn play_steps<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    steps: Range<usize>,
    figures: &[S],
    state: &mut State<S>,
    observer: &mut O,
) -> Result<(), Fault> {
    let figures = Figures::new(figures);
    let first = steps.start;
    for (offset, step) in plan.steps.get(steps).unwrap_or(&[]).iter().enumerate() {
        let index = first.saturating_add(offset);
        observer.begin(index);
        state.start = plan.opening.len().saturating_add(index);
        let played = match step.kind {
            // Claims are sorted by the value of a share, which is another order in each draw.
            StepKind::Exit(_) if !S::IS_ONE => Err(FaultKind::NotSideBySide),
            StepKind::Exit(exit) => exit::exit(plan, exit, figures, state, observer),
            kind => play_step(plan, kind, figures, state, observer),
        };
        played.map_err(|kind| Fault { step: Some(index), kind })?;
        if !state.is_valid_after(plan, step.kind) {
            return Err(Fault { step: Some(index), kind: FaultKind::Arithmetic });
        }
        observer.end(index, state);
    }
    Ok(())
}

/// Runs the months under each burn: the state is that of a play whose events have been played.
///
/// `known` are the balances, in parts of a unit, at the end of the first months, where those have been run before and are
/// not told again: [`State::known_months`] says how many they may be.
///
/// # Errors
/// A balance without an exact value.
#[inline(always)]
pub fn play_months<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    figures: &[S],
    state: &mut State<S>,
    known: &[S],
    observer: &mut O,
) -> Result<(), Fault> {
    state.runways.clear();
    treasury::run(plan, Figures::new(figures), state, known, observer)
}

/// One event, but an exit.
#[inline(never)]
fn play_step<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    step: StepKind,
    figures: Figures<'_, S>,
    state: &mut State<S>,
    observer: &mut O,
) -> Result<(), FaultKind> {
    match step {
        StepKind::Round(round) => round::sign(plan, round, figures, state, observer),
        StepKind::Closing(closing, opens_day) => {
            round::close_later(plan, closing, opens_day, figures, state, observer);
            Ok(())
        }
        StepKind::Sale(sale) => {
            sale::sell(plan, sale, figures, state, observer);
            Ok(())
        }
        StepKind::Tender(tender) => {
            tender::tender(plan, tender, figures, state, observer);
            Ok(())
        }
        StepKind::Issue(convertible) => {
            notes::issue(plan, convertible, figures, state, observer);
            Ok(())
        }
        StepKind::Interest(interest) => {
            notes::pay_interest(plan, interest, figures, state, observer);
            Ok(())
        }
        StepKind::Maturity(maturity) => {
            notes::mature(plan, maturity, figures, state, observer);
            Ok(())
        }
        StepKind::Trigger(trigger) => notes::convert_on(plan, trigger, figures, state, observer),
        StepKind::Grant(grant) => options::grant(plan, grant, figures, state, observer),
        StepKind::Options(event) => {
            options::option_event(plan, event, figures, state, observer);
            Ok(())
        }
        StepKind::WarrantIssue(issue) => {
            options::issue_warrant(plan, issue, figures, state, observer);
            Ok(())
        }
        StepKind::WarrantEnd(end) => options::end_warrant(plan, end, figures, state, observer),
        StepKind::Split(split) => {
            change::split(plan, split, figures, state, observer);
            Ok(())
        }
        StepKind::Change(change) => {
            change::change(plan, change, figures, state, observer);
            Ok(())
        }
        // An exit is no part of another's branch.
        StepKind::Exit(_) => Ok(()),
    }
}
