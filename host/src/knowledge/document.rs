//! A document is what an operator imports: a file's bytes, parsed into blocks of text under
//! headings, or into questions with their answers.

mod html;
mod markdown;
mod qa;
mod table;

use serde::{Deserialize, Serialize};

use super::metadata::Metadata;
use crate::message::MediaType;

/// What a document's bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Plain text.
    Txt,
    /// CommonMark, with optional front matter: `title`, `url`, and any other field as metadata.
    Markdown,
    /// HTML.
    Html,
    /// Comma-, semicolon- or tab-separated values with a header row. With a question and an
    /// answer column it is read as [`Format::Qa`].
    Csv,
    /// Questions and standard answers: CSV, markdown with questions as headings, or one JSON
    /// object a line.
    Qa,
}

impl Format {
    /// Names that a request or command line may use.
    pub const NAMES: [&str; 5] = ["txt", "markdown", "html", "csv", "qa"];

    /// The format with this name.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "txt" => Self::Txt,
            "markdown" | "md" => Self::Markdown,
            "html" => Self::Html,
            "csv" => Self::Csv,
            "qa" => Self::Qa,
            _ => return None,
        })
    }

    /// The format a file's name tells: `.qa.csv`, `.qa.md` and `.jsonl` are questions and answers.
    pub fn of_path(path: &str) -> Option<Self> {
        let path = path.to_ascii_lowercase();
        let (stem, extension) = path.rsplit_once('.')?;
        Some(match extension {
            "csv" | "tsv" | "md" | "markdown" | "json" | "jsonl" if stem.ends_with(".qa") => Self::Qa,
            "jsonl" => Self::Qa,
            "txt" | "text" => Self::Txt,
            "md" | "markdown" => Self::Markdown,
            "html" | "htm" | "xhtml" => Self::Html,
            "csv" | "tsv" => Self::Csv,
            _ => return None,
        })
    }
}

/// A parsed document.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Document {
    /// What the document calls itself.
    pub(super) title: Option<String>,
    /// Where the document says it lives.
    pub(super) url: Option<String>,
    /// What the document says of itself in fields of its own.
    pub(super) metadata: Metadata,
    pub(super) blocks: Vec<Block>,
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
    #[error("is neither UTF-8 nor GB18030 text; save it as UTF-8")]
    Encoding,
    #[error("is not text; only txt, markdown, HTML, CSV and Q&A files can be read")]
    Binary,
    #[error("line {line}: {message}")]
    Line { line: u64, message: String },
    #[error(
        "has no question and answer columns; name them `question` and `answer` (or 问题 and 答案) in the first row"
    )]
    Columns,
    #[error("holds no text")]
    Empty,
}

/// Parses a document's bytes.
pub(super) fn parse(bytes: &[u8], format: Format) -> Result<Document, ParseError> {
    let text = decode(bytes)?;
    let document = match format {
        Format::Txt => plain(text),
        Format::Markdown => markdown::parse(&text),
        Format::Html => html::parse(&text),
        Format::Csv => table::parse(&text)?,
        Format::Qa => qa::parse(&text)?,
    };
    if document.blocks.is_empty() { Err(ParseError::Empty) } else { Ok(document) }
}

/// What a piece of markdown reads like: the text without its marks.
pub(super) use markdown::plain_text;

/// UTF-8, UTF-16 with a byte order mark, or else GB18030, which GBK and GB2312 are part of.
fn decode(bytes: &[u8]) -> Result<String, ParseError> {
    let (encoding, skip) = encoding_rs::Encoding::for_bom(bytes).unwrap_or((encoding_rs::UTF_8, 0));
    let text = encoding
        .decode_without_bom_handling_and_without_replacement(&bytes[skip..])
        .or_else(|| encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(bytes))
        .ok_or(ParseError::Encoding)?;
    if text.contains('\0') {
        return Err(ParseError::Binary);
    }
    Ok(if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.into_owned() })
}

fn plain(text: String) -> Document {
    let blocks = if text.trim().is_empty() {
        Vec::new()
    } else {
        vec![Block::Prose { headings: Vec::new(), text, media_type: MediaType::Plain }]
    };
    Document { blocks, ..Document::default() }
}

/// The chain of headings at a place of a document that is read from top to bottom.
#[derive(Default)]
struct Headings(Vec<(u8, String)>);

impl Headings {
    /// A heading of this level (1 is outermost) ends all of its level and below.
    fn enter(&mut self, level: u8, text: String) {
        self.0.retain(|(above, _)| *above < level);
        if !text.is_empty() {
            self.0.push((level, text));
        }
    }

    fn chain(&self) -> Vec<String> {
        self.0.iter().map(|(_, text)| text.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_tells_the_format() {
        for (path, format) in [
            ("a/b.TXT", Some(Format::Txt)),
            ("faq.qa.csv", Some(Format::Qa)),
            ("faq.qa.md", Some(Format::Qa)),
            ("faq.jsonl", Some(Format::Qa)),
            ("table.csv", Some(Format::Csv)),
            ("page.htm", Some(Format::Html)),
            ("scan.pdf", None),
            ("README", None),
        ] {
            assert_eq!(Format::of_path(path), format, "{path}");
        }
    }

    #[test]
    fn text_is_utf8_or_gb18030() {
        let (gb, _, _) = encoding_rs::GB18030.encode("高考志愿");
        assert_eq!(decode(&gb).as_deref(), Ok("高考志愿"));
        assert_eq!(decode("\u{feff}高考\r\n志愿".as_bytes()).as_deref(), Ok("高考\n志愿"));
        assert_eq!(decode(b"\xff\xff\xff"), Err(ParseError::Encoding));
        assert_eq!(decode(b"PK\x00\x01"), Err(ParseError::Binary));
    }

    #[test]
    fn an_empty_document_is_an_error() {
        for format in [Format::Txt, Format::Markdown, Format::Html, Format::Csv] {
            assert_eq!(parse(b" \n ", format), Err(ParseError::Empty), "{format:?}");
        }
    }
}
