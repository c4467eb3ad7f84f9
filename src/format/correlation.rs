//! Figures that move together.

use super::declaration::Key;
use super::declaration::Kind;
use super::declaration::Quantity;
use super::declaration::Table;

pub(super) const CORRELATION: Table = Table {
    heading: "[correlation.ID]",
    about: "Two figures that `simulate` draws together. Both have a shape; a pair is correlated once.",
    keys: &[&[
        Key::required("between", Kind::InputPair, "the two figures, by their paths"),
        Key::required(
            "rank",
            Kind::Figure(Quantity::Rank),
            "their rank correlation: 1 and they rise together, -1 and one falls as the other rises, 0 and neither knows of the other",
        ),
    ]],
    alternatives: &[],
};
