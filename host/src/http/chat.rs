//! `POST /v1/chat/completions` and `/v2/chat/completions`.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::body::{Body, Bytes};
use axum::extract::{Extension, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde_json::{Value, json};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::task::JoinHandle;

use super::body;
use super::decode::{ChatCall, chat_call};
use super::entry::Entry;
use super::error::{ApiError, Dialect, Fault};
use crate::door::Caller;
use crate::host::Host;
use crate::message::CallPiece;
use crate::share::Share;
use crate::turn::{self, Degraded, Piece, TurnEnd, TurnError};

/// Pieces of an answer that may wait for a slow client before the turn waits too.
const WAITING_PIECES: usize = 32;

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
    let entry = request.extensions.get::<Entry>().cloned().unwrap_or_default();
    begin(host, caller, &request.headers, &mut body, entry, dialect).await.into_response()
}

async fn begin(
    host: Arc<Host>,
    caller: Caller,
    headers: &HeaderMap,
    body: &mut Body,
    entry: Entry,
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
    let ChatCall { turn, stream, include_usage } = call;
    let envelope = Envelope { entry, model: turn.app.name.clone(), created: now(), dialect };
    let mut answer = Answer::start(host, turn, (permit, share));
    // The first piece decides between an HTTP error and an answer.
    let first = answer.next().await;
    if let Step::End(Err(error)) = &first {
        return Err(error.into());
    }
    let degraded = answer.degraded.clone();
    let mut response = if stream {
        streamed(envelope, answer, first, include_usage)
    } else {
        whole(&envelope, answer, first).await?
    };
    for (header, names) in [("x-degraded", degraded.names()), ("x-failed-plugins", degraded.failed_plugins())]
    {
        if let (false, Ok(names)) = (names.is_empty(), HeaderValue::from_str(&names.join(", "))) {
            response.headers_mut().insert(header, names);
        }
    }
    Ok(response)
}

fn too_many_turns() -> ApiError {
    let message = "the host serves as many turns as max_turns in [server] allows; try again shortly";
    ApiError::new(Fault::TooManyTurns, message)
}

/// A turn at work. Dropping it ends the turn, with its plugins and the upstream request.
struct Answer {
    pieces: mpsc::Receiver<Piece>,
    turn: Option<JoinHandle<Result<TurnEnd, TurnError>>>,
    /// Bases of which the turn knows less than there is, so far.
    degraded: Degraded,
}

enum Step {
    Piece(Piece),
    End(Result<TurnEnd, TurnError>),
}

impl Answer {
    /// `held` is given back when the turn has ended.
    fn start(host: Arc<Host>, request: turn::TurnRequest, held: (OwnedSemaphorePermit, Share)) -> Self {
        let (out, pieces) = mpsc::channel(WAITING_PIECES);
        let degraded = request.degraded.clone();
        let known = degraded.clone();
        let task = tokio::spawn(async move {
            let _held = held;
            let timer = host.metrics.turn_started(&request.app.name);
            let result = turn::run(request, &host.traces, host.turn_timeout, out).await;
            if !known.names().is_empty() {
                timer.degraded();
            }
            timer.finish(&result, &known);
            result
        });
        Self { pieces, turn: Some(task), degraded }
    }

    async fn next(&mut self) -> Step {
        if let Some(piece) = self.pieces.recv().await {
            return Step::Piece(piece);
        }
        let result = match &mut self.turn {
            Some(turn) => turn.await,
            None => return Step::End(Err(TurnError::Host("the turn is over".into()))),
        };
        self.turn = None;
        Step::End(result.unwrap_or_else(|error| Err(TurnError::Host(format!("the turn was lost: {error}")))))
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        if let Some(turn) = &self.turn {
            turn.abort();
        }
    }
}

/// What every object of one answer carries.
struct Envelope {
    entry: Entry,
    model: String,
    created: u64,
    dialect: Dialect,
}

impl Envelope {
    fn object(&self, object: &str, choice: Option<Value>) -> Value {
        json!({"id": self.entry.id(), "object": object, "created": self.created, "model": self.model,
               "choices": choice.into_iter().collect::<Vec<_>>()})
    }

    fn choice(&self, key: &str, message: Value, finish_reason: Value) -> Value {
        let mut choice = json!({"index": 0, key: message, "finish_reason": finish_reason});
        match self.dialect {
            Dialect::OpenAi => choice["logprobs"] = Value::Null,
            Dialect::Qianfan | Dialect::Rpc => choice["flag"] = 0.into(),
        }
        choice
    }
}

