//! Tables beside one another in the same rows, with an empty column between them.

use std::ops::Range;

use csv::StringRecord;

use super::cell::{CellKind, kind};
use super::header::{self, Header};
use super::row::{filled, is_spread};

/// Fewest rows below a header that show tables of their own where their names do not.
const FEWEST: usize = 2;

/// Tables side by side on their way: their rows are read when all are there.
pub(super) struct Beside {
    /// The columns of each.
    blocks: Vec<Range<usize>>,
    tables: Vec<Vec<(StringRecord, u64)>>,
    /// The headings of the document under which all these tables stand.
    headings: Vec<String>,
}

impl Beside {
    pub(super) fn new(blocks: Vec<Range<usize>>, headings: Vec<String>) -> Self {
        let tables = blocks.iter().map(|_| Vec::new()).collect();
        Self { blocks, tables, headings }
    }

    /// Whether a row has nothing between the tables or beside them.
    pub(super) fn holds(&self, row: &StringRecord) -> bool {
        let is_in = |at: usize| self.blocks.iter().any(|block| block.contains(&at));
        row.iter().enumerate().all(|(at, cell)| cell.trim().is_empty() || is_in(at))
    }

    pub(super) fn add(&mut self, row: &StringRecord, line: u64) {
        for (table, block) in self.tables.iter_mut().zip(&self.blocks) {
            table.push((slice(row, block), line));
        }
    }

    /// The rows of each with their lines, and the headings of all.
    pub(super) fn into_tables(self) -> (Vec<Vec<(StringRecord, u64)>>, Vec<String>) {
        (self.tables, self.headings)
    }
}

/// The columns of each of the tables that stand in these rows side by side; `None` where it is one table, which may have an
/// empty column as well.
pub(super) fn blocks(rows: &[StringRecord]) -> Option<Vec<Range<usize>>> {
    let rows = rows.get(titles(rows)..).unwrap_or_default();
    let blocks = parted(rows);
    let is_wide = |block: &Range<usize>| block.len() >= 2;
    // Each has a title of its own.
    let is_titled = |block: &Range<usize>| {
        let part = |at: usize| rows.get(at).map_or(0, |row| filled(&slice(row, block)));
        part(0) == 1 && part(1) >= 2
    };
    if blocks.len() < 2 || rows.len() < 2 || !blocks.iter().all(is_wide) {
        return None;
    }
    let headers: Vec<Vec<&str>> = blocks.iter().map(|block| words(rows.first(), block)).collect();
    let repeats = headers.iter().enumerate().any(|(at, header)| {
        let is_name = |name: &&&str| kind(name) == CellKind::Text;
        let same = |other: &Vec<&str>| header.iter().filter(is_name).any(|name| other.contains(name));
        headers.iter().skip(at + 1).any(same)
    });
    (repeats || blocks.iter().all(is_titled) || ends_apart(rows, &blocks)).then_some(blocks)
}

/// Whether rows that are read as one table may be several: their columns have empty ones between them.
pub(super) fn may_be_several(rows: &[StringRecord]) -> bool {
    let rows = rows.get(titles(rows)..).unwrap_or_default();
    let blocks = parted(rows);
    let has_header = |block: &Range<usize>| {
        let part: Vec<StringRecord> = rows.iter().map(|row| slice(row, block)).collect();
        let found = header::find(&part, Header::Unsaid);
        block.len() >= 2 && found.rows > 0 && found.is_certain
    };
    blocks.len() > 1 && rows.len() > 1 && blocks.iter().all(has_header)
}

/// How many titles stand above the tables.
pub(super) fn titles(rows: &[StringRecord]) -> usize {
    rows.iter().take_while(|row| filled(row) == 1 || is_spread(row) && row.len() > 2).count()
}

/// Runs of columns that have something in them.
fn parted(rows: &[StringRecord]) -> Vec<Range<usize>> {
    let width = rows.iter().map(StringRecord::len).max().unwrap_or(0);
    let mut blocks: Vec<Range<usize>> = Vec::new();
    for column in 0..width {
        if rows.iter().all(|row| row.get(column).unwrap_or_default().trim().is_empty()) {
            continue;
        }
        match blocks.last_mut() {
            Some(last) if last.end == column => last.end += 1,
            _ => blocks.push(column..column + 1),
        }
    }
    blocks
}

/// Whether the tables have headers of their own and end in different rows: one table is as long in all of its columns.
fn ends_apart(rows: &[StringRecord], blocks: &[Range<usize>]) -> bool {
    let parts = |block: &Range<usize>| rows.iter().map(|row| slice(row, block)).collect::<Vec<_>>();
    let mut lengths = Vec::new();
    for block in blocks {
        let part = parts(block);
        let length = part.iter().take_while(|row| filled(row) > 0).count();
        let is_whole = part.iter().skip(length).all(|row| filled(row) == 0)
            && part.iter().take(length).all(|row| filled(row) * 2 > block.len());
        let found = header::find(part.get(..length).unwrap_or_default(), Header::Unsaid);
        if !is_whole || length <= FEWEST || found.rows == 0 || !found.is_certain {
            return false;
        }
        lengths.push(length);
    }
    lengths.iter().any(|length| Some(length) != lengths.first())
}

/// A row's cells in these columns.
fn slice(row: &StringRecord, block: &Range<usize>) -> StringRecord {
    row.iter().skip(block.start).take(block.len()).collect()
}

fn words<'a>(row: Option<&'a StringRecord>, block: &Range<usize>) -> Vec<&'a str> {
    let cells = row.into_iter().flat_map(StringRecord::iter).skip(block.start).take(block.len());
    cells.map(str::trim).filter(|cell| !cell.is_empty()).collect()
}

#[cfg(test)]
mod tests;
