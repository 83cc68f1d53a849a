//! An answer on its way through the app's formatters.

use super::app::App;
use super::error::TurnError;
use crate::message::Passage;
use crate::plugin::{CallError, FormatSession};
use crate::trace::FormatterCall;

/// The formatters of one answer, in order. A formatter that fails is left out from then on, so
/// that the client still gets its answer, whole. One for which there is no place is no failure of
/// its own: then there is no answer, for formatters also take out what is unsafe.
pub(super) struct Formatting {
    stages: Vec<Stage>,
}

struct Stage {
    name: String,
    session: Option<FormatSession>,
    held: Held,
    error: Option<String>,
}

impl Formatting {
    /// Opens every formatter of the app. Fails as busy where no place comes free for one.
    pub(super) async fn open(app: &App, sources: &[Passage]) -> Result<Self, TurnError> {
        let mut stages = Vec::with_capacity(app.formatters.len());
        for plugin in &app.formatters {
            let (session, error) = match plugin.format(sources).await {
                Ok(session) => (Some(session), None),
                Err(CallError::Busy { message }) => return Err(TurnError::Busy(message)),
                Err(error) => (None, Some(error.to_string())),
            };
            stages.push(Stage { name: plugin.name().to_owned(), session, held: Held::default(), error });
        }
        Ok(Self { stages })
    }

    /// Takes a piece of the answer and returns what may go to the client.
    pub(super) async fn feed(&mut self, mut text: String) -> String {
        for stage in &mut self.stages {
            if text.is_empty() {
                break;
            }
            text = stage.feed(text).await;
        }
        text
    }

    /// The answer is over: returns what was held back, and what each formatter did.
    pub(super) async fn finish(self) -> (String, Vec<FormatterCall>) {
        let mut carried = String::new();
        let mut calls = Vec::with_capacity(self.stages.len());
        for mut stage in self.stages {
            let mut text = if carried.is_empty() { carried } else { stage.feed(carried).await };
            let (rest, call) = stage.finish().await;
            text.push_str(&rest);
            carried = text;
            calls.push(call);
        }
        (carried, calls)
    }
}

impl Stage {
    async fn feed(&mut self, text: String) -> String {
        let Some(session) = &mut self.session else { return text };
        self.held.text.push_str(&text);
        match session.feed(&text).await {
            Ok(formatted) => {
                self.held.give_out(&formatted);
                formatted
            }
            Err(error) => self.give_up(&error),
        }
    }

    async fn finish(mut self) -> (String, FormatterCall) {
        let mut report = None;
        let mut rest = String::new();
        if let Some(session) = self.session.take() {
            let (result, said) = session.finish().await;
            report = Some(said);
            rest = match result {
                Ok(rest) => rest,
                Err(error) => self.give_up(&error),
            };
        }
        (rest, FormatterCall { plugin: self.name, error: self.error, report })
    }

    fn give_up(&mut self, error: &CallError) -> String {
        self.error = Some(error.to_string());
        self.session = None;
        std::mem::take(&mut self.held.text)
    }
}

/// What went into a formatter and has not come out yet: what a failure would swallow.
#[derive(Default)]
struct Held {
    text: String,
    /// What came out and is not found in `text` so far.
    unmatched: String,
}

impl Held {
    /// Takes note of an output, which the formatter may have changed on the way. Exact where text
    /// comes out as it went in, or where some of it follows a change. In doubt too much stays held:
    /// after a failure a few words may come twice, but none is lost.
    fn give_out(&mut self, output: &str) {
        /// An end this short, in characters, may be the formatter's own: a bracket, a full stop.
        const FEWEST: usize = 4;
        const MOST_BYTES: usize = 256;
        if output.is_empty() {
            return;
        }
        self.unmatched.push_str(output);
        if self.text.starts_with(&self.unmatched) {
            self.text.drain(..self.unmatched.len());
            self.unmatched.clear();
            return;
        }
        let excess = self.unmatched.len().saturating_sub(MOST_BYTES);
        self.unmatched.drain(..self.unmatched.ceil_char_boundary(excess));
        // The longest end of the output that went in too tells how far the formatter is. A longer
        // end holds the shorter ones, so halving finds it.
        let ends: Vec<&str> =
            self.unmatched.char_indices().map(|(start, _)| &self.unmatched[start..]).collect();
        let ends = &ends[..(ends.len() + 1).saturating_sub(FEWEST)];
        let longest = ends.partition_point(|end| !self.text.contains(end));
        let given = ends.get(longest).and_then(|end| Some(self.text.find(end)? + end.len()));
        if let Some(given) = given {
            self.text.drain(..given);
            self.unmatched.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(steps: &[(&str, &str)]) -> String {
        let mut held = Held::default();
        for (fed, output) in steps {
            held.text.push_str(fed);
            held.give_out(output);
        }
        held.text
    }

    #[test]
    fn what_is_still_held_is_known_after_an_output() {
        assert_eq!(held(&[("分数", ""), ("优先", "")]), "分数优先");
        assert_eq!(held(&[("分数", ""), ("优先", "分数优先")]), "");
        assert_eq!(held(&[("分数优先 [点", "分数优先 ")]), "[点", "the end is held back");
        assert_eq!(held(&[("优先[1]。再看`码", "优先[1](https://a.cn)。再看")]), "优先[1]。再看`码");
        assert_eq!(held(&[("优先[1]。再看看`码", "优先[1](https://a.cn)。再看看")]), "`码");
        assert_eq!(held(&[("甲<b>乙</b>丙丁戊己[", "甲乙丙丁戊己")]), "[", "something is taken out");
    }

    #[test]
    fn in_doubt_nothing_is_lost_and_the_next_words_tell() {
        let doubtful = ("甲[1]`(a)", "甲[1](u)");
        assert_eq!(held(&[doubtful]), "甲[1]`(a)");
        assert_eq!(held(&[doubtful, ("`乙", "`(a)`"), ("丙", "乙"), ("丁", "丙")]), "丁");
        assert_eq!(held(&[("abcdef", "XYZ")]), "abcdef");
    }
}
