//! The price of a round with convertibles and protected classes, as one simultaneous system.
//!
//! In money, at the round's price, every claim on the company before the new money is a rising function of one
//! unknown, straight but for a few kinks: shares are `n p`, a pool target the larger of what is there and its part of
//! the post-money, a SAFE or note the largest of its terms, a protected class the larger of its shares and of what its
//! formula gives. Their sum rises and equals the pre-money once. So one root gives the price, and with it every count.
//!
//! ```text
//! cap of a post-money SAFE        A / K x (V - increase)      discount      A / (1 - d)
//! cap of a pre-money SAFE         A / K x (E p + increase)    round price   A
//! cap on all before new money     A / K x V                   fixed part    f x (V - increase)
//! cap on the shares before        A / K x N p
//! weighted average                n c (b p + R) / (b c + R)   full ratchet  n c
//! ```
//!
//! What the unknown is depends on what is given: the price itself where a valuation is held; the money of the
//! conversions where the pre-money leaves them out; the post-money where the price is held.

mod line;
mod root;

use crate::plan::Capitalisation;
use crate::plan::ConversionsPlan;
use crate::plan::RoundPlan;
use crate::plan::TermPlan;
use crate::plan::ValuationPlan;
use crate::units::Mask;
use crate::units::Scalar;

use super::figures::Figures;
use super::pricing::Committed;
pub use line::Line;
use root::root;
use root::upper;

/// What a convertible brings to a round.
#[derive(Debug, Clone, Copy)]
pub struct Claim<S: Scalar> {
    /// Where it is outstanding and this round converts it.
    pub is_active: S::Mask,
    /// Principal and interest; nothing where it is not active.
    pub balance: S,
    /// The money that was put in; nothing where it is not active.
    pub principal: S,
}

/// A protected class before a round.
#[derive(Debug, Clone, Copy)]
pub struct Series<S> {
    /// Its shares as converted.
    pub shares: S,
    /// Its conversion price.
    pub price: S,
    /// The base of the weighted average; none for a full ratchet.
    pub base: Option<S>,
    /// Below this price it is not adjusted further.
    pub floor: Option<S>,
}

/// What a round is priced on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms<'a, S: Scalar> {
    pub round: &'a RoundPlan,
    /// The price of a share of its class, where that is given.
    pub given: S,
    pub figures: Figures<'a, S>,
    /// All shares as converted.
    pub before: S,
    /// What is sold.
    pub committed: Committed<S>,
    /// Issue and conversion price of the round's class.
    pub class: (S, S),
    /// Shares that count towards the pool target, as converted.
    pub pooled: S,
    /// The pool target where the holders before the round bear it; nothing otherwise.
    pub target: S,
    /// Whether a pool is topped up inside the pre-money.
    pub tops_up: bool,
    pub claims: &'a [Claim<S>],
    pub series: &'a [Series<S>],
}

/// What the unknown is.
#[derive(Debug, Clone, Copy)]
enum Unknown<S> {
    /// The price, with the conversions inside the valuation.
    Price,
    /// The money of the conversions, outside it, at this price.
    Conversions(S),
    /// The price, with the conversions outside the valuation and a pool that is topped up.
    PriceBesideConversions,
    /// The post-money, at this price.
    PostMoney(S),
}

/// Everything at one point, as lines of the unknown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame<S> {
    /// What must come to nothing.
    pub balance: Line<S>,
    /// The price.
    pub price: Line<S>,
    /// The pool increase.
    pub increase: Line<S>,
    /// The protected classes, as adjusted.
    pub protected: Line<S>,
    /// The existing shares as the price counts them.
    pub existing: Line<S>,
    /// The conversions.
    pub converted: Line<S>,
    /// The valuation the holders before the new money share.
    pub valuation: Line<S>,
    /// The shares a cap divides by, in money.
    pub bases: Bases<S>,
}

/// The shares a cap divides by, in money.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bases<S> {
    post: Line<S>,
    pre: Line<S>,
    all: Line<S>,
    before: Line<S>,
}

