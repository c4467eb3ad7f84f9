//! The plan: a scenario compiled to dense numbers and events in their order, played as often as wanted.
//!
//! Takes a [`crate::scenario::Scenario`], gives a [`Plan`]: a slot for each figure, closings by day, months with
//! their flows. A play with other figures needs no new plan as long as no day moves. Lacks on purpose: any computation.

mod closings;
mod commitment;
mod common;
mod exit;
mod from_scenario;
mod guard;
mod instrument;
mod order;
mod treasury;

pub use crate::scenario::ProtectionBase;
pub use commitment::due_parts;
pub use common::Common;
pub use exit::CarveOutPlan;
pub use exit::ClaimantPlan;
pub use exit::ClassTermsPlan;
pub use exit::ExitKindPlan;
pub use exit::ExitPlan;
pub use exit::ListingPlan;
pub use exit::ListingValuePlan;
pub use exit::NOTES;
pub use exit::OfferingPlan;
pub use exit::OutstandingPlan;
pub use exit::ParticipationPlan;
pub use exit::PreferencePlan;
pub use exit::PreferenceSizePlan;
pub use exit::ProceedsPlan;
pub use exit::RatchetPlan;
pub use exit::SafeTermPlan;
pub use exit::TakesPlan;
pub use exit::VestedPlan;
pub use from_scenario::balance_on;
pub use from_scenario::plan;
pub use from_scenario::plan_after;
pub use guard::Guard;
pub use instrument::BalancePlan;
pub use instrument::ChangePlan;
pub use instrument::ConversionPlan;
pub use instrument::ConversionsPlan;
pub use instrument::ConvertiblePlan;
pub use instrument::GrantPlan;
pub use instrument::Holding;
pub use instrument::InterestPlan;
pub use instrument::LegPlan;
pub use instrument::MaturityPlan;
pub use instrument::OfferPlan;
pub use instrument::OptionEventKind;
pub use instrument::OptionEventPlan;
pub use instrument::PlayerPlan;
pub use instrument::ProRataPlan;
pub use instrument::ProtectedPlan;
pub use instrument::SplitPlan;
pub use instrument::TakerPlan;
pub use instrument::TenderPlan;
pub use instrument::TermPlan;
pub use instrument::TriggerPlan;
pub use instrument::WarrantEndPlan;
pub use instrument::WarrantIssuePlan;
pub use instrument::WarrantPlan;
pub use instrument::WarrantSizePlan;
pub use treasury::Base;
pub use treasury::BurnPlan;
pub use treasury::CashPlan;
pub use treasury::CommitmentPlan;
pub use treasury::DebtPlan;
pub use treasury::DrawPlan;
pub use treasury::FillPlan;
pub use treasury::LinePlan;
pub use treasury::MonthPlan;
pub use treasury::ProfilePlan;
pub use treasury::Segment;
pub use treasury::TreasuryPlan;
pub use treasury::Way;

use std::sync::Arc;

pub use crate::scenario::Allocation;
pub use crate::scenario::Capitalisation;
use crate::scenario::FigureId;
pub use crate::scenario::OnConversion;
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
    /// Where whole shares are rounded, by class; none where a class has parts of shares.
    pub whole: Vec<Option<WholePlan>>,
    /// Financings.
    pub rounds: Vec<RoundPlan>,
    /// The tranches of all rounds.
    pub tranches: Vec<TranchePlan>,
    /// The ways in which tranches can close.
    pub closings: Vec<ClosingPlan>,
    /// Sales between holders.
    pub sales: Vec<SalePlan>,
    /// Tenders.
    pub tenders: Vec<TenderPlan>,
    /// SAFEs and notes.
    pub convertibles: Vec<ConvertiblePlan>,
    /// Interest paid in money.
    pub interest: Vec<InterestPlan>,
    /// Notes that fall due.
    pub maturities: Vec<MaturityPlan>,
    /// Conversions without a round.
    pub triggers: Vec<TriggerPlan>,
    /// Options granted.
    pub grants: Vec<GrantPlan>,
    /// What happens to them.
    pub option_events: Vec<OptionEventPlan>,
    /// Warrants.
    pub warrants: Vec<WarrantPlan>,
    /// When their shares begin to count.
    pub warrant_issues: Vec<WarrantIssuePlan>,
    /// When they end.
    pub warrant_ends: Vec<WarrantEndPlan>,
    /// Splits.
    pub splits: Vec<SplitPlan>,
    /// Changes of shares.
    pub changes: Vec<ChangePlan>,
    /// What exits ask of each class.
    pub class_terms: Vec<ClassTermsPlan>,
    /// The rank after every preference and before common stock.
    pub last_rank: u32,
    /// Exits.
    pub exits: Vec<ExitPlan>,
    /// Of each day on which shares can begin to earn a dividend, the first place of the same day: the opening lines in
    /// their order, then the steps.
    pub first_of_day: Vec<usize>,
    /// Events in their order.
    pub steps: Vec<Step>,
    /// Months, burns and commitments: what rounds cannot change, and plans of one company share.
    pub treasury: Arc<TreasuryPlan>,
    /// What the reader should know about the order of things.
    pub notes: Vec<Note>,
}

