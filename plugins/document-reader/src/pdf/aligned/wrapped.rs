//! Cells that wrap where rows stand no further apart than lines do: the rest of a cell looks like a row of its own, with nothing in
//! most columns.

use super::{Block, LEADING, Line, MIN_TEXT, RowLines, TOUCH};
use crate::pdf::sheet::is_number;

/// Lines of a column that are full to their last character before that alone shows that its cells wrap: groups of entries may
/// begin with the longest. Below the last name of all one is enough.
const MIN_WRAPS: usize = 4;
/// What no text ends with, and none begins with.
const OPEN: &[char] = &['，', '、', '（', '(', '《', '“'];
const CLOSING: &[char] = &['，', '。', '、', '；', '）', ')', '》', '”'];

impl<'a> Block<'a> {
    /// The rows of the table, each with the rest of its cells that wrap.
    pub(super) fn by_wraps(&self) -> Vec<&RowLines<'a>> {
        let wrap = |least| (0..self.columns.len()).map(|column| self.wraps_by_width(column, least)).collect();
        let (wide, tail): (Vec<bool>, Vec<bool>) = (wrap(MIN_WRAPS), wrap(1));
        // Lines that end the block in the first column by themselves are the rest of a cell: text below is no part of it.
        let rest = vec![true; self.columns.len()];
        let end = self.rows.len() - self.rest_lines();
        let last = self.rows.iter().rposition(|row| row.first().is_some_and(|cell| cell.0 == 0));
        let mut groups = Vec::new();
        let mut from = 0;
        for at in 1..self.rows.len() {
            // The third line of a cell may stand below the second alone.
            let is_joined = from + 1 < at;
            // Below the last name, where its row is full, what is in few columns is none of a row with empty cells.
            let cells = |row: usize| self.rows.get(row).map_or(0, Vec::len);
            let is_tail = last.is_some_and(|last| last < at && cells(last) == self.columns.len())
                && cells(at) * 2 < self.columns.len();
            let wide = if at >= end {
                &rest
            } else if is_tail {
                &tail
            } else {
                &wide
            };
            if !self.is_rest(at, is_joined, wide) {
                groups.extend(self.rows.get(from..at));
                from = at;
            }
        }
        groups.extend(self.rows.get(from..));
        groups
    }

    /// Whether a row is the rest of the one above it: it has fewer cells, and each goes on with the one above.
    fn is_rest(&self, at: usize, is_joined: bool, wide: &[bool]) -> bool {
        let (Some(row), Some(above)) = (self.rows.get(at), self.above(at)) else { return false };
        row.len() < above.len() + usize::from(is_joined)
            && row.iter().all(|&(column, line)| {
                let right = if wide.get(column) == Some(&true) { self.right(column) } else { f64::INFINITY };
                self.over(at, column).is_some_and(|over| is_cut(over, line) || has_no_room(over, line, right))
            })
    }

    /// Whether each cell that stands in a column below another, with nothing in the first column, had no room there: a text is
    /// cut, or at least so many are full. In the first column, where the names of what several rows belong to stand as well,
    /// only a cut shows it.
    fn wraps_by_width(&self, column: usize, least: usize) -> bool {
        let right = self.right(column);
        let widest = self.column(column).map(Line::width).fold(0.0, f64::max);
        let (mut full, mut cuts, mut ends) = (0, 0, 0);
        for at in 2..self.rows.len() {
            let row = self.rows.get(at).map(Vec::as_slice).unwrap_or_default();
            let is_candidate = row.first().is_some_and(|cell| cell.0 > 0) || row.len() == 1;
            let Some((_, line)) = row.iter().find(|(own, _)| is_candidate && *own == column) else {
                continue;
            };
            match self.over(at, column) {
                Some(over) if is_cut(over, line) => cuts += 1,
                Some(over) if has_no_room(over, line, right) => {
                    full += usize::from(over.end + over.size > right);
                }
                _ => return false,
            }
            // Names of one length fill their column to the last.
            ends += usize::from(line.end + line.size < right);
        }
        cuts > 0 || column > 0 && widest >= MIN_TEXT && full >= least && ends > 0
    }

    pub(super) fn right(&self, column: usize) -> f64 {
        self.column(column).map(|line| line.end).fold(f64::NEG_INFINITY, f64::max)
    }

    /// The row above one that is no name of the columns.
    fn above(&self, at: usize) -> Option<&[(usize, &'a Line)]> {
        self.rows.get(at.checked_sub(1).filter(|above| *above > 0)?).map(Vec::as_slice)
    }

    /// The line above that of a row in a column, where the two may be of one cell.
    fn over(&self, at: usize, column: usize) -> Option<&'a Line> {
        let in_column =
            |row: &[(usize, &'a Line)]| row.iter().find(|(own, _)| *own == column).map(|cell| cell.1);
        let (over, line) = (in_column(self.above(at)?)?, in_column(self.rows.get(at)?)?);
        is_below(over, line).then_some(over)
    }
}

/// Whether a line stands right below another one of its column, so that the two may be of one cell.
fn is_below(over: &Line, line: &Line) -> bool {
    let (starts, ends) = (over.start - line.start, over.end - line.end);
    // Cells may be set in the middle of their column.
    over.height - line.height < LEADING * line.size
        && starts.abs().min((starts + ends).abs() / 2.0) < TOUCH * line.size
        && !is_number(line.text.trim())
}

/// Whether a line goes on with the one right above it, in a column that ends there: it had no room behind that, or the text is cut.
pub(super) fn goes_on(over: &Line, line: &Line, right: f64) -> bool {
    is_below(over, line) && (is_cut(over, line) || has_no_room(over, line, right))
}

/// Whether what a line begins with had no room behind the one above.
fn has_no_room(over: &Line, line: &Line, right: f64) -> bool {
    over.end + line.first_part() * line.size > right
}

/// Whether a text is cut where its line ends: in brackets, or at a sign that no text begins or ends with.
pub(super) fn is_cut(line: &Line, next: &Line) -> bool {
    let (text, next) = (line.text.trim(), next.text.trim());
    let count = |text: &str, signs: [char; 2]| text.matches(signs).count();
    let (open, closed) = (['（', '('], ['）', ')']);
    let is_in_brackets = count(text, open) > count(text, closed) && count(next, closed) > count(next, open);
    is_in_brackets || text.ends_with(OPEN) || next.starts_with(CLOSING)
}
