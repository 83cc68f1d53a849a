//! A meaning is what a question asks for, however it is worded: 如何, 怎么 and 咋 are one, a polite word and the place of
//! the word that asks are none. [`QuestionMeaning::of`] reads it from a question's key; [`QuestionMeaning::against`] says by what two
//! questions differ, which [`question`](super::question) makes a likelihood of.
//!
//! Only the key is looked at: nothing of it is stored, so the words can change without an import.

mod difference;
#[rustfmt::skip] // Lists of words, many on a line.
mod words;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

use super::spoken::written;
use super::terms::is_unspaced;
pub(super) use difference::{AskDifference, Difference, Likeness};
use words::{
    ACTS, ASKS, COUNTED, FILLERS, HOW_HEADS, HOW_VERBS, IDIOMS, POLITE, SYNONYMS, UNDOES, UNITS, WANTS,
    WAY_FRAMES, WAYS, WHOLE,
};

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AnswerType {
    How,
    Like,
    When,
    HowLong,
    Price,
    HowMany,
    Where,
    Why,
    Who,
    Which,
    What,
    /// Whether something is possible or allowed.
    May,
    /// Whether something is so.
    Whether,
}

/// A set of [`AnswerType`]s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct AnswerTypes(u16);

impl AnswerTypes {
    const fn of(asks: &[AnswerType]) -> Self {
        let (mut set, mut at) = (0, 0);
        while at < asks.len() {
            set |= 1 << asks[at] as u16;
            at += 1;
        }
        Self(set)
    }

    /// Types that ask whether, and not which.
    const YES_OR_NO: Self = Self::of(&[AnswerType::May, AnswerType::Whether]);

    fn add(&mut self, ask: AnswerType) {
        self.0 |= Self::of(&[ask]).0;
    }

    fn has(self, ask: AnswerType) -> bool {
        self.meets(Self::of(&[ask]))
    }

    fn is_empty(self) -> bool {
        self.0 == 0
    }

    fn is_in(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    fn open(self) -> Self {
        Self(self.0 & !Self::YES_OR_NO.0)
    }

    /// Where a question asks openly, 能 and 吗 in it ask for nothing more.
    fn settled(self) -> Self {
        if !self.open().is_empty() {
            self.open()
        } else if self.has(AnswerType::May) {
            Self::of(&[AnswerType::May])
        } else {
            self
        }
    }
}

/// A character, or a run of digits or of letters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum TextUnit {
    Char(char),
    Run(String),
}

/// What a question asks for, and of what.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct QuestionMeaning {
    /// Without words that ask, are polite or say nothing; of synonyms the first.
    content: Vec<TextUnit>,
    asks: AnswerTypes,
    /// An odd number of words deny.
    denies: bool,
    /// The measure word behind 多少 and 几, which says what is counted.
    counts: Option<char>,
    /// Actions in it, each once.
    acts: BTreeSet<&'static str>,
    /// Whether one of them is of [`UNDOES`].
    undoes: bool,
    /// Who does it and to whom.
    roles: ActorRoles,
    /// One of [`IDIOMS`].
    is_idiom: bool,
}

/// What tells who does something, and to whom it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct ActorRoles {
    /// 被: it is done to what is named first.
    passive: bool,
    /// The one who asks comes last, as in 怎么联系我.
    to_me: bool,
    /// 什么 or 谁 stands first.
    asks_first: bool,
    /// 什么 or 谁 stands last.
    asks_last: bool,
}

/// What a word does.
#[derive(Debug, Clone, Copy)]
enum Word {
    Asks(AnswerType),
    /// Says nothing.
    Nothing,
    /// Is content, and stands as this.
    Is(&'static str),
}

/// All words by their first character, the longest first.
static WORDS: LazyLock<HashMap<char, Vec<(&'static str, Word)>>> = LazyLock::new(|| {
    let mut all: BTreeMap<&'static str, Word> = BTreeMap::new();
    let made = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
    for (ask, words) in ASKS {
        all.extend(words.split_whitespace().map(|word| (word, Word::Asks(*ask))));
    }
    for head in HOW_HEADS.split_whitespace() {
        let verbs = HOW_VERBS.split_whitespace();
        all.extend(verbs.map(|verb| (made(format!("{head}{verb}")), Word::Asks(AnswerType::How))));
    }
    for way in WAYS.split_whitespace() {
        let frames = WAY_FRAMES.split_whitespace();
        all.extend(frames.map(|frame| (made(frame.replace('~', way)), Word::Asks(AnswerType::How))));
    }
    for word in POLITE.split_whitespace().chain(FILLERS.split_whitespace()) {
        all.entry(word).or_insert(Word::Nothing);
    }
    all.extend(WHOLE.split_whitespace().map(|word| (word, Word::Is(word))));
    for group in SYNONYMS {
        let first = group.split_whitespace().next().unwrap_or_default();
        for word in group.split_whitespace() {
            let entry = all.entry(word).or_insert(Word::Is(first));
            if matches!(entry, Word::Is(_)) {
                *entry = Word::Is(first);
            }
        }
    }
    let mut by_first: HashMap<char, Vec<(&str, Word)>> = HashMap::new();
    for (word, does) in all {
        by_first.entry(word.chars().next().unwrap_or_default()).or_default().push((word, does));
    }
    by_first.values_mut().for_each(|words| words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len())));
    by_first
});

