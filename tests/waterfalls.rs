//! The waterfall against every combination of elections: 3,000 random waterfalls in exact fractions.
//!
//! The oracle knows no value of a share and no kink. It pays a profile of elections by rank and then by share, tries
//! every profile, keeps those in which nobody gains by changing alone, and asks that all of them pay the same. Numbers
//! are small integers, so that ties, sold-out ranks and caps that meet are common.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "a test says what it expects and fails where it is not so"
)]

use capsim::engine::waterfall::Claim;
use capsim::engine::waterfall::Level;
use capsim::engine::waterfall::Waterfall;
use capsim::units::Decimal;
use capsim::units::Exact;
use capsim::units::Fraction;
use capsim::units::Scalar;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

#[derive(Debug, Clone, Copy)]
enum Form {
    Common,
    Plain,
    Full,
    Capped(i64),
    Option(i64),
    Sum,
}

/// Somebody with a claim: shares, a preference at a rank, and what it may do.
#[derive(Debug, Clone, Copy)]
struct Somebody {
    form: Form,
    shares: i64,
    preference: i64,
    rank: u32,
}

impl Somebody {
    fn elects(self) -> bool {
        matches!(self.form, Form::Plain | Form::Capped(_) | Form::Option(_))
    }

    fn claim<S: Scalar>(self) -> Claim<S> {
        let of = |number: i64| S::of(Decimal::from(number));
        let (fixed, shares) = (of(self.preference), of(self.shares));
        match self.form {
            Form::Common => Claim::common(shares),
            Form::Plain => Claim::either(fixed, shares, self.rank),
            Form::Full => Claim::both(fixed, shares, self.rank),
            Form::Capped(limit) => Claim::capped(fixed, shares, of(limit), self.rank),
            Form::Option(strike) => Claim::common(shares).at_strike(of(strike)),
            Form::Sum => Claim::sum(fixed, self.rank),
        }
    }
}

fn whole(number: i64) -> Fraction {
    Fraction::new(i128::from(number), 1).unwrap()
}

fn less(one: Fraction, other: Fraction) -> Fraction {
    one.plus(other.times(whole(-1)).unwrap()).unwrap()
}

fn is_below(one: Fraction, other: Fraction) -> bool {
    less(one, other).numerator() < 0
}

/// What everybody is paid if these convert, or exercise.
fn pay(all: &[Somebody], converts: &[bool], sum: i64) -> Vec<Fraction> {
    let mut left = whole(sum);
    for (one, converts) in all.iter().zip(converts) {
        if let (Form::Option(strike), true) = (one.form, converts) {
            left = left.plus(whole(strike)).unwrap();
        }
    }
    let mut paid = vec![Fraction::ZERO; all.len()];
    let keeps = |index: usize| !converts[index] && all[index].preference > 0;
    let ranks: Vec<u32> = (0..8).collect();
    for rank in ranks {
        let mine: Vec<usize> = (0..all.len()).filter(|index| all[*index].rank == rank && keeps(*index)).collect();
        let owed = mine.iter().fold(0, |sum, index| sum + all[*index].preference);
        if owed == 0 {
            continue;
        }
        let all_of_it = whole(owed);
        let there = if is_below(left, all_of_it) { left } else { all_of_it };
        for index in mine {
            paid[index] = there.times(whole(all[index].preference)).unwrap().over(all_of_it).unwrap();
        }
        left = less(left, there);
    }
    // By share, in steps: who reaches its cap takes no more.
    let mut room: Vec<Option<Fraction>> = Vec::new();
    let mut counts: Vec<bool> = Vec::new();
    for (index, one) in all.iter().enumerate() {
        let (is_in, limit) = match one.form {
            Form::Common | Form::Full => (true, None),
            Form::Plain | Form::Option(_) => (converts[index], None),
            Form::Capped(limit) if !converts[index] => {
                (true, Some(less(whole(limit.max(one.preference)), paid[index])))
            }
            Form::Capped(_) => (true, None),
            Form::Sum => (false, None),
        };
        counts.push(is_in && one.shares > 0);
        room.push(limit);
    }
    loop {
        let shares: i64 = (0..all.len()).filter(|index| counts[*index]).map(|index| all[index].shares).sum();
        if shares == 0 || left.numerator() == 0 {
            break;
        }
        let mut a_share = left.over(whole(shares)).unwrap();
        for index in (0..all.len()).filter(|index| counts[*index]) {
            if let Some(room) = room[index] {
                let full = room.over(whole(all[index].shares)).unwrap();
                if is_below(full, a_share) {
                    a_share = full;
                }
            }
        }
        for index in 0..all.len() {
            if !counts[index] {
                continue;
            }
            let more = a_share.times(whole(all[index].shares)).unwrap();
            paid[index] = paid[index].plus(more).unwrap();
            left = less(left, more);
            if let Some(rest) = &mut room[index] {
                *rest = less(*rest, more);
                counts[index] = rest.numerator() > 0;
            }
        }
    }
    for (index, one) in all.iter().enumerate() {
        if let (Form::Option(strike), true) = (one.form, converts[index]) {
            paid[index] = less(paid[index], whole(strike));
        }
    }
    paid
}

