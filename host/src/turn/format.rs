//! An answer on its way through the app's formatters.

use std::time::Instant;

use super::app::{App, TurnFormatter};
use super::error::TurnError;
use crate::config::OnFailure;
use crate::message::Passage;
use crate::plugin::{CallError, CallReport, FormatSession};
use crate::trace::FormatterCall;

/// Bytes fed at once: a longer piece of an answer goes in parts, so that what one call costs does not
/// depend on how the model's endpoint cuts its stream.
const MOST_AT_ONCE: usize = 16 << 10;

/// How many times what it was fed a formatter may give out in all: every character as an entity is less.
const MOST_TIMES: usize = 8;

/// What it may give out besides, in bytes, such as a list of sources.
const MOST_BESIDES: usize = 1 << 20;

/// The formatters of one answer, in order. Where one fails that is needed, nothing more goes out: what
/// it was to take out might be in it. Any other is left out from then on, so that the client still gets
/// its answer, whole.
pub(super) struct Formatting {
    stages: Vec<FormatStage>,
    /// Why nothing goes out, until it has been told.
    failure: Option<TurnError>,
    broken: bool,
}

/// What a text is that some formatters leave alone.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spares {
    /// A standard answer, given out byte for byte.
    pub(super) standard: bool,
    /// JSON that the client wants, or what comes in its place.
    pub(super) json: bool,
}

impl Spares {
    fn spare(self, formatter: &TurnFormatter) -> bool {
        self.standard && formatter.spares_standard || self.json && formatter.spares_json
    }
}

struct FormatStage {
    name: String,
    opened: Instant,
    on_failure: OnFailure,
    session: Option<FormatSession>,
    /// What a failure would swallow; kept where it does not end the answer.
    held: HeldText,
    /// Bytes that went in, and that came out.
    fed: usize,
    given: usize,
    error: Option<String>,
    report: Option<CallReport>,
}

impl Formatting {
    /// Opens the formatters of the app. One that fails is told of at the first text that is fed.
    /// `turn` is the turn's id.
    pub(super) async fn open(app: &App, turn: &str, sources: &[Passage], spares: Spares) -> Self {
        let mut formatting = Self { stages: Vec::new(), failure: None, broken: false };
        for formatter in app.formatters.iter().filter(|formatter| !spares.spare(formatter)) {
            let mut stage = FormatStage::new(formatter);
            let opened = stage.open(formatter, turn, sources).await;
            formatting.stages.push(stage);
            if let Err(failure) = opened {
                formatting.failure = Some(failure);
                break;
            }
        }
        formatting
    }

    /// Whether there is a formatter for the answer.
    pub(super) fn is_any(&self) -> bool {
        !self.stages.is_empty()
    }

    /// Takes a piece of the answer and returns what may go to the client. After an error nothing may.
    pub(super) async fn feed(&mut self, text: String) -> Result<String, TurnError> {
        self.feed_from(0, text).await
    }

    /// The answer of a turn that began then is over: returns what was held back, and what each formatter did.
    pub(super) async fn finish(mut self, began: Instant) -> (Result<String, TurnError>, Vec<FormatterCall>) {
        let mut out = Ok(String::new());
        for place in 0..self.stages.len() {
            if self.broken || out.is_err() {
                break;
            }
            let rest = self.stages[place].finish().await;
            out = match self.check(rest) {
                Ok(rest) => self.feed_from(place + 1, rest).await.map(|rest| out.unwrap_or_default() + &rest),
                Err(error) => Err(error),
            };
        }
        (out, self.stages.into_iter().map(|stage| stage.into_call(began)).collect())
    }

    async fn feed_from(&mut self, place: usize, mut text: String) -> Result<String, TurnError> {
        if let Some(failure) = self.failure.take() {
            return self.check(Err(failure));
        }
        if self.broken {
            return Ok(String::new());
        }
        for place in place..self.stages.len() {
            if text.is_empty() {
                break;
            }
            let fed = self.stages[place].feed(text).await;
            text = self.check(fed)?;
        }
        Ok(text)
    }

