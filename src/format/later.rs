//! Tables of the format that this version refuses by name.

use super::declaration::Key;

/// What the format knows and this version cannot play yet.
pub(super) const LATER: [Key; 3] = [
    Key::later("debt", "debt", "a loan or a credit line"),
    Key::later("outcome", "the runway matrix", "one column of the runway matrix"),
    Key::later("correlation", "simulation", "two figures that move together"),
];
