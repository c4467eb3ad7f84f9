//! Compiled instruments: what converts, is granted, exercised, split or changed, by line and slot.

use crate::scenario::Capitalisation;
use crate::scenario::ProtectionBase;
use crate::units::Decimal;

use super::Guard;
use super::PartPlan;
use super::Slot;

/// What a line of the cap table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Holding {
    /// Issued shares.
    Shares,
    /// Shares of a plan that nobody was granted.
    Unallocated,
    /// Options of a grant that are not exercised.
    Options(u32),
    /// Shares a warrant is for.
    Warrants(u32),
}

/// A SAFE or a note.
#[derive(Debug, Clone, Copy)]
pub struct ConvertiblePlan {
    /// Who put the money in, by number.
    pub owner: usize,
    /// How much.
    pub amount: Slot,
    /// The month its cash arrives in; none if the opening cash holds it.
    pub month: Option<usize>,
    /// The class its maturity price is of.
    pub class: u32,
}

/// Principal and interest on a day.
#[derive(Debug, Clone, Copy)]
pub struct BalancePlan {
    /// The rate; none without interest.
    pub rate: Option<Slot>,
    /// Whole periods that compound.
    pub periods: u32,
    /// How many of the rate's periods one of them is: numerator and denominator.
    pub period: (Decimal, Decimal),
    /// How many of the rate's periods count simply.
    pub rest: (Decimal, Decimal),
    /// Whether the rest is paid in money instead.
    pub in_cash: bool,
}

/// How a convertible converts in a round.
#[derive(Debug, Clone)]
pub struct ConversionPlan {
    /// Which.
    pub convertible: usize,
    /// The line its shares go to.
    pub position: usize,
    /// What converts.
    pub balance: BalancePlan,
    /// Its terms, of which the best for its holder binds; the first of equals.
    pub legs: Vec<LegPlan>,
    /// The new money a round needs.
    pub qualified: Option<Slot>,
    /// The month in which interest in money is paid.
    pub month: Option<usize>,
}

/// One term of a convertible.
#[derive(Debug, Clone, Copy)]
pub struct LegPlan {
    /// What it says.
    pub term: TermPlan,
    /// The convertible whose package it is, if not its own.
    pub of: Option<usize>,
}

/// What a term says.
#[derive(Debug, Clone, Copy)]
pub enum TermPlan {
    /// The round's price.
    Round,
    /// Below the round's price.
    Discount(Slot),
    /// At most this valuation of these shares.
    Cap(Slot, Capitalisation),
    /// A fixed part before the new money.
    Ownership(Slot),
}

/// Whether the pre-money holds what converts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConversionsPlan {
    /// It holds it.
    Inside,
    /// It grows by the money that was put in.
    DollarsInvested,
    /// It leaves it out.
    Outside,
    /// Nothing is said, because nothing should be outstanding.
    Unstated,
}

/// Holders who keep their share in a round.
#[derive(Debug, Clone)]
pub struct ProRataPlan {
    /// Whether the round grows by what they take.
    pub on_top: bool,
    /// Who.
    pub takers: Vec<TakerPlan>,
    /// The month their cash arrives in.
    pub month: Option<usize>,
}

/// A holder who keeps its share.
#[derive(Debug, Clone)]
pub struct TakerPlan {
    /// Everything it holds.
    pub lines: Vec<usize>,
    /// The line its new shares go to.
    pub position: usize,
    /// How much of its right it takes.
    pub take: Slot,
    /// Conversions of this round that give it a right by side letter, by their place in the round's list.
    pub letters: Vec<usize>,
}

/// A class whose conversion price a round may lower.
#[derive(Debug, Clone)]
pub struct ProtectedPlan {
    /// Which.
    pub class: u32,
    /// The lines of its shares.
    pub lines: Vec<usize>,
    /// The base of the weighted average; none for a full ratchet.
    pub base: Option<ProtectionBase>,
    /// The lines the base counts.
    pub counted: Vec<usize>,
    /// The conversion price never falls below it.
    pub floor: Option<Slot>,
    /// Holders who must invest their share to keep it; empty without pay-to-play.
    pub players: Vec<PlayerPlan>,
}

/// A holder under pay-to-play.
#[derive(Debug, Clone)]
pub struct PlayerPlan {
    /// Its line in the class.
    pub line: usize,
    /// The line its shares go to if it does not play.
    pub common: usize,
    /// Everything it holds.
    pub lines: Vec<usize>,
    /// Its tranches in the round.
    pub tranches: Vec<usize>,
    /// Its place among the round's pro rata takers.
    pub taker: Option<usize>,
}

/// A conversion without a round.
#[derive(Debug, Clone)]
pub struct TriggerPlan {
    /// Which convertible.
    pub convertible: usize,
    /// When.
    pub guard: Guard,
    /// The line its shares go to.
    pub position: usize,
    /// What converts.
    pub balance: BalancePlan,
    /// Its cap and the shares it divides by.
    pub cap: Option<(Slot, Capitalisation)>,
    /// Below the last price.
    pub discount: Option<Slot>,
    /// The month in which interest in money is paid.
    pub month: Option<usize>,
}

