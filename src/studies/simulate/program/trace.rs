//! What a play does with the figures that are drawn, operation by operation.
//!
//! Beside each operation stand its results in some draws, the pilot: by them the trace knows which way a play goes. A way
//! that no draw of the pilot takes is left out, and a check of it is kept. What an operation is known to give is not written
//! down: the rules here change no bit of any number.

use std::cell::RefCell;

use crate::units::Direction;
use crate::units::Scalar;

use super::graph::Check;
use super::graph::Graph;
use super::graph::Operand;
use super::graph::Operation;
use super::graph::Sign;
use super::graph::holds;
use super::symbol::Node;
use super::symbol::Symbol;

/// A play that is being written down.
#[derive(Debug)]
pub struct Trace {
    graph: RefCell<Graph>,
}

impl Trace {
    /// Nothing written yet, for a pilot of so many draws and about so many operations; `room` is where the pilot's results
    /// go, a list that may have served another trace.
    pub(super) fn new(draws: usize, operations: usize, room: Vec<f64>) -> Trace {
        Trace { graph: RefCell::new(Graph::new(draws, operations, room)) }
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
        let operation = Operation::Rounded(one, places, direction);
        graph.of_one(operation, sign, one, |one| one.rounded(places, direction))
    }

    pub(super) fn below(&self, one: Operand, other: Operand) -> Operand {
        if one == other {
            return Operand::holds(false);
        }
        let never_below = self.graph.borrow().sign(one).never_below;
        if never_below && other.value().is_some_and(|other| other <= 0.0) {
            return Operand::holds(false);
        }
        self.below_checked(one, other)
    }

    /// A comparison that is checked: it stays, whatever is known of the numbers, as that may come of the check.
    pub(super) fn below_checked(&self, one: Operand, other: Operand) -> Operand {
        if let (Some(one), Some(other)) = (one.value(), other.value()) {
            return Operand::holds(one < other);
        }
        let mut graph = self.graph.borrow_mut();
        graph.of_two(Operation::Below(one, other), Sign::ANY, [one, other], |one, other| holds(one < other))
    }

    /// Keeps what a check says of a number's sign.
    pub(super) fn learn(&self, number: Operand, sign: Sign) {
        self.graph.borrow_mut().learn(number, sign);
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
