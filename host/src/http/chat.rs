//! `POST /v1/chat/completions` and `/v2/chat/completions`.

mod envelope;
mod streamed;
mod turn_body;

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Extension, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::time::timeout;

use super::body;
use super::decode::{ChatCall, chat_call};
use super::dialect::Dialect;
use super::error::{ApiError, Fault};
use super::record::RequestRecord;
use crate::clock;
use crate::cut::cut;
use crate::door::Caller;
use crate::host::Host;
use envelope::{Envelope, WholeAnswer};
use streamed::streamed;
use turn_body::{Step, TurnBody};

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
