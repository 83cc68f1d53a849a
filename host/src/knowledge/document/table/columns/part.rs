//! Parts of a table of which the title right above the header names the first, and lines among the rows name the others: 早餐 above the
//! header, 午餐 and 晚餐 below it.

use std::collections::BTreeSet;

use csv::StringRecord;

use crate::knowledge::document::table::cell::{self, CellKind, kind};
use crate::knowledge::document::table::first::First;
use crate::knowledge::document::table::row::{cells, filled, is_alone, says};

/// Characters of a part's name, and of one that may be one for nothing but being as short.
const MAX_PART: usize = 12;
const SHORT: usize = 3;

/// Names of columns that say nothing of what is in them.
const ANY: &[&str] = &["名称", "名", "项目", "内容", "类别", "序号"];
/// Names that say no more than that they are things: 芒果 below 水果 may be one of them that lacks its price, and may name a part.
const THINGS: &[&str] =
    &["品名", "商品", "商品名称", "产品", "产品名称", "货品", "货品名称", "物品", "物品名称"];
/// Ends of what holds nothing of its own kind: below 理工学院 no row is 文学院.
const HOLDERS: &[&str] = &["学院", "校区", "年级", "系列", "类"];
/// Words that part one whole. Names that differ in nothing but two words of one set are parts: 早餐 and 午餐.
const SERIES: &[&str] = &[
    "早午中晚夜",
    "春夏秋冬",
    "东南西北中",
    "上中下",
    "一二三四五六七八九十",
    "甲乙丙丁",
    "冷热凉",
    "本专",
    "男女",
];

/// What names the first part.
pub(super) struct FirstPart {
    title: String,
    /// Where it stands, and in how many cells.
    column: usize,
    cells: usize,
    /// Whether another title stands above it, which names the whole.
    is_below_title: bool,
    /// Whether a line called alike may be a row that lacks its values.
    is_in_doubt: bool,
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
            is_in_doubt: false,
            is_over: false,
        };
        let (header, below) = rows.get(found.titles..)?.split_at_checked(found.rows)?;
        let name = header.last().and_then(|header| header.get(part.column)).unwrap_or_default().trim();
        if !part.is_below_title {
            return (!part.is_of_rows(name) && part.comes_again(below)).then_some(part);
        }
        let may_be_rows = part.is_of_rows(name) || THINGS.contains(&name);
        Some(Self { is_in_doubt: may_be_rows && !part.has_several(below), ..part })
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

    /// Whether lines called alike are parts for certain, below whatever name: there are several, above rows with values, none of which is
    /// called so, or their column holds numbers.
    fn has_several(&self, rows: &[StringRecord]) -> bool {
        let is_of_kind = |name: &str| end(name) == end(&self.title);
        let wide = || rows.iter().filter(|row| !is_alone(row)).filter_map(|row| row.get(self.column));
        let name = |pair: &[StringRecord]| match pair {
            [row, next] if !is_alone(next) => self.stands_so(row).map(str::to_owned),
            _ => None,
        };
        let names: BTreeSet<String> =
            rows.windows(2).filter_map(name).filter(|name| is_of_kind(name) && *name != self.title).collect();
        let has_words = wide().any(|cell| kind(cell) == CellKind::Text);
        !has_words || names.len() > 1 && !wide().any(is_of_kind)
    }

    /// What the next rows stand below, unless another part has begun.
    pub(super) fn title(&self) -> Option<&str> {
        (!self.is_over).then_some(self.title.as_str())
    }

    pub(super) fn is_called(&self, line: &str) -> bool {
        self.title == line
    }

    /// Whether a row names another part: it stands as the first one's name does, is called alike, and none of the rows `above` is.
    pub(super) fn is_followed_by(&self, row: &StringRecord, above: &[StringRecord]) -> bool {
        let is_of_kind = |name: &str| end(name) == end(&self.title);
        let is_part = |name: &str| is_of_kind(name) && (!self.is_in_doubt || are_parts(&self.title, name));
        let is_value = |row: &StringRecord| row.get(self.column).is_some_and(is_of_kind);
        self.stands_so(row).is_some_and(is_part) && !above.iter().any(is_value)
    }

    /// Whether a row may name another part or lack its values: it is as short as the first one's name, above which another title stands, or
    /// is called alike where rows may be.
    pub(super) fn may_end_at(&self, row: &StringRecord) -> bool {
        let length = |name: &str| name.chars().count();
        let is_short = |name: &str| length(name) <= SHORT && length(name) == length(&self.title);
        let is_doubtful = |name: &str| self.is_in_doubt && end(name) == end(&self.title);
        self.is_below_title && self.stands_so(row).is_some_and(|name| is_short(name) || is_doubtful(name))
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

/// Whether a name says no more than that its column holds things.
pub(super) fn is_of_things(name: &str) -> bool {
    matches!(name, "名称" | "名") || THINGS.contains(&name)
}

/// Whether a name is that of what holds nothing of its own kind.
pub(super) fn is_holder(name: &str) -> bool {
    HOLDERS.iter().any(|end| name.ends_with(end))
}

/// Whether two names are those of parts of one whole, or the same.
fn are_parts(one: &str, other: &str) -> bool {
    if is_holder(one) && is_holder(other) && end(one) == end(other) {
        return true;
    }
    let differing = one.chars().zip(other.chars()).filter(|(one, other)| one != other);
    let are_of_series =
        |(one, other): (char, char)| SERIES.iter().any(|words| words.contains(one) && words.contains(other));
    let mut differing = differing.map(are_of_series);
    one.chars().count() == other.chars().count()
        && differing.next().unwrap_or(true)
        && differing.next().is_none()
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

#[cfg(test)]
mod tests;
