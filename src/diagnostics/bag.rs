//! A bag that collects: a stage reports all faults it can find, and stops after the stage.

use super::Diagnostic;
use super::Severity;

/// Diagnostics as they are found.
#[derive(Debug, Clone, Default)]
pub struct Bag {
    all: Vec<Diagnostic>,
}

impl Bag {
    /// Puts one in. The same fault at the same place is kept once.
    pub fn add(&mut self, diagnostic: Diagnostic) {
        let repeated = self.all.iter().rev().take(64).any(|known| *known == diagnostic);
        if !repeated {
            self.all.push(diagnostic);
        }
    }

    /// Puts all of another bag in.
    pub fn extend(&mut self, other: Bag) {
        for diagnostic in other.all {
            self.add(diagnostic);
        }
    }

    /// Whether anything in it refuses the input.
    #[must_use]
    pub fn refuses(&self) -> bool {
        self.all.iter().any(|diagnostic| diagnostic.severity() == Severity::Fault)
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// All of them: by text and place, those without a place first.
    #[must_use]
    pub fn sorted(&self) -> Vec<&Diagnostic> {
        let mut all: Vec<&Diagnostic> = self.all.iter().collect();
        all.sort_by_key(|diagnostic| diagnostic.span);
        all
    }

    /// The faults, sorted.
    #[must_use]
    pub fn faults(&self) -> Vec<&Diagnostic> {
        self.with(Severity::Fault)
    }

    /// The findings, sorted.
    #[must_use]
    pub fn findings(&self) -> Vec<&Diagnostic> {
        self.with(Severity::Finding)
    }

    fn with(&self, severity: Severity) -> Vec<&Diagnostic> {
        self.sorted().into_iter().filter(|diagnostic| diagnostic.severity() == severity).collect()
    }
}
