//! Who claims what: classes by their preferences, options and warrants by their strikes, SAFEs and notes by their terms.

use crate::plan::BalancePlan;
use crate::plan::ClaimantPlan;
use crate::plan::ExitPlan;
use crate::plan::OnConversion;
use crate::plan::ParticipationPlan;
use crate::plan::Plan;
use crate::plan::PreferencePlan;
use crate::plan::PreferenceSizePlan;
use crate::plan::VestedPlan;
use crate::units::Direction;
use crate::units::Mask;
use crate::units::Scalar;

use super::ClaimPart;
use super::Entitled;
use super::PartKind;
use super::Payee;
use super::convertibles;
use super::is_above;
use crate::engine::classes::of_class;
use crate::engine::fault::FaultKind;
use crate::engine::figures::Figures;
use crate::engine::notes::balance;
use crate::engine::options::strike;
use crate::engine::state::State;
use crate::engine::vesting::allocated;
use crate::engine::waterfall::Claim;

/// The claims of an exit, and who has which part of each.
pub(super) struct Claims<S: Scalar> {
    pub claims: Vec<Claim<S>>,
    pub parts: Vec<ClaimPart<S>>,
    pub entitled: Vec<Entitled<S>>,
}

impl<S: Scalar> Claims<S> {
    pub(super) fn add(&mut self, claimant: usize, kind: PartKind, shares: S, claim: Claim<S>) -> usize {
        self.claims.push(claim);
        self.parts.push(ClaimPart { claimant, kind, shares });
        self.claims.len().saturating_sub(1)
    }

    pub(super) fn give(&mut self, claim: usize, payee: Payee, part: S::Per) {
        self.entitled.push(Entitled { claim, payee, part });
    }
}

/// Everybody's claims in a sale or a wind-up.
pub(super) fn gather<S: Scalar>(
    plan: &Plan,
    exit: &ExitPlan,
    figures: Figures<'_, S>,
    state: &State<S>,
) -> Result<Claims<S>, FaultKind> {
    let mut all = Claims { claims: Vec::new(), parts: Vec::new(), entitled: Vec::new() };
    let capital = convertibles::capital(plan, convertibles::outstanding(exit), figures, state)?;
    let whole = S::ONE.per(S::ONE);
    for (claimant, who) in exit.claimants.iter().enumerate() {
        match who {
            ClaimantPlan::Class { class, lines } => {
                class_claims(plan, exit, (claimant, *class, lines), figures, state, &mut all)?;
            }
            ClaimantPlan::Grant { grant, vested } => {
                let Some(planned) = plan.grants.get(*grant) else { continue };
                let shares = exercisable(plan, *grant, vested, figures, state);
                if is_above(shares) {
                    let then = state.grants.get(*grant).map(|grant| grant.splits);
                    let strike = shares.times(strike(planned.strike, planned.class, then, figures, state));
                    let claim = optional(plan, planned.class, shares, strike, figures, state)?;
                    let claim = all.add(claimant, PartKind::Main, shares, claim);
                    all.give(claim, Payee::Line(planned.options), whole);
                }
            }
            ClaimantPlan::Warrant { warrant } => {
                let Some(planned) = plan.warrants.get(*warrant) else { continue };
                let shares = state.held(planned.line);
                if is_above(shares) {
                    let then = state.warrants.get(*warrant).copied();
                    let strike = shares.times(strike(planned.strike, planned.class, then, figures, state));
                    let claim = optional(plan, planned.class, shares, strike, figures, state)?;
                    let claim = all.add(claimant, PartKind::Main, shares, claim);
                    all.give(claim, Payee::Line(planned.line), whole);
                }
            }
            ClaimantPlan::Convertible(outstanding) => {
                convertibles::claim(plan, claimant, outstanding, &capital, figures, state, &mut all)?;
            }
        }
    }
    Ok(all)
}

