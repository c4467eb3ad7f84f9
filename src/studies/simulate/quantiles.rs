//! Exact quantiles of long columns, without sorting them.
//!
//! A pilot of the first numbers fixes bins; one pass counts, a second collects only the few bins in which the wanted
//! ranks lie, and those are sorted. Whatever the pilot says the answer is that of a full sort: a bad one only costs time.
//! Both passes are made of whatever else is summed of a run of draws while it is near.

#![allow(
    clippy::indexing_slicing,
    clippy::needless_range_loop,
    reason = "the loops run over blocks and tables of one size"
)]

use super::wide::filled;

/// Numbers of the pilot.
const PILOT: usize = 4096;
/// Bins between the ends of the pilot; below and above it is one more each, and one for what is no number.
const BINS: usize = 1024;
/// Room for all of them: a power of two.
const ROOM: usize = 2048;
/// The bin of what is no number.
const NONE: f64 = 1026.0;
/// Numbers whose bins are found side by side.
pub(super) const BLOCK: usize = 16;

/// Equal parts between the ends of a pilot, and how many numbers lie in each.
#[derive(Debug, Clone)]
pub(super) struct Bins {
    low: f64,
    scale: f64,
    /// Counted in two tables, turn by turn, so that equal numbers do not wait for each other.
    counts: Box<[[u64; ROOM]; 2]>,
}

impl Bins {
    /// Bins for a column.
    pub fn of<'c>(column: impl Iterator<Item = &'c [f64]>) -> Bins {
        let (low, high) = column
            .flatten()
            .copied()
            .take(PILOT)
            .filter(|value| value.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        let scale = if high > low { parts_of(BINS) / (high - low) } else { 1.0 };
        Bins { low: if low.is_finite() { low } else { 0.0 }, scale, counts: Box::new([[0; ROOM]; 2]) }
    }

    /// The bins of some values: 0 below the pilot, then its parts, one above it.
    ///
    /// A whole number below 2^52 stands in the last bits of its sum with 2^52. Rounded to the nearest is as good as cut
    /// off: all that counts is that a larger number has no lower bin.
    #[inline(always)]
    fn places(&self, values: &[f64; BLOCK]) -> [usize; BLOCK] {
        let mut places = [0; BLOCK];
        for place in 0..BLOCK {
            let value = values[place];
            let at = (value - self.low) * self.scale + 1.0;
            let at = if at < 0.0 { 0.0 } else { at };
            let at = if at > NONE - 1.0 { NONE - 1.0 } else { at };
            let at = if value.is_nan() { NONE } else { at };
            places[place] = whole(at + 4_503_599_627_370_496.0);
        }
        places
    }

    /// Counts a run of draws.
    #[inline(always)]
    pub fn count(&mut self, run: &[f64]) {
        let (blocks, rest) = run.as_chunks::<BLOCK>();
        for block in blocks {
            let places = self.places(block);
            for pair in 0..BLOCK / 2 {
                add(&mut self.counts[0], places[2 * pair]);
                add(&mut self.counts[1], places[2 * pair + 1]);
            }
        }
        let places = self.places(&filled(rest));
        for place in places.iter().take(rest.len()) {
            add(&mut self.counts[0], *place);
        }
    }

    /// What is to be collected for parts of the column, when all is counted.
    pub fn wanted(&self, parts: &[f64]) -> Wanted {
        let [one, other] = self.counts.as_ref();
        let counts: Vec<u64> =
            one.iter().zip(other).take(BINS + 2).map(|(one, other)| one.saturating_add(*other)).collect();
        let counted: u64 = counts.iter().sum();
        let places: Vec<(u64, f64)> = match counted {
            0 => Vec::new(),
            _ => parts.iter().map(|part| place(*part, counted)).collect(),
        };
        let mut ranks: Vec<u64> = places.iter().flat_map(|(rank, _)| [*rank, rank.saturating_add(1)]).collect();
        ranks.retain(|rank| *rank < counted);
        ranks.sort_unstable();
        ranks.dedup();
        let mut bins = vec![NOT; ROOM];
        let mut lists = Vec::new();
        let mut before = 0u64;
        for (bin, count) in bins.iter_mut().zip(&counts) {
            let end = before.saturating_add(*count);
            if ranks.iter().any(|rank| (before..end).contains(rank)) {
                *bin = u8::try_from(lists.len()).unwrap_or(NOT);
                lists.push(List { before, values: Vec::with_capacity(usize::try_from(*count).unwrap_or(0)) });
            }
            before = end;
        }
        Wanted { places, asked: parts.len(), bins, lists }
    }
}

/// A bin that is not wanted.
const NOT: u8 = u8::MAX;

/// The numbers of the bins in which the wanted ranks lie.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    /// The rank below each part, and how far it is to the next.
    places: Vec<(u64, f64)>,
    asked: usize,
    /// The list of each bin.
    bins: Vec<u8>,
    lists: Vec<List>,
}

#[derive(Debug, Clone)]
struct List {
    /// How many numbers lie before it.
    before: u64,
    values: Vec<f64>,
}

