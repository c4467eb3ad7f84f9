//! Numbers that write down what is done with them.

use std::fmt;
use std::ops::Add;
use std::ops::AddAssign;
use std::ops::BitAnd;
use std::ops::BitOr;
use std::ops::Div;
use std::ops::Mul;
use std::ops::Not;
use std::ops::Sub;
use std::ops::SubAssign;

use crate::units::Decimal;
use crate::units::Direction;
use crate::units::Floating;
use crate::units::Mask;
use crate::units::Scalar;

use super::graph::Operand;
use super::trace::Trace;

/// A number of a play that is written down: one that is the same in every draw, or the result of an operation.
///
/// What is known is computed at once, as a float would be; what hangs on a figure that is drawn becomes a node of the
/// trace. So a play with symbols leaves exactly the operations that differ from draw to draw.
#[derive(Clone, Copy)]
pub enum Symbol<'t> {
    /// The same in every draw.
    Known(f64),
    /// The result of an operation.
    Node(Node<'t>),
}

/// The outcome of a comparison of symbols.
#[derive(Clone, Copy)]
pub enum SymbolMask<'t> {
    /// The same in every draw.
    Known(bool),
    /// The result of a comparison.
    Node(Node<'t>),
}

/// A place in a trace.
#[derive(Clone, Copy)]
pub struct Node<'t> {
    trace: &'t Trace,
    id: u32,
}

impl<'t> Node<'t> {
    pub(super) fn new(trace: &'t Trace, id: u32) -> Node<'t> {
        Node { trace, id }
    }
}

impl fmt::Debug for Symbol<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Symbol::Known(value) => write!(f, "{value}"),
            Symbol::Node(node) => write!(f, "%{}", node.id),
        }
    }
}

impl fmt::Debug for SymbolMask<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SymbolMask::Known(value) => write!(f, "{value}"),
            SymbolMask::Node(node) => write!(f, "%{}", node.id),
        }
    }
}

impl<'t> Symbol<'t> {
    /// The symbol as an operand of its trace.
    pub(super) fn operand(self) -> Operand {
        match self {
            Symbol::Known(value) => Operand::known(value),
            Symbol::Node(node) => Operand::Node(node.id),
        }
    }

    fn of(trace: &'t Trace, operand: Operand) -> Symbol<'t> {
        match operand {
            Operand::Known(bits) => Symbol::Known(f64::from_bits(bits)),
            Operand::Node(id) => Symbol::Node(Node { trace, id }),
        }
    }

    fn trace(self) -> Option<&'t Trace> {
        match self {
            Symbol::Known(_) => None,
            Symbol::Node(node) => Some(node.trace),
        }
    }

    /// What two symbols give: at once where both are known, else as the trace writes it down.
    fn with(
        self,
        other: Symbol<'t>,
        known: impl FnOnce(f64, f64) -> f64,
        written: impl FnOnce(&Trace, Operand, Operand) -> Operand,
    ) -> Symbol<'t> {
        if let (Symbol::Known(one), Symbol::Known(other)) = (self, other) {
            return Symbol::Known(known(one, other));
        }
        match self.trace().or(other.trace()) {
            Some(trace) => Symbol::of(trace, written(trace, self.operand(), other.operand())),
            None => Symbol::INVALID,
        }
    }
}

impl<'t> SymbolMask<'t> {
    fn operand(self) -> Operand {
        match self {
            SymbolMask::Known(holds) => Operand::holds(holds),
            SymbolMask::Node(node) => Operand::Node(node.id),
        }
    }

    fn of(trace: &'t Trace, operand: Operand) -> SymbolMask<'t> {
        match operand {
            Operand::Known(bits) => SymbolMask::Known(bits != 0),
            Operand::Node(id) => SymbolMask::Node(Node { trace, id }),
        }
    }
}

impl<'t> Add for Symbol<'t> {
    type Output = Symbol<'t>;

    fn add(self, other: Symbol<'t>) -> Symbol<'t> {
        self.with(other, |one, other| one + other, Trace::sum)
    }
}

impl<'t> Sub for Symbol<'t> {
    type Output = Symbol<'t>;

    fn sub(self, other: Symbol<'t>) -> Symbol<'t> {
        self.with(other, |one, other| one - other, Trace::difference)
    }
}

impl<'t> Mul for Symbol<'t> {
    type Output = Symbol<'t>;

    fn mul(self, other: Symbol<'t>) -> Symbol<'t> {
        self.with(other, |one, other| one * other, Trace::product)
    }
}

impl<'t> Div for Symbol<'t> {
    type Output = Symbol<'t>;

    fn div(self, other: Symbol<'t>) -> Symbol<'t> {
        self.with(other, |one, other| one / other, Trace::ratio)
    }
}

impl<'t> AddAssign for Symbol<'t> {
    fn add_assign(&mut self, other: Symbol<'t>) {
        *self = *self + other;
    }
}

impl<'t> SubAssign for Symbol<'t> {
    fn sub_assign(&mut self, other: Symbol<'t>) {
        *self = *self - other;
    }
}

impl<'t> BitAnd for SymbolMask<'t> {
    type Output = SymbolMask<'t>;

    fn bitand(self, other: SymbolMask<'t>) -> SymbolMask<'t> {
        match (self, other) {
            (SymbolMask::Known(holds), mask) | (mask, SymbolMask::Known(holds)) => {
                if holds {
                    mask
                } else {
                    SymbolMask::NEVER
                }
            }
            (SymbolMask::Node(node), _) => SymbolMask::of(node.trace, node.trace.both(self.operand(), other.operand())),
        }
    }
}

impl<'t> BitOr for SymbolMask<'t> {
    type Output = SymbolMask<'t>;

