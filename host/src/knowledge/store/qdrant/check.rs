//! Checking a collection: documents that are not whole, and points that belong to no document.

use std::collections::HashMap;

use qdrant_client::qdrant::with_payload_selector::SelectorOptions;
use qdrant_client::qdrant::{Filter, PayloadIncludeSelector, PointId, ScrollPointsBuilder};

use super::super::{StoreCheck, StoreError};
use super::points::{self, KIND_SECTION, KIND_WINDOW, StoredDocument, VersionParts};
use super::read::PAGE;
use super::write::{live, points_of};
use super::{QdrantStore, is_missing};

/// Points listed in one request: little is read of each.
const POINTS: u32 = 2048;

/// What is there of each version, by its document's point and its name.
type Versions = HashMap<(String, String), VersionParts>;

impl QdrantStore {
    /// Hosts may write meanwhile: what looks wrong in the listing is looked at once more by itself, and
    /// deleted only as long as it is what was seen.
    pub(super) async fn check_all(&self) -> Result<StoreCheck, StoreError> {
        let mut checked = StoreCheck::default();
        // The parts first: those of a document that is written meanwhile are not missed.
        let mut versions = self.all_parts().await?;
        let ids = self.ids().await?;
        let mut next = None;
        loop {
            let (page, after) = self.again(|| self.page(PAGE, next.clone())).await?;
            for stored in page {
                checked.documents += 1;
                let key = (ids.document(&stored.info.id), stored.version.clone());
                let parts = versions.remove(&key).unwrap_or_default();
                if !parts.are_all_of(&stored.info) {
                    self.mend(&stored.info.id, &mut checked).await?;
                }
            }
            match after {
                None => break,
                after => next = after,
            }
        }
        for (point, version) in versions.into_keys() {
            if self.is_left_over(&point, &version).await? {
                self.delete_where(points_of(&point, &version)).await?;
                checked.left_over += 1;
            }
        }
        Ok(checked)
    }

    async fn mend(&self, id: &str, checked: &mut StoreCheck) -> Result<(), StoreError> {
        let found = self.with_parts(&[id]).await?.pop();
        let Some((StoredDocument { info, version, .. }, parts)) = found else { return Ok(()) };
        if parts.are_all_of(&info) {
            return Ok(());
        }
        if parts.all == u64::from(info.sections) + u64::from(info.windows) {
            self.change(vec![live([version.as_str()])], None).await?;
            checked.mended.push(info.id);
        } else {
            self.delete_version(&self.ids().await?.document(id), &version).await?;
            checked.lost.push(info.id);
        }
        Ok(())
    }

    /// Whether no document has a version, and none will: it is not one that is being written.
    async fn is_left_over(&self, point: &str, version: &str) -> Result<bool, StoreError> {
        let found = self.stored(vec![point.to_owned()]).await?;
        let counted = found.get(point).map(|stored| stored.version.as_str());
        Ok(counted != Some(version)
            && (points::is_left_behind(version)
                || counted.is_some_and(|counted| points::is_older(version, counted))))
    }

    async fn all_parts(&self) -> Result<Versions, StoreError> {
        let fields = [points::KIND, points::DOCUMENT, points::VERSION, points::LIVE].map(str::to_owned);
        let mut versions = Versions::new();
        let mut next: Option<PointId> = None;
        loop {
            let mut request = ScrollPointsBuilder::new(&self.collection)
                .filter(Filter::should([points::kind(KIND_SECTION), points::kind(KIND_WINDOW)]))
                .limit(POINTS)
                .with_payload(SelectorOptions::Include(PayloadIncludeSelector { fields: fields.to_vec() }));
            if let Some(from) = next {
                request = request.offset(from);
            }
            let scroll = || async {
                match self.client.scroll(request.clone()).await {
                    Ok(answer) => Ok(Some(answer)),
                    Err(error) if is_missing(&error) => Ok(None),
                    Err(error) => Err(self.failed(error)),
                }
            };
            let Some(answer) = self.again(scroll).await? else { break };
            for point in &answer.result {
                if let Some((version, is_live)) = points::read_part(&point.payload) {
                    let parts = versions.entry(version).or_default();
                    parts.all += 1;
                    parts.live += u64::from(is_live);
                }
            }
            next = answer.next_page_offset;
            if next.is_none() {
                break;
            }
        }
        Ok(versions)
    }
}
