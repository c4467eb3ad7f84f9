//! The numbers of many draws, one row each.

use crate::studies::simulate::program::WIDTH;
use crate::studies::simulate::sampler::Sampler;

/// What differs from draw to draw: a row a draw.
pub struct Rows {
    slots: Vec<usize>,
    numbers: Vec<f64>,
}

impl Rows {
    /// Draws so many rows from `first` on.
    pub fn new(sampler: &Sampler, first: u64, draws: usize) -> Rows {
        let days = sampler.days().iter().map(|(slot, _)| *slot);
        let slots: Vec<usize> = sampler.slots().iter().copied().chain(days).collect();
        let mut numbers = Vec::with_capacity(draws.saturating_mul(slots.len()));
        let mut block = sampler.fixed::<WIDTH>();
        for start in (0..draws).step_by(WIDTH) {
            sampler.fill(first.saturating_add(start as u64), &mut block);
            for draw in 0..WIDTH.min(draws.saturating_sub(start)) {
                let column = |slot: &usize| block.get(*slot).and_then(|column| column.0.get(draw));
                numbers.extend(slots.iter().map(|slot| column(slot).copied().unwrap_or(f64::NAN)));
            }
        }
        Rows { slots, numbers }
    }

    /// What is drawn in a draw: slot and number.
    pub fn row(&self, draw: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let start = draw.saturating_mul(self.slots.len());
        let numbers = self.numbers.get(start..).unwrap_or(&[]);
        self.slots.iter().copied().zip(numbers.iter().copied())
    }
}