/// What everybody is paid in every equilibrium, and how many there are.
fn equilibria(all: &[Somebody], sum: i64) -> Vec<Vec<Fraction>> {
    let electors: Vec<usize> = (0..all.len()).filter(|index| all[*index].elects()).collect();
    let profile = |bits: usize| -> Vec<bool> {
        let mut converts = vec![false; all.len()];
        for (place, index) in electors.iter().enumerate() {
            converts[*index] = bits >> place & 1 == 1;
        }
        converts
    };
    let payoffs: Vec<Vec<Fraction>> = (0..1usize << electors.len()).map(|bits| pay(all, &profile(bits), sum)).collect();
    (0..payoffs.len())
        .filter(|bits| {
            electors
                .iter()
                .enumerate()
                .all(|(place, index)| !is_below(payoffs[*bits][*index], payoffs[bits ^ (1 << place)][*index]))
        })
        .map(|bits| payoffs[bits].clone())
        .collect()
}

fn somebody() -> impl Strategy<Value = Somebody> {
    let form = prop_oneof![
        3 => Just(0u8), 6 => Just(1), 2 => Just(2), 3 => Just(3), 3 => Just(4), 1 => Just(5),
    ];
    (form, 0i64..12, 0i64..40, 0u32..4, 0i64..60).prop_map(|(form, shares, preference, rank, more)| match form {
        0 => Somebody { form: Form::Common, shares, preference: 0, rank: 0 },
        1 => Somebody { form: Form::Plain, shares, preference, rank },
        2 => Somebody { form: Form::Full, shares, preference, rank },
        3 => Somebody { form: Form::Capped(more), shares, preference, rank },
        4 => Somebody { form: Form::Option(more), shares: shares.max(1), preference: 0, rank: 0 },
        _ => Somebody { form: Form::Sum, shares: 0, preference, rank },
    })
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, rng_seed: RngSeed::Fixed(29), ..ProptestConfig::default() }
}

fn exact(value: Fraction) -> Exact {
    let of = |number: i128| Exact::of(Decimal::try_from_i128_with_scale(number, 0).unwrap());
    of(value.numerator()) / of(value.denominator())
}

