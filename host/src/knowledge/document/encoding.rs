//! A guess at the encoding of bytes that say nothing of it.
//!
//! Chinese bytes in one encoding are often valid in another, where they read as rare characters. So each encoding is read, and
//! judged by how likely what it gives is to be written in the languages it is for (`encoding/likely.rs`).

mod likely;

use std::sync::LazyLock;

use chardetng::EncodingDetector;
use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GB18030, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252,
};

use likely::{Language, is_mark};

/// Bytes, from the first that is not ASCII on, that are looked at.
const LOOKED_AT: usize = 64 * 1024;
/// Bytes before it that are looked at as well.
const BEFORE: usize = 64;
/// Share of two-byte units that are characters, from which on bytes with zeros are UTF-16.
const SURE: f64 = 0.85;
/// How much likelier (as a logarithm) an encoding must be than the next for nobody to be told of that: three thousand times.
const CLEARLY: f64 = 8.0;
/// The least likely (as a logarithm) that a text's characters may be in the middle: below are rare ones only.
const LEAST: f64 = -13.5;
/// Most characters that may be UTF-8 by chance.
const BY_CHANCE: usize = 40;

/// What bytes are likely to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Guess {
    pub(super) encoding: &'static Encoding,
    /// What they may be as well.
    pub(super) rival: Option<&'static Encoding>,
}

/// How common each encoding is, in the languages it is for. UTF-8 is the one of bytes that are broken UTF-8.
const USUAL: [(&Encoding, f64, Language); 8] = [
    (GB18030, 0.85, Language::Chinese),
    (UTF_8, 0.3, Language::Any),
    (BIG5, 0.05, Language::Traditional),
    (SHIFT_JIS, 0.02, Language::Japanese),
    (EUC_KR, 0.01, Language::Korean),
    (EUC_JP, 0.005, Language::Japanese),
    (UTF_16LE, 0.01, Language::Any),
    (UTF_16BE, 0.005, Language::Any),
];
/// The same for encodings with one byte a character: Western European ones, and all others.
const WESTERN: f64 = 0.05;
const SINGLE: f64 = 0.01;

/// The encoding that bytes are most likely in that are not UTF-8; `None` where none is likely.
pub(super) fn guess(bytes: &[u8]) -> Option<Guess> {
    let from = bytes.iter().position(|byte| !byte.is_ascii())?;
    // Units of UTF-16 have two bytes, of which some are those of ASCII.
    let sample = bytes.get(from.saturating_sub(BEFORE) & !1..).unwrap_or_default();
    let sample = sample.get(..LOOKED_AT).unwrap_or(sample);
    let mut detector = EncodingDetector::new();
    detector.feed(sample, true);
    let detected = detector.guess(None, false);
    let single = [detected, WINDOWS_1252].into_iter().filter(|encoding| encoding.is_single_byte());
    let is_even = bytes.len().is_multiple_of(2);
    let mut judged: Vec<(&'static Encoding, Likelihood)> = USUAL
        .into_iter()
        .chain(single.map(|encoding| {
            (encoding, if encoding == WINDOWS_1252 { WESTERN } else { SINGLE }, Language::Western)
        }))
        .filter(|(encoding, ..)| is_even || ![UTF_16LE, UTF_16BE].contains(encoding))
        .map(|(encoding, usual, language)| (encoding, judge(encoding, sample, language).and(usual)))
        .collect();
    judged.sort_by(|a, b| b.1.all.total_cmp(&a.1.all));
    let (encoding, best) = judged.first().copied()?;
    if best.middle < LEAST {
        return None;
    }
    let rival = judged
        .iter()
        .skip(1)
        .find(|(other, _)| *other != encoding)
        .filter(|(_, next)| next.is_whole && best.all - next.all < CLEARLY);
    Some(Guess { encoding, rival: rival.map(|(encoding, _)| *encoding) })
}

/// Whether a text that is UTF-8 may be so by chance, and what its bytes are likely to be then. Only characters of two bytes can
/// be Chinese ones of another encoding.
pub(super) fn by_chance(text: &str) -> Option<Guess> {
    let others = || text.chars().filter(|c| !c.is_ascii());
    let is_short = others().nth(BY_CHANCE).is_none() && others().next().is_some();
    if !is_short || others().any(|c| c.len_utf8() > 2) {
        return None;
    }
    let utf8 = judge(UTF_8, text.as_bytes(), Language::Western).and(1.0);
    let chinese = judge(GB18030, text.as_bytes(), Language::Chinese).and(0.05);
    // One sign alone, such as a degree, is not a word.
    let is_word = text.as_bytes().windows(4).any(|bytes| bytes.iter().all(|byte| !byte.is_ascii()));
    if !chinese.is_whole || !is_word || chinese.middle < LEAST || utf8.all - chinese.all > CLEARLY {
        return None;
    }
    let (encoding, rival) = if chinese.all > utf8.all { (GB18030, UTF_8) } else { (UTF_8, GB18030) };
    Some(Guess { encoding, rival: Some(rival) })
}

/// How likely a text is, as logarithms.
#[derive(Debug, Clone, Copy)]
struct Likelihood {
    all: f64,
    /// The average of the characters beyond ASCII.
    middle: f64,
    /// Whether all bytes are of the encoding.
    is_whole: bool,
}

impl Likelihood {
    fn and(self, usual: f64) -> Self {
        Self { all: self.all + usual.ln(), ..self }
    }
}

fn judge(encoding: &'static Encoding, sample: &[u8], language: Language) -> Likelihood {
    let (text, has_wrong) = encoding.decode_without_bom_handling(sample);
    // The sample may end within a character.
    let text = text.strip_suffix('\u{fffd}').filter(|_| sample.len() == LOOKED_AT).unwrap_or(&text);
    let (mut all, mut others, mut characters) = (0.0, 0.0, 0_usize);
    likely::each(text, language, |c, likely| {
        let likely = likely.ln();
        all += likely;
        if !c.is_ascii() {
            others += likely;
            characters += 1;
        }
    });
    let middle = if characters == 0 { f64::NEG_INFINITY } else { others / characters as f64 };
    Likelihood { all, middle, is_whole: !has_wrong }
}

/// The byte order of UTF-16 without a mark, of bytes with zeros, which are in no other encoding's text: `None` where they are
/// no text.
pub(super) fn utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    if bytes.len() < 4 {
        return None;
    }
    let sample = bytes.get(..LOOKED_AT.min(bytes.len() & !1)).unwrap_or_default();
    // Single-byte text with a stray zero byte also makes pairs that are UTF-16 characters, though rare ones;
    // such text is not taken for UTF-16.
    let whole = || sample.chunks_exact(2).filter(|pair| !pair.contains(&0));
    let is_rare = |pair: &[u8]| match pair {
        [a, b] => [[*a, *b], [*b, *a]].into_iter().all(|pair| {
            !char::from_u32(u32::from(u16::from_be_bytes(pair))).is_some_and(|c| SIMPLIFIED.has(c))
        }),
        _ => false,
    };
    let is_ascii = |byte: &u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
    if whole().all(|pair| pair.iter().all(is_ascii)) && whole().any(is_rare) {
        return None;
    }
    [UTF_16LE, UTF_16BE].into_iter().filter(|encoding| share(sample, *encoding == UTF_16BE) >= SURE).max_by(
        |a, b| {
            let all = |encoding: &'static Encoding| judge(encoding, sample, Language::Any).all;
            all(a).total_cmp(&all(b))
        },
    )
}

