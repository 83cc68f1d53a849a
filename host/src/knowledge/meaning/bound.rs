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
/// Characters of the longest verb between such a word and the side: 没工作满.
const LONGEST_VERB: usize = 2;
/// Verbs of getting and perceiving: behind them 到 bounds nothing, as in 领不到10元红包.
const GETS: &str = "领买找查收看借取约抢搜联拿接见得抽听送寄";
/// The last characters of measures of time.
const TIME_ENDS: &str = "天日周期月年时钟";
const NUMERALS: &str = "零一二两三四五六七八九十百千半";

/// A text with one wording for each bound: 不超过7天 and 7天之内 are 7天以内. 7天内 stays, since 内 says little beside 7天.
pub(super) fn bounds_folded(text: &str) -> String {
    if !text.contains(is_numeral) {
        return text.to_owned();
    }
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let gets = || text[..text.len() - rest.len()].ends_with(|c| GETS.contains(c));
        let alone = side_before(rest).filter(|_| !rest.starts_with("不到") || !gets());
        let found = alone.map(|(side, behind)| (side, "", behind)).or_else(|| side_behind_verb(rest));
        let (verb, behind) = found.map_or(("", rest), |(_, verb, behind)| (verb, behind));
        let length = amount(behind, found.is_some());
        if length == 0 {
            made.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        }
        let (amount, after) = behind.split_at(length);
        let stated = side_behind(after).filter(|_| !after.starts_with('内'));
        // 满3个月后 is 3个月后.
        let said = found.map(|(side, ..)| side).filter(|_| !after.starts_with(['后', '内']));
        made.push_str(verb);
        made.push_str(amount);
        if let Some(side) = said.or(stated.map(|(side, _)| side)) {
            made.push_str(side.word());
        }
        rest = stated.map_or(after, |(_, after)| after);
    }
    made
}

/// A number with the side of it that is meant.
struct Bound {
    number: String,
    side: BoundSide,
    /// Something has not come by then: 7天内没发货.
    is_missed: bool,
}

/// Whether two folded texts bound the same number on different sides.
pub(super) fn bounded_otherwise(one: &str, two: &str) -> bool {
    let (mine, theirs) = (bounds(one), bounds(two));
    let says = |bounds: &[Bound], said: &Bound| {
        bounds.iter().any(|bound| bound.number == said.number && bound.side == said.side)
    };
    let differ = |mine: &Bound, other: &Bound| {
        // What has not come within 7 days has not come when they are over.
        mine.number == other.number && mine.side != other.side && !(mine.is_missed && other.is_missed)
    };
    mine.iter().any(|bound| {
        // 3天以内和3天以上的区别 is about both.
        !says(&theirs, bound) && theirs.iter().any(|other| differ(bound, other) && !says(&mine, other))
    })
}

/// The bounds that a folded text states.
fn bounds(text: &str) -> Vec<Bound> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = amount(rest, false).max(c.len_utf8());
        let (amount, after) = rest.split_at(length);
        let later = || {
            let behind = LATER.split_whitespace().find_map(|word| after.strip_prefix(word))?;
            // 除了3天以外还有什么 goes beyond nothing.
            let is_another = behind.starts_with(|c| NO_CLAUSE_ENDS.contains(c) || NO_SIDE.contains(c));
            (!is_another && !text.contains('除')).then_some((BoundSide::Beyond, behind))
        };
        let number: String = amount.chars().filter(|c| is_numeral(*c)).collect();
        if let Some((side, behind)) = side_behind(after).or_else(later).filter(|_| !number.is_empty()) {
            let is_time = amount.ends_with(|c| TIME_ENDS.contains(c));
            let is_denied = behind.trim_start_matches(['还', '都', '仍']).starts_with(['没', '未']);
            found.push(Bound { number, side, is_missed: is_time && is_denied });
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
        let only_denied = if is_denied { side_of("到 足 够 过", BoundSide::Beyond) } else { None };
        side_of(BEYOND, BoundSide::Beyond).or_else(|| side_of(UP_TO, BoundSide::Within)).or(only_denied)
    })
}

/// The side that a text begins with whose denial stands before a verb, that verb, and what stands behind: 没住满.
fn side_behind_verb(text: &str) -> Option<(BoundSide, &str, &str)> {
    let behind = ["没有", "没", "未"].iter().find_map(|denial| text.strip_prefix(denial))?;
    let mut reaches = behind.char_indices().skip(1).take(LONGEST_VERB);
    let (at, reach) = reaches.find(|(_, c)| matches!(c, '满' | '够' | '到'))?;
    let (verb, behind) = (&behind[..at], &behind[at + reach.len_utf8()..]);
    let gets = reach == '到' && verb.ends_with(|c| GETS.contains(c));
    (!gets).then_some((BoundSide::Within, verb, behind))
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
