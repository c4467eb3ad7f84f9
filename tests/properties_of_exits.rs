//! Invariants of exits over random companies, numbered as in the list of invariants (I-29 to I-40).
//!
//! I-33 and I-34, that nobody gains by another election, are in `waterfalls.rs`, against every combination of elections.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "a test says what it expects and fails where it is not so"
)]

mod common;

use std::fmt::Write;

use capsim::engine::Silent;
use capsim::engine::State;
use capsim::engine::play as play_plan;
use capsim::outcome::MetricValue;
use capsim::outcome::Outcome;
use capsim::outcome::breakpoints;
use capsim::outcome::metric;
use capsim::outcome::payments;
use capsim::outcome::payments_at;
use capsim::units::Decimal;
use capsim::units::Exact;
use capsim::units::Scalar;
use common::Shelf;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// A class, its holder and its terms.
#[derive(Debug, Clone)]
struct Class {
    shares: u64,
    /// In cents.
    price: u64,
    ratio: u8,
    multiple: u8,
    seniority: u8,
    participation: u8,
    dividend: u8,
    year: u16,
}

/// A company with an exit.
#[derive(Debug, Clone)]
struct Firm {
    common: Vec<u64>,
    classes: Vec<Class>,
    grants: Vec<(u64, u64, u8)>,
    safes: Vec<(u64, u64, u8)>,
    notes: Vec<(u64, u8)>,
    value: u64,
    debt: Option<u64>,
    fees: u8,
    costs: u64,
    carve_out: Option<(u8, u64, u8)>,
    is_wind_up: bool,
}

fn firms() -> impl Strategy<Value = Firm> {
    let class = (1u64..3_000, 10u64..900, 1u8..4, 0u8..4, 1u8..4, 0u8..4, 0u8..4, 2015u16..2024).prop_map(
        |(shares, price, ratio, multiple, seniority, participation, dividend, year)| Class {
            shares: shares * 1_000,
            price,
            ratio,
            multiple,
            seniority,
            participation,
            dividend,
            year,
        },
    );
    let grant = (1u64..500, 1u64..2_000, 0u8..3).prop_map(|(shares, strike, kind)| (shares * 1_000, strike, kind));
    let safe =
        (1u64..900, 2_000u64..90_000, 0u8..4).prop_map(|(amount, cap, kind)| (amount * 1_000, cap * 1_000, kind));
    let note = (1u64..900, 0u8..3).prop_map(|(amount, kind)| (amount * 1_000, kind));
    let deductions = (
        prop::option::weighted(0.4, 0u64..20_000_000),
        0u8..6,
        prop_oneof![Just(0u64), 1u64..900_000],
        prop::option::weighted(0.4, (0u8..20, 1u64..30_000_000, 0u8..20)),
    );
    (
        prop::collection::vec(1u64..9_000, 1..4),
        prop::collection::vec(class, 0..5),
        prop::collection::vec(grant, 0..3),
        prop::collection::vec(safe, 0..3),
        prop::collection::vec(note, 0..2),
        prop_oneof![1 => Just(0u64), 6 => 1u64..30_000_000, 6 => 1u64..400_000_000],
        deductions,
        prop::bool::weighted(0.2),
    )
        .prop_map(|(common, classes, grants, safes, notes, value, (debt, fees, costs, carve_out), is_wind_up)| {
            Firm {
                common: common.into_iter().map(|shares| shares * 1_000).collect(),
                classes,
                grants,
                safes,
                notes,
                value,
                debt,
                fees,
                costs,
                carve_out,
                is_wind_up,
            }
        })
}

