//! Draws played as `run` plays, in exact decimals: for results that are read off the journal, days that move, and rounds
//! that are raised when they are needed. Slower by far, and never wrong about what it reads.

use std::collections::HashMap;
use std::sync::Mutex;

use rust_decimal::prelude::ToPrimitive;

use crate::diagnostics::Bag;
use crate::outcome::MetricValue;
use crate::outcome::Outcome;
use crate::outcome::When;
use crate::outcome::metric;
use crate::outcome::metrics;
use crate::outcome::play_quietly;
use crate::scenario::FigureId;
use crate::scenario::Scenario;
use crate::studies::Change;
use crate::studies::Player;
use crate::studies::Watch;
use crate::units::Day;
use crate::units::Decimal;
use crate::units::Lanes;
use crate::units::Scalar;

use super::machine::Chunk;
use super::sampler::Sampler;
use super::simulation::RefusedDraw;

/// Plays draws exactly.
pub(super) struct Exactly<'a> {
    outcome: &'a Outcome,
    player: &'a Player<'a>,
    sampler: &'a Sampler,
    paths: &'a [String],
    /// The scenario with other days, by those days.
    by_days: Mutex<HashMap<Vec<Day>, Result<Scenario, RefusedDraw>>>,
}

/// A scenario with other days is kept for this many choices of them.
const MOST_KEPT: usize = 4096;

impl<'a> Exactly<'a> {
    pub fn new(outcome: &'a Outcome, player: &'a Player<'a>, sampler: &'a Sampler, paths: &'a [String]) -> Exactly<'a> {
        Exactly { outcome, player, sampler, paths, by_days: Mutex::new(HashMap::new()) }
    }

    /// Plays so many draws; none if it was stopped in the middle.
    pub fn play(&self, first: u64, draws: usize, watch: &(dyn Watch + Sync)) -> Option<(Chunk, Vec<RefusedDraw>)> {
        let mut chunk = Chunk::new(draws, self.paths.len());
        let mut refused = Vec::new();
        let mut figures = self.sampler.fixed::<1>();
        for place in 0..draws {
            if watch.is_stopped() {
                return None;
            }
            let draw = first.saturating_add(place as u64);
            self.sampler.fill(draw, &mut figures);
            match self.draw(&figures) {
                Ok(values) => {
                    for (result, value) in values.into_iter().enumerate() {
                        let at = result.saturating_mul(draws).saturating_add(place);
                        if let Some(slot) = chunk.values.get_mut(at) {
                            *slot = value;
                        }
                    }
                }
                Err(why) => refused.push(RefusedDraw { draw, ..why }),
            }
        }
        Some((chunk, refused))
    }

    /// One draw: a number for each result.
    fn draw(&self, figures: &[Lanes<1>]) -> Result<Vec<f64>, RefusedDraw> {
        let at =
            |slot: usize| figures.get(slot).map_or(f64::NAN, |figure| figure.0.iter().fold(0.0, |_, value| *value));
        let days: Vec<(&str, Day)> =
            self.sampler.days().iter().filter_map(|(slot, path)| Some((path.as_str(), day(at(*slot))?))).collect();
        let mut scenario = if days.is_empty() { self.outcome.scenario.clone() } else { self.with_days(&days)? };
        // A rate first: it moves the figures that are written in its currency.
        for slot in self.sampler.slots() {
            if let Some(value) = Decimal::from_f64_retain(at(*slot)) {
                scenario.figures.move_to(FigureId::at(*slot), value);
            }
        }
        let mut bag = Bag::default();
        let Some(played) = play_quietly(scenario, &mut bag) else {
            let fault = bag.faults().first().map(|fault| (fault.code.name().to_owned(), fault.message.clone()));
            let (code, why) = fault.unwrap_or_else(|| ("arithmetic".to_owned(), "there is no answer".to_owned()));
            return Err(RefusedDraw { draw: 0, code, why });
        };
        // The results at the end are worked out once for all of them.
        let all = metrics(&played, When::End);
        let at_the_end: HashMap<&str, &MetricValue> =
            all.iter().map(|metric| (metric.path.as_str(), &metric.value)).collect();
        let value = |path: &String| match at_the_end.get(path.as_str()) {
            Some(value) => Some((*value).clone()),
            None if path.contains('@') => {
                metric(&played, path).and_then(|found| found.into_iter().next()).map(|it| it.value)
            }
            None => None,
        };
        Ok(self.paths.iter().map(|path| number(value(path).as_ref())).collect())
    }

    /// The scenario with other days, read once for each choice of them.
    fn with_days(&self, days: &[(&str, Day)]) -> Result<Scenario, RefusedDraw> {
        let key: Vec<Day> = days.iter().map(|(_, day)| *day).collect();
        if let Ok(known) = self.by_days.lock()
            && let Some(known) = known.get(&key)
        {
            return known.clone();
        }
        let change =
            days.iter().fold(Change::default(), |change, (path, day)| change.and(&Change::set(path, &day.to_string())));
        let found = match (self.player)(&change) {
            Ok(outcome) => Ok(outcome.scenario.unraised()),
            Err(refused) => {
                let why = refused.why();
                Err(RefusedDraw { draw: 0, code: why.code.to_owned(), why: why.message })
            }
        };
        if let Ok(mut known) = self.by_days.lock()
            && known.len() < MOST_KEPT
        {
            known.insert(key, found.clone());
        }
        found
    }
}

/// The day with a number that was drawn: the nearest.
fn day(number: f64) -> Option<Day> {
    Day::from_number(Decimal::from_f64_retain(number)?.round().to_i64()?)
}

/// A result as a float: not a number where there is none, infinite beyond the horizon.
fn number(value: Option<&MetricValue>) -> f64 {
    match value {
        Some(MetricValue::Number(number)) => f64::of(*number),
        Some(MetricValue::Day(day)) => f64::whole(i128::from(day.number())),
        Some(MetricValue::Never) => f64::INFINITY,
        Some(MetricValue::Text(_)) | None => f64::NAN,
    }
}
