//! A correction is a question with the answer that people have written for it, in documents that the base keeps for
//! itself. No import replaces or prunes them.

use super::base::Base;
use super::chunk::Pieces;
use super::correction_documents::{DOCUMENT, MOST_DOCUMENTS, correction_ids};
use super::document::Block;
use super::document::MAX_QUESTION;
use super::edit::{EditError, put_block};
use super::metadata::Metadata;
use super::store::{DocumentInfo, Store};
use super::switch::switch_section;
use super::terms::question_key;
use crate::clock;
use crate::message::MediaType;
use crate::texts;

/// Questions of one document: each write of one embeds all of them again.
const MOST_QUESTIONS: usize = 100;
/// Other ways to ask one question.
const MOST_VARIANTS: usize = 50;

/// A question with its right answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Correction {
    /// As a user asks it.
    pub question: String,
    /// Other ways to ask it, beside those there are.
    pub variants: Vec<String>,
    /// The stored answer, which is given out byte for byte.
    pub answer: String,
    /// How the answer is to be read; `None`: as the one before, or as plain text.
    pub media_type: Option<MediaType>,
}

/// Where a correction stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Corrected {
    /// The document's id.
    pub document: String,
    /// The section's place in it, from 0.
    pub section: u32,
}

impl Base {
    /// Adds a question with its answer. Where the question is known from an earlier correction, in whatever of its
    /// ways to be asked, its answer is replaced, and it is switched on.
    pub async fn correct(&self, correction: &Correction) -> Result<Corrected, EditError> {
        let correction = correction.checked()?;
        // Two at once would not see one another's question. No document's id has a control character.
        let mut time = self.store_time();
        let _lock = time.after_others(self.writes.lock("\0corrections")).await?;
        let find = async {
            loop {
                let (generation, store) = self.store().await?;
                let found = document_for(&*store, &correction).await;
                // In a generation that another process has just replaced, a question may be missing or be another's.
                if !self.has_moved(generation).await? {
                    return found;
                }
            }
        };
        let document = time.step(find).await?;
        let mut section = 0;
        let new = || Some(correction.new_document(&document));
        let change = |pieces: &mut Pieces| -> Result<(), EditError> {
            section = correction.put(pieces, self.settings.window_chars)?;
            Ok(())
        };
        self.change_or_add(&document, new, change, &mut time).await?;
        self.keep_probe().await;
        Ok(Corrected { document, section })
    }
}

/// The document that has the question, else one that has room.
async fn document_for(store: &dyn Store, correction: &Correction) -> Result<String, EditError> {
    let ids: Vec<String> = correction_ids().collect();
    let named: Vec<&str> = ids.iter().map(String::as_str).collect();
    let there = store.sound_documents(&named).await?;
    let mut with_room = None;
    let mut known = None;
    for id in ids {
        let stored = if there.contains_key(&id) { store.pieces(&id).await? } else { None };
        let pieces = stored.map(|(_, pieces)| pieces).unwrap_or_default();
        for (section, asked) in (0_u32..).zip(asked(&pieces)) {
            if has(&asked, &correction.question) {
                known.get_or_insert_with(|| id.clone());
            } else if let Some(variant) = correction.variants.iter().find(|variant| has(&asked, variant)) {
                return Err(EditError::Refused(format!(
                    "`{variant}` is a question of its own: section {section} of {id}; leave the variant out, or \
                     correct that one"
                )));
            }
        }
        if pieces.sections.len() < MOST_QUESTIONS {
            with_room.get_or_insert(id);
        }
    }
    known.or(with_room).ok_or_else(|| {
        EditError::Refused(format!(
            "the base holds {} corrections, as many as there may be; put them into a file of questions and \
             import it, then delete the documents {DOCUMENT} to {DOCUMENT}-{MOST_DOCUMENTS}",
            MOST_QUESTIONS * MOST_DOCUMENTS
        ))
    })
}

