//! A meaning is what a question asks for, however it is worded: 如何, 怎么 and 咋 are one, a polite word and the place of
//! the word that asks are none. [`QuestionMeaning::of`] reads it from a question's key; [`QuestionMeaning::against`] says by what two
//! questions differ, which [`question`](super::question) makes a likelihood of.
//!
//! Only the key is looked at: nothing of it is stored, so the words can change without an import.

mod answer_type;
mod bound;
mod condition;
mod count;
mod difference;
mod direction;
mod groups;
mod name;
mod opposite;
mod order;
mod plain;
mod sides;
mod slip;
#[rustfmt::skip] // Lists of words, many on a line.
mod words;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

use super::polite::openings;
use super::spoken::written;
use super::terms::is_unspaced;
use answer_type::{AnswerType, AnswerTypes};
pub(super) use difference::{AskDifference, Difference, Likeness};
use order::{ClauseTime, Clauses};
use plain::{asked_last, plain};
use sides::Sides;
use words::{
    ACTS, ASKS, BEHIND_DONE, BY_ME, CLAUSE_ENDS, CLAUSE_GOES_ON, COUNTED, DONE, FILLERS, FOR_ME, HOW_HEADS,
    HOW_VERBS, IDIOMS, NO_CLAUSE_ENDS, POLITE, SYNONYMS, UNDOES, WANTS, WAY_FRAMES, WAYS, WHOLE,
};

/// A character, or a run of digits or of letters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum TextUnit {
    Char(char),
    Run(String),
}

