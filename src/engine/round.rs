//! A round: tranches sized, priced, signed, and closed when their day comes.

use crate::plan::AllocationPlan;
use crate::plan::Plan;
use crate::plan::PricePlan;
use crate::plan::RoundPlan;
use crate::plan::SizePlan;
use crate::plan::TranchePlan;
use crate::units::Mask;
use crate::units::Scalar;

use super::fault::FaultKind;
use super::figures::Figures;
use super::observer::Entry;
use super::observer::Observer;
use super::pricing::Committed;
use super::pricing::price;
use super::state::Credit;
use super::state::RoundState;
use super::state::State;
use super::state::ratio;

/// Signs a round: sizes the tranches, finds the price, tops up the pool, closes what closes that day.
pub(super) fn sign<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    index: usize,
    figures: Figures<'_, S>,
    state: &mut State<S>,
    observer: &mut O,
) -> Result<(), FaultKind> {
    let Some(round) = plan.rounds.get(index) else { return Ok(()) };
    let tranches = plan.tranches.get(round.tranches.clone()).unwrap_or(&[]);
    size(round, tranches, figures, state);
    let committed = committed(plan, round, tranches, figures, state);
    let priced = price(plan, round, committed, figures, state)?;
    if !priced.is_held.any() {
        observer.priced(index, &priced);
        return Ok(());
    }
    if let Some(pool) = round.pool {
        let shares = match ratio(plan, figures, plan.positions.get(pool.position).map_or(0, |line| line.class)) {
            None => priced.increase,
            Some(ratio) => priced.increase.times(S::inverse(ratio)),
        };
        state.issue(plan, figures, pool.position, shares);
        observer.post(Entry::PoolIncreased { round: index, position: pool.position, shares });
    }
    if let Some(round) = state.rounds.get_mut(index) {
        *round = RoundState {
            is_held: priced.is_held,
            price: priced.price,
            pre_money: priced.pre_money,
            // On the day itself the closing price is the round's.
            count_of_day: priced.pre_money.times(priced.exact_price),
        };
    }
    state.last_price = S::pick(priced.is_held, priced.price, state.last_price);
    state.is_priced = state.is_priced | priced.is_held;
    observer.priced(index, &priced);
    for (offset, tranche) in tranches.iter().enumerate() {
        let number = round.tranches.start.saturating_add(offset);
        let bought = shares_per_money(plan, tranche, priced.price, figures);
        let Some(slot) = state.tranches.get_mut(number) else { continue };
        match tranche.size {
            SizePlan::Money(_) => slot.shares = whole_shares(plan, slot.money.times(bought)),
            SizePlan::Shares(_) => slot.money = slot.shares.times(S::inverse(bought)),
        }
        let counts = if tranche.optional { S::Mask::NEVER } else { priced.is_held };
        slot.pending = S::select(counts, slot.shares, S::ZERO);
        let entry = Entry::Signed { tranche: number, money: slot.money, shares: slot.shares };
        if !tranche.optional {
            observer.post(entry);
        }
    }
    for closing in &round.closings {
        close(plan, *closing, figures, state, observer);
    }
    Ok(())
}

/// Closes a tranche on a later day than its round's.
pub(super) fn close_later<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    closing: usize,
    opens_day: bool,
    figures: Figures<'_, S>,
    state: &mut State<S>,
    observer: &mut O,
) {
    let round = plan.closings.get(closing).and_then(|closing| plan.tranches.get(closing.tranche)).map(|t| t.round);
    if opens_day && let Some(round) = round.and_then(|round| state.rounds.get_mut(round)) {
        round.count_of_day = state.fully_diluted;
    }
    close(plan, closing, figures, state, observer);
}

