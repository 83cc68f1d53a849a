//! Reading question files and corpora, liberally: JSON, one JSON object a line, tab-separated and
//! CSV, with or without a header, plain or gzipped, in UTF-8, UTF-16 or GB18030.
//!
//! What a file is, is seen from what it holds ([`FileKind`] names it where that fails). A line that
//! cannot be read is left out and named; a file of which nothing, or less than nine tenths, can be
//! read is refused.

mod corpus;
mod names;
mod objects;
mod questions;
mod rows;
mod squad;

use std::collections::HashMap;
use std::io::Read;

use super::question::Skipped;
use super::question_file::{QuestionFile, Questions};

pub use corpus::read_corpus;

/// Most bytes of a file once it is unpacked.
const MAX_BYTES: u64 = 1 << 30;

/// What a question file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// Paragraphs with questions (SQuAD, CMRC 2018, DRCD): a question should find its paragraph.
    Squad,
    /// Two questions and 1 where they mean the same, 0 where not (LCQMC).
    Pairs,
    /// Questions with ids, or text, of what is right.
    Questions,
}

/// How a question file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReadOptions {
    /// `None`: seen from what the file holds.
    pub kind: Option<FileKind>,
    /// What is right for each question stands in another file ([`read_qrels`]).
    pub right_elsewhere: bool,
}

/// A file that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {message}")]
pub struct ReadError {
    /// Its name.
    pub file: String,
    /// Line, cause and mend.
    pub message: String,
    /// The first lines that are none, where there are too many of them.
    pub skipped: Vec<Skipped>,
}

/// Reads a question file.
pub fn read(name: &str, bytes: &[u8], options: ReadOptions) -> Result<QuestionFile, ReadError> {
    let refuse = |message| ReadError { file: name.to_owned(), message, skipped: Vec::new() };
    let text = text_of(bytes).map_err(refuse)?;
    let mut skipped = Vec::new();
    let questions = match objects::parse(&text, &mut skipped).map_err(refuse)? {
        Some(json) => match squad::parse(&json, options.kind, &mut skipped) {
            Some(squad) => squad,
            None => questions::of_objects(objects::entries(json), options, &mut skipped).map_err(refuse)?,
        },
        None => {
            questions::of_rows(&rows::read(&text).map_err(refuse)?, options, &mut skipped).map_err(refuse)?
        }
    };
    let count = match &questions {
        Questions::Retrieval { questions, .. } => questions.len(),
        Questions::Pairs(pairs) => pairs.len(),
    };
    enough(count, &skipped).map_err(|message| unread(refuse(message), &skipped))?;
    Ok(QuestionFile { name: name.to_owned(), questions, skipped })
}

/// Reads which documents are right for which question: columns question id, document id and
/// relevance (above 0 is right) as in BEIR and MTEB, or TREC's four columns, or a JSON object of
/// `{"question id": {"document id": 1}}`.
pub fn read_qrels(name: &str, bytes: &[u8]) -> Result<HashMap<String, Vec<String>>, ReadError> {
    let refuse = |message| ReadError { file: name.to_owned(), message, skipped: Vec::new() };
    let text = text_of(bytes).map_err(refuse)?;
    let mut skipped = Vec::new();
    let mut right = HashMap::<String, Vec<String>>::new();
    let judged = match objects::parse(&text, &mut skipped).map_err(refuse)? {
        Some(json) => objects::judgements(objects::entries(json), &mut skipped),
        None => rows::judgements(&text, &mut skipped),
    };
    enough(judged.len(), &skipped).map_err(|message| unread(refuse(message), &skipped))?;
    for (question, document) in judged {
        let documents = right.entry(question).or_default();
        if !documents.contains(&document) {
            documents.push(document);
        }
    }
    Ok(right)
}

/// Lines that a refusal tells.
const TOLD: usize = 5;

fn unread(error: ReadError, skipped: &[Skipped]) -> ReadError {
    ReadError { skipped: skipped.iter().take(TOLD).cloned().collect(), ..error }
}

fn enough(count: usize, skipped: &[Skipped]) -> Result<(), String> {
    let first = || -> String { skipped.iter().take(TOLD).map(|skipped| format!("\n  {skipped}")).collect() };
    if count == 0 {
        return Err(format!("holds nothing that could be read{}", first()));
    }
    if skipped.len() * 10 > count + skipped.len() {
        let all = count + skipped.len();
        return Err(format!(
            "{} of {all} lines cannot be read, so it is probably meant otherwise; name what it holds with --format{}",
            skipped.len(),
            first()
        ));
    }
    Ok(())
}

/// The text of a file, unpacked and decoded.
fn text_of(bytes: &[u8]) -> Result<String, String> {
    let unpacked;
    let bytes = if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut all = Vec::new();
        let read = flate2::read::MultiGzDecoder::new(bytes).take(MAX_BYTES + 1).read_to_end(&mut all);
        read.map_err(|error| format!("is a damaged gzip file: {error}; fetch it again"))?;
        unpacked = all;
        &unpacked[..]
    } else {
        bytes
    };
    if bytes.len() as u64 > MAX_BYTES {
        return Err("has more than 1 GiB of text; split it".into());
    }
    let (encoding, skip) = encoding_rs::Encoding::for_bom(bytes).unwrap_or((encoding_rs::UTF_8, 0));
    let text = encoding
        .decode_without_bom_handling_and_without_replacement(&bytes[skip..])
        .or_else(|| encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(bytes))
        .ok_or("is neither UTF-8 nor GB18030 text; save it as UTF-8")?;
    if text.contains('\0') {
        return Err("is not text; give JSON, JSONL, TSV or CSV, plain or gzipped".into());
    }
    Ok(if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.into_owned() })
}

#[cfg(test)]
mod tests;
