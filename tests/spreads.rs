//! Ranges as they are read: in numbers, in the unit of the figure's own value.

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
use capsim::scenario::Bell;
use capsim::scenario::FigureEntry;
use capsim::scenario::Spread;
use capsim::units::Day;
use capsim::units::Decimal;
use common::Played;
use common::Shelf;

const SCENARIO: &str = r#"
title = "Every shape"
currency = "USD"
as_of = 2026-01-29
horizon = 2027-12-31
holder = { ada = {}, fund = {}, angel = {} }
fx.eur = { 2026-01-01 = { value = "1.1", low = "1", high = "1.2", shape = "pert" } }

[opening]
date = 2025-01-15
fully_diluted = 1_000_000
stake = { ada = "rest" }

[round.seed]
date = { value = 2026-03-31, sd = 30, low = 2026-02-01, shape = "normal" }
pre_money = { value = "8M", p5 = "6M", p95 = "12M", shape = "lognormal" }

[round.seed.tranche.fund]
investor = "fund"
amount = { value = "EUR 2M", low = "1M", high = "EUR 3M", shape = "triangular" }
probability = { value = "1/3", low = "0%", high = "2/3", shape = "uniform" }

[round.seed.tranche.angel]
investor = "angel"
amount = { value = "EUR 1M", sd = "EUR 100K", shape = "normal" }

[cash]
opening = { value = "3M", options = ["3M", "4M"], weights = [1, 3], shape = "discrete" }
minimum = { value = "0", low = "0", high = "1M" }

[burn.plan]
measure = "cash"
rate = { value = "300K/quarter", low = "90K/month", high = "2M/year", shape = "uniform" }
growth = { value = "2%/quarter", low = "2%/quarter", high = "2%/quarter", shape = "point" }

[correlation.size]
name = "Size and valuation"
between = ["round.seed.tranche.fund.amount", "round.seed.pre_money"]
rank = -0.5
"#;

fn played(set: &[&str]) -> Played {
    Shelf::default().with("s.toml", SCENARIO).play("s.toml", set)
}

fn codes(played: &Played) -> Vec<Code> {
    played.bag.sorted().iter().map(|diagnostic| diagnostic.code).collect()
}

fn spread_of(played: &Played, path: &str) -> Option<Spread> {
    figure(played, path).spread.clone()
}

fn figure<'p>(played: &'p Played, path: &str) -> &'p FigureEntry {
    let outcome = played.outcome.as_ref().unwrap_or_else(|| panic!("{:?}", played.bag.sorted()));
    outcome.scenario.figures.find(path).unwrap_or_else(|| panic!("no figure {path}"))
}

fn number(text: &str) -> Decimal {
    Decimal::from_str_exact(text).expect("a number")
}

#[test]
fn each_shape_is_in_the_unit_of_its_value() {
    let played = played(&[]);
    let n = number;
    let day = |text: &str| Decimal::from(Day::from_text(text).unwrap().number());
    for (path, wanted) in [
        ("fx.eur.2026-01-01", Spread::Pert { low: n("1"), mode: n("1.1"), high: n("1.2") }),
        (
            "round.seed.date",
            Spread::Normal {
                centre: Bell::Around { middle: day("2026-03-31"), width: n("30") },
                low: Some(day("2026-02-01")),
                high: None,
            },
        ),
        (
            "round.seed.pre_money",
            Spread::LogNormal { centre: Bell::Between { p5: n("6000000"), p95: n("12000000") }, low: None, high: None },
        ),
        (
            "round.seed.tranche.fund.amount",
            Spread::Triangular { low: n("1000000"), mode: n("2200000"), high: n("3300000") },
        ),
        (
            "round.seed.tranche.fund.probability",
            Spread::Uniform { low: n("0"), high: n("0.6666666666666666666666666667") },
        ),
        (
            "round.seed.tranche.angel.amount",
            Spread::Normal { centre: Bell::Around { middle: n("1100000"), width: n("110000") }, low: None, high: None },
        ),
        ("cash.opening", Spread::Discrete { options: vec![(n("3000000"), n("1")), (n("4000000"), n("3"))] }),
        ("burn.plan.rate", Spread::Uniform { low: n("270000"), high: n("500000") }),
    ] {
        assert_eq!(spread_of(&played, path), Some(wanted), "{path}");
    }
    assert_eq!(spread_of(&played, "burn.plan.growth"), None, "a point stays at its value");
    let minimum = figure(&played, "cash.minimum");
    assert_eq!((minimum.low(), minimum.high()), (Some(n("0")), Some(n("1000000"))));
    assert_eq!(minimum.spread, None, "a range without a shape is for sensitivity alone");
    assert!(figure(&played, "round.seed.tranche.angel.amount").converted.is_some());
    assert_eq!(codes(&played), [], "ten deviations above zero are no finding");
}

