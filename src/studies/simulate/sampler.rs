//! The figures of a draw: what is fixed, what is spread, what happens or not, and what moves together.

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::outcome::Outcome;
use crate::scenario::FigureId;
use crate::scenario::Rule;
use crate::units::Scalar;

use super::column::Column;
use super::correlation::Together;
use super::distribution::Distribution;
use super::points::Points;
use super::points::Source;

/// Everything that differs from draw to draw, compiled.
#[derive(Debug, Clone)]
pub struct Sampler {
    /// The figures as `run` has them.
    base: Vec<f64>,
    /// Figures that are drawn by themselves.
    alone: Vec<Drawn>,
    /// Figures that are drawn together.
    together: Option<Together>,
    /// What happens or not.
    chances: Vec<Chance>,
    /// Figures in a currency whose rate is drawn.
    exchanged: Vec<Exchanged>,
    /// Paths of everything drawn, in the order of the file.
    paths: Vec<String>,
    /// Ranges without a shape, and conditions without a probability.
    held: Vec<String>,
    /// Days that are drawn: slot and path.
    days: Vec<(usize, String)>,
    /// Numbers that are drawn, exchange rates first.
    slots: Vec<usize>,
}

/// A figure that is drawn.
#[derive(Debug, Clone)]
pub(super) struct Drawn {
    pub slot: usize,
    pub source: Source,
    pub distribution: Distribution,
}

/// A condition that is met or not, an investor that takes part or not: one for yes, zero for no.
#[derive(Debug, Clone)]
struct Chance {
    slot: usize,
    source: Source,
    /// The slot of its probability, which may be drawn itself.
    probability: usize,
}

/// A figure in another currency, whose rate is drawn.
#[derive(Debug, Clone)]
struct Exchanged {
    slot: usize,
    rate: usize,
    /// The rate at which the figure was converted as written.
    written: f64,
    /// Its number as written; none where it is drawn itself.
    own: Option<f64>,
}

impl Sampler {
    /// Compiles what a scenario leaves open. Faults go into the bag.
    #[must_use]
    pub fn of(outcome: &Outcome, seed: u64, points: Points, bag: &mut Bag) -> Sampler {
        let scenario = &outcome.scenario;
        let figures = &scenario.figures;
        let base: Vec<f64> = outcome.plan.values.iter().map(|value| f64::of(*value)).collect();
        let mut dimension = 0u32;
        let mut paths = Vec::new();
        let mut source = |path: &str| {
            let source = points.source(seed, path, dimension);
            dimension = dimension.saturating_add(1);
            paths.push(path.to_owned());
            source
        };
        let mut drawn = Vec::new();
        let (mut held, mut days) = (Vec::new(), Vec::new());
        for (slot, figure) in figures.iter().enumerate() {
            if figure.spread.is_none() && figure.range.as_ref().is_some_and(|range| range.shape.is_none()) {
                held.push(figure.path.clone());
            }
            if let Some(spread) = &figure.spread {
                if figure.day.is_some() {
                    days.push((slot, figure.path.clone()));
                }
                if figure.path.ends_with(".above") {
                    let fault = Diagnostic::new(Code::NotYetSupported, format!("`{}` is drawn", figure.path));
                    let fault = match figure.span {
                        Some(span) => fault.at(span),
                        None => fault,
                    };
                    bag.add(fault.help("where a tier begins is fixed in a simulation: take the shape out"));
                }
                let source = source(&figure.path);
                drawn.push(Drawn { slot, source, distribution: Distribution::of(spread) });
            }
        }
        let mut chances = Vec::new();
        let mut chance = |path: String, slot: FigureId, probability: FigureId| {
            let source = source(&path);
            chances.push(Chance { slot: slot.index(), source, probability: probability.index() });
        };
        for condition in &scenario.conditions {
            match condition.rule {
                Rule::Itself { expected, probability: Some(probability), .. } => {
                    chance(format!("condition.{}", condition.id), expected, probability);
                }
                Rule::Itself { .. } => held.push(format!("condition.{}", condition.id)),
                Rule::Any(_) | Rule::All(_) => {}
            }
        }
        for round in scenario.rounds.iter().chain(scenario.raises.iter().map(|raise| &raise.round)) {
            for tranche in &round.tranches {
                if let Some(probability) = tranche.probability {
                    let path = format!("round.{}.tranche.{}", round.id, tranche.id);
                    chance(path, tranche.takes_part, probability);
                }
            }
        }
        let is_drawn = |slot: usize| drawn.iter().any(|drawn: &Drawn| drawn.slot == slot);
        let exchanged: Vec<Exchanged> = figures
            .iter()
            .enumerate()
            .filter_map(|(slot, figure)| {
                let rate = figure.converted.as_ref()?.rate.index();
                let written = base.get(rate).copied()?;
                let own = if is_drawn(slot) { None } else { base.get(slot).copied() };
                is_drawn(rate).then_some(Exchanged { slot, rate, written, own })
            })
            .collect();
        let (together, alone) = match Together::of(scenario, drawn) {
            Ok(split) => split,
            Err((span, drawn)) => {
                let fault = Diagnostic::new(Code::BadFigure, "these correlations cannot hold at once");
                let fault = match span {
                    Some(span) => fault.at(span),
                    None => fault,
                };
                let fault = fault.help("the more pairs there are the nearer to zero their ranks must be: lower one");
                bag.add(
                    fault.help("figures that are correlated with others, but not with each other, have the rank 0"),
                );
                (None, drawn)
            }
        };
        let is_day = |slot: &usize| days.iter().any(|(day, _)| day == slot);
        let mut slots: Vec<usize> = alone.iter().map(|drawn| drawn.slot).collect();
        slots.extend(together.iter().flat_map(Together::slots));
        slots.extend(chances.iter().map(|chance| chance.slot));
        slots.extend(exchanged.iter().map(|exchanged| exchanged.slot));
        slots.retain(|slot| !is_day(slot));
        slots.sort_by_key(|slot| (!exchanged.iter().any(|it| it.rate == *slot), *slot));
        slots.dedup();
        Sampler { base, alone, together, chances, exchanged, paths, held, days, slots }
    }

