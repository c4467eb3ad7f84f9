//! Sums in other currencies: at which day's rate each is converted, and that nothing of a figure stays behind.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test says what it expects and fails where it is not so"
)]

mod common;

use capsim::diagnostics::Code;
use capsim::document::Request;
use capsim::outcome::Outcome;
use capsim::outcome::When;
use capsim::outcome::metrics;
use capsim::scenario::FigureEntry;
use capsim::studies::influences;
use capsim::units::Decimal;
use common::Played;
use common::Shelf;
use common::play;

/// One company in which everything that can be a sum is one of 100 or 1,000 euros, and every day has a rate of its own.
const EVERYTHING: &str = r#"
title = "Everything in euros"
currency = "USD"
as_of = 2026-02-10
horizon = 2028-12-31
rounding = { shares = "fractional" }

[fx.eur]
2025-01-01 = "1.01"    # the opening
2025-02-01 = "1.02"
2025-03-01 = "1.03"
2025-04-01 = "1.04"
2025-05-01 = "1.05"
2025-06-01 = "1.06"
2026-02-01 = "1.07"    # as_of
2026-03-01 = "1.08"
2026-04-01 = "1.09"
2026-05-01 = "1.10"
2026-06-01 = "1.11"
2026-07-01 = "1.12"
2026-10-01 = "1.13"
2027-01-01 = "1.14"
2027-04-01 = "1.15"
2028-01-01 = "1.16"

[holder]
ada = {}
ben = {}
fund = {}
angel = {}
cloud = {}

[pool]
plan = {}

[class.series-a]
kind = "preferred"
issue_price = "EUR 100"
preference = { amount = "€1K", seniority = 1, participation = "none" }

[opening]
date = 2025-01-15
shares = { ada = 1_000, ben = 500, plan = 500 }
position.early = { holder = "angel", class = "common", shares = 10, paid = "EUR 100", date = 2025-02-15 }
position.first = { holder = "angel", class = "common", shares = 10, paid = "EUR 100" }

[safe.angel]
holder = "angel"
date = 2025-03-15
amount = "EUR 1000"
cap = "EUR 100K"
form = "post-money"

[note.bridge]
holder = "fund"
date = 2025-04-15
amount = "EUR 1000"
interest = "none"
discount = "10%"
qualified = "EUR 100"
matures = 2028-12-01
at_maturity = "convert"
maturity_price = "EUR 100"

[grant.staff]
pool = "plan"
shares = 10
strike = "EUR 100"
date = 2025-05-15
vesting = "all"

[grant.first]
pool = "plan"
shares = 10
strike = "EUR 100"
vesting = "all"

[warrant]
dated = { holder = "ben", date = 2025-06-15, shares = 10, strike = "EUR 100", exercise = "cash" }
covering = { holder = "fund", coverage = "10%", of = "note.bridge", strike = "EUR 100", exercise = "cash" }
undated = { holder = "ben", shares = 10, strike = "EUR 100", exercise = "cash" }

[round.a]
date = 2026-03-31
class = "series-a"
conversions = "inside"
pre_money = "EUR 1M"
target = "EUR 1K"

[round.a.tranche]
lead = { investor = "fund", amount = "EUR 100" }
later = { investor = "fund", amount = "EUR 100", date = 2026-04-15, condition = "milestone", by = 2026-12-31, otherwise = "EUR 100" }
priced = { investor = "fund", amount = "EUR 100", date = 2026-05-15, price = "EUR 100" }

[condition.milestone]
expected = true

[secondary.block]
date = 2026-06-15
from = { ada = "100%" }
to = { fund = "100%" }
amount = "EUR 100"
price = "EUR 100"

[secondary.tender]
date = 2026-06-16
to = { fund = "100%" }
amount = "EUR 100"
offer.ben = { holder = "ben", shares = 1, price = "EUR 100" }

[change.bought]
date = 2026-07-15
kind = "repurchase"
holder = "ben"
shares = 1
price = "EUR 100"

