//! Changing what is in a base: a section's text, a question, its answer; switching documents and sections off and on.
//! Questions that are added one by one are in [`correct`](super::correct).
//!
//! What is switched off has no windows, so that no search on any store can find it; its section keeps what they were.
//! An import of the same content leaves a changed document as it is; one of new content takes its place, and what is said there
//! as before stays off, as does a document of several sections that was off as a whole (`import/changes.rs`).
//!
//! What is changed in a base (`knowledge/edit.rs`) is written like an import. A section that is switched off
//! has no windows and keeps what they were, so that neither store has to know of it. The document's digest
//! then ends with a mark behind a `+`: an import compares what stands before it.

use serde::Deserialize;

use super::base::{Base, BaseError};
use super::chunk::{Pieces, Window, cut};
use super::digest::edited;
use super::document::{Block, Document};
use super::import::embed_again;
use super::store::{DocumentInfo, StoreError};
use super::store_time::StoreTime;
use super::switch::{switch_all, switch_section};

/// Bytes of a section's new text.
const MAX_TEXT: usize = 64 << 10;

/// What is to become of a section; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SectionChange {
    /// The new text of a section that is not a question.
    pub text: Option<String>,
    /// The new question of a section that is one.
    pub question: Option<String>,
    /// Other ways to ask it, instead of those there are.
    pub variants: Option<Vec<String>>,
    /// Byte for byte what is given out.
    pub answer: Option<String>,
    /// Whether it is switched off.
    pub off: Option<bool>,
}

/// Why a document was not changed.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// The base cannot be used.
    #[error(transparent)]
    Base(#[from] BaseError),
    /// What is wrong with the change, and what to do.
    #[error("{0}")]
    Refused(String),
}

impl From<StoreError> for EditError {
    fn from(error: StoreError) -> Self {
        Self::Base(error.into())
    }
}

impl Base {
    /// Switches a document off, so that nothing finds it, or on again. `None` where there is none with this id.
    pub async fn switch(&self, id: &str, off: bool) -> Result<Option<DocumentInfo>, EditError> {
        self.change(id, |pieces| {
            switch_all(pieces, off);
            Ok(())
        })
        .await
    }

    /// Changes the section at this place. `None` where there is no document with this id.
    pub async fn change_section(
        &self,
        id: &str,
        section: u32,
        change: &SectionChange,
    ) -> Result<Option<DocumentInfo>, EditError> {
        self.change(id, |pieces| change_section(pieces, section, change, self.settings.window_chars)).await
    }

    /// Reads a document, changes it and writes it, while nobody else of this process writes it; where another process does,
    /// again with what that has written.
    async fn change(
        &self,
        id: &str,
        change: impl FnMut(&mut Pieces) -> Result<(), EditError>,
    ) -> Result<Option<DocumentInfo>, EditError> {
        self.change_or_add(id, || None, change, &mut self.store_time()).await
    }

    /// The same, in what is left of the store's time; where there is no document with this id, `new` may be one.
    pub(super) async fn change_or_add(
        &self,
        id: &str,
        new: impl Fn() -> Option<DocumentInfo>,
        mut change: impl FnMut(&mut Pieces) -> Result<(), EditError>,
        time: &mut StoreTime,
    ) -> Result<Option<DocumentInfo>, EditError> {
        let _lock = time.after_others(self.writes.lock(id)).await?;
        loop {
            let now = self.now_within(time).await?;
            let stored = time.step(now.store.pieces(id)).await?;
            let read = stored.as_ref().map(|(info, _)| info.clone());
            let stored = stored.or_else(|| Some((new()?, Pieces::default())));
            let changed = stored.map(|(info, before)| {
                let mut pieces = before.clone();
                change(&mut pieces)?;
                let is_changed = pieces != before;
                Ok::<_, EditError>((info, is_changed.then_some(pieces)))
            });
            let (mut info, pieces) = match changed {
                Some(Ok((info, Some(pieces)))) => (info, pieces),
                unwritten => {
                    // What is told without a write must be true of the generation that serves as well.
                    if time.step(self.has_moved(now.generation)).await? {
                        continue;
                    }
                    return unwritten.transpose().map(|told| told.map(|(info, _)| info));
                }
            };
            info.digest = edited(&info.digest);
            info.sections = u32::try_from(pieces.sections.len()).unwrap_or(u32::MAX);
            info.windows = u32::try_from(pieces.windows.len()).unwrap_or(u32::MAX);
            let document = embed_again(info, pieces, &now.embedder, self.expects(&now)).await?;
            let info = document.info.clone();
            time.grow_for(document.windows.len());
            // Another process may have written it meanwhile, or deleted it: then the change is made of what is there now.
            let written = async {
                let is_written = now.store.replace_document(read.as_ref(), document).await?;
                let has_moved = self.has_moved(now.generation).await;
                has_moved.map(|has_moved| is_written && !has_moved)
            };
            if time.step(written).await? {
                return Ok(Some(info));
            }
        }
    }
}

