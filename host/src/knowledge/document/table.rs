//! A table is one section for each row: "column: value" lines, so that a row is found and read by
//! what its cells mean. With a question and an answer column it is questions with their answers.
//!
//! One run of rows may hold several tables, below one another or side by side, titles above a header, and remarks below.

mod beside;
mod cell;
mod columns;
mod first;
mod form;
mod header;
mod pairs;
mod row;
mod unit;

use csv::StringRecord;

use super::qa::QuestionColumns;
use super::{Block, Document, ParseError, WrittenCell};
use crate::message::MediaType;
use beside::Beside;
pub(super) use cell::{is_quantity, is_question, is_remark};
use columns::{TableColumns, TableContext};
pub(super) use first::{First, MAX_TITLE, Within, said_title, told};
pub(super) use header::Header;
use pairs::FirstOfTwo;
pub(super) use row::{filled, is_alone, is_signature, may_stand_above, names_groups, says};
use row::{is_footer, is_remarks, words};
pub(super) use unit::says_unit;

/// Rows that are kept until it is clear what they are: titles, a header and what stands below it.
const LOOKED_AT: usize = 32;
/// Rows with words where numbers are usual that are looked at as the header of another table; a table with more has such words.
const MAX_DOUBTS: usize = 200;
/// Rows of one cell between two empty ones that are titles: 单位：元 stands below a title.
const MAX_TITLES: usize = 3;

/// Rows on their way into a document. Beside the first rows there is only what was made of them.
pub(super) struct TableWriter<'d> {
    document: &'d mut Document,
    /// The headings of the document under which the table stands.
    headings: Vec<String>,
    header: Header,
    within: Within,
    first: Vec<(StringRecord, u64)>,
    columns: Option<TableColumns>,
    /// Titles that empty rows part from their table.
    titles: Vec<(StringRecord, u64)>,
    /// Whether the next row may begin another table, and whether since an empty one stands above it.
    is_open: bool,
    is_apart: bool,
    /// Tables side by side, while there are some; `None` in such a table.
    beside: Option<Beside>,
    is_beside: bool,
    is_first: bool,
    delimiter: Option<u8>,
    /// Rows that might have begun another table and did not.
    doubts: usize,
}

