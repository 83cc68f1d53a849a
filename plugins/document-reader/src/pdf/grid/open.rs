//! Rows of a ruled table through which no upright rule runs, while other rows have them: what stands in all of the columns
//! there, and where the text of the others does, is cells and no line over all of them. So is what stands in some of them only.

use super::{Frame, NEAR, band, cut_at, distinct};
use crate::pdf::line::{Line, rows};
use crate::pdf::rule::Rule;
use crate::pdf::sheet::is_number;

/// How far off the starts or the middles of texts in one column may be, in sizes of the font.
const ALIGNED: f64 = 0.25;
/// Words of a line stand no further apart than this where it is not stretched, in sizes of the font.
const WORDS: f64 = 0.5;
/// Text stands in two columns by chance, or because a line has two parts.
const MIN_COLUMNS: usize = 3;

impl Frame {
    /// The frame with upright rules through its rows that have none, where their text is cells.
    pub(super) fn with_columns(&self, lines: &[Line]) -> Self {
        let (columns, bands) = (self.across.len() - 1, self.up.len() - 1);
        let mut frame = self.clone();
        if columns < MIN_COLUMNS {
            return frame;
        }
        let owners = self.owners(columns, bands);
        let mut parts_of: Vec<Vec<(usize, Line)>> = vec![Vec::new(); bands];
        for part in lines.iter().flat_map(|line| cut_at(line.clone(), self.across.iter().copied(), false)) {
            let column = band(&self.across, (part.start + part.end) / 2.0);
            let row = bands - 1 - band(&self.up, part.height + 0.3 * part.size);
            if let Some(parts) = parts_of.get_mut(row) {
                parts.push((column, part));
            }
        }
        let own = |row: usize| owners.get(row * columns..(row + 1) * columns).unwrap_or_default();
        let is_ruled = |row: usize| own(row).iter().zip(row * columns..).all(|(owner, cell)| *owner == cell);
        let is_open = |row: usize| {
            let behind = owners.get((row + 1) * columns..).unwrap_or_default();
            own(row).iter().all(|owner| *owner == row * columns) && !behind.contains(&(row * columns))
        };
        let ruled: Vec<&(usize, Line)> =
            parts_of.iter().zip(0..).filter(|(_, row)| is_ruled(*row)).flat_map(|(parts, _)| parts).collect();
        let is_in_column = |(column, part): &(usize, Line)| {
            let ends = self.across.get(*column).zip(self.across.get(column + 1));
            ends.is_some_and(|(left, right)| left - NEAR < part.start && part.end < right + NEAR)
        };
        let is_aligned = |(column, part): &(usize, Line)| {
            ruled.iter().any(|(other, above)| other == column && are_aligned(part, above))
        };
        let is_full = |parts: &[(usize, Line)]| {
            (0..columns).all(|column| parts.iter().any(|part| part.0 == column && is_aligned(part)))
        };
        let mut open: Vec<(usize, &[(usize, Line)])> = Vec::new();
        for (row, parts) in parts_of.iter().enumerate() {
            if is_open(row) && parts.iter().all(is_in_column) {
                open.push((row, parts));
            }
        }
        let has_full = open.iter().any(|(_, parts)| is_full(parts));
        // A row with empty cells has texts in several columns, each where its column's stand. A line may have words there by
        // chance, or two parts: these say two things, or none is a name in the first column.
        let says = |(_, part): &(usize, Line)| part.text.contains(['：', ':']);
        let is_row = |parts: &[(usize, Line)]| {
            parts.windows(2).any(|two| two[0].0 != two[1].0)
                && parts.iter().all(is_aligned)
                && !parts.iter().all(says)
                && !parts.iter().any(|(_, part)| parts.iter().any(|(_, next)| are_words(part, next)))
                && (has_full || parts.iter().any(|part| part.0 == 0))
        };
        for (row, parts) in open {
            if !is_full(parts) && !is_row(parts) {
                continue;
            }
            if let (Some(&from), Some(&to)) = (self.up.get(bands - 1 - row), self.up.get(bands - row)) {
                frame.upright.extend(self.across.iter().map(|&at| Rule { at, from, to }));
            }
            if let Some(at) = below_names(parts, columns).filter(|_| row == 0) {
                let ends = self.across.first().zip(self.across.last());
                frame.level.extend(ends.map(|(&from, &to)| Rule { at, from, to }));
                frame.up.push(at);
            }
        }
        frame.up = distinct(frame.up);
        frame
    }
}

fn are_aligned(one: &Line, other: &Line) -> bool {
    let near = ALIGNED * one.size;
    let middles = one.start + one.end - other.start - other.end;
    (one.start - other.start).abs() < near || middles.abs() < 2.0 * near
}

/// Whether one stands right behind the other, as the words of a line do.
fn are_words(one: &Line, next: &Line) -> bool {
    next.is_level(one) && one.start < next.start && next.start - one.end < WORDS * one.size
}

/// The height right below the names of columns that stand in one band with the first row, as where they are said again on a
/// page: that has numbers, and they have none.
fn below_names(parts: &[(usize, Line)], columns: usize) -> Option<f64> {
    let lines = rows(parts.iter().map(|(_, part)| part).collect());
    let [names, first, ..] = lines.as_slice() else { return None };
    let has_number = |row: &[&Line]| row.iter().any(|line| is_number(line.text.trim()));
    let are_rows = names.len() == columns && first.len() == columns;
    let (above, below) = (names.first()?, first.first()?);
    (are_rows && !has_number(names) && has_number(first))
        .then_some((above.height + below.height) / 2.0 + 0.3 * above.size)
}