[exit.sale]
kind = "sale"
date = 2027-04-15
enterprise_value = "EUR 10M"
debt = "EUR 100"
costs = "EUR 100"
carve_out.fixed = { amount = "EUR 100", to = { ada = "100%" } }
carve_out.stepped = { tier.low = { above = "EUR 100", rate = "5%" }, to = { ada = "100%" } }

[cash]
opening = "EUR 1M"
minimum = "EUR 100"

[burn.rate]
measure = "cash"
rate = "EUR 100/month"

[burn.years]
measure = "cash"
by_year = { 2026 = "EUR 100", 2027 = "EUR 100" }
through = { from = 2026, year = 2028, total = "EUR 1000", fill = "flat" }

[burn.quarters]
measure = "cash"
by_quarter = { 2026-q1 = 0, 2026-q2 = 0, 2026-q3 = 0, 2026-q4 = "EUR 100", 2027-q1 = 0, 2027-q2 = "EUR 100", 2027-q3 = 0, 2027-q4 = 0, 2028-q1 = 0, 2028-q2 = 0, 2028-q3 = 0, 2028-q4 = 0 }

[commitment.cloud]
to = "cloud"
amount = "EUR 100"
from = 2027-01-15
months = 12
within_burn = false
"#;

fn figure<'o>(outcome: &'o Outcome, path: &str) -> &'o FigureEntry {
    outcome.scenario.figures.find(path).unwrap_or_else(|| panic!("no figure {path}"))
}

fn number(text: &str) -> Decimal {
    Decimal::from_str_exact(text).expect("a number")
}

/// A small company with some lines of its own; its round is on 2026-03-31.
fn small(lines: &str, amount: &str) -> String {
    format!(
        r#"
        title = "One round"
        currency = "USD"
        as_of = 2026-01-29
        source.wire.title = "A report"
        holder = {{ ada = {{}}, fund = {{}} }}
        {lines}
        [opening]
        date = 2025-01-15
        fully_diluted = 1_000_000
        stake = {{ ada = "80%", fund = "20%" }}
        [round.seed]
        date = 2026-03-31
        pre_money = "8M"
        [round.seed.tranche.fund]
        investor = "fund"
        amount = {amount}
        "#
    )
}

fn results(played: &Played) -> Vec<(String, String)> {
    let all = metrics(played.outcome(), When::End);
    all.into_iter().map(|metric| (metric.path, metric.value.to_string())).collect()
}

fn codes(played: &Played) -> Vec<Code> {
    played.bag.faults().iter().map(|fault| fault.code).collect()
}

#[test]
fn each_sum_is_converted_at_the_rate_of_its_own_day() {
    let played = play(EVERYTHING);
    let outcome = played.outcome();
    let expected = [
        ("class.series-a.issue_price", "107"),
        ("class.series-a.preference.amount", "1070"),
        ("opening.position.early.paid", "102"),
        ("opening.position.first.paid", "101"),
        ("safe.angel.amount", "1030"),
        ("safe.angel.cap", "103000"),
        ("note.bridge.amount", "1040"),
        ("note.bridge.qualified", "104"),
        ("note.bridge.maturity_price", "104"),
        ("grant.staff.strike", "105"),
        ("grant.first.strike", "101"),
        ("warrant.dated.strike", "106"),
        ("warrant.covering.strike", "104"),
        ("warrant.undated.strike", "101"),
        ("round.a.pre_money", "1080000"),
        ("round.a.target", "1080"),
        ("round.a.tranche.lead.amount", "108"),
        ("round.a.tranche.later.amount", "109"),
        ("round.a.tranche.later.otherwise", "109"),
        ("round.a.tranche.priced.amount", "110"),
        ("round.a.tranche.priced.price", "110"),
        ("secondary.block.amount", "111"),
        ("secondary.block.price", "111"),
        ("secondary.tender.amount", "111"),
        ("secondary.tender.offer.ben.price", "111"),
        ("change.bought.price", "112"),
        ("exit.sale.enterprise_value", "11500000"),
        ("exit.sale.debt", "115"),
        ("exit.sale.costs", "115"),
        ("exit.sale.carve_out.fixed.amount", "115"),
        ("exit.sale.carve_out.stepped.tier.low.above", "115"),
        ("cash.opening", "1070000"),
        ("cash.minimum", "107"),
        ("burn.rate.rate", "107"),
        ("burn.years.by_year.2027", "114"),
        ("burn.years.through.total", "1070"),
        ("burn.quarters.by_quarter.2026-q4", "113"),
        ("burn.quarters.by_quarter.2027-q2", "115"),
        ("commitment.cloud.amount", "114"),
    ];
    for (path, value) in expected {
        assert_eq!(figure(outcome, path).value, number(value), "{path}");
        assert!(figure(outcome, path).converted.is_some(), "{path}");
    }
    // January 2026 is before the rate of February: that of June 2025 is still in force.
    assert_eq!(figure(outcome, "burn.years.by_year.2026").value, number("106"));
    // The list above is all of them.
    let converted = outcome.scenario.figures.iter().filter(|figure| figure.converted.is_some()).count();
    assert_eq!(converted, expected.len() + 1);
}

