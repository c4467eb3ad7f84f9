//! Exponentials, logarithms and the normal distribution, the same bits on every machine.
//!
//! Built of additions, multiplications, divisions and square roots alone, which every processor rounds alike; no
//! library of the platform, no fused multiply-add, and no branch where a column of draws goes through.

#![allow(clippy::excessive_precision, reason = "the digits are those of the papers")]

/// The integer part of a number is read off the last bits of its sum with this.
const SHIFT: f64 = 6_755_399_441_055_744.0;
/// The natural logarithm of two in two parts: the first so short that its multiples are exact.
const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
const LOG2_E: f64 = std::f64::consts::LOG2_E;

/// `e` to the `x`, to a unit or two in the last place; `x` from -700 to 700.
///
/// `x = k ln 2 + r` with `r` at most half of `ln 2`, `e^r` by its series and `2^k` put together from bits.
#[inline(always)]
#[must_use]
pub fn exp(x: f64) -> f64 {
    let x = if x < -700.0 { -700.0 } else { x };
    let x = if x > 700.0 { 700.0 } else { x };
    let shifted = x * LOG2_E + SHIFT;
    let k = shifted - SHIFT;
    let r = (x - k * LN_2_HIGH) - k * LN_2_LOW;
    let mut sum = 1.0 / 6_227_020_800.0;
    sum = sum * r + 1.0 / 479_001_600.0;
    sum = sum * r + 1.0 / 39_916_800.0;
    sum = sum * r + 1.0 / 3_628_800.0;
    sum = sum * r + 1.0 / 362_880.0;
    sum = sum * r + 1.0 / 40_320.0;
    sum = sum * r + 1.0 / 5_040.0;
    sum = sum * r + 1.0 / 720.0;
    sum = sum * r + 1.0 / 120.0;
    sum = sum * r + 1.0 / 24.0;
    sum = sum * r + 1.0 / 6.0;
    sum = sum * r + 0.5;
    sum = sum * r + 1.0;
    sum = sum * r + 1.0;
    // The bits of the shifted number end with k.
    let power = f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52);
    sum * power
}

/// The natural logarithm of a normal number above zero, to a unit or two in the last place.
///
/// `x = 2^k m` with `m` from the root of a half to the root of two, and `ln m = 2 artanh((m - 1) / (m + 1))` by its
/// series.
#[inline(always)]
#[must_use]
pub fn ln(x: f64) -> f64 {
    let bits = x.to_bits();
    let mantissa = f64::from_bits((bits & 0x000F_FFFF_FFFF_FFFF) | 0x3FF0_0000_0000_0000);
    let is_large = mantissa > std::f64::consts::SQRT_2;
    let m = if is_large { mantissa * 0.5 } else { mantissa };
    // A whole number below 2^52 in the bits of a float is that float less 2^52.
    let exponent = f64::from_bits((bits >> 52) | 0x4330_0000_0000_0000) - 4_503_599_627_370_496.0 - 1023.0;
    let k = if is_large { exponent + 1.0 } else { exponent };
    let s = (m - 1.0) / (m + 1.0);
    let z = s * s;
    let mut sum = 2.0 / 23.0;
    sum = sum * z + 2.0 / 21.0;
    sum = sum * z + 2.0 / 19.0;
    sum = sum * z + 2.0 / 17.0;
    sum = sum * z + 2.0 / 15.0;
    sum = sum * z + 2.0 / 13.0;
    sum = sum * z + 2.0 / 11.0;
    sum = sum * z + 2.0 / 9.0;
    sum = sum * z + 2.0 / 7.0;
    sum = sum * z + 2.0 / 5.0;
    sum = sum * z + 2.0 / 3.0;
    let tail = s * z * sum + k * LN_2_LOW;
    k * LN_2_HIGH + (2.0 * s + tail)
}

