//! A listing: preferred stock becomes common, SAFEs become shares, new shares are sold.

use crate::plan::ClaimantPlan;
use crate::plan::ExitPlan;
use crate::plan::Holding;
use crate::plan::ListingPlan;
use crate::plan::ListingValuePlan;
use crate::plan::OfferingPlan;
use crate::plan::OnConversion;
use crate::plan::Plan;
use crate::plan::RatchetPlan;
use crate::units::Direction;
use crate::units::Mask;
use crate::units::Scalar;

use super::Entitled;
use super::ExitState;
use super::PartKind;
use super::Payee;
use super::claims::Claims;
use super::convertibles;
use super::is_above;
use crate::engine::classes::as_converted;
use crate::engine::classes::of_class;
use crate::engine::fault::FaultKind;
use crate::engine::figures::Figures;
use crate::engine::notes::balance;
use crate::engine::observer::Entry;
use crate::engine::observer::Observer;
use crate::engine::observer::Why;
use crate::engine::options::moved;
use crate::engine::options::strike;
use crate::engine::state::State;
use crate::engine::waterfall::Claim;
use crate::engine::waterfall::Deductions;
use crate::engine::waterfall::Waterfall;

/// What a listing leaves beside the value of what everybody keeps.
#[derive(Debug, Clone, Copy)]
pub struct Listed<S> {
    /// The price of a common share.
    pub price: S,
    /// The fully diluted company before the new shares.
    pub pre_money: S,
    /// With them.
    pub post_money: S,
    /// New shares, the greenshoe included.
    pub new_shares: S,
    /// Shares that holders sold.
    pub sold_shares: S,
    /// What the company was paid for new shares.
    pub raised: S,
    /// What of it the underwriters kept.
    pub fees: S,
    /// Other costs.
    pub costs: S,
    /// Common shares that ratchets gave beyond what shares convert to.
    pub ratchet_shares: S,
    /// Common shares that unpaid dividends became.
    pub dividend_shares: S,
    /// All common shares issued.
    pub issued: S,
    /// All shares, options, warrants and unallocated pools included.
    pub fully_diluted: S,
    /// Issued shares, and what options and warrants add once their strikes have bought shares back at the price.
    pub treasury: S,
}

/// Shares of a class with something to add at conversion.
struct Converting<S> {
    /// From which line to which.
    lines: (usize, usize),
    /// Common shares by its ratio, dividends that convert included.
    common: S,
    /// What they are worth at least.
    floor: S,
}