async fn whole(envelope: &Envelope, mut answer: Answer, first: Step) -> Result<Response, ApiError> {
    let (mut text, mut reasoning, mut refusal) = (String::new(), String::new(), String::new());
    let mut step = first;
    let end = loop {
        match step {
            Step::Piece(Piece::Text(piece)) => text.push_str(&piece),
            Step::Piece(Piece::Reasoning(piece)) => reasoning.push_str(&piece),
            Step::Piece(Piece::Refusal(piece)) => refusal.push_str(&piece),
            // The end has them whole.
            Step::Piece(Piece::Call(_)) => {}
            Step::End(result) => break result.map_err(|error| ApiError::from(&error))?,
        }
        step = answer.next().await;
    };
    let mut message = json!({"role": "assistant", "content": text});
    if !reasoning.is_empty() {
        message["reasoning_content"] = reasoning.into();
    }
    if !refusal.is_empty() {
        message["refusal"] = refusal.into();
    }
    if !end.tool_calls.is_empty() {
        message["tool_calls"] = tool_calls(&end);
    }
    let choice = envelope.choice("message", message, end.finish_reason.clone().into());
    let mut body = envelope.object("chat.completion", Some(choice));
    body["usage"] = usage(&end);
    Ok(axum::Json(body).into_response())
}

fn streamed(envelope: Envelope, answer: Answer, first: Step, include_usage: bool) -> Response {
    struct Streaming {
        envelope: Envelope,
        answer: Answer,
        next: Option<Step>,
        begun: bool,
        over: bool,
        include_usage: bool,
    }
    let state = Streaming { envelope, answer, next: Some(first), begun: false, over: false, include_usage };
    let events = stream::unfold(state, |mut s| async move {
        if s.over {
            return None;
        }
        let mut out = String::new();
        if !s.begun {
            s.begun = true;
            let delta = json!({"role": "assistant", "content": ""});
            push(
                &mut out,
                &s.envelope
                    .object("chat.completion.chunk", Some(s.envelope.choice("delta", delta, Value::Null))),
            );
        }
        let step = match s.next.take() {
            Some(step) => step,
            None => s.answer.next().await,
        };
        match step {
            Step::Piece(piece) => {
                let choice = s.envelope.choice("delta", delta(piece), Value::Null);
                push(&mut out, &s.envelope.object("chat.completion.chunk", Some(choice)));
            }
            Step::End(Ok(end)) => {
                s.over = true;
                let choice = s.envelope.choice("delta", json!({}), end.finish_reason.clone().into());
                push(&mut out, &s.envelope.object("chat.completion.chunk", Some(choice)));
                if s.include_usage {
                    let mut chunk = s.envelope.object("chat.completion.chunk", None);
                    chunk["usage"] = usage(&end);
                    push(&mut out, &chunk);
                }
                out.push_str("data: [DONE]\n\n");
            }
            // The status is long sent: the error goes into the stream, and [DONE] stays away.
            Step::End(Err(error)) => {
                s.over = true;
                let error = ApiError::from(&error);
                s.envelope.entry.failed(&error);
                push(&mut out, &error.body(s.envelope.dialect, s.envelope.entry.id()));
            }
        }
        Some((Ok::<_, Infallible>(Bytes::from(out)), s))
    });
    let headers =
        [(header::CONTENT_TYPE, "text/event-stream; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    (headers, Body::from_stream(events)).into_response()
}

fn push(out: &mut String, event: &Value) {
    out.push_str("data: ");
    out.push_str(&event.to_string());
    out.push_str("\n\n");
}

fn usage(end: &TurnEnd) -> Value {
    let (prompt, completion) = (end.usage.prompt_tokens, end.usage.completion_tokens);
    let total = prompt.saturating_add(completion);
    let mut usage = json!({"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": total});
    if end.usage.reasoning_tokens > 0 {
        usage["completion_tokens_details"] = json!({"reasoning_tokens": end.usage.reasoning_tokens});
    }
    usage
}

fn tool_calls(end: &TurnEnd) -> Value {
    let calls = end.tool_calls.iter().map(|call| {
        json!({"id": call.id, "type": "function",
               "function": {"name": call.name, "arguments": call.arguments}})
    });
    calls.collect()
}

/// What a piece adds to the message that is streamed.
fn delta(piece: Piece) -> Value {
    match piece {
        Piece::Text(text) => json!({"content": text}),
        Piece::Reasoning(text) => json!({"reasoning_content": text}),
        Piece::Refusal(text) => json!({"refusal": text}),
        Piece::Call(CallPiece { index, head: Some(head), arguments }) => json!({"tool_calls": [
            {"index": index, "id": head.id, "type": "function", "function": {"name": head.name, "arguments": arguments}}
        ]}),
        Piece::Call(CallPiece { index, head: None, arguments }) => {
            json!({"tool_calls": [{"index": index, "function": {"arguments": arguments}}]})
        }
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
