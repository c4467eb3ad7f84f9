//! Instruments that become shares, and changes of shares that raise no money.

use crate::diagnostics::Span;
use crate::diagnostics::Spanned;
use crate::units::Day;
use crate::units::Period;

use super::exit::Acceleration;
use super::exit::AtExit;
use super::ids::ClassId;
use super::ids::ConditionId;
use super::ids::FigureId;
use super::ids::OwnerId;

/// A SAFE or a convertible note.
#[derive(Debug, Clone)]
pub struct Convertible {
    /// The id.
    pub id: String,
    /// What people read.
    pub name: String,
    /// Its path in the file: `safe.angel`, `note.bridge`.
    pub path: String,
    /// Who put the money in.
    pub holder: OwnerId,
    /// When.
    pub date: Day,
    /// How much.
    pub amount: FigureId,
    /// The class it becomes, if not that of the round.
    pub into: Option<ClassId>,
    /// The valuation at which it converts at most.
    pub cap: Option<FigureId>,
    /// What a cap divides by.
    pub capitalisation: Capitalisation,
    /// Below the round's price.
    pub discount: Option<FigureId>,
    /// A fixed part of the company before the new money.
    pub ownership: Option<FigureId>,
    /// Whether it may take a later package.
    pub mfn: bool,
    /// The id of the SAFE whose package it took.
    pub elects: Option<Spanned<String>>,
    /// Whether its shares give a pro rata right in the round that converts it.
    pub pro_rata: bool,
    /// Where a SAFE stands in a sale among the preferences of classes, if that is written.
    pub seniority: Option<u64>,
    /// What makes it a note.
    pub note: Option<Note>,
    /// The event of the same day it comes after.
    pub after: Option<Spanned<String>>,
    /// Where it is declared.
    pub span: Span,
}

/// The shares a cap divides by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capitalisation {
    /// All before the new money and without the round's pool increase: the post-money SAFE's.
    PostMoney,
    /// With the pool increase and without any convertible: the pre-money SAFE's.
    WithPool,
    /// All before the new money, pool increase and convertibles included.
    BeforeNewMoney,
    /// Those before the round.
    BeforeRound,
}

/// The terms of a note beside its conversion.
#[derive(Debug, Clone)]
pub struct Note {
    /// Its interest.
    pub interest: Option<Interest>,
    /// The new money a round needs to convert it.
    pub qualified: Option<FigureId>,
    /// When it is due, and what happens then.
    pub maturity: Option<(Day, AtMaturity)>,
    /// A trigger that converts it without a round.
    pub converts_on: Option<ConditionId>,
    /// What it takes in a sale, if that is stated.
    pub at_exit: Option<AtExit>,
}

/// What happens on the day a note is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtMaturity {
    /// It is paid back.
    Repay,
    /// It converts at a stated price.
    Convert(FigureId),
    /// It goes on.
    Extend,
}

/// Interest on a note.
#[derive(Debug, Clone, Copy)]
pub struct Interest {
    /// The rate.
    pub rate: FigureId,
    /// The period of the rate.
    pub period: Period,
    /// Whether interest bears interest.
    pub compound: bool,
    /// How time is counted.
    pub count: DayCount,
    /// Whether it is paid in cash each period.
    pub in_cash: bool,
    /// Months from one compounding or payment to the next.
    pub every: u32,
    /// Where that is written, if it is.
    pub written_every: Option<Span>,
}

/// How time is counted between two days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayCount {
    /// Days over 365.
    Actual365,
    /// Days over 360.
    Actual360,
    /// Months of 30 days.
    Thirty360,
    /// Whole months passed.
    Months,
}

/// A warrant.
#[derive(Debug, Clone)]
pub struct Warrant {
    /// The id.
    pub id: String,
    /// What people read.
    pub name: String,
    /// Who holds it.
    pub holder: OwnerId,
    /// When it is issued.
    pub date: Day,
    /// The class of its shares.
    pub class: ClassId,
    /// How many shares.
    pub size: WarrantSize,
    /// The price of a share when it is exercised.
    pub strike: FigureId,
    /// Whether the strike is paid in shares.
    pub net: bool,
    /// The day it is exercised.
    pub exercised: Option<Day>,
    /// Its last day.
    pub expires: Option<Day>,
    /// The event of the same day it comes after.
    pub after: Option<Spanned<String>>,
    /// Where it is declared.
    pub span: Span,
}

/// How many shares a warrant is for.
#[derive(Debug, Clone)]
pub enum WarrantSize {
    /// So many.
    Shares(FigureId),
    /// A part of money put in, at the strike.
    Coverage {
        /// The part.
        part: FigureId,
        /// Its path: a note, a SAFE or a tranche.
        of: Spanned<String>,
    },
    /// Parts that wait for conditions: id, shares and condition.
    Tranches(Vec<(String, FigureId, ConditionId)>),
}

/// Options granted out of a pool.
#[derive(Debug, Clone)]
pub struct Grant {
    /// The id.
    pub id: String,
    /// What people read.
    pub name: String,
    /// The pool they come from.
    pub pool: OwnerId,
    /// Who holds them; the pool for its staff.
    pub holder: OwnerId,
    /// How many.
    pub shares: FigureId,
    /// The price of a share when exercised.
    pub strike: FigureId,
    /// When; vesting starts here.
    pub date: Day,
    /// When they become exercisable; none at once.
    pub vesting: Option<Vesting>,
    /// Shares bought, by day.
    pub exercised: Vec<(Day, FigureId)>,
    /// Options given up, by day.
    pub forfeited: Vec<(Day, FigureId)>,
    /// The day unexercised options return to the pool.
    pub expires: Option<Day>,
    /// The event of the same day it comes after.
    pub after: Option<Spanned<String>>,
    /// Where it is declared.
    pub span: Span,
}

