//! Many draws side by side are many draws one by one: every number of a state, bit by bit.
//!
//! Each lane is played with figures of its own: amounts moved, conditions turned, investors in and out. What a lane
//! leaves must be what the same figures leave when they are played alone, whatever stands in the lanes beside it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    reason = "a test says what it expects and fails where it is not so"
)]

mod common;

use capsim::engine::Silent;
use capsim::engine::State;
use capsim::engine::play;
use capsim::outcome::Outcome;
use capsim::plan::Plan;
use capsim::plan::StepKind;
use capsim::units::Lanes;
use capsim::units::Mask;
use capsim::units::Scalar;
use common::Shelf;
use common::instruments::ALL;
use common::instruments::companies;
use common::models;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// How many stand side by side.
const N: usize = 4;
/// How many blocks are tried of each plan.
const BLOCKS: u64 = 6;

/// A number for each place, from 0 to 1, the same in every run.
fn noise(seed: u64) -> f64 {
    let mut z = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(0x1234_5678);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
}

/// The figures of a draw: some as they are, some a little off, some far off, switches turned.
fn drawn(outcome: &Outcome, draw: u64) -> Vec<f64> {
    let figures = &outcome.scenario.figures;
    let written = outcome.plan.values.iter().map(|value| f64::of(*value));
    written
        .enumerate()
        .map(|(slot, value)| {
            let figure = figures.iter().nth(slot);
            let (which, how) = (noise(draw * 1_000 + slot as u64), noise(draw * 7_919 + slot as u64 + 13));
            let is_switch = figure.is_some_and(|figure| figure.is_flag || figure.path.ends_with(".takes_part"));
            if is_switch {
                return if which < 0.4 { 0.0 } else { 1.0 };
            }
            match which {
                w if w < 0.4 => value,
                w if w < 0.9 => value * (0.9 + 0.2 * how),
                _ => value * (0.3 + how),
            }
        })
        .collect()
}

/// The numbers of a state, each with what it is.
fn numbers<S: Scalar>(state: &State<S>) -> Vec<(String, S)> {
    let one = |mask: S::Mask| S::select(mask, S::ONE, S::ZERO);
    let mut all = vec![
        ("all shares".to_owned(), state.fully_diluted),
        ("last price".to_owned(), S::quotient(state.last_price)),
        ("is priced".to_owned(), one(state.is_priced)),
    ];
    for (line, shares) in state.shares.iter().enumerate() {
        all.push((format!("line {line}"), *shares));
    }
    for (class, state) in state.classes.iter().enumerate() {
        all.push((format!("class {class}, price"), state.conversion_price()));
        all.push((format!("class {class}, issue"), state.issue_price()));
        all.push((format!("class {class}, splits"), state.splits));
    }
    for (number, round) in state.rounds.iter().enumerate() {
        all.push((format!("round {number}, held"), one(round.is_held)));
        // A round that is not held has no price.
        all.push((format!("round {number}, price"), S::select(round.is_held, S::quotient(round.price), S::ZERO)));
        all.push((format!("round {number}, value"), S::select(round.is_held, round.pre_money, S::ZERO)));
    }
    for (number, tranche) in state.tranches.iter().enumerate() {
        all.push((format!("tranche {number}, pending"), tranche.pending));
        all.push((format!("tranche {number}, funded"), tranche.funded));
    }
    for (number, convertible) in state.convertibles.iter().enumerate() {
        all.push((format!("convertible {number}"), one(convertible.is_outstanding)));
    }
    for (month, arrival) in state.arrivals.iter().enumerate() {
        all.push((format!("arrival {month}"), *arrival));
    }
    for (number, runway) in state.runways.iter().enumerate() {
        all.push((format!("runway {number} ends"), one(runway.runs_out)));
        all.push((format!("runway {number}, month"), runway.month));
        all.push((format!("runway {number}, months"), S::select(runway.runs_out, runway.months, S::ZERO)));
        all.push((format!("runway {number}, trough"), runway.trough));
        all.push((format!("runway {number}, to come"), runway.to_come));
        all.push((format!("runway {number}, last"), runway.last));
    }
    all
}

/// What capacity in kind came to, by closing.
fn credits<S: Scalar>(state: &State<S>, closings: usize) -> Vec<S> {
    let mut all = vec![S::ZERO; closings];
    for credit in &state.credits {
        all[credit.closing] += credit.amount;
    }
    all
}

