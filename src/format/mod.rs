//! The one declaration of the scenario format: every table and key, what it takes, and one sentence on it.
//!
//! Reading, refusing, merging, the JSON Schema and the reference page all follow it, so they cannot drift apart.
//! Takes nothing, gives static data. Lacks on purpose: any value of any scenario.

mod cash;
mod company;
mod correlation;
mod currency;
mod declaration;
mod exit;
mod instruments;
mod root;
mod round;
mod walk;

pub use declaration::Alternative;
pub use declaration::BY_DAY;
pub use declaration::FIGURE_KEYS;
pub use declaration::Family;
pub use declaration::Key;
pub use declaration::Kind;
pub use declaration::Need;
pub use declaration::Quantity;
pub use declaration::SHAPES;
pub use declaration::STATUSES;
pub use declaration::Table;
pub use root::ROOT;
pub use walk::Declared;
pub use walk::RESERVED_IDS;
pub use walk::Step;
pub use walk::declared;
pub use walk::is_currency_id;
pub use walk::is_id;
