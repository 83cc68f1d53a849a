//! A polite opening is what people put before a question to ask it: 您好, 我想问一下. Every form of it is known to whoever
//! compares questions, so that 问下 is left out as 问一下 is.

/// Greetings, the longest first of those that begin alike.
const GREETINGS: [&str; 18] = [
    "您好呀",
    "您好啊",
    "您好",
    "你好呀",
    "你好啊",
    "你好",
    "老师您好",
    "老师你好",
    "老师好",
    "师傅您好",
    "师傅你好",
    "医生您好",
    "医生你好",
    "大夫您好",
    "大夫你好",
    "客服您好",
    "客服你好",
    "大家好",
];
/// Who asks, and whom.
const HEADS: [&str; 17] = [
    "我想跟您",
    "我想跟你",
    "我想向您",
    "想跟您",
    "想跟你",
    "想向您",
    "麻烦您我想",
    "麻烦您",
    "麻烦你",
    "麻烦",
    "我想要",
    "我想",
    "想要",
    "想",
    "跟您",
    "向您",
    "请",
];
/// Verbs of asking.
const VERBS: [&str; 8] = ["请问", "问问", "请教", "咨询", "了解", "打听", "知道", "问"];
/// What makes the verb light.
const TAILS: [&str; 4] = ["一下下", "一下子", "一下", "下"];
/// Behind 下 these make another word of it: 请问下周几点开门.
const NO_TAIL: &str = "周个次午单载班学期课礼星一半架雨雪车线调降放水楼面属令旬年铺跌游";

/// The key behind an opening that it begins with; `None` where it begins with none.
pub(super) fn without_opening(key: &str) -> Option<&str> {
    if let Some(rest) = GREETINGS.iter().chain(&TAILS[..3]).find_map(|word| key.strip_prefix(word)) {
        return Some(rest);
    }
    let after = |words: &[&str], text: &str| {
        words.iter().find(|word| text.starts_with(**word)).map_or(0, |w| w.len())
    };
    let head = after(&HEADS, key);
    // 请问 is a verb before it is 请 and 问.
    let head = if key.starts_with("请问") || key.starts_with("请教") { 0 } else { head };
    let verb = after(&VERBS, &key[head..]);
    if verb == 0 {
        return None;
    }
    let rest = &key[head + verb..];
    let tail = after(&TAILS, rest);
    let is_word = tail == '下'.len_utf8() && rest[tail..].starts_with(|c| NO_TAIL.contains(c));
    let tail = if is_word { 0 } else { tail };
    // 咨询电话 and 了解 are no opening by themselves.
    let is_opening = head > 0 || tail > 0 || key.starts_with("请问") || key.starts_with("问问");
    is_opening.then(|| &rest[tail..])
}

/// Openings of one verb in all their forms.
pub(super) fn openings() -> impl Iterator<Item = String> {
    let heads = || HEADS.into_iter().chain(["", "我"]);
    let tails = || TAILS.into_iter().chain([""]);
    let asked = heads().flat_map(move |head| VERBS.into_iter().map(move |verb| (head, verb)));
    asked
        .flat_map(move |(head, verb)| tails().map(move |tail| (head, verb, tail)))
        .filter(|(head, verb, tail)| {
            !head.is_empty() && *head != "我" || !tail.is_empty() || matches!(*verb, "请问" | "问问")
        })
        .map(|(head, verb, tail)| format!("{head}{verb}{tail}"))
        .chain(GREETINGS.into_iter().map(str::to_owned))
}
