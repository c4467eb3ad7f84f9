//! A sensitivity: each input that has a range is moved alone to its low and to its high end, everything else as it is.

use std::cmp::Ordering;

use crate::document::Detail;
use crate::document::Document;
use crate::document::Literal;
use crate::document::Node;
use crate::outcome::MetricValue;
use crate::outcome::Outcome;
use crate::scenario::FigureEntry;
use crate::scenario::Rule;
use crate::scenario::Scenario;
use crate::scenario::Status;
use crate::units::Decimal;

use super::compare::is_same;
use super::parallel::Watch;
use super::parallel::in_order;
use super::point::Asked;
use super::point::Change;
use super::point::Player;
use super::point::Why;
use super::point::as_number;
use super::point::results;

/// An input that can be moved, and how far.
#[derive(Debug, Clone)]
pub struct Lever {
    /// Its path: of a figure, a condition, or a tranche that may not take part.
    pub path: String,
    /// Its value in the file, as typed.
    pub value: String,
    /// Its low end: of a condition that it fails, of a tranche that it is left out.
    pub low: End,
    /// Its high end.
    pub high: End,
    /// Ids of the sources of its range.
    pub sources: Vec<String>,
    /// The hedge as printed.
    pub said: Option<String>,
    /// How sure it is.
    pub status: Status,
}

/// One end of a range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// As typed; of a figure with one end alone, its value stands for the other.
    pub text: String,
    /// What is changed to go there; nothing where the file is there already.
    pub change: Change,
}

/// What a play at an end gave: the result, none where there is no such result, or why it was refused.
pub type At = Result<Option<MetricValue>, Why>;

/// What a study of ranges found.
#[derive(Debug, Clone)]
pub struct Sensitivity {
    /// Every input that has a range, in the order of the file.
    pub levers: Vec<Lever>,
    /// Figures that say how they are spread but name no end, and are not moved.
    pub without_ends: Vec<String>,
    /// What each result asked for does.
    pub tornadoes: Vec<Tornado>,
}

/// How one result moves.
#[derive(Debug, Clone)]
pub struct Tornado {
    /// The result.
    pub metric: Asked,
    /// Its value with everything as it is.
    pub base: MetricValue,
    /// A bar for each input, the largest swing first, then those that were refused, then those that do not move it.
    pub bars: Vec<Bar>,
    /// Pairs of the inputs with the largest swings; empty if not asked for.
    pub pairs: Vec<Pair>,
}

/// How far one input moves a result.
#[derive(Debug, Clone)]
pub struct Bar {
    /// Which input.
    pub lever: usize,
    /// The result at the low end.
    pub low: At,
    /// The result at the high end.
    pub high: At,
    /// How far it moves.
    pub swing: Swing,
}

/// How far a result moves: from the lowest to the highest of base and ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Swing {
    /// To or from beyond the horizon, or from a value to none: farther than any number.
    Beyond,
    /// From one word to another.
    Word,
    /// By so much; of a day by so many days.
    By(Decimal),
    /// An end was refused, and the other does not move it: nobody knows.
    Refused,
    /// Not at all.
    Still,
}

/// Two inputs moved together.
#[derive(Debug, Clone)]
pub struct Pair {
    /// Which two.
    pub levers: (usize, usize),
    /// The results at both low, low and high, high and low, both high.
    pub corners: [At; 4],
    /// What the two do together beyond the sum of what each does alone, at the corner where that is most; none where a
    /// corner has no number.
    pub interaction: Option<Decimal>,
}

/// Every input of a scenario that has a range, and the figures whose spread has no ends.
#[must_use]
pub fn levers(document: &Document, scenario: &Scenario) -> (Vec<Lever>, Vec<String>) {
    let mut all = Vec::new();
    let mut without_ends = Vec::new();
    for figure in scenario.figures.iter() {
        let Some(Node::Figure(node)) = document.node(&figure.path) else { continue };
        let Some(detail) = node.detail.as_deref() else { continue };
        match ends(detail) {
            (None, None) if detail.sd.is_some() || detail.sigma.is_some() => without_ends.push(figure.path.clone()),
            (None, None) => {}
            (low, high) => {
                let end = |literal: Option<&Literal>| match literal {
                    Some(literal) => {
                        End { text: literal.bare().to_owned(), change: Change::set(&figure.path, literal.bare()) }
                    }
                    None => End { text: figure.typed.clone(), change: Change::default() },
                };
                all.push(lever(figure, figure.path.clone(), figure.typed.clone(), end(low), end(high)));
            }
        }
    }
    for condition in &scenario.conditions {
        let Rule::Itself { expected, probability: Some(probability), .. } = &condition.rule else { continue };
        let path = format!("condition.{}", condition.id);
        let Some(figure) = scenario.figures.get(*probability) else { continue };
        let is_expected = scenario.figures.value(*expected) != Decimal::ZERO;
        let word = |is_met: bool| if is_met { "met" } else { "fails" }.to_owned();
        let end = |is_met: bool| End {
            text: word(is_met),
            change: Change::set(&format!("{path}.expected"), if is_met { "true" } else { "false" }),
        };
        all.push(lever(figure, path.clone(), word(is_expected), end(false), end(true)));
    }
    for round in &scenario.rounds {
        for tranche in &round.tranches {
            let Some(figure) = tranche.probability.and_then(|id| scenario.figures.get(id)) else { continue };
            let Some(path) = figure.path.strip_suffix(".probability") else { continue };
            // A round in which nobody takes part does not happen.
            let gone = if round.tranches.len() == 1 { format!("round.{}", round.id) } else { path.to_owned() };
            let out = End { text: "out".to_owned(), change: Change { remove: vec![gone], ..Change::default() } };
            let taking_part = End { text: "in".to_owned(), change: Change::default() };
            all.push(lever(figure, path.to_owned(), "in".to_owned(), out, taking_part));
        }
    }
    (all, without_ends)
}