proptest! {
    #![proptest_config(config(3_000))]

    /// I-33, I-34: the root is the one payment of every equilibrium of elections, in exact numbers and in floats.
    #[test]
    fn the_root_is_the_equilibrium(
        all in prop::collection::vec(somebody(), 1..9),
        common in 1i64..40,
        sum in 0i64..260,
    ) {
        let mut all = all;
        all.push(Somebody { form: Form::Common, shares: common, preference: 0, rank: 0 });
        let expected = equilibria(&all, sum);
        prop_assert!(!expected.is_empty(), "there is always one");
        let mut waterfall = Waterfall::<Exact>::default();
        waterfall.fill(all.iter().map(|one| one.claim()));
        let level = waterfall.level(Exact::of(Decimal::from(sum)));
        let mut floats = Waterfall::<f64>::default();
        floats.fill(all.iter().map(|one| one.claim()));
        let float_level = floats.level(sum as f64);
        for payoff in &expected {
            for (claim, paid) in payoff.iter().enumerate() {
                let found = waterfall.pays(claim, &level);
                let off = (found - exact(*paid)).magnitude();
                prop_assert!(
                    off.decimal().unwrap() < Decimal::from_parts(1, 0, 0, false, 22),
                    "claim {claim} of {all:?} with {sum}: {found:?}, not {paid:?}"
                );
                let wanted = paid.numerator() as f64 / paid.denominator() as f64;
                prop_assert!((floats.pays(claim, &float_level) - wanted).abs() < 1e-9, "{claim} of {all:?} in floats");
            }
        }
        // And everything is paid.
        let paid = (0..all.len()).fold(Exact::ZERO, |paid, claim| paid + waterfall.pays(claim, &level));
        prop_assert!((paid - Exact::of(Decimal::from(sum))).magnitude().decimal().unwrap() < Decimal::from_parts(1, 0, 0, false, 22));
    }

    /// Pieces begin at sums that do not fall, and what is paid on both sides of a kink is the same.
    #[test]
    fn payments_have_no_jumps(all in prop::collection::vec(somebody(), 1..9)) {
        let mut waterfall = Waterfall::<Exact>::default();
        let common = Somebody { form: Form::Common, shares: 7, preference: 0, rank: 0 };
        waterfall.fill(all.iter().chain([&common]).map(|one| one.claim()));
        let hair = Exact::of(Decimal::from_parts(1, 0, 0, false, 12));
        let mut before = Exact::ZERO;
        for piece in waterfall.pieces() {
            prop_assert!(piece.from.decimal() >= before.decimal());
            before = piece.from;
            let below = waterfall.level(piece.from - hair);
            let at = waterfall.level(piece.from);
            for claim in 0..=all.len() {
                if piece.from.decimal() > hair.decimal() {
                    let jump = (waterfall.pays(claim, &at) - waterfall.pays(claim, &below)).magnitude();
                    prop_assert!(jump.decimal().unwrap() <= Decimal::from_parts(2, 0, 0, false, 12));
                }
            }
        }
    }

    /// A right to preferred stock takes what its shares would, less the strike: in a shortage too.
    #[test]
    fn warrants_on_preferred(
        preference in 1i64..30, shares in 1i64..10, of in 1i64..5, strike in 0i64..20, common in 1i64..20, sum in 0i64..120,
    ) {
        let number = |number: i64| Exact::of(Decimal::from(number));
        // `of` more such shares as a warrant: each is entitled to what one of the others is.
        let each = |count: i64| Claim::either(number(preference * count), number(shares * count), 0);
        let mut waterfall = Waterfall::<Exact>::default();
        waterfall.fill([each(5), each(of).at_strike(number(strike)), Claim::common(number(common))].into_iter());
        let level = waterfall.level(number(sum));
        let (held, right) = (waterfall.pays(0, &level), waterfall.pays(1, &level));
        // Where it is exercised it stands with the others; where it would not pay it takes nothing.
        let entitled = (held / number(5)) * number(of);
        let net = (entitled - number(strike)).at_least_zero();
        prop_assert!((right - net).magnitude().decimal().unwrap() < Decimal::from_parts(1, 0, 0, false, 20), "{right:?} {net:?}");
        let all = held + right + waterfall.pays(2, &level);
        prop_assert!((all - number(sum)).magnitude().decimal().unwrap() < Decimal::from_parts(1, 0, 0, false, 20));
        let is_shared = !matches!(level, Level::TooMuch { .. });
        prop_assert!(is_shared);
    }
}
