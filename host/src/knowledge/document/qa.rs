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

use super::{Block, Document, MAX_PIECES, ParseError, markdown, table};

pub(super) fn parse(text: &str) -> Result<Document, ParseError> {
    match text.trim_start().chars().next() {
        Some('{') => lines(text),
        Some('[') => array(text),
        Some('#' | '-') => headings(text),
        _ => table::read(text, true),
    }
}

/// Most characters of a question or variant: it is matched as a whole.
pub(super) const MAX_QUESTION: usize = 2000;

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

    pub(super) fn add(
        &self,
        row: &StringRecord,
        line: u64,
        document: &mut Document,
    ) -> Result<(), ParseError> {
        if row.iter().all(|cell| cell.trim().is_empty()) {
            // A table's end, as spreadsheets write it.
            return Ok(());
        }
        let cell = |column: usize| row.get(column).unwrap_or_default();
        let variants = self.variants.map_or("", cell).split(['|', '\n']);
        let entry = Entry {
            question: cell(self.question).to_owned(),
            // One more than a document may have is refused below.
            variants: variants.take(MAX_PIECES + 1).map(str::to_owned).collect(),
            answer: cell(self.answer).to_owned(),
            media_type: MediaType::Plain,
        };
        entry.add(line, document)
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
            let entry: Entry = serde_json::from_str(line)
                .map_err(|error| ParseError::Line { line: number, message: error.to_string() })?;
            entry.add(number, &mut document)?;
        }
    }
    Ok(document)
}

fn array(text: &str) -> Result<Document, ParseError> {
    let entries: Vec<Entry> = serde_json::from_str(text)
        .map_err(|error| ParseError::Line { line: error.line() as u64, message: error.to_string() })?;
    let mut document = Document::default();
    for (entry, number) in entries.into_iter().zip(1..) {
        entry.add(number, &mut document)?;
    }
    Ok(document)
}

fn headings(text: &str) -> Result<Document, ParseError> {
    let mut document = markdown::parse(text)?;
    for (block, number) in document.take_blocks().into_iter().zip(1..) {
        if let Block::Prose { mut headings, text, media_type } = block
            && let Some(heading) = headings.pop()
        {
            let mut asked = heading.split(" | ").map(str::to_owned);
            let question = asked.next().unwrap_or_default();
            let entry = Entry { question, variants: asked.collect(), answer: text, media_type };
            entry.add(number, &mut document)?;
        }
    }
    Ok(document)
}

impl Entry {
    /// Adds it, or notes that its question or answer is missing. `line` is where it stands.
    fn add(self, line: u64, document: &mut Document) -> Result<(), ParseError> {
        let question = self.question.trim().to_owned();
        if question.is_empty() || self.answer.trim().is_empty() {
            document.left_out.push(line);
            return Ok(());
        }
        let variants = self.variants.into_iter().map(trimmed);
        let variants: Vec<String> = variants.filter(|variant| !variant.is_empty()).collect();
        if variants.iter().chain([&question]).any(|asked| asked.chars().count() > MAX_QUESTION) {
            return Err(ParseError::Question { line });
        }
        document.add(Block::Question { question, variants, answer: self.answer, media_type: self.media_type })
    }
}

/// Of a file there may be millions: what needs no trimming is not copied.
fn trimmed(text: String) -> String {
    match text.trim() {
        trimmed if trimmed.len() < text.len() => trimmed.to_owned(),
        _ => text,
    }
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
    fn what_has_no_question_or_no_answer_is_noted() {
        for (text, left_out) in [
            ("问题,答案\n甲？,一。\n乙？,\n,,\n,三。\n", &[3, 5][..]),
            (
                "{\"question\":\"甲？\",\"answer\":\"一。\"}\n\n{\"question\":\"乙？\",\"answer\":\" \"}\n",
                &[3],
            ),
            ("[{\"question\":\"\",\"answer\":\"一。\"},{\"question\":\"甲？\",\"answer\":\"一。\"}]", &[1]),
        ] {
            let document = parse(text).unwrap();
            assert_eq!((document.blocks.len(), &document.left_out[..]), (1, left_out), "{text}");
        }
        let many: String = (0..25).map(|i| format!("问{i}？,\n")).collect();
        let note = parse(&format!("问题,答案\n{many}")).unwrap().note().unwrap();
        assert!(note.contains("place 2, 3, 4") && note.contains("21 and 5 more;"), "{note}");
    }

    #[test]
    fn a_broken_line_is_named() {
        let error = parse("{\"question\":\"a\",\"answer\":\"b\"}\n{\"question\":1}\n").unwrap_err();
        assert!(matches!(error, ParseError::Line { line: 2, .. }), "{error}");
        assert_eq!(parse("a,b\n1,2\n"), Err(ParseError::Columns));
    }
}
