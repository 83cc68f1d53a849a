//! A document is what an operator imports: a file's bytes, parsed into blocks of text under
//! headings, or into questions with their answers.
//!
//! Plain formats are parsed here, in one pass and in time and memory that grow with the file alone.
//! The others are left to a reader that is kept out of the host's process ([`ReadDocument`]).
//!
//! Text, markdown, CSV and Q&A are parsed in the host, in one pass each; HTML in markdown goes to the sandbox
//! as one page (`document/inserted.rs`). Every table, whatever it came in, passes `document/table.rs`, which
//! finds titles, header, groups and remarks in its first rows, and looks again at each row that may begin
//! another table (`Columns::may_begin`). What stands above or below it as its title (`document/caption.rs`) becomes a heading of its
//! rows, as the title rows of a file do. Questions are held until a table ends (`qa/batch.rs`), since equal
//! ones may need another column before them. Every text under headings passes `document/outline.rs`;
//! `document/plain.rs` cuts what is plain in it at its chapters (`chapter.rs`). Text without a mark is in the
//! encoding in which its characters are likeliest (`encoding/likely.rs`). PDF, Office documents, EPUB, HTML
//! and mail come from anywhere, and each of their parsers can be made to loop, recurse or allocate (an HTML
//! tree of gigabytes takes one megabyte of tags). So `knowledge` has them read through the trait
//! `ReadDocument`, and `plugin/read.rs` does it in the sandbox: a component with nothing to import but the
//! empty WASI, a fresh instance for each document, limits of memory, stack, time and output. It gives
//! headings, text, tables (with their header where the document says which rows it is) and notes; what they
//! become is the host's to say. Tables of HTML, Word and slides are put together in `grid.rs`, spans said in
//! each cell; the rows of a sheet go over as they stand, an empty row where rows are missing. What the
//! position of characters means is said in characters: `script.rs` (10⁵), `math.rs` (LaTeX),
//! `docx/numbering.rs` (第一条), `xlsx/format.rs` (15.5%). What a document hides or strikes out is left out and
//! told (`left_out.rs`). calamine gives neither formats nor hidden rows, so sheets are read in `xlsx/`. The
//! engine is made, and the component compiled, when the first such document comes. Its world in
//! `plugins/document-reader/wit` is private to one build of the host.
//!
//! What each limit is stands in docs/import.md; where it is kept: bytes of a file in `knowledge/document.rs`
//! and `source.rs` before it is read; time, memory and output of the reader in `plugin/read.rs` (a guest that
//! traps, is too slow or too large becomes the reason of its document); text and cells in the reader's
//! `output.rs`, so that the reason says more than a trap would; text and blocks in `Document::add`, which
//! every parser goes through, and windows in `import/prepare.rs`. Markdown's parser is linear in time on
//! every pattern we tried at 20 MiB, but keeps fifty bytes and more for each mark: `document/markdown.rs`
//! counts them first. HTML's parser looks through all open elements at each tag: the reader's `html.rs` feeds
//! it piece by piece and stops where the tree is too deep.

mod caption;
mod chapter;
mod content;
mod delimited;
mod encoding;
mod format;
mod inserted;
mod markdown;
mod outline;
mod parts;
mod plain;
mod plain_text;
mod qa;
mod table;
mod text;
mod unseen;

use std::collections::HashMap;
use std::ops::Range;

use tokio::task::JoinError;

use super::blocking::blocking;
use super::metadata::Metadata;
use crate::message::MediaType;

/// Most blocks or windows of one document, which is in memory as a whole until it is stored: with its
/// vector and terms a window has about 4 KB.
pub(super) const MAX_PIECES: usize = 100_000;
/// Most bytes of text a document may unfold to: each row of a table says the columns' names again,
/// and each block the headings above it.
const MAX_TEXT: usize = 64 << 20;
/// Most notes on one document: who has that many reads no more of them.
const MAX_NOTES: usize = 20;
/// Characters a note tells of a question.
pub(super) const QUESTION_TOLD: usize = 40;
/// Most lines a note names.
const LINES_TOLD: usize = 20;

