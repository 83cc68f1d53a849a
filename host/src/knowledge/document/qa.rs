//! Questions with standard answers, in three spellings:
//!
//! - CSV with the columns `question` (问题), `answer` (答案) and optionally `variants` (相似问),
//!   several variants parted by `|` or a line break;
//! - markdown, where each heading is a question (variants after ` | `) and the text below it the
//!   answer;
//! - JSON, one object a line or one array:
//!   `{"question": "…", "variants": ["…"], "answer": "…", "media_type": "markdown"}`.

use csv::StringRecord;
use serde::Deserialize;

use crate::message::MediaType;

use super::{Block, Document, ParseError, markdown, table};

pub(super) fn parse(text: &str) -> Result<Document, ParseError> {
    match text.trim_start().chars().next() {
        Some('{') => lines(text),
        Some('[') => array(text),
        Some('#' | '-') => headings(text),
        _ => table::read(text, true),
    }
}

/// Where a table has its questions.
pub(super) struct QuestionColumns {
    question: usize,
    answer: usize,
    variants: Option<usize>,
}

impl QuestionColumns {
    pub(super) fn find(header: &[String]) -> Option<Self> {
        let find =
            |names: &[&str]| header.iter().position(|column| names.contains(&column.to_lowercase().as_str()));
        Some(Self {
            question: find(&["question", "问题", "问", "标准问"])?,
            answer: find(&["answer", "答案", "回答", "答", "标准答案"])?,
            variants: find(&["variants", "相似问", "相似问题"]),
        })
    }

    /// `None` where the row's question or answer is missing.
    pub(super) fn block(&self, row: &StringRecord) -> Option<Block> {
        let cell = |column: usize| row.get(column).unwrap_or_default();
        question(Entry {
            question: cell(self.question).to_owned(),
            variants: self.variants.map_or("", cell).split(['|', '\n']).map(str::to_owned).collect(),
            answer: cell(self.answer).to_owned(),
            media_type: MediaType::Plain,
        })
    }
}

#[derive(Deserialize)]
struct Entry {
    question: String,
    #[serde(default)]
    variants: Vec<String>,
    answer: String,
    #[serde(default)]
    media_type: MediaType,
}

fn lines(text: &str) -> Result<Document, ParseError> {
    let mut document = Document::default();
    for (line, number) in text.lines().zip(1..) {
        if !line.trim().is_empty() {
            let entry = serde_json::from_str(line)
                .map_err(|error| ParseError::Line { line: number, message: error.to_string() })?;
            document.blocks.extend(question(entry));
        }
    }
    Ok(document)
}

fn array(text: &str) -> Result<Document, ParseError> {
    let entries: Vec<Entry> = serde_json::from_str(text)
        .map_err(|error| ParseError::Line { line: error.line() as u64, message: error.to_string() })?;
    Ok(Document { blocks: entries.into_iter().filter_map(question).collect(), ..Document::default() })
}

fn headings(text: &str) -> Result<Document, ParseError> {
    let mut document = markdown::parse(text)?;
    let blocks = std::mem::take(&mut document.blocks);
    document.blocks = blocks
        .into_iter()
        .filter_map(|block| match block {
            Block::Prose { mut headings, text, media_type } => {
                let heading = headings.pop()?;
                let mut asked = heading.split(" | ").map(str::to_owned);
                question(Entry {
                    question: asked.next().unwrap_or_default(),
                    variants: asked.collect(),
                    answer: text,
                    media_type,
                })
            }
            Block::Question { .. } => None,
        })
        .collect();
    Ok(document)
}

/// `None` where the question or its answer is missing.
fn question(entry: Entry) -> Option<Block> {
    let question = entry.question.trim().to_owned();
    if question.is_empty() || entry.answer.trim().is_empty() {
        return None;
    }
    let variants = entry.variants.iter().map(|variant| variant.trim());
    Some(Block::Question {
        variants: variants.filter(|variant| !variant.is_empty()).map(str::to_owned).collect(),
        question,
        answer: entry.answer,
        media_type: entry.media_type,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, Vec<String>, String, MediaType)> {
        parse(text)
            .unwrap()
            .blocks
            .into_iter()
            .filter_map(|block| match block {
                Block::Question { question, variants, answer, media_type } => {
                    Some((question, variants, answer, media_type))
                }
                Block::Prose { .. } => None,
            })
            .collect()
    }

    #[test]
    fn all_spellings_say_the_same() {
        let wanted =
            |media_type| vec![("你是谁？".into(), vec!["你叫什么".into()], "我是助手。".into(), media_type)];
        assert_eq!(
            read("question,variants,answer\n你是谁？,你叫什么,我是助手。\n"),
            wanted(MediaType::Plain)
        );
        assert_eq!(
            read("{\"question\":\"你是谁？\",\"variants\":[\"你叫什么\"],\"answer\":\"我是助手。\"}\n"),
            wanted(MediaType::Plain)
        );
        assert_eq!(
            read("[{\"question\":\"你是谁？\",\"variants\":[\"你叫什么\"],\"answer\":\"我是助手。\"}]"),
            wanted(MediaType::Plain)
        );
        assert_eq!(read("## 你是谁？ | 你叫什么\n\n我是助手。\n"), wanted(MediaType::Markdown));
    }

    #[test]
    fn a_broken_line_is_named() {
        let error = parse("{\"question\":\"a\",\"answer\":\"b\"}\n{\"question\":1}\n").unwrap_err();
        assert!(matches!(error, ParseError::Line { line: 2, .. }), "{error}");
        assert_eq!(parse("a,b\n1,2\n"), Err(ParseError::Columns));
    }
}
