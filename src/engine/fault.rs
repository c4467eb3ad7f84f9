//! Why a play has no answer.

use super::solver::ClaimOf;

/// An event without an exact answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// The step of the plan; none for the opening table and the treasury.
    pub step: Option<usize>,
    /// What happened.
    pub kind: FaultKind,
}

/// What can go wrong in a play.
#[derive(Debug, Clone, PartialEq)]
pub enum FaultKind {
    /// An event that draws side by side cannot play: each is played by itself.
    NotSideBySide,
    /// A number overflowed, was divided by zero or vanished.
    Arithmetic,
    /// The opening table holds no share, or its parts exceed it.
    Opening,
    /// The money exceeds the post-money: nothing is left for the company before the round.
    NothingBefore {
        /// The committed money.
        money: f64,
        /// The post-money.
        post_money: f64,
    },
    /// The pool target is worth more than what is there before the round.
    PoolTooLarge {
        /// What the pool would be worth.
        pool: f64,
        /// What is there.
        before: f64,
    },
    /// Claims that do not fall with the price leave nothing of the valuation.
    ClaimsExceed {
        /// Whose, and what they come to, the largest first.
        claims: Vec<(ClaimOf, f64)>,
        /// The valuation; zero where the price is given.
        value: f64,
    },
    /// No share is left to price.
    NoShares,
    /// Convertibles convert, and nothing says whether the valuation holds them.
    ConversionsUnstated,
    /// Pro rata rights take the whole round.
    RightsExceed,
    /// A round lowers the conversion price of the class it sells.
    OwnClassAdjusted {
        /// The class.
        class: u32,
    },
    /// More options than the pool has.
    PoolExhausted {
        /// How many.
        wanted: f64,
        /// How many there are.
        there: f64,
    },
    /// A strike is paid in shares, and no price says what they are worth.
    NoPriceToNet,
    /// What a note owes is worth the whole company at its cap.
    CapNotAboveOwed {
        /// The note.
        convertible: usize,
        /// Principal and interest.
        owed: f64,
        /// Its cap.
        cap: f64,
    },
    /// A class is paid by its issue price, and nobody paid one.
    NoIssuePrice {
        /// The class.
        class: u32,
    },
    /// A SAFE stands somewhere among preferences of several ranks, and nothing says where.
    SeniorityUnstated {
        /// The SAFE.
        convertible: usize,
    },
    /// A note is outstanding at a sale, and nothing says what it takes.
    AtExitUnstated {
        /// The note.
        convertible: usize,
    },
    /// What SAFEs and notes may convert to is the whole company.
    PartsExceed {
        /// Their parts of it together.
        parts: f64,
    },
    /// Every claim is satisfied, and nobody takes what is left.
    NobodyTakesTheRest {
        /// What is left.
        over: f64,
    },
    /// What is guaranteed at a listing is worth more than its valuation.
    NoListingPrice {
        /// What is guaranteed.
        guaranteed: f64,
        /// The valuation.
        value: f64,
    },
    /// A price is relative to the last one, and there is none.
    NoLastPrice,
    /// A price in whole shares rounds to zero.
    PriceRoundsToNothing {
        /// The price before.
        price: f64,
        /// The places it is rounded to.
        places: u32,
    },
}