/// A parsed document.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Document {
    /// What the document calls itself.
    pub(super) title: Option<String>,
    /// The name that it came under, which may say what it is: 常见问题.docx.
    pub(super) called: String,
    /// Where the document says it lives.
    pub(super) url: Option<String>,
    /// What the document says of itself in fields of its own.
    pub(super) metadata: Metadata,
    pub(super) blocks: Vec<Block>,
    /// Lines or places of questions without an answer, and answers without a question.
    pub(super) left_out: Vec<u64>,
    /// What else of the document did not go in, or may not be as it looks: whole sentences.
    pub(super) notes: Vec<String>,
    /// Which blocks are rows of tables, in their order.
    pub(super) tables: Vec<TableRows>,
    /// Cells of the table on its way that read otherwise than they were written, by their rows: answers stay as written.
    pub(super) written: HashMap<u64, Vec<WrittenCell>>,
    /// What the blocks hold, which is bounded.
    pub(super) size: Size,
    /// What was asked, as a hash of its key, with a hash of its answer and where it stands.
    pub(super) asked: HashMap<u64, (u64, u64)>,
    /// Questions with two answers, and where each stands.
    pub(super) ambiguous: Vec<(String, u64, u64)>,
    /// Tables of a text in which no row was likely to be the header.
    pub(super) without_header: usize,
    /// Notes there was no room for.
    pub(super) untold: usize,
}

/// A cell as it reads, for the search, and as it was written.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct WrittenCell {
    pub(super) plain: String,
    pub(super) source: String,
    pub(super) media_type: MediaType,
}

/// The rows of a table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TableRows {
    pub(super) blocks: Range<usize>,
    /// Lines above the table that are its titles and in no other block.
    pub(super) titles: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Size {
    bytes: usize,
    pieces: usize,
}

/// The note on questions with two answers, each with where they stand.
pub(super) fn two_answers<Q: AsRef<str>>(
    questions: impl ExactSizeIterator<Item = (Q, String)>,
) -> Option<String> {
    if questions.len() == 0 {
        return None;
    }
    let more = match questions.len().saturating_sub(LINES_TOLD) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let told = questions.take(LINES_TOLD).map(|(asked, places)| {
        let asked: String = asked.as_ref().chars().take(QUESTION_TOLD).collect();
        format!("{asked} ({places})")
    });
    let told = told.collect::<Vec<_>>().join(", ");
    Some(format!("two answers: {told}{more}; all are in, and one of them is given; leave one of each"))
}

impl Document {
    /// What an operator should know although the document goes in: what of it does not.
    pub(super) fn note(&self) -> Option<String> {
        let read_as = self.notes.iter().cloned();
        let more = self.untold.checked_sub(1).map(|more| format!("{} more", count(more + 1, "note")));
        let notes: Vec<String> = read_as
            .chain(more)
            .chain(self.missing())
            .chain(self.twice())
            .chain(self.as_they_stand())
            .collect();
        (!notes.is_empty()).then(|| notes.join("\n"))
    }

    /// Adds a note; of very many the first.
    fn tell(&mut self, note: String) {
        if self.notes.len() < MAX_NOTES {
            self.notes.push(note);
        } else {
            self.untold += 1;
        }
    }

    fn twice(&self) -> Option<String> {
        two_answers(
            self.ambiguous.iter().map(|(asked, first, second)| (asked, format!("{first} and {second}"))),
        )
    }

    fn as_they_stand(&self) -> Option<String> {
        let tables = self.without_header;
        let have = if tables == 1 { "has" } else { "have" };
        (tables > 0).then(|| {
            format!(
                "{} {have} no row that was likely to name the columns; the rows stand as they are",
                count(tables, "table")
            )
        })
    }

    /// Questions without an answer, and answers without a question.
    fn missing(&self) -> Option<String> {
        if self.left_out.is_empty() {
            return None;
        }
        let told: Vec<String> = self.left_out.iter().take(LINES_TOLD).map(u64::to_string).collect();
        let more = match self.left_out.len() - told.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        Some(format!(
            "left out for want of a question or an answer: line or place {}{more}; write both and import it again",
            told.join(", ")
        ))
    }

