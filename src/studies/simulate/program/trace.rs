//! What a play does with the figures that are drawn, operation by operation.
//!
//! Beside each operation stand its results in some draws, the pilot: by them the trace knows which way a play goes. A way
//! that no draw of the pilot takes is left out, and a check of it is kept.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::HashSet;

use crate::units::Direction;
use crate::units::Scalar;

use super::symbol::Node;
use super::symbol::Symbol;

/// What an operation is done with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Operand {
    /// The result of another operation.
    Node(u32),
    /// A number, by its bits; of a mask, 1 where it holds and 0 where it does not.
    Known(u64),
}

impl Operand {
    pub fn known(value: f64) -> Operand {
        Operand::Known(value.to_bits())
    }

    pub fn holds(holds: bool) -> Operand {
        Operand::Known(u64::from(holds))
    }

    /// The number, where it is known.
    pub fn value(self) -> Option<f64> {
        match self {
            Operand::Known(bits) => Some(f64::from_bits(bits)),
            Operand::Node(_) => None,
        }
    }

    fn is(self, value: f64) -> bool {
        self == Operand::known(value)
    }
}

/// One operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Operation {
    /// A figure that is drawn, by its slot.
    Figure(usize),
    Sum(Operand, Operand),
    Difference(Operand, Operand),
    Product(Operand, Operand),
    Ratio(Operand, Operand),
    /// The smaller of two.
    Least(Operand, Operand),
    AtLeastZero(Operand),
    Rounded(Operand, u32, Way),
    /// Whether the first is smaller.
    Below(Operand, Operand),
    Both(Operand, Operand),
    Either(Operand, Operand),
    /// Where the first holds and the second does not.
    ButNot(Operand, Operand),
    Opposite(Operand),
    /// The second where the first holds, the third elsewhere.
    Choice(Operand, Operand, Operand),
}

/// A direction of rounding that can be told from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Way {
    Up,
    Down,
    Nearest,
}

impl Way {
    fn of(direction: Direction) -> Way {
        match direction {
            Direction::Up => Way::Up,
            Direction::Down => Way::Down,
            Direction::Nearest => Way::Nearest,
        }
    }

    pub fn direction(self) -> Direction {
        match self {
            Way::Up => Direction::Up,
            Way::Down => Direction::Down,
            Way::Nearest => Direction::Nearest,
        }
    }
}

/// What must be so in a draw for the trace to be its play.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Check {
    /// A comparison comes out so.
    Is(u32, bool),
    /// A number is one.
    Finite(u32),
}

/// By how many standard deviations of their difference two numbers must stand apart, on average over the pilot, for their
/// comparison to be taken as known. Draws beyond are played by themselves, so this is a matter of speed alone.
const FAR: f64 = 4.0;

/// How deep a proof may go that a number is never negative.
const DEPTH: usize = 4;

/// What is known of a number in every draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sign {
    /// It is zero or more, and no negative zero; or it is no number.
    never_negative: bool,
    /// It is no negative zero.
    never_minus_zero: bool,
    /// It is not below zero, as far as comparing tells.
    never_below: bool,
}

impl Sign {
    const ANY: Sign = Sign { never_negative: false, never_minus_zero: false, never_below: false };

    fn of(value: f64) -> Sign {
        let is_minus_zero = value == 0.0 && value.is_sign_negative();
        Sign {
            never_negative: value.is_nan() || value.is_sign_positive(),
            never_minus_zero: !is_minus_zero,
            never_below: value.is_nan() || value >= 0.0,
        }
    }

    fn positive(never_negative: bool) -> Sign {
        Sign { never_negative, never_minus_zero: never_negative, never_below: never_negative }
    }

    /// What both say together.
    fn and(self, other: Sign) -> Sign {
        Sign {
            never_negative: self.never_negative || other.never_negative,
            never_minus_zero: self.never_minus_zero || other.never_minus_zero,
            never_below: self.never_below || other.never_below,
        }
    }
}

