//! What a play tells whoever listens: the journal's entries, as they are posted.

use super::pricing::Priced;
use super::runway::MonthFlow;
use super::runway::Runway;
use super::state::State;
use crate::units::Scalar;

/// One posting of the journal.
#[derive(Debug, Clone, Copy)]
pub enum Entry<S> {
    /// Shares a holder begins with.
    Opened {
        /// The line of the cap table.
        position: usize,
        /// The shares.
        shares: S,
    },
    /// A tranche was signed.
    Signed {
        /// The tranche.
        tranche: usize,
        /// The committed money.
        money: S,
        /// The shares it buys when it closes.
        shares: S,
    },
    /// A tranche closed.
    Closed {
        /// The closing.
        closing: usize,
        /// The line of the cap table.
        position: usize,
        /// The shares issued.
        shares: S,
        /// The money, in cash and in kind.
        money: S,
        /// Its cash.
        cash: S,
        /// What is left of the money over whole shares at the price.
        residual: S,
    },
    /// A pool was topped up.
    PoolIncreased {
        /// The round.
        round: usize,
        /// The pool's line of the cap table.
        position: usize,
        /// The shares.
        shares: S,
    },
    /// Shares changed hands.
    Sold {
        /// The seller's line.
        seller: usize,
        /// The buyer's line.
        buyer: usize,
        /// The shares.
        shares: S,
        /// What was paid for them.
        money: S,
    },
    /// A sale was smaller than asked for, because the sellers hold less.
    SaleCapped {
        /// The shares that could not be sold.
        short: S,
    },
    /// A sale relative to the last price found none.
    NoLastPrice,
}

/// Listens to a play. Every method does nothing unless it is written.
pub trait Observer<S: Scalar> {
    /// A step of the plan begins.
    #[inline(always)]
    fn begin(&mut self, step: usize) {
        let _ = step;
    }

    /// Something was posted.
    #[inline(always)]
    fn post(&mut self, entry: Entry<S>) {
        let _ = entry;
    }

    /// A round was priced.
    #[inline(always)]
    fn priced(&mut self, round: usize, priced: &Priced<S>) {
        let _ = (round, priced);
    }

    /// A step of the plan, or the opening if there is none yet, has ended.
    #[inline(always)]
    fn end(&mut self, step: usize, state: &State<S>) {
        let _ = (step, state);
    }

    /// The opening table stands.
    #[inline(always)]
    fn opened(&mut self, state: &State<S>) {
        let _ = state;
    }

    /// A month has ended under a burn.
    #[inline(always)]
    fn month(&mut self, burn: usize, flow: &MonthFlow<S>) {
        let _ = (burn, flow);
    }

    /// All months have ended under a burn.
    #[inline(always)]
    fn runway(&mut self, burn: usize, runway: &Runway<S>) {
        let _ = (burn, runway);
    }
}

/// Nobody listens.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl<S: Scalar> Observer<S> for Silent {}
