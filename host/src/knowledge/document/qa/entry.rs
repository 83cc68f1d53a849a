//! An entry is one question with its answer on their way into a document.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::RangeInclusive;

use crate::knowledge::document::table::is_question;
use crate::knowledge::document::{Block, Document, ParseError};
use crate::knowledge::terms::question_key;
use crate::message::MediaType;

/// Most characters of a question or variant: it is matched as a whole.
pub(in crate::knowledge) const MAX_QUESTION: usize = 2000;

/// Questions without a question mark that `、` separates, at least, and characters of each: two may be one that asks for two
/// things, 怎么报名、怎么缴费.
const FEWEST_LISTED: usize = 3;
const LISTED: RangeInclusive<usize> = 3..=60;

/// Adds the ways to ask that a text names: by `|`, a semicolon, `##` or a line break, by `、` where each part asks, or as a JSON
/// array.
pub(super) fn split_variants(text: &str, variants: &mut Vec<String>) {
    if text.trim_start().starts_with('[')
        && let Ok(listed) = serde_json::from_str::<Vec<String>>(text)
    {
        variants.extend(listed);
        return;
    }
    let parts = text.split(['|', '｜', '\n', ';', '；']).flat_map(|part| part.split("##"));
    // Some write three of them.
    let parts = parts.map(|part| part.trim_start_matches('#').trim());
    variants.extend(parts.flat_map(listed).filter(|part| !part.is_empty()).map(str::to_owned));
}

/// The questions that `、` separates. 身份证、户口本怎么补办 is one, and so is what has its question mark at the end only.
fn listed(text: &str) -> Vec<&str> {
    let parts: Vec<&str> = text.split('、').map(str::trim).filter(|part| !part.is_empty()).collect();
    let has_mark = |part: &&str| part.ends_with(['？', '?']);
    let is_separate = if parts.iter().any(has_mark) {
        parts.iter().rev().skip(1).all(has_mark)
    } else {
        parts.len() >= FEWEST_LISTED
    };
    let asks = |part: &&str| LISTED.contains(&part.chars().count()) && is_question(part);
    if is_separate && parts.iter().all(asks) { parts } else { vec![text] }
}

pub(super) struct QaEntry {
    pub(super) question: String,
    pub(super) variants: Vec<String>,
    pub(super) answer: String,
    pub(super) media_type: MediaType,
}

impl QaEntry {
    /// An entry as text has it: other ways to ask stand behind the question, parted by a bar.
    pub(super) fn written(asked: &str, answer: String, media_type: MediaType) -> Self {
        let mut asked = asked.split(['|', '｜']).map(|part| part.trim().to_owned());
        let question = asked.next().unwrap_or_default();
        Self { question, variants: asked.collect(), answer, media_type }
    }

    /// Adds it, or notes that its question or answer is missing. `line` is where it stands. Gives how many other ways to ask
    /// went in with it.
    pub(super) fn add(self, line: u64, document: &mut Document) -> Result<Option<usize>, ParseError> {
        let question = self.question.trim().to_owned();
        if question.is_empty() && self.answer.trim().is_empty() && self.variants.is_empty() {
            // A table's end, as spreadsheets write it.
            return Ok(None);
        }
        if question.is_empty() || self.answer.trim().is_empty() {
            document.left_out.push(line);
            return Ok(None);
        }
        let variants = self.variants.into_iter().map(trimmed);
        let variants: Vec<String> =
            variants.filter(|variant| !variant.is_empty() && *variant != question).collect();
        if variants.iter().chain([&question]).any(|asked| asked.chars().count() > MAX_QUESTION) {
            return Err(ParseError::Question { line });
        }
        for asked in variants.iter().chain([&question]) {
            let Some(key) = question_key(asked) else { continue };
            let (key, answer) = (hash(&key), hash(&self.answer.trim()));
            match document.asked.get(&key) {
                Some(&(other, at)) if other != answer => document.ambiguous.push((asked.clone(), at, line)),
                Some(_) => {}
                None => _ = document.asked.insert(key, (answer, line)),
            }
        }
        let others = variants.len();
        let (answer, media_type) = (self.answer, self.media_type);
        document.add(Block::Question { question, variants, answer, media_type })?;
        Ok(Some(others))
    }
}

pub(super) fn hash(text: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// Takes away the space around a text. A file may hold millions: what needs no trimming is not copied.
fn trimmed(text: String) -> String {
    match text.trim() {
        trimmed if trimmed.len() < text.len() => trimmed.to_owned(),
        _ => text,
    }
}
