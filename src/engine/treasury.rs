//! Months: money arrives, is spent, and runs out or does not; once for each burn report.

use crate::plan::Base;
use crate::plan::BurnPlan;
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
use super::runway::MonthFlow;
use super::runway::Runway;
use super::state::State;

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
    let treasury = &plan.treasury;
    let Some((opening, minimum)) = treasury.cash else { return Ok(()) };
    let unit = S::of(treasury.denominator);
    // What does not depend on the burn is scaled and summed once.
    let mut arrivals = std::mem::take(&mut state.arrivals);
    for arrival in &mut arrivals {
        *arrival = *arrival * unit;
    }
    let mut committed = vec![S::ZERO; treasury.months.len()];
    for commitment in &treasury.commitments {
        let amount = figures.at(commitment.amount);
        for (month, coefficient) in &commitment.months {
            if let Some(due) = committed.get_mut(*month) {
                *due += amount * S::of(*coefficient);
            }
        }
    }
    let shared = Shared {
        treasury,
        arrivals: &arrivals,
        committed: &committed,
        opening: figures.at(opening) * unit,
        minimum: figures.at(minimum) * unit,
        floor: (figures.at(minimum) - S::of(GRAIN)) * unit,
        unit,
    };
    let mut is_valid = true;
    for (index, burn) in treasury.burns.iter().enumerate() {
        let runway = shared.burn(plan, burn, index, figures, state, observer);
        is_valid &= runway.last.is_valid() && runway.months.is_valid();
        observer.runway(index, &runway);
        state.runways.push(runway);
    }
    state.arrivals = arrivals;
    if is_valid { Ok(()) } else { Err(Fault { step: None, kind: FaultKind::Arithmetic }) }
}

/// A millionth of a unit of money: a balance that lies below the minimum by less does so only in the last digits of
/// a growth rate's arithmetic, and no currency has a coin for it.
const GRAIN: Decimal = Decimal::from_parts(1, 0, 0, false, 6);

/// What every burn report runs against.
struct Shared<'a, S> {
    treasury: &'a TreasuryPlan,
    arrivals: &'a [S],
    committed: &'a [S],
    opening: S,
    minimum: S,
    /// A balance below this is below the minimum.
    floor: S,
    unit: S,
}

/// A credit as it is drawn down.
struct Drawing<S> {
    /// From this month.
    first: i64,
    /// To before this one.
    end: i64,
    /// What becomes available each month.
    monthly: S,
    /// Whether what is unused stays.
    carried: bool,
    /// How much of the burn it can pay for.
    eligible: S,
    /// What is available now.
    available: S,
}

