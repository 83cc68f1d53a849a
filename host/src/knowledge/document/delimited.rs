//! A delimited file is a table in text: cells parted by a comma, semicolon, tab or bar, or by a wide one as Chinese keyboards
//! type it.

use std::borrow::Cow;

use csv::{Position, StringRecord};

use super::qa::QuestionColumns;
use super::table::{Header, TableWriter, Within};
use super::text::plain_breaks;
use super::{Document, ParseError, WrittenCell};
use crate::message::MediaType;

/// Fewest lines of a table in a plain text.
const MIN_PASTED: usize = 3;
/// Records that tell the delimiter.
const LOOKED_AT: usize = 20;
/// Delimiters as Chinese keyboards type them, and the byte in their place while the cells are read, which no text has.
const WIDE: [char; 3] = ['，', '；', '｜'];
const UNIT: u8 = 0x1f;
/// Lines of a file in which a wide delimiter is looked for, the share of records, in thousandths, that it must give the same
/// width, and characters of a column's name in the first of them.
const WIDE_WITHIN: usize = 64;
const WIDE_ALIKE: usize = 800;
const WIDE_NAME: usize = 16;
/// Rows in which a header is looked for before it is clear that the text is a table.
const NAMED_WITHIN: usize = 4;

pub(super) fn parse(text: &str) -> Result<Document, ParseError> {
    read(text, false)
}

/// Reads row by row: beside the text there is only what was made of it. With `questions` the table
/// must have a question and an answer column.
pub(super) fn read(text: &str, questions: bool) -> Result<Document, ParseError> {
    let plain = &*plain_breaks(text);
    // Excel's own word for the delimiter.
    let said =
        plain.strip_prefix("sep=").and_then(|rest| rest.as_bytes().first().copied()).filter(u8::is_ascii);
    let (delimiter, skipped) = match said {
        Some(said) => (said, 1),
        None => (delimiter(plain), 0),
    };
    let wide = if said.is_none() { wide_delimiter(plain) } else { None };
    let text = &*with_plain_ends(text, wide.unwrap_or(char::from(delimiter)));
    let body = if skipped > 0 { text.split_once('\n').map_or("", |(_, body)| body) } else { text };
    let narrow = wide.map(|wide| narrowed(body, wide));
    let (body, delimiter) = narrow.as_deref().map_or((body, delimiter), |narrow| (narrow, UNIT));
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
    let mut table =
        TableWriter::new(&mut document, Vec::new(), Header::Usual, within).separated_by(delimiter);
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
        let line = position.line() + empty as u64 + skipped;
        if row.iter().any(|cell| as_text(cell).is_some() || cell.contains('\r')) {
            let cells = || row.iter().map(|cell| as_text(cell).unwrap_or(cell));
            let written: Vec<WrittenCell> = cells().filter_map(written_cell).collect();
            if !written.is_empty() {
                table.keep_written(line, written);
            }
            let plain: StringRecord = cells().map(plain_breaks).collect();
            table.row(&plain, line)?;
        } else {
            table.row(&row, line)?;
        }
    }
    table.end()?;
    document.written.clear();
    Ok(document)
}

/// How a cell was written that has other line breaks than it reads with.
fn written_cell(cell: &str) -> Option<WrittenCell> {
    cell.contains('\r').then(|| WrittenCell {
        plain: plain_breaks(cell).into_owned(),
        source: cell.to_owned(),
        media_type: MediaType::Plain,
    })
}

/// Whether a plain text is cells that were copied from a spreadsheet: each line has as many tabs as the others, and the first
/// cells are words, not the marks of a list.
pub(super) fn is_pasted(text: &str) -> bool {
    let lines = || text.lines().filter(|line| !line.trim().is_empty());
    let tabs = |line: &str| line.matches('\t').count();
    let Some(first) = lines().next().map(tabs).filter(|tabs| *tabs > 0) else { return false };
    let is_word = |line: &str| line.split('\t').next().is_some_and(|cell| cell.contains(char::is_alphabetic));
    lines().all(|line| tabs(line) == first && !line.starts_with('\t'))
        && lines().count() >= MIN_PASTED
        && lines().any(is_word)
        && !text.contains('"')
}

/// The text of a cell written as a formula, `="00123"`, so that spreadsheets keep its zeros.
fn as_text(cell: &str) -> Option<&str> {
    let text = cell.trim().strip_prefix("=\"")?.strip_suffix('"')?;
    (!text.contains('"')).then_some(text)
}

/// Whether one of the first rows names columns of questions and answers.
pub(super) fn has_questions(text: &str) -> bool {
    let has_columns = |text: &str, delimiter: u8, within: Within| {
        let rows: Vec<StringRecord> =
            reader(text, delimiter).records().take(NAMED_WITHIN).flatten().collect();
        QuestionColumns::in_rows(&rows, Header::Said(rows.len()), within).is_some()
    };
    // Sentences have wide commas as well.
    let in_wide = |wide: char| has_columns(&narrowed(head(text), wide), UNIT, Within::Text);
    has_columns(text, delimiter(text), Within::Questions) || wide_delimiter(text).is_some_and(in_wide)
}

fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes())
}