    /// Ranges without a shape and conditions without a probability: held as `run` has them.
    #[must_use]
    pub fn held(&self) -> &[String] {
        &self.held
    }

    /// Days that are drawn: slot and path.
    pub(super) fn days(&self) -> &[(usize, String)] {
        &self.days
    }

    /// Numbers that are drawn, exchange rates first.
    pub(super) fn slots(&self) -> &[usize] {
        &self.slots
    }

    /// Whether the number of a slot differs from draw to draw.
    #[must_use]
    pub fn is_drawn(&self, slot: usize) -> bool {
        self.slots.contains(&slot)
    }

    /// Whether no draw has a number below zero in a slot, as far as its shape tells.
    #[must_use]
    pub fn is_never_negative(&self, slot: usize) -> bool {
        if self.exchanged.iter().any(|exchanged| exchanged.slot == slot) {
            return false;
        }
        let together = self.together.iter().flat_map(Together::drawn);
        let mut drawn = self.alone.iter().chain(together).filter(|drawn| drawn.slot == slot).peekable();
        match drawn.peek() {
            Some(_) => drawn.all(|drawn| drawn.distribution.is_never_negative()),
            None => self.chances.iter().any(|chance| chance.slot == slot),
        }
    }

    /// Whether a day is drawn.
    #[must_use]
    pub fn has_days(&self) -> bool {
        !self.days.is_empty()
    }

    /// Why the draws cannot be played on floats; none if they can.
    #[must_use]
    pub fn why_exactly(&self, outcome: &Outcome) -> Option<String> {
        let figures = &outcome.scenario.figures;
        let part = figures.iter().find(|figure| figure.fraction.is_some() && figure.spread.is_some());
        part.map(|figure| format!("`{}` is a fraction that no decimal holds, and drawn", figure.path))
    }

    /// Paths of everything drawn.
    #[must_use]
    pub fn paths(&self) -> &[String] {
        &self.paths
    }

    /// The figures as `run` has them, one a slot.
    #[must_use]
    pub fn base(&self) -> &[f64] {
        &self.base
    }

    /// The same, for every draw of a block.
    #[must_use]
    pub fn fixed<const N: usize>(&self) -> Vec<Column<N>> {
        self.base.iter().map(|value| Column::splat(*value)).collect()
    }

    /// Puts the figures of `N` draws from `first` on into their slots.
    #[inline(always)]
    #[allow(clippy::indexing_slicing, clippy::needless_range_loop, reason = "the loops run over the draws")]
    pub fn fill<const N: usize>(&self, first: u64, figures: &mut [Column<N>]) {
        for drawn in &self.alone {
            let column = drawn.distribution.column(drawn.source.column::<N>(first));
            if let Some(figure) = figures.get_mut(drawn.slot) {
                figure.0 = column;
            }
        }
        if let Some(together) = &self.together {
            together.fill(first, figures);
        }
        for chance in &self.chances {
            let mut column = chance.source.column::<N>(first);
            let Some(probability) = figures.get(chance.probability) else { continue };
            for draw in 0..N {
                column[draw] = if column[draw] < probability.0[draw] { 1.0 } else { 0.0 };
            }
            if let Some(figure) = figures.get_mut(chance.slot) {
                figure.0 = column;
            }
        }
        for exchanged in &self.exchanged {
            let Some(rate) = figures.get(exchanged.rate).copied() else { continue };
            if let Some(figure) = figures.get_mut(exchanged.slot) {
                // What is fixed was put there once: it begins from its own number each time.
                for (value, rate) in figure.0.iter_mut().zip(rate.0) {
                    *value = exchanged.own.unwrap_or(*value) * rate / exchanged.written;
                }
            }
        }
    }
}
