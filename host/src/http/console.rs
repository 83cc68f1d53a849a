//! The console is one page with its script and its style, built into the binary by `build.rs`.

use std::sync::LazyLock;

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use sha2::{Digest, Sha256};

use super::error::ApiError;
use super::wrong_path;
use crate::hex::hex;

// The page's files, each with its name, its bytes, and the same as gzip; none where the build had no console.
include!(concat!(env!("OUT_DIR"), "/console.rs"));

/// Served in place of a console that the build did not have.
static MISSING: &str = include_str!("console/missing.html");

/// The page's only script and style are its own, and it talks to this host only. Nothing it shows, an
/// answer or a document's title, can run or call out.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
     form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// A file whose name holds its digest never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// The page's tag, which changes with every build of it.
static TAG: LazyLock<Option<HeaderValue>> = LazyLock::new(|| {
    let (_, page, _) = BUILT.iter().find(|(name, _, _)| *name == PAGE)?;
    let digest = hex(&Sha256::digest(page)[..8]);
    HeaderValue::from_str(&format!("\"{digest}\"")).ok()
});

const PAGE: &str = "index.html";

/// `GET /console`: the page's own links are relative to `/console/`.
pub(super) async fn without_slash() -> Redirect {
    Redirect::permanent("/console/")
}

/// `GET /console/`: the page, which holds nothing of this host.
pub(super) async fn page(headers: HeaderMap) -> Response {
    let Some(tag) = TAG.as_ref() else {
        return guarded(([(CONTENT_TYPE, "text/html; charset=utf-8")], MISSING).into_response(), "no-store");
    };
    let is_known = headers.get_all(IF_NONE_MATCH).iter().any(|known| known == tag);
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        built(PAGE, &headers).unwrap_or_default()
    };
    response.headers_mut().insert(ETAG, tag.clone());
    guarded(response, "no-cache")
}

/// `GET /console/{file}`: a script or a style.
pub(super) async fn file(
    Path(name): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let file = Some(&*name).filter(|name| *name != PAGE).and_then(|name| built(name, &headers));
    file.map(|response| guarded(response, FOR_EVER)).ok_or_else(|| wrong_path::told(uri.path()))
}

/// A file of the build, as gzip where the client reads it.
fn built(name: &str, headers: &HeaderMap) -> Option<Response> {
    let (_, plain, packed) = BUILT.iter().find(|(known, _, _)| *known == name)?;
    let kind = match name.rsplit_once('.') {
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "css")) => "text/css; charset=utf-8",
        _ => "text/html; charset=utf-8",
    };
    let body = if reads_gzip(headers) { packed } else { plain };
    let mut response = Bytes::from_static(body).into_response();
    let told = response.headers_mut();
    told.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    told.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if reads_gzip(headers) {
        told.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Some(response)
}

fn reads_gzip(headers: &HeaderMap) -> bool {
    let named = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    named.flat_map(|list| list.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let refused = matches!(weight.trim().strip_prefix("q="), Some("0" | "0.0" | "0.00" | "0.000"));
        name.trim().eq_ignore_ascii_case("gzip") && !refused
    })
}

fn guarded(mut response: Response, kept: &'static str) -> Response {
    let headers = response.headers_mut();
    let guards: [(HeaderName, &str); 4] = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, kept),
    ];
    for (name, value) in guards {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
