//! Draws whose plan differs: days that move, and rounds that are raised when they are needed.
//!
//! A plan is made once for each choice of days and of raised rounds, and kept. A draw is played on floats; where a round
//! is raised, the play goes on from the day of the round under the plan that has it. What is due is found as `run` finds it.

mod desk;
mod rows;
mod variant;

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use crate::diagnostics::Diagnostic;
use crate::outcome::Due;
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
use rows::Rows;
use variant::Variant;

/// Plans are kept for this many choices.
const MOST_KEPT: usize = 4096;

/// Numbers that the states of draws that wait may have in all, by their size: some 16 megabytes.
const ROOM: usize = 1 << 21;
/// Draws that are played together, however large a state is.
const LEAST_BATCH: usize = 64;

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
    /// What threads have played in.
    idle: Mutex<Vec<Desk>>,
}

/// A draw in which a round is raised, as far as it is played without.
struct Waiting {
    draw: usize,
    days: Vec<Day>,
    due: Due<f64>,
    /// How long the money lasts before.
    months: f64,
    /// What was played, and the same with the round.
    first: Arc<Variant>,
    next: Arc<Variant>,
    /// Its place among those that were put aside.
    aside: usize,
}

impl Waiting {
    /// By what is raised first, then by how long the money lasts.
    fn order(&self, other: &Waiting) -> std::cmp::Ordering {
        let choice = |it: &Waiting| (it.due.day, it.due.raise);
        let by_days = self.days.cmp(&other.days).then(choice(self).cmp(&choice(other)));
        by_days.then(self.months.total_cmp(&other.months))
    }
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
        let idle = Mutex::new(Vec::new());
        Variants { plan: &outcome.plan, days, sampler, paths, groups, first, kept, idle }
    }

    /// Plays so many draws; none if it was stopped in the middle.
    pub fn play(&self, first: u64, draws: usize, watch: &(dyn Watch + Sync)) -> Option<(Chunk, Vec<RefusedDraw>)> {
        let mut chunk = Chunk::new(draws, self.paths.len());
        let mut refused = Vec::new();
        let idle = self.idle.lock().ok().and_then(|mut idle| idle.pop());
        let mut desk = idle.unwrap_or_else(|| Desk::new(self.plan, self.sampler.base()));
        let size = (ROOM / Desk::size(self.plan)).clamp(LEAST_BATCH, draws.max(LEAST_BATCH));
        for start in (0..draws).step_by(size) {
            let count = size.min(draws.saturating_sub(start));
            let from = first.saturating_add(start as u64);
            let put = |draw: usize, result: usize, value: f64| {
                let at = result.saturating_mul(draws).saturating_add(start).saturating_add(draw);
                if let Some(slot) = chunk.values.get_mut(at) {
                    *slot = value;
                }
            };
            let why_not = self.batch(from, count, &mut desk, put, watch)?;
            refused.extend(why_not.into_iter().enumerate().filter_map(|(draw, why)| {
                let (draw, why) = (from.saturating_add(draw as u64), why?);
                Some(RefusedDraw { draw, code: why.code.name().to_owned(), why: why.message })
            }));
        }
        if let Ok(mut idle) = self.idle.lock() {
            idle.push(desk);
        }
        Some((chunk, refused))
    }

    /// Plays some draws, those that raise alike one after the other. Gives of each why it has no answer, if it has none.
    fn batch(
        &self,
        first: u64,
        draws: usize,
        desk: &mut Desk,
        mut put: impl FnMut(usize, usize, f64),
        watch: &(dyn Watch + Sync),
    ) -> Option<Vec<Option<Box<Diagnostic>>>> {
        let mut why_not: Vec<Option<Box<Diagnostic>>> = vec![None; draws];
        let rows = Rows::new(self.sampler, first, draws);
        for (group, (_, places)) in self.groups.iter().enumerate() {
            if group > 0 && places.is_empty() {
                continue;
            }
            let mut put = |draw: usize, result: usize, value: f64| {
                if let Some(place) = places.get(result) {
                    put(draw, *place, value);
                }
            };
            let mut waiting = Vec::new();
            desk.clear_aside();
            for (draw, why_not) in why_not.iter_mut().enumerate().filter(|(_, why_not)| why_not.is_none()) {
                if watch.is_stopped() {
                    return None;
                }
                desk.take(rows.row(draw));
                match self.unraised(group, draw, desk, |result, value| put(draw, result, value)) {
                    Ok(None) => {}
                    Ok(Some(it)) => waiting.push(it),
                    // Another report's play without an answer leaves its own results without a number.
                    Err(_) if group > 0 => {}
                    Err(why) => *why_not = Some(why),
                }
            }
            // The plans of draws that raise alike are near the processor.
            waiting.sort_by(Waiting::order);
            for it in waiting {
                if watch.is_stopped() {
                    return None;
                }
                let draw = it.draw;
                desk.take(rows.row(draw));
                let raised = self.raised(group, it, desk, |result, value| put(draw, result, value));
                if let (Err(why), 0, Some(why_not)) = (raised, group, why_not.get_mut(draw)) {
                    *why_not = Some(why);
                }
            }
        }
        Some(why_not)
    }

    /// One draw as one report sees it, if nothing is raised; and otherwise what is raised first.
    fn unraised(
        &self,
        group: usize,
        draw: usize,
        desk: &mut Desk,
        put: impl FnMut(usize, f64),
    ) -> Result<Option<Waiting>, Box<Diagnostic>> {
        let (days, variant) = self.first(desk, group)?;
        desk.begin(&variant)?;
        let Some(due) = due(&variant, desk) else { return desk.end(&variant, put).map(|()| None) };
        let next = self.after(&variant, &due, group)?;
        let aside = desk.put_aside(&variant, &next);
        Ok(Some(Waiting { draw, days, due, months: desk.months(), first: variant, next, aside }))
    }

    /// One draw as one report sees it, with what is raised.
    fn raised(
        &self,
        group: usize,
        waiting: Waiting,
        desk: &mut Desk,
        put: impl FnMut(usize, f64),
    ) -> Result<(), Box<Diagnostic>> {
        let Waiting { due: first_due, first: mut variant, next: mut with, aside, .. } = waiting;
        desk.take_up(aside, &with)?;
        let mut raised = first_due;
        loop {
            let round = with.scenario.rounds.len().checked_sub(1);
            if !round.is_some_and(|round| desk.is_held(round)) {
                // The months to come need nothing: raised again and again it would still bring nothing.
                desk.begin(&variant)?;
                break;
            }
            let again = due(&with, desk);
            if is_stuck(&raised, again.as_ref())
                && let Some(raise) = with.scenario.raises.get(raised.raise)
            {
                return Err(Box::new(stuck(&with.scenario, raise, raised.day)));
            }
            variant = with;
            let Some(again) = again else { break };
            with = self.after(&variant, &again, group)?;
            desk.resume(&variant, &with)?;
            raised = again;
        }
        desk.end(&variant, put)
    }

    /// What is played before anything is raised.
    fn first(&self, desk: &Desk, group: usize) -> Result<(Vec<Day>, Arc<Variant>), Box<Diagnostic>> {
        let days = self.days.of(desk.figures(), self.sampler);
        let choice: Vec<Day> = days.iter().map(|(_, day)| *day).collect();
        let variant = self.known(&self.first, (choice.clone(), group), || {
            let mut scenario = self.days.scenario(&days)?;
            scenario.main_burn = self.groups.get(group).and_then(|(burn, _)| *burn);
            Variant::new(scenario, &self.paths_of(group), None)
        })?;
        Ok((choice, variant))
    }

    /// The same with a round more.
    fn after(&self, before: &Variant, due: &Due<f64>, group: usize) -> Result<Arc<Variant>, Box<Diagnostic>> {
        self.known(&before.later, (due.raise, due.day), || {
            let mut scenario = before.scenario.clone();
            scenario.raise(due.raise, due.day);
            Variant::new(scenario, &self.paths_of(group), Some((before, due.day)))
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

/// The round that is raised next, if any is due and not too late.
fn due(variant: &Variant, desk: &Desk) -> Option<Due<f64>> {
    let due = desk.next(variant)?;
    let raise = variant.scenario.raises.get(due.raise)?;
    (!is_too_late(&due, raise)).then_some(due)
}
