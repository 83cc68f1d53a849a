//! The shape of a collection: what is the same as long as it is there.

use super::ids::Ids;

/// What a collection is like. It does not change as long as the collection is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CollectionShape {
    pub(super) dimensions: u64,
    /// How its points are called.
    pub(super) ids: Ids,
    /// The vector that windows are found by.
    pub(super) dense: &'static str,
    /// Whether there is a graph of near windows, which chooses those that are compared.
    pub(super) has_graph: bool,
    /// Whether windows are compared by bytes first.
    pub(super) has_bytes: bool,
    /// The sparse vector that long sections have, and short ones where ids are hashes. Collections of earlier versions have one for sections and windows, so
    /// that a search for windows goes through both.
    pub(super) sections: &'static str,
}
