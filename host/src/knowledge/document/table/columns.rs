//! What a table's header says of the rows below it.

mod apart;
mod lines;
mod looks;
mod next;
mod part;
mod said;
mod widths;

use csv::StringRecord;

use super::cell::{self, CellKind, kind};
use super::first::{First, MAX_TITLE, Within, told};
use super::row::{
    cells, filled, is_alone, is_footer, is_line, is_remarks, is_spread, says, stand_alone, usual_width, words,
};
use super::unit::says_unit;
use super::{form, header};
use crate::knowledge::document::qa::QuestionColumns;
use crate::knowledge::document::{Block, Document, ParseError, count};
use crate::message::MediaType;
use looks::RowLooks;
use part::FirstPart;
use widths::{NotedLines, RowWidths};

/// Characters of a row of one cell that is rather a remark than one of the table's, where the cells of its column are shorter.
const LONG: usize = 10;
/// Characters of a part of a row that is too wide to be shown in one piece.
const PART: usize = 1200;
/// Columns that may be needed to tell whose row it is.
const MAX_KEYS: usize = 3;
/// Characters of such a cell.
const MAX_KEY: usize = 40;

pub(super) struct TableColumns {
    names: Vec<String>,
    header: Vec<StringRecord>,
    /// The rows the names were found in.
    header_lines: Vec<u64>,
    headings: Vec<String>,
    questions: Option<QuestionColumns>,
    is_form: bool,
    is_certain: bool,
    /// Whether the document itself marks the header.
    is_said: bool,
    /// Whether cells may be merged ones, spread over their columns: the formats of text have none.
    spreads: bool,
    /// Whether its header was kept as a row as well.
    is_kept: bool,
    /// How many cells most rows have.
    usual: usize,
    /// The columns that tell whose row it is.
    keys: Vec<usize>,
    /// Whether a column holds numbers, of each column.
    numbers: Vec<bool>,
    /// What its rows look like so far.
    looks: RowLooks,
    /// Rows that might have named the columns of another table.
    doubts: NotedLines,
    /// Whether nothing in its file stands above it.
    is_first: bool,
    /// What stands above the next rows: what they have in common, and in what they count.
    group: Option<RowAbove>,
    unit: Option<RowAbove>,
    /// Whether a row of one short cell begins a group of rows, as the first of them does.
    has_groups: bool,
    /// What the title right above the header names, where rows may name more of its kind.
    part: Option<FirstPart>,
    /// Characters of the longest cell in the first column.
    longest: usize,
    /// Rows of names with colons, and what may stand among them, until it is clear whether they stand below the table.
    kept: Vec<(StringRecord, u64)>,
    /// Rows that have more or fewer cells than the header.
    widths: RowWidths,
    /// The headings of the form that the table stands in.
    around: Option<Vec<String>>,
    /// A form's rows so far, and whether they are names with values and remarks.
    form: String,
    has_remarks: bool,
    /// A form's first name.
    form_begins: String,
    rows: usize,
    titles: Vec<String>,
}

impl TableColumns {
    /// `rows` are the table's first, as `found` says.
    pub(super) fn new(rows: &[StringRecord], found: &First, above: TableContext) -> Self {
        let TableContext { headings, form, header_lines, questions, spreads, is_kept, is_first, delimiter } =
            above;
        let body = found.titles + found.rows;
        let header = rows.get(found.titles..body).unwrap_or_default().to_vec();
        let below = rows.get(body..).unwrap_or_default();
        let titles = rows.iter().take(found.titles).map(words).collect();
        let names = header::names(&header);
        let has_groups = has_groups(below, spreads);
        Self {
            header,
            header_lines,
            headings,
            questions,
            is_form: found.is_form,
            is_certain: found.is_certain,
            is_said: found.is_said,
            spreads,
            is_kept,
            usual: usual_width(below),
            keys: keys(below),
            numbers: numbers(below),
            looks: RowLooks::default(),
            doubts: NotedLines::default(),
            is_first,
            group: None,
            unit: None,
            part: FirstPart::new(rows, found).filter(|_| !has_groups),
            has_groups,
            longest: longest(below),
            kept: Vec::new(),
            widths: RowWidths::new(&names, below, delimiter),
            names,
            around: form,
            form: String::new(),
            has_remarks: found.is_form && form::has_remarks(below),
            form_begins: below.first().and_then(|row| cells(row).next()).unwrap_or_default().to_owned(),
            rows: 0,
            titles,
        }
    }

