//! An OpenAI-shaped upstream that plays scripts, and remembers what it received.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use futures_util::stream::{self, Stream, StreamExt};
use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc};

use super::service::LeaveGuard;
use super::within_patience;

/// What the upstream does with one request.
pub(crate) enum Script {
    /// Streams these texts and ends well.
    Says(Vec<&'static str>),
    /// Asks for a tool call with these arguments.
    Calls(&'static str, &'static str),
    /// Streams these texts, then nothing more, keeping the connection open.
    SaysThenStalls(Vec<&'static str>),
    /// Streams each text when the test sends it, and ends well when the test drops its end.
    SaysWhatItIsTold(mpsc::UnboundedReceiver<&'static str>),
    /// Streams this text again and again, as long as somebody listens.
    SaysWithoutEnd(&'static str),
    /// Streams these texts, then ends the answer as if it were whole, without saying how it ended.
    SaysThenEndsEarly(Vec<&'static str>),
    /// Streams these texts, then closes the connection in the middle of the body.
    SaysThenBreaksOff(Vec<&'static str>),
    /// Sends bytes that are not a chat completion.
    Garbage(&'static str),
    /// Answers with a status and a body.
    Refuses(u16, &'static str),
    /// Sends each part of a stream, to the byte, when the test sends it; ends when the test drops its end.
    SendsWhatItIsTold(mpsc::UnboundedReceiver<String>),
    /// Sends what is written here, to the byte.
    Sends(Sent),
    /// Never answers.
    Silent,
}

/// An answer to the byte.
#[derive(Clone)]
pub(crate) struct Sent {
    /// The HTTP status.
    pub(crate) status: u16,
    /// Headers beside those that HTTP itself needs.
    pub(crate) headers: Vec<(&'static str, String)>,
    /// The body.
    pub(crate) body: Vec<u8>,
    /// Bytes that are sent in one go.
    pub(crate) cut: usize,
    /// How the body ends.
    pub(crate) end: End,
}

/// How a body ends behind its last byte.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// As HTTP says.
    Well,
    /// The connection is closed in its middle.
    Breaks,
    /// Nothing more comes, and the connection stays open.
    Stalls,
}

struct UpstreamShared {
    scripts: Mutex<VecDeque<Script>>,
    received: Mutex<Vec<Bytes>>,
    left: Arc<Notify>,
}

/// A running upstream. It ends with the test's runtime.
pub(crate) struct Upstream {
    shared: Arc<UpstreamShared>,
    /// What a model's `base_url` is set to.
    pub(crate) base_url: String,
}

impl Upstream {
    /// Starts an upstream that plays the scripts in order.
    pub(crate) async fn playing(scripts: impl IntoIterator<Item = Script>) -> Self {
        let shared = Arc::new(UpstreamShared {
            scripts: Mutex::new(scripts.into_iter().collect()),
            received: Mutex::default(),
            left: Arc::default(),
        });
        let router = Router::new()
            .route("/v1/chat/completions", post(answer))
            .layer(axum::extract::DefaultBodyLimit::disable())
            .with_state(Arc::clone(&shared));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { shared, base_url }
    }

    /// The bodies received so far, byte for byte.
    pub(crate) fn received(&self) -> Vec<Bytes> {
        self.shared.received.lock().unwrap().clone()
    }

    /// Resolves when the host closes a connection before its answer has ended.
    pub(crate) async fn client_left(&self) {
        within_patience("the end of the connection to the upstream", self.shared.left.notified()).await;
    }
}

async fn answer(State(shared): State<Arc<UpstreamShared>>, body: Bytes) -> Response {
    shared.received.lock().unwrap().push(body);
    let script = shared.scripts.lock().unwrap().pop_front();
    match script {
        Some(Script::Says(texts)) => sse(texts.into_iter().map(text_event).chain(good_end()), Ending::Clean),
        Some(Script::Calls(name, arguments)) => {
            let call = json!({"index": 0, "id": "call_1", "type": "function",
                              "function": {"name": name, "arguments": arguments}});
            let choice = json!({"index": 0, "delta": {"tool_calls": [call]}, "finish_reason": "tool_calls"});
            sse([event(&json!({"choices": [choice]})), "data: [DONE]\n\n".into()], Ending::Clean)
        }
        Some(Script::SaysThenStalls(texts)) => {
            let guard = LeaveGuard(Arc::clone(&shared.left));
            sse(texts.into_iter().map(text_event), Ending::Stall(guard))
        }
        Some(Script::SaysWhatItIsTold(texts)) => {
            let told = stream::unfold(texts, async |mut texts| {
                let text = texts.recv().await?;
                Some((Ok::<_, io::Error>(text_event(text)), texts))
            });
            event_stream(told.chain(stream::iter(good_end().into_iter().map(Ok))))
        }
        Some(Script::SendsWhatItIsTold(parts)) => event_stream(stream::unfold(parts, async |mut parts| {
            let part = parts.recv().await?;
            Some((Ok::<_, io::Error>(part), parts))
        })),
        Some(Script::SaysWithoutEnd(text)) => {
            let guard = LeaveGuard(Arc::clone(&shared.left));
            event_stream(stream::repeat_with(move || {
                let _guard = &guard;
                Ok(text_event(text))
            }))
        }
        Some(Script::SaysThenEndsEarly(texts)) => sse(texts.into_iter().map(text_event), Ending::Clean),
        Some(Script::SaysThenBreaksOff(texts)) => sse(texts.into_iter().map(text_event), Ending::Break),
        Some(Script::Garbage(bytes)) => {
            ([(header::CONTENT_TYPE, "text/event-stream")], bytes).into_response()
        }
        Some(Script::Refuses(status, body)) => {
            (StatusCode::from_u16(status).unwrap(), [(header::CONTENT_TYPE, "application/json")], body)
                .into_response()
        }
        Some(Script::Sends(sent)) => sends(sent, &shared),
        Some(Script::Silent) => {
            let _guard = LeaveGuard(Arc::clone(&shared.left));
            std::future::pending().await
        }
        None => (StatusCode::INTERNAL_SERVER_ERROR, "the script is over").into_response(),
    }
}

fn sends(sent: Sent, shared: &UpstreamShared) -> Response {
    let parts: Vec<Bytes> = sent.body.chunks(sent.cut).map(Bytes::copy_from_slice).collect();
    let parts = stream::iter(parts).then(async |part| {
        // Each goes out before the next is there.
        tokio::task::yield_now().await;
        Ok(part)
    });
    let left = Arc::clone(&shared.left);
    let end = stream::once(async move {
        match sent.end {
            End::Well => None,
            End::Breaks => {
                tokio::task::yield_now().await;
                Some(Err(io::Error::other("on purpose")))
            }
            End::Stalls => {
                let _guard = LeaveGuard(left);
                std::future::pending().await
            }
        }
    });
    let body = Body::from_stream(parts.chain(end.filter_map(async |end| end)));
    let mut response = (StatusCode::from_u16(sent.status).unwrap(), body).into_response();
    response.headers_mut().remove(header::CONTENT_TYPE);
    for (name, value) in sent.headers {
        response.headers_mut().insert(header::HeaderName::from_static(name), value.parse().unwrap());
    }
    response
}

/// How a body ends after its last event.
enum Ending {
    Clean,
    Break,
    Stall(LeaveGuard),
}

fn sse(events: impl IntoIterator<Item = String>, ending: Ending) -> Response {
    let events: Vec<_> = events.into_iter().map(Ok).collect();
    let end = stream::once(async move {
        match ending {
            Ending::Clean => None,
            Ending::Break => {
                // What stands before goes out first: a body that fails at once takes it along.
                tokio::task::yield_now().await;
                Some(Err(io::Error::other("on purpose")))
            }
            Ending::Stall(_guard) => std::future::pending().await,
        }
    });
    event_stream(stream::iter(events).chain(end.filter_map(async |end| end)))
}

fn event_stream(events: impl Stream<Item = io::Result<String>> + Send + 'static) -> Response {
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(events)).into_response()
}

/// The events that end an answer well.
fn good_end() -> [String; 3] {
    let usage = json!({"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10});
    [
        event(&json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})),
        event(&json!({"choices": [], "usage": usage})),
        "data: [DONE]\n\n".into(),
    ]
}

fn text_event(text: &str) -> String {
    event(&json!({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": null}]}))
}

fn event(value: &Value) -> String {
    format!("data: {value}\n\n")
}
