//! What other currencies are worth.

use super::declaration::BY_DAY;
use super::declaration::Key;
use super::declaration::Kind;
use super::declaration::Quantity;
use super::declaration::Table;

pub(super) const FX: Table = Table {
    heading: "[fx.ID]",
    about: "What one unit of another currency is worth in the currency of the file, from a day on. The id is its code in small letters: `eur`. A sum written in it is converted at the rate in force on its own day.",
    keys: &[&[Key::optional(
        BY_DAY,
        Kind::Figure(Quantity::Ratio),
        "the rate in force from that day until the next one",
    )]],
    alternatives: &[],
};