/// A solved round.
#[derive(Debug, Clone, Copy)]
pub(super) struct Solution<S: Scalar> {
    /// As converted shares that one unit of money buys.
    pub price: S::Per,
    /// The unknown.
    pub x: S,
    /// Everything at it.
    pub frame: Frame<S>,
    /// Where the unknown is the price.
    is_price: S::Mask,
    /// Where there is a solution.
    pub is_found: S::Mask,
    /// Whether the pool is below its target.
    pub is_topped_up: S::Mask,
}

impl<S: Scalar> Solution<S> {
    /// The shares that a line of money is at the round's price: multiplied first, divided last.
    #[inline(always)]
    pub fn shares(&self, money: Line<S>) -> S {
        let by_price = money.slope + money.constant.times(self.price);
        let by_money = money.at(self.x).times(self.price);
        S::select(self.is_price, by_price, by_money)
    }
}

impl<S: Scalar> Terms<'_, S> {
    /// The one price at which every claim is met.
    #[inline(always)]
    pub fn solve(&self) -> Solution<S> {
        match self.round.valuation {
            ValuationPlan::Price(_) | ValuationPlan::StepUp(_) => {
                self.at_price(self.class.0.per(self.given * self.class.1))
            }
            ValuationPlan::PreMoney(_) if self.round.rule == ConversionsPlan::Outside => self.outside(),
            ValuationPlan::PreMoney(_) | ValuationPlan::PostMoney(_) => self.inside(Unknown::Price),
        }
    }

    /// The claims that do not fall with the price, in money: what must be worth less than the valuation.
    pub fn fixed(&self) -> (S, S) {
        let frame = self.frame(Unknown::Price, S::ZERO);
        (frame.balance.constant + frame.valuation.constant, frame.valuation.constant)
    }

    /// What each claim is worth when a share is worth nothing: the pool, the protected classes, then the convertibles.
    pub fn fixed_claims(&self, mut tell: impl FnMut(ClaimOf, S)) {
        let frame = self.frame(Unknown::Price, S::ZERO);
        tell(ClaimOf::Pool, frame.increase.constant);
        for (index, series) in self.series.iter().enumerate() {
            let line = self.adjusted(series, Line::UNKNOWN, S::ZERO, Line::ZERO, S::ZERO);
            if self.round.adjusts_in_price {
                tell(ClaimOf::Protected(index), line.constant);
            }
        }
        for (index, claim) in self.claims.iter().enumerate() {
            let line = self.claim(index, claim, &frame.bases, S::ZERO);
            tell(ClaimOf::Convertible(index), S::select(claim.is_active, line.constant, S::ZERO));
        }
    }

    #[inline(always)]
    fn inside(&self, unknown: Unknown<S>) -> Solution<S> {
        let top = self.valuation();
        // At this price the existing shares alone are worth all there is.
        let shares = self.before - top.slope;
        let high = top.constant / shares;
        let found = root(
            #[inline(always)]
            |x| self.frame(unknown, x).balance,
            S::ZERO,
            high,
        );
        self.solution(found, unknown, true)
    }

    /// The pre-money leaves the conversions out: without a top-up the price follows from the shares alone, and the
    /// money of the conversions from the price; with one, the price solves both at once.
    #[inline(never)]
    fn outside(&self) -> Solution<S> {
        let top = self.valuation();
        let high = top.constant / self.before;
        let plain = root(
            #[inline(always)]
            |x| self.shares_alone(x),
            S::ZERO,
            high,
        );
        let price = plain.x;
        let unknown = Unknown::Conversions(price);
        let end = upper(
            #[inline(always)]
            |x| self.frame(unknown, x).balance,
            S::ZERO,
            top.constant + S::ONE,
        );
        let found = root(
            #[inline(always)]
            |x| self.frame(unknown, x).balance,
            S::ZERO,
            end,
        );
        let mut solution = self.solution(found, unknown, false);
        let line = self.shares_alone(price);
        solution.price = line.slope.per(S::ZERO - line.constant);
        solution.is_found = solution.is_found & plain.is_found;
        if !self.tops_up {
            return solution;
        }
        let wanted = self.target * self.counted(&solution.frame).at(solution.x);
        let needs_more = (self.pooled * price).lt(wanted);
        if !needs_more.any() {
            return solution;
        }
        let unknown = Unknown::PriceBesideConversions;
        let found = root(
            #[inline(always)]
            |x| self.frame(unknown, x).balance,
            S::ZERO,
            price,
        );
        let topped = self.solution(found, unknown, true);
        Solution {
            price: S::pick(needs_more, topped.price, solution.price),
            x: S::select(needs_more, topped.x, solution.x),
            frame: Frame::select(needs_more, topped.frame, solution.frame),
            is_price: needs_more,
            is_found: (needs_more & topped.is_found) | (!needs_more & solution.is_found),
            is_topped_up: needs_more,
        }
    }

    /// The price is given: only counts are unknown, and the valuation follows.
    #[inline(never)]
    fn at_price(&self, given: S::Per) -> Solution<S> {
        let price = S::quotient(S::inverse(given));
        let unknown = Unknown::PostMoney(price);
        // The least it can be: what exists and what is sold.
        let low = (self.before + self.committed.shares + self.committed.own_shares) * price + self.committed.money;
        let end = upper(
            #[inline(always)]
            |x| self.frame(unknown, x).balance,
            low,
            low,
        );
        let found = root(
            #[inline(always)]
            |x| self.frame(unknown, x).balance,
            low,
            end,
        );
        let mut solution = self.solution(found, unknown, false);
        // A price that was given keeps its digits.
        solution.price = given;
        solution
    }

    /// What the existing shares alone claim of the valuation, where it leaves the conversions out.
    #[inline(always)]
    fn shares_alone(&self, x: S) -> Line<S> {
        let price = Line::UNKNOWN;
        self.existing(price, self.protected(price, x, Line::ZERO, S::ZERO)) - self.valuation()
    }

    #[inline(always)]
    fn solution(&self, found: root::Root<S>, unknown: Unknown<S>, is_price: bool) -> Solution<S> {
        let frame = self.frame(unknown, found.x);
        let line = frame.balance;
        let value = line.at(found.x);
        // Put back into the equation, what is left is nothing but the last digits.
        let size = frame.valuation.at(found.x).magnitude() + S::ONE;
        let is_met = value.magnitude().lt(size * S::GRAIN * S::of(crate::units::Decimal::ONE_THOUSAND));
        // A price is above zero; the money of conversions may be nothing.
        let is_there = if is_price { S::ZERO.lt(found.x) } else { !found.x.lt(S::ZERO) };
        let is_above = S::ZERO.lt(line.slope) & is_there;
        Solution {
            price: line.slope.per(S::ZERO - line.constant),
            x: found.x,
            frame,
            is_price: if is_price { S::Mask::ALWAYS } else { S::Mask::NEVER },
            is_found: found.is_found & is_met & is_above,
            is_topped_up: S::ZERO.lt(frame.increase.at(found.x)),
        }
    }

    /// What the holders before the new money share: the pre-money, or what the money leaves of the post-money.
    #[inline(always)]
    fn valuation(&self) -> Line<S> {
        let mut principal = S::ZERO;
        for claim in self.claims {
            principal += claim.principal;
        }
        match self.round.valuation {
            ValuationPlan::PreMoney(slot) => {
                let value = self.figures.at(slot);
                let grows = self.round.rule == ConversionsPlan::DollarsInvested;
                Line::money(if grows { value + principal } else { value })
            }
            ValuationPlan::PostMoney(slot) => {
                let money = self.committed.money + self.committed.own_money;
                Line { slope: S::ZERO - self.committed.shares, constant: self.figures.at(slot) - money }
            }
            ValuationPlan::Price(_) | ValuationPlan::StepUp(_) => Line::ZERO,
        }
    }

    /// Everything, in money, at a point.
    #[inline(always)]
    fn frame(&self, unknown: Unknown<S>, x: S) -> Frame<S> {
        let price = match unknown {
            Unknown::Price | Unknown::PriceBesideConversions => Line::UNKNOWN,
            Unknown::Conversions(price) | Unknown::PostMoney(price) => Line::money(price),
        };
        let top = self.valuation();
        let sold = Line::money(self.committed.money) + price.scaled(self.committed.shares + self.committed.own_shares);
        let before = price.scaled(self.before);
        // Where conversions count as issued the protected classes wait for them; without any there is nothing to wait for.
        let waits = self.round.counts_conversions;
        let mut late = S::Mask::NEVER;
        for claim in self.claims {
            late = late | claim.is_active;
        }
        let plain = self.protected(price, x, Line::ZERO, S::ZERO);
        let early = if waits { Line::select(late, before, plain) } else { plain };
        let existing = self.existing(price, early);
        let existing = if waits { Line::select(late, before, existing) } else { existing };
        // Shares that appear after the price count towards a pool target all the same.
        let after = if self.round.adjusts_in_price { Line::ZERO } else { early - self.unadjusted(price) };
        let after = if waits { Line::select(late, Line::ZERO, after) } else { after };
        let pooled = price.scaled(self.pooled);
        let (increase, valuation, bases) = match unknown {
            Unknown::Price => {
                let increase = self.topped(pooled, top + sold + after, x);
                (increase, top, Bases { post: top - increase, pre: existing + increase, all: top, before })
            }
            Unknown::Conversions(_) => {
                let all = top + Line::UNKNOWN;
                (Line::ZERO, all, Bases { post: all, pre: top, all, before })
            }
            Unknown::PriceBesideConversions => {
                let increase = top - existing;
                let converted = self.beside(top, sold + after, pooled, existing);
                let all = top + converted;
                (increase, all, Bases { post: existing + converted, pre: top, all, before })
            }
            Unknown::PostMoney(_) => {
                let increase = self.topped(pooled, Line::UNKNOWN + after, x);
                let post = Line::UNKNOWN - sold - increase;
                (increase, post + increase, Bases { post, pre: existing + increase, all: post + increase, before })
            }
        };
        let mut converted = Line::ZERO;
        let mut balances = S::ZERO;
        for (index, claim) in self.claims.iter().enumerate() {
            let line = self.claim(index, claim, &bases, x);
            converted = converted + Line::select(claim.is_active, line, Line::ZERO);
            balances += claim.balance;
        }
        let (protected, existing) = if waits {
            let protected = Line::select(late, self.protected(price, x, converted, balances), early);
            (protected, Line::select(late, self.existing(price, protected), existing))
        } else {
            (early, existing)
        };
        let balance = match unknown {
            Unknown::Price => existing + increase + converted - valuation,
            Unknown::Conversions(_) => Line::UNKNOWN - converted,
            Unknown::PriceBesideConversions => converted - self.beside(top, sold + after, pooled, existing),
            Unknown::PostMoney(_) => bases.post - existing - converted,
        };
        Frame { balance, price, increase, protected, existing, converted, valuation, bases }
    }

    /// What a pool lacks of its target of what is counted, in money.
    #[inline(always)]
    fn topped(&self, pooled: Line<S>, counted: Line<S>, x: S) -> Line<S> {
        if self.tops_up { pooled.most(counted.scaled(self.target), x) - pooled } else { Line::ZERO }
    }

    /// The money of the conversions that makes the topped-up pool just its target of everything.
    #[inline(always)]
    fn beside(&self, top: Line<S>, sold: Line<S>, pooled: Line<S>, existing: Line<S>) -> Line<S> {
        (pooled + top - existing).times(S::ONE.per(self.target)) - top - sold
    }

    /// What the pool target is of, in money.
    #[inline(always)]
    fn counted(&self, frame: &Frame<S>) -> Line<S> {
        let sold =
            Line::money(self.committed.money) + frame.price.scaled(self.committed.shares + self.committed.own_shares);
        let after =
            if self.round.adjusts_in_price { Line::ZERO } else { frame.protected - self.unadjusted(frame.price) };
        frame.valuation + sold + after
    }

    #[inline(always)]
    fn unadjusted(&self, price: Line<S>) -> Line<S> {
        let mut shares = S::ZERO;
        for series in self.series {
            shares += series.shares;
        }
        price.scaled(shares)
    }

    /// The existing shares as the price counts them.
    #[inline(always)]
    fn existing(&self, price: Line<S>, protected: Line<S>) -> Line<S> {
        if !self.round.adjusts_in_price || self.series.is_empty() {
            return price.scaled(self.before);
        }
        let mut others = self.before;
        for series in self.series {
            others -= series.shares;
        }
        price.scaled(others) + protected
    }

    /// The protected classes as adjusted.
    #[inline(always)]
    fn protected(&self, price: Line<S>, x: S, converted: Line<S>, balances: S) -> Line<S> {
        let mut sum = Line::ZERO;
        for series in self.series {
            sum = sum + self.adjusted(series, price, x, converted, balances);
        }
        sum
    }

    #[inline(always)]
    fn adjusted(&self, series: &Series<S>, price: Line<S>, x: S, converted: Line<S>, balances: S) -> Line<S> {
        let plain = price.scaled(series.shares);
        // Shares sold at a given price are money; at a price that is sought they are refused beside an average.
        let issue = self.committed.money + self.committed.own_money + self.committed.shares * price.constant;
        let formula = match series.base {
            None => Line::money(series.shares * series.price),
            // n c (b p + R) / (b c + R); shares at a price of their own count as many as they are.
            Some(base) => {
                let at_price = Line::money(issue - self.committed.own_money) + price.scaled(self.committed.own_shares);
                let issued = price.scaled(base) + at_price + converted;
                let denominator = base * series.price + issue + balances;
                issued.times((series.shares * series.price).per(denominator))
            }
        };
        let adjusted = plain.most(formula, x);
        match series.floor {
            None => adjusted,
            Some(floor) => {
                let most = plain.times(series.price.per(floor));
                let most = Line::select(floor.lt(series.price), most, plain);
                adjusted.least(most, x)
            }
        }
    }

    /// The largest of a convertible's terms.
    #[inline(always)]
    fn claim(&self, index: usize, claim: &Claim<S>, bases: &Bases<S>, x: S) -> Line<S> {
        let Some(conversion) = self.round.conversions.get(index) else { return Line::ZERO };
        let (mut best, mut most) = (Line::ZERO, S::ZERO);
        for leg in &conversion.legs {
            let line = term(leg.term, claim, bases, self.figures);
            let value = line.at(x);
            let is_more = most.lt(value);
            best = Line::select(is_more, line, best);
            most = S::select(is_more, value, most);
        }
        best
    }
}

