//! The rule: what a question refers to is taken from the last question that stood by itself.
//!
//! It is careful. Only a short question with a sign of leaning on what was said is changed: a
//! question changed wrongly finds worse than one that was left alone.

use std::borrow::Cow;

use super::phrase::{Phrase, ValueKind, clean, is_aspect, kind_of, next_ask, with_value};
use super::pronoun::{Pronoun, find_pronoun};
use super::question_back::{asks_back, choice};
use super::words::{
    ACKNOWLEDGEMENTS, ASKS, ASPECTS, CONNECTIVES, KINDRED, MORE, NO_CONNECTIVES, PERSONAL, PLACES, REVERSALS,
    THING_ENDS, THINGS, longest_prefix, longest_suffix,
};
use crate::knowledge::simplified;
use crate::message::{Message, Role};

/// Questions looked back at: what was asked before these is another subject.
const LOOK_BACK: usize = 8;
/// A question of more characters stands by itself.
const LONGEST_FOLLOW_UP: usize = 20;
/// So short a question may lean on what was said without any sign of it.
const SHORT: usize = 10;
/// A longer question is not carried along whole.
const LONGEST_CARRIED: usize = 40;

/// Why a question was turned round.
const REVERSED: &str = "asks for it the other way round";

/// A question made standalone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct QuestionRewrite {
    pub(super) text: String,
    /// Why, and with what, for the operator.
    pub(super) reason: String,
    /// The question as it was asked says nothing more: a choice's number, that more is wanted, or the reverse.
    pub(super) says_all: bool,
    /// Whether the text is the earlier question with the later one behind it.
    pub(super) is_joined: bool,
}

/// Makes a question standalone; `None` where it stands by itself or nothing is there to refer to.
/// Traditional Chinese is understood, and comes out in Simplified, as it is embedded and counted.
pub(super) fn rewrite(history: &[Message], question: &str) -> Option<QuestionRewrite> {
    let history = last_of(history);
    let (before, said) = last_standalone(&history);
    step(before.as_deref(), said, &simplified(question))
}

/// Whether a model should be asked: the rule sees a sign, or the question is short and there is
/// something it may refer to.
pub(super) fn may_follow_up(history: &[Message], question: &str) -> bool {
    let history = last_of(history);
    let (before, said) = last_standalone(&history);
    let question = &*simplified(question);
    let text = clean(question);
    before.is_some()
        && !is_acknowledgement(text)
        && (text.chars().count() <= SHORT
            || step(before.as_deref(), said, question).is_some()
            || has_sign(text))
}

/// The last question that stood by itself, where need be made so.
pub(super) fn before(history: &[Message]) -> Option<String> {
    last_standalone(&last_of(history)).0
}

/// A question in Simplified Chinese, without what is only polite.
pub(super) fn clean_question(question: &str) -> String {
    clean(&simplified(question)).to_owned()
}

fn has_sign(text: &str) -> bool {
    text.chars().count() <= LONGEST_FOLLOW_UP * 2
        && (connective(text).is_some() || find_pronoun(text, None).is_some())
}

/// The end of a conversation, in Simplified Chinese: of a long question its beginning, which is
/// long enough to stand by itself, and of a long answer its end, where it asks back.
fn last_of(history: &[Message]) -> Vec<(Role, Cow<'_, str>)> {
    const QUESTION_BYTES: usize = 1 << 10;
    const ANSWER_BYTES: usize = 4 << 10;
    fn part(message: &Message) -> Cow<'_, str> {
        let text = &message.content;
        match message.role {
            Role::User => simplified(&text[..text.floor_char_boundary(QUESTION_BYTES)]),
            _ => simplified(&text[text.ceil_char_boundary(text.len().saturating_sub(ANSWER_BYTES))..]),
        }
    }
    let users = history.iter().enumerate().filter(|(_, message)| message.role == Role::User);
    let first = users.rev().nth(LOOK_BACK - 1).map_or(0, |(index, _)| index);
    history[first..].iter().map(|message| (message.role, part(message))).collect()
}