fn change_section(
    pieces: &mut Pieces,
    section: u32,
    change: &SectionChange,
    window_chars: usize,
) -> Result<(), EditError> {
    let SectionChange { text, question, variants, answer, off } = change;
    let refused = |message: String| Err(EditError::Refused(message));
    let Some(old) = pieces.sections.get(section as usize).cloned() else {
        return refused(format!("the document has no section {section}; it has {}", pieces.sections.len()));
    };
    let is_off = old.off.is_some();
    if text.is_some() || question.is_some() || variants.is_some() || answer.is_some() {
        switch_section(pieces, section, false);
        let block = match &old.answer {
            Some(_) if text.is_some() => {
                return refused("the section is a question; change its question, variants or answer".into());
            }
            Some(old_answer) => {
                let mut asked = pieces
                    .windows
                    .iter()
                    .filter(|window| window.section == section)
                    .map(|window| window.text.clone());
                let old_question = asked.next().unwrap_or_default();
                let old_variants: Vec<String> = asked.collect();
                let trimmed = |text: &String| text.trim().to_owned();
                let question = question.as_ref().map(trimmed).unwrap_or(old_question);
                let answer = answer.clone().unwrap_or_else(|| old_answer.clone());
                if question.is_empty() || answer.trim().is_empty() {
                    return refused(
                        "a question and its answer must have text; to hide them set \"off\": true".into(),
                    );
                }
                let variants =
                    variants.as_ref().map_or(old_variants, |given| given.iter().map(trimmed).collect());
                let variants = variants.into_iter().filter(|variant| !variant.is_empty()).collect();
                Block::Question { question, variants, answer, media_type: old.media_type }
            }
            None if question.is_some() || variants.is_some() || answer.is_some() => {
                return refused("the section is not a question; change its text".into());
            }
            None => {
                let text = text.clone().unwrap_or_default();
                Block::Prose { headings: old.headings.clone(), text, media_type: old.media_type }
            }
        };
        put_block(pieces, section, block, window_chars)?;
    }
    switch_section(pieces, section, off.unwrap_or(is_off));
    Ok(())
}

/// Puts a section made of this block at its place, which may be the one behind the last.
pub(super) fn put_block(
    pieces: &mut Pieces,
    section: u32,
    block: Block,
    window_chars: usize,
) -> Result<(), EditError> {
    let refused = |message: String| Err(EditError::Refused(message));
    let size = match &block {
        Block::Prose { text, .. } => text.len(),
        Block::Question { question, variants, answer, .. } => {
            question.len() + answer.len() + variants.iter().map(String::len).sum::<usize>()
        }
    };
    if size > MAX_TEXT {
        return refused(format!("the section would have more than {} KiB; shorten it", MAX_TEXT >> 10));
    }
    let made = cut(&Document { blocks: vec![block], ..Document::default() }, window_chars);
    let (mut sections, windows) = (made.sections, made.windows);
    let (Some(new), true) = (sections.pop(), sections.is_empty() && !windows.is_empty()) else {
        return refused(
            "the text must have words, and be short enough for one section (1,600 characters)".into(),
        );
    };
    match pieces.sections.get_mut(section as usize) {
        Some(place) => *place = new,
        None => pieces.sections.push(new),
    }
    pieces.windows.retain(|window| window.section != section);
    pieces.windows.extend(windows.into_iter().map(|window| Window { section, ..window }));
    pieces.windows.sort_by_key(|window| window.section);
    Ok(())
}

#[cfg(test)]
mod tests;
