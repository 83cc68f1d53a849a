//! Rows below an empty one that go on with the table above it, although what stands below them may look like values of theirs.

use csv::StringRecord;

use super::TableColumns;
use crate::knowledge::document::table::cell::{self, CellKind, kind};
use crate::knowledge::document::table::row::{cells, filled, is_alone};

/// Words that say why no number stands there, and so name no column.
const ABSENT: &[&str] = &[
    "停运", "停开", "停诊", "停售", "停用", "暂停", "缺考", "缺席", "免考", "缓考", "缺货", "无货", "售罄",
    "时价", "面议", "议价", "待定", "未定", "另定", "详询",
];

impl TableColumns {
    /// Whether the first row below an empty one is a row of this table: where this has numbers, its own all look like them, or it has only
    /// words that say why there are none. Names of columns do neither, but for those that count: 尺码 | 36 | 37.
    pub(in crate::knowledge::document::table) fn holds_below_gap(&self, row: &StringRecord) -> bool {
        let first = cells(row).next().unwrap_or_default();
        let width = self.names.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1);
        let is_within = row.iter().skip(width).all(|cell| cell.trim().is_empty());
        let is_named = cells(row).any(cell::is_label) && !cell::is_total(first);
        let fits = self.is_plain() && self.questions.is_none() && filled(row) > 1 && is_within;
        if !fits || is_alone(row) || is_named || counts_columns(row) {
            return false;
        }
        let own: Vec<(usize, &str)> = row
            .iter()
            .map(str::trim)
            .enumerate()
            .filter(|&(at, cell)| self.is_number(at) && kind(cell) != CellKind::Empty)
            .collect();
        let is_like = |&(at, cell): &(usize, &str)| self.has_shown(at, cell);
        let mut numbers = own.iter().filter(|(_, cell)| cell::is_quantity(cell)).peekable();
        numbers.peek().is_some() && numbers.all(is_like)
            || !own.is_empty() && own.iter().all(|(_, cell)| ABSENT.contains(cell))
    }

    /// Whether a number of the same shape stands above in its column.
    fn has_shown(&self, column: usize, number: &str) -> bool {
        let shape = cell::shape(number);
        let above = self.looks.first().iter().filter_map(|row| row.get(column));
        above.filter(|cell| cell::is_quantity(cell)).any(|cell| cell::shape(cell) == shape)
    }
}

/// Whether its numbers rise by one from column to column, or evenly over three or more: what names columns by counting them does.
fn counts_columns(row: &StringRecord) -> bool {
    let numbers: Vec<&str> = cells(row).filter(|cell| kind(cell) == CellKind::Number).collect();
    let digits = |number: &&str| cell::whole(number.trim_end_matches(char::is_alphabetic));
    let Some(values) = numbers.iter().map(digits).collect::<Option<Vec<i64>>>() else { return false };
    let steps: Vec<i64> = values.windows(2).filter_map(|pair| Some(pair.get(1)? - pair.first()?)).collect();
    let Some(&step) = steps.first() else { return false };
    step > 0 && steps.iter().all(|other| *other == step) && (step == 1 || steps.len() > 1)
}

#[cfg(test)]
mod tests;
