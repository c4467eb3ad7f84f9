//! Compiled exits: who claims what, what is paid first, what a listing sells.

use crate::scenario::Allocation;
use crate::scenario::OnConversion;

use super::BalancePlan;
use super::PartPlan;
use super::Slot;
use super::StepKind;

/// A sale, a listing or a wind-up.
#[derive(Debug, Clone)]
pub struct ExitPlan {
    /// Advisers' or underwriters' part.
    pub fees: Slot,
    /// Other costs.
    pub costs: Slot,
    /// What it makes happen in its branch, in order.
    pub branch: Vec<StepKind>,
    /// Who claims what.
    pub claimants: Vec<ClaimantPlan>,
    /// What the shares of each class are owed by the day, from each day on which some were issued: by class, and by
    /// the place of that day among [`super::Plan::first_of_day`]. Nothing where a class has no cumulative dividend.
    pub accruals: Vec<Option<Vec<BalancePlan>>>,
    /// What happens.
    pub kind: ExitKindPlan,
}

/// What happens.
#[derive(Debug, Clone)]
pub enum ExitKindPlan {
    /// Everybody is paid.
    Sale(ProceedsPlan),
    /// Everybody keeps shares.
    Listing(ListingPlan),
}

/// What is paid, and what comes before any claim.
#[derive(Debug, Clone)]
pub struct ProceedsPlan {
    /// Whether the company ends without a buyer.
    pub is_wind_up: bool,
    /// What is paid.
    pub value: Slot,
    /// The debt that is paid out of it.
    pub debt: Option<Slot>,
    /// Money for the team.
    pub carve_outs: Vec<CarveOutPlan>,
}

/// Money for the team.
#[derive(Debug, Clone)]
pub struct CarveOutPlan {
    /// So much.
    pub amount: Option<Slot>,
    /// Rates above amounts; the first may be above nothing.
    pub rates: Vec<(Option<Slot>, Slot)>,
    /// Who shares it: owners by number.
    pub to: Vec<(usize, PartPlan)>,
}

/// New shares sold in a listing.
#[derive(Debug, Clone, Copy)]
pub enum OfferingPlan {
    /// For so much money.
    Money(Slot),
    /// So many.
    Shares(Slot),
}

/// What a listing holds and sells.
#[derive(Debug, Clone)]
pub struct ListingPlan {
    /// What is held.
    pub value: ListingValuePlan,
    /// New shares.
    pub primary: Option<OfferingPlan>,
    /// Further new shares, as a part of all that is sold.
    pub greenshoe: Slot,
    /// What becomes common stock: from which line to which.
    pub conversions: Vec<(usize, usize)>,
    /// Holders who sell: each line of their common stock, the line of the listed class it is sold from, and the part.
    pub sellers: Vec<(usize, usize, Slot)>,
    /// The buyers' line of common stock.
    pub public: Option<usize>,
    /// The line of the shares of each convertible.
    pub converted: Vec<usize>,
}

/// What a listing holds.
#[derive(Debug, Clone, Copy)]
pub enum ListingValuePlan {
    /// The company before the new shares.
    PreMoney(Slot),
    /// With them.
    PostMoney(Slot),
    /// The price of a common share.
    Price(Slot),
}

/// Somebody with a claim.
#[derive(Debug, Clone)]
pub enum ClaimantPlan {
    /// The shares of a class.
    Class {
        /// Which.
        class: u32,
        /// Their lines.
        lines: Vec<usize>,
    },
    /// The options of a grant.
    Grant {
        /// Which.
        grant: usize,
        /// What of them has vested.
        vested: VestedPlan,
    },
    /// The shares of a warrant.
    Warrant {
        /// Which.
        warrant: usize,
    },
    /// A SAFE or a note that is outstanding.
    Convertible(OutstandingPlan),
}

/// What of a grant has vested by an exit.
#[derive(Debug, Clone, Copy)]
pub struct VestedPlan {
    /// Vesting dates in all; none if it vested at once.
    pub dates: Option<u32>,
    /// Those passed.
    pub passed: u32,
    /// Where shares go that do not divide evenly.
    pub allocation: Allocation,
    /// The part of the rest that vests early.
    pub accelerates: Option<Slot>,
    /// Whether the rest is paid too.
    pub is_assumed: bool,
}

/// A convertible that is outstanding at an exit.
#[derive(Debug, Clone)]
pub struct OutstandingPlan {
    /// Which.
    pub convertible: usize,
    /// What is owed by then.
    pub balance: BalancePlan,
    /// Where it stands; none if the scenario has to say so and does not.
    pub rank: Option<u32>,
    /// What it takes; none if the scenario has to say so and does not.
    pub takes: Option<TakesPlan>,
}

/// What a convertible takes at an exit.
#[derive(Debug, Clone)]
pub enum TakesPlan {
    /// A SAFE: its money, or shares by one of these terms; the best of them binds.
    Safe(Vec<SafeTermPlan>),
    /// A note: so often its principal, and interest; or shares at its cap.
    Note {
        /// How often.
        multiple: Option<Slot>,
        /// The cap it may convert at, and whether its own shares count in what the cap divides by.
        cap: Option<(Slot, bool)>,
    },
}

/// A term of a SAFE at an exit.
#[derive(Debug, Clone, Copy)]
pub enum SafeTermPlan {
    /// Its money over a cap is its part of all shares, those of SAFEs and notes included.
    Cap(Slot),
    /// Its money over a cap times the shares without SAFEs and notes.
    CapBefore(Slot),
    /// A part of all shares.
    Ownership(Slot),
    /// Shares for its money below their value.
    Discount(Slot),
}

/// What a class is paid first.
#[derive(Debug, Clone, Copy)]
pub struct PreferencePlan {
    /// How much.
    pub size: PreferenceSizePlan,
    /// Where it stands: lower ranks are paid first.
    pub rank: u32,
    /// Whether it shares in the rest.
    pub participation: ParticipationPlan,
}

/// How much a preference is.
#[derive(Debug, Clone, Copy)]
pub enum PreferenceSizePlan {
    /// Times the issue price.
    Multiple(Slot),
    /// For the whole class.
    Amount(Slot),
}

/// Whether a class shares in what is left without converting.
#[derive(Debug, Clone, Copy)]
pub enum ParticipationPlan {
    /// No.
    None,
    /// Yes.
    Full,
    /// Up to so many times the issue price, or the amount.
    Capped(Slot),
}

/// What an exit asks of a class.
#[derive(Debug, Clone, Copy)]
pub struct ClassTermsPlan {
    /// Whether it is common stock.
    pub is_common: bool,
    /// What a share first cost, if that is written.
    pub issue_price: Option<Slot>,
    /// What it is paid first.
    pub preference: Option<PreferencePlan>,
    /// What becomes of its unpaid dividends; none without cumulative ones.
    pub dividend: Option<OnConversion>,
    /// What a share is worth in a listing at least.
    pub ratchet: Option<RatchetPlan>,
}

/// What a share is worth in a listing at least.
#[derive(Debug, Clone, Copy)]
pub enum RatchetPlan {
    /// This part of its issue price.
    Return(Slot),
    /// So much.
    Price(Slot),
}

/// The rank of notes: before every preference.
pub const NOTES: u32 = 0;
