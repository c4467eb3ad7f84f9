//! Payments of an exit, to the cent.

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
        self.all.iter().filter(|it| it.owner == owner).fold(Exact::ZERO, |sum, it| sum + it.amount)
    }

    /// What is paid for something.
    #[must_use]
    pub fn of_group(&self, group: Group) -> Exact {
        self.all.iter().filter(|it| it.group == group).fold(Exact::ZERO, |sum, it| sum + it.amount)
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

/// The payments of a sale at another value, all else the same.
#[must_use]
pub fn payments_at(outcome: &Outcome, exit: usize, value: Exact) -> Option<Payments> {
    let (plan, state) = (outcome.plan.exits.get(exit)?, played(outcome, exit)?);
    let ExitKindPlan::Sale(proceeds) = &plan.kind else { return None };
    let deducted = state.deductions.of(value);
    let (level, mut payouts) = state.payouts_at(&deducted);
    let figures: Vec<Exact> = outcome.plan.values.iter().map(|value| Exact::of(*value)).collect();
    let figures = crate::engine::Figures::new(&figures);
    for (number, carve_out) in proceeds.carve_outs.iter().enumerate() {
        let sum = deducted.carve_outs.get(number).copied().unwrap_or(Exact::ZERO);
        for (place, (_, part)) in carve_out.to.iter().enumerate() {
            payouts.push((Payee::CarveOut(number, place), sum * figures.part(part)));
        }
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
    let mut all: Vec<Payment> = Vec::with_capacity(payouts.len());
    for (payee, amount) in payouts {
        if let Some((owner, group, is_sold)) = for_what(plan, exit, *payee) {
            all.push(Payment { owner, group, is_sold, amount: *amount });
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
    Payments { value: deducted.value, fees: at(0), costs: at(1), debt: at(2), all, left_over, share, level }
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

/// What a class or an instrument takes where a value lands; none if it has no claim.
#[must_use]
pub fn election(outcome: &Outcome, exit: usize, group: Group, level: &Level<Exact>) -> Option<Election> {
    let (plan, state) = (outcome.plan.exits.get(exit)?, played(outcome, exit)?);
    let claimant = plan.claimants.iter().position(|it| Group::of(it) == group)?;
    if let Some(election) = discounted(state, claimant, level) {
        return Some(election);
    }
    let mine = state
        .parts
        .iter()
        .enumerate()
        .filter(|(_, part)| part.claimant == claimant && matches!(part.kind, PartKind::Main | PartKind::Lot(_)));
    let mut found: Option<Election> = None;
    for (claim, part) in mine {
        let one = elected(&outcome.plan, state, group, claim, part.shares, level);
        found = match found {
            None => Some(one),
            Some(other) if other == one => Some(one),
            Some(_) => Some(Election::Some),
        };
    }
    found
}

/// What a SAFE with a discount takes; none for what has none.
fn discounted(state: &ExitState<Exact>, claimant: usize, level: &Level<Exact>) -> Option<Election> {
    let claim = state.parts.iter().position(|part| part.claimant == claimant && part.kind == PartKind::Discount)?;
    let passed = match level {
        Level::Short { .. } => 0,
        Level::Covered { passed, .. } => *passed,
        Level::TooMuch { .. } => state.waterfall.pieces().len(),
    };
    let pays = Exact::ZERO.lt(state.waterfall.pays(claim, level)) == Decided::Yes;
    Some(match (state.waterfall.passed_of(claim, passed), pays) {
        (0, false) => Election::Preference,
        (0, true) => Election::Discount,
        _ => Election::Converts,
    })
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
        Some(ParticipationPlan::Full) => Election::Shares,
        Some(ParticipationPlan::Capped(_)) => match own {
            0 => Election::Preference,
            1 => Election::Shares,
            2 => Election::AtCap,
            _ => Election::Converts,
        },
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
