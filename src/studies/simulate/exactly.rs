//! Draws played as `run` plays, in exact decimals: for results that are read off the journal, days that move, and rounds
//! that are raised when they are needed. Slower by far, and never wrong about what it reads.

use std::collections::HashMap;

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::outcome::MetricValue;
use crate::outcome::When;
use crate::outcome::metric;
use crate::outcome::metrics;
use crate::outcome::play_quietly;
use crate::scenario::FigureId;
use crate::studies::Watch;
use crate::units::Decimal;
use crate::units::Scalar;

use super::column::Column;
use super::days::Days;
use super::machine::Chunk;
use super::sampler::Sampler;
use super::simulation::RefusedDraw;

/// Plays draws exactly.
pub(super) struct Exactly<'a> {
    days: &'a Days<'a>,
    sampler: &'a Sampler,
    paths: &'a [String],
}

impl<'a> Exactly<'a> {
    pub fn new(days: &'a Days<'a>, sampler: &'a Sampler, paths: &'a [String]) -> Exactly<'a> {
        Exactly { days, sampler, paths }
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
    fn draw(&self, figures: &[Column<1>]) -> Result<Vec<f64>, RefusedDraw> {
        let at =
            |slot: usize| figures.get(slot).map_or(f64::NAN, |figure| figure.0.iter().fold(0.0, |_, value| *value));
        let numbers: Vec<f64> = (0..figures.len()).map(at).collect();
        let days = self.days.of(&numbers, self.sampler);
        let mut scenario = self.days.scenario(&days).map_err(|fault| RefusedDraw::of(&fault))?;
        // A rate first: it moves the figures that are written in its currency.
        for slot in self.sampler.slots() {
            if let Some(value) = Decimal::from_f64_retain(at(*slot)) {
                scenario.figures.move_to(FigureId::at(*slot), value);
            }
        }
        let mut bag = Bag::default();
        let Some(played) = play_quietly(scenario, &mut bag) else {
            let unsaid = Diagnostic::new(Code::Arithmetic, "there is no answer");
            return Err(RefusedDraw::of(bag.faults().first().copied().unwrap_or(&unsaid)));
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