/// What a question asks for, and of what.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct QuestionMeaning {
    /// The words that carry the meaning: no question words, politeness or fillers, and one word for all of
    /// its synonyms.
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
    /// 多久…一次: how often it is done, and not how long it takes.
    often: bool,
    /// One of [`IDIOMS`].
    is_idiom: bool,
    /// What is done or so first, and what is asked beside it.
    clauses: Clauses,
    /// Something is done with before what is asked: 装修完.
    finished: bool,
    /// What and whom it names beside what and whom.
    sides: Sides,
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
    /// 我给他转: the one who asks does it for another.
    by_me: bool,
    /// 他给我转: another does it for the one who asks.
    for_me: bool,
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
    for opening in openings() {
        all.entry(made(opening)).or_insert(Word::Nothing);
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
fn as_used(word: &str, does: Word, behind_how: bool, after: &str) -> Word {
    match word {
        "还" if behind_how && after.is_empty() => Word::Is("还"),
        "用" if behind_how && after.is_empty() => Word::Is("用"),
        "使用" if behind_how => Word::Is("用"),
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
        let (text, asks) = plain(&written);
        // 请 asks politely, but in 请假.
        let text = match text.strip_prefix('请') {
            Some(rest) if known(&text).is_none() => rest,
            _ => &text,
        };
        // 我想换个教练行不行 asks, and wants nothing done.
        let is_wanted = wants(&written) && !(asks.has(AnswerType::Whether) && text.ends_with('行'));
        let (text, asks) = if is_wanted { (text, asks) } else { without_what_asks_last(text, asks) };
        let mut reader = MeaningReader::new(&written, asks);
        reader.read(text);
        let mut meaning = reader.meaning;
        meaning.clauses = Clauses::new(&meaning.content, reader.first_clause);
        meaning.sides = Sides::new(text);
        if meaning.content.is_empty() {
            push(&mut meaning.content, if text.is_empty() { key } else { text });
        }
        if meaning.asks.is_empty() && is_wanted {
            meaning.asks.add(AnswerType::How);
        }
        meaning.asks = meaning.asks.settled();
        meaning.drop_what_the_asking_says();
        meaning.denies = reader.denials % 2 == 1;
        meaning.acts = acts(&meaning.content);
        meaning.undoes = UNDOES.split_whitespace().any(|act| meaning.acts.contains(act));
        meaning
    }

    /// Takes out of the content what the word that asks says already.
    fn drop_what_the_asking_says(&mut self) {
        // 开多少张发票 asks for the sheets.
        if self.counts.is_none() {
            drop_measures(&mut self.content);
        }
        let (content, how) = (&mut self.content, AnswerTypes::of(&[AnswerType::How]));
        if self.asks.has(AnswerType::When) {
            ["开始", "时间", "日期"].iter().for_each(|word| drop_word(content, word));
        }
        if self.often {
            ["隔", "1次", "次"].iter().for_each(|word| drop_word(content, word));
        }
        // 停车费怎么收 and 怎么收停车费 ask for the price, and of a price 费 says no more than 多少钱 does.
        let fee = TextUnit::Char('费');
        let is_charged = |unit: Option<&TextUnit>| matches!(unit, Some(TextUnit::Char('收' | '算')));
        let charged = if is_charged(content.last()) {
            content.len().checked_sub(1)
        } else {
            (is_charged(content.first()) && content.last() == Some(&fee)).then_some(0)
        };
        if content.contains(&fee)
            && self.asks == how
            && content.len() > 2
            && let Some(at) = charged
        {
            content.remove(at);
            self.asks = AnswerTypes::of(&[AnswerType::Price]);
        }
        if content.contains(&fee)
            && self.asks == AnswerTypes::of(&[AnswerType::HowMany])
            && self.counts.is_none()
        {
            self.asks = AnswerTypes::of(&[AnswerType::Price]);
        }
        if self.asks.has(AnswerType::Price) {
            drop_word(content, "费");
        }
        // 怎么申请退款 asks no more than 怎么退款.
        if self.asks.has(AnswerType::How) && content.len() > 1 {
            content.retain(|unit| *unit != TextUnit::Char('办'));
        }
    }
}

/// Reads a plain question word by word.
struct MeaningReader {
    meaning: QuestionMeaning,
    denials: usize,
    /// Units of the clause that says what is done or so first, and how what is asked lies to it.
    first_clause: Option<(usize, ClauseTime)>,
    /// A word has been read by which something is done or so: 了.
    is_done: bool,
    /// The same by which it is done with: 完.
    is_finished: bool,
}

impl MeaningReader {
    /// `written` is the whole question; `asks` what it is known to ask for already.
    fn new(written: &str, asks: AnswerTypes) -> Self {
        let roles = ActorRoles {
            passive: written.contains('被'),
            to_me: written.trim_end_matches('们').ends_with('我'),
            by_me: BY_ME.split_whitespace().any(|start| written.starts_with(start)),
            for_me: FOR_ME
                .split_whitespace()
                .any(|word| written.find(word).is_some_and(|at| says_something(&written[..at]))),
            ..ActorRoles::default()
        };
        Self {
            meaning: QuestionMeaning { asks, roles, ..QuestionMeaning::default() },
            denials: 0,
            first_clause: None,
            is_done: false,
            is_finished: false,
        }
    }

    fn read(&mut self, text: &str) {
        let is_apart = text.contains('隔');
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let Some((word, does)) = known(rest) else {
                let end = unit_end(rest, c);
                self.end_clause(&rest[..end], &rest[end..]);
                if !self.finishes(&rest[..end], &rest[end..]) {
                    self.read_unit(c, &rest[..end], end == rest.len());
                }
                rest = &rest[end..];
                continue;
            };
            let after = &rest[word.len()..];
            self.end_clause(word, after);
            let behind_how = self.meaning.asks.has(AnswerType::How);
            match as_used(word, *does, behind_how, after) {
                Word::Asks(ask) => {
                    self.meaning.finished |= self.is_finished && ask != AnswerType::Whether;
                    self.end_clause_that_is_done(ClauseTime::Done);
                    self.read_asking(ask, word, after, is_apart);
                }
                Word::Is(stands_as) => {
                    push(&mut self.meaning.content, stands_as);
                    self.meaning.roles.asks_last = false;
                }
                Word::Nothing => {}
            }
            rest = after;
        }
    }

    /// Ends the first clause where a word tells that something comes before or behind it.
    fn end_clause(&mut self, word: &str, after: &str) {
        let is_one_of = |words: &str| words.split_whitespace().any(|one| one == word);
        if is_one_of(CLAUSE_ENDS) && !after.starts_with(|c| NO_CLAUSE_ENDS.contains(c)) {
            self.is_done |= !after.is_empty();
            self.end_clause_that_is_done(ClauseTime::of(word));
        } else if is_one_of(CLAUSE_GOES_ON) {
            self.meaning.finished |= self.is_finished;
            self.end_clause_that_is_done(ClauseTime::Done);
        } else {
            self.is_done |= is_one_of(DONE);
            self.is_finished |= self.finishes(word, after);
        }
    }

    /// Whether a word says that what stands before is done with, before anything is asked: 装修完, and 装修好 where what is
    /// asked begins behind it.
    fn finishes(&self, word: &str, after: &str) -> bool {
        let begins = || BEHIND_DONE.split_whitespace().any(|begin| after.starts_with(begin));
        let says_what = !self.meaning.content.is_empty() && self.meaning.asks.is_empty();
        says_what && !after.is_empty() && (word == "完" || matches!(word, "过" | "好") && begins())
    }

    fn end_clause_that_is_done(&mut self, time: ClauseTime) {
        let units = self.meaning.content.len();
        if self.is_done && self.first_clause.is_none() && units > 0 {
            self.first_clause = Some((units, time));
        }
    }

    /// `is_apart` says whether the question has 隔, as in 隔多久洗澡.
    fn read_asking(&mut self, ask: AnswerType, word: &str, after: &str, is_apart: bool) {
        let meaning = &mut self.meaning;
        meaning.asks.add(ask);
        meaning.often |= ask == AnswerType::HowLong && (after.contains("1次") || is_apart);
        let argues = matches!(ask, AnswerType::What | AnswerType::Who);
        meaning.roles.asks_first |= argues && meaning.content.is_empty();
        meaning.roles.asks_last = argues;
        if ask == AnswerType::HowMany {
            let counted = |c: &char| COUNTED.contains(*c);
            meaning.counts = word.chars().last().filter(counted).or(after.chars().next().filter(counted));
        }
    }

    /// A unit that is in no known word.
    fn read_unit(&mut self, first: char, unit: &str, is_last: bool) {
        let meaning = &mut self.meaning;
        match first {
            '不' | '没' if is_last && !meaning.content.is_empty() => meaning.asks.add(AnswerType::Whether),
            '不' | '没' | '无' | '未' | '非' | '别' | '零' => self.denials += 1,
            _ => {
                push(&mut meaning.content, unit);
                meaning.roles.asks_last = false;
            }
        }
    }
}

