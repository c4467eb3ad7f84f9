//! Payments of an exit, to the cent.

use std::collections::HashMap;

use crate::engine::ExitState;
use crate::engine::PartKind;
use crate::engine::Payee;
use crate::engine::waterfall::Deducted;
use crate::engine::waterfall::Level;
use crate::plan::ClaimantPlan;
use crate::plan::ExitKindPlan;
use crate::plan::ExitPlan;
use crate::plan::Holding;
use crate::plan::ParticipationPlan;
use crate::plan::Plan;
use crate::scenario::Exit;
use crate::scenario::ExitKind;
use crate::scenario::Scenario;
use crate::units::Decided;
use crate::units::Decimal;
use crate::units::Direction;
use crate::units::Exact;
use crate::units::Scalar;

use super::played;
use crate::outcome::played::Outcome;

/// What somebody is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// Shares of a class.
    Class(usize),
    /// Options of a grant.
    Grant(usize),
    /// A warrant.
    Warrant(usize),
    /// A SAFE or a note.
    Convertible(usize),
    /// A carve-out.
    CarveOut(usize),
}

impl Group {
    /// What a claimant is paid for.
    #[must_use]
    pub fn of(claimant: &ClaimantPlan) -> Group {
        match claimant {
            ClaimantPlan::Class { class, .. } => Group::Class(*class as usize),
            ClaimantPlan::Grant { grant, .. } => Group::Grant(*grant),
            ClaimantPlan::Warrant { warrant } => Group::Warrant(*warrant),
            ClaimantPlan::Convertible(outstanding) => Group::Convertible(outstanding.convertible),
        }
    }
}

impl Group {
    /// The path of what is paid for, in the file of an exit.
    #[must_use]
    pub fn path(self, scenario: &Scenario, exit: usize) -> String {
        let none = String::new;
        match self {
            Group::Class(class) => scenario.classes.get(class).map_or_else(none, |it| format!("class.{}", it.id)),
            Group::Grant(grant) => scenario.grants.get(grant).map_or_else(none, |it| format!("grant.{}", it.id)),
            Group::Warrant(it) => scenario.warrants.get(it).map_or_else(none, |it| format!("warrant.{}", it.id)),
            Group::Convertible(it) => scenario.convertibles.get(it).map_or_else(none, |it| it.path.clone()),
            Group::CarveOut(number) => match scenario.exits.get(exit) {
                Some(Exit { id, kind: ExitKind::Sale(sale), .. }) => {
                    sale.carve_outs.get(number).map_or_else(none, |it| format!("exit.{id}.carve_out.{}", it.id))
                }
                _ => none(),
            },
        }
    }
}

/// What one holder is paid for one thing.
#[derive(Debug, Clone, Copy)]
pub struct Payment {
    /// Who, by number.
    pub owner: usize,
    /// For what.
    pub group: Group,
    /// Whether it is for shares sold in a listing, not the value of what is kept.
    pub is_sold: bool,
    /// How much.
    pub amount: Exact,
}

/// Everything that is paid at an exit. Payments, deductions and what is left over add up to the value.
#[derive(Debug, Clone)]
pub struct Payments {
    /// The value of the exit.
    pub value: Exact,
    /// Fees.
    pub fees: Exact,
    /// Costs.
    pub costs: Exact,
    /// Debt.
    pub debt: Exact,
    /// Payments to holders, carve-outs included.
    pub all: Vec<Payment>,
    by_owner: HashMap<usize, Exact>,
    by_group: HashMap<Group, Exact>,
    /// Less than a cent that nobody can be paid.
    pub left_over: Exact,
    /// The value of one common share.
    pub share: Exact,
    /// Where the value landed.
    pub level: Level<Exact>,
}

impl Payments {
    /// What an owner is paid.
    #[must_use]
    pub fn of(&self, owner: usize) -> Exact {
        self.by_owner.get(&owner).copied().unwrap_or(Exact::ZERO)
    }

    /// What is paid for something.
    #[must_use]
    pub fn of_group(&self, group: Group) -> Exact {
        self.by_group.get(&group).copied().unwrap_or(Exact::ZERO)
    }

