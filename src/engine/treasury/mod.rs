//! Months: money arrives, is spent, and runs out or does not; once for each burn report.

mod burned;
mod credits;
mod debts;

use crate::plan::BurnPlan;
use crate::plan::CashPlan;
use crate::plan::MonthPlan;
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
use super::state::refill;
use burned::Burned;
use credits::Drawing;
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

/// Runs the months under every burn; the first of them ended with the `known` balances, and need not be run again.
///
/// # Errors
/// A balance without an exact value.
#[inline(never)]
pub(super) fn run<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    figures: Figures<'_, S>,
    state: &mut State<S>,
    known: &[S],
    observer: &mut O,
) -> Result<(), Fault> {
    let Some(shared) = Shared::new(plan, figures, TreasuryReading::AS_IT_IS) else { return Ok(()) };
    let mut months = std::mem::take(&mut state.months);
    let mut is_valid = true;
    for (index, burn) in plan.treasury.burns.iter().enumerate() {
        if plan.treasury.only.is_some_and(|only| only != index) {
            continue;
        }
        let runway = shared.burn(plan, burn, index, figures, state, &mut months, known, observer);
        // How long it lasts is a part of what is there above what is missing, which is no more than one: valid where the
        // balances are. One number is looked at all the same; many are spared the work where nobody asks for it.
        is_valid &= runway.last.is_valid() && (!S::IS_ONE || runway.months.is_valid());
        observer.runway(index, &runway);
        state.runways.push(runway);
    }
    state.months = months;
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
    let mut months = Months::default();
    let shared = Shared::new(plan, figures, reading)?;
    Some(shared.burn(plan, plan.treasury.burns.get(burn)?, burn, figures, state, &mut months, &[], &mut Silent))
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

/// What the months are run in: lists that are reused from play to play.
#[derive(Debug, Clone)]
pub(super) struct Months<S: Scalar> {
    /// Whether what commitments come to is that of the draw at hand.
    is_due: bool,
    due: Due<S>,
    /// The burn report whose spending stands there, if it is that of the draw at hand.
    spends: Option<usize>,
    burned: Burned<S>,
    credits: Vec<Drawing<S>>,
}

impl<S: Scalar> Default for Months<S> {
    fn default() -> Months<S> {
        Months { is_due: false, due: Due::default(), spends: None, burned: Burned::default(), credits: Vec::new() }
    }
}

impl<S: Scalar> Months<S> {
    /// Other figures follow.
    #[inline(always)]
    pub fn forget(&mut self) {
        self.is_due = false;
        self.spends = None;
    }

    /// What a burn report spends and what commitments come to, once in each draw: a round that is sized in months of
    /// spending asks before the months are run.
    #[inline(always)]
    pub fn spend(&mut self, plan: &Plan, burn: usize, figures: Figures<'_, S>) {
        let treasury = &plan.treasury;
        if !self.is_due {
            self.due.fill(treasury, figures);
            self.is_due = true;
        }
        if self.spends == Some(burn) {
            return;
        }
        if let Some(report) = treasury.burns.get(burn) {
            self.burned.fill(report, figures, treasury.months.len());
            self.burned.owe(report, &treasury.commitments, &self.due.rows, figures);
            self.spends = Some(burn);
        }
    }

    /// What the report spends in a month, with the commitments on top of it, in parts of a unit.
    #[inline(always)]
    pub fn outflow(&self, month: usize) -> S {
        at(&self.burned.net, month) + at(&self.due.on_top, month) + at(&self.burned.shortfall, month)
    }
}

/// What commitments come to, by month, in parts of a unit.
#[derive(Debug, Clone)]
struct Due<S> {
    /// Each commitment of the plan.
    rows: Vec<Vec<S>>,
    /// The sum of those that come on top; empty where none do.
    on_top: Vec<S>,
}

impl<S> Default for Due<S> {
    fn default() -> Due<S> {
        Due { rows: Vec::new(), on_top: Vec::new() }
    }
}

impl<S: Scalar> Due<S> {
    #[inline(always)]
    fn fill(&mut self, treasury: &TreasuryPlan, figures: Figures<'_, S>) {
        let months = treasury.months.len();
        self.rows.resize_with(treasury.commitments.len(), Vec::new);
        let has_on_top = treasury.commitments.iter().any(|commitment| commitment.on_top);
        refill(&mut self.on_top, if has_on_top { months } else { 0 }, S::ZERO);
        for (commitment, row) in treasury.commitments.iter().zip(&mut self.rows) {
            refill(row, months, S::ZERO);
            let amount = figures.at(commitment.amount);
            let weights = commitment.weights.iter().fold(S::ZERO, |sum, weight| sum + figures.at(*weight));
            for (month, weight, coefficient) in &commitment.months {
                if let Some(due) = row.get_mut(*month) {
                    let part = match weight {
                        // A ramp weighs the amount, so that another amount keeps its shape.
                        Some(weight) => amount.times(figures.at(*weight).per(weights)),
                        None => amount,
                    };
                    *due += part * S::constant(coefficient);
                }
            }
            if commitment.on_top {
                for (sum, due) in self.on_top.iter_mut().zip(row) {
                    *sum += *due;
                }
            }
        }
    }
}

/// What every burn report runs against.
struct Shared<'a, S> {
    treasury: &'a TreasuryPlan,
    cash: CashPlan,
    reading: TreasuryReading,
    opening: S,
    minimum: S,
    /// A balance below this is below the minimum.
    floor: S,
    unit: S,
}

