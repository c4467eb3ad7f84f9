//! One thing that is wrong, or worth knowing.

use super::Code;
use super::Span;

/// Whether the input is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The input is refused.
    Fault,
    /// The input is played; the reader should know.
    Finding,
}

/// A fault or a finding: what, where, and the mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its entry in the one table of codes.
    pub code: Code,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// Where, if it has a place.
    pub span: Option<Span>,
    /// The path of the input or event it is about, if it is about one.
    pub path: Option<String>,
    /// What stands at that place.
    pub label: String,
    /// Other places that have a part in it.
    pub beside: Vec<(Span, String)>,
    /// The mends, nearest first.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// A diagnostic without a place.
    pub fn new(code: Code, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code,
            message: message.into(),
            span: None,
            path: None,
            label: String::new(),
            beside: Vec::new(),
            help: Vec::new(),
        }
    }

    /// Says where.
    #[must_use]
    pub fn at(mut self, span: Span) -> Diagnostic {
        self.span = Some(span);
        self
    }

    /// Says which input or event it is about.
    #[must_use]
    pub fn about(mut self, path: impl Into<String>) -> Diagnostic {
        self.path = Some(path.into());
        self
    }

    /// Says what stands there.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Diagnostic {
        self.label = label.into();
        self
    }

    /// Names another place that has a part in it.
    #[must_use]
    pub fn beside(mut self, span: Span, label: impl Into<String>) -> Diagnostic {
        self.beside.push((span, label.into()));
        self
    }

    /// Adds a mend.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help.push(help.into());
        self
    }

    /// Whether it refuses the input.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }
}
