//! A scenario file as a document: texts read into one tree in which every value knows its file and line.
//!
//! Takes texts (through [`Files`], so that it touches no disk itself), the format's declaration, cases and
//! `--set`. Gives a [`Document`]: one resolved tree. Lacks on purpose: what the values mean together; that is
//! `scenario`.

mod agree;
mod complete;
mod edit;
mod literal;
mod load;
mod merge;
mod merged;
mod read;
mod resolved;
mod text;
mod tree;

pub use agree::agree;
pub use edit::kind_at;
pub use literal::typed;
pub use load::FileRefusal;
pub use load::FileText;
pub use load::Files;
pub use load::Request;
pub use load::load;
pub use merge::Dropped;
pub use merge::Removed;
pub use merged::Document;
pub use resolved::Line;
pub use resolved::inputs;
pub use resolved::resolved;
pub use tree::Amount;
pub use tree::Detail;
pub use tree::Entry;
pub use tree::Figure;
pub use tree::Leaf;
pub use tree::Literal;
pub use tree::Node;
pub use tree::TableNode;
pub use tree::Value;
