//! `simulate`.

use std::path::Component;
use std::path::Path;
use std::path::PathBuf;

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::exchange::digest;
use crate::outcome::Measure;
use crate::outcome::Outcome;
use crate::report::Simulated;
use crate::report::simulation_grid;
use crate::report::simulation_page;
use crate::studies::Goal;
use crate::studies::Target;
use crate::studies::Unwatched;
use crate::studies::in_order;
use crate::studies::results;
use crate::studies::simulate::About;
use crate::studies::simulate::CHUNK;
use crate::studies::simulate::Chance;
use crate::studies::simulate::GENERATOR;
use crate::studies::simulate::Points;
use crate::studies::simulate::RefusedDraw;
use crate::studies::simulate::Route;
use crate::studies::simulate::Simulation;
use crate::studies::simulate::Summary;
use crate::studies::simulate::Wanted;
use crate::studies::simulate::chance;
use crate::studies::simulate::merged;
use crate::studies::simulate::read_draws;
use crate::studies::simulate::round_of;
use crate::studies::simulate::simulate as draw_and_play;
use crate::studies::simulate::summary;
use crate::studies::simulate::written_draws;
use crate::units::Decimal;
use crate::units::Scalar;

use super::super::args::Colour;
use super::super::args::Draws;
use super::super::args::Effort;
use super::super::args::Simulate;
use super::super::exit::Exit;
use super::super::files::is_same_file;
use super::super::files::reason;
use super::super::load::Studied;
use super::super::progress::Progress;
use super::super::screen::complain;
use super::super::screen::put;
use super::refuse;
use super::refuse_one;
use super::run::notice;
use super::study::base;
use super::study::no_result;
use super::study::put_out;
use super::study::studied;
use super::study::threads;

/// Draws, plays and sums up.
pub(super) fn simulate(args: &Simulate, colour: Colour) -> Exit {
    let made = goals(&args.draws.probabilities).and_then(|goals| Ok((goals, parts(&args.quantiles)?)));
    let (goals, parts) = match made {
        Ok(made) => made,
        Err(fault) => return refuse_one(&fault, colour),
    };
    let simulated = match &args.merge[..] {
        [] => {
            let Some(file) = &args.file else {
                let fault = Diagnostic::new(Code::FileMissing, "there is no scenario file to simulate");
                return refuse_one(&fault.help("name one, or slices that were simulated with --merge"), colour);
            };
            studied(file, &args.changes, &args.output, colour).and_then(|studied| {
                spared(&studied, args)?;
                simulated(&studied, file, &args.draws, &args.effort, &goals, colour)
            })
        }
        files => merge(files, args, colour),
    };
    let (about, simulation) = match simulated {
        Ok(simulated) => simulated,
        Err(exit) => return exit,
    };
    if simulation.draws() == 0 && simulation.asked > 0 {
        complain("stopped before the first draws were done");
        return Exit::Interrupted;
    }
    let chances = match said(&simulation, &goals) {
        Ok(chances) => chances,
        Err(fault) => return refuse_one(&fault, colour),
    };
    if let Some(path) = &args.per_draw {
        match put(&written_draws(&simulation, &about), Some(path)) {
            Exit::Done => {}
            exit => return exit,
        }
    }
    let results = simulation.wanted.metrics.len();
    let summed = in_order(results, threads(&args.effort), &Unwatched, |result| summary(&simulation, result, &parts));
    let is_merged = !args.merge.is_empty();
    let is_shown = |summary: &Summary| is_merged || !only_said(&args.draws.metrics, &goals, &summary.path);
    let shown: Vec<Summary> = summed.unwrap_or_default().into_iter().filter(is_shown).collect();
    let of = Simulated {
        title: &about.title,
        file: &about.file,
        currency: &about.currency,
        simulation: &simulation,
        summaries: &shown,
        chances: &chances,
        is_difference: false,
    };
    let exit = put_out(
        || simulation_page(&of),
        || simulation_grid(&of),
        || object(&simulation, &about, &shown, &chances),
        &args.output,
        colour,
    );
    match exit {
        Exit::Done if !simulation.is_complete() => Exit::Interrupted,
        exit => exit,
    }
}

