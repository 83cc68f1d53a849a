//! The words of a refusal: what endpoints say of too much at once and of what is used up, in Chinese and English.
//!
//! Neither is told by one word: `过多` may be said of parameters, and `限制` of a length. So a noun of what is counted
//! or paid for has to stand beside a word for its end, with nothing but small words between them.

/// Words that leave no doubt by themselves, whatever the request is called.
const BUSY: [&str; 19] = [
    "过于频繁",
    "太频繁",
    "繁忙",
    "限流",
    "限速",
    "流控",
    "过载",
    "超载",
    "拥挤",
    "排队",
    "资源紧张",
    "算力紧张",
    "算力不足",
    "rate limit",
    "too many requests",
    "too many concurrent requests",
    "overloaded",
    "in the queue",
    "queue is full",
];
/// Words that leave no doubt unless the request was named as invalid.
const BUSY_ELSE: [&str; 3] = ["request limit reached", "request limit exceeded", "slow down"];
/// The same of what is used up.
const SPENT: [&str; 2] = ["欠费", "请充值"];

/// A noun and what is said of it, behind or before it.
struct Saying {
    nouns: &'static [&'static str],
    behind: &'static [&'static str],
    before: &'static [&'static str],
}

/// What is said of how much comes.
const ABOVE: [&str; 16] = [
    "overflow",
    "过高",
    "过大",
    "过多",
    "太高",
    "太大",
    "太多",
    "饱和",
    "超",
    "达上限",
    "达到上限",
    "限制",
    "limit",
    "exceeded",
    "reached",
    "too high",
];
/// The same, before it.
const ABOVE_BEFORE: [&str; 8] = ["超出", "超过", "达到", "触发", "exceeded", "exceed", "exceeds", "reached"];

/// What says that too much comes at once, and cannot be said of what one request holds.
const OF_TOO_MUCH_OF_ALL: [Saying; 2] = [
    // How much comes, and how fast.
    Saying {
        nouns: &[
            "并发",
            "频率",
            "频次",
            "速率",
            "访问量",
            "请求量",
            "调用量",
            "负载",
            "qps",
            "rpm",
            "tpm",
            "concurrency",
            "concurrent request",
            "concurrent requests",
        ],
        behind: &ABOVE,
        before: &ABOVE_BEFORE,
    },
    // Who is asked.
    Saying {
        nouns: &["服务器", "服务", "系统", "模型", "引擎", "平台", "server", "service", "system", "model"],
        behind: &["忙", "busy"],
        before: &[],
    },
];

/// What says so otherwise.
const OF_TOO_MUCH: [Saying; 3] = [
    Saying {
        nouns: &["流量", "请求数", "请求次数", "压力", "人数", "concurrent"],
        behind: &ABOVE,
        before: &ABOVE_BEFORE,
    },
    Saying { nouns: &["请求", "访问"], behind: &["过多", "太多"], before: &[] },
    Saying {
        nouns: &["请求", "调用", "操作", "访问"],
        behind: &["过快", "太快", "过密", "过于密集"],
        before: &[],
    },
];

/// What says that nothing is left.
const OF_NOTHING_LEFT: [Saying; 3] = [
    Saying {
        nouns: &[
            "余额",
            "余量",
            "额度",
            "配额",
            "限额",
            "资源包",
            "流量包",
            "套餐",
            "调用次数",
            "使用次数",
            "免费次数",
            "试用次数",
            "今日",
            "当日",
            "每日",
            "日调用量",
            "quota",
            "credit",
            "credits",
            "balance",
            "funds",
            "daily",
            "monthly",
        ],
        behind: &[
            "不足",
            "不够",
            "已用",
            "使用完",
            "用完",
            "用尽",
            "用光",
            "耗尽",
            "为零",
            "为0",
            "为 0",
            "超限",
            "达上限",
            "达到上限",
            "not enough",
            "insufficient",
            "too low",
            "exceeded",
            "exhausted",
            "used up",
            "reached",
        ],
        before: &["超出", "超过", "达到", "insufficient", "exceeded", "exceeds", "out of", "not enough"],
    },
    Saying {
        nouns: &["次数"], behind: &["使用完", "用完", "用尽", "用光", "耗尽"], before: &[]
    },
    Saying { nouns: &["资源包", "流量包", "套餐"], behind: &["到期", "过期"], before: &[] },
];

