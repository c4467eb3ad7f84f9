//! What is wrong with a scenario, where, and how to mend it.
//!
//! Takes texts and places in them, gives diagnostics. Lacks on purpose: drawing (that is `render`), and any
//! knowledge of scenarios. Every diagnostic has a code from one table, [`Code`].

mod bag;
mod code;
mod diagnostic;
mod source;
mod suggest;

pub use bag::Bag;
pub use code::Code;
pub use diagnostic::Diagnostic;
pub use diagnostic::Severity;
pub use source::Source;
pub use source::SourceId;
pub use source::Sources;
pub use source::Span;
pub use source::Spanned;
pub use suggest::nearest;
pub use suggest::one_of;
