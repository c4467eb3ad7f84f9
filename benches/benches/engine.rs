//! The engine and the way to it, measured: `cargo bench -p capsim-benches`.

#![allow(clippy::panic, reason = "a bench that cannot read its own scenario is broken")]

use std::fmt::Write;
use std::hint::black_box;

use capsim::diagnostics::Bag;
use capsim::diagnostics::Code;
use capsim::diagnostics::Sources;
use capsim::document::FileRefusal;
use capsim::document::FileText;
use capsim::document::Files;
use capsim::document::Request;
use capsim::document::load;
use capsim::engine::Silent;
use capsim::engine::State;
use capsim::engine::play;
use capsim::engine::waterfall::Claim;
use capsim::engine::waterfall::Waterfall;
use capsim::outcome::breakpoints;
use capsim::outcome::run;
use capsim::plan::Plan;
use capsim::plan::plan;
use capsim::scenario::Scenario;
use capsim::scenario::scenario;
use capsim::units::Decimal;
use capsim::units::Exact;
use capsim::units::Scalar;
use divan::Bencher;
use divan::counter::ItemsCount;

fn main() {
    divan::main();
}

/// Texts held in memory, by name.
struct Texts(Vec<(String, String)>);

impl Files for Texts {
    fn read(&mut self, _: Option<&str>, path: &str) -> Result<FileText, FileRefusal> {
        let found = self.0.iter().find(|(name, _)| name == path);
        found
            .map(|(name, text)| FileText { key: name.clone(), name: name.clone(), bytes: text.clone().into_bytes() })
            .ok_or_else(|| FileRefusal { code: Code::FileMissing, message: path.to_owned(), help: String::new() })
    }
}

fn read(texts: Vec<(String, String)>, path: &str) -> Scenario {
    let mut bag = Bag::default();
    let mut sources = Sources::default();
    let request = Request { path: path.to_owned(), ..Request::default() };
    let document = load(&request, &mut Texts(texts), &mut sources, &mut bag);
    let scenario = document.and_then(|document| scenario(&document, &mut bag));
    let Some(scenario) = scenario else {
        let faults: Vec<&str> = bag.faults().iter().map(|fault| fault.message.as_str()).collect();
        panic!("{faults:?}");
    };
    scenario
}

fn openai() -> Vec<(String, String)> {
    let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    vec![
        file("base.toml", include_str!("../../scenarios/openai/base.toml")),
        file("amazon-50b.toml", include_str!("../../scenarios/openai/amazon-50b.toml")),
    ]
}

/// Many holders, many rounds, four investors a round.
fn large(holders: usize, rounds: usize) -> String {
    let mut text = String::from(
        "title = \"large\"\ncurrency = \"USD\"\nas_of = 2020-01-01\nrounding.shares = \"fractional\"\npool.plan = {}\n[holder]\n",
    );
    for holder in 0..holders {
        let _ = writeln!(text, "h{holder} = {{}}");
    }
    text.push_str("[opening]\ndate = 2020-01-01\n[opening.shares]\nplan = 1_000_000\n");
    for holder in 0..holders {
        let _ = writeln!(text, "h{holder} = {}", 1_000 + holder % 97);
    }
    for round in 0..rounds {
        let (year, month) = (2020 + round / 12, 1 + round % 12);
        let _ = writeln!(
            text,
            "[round.r{round}]\ndate = {year}-{month:02}-15\npre_money = \"{}M\"\npool = {{ id = \"plan\", target = \"5%\", counts = \"unallocated\", in = \"pre-money\" }}",
            100 + round * 7
        );
        for investor in 0..4 {
            let holder = (round * 4 + investor) % holders;
            let _ =
                writeln!(text, "tranche.t{investor} = {{ investor = \"h{holder}\", amount = \"{}M\" }}", 1 + investor);
        }
    }
    text
}

