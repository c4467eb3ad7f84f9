//! A simulation: many draws, a column of numbers for each result.

use std::sync::Mutex;

use crate::diagnostics::Bag;
use crate::diagnostics::Diagnostic;
use crate::outcome::Measure;
use crate::outcome::Outcome;
use crate::outcome::fault_diagnostic;
use crate::studies::Player;
use crate::studies::Watch;
use crate::studies::as_far_as;

use super::days::Days;
use super::exactly::Exactly;
use super::machine::Chunk;
use super::machine::Job;
use super::machine::Worker;
use super::points::Points;
use super::readings::Readings;
use super::sampler::Sampler;
use super::variants::Variants;

/// Draws that are played, summed and kept together. Sums are made in these, by the number of the draw, so that they
/// have the same bits on any number of threads and in any slice.
pub const CHUNK: u64 = 4096;

/// Draws that are as soon played one by one as a program is made for them.
const FEW: u64 = 1_500;

/// What is asked of a simulation.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The results, by path, without `*`.
    pub metrics: Vec<(String, Measure)>,
    /// What the draws are drawn from.
    pub seed: u64,
    /// The number of the first draw.
    pub first: u64,
    /// How many.
    pub count: u64,
    /// How the points are laid.
    pub points: Points,
}

/// How the draws were played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// On floats, many side by side.
    SideBySide,
    /// On floats, one after the other: there is an exit, a day that is drawn, or a round that is raised when needed, or
    /// hardly a draw has an answer.
    OneByOne,
    /// As `run` plays, in exact decimals: why.
    Exactly(String),
}

/// A draw without an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedDraw {
    /// Its number.
    pub draw: u64,
    /// The code of its fault.
    pub code: String,
    /// Why.
    pub why: String,
}

impl RefusedDraw {
    /// A fault as the reason of a draw whose number is not known yet.
    pub(super) fn of(fault: &Diagnostic) -> RefusedDraw {
        RefusedDraw { draw: 0, code: fault.code.name().to_owned(), why: fault.message.clone() }
    }
}

/// Many draws and what they gave.
#[derive(Debug, Clone)]
pub struct Simulation {
    /// What was asked for; `count` is what was done.
    pub wanted: Wanted,
    /// How many draws were asked for.
    pub asked: u64,
    /// How they were played.
    pub route: Route,
    /// What was drawn, by path.
    pub drawn: Vec<String>,
    /// Ranges without a shape and conditions without a probability: held as `run` has them.
    pub held: Vec<String>,
    /// Draws without an answer.
    pub refused: Vec<RefusedDraw>,
    /// The columns, in runs of draws.
    pub(super) chunks: Vec<Chunk>,
}

impl Simulation {
    /// The numbers of a result, by its place, in runs of draws whose sums are made apart: not a number where a draw
    /// has none or was refused, infinite where it lies beyond the horizon.
    pub fn column(&self, result: usize) -> impl Iterator<Item = &[f64]> + Clone {
        self.chunks.iter().map(move |chunk| {
            let start = result.saturating_mul(chunk.draws);
            chunk.values.get(start..start.saturating_add(chunk.draws)).unwrap_or(&[])
        })
    }

    /// The place of a result among those of the simulation.
    #[must_use]
    pub fn place(&self, path: &str) -> Option<usize> {
        self.wanted.metrics.iter().position(|(known, _)| known == path)
    }

    /// How many draws were played.
    #[must_use]
    pub fn draws(&self) -> u64 {
        self.wanted.count
    }

    /// Whether it came to its end.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.asked == self.wanted.count
    }
}

/// Runs of draws that begin and end at whole chunks, but for the first and the last.
pub(super) fn pieces(first: u64, count: u64) -> Vec<(u64, usize)> {
    let mut all = Vec::new();
    let (mut at, end) = (first, first.saturating_add(count));
    while at < end {
        let next = (at / CHUNK).saturating_add(1).saturating_mul(CHUNK).min(end);
        all.push((at, usize::try_from(next - at).unwrap_or(0)));
        at = next;
    }
    all
}

