//! A group is characters, or words of two, that have something in common: their meaning, their shape or their sound.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::TextUnit;
use super::words::{KIN, LOOKALIKES, NO_SLIPS, OPPOSITES};

/// Characters by the groups they are in.
fn groups(words: impl Iterator<Item = &'static str>) -> HashMap<char, Vec<usize>> {
    let mut groups: HashMap<char, Vec<usize>> = HashMap::new();
    for (number, word) in words.enumerate() {
        word.chars().for_each(|c| groups.entry(c).or_default().push(number));
    }
    groups
}

/// Characters of one meaning, by their groups.
static KIN_OF: LazyLock<HashMap<char, Vec<usize>>> = LazyLock::new(|| groups(KIN.iter().copied()));
/// Opposites, by their groups.
pub(super) static OPPOSITES_OF: LazyLock<HashMap<char, Vec<usize>>> =
    LazyLock::new(|| groups(OPPOSITES.iter().copied()));

/// Whether two characters are in one group.
pub(super) fn share_a_group(groups: &HashMap<char, Vec<usize>>, one: char, other: char) -> bool {
    let (Some(one), Some(other)) = (groups.get(&one), groups.get(&other)) else { return false };
    one.iter().any(|group| other.contains(group))
}

/// Characters that look alike, by their groups.
pub(super) static LOOKS_OF: LazyLock<HashMap<char, Vec<usize>>> =
    LazyLock::new(|| groups(LOOKALIKES.split_whitespace()));

/// Words of two characters by the groups they are in, of which none is a slip of another.
pub(super) static WORDS_OF: LazyLock<HashMap<[char; 2], Vec<usize>>> = LazyLock::new(|| {
    let mut groups: HashMap<[char; 2], Vec<usize>> = HashMap::new();
    for (number, group) in NO_SLIPS.iter().enumerate() {
        for word in group.split_whitespace() {
            let mut chars = word.chars();
            if let (Some(first), Some(second)) = (chars.next(), chars.next()) {
                groups.entry([first, second]).or_default().push(number);
            }
        }
    }
    groups
});

/// Whether two characters make words of one meaning.
pub(super) fn are_kin(one: &TextUnit, other: &TextUnit) -> bool {
    match (one, other) {
        (TextUnit::Char(one), TextUnit::Char(other)) => one != other && share_a_group(&KIN_OF, *one, *other),
        _ => false,
    }
}
