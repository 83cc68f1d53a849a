//! The shape of a collection: what hosts read and write its points by.

use super::ids::Ids;
use super::term_field::TermField;

/// The name of a new collection's dense vector. By that name a host knows how points are called and how windows hold their
/// terms: one of an earlier version finds no vector that it knows, and says so, where it would find no document by the ids
/// it knows, or count no window.
pub(super) const DENSE: &str = "window_2";

/// What a collection is like by the name of its dense vector.
pub(super) const FORMS: [(&str, Ids, TermField); 3] = [
    (DENSE, Ids::Placed, TermField::Words),
    ("window", Ids::Placed, TermField::Numbers),
    ("dense", Ids::Hashed, TermField::Numbers),
];

/// What a collection is like. But for its graph, it does not change as long as the collection is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CollectionShape {
    pub(super) dimensions: u64,
    /// How its points are called.
    pub(super) ids: Ids,
    /// How its windows hold their terms.
    pub(super) terms: TermField,
    /// The vector that windows are found by.
    pub(super) dense: &'static str,
    /// Whether there is a graph of near windows, which chooses those that are compared.
    pub(super) has_graph: bool,
    /// Whether windows are compared by bytes first.
    pub(super) has_bytes: bool,
    /// The sparse vector that long sections have, and short ones where ids are hashes. Collections of earlier versions
    /// have one for sections and windows, so that a search for windows goes through both.
    pub(super) sections: &'static str,
}

impl CollectionShape {
    /// Whether a collection that is made now is like it.
    pub(super) fn is_newest(&self) -> bool {
        self.dense == DENSE
    }
}