impl Wanted {
    /// Collects of a run of draws.
    #[inline(always)]
    pub fn collect(&mut self, bins: &Bins, run: &[f64]) {
        let (blocks, rest) = run.as_chunks::<BLOCK>();
        for block in blocks {
            let places = bins.places(block);
            for place in 0..BLOCK {
                self.take(places[place], block[place]);
            }
        }
        let places = bins.places(&filled(rest));
        for (place, value) in places.iter().zip(rest) {
            self.take(*place, *value);
        }
    }

    #[inline(always)]
    fn take(&mut self, bin: usize, value: f64) {
        let list = self.bins.get(bin).copied().unwrap_or(NOT);
        if list != NOT
            && let Some(list) = self.lists.get_mut(usize::from(list))
        {
            list.values.push(value);
        }
    }

    /// The values below which the parts lie, by linear interpolation: with `n` numbers in rising order, counted from 0,
    /// the part `p` stands at place `p (n - 1)`.
    ///
    /// None where there are no numbers. What lies beyond the horizon is infinite, and so is what lies between it and a
    /// number.
    pub fn quantiles(mut self) -> Vec<Option<f64>> {
        for list in &mut self.lists {
            list.values.sort_unstable_by(f64::total_cmp);
        }
        let value = |rank: u64| {
            let list = self.lists.iter().rev().find(|list| list.before <= rank)?;
            list.values.get(usize::try_from(rank.saturating_sub(list.before)).ok()?).copied()
        };
        let mut all: Vec<Option<f64>> = self
            .places
            .iter()
            .map(|(rank, between)| {
                let low = value(*rank)?;
                // From below every number there is no way up to one.
                if *between <= 0.0 || low.is_infinite() {
                    return Some(low);
                }
                let high = value(rank.saturating_add(1)).unwrap_or(low);
                // Of two equal numbers there is nothing between, be they infinite.
                Some(if high > low { low + (high - low) * between } else { low })
            })
            .collect();
        all.resize(self.asked, None);
        all
    }
}

#[inline(always)]
fn add(counts: &mut [u64; ROOM], bin: usize) {
    // A place always is in the table; this says so.
    let count = &mut counts[bin & (ROOM - 1)];
    *count = count.wrapping_add(1);
}

/// The last bits of a float, as a place in a table.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "eleven bits")]
fn whole(sum: f64) -> usize {
    (sum.to_bits() & (ROOM as u64 - 1)) as usize
}

#[allow(clippy::cast_precision_loss, reason = "a small number")]
fn parts_of(bins: usize) -> f64 {
    bins as f64
}

/// The rank below a part, and how far it is to the next.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "fewer draws than a float counts exactly"
)]
fn place(part: f64, counted: u64) -> (u64, f64) {
    let at = part.clamp(0.0, 1.0) * (counted.saturating_sub(1)) as f64;
    let rank = at.floor();
    ((rank as u64).min(counted.saturating_sub(1)), at - rank)
}

#[cfg(test)]
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a test's columns are short"
)]
mod tests {
    use super::Bins;

    fn of(column: &[f64], parts: &[f64]) -> Vec<Option<f64>> {
        let mut bins = Bins::of(column.chunks(777));
        column.chunks(777).for_each(|run| bins.count(run));
        let mut wanted = bins.wanted(parts);
        column.chunks(777).for_each(|run| wanted.collect(&bins, run));
        wanted.quantiles()
    }

    fn check(column: &[f64]) {
        let parts = [0.0, 0.001, 0.05, 0.25, 0.5, 0.75, 0.95, 0.999, 1.0];
        let found = of(column, &parts);
        let mut sorted = column.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        for (part, found) in parts.iter().zip(found) {
            let at = part * (sorted.len() - 1) as f64;
            let (low, high) = (sorted[at.floor() as usize], sorted[(at.floor() as usize + 1).min(sorted.len() - 1)]);
            let wanted = if high > low { low + (high - low) * (at - at.floor()) } else { low };
            assert_eq!(found.unwrap().to_bits(), wanted.to_bits(), "{part}");
        }
    }

    #[test]
    fn quantiles_are_those_of_a_full_sort_whatever_the_pilot_says() {
        let noise = |place: u64| super::super::generator::Stream::of(3, "x").uniform(place);
        // Even, skewed, with ties, constant, a pilot that is not like the rest, and some beyond the horizon.
        check(&(0..20_000).map(noise).collect::<Vec<_>>());
        check(&(0..20_000).map(|place| 1.0 / noise(place)).collect::<Vec<_>>());
        check(&(0..20_000).map(|place| (noise(place) * 12.0).floor()).collect::<Vec<_>>());
        check(&[7.0; 5_000]);
        check(
            &(0..20_000)
                .map(|place| if place < 4_096 { noise(place) } else { 1e9 * noise(place) - 5e8 })
                .collect::<Vec<_>>(),
        );
        check(
            &(0..20_000).map(|place| if noise(place) < 0.6 { noise(place) } else { f64::INFINITY }).collect::<Vec<_>>(),
        );
        check(&[3.0]);
        check(&[3.0, -1.0]);
        assert_eq!(of(&[], &[0.5]), vec![None]);
        assert_eq!(of(&[f64::NAN, 2.0, f64::NAN], &[0.5]), vec![Some(2.0)]);
    }
}
