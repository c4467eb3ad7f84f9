//! Tables of the format that this version refuses by name.

use super::declaration::Key;

/// What the format knows and this version cannot play yet.
pub(super) const LATER: [Key; 1] = [Key::later("correlation", "simulation", "two figures that move together")];
