//! Stored questions offered as a choice: which, and what the reply to them means.
//!
//! Where the best hit is a question that is close but not certain, the user is asked whether it was
//! meant, or one of the others like it. What is kept for the reply are the questions and not their
//! answers: the chosen one is searched for again, so that the answer given is the one stored then.

use std::fmt;

use qianfan_plugin::knowledge::Hit;
use qianfan_plugin::{Answer, Ask, MediaType};
use serde::{Deserialize, Serialize};

/// Longer questions make no choice that a reader would see through, and are not searched whole.
const MAX_QUESTION_CHARS: usize = 200;

/// What was asked back, kept until the next turn.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Offer {
    /// What the user had asked.
    pub(crate) asked: String,
    /// In the order in which they are numbered.
    pub(crate) choices: Vec<Choice>,
}

/// A stored question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Choice {
    pub(crate) question: String,
    /// Where it was found; not known of an offer that is read back from the conversation.
    #[serde(flatten)]
    pub(crate) found: Option<Found>,
}

/// Where a stored question was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Found {
    pub(crate) knowledge_base: String,
    pub(crate) document: String,
    pub(crate) score: f64,
}

/// For the operator: an ask has no place for scores.
impl fmt::Display for Offer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, Choice { question, found }) in self.choices.iter().enumerate() {
            let before = if place == 0 { "" } else { "; " };
            match found {
                Some(Found { knowledge_base, score, .. }) => {
                    write!(f, "{before}{knowledge_base} {score:.3} {question}")?;
                }
                None => write!(f, "{before}{question}")?,
            }
        }
        Ok(())
    }
}

/// What the user said to an offer.
#[derive(Debug, PartialEq)]
pub(crate) enum Reply<'a> {
    /// By number, or by its own words.
    Chosen(&'a Choice),
    NoneOfThese,
    /// Something else: a question of its own.
    Other,
}

impl Offer {
    /// The choices among `hits`, best first and each answer once, at most `limit`. `None` unless the
    /// best hit of all is one: below a better passage, or beside a certain answer, nobody needs to be
    /// asked.
    pub(crate) fn of(asked: &str, hits: &[Hit], limit: usize) -> Option<Self> {
        if hits.iter().any(|hit| hit.standard_answer.is_some()) {
            return None;
        }
        let mut answers: Vec<&str> = Vec::new();
        let mut choices = Vec::new();
        for (place, hit) in hits.iter().enumerate() {
            let offered = hit.offered_answer.as_deref().zip(hit.question.as_deref().and_then(one_line));
            match offered {
                Some((answer, question)) if choices.len() < limit && !answers.contains(&answer) => {
                    answers.push(answer);
                    let found = Found {
                        knowledge_base: hit.knowledge_base.clone(),
                        document: hit.document.clone(),
                        score: hit.score,
                    };
                    choices.push(Choice { question, found: Some(found) });
                }
                None if place == 0 => return None,
                _ => {}
            }
        }
        (!choices.is_empty()).then(|| Self { asked: asked.to_owned(), choices })
    }

    /// The offer that the host's last words are, `text` and the numbered questions below it: of a client
    /// that nothing is kept for, what it sends back of the conversation is all there is.
    pub(crate) fn read(asked: &str, last_answer: &str, text: &str) -> Option<Self> {
        let below = last_answer.trim().strip_prefix(text.trim())?;
        let numbered = (1..).zip(below.trim().lines());
        let choices: Option<Vec<Choice>> = numbered
            .map(|(number, line)| {
                let question = one_line(line.trim().strip_prefix(&format!("{number}. "))?)?;
                Some(Choice { question, found: None })
            })
            .collect();
        let choices = choices.filter(|choices| (1..=NUMERALS.len()).contains(&choices.len()))?;
        Some(Self { asked: asked.to_owned(), choices })
    }

    /// The question back, after which the host numbers the choices.
    pub(crate) fn ask(&self, text: &str) -> Ask {
        Ask {
            text: text.to_owned(),
            media_type: MediaType::Plain,
            choices: self.choices.iter().map(|choice| choice.question.clone()).collect(),
        }
    }

    /// Whether it was this offer that the user saw, where the host's last words are known: another
    /// plugin may have asked in its place.
    pub(crate) fn was_seen_in(&self, last_answer: Option<&str>) -> bool {
        last_answer.is_none_or(|said| self.choices.iter().all(|choice| has_words(said, &choice.question)))
    }

