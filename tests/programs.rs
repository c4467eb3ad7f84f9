//! Draws that are played by a program are draws that are played one by one: every number of a state, bit by bit.
//!
//! Each draw has figures of its own: amounts moved, conditions turned, investors in and out. A program is made of some of
//! them and plays others. What it leaves must be what the same figures leave when they are played by themselves, or it
//! must say that the draw is not one of its own.

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
use capsim::studies::simulate::program::Figure;
use capsim::studies::simulate::program::Program;
use capsim::studies::simulate::program::Symbol;
use capsim::studies::simulate::program::Table;
use capsim::studies::simulate::program::WIDTH;
use capsim::units::Scalar;
use common::Shelf;
use common::instruments::ALL;
use common::instruments::companies;
use common::models;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// How many draws a program is made of.
const PILOT: usize = 24;
/// How many draws with an answer are looked for among how many.
const TRIED: u64 = 400;

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

/// What a play leaves: every number of the state, and what capacity came to.
fn left<S: Scalar>(plan: &Plan, figures: &[S]) -> Option<Vec<S>> {
    let mut state = State::<S>::new(plan);
    play(plan, figures, &mut state, &mut Silent).ok()?;
    let mut all: Vec<S> = numbers(&state).into_iter().map(|(_, number)| number).collect();
    all.extend(credits(&state, plan.closings.len()));
    Some(all)
}

/// What became of the draws of a plan.
#[derive(Default)]
struct Compared {
    /// What differs.
    found: Vec<String>,
    /// Draws the program played, and those it left to be played by themselves.
    own: usize,
    others: usize,
}

impl Compared {
    fn add(&mut self, other: Compared) {
        self.found.extend(other.found);
        self.own += other.own;
        self.others += other.others;
    }
}

/// Plays draws by a program and one by one.
fn compare(outcome: &Outcome) -> Compared {
    // An exit sorts claims by the value of a share: it is played draw by draw.
    let mut plan: Plan = outcome.plan.clone();
    plan.steps.retain(|step| !matches!(step.kind, StepKind::Exit(_)));
    let mut compared = Compared::default();
    let draws: Vec<(Vec<f64>, Vec<f64>)> = (0..TRIED)
        .filter_map(|draw| {
            let figures = drawn(outcome, draw);
            let left = left(&plan, &figures)?;
            Some((figures, left))
        })
        .take(PILOT + 2 * WIDTH)
        .collect();
    if draws.len() <= PILOT {
        return compared;
    }
    let written: Vec<f64> = outcome.plan.values.iter().map(|value| f64::of(*value)).collect();
    let slots: Vec<Vec<f64>> =
        (0..written.len()).map(|slot| draws.iter().map(|(figures, _)| figures[slot]).collect()).collect();
    let figures: Vec<Figure<'_>> = slots
        .iter()
        .map(|all| match all.iter().all(|value| value.to_bits() == all[0].to_bits()) {
            true => Figure::Fixed(all[0]),
            false => {
                let never_negative = all.iter().all(|value| value.is_sign_positive());
                Figure::Drawn { pilot: &all[..PILOT], never_negative }
            }
        })
        .collect();
    let Some(program) = Program::of(&figures, PILOT, |symbols: &[Symbol<'_>]| left(&plan, symbols)) else {
        compared.others += draws.len();
        return compared;
    };
    let mut table = Table::new(&program, &written);
    for block in draws.chunks(WIDTH) {
        for (slot, column) in table.figures().iter_mut().take(written.len()).enumerate() {
            for (value, (figures, _)) in column.0.iter_mut().zip(block) {
                *value = figures[slot];
            }
        }
        let mut results = vec![[0.0; WIDTH]; block[0].1.len()];
        let others = table.play(&program, |place, numbers| results[place] = *numbers);
        for (draw, (_, alone)) in block.iter().enumerate() {
            if others[draw] != 0 {
                compared.others += 1;
                continue;
            }
            compared.own += 1;
            for (place, one) in alone.iter().enumerate() {
                let many = results[place][draw];
                if one.to_bits() != many.to_bits() && (*one != 0.0 || many != 0.0) {
                    compared.found.push(format!("draw {draw}, number {place}: {one:?} alone, {many:?} by the program"));
                }
            }
        }
    }
    compared
}

fn check_folder(folder: &str) {
    let mut shelf = Shelf::of_folder(folder);
    let files: Vec<String> = shelf.0.keys().cloned().collect();
    let mut all = Compared::default();
    for file in files {
        let played = shelf.play(&file, &[]);
        let Some(outcome) = &played.outcome else { continue };
        let compared = compare(outcome);
        assert!(compared.found.is_empty(), "{file}\n{}", compared.found.join("\n"));
        all.add(compared);
    }
    assert!(all.own > 10 * all.others, "{} draws by programs, {} by themselves", all.own, all.others);
}

#[test]
fn programs_play_the_scenarios_of_this_repository() {
    check_folder("scenarios");
}

#[test]
fn programs_play_the_oracles_cases() {
    check_folder("tests/oracle/cases");
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 250,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20_261_122),
        ..ProptestConfig::default()
    })]

    #[test]
    fn programs_play_random_scenarios(model in models()) {
        let played = model.play();
        prop_assume!(played.outcome.is_some());
        let compared = compare(played.outcome());
        prop_assert!(compared.found.is_empty(), "{}\n{}", model.text(), compared.found.join("\n"));
    }

    #[test]
    fn programs_play_random_instruments(company in companies(ALL)) {
        let played = company.play();
        prop_assume!(played.outcome.is_some());
        let compared = compare(played.outcome());
        prop_assert!(compared.found.is_empty(), "{}\n{}", company.text(), compared.found.join("\n"));
    }
}
