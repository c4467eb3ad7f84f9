//! Invariants of money over time, over random companies: I-7, I-8 and I-25 of the list of invariants carried on to
//! tranches in parts, capacity in kind, debts and commitments, and what more must hold of months.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects and fails where it is not so"
)]

mod common;

use std::collections::BTreeMap;
use std::fmt::Write;

use capsim::outcome::Entry;
use capsim::outcome::MetricValue;
use capsim::outcome::Outcome;
use capsim::outcome::credits;
use capsim::outcome::metric;
use capsim::units::Decimal;
use capsim::units::Exact;
use capsim::units::Scalar;
use common::Played;
use common::play;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// One of the ways in which a tranche closes.
#[derive(Debug, Clone)]
struct Tranche {
    /// In thousands.
    amount: u32,
    way: u8,
    day: u8,
    in_kind: u8,
    carried: bool,
    met: bool,
}

/// A loan or a line.
#[derive(Debug, Clone)]
struct Debt {
    size: u32,
    from: u8,
    months: u8,
    rate: u8,
    way: u8,
    covenant: Option<u32>,
    called: bool,
}

/// A company over some months.
#[derive(Debug, Clone)]
struct Firm {
    first_day: u8,
    months: u8,
    cash: u32,
    minimum: u32,
    interest: Option<u8>,
    rate: u32,
    growth: u8,
    lines: Vec<(u16, u8, u8, bool)>,
    tranches: Vec<Tranche>,
    debts: Vec<Debt>,
    commitments: Vec<(u32, u8, u8, u8)>,
}

fn tranches() -> impl Strategy<Value = Tranche> {
    (1u32..3_000, 0u8..6, 0u8..20, 0u8..5, any::<bool>(), any::<bool>())
        .prop_map(|(amount, way, day, in_kind, carried, met)| Tranche { amount, way, day, in_kind, carried, met })
}

fn debts() -> impl Strategy<Value = Debt> {
    (1u32..2_000, 0u8..20, 2u8..30, 0u8..20, 0u8..5, prop::option::of(1u32..2_000), any::<bool>()).prop_map(
        |(size, from, months, rate, way, covenant, called)| Debt { size, from, months, rate, way, covenant, called },
    )
}

fn firms() -> impl Strategy<Value = Firm> {
    let money = (0u32..20_000, 0u32..2_000, prop::option::of(0u8..10));
    let burn = (1u32..900, 0u8..6, prop::collection::vec((1u16..300, 0u8..4, 0u8..3, any::<bool>()), 0..5));
    let promised = prop::collection::vec((1u32..6_000, 0u8..10, 1u8..30, 0u8..4), 0..4);
    (
        (1u8..28, 2u8..30),
        money,
        burn,
        prop::collection::vec(tranches(), 0..5),
        prop::collection::vec(debts(), 0..3),
        promised,
    )
        .prop_map(
            |((first_day, months), (cash, minimum, interest), (rate, growth, lines), tranches, debts, commitments)| {
                Firm { first_day, months, cash, minimum, interest, rate, growth, lines, tranches, debts, commitments }
            },
        )
}

/// The month so many after January 2026.
fn month(after: u32) -> String {
    format!("{:04}-{:02}", 2026 + after / 12, after % 12 + 1)
}