#[test]
fn the_results_are_those_of_the_same_sums_written_in_the_currency_of_the_file() {
    let played = play(EVERYTHING);
    let converted = played.outcome().scenario.figures.iter().filter(|figure| figure.converted.is_some());
    let mut places: Vec<_> = converted
        .map(|figure| {
            let period = figure.period.map_or_else(String::new, |period| format!("/{}", period.word()));
            let span = figure.span.expect("it is written");
            (span.start..span.end, format!("\"{}{period}\"", figure.value))
        })
        .collect();
    // From the end, so that the places before stay where they are.
    places.sort_by_key(|(place, _)| std::cmp::Reverse(place.start));
    let mut dollars = EVERYTHING.to_owned();
    for (place, digits) in places {
        dollars.replace_range(place, &digits);
    }
    dollars.replace_range(dollars.find("[fx.eur]").unwrap()..dollars.find("[holder]").unwrap(), "");
    assert!(!dollars.contains("EUR") && !dollars.contains('€'));
    assert_eq!(results(&played), results(&play(&dollars)));
}

#[test]
fn a_rate_is_in_force_from_its_day_until_the_next() {
    let fx = "fx.eur = { 2026-03-31 = \"1.08\", 2026-01-01 = \"1.05\", 2026-04-01 = \"1.20\" }";
    let played = play(&small(fx, "\"EUR 5M\""));
    let amount = figure(played.outcome(), "round.seed.tranche.fund.amount");
    assert_eq!((amount.value, amount.typed.as_str()), (number("5400000"), "EUR 5M"));
    let conversion = amount.converted.as_ref().expect("it is converted");
    assert_eq!(conversion.amount, number("5000000"));
    assert_eq!(conversion.on.to_string(), "2026-03-31");
    assert_eq!(played.outcome().scenario.figures.get(conversion.rate).unwrap().path, "fx.eur.2026-03-31");
    let origin = &played.result().sources["round.seed.tranche.fund.amount"];
    let said = origin.converted.as_ref().expect("the result says so");
    assert_eq!(
        (said.value.as_str(), said.rate.as_str(), said.on.as_str()),
        ("5400000", "fx.eur.2026-03-31", "2026-03-31")
    );
    assert_eq!(origin.value, "EUR 5M");
}

#[test]
fn a_day_before_every_rate_is_refused_and_so_is_a_currency_without_any() {
    let later = small("fx.eur.2026-04-01 = \"1.08\"", "\"EUR 5M\"");
    assert_eq!(codes(&play(&later)), [Code::WrongCurrency]);
    let other = small("fx.eur.2026-01-01 = \"1.08\"", "\"GBP 5M\"");
    assert_eq!(codes(&play(&other)), [Code::WrongCurrency]);
    // Each part is refused for itself.
    let parts = "{ value = \"GBP 5M\", low = \"CHF 1M\", high = \"EUR 9M\", reports = { wire = \"JPY 1B\" } }";
    let played = play(&small("fx.eur.2026-01-01 = \"1.08\"", parts));
    assert_eq!(codes(&played), [Code::WrongCurrency; 3]);
}