/// One round of four investors with a pool and five convertibles of different terms.
const ROUND: &str = r#"
title = "a round"
currency = "USD"
as_of = 2026-01-01
rounding.shares = "fractional"
pool.plan = {}
holder = { ada = {}, ben = {}, w = {}, x = {}, y = {}, z = {}, i = {} }
[opening]
date = 2025-01-01
shares = { ada = 5_000_000, ben = 4_000_000, plan = 1_000_000 }
[safe]
a = { holder = "w", date = 2025-02-01, amount = "500K", form = "post-money", cap = "10M" }
b = { holder = "x", date = 2025-03-01, amount = "500K", form = "post-money", cap = "15M", discount = "20%" }
c = { holder = "y", date = 2025-01-15, amount = "375K", form = "post-money", mfn = true }
d = { holder = "z", date = 2025-04-01, amount = "250K", form = "pre-money", cap = "9M" }
[note.e]
holder = "w"
date = 2025-05-01
amount = "300K"
interest = { rate = "6%/year", kind = "simple", count = "act/365", paid = "converts" }
discount = "25%"
[round.a]
date = 2026-03-15
pre_money = "40M"
conversions = "inside"
pool = { id = "plan", target = "10%", counts = "unallocated", in = "pre-money" }
tranche.w = { investor = "w", amount = "1M" }
tranche.x = { investor = "x", amount = "2M" }
tranche.y = { investor = "y", amount = "2M" }
tranche.i = { investor = "i", amount = "3M" }
"#;

/// The same round with many SAFEs.
fn many_safes(safes: usize) -> String {
    let mut text = String::from(
        "title = \"many\"\ncurrency = \"USD\"\nas_of = 2026-01-01\nrounding.shares = \"fractional\"\npool.plan = {}\nholder = { ada = {}, angel = {}, fund = {} }\n[opening]\ndate = 2025-01-01\nshares = { ada = 9_000_000, plan = 1_000_000 }\n[round.a]\ndate = 2026-03-15\npre_money = \"400M\"\nconversions = \"inside\"\npool = { id = \"plan\", target = \"10%\", counts = \"unallocated\", in = \"pre-money\" }\ntranche.fund = { investor = \"fund\", amount = \"50M\" }\n[safe]\n",
    );
    for safe in 0..safes {
        let _ = writeln!(
            text,
            "s{safe} = {{ holder = \"angel\", date = 2025-02-01, amount = {}, form = \"post-money\", cap = {}, discount = \"{}%\" }}",
            1_000 + safe % 89,
            100_000_000 + (safe % 997) * 1_000_000,
            5 + safe % 20,
        );
    }
    text
}

fn compiled(scenario: &Scenario) -> Plan {
    plan(scenario, &mut Bag::default())
}

fn figures<S: Scalar>(plan: &Plan) -> Vec<S> {
    plan.values.iter().map(|value| S::of(*value)).collect()
}

fn play_once<S: Scalar>(bencher: Bencher<'_, '_>, scenario: &Scenario) {
    let plan = compiled(scenario);
    let figures: Vec<S> = figures(&plan);
    let mut state = State::new(&plan);
    bencher.bench_local(move || {
        let done = play(black_box(&plan), &figures, &mut state, &mut Silent);
        black_box((done.is_ok(), state.fully_diluted))
    });
}

#[divan::bench]
fn amazon_50b_exact(bencher: Bencher<'_, '_>) {
    play_once::<Exact>(bencher, &read(openai(), "amazon-50b.toml"));
}

#[divan::bench]
fn amazon_50b_float(bencher: Bencher<'_, '_>) {
    play_once::<f64>(bencher, &read(openai(), "amazon-50b.toml"));
}

#[divan::bench]
fn amazon_50b_read_and_check(bencher: Bencher<'_, '_>) {
    bencher.bench(|| read(openai(), "amazon-50b.toml"));
}

/// Five convertibles, a pool and four investors, solved at once; the goal is 25 microseconds.
#[divan::bench]
fn five_convertibles_exact(bencher: Bencher<'_, '_>) {
    play_once::<Exact>(bencher, &read(vec![("round.toml".to_owned(), ROUND.to_owned())], "round.toml"));
}

/// The goal is 2 microseconds.
#[divan::bench]
fn five_convertibles_float(bencher: Bencher<'_, '_>) {
    play_once::<f64>(bencher, &read(vec![("round.toml".to_owned(), ROUND.to_owned())], "round.toml"));
}

/// Linear: time(10n) / time(n).
#[divan::bench(args = [100, 1_000, 10_000], sample_count = 10)]
fn safes_exact(bencher: Bencher<'_, '_>, safes: usize) {
    let scenario = read(vec![("many.toml".to_owned(), many_safes(safes))], "many.toml");
    play_once::<Exact>(bencher, &scenario);
}

#[divan::bench(args = [100, 1_000, 10_000], sample_count = 10)]
fn safes_float(bencher: Bencher<'_, '_>, safes: usize) {
    let scenario = read(vec![("many.toml".to_owned(), many_safes(safes))], "many.toml");
    play_once::<f64>(bencher, &scenario);
}

