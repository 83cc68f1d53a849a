//! A guess at the encoding of bytes that say nothing of it and are not UTF-8.
//!
//! Chinese bytes in one encoding are often valid in another, where they read as rare characters. So each likely encoding
//! is judged by how much of what it gives is in daily use; what is in no such encoding is left to `chardetng`.

use std::sync::LazyLock;

use chardetng::EncodingDetector;
use encoding_rs::{BIG5, EUC_JP, EUC_KR, Encoding, GB18030, SHIFT_JIS, UTF_16BE, UTF_16LE};

/// Bytes, from the first that is not ASCII on, that are looked at.
const LOOKED_AT: usize = 64 * 1024;
/// Share of the characters beyond ASCII that are in daily use, from which on a text is what it was read as.
const SURE: f64 = 0.85;
/// Below this share a text is not what it was read as.
const UNLIKELY: f64 = 0.5;
/// Fewest characters that tell Korean from Chinese, whose commonest characters have the same bytes.
const TELLING: usize = 12;

/// The encoding the bytes are most likely in; `None` where none is likely.
pub(super) fn guess(bytes: &[u8]) -> Option<&'static Encoding> {
    let from = bytes.iter().position(|byte| !byte.is_ascii())?;
    let sample = bytes.get(from..).unwrap_or_default();
    let sample = sample.get(..LOOKED_AT).unwrap_or(sample);
    let chinese = judged(GB18030, sample);
    let asian: Vec<(&'static Encoding, Judged)> = [BIG5, SHIFT_JIS, EUC_JP, EUC_KR]
        .into_iter()
        .map(|encoding| (encoding, judged(encoding, sample)))
        .collect();
    let of =
        |wanted: &Encoding| asian.iter().find(|(encoding, _)| *encoding == wanted).map(|(_, judged)| *judged);
    // Korean syllables have the bytes of common Chinese characters, and kana are characters of GB18030 as well.
    let korean = of(EUC_KR).is_some_and(|korean| korean.share > 0.97 && korean.characters >= TELLING);
    let japanese = of(EUC_JP).is_some_and(|japanese| japanese.share > SURE && chinese.kana > 0.2);
    if korean || japanese {
        return Some(if korean { EUC_KR } else { EUC_JP });
    }
    if chinese.share >= SURE {
        return Some(GB18030);
    }
    let mut detector = EncodingDetector::new();
    detector.feed(sample, true);
    let detected = detector.guess(None, false);
    match of(detected) {
        Some(judged) if judged.share >= SURE => return Some(detected),
        _ => {}
    }
    let best = asian.iter().max_by(|a, b| a.1.share.total_cmp(&b.1.share));
    if let Some((encoding, judged)) = best
        && judged.share >= SURE
        && judged.characters >= 2
    {
        return Some(encoding);
    }
    if chinese.share >= UNLIKELY {
        return Some(GB18030);
    }
    detected.is_single_byte().then_some(detected)
}

/// The byte order of UTF-16 without a mark: `None` where the bytes are no such text.
pub(super) fn utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    if bytes.len() < 4 {
        return None;
    }
    let sample = bytes.get(..LOOKED_AT.min(bytes.len() & !1)).unwrap_or_default();
    let has_zeros = sample.contains(&0);
    [(UTF_16LE, 0_usize), (UTF_16BE, 1)]
        .into_iter()
        .map(|(encoding, big)| (encoding, daily_units(sample, big == 1, has_zeros)))
        .filter(|(_, share)| *share >= SURE)
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(encoding, _)| encoding)
}

/// The share of two-byte units that are characters in daily use. Zeros are in no other encoding's text, so that where
/// some are a unit may be of any of the usual scripts.
fn daily_units(sample: &[u8], is_big: bool, has_zeros: bool) -> f64 {
    let mut all = 0_usize;
    let mut daily = 0_usize;
    for pair in sample.chunks_exact(2) {
        let unit = match pair {
            [a, b] if is_big => u16::from_be_bytes([*a, *b]),
            [a, b] => u16::from_le_bytes([*a, *b]),
            _ => 0,
        };
        all += 1;
        let Some(c) = char::from_u32(u32::from(unit)) else {
            // Half a pair of what is beyond the basic plane, such as an emoji.
            daily += usize::from(has_zeros);
            continue;
        };
        let is_ascii = c == '\t' || c == '\n' || c == '\r' || ('\u{20}'..'\u{7f}').contains(&c);
        let is_other = has_zeros
            && matches!(c, '\u{a0}'..='\u{52f}' | '\u{3040}'..='\u{30ff}' | '\u{ac00}'..='\u{d7a3}');
        daily += usize::from(is_ascii || is_mark(c) || is_other || SIMPLIFIED.has(c) || TRADITIONAL.has(c));
    }
    if all == 0 { 0.0 } else { daily as f64 / all as f64 }
}

#[derive(Clone, Copy)]
struct Judged {
    /// Of the characters beyond ASCII, the share that is in daily use where this encoding is.
    share: f64,
    /// The share of kana.
    kana: f64,
    characters: usize,
}