/// What each tranche asks for, and what it gets when they ask for more than the target.
fn size<S: Scalar>(round: &RoundPlan, tranches: &[TranchePlan], figures: Figures<'_, S>, state: &mut State<S>) {
    let start = round.tranches.start;
    for (offset, tranche) in tranches.iter().enumerate() {
        let takes_part = figures.is_set(tranche.takes_part);
        let Some(slot) = state.tranches.get_mut(start.saturating_add(offset)) else { continue };
        match tranche.size {
            SizePlan::Money(figure) => slot.money = S::select(takes_part, figures.at(figure), S::ZERO),
            SizePlan::Shares(figure) => slot.shares = S::select(takes_part, figures.at(figure), S::ZERO),
        }
    }
    let Some((target, rule)) = &round.target else { return };
    let target = figures.at(*target);
    match rule {
        AllocationPlan::Upsize => {}
        AllocationPlan::CutBack => {
            let all: Vec<usize> = round.tranches.clone().collect();
            cut_back(plan_members(&all, tranches, start), target, state);
        }
        AllocationPlan::Priority(groups) => {
            let mut left = target;
            for group in groups {
                let taken = cut_back(plan_members(group, tranches, start), left, state);
                left = (left - taken).at_least_zero();
            }
        }
    }
}

/// The committed tranches among some.
fn plan_members<'a>(
    members: &'a [usize],
    tranches: &'a [TranchePlan],
    start: usize,
) -> impl Iterator<Item = usize> + Clone + 'a {
    members.iter().copied().filter(move |number| {
        number.checked_sub(start).and_then(|offset| tranches.get(offset)).is_some_and(|tranche| !tranche.optional)
    })
}

/// Cuts amounts back in proportion so that they do not exceed a limit; gives their sum before.
fn cut_back<S: Scalar>(members: impl Iterator<Item = usize> + Clone, limit: S, state: &mut State<S>) -> S {
    let mut sum = S::ZERO;
    for number in members.clone() {
        if let Some(slot) = state.tranches.get(number) {
            sum += slot.money;
        }
    }
    let exceeds = limit.lt(sum);
    if !exceeds.any() {
        return sum;
    }
    let part = S::pick(exceeds, limit.per(sum), S::ONE.per(S::ONE));
    for number in members {
        if let Some(slot) = state.tranches.get_mut(number) {
            slot.money = slot.money.times(part);
        }
    }
    sum
}

/// What the tranches of a round commit to.
fn committed<S: Scalar>(
    plan: &Plan,
    round: &RoundPlan,
    tranches: &[TranchePlan],
    figures: Figures<'_, S>,
    state: &State<S>,
) -> Committed<S> {
    let mut all = Committed { money: S::ZERO, shares: S::ZERO, own_money: S::ZERO, own_shares: S::ZERO };
    for (offset, tranche) in tranches.iter().enumerate().filter(|(_, tranche)| !tranche.optional) {
        let Some(slot) = state.tranches.get(round.tranches.start.saturating_add(offset)) else { continue };
        match (tranche.size, tranche.price) {
            (SizePlan::Money(_), PricePlan::Own(own)) => {
                all.own_money += slot.money;
                let shares = slot.money.times(S::ONE.per(figures.at(own)));
                all.own_shares += converted(plan, round.class, figures, shares);
            }
            (SizePlan::Shares(_), PricePlan::Own(own)) => {
                all.own_money += slot.shares * figures.at(own);
                all.own_shares += converted(plan, round.class, figures, slot.shares);
            }
            (SizePlan::Money(_), _) => all.money += slot.money,
            (SizePlan::Shares(_), _) => all.shares += converted(plan, round.class, figures, slot.shares),
        }
    }
    all
}

/// Shares of a class as common shares.
fn converted<S: Scalar>(plan: &Plan, class: u32, figures: Figures<'_, S>, shares: S) -> S {
    match ratio(plan, figures, class) {
        None => shares,
        Some(ratio) => shares.times(ratio),
    }
}

