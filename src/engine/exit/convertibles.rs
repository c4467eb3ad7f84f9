//! SAFEs and notes that are outstanding at an exit: their money, or shares by their terms.

use crate::plan::ClaimantPlan;
use crate::plan::ExitPlan;
use crate::plan::Holding;
use crate::plan::OutstandingPlan;
use crate::plan::Plan;
use crate::plan::SafeTermPlan;
use crate::plan::TakesPlan;
use crate::units::Mask;
use crate::units::Scalar;

use super::PartKind;
use super::Payee;
use super::claims::Claims;
use super::is_above;
use crate::engine::classes::as_converted;
use crate::engine::fault::FaultKind;
use crate::engine::figures::Figures;
use crate::engine::notes::balance;
use crate::engine::state::State;
use crate::engine::waterfall::Claim;

/// The shares that a cap divides by at an exit, as converted: all that is issued, options and warrants included and
/// the unallocated pool left out; and with what SAFEs and notes may become, everyone counted as converting.
#[derive(Debug, Clone, Copy)]
pub(super) struct Capital<S> {
    /// Without SAFEs and notes.
    pub before: S,
    /// With all of them.
    pub all: S,
}

/// What a SAFE or a note may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms<S> {
    /// Before any share: its money, or what is owed.
    pub money: S,
    /// What a discount makes of it above that, once there are shares of value.
    pub discount: S,
    /// A part of all shares.
    pub part: S,
    /// Shares whatever all are.
    pub shares: S,
}

/// What an outstanding convertible may take; none if it is not outstanding.
pub(super) fn terms<S: Scalar>(
    plan: &Plan,
    outstanding: &OutstandingPlan,
    before: S,
    figures: Figures<'_, S>,
    state: &State<S>,
) -> Result<Option<Terms<S>>, FaultKind> {
    let index = outstanding.convertible;
    let is_there = state.convertibles.get(index).is_some_and(|convertible| convertible.is_outstanding.any());
    let Some(planned) = plan.convertibles.get(index).filter(|_| is_there) else { return Ok(None) };
    let principal = figures.at(planned.amount);
    let none = Terms { money: principal, discount: S::ZERO, part: S::ZERO, shares: S::ZERO };
    Ok(Some(match &outstanding.takes {
        None => return Err(FaultKind::AtExitUnstated { convertible: index }),
        Some(TakesPlan::Safe(all)) => all.iter().fold(none, |best, term| match term {
            SafeTermPlan::Cap(cap) => more_part(best, principal / figures.at(*cap)),
            SafeTermPlan::Ownership(part) => more_part(best, figures.at(*part)),
            SafeTermPlan::CapBefore(cap) => {
                let shares = principal.times(before.per(figures.at(*cap)));
                Terms { shares: S::select(best.shares.lt(shares), shares, best.shares), ..best }
            }
            SafeTermPlan::Discount(off) => {
                let off = figures.at(*off);
                let more = principal.times(off.per(S::ONE - off));
                Terms { discount: S::select(best.discount.lt(more), more, best.discount), ..best }
            }
        }),
        Some(TakesPlan::Note { multiple, cap }) => {
            let (owed, in_cash) = balance(&outstanding.balance, principal, figures);
            let interest = owed - principal;
            let money = multiple.map_or(principal, |slot| principal * figures.at(slot)) + interest + in_cash;
            let paid = Terms { money, ..none };
            match cap {
                None => paid,
                Some((cap, true)) => Terms { part: owed / figures.at(*cap), ..paid },
                Some((cap, false)) => Terms { shares: owed.times(before.per(figures.at(*cap))), ..paid },
            }
        }
    }))
}

fn more_part<S: Scalar>(best: Terms<S>, part: S) -> Terms<S> {
    Terms { part: S::select(best.part.lt(part), part, best.part), ..best }
}

/// The convertibles of an exit.
pub(super) fn outstanding(exit: &ExitPlan) -> impl Iterator<Item = &OutstandingPlan> + Clone {
    exit.claimants.iter().filter_map(|claimant| match claimant {
        ClaimantPlan::Convertible(outstanding) => Some(outstanding),
        _ => None,
    })
}

/// The shares caps divide by.
///
/// With everyone counted as converting, `C = (B + those at counts of their own) / (1 - parts)`: 9,550,000 shares and
/// two SAFEs for 5 % and 10 % are 11,235,294.12.
pub(super) fn capital<'a, S: Scalar>(
    plan: &Plan,
    mut outstanding: impl Iterator<Item = &'a OutstandingPlan> + Clone,
    figures: Figures<'_, S>,
    state: &State<S>,
) -> Result<Capital<S>, FaultKind> {
    let is_there = |it: &OutstandingPlan| {
        state.convertibles.get(it.convertible).is_some_and(|convertible| convertible.is_outstanding.any())
    };
    if !outstanding.clone().any(is_there) {
        return Ok(Capital { before: S::ZERO, all: S::ZERO });
    }
    let lines = plan.positions.iter().zip(&state.shares).enumerate();
    let before = lines
        .filter(|(_, (line, _))| line.holding != Holding::Unallocated)
        .fold(S::ZERO, |sum, (index, (_, shares))| sum + as_converted(plan, &state.classes, index, *shares));
    let (parts, shares) = outstanding.try_fold((S::ZERO, S::ZERO), |(parts, shares), it| {
        let terms = terms(plan, it, before, figures, state)?;
        Ok::<_, FaultKind>(terms.map_or((parts, shares), |terms| (parts + terms.part, shares + terms.shares)))
    })?;
    if !parts.lt(S::ONE).any() {
        return Err(FaultKind::PartsExceed { parts: parts.approximate() });
    }
    Ok(Capital { before, all: (before + shares).times(S::ONE.per(S::ONE - parts)) })
}

/// The claim of a SAFE or a note.
pub(super) fn claim<S: Scalar>(
    plan: &Plan,
    claimant: usize,
    outstanding: &OutstandingPlan,
    capital: &Capital<S>,
    figures: Figures<'_, S>,
    state: &State<S>,
    all: &mut Claims<S>,
) -> Result<(), FaultKind> {
    let Some(terms) = terms(plan, outstanding, capital.before, figures, state)? else { return Ok(()) };
    let Some(rank) = outstanding.rank else {
        return Err(FaultKind::SeniorityUnstated { convertible: outstanding.convertible });
    };
    let payee = Payee::Convertible(outstanding.convertible);
    let whole = S::ONE.per(S::ONE);
    let by_part = capital.all * terms.part;
    let shares = S::select(by_part.lt(terms.shares), terms.shares, by_part);
    if !is_above(terms.discount) {
        let form =
            if is_above(shares) { Claim::either(terms.money, shares, rank) } else { Claim::sum(terms.money, rank) };
        let claim = all.add(claimant, PartKind::Main, shares, form);
        all.give(claim, payee, whole);
        return Ok(());
    }
    // A discount is on the value of a share: what it is worth above the money comes out of what shares take, after
    // every preference. Shares at a cap may be worth more than both.
    let money = all.add(claimant, PartKind::Main, shares, Claim::sum(terms.money, rank));
    all.give(money, payee, whole);
    let more = Claim::beyond(terms.discount, terms.money, shares, plan.last_rank);
    let more = all.add(claimant, PartKind::Discount, shares, more);
    all.give(more, payee, whole);
    Ok(())
}
