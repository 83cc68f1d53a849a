//! What a page marks in a row of a table: which cells are names (`th`), and which are values (`td`).

#[derive(Default)]
pub(super) struct RowMarks {
    names: usize,
    values: usize,
    /// Whether two names or two values stand beside each other, or a value stands first.
    is_out_of_turn: bool,
}

impl RowMarks {
    /// Adds the next cell.
    pub(super) fn add(&mut self, is_name: bool) {
        let is_names_turn = self.names == self.values;
        self.is_out_of_turn |= is_name != is_names_turn;
        if is_name {
            self.names += 1;
        } else {
            self.values += 1;
        }
    }

    /// Whether all its cells are names: of columns.
    pub(super) fn are_names(&self) -> bool {
        self.names > 0 && self.values == 0
    }

    /// Whether each name has its value beside it.
    pub(super) fn are_pairs(&self) -> bool {
        self.names > 0 && self.names == self.values && !self.is_out_of_turn
    }
}
