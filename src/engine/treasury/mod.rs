//! Months: money arrives, is spent, and runs out or does not; once for each burn report.

mod burned;
mod credits;
mod debts;

use crate::plan::BurnPlan;
use crate::plan::CashPlan;
use crate::plan::Plan;
use crate::plan::TreasuryPlan;
use crate::units::Decimal;
use crate::units::Fraction;
use crate::units::Mask;
use crate::units::Scalar;

use super::fault::Fault;
use super::fault::FaultKind;
use super::figures::Figures;
use super::observer::Observer;
use super::observer::Silent;
use super::runway::MonthFlow;
use super::runway::Runway;
use super::state::State;
use burned::Burned;
use credits::credits;
use credits::draw;
use debts::Debts;
use debts::interest;

/// How the months are read: as they are, or without something, to say what it is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreasuryReading {
    /// Whether money arrives after `as_of` and debts are drawn; what is owed by then is repaid all the same.
    pub is_funded: bool,
    /// What capacity in kind counts as.
    pub in_kind: InKind,
}

/// What capacity in kind counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InKind {
    /// It pays for what it can, month by month.
    Drawn,
    /// Nothing.
    Nothing,
    /// Cash on the day it comes: the naive figure.
    Cash,
}

impl TreasuryReading {
    /// As they are.
    pub const AS_IT_IS: TreasuryReading = TreasuryReading { is_funded: true, in_kind: InKind::Drawn };
}

/// Runs the months under every burn.
///
/// # Errors
/// A balance without an exact value.
pub(super) fn run<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    figures: Figures<'_, S>,
    state: &mut State<S>,
    observer: &mut O,
) -> Result<(), Fault> {
    let Some(shared) = Shared::new(plan, figures, state, TreasuryReading::AS_IT_IS) else { return Ok(()) };
    let mut is_valid = true;
    for (index, burn) in plan.treasury.burns.iter().enumerate() {
        if plan.treasury.only.is_some_and(|only| only != index) {
            continue;
        }
        let runway = shared.burn(plan, burn, index, figures, state, observer);
        is_valid &= runway.last.is_valid() && runway.months.is_valid();
        observer.runway(index, &runway);
        state.runways.push(runway);
    }
    if is_valid { Ok(()) } else { Err(Fault { step: None, kind: FaultKind::Arithmetic }) }
}

/// How long the money lasts under a burn, by its place among those of the plan, when the months are read otherwise.
///
/// The state is that of a play which has ended. None without cash, or without such a burn.
#[must_use]
pub fn runway_read<S: Scalar>(
    plan: &Plan,
    figures: &[S],
    state: &State<S>,
    burn: usize,
    reading: TreasuryReading,
) -> Option<Runway<S>> {
    let figures = Figures::new(figures);
    let shared = Shared::new(plan, figures, state, reading)?;
    Some(shared.burn(plan, plan.treasury.burns.get(burn)?, burn, figures, state, &mut Silent))
}

/// What a burn report spends in each month, with the commitments on top of it, in parts of a unit.
pub(super) fn outflows<S: Scalar>(plan: &Plan, burn: usize, figures: Figures<'_, S>) -> Vec<S> {
    let treasury = &plan.treasury;
    let Some(report) = treasury.burns.get(burn) else { return Vec::new() };
    let due = due(treasury, figures);
    let mut burned = Burned::new(report, figures, treasury.months.len());
    burned.owe(report, &treasury.commitments, &due, figures);
    let on_top = on_top(treasury, &due);
    let short = |month: usize| burned.shortfall.get(month).copied().unwrap_or(S::ZERO);
    let all = burned.net.iter().zip(&on_top).enumerate();
    all.map(|(month, (net, on_top))| *net + *on_top + short(month)).collect()
}

