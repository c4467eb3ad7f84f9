//! The price of a round.
//!
//! Where nothing converts and nothing is protected, two lines decide, and the price is a closed form:
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

use crate::plan::ConversionsPlan;
use crate::plan::Plan;
use crate::plan::RoundPlan;
use crate::plan::ValuationPlan;
use crate::units::Mask;
use crate::units::Scalar;

use super::classes::as_converted;
use super::classes::class_price;
use super::classes::from_common;
use super::classes::terms as class_terms;
use super::fault::FaultKind;
use super::figures::Figures;
use super::solver::ClaimOf;
use super::solver::Solution;
use super::solver::Terms;
use super::state::State;

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
    /// The price of a share of the round's class, as it is used.
    pub class_price: S,
    /// The same before any rounding.
    pub exact_class_price: S,
    /// What the company is worth before the money.
    pub pre_money: S,
    /// With every committed tranche.
    pub post_money: S,
    /// Shares added to the pool.
    pub increase: S,
    /// Whether the pool was below its target.
    pub is_topped_up: S::Mask,
    /// What convertibles brought, at the round's price.
    pub converted: S,
    /// The shares they became, as converted.
    pub converted_shares: S,
}

impl<S: Scalar> Priced<S> {
    /// `yes` where the mask holds, `no` elsewhere.
    #[inline(always)]
    fn select(mask: S::Mask, yes: Priced<S>, no: Priced<S>) -> Priced<S> {
        let pick = |yes: S, no: S| S::select(mask, yes, no);
        Priced {
            is_held: (mask & yes.is_held) | (!mask & no.is_held),
            before: no.before,
            committed: no.committed,
            exact_price: S::pick(mask, yes.exact_price, no.exact_price),
            price: S::pick(mask, yes.price, no.price),
            class_price: pick(yes.class_price, no.class_price),
            exact_class_price: pick(yes.exact_class_price, no.exact_class_price),
            pre_money: pick(yes.pre_money, no.pre_money),
            post_money: pick(yes.post_money, no.post_money),
            increase: pick(yes.increase, no.increase),
            is_topped_up: (mask & yes.is_topped_up) | (!mask & no.is_topped_up),
            converted: pick(yes.converted, no.converted),
            converted_shares: pick(yes.converted_shares, no.converted_shares),
        }
    }
}

/// Two numbers of a price: money over shares.
#[derive(Clone, Copy)]
struct Sum<S> {
    money: S,
    shares: S,
}

/// A priced round, and the system that priced it where it was more than two lines.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pricing<S: Scalar> {
    pub priced: Priced<S>,
    pub solution: Option<Solution<S>>,
}

