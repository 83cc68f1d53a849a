//! A table is one section for each row: "column: value" lines, so that a row is found and read by
//! what its cells mean. With a question and an answer column it is questions with their answers.
//!
//! One run of rows may hold several tables with empty rows between them, titles above a header, and remarks below.

mod cell;
mod columns;
mod header;

use csv::StringRecord;

use super::qa::QuestionColumns;
use super::{Block, Document, ParseError};
use crate::message::MediaType;
pub(super) use cell::is_question;
use columns::Columns;
pub(super) use header::Header;

/// Rows that are kept until it is clear what they are: titles, a header and what stands below it.
const LOOKED_AT: usize = 32;
/// Characters of a title above a table that is said with each row; a longer one is a text of its own.
const MAX_TITLE: usize = 60;
/// Columns that a note names.
const COLUMNS_TOLD: usize = 12;

/// What a table is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    /// A text, which tells what the table is about.
    Text,
    /// Nothing: the file or sheet is the table.
    File,
    /// A file that must hold questions and answers.
    Questions,
}

/// Rows on their way into a document. Beside the first rows there is only what was made of them.
pub(super) struct Table<'d> {
    document: &'d mut Document,
    /// Those above the table.
    headings: Vec<String>,
    header: Header,
    within: Within,
    first: Vec<(StringRecord, u64)>,
    columns: Option<Columns>,
    /// Titles that empty rows part from their table.
    titles: Vec<String>,
    after_gap: bool,
}

impl<'d> Table<'d> {
    pub(super) fn new(
        document: &'d mut Document,
        headings: Vec<String>,
        header: Header,
        within: Within,
    ) -> Self {
        Self {
            document,
            headings,
            header,
            within,
            first: Vec::new(),
            columns: None,
            titles: Vec::new(),
            after_gap: true,
        }
    }

    /// Takes the next row, which is the file's line or the table's row `line`.
    pub(super) fn row(&mut self, row: &StringRecord, line: u64) -> Result<(), ParseError> {
        if row.iter().all(|cell| cell.trim().is_empty()) {
            self.gap()
        } else if self.after_gap || self.columns.is_none() {
            self.first.push((row.clone(), line));
            if self.first.len() < LOOKED_AT { Ok(()) } else { self.decide() }
        } else if let Some(columns) = &mut self.columns {
            columns.add(row, line, self.document)
        } else {
            Ok(())
        }
    }

    /// An empty row, after which another table may begin.
    pub(super) fn gap(&mut self) -> Result<(), ParseError> {
        // Said headers are of the whole table: an empty row in it parts nothing.
        if matches!(self.header, Header::Said(said) if said > 0) && self.columns.is_none() {
            return Ok(());
        }
        self.decide()?;
        self.after_gap = true;
        Ok(())
    }

    pub(super) fn end(mut self) -> Result<(), ParseError> {
        self.decide()?;
        if let Some(columns) = self.columns.take() {
            columns.end(self.document, self.within)?;
        }
        let (titles, headings) = (std::mem::take(&mut self.titles), self.headings.clone());
        titles.into_iter().try_for_each(|title| self.push(title, headings.clone()))
    }

    fn push(&mut self, text: String, headings: Vec<String>) -> Result<(), ParseError> {
        self.document.add(Block::Prose { headings, text, media_type: MediaType::Plain })
    }

    /// A row of one cell between two empty ones is the title of the table below it, unless it remarks on the one above.
    fn is_title(&self, rows: &[StringRecord]) -> bool {
        let [row] = rows else { return false };
        let cell = row.iter().map(str::trim).find(|cell| !cell.is_empty()).unwrap_or_default();
        let is_short = cell.chars().count() <= MAX_TITLE && !cell.contains('\n');
        header::filled(row) == 1
            && is_short
            && self.titles.len() < LOOKED_AT
            && (self.columns.is_none()
                || !cell::is_remark(cell) && self.columns.as_ref().is_some_and(Columns::is_wide))
    }

    fn decide(&mut self) -> Result<(), ParseError> {
        let first = std::mem::take(&mut self.first);
        self.after_gap = false;
        if first.is_empty() {
            return Ok(());
        }
        let rows: Vec<StringRecord> = first.iter().map(|(row, _)| row.clone()).collect();
        if self.is_title(&rows) {
            self.titles.extend(
                rows.iter().flatten().map(|cell| cell.trim().to_owned()).filter(|cell| !cell.is_empty()),
            );
            self.after_gap = true;
            return Ok(());
        }
        let (found, questions) = match QuestionColumns::in_rows(&rows, self.within) {
            Some((found, questions)) => (found, Some(questions)),
            None => {
                let header = if self.columns.is_some() { Header::Unsaid } else { self.header };
                (header::find(&rows, header).into(), None)
            }
        };
        if let Some(columns) = &mut self.columns {
            if questions.is_none() && columns.goes_on(&rows, &found) {
                return first.iter().try_for_each(|(row, line)| columns.add(row, *line, self.document));
            }
            if let Some(columns) = self.columns.take() {
                columns.end(self.document, self.within)?;
            }
        }
        if questions.is_none() && self.within == Within::Questions {
            let names = rows.first().map(|row| told(row.iter())).unwrap_or_default();
            return Err(ParseError::Columns(names));
        }
        let mut headings = self.headings.clone();
        headings.append(&mut self.titles);
        for row in rows.iter().take(found.titles) {
            let mut cells: Vec<&str> = row.iter().map(str::trim).filter(|cell| !cell.is_empty()).collect();
            cells.dedup();
            let title = cells.join(" ");
            if title.chars().count() <= MAX_TITLE {
                headings.push(title);
            } else {
                self.push(title, headings.clone())?;
            }
        }
        let body = found.titles + found.rows;
        let header_lines =
            first.get(found.titles..body).unwrap_or_default().iter().map(|(_, line)| *line).collect();
        let mut columns = Columns::new(
            &rows,
            &found,
            headings,
            header_lines,
            questions,
            !matches!(self.header, Header::Usual),
        );
        for (row, line) in first.iter().skip(body) {
            columns.add(row, *line, self.document)?;
        }
        self.columns = Some(columns);
        Ok(())
    }
}

/// How the first rows are to be read, with or without a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct First {
    pub(super) titles: usize,
    pub(super) rows: usize,
    pub(super) is_certain: bool,
    pub(super) is_form: bool,
}

impl From<header::Found> for First {
    fn from(found: header::Found) -> Self {
        let header::Found { titles, rows, is_certain, is_form } = found;
        Self { titles, rows, is_certain, is_form }
    }
}

/// Names for a note.
pub(super) fn told<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut names: Vec<String> = names
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .take(COLUMNS_TOLD + 1)
        .map(|name| name.chars().take(cell::MAX_NAME).collect::<String>().replace('\n', " "))
        .collect();
    if names.len() > COLUMNS_TOLD {
        names.truncate(COLUMNS_TOLD);
        names.push("…".to_owned());
    }
    names.join(", ")
}