#[test]
fn every_part_of_a_figure_is_converted_before_they_are_compared() {
    let fx = "fx.eur.2026-01-01 = \"1.08\"";
    let good = [
        "{ value = \"EUR 5M\", low = \"5.3M\", high = \"5.5M\" }",
        "{ value = \"5.4M\", low = \"EUR 5M\", high = \"EUR 5M\" }",
        "{ value = \"EUR 5M\", low = \"USD 5.4M\", high = \"5.4M\", shape = \"uniform\" }",
        "{ value = \"5M\", p5 = \"EUR 4M\", p95 = \"4.4M\", shape = \"normal\" }",
        "{ value = \"EUR 5M\", sd = \"EUR 1M\", shape = \"normal\" }",
        "{ value = \"EUR 5M\", options = [\"EUR 5M\", \"5M\"], weights = [1, 2], shape = \"discrete\" }",
    ];
    for amount in good {
        let played = play(&small(fx, amount));
        assert_eq!(codes(&played), [], "{amount}");
        played.outcome();
    }
    let bad = [
        "{ value = \"EUR 5M\", low = \"5.5M\", high = \"6M\" }",
        "{ value = \"5.3M\", low = \"EUR 5M\", high = \"6M\" }",
        "{ value = \"USD 5M\", low = \"5.5M\", high = \"6M\" }",
        "{ value = \"5M\", p5 = \"EUR 4M\", p95 = \"4.3M\", shape = \"normal\" }",
    ];
    for amount in bad {
        assert_eq!(codes(&play(&small(fx, amount))), [Code::BadFigure], "{amount}");
    }
    // A part that cannot be converted is refused wherever it stands.
    for parts in ["low = \"GBP 5M\"", "high = \"GBP 5M\"", "p5 = \"GBP 4M\", p95 = \"6M\"", "sd = \"GBP 1M\""] {
        let shape = if parts.contains("GBP 5M") { "" } else { ", shape = \"normal\"" };
        let amount = format!("{{ value = \"5M\", {parts}{shape} }}");
        assert_eq!(codes(&play(&small(fx, &amount))), [Code::WrongCurrency], "{parts}");
    }
    let amount = "{ value = \"5M\", options = [\"GBP 5M\"], shape = \"discrete\" }";
    assert_eq!(codes(&play(&small(fx, amount))), [Code::WrongCurrency]);
}

#[test]
fn a_conversion_is_exact_or_refused() {
    let at = |rate: &str, amount: &str| play(&small(&format!("fx.jpy.2026-01-01 = \"{rate}\""), amount));
    let value = |played: &Played| figure(played.outcome(), "round.seed.tranche.fund.amount").value;
    assert_eq!(value(&at("0.0064", "\"JPY 750M\"")), number("4800000"));
    assert_eq!(value(&at("1:150", "\"¥750M\"")), number("5000000"));
    assert_eq!(codes(&at("1:151", "\"JPY 750M\"")), [Code::Arithmetic]);
    let many = at("0.006412345678901234", "\"JPY 750_000_000.123456789012\"");
    assert_eq!(codes(&many), [Code::Arithmetic]);
}