/// The reference model of six rounds, with a SAFE, a note and pro rata rights.
#[divan::bench]
fn mega_round_exact(bencher: Bencher<'_, '_>) {
    let text = include_str!("../../scenarios/bench/mega-round.toml").to_owned();
    play_once::<Exact>(bencher, &read(vec![("mega.toml".to_owned(), text)], "mega.toml"));
}

#[divan::bench]
fn mega_round_float(bencher: Bencher<'_, '_>) {
    let text = include_str!("../../scenarios/bench/mega-round.toml").to_owned();
    play_once::<f64>(bencher, &read(vec![("mega.toml".to_owned(), text)], "mega.toml"));
}

/// The engine alone on 100 rounds; time(10n) / time(n) shows how it grows.
#[divan::bench(args = [1_000, 10_000, 100_000], sample_count = 10)]
fn hundred_rounds_exact(bencher: Bencher<'_, '_>, holders: usize) {
    let scenario = read(vec![("large.toml".to_owned(), large(holders, 100))], "large.toml");
    let plan = compiled(&scenario);
    let figures: Vec<Exact> = figures(&plan);
    let mut state = State::new(&plan);
    bencher.counter(ItemsCount::new(holders)).bench_local(move || {
        let done = play(black_box(&plan), &figures, &mut state, &mut Silent);
        black_box((done.is_ok(), state.fully_diluted))
    });
}

#[divan::bench(args = [10, 100, 1_000], sample_count = 10)]
fn rounds_exact(bencher: Bencher<'_, '_>, rounds: usize) {
    let scenario = read(vec![("large.toml".to_owned(), large(1_000, rounds))], "large.toml");
    play_once::<Exact>(bencher, &scenario);
}

/// From text to a checked scenario.
#[divan::bench(args = [1_000, 10_000, 100_000], sample_count = 5)]
fn holders_read_and_check(bencher: Bencher<'_, '_>, holders: usize) {
    let text = large(holders, 100);
    bencher
        .counter(ItemsCount::new(holders))
        .bench(|| read(vec![("large.toml".to_owned(), text.clone())], "large.toml"));
}

/// Claims of every form: non-participating, participating, capped, options, and common stock.
fn claims<S: Scalar>(classes: usize) -> Vec<Claim<S>> {
    let number = |number: usize| S::of(Decimal::from(number));
    let mut all: Vec<Claim<S>> = (0..classes)
        .map(|class| {
            let shares = number(1_000_000 + class * 7_919 % 400_000);
            let fixed = number(2_000_000 + class * 104_729 % 9_000_000);
            let rank = u32::try_from(class % 5).unwrap_or(0);
            match class % 4 {
                0 | 1 => Claim::either(fixed, shares, rank),
                2 => Claim::capped(fixed, shares, fixed + fixed, rank),
                _ => Claim::common(shares).at_strike(fixed),
            }
        })
        .collect();
    all.push(Claim::common(number(8_000_000)));
    all
}

/// Sorts the claims, finds the value of a share, pays everybody.
fn waterfall<S: Scalar>(bencher: Bencher<'_, '_>, classes: usize) {
    let claims = claims::<S>(classes);
    let sum = S::of(Decimal::from(classes * 5_000_000));
    let mut waterfall = Waterfall::default();
    bencher.bench_local(move || {
        waterfall.fill(black_box(&claims).iter().copied());
        let level = waterfall.level(black_box(sum));
        (0..claims.len()).fold(S::ZERO, |paid, claim| paid + waterfall.pays(claim, &level))
    });
}

/// The goal for eight classes is 25 microseconds; it grows as n log n.
#[divan::bench(args = [8, 80, 800, 8_000])]
fn waterfall_exact(bencher: Bencher<'_, '_>, classes: usize) {
    waterfall::<Exact>(bencher, classes);
}

/// The goal for eight classes is 1 microsecond.
#[divan::bench(args = [8, 80, 800, 8_000])]
fn waterfall_float(bencher: Bencher<'_, '_>, classes: usize) {
    waterfall::<f64>(bencher, classes);
}

