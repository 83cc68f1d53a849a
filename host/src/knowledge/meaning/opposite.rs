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

/// Whether each names another one of a kind: 借记卡 and 贷记卡.
fn contrast(key: &str, other: &str) -> bool {
    CONTRASTS.iter().any(|kind| {
        let names = |key: &str| kind.split_whitespace().find(|word| key.contains(word));
        names(key)
            .zip(names(other))
            .is_some_and(|(one, two)| one != two && !key.contains(two) && !other.contains(one))
    })
}
