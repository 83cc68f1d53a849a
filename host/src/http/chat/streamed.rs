//! An answer as a stream of events.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde_json::json;

use super::envelope::Envelope;
use super::{Step, TurnBody};
use crate::http::error::ApiError;

/// How long a client hears nothing at most. Proxies and clients give up after 30 or 60 seconds.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);

/// Read by nginx and others: without it they keep an answer until it is whole.
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

struct Streaming {
    envelope: Envelope,
    answer: TurnBody,
    /// What came before the stream began.
    first: Option<Step>,
    /// Events that are due.
    due: VecDeque<String>,
    /// What the last events are, once it is known.
    end: Option<End>,
    include_usage: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum End {
    /// `[DONE]` is left to say.
    Good,
    /// The stream is over.
    Over,
}

/// Streams the answer. Whoever is silent in it, the client hears a sign of life again and again: a chunk
/// that adds nothing, since some clients stumble over comments.
pub(super) fn streamed(
    envelope: Envelope,
    answer: TurnBody,
    first: Option<Step>,
    include_usage: bool,
) -> Response {
    let state = Streaming { envelope, answer, first, due: VecDeque::new(), end: None, include_usage };
    respond(state, SIGN_OF_LIFE)
}

fn respond(mut state: Streaming, sign_of_life: Duration) -> Response {
    let envelope = &state.envelope;
    let nothing = Event::default().data(envelope.chunk(json!({})));
    let role = envelope.chunk(json!({"role": "assistant", "content": ""}));
    state.due.push_back(role);
    let events = stream::unfold(state, async |mut state| {
        let event = state.next().await?;
        Some((Ok::<_, Infallible>(event), state))
    });
    let keep_alive = KeepAlive::new().interval(sign_of_life).event(nothing);
    let mut response = Sse::new(events).keep_alive(keep_alive).into_response();
    response.headers_mut().insert(BUFFERING, HeaderValue::from_static("no"));
    response
}

impl Streaming {
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.due.pop_front() {
                return Some(Event::default().data(event));
            }
            match self.end {
                Some(End::Over) => return None,
                Some(End::Good) => {
                    self.end = Some(End::Over);
                    return Some(Event::default().data("[DONE]"));
                }
                None => {}
            }
            let step = match self.first.take() {
                Some(step) => step,
                None => self.answer.next().await,
            };
            match step {
                Step::Piece(piece) => self.due.extend(self.envelope.piece(piece)),
                Step::End(Ok(end)) => {
                    self.due.push_back(self.envelope.finish(&end, &self.answer.degraded));
                    if self.include_usage {
                        self.due.push_back(self.envelope.counts(&end));
                    }
                    self.end = Some(End::Good);
                }
                // The status is long sent: the error goes into the stream, and [DONE] stays away.
                Step::End(Err(error)) => {
                    let error = ApiError::from(&error);
                    let entry = &self.envelope.entry;
                    entry.failed(&error);
                    self.due.push_back(error.body(self.envelope.dialect, entry.id()).to_string());
                    self.end = Some(End::Over);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
