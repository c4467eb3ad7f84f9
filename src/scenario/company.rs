//! The company: who there is, what they hold, what is known.

use std::sync::Arc;

use indexmap::IndexMap;

use crate::diagnostics::Span;
use crate::units::Day;
use crate::units::Decimal;
use crate::units::Direction;

use super::burn::Burn;
use super::cash::Cash;
use super::cash::Commitment;
use super::column::OutcomeColumn;
use super::correlation::Correlation;
use super::debt::Debt;
use super::exit::Dividend;
use super::exit::Exit;
use super::exit::Preference;
use super::exit::Ratchet;
use super::figures::Figures;
use super::ids::ClassId;
use super::ids::ConditionId;
use super::ids::FigureId;
use super::ids::OwnerId;
use super::instrument::Change;
use super::instrument::Convertible;
use super::instrument::Grant;
use super::instrument::Split;
use super::instrument::Tender;
use super::instrument::Warrant;
use super::raise::Raise;
use super::round::Round;
use super::round::Secondary;
use super::round::Size;

/// A whole scenario, checked.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// What it is, in a line.
    pub title: String,
    /// The cases applied, in order.
    pub cases: Vec<CaseTitle>,
    /// The one currency.
    pub currency: String,
    /// The projection starts here.
    pub as_of: Day,
    /// The last day of the projection.
    pub horizon: Option<Day>,
    /// For people.
    pub remark: Option<String>,
    /// Where figures come from, by id.
    pub sources: IndexMap<String, SourceEntry>,
    /// Holders, then pools. Copies of a scenario share them.
    pub owners: Arc<Vec<Owner>>,
    /// Share classes, `common` first; classes of a round of its own last.
    pub classes: Vec<Class>,
    /// Where numbers are rounded.
    pub rounding: Rounding,
    /// Who owns what before anything happens.
    pub opening: Opening,
    /// What tranches wait for.
    pub conditions: Vec<Condition>,
    /// Financings.
    pub rounds: Vec<Round>,
    /// Sales between holders.
    pub secondaries: Vec<Secondary>,
    /// Financings raised when they are needed.
    pub raises: Vec<Raise>,
    /// Tenders.
    pub tenders: Vec<Tender>,
    /// SAFEs, then notes.
    pub convertibles: Vec<Convertible>,
    /// Warrants.
    pub warrants: Vec<Warrant>,
    /// Options granted.
    pub grants: Vec<Grant>,
    /// Splits and stock dividends.
    pub splits: Vec<Split>,
    /// Changes of shares that raise no money.
    pub changes: Vec<Change>,
    /// Sales, listings and wind-ups.
    pub exits: Vec<Exit>,
    /// Money in the bank.
    pub cash: Option<Cash>,
    /// Reports of how fast it goes.
    pub burns: Vec<Burn>,
    /// The report that decides when money is raised, by its number.
    pub main_burn: Option<usize>,
    /// Loans and credit lines.
    pub debts: Vec<Debt>,
    /// Spending promised.
    pub commitments: Vec<Commitment>,
    /// Columns of the runway matrix.
    pub outcomes: Vec<OutcomeColumn>,
    /// Figures that are drawn together, each pair once.
    pub correlations: Vec<Correlation>,
    /// Every figure.
    pub figures: Figures,
}

/// A case that was applied.
#[derive(Debug, Clone)]
pub struct CaseTitle {
    /// Its id.
    pub id: String,
    /// What the reading is.
    pub title: Option<String>,
}

/// An entry of the list of sources.
#[derive(Debug, Clone)]
pub struct SourceEntry {
    /// Its title.
    pub title: String,
    /// Who published it.
    pub publisher: Option<String>,
    /// When.
    pub published: Option<Day>,
    /// The author's own reference.
    pub reference: Option<String>,
    /// Where it can be read.
    pub address: Option<String>,
    /// How much it can be trusted.
    pub confidence: Option<String>,
    /// For people.
    pub remark: Option<String>,
}

/// A holder or a pool.
#[derive(Debug, Clone)]
pub struct Owner {
    /// The id, as in paths.
    pub id: String,
    /// What people read.
    pub name: String,
    /// The author's word for what it is.
    pub kind: Option<String>,
    /// Whether it is a pool of shares reserved for staff.
    pub is_pool: bool,
    /// The class of a pool's shares.
    pub pool_class: ClassId,
    /// How many shares the plan allows.
    pub authorised: Option<Authorised>,
    /// All it has under contract with anyone, in money.
    pub backlog: Option<FigureId>,
    /// For people.
    pub remark: Option<String>,
    /// Where it is declared.
    pub span: Span,
}

/// A count that needs an amendment to be passed.
#[derive(Debug, Clone, Copy)]
pub struct Authorised {
    /// The count.
    pub count: FigureId,
    /// Where it is written.
    pub span: Span,
}

/// A share class.
#[derive(Debug, Clone)]
pub struct Class {
    /// The id; of a round's own class the round's path.
    pub id: String,
    /// What people read.
    pub name: String,
    /// Whether it is common stock.
    pub is_common: bool,
    /// Common shares that one share converts to.
    pub ratio: Ratio,
    /// Votes of a share.
    pub votes: FigureId,
    /// How many shares the charter allows.
    pub authorised: Option<Authorised>,
    /// Where its shares and prices are rounded.
    pub rounding: Rounding,
    /// What a share first cost, if that is written.
    pub issue_price: Option<FigureId>,
    /// What a cheaper round does to its conversion price.
    pub protection: Option<Protection>,
    /// What it is paid first in a sale, if that is stated.
    pub preference: Option<Preference>,
    /// Its cumulative dividend.
    pub dividend: Option<Dividend>,
    /// What a share is worth in a listing at least.
    pub ratchet: Option<Ratchet>,
    /// Where it is declared.
    pub span: Span,
}