impl Firm {
    /// As a scenario file.
    fn text(&self) -> String {
        let mut text =
            "title = \"A firm\"\ncurrency = \"USD\"\nas_of = 2025-01-01\nrounding = { shares = \"fractional\" }\n"
                .to_owned();
        let mut holders: Vec<String> = (0..self.common.len()).map(|index| format!("founder-{index}")).collect();
        holders.extend((0..self.classes.len()).map(|index| format!("fund-{index}")));
        holders.extend((0..self.safes.len()).map(|index| format!("angel-{index}")));
        holders.extend((0..self.notes.len()).map(|index| format!("lender-{index}")));
        for holder in &holders {
            writeln!(text, "holder.{holder} = {{}}").unwrap();
        }
        text.push_str("pool.plan = {}\n");
        for (index, class) in self.classes.iter().enumerate() {
            let participation = match class.participation {
                1 => "participation = \"full\"".to_owned(),
                2 => format!("participation = \"capped\", cap = {}", class.multiple + 1),
                _ => "participation = \"none\"".to_owned(),
            };
            let dividend = match class.dividend {
                1 => {
                    ", dividend = { rate = \"8%/year\", kind = \"cumulative\", compound = \"none\", count = \"act/365\", on_conversion = \"forfeited\" }"
                }
                2 => {
                    ", dividend = { rate = \"6%/year\", kind = \"cumulative\", compound = \"yearly\", count = \"30/360\", on_conversion = \"paid\" }"
                }
                3 => {
                    ", dividend = { rate = \"5%/year\", kind = \"cumulative\", compound = \"quarterly\", count = \"act/365\", on_conversion = \"converts\" }"
                }
                _ => "",
            };
            writeln!(
                text,
                "class.c{index} = {{ kind = \"preferred\", issue_price = {}, ratio = {}, preference = {{ multiple = {}, seniority = {}, {participation} }}{dividend} }}",
                Decimal::new(i64::try_from(class.price).unwrap(), 2),
                class.ratio,
                class.multiple,
                class.seniority
            )
            .unwrap();
        }
        text.push_str("[opening]\ndate = 2014-01-01\n[opening.shares]\nplan = 9_000_000\n");
        for (index, shares) in self.common.iter().enumerate() {
            writeln!(text, "founder-{index} = {shares}").unwrap();
        }
        text.push_str("[opening.position]\n");
        for (index, class) in self.classes.iter().enumerate() {
            let price = Decimal::new(i64::try_from(class.price).unwrap(), 2);
            writeln!(
                text,
                "p{index} = {{ holder = \"fund-{index}\", class = \"c{index}\", shares = {}, paid = {price}, date = {}-03-01 }}",
                class.shares, class.year
            )
            .unwrap();
        }
        for (index, (shares, strike, kind)) in self.grants.iter().enumerate() {
            let strike = Decimal::new(i64::try_from(*strike).unwrap(), 2);
            let vesting = match kind {
                0 => "\"all\"",
                1 => "{ months = 48, cliff = 12 }",
                _ => "{ months = 120, acceleration = { trigger = \"single\", part = \"50%\" } }",
            };
            writeln!(text, "[grant.g{index}]\npool = \"plan\"\nshares = {shares}\nstrike = {strike}\ndate = 2022-06-15\nvesting = {vesting}").unwrap();
        }
        for (index, (amount, cap, kind)) in self.safes.iter().enumerate() {
            let terms = match kind {
                0 => format!("form = \"post-money\"\ncap = {cap}"),
                1 => format!("form = \"pre-money\"\ncap = {cap}"),
                2 => "form = \"post-money\"\ndiscount = \"20%\"".to_owned(),
                _ => "form = \"post-money\"".to_owned(),
            };
            writeln!(text, "[safe.s{index}]\nholder = \"angel-{index}\"\ndate = 2024-02-01\namount = {amount}\nseniority = 2\n{terms}").unwrap();
        }
        for (index, (amount, kind)) in self.notes.iter().enumerate() {
            let terms = match kind {
                0 => "at_exit = \"repay\"",
                1 => "at_exit = { multiple = 2, converts = false }",
                _ => "cap = \"20M\"\ncap_counts = \"before-round\"\nat_exit = { converts = true }",
            };
            writeln!(text, "[note.n{index}]\nholder = \"lender-{index}\"\ndate = 2024-03-01\namount = {amount}\ninterest = {{ rate = \"6%/year\", kind = \"simple\", count = \"act/365\", paid = \"converts\" }}\n{terms}").unwrap();
        }
        let kind = if self.is_wind_up { "wind-up" } else { "sale" };
        writeln!(
            text,
            "[exit.end]\nkind = \"{kind}\"\ndate = 2025-06-30\nfees = \"{}%\"\ncosts = {}",
            self.fees, self.costs
        )
        .unwrap();
        match self.debt {
            None => writeln!(text, "equity_value = {}", self.value).unwrap(),
            Some(debt) => writeln!(text, "enterprise_value = {}\ndebt = {debt}", self.value).unwrap(),
        }
        if let Some((rate, above, more)) = self.carve_out {
            writeln!(text, "[exit.end.carve_out.team]\nrate = \"{rate}%\"\nto = {{ founder-0 = \"100%\" }}\ntier.more = {{ above = {above}, rate = \"{more}%\" }}").unwrap();
        }
        text
    }

