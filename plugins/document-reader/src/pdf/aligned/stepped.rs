//! Lines of one cell stand nearer to one another than rows do, where some stand nearer at all.

use super::{Block, MIN_WRAPPED, RowLines};

/// How many times as far rows stand apart as lines of one cell, and how many times where each line goes on with the one above.
pub(super) const FURTHER: f64 = 1.2;
const LITTLE_FURTHER: f64 = 1.08;

impl<'a> Block<'a> {
    /// The rows of the table by how far apart they stand. The names of the columns may stand further still from the first.
    pub(super) fn by_steps(&self) -> Vec<&RowLines<'a>> {
        let steps = self.steps();
        let mut sorted = steps.clone();
        sorted.sort_by(f64::total_cmp);
        let times = |two: &[f64]| two[1] / two[0].max(0.1);
        let mut jumps: Vec<&[f64]> =
            sorted.windows(2).filter(|two| two[1] > LITTLE_FURTHER * two[0]).collect();
        jumps.sort_by(|one, other| times(other).total_cmp(&times(one)));
        // Where the greatest is that below the names, another one that is nearer may be that of the rows.
        let first = jumps.first().map_or(0.0, |two| two[1]);
        let found =
            jumps.iter().enumerate().filter(|(at, two)| *at == 0 || two[1] < first).find_map(|(at, two)| {
                let groups = self.apart(&steps, (two[0] + two[1]) / 2.0);
                let is_sure = if two[1] <= FURTHER * two[0] {
                    groups.iter().all(|group| self.is_one_row(group, |_| MIN_WRAPPED))
                } else {
                    at == 0 || self.hold_none(&groups)
                };
                (is_sure && self.are_rows(&groups)).then_some(groups)
            });
        found.unwrap_or_else(|| self.by_wraps())
    }

    /// How far each row of lines stands below the one before.
    fn steps(&self) -> Vec<f64> {
        let heights: Vec<f64> =
            self.rows.iter().filter_map(|row| row.first()).map(|(_, line)| line.height).collect();
        heights.windows(2).map(|two| two[0] - two[1]).collect()
    }

    /// The rows of lines in groups that stand further apart than this.
    fn apart(&self, steps: &[f64], near: f64) -> Vec<&RowLines<'a>> {
        let mut groups = Vec::new();
        let mut from = 0;
        for (at, step) in steps.iter().enumerate() {
            if *step > near {
                groups.extend(self.rows.get(from..=at));
                from = at + 1;
            }
        }
        groups.extend(self.rows.get(from..));
        groups
    }

    /// Whether groups of lines are rows of the table.
    fn are_rows(&self, groups: &[&RowLines<'a>]) -> bool {
        // Each row has one line in some column, and lines in most: else they were no rows.
        let is_row = |group: &RowLines<'a>| {
            let counts: Vec<usize> =
                (0..self.columns.len()).map(|column| self.lines_in(group, column)).collect();
            counts.contains(&1) && counts.iter().filter(|count| **count > 0).count() * 2 > counts.len()
        };
        // Below the header may stand the rest of a row of the page before, and then rows that begin with their names. Where
        // none do, a whole header stands above what is in some columns only: else it is a table below a wider line.
        let filled = |group: &RowLines<'a>| {
            (0..self.columns.len()).filter(|own| self.lines_in(group, *own) > 0).count()
        };
        let ends_table = |group: &RowLines<'a>| {
            groups.first().is_some_and(|header| filled(header) == self.columns.len())
                && filled(group) * 2 <= self.columns.len()
        };
        let is_rest = |at: usize, group: &RowLines<'a>| {
            let behind = groups.get(at + 1..).unwrap_or_default();
            let are_named = || behind.iter().all(|row| self.lines_in(row, 0) > 0);
            at < 2 && self.lines_in(group, 0) == 0 && are_named() && (!behind.is_empty() || ends_table(group))
        };
        // What begins with its name, and goes on with its cells, is a row whatever cells are empty, where no lines that stand nearer
        // are rows as well.
        let hold_none = self.hold_none(groups);
        let is_named = |at: usize, group: &RowLines<'a>| {
            let has_name = group.first().and_then(|row| row.first()).is_some_and(|cell| cell.0 == 0);
            at > 0 && has_name && hold_none && self.is_one_row(group, |_| MIN_WRAPPED)
        };
        // All that stands below the names is no one row of several lines, although the names stand further apart from it.
        let are_parted = !matches!(groups[..], [_, rows] if self.holds_rows(rows));
        let is_any =
            |(at, group): (usize, &&RowLines<'a>)| is_row(group) || is_rest(at, group) || is_named(at, group);
        are_parted && groups.iter().enumerate().all(is_any)
    }

    /// Whether no lines that stand near one another are rows by themselves.
    fn hold_none(&self, groups: &[&RowLines<'a>]) -> bool {
        groups.iter().all(|group| group.len() < 2 || !self.holds_rows(group))
    }
}
