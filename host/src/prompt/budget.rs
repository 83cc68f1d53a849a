//! The budget of a prompt: what it may take, and cutting texts to it.

use std::fmt;

pub(super) use crate::weight::Weight;
pub use crate::weight::estimate_tokens;

/// Tokens that one prompt may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// `prompt_tokens` of the app.
    app: usize,
    /// What is left of it.
    left: usize,
    /// What the descriptions of the tools take of it.
    tools: usize,
    /// What is asked for the answer, where that takes of it.
    answer: usize,
}

impl Budget {
    /// The budget of an app's prompt, in a request with so many tokens of tools. Where the client
    /// or the operator says how long the answer may be, prompt and answer share the model's `context`. How many tokens there are is an
    /// estimate, and what the model can hold may be left at its default: so an eighth is left to the
    /// messages, and the model's endpoint has the last word; only tools that alone are longer than the whole
    /// leave nothing.
    pub fn of(app: usize, context: usize, tools: usize, answer: Option<usize>) -> Self {
        let beside = context.saturating_sub(answer.unwrap_or(0)).max(app / 8);
        let shared = if answer.is_some() { app.min(beside) } else { app };
        let answer = if shared < app { answer.unwrap_or(0) } else { 0 };
        let left = if tools > app { 0 } else { shared.saturating_sub(tools).max(app / 8) };
        Self { app, left, tools, answer }
    }

    /// What the messages may take.
    pub fn tokens(&self) -> usize {
        self.left
    }

    /// Whether the tools alone leave no room, however short everything else is.
    pub fn is_taken_by_tools(&self) -> bool {
        self.left == 0 && self.tools > 0
    }

    /// Whether the answer that is asked for takes of it.
    pub fn is_shared_with_answer(&self) -> bool {
        self.answer > 0
    }

    /// What they may take where no tool and no client takes anything.
    pub(super) fn of_app(&self) -> usize {
        self.app
    }
}

impl From<usize> for Budget {
    /// The whole budget of the app.
    fn from(app: usize) -> Self {
        Self { app, left: app, tools: 0, answer: 0 }
    }
}

/// The budget as the reason for a cut: `prompt_tokens = 6144`, and what else takes its share of it.
impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "prompt_tokens = {}", self.app)?;
        if self.tools > 0 {
            write!(f, ", of which the tools take {},", self.tools)?;
        }
        if self.answer > 0 {
            write!(f, " beside the {} tokens that the answer may have", self.answer)?;
        }
        Ok(())
    }
}

/// The beginning of a text, with an ellipsis where its end is cut off, within so many tokens; empty
/// where not even the ellipsis fits.
pub fn cut_to(text: &str, tokens: usize) -> String {
    const ELLIPSIS: char = '…';
    if estimate_tokens(text) <= tokens {
        return text.to_owned();
    }
    let mut kept = String::new();
    let (mut wide, mut narrow) = (0, ELLIPSIS.len_utf8());
    for character in text.chars() {
        if (character as u32) >= 0x2E80 {
            wide += 1
        } else {
            narrow += character.len_utf8()
        }
        if wide + narrow.div_ceil(3) > tokens {
            break;
        }
        kept.push(character);
    }
    if tokens > 0 {
        kept.push(ELLIPSIS);
    }
    kept
}

/// The beginning of a text within so many tokens, with `mark` in the place of what is cut off. The mark is there however
/// few they are: without it, what is cut off would be taken for absent. A text that is no longer than the mark stays as
/// it is.
pub(super) fn cut_with(text: &str, tokens: usize, mark: &str) -> String {
    let of_mark = estimate_tokens(mark);
    if estimate_tokens(text) <= tokens.max(of_mark) {
        return text.to_owned();
    }
    let kept = cut_to(text, tokens.saturating_sub(of_mark));
    kept.strip_suffix('…').unwrap_or_default().to_owned() + mark
}

/// The beginning of a text up to the end of a sentence or line, with an ellipsis where its end is cut
/// off, within so many tokens. Where the last sentence that fits would leave less than half, the text
/// is cut within it.
pub(super) fn cut_after_sentence(text: &str, tokens: usize) -> String {
    let cut = cut_to(text, tokens);
    let Some(kept) = cut.strip_suffix('…').filter(|_| cut != text) else { return cut };
    let mut ends = kept.char_indices().rev().filter(|&(at, c)| {
        let next = text[at + c.len_utf8()..].chars().next();
        match c {
            // A mark that the cut has parted from its closing quote ends no sentence yet.
            '。' | '！' | '？' | '；' | '!' | '?' => {
                !next.is_some_and(|next| "。！？；!?”’」』）".contains(next))
            }
            '”' | '’' | '」' | '』' => kept[..at].ends_with(['。', '！', '？', '；', '!', '?']),
            '.' => next.is_some_and(char::is_whitespace),
            '\n' => true,
            _ => false,
        }
    });
    match ends.next() {
        Some((at, c)) if at + c.len_utf8() >= kept.len() / 2 => {
            format!("{}…", kept[..at + c.len_utf8()].trim_end())
        }
        _ => cut,
    }
}

/// The most tokens each of several texts may take so that all together stay within `left`: short
/// texts stay whole, and the long ones share alike what these leave.
pub fn fair_share(mut sizes: Vec<usize>, mut left: usize) -> usize {
    sizes.sort_unstable();
    for (index, size) in sizes.iter().enumerate() {
        let share = left / (sizes.len() - index);
        if *size > share {
            return share;
        }
        left -= size;
    }
    usize::MAX
}

/// What the chat format adds to each message: role and separators.
pub(super) const MESSAGE_OVERHEAD: usize = 5;

/// What an image takes of a model's context: models differ, from some hundred to some thousand.
pub(super) const IMAGE_TOKENS: usize = 1000;

#[cfg(test)]
mod tests;