/// The quantile of the standard normal distribution, to sixteen digits; `u` between 0 and 1.
///
/// M. J. Wichura, "Algorithm AS 241: The Percentage Points of the Normal Distribution", Applied Statistics 37 (1988),
/// PPND16: one ratio of polynomials for the middle, two for the tails.
#[inline(always)]
#[must_use]
pub fn normal_quantile(u: f64) -> f64 {
    let q = u - 0.5;
    let is_middle = q.abs() <= 0.425;
    let middle = {
        let r = 0.180_625 - q * q;
        q * ratio(&MIDDLE, r)
    };
    let least = if q < 0.0 { u } else { 1.0 - u };
    let r = (0.0 - ln(least)).sqrt();
    let tail = if r <= 5.0 { ratio(&TAIL, r - 1.6) } else { ratio(&FAR, r - 5.0) };
    let tail = if q < 0.0 { 0.0 - tail } else { tail };
    if is_middle { middle } else { tail }
}

/// The same for a column: each step in a loop of its own, so that the compiler makes vectors of it. Bit by bit what
/// [`normal_quantile`] gives.
#[inline(always)]
#[must_use]
#[allow(clippy::indexing_slicing, clippy::needless_range_loop, reason = "each loop runs over the column")]
pub fn normal_column<const N: usize>(u: [f64; N]) -> [f64; N] {
    let mut q = [0.0; N];
    let mut middle = [0.0; N];
    let mut r = [0.0; N];
    for draw in 0..N {
        q[draw] = u[draw] - 0.5;
    }
    for draw in 0..N {
        middle[draw] = q[draw] * ratio(&MIDDLE, 0.180_625 - q[draw] * q[draw]);
    }
    for draw in 0..N {
        let least = if q[draw] < 0.0 { u[draw] } else { 1.0 - u[draw] };
        r[draw] = 0.0 - ln(least);
    }
    for draw in 0..N {
        r[draw] = r[draw].sqrt();
    }
    let mut tail = [0.0; N];
    let mut is_far = 0u64;
    for draw in 0..N {
        tail[draw] = ratio(&TAIL, r[draw] - 1.6);
        is_far |= if r[draw] > 5.0 { 1 } else { 0 };
    }
    // One draw in a hundred thousand million.
    if is_far != 0 {
        for draw in 0..N {
            if r[draw] > 5.0 {
                tail[draw] = ratio(&FAR, r[draw] - 5.0);
            }
        }
    }
    let mut all = [0.0; N];
    for draw in 0..N {
        let tail = if q[draw] < 0.0 { 0.0 - tail[draw] } else { tail[draw] };
        all[draw] = if q[draw].abs() <= 0.425 { middle[draw] } else { tail };
    }
    all
}

/// Numerator and denominator of a ratio of polynomials, the highest power first.
type Ratio = [(f64, f64); 8];

#[inline(always)]
fn ratio(of: &Ratio, r: f64) -> f64 {
    let (mut above, mut below) = (0.0, 0.0);
    for (a, b) in of {
        above = above * r + a;
        below = below * r + b;
    }
    above / below
}

const MIDDLE: Ratio = [
    (2.509_080_928_730_122_672_7e3, 5.226_495_278_852_854_561_0e3),
    (3.343_057_558_358_812_810_5e4, 2.872_908_573_572_194_267_4e4),
    (6.726_577_092_700_870_085_3e4, 3.930_789_580_009_271_061_0e4),
    (4.592_195_393_154_987_145_7e4, 2.121_379_430_158_659_586_7e4),
    (1.373_169_376_550_946_112_5e4, 5.394_196_021_424_751_107_7e3),
    (1.971_590_950_306_551_442_7e3, 6.871_870_074_920_579_083_0e2),
    (1.331_416_678_917_843_774_5e2, 4.231_333_070_160_091_125_2e1),
    (3.387_132_872_796_366_608_0, 1.0),
];

const TAIL: Ratio = [
    (7.745_450_142_783_414_076_4e-4, 1.050_750_071_644_416_843_24e-9),
    (2.272_384_498_926_918_458_33e-2, 5.475_938_084_995_344_946_0e-4),
    (2.417_807_251_774_506_117_7e-1, 1.519_866_656_361_645_719_66e-2),
    (1.270_458_252_452_368_382_58, 1.481_039_764_274_800_745_90e-1),
    (3.647_848_324_763_204_605_04, 6.897_673_349_851_000_045_50e-1),
    (5.769_497_221_460_691_405_50, 1.676_384_830_183_803_849_40),
    (4.630_337_846_156_545_295_90, 2.053_191_626_637_758_821_87),
    (1.423_437_110_749_683_577_34, 1.0),
];

