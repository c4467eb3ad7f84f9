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
use super::opening::opening_costs;
use super::when::When;

/// What flows between a holder and the company, or a part of it. All in money.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Flow {
    /// Signed, whether or not it closes.
    pub committed: Exact,
    /// Asked for.
    pub called: Exact,
    /// Funded: cash and in kind.
    pub invested: Exact,
    /// The part of it in kind.
    pub in_kind: Exact,
    /// What has fallen due to the holder: of commitments, and what it was paid as interest, for its note, for shares.
    pub returned: Exact,
    /// What is promised to the holder in all, whatever the horizon: its commitments' amounts.
    pub contracted: Exact,
}

impl Flow {
    const NONE: Flow = Flow {
        committed: Exact::ZERO,
        called: Exact::ZERO,
        invested: Exact::ZERO,
        in_kind: Exact::ZERO,
        returned: Exact::ZERO,
        contracted: Exact::ZERO,
    };

    /// Funded in cash: invested less what came in kind.
    #[must_use]
    pub fn cash(&self) -> Exact {
        self.invested - self.in_kind
    }

    /// What stays with the company: invested less returned.
    #[must_use]
    pub fn net(&self) -> Exact {
        self.invested - self.returned
    }

    /// What has fallen due, for a unit invested; none where nothing is.
    ///
    /// ```
    /// use capsim::outcome::Flow;
    /// use capsim::units::{Decimal, Exact, Scalar};
    /// let sum = |units: i64| Exact::of(Decimal::from(units));
    /// let flow = Flow {
    ///     committed: sum(50),
    ///     called: sum(50),
    ///     invested: sum(50),
    ///     in_kind: sum(20),
    ///     returned: sum(38),
    ///     contracted: sum(138),
    /// };
    /// assert_eq!((flow.cash(), flow.net()), (sum(30), sum(12)));
    /// assert_eq!(flow.ratio().and_then(Exact::decimal), Some(Decimal::new(76, 2)));
    /// assert_eq!(flow.ratio_in_all().and_then(Exact::decimal), Some(Decimal::new(276, 2)));
    /// ```
    #[must_use]
    pub fn ratio(&self) -> Option<Exact> {
        self.has_invested().then(|| self.returned / self.invested)
    }

    /// What is promised in all, for a unit invested; none where nothing is.
    #[must_use]
    pub fn ratio_in_all(&self) -> Option<Exact> {
        self.has_invested().then(|| self.contracted / self.invested)
    }

    /// Whether anything was funded.
    #[must_use]
    pub fn has_invested(&self) -> bool {
        Exact::ZERO.lt(self.invested) == Decided::Yes
    }

    fn add(&mut self, part: &Flow) {
        self.committed += part.committed;
        self.called += part.called;
        self.invested += part.invested;
        self.in_kind += part.in_kind;
        self.returned += part.returned;
        self.contracted += part.contracted;
    }

    /// Money that is signed, asked for and funded at once.
    fn funded(money: Exact) -> Flow {
        Flow { committed: money, called: money, invested: money, ..Flow::NONE }
    }

    /// What is paid to a holder; `money` is negative, as it is posted.
    fn paid_back(money: Exact) -> Flow {
        Flow { returned: Exact::ZERO - money, ..Flow::NONE }
    }
}

/// Where a part of a flow comes from.
#[derive(Debug, Clone, Copy)]
pub enum FlowPart {
    /// Shares it had at the opening, for which the company was paid.
    Opening,
    /// This tranche was signed.
    Signed(usize),
    /// A tranche closed, in this way.
    Closed {
        /// The closing.
        closing: usize,
        /// The event.
        step: Option<usize>,
        /// Its cash.
        cash: Exact,
    },
    /// A tranche is asked for in this way, and due later.
    Called(usize),
    /// Shares moved for money.
    Moved {
        /// Why.
        why: Why,
        /// The event.
        step: Option<usize>,
    },
    /// A SAFE or a note was paid in, paid back, or paid interest.
    Lent {
        /// Which.
        convertible: usize,
        /// The event.
        step: Option<usize>,
    },
    /// This commitment.
    Promised(usize),
}

/// The flows of every owner, up to a moment.
#[must_use]
pub fn flows(scenario: &Scenario, plan: &Plan, journal: &Journal, when: When) -> Vec<Flow> {
    let mut flows = vec![Flow::NONE; scenario.owners.len()];
    flow_parts(scenario, plan, journal, when, |owner, _, part| {
        if let Some(flow) = flows.get_mut(owner) {
            flow.add(part);
        }
    });
    flows
}