    /// Whether its rows have several cells.
    pub(super) fn is_wide(&self) -> bool {
        self.usual >= 2 && self.questions.is_none()
    }

    pub(super) fn has_questions(&self) -> bool {
        self.questions.is_some()
    }

    /// Adds a row, which is the document's line `line`. A cell below no name stands for itself.
    pub(super) fn add(
        &mut self,
        row: &StringRecord,
        line: u64,
        document: &mut Document,
    ) -> Result<(), ParseError> {
        // Printed tables say their titles and their header again on each page.
        if self.repeats(row) {
            return Ok(());
        }
        if let Some(questions) = &mut self.questions {
            self.rows += 1;
            return questions.add(row, line, document);
        }
        if self.keep(row, line, document)? { Ok(()) } else { self.add_row(row, line, document) }
    }

    /// Adds a row of which it is known that it is one of the table's, or stands among them.
    fn add_row(&mut self, row: &StringRecord, line: u64, document: &mut Document) -> Result<(), ParseError> {
        if self.are_remarks(row) {
            return self.push(words(row), self.headings.clone(), document);
        }
        if self.is_plain() && self.is_single(row) && self.add_alone(row, document)? {
            return Ok(());
        }
        self.rows += 1;
        if self.is_form {
            return self.add_to_form(row, document);
        }
        let mended = self.widths.mend(row, line);
        let row = mended.as_ref().unwrap_or(row);
        self.looks.add(row, &self.numbers);
        let lines =
            if self.widths.is_shifted(row, &self.numbers) { stand_alone(row) } else { self.lines(row) };
        if lines.is_empty() {
            return Ok(());
        }
        let headings = self.row_headings();
        self.add_lines(row, lines, headings, document)
    }

    /// Whether its rows have several cells and are none of a form.
    fn is_plain(&self) -> bool {
        !self.is_form && self.usual >= 2
    }

    /// Whether a row remarks on the others, or is signed.
    fn are_remarks(&self, row: &StringRecord) -> bool {
        let are = || is_footer(row) || is_remarks(row) && filled(row) > 1 || self.is_remark(row);
        self.is_plain() && are() && !self.says_unit(row)
    }

    /// Whether a row is 备注 with a text beside it, where numbers should stand.
    fn is_remark(&self, row: &StringRecord) -> bool {
        let first = cells(row).next().unwrap_or_default();
        let is_text = |(is_number, cell): (&bool, &str)| *is_number && kind(cell) == CellKind::Text;
        matches!(first, "备注" | "注" | "说明" | "附注" | "数据来源" | "资料来源" | "来源")
            && filled(row) == 2
            && self.numbers.iter().zip(row).any(is_text)
    }

    /// Whether a row has one cell, or one that was spread over others where cells may be merged.
    fn is_single(&self, row: &StringRecord) -> bool {
        filled(row) == 1 || self.spreads && is_alone(row)
    }

    fn says_unit(&self, row: &StringRecord) -> bool {
        is_alone(row) && cells(row).next().is_some_and(says_unit)
    }

    /// Takes a row that has one cell and is none of the table's: what names the rows below it, their unit, a remark. False where it
    /// is a row like the others.
    fn add_alone(&mut self, row: &StringRecord, document: &mut Document) -> Result<bool, ParseError> {
        let Some(text) = cells(row).next() else { return Ok(false) };
        if says_unit(text) {
            let before = self.unit.replace(RowAbove::new(text));
            self.end_over(before, document)?;
            return Ok(true);
        }
        if let Some(part) = &mut self.part {
            let is_next = part.is_followed_by(row, self.looks.first());
            if is_next || part.may_end_at(row) {
                part.is_over = true;
                self.headings.pop_if(|heading| part.is_called(heading));
                // Rather under no part than under one that may have ended.
                let next = is_next.then(|| RowAbove::new(text));
                let before = std::mem::replace(&mut self.group, next);
                self.end_over(before, document)?;
            }
            if is_next {
                return Ok(true);
            }
        }
        let first = self.names.iter().position(|name| !name.is_empty()).unwrap_or(0);
        let is_first = is_line(row) || row.get(first).is_some_and(|cell| !cell.trim().is_empty());
        // Three zeros are a row like any other.
        let is_over = self.spreads
            && kind(text) != CellKind::Number
            && (is_line(row) || is_spread(row) && row.len() > 2);
        let length = text.chars().count();
        let is_long = length >= LONG && length * 2 > self.longest * 3;
        let is_group = cell::is_group(text)
            || is_over && length <= MAX_TITLE && !cell::is_note(text)
            || self.has_groups && length <= cell::MAX_NAME && !cell::is_note(text) && !is_long;
        if is_first && is_group && !says(text) {
            let before = self.group.replace(RowAbove::new(text));
            self.end_over(before, document)?;
            return Ok(true);
        }
        if cell::is_remark(text) || cell::is_note(text) || is_over || says(text) || is_first && is_long {
            self.push(text.to_owned(), self.headings.clone(), document)?;
            return Ok(true);
        }
        Ok(false)
    }