/// What may stand between the two.
const SMALL: [&str; 39] = [
    "too",
    "全部",
    "usage",
    " ",
    "_",
    "数",
    "量",
    "次数",
    "已",
    "经",
    "到",
    "的",
    "了",
    "正",
    "在",
    "太",
    "较",
    "很",
    "当前",
    "最大",
    "单日",
    "每日",
    "每秒",
    "每分钟",
    "账户",
    "用户",
    "可用",
    "请求",
    "调用",
    "is",
    "was",
    "are",
    "has been",
    "your",
    "the",
    "current",
    "account",
    "limit",
    "request",
];

/// Words for a time so short that what is used up in it comes again at once.
const SHORT_TIMES: [&str; 6] = ["每分钟", "每秒", "per minute", "per min", "per second", "per sec"];

/// What is said to whoever may ask the same again, and never of a request that is invalid.
const ASK_AGAIN: [&str; 10] =
    ["稍后", "稍候", "稍等", "再试", "重试", "已触发", "try again", "retry", "later", "please slow down"];
/// Characters of a message that says nothing else.
const SHORT: usize = 20;

/// Whether words, in small letters, say so although the request was named as invalid: what they tell of is never what one
/// request holds, or they are all that is said, or ask to try again, or tell of a short time.
pub(super) fn tell_clearly_of_too_much(words: &str) -> bool {
    let [_, of_what_is_done @ ..] = &OF_TOO_MUCH;
    let is_of_all = BUSY.iter().any(|busy| words.contains(busy))
        || OF_TOO_MUCH_OF_ALL.iter().any(|saying| saying.is_in(words));
    let is_all = words.chars().count() <= SHORT
        && (BUSY_ELSE.iter().any(|busy| words.contains(busy))
            || of_what_is_done.iter().any(|saying| saying.is_in(words)));
    let mut again = ASK_AGAIN.iter().chain(&SHORT_TIMES);
    is_of_all || is_all || (again.any(|again| words.contains(again)) && tell_of_too_much(words))
}

/// The same of what is used up.
pub(super) fn tell_clearly_of_nothing_left(words: &str) -> bool {
    /// Whose it is: users ask of what they owe elsewhere.
    const ACCOUNTS: [&str; 4] = ["账户", "账号", "帐户", "请充值"];
    let is_clear = words.chars().count() <= SHORT || ACCOUNTS.iter().any(|account| words.contains(account));
    tell_of_nothing_left(words) && (is_clear || OF_NOTHING_LEFT.iter().any(|saying| saying.is_in(words)))
}

/// Whether words, in small letters, say that the same may be answered a little later.
pub(super) fn tell_of_too_much(words: &str) -> bool {
    let of_a_moment = SHORT_TIMES.iter().any(|time| words.contains(time));
    BUSY.iter().chain(&BUSY_ELSE).any(|busy| words.contains(busy))
        || OF_TOO_MUCH_OF_ALL.iter().chain(&OF_TOO_MUCH).any(|saying| saying.is_in(words))
        || (of_a_moment && OF_NOTHING_LEFT.iter().any(|saying| saying.is_in(words)))
}

/// Whether words, in small letters, say that what is paid for or allowed in a day is used up.
pub(super) fn tell_of_nothing_left(words: &str) -> bool {
    let of_a_moment = SHORT_TIMES.iter().any(|time| words.contains(time));
    SPENT.iter().any(|spent| words.contains(spent))
        || (!of_a_moment && OF_NOTHING_LEFT.iter().any(|saying| saying.is_in(words)))
}

impl Saying {
    fn is_in(&self, words: &str) -> bool {
        self.nouns.iter().any(|noun| {
            words.match_indices(noun).any(|(at, _)| {
                self.stands_behind(&words[at + noun.len()..]) || self.stands_before(&words[..at])
            })
        })
    }

    fn stands_behind(&self, mut rest: &str) -> bool {
        loop {
            if self.behind.iter().any(|word| rest.starts_with(word)) {
                return true;
            }
            match SMALL.iter().find_map(|small| rest.strip_prefix(small)) {
                Some(next) => rest = next,
                None => return false,
            }
        }
    }

    fn stands_before(&self, mut rest: &str) -> bool {
        loop {
            if self.before.iter().any(|word| rest.ends_with(word)) {
                return true;
            }
            match SMALL.iter().find_map(|small| rest.strip_suffix(small)) {
                Some(next) => rest = next,
                None => return false,
            }
        }
    }
}
