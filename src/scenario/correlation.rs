//! Figures that move together.

use crate::diagnostics::Span;

use super::ids::FigureId;

/// Two figures that are drawn together. Both have a spread.
#[derive(Debug, Clone)]
pub struct Correlation {
    /// The id.
    pub id: String,
    /// What people read.
    pub name: String,
    /// The two figures, never the same.
    pub between: [FigureId; 2],
    /// Their rank correlation, from -1 to 1.
    pub rank: FigureId,
    /// Where it is declared.
    pub span: Span,
}
