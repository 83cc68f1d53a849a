//! The row that names the columns of a block may not stand over them: names on the left of numbers on the right, or below a line
//! of two parts.

use std::collections::BTreeSet;

use super::{Block, FAR, HALF_LINE, Line, Rule, TOUCH};

impl<'a> Block<'a> {
    /// The rows from the first on that stand in its columns, or in those that it names in their order.
    pub(super) fn begun(rows: &[Vec<&'a Line>], level: &'a [Rule]) -> Self {
        let block = Self::new(rows, level);
        let named = if block.is_named() { None } else { Self::named_in_order(rows, level) };
        named.unwrap_or(block)
    }

    /// Whether the first row is a line above the block that begins with the next one: 制表：财务处 on the left, 单位：元 on the
    /// right.
    pub(super) fn is_below_line(&self, rows: &[Vec<&'a Line>]) -> bool {
        let [line, rest @ ..] = rows else { return false };
        let Some(next) = rest.first() else { return false };
        let is_text = |line: &&Line| says(line).is_some() || line.text.trim().ends_with('。');
        let is_more =
            line.len() >= next.len() && all_say(line) && !next.iter().any(|line| says(line).is_some());
        let are_lines =
            || all_say(line) && all_say(next) && Self::begun(rest, self.level).is_below_line(rest);
        let is_line = if self.is_named() {
            // As near to the names as lines of one cell are, it has become a part of them. Where they need it, or where it
            // leaves out the first, it is of groups of columns.
            let is_apart = || self.is_lone() || all_say(line) && self.is_over_first();
            self.is_joined() && !says_twice(next) && (is_more || line.len() < next.len() && is_apart())
        } else {
            is_more || line.len() < next.len() && line.iter().any(is_text)
        };
        if !is_line {
            return are_lines();
        }
        let below = Self::begun(rest, self.level);
        below.is_named() && below.rows.len() + 1 >= self.rows.len()
    }

    /// Whether its first row of lines is one row of the table together with the next, which stands a whole line below.
    fn is_joined(&self) -> bool {
        let groups = self.groups();
        let Some([first, second, ..]) = groups.first().map(|group| &group[..]) else { return false };
        let ([(_, line), ..], [(_, next), ..]) = (&first[..], &second[..]) else { return false };
        line.height - next.height >= HALF_LINE * line.size
    }

    /// Whether a cell of the first row is all that stands in its column: the first line of a name that wraps has others below it.
    fn is_lone(&self) -> bool {
        let first = self.rows.first().map(Vec::as_slice).unwrap_or_default();
        first.iter().any(|(column, _)| self.column(*column).count() == 1)
    }

    /// Whether its first row has a cell in the first column.
    fn is_over_first(&self) -> bool {
        self.rows.first().and_then(|row| row.first()).is_some_and(|(column, _)| *column == 0)
    }

    /// Whether its first row is sure to name its columns.
    fn is_named(&self) -> bool {
        self.rows.len() > 1 && self.columns.len() > 1 && self.table(false).has_header
    }

    /// The block below the first row, which has a name for each of its columns: each stands where no other column is.
    fn named_in_order(rows: &[Vec<&'a Line>], level: &'a [Rule]) -> Option<Self> {
        let (names, below) = rows.split_first()?;
        let (first, next) = (names.first()?, below.first()?.first()?);
        if names.len() < 2 || first.height - next.height > FAR * first.size.max(next.size) {
            return None;
        }
        let mut block = Self::new(below, level);
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

/// What a text says of itself, and of which it says that: 单位：元. A name with its unit in brackets says nothing.
fn says(line: &Line) -> Option<&str> {
    let (name, value) = line.text.split_once(['：', ':'])?;
    let is_said = !name.trim().is_empty() && !value.trim().is_empty();
    is_said.then_some(name.trim())
}

/// Whether each text of a row says something, and no two the same: 年级：2024级 beside 年级：2025级 are names of groups of columns.
fn all_say(row: &[&Line]) -> bool {
    let names: Option<BTreeSet<&str>> = row.iter().map(|line| says(line)).collect();
    names.is_some_and(|names| names.len() == row.len())
}

/// Whether two texts of a row are the same: names that tell no columns apart.
fn says_twice(row: &[&Line]) -> bool {
    row.iter().map(|line| line.text.trim()).collect::<BTreeSet<&str>>().len() < row.len()
}
