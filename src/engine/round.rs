//! A round: tranches sized, priced, signed, and closed when their day comes.

use super::classes::class_price;
use super::classes::from_common;
use super::classes::of_class;
use super::conversion::claim;
use super::conversion::convert;
use super::conversion::converted_shares;
use super::fault::FaultKind;
use super::figures::Figures;
use super::observer::Entry;
use super::observer::Observer;
use super::observer::Why;
use super::options::moved;
use super::pricing::Committed;
use super::pricing::Priced;
use super::pricing::Pricing;
use super::pricing::price;
use super::protection;
use super::state::Credit;
use super::state::RoundState;
use super::state::State;
use super::treasury::Months;
use crate::plan::AllocationPlan;
use crate::plan::Plan;
use crate::plan::PricePlan;
use crate::plan::ProRataPlan;
use crate::plan::RoundPlan;
use crate::plan::SizePlan;
use crate::plan::TranchePlan;
use crate::units::Fraction;
use crate::units::Mask;
use crate::units::Scalar;

/// Signs a round: sizes the tranches, finds the price, adjusts, converts, tops up the pool, closes what closes that day.
#[inline(never)]
pub(super) fn sign<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    index: usize,
    figures: Figures<'_, S>,
    state: &mut State<S>,
    observer: &mut O,
) -> Result<(), FaultKind> {
    let Some(round) = plan.rounds.get(index) else { return Ok(()) };
    let tranches = plan.tranches.get(round.tranches.clone()).unwrap_or(&[]);
    size(plan, round, tranches, figures, state);
    let mut committed = committed(round, tranches, figures, state);
    let is_held = S::ZERO.lt(committed.money + committed.own_money) | S::ZERO.lt(committed.shares);
    let mut rights = rights(plan, round, figures, state);
    let taken = sum(&rights);
    if round.pro_rata.as_ref().is_some_and(|rights| rights.on_top) {
        if !taken.lt(S::ONE).all() {
            return Err(FaultKind::RightsExceed);
        }
        // Their parts are of the round as it then is: R = R0 / (1 - sum).
        committed.money = committed.money.times(S::ONE.per(S::ONE - taken));
    }
    claim(round, committed, is_held, figures, state, plan);
    let is_inside = round.pro_rata.as_ref().is_some_and(|holders| !holders.on_top);
    let raised = committed.money + committed.own_money;
    let left = if is_inside { S::ONE - taken } else { S::ONE };
    let invested = protection::Invested { raised, rights: &rights, left };
    state.series.clear();
    if !round.protected.is_empty() {
        protection::gather(plan, round, &invested, figures, state);
    }
    let pricing = price(plan, round, committed, is_held, figures, state)?;
    if !pricing.priced.is_held.any() {
        observer.priced(index, &pricing.priced);
        return Ok(());
    }
    if !round.protected.is_empty() {
        protection::pay_to_play(plan, index, &pricing, &invested, state, observer);
    }
    let priced = &pricing.priced;
    side_letters(round, &pricing, figures, state, &mut rights);
    let taken = sum(&rights);
    if S::ONE.lt(taken).any() {
        return Err(FaultKind::RightsExceed);
    }
    observer.priced(index, priced);
    first_price(plan, round, priced, state, observer);
    if let Some(class) = state.classes.get_mut(round.class as usize) {
        class.costs_first(priced.is_held, priced.class_price);
    }
    if !round.protected.is_empty() {
        protection::adjust(plan, round, &pricing, state, observer)?;
    }
    convert(plan, index, round, &pricing, figures, state, observer)?;
    if let Some(pool) = &round.pool {
        let shares = from_common(plan, &state.classes, pool.position, priced.increase);
        state.issue(plan, pool.position, shares);
        observer.post(Entry::PoolIncreased { round: index, position: pool.position, shares });
    }
    let price_of_class = class_price(&state.classes, round.class, priced.price);
    if let Some(slot) = state.rounds.get_mut(index) {
        *slot = RoundState {
            is_held: priced.is_held,
            price: price_of_class,
            pre_money: priced.pre_money,
            // On the day itself the closing price is the round's.
            count_of_day: priced.pre_money.times(priced.exact_price),
        };
    }
    state.last_price = S::pick(priced.is_held, priced.price, state.last_price);
    state.is_priced = state.is_priced | priced.is_held;
    if let Some(holders) = &round.pro_rata {
        keep_shares(plan, index, holders, &rights, priced, state, observer);
        if !holders.on_top {
            for number in round.tranches.clone() {
                let is_committed = plan.tranches.get(number).is_some_and(|tranche| !tranche.optional);
                if let Some(slot) = state.tranches.get_mut(number).filter(|_| is_committed) {
                    slot.money = slot.money * (S::ONE - taken);
                    slot.left = S::ONE - taken;
                }
            }
        }
    }
    let splits = state.classes.get(round.class as usize).map_or(S::ONE, |class| class.splits);
    for (offset, tranche) in tranches.iter().enumerate() {
        let number = round.tranches.start.saturating_add(offset);
        let bought = match tranche.price {
            PricePlan::Own(own) => S::ONE.per(figures.at(own)),
            PricePlan::Signing | PricePlan::Closing | PricePlan::Latest => {
                class_price(&state.classes, round.class, priced.price)
            }
        };
        let Some(slot) = state.tranches.get_mut(number) else { continue };
        match tranche.size {
            SizePlan::Shares(_) => slot.money = slot.shares.times(S::inverse(bought)),
            _ => slot.shares = whole_shares(plan, round.class, slot.money.times(bought)),
        }
        slot.splits = splits;
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

#[inline(always)]
fn sum<S: Scalar>(all: &[S]) -> S {
    let mut sum = S::ZERO;
    for part in all {
        sum += *part;
    }
    sum
}

/// What each holder with a pro rata right takes of the round, by the shares it holds.
#[inline(always)]
fn rights<S: Scalar>(plan: &Plan, round: &RoundPlan, figures: Figures<'_, S>, state: &State<S>) -> Vec<S> {
    let Some(holders) = &round.pro_rata else { return Vec::new() };
    holders
        .takers
        .iter()
        .map(|taker| figures.at(taker.take).times(state.converted(plan, &taker.lines).per(state.fully_diluted)))
        .collect()
}

/// Adds what side letters give: the part that the converted shares have once all have converted.
fn side_letters<S: Scalar>(
    round: &RoundPlan,
    pricing: &Pricing<S>,
    figures: Figures<'_, S>,
    state: &State<S>,
    rights: &mut [S],
) {
    let (Some(holders), Some(solution)) = (&round.pro_rata, &pricing.solution) else { return };
    let all = pricing.priced.before + pricing.priced.converted_shares;
    for (taker, right) in holders.takers.iter().zip(rights) {
        for place in &taker.letters {
            let shares = converted_shares(round, *place, solution, figures, state);
            *right += figures.at(taker.take).times(shares.per(all));
        }
    }
}

/// The first round of a protected class sets its issue price.
#[inline(always)]
fn first_price<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    round: &RoundPlan,
    priced: &Priced<S>,
    state: &mut State<S>,
    observer: &mut O,
) {
    let is_protected =
        matches!(plan.ratios.get(round.class as usize), Some(crate::plan::RatioPlan::Protected(_, None)));
    if !is_protected {
        return;
    }
    let price = S::quotient(S::inverse(class_price(&state.classes, round.class, priced.price)));
    let Some(class) = state.classes.get_mut(round.class as usize) else { return };
    if (priced.is_held & !class.is_priced).any() {
        class.price_first(priced.is_held, price);
        observer.post(Entry::Adjusted {
            class: round.class,
            issue: class.issue_price(),
            before: class.conversion_price(),
            after: class.conversion_price(),
            base: S::ZERO,
            is_lowered: false,
        });
    }
}

/// Holders with a pro rata right buy their part.
#[inline(always)]
fn keep_shares<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    index: usize,
    holders: &ProRataPlan,
    rights: &[S],
    priced: &Priced<S>,
    state: &mut State<S>,
    observer: &mut O,
) {
    for (taker, right) in holders.takers.iter().zip(rights) {
        let money = S::select(priced.is_held, priced.committed.money * *right, S::ZERO);
        let class = plan.positions.get(taker.position).map_or(0, |line| line.class);
        let shares = whole_shares(plan, class, money.times(class_price(&state.classes, class, priced.price)));
        state.issue(plan, taker.position, shares);
        state.cash(holders.month, money);
        observer.post(moved(Why::ProRata { round: index }, None, S::ZERO, Some(taker.position), shares, money));
    }
}

