//! An opposite is a word that stands against another, so that who asks of one does not ask of the other: 上 and 下, 借记卡
//! and 贷记卡.

use super::groups::{OPPOSITES_OF, share_a_group};
use super::order::left;
use super::words::CONTRASTS;

/// Whether two keys differ by opposites: of what one has more of, a character stands against one of the other's.
pub(super) fn opposed(key: &str, other: &str) -> bool {
    let (one, two): (Vec<char>, Vec<char>) = (key.chars().collect(), other.chars().collect());
    let (mine, theirs) = (left(&one, &two), left(&two, &one));
    mine.iter().any(|&&a| theirs.iter().any(|&&b| a != b && share_a_group(&OPPOSITES_OF, a, b)))
        || contrast(key, other)
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
