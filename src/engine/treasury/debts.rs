//! Loans and credit lines, month by month: drawn, owed, paid for, repaid.

use crate::plan::DebtPlan;
use crate::plan::TreasuryPlan;
use crate::units::Fraction;
use crate::units::Mask;
use crate::units::Scalar;

use super::super::figures::Figures;
use super::super::runway::DebtFlow;
use super::GRAIN;

/// What an amount earns or costs in a part of a month, at a rate per so many months.
pub(super) fn interest<S: Scalar>(amount: S, rate: S, part: Fraction, period: u32) -> S {
    if part == Fraction::ZERO {
        return S::ZERO;
    }
    let months = part.denominator().saturating_mul(i128::from(period));
    (amount * rate).times(S::whole(part.numerator()).per(S::whole(months)))
}

/// What is drawn of a debt.
struct Draw<S> {
    month: i64,
    /// Before the projection: its cash is in the bank.
    is_before: bool,
    amount: S,
    /// How much of its month it is owed.
    part: Fraction,
}

/// A debt as it stands, in parts of a unit.
pub(super) struct Owed<'a, S: Scalar> {
    plan: &'a DebtPlan,
    size: S,
    rate: S,
    undrawn_fee: Option<(S, u32)>,
    fee: Option<(S, i64)>,
    /// What is drawn.
    draws: Vec<Draw<S>>,
    covenant: Option<(S, bool)>,
    /// What is owed.
    outstanding: S,
    /// Where nothing can be drawn any more: it was called.
    is_called: S::Mask,
    /// This month.
    flow: DebtFlow<S>,
}

impl<'a, S: Scalar> Owed<'a, S> {
    /// A debt as it stands on `as_of`.
    fn new(plan: &'a DebtPlan, figures: Figures<'_, S>, unit: S) -> Owed<'a, S> {
        let nothing = DebtFlow {
            debt: plan.debt,
            month: 0,
            drawn: S::ZERO,
            repaid: S::ZERO,
            interest: S::ZERO,
            fees: S::ZERO,
            outstanding: S::ZERO,
            is_breached: S::Mask::NEVER,
        };
        let mut owed = Owed {
            plan,
            size: figures.at(plan.size) * unit,
            rate: figures.at(plan.rate.0),
            undrawn_fee: plan.undrawn_fee.map(|(slot, period)| (figures.at(slot), period)),
            fee: plan.fee.map(|(slot, month)| (figures.at(slot), month)),
            draws: plan
                .draws
                .iter()
                .map(|draw| Draw {
                    month: draw.month,
                    is_before: draw.is_before,
                    amount: figures.at(draw.amount) * unit,
                    part: draw.part,
                })
                .collect(),
            covenant: plan.covenant.map(|(slot, called)| ((figures.at(slot) - S::of(GRAIN)) * unit, called)),
            outstanding: S::ZERO,
            is_called: S::Mask::NEVER,
            flow: nothing,
        };
        // What was drawn and repaid before: its cash is in the bank, or gone.
        for month in plan.first.min(0)..0 {
            owed.flow = nothing;
            owed.draw(month, true);
            owed.repay(month);
        }
        // In the month of `as_of`, before it: nothing fell due since.
        owed.draw(0, true);
        owed.flow = nothing;
        owed
    }

    /// Draws what the schedule says, and gives the interest of the draws for their part of the month.
    fn draw(&mut self, month: i64, is_before: bool) -> S {
        let mut interest_of_draws = S::ZERO;
        for draw in self.draws.iter().filter(|draw| draw.month == month && draw.is_before == is_before) {
            let drawn = S::select(self.is_called, S::ZERO, draw.amount);
            self.outstanding += drawn;
            self.flow.drawn += drawn;
            interest_of_draws += interest(drawn, self.rate, draw.part, self.plan.rate.1);
        }
        interest_of_draws
    }

    /// The beginning of a month: draws, interest, fees. `length` is how much of it counts.
    fn open(&mut self, month: usize, length: Fraction) {
        let number = i64::try_from(month).unwrap_or(i64::MAX);
        let plan = self.plan;
        self.flow = DebtFlow {
            month,
            drawn: S::ZERO,
            repaid: S::ZERO,
            interest: S::ZERO,
            fees: S::ZERO,
            is_breached: S::Mask::NEVER,
            ..self.flow
        };
        let part = if number == plan.last { plan.last_part } else { length };
        if number <= plan.last {
            let owed = self.outstanding;
            let of_draws = self.draw(number, false);
            self.flow.interest = interest(owed, self.rate, part, plan.rate.1) + of_draws;
            if let Some((fee, period)) = self.undrawn_fee
                && number >= plan.first
            {
                let undrawn = S::select(self.is_called, S::ZERO, (self.size - self.outstanding).at_least_zero());
                let part = if number == plan.first { plan.first_part } else { part };
                self.flow.fees += interest(undrawn, fee, part, period);
            }
            if let Some((fee, at)) = self.fee
                && at == number
            {
                self.flow.fees += self.size * fee;
            }
        }
    }

    /// What is due at a month's end.
    fn repay(&mut self, month: i64) {
        let plan = self.plan;
        let due = match plan.parts_from {
            _ if month >= plan.last && plan.is_ended => self.outstanding,
            _ if month >= plan.last => S::ZERO,
            Some(first) if month >= first => self.outstanding / S::whole(i128::from(plan.last) - i128::from(month) + 1),
            _ => S::ZERO,
        };
        self.outstanding -= due;
        self.flow.repaid += due;
    }
}

