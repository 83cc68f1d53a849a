//! A folding evens out what a reader takes for the same character: width, case, and Traditional
//! and Simplified Chinese.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use hanconv::RawDictionary::TSCharacters;
use stand_ins::ideograph;
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
    text.chars().map(ideograph).nfkc().flat_map(char::to_lowercase).filter(is_seen).map(simplified_char)
}

/// Whether a text says anything: a letter, a digit or a Chinese character, or a radical that stands for one (⾦ for 金).
pub(super) fn has_words(text: &str) -> bool {
    text.chars().any(|c| ideograph(c).is_alphanumeric())
}

/// The text for embedding: Simplified, which Chinese models know best, and otherwise as it was. Radicals and
/// compatibility ideographs, which PDFs often hold in place of the characters they look like (⼀ for 一), become those:
/// no model knows them. Japanese is otherwise left alone: it writes some of the Traditional characters.
pub fn simplified(text: &str) -> Cow<'_, str> {
    let is_kana = |c: char| matches!(c, '\u{3041}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}');
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let text = if text.chars().any(|c| ideograph(c) != c) {
        Cow::Owned(text.chars().map(ideograph).collect())
    } else {
        Cow::Borrowed(text)
    };
    if text.chars().all(|c| simplified_char(c) == c) || text.chars().any(is_kana) {
        return text;
    }
    Cow::Owned(text.chars().map(simplified_char).collect())
}

fn simplified_char(c: char) -> char {
    // Below are no Chinese characters, and above the table's are none in daily use.
    if c < '\u{3400}' { c } else { SIMPLIFIED.get(&c).copied().unwrap_or(c) }
}

#[cfg(test)]
mod tests;
