//! The plan: a scenario compiled to dense numbers and events in their order, played as often as wanted.
//!
//! Takes a [`crate::scenario::Scenario`], gives a [`Plan`]: a slot for each figure, closings by day, months with
//! their flows. A play with other figures needs no new plan as long as no day moves. Lacks on purpose: any computation.

mod closings;
mod from_scenario;
mod guard;
mod order;
mod treasury;

pub use from_scenario::plan;
pub use guard::Guard;
pub use treasury::Base;
pub use treasury::BurnPlan;
pub use treasury::CommitmentPlan;
pub use treasury::FillPlan;
pub use treasury::MonthPlan;
pub use treasury::Segment;
pub use treasury::TreasuryPlan;
pub use treasury::due_part;

use crate::scenario::FigureId;
use crate::scenario::OwnerId;
use crate::units::Day;
use crate::units::Decimal;
use crate::units::Direction;

/// A number of a play: the figure with the same number.
pub type Slot = FigureId;

/// A compiled scenario.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What `run` puts into each slot.
    pub values: Vec<Decimal>,
    /// Who can hold what: one line an owner and class.
    pub positions: Vec<Position>,
    /// The conversion ratio of each class.
    pub ratios: Vec<RatioPlan>,
    /// The opening table.
    pub opening: Vec<OpeningPlan>,
    /// The unit of account, where the opening is in stakes.
    pub unit: Option<Slot>,
    /// Whole shares, if shares are whole.
    pub whole: Option<WholePlan>,
    /// Financings.
    pub rounds: Vec<RoundPlan>,
    /// The tranches of all rounds.
    pub tranches: Vec<TranchePlan>,
    /// The ways in which tranches can close.
    pub closings: Vec<ClosingPlan>,
    /// Sales between holders.
    pub sales: Vec<SalePlan>,
    /// Events in their order.
    pub steps: Vec<Step>,
    /// Months, burns and commitments.
    pub treasury: TreasuryPlan,
    /// What the reader should know about the order of things.
    pub notes: Vec<Note>,
}

/// A line of the cap table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Who.
    pub owner: u32,
    /// In which class.
    pub class: u32,
}

/// The conversion ratio of a class.
#[derive(Debug, Clone, Copy)]
pub enum RatioPlan {
    /// One to one, and nothing can change that: no multiplication is needed.
    One,
    /// A number.
    Is(Slot),
    /// Issue price over conversion price.
    Prices(Slot, Slot),
}

/// A line of the opening table.
#[derive(Debug, Clone, Copy)]
pub struct OpeningPlan {
    /// Which line of the cap table.
    pub position: usize,
    /// How it is counted.
    pub count: OpeningCountPlan,
}

/// How a line of the opening table is counted.
#[derive(Debug, Clone, Copy)]
pub enum OpeningCountPlan {
    /// A part of the unit of account.
    Stake(Slot),
    /// A fraction of the unit that no decimal holds: numerator and denominator.
    Fraction(Decimal, Decimal),
    /// Shares.
    Shares(Slot),
    /// What the others leave.
    Rest,
}

/// Where whole shares are rounded.
#[derive(Debug, Clone, Copy)]
pub struct WholePlan {
    /// Decimal places of a price.
    pub price_places: u32,
    /// The direction of a price.
    pub price: Direction,
    /// The direction of shares bought.
    pub shares_issued: Direction,
    /// The direction of a pool increase.
    pub pool: Direction,
}

/// A financing.
#[derive(Debug, Clone)]
pub struct RoundPlan {
    /// What is held.
    pub valuation: ValuationPlan,
    /// The headline size, and who gives way.
    pub target: Option<(Slot, AllocationPlan)>,
    /// The class of the new shares.
    pub class: u32,
    /// The pool top-up.
    pub pool: Option<PoolPlan>,
    /// Its tranches.
    pub tranches: std::ops::Range<usize>,
    /// Closings on the day of signing.
    pub closings: Vec<usize>,
}

/// The valuation that is held.
#[derive(Debug, Clone, Copy)]
pub enum ValuationPlan {
    /// Before the money.
    PreMoney(Slot),
    /// With every committed tranche.
    PostMoney(Slot),
    /// Of a share.
    Price(Slot),
}

/// How tranches give way to a target.
#[derive(Debug, Clone)]
pub enum AllocationPlan {
    /// All in proportion.
    CutBack,
    /// Groups of tranches, filled one after the other.
    Priority(Vec<Vec<usize>>),
    /// Nobody gives way.
    Upsize,
}