impl<'a, S: Scalar> Shared<'a, S> {
    /// What does not depend on the burn is scaled once.
    #[inline(always)]
    fn new(plan: &'a Plan, figures: Figures<'_, S>, reading: TreasuryReading) -> Option<Shared<'a, S>> {
        let treasury = &plan.treasury;
        let cash = treasury.cash?;
        let unit = S::of(treasury.denominator);
        Some(Shared {
            treasury,
            cash,
            reading,
            opening: figures.at(cash.opening) * unit,
            minimum: figures.at(cash.minimum) * unit,
            floor: (figures.at(cash.minimum) - S::of(GRAIN)) * unit,
            unit,
        })
    }

    /// Money that arrives in a month, in parts of a unit; none where there is nothing to add.
    #[inline(always)]
    fn arrived(&self, plan: &Plan, state: &State<S>, month: usize) -> Option<S> {
        let mut arrived = None;
        if self.reading.is_funded
            && state.has_arrival.get(month).copied().unwrap_or(false)
            && let Some(arrival) = state.arrivals.get(month)
        {
            arrived = Some(*arrival * self.unit);
        }
        if self.reading.in_kind == InKind::Cash {
            for credit in &state.credits {
                let arrives = plan.closings.get(credit.closing).and_then(|closing| closing.cash_month);
                if arrives == Some(month) {
                    let amount = credit.amount * self.unit;
                    arrived = Some(match arrived {
                        Some(arrived) => arrived + amount,
                        None => amount,
                    });
                }
            }
        }
        arrived
    }

    #[inline(always)]
    #[allow(clippy::too_many_arguments, reason = "a month hangs on all there is")]
    fn burn<O: Observer<S>>(
        &self,
        plan: &Plan,
        burn: &BurnPlan,
        index: usize,
        figures: Figures<'_, S>,
        state: &State<S>,
        months: &mut Months<S>,
        known: &[S],
        observer: &mut O,
    ) -> Runway<S> {
        let treasury = self.treasury;
        months.spend(plan, index, figures);
        let Months { due, burned, credits: drawing, .. } = months;
        credits(plan, figures, state, self.unit, self.reading, drawing);
        let mut debts = Debts::new(treasury, figures, self.unit, self.reading.is_funded);
        let earns = self.cash.interest.map(|(slot, period)| (figures.at(slot), period));
        let mut balance = known.last().copied().unwrap_or(self.opening);
        let mut lowest: Option<S> = None;
        for known in known {
            lowest = Some(match lowest {
                Some(lowest) => lowest.least(*known),
                None => *known,
            });
        }
        let mut out = S::Mask::NEVER;
        let mut crossing = Crossing::none(self.minimum);
        let mut to_come = S::ZERO;
        for (month, place) in treasury.months.iter().enumerate().skip(known.len()) {
            let start = balance;
            let net = at(&burned.net, month);
            let arrived = self.arrived(plan, state, month);
            let in_kind = draw(
                drawing,
                month,
                #[inline(always)]
                || burned.payable(burn, month),
                #[inline(always)]
                |flow| observer.credit(index, &flow),
            );
            #[allow(clippy::manual_map, reason = "a closure is not surely compiled for the vectors of its caller")]
            let earned = match earns {
                Some((rate, period)) => Some(interest(start.at_least_zero(), rate, place.length, period)),
                None => None,
            };
            let committed = due.on_top.get(month).copied();
            let shortfall = burned.shortfall.get(month).copied();
            // What is not there is not added: most months of most companies have none of these.
            for (part, comes_in) in [(arrived, true), (earned, true), (committed, false), (shortfall, false)] {
                if let Some(part) = part {
                    balance = if comes_in { balance + part } else { balance - part };
                }
            }
            balance = match in_kind {
                Some(in_kind) => balance - (net - in_kind),
                None => balance - net,
            };
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
            if let Some(arrived) = arrived {
                to_come += S::select(out, arrived, S::ZERO);
            }
            let so_far = match lowest {
                Some(lowest) => lowest.least(balance),
                None => balance,
            };
            lowest = Some(so_far);
            // Until the money has run out each month is the one in which it may.
            if (!out).may_hold() {
                let is_out = so_far.lt(self.floor);
                if is_out.may_hold() {
                    // What is drawn in the month is there before it ends.
                    crossing.note(!out, month, place, start + drawn, balance);
                    if !debts.is_empty() {
                        // What is called on the last day is lacking from that day on.
                        let is_called = S::ZERO.lt(called) & !(balance + called).lt(self.floor);
                        crossing.is_called = (out & crossing.is_called) | (!out & is_called);
                    }
                }
                out = is_out;
            }
            observer.month(
                index,
                &MonthFlow {
                    month,
                    arrived: arrived.unwrap_or(S::ZERO),
                    burned: net,
                    in_kind: in_kind.unwrap_or(S::ZERO),
                    committed: committed.unwrap_or(S::ZERO),
                    shortfall: shortfall.unwrap_or(S::ZERO),
                    earned: earned.unwrap_or(S::ZERO),
                    drawn,
                    repaid,
                    called,
                    cost,
                    balance,
                    lowest: so_far,
                },
            );
        }
        let (part, months) = crossing.read(self.minimum);
        let all_months = S::whole(i128::try_from(treasury.months.len()).unwrap_or(i128::MAX));
        let trough = lowest.unwrap_or(self.opening);
        Runway {
            runs_out: out,
            month: S::select(out, crossing.month, all_months),
            months: S::select(out, months, S::ZERO),
            part: S::select(out, part, S::ZERO),
            trough: trough / self.unit,
            gap: (self.minimum - trough).at_least_zero() / self.unit,
            to_come: to_come / self.unit,
            last: balance / self.unit,
        }
    }
}