impl Firm {
    fn text(&self) -> String {
        let mut text = format!(
            "title = \"months\"\ncurrency = \"USD\"\nas_of = 2026-01-{:02}\nhorizon = {}-28\nrounding.shares = \"fractional\"\n",
            self.first_day,
            month(u32::from(self.months))
        );
        text.push_str("holder = { ada = {}, fund = {}, friend = {}, cloud = {}, bank = {} }\n[opening]\ndate = 2026-01-01\nshares.ada = 1_000_000\n");
        text.push_str("[condition.yes]\nexpected = true\ndate = 2026-03-03\n[condition.no]\nexpected = false\ndate = 2026-04-04\nby = 2026-09-30\n");
        let _ = writeln!(text, "[cash]\nopening = \"{}K\"\nminimum = \"{}K\"", self.cash, self.minimum);
        if let Some(interest) = self.interest {
            let _ = writeln!(text, "interest = \"{interest}%/year\"");
        }
        let _ = writeln!(
            text,
            "[burn.whole]\nmeasure = \"cash\"\nrate = \"{}K/month\"\ngrowth = \"{}%/quarter\"",
            self.rate, self.growth
        );
        if !self.lines.is_empty() {
            text.push_str("[burn.parts]\nmeasure = \"cash\"\nincome.sales = { rate = \"50K/month\", growth = \"3%/month\", lag_months = 1 }\n");
            for (index, (rate, way, lag, eligible)) in self.lines.iter().enumerate() {
                let _ = match way {
                    0 => writeln!(
                        text,
                        "cost.l{index} = {{ rate = \"{rate}K/month\", lag_months = {lag}, eligible = {eligible}, to = \"cloud\" }}"
                    ),
                    1 => writeln!(
                        text,
                        "cost.l{index} = {{ heads = {{ 2025-01-01 = 3, 2026-06-01 = {lag} }}, per_head = \"{rate}K/year\" }}"
                    ),
                    2 => writeln!(text, "cost.l{index} = {{ of_income = \"{}%\", eligible = {eligible} }}", rate % 60),
                    _ => writeln!(
                        text,
                        "cost.l{index} = {{ rate = \"{rate}K/quarter\", from = 2026-03-10, until = 2027-01-20, eligible = {eligible} }}"
                    ),
                };
            }
        }
        if !self.tranches.is_empty() {
            text.push_str("[round.a]\ndate = 2026-01-28\npre_money = \"20M\"\n");
            for (index, tranche) in self.tranches.iter().enumerate() {
                self.tranche(&mut text, index, tranche);
            }
        }
        for (index, debt) in self.debts.iter().enumerate() {
            debt.write(&mut text, index);
        }
        for (index, (amount, from, months, way)) in self.commitments.iter().enumerate() {
            let _ = writeln!(
                text,
                "[commitment.c{index}]\nto = \"cloud\"\namount = \"{amount}K\"\nfrom = {}-05\nmonths = {months}\nwithin_burn = {}\ntake_or_pay = {}",
                month(u32::from(*from)),
                way % 2 == 0,
                *way == 0
            );
        }
        text
    }

    fn tranche(&self, text: &mut String, index: usize, tranche: &Tranche) {
        let Tranche { amount, way, day, in_kind, carried, met } = tranche;
        let _ = writeln!(text, "[round.a.tranche.t{index}]\ninvestor = \"fund\"");
        let later = format!("{}-15", month(u32::from(*day) + 1));
        let _ = match way {
            0 => writeln!(text, "amount = \"{amount}K\""),
            1 => writeln!(text, "amount = \"{amount}K\"\ndate = {later}\npaid = {}-20", month(u32::from(*day) + 2)),
            2 => writeln!(
                text,
                "amount = \"{amount}K\"\ncalls = {{ {later} = \"{}K\", 2027-03-31 = \"{}K\" }}",
                amount / 3,
                amount / 4
            ),
            3 => writeln!(
                text,
                "amount_per_unit = \"{amount}K\"\nunit = \"unit\"\ndelivered = {{ {later} = 1, 2027-03-31 = \"0.5\" }}"
            ),
            4 => writeln!(
                text,
                "amount = \"{amount}K\"\nsyndicate.friend = \"{}K\"\ncondition = \"{}\"",
                amount / 4,
                if *met { "yes" } else { "no" }
            ),
            _ => writeln!(
                text,
                "amount = \"{amount}K\"\ndate = {later}\naccelerates = \"{}\"",
                if *met { "yes" } else { "no" }
            ),
        };
        if *in_kind > 0 {
            let _ = writeln!(
                text,
                "consideration = {{ cash = \"{}%\", compute = \"rest\" }}\ndrawdown = {{ months = {}, unused = \"{}\", eligible = \"{}%\" }}",
                100 - 20 * u32::from(*in_kind),
                3 + day,
                if *carried { "carried" } else { "lost" },
                10 * u32::from(*in_kind)
            );
        }
    }

    fn play(&self) -> Played {
        play(&self.text())
    }
}

