//! The values at which the next unit of money goes to others.

use crate::engine::PartKind;
use crate::plan::ExitKindPlan;
use crate::units::Decided;
use crate::units::Decimal;
use crate::units::Exact;
use crate::units::Scalar;

use super::payments::Group;
use super::played;
use crate::outcome::played::Outcome;

/// Who takes a part of the next unit of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recipient {
    /// Advisers, their part.
    Fees,
    /// Other costs.
    Costs,
    /// Debt.
    Debt,
    /// Whoever is paid for this.
    Group(Group),
}

/// What begins, or ends, at a breakpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turning {
    /// Costs are paid from here on.
    Costs,
    /// Debt is.
    Debt,
    /// A carve-out is, or bears another rate.
    CarveOut(usize),
    /// Its preference is paid, or it is paid back.
    Paid(Group),
    /// It shares in what is left.
    Shares(Group),
    /// It has all it may take without converting.
    Capped(Group),
    /// It converts.
    Converts(Group),
    /// It is exercised.
    Exercised(Group),
}

/// A value from which on the next unit of money is shared in another way.
#[derive(Debug, Clone)]
pub struct Breakpoint {
    /// The value, in the key of the exit.
    pub value: Exact,
    /// What happens there.
    pub turnings: Vec<Turning>,
    /// Who takes which part of the next unit; empty where nobody may, and with more than 400 claims.
    pub next: Vec<(Recipient, Exact)>,
}

/// With more claims than this nobody reads who takes the next unit after each breakpoint, and it grows with their
/// square.
const MOST_WITH_NEXT: usize = 400;

