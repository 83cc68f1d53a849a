//! What a table's header says of the rows below it.

use csv::StringRecord;

use super::cell::{self, CellKind, kind};
use super::first::{First, MAX_TITLE, Within, told};
use super::row::{cells, filled, is_alone, is_footer, is_labels, is_spread, runs, says, usual_width, words};
use super::{form, header};
use crate::knowledge::document::qa::QuestionColumns;
use crate::knowledge::document::{Block, Document, ParseError, count};
use crate::message::MediaType;

/// Characters of a row from which on it is matched in several windows, each of which must say whose row it is.
const WIDE: usize = 120;
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
    /// Whether cells may be merged ones, spread over their columns: the formats of text have none.
    spreads: bool,
    /// How many cells most rows have.
    usual: usize,
    /// The columns that tell whose row it is.
    keys: Vec<usize>,
    /// Whether a column holds numbers, of each column.
    numbers: Vec<bool>,
    /// Whether nothing in its file stands above it.
    is_first: bool,
    /// The row above a group of rows, and whether a row has come below it.
    group: Option<(String, bool)>,
    form: String,
    /// A form's first name.
    form_begins: String,
    rows: usize,
    titles: Vec<String>,
}

impl TableColumns {
    /// `rows` are the table's first, as `found` says.
    pub(super) fn new(rows: &[StringRecord], found: &First, above: TableContext) -> Self {
        let TableContext { headings, header_lines, questions, spreads, is_first } = above;
        let body = found.titles + found.rows;
        let header = rows.get(found.titles..body).unwrap_or_default().to_vec();
        let below = rows.get(body..).unwrap_or_default();
        let titles = rows.iter().take(found.titles).map(words).collect();
        Self {
            names: header::names(&header),
            header,
            header_lines,
            headings,
            questions,
            is_form: found.is_form,
            is_certain: found.is_certain,
            spreads,
            usual: usual_width(below),
            keys: keys(below),
            numbers: numbers(below),
            is_first,
            group: None,
            form: String::new(),
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

    /// Whether another table may begin with this row, although no empty one stands above it: it is a title, it names columns, or
    /// its first cell says again what the first column is called.
    pub(super) fn may_begin(&self, row: &StringRecord) -> bool {
        if self.header.contains(row) {
            return false;
        }
        let text = cells(row).next().unwrap_or_default();
        if self.is_form {
            return runs(row) > 2 && is_labels(row);
        }
        if is_alone(row) {
            let is_title =
                text.chars().count() <= MAX_TITLE && !text.contains('\n') && kind(text) == CellKind::Text;
            return is_title && (self.usual >= 2 || self.questions.is_some()) && !cell::is_remark(text);
        }
        // More cells than the questions' table has columns, and the usual names of others in them.
        let is_wider = || {
            let labels = || cells(row).filter(|cell| cell::is_label(cell)).count();
            self.questions.is_some() && filled(row) > self.names.len() && labels() * 2 >= filled(row)
        };
        self.says_first_name(row) || is_labels(row) || is_wider()
    }

    /// Whether a row begins as the header does, and names columns as well.
    fn says_first_name(&self, row: &StringRecord) -> bool {
        let first = self.names.iter().find(|name| !name.is_empty());
        let is_name = |cell: &str| {
            cell.chars().count() <= cell::MAX_NAME && (kind(cell) != CellKind::Number || cell::is_year(cell))
        };
        first.is_some_and(|first| cells(row).next() == Some(first.as_str())) && cells(row).all(is_name)
    }

    /// Whether rows that may begin another table are this one's. `is_apart`: whether an empty row stands above them.
    pub(super) fn goes_on(&self, rows: &[StringRecord], found: &First, is_apart: bool) -> bool {
        let widest = rows.iter().map(filled).max().unwrap_or(0);
        if widest <= 1 && (self.usual >= 2 || self.questions.is_some())
            || rows.first().is_some_and(|row| self.header.contains(row))
        {
            return true;
        }
        let head = rows.get(found.titles).filter(|_| found.rows > 0);
        let below = rows.get(found.titles + found.rows..).unwrap_or_default();
        let is_known = head.is_some_and(is_labels);
        if let Some(questions) = &self.questions {
            let is_other_width = head.is_some_and(|head| filled(head) != self.usual);
            let has_known = head.is_some_and(|head| cells(head).skip(1).all(cell::is_label));
            let is_header = if is_apart {
                head.is_some() && !below.is_empty() || found.is_form
            } else {
                found.is_certain && (has_known || is_other_width) && !below.is_empty()
            };
            return questions.goes_on(rows, is_header && head.is_none_or(|head| !asks(head)), is_known);
        }
        let is_other = head.is_some() && self.holds_others(below);
        if !is_apart {
            let repeats = found.titles == 0 && head.is_some_and(|head| self.says_first_name(head));
            let is_sure = found.is_certain && is_known && !below.is_empty();
            let is_titled = found.titles > 0
                && (is_other || found.is_certain && head.is_some_and(|head| self.names_numbers(head)));
            return !(repeats && !below.is_empty() || is_sure || is_titled && !below.is_empty());
        }
        let first = rows.first().and_then(|row| cells(row).next());
        if found.is_form && first.is_some_and(|first| self.form_begins == first) {
            return false;
        }
        if found.is_form != self.is_form || (found.rows > 0 && found.is_certain) || is_other {
            return false;
        }
        let usual = usual_width(rows);
        let fits = rows
            .iter()
            .all(|row| row.len() <= self.names.len().max(self.usual) || filled(row) <= self.names.len());
        fits && usual <= self.names.len().max(self.usual) && (found.rows == 0 || usual == self.usual)
    }

    /// Whether a row has a word, each another, in every column, also in several that hold numbers.
    fn names_numbers(&self, row: &StringRecord) -> bool {
        let words: std::collections::BTreeSet<&str> = cells(row).collect();
        let is_word = |cell: &str| kind(cell) == CellKind::Text && cell.chars().count() <= cell::MAX_NAME;
        let numbers =
            self.numbers.iter().zip(row).filter(|(is, cell)| **is && kind(cell) == CellKind::Text).count();
        numbers >= 2 && words.len() == filled(row) && cells(row).all(is_word)
    }

    /// Whether texts stand where this table has numbers.
    fn holds_others(&self, rows: &[StringRecord]) -> bool {
        let is_text = |column: usize| {
            rows.iter().all(|row| row.get(column).is_some_and(|cell| kind(cell) == CellKind::Text))
        };
        rows.len() > 1 && self.numbers.iter().enumerate().any(|(column, is)| *is && is_text(column))
    }

    /// Whether a row is 备注 with a text beside it, where numbers should stand.
    fn is_remark(&self, row: &StringRecord) -> bool {
        let first = cells(row).next().unwrap_or_default();
        let is_text = |(is_number, cell): (&bool, &str)| *is_number && kind(cell) == CellKind::Text;
        matches!(first, "备注" | "注" | "说明" | "附注" | "数据来源" | "资料来源" | "来源")
            && filled(row) == 2
            && self.numbers.iter().zip(row).any(is_text)
    }

    /// Adds a row, which is the document's line `line`. A cell below no name stands for itself.
    pub(super) fn add(
        &mut self,
        row: &StringRecord,
        line: u64,
        document: &mut Document,
    ) -> Result<(), ParseError> {
        // Printed tables say their header again on each page.
        if self.header.contains(row) {
            return Ok(());
        }
        let is_plain = self.questions.is_none() && !self.is_form && self.usual >= 2;
        if is_plain && (is_footer(row) || self.is_remark(row)) {
            return self.push(words(row), self.headings.clone(), document);
        }
        self.rows += 1;
        if let Some(questions) = &mut self.questions {
            return questions.add(row, line, document);
        }
        if self.is_form {
            return self.add_to_form(row, document);
        }
        let first = self.names.iter().position(|name| !name.is_empty()).unwrap_or(0);
        let is_single = filled(row) == 1 && !row.get(first).unwrap_or_default().trim().is_empty();
        // Three zeros are a row like any other.
        let is_spread = self.spreads
            && is_spread(row)
            && row.iter().all(|cell| cell::kind(cell) != cell::CellKind::Number);
        if self.usual >= 2 && (is_single || is_spread && row.len() > 2) {
            let text = row.iter().map(str::trim).find(|cell| !cell.is_empty()).unwrap_or_default();
            if cell::is_group(text)
                || is_spread && text.chars().count() <= cell::MAX_NAME && !cell::is_remark(text)
            {
                self.end_group(document)?;
                self.group = Some((text.to_owned(), false));
                self.rows -= 1;
                return Ok(());
            }
            if cell::is_remark(text) || is_spread || says(text) {
                self.rows -= 1;
                return self.push(text.to_owned(), self.headings.clone(), document);
            }
        }
        let lines = self.lines(row);
        if lines.is_empty() {
            return Ok(());
        }
        let mut headings = self.headings.clone();
        if let Some((group, used)) = &mut self.group {
            headings.push(group.clone());
            *used = true;
        }
        self.add_lines(row, lines, headings, document)
    }

    pub(super) fn end(mut self, document: &mut Document, within: Within) -> Result<(), ParseError> {
        self.end_group(document)?;
        if let Some(questions) = &mut self.questions {
            questions.end(document)?;
        }
        let form = std::mem::take(&mut self.form);
        if !form.is_empty() {
            self.push(form, self.headings.clone(), document)?;
        }
        self.tell(document, within);
        Ok(())
    }

    fn tell(&self, document: &mut Document, within: Within) {
        if let Some(questions) = &self.questions {
            document.tell(questions.told());
            return;
        }
        // Nothing else was to be expected.
        if self.is_first && self.is_certain && self.titles.is_empty() && self.header_lines.len() == 1 {
            return;
        }
        if within == Within::Text {
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
                let doubt = if self.is_certain { "" } else { ", as is usual" };
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

    /// One line for each cell that says something.
    fn lines(&self, row: &StringRecord) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        if self.names.iter().all(String::is_empty) {
            let cells: Vec<&str> = row.iter().map(str::trim).filter(|cell| !cell.is_empty()).collect();
            if cells.iter().any(|cell| cell.contains('\n')) {
                return cells.into_iter().map(str::to_owned).collect();
            }
            return if cells.is_empty() { Vec::new() } else { vec![cells.join(" | ")] };
        }
        let names = self.names.iter().map(String::as_str).chain(std::iter::repeat(""));
        for (name, value) in names.zip(row) {
            let value = value.trim();
            if value.is_empty() {
                continue;
            }
            // 合计 is none of what its column lists.
            let is_bare = name.is_empty() || cell::is_total(value);
            let line = if is_bare { value.to_owned() } else { format!("{name}: {value}") };
            // A cell over two columns of one name.
            if lines.last() != Some(&line) {
                lines.push(line);
            }
        }
        lines
    }

    /// A row that is matched in several windows says in each, and in each part of it, whose row it is.
    fn add_lines(
        &self,
        row: &StringRecord,
        lines: Vec<String>,
        mut headings: Vec<String>,
        document: &mut Document,
    ) -> Result<(), ParseError> {
        let chars: usize = lines.iter().map(|line| line.chars().count() + 1).sum();
        if chars <= WIDE {
            return self.push(lines.join("\n"), headings, document);
        }
        let key_cells = self.keys.iter().filter_map(|&key| row.get(key)).map(str::trim);
        let key_cells: Vec<&str> =
            key_cells.filter(|cell| !cell.is_empty() && cell.chars().count() <= MAX_KEY).collect();
        if key_cells.is_empty() {
            return self.push(lines.join("\n"), headings, document);
        }
        headings.push(key_cells.join(" "));
        if chars <= PART {
            return self.push(lines.join("\n"), headings, document);
        }
        let named = |&key: &usize| {
            let value = row.get(key).unwrap_or_default().trim();
            let name = self.names.get(key).map_or("", String::as_str);
            if name.is_empty() { value.to_owned() } else { format!("{name}: {value}") }
        };
        let key: Vec<String> = self
            .keys
            .iter()
            .map(named)
            .filter(|line| lines.contains(line) && line.chars().count() <= 2 * MAX_KEY)
            .collect();
        let mut part = String::new();
        let mut room = PART;
        for line in lines {
            let length = line.chars().count() + 1;
            if !part.is_empty() && length > room {
                self.push(std::mem::take(&mut part), headings.clone(), document)?;
                part = key.join("\n");
                room = PART;
            }
            if !part.is_empty() {
                part.push('\n');
            }
            part.push_str(&line);
            room = room.saturating_sub(length);
        }
        self.push(part, headings, document)
    }

    fn add_to_form(&mut self, row: &StringRecord, document: &mut Document) -> Result<(), ParseError> {
        let lines = form::lines(row);
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

    /// A group's name that no row stands below is a text.
    fn end_group(&mut self, document: &mut Document) -> Result<(), ParseError> {
        match self.group.take() {
            Some((group, false)) => self.push(group, self.headings.clone(), document),
            _ => Ok(()),
        }
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
    /// Those above it.
    pub(super) headings: Vec<String>,
    /// The rows its names are in.
    pub(super) header_lines: Vec<u64>,
    pub(super) questions: Option<QuestionColumns>,
    /// Whether cells may be merged ones, spread over their columns.
    pub(super) spreads: bool,
    /// Whether nothing in its file stands above it.
    pub(super) is_first: bool,
}

fn asks(row: &StringRecord) -> bool {
    row.iter().any(|cell| cell.trim().ends_with(['？', '?']))
}

/// Which columns hold numbers.
fn numbers(rows: &[StringRecord]) -> Vec<bool> {
    let width = rows.iter().map(StringRecord::len).max().unwrap_or(0);
    let is_number = |column: usize| {
        let kinds =
            rows.iter().filter_map(|row| row.get(column)).map(kind).filter(|kind| *kind != CellKind::Empty);
        let kinds: Vec<CellKind> = kinds.collect();
        let numbers = kinds.iter().filter(|kind| **kind == CellKind::Number).count();
        numbers > 0 && numbers * 10 >= kinds.len() * 6
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
