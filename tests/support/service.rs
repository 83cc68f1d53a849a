//! A service on the web that plugins call: it plays replies, and remembers what it was asked.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::within_patience;

/// What the service does with one request.
pub(crate) enum Reply {
    /// Status 200 and this JSON.
    Json(Value),
    /// Status 200 and JSON as it is written here.
    JsonText(&'static str),
    /// A status and a body of any kind.
    Text(u16, &'static str),
    /// A status, and in the body and a header all that was asked: an API that repeats the key.
    Echo(u16),
    /// Sends the client on to this URL.
    RedirectsTo(String),
    /// Never answers.
    Silent,
}

/// One request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    head: Parts,
    /// Byte for byte.
    pub(crate) body: Bytes,
}

impl Asked {
    /// Method and path, such as `GET /search`.
    pub(crate) fn what(&self) -> String {
        format!("{} {}", self.head.method, self.head.uri.path())
    }

    /// What stands after `?`, decoded.
    pub(crate) fn query(&self) -> HashMap<String, String> {
        let query = self.head.uri.query().unwrap_or_default();
        url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }

    /// The value of a header; empty where it was not sent.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.head.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

struct ServiceShared {
    replies: Mutex<VecDeque<Reply>>,
    asked: Mutex<Vec<Asked>>,
    came: Notify,
    left: Arc<Notify>,
}

/// A running service. It ends with the test's runtime.
pub(crate) struct Service {
    shared: Arc<ServiceShared>,
    /// Scheme, address and port, as a grant names it.
    pub(crate) origin: String,
}

impl Service {
    /// Starts a service that plays the replies in order, whatever it is asked.
    pub(crate) async fn playing(replies: impl IntoIterator<Item = Reply>) -> Self {
        let shared = Arc::new(ServiceShared {
            replies: Mutex::new(replies.into_iter().collect()),
            asked: Mutex::default(),
            came: Notify::new(),
            left: Arc::default(),
        });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { shared, origin }
    }

    /// Adds a reply, for one that names another service which in turn names this one.
    pub(crate) fn then(&self, reply: Reply) {
        self.shared.replies.lock().unwrap().push_back(reply);
    }

    /// Address and port.
    pub(crate) fn authority(&self) -> &str {
        self.origin.trim_start_matches("http://")
    }

    /// The requests so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.shared.asked.lock().unwrap().clone()
    }

    /// Resolves when a request has come that nobody has waited for yet.
    pub(crate) async fn is_asked(&self) {
        within_patience("a request to the service", self.shared.came.notified()).await;
    }

    /// Resolves when a client has closed its connection without waiting for the answer.
    pub(crate) async fn client_left(&self) {
        within_patience("the end of the connection to the service", self.shared.left.notified()).await;
    }
}

async fn answer(State(shared): State<Arc<ServiceShared>>, head: Parts, body: Bytes) -> Response {
    let echo = echo(&head, &body);
    let key = head.headers.get(header::AUTHORIZATION).cloned();
    shared.asked.lock().unwrap().push(Asked { head, body });
    let reply = shared.replies.lock().unwrap().pop_front();
    shared.came.notify_one();
    match reply {
        Some(Reply::Json(value)) => axum::Json(value).into_response(),
        Some(Reply::JsonText(body)) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
        Some(Reply::Text(status, body)) => {
            let status = StatusCode::from_u16(status).unwrap();
            (status, [(header::CONTENT_TYPE, "text/html")], body).into_response()
        }
        Some(Reply::Echo(status)) => {
            let mut response = (StatusCode::from_u16(status).unwrap(), axum::Json(echo)).into_response();
            if let Some(key) = key {
                response.headers_mut().insert("x-echo", key);
            }
            response
        }
        Some(Reply::RedirectsTo(url)) => Redirect::temporary(&url).into_response(),
        Some(Reply::Silent) => {
            let _guard = LeaveGuard(Arc::clone(&shared.left));
            std::future::pending().await
        }
        None => (StatusCode::INTERNAL_SERVER_ERROR, "the script is over").into_response(),
    }
}

fn echo(head: &Parts, body: &Bytes) -> Value {
    let headers: Vec<String> = head
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
        .collect();
    json!({ "url": head.uri.to_string(), "headers": headers, "body": String::from_utf8_lossy(body) })
}

/// Tells the test that a client has let go of its connection.
pub(super) struct LeaveGuard(pub(super) Arc<Notify>);

impl Drop for LeaveGuard {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}
