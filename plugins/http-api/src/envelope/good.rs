//! Texts that say nothing but that all went well. A sentence that only ends so may refuse: 名额已报名完毕 says that nothing is
//! left. So one with 完成 or 完毕, or in English, is one of these where it is wholly made of words that are known here; what ends
//! with 成功, as 预约成功 does, says that it was done, unless it denies that.

/// Characters of the longest such text in Chinese.
const LONGEST: usize = 20;
/// What a call is named by, and what it works on. 已 is none of them: what was so before the call is a reason against it.
#[rustfmt::skip]
const CALLS: [&str; 41] = [
    "请求", "操作", "处理", "提交", "查询", "获取", "创建", "更新", "删除", "保存", "发送", "修改", "执行", "调用", "接口",
    "数据", "申请", "结果", "返回", "加载", "同步", "新增", "添加", "检索", "搜索", "查找", "读取", "信息", "列表", "响应",
    "服务", "后台", "系统", "任务", "本次", "您的", "你的", "的", "退款申请提交", "写入", "运行",
];
/// Words of a text that ends with 成功 and says more than that: 付款未成功, 退款早已成功.
#[rustfmt::skip]
const DENIALS: [&str; 19] = [
    "未", "没", "失败", "不成功", "不能", "不可", "无法", "早已", "已经", "仅限", "只有", "才能", "才可", "请勿", "重复", "如果",
    "待", "须", "请先",
];
/// Words that say it in English.
const WELL: [&str; 6] = ["success", "successful", "successfully", "succeeded", "succeed", "ok"];
/// Words that say it alone, beside those.
const ALONE: [&str; 4] = ["", "done", "created", "accepted"];
/// What may stand beside them.
#[rustfmt::skip]
const BESIDE: [&str; 54] = [
    "the", "your", "was", "is", "has", "have", "been", "a", "request", "operation", "query", "call", "action", "api", "data",
    "order", "refund", "payment", "notification", "message", "email", "mail", "sms", "file", "user", "record", "task", "job",
    "login", "update", "submission", "search", "result", "results", "response", "status", "completed", "processed", "sent",
    "created", "updated", "deleted", "saved", "submitted", "retrieved", "fetched", "added", "removed", "executed",
    "uploaded", "queried", "received", "returned", "cancelled",
];

/// Whether a text says that all went well, and nothing else: 付款成功后才可申请退款 says when it would.
pub(super) fn is_good(said: &str) -> bool {
    let said = said.trim().trim_end_matches(['。', '！', '!', '.', '~', '～']).trim().to_ascii_lowercase();
    ALONE.contains(&&*said) || is_good_in_english(&said) || is_good_in_chinese(&said)
}

/// `notification sent successfully`.
fn is_good_in_english(said: &str) -> bool {
    let ends_well = said.split_whitespace().next_back().is_some_and(|last| WELL.contains(&last));
    let is_known = |word: &str| WELL.contains(&word) || BESIDE.contains(&word);
    let begins_well = said.starts_with("successfully ");
    (ends_well || begins_well) && said.split_whitespace().all(is_known)
}

/// 请求处理完成, 售后单创建成功.
fn is_good_in_chinese(said: &str) -> bool {
    let ended = ["完成", "完毕"].iter().find_map(|end| said.strip_suffix(end));
    let denies = || DENIALS.iter().any(|word| said.contains(word));
    said.chars().count() <= LONGEST
        && (ended.is_some_and(is_made_of_calls) || (said.ends_with("成功") && !denies()))
}

fn is_made_of_calls(text: &str) -> bool {
    let goes_on = |word: &&str| text.strip_prefix(*word).is_some_and(is_made_of_calls);
    text.is_empty() || CALLS.iter().any(goes_on)
}
