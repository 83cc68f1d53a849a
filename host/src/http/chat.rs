//! `POST /v1/chat/completions` and `/v2/chat/completions`.

mod envelope;
mod streamed;

use std::collections::VecDeque;
use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{Extension, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::task::yield_now;
use tokio::time::timeout;

use super::body;
use super::decode::{ChatCall, chat_call};
use super::entry::RequestRecord;
use super::error::{ApiError, Dialect, Fault};
use crate::clock;
use crate::cut::cut;
use crate::door::Caller;
use crate::host::Host;
use crate::metrics::TurnOutcome;
use crate::share::Share;
use crate::turn::{self, Degraded, Piece, TurnEnd, TurnError};
use envelope::{Envelope, WholeAnswer};
use streamed::streamed;

/// Pieces of an answer that may wait for a slow client before the turn waits too.
const WAITING_PIECES: usize = 32;
/// How often others go first, without a further piece, before those that are there are written.
const PATIENT_ROUNDS: usize = 3;
/// A piece that comes this long after the one before it is not one of several that came at once: a model's pieces
/// are milliseconds apart.
const CLOSE: Duration = Duration::from_micros(500);
/// How long a stream's headers wait for the first piece. What goes wrong until then, such as a model that
/// refuses, has a status of its own; after that the client hears that its answer is on its way.
const GRACE: Duration = Duration::from_secs(1);

const IGNORED: HeaderName = HeaderName::from_static("x-ignored-fields");
/// Bytes of a field's name in that header, as they were sent.
const LONGEST_FIELD: usize = 64;
/// What of a field's name is written otherwise in a header.
const UNFIT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'-').remove(b'.');

