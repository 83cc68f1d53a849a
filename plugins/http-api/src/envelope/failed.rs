//! Sentences that say that the call itself failed. 库存不足提醒已发送 tells of something else: a clause has to end with the
//! failure, or begin with what cannot be done.

use super::good::is_good;

/// What a clause ends with.
#[rustfmt::skip]
const ENDS: [&str; 30] = [
    "失败", "错误", "出错", "异常", "有误", "无效", "非法", "不合法", "不正确", "不符", "不匹配", "不一致", "不存在", "不足", "不够",
    "不能为空", "为空", "过期", "失效", "超时", "超限", "被拒绝", "未登录", "未授权", "无权限", "没有权限", "权限不足", "未找到",
    "未成功", "不成功",
];
/// What one begins with.
const BEGINS: [&str; 9] =
    ["无法", "不能", "不可", "不支持", "未能", "缺少", "找不到", "没有权限", "系统繁忙"];
/// Words of a sentence in English.
#[rustfmt::skip]
const WORDS: [&str; 16] = [
    "failed", "failure", "fail", "error", "invalid", "denied", "forbidden", "unauthorized", "unauthorised", "expired",
    "missing", "rejected", "cannot", "unable", "illegal", "unsuccessful",
];
/// What says in English that there was no failure.
const NONE: [&str; 4] = ["no", "0", "without", "none"];

/// Whether a message says so.
pub(super) fn says_failed(said: &str) -> bool {
    !is_good(said) && (said.split(is_mark).any(is_failed_clause) || says_so_in_english(said))
}

/// 手机号与订单不符.
fn is_failed_clause(clause: &str) -> bool {
    let clause = clause.trim().trim_end_matches('了');
    ENDS.iter().any(|end| clause.ends_with(end)) || BEGINS.iter().any(|begin| clause.starts_with(begin))
}

fn says_so_in_english(said: &str) -> bool {
    let said = said.to_ascii_lowercase();
    let mut words = said.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let denies = words.clone().any(|word| NONE.contains(&word));
    said.contains("not found") || (!denies && words.any(|word| WORDS.contains(&word)))
}

fn is_mark(c: char) -> bool {
    c.is_ascii_punctuation() || c.is_whitespace() || "，。、；：！？（）【】「」“”".contains(c)
}
