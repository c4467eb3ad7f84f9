//! `compare --draws`.

use std::path::Path;

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::report::Against;
use crate::report::Differences;
use crate::report::Simulated;
use crate::report::differences_grid;
use crate::report::differences_page;
use crate::studies::Goal;
use crate::studies::Target;
use crate::studies::Test;
use crate::studies::simulate::About;
use crate::studies::simulate::Chance;
use crate::studies::simulate::GENERATOR;
use crate::studies::simulate::Simulation;
use crate::studies::simulate::Summary;
use crate::studies::simulate::chance;
use crate::studies::simulate::difference;
use crate::studies::simulate::summary;
use crate::units::Decimal;

use super::super::args::Colour;
use super::super::args::Compare;
use super::super::args::Draws;
use super::super::args::Effort;
use super::super::args::PointsName;
use super::super::exit::Exit;
use super::super::load::Studied;
use super::super::screen::complain;
use super::compare::labels;
use super::refuse_one;
use super::simulate::chance_json;
use super::simulate::goals;
use super::simulate::metrics_json;
use super::simulate::only_said;
use super::simulate::parts;
use super::simulate::played_json;
use super::simulate::refused_json;
use super::simulate::said;
use super::simulate::simulated;
use super::study::put_out;
use super::study::studied;

/// A scenario and its draws.
struct Subject {
    about: About,
    simulation: Simulation,
}

/// What a scenario has more than the baseline.
struct More {
    difference: Simulation,
    summaries: Vec<Summary>,
    /// How often each result is larger, and how often smaller.
    sides: Vec<(Chance, Chance)>,
}

/// Simulates each scenario and lays their differences to the first side by side; prints nothing if any is refused.
pub(super) fn compare_draws(args: &Compare, draws: u64, colour: Colour) -> Exit {
    match compared(args, draws, colour) {
        Ok(exit) | Err(exit) => exit,
    }
}

fn compared(args: &Compare, draws: u64, colour: Colour) -> Result<Exit, Exit> {
    let goals = goals(&args.probabilities).map_err(|fault| refuse_one(&fault, colour))?;
    let usual = ["5%", "50%", "95%"].map(str::to_owned);
    let quantiles = if args.quantiles.is_empty() { &usual[..] } else { &args.quantiles[..] };
    let parts = parts(quantiles).map_err(|fault| refuse_one(&fault, colour))?;
    let (files, subjects) = subjects(args, draws, &goals, colour)?;
    if subjects.iter().any(|subject| !subject.simulation.is_complete()) {
        complain("stopped before all draws were done: there is nothing to compare");
        return Err(Exit::Interrupted);
    }
    let labels = labels(&files.iter().map(String::as_str).collect::<Vec<_>>());
    let titles: Vec<String> = subjects.iter().map(|subject| subject.about.title.clone()).collect();
    let Some((base, others)) = subjects.split_first() else { return Err(Exit::Refused) };
    let mut chances: Vec<Vec<Chance>> = goals.iter().map(|_| Vec::new()).collect();
    for subject in &subjects {
        let said = said(&subject.simulation, &goals).map_err(|fault| refuse_one(&fault, colour))?;
        for (all, chance) in chances.iter_mut().zip(said) {
            all.push(chance);
        }
    }
    let more: Vec<More> = others.iter().map(|other| more(base, other, args, &goals, &parts)).collect();
    let against = labels.iter().skip(1).zip(others).zip(&more).map(|((label, other), more)| Against {
        label,
        of: Simulated {
            title: &other.about.title,
            file: &other.about.file,
            currency: &other.about.currency,
            simulation: &more.difference,
            summaries: &more.summaries,
            chances: &[],
            is_difference: true,
        },
        sides: &more.sides,
        added: alone(&other.simulation, &base.simulation),
        dropped: alone(&base.simulation, &other.simulation),
    });
    let of = Differences {
        labels: &labels,
        titles: &titles,
        base: &base.simulation,
        others: against.collect(),
        chances: &chances,
    };
    Ok(put_out(
        || differences_page(&of),
        || differences_grid(&of),
        || object(&labels, &subjects, &more, &chances),
        &args.output,
        colour,
    ))
}

/// Paths that one simulation draws and another does not.
fn alone<'a>(one: &'a Simulation, other: &Simulation) -> Vec<&'a str> {
    one.drawn.iter().filter(|path| !other.drawn.contains(path)).map(String::as_str).collect()
}

