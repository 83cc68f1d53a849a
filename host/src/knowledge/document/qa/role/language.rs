//! The language of a column of answers, where its name says one, beside that of the questions: 英文答案, 答案（中文）, Answer (zh).

use super::standing::says;
use crate::knowledge::fold::simplified;

const SIMPLIFIED: &[&str] = &["简体", "简体中文", "简中", "zh-cn", "zh-hans"];
const TRADITIONAL: &[&str] = &["繁体", "繁体中文", "繁中", "zh-tw", "zh-hk", "zh-hant"];
const CHINESE: &[&str] = &["中文", "中文版", "汉语", "chinese", "zh", "cn"];
const OTHERS: &[&str] = &[
    "英文",
    "英文版",
    "英语",
    "日文",
    "日语",
    "韩文",
    "韩语",
    "法文",
    "法语",
    "德文",
    "德语",
    "俄文",
    "俄语",
    "english",
    "en",
    "japanese",
    "ja",
    "korean",
    "ko",
];

/// In what questions are asked, as far as their characters tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::knowledge::document::qa) enum QuestionLanguage {
    Simplified,
    Traditional,
    /// Any language but Chinese.
    Other,
}

impl QuestionLanguage {
    /// By most of what stands there: questions in Chinese have foreign names in them, and those in English Chinese ones. `None`
    /// where there are no words.
    pub(in crate::knowledge::document::qa) fn of<'a>(
        questions: impl Iterator<Item = &'a str>,
    ) -> Option<Self> {
        let is_han = |c: char| matches!(c, '\u{3400}'..='\u{9fff}');
        let is_kana = |c: char| matches!(c, '\u{3041}'..='\u{30ff}');
        let (mut chinese, mut traditional, mut others) = (0_usize, 0_usize, 0_usize);
        for text in questions {
            let han = text.chars().filter(|c| is_han(*c)).count();
            let words = text.split(|c: char| !c.is_alphabetic() || is_han(c));
            others += words.filter(|word| !word.is_empty()).count();
            if text.chars().any(is_kana) {
                others += han;
                continue;
            }
            chinese += han;
            traditional +=
                text.chars().zip(simplified(text).chars()).filter(|(own, even)| own != even).count();
        }
        if chinese + others == 0 {
            None
        } else if chinese * 2 < others {
            // What is asked in Chinese and behind it in English has about as many words as characters.
            Some(Self::Other)
        } else if traditional * 10 >= chinese {
            // Not all characters differ, but in a Traditional text more than one of ten does.
            Some(Self::Traditional)
        } else {
            Some(Self::Simplified)
        }
    }

    /// Whether a column of answers of this name says that it is in this language.
    pub(in crate::knowledge::document::qa) fn is_said(self, name: &str) -> bool {
        match self {
            Self::Simplified => says(name, CHINESE) || says(name, SIMPLIFIED),
            Self::Traditional => says(name, CHINESE) || says(name, TRADITIONAL),
            Self::Other => says(name, OTHERS),
        }
    }

    /// Whether its name says that it is in another.
    pub(in crate::knowledge::document::qa) fn is_not(self, name: &str) -> bool {
        let says_any = [SIMPLIFIED, TRADITIONAL, CHINESE, OTHERS].iter().any(|marks| says(name, marks));
        says_any && !self.is_said(name)
    }
}

#[cfg(test)]
mod tests;