    fn play(&self) -> Outcome {
        played(&self.text())
    }
}

fn played(text: &str) -> Outcome {
    let played = Shelf::default().with("firm.toml", text).play("firm.toml", &[]);
    match played.outcome {
        Some(outcome) => outcome,
        None => panic!("{:#?}\n{text}", played.faults()),
    }
}

fn number(value: Exact) -> Decimal {
    value.decimal().expect("a finished play holds numbers")
}

fn result(outcome: &Outcome, path: &str) -> Decimal {
    match metric(outcome, path).unwrap_or_else(|| panic!("no {path}"))[0].value {
        MetricValue::Number(number) => number,
        _ => panic!("{path} is no number"),
    }
}

/// What every holder takes, in the order of the owners.
fn taken(outcome: &Outcome, value: u64) -> Vec<Decimal> {
    let paid = payments_at(outcome, 0, Exact::of(Decimal::from(value))).unwrap();
    (0..outcome.scenario.owners.len()).map(|owner| number(paid.of(owner))).collect()
}

/// Two cents: payments are rounded one by one.
const CENTS: Decimal = Decimal::from_parts(2, 0, 0, false, 2);

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, rng_seed: RngSeed::Fixed(31), ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(160))]

    /// I-31, I-32, I-36: payments, deductions and what is left over are the value; none is negative, none above it.
    #[test]
    fn everything_is_paid(firm in firms()) {
        let outcome = firm.play();
        for value in [firm.value, 0, firm.value / 7, firm.value * 9 + 1] {
            let paid = payments_at(&outcome, 0, Exact::of(Decimal::from(value))).unwrap();
            let all = paid.all.iter().fold(paid.fees + paid.costs + paid.debt + paid.left_over, |sum, it| sum + it.amount);
            prop_assert_eq!(number(all), Decimal::from(value));
            for payment in &paid.all {
                let amount = number(payment.amount);
                prop_assert!(!amount.is_sign_negative() || amount.is_zero());
                prop_assert!(amount <= Decimal::from(value));
                prop_assert_eq!(amount, amount.round_dp(2), "to the cent");
            }
        }
    }

    /// I-29: nobody is paid less of more.
    #[test]
    fn more_is_never_less(firm in firms(), more in 1u64..5_000_000) {
        let outcome = firm.play();
        let (before, after) = (taken(&outcome, firm.value), taken(&outcome, firm.value + more));
        for (owner, (before, after)) in before.iter().zip(&after).enumerate() {
            prop_assert!(*after + CENTS >= *before, "owner {owner}: {before} and then {after}");
        }
    }

    /// Between two breakpoints everything is straight, and at each something turns.
    #[test]
    fn breakpoints_are_all_and_no_more(firm in firms()) {
        let outcome = firm.play();
        let points = breakpoints(&outcome, 0);
        prop_assert!(!points.is_empty());
        for (place, point) in points.iter().enumerate() {
            let parts = point.next.iter().fold(Exact::ZERO, |sum, (_, part)| sum + *part);
            let off = (number(parts) - Decimal::ONE).abs();
            prop_assert!(off < Decimal::from_parts(1, 0, 0, false, 9), "the parts of the next unit at {place} are {parts:?}");
            let end = points.get(place + 1).map_or(point.value + point.value + Exact::ONE, |next| next.value);
            let middle = (point.value + end) / Exact::of(Decimal::TWO);
            let at = |value: Exact| payments_at(&outcome, 0, value).unwrap();
            let (low, half, high) = (at(point.value), at(middle), at(end));
            for owner in 0..outcome.scenario.owners.len() {
                let straight = (number(low.of(owner)) + number(high.of(owner))) / Decimal::TWO;
                let off = (number(half.of(owner)) - straight).abs();
                // Each payment of an owner is rounded on its own.
                prop_assert!(off <= Decimal::new(10, 2), "owner {owner} from {:?}: off by {off}", point.value);
            }
        }
        for pair in points.windows(2) {
            prop_assert!(pair[0].value.decimal() < pair[1].value.decimal());
            prop_assert!(pair[0].next != pair[1].next);
        }
    }

    /// I-35: below a rank's preferences nothing reaches those below it, and it shares by what it is owed.
    #[test]
    fn ranks_are_paid_in_turn(firm in firms()) {
        let plain = Firm { safes: Vec::new(), notes: Vec::new(), grants: Vec::new(), ..firm };
        let mut classes = plain.classes.clone();
        for class in &mut classes {
            class.dividend = 0;
        }
        let plain = Firm { classes, debt: None, fees: 0, costs: 0, carve_out: None, ..plain };
        let outcome = plain.play();
        let owed = |class: &Class| Decimal::new(i64::try_from(class.shares * class.price).unwrap(), 2) * Decimal::from(class.multiple);
        let all: Decimal = plain.classes.iter().map(owed).sum();
        let value = Decimal::from(plain.value);
        if value > all {
            return Ok(());
        }
        for (index, class) in plain.classes.iter().enumerate() {
            let above: Decimal = plain.classes.iter().filter(|other| other.seniority > class.seniority).map(owed).sum();
            let rank: Decimal = plain.classes.iter().filter(|other| other.seniority == class.seniority).map(owed).sum();
            let there = (value - above).max(Decimal::ZERO).min(rank);
            let expected = if rank.is_zero() { Decimal::ZERO } else { there * owed(class) / rank };
            let paid = result(&outcome, &format!("payout.end.fund-{index}"));
            prop_assert!((paid - expected).abs() <= CENTS, "class {index}: {paid}, not {expected}");
        }
        prop_assert!(result(&outcome, "payout.end.founder-0") <= CENTS);
    }

    /// I-37: without preferences, strikes and loans everybody has its part of the shares.
    #[test]
    fn without_preferences_by_share(firm in firms()) {
        let mut classes = firm.classes.clone();
        for class in &mut classes {
            class.multiple = 0;
            class.participation = 0;
            class.dividend = 0;
        }
        let plain = Firm { classes, safes: Vec::new(), notes: Vec::new(), grants: Vec::new(), carve_out: None, ..firm };
        let outcome = plain.play();
        let left = result(&outcome, "exit.end.shared");
        let all: u64 = plain.common.iter().sum::<u64>()
            + plain.classes.iter().map(|class| class.shares * u64::from(class.ratio)).sum::<u64>();
        for (index, shares) in plain.common.iter().enumerate() {
            let expected = left * Decimal::from(*shares) / Decimal::from(all);
            let paid = result(&outcome, &format!("payout.end.founder-{index}"));
            prop_assert!((paid - expected).abs() <= CENTS);
        }
    }

    /// I-38: the more a class shares in the rest, the more it has.
    #[test]
    fn participation_is_worth_something(firm in firms()) {
        if firm.classes.is_empty() {
            return Ok(());
        }
        let with = |participation: u8| {
            let mut firm = firm.clone();
            firm.classes.truncate(1);
            firm.classes[0].participation = participation;
            result(&firm.play(), "payout.end.fund-0")
        };
        let (none, full, capped) = (with(0), with(1), with(2));
        prop_assert!(full + CENTS >= capped && capped + CENTS >= none, "{full} {capped} {none}");
    }

    /// I-30: a higher multiple of the class paid first never costs it, nor gains for the others.
    #[test]
    fn a_higher_multiple_gains(firm in firms()) {
        if firm.classes.is_empty() || firm.classes[0].participation == 2 {
            return Ok(());
        }
        let with = |multiple: u8| {
            let mut firm = firm.clone();
            for class in firm.classes.iter_mut().skip(1) {
                class.seniority = 1;
            }
            firm.classes[0].seniority = 9;
            firm.classes[0].multiple = multiple;
            let outcome = firm.play();
            let own = result(&outcome, "payout.end.fund-0");
            (own, result(&outcome, "exit.end.shared") - own)
        };
        let (less, more) = (with(1), with(3));
        prop_assert!(more.0 + CENTS >= less.0);
        prop_assert!(more.1 <= less.1 + CENTS);
    }

    /// I-39: an option is exercised where a share is worth more than its strike, and paid what lies above.
    #[test]
    fn strikes_count_once(firm in firms()) {
        let outcome = firm.play();
        let share = result(&outcome, "exit.end.share_value");
        for (index, (shares, strike, kind)) in firm.grants.iter().enumerate() {
            let path = format!("instrument_payout.end.g{index}");
            let Some(found) = metric(&outcome, &path) else { continue };
            let MetricValue::Number(paid) = found[0].value else { panic!("{path}") };
            let strike = Decimal::new(i64::try_from(*strike).unwrap(), 2);
            let elected = metric(&outcome, &format!("instrument_election.end.g{index}")).unwrap()[0].value.to_string();
            if *kind == 0 {
                let expected = Decimal::from(*shares) * (share - strike).max(Decimal::ZERO);
                prop_assert!((paid - expected).abs() <= CENTS, "{paid}, not {expected}");
            }
            if (share - strike).abs() > CENTS && paid > CENTS {
                prop_assert_eq!(elected == "exercised", share > strike);
            }
        }
    }

    /// I-40: a holder in two parts has what it had, and nobody else notices.
    #[test]
    fn two_halves_are_one(firm in firms()) {
        let mut halved = firm.clone();
        let first = halved.common[0];
        halved.common[0] = first / 2;
        halved.common.push(first - first / 2);
        let (one, two) = (firm.play(), halved.play());
        let of = |outcome: &Outcome, holder: &str| result(outcome, &format!("payout.end.{holder}"));
        let second = format!("founder-{}", firm.common.len());
        let together = of(&two, "founder-0") + of(&two, &second);
        prop_assert!((together - of(&one, "founder-0")).abs() <= CENTS);
        for index in 0..firm.classes.len() {
            let fund = format!("fund-{index}");
            prop_assert!((of(&one, &fund) - of(&two, &fund)).abs() <= CENTS);
        }
    }

    /// I-42: in which order classes are written changes nothing.
    #[test]
    fn order_in_the_file_is_no_rank(firm in firms()) {
        let mut turned = firm.clone();
        turned.classes.reverse();
        let (one, two) = (firm.play(), turned.play());
        let last = firm.classes.len();
        for index in 0..last {
            let paid = result(&one, &format!("payout.end.fund-{index}"));
            let other = result(&two, &format!("payout.end.fund-{}", last - 1 - index));
            prop_assert!((paid - other).abs() <= CENTS);
        }
    }

    /// The fast engine pays the same: to a billionth of the value.
    #[test]
    fn floats_pay_the_same(firm in firms()) {
        let outcome = firm.play();
        let figures: Vec<f64> = outcome.plan.values.iter().map(|value| f64::of(*value)).collect();
        let mut state = State::new(&outcome.plan);
        play_plan(&outcome.plan, &figures, &mut state, &mut Silent).unwrap();
        let exact = outcome.state.exits[0].as_ref().unwrap();
        let fast = state.exits[0].as_ref().unwrap();
        prop_assert_eq!(exact.payouts.len(), fast.payouts.len());
        let scale = (firm.value as f64).max(1.0);
        for ((payee, exact), (other, fast)) in exact.payouts.iter().zip(&fast.payouts) {
            prop_assert_eq!(payee, other);
            prop_assert!((exact.approximate() - fast).abs() <= 1e-9 * scale, "{payee:?}: {exact:?} and {fast}");
        }
    }

    /// Carve-outs apart, what holders are paid is the value of their returns.
    #[test]
    fn returns_are_of_what_is_paid(firm in firms()) {
        let outcome = firm.play();
        let paid = payments(&outcome, 0).unwrap();
        for (index, owner) in outcome.scenario.owners.iter().enumerate() {
            let carved = if owner.id == "founder-0" { number(paid.carve_outs()) } else { Decimal::ZERO };
            if let Some(found) = metric(&outcome, &format!("return.end.{}.value", owner.id)) {
                let MetricValue::Number(value) = found[0].value else { panic!() };
                prop_assert_eq!(value + carved, number(paid.of(index)));
            }
        }
    }
}