/// What is simulated, each as it was named. One file alone is compared with its cases.
fn subjects(args: &Compare, draws: u64, goals: &[Goal], colour: Colour) -> Result<(Vec<String>, Vec<Subject>), Exit> {
    let is_saved = |file: &&String| Path::new(file).extension().is_some_and(|extension| extension == "json");
    if let Some(file) = args.files.iter().find(is_saved) {
        let fault = Diagnostic::new(Code::BadResultFile, format!("`{file}` is one result, and nothing of it is drawn"));
        return Err(refuse_one(&fault.help("name the scenario file it came from, or leave --draws out"), colour));
    }
    let load = |file: &str| studied(file, &args.changes, &args.output, colour);
    let mut all: Vec<(String, Studied)> = Vec::new();
    for file in &args.files {
        all.push((file.clone(), load(file)?));
    }
    if let [(file, alone)] = &all[..] {
        let cases = alone.base.document.iter().flat_map(|document| document.cases.entries.keys());
        let under: Vec<String> = cases.map(|case| format!("{file}@{case}")).collect();
        for file in under {
            // An inherited case may no longer apply here; `check` says so.
            if Studied::new(&file, &args.changes).base.outcome.is_some() {
                let loaded = load(&file)?;
                all.push((file, loaded));
            }
        }
    }
    if all.len() < 2 {
        let fault =
            Diagnostic::new(Code::UnknownCase, "there is nothing to compare with: one file, and it has no cases");
        return Err(refuse_one(&fault.help("name a second file, or FILE@CASE"), colour));
    }
    let asked = Draws {
        draws,
        seed: args.seed.unwrap_or(1),
        first: 0,
        count: None,
        metrics: args.metrics.clone(),
        probabilities: args.probabilities.clone(),
        points: PointsName::Random,
    };
    let effort = Effort { threads: args.threads };
    let mut subjects: Vec<Subject> = Vec::new();
    for (file, studied) in &all {
        let (about, simulation) = simulated(studied, file, &asked, &effort, goals, colour)?;
        if let Some(base) = subjects.first()
            && base.about.currency != about.currency
        {
            let fault = Diagnostic::new(
                Code::WrongCurrency,
                format!("`{file}` is in {}, `{}` in {}", about.currency, base.about.file, base.about.currency),
            );
            return Err(refuse_one(&fault.help("compare scenarios in one currency"), colour));
        }
        subjects.push(Subject { about, simulation });
    }
    Ok((all.into_iter().map(|(file, _)| file).collect(), subjects))
}

/// Subtracts, and sums up.
fn more(base: &Subject, other: &Subject, args: &Compare, goals: &[Goal], parts: &[f64]) -> More {
    let difference = difference(&base.simulation, &other.simulation);
    let (mut summaries, mut sides) = (Vec::new(), Vec::new());
    for (result, (path, measure)) in difference.wanted.metrics.iter().enumerate() {
        if only_said(&args.metrics, goals, path) {
            continue;
        }
        let side = |test: Test| {
            let target = Target::Number(Decimal::ZERO);
            let goal = Goal { path: path.clone(), measure: *measure, test, target, typed: "0".to_owned() };
            chance(&difference, &goal)
        };
        if let (Some(larger), Some(smaller)) = (side(Test::Above), side(Test::Below)) {
            summaries.push(summary(&difference, result, parts));
            sides.push((larger, smaller));
        }
    }
    More { difference, summaries, sides }
}

/// The comparison as data.
fn object(labels: &[String], subjects: &[Subject], more: &[More], chances: &[Vec<Chance>]) -> Value {
    let all = labels.iter().zip(subjects).map(|(label, subject)| {
        let Subject { about, simulation } = subject;
        json!({
            "label": label,
            "title": about.title,
            "file": about.file,
            "digest": about.digest,
            "played": played_json(simulation),
            "drawn": simulation.drawn,
            "held": simulation.held,
            "refused": refused_json(simulation),
        })
    });
    let differences = labels.iter().skip(1).zip(more).map(|(label, more)| {
        let mut metrics: Map<String, Value> = metrics_json(&more.summaries, true);
        for (summary, (larger, smaller)) in more.summaries.iter().zip(&more.sides) {
            if let Some(Value::Object(entry)) = metrics.get_mut(&summary.path) {
                entry.insert("larger".to_owned(), json!(larger.holds));
                entry.insert("smaller".to_owned(), json!(smaller.holds));
                entry.insert("probability_larger".to_owned(), json!(larger.part()));
                entry.insert("probability_smaller".to_owned(), json!(smaller.part()));
            }
        }
        json!({
            "subject": label,
            "baseline": labels.first(),
            "without_answer": more.difference.refused.len(),
            "metrics": metrics,
        })
    });
    let chances = chances.iter().map(|chances| {
        let of: Map<String, Value> =
            labels.iter().zip(chances).map(|(label, chance)| (label.clone(), chance_json(chance))).collect();
        json!({ "statement": chances.first().map(|chance| chance.text.clone()), "in": of })
    });
    let wanted = subjects.first().map(|subject| &subject.simulation.wanted);
    json!({
        "schema": "capsim.simulated-comparison/1",
        "version": env!("CARGO_PKG_VERSION"),
        "seed": wanted.map(|wanted| wanted.seed),
        "generator": GENERATOR,
        "points": wanted.map(|wanted| wanted.points.word()),
        "draws": wanted.map(|wanted| wanted.count),
        "subjects": all.collect::<Vec<_>>(),
        "differences": differences.collect::<Vec<_>>(),
        "chances": chances.collect::<Vec<_>>(),
    })
}