/// A play that is being written down.
#[derive(Debug)]
pub struct Trace {
    graph: RefCell<Graph>,
}

/// Operations, each after those it hangs on, with their results in the pilot.
#[derive(Debug)]
pub(super) struct Graph {
    pub operations: Vec<Operation>,
    pub checks: Vec<Check>,
    signs: Vec<Sign>,
    /// Masks that are taken as known.
    certain: Vec<Option<bool>>,
    /// The results in the pilot, node after node.
    pilot: Vec<f64>,
    /// How many draws the pilot has.
    draws: usize,
    known: HashMap<Operation, u32>,
    kept: HashSet<Check>,
}

impl Trace {
    /// Nothing written yet, for a pilot of so many draws and about so many operations; `room` is where the pilot's results
    /// go, a list that may have served another trace.
    pub(super) fn new(draws: usize, operations: usize, mut room: Vec<f64>) -> Trace {
        room.clear();
        room.reserve(operations.saturating_mul(draws));
        let graph = Graph {
            operations: Vec::with_capacity(operations),
            checks: Vec::new(),
            signs: Vec::with_capacity(operations),
            certain: Vec::with_capacity(operations),
            pilot: room,
            draws,
            known: HashMap::with_capacity(operations),
            kept: HashSet::new(),
        };
        Trace { graph: RefCell::new(graph) }
    }

    /// What was written.
    pub(super) fn into_graph(self) -> Graph {
        self.graph.into_inner()
    }