/// Sees to it that the table of draws is written over nothing that is read, and beside what else is written.
fn spared(studied: &Studied, args: &Simulate) -> Result<(), Exit> {
    let Some(path) = &args.per_draw else { return Ok(()) };
    if let Some(input) = studied.base.sources.names().into_iter().find(|input| is_same_file(path, input)) {
        complain(&format!("error: --per-draw names `{input}`, which is read"));
        return Err(Exit::Refused);
    }
    apart(args)
}

/// Refuses one file for two things.
fn apart(args: &Simulate) -> Result<(), Exit> {
    let plain = |path: &Path| path.components().filter(|part| *part != Component::CurDir).collect::<PathBuf>();
    match (&args.per_draw, &args.output.output) {
        (Some(draws), Some(output))
            if plain(draws) == plain(output) || output.to_str().is_some_and(|output| is_same_file(draws, output)) =>
        {
            complain("error: --per-draw and --output name the same file");
            Err(Exit::Refused)
        }
        _ => Ok(()),
    }
}

/// Whether a result was drawn for a statement alone.
pub(super) fn only_said(metrics: &[String], goals: &[Goal], path: &str) -> bool {
    goals.iter().any(|goal| goal.path == path)
        && !metrics.is_empty()
        && !metrics.iter().any(|metric| matches(metric, path))
}

/// Whether a path is one of those that a pattern names.
fn matches(pattern: &str, path: &str) -> bool {
    let (mut one, mut other) = (pattern.split('.'), path.split('.'));
    loop {
        match (one.next(), other.next()) {
            (None, None) => return true,
            (Some(wanted), Some(part)) if wanted == "*" || wanted == part => {}
            _ => return false,
        }
    }
}

/// The statements whose chance is asked for.
pub(super) fn goals(typed: &[String]) -> Result<Vec<Goal>, Diagnostic> {
    typed
        .iter()
        .map(|text| {
            let goal = Goal::from_text(text)?;
            match goal.target {
                Target::Number(_) | Target::Day(_) | Target::Never => Ok(goal),
                Target::Month(_) | Target::Word(_) => {
                    Err(Diagnostic::new(Code::BadGoal, format!("`{}` is no statement about numbers", goal.text()))
                        .help("compare a number or a day: 'runway.plan.months < 24', 'ownership.ada > 25%'"))
                }
            }
        })
        .collect()
}

/// The parts of the quantiles: percentages from 0 to 100.
pub(super) fn parts(typed: &[String]) -> Result<Vec<f64>, Diagnostic> {
    typed
        .iter()
        .map(|text| {
            let digits = text.trim().trim_end_matches('%');
            let part = Decimal::from_str_exact(digits).ok().and_then(|number| number.checked_div(Decimal::ONE_HUNDRED));
            match part {
                Some(part) if part >= Decimal::ZERO && part <= Decimal::ONE => Ok(f64::of(part)),
                _ => Err(Diagnostic::new(Code::BadLiteral, format!("`{text}` is no part of all draws"))
                    .help("write percentages, as --quantiles 5%,50%,95%")),
            }
        })
        .collect()
}

pub(super) fn said(simulation: &Simulation, goals: &[Goal]) -> Result<Vec<Chance>, Diagnostic> {
    goals
        .iter()
        .map(|goal| {
            chance(simulation, goal).ok_or_else(|| {
                Diagnostic::new(Code::UnknownResult, format!("no draw has `{}`", goal.path))
                    .help("simulate it: give the statement when the draws are made")
            })
        })
        .collect()
}

