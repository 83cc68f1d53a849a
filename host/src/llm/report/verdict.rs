//! What a word or a sentence beside an answer says of it: that all is well, or that something failed.
//!
//! Gateways have codes of their own for success, and sentences for it. So a code that nobody knows tells nothing, and
//! neither does a note; a failure is told by what can mean nothing else.

/// Words that a sentence ends with which says that all went well.
const GOOD_ENDS: [&str; 15] = [
    "ok",
    "okay",
    "success",
    "successful",
    "successfully",
    "succeeded",
    "succeed",
    "done",
    "complete",
    "completed",
    "finish",
    "finished",
    "created",
    "accepted",
    "generated",
];
/// Words before such an end with which it says the opposite, or that it is still to come.
const TURNED: [&str; 14] = [
    "0",
    "not",
    "no",
    "never",
    "without",
    "nothing",
    "before",
    "until",
    "if",
    "when",
    "being",
    "isn",
    "wasn",
    "partially",
];
/// The same in Chinese.
const GOOD_ENDS_IN_CHINESE: [&str; 5] = ["成功", "完成", "完毕", "正常", "已生成"];
const TURNED_IN_CHINESE: [char; 9] = ['不', '未', '没', '无', '非', '请', '待', '尚', '否'];
/// What stands where an error would, and says that there is none.
const NO_ERROR: [&str; 6] = ["none", "null", "nil", "no error", "no errors", "无"];
/// What holds a word of [`FAILURES`] and says that there was none.
const NO_FAILURES: [&str; 12] = [
    "no errors",
    "no error",
    "0 errors",
    "without errors",
    "without error",
    "error: none",
    "error: null",
    "error: 0",
    "没有错误",
    "无错误",
    "没有异常",
    "无异常",
];
/// Words for a failure, each within others too.
const FAILURES: [&str; 56] = [
    "fail",
    "error",
    "exception",
    "timeout",
    "timed out",
    "time out",
    "unavailable",
    "abort",
    "denied",
    "refus",
    "reject",
    "invalid",
    "illegal",
    "not found",
    "crash",
    "interrupt",
    "cancel",
    "unable",
    "cannot",
    "could not",
    "lost",
    "broken",
    "killed",
    "terminat",
    "disconnect",
    "unsuccess",
    "not success",
    "forbidden",
    "unauthori",
    "overload",
    "exhaust",
    "out of memory",
    "失败",
    "错误",
    "异常",
    "出错",
    "报错",
    "超时",
    "不可用",
    "无法",
    "未成功",
    "不成功",
    "没有成功",
    "没成功",
    "故障",
    "中断",
    "拒绝",
    "禁止",
    "非法",
    "无效",
    "不存在",
    "不通过",
    "未通过",
    "终止",
    "崩溃",
    "丢失",
];

/// Whether a code or a message says that all is well.
pub(super) fn is_good(words: &str) -> bool {
    let words = words.trim().trim_end_matches(['!', '.', '~', '！', '。', '～', '…', ' ']);
    let words = words.to_lowercase();
    let is_a_status = words.len() == 3 && words.starts_with('2') && words.bytes().all(|b| b.is_ascii_digit());
    if is_a_status || NO_ERROR.contains(&words.as_str()) {
        return true;
    }
    if tells_of_failure(&words) {
        return false;
    }
    if GOOD_ENDS_IN_CHINESE.iter().any(|end| words.ends_with(end)) {
        return !words.contains(TURNED_IN_CHINESE);
    }
    let mut parts = words.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    let ends_well = parts.next_back().is_some_and(|last| GOOD_ENDS.contains(&last));
    ends_well && !parts.any(|part| TURNED.contains(&part))
}

/// Whether a code or a message tells of a failure in words that leave no doubt.
pub(super) fn tells_of_failure(words: &str) -> bool {
    let mut words = words.to_lowercase();
    for none in NO_FAILURES {
        words = words.replace(none, "");
    }
    FAILURES.iter().any(|failure| words.contains(failure))
}

#[cfg(test)]
mod tests;
