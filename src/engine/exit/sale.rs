//! A sale or a wind-up: what is paid first, then the claims.

use crate::plan::CarveOutPlan;
use crate::plan::ExitPlan;
use crate::plan::Plan;
use crate::plan::ProceedsPlan;
use crate::units::Scalar;

use super::ExitState;
use super::Payee;
use super::claims::gather;
use crate::engine::fault::FaultKind;
use crate::engine::figures::Figures;
use crate::engine::state::State;
use crate::engine::waterfall::Bracket;
use crate::engine::waterfall::CarveOut;
use crate::engine::waterfall::Deductions;
use crate::engine::waterfall::Level;
use crate::engine::waterfall::Waterfall;

/// Pays everybody.
pub(super) fn sell<S: Scalar>(
    plan: &Plan,
    exit: &ExitPlan,
    proceeds: &ProceedsPlan,
    figures: Figures<'_, S>,
    state: &State<S>,
) -> Result<ExitState<S>, FaultKind> {
    let deductions = Deductions {
        fee: figures.at(exit.fees),
        costs: figures.at(exit.costs),
        debt: proceeds.debt.map_or(S::ZERO, |slot| figures.at(slot)),
        carve_outs: proceeds.carve_outs.iter().map(|plan| carve_out(plan, figures)).collect(),
    };
    let deducted = deductions.of(figures.at(proceeds.value));
    let claims = gather(plan, exit, figures, state)?;
    let mut waterfall = Waterfall::default();
    waterfall.fill(claims.claims.into_iter());
    if !waterfall.is_valid() {
        return Err(FaultKind::Arithmetic);
    }
    let carved = proceeds.carve_outs.iter().enumerate().flat_map(|(number, carve_out)| {
        let to = carve_out.to.iter().enumerate();
        to.map(move |(place, (_, part))| (Payee::CarveOut(number, place), figures.part(part)))
    });
    let mut left = ExitState {
        deductions,
        deducted,
        waterfall,
        parts: claims.parts,
        level: Level::TooMuch { over: S::ZERO },
        entitled: claims.entitled,
        carved: carved.collect(),
        payouts: Vec::new(),
        listed: None,
    };
    (left.level, left.payouts) = left.payouts_at(&left.deducted);
    if let Level::TooMuch { over } = left.level {
        return Err(FaultKind::NobodyTakesTheRest { over: over.approximate() });
    }
    Ok(left)
}

fn carve_out<S: Scalar>(plan: &CarveOutPlan, figures: Figures<'_, S>) -> CarveOut<S> {
    CarveOut {
        amount: plan.amount.map_or(S::ZERO, |slot| figures.at(slot)),
        brackets: plan
            .rates
            .iter()
            .map(|(above, rate)| Bracket {
                above: above.map_or(S::ZERO, |slot| figures.at(slot)),
                rate: figures.at(*rate),
            })
            .collect(),
    }
}