    /// What `text` says to the offer.
    pub(crate) fn reply(&self, text: &str) -> Reply<'_> {
        let said = letters(text);
        if NONE_OF_THESE.contains(&said.as_str()) {
            return Reply::NoneOfThese;
        }
        let number = ordinal(&said, self.choices.len());
        let named = |choice: &&Choice, number: usize| {
            let question = letters(&choice.question);
            said == question || said == format!("{number}{question}")
        };
        let by_name = self.choices.iter().zip(1..).find(|(choice, number)| named(choice, *number));
        match by_name.map(|(choice, _)| choice).or_else(|| self.choices.get(number?.checked_sub(1)?)) {
            Some(choice) => Reply::Chosen(choice),
            None => Reply::Other,
        }
    }
}

/// Whether a reply that chooses nothing is no more than a number or a letter, such as `9` or `B` to three choices:
/// whoever is asked again then has slipped, and wants to see what there was to choose.
pub(crate) fn is_slip(text: &str) -> bool {
    let said = letters(text);
    let said = bare(&said);
    let is_number = (1..=2).contains(&said.len()) && said.bytes().all(|byte| byte.is_ascii_digit());
    let mut signs = said.chars();
    let (Some(sign), None) = (signs.next(), signs.next()) else { return is_number };
    is_number || sign.is_ascii_alphabetic() || NUMERALS.contains(&sign)
}

/// The chosen question's answer, byte for byte, out of the hits of a search for it; `None` where the
/// question is not stored any more.
pub(crate) fn answer(hits: Vec<Hit>, choice: &Choice) -> Option<Answer> {
    let is_chosen = |hit: &Hit| {
        hit.standard_answer.is_some()
            && hit.question.as_deref().and_then(one_line).is_some_and(|own| own == choice.question)
    };
    // The document may have been renamed, or two may hold the question with answers of their own.
    let elsewhere = |hit: &Hit| choice.found.as_ref().is_some_and(|found| found.document != hit.document);
    let mut hit = hits.into_iter().filter(is_chosen).min_by_key(elsewhere)?;
    let text = hit.standard_answer.take()?;
    Some(crate::standard(hit, text))
}

/// Whether a text has the question's words in their order: what stands between them a formatter may have
/// written in another way, such as `<`.
fn has_words(text: &str, question: &str) -> bool {
    let mut words = question.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.try_fold(text, |rest, word| rest.split_once(word).map(|(_, after)| after)).is_some()
}

/// A stored question as a line of a list; `None` where it cannot be one, or not be searched for.
fn one_line(question: &str) -> Option<String> {
    let words: Vec<&str> = question.split_whitespace().collect();
    let line = words.join(" ");
    let fits = line.chars().count() <= MAX_QUESTION_CHARS && line.chars().any(char::is_alphanumeric);
    fits.then_some(line)
}

const NONE_OF_THESE: [&str; 10] = [
    "都不是",
    "以上都不是",
    "都不对",
    "以上都不对",
    "都没有",
    "没有",
    "不是",
    "都不是我想问的",
    "没有我想问的",
    "noneofthese",
];
/// What may stand before a number: longer ones first.
const BEFORE: [&str; 12] =
    ["我想问的是", "我想问", "我要问", "应该是", "我选择", "我选", "选择", "就是", "问题", "是", "选", "第"];
/// What may stand after it.
const AFTER: [&str; 10] = ["个问题", "个", "项", "条", "题", "种", "号", "吧", "的", "谢谢"];
const NUMERALS: [char; 9] = ['一', '二', '三', '四', '五', '六', '七', '八', '九'];

/// The number that a reply is, such as `1`, `第一个` or `选2吧`; `None` where it is anything else, or
/// more than there are choices. The reply comes without marks, width and case.
fn ordinal(said: &str, choices: usize) -> Option<usize> {
    if matches!(said, "最后一个" | "最后1个") {
        return Some(choices);
    }
    let mut signs = bare(said).chars();
    let (sign, None) = (signs.next()?, signs.next()) else { return None };
    let numeral = || NUMERALS.iter().position(|numeral| *numeral == sign).map(|place| place + 1);
    let number = sign.to_digit(10).map(|digit| digit as usize).or_else(numeral)?;
    (1..=choices).contains(&number).then_some(number)
}

/// A reply without what may stand around a number.
fn bare(said: &str) -> &str {
    let mut rest = said;
    while let Some(less) = BEFORE.iter().find_map(|word| rest.strip_prefix(word)) {
        rest = less;
    }
    while let Some(less) = AFTER.iter().find_map(|word| rest.strip_suffix(word)) {
        rest = less;
    }
    rest
}

/// Letters and digits only, without width and case, as replies are compared.
fn letters(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '①'..='⑨' => char::from_u32(c as u32 - '①' as u32 + '1' as u32).unwrap_or(c),
        _ => c,
    };
    text.chars().map(narrow).filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests;
