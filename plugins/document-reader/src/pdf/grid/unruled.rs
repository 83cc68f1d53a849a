//! Rows of a ruled table between which no rule runs: lines of several cells that end although there is room for more, all at
//! the same heights.

use std::collections::BTreeMap;

use crate::pdf::aligned::lines_around;
use crate::pdf::line::Line;
use crate::pdf::sheet::is_number;

/// Heights of one row differ by less than this, in sizes of the font.
const LEVEL: f64 = 0.3;
/// Lines that show rows by themselves; two may be one name in two languages, where other rows have rules between them.
const SURE: usize = 3;

/// Cells have less room than this at either side that no text stands in, in sizes of the font; text with more beside it is centred.
const PADDING: f64 = 0.75;

/// A part of a line that stands in a cell, and where its column starts and ends.
pub(super) struct CellLine<'a> {
    pub(super) line: &'a Line,
    pub(super) column: usize,
    pub(super) left: f64,
    pub(super) right: f64,
}

/// The lines of one column of a band, from top to bottom.
type Column<'a> = Vec<&'a CellLine<'a>>;

/// The heights at which a band between two rules is cut into its rows, from the top down, and the columns that are not: what
/// stands in them once is said of all. `is_only` where the band is all of the table but its header.
pub(super) fn cuts(cells: &[CellLine<'_>], is_only: bool) -> Option<(Vec<f64>, Vec<usize>)> {
    let mut columns = BTreeMap::<usize, Column<'_>>::new();
    for cell in cells {
        columns.entry(cell.column).or_default().push(cell);
    }
    for column in columns.values_mut() {
        column.sort_by(|one, other| other.line.height.total_cmp(&one.line.height));
    }
    let is_broken = |column: &&Column<'_>| {
        let left = column.first().map_or(0.0, |cell| cell.left);
        let padding = padding(column.iter().map(|cell| cell.line), left);
        let breaks = |two: &[&CellLine<'_>]| {
            let size = two[0].line.size;
            let is_below = two[0].line.height - two[1].line.height > LEVEL * size;
            is_below && two[0].right - padding - two[0].line.end > two[1].line.first_part() * size
        };
        column.len() > 1 && column.windows(2).all(breaks)
    };
    let broken: Vec<&Column<'_>> = columns.values().filter(is_broken).collect();
    // Of the columns that may be cut at the same heights, the most are the rows.
    let alike = |first: &Column<'_>| -> Vec<&Column<'_>> {
        broken.iter().copied().filter(|other| are_level(first, other)).collect()
    };
    let rows = broken.iter().map(|column| alike(column)).max_by_key(Vec::len)?;
    let first = rows.first()?;
    let numbers = |column: &&Column<'_>| column.iter().filter(|cell| is_number(&cell.line.text)).count();
    let has_numbers = rows.iter().any(|column| numbers(column) == column.len());
    // A name, a telephone number and a room below one another are one cell.
    let is_mixed = rows.iter().any(|column| !matches!(numbers(column), 0) && numbers(column) < column.len());
    let is_sure = first.len() >= SURE || is_only;
    if rows.len() < 2 || !is_sure || !has_numbers && (is_mixed || rows.len() * 2 <= columns.len()) {
        return None;
    }
    let cuts = centred(columns.values(), first).unwrap_or_else(|| {
        let mut heights: Vec<f64> = cells.iter().map(|cell| cell.line.height).collect();
        heights.sort_by(|one, other| other.total_cmp(one));
        first.windows(2).filter_map(|two| gap(&heights, two[0].line, two[1].line)).collect()
    });
    let is_whole = |column: &Column<'_>| {
        let [cell] = column.as_slice() else { return false };
        !first.iter().any(|row| is_level(row.line, cell.line))
    };
    let whole = columns.iter().filter(|(_, column)| is_whole(column)).map(|(at, _)| *at).collect();
    Some((cuts, whole))
}

/// How far from its rules the text of a column ends, which is as far as it begins: what wraps leaves that free at the end of each
/// line, and less than one character more.
pub(super) fn padding<'a>(lines: impl Iterator<Item = &'a Line>, left: f64) -> f64 {
    let inset = |line: &Line| (line.start - left, PADDING * line.size);
    let least = lines.map(inset).min_by(|one, other| one.0.total_cmp(&other.0));
    least.filter(|(inset, most)| (0.0..*most).contains(inset)).map_or(0.0, |(inset, _)| inset)
}

/// The heights between rows whose cells are centred: the lines of each stand around those of the first. None where all lines
/// stand beside those, or not around them.
fn centred<'a>(columns: impl Iterator<Item = &'a Column<'a>>, first: &Column<'_>) -> Option<Vec<f64>> {
    // The highest and the lowest line of each row.
    let mut reaches: Vec<(f64, f64)> = first.iter().map(|row| (row.line.height, row.line.height)).collect();
    let mut is_off = false;
    for column in columns {
        let lines: Vec<(usize, &Line)> = column.iter().map(|cell| (cell.column, cell.line)).collect();
        let mut rest = lines.as_slice();
        for (row, reach) in first.iter().zip(&mut reaches) {
            let (cell, after) = rest.split_at(lines_around(rest, row.line.height));
            rest = after;
            is_off |= cell.len() > 1;
            for (_, line) in cell {
                *reach = (reach.0.max(line.height), reach.1.min(line.height));
            }
        }
        if !rest.is_empty() {
            return None;
        }
    }
    let up = first.first().map_or(0.0, |row| LEVEL * row.line.size);
    let is_apart = reaches.windows(2).all(|two| two[0].1 > two[1].0);
    (is_off && is_apart).then(|| reaches.windows(2).map(|two| (two[0].1 + two[1].0) / 2.0 + up).collect())
}

/// The middle of the widest room between two rows, the lowest of several: the upper row may wrap.
fn gap(heights: &[f64], above: &Line, below: &Line) -> Option<f64> {
    let near = LEVEL * above.size;
    let within = |two: &&[f64]| two[0] <= above.height + near && two[1] >= below.height - near;
    let gaps = heights.windows(2).filter(within);
    let widest = gaps.max_by(|one, other| {
        let (one, other) = (one[0] - one[1], other[0] - other[1]);
        if (one - other).abs() < near { std::cmp::Ordering::Less } else { one.total_cmp(&other) }
    });
    // The height of a line is that of its foot.
    widest.map(|two| (two[0] + two[1]) / 2.0 + LEVEL * above.size)
}

fn are_level(one: &Column<'_>, other: &Column<'_>) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_level(one.line, other.line))
}

fn is_level(one: &Line, other: &Line) -> bool {
    (one.height - other.height).abs() < LEVEL * one.size
}