    /// Whether this block is a row of a table.
    fn is_tabular(&self, block: usize) -> bool {
        let table = self.tables.partition_point(|table| table.blocks.end <= block);
        self.tables.get(table).is_some_and(|table| table.blocks.contains(&block))
    }

    /// The titles that stand above this block, where it is the first row of its table.
    fn titles_above(&self, block: usize) -> &[String] {
        let table = self.tables.partition_point(|table| table.blocks.end <= block);
        let table = self.tables.get(table).filter(|table| table.blocks.start == block);
        table.map_or(&[], |table| &table.titles)
    }

    /// How a cell of the table's row `line` was written, where that is not what it reads like.
    fn as_written(&self, line: u64, cell: &str) -> Option<&WrittenCell> {
        self.written.get(&line)?.iter().find(|written| written.plain == cell)
    }

    fn take_blocks(&mut self) -> Vec<Block> {
        self.size = Size::default();
        self.tables = Vec::new();
        std::mem::take(&mut self.blocks)
    }

    /// An error where the document becomes more than it may be.
    fn add(&mut self, block: Block) -> Result<(), ParseError> {
        let all = |texts: &[String]| texts.iter().map(|text| text.len() + size_of::<String>()).sum::<usize>();
        let (bytes, pieces) = match &block {
            Block::Prose { headings, text, .. } => (all(headings) + text.len(), 1),
            Block::Question { question, variants, answer, .. } => {
                (question.len() + all(variants) + answer.len(), 1 + variants.len())
            }
        };
        self.size.bytes += bytes;
        self.size.pieces += pieces;
        if self.size.bytes > MAX_TEXT {
            return Err(ParseError::Text(MAX_TEXT >> 20));
        }
        if self.size.pieces > MAX_PIECES {
            return Err(ParseError::Pieces(MAX_PIECES));
        }
        self.blocks.push(block);
        Ok(())
    }
}

/// A piece of a document that belongs together.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Block {
    /// Text under one chain of headings.
    Prose {
        /// Outermost first.
        headings: Vec<String>,
        text: String,
        media_type: MediaType,
    },
    /// A question with its standard answer.
    Question {
        question: String,
        /// Other ways to ask the same.
        variants: Vec<String>,
        /// Byte for byte what is given out.
        answer: String,
        media_type: MediaType,
    },
}

/// Why a document cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum ParseError {
    #[error("is not {encoding} text: its byte {at} (from 0; line {line}) is wrong; save it as UTF-8")]
    Encoding {
        encoding: &'static str,
        /// Position of the wrong byte, counted from 0.
        at: usize,
        /// Line of the wrong byte, counted from 1.
        line: u64,
    },
    #[error(
        "is not UTF-8 text from its byte {at} on, and of no encoding that could be told; save it as UTF-8"
    )]
    UnknownEncoding { at: usize },
    #[error("is UTF-32 text, which is not read; save it as UTF-8")]
    Utf32,
    #[error("is not text, although its name says so")]
    Binary,
    #[error("line {line}: {message}")]
    Line { line: u64, message: String },
    #[error(
        "line {line}: a quote (\") opens a cell there and takes the rows below it in; close it, or write a quote that is \
         text as \"\" within a cell in quotes"
    )]
    Quote { line: u64 },
    #[error(
        "has no question and answer columns (its first row says: {0}); name them `question` and `answer` (or 问题 and 答案) in \
         the first row"
    )]
    Columns(String),
    #[error("nests quotes and lists more than {0} deep; save it anew")]
    Nesting(usize),
    #[error("its question in line or place {line} has more than {} characters; shorten it", qa::MAX_QUESTION)]
    Question { line: u64 },
    #[error("holds more than {0} marks and lines; split it, or name its format txt")]
    Marks(usize),
    #[error("unfolds to more than {0} MiB of text, its columns' names and headings repeated; split it")]
    Text(usize),
    #[error("holds more than {0} rows, sections or questions; split it")]
    Pieces(usize),
    #[error("holds no text")]
    Empty,
    #[error("holds no question with an answer: {0}")]
    NoAnswer(String),
    /// The reader of a format refused the document; this is its own message.
    #[error("{0}")]
    Other(String),
}