/// Lists the company.
pub(super) fn list<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    exit: &ExitPlan,
    listing: &ListingPlan,
    figures: Figures<'_, S>,
    state: &mut State<S>,
    observer: &mut O,
) -> Result<ExitState<S>, FaultKind> {
    let mut all = Claims { claims: Vec::new(), parts: Vec::new(), entitled: Vec::new() };
    let converting = converting(plan, exit, listing, figures, state)?;
    let special = converting
        .iter()
        .fold(S::ZERO, |sum, it| sum + as_converted(plan, &state.classes, it.lines.0, state.held(it.lines.0)));
    all.add(usize::MAX, PartKind::Main, S::ZERO, Claim::common(state.fully_diluted - special));
    for it in &converting {
        let claim = all.add(usize::MAX, PartKind::Main, it.common, Claim::either(it.floor, it.common, 0));
        all.give(claim, Payee::Line(it.lines.1), S::ONE.per(S::ONE));
    }
    // Notes stay a debt.
    let safes = convertibles::outstanding(exit).filter(|it| !is_note(it));
    let capital = convertibles::capital(plan, safes, figures, state)?;
    let mut lent: Vec<(usize, S)> = Vec::new();
    for (claimant, who) in exit.claimants.iter().enumerate() {
        let ClaimantPlan::Convertible(outstanding) = who else { continue };
        if is_note(outstanding) {
            let is_there = state.convertibles.get(outstanding.convertible).is_some_and(|it| it.is_outstanding.any());
            if let Some(planned) = plan.convertibles.get(outstanding.convertible).filter(|_| is_there) {
                let (owed, in_cash) = balance(&outstanding.balance, figures.at(planned.amount), figures);
                lent.push((outstanding.convertible, owed + in_cash));
            }
            continue;
        }
        let mut ranked = outstanding.clone();
        ranked.rank = Some(0);
        convertibles::claim(plan, claimant, &ranked, &capital, figures, state, &mut all)?;
    }
    let Claims { claims, parts, entitled } = all;
    let mut waterfall = Waterfall::default();
    waterfall.fill(claims.into_iter());
    if !waterfall.is_valid() {
        return Err(FaultKind::Arithmetic);
    }
    let price = price(plan, listing, &waterfall, figures)?;
    let level = waterfall.level_at(price);
    let pre_money = match listing.value {
        // What is held is what was written, to the last digit.
        ListingValuePlan::PreMoney(slot) => figures.at(slot),
        _ => (0..parts.len()).fold(S::ZERO, |sum, claim| sum + waterfall.pays(claim, &level)),
    };
    let mut left = ExitState {
        deductions: Deductions {
            fee: figures.at(exit.fees),
            costs: figures.at(exit.costs),
            debt: S::ZERO,
            carve_outs: Vec::new(),
        },
        deducted: Deductions { fee: S::ZERO, costs: S::ZERO, debt: S::ZERO, carve_outs: Vec::new() }.of(pre_money),
        waterfall,
        parts,
        level,
        entitled,
        carved: Vec::new(),
        payouts: Vec::new(),
        listed: None,
    };
    let (ratchet_shares, dividend_shares) = convert(plan, listing, &converting, price, state, observer);
    become_shares(plan, listing, &left, price, state, observer);
    // What was converted share by share is counted again as what it now is.
    state.recount(plan, S::Mask::ALWAYS);
    let before = state.fully_diluted;
    let sold = sell(plan, exit, listing, price, figures, state, observer);
    let new_shares = offer(plan, listing, price, sold.shares, figures, state, observer);
    let raised = new_shares * price;
    let fee = figures.at(exit.fees);
    let (payouts, issued, treasury) = values(plan, exit, price, figures, state);
    left.payouts = payouts;
    left.payouts.extend(sold.payouts);
    left.payouts.extend(lent.into_iter().map(|(convertible, owed)| (Payee::Convertible(convertible), owed)));
    left.listed = Some(Listed {
        price,
        // In whole shares the company is what its shares are; else what was asked for, to the last digit.
        pre_money: if plan.whole_of(0).is_some() { before * price } else { pre_money },
        post_money: if plan.whole_of(0).is_some() {
            state.fully_diluted * price
        } else if let ListingValuePlan::PostMoney(slot) = listing.value {
            figures.at(slot)
        } else {
            pre_money + raised
        },
        new_shares,
        sold_shares: sold.shares,
        raised,
        fees: raised * fee,
        costs: figures.at(exit.costs),
        ratchet_shares,
        dividend_shares,
        issued,
        fully_diluted: state.fully_diluted,
        treasury,
    });
    Ok(left)
}

fn is_note(outstanding: &crate::plan::OutstandingPlan) -> bool {
    !matches!(outstanding.takes, Some(crate::plan::TakesPlan::Safe(_)))
}

/// Preferred lines with a ratchet, or a dividend that converts.
fn converting<S: Scalar>(
    plan: &Plan,
    exit: &ExitPlan,
    listing: &ListingPlan,
    figures: Figures<'_, S>,
    state: &State<S>,
) -> Result<Vec<Converting<S>>, FaultKind> {
    let mut all = Vec::new();
    for (from, to) in &listing.conversions {
        let held = state.held(*from);
        let class = plan.positions.get(*from).map_or(0, |line| line.class);
        let Some(terms) = plan.class_terms.get(class as usize) else { continue };
        let accruals = exit.accruals.get(class as usize).and_then(Option::as_ref);
        let accruals = accruals.filter(|_| terms.dividend == Some(OnConversion::Converts));
        if !is_above(held) || (terms.ratchet.is_none() && accruals.is_none()) {
            continue;
        }
        let Some(has) = state.classes.get(class as usize) else { continue };
        let needs_cost = accruals.is_some() || matches!(terms.ratchet, Some(RatchetPlan::Return(_)));
        if needs_cost && !has.has_cost.any() {
            return Err(FaultKind::NoIssuePrice { class });
        }
        let mut common = of_class(&state.classes, class, held);
        if let Some(accruals) = accruals {
            for (_, start, shares) in state.earning(std::slice::from_ref(from)) {
                let Some(accrual) = accruals.get(start) else { continue };
                let cost = has.cost_of(shares);
                if is_above(cost) {
                    let (grown, _) = balance(accrual, cost, figures);
                    common += of_class(&state.classes, class, shares).times((grown - cost).per(cost));
                }
            }
        }
        let floor = match terms.ratchet {
            None => S::ZERO,
            Some(RatchetPlan::Return(part)) => has.cost_of(held) * figures.at(part),
            Some(RatchetPlan::Price(price)) => has.of_now(figures.at(price) * held),
        };
        all.push(Converting { lines: (*from, *to), common, floor });
    }
    Ok(all)
}