/// What a burn report, by its place among those of the plan, spends with a counterparty in all, in money.
#[must_use]
pub fn spent_with<S: Scalar>(plan: &Plan, figures: &[S], burn: usize, owner: usize) -> S {
    let figures = Figures::new(figures);
    let Some(report) = plan.treasury.burns.get(burn) else { return S::ZERO };
    let lines = report.lines.iter().filter(|line| line.to == Some(owner));
    burned::sum(lines, figures) / S::of(plan.treasury.denominator)
}

/// A millionth of a unit of money: a balance that lies below the minimum by less does so only in the last digits of
/// a growth rate's arithmetic, and no currency has a coin for it.
const GRAIN: Decimal = Decimal::from_parts(1, 0, 0, false, 6);

/// What each commitment of the plan comes to in each month, in parts of a unit.
fn due<S: Scalar>(treasury: &TreasuryPlan, figures: Figures<'_, S>) -> Vec<Vec<S>> {
    treasury
        .commitments
        .iter()
        .map(|commitment| {
            let amount = figures.at(commitment.amount);
            let weights = commitment.weights.iter().fold(S::ZERO, |sum, weight| sum + figures.at(*weight));
            let mut row = vec![S::ZERO; treasury.months.len()];
            for (month, weight, coefficient) in &commitment.months {
                if let Some(due) = row.get_mut(*month) {
                    let part = match weight {
                        // A ramp weighs the amount, so that another amount keeps its shape.
                        Some(weight) => amount.times(figures.at(*weight).per(weights)),
                        None => amount,
                    };
                    *due += part * S::of(*coefficient);
                }
            }
            row
        })
        .collect()
}

/// The sum of those that come on top.
fn on_top<S: Scalar>(treasury: &TreasuryPlan, due: &[Vec<S>]) -> Vec<S> {
    let mut all = vec![S::ZERO; treasury.months.len()];
    for (commitment, row) in treasury.commitments.iter().zip(due) {
        if commitment.on_top {
            for (sum, due) in all.iter_mut().zip(row) {
                *sum += *due;
            }
        }
    }
    all
}

/// What every burn report runs against.
struct Shared<'a, S> {
    treasury: &'a TreasuryPlan,
    cash: CashPlan,
    reading: TreasuryReading,
    arrivals: Vec<S>,
    due: Vec<Vec<S>>,
    committed: Vec<S>,
    opening: S,
    minimum: S,
    /// A balance below this is below the minimum.
    floor: S,
    unit: S,
}

