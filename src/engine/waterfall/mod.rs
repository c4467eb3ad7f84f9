//! Who takes what of a sum: every claim a rising function of the value of one common share, so one root pays all.
//!
//! With that value `x` above nothing every preference is paid in full, so rank plays no part and each holder takes
//! the best of its forms; the sum of all claims rises with `x` and is the sum to be shared once. Below the sum of all
//! preferences `x` is nothing and they are paid by rank. Both are the equilibrium of every election at once: a class
//! that converts too early, or too late, gives to the others what it could have had. So nobody's election is searched
//! for: it is read off the root.
//!
//! The kinks are sorted once, n log n in the claims; each sum to be shared is then a binary search. A scalar is one
//! number here, as the order of the kinks is a number's own: many draws call it one by one.

mod claim;
mod deductions;

use std::cmp::Ordering;

use crate::units::Mask;
use crate::units::Scalar;

pub use claim::Claim;
pub use claim::Kink;
pub use deductions::Bracket;
pub use deductions::CarveOut;
pub use deductions::Deducted;
pub use deductions::Deductions;

/// A kink of one of the claims, in the order of the values of a share.
#[derive(Debug, Clone, Copy)]
pub struct Turn<S> {
    /// The claim, by its place.
    pub claim: usize,
    /// What it does there.
    pub kink: Kink<S>,
    /// The value of a share.
    pub at: S,
}

/// From a kink to the next all claims together take `constant + slope x`.
#[derive(Debug, Clone, Copy)]
pub struct Piece<S> {
    /// What does not move with the value of a share.
    pub constant: S,
    /// The shares that count.
    pub slope: S,
    /// The sum that is shared where it begins.
    pub from: S,
}

/// Where a sum to be shared lands.
#[derive(Debug, Clone, Copy)]
pub enum Level<S: Scalar> {
    /// The preferences take it all: the ranks below this one nothing, those above it all, this one a part.
    Short {
        /// The rank that runs dry.
        rank: u32,
        /// What is left for it.
        left: S,
        /// Its part of what it is owed, where no strike is in the way.
        part: S::Per,
        /// Whether a strike is.
        has_strikes: bool,
    },
    /// Every preference is covered.
    Covered {
        /// How many kinks are passed.
        passed: usize,
        /// The value of one common share.
        share: S::Per,
    },
    /// There is more than anybody may take.
    TooMuch {
        /// How much is left over.
        over: S,
    },
}

impl<S: Scalar> Level<S> {
    /// The value of one common share.
    pub fn share_value(&self) -> S {
        match self {
            Level::Covered { share, .. } => S::quotient(*share),
            Level::Short { .. } | Level::TooMuch { .. } => S::ZERO,
        }
    }
}

/// Claims in the order that pays them.
///
/// ```
/// use capsim::engine::waterfall::{Claim, Waterfall};
/// // 8M common; 2M of A with 5M, 1.5M of B with 9M before it; 50M to share.
/// let mut waterfall = Waterfall::default();
/// waterfall.fill([Claim::common(8e6), Claim::either(5e6, 2e6, 1), Claim::either(9e6, 1.5e6, 0)].into_iter());
/// let level = waterfall.level(50e6);
/// assert!((level.share_value() - 4.1).abs() < 1e-9);
/// let paid = |claim| f64::round(waterfall.pays(claim, &level));
/// assert_eq!([paid(0), paid(1), paid(2)], [32.8e6, 8.2e6, 9e6]);
/// // A converts from 34M on, B from 69M on: by what a share is worth, not by who is paid first.
/// assert_eq!(waterfall.pieces().iter().map(|piece| piece.from).collect::<Vec<_>>(), [14e6, 34e6, 69e6]);
/// ```
#[derive(Debug, Clone)]
pub struct Waterfall<S> {
    claims: Vec<Claim<S>>,
    turns: Vec<Turn<S>>,
    /// By claim, where each of its kinks stands in the order.
    places: Vec<[usize; 3]>,
    pieces: Vec<Piece<S>>,
    ranks: Vec<S>,
    base: S,
}

impl<S: Scalar> Default for Waterfall<S> {
    fn default() -> Waterfall<S> {
        Waterfall {
            claims: Vec::new(),
            turns: Vec::new(),
            places: Vec::new(),
            pieces: Vec::new(),
            ranks: Vec::new(),
            base: S::ZERO,
        }
    }
}

