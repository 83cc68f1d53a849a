//! Words that refer to what was said before: `它`, `这个专业`, `前者`.

use super::phrase::next_ask;
use super::words::{
    ASKS, ASPECTS, BEFORE_DOING, BEFORE_OUGHT, BEFORE_REFERRING, DETERMINERS, DOINGS, KINDRED, KINDS,
    NO_KINDS, NO_PRONOUNS, PERSONAL, PRONOUNS, SURROUNDINGS, longest_prefix, longest_suffix,
};

/// Where a word that refers stands in a question.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pronoun {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) word: &'static str,
    /// Whether a noun for the kind of thing belongs to it.
    pub(super) has_kind: bool,
}

/// The first word that refers to something said before. `context` is what was asked and answered:
/// `这个软件` may be the one the user sits at, unless a program was spoken of.
pub(super) fn find_pronoun(text: &str, context: Option<(&str, &str)>) -> Option<Pronoun> {
    /// Characters of a name before the word from which on the word refers to that name.
    const MOST_BEFORE: usize = 4;
    let mut at = 0;
    let mut names = 0;
    while at < text.len() {
        let here = &text[at..];
        if let Some(word) = longest_prefix(NO_PRONOUNS, here) {
            at += word.len();
            names += word.chars().count();
            continue;
        }
        if let Some(pronoun) = pronoun_at(text, at, context) {
            // 我妈妈她: who is meant has been named already.
            let is_named =
                PERSONAL.contains(&pronoun.word) && KINDRED.iter().any(|person| text[..at].contains(person));
            // 入口在那里, where nothing else asks, was meant as 哪里.
            let is_asked = names > 0 && pronoun.word.starts_with('那') && next_ask(text) == text.len();
            return (names <= MOST_BEFORE && !is_named && !is_asked).then_some(pronoun);
        }
        match longest_prefix(ASKS, here) {
            Some(word) => at += word.len(),
            None => {
                names += 1;
                at += here.chars().next().map_or(1, char::len_utf8);
            }
        }
    }
    None
}

fn pronoun_at(text: &str, at: usize, context: Option<(&str, &str)>) -> Option<Pronoun> {
    let here = &text[at..];
    if let Some(word) = longest_prefix(DETERMINERS, here).filter(|word| may_refer(word, &text[..at])) {
        let after = &here[word.len()..];
        if let Some(kind) = longest_prefix(SURROUNDINGS, after) {
            let spoken_of = context.is_some_and(|(asked, said)| asked.contains(kind) || said.contains(kind));
            return spoken_of.then_some(Pronoun {
                start: at,
                end: at + word.len() + kind.len(),
                word,
                has_kind: true,
            });
        }
        if word == "其" {
            let end = at + word.len();
            return is_aspect_start(after).then_some(Pronoun { start: at, end, word, has_kind: false });
        }
        if let Some(kind) = kind_at(after).filter(|kind| !is_done(word, kind, &text[..at])) {
            return Some(Pronoun { start: at, end: at + word.len() + kind.len(), word, has_kind: true });
        }
    }
    if let Some(word) = longest_prefix(PRONOUNS, here) {
        return Some(Pronoun { start: at, end: at + word.len(), word, has_kind: false });
    }
    let word = "这";
    let after = here.strip_prefix(word)?;
    let refers =
        ["是", "有", "和", "跟", "怎么", "会", "能", "可以", "要", "算"].iter().any(|w| after.starts_with(w));
    refers.then_some(Pronoun { start: at, end: at + word.len(), word, has_kind: false })
}

/// Whether a determiner refers to something behind these words, and is no measure, end of a name, bound or `ought to`.
fn may_refer(determiner: &str, before: &str) -> bool {
    match determiner {
        "本" | "以上" => {
            !before.ends_with(char::is_alphanumeric) || longest_suffix(BEFORE_REFERRING, before).is_some()
        }
        "该" => longest_suffix(BEFORE_OUGHT, before).is_none(),
        _ => true,
    }
}

/// Whether the kind is something to be done here, as in `什么时候该申请` and `能在此申请吗`.
fn is_done(determiner: &str, kind: &str, before: &str) -> bool {
    matches!(determiner, "该" | "此")
        && DOINGS.contains(&kind)
        && longest_suffix(BEFORE_DOING, before).is_some()
}

/// The kind that a text begins with, unless a longer word is there.
fn kind_at(text: &str) -> Option<&'static str> {
    let kind = longest_prefix(KINDS, text)?;
    let is_other = longest_prefix(NO_KINDS, text).is_some_and(|word| word.len() > kind.len());
    (!is_other).then_some(kind)
}

fn is_aspect_start(text: &str) -> bool {
    longest_prefix(ASPECTS, text).is_some()
}