/// One term of a convertible, in money.
#[inline(always)]
pub(super) fn term<S: Scalar>(term: TermPlan, claim: &Claim<S>, bases: &Bases<S>, figures: Figures<'_, S>) -> Line<S> {
    match term {
        TermPlan::Round => Line::money(claim.balance),
        TermPlan::Discount(slot) => Line::money(claim.balance.times(S::ONE.per(S::ONE - figures.at(slot)))),
        TermPlan::Cap(slot, of) => bases.of(of).times(claim.balance.per(figures.at(slot))),
        TermPlan::Ownership(slot) => bases.post.scaled(figures.at(slot)),
    }
}

/// Whose claim it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimOf {
    /// The pool's.
    Pool,
    /// A protected class, by its place in the round's list.
    Protected(usize),
    /// A convertible, by its place in the round's list.
    Convertible(usize),
}

impl<S: Scalar> Bases<S> {
    /// The one a cap divides by.
    #[inline(always)]
    pub fn of(&self, capitalisation: Capitalisation) -> Line<S> {
        match capitalisation {
            Capitalisation::PostMoney => self.post,
            Capitalisation::WithPool => self.pre,
            Capitalisation::BeforeNewMoney => self.all,
            Capitalisation::BeforeRound => self.before,
        }
    }
}

impl<S: Scalar> Frame<S> {
    #[inline(always)]
    pub(super) fn select(mask: S::Mask, yes: Frame<S>, no: Frame<S>) -> Frame<S> {
        let pick = |yes: Line<S>, no: Line<S>| Line::select(mask, yes, no);
        Frame {
            balance: pick(yes.balance, no.balance),
            price: pick(yes.price, no.price),
            increase: pick(yes.increase, no.increase),
            protected: pick(yes.protected, no.protected),
            existing: pick(yes.existing, no.existing),
            converted: pick(yes.converted, no.converted),
            valuation: pick(yes.valuation, no.valuation),
            bases: Bases {
                post: pick(yes.bases.post, no.bases.post),
                pre: pick(yes.bases.pre, no.bases.pre),
                all: pick(yes.bases.all, no.bases.all),
                before: pick(yes.bases.before, no.bases.before),
            },
        }
    }
}
