//! An OpenAI-shaped upstream that plays scripts, and remembers what it received.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use futures_util::stream;
use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc};

/// What the upstream does with one request.
pub(crate) enum Script {
    /// Streams these texts and ends well.
    Says(Vec<&'static str>),
    /// Asks for a tool call with these arguments.
    Calls(&'static str, &'static str),
    /// Streams these texts, then nothing more, keeping the connection open.
    SaysThenStalls(Vec<&'static str>),
    /// Streams these texts, then closes the connection.
    SaysThenBreaksOff(Vec<&'static str>),
    /// Sends bytes that are no chat completion.
    Garbage(&'static str),
    /// Answers with a status and a body.
    Refuses(u16, &'static str),
    /// Never answers.
    Silent,
}

struct Shared {
    scripts: Mutex<VecDeque<Script>>,
    received: Mutex<Vec<Bytes>>,
    left: Notify,
}

/// A running upstream. It ends with the test's runtime.
pub(crate) struct Upstream {
    shared: Arc<Shared>,
    /// What a model's `base_url` is set to.
    pub(crate) base_url: String,
}

impl Upstream {
    /// Starts an upstream that plays the scripts in order.
    pub(crate) async fn playing(scripts: impl IntoIterator<Item = Script>) -> Self {
        let shared = Arc::new(Shared {
            scripts: Mutex::new(scripts.into_iter().collect()),
            received: Mutex::default(),
            left: Notify::new(),
        });
        let router =
            Router::new().route("/v1/chat/completions", post(answer)).with_state(Arc::clone(&shared));
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
        self.shared.left.notified().await;
    }
}

async fn answer(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    shared.received.lock().unwrap().push(body);
    let script = shared.scripts.lock().unwrap().pop_front();
    match script {
        Some(Script::Says(texts)) => {
            let mut events: Vec<String> = texts.into_iter().map(text_event).collect();
            events.push(event(&json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})));
            let usage = json!({"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10});
            events.push(event(&json!({"choices": [], "usage": usage})));
            events.push("data: [DONE]\n\n".into());
            sse(events, Ending::Close)
        }
        Some(Script::Calls(name, arguments)) => {
            let call = json!({"index": 0, "id": "call_1", "type": "function",
                              "function": {"name": name, "arguments": arguments}});
            let choice = json!({"index": 0, "delta": {"tool_calls": [call]}, "finish_reason": "tool_calls"});
            sse(vec![event(&json!({"choices": [choice]})), "data: [DONE]\n\n".into()], Ending::Close)
        }
        Some(Script::SaysThenStalls(texts)) => {
            sse(texts.into_iter().map(text_event).collect(), Ending::Stall(LeaveGuard(shared)))
        }
        Some(Script::SaysThenBreaksOff(texts)) => {
            sse(texts.into_iter().map(text_event).collect(), Ending::Close)
        }
        Some(Script::Garbage(bytes)) => {
            ([(header::CONTENT_TYPE, "text/event-stream")], bytes).into_response()
        }
        Some(Script::Refuses(status, body)) => {
            (StatusCode::from_u16(status).unwrap(), [(header::CONTENT_TYPE, "application/json")], body)
                .into_response()
        }
        Some(Script::Silent) => {
            let _guard = LeaveGuard(shared);
            std::future::pending().await
        }
        None => (StatusCode::INTERNAL_SERVER_ERROR, "the script is over").into_response(),
    }
}

enum Ending {
    Close,
    Stall(LeaveGuard),
}

/// Tells the test that the host has let go of the connection.
struct LeaveGuard(Arc<Shared>);

impl Drop for LeaveGuard {
    fn drop(&mut self) {
        self.0.left.notify_one();
    }
}

fn sse(events: Vec<String>, ending: Ending) -> Response {
    let (sender, receiver) = mpsc::unbounded_channel::<String>();
    for event in events {
        sender.send(event).unwrap();
    }
    // A sender that stays alive keeps the stream open.
    let kept = match ending {
        Ending::Close => None,
        Ending::Stall(guard) => Some((sender, guard)),
    };
    let body = stream::unfold((receiver, kept), |(mut receiver, kept)| async move {
        let event = receiver.recv().await?;
        Some((Ok::<_, Infallible>(event), (receiver, kept)))
    });
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(body)).into_response()
}

fn text_event(text: &str) -> String {
    event(&json!({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": null}]}))
}

fn event(value: &Value) -> String {
    format!("data: {value}\n\n")
}
