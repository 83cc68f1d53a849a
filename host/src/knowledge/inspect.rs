//! What is in a base, for whoever looks: a document's sections as they were cut, with their windows.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::base::{Base, BaseError};
use super::chunk::{CHUNKING_VERSION, OffWindow, Pieces, Section};
use super::digest::{before_edits, of_content};
use super::store::{
    DocumentFilter, DocumentInfo, DocumentPage, DocumentQuery, DocumentTotals, NewDocument, StoreError,
};
use super::switch::switched_off;
use crate::message::MediaType;

/// A section as it was cut.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SectionView {
    /// Its place in the document, from 0.
    pub id: u32,
    /// The headings above it, outermost first.
    pub section: Vec<String>,
    /// `question` for one with a standard answer, else `text`.
    pub kind: &'static str,
    /// What is shown of it.
    pub text: String,
    /// How the text, or the answer, is to be read.
    pub media_type: MediaType,
    /// Where it is a question: the question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// Where it is a question: other ways to ask it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<String>,
    /// Where it is a question: its answer, byte for byte.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// What is matched: the first character of each window in the text, and the one behind its last. Of a question each
    /// way to ask is one.
    pub windows: Vec<[usize; 2]>,
    /// Whether it is switched off, so that nothing finds it.
    pub off: bool,
}

/// A document, with some of its sections.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// What is known of it.
    #[serde(flatten)]
    pub document: DocumentInfo,
    /// Only for a document that is not stored: `new`, `replaces` an older one, or `unchanged`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'static str>,
    /// In the document's order; of very many the first.
    #[serde(rename = "cut")]
    pub sections: Vec<SectionView>,
}

impl Preview {
    pub(super) fn of(document: NewDocument, state: &'static str) -> Self {
        let (document, pieces) = document.into_pieces();
        Self { document, state: Some(state), sections: views(&pieces) }
    }
}

impl Base {
    /// The documents of this origin, each with the digest of the content that was imported, whatever was changed in it
    /// here since. Of the generation that serves, also where another process has just switched: what is held is not
    /// fetched again.
    pub async fn held(&self, origin: &str) -> Result<BTreeMap<String, String>, StoreError> {
        let filter = DocumentFilter { origin: Some(origin.to_owned()), ..DocumentFilter::default() };
        let query = &DocumentQuery { limit: usize::MAX, filter, ..DocumentQuery::default() };
        let page = self.told_by_serving(|store| async move { store.documents_page(query).await }).await?;
        let found = page.documents.into_iter();
        Ok(found.map(|document| (document.id, before_edits(&document.digest).to_owned())).collect())
    }

    /// The part of a document's digest that says its content; `None` where an old one has no such part.
    pub fn content_in(digest: &str) -> Option<&str> {
        of_content(digest)
    }

    /// How documents are cut. Those that were cut another way must be imported anew, whatever their content.
    pub fn recipe(&self) -> String {
        format!("{CHUNKING_VERSION}/{}", self.settings.window_chars)
    }

    /// Some of the documents, by id.
    pub async fn documents_page(&self, query: &DocumentQuery) -> Result<DocumentPage, StoreError> {
        self.store().await?.1.documents_page(query).await
    }

    /// When those of these documents were imported that there are, in seconds since 1970.
    pub async fn imported_at(&self, ids: &[String]) -> Result<HashMap<String, u64>, StoreError> {
        self.store().await?.1.imported_at(ids).await
    }

    /// The name of the embedder whose vectors serve; the configured one's where there are none yet.
    pub async fn serving_embedder(&self) -> Result<String, BaseError> {
        Ok(self.now().await?.embedder.name().to_owned())
    }

    /// Why the store is not asked, where it is known to be away.
    pub fn is_away(&self) -> Option<String> {
        self.shelf.away().map(|open| open.to_string())
    }

    /// The documents in figures.
    pub async fn totals(&self) -> Result<DocumentTotals, StoreError> {
        self.store().await?.1.totals().await
    }

    /// A document with its sections from the place `from` on, at most `limit`; `None` where there is none with this id.
    pub async fn sections_of(
        &self,
        id: &str,
        from: u32,
        limit: usize,
    ) -> Result<Option<Preview>, StoreError> {
        let Some((document, pieces)) = self.store().await?.1.pieces(id).await? else { return Ok(None) };
        let sections = views(&pieces).into_iter().skip(from as usize).take(limit).collect();
        Ok(Some(Preview { document, state: None, sections }))
    }
}

impl BaseError {
    /// Whether no configured embedder makes vectors that can be compared with those stored.
    pub fn is_other_embedder(&self) -> bool {
        matches!(self, Self::OtherEmbedder { .. })
    }
}

fn views(pieces: &Pieces) -> Vec<SectionView> {
    let mut windows: Vec<Vec<OffWindow>> = vec![Vec::new(); pieces.sections.len()];
    for window in &pieces.windows {
        let is_question =
            pieces.sections.get(window.section as usize).is_some_and(|section| section.answer.is_some());
        if let Some(of_section) = windows.get_mut(window.section as usize) {
            of_section.push(switched_off(window, is_question));
        }
    }
    let views = pieces.sections.iter().zip(windows).zip(0_u32..);
    views.map(|((section, windows), id)| view(section, section.off.clone().unwrap_or(windows), id)).collect()
}

fn view(section: &Section, windows: Vec<OffWindow>, id: u32) -> SectionView {
    let characters = |byte: u32| section.text.get(..byte as usize).map_or(0, |before| before.chars().count());
    let mut asked = windows.iter().filter_map(|window| window.question.clone());
    let question = asked.next().filter(|_| section.answer.is_some());
    SectionView {
        id,
        section: section.headings.clone(),
        kind: if section.answer.is_some() { "question" } else { "text" },
        text: section.text.clone(),
        media_type: section.media_type,
        variants: if question.is_some() { asked.collect() } else { Vec::new() },
        question,
        answer: section.answer.clone(),
        windows: windows
            .iter()
            .map(|window| [characters(window.range.start), characters(window.range.end)])
            .collect(),
        off: section.off.is_some(),
    }
}