impl Debt {
    fn write(&self, text: &mut String, index: usize) {
        let Debt { size, from, months, rate, way, covenant, called } = self;
        // Some are there before the projection begins.
        let first = 2_025 * 12 + 6 + u32::from(*from);
        let day = |ordinal: u32, day: u32| format!("{:04}-{:02}-{day:02}", ordinal / 12, ordinal % 12 + 1);
        let _ = writeln!(
            text,
            "[debt.d{index}]\nlender = \"bank\"\nfrom = {}\nuntil = {}\nrate = \"{rate}%/year\"\nfee = \"1%\"\nundrawn_fee = \"1%/year\"",
            day(first, 10),
            day(first + u32::from(*months), 20)
        );
        let _ = match way {
            0 => writeln!(text, "kind = \"term-loan\"\namount = \"{size}K\"\nrepayment = \"at-maturity\""),
            1 => writeln!(text, "kind = \"term-loan\"\namount = \"{size}K\"\nrepayment = \"monthly\""),
            2 => writeln!(
                text,
                "kind = \"term-loan\"\namount = \"{size}K\"\nrepayment = \"monthly\"\ndraws = \"schedule\"\nschedule = {{ {} = \"{}K\", {} = \"{}K\" }}",
                day(first, 12),
                size / 2,
                day(first + 1, 5),
                size / 3
            ),
            3 => writeln!(
                text,
                "kind = \"revolver\"\nlimit = \"{size}K\"\nrepayment = \"above-minimum\"\ndraws = \"below-minimum\""
            ),
            _ => writeln!(
                text,
                "kind = \"revolver\"\nlimit = \"{size}K\"\nrepayment = \"at-maturity\"\ndraws = \"below-minimum\""
            ),
        };
        if let Some(covenant) = covenant {
            let _ = writeln!(
                text,
                "covenant = \"{covenant}K\"\non_breach = \"{}\"",
                if *called { "called" } else { "reported" }
            );
        }
    }
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { rng_seed: RngSeed::Fixed(7), failure_persistence: None, ..ProptestConfig::with_cases(cases) }
}

/// Sums of large parts differ in the last digits.
fn same(a: Exact, b: Exact) -> bool {
    let (a, b) = (a.decimal().expect("a number"), b.decimal().expect("a number"));
    (a - b).abs() <= Decimal::new(1, 6).max(a.abs().max(b.abs()) * Decimal::new(1, 20))
}

fn number(outcome: &Outcome, path: &str) -> Decimal {
    match metric(outcome, path).and_then(|found| found.into_iter().next()).map(|metric| metric.value) {
        Some(MetricValue::Number(number)) => number,
        other => panic!("{path} is {other:?}"),
    }
}

/// Months until the money runs out; without end if it does not.
fn months(outcome: &Outcome, path: &str) -> Decimal {
    match metric(outcome, path).and_then(|found| found.into_iter().next()).map(|metric| metric.value) {
        Some(MetricValue::Number(number)) => number,
        Some(MetricValue::Never) => Decimal::MAX,
        other => panic!("{path} is {other:?}"),
    }
}