/// The month in which the balance falls below the minimum.
#[derive(Debug, Clone, Copy)]
struct Crossing<S: Scalar> {
    month: S,
    /// Months that have passed by its beginning, and how much of it counts.
    elapsed: S,
    length: S,
    /// What is there before it ends, and as it ends.
    there: S,
    balance: S,
    /// Where it falls on the last day alone.
    is_called: S::Mask,
}

impl<S: Scalar> Crossing<S> {
    /// None yet: numbers that harm nothing.
    #[inline(always)]
    fn none(minimum: S) -> Crossing<S> {
        let (month, elapsed, length) = (S::ZERO, S::ZERO, S::ZERO);
        Crossing { month, elapsed, length, there: minimum, balance: minimum - S::ONE, is_called: S::Mask::NEVER }
    }

    /// It may be here.
    #[inline(always)]
    fn note(&mut self, here: S::Mask, month: usize, place: &MonthPlan, there: S, balance: S) {
        let number = S::whole(i128::try_from(month).unwrap_or(i128::MAX));
        self.month = S::select(here, number, self.month);
        self.elapsed = S::select(here, number_of(place.elapsed), self.elapsed);
        self.length = S::select(here, number_of(place.length), self.length);
        self.there = S::select(here, there, self.there);
        self.balance = S::select(here, balance, self.balance);
    }

    /// How far into the month it is, from 0 to 1, and how many months it is in all.
    #[inline(always)]
    fn read(&self, minimum: S) -> (S, S) {
        let above = self.there - minimum;
        let part = above.at_least_zero() / (self.there - self.balance);
        let part = S::select(S::ZERO.lt(above), part, S::ZERO);
        let part = S::select(self.is_called, S::ONE, part);
        (part, self.elapsed + part * self.length)
    }
}

#[inline(always)]
fn at<S: Scalar>(list: &[S], month: usize) -> S {
    list.get(month).copied().unwrap_or(S::ZERO)
}

/// A part of months as a number.
#[inline(always)]
fn number_of<S: Scalar>(part: Fraction) -> S {
    S::ratio(part.numerator(), part.denominator())
}
