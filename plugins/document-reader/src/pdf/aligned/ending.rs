//! The ending of a block: what stands below its last row in the first column only is the rest of a cell there, or text below it.

use super::ruled::COVERED;
use super::stepped::FURTHER;
use super::wrapped::{goes_on, is_cut};
use super::{Block, LEADING, Line, MIN_WRAPPED, UNEVEN};

/// Lines of a cell that nothing else tells from text below a table stand no further apart than this, in sizes of the font.
const TIGHT: f64 = 1.45;
/// Lines of such a rest, at most, and rows above it, at least, with the names of the columns.
const MAX_REST: usize = 8;
const MIN_ROWS: usize = 3;

impl Block<'_> {
    /// Whether the lines in the first column that end the block are the rest of a cell, and no text below the table: they go on with
    /// the last row, where that is cut, or nearer to it than rows are to one another, or above the rule that ends the table.
    pub(super) fn ends_with_rest(&self) -> bool {
        let rest = self.rest_lines();
        let rows = self.rows.len() - rest;
        if rest > MAX_REST || rows < MIN_ROWS {
            return false;
        }
        let own = self.rows.get(rows.saturating_sub(1)..).unwrap_or_default();
        let Some((above, rest)) = own.split_first() else { return false };
        let (Some(&(0, over)), Some(&(_, line))) = (above.first(), rest.first().and_then(|row| row.first()))
        else {
            return false;
        };
        let lines: Vec<&Line> =
            std::iter::once(over).chain(rest.iter().flatten().map(|(_, line)| *line)).collect();
        let right = self.right(0);
        let step = over.height - line.height;
        let is_even = |two: &[&Line]| (two[0].height - two[1].height - step).abs() < UNEVEN * line.size;
        let is_whole = lines.windows(2).all(|two| is_even(two) && goes_on(two[0], two[1], right));
        if !is_whole || own.windows(2).any(|two| self.is_ruled(two.first(), two.last())) {
            return false;
        }
        is_cut(over, line)
            || self.widest(0) > MIN_WRAPPED && (self.is_near(rows, over, line) || self.is_ruled_off())
    }

    /// How many lines end the block in the first column with nothing beside them, as far as they may be a rest.
    pub(super) fn rest_lines(&self) -> usize {
        self.rows.iter().rev().take(MAX_REST + 1).take_while(|row| matches!(row[..], [(0, _)])).count()
    }

    /// Whether the line below the rows is nearer to the last than that is to those before, as lines of one cell are: set as tight as
    /// text is, or as far apart as others in the table.
    fn is_near(&self, rows: usize, over: &Line, line: &Line) -> bool {
        let step = over.height - line.height;
        let rows = self.rows.get(..rows).unwrap_or_default();
        let steps = || rows.windows(2).filter_map(|two| Some((two[1].first()?, two[0].first()?.1.height)));
        let mut apart = steps().filter(|((column, _), _)| *column == 0);
        let is_leading = |((_, below), above): (&(usize, &Line), f64)| {
            (above - below.height - step).abs() < UNEVEN * line.size
        };
        apart.all(|((_, below), above)| above - below.height > FURTHER * step)
            && (step < TIGHT * line.size || steps().any(is_leading))
    }

    /// Whether a rule ends the table right below its last line, where others part all of its rows.
    fn is_ruled_off(&self) -> bool {
        let Some((_, line)) = self.rows.last().and_then(|row| row.first()) else { return false };
        let (left, right) = self.sides();
        let near = line.height - LEADING * line.size..line.height;
        let ends = self.level.iter().filter(|rule| near.contains(&rule.at));
        let covered: f64 = ends.map(|rule| (rule.to.min(right) - rule.from.max(left)).max(0.0)).sum();
        let begins = |two: &&[Vec<(usize, &Line)>]| matches!(two[1][..], [(0, _), _, ..]);
        let is_parted = |two: &[Vec<(usize, &Line)>]| self.is_ruled(two.first(), two.last());
        covered > COVERED * (right - left) && self.rows.windows(2).filter(begins).all(is_parted)
    }
}