    /// A figure that is drawn, with its numbers in the pilot.
    pub(super) fn figure(&self, slot: usize, pilot: &[f64], never_negative: bool) -> Symbol<'_> {
        Symbol::Node(Node::new(self, self.figure_of(slot, pilot, Sign::positive(never_negative))))
    }

    pub(super) fn figure_of(&self, slot: usize, pilot: &[f64], sign: Sign) -> u32 {
        self.graph.borrow_mut().put(Operation::Figure(slot), sign, pilot)
    }

    pub(super) fn sum(&self, one: Operand, other: Operand) -> Operand {
        let mut graph = self.graph.borrow_mut();
        // Adding is the same both ways round, but for what is no number.
        let (one, other) = if one <= other { (one, other) } else { (other, one) };
        let (sign, and) = (graph.sign(one), graph.sign(other));
        if other.is(-0.0) || (other.is(0.0) && (sign.never_minus_zero || graph.proves_never_negative(one))) {
            return one;
        }
        let sign = Sign {
            never_negative: sign.never_negative && and.never_negative,
            never_minus_zero: sign.never_minus_zero || and.never_minus_zero,
            never_below: sign.never_below && and.never_below,
        };
        graph.of_two(Operation::Sum(one, other), sign, [one, other], |one, other| one + other)
    }

    pub(super) fn difference(&self, one: Operand, other: Operand) -> Operand {
        let mut graph = self.graph.borrow_mut();
        if other.is(0.0) {
            return one;
        }
        let sign = Sign { never_minus_zero: graph.sign(one).never_minus_zero, ..Sign::ANY };
        graph.of_two(Operation::Difference(one, other), sign, [one, other], |one, other| one - other)
    }

    pub(super) fn product(&self, one: Operand, other: Operand) -> Operand {
        let (one, other) = if one <= other { (one, other) } else { (other, one) };
        if other.is(1.0) {
            return one;
        }
        let mut graph = self.graph.borrow_mut();
        let is_positive = graph.sign(one).never_negative && graph.sign(other).never_negative;
        if let (true, Operand::Node(id)) = (other.is(0.0), one)
            && (is_positive || graph.is_positive(one))
            && graph.is_finite(id)
        {
            return other;
        }
        let sign = Sign::positive(is_positive);
        graph.of_two(Operation::Product(one, other), sign, [one, other], |one, other| one * other)
    }

    pub(super) fn ratio(&self, one: Operand, other: Operand) -> Operand {
        if other.is(1.0) {
            return one;
        }
        let mut graph = self.graph.borrow_mut();
        let sign = Sign::positive(graph.sign(one).never_negative && graph.sign(other).never_negative);
        graph.of_two(Operation::Ratio(one, other), sign, [one, other], |one, other| one / other)
    }

    pub(super) fn least(&self, one: Operand, other: Operand) -> Operand {
        if one == other {
            return one;
        }
        let mut graph = self.graph.borrow_mut();
        // The smaller of two is no greater than either.
        if let Some(Operation::Least(a, b)) = graph.of(one)
            && (a == other || b == other)
        {
            return one;
        }
        let sign = graph.sign_of_either(one, other);
        graph.of_two(Operation::Least(one, other), sign, [one, other], |one, other| one.least(other))
    }

    pub(super) fn at_least_zero(&self, one: Operand) -> Operand {
        let mut graph = self.graph.borrow_mut();
        let sign = graph.sign(one);
        if sign.never_below || graph.proves_never_negative(one) {
            return one;
        }
        let sign = Sign { never_below: true, ..Sign::positive(sign.never_minus_zero) };
        graph.of_one(Operation::AtLeastZero(one), sign, one, |one| one.at_least_zero())
    }

    pub(super) fn rounded(&self, one: Operand, places: u32, direction: Direction) -> Operand {
        let mut graph = self.graph.borrow_mut();
        let sign = Sign::positive(graph.sign(one).never_negative);
        let operation = Operation::Rounded(one, places, Way::of(direction));
        graph.of_one(operation, sign, one, |one| one.rounded(places, direction))
    }

    pub(super) fn below(&self, one: Operand, other: Operand) -> Operand {
        if one == other {
            return Operand::holds(false);
        }
        let mut graph = self.graph.borrow_mut();
        if graph.sign(one).never_below && other.value().is_some_and(|other| other <= 0.0) {
            return Operand::holds(false);
        }
        graph.of_two(Operation::Below(one, other), Sign::ANY, [one, other], |one, other| holds(one < other))
    }

    /// A comparison that is checked: it stays, whatever is known, as what is known may come of the check.
    pub(super) fn below_checked(&self, one: Operand, other: Operand) -> Operand {
        let mut graph = self.graph.borrow_mut();
        graph.of_two(Operation::Below(one, other), Sign::ANY, [one, other], |one, other| holds(one < other))
    }

    /// Keeps what a check says of a number's sign.
    pub(super) fn learn(&self, number: Operand, sign: Sign) {
        let mut graph = self.graph.borrow_mut();
        if let Operand::Node(id) = number
            && let Some(known) = graph.signs.get_mut(id as usize)
        {
            *known = known.and(sign);
        }
    }

    pub(super) fn both(&self, one: Operand, other: Operand) -> Operand {
        for (mask, other) in [(one, other), (other, one)] {
            match mask {
                Operand::Known(0) => return mask,
                Operand::Known(_) => return other,
                Operand::Node(_) => {}
            }
        }
        if one == other {
            return one;
        }
        let (one, other) = if one <= other { (one, other) } else { (other, one) };
        let mut graph = self.graph.borrow_mut();
        for (mask, other) in [(one, other), (other, one)] {
            if let Some(Operation::Opposite(not)) = graph.of(other) {
                return graph.but_not(mask, not);
            }
        }
        graph.of_two(Operation::Both(one, other), Sign::ANY, [one, other], |one, other| one * other)
    }

    pub(super) fn either(&self, one: Operand, other: Operand) -> Operand {
        for (mask, other) in [(one, other), (other, one)] {
            match mask {
                Operand::Known(0) => return other,
                Operand::Known(_) => return mask,
                Operand::Node(_) => {}
            }
        }
        if one == other {
            return one;
        }
        let mut graph = self.graph.borrow_mut();
        // What holds already need not be taken out of the other.
        let without = |graph: &Graph, one: Operand, other: Operand| match graph.of(other) {
            Some(Operation::ButNot(mask, not)) if not == one => mask,
            _ => other,
        };
        let (one, other) = (without(&graph, other, one), without(&graph, one, other));
        let (one, other) = if one <= other { (one, other) } else { (other, one) };
        graph.of_two(Operation::Either(one, other), Sign::ANY, [one, other], |one, other| one.max(other))
    }

    pub(super) fn but_not(&self, one: Operand, not: Operand) -> Operand {
        match (one, not) {
            (Operand::Known(0), _) => return one,
            (_, Operand::Known(0)) => return one,
            (_, Operand::Known(_)) => return Operand::holds(false),
            (Operand::Known(_), Operand::Node(_)) => return self.opposite(not),
            (Operand::Node(_), Operand::Node(_)) => {}
        }
        self.graph.borrow_mut().but_not(one, not)
    }

    pub(super) fn opposite(&self, one: Operand) -> Operand {
        let mut graph = self.graph.borrow_mut();
        match one {
            Operand::Known(holds) => Operand::holds(holds == 0),
            Operand::Node(id) => match graph.operation(id) {
                Some(Operation::Opposite(before)) => before,
                _ => graph.of_one(Operation::Opposite(one), Sign::ANY, one, |one| 1.0 - one),
            },
        }
    }

    pub(super) fn choice(&self, mask: Operand, yes: Operand, no: Operand) -> Operand {
        match mask {
            Operand::Known(0) => return no,
            Operand::Known(_) => return yes,
            Operand::Node(_) if yes == no => return yes,
            Operand::Node(_) => {}
        }
        let mut graph = self.graph.borrow_mut();
        // Either way round it is the same choice.
        let (mask, yes, no) = match graph.of(mask) {
            Some(Operation::Opposite(mask)) => (mask, no, yes),
            _ => (mask, yes, no),
        };
        // Within a side it is known how the mask comes out.
        let yes = match graph.of(yes) {
            Some(Operation::Choice(same, inner, _)) if same == mask => inner,
            _ => yes,
        };
        let no = match graph.of(no) {
            Some(Operation::Choice(same, _, inner)) if same == mask => inner,
            _ => no,
        };
        if yes == no || (no.is(0.0) && graph.vanishes(mask, yes)) {
            return yes;
        }
        // One choice after another of the same number is one choice.
        let (mask, no) = match graph.of(no) {
            Some(Operation::Choice(before, same, rest)) if same == yes => {
                drop(graph);
                let mask = self.either(before, mask);
                graph = self.graph.borrow_mut();
                (mask, rest)
            }
            _ => (mask, no),
        };
        graph.of_choice(mask, yes, no)
    }

    /// Whether a mask holds in any draw of the pilot.
    pub(super) fn any(&self, id: u32) -> bool {
        let mut graph = self.graph.borrow_mut();
        let any = graph.pilot(id).iter().any(|mask| *mask != 0.0);
        if !any {
            graph.check(Check::Is(id, false));
        }
        any
    }

    /// Whether a mask holds in any draw of the pilot, or may well in another.
    pub(super) fn may_hold(&self, id: u32) -> bool {
        let mut graph = self.graph.borrow_mut();
        let never = graph.certain(Operand::Node(id)) == Some(false);
        if never {
            graph.check(Check::Is(id, false));
        }
        !never
    }

    /// Whether a mask holds in every draw of the pilot.
    pub(super) fn all(&self, id: u32) -> bool {
        let mut graph = self.graph.borrow_mut();
        let all = graph.pilot(id).iter().all(|mask| *mask != 0.0);
        if all {
            graph.check(Check::Is(id, true));
        }
        all
    }

    /// Whether there is a number in every draw of the pilot.
    pub(super) fn is_finite(&self, id: u32) -> bool {
        self.graph.borrow_mut().is_finite(id)
    }

    /// Keeps a check.
    pub(super) fn check(&self, check: Check) {
        self.graph.borrow_mut().check(check);
    }

    /// The number in the first draw of the pilot.
    pub(super) fn first(&self, id: u32) -> f64 {
        self.graph.borrow().pilot(id).first().copied().unwrap_or(f64::NAN)
    }
}

