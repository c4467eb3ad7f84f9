//! Random numbers by their place: draw `i` of a variable is a function of the seed, the variable's path and `i` alone.

use sha2::Digest;
use sha2::Sha256;

/// What the results call it.
pub const GENERATOR: &str = "splitmix64, a stream per path";

/// The stream of one variable.
///
/// `SplitMix64` of G. Steele, D. Lea and C. Flood ("Fast splittable pseudorandom number generators", OOPSLA 2014), which
/// is a counter and a mixing function, so that any of its numbers can be asked for without those before. Each path
/// has a start and an odd step of its own, from a hash of seed and path: streams with different steps are different
/// sequences, not places of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stream {
    start: u64,
    step: u64,
}

impl Stream {
    /// The stream of a path under a seed.
    #[must_use]
    pub fn of(seed: u64, path: &str) -> Stream {
        let hash = Sha256::new().chain_update(seed.to_le_bytes()).chain_update(path.as_bytes()).finalize();
        let word = |at: usize| {
            let bytes = hash.iter().skip(at).take(8).enumerate();
            bytes.fold(0u64, |word, (place, byte)| word | u64::from(*byte) << (8 * place))
        };
        Stream { start: word(0), step: balanced(word(8) | 1) }
    }

    /// A stream with a start and a step; the published generator has the step 0x9E3779B97F4A7C15.
    #[must_use]
    pub fn with(start: u64, step: u64) -> Stream {
        Stream { start, step }
    }

    /// Its number with this place, 0 first.
    #[inline(always)]
    #[must_use]
    pub fn bits(self, place: u64) -> u64 {
        mixed(self.counter(place))
    }

    #[inline(always)]
    fn counter(self, place: u64) -> u64 {
        self.start.wrapping_add(self.step.wrapping_mul(place.wrapping_add(1)))
    }

    /// The numbers between 0 and 1 with `N` places from `first` on.
    #[inline(always)]
    #[must_use]
    #[allow(clippy::indexing_slicing, clippy::needless_range_loop, reason = "the loops run over the column")]
    pub fn column<const N: usize>(self, first: u64) -> [f64; N] {
        // Counters are added up, which is cheaper than a product each.
        let mut counters = [0u64; N];
        let mut counter = self.counter(first);
        for draw in 0..N {
            counters[draw] = counter;
            counter = counter.wrapping_add(self.step);
        }
        let mut column = [0.0; N];
        for draw in 0..N {
            column[draw] = unit(mixed(counters[draw]));
        }
        column
    }

    /// The same as a number between 0 and 1, both left out: 52 bits and a half.
    #[inline(always)]
    #[must_use]
    pub fn uniform(self, place: u64) -> f64 {
        unit(self.bits(place))
    }
}

/// The mixing function.
#[inline(always)]
fn mixed(z: u64) -> u64 {
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// The upper 52 bits as a number between 0 and 1, both left out.
#[inline(always)]
#[must_use]
pub fn unit(bits: u64) -> f64 {
    // One and a fraction, less one, is that fraction exactly.
    f64::from_bits((bits >> 12) | 0x3FF0_0000_0000_0000) - 1.0 + f64::EPSILON / 2.0
}

/// A step whose bits change often enough for the counter to spread, as the paper asks for.
fn balanced(step: u64) -> u64 {
    if (step ^ (step >> 1)).count_ones() < 24 { step ^ 0xAAAA_AAAA_AAAA_AAAA } else { step }
}

#[cfg(test)]
mod tests {
    use super::Stream;
    use super::balanced;
    use super::unit;

    #[test]
    fn the_published_numbers_come_out() {
        // The known answers of the reference implementation with the state 1234567.
        let stream = Stream::with(1_234_567, 0x9E37_79B9_7F4A_7C15);
        let numbers: Vec<u64> = (0..5).map(|place| stream.bits(place)).collect();
        let known = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
            4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ];
        assert_eq!(numbers, known);
    }

    #[test]
    fn numbers_lie_between_nothing_and_one() {
        assert!(unit(0) > 0.0 && unit(0) < 1e-15);
        assert!(unit(u64::MAX) < 1.0);
        assert!((unit(1 << 63) - 0.5).abs() < 1e-15);
    }

    #[test]
    fn a_path_has_its_own_stream_and_a_seed_too() {
        let one = Stream::of(1, "round.a.pre_money");
        assert_eq!(one, Stream::of(1, "round.a.pre_money"));
        assert_ne!(one, Stream::of(2, "round.a.pre_money"));
        assert_ne!(one, Stream::of(1, "round.b.pre_money"));
    }

    #[test]
    fn steps_are_odd_and_not_too_even() {
        for seed in 0..2_000 {
            let step = Stream::of(seed, "x").step;
            assert!(step & 1 == 1 && (step ^ (step >> 1)).count_ones() >= 24, "{step:x}");
        }
        assert_eq!(balanced(1) & 1, 1);
    }

    #[test]
    fn streams_are_flat_and_do_not_follow_each_other() {
        // Means, variances and correlations of neighbours, within five standard errors.
        let streams = ["a", "b", "round.a.pre_money", "round.b.pre_money"].map(|path| Stream::of(7, path));
        let count = 40_000u32;
        let n = f64::from(count);
        for (index, stream) in streams.iter().enumerate() {
            let numbers = || (0..u64::from(count)).map(|place| stream.uniform(place) - 0.5);
            let mean = numbers().sum::<f64>() / n;
            assert!(mean.abs() < 5.0 / (12.0 * n).sqrt(), "{index}: {mean}");
            let spread = numbers().map(|u| u * u).sum::<f64>() / n;
            assert!((spread - 1.0 / 12.0).abs() < 5.0 / (180.0 * n).sqrt(), "{index}: {spread}");
            let next = numbers().zip(numbers().skip(1)).map(|(a, b)| a * b).sum::<f64>() / n;
            assert!(next.abs() < 5.0 / 12.0 / n.sqrt(), "{index}: {next}");
            for other in streams.iter().skip(index + 1) {
                let both =
                    (0..u64::from(count)).map(|place| (stream.uniform(place) - 0.5) * (other.uniform(place) - 0.5));
                assert!((both.sum::<f64>() / n).abs() < 5.0 / 12.0 / n.sqrt());
            }
        }
    }
}