/// The longest known word that a text begins with.
fn known(text: &str) -> Option<&'static (&'static str, Word)> {
    let first = text.chars().next()?;
    WORDS.get(&first)?.iter().find(|(word, _)| text.starts_with(word))
}

/// What a known word does where it stands, behind a word that asks how or not: 怎么还 and 怎么用 ask for no way but these.
fn as_used(word: &str, does: &'static Word, behind_how: bool, after: &str) -> &'static Word {
    match word {
        "还" if behind_how && after.is_empty() => &Word::Is("还"),
        "用" if behind_how && after.is_empty() => &Word::Is("用"),
        "使用" if behind_how => &Word::Is("用"),
        _ => does,
    }
}

impl QuestionMeaning {
    /// Reads a question's [`key`](super::terms::question_key).
    pub(super) fn of(key: &str) -> Self {
        let written = written(key);
        if let Some(idiom) = idiom(&written) {
            let mut content = Vec::new();
            push(&mut content, idiom);
            return Self { content, is_idiom: true, ..Self::default() };
        }
        let (text, mut asks) = without_a_not_a(&written);
        let text = numerals(&text.replace("星期", "周").replace("礼拜", "周"));
        // 请 asks politely, but in 请假.
        let text = match text.strip_prefix('请') {
            Some(rest) if known(&text).is_none() => rest,
            _ => &text,
        };
        let mut content = Vec::new();
        let mut denials = 0;
        let mut counts = None;
        let mut roles = ActorRoles {
            passive: written.contains('被'),
            to_me: written.trim_end_matches('们').ends_with('我'),
            ..ActorRoles::default()
        };
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if let Some((word, does)) = known(rest) {
                let after = &rest[word.len()..];
                match as_used(word, does, asks.has(AnswerType::How), after) {
                    Word::Asks(ask) => {
                        asks.add(*ask);
                        let argues = matches!(ask, AnswerType::What | AnswerType::Who);
                        roles.asks_first |= argues && content.is_empty();
                        roles.asks_last = argues;
                        if *ask == AnswerType::HowMany {
                            let counted = |c: &char| COUNTED.contains(*c);
                            counts =
                                word.chars().last().filter(counted).or(after.chars().next().filter(counted));
                        }
                    }
                    Word::Is(stands_as) => {
                        push(&mut content, stands_as);
                        roles.asks_last = false;
                    }
                    Word::Nothing => {}
                }
                rest = after;
                continue;
            }
            let end = unit_end(rest, c);
            let is_last = end == rest.len();
            match c {
                '不' | '没' if is_last && !content.is_empty() => asks.add(AnswerType::Whether),
                '不' | '没' | '无' | '未' | '非' | '别' => denials += 1,
                _ => {
                    push(&mut content, &rest[..end]);
                    roles.asks_last = false;
                }
            }
            rest = &rest[end..];
        }
        if content.is_empty() {
            push(&mut content, if text.is_empty() { key } else { text });
        }
        if asks.is_empty() && wants(&written) {
            asks.add(AnswerType::How);
        }
        let asks = asks.settled();
        // 怎么申请退款 asks no more than 怎么退款.
        if asks.has(AnswerType::How) && content.len() > 1 {
            content.retain(|unit| *unit != TextUnit::Char('办'));
        }
        let acts = acts(&content);
        Self {
            undoes: UNDOES.split_whitespace().any(|act| acts.contains(act)),
            acts,
            content,
            asks,
            denies: denials % 2 == 1,
            counts,
            roles,
            is_idiom: false,
        }
    }
}