proptest! {
    #![proptest_config(config(300))]

    /// I-7 Every unit of cash has a counterparty: each month's end is its start and what the journal says came and
    /// went, and what arrives is what closings, in cash, say they paid in that month.
    #[test]
    fn i_07_balances_are_the_running_sum_of_the_journal(firm in firms()) {
        let played = firm.play();
        prop_assert!(played.outcome.is_some(), "{:?}\n{}", played.faults(), firm.text());
        let outcome = played.outcome();
        let unit = Exact::of(outcome.plan.treasury.denominator);
        let mut arrived: BTreeMap<usize, Exact> = BTreeMap::new();
        for posting in &outcome.journal.postings {
            if let Entry::Closed { closing, cash, .. } = posting.entry
                && let Some(month) = outcome.plan.closings[closing].cash_month
            {
                *arrived.entry(month).or_insert(Exact::ZERO) += cash;
            }
        }
        let opening = Exact::of(Decimal::from(firm.cash) * Decimal::ONE_THOUSAND);
        for record in &outcome.journal.runways {
            let mut balance = opening;
            for flow in &record.months {
                let came = arrived.get(&flow.month).copied().unwrap_or(Exact::ZERO);
                prop_assert!(same(flow.arrived / unit, came), "month {} of\n{}", flow.month, firm.text());
                let left = flow.burned - flow.in_kind + flow.committed + flow.shortfall + flow.cost + flow.repaid;
                balance += (flow.arrived + flow.earned + flow.drawn - left) / unit;
                prop_assert!(same(balance, flow.balance / unit), "month {} of\n{}", flow.month, firm.text());
            }
        }
    }

    /// I-7 for debts: what is owed is what was drawn less what was repaid, never below zero nor above the limit, and
    /// every month's draws, repayments and cost are those of its debts.
    #[test]
    fn i_07_debts_are_drawn_less_repaid(firm in firms()) {
        let played = firm.play();
        let outcome = played.outcome();
        for record in &outcome.journal.runways {
            for (index, debt) in firm.debts.iter().enumerate() {
                let flows: Vec<_> = record.debts.iter().filter(|flow| flow.debt == index).collect();
                let limit = Exact::of(Decimal::from(debt.size) * Decimal::ONE_THOUSAND * outcome.plan.treasury.denominator);
                for pair in flows.windows(2) {
                    let owed = pair[0].outstanding + pair[1].drawn - pair[1].repaid;
                    prop_assert!(same(owed, pair[1].outstanding), "{}", firm.text());
                }
                for flow in &flows {
                    let owed = flow.outstanding.decimal().unwrap();
                    prop_assert!(owed >= Decimal::ZERO && owed <= limit.decimal().unwrap(), "{owed}: {}", firm.text());
                }
                if let Some(last) = flows.last()
                    && outcome.plan.treasury.debts[index].is_ended
                    && outcome.plan.treasury.debts[index].last < i64::try_from(last.month).unwrap()
                {
                    prop_assert_eq!(last.outstanding, Exact::ZERO, "after its last day: {}", firm.text());
                }
            }
            for flow in &record.months {
                let of = record.debts.iter().filter(|debt| debt.month == flow.month);
                let sums = of.fold([Exact::ZERO; 3], |sums, debt| {
                    [sums[0] + debt.drawn, sums[1] + debt.repaid, sums[2] + debt.interest + debt.fees]
                });
                for (sum, part) in sums.into_iter().zip([flow.drawn, flow.repaid, flow.cost]) {
                    prop_assert!(same(sum, part), "{}", firm.text());
                }
            }
        }
    }

    /// I-7 for capacity in kind: what became available was used, lost or is there; no month pays more than can be paid
    /// for; and in all no more is used than came.
    #[test]
    fn i_07_capacity_in_kind_is_used_lost_or_there(firm in firms()) {
        let played = firm.play();
        let outcome = played.outcome();
        for record in &outcome.journal.runways {
            for used in credits(outcome, record) {
                prop_assert!(same(used.granted, used.used + used.lost + used.unused), "{used:?}\n{}", firm.text());
                prop_assert!(used.granted.lt(used.came + Exact::of(Decimal::new(1, 6))) == capsim::units::Decided::Yes, "{used:?}");
            }
            for flow in &record.months {
                let of = record.credits.iter().filter(|credit| credit.month == flow.month);
                let used = of.fold(Exact::ZERO, |sum, credit| sum + credit.used);
                prop_assert!(same(used, flow.in_kind), "{}", firm.text());
            }
        }
    }

    /// I-8 carried on: what is placed with others, and a closing in parts, moves no share and no money but its own:
    /// committed is what was asked for, and what is funded never exceeds it.
    #[test]
    fn i_08_parts_and_placements_add_up(firm in firms()) {
        let played = firm.play();
        let outcome = played.outcome();
        let asked: Decimal = firm
            .tranches
            .iter()
            .map(|tranche| {
                let units = if tranche.way == 3 { Decimal::new(15, 1) } else { Decimal::ONE };
                Decimal::from(tranche.amount) * Decimal::ONE_THOUSAND * units
            })
            .sum();
        let of = |what: &str| {
            let path = |holder: &str| match what {
                "called" => format!("called.{holder}"),
                _ => format!("flow.{holder}.{what}"),
            };
            ["fund", "friend"].iter().map(|holder| number(outcome, &path(holder))).sum::<Decimal>()
        };
        if !firm.tranches.is_empty() {
            prop_assert!(same(Exact::of(of("committed")), Exact::of(asked)), "{}", firm.text());
            prop_assert!(of("invested") <= asked + Decimal::new(1, 6), "{}", firm.text());
            prop_assert!(of("invested") <= of("called") + Decimal::new(1, 6), "{}", firm.text());
        }
    }

    /// I-25 carried on: a company with more cash, all else equal, runs out no earlier under any report, and lacks no more.
    #[test]
    fn i_25_more_cash_never_shortens_the_runway(firm in firms(), more in 1u32..5_000) {
        // A covenant may call a loan in one and not in the other, and what is called costs no interest later.
        let firm = Firm { debts: firm.debts.into_iter().map(|debt| Debt { covenant: None, ..debt }).collect(), ..firm };
        let richer = Firm { cash: firm.cash + more, ..firm.clone() };
        let (a, b) = (firm.play(), richer.play());
        for burn in ["whole", "parts"].into_iter().take(if firm.lines.is_empty() { 1 } else { 2 }) {
            let path = format!("runway.{burn}.months");
            prop_assert!(months(a.outcome(), &path) <= months(b.outcome(), &path), "{burn}: {}", firm.text());
            let path = format!("runway.{burn}.gap");
            let (poor, rich) = (number(a.outcome(), &path), number(b.outcome(), &path));
            prop_assert!(rich <= poor + Decimal::new(1, 6), "{burn}: {}", firm.text());
        }
    }

    /// Capacity in kind is worth no more than cash of the same amount, and no less than nothing.
    #[test]
    fn capacity_in_kind_lies_between_nothing_and_cash(firm in firms()) {
        // Swept lines and interest trade months against each other; the bare balance cannot.
        let firm = Firm { debts: Vec::new(), interest: None, ..firm };
        let played = firm.play();
        let outcome = played.outcome();
        for burn in ["whole", "parts"].into_iter().take(if firm.lines.is_empty() { 1 } else { 2 }) {
            let path = |name: &str| format!("runway.{burn}.{name}");
            if metric(outcome, &path("without_in_kind")).is_some() {
                let (without, with) = (months(outcome, &path("without_in_kind")), months(outcome, &path("months")));
                prop_assert!(without <= with, "{}", firm.text());
            }
        }
    }
}