/// A company of so many preferred classes, sold.
fn sold(classes: usize) -> String {
    let mut text = String::from(
        "title = \"sold\"\ncurrency = \"USD\"\nas_of = 2026-01-01\nrounding.shares = \"fractional\"\nholder = { ada = {}, fund = {} }\n[exit.sale]\nkind = \"sale\"\ndate = 2026-06-30\nequity_value = \"400M\"\nfees = \"2%\"\n[opening]\ndate = 2025-01-01\nshares = { ada = 8_000_000 }\n[opening.position]\n",
    );
    for class in 0..classes {
        let shares = 1_000_000 + class * 7_919 % 400_000;
        let _ = writeln!(text, "p{class} = {{ holder = \"fund\", class = \"c{class}\", shares = {shares} }}");
    }
    text.push_str("[class]\n");
    for class in 0..classes {
        let terms = if class % 3 == 2 { "\"capped\", cap = 3" } else { "\"none\"" };
        let _ = writeln!(
            text,
            "c{class} = {{ kind = \"preferred\", issue_price = {}, preference = {{ multiple = 1, seniority = {}, participation = {terms} }} }}",
            1 + class % 11,
            1 + class % 6,
        );
    }
    text
}

/// A play with one sale.
#[divan::bench]
fn sale_of_eight_classes_exact(bencher: Bencher<'_, '_>) {
    play_once::<Exact>(bencher, &read(vec![("sold.toml".to_owned(), sold(8))], "sold.toml"));
}

#[divan::bench]
fn sale_of_eight_classes_float(bencher: Bencher<'_, '_>) {
    play_once::<f64>(bencher, &read(vec![("sold.toml".to_owned(), sold(8))], "sold.toml"));
}

/// All breakpoints, and who takes the next unit after each; the goal is 1 millisecond.
#[divan::bench]
fn breakpoints_of_thirty_classes(bencher: Bencher<'_, '_>) {
    let scenario = read(vec![("sold.toml".to_owned(), sold(30))], "sold.toml");
    let Some(outcome) = run(scenario, &mut Bag::default()) else { panic!("it cannot be played") };
    bencher.bench_local(|| breakpoints(black_box(&outcome), 0));
}

/// A company of many months, lines of cost and tranches, each with its growth, its parts in kind and its day.
fn treasury(months: usize, lines: usize, tranches: usize) -> String {
    let mut text = format!(
        "title = \"months\"\ncurrency = \"USD\"\nas_of = 2026-01-01\nhorizon = {:04}-{:02}-28\nrounding.shares = \"fractional\"\nholder = {{ a = {{}}, b = {{}} }}\n[opening]\ndate = 2026-01-01\nshares.a = 1_000_000\n[cash]\nopening = \"1B\"\nminimum = \"1M\"\ninterest = \"3%/year\"\n",
        2026 + (months - 1) / 12,
        (months - 1) % 12 + 1
    );
    text.push_str("[burn.plan]\nmeasure = \"cash\"\n[burn.plan.income.sales]\nrate = \"400K/month\"\ngrowth = \"1%/month\"\nlag_months = 2\n");
    for line in 0..lines {
        let _ = writeln!(
            text,
            "[burn.plan.cost.line-{line}]\nrate = \"{}K/month\"\ngrowth = \"3%/year\"\neligible = true",
            5 + line % 17
        );
    }
    text.push_str("[round.r]\ndate = 2026-01-01\npre_money = \"1B\"\n");
    for tranche in 0..tranches {
        let month = tranche % months.min(240);
        let _ = writeln!(
            text,
            "[round.r.tranche.t{tranche}]\ninvestor = \"b\"\namount = \"1M\"\ndate = {:04}-{:02}-15\nconsideration = {{ cash = \"80%\", compute = \"rest\" }}\ndrawdown = {{ months = 24, unused = \"carried\", eligible = \"30%\" }}",
            2026 + month / 12,
            month % 12 + 1
        );
    }
    text.push_str("[debt.line]\nkind = \"revolver\"\nlimit = \"50M\"\nfrom = 2026-01-01\nuntil = 2076-01-31\nrate = \"6%/year\"\ndraws = \"below-minimum\"\nrepayment = \"above-minimum\"\n");
    text
}

/// The goal: 600 months, 50 lines of cost and 200 tranches within ten milliseconds.
#[divan::bench(args = [(600, 50, 200), (1_200, 50, 200), (600, 100, 200), (600, 50, 400)])]
fn treasury_exact(bencher: Bencher<'_, '_>, (months, lines, tranches): (usize, usize, usize)) {
    let scenario = read(vec![("months.toml".to_owned(), treasury(months, lines, tranches))], "months.toml");
    play_once::<Exact>(bencher, &scenario);
}

#[divan::bench(args = [(600, 50, 200)])]
fn treasury_float(bencher: Bencher<'_, '_>, (months, lines, tranches): (usize, usize, usize)) {
    let scenario = read(vec![("months.toml".to_owned(), treasury(months, lines, tranches))], "months.toml");
    play_once::<f64>(bencher, &scenario);
}
