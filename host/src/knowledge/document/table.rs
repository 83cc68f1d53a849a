//! A table is one section for each row: "column: value" lines, so that a row is found and read by
//! what its cells mean. With a question and an answer column it is questions with their answers.

use csv::StringRecord;

use crate::message::MediaType;

use super::qa::QuestionColumns;
use super::{Block, Document, ParseError};

pub(super) fn parse(text: &str) -> Result<Document, ParseError> {
    read(text, false)
}

/// Reads row by row: beside the text there is only what was made of it. With `questions` the table
/// must have a question and an answer column.
pub(super) fn read(text: &str, questions: bool) -> Result<Document, ParseError> {
    let delimiter = delimiter(text);
    if let Some(line) = stray_quote(text, delimiter) {
        return Err(ParseError::Quote { line });
    }
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let refuse = |error: csv::Error| ParseError::Line {
        line: error.position().map_or(0, csv::Position::line),
        message: error.to_string(),
    };
    let columns = Columns::new(reader.headers().map_err(refuse)?, Vec::new());
    if questions && columns.questions.is_none() {
        return Err(ParseError::Columns);
    }
    let mut document = Document::default();
    let mut row = StringRecord::new();
    while reader.read_record(&mut row).map_err(refuse)? {
        let line = row.position().map_or(0, csv::Position::line);
        columns.add(&row, line, &mut document)?;
    }
    Ok(document)
}

/// What a table's first row says of the rows below it.
pub(super) struct Columns {
    names: Vec<String>,
    questions: Option<QuestionColumns>,
    headings: Vec<String>,
}

impl Columns {
    /// `headings` are those above the table.
    pub(super) fn new(header: &StringRecord, headings: Vec<String>) -> Self {
        let names: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
        Self { questions: QuestionColumns::find(&names), names, headings }
    }

    /// Adds a row, which is the document's line `line`, unless it is empty. A cell below no name stands
    /// for itself.
    pub(super) fn add(
        &self,
        row: &StringRecord,
        line: u64,
        document: &mut Document,
    ) -> Result<(), ParseError> {
        if let Some(questions) = &self.questions {
            return questions.add(row, line, document);
        }
        let mut text = String::new();
        let names = self.names.iter().map(String::as_str).chain(std::iter::repeat(""));
        for (name, value) in names.zip(row) {
            let value = value.trim();
            if !value.is_empty() {
                for piece in [if text.is_empty() { "" } else { "\n" }, name] {
                    text.push_str(piece);
                }
                text.push_str(if name.is_empty() { "" } else { ": " });
                text.push_str(value);
            }
        }
        if text.is_empty() {
            return Ok(());
        }
        let (headings, media_type) = (self.headings.clone(), MediaType::Plain);
        document.add(Block::Prose { headings, text, media_type })
    }
}

/// Whichever of tab, semicolon and comma the first line has most of.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    [b',', b';', b'\t']
        .into_iter()
        .rev()
        .max_by_key(|&mark| first.bytes().filter(|&byte| byte == mark).count())
        .unwrap_or(b',')
}

/// The line of the first quote that opens a cell and takes the rows below it in: one that nothing
/// closes, or that closes lines further down in the middle of another cell's text. The parser would
/// make one long cell of those rows without a word.
fn stray_quote(text: &str, delimiter: u8) -> Option<u64> {
    let mut bytes = text.bytes().peekable();
    let mut line = 1;
    let mut at_start = true;
    while let Some(byte) = bytes.next() {
        if byte != b'"' || !at_start {
            line += u64::from(byte == b'\n');
            at_start = byte == delimiter || matches!(byte, b'\n' | b'\r');
            continue;
        }
        let opened = line;
        loop {
            match bytes.next() {
                None => return Some(opened),
                Some(b'"') if bytes.next_if_eq(&b'"').is_some() => {}
                Some(b'"') => break,
                Some(byte) => line += u64::from(byte == b'\n'),
            }
        }
        let ends = |&next: &u8| next == delimiter || next.is_ascii_whitespace();
        if line > opened && bytes.peek().is_some_and(|next| !ends(next)) {
            return Some(opened);
        }
        at_start = false;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_becomes_named_lines() {
        let document = parse("院校,批次,分数\n甲大学,本科批,600\n乙大学,,550\n").unwrap();
        let texts: Vec<_> = document
            .blocks
            .iter()
            .map(|block| match block {
                Block::Prose { text, .. } => text.as_str(),
                Block::Question { .. } => "",
            })
            .collect();
        assert_eq!(texts, ["院校: 甲大学\n批次: 本科批\n分数: 600", "院校: 乙大学\n分数: 550"]);
    }

    #[test]
    fn the_delimiter_is_found() {
        assert_eq!(delimiter("a\tb,c\td\n"), b'\t');
        assert_eq!(delimiter("a;b;c"), b';');
        assert_eq!(delimiter("question"), b',');
    }

    #[test]
    fn question_and_answer_columns_make_questions() {
        let document = parse("问题,答案\n你是谁？,\"我是 \"\"助手\"\"。\n \"\n").unwrap();
        assert!(matches!(
            &document.blocks[..],
            [Block::Question { answer, .. }] if answer == "我是 \"助手\"。\n "
        ));
    }

    #[test]
    fn a_quote_that_takes_rows_in_is_refused_with_its_line() {
        let refused = |text: &str| match parse(text) {
            Err(ParseError::Quote { line }) => line,
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!(refused("问题,答案\n甲？,\"一。\n乙？,二。\n"), 2);
        assert_eq!(refused("问题,答案\n甲？,\"一\n二\"\n\"乙？,二。\n丙？,三。"), 4);
        assert_eq!(refused("问题,答案\n\"甲？,一。\n乙？,\"二。\"\n"), 2, "another cell's quote closes none");
        assert_eq!(refused("\"院校,分数\n甲大学,600\n"), 1);
        for fine in [
            "问题,答案\n甲\"？,5\" 屏\n",
            "问题,答案\r\n\"甲？\",\"一\r\n\"\"二\"\"\" \r\n",
            "a\tb\n1\t\"\"\n",
        ] {
            assert!(parse(fine).is_ok(), "{fine}");
        }
    }
}