/// Whether all numbers are above zero, and their mean by so many standard deviations.
#[allow(clippy::cast_precision_loss, reason = "a pilot has a few hundred draws")]
fn are_far_above_zero(pilot: &[f64]) -> bool {
    if !pilot.iter().all(|value| *value > 0.0) {
        return false;
    }
    let count = pilot.len() as f64;
    let mean = pilot.iter().sum::<f64>() / count;
    let squares = pilot.iter().fold(0.0, |sum, value| sum + (value - mean) * (value - mean));
    // As it is with comparisons: `mean > FAR x deviation`.
    mean * mean * count > FAR * FAR * squares
}

fn holds(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}

impl Graph {
    /// The operation of a node.
    pub fn operation(&self, id: u32) -> Option<Operation> {
        self.operations.get(id as usize).copied()
    }

    fn of(&self, operand: Operand) -> Option<Operation> {
        match operand {
            Operand::Node(id) => self.operation(id),
            Operand::Known(_) => None,
        }
    }

    /// The list of the pilot's results, for another trace.
    pub fn into_room(self) -> Vec<f64> {
        self.pilot
    }

    /// How many draws the pilot has.
    pub fn draws(&self) -> usize {
        self.draws
    }

    /// How a mask comes out, if that is beyond doubt.
    pub fn certain(&self, mask: Operand) -> Option<bool> {
        match mask {
            Operand::Node(id) => self.certain.get(id as usize).copied().flatten(),
            Operand::Known(holds) => Some(holds != 0),
        }
    }