impl<'d> TableWriter<'d> {
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
            is_open: true,
            is_apart: true,
            beside: None,
            is_beside: false,
            is_first: true,
            delimiter: None,
            doubts: 0,
        }
    }

    /// A table in a text whose cells this separates.
    pub(super) fn separated_by(self, delimiter: u8) -> Self {
        Self { delimiter: Some(delimiter), ..self }
    }

    /// Keeps how cells of the row `line` were written, where that is not what they read like.
    pub(super) fn keep_written(&mut self, line: u64, cells: Vec<WrittenCell>) {
        self.document.written.insert(line, cells);
    }

    /// Takes the next row, which is the file's line or the table's row `line`.
    pub(super) fn row(&mut self, row: &StringRecord, line: u64) -> Result<(), ParseError> {
        if let Some(beside) = &mut self.beside {
            if beside.holds(row) {
                beside.add(row, line);
                return Ok(());
            }
            self.end_beside()?;
        }
        if row.iter().all(|cell| cell.trim().is_empty()) {
            return self.gap();
        }
        if let Some(columns) = &mut self.columns {
            let begins = columns.may_begin(row);
            let may_begin = begins || self.doubts < MAX_DOUBTS && columns.perhaps_begins(row);
            if !self.is_open && !may_begin {
                return columns.add(row, line, self.document);
            }
            // A title goes with what is below it.
            if begins && self.first.iter().any(|(row, _)| !is_alone(row)) {
                self.decide()?;
            }
            if !self.is_open {
                self.is_open = true;
                self.is_apart = false;
            }
        }
        self.first.push((row.clone(), line));
        if self.first.len() < LOOKED_AT { Ok(()) } else { self.decide() }
    }

    /// An empty row, after which another table may begin.
    pub(super) fn gap(&mut self) -> Result<(), ParseError> {
        // Below a header that is said come its rows, an empty one between or not.
        if self.columns.is_none() && self.header.said().is_some_and(|said| self.first.len() <= said) {
            return Ok(());
        }
        self.settle()?;
        self.is_open = true;
        self.is_apart = true;
        Ok(())
    }

    pub(super) fn end(mut self) -> Result<(), ParseError> {
        self.settle()?;
        let titles = std::mem::take(&mut self.titles);
        if self.within == Within::Questions
            && self.is_first
            && let Some((row, _)) = titles.first()
        {
            return Err(ParseError::Columns(words(row)));
        }
        if let Some(mut columns) = self.columns.take() {
            // What stands alone below questions is one that nobody answers.
            let rows: &[_] = if columns.has_questions() { &titles } else { &[] };
            for (row, line) in rows {
                columns.add(row, *line, self.document)?;
            }
            let is_done = !rows.is_empty();
            columns.end(self.document, self.within)?;
            if is_done {
                return Ok(());
            }
        }
        let headings = self.headings.clone();
        titles.iter().try_for_each(|(row, _)| self.push(words(row), headings.clone()))
    }

    /// Decides on all rows that are kept.
    fn settle(&mut self) -> Result<(), ParseError> {
        self.end_beside()?;
        while !self.first.is_empty() {
            self.decide()?;
            self.end_beside()?;
        }
        Ok(())
    }

    fn push(&mut self, text: String, headings: Vec<String>) -> Result<(), ParseError> {
        self.document.add(Block::Prose { headings, text, media_type: MediaType::Plain })
    }

    /// Rows of one cell between two empty ones are titles of the table below, unless they remark on the one above.
    fn is_title(&self, rows: &[StringRecord]) -> bool {
        fn cell(row: &StringRecord) -> &str {
            row.iter().map(str::trim).find(|cell| !cell.is_empty()).unwrap_or_default()
        }
        let Some(row) = rows.first().filter(|_| rows.len() <= MAX_TITLES) else { return false };
        let is_short = |row| cell(row).chars().count() <= MAX_TITLE && !cell(row).contains('\n');
        let cell = cell(row);
        let ends = |columns: &TableColumns| {
            !is_remark(cell)
                && !is_footer(row)
                && !is_question(cell)
                && (columns.is_wide() || columns.has_questions())
        };
        rows.iter().all(|row| is_alone(row) && is_short(row))
            && self.titles.len() < LOOKED_AT
            && self.columns.as_ref().is_none_or(|columns| self.is_apart && ends(columns))
    }

    fn decide(&mut self) -> Result<(), ParseError> {
        let first = std::mem::take(&mut self.first);
        let is_apart = self.is_apart;
        self.is_open = false;
        if first.is_empty() {
            return Ok(());
        }
        let rows: Vec<StringRecord> = first.iter().map(|(row, _)| row.clone()).collect();
        if self.is_title(&rows) {
            self.titles.extend(first);
            self.is_open = true;
            return Ok(());
        }
        let header = if self.columns.is_some() { Header::Unsaid } else { self.header };
        let resumes_form =
            self.columns.as_ref().zip(rows.first()).is_some_and(|(columns, row)| columns.resumes_form(row));
        let (found, questions) = match self.question_columns(&rows, header) {
            _ if resumes_form => (First { is_form: true, ..First::default() }, None),
            Some((found, questions)) => (found, Some(questions)),
            None => (self.first_rows(&rows, header), None),
        };
        // The headings of the form that this table stands in or goes on with.
        let mut form = None;
        if let Some(columns) = &mut self.columns {
            let is_below_gap = is_apart && self.titles.is_empty() && !found.is_form;
            let is_row = is_below_gap && rows.first().is_some_and(|row| columns.holds_below_gap(row));
            if questions.is_none() && !resumes_form && (is_row || columns.goes_on(&rows, &found, is_apart)) {
                self.doubts += 1;
                let titles = std::mem::take(&mut self.titles);
                let (begun, rest) = first.split_at(1);
                if let ([(row, line)], false) = (begun, is_apart || rest.is_empty()) {
                    columns.keep_doubt(row, *line, &found);
                }
                titles
                    .iter()
                    .chain(begun)
                    .try_for_each(|(row, line)| columns.add(row, *line, self.document))?;
                // Another may begin in the rows below.
                return rest.iter().try_for_each(|(row, line)| self.row(row, *line));
            }
            if let Some(columns) = self.columns.take() {
                form = columns.form_around().filter(|_| !is_apart);
                columns.end(self.document, self.within)?;
                self.is_first = false;
            }
        }
        if questions.is_none() && self.within == Within::Questions && self.is_first {
            let names = rows.first().map(|row| told(row.iter())).unwrap_or_default();
            return Err(ParseError::Columns(names));
        }
        let mut headings = form.clone().unwrap_or_else(|| self.headings.clone());
        headings.extend(std::mem::take(&mut self.titles).iter().map(|(row, _)| words(row)));
        if !self.is_beside
            && let Some(blocks) = beside::blocks(&rows)
        {
            let titles = beside::titles(&rows);
            headings.extend(rows.iter().take(titles).map(words));
            let mut beside = Beside::new(blocks, headings);
            first.iter().skip(titles).for_each(|(row, line)| beside.add(row, *line));
            self.beside = Some(beside);
            return Ok(());
        }
        self.begin(first, &rows, found, questions, headings, form)
    }

    /// How the first rows are to be read. Two columns may have no names, which is asked where nothing stands above that could name them.
    fn first_rows(&self, rows: &[StringRecord], header: Header) -> First {
        let found: First = header::find(rows, header).into();
        let left = rows.get(found.titles..).unwrap_or_default();
        let is_begun = self.columns.is_some() && self.titles.is_empty() && found.titles == 0;
        if is_begun || found.rows != 1 || found.is_said {
            return found;
        }
        match pairs::first_of_two(left) {
            FirstOfTwo::Header => found,
            FirstOfTwo::Doubtful => First { is_certain: false, is_doubtful: true, ..found },
            FirstOfTwo::Pair => {
                First { titles: found.titles, is_form: left.len() < pairs::MANY, ..First::default() }
            }
        }
    }

    /// Where rows have their questions. Below questions a table has names for its own.
    fn question_columns(&self, rows: &[StringRecord], header: Header) -> Option<(First, QuestionColumns)> {
        let within = if self.columns.as_ref().is_some_and(TableColumns::has_questions) {
            Within::Text
        } else {
            self.within
        };
        QuestionColumns::in_rows(rows, header, within)
    }

    /// Begins a table with its first rows. `form`: the headings of the form it stands in, where it stands in one.
    fn begin(
        &mut self,
        first: Vec<(StringRecord, u64)>,
        rows: &[StringRecord],
        found: First,
        questions: Option<QuestionColumns>,
        mut headings: Vec<String>,
        form: Option<Vec<String>>,
    ) -> Result<(), ParseError> {
        for row in rows.iter().take(found.titles) {
            let title = words(row);
            let said = said_title(&title);
            // Stored questions say nothing of what stands above them.
            if said.as_ref() != Some(&title) || questions.is_some() && is_remarks(row) {
                self.push(title, headings.clone())?;
            }
            headings.extend(said);
        }
        if !self.is_beside && questions.is_none() && beside::may_be_several(rows) {
            let line = first.first().map_or(0, |(_, line)| *line);
            self.document.tell(format!(
                "the rows from {line} on have an empty column between others and were read as one table; where several \
                 stand side by side, put them one below the other"
            ));
        }
        let body = found.titles + found.rows;
        let header_lines =
            first.get(found.titles..body).unwrap_or_default().iter().map(|(_, line)| *line).collect();
        let spreads = self.header.has_merged();
        let questions = if spreads { questions.map(QuestionColumns::joined) } else { questions };
        if questions.is_none() && self.within == Within::File {
            let names = header::names(rows.get(found.titles..body).unwrap_or_default());
            let mend = QuestionColumns::mend(&names, rows.get(body..).unwrap_or_default());
            if let Some(mend) = mend.filter(|mend| !self.document.notes.contains(mend)) {
                self.document.tell(mend);
            }
        }
        let is_first = self.is_first && !self.is_beside;
        // It may be a row like the others.
        let below = rows.get(body..).unwrap_or_default();
        let is_alike = || rows.get(found.titles).is_some_and(|row| header::is_alike(row, below));
        let may_be_row = spreads || !self.is_apart || self.header == Header::Usual && is_alike();
        let may_be_row = may_be_row || found.is_doubtful;
        let is_kept = may_be_row && questions.is_none() && found.rows > 0 && !found.is_certain;
        if is_kept {
            for row in rows.get(found.titles..body).unwrap_or_default() {
                self.push(row::cells(row).collect::<Vec<_>>().join(" | "), headings.clone())?;
            }
        }
        let delimiter = self.delimiter;
        let above =
            TableContext { headings, form, header_lines, questions, spreads, is_kept, is_first, delimiter };
        self.columns = Some(TableColumns::new(rows, &found, above));
        self.is_first = false;
        // Another may begin in these rows.
        first.iter().skip(body).try_for_each(|(row, line)| self.row(row, *line))
    }

    /// Reads the tables that stood side by side, one after the other.
    fn end_beside(&mut self) -> Result<(), ParseError> {
        let Some(beside) = self.beside.take() else { return Ok(()) };
        let (tables, headings) = beside.into_tables();
        let header = if self.is_first { self.header } else { Header::Unsaid };
        for rows in tables {
            let mut table = TableWriter::new(self.document, headings.clone(), header, Within::File);
            table.is_beside = true;
            for (row, line) in rows {
                table.row(&row, line)?;
            }
            table.end()?;
        }
        self.is_first = false;
        self.is_open = true;
        self.is_apart = true;
        Ok(())
    }
}