/// Prices a round on the state before it.
///
/// # Errors
/// A post-money that the new money exceeds, a pool worth more than the pre-money, claims that leave nothing of it.
///
/// A worked number: 9,000,000 shares, 1,000,000 of them unallocated, 20 million before and 5 million of new money,
/// and a target of 20 %. Topped up, p = (20M - 0.2 x 25M) / 8M = 1.875, below the 2.2222 without: the pool grows by
/// 20M / 1.875 - 9M = 1,666,666.67 shares to exactly a fifth of 13,333,333.33.
#[inline(never)]
pub(super) fn price<S: Scalar>(
    plan: &Plan,
    round: &RoundPlan,
    committed: Committed<S>,
    is_held: S::Mask,
    figures: Figures<'_, S>,
    state: &State<S>,
) -> Result<Pricing<S>, FaultKind> {
    let terms = terms(plan, round, committed, figures, state);
    if matches!(round.valuation, ValuationPlan::StepUp(_)) && (is_held & !state.is_priced).any() {
        return Err(FaultKind::NoLastPrice);
    }
    let money = committed.money + committed.own_money;
    if (is_held & !S::ZERO.lt(terms.before)).any() {
        return Err(FaultKind::NoShares);
    }
    if let ValuationPlan::PostMoney(slot) = round.valuation {
        let post = figures.at(slot);
        if (is_held & !money.lt(post)).any() {
            return Err(FaultKind::NothingBefore { money: money.approximate(), post_money: post.approximate() });
        }
    }
    // Where nothing converts and nothing is protected the closed form has the price, whatever other draws do.
    let is_plain = if state.series.is_empty() {
        let mut any = S::Mask::NEVER;
        for claim in &state.claims {
            any = any | claim.is_active;
        }
        !any
    } else {
        S::Mask::NEVER
    };
    let mut pricing = if !(!is_plain).any() {
        Pricing { priced: by_formula(round, &terms, is_held)?, solution: None }
    } else {
        if round.rule == ConversionsPlan::Unstated && state.claims.iter().any(|claim| (is_held & claim.is_active).any())
        {
            return Err(FaultKind::ConversionsUnstated);
        }
        let mut pricing = by_system(round, &terms, is_held & !is_plain, state)?;
        if (is_held & is_plain).any() {
            let plain = by_formula(round, &terms, is_held & is_plain)?;
            pricing.priced = Priced::select(is_plain, plain, pricing.priced);
        }
        pricing.priced.is_held = is_held;
        pricing
    };
    let priced = &mut pricing.priced;
    if let (Some(pool), false) = (&round.pool, terms.tops_up) {
        // After the money everybody bears it.
        let sold = committed.money.times(priced.exact_price) + committed.shares + committed.own_shares;
        let target = figures.at(pool.target);
        let others = terms.before + sold + priced.converted_shares + added_by_protection(&pricing.solution, state);
        let missing = target * others - terms.pooled;
        let increase = missing.times(S::ONE.per(S::ONE - target)).at_least_zero();
        priced.increase = S::select(is_held, increase, S::ZERO);
        priced.is_topped_up = S::ZERO.lt(priced.increase);
    }
    whole(plan, round, state, priced)?;
    Ok(pricing)
}

/// Shares that price protection adds, whether or not the price counts them.
#[inline(always)]
fn added_by_protection<S: Scalar>(solution: &Option<Solution<S>>, state: &State<S>) -> S {
    let before = state.series.iter().fold(S::ZERO, |sum, series| sum + series.shares);
    solution.map_or(S::ZERO, |solution| solution.shares(solution.frame.protected) - before)
}

/// What a round is priced on.
#[inline(always)]
fn terms<'a, S: Scalar>(
    plan: &Plan,
    round: &'a RoundPlan,
    committed: Committed<S>,
    figures: Figures<'a, S>,
    state: &'a State<S>,
) -> Terms<'a, S> {
    let (pooled, target, tops_up) = match &round.pool {
        Some(pool) => (state.converted(plan, &pool.counted), figures.at(pool.target), pool.in_pre_money),
        None => (S::ZERO, S::ZERO, false),
    };
    let given = match round.valuation {
        ValuationPlan::Price(slot) => figures.at(slot),
        // Over what a share of this class cost in the last round.
        ValuationPlan::StepUp(slot) => {
            figures.at(slot).times(S::inverse(class_price(&state.classes, round.class, state.last_price)))
        }
        ValuationPlan::PreMoney(_) | ValuationPlan::PostMoney(_) => S::ZERO,
    };
    Terms {
        round,
        figures,
        given,
        before: state.fully_diluted,
        committed,
        class: class_terms(&state.classes, round.class),
        pooled,
        target,
        tops_up,
        claims: &state.claims,
        series: &state.series,
    }
}

