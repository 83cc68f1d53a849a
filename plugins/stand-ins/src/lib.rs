//! A stand-in is a character that is read as another one and encoded elsewhere: ⽉, a radical, for 月, ﬁ, a ligature, for
//! fi, ︒, set upright, for 。. Fonts in PDFs lead to them, and so does text that was copied from there.

use unicode_normalization::UnicodeNormalization;

const FIRST_RADICAL: u32 = 0x2e80;
/// What the CJK radicals from U+2E80 on are read as; those that are read as nothing else stand for themselves. NFKC leaves
/// them alone. Source: EquivalentUnifiedIdeograph.txt of the Unicode Character Database, version 14.
const RADICALS: &str = "\
    ⺀厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵⺚旡日月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂\
    肀聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟";
/// What the forms of punctuation for upright text are read as, from U+FE10 and from U+FE30 on.
const UPRIGHT: [(u32, &str); 2] =
    [(0xfe10, "，、。：；！？〖〗…"), (0xfe30, "‥—–＿﹏（）｛｝〔〕【】《》〈〉「」『』")];

/// The ideograph that a radical or a compatibility ideograph is read as; any other character as it is.
#[must_use]
pub fn ideograph(c: char) -> char {
    let found = match c {
        '\u{2e80}'..='\u{2ef3}' => RADICALS.chars().nth((c as u32 - FIRST_RADICAL) as usize),
        // NFKC has the Traditional 戶. Fonts that lead to the radical have it in place of 户, but for Traditional ones.
        '⼾' => Some('户'),
        '\u{2f00}'..='\u{2fd5}' | '\u{f900}'..='\u{faff}' | '\u{2f800}'..='\u{2fa1f}' => {
            std::iter::once(c).nfkc().next()
        }
        _ => None,
    };
    found.unwrap_or(c)
}

/// What a stand-in of any kind is read as; nothing where a character stands for itself.
#[must_use]
pub fn spelled_out(c: char) -> Option<String> {
    if let '\u{fb00}'..='\u{fb06}' = c {
        return Some(std::iter::once(c).nfkc().collect());
    }
    let upright = UPRIGHT.iter().find_map(|(first, plain)| {
        let at = (c as u32).checked_sub(*first)?;
        plain.chars().nth(at as usize)
    });
    Some(upright.unwrap_or_else(|| ideograph(c))).filter(|plain| *plain != c).map(String::from)
}

#[cfg(test)]
mod tests;
