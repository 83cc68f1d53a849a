//! The room that is left at the end of a cell's text.

use std::collections::HashMap;

use super::Frame;
use super::unruled::padding;
use crate::pdf::line::{Line, rows};

impl Frame {
    /// How much room the last line of each cell of the last row has left, in sizes of its font. None in a column where no text has
    /// two lines: it may be made as wide as its longest text is.
    pub(super) fn rooms(&self, cells: &HashMap<usize, Vec<Line>>, owners: &[usize]) -> Vec<Option<f64>> {
        let columns = self.across.len() - 1;
        let last = owners.get(owners.len().saturating_sub(columns)..).unwrap_or_default();
        let wraps = |column: usize| {
            let of_column = cells.iter().filter(|(cell, _)| *cell % columns == column);
            of_column.into_iter().any(|(_, lines)| rows(lines.iter().collect()).len() > 1)
        };
        let room = |owner: &usize| {
            let column = owner % columns;
            let lines = rows(cells.get(owner)?.iter().collect());
            let line = lines.last().filter(|_| lines.len() > 1 || wraps(column))?.last()?;
            let left = *self.across.get(column)?;
            let right = *self.across.get(last.iter().rposition(|other| other == owner)? + 1)?;
            let own = cells.iter().filter(|(cell, _)| *cell % columns == column).flat_map(|(_, lines)| lines);
            Some((right - padding(own, left) - line.end) / line.size)
        };
        last.iter().map(room).collect()
    }
}