/// The shares of a class: one claim, or with a cumulative dividend one for each day on which some were issued, as
/// what is owed on a share, and so when it converts, depends on that day.
fn class_claims<S: Scalar>(
    plan: &Plan,
    exit: &ExitPlan,
    (claimant, class, lines): (usize, u32, &[usize]),
    figures: Figures<'_, S>,
    state: &State<S>,
    all: &mut Claims<S>,
) -> Result<(), FaultKind> {
    let shares = lines.iter().fold(S::ZERO, |sum, line| sum + state.held(*line));
    if !is_above(shares) {
        return Ok(());
    }
    let accruals = exit.accruals.get(class as usize).and_then(Option::as_ref);
    let (Some(accruals), Some(terms)) = (accruals, plan.class_terms.get(class as usize)) else {
        let claim = class_claim(plan, class, shares, shares, figures, state)?;
        let claim = all.add(claimant, PartKind::Main, shares, claim);
        for line in lines.iter().filter(|line| is_above(state.held(**line))) {
            all.give(claim, Payee::Line(*line), state.held(*line).per(shares));
        }
        return Ok(());
    };
    // By the day they began to earn, then by line; of each line what it holds now.
    let mut lots = state.earning(lines);
    lots.sort_by_key(|(line, start, _)| (*start, *line));
    for same_day in lots.chunk_by(|(_, one, _), (_, other, _)| one == other) {
        let count = same_day.iter().fold(S::ZERO, |sum, (.., shares)| sum + *shares);
        let Some((_, start, _)) = same_day.first() else { continue };
        let (true, Some(accrual)) = (is_above(count), accruals.get(*start)) else { continue };
        let (main, dividend) = lot_claims(plan, class, (count, shares), accrual, terms.dividend, figures, state)?;
        let main = all.add(claimant, PartKind::Lot(*start), count, main);
        let dividend = dividend.map(|claim| all.add(claimant, PartKind::Dividend(*start), S::ZERO, claim));
        for (line, _, mine) in same_day {
            for claim in [Some(main), dividend].into_iter().flatten() {
                all.give(claim, Payee::Line(*line), mine.per(count));
            }
        }
    }
    Ok(())
}

/// The claim of shares with a dividend, and what is paid beside it.
fn lot_claims<S: Scalar>(
    plan: &Plan,
    class: u32,
    (shares, all): (S, S),
    accrual: &BalancePlan,
    on_conversion: Option<OnConversion>,
    figures: Figures<'_, S>,
    state: &State<S>,
) -> Result<(Claim<S>, Option<Claim<S>>), FaultKind> {
    let Some(has) = state.classes.get(class as usize) else { return Err(FaultKind::NoIssuePrice { class }) };
    if !has.has_cost.any() {
        return Err(FaultKind::NoIssuePrice { class });
    }
    let cost = has.cost_of(shares);
    let (grown, _) = balance(accrual, cost, figures);
    let owed = grown - cost;
    let common = of_class(&state.classes, class, shares);
    let Some(preference) = plan.class_terms.get(class as usize).and_then(|terms| terms.preference) else {
        return Ok((Claim::common(common), None));
    };
    let (money, limit) = money(&preference, (shares, all), cost, figures);
    let form = |fixed: S, converted: S| preferred(&preference, fixed, (common, converted), limit);
    Ok(match on_conversion {
        Some(OnConversion::Paid) => (form(money, common), Some(Claim::sum(owed, preference.rank))),
        Some(OnConversion::Converts) => {
            // Owed money becomes shares at the conversion price: as many for each unit as the issue price gives.
            let more = common.times(owed.per(S::select(S::ZERO.lt(cost), cost, S::ONE)));
            (form(money + owed, common + more), None)
        }
        Some(OnConversion::Forfeited) | None => (form(money + owed, common), None),
    })
}

