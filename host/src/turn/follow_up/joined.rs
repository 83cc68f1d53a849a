//! A question joined with the one before it: what a short question may leave out is in there, whatever the words. It is
//! only searched beside the question itself, so that one that stands by itself finds what it asks for.

use super::rule::{before, clean_question, is_acknowledgement};
use crate::message::Message;

/// A question of more characters says itself what it is about.
const LONGEST: usize = 12;
/// Characters of the question before that are taken along.
const LONGEST_BEFORE: usize = 40;

/// The question behind the last one that stood by itself; `None` where it is long, asks nothing, or is the first.
pub(super) fn joined(history: &[Message], question: &str) -> Option<String> {
    let text = clean_question(question);
    let count = text.chars().count();
    if count == 0
        || count > LONGEST
        || is_acknowledgement(&text)
        // The assistant is spoken to, not what was asked about.
        || text.starts_with(['你', '您'])
    {
        return None;
    }
    let before: String = before(history)?.chars().take(LONGEST_BEFORE).collect();
    (before != text).then(|| format!("{before} {text}"))
}

#[cfg(test)]
mod tests;
