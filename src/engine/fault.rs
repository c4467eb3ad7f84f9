//! Why a play has no answer.

/// An event without an exact answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fault {
    /// The step of the plan; none for the opening table and the treasury.
    pub step: Option<usize>,
    /// What happened.
    pub kind: FaultKind,
}

/// What can go wrong in a play.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FaultKind {
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
}