/// A round raised when needed leaves each report with more months than it asks for, or its limit is reached; the money
/// of the round is what the deciding report says, and each report's play is the one `@burn` reads.
#[test]
fn what_is_raised_lifts_the_runway_above_its_trigger() {
    for (rate, growth, below, buys) in [(100, 0, 6, 12), (100, 3, 9, 18), (250, 1, 12, 24), (60, 5, 6, 9)] {
        let text = format!(
            "title = \"raised\"\ncurrency = \"USD\"\nas_of = 2026-01-01\nhorizon = 2029-12-31\nrounding.shares = \"fractional\"\nholder = {{ ada = {{}}, fund = {{}} }}\n[opening]\ndate = 2026-01-01\nshares.ada = 1_000_000\n[round.seed]\ndate = 2026-01-01\npre_money = \"10M\"\ntranche.fund = {{ investor = \"fund\", amount = \"2M\" }}\n[round.next]\nwhen = {{ runway_below = {below}, times = 9 }}\nstep_up = \"1.2\"\ntranche.fund = {{ investor = \"fund\", burn_months = {buys} }}\n[cash]\nopening = \"1M\"\nmain_burn = \"plan\"\n[burn.plan]\nmeasure = \"cash\"\nrate = \"{rate}K/month\"\ngrowth = \"{growth}%/month\"\n[burn.twice]\nmeasure = \"cash\"\nrate = \"{}K/month\"\n",
            2 * rate
        );
        let played = play(&text);
        let outcome = played.outcome();
        for (index, burn) in outcome.scenario.burns.iter().enumerate() {
            let under = outcome.under_burn(index).expect("a play");
            let raised = &under.scenario.raises[0].raised;
            assert!(!raised.is_empty(), "{}: {text}", burn.id);
            assert_eq!(months(under, &format!("runway.{}.months", burn.id)), Decimal::MAX, "{}: {text}", burn.id);
            assert_eq!(
                number(outcome, &format!("ownership.ada@burn.{}", burn.id)),
                number(under, "ownership.ada"),
                "{}",
                burn.id
            );
            // Each round buys as many months as it says, of what the report then burns.
            for (number_of, day) in raised.iter().enumerate() {
                let start = under.plan.treasury.months.iter().position(|month| month.first == *day).expect("a month");
                let record = &under.journal.runways[index];
                let unit = Exact::of(under.plan.treasury.denominator);
                let all = record.months.iter().map(|flow| flow.burned / unit);
                let last = record.months.last().expect("a month").burned / unit;
                let wanted =
                    all.skip(start).chain(std::iter::repeat(last)).take(buys).fold(Exact::ZERO, |sum, it| sum + it);
                let got = number(under, &format!("raised.next-{}", number_of + 1));
                assert!(same(Exact::of(got), wanted), "{}: {got} for {wanted:?}\n{text}", burn.id);
            }
        }
    }
}
