//! The same trace with fewer operations.
//!
//! From the results back to the figures: what nothing hangs on is left out. A comparison that comes out alike in the
//! whole pilot, and by far, is taken as known; the side of a choice that is then never taken is left out with all that
//! led to it, and what remains is a check of the comparison.

use super::graph::Check;
use super::graph::Graph;
use super::graph::Operand;
use super::graph::Operation;
use super::trace::Trace;

/// What is needed of each node.
#[derive(Debug)]
struct Needs {
    /// Its result.
    value: Vec<bool>,
    /// That it comes out so.
    expected: Vec<Option<bool>>,
    /// That it is a number, and whether another check says so already.
    finite: Vec<bool>,
    implied: Vec<bool>,
    /// What stands for it.
    alias: Vec<Option<Operand>>,
}

/// Leaves out what is not needed; none if what was taken as known turns out otherwise. `room` is for the pilot's results.
pub(super) fn simplified(graph: &Graph, results: &[Operand], room: Vec<f64>) -> Option<(Graph, Vec<Operand>)> {
    let needs = Needs::of(graph, results);
    needs.rebuilt(graph, results, room)
}

fn set<T>(list: &mut [T], id: u32, value: T) {
    if let Some(slot) = list.get_mut(id as usize) {
        *slot = value;
    }
}

fn get<T: Copy>(list: &[T], id: u32, none: T) -> T {
    list.get(id as usize).copied().unwrap_or(none)
}

impl Needs {
    fn of(graph: &Graph, results: &[Operand]) -> Needs {
        let count = graph.operations.len();
        let mut needs = Needs {
            value: vec![false; count],
            expected: vec![None; count],
            finite: vec![false; count],
            implied: vec![false; count],
            alias: vec![None; count],
        };
        for result in results {
            needs.value_of(*result);
        }
        for check in &graph.checks {
            match *check {
                Check::Is(id, holds) => set(&mut needs.expected, id, Some(holds)),
                Check::Finite(id) => {
                    set(&mut needs.value, id, true);
                    set(&mut needs.finite, id, true);
                }
            }
        }
        for (id, operation) in graph.operations.iter().enumerate().rev() {
            let id = u32::try_from(id).unwrap_or(u32::MAX);
            needs.expect(graph, id, *operation);
            if get(&needs.value, id, false) {
                needs.take(graph, id, *operation);
            }
        }
        needs
    }

    fn value_of(&mut self, operand: Operand) {
        if let Operand::Node(id) = operand {
            set(&mut self.value, id, true);
        }
    }

    fn implied_of(&mut self, operand: Operand) {
        if let Operand::Node(id) = operand {
            set(&mut self.implied, id, true);
        }
    }

    fn expect_of(&mut self, operand: Operand, holds: bool) {
        if let Operand::Node(id) = operand {
            set(&mut self.expected, id, Some(holds));
        }
    }

    /// Hands down how a mask must come out to those it is made of, where that says the same.
    fn expect(&mut self, graph: &Graph, id: u32, operation: Operation) {
        let Some(holds) = get(&self.expected, id, None) else { return };
        match operation {
            Operation::Opposite(one) => self.expect_of(one, !holds),
            Operation::ButNot(one, not) if holds => {
                self.expect_of(one, true);
                self.expect_of(not, false);
            }
            Operation::ButNot(one, not) => {
                if graph.certain(one) == Some(false) {
                    self.expect_of(one, false);
                } else if graph.certain(not) == Some(true) {
                    self.expect_of(not, true);
                } else {
                    set(&mut self.value, id, true);
                    return;
                }
            }
            Operation::Both(one, other) if holds => {
                self.expect_of(one, true);
                self.expect_of(other, true);
            }
            Operation::Either(one, other) if !holds => {
                self.expect_of(one, false);
                self.expect_of(other, false);
            }
            Operation::Both(one, other) | Operation::Either(one, other) => {
                if graph.certain(one) == Some(holds) {
                    self.expect_of(one, holds);
                } else if graph.certain(other) == Some(holds) {
                    self.expect_of(other, holds);
                } else {
                    set(&mut self.value, id, true);
                    return;
                }
            }
            // A comparison is checked where it stands.
            Operation::Below(one, other) => {
                self.value_of(one);
                self.value_of(other);
                return;
            }
            _ => {
                set(&mut self.value, id, true);
                return;
            }
        }
        set(&mut self.expected, id, None);
    }

