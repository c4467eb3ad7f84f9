//! A search: for which values of one input a goal holds. Every stretch between two tried values in which that changes
//! is narrowed down to two neighbours on the grid, one on either side.

use std::cmp::Ordering;

use crate::outcome::MetricValue;
use crate::units::Decimal;

use super::goal::Goal;
use super::goal::Test;
use super::line::Line;
use super::line::Search;
use super::parallel::Watch;
use super::parallel::in_order;
use super::point::Change;
use super::point::Player;
use super::point::Why;
use super::point::as_number;
use super::point::results;

/// The most plays spent on one stretch: enough for the finest grid, with room for stretches that change more than once.
const MOST_PLAYS: u32 = 2_000;
/// On stretches of fewer steps nothing can be said about jumps.
const LEAST_STEPS: i128 = 1_000;

/// What a search found.
#[derive(Debug, Clone)]
pub struct Solution {
    /// What was looked for.
    pub goal: Goal,
    /// Where.
    pub search: Search,
    /// Everything that was tried and decides the answer, rising along the line: the places tried first, and the two
    /// sides of every crossing.
    pub tried: Vec<Tried>,
    /// Where it changes whether the goal holds, rising.
    pub crossings: Vec<Crossing>,
    /// How often the scenario was played.
    pub plays: usize,
}

/// A place and what it gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Tried {
    /// Where on the line.
    pub place: i128,
    /// The result there.
    pub at: Answer,
}

/// What a place gave.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// A result, and its side of the target.
    Known(MetricValue, Ordering),
    /// There is no such result there.
    Missing,
    /// It was refused.
    Refused(Why),
}

/// Two places, and between them something changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Crossing {
    /// The place before.
    pub before: Tried,
    /// The place after: its neighbour on the grid, unless it could not be narrowed down.
    pub after: Tried,
    /// Whether the result jumps between the two, rather than going through.
    pub is_jump: bool,
}

/// A stretch of the line on which the goal holds wherever it was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    /// Its first place.
    pub from: i128,
    /// Its last place.
    pub to: i128,
    /// The place just before it where the result is the target itself, if it begins there.
    pub above: Option<i128>,
    /// The place just behind it where the result is the target itself, if it ends there.
    pub below: Option<i128>,
    /// Whether the search began there: it may hold before, too.
    pub is_open_below: bool,
    /// Whether the search ended there.
    pub is_open_above: bool,
}

/// What two places must share for nothing to change between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Holds,
    Fails,
    Under,
    Over,
    Missing,
    Refused,
}

impl Answer {
    /// The result, if there is one.
    #[must_use]
    pub fn value(&self) -> Option<&MetricValue> {
        match self {
            Answer::Known(value, _) => Some(value),
            Answer::Missing | Answer::Refused(_) => None,
        }
    }

    /// Whether the goal holds there; none where nobody knows.
    #[must_use]
    pub fn holds(&self, test: Test) -> Option<bool> {
        match self {
            Answer::Known(_, side) => Some(test.holds(*side)),
            Answer::Missing | Answer::Refused(_) => None,
        }
    }

    fn class(&self, test: Test) -> Class {
        match self {
            Answer::Known(_, side) if test.holds(*side) => Class::Holds,
            // What is to be equal passes from under to over.
            Answer::Known(_, side) if test == Test::Equal && side.is_lt() => Class::Under,
            Answer::Known(..) if test == Test::Equal => Class::Over,
            Answer::Known(..) => Class::Fails,
            Answer::Missing => Class::Missing,
            Answer::Refused(_) => Class::Refused,
        }
    }
}

impl Line {
    /// What is changed to stand at a place.
    #[must_use]
    pub fn change(&self, place: i128) -> Change {
        Change::set(&self.path, &self.text(place))
    }
}