/// The share of two-byte units that are characters of the usual scripts.
fn share(sample: &[u8], is_big: bool) -> f64 {
    let mut all = 0_usize;
    let mut usual = 0_usize;
    for pair in sample.chunks_exact(2) {
        let unit = match pair {
            [a, b] if is_big => u16::from_be_bytes([*a, *b]),
            [a, b] => u16::from_le_bytes([*a, *b]),
            _ => 0,
        };
        all += 1;
        let Some(c) = char::from_u32(u32::from(unit)) else {
            // Half a pair of what is beyond the basic plane, such as an emoji.
            usual += 1;
            continue;
        };
        let is_ascii = matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{7e}');
        let is_other = matches!(c, '\u{a0}'..='\u{52f}' | '\u{3040}'..='\u{30ff}' | '\u{ac00}'..='\u{d7a3}');
        usual += usize::from(is_ascii || is_mark(c) || is_other || GB2312.has(c) || BIG5_ALL.has(c));
    }
    if all == 0 { 0.0 } else { usual as f64 / all as f64 }
}

/// Characters of the basic plane.
struct CharacterSet(Vec<u64>);

impl CharacterSet {
    fn has(&self, c: char) -> bool {
        let c = c as usize;
        self.0.get(c / 64).is_some_and(|word| word >> (c % 64) & 1 == 1)
    }

    /// The characters of a rectangle of an encoding's table, which lists the commonest first.
    fn of(
        encoding: &'static Encoding,
        leads: std::ops::RangeInclusive<u8>,
        trails: &[std::ops::RangeInclusive<u8>],
    ) -> Self {
        let pairs: Vec<u8> = leads
            .flat_map(|lead| trails.iter().cloned().flatten().flat_map(move |trail| [lead, trail]))
            .collect();
        let (text, _) = encoding.decode_without_bom_handling(&pairs);
        let mut words = vec![0_u64; 0x1_0000 / 64];
        for c in text.chars().filter(|&c| !c.is_ascii() && c != '\u{fffd}') {
            if let Some(word) = words.get_mut(c as usize / 64) {
                *word |= 1 << (c as usize % 64);
            }
        }
        Self(words)
    }
}

/// GB 2312's first level: 3,755 characters.
static SIMPLIFIED: LazyLock<CharacterSet> =
    LazyLock::new(|| CharacterSet::of(GB18030, 0xb0..=0xd7, &[0xa1..=0xfe]));
/// All of GB 2312: 6,763 characters.
static GB2312: LazyLock<CharacterSet> =
    LazyLock::new(|| CharacterSet::of(GB18030, 0xb0..=0xf7, &[0xa1..=0xfe]));
/// Big5's first level: 5,401 characters.
static TRADITIONAL: LazyLock<CharacterSet> =
    LazyLock::new(|| CharacterSet::of(BIG5, 0xa4..=0xc6, &[0x40..=0x7e, 0xa1..=0xfe]));
/// All of Big5: 13,060 characters.
static BIG5_ALL: LazyLock<CharacterSet> =
    LazyLock::new(|| CharacterSet::of(BIG5, 0xa4..=0xf9, &[0x40..=0x7e, 0xa1..=0xfe]));
/// KS X 1001's syllables: 2,350.
static KOREAN: LazyLock<CharacterSet> =
    LazyLock::new(|| CharacterSet::of(EUC_KR, 0xb0..=0xc8, &[0xa1..=0xfe]));
/// JIS X 0208's first level: 2,965 characters.
static JAPANESE: LazyLock<CharacterSet> =
    LazyLock::new(|| CharacterSet::of(EUC_JP, 0xb0..=0xcf, &[0xa1..=0xfe]));

#[cfg(test)]
mod tests;
