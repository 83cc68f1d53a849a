//! What a reader of another format gives: a document's headings, text and tables, from top to bottom.

use async_trait::async_trait;
use csv::StringRecord;

use crate::message::MediaType;

use super::outline::{Bare, Outline, is_page};
use super::plain::{self, Levels};
use super::table::{Header, Within, is_quantity};
use super::{Document, Format, ParseError, caption, chapter};

/// The deepest level of a heading in any format: Word's and slides' have nine.
const MAX_LEVEL: u8 = 9;

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
    /// The document's parts, from top to bottom.
    pub parts: Vec<DocumentPart>,
    /// What of the document did not go in, or may not be as it looks: whole sentences for the operator.
    pub notes: Vec<String>,
}

/// A part of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DocumentPart {
    /// Ends all of its level and below.
    Heading {
        /// 1 is outermost.
        level: u8,
        /// Without line breaks.
        text: String,
    },
    /// A paragraph, a list item or a line. Those under one heading belong together; one that begins with a line break is parted
    /// from the one above it by an empty line.
    Text(String),
    /// A paragraph that is marked as the caption of the table or picture above or below it.
    Caption(String),
    /// Rows of cells.
    Table {
        /// What the document itself calls it, from top to bottom.
        titles: Vec<String>,
        /// How many of the first rows name the columns, where the document says so itself; 0 where it says that each row has its own names
        /// beside their values.
        header_rows: Option<usize>,
        /// From top to bottom, cells from left to right. Where others have more, a row of one cell is a line over all columns.
        rows: Vec<Vec<String>>,
    },
}

impl Parsed {
    /// What the host makes of it.
    pub(super) fn into_document(self, format: Format) -> Result<Document, ParseError> {
        let chapters = self.chapters(format);
        let document =
            Document { title: self.title, url: self.url, notes: self.notes, ..Document::default() };
        // A sheet without rows has a name as well.
        let bare = if format == Format::Xlsx { Bare::Dropped } else { Bare::Kept };
        let mut outline = Outline::new(document, MediaType::Plain, bare);
        let mut text = String::new();
        // Where its last paragraph begins.
        let mut paragraph = None;
        // Bytes of it that hold no chapter.
        let mut known = 0;
        let mut before = Before::default();
        for mut part in placed(self.parts) {
            before.look(&part);
            match (&mut part, chapters) {
                (DocumentPart::Text(more), _) => {
                    let words = more.trim_start_matches('\n');
                    if !text.is_empty() {
                        text.push('\n');
                        text.extend(std::iter::repeat_n('\n', more.len() - words.len()));
                    }
                    paragraph = Some(text.len()).filter(|_| is_by_paragraph(format));
                    text.push_str(words);
                }
                (DocumentPart::Heading { text: page, .. }, Some(Chapters { levels, over_pages: true }))
                    if is_page(page) =>
                {
                    let last = plain::cut_before_last(&text, known, &mut outline, levels)?;
                    // What goes on from the page before stays whole.
                    if !outline.is_under_heading() {
                        outline.text(last, MediaType::Plain)?;
                        text.clear();
                    } else if last.len() < text.len() {
                        text = last.to_owned();
                    }
                    known = text.len();
                    outline.page(std::mem::take(page));
                }
                (DocumentPart::Table { titles, rows, .. }, chapters) => {
                    known = 0;
                    let text = std::mem::take(&mut text);
                    let above = caption::above_from(&text, paragraph, MediaType::Plain, chapters.is_some());
                    add_text(&mut outline, above.text, chapters)?;
                    titles.splice(0..0, above.titles);
                    before.table(titles, rows);
                    add_part(&mut outline, part, format)?;
                }
                (_, chapters) => {
                    known = 0;
                    add_text(&mut outline, &std::mem::take(&mut text), chapters)?;
                    add_part(&mut outline, part, format)?;
                }
            }
        }
        add_text(&mut outline, &text, chapters)?;
        outline.end()
    }