    /// What all carve-outs come to.
    #[must_use]
    pub fn carve_outs(&self) -> Exact {
        let all = self.all.iter().filter(|it| matches!(it.group, Group::CarveOut(_)));
        all.fold(Exact::ZERO, |sum, it| sum + it.amount)
    }
}

/// The payments of an exit at its own value.
#[must_use]
pub fn payments(outcome: &Outcome, exit: usize) -> Option<Payments> {
    let (plan, state) = (outcome.plan.exits.get(exit)?, played(outcome, exit)?);
    let to_cents = matches!(plan.kind, ExitKindPlan::Sale(_));
    Some(paid(&outcome.plan, plan, state, &state.deducted, state.level, &state.payouts, to_cents))
}

/// The payments of a sale at another value, all else the same; none where nobody may take all of it.
#[must_use]
pub fn payments_at(outcome: &Outcome, exit: usize, value: Exact) -> Option<Payments> {
    let (plan, state) = (outcome.plan.exits.get(exit)?, played(outcome, exit)?);
    if !matches!(plan.kind, ExitKindPlan::Sale(_)) {
        return None;
    }
    let deducted = state.deductions.of(value);
    let (level, payouts) = state.payouts_at(&deducted);
    if matches!(level, Level::TooMuch { .. }) {
        return None;
    }
    Some(paid(&outcome.plan, plan, state, &deducted, level, &payouts, true))
}

fn paid(
    plan: &Plan,
    exit: &ExitPlan,
    state: &ExitState<Exact>,
    deducted: &Deducted<Exact>,
    level: Level<Exact>,
    payouts: &[(Payee, Exact)],
    to_cents: bool,
) -> Payments {
    // One payment for what one holder has for one thing, however many claims that is.
    let mut all: Vec<Payment> = Vec::with_capacity(payouts.len());
    let mut places: HashMap<(usize, Group, bool), usize> = HashMap::with_capacity(payouts.len());
    for (payee, amount) in payouts {
        let Some((owner, group, is_sold)) = for_what(plan, exit, *payee) else { continue };
        let place = *places.entry((owner, group, is_sold)).or_insert(all.len());
        match all.get_mut(place) {
            Some(payment) => payment.amount += *amount,
            None => all.push(Payment { owner, group, is_sold, amount: *amount }),
        }
    }
    let mut sums = vec![deducted.fees, deducted.costs, deducted.debt];
    let mut left_over = Exact::ZERO;
    if to_cents {
        sums.extend(all.iter().map(|it| it.amount));
        left_over = round_to_cents(&mut sums, deducted.value);
        for (payment, sum) in all.iter_mut().zip(sums.iter().skip(3)) {
            payment.amount = *sum;
        }
    }
    let at = |place: usize| sums.get(place).copied().unwrap_or(Exact::ZERO);
    let share = state.listed.map_or(level.share_value(), |listed| listed.price);
    let mut by_owner: HashMap<usize, Exact> = HashMap::new();
    let mut by_group: HashMap<Group, Exact> = HashMap::new();
    for payment in &all {
        *by_owner.entry(payment.owner).or_insert(Exact::ZERO) += payment.amount;
        *by_group.entry(payment.group).or_insert(Exact::ZERO) += payment.amount;
    }
    let [fees, costs, debt] = [at(0), at(1), at(2)];
    Payments { value: deducted.value, fees, costs, debt, all, by_owner, by_group, left_over, share, level }
}

/// Whose a payment is.
#[must_use]
pub fn owner_of(plan: &Plan, exit: &ExitPlan, payee: Payee) -> Option<usize> {
    for_what(plan, exit, payee).map(|(owner, ..)| owner)
}

