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

/// The text for comparing and counting: NFKC, lower case, Simplified.
pub(super) fn even(text: &str) -> impl Iterator<Item = char> {
    text.nfkc().flat_map(char::to_lowercase).map(simplified_char)
}

/// The text for embedding: Simplified, which Chinese models know best, and otherwise as it was.
/// Japanese is left alone: it writes some of the Traditional characters.
pub fn simplified(text: &str) -> Cow<'_, str> {
    let is_kana = |c: char| matches!(c, '\u{3041}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}');
    if text.is_ascii() || text.chars().all(|c| simplified_char(c) == c) || text.chars().any(is_kana) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(simplified_char).collect())
}

fn simplified_char(c: char) -> char {
    // Below are no Chinese characters, and above the table's are none in daily use.
    if c < '\u{3400}' { c } else { SIMPLIFIED.get(&c).copied().unwrap_or(c) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_case_and_script_are_evened_out() {
        let even = |text: &str| even(text).collect::<String>();
        assert_eq!(even("平行志願 ＧＰＡ"), even("平行志愿 gpa"));
        assert_eq!(even("錄取通知書／體檢"), "录取通知书/体检");
    }

    #[test]
    fn what_is_embedded_is_simplified_and_nothing_else() {
        assert_eq!(simplified("怎麼填報志願？GPA"), "怎么填报志愿？GPA");
        assert!(matches!(simplified("怎么填报志愿？"), Cow::Borrowed(_)));
        assert_eq!(simplified("學校はどこですか"), "學校はどこですか");
    }
}