    /// How the result of an operation comes out, by what it is made of.
    fn certainty(&self, operation: Operation, pilot: &[f64]) -> Option<bool> {
        match operation {
            Operation::Below(one, other) => self.by_far(one, other, pilot),
            Operation::Both(one, other) => match (self.certain(one), self.certain(other)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Operation::Either(one, other) => match (self.certain(one), self.certain(other)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            Operation::ButNot(one, not) => match (self.certain(one), self.certain(not)) {
                (Some(false), _) | (_, Some(true)) => Some(false),
                (Some(true), Some(false)) => Some(true),
                _ => None,
            },
            Operation::Opposite(one) => self.certain(one).map(|holds| !holds),
            _ => None,
        }
    }

    /// How a comparison comes out that does so alike in the whole pilot, and by far.
    #[allow(clippy::cast_precision_loss, reason = "a pilot has a few hundred draws")]
    fn by_far(&self, one: Operand, other: Operand, results: &[f64]) -> Option<bool> {
        let first = *results.first()? != 0.0;
        if results.iter().any(|holds| (*holds != 0.0) != first) {
            return None;
        }
        let (one, other) = (self.column(one), self.column(other));
        let gaps: Vec<f64> = other.iter().zip(one.iter()).map(|(other, one)| other - one).collect();
        let count = gaps.len() as f64;
        let mean = gaps.iter().sum::<f64>() / count;
        let spread = (gaps.iter().map(|gap| (gap - mean) * (gap - mean)).sum::<f64>() / count).sqrt();
        let start = gaps.first()?.to_bits();
        let is_same = gaps.iter().all(|gap| gap.to_bits() == start);
        (is_same || mean.abs() > FAR * spread).then_some(first)
    }

    /// The results of a node in the pilot.
    pub fn pilot(&self, id: u32) -> &[f64] {
        let start = (id as usize).saturating_mul(self.draws);
        self.pilot.get(start..start.saturating_add(self.draws)).unwrap_or(&[])
    }

    /// What the checks say of the signs of numbers, by node.
    pub fn learned(&self) -> HashMap<u32, Sign> {
        let mut all = HashMap::new();
        for check in &self.checks {
            let Check::Is(id, holds) = *check else { continue };
            let learned = match (self.operation(id), holds) {
                // More than zero.
                (Some(Operation::Below(Operand::Known(bits), Operand::Node(id))), true)
                    if f64::from_bits(bits) >= 0.0 =>
                {
                    Some((id, Sign { never_negative: true, never_minus_zero: true, never_below: true }))
                }
                // Not less than zero.
                (Some(Operation::Below(Operand::Node(id), Operand::Known(bits))), false)
                    if f64::from_bits(bits) >= 0.0 =>
                {
                    Some((id, Sign { never_below: true, ..Sign::ANY }))
                }
                _ => None,
            };
            // What is greater leaves something when the smaller is taken away.
            let rest = match (self.operation(id), holds) {
                (Some(Operation::Below(one, other)), true) => self.known.get(&Operation::Difference(other, one)),
                _ => None,
            };
            let positive = Sign { never_negative: true, never_minus_zero: true, never_below: true };
            for (id, sign) in learned.into_iter().chain(rest.map(|id| (*id, positive))) {
                let known: &mut Sign = all.entry(id).or_insert(Sign::ANY);
                *known = known.and(sign);
            }
        }
        all
    }

    pub fn sign(&self, operand: Operand) -> Sign {
        match operand {
            Operand::Known(bits) => Sign::of(f64::from_bits(bits)),
            Operand::Node(id) => self.signs.get(id as usize).copied().unwrap_or(Sign::ANY),
        }
    }

    fn sign_of_either(&self, one: Operand, other: Operand) -> Sign {
        let (one, other) = (self.sign(one), self.sign(other));
        Sign {
            never_negative: one.never_negative && other.never_negative,
            never_minus_zero: one.never_minus_zero && other.never_minus_zero,
            never_below: one.never_below && other.never_below,
        }
    }

    fn but_not(&mut self, one: Operand, not: Operand) -> Operand {
        if one == not {
            return Operand::holds(false);
        }
        let all = [one, not];
        self.of_two(Operation::ButNot(one, not), Sign::ANY, all, |one, not| one * (1.0 - not))
    }

    /// Whether a product is nothing where the mask does not hold, since one of its factors is. Each draw is then checked
    /// for a number: nothing times what is none is none.
    fn vanishes(&mut self, mask: Operand, product: Operand) -> bool {
        let (Operand::Node(id), Some(Operation::Product(one, other))) = (product, self.of(product)) else {
            return false;
        };
        [(one, other), (other, one)].into_iter().any(|(masked, factor)| {
            matches!(self.of(masked), Some(Operation::Choice(same, _, no)) if same == mask && no.is(0.0))
                && self.proves_never_negative(factor)
                && self.is_finite(id)
        })
    }

    /// Whether a number is never negative, if need be by checks of what it is made of.
    fn proves_never_negative(&mut self, number: Operand) -> bool {
        let mut leaves = Vec::new();
        if !self.may_prove_never_negative(number, DEPTH, &mut leaves) {
            return false;
        }
        leaves.into_iter().all(|leaf| self.is_positive(leaf))
    }

    /// Finds the numbers that must be positive for another never to be negative; whether there is such a way.
    fn may_prove_never_negative(&self, number: Operand, depth: usize, leaves: &mut Vec<Operand>) -> bool {
        if self.sign(number).never_negative {
            return true;
        }
        if self.is_far_above_zero(number) {
            leaves.push(number);
            return true;
        }
        let Some(depth) = depth.checked_sub(1) else { return false };
        match self.of(number) {
            Some(
                Operation::Choice(_, one, other)
                | Operation::Least(one, other)
                | Operation::Sum(one, other)
                | Operation::Product(one, other)
                | Operation::Ratio(one, other),
            ) => {
                self.may_prove_never_negative(one, depth, leaves) && self.may_prove_never_negative(other, depth, leaves)
            }
            _ => false,
        }
    }

    fn is_far_above_zero(&self, number: Operand) -> bool {
        let Operand::Node(id) = number else { return false };
        are_far_above_zero(self.pilot(id))
    }

    /// Whether a number is above zero in the whole pilot, and by far: each draw is then checked for it.
    fn is_positive(&mut self, number: Operand) -> bool {
        if !self.is_far_above_zero(number) {
            return false;
        }
        let zero = Operand::known(0.0);
        let above = self.of_two(Operation::Below(zero, number), Sign::ANY, [zero, number], |a, b| holds(a < b));
        if let Operand::Node(above) = above {
            self.check(Check::Is(above, true));
        }
        true
    }

    fn is_finite(&mut self, id: u32) -> bool {
        let is_finite = self.pilot(id).iter().all(|value| value.is_finite());
        if is_finite {
            self.check(Check::Finite(id));
        }
        is_finite
    }

    fn check(&mut self, check: Check) {
        if self.kept.insert(check) {
            self.checks.push(check);
        }
    }

    /// Writes an operation on one number down, or finds it where it stands.
    fn of_one(&mut self, operation: Operation, sign: Sign, one: Operand, result: impl Fn(f64) -> f64) -> Operand {
        if let Some(id) = self.known.get(&operation) {
            return Operand::Node(*id);
        }
        let pilot: Vec<f64> = self.column(one).iter().map(|one| result(*one)).collect();
        Operand::Node(self.put(operation, sign, &pilot))
    }

    /// The same of an operation on two.
    fn of_two(
        &mut self,
        operation: Operation,
        sign: Sign,
        [one, other]: [Operand; 2],
        result: impl Fn(f64, f64) -> f64,
    ) -> Operand {
        if let Some(id) = self.known.get(&operation) {
            return Operand::Node(*id);
        }
        let (one, other) = (self.column(one), self.column(other));
        let pilot: Vec<f64> = one.iter().zip(other.iter()).map(|(one, other)| result(*one, *other)).collect();
        Operand::Node(self.put(operation, sign, &pilot))
    }

    /// The same of a choice.
    fn of_choice(&mut self, mask: Operand, yes: Operand, no: Operand) -> Operand {
        let operation = Operation::Choice(mask, yes, no);
        if let Some(id) = self.known.get(&operation) {
            return Operand::Node(*id);
        }
        let sign = self.sign_of_either(yes, no);
        let (mask, yes, no) = (self.column(mask), self.column(yes), self.column(no));
        let sides = mask.iter().zip(yes.iter().zip(no.iter()));
        let pilot: Vec<f64> = sides.map(|(mask, (yes, no))| if *mask == 0.0 { *no } else { *yes }).collect();
        Operand::Node(self.put(operation, sign, &pilot))
    }

    /// The numbers of an operand in the pilot.
    fn column(&self, operand: Operand) -> Cow<'_, [f64]> {
        match operand {
            Operand::Known(bits) => Cow::Owned(vec![f64::from_bits(bits); self.draws]),
            Operand::Node(id) => Cow::Borrowed(self.pilot(id)),
        }
    }

    fn put(&mut self, operation: Operation, sign: Sign, pilot: &[f64]) -> u32 {
        let id = u32::try_from(self.operations.len()).unwrap_or(u32::MAX);
        self.operations.push(operation);
        self.signs.push(sign);
        self.certain.push(self.certainty(operation, pilot));
        self.pilot.extend_from_slice(pilot.get(..self.draws).unwrap_or(pilot));
        self.pilot.resize(self.operations.len().saturating_mul(self.draws), f64::NAN);
        self.known.insert(operation, id);
        id
    }
}