/// A pool top-up.
#[derive(Debug, Clone, Copy)]
pub struct PoolPlan {
    /// The pool's line of the cap table.
    pub position: usize,
    /// Its target.
    pub target: Slot,
    /// Whether the holders before the round bear it alone.
    pub in_pre_money: bool,
}

/// One investor's part of a round.
#[derive(Debug, Clone)]
pub struct TranchePlan {
    /// Its round.
    pub round: usize,
    /// The investor's line of the cap table.
    pub position: usize,
    /// How much.
    pub size: SizePlan,
    /// One if the investor takes part.
    pub takes_part: Slot,
    /// Not committed.
    pub optional: bool,
    /// At which price.
    pub price: PricePlan,
    /// How much of it is cash.
    pub cash: CashPart,
}

/// How a tranche or a sale is sized.
#[derive(Debug, Clone, Copy)]
pub enum SizePlan {
    /// Money.
    Money(Slot),
    /// Shares.
    Shares(Slot),
}

/// The price a tranche closes at.
#[derive(Debug, Clone, Copy)]
pub enum PricePlan {
    /// The round's.
    Signing,
    /// The round's pre-money over the count of the closing day.
    Closing,
    /// The last round's.
    Latest,
    /// Its own.
    Own(Slot),
}

/// How much of a payment is cash.
#[derive(Debug, Clone)]
pub enum CashPart {
    /// All of it.
    All,
    /// This part.
    Is(Slot),
    /// What these parts leave.
    Rest(Vec<Slot>),
    /// None of it: all comes in kind.
    Nothing,
}

/// One way in which a tranche can close.
#[derive(Debug, Clone)]
pub struct ClosingPlan {
    /// The tranche.
    pub tranche: usize,
    /// The day shares are issued.
    pub day: Day,
    /// The day the money is asked for.
    pub called: Day,
    /// When it happens.
    pub guard: Guard,
    /// The amount, if not the signed one.
    pub otherwise: Option<Slot>,
    /// The month the cash arrives in; none if it is in the opening cash already, or never.
    pub cash_month: Option<usize>,
    /// What comes in kind.
    pub credit: Option<CreditPlan>,
}

/// Capacity that comes in kind and is used over months.
#[derive(Debug, Clone, Copy)]
pub struct CreditPlan {
    /// The first month, counted from the month of `as_of`; negative if it lies before.
    pub first_month: i64,
    /// Over how many months.
    pub months: u32,
    /// Whether a month's unused part stays available.
    pub carried: bool,
    /// How much of the burn it can pay for.
    pub eligible: Slot,
}

/// A sale between holders.
#[derive(Debug, Clone)]
pub struct SalePlan {
    /// Sellers: their lines of the cap table, common first, and their part.
    pub sellers: Vec<(Vec<usize>, PartPlan)>,
    /// Buyers, and their part.
    pub buyers: Vec<(OwnerId, PartPlan)>,
    /// For each line sold, the lines the buyers receive into, in the order of the buyers.
    pub receiving: Vec<(usize, Vec<usize>)>,
    /// How much in all.
    pub size: SizePlan,
    /// A price of its own, or a discount on the last.
    pub price: SalePrice,
}

/// The price of a sale.
#[derive(Debug, Clone, Copy)]
pub enum SalePrice {
    /// Its own.
    Own(Slot),
    /// Below the last round's.
    Discount(Slot),
}

/// One part of a split.
#[derive(Debug, Clone)]
pub enum PartPlan {
    /// This part.
    Is(Slot),
    /// What these parts leave.
    Rest(Vec<Slot>),
}

/// An event on its day.
#[derive(Debug, Clone)]
pub struct Step {
    /// The day.
    pub day: Day,
    /// What happens.
    pub kind: StepKind,
    /// Its path in the file.
    pub path: String,
}

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepKind {
    /// A round is signed and priced, and what closes that day closes.
    Round(usize),
    /// A tranche signed earlier closes. The flag says that it is the first of its round that day.
    Closing(usize, bool),
    /// Holders sell to holders.
    Sale(usize),
}

/// What the reader should know about a tranche or an event, as expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The path it is about.
    pub path: String,
    /// What it is.
    pub kind: NoteKind,
}

/// The kinds of notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoteKind {
    /// The tranche lapses on this day.
    Lapses(Day),
    /// The tranche lapses and a smaller amount closes on this day.
    Reduced(Day),
    /// The tranche is open at the end.
    StaysOpen,
    /// The event lies after the horizon.
    BeyondHorizon(Day),
}
