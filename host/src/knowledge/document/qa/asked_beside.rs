//! What is asked beside a question is in a column, or in fields of one name, whose cells read like questions.

use crate::knowledge::document::table::is_question;

/// Fewest cells that show by themselves that a column asks: a remark may.
const FEWEST: usize = 2;

/// What the cells of one column show.
#[derive(Default)]
pub(super) struct AskedBeside {
    filled: usize,
    asking: usize,
    first: String,
    differs: bool,
}

impl AskedBeside {
    pub(super) fn add(&mut self, cell: &str) {
        let cell = cell.trim();
        if cell.is_empty() {
            return;
        }
        if self.filled == 0 {
            cell.clone_into(&mut self.first);
        }
        self.differs |= cell != self.first;
        self.filled += 1;
        self.asking += usize::from(is_question(cell));
    }

    /// Whether something is asked there, and not the same beside all of them, such as 要不要核实？ Where the name says so too
    /// (`is_named`), one cell that reads like a question is enough: others may be wishes, such as 我要退货.
    pub(super) fn asks(&self, is_named: bool) -> bool {
        let is_enough = self.filled >= FEWEST && self.asking * 10 >= self.filled * 6;
        (is_enough || is_named && self.asking > 0) && (self.filled == 1 || self.differs)
    }
}

#[cfg(test)]
mod tests;
