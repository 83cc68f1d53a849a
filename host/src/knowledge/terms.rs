//! A term is what BM25 counts: a character or a pair of neighbouring characters where the script
//! writes no spaces (Chinese, Japanese, Korean), a word elsewhere.
//!
//! Characters and pairs found more than dictionary words on CMRC 2018 (R@1 .938 against .915).

use std::collections::BTreeMap;

use super::fold::even;
use super::polite::without_opening;

/// A term's number: 32 bits of its hash. Two of a million terms share a number about once in four
/// thousand terms, which moves a score less than the fourth digit, and every store that holds
/// sparse vectors can use the number as it is.
pub(super) type TermId = u32;

/// Terms that ask and are not asked for: without them, the right answers of InsuranceQA's validation
/// questions rose (MRR@10 .441 to .447), and CMRC 2018's paragraphs stayed.
const ASKING: [&[char]; 23] = [
    &['什', '么'],
    &['怎', '么'],
    &['怎', '样'],
    &['如', '何'],
    &['为', '什'],
    &['哪', '里'],
    &['哪', '个'],
    &['哪', '些'],
    &['多', '少'],
    &['是', '什'],
    &['么', '是'],
    &['么', '样'],
    &['有', '哪'],
    &['请', '问'],
    &['吗'],
    &['呢'],
    &['么'],
    &['谁'],
    &['哪'],
    &['几'],
    &['何'],
    &['的'],
    &['是'],
];

/// How often each term occurs in a text, and how many terms the text has in all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Terms {
    /// Ascending by id, each id once.
    pub(super) counts: Vec<(TermId, u32)>,
    /// The sum of all counts.
    pub(super) length: u32,
}

impl Terms {
    /// Counts the terms of a text, after width, case and script have been evened out.
    pub(super) fn of(text: &str) -> Self {
        Self::but(text, &[])
    }

    /// The terms a question asks for, each once: those of its text but for the words that make it a question.
    /// They stay where the question has nothing else.
    pub(super) fn asked(text: &str) -> Self {
        let asked = Self::but(text, &ASKING);
        let asked = if asked.counts.is_empty() { Self::of(text) } else { asked };
        Self::counted([(asked, 1)].into_iter())
    }

    /// Each term of these as often as is said for all that have it.
    pub(super) fn counted(each: impl Iterator<Item = (Self, u32)>) -> Self {
        let mut counts = BTreeMap::<TermId, u32>::new();
        for (terms, count) in each {
            terms.counts.iter().for_each(|(id, _)| *counts.entry(*id).or_default() += count);
        }
        Self { length: counts.values().sum(), counts: counts.into_iter().collect() }
    }

    /// Counts those of a text's terms that are among these, which ascend by id: `length` is that of all. It takes a
    /// fraction of counting every term.
    pub(super) fn among<T>(text: &str, asked: &[(TermId, T)]) -> Self {
        let mut counts = vec![0; asked.len()];
        let mut length = 0;
        each_term(text, |parts| {
            length += 1;
            if let Ok(place) = asked.binary_search_by_key(&hash(parts), |&(id, _)| id) {
                counts[place] += 1;
            }
        });
        let counts = asked.iter().zip(counts).map(|(&(id, _), count)| (id, count));
        Self { counts: counts.filter(|&(_, count)| count > 0).collect(), length }
    }

    fn but(text: &str, left_out: &[&[char]]) -> Self {
        let mut counts = BTreeMap::<TermId, u32>::new();
        let mut length = 0;
        each_term(text, |parts| {
            if left_out.contains(&parts) {
                return;
            }
            *counts.entry(hash(parts)).or_default() += 1;
            length += 1;
        });
        Self { counts: counts.into_iter().collect(), length }
    }
}

/// Gives each term of a text, after width, case and script have been evened out, as often as it occurs.
fn each_term(text: &str, mut add: impl FnMut(&[char])) {
    let mut word = Vec::new();
    let mut previous: Option<char> = None;
    for c in even(text) {
        if is_unspaced(c) {
            flush(&mut word, &mut add);
            add(&[c]);
            if let Some(before) = previous {
                add(&[before, c]);
            }
            previous = Some(c);
        } else {
            previous = None;
            if c.is_alphanumeric() {
                word.push(c);
            } else {
                flush(&mut word, &mut add);
            }
        }
    }
    flush(&mut word, &mut add);
}

/// What two spellings of one question have in common: width, case, script, punctuation, spaces and
/// the words of politeness around it are gone. `None` where nothing is left, so that "？！" equals
/// no other text.
pub(super) fn question_key(text: &str) -> Option<String> {
    let key: String = even(text).filter(|c| c.is_alphanumeric()).collect();
    let mut bare = key.as_str();
    while let Some(rest) =
        without_opening(bare).or_else(|| CLOSINGS.iter().find_map(|closing| bare.strip_suffix(closing)))
    {
        bare = rest;
    }
    // A greeting alone is a question too.
    let key = if bare.is_empty() { key } else { bare.to_owned() };
    (!key.is_empty()).then_some(key)
}

/// What people put after a question.
const CLOSINGS: [&str; 7] = ["呢", "啊", "呀", "哦", "哈", "嘛", "谢谢"];

fn flush(word: &mut Vec<char>, add: &mut impl FnMut(&[char])) {
    if !word.is_empty() {
        add(word);
        word.clear();
    }
}

/// Scripts that put no space between words: Han, kana, Hangul (which does, but whose words carry
/// endings that pairs see through).
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// FNV-1a with a final mix, so that short texts spread over all 32 bits. Stored with every
/// document: it must never change.
fn hash(parts: &[char]) -> TermId {
    let mut state: u64 = 0xcbf2_9ce4_8422_2325;
    for &c in parts {
        for byte in u32::from(c).to_le_bytes() {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    state ^= state >> 32;
    state = state.wrapping_mul(0xd6e8_feb8_6659_fd93);
    (state >> 32) as u32
}

#[cfg(test)]
mod tests;