/// The last question that stood by itself, where need be made so, and what was answered last.
fn last_standalone<'a>(history: &'a [(Role, Cow<'_, str>)]) -> (Option<String>, Option<&'a str>) {
    let (mut standalone, mut said): (Option<String>, Option<&str>) = (None, None);
    for (role, content) in history {
        match role {
            Role::Assistant if !content.trim().is_empty() => said = Some(content),
            Role::User => {
                let text = clean(content);
                if !text.is_empty() && !is_acknowledgement(text) && !text.starts_with(['你', '您']) {
                    standalone = Some(match step(standalone.as_deref(), said, content) {
                        Some(rewrite) => rewrite.text,
                        None => text.to_owned(),
                    });
                }
                said = None;
            }
            _ => {}
        }
    }
    (standalone, said)
}

pub(super) fn is_acknowledgement(text: &str) -> bool {
    ACKNOWLEDGEMENTS.contains(&text.to_lowercase().as_str())
}

/// One question after another. `before` is the last standalone one, `said` what the assistant said
/// in between.
fn step(before: Option<&str>, said: Option<&str>, question: &str) -> Option<QuestionRewrite> {
    let before = clean(before?);
    let text = clean(question);
    let count = text.chars().count();
    if count == 0 || count > LONGEST_FOLLOW_UP || is_acknowledgement(text) || text.starts_with(['你', '您'])
    {
        return None;
    }
    let asked = Phrase::of(before);
    let follow_up = LeaningQuestion { asked, said, text, asks_about: asks_about(question) };
    let reply = follow_up.reply();
    let is_reply = reply.is_some();
    let (made, sign) = reply.or_else(|| follow_up.made())?;
    let says_all = is_reply || MORE.contains(&text) || sign == REVERSED;
    let made = made.trim().to_owned();
    let same = clean(&made) == text || made.is_empty();
    let is_joined = !says_all && made.strip_prefix(before).is_some_and(|rest| rest.starts_with(' '));
    (!same).then(|| QuestionRewrite {
        text: made,
        reason: format!("{sign}; it refers to `{before}`"),
        says_all,
        is_joined,
    })
}

/// Whether it ends in `呢`, as a question does that only names its subject.
fn asks_about(question: &str) -> bool {
    question.trim_end_matches(|c: char| c.is_whitespace() || "？?。.！!～~".contains(c)).ends_with('呢')
}

/// The rest behind a word that ties the question to what was said.
fn connective(text: &str) -> Option<&str> {
    if longest_prefix(NO_CONNECTIVES, text).is_some() {
        return None;
    }
    let word = longest_prefix(CONNECTIVES, text)?;
    // `还有什么要求` is `有什么要求` once more.
    let keep = if word == "还有" && next_ask(&text[word.len()..]) == 0 { '有'.len_utf8() } else { 0 };
    Some(clean(&text[word.len() - keep..]))
}

/// A question that leans on another.
struct LeaningQuestion<'a> {
    /// What was asked before.
    asked: Phrase<'a>,
    said: Option<&'a str>,
    /// Cleaned.
    text: &'a str,
    asks_about: bool,
}

