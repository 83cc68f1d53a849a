//! What a row of a table looks like, whatever its columns: a title, a merged cell, a remark below the table.

use csv::StringRecord;

use super::cell::{self, CellKind, kind};
use super::unit;

/// Characters of the name in 制表人：张三.
const MAX_SAID: usize = 10;
/// Characters of what several columns are called together.
const MAX_GROUP: usize = 12;
/// What people sign a table with, below it.
const SIGNING: &[&str] = &[
    "制表",
    "制表人",
    "制表单位",
    "制表日期",
    "制表时间",
    "填表",
    "填表人",
    "填表日期",
    "填表单位",
    "填报人",
    "填报日期",
    "填报单位",
    "填报时间",
    "审核",
    "审核人",
    "审批",
    "审批人",
    "复核",
    "复核人",
    "经办",
    "经办人",
    "校对",
    "校对人",
    "核准",
    "统计人",
    "统计日期",
    "统计时间",
    "主管",
    "单位负责人",
    "部门负责人",
    "打印人",
    "打印时间",
    "打印日期",
    "报送人",
    "报送日期",
    "录入人",
    "签字",
    "签名",
    "盖章",
    "负责人",
    "联系人",
    "联系电话",
    "日期",
];

pub(in crate::knowledge::document) fn filled(row: &StringRecord) -> usize {
    row.iter().filter(|cell| !cell.trim().is_empty()).count()
}

/// The words of a row.
pub(super) fn cells(row: &StringRecord) -> impl Iterator<Item = &str> {
    row.iter().map(str::trim).filter(|cell| !cell.is_empty())
}

/// The cells of a row whose columns have no names.
pub(super) fn stand_alone(row: &StringRecord) -> Vec<String> {
    let cells: Vec<&str> = cells(row).collect();
    if cells.iter().any(|cell| cell.contains('\n')) {
        return cells.into_iter().map(str::to_owned).collect();
    }
    if cells.is_empty() { Vec::new() } else { vec![cells.join(" | ")] }
}

/// What it says, a merged cell's text once.
pub(super) fn words(row: &StringRecord) -> String {
    let mut cells: Vec<&str> = cells(row).collect();
    cells.dedup();
    cells.join(" ")
}

/// Whether all its cells say the same, as a merged one does that was spread over its columns.
pub(super) fn is_spread(row: &StringRecord) -> bool {
    let mut cells = cells(row);
    let first = cells.next();
    let mut others = 0;
    cells.all(|cell| {
        others += 1;
        Some(cell) == first
    }) && others > 0
}

/// How many cells most rows have.
pub(super) fn usual_width(rows: &[StringRecord]) -> usize {
    let widths: Vec<usize> = rows.iter().filter(|row| !is_spread(row)).map(filled).collect();
    // Titles, groups and remarks have one cell, however many they are.
    let wide = widths.iter().filter(|&&width| width > 1).count();
    let least = if wide * 4 >= widths.len() { 2 } else { 0 };
    let mut counts = std::collections::BTreeMap::new();
    for width in widths.into_iter().filter(|&width| width >= least) {
        *counts.entry(width).or_insert(0_usize) += 1;
    }
    counts.into_iter().max_by_key(|&(width, count)| (count, width)).map_or(0, |(width, _)| width)
}

/// Its filled cells, one that is spread over several columns counted once.
pub(super) fn runs(row: &StringRecord) -> usize {
    let mut before = "";
    let mut runs = 0;
    for cell in row.iter().map(str::trim) {
        runs += usize::from(!cell.is_empty() && cell != before);
        before = cell;
    }
    runs
}

/// Whether one cell is all it has, spread over others or not.
pub(in crate::knowledge::document) fn is_alone(row: &StringRecord) -> bool {
    runs(row) == 1
}

/// Whether all its cells are names that columns usually have, and at least two.
pub(super) fn is_labels(row: &StringRecord) -> bool {
    // A row of values has a number as often as not, which is quickly seen.
    let is_value = |cell: &str| cell.starts_with(|c: char| c.is_ascii_digit());
    runs(row) >= 2 && !cells(row).any(is_value) && cells(row).all(cell::is_label)
}