pub(super) async fn openai(
    State(host): State<Arc<Host>>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Response {
    serve(host, caller, request, Dialect::OpenAi).await
}

pub(super) async fn qianfan(
    State(host): State<Arc<Host>>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Response {
    serve(host, caller, request, Dialect::Qianfan).await
}

async fn serve(host: Arc<Host>, caller: Caller, request: Request, dialect: Dialect) -> Response {
    let (request, mut body) = request.into_parts();
    let entry = request.extensions.get::<RequestRecord>().cloned().unwrap_or_default();
    begin(host, caller, &request.headers, &mut body, entry, dialect).await.into_response()
}

async fn begin(
    host: Arc<Host>,
    caller: Caller,
    headers: &HeaderMap,
    body: &mut Body,
    entry: RequestRecord,
    dialect: Dialect,
) -> Result<Response, ApiError> {
    // Before the body is read: where nobody could be served, none is received. It takes its place only when
    // it is there whole, or bodies that never come would hold all places; their memory has a bound of its own.
    if host.turns.available_permits() == 0 {
        return Err(too_many_turns());
    }
    let body = body::receive(&host, body, host.limits.max_chat_bytes.0).await?;
    let permit = Arc::clone(&host.turns).try_acquire_owned().map_err(|_| too_many_turns())?;
    let conversation =
        headers.get("x-conversation-id").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let decode = {
        let (host, id) = (Arc::clone(&host), entry.id().to_owned());
        move |bytes: &[u8]| chat_call(bytes, &host.apps, &caller, id, conversation, host.memory.share())
    };
    let (call, share) = body.parse(&host, decode).await?;
    let ChatCall { turn, stream, include_usage, is_old } = call;
    let envelope =
        Envelope { entry, model: turn.app.name.clone(), created: clock::seconds(), dialect, is_old };
    let ignored = listed(&turn.ignored_fields);
    let mut answer = TurnBody::start(host, turn, (permit, share));
    let degraded = answer.degraded.clone();
    let mut response = if stream {
        let first = timeout(GRACE, answer.next()).await.ok();
        // The first piece decides between an HTTP error and an answer.
        if let Some(Step::End(Err(error))) = &first {
            return Err(error.into());
        }
        streamed(envelope, answer, first, include_usage)
    } else {
        let first = answer.next().await;
        whole(&envelope, answer, first).await?
    };
    for (header, names) in [("x-degraded", degraded.names()), ("x-failed-plugins", degraded.failed_plugins())]
    {
        if let (false, Ok(names)) = (names.is_empty(), HeaderValue::from_str(&names.join(", "))) {
            response.headers_mut().insert(header, names);
        }
    }
    if let Some(missing) = listed(&degraded.missing_variables()) {
        response.headers_mut().insert("x-missing-variables", missing);
    }
    if let Some(ignored) = ignored {
        response.headers_mut().insert(IGNORED, ignored);
    }
    Ok(response)
}

/// The names of fields as one header, in which each name is ASCII.
fn listed(fields: &[String]) -> Option<HeaderValue> {
    let names =
        fields.iter().map(|name| utf8_percent_encode(cut(name, LONGEST_FIELD).as_ref(), UNFIT).to_string());
    let names = names.collect::<Vec<_>>().join(", ");
    HeaderValue::from_str(&names).ok().filter(|names| !names.is_empty())
}

fn too_many_turns() -> ApiError {
    let message = "the host serves as many turns as max_turns in [server] allows; try again shortly";
    ApiError::new(Fault::TooManyTurns, message)
}

/// A turn at work. Dropping it ends the turn, with its plugins and the upstream request.
struct TurnBody {
    /// The turn itself, which goes on while the next step is waited for: within the connection's own task, since
    /// handing each piece to another task takes longer than all else that is done with it.
    turn: Option<TurnFuture>,
    pieces: mpsc::Receiver<Piece>,
    /// Pieces that came together with one that has been given out.
    ahead: VecDeque<Piece>,
    /// How the turn ended, until that is given out.
    end: Option<Result<TurnEnd, TurnError>>,
    /// When the last piece came.
    came: Option<Instant>,
    /// Bases of which the turn knows less than there is, so far.
    degraded: Degraded,
}

type TurnFuture = Pin<Box<dyn Future<Output = Result<TurnEnd, TurnError>> + Send>>;

enum Step {
    Piece(Piece),
    End(Result<TurnEnd, TurnError>),
}

impl TurnBody {
    /// `held` is given back when the turn has ended.
    fn start(host: Arc<Host>, request: turn::TurnRequest, held: (OwnedSemaphorePermit, Share)) -> Self {
        let (out, pieces) = mpsc::channel(WAITING_PIECES);
        let degraded = request.degraded.clone();
        let known = degraded.clone();
        let turn = async move {
            let _held = held;
            let timer = host.metrics.turn_started(&request.app.name);
            let result = turn::run(request, &host.traces, host.turn_timeout, out).await;
            if !known.names().is_empty() {
                timer.degraded();
            }
            timer.finish(outcome(&result, &known), result.as_ref().ok().map(|end| &end.usage));
            result
        };
        Self::of(turn, pieces, degraded)
    }

    /// A turn that hands out these pieces.
    fn of(
        turn: impl Future<Output = Result<TurnEnd, TurnError>> + Send + 'static,
        pieces: mpsc::Receiver<Piece>,
        degraded: Degraded,
    ) -> Self {
        let turn = AssertUnwindSafe(turn).catch_unwind().map(|result| {
            result.unwrap_or_else(|_| Err(TurnError::Host("the turn was lost: it panicked".into())))
        });
        let turn: TurnFuture = Box::pin(turn);
        Self { turn: Some(turn), pieces, ahead: VecDeque::new(), end: None, came: None, degraded }
    }

    /// The next step. May be dropped half-way.
    async fn next(&mut self) -> Step {
        if self.ahead.is_empty() && self.turn.is_some() {
            poll_fn(|cx| self.go_on(cx)).await;
            self.gather().await;
        }
        if let Some(piece) = self.ahead.pop_front() {
            return Step::Piece(piece);
        }
        let over = || Err(TurnError::Host("the turn is over".into()));
        Step::End(self.end.take().unwrap_or_else(over))
    }

    /// Lets the turn go on as far as it can now. Ready where there is a piece, or no turn any more.
    fn go_on(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(turn) = &mut self.turn
            && let Poll::Ready(end) = turn.as_mut().poll(cx)
        {
            self.turn = None;
            self.end = Some(end);
        }
        while let Ok(piece) = self.pieces.try_recv() {
            self.ahead.push_back(piece);
        }
        if self.ahead.is_empty() && self.turn.is_some() { Poll::Pending } else { Poll::Ready(()) }
    }

    /// Takes what comes in the same moment, so that it leaves in one write: a model's pieces come one by one out of
    /// the task of its connection, and a write for each takes more than all the rest. Letting others go first takes its
    /// time as well, and wakes another thread; so a piece that comes by itself goes out at once.
    async fn gather(&mut self) {
        let now = Instant::now();
        let before = self.came.replace(now);
        if before.is_some_and(|before| now - before > CLOSE) {
            return;
        }
        let mut empty = 0;
        while self.turn.is_some() && empty < PATIENT_ROUNDS && self.ahead.len() < WAITING_PIECES {
            let before = self.ahead.len();
            yield_now().await;
            poll_fn(|cx| Poll::Ready(self.go_on(cx).is_ready())).await;
            empty = if self.ahead.len() == before { empty + 1 } else { 0 };
        }
    }
}

/// What the figures say of a turn that lacked what `degraded` names.
fn outcome(result: &Result<TurnEnd, TurnError>, degraded: &Degraded) -> TurnOutcome {
    match result {
        Ok(_) if degraded.is_unavailable() => TurnOutcome::Unavailable,
        Ok(_) if !degraded.failed_plugins().is_empty() => TurnOutcome::Incomplete,
        Ok(_) => TurnOutcome::Ok,
        Err(TurnError::ClientLeft) => TurnOutcome::Cancelled,
        Err(_) => TurnOutcome::Error,
    }
}

async fn whole(envelope: &Envelope, mut answer: TurnBody, mut step: Step) -> Result<Response, ApiError> {
    let mut said = WholeAnswer::default();
    let end = loop {
        match step {
            Step::Piece(piece) => said.add(&piece),
            Step::End(result) => break result.map_err(|error| ApiError::from(&error))?,
        }
        step = answer.next().await;
    };
    Ok(axum::Json(envelope.whole(said, &end)).into_response())
}

#[cfg(test)]
mod tests;
