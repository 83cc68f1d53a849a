//! Markdown is kept as it was written, cut at its headings; its tables become rows that each say their columns' names.

mod line;
mod parted;
mod rows;

use std::collections::HashMap;
use std::ops::Range;

use csv::StringRecord;
use pulldown_cmark::{Event, MetadataBlockKind, Options, Parser, Tag, TagEnd};

use crate::message::MediaType;

use super::outline::{Bare, Outline};
use super::parts::{add_part, placed};
use super::plain_text::{plain_text, product_sign, push_words};
use super::table::{Header, Within};
use super::{Document, DocumentPart, Format, ParseError, WrittenCell, caption, chapter, count};
use line::{cells, is_words, loose_heading, table_end, written};
pub(super) use parted::parted;
use rows::{TablePiece, pieces};

/// Lines and characters that may mark something, such as `*`. The largest markdown that may be
/// imported has half of them where each line has sixty bytes and five marks.
const MAX_MARKS: usize = 4 << 20;
/// Quotes, lists, tables and emphasis within one another. What comes after it is a file that wants
/// to be expensive.
const MAX_NESTING: usize = 100;

/// Asked for each piece of HTML what it holds; `None` leaves it as it was written.
pub(super) type ReadHtml<'a> = &'a mut dyn FnMut(Range<usize>) -> Option<Vec<DocumentPart>>;

/// Parses markdown, whose pieces of HTML `html` reads.
pub(super) fn parse(text: &str, html: ReadHtml<'_>) -> Result<Document, ParseError> {
    let chapters = chapter::has_chapters(text.lines(), chapter::ITEM);
    Walk::new(text, false, chapters).run(html)
}

/// The text below each heading, byte for byte; that of a heading with nothing below it is empty.
pub(super) fn parse_as_written(text: &str) -> Result<Document, ParseError> {
    Walk::new(text, true, false).run(&mut |_| None)
}

/// A walk through markdown's events.
struct Walk<'a> {
    text: &'a str,
    outline: Outline,
    as_written: bool,
    /// Whether lines such as 第一章 are headings.
    chapters: bool,
    /// Where the text begins that is not in the document yet.
    done: usize,
    /// Where the last piece of HTML ends.
    taken: usize,
    has_open_table: bool,
    depth: usize,
    heading: Option<(u8, String)>,
    metadata: bool,
    /// Titles that stand as HTML right above the table that comes next.
    titles: Vec<String>,
    table: Option<OpenTable>,
}

/// A table on its way.
#[derive(Default)]
struct OpenTable {
    titles: Vec<String>,
    rows: Vec<StringRecord>,
    row: StringRecord,
    cell: String,
    links: Vec<(usize, String)>,
    /// Rows that are written without a bar.
    bare: Vec<usize>,
    /// Rows with more cells than there are columns.
    surplus: Vec<usize>,
    /// Cells that read otherwise than they are written, by their rows.
    written: HashMap<usize, Vec<WrittenCell>>,
}

impl<'a> Walk<'a> {
    fn new(text: &'a str, as_written: bool, chapters: bool) -> Self {
        let bare = if as_written { Bare::Empty } else { Bare::Kept };
        let outline = Outline::new(Document::default(), MediaType::Markdown, bare);
        Self {
            text,
            outline,
            as_written,
            chapters,
            done: 0,
            taken: 0,
            has_open_table: false,
            depth: 0,
            heading: None,
            metadata: false,
            titles: Vec::new(),
            table: None,
        }
    }

    fn run(mut self, html: ReadHtml<'_>) -> Result<Document, ParseError> {
        expect_cheap(self.text)?;
        for (event, range) in Parser::new_ext(self.text, options()).into_offset_iter() {
            self.event(event, range, html)?;
        }
        self.push(self.text.len())?;
        self.settle_titles()?;
        self.outline.end()
    }

