//! Rows below a table that are none of its own, though no empty one stands between: names that end in colons, with their values.

use csv::StringRecord;

use super::TableColumns;
use crate::knowledge::document::table::cell::{self, CellKind, kind};
use crate::knowledge::document::table::form;
use crate::knowledge::document::table::row::cells;
use crate::knowledge::document::{Document, ParseError};

/// Rows after which no other of the table is waited for.
const MAX_KEPT: usize = 32;

impl TableColumns {
    /// Keeps a row that may stand below the table: its names end in colons, or it stands below such a row and is a remark, a line or a sum. Above
    /// any other row of the table those that were kept are its rows.
    pub(super) fn keep(
        &mut self,
        row: &StringRecord,
        line: u64,
        document: &mut Document,
    ) -> Result<bool, ParseError> {
        if self.kept.is_empty() && self.said_below(row).is_none() {
            return Ok(false);
        }
        let is_sum = || cells(row).next().is_some_and(cell::is_total);
        let is_below = form::named(row).is_some() || self.are_remarks(row) || self.is_single(row) || is_sum();
        if is_below {
            self.kept.push((row.clone(), line));
        }
        if !is_below || self.kept.len() >= MAX_KEPT {
            self.end_kept(is_below, document)?;
        }
        Ok(is_below)
    }

    /// Adds the rows that were kept: `are_below` the table, or among its rows, of which none has two such names.
    pub(super) fn end_kept(&mut self, are_below: bool, document: &mut Document) -> Result<(), ParseError> {
        for (row, line) in std::mem::take(&mut self.kept) {
            let has_two = || form::named(&row).is_some_and(|pairs| pairs.len() > 1);
            match self.said_below(&row).filter(|_| are_below || has_two()) {
                Some(said) => self.push(said, self.headings.clone(), document)?,
                None => self.add_row(&row, line, document)?,
            }
        }
        Ok(())
    }

    /// What a row says that is none of the table's, where no other row of the table follows: its names end in colons, as nothing above it does, with
    /// their values beside them. Several values of one name that fit their columns are the table's.
    fn said_below(&self, row: &StringRecord) -> Option<String> {
        let pairs = form::named(row).filter(|_| self.is_plain() && !self.are_remarks(row))?;
        let is_name = |cell: &str| cell.trim().ends_with(['：', ':']);
        let first = row.iter().position(is_name)?;
        let above = self.looks.first();
        if above.is_empty() || above.iter().filter_map(|row| row.get(first)).any(is_name) {
            return None;
        }
        let is_text = |(is_number, cell): (&bool, &str)| *is_number && kind(cell) == CellKind::Text;
        let is_misplaced = || self.numbers.iter().zip(row).any(is_text);
        let is_own = match pairs.as_slice() {
            [(_, values)] => match values.as_slice() {
                [value] if self.names.len() <= 2 || kind(value) != CellKind::Number => true,
                _ => is_misplaced(),
            },
            _ => true,
        };
        let line = |(name, values): &(&str, Vec<&str>)| {
            format!("{}: {}", name.trim_end_matches([':', '：']), values.join(" | "))
        };
        is_own.then(|| pairs.iter().map(line).collect::<Vec<_>>().join("\n"))
    }
}