/// The breakpoints of a sale or a wind-up, rising; the first at nothing.
///
/// They are the sums of preferences by rank, then where each class, option or SAFE joins, reaches its cap or converts,
/// each grossed up by what is paid first.
#[must_use]
pub fn breakpoints(outcome: &Outcome, exit: usize) -> Vec<Breakpoint> {
    let (Some(plan), Some(state)) = (outcome.plan.exits.get(exit), played(outcome, exit)) else { return Vec::new() };
    let ExitKindPlan::Sale(proceeds) = &plan.kind else { return Vec::new() };
    let waterfall = &state.waterfall;
    let group = |claim: usize| {
        let part = state.parts.get(claim)?;
        plan.claimants.get(part.claimant).map(Group::of)
    };
    let gross = |left: Exact| state.deductions.value_for(left);
    let mut all: Vec<(Exact, Option<Turning>)> = vec![(Exact::ZERO, None)];
    // What is paid first.
    let mut begins = Exact::ZERO;
    let whole = |net: Exact| net.times(Exact::ONE.per(Exact::ONE - state.deductions.fee));
    for (sum, turning) in [(state.deductions.costs, Turning::Costs), (state.deductions.debt, Turning::Debt)] {
        if Exact::ZERO.lt(sum) == Decided::Yes {
            all.push((whole(begins), Some(turning)));
            begins += sum;
        }
    }
    for (number, carve_out) in state.deductions.carve_outs.iter().enumerate() {
        if Exact::ZERO.lt(carve_out.amount) == Decided::Yes {
            all.push((whole(begins), Some(Turning::CarveOut(number))));
            begins += carve_out.amount;
        }
    }
    for (number, carve_out) in state.deductions.carve_outs.iter().enumerate() {
        for bracket in &carve_out.brackets {
            all.push((whole(begins + bracket.above), Some(Turning::CarveOut(number))));
        }
    }
    // Preferences, the first paid first.
    let mut before = Exact::ZERO;
    for (rank, owed) in waterfall.ranks().iter().enumerate() {
        for (claim, of) in waterfall.claims().iter().enumerate() {
            // A right begins to be paid where its strike is worth it: a turn of its own.
            let is_right = Exact::ZERO.lt(of.strike) == Decided::Yes;
            if of.rank as usize == rank && !is_right && Exact::ZERO.lt(of.fixed) == Decided::Yes {
                let turning = group(claim).map(Turning::Paid);
                all.push((gross(before), turning));
            }
        }
        for (claim, within) in waterfall.turns_in_rank(rank) {
            all.push((gross(before + within), group(claim).map(Turning::Exercised)));
        }
        before += *owed;
    }
    // Shares.
    for ((place, turn), piece) in waterfall.turns().iter().enumerate().zip(waterfall.pieces()) {
        let Some(group) = group(turn.claim) else { continue };
        let is_discount = state.parts.get(turn.claim).is_some_and(|part| part.kind == PartKind::Discount);
        let has_preference =
            waterfall.claims().get(turn.claim).is_some_and(|claim| Exact::ZERO.lt(claim.fixed) == Decided::Yes);
        let own = waterfall.passed_of(turn.claim, place);
        let turning = match group {
            Group::Grant(_) | Group::Warrant(_) => Turning::Exercised(group),
            _ if !turn.kink.rises => Turning::Capped(group),
            _ if own > 0 => Turning::Converts(group),
            _ if (has_preference || is_discount) && Exact::ZERO.lt(turn.kink.money) == Decided::Yes => {
                Turning::Converts(group)
            }
            _ => Turning::Shares(group),
        };
        all.push((gross(piece.from), Some(turning)));
    }
    // Where everybody has all it may take.
    let most = waterfall.most().map(gross);
    all.extend(most.map(|most| (most, None)));
    all.sort_by_key(|(value, _)| value.decimal());
    let mut points: Vec<Breakpoint> = Vec::new();
    for (value, turning) in all {
        let is_new = points.last().is_none_or(|last| {
            let gap = value - last.value;
            (value * Exact::GRAIN * Exact::of(Decimal::from(1_000))).lt(gap) == Decided::Yes
        });
        if is_new {
            points.push(Breakpoint { value, turnings: Vec::new(), next: Vec::new() });
        }
        if let (Some(point), Some(turning)) = (points.last_mut(), turning)
            && !point.turnings.contains(&turning)
        {
            point.turnings.push(turning);
        }
    }
    if state.parts.len() > MOST_WITH_NEXT {
        return points;
    }
    let recipients = |value: Exact| -> Vec<(Recipient, Exact)> {
        let deducted = state.deductions.of(value);
        let level = waterfall.level(deducted.left);
        let mut sums = vec![
            (Recipient::Fees, deducted.fees),
            (Recipient::Costs, deducted.costs),
            (Recipient::Debt, deducted.debt),
        ];
        for (number, _) in proceeds.carve_outs.iter().enumerate() {
            let sum = deducted.carve_outs.get(number).copied().unwrap_or(Exact::ZERO);
            sums.push((Recipient::Group(Group::CarveOut(number)), sum));
        }
        let mut claimants = vec![Exact::ZERO; plan.claimants.len()];
        for (claim, part) in state.parts.iter().enumerate() {
            if let Some(sum) = claimants.get_mut(part.claimant) {
                *sum += waterfall.pays(claim, &level);
            }
        }
        sums.extend(plan.claimants.iter().map(Group::of).map(Recipient::Group).zip(claimants));
        sums
    };
    // Between two breakpoints everything is straight, so what is paid at both ends says who takes the next unit.
    let mut here = points.first().map(|point| recipients(point.value)).unwrap_or_default();
    for place in 0..points.len() {
        let Some(value) = points.get(place).map(|point| point.value) else { continue };
        if most.is_some_and(|most| value.lt(most) != Decided::Yes) {
            break;
        }
        let next = points.get(place.saturating_add(1)).map_or(value + value + Exact::ONE, |next| next.value);
        let there = recipients(next);
        let gap = next - value;
        let parts = here.iter().zip(&there).map(|((who, from), (_, to))| (*who, (*to - *from) / gap));
        let parts = parts.filter(|(_, part)| Exact::of(Decimal::new(1, 15)).lt(*part) == Decided::Yes).collect();
        if let Some(point) = points.get_mut(place) {
            point.next = parts;
        }
        here = there;
    }
    // Where nothing changes hands nothing turns: a rank that owes nothing.
    points.dedup_by(|later, earlier| {
        same(&later.next, &earlier.next) && {
            earlier.turnings.append(&mut later.turnings);
            true
        }
    });
    points
}

fn same(one: &[(Recipient, Exact)], other: &[(Recipient, Exact)]) -> bool {
    one.len() == other.len()
        && one.iter().zip(other).all(|((who, part), (whom, share))| {
            who == whom && (*part - *share).magnitude().lt(Exact::of(Decimal::new(1, 15))) == Decided::Yes
        })
}