    fn event(&mut self, event: Event<'_>, range: Range<usize>, html: ReadHtml<'_>) -> Result<(), ParseError> {
        let is_new = range.start >= self.done.max(self.taken);
        let is_top = self.depth == 0 && is_new;
        if let Some((_, heading)) = &mut self.heading {
            heading.push_str(product_sign(&event, self.text, &range));
        }
        match event {
            // A heading inside a quote or a list is part of that quote or list.
            Event::Start(Tag::Heading { level, .. }) if is_top => {
                self.push(range.start)?;
                self.settle_titles()?;
                self.heading = Some((level as u8, String::new()));
                self.depth += 1;
            }
            Event::End(TagEnd::Heading(_)) if self.depth == 1 && self.heading.is_some() => {
                self.depth -= 1;
                if let Some((level, words)) = self.heading.take() {
                    self.enter(level, words.trim().to_owned())?;
                }
                self.done = range.end;
            }
            Event::Start(Tag::MetadataBlock(MetadataBlockKind::YamlStyle)) => {
                self.metadata = true;
                self.depth += 1;
            }
            Event::End(TagEnd::MetadataBlock(_)) => {
                self.metadata = false;
                self.depth = self.depth.saturating_sub(1);
                self.done = range.end;
            }
            Event::Text(words) if self.metadata => read_front_matter(&words, &mut self.outline.document),
            // One inside a quote or a list is a table all the same.
            Event::Start(Tag::Table(_)) if is_new && !self.as_written => {
                let titles = self.push_above(self.before_marks(range.start))?;
                self.table = Some(OpenTable { titles, ..OpenTable::default() });
                self.depth += 1;
            }
            Event::End(TagEnd::Table) if self.table.is_some() => {
                self.depth = self.depth.saturating_sub(1);
                self.done = range.end;
                if let Some(table) = self.table.take() {
                    self.end_table(table, range.end)?;
                }
            }
            event if self.table.is_some() => self.in_table(event, range),
            Event::Start(Tag::HtmlBlock) if is_top && !self.as_written => {
                self.depth += 1;
                self.html(range, html)?;
            }
            Event::Start(Tag::Paragraph) if is_top && !self.as_written => {
                self.depth += 1;
                self.paragraph(range)?;
            }
            Event::Text(words) | Event::Code(words) => {
                if let Some((_, heading)) = &mut self.heading {
                    heading.push_str(&words);
                }
            }
            Event::Start(_) => self.depth += 1,
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        Ok(())
    }

    fn enter(&mut self, level: u8, words: String) -> Result<(), ParseError> {
        if level == 1 && self.outline.document.title.is_none() && !words.is_empty() {
            self.outline.document.title = Some(words.clone());
        }
        self.outline.heading(level, words)
    }

    /// Adds the text up to `end`.
    fn push(&mut self, end: usize) -> Result<(), ParseError> {
        let text = self.text.get(self.done..end).unwrap_or_default();
        self.done = self.done.max(end);
        let text = text.trim_matches('\n').trim_end();
        // What is left of a quote around a table.
        if !self.as_written && text.chars().all(|c| c == '>' || c.is_whitespace()) {
            return Ok(());
        }
        self.settle_titles()?;
        self.outline.text(text, MediaType::Markdown)
    }

    /// What stood above no table after all is a text.
    fn settle_titles(&mut self) -> Result<(), ParseError> {
        let titles = std::mem::take(&mut self.titles);
        self.outline.text(&titles.join("\n"), MediaType::Plain)
    }

    /// Adds the text up to a table that begins at `end`; what of it says what the table holds.
    fn push_above(&mut self, end: usize) -> Result<Vec<String>, ParseError> {
        let text = self.text.get(self.done..end).unwrap_or_default();
        let above = caption::above(text, MediaType::Markdown, self.chapters);
        let written = self.done + above.text.len();
        self.push(written.min(end))?;
        self.done = self.done.max(end);
        let mut titles = std::mem::take(&mut self.titles);
        titles.extend(above.titles);
        Ok(titles)
    }

    /// Where a block begins with what marks the quotes and lists it stands in: `> `, `1. `.
    fn before_marks(&self, block: usize) -> usize {
        let line = self.text.get(..block).and_then(|text| text.rfind('\n')).map_or(0, |end| end + 1);
        let before = self.text.get(line..block).unwrap_or_default();
        let is_mark = |c: char| c.is_ascii_digit() || "> \t-*+.)".contains(c);
        if before.chars().all(is_mark) { line.max(self.done) } else { block }
    }

    /// Adds a table that ends at `end`, and what stands right below it without an empty line.
    fn end_table(&mut self, table: OpenTable, end: usize) -> Result<(), ParseError> {
        let (pieces, first) = pieces(table.rows, &table.bare);
        let surplus = table.surplus.iter().filter(|&&row| row < first).count();
        if surplus > 0 {
            self.outline.document.tell(format!(
                "{} of a table with more cells than it has columns: what is beyond stands without a name; write \\| where a bar is \
                 part of a cell",
                count(surplus, "row")
            ));
        }
        let (mut titles, mut written) = (table.titles, table.written);
        let mut pieces = pieces.into_iter().peekable();
        while let Some(piece) = pieces.next() {
            let is_last = pieces.peek().is_none();
            match piece {
                TablePiece::Table(rows) => {
                    if is_last
                        && titles.is_empty()
                        && let Some((title, end)) = caption::below(self.text, end)
                    {
                        titles.push(title);
                        self.done = end;
                    }
                    let of_piece =
                        (1..).zip(&rows).filter_map(|(line, (at, _))| Some((line, written.remove(at)?)));
                    self.outline.document.written = of_piece.collect();
                    let rows: Vec<StringRecord> = rows.into_iter().map(|(_, row)| row).collect();
                    let header = Header::of_markdown(&rows);
                    let titles = std::mem::take(&mut titles);
                    self.outline.table(titles, rows.into_iter(), header, Within::Text)?;
                    self.outline.document.written.clear();
                }
                TablePiece::Text(text) if is_last => self.outline.text(&text, MediaType::Markdown)?,
                TablePiece::Text(text) => {
                    let above = caption::above(&text, MediaType::Markdown, self.chapters);
                    self.outline.text(above.text, MediaType::Markdown)?;
                    titles = above.titles;
                }
            }
        }
        Ok(())
    }

    fn in_table(&mut self, event: Event<'_>, range: Range<usize>) {
        let Some(table) = &mut self.table else { return };
        table.cell.push_str(product_sign(&event, self.text, &range));
        match event {
            Event::Text(words) | Event::Code(words) => table.cell.push_str(&words),
            Event::InlineHtml(html) => push_words(&html, &mut table.cell),
            Event::Start(Tag::Link { dest_url, .. }) => {
                table.links.push((table.cell.len(), dest_url.into_string()))
            }
            Event::End(TagEnd::Link) => {
                if let Some((from, target)) = table.links.pop()
                    && !table.cell.get(from..).is_some_and(|words| words.contains(&target))
                {
                    table.cell.push_str(&format!(" ({target})"));
                }
            }
            Event::End(TagEnd::TableCell) => {
                table.row.push_field(table.cell.trim());
                table.cell.clear();
            }
            Event::End(TagEnd::TableHead | TagEnd::TableRow) => {
                let row = self.text.get(range).unwrap_or_default();
                let written: Vec<WrittenCell> = table
                    .row
                    .iter()
                    .zip(cells(row))
                    .filter_map(|(plain, source)| written(plain, source))
                    .collect();
                if !written.is_empty() {
                    table.written.insert(table.rows.len(), written);
                }
                // The parser passes over what stands beyond the last column.
                let at = table.rows.len();
                table.bare.extend((!row.contains('|')).then_some(at));
                let beyond = cells(row).skip(table.row.len());
                let beyond: Vec<String> = beyond.map(plain_text).filter(|cell| !cell.is_empty()).collect();
                table.surplus.extend((!beyond.is_empty()).then_some(at));
                beyond.iter().for_each(|cell| table.row.push_field(cell));
                table.rows.push(std::mem::take(&mut table.row))
            }
            _ => {}
        }
    }

    /// A block of HTML, and where it begins a table that ends further down, all of that.
    fn html(&mut self, block: Range<usize>, html: ReadHtml<'_>) -> Result<(), ParseError> {
        // Once a table had no end no other is looked for: each would be looked for to the end of the text.
        let end = if self.has_open_table { None } else { table_end(self.text, block.clone()) };
        self.has_open_table |= end.is_none();
        let range = block.start..end.unwrap_or(block.end);
        self.taken = range.end;
        if !is_words(self.text.get(range.clone()).unwrap_or_default()) {
            return Ok(());
        }
        let Some(parts) = html(range.clone()) else { return Ok(()) };
        let mut parts = placed(parts);
        if let Some(DocumentPart::Table { titles, .. }) = parts.first_mut() {
            titles.splice(0..0, self.push_above(range.start)?);
        } else {
            self.push(range.start)?;
            self.settle_titles()?;
        }
        self.done = range.end;
        let below = self.text.get(range.end..).unwrap_or_default().trim_start();
        if let Some(DocumentPart::Text(text)) = parts.last_mut()
            && (below.starts_with('|') || below.starts_with("<table"))
        {
            let above = caption::above(text, MediaType::Plain, self.chapters);
            self.titles = above.titles;
            *text = above.text.to_owned();
        }
        parts.into_iter().try_for_each(|part| add_part(&mut self.outline, part, Format::Markdown))
    }

    /// Lines of a paragraph that are meant as headings.
    fn paragraph(&mut self, range: Range<usize>) -> Result<(), ParseError> {
        let mut at = range.start;
        for line in self.text.get(range).unwrap_or_default().split_inclusive('\n') {
            let (start, end) = (at, at + line.len());
            at = end;
            if let Some((level, heading)) = loose_heading(line) {
                self.push(start)?;
                self.enter(level, heading)?;
                self.done = end;
            } else if self.chapters
                && let Some(chapter) = chapter::chapter(line)
            {
                self.push(start)?;
                self.outline.heading(line::BOLD + chapter.level, chapter.heading)?;
                self.done = end - chapter.rest.len() - (line.len() - line.trim_end().len());
            }
        }
        Ok(())
    }
}

/// Refuses a text that would cost the parser more than its length.
pub(super) fn expect_cheap(text: &str) -> Result<(), ParseError> {
    expect_shallow(text)?;
    expect_few_marks(text)
}

/// The parser keeps all open quotes and lists, and looks at each of them in each line: a file of
/// nothing but `>` would cost the square of its length.
fn expect_shallow(text: &str) -> Result<(), ParseError> {
    for line in text.lines() {
        let marks = line
            .bytes()
            .take_while(|byte| {
                matches!(byte, b'>' | b'-' | b'*' | b'+' | b' ' | b'\t' | b'0'..=b'9' | b'.' | b')')
            })
            .filter(|byte| matches!(byte, b'>' | b'-' | b'*' | b'+' | b'.' | b')'))
            .take(MAX_NESTING + 1);
        if marks.count() > MAX_NESTING && !is_rule(line) {
            return Err(ParseError::Nesting(MAX_NESTING));
        }
    }
    Ok(())
}

/// The parser keeps each mark and each line of a paragraph, with more than fifty bytes for it.
fn expect_few_marks(text: &str) -> Result<(), ParseError> {
    let is_mark = |byte: &u8| b"*_[]!<>&`~\\|-+#\n".contains(byte);
    match text.bytes().filter(is_mark).count() {
        marks if marks > MAX_MARKS => Err(ParseError::Marks(MAX_MARKS)),
        _ => Ok(()),
    }
}

/// A line of one mark alone nests nothing: it is a rule or an underline, and may be long.
fn is_rule(line: &str) -> bool {
    let mut marks = line.bytes().filter(|byte| !byte.is_ascii_whitespace());
    let first = marks.next();
    matches!(first, Some(b'-' | b'*')) && marks.all(|mark| Some(mark) == first)
}

pub(super) fn options() -> Options {
    Options::ENABLE_YAML_STYLE_METADATA_BLOCKS | Options::ENABLE_TABLES
}

/// Title, address and plain fields are worth reading; a whole YAML parser for them is not.
fn read_front_matter(lines: &str, document: &mut Document) {
    document.metadata.add_front_matter(lines, &["title", "url"]);
    for line in lines.lines() {
        if let Some((key, value)) = line.split_once(':') {
            let value = value.trim().trim_matches(['"', '\'']).to_owned();
            match key.trim() {
                "title" if !value.is_empty() => document.title = Some(value),
                "url" if !value.is_empty() => document.url = Some(value),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests;