type RuleResult = Option<(String, &'static str)>;

impl LeaningQuestion<'_> {
    /// The answer to a question back, such as a plugin's ask: it belongs to what was asked first.
    fn reply(&self) -> RuleResult {
        const LONGEST: usize = 12;
        let said = self.said.filter(|said| asks_back(said))?;
        let chosen = choice(said, self.text);
        let value = chosen.unwrap_or(self.text);
        let value = ["我在", "我是", "我选择", "我选", "选择", "选", "就", "是"]
            .iter()
            .find_map(|start| value.strip_prefix(start))
            .unwrap_or(value);
        let value = value.strip_suffix('的').unwrap_or(value);
        if chosen.is_none()
            && (value.chars().count() > LONGEST
                || next_ask(value) < value.len()
                || is_aspect(value)
                || connective(value).is_some()
                || find_pronoun(value, None).is_some())
        {
            return None;
        }
        let sign = "the answer to a question back";
        // 2 counts what was asked for, whatever else the question counts.
        let kind = kind_of(value).filter(|kind| *kind != ValueKind::Number);
        if let Some(replaced) = kind.and_then(|kind| with_value(self.asked.text, kind, value)) {
            return Some((replaced, sign));
        }
        Some((self.narrowed(value, kind), sign))
    }

    fn made(&self) -> RuleResult {
        if MORE.contains(&self.text) {
            return Some((self.asked.text.to_owned(), "asks for more of the same"));
        }
        let tied = connective(self.text);
        let text = tied.unwrap_or(self.text);
        if text.is_empty() {
            return None;
        }
        if let Some(word) = longest_prefix(REVERSALS, text) {
            // Searched for as it was asked, it would find what was asked before.
            let rest = &text[word.len()..];
            let asks_no_more =
                ["", "行吗", "可以吗", "能吗", "行不行", "可不可以", "怎么样", "的话"].contains(&rest);
            return Some((self.asked.reversed().filter(|_| asks_no_more)?, REVERSED));
        }
        if let Some(pronoun) = find_pronoun(text, self.said.map(|said| (self.asked.text, said))) {
            return Some((self.resolved(text, pronoun)?, "holds a word that refers"));
        }
        let condition = condition(text);
        let value = condition.unwrap_or(text);
        let value = value.strip_suffix('的').unwrap_or(value);
        let value = ["需要的", "所需的", "所需", "具体的", "具体", "大概的"]
            .iter()
            .find_map(|word| value.strip_prefix(word).filter(|rest| !rest.is_empty()))
            .unwrap_or(value);
        let names_only = next_ask(value) == value.len();
        if names_only && is_aspect(value) {
            return Some((self.of_topic(value)?, "names only what is asked for"));
        }
        if names_only && let Some(kind) = kind_of(value) {
            let replaced = with_value(self.asked.text, kind, value);
            if let Some(replaced) = replaced {
                return Some((replaced, "names another value"));
            }
            if self.asks_about || tied.is_some() {
                return Some((self.narrowed(value, Some(kind)), "names a value and nothing to ask of it"));
            }
        }
        if names_only && (self.asks_about || tied.is_some() || condition.is_some()) {
            return Some(self.about_other(value, condition.is_some()));
        }
        self.clause(text, tied.is_some())
    }

    /// A whole clause whose subject is an aspect, a value, or missing. One that is `tied` to what was
    /// said begins with a word that says so.
    fn clause(&self, text: &str, tied: bool) -> RuleResult {
        let phrase = Phrase::of(text);
        if !tied && self.has_own_subject(&phrase) {
            return None;
        }
        if phrase.front.is_empty() && phrase.topic.is_empty() && !phrase.aspect.is_empty() {
            return Some((self.of_topic(text)?, "asks of an aspect of something it does not name"));
        }
        if phrase.front.is_empty()
            && ["是多少", "是什么", "有多少", "多少", "怎么样"].contains(&phrase.rest)
            && let Some(kind) = kind_of(phrase.topic)
            && let Some(replaced) = with_value(self.asked.text, kind, phrase.topic)
        {
            return Some((replaced, "names another value"));
        }
        if compares(text) && self.asked.has_topic() {
            return Some((format!("{}{text}", self.asked.subject()), "compares something it does not name"));
        }
        if !lacks_subject(&phrase) {
            return None;
        }
        let sign = "very short and without a subject";
        // `员工怎么申请年假` is about more than its first noun.
        if !self.asked.has_topic() || names_in(self.asked.rest) > 3 {
            return Some((self.after(text)?, sign));
        }
        let wants_aspect = !phrase.aspect.is_empty() && phrase.topic.is_empty();
        let subject = if wants_aspect { self.asked.topic } else { self.asked.subject() };
        Some((format!("{subject}{text}"), sign))
    }

    /// Whether it may well be about what it names itself, and not about what was asked before.
    fn has_own_subject(&self, phrase: &Phrase<'_>) -> bool {
        let aspect = phrase.bare_aspect();
        if phrase.front.is_empty() && PLACES.contains(&aspect) {
            return true;
        }
        // After `怎么申请退学`, `怎么报名` asks about doing another thing; `要担保人吗` does not.
        let needs = phrase.front.starts_with(['有', '没', '要', '需']);
        self.asked.is_about_doing()
            && (THINGS.contains(&aspect) || (!phrase.front.is_empty() && !phrase.topic.is_empty() && !needs))
    }

    /// An aspect of what was asked about.
    fn of_topic(&self, aspect: &str) -> Option<String> {
        if !self.asked.has_topic() {
            return if self.asked.aspect.is_empty() { self.after(aspect) } else { None };
        }
        Some(format!("{}的{aspect}", self.asked.topic))
    }

    /// What was asked, of another thing.
    fn about_other(&self, other: &str, condition: bool) -> (String, &'static str) {
        let sign = "names another thing and nothing to ask of it";
        // If the question holds another noun, or the two names are not alike, it is unclear which word the
        // new name replaces; the question is then kept whole.
        let count = |text: &str| text.chars().count();
        // A clause takes no name's place, as `过期了`; and `彩色的` says which, but is nothing to do.
        let is_clause = |text: &str| text.contains('了') || text.starts_with(['没', '不']);
        let plain = names_in(self.asked.rest) <= 2
            && is_clause(self.asked.topic) == is_clause(other)
            && !(self.text.ends_with('的') && self.asked.is_about_doing());
        let alike = common_end(self.asked.topic, other)
            || (plain && (!self.asked.aspect.is_empty() || count(self.asked.topic) == count(other)));
        if !condition
            && names_in(self.asked.rest) <= 2
            && !is_clause(other)
            && let Some(made) = self.asked.doing_with(other).filter(|_| !self.text.ends_with('的'))
        {
            return (made, sign);
        }
        if self.asked.has_topic() && alike && count(other) <= 10 && !condition {
            return (self.asked.about(other), sign);
        }
        (format!("{} {other}", self.asked.text), sign)
    }

    /// What was asked, with something added that narrows it.
    fn narrowed(&self, value: &str, kind: Option<ValueKind>) -> String {
        let Phrase { text, front, topic, aspect, rest } = self.asked;
        match kind {
            Some(ValueKind::Year) => format!("{value}{text}"),
            Some(ValueKind::Region) => self.asked.in_region(value),
            _ if front.is_empty() && self.asked.has_topic() && !aspect.is_empty() => {
                format!("{topic}{value}{aspect}{rest}")
            }
            _ => format!("{text} {value}"),
        }
    }

    /// The question with its pronoun replaced.
    fn resolved(&self, text: &str, pronoun: Pronoun) -> Option<String> {
        if !self.asked.has_topic() || self.asked.ends_in_amount() {
            return self.after(text);
        }
        let (before, after) = (&text[..pronoun.start], &text[pronoun.end..]);
        if PERSONAL.contains(&pronoun.word) && !self.may_name_person(after) {
            return None;
        }
        let named = match pronoun.word {
            "前者" | "后者" => {
                let (first, second) = both(self.asked.topic)?;
                if pronoun.word == "前者" { first } else { second }
            }
            // `这个怎么交`, after a question about a fee, means the fee.
            "这个" | "那个" | "这些" | "那些" | "这" if !after.starts_with('的') && !pronoun.has_kind => {
                self.asked.subject()
            }
            _ => self.asked.topic,
        };
        // `这个证明怎么开`, after a question about `收入证明`, says the noun once more.
        let twice = named.char_indices().map(|(at, _)| &named[at..]).find(|end| after.starts_with(end));
        let twice = twice.filter(|end| end.chars().count() > 1).map_or(0, str::len);
        let after = &after[twice..];
        let join = if pronoun.word == "其" { "的" } else { "" };
        Some(format!("{before}{named}{join}{after}"))
    }

    /// Whether `他` and its kin, with `after` behind, may stand for what was asked about: something to do is nobody, and
    /// a thing has neither relatives nor an age.
    fn may_name_person(&self, after: &str) -> bool {
        let topic = self.asked.topic;
        // `谁是杜甫` and `还是杜甫` name somebody.
        let is_doing = self.asked.is_about_doing() && !self.asked.front.ends_with('是');
        let is_thing =
            longest_suffix(THING_ENDS, topic).is_some() || longest_suffix(ASPECTS, topic).is_some();
        let is_of_person = longest_prefix(KINDRED, after).is_some() || after.contains('岁');
        !(is_doing || is_thing && is_of_person)
    }

    /// The question behind the earlier one, where nothing better is known.
    fn after(&self, text: &str) -> Option<String> {
        let before = self.asked.text;
        (before.chars().count() <= LONGEST_CARRIED).then(|| format!("{before} {text}"))
    }
}

