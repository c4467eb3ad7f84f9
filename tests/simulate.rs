//! What a simulation draws, against what is known of it without drawing: every shape's mean and distribution, ranks
//! that were asked for, points where nothing is open, and examples with an analytic answer.
//!
//! The distributions here are written anew, from their definitions; nothing of them comes from the library.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    clippy::excessive_precision,
    reason = "a test says what it expects and fails where it is not so"
)]

mod common;

use std::f64::consts::PI;

use capsim::diagnostics::Bag;
use capsim::diagnostics::Code;
use capsim::outcome::Measure;
use capsim::outcome::MetricValue;
use capsim::outcome::Outcome;
use capsim::outcome::When;
use capsim::outcome::metrics;
use capsim::studies::Change;
use capsim::studies::Goal;
use capsim::studies::Refused;
use capsim::studies::Unwatched;
use capsim::studies::simulate::Distribution;
use capsim::studies::simulate::Points;
use capsim::studies::simulate::Readings;
use capsim::studies::simulate::Sampler;
use capsim::studies::simulate::Simulation;
use capsim::studies::simulate::Summary;
use capsim::studies::simulate::Wanted;
use capsim::studies::simulate::chance;
use capsim::studies::simulate::simulate;
use capsim::studies::simulate::summary;
use capsim::units::Scalar;
use common::Shelf;
use common::play;

/// Plays draws of some results of an outcome that has no drawn days.
fn drawn(outcome: &Outcome, paths: &[&str], count: u64, seed: u64, points: Points) -> Simulation {
    let metrics = paths.iter().map(|path| ((*path).to_owned(), Measure::of_path(path))).collect();
    let wanted = Wanted { metrics, seed, first: 0, count, points };
    let player = |_: &Change| -> Result<Outcome, Box<Refused>> { panic!("no day is drawn") };
    let mut bag = Bag::default();
    let found = common::with_stack(|| simulate(outcome, &player, wanted, 2, &Unwatched, &mut bag));
    found.unwrap_or_else(|| panic!("{:?}", bag.sorted()))
}

fn column(simulation: &Simulation, result: usize) -> Vec<f64> {
    simulation.column(result).flatten().copied().collect()
}

/// Mean and standard error of a column.
fn mean(column: &[f64]) -> (f64, f64) {
    let n = column.len() as f64;
    let mean = column.iter().sum::<f64>() / n;
    let squares: f64 = column.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, (squares / (n - 1.0) / n).sqrt())
}

// ------------------------------------------------------------------------------- distributions, written anew

/// The density of the standard normal distribution.
fn bell(z: f64) -> f64 {
    (-z * z / 2.0).exp() / (2.0 * PI).sqrt()
}

/// What lies below `z`: Simpson's rule from nought, which the smooth bell takes well.
fn below(z: f64) -> f64 {
    if z.abs() > 9.0 {
        return if z > 0.0 { 1.0 } else { 0.0 };
    }
    let parts = 400;
    let step = z / f64::from(parts);
    let sum: f64 = (0..=parts)
        .map(|part| {
            let weight = if part == 0 || part == parts { 1.0 } else { 2.0 + 2.0 * f64::from(part % 2) };
            weight * bell(step * f64::from(part))
        })
        .sum();
    0.5 + sum * step / 3.0
}

/// A shape as a test knows it.
enum Known {
    Uniform(f64, f64),
    Triangular(f64, f64, f64),
    Pert(f64, f64, f64),
    /// Mean, deviation, ends.
    Normal(f64, f64, f64, f64),
    /// Median, deviation of the logarithm, ends.
    LogNormal(f64, f64, f64, f64),
    Discrete(&'static [(f64, f64)]),
}

const NONE: f64 = f64::INFINITY;

impl Known {
    /// Of a beta distribution on 0 to 1: what lies below `x`. With `x` the square of a sine nothing is singular.
    fn beta(alpha: f64, beta: f64, x: f64) -> f64 {
        let integral = |end: f64| {
            let parts = 600;
            let step = end / f64::from(parts);
            let at = |angle: f64| angle.sin().powf(2.0 * alpha - 1.0) * angle.cos().max(0.0).powf(2.0 * beta - 1.0);
            let sum: f64 = (0..=parts)
                .map(|part| {
                    let weight = if part == 0 || part == parts { 1.0 } else { 2.0 + 2.0 * f64::from(part % 2) };
                    weight * at(step * f64::from(part))
                })
                .sum();
            sum * step / 3.0
        };
        integral(x.sqrt().asin()) / integral(PI / 2.0)
    }

