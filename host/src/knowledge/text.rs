//! A document's text as it is stored, for those who want all of it.

use super::base::Base;
use super::chunk::Section;
use super::store::{DocumentInfo, StoreError};
use crate::message::MediaType;

/// A document with its whole text.
#[derive(Debug, Clone)]
pub struct DocumentText {
    /// What is known of it.
    pub info: DocumentInfo,
    /// In the document's order; together they are its text.
    pub sections: Vec<SectionText>,
}

/// A stretch of a document under one chain of headings, or one question with its answer.
#[derive(Debug, Clone)]
pub struct SectionText {
    /// Outermost first.
    pub headings: Vec<String>,
    /// Never longer than a store's section.
    pub text: String,
    /// How the text is to be read.
    pub media_type: MediaType,
}

impl Base {
    /// One document's whole text; `None` where there is none with this id.
    pub async fn text(&self, document_id: &str) -> Result<Option<DocumentText>, StoreError> {
        let Some((info, pieces)) = self.store().await?.1.pieces(document_id).await? else { return Ok(None) };
        let is_on = |section: &Section| section.off.is_none();
        let sections = pieces.sections.into_iter().filter(is_on).map(|section| SectionText {
            headings: section.headings,
            text: section.text,
            media_type: section.media_type,
        });
        Ok(Some(DocumentText { info, sections: sections.collect() }))
    }
}
