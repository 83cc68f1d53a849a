//! The row that names the columns of a block may not stand over them: names on the left of numbers on the right, or below a line
//! of two parts.

use super::{Block, FAR, Line, TOUCH};

impl<'a> Block<'a> {
    /// The rows from the first on that stand in its columns, or in those that it names in their order.
    pub(super) fn begun(rows: &[Vec<&'a Line>]) -> Self {
        let block = Self::new(rows);
        let named = if block.is_named() { None } else { Self::named_in_order(rows) };
        named.unwrap_or(block)
    }

    /// Whether the first row is a line above the block that begins with the next one: 制表：财务处 on the left, 单位：元 on the
    /// right.
    pub(super) fn is_below_line(&self, rows: &[Vec<&'a Line>]) -> bool {
        let (Some(line), Some(next)) = (rows.first(), rows.get(1)) else { return false };
        let says = |line: &&Line| {
            line.text
                .split_once(['：', ':'])
                .is_some_and(|(name, value)| !name.trim().is_empty() && !value.trim().is_empty())
        };
        let is_text = |line: &&Line| says(line) || line.text.trim().ends_with('。');
        let is_line = line.len() < next.len() && line.iter().any(is_text)
            || line.len() == next.len() && line.iter().all(says) && !next.iter().any(says);
        if !is_line || self.is_named() {
            return false;
        }
        let below = Self::begun(rows.get(1..).unwrap_or_default());
        below.is_named() && below.rows.len() + 1 >= self.rows.len()
    }

    /// Whether its first row is sure to name its columns.
    fn is_named(&self) -> bool {
        self.rows.len() > 1 && self.columns.len() > 1 && self.table(false).has_header
    }

    /// The block below the first row, which has a name for each of its columns: each stands where no other column is.
    fn named_in_order(rows: &[Vec<&'a Line>]) -> Option<Self> {
        let (names, below) = rows.split_first()?;
        let (first, next) = (names.first()?, below.first()?.first()?);
        if names.len() < 2 || first.height - next.height > FAR * first.size.max(next.size) {
            return None;
        }
        let mut block = Self::new(below);
        if block.columns.len() != names.len() || block.rows.len() < 2 {
            return None;
        }
        let stands = |(at, name): (usize, &&Line)| {
            let near = TOUCH * name.size;
            let before = at.checked_sub(1).and_then(|at| block.columns.get(at));
            before.is_none_or(|(_, end)| *end < name.start + near)
                && block.columns.get(at + 1).is_none_or(|(start, _)| name.end < start + near)
        };
        if !names.iter().enumerate().all(stands) {
            return None;
        }
        for ((start, end), name) in block.columns.iter_mut().zip(names) {
            (*start, *end) = (start.min(name.start), end.max(name.end));
        }
        block.rows.insert(0, names.iter().copied().enumerate().collect());
        Some(block).filter(Self::is_named)
    }
}