#[test]
fn a_correlation_is_between_two_figures_that_vary() {
    let played = played(&[]);
    let scenario = &played.outcome.as_ref().unwrap().scenario;
    let [correlation] = scenario.correlations.as_slice() else { panic!("one correlation") };
    let paths = correlation.between.map(|id| scenario.figures.get(id).unwrap().path.as_str());
    assert_eq!(paths, ["round.seed.tranche.fund.amount", "round.seed.pre_money"]);
    assert_eq!((correlation.id.as_str(), correlation.name.as_str()), ("size", "Size and valuation"));
    assert_eq!(scenario.figures.value(correlation.rank), number("-0.5"));
}

#[test]
fn an_overlay_that_holds_a_figure_leaves_its_correlation_out_and_says_so() {
    for set in ["round.seed.tranche.fund.amount=2M", "round.seed.post_money=11M"] {
        let played = played(&[set]);
        assert!(codes(&played).contains(&Code::HeldFixed), "{set}: {:?}", codes(&played));
        assert!(played.outcome.unwrap().scenario.correlations.is_empty(), "{set}");
    }
}

#[test]
fn a_range_of_one_number_is_allowed_in_every_shape() {
    for shape in [
        r#"low = "2M", high = "2M", shape = "uniform""#,
        r#"low = "2M", high = "2M", shape = "triangular""#,
        r#"low = "2M", high = "2M", shape = "pert""#,
        r#"sd = "0", shape = "normal""#,
        r#"p5 = "2M", p95 = "2M", shape = "normal""#,
        r#"sigma = 0, shape = "lognormal""#,
        r#"low = "2M", high = "2M", sigma = 1, shape = "lognormal""#,
        r#"options = ["2M"], shape = "discrete""#,
        r#"low = "2M", high = "2M", shape = "point""#,
    ] {
        let set = format!(r#"round.seed.tranche.angel.amount={{ value = "2M", {shape} }}"#);
        assert_eq!(codes(&played(&[set.as_str()])), [], "{shape}");
    }
}

#[test]
fn a_normal_that_nothing_cuts_off_is_a_finding_from_one_draw_in_a_million_on() {
    let with = |path: &str, text: &str| codes(&played(&[format!("{path}={{ {text} }}").as_str()]));
    let amount = "round.seed.tranche.angel.amount";
    assert_eq!(with(amount, r#"value = "476K", sd = "100K", shape = "normal""#), []);
    assert_eq!(with(amount, r#"value = "475K", sd = "100K", shape = "normal""#), [Code::NotCutOff]);
    assert_eq!(with(amount, r#"value = "475K", sd = "100K", low = "0", shape = "normal""#), []);
    // Half of what lies between the quantiles is 1.645 deviations.
    assert_eq!(with(amount, r#"value = "100K", p5 = "66K", p95 = "134K", shape = "normal""#), []);
    assert_eq!(with(amount, r#"value = "100K", p5 = "65K", p95 = "135K", shape = "normal""#), [Code::NotCutOff]);
    let chance = "round.seed.tranche.fund.probability";
    assert_eq!(with(chance, r#"value = "90%", sd = "3%", shape = "normal""#), [Code::NotCutOff], "past 100 %");
    assert_eq!(with(chance, r#"value = "90%", sd = "3%", high = "100%", shape = "normal""#), []);
    assert_eq!(with("cash.opening", r#"value = "1M", sd = "1M", shape = "normal""#), [], "cash may be negative");
}

#[test]
fn a_path_leads_to_one_figure() {
    let mut shelf = Shelf::of_folder("scenarios");
    let files: Vec<String> = shelf.0.keys().cloned().collect();
    let mut seen = 0;
    for file in files {
        let Some(outcome) = shelf.play(&file, &[]).outcome else { continue };
        let mut paths: Vec<&str> = outcome.scenario.figures.iter().map(|figure| figure.path.as_str()).collect();
        paths.sort_unstable();
        let twice: Vec<&&str> = paths.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| &pair[0]).collect();
        assert!(twice.is_empty(), "{file}: {twice:?}");
        seen += paths.len();
    }
    assert!(seen > 1_000, "{seen} figures");
}