/// When options become exercisable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vesting {
    /// Over how many months.
    pub months: u32,
    /// Months before which nothing vests.
    pub cliff: u32,
    /// Months from one vesting to the next.
    pub every: u32,
    /// Where the shares go that do not divide evenly.
    pub allocation: Allocation,
    /// What vests early in a sale.
    pub acceleration: Option<Acceleration>,
    /// Where it is declared.
    pub span: Span,
}

impl Vesting {
    /// How many vesting dates there are, and how many have passed by a day.
    ///
    /// A vesting date is the grant's date and so many months, counted from that day itself and clamped to the end of
    /// the month. Nothing vests before the cliff, and on it all that had run up to it.
    #[must_use]
    pub fn passed(&self, granted: Day, on: Day) -> (u32, u32) {
        let every = self.every.max(1);
        let dates = self.months.div_ceil(every).max(1);
        let reached = |months: u32| granted.plus_months(i64::from(months)).is_some_and(|day| day <= on);
        if !reached(self.cliff) || on < granted {
            return (dates, 0);
        }
        let passed = (1..=dates).take_while(|number| reached(number.saturating_mul(every).min(self.months))).count();
        (dates, u32::try_from(passed).unwrap_or(u32::MAX))
    }
}

/// How shares that do not divide evenly are allocated to vesting dates: the Open Cap Format's seven ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allocation {
    /// The cumulative count, to the nearest share.
    CumulativeRounding,
    /// The cumulative count, rounded down.
    CumulativeRoundDown,
    /// One more on each of the first dates.
    FrontLoaded,
    /// One more on each of the last dates.
    BackLoaded,
    /// All that is left over on the first date.
    FrontLoadedToSingleTranche,
    /// All that is left over on the last date.
    BackLoadedToSingleTranche,
    /// Parts of shares.
    Fractional,
}

/// A share split.
#[derive(Debug, Clone)]
pub struct Split {
    /// The id.
    pub id: String,
    /// What people read.
    pub name: String,
    /// When.
    pub date: Day,
    /// New shares for one old.
    pub ratio: FigureId,
    /// One class alone.
    pub class: Option<ClassId>,
    /// Whether the ratio is what is added to one: a stock dividend.
    pub adds: bool,
    /// The event of the same day it comes after.
    pub after: Option<Spanned<String>>,
    /// Where it is declared.
    pub span: Span,
    /// Its path in the file: a `split` or a `change`.
    pub path: String,
}

/// A change of shares that raises no money.
#[derive(Debug, Clone)]
pub struct Change {
    /// The id.
    pub id: String,
    /// What people read.
    pub name: String,
    /// When.
    pub date: Day,
    /// What happens.
    pub kind: ChangeKind,
    /// The event of the same day it comes after.
    pub after: Option<Spanned<String>>,
    /// Where it is declared.
    pub span: Span,
}

/// What a change does.
#[derive(Debug, Clone, Copy)]
pub enum ChangeKind {
    /// Shares leave their holder: bought back where there is a price, else cancelled.
    Retire {
        /// Whose.
        holder: OwnerId,
        /// Their class.
        class: ClassId,
        /// How many.
        shares: FigureId,
        /// What the company pays for a share.
        price: Option<FigureId>,
    },
    /// Shares become another class.
    Convert {
        /// Their class.
        class: ClassId,
        /// What they become.
        to: ClassId,
        /// Whose; all holders without.
        holder: Option<OwnerId>,
        /// How many; all without.
        shares: Option<FigureId>,
        /// New shares for one old; the conversion ratios without.
        ratio: Option<FigureId>,
    },
    /// The plan grows without a round.
    PoolIncrease {
        /// Which.
        pool: OwnerId,
        /// By how many shares, or to which part of the company.
        size: PoolGrowth,
    },
}

/// By how much a plan grows.
#[derive(Debug, Clone, Copy)]
pub enum PoolGrowth {
    /// By so many shares.
    Shares(FigureId),
    /// To this part of the company.
    Target {
        /// The part.
        target: FigureId,
        /// Whether issued options count towards it.
        counts_issued: bool,
    },
}

/// A tender: one clearing price, one proportion of what was offered.
#[derive(Debug, Clone)]
pub struct Tender {
    /// The id.
    pub id: String,
    /// What people read.
    pub name: String,
    /// When.
    pub date: Day,
    /// What is offered.
    pub offers: Vec<Offer>,
    /// The buyers.
    pub to: Vec<(OwnerId, super::round::Part)>,
    /// At most so many shares.
    pub shares: Option<FigureId>,
    /// At most so much money.
    pub amount: Option<FigureId>,
    /// The event of the same day it comes after.
    pub after: Option<Spanned<String>>,
    /// Where it is declared.
    pub span: Span,
}

/// What a holder offers in a tender.
#[derive(Debug, Clone)]
pub struct Offer {
    /// The id.
    pub id: String,
    /// Who.
    pub holder: OwnerId,
    /// How many shares.
    pub shares: FigureId,
    /// For at least this a share.
    pub price: FigureId,
    /// Of which class.
    pub class: ClassId,
}