    /// What of the document's plain text is chapters: nobody marks the articles of a statute as headings.
    fn chapters(&self, format: Format) -> Option<Chapters> {
        let (mut headings, mut pages) = (0_usize, 0_usize);
        let mut levels = Levels::below(MAX_LEVEL, chapter::ITEM);
        for part in &self.parts {
            let DocumentPart::Heading { level, text } = part else { continue };
            if format == Format::Pdf && is_page(text) {
                pages += 1;
            } else if !text.is_empty() {
                headings += 1;
                let kind = chapter::chapter(text).map(|chapter| usize::from(chapter.level));
                if let Some(marked) = kind.and_then(|kind| levels.marked.get_mut(kind)) {
                    *marked = Some(marked.map_or(*level, |other| other.min(*level)));
                }
            }
        }
        // One heading is the title. Where there are more, 一、 begins an item of a list.
        let deepest = if headings > 1 { chapter::ARTICLE } else { chapter::ITEM };
        let texts = || {
            self.parts
                .iter()
                .filter_map(|part| if let DocumentPart::Text(text) = part { Some(text) } else { None })
        };
        let lines = || texts().flat_map(|text| text.lines());
        if !chapter::has_chapters(lines(), deepest) {
            return None;
        }
        levels.deepest = deepest;
        let is_chapter = |line: &&str| chapter::chapter(line).is_some_and(|chapter| chapter.level <= deepest);
        let over_pages = pages > 0 && lines().filter(is_chapter).count() * 2 >= pages;
        Some(Chapters { levels, over_pages })
    }
}

/// Whether each text right above a table is a paragraph or a list, or what is left of one: of other formats it is what stands there in
/// lines.
fn is_by_paragraph(format: Format) -> bool {
    matches!(format, Format::Docx | Format::Html | Format::Epub | Format::Eml)
}

/// Puts captions that the document marks, and lines that name tables, to the tables they stand above or below. Captions of pictures
/// and those beside no table are texts.
pub(super) fn placed(parts: Vec<DocumentPart>) -> Vec<DocumentPart> {
    let mut placed = Vec::with_capacity(parts.len());
    // Tables and captions with nothing between them.
    let mut run: Vec<DocumentPart> = Vec::new();
    for part in parted(parts) {
        if is_caption(&part) || matches!(part, DocumentPart::Table { .. }) {
            run.push(part);
        } else {
            end_run(&mut run, &mut placed);
            placed.push(part);
        }
    }
    end_run(&mut run, &mut placed);
    placed
}

fn is_caption(part: &DocumentPart) -> bool {
    match part {
        DocumentPart::Caption(text) => !caption::names_picture(text),
        DocumentPart::Text(text) => !text.contains('\n') && caption::names_table(text),
        DocumentPart::Heading { .. } | DocumentPart::Table { .. } => false,
    }
}

/// The parts, with lines beside tables that name them apart from the lines they stand with, and captions of pictures as text.
fn parted(parts: Vec<DocumentPart>) -> Vec<DocumentPart> {
    let mut out: Vec<DocumentPart> = Vec::with_capacity(parts.len());
    let mut parts = parts.into_iter().peekable();
    while let Some(part) = parts.next() {
        let mut text = match part {
            DocumentPart::Text(text) => text,
            DocumentPart::Caption(text) if caption::names_picture(&text) => text,
            part => {
                out.push(part);
                continue;
            }
        };
        let is_above = matches!(parts.peek(), Some(DocumentPart::Table { .. }));
        // What stands beside a table is apart from what is beyond it as it is.
        if is_above || matches!(out.last(), Some(DocumentPart::Table { .. })) {
            text = text.trim_start_matches('\n').to_owned();
        }
        if matches!(out.last(), Some(DocumentPart::Table { .. }))
            && let Some((first, rest)) =
                text.split_once('\n').filter(|(first, _)| caption::names_table(first))
        {
            out.push(DocumentPart::Text(first.to_owned()));
            text = rest.to_owned();
        }
        match text.rsplit_once('\n').filter(|(_, last)| is_above && caption::names_table(last)) {
            Some((before, last)) => {
                out.extend([DocumentPart::Text(before.to_owned()), DocumentPart::Text(last.to_owned())]);
            }
            None => out.push(DocumentPart::Text(text)),
        }
    }
    out
}