    /// Asks for what a node is made of.
    fn take(&mut self, graph: &Graph, id: u32, operation: Operation) {
        let is_finite = get(&self.finite, id, false) || get(&self.implied, id, false);
        match operation {
            Operation::Figure(_) => {}
            Operation::Sum(one, other) | Operation::Difference(one, other) | Operation::Product(one, other) => {
                // These are numbers only where both are.
                if is_finite {
                    self.implied_of(one);
                    self.implied_of(other);
                }
                self.value_of(one);
                self.value_of(other);
            }
            Operation::Ratio(one, other) => {
                if is_finite {
                    self.implied_of(one);
                }
                self.value_of(one);
                self.value_of(other);
            }
            Operation::Least(one, other) | Operation::Below(one, other) => {
                self.value_of(one);
                self.value_of(other);
            }
            Operation::Both(one, other) | Operation::Either(one, other) => {
                let neutral = matches!(operation, Operation::Both(..));
                for (known, rest) in [(one, other), (other, one)] {
                    if graph.certain(known) == Some(neutral) {
                        self.expect_of(known, neutral);
                        return self.stand_for(id, rest);
                    }
                }
                if let Some(holds) = graph.certain(Operand::Node(id)) {
                    set(&mut self.expected, id, Some(holds));
                    self.expect(graph, id, operation);
                    return self.stand_for(id, Operand::holds(holds));
                }
                self.value_of(one);
                self.value_of(other);
            }
            Operation::ButNot(one, not) => {
                if graph.certain(not) == Some(false) {
                    self.expect_of(not, false);
                    return self.stand_for(id, one);
                }
                if let Some(holds) = graph.certain(Operand::Node(id)) {
                    set(&mut self.expected, id, Some(holds));
                    self.expect(graph, id, operation);
                    return self.stand_for(id, Operand::holds(holds));
                }
                self.value_of(one);
                self.value_of(not);
            }
            Operation::AtLeastZero(one) | Operation::Rounded(one, ..) | Operation::Opposite(one) => self.value_of(one),
            Operation::Choice(mask, yes, no) => match graph.certain(mask) {
                Some(holds) => {
                    self.expect_of(mask, holds);
                    self.stand_for(id, if holds { yes } else { no });
                }
                None => {
                    for operand in [mask, yes, no] {
                        self.value_of(operand);
                    }
                }
            },
        }
    }

    /// Lets another operand stand for a node, in its checks too.
    fn stand_for(&mut self, id: u32, operand: Operand) {
        self.value_of(operand);
        if let Operand::Node(other) = operand {
            if get(&self.finite, id, false) {
                set(&mut self.finite, other, true);
            }
            if get(&self.implied, id, false) {
                set(&mut self.implied, other, true);
            }
        }
        set(&mut self.alias, id, Some(operand));
    }

    fn rebuilt(&self, graph: &Graph, results: &[Operand], room: Vec<f64>) -> Option<(Graph, Vec<Operand>)> {
        let count = graph.operations.len();
        let needed = self.value.iter().filter(|needed| **needed).count();
        let trace = Trace::new(graph.draws(), needed, room);
        let learned = graph.learned();
        let mut made: Vec<Option<Operand>> = vec![None; count];
        for (id, operation) in graph.operations.iter().enumerate() {
            let id = u32::try_from(id).ok()?;
            let expected = get(&self.expected, id, None);
            if !get(&self.value, id, false) && expected.is_none() {
                continue;
            }
            let of = |operand: Operand| match operand {
                Operand::Node(id) => get(&made, id, None),
                known @ Operand::Known(_) => Some(known),
            };
            let new = match get(&self.alias, id, None) {
                Some(alias) => of(alias)?,
                None => match *operation {
                    Operation::Figure(slot) => {
                        Operand::Node(trace.figure_of(slot, graph.pilot(id), graph.sign(Operand::Node(id))))
                    }
                    Operation::Sum(one, other) => trace.sum(of(one)?, of(other)?),
                    Operation::Difference(one, other) => trace.difference(of(one)?, of(other)?),
                    Operation::Product(one, other) => trace.product(of(one)?, of(other)?),
                    Operation::Ratio(one, other) => trace.ratio(of(one)?, of(other)?),
                    Operation::Least(one, other) => trace.least(of(one)?, of(other)?),
                    Operation::AtLeastZero(one) => trace.at_least_zero(of(one)?),
                    Operation::Rounded(one, places, direction) => trace.rounded(of(one)?, places, direction),
                    Operation::Below(one, other) if expected.is_some() => trace.below_checked(of(one)?, of(other)?),
                    Operation::Below(one, other) => trace.below(of(one)?, of(other)?),
                    Operation::Both(one, other) => trace.both(of(one)?, of(other)?),
                    Operation::Either(one, other) => trace.either(of(one)?, of(other)?),
                    Operation::ButNot(one, not) => trace.but_not(of(one)?, of(not)?),
                    Operation::Opposite(one) => trace.opposite(of(one)?),
                    Operation::Choice(mask, yes, no) => trace.choice(of(mask)?, of(yes)?, of(no)?),
                },
            };
            set(&mut made, id, Some(new));
            if let Some(sign) = learned.get(&id) {
                trace.learn(new, *sign);
            }
            if let Some(holds) = expected {
                match new {
                    Operand::Node(new) => trace.check(Check::Is(new, holds)),
                    Operand::Known(known) if (known != 0) == holds => {}
                    Operand::Known(_) => return None,
                }
                // Whatever else hangs on it has its answer.
                set(&mut made, id, Some(Operand::holds(holds)));
            }
            let is_aliased = get(&self.alias, id, None).is_some();
            if get(&self.finite, id, false) && !get(&self.implied, id, false) && !is_aliased {
                match new {
                    Operand::Node(new) => trace.check(Check::Finite(new)),
                    Operand::Known(bits) if f64::from_bits(bits).is_finite() => {}
                    Operand::Known(_) => return None,
                }
            }
        }
        let results: Option<Vec<Operand>> = results
            .iter()
            .map(|result| match result {
                Operand::Node(id) => get(&made, *id, None),
                known @ Operand::Known(_) => Some(*known),
            })
            .collect();
        Some((trace.into_graph(), results?))
    }
}
