//! Parts of a table of which the title right above the header names the first, and lines among the rows name the others: 早餐 above the
//! header, 午餐 and 晚餐 below it.

use csv::StringRecord;

use crate::knowledge::document::table::cell::{self, CellKind, kind};
use crate::knowledge::document::table::first::First;
use crate::knowledge::document::table::row::{cells, filled, is_alone, says};

/// Characters of a part's name, and of one that may be one for nothing but being as short.
const MAX_PART: usize = 12;
const SHORT: usize = 3;

/// Names of columns that say nothing of what is in them.
const ANY: &[&str] = &["名称", "名", "项目", "内容", "类别", "序号"];

/// What names the first part.
pub(super) struct FirstPart {
    title: String,
    /// Where it stands, and in how many cells.
    column: usize,
    cells: usize,
    /// Whether another title stands above it, which names the whole.
    is_below_title: bool,
    /// Whether another part has begun since.
    pub(super) is_over: bool,
}

impl FirstPart {
    /// `rows` are the table's first, as `found` says. A title that stands alone may be the table's: of its kind others must be.
    pub(super) fn new(rows: &[StringRecord], found: &First) -> Option<Self> {
        let row = rows.get(found.titles.checked_sub(1)?).filter(|_| found.rows > 0)?;
        let title = cells(row).next().filter(|title| is_alone(row) && is_name(title))?;
        let part = Self {
            title: title.to_owned(),
            column: column(row),
            cells: filled(row),
            is_below_title: found.titles > 1,
            is_over: false,
        };
        let (header, below) = rows.get(found.titles..)?.split_at_checked(found.rows)?;
        let name = header.last().and_then(|header| header.get(part.column)).unwrap_or_default();
        (part.is_below_title || !part.is_of_rows(name.trim()) && part.comes_again(below)).then_some(part)
    }

    /// Whether the title says what each row is: it is called as their column is, 图书 above 书名, or the only name of theirs, 水果 above 名称.
    fn is_of_rows(&self, name: &str) -> bool {
        ANY.contains(&name)
            || self.title.contains(name)
            || end(&self.title).is_some_and(|end| name.contains(end))
    }

    /// Whether at least two rows are called alike, each with rows that have values below it.
    fn comes_again(&self, rows: &[StringRecord]) -> bool {
        let is_part =
            |row: &StringRecord| self.stands_so(row).is_some_and(|name| end(name) == end(&self.title));
        let heads_one =
            |pair: &[StringRecord]| matches!(pair, [row, next] if is_part(row) && !is_alone(next));
        rows.windows(2).filter(|pair| heads_one(pair)).count() > 1
    }

    pub(super) fn is_called(&self, line: &str) -> bool {
        self.title == line
    }

    /// Whether a row names another part: it stands as the first one's name does, is called alike, and none of the rows `above` is.
    pub(super) fn is_followed_by(&self, row: &StringRecord, above: &[StringRecord]) -> bool {
        let is_of_kind = |name: &str| end(name) == end(&self.title);
        let is_value = |row: &StringRecord| row.get(self.column).is_some_and(is_of_kind);
        self.stands_so(row).is_some_and(is_of_kind) && !above.iter().any(is_value)
    }

    /// Whether a row may name another part or lack its values: it is as short as the first one's name, above which another title stands.
    pub(super) fn may_end_at(&self, row: &StringRecord) -> bool {
        let length = |name: &str| name.chars().count();
        let is_short = |name: &str| length(name) <= SHORT && length(name) == length(&self.title);
        self.is_below_title && self.stands_so(row).is_some_and(is_short)
    }

    /// What a row says that stands as the first part's name does, and may be one.
    fn stands_so<'r>(&self, row: &'r StringRecord) -> Option<&'r str> {
        let is_so = (column(row), filled(row)) == (self.column, self.cells);
        cells(row).next().filter(|text| is_so && is_name(text))
    }
}

fn column(row: &StringRecord) -> usize {
    row.iter().position(|cell| !cell.trim().is_empty()).unwrap_or(0)
}

/// What names of one kind end with: 早餐, 午餐.
fn end(name: &str) -> Option<char> {
    name.trim().split(['（', '(']).next()?.trim_end().chars().next_back()
}

fn is_name(text: &str) -> bool {
    kind(text) == CellKind::Text
        && (2..=MAX_PART).contains(&text.chars().count())
        && !says(text)
        && !cell::is_label(text)
        && !cell::is_total(text)
        && !cell::is_placeholder(text)
        && !cell::is_note(text)
        && !cell::is_remark(text)
        && !cell::is_question(text)
}
