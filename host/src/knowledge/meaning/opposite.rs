//! An opposite is a word that stands against another, so that who asks of one does not ask of the other: 上 and 下, 借记卡
//! and 贷记卡.

use super::groups::{OPPOSITES_OF, share_a_group};
use super::order::left;
use super::words::{CONTRASTS, REWRITTEN};
use super::{AnswerType, QuestionMeaning};

/// Whether two keys differ by opposites: of what one has more of, a character stands against one of the other's.
pub(super) fn opposed(key: &str, other: &str) -> bool {
    let (one, two): (Vec<char>, Vec<char>) = (key.chars().collect(), other.chars().collect());
    let (mine, theirs) = (left(&one, &two), left(&two, &one));
    mine.iter().any(|&&a| theirs.iter().any(|&&b| a != b && share_a_group(&OPPOSITES_OF, a, b)))
        || contrast(key, other)
        || [(key, other), (other, key)].into_iter().any(|(one, two)| {
            due_beside_early(one, two) || discount_beside_price(one, two) || owner_beside_manager(one, two)
        })
}

fn has_one_of(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

/// Words for the end of a term.
const ENDS: [&str; 2] = ["到期", "期满"];
/// Before such a word these say that it has not come, or make another word of it: 快到期, 报到期间.
const NOT_DUE_BEFORE: &str = "没未不有快将要临上等报签";
/// So do these behind it.
const NOT_DUE_BEHIND: [&str; 10] = ["前", "之前", "以前", "还有", "还差", "日", "间", "限", "末", "中"];
/// With these it is asked whether something may be done before as well, or is told of before: 到期才能取吗, 到期会提醒吗.
const DUE_OR_BEFORE: [&str; 7] = ["提前", "提早", "才", "必须", "一定", "提醒", "通知"];
/// What says behind 提前 how long before it is.
const EARLY_BY: &str = "一二两三四五六七八九十半几多好的";

/// Whether one asks of what is done when a term ends, and the other of the same before: 到期可以支取吗 and 可以提前支取吗.
fn due_beside_early(due: &str, early: &str) -> bool {
    let is_due = |word: &&str| {
        due.match_indices(*word).any(|(at, _)| {
            let after = &due[at + word.len()..];
            !due[..at].ends_with(|c| NOT_DUE_BEFORE.contains(c))
                && !NOT_DUE_BEHIND.iter().any(|word| after.starts_with(word))
        })
    };
    let is_done_early = |(_, after): (&str, &str)| {
        !after.is_empty() && !after.starts_with(|c: char| c.is_ascii_digit() || EARLY_BY.contains(c))
    };
    ENDS.iter().any(is_due)
        && !has_one_of(due, &DUE_OR_BEFORE)
        && !has_one_of(early, &ENDS)
        && early.split_once("提前").is_some_and(is_done_early)
}

/// Whether one asks for a discount, and the other for a price: 年卡打几折 and 年卡多少钱.
fn discount_beside_price(discount: &str, price: &str) -> bool {
    discount.contains("几折")
        && !discount.contains("多少钱")
        && price.contains("多少钱")
        && !price.contains(['折', '惠', '减', '省', '降', '便'])
}

/// Before one of them these say that they are turned to, and behind one that they bear it.
const TURNED_TO: [&str; 4] = ["找", "联系", "问", "由"];
const BEARS: [&str; 5] = ["出吗", "出钱", "承担", "负责", "赔"];

/// Whether the owner is turned to or pays in one, and who manages the house in the other: 找业主 and 找物业, which an embedder holds
/// for one.
fn owner_beside_manager(one: &str, two: &str) -> bool {
    const OWNER: &str = "业主";
    const MANAGER: &str = "物业";
    let are_said = |before: &str, behind: &str| {
        one.contains(&format!("{before}{OWNER}{behind}"))
            && two.contains(&format!("{before}{MANAGER}{behind}"))
    };
    !one.contains(MANAGER)
        && !two.contains(OWNER)
        && (TURNED_TO.iter().any(|word| are_said(word, "")) || BEARS.iter().any(|word| are_said("", word)))
}

/// Words that say for how long something is.
const LASTS: &[&str] = &["有效", "公示", "保存", "保管", "停留"];
/// Words that say that something is got.
const COMES: &[&str] = &["出来", "下来", "办好", "拿到", "能出", "能办", "能开", "能拿"];

/// Whether one of two that ask how long asks it of what lasts, and the other of what is waited for: 执照有效期多久 and
/// 执照多久能办下来.
pub(super) fn lasts_beside_comes(key: &str, other: &str) -> bool {
    let says = |key: &str, words: &[&str]| words.iter().any(|word| key.contains(word));
    let is_of =
        |one: &str, two: &str| says(one, LASTS) && !says(one, COMES) && says(two, COMES) && !says(two, LASTS);
    is_of(key, other) || is_of(other, key)
}

/// Words by which something has to be so.
const MUST: &[&str] = &["必须", "必需", "一定要", "非要", "非得"];
/// Words by which it has to be so where they stand in a question for yes or no, before what may be so in the other.
const NEEDS: &[&str] = &["要", "需"];
const MAY: [&str; 3] = ["可以", "能", "可"];
/// Before 要 these make another word of it: you want it, or it goes on.
const WANTS_OR_GOES_ON: [&str; 5] = ["你们", "你", "您", "您们", "还"];

/// Whether one of two with the same words asks whether something has to be so, and the other whether it may: 必须网上办吗 and
/// 可以网上办吗.
pub(super) fn must_beside_may(one: (&QuestionMeaning, &str), two: (&QuestionMeaning, &str)) -> bool {
    let says = |key: &str, words: &[&str]| words.iter().any(|word| key.contains(word));
    let is_of = |(must, key): (&QuestionMeaning, &str), (may, other_key): (&QuestionMeaning, &str)| {
        let is_needed = must.asks_whether() && may.asks_whether() && needs_what_may_be(key, other_key);
        let may_be = |question: &QuestionMeaning, key: &str| {
            question.asks.has(AnswerType::May) || key.contains("可以") || key.contains("能")
        };
        !may_be(must, key)
            && may_be(may, other_key)
            && (is_needed || says(key, MUST))
            && !says(other_key, NEEDS)
            && !says(other_key, MUST)
    };
    // 可以不去吗 asks whether 必须去吗.
    one.0.denies == two.0.denies && (is_of(one, two) || is_of(two, one))
}

/// Whether a key needs what may be so in another: 要 stands before the word before which 可以 stands there. 要是下雨还上课吗 and
/// 要送货上门有吗 need nothing.
fn needs_what_may_be(key: &str, other: &str) -> bool {
    let behind = |text: &str, word: &str| -> Vec<char> {
        let before = |at: usize| text[..at].trim_end_matches('需');
        let is_other = |at: usize| WANTS_OR_GOES_ON.iter().any(|word| before(at).ends_with(word));
        let found = text.match_indices(word).filter(|(at, _)| !is_other(*at));
        found.filter_map(|(at, word)| text[at + word.len()..].chars().next()).collect()
    };
    let may: Vec<char> = MAY.iter().flat_map(|word| behind(other, word)).collect();
    let mut needed = NEEDS.iter().flat_map(|word| behind(key, word));
    !key.ends_with("有吗") && needed.any(|c| c != '是' && may.contains(&c))
}

/// Whether what both name has come to another end in each: an illness is over, or a thing is spoilt and not lost.
pub(super) fn fares_otherwise(one: &str, two: &str) -> bool {
    ill_beside_well(one, two) || spoilt_beside_lost(one, two)
}

/// What one is ill with, and the last characters of more such words: 肺炎.
const ILLNESSES: &str = "感冒 流感 发烧 发热 咳嗽 骨折 呕吐 腹泻 中暑 受伤 扭伤 烫伤 烧伤 摔伤";
const ILL_ENDS: &str = "炎痛疼疹";
/// Behind such a word these say that it is over.
const WELL: &[&str] = &["好了", "好后", "好以后", "好之后", "痊愈", "康复"];
/// One of these says the same elsewhere, or may.
const MAYBE_WELL: &str = "好愈复后完过";

/// Whether one says that an illness is over which the other has: 感冒好了能献血吗 and 感冒了能献血吗.
fn ill_beside_well(one: &str, two: &str) -> bool {
    let is_of = |well: &str, ill: &str| {
        let mut ends = WELL.iter().filter_map(|word| well.split_once(word)).filter_map(|(before, _)| {
            let (at, _) = before.char_indices().rev().nth(1)?;
            Some(&before[at..])
        });
        let is_ill = |end: &str| {
            end.ends_with(|c| ILL_ENDS.contains(c)) || ILLNESSES.split_whitespace().any(|word| word == end)
        };
        !ill.contains(|c| MAYBE_WELL.contains(c)) && ends.any(|end| is_ill(end) && ill.contains(end))
    };
    is_of(one, two) || is_of(two, one)
}

/// Before 掉了 these are what has become of something, which is not lost then.
const SPOILT: &str = "坏断破碎烂折裂撕剪";
/// The same before 掉 alone: 剪掉 and its kin may be what one does.
const SPOILT_BY_ITSELF: &str = "坏断破碎烂";
/// Words for what is spoilt and there still.
const SPOILT_WORDS: [&str; 7] = ["坏了", "坏掉", "损坏", "弄坏", "摔坏", "破损", "破了"];
/// Words for what is not there.
const LOST_WORDS: [&str; 2] = ["丢", "遗失"];
/// Behind 掉 these say that something comes off or breaks off: 掉线.
const FALLS_OFF: [char; 6] = ['线', '网', '色', '漆', '毛', '帧'];
/// Whether something is spoilt in one that is lost in the other: 饭卡坏掉了 and 饭卡掉了, 身份证损坏 and 身份证丢了.
fn spoilt_beside_lost(one: &str, two: &str) -> bool {
    let is_of = |spoilt: &str, lost: &str| {
        let has_gone = |word: &str, chars: &str| {
            spoilt.match_indices(word).any(|(at, _)| spoilt[..at].ends_with(|c| chars.contains(c)))
        };
        // 卡掉了 and its kin are read as 卡丢了.
        let is_off = |(word, _): &(&str, &str)| word.ends_with("掉了") && lost.contains(word);
        let is_lost = has_one_of(lost, &LOST_WORDS) || REWRITTEN.iter().any(is_off);
        let falls =
            || lost.match_indices('掉').any(|(at, word)| !lost[at + word.len()..].starts_with(FALLS_OFF));
        // A part that comes off may be said to be spoilt: 门把手坏掉 and 门把手掉了.
        let is_gone =
            has_gone("掉了", SPOILT) && (is_lost || falls()) || has_gone("掉", SPOILT_BY_ITSELF) && is_lost;
        !lost.contains(|c| SPOILT.contains(c) || c == '损')
            && (is_gone || has_one_of(spoilt, &SPOILT_WORDS) && is_lost && !has_one_of(spoilt, &LOST_WORDS))
    };
    is_of(one, two) || is_of(two, one)
}

/// Whether each names another one of a kind: 借记卡 and 贷记卡.
fn contrast(key: &str, other: &str) -> bool {
    CONTRASTS.iter().any(|kind| {
        let names = |key: &str| kind.split_whitespace().find(|word| key.contains(word));
        names(key)
            .zip(names(other))
            .is_some_and(|(one, two)| one != two && !key.contains(two) && !other.contains(one))
    })
}

#[cfg(test)]
mod tests;