/// `如果没带身份证` and its kin, without the words that make it a condition.
fn condition(text: &str) -> Option<&str> {
    let start = ["如果是", "如果", "要是", "假如是", "假如", "换成", "改成", "换作"];
    let inner = longest_prefix(&start, text).map(|word| &text[word.len()..]);
    let inner = inner.or_else(|| text.strip_suffix("的话").map(|_| text))?;
    Some(inner.strip_suffix("的话").unwrap_or(inner))
}

/// `和录取线有什么区别`: one of the two is missing.
fn compares(text: &str) -> bool {
    ["和", "跟", "与", "比"].iter().any(|join| text.starts_with(join))
        && ["区别", "不同", "一样", "相同", "差别", "关系", "冲突", "哪个", "好吗"]
            .iter()
            .any(|w| text.contains(w))
}

/// Characters of what is asked that name something: nouns, and verbs.
fn names_in(rest: &str) -> usize {
    let (mut names, mut at) = (0, 0);
    while at < rest.len() {
        let here = &rest[at..];
        match longest_prefix(ASKS, here) {
            Some(word) => at += word.len(),
            None => {
                names += usize::from(!here.starts_with('的'));
                at += here.chars().next().map_or(1, char::len_utf8);
            }
        }
    }
    names
}

/// Whether it says nothing of what it asks about.
fn lacks_subject(phrase: &Phrase<'_>) -> bool {
    let count = |text: &str| text.chars().count();
    let text = phrase.text;
    if count(text) > 12 {
        return false;
    }
    if phrase.front.is_empty() {
        let letters: Vec<char> = text.chars().collect();
        let either = matches!(letters[..], [a, '不', b, ..] if a == b && letters.len() <= 4);
        return either || (text.ends_with('吗') && count(text) <= 4 && phrase.aspect.is_empty());
    }
    let (taking, asks) = phrase.rest.split_at(next_ask(phrase.rest));
    let named = count(phrase.topic) + count(phrase.aspect) + count(taking);
    let rest = count(asks.trim_end_matches('吗'));
    // `有奖学金吗` asks whether something has one, `可以开发票吗` whether somebody may.
    let yes_or_no = phrase.rest == "吗" || phrase.front.contains('不') || phrase.front.contains('没');
    let most = match phrase.front {
        "有" | "有没有" => 4,
        _ if yes_or_no => 3,
        _ => 2,
    };
    let wants_aspect = phrase.topic.is_empty() && !phrase.aspect.is_empty();
    (named <= most || wants_aspect) && rest <= 4
}

/// Two things named side by side.
fn both(topic: &str) -> Option<(&str, &str)> {
    let join = ["还是", "和", "与", "跟", "、", "同", "及"]
        .iter()
        .find_map(|join| Some((topic.find(join)?, join.len())))?;
    let (first, second) = (&topic[..join.0], &topic[join.0 + join.1..]);
    (!first.is_empty() && !second.is_empty()).then_some((first, second))
}

/// Whether both names end in the same word for what they are.
fn common_end(one: &str, other: &str) -> bool {
    let same: Vec<char> =
        one.chars().rev().zip(other.chars().rev()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect();
    match same[..] {
        [] => false,
        [last] => "省市县区科类批费证班".contains(last),
        _ => true,
    }
}

#[cfg(test)]
mod tests;