/// The preference of some shares of a class, and the most they take without converting.
fn money<S: Scalar>(
    preference: &PreferencePlan,
    (shares, all): (S, S),
    cost: S,
    figures: Figures<'_, S>,
) -> (S, Option<S>) {
    let (base, money) = match preference.size {
        PreferenceSizePlan::Multiple(slot) => (cost, cost * figures.at(slot)),
        PreferenceSizePlan::Amount(slot) => {
            let part = figures.at(slot).times(shares.per(all));
            (part, part)
        }
    };
    let limit = match preference.participation {
        ParticipationPlan::Capped(slot) => Some(base * figures.at(slot)),
        ParticipationPlan::None | ParticipationPlan::Full => None,
    };
    (money, limit)
}

/// The claim of preferred stock: its sum, its shares as they take part and as they convert, its limit.
fn preferred<S: Scalar>(
    preference: &PreferencePlan,
    fixed: S,
    (shares, converted): (S, S),
    limit: Option<S>,
) -> Claim<S> {
    match preference.participation {
        ParticipationPlan::None => Claim::either(fixed, converted, preference.rank),
        ParticipationPlan::Full | ParticipationPlan::Capped(_) => {
            Claim::participating(fixed, shares, limit, converted, preference.rank)
        }
    }
}

/// The claim of so many shares of a class, of `all` there are, without dividends.
fn class_claim<S: Scalar>(
    plan: &Plan,
    class: u32,
    shares: S,
    all: S,
    figures: Figures<'_, S>,
    state: &State<S>,
) -> Result<Claim<S>, FaultKind> {
    let common = of_class(&state.classes, class, shares);
    let Some(preference) = plan.class_terms.get(class as usize).and_then(|terms| terms.preference) else {
        return Ok(Claim::common(common));
    };
    let cost = match (preference.size, state.classes.get(class as usize)) {
        (PreferenceSizePlan::Amount(_), _) => S::ZERO,
        (PreferenceSizePlan::Multiple(_), Some(state)) if state.has_cost.any() => state.cost_of(shares),
        (PreferenceSizePlan::Multiple(_), _) => return Err(FaultKind::NoIssuePrice { class }),
    };
    let (fixed, limit) = money(&preference, (shares, all), cost, figures);
    Ok(preferred(&preference, fixed, (common, common), limit))
}

/// The claim of a right to shares: exercised where it pays, and paid net of its strike.
fn optional<S: Scalar>(
    plan: &Plan,
    class: u32,
    shares: S,
    strike: S,
    figures: Figures<'_, S>,
    state: &State<S>,
) -> Result<Claim<S>, FaultKind> {
    Ok(class_claim(plan, class, shares, shares, figures, state)?.at_strike(strike))
}

/// The options of a grant that are paid for: what has vested and was not exercised, what vests with the exit, and the
/// rest where the buyer takes it over.
pub(super) fn exercisable<S: Scalar>(
    plan: &Plan,
    grant: usize,
    vested: &VestedPlan,
    figures: Figures<'_, S>,
    state: &State<S>,
) -> S {
    let (Some(planned), Some(slot)) = (plan.grants.get(grant), state.grants.get(grant)) else { return S::ZERO };
    let held = state.held(planned.options);
    let (false, Some(dates)) = (vested.is_assumed, vested.dates) else { return held };
    let now = state.classes.get(planned.class as usize).map_or(S::ONE, |class| class.splits);
    let grown = now.per(slot.splits);
    let granted = figures.at(planned.shares).times(grown);
    let whole = plan.whole_of(planned.class);
    let granted = whole.map_or(granted, |whole| granted.rounded(0, whole.shares_converted));
    let ripe = allocated(granted, dates, vested.passed, vested.allocation);
    // What was given up had not vested.
    let unripe = (granted - slot.returned.times(grown) - ripe).at_least_zero().least(held);
    let early = vested.accelerates.map_or(S::ZERO, |part| unripe * figures.at(part));
    let early = whole.map_or(early, |_| early.rounded(0, Direction::Down));
    held - unripe + early
}
