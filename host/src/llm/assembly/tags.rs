//! Tags around what a model thinks, at the beginning of its text: an endpoint without a parser for its model's thoughts
//! hands them on as they were written, and nobody wants to read them as the answer.

/// Each model family's tags: before its thoughts, and behind them.
const TAGS: [(&str, &str); 3] =
    [("<think>", "</think>"), ("<seed:think>", "</seed:think>"), ("◁think▷", "◁/think▷")];

/// Takes the pieces of a text, and tells the thoughts at its beginning from the rest. A tag anywhere else is text.
#[derive(Debug, Default)]
pub(super) struct ThoughtTags {
    place: ThoughtPlace,
    /// The prompt may have ended with the opening tag.
    may_be_opened: bool,
    /// What may turn out to be a tag, or a part of one.
    held: String,
}

/// Where in the text the next piece begins.
#[derive(Debug, Default, Clone, Copy)]
enum ThoughtPlace {
    /// Nothing was said but white space, and perhaps the beginning of a tag.
    #[default]
    Begin,
    /// Among thoughts, which end with this tag.
    Thoughts(&'static str),
    /// Behind the thoughts and before the answer's first text: line breaks here are dropped.
    Behind,
    /// In the answer.
    Answer,
}

/// What a piece of text is.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct SortedPiece {
    pub(super) thoughts: String,
    pub(super) text: String,
}

impl ThoughtTags {
    /// For a text; with `may_be_opened` the opening tag of its thoughts may have stood at the end of the prompt.
    pub(super) fn of(may_be_opened: bool) -> Self {
        Self { may_be_opened, ..Self::default() }
    }

    /// Sorts the next piece.
    pub(super) fn take(&mut self, piece: String) -> SortedPiece {
        if matches!(self.place, ThoughtPlace::Answer) {
            return SortedPiece { text: piece, ..SortedPiece::default() };
        }
        let mut sorted = SortedPiece::default();
        self.held.push_str(&piece);
        if matches!(self.place, ThoughtPlace::Begin) {
            let begun = self.held.trim_start();
            if let Some((open, close)) = TAGS.iter().find(|(open, _)| begun.starts_with(open)) {
                self.held = begun[open.len()..].to_owned();
                self.place = ThoughtPlace::Thoughts(close);
            } else if TAGS.iter().any(|(open, _)| open.starts_with(begun)) {
                return sorted;
            } else if self.may_be_opened {
                self.place = ThoughtPlace::Thoughts(TAGS[0].1);
            } else {
                self.place = ThoughtPlace::Answer;
            }
        }
        if let ThoughtPlace::Thoughts(close) = self.place {
            match self.held.split_once(close) {
                Some((thoughts, rest)) => {
                    sorted.thoughts = thoughts.to_owned();
                    self.held = rest.to_owned();
                    self.place = ThoughtPlace::Behind;
                }
                None => {
                    let may_close = |at: &usize| close.starts_with(&self.held[*at..]);
                    let ends = self.held.char_indices().map(|(at, _)| at).rev().take(close.len());
                    let end = ends.filter(may_close).last().unwrap_or(self.held.len());
                    sorted.thoughts = self.held.drain(..end).collect();
                }
            }
        }
        if matches!(self.place, ThoughtPlace::Behind) {
            self.held.drain(..self.held.len() - self.held.trim_start().len());
            if !self.held.is_empty() {
                self.place = ThoughtPlace::Answer;
            }
        }
        if matches!(self.place, ThoughtPlace::Answer) {
            sorted.text = std::mem::take(&mut self.held);
        }
        sorted
    }

    /// The text is over: what was held is what it looked like.
    pub(super) fn finish(&mut self) -> SortedPiece {
        let held = std::mem::take(&mut self.held);
        match self.place {
            ThoughtPlace::Thoughts(_) => SortedPiece { thoughts: held, ..SortedPiece::default() },
            _ => SortedPiece { text: held, ..SortedPiece::default() },
        }
    }
}

#[cfg(test)]
mod tests;
