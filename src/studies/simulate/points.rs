//! Where the uniform numbers come from: random, or spread evenly.

use super::generator::Stream;

/// How the points of the simulation are laid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Points {
    /// At random, each by itself.
    #[default]
    Random,
    /// Evenly: Sobol's sequence, scrambled by Owen's method. Means of smooth results come nearer with fewer draws.
    Sobol,
}

/// Dimensions of the sequence; what comes after them is scrambled with another seed.
const DIMENSIONS: u32 = 256;
/// Points of one scrambling; what comes after them is scrambled with another seed.
const LENGTH: u64 = 1 << 16;

impl Points {
    /// The word of a result.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Points::Random => "random",
            Points::Sobol => "sobol",
        }
    }

    /// The numbers of a path. `dimension` is its place among everything drawn.
    #[must_use]
    pub fn source(self, seed: u64, path: &str, dimension: u32) -> Source {
        match self {
            Points::Random => Source::Random(Stream::of(seed, path)),
            Points::Sobol => Source::Sobol {
                dimension: dimension % DIMENSIONS,
                scramble: Stream::of(seed, &format!("sobol {}", dimension / DIMENSIONS)),
            },
        }
    }
}

/// The uniform numbers of one variable, by the number of the draw.
#[derive(Debug, Clone, Copy)]
pub enum Source {
    /// At random.
    Random(Stream),
    /// From the sequence.
    Sobol {
        /// Which of its dimensions.
        dimension: u32,
        /// The seeds of its scramblings.
        scramble: Stream,
    },
}

impl Source {
    /// The numbers of `N` draws from `first` on.
    #[inline(always)]
    #[must_use]
    pub fn column<const N: usize>(self, first: u64) -> [f64; N] {
        match self {
            Source::Random(stream) => stream.column(first),
            Source::Sobol { dimension, scramble } => {
                let mut column = [0.0; N];
                let mut place = first;
                for u in &mut column {
                    *u = sobol(place, dimension, scramble);
                    place = place.wrapping_add(1);
                }
                column
            }
        }
    }
}

/// A number of the sequence, in the middle of its 2^-24.
fn sobol(place: u64, dimension: u32, scramble: Stream) -> f64 {
    let (within, block) = (place % LENGTH, place / LENGTH);
    let seed = u32::try_from(scramble.bits(block) >> 32).unwrap_or(0);
    let number = sobol_burley::sample(u32::try_from(within).unwrap_or(0), dimension, seed);
    f64::from(number) + 0.5 / f64::from(1u32 << 24)
}

#[cfg(test)]
mod tests {
    use super::Points;

    #[test]
    fn even_points_are_even() {
        // Of 256 points of one scrambling each 1/256 holds one, in every dimension.
        for dimension in [0, 1, 17, 255, 300] {
            let column = Points::Sobol.source(3, "x", dimension).column::<256>(0);
            let mut seen = [false; 256];
            for u in column {
                assert!(u > 0.0 && u < 1.0);
                let part = (0u16..256).find(|part| u < f64::from(part + 1) / 256.0).unwrap();
                seen[usize::from(part)] = true;
            }
            assert!(seen.iter().all(|seen| *seen), "{dimension}");
        }
    }

    #[test]
    fn a_number_is_the_same_from_wherever_it_is_asked_for() {
        for points in [Points::Random, Points::Sobol] {
            let source = points.source(3, "x", 5);
            assert_eq!(source.column::<8>(100)[3].to_bits(), source.column::<1>(103)[0].to_bits());
            // The sequence begins anew with another scrambling.
            assert_ne!(source.column::<1>(3)[0].to_bits(), source.column::<1>(3 + (1 << 16))[0].to_bits());
        }
    }
}