fn lever(figure: &FigureEntry, path: String, value: String, low: End, high: End) -> Lever {
    Lever { path, value, low, high, sources: figure.sources.clone(), said: figure.said.clone(), status: figure.status }
}

/// The ends of a range: the hard ones, else the quantiles, else the least and the largest of a choice.
pub(super) fn ends(detail: &Detail) -> (Option<&Literal>, Option<&Literal>) {
    let numbered = |literal: &&Literal| literal.amount.decimal().is_some();
    let by_number = |a: &&Literal, b: &&Literal| a.amount.decimal().cmp(&b.amount.decimal());
    let options = || detail.options.iter().filter(numbered);
    (
        detail.low.as_ref().or(detail.p5.as_ref()).or_else(|| options().min_by(by_number)),
        detail.high.as_ref().or(detail.p95.as_ref()).or_else(|| options().max_by(by_number)),
    )
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoSensitivity {
    /// The scenario has no result of that path.
    UnknownResult(String),
    /// The watcher stopped it.
    Stopped,
}

/// Moves every input of a scenario that has a range, and of the `pairs` inputs that move a result most every two.
///
/// # Errors
/// A path that names no result, or it was stopped.
pub fn sensitivity(
    document: &Document,
    outcome: &Outcome,
    paths: &[String],
    pairs: usize,
    play: &Player<'_>,
    threads: usize,
    watch: &(dyn Watch + Sync),
) -> Result<Sensitivity, NoSensitivity> {
    let mut asked: Vec<(Asked, MetricValue)> = Vec::new();
    for path in paths {
        let Some(found) = results(outcome, path) else { return Err(NoSensitivity::UnknownResult(path.clone())) };
        asked.extend(
            found.into_iter().map(|metric| (Asked { path: metric.path, measure: metric.measure }, metric.value)),
        );
    }
    let (levers, without_ends) = levers(document, &outcome.scenario);
    let study = Study { asked: &asked, play, threads, watch };
    let changes = levers.iter().flat_map(|lever| [lever.low.change.clone(), lever.high.change.clone()]);
    let found = study.played(&changes.collect::<Vec<_>>()).ok_or(NoSensitivity::Stopped)?;
    let mut tornadoes = Vec::new();
    for (place, (metric, base)) in asked.iter().enumerate() {
        let at = |number: usize| found.get(number).map_or(Ok(None), |found| taken(found, place));
        let mut bars: Vec<Bar> = (0..levers.len())
            .map(|lever| {
                let (low, high) = (at(lever.saturating_mul(2)), at(lever.saturating_mul(2).saturating_add(1)));
                Bar { lever, swing: swing(base, &low, &high), low, high }
            })
            .collect();
        bars.sort_by(|a, b| order(a.swing, b.swing));
        let moving: Vec<&Bar> =
            bars.iter().filter(|bar| !matches!(bar.swing, Swing::Still | Swing::Refused)).take(pairs).collect();
        let pairs = study.pairs(&levers, &moving, place, base).ok_or(NoSensitivity::Stopped)?;
        tornadoes.push(Tornado { metric: metric.clone(), base: base.clone(), bars, pairs });
    }
    Ok(Sensitivity { levers, without_ends, tornadoes })
}

/// What a play gave for each result asked for.
type Found = Result<Vec<Option<MetricValue>>, Why>;

fn taken(found: &Found, place: usize) -> At {
    match found {
        Ok(values) => Ok(values.get(place).cloned().flatten()),
        Err(why) => Err(why.clone()),
    }
}

struct Study<'a> {
    asked: &'a [(Asked, MetricValue)],
    play: &'a Player<'a>,
    threads: usize,
    watch: &'a (dyn Watch + Sync),
}