impl Plan {
    /// Runs the months of the deciding burn alone: for a play that is to say when its money runs low.
    pub fn run_only_deciding(&mut self) {
        let deciding = self.treasury.deciding;
        Arc::make_mut(&mut self.treasury).only = deciding;
    }

    /// Where the shares of a class are rounded, if they are whole.
    #[inline(always)]
    #[must_use]
    pub fn whole_of(&self, class: u32) -> Option<WholePlan> {
        self.whole.get(class as usize).copied().flatten()
    }

    /// Where the shares of a line are rounded, if they are whole.
    #[inline(always)]
    #[must_use]
    pub fn whole_at(&self, line: usize) -> Option<WholePlan> {
        self.whole_of(self.positions.get(line).map_or(0, |line| line.class))
    }

    /// Whether the shares of a line earn a cumulative dividend.
    #[inline(always)]
    #[must_use]
    pub fn earns(&self, line: usize) -> bool {
        let class = self.positions.get(line).and_then(|line| self.class_terms.get(line.class as usize));
        class.is_some_and(|class| class.dividend.is_some())
    }

    /// Whether any shares are whole.
    #[must_use]
    pub fn has_whole(&self) -> bool {
        self.whole.iter().any(Option::is_some)
    }
}

/// A line of the cap table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Who.
    pub owner: u32,
    /// In which class.
    pub class: u32,
    /// What it holds.
    pub holding: Holding,
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
    /// The ratio, and the issue price it starts from: a protected class.
    Protected(Slot, Option<Slot>),
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
    /// The direction of shares converted.
    pub shares_converted: Direction,
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
    /// Whether the pre-money holds what converts.
    pub rule: ConversionsPlan,
    /// Everything that may convert.
    pub conversions: Vec<ConversionPlan>,
    /// Holders who keep their share.
    pub pro_rata: Option<ProRataPlan>,
    /// Classes whose conversion price it may lower.
    pub protected: Vec<ProtectedPlan>,
    /// Whether the adjusted shares count in its own price.
    pub adjusts_in_price: bool,
    /// Whether conversions count as issued.
    pub counts_conversions: bool,
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
    /// Of a share, over the last round's.
    StepUp(Slot),
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
#[derive(Debug, Clone)]
pub struct PoolPlan {
    /// The pool's line of the cap table.
    pub position: usize,
    /// The lines that count towards the target.
    pub counted: Vec<usize>,
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
#[derive(Debug, Clone)]
pub enum SizePlan {
    /// Money.
    Money(Slot),
    /// Shares.
    Shares(Slot),
    /// Money, less what is placed with others.
    Less(Slot, Vec<Slot>),
    /// Money for each of so many units.
    PerUnit(Slot, Vec<Slot>),
    /// So many months of what the deciding burn spends, from a month of the projection on.
    BurnMonths(Slot, usize),
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
    /// The part of the tranche it closes, if not all.
    pub part: Option<PartOfTranche>,
    /// The line that receives its shares, if not the tranche's.
    pub position: Option<usize>,
    /// The month the cash arrives in; none if it is in the opening cash already, or never.
    pub cash_month: Option<usize>,
    /// What comes in kind.
    pub credit: Option<CreditPlan>,
    /// The exit in whose branch alone it happens.
    pub exit: Option<usize>,
}

/// What a closing is of its tranche.
#[derive(Debug, Clone)]
pub struct PartOfTranche {
    /// Its figure.
    pub this: Slot,
    /// Those whose sum is the whole.
    pub all: Vec<Slot>,
}

/// Capacity that comes in kind and is used over months.
#[derive(Debug, Clone, Copy)]
pub struct CreditPlan {
    /// The first month, counted from the month of `as_of`; negative if it lies before.
    pub first_month: i64,
    /// Over how many months.
    pub months: u32,
    /// The last month it can be used in, if it expires.
    pub last_month: Option<i64>,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StepKind {
    /// A round is signed and priced, and what closes that day closes.
    Round(usize),
    /// A tranche signed earlier closes. The flag says that it is the first of its round that day.
    Closing(usize, bool),
    /// Holders sell to holders.
    Sale(usize),
    /// Holders sell to holders at a clearing price.
    Tender(usize),
    /// A SAFE or a note is signed and paid.
    Issue(usize),
    /// Interest is paid.
    Interest(usize),
    /// A note falls due.
    Maturity(usize),
    /// A note converts without a round.
    Trigger(usize),
    /// Options are granted.
    Grant(usize),
    /// Options are exercised, given up or expire.
    Options(usize),
    /// Shares of a warrant begin to count.
    WarrantIssue(usize),
    /// A warrant is exercised or lapses.
    WarrantEnd(usize),
    /// Shares are split.
    Split(usize),
    /// Shares change without a round.
    Change(usize),
    /// The company is sold, listed or wound up, in a branch of its own.
    Exit(usize),
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