/// A question without the last word where that asks: 行不行, and 洗牙价格 for 洗牙多少钱.
fn without_what_asks_last(text: &str, mut asks: AnswerTypes) -> (&str, AnswerTypes) {
    let is_rest = |rest: &&str| !rest.is_empty();
    if asks.has(AnswerType::Whether)
        && let Some(rest) = text.strip_suffix('行').filter(is_rest)
    {
        asks.add(AnswerType::May);
        return (rest, asks);
    }
    match asked_last(text) {
        Some((ask, rest)) if asks.is_empty() && !asks_something(rest) => {
            asks.add(ask);
            (rest, asks)
        }
        _ => (text, asks),
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

/// The words of a text, one after the other; `None` for a unit that is in no known word.
fn words_of(text: &str) -> impl Iterator<Item = Option<Word>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let found = known(rest);
        rest = &rest[found.map_or_else(|| unit_end(rest, first), |(word, _)| word.len())..];
        Some(found.map(|(_, does)| *does))
    })
}

/// Whether any word of a text asks.
fn asks_something(text: &str) -> bool {
    words_of(text).any(|word| matches!(word, Some(Word::Asks(_))))
}

/// Whether a text says more than 请 and what asks: 他怎么 does.
fn says_something(text: &str) -> bool {
    words_of(text.trim_start_matches('请')).any(|word| matches!(word, None | Some(Word::Is(_))))
}

/// Takes a word out of a content that has others.
fn drop_word(content: &mut Vec<TextUnit>, word: &str) {
    let mut units = Vec::new();
    push(&mut units, word);
    if content.len() > units.len()
        && let Some(at) = content.windows(units.len()).position(|part| part == units)
    {
        content.drain(at..at + units.len());
    }
}

/// Takes out measures behind an action that say of what is acted on no more than that it is one: 加张床.
fn drop_measures(content: &mut Vec<TextUnit>) {
    let is_act = |first: char| ACTS.split_whitespace().any(|act| act.chars().eq([first]));
    let is_one_behind_act = |units: &[TextUnit]| match units {
        [TextUnit::Char(first), TextUnit::Char('张' | '辆' | '份'), _] => is_act(*first),
        _ => false,
    };
    while let Some(at) = content.windows(3).position(is_one_behind_act) {
        content.remove(at + 1);
    }
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