#[test]
fn rates_are_set_overlaid_and_removed_as_any_figure_is() {
    let base = small("fx.eur = { 2026-01-01 = \"1.08\", 2026-03-01 = \"1.10\" }", "\"EUR 5M\"");
    let over = "extends = \"base.toml\"\ntitle = \"Later\"\n[fx.eur]\nsource = \"wire\"\n2026-03-15 = \"1.12\"\n\
        [case.weak]\nfx.eur.2026-03-15 = 1\n[case.gone]\nremove = [\"fx.eur.2026-03-15\"]";
    let mut shelf = Shelf::default().with("base.toml", base).with("over.toml", over);
    let mut raised = |target: &str, set: &[&str], remove: &[&str]| {
        let (path, case) = target.split_once('@').map_or((target, None), |(path, case)| (path, Some(case)));
        let played = shelf.request(&Request {
            path: path.to_owned(),
            cases: case.into_iter().map(str::to_owned).collect(),
            set: set.iter().map(|text| (*text).to_owned()).collect(),
            remove: remove.iter().map(|text| (*text).to_owned()).collect(),
        });
        match &played.outcome {
            Some(outcome) => Ok(figure(outcome, "round.seed.tranche.fund.amount").value.normalize().to_string()),
            None => Err(codes(&played)),
        }
    };
    assert_eq!(raised("base.toml", &[], &[]).unwrap(), "5500000");
    assert_eq!(raised("over.toml", &[], &[]).unwrap(), "5600000");
    assert_eq!(raised("over.toml@weak", &[], &[]).unwrap(), "5000000");
    assert_eq!(raised("over.toml@gone", &[], &[]).unwrap(), "5500000");
    assert_eq!(raised("base.toml", &["fx.eur.2026-03-01=1.2"], &[]).unwrap(), "6000000");
    assert_eq!(raised("base.toml", &["fx.eur.2026-03-31=6:5"], &[]).unwrap(), "6000000");
    assert_eq!(raised("base.toml", &["fx.eur.2026-03-01.low=1"], &[]).unwrap(), "5500000");
    assert_eq!(raised("base.toml", &["round.seed.tranche.fund.amount=€1M"], &[]).unwrap(), "1100000");
    assert_eq!(raised("base.toml", &[], &["fx.eur.2026-03-01"]).unwrap(), "5400000");
    assert_eq!(raised("base.toml", &[], &["fx.eur"]).unwrap_err(), [Code::WrongCurrency]);
    assert_eq!(raised("base.toml", &["fx.gbp.2026-03-01=1.2"], &[]).unwrap_err(), [Code::UnknownPath]);
    assert_eq!(raised("base.toml", &["fx.eur.2026-02-30=1.2"], &[]).unwrap_err(), [Code::BadDate]);
    assert_eq!(raised("base.toml", &["fx.eur.2026=1.2"], &[]).unwrap_err(), [Code::UnknownPath]);
    // The whole table of rates belongs to one source.
    let played = shelf.play("over.toml", &[]);
    assert_eq!(figure(played.outcome(), "fx.eur.2026-03-15").sources, ["wire"]);
    assert!(figure(played.outcome(), "fx.eur.2026-01-01").sources.is_empty());
}

#[test]
fn a_result_hangs_on_the_rate_in_force_and_on_no_other() {
    let fx = "fx.eur = { 2026-01-01 = \"1.08\", 2026-03-01 = \"1.10\", 2026-04-01 = \"1.2\" }";
    let played = play(&small(fx, "\"EUR 5M\""));
    let outcome = played.outcome();
    let moving = influences(outcome, "raised.seed").expect("few figures");
    let paths: Vec<&str> = moving.iter().map(|id| outcome.scenario.figures.get(*id).unwrap().path.as_str()).collect();
    assert_eq!(paths, ["fx.eur.2026-03-01", "round.seed.tranche.fund.amount"]);
    // Rates of every month for years: those that convert nothing are not tried.
    let days =
        (1990..2026).flat_map(|year| (1..=12).map(move |month| format!("{year}-{month:02}-15 = \"1.{month:02}\"")));
    let fx = format!("[fx.eur]\n{}\n", days.collect::<Vec<_>>().join("\n"));
    let played = play(&small(&fx, "\"EUR 5M\""));
    let moving = influences(played.outcome(), "raised.seed").expect("few figures that are used");
    assert_eq!(moving.len(), 2);
}

#[test]
fn the_currency_of_the_file_has_no_rate() {
    let played = play(&small("fx.usd.2026-01-01 = 1", "\"5M\""));
    assert_eq!(codes(&played), [Code::UnusedKey]);
    // Rates that nothing uses are no fault: a base may hold them for others.
    assert_eq!(codes(&play(&small("fx.eur.2026-01-01 = 1", "\"5M\""))), []);
}