/// What stands for a whole question that every assistant is asked in several ways.
fn idiom(text: &str) -> Option<&'static str> {
    static GROUPS: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
        let group = |group: &&'static str| {
            let first = group.split_whitespace().next().unwrap_or_default();
            group.split_whitespace().map(|one| (one, first)).collect::<Vec<_>>()
        };
        IDIOMS.iter().flat_map(group).collect()
    });
    let text = text.replace('您', "你");
    GROUPS.get(text.trim_end_matches(['呢', '啊', '呀', '吗'])).copied()
}

/// Whether something is wanted, rather than asked.
fn wants(text: &str) -> bool {
    static FIRST: LazyLock<Vec<&str>> = LazyLock::new(|| WANTS.split_whitespace().collect());
    FIRST.iter().filter_map(|first| text.strip_prefix(first)).any(|rest| rest.chars().count() > 1)
}

/// Actions in a question's content, the longest first.
fn acts(content: &[TextUnit]) -> BTreeSet<&'static str> {
    static LONGEST_FIRST: LazyLock<Vec<(Vec<TextUnit>, &str)>> = LazyLock::new(|| {
        let units = |word: &'static str| (word.chars().map(TextUnit::Char).collect::<Vec<_>>(), word);
        let mut acts: Vec<_> = ACTS.split_whitespace().map(units).collect();
        acts.sort_by_key(|(units, _)| std::cmp::Reverse(units.len()));
        acts
    });
    let mut found = BTreeSet::new();
    let mut at = 0;
    while at < content.len() {
        match LONGEST_FIRST.iter().find(|(units, _)| content[at..].starts_with(units)) {
            Some((units, word)) => {
                found.insert(*word);
                at += units.len();
            }
            None => at += 1,
        }
    }
    found
}

/// `能不能` and its kin ask whether: the text with the verb once, and whether there was one.
fn without_a_not_a(key: &str) -> (String, AnswerTypes) {
    let chars: Vec<char> = key.chars().collect();
    let (mut text, mut asks) = (String::with_capacity(key.len()), AnswerTypes::default());
    let mut at = 0;
    while at < chars.len() {
        let rest = &chars[at..];
        let (step, keep) = match rest {
            ['是', '不', '是', ..] => (3, None),
            ['是', '否', ..] => (2, None),
            ['能' | '可', '否', ..] => (2, Some('能')),
            [verb, '不' | '没' | '无', again, ..] if verb == again => (2, None),
            [c, ..] => (1, Some(*c)),
            [] => break,
        };
        if step > 1 {
            asks.add(AnswerType::Whether);
        }
        text.extend(keep);
        at += step;
    }
    (text, asks)
}

/// Chinese numbers before a measure as digits: 十五天 is 15天.
fn numerals(text: &str) -> String {
    const DIGITS: &str = "零一二三四五六七八九";
    let digit = |c: char| match c {
        '〇' => Some(0),
        '两' => Some(2),
        c => DIGITS.chars().position(|digit| digit == c).map(|digit| digit as u64),
    };
    let power = |c: char| match c {
        '十' => Some(10),
        '百' => Some(100),
        '千' => Some(1000),
        _ => None,
    };
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let is_numeral = |c: char| digit(c).is_some() || power(c).is_some();
        let end = rest.find(|c: char| !is_numeral(c)).unwrap_or(rest.len());
        let (number, after) = rest.split_at(end);
        if number.is_empty() {
            made.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        }
        if !after.starts_with(|c: char| UNITS.contains(c)) {
            made.push_str(number);
        } else if number.chars().any(|c| power(c).is_some()) {
            let (mut sum, mut now) = (0u64, 0u64);
            for c in number.chars() {
                match (power(c), digit(c)) {
                    (Some(power), _) => {
                        sum = sum.saturating_add(now.max(1) * power);
                        now = 0;
                    }
                    (None, digit) => now = digit.unwrap_or_default(),
                }
            }
            made.push_str(&sum.saturating_add(now).to_string());
        } else {
            made.extend(number.chars().filter_map(|c| char::from_digit(digit(c)? as u32, 10)));
        }
        rest = after;
    }
    made
}

/// Where the unit ends that a text begins with.
fn unit_end(text: &str, first: char) -> usize {
    if is_unspaced(first) {
        return first.len_utf8();
    }
    let alike = |c: char| !is_unspaced(c) && c.is_ascii_digit() == first.is_ascii_digit();
    text.find(|c: char| !alike(c)).unwrap_or(text.len())
}

fn push(content: &mut Vec<TextUnit>, text: &str) {
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let end = unit_end(rest, c);
        content.push(if is_unspaced(c) { TextUnit::Char(c) } else { TextUnit::Run(rest[..end].to_owned()) });
        rest = &rest[end..];
    }
}

#[cfg(test)]
mod tests;