/// What a cheaper round does to a class's conversion price.
#[derive(Debug, Clone, Copy)]
pub struct Protection {
    /// The base of the weighted average; none for a full ratchet.
    pub base: Option<ProtectionBase>,
    /// The conversion price never falls below it.
    pub floor: Option<FigureId>,
    /// Whether holders who invest less than their share are converted first.
    pub pay_to_play: bool,
    /// Where it is declared.
    pub span: Span,
}

/// The shares before the round that a weighted average weighs, as converted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProtectionBase {
    /// All, the unallocated pool included.
    FullyDiluted,
    /// All but the unallocated pool.
    WithoutReserve,
    /// Issued stock.
    Issued,
    /// The class alone.
    OwnSeries,
}

/// Common shares that one share converts to.
#[derive(Debug, Clone, Copy)]
pub enum Ratio {
    /// A number.
    Is(FigureId),
    /// The issue price over the conversion price.
    Prices {
        /// What a share first cost.
        issue: FigureId,
        /// What a share converts at.
        conversion: FigureId,
    },
}

/// Where shares and prices are rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// Nowhere.
    Fractional,
    /// A price once, a count once.
    Whole(Whole),
}

/// The directions of whole shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whole {
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

/// Who owns what before anything happens.
#[derive(Debug, Clone)]
pub struct Opening {
    /// Nothing happens before it.
    pub date: Day,
    /// The unit of account where the opening is in stakes.
    pub fully_diluted: Option<FigureId>,
    /// One line a holder and class. Copies of a scenario share them.
    pub lines: Arc<Vec<OpeningLine>>,
}

/// One line of the opening table.
#[derive(Debug, Clone)]
pub struct OpeningLine {
    /// Who.
    pub owner: OwnerId,
    /// In which class.
    pub class: ClassId,
    /// How many.
    pub count: OpeningCount,
    /// What a share was bought for.
    pub paid: Option<FigureId>,
    /// Whether the company got that, and not another holder.
    pub paid_to_company: bool,
    /// When it was bought.
    pub bought: Option<Day>,
    /// Where it stands.
    pub span: Span,
}

/// How a line of the opening table is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpeningCount {
    /// A percentage of the unit of account.
    Stake(FigureId),
    /// What the others leave: nobody in particular.
    Rest,
    /// Shares.
    Shares(FigureId),
}

/// What tranches wait for.
#[derive(Debug, Clone)]
pub struct Condition {
    /// The id.
    pub id: String,
    /// What people read.
    pub name: String,
    /// When it is met.
    pub rule: Rule,
    /// Where it is declared.
    pub span: Span,
}

/// When a condition is met.
#[derive(Debug, Clone)]
pub enum Rule {
    /// By itself.
    Itself {
        /// One if it is expected to be met, zero if not.
        expected: FigureId,
        /// What a simulation draws.
        probability: Option<FigureId>,
        /// The day it is met, if it is.
        date: Option<Day>,
        /// The last day it can be met.
        by: Option<Day>,
    },
    /// As soon as one of these is.
    Any(Vec<ConditionId>),
    /// When all of these are.
    All(Vec<ConditionId>),
}

impl Scenario {
    /// The owner with that number.
    #[must_use]
    pub fn owner(&self, id: OwnerId) -> Option<&Owner> {
        self.owners.get(id.index())
    }

    /// The owner with that id.
    #[must_use]
    pub fn owner_named(&self, id: &str) -> Option<OwnerId> {
        self.owners.iter().position(|owner| owner.id == id).map(OwnerId::at)
    }

    /// The last day on which anything that was written happens.
    #[must_use]
    pub fn last_day(&self) -> Option<Day> {
        let rounds = self.rounds.iter().flat_map(|round| {
            round.tranches.iter().flat_map(|tranche| [Some(tranche.date), tranche.by]).chain([Some(round.date)])
        });
        let sales = self.secondaries.iter().map(|sale| Some(sale.date));
        let tenders = self.tenders.iter().map(|tender| Some(tender.date));
        let matures = |note: &super::instrument::Note| note.maturity.map(|(day, _)| day);
        let notes = self
            .convertibles
            .iter()
            .flat_map(|convertible| [Some(convertible.date), convertible.note.as_ref().and_then(matures)]);
        let options = self.grants.iter().flat_map(|grant| [Some(grant.date), grant.expires]);
        let exits = self.exits.iter().map(|exit| Some(exit.date));
        rounds.chain(exits).chain(sales).chain(tenders).chain(notes).chain(options).flatten().chain([self.as_of]).max()
    }

    /// Whether the opening stake of this owner is what the others leave.
    #[must_use]
    pub fn is_unattributed(&self, owner: OwnerId) -> bool {
        self.opening.lines.iter().any(|line| line.owner == owner && line.count == OpeningCount::Rest)
    }
}

impl Scenario {
    /// The money a tranche is signed for, as the file says; none if it says shares, or months of burn.
    #[must_use]
    pub fn asked(&self, size: &Size) -> Option<Decimal> {
        let value = |figure: &FigureId| self.figures.value(*figure);
        match size {
            Size::Money(figure) => Some(value(figure)),
            Size::Shares(_) | Size::BurnMonths(_) => None,
            Size::Less(figure, less) => {
                Some(less.iter().fold(value(figure), |left, less| left.saturating_sub(value(less))))
            }
            Size::PerUnit { amount, delivered, .. } => {
                let units = delivered.iter().fold(Decimal::ZERO, |sum, (_, units)| sum.saturating_add(value(units)));
                Some(value(amount).saturating_mul(units))
            }
        }
    }
}
