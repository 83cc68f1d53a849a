//! What a word or a sentence beside an answer says of it: that all is well, or that something failed.
//!
//! Gateways have codes of their own for success, and sentences for it. So a code that nobody knows tells nothing, and
//! neither does a note; a failure is told by what can mean nothing else.

use crate::llm::meaning::{self, Meaning};

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
const NO_ERROR: [&str; 22] = [
    "none",
    "noerror",
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
/// What errors are called where a code or a word says that there is none, as `NO_ERROR`, `errors=0` and `error.none` do.
#[rustfmt::skip]
const ERRORS: [&str; 12] = [
    "error", "errors", "err", "errs", "errno", "errcode", "exception", "exceptions", "failure", "failures", "fault", "faults",
];
/// What may stand beside them, and in a code.
const BESIDE_ERRORS: [&str; 6] = ["s", "found", "detected", "occurred", "ok", "success"];
const IN_CODES: [&str; 3] = ["code", "status", "ret"];
/// Words of a code of what would have failed, and did not.
#[rustfmt::skip]
const RESOLVED: [&str; 12] = [
    "granted", "passed", "valid", "recovered", "resolved", "restored", "cleared", "avoided", "handled", "ignored",
    "skipped", "retried",
];
/// What holds a word of [`FAILURES`] in a code and tells of none: the name of a code itself, and what is meant for one.
const HARMLESS: [&str; 4] = ["error code", "errorcode", "error free", "fail safe"];
/// What holds a word of [`FAILURES`] and says that there was none.
const NO_FAILURES: [&str; 33] = [
    "no failure",
    "no exception",
    "no fault",
    "failover",
    "fail over",
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
    let small = plain(words);
    let is_a_status = small.len() == 3 && small.starts_with('2') && small.bytes().all(|b| b.is_ascii_digit());
    is_a_status || NO_ERROR.contains(&small.as_str()) || names_none(&opened(words))
}

/// Whether a code tells that all is well, also one such as `SYS_SUCCESS`, `ErrorCode.Success` and `failover_ok`.
pub(super) fn is_good_code(code: &str) -> bool {
    let words = opened(code);
    let Some((last, before)) = words.split_last() else { return false };
    let ends_well = GOOD_ENDS_OF_CODES.contains(&last.as_str())
        && !before.iter().any(|word| TURNED.contains(&word.as_str()));
    let known = [&ERRORS[..], &BESIDE_ERRORS, &IN_CODES].concat();
    let of_errors = |word: &String| known.contains(&word.as_str());
    let is_none = matches!(last.as_str(), "0" | "none") && !before.is_empty() && before.iter().all(of_errors);
    let is_no_error =
        matches!(before.last().map(String::as_str), Some("no")) && ERRORS.contains(&last.as_str());
    says_no_error(code) || ends_well || is_none || is_no_error
}

/// Whether a code tells of a failure in words that leave no doubt. What ends in a number of 0, or denies what would be one,
/// leaves some.
pub(super) fn is_code_of_failure(code: &str) -> bool {
    let mut words = opened(code);
    words.retain(|word| !matches!(word.as_str(), "a" | "an"));
    let is_of = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    let is_resolved = is_of(&RESOLVED) && !is_of(&TURNED);
    let ends_in_none = matches!(words.last().map(String::as_str), Some("0" | "none" | "null" | "noerror"));
    let denies = words.windows(2).any(|pair| {
        matches!(pair[0].as_str(), "no" | "non" | "not" | "without" | "zero" | "0")
            && tells_of_failure(&pair[1])
    });
    let is_unsure = is_resolved || ends_in_none || denies || is_good_code(code);
    let told = HARMLESS.iter().fold(words.join(" "), |told, harmless| told.replace(harmless, ""));
    let tells = tells_of_failure(code) && tells_of_failure(&told);
    !is_unsure && (tells || Meaning::of_word(code).is_some())
}

/// Whether these words say of errors that there is none.
fn names_none(words: &[String]) -> bool {
    let of_errors = |words: &[String]| {
        let is_one = |word: &String| ERRORS.contains(&word.as_str());
        words.iter().any(is_one)
            && words.iter().all(|word| is_one(word) || BESIDE_ERRORS.contains(&word.as_str()))
    };
    let begins = words.split_first().is_some_and(|(no, rest)| {
        matches!(no.as_str(), "no" | "non" | "without" | "zero" | "0") && of_errors(rest)
    });
    let ends = words
        .split_last()
        .is_some_and(|(none, rest)| matches!(none.as_str(), "none" | "null" | "0") && of_errors(rest));
    begins || ends
}

/// The words of a code, in small letters: `no error` of `NO_ERROR`, `NoError` and `no-error`.
fn opened(code: &str) -> Vec<String> {
    let (mut words, mut before, mut signs) =
        (String::with_capacity(code.len()), ' ', code.chars().peekable());
    while let Some(sign) = signs.next() {
        let is_followed = signs.peek().is_some_and(|next| next.is_lowercase());
        if sign.is_uppercase() && (before.is_lowercase() || (before.is_uppercase() && is_followed)) {
            words.push(' ');
        }
        words.push(if sign.is_alphanumeric() { sign } else { ' ' });
        before = sign;
    }
    words.to_lowercase().split_whitespace().map(str::to_owned).collect()
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