    /// What stands above a row: the table's titles, the unit that holds from some row on, the group.
    fn row_headings(&mut self) -> Vec<String> {
        let is_other = |heading: &&String| self.unit.is_none() || !says_unit(heading);
        let mut headings: Vec<String> = self.headings.iter().filter(is_other).cloned().collect();
        for over in [&mut self.unit, &mut self.group].into_iter().flatten() {
            headings.push(over.text.clone());
            over.is_used = true;
        }
        headings
    }

    pub(super) fn end(mut self, document: &mut Document, within: Within) -> Result<(), ParseError> {
        self.end_kept(true, document)?;
        for over in [self.unit.take(), self.group.take()] {
            self.end_over(over, document)?;
        }
        if let Some(questions) = &mut self.questions {
            questions.end(document)?;
        }
        let form = std::mem::take(&mut self.form);
        if !form.is_empty() {
            self.push(form, self.headings.clone(), document)?;
        }
        self.widths.tell(document);
        if let Some(doubts) = self.doubts.told() {
            document.tell(format!(
                "rows with words where others have numbers were read as rows and not as the header of another table: line {doubts}; \
                 put an empty row above one that is a header"
            ));
        }
        self.tell(document, within);
        Ok(())
    }

    fn tell(&self, document: &mut Document, within: Within) {
        if let Some(questions) = &self.questions {
            document.tell(questions.told());
            return;
        }
        // One certain header row without titles is the usual case in a document's first table and needs no
        // note.
        if self.is_first && self.is_certain && self.titles.is_empty() && self.header_lines.len() == 1 {
            return;
        }
        if within == Within::Text && !self.is_kept {
            document.without_header += usize::from(self.names.is_empty() && !self.is_form && self.rows > 1);
            return;
        }
        let rows = count(self.rows, "row");
        let what = match (self.header_lines.as_slice(), self.is_form) {
            (_, true) => format!("read as a form of {rows}, each name with the value beside it"),
            ([], _) => format!(
                "read as a table of {rows} without a header, since no row was likely to name the columns; where one \
                 does, put it above the others"
            ),
            ([first, rest @ ..], _) => {
                let taken = match rest.last() {
                    Some(last) => format!("rows {first} and {last} were"),
                    None => format!("row {first} was"),
                };
                let doubt = match (self.is_certain, self.is_kept) {
                    (true, _) => "",
                    (false, false) => ", as is usual",
                    (false, true) => ", as is usual, and kept as a row as well",
                };
                let names = told(self.names.iter().map(String::as_str));
                format!("read as a table of {rows}; {taken} taken for its header{doubt}: {names}")
            }
        };
        let titles = if self.titles.is_empty() {
            String::new()
        } else {
            format!("; above it stands: {}", told(self.titles.iter().map(String::as_str)))
        };
        document.tell(format!("{what}{titles}"));
    }

    fn add_to_form(&mut self, row: &StringRecord, document: &mut Document) -> Result<(), ParseError> {
        let lines = if self.has_remarks { form::remarked(row) } else { form::lines(row) };
        if self.form.chars().count() + lines.chars().count() > PART {
            let form = std::mem::take(&mut self.form);
            self.push(form, self.headings.clone(), document)?;
        }
        if !self.form.is_empty() && !lines.is_empty() {
            self.form.push('\n');
        }
        self.form.push_str(&lines);
        Ok(())
    }

    /// What stands over no row after all is a text.
    fn end_over(&self, over: Option<RowAbove>, document: &mut Document) -> Result<(), ParseError> {
        let unused = over.filter(|over| !over.is_used);
        unused.map_or(Ok(()), |over| self.push(over.text, self.headings.clone(), document))
    }

