//! Draws whose plan differs: days that move, and rounds that are raised when they are needed.
//!
//! A plan is made once for each choice of days and of raised rounds, and kept. A draw is played on floats; where a round
//! is raised, the play goes on from the day of the round under the plan that has it. What is due is found as `run` finds it.

mod desk;
mod variant;

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use crate::diagnostics::Diagnostic;
use crate::outcome::Outcome;
use crate::outcome::is_stuck;
use crate::outcome::is_too_late;
use crate::outcome::stuck;
use crate::plan::Plan;
use crate::studies::Watch;
use crate::units::Day;

use super::days::Days;
use super::machine::Chunk;
use super::sampler::Sampler;
use super::simulation::RefusedDraw;
use desk::Desk;
use variant::Variant;

/// Plans are kept for this many choices.
const MOST_KEPT: usize = 4096;

/// Draws that are drawn at once.
const BLOCK: usize = 128;

/// The days that were drawn, and the report that decides, by its place among the groups.
type Choice = (Vec<Day>, usize);

/// Plays draws whose plan differs.
pub(super) struct Variants<'a> {
    /// The plan of `run`.
    plan: &'a Plan,
    days: &'a Days<'a>,
    sampler: &'a Sampler,
    paths: &'a [String],
    /// Each report that decides for itself, and the results that are read off its play.
    groups: Vec<(Option<usize>, Vec<usize>)>,
    /// What is played before anything is raised.
    first: Mutex<HashMap<Choice, Arc<Variant>>>,
    /// How many plans are kept.
    kept: AtomicUsize,
}

impl<'a> Variants<'a> {
    pub fn new(outcome: &'a Outcome, days: &'a Days<'a>, sampler: &'a Sampler, paths: &'a [String]) -> Variants<'a> {
        let scenario = &outcome.scenario;
        let groups = if scenario.depends_on_burn() {
            let mut groups: Vec<(Option<usize>, Vec<usize>)> = vec![(scenario.main_burn, Vec::new())];
            for (place, path) in paths.iter().enumerate() {
                let mut parts = path.split('.');
                let is_of_burn = matches!(parts.next(), Some("runway" | "cash"));
                let named = parts.next().filter(|_| is_of_burn);
                let burn = named.and_then(|id| scenario.burns.iter().position(|burn| burn.id == id));
                let burn = burn.or(scenario.main_burn);
                match groups.iter_mut().find(|(known, _)| *known == burn) {
                    Some((_, places)) => places.push(place),
                    None => groups.push((burn, vec![place])),
                }
            }
            groups
        } else {
            vec![(scenario.main_burn, (0..paths.len()).collect())]
        };
        let (first, kept) = (Mutex::new(HashMap::new()), AtomicUsize::new(0));
        Variants { plan: &outcome.plan, days, sampler, paths, groups, first, kept }
    }

    /// Plays so many draws; none if it was stopped in the middle.
    pub fn play(&self, first: u64, draws: usize, watch: &(dyn Watch + Sync)) -> Option<(Chunk, Vec<RefusedDraw>)> {
        let mut chunk = Chunk::new(draws, self.paths.len());
        let mut refused = Vec::new();
        let mut block = self.sampler.fixed::<BLOCK>();
        let mut desk = Desk::new(self.plan);
        for place in 0..draws {
            if watch.is_stopped() {
                return None;
            }
            let draw = first.saturating_add(place as u64);
            if place % BLOCK == 0 {
                self.sampler.fill(draw, &mut block);
            }
            desk.take(block.iter().map(|figure| figure.0.get(place % BLOCK).copied().unwrap_or(f64::NAN)));
            for (group, (_, places)) in self.groups.iter().enumerate() {
                if group > 0 && places.is_empty() {
                    continue;
                }
                let put = |result: usize, value: f64| {
                    let at = result.saturating_mul(draws).saturating_add(place);
                    if let Some(slot) = chunk.values.get_mut(at) {
                        *slot = value;
                    }
                };
                match self.draw(group, &mut desk, put) {
                    Ok(()) => {}
                    // Another report's play without an answer leaves its own results without a number.
                    Err(_) if group > 0 => {}
                    Err(why) => {
                        refused.push(RefusedDraw { draw, code: why.code.name().to_owned(), why: why.message });
                        break;
                    }
                }
            }
        }
        Some((chunk, refused))
    }

    /// One draw, as one report sees it.
    fn draw(&self, group: usize, desk: &mut Desk, mut put: impl FnMut(usize, f64)) -> Result<(), Box<Diagnostic>> {
        let Some((_, places)) = self.groups.get(group) else { return Ok(()) };
        let days = self.days.of(desk.figures(), self.sampler);
        let mut variant = self.first(&days, group)?;
        desk.begin(&variant)?;
        while let Some(due) = desk.next(&variant) {
            let Some(raise) = variant.scenario.raises.get(due.raise).filter(|raise| !is_too_late(&due, raise)) else {
                break;
            };
            let next = self.after(&variant, due.raise, due.day, group)?;
            desk.resume(&variant, &next)?;
            let round = next.scenario.rounds.len().checked_sub(1);
            if !round.is_some_and(|round| desk.is_held(round)) {
                // The months to come need nothing: raised again and again it would still bring nothing.
                desk.begin(&variant)?;
                break;
            }
            let again = desk.next(&next).filter(|again| !is_too_late(again, raise));
            if is_stuck(&due, again.as_ref()) {
                return Err(Box::new(stuck(&next.scenario, raise, due.day)));
            }
            variant = next;
        }
        desk.end(&variant, |reading, value| {
            if let Some(place) = places.get(reading) {
                put(*place, value);
            }
        })
    }

    /// What is played before anything is raised.
    fn first(&self, days: &[(&str, Day)], group: usize) -> Result<Arc<Variant>, Box<Diagnostic>> {
        let choice = (days.iter().map(|(_, day)| *day).collect(), group);
        self.known(&self.first, choice, || {
            let mut scenario = self.days.scenario(days)?;
            scenario.main_burn = self.groups.get(group).and_then(|(burn, _)| *burn);
            Variant::new(scenario, &self.paths_of(group), None)
        })
    }

    /// The same with a round more.
    fn after(&self, before: &Variant, raise: usize, day: Day, group: usize) -> Result<Arc<Variant>, Box<Diagnostic>> {
        self.known(&before.later, (raise, day), || {
            let mut scenario = before.scenario.clone();
            scenario.raise(raise, day);
            Variant::new(scenario, &self.paths_of(group), Some(before))
        })
    }

    /// The results that are read off the play of a report.
    fn paths_of(&self, group: usize) -> Vec<&str> {
        let places = self.groups.get(group).map_or(&[][..], |(_, places)| places);
        places.iter().filter_map(|place| self.paths.get(*place)).map(String::as_str).collect()
    }

    /// What is kept of a choice, or is made and, while there is room, kept.
    fn known<K: Eq + Hash>(
        &self,
        known: &Mutex<HashMap<K, Arc<Variant>>>,
        choice: K,
        make: impl FnOnce() -> Result<Variant, Box<Diagnostic>>,
    ) -> Result<Arc<Variant>, Box<Diagnostic>> {
        if let Ok(known) = known.lock()
            && let Some(variant) = known.get(&choice)
        {
            return Ok(Arc::clone(variant));
        }
        let variant = Arc::new(make()?);
        if self.kept.load(Ordering::Relaxed) < MOST_KEPT
            && let Ok(mut known) = known.lock()
            && known.insert(choice, Arc::clone(&variant)).is_none()
        {
            self.kept.fetch_add(1, Ordering::Relaxed);
        }
        Ok(variant)
    }
}
