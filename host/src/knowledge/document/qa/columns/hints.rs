//! Rows of a template that say what is to be filled in: 必填，不超过50字.

use csv::StringRecord;

use crate::knowledge::document::table::is_question;

/// What such a cell begins with, in lower case and without brackets and spaces.
const BEGINS: &[&str] = &[
    "必填",
    "选填",
    "可选",
    "非必填",
    "必选",
    "示例",
    "样例",
    "例如",
    "如：",
    "填写",
    "请填",
    "请输入",
    "不超过",
    "最多",
    "不能为空",
    "可为空",
    "required",
    "optional",
    "e.g.",
    "example",
];

/// Whether every cell that is filled is such a one.
pub(super) fn is_hint(row: &StringRecord) -> bool {
    let is_one = |cell: &str| {
        let plain = cell.trim_start_matches(['（', '(', '【', '[', '*', ' ']).to_lowercase();
        BEGINS.iter().any(|begin| plain.starts_with(begin)) && !is_question(cell)
    };
    let mut cells = row.iter().map(str::trim).filter(|cell| !cell.is_empty()).peekable();
    cells.peek().is_some() && cells.all(is_one)
}