impl<'a, S: Scalar> Shared<'a, S> {
    /// What does not depend on the burn is scaled and summed once.
    fn new(
        plan: &'a Plan,
        figures: Figures<'_, S>,
        state: &State<S>,
        reading: TreasuryReading,
    ) -> Option<Shared<'a, S>> {
        let treasury = &plan.treasury;
        let cash = treasury.cash?;
        let unit = S::of(treasury.denominator);
        let mut arrivals = vec![S::ZERO; treasury.months.len()];
        if reading.is_funded {
            for (scaled, arrival) in arrivals.iter_mut().zip(&state.arrivals) {
                *scaled = *arrival * unit;
            }
        }
        if reading.in_kind == InKind::Cash {
            for credit in &state.credits {
                let month = plan.closings.get(credit.closing).and_then(|closing| closing.cash_month);
                if let Some(arrival) = month.and_then(|month| arrivals.get_mut(month)) {
                    *arrival += credit.amount * unit;
                }
            }
        }
        let due = due(treasury, figures);
        let committed = on_top(treasury, &due);
        Some(Shared {
            treasury,
            cash,
            reading,
            arrivals,
            due,
            committed,
            opening: figures.at(cash.opening) * unit,
            minimum: figures.at(cash.minimum) * unit,
            floor: (figures.at(cash.minimum) - S::of(GRAIN)) * unit,
            unit,
        })
    }

    fn burn<O: Observer<S>>(
        &self,
        plan: &Plan,
        burn: &BurnPlan,
        index: usize,
        figures: Figures<'_, S>,
        state: &State<S>,
        observer: &mut O,
    ) -> Runway<S> {
        let treasury = self.treasury;
        let mut credits = credits(plan, figures, state, self.unit, self.reading);
        let mut burned = Burned::new(burn, figures, treasury.months.len());
        burned.owe(burn, &treasury.commitments, &self.due, figures);
        let mut debts = Debts::new(treasury, figures, self.unit, self.reading.is_funded);
        let earns = self.cash.interest.map(|(slot, period)| (figures.at(slot), period));
        let at = |list: &[S], month: usize| list.get(month).copied().unwrap_or(S::ZERO);
        let mut balance = self.opening;
        let mut lowest: Option<S> = None;
        let mut out = S::Mask::NEVER;
        let mut out_month = S::ZERO;
        let mut out_months = S::ZERO;
        let mut out_part = S::ZERO;
        let mut to_come = S::ZERO;
        let mut index_of_month = S::ZERO;
        for (month, place) in treasury.months.iter().enumerate() {
            let start = balance;
            let net = at(&burned.net, month);
            let arrived = at(&self.arrivals, month);
            let committed = at(&self.committed, month);
            let shortfall = at(&burned.shortfall, month);
            let in_kind = draw(&mut credits, month, at(&burned.payable, month), |flow| observer.credit(index, &flow));
            let earned = match earns {
                Some((rate, period)) => interest(start.at_least_zero(), rate, place.length, period),
                None => S::ZERO,
            };
            balance = balance + arrived + earned - committed - shortfall - (net - in_kind);
            let (mut drawn, mut repaid, mut cost, mut called) = (S::ZERO, S::ZERO, S::ZERO, S::ZERO);
            if !debts.is_empty() {
                let opened = debts.open(month, place.length);
                balance = balance + opened.drawn - opened.cost - opened.repaid;
                let closed = debts.close(month, balance, self.minimum);
                balance = balance + closed.drawn - closed.repaid - closed.called;
                drawn = opened.drawn + closed.drawn;
                repaid = opened.repaid + closed.repaid + closed.called;
                called = closed.called;
                cost = opened.cost;
                for flow in debts.flows() {
                    observer.debt(index, &flow);
                }
            }
            to_come += S::select(out, arrived, S::ZERO);
            let is_below = balance.lt(self.floor) & !out;
            if is_below.any() {
                let (elapsed, length) = (number::<S>(place.elapsed), number::<S>(place.length));
                // What is drawn in the month is there before it ends.
                let there = start + drawn;
                let part = (there - self.minimum).at_least_zero() / (there - balance);
                let part = S::select(S::ZERO.lt(there - self.minimum), part, S::ZERO);
                // What is called on the last day is lacking from that day on.
                let is_called = S::ZERO.lt(called) & !(balance + called).lt(self.floor);
                let part = S::select(is_called, S::ONE, part);
                out_part = S::select(is_below, part, out_part);
                out_months = S::select(is_below, elapsed + part * length, out_months);
                out_month = S::select(is_below, index_of_month, out_month);
                out = out | is_below;
            }
            lowest = Some(lowest.map_or(balance, |lowest| lowest.least(balance)));
            observer.month(
                index,
                &MonthFlow {
                    month,
                    arrived,
                    burned: net,
                    in_kind,
                    committed,
                    shortfall,
                    earned,
                    drawn,
                    repaid,
                    called,
                    cost,
                    balance,
                },
            );
            index_of_month += S::ONE;
        }
        let trough = lowest.unwrap_or(self.opening);
        Runway {
            runs_out: out,
            month: S::select(out, out_month, index_of_month),
            months: out_months,
            part: out_part,
            trough: trough / self.unit,
            gap: (self.minimum - trough).at_least_zero() / self.unit,
            to_come: to_come / self.unit,
            last: balance / self.unit,
        }
    }
}

/// A part of months as a number.
fn number<S: Scalar>(part: Fraction) -> S {
    S::whole(part.numerator()) / S::whole(part.denominator())
}
