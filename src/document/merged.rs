//! The document: every layer merged.

use crate::diagnostics::SourceId;

use super::merge::Dropped;
use super::merge::Removed;
use super::tree::Node;
use super::tree::TableNode;

/// One resolved tree, and where it came from.
#[derive(Debug, Clone)]
pub struct Document {
    /// The tree, cases taken out.
    pub root: TableNode,
    /// Every case that could be asked for, by id.
    pub cases: TableNode,
    /// The cases applied, in order.
    pub applied: Vec<String>,
    /// Keys that gave way to another alternative.
    pub dropped: Vec<Dropped>,
    /// Paths that were removed.
    pub removed: Vec<Removed>,
    /// The file asked for.
    pub entry: SourceId,
}

impl Document {
    /// What stands at a path: `round.mega.post_money`.
    #[must_use]
    pub fn node(&self, path: &str) -> Option<&Node> {
        let (folders, key) = path.rsplit_once('.').map_or((None, path), |(folders, key)| (Some(folders), key));
        let mut table = &self.root;
        for part in folders.into_iter().flat_map(|folders| folders.split('.')) {
            table = table.table(part)?;
        }
        table.get(key)
    }
}