/// Ends a run of tables and captions: where it begins with a table and each has one below it, captions stand below.
fn end_run(run: &mut Vec<DocumentPart>, placed: &mut Vec<DocumentPart>) {
    let is_table = |part: &DocumentPart| matches!(part, DocumentPart::Table { .. });
    let are_below = run.len() > 1
        && run.iter().enumerate().all(|(at, part)| is_table(part) == at.is_multiple_of(2))
        && run.len().is_multiple_of(2);
    let mut above: Vec<String> = Vec::new();
    for part in run.drain(..) {
        match part {
            DocumentPart::Table { mut titles, header_rows, rows } => {
                titles.splice(0..0, above.drain(..));
                placed.push(DocumentPart::Table { titles, header_rows, rows });
            }
            DocumentPart::Caption(text) | DocumentPart::Text(text) => match placed.last_mut() {
                Some(DocumentPart::Table { titles, .. }) if are_below => titles.push(text),
                _ => above.push(text),
            },
            part @ DocumentPart::Heading { .. } => placed.push(part),
        }
    }
    // Below the last of several tables.
    match placed.last_mut() {
        Some(DocumentPart::Table { titles, .. }) if titles.is_empty() => titles.append(&mut above),
        _ => placed.extend(above.into_iter().map(DocumentPart::Text)),
    }
}

/// The table before, as far as nothing but the end of a page has come since: one that begins with the same row goes on with it, and
/// so does one that is called 续表, which often leaves its header out.
#[derive(Debug, Default)]
struct Before {
    titles: Vec<String>,
    header: Vec<String>,
}

impl Before {
    /// Looks at the next part.
    fn look(&mut self, part: &DocumentPart) {
        let is_between = match part {
            DocumentPart::Heading { text, .. } => !is_page(text),
            DocumentPart::Text(_) | DocumentPart::Caption(_) => true,
            DocumentPart::Table { .. } => false,
        };
        if is_between {
            *self = Self::default();
        }
    }

    /// Gives a table that goes on with the one before its titles, and keeps those of this one.
    fn table(&mut self, titles: &mut Vec<String>, rows: &mut Vec<Vec<String>>) {
        // Lines over the whole table stand above its header.
        let lines = rows.iter().take_while(|row| row.len() == 1).count();
        let header = rows.get(lines).map_or(&[][..], Vec::as_slice);
        let is_same = self.header == header;
        let is_called_so = titles.iter().any(|title| caption::goes_on(title));
        if is_same && titles.is_empty() || is_called_so {
            titles.splice(0..0, self.titles.iter().cloned());
        }
        let has_values = |row: &[String]| row.iter().any(|cell| is_quantity(cell));
        let lacks_header =
            header.len() == self.header.len() && has_values(header) && !has_values(&self.header);
        if is_called_so && lacks_header {
            rows.insert(lines, self.header.clone());
        } else {
            self.header = header.to_vec();
        }
        self.titles.clone_from(titles);
        self.titles.retain(|title| !caption::goes_on(title));
    }
}

/// The chapters of a document whose text is plain.
#[derive(Debug, Clone, Copy)]
struct Chapters {
    levels: Levels,
    /// Whether there are so many that they go on over the ends of pages.
    over_pages: bool,
}

fn add_text(outline: &mut Outline, text: &str, chapters: Option<Chapters>) -> Result<(), ParseError> {
    match chapters {
        Some(chapters) => plain::cut(text, outline, chapters.levels),
        None => outline.text(text, MediaType::Plain),
    }
}

/// Adds a part that a reader gave.
pub(super) fn add_part(outline: &mut Outline, part: DocumentPart, format: Format) -> Result<(), ParseError> {
    match part {
        DocumentPart::Heading { level, text } => outline.heading(level, text),
        DocumentPart::Text(text) | DocumentPart::Caption(text) => outline.text(&text, MediaType::Plain),
        DocumentPart::Table { titles, header_rows, rows } => {
            let header = match header_rows {
                // Programs for slides draw the first row as a header unless they are told not to.
                Some(1) if format == Format::Pptx => Header::Drawn,
                Some(rows) => Header::Said(rows),
                None => Header::Unsaid,
            };
            let within = if format == Format::Xlsx { Within::File } else { Within::Text };
            outline.table(titles, rows.into_iter().map(StringRecord::from), header, within)
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
mod tests;
