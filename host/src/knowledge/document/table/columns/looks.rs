//! What a table's rows look like so far, column by column. A row of words among them may be one of theirs or name the columns of
//! another table: the rows below it tell, which look like those above or do not.

use csv::StringRecord;

use crate::knowledge::document::table::cell::{self, CellKind, kind};
use crate::knowledge::document::table::row::{filled, is_alone};

/// Rows after which a table is known.
const LOOKED_AT: usize = 256;
/// Rows that are kept, to tell their words from names.
const MAX_FIRST: usize = 16;

/// What a cell looks like, more finely than its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CellLook {
    Words,
    /// Letters and digits: A01.
    Code,
    /// A day or a time.
    Day,
    /// Any other number.
    Amount,
}

/// How many cells of a column look how.
#[derive(Debug, Default, Clone, Copy)]
struct ColumnLooks {
    words: usize,
    codes: usize,
    days: usize,
    amounts: usize,
}

/// How the rows of a table look.
#[derive(Debug, Default)]
pub(super) struct RowLooks {
    columns: Vec<ColumnLooks>,
    rows: usize,
    /// The first of them.
    first: Vec<StringRecord>,
    /// Cells of the rows that have the fewest and the most.
    narrowest: usize,
    widest: usize,
}

impl ColumnLooks {
    fn of(&mut self, look: CellLook) -> &mut usize {
        match look {
            CellLook::Words => &mut self.words,
            CellLook::Code => &mut self.codes,
            CellLook::Day => &mut self.days,
            CellLook::Amount => &mut self.amounts,
        }
    }

    /// Whether a fifth of the column looks so.
    fn holds(mut self, look: CellLook) -> bool {
        let all = self.words + self.codes + self.days + self.amounts;
        *self.of(look) * 5 >= all
    }
}

impl RowLooks {
    /// Adds a row. Words where the column holds `numbers` are none of what it looks like.
    pub(super) fn add(&mut self, row: &StringRecord, numbers: &[bool]) {
        if self.rows >= LOOKED_AT || is_alone(row) {
            return;
        }
        self.rows += 1;
        if self.first.len() < MAX_FIRST {
            self.first.push(row.clone());
        }
        self.narrowest = if self.rows == 1 { filled(row) } else { self.narrowest.min(filled(row)) };
        self.widest = self.widest.max(filled(row));
        self.columns.resize(self.columns.len().max(row.len()), ColumnLooks::default());
        for (at, (column, cell)) in self.columns.iter_mut().zip(row).enumerate() {
            let is_number = numbers.get(at).copied().unwrap_or_default();
            if let Some(look) = look(cell).filter(|look| !is_number || *look != CellLook::Words) {
                *column.of(look) += 1;
            }
        }
    }

    /// The first rows.
    pub(super) fn first(&self) -> &[StringRecord] {
        &self.first
    }

    /// Whether no row has come yet.
    pub(super) fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Whether at least half of the rows look like these, none having more cells than `named` columns.
    pub(super) fn hold(&self, rows: &[StringRecord], named: usize) -> bool {
        let most = named.max(self.widest);
        let is_like = |row: &&StringRecord| {
            (self.narrowest..=most).contains(&filled(row))
                && !row.iter().enumerate().any(|(at, cell)| self.is_other(at, cell))
        };
        let wide = || rows.iter().filter(|row| !is_alone(row));
        self.rows > 0 && wide().filter(is_like).count() * 2 >= wide().count()
    }

    /// The columns in which most of the rows have a number or a code such as none of these has.
    pub(super) fn differ(&self, rows: &[StringRecord]) -> Vec<usize> {
        let wide = || rows.iter().filter(|row| !is_alone(row));
        let is_other = |at: usize| {
            let others = wide().filter_map(|row| row.get(at)).filter(|cell| self.is_other(at, cell));
            let others = others.filter(|cell| look(cell) != Some(CellLook::Words)).count();
            others > 0 && others * 2 > wide().count()
        };
        (0..self.columns.len()).filter(|&at| is_other(at)).collect()
    }

    /// Whether a column has held nothing but numbers.
    pub(super) fn are_numbers(&self, column: usize) -> bool {
        let are = |looks: &ColumnLooks| looks.words + looks.codes == 0 && looks.days + looks.amounts > 0;
        self.columns.get(column).is_some_and(are)
    }

    fn is_other(&self, at: usize, cell: &str) -> bool {
        self.columns.get(at).is_some_and(|column| look(cell).is_some_and(|look| !column.holds(look)))
    }
}

/// How a cell looks that says something.
fn look(cell: &str) -> Option<CellLook> {
    let cell = cell.trim();
    match kind(cell) {
        CellKind::Empty => None,
        CellKind::Number if is_day(cell) => Some(CellLook::Day),
        CellKind::Number => Some(CellLook::Amount),
        CellKind::Text => {
            let is_code = cell.contains(|c: char| c.is_ascii_digit())
                && cell.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c));
            Some(if is_code { CellLook::Code } else { CellLook::Words })
        }
    }
}

/// Whether a number is a day or a time: 2020-01-02, 7月1日, 9:00-21:00.
fn is_day(number: &str) -> bool {
    let shape = cell::shape(number);
    let is_parted = |mark| shape.matches(mark).count() == 2 && shape.starts_with('9');
    shape.contains([':', '：', '月', '日', '时']) || is_parted('-') || is_parted('/')
}

#[cfg(test)]
mod tests;
