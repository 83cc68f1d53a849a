//! The standing of a column of answers is what its name says of them beside others: whether they are those that are given.

use super::words::{ANSWERS, CONTENT, SPARE};
use super::{MAX_NAME, before, plain};
use crate::knowledge::fold::even;

/// What is said of answers that must not be given.
const DENIED: &[&str] = &[
    "错误",
    "不正确",
    "禁止",
    "禁用",
    "违规",
    "不合规",
    "失效",
    "已失效",
    "作废",
    "已作废",
    "废弃",
    "过期",
    "已过期",
    "wrong",
    "incorrect",
    "rejected",
    "invalid",
    "deprecated",
    "obsolete",
    "expired",
];
/// What is said of answers that others have taken the place of, or will.
const PROVISIONAL: &[&str] = &[
    "旧",
    "旧版",
    "老",
    "老版",
    "原",
    "原始",
    "原有",
    "历史",
    "修改前",
    "修订前",
    "修正前",
    "更正前",
    "更新前",
    "优化前",
    "调整前",
    "草稿",
    "初稿",
    "待审",
    "待审核",
    "未审",
    "未审核",
    "old",
    "previous",
    "former",
    "original",
    "draft",
    "pending",
];
/// What is said of answers that are not for customers.
const INTERNAL: &[&str] = &["内部", "internal"];
/// What is said of answers that were put right; where nothing is written in such a column, nothing was to be put right.
const REVISED: &[&str] = &[
    "修改后",
    "修订后",
    "修正后",
    "更正后",
    "订正后",
    "更新后",
    "优化后",
    "调整后",
    "润色后",
    "修正",
    "修订",
    "更正",
    "订正",
    "人工修正",
    "人工修订",
    "人工更正",
    "人工修改后",
    "人工修正后",
    "revised",
    "corrected",
    "amended",
];
const CORRECT: &[&str] = &["正确", "correct"];
const NEW: &[&str] = &["新", "新版", "最新", "最新版", "new", "latest", "updated"];
/// What is said of answers that were looked through, although 已 stands before it as before 已答.
const APPROVED: &[&str] = &["已审", "已审核", "已通过", "已发布", "已确认"];
/// Who gives answers that somebody else looks through, and who that is: a machine's and a student's stand beside the right ones
/// in sheets of tests, where anything else says nothing of which holds.
const TRIED: &[&str] = &[
    "机器人",
    "ai",
    "模型",
    "大模型",
    "预测",
    "学生",
    "学员",
    "考生",
    "用户",
    "网友",
    "bot",
    "model",
    "predicted",
    "generated",
    "student",
    "user",
];
const TRUSTED: &[&str] =
    &["人工", "官方", "参考", "真实", "专家", "human", "reference", "expected", "gold", "official"];
/// What those give: a machine's 话术 is what it is to say.
const GIVEN: &[&str] = &["答案", "回答", "回复", "答复", "answer", "response", "reply", "output"];
/// What stands in a column of answers that were put right where the answer was right.
const UNCHANGED: &[&str] = &[
    "",
    "无",
    "无需",
    "无需修改",
    "无需修正",
    "无需更正",
    "无修改",
    "无改动",
    "未修改",
    "不修改",
    "不变",
    "同左",
    "同原答案",
    "/",
    "-",
    "—",
    "√",
    "✓",
    "n/a",
    "unchanged",
];

/// How far the name of a column of answers is from that of the ones which are given: what was put right comes before 标准答案 and
/// 正确答案, those before 新答案, that before 答案, that before 默认答案, that before 短信答复, which may be for one channel; then
/// 备用答案 and 答案名称, and last 旧答案 and 内部答案. Of names with years the newest is nearest. `is_tested`: whether a machine's
/// or a student's answers [stand beside](is_of_test).
pub(in crate::knowledge::document::qa) fn answer_distance(name: &str, is_tested: bool) -> (u8, u16) {
    let says = |marks: &[&str]| says(name, marks);
    let plain = plain(name);
    let has = |marks: &[&str]| marks.iter().any(|mark| plain.contains(mark));
    let rank = if says(DENIED) {
        8
    } else if says(PROVISIONAL) || says(INTERNAL) {
        7
    } else if has(SPARE) || plain.ends_with(['名', '称']) {
        6
    } else if is_revised(name) {
        0
    } else if has(&["标准", "standard"]) || says(CORRECT) {
        1
    } else if says(NEW) {
        2
    } else if is_answer(&plain) {
        3
    } else if has(&["默认", "default"]) || is_tested && given(&plain, TRUSTED) {
        4
    } else {
        5
    };
    (rank, year(name).map_or(0, |year| u16::MAX - year))
}