impl Study<'_> {
    fn played(&self, changes: &[Change]) -> Option<Vec<Found>> {
        in_order(changes.len(), self.threads, self.watch, |number| {
            let change = changes.get(number).cloned().unwrap_or_default();
            let outcome = (self.play)(&change).map_err(|refused| refused.why())?;
            let value = |(metric, _): &(Asked, MetricValue)| {
                results(&outcome, &metric.path)?.into_iter().next().map(|metric| metric.value)
            };
            Ok(self.asked.iter().map(value).collect())
        })
    }

    fn pairs(&self, levers: &[Lever], moving: &[&Bar], place: usize, base: &MetricValue) -> Option<Vec<Pair>> {
        let mut chosen: Vec<(&Bar, &Bar)> = Vec::new();
        for (number, first) in moving.iter().enumerate() {
            chosen.extend(moving.iter().skip(number.saturating_add(1)).map(|second| (*first, *second)));
        }
        let change = |bar: &Bar, is_high: bool| {
            let lever = levers.get(bar.lever);
            lever.map(|lever| if is_high { &lever.high } else { &lever.low }.change.clone()).unwrap_or_default()
        };
        let changes: Vec<Change> = chosen
            .iter()
            .flat_map(|(a, b)| CORNERS.map(|(high_a, high_b)| change(a, high_a).and(&change(b, high_b))))
            .collect();
        let found = self.played(&changes)?;
        let mut pairs: Vec<Pair> = chosen
            .iter()
            .zip(found.chunks(CORNERS.len()))
            .map(|((a, b), corners)| {
                let corner = |number: usize| corners.get(number).map_or(Ok(None), |found| taken(found, place));
                let corners = [corner(0), corner(1), corner(2), corner(3)];
                let interaction = interaction(base, a, b, &corners);
                Pair { levers: (a.lever, b.lever), corners, interaction }
            })
            .collect();
        pairs.sort_by(|a, b| {
            let size = |pair: &Pair| pair.interaction.map(|it| it.abs());
            size(b).cmp(&size(a))
        });
        Some(pairs)
    }
}

/// Which of two inputs are high at each corner.
const CORNERS: [(bool, bool); 4] = [(false, false), (false, true), (true, false), (true, true)];

fn number(at: &At) -> Option<Decimal> {
    at.as_ref().ok()?.as_ref().and_then(as_number)
}

/// What is left of the corners when what each input does alone is taken off.
fn interaction(base: &MetricValue, a: &Bar, b: &Bar, corners: &[At; 4]) -> Option<Decimal> {
    let base = as_number(base)?;
    let mut most = Decimal::ZERO;
    for ((high_a, high_b), corner) in CORNERS.iter().zip(corners) {
        let alone_a = number(if *high_a { &a.high } else { &a.low })?;
        let alone_b = number(if *high_b { &b.high } else { &b.low })?;
        let sum = alone_a.checked_add(alone_b)?.checked_sub(base)?;
        let together = number(corner)?;
        if !is_same(together, sum) {
            let beyond = together.checked_sub(sum)?;
            if beyond.abs() > most.abs() {
                most = beyond;
            }
        }
    }
    Some(most)
}

fn swing(base: &MetricValue, low: &At, high: &At) -> Swing {
    let known: Vec<Option<&MetricValue>> =
        [low, high].into_iter().filter_map(|at| at.as_ref().ok()).map(Option::as_ref).chain([Some(base)]).collect();
    if known.len() == 1 {
        return Swing::Refused;
    }
    // What stays at the one end that was played may move at the other.
    let still = if known.len() == 3 { Swing::Still } else { Swing::Refused };
    let numbers: Vec<Decimal> = known.iter().filter_map(|value| value.and_then(as_number)).collect();
    if numbers.len() == known.len() {
        let least = numbers.iter().copied().min().unwrap_or(Decimal::ZERO);
        let most = numbers.iter().copied().max().unwrap_or(Decimal::ZERO);
        return if is_same(least, most) { still } else { Swing::By(most.saturating_sub(least)) };
    }
    if known.iter().all(|value| *value == Some(base)) {
        return still;
    }
    match base {
        MetricValue::Text(_) => Swing::Word,
        _ => Swing::Beyond,
    }
}

/// The largest first; among equals the order of the file.
fn order(a: Swing, b: Swing) -> Ordering {
    let rank = |swing: Swing| match swing {
        Swing::Beyond => 0,
        Swing::Word => 1,
        Swing::By(_) => 2,
        Swing::Refused => 3,
        Swing::Still => 4,
    };
    match (a, b) {
        (Swing::By(a), Swing::By(b)) => b.cmp(&a),
        (a, b) => rank(a).cmp(&rank(b)),
    }
}