const FAR: Ratio = [
    (2.010_334_399_292_288_132_65e-7, 2.044_263_103_389_939_785_64e-15),
    (2.711_555_568_743_487_578_15e-5, 1.421_511_758_316_445_888_70e-7),
    (1.242_660_947_388_078_438_60e-3, 1.846_318_317_510_054_681_80e-5),
    (2.653_218_952_657_612_309_30e-2, 7.868_691_311_456_132_591_00e-4),
    (2.965_605_718_285_048_912_30e-1, 1.487_536_129_085_061_485_25e-2),
    (1.784_826_539_917_291_335_80, 1.369_298_809_227_358_053_10e-1),
    (5.463_784_911_164_114_369_90, 5.998_322_065_558_879_376_90e-1),
    (6.657_904_643_501_103_777_20, 1.0),
];

/// One over the root of two pi.
const DENSITY: f64 = 0.398_942_280_401_432_7;
/// Terms of the series, and of the continued fraction.
const TERMS: u32 = 120;

/// The part of a standard normal distribution below `z`.
///
/// Near the middle `1/2 + density x (z + z^3 / 3 + z^5 / 15 + ...)`, whose terms all have one sign; beyond two the
/// continued fraction `density / (z + 1 / (z + 2 / (z + ...)))` of what lies above.
#[must_use]
pub fn normal_below(z: f64) -> f64 {
    let density = DENSITY * exp(-0.5 * z * z);
    let size = z.abs();
    if size < 2.0 {
        let (mut term, mut sum, mut odd) = (z, z, 1.0);
        for _ in 0..TERMS {
            odd += 2.0;
            term = term * z * z / odd;
            sum += term;
        }
        return 0.5 + density * sum;
    }
    let mut fraction = size;
    for step in (1..=TERMS).rev() {
        fraction = size + f64::from(step) / fraction;
    }
    let beyond = density / fraction;
    if z < 0.0 { beyond } else { 1.0 - beyond }
}

/// The logarithm of the gamma function above zero, by Lanczos' approximation (g = 7, nine terms).
#[must_use]
pub fn ln_gamma(x: f64) -> f64 {
    const FIRST: f64 = 0.999_999_999_999_809_9;
    const TERMS: [f64; 8] = [
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    let x = x - 1.0;
    let (mut sum, mut at) = (FIRST, x);
    for term in TERMS {
        at += 1.0;
        sum += term / at;
    }
    let t = x + 7.5;
    0.918_938_533_204_672_8 + (x + 0.5) * ln(t) - t + ln(sum)
}

/// The part of a beta distribution below `x`, from 0 to 1, and its density there: the regularised incomplete beta function,
/// by its continued fraction (Abramowitz and Stegun 26.5.8), on whichever side it settles fast.
#[must_use]
pub fn beta_at(alpha: f64, beta: f64, ln_beta: f64, x: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 0.0);
    }
    if x >= 1.0 {
        return (1.0, 0.0);
    }
    let front = exp(alpha * ln(x) + beta * ln(1.0 - x) - ln_beta);
    let below = if x < (alpha + 1.0) / (alpha + beta + 2.0) {
        front * beta_fraction(alpha, beta, x) / alpha
    } else {
        1.0 - front * beta_fraction(beta, alpha, 1.0 - x) / beta
    };
    (below, front / (x * (1.0 - x)))
}

fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    const LEAST: f64 = 1e-300;
    let away = |value: f64| if value.abs() < LEAST { LEAST } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / away(1.0 - (a + b) * x / (a + 1.0));
    let mut all = d;
    for step in 1..=200 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / away(1.0 + even * d);
        c = away(1.0 + even / c);
        all *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / away(1.0 + odd * d);
        c = away(1.0 + odd / c);
        let change = d * c;
        all *= change;
        if (change - 1.0).abs() < 1e-16 {
            break;
        }
    }
    all
}