/// Plays a plan in lanes and one by one; gives what differs, and how many lanes were compared.
fn compare(outcome: &Outcome) -> (Vec<String>, usize) {
    // An exit sorts claims by the value of a share: it is played draw by draw.
    let mut plan: Plan = outcome.plan.clone();
    plan.steps.retain(|step| !matches!(step.kind, StepKind::Exit(_)));
    let mut found = Vec::new();
    let mut compared = 0;
    let mut side_by_side = State::<Lanes<N>>::new(&plan);
    for block in 0..BLOCKS {
        // What has no answer alone is no lane.
        let mut lanes: Vec<(Vec<f64>, State<f64>)> = Vec::new();
        for draw in 0..40u64 {
            let figures = drawn(outcome, block * 40 + draw);
            let mut state = State::<f64>::new(&plan);
            if play(&plan, &figures, &mut state, &mut Silent).is_ok() {
                lanes.push((figures, state));
            }
            if lanes.len() == N {
                break;
            }
        }
        if lanes.len() < N {
            continue;
        }
        let figures: Vec<Lanes<N>> =
            (0..plan.values.len()).map(|slot| Lanes(std::array::from_fn(|lane| lanes[lane].0[slot]))).collect();
        if let Err(fault) = play(&plan, &figures, &mut side_by_side, &mut Silent) {
            found.push(format!("block {block} is refused: {fault:?}"));
            continue;
        }
        let together = numbers(&side_by_side);
        let together_credits = credits(&side_by_side, plan.closings.len());
        for (lane, (_, alone)) in lanes.iter().enumerate() {
            compared += 1;
            let alone_credits = credits(alone, plan.closings.len());
            for ((what, one), (_, many)) in numbers(alone).iter().zip(&together) {
                if one.to_bits() != many.0[lane].to_bits() && (*one != 0.0 || many.0[lane] != 0.0) {
                    found.push(format!("block {block}, lane {lane}, {what}: {one:?} alone, {:?} beside", many.0[lane]));
                }
            }
            for (closing, (one, many)) in alone_credits.iter().zip(&together_credits).enumerate() {
                if one.to_bits() != many.0[lane].to_bits() && (*one != 0.0 || many.0[lane] != 0.0) {
                    found.push(format!("block {block}, lane {lane}, credit {closing}: {one:?}, {:?}", many.0[lane]));
                }
            }
        }
    }
    (found, compared)
}

fn check_folder(folder: &str) {
    let mut shelf = Shelf::of_folder(folder);
    let files: Vec<String> = shelf.0.keys().cloned().collect();
    let mut compared = 0;
    for file in files {
        let played = shelf.play(&file, &[]);
        let Some(outcome) = &played.outcome else { continue };
        let (found, lanes) = compare(outcome);
        compared += lanes;
        assert!(found.is_empty(), "{file}\n{}", found.join("\n"));
    }
    assert!(compared > 200, "only {compared} lanes");
}

#[test]
fn lanes_play_the_scenarios_of_this_repository() {
    check_folder("scenarios");
}

#[test]
fn lanes_play_the_oracles_cases() {
    check_folder("tests/oracle/cases");
}

#[test]
fn a_mask_says_where() {
    let low = Lanes([1.0, 2.0, 3.0, f64::NAN]);
    let mask = low.lt(Lanes::splat(2.5));
    assert!(mask.any() && !mask.all() && (mask | !mask).all());
    assert_eq!(Lanes::select(mask, Lanes::ONE, Lanes::ZERO).0, [1.0, 1.0, 0.0, 0.0]);
    assert!(!low.is_valid() && Lanes([1.0, -2.0]).is_valid() && !Lanes([1.0, f64::INFINITY]).is_valid());
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 250,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20_261_122),
        ..ProptestConfig::default()
    })]

    #[test]
    fn lanes_play_random_scenarios(model in models()) {
        let played = model.play();
        prop_assume!(played.outcome.is_some());
        let (found, _) = compare(played.outcome());
        prop_assert!(found.is_empty(), "{}\n{}", model.text(), found.join("\n"));
    }

    #[test]
    fn lanes_play_random_instruments(company in companies(ALL)) {
        let played = company.play();
        prop_assume!(played.outcome.is_some());
        let (found, _) = compare(played.outcome());
        prop_assert!(found.is_empty(), "{}\n{}", company.text(), found.join("\n"));
    }
}