/// Every part of every flow up to a moment: whose, where it comes from, and what it adds.
pub fn flow_parts(
    scenario: &Scenario,
    plan: &Plan,
    journal: &Journal,
    when: When,
    mut tell: impl FnMut(usize, FlowPart, &Flow),
) {
    let steps = when.steps(plan);
    let last_day = when.day(plan).or(scenario.horizon);
    let postings = journal.marks.get(steps).map_or(journal.postings.len(), |mark| mark.postings);
    let owner = |line: usize| plan.positions.get(line).map_or(usize::MAX, |position| position.owner as usize);
    // What was paid for the opening table need not have come to the company: its shares may have been another holder's.
    if scenario.opening.lines.iter().any(|line| line.paid_to_company) {
        for cost in opening_costs(scenario, plan, journal).iter().filter(|cost| cost.line.paid_to_company) {
            if let Some(money) = cost.money {
                tell(cost.line.owner.index(), FlowPart::Opening, &Flow::funded(money));
            }
        }
    }
    let mut signed = vec![(Exact::ZERO, usize::MAX); plan.tranches.len()];
    let mut closed = vec![false; plan.closings.len()];
    for posting in journal.postings.get(..postings).unwrap_or(&[]) {
        let step = posting.step;
        match posting.entry {
            Entry::Signed { tranche, money, .. } => {
                let line = plan.tranches.get(tranche).map_or(usize::MAX, |tranche| tranche.position);
                tell(owner(line), FlowPart::Signed(tranche), &Flow { committed: money, ..Flow::NONE });
                if let Some(slot) = signed.get_mut(tranche) {
                    *slot = (money, owner(line));
                }
            }
            Entry::Closed { closing, position, money, cash, .. } => {
                let part = Flow { called: money, invested: money, in_kind: money - cash, ..Flow::NONE };
                tell(owner(position), FlowPart::Closed { closing, step, cash }, &part);
                if let Some(done) = closed.get_mut(closing) {
                    *done = true;
                }
            }
            Entry::Moved { why, from, to, money, .. } => {
                let line = to.or(from).unwrap_or(usize::MAX);
                let part = match (Exact::ZERO.lt(money) == Decided::Yes, why) {
                    (true, Why::ProRata { .. }) => Flow::funded(money),
                    // A strike is nobody's commitment: whether to exercise is the holder's choice.
                    (true, _) => Flow { invested: money, ..Flow::NONE },
                    (false, _) => Flow::paid_back(money),
                };
                tell(owner(line), FlowPart::Moved { why, step }, &part);
            }
            Entry::Lent { convertible, money, .. } => {
                let holder = plan.convertibles.get(convertible).map_or(usize::MAX, |convertible| convertible.owner);
                let is_paid_in = Exact::ZERO.lt(money) == Decided::Yes;
                let part = if is_paid_in { Flow::funded(money) } else { Flow::paid_back(money) };
                tell(holder, FlowPart::Lent { convertible, step }, &part);
            }
            _ => {}
        }
    }
    // Asked for, and due a few days later.
    let value = |slot: FigureId| plan.values.get(slot.index()).map_or(Exact::INVALID, |value| Exact::of(*value));
    for (index, (closing, is_done)) in plan.closings.iter().zip(closed).enumerate() {
        let is_called = last_day.is_none_or(|day| closing.called <= day);
        let is_own = closing.otherwise.is_none() && closing.exit.is_none();
        if is_own
            && is_called
            && !is_done
            && closing.guard.holds(&plan.values)
            && let Some((money, owner)) = signed.get(closing.tranche)
        {
            let part = closing.part.as_ref().map_or(Exact::ONE, |part| {
                value(part.this) / part.all.iter().fold(Exact::ZERO, |sum, figure| sum + value(*figure))
            });
            tell(*owner, FlowPart::Called(index), &Flow { called: *money * part, ..Flow::NONE });
        }
    }
    for (index, commitment) in scenario.commitments.iter().enumerate() {
        let Some(day) = last_day else { continue };
        let contracted = Exact::of(scenario.figures.value(commitment.amount));
        let part = Flow { returned: due(scenario, commitment, day), contracted, ..Flow::NONE };
        tell(commitment.to.index(), FlowPart::Promised(index), &part);
    }
}
