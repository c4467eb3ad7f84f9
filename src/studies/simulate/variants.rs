//! Draws whose plan differs: days that move, and rounds that are raised when they are needed.
//!
//! A plan is made once for each choice of days and of raised rounds, and kept; a draw is then played on floats, as often
//! as rounds are raised in it and once more. What is due is found as `run` finds it.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;

use crate::diagnostics::Bag;
use crate::diagnostics::Diagnostic;
use crate::engine::Figures;
use crate::engine::MonthFlow;
use crate::engine::Observer;
use crate::engine::State;
use crate::engine::play;
use crate::outcome::Outcome;
use crate::outcome::Projection;
use crate::outcome::fault_diagnostic;
use crate::outcome::has_times_left;
use crate::outcome::is_stuck;
use crate::outcome::is_too_late;
use crate::outcome::stuck;
use crate::plan::Plan;
use crate::plan::plan;
use crate::scenario::Scenario;
use crate::studies::Watch;
use crate::units::Day;

use super::column::Column;
use super::days::Days;
use super::machine::Chunk;
use super::readings::Probe;
use super::readings::Readings;
use super::sampler::Sampler;
use super::simulation::RefusedDraw;

/// Plans are kept for this many choices.
const MOST_KEPT: usize = 4096;

/// Which plan: the days that were drawn, the report that decides, and what was raised when.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Choice {
    days: Vec<Day>,
    burn: Option<usize>,
    raised: Vec<(usize, Day)>,
}

/// A plan for a choice.
struct Variant {
    scenario: Scenario,
    plan: Plan,
    /// The same with the months of the deciding report alone.
    draft: Plan,
    readings: Readings,
    /// The place of each reading among the results.
    places: Vec<usize>,
}

/// Plays draws whose plan differs.
pub(super) struct Variants<'a> {
    days: &'a Days<'a>,
    sampler: &'a Sampler,
    paths: &'a [String],
    /// Each report that decides for itself, and the results that are read off its play.
    groups: Vec<(Option<usize>, Vec<usize>)>,
    known: Mutex<HashMap<Choice, Arc<Variant>>>,
}

/// What a thread plays in.
struct Desk {
    state: Option<State<f64>>,
    figures: Vec<f64>,
    balances: Vec<f64>,
}

