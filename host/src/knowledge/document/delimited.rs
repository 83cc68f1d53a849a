//! A delimited file is a table in text: cells parted by a comma, semicolon, tab or bar.

use std::borrow::Cow;

use csv::{Position, StringRecord};

use super::qa::QuestionColumns;
use super::table::{Header, Table, Within};
use super::{Document, ParseError};

/// Records that tell the delimiter.
const LOOKED_AT: usize = 20;
/// Rows in which a header is looked for before it is clear that the text is a table.
const NAMED_WITHIN: usize = 4;

pub(super) fn parse(text: &str) -> Result<Document, ParseError> {
    read(text, false)
}

/// Reads row by row: beside the text there is only what was made of it. With `questions` the table
/// must have a question and an answer column.
pub(super) fn read(text: &str, questions: bool) -> Result<Document, ParseError> {
    // Excel's own word for the delimiter.
    let said =
        text.strip_prefix("sep=").and_then(|rest| rest.as_bytes().first().copied()).filter(u8::is_ascii);
    let (delimiter, skipped) = match said {
        Some(said) => (said, 1),
        None => (delimiter(text), 0),
    };
    let body = if skipped > 0 { text.split_once('\n').map_or("", |(_, body)| body) } else { text };
    let body = &*without_spaces(body, delimiter);
    if let Some(line) = stray_quote(body, delimiter) {
        return Err(ParseError::Quote { line: line + skipped });
    }
    let is_spaced = is_spaced(body);
    let mut reader = reader(body, delimiter);
    let refuse = |error: csv::Error| ParseError::Line {
        line: error.position().map_or(0, Position::line) + skipped,
        message: error.to_string(),
    };
    let mut document = Document::default();
    let within = if questions { Within::Questions } else { Within::File };
    let mut table = Table::new(&mut document, Vec::new(), Header::Usual, within);
    let mut row = StringRecord::new();
    while reader.read_record(&mut row).map_err(refuse)? {
        let Some(position) = row.position() else { continue };
        // The parser passes over empty lines before a record, and begins to count at the first of them.
        let from = usize::try_from(position.byte()).unwrap_or(0);
        let empty = body
            .as_bytes()
            .get(from..)
            .map_or(0, |rest| rest.iter().take_while(|&&byte| byte == b'\n').count());
        if empty > 0 && !is_spaced {
            table.gap()?;
        }
        table.row(&row, position.line() + empty as u64 + skipped)?;
    }
    table.end()?;
    Ok(document)
}

/// Whether one of the first rows names columns of questions and answers.
pub(super) fn has_questions(text: &str) -> bool {
    let rows: Vec<StringRecord> =
        reader(text, delimiter(text)).records().take(NAMED_WITHIN).flatten().collect();
    QuestionColumns::in_rows(&rows, Header::Said(rows.len()), Within::Questions).is_some()
}

fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes())
}

/// The one of the usual delimiters that gives the most of the first records the same number of cells, and the most of them.
fn delimiter(text: &str) -> u8 {
    let evenness = |&delimiter: &u8| {
        let mut widths = std::collections::BTreeMap::new();
        let mut records = 0_usize;
        for record in reader(text, delimiter).records().take(LOOKED_AT).flatten() {
            if record.iter().any(|cell| !cell.trim().is_empty()) {
                records += 1;
                *widths.entry(record.len()).or_insert(0_usize) += usize::from(record.len() > 1);
            }
        }
        let (width, alike) =
            widths.into_iter().max_by_key(|&(width, count)| (count, width)).unwrap_or((1, 0));
        // In thousandths of the records.
        (alike * 1000 / records.max(1), width)
    };
    [b'|', b';', b'\t', b','].into_iter().max_by_key(evenness).unwrap_or(b',')
}

/// Whether an empty line stands between any two rows, as where line breaks were written twice: they part no tables.
fn is_spaced(text: &str) -> bool {
    let (mut rows, mut before) = (0_usize, false);
    for line in text.lines() {
        let is_row = !line.trim().is_empty();
        if is_row && before {
            return false;
        }
        rows += usize::from(is_row);
        before = is_row;
    }
    rows > 1
}