    /// The part of all draws at or below `x`.
    fn cdf(&self, x: f64) -> f64 {
        let cut = |z: &dyn Fn(f64) -> f64, low: f64, high: f64| {
            let (from, to) = (below(z(low)), if high == NONE { 1.0 } else { below(z(high)) });
            ((below(z(x)) - from) / (to - from)).clamp(0.0, 1.0)
        };
        match *self {
            Known::Uniform(low, high) => ((x - low) / (high - low)).clamp(0.0, 1.0),
            Known::Triangular(low, mode, high) if x < mode => (x - low).max(0.0).powi(2) / (high - low) / (mode - low),
            Known::Triangular(low, mode, high) => 1.0 - (high - x).max(0.0).powi(2) / (high - low) / (high - mode),
            Known::Pert(low, mode, high) => {
                let part = |length: f64| 1.0 + 4.0 * length / (high - low);
                Known::beta(part(mode - low), part(high - mode), ((x - low) / (high - low)).clamp(0.0, 1.0))
            }
            Known::Normal(mean, deviation, low, high) => cut(&|x| (x - mean) / deviation, low, high),
            Known::LogNormal(median, sigma, low, high) => cut(&|x| (x.max(1e-300) / median).ln() / sigma, low, high),
            Known::Discrete(options) => {
                let all: f64 = options.iter().map(|(_, weight)| weight).sum();
                options.iter().filter(|(value, _)| *value <= x).map(|(_, weight)| weight / all).sum()
            }
        }
    }

