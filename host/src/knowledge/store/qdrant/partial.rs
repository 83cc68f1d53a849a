//! A partial is a window that a search has found, while its score is being put together.

use std::ops::RangeInclusive;

use super::ids::Spot;
use super::points::StoredWindow;

/// Sections whose neighbours in their document come along. More are wanted only before they are reranked.
const WITH_NEIGHBOURS: usize = 16;

/// A window while its score is being put together.
pub(super) struct Partial {
    pub(super) spot: Spot,
    /// What is stored of it, where the lists came with that.
    pub(super) window: Option<StoredWindow>,
    pub(super) dense: Option<f32>,
    pub(super) lexical: Option<f32>,
    /// Whether it was found as the asked question.
    pub(super) is_asked: bool,
}

/// Whether those around a hit of this rank come along.
pub(super) fn has_neighbours(rank: usize, context: bool) -> bool {
    context && rank < WITH_NEIGHBOURS
}

/// A window's section and as many on both sides of it. Some may not be there.
pub(super) fn around(spot: &Spot, reach: u32) -> RangeInclusive<u32> {
    spot.section.saturating_sub(reach)..=spot.section.saturating_add(reach)
}