/// The one of the usual delimiters that gives the most of the first records the same number of cells, and the most of them. A bar
/// or semicolon parts the ways to ask of one cell where another delimiter parts these from the answer.
fn delimiter(text: &str) -> u8 {
    let widest = [b'|', b';', b'\t', b',']
        .into_iter()
        .max_by_key(|&delimiter| evenness(text, delimiter))
        .unwrap_or(b',');
    let is_outer = |outer: &u8| {
        // Sentences have a comma with a space behind it.
        evenness(text, *outer).0 >= WIDE_ALIKE && (*outer != b',' || !text.contains(", "))
    };
    let has_ways = || matches!(widest, b'|' | b';') && parts_ways(text, widest);
    [b'\t', b','].into_iter().find(|outer| has_ways() && is_outer(outer)).unwrap_or(widest)
}

/// Whether most of the first records ask in their first cell and in the second as well.
fn parts_ways(text: &str, delimiter: u8) -> bool {
    let asks =
        |record: &StringRecord| record.len() > 1 && record.iter().take(2).all(super::table::is_question);
    let records: Vec<StringRecord> = reader(text, delimiter).records().take(LOOKED_AT).flatten().collect();
    records.iter().filter(|record| asks(record)).count() * 2 > records.len()
}

/// The share of the first records that have the most frequent width, in thousandths, so that it can be compared as a whole
/// number, and that width.
fn evenness(text: &str, delimiter: u8) -> (usize, usize) {
    let mut widths = std::collections::BTreeMap::new();
    let mut records = 0_usize;
    for record in reader(text, delimiter).records().take(LOOKED_AT).flatten() {
        if record.iter().any(|cell| !cell.trim().is_empty()) {
            records += 1;
            *widths.entry(record.len()).or_insert(0_usize) += usize::from(record.len() > 1);
        }
    }
    let (width, alike) = widths.into_iter().max_by_key(|&(width, count)| (count, width)).unwrap_or((1, 0));
    (alike * 1000 / records.max(1), width)
}

/// The wide delimiter of a text, where it gives nearly all records the same number of cells, no usual one does, and the first
/// record names columns. Sentences with a comma each are no table.
fn wide_delimiter(text: &str) -> Option<char> {
    let head = head(text);
    let first = head.lines().find(|line| !line.trim().is_empty())?;
    if !first.contains(WIDE) || head.as_bytes().contains(&UNIT) {
        return None;
    }
    let usual = evenness(head, delimiter(head)).0;
    WIDE.into_iter().filter(|wide| first.contains(*wide)).find(|&wide| {
        let narrow = narrowed(head, wide);
        let (alike, width) = evenness(&narrow, UNIT);
        let mut records = reader(&narrow, UNIT).into_records().take(LOOKED_AT).flatten();
        let ends = |cell: &str| cell.trim_end().ends_with(['。', '！', '？', '?', '：']);
        let is_name = |cell: &str| cell.trim().chars().count() <= WIDE_NAME && !ends(cell);
        let Some(header) = records.next() else { return false };
        let has_questions = || {
            let names = std::slice::from_ref(&header);
            QuestionColumns::in_rows(names, Header::Said(1), Within::Text).is_some()
        };
        let (rows, sentences) = records.fold((0_usize, 0_usize), |(rows, sentences), record| {
            (rows + 1, sentences + usize::from(record.iter().next_back().is_some_and(ends)))
        });
        alike >= WIDE_ALIKE
            && alike > usual
            && header.len() == width
            && header.iter().all(is_name)
            && rows > 0
            && (sentences * 2 <= rows || has_questions())
    })
}

/// The first lines of a text.
fn head(text: &str) -> &str {
    let end = text.match_indices('\n').nth(WIDE_WITHIN - 1).map_or(text.len(), |(end, _)| end + 1);
    text.get(..end).unwrap_or(text)
}

/// The text with a delimiter of one byte in the place of a wide one, but not in quotes.
fn narrowed(text: &str, wide: char) -> String {
    let mut out = String::with_capacity(text.len());
    for (c, piece, _) in pieces(text, move |c| c == wide || c == '\n') {
        if c == wide {
            out.push(char::from(UNIT));
        } else {
            out.push_str(piece);
        }
    }
    out
}

/// The text with `\n` at the end of each row. Cells in quotes keep the line breaks that they were written with.
fn with_plain_ends(text: &str, delimiter: char) -> Cow<'_, str> {
    if !text.contains('\r') {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    for (c, piece, after) in pieces(text, move |c| c == delimiter || matches!(c, '\n' | '\r')) {
        if c != '\r' {
            out.push_str(piece);
        } else if !after.starts_with('\n') {
            out.push('\n');
        }
    }
    out.into()
}

/// The characters of a text, and what stands in quotes at the start of a cell in one piece: each by its first character, with
/// the piece and all that comes after it. `ends_cell` tells behind which characters the next cell starts.
fn pieces(text: &str, ends_cell: impl Fn(char) -> bool) -> impl Iterator<Item = (char, &str, &str)> {
    let (mut rest, mut at_start) = (text, true);
    std::iter::from_fn(move || {
        let c = rest.chars().next()?;
        let is_quote = c == '"' && at_start;
        let end = if is_quote { closed(rest.as_bytes(), 0).unwrap_or(rest.len()) } else { c.len_utf8() };
        let (piece, after) = rest.split_at(end);
        at_start = ends_cell(c) || at_start && c == ' ';
        rest = after;
        Some((c, piece, after))
    })
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
mod tests;
