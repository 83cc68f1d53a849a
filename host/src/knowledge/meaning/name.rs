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
];
/// Words that make a model of the line whose name stands before them.
const MODELS: &str = "pro max promax plus ultra air mini lite";
/// Words that make no other thing of what they stand beside: 12306 and 12306app.
const KINDS: &str = "app apk id pc web www com vip wifi usb sim pdf card file account phone meeting system";
/// Measures that are written in letters.
const LETTERED_UNITS: &str =
    "min day days hour hours rmb usd cny hkd eur gbp mah wh kwh mbps kbps ghz mhz fps dpi pcs";
/// Letters of the longest name. A key has no spaces, so a longer run is a sentence in another language.
const LONGEST: usize = 12;
/// Letters of the shortest name in which one letter may be mistyped.
const SHORTEST_MISTYPED: usize = 4;
/// Letters of the shortest name of a model: fewer are mostly a measure.
const SHORTEST_MODEL: usize = 3;
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
    let (short, long) = if one.len() < two.len() { (one, two) } else { (two, one) };
    // A key has no spaces: Apple ID beside 苹果ID, Mac VPN beside Mac and VPN, PPTX, Windows.
    let says_more = |added: &str| !added.is_empty() && !is_in(MODELS, added);
    NAMES.iter().any(|group| is_in(group, one) && is_in(group, two))
        || long.strip_prefix(short).is_some_and(says_more)
        || long.strip_suffix(short).is_some_and(says_more)
        || is_short_for(short, long)
        || short.len() >= SHORTEST_MISTYPED && is_mistyped(short.as_bytes(), long.as_bytes())
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

/// Whether one has a name behind a number that the other has without it.
fn names_a_model(one: &[TextUnit], two: &[TextUnit]) -> bool {
    one.windows(2).any(|units| {
        let TextUnit::Run(number) = &units[0] else { return false };
        let is_number = number.len() <= LONGEST_NUMBER && number.bytes().all(|c| c.is_ascii_digit());
        name(&units[1]).is_some_and(|name| {
            is_number
                && name.len() >= SHORTEST_MODEL
                && !is_in(KINDS, name)
                && !is_in(LETTERED_UNITS, name)
                && two.contains(&units[0])
                && !two.contains(&units[1])
        })
    })
}

#[cfg(test)]
mod tests;