/// Tries every place of a search, and narrows down every stretch in which something changes.
///
/// None if the watcher stopped it.
pub fn solve(
    goal: Goal,
    search: Search,
    play: &Player<'_>,
    threads: usize,
    watch: &(dyn Watch + Sync),
) -> Option<Solution> {
    let narrow = Narrow { goal: &goal, line: &search.line, play, watch };
    let places = &search.places;
    let first = in_order(places.len(), threads, watch, |number| places.get(number).map(|place| narrow.tried(*place)))?;
    let first: Vec<Tried> = first.into_iter().flatten().collect();
    let stretches: Vec<(&Tried, &Tried)> = first
        .iter()
        .zip(first.iter().skip(1))
        .filter(|(a, b)| a.at.class(goal.test) != b.at.class(goal.test))
        .collect();
    let found = in_order(stretches.len(), threads, watch, |number| {
        let mut found = Found { crossings: Vec::new(), plays: 0 };
        if let Some((a, b)) = stretches.get(number) {
            narrow.stretch((*a).clone(), (*b).clone(), &mut found);
        }
        found
    })?;
    if watch.is_stopped() {
        return None;
    }
    let plays = found
        .iter()
        .fold(first.len(), |sum, found| sum.saturating_add(usize::try_from(found.plays).unwrap_or(usize::MAX)));
    let crossings: Vec<Crossing> = found.into_iter().flat_map(|found| found.crossings).collect();
    let sides = crossings.iter().flat_map(|crossing| [crossing.before.clone(), crossing.after.clone()]);
    let mut tried: Vec<Tried> = sides.collect();
    tried.extend(first);
    tried.sort_by_key(|tried| tried.place);
    tried.dedup_by_key(|tried| tried.place);
    Some(Solution { goal, search, tried, crossings, plays })
}

struct Narrow<'a> {
    goal: &'a Goal,
    line: &'a Line,
    play: &'a Player<'a>,
    watch: &'a (dyn Watch + Sync),
}

struct Found {
    crossings: Vec<Crossing>,
    plays: u32,
}

impl Narrow<'_> {
    fn tried(&self, place: i128) -> Tried {
        let at = match (self.play)(&self.line.change(place)) {
            Err(refused) => Answer::Refused(refused.why()),
            Ok(outcome) => match results(&outcome, &self.goal.path).and_then(|found| found.into_iter().next()) {
                Some(metric) => {
                    let side = self.goal.side(&metric.value);
                    Answer::Known(metric.value, side)
                }
                None => Answer::Missing,
            },
        };
        Tried { place, at }
    }

    /// Narrows a stretch down to neighbours. Three ways to choose the next place take turns: where a straight line
    /// through both ends meets the target, right beside the place tried last, and the middle. So a straight result is
    /// found in a few plays, and any other in at most three times those of halving.
    fn stretch(&self, a: Tried, b: Tried, found: &mut Found) {
        let class = |tried: &Tried| tried.at.class(self.goal.test);
        let whole = (a.clone(), b.clone());
        let (mut a, mut b) = (a, b);
        let mut turn = 0_u32;
        let mut is_last_a = false;
        while b.place.saturating_sub(a.place) > 1 && found.plays < MOST_PLAYS && !self.watch.is_stopped() {
            let (from, to) = (a.place, b.place);
            let middle = from.saturating_add(to.saturating_sub(from) / 2);
            let place = match turn % 3 {
                0 => self.straight(&a, &b).unwrap_or(middle),
                1 if is_last_a => from.saturating_add(1),
                1 => to.saturating_sub(1),
                _ => middle,
            };
            turn = turn.saturating_add(1);
            let next = self.tried(place.clamp(from.saturating_add(1), to.saturating_sub(1)));
            found.plays = found.plays.saturating_add(1);
            is_last_a = class(&next) == class(&a);
            if is_last_a {
                a = next;
            } else if class(&next) == class(&b) {
                b = next;
            } else {
                // A third thing lies between: each side has its own change.
                self.stretch(a, next.clone(), found);
                self.stretch(next, b, found);
                return;
            }
        }
        let is_jump = jumps(&whole, &a, &b);
        found.crossings.push(Crossing { before: a, after: b, is_jump });
    }

    /// Where the line through two results meets the target.
    fn straight(&self, a: &Tried, b: &Tried) -> Option<i128> {
        let gap = |tried: &Tried| self.goal.gap(tried.at.value()?);
        let (low, high) = (gap(a)?, gap(b)?);
        if low.is_sign_negative() == high.is_sign_negative() && !low.is_zero() && !high.is_zero() {
            return None;
        }
        let width = Decimal::try_from_i128_with_scale(b.place.checked_sub(a.place)?, 0).ok()?;
        let part = low.checked_div(low.checked_sub(high)?)?;
        let off = width.checked_mul(part)?.round();
        a.place.checked_add(off.mantissa())
    }
}