/// Whether a column has answers that somebody else looks through: 机器人回答, 学生答案.
pub(in crate::knowledge::document::qa) fn is_of_test(name: &str) -> bool {
    given(&plain(name), TRIED)
}

/// Whether a name says that its answers must not be given: 错误答案.
pub(in crate::knowledge::document::qa) fn is_denied(name: &str) -> bool {
    says(name, DENIED)
}

/// Whether a name says that its answers were put right where they were wrong, and stand in another column where not.
pub(in crate::knowledge::document::qa) fn is_revised(name: &str) -> bool {
    says(name, REVISED)
}

/// Whether a name says that its answers are right, whatever is said of those beside them.
pub(in crate::knowledge::document::qa) fn is_right(name: &str) -> bool {
    is_revised(name) || says(name, CORRECT)
}

/// Whether a column has answers in those rows only of which something has changed, as one of 新答案 and 正确答案 may.
pub(in crate::knowledge::document::qa) fn may_be_empty(name: &str) -> bool {
    is_right(name) || says(name, NEW)
}

/// Whether the answers of a column are those that may stand where nothing was to be put right.
pub(in crate::knowledge::document::qa) fn may_stand(name: &str) -> bool {
    !is_denied(name) && !says(name, INTERNAL)
}

/// Whether a cell of answers that were put right says that nothing was.
pub(in crate::knowledge::document::qa) fn is_unchanged(cell: &str) -> bool {
    let cell: String = even(cell).take(MAX_NAME).filter(|c| !c.is_whitespace()).collect();
    UNCHANGED.contains(&cell.trim_end_matches(['。', '.']))
}

/// Whether a plain name is of answers that were looked through: 已审答案.
pub(super) fn is_approved(name: &str) -> bool {
    APPROVED.iter().filter_map(|mark| name.strip_prefix(*mark)).any(is_answer)
}

/// Whether one of the marks stands before what answers are called, or in brackets behind it: 旧答案, 答案（旧）.
fn says(name: &str, marks: &[&str]) -> bool {
    let full: String = even(name).take(MAX_NAME).filter(|c| !c.is_whitespace()).collect();
    let within =
        full.split_once(['(', '[', '【']).map(|(_, within)| within.trim_end_matches([')', ']', '】']));
    let plain = plain(name);
    let is_of = |mark: &&str| {
        let rest = plain.strip_prefix(*mark);
        rest.is_some_and(|rest| is_answer(rest.strip_prefix('的').unwrap_or(rest)))
    };
    within.is_some_and(|within| marks.contains(&within)) || marks.iter().any(is_of)
}

/// Whether a plain name says nothing more than that answers stand there.
fn is_answer(name: &str) -> bool {
    ANSWERS.contains(&name) || before(name, CONTENT).is_some_and(|name| ANSWERS.contains(&name))
}

fn given(plain: &str, by: &[&str]) -> bool {
    by.iter().filter_map(|who| plain.strip_prefix(*who)).any(|given| GIVEN.contains(&given))
}

/// The year that a name says: 答案（2025）.
fn year(name: &str) -> Option<u16> {
    let name: String = even(name).take(MAX_NAME).collect();
    let runs = name.split(|c: char| !c.is_ascii_digit());
    runs.filter(|run| run.len() == 4)
        .filter_map(|run| run.parse().ok())
        .find(|year| (1990..2100).contains(year))
}

#[cfg(test)]
mod tests;
