//! The price of a round, in closed form.
//!
//! In money, every claim on the company before the round is a rising straight line of the price, or the larger of
//! two; their sum equals the pre-money at exactly one price. With `E` shares as converted before the round, `P` of
//! them counting towards a pool target `tau`, new money `R`, `n` committed shares whose number does not depend on
//! the price, and pre-money `V`:
//!
//! ```text
//! no top-up:   p = V / E
//! top-up:      p = (V - tau (V + R)) / (E - P + tau n)
//! ```
//!
//! and the price is the smaller of the two: whoever has the larger claim lowers it. Where the post-money is held,
//! `V` itself falls with the price, by the shares that are sold for whatever the price is.

use crate::plan::Plan;
use crate::plan::RoundPlan;
use crate::plan::ValuationPlan;
use crate::units::Mask;
use crate::units::Scalar;

use super::fault::FaultKind;
use super::figures::Figures;
use super::state::State;
use super::state::as_converted;
use super::state::ratio;

/// What is sold in a round, as it was signed.
#[derive(Debug, Clone, Copy)]
pub struct Committed<S> {
    /// Money that buys at the round's price.
    pub money: S,
    /// Shares sold at the round's price, whatever it is.
    pub shares: S,
    /// Money of tranches with a price of their own.
    pub own_money: S,
    /// The shares it buys.
    pub own_shares: S,
}

/// A priced round.
#[derive(Debug, Clone, Copy)]
pub struct Priced<S: Scalar> {
    /// Whether it happened.
    pub is_held: S::Mask,
    /// Shares as converted before it.
    pub before: S,
    /// What was sold.
    pub committed: Committed<S>,
    /// As converted shares that one unit of money buys, exactly.
    pub exact_price: S::Per,
    /// The same as it is used: rounded where shares are whole.
    pub price: S::Per,
    /// What the company is worth before the money.
    pub pre_money: S,
    /// With every committed tranche.
    pub post_money: S,
    /// Shares added to the pool.
    pub increase: S,
    /// Whether the pool was below its target.
    pub is_topped_up: S::Mask,
}

/// Two numbers of a price: money over shares.
#[derive(Clone, Copy)]
struct Line<S> {
    money: S,
    shares: S,
}

