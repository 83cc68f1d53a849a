//! A list of faults has columns that say who fixes them, by when, or how far that is: what it calls 问题 nobody asks.

use csv::StringRecord;

use crate::knowledge::document::qa::role::is_of_mending;
use crate::knowledge::document::qa::state::QuestionState;

/// Whether some columns are those of a list of faults. A state by which entries are in use or not, such as 发布状态, says nothing
/// of faults.
pub(super) fn lists_faults(names: &[String], below: &[StringRecord]) -> bool {
    names.iter().enumerate().any(|(at, name)| {
        let cells = below.iter().filter_map(|row| row.get(at));
        is_of_mending(name) && !QuestionState::is_of_entries(name, cells)
    })
}

#[cfg(test)]
mod tests;
