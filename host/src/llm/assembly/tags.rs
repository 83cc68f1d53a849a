//! Tags around what a model thinks, at the beginning of its text, or the channels it writes to: an endpoint without a parser for its model's thoughts
//! hands them on as they were written, and nobody wants to read them as the answer. So it may hand on a call of a tool, which is
//! a message in a channel as well.

mod channel;

use self::channel::{ChannelHead, OpenText};
use crate::thought_tags::{CLOSES, OPENS};

/// Takes the pieces of a text, and tells the thoughts at its beginning from the rest. A tag anywhere else is text.
#[derive(Debug, Default)]
pub(super) struct ThoughtTags {
    place: ThoughtPlace,
    /// The prompt may have ended with the opening tag: no tag stood in the text.
    may_be_opened: bool,
    /// What was taken for thoughts for that reason alone.
    assumed: String,
    /// What may turn out to be a tag, or a part of one.
    held: String,
    /// Names of the tools that the model was offered. Without any, nothing is a call.
    tools: Vec<String>,
    /// How many calls have begun.
    calls: u64,
    /// Where in its JSON the last one is.
    open: OpenText,
}

/// Where in the text the next piece begins.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum ThoughtPlace {
    /// Nothing was said but white space, and perhaps the beginning of a tag.
    #[default]
    Begin,
    /// Among thoughts, which end with one of these tags.
    Thoughts(&'static [&'static str]),
    /// Behind the thoughts and before the answer's first text: what ends their line and blank lines are dropped.
    Behind,
    /// In a channel whose messages are thoughts.
    ThoughtChannel,
    /// In a message that calls a tool.
    Call,
    /// Behind a message of such a channel, where another one begins, or the answer.
    BetweenChannels,
    /// In the channel of the answer, which may end with a mark.
    AnswerChannel,
    /// In the answer.
    Answer,
}

/// What a piece of text is.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct SortedPiece {
    pub(super) thoughts: String,
    pub(super) calls: Vec<CallInText>,
    pub(super) text: String,
}

/// A piece of a call of a tool that a model has written into its text.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::llm) struct CallInText {
    /// Which call of the text it is a piece of, from 0.
    pub(in crate::llm) number: u64,
    /// The tool, in the first piece of each call.
    pub(in crate::llm) name: Option<String>,
    pub(in crate::llm) arguments: String,
}

impl ThoughtTags {
    /// For a text; with `may_be_opened` the opening tag of its thoughts may have stood at the end of the prompt.
    pub(super) fn of(may_be_opened: bool) -> Self {
        Self { may_be_opened, ..Self::default() }
    }

    /// The same, where these tools may be called.
    pub(super) fn calling(self, tools: Vec<String>) -> Self {
        Self { tools, ..self }
    }

    /// Sorts the next piece.
    pub(super) fn take(&mut self, piece: String) -> SortedPiece {
        if matches!(self.place, ThoughtPlace::Answer) && self.held.is_empty() {
            return SortedPiece { text: piece, ..SortedPiece::default() };
        }
        let mut sorted = SortedPiece::default();
        self.held.push_str(&piece);
        loop {
            let place = self.place;
            self.sort_held(&mut sorted);
            if self.place == place {
                return sorted;
            }
        }
    }

    /// Sorts what is held as far as it belongs to one place. The place stays the same where more has to come.
    fn sort_held(&mut self, sorted: &mut SortedPiece) {
        match self.place {
            ThoughtPlace::Begin => self.begin(sorted),
            ThoughtPlace::Thoughts(closes) => {
                let ends =
                    closes.iter().filter_map(|close| Some((place_of(&self.held, close)?, close.len())));
                let end = ends.min();
                let thoughts = ..end.map_or_else(|| certain(&self.held, closes), |(at, _)| at);
                if self.may_be_opened {
                    self.assumed.push_str(&self.held[thoughts]);
                }
                sorted.thoughts.extend(self.held.drain(thoughts));
                if let Some((_, length)) = end {
                    self.held.drain(..length);
                    self.place = ThoughtPlace::Behind;
                    self.assume_nothing();
                }
            }
            ThoughtPlace::Behind => {
                let blank = self.held.len() - self.held.trim_start().len();
                let is_text = blank < self.held.len();
                self.held.drain(..before_line(&self.held[..blank], is_text));
                if is_text {
                    self.place = ThoughtPlace::Answer;
                }
            }
            ThoughtPlace::ThoughtChannel => match channel::end(&self.held) {
                Some(end) => {
                    sorted.thoughts.push_str(&self.held[..end.start]);
                    self.held.drain(..end.end);
                    self.place = ThoughtPlace::BetweenChannels;
                }
                None => sorted.thoughts.extend(self.held.drain(..certain(&self.held, &channel::ENDS))),
            },
            ThoughtPlace::Call => {
                let end = self.open.end(&self.held);
                let whole = match &end {
                    Ok(end) => end.start,
                    Err(searched) => searched + certain(&self.held[*searched..], &channel::ENDS),
                };
                let arguments: String = self.held.drain(..whole).collect();
                self.open.goes_on(&arguments);
                if !arguments.is_empty() {
                    sorted.calls.push(CallInText { number: self.calls, name: None, arguments });
                }
                if let Ok(end) = end {
                    self.held.drain(..end.len());
                    self.calls += 1;
                    self.place = ThoughtPlace::BetweenChannels;
                }
            }
            ThoughtPlace::BetweenChannels => match ChannelHead::of(self.held.trim_start()) {
                ChannelHead::Cut => {}
                ChannelHead::Whole { .. } => self.open_channel(sorted),
                ChannelHead::None => self.place = ThoughtPlace::Behind,
            },
            ThoughtPlace::AnswerChannel => {
                let end = match channel::last_mark(&self.held) {
                    Some(mark) => mark,
                    None => certain(&self.held, &channel::LAST_MARKS),
                };
                sorted.text.extend(self.held.drain(..end));
            }
            ThoughtPlace::Answer => sorted.text.push_str(&std::mem::take(&mut self.held)),
        }
    }