/// Draws and plays a scenario that was loaded from `file`.
pub(super) fn simulated(
    studied: &Studied,
    file: &str,
    draws: &Draws,
    effort: &Effort,
    goals: &[Goal],
    colour: Colour,
) -> Result<(About, Simulation), Exit> {
    let outcome = base(studied, colour)?;
    let mut metrics: Vec<(String, Measure)> = Vec::new();
    let usual = ["ownership.*".to_owned(), "runway.*.months".to_owned()];
    let is_usual = draws.metrics.is_empty();
    let asked = if is_usual { &usual[..] } else { &draws.metrics[..] };
    for path in asked.iter().chain(goals.iter().map(|goal| &goal.path)) {
        let found = match results(outcome, path) {
            Some(found) => found.into_iter().map(|metric| (metric.path, metric.measure)).collect(),
            None if is_usual && usual.contains(path) => Vec::new(),
            None => match never_as_run(outcome, path) {
                Some(measure) => vec![(path.clone(), measure)],
                None => return Err(refuse_one(&no_result(studied, path), colour)),
            },
        };
        for metric in found {
            // Of several results the words are left out.
            if metric.1 == Measure::Text && path.contains('*') {
                continue;
            }
            if metric.1 == Measure::Text {
                let fault = Diagnostic::new(Code::UnknownResult, format!("`{}` is a word, not a number", metric.0));
                return Err(refuse_one(&fault.help("simulate results that are numbers or days"), colour));
            }
            if !metrics.contains(&metric) {
                metrics.push(metric);
            }
        }
    }
    let count = draws.count.unwrap_or_else(|| draws.draws.saturating_sub(draws.first));
    if draws.first.saturating_add(count) > draws.draws {
        let message = format!(
            "draws {} to {} are not among the first {}",
            draws.first,
            draws.first.saturating_add(count),
            draws.draws
        );
        return Err(refuse_one(
            &Diagnostic::new(Code::OutOfRange, message).help("raise --draws, or ask for fewer with --count"),
            colour,
        ));
    }
    if count == 0 {
        let fault = Diagnostic::new(Code::OutOfRange, "no draw is asked for");
        return Err(refuse_one(&fault.help("give --draws, or --count, a number above zero"), colour));
    }
    let points = if draws.points.is_even() { Points::Sobol } else { Points::Random };
    let wanted = Wanted { metrics, seed: draws.seed, first: draws.first, count, points };
    let paths: Vec<String> = wanted.metrics.iter().map(|(path, _)| path.clone()).collect();
    let mut bag = Bag::default();
    let found = {
        let pieces = usize::try_from(count.div_ceil(CHUNK)).unwrap_or(usize::MAX);
        let progress = Progress::new(pieces, "runs of 4,096 draws");
        draw_and_play(outcome, &studied.player(), wanted, threads(effort), &progress, &mut bag)
    };
    let Some(found) = found else { return Err(refuse(&bag, &studied.base.sources, colour)) };
    notice(&paths, &studied.base);
    let digest = studied.base.document.as_ref().map(|document| digest(document, &studied.base.sources));
    let about =
        About::of(&found, &outcome.scenario.title, file, &digest.unwrap_or_default(), &outcome.scenario.currency);
    Ok((about, found))
}

/// A result that `run` lacks and some draw may have: the price of a round in which nobody is expected to take part, or
/// that is raised in some draws alone.
fn never_as_run(outcome: &Outcome, path: &str) -> Option<Measure> {
    let id = round_of(path)?;
    let is_known = outcome.scenario.rounds.iter().any(|round| round.id == id) || outcome.scenario.may_raise(id);
    is_known.then(|| Measure::of_path(path))
}