#[cfg(test)]
#[allow(clippy::cast_precision_loss, reason = "counts of a test are small")]
mod tests {
    use super::beta_at;
    use super::exp;
    use super::ln;
    use super::ln_gamma;
    use super::normal_below;
    use super::normal_column;
    use super::normal_quantile;

    fn near(a: f64, b: f64, part: f64) -> bool {
        (a - b).abs() <= part * b.abs().max(f64::MIN_POSITIVE)
    }

    #[test]
    fn exponentials_and_logarithms_are_those_of_the_library() {
        for step in -6_990..=6_990 {
            let x = f64::from(step) / 10.0 + 0.0123;
            assert!(near(exp(x), x.exp(), 5e-16), "e^{x}: {} {}", exp(x), x.exp());
        }
        for step in 1..20_000 {
            let x = f64::from(step) / 777.0;
            assert!((ln(x) - x.ln()).abs() <= 5e-16 * x.ln().abs().max(0.25), "ln {x}: {} {}", ln(x), x.ln());
            let x = exp(f64::from(step) / 30.0 - 330.0);
            assert!(near(ln(x), x.ln(), 4e-16), "ln {x}");
        }
        assert_eq!((exp(0.0), ln(1.0)), (1.0, 0.0));
    }

    #[test]
    fn quantiles_are_those_published_with_the_algorithm() {
        // Wichura's own check values, and the usual table.
        assert!(near(normal_quantile(0.25), -0.674_489_750_196_081_7, 1e-15));
        assert!(near(normal_quantile(0.001), -3.090_232_306_167_814, 1e-15));
        assert!(near(normal_quantile(1e-20), -9.262_340_089_798_408, 1e-15));
        assert!(near(normal_quantile(0.975), 1.959_963_984_540_054, 1e-15));
        assert!(near(normal_quantile(0.95), 1.644_853_626_951_472_2, 1e-15));
        assert!(normal_quantile(0.5).abs() < 1e-300);
    }

    #[test]
    fn a_column_has_the_bits_of_its_numbers() {
        for step in 0..4_000 {
            let u = exp(-f64::from(step) / 120.0) * 0.999_9;
            for u in [u, 1.0 - u] {
                assert_eq!(normal_column([u, 0.3]).map(f64::to_bits), [u, 0.3].map(|u| normal_quantile(u).to_bits()));
            }
        }
    }

    #[test]
    fn what_lies_below_a_quantile_is_its_part() {
        for step in 1..2_000 {
            let u = f64::from(step) / 2_000.0;
            assert!((normal_below(normal_quantile(u)) - u).abs() < 1e-15, "{u}");
        }
        for power in 2..250 {
            let u = exp(-f64::from(power));
            // A digit of the quantile weighs its square in what lies below it: some hundred, far out.
            assert!(near(normal_below(normal_quantile(u)), u, 1e-12), "{u}");
        }
        assert!(near(normal_below(1.0), 0.841_344_746_068_542_9, 1e-15));
        assert!(near(normal_below(-6.0), 9.865_876_450_376_98e-10, 1e-12));
    }

    #[test]
    fn gamma_and_beta_are_those_of_the_tables() {
        let mut factorial = 1.0;
        for n in 1..30 {
            factorial *= f64::from(n);
            assert!((ln_gamma(f64::from(n) + 1.0) - f64::ln(factorial)).abs() < 1e-13 * f64::ln(factorial).max(1.0));
        }
        let part = |a: f64, b: f64, x: f64| beta_at(a, b, ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b), x).0;
        // Whole parameters have sums of powers.
        assert!(near(part(2.0, 3.0, 0.4), 0.5248, 1e-13));
        assert!(near(part(3.0, 3.0, 0.5), 0.5, 1e-13));
        assert!(near(part(1.0, 5.0, 0.2), 1.0 - 0.8f64.powi(5), 1e-13));
        assert!(near(part(4.6, 1.4, 0.9), 1.0 - part(1.4, 4.6, 0.1), 1e-12));
    }
}