    fn mean(&self) -> f64 {
        match *self {
            Known::Uniform(low, high) => (low + high) / 2.0,
            Known::Triangular(low, mode, high) => (low + mode + high) / 3.0,
            Known::Pert(low, mode, high) => (low + 4.0 * mode + high) / 6.0,
            Known::Normal(mean, deviation, low, high) => {
                let (a, b) = ((low - mean) / deviation, (high - mean) / deviation);
                mean + deviation * (bell(a) - bell(b)) / (below(b) - below(a))
            }
            Known::LogNormal(median, sigma, low, high) => {
                let (a, b) = ((low.max(1e-300) / median).ln() / sigma, (high / median).ln() / sigma);
                let kept = (below(b - sigma) - below(a - sigma)) / (below(b) - below(a));
                median * (sigma * sigma / 2.0).exp() * kept
            }
            Known::Discrete(options) => {
                let all: f64 = options.iter().map(|(_, weight)| weight).sum();
                options.iter().map(|(value, weight)| value * weight / all).sum()
            }
        }
    }
}

/// The 95 % quantile of the standard normal distribution, from a table.
const AT_95: f64 = 1.644_853_626_951_472_7;

/// Every shape as it is written, and as it is known.
fn shapes() -> Vec<(&'static str, Known)> {
    vec![
        (r#"value = "2M", low = "1M", high = "3M", shape = "uniform""#, Known::Uniform(1e6, 3e6)),
        (r#"value = "1.5M", low = "1M", high = "4M", shape = "triangular""#, Known::Triangular(1e6, 1.5e6, 4e6)),
        (r#"value = "1M", low = "1M", high = "4M", shape = "triangular""#, Known::Triangular(1e6, 1e6, 4e6)),
        (r#"value = "4M", low = "1M", high = "4M", shape = "triangular""#, Known::Triangular(1e6, 4e6, 4e6)),
        (r#"value = "1.5M", low = "1M", high = "4M", shape = "pert""#, Known::Pert(1e6, 1.5e6, 4e6)),
        (r#"value = "4M", low = "1M", high = "4M", shape = "pert""#, Known::Pert(1e6, 4e6, 4e6)),
        (r#"value = "10M", sd = "1M", shape = "normal""#, Known::Normal(1e7, 1e6, -NONE, NONE)),
        (r#"value = "10M", p5 = "8M", p95 = "12M", shape = "normal""#, Known::Normal(1e7, 2e6 / AT_95, -NONE, NONE)),
        (
            r#"value = "10M", sd = "1M", low = "9.5M", high = "11M", shape = "normal""#,
            Known::Normal(1e7, 1e6, 9.5e6, 1.1e7),
        ),
        (r#"value = "1M", sd = "1M", low = "0", shape = "normal""#, Known::Normal(1e6, 1e6, 0.0, NONE)),
        (r#"value = "2M", sigma = 0.4, shape = "lognormal""#, Known::LogNormal(2e6, 0.4, 0.0, NONE)),
        (
            r#"value = "3M", p5 = "1M", p95 = "4M", shape = "lognormal""#,
            Known::LogNormal(2e6, 2f64.ln() / AT_95, 0.0, NONE),
        ),
        (
            r#"value = "2M", sigma = 0.8, low = "1M", high = "5M", shape = "lognormal""#,
            Known::LogNormal(2e6, 0.8, 1e6, 5e6),
        ),
        (r#"value = "2M", sigma = 0.8, high = "2.5M", shape = "lognormal""#, Known::LogNormal(2e6, 0.8, 0.0, 2.5e6)),
        (
            r#"value = "1M", options = ["1M", "2M", "5M"], weights = [1, 2, 5], shape = "discrete""#,
            Known::Discrete(&[(1e6, 1.0), (2e6, 2.0), (5e6, 5.0)]),
        ),
        (r#"value = "1M", options = ["1M", "5M"], shape = "discrete""#, Known::Discrete(&[(1e6, 1.0), (5e6, 1.0)])),
    ]
}

/// A company with a round a shape, a share a dollar: what a round raises is the number that was drawn.
fn rounds(shapes: &[&str], more: &str) -> String {
    let mut text = "title = \"Shapes\"\ncurrency = \"USD\"\nas_of = 2026-01-01\nholder = { ada = {}, fund = {} }\n\
                    opening = { date = 2025-01-01, fully_diluted = 10_000_000, stake = { ada = \"rest\" } }\n"
        .to_owned();
    for (place, shape) in shapes.iter().enumerate() {
        text += &format!(
            "[round.r{place}]\ndate = 2026-02-{:02}\nprice = 1\ntranche.fund = {{ investor = \"fund\", amount = {{ {shape} }} }}\n",
            place + 1
        );
    }
    text + more
}

fn raised(count: usize) -> Vec<String> {
    (0..count).map(|place| format!("raised.r{place}")).collect()
}

/// Kolmogorov's and Smirnov's distance of a column from a distribution, times the root of its length.
fn distance(column: &[f64], known: &Known) -> f64 {
    let n = column.len() as f64;
    let mut sorted = column.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    // At every so many draws: between two of them the distance cannot grow by more than their number.
    let steps = (1..=400).map(|step| (step * sorted.len() / 400 - 1, sorted[step * sorted.len() / 400 - 1]));
    let apart = steps.map(|(_, value)| {
        let counted = sorted.partition_point(|other| *other <= value) as f64 / n;
        (counted - known.cdf(value)).abs()
    });
    apart.fold(0.0, f64::max) * n.sqrt()
}

/// A distance that one column in two thousand has by chance.
const STRICT: f64 = 2.04;

#[test]
fn i_64_a_quantile_lies_where_its_distribution_says() {
    let known = shapes();
    let written: Vec<&str> = known.iter().map(|(text, _)| *text).collect();
    let played = play(&rounds(&written, ""));
    let figures = &played.outcome().scenario.figures;
    for (place, (text, known)) in known.iter().enumerate() {
        let figure = figures.find(&format!("round.r{place}.tranche.fund.amount")).expect("a figure");
        let distribution = Distribution::of(figure.spread.as_ref().expect("a shape"));
        let mut last = f64::NEG_INFINITY;
        for step in 0..1_000 {
            let u = (f64::from(step) + 0.5) / 1_000.0;
            let value = distribution.quantile(u);
            assert!(value >= last, "{text}: falls at {u}");
            last = value;
            if let Known::Discrete(_) = known {
                assert!(known.cdf(value) >= u && known.cdf(value - 1.0) <= u, "{text}: {value} at {u}");
            } else {
                assert!((known.cdf(value) - u).abs() < 2e-9, "{text}: {} below the quantile of {u}", known.cdf(value));
            }
        }
        for u in [1e-12, 1e-6, 1.0 - 1e-6, 1.0 - 1e-12] {
            let value = distribution.quantile(u);
            let lies = figure.low().is_none_or(|low| value >= f64::of(low))
                && figure.high().is_none_or(|high| value <= f64::of(high));
            assert!(value.is_finite() && lies, "{text}: {value} at {u}");
        }
    }
}

#[test]
fn i_64_every_shape_has_its_mean_and_its_distribution() {
    let known = shapes();
    let written: Vec<&str> = known.iter().map(|(text, _)| *text).collect();
    let played = play(&rounds(&written, ""));
    let paths = raised(known.len());
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    for seed in [1, 2] {
        let simulation = drawn(played.outcome(), &paths, 20_000, seed, Points::Random);
        assert!(simulation.refused.is_empty() && simulation.held.is_empty());
        assert_eq!(simulation.drawn.len(), known.len());
        for (place, (text, known)) in known.iter().enumerate() {
            let column = column(&simulation, place);
            let (found, error) = mean(&column);
            assert!((found - known.mean()).abs() < 4.5 * error, "{text}: {found} for {}", known.mean());
            let far = distance(&column, known);
            assert!(far < STRICT, "{text}: distance {far}");
            let of = summary(&simulation, place, &[0.05, 0.5, 0.95]);
            assert!((of.mean.unwrap() - found).abs() < 1e-9 * found);
            in_order(text, &of);
        }
    }
}

/// Quantiles rise, and none leaves the range of what was drawn.
fn in_order(text: &str, of: &Summary) {
    let quantiles: Vec<f64> = of.quantiles.iter().map(|(_, value)| value.expect("a quantile")).collect();
    let (least, most) = of.ends.expect("draws");
    assert!(least <= quantiles[0] && quantiles.is_sorted() && quantiles[quantiles.len() - 1] <= most, "{text}: {of:?}");
}

#[test]
fn i_64_what_happens_or_not_has_its_chance() {
    // A condition, an investor who may stay away, both at once, and a probability that is drawn itself.
    let text = r#"
title = "Chances"
currency = "USD"
as_of = 2026-01-01
holder = { ada = {}, fund = {} }
opening = { date = 2025-01-01, fully_diluted = 10_000_000, stake = { ada = "rest" } }
condition.licence = { expected = true, probability = "60%", by = 2026-09-30 }
condition.permit = { expected = false, probability = "1/3", by = 2026-09-30 }
condition.both = { all = ["licence", "permit"] }
condition.either = { any = ["licence", "permit"] }
[round.a]
date = 2026-02-01
price = 1
tranche.sure = { investor = "fund", amount = "1M" }
tranche.licence = { investor = "fund", amount = "10M", condition = "licence" }
[round.b]
date = 2026-02-02
price = 1
tranche.some = { investor = "fund", amount = "1M", probability = "30%" }
[round.c]
date = 2026-02-03
price = 1
tranche.some = { investor = "fund", amount = "1M", probability = { value = "1/4", low = "0%", high = "50%", shape = "uniform" } }
[round.d]
date = 2026-02-04
price = 1
tranche.sure = { investor = "fund", amount = "1M" }
tranche.both = { investor = "fund", amount = "10M", condition = "both" }
tranche.either = { investor = "fund", amount = "100M", condition = "either" }
"#;
    let played = play(text);
    let count = 20_000;
    let paths = ["raised.a", "raised.b", "raised.c", "raised.d"];
    let simulation = drawn(played.outcome(), &paths, count, 3, Points::Random);
    assert_eq!(
        simulation.drawn,
        [
            "round.c.tranche.some.probability",
            "condition.licence",
            "condition.permit",
            "round.b.tranche.some",
            "round.c.tranche.some"
        ]
    );
    let is = |result: usize, wanted: f64| -> f64 {
        let column = column(&simulation, result);
        column.iter().filter(|value| (**value - wanted).abs() < 1e-6).count() as f64 / count as f64
    };
    let near = |found: f64, chance: f64| {
        let error = (chance * (1.0 - chance) / count as f64).sqrt();
        assert!((found - chance).abs() < 4.5 * error, "{found} for {chance}");
    };
    near(is(0, 11e6), 0.6);
    near(is(0, 1e6), 0.4);
    near(is(1, 1e6), 0.3);
    near(is(2, 1e6), 0.25);
    near(is(3, 111e6), 0.2);
    near(is(3, 101e6), 0.6 + 1.0 / 3.0 - 0.4);
    near(is(3, 1e6), 0.4 * 2.0 / 3.0);
    // A round in which nobody takes part is not held, and raises nothing that could be counted.
    let of = summary(&simulation, 1, &[]);
    assert_eq!(of.counted + of.missing, count);
    near(of.missing as f64 / count as f64, 0.7);
}

// ------------------------------------------------------------------------------------- nothing is open (I-62)

/// Every result that is a number, as `run` has it.
fn numbers(outcome: &Outcome) -> Vec<(String, f64)> {
    let number = |value: &MetricValue| match value {
        MetricValue::Number(number) => Some(f64::of(*number)),
        MetricValue::Never => Some(f64::INFINITY),
        _ => None,
    };
    metrics(outcome, When::End)
        .iter()
        .filter_map(|metric| Some((metric.path.clone(), number(&metric.value)?)))
        .collect()
}

/// Every quantile of every result is what `run` says; gives how many results were looked at.
fn is_as_run(what: &str, outcome: &Outcome, draws: u64, points: Points) -> usize {
    let (readings, _) = Readings::of(
        &outcome.scenario,
        &outcome.plan,
        &numbers(outcome).into_iter().map(|(path, _)| path).collect::<Vec<_>>(),
    );
    let read: Vec<&str> = readings.all().iter().map(|reading| reading.path.as_str()).collect();
    let all = numbers(outcome);
    let known: Vec<&(String, f64)> = all.iter().filter(|(path, _)| read.contains(&path.as_str())).collect();
    let paths: Vec<&str> = known.iter().map(|(path, _)| path.as_str()).collect();
    let simulation = drawn(outcome, &paths, draws, 5, points);
    // What is left of large amounts is as near as they are.
    let largest = known
        .iter()
        .filter(|(path, value)| Measure::of_path(path) == Measure::Money && value.is_finite())
        .fold(0.0, |most: f64, (_, value)| most.max(value.abs()));
    for (place, (path, value)) in known.iter().enumerate() {
        let of = summary(&simulation, place, &[0.0, 0.05, 0.5, 0.95, 1.0]);
        let size = match of.measure {
            Measure::Money => largest,
            Measure::Months => value.abs().max(1.0),
            _ => value.abs(),
        };
        for (part, found) in &of.quantiles {
            let found = found.unwrap_or_else(|| panic!("{what}, {path}: no quantile"));
            let is_near = found == *value || (found - value).abs() <= 1e-9 * size;
            assert!(is_near, "{what}, {path}: {found} at {part}, {value} in `run`");
        }
        if value.is_finite() {
            let (least, most) = of.ends.expect("draws");
            assert_eq!(least.to_bits(), most.to_bits(), "{what}, {path}: {least} to {most}");
            assert_eq!((of.deviation, of.mean), (Some(0.0), Some(least)), "{what}, {path}");
        }
    }
    known.len()
}

#[test]
fn i_62_a_range_of_one_point_is_run_in_every_shape() {
    let shapes = [
        r#"value = "2.1M", low = "2.1M", high = "2.1M", shape = "uniform""#,
        r#"value = "2.1M", low = "2.1M", high = "2.1M", shape = "triangular""#,
        r#"value = "2.1M", low = "2.1M", high = "2.1M", shape = "pert""#,
        r#"value = "2.1M", low = "2.1M", high = "2.1M", sd = "1M", shape = "normal""#,
        r#"value = "2.1M", sd = "0", shape = "normal""#,
        r#"value = "2.1M", p5 = "2.1M", p95 = "2.1M", shape = "normal""#,
        r#"value = "2.1M", low = "2.1M", high = "2.1M", sigma = 1, shape = "lognormal""#,
        r#"value = "2.1M", sigma = 0, shape = "lognormal""#,
        r#"value = "2.1M", p5 = "2.1M", p95 = "2.1M", shape = "lognormal""#,
        r#"value = "2.1M", options = ["2.1M"], shape = "discrete""#,
        r#"value = "2.1M", options = ["2.1M", "9M"], weights = [1, 0], shape = "discrete""#,
        r#"value = "2.1M", low = "2.1M", high = "2.1M", shape = "point""#,
    ];
    let certain = r#"
[condition]
sure = { expected = true, probability = "100%" }
never = { expected = false, probability = "0%" }
[round.last]
date = 2026-05-01
pre_money = "50M"
tranche.one = { investor = "fund", amount = "2M", condition = "sure", probability = "100%" }
tranche.two = { investor = "fund", amount = "3M", condition = "never" }
"#;
    let played = play(&rounds(&shapes, certain));
    for points in [Points::Random, Points::Sobol] {
        assert!(is_as_run("points", played.outcome(), 100, points) > 40);
    }
}

#[test]
fn i_62_without_a_range_every_draw_is_run() {
    let mut shelf = Shelf::of_folder("scenarios");
    let files: Vec<String> = shelf.0.keys().cloned().collect();
    let (mut seen, mut looked) = (0, 0);
    for file in files {
        let played = shelf.play(&file, &[]);
        let Some(outcome) = &played.outcome else { continue };
        let is_open = outcome.scenario.figures.iter().any(|figure| figure.spread.is_some())
            || !Sampler::of(outcome, 1, Points::Random, &mut Bag::default()).paths().is_empty();
        if is_open || outcome.scenario.depends_on_burn() {
            continue;
        }
        looked += is_as_run(&file, outcome, 5, Points::Random);
        seen += 1;
    }
    assert!(seen >= 15 && looked > 500, "{seen} scenarios, {looked} results");
}

// ------------------------------------------------------------------------------------------------ correlation

/// Ranks of a column, 0 first.
fn ranks(column: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..column.len()).collect();
    order.sort_by(|a, b| column[*a].total_cmp(&column[*b]));
    let mut ranks = vec![0.0; column.len()];
    for (rank, place) in order.into_iter().enumerate() {
        ranks[place] = rank as f64;
    }
    ranks
}

/// Spearman's rank correlation of two columns without ties.
fn spearman(one: &[f64], other: &[f64]) -> f64 {
    let n = one.len() as f64;
    let squares: f64 = ranks(one).iter().zip(ranks(other)).map(|(a, b)| (a - b) * (a - b)).sum();
    1.0 - 6.0 * squares / (n * (n * n - 1.0))
}

fn between(id: &str, one: usize, other: usize, rank: &str) -> String {
    format!(
        "[correlation.{id}]\nbetween = [\"round.r{one}.tranche.fund.amount\", \"round.r{other}.tranche.fund.amount\"]\nrank = {rank}\n"
    )
}

#[test]
fn correlated_figures_have_the_ranks_asked_for_and_their_own_distributions() {
    let all = shapes();
    // A triangle, a beta, a normal that is cut off, a lognormal, a uniform: those without ties.
    let known: Vec<&(&str, Known)> = [1, 4, 8, 10, 0].iter().map(|place| &all[*place]).collect();
    let written: Vec<&str> = known.iter().map(|(text, _)| *text).collect();
    let paths = raised(known.len());
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let count = 10_000;
    let free = drawn(play(&rounds(&written, "")).outcome(), &paths, count, 4, Points::Random);
    for (first, second, third) in [("-0.9", "0.5", "-0.3"), ("0.7", "-0.6", "-0.2"), ("0", "0.2", "0.95")] {
        let more = between("a", 0, 3, first) + &between("b", 1, 2, second) + &between("c", 0, 1, third);
        let played = play(&rounds(&written, &more));
        let simulation = drawn(played.outcome(), &paths, count, 4, Points::Random);
        let columns: Vec<Vec<f64>> = (0..known.len()).map(|place| column(&simulation, place)).collect();
        for (one, other, asked) in [(0, 3, first), (1, 2, second), (0, 1, third)] {
            let asked: f64 = asked.parse().unwrap();
            let found = spearman(&columns[one], &columns[other]);
            // An upper bound of its standard error, for any rank.
            let error = (1.0 - asked * asked + 0.02) * 1.1 / (count as f64).sqrt();
            assert!((found - asked).abs() < 4.5 * error, "{found} for {asked}");
        }
        // Each keeps its own distribution, and what has no part in it keeps its very numbers.
        for ((text, known), column) in known.iter().zip(&columns) {
            let far = distance(column, known);
            assert!(far < STRICT, "{text}: distance {far}");
            let (found, error) = mean(column);
            assert!((found - known.mean()).abs() < 4.5 * error, "{text}: {found}");
        }
        assert!(columns[4] == column(&free, 4), "the one without a correlation");
        assert!(columns[0] == column(&free, 0) || spearman(&columns[0], &column(&free, 0)) > 0.999_999);
    }
}

#[test]
fn ranks_of_one_move_in_step() {
    let all = shapes();
    let written: Vec<&str> = [0, 4, 10].iter().map(|place| all[*place].0).collect();
    for (rank, wanted) in [("1", 1.0), ("-1", -1.0)] {
        let played =
            play(&rounds(&written, &(between("a", 0, 1, rank) + &between("b", 0, 2, "1") + &between("c", 1, 2, rank))));
        let simulation = drawn(played.outcome(), &["raised.r0", "raised.r1", "raised.r2"], 2_000, 4, Points::Random);
        let columns: Vec<Vec<f64>> = (0..3).map(|place| column(&simulation, place)).collect();
        assert!((spearman(&columns[0], &columns[1]) - wanted).abs() < 1e-6);
        assert!((spearman(&columns[0], &columns[2]) - 1.0).abs() < 1e-6);
    }
}

#[test]
fn ranks_that_cannot_hold_at_once_are_refused() {
    let all = shapes();
    let written: Vec<&str> = [0, 4, 10].iter().map(|place| all[*place].0).collect();
    let refused = |ranks: [&str; 3]| {
        let more = between("a", 0, 1, ranks[0]) + &between("b", 1, 2, ranks[1]) + &between("c", 0, 2, ranks[2]);
        let played = play(&rounds(&written, &more));
        let wanted = Wanted {
            metrics: vec![("raised.r0".to_owned(), Measure::Money)],
            seed: 1,
            first: 0,
            count: 10,
            points: Points::Random,
        };
        let player = |_: &Change| -> Result<Outcome, Box<Refused>> { panic!("no day is drawn") };
        let mut bag = Bag::default();
        let found = simulate(played.outcome(), &player, wanted, 1, &Unwatched, &mut bag);
        assert_eq!(found.is_none(), bag.refuses());
        bag.faults().first().map(|fault| (fault.code, fault.span.is_some()))
    };
    assert_eq!(refused(["0.9", "0.9", "-0.9"]), Some((Code::BadFigure, true)));
    assert_eq!(refused(["1", "1", "0.5"]), Some((Code::BadFigure, true)));
    assert_eq!(refused(["1", "1", "1"]), None);
    assert_eq!(refused(["1", "-1", "-1"]), None);
    assert_eq!(refused(["0.9", "0.9", "0.9"]), None);
    assert_eq!(refused(["0.5", "0.5", "-0.4"]), None);
    // A pair without a line has the rank zero.
    assert_eq!(refused(["0.9", "0.9", "0"]), Some((Code::BadFigure, true)));
}

// --------------------------------------------------------------------------------------------- evenly laid points

#[test]
fn even_points_bring_a_mean_nearer_than_random_ones() {
    let all = shapes();
    let written: Vec<&str> = [0, 1, 4, 8, 10].iter().map(|place| all[*place].0).collect();
    let played = play(&rounds(&written, ""));
    let paths = raised(written.len());
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let count = 4_096;
    let off = |points: Points| -> Vec<f64> {
        let mut squares = vec![0.0; written.len()];
        for seed in 1..=5 {
            let simulation = drawn(played.outcome(), &paths, count, seed, points);
            for (place, shape) in [0, 1, 4, 8, 10].into_iter().enumerate() {
                let (found, error) = mean(&column(&simulation, place));
                squares[place] += ((found - all[shape].1.mean()) / error).powi(2) / 5.0;
            }
        }
        squares.into_iter().map(f64::sqrt).collect()
    };
    // In standard errors of random points: about one, and far less.
    for (random, even) in off(Points::Random).into_iter().zip(off(Points::Sobol)) {
        assert!(random > 0.2 && random < 2.5, "{random}");
        assert!(even < 0.1 && even < random / 4.0, "{even}, {random} at random");
    }
}

// --------------------------------------------------------------------------- examples with an analytic answer

/// A preferred class of two of ten million shares, and a sale at a value that is drawn.
fn sale(value: &str, preference: &str) -> String {
    format!(
        r#"
title = "A sale"
currency = "USD"
as_of = 2026-01-01
horizon = 2027-12-31
rounding.shares = "fractional"
holder = {{ founders = {{}}, investor = {{}} }}
class.a = {{ kind = "preferred", issue_price = "2.5", preference = {{ {preference} }} }}
[opening]
date = 2025-01-01
shares = {{ founders = 8_000_000 }}
position.a = {{ holder = "investor", class = "a", shares = 2_000_000 }}
[exit.sale]
kind = "sale"
date = 2027-01-01
equity_value = {{ {value} }}
"#
    )
}

#[track_caller]
fn is_sampled(found: &[f64], wanted: f64) {
    let (mean, error) = mean(found);
    assert!((mean - wanted).abs() < 4.5 * error, "{mean} for {wanted}, error {error}");
}

#[test]
fn vector_mc_tri_1_a_triangle() {
    let text = rounds(&[r#"value = 30, low = 10, high = 80, shape = "triangular""#], "");
    let played = play(&text);
    let figure = played.outcome().scenario.figures.find("round.r0.tranche.fund.amount").unwrap();
    let distribution = Distribution::of(figure.spread.as_ref().unwrap());
    for (part, wanted) in
        [(0.1, 21.832_159_566_199_23), (0.5, 38.166_998_673_296_22), (0.9, 61.291_713_066_130_29), (2.0 / 7.0, 30.0)]
    {
        assert!((distribution.quantile(part) - wanted).abs() < 1e-9 * wanted, "{part}");
    }
    let simulation = drawn(played.outcome(), &["raised.r0"], 20_000, 6, Points::Random);
    is_sampled(&column(&simulation, 0), 40.0);
    let deviation = summary(&simulation, 0, &[]).deviation.unwrap();
    // Of a deviation the standard error is below that of a normal.
    assert!((deviation - 14.719_601_443_879_744).abs() < 4.5 * 14.72 / 40_000f64.sqrt(), "{deviation}");
}

#[test]
fn vector_mc_uniform_capped_a_participation_with_a_cap() {
    let preference = r#"multiple = 1, seniority = 1, participation = "capped", cap = 2"#;
    let text = sale(r#"value = "50M", low = "0", high = "100M", shape = "uniform""#, preference);
    let simulation = drawn(play(&text).outcome(), &["payout.sale.investor"], 10_000, 6, Points::Random);
    assert!(simulation.refused.is_empty(), "{:?}", simulation.refused.first());
    is_sampled(&column(&simulation, 0), 11_500_000.0);
    let even = drawn(play(&text).outcome(), &["payout.sale.investor"], 4_096, 6, Points::Sobol);
    assert!((mean(&column(&even, 0)).0 - 11_500_000.0).abs() < 10_000.0);
}

#[test]
fn vector_mc_exponential_an_exit_that_may_be_large() {
    // No shape is exponential: as many options as there are hundredths, each in the middle of its own.
    let options = 500;
    let value = |place: i32| -40e6 * (-(f64::from(place) + 0.5) / f64::from(options)).ln_1p();
    let list: Vec<String> = (0..options).map(|place| format!("\"{:.0}\"", value(place))).collect();
    let shape = format!(r#"value = {}, options = [{}], shape = "discrete""#, list[250], list.join(", "));
    let text = sale(&shape, r#"amount = "10M", seniority = 1, participation = "none""#);
    let played = play(&text);
    let paths = ["payout.sale.investor", "payout.sale.founders"];
    let simulation = drawn(played.outcome(), &paths, 10_000, 6, Points::Random);
    let (preferred, founders) = (column(&simulation, 0), column(&simulation, 1));
    is_sampled(&preferred, 11.140_007_052_025_325e6);
    let exits: Vec<f64> = preferred.iter().zip(&founders).map(|(a, b)| a + b).collect();
    is_sampled(&exits.iter().map(|value| value.min(1e7)).collect::<Vec<_>>(), 8.847_968_677_143_804e6);
    let goal = Goal::from_text("payout.sale.investor > 10M").unwrap();
    let found = chance(&simulation, &goal).unwrap();
    let (part, wanted) = (found.part().unwrap(), 0.286_504_796_860_190_1);
    assert!((part - wanted).abs() < 4.5 * found.error().unwrap() + 1.0 / f64::from(options), "{part}");
    let distribution = played.outcome().scenario.figures.find("exit.sale.equity_value").unwrap();
    let distribution = Distribution::of(distribution.spread.as_ref().unwrap());
    for (part, wanted) in [(0.5, 27.725_887_222_397_812e6), (0.9, 92.103_403_719_761_84e6)] {
        assert!((distribution.quantile(part) - wanted).abs() < 0.015 * wanted, "{part}");
    }
}

#[test]
fn vector_mc_survival_a_hazard_of_every_month() {
    let ids: Vec<String> = (1..=24).map(|month| format!("\"month-{month}\"")).collect();
    let conditions: String = (1..=24)
        .map(|month| format!("condition.month-{month} = {{ expected = true, probability = \"97%\" }}\n"))
        .collect();
    let text = format!(
        "title = \"Survival\"\ncurrency = \"USD\"\nas_of = 2026-01-01\nholder = {{ ada = {{}}, fund = {{}} }}\n\
         opening = {{ date = 2025-01-01, fully_diluted = 1_000, stake = {{ ada = \"rest\" }} }}\n{conditions}\
         condition.alive = {{ all = [{}] }}\n\
         [round.a]\ndate = 2026-02-01\nprice = 1\n\
         tranche.sure = {{ investor = \"fund\", amount = 1 }}\n\
         tranche.more = {{ investor = \"fund\", amount = 1, condition = \"alive\" }}\n",
        ids.join(", ")
    );
    let simulation = drawn(play(&text).outcome(), &["raised.a"], 20_000, 6, Points::Random);
    let alive: Vec<f64> = column(&simulation, 0).iter().map(|raised| raised - 1.0).collect();
    is_sampled(&alive, 0.481_417_221_911_723_37);
}