/// Shares of the tranche's class that one unit of money buys, when a common share costs what `price` says.
fn shares_per_money<S: Scalar>(plan: &Plan, tranche: &TranchePlan, price: S::Per, figures: Figures<'_, S>) -> S::Per {
    match tranche.price {
        PricePlan::Own(own) => S::ONE.per(figures.at(own)),
        PricePlan::Signing | PricePlan::Closing | PricePlan::Latest => class_price(plan, tranche, price, figures),
    }
}

/// The price of a share of the tranche's class, as shares per unit of money.
fn class_price<S: Scalar>(plan: &Plan, tranche: &TranchePlan, price: S::Per, figures: Figures<'_, S>) -> S::Per {
    let class = plan.positions.get(tranche.position).map_or(0, |position| position.class);
    match ratio(plan, figures, class) {
        None => price,
        Some(ratio) => {
            let common = S::quotient(price);
            common.per(S::quotient(ratio))
        }
    }
}

/// Shares bought, rounded where shares are whole.
fn whole_shares<S: Scalar>(plan: &Plan, shares: S) -> S {
    match plan.whole {
        None => shares,
        Some(whole) => shares.rounded(0, whole.shares_issued),
    }
}

/// Closes a tranche where its guard holds: shares are issued, cash and credits noted for their months.
fn close<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    index: usize,
    figures: Figures<'_, S>,
    state: &mut State<S>,
    observer: &mut O,
) {
    let Some(closing) = plan.closings.get(index) else { return };
    let Some(tranche) = plan.tranches.get(closing.tranche) else { return };
    let (Some(round), Some(signed)) =
        (state.rounds.get(tranche.round).copied(), state.tranches.get(closing.tranche).copied())
    else {
        return;
    };
    let happens = round.is_held & figures.is_set(tranche.takes_part) & figures.holds(&closing.guard);
    // An amount on failure of zero closes nothing: the tranche lapses.
    let happens = match closing.otherwise {
        Some(otherwise) => happens & S::ZERO.lt(figures.at(otherwise)),
        None => happens,
    };
    if !happens.any() {
        return;
    }
    let bought = match tranche.price {
        PricePlan::Own(own) => S::ONE.per(figures.at(own)),
        PricePlan::Signing => class_price(plan, tranche, round.price, figures),
        PricePlan::Latest => class_price(plan, tranche, state.last_price, figures),
        PricePlan::Closing => {
            let price = class_price(plan, tranche, round.count_of_day.per(round.pre_money), figures);
            match plan.whole {
                None => price,
                Some(whole) => S::ONE.per(S::quotient(S::inverse(price)).rounded(whole.price_places, whole.price)),
            }
        }
    };
    let (money, shares) = match (closing.otherwise, tranche.size) {
        (Some(otherwise), _) => {
            let money = figures.at(otherwise);
            (money, whole_shares(plan, money.times(bought)))
        }
        (None, SizePlan::Money(_)) => (signed.money, whole_shares(plan, signed.money.times(bought))),
        (None, SizePlan::Shares(_)) => (signed.shares.times(S::inverse(bought)), signed.shares),
    };
    let money = S::select(happens, money, S::ZERO);
    let shares = S::select(happens, shares, S::ZERO);
    state.issue(plan, figures, tranche.position, shares);
    if let Some(slot) = state.tranches.get_mut(closing.tranche) {
        // What was signed and is not issued stays in the committed view.
        let left = if closing.otherwise.is_some() { (slot.pending - shares).at_least_zero() } else { S::ZERO };
        slot.pending = S::select(happens, left, slot.pending);
        slot.funded += money;
    }
    let cash = money * figures.cash(&tranche.cash);
    if let Some(month) = closing.cash_month
        && let Some(arrival) = state.arrivals.get_mut(month)
    {
        *arrival += cash;
    }
    if closing.credit.is_some() {
        state.credits.push(Credit { closing: index, amount: money - cash });
    }
    let residual = money - shares.times(S::inverse(bought));
    observer.post(Entry::Closed { closing: index, position: tranche.position, shares, money, cash, residual });
}