impl<'a> Variants<'a> {
    pub fn new(outcome: &Outcome, days: &'a Days<'a>, sampler: &'a Sampler, paths: &'a [String]) -> Variants<'a> {
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
        Variants { days, sampler, paths, groups, known: Mutex::new(HashMap::new()) }
    }

    /// Plays so many draws; none if it was stopped in the middle.
    pub fn play(&self, first: u64, draws: usize, watch: &(dyn Watch + Sync)) -> Option<(Chunk, Vec<RefusedDraw>)> {
        let mut chunk = Chunk::new(draws, self.paths.len());
        let mut refused = Vec::new();
        let mut figures = self.sampler.fixed::<1>();
        let mut desk = Desk { state: None, figures: Vec::new(), balances: Vec::new() };
        for place in 0..draws {
            if watch.is_stopped() {
                return None;
            }
            let draw = first.saturating_add(place as u64);
            self.sampler.fill(draw, &mut figures);
            desk.figures.clear();
            desk.figures.extend(figures.iter().flat_map(|figure: &Column<1>| figure.0));
            for (group, (burn, places)) in self.groups.iter().enumerate() {
                if group > 0 && places.is_empty() {
                    continue;
                }
                let put = |result: usize, value: f64| {
                    let at = result.saturating_mul(draws).saturating_add(place);
                    if let Some(slot) = chunk.values.get_mut(at) {
                        *slot = value;
                    }
                };
                match self.draw(*burn, places, &mut desk, put) {
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
    fn draw(
        &self,
        burn: Option<usize>,
        places: &[usize],
        desk: &mut Desk,
        mut put: impl FnMut(usize, f64),
    ) -> Result<(), Box<Diagnostic>> {
        let days = self.days.of(&desk.figures, self.sampler);
        let mut choice = Choice { days: days.iter().map(|(_, day)| *day).collect(), burn, raised: Vec::new() };
        let mut variant = self.variant(&choice, &days, places)?;
        if variant.scenario.depends_on_burn() {
            self.draft(&variant, desk)?;
            while let Some(due) = due(&variant, desk) {
                choice.raised.push((due.raise, due.day));
                let next = self.variant(&choice, &days, places)?;
                self.draft(&next, desk)?;
                let round = next.scenario.rounds.len().checked_sub(1);
                let state = desk.state.as_ref();
                let is_held = round.and_then(|round| state?.rounds.get(round)).is_some_and(|round| round.is_held);
                if !is_held {
                    // The months to come need nothing: raised again and again it would still bring nothing.
                    break;
                }
                if let Some(raise) = next.scenario.raises.get(due.raise) {
                    let again = projection(&next, desk).next(has_times_left).filter(|again| !is_too_late(again, raise));
                    if is_stuck(&due, again.as_ref()) {
                        return Err(Box::new(stuck(&next.scenario, raise, due.day)));
                    }
                }
                variant = next;
            }
        }
        let state = desk.state.get_or_insert_with(|| State::new(&variant.plan));
        let mut probe = Probe::new(&variant.readings, &variant.plan);
        probe.clear();
        play(&variant.plan, &desk.figures, state, &mut probe)
            .map_err(|fault| Box::new(fault_diagnostic(&variant.scenario, &variant.plan, fault)))?;
        probe.tell(&variant.plan, &desk.figures, state, |reading, value| {
            if let Some(place) = variant.places.get(reading) {
                put(*place, value);
            }
        });
        Ok(())
    }

    /// Plays the months of the deciding report alone, and keeps its balances.
    fn draft(&self, variant: &Variant, desk: &mut Desk) -> Result<(), Box<Diagnostic>> {
        let Desk { state, figures, balances } = desk;
        balances.clear();
        let state = state.get_or_insert_with(|| State::new(&variant.draft));
        play(&variant.draft, figures, state, &mut Balances { balances })
            .map_err(|fault| Box::new(fault_diagnostic(&variant.scenario, &variant.draft, fault)))
    }

    /// The plan of a choice.
    fn variant(
        &self,
        choice: &Choice,
        days: &[(&str, Day)],
        places: &[usize],
    ) -> Result<Arc<Variant>, Box<Diagnostic>> {
        if let Ok(known) = self.known.lock()
            && let Some(variant) = known.get(choice)
        {
            return Ok(Arc::clone(variant));
        }
        let mut scenario = self.days.scenario(days)?;
        scenario.main_burn = choice.burn;
        for (raise, day) in &choice.raised {
            scenario.raise(*raise, *day);
        }
        let mut bag = Bag::default();
        let whole = plan(&scenario, &mut bag);
        if let Some(fault) = bag.faults().first() {
            return Err(Box::new((*fault).clone()));
        }
        let mut draft = whole.clone();
        draft.treasury.only = draft.treasury.deciding;
        let asked: Vec<String> = places.iter().filter_map(|place| self.paths.get(*place)).cloned().collect();
        // A round that is not raised has no results here: they are left out.
        let (readings, _) = Readings::of(&scenario, &whole, &asked);
        let place = |path: &String| self.paths.iter().position(|known| known == path);
        let found = readings.all().iter().filter_map(|reading| place(&reading.path)).collect();
        let variant = Arc::new(Variant { scenario, plan: whole, draft, readings, places: found });
        if let Ok(mut known) = self.known.lock()
            && known.len() < MOST_KEPT
        {
            known.insert(choice.clone(), Arc::clone(&variant));
        }
        Ok(variant)
    }
}

/// The projection as it stands.
fn projection<'p>(variant: &'p Variant, desk: &'p Desk) -> Projection<'p, f64> {
    Projection {
        scenario: &variant.scenario,
        plan: &variant.draft,
        figures: Figures::new(&desk.figures),
        runway: desk.state.as_ref().and_then(|state| state.runways.first()).copied(),
        balances: &desk.balances,
    }
}

/// The round that is raised next, if any may be.
fn due(variant: &Variant, desk: &Desk) -> Option<crate::outcome::Due<f64>> {
    let due = projection(variant, desk).next(has_times_left)?;
    let raise = variant.scenario.raises.get(due.raise)?;
    (!is_too_late(&due, raise)).then_some(due)
}

/// Keeps the balances of the only report that is played.
struct Balances<'a> {
    balances: &'a mut Vec<f64>,
}

impl Observer<f64> for Balances<'_> {
    fn month(&mut self, _: usize, flow: &MonthFlow<f64>) {
        self.balances.push(flow.balance);
    }
}