    fn bitor(self, other: SymbolMask<'t>) -> SymbolMask<'t> {
        match (self, other) {
            (SymbolMask::Known(holds), mask) | (mask, SymbolMask::Known(holds)) => {
                if holds {
                    SymbolMask::ALWAYS
                } else {
                    mask
                }
            }
            (SymbolMask::Node(node), _) => {
                SymbolMask::of(node.trace, node.trace.either(self.operand(), other.operand()))
            }
        }
    }
}

impl<'t> Not for SymbolMask<'t> {
    type Output = SymbolMask<'t>;

    fn not(self) -> SymbolMask<'t> {
        match self {
            SymbolMask::Known(holds) => SymbolMask::Known(!holds),
            SymbolMask::Node(node) => SymbolMask::of(node.trace, node.trace.opposite(self.operand())),
        }
    }
}

impl Mask for SymbolMask<'_> {
    const NEVER: Self = SymbolMask::Known(false);
    const ALWAYS: Self = SymbolMask::Known(true);

    /// Whether it holds in any draw of the pilot. Where it holds in none, each draw is checked for it.
    fn any(self) -> bool {
        match self {
            SymbolMask::Known(holds) => holds,
            SymbolMask::Node(node) => node.trace.any(node.id),
        }
    }

    /// Whether it may hold in any draw. Where it surely does not, each draw is checked for it.
    fn may_hold(self) -> bool {
        match self {
            SymbolMask::Known(holds) => holds,
            SymbolMask::Node(node) => node.trace.may_hold(node.id),
        }
    }

    /// Whether it holds in every draw of the pilot. Where it does, each draw is checked for it.
    fn all(self) -> bool {
        match self {
            SymbolMask::Known(holds) => holds,
            SymbolMask::Node(node) => node.trace.all(node.id),
        }
    }
}

impl<'t> Scalar for Symbol<'t> {
    type Mask = SymbolMask<'t>;
    type Per = Symbol<'t>;

    const IS_ONE: bool = false;
    const ZERO: Symbol<'t> = Symbol::Known(0.0);
    const ONE: Symbol<'t> = Symbol::Known(1.0);
    const INVALID: Symbol<'t> = Symbol::Known(f64::NAN);
    const GRAIN: Symbol<'t> = Symbol::Known(f64::GRAIN);

    fn of(value: Decimal) -> Symbol<'t> {
        Symbol::Known(f64::of(value))
    }

    fn whole(value: i128) -> Symbol<'t> {
        Symbol::Known(f64::whole(value))
    }

    fn ratio(numerator: i128, denominator: i128) -> Symbol<'t> {
        Symbol::Known(f64::ratio(numerator, denominator))
    }

    fn lt(self, other: Symbol<'t>) -> SymbolMask<'t> {
        if let (Symbol::Known(one), Symbol::Known(other)) = (self, other) {
            return SymbolMask::Known(one < other);
        }
        match self.trace().or(other.trace()) {
            Some(trace) => SymbolMask::of(trace, trace.below(self.operand(), other.operand())),
            None => SymbolMask::NEVER,
        }
    }

    fn select(mask: SymbolMask<'t>, yes: Symbol<'t>, no: Symbol<'t>) -> Symbol<'t> {
        match mask {
            SymbolMask::Known(true) => yes,
            SymbolMask::Known(false) => no,
            SymbolMask::Node(node) => {
                let chosen = node.trace.choice(Operand::Node(node.id), yes.operand(), no.operand());
                Symbol::of(node.trace, chosen)
            }
        }
    }

    fn least(self, other: Symbol<'t>) -> Symbol<'t> {
        self.with(other, f64::least, Trace::least)
    }

    fn at_least_zero(self) -> Symbol<'t> {
        match self {
            Symbol::Known(value) => Symbol::Known(value.at_least_zero()),
            Symbol::Node(node) => Symbol::of(node.trace, node.trace.at_least_zero(self.operand())),
        }
    }

    fn per(self, denominator: Symbol<'t>) -> Symbol<'t> {
        self / denominator
    }

    fn times(self, ratio: Symbol<'t>) -> Symbol<'t> {
        self * ratio
    }

    fn inverse(ratio: Symbol<'t>) -> Symbol<'t> {
        Symbol::ONE / ratio
    }

    fn chained(first: Symbol<'t>, second: Symbol<'t>) -> Symbol<'t> {
        first * second
    }

    fn pick(mask: SymbolMask<'t>, yes: Symbol<'t>, no: Symbol<'t>) -> Symbol<'t> {
        Symbol::select(mask, yes, no)
    }

    fn rounded(self, places: u32, direction: Direction) -> Symbol<'t> {
        match self {
            Symbol::Known(value) => Symbol::Known(value.rounded(places, direction)),
            Symbol::Node(node) => Symbol::of(node.trace, node.trace.rounded(self.operand(), places, direction)),
        }
    }

    /// Whether it is a number in every draw of the pilot. Where it is, each draw is checked for it.
    fn is_valid(self) -> bool {
        match self {
            Symbol::Known(value) => value.is_finite(),
            Symbol::Node(node) => node.trace.is_finite(node.id),
        }
    }

    fn approximate(self) -> f64 {
        match self {
            Symbol::Known(value) => value,
            Symbol::Node(node) => node.trace.first(node.id),
        }
    }
}

impl<'t> Floating for Symbol<'t> {
    const BEYOND: Symbol<'t> = Symbol::Known(f64::INFINITY);

    fn all(value: f64) -> Symbol<'t> {
        Symbol::Known(value)
    }
}