impl<S: Scalar> Waterfall<S> {
    /// Takes claims, in place of those it had. Claims on no shares take no part in what is left.
    pub fn fill(&mut self, claims: impl Iterator<Item = Claim<S>>) {
        self.claims.clear();
        self.claims.extend(claims);
        self.turns.clear();
        self.places.clear();
        self.pieces.clear();
        self.ranks.clear();
        self.base = S::ZERO;
        for (index, claim) in self.claims.iter().enumerate() {
            self.base += claim.fixed;
            while self.ranks.len() <= claim.rank as usize {
                self.ranks.push(S::ZERO);
            }
            if let Some(sum) = self.ranks.get_mut(claim.rank as usize) {
                *sum += claim.fixed;
            }
            for kink in claim.kinks().filter(|kink| S::ZERO.lt(kink.shares).any()) {
                self.turns.push(Turn { claim: index, kink, at: kink.money / kink.shares });
            }
        }
        // An order of what is no number means nothing, and is never asked for: see `is_valid`.
        if self.turns.iter().all(|turn| turn.at.is_valid()) {
            self.turns.sort_by(|one, other| order(one.at, other.at));
        }
        self.places.resize(self.claims.len(), [usize::MAX; 3]);
        let mut piece = Piece { constant: self.base, slope: S::ZERO, from: self.base };
        for (place, turn) in self.turns.iter().enumerate() {
            if turn.kink.rises {
                piece.slope += turn.kink.shares;
                piece.constant -= turn.kink.money;
            } else {
                piece.slope -= turn.kink.shares;
                piece.constant += turn.kink.money;
            }
            // The last digits of a quotient may fall where the sums do not.
            let from = piece.constant + piece.slope.times(turn.kink.money.per(turn.kink.shares));
            // A product past the digits there are: divided first, it loses its last ones.
            let from = if from.is_valid() { from } else { piece.constant + piece.slope * turn.at };
            piece.from = S::select(piece.from.lt(from), from, piece.from);
            self.pieces.push(piece);
            let free =
                self.places.get_mut(turn.claim).and_then(|places| places.iter_mut().find(|it| **it == usize::MAX));
            if let Some(free) = free {
                *free = place;
            }
        }
    }

