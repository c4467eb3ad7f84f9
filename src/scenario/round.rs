//! Financings and sales between holders.

use crate::diagnostics::Span;
use crate::diagnostics::Spanned;
use crate::units::Day;

use super::ids::ClassId;
use super::ids::ConditionId;
use super::ids::FigureId;
use super::ids::OwnerId;

/// A financing.
#[derive(Debug, Clone)]
pub struct Round {
    /// The id.
    pub id: String,
    /// What people read.
    pub name: String,
    /// Signed and priced on this day.
    pub date: Day,
    /// What is held.
    pub valuation: Valuation,
    /// The headline size.
    pub target: Option<FigureId>,
    /// Who gives way when the tranches exceed it.
    pub oversubscription: Option<Oversubscription>,
    /// The class of the new shares.
    pub class: ClassId,
    /// The pool top-up.
    pub pool: Option<RoundPool>,
    /// Whether the pre-money holds what convertibles convert to.
    pub conversions: Option<Conversions>,
    /// Holders who keep their share.
    pub pro_rata: Option<ProRata>,
    /// How protected classes are adjusted by this round.
    pub protection: RoundProtection,
    /// Who puts in what.
    pub tranches: Vec<Tranche>,
    /// The event of the same day it comes after.
    pub after: Option<Spanned<String>>,
    /// Where it is declared.
    pub span: Span,
}

/// Whether the pre-money holds what convertibles convert to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conversions {
    /// It holds them.
    Inside,
    /// It grows by the money they brought.
    DollarsInvested,
    /// It leaves them out.
    Outside,
}

/// Holders who keep their share of the company.
#[derive(Debug, Clone)]
pub struct ProRata {
    /// Whether the round grows, or the tranches give way.
    pub on_top: bool,
    /// How much of its right each takes.
    pub take: Vec<(OwnerId, FigureId)>,
    /// Where it is declared.
    pub span: Span,
}

/// How protected classes are adjusted by a round.
#[derive(Debug, Clone, Copy)]
pub struct RoundProtection {
    /// Whether the adjusted shares count in the round's own price.
    pub in_price: bool,
    /// Whether conversions count as issued.
    pub counts_conversions: bool,
    /// Whether nothing is adjusted.
    pub exempt: bool,
    /// Where it is declared; the round's place if it is not.
    pub span: Span,
}

/// The one valuation that is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Valuation {
    /// Before the money.
    PreMoney(FigureId),
    /// With every committed tranche.
    PostMoney(FigureId),
    /// Of a share.
    Price(FigureId),
    /// Of a share, over the last round's.
    StepUp(FigureId),
}

impl Valuation {
    /// What is held.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Valuation::PreMoney(_) => "pre-money",
            Valuation::PostMoney(_) => "post-money",
            Valuation::Price(_) => "price",
            Valuation::StepUp(_) => "step-up",
        }
    }

    /// The figure that is held.
    #[must_use]
    pub fn figure(self) -> FigureId {
        match self {
            Valuation::PreMoney(figure)
            | Valuation::PostMoney(figure)
            | Valuation::Price(figure)
            | Valuation::StepUp(figure) => figure,
        }
    }
}

/// Who gives way when the tranches exceed the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oversubscription {
    /// All in proportion.
    CutBack,
    /// Higher priority numbers last.
    Priority,
    /// Nobody.
    Upsize,
}

/// The pool is topped up to a target.
#[derive(Debug, Clone, Copy)]
pub struct RoundPool {
    /// Which.
    pub pool: OwnerId,
    /// Its part of the fully diluted company after all committed tranches.
    pub target: FigureId,
    /// Whether issued options count towards it.
    pub counts_issued: bool,
    /// Whether the holders before the round bear it alone.
    pub in_pre_money: bool,
}