impl ParseError {
    /// The error for work on a thread of its own that did not come to its end.
    fn stopped(error: JoinError) -> Self {
        Self::Other(format!("could not be read: {error}"))
    }
}

/// Parses a document of a plain format that came under the name `called`. May take long, so call it from a
/// blocking thread.
pub(super) fn parse(bytes: Vec<u8>, format: Format, called: &str) -> Result<Document, ParseError> {
    // Cells of tables keep their line breaks.
    let may_be_table = matches!(format, Format::Csv | Format::Qa);
    let decoded = if may_be_table { text::decode_as_written(bytes) } else { text::decode(bytes) };
    let text::Decoded { text, note } = decoded?;
    let mut document = match format {
        Format::Markdown => {
            let seen = unseen::seen(text)?;
            let (folded, text) = qa::take_asking(seen.text);
            let text = markdown::parted(text)?;
            let mut document = markdown::parse(&text, &mut |_| None)?;
            qa::add_folded(folded, &mut document)?;
            document.notes.extend(seen.note);
            document
        }
        Format::Csv => delimited::parse(&text)?,
        Format::Qa => questions(&text)?,
        Format::Txt if delimited::is_pasted(&text) => delimited::parse(&text)?,
        _ => plain::parse(&text)?,
    };
    if matches!(format, Format::Txt | Format::Markdown) {
        called.clone_into(&mut document.called);
        qa::take_out_marked(&mut document, format)?;
    }
    let mut document = not_empty(document)?;
    document.notes.extend(note);
    Ok(document)
}

/// Questions with their answers: written ones, JSON, or else a table that must have columns for both.
fn questions(written: &str) -> Result<Document, ParseError> {
    let text = &*text::plain_breaks(written);
    let Some(document) = qa::parse(text)? else { return delimited::read(written, true) };
    // JSON and tables keep their answers byte for byte.
    if text.trim_start().starts_with(['{', '[']) {
        return Ok(document);
    }
    let seen = unseen::seen_with_struck(text.to_owned())?;
    let document = if seen.text == text { Some(document) } else { qa::parse(&seen.text)? };
    let mut document = document.ok_or(ParseError::Empty)?;
    document.notes.extend(seen.note);
    Ok(document)
}

/// Has a document of another format read, or markdown with what HTML is in it.
pub(super) async fn read(
    bytes: Vec<u8>,
    format: Format,
    called: &str,
    reader: &dyn ReadDocument,
) -> Result<Document, ParseError> {
    if format == Format::Markdown {
        return finished(inserted::read(bytes, reader).await?, format, called).await;
    }
    let (bytes, note) = match format {
        Format::Html => {
            let decoded = text::decode_page(bytes)?;
            (decoded.text.into_bytes(), decoded.note)
        }
        Format::Eml => (text::mail_with_likely_encoding(bytes), None),
        _ => (bytes, None),
    };
    let parsed = reader.read(bytes, format).await.map_err(ParseError::Other)?;
    let mut document = finished(parsed.into_document(format)?, format, called).await?;
    document.notes.extend(note);
    Ok(document)
}

/// The document with its marked questions taken out.
async fn finished(mut document: Document, format: Format, called: &str) -> Result<Document, ParseError> {
    called.clone_into(&mut document.called);
    let finish = move || {
        qa::take_out_marked(&mut document, format)?;
        not_empty(document)
    };
    blocking(finish, ParseError::stopped).await
}

/// How many there are of what `noun` names: 1 row, 2 rows.
fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

fn not_empty(document: Document) -> Result<Document, ParseError> {
    match document.missing() {
        _ if !document.blocks.is_empty() => Ok(document),
        Some(note) => Err(ParseError::NoAnswer(note)),
        None => Err(ParseError::Empty),
    }
}

pub(super) use content::{expect, is_page};
pub use format::Format;
#[cfg(test)]
pub(crate) use parts::nothing_reads;
pub use parts::{DocumentPart, Parsed, ReadDocument};
pub(crate) use text::file_name;

pub(super) use plain_text::plain_text;
pub(super) use qa::MAX_QUESTION;

#[cfg(test)]
mod tests;
