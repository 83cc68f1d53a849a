//! Sentences that say that the call itself failed, and nothing else. 挂失成功，原卡失效 tells of what was done, and 库存不足提醒已发送
//! of something else: every clause has to end with the failure, or begin with what cannot be done.

use super::good::is_good;

/// What a clause ends with.
#[rustfmt::skip]
const ENDS: [&str; 35] = [
    "失败", "错误", "出错", "异常", "有误", "无效", "非法", "不合法", "不正确", "不符", "不匹配", "不一致", "不存在", "不足", "不够",
    "不能为空", "为空", "过期", "失效", "超时", "超限", "被拒绝", "未登录", "未授权", "无权限", "没有权限", "权限不足", "未找到",
    "未成功", "不成功", "请先登录", "重复提交", "达到上限", "已达上限", "繁忙",
];
/// What one begins with.
const BEGINS: [&str; 9] =
    ["无法", "不能", "不可", "不支持", "未能", "缺少", "找不到", "没有权限", "系统繁忙"];
/// Words before such an end that say there is none of it: 没有错误.
const DENIED: [&str; 12] =
    ["不会", "避免", "防止", "无", "没有", "没", "未", "不", "不存在", "非", "0", "零"];
/// What a clause holds that tells of something done or well, or to come: 未发现任何异常, 已修复错误. 已 may stand directly before the end.
#[rustfmt::skip]
const WELL: [&str; 15] = [
    "将", "成功", "完成", "完毕", "正常", "已", "未发现", "没发现", "没有发现", "未检测", "未检出", "没有任何", "无任何", "未出现",
    "没有出现",
];
/// Clauses that may stand beside a failure.
const LABELS: [&str; 9] =
    ["抱歉", "很抱歉", "非常抱歉", "对不起", "提示", "原因", "失败原因", "error", "failed"];
/// What one begins with that says what is to be done about it.
const PLEAS: [&str; 3] = ["请", "稍后", "稍候"];
/// Words of a sentence in English.
#[rustfmt::skip]
const WORDS: [&str; 17] = [
    "failed", "failure", "fail", "error", "invalid", "denied", "forbidden", "unauthorized", "unauthorised", "expired",
    "missing", "rejected", "cannot", "unable", "illegal", "unsuccessful", "insufficient",
];
const PHRASES: [&str; 5] = ["not found", "out of stock", "no such", "does not exist", "not enough"];
/// What says in English that there was no failure.
const NONE: [&str; 4] = ["no", "0", "without", "none"];
/// What tells in English of something done, unless it could not be.
#[rustfmt::skip]
const DONE: [&str; 36] = [
    "done", "ok", "okay", "success", "successful", "successfully", "succeeded", "completed", "complete", "finished",
    "created", "removed", "deleted", "updated", "added", "sent", "saved", "closed", "opened", "resolved", "fixed", "cleared",
    "received", "submitted", "accepted", "processed", "restored", "reset", "replaced", "cancelled", "canceled", "refunded",
    "reported", "logged", "registered", "scheduled",
];

/// Whether a message says so.
pub(super) fn says_failed(said: &str) -> bool {
    let fails = if said.is_ascii() { fails_in_english(said) } else { fails_in_chinese(said) };
    fails && !is_good(said)
}

/// 退款失败：库存不足.
fn fails_in_chinese(said: &str) -> bool {
    let clauses = said.split(is_mark).map(str::trim).filter(|clause| !clause.is_empty());
    let is_beside = |clause: &str| {
        LABELS.iter().any(|label| clause.eq_ignore_ascii_case(label))
            || PLEAS.iter().any(|plea| clause.starts_with(plea))
            || clause.bytes().all(|c| c.is_ascii_digit())
    };
    let mut rest = clauses.clone().filter(|clause| !is_failed_clause(clause));
    clauses.clone().any(is_failed_clause) && rest.all(is_beside)
}

/// 手机号与订单不符.
fn is_failed_clause(clause: &str) -> bool {
    let clause = clause.trim_end_matches(['.', ' ', '了', '啦']);
    let mut ended = ENDS.iter().filter_map(|end| clause.strip_suffix(end));
    let is_of_what_is_done = |text: &str| WELL.iter().any(|well| text.contains(well));
    let is_denied = |before: &str| DENIED.iter().any(|denied| before.ends_with(denied));
    let begins = BEGINS.iter().any(|begin| clause.starts_with(begin)) && !is_of_what_is_done(clause);
    begins
        || ended.any(|before| {
            let before = before.trim_end();
            let before = before.strip_suffix("已经").or_else(|| before.strip_suffix('已')).unwrap_or(before);
            !is_denied(before) && !is_of_what_is_done(before)
        })
}

/// `Refund failed: no such order`.
fn fails_in_english(said: &str) -> bool {
    let said = said.to_ascii_lowercase();
    let words_of = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_ascii_alphanumeric());
        words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let words = words_of(&said);
    let is_done = words.iter().enumerate().any(|(at, word)| {
        let could_not = at > 0 && matches!(words[at - 1].as_str(), "be" | "not");
        DONE.contains(&word.as_str()) && !could_not
    });
    // What begins with something else may tell of that: `New ticket: login error`.
    let first = said.split(is_mark).find(|clause| !clause.trim().is_empty()).unwrap_or_default();
    let words = words_of(first);
    let is_of = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    let fails = PHRASES.iter().any(|phrase| first.contains(phrase)) || (is_of(&WORDS) && !is_of(&NONE));
    fails && !is_done
}

fn is_mark(c: char) -> bool {
    ",;:!?()[]\"\n\r".contains(c) || "，。；：！？（）【】「」“”…～".contains(c)
}

#[cfg(test)]
mod tests;