    fn check(&mut self, result: Result<String, TurnError>) -> Result<String, TurnError> {
        self.broken |= result.is_err();
        result
    }
}

impl FormatStage {
    fn new(formatter: &TurnFormatter) -> Self {
        Self {
            name: formatter.plugin.name().to_owned(),
            opened: Instant::now(),
            on_failure: formatter.on_failure,
            session: None,
            held: HeldText::default(),
            fed: 0,
            given: 0,
            error: None,
            report: None,
        }
    }

    async fn open(
        &mut self,
        formatter: &TurnFormatter,
        turn: &str,
        sources: &[Passage],
    ) -> Result<(), TurnError> {
        match formatter.plugin.format(Some(turn), sources).await {
            Ok(session) => {
                self.session = Some(session);
                Ok(())
            }
            // No failure of its own: a later answer may find a place.
            Err(CallError::Busy { message }) => {
                self.error = Some(message.clone());
                Err(TurnError::Busy(message))
            }
            Err(error) => self.give_up(error.to_string()).map(drop),
        }
    }

    async fn feed(&mut self, text: String) -> Result<String, TurnError> {
        let mut out = String::new();
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(rest.floor_char_boundary(MOST_AT_ONCE));
            rest = after;
            out.push_str(&self.feed_piece(piece).await?);
        }
        Ok(out)
    }

    async fn feed_piece(&mut self, piece: &str) -> Result<String, TurnError> {
        let Some(session) = &mut self.session else { return Ok(piece.to_owned()) };
        self.fed += piece.len();
        if self.on_failure == OnFailure::Continue {
            self.held.text.push_str(piece);
        }
        match session.feed(piece).await {
            Ok(formatted) => self.give(formatted),
            Err(error) => self.give_up(error.to_string()),
        }
    }

    async fn finish(&mut self) -> Result<String, TurnError> {
        let Some(session) = self.session.take() else { return Ok(String::new()) };
        let (rest, report) = session.finish().await;
        self.report = Some(report);
        match rest {
            Ok(rest) => self.give(rest),
            Err(error) => self.give_up(error.to_string()),
        }
    }

    /// Gives out what the formatter made, unless that is out of all proportion.
    fn give(&mut self, formatted: String) -> Result<String, TurnError> {
        self.given += formatted.len();
        if self.given > self.fed.saturating_mul(MOST_TIMES).saturating_add(MOST_BESIDES) {
            return self.give_up(format!(
                "the formatter made more than {MOST_TIMES} times what it was fed of an answer, and 1 MiB besides"
            ));
        }
        if self.on_failure == OnFailure::Continue {
            self.held.give_out(&formatted);
        }
        Ok(formatted)
    }

    /// Ends the answer, or gives out what the formatter held and goes on without it.
    fn give_up(&mut self, cause: String) -> Result<String, TurnError> {
        tracing::warn!(plugin.name = %self.name, "The formatter `{}` failed: {cause}", self.name);
        self.error = Some(cause.clone());
        self.close();
        match self.on_failure {
            OnFailure::Fail => Err(TurnError::Plugin { plugin: self.name.clone(), cause, lasts: false }),
            OnFailure::Continue => Ok(std::mem::take(&mut self.held.text)),
        }
    }

    /// Gives the instance back, and keeps what it did.
    fn close(&mut self) {
        if let Some(session) = self.session.take() {
            self.report = Some(session.into_report());
        }
    }

    fn into_call(mut self, began: Instant) -> FormatterCall {
        self.close();
        let started_ms = self.opened.saturating_duration_since(began).as_secs_f64() * 1000.0;
        FormatterCall { plugin: self.name, error: self.error, started_ms, report: self.report }
    }
}

/// What went into a formatter and has not come out yet: what a failure would swallow.
#[derive(Default)]
struct HeldText {
    text: String,
    /// What came out and is not found in `text` so far.
    unmatched: String,
}

impl HeldText {
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
mod tests;
