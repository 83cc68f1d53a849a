//! What a reader of another format gives: a document's headings, text and tables, from top to bottom.

use async_trait::async_trait;
use csv::StringRecord;

use crate::message::MediaType;

use super::outline::{Bare, Outline};
use super::table::{Header, Within};
use super::{Document, Format, ParseError};

/// Reads formats whose parsers are kept out of the host's own process, because a file can make them
/// loop, recurse or fill the memory: PDF, DOCX, XLSX, and HTML (in UTF-8). It answers within limits
/// of time and memory, whatever the file.
#[async_trait]
pub trait ReadDocument: Send + Sync + std::fmt::Debug {
    /// The error says, after the document's name, what is wrong and what to do.
    async fn read(&self, bytes: Vec<u8>, format: Format) -> Result<Parsed, String>;
}

/// A document as its reader gives it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parsed {
    /// What the document calls itself.
    pub title: Option<String>,
    /// Where the document says it lives.
    pub url: Option<String>,
    /// From top to bottom.
    pub parts: Vec<Part>,
    /// What of the document did not go in, or may not be as it looks: whole sentences for the operator.
    pub notes: Vec<String>,
}

/// A part of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Ends all of its level and below.
    Heading {
        /// 1 is outermost.
        level: u8,
        /// Without line breaks.
        text: String,
    },
    /// A paragraph, a list item or a line. Those under one heading belong together.
    Text(String),
    /// Rows of cells.
    Table {
        /// How many of the first rows name the columns, where the document says so itself.
        header_rows: Option<usize>,
        /// From top to bottom, cells from left to right.
        rows: Vec<Vec<String>>,
    },
}

impl Parsed {
    /// What the host makes of it.
    pub(super) fn into_document(self, format: Format) -> Result<Document, ParseError> {
        let document =
            Document { title: self.title, url: self.url, notes: self.notes, ..Document::default() };
        // A sheet without rows has a name as well.
        let bare = if format == Format::Xlsx { Bare::Dropped } else { Bare::Kept };
        let mut outline = Outline::new(document, MediaType::Plain, bare);
        let mut text = String::new();
        for part in self.parts {
            match part {
                Part::Text(more) => {
                    if !text.is_empty() {
                        text.push('\n');
                    }
                    text.push_str(&more);
                }
                part => {
                    outline.text(&std::mem::take(&mut text), MediaType::Plain)?;
                    add_part(&mut outline, part, format)?;
                }
            }
        }
        outline.text(&text, MediaType::Plain)?;
        outline.end()
    }
}

/// Adds a part that a reader gave.
pub(super) fn add_part(outline: &mut Outline, part: Part, format: Format) -> Result<(), ParseError> {
    match part {
        Part::Heading { level, text } => outline.heading(level, text),
        Part::Text(text) => outline.text(&text, MediaType::Plain),
        Part::Table { header_rows, rows } => {
            let header = header_rows.map_or(Header::Unsaid, Header::Said);
            let within = if format == Format::Xlsx { Within::File } else { Within::Text };
            outline.table(rows.into_iter().map(StringRecord::from), header, within)
        }
    }
}

/// For tests that import plain formats only.
#[cfg(test)]
pub(crate) fn nothing_reads() -> std::sync::Arc<dyn ReadDocument> {
    #[derive(Debug)]
    struct Nothing;

    #[async_trait]
    impl ReadDocument for Nothing {
        async fn read(&self, _: Vec<u8>, format: Format) -> Result<Parsed, String> {
            Err(format!("nothing reads {format:?} here"))
        }
    }

    std::sync::Arc::new(Nothing)
}

#[cfg(test)]
mod tests {
    use super::super::Block;
    use super::*;

    #[test]
    fn text_is_gathered_under_its_headings_and_tables_are_read_like_csv() {
        let heading = |level, text: &str| Part::Heading { level, text: text.into() };
        let rows = |rows: &[&[&str]]| {
            let rows = rows.iter().map(|row| row.iter().map(|&cell| cell.to_owned()).collect()).collect();
            Part::Table { header_rows: None, rows }
        };
        let parts = vec![
            Part::Text("序。".into()),
            heading(1, "一"),
            Part::Text("甲。".into()),
            Part::Text("乙。".into()),
            heading(2, "表"),
            rows(&[&["院校", "", "分数"], &["甲大学", "北京", "600", "注"]]),
            heading(1, "问"),
            rows(&[&["问题", "答案"], &["你是谁？", "助手。"]]),
        ];
        let document = Parsed { parts, ..Parsed::default() }.into_document(Format::Html).unwrap();
        let shown: Vec<_> = document
            .blocks
            .iter()
            .map(|block| match block {
                Block::Prose { headings, text, .. } => format!("{}|{text}", headings.join(">")),
                Block::Question { question, answer, .. } => format!("{question}|{answer}"),
            })
            .collect();
        assert_eq!(
            shown,
            ["|序。", "一|甲。\n乙。", "一>表|院校: 甲大学\n北京\n分数: 600\n注", "你是谁？|助手。"]
        );
    }
}