/// Whether a cell says something rather than names something: 单位：人.
pub(in crate::knowledge::document) fn says(cell: &str) -> bool {
    let cell = cell.trim();
    cell.split_once(['：', ':']).is_some_and(|(name, said)| {
        !said.trim().is_empty()
            && !said.starts_with("//")
            && !name.ends_with(|c: char| c.is_ascii_digit())
            && name.chars().count() <= MAX_SAID
            && kind(cell) != CellKind::Number
    })
}

/// Whether it says something of the table above it rather than being one of its rows: it signs it, or names in each cell what it
/// says there.
pub(super) fn is_footer(row: &StringRecord) -> bool {
    is_signature(row) || filled(row) > 1 && cells(row).all(says)
}

/// Whether each of its cells remarks on the table, and none names a column: 编制单位：甲大学 | 2024年12月31日 | 单位：元.
pub(super) fn is_remarks(row: &StringRecord) -> bool {
    let mut said = 0;
    cells(row).all(|cell| {
        let says = says(cell) || cell::is_remark(cell) || unit::says_unit(cell);
        said += usize::from(says);
        says || kind(cell) == CellKind::Number
    }) && said > 0
}

/// Whether it is a line over all columns of a table, as a merged cell is: in formats that have such, a row of one cell.
pub(super) fn is_line(row: &StringRecord) -> bool {
    row.len() == 1
}

/// Whether the filled cells of two rows say the same.
pub(super) fn is_same(one: &StringRecord, other: &StringRecord) -> bool {
    one == other
        || cells(one).next().map(str::len) == cells(other).next().map(str::len) && cells(one).eq(cells(other))
}

/// Whether it signs the table above it: 制表人：张三, 审核：李四.
pub(in crate::knowledge::document) fn is_signature(row: &StringRecord) -> bool {
    let Some(first) = cells(row).next() else { return false };
    let is_short = filled(row) <= 2;
    if !is_short && !first.contains(['：', ':']) {
        return false;
    }
    let name: String = first.split(['：', ':']).next().unwrap_or_default().split_whitespace().collect();
    let is_named =
        name.len() < first.len() && SIGNING.contains(&name.trim_end_matches(['）', ')', '（', '(']));
    // Without a colon only where nothing else can be meant.
    let is_alone = is_short && ["制表人", "填表人", "填报人", "审核人", "复核人"].contains(&name.as_str());
    is_named || is_alone
}

/// Whether a row above `header` is a title of its table rather than one of its rows.
pub(in crate::knowledge::document) fn may_stand_above(row: &StringRecord, header: &StringRecord) -> bool {
    filled(row) < filled(header) || is_spread(row) || row.iter().any(says)
}

/// Whether a row has names of groups, each spread over columns that `header` calls differently, as a merged cell's is.
pub(in crate::knowledge::document) fn names_groups(row: &StringRecord, header: &StringRecord) -> bool {
    let cell = |row: &StringRecord, at: usize| row.get(at).unwrap_or_default().trim().to_owned();
    let is_group = |at: &usize| !cell(row, *at).is_empty() && cell(row, *at) == cell(row, at - 1);
    let differs = |at: usize| {
        let (left, own) = (cell(header, at - 1), cell(header, at));
        !left.is_empty() && !own.is_empty() && left != own && own != cell(row, at)
    };
    let is_name = |cell: &str| {
        let has_digit_or_mark = cell.contains(|c: char| c.is_ascii_digit() || "，。？?".contains(c));
        cell.trim().chars().count() <= MAX_GROUP && !has_digit_or_mark && !says(cell)
    };
    let mut groups = (1..row.len()).filter(is_group).peekable();
    groups.peek().is_some() && groups.all(differs) && row.iter().all(is_name)
}

#[cfg(test)]
mod tests;
