//! A trace as instructions over columns.

use std::collections::HashMap;

use super::graph::Check;
use super::graph::Graph;
use super::graph::Operand;
use super::graph::Operation;
use super::instruction::Instruction;

/// Instructions, and what they need room for.
#[derive(Debug, Clone)]
pub(super) struct Code {
    pub instructions: Vec<Instruction>,
    /// Columns of numbers: those of the figures, by their slots, then those that are worked in.
    pub columns: usize,
    /// Columns of masks.
    pub masks: usize,
    /// Results that are the same in every draw.
    pub fixed: Vec<(usize, f64)>,
}

/// Columns that are taken and given back. What was given back last is taken first: it is nearest to the processor.
#[derive(Debug)]
struct Shelf {
    free: Vec<u16>,
    next: u16,
}

impl Shelf {
    fn take(&mut self) -> Option<u16> {
        if let Some(column) = self.free.pop() {
            return Some(column);
        }
        let column = self.next;
        self.next = self.next.checked_add(1)?;
        Some(column)
    }
}

struct Assembly<'g> {
    graph: &'g Graph,
    /// The last node that asks for each.
    last: Vec<u32>,
    places: Vec<Option<u16>>,
    numbers: Shelf,
    masks: Shelf,
    instructions: Vec<Instruction>,
}

/// Lays a trace out; none if it needs more room than there is.
pub(super) fn assemble(graph: &Graph, results: &[Operand], slots: usize) -> Option<Code> {
    let count = graph.operations.len();
    let mut needed = vec![false; count];
    let mut last = vec![0u32; count];
    let mut checks: HashMap<u32, Vec<Check>> = HashMap::new();
    let mut asked: HashMap<u32, Vec<usize>> = HashMap::new();
    let mut fixed = Vec::new();
    for (place, result) in results.iter().enumerate() {
        match result {
            Operand::Node(id) => {
                *needed.get_mut(*id as usize)? = true;
                asked.entry(*id).or_default().push(place);
            }
            Operand::Known(bits) => fixed.push((place, f64::from_bits(*bits))),
        }
    }
    for check in &graph.checks {
        let (Check::Is(id, _) | Check::Finite(id)) = *check;
        checks.entry(id).or_default().push(*check);
        // A comparison that is only checked needs no mask.
        let is_below = matches!((check, graph.operation(id)?), (Check::Is(..), Operation::Below(..)));
        if !is_below {
            *needed.get_mut(id as usize)? = true;
        }
    }
    for id in (0..count).rev() {
        let is_checked = checks.contains_key(&u32::try_from(id).ok()?);
        if *needed.get(id)? || is_checked {
            let id = u32::try_from(id).ok()?;
            for operand in operands(graph.operation(id)?) {
                if let Operand::Node(operand) = operand {
                    *needed.get_mut(operand as usize)? = true;
                    let slot = last.get_mut(operand as usize)?;
                    *slot = (*slot).max(id);
                }
            }
        }
    }
    let slots = u16::try_from(slots).ok()?;
    let mut assembly = Assembly {
        graph,
        last,
        places: vec![None; count],
        numbers: Shelf { free: Vec::new(), next: slots },
        masks: Shelf { free: Vec::new(), next: 0 },
        instructions: Vec::new(),
    };
    for id in 0..count {
        let (is_needed, id) = (*needed.get(id)?, u32::try_from(id).ok()?);
        let checks = checks.get(&id).map_or(&[][..], Vec::as_slice);
        if !is_needed && checks.is_empty() {
            continue;
        }
        assembly.node(id, is_needed, checks, asked.get(&id).map_or(&[][..], Vec::as_slice))?;
    }
    Some(Code {
        instructions: assembly.instructions,
        columns: usize::from(assembly.numbers.next),
        masks: usize::from(assembly.masks.next),
        fixed,
    })
}