/// Whose a payment is, and for what.
fn for_what(plan: &Plan, exit: &ExitPlan, payee: Payee) -> Option<(usize, Group, bool)> {
    Some(match payee {
        Payee::Line(line) | Payee::Sold(line) => {
            let position = plan.positions.get(line)?;
            let group = match position.holding {
                Holding::Shares | Holding::Unallocated => Group::Class(position.class as usize),
                Holding::Options(grant) => Group::Grant(grant as usize),
                Holding::Warrants(warrant) => Group::Warrant(warrant as usize),
            };
            (position.owner as usize, group, matches!(payee, Payee::Sold(_)))
        }
        Payee::Convertible(convertible) => {
            (plan.convertibles.get(convertible)?.owner, Group::Convertible(convertible), false)
        }
        Payee::CarveOut(number, place) => {
            let ExitKindPlan::Sale(proceeds) = &exit.kind else { return None };
            let (owner, _) = proceeds.carve_outs.get(number)?.to.get(place)?;
            (*owner, Group::CarveOut(number), false)
        }
    })
}

/// Rounds parts of a value to cents so that they still add up to it: each down, and then a cent more to those that
/// lost most, the first of equals. Gives what is less than a cent of the value itself.
fn round_to_cents(sums: &mut [Exact], value: Exact) -> Exact {
    let cent = Exact::of(Decimal::new(1, 2));
    let whole = value.rounded(2, Direction::Down);
    let mut lost: Vec<(Exact, usize)> = Vec::with_capacity(sums.len());
    let mut given = Exact::ZERO;
    for (index, sum) in sums.iter_mut().enumerate() {
        let down = sum.rounded(2, Direction::Down);
        lost.push((*sum - down, index));
        *sum = down;
        given += down;
    }
    lost.sort_by(|(one, at), (other, place)| other.decimal().cmp(&one.decimal()).then(at.cmp(place)));
    let mut missing = whole - given;
    for (_, index) in lost {
        if missing.lt(cent) != Decided::No {
            break;
        }
        if let Some(sum) = sums.get_mut(index) {
            *sum += cent;
        }
        missing -= cent;
    }
    value - whole
}

/// What a class or an instrument takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Election {
    /// It keeps its preference, or is paid back.
    Preference,
    /// It keeps its preference and shares in the rest.
    Shares,
    /// It shares in the rest no more: it has all it may take without converting.
    AtCap,
    /// It takes common shares.
    Converts,
    /// Its money is worth more at its discount.
    Discount,
    /// Both are worth the same.
    Indifferent,
    /// Some of its shares convert, others not: their dividends differ.
    Some,
    /// It is exercised.
    Exercised,
    /// It is worth less than its strike.
    NotExercised,
    /// It is common stock.
    Common,
}

impl Election {
    /// Its word in results.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Election::Preference => "preference",
            Election::Shares => "preference and shares",
            Election::AtCap => "at cap",
            Election::Converts => "converts",
            Election::Discount => "discount",
            Election::Indifferent => "indifferent",
            Election::Some => "some convert",
            Election::Exercised => "exercised",
            Election::NotExercised => "not exercised",
            Election::Common => "common",
        }
    }
}

/// What somebody with a claim takes, and with how many shares.
#[derive(Debug, Clone, Copy)]
pub struct Taken {
    /// Of what.
    pub group: Group,
    /// Its shares that claim.
    pub shares: Exact,
    /// What it is owed before common stock.
    pub owed: Exact,
    /// The common shares it has if it converts, or is exercised.
    pub common: Exact,
    /// The most it takes without converting, where it shares up to a cap.
    pub limit: Option<Exact>,
    /// What it takes.
    pub election: Election,
}