/// Every debt of a play under a burn.
pub(super) struct Debts<'a, S: Scalar> {
    all: Vec<Owed<'a, S>>,
}

/// What debts do to the balance of a month before its end is known.
pub(super) struct Opened<S> {
    /// Drawn by schedule.
    pub drawn: S,
    /// Interest and fees.
    pub cost: S,
    /// Repaid as agreed.
    pub repaid: S,
}

/// What they do when it is.
pub(super) struct Closed<S> {
    /// Drawn because cash lacked of the minimum.
    pub drawn: S,
    /// Repaid because it exceeded it.
    pub repaid: S,
    /// Repaid at once because a covenant was broken.
    pub called: S,
}

impl<'a, S: Scalar> Debts<'a, S> {
    /// The debts as they stand on `as_of`; unless they may be drawn, only what is owed by then.
    pub fn new(treasury: &'a TreasuryPlan, figures: Figures<'_, S>, unit: S, may_draw: bool) -> Debts<'a, S> {
        let all = treasury.debts.iter().map(|plan| {
            let mut owed = Owed::new(plan, figures, unit);
            if !may_draw {
                owed.is_called = S::Mask::ALWAYS;
                owed.fee = None;
            }
            owed
        });
        Debts { all: all.collect() }
    }

    /// Scheduled draws, interest, fees and repayments of a month.
    pub fn open(&mut self, month: usize, length: Fraction) -> Opened<S> {
        let mut opened = Opened { drawn: S::ZERO, cost: S::ZERO, repaid: S::ZERO };
        let number = i64::try_from(month).unwrap_or(i64::MAX);
        for owed in &mut self.all {
            owed.open(month, length);
            owed.repay(number);
            opened.drawn += owed.flow.drawn;
            opened.cost += owed.flow.interest + owed.flow.fees;
            opened.repaid += owed.flow.repaid;
        }
        opened
    }

    /// Lines drawn up to the minimum or repaid down to it, in the order of the file, then covenants.
    pub fn close(&mut self, month: usize, balance: S, minimum: S) -> Closed<S> {
        let mut closed = Closed { drawn: S::ZERO, repaid: S::ZERO, called: S::ZERO };
        let number = i64::try_from(month).unwrap_or(i64::MAX);
        let mut balance = balance;
        for owed in &mut self.all {
            let is_open = (owed.plan.first..owed.plan.last).contains(&number);
            if owed.plan.is_automatic && is_open {
                let room = S::select(owed.is_called, S::ZERO, (owed.size - owed.outstanding).at_least_zero());
                let drawn = (minimum - balance).at_least_zero().least(room);
                owed.outstanding += drawn;
                owed.flow.drawn += drawn;
                closed.drawn += drawn;
                balance += drawn;
            }
            if owed.plan.is_swept {
                let repaid = (balance - minimum).at_least_zero().least(owed.outstanding);
                owed.outstanding -= repaid;
                owed.flow.repaid += repaid;
                closed.repaid += repaid;
                balance -= repaid;
            }
        }
        for owed in &mut self.all {
            let Some((least, calls)) = owed.covenant else { continue };
            let is_breached = balance.lt(least) & S::ZERO.lt(owed.outstanding);
            owed.flow.is_breached = is_breached;
            if calls && is_breached.any() {
                let repaid = S::select(is_breached, owed.outstanding, S::ZERO);
                owed.is_called = owed.is_called | is_breached;
                owed.outstanding -= repaid;
                owed.flow.repaid += repaid;
                closed.called += repaid;
                balance -= repaid;
            }
        }
        closed
    }

    /// What moved in each this month.
    pub fn flows(&self) -> impl Iterator<Item = DebtFlow<S>> + '_ {
        self.all.iter().map(|owed| DebtFlow { outstanding: owed.outstanding, ..owed.flow })
    }

    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}
