//! An exit: a branch of the play that sees its whole day and changes nothing after it.

mod claims;
mod convertibles;
mod listing;
mod sale;

use crate::plan::ExitKindPlan;
use crate::plan::Plan;
use crate::plan::StepKind;
use crate::units::Mask;
use crate::units::Scalar;

use super::fault::FaultKind;
use super::figures::Figures;
use super::observer::Entry;
use super::observer::Observer;
use super::play_step;
use super::state::State;
use super::waterfall::Deducted;
use super::waterfall::Deductions;
use super::waterfall::Level;
use super::waterfall::Waterfall;
pub use listing::Listed;

/// What an exit leaves.
#[derive(Debug, Clone)]
pub struct ExitState<S: Scalar> {
    /// What is paid before any claim.
    pub deductions: Deductions<S>,
    /// What that comes to here.
    pub deducted: Deducted<S>,
    /// The claims. Of a listing, the company before the new shares as a function of the price of a share.
    pub waterfall: Waterfall<S>,
    /// What each claim is.
    pub parts: Vec<ClaimPart<S>>,
    /// Where it landed.
    pub level: Level<S>,
    /// Who has which part of each claim.
    pub entitled: Vec<Entitled<S>>,
    /// Who has which part of each carve-out.
    pub carved: Vec<(Payee, S)>,
    /// What everybody takes, before any rounding: money in a sale, the value of what is kept in a listing.
    pub payouts: Vec<(Payee, S)>,
    /// What a listing leaves beside.
    pub listed: Option<Listed<S>>,
}

/// What a claim is.
#[derive(Debug, Clone, Copy)]
pub struct ClaimPart<S> {
    /// The claimant, by its place in the plan of the exit.
    pub claimant: usize,
    /// Which of its claims.
    pub kind: PartKind,
    /// Its shares: of the class, the options that may be exercised, or the common shares a convertible may take.
    pub shares: S,
}

/// Which of somebody's claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartKind {
    /// Its only one, or its main one.
    Main,
    /// The shares that began to earn a dividend on one day.
    Lot(usize),
    /// Dividends that are paid whether or not those shares convert.
    Dividend(usize),
    /// What a discount is worth above the money that was put in.
    Discount,
}

/// Who is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Payee {
    /// The owner of a line of the cap table.
    Line(usize),
    /// The holder of a SAFE or a note.
    Convertible(usize),
    /// An owner's part of a carve-out: the carve-out, and the place among those who share it.
    CarveOut(usize, usize),
    /// The owner of a line, for shares sold in a listing.
    Sold(usize),
}

/// A part of a claim.
#[derive(Debug, Clone, Copy)]
pub struct Entitled<S: Scalar> {
    /// The claim.
    pub claim: usize,
    /// Whose.
    pub payee: Payee,
    /// How much of it.
    pub part: S::Per,
}

impl<S: Scalar> ExitState<S> {
    /// What everybody would take at another value of a sale, before any rounding, and where it lands.
    pub fn payouts_at(&self, deducted: &Deducted<S>) -> (Level<S>, Vec<(Payee, S)>) {
        let level = self.waterfall.level(deducted.left);
        let claims: Vec<S> = (0..self.parts.len()).map(|claim| self.waterfall.pays(claim, &level)).collect();
        let paid = |it: &Entitled<S>| (it.payee, claims.get(it.claim).copied().unwrap_or(S::ZERO).times(it.part));
        let mut payouts: Vec<(Payee, S)> = self.entitled.iter().map(paid).collect();
        for (payee, part) in &self.carved {
            if let Payee::CarveOut(number, _) = payee {
                payouts.push((*payee, deducted.carve_outs.get(*number).copied().unwrap_or(S::ZERO) * *part));
            }
        }
        (level, payouts)
    }
}

/// Plays an exit in a branch of its own.
///
/// # Errors
/// Terms that nobody stated and that decide who is paid, or a sum that nobody takes.
#[inline(never)]
pub(super) fn exit<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    index: usize,
    figures: Figures<'_, S>,
    state: &mut State<S>,
    observer: &mut O,
) -> Result<(), FaultKind> {
    let Some(exit) = plan.exits.get(index) else { return Ok(()) };
    if let (ExitKindPlan::Sale(proceeds), true) = (&exit.kind, exit.branch.is_empty()) {
        let left = sale::sell(plan, exit, proceeds, figures, state)?;
        return keep(state, index, left);
    }
    // What earlier exits left is no part of a branch.
    let earlier = std::mem::take(&mut state.exits);
    let mut branch = state.clone();
    state.exits = earlier;
    let mut listener = Branch { observer, exit: index };
    for step in &exit.branch {
        in_branch(plan, *step, figures, &mut branch, &mut listener)?;
    }
    let left = match &exit.kind {
        ExitKindPlan::Listing(listing) => listing::list(plan, exit, listing, figures, &mut branch, &mut listener)?,
        ExitKindPlan::Sale(proceeds) => sale::sell(plan, exit, proceeds, figures, &branch)?,
    };
    keep(state, index, left)
}

/// One event of a branch, out of the way of the main line.
#[inline(never)]
fn in_branch<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    step: StepKind,
    figures: Figures<'_, S>,
    state: &mut State<S>,
    observer: &mut O,
) -> Result<(), FaultKind> {
    play_step(plan, step, figures, state, observer)
}

fn keep<S: Scalar>(state: &mut State<S>, index: usize, left: ExitState<S>) -> Result<(), FaultKind> {
    if !left.payouts.iter().all(|(_, sum)| sum.is_valid()) {
        return Err(FaultKind::Arithmetic);
    }
    if let Some(slot) = state.exits.get_mut(index) {
        *slot = Some(left);
    }
    Ok(())
}

/// Somebody who listens to a branch.
struct Branch<'a, O> {
    observer: &'a mut O,
    exit: usize,
}

impl<S: Scalar, O: Observer<S>> Observer<S> for Branch<'_, O> {
    fn post(&mut self, entry: Entry<S>) {
        self.observer.branch(self.exit, entry);
    }
}

/// Whether a number is above zero.
fn is_above<S: Scalar>(number: S) -> bool {
    S::ZERO.lt(number).any()
}