impl<S: Scalar> Shared<'_, S> {
    fn burn<O: Observer<S>>(
        &self,
        plan: &Plan,
        burn: &BurnPlan,
        index: usize,
        figures: Figures<'_, S>,
        state: &State<S>,
        observer: &mut O,
    ) -> Runway<S> {
        let mut credits = self.credits(plan, figures, state);
        let fill = Fills::new(burn, figures);
        let mut balance = self.opening;
        let mut rate: Option<S> = None;
        let mut lowest: Option<S> = None;
        let mut out = S::Mask::NEVER;
        let mut out_month = S::ZERO;
        let mut out_months = S::ZERO;
        let mut out_part = S::ZERO;
        let mut index_of_month = S::ZERO;
        let mut month = 0usize;
        for segment in &burn.segments {
            let base = match segment.base {
                Base::Nothing => S::ZERO,
                Base::Figure(slot) => figures.at(slot),
                Base::Fill(year) => fill.year(year),
                Base::Rate(slot, growth) => {
                    let so_far = rate.unwrap_or_else(|| figures.at(slot));
                    let now = match growth {
                        Some(growth) => so_far * (S::ONE + figures.at(growth)),
                        None => so_far,
                    };
                    rate = Some(now);
                    now
                }
            };
            let burned = base * S::of(segment.coefficient);
            for _ in 0..segment.months {
                let start = balance;
                let arrived = self.arrivals.get(month).copied().unwrap_or(S::ZERO);
                let committed = self.committed.get(month).copied().unwrap_or(S::ZERO);
                let in_kind = draw(&mut credits, month, burned);
                balance = balance + arrived - committed - (burned - in_kind);
                let is_below = balance.lt(self.floor) & !out;
                if is_below.any() {
                    let (elapsed, length) = self.place(month);
                    let part = (start - self.minimum).at_least_zero() / (start - balance);
                    let part = S::select(S::ZERO.lt(start - self.minimum), part, S::ZERO);
                    out_part = S::select(is_below, part, out_part);
                    out_months = S::select(is_below, elapsed + part * length, out_months);
                    out_month = S::select(is_below, index_of_month, out_month);
                    out = out | is_below;
                }
                lowest = Some(lowest.map_or(balance, |lowest| lowest.least(balance)));
                observer.month(index, &MonthFlow { month, arrived, burned, in_kind, committed, balance });
                index_of_month += S::ONE;
                month = month.saturating_add(1);
            }
        }
        let trough = lowest.unwrap_or(self.opening);
        Runway {
            runs_out: out,
            month: S::select(out, out_month, index_of_month),
            months: out_months,
            part: out_part,
            trough: trough / self.unit,
            gap: (self.minimum - trough).at_least_zero() / self.unit,
            last: balance / self.unit,
        }
    }

    /// Months since `as_of` at the start of a month, and how much of it counts.
    fn place(&self, month: usize) -> (S, S) {
        let number = |part: Fraction| {
            let whole = |value: i128| S::of(Decimal::try_from_i128_with_scale(value, 0).unwrap_or(Decimal::ZERO));
            whole(part.numerator()) / whole(part.denominator())
        };
        self.treasury.months.get(month).map_or((S::ZERO, S::ZERO), |plan| (number(plan.elapsed), number(plan.length)))
    }

    fn credits(&self, plan: &Plan, figures: Figures<'_, S>, state: &State<S>) -> Vec<Drawing<S>> {
        state
            .credits
            .iter()
            .filter_map(|credit| {
                let drawdown = plan.closings.get(credit.closing)?.credit?;
                let months = S::of(Decimal::from(drawdown.months));
                Some(Drawing {
                    first: drawdown.first_month,
                    end: drawdown.first_month.saturating_add(i64::from(drawdown.months)),
                    monthly: credit.amount * self.unit / months,
                    carried: drawdown.carried,
                    eligible: figures.at(drawdown.eligible),
                    available: S::ZERO,
                })
            })
            .collect()
    }
}

/// Pays what it can of a month's burn with capacity in kind, the oldest first.
fn draw<S: Scalar>(credits: &mut [Drawing<S>], month: usize, burned: S) -> S {
    if credits.is_empty() {
        return S::ZERO;
    }
    let month = i64::try_from(month).unwrap_or(i64::MAX);
    let payable = burned.at_least_zero();
    let mut used = S::ZERO;
    for credit in credits {
        let granted = if (credit.first..credit.end).contains(&month) { credit.monthly } else { S::ZERO };
        credit.available = if credit.carried { credit.available + granted } else { granted };
        let use_now = credit.available.least(credit.eligible * payable).least(payable - used);
        credit.available -= use_now;
        used += use_now;
    }
    used
}

/// The years that a cumulative total fills.
struct Fills<S> {
    /// What the named years leave, over the weights of the years filled.
    left: S,
    /// One year's growth; none if flat.
    growth: Option<S>,
    years: Vec<u32>,
}

impl<S: Scalar> Fills<S> {
    fn new(burn: &BurnPlan, figures: Figures<'_, S>) -> Fills<S> {
        let Some(fill) = &burn.fill else { return Fills { left: S::ZERO, growth: None, years: Vec::new() } };
        let left = fill.named.iter().fold(figures.at(fill.total), |left, named| left - figures.at(*named));
        let growth = fill.growth.map(|growth| S::ONE + figures.at(growth));
        match growth {
            // The coefficient of a flat year already holds the division.
            None => Fills { left, growth, years: Vec::new() },
            Some(growth) => {
                let weights = fill.years.iter().fold(S::ZERO, |sum, years| sum + power(growth, *years));
                Fills { left: left / weights, growth: Some(growth), years: fill.years.clone() }
            }
        }
    }

    /// The amount of the year with that number, or of a flat one all that is left.
    fn year(&self, number: u32) -> S {
        match self.growth {
            None => self.left,
            Some(growth) => {
                let years = self.years.get(number as usize).copied().unwrap_or(0);
                self.left * power(growth, years)
            }
        }
    }
}

fn power<S: Scalar>(base: S, exponent: u32) -> S {
    (0..exponent).fold(S::ONE, |product, _| product * base)
}