/// Whether a result jumps between two neighbours, judged by how it changes over the stretch they lie in.
fn jumps((from, to): &(Tried, Tried), a: &Tried, b: &Tried) -> bool {
    let number = |tried: &Tried| tried.at.value().and_then(as_number);
    let (Some(before), Some(after)) = (number(a), number(b)) else { return false };
    let is_day = matches!(a.at.value(), Some(MetricValue::Day(_)));
    let step = after.saturating_sub(before).abs();
    if to.place.saturating_sub(from.place) < LEAST_STEPS || (is_day && step <= Decimal::ONE) {
        return false;
    }
    let usual = match number(from).zip(number(to)) {
        Some((from, to)) => to.saturating_sub(from).abs(),
        None => before.abs().max(after.abs()),
    };
    step.saturating_mul(Decimal::ONE_HUNDRED) > usual && !step.is_zero()
}

impl Crossing {
    /// Whether its two sides are neighbours on the grid.
    #[must_use]
    pub fn is_narrow(&self) -> bool {
        self.after.place.saturating_sub(self.before.place) <= 1
    }
}

impl Solution {
    /// Whether the goal holds somewhere: at a place, or for equality between two neighbours that it passes through.
    #[must_use]
    pub fn is_met(&self) -> bool {
        !self.intervals().is_empty() || self.passes().next().is_some()
    }

    /// Crossings at which a result passes the value it is to be equal to, which no place of the grid gives.
    pub fn passes(&self) -> impl Iterator<Item = &Crossing> {
        let test = self.goal.test;
        self.crossings.iter().filter(move |crossing| {
            let classes = (crossing.before.at.class(test), crossing.after.at.class(test));
            test == Test::Equal
                && !crossing.is_jump
                && crossing.is_narrow()
                && matches!(classes, (Class::Under, Class::Over) | (Class::Over, Class::Under))
        })
    }

    /// The stretches on which it holds, rising.
    #[must_use]
    pub fn intervals(&self) -> Vec<Interval> {
        let test = self.goal.test;
        let holds = |tried: &Tried| tried.at.holds(test) == Some(true);
        let is_target = |tried: &&Tried| matches!(tried.at, Answer::Known(_, Ordering::Equal));
        let is_beside = |place: i128, other: &&Tried| other.place.abs_diff(place) <= 1;
        let mut all: Vec<Interval> = Vec::new();
        let mut before: Option<&Tried> = None;
        for (number, tried) in self.tried.iter().enumerate() {
            let goes_on = before.is_some_and(holds);
            if holds(tried) {
                let behind = self.tried.get(number.saturating_add(1));
                let below = behind.filter(is_target).filter(|it| is_beside(tried.place, it)).map(|it| it.place);
                match all.last_mut().filter(|_| goes_on) {
                    Some(interval) => {
                        interval.to = tried.place;
                        interval.below = below;
                        interval.is_open_above = behind.is_none();
                    }
                    None => all.push(Interval {
                        from: tried.place,
                        to: tried.place,
                        above: before.filter(is_target).filter(|it| is_beside(tried.place, it)).map(|it| it.place),
                        below,
                        is_open_below: before.is_none(),
                        is_open_above: behind.is_none(),
                    }),
                }
            }
            before = Some(tried);
        }
        all
    }

    /// Whether it holds wherever it was tried.
    #[must_use]
    pub fn is_always(&self) -> bool {
        self.tried.iter().all(|tried| tried.at.holds(self.goal.test) == Some(true))
    }

    /// The place where the result comes nearest to the target.
    #[must_use]
    pub fn nearest(&self) -> Option<&Tried> {
        let gap = |tried: &Tried| Some(self.goal.gap(tried.at.value()?)?.abs());
        self.tried.iter().filter_map(|tried| Some((gap(tried)?, tried))).min_by_key(|(gap, _)| *gap).map(|(_, it)| it)
    }

    /// Stretches that were refused, first and last place and why, rising.
    #[must_use]
    pub fn refused(&self) -> Vec<(i128, i128, &Why)> {
        let mut all: Vec<(i128, i128, &Why)> = Vec::new();
        let mut goes_on = false;
        for tried in &self.tried {
            let Answer::Refused(why) = &tried.at else {
                goes_on = false;
                continue;
            };
            match all.last_mut().filter(|(_, _, known)| goes_on && known.code == why.code) {
                Some((_, last, _)) => *last = tried.place,
                None => all.push((tried.place, tried.place, why)),
            }
            goes_on = true;
        }
        all
    }

    /// The widest stretch between two places that were tried first.
    #[must_use]
    pub fn widest(&self) -> i128 {
        let places = &self.search.places;
        places.iter().zip(places.iter().skip(1)).map(|(a, b)| b.saturating_sub(*a)).max().unwrap_or(0)
    }
}
