//! The parameters of a query on paths that read none: a client that sends some is told so, and not answered as if they had
//! had an effect.

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;

use super::error::ApiError;
use crate::cut::cut;

/// Paths whose GET reads parameters; each refuses by itself those it does not know.
const READ: [&str; 9] = [
    "/v1/knowledge-bases/{base}/documents",
    "/v1/knowledge-bases/{base}/sections",
    "/v1/evaluation-questions",
    "/v1/evaluations",
    "/v1/evaluations/{id}/questions",
    "/v1/costs",
    "/v1/jobs",
    "/v1/traces",
    "/v1/traces/export",
];
/// Bytes of a client's own words in an answer.
const LONGEST_ECHO: usize = 64;

/// Refuses a GET with parameters where none is read. Pages and probes take what is put behind their path to get past a
/// cache.
pub(super) async fn expect_known(request: Request, next: Next) -> Result<Response, ApiError> {
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let is_of_api = path.starts_with("/v1/") || path.starts_with("/v2/");
    if request.method() == Method::GET
        && is_of_api
        && !READ.contains(&path)
        && let Some(name) = first(request.uri().query().unwrap_or_default())
    {
        let message = format!(
            "there is no parameter `{}` on this path, which takes none; remove it",
            cut(&name, LONGEST_ECHO)
        );
        return Err(ApiError::invalid_request(message));
    }
    Ok(next.run(request).await)
}

/// The name of the first parameter.
fn first(query: &str) -> Option<String> {
    let (name, _) = url::form_urlencoded::parse(query.as_bytes()).next()?;
    Some(name.into_owned())
}

#[cfg(test)]
mod tests;
