//! Corrections: by which of them the stored questions of a base are corrected. They are remembered as the counts are, so
//! that only a search after a write waits for them, beside its counts.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use qdrant_client::qdrant::{Filter, QueryPointsBuilder};

use super::super::StoreError;
use super::QdrantStore;
use super::ids::{Spot, VersionMark};
use super::points::{self, StoredWindow};
use super::shape::CollectionShape;
use crate::knowledge::correction_documents::correction_ids;

/// Wordings of corrections that are read, and of questions with their keys: one for each correction there may be. Of
/// more, the others correct their own wordings only.
const MOST_WORDINGS: u64 = 10_000;

/// The corrections of stored questions, by where those are: their document point, version and section.
#[derive(Default)]
pub(super) struct CorrectedEntries(HashMap<(String, VersionMark, u32), Vec<CorrectionSpot>>);

/// Where a correction is, and its question's bytes in the section's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CorrectionSpot {
    pub(super) spot: Spot,
    pub(super) range: Range<u32>,
    /// The key of the wording that it corrects.
    pub(super) key: String,
    /// Whether several questions have that wording. It does not say which of them is corrected, but for the one whose first
    /// wording it is, unless it is what is asked.
    pub(super) is_shared: bool,
}

impl CorrectedEntries {
    /// The corrections of the section that a window is in, one for each wording that has one, in their order.
    pub(super) fn of(&self, entry: &Spot) -> &[CorrectionSpot] {
        // Most bases have none.
        if self.0.is_empty() {
            return &[];
        }
        let place = (entry.document.clone(), entry.version.clone(), entry.section);
        self.0.get(&place).map(Vec::as_slice).unwrap_or_default()
    }

    /// `corrections` and `entries` are wordings, each in their order.
    fn new(corrections: Vec<StoredWording>, entries: Vec<StoredWording>) -> Self {
        let mut by_key = HashMap::new();
        for StoredWording { key, spot, range } in corrections {
            by_key.entry(key).or_insert((spot, range));
        }
        let mut asking = HashMap::<String, HashSet<String>>::new();
        for StoredWording { key, spot, .. } in &entries {
            asking.entry(key.clone()).or_default().insert(spot.section_id());
        }
        let mut corrected: HashMap<_, Vec<CorrectionSpot>> = HashMap::new();
        for StoredWording { key, spot: entry, .. } in entries {
            let Some((spot, range)) = by_key.get(&key).cloned() else { continue };
            let is_shared = asking.get(&key).is_some_and(|sections| sections.len() > 1);
            let place = (entry.document, entry.version, entry.section);
            corrected.entry(place).or_default().push(CorrectionSpot { spot, range, key, is_shared });
        }
        Self(corrected)
    }
}

/// One wording of a stored question.
pub(super) struct StoredWording {
    pub(super) key: String,
    pub(super) spot: Spot,
    range: Range<u32>,
}

impl QdrantStore {
    /// Which stored questions are corrected now.
    pub(super) async fn corrected(&self, shape: CollectionShape) -> Result<CorrectedEntries, StoreError> {
        let documents: Vec<String> = correction_ids().map(|id| shape.ids.document(&id)).collect();
        let of_corrections = points::any_keyword(points::DOCUMENT, documents.iter().map(String::as_str));
        let corrections = self.wordings(Filter::must([of_corrections.clone()]), shape).await?;
        if corrections.is_empty() {
            return Ok(CorrectedEntries::default());
        }
        let with_keys = points::any_keyword(points::KEY, corrections.iter().map(|one| one.key.as_str()));
        let entries = self
            .wordings(Filter { must_not: vec![of_corrections], ..Filter::must([with_keys]) }, shape)
            .await?;
        Ok(CorrectedEntries::new(corrections, entries))
    }

    /// The wordings of stored questions that are found by this, by their documents and in their order.
    pub(super) async fn wordings(
        &self,
        which: Filter,
        shape: CollectionShape,
    ) -> Result<Vec<StoredWording>, StoreError> {
        let mut filter = points::live();
        filter.must.extend(which.must);
        filter.must_not.extend(which.must_not);
        let query = QueryPointsBuilder::new(&self.collection)
            .filter(filter)
            .limit(MOST_WORDINGS)
            .with_payload(points::only(&points::WINDOW_FIELDS))
            .build();
        let found = self.query(vec![query]).await?.into_iter().flatten();
        let wording = |window: StoredWindow| {
            let spot = Spot { version: shape.ids.mark(&window.version), ..window.spot() };
            Some(StoredWording { key: window.key?, spot, range: window.range })
        };
        let mut wordings: Vec<StoredWording> =
            found.filter_map(|point| points::read_window(&point.payload).and_then(wording)).collect();
        wordings.sort_by(|a, b| {
            a.spot.document.cmp(&b.spot.document).then_with(|| a.spot.ordinal.cmp(&b.spot.ordinal))
        });
        Ok(wordings)
    }
}

#[cfg(test)]
mod tests;
