//! What is done with whole columns, one instruction after the other.

#![allow(
    clippy::indexing_slicing,
    clippy::needless_range_loop,
    clippy::eq_op,
    reason = "each loop runs over the draws of a column"
)]

use crate::studies::simulate::Column;
use crate::units::Direction;
use crate::units::Scalar;

/// How many draws a column has: so many that picking an instruction costs little beside doing it, so few that the columns
/// of a play stay near the processor.
pub const WIDTH: usize = 128;

/// A number for each draw.
pub(super) type Numbers = Column<WIDTH>;
/// What holds in which draw: all ones where it does.
pub(super) type Masks = [u64; WIDTH];

/// One instruction. Numbers and masks stand in columns of their own; `into` is none of those that are read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Instruction {
    Sum { into: u16, one: u16, other: u16 },
    SumKnown { into: u16, one: u16, known: f64 },
    Difference { into: u16, one: u16, other: u16 },
    KnownLess { into: u16, one: u16, known: f64 },
    Product { into: u16, one: u16, other: u16 },
    ProductKnown { into: u16, one: u16, known: f64 },
    Ratio { into: u16, one: u16, other: u16 },
    RatioKnown { into: u16, one: u16, known: f64 },
    KnownOver { into: u16, one: u16, known: f64 },
    Least { into: u16, one: u16, other: u16 },
    LeastKnown { into: u16, one: u16, known: f64 },
    KnownLeast { into: u16, one: u16, known: f64 },
    AtLeastZero { into: u16, one: u16 },
    Rounded { into: u16, one: u16, places: u32, direction: Direction },
    Below { into: u16, one: u16, other: u16 },
    BelowKnown { into: u16, one: u16, known: f64 },
    AboveKnown { into: u16, one: u16, known: f64 },
    Both { into: u16, one: u16, other: u16 },
    Either { into: u16, one: u16, other: u16 },
    ButNot { into: u16, one: u16, other: u16 },
    Opposite { into: u16, one: u16 },
    Choice { into: u16, mask: u16, yes: u16, no: u16 },
    ChoiceOrKnown { into: u16, mask: u16, yes: u16, no: f64 },
    KnownOr { into: u16, mask: u16, yes: f64, no: u16 },
    OneOf { into: u16, mask: u16, yes: f64, no: f64 },
    CheckFinite { one: u16 },
    CheckMask { mask: u16, holds: bool },
    CheckBelow { one: u16, other: u16, holds: bool },
    CheckBelowKnown { one: u16, known: f64, holds: bool },
    CheckAboveKnown { one: u16, known: f64, holds: bool },
    Result { place: u16, one: u16 },
}

/// Where a block of draws is played.
#[derive(Debug, Clone)]
pub(super) struct Desk {
    /// The figures, by their slots, then what is worked in.
    pub columns: Vec<Numbers>,
    pub masks: Vec<Masks>,
    /// The draws whose play is another one: what is not zero.
    pub others: Masks,
}

fn bits(holds: bool) -> u64 {
    if holds { !0 } else { 0 }
}

/// The one or the other, by their bits: a choice between two places would be made with a jump.
#[inline(always)]
fn chosen(mask: u64, yes: f64, no: f64) -> f64 {
    f64::from_bits((mask & yes.to_bits()) | (!mask & no.to_bits()))
}

// What is done with a draw's numbers. Functions of their own, inlined where they are named: a closure is not surely compiled
// for the vectors of its caller.

#[inline(always)]
fn sum(one: f64, other: f64) -> f64 {
    one + other
}

#[inline(always)]
fn difference(one: f64, other: f64) -> f64 {
    one - other
}

#[inline(always)]
fn difference_from(one: f64, known: f64) -> f64 {
    known - one
}

#[inline(always)]
fn product(one: f64, other: f64) -> f64 {
    one * other
}

#[inline(always)]
fn ratio(one: f64, other: f64) -> f64 {
    one / other
}

#[inline(always)]
fn ratio_of(one: f64, known: f64) -> f64 {
    known / one
}

#[inline(always)]
fn least(one: f64, other: f64) -> f64 {
    if other < one { other } else { one }
}

#[inline(always)]
fn least_from(one: f64, known: f64) -> f64 {
    if one < known { one } else { known }
}

#[inline(always)]
fn at_least(one: f64, known: f64) -> f64 {
    if one < known { known } else { one }
}

#[inline(always)]
fn below(one: f64, known: f64) -> bool {
    one < known
}

#[inline(always)]
fn above(one: f64, known: f64) -> bool {
    known < one
}

