//! Exact quantiles of long columns, without sorting them.
//!
//! A pilot of the first numbers fixes bins; one pass counts, a second collects only the few bins in which the wanted
//! ranks lie, and those are sorted. Whatever the pilot says the answer is that of a full sort: a bad one only costs time.

use super::simulation::Simulation;

/// Numbers of the pilot.
const PILOT: usize = 4096;
/// Bins between the ends of the pilot; below and above it is one more each.
const BINS: usize = 1024;

/// The values below which parts of a column lie, by linear interpolation: with `n` numbers in rising order, counted
/// from 0, the part `p` stands at place `p (n - 1)`.
///
/// `counted` is how many are numbers. None where there are none. What lies beyond the horizon is infinite, and so is
/// what lies between it and a number.
#[must_use]
pub fn quantiles(simulation: &Simulation, result: usize, counted: u64, parts: &[f64]) -> Vec<Option<f64>> {
    of(|| simulation.column(result), counted, parts)
}

fn of<'c, I: Iterator<Item = &'c [f64]>>(column: impl Fn() -> I, counted: u64, parts: &[f64]) -> Vec<Option<f64>> {
    if counted == 0 {
        return vec![None; parts.len()];
    }
    let places: Vec<(u64, f64)> = parts.iter().map(|part| place(*part, counted)).collect();
    let mut ranks: Vec<u64> = places.iter().flat_map(|(rank, _)| [*rank, rank.saturating_add(1)]).collect();
    ranks.retain(|rank| *rank < counted);
    ranks.sort_unstable();
    ranks.dedup();
    let found = ranked(column, &ranks);
    let value = |rank: u64| ranks.binary_search(&rank).ok().and_then(|place| found.get(place)).copied();
    places
        .into_iter()
        .map(|(rank, between)| {
            let low = value(rank)?;
            // From below every number there is no way up to one.
            if between <= 0.0 || low.is_infinite() {
                return Some(low);
            }
            let high = value(rank.saturating_add(1)).unwrap_or(low);
            // Of two equal numbers there is nothing between, be they infinite.
            Some(if high > low { low + (high - low) * between } else { low })
        })
        .collect()
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

/// The numbers with these ranks, rising.
fn ranked<'c, I: Iterator<Item = &'c [f64]>>(column: impl Fn() -> I, ranks: &[u64]) -> Vec<f64> {
    let bins = Bins::of(column().flatten().copied().take(PILOT));
    let mut counts = vec![0u64; BINS.saturating_add(2)];
    for chunk in column() {
        for value in chunk {
            if !value.is_nan()
                && let Some(count) = counts.get_mut(bins.of_value(*value))
            {
                *count = count.wrapping_add(1);
            }
        }
    }
    // Which bins hold a wanted rank, and how many numbers lie before each.
    let mut wanted = vec![false; counts.len()];
    let mut before = Vec::with_capacity(counts.len());
    let mut sum = 0u64;
    for (count, wanted) in counts.iter().zip(&mut wanted) {
        before.push(sum);
        let end = sum.saturating_add(*count);
        *wanted = ranks.iter().any(|rank| (sum..end).contains(rank));
        sum = end;
    }
    let mut collected: Vec<Vec<f64>> = counts.iter().map(|_| Vec::new()).collect();
    for chunk in column() {
        for value in chunk {
            let bin = bins.of_value(*value);
            if wanted.get(bin).copied().unwrap_or(false)
                && !value.is_nan()
                && let Some(list) = collected.get_mut(bin)
            {
                list.push(*value);
            }
        }
    }
    for list in &mut collected {
        list.sort_unstable_by(f64::total_cmp);
    }
    let at = |rank: u64| {
        let bin = before.partition_point(|before| *before <= rank).saturating_sub(1);
        // Empty bins begin where the next one does: the one with numbers is the last of those.
        let list = collected.get(bin)?;
        let place = usize::try_from(rank.saturating_sub(*before.get(bin)?)).ok()?;
        list.get(place).copied()
    };
    ranks.iter().map(|rank| at(*rank).unwrap_or(f64::NAN)).collect()
}

/// Equal parts between the ends of a pilot.
struct Bins {
    low: f64,
    scale: f64,
}

impl Bins {
    fn of(pilot: impl Iterator<Item = f64>) -> Bins {
        let (low, high) = pilot
            .filter(|value| value.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        #[allow(clippy::cast_precision_loss, reason = "a small number")]
        let scale = if high > low { BINS as f64 / (high - low) } else { 1.0 };
        Bins { low: if low.is_finite() { low } else { 0.0 }, scale }
    }

    /// The bin of a value: 0 below the pilot, then its parts, the last above it.
    #[inline(always)]
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "kept between the first and the last bin"
    )]
    fn of_value(&self, value: f64) -> usize {
        let at = ((value - self.low) * self.scale + 1.0).clamp(0.0, (BINS + 1) as f64);
        // A whole number below 2^52 stands in the last bits of its sum with 2^52. Rounded to the nearest is as good as
        // cut off: all that counts is that a larger number has no lower bin. No number has the first.
        (((at + 4_503_599_627_370_496.0).to_bits() & 0x7FF) as usize).min(BINS + 1)
    }
}

#[cfg(test)]
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a test's columns are short"
)]
mod tests {
    use super::of;

    fn check(column: &[f64]) {
        let parts = [0.0, 0.001, 0.05, 0.25, 0.5, 0.75, 0.95, 0.999, 1.0];
        let found = of(|| column.chunks(777), column.len() as u64, &parts);
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
        assert_eq!(of(std::iter::empty, 0, &[0.5]), vec![None]);
    }
}