/// Closes a tranche on a later day than its round's.
#[inline(always)]
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
#[inline(always)]
fn size<S: Scalar>(
    plan: &Plan,
    round: &RoundPlan,
    tranches: &[TranchePlan],
    figures: Figures<'_, S>,
    state: &mut State<S>,
) {
    let start = round.tranches.start;
    for (offset, tranche) in tranches.iter().enumerate() {
        let takes_part = figures.is_set(tranche.takes_part);
        let Some(slot) = state.tranches.get_mut(start.saturating_add(offset)) else { continue };
        match &tranche.size {
            SizePlan::Shares(figure) => slot.shares = S::select(takes_part, figures.at(*figure), S::ZERO),
            SizePlan::BurnMonths(months, from) => {
                let needed = needed(plan, figures.at(*months), *from, figures, &mut state.months);
                slot.money = S::select(takes_part, needed, S::ZERO);
            }
            money => slot.money = S::select(takes_part, figures.money(money), S::ZERO),
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
#[inline(always)]
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
#[inline(always)]
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
#[inline(always)]
fn committed<S: Scalar>(
    round: &RoundPlan,
    tranches: &[TranchePlan],
    figures: Figures<'_, S>,
    state: &State<S>,
) -> Committed<S> {
    let mut all = Committed { money: S::ZERO, shares: S::ZERO, own_money: S::ZERO, own_shares: S::ZERO };
    for (offset, tranche) in tranches.iter().enumerate().filter(|(_, tranche)| !tranche.optional) {
        let Some(slot) = state.tranches.get(round.tranches.start.saturating_add(offset)) else { continue };
        match (&tranche.size, tranche.price) {
            (SizePlan::Shares(_), PricePlan::Own(own)) => {
                all.own_money += slot.shares * figures.at(own);
                all.own_shares += of_class(&state.classes, round.class, slot.shares);
            }
            (SizePlan::Shares(_), _) => all.shares += of_class(&state.classes, round.class, slot.shares),
            (_, PricePlan::Own(own)) => {
                all.own_money += slot.money;
                let shares = slot.money.times(S::ONE.per(figures.at(own)));
                all.own_shares += of_class(&state.classes, round.class, shares);
            }
            _ => all.money += slot.money,
        }
    }
    all
}

/// Shares bought, rounded where shares are whole.
#[inline(always)]
fn whole_shares<S: Scalar>(plan: &Plan, class: u32, shares: S) -> S {
    match plan.whole_of(class) {
        None => shares,
        Some(whole) => shares.rounded(0, whole.shares_issued),
    }
}

/// Closes a tranche where its guard holds: shares are issued, cash and credits noted for their months.
#[inline(never)]
fn close<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    index: usize,
    figures: Figures<'_, S>,
    state: &mut State<S>,
    observer: &mut O,
) {
    let Some(closing) = plan.closings.get(index) else { return };
    let Some(tranche) = plan.tranches.get(closing.tranche) else { return };
    let (Some(round), Some(signed)) = (state.rounds.get(tranche.round), state.tranches.get(closing.tranche)) else {
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
    let class = plan.positions.get(tranche.position).map_or(0, |line| line.class);
    let position = closing.position.unwrap_or(tranche.position);
    let bought = match tranche.price {
        // A price that was written before a split is of the old shares.
        PricePlan::Own(own) => {
            let splits = state.classes.get(class as usize).map_or(S::ONE, |class| class.splits);
            splits.per(figures.at(own) * signed.splits)
        }
        PricePlan::Signing => round.price,
        PricePlan::Latest => class_price(&state.classes, class, state.last_price),
        PricePlan::Closing => {
            let price = class_price(&state.classes, class, round.count_of_day.per(round.pre_money));
            match plan.whole_of(class) {
                None => price,
                Some(whole) => S::ONE.per(S::quotient(S::inverse(price)).rounded(whole.price_places, whole.price)),
            }
        }
    };
    // One call or delivery is its part of what was signed.
    let part = closing.part.as_ref().map(|part| figures.at(part.this).per(figures.sum(&part.all)));
    let of_signed = |all: S| part.map_or(all, |part| all.times(part));
    let (money, shares) = match (closing.otherwise, &tranche.size) {
        (Some(otherwise), _) => {
            // What rights took of the tranche they took of this too.
            let money = figures.at(otherwise) * signed.left;
            (money, whole_shares(plan, class, money.times(bought)))
        }
        (None, SizePlan::Shares(_)) => {
            let shares = whole_shares(plan, class, of_signed(signed.shares));
            (shares.times(S::inverse(bought)), shares)
        }
        (None, _) => {
            let money = of_signed(signed.money);
            (money, whole_shares(plan, class, money.times(bought)))
        }
    };
    let money = S::select(happens, money, S::ZERO);
    let shares = S::select(happens, shares, S::ZERO);
    let issued = other_class(plan, state, class, position, shares);
    state.issue(plan, position, issued);
    let mut pending = S::ZERO;
    if let Some(slot) = state.tranches.get_mut(closing.tranche) {
        // What was signed and is not issued stays in the committed view.
        let left = match (closing.otherwise, part) {
            (Some(_), _) => (slot.pending - shares).at_least_zero(),
            (None, Some(_)) => {
                // Parts add up but for the last digits: what they leave of the whole is nothing.
                let left = (slot.pending - of_signed(slot.shares)).at_least_zero();
                S::select(left.lt(slot.shares * S::GRAIN), S::ZERO, left)
            }
            (None, None) => S::ZERO,
        };
        slot.pending = S::select(happens, left, slot.pending);
        slot.funded += money;
        pending = slot.pending;
    }
    let cash = money * figures.cash(&tranche.cash);
    state.cash(closing.cash_month, cash);
    if closing.credit.is_some() {
        state.credits.push(Credit { closing: index, amount: money - cash });
    }
    let residual = money - shares.times(S::inverse(bought));
    observer.post(Entry::Closed { closing: index, position, shares: issued, money, cash, residual, pending });
}

/// Shares of a class as those of the class of another line: as many common shares as they convert to.
#[inline(always)]
fn other_class<S: Scalar>(plan: &Plan, state: &State<S>, class: u32, position: usize, shares: S) -> S {
    let other = plan.positions.get(position).map_or(class, |line| line.class);
    if other == class {
        return shares;
    }
    let issued = from_common(plan, &state.classes, position, of_class(&state.classes, class, shares));
    whole_shares(plan, other, issued)
}

/// What the deciding burn spends in so many months from one on. After the projection the last month goes on.
fn needed<S: Scalar>(plan: &Plan, months: S, from: usize, figures: Figures<'_, S>, spending: &mut Months<S>) -> S {
    let Some(burn) = plan.treasury.deciding else { return S::INVALID };
    spending.spend(plan, burn, figures);
    let mut needed = S::ZERO;
    let mut left = months;
    let mut last = S::ZERO;
    for (place, month) in plan.treasury.months.iter().enumerate().skip(from) {
        // Months behind the last that is bought add nothing.
        if !S::ZERO.lt(left).may_hold() {
            break;
        }
        let spent = spending.outflow(place);
        // A month that counts in part spends as a whole one would.
        last = match month.length {
            Fraction::ONE => spent,
            length => spent.times(S::whole(length.denominator()).per(S::whole(length.numerator()))),
        };
        let part = left.at_least_zero().least(S::ONE);
        needed += part * last;
        left -= part;
    }
    // Parts of a unit until the end: twelfths of years add up.
    (needed + left.at_least_zero() * last).at_least_zero() / S::of(plan.treasury.denominator)
}