    fn push(&self, text: String, headings: Vec<String>, document: &mut Document) -> Result<(), ParseError> {
        if text.trim().is_empty() {
            return Ok(());
        }
        document.add(Block::Prose { headings, text, media_type: MediaType::Plain })
    }
}

/// What is known of a table beside its first rows.
pub(super) struct TableContext {
    /// The headings of the document under which the table stands.
    pub(super) headings: Vec<String>,
    /// The headings of the form it stands in, where it stands in one.
    pub(super) form: Option<Vec<String>>,
    /// The rows its names are in.
    pub(super) header_lines: Vec<u64>,
    pub(super) questions: Option<QuestionColumns>,
    /// Whether cells may be merged ones, spread over their columns.
    pub(super) spreads: bool,
    /// Whether its header may be a row like the others, and was kept as one as well.
    pub(super) is_kept: bool,
    /// Whether nothing in its file stands above it.
    pub(super) is_first: bool,
    /// What separates the cells of its rows in the file, where something does.
    pub(super) delimiter: Option<u8>,
}

/// A row that says something of the rows below it.
struct RowAbove {
    text: String,
    /// Whether a row has come below it.
    is_used: bool,
}

impl RowAbove {
    fn new(text: &str) -> Self {
        Self { text: text.to_owned(), is_used: false }
    }
}

/// Whether the first row has one short cell and the next more: it names a group of rows, and so do others like it.
fn has_groups(rows: &[StringRecord], spreads: bool) -> bool {
    let [first, second, ..] = rows else { return false };
    let is_single = |row: &StringRecord| filled(row) == 1 || spreads && is_alone(row);
    let is_name = |cell: &str| {
        kind(cell) == CellKind::Text
            && cell.chars().count() <= cell::MAX_NAME
            && !cell::is_note(cell)
            && !says(cell)
    };
    is_single(first) && !is_single(second) && first.get(0).is_some_and(is_name)
}

/// Characters of the longest cell in the first column of the rows that have others.
fn longest(rows: &[StringRecord]) -> usize {
    let wide = rows.iter().filter(|row| !is_alone(row));
    wide.filter_map(|row| row.get(0)).map(|cell| cell.trim().chars().count()).max().unwrap_or(0)
}

/// Which columns hold numbers. Another table may begin among these rows, so the first half of them is enough.
fn numbers(rows: &[StringRecord]) -> Vec<bool> {
    let width = rows.iter().map(StringRecord::len).max().unwrap_or(0);
    let are_numbers = |kinds: &[CellKind]| {
        let numbers = kinds.iter().filter(|kind| **kind == CellKind::Number).count();
        numbers > 0 && numbers * 10 >= kinds.len() * 6
    };
    let is_number = |column: usize| {
        let kinds =
            rows.iter().filter_map(|row| row.get(column)).map(kind).filter(|kind| *kind != CellKind::Empty);
        let kinds: Vec<CellKind> = kinds.collect();
        let half = kinds.get(..kinds.len().div_ceil(2)).unwrap_or_default();
        are_numbers(&kinds) || half.len() > 1 && are_numbers(half)
    };
    (0..width).map(is_number).collect()
}

/// The first columns of names that no two of the rows have in common, as far as there are such.
fn keys(rows: &[StringRecord]) -> Vec<usize> {
    let width = rows.iter().map(StringRecord::len).max().unwrap_or(0);
    let is_key = |&column: &usize| {
        let cells =
            || rows.iter().filter_map(|row| row.get(column)).map(str::trim).filter(|cell| !cell.is_empty());
        let texts =
            cells().filter(|cell| kind(cell) == CellKind::Text && cell.chars().count() <= MAX_KEY).count();
        texts > 0 && texts * 2 >= cells().count()
    };
    let mut keys: Vec<usize> = Vec::new();
    for column in (0..width).filter(is_key).take(MAX_KEYS) {
        keys.push(column);
        let mut seen = std::collections::HashSet::new();
        let is_new = |row: &StringRecord| {
            seen.insert(
                keys.iter().map(|&key| row.get(key).unwrap_or_default().to_owned()).collect::<Vec<_>>(),
            )
        };
        if rows.iter().all(is_new) {
            break;
        }
    }
    if keys.is_empty() && width > 0 {
        keys.push(0);
    }
    keys
}