fn judged(encoding: &'static Encoding, sample: &[u8]) -> Judged {
    let (text, _) = encoding.decode_without_bom_handling(sample);
    let (mut all, mut daily, mut kana) = (0_usize, 0_usize, 0_usize);
    for c in text.chars().filter(|c| !c.is_ascii()) {
        let is_kana = matches!(c, '\u{3041}'..='\u{30ff}');
        let is_daily = is_mark(c)
            || if encoding == GB18030 {
                SIMPLIFIED.has(c) || TRADITIONAL.has(c)
            } else if encoding == BIG5 {
                TRADITIONAL.has(c)
            } else if encoding == EUC_KR {
                KOREAN.has(c)
            } else {
                is_kana || JAPANESE.has(c)
            };
        all += 1;
        daily += usize::from(is_daily);
        kana += usize::from(is_kana);
    }
    let of = |count: usize| if all == 0 { 0.0 } else { count as f64 / all as f64 };
    Judged { share: of(daily), kana: of(kana), characters: all }
}

/// Punctuation and signs that all of the encodings have.
fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{b0}' | '\u{b1}' | '\u{b7}' | '\u{d7}' | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{203b}' | '\u{2103}'
        | '\u{2160}'..='\u{217f}' | '\u{2190}'..='\u{2199}' | '\u{2460}'..='\u{249b}' | '\u{25a0}'..='\u{25ff}'
        | '\u{2605}' | '\u{2606}' | '\u{2713}' | '\u{3000}'..='\u{301f}' | '\u{3220}'..='\u{3229}' | '\u{ff01}'..='\u{ff5e}'
        | '\u{ffe5}')
}

/// Characters of the basic plane.
struct Daily(Vec<u64>);

impl Daily {
    fn has(&self, c: char) -> bool {
        let c = c as usize;
        self.0.get(c / 64).is_some_and(|word| word >> (c % 64) & 1 == 1)
    }

    /// Those of a rectangle of an encoding's table, which lists the commonest first.
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
static SIMPLIFIED: LazyLock<Daily> = LazyLock::new(|| Daily::of(GB18030, 0xb0..=0xd7, &[0xa1..=0xfe]));
/// Big5's first level: 5,401 characters.
static TRADITIONAL: LazyLock<Daily> =
    LazyLock::new(|| Daily::of(BIG5, 0xa4..=0xc6, &[0x40..=0x7e, 0xa1..=0xfe]));
/// KS X 1001's syllables: 2,350.
static KOREAN: LazyLock<Daily> = LazyLock::new(|| Daily::of(EUC_KR, 0xb0..=0xc8, &[0xa1..=0xfe]));
/// JIS X 0208's first level: 2,965 characters.
static JAPANESE: LazyLock<Daily> = LazyLock::new(|| Daily::of(EUC_JP, 0xb0..=0xcf, &[0xa1..=0xfe]));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_texts_of_each_encoding_are_told_apart() {
        let simplified = "录取通知书将于七月寄出，请考生留意。学费每年五千元。";
        let traditional = "錄取通知書將於七月寄出，請考生留意。學費每年五千元。";
        let japanese = "入学試験の日程は七月一日です。受験料はコンビニで支払えます。";
        let korean = "입학 시험 일정은 칠월 일일입니다. 등록금은 온라인으로 납부합니다.";
        for (text, encoding) in [
            (simplified, GB18030),
            ("学费", GB18030),
            ("姓名,电话\n张三,010", GB18030),
            (traditional, GB18030),
            (traditional, BIG5),
            ("學費,五千元", BIG5),
            (japanese, SHIFT_JIS),
            (japanese, EUC_JP),
            (korean, EUC_KR),
        ] {
            let (bytes, used, failed) = encoding.encode(text);
            assert!(used == encoding && !failed);
            assert_eq!(guess(&bytes), Some(encoding), "{text}");
        }
        let (bytes, _, _) =
            encoding_rs::WINDOWS_1252.encode("Größe und Gebühren für Prüfungen über fünf Jahre");
        assert_eq!(guess(&bytes), Some(encoding_rs::WINDOWS_1252));
        assert_eq!(guess(b"plain"), None);
    }

    #[test]
    fn utf16_needs_no_mark() {
        for text in ["录取分数线查询", "錄取通知書", "name,score\n甲大学,600\n", "plain words"]
        {
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert_eq!((utf16(&little), utf16(&big)), (Some(UTF_16LE), Some(UTF_16BE)), "{text}");
        }
        for (text, encoding) in [
            ("录取通知书将于七月寄出，请考生留意。", GB18030),
            ("錄取通知書將於七月寄出，請考生留意。", BIG5),
            ("入学試験の日程は七月一日です。カタカナ", SHIFT_JIS),
        ] {
            assert_eq!(utf16(&encoding.encode(text).0), None, "{text}");
        }
        assert_eq!(utf16(b"PK\x00\x01\xff\x00"), None);
    }
}
