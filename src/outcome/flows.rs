//! Money by counterparty: what a holder puts in, and what the company has promised back.

use crate::engine::Entry;
use crate::engine::Why;
use crate::plan::Plan;
use crate::scenario::FigureId;
use crate::scenario::Scenario;
use crate::units::Decided;
use crate::units::Exact;
use crate::units::Scalar;

use super::due::due;
use super::journal::Journal;
use super::when::When;

/// What flows between a holder and the company.
#[derive(Debug, Clone, Copy)]
pub struct Flow {
    /// Signed, whether or not it closes.
    pub committed: Exact,
    /// Asked for.
    pub called: Exact,
    /// Funded: cash and in kind.
    pub invested: Exact,
    /// The part of it in kind.
    pub in_kind: Exact,
    /// Spending promised to the holder that falls due.
    pub returned: Exact,
    /// Invested less returned.
    pub net: Exact,
}

/// The flows of every owner, up to a moment.
#[must_use]
pub fn flows(scenario: &Scenario, plan: &Plan, journal: &Journal, when: When) -> Vec<Flow> {
    let none = Flow {
        committed: Exact::ZERO,
        called: Exact::ZERO,
        invested: Exact::ZERO,
        in_kind: Exact::ZERO,
        returned: Exact::ZERO,
        net: Exact::ZERO,
    };
    let mut flows = vec![none; scenario.owners.len()];
    let steps = when.steps(plan);
    let last_day = when.day(plan).or(scenario.horizon);
    let postings = journal.marks.get(steps).map_or(journal.postings.len(), |mark| mark.postings);
    let owner = |line: usize| plan.positions.get(line).map_or(usize::MAX, |position| position.owner as usize);
    let mut signed = vec![(Exact::ZERO, usize::MAX); plan.tranches.len()];
    let mut closed = vec![false; plan.closings.len()];
    for posting in journal.postings.get(..postings).unwrap_or(&[]) {
        match posting.entry {
            Entry::Signed { tranche, money, .. } => {
                let line = plan.tranches.get(tranche).map_or(usize::MAX, |tranche| tranche.position);
                if let Some(flow) = flows.get_mut(owner(line)) {
                    flow.committed += money;
                }
                if let Some(slot) = signed.get_mut(tranche) {
                    *slot = (money, owner(line));
                }
            }
            Entry::Closed { closing, position, money, cash, .. } => {
                if let Some(flow) = flows.get_mut(owner(position)) {
                    flow.called += money;
                    flow.invested += money;
                    flow.in_kind += money - cash;
                }
                if let Some(done) = closed.get_mut(closing) {
                    *done = true;
                }
            }
            Entry::Moved { why, from, to, money, .. } => {
                let line = to.or(from).unwrap_or(usize::MAX);
                let Some(flow) = flows.get_mut(owner(line)) else { continue };
                let is_new_money = matches!(why, Why::ProRata { .. });
                if Exact::ZERO.lt(money) == Decided::Yes {
                    flow.invested += money;
                    if is_new_money {
                        flow.committed += money;
                        flow.called += money;
                    }
                } else {
                    flow.returned -= money;
                }
            }
            Entry::Lent { convertible, money, .. } => {
                let holder = plan.convertibles.get(convertible).map_or(usize::MAX, |convertible| convertible.owner);
                let Some(flow) = flows.get_mut(holder) else { continue };
                if Exact::ZERO.lt(money) == Decided::Yes {
                    flow.committed += money;
                    flow.called += money;
                    flow.invested += money;
                } else {
                    flow.returned -= money;
                }
            }
            _ => {}
        }
    }
    // Asked for, and due a few days later.
    let value = |slot: FigureId| plan.values.get(slot.index()).map_or(Exact::INVALID, |value| Exact::of(*value));
    for (closing, is_done) in plan.closings.iter().zip(closed) {
        let is_called = last_day.is_none_or(|day| closing.called <= day);
        let is_own = closing.otherwise.is_none() && closing.exit.is_none();
        if is_own
            && is_called
            && !is_done
            && closing.guard.holds(&plan.values)
            && let Some((money, owner)) = signed.get(closing.tranche)
            && let Some(flow) = flows.get_mut(*owner)
        {
            let part = closing.part.as_ref().map_or(Exact::ONE, |part| {
                value(part.this) / part.all.iter().fold(Exact::ZERO, |sum, figure| sum + value(*figure))
            });
            flow.called += *money * part;
        }
    }
    for commitment in &scenario.commitments {
        let (Some(day), Some(flow)) = (last_day, flows.get_mut(commitment.to.index())) else { continue };
        flow.returned += due(scenario, commitment, day);
    }
    for flow in &mut flows {
        flow.net = flow.invested - flow.returned;
    }
    flows
}
