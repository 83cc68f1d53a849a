//! WordPiece: how BERT-like models cut a text into tokens.
//!
//! Read from the model's `tokenizer.json`. Only what such a model needs is here: the file may
//! describe many other tokenizers, and each of those is refused by name.

use std::collections::HashMap;
use std::path::Path;

use regex::Regex;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// One punctuation mark or Chinese character, or a run of anything else but space.
const WORD: &str = r"(?x)
    [\p{P} $+<=>^`|~ \u{3400}-\u{4DBF} \u{4E00}-\u{9FFF} \u{F900}-\u{FAFF} \u{20000}-\u{2FA1F}]
  | [^\s \p{P} $+<=>^`|~ \u{3400}-\u{4DBF} \u{4E00}-\u{9FFF} \u{F900}-\u{FAFF} \u{20000}-\u{2FA1F}]+";
/// Characters of the longest word that is looked up.
const MAX_WORD_CHARS: usize = 100;

/// Cuts texts for one model.
pub(super) struct WordPiece {
    vocabulary: HashMap<String, i32>,
    words: Regex,
    lowercase: bool,
    start: i32,
    end: i32,
    unknown: i32,
}

#[derive(Deserialize)]
struct TokenizerFile {
    normalizer: Option<Normalizer>,
    model: Vocabulary,
}

#[derive(Deserialize)]
struct Normalizer {
    #[serde(default)]
    lowercase: bool,
}

#[derive(Deserialize)]
struct Vocabulary {
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    vocab: serde_json::Value,
}

impl WordPiece {
    /// Reads a `tokenizer.json`. The error says what is wrong with it.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
        let file: TokenizerFile = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        if file.model.kind.as_deref() != Some("WordPiece") {
            let kind = file.model.kind.unwrap_or_default();
            return Err(format!("it describes the tokenizer `{kind}`; only WordPiece models can be used"));
        }
        let vocabulary: HashMap<String, i32> =
            serde_json::from_value(file.model.vocab).map_err(|error| error.to_string())?;
        Self::new(vocabulary, file.normalizer.is_some_and(|normalizer| normalizer.lowercase))
    }

    fn new(vocabulary: HashMap<String, i32>, lowercase: bool) -> Result<Self, String> {
        let special = |token: &str| {
            vocabulary.get(token).copied().ok_or_else(|| format!("its vocabulary has no token `{token}`"))
        };
        // A vocabulary without capitals was made from lower-case text, also where the file forgot
        // to say so: otherwise every word with a capital would be unknown.
        let capital =
            |token: &String| !token.starts_with(['[', '<']) && token.chars().any(char::is_uppercase);
        Ok(Self {
            start: special("[CLS]")?,
            end: special("[SEP]")?,
            unknown: special("[UNK]")?,
            lowercase: lowercase || !vocabulary.keys().any(capital),
            words: Regex::new(WORD).map_err(|error| error.to_string())?,
            vocabulary,
        })
    }

    /// At most `limit` tokens, start and end among them. What does not fit is left out.
    pub(super) fn tokens(&self, text: &str, limit: usize) -> Vec<i32> {
        let mut tokens = vec![self.start];
        let text = self.normalise(text);
        for word in self.words.find_iter(&text) {
            self.push_word(word.as_str(), &mut tokens);
            if tokens.len() >= limit {
                break;
            }
        }
        tokens.truncate(limit.saturating_sub(1).max(1));
        tokens.push(self.end);
        tokens
    }

    /// The longest pieces from the left, or unknown as a whole.
    fn push_word(&self, word: &str, tokens: &mut Vec<i32>) {
        let before = tokens.len();
        let mut rest = word;
        while !rest.is_empty() {
            let mark = if rest.len() == word.len() { "" } else { "##" };
            let ends =
                rest.char_indices().map(|(at, c)| at + c.len_utf8()).take(MAX_WORD_CHARS).collect::<Vec<_>>();
            let found = ends.into_iter().rev().find_map(|end| {
                let token = self.vocabulary.get(&format!("{mark}{}", &rest[..end]))?;
                Some((end, *token))
            });
            let Some((end, token)) = found.filter(|_| word.chars().count() <= MAX_WORD_CHARS) else {
                tokens.truncate(before);
                tokens.push(self.unknown);
                return;
            };
            tokens.push(token);
            rest = &rest[end..];
        }
    }

    /// Without control characters and wide letters; in lower case and without accents where the
    /// vocabulary is.
    fn normalise(&self, text: &str) -> String {
        let visible =
            text.chars().filter(|&c| c.is_whitespace() || !(c.is_control() || is_invisible(c))).map(narrow);
        if self.lowercase {
            visible.nfd().filter(|&c| !is_combining_mark(c)).flat_map(char::to_lowercase).collect()
        } else {
            visible.collect()
        }
    }
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fffd}')
}

/// Ａ is A to a reader, but the vocabulary may know only one of them. Wide punctuation stays: the
/// model has learned it.
fn narrow(c: char) -> char {
    match c {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

#[cfg(test)]
mod tests;
