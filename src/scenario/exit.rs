//! Exits: sales, listings and wind-ups, and the terms that only they read.

use crate::diagnostics::Span;
use crate::units::Day;

use super::ids::ConditionId;
use super::ids::FigureId;
use super::ids::OwnerId;
use super::instrument::Interest;
use super::round::Part;

/// A sale, a listing or a wind-up.
#[derive(Debug, Clone)]
pub struct Exit {
    /// The id.
    pub id: String,
    /// What people read.
    pub name: String,
    /// When.
    pub date: Day,
    /// The figure of that day.
    pub date_figure: FigureId,
    /// Advisers' or underwriters' part.
    pub fees: FigureId,
    /// Other costs in money.
    pub costs: FigureId,
    /// Conditions it makes true in its branch.
    pub meets: Vec<ConditionId>,
    /// What happens.
    pub kind: ExitKind,
    /// Where it is declared.
    pub span: Span,
}

/// What happens at an exit.
#[derive(Debug, Clone)]
pub enum ExitKind {
    /// The company is sold or wound up: everybody is paid.
    Sale(Sale),
    /// Its common stock is listed: everybody keeps shares.
    Listing(Listing),
}

/// The company is sold or wound up.
#[derive(Debug, Clone)]
pub struct Sale {
    /// Whether nobody buys it: what is there is shared and it ends.
    pub is_wind_up: bool,
    /// What is paid.
    pub value: SaleValue,
    /// Money for the team.
    pub carve_outs: Vec<CarveOut>,
    /// Kept by an agent for a time.
    pub escrow: Option<HeldBack>,
    /// Kept by the buyer for a time.
    pub holdback: Option<HeldBack>,
    /// What the buyer pays with; all cash if empty.
    pub proceeds: Vec<(String, Part)>,
    /// Whether the buyer takes unvested options over and pays for them.
    pub unvested_assumed: bool,
    /// Whether option holders lose their place.
    pub terminated: bool,
}

/// What is paid.
#[derive(Debug, Clone, Copy)]
pub enum SaleValue {
    /// For shares, options, SAFEs and notes.
    Equity(FigureId),
    /// For the company, and the debt that is paid back out of it.
    Enterprise {
        /// For the company.
        value: FigureId,
        /// The debt.
        debt: FigureId,
    },
}

impl SaleValue {
    /// The figure that is written.
    #[must_use]
    pub fn figure(self) -> FigureId {
        match self {
            SaleValue::Equity(value) | SaleValue::Enterprise { value, .. } => value,
        }
    }

    /// Its key.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            SaleValue::Equity(_) => "equity_value",
            SaleValue::Enterprise { .. } => "enterprise_value",
        }
    }
}

/// Money for the team, paid before any share.
#[derive(Debug, Clone)]
pub struct CarveOut {
    /// The id.
    pub id: String,
    /// What people read.
    pub name: String,
    /// How much.
    pub size: CarveOutSize,
    /// Who shares it.
    pub to: Vec<(OwnerId, Part)>,
    /// Where it is declared.
    pub span: Span,
}

/// How large a carve-out is.
#[derive(Debug, Clone)]
pub enum CarveOutSize {
    /// So much.
    Amount(FigureId),
    /// Rates of what is left, each above an amount; the first above nothing has none.
    Rates(Vec<(Option<FigureId>, FigureId)>),
}

/// A part of every payment that comes later.
#[derive(Debug, Clone, Copy)]
pub struct HeldBack {
    /// How much.
    pub share: FigureId,
    /// When it is paid.
    pub until: Day,
}

/// The common stock is listed.
#[derive(Debug, Clone)]
pub struct Listing {
    /// What is held.
    pub value: ListingValue,
    /// Who buys what is sold.
    pub to: Option<OwnerId>,
    /// New shares.
    pub primary: Option<Offering>,
    /// The part of its shares that a holder sells.
    pub secondary: Vec<(OwnerId, FigureId)>,
    /// Further new shares, as a part of all that is sold.
    pub greenshoe: FigureId,
    /// How long holders may not sell.
    pub lock_up_months: Option<u32>,
}

/// What a listing holds.
#[derive(Debug, Clone, Copy)]
pub enum ListingValue {
    /// The company before the new shares.
    PreMoney(FigureId),
    /// With them.
    PostMoney(FigureId),
    /// The price of a common share.
    Price(FigureId),
}

impl ListingValue {
    /// The figure that is written.
    #[must_use]
    pub fn figure(self) -> FigureId {
        match self {
            ListingValue::PreMoney(figure) | ListingValue::PostMoney(figure) | ListingValue::Price(figure) => figure,
        }
    }
}

/// New shares of a listing.
#[derive(Debug, Clone, Copy)]
pub enum Offering {
    /// For so much money.
    Money(FigureId),
    /// So many.
    Shares(FigureId),
}

/// What a class is paid first.
#[derive(Debug, Clone, Copy)]
pub enum Preference {
    /// Nothing: it shares like common stock.
    None,
    /// Something.
    Has(Preferred),
}

/// What a class is paid before common stock.
#[derive(Debug, Clone, Copy)]
pub struct Preferred {
    /// How much.
    pub size: PreferenceSize,
    /// A higher number is paid first.
    pub seniority: u64,
    /// Whether it shares in the rest too.
    pub participation: Participation,
    /// Where it is declared.
    pub span: Span,
}

/// How much a preference is.
#[derive(Debug, Clone, Copy)]
pub enum PreferenceSize {
    /// Times the issue price of each share.
    Multiple(FigureId),
    /// Money for the whole class.
    Amount(FigureId),
}

/// Whether preferred stock shares in what is left without converting.
#[derive(Debug, Clone, Copy)]
pub enum Participation {
    /// It does not.
    None,
    /// It does.
    Full,
    /// Up to so many times the issue price, or the amount, in all.
    Capped(FigureId),
}

/// A cumulative dividend.
#[derive(Debug, Clone, Copy)]
pub struct Dividend {
    /// How it grows.
    pub accrual: Interest,
    /// What becomes of it when a share converts.
    pub on_conversion: OnConversion,
}

/// What becomes of an unpaid dividend when its share converts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnConversion {
    /// It is lost.
    Forfeited,
    /// It is paid beside the shares.
    Paid,
    /// It becomes more shares at the conversion price.
    Converts,
}

/// What a share is worth in a listing at least.
#[derive(Debug, Clone, Copy)]
pub enum Ratchet {
    /// This part of its issue price.
    Return(FigureId),
    /// So much.
    Price(FigureId),
}

/// What a note takes in a sale.
#[derive(Debug, Clone, Copy)]
pub struct AtExit {
    /// Times the principal; once without.
    pub multiple: Option<FigureId>,
    /// Whether it may take shares at its cap.
    pub converts: bool,
}

/// Options that vest early in a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acceleration {
    /// Whether its holder must lose the place too.
    pub is_double: bool,
    /// How much of what has not vested.
    pub part: FigureId,
}