/// Two lines: the shares that are there, and those with a pool at its target.
#[inline(always)]
fn by_formula<S: Scalar>(round: &RoundPlan, terms: &Terms<'_, S>, is_held: S::Mask) -> Result<Priced<S>, FaultKind> {
    let Terms {
        figures,
        given: price,
        before,
        committed,
        class: (issue, conversion),
        pooled,
        target,
        tops_up: inside,
        ..
    } = *terms;
    let all_money = committed.money + committed.own_money;
    let given = matches!(round.valuation, ValuationPlan::Price(_) | ValuationPlan::StepUp(_));
    // The pre-money is `fixed - falling x price`.
    let (line, fixed, falling, topped) = match round.valuation {
        ValuationPlan::Price(_) | ValuationPlan::StepUp(_) => {
            (Sum { money: price * conversion, shares: issue }, S::ZERO, S::ZERO, S::Mask::NEVER)
        }
        ValuationPlan::PreMoney(slot) => {
            let value = figures.at(slot);
            let plain = Sum { money: value, shares: before };
            let topped = Sum {
                money: value - target * (value + committed.money),
                shares: before - pooled + target * (committed.shares + committed.own_shares),
            };
            let (line, is_topped) = choose(plain, topped, inside, is_held, value)?;
            (line, value, S::ZERO, is_topped)
        }
        ValuationPlan::PostMoney(slot) => {
            let fixed = figures.at(slot) - all_money;
            let plain = Sum { money: fixed, shares: before + committed.shares };
            let topped = Sum {
                money: fixed - target * (fixed + committed.money),
                shares: before - pooled + committed.shares + target * committed.own_shares,
            };
            let (line, is_topped) = choose(plain, topped, inside, is_held, fixed)?;
            (line, fixed, committed.shares, is_topped)
        }
    };
    // Where nothing is sold the round is not held; a price of one keeps the arithmetic harmless.
    let line = Sum { money: S::select(is_held, line.money, S::ONE), shares: S::select(is_held, line.shares, S::ONE) };
    let exact_price = line.shares.per(line.money);
    let increase = if inside && !given {
        // V / p - E, over one line: nothing is subtracted after a division.
        let numerator = fixed * line.shares - falling * line.money - before * line.money;
        S::select(topped, numerator.times(S::ONE.per(line.money)).at_least_zero(), S::ZERO)
    } else if inside {
        let sold = committed.money.times(exact_price) + committed.shares + committed.own_shares;
        let wanted = target * (before + sold) - pooled;
        wanted.times(S::ONE.per(S::ONE - target)).at_least_zero()
    } else {
        S::ZERO
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
    Ok(Priced {
        is_held,
        before,
        committed,
        exact_price,
        price: exact_price,
        class_price: S::ZERO,
        exact_class_price: S::ZERO,
        pre_money,
        post_money: pre_money + new_money,
        increase,
        is_topped_up,
        converted: S::ZERO,
        converted_shares: S::ZERO,
    })
}

/// The whole system: see [`super::solver`].
#[inline(never)]
fn by_system<S: Scalar>(
    round: &RoundPlan,
    terms: &Terms<'_, S>,
    is_held: S::Mask,
    state: &State<S>,
) -> Result<Pricing<S>, FaultKind> {
    let solution = terms.solve();
    if (is_held & !solution.is_found).any() {
        // What does not fall with the price must be worth less than the valuation: else there is no price.
        let (claimed, value) = terms.fixed();
        let is_valued = matches!(round.valuation, ValuationPlan::PreMoney(_) | ValuationPlan::PostMoney(_));
        let is_too_much = is_valued && (!claimed.lt(value)).any();
        return Err(claims_exceed(terms, if is_too_much { value } else { S::ZERO }));
    }
    let Terms { committed, before, .. } = *terms;
    let frame = &solution.frame;
    let one = S::ONE.per(S::ONE);
    let exact_price = S::pick(is_held, solution.price, one);
    let converted = frame.converted.at(solution.x);
    let converted_shares = S::select(is_held, solution.shares(frame.converted), S::ZERO);
    let increase = S::select(is_held, solution.shares(frame.increase), S::ZERO);
    let new_money = committed.money + committed.own_money + committed.shares.times(S::inverse(exact_price));
    let mut principal = S::ZERO;
    for claim in &state.claims {
        principal += claim.principal;
    }
    let held = |slot| terms.figures.at(slot);
    let valuation = frame.valuation.at(solution.x);
    let (pre_money, post_money) = match (round.valuation, round.rule) {
        (ValuationPlan::PreMoney(slot), ConversionsPlan::Outside) => (held(slot), held(slot) + converted + new_money),
        (ValuationPlan::PreMoney(slot), ConversionsPlan::DollarsInvested) => {
            (held(slot), held(slot) + principal + new_money)
        }
        (ValuationPlan::PreMoney(slot), _) => (held(slot), held(slot) + new_money),
        (ValuationPlan::PostMoney(slot), ConversionsPlan::Outside) => (valuation - converted, held(slot)),
        (ValuationPlan::PostMoney(slot), ConversionsPlan::DollarsInvested) => (valuation - principal, held(slot)),
        (ValuationPlan::PostMoney(slot), _) => (valuation, held(slot)),
        (_, ConversionsPlan::Outside) => (valuation - converted, valuation + new_money),
        (_, ConversionsPlan::DollarsInvested) => (valuation - principal, valuation + new_money),
        (_, _) => (valuation, valuation + new_money),
    };
    let priced = Priced {
        is_held,
        before,
        committed,
        exact_price,
        price: exact_price,
        class_price: S::ZERO,
        exact_class_price: S::ZERO,
        pre_money,
        post_money,
        increase,
        is_topped_up: solution.is_topped_up & S::ZERO.lt(increase),
        converted,
        converted_shares,
    };
    Ok(Pricing { priced, solution: Some(solution) })
}

/// The claims that leave nothing, the largest first.
fn claims_exceed<S: Scalar>(terms: &Terms<'_, S>, value: S) -> FaultKind {
    let mut claims: Vec<(ClaimOf, f64)> = Vec::new();
    terms.fixed_claims(|of, money| {
        if S::ZERO.lt(money).any() {
            claims.push((of, money.approximate()));
        }
    });
    claims.sort_by(|a, b| b.1.total_cmp(&a.1));
    FaultKind::ClaimsExceed { claims, value: value.approximate() }
}

/// Rounds a price once, and a pool increase once, where shares are whole; then prices a share of the class.
///
/// # Errors
/// A price that rounds to zero.
#[inline(always)]
fn whole<S: Scalar>(plan: &Plan, round: &RoundPlan, state: &State<S>, priced: &mut Priced<S>) -> Result<(), FaultKind> {
    let of_class = |price: S::Per| class_price(&state.classes, round.class, price);
    // What is rounded is the price of a share of the class; one that was given is held as it was written.
    if let Some(whole) = plan.whole_of(round.class).filter(|_| !matches!(round.valuation, ValuationPlan::Price(_))) {
        let exact = S::quotient(S::inverse(of_class(priced.exact_price)));
        let rounded = exact.rounded(whole.price_places, whole.price);
        if (priced.is_held & !S::ZERO.lt(rounded)).any() {
            let (price, places) = (exact.approximate(), whole.price_places);
            return Err(FaultKind::PriceRoundsToNothing { price, places });
        }
        let (issue, conversion) = class_terms(&state.classes, round.class);
        priced.price = issue.per(rounded * conversion);
    }
    // And shares of the pool's own class.
    if let Some(pool) = &round.pool
        && let Some(whole) = plan.whole_at(pool.position)
    {
        let shares = from_common(plan, &state.classes, pool.position, priced.increase).rounded(0, whole.pool);
        priced.increase = as_converted(plan, &state.classes, pool.position, shares);
    }
    priced.class_price = S::quotient(S::inverse(of_class(priced.price)));
    priced.exact_class_price = if plan.whole_of(round.class).is_some() {
        S::quotient(S::inverse(of_class(priced.exact_price)))
    } else {
        priced.class_price
    };
    Ok(())
}

/// The smaller of two prices, compared without dividing.
#[inline(always)]
fn choose<S: Scalar>(
    plain: Sum<S>,
    topped: Sum<S>,
    inside: bool,
    is_held: S::Mask,
    before: S,
) -> Result<(Sum<S>, S::Mask), FaultKind> {
    if !inside {
        return Ok((plain, S::Mask::NEVER));
    }
    let no_room = !S::ZERO.lt(topped.money) | !S::ZERO.lt(topped.shares);
    if (is_held & no_room).any() {
        let pool = before - topped.money;
        return Err(FaultKind::PoolTooLarge { pool: pool.approximate(), before: before.approximate() });
    }
    let is_topped = (topped.money * plain.shares).lt(plain.money * topped.shares);
    let line = Sum {
        money: S::select(is_topped, topped.money, plain.money),
        shares: S::select(is_topped, topped.shares, plain.shares),
    };
    Ok((line, is_topped))
}
