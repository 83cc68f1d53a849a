//! A name is a word in Latin letters, by which a product, a program or a model of it is called: Word, and Pro in iPhone 15 Pro.

use super::super::terms::is_unspaced;
use super::order::{left, shared_ends};
use super::{QuestionMeaning, TextUnit};

/// Names of one thing, a group on a line.
const NAMES: &[&str] = &[
    "ios iphone apple",
    "wifi wlan",
    "wechat wx vx weixin",
    "word doc docx",
    "excel xls xlsx",
    "mac macos osx",
    "app apk android",
    "jpg jpeg",
    "typec usbc",
    "password passwd pwd",
    "mail email mailbox",
    "ms microsoft office",
    "account id",
    "mssql sqlserver",
    "chrome google",
    "dingtalk dingding",
];
/// Words that make a model of the line whose name stands before them.
const MODELS: &str = "pro max promax plus ultra air mini lite se note fold flip turbo";
/// Words that make something else of what a number names: Win10 Home, iPhone 15 eSIM.
const OTHERS: &str = "home office vip esim";
/// Makers whose names may stand before those of what they make.
const MAKERS: [&str; 3] = ["adobe", "microsoft", "google"];
/// Letters of the longest name. A key has no spaces, so a longer run is a sentence in another language.
const LONGEST: usize = 14;
/// Letters of the shortest name in which one letter may be mistyped.
const SHORTEST_MISTYPED: usize = 4;
/// Digits of the longest number of a model: longer ones are telephone numbers and amounts.
const LONGEST_NUMBER: usize = 3;

/// Whether both name something in Latin letters, and not the same, or one names a model behind a number that both have:
/// Word怎么打印 and Excel怎么打印, 小米14 and 小米14 Ultra. A name on one side alone may be that of what the other says in Chinese.
///
/// Both come with their keys: where one has nothing in Chinese its words are no names.
pub(super) fn names_differ(one: (&QuestionMeaning, &str), two: (&QuestionMeaning, &str)) -> bool {
    let is_chinese = |key: &str| key.contains(is_unspaced);
    let (is_both_chinese, one, two) = (is_chinese(one.1) && is_chinese(two.1), one.0, two.0);
    let (mine, theirs) = (names(&one.content), names(&two.content));
    let (my_own, their_own) = (left(&mine, &theirs), left(&theirs, &mine));
    let differ = !my_own.is_empty()
        && !their_own.is_empty()
        && !my_own.iter().any(|name| their_own.iter().any(|other| are_one(name, other)));
    is_both_chinese
        && (differ || names_a_model(&one.content, &two.content) || names_a_model(&two.content, &one.content))
}

fn names(content: &[TextUnit]) -> Vec<&str> {
    content.iter().filter_map(name).collect()
}

fn name(unit: &TextUnit) -> Option<&str> {
    match unit {
        TextUnit::Run(run)
            if (2..=LONGEST).contains(&run.len()) && run.bytes().all(|c| c.is_ascii_lowercase()) =>
        {
            Some(run)
        }
        _ => None,
    }
}

fn is_in(words: &str, name: &str) -> bool {
    words.split_whitespace().any(|word| word == name)
}

/// Whether one thing is called by both: by two names of it, one with more words than the other that make no model of it, a
/// short form or a mistyped one.
fn are_one(one: &str, two: &str) -> bool {
    let made = |name| MAKERS.iter().find_map(|maker| str::strip_prefix(name, maker));
    let bare = |name| made(name).filter(|rest| rest.len() > 1).unwrap_or(name);
    differ_by_a_name(one, two) || are_alike(bare(one), bare(two))
}

/// The same of names without their maker's.
fn are_alike(one: &str, two: &str) -> bool {
    let (short, long) = if one.len() < two.len() { (one, two) } else { (two, one) };
    // A key has no spaces: Apple ID beside 苹果ID, Mac VPN beside Mac and VPN, PPTX, Windows.
    let says_more = |added: &str| !added.is_empty() && !is_in(MODELS, added);
    differ_by_a_name(one, two)
        || long.strip_prefix(short).is_some_and(says_more)
        || long.strip_suffix(short).is_some_and(says_more)
        || is_short_for(short, long)
        || short.len() >= SHORTEST_MISTYPED && is_mistyped(short.as_bytes(), long.as_bytes())
}

/// Whether two are the same but for two names of one thing, with which they begin or end: WiFi passwd and WiFi password, MS Word
/// and Office Word.
fn differ_by_a_name(one: &str, two: &str) -> bool {
    let are_named = |one: &str, two: &str| NAMES.iter().any(|group| is_in(group, one) && is_in(group, two));
    (0..one.len().min(two.len())).any(|letters| {
        let (begin, other_begin) = (one.split_at(letters), two.split_at(letters));
        let (end, other_end) = (one.split_at(one.len() - letters), two.split_at(two.len() - letters));
        begin.0 == other_begin.0 && are_named(begin.1, other_begin.1)
            || end.1 == other_end.1 && are_named(end.0, other_end.0)
    })
}

/// Whether a name is made of letters of a longer one in their order, from the first on: ppt of powerpoint.
fn is_short_for(short: &str, long: &str) -> bool {
    let mut letters = long.chars();
    short.len() <= 3
        && long.len() > short.len() + 2
        && short.chars().next() == long.chars().next()
        && !long.starts_with(short)
        && short.chars().all(|c| letters.any(|letter| letter == c))
}

/// Whether two differ by one letter, or by two that have changed places.
fn is_mistyped(one: &[u8], two: &[u8]) -> bool {
    let (begin, end) = shared_ends(one, two);
    let (one, two) = (&one[begin..one.len() - end], &two[begin..two.len() - end]);
    match (one, two) {
        ([a, b], [c, d]) => a == d && b == c,
        _ => one.len() <= 1 && two.len() <= 1,
    }
}

/// Whether one has a word for a model behind a number that the other has without it. Any other word there says what the number
/// is one of, as in 12 months, CET4 exam and iPhone 15 price.
fn names_a_model(one: &[TextUnit], two: &[TextUnit]) -> bool {
    // 5G VIP is 5, and a run of letters.
    let is_model = |name: &str| is_in(MODELS, name) || is_in(OTHERS, name.strip_prefix('g').unwrap_or(name));
    one.windows(2).any(|units| {
        let TextUnit::Run(number) = &units[0] else { return false };
        let is_number = number.len() <= LONGEST_NUMBER && number.bytes().all(|c| c.is_ascii_digit());
        name(&units[1]).is_some_and(|name| {
            is_number && is_model(name) && two.contains(&units[0]) && !two.contains(&units[1])
        })
    })
}

#[cfg(test)]
mod tests;
