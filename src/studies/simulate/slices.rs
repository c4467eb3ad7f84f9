//! Draws as a table, one line each: slices of a simulation that are put together again, and two simulations subtracted.

use std::fmt::Write;

use serde::Deserialize;
use serde::Serialize;

use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::outcome::Measure;

use super::generator::GENERATOR;
use super::points::Points;
use super::simulation::RefusedDraw;
use super::simulation::Route;
use super::simulation::Simulation;
use super::simulation::Wanted;
use super::simulation::joined;

/// What a table of draws says of itself, on its first line behind a `#`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// `capsim.draws/1`.
    pub schema: String,
    /// The version of capsim.
    pub version: String,
    /// The title of the scenario.
    pub title: String,
    /// Its file.
    pub file: String,
    /// The digest of the resolved scenario.
    pub digest: String,
    /// Its currency.
    pub currency: String,
    /// What the draws are drawn from.
    pub seed: u64,
    /// The generator.
    pub generator: String,
    /// How the points are laid.
    pub points: String,
    /// The number of the first draw.
    pub first: u64,
    /// How many.
    pub count: u64,
    /// How many were asked for.
    pub asked: u64,
    /// Why they were played exactly; none if on floats.
    pub exactly: Option<String>,
    /// What was drawn.
    pub drawn: Vec<String>,
    /// What was held.
    pub held: Vec<String>,
}

impl About {
    /// What a simulation says of itself.
    #[must_use]
    pub fn of(simulation: &Simulation, title: &str, file: &str, digest: &str, currency: &str) -> About {
        About {
            schema: "capsim.draws/1".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            title: title.to_owned(),
            file: file.to_owned(),
            digest: digest.to_owned(),
            currency: currency.to_owned(),
            seed: simulation.wanted.seed,
            generator: GENERATOR.to_owned(),
            points: simulation.wanted.points.word().to_owned(),
            first: simulation.wanted.first,
            count: simulation.wanted.count,
            asked: simulation.asked,
            exactly: match &simulation.route {
                Route::Exactly(why) => Some(why.clone()),
                Route::SideBySide | Route::OneByOne => None,
            },
            drawn: simulation.drawn.clone(),
            held: simulation.held.clone(),
        }
    }

    /// Whether two tables are slices of one simulation.
    fn is_like(&self, other: &About) -> bool {
        let plain = |about: &About| About { first: 0, count: 0, asked: 0, file: String::new(), ..about.clone() };
        plain(self) == plain(other)
    }
}

/// A simulation as a table: a line about it, the heading, a line a draw. A number has the shortest digits that give it
/// back; nothing stands where a draw has none, `inf` beyond the horizon.
#[must_use]
pub fn written_draws(simulation: &Simulation, about: &About) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "# {}", serde_json::to_string(about).unwrap_or_default());
    text.push_str("draw,refused");
    for (path, _) in &simulation.wanted.metrics {
        let _ = write!(text, ",{path}");
    }
    text.push('\n');
    let mut refused = simulation.refused.iter().peekable();
    let mut draw = simulation.wanted.first;
    for chunk in &simulation.chunks {
        for place in 0..chunk.draws {
            let _ = write!(text, "{draw},");
            while let Some(known) = refused.next_if(|known| known.draw <= draw) {
                if known.draw == draw {
                    text.push_str(&field(&format!("{}: {}", known.code, known.why)));
                }
            }
            for result in 0..simulation.wanted.metrics.len() {
                text.push(',');
                let at = result.saturating_mul(chunk.draws).saturating_add(place);
                match chunk.values.get(at) {
                    Some(value) if !value.is_nan() => {
                        let _ = write!(text, "{value}");
                    }
                    _ => {}
                }
            }
            text.push('\n');
            draw = draw.saturating_add(1);
        }
    }
    text
}

