//! The checked scenario: nouns of the field with valid names, days and figures.
//!
//! Takes a complete [`crate::document::Document`], gives a [`Scenario`] in which nothing is optional that must be
//! there, or faults. Lacks on purpose: any order of events and any computation; that is `plan` and `engine`.

mod cash;
mod checks;
mod company;
mod figures;
mod from_document;
mod ids;
mod round;

pub use cash::Burn;
pub use cash::Cash;
pub use cash::Commitment;
pub use cash::CommitmentEnd;
pub use cash::Fill;
pub use cash::Measure;
pub use cash::Phase;
pub use cash::Profile;
pub use cash::Through;
pub use company::Authorised;
pub use company::CaseTitle;
pub use company::Class;
pub use company::Condition;
pub use company::Opening;
pub use company::OpeningCount;
pub use company::OpeningLine;
pub use company::Owner;
pub use company::Ratio;
pub use company::Rounding;
pub use company::Rule;
pub use company::Scenario;
pub use company::SourceEntry;
pub use company::Whole;
pub use figures::FigureEntry;
pub use figures::Figures;
pub use figures::Range;
pub use figures::Status;
pub use from_document::scenario;
pub use ids::ClassId;
pub use ids::ConditionId;
pub use ids::FigureId;
pub use ids::OwnerId;
pub use round::Drawdown;
pub use round::Oversubscription;
pub use round::Part;
pub use round::PriceRule;
pub use round::Round;
pub use round::RoundPool;
pub use round::Secondary;
pub use round::SecondaryPrice;
pub use round::Size;
pub use round::Tranche;
pub use round::Valuation;
