//! What a word or a sentence beside an answer says of it: that all is well, or that something failed.
//!
//! Gateways have codes of their own for success, and sentences for it. So a code that nobody knows tells nothing, and
//! neither does a note; a failure is told by what can mean nothing else.

use crate::llm::meaning;

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
const TURNED: [&str; 15] = [
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
    "trial",
];
/// The same in Chinese.
const GOOD_ENDS_IN_CHINESE: [&str; 5] = ["成功", "完成", "完毕", "正常", "已生成"];
const TURNED_IN_CHINESE: [char; 9] = ['不', '未', '没', '无', '非', '请', '待', '尚', '否'];
/// The whole of what stands where an error would, and says that there is none. A sentence that only ends well may tell
/// of what is used up.
const NO_ERROR: [&str; 21] = [
    "none",
    "null",
    "nil",
    "no error",
    "no errors",
    "ok",
    "okay",
    "success",
    "successful",
    "succeeded",
    "request succeeded",
    "无",
    "正常",
    "成功",
    "操作成功",
    "请求成功",
    "处理成功",
    "调用成功",
    "执行成功",
    "返回成功",
    "生成成功",
];
/// Words that a code ends with which tells that all is well.
const GOOD_ENDS_OF_CODES: [&str; 4] = ["ok", "success", "successful", "succeeded"];
/// What holds a word of [`FAILURES`] and says that there was none.
const NO_FAILURES: [&str; 28] = [
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
    "stopped successfully",
    "stopped normally",
    "closed successfully",
    "closed normally",
    "reset successfully",
    "重置成功",
    "停止成功",
    "正常停止",
    "正常断开",
    "不含敏感",
    "无敏感",
    "未发现敏感",
    "无违规",
    "未违规",
    "没有违规",
    "未发现违规",
];
/// Words for a failure, each within others too.
const FAILURES: [&str; 78] = [
    "expired",
    "restarting",
    "is loading",
    "no available",
    "正在加载",
    "不在线",
    "离线",
    "维护",
    "上限",
    "超过",
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
    "未完成",
    "提前",
    "截断",
    "重置",
    "断开",
    "冻结",
    "违规",
    "敏感",
    "下线",
    "停止",
    "无响应",
    "请先",
];
/// Words for one that other words hold, such as `nearly`.
const FAILURES_ALONE: [&str; 4] = ["closed", "reset", "early", "stopped"];

/// Whether what stands where an error would says that there is none.
pub(super) fn says_no_error(words: &str) -> bool {
    let words = plain(words);
    let is_a_status = words.len() == 3 && words.starts_with('2') && words.bytes().all(|b| b.is_ascii_digit());
    is_a_status || NO_ERROR.contains(&words.as_str())
}

/// Whether a code tells that all is well, also one such as `SYS_SUCCESS`.
pub(super) fn is_good_code(code: &str) -> bool {
    let word = plain(code);
    let last = word.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    says_no_error(code) || (GOOD_ENDS_OF_CODES.contains(&last) && is_good(code))
}

/// The words in small letters, without the mark at their end.
fn plain(words: &str) -> String {
    words.trim().trim_end_matches(['!', '.', '~', '！', '。', '～', '…', ' ']).to_lowercase()
}

/// Whether a note says that all is well, where nothing else tells of a failure.
pub(super) fn is_good(words: &str) -> bool {
    if says_no_error(words) {
        return true;
    }
    let words = plain(words);
    // What is used up ends in a word for an end as well.
    if tells_of_failure(&words) || meaning::of_words(&words).is_some() {
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
    let mut parts = words.split(|c: char| !c.is_ascii_alphanumeric());
    FAILURES.iter().any(|failure| words.contains(failure)) || parts.any(|part| FAILURES_ALONE.contains(&part))
}

#[cfg(test)]
mod tests;