/// The day a note is due.
#[derive(Debug, Clone)]
pub struct MaturityPlan {
    /// Which convertible.
    pub convertible: usize,
    /// What is owed.
    pub balance: BalancePlan,
    /// It converts at this price into this line; without, it is paid back.
    pub converts: Option<(Slot, usize)>,
    /// The month of the payment.
    pub month: Option<usize>,
}

/// Interest that is paid in money.
#[derive(Debug, Clone, Copy)]
pub struct InterestPlan {
    /// Which convertible.
    pub convertible: usize,
    /// The rate.
    pub rate: Slot,
    /// How many of the rate's periods it is for.
    pub part: (Decimal, Decimal),
    /// The month of the payment.
    pub month: Option<usize>,
}

/// Options granted.
#[derive(Debug, Clone, Copy)]
pub struct GrantPlan {
    /// The pool's line of unallocated shares.
    pub pool: usize,
    /// The line of the options.
    pub options: usize,
    /// The line of the shares they become.
    pub shares_line: usize,
    /// How many.
    pub shares: Slot,
    /// The strike as written.
    pub strike: Slot,
    /// The class of the shares.
    pub class: u32,
}

/// Something that happens to granted options.
#[derive(Debug, Clone, Copy)]
pub struct OptionEventPlan {
    /// Which grant.
    pub grant: usize,
    /// What.
    pub kind: OptionEventKind,
    /// The month of a payment.
    pub month: Option<usize>,
}

/// What happens to granted options.
#[derive(Debug, Clone, Copy)]
pub enum OptionEventKind {
    /// So many are exercised.
    Exercise(Slot),
    /// So many are given up.
    Forfeit(Slot),
    /// All that are left return.
    Expire,
}

/// A warrant.
#[derive(Debug, Clone, Copy)]
pub struct WarrantPlan {
    /// Its line.
    pub line: usize,
    /// The line of the shares it becomes.
    pub shares_line: usize,
    /// The class of the shares.
    pub class: u32,
    /// The strike as written.
    pub strike: Slot,
    /// Whether the strike is paid in shares.
    pub net: bool,
}

/// Shares of a warrant begin to count.
#[derive(Debug, Clone)]
pub struct WarrantIssuePlan {
    /// Which warrant.
    pub warrant: usize,
    /// How many shares.
    pub size: WarrantSizePlan,
    /// When.
    pub guard: Guard,
}

/// How many shares of a warrant.
#[derive(Debug, Clone, Copy)]
pub enum WarrantSizePlan {
    /// None yet: it is signed, and its parts wait for conditions.
    Signed,
    /// So many of the shares of the day it was signed.
    Tranche(Slot),
    /// So many.
    Shares(Slot),
    /// A part of a convertible's money at the strike.
    OfConvertible(Slot, usize),
    /// A part of a debt's amount or limit at the strike.
    OfDebt(Slot, Slot),
    /// A part of a tranche's money at the strike.
    OfTranche(Slot, usize),
}

/// A warrant is exercised, or ends.
#[derive(Debug, Clone, Copy)]
pub struct WarrantEndPlan {
    /// Which.
    pub warrant: usize,
    /// Whether its holder decided so: it is exercised whatever the last price.
    pub decided: bool,
    /// The month of a payment.
    pub month: Option<usize>,
}

/// A split.
#[derive(Debug, Clone, Copy)]
pub struct SplitPlan {
    /// New shares for one old.
    pub ratio: Slot,
    /// Whether the ratio comes on top of one.
    pub adds: bool,
    /// One class alone.
    pub class: Option<u32>,
}

/// A change of shares.
#[derive(Debug, Clone)]
pub enum ChangePlan {
    /// Shares leave.
    Retire {
        /// Their line.
        line: usize,
        /// How many.
        shares: Slot,
        /// What the company pays for a share.
        price: Option<Slot>,
        /// The month of the payment.
        month: Option<usize>,
    },
    /// Shares become another class.
    Convert {
        /// From which line to which.
        lines: Vec<(usize, usize)>,
        /// How many of the first line; all without.
        shares: Option<Slot>,
        /// New shares for one old; the conversion ratios without.
        ratio: Option<Slot>,
    },
    /// The plan grows.
    Grow {
        /// The pool's line.
        line: usize,
        /// By so many shares.
        shares: Option<Slot>,
        /// To this part of the company, counting these lines.
        target: Option<(Slot, Vec<usize>)>,
    },
}

/// A tender.
#[derive(Debug, Clone)]
pub struct TenderPlan {
    /// What is offered.
    pub offers: Vec<OfferPlan>,
    /// The buyers' parts.
    pub buyers: Vec<PartPlan>,
    /// At most so many shares.
    pub shares: Option<Slot>,
    /// At most so much money.
    pub amount: Option<Slot>,
}

/// What is offered in a tender.
#[derive(Debug, Clone)]
pub struct OfferPlan {
    /// The seller's line.
    pub line: usize,
    /// How many shares.
    pub shares: Slot,
    /// For at least this.
    pub price: Slot,
    /// The buyers' lines, in their order.
    pub receiving: Vec<usize>,
}