/// Prices a round on the state before it.
///
/// # Errors
/// A post-money that the new money exceeds, and a pool worth more than the pre-money.
///
/// A worked number: 9,000,000 shares, 1,000,000 of them unallocated, 20 million before and 5 million of new money,
/// and a target of 20 %. Topped up, p = (20M - 0.2 x 25M) / 8M = 1.875, below the 2.2222 without: the pool grows by
/// 20M / 1.875 - 9M = 1,666,666.67 shares to exactly a fifth of 13,333,333.33.
pub(super) fn price<S: Scalar>(
    plan: &Plan,
    round: &RoundPlan,
    committed: Committed<S>,
    figures: Figures<'_, S>,
    state: &State<S>,
) -> Result<Priced<S>, FaultKind> {
    let before = state.fully_diluted;
    let (pooled, target) = match round.pool {
        Some(pool) => {
            let shares = state.held(pool.position);
            (as_converted(plan, figures, pool.position, shares), figures.at(pool.target))
        }
        None => (S::ZERO, S::ZERO),
    };
    let all_money = committed.money + committed.own_money;
    let is_held = S::ZERO.lt(all_money) | S::ZERO.lt(committed.shares);
    // Common shares that one share of the round's class converts to.
    let converts = ratio(plan, figures, round.class).map_or(S::ONE, S::quotient);
    let inside = round.pool.is_some_and(|pool| pool.in_pre_money);
    let given = matches!(round.valuation, ValuationPlan::Price(_));
    // The pre-money is `fixed - falling x price`.
    let (line, fixed, falling, topped) = match round.valuation {
        ValuationPlan::Price(slot) => {
            (Line { money: figures.at(slot), shares: converts }, S::ZERO, S::ZERO, S::Mask::NEVER)
        }
        ValuationPlan::PreMoney(slot) => {
            let value = figures.at(slot);
            let plain = Line { money: value, shares: before };
            let topped = Line {
                money: value - target * (value + committed.money),
                shares: before - pooled + target * (committed.shares + committed.own_shares),
            };
            let (line, is_topped) = choose(plain, topped, inside, is_held, value)?;
            (line, value, S::ZERO, is_topped)
        }
        ValuationPlan::PostMoney(slot) => {
            let post = figures.at(slot);
            let fixed = post - all_money;
            if (is_held & !S::ZERO.lt(fixed)).any() {
                return Err(FaultKind::NothingBefore {
                    money: all_money.approximate(),
                    post_money: post.approximate(),
                });
            }
            let plain = Line { money: fixed, shares: before + committed.shares };
            let topped = Line {
                money: fixed - target * (fixed + committed.money),
                shares: before - pooled + committed.shares + target * committed.own_shares,
            };
            let (line, is_topped) = choose(plain, topped, inside, is_held, fixed)?;
            (line, fixed, committed.shares, is_topped)
        }
    };
    // Where nothing is sold the round is not held; a price of one keeps the arithmetic harmless.
    let line = Line { money: S::select(is_held, line.money, S::ONE), shares: S::select(is_held, line.shares, S::ONE) };
    let exact_price = line.shares.per(line.money);
    let increase = match round.pool {
        None => S::ZERO,
        Some(_) if inside && !given => {
            // V / p - E, over one line: nothing is subtracted after a division.
            let numerator = fixed * line.shares - falling * line.money - before * line.money;
            let increase = numerator.times(S::ONE.per(line.money)).at_least_zero();
            S::select(topped, increase, S::ZERO)
        }
        Some(_) => {
            let sold = committed.money.times(exact_price) + committed.shares + committed.own_shares;
            let wanted = target * (before + sold) - pooled;
            wanted.times(S::ONE.per(S::ONE - target)).at_least_zero()
        }
    };
    let is_topped_up = if inside && !given { topped } else { S::ZERO.lt(increase) };
    let increase = S::select(is_held, increase, S::ZERO);
    let pre_money = if given {
        let counted = if inside { before + increase } else { before };
        counted.times(S::inverse(exact_price))
    } else {
        fixed - (falling * line.money).times(S::ONE.per(line.shares))
    };
    let new_money = all_money + committed.shares.times(S::inverse(exact_price));
    let price = match plan.whole {
        None => exact_price,
        Some(whole) => {
            // What is rounded is the price of a share of the class; one that was given is held as it was written.
            let of_class = S::quotient(S::inverse(exact_price)) * converts;
            if given { exact_price } else { converts.per(of_class.rounded(whole.price_places, whole.price)) }
        }
    };
    let increase = match plan.whole {
        None => increase,
        Some(whole) => {
            // What is rounded is shares of the pool's own class.
            let class = round.pool.and_then(|pool| plan.positions.get(pool.position)).map_or(0, |line| line.class);
            match ratio(plan, figures, class) {
                None => increase.rounded(0, whole.pool),
                Some(ratio) => increase.times(S::inverse(ratio)).rounded(0, whole.pool).times(ratio),
            }
        }
    };
    Ok(Priced {
        is_held,
        before,
        committed,
        exact_price,
        price,
        pre_money,
        post_money: pre_money + new_money,
        increase,
        is_topped_up,
    })
}

/// The smaller of two prices, compared without dividing.
fn choose<S: Scalar>(
    plain: Line<S>,
    topped: Line<S>,
    inside: bool,
    is_held: S::Mask,
    before: S,
) -> Result<(Line<S>, S::Mask), FaultKind> {
    if !inside {
        return Ok((plain, S::Mask::NEVER));
    }
    let no_room = !S::ZERO.lt(topped.money) | !S::ZERO.lt(topped.shares);
    if (is_held & no_room).any() {
        let pool = before - topped.money;
        return Err(FaultKind::PoolTooLarge { pool: pool.approximate(), before: before.approximate() });
    }
    let is_topped = (topped.money * plain.shares).lt(plain.money * topped.shares);
    let line = Line {
        money: S::select(is_topped, topped.money, plain.money),
        shares: S::select(is_topped, topped.shares, plain.shares),
    };
    Ok((line, is_topped))
}
