//! A folding evens out what a reader takes for the same character: width, case, and Traditional
//! and Simplified Chinese.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use hanconv::RawDictionary::TSCharacters;
use unicode_normalization::UnicodeNormalization;

/// Traditional characters with the Simplified one each is most often written as (OpenCC's table).
static SIMPLIFIED: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let single = |text: &str| {
        let mut chars = text.chars();
        chars.next().filter(|_| chars.next().is_none())
    };
    TSCharacters.iter().filter_map(|(from, to)| Some((single(from)?, single(to)?))).collect()
});

/// The text for comparing and counting: NFKC, lower case, Simplified, without characters that nobody sees, which texts from web pages
/// have in the middle of words.
pub(super) fn even(text: &str) -> impl Iterator<Item = char> {
    let is_seen =
        |c: &char| !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}');
    text.nfkc().flat_map(char::to_lowercase).filter(is_seen).map(simplified_char)
}

/// The text for embedding: Simplified, which Chinese models know best, and otherwise as it was. Radicals and
/// compatibility ideographs, which PDFs often hold in place of the characters they look like (⼀ for 一), become those:
/// no model knows them. Japanese is otherwise left alone: it writes some of the Traditional characters.
pub fn simplified(text: &str) -> Cow<'_, str> {
    let is_kana = |c: char| matches!(c, '\u{3041}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}');
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let text = if text.chars().any(is_stand_in) {
        Cow::Owned(text.chars().map(meant).collect())
    } else {
        Cow::Borrowed(text)
    };
    if text.chars().all(|c| simplified_char(c) == c) || text.chars().any(is_kana) {
        return text;
    }
    Cow::Owned(text.chars().map(simplified_char).collect())
}

/// Radicals (CJK and Kangxi) and compatibility ideographs.
fn is_stand_in(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{2fdf}' | '\u{f900}'..='\u{faff}' | '\u{2f800}'..='\u{2fa1f}')
}

/// The character that a stand-in looks like; others as they are.
fn meant(c: char) -> char {
    if is_stand_in(c) { std::iter::once(c).nfkc().next().unwrap_or(c) } else { c }
}

fn simplified_char(c: char) -> char {
    // Below are no Chinese characters, and above the table's are none in daily use.
    if c < '\u{3400}' { c } else { SIMPLIFIED.get(&c).copied().unwrap_or(c) }
}

#[cfg(test)]
mod tests;
