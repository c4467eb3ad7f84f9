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
}

impl Valuation {
    /// What is held.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Valuation::PreMoney(_) => "pre-money",
            Valuation::PostMoney(_) => "post-money",
            Valuation::Price(_) => "price",
        }
    }

    /// The figure that is held.
    #[must_use]
    pub fn figure(self) -> FigureId {
        match self {
            Valuation::PreMoney(figure) | Valuation::PostMoney(figure) | Valuation::Price(figure) => figure,
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
    /// The event of the same day its later closing comes after.
    pub after: Option<Spanned<String>>,
    /// Where it is declared.
    pub span: Span,
}

/// How a tranche is sized.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// An amount of money.
    Money(FigureId),
    /// A number of shares.
    Shares(FigureId),
}

impl Size {
    /// The figure.
    #[must_use]
    pub fn figure(self) -> FigureId {
        match self {
            Size::Money(figure) | Size::Shares(figure) => figure,
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
