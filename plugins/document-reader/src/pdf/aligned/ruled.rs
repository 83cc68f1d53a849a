//! Level rules between the rows of a block. What stands between two of them is one row, and a cell below which a rule stops that
//! runs below those beside it is merged over the rows that the rule parts.

use super::wrapped::goes_on;
use super::{Block, Line, MIN_WRAPPED, RowLines};
use crate::pdf::line::join;

/// Rows that rules part are so many at least, with the names of the columns: two may be all of a table, below a rule.
const MIN_RULED: usize = 3;
/// The names of rows that rules part are at least so wide where they wrap, in sizes of the font.
const MIN_NAME: f64 = 3.0;
/// Most bytes of a merged cell that are said in each of its rows.
const MAX_SPREAD: usize = 300;
/// How much of a table's width a rule has that runs below a row.
pub(super) const COVERED: f64 = 0.6;

impl<'a> Block<'a> {
    /// Whether a rule runs below each row but the last.
    pub(super) fn rules(&self, groups: &[&RowLines<'a>]) -> Vec<bool> {
        groups.windows(2).map(|two| self.is_ruled(two[0].last(), two[1].first())).collect()
    }

    /// Whether a rule runs between two rows of lines.
    pub(super) fn is_ruled(
        &self,
        above: Option<&Vec<(usize, &Line)>>,
        below: Option<&Vec<(usize, &Line)>>,
    ) -> bool {
        let (left, right) = self.sides();
        let between = self.between(above, below);
        let covered: f64 = between.map(|(from, to)| (to.min(right) - from.max(left)).max(0.0)).sum();
        covered > COVERED * (right - left)
    }

    /// Whether rules part two rows of lines: through all the width, or through half of the columns, beside cells that are merged.
    fn are_parted(&self, above: Option<&Vec<(usize, &Line)>>, below: Option<&Vec<(usize, &Line)>>) -> bool {
        let ruled = (0..self.columns.len()).filter(|column| self.is_ruled_in(*column, above, below)).count();
        ruled > 1 && ruled * 2 >= self.columns.len() || self.is_ruled(above, below)
    }

    /// From where to where the rules between two rows of lines reach.
    fn between(
        &self,
        above: Option<&Vec<(usize, &Line)>>,
        below: Option<&Vec<(usize, &Line)>>,
    ) -> impl Iterator<Item = (f64, f64)> {
        let height = |row: Option<&Vec<(usize, &Line)>>| row?.first().map(|(_, line)| line.height);
        let (above, below) = (height(above).unwrap_or_default(), height(below).unwrap_or_default());
        let from = self.level.partition_point(|rule| rule.at <= below);
        let rules = self.level.get(from..).unwrap_or_default().iter();
        rules.take_while(move |rule| rule.at < above).map(|rule| (rule.from, rule.to))
    }

    pub(super) fn sides(&self) -> (f64, f64) {
        let (first, last) = (self.columns.first(), self.columns.last());
        (first.map_or(0.0, |column| column.0), last.map_or(0.0, |column| column.1))
    }

    /// Whether the rules between two rows of lines run through a column.
    fn is_ruled_in(
        &self,
        column: usize,
        above: Option<&Vec<(usize, &Line)>>,
        below: Option<&Vec<(usize, &Line)>>,
    ) -> bool {
        let Some((start, end)) = self.columns.get(column) else { return false };
        let middle = (start + end) / 2.0;
        self.between(above, below).any(|(from, to)| from <= middle && middle <= to)
    }

    /// The rows of the table where rules part them: none where the lines between two rules are more than cells that wrap.
    pub(super) fn by_rules(&self) -> Option<Vec<&RowLines<'a>>> {
        let mut groups = Vec::new();
        let mut from = 0;
        for at in 1..self.rows.len() {
            if self.are_parted(self.rows.get(at - 1), self.rows.get(at)) {
                groups.extend(self.rows.get(from..at));
                from = at;
            }
        }
        groups.extend(self.rows.get(from..));
        // A rule below some of the names says which groups of columns they are of.
        let is_whole = (0..self.columns.len()).all(|column| self.is_named_above(column, &groups));
        // Names of columns may wrap however narrow they are, and so may the name of a row beside what does not.
        let least = |at: usize| {
            move |column: usize| match (at, column) {
                (0, _) => 0.0,
                (_, 0) => MIN_NAME,
                _ => MIN_WRAPPED,
            }
        };
        let are_rows = || groups.iter().enumerate().all(|(at, group)| self.is_one_row(group, least(at)));
        (groups.len() >= MIN_RULED && is_whole && are_rows()).then_some(groups)
    }

    /// Whether a rule runs through a column below its name.
    fn is_named_above(&self, column: usize, groups: &[&RowLines<'a>]) -> bool {
        let Some([names, first, ..]) = groups.get(..2) else { return false };
        self.is_ruled_in(column, names.last(), first.first())
    }

    /// Whether the lines that stand below one another in a group of them are those of cells that wrap, in columns that are at least
    /// so wide, in sizes of the font.
    pub(super) fn is_one_row(&self, group: &RowLines<'a>, least: impl Fn(usize) -> f64) -> bool {
        (0..self.columns.len()).all(|column| {
            let lines: Vec<&Line> = self.texts(group, column).collect();
            let go_on = |right: f64| lines.windows(2).all(|two| goes_on(two[0], two[1], right));
            lines.len() < 2 || self.widest(column) > least(column) && go_on(self.right(column))
        })
    }

    /// Says what stands in a merged cell in each of the rows that it is over.
    pub(super) fn spread(&self, groups: &[&RowLines<'a>], rows: &mut [Vec<String>]) {
        if rows.len() != groups.len() || groups.len() < MIN_RULED {
            return;
        }
        for column in 0..self.columns.len() {
            // Where none runs below its name, rules are shorter than the table.
            if !self.is_named_above(column, groups) {
                continue;
            }
            let is_open = |at: usize| {
                let Some([one, other]) = groups.get(at..at + 2) else { return false };
                let (above, below) = (one.last(), other.first());
                self.are_parted(above, below) && !self.is_ruled_in(column, above, below)
            };
            let mut from = 1;
            for at in 1..groups.len() {
                if is_open(at) {
                    continue;
                }
                if let (Some(own), Some(rows)) = (groups.get(from..=at), rows.get_mut(from..=at)) {
                    self.spread_in(column, own, rows);
                }
                from = at + 1;
            }
        }
    }

    /// Says what one of these rows has in a column in all of them, or what wraps over several of them.
    fn spread_in(&self, column: usize, groups: &[&RowLines<'a>], rows: &mut [Vec<String>]) {
        if groups.len() < 2 {
            return;
        }
        let lines: Vec<&Line> = groups.iter().flat_map(|group| self.texts(group, column)).collect();
        let go_on = |right: f64| lines.windows(2).all(|two| goes_on(two[0], two[1], right));
        let cells = || rows.iter().filter_map(|row| row.get(column)).filter(|cell| !cell.is_empty());
        if cells().count() > 1 && !go_on(self.right(column)) {
            return;
        }
        let mut text = String::new();
        cells().for_each(|cell| join(&mut text, cell));
        if text.len() <= MAX_SPREAD {
            rows.iter_mut().filter_map(|row| row.get_mut(column)).for_each(|cell| cell.clone_from(&text));
        }
    }
}