/// A text as a field of a table.
fn field(text: &str) -> String {
    if text.contains([',', '"', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

/// Reads a table of draws back.
///
/// # Errors
/// A file that is none, or was cut off.
pub fn read_draws(name: &str, text: &str) -> Result<(About, Simulation), Diagnostic> {
    let bad = |what: String| {
        Diagnostic::new(Code::BadLiteral, format!("`{name}` {what}"))
            .help("give files that `capsim simulate --per-draw FILE` wrote, whole and unchanged")
    };
    // Of a number that was cut in two nobody could tell.
    if !text.ends_with('\n') {
        return Err(bad("is no table of draws, or was cut off".to_owned()));
    }
    let (first_line, rest) = text.split_once('\n').unwrap_or((text, ""));
    let about: About = first_line
        .strip_prefix("# ")
        .and_then(|line| serde_json::from_str(line).ok())
        .filter(|about: &About| about.schema == "capsim.draws/1")
        .ok_or_else(|| bad("is no table of draws".to_owned()))?;
    let (heading, lines) = rest.split_once('\n').unwrap_or((rest, ""));
    let metrics: Vec<(String, Measure)> =
        heading.split(',').skip(2).map(|path| (path.to_owned(), Measure::of_path(path))).collect();
    let points = if about.points == Points::Sobol.word() { Points::Sobol } else { Points::Random };
    let wanted = Wanted { metrics, seed: about.seed, first: about.first, count: about.count, points };
    let results = wanted.metrics.len();
    let mut rows: Vec<Vec<f64>> = vec![Vec::new(); results];
    let mut refused = Vec::new();
    let mut draw = about.first;
    for line in lines.lines() {
        let (number, rest) = line.split_once(',').unwrap_or((line, ""));
        if number.parse() != Ok(draw) {
            return Err(bad(format!("has `{number}` where draw {draw} belongs")));
        }
        let (why, values) = split_field(rest);
        if !why.is_empty() {
            let Some((code, why)) = why.split_once(": ") else {
                return Err(bad(format!("has `{why}` for a fault, in draw {draw}")));
            };
            refused.push(RefusedDraw { draw, code: code.to_owned(), why: why.to_owned() });
        }
        let fields = values.split(',').count();
        if fields != results.max(1) {
            return Err(bad(format!("has {fields} numbers for {results} results, in draw {draw}")));
        }
        for (row, typed) in rows.iter_mut().zip(values.split(',')) {
            let value = if typed.is_empty() { Ok(f64::NAN) } else { typed.parse() };
            row.push(value.map_err(|_| bad(format!("has `{typed}` for a number, in draw {draw}")))?);
        }
        draw = draw.saturating_add(1);
    }
    if draw != about.first.saturating_add(about.count) {
        return Err(bad(format!("ends at draw {draw}, and says it has {}", about.count)));
    }
    let chunk =
        super::machine::Chunk { draws: rows.first().map_or(0, Vec::len), values: rows.concat(), refused: Vec::new() };
    let route = match &about.exactly {
        Some(why) => Route::Exactly(why.clone()),
        None => Route::SideBySide,
    };
    let part = Simulation {
        asked: about.asked,
        route,
        drawn: about.drawn.clone(),
        held: about.held.clone(),
        refused,
        chunks: vec![chunk],
        wanted,
    };
    let whole = joined(part.wanted.clone(), part.asked, &part, &[&part]);
    Ok((about, whole))
}

/// A field, quoted or not, and what comes after its comma.
fn split_field(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let (field, rest) = text.split_once(',').unwrap_or((text, ""));
        return (field.to_owned(), rest);
    };
    let mut field = String::new();
    let mut rest = quoted;
    while let Some((before, after)) = rest.split_once('"') {
        field.push_str(before);
        match after.strip_prefix('"') {
            Some(more) => {
                field.push('"');
                rest = more;
            }
            None => return (field, after.strip_prefix(',').unwrap_or(after)),
        }
    }
    (field, "")
}

/// Slices of one simulation as one, in the order of their draws.
///
/// # Errors
/// Slices of different simulations, or draws that are missing or twice there.
pub fn merged(parts: &[(String, About, Simulation)]) -> Result<(About, Simulation), Diagnostic> {
    let mut order: Vec<&(String, About, Simulation)> = parts.iter().collect();
    order.sort_by_key(|(_, about, _)| about.first);
    let Some((first_name, about, head)) = order.first().copied() else {
        return Err(Diagnostic::new(Code::FileMissing, "there is nothing to merge").help("name two files or more"));
    };
    let mut next = about.first;
    for (name, other, simulation) in &order {
        let is_same = about.is_like(other) && head.wanted.metrics == simulation.wanted.metrics;
        if !is_same {
            return Err(Diagnostic::new(
                Code::BadLiteral,
                format!("`{name}` is no slice of what `{first_name}` is of"),
            )
            .help("slices have the same scenario, seed, points, metrics and version"));
        }
        if other.first != next {
            let fault =
                Diagnostic::new(Code::BadLiteral, format!("`{name}` begins at draw {}, not {next}", other.first));
            return Err(
                fault.help("slices follow each other without a gap: run the missing one with --first and --count")
            );
        }
        next = next.saturating_add(other.count);
    }
    let count = next.saturating_sub(about.first);
    let wanted = Wanted { count, ..head.wanted.clone() };
    let all: Vec<&Simulation> = order.iter().map(|(_, _, simulation)| simulation).collect();
    // A last slice that was stopped leaves the whole as unfinished as it is itself.
    let asked = order.iter().fold(count, |asked, (_, other, _)| {
        asked.max(other.first.saturating_add(other.asked).saturating_sub(about.first))
    });
    let simulation = joined(wanted, asked, head, &all);
    Ok((About { count, asked, ..about.clone() }, simulation))
}

/// What a second simulation has more than a first, draw by draw: both drew the same numbers for what both leave open.
/// Results that both have are kept. Two draws beyond the horizon differ by nothing, and so do two numbers that only differ
/// in the last digits.
#[must_use]
pub fn difference(base: &Simulation, other: &Simulation) -> Simulation {
    let metrics: Vec<(String, Measure)> =
        base.wanted.metrics.iter().filter(|(path, _)| other.place(path).is_some()).cloned().collect();
    let count = base.wanted.count.min(other.wanted.count);
    let wanted = Wanted { metrics, count, ..base.wanted.clone() };
    let mut found = joined(wanted, base.asked.max(other.asked), base, &[]);
    let paths: Vec<String> = found.wanted.metrics.iter().map(|(path, _)| path.clone()).collect();
    for (result, path) in paths.iter().enumerate() {
        let (Some(one), Some(two)) = (base.place(path), other.place(path)) else { continue };
        let mut pairs = base.column(one).flatten().zip(other.column(two).flatten());
        for chunk in &mut found.chunks {
            let start = result.saturating_mul(chunk.draws);
            for slot in chunk.values.iter_mut().skip(start).take(chunk.draws) {
                *slot = match pairs.next() {
                    Some((one, two)) if one.is_infinite() && two.is_infinite() => 0.0,
                    // The last digits of a float are no difference.
                    Some((one, two)) if is_same(*one, *two) => 0.0,
                    Some((one, two)) => two - one,
                    None => f64::NAN,
                };
            }
        }
    }
    let mut refused: Vec<RefusedDraw> = base.refused.iter().chain(&other.refused).cloned().collect();
    refused.sort_by_key(|refused| refused.draw);
    refused.dedup_by_key(|refused| refused.draw);
    found.refused =
        refused.into_iter().filter(|refused| refused.draw < base.wanted.first.saturating_add(count)).collect();
    found
}

/// Whether two numbers differ by no more than the last digits of the arithmetic.
fn is_same(one: f64, two: f64) -> bool {
    one.is_finite() && two.is_finite() && (two - one).abs() <= 1e-12 * one.abs().max(two.abs())
}
