//! A job as it is shown over HTTP.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::said;
use crate::job::JobRecord;

/// A job's record, with what follows from it.
pub(super) fn object(job: &JobRecord) -> Value {
    let mut value = serde_json::to_value(job).unwrap_or_default();
    value["object"] = "job".into();
    value["unreadable"] = said::unreadable(&job.unreadable);
    value["notes"] = said::notes(&job.notes);
    value["can_retry"] = job.can_retry().into();
    value["rate"] = json!(job.rate());
    value["idle_s"] = json!(job.idle_s());
    value
}

/// The answer to who has asked for a job.
pub(super) fn accepted(job: JobRecord) -> Response {
    begun(format!("/v1/jobs/{}", job.id), object(&job))
}

/// The answer to who has asked for work that goes on.
pub(super) fn begun(location: String, told: Value) -> Response {
    (StatusCode::ACCEPTED, [(header::LOCATION, location)], Json(told)).into_response()
}
