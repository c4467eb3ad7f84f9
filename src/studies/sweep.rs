//! A sweep: every combination of the values of some axes, each played as `run` plays it.

use indexmap::IndexMap;

use crate::outcome::Measure;
use crate::outcome::MetricValue;
use crate::outcome::Outcome;

use super::axis::Axis;
use super::compare::is_same;
use super::parallel::Watch;
use super::parallel::in_order;
use super::point::Asked;
use super::point::Change;
use super::point::Player;
use super::point::Why;
use super::point::results;

/// The path of the axis of cases.
pub const CASE: &str = "case";
/// The value of that axis that stands for no case.
pub const NO_CASE: &str = "none";

/// What a sweep found.
#[derive(Debug, Clone)]
pub struct Sweep {
    /// What was varied.
    pub axes: Vec<Axis>,
    /// The results asked for, in the order they were met.
    pub metrics: Vec<Asked>,
    /// Results that are the same at every point, and were left out because nobody asked for them.
    pub unmoved: usize,
    /// Every point: the first axis moves slowest.
    pub points: Vec<Swept>,
}

/// One point.
#[derive(Debug, Clone)]
pub struct Swept {
    /// Which value of each axis.
    pub at: Vec<usize>,
    /// What was changed.
    pub change: Change,
    /// A value for each of the sweep's results, none where there is no such result; or why it was refused.
    pub values: Result<Vec<Option<MetricValue>>, Why>,
}

/// Why there is no sweep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoSweep {
    /// Every point was refused.
    AllRefused,
    /// No point has a result of that path.
    UnknownResult(String),
    /// The watcher stopped it.
    Stopped,
}

impl Sweep {
    /// How many points were refused.
    #[must_use]
    pub fn refused(&self) -> usize {
        self.points.iter().filter(|point| point.values.is_err()).count()
    }
}

/// The point of some axes by its number: the place on each axis, and what is changed there.
#[must_use]
pub fn change_at(axes: &[Axis], number: usize) -> (Vec<usize>, Change) {
    let mut rest = number;
    let mut at = vec![0; axes.len()];
    for (axis, place) in axes.iter().zip(&mut at).rev() {
        let count = axis.points.len().max(1);
        *place = rest % count;
        rest /= count;
    }
    let mut change = Change::default();
    for (axis, place) in axes.iter().zip(&at) {
        let Some(point) = axis.points.get(*place) else { continue };
        if axis.path != CASE {
            change.set.push(format!("{}={}", axis.path, point.text));
        } else if point.text != NO_CASE {
            change.cases.push(point.text.clone());
        }
    }
    (at, change)
}

/// How many points some axes have together.
#[must_use]
pub fn count(axes: &[Axis]) -> usize {
    axes.iter().fold(1_usize, |product, axis| product.saturating_mul(axis.points.len()))
}

/// What is shown where nothing is asked for: who owns it, how long the money lasts.
const USUAL: [&str; 2] = ["ownership.*", "runway.*.months"];

/// Plays every point. `paths` are the results asked for, with `*` as in `run`; where there are none, the ownership and
/// the months of every runway, those that move alone.
///
/// # Errors
/// No point was played, a path names nothing at any of them, or it was stopped.
pub fn sweep(
    axes: Vec<Axis>,
    paths: &[String],
    play: &Player<'_>,
    threads: usize,
    watch: &(dyn Watch + Sync),
) -> Result<Sweep, NoSweep> {
    let asked: Vec<&str> = if paths.is_empty() { USUAL.to_vec() } else { paths.iter().map(String::as_str).collect() };
    let played = in_order(count(&axes), threads, watch, |number| {
        let (_, change) = change_at(&axes, number);
        play(&change).map(|outcome| read(&outcome, &asked)).map_err(|refused| refused.why())
    })
    .ok_or(NoSweep::Stopped)?;
    if !played.iter().any(Result::is_ok) {
        return Err(NoSweep::AllRefused);
    }
    // The columns: each path asked for, and below it what it names, in the order of the points.
    let mut columns: IndexMap<String, Measure> = IndexMap::new();
    for (place, path) in asked.iter().enumerate() {
        let mut is_known = false;
        for found in played.iter().flatten().filter_map(|found| found.get(place)?.as_ref()) {
            is_known = true;
            for (path, measure, _) in found {
                columns.entry(path.clone()).or_insert(*measure);
            }
        }
        if !is_known && !paths.is_empty() {
            return Err(NoSweep::UnknownResult((*path).to_owned()));
        }
    }
    let points = played.into_iter().enumerate().map(|(number, found)| {
        let (at, change) = change_at(&axes, number);
        let values = found.map(|found| {
            let mut values = vec![None; columns.len()];
            for (path, _, value) in found.into_iter().flatten().flatten() {
                if let Some(cell) = columns.get_index_of(&path).and_then(|column| values.get_mut(column)) {
                    *cell = Some(value);
                }
            }
            values
        });
        Swept { at, change, values }
    });
    let points: Vec<Swept> = points.collect();
    let metrics = columns.into_iter().map(|(path, measure)| Asked { path, measure }).collect();
    let mut sweep = Sweep { axes, metrics, unmoved: 0, points };
    if paths.is_empty() {
        sweep.leave_out_what_stays();
    }
    Ok(sweep)
}

/// Of each path asked for, the results it names.
type Found = Vec<Option<Vec<(String, Measure, MetricValue)>>>;

fn read(outcome: &Outcome, paths: &[&str]) -> Found {
    let all = paths.iter().map(|path| {
        let found = results(outcome, path)?;
        // A list of its own: the one found has kept the room of all results of the scenario.
        let mut kept = Vec::with_capacity(found.len());
        kept.extend(found.into_iter().map(|metric| (metric.path, metric.measure, metric.value)));
        Some(kept)
    });
    all.collect()
}

impl Sweep {
    /// Whether a result, by its column, is the same at every point that was played.
    #[must_use]
    pub fn stays(&self, column: usize) -> bool {
        let mut all = self.points.iter().filter_map(|point| point.values.as_ref().ok()?.get(column));
        let first = all.next();
        all.all(|value| match (first, value) {
            (Some(Some(MetricValue::Number(a))), Some(MetricValue::Number(b))) => is_same(*a, *b),
            (first, value) => first == Some(value),
        })
    }

    /// Leaves out results that are the same at every point, but never all of them.
    fn leave_out_what_stays(&mut self) {
        let stays: Vec<bool> = (0..self.metrics.len()).map(|column| self.stays(column)).collect();
        if stays.iter().all(|stays| *stays) {
            return;
        }
        self.unmoved = stays.iter().filter(|stays| **stays).count();
        let keep = |column: &usize| stays.get(*column) == Some(&false);
        self.metrics = kept(std::mem::take(&mut self.metrics), keep);
        for point in &mut self.points {
            if let Ok(values) = &mut point.values {
                *values = kept(std::mem::take(values), keep);
            }
        }
    }
}

/// The items at the places that are kept.
fn kept<T>(items: Vec<T>, keep: impl Fn(&usize) -> bool) -> Vec<T> {
    items.into_iter().enumerate().filter(|(place, _)| keep(place)).map(|(_, item)| item).collect()
}
