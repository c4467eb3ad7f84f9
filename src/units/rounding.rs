//! Which way a count or a price is rounded. There is no default: the scenario declares it.

/// The direction of one rounding, declared by the scenario's `[rounding]` table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Towards plus infinity.
    Up,
    /// Towards minus infinity.
    Down,
    /// To the nearest; a half goes away from zero.
    Nearest,
}

impl Direction {
    /// Reads the word of the scenario format.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Direction> {
        match word {
            "up" => Some(Direction::Up),
            "down" => Some(Direction::Down),
            "nearest" => Some(Direction::Nearest),
            _ => None,
        }
    }
}