    fn begin(&mut self, sorted: &mut SortedPiece) {
        let begun = self.held.trim_start();
        match ChannelHead::of(begun) {
            ChannelHead::Whole { .. } => return self.open_channel(sorted),
            ChannelHead::Cut => return,
            ChannelHead::None => {}
        }
        if let Some(which) = OPENS.iter().position(|open| starts(begun, open)) {
            self.held = begun[OPENS[which].len()..].to_owned();
            self.assume_nothing();
            self.place = ThoughtPlace::Thoughts(&CLOSES[which..=which]);
        } else if OPENS.iter().any(|open| starts(open, begun)) {
            // More has to come.
        } else if self.may_be_opened {
            // Nobody says which of them the prompt ended with.
            self.place = ThoughtPlace::Thoughts(&CLOSES);
        } else {
            self.place = ThoughtPlace::Answer;
        }
    }

    fn open_channel(&mut self, sorted: &mut SortedPiece) {
        let begun = self.held.trim_start();
        let ChannelHead::Whole { length, is_answer } = ChannelHead::of(begun) else { return };
        let called = channel::called(&begun[..length]);
        // One that was not offered is told of as any other call of none.
        let called = called.filter(|_| !self.tools.is_empty()).map(str::to_owned);
        self.held = begun[length..].to_owned();
        self.place = match called {
            Some(_) => ThoughtPlace::Call,
            None if is_answer => ThoughtPlace::AnswerChannel,
            None => ThoughtPlace::ThoughtChannel,
        };
        if called.is_some() {
            self.open = OpenText::default();
            sorted.calls.push(CallInText { number: self.calls, name: called, arguments: String::new() });
        }
    }

    /// No thoughts stand in the text without a tag, for the endpoint tells them apart.
    pub(super) fn assume_nothing(&mut self) {
        if matches!(self.place, ThoughtPlace::Thoughts(_)) && self.may_be_opened {
            self.place = ThoughtPlace::Answer;
        }
        self.may_be_opened = false;
        self.assumed.clear();
    }

    /// What was taken for thoughts, and had no tag at its end.
    pub(super) fn take_assumed(&mut self) -> String {
        std::mem::take(&mut self.assumed)
    }

    /// The text is over: what was held is what it looked like.
    pub(super) fn finish(&mut self) -> SortedPiece {
        let held = std::mem::take(&mut self.held);
        if self.may_be_opened && matches!(self.place, ThoughtPlace::Thoughts(_)) {
            self.assumed.push_str(&held);
        }
        match self.place {
            ThoughtPlace::Thoughts(_) | ThoughtPlace::ThoughtChannel => {
                SortedPiece { thoughts: held, ..SortedPiece::default() }
            }
            // Half the begin of a message says nothing, and neither does the mark at the end of the last, whole or not, nor
            // blank lines.
            ThoughtPlace::BetweenChannels | ThoughtPlace::Call | ThoughtPlace::Behind => {
                SortedPiece::default()
            }
            ThoughtPlace::AnswerChannel if channel::last_mark(&held) == Some(0) => SortedPiece::default(),
            _ => SortedPiece { text: held, ..SortedPiece::default() },
        }
    }
}

/// How much of the white space behind thoughts is not of the answer's first line, of which its indentation is a part.
/// Before that line has begun, its break stays: what stands behind it may be the indentation.
fn before_line(blank: &str, has_begun: bool) -> usize {
    match blank.rfind(['\n', '\r']) {
        Some(at) if has_begun => at + 1,
        Some(at) => at,
        // The line of the tag itself, where a space only parts the two.
        None if has_begun => blank.len() - blank.trim_start_matches([' ', '\t']).len(),
        None => 0,
    }
}

/// Whether a text starts with another, in small letters or capitals: models mix them up in what they write themselves.
fn starts(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start))
}

/// Where a tag stands in a text, in small letters or capitals.
fn place_of(text: &str, tag: &str) -> Option<usize> {
    text.as_bytes().windows(tag.len()).position(|part| part.eq_ignore_ascii_case(tag.as_bytes()))
}

/// How much of a text belongs to none of these marks, whatever comes behind it.
fn certain(text: &str, marks: &[&str]) -> usize {
    let longest = marks.iter().map(|mark| mark.len()).max().unwrap_or(0);
    let may_begin = |at: &usize| marks.iter().any(|mark| starts(mark, &text[*at..]));
    let ends = text.char_indices().map(|(at, _)| at).rev().take(longest);
    ends.filter(may_begin).last().unwrap_or(text.len())
}

#[cfg(test)]
mod tests;
