//! A table is one section for each row: "column: value" lines, so that a row is found and read by
//! what its cells mean.

use crate::message::MediaType;

use super::{Block, Document, ParseError, qa};

pub(super) fn parse(text: &str) -> Result<Document, ParseError> {
    let table = Table::read(text)?;
    if let Some(columns) = qa::Columns::find(&table.header) {
        return Ok(qa::of_table(&table, &columns));
    }
    let blocks = table.rows.iter().filter_map(|row| {
        let lines: Vec<_> = table
            .header
            .iter()
            .zip(row)
            .filter(|(_, value)| !value.trim().is_empty())
            .map(|(column, value)| format!("{}: {}", column.trim(), value.trim()))
            .collect();
        (!lines.is_empty()).then(|| Block::Prose {
            headings: Vec::new(),
            text: lines.join("\n"),
            media_type: MediaType::Plain,
        })
    });
    Ok(Document { blocks: blocks.collect(), ..Document::default() })
}

/// A table's cells, as they were written.
pub(super) struct Table {
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn read(text: &str) -> Result<Self, ParseError> {
        let mut reader =
            csv::ReaderBuilder::new().delimiter(delimiter(text)).flexible(true).from_reader(text.as_bytes());
        let own = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect::<Vec<_>>();
        let refuse = |error: csv::Error| ParseError::Line {
            line: error.position().map_or(0, csv::Position::line),
            message: error.to_string(),
        };
        let header = own(reader.headers().map_err(refuse)?);
        let rows = reader.records().map(|record| record.map(|record| own(&record)).map_err(refuse));
        Ok(Self { header, rows: rows.collect::<Result<_, _>>()? })
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
}
