//! What the lines of the opening table cost.

use std::collections::HashMap;
use std::collections::VecDeque;

use crate::engine::Entry;
use crate::plan::Plan;
use crate::scenario::OpeningLine;
use crate::scenario::Scenario;
use crate::units::Exact;
use crate::units::Scalar;

use super::journal::Journal;

/// A line of the opening table that somebody holds.
#[derive(Debug, Clone, Copy)]
pub struct OpeningCost<'a> {
    /// The line.
    pub line: &'a OpeningLine,
    /// Its shares times what one was bought for; none where that is not written.
    pub money: Option<Exact>,
}

/// The opening lines of holders and what each cost; pools and lines without shares are left out.
///
/// A holder may have several lines in a class: each was bought at its own price.
#[must_use]
pub fn opening_costs<'a>(scenario: &'a Scenario, plan: &Plan, journal: &Journal) -> Vec<OpeningCost<'a>> {
    let mut shares: HashMap<usize, VecDeque<Exact>> = HashMap::new();
    // The opening is posted before the first step.
    for posting in journal.postings.iter().take_while(|posting| posting.step.is_none()) {
        if let Entry::Opened { position, shares: count } = posting.entry {
            shares.entry(position).or_default().push_back(count);
        }
    }
    let mut costs = Vec::new();
    for (line, planned) in scenario.opening.lines.iter().zip(&plan.opening) {
        let held = shares.get_mut(&planned.position).and_then(VecDeque::pop_front).unwrap_or(Exact::ZERO);
        if held == Exact::ZERO || scenario.owner(line.owner).is_some_and(|owner| owner.is_pool) {
            continue;
        }
        costs.push(OpeningCost { line, money: line.paid.map(|price| held * Exact::of(scenario.figures.value(price))) });
    }
    costs
}