/// Plays draws. `outcome` is the scenario as `run` has it; `player` plays it with other days. Faults of what is to be
/// drawn go into the bag, and then there is no simulation.
pub fn simulate(
    outcome: &Outcome,
    player: &Player<'_>,
    wanted: Wanted,
    threads: usize,
    watch: &(dyn Watch + Sync),
    bag: &mut Bag,
) -> Option<Simulation> {
    let sampler = Sampler::of(outcome, wanted.seed, wanted.points, bag);
    if bag.refuses() {
        return None;
    }
    let paths: Vec<String> = wanted.metrics.iter().map(|(path, _)| path.clone()).collect();
    let (readings, unread) = Readings::of(&outcome.scenario, &outcome.plan, &paths);
    let unread = unread.first().map(|path| format!("`{path}` is read off the journal of an exact play"));
    let why = sampler.why_exactly(outcome).or(unread);
    let days = Days::new(outcome, player);
    let pieces = pieces(wanted.first, wanted.count);
    let piece = |number: usize| pieces.get(number).copied().unwrap_or((0, 0));
    let (route, chunks) = match why {
        Some(why) => {
            let exactly = Exactly::new(&days, &sampler, &paths);
            let work = |number: usize| {
                let (first, draws) = piece(number);
                exactly.play(first, draws, watch)
            };
            let done = as_far_as(pieces.len(), threads, watch, work);
            // One that was stopped in the middle is not done.
            let whole = done.into_iter().map_while(|chunk| chunk).collect();
            (Route::Exactly(why), whole)
        }
        None if sampler.has_days() || outcome.scenario.depends_on_burn() => {
            let variants = Variants::new(outcome, &days, &sampler, &paths);
            let work = |number: usize| {
                let (first, draws) = piece(number);
                variants.play(first, draws, watch)
            };
            let done = as_far_as(pieces.len(), threads, watch, work);
            (Route::OneByOne, done.into_iter().map_while(|chunk| chunk).collect())
        }
        None => {
            let job = Job { plan: &outcome.plan, sampler: &sampler, readings: &readings };
            let idle: Mutex<Vec<Worker<'_>>> = Mutex::new(Vec::new());
            let program = if wanted.count < FEW { None } else { job.program() };
            let route = if program.is_some() { Route::SideBySide } else { Route::OneByOne };
            let work = |number: usize| {
                let (first, draws) = piece(number);
                let ready = idle.lock().ok().and_then(|mut idle| idle.pop());
                let mut worker = ready.unwrap_or_else(|| Worker::new(job, program.as_ref()));
                let chunk = worker.play(first, draws);
                if let Ok(mut idle) = idle.lock() {
                    idle.push(worker);
                }
                chunk
            };
            let chunks = as_far_as(pieces.len(), threads, watch, work);
            (route, chunks.into_iter().map(|chunk| (chunk, Vec::new())).collect::<Vec<_>>())
        }
    };
    let mut refused = Vec::new();
    let mut done = 0u64;
    let mut columns = Vec::with_capacity(chunks.len());
    for ((chunk, exact), (first, draws)) in chunks.into_iter().zip(&pieces) {
        for (place, fault) in &chunk.refused {
            let diagnostic = fault_diagnostic(&outcome.scenario, &outcome.plan, fault.clone());
            let draw = first.saturating_add(*place as u64);
            refused.push(RefusedDraw { draw, code: diagnostic.code.name().to_owned(), why: diagnostic.message });
        }
        refused.extend(exact);
        done = done.saturating_add(*draws as u64);
        columns.push(chunk);
    }
    let asked = wanted.count;
    Some(Simulation {
        wanted: Wanted { count: done, ..wanted },
        asked,
        route,
        drawn: sampler.paths().to_vec(),
        held: sampler.held().to_vec(),
        refused,
        chunks: columns,
    })
}

/// A simulation put together from others: their columns, one behind the other, cut anew.
pub(super) fn joined(wanted: Wanted, asked: u64, about: &Simulation, parts: &[&Simulation]) -> Simulation {
    let results = wanted.metrics.len();
    let pieces = pieces(wanted.first, wanted.count);
    let mut chunks: Vec<Chunk> = pieces.iter().map(|(_, draws)| Chunk::new(*draws, results)).collect();
    for result in 0..results {
        let mut all = parts.iter().flat_map(|part| part.column(result)).flatten().copied();
        for chunk in &mut chunks {
            let start = result.saturating_mul(chunk.draws);
            for slot in chunk.values.iter_mut().skip(start).take(chunk.draws) {
                *slot = all.next().unwrap_or(f64::NAN);
            }
        }
    }
    let refused = parts.iter().flat_map(|part| part.refused.iter().cloned()).collect();
    Simulation {
        wanted,
        asked,
        route: about.route.clone(),
        drawn: about.drawn.clone(),
        held: about.held.clone(),
        refused,
        chunks,
    }
}
