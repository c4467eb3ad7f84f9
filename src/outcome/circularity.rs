//! The circle as a whole: how much of the money put in is contracted back, and how much hangs on one counterparty.

use crate::scenario::Scenario;
use crate::units::Decided;
use crate::units::Exact;
use crate::units::Scalar;

use super::flows::Flow;

/// All investors together. A holder that has put nothing in has no part in it: what is bought from it is no circle.
#[derive(Debug, Clone, Copy)]
pub struct Circularity {
    /// What was put in, in cash and in kind.
    pub invested: Exact,
    /// What has fallen due to those who put it in.
    pub returned: Exact,
    /// What is promised to them in all.
    pub contracted: Exact,
    /// Of `invested`, what has fallen due to whom it came from: for each investor the lesser of the two.
    pub within: Exact,
    /// Of `invested`, what is promised back to whom it came from.
    pub in_all: Exact,
}

impl Circularity {
    /// The part of the money put in that has fallen due to whom it came from.
    ///
    /// With each investor's lesser of the two it is never above one: a contract of 281 with somebody who put in 11.6
    /// sends those 11.6 back, and no one else's.
    ///
    /// ```
    /// use capsim::outcome::Circularity;
    /// use capsim::units::{Decimal, Exact, Scalar};
    /// let sum = |tenths: i64| Exact::of(Decimal::new(tenths, 1));
    /// // 50 in and 70.5 due; 11.6 in and 163.1 due; 72 in and nothing due.
    /// let all = Circularity {
    ///     invested: sum(1336),
    ///     returned: sum(2336),
    ///     contracted: sum(4190),
    ///     within: sum(616),
    ///     in_all: sum(616),
    /// };
    /// assert_eq!(all.share_within().decimal().map(|share| share.round_dp(4)), Some(Decimal::new(4611, 4)));
    /// ```
    #[must_use]
    pub fn share_within(&self) -> Exact {
        self.within / self.invested
    }

    /// The part of the money put in that is contracted back to whom it came from, whatever the horizon.
    #[must_use]
    pub fn share(&self) -> Exact {
        self.in_all / self.invested
    }
}

/// The circle of all holders that have put something in; none if nobody has.
#[must_use]
pub fn circularity(scenario: &Scenario, flows: &[Flow]) -> Option<Circularity> {
    let nothing = Exact::ZERO;
    let mut all =
        Circularity { invested: nothing, returned: nothing, contracted: nothing, within: nothing, in_all: nothing };
    let holders = scenario.owners.iter().zip(flows).filter(|(owner, _)| !owner.is_pool);
    for (_, flow) in holders.filter(|(_, flow)| flow.has_invested()) {
        all.invested += flow.invested;
        all.returned += flow.returned;
        all.contracted += flow.contracted;
        all.within += flow.invested.least(flow.returned);
        all.in_all += flow.invested.least(flow.contracted);
    }
    (Exact::ZERO.lt(all.invested) == Decided::Yes).then_some(all)
}

/// How much of a counterparty's backlog is the company's.
#[derive(Debug, Clone, Copy)]
pub struct Concentration {
    /// All it has under contract with anyone.
    pub backlog: Exact,
    /// What the company has promised it in all.
    pub contracted: Exact,
    /// The largest single promise.
    pub largest: Exact,
}

impl Concentration {
    /// The part of the backlog that is the company's. Above one if the backlog is older than the commitments.
    #[must_use]
    pub fn share(&self) -> Exact {
        self.contracted / self.backlog
    }

    /// The part of the backlog that is one contract.
    #[must_use]
    pub fn largest_share(&self) -> Exact {
        self.largest / self.backlog
    }
}

/// The concentration of each owner whose backlog is written.
#[must_use]
pub fn concentration(scenario: &Scenario, flows: &[Flow]) -> Vec<Option<Concentration>> {
    let amounts = |owner: usize| {
        let own = scenario.commitments.iter().filter(move |commitment| commitment.to.index() == owner);
        own.map(|commitment| Exact::of(scenario.figures.value(commitment.amount)))
    };
    let owners = scenario.owners.iter().zip(flows).enumerate();
    owners
        .map(|(index, (owner, flow))| {
            Some(Concentration {
                backlog: Exact::of(scenario.figures.value(owner.backlog?)),
                contracted: flow.contracted,
                largest: amounts(index).fold(Exact::ZERO, |most, amount| Exact::select(most.lt(amount), amount, most)),
            })
        })
        .collect()
}