    /// Whether every number in it is one: an order of others means nothing.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.base.is_valid()
            && self.turns.iter().all(|turn| turn.at.is_valid())
            && self.pieces.iter().all(|piece| piece.from.is_valid())
    }

    /// What all preferences come to.
    #[must_use]
    pub fn base(&self) -> S {
        self.base
    }

    /// The claims, as they were given.
    #[must_use]
    pub fn claims(&self) -> &[Claim<S>] {
        &self.claims
    }

    /// The kinks in their order.
    #[must_use]
    pub fn turns(&self) -> &[Turn<S>] {
        &self.turns
    }

    /// What all claims take together, from each kink on.
    #[must_use]
    pub fn pieces(&self) -> &[Piece<S>] {
        &self.pieces
    }

    /// What each rank is owed, the first paid first.
    #[must_use]
    pub fn ranks(&self) -> &[S] {
        &self.ranks
    }

    /// Where a sum to be shared lands.
    #[must_use]
    pub fn level(&self, sum: S) -> Level<S> {
        if sum.lt(self.base).any() {
            return self.short(sum);
        }
        // Pieces begin at sums that do not fall.
        let passed = self.pieces.partition_point(|piece| !sum.lt(piece.from).any());
        let piece = passed.checked_sub(1).and_then(|last| self.pieces.get(last)).copied();
        let piece = piece.unwrap_or(Piece { constant: self.base, slope: S::ZERO, from: self.base });
        let rest = sum - piece.constant;
        // What differs in the last digits of a sum alone is nothing.
        let is_nothing = rest.magnitude().lt(sum.magnitude() * S::GRAIN) & S::ZERO.lt(sum);
        let rest = S::select(is_nothing, S::ZERO, rest);
        if S::ZERO.lt(piece.slope).any() {
            return Level::Covered { passed, share: rest.per(piece.slope) };
        }
        if S::ZERO.lt(rest).any() {
            Level::TooMuch { over: rest }
        } else {
            Level::Covered { passed, share: S::ZERO.per(S::ONE) }
        }
    }

    /// Where a value of one common share lands, whatever sum that takes.
    #[must_use]
    pub fn level_at(&self, share: S) -> Level<S> {
        let passed = self.turns.partition_point(|turn| !share.lt(turn.at).any());
        Level::Covered { passed, share: share.per(S::ONE) }
    }

    /// The preferences take it all.
    fn short(&self, sum: S) -> Level<S> {
        let mut left = sum;
        for (rank, owed) in self.ranks.iter().enumerate() {
            if left.lt(*owed).any() {
                let rank = u32::try_from(rank).unwrap_or(u32::MAX);
                let mine = || self.claims.iter().filter(move |claim| claim.rank == rank);
                let has_strikes = mine().any(|claim| S::ZERO.lt(claim.strike).any() && S::ZERO.lt(claim.gross).any());
                if !has_strikes {
                    return Level::Short { rank, left, part: left.per(*owed), has_strikes };
                }
                // The part itself is the root: what it gives less each strike adds up to what is left.
                let mut parts = Waterfall::default();
                parts.fill(mine().map(|claim| Claim::common(claim.gross).at_strike(claim.strike)));
                let part = match parts.level(left) {
                    Level::Covered { share, .. } => share,
                    Level::Short { part, .. } => part,
                    Level::TooMuch { .. } => S::ONE.per(S::ONE),
                };
                return Level::Short { rank, left, part, has_strikes };
            }
            left -= *owed;
        }
        Level::Covered { passed: 0, share: S::ZERO.per(S::ONE) }
    }

    /// Rights of a rank whose strike is worth paying before the rank is covered: the claim, and the sum within the rank.
    #[must_use]
    pub fn turns_in_rank(&self, rank: usize) -> Vec<(usize, S)> {
        let mine: Vec<(usize, &Claim<S>)> =
            self.claims.iter().enumerate().filter(|(_, claim)| claim.rank as usize == rank).collect();
        if !mine.iter().any(|(_, claim)| S::ZERO.lt(claim.strike).any() && S::ZERO.lt(claim.gross).any()) {
            return Vec::new();
        }
        let mut parts = Waterfall::default();
        parts.fill(mine.iter().map(|(_, claim)| Claim::common(claim.gross).at_strike(claim.strike)));
        let turns = parts.turns.iter().zip(&parts.pieces).filter(|(turn, _)| turn.at.lt(S::ONE).any());
        let named = turns.filter_map(|(turn, piece)| {
            let (claim, of) = mine.get(turn.claim)?;
            S::ZERO.lt(of.strike).any().then_some((*claim, piece.from))
        });
        named.collect()
    }

    /// The most that all claims take together; none where common stock takes whatever is left.
    #[must_use]
    pub fn most(&self) -> Option<S> {
        match self.pieces.last() {
            None => Some(self.base),
            Some(piece) => (!S::ZERO.lt(piece.slope).any()).then_some(piece.from),
        }
    }

    /// What a claim takes.
    #[must_use]
    pub fn pays(&self, claim: usize, level: &Level<S>) -> S {
        let Some(of) = self.claims.get(claim) else { return S::ZERO };
        match *level {
            Level::Short { rank, part, .. } => match of.rank.cmp(&rank) {
                Ordering::Less => of.fixed,
                Ordering::Greater => S::ZERO,
                Ordering::Equal if S::ZERO.lt(of.strike).any() => (of.gross.times(part) - of.strike).at_least_zero(),
                Ordering::Equal => of.fixed.times(part),
            },
            Level::Covered { passed, share } => {
                let (constant, slope) = self.form(claim, passed);
                (constant + slope.times(share)).at_least_zero()
            }
            // Everybody has all it may take.
            Level::TooMuch { .. } => {
                let (constant, _) = self.form(claim, self.pieces.len());
                constant
            }
        }
    }

    /// What a claim takes once so many kinks of all are passed: a sum, and shares.
    #[must_use]
    pub fn form(&self, claim: usize, passed: usize) -> (S, S) {
        let Some(of) = self.claims.get(claim) else { return (S::ZERO, S::ZERO) };
        let mut constant = of.fixed;
        let mut slope = S::ZERO;
        let places = self.places.get(claim).copied().unwrap_or([usize::MAX; 3]);
        for kink in places.iter().filter(|place| **place < passed).filter_map(|place| self.turns.get(*place)) {
            if kink.kink.rises {
                slope += kink.kink.shares;
                constant -= kink.kink.money;
            } else {
                slope -= kink.kink.shares;
                constant += kink.kink.money;
            }
        }
        (constant, slope)
    }

    /// How many kinks of a claim are passed once so many of all are.
    #[must_use]
    pub fn passed_of(&self, claim: usize, passed: usize) -> usize {
        let places = self.places.get(claim).copied().unwrap_or([usize::MAX; 3]);
        places.iter().filter(|place| **place < passed).count()
    }
}

/// The order of two numbers.
pub(super) fn order<S: Scalar>(one: S, other: S) -> Ordering {
    if one.lt(other).any() {
        Ordering::Less
    } else if other.lt(one).any() {
        Ordering::Greater
    } else {
        Ordering::Equal
    }
}
