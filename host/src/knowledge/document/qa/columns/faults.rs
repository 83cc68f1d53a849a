//! A list of faults has columns that say who fixes them, by when, or how far that is: what it calls 问题 nobody asks.

use csv::StringRecord;

use crate::knowledge::document::qa::role::is_of_mending;
use crate::knowledge::document::qa::state::QuestionState;

/// Names of columns that lists of faults have as well as those of questions: only what is published or not is said of questions there.
const OF_BOTH: [&str; 6] = ["处理结果", "处理办法", "处理方法", "解决方案", "解决办法", "问题描述"];
/// Words for what is published or not.
const PUBLISHED: [&str; 9] = ["启用", "停用", "禁用", "发布", "草稿", "上架", "下架", "上线", "下线"];
/// Words for what is worked at.
const WORKED_AT: [&str; 6] = ["处理", "解决", "维修", "修复", "整改", "办结"];

/// Whether some columns are those of a list of faults. A state by which entries are in use or not, such as 发布状态, says nothing
/// of faults.
pub(super) fn lists_faults(names: &[String], below: &[StringRecord]) -> bool {
    let has_one_of = |cell: &str, words: &[&str]| words.iter().any(|word| cell.contains(word));
    let is_either = names.iter().any(|name| has_one_of(name, &OF_BOTH));
    names.iter().enumerate().any(|(at, name)| {
        let cells = || below.iter().filter_map(|row| row.get(at)).filter(|cell| !cell.trim().is_empty());
        let is_of_entries = || {
            QuestionState::is_of_entries(name, cells())
                && !cells().any(|cell| has_one_of(cell, &WORKED_AT))
                && (!is_either || cells().all(|cell| has_one_of(cell, &PUBLISHED)))
        };
        is_of_mending(name) && !is_of_entries()
    })
}

#[cfg(test)]
mod tests;
