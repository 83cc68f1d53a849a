//! A manner is what two questions tell beside what they ask for: how much of each is its own, whom they speak of, and
//! whether they are of a kind in which every word counts.

use super::super::spoken::written;

/// Words by which a question asks about words: each one counts there.
const ABOUT_WORDS: [&str; 8] = ["意思", "近义词", "反义词", "同义词", "读音", "怎么读", "含义", "意义"];
/// Who may be spoken of: the one of them that stands first does it.
const PERSONS: &str = "我他她男女爸妈爹娘哥姐弟妹爷奶舅叔姑姨婆";
/// Parties to one deal, who do the same thing to each other: 房东不退押金租客.
const PARTIES: [&str; 18] = [
    "房东",
    "租客",
    "租户",
    "房客",
    "买家",
    "卖家",
    "买方",
    "卖方",
    "甲方",
    "乙方",
    "雇主",
    "雇员",
    "业主",
    "物业",
    "借款人",
    "出借人",
    "寄件人",
    "收件人",
];
/// Words in which one of [`PERSONS`] is none.
const NO_PERSONS: [&str; 4] = ["其他", "他行", "他人", "他们"];
const RELATIVES: &str = "爸妈爹娘哥姐弟妹爷奶舅叔姑姨婆";
/// Words by which a question asks what relatives are to each other.
const CALLED: [&str; 3] = ["叫", "称呼", "关系"];
/// Words that judge: what they stand with is asked to be good, not only to be.
const JUDGES: [&str; 12] =
    ["最好", "比较好", "更好", "好点", "好些", "好用", "好看", "好吃", "好玩", "好听", "合适", "有效"];
/// Words by which one of several is asked for.
const CHOOSES: [&str; 8] = ["什么", "啥", "哪", "谁", "那个", "那里", "那家", "那款"];
/// Words by which everybody is asked for something.
const SEEKS: [&str; 3] = ["求", "推荐", "谁有"];
/// Before 求 these make another word of it: 要求.
const NO_SEEKERS: &str = "要请需追征力寻";
/// Most characters that count as a question's own.
const MOST_OWN: usize = 4;
/// Most characters that count as reworded.
const MOST_REWORDED: usize = 4;

/// What two keys tell together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::knowledge) struct Manner {
    /// Characters beyond the first that each has and the other has not, of the one that has fewer: up to 3.
    pub(in crate::knowledge) own: f64,
    /// How much of what both have stands neither in what both begin with nor in what both end with: 0 where they differ in
    /// one place alone, 1 from four characters on.
    pub(in crate::knowledge) reworded: f64,
    /// The logarithm of how many times as long the longer one is.
    pub(in crate::knowledge) longer: f64,
    /// Both ask about words.
    pub(in crate::knowledge) about_words: bool,
    /// They name the same persons in another order: 男生喜欢什么样的女生 and 女生喜欢什么样的男生.
    pub(in crate::knowledge) turned: bool,
    /// Both ask what relatives are to each other.
    pub(in crate::knowledge) of_relatives: bool,
    /// One asks which is good, the other only which it is.
    pub(in crate::knowledge) judged: bool,
    /// 我 stands in one where 你 stands in the other, and all else is the same.
    pub(in crate::knowledge) of_other: bool,
    /// How many of the two seek something of everybody: 求 and 推荐.
    pub(in crate::knowledge) seeking: f64,
}

impl Manner {
    pub(in crate::knowledge) fn of(asked: &str, stored: &str) -> Self {
        let (one, two) = (written(asked), written(stored));
        let both = |tells: fn(&str) -> bool| tells(&one) && tells(&two);
        let (persons, others) = (persons(&one), persons(&two));
        let (length, other_length) = (one.chars().count(), two.chars().count());
        let shared = shared(&one, &two);
        let own = length.min(other_length) - shared;
        let reworded = shared.saturating_sub(shared_ends(&one, &two)).min(MOST_REWORDED);
        Self {
            own: own.clamp(1, MOST_OWN) as f64 - 1.0,
            reworded: reworded as f64 / MOST_REWORDED as f64,
            longer: (length.max(1) as f64 / other_length.max(1) as f64).ln().abs(),
            about_words: both(|key| has_one_of(key, &ABOUT_WORDS)),
            turned: persons != others && as_a_set(&persons) == as_a_set(&others),
            of_relatives: both(|key| has_one_of(key, &CALLED) && key.chars().any(|c| RELATIVES.contains(c))),
            judged: judges(&one) != judges(&two) && both(|key| has_one_of(key, &CHOOSES)),
            of_other: is_of_other(&one, &two),
            seeking: f64::from(u8::from(seeks(&one)) + u8::from(seeks(&two))),
        }
    }
}

fn has_one_of(key: &str, words: &[&str]) -> bool {
    words.iter().any(|word| key.contains(word))
}

fn sorted(text: &str) -> Vec<char> {
    let mut chars: Vec<char> = text.chars().collect();
    chars.sort_unstable();
    chars
}

fn as_a_set<'a>(persons: &[&'a str]) -> Vec<&'a str> {
    let mut persons = persons.to_vec();
    persons.sort_unstable();
    persons
}

/// How many characters both have, wherever they stand.
fn shared(one: &str, two: &str) -> usize {
    let (mine, theirs) = (sorted(one), sorted(two));
    let (mut at, mut other, mut shared) = (0, 0, 0);
    while let (Some(a), Some(b)) = (mine.get(at), theirs.get(other)) {
        shared += usize::from(a == b);
        at += usize::from(a <= b);
        other += usize::from(b <= a);
    }
    shared
}

/// How many characters both begin with, and end with behind that.
fn shared_ends(one: &str, two: &str) -> usize {
    let begin: usize =
        one.chars().zip(two.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let ends = one[begin..].chars().rev().zip(two[begin..].chars().rev());
    one[..begin].chars().count() + ends.take_while(|(a, b)| a == b).count()
}

/// The persons and parties of a key, as they follow one another.
fn persons(key: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = key;
    while let Some(c) = rest.chars().next() {
        let begins = |word: &&&str| rest.starts_with(**word);
        let party = PARTIES.iter().find(begins);
        let word = party.or_else(|| NO_PERSONS.iter().find(begins)).copied().unwrap_or(&rest[..c.len_utf8()]);
        if party.is_some() || PERSONS.contains(word) {
            found.push(word);
        }
        rest = &rest[word.len()..];
    }
    found
}

fn judges(key: &str) -> bool {
    key.ends_with('好') || has_one_of(key, &JUDGES)
}

/// See [`Manner::of_other`]. 你们的 and 我的 are of one shop.
fn is_of_other(one: &str, two: &str) -> bool {
    let (mine, theirs): (Vec<char>, Vec<char>) =
        (one.replace('您', "你").chars().collect(), two.replace('您', "你").chars().collect());
    let differ: Vec<usize> = (0..mine.len().min(theirs.len())).filter(|&at| mine[at] != theirs[at]).collect();
    mine.len() == theirs.len()
        && !differ.is_empty()
        && differ.iter().all(|&at| {
            matches!((mine[at], theirs[at]), ('我', '你') | ('你', '我'))
                && !matches!(mine.get(at + 1), Some('们' | '的' | '家'))
        })
}

fn seeks(key: &str) -> bool {
    SEEKS
        .iter()
        .any(|word| key.match_indices(word).any(|(at, _)| !key[..at].ends_with(|c| NO_SEEKERS.contains(c))))
}

#[cfg(test)]
mod tests;