/// Puts slices together.
fn merge(files: &[PathBuf], args: &Simulate, colour: Colour) -> Result<(About, Simulation), Exit> {
    apart(args)?;
    let mut parts = Vec::new();
    for file in files {
        let name = file.display().to_string();
        if args.output.output.iter().chain(&args.per_draw).any(|output| is_same_file(output, &name)) {
            complain(&format!("error: `{name}` is read, and named for what is written"));
            return Err(Exit::Refused);
        }
        let text = std::fs::read_to_string(file).map_err(|error| {
            let fault = Diagnostic::new(Code::FileMissing, format!("`{name}` cannot be read: {}", reason(&error)));
            refuse_one(&fault, colour)
        })?;
        let (about, simulation) = read_draws(&name, &text).map_err(|fault| refuse_one(&fault, colour))?;
        parts.push((name, about, simulation));
    }
    merged(&parts).map_err(|fault| refuse_one(&fault, colour))
}

/// Results as data, by path. What is infinite lies beyond the horizon; of differences it goes there, or comes from there.
pub(super) fn metrics_json(summaries: &[Summary], is_difference: bool) -> Map<String, Value> {
    let number = |value: Option<f64>| match value {
        Some(value) if value.is_infinite() && !is_difference => json!("not within the horizon"),
        Some(value) if value.is_infinite() => json!(if value > 0.0 { "to never" } else { "from never" }),
        Some(value) if value.is_nan() => Value::Null,
        Some(value) => json!(value),
        None => Value::Null,
    };
    summaries
        .iter()
        .map(|of| {
            let quantiles: Map<String, Value> =
                of.quantiles.iter().map(|(part, value)| (percent(*part), number(*value))).collect();
            let histogram = of
                .histogram
                .as_ref()
                .map(|histogram| json!({ "low": histogram.low, "high": histogram.high, "counts": histogram.counts }));
            let entry = json!({
                "draws": of.counted,
                "not_within_horizon": of.beyond,
                "without_value": of.missing,
                "mean": number(of.mean),
                "standard_deviation": number(of.deviation),
                "least": number(of.ends.map(|(least, _)| least)),
                "most": number(of.ends.map(|(_, most)| most)),
                "quantiles": quantiles,
                "histogram": histogram,
            });
            (of.path.clone(), entry)
        })
        .collect()
}

/// A part of one as a percentage, without the last digits that a float adds: `7%`.
fn percent(part: f64) -> String {
    format!("{}%", (part * 1e11).round() / 1e9)
}

/// A chance as data.
pub(super) fn chance_json(of: &Chance) -> Value {
    json!({
        "statement": of.text, "probability": of.part(), "standard_error": of.error(),
        "holds": of.holds, "draws": of.of,
    })
}

/// Draws without an answer as data.
pub(super) fn refused_json(simulation: &Simulation) -> Vec<Value> {
    let one = |refused: &RefusedDraw| json!({ "draw": refused.draw, "code": refused.code, "why": refused.why });
    simulation.refused.iter().map(one).collect()
}

/// How the draws were played, as data.
pub(super) fn played_json(simulation: &Simulation) -> Value {
    match &simulation.route {
        Route::Exactly(why) => json!({ "as": "exact decimals", "because": why }),
        Route::SideBySide | Route::OneByOne => json!({ "as": "floats" }),
    }
}

/// The simulation as data.
fn object(simulation: &Simulation, about: &About, summaries: &[Summary], chances: &[Chance]) -> Value {
    let chances: Vec<Value> = chances.iter().map(chance_json).collect();
    json!({
        "schema": "capsim.simulation/1",
        "version": about.version,
        "scenario": { "title": about.title, "file": about.file, "digest": about.digest },
        "seed": simulation.wanted.seed,
        "generator": GENERATOR,
        "points": simulation.wanted.points.word(),
        "first": simulation.wanted.first,
        "draws": simulation.draws(),
        "asked": simulation.asked,
        "played": played_json(simulation),
        "drawn": simulation.drawn,
        "held": simulation.held,
        "refused": refused_json(simulation),
        "metrics": metrics_json(summaries, false),
        "chances": chances,
    })
}