#[inline(always)]
fn both(one: u64, other: u64) -> u64 {
    one & other
}

#[inline(always)]
fn either(one: u64, other: u64) -> u64 {
    one | other
}

#[inline(always)]
fn but_not(one: u64, other: u64) -> u64 {
    one & !other
}

impl Desk {
    /// Carries one instruction out; `results` is told what it gives.
    #[inline(always)]
    pub fn carry_out(&mut self, instruction: &Instruction, result: impl FnOnce(usize, &Numbers)) {
        use Instruction as I;
        match *instruction {
            I::Sum { into, one, other } => self.two(into, one, other, sum),
            I::SumKnown { into, one, known } => self.with(into, one, known, sum),
            I::Difference { into, one, other } => self.two(into, one, other, difference),
            I::KnownLess { into, one, known } => self.with(into, one, known, difference_from),
            I::Product { into, one, other } => self.two(into, one, other, product),
            I::ProductKnown { into, one, known } => self.with(into, one, known, product),
            I::Ratio { into, one, other } => self.two(into, one, other, ratio),
            I::RatioKnown { into, one, known } => self.with(into, one, known, ratio),
            I::KnownOver { into, one, known } => self.with(into, one, known, ratio_of),
            I::Least { into, one, other } => self.two(into, one, other, least),
            I::LeastKnown { into, one, known } => self.with(into, one, known, least),
            I::KnownLeast { into, one, known } => self.with(into, one, known, least_from),
            I::AtLeastZero { into, one } => self.with(into, one, 0.0, at_least),
            I::Rounded { into, one, places, direction } => self.rounded(into, one, places, direction),
            I::Below { into, one, other } => self.compared(into, one, other),
            I::BelowKnown { into, one, known } => self.compared_with(into, one, known, below),
            I::AboveKnown { into, one, known } => self.compared_with(into, one, known, above),
            I::Both { into, one, other } => self.masks_of(into, one, other, both),
            I::Either { into, one, other } => self.masks_of(into, one, other, either),
            I::ButNot { into, one, other } => self.masks_of(into, one, other, but_not),
            I::Opposite { into, one } => match self.masks.get_disjoint_mut([usize::from(into), usize::from(one)]) {
                Ok([into, one]) => {
                    for draw in 0..WIDTH {
                        into[draw] = !one[draw];
                    }
                }
                Err(_) => self.lost(),
            },
            I::Choice { into, mask, yes, no } => {
                let all = [usize::from(into), usize::from(yes), usize::from(no)];
                match (self.columns.get_disjoint_mut(all), self.masks.get(usize::from(mask))) {
                    (Ok([into, yes, no]), Some(mask)) => {
                        for draw in 0..WIDTH {
                            into.0[draw] = chosen(mask[draw], yes.0[draw], no.0[draw]);
                        }
                    }
                    _ => self.lost(),
                }
            }
            I::ChoiceOrKnown { into, mask, yes, no } => {
                let all = [usize::from(into), usize::from(yes)];
                match (self.columns.get_disjoint_mut(all), self.masks.get(usize::from(mask))) {
                    (Ok([into, yes]), Some(mask)) => {
                        for draw in 0..WIDTH {
                            into.0[draw] = chosen(mask[draw], yes.0[draw], no);
                        }
                    }
                    _ => self.lost(),
                }
            }
            I::KnownOr { into, mask, yes, no } => {
                let all = [usize::from(into), usize::from(no)];
                match (self.columns.get_disjoint_mut(all), self.masks.get(usize::from(mask))) {
                    (Ok([into, no]), Some(mask)) => {
                        for draw in 0..WIDTH {
                            into.0[draw] = chosen(mask[draw], yes, no.0[draw]);
                        }
                    }
                    _ => self.lost(),
                }
            }
            I::OneOf { into, mask, yes, no } => {
                match (self.columns.get_mut(usize::from(into)), self.masks.get(usize::from(mask))) {
                    (Some(into), Some(mask)) => {
                        for draw in 0..WIDTH {
                            into.0[draw] = chosen(mask[draw], yes, no);
                        }
                    }
                    _ => self.lost(),
                }
            }
            I::CheckFinite { one } => match self.columns.get(usize::from(one)) {
                Some(one) => {
                    for draw in 0..WIDTH {
                        // What is finite less itself is nothing.
                        let rest = one.0[draw] - one.0[draw];
                        self.others[draw] |= if rest == 0.0 { 0 } else { !0 };
                    }
                }
                None => self.lost(),
            },
            I::CheckMask { mask, holds } => match self.masks.get(usize::from(mask)) {
                Some(mask) => {
                    let expected = bits(holds);
                    for draw in 0..WIDTH {
                        self.others[draw] |= mask[draw] ^ expected;
                    }
                }
                None => self.lost(),
            },
            I::CheckBelow { one, other, holds } => {
                match (self.columns.get(usize::from(one)), self.columns.get(usize::from(other))) {
                    (Some(one), Some(other)) => {
                        let expected = bits(holds);
                        for draw in 0..WIDTH {
                            let found = if one.0[draw] < other.0[draw] { !0 } else { 0 };
                            self.others[draw] |= found ^ expected;
                        }
                    }
                    _ => self.lost(),
                }
            }
            I::CheckBelowKnown { one, known, holds } => self.checked(one, known, holds, below),
            I::CheckAboveKnown { one, known, holds } => self.checked(one, known, holds, above),
            I::Result { place, one } => match self.columns.get(usize::from(one)) {
                Some(one) => result(usize::from(place), one),
                None => self.lost(),
            },
        }
    }

