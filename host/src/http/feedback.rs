//! What clients think of answers.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, Request, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::body;
use super::error::{ApiError, Fault};
use super::traces::read;
use crate::clock;
use crate::cut::cut;
use crate::door::Caller;
use crate::host::Host;
use crate::redact;
use crate::trace::{Feedback, Rating};

/// Bytes of a body: a comment and what JSON makes of it.
const LONGEST: usize = 32 << 10;
/// Characters of a comment.
const LONGEST_COMMENT: usize = 2000;
/// Bytes of the client's own words that an error repeats.
const LONGEST_ECHO: usize = 300;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FeedbackBody {
    turn: String,
    rating: Rating,
    comment: Option<String>,
}

/// `POST /v1/feedback`: 👍 or 👎 for an answer, by whoever may use its app. The last word counts.
pub(super) async fn rate(
    State(host): State<Arc<Host>>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Json<Value>, ApiError> {
    let most = LONGEST.min(host.limits.max_chat_bytes.0);
    let body = body::receive(&host, &mut request.into_body(), most).await?;
    let (FeedbackBody { turn, rating, comment }, _share) = body.parse(&host, parse).await?;
    let comment = comment.map(|comment| redact::known().text(comment.trim()).into_owned());
    let comment = comment.filter(|comment| !comment.is_empty());
    if comment.as_ref().is_some_and(|comment| comment.chars().count() > LONGEST_COMMENT) {
        return Err(ApiError::invalid_request(format!(
            "`comment` may have {LONGEST_COMMENT} characters; shorten it"
        )));
    }
    let named = turn.clone();
    let app = read(Arc::clone(&host), move |traces| traces.app_of(&named)).await?;
    // A key that does not open the app does not learn that there is a turn.
    if !app.is_some_and(|app| caller.may_use(&app)) {
        let message = format!(
            "no turn `{}` is kept; `turn` is the id of the answer, which is also its x-request-id header",
            cut(&turn, LONGEST_ECHO)
        );
        return Err(ApiError::new(Fault::NotFound, message));
    }
    let at = clock::seconds();
    let feedback = Feedback { rating, comment, at };
    let answer = json!({"object": "feedback", "turn": turn, "rating": feedback.rating,
                        "comment": feedback.comment, "at": feedback.at});
    if !host.traces.rate(&turn, feedback) {
        let message = "more feedback waits for the disk than may wait; try again shortly";
        return Err(ApiError::new(Fault::Busy, message));
    }
    Ok(Json(answer))
}

fn parse(body: &[u8]) -> Result<FeedbackBody, ApiError> {
    super::decode::fields(body, |reason| {
        ApiError::invalid_request(format!(
            "{reason}; send {{\"turn\": \"chatcmpl-…\", \"rating\": \"up\" or \"down\", \"comment\": \"…\"}}"
        ))
    })
}
