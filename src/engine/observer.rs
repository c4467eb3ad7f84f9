//! What a play tells whoever listens: the journal's entries, as they are posted.

use super::pricing::Priced;
use super::runway::CreditFlow;
use super::runway::DebtFlow;
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
        /// Shares of the tranche that are signed and not issued after it.
        pending: S,
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
    /// Shares left a line, reached another, or both; money may have changed hands with the company.
    Moved {
        /// Why.
        why: Why,
        /// The line they left.
        from: Option<usize>,
        /// How many left.
        left: S,
        /// The line they reached.
        to: Option<usize>,
        /// How many arrived.
        arrived: S,
        /// What the company was paid, or with a minus paid.
        money: S,
    },
    /// Money of a SAFE or a note came in, or with a minus went out.
    Lent {
        /// Which.
        convertible: usize,
        /// The money.
        money: S,
        /// Whether it is interest.
        is_interest: bool,
    },
    /// A conversion price was set by a class's first round, or lowered by a cheaper one.
    Adjusted {
        /// The class.
        class: u32,
        /// What a share first cost.
        issue: S,
        /// The conversion price before; the issue price where it had none.
        before: S,
        /// The conversion price now.
        after: S,
        /// The base of the weighted average; nothing for a ratchet.
        base: S,
        /// Whether it was lowered.
        is_lowered: bool,
    },
    /// Shares were split.
    Split {
        /// One class alone.
        class: Option<u32>,
        /// New shares for one old.
        factor: S,
    },
    /// Less was there than was to be moved.
    Short {
        /// How much was lacking.
        short: S,
    },
    /// A note's trigger was met, and nothing says at which price it converts.
    NotConverted {
        /// Which.
        convertible: usize,
    },
    /// A sale was smaller than asked for, because the sellers hold less.
    SaleCapped {
        /// The shares that could not be sold.
        short: S,
    },
    /// A sale relative to the last price found none.
    NoLastPrice,
}

/// Why shares moved outside a round's closings and sales.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// A convertible became shares of a round.
    Converted {
        /// Which convertible.
        convertible: usize,
        /// In which round; none at maturity or on a trigger.
        round: Option<usize>,
    },
    /// A holder kept its share of a round.
    ProRata {
        /// Which round.
        round: usize,
    },
    /// A holder did not invest its share.
    PayToPlay {
        /// Which round.
        round: usize,
    },
    /// Options were granted.
    Granted {
        /// Which grant.
        grant: usize,
    },
    /// Options were exercised.
    Exercised {
        /// Which grant.
        grant: usize,
    },
    /// Options returned to the pool.
    Returned {
        /// Which grant.
        grant: usize,
    },
    /// Shares of a warrant began to count.
    WarrantIssued {
        /// Which warrant.
        warrant: usize,
    },
    /// A warrant was exercised.
    WarrantExercised {
        /// Which warrant.
        warrant: usize,
    },
    /// A warrant lapsed.
    WarrantLapsed {
        /// Which warrant.
        warrant: usize,
    },
    /// Shares left their holder.
    Retired,
    /// Shares became another class.
    Reclassified,
    /// The plan grew without a round.
    PoolGrew,
    /// A listing made it common stock.
    Listed,
    /// The public bought new shares in a listing.
    Offered,
}

impl Why {
    /// What happened, in a few words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Why::Converted { .. } => "converted",
            Why::ProRata { .. } => "pro rata",
            Why::PayToPlay { .. } => "did not invest its share: now common",
            Why::Granted { .. } => "options granted",
            Why::Exercised { .. } => "options exercised",
            Why::Returned { .. } => "options returned",
            Why::WarrantIssued { .. } => "warrant counts",
            Why::WarrantExercised { .. } => "warrant exercised",
            Why::WarrantLapsed { .. } => "warrant lapsed",
            Why::Retired => "shares leave",
            Why::Reclassified => "another class",
            Why::PoolGrew => "pool increase",
            Why::Listed => "becomes common stock",
            Why::Offered => "new shares in the listing",
        }
    }
}

/// How a convertible converted.
#[derive(Debug, Clone, Copy)]
pub struct Converted<S: Scalar> {
    /// Which convertible.
    pub convertible: usize,
    /// The round; none at maturity or on a trigger.
    pub round: Option<usize>,
    /// Its place in the round's list.
    pub place: usize,
    /// What converted.
    pub balance: S,
    /// The shares it became, in their class.
    pub shares: S,
    /// The price of such a share.
    pub price: S,
    /// The price of such a share without any term of its own, before any rounding.
    pub round_price: S,
    /// What is left of the balance over whole shares at the price.
    pub residual: S,
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

    /// Whether anybody listens: what is only told needs not be computed otherwise.
    #[inline(always)]
    fn listens(&self) -> bool {
        false
    }

    /// A convertible converted.
    #[inline(always)]
    fn converted(&mut self, converted: &Converted<S>) {
        let _ = converted;
    }

    /// A term of the convertible that converted last: its place, and what it gives in money at the round's price.
    #[inline(always)]
    fn term(&mut self, place: usize, money: S) {
        let _ = (place, money);
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

    /// Something was posted in the branch of an exit.
    #[inline(always)]
    fn branch(&mut self, exit: usize, entry: Entry<S>) {
        let _ = (exit, entry);
    }

    /// A month has ended under a burn.
    #[inline(always)]
    fn month(&mut self, burn: usize, flow: &MonthFlow<S>) {
        let _ = (burn, flow);
    }

    /// A month has ended for a debt, under a burn.
    #[inline(always)]
    fn debt(&mut self, burn: usize, flow: &DebtFlow<S>) {
        let _ = (burn, flow);
    }

    /// A month has ended for capacity in kind, under a burn.
    #[inline(always)]
    fn credit(&mut self, burn: usize, flow: &CreditFlow<S>) {
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
