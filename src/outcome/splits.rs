//! Splits that were played, in their order.

use crate::engine::Entry;
use crate::units::Exact;
use crate::units::Scalar;

use super::journal::Journal;

/// Every split: its step, its class or all of them, and how many new shares one became.
pub(super) struct Splits(Vec<(usize, Option<u32>, Exact)>);

impl Splits {
    pub fn of(journal: &Journal) -> Self {
        let split = |posting: &super::journal::Posting| match posting.entry {
            Entry::Split { class, factor } => Some((posting.step?, class, factor)),
            _ => None,
        };
        Self(journal.postings.iter().filter_map(split).collect())
    }

    /// New shares of a class for one, by the splits from one step to another, the last one aside.
    pub fn between(&self, class: u32, from: usize, to: usize) -> Exact {
        self.0
            .iter()
            .filter(|(step, of, _)| (from..to).contains(step) && of.is_none_or(|of| of == class))
            .fold(Exact::ONE, |product, (_, _, factor)| product * *factor)
    }
}
