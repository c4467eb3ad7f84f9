//! What becomes of conditions: a column of the runway matrix.

use crate::diagnostics::Span;

use super::ids::ConditionId;

/// A column of the runway matrix.
#[derive(Debug, Clone)]
pub struct OutcomeColumn {
    /// The id.
    pub id: String,
    /// What people read.
    pub name: String,
    /// Conditions and whether they are met.
    pub conditions: Vec<(ConditionId, bool)>,
    /// Where it is declared.
    pub span: Span,
}
