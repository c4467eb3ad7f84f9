//! Operations, what they hang on, and what is known of their results.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::HashSet;

use foldhash::fast::FixedState;

use crate::units::Direction;

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

    pub fn is(self, value: f64) -> bool {
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
    Rounded(Operand, u32, Direction),
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
    pub never_negative: bool,
    /// It is no negative zero.
    pub never_minus_zero: bool,
    /// It is not below zero, as far as comparing tells.
    pub never_below: bool,
}

impl Sign {
    pub const ANY: Sign = Sign { never_negative: false, never_minus_zero: false, never_below: false };

    pub fn of(value: f64) -> Sign {
        let is_minus_zero = value == 0.0 && value.is_sign_negative();
        Sign {
            never_negative: value.is_nan() || value.is_sign_positive(),
            never_minus_zero: !is_minus_zero,
            never_below: value.is_nan() || value >= 0.0,
        }
    }

    pub fn positive(never_negative: bool) -> Sign {
        Sign { never_negative, never_minus_zero: never_negative, never_below: never_negative }
    }

    /// What both say together.
    pub fn and(self, other: Sign) -> Sign {
        Sign {
            never_negative: self.never_negative || other.never_negative,
            never_minus_zero: self.never_minus_zero || other.never_minus_zero,
            never_below: self.never_below || other.never_below,
        }
    }
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
    known: HashMap<Operation, u32, FixedState>,
    kept: HashSet<Check, FixedState>,
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

/// A mask as a number.
pub(super) fn holds(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}

impl Graph {
    /// Nothing yet, for a pilot of so many draws and about so many operations.
    pub fn new(draws: usize, operations: usize, mut room: Vec<f64>) -> Graph {
        room.clear();
        room.reserve(operations.saturating_mul(draws));
        Graph {
            operations: Vec::with_capacity(operations),
            checks: Vec::new(),
            signs: Vec::with_capacity(operations),
            certain: Vec::with_capacity(operations),
            pilot: room,
            draws,
            known: HashMap::with_capacity_and_hasher(operations, FixedState::default()),
            kept: HashSet::default(),
        }
    }

    /// Keeps what is known of a number's sign.
    pub fn learn(&mut self, number: Operand, sign: Sign) {
        if let Operand::Node(id) = number
            && let Some(known) = self.signs.get_mut(id as usize)
        {
            *known = known.and(sign);
        }
    }

    /// The operation of a node.
    pub fn operation(&self, id: u32) -> Option<Operation> {
        self.operations.get(id as usize).copied()
    }

    pub fn of(&self, operand: Operand) -> Option<Operation> {
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

    pub fn sign_of_either(&self, one: Operand, other: Operand) -> Sign {
        let (one, other) = (self.sign(one), self.sign(other));
        Sign {
            never_negative: one.never_negative && other.never_negative,
            never_minus_zero: one.never_minus_zero && other.never_minus_zero,
            never_below: one.never_below && other.never_below,
        }
    }

    pub fn but_not(&mut self, one: Operand, not: Operand) -> Operand {
        if one == not {
            return Operand::holds(false);
        }
        let all = [one, not];
        self.of_two(Operation::ButNot(one, not), Sign::ANY, all, |one, not| one * (1.0 - not))
    }

    /// Whether a product is nothing where the mask does not hold, since one of its factors is. Each draw is then checked
    /// for a number: nothing times what is none is none.
    pub fn vanishes(&mut self, mask: Operand, product: Operand) -> bool {
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
    pub fn proves_never_negative(&mut self, number: Operand) -> bool {
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
    pub fn is_positive(&mut self, number: Operand) -> bool {
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

    pub fn is_finite(&mut self, id: u32) -> bool {
        let is_finite = self.pilot(id).iter().all(|value| value.is_finite());
        if is_finite {
            self.check(Check::Finite(id));
        }
        is_finite
    }

    pub fn check(&mut self, check: Check) {
        if self.kept.insert(check) {
            self.checks.push(check);
        }
    }

    /// Writes an operation on one number down, or finds it where it stands. What is known is computed at once.
    pub fn of_one(&mut self, operation: Operation, sign: Sign, one: Operand, result: impl Fn(f64) -> f64) -> Operand {
        if let Some(one) = one.value() {
            return Operand::known(result(one));
        }
        if let Some(id) = self.known.get(&operation) {
            return Operand::Node(*id);
        }
        let pilot: Vec<f64> = self.column(one).iter().map(|one| result(*one)).collect();
        Operand::Node(self.put(operation, sign, &pilot))
    }

    /// The same of an operation on two.
    pub fn of_two(
        &mut self,
        operation: Operation,
        sign: Sign,
        [one, other]: [Operand; 2],
        result: impl Fn(f64, f64) -> f64,
    ) -> Operand {
        if let (Some(one), Some(other)) = (one.value(), other.value()) {
            return Operand::known(result(one, other));
        }
        if let Some(id) = self.known.get(&operation) {
            return Operand::Node(*id);
        }
        let (one, other) = (self.column(one), self.column(other));
        let pilot: Vec<f64> = one.iter().zip(other.iter()).map(|(one, other)| result(*one, *other)).collect();
        Operand::Node(self.put(operation, sign, &pilot))
    }

    /// The same of a choice.
    pub fn of_choice(&mut self, mask: Operand, yes: Operand, no: Operand) -> Operand {
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

    pub fn put(&mut self, operation: Operation, sign: Sign, pilot: &[f64]) -> u32 {
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
