//! The widths of a delimited file's rows beside that of its header. A number such as 1,234 that stands in no quotes is two cells, and
//! what is right of it would stand under the wrong names.

use std::collections::BTreeMap;

use csv::StringRecord;

use crate::knowledge::document::Document;
use crate::knowledge::document::table::cell::{self, CellKind, kind};
use crate::knowledge::document::table::row::is_alone;

/// Lines that a note names.
const LINES_TOLD: usize = 20;
/// Characters of a number that a note names.
const NUMBER_TOLD: usize = 24;
/// Digits of a group in a number: 1,234,567.
const GROUP: usize = 3;

/// What of a file's rows does not fit its header.
pub(super) struct RowWidths {
    /// Columns that have names.
    named: usize,
    /// Cells that most rows have.
    usual: usize,
    /// What separates cells; `None` where cells are marked as such, so that none can be in another's place.
    delimiter: Option<u8>,
    mended: NotedLines,
    long: NotedLines,
    short: NotedLines,
}

/// Lines for a note, and how many more there are.
#[derive(Default)]
pub(super) struct NotedLines {
    told: Vec<String>,
    more: usize,
}

impl RowWidths {
    pub(super) fn new(names: &[String], rows: &[StringRecord], delimiter: Option<u8>) -> Self {
        let named = names.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1);
        let mut counts = BTreeMap::new();
        for row in rows.iter().filter(|row| !is_alone(row)) {
            let width = if named > 0 && joints(row, named).is_some() { named } else { width(row) };
            *counts.entry(width).or_insert(0_usize) += 1;
        }
        let usual = counts.into_iter().max_by_key(|&(_, count)| count).map_or(named, |(width, _)| width);
        Self {
            named,
            usual,
            delimiter: delimiter.filter(|_| named > 1),
            mended: NotedLines::default(),
            long: NotedLines::default(),
            short: NotedLines::default(),
        }
    }

    /// Puts the parts of numbers together again where that can be done in one way. What else does not fit is kept for a note.
    pub(super) fn mend(&mut self, row: &StringRecord, line: u64) -> Option<StringRecord> {
        let delimiter = self.delimiter?;
        // Nearly all rows have as many cells as the header.
        if row.len() == self.named {
            return None;
        }
        let width = width(row);
        if width <= self.named.max(self.usual) {
            if row.len() < self.named.min(self.usual) {
                self.short.add(line.to_string());
            }
            return None;
        }
        let Some(joints) = joints(row, self.named).filter(|_| delimiter == b',' && self.usual <= self.named)
        else {
            self.long.add(line.to_string());
            return None;
        };
        let mut cells: Vec<String> = Vec::with_capacity(self.named);
        let mut numbers = Vec::new();
        for (at, cell) in row.iter().take(width).enumerate() {
            match cells.last_mut() {
                Some(last) if joints.contains(&at) => {
                    *last = format!("{},{}", last.trim_end(), cell.trim_start());
                    if !joints.contains(&(at + 1)) {
                        numbers.push(last.trim().chars().take(NUMBER_TOLD).collect::<String>());
                    }
                }
                _ => cells.push(cell.to_owned()),
            }
        }
        self.mended.add(format!("{line} ({})", numbers.join("; ")));
        Some(cells.into_iter().collect())
    }

    /// Whether a row has more cells than the others and they do not fit their columns, of which `numbers` says which hold numbers, or may be
    /// parts of numbers in more ways than one.
    pub(super) fn is_shifted(&self, row: &StringRecord, numbers: &[bool]) -> bool {
        let is_misplaced = |(is_number, cell): (&bool, &str)| match kind(cell) {
            CellKind::Empty => false,
            CellKind::Number => !is_number,
            CellKind::Text => *is_number && !cell::is_placeholder(cell),
        };
        self.delimiter.is_some()
            && row.len() > self.named
            && width(row) > self.named.max(self.usual)
            && (numbers.iter().zip(row).any(is_misplaced)
                || self.delimiter == Some(b',') && !ends_of_numbers(row).is_empty())
    }

    pub(super) fn tell(&self, document: &mut Document) {
        let mended = self.mended.told().map(|told| {
            format!(
                "a comma between digits was taken for a part of the number, since the row has more cells than the header: line {told}; \
                 put such numbers in quotes"
            )
        });
        let long = self.long.told().map(|told| {
            format!(
                "rows with more cells than the header, which stand without names where they do not fit their columns: line {told}; \
                 put a text or number that holds the delimiter in quotes"
            )
        });
        let short = self.short.told().map(|told| {
            format!(
                "rows with fewer cells than the header, whose last columns stay empty: line {told}; \
                 write the delimiter for each cell that is missing before them"
            )
        });
        [mended, long, short].into_iter().flatten().for_each(|note| document.tell(note));
    }
}

impl NotedLines {
    pub(super) fn add(&mut self, line: String) {
        if self.told.len() < LINES_TOLD {
            self.told.push(line);
        } else {
            self.more += 1;
        }
    }

    pub(super) fn told(&self) -> Option<String> {
        let more = if self.more > 0 { format!(" and {} more", self.more) } else { String::new() };
        (!self.told.is_empty()).then(|| format!("{}{more}", self.told.join(", ")))
    }
}

/// Cells up to the last that is not empty.
fn width(row: &StringRecord) -> usize {
    let empty = (0..row.len()).rev().take_while(|&at| row.get(at).is_none_or(|cell| cell.trim().is_empty()));
    row.len() - empty.count()
}

/// The cells that go on with the number before them, where there are as many as the row has too many.
fn joints(row: &StringRecord, named: usize) -> Option<Vec<usize>> {
    let width = width(row);
    if width <= named {
        return None;
    }
    let joints = ends_of_numbers(row);
    (joints.len() == width - named).then_some(joints)
}

/// The cells that may go on with the number before them.
fn ends_of_numbers(row: &StringRecord) -> Vec<usize> {
    let mut joints = Vec::new();
    // Whether the cell before may go on.
    let mut is_open = false;
    for (at, cell) in row.iter().take(width(row)).map(str::trim).enumerate() {
        let whole = cell.trim_start_matches(['-', '+', '￥', '¥', '$']);
        let digits = whole.bytes().take_while(u8::is_ascii_digit).count();
        let rest = whole.get(digits..).unwrap_or_default();
        let is_end =
            rest.strip_prefix('.').is_some_and(|rest| kind(rest) == CellKind::Number) || "元%".contains(rest);
        if is_open && digits == GROUP && whole.len() == cell.len() && is_end {
            joints.push(at);
            is_open = rest.is_empty();
        } else {
            is_open = (1..=GROUP).contains(&digits) && rest.is_empty() && !whole.starts_with('0');
        }
    }
    joints
}

#[cfg(test)]
mod tests;
