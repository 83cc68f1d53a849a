//! What stored questions are answered with.

use std::collections::HashSet;

use qdrant_client::qdrant::Filter;

use super::super::{StoreError, StoredAnswer};
use super::QdrantStore;
use super::corrections::StoredWording;
use super::points;
use super::read::PAGE;

impl QdrantStore {
    /// The answers of the questions with these keys: of very many those of as many wordings as are read at once.
    pub(super) async fn answers_to(&self, keys: &[String]) -> Result<Vec<StoredAnswer>, StoreError> {
        let Some(shape) = self.shape_if_there().await? else { return Ok(Vec::new()) };
        let with_keys = points::any_keyword(points::KEY, keys.iter().map(String::as_str));
        let wordings = self.wordings(Filter::must([with_keys]), shape).await?;
        let mut answers = Vec::new();
        for wordings in wordings.chunks(PAGE as usize) {
            answers.extend(self.answers_of(wordings).await?);
        }
        Ok(answers)
    }

    async fn answers_of(&self, wordings: &[StoredWording]) -> Result<Vec<StoredAnswer>, StoreError> {
        let points = |wording: &StoredWording| [wording.spot.document.clone(), wording.spot.section_id()];
        let texts = self.texts(wordings.iter().flat_map(points).collect()).await?;
        let answer = |StoredWording { key, spot, .. }: &StoredWording| {
            // One of a version that is being replaced answers nobody.
            let stored = texts.document(&spot.document)?;
            let section =
                texts.section(&spot.section_id()).filter(|_| spot.version.is_of(&stored.version))?;
            let (key, document) = (key.clone(), stored.info.id.clone());
            Some(StoredAnswer { key, document, answer: section.answer.clone()? })
        };
        let found: HashSet<StoredAnswer> = wordings.iter().filter_map(answer).collect();
        Ok(found.into_iter().collect())
    }
}