/// What each class and each instrument with a claim takes where a value lands, in the order of the exit.
#[must_use]
pub fn taken(outcome: &Outcome, exit: usize, level: &Level<Exact>) -> Vec<Taken> {
    let (Some(plan), Some(state)) = (outcome.plan.exits.get(exit), played(outcome, exit)) else { return Vec::new() };
    let mut all: Vec<Taken> = Vec::new();
    let mut places: HashMap<usize, usize> = HashMap::new();
    for (claim, (part, of)) in state.parts.iter().zip(state.waterfall.claims()).enumerate() {
        let Some(group) = plan.claimants.get(part.claimant).map(Group::of) else { continue };
        let rising = of.kinks().filter(|kink| kink.rises).map(|kink| kink.shares);
        let common = rising.reduce(|one, other| Exact::select(one.lt(other), other, one)).unwrap_or(Exact::ZERO);
        let limit = of.kinks().find(|kink| !kink.rises).map(|kink| of.fixed + kink.money);
        let election = match part.kind {
            PartKind::Dividend(_) => None,
            PartKind::Discount => Some(discounted(state, claim, level)),
            PartKind::Main | PartKind::Lot(_) => Some(elected(&outcome.plan, state, group, claim, part.shares, level)),
        };
        let place = *places.entry(part.claimant).or_insert(all.len());
        let Some(one) = all.get_mut(place) else {
            let election = election.unwrap_or(Election::Preference);
            all.push(Taken { group, shares: part.shares, owed: of.fixed, common, limit, election });
            continue;
        };
        match (part.kind, election) {
            // What a discount is worth is of the same shares, and says what the whole takes.
            (PartKind::Discount, Some(election)) => (one.common, one.election) = (common, election),
            (_, Some(election)) => {
                one.owed += of.fixed;
                one.shares += part.shares;
                one.common += common;
                one.limit = one.limit.zip(limit).map(|(one, other)| one + other);
                one.election = if one.election == election { election } else { Election::Some };
            }
            (_, None) => one.owed += of.fixed,
        }
    }
    all
}

/// What a SAFE with a discount takes.
fn discounted(state: &ExitState<Exact>, claim: usize, level: &Level<Exact>) -> Election {
    let passed = match level {
        Level::Short { .. } => 0,
        Level::Covered { passed, .. } => *passed,
        Level::TooMuch { .. } => state.waterfall.pieces().len(),
    };
    let pays = Exact::ZERO.lt(state.waterfall.pays(claim, level)) == Decided::Yes;
    match (state.waterfall.passed_of(claim, passed), pays) {
        (0, false) => Election::Preference,
        (0, true) => Election::Discount,
        _ => Election::Converts,
    }
}

fn elected(
    plan: &Plan,
    state: &ExitState<Exact>,
    group: Group,
    claim: usize,
    shares: Exact,
    level: &Level<Exact>,
) -> Election {
    let passed = match level {
        Level::Short { .. } => None,
        Level::Covered { passed, .. } => Some(*passed),
        Level::TooMuch { .. } => Some(state.waterfall.pieces().len()),
    };
    let own = passed.map_or(0, |passed| state.waterfall.passed_of(claim, passed));
    let participation = match group {
        Group::Class(class) => {
            plan.class_terms.get(class).and_then(|terms| terms.preference).map(|it| it.participation)
        }
        Group::Grant(_) | Group::Warrant(_) => {
            let pays = Exact::ZERO.lt(state.waterfall.pays(claim, level)) == Decided::Yes;
            return if pays { Election::Exercised } else { Election::NotExercised };
        }
        Group::Convertible(_) | Group::CarveOut(_) => Some(ParticipationPlan::None),
    };
    match participation {
        None => Election::Common,
        Some(ParticipationPlan::Full) => {
            if own < 2 {
                Election::Shares
            } else {
                Election::Converts
            }
        }
        Some(ParticipationPlan::Capped(_)) => {
            // With dividends that convert, converting may come before the cap.
            let is_early = state.waterfall.claims().get(claim).is_some_and(|claim| claim.kinks().count() == 2);
            match own {
                0 => Election::Preference,
                1 => Election::Shares,
                2 if !is_early => Election::AtCap,
                _ => Election::Converts,
            }
        }
        Some(ParticipationPlan::None) => {
            let fixed = state.waterfall.claims().get(claim).map_or(Exact::ZERO, |claim| claim.fixed);
            let has_shares = Exact::ZERO.lt(shares) == Decided::Yes;
            let common = match level {
                Level::Covered { share, .. } if has_shares => state
                    .waterfall
                    .turns()
                    .iter()
                    .find(|turn| turn.claim == claim)
                    .map(|turn| turn.kink.shares.times(*share)),
                _ => None,
            };
            let is_equal = common.is_some_and(|common| {
                let gap = (common - fixed).magnitude();
                Exact::ZERO.lt(common) == Decided::Yes && (fixed.magnitude() * Exact::GRAIN).lt(gap) == Decided::No
            });
            match own {
                _ if is_equal => Election::Indifferent,
                0 => Election::Preference,
                _ => Election::Converts,
            }
        }
    }
}
