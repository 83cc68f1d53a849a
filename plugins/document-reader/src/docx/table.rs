//! A table as it is read, cell by cell.

use quick_xml::events::BytesStart;

use super::numbering::is_on;
use crate::grid::{self, Grid, MAX_COLUMNS};
use crate::left_out::LeftOut;
use crate::output::Output;
use crate::package::attribute;

#[derive(Default)]
pub(super) struct DocxTable {
    grid: Grid,
    cell: DocxCell,
    is_header: bool,
    is_hidden: bool,
    is_deleted: bool,
}

#[derive(Default)]
struct DocxCell {
    text: String,
    /// Columns of the grid, where that is more than one.
    span: Option<usize>,
    /// Whether it is the cell above that goes on, or the one to the left.
    goes_on: bool,
    goes_on_right: bool,
    /// Whether it has words that are not set in bold.
    has_light: bool,
}

impl DocxTable {
    /// Takes what an element says of the row or the cell; `is_between` where no paragraph is open around the table.
    pub(super) fn read(&mut self, element: &BytesStart<'_>, is_between: bool) {
        let value = || attribute(element, "val");
        let number = || value().and_then(|value| value.parse::<usize>().ok());
        let on = || value().as_deref().is_none_or(is_on);
        match element.local_name().as_ref() {
            "gridBefore" => self.grid.skip(number().unwrap_or(0)),
            "tblHeader" => self.is_header = on(),
            "hidden" => self.is_hidden = on(),
            "gridSpan" => self.cell.span = number().filter(|span| (1..=MAX_COLUMNS).contains(span)),
            "vMerge" => self.cell.goes_on = value().is_none_or(|kind| kind != "restart"),
            "hMerge" => self.cell.goes_on_right = value().is_none_or(|kind| kind != "restart"),
            // A row is deleted: a deleted run or paragraph would be within a paragraph.
            "del" if is_between => self.is_deleted = true,
            _ => {}
        }
    }

    /// Adds to the cell.
    pub(super) fn say(&mut self, pieces: &[&str], has_light: bool) {
        self.cell.text.extend(pieces.iter().copied());
        self.cell.has_light |= has_light;
    }

    /// Adds a paragraph to the cell, with what Word sets before it. `has_light`: whether something of it is not bold.
    pub(super) fn line(&mut self, number: &str, text: &str, has_light: bool) {
        let number = if text.trim().is_empty() && number == "- " { "" } else { number };
        let text = if number.is_empty() { text } else { text.trim_start() };
        self.say(&[number, text, "\n"], has_light);
    }

    pub(super) fn end_cell(&mut self, output: &mut Output) -> Result<(), String> {
        let cell = std::mem::take(&mut self.cell);
        let text = from_first_to_last(&cell.text);
        if cell.has_light {
            self.grid.has_light();
        }
        let columns = cell.span.unwrap_or(1);
        if cell.goes_on && text.is_empty() {
            return self.grid.goes_on(columns, output);
        }
        let text = if cell.goes_on_right && text.is_empty() { self.grid.last().to_owned() } else { text };
        self.grid.cell(text, columns, 1, output)
    }

    pub(super) fn end_row(&mut self, output: &mut Output, left_out: &mut LeftOut) -> Result<(), String> {
        let is_header = std::mem::take(&mut self.is_header);
        let is_hidden = std::mem::take(&mut self.is_hidden);
        if std::mem::take(&mut self.is_deleted) {
            self.grid.drop_row();
            return Ok(());
        }
        if is_hidden {
            left_out.hidden(&self.grid.drop_row());
            return Ok(());
        }
        self.grid.end_row(is_header, output)
    }

    pub(super) fn finish(self) -> grid::GridTable {
        self.grid.finish()
    }
}

/// A cell's lines with the empty ones and the indentation between them, since an answer is given as it stands. In one line
/// alone a tab is a gap.
fn from_first_to_last(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let is_filled = |line: &&str| !line.is_empty();
    let first = lines.iter().position(is_filled).unwrap_or(lines.len());
    let end = lines.iter().rposition(is_filled).map_or(first, |last| last + 1);
    match lines.get(first..end).unwrap_or_default() {
        [line] => line.trim_start().replace('\t', " "),
        lines => lines.join("\n"),
    }
}