/// The price of a common share.
fn price<S: Scalar>(
    plan: &Plan,
    listing: &ListingPlan,
    waterfall: &Waterfall<S>,
    figures: Figures<'_, S>,
) -> Result<S, FaultKind> {
    let price = match listing.value {
        ListingValuePlan::Price(slot) => return Ok(figures.at(slot)),
        ListingValuePlan::PreMoney(slot) => find(waterfall, figures.at(slot))?,
        ListingValuePlan::PostMoney(slot) => {
            // With the new shares: so much money of it, or so many more shares.
            let more = S::ONE + figures.at(listing.greenshoe);
            match listing.primary {
                None => find(waterfall, figures.at(slot))?,
                Some(OfferingPlan::Money(money)) => find(waterfall, figures.at(slot) - figures.at(money) * more)?,
                Some(OfferingPlan::Shares(shares)) => {
                    let new = Claim::common(figures.at(shares) * more);
                    let mut with = Waterfall::default();
                    with.fill(waterfall.claims().iter().copied().chain([new]));
                    find(&with, figures.at(slot))?
                }
            }
        }
    };
    Ok(plan.whole_of(0).map_or(price, |whole| price.rounded(whole.price_places, whole.price)))
}

fn find<S: Scalar>(waterfall: &Waterfall<S>, value: S) -> Result<S, FaultKind> {
    let price = waterfall.level(value).share_value();
    if is_above(price) {
        return Ok(price);
    }
    Err(FaultKind::NoListingPrice { guaranteed: waterfall.base().approximate(), value: value.approximate() })
}

/// Preferred stock becomes common; gives the shares that ratchets add, and those that dividends do.
fn convert<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    listing: &ListingPlan,
    converting: &[Converting<S>],
    price: S,
    state: &mut State<S>,
    observer: &mut O,
) -> (S, S) {
    let (mut by_ratchets, mut by_dividends) = (S::ZERO, S::ZERO);
    for (from, to) in &listing.conversions {
        let held = state.held(*from);
        if !is_above(held) {
            continue;
        }
        let plain = as_converted(plan, &state.classes, *from, held);
        let (common, by_ratio) = match converting.iter().find(|it| it.lines.0 == *from) {
            Some(it) => {
                let guaranteed = it.floor / price;
                (S::select(it.common.lt(guaranteed), guaranteed, it.common), it.common)
            }
            None => (plain, plain),
        };
        let (common, by_ratio, plain) = (whole(plan, common), whole(plan, by_ratio), whole(plan, plain));
        by_ratchets += common - by_ratio;
        by_dividends += by_ratio - plain;
        state.retire(plan, *from, held);
        state.issue(plan, *to, common);
        observer.post(moved(Why::Listed, Some(*from), held, Some(*to), common, S::ZERO));
    }
    (by_ratchets, by_dividends)
}

/// SAFEs become shares worth what they may take.
fn become_shares<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    listing: &ListingPlan,
    left: &ExitState<S>,
    price: S,
    state: &mut State<S>,
    observer: &mut O,
) {
    // A SAFE may have two claims, its money and what a discount makes of it: its shares are of both, rounded once.
    let mut worth: Vec<(usize, S)> = Vec::new();
    for Entitled { claim, payee, .. } in &left.entitled {
        let Payee::Convertible(convertible) = *payee else { continue };
        let money = left.waterfall.pays(*claim, &left.level);
        match worth.last_mut() {
            Some((last, sum)) if *last == convertible => *sum += money,
            _ => worth.push((convertible, money)),
        }
    }
    for (convertible, money) in worth {
        let shares = whole(plan, money / price);
        let Some(line) = listing.converted.get(convertible).copied() else { continue };
        state.issue(plan, line, shares);
        observer.post(moved(Why::Listed, None, S::ZERO, Some(line), shares, S::ZERO));
    }
}

