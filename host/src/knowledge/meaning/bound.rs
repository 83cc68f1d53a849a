//! A bound is a number that something stays within or goes beyond: 7天内 and 超过7天. The same number with its other side asks
//! another thing, and words for one side are one: 不超过7天 is 7天以内.

use super::words::{BEYOND, BEYOND_BEHIND, LATER, MEASURED, NO_CLAUSE_ENDS, NO_SIDE, UP_TO, UP_TO_BEHIND};

/// The side of its number that is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BoundSide {
    Within,
    Beyond,
}

impl BoundSide {
    fn word(self) -> &'static str {
        match self {
            Self::Within => "以内",
            Self::Beyond => "以上",
        }
    }

    fn turned_if(self, is_denied: bool) -> Self {
        match self {
            side if !is_denied => side,
            Self::Within => Self::Beyond,
            Self::Beyond => Self::Within,
        }
    }
}

/// What denies a word for a side: 不超过.
const DENIALS: [&str; 5] = ["", "没有", "没", "不", "未"];
const NUMERALS: &str = "零一二两三四五六七八九十百千半";

/// A text with one wording for each bound: 不超过7天 and 7天之内 are 7天以内. 7天内 stays, since 内 says little beside 7天.
pub(super) fn bounds_folded(text: &str) -> String {
    if !text.contains(is_numeral) {
        return text.to_owned();
    }
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let (said, behind) = side_before(rest).unzip();
        let behind = behind.unwrap_or(rest);
        let length = amount(behind, said.is_some());
        if length == 0 {
            made.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        }
        let (amount, after) = behind.split_at(length);
        let stated = side_behind(after).filter(|_| !after.starts_with('内'));
        // 满3个月后 is 3个月后.
        let said = said.filter(|_| !after.starts_with(['后', '内']));
        made.push_str(amount);
        if let Some(side) = said.or(stated.map(|(side, _)| side)) {
            made.push_str(side.word());
        }
        rest = stated.map_or(after, |(_, after)| after);
    }
    made
}

/// Whether two folded texts bound the same number on different sides.
pub(super) fn bounded_otherwise(one: &str, two: &str) -> bool {
    let (mine, theirs) = (bounds(one), bounds(two));
    let differ = |mine: &(String, BoundSide), other: &(String, BoundSide)| {
        // 3天以内和3天以上的区别 is about both.
        mine.0 == other.0 && mine.1 != other.1 && !theirs.contains(mine)
    };
    mine.iter().any(|bound| theirs.iter().any(|other| differ(bound, other) && !mine.contains(other)))
}

/// The bounds that a folded text states, each with its number.
fn bounds(text: &str) -> Vec<(String, BoundSide)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = amount(rest, false).max(c.len_utf8());
        let (amount, after) = rest.split_at(length);
        let is_later = || {
            let later = LATER.split_whitespace().find_map(|word| after.strip_prefix(word));
            // 除了3天以外还有什么 goes beyond nothing.
            later.is_some_and(|after| {
                !after.starts_with(|c| NO_CLAUSE_ENDS.contains(c) || NO_SIDE.contains(c))
            }) && !text.contains('除')
        };
        let number: String = amount.chars().filter(|c| is_numeral(*c)).collect();
        let side =
            side_behind(after).map(|(side, _)| side).or_else(|| is_later().then_some(BoundSide::Beyond));
        if let Some(side) = side.filter(|_| !number.is_empty()) {
            found.push((number, side));
        }
        rest = after;
    }
    found
}

fn is_numeral(c: char) -> bool {
    c.is_ascii_digit() || NUMERALS.contains(c)
}

/// The side that a text begins with, and what stands behind that: 不超过.
fn side_before(text: &str) -> Option<(BoundSide, &str)> {
    DENIALS.iter().find_map(|denial| {
        let behind = text.strip_prefix(denial)?;
        let is_denied = !denial.is_empty();
        let side_of = |words: &str, side: BoundSide| {
            let behind = words.split_whitespace().find_map(|word| behind.strip_prefix(word))?;
            Some((side.turned_if(is_denied), behind.strip_prefix('了').unwrap_or(behind)))
        };
        // 不到3天 and 没过3天; 到 and 过 alone say no side.
        let only_denied = if is_denied { side_of("到 足 过", BoundSide::Beyond) } else { None };
        side_of(BEYOND, BoundSide::Beyond).or_else(|| side_of(UP_TO, BoundSide::Within)).or(only_denied)
    })
}

/// The side that a text behind a number begins with, and what stands behind that: 以内.
fn side_behind(text: &str) -> Option<(BoundSide, &str)> {
    let side_of = |words: &str, side: BoundSide| {
        let after = words.split_whitespace().find_map(|word| text.strip_prefix(word))?;
        Some((side, after))
    };
    // 3人内科 has another word.
    let alone = || {
        let after = text.strip_prefix('内')?;
        (!after.starts_with(|c| NO_SIDE.contains(c))).then_some((BoundSide::Within, after))
    };
    side_of(BEYOND_BEHIND, BoundSide::Beyond)
        .or_else(|| side_of(UP_TO_BEHIND, BoundSide::Within))
        .or_else(alone)
}

/// Bytes of the number with its measure that a text begins with: 30分钟, 1米2. `is_measured` says that it needs a measure.
fn amount(text: &str, is_measured: bool) -> usize {
    let number = |text: &str| text.find(|c| !is_numeral(c)).unwrap_or(text.len());
    let digits = number(text);
    if digits == 0 {
        return 0;
    }
    let measures = MEASURED.split_whitespace().filter(|measure| text[digits..].starts_with(measure));
    let measure = measures.map(str::len).max().unwrap_or(0);
    match digits + measure {
        _ if is_measured && measure == 0 => 0,
        end if measure == 0 => end,
        end => end + number(&text[end..]),
    }
}

#[cfg(test)]
mod tests;