impl Correction {
    /// Without spaces around questions; refused where something is missing or too long.
    fn checked(&self) -> Result<Self, EditError> {
        let trimmed = |text: &String| text.trim().to_owned();
        let question = trimmed(&self.question);
        let variants = self.variants.iter().map(trimmed).filter(|variant| !variant.is_empty());
        let checked = Self { question, variants: variants.collect(), ..self.clone() };
        let asked = || std::iter::once(&checked.question).chain(&checked.variants);
        let wrong = if let Some(empty) = asked().find(|asked| question_key(asked).is_none()) {
            format!("the question `{empty}` has neither letter nor digit; write it as a user asks it")
        } else if asked().any(|asked| asked.chars().count() > MAX_QUESTION) {
            format!("a question may have {MAX_QUESTION} characters; shorten it")
        } else if checked.variants.len() > MOST_VARIANTS {
            format!("a question may have {MOST_VARIANTS} variants; leave out those that read alike")
        } else if checked.answer.trim().is_empty() {
            "the answer is empty; write what users are to read".to_owned()
        } else {
            return Ok(checked);
        };
        Err(EditError::Refused(wrong))
    }

    /// Puts the question into the document's pieces and gives its section.
    fn put(&self, pieces: &mut Pieces, window_chars: usize) -> Result<u32, EditError> {
        let known = asked(pieces);
        let place = known.iter().position(|asked| has(asked, &self.question));
        let section = u32::try_from(place.unwrap_or(pieces.sections.len())).unwrap_or(u32::MAX);
        // A question that is found by one of its variants keeps its own wording.
        let mut all: Vec<String> = place.and_then(|place| known.into_iter().nth(place)).unwrap_or_default();
        all.extend(std::iter::once(&self.question).chain(&self.variants).cloned());
        let mut variants: Vec<String> = Vec::new();
        for asked in all {
            if !has(&variants, &asked) {
                variants.push(asked);
            }
        }
        if variants.len() > MOST_VARIANTS + 1 {
            let text = format!("the question would have more than {MOST_VARIANTS} variants; leave some out");
            return Err(EditError::Refused(text));
        }
        let before = place.and_then(|place| pieces.sections.get(place)).map(|section| section.media_type);
        let question = variants.remove(0);
        let media_type = self.media_type.or(before).unwrap_or_default();
        switch_section(pieces, section, false);
        let block = Block::Question { question, variants, answer: self.answer.clone(), media_type };
        put_block(pieces, section, block, window_chars)?;
        Ok(section)
    }

    fn new_document(&self, id: &str) -> DocumentInfo {
        DocumentInfo {
            id: id.to_owned(),
            title: texts::CORRECTIONS.to_owned(),
            url: None,
            metadata: Metadata::default(),
            bytes: (self.question.len() + self.answer.len()) as u64,
            sections: 0,
            windows: 0,
            digest: DOCUMENT.to_owned(),
            imported_at: clock::seconds(),
            origin: None,
            notes: Vec::new(),
        }
    }
}

/// Every way to ask each section's question, its own wording first; also of sections that are switched off.
fn asked(pieces: &Pieces) -> Vec<Vec<String>> {
    let off = |section: &super::chunk::Section| -> Vec<String> {
        section.off.iter().flatten().filter_map(|window| window.question.clone()).collect()
    };
    let mut asked: Vec<Vec<String>> = pieces.sections.iter().map(off).collect();
    for window in &pieces.windows {
        if let Some(asked) = asked.get_mut(window.section as usize) {
            asked.push(window.text.clone());
        }
    }
    asked
}

/// Whether one of them is the same question but for punctuation, script and politeness.
fn has(asked: &[String], question: &str) -> bool {
    let key = question_key(question);
    asked.iter().any(|asked| asked == question || key.is_some() && question_key(asked) == key)
}

#[cfg(test)]
mod tests;