fn operands(operation: Operation) -> impl Iterator<Item = Operand> {
    let all = match operation {
        Operation::Figure(_) => [None, None, None],
        Operation::AtLeastZero(one) | Operation::Rounded(one, ..) | Operation::Opposite(one) => [Some(one), None, None],
        Operation::Sum(one, other)
        | Operation::Difference(one, other)
        | Operation::Product(one, other)
        | Operation::Ratio(one, other)
        | Operation::Least(one, other)
        | Operation::Below(one, other)
        | Operation::Both(one, other)
        | Operation::Either(one, other)
        | Operation::ButNot(one, other) => [Some(one), Some(other), None],
        Operation::Choice(mask, yes, no) => [Some(mask), Some(yes), Some(no)],
    };
    all.into_iter().flatten()
}

fn is_mask(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::Below(..)
            | Operation::Both(..)
            | Operation::Either(..)
            | Operation::ButNot(..)
            | Operation::Opposite(_)
    )
}

/// An operand with the column it stands in.
enum Source {
    Column(u16),
    Known(f64),
}

impl Assembly<'_> {
    fn source(&self, operand: Operand) -> Option<Source> {
        Some(match operand {
            Operand::Known(bits) => Source::Known(f64::from_bits(bits)),
            Operand::Node(id) => Source::Column(self.column(id)?),
        })
    }

    fn column(&self, id: u32) -> Option<u16> {
        self.places.get(id as usize).copied().flatten()
    }

    fn mask(&self, operand: Operand) -> Option<u16> {
        match operand {
            Operand::Node(id) => self.column(id),
            Operand::Known(_) => None,
        }
    }

    /// Writes what a node needs, and gives back the columns that nothing asks for any more.
    fn node(&mut self, id: u32, is_needed: bool, checks: &[Check], results: &[usize]) -> Option<()> {
        let operation = self.graph.operation(id)?;
        if let (Operation::Below(one, other), Some(Check::Is(_, holds))) = (operation, checks.first()) {
            let instruction = match (self.source(one)?, self.source(other)?) {
                (Source::Column(one), Source::Column(other)) => Instruction::CheckBelow { one, other, holds: *holds },
                (Source::Column(one), Source::Known(known)) => {
                    Instruction::CheckBelowKnown { one, known, holds: *holds }
                }
                (Source::Known(known), Source::Column(one)) => {
                    Instruction::CheckAboveKnown { one, known, holds: *holds }
                }
                (Source::Known(_), Source::Known(_)) => return None,
            };
            self.instructions.push(instruction);
        }
        if is_needed {
            let into = match operation {
                Operation::Figure(slot) => u16::try_from(slot).ok()?,
                _ if is_mask(operation) => self.masks.take()?,
                _ => self.numbers.take()?,
            };
            *self.places.get_mut(id as usize)? = Some(into);
            if let Some(instruction) = self.instruction(operation, into)? {
                self.instructions.push(instruction);
            }
            for check in checks {
                match *check {
                    Check::Finite(_) => self.instructions.push(Instruction::CheckFinite { one: into }),
                    Check::Is(_, holds) if !matches!(operation, Operation::Below(..)) => {
                        self.instructions.push(Instruction::CheckMask { mask: into, holds });
                    }
                    Check::Is(..) => {}
                }
            }
            for place in results {
                self.instructions.push(Instruction::Result { place: u16::try_from(*place).ok()?, one: into });
            }
            if *self.last.get(id as usize)? == 0 {
                self.give_back(id)?;
            }
        }
        let mut given: Vec<u32> = Vec::new();
        for operand in operands(operation) {
            if let Operand::Node(operand) = operand
                && *self.last.get(operand as usize)? == id
                && !given.contains(&operand)
            {
                given.push(operand);
            }
        }
        for operand in given {
            self.give_back(operand)?;
        }
        Some(())
    }

    fn give_back(&mut self, id: u32) -> Option<()> {
        let operation = self.graph.operation(id)?;
        let place = self.column(id)?;
        match operation {
            Operation::Figure(_) => {}
            _ if is_mask(operation) => self.masks.free.push(place),
            _ => self.numbers.free.push(place),
        }
        Some(())
    }

    /// The instruction of an operation; a figure has none. None at all where there is none for its operands.
    fn instruction(&mut self, operation: Operation, into: u16) -> Option<Option<Instruction>> {
        use Instruction as I;
        use Source::Column;
        use Source::Known;
        let instruction = match operation {
            Operation::Figure(_) => return Some(None),
            Operation::Sum(one, other) => match (self.source(one)?, self.source(other)?) {
                (Column(one), Column(other)) => I::Sum { into, one, other },
                (Column(one), Known(known)) | (Known(known), Column(one)) => I::SumKnown { into, one, known },
                (Known(_), Known(_)) => return None,
            },
            Operation::Difference(one, other) => match (self.source(one)?, self.source(other)?) {
                (Column(one), Column(other)) => I::Difference { into, one, other },
                // Taking away is adding the opposite, bit by bit.
                (Column(one), Known(known)) => I::SumKnown { into, one, known: -known },
                (Known(known), Column(one)) => I::KnownLess { into, one, known },
                (Known(_), Known(_)) => return None,
            },
            Operation::Product(one, other) => match (self.source(one)?, self.source(other)?) {
                (Column(one), Column(other)) => I::Product { into, one, other },
                (Column(one), Known(known)) | (Known(known), Column(one)) => I::ProductKnown { into, one, known },
                (Known(_), Known(_)) => return None,
            },
            Operation::Ratio(one, other) => match (self.source(one)?, self.source(other)?) {
                (Column(one), Column(other)) => I::Ratio { into, one, other },
                (Column(one), Known(known)) => I::RatioKnown { into, one, known },
                (Known(known), Column(one)) => I::KnownOver { into, one, known },
                (Known(_), Known(_)) => return None,
            },
            Operation::Least(one, other) => match (self.source(one)?, self.source(other)?) {
                (Column(one), Column(other)) => I::Least { into, one, other },
                (Column(one), Known(known)) => I::LeastKnown { into, one, known },
                (Known(known), Column(one)) => I::KnownLeast { into, one, known },
                (Known(_), Known(_)) => return None,
            },
            Operation::AtLeastZero(one) => match self.source(one)? {
                Column(one) => I::AtLeastZero { into, one },
                Known(_) => return None,
            },
            Operation::Rounded(one, places, direction) => match self.source(one)? {
                Column(one) => I::Rounded { into, one, places, direction },
                Known(_) => return None,
            },
            Operation::Below(one, other) => match (self.source(one)?, self.source(other)?) {
                (Column(one), Column(other)) => I::Below { into, one, other },
                (Column(one), Known(known)) => I::BelowKnown { into, one, known },
                (Known(known), Column(one)) => I::AboveKnown { into, one, known },
                (Known(_), Known(_)) => return None,
            },
            Operation::Both(one, other) => I::Both { into, one: self.mask(one)?, other: self.mask(other)? },
            Operation::Either(one, other) => I::Either { into, one: self.mask(one)?, other: self.mask(other)? },
            Operation::ButNot(one, other) => I::ButNot { into, one: self.mask(one)?, other: self.mask(other)? },
            Operation::Opposite(one) => I::Opposite { into, one: self.mask(one)? },
            Operation::Choice(mask, yes, no) => {
                let mask = self.mask(mask)?;
                match (self.source(yes)?, self.source(no)?) {
                    (Column(yes), Column(no)) => I::Choice { into, mask, yes, no },
                    (Column(yes), Known(no)) => I::ChoiceOrKnown { into, mask, yes, no },
                    (Known(yes), Column(no)) => I::KnownOr { into, mask, yes, no },
                    (Known(yes), Known(no)) => I::OneOf { into, mask, yes, no },
                }
            }
        };
        Some(Some(instruction))
    }
}