    /// A column that is not there: no draw is played here.
    #[cold]
    fn lost(&mut self) {
        self.others = [!0; WIDTH];
    }

    #[inline(always)]
    fn with(&mut self, into: u16, one: u16, known: f64, of: impl Fn(f64, f64) -> f64) {
        match self.columns.get_disjoint_mut([usize::from(into), usize::from(one)]) {
            Ok([into, one]) => {
                for draw in 0..WIDTH {
                    into.0[draw] = of(one.0[draw], known);
                }
            }
            Err(_) => self.lost(),
        }
    }

    #[inline(always)]
    fn two(&mut self, into: u16, one: u16, other: u16, of: impl Fn(f64, f64) -> f64) {
        match self.columns.get_disjoint_mut([usize::from(into), usize::from(one), usize::from(other)]) {
            Ok([into, one, other]) => {
                for draw in 0..WIDTH {
                    into.0[draw] = of(one.0[draw], other.0[draw]);
                }
            }
            // A number with itself.
            Err(_) if one == other => match self.columns.get_disjoint_mut([usize::from(into), usize::from(one)]) {
                Ok([into, one]) => {
                    for draw in 0..WIDTH {
                        into.0[draw] = of(one.0[draw], one.0[draw]);
                    }
                }
                Err(_) => self.lost(),
            },
            Err(_) => self.lost(),
        }
    }

    fn rounded(&mut self, into: u16, one: u16, places: u32, direction: Direction) {
        match self.columns.get_disjoint_mut([usize::from(into), usize::from(one)]) {
            Ok([into, one]) => {
                for draw in 0..WIDTH {
                    into.0[draw] = one.0[draw].rounded(places, direction);
                }
            }
            Err(_) => self.lost(),
        }
    }

    #[inline(always)]
    fn compared(&mut self, into: u16, one: u16, other: u16) {
        let columns = (self.columns.get(usize::from(one)), self.columns.get(usize::from(other)));
        match (self.masks.get_mut(usize::from(into)), columns) {
            (Some(into), (Some(one), Some(other))) => {
                for draw in 0..WIDTH {
                    into[draw] = if one.0[draw] < other.0[draw] { !0 } else { 0 };
                }
            }
            _ => self.lost(),
        }
    }

    #[inline(always)]
    fn compared_with(&mut self, into: u16, one: u16, known: f64, holds: impl Fn(f64, f64) -> bool) {
        match (self.masks.get_mut(usize::from(into)), self.columns.get(usize::from(one))) {
            (Some(into), Some(one)) => {
                for draw in 0..WIDTH {
                    into[draw] = if holds(one.0[draw], known) { !0 } else { 0 };
                }
            }
            _ => self.lost(),
        }
    }

    #[inline(always)]
    fn masks_of(&mut self, into: u16, one: u16, other: u16, of: impl Fn(u64, u64) -> u64) {
        match self.masks.get_disjoint_mut([usize::from(into), usize::from(one), usize::from(other)]) {
            Ok([into, one, other]) => {
                for draw in 0..WIDTH {
                    into[draw] = of(one[draw], other[draw]);
                }
            }
            Err(_) => self.lost(),
        }
    }

    #[inline(always)]
    fn checked(&mut self, one: u16, known: f64, expected: bool, holds: impl Fn(f64, f64) -> bool) {
        match self.columns.get(usize::from(one)) {
            Some(one) => {
                let expected = bits(expected);
                for draw in 0..WIDTH {
                    let found = if holds(one.0[draw], known) { !0 } else { 0 };
                    self.others[draw] |= found ^ expected;
                }
            }
            None => self.lost(),
        }
    }
}
