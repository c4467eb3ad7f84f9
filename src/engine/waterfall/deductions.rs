//! What is paid before any claim: fees, costs, debt, carve-outs.

use crate::units::Mask;
use crate::units::Scalar;

use super::order;

/// Money for the team.
#[derive(Debug, Clone)]
pub struct CarveOut<S> {
    /// So much, if there is so much.
    pub amount: S,
    /// Rates of what lies above amounts, in their order.
    pub brackets: Vec<Bracket<S>>,
}

/// A rate of what lies above an amount.
#[derive(Debug, Clone, Copy)]
pub struct Bracket<S> {
    /// The amount.
    pub above: S,
    /// The rate.
    pub rate: S,
}

/// What is paid before any claim, in the order in which it is paid.
#[derive(Debug, Clone)]
pub struct Deductions<S> {
    /// A part of all.
    pub fee: S,
    /// Costs in money.
    pub costs: S,
    /// Debt.
    pub debt: S,
    /// Carve-outs: fixed ones of what is then left, rates of what those leave.
    pub carve_outs: Vec<CarveOut<S>>,
}

/// What a value comes to once everything before the claims is paid.
#[derive(Debug, Clone)]
pub struct Deducted<S> {
    /// The value.
    pub value: S,
    /// Fees.
    pub fees: S,
    /// Costs.
    pub costs: S,
    /// Debt.
    pub debt: S,
    /// Each carve-out.
    pub carve_outs: Vec<S>,
    /// What is left to share.
    pub left: S,
}

impl<S: Scalar> Deductions<S> {
    /// What a value comes to. Each part is paid as far as the money goes, in its turn.
    ///
    /// ```
    /// use capsim::engine::waterfall::{Bracket, CarveOut, Deductions};
    /// // 30M, of it 3 % fees and 1M of debt; 8 % for the team up to 20M and 10 % above.
    /// let brackets = vec![Bracket { above: 0.0, rate: 0.08 }, Bracket { above: 20e6, rate: 0.10 }];
    /// let team = CarveOut { amount: 0.0, brackets };
    /// let deductions = Deductions { fee: 0.03, costs: 0.0, debt: 1e6, carve_outs: vec![team] };
    /// let deducted = deductions.of(30e6);
    /// assert_eq!(deducted.fees, 0.9e6);
    /// assert!((deducted.carve_outs[0] - (1.6e6 + 0.81e6)).abs() < 1e-6);
    /// assert!((deducted.left - 25.69e6).abs() < 1e-6);
    /// ```
    pub fn of(&self, value: S) -> Deducted<S> {
        let fees = value * self.fee;
        let mut left = value - fees;
        let costs = self.costs.least(left);
        left -= costs;
        let debt = self.debt.least(left);
        left -= debt;
        let mut carve_outs: Vec<S> = self
            .carve_outs
            .iter()
            .map(|carve_out| {
                let amount = carve_out.amount.least(left);
                left -= amount;
                amount
            })
            .collect();
        let shared = left;
        for (carve_out, sum) in self.carve_outs.iter().zip(&mut carve_outs) {
            let share = carve_out.of(shared);
            *sum += share;
            left -= share;
        }
        Deducted { value, fees, costs, debt, carve_outs, left }
    }

    /// The largest value that leaves no more than so much to share: what comes above it is shared.
    ///
    /// What is left is straight between kinks and never falls, so it is found from kink to kink.
    pub fn value_for(&self, left: S) -> S {
        let mut below = S::ZERO;
        for kink in self.kinks() {
            // What a kink leaves in the last digits of its quotient is nothing.
            if (left + kink * S::GRAIN).lt(self.of(kink).left).any() {
                break;
            }
            below = kink;
        }
        let start = self.of(below).left;
        let gap = left - start;
        if !S::ZERO.lt(gap).any() {
            return below;
        }
        let slope = self.slope_from(below);
        below + gap.times(S::ONE.per(slope))
    }

    /// The values at which another deduction begins or ends, rising.
    pub fn kinks(&self) -> Vec<S> {
        // What fees leave, grossed up again.
        let gross = |net: S| net.times(S::ONE.per(S::ONE - self.fee));
        let mut kinks = Vec::new();
        let mut paid = S::ZERO;
        for part in [self.costs, self.debt].into_iter().chain(self.carve_outs.iter().map(|it| it.amount)) {
            if S::ZERO.lt(part).any() {
                paid += part;
                kinks.push(gross(paid));
            }
        }
        let mut tiers: Vec<S> = self
            .carve_outs
            .iter()
            .flat_map(|it| it.brackets.iter().map(|bracket| bracket.above))
            .filter(|above| S::ZERO.lt(*above).any())
            .collect();
        tiers.sort_by(|one, other| order(*one, *other));
        kinks.extend(tiers.into_iter().map(|above| gross(paid + above)));
        kinks
    }

    /// How much of the next unit above a value is left to share; nothing while fixed parts are being paid.
    pub fn slope_from(&self, value: S) -> S {
        let net = value - value * self.fee;
        let fixed = self.costs + self.debt + self.carve_outs.iter().fold(S::ZERO, |sum, it| sum + it.amount);
        let shared = net - fixed;
        let grain = value.magnitude() * S::GRAIN;
        if (shared + grain).lt(S::ZERO).any() {
            return S::ZERO;
        }
        let rates = self.carve_outs.iter().fold(S::ZERO, |sum, it| sum + it.rate_above(shared + grain));
        (S::ONE - self.fee) * (S::ONE - rates)
    }
}

impl<S: Scalar> CarveOut<S> {
    /// Its rates of what is shared.
    fn of(&self, shared: S) -> S {
        let mut sum = S::ZERO;
        for (place, bracket) in self.brackets.iter().enumerate() {
            let next = self.brackets.get(place.saturating_add(1)).map(|next| next.above);
            let top = next.map_or(shared, |next| next.least(shared));
            sum += (top - bracket.above).at_least_zero() * bracket.rate;
        }
        sum
    }

    /// The rate of the next unit.
    pub fn rate_above(&self, shared: S) -> S {
        let bracket = self.brackets.iter().rev().find(|bracket| !shared.lt(bracket.above).any());
        bracket.map_or(S::ZERO, |bracket| bracket.rate)
    }
}