/// What holders sold.
struct Sold<S> {
    shares: S,
    payouts: Vec<(Payee, S)>,
}

fn sell<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    exit: &ExitPlan,
    listing: &ListingPlan,
    price: S,
    figures: Figures<'_, S>,
    state: &mut State<S>,
    observer: &mut O,
) -> Sold<S> {
    let mut all = Sold { shares: S::ZERO, payouts: Vec::new() };
    let Some(public) = listing.public else { return all };
    for (from, line, part) in listing.sellers.iter().filter(|(_, line, _)| *line != public) {
        let held = state.held(*from);
        let shares = held * figures.at(*part);
        let shares = plan.whole_at(*from).map_or(shares, |_| shares.rounded(0, Direction::Down));
        if !is_above(shares) {
            continue;
        }
        let common = if from == line {
            shares
        } else {
            let common = whole(plan, as_converted(plan, &state.classes, *from, shares));
            state.retire(plan, *from, shares);
            state.issue(plan, *line, common);
            observer.post(moved(Why::Listed, Some(*from), shares, Some(*line), common, S::ZERO));
            common
        };
        let money = common * price;
        state.retire(plan, *line, common);
        state.issue(plan, public, common);
        observer.post(Entry::Sold { seller: *line, buyer: public, shares: common, money });
        all.shares += common;
        all.payouts.push((Payee::Sold(*line), money - money * figures.at(exit.fees)));
    }
    all
}

/// New shares are sold, the greenshoe included.
fn offer<S: Scalar, O: Observer<S>>(
    plan: &Plan,
    listing: &ListingPlan,
    price: S,
    sold: S,
    figures: Figures<'_, S>,
    state: &mut State<S>,
    observer: &mut O,
) -> S {
    let Some(public) = listing.public else { return S::ZERO };
    let primary = match listing.primary {
        None => S::ZERO,
        Some(OfferingPlan::Money(slot)) => issued(plan, figures.at(slot) / price),
        Some(OfferingPlan::Shares(slot)) => figures.at(slot),
    };
    let shares = primary + issued(plan, (primary + sold) * figures.at(listing.greenshoe));
    if is_above(shares) {
        state.issue(plan, public, shares);
        observer.post(moved(Why::Offered, None, S::ZERO, Some(public), shares, shares * price));
    }
    shares
}

/// The value of what everybody keeps at a price, the shares issued, and with what options and warrants add net of
/// the shares that their strikes buy back.
fn values<S: Scalar>(
    plan: &Plan,
    exit: &ExitPlan,
    price: S,
    figures: Figures<'_, S>,
    state: &State<S>,
) -> (Vec<(Payee, S)>, S, S) {
    let mut all = Vec::new();
    let mut issued = S::ZERO;
    for (index, _) in plan.positions.iter().enumerate().filter(|(_, line)| line.holding == Holding::Shares) {
        let common = as_converted(plan, &state.classes, index, state.held(index));
        if is_above(common) {
            issued += common;
            all.push((Payee::Line(index), common * price));
        }
    }
    let mut treasury = issued;
    for who in &exit.claimants {
        let (line, class, paid) = match who {
            ClaimantPlan::Grant { grant, .. } => {
                let Some(planned) = plan.grants.get(*grant) else { continue };
                let then = state.grants.get(*grant).map(|grant| grant.splits);
                (planned.options, planned.class, strike(planned.strike, planned.class, then, figures, state))
            }
            ClaimantPlan::Warrant { warrant } => {
                let Some(planned) = plan.warrants.get(*warrant) else { continue };
                let then = state.warrants.get(*warrant).copied();
                (planned.line, planned.class, strike(planned.strike, planned.class, then, figures, state))
            }
            ClaimantPlan::Class { .. } | ClaimantPlan::Convertible(_) => continue,
        };
        let held = state.held(line);
        if is_above(held) {
            let value = (of_class(&state.classes, class, held) * price - held.times(paid)).at_least_zero();
            treasury += value / price;
            all.push((Payee::Line(line), value));
        }
    }
    (all, issued, treasury)
}

fn whole<S: Scalar>(plan: &Plan, shares: S) -> S {
    plan.whole_of(0).map_or(shares, |whole| shares.rounded(0, whole.shares_converted))
}

fn issued<S: Scalar>(plan: &Plan, shares: S) -> S {
    plan.whole_of(0).map_or(shares, |whole| shares.rounded(0, whole.shares_issued))
}
