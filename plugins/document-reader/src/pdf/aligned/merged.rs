//! A merged cell stands once for several rows: only where it is drawn between their lines, for a cell beside which others are
//! empty says nothing of those rows.

use super::wrapped::is_cut;
use super::{Block, FULL, Line, MIN_TEXT, MIN_WRAPPED, RowLines};
use crate::pdf::line::join;
use crate::pdf::sheet::is_number;

/// Names that may wrap are rows by themselves where so many stand below one another: two may be the lines of one.
const MIN_ROWS: usize = 3;

impl<'a> Block<'a> {
    /// The cells of a row. Where numbers stand below one another in it, beside what stands for all of them, it is several rows.
    /// `centred`: the columns in which merged cells stand in the middle of their rows.
    pub(super) fn cells(&self, group: &RowLines<'a>, centred: &[usize]) -> Vec<Vec<String>> {
        let parts = self.parts(group);
        let mut rows = vec![vec![String::new(); self.columns.len()]; parts.len().max(1)];
        for (at, line_row) in group.iter().enumerate() {
            // A line that is level with no row is of all of them.
            let own = parts.iter().position(|part| *part == at);
            for (column, line) in line_row {
                let is_middle = own.is_some_and(|own| own * 2 + 1 == parts.len());
                let is_merged = is_middle && centred.contains(column) && self.lines_in(group, *column) == 1;
                for (number, row) in rows.iter_mut().enumerate() {
                    let is_own = is_merged || own.is_none_or(|own| own == number);
                    if let Some(cell) = row.get_mut(*column).filter(|_| is_own) {
                        join(cell, line.text.trim());
                    }
                }
            }
        }
        rows
    }

    /// The columns with a cell that stands between the rows it is merged over, off the lines of each.
    pub(super) fn centred_columns(&self, groups: &[&RowLines<'a>]) -> Vec<usize> {
        let mut centred = Vec::new();
        for group in groups {
            let parts = self.parts(group);
            let between = group.iter().enumerate().filter(|(at, _)| !parts.is_empty() && !parts.contains(at));
            centred.extend(between.flat_map(|(_, row)| row.iter().map(|(column, _)| *column)));
        }
        centred
    }

    /// Whether lines that stand near one another are rows by themselves: each has a name in the first column and something
    /// beside it, and the names are none that wrap.
    pub(super) fn holds_rows(&self, group: &RowLines<'a>) -> bool {
        let is_named =
            |row: &Vec<(usize, &Line)>| row.len() > 1 && row.first().is_some_and(|cell| cell.0 == 0);
        if group.len() < 2 || !group.iter().all(is_named) {
            return false;
        }
        let has_numbers = |column: usize| {
            let mut lines = self.texts(group, column);
            lines.clone().count() == group.len() && lines.all(is_whole_number)
        };
        if group.len() < MIN_ROWS {
            let beside = || 1..self.columns.len();
            return !self.may_wrap(group, 0)
                && (beside().any(has_numbers) || !beside().any(|column| self.may_wrap(group, column)));
        }
        // The last line of a name that wraps is seldom full; that of a text may be.
        let widest = self.widest(0);
        let is_full = |line: &Line| line.width() > FULL * widest;
        let ends_early = widest >= MIN_TEXT || !self.texts(group, 0).last().is_some_and(is_full);
        let is_wrapped = self.wraps(group, 0) && ends_early;
        !is_wrapped || (1..self.columns.len()).any(has_numbers)
    }

    /// Which rows of lines are rows of the table by themselves, in a group that holds several.
    fn parts(&self, group: &RowLines<'a>) -> Vec<usize> {
        let several: Vec<usize> =
            (0..self.columns.len()).filter(|&column| self.lines_in(group, column) > 1).collect();
        let places = |column: usize| -> Vec<usize> {
            let stands = |row: &Vec<(usize, &Line)>| row.iter().any(|(at, _)| *at == column);
            group.iter().enumerate().filter(|(_, row)| stands(row)).map(|(at, _)| at).collect()
        };
        let (Some(parts), 2..) = (several.first().map(|&column| places(column)), several.len()) else {
            return Vec::new();
        };
        let are_numbers = |&column: &usize| self.texts(group, column).all(is_whole_number);
        let are_rows = several.len() < self.columns.len()
            && several.iter().all(|&column| places(column) == parts)
            && several.iter().any(are_numbers)
            && several.iter().all(|column| are_numbers(column) || !self.wraps(group, *column));
        if are_rows { parts } else { Vec::new() }
    }

    /// Whether the lines of a column may be those of one cell: a text that is cut, or that has no room left.
    fn may_wrap(&self, group: &RowLines<'a>, column: usize) -> bool {
        let lines: Vec<&Line> = self.texts(group, column).collect();
        lines.len() > 1
            && !lines.iter().all(|line| is_whole_number(line))
            && (self.wraps(group, column) || lines.windows(2).any(|two| is_cut(two[0], two[1])))
    }

    /// Whether the lines of a column are those of a cell that wraps, which it does where it has no room left.
    fn wraps(&self, group: &RowLines<'a>, column: usize) -> bool {
        let widest = self.widest(column);
        let before_last = self.lines_in(group, column).saturating_sub(1);
        let is_full = |line: &Line| line.width() > FULL * widest;
        widest > MIN_WRAPPED && self.texts(group, column).take(before_last).all(is_full)
    }

    pub(super) fn widest(&self, column: usize) -> f64 {
        self.column(column).map(Line::width).fold(0.0, f64::max)
    }

    pub(super) fn texts<'g>(
        &self,
        group: &'g RowLines<'a>,
        column: usize,
    ) -> impl Iterator<Item = &'a Line> + Clone + 'g {
        group.iter().flatten().filter(move |(at, _)| *at == column).map(|(_, line)| *line)
    }
}

/// Whether a line is a number that ends with it: 2025-06-01 至 goes on in the next line.
fn is_whole_number(line: &Line) -> bool {
    let text = line.text.trim();
    is_number(text) && !text.ends_with(['至', '到', '-', '–', '—', '~', '～'])
}