/// One investor's part of a round.
#[derive(Debug, Clone)]
pub struct Tranche {
    /// The id.
    pub id: String,
    /// What people read.
    pub name: String,
    /// Who pays.
    pub investor: OwnerId,
    /// How much.
    pub size: Size,
    /// Lower numbers are filled first.
    pub priority: u64,
    /// The first day it can close.
    pub date: Day,
    /// The day the cash arrives, if later than the closing.
    pub paid: Option<Day>,
    /// What it waits for.
    pub condition: Option<ConditionId>,
    /// Days between the condition and the closing.
    pub notice_days: i64,
    /// The last closing day.
    pub by: Option<Day>,
    /// What closes if the condition fails.
    pub otherwise: Option<FigureId>,
    /// Whether the investor takes part at all.
    pub probability: Option<FigureId>,
    /// One if the investor takes part, zero if not: what a simulation draws.
    pub takes_part: FigureId,
    /// The holder's choice, so not committed.
    pub optional: bool,
    /// At which price.
    pub price: PriceRule,
    /// What it is paid in: label and part.
    pub consideration: Vec<(String, Part)>,
    /// How what comes in kind is used.
    pub drawdown: Option<Drawdown>,
    /// A condition that pulls it forward.
    pub accelerates: Option<ConditionId>,
    /// What it buys if a listing makes it close.
    pub class_after_listing: Option<ClassId>,
    /// The calls it is funded in; empty if it is funded at once.
    pub calls: Vec<(Day, FigureId)>,
    /// The event of the same day its later closing comes after.
    pub after: Option<Spanned<String>>,
    /// Where it is declared.
    pub span: Span,
}

impl Tranche {
    /// The parts it closes in: when each is due, its figure, and the figures whose sum is the whole. Empty if it closes
    /// at once.
    #[must_use]
    pub fn parts(&self) -> (Vec<(Day, FigureId)>, Vec<FigureId>) {
        match &self.size {
            Size::PerUnit { delivered, .. } => {
                (delivered.clone(), delivered.iter().map(|(_, figure)| *figure).collect())
            }
            size if !self.calls.is_empty() => (self.calls.clone(), vec![size.figure()]),
            _ => (Vec::new(), Vec::new()),
        }
    }
}

/// How a tranche is sized.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Size {
    /// An amount of money.
    Money(FigureId),
    /// A number of shares.
    Shares(FigureId),
    /// An amount of money less what is placed with others.
    Less(FigureId, Vec<FigureId>),
    /// Money for each unit delivered.
    PerUnit {
        /// The money.
        amount: FigureId,
        /// How many units each day brings.
        delivered: Vec<(Day, FigureId)>,
        /// What is delivered.
        unit: String,
    },
    /// Months of what is burned.
    BurnMonths(FigureId),
}

impl Size {
    /// The figure it hangs on first.
    #[must_use]
    pub fn figure(&self) -> FigureId {
        match self {
            Size::Money(figure) | Size::Shares(figure) | Size::Less(figure, _) | Size::BurnMonths(figure) => *figure,
            Size::PerUnit { amount, .. } => *amount,
        }
    }

    /// Every figure of it.
    #[must_use]
    pub fn figures(&self) -> Vec<FigureId> {
        match self {
            Size::Money(figure) | Size::Shares(figure) | Size::BurnMonths(figure) => vec![*figure],
            Size::Less(figure, less) => std::iter::once(*figure).chain(less.iter().copied()).collect(),
            Size::PerUnit { amount, delivered, .. } => {
                std::iter::once(*amount).chain(delivered.iter().map(|(_, figure)| *figure)).collect()
            }
        }
    }
}

/// The price a tranche closes at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PriceRule {
    /// The round's.
    Signing,
    /// The round's pre-money over the count of the closing day.
    Closing,
    /// The last round's on the closing day.
    Latest,
    /// A price of its own.
    Own(FigureId),
}

/// One part of a split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A percentage.
    Is(FigureId),
    /// What the others leave.
    Rest,
}

/// How what comes in kind is used.
#[derive(Debug, Clone, Copy)]
pub struct Drawdown {
    /// Over how many months.
    pub months: u32,
    /// Whether a month's unused part stays available.
    pub carried: bool,
    /// How much of the burn it can pay for.
    pub eligible: FigureId,
    /// When it starts, if not at the closing.
    pub from: Option<Day>,
    /// The last day it can be used.
    pub until: Option<Day>,
}

/// A sale of existing shares.
#[derive(Debug, Clone)]
pub struct Secondary {
    /// The id.
    pub id: String,
    /// What people read.
    pub name: String,
    /// When.
    pub date: Day,
    /// The sellers.
    pub from: Vec<(OwnerId, Part)>,
    /// The buyers.
    pub to: Vec<(OwnerId, Part)>,
    /// How much in all.
    pub size: Size,
    /// At which price.
    pub price: SecondaryPrice,
    /// The event of the same day it comes after.
    pub after: Option<Spanned<String>>,
    /// Where it is declared.
    pub span: Span,
}

/// The price of a sale between holders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondaryPrice {
    /// A price of its own.
    Own(FigureId),
    /// Below the last round's.
    Discount(FigureId),
}