/// The text without the spaces around cells in quotes: to the parser a quote behind a space is part of a cell, which then ends
/// at the first delimiter in it.
fn without_spaces(text: &str, delimiter: u8) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let is_end = |at: usize| bytes.get(at).is_none_or(|&byte| byte == delimiter || byte == b'\n');
    let behind_spaces = |from: usize| {
        from + bytes.get(from..).map_or(0, |rest| rest.iter().take_while(|&&byte| byte == b' ').count())
    };
    let mut out = String::new();
    let (mut done, mut at) = (0, 0);
    while at < bytes.len() {
        let open = behind_spaces(at);
        if bytes.get(open) == Some(&b'"') {
            // The parser tells of one that nothing closes.
            let Some(close) = closed(bytes, open) else { break };
            let end = behind_spaces(close);
            if open > at && is_end(end) {
                out.push_str(text.get(done..at).unwrap_or_default());
                out.push_str(text.get(open..close).unwrap_or_default());
                done = end;
            }
            at = end;
        }
        while !is_end(at) {
            at += 1;
        }
        at += 1;
    }
    if done == 0 {
        return text.into();
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out.into()
}

/// Where the quote ends that opens at `open`, behind its closing mark.
fn closed(bytes: &[u8], open: usize) -> Option<usize> {
    let mut at = open + 1;
    loop {
        at += bytes.get(at..)?.iter().position(|&byte| byte == b'"')? + 1;
        if bytes.get(at) != Some(&b'"') {
            return Some(at);
        }
        at += 1;
    }
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
    use super::super::Block;
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
        assert_eq!(delimiter("院校|批次|分数\n甲大学|本科,批|600\n"), b'|');
        assert_eq!(delimiter("问题,相似问,答案\n甲？,甲|乙,一。\n乙？,丙|丁|戊,二。\n"), b',');
        assert_eq!(delimiter("a;b;c"), b';');
        assert_eq!(delimiter("question"), b',');
    }

    #[test]
    fn spaces_beside_quotes_and_lines_that_were_broken_twice_change_nothing() {
        let wanted = ["|专业: 软件/学费: 5500,起/备注: \"x\" 的", "|专业: 法学/学费: 4800/备注: a"];
        for text in [
            "专业, 学费 , 备注\n软件, \"5500,起\" , \"\"\"x\"\" 的\"\n法学,4800, a\n",
            "专业,学费,备注\n\n软件,\"5500,起\",\"\"\"x\"\" 的\"\n\n法学,4800,a\n\n",
        ] {
            assert_eq!(shown(text).0, wanted, "{text}");
        }
        for text in ["a, \"b\nc, d", "a, \"b\" c,d", "a,b", " \"", "\"a,b"] {
            assert_eq!(without_spaces(text, b','), text);
        }
    }

    fn shown(text: &str) -> (Vec<String>, String) {
        let document = parse(text).unwrap();
        let shown = document.blocks.iter().map(|block| match block {
            Block::Prose { headings, text, .. } => {
                format!("{}|{}", headings.join(">"), text.replace('\n', "/"))
            }
            Block::Question { question, .. } => question.clone(),
        });
        (shown.collect(), document.note().unwrap_or_default())
    }

    #[test]
    fn each_cell_is_under_the_name_of_its_own_column() {
        let (rows, note) = shown("2025年录取分数线,,\n院校,批次,分数\n甲大学,本科批,600\n");
        assert_eq!(rows, ["2025年录取分数线|院校: 甲大学/批次: 本科批/分数: 600"]);
        assert!(
            note.contains(
                "row 2 was taken for its header: 院校, 批次, 分数; above it stands: 2025年录取分数线"
            ),
            "{note}"
        );
        let (rows, note) =
            shown("专业,计划数\n软件,60\n\n校区,地址,电话\n东校区,学院路1号,010\n\n西校区,大学路2号,020\n");
        assert_eq!(
            rows,
            [
                "|专业: 软件/计划数: 60",
                "|校区: 东校区/地址: 学院路1号/电话: 010",
                "|校区: 西校区/地址: 大学路2号/电话: 020"
            ]
        );
        assert!(!note.contains("row 1 ") && note.contains("row 4 "), "{note}");
        assert_eq!(
            shown("院校,批次,分数\n甲大学,本科批,600\n乙大学,本科批,550\n").1,
            "",
            "nothing is worth a note"
        );
        assert_eq!(shown("院校|批次|分数\n甲大学|本科批|600\n").0, ["|院校: 甲大学/批次: 本科批/分数: 600"]);
        assert_eq!(
            shown("甲大学,本科批,600\n乙大学,本科批,550\n").0,
            ["|甲大学 | 本科批 | 600", "|乙大学 | 本科批 | 550"]
        );
        assert_eq!(shown("姓名,张三\n电话,010\n地址,学院路\n").0, ["|姓名: 张三/电话: 010/地址: 学院路"]);
        assert_eq!(
            shown(
                "专业,人数,学费\n一、理工类,,\n软件,60,5500\n二、文史类,,\n法学,40,4800\n备注：含国家专项,,\n"
            )
            .0,
            [
                "一、理工类|专业: 软件/人数: 60/学费: 5500",
                "二、文史类|专业: 法学/人数: 40/学费: 4800",
                "|备注：含国家专项"
            ]
        );
    }

    #[test]
    fn titles_above_a_gap_are_said_with_each_row() {
        assert_eq!(
            shown("收费标准,,\n单位：元,,\n\n专业,学费,住宿费\n法学,4600,1200\n").0,
            ["收费标准>单位：元|专业: 法学/学费: 4600/住宿费: 1200"]
        );
    }

    #[test]
    fn each_part_of_a_wide_row_says_whose_it_is() {
        let header: Vec<String> = (0..200).map(|i| format!("列{i}")).collect();
        let row = |n: usize| (0..200).map(|i| format!("值{n}-{i}")).collect::<Vec<_>>().join(",");
        let (rows, _) = shown(&format!("{}\n{}\n{}\n", header.join(","), row(0), row(1)));
        assert!(rows.len() > 2);
        for part in &rows {
            assert!(part.starts_with("值0-0|列0: 值0-0/") || part.starts_with("值1-0|列0: 值1-0/"), "{part}");
        }
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

    #[test]
    fn a_row_of_equal_cells_is_a_row_and_a_header_may_count() {
        let (rows, _) = shown("x,y,z\n0,0,0\n1,2,3\n");
        assert_eq!(rows.len(), 2, "{rows:?}");
        assert!(rows[0].ends_with("x: 0/y: 0/z: 0"), "{rows:?}");
        let (rows, _) = shown("院校,分数\n甲大学,600\n合计,600\n备注,以公布为准\n制表人：张三,\n");
        assert_eq!(rows[1..], ["|合计/分数: 600", "|备注 以公布为准", "|制表人：张三"]);
        let (rows, _) = shown("语文,数学,英语\n优,优,优\n良,优,中\n");
        assert!(rows[0].ends_with("语文: 优/数学: 优/英语: 优"), "{rows:?}");
        for (header, named) in [("项目,1月,2月,3月", "1月: 10"), ("套餐,5G,10G,20G", "5G: 10")] {
            let (rows, _) = shown(&format!("{header}\n收入,10,20,30\n支出,5,6,7\n"));
            assert!(rows[0].contains(named), "{rows:?}");
        }
    }

    #[test]
    fn an_answer_that_a_delimiter_cuts_off_is_told_of() {
        let document = parse("问题,答案\n怎么退款,联系客服, 或店长\n怎么换货,找店长,\n").unwrap();
        let note = document.note().unwrap();
        assert!(note.contains("line 2; put a text"), "{note}");
    }
}
