//! Rows of a template that say what is to be filled in: 必填，不超过50字.

use csv::StringRecord;

use crate::knowledge::document::table::is_question;

/// Most such rows below the names.
const MAX_HINTS: usize = 2;
/// What such a cell begins with, in lower case and without brackets and spaces, and nothing or a mark behind it: 可选颜色 says
/// something else.
const LABELS: &[&str] = &[
    "必填",
    "选填",
    "可选",
    "非必填",
    "必选",
    "必填项",
    "选填项",
    "示例",
    "样例",
    "例如",
    "例",
    "如",
    "required",
    "optional",
    "e.g",
    "example",
];
/// What such a cell may begin with whatever stands behind it.
const TELLS: &[&str] = &[
    "填写",
    "请填",
    "请输入",
    "请写",
    "请选择",
    "不能为空",
    "不可为空",
    "可为空",
    "可以为空",
    "允许为空",
    "支持换行",
    "支持富文本",
    "please enter",
];
/// What stands before the number of characters that a cell may have, and what behind it.
const LIMITS: &[&str] = &["不超过", "最多", "不多于", "至多", "限", "at most", "up to", "max"];
const UNITS: &[&str] = &["字", "个字", "汉字", "个汉字", "个中文", "char", "word"];

/// How many of the rows right below the names say what is to be filled in. Rows that all read so, or more of them than there
/// may be, are questions and answers.
pub(super) fn hints(below: &[StringRecord]) -> usize {
    let hints = below.iter().take_while(|row| is_hint(row)).count();
    if hints <= MAX_HINTS && hints < below.len() { hints } else { 0 }
}

/// Whether every cell that is filled says what is to be filled in.
fn is_hint(row: &StringRecord) -> bool {
    let mut cells = row.iter().map(str::trim).filter(|cell| !cell.is_empty()).peekable();
    cells.peek().is_some() && cells.all(tells)
}

fn tells(cell: &str) -> bool {
    let plain = cell.trim_start_matches(['（', '(', '【', '[', '*', ' ']).to_lowercase();
    let is_label = |label: &&str| {
        let behind = plain.strip_prefix(*label).map(|behind| behind.chars().next());
        behind.is_some_and(|next| next.is_none_or(|c| !c.is_alphanumeric()))
    };
    let is_limit = |limit: &&str| {
        let rest = plain.split_once(*limit).map_or("", |(_, rest)| rest).trim_start();
        let unit = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        unit.len() < rest.len() && UNITS.iter().any(|name| unit.trim_start().starts_with(*name))
    };
    !is_question(cell)
        && (LABELS.iter().any(is_label)
            || TELLS.iter().any(|start| plain.starts_with(*start))
            || LIMITS.iter().any(is_limit))
}
