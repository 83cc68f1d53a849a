//! Sources over HTTP: where a base's documents come from on the web, how that goes, and fetching now.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, Request, State};
use axum::http::header;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::body;
use super::error::{ApiError, Fault};
use super::jobs::{accepted, object};
use super::knowledge::{base, expect_room};
use crate::clock;
use crate::host::Host;
use crate::knowledge::{Base, WebSourceSettings};
use crate::web::{FetchOrder, Page};

/// Bytes of an order: an address and what is said of the document.
const LONGEST_ORDER: usize = 64 << 10;

/// `GET /v1/knowledge-bases/{base}/sources`
pub(super) async fn list(
    State(host): State<Arc<Host>>,
    Path(name): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let base = base(&host, &name)?;
    let mut data = Vec::new();
    for (source, settings) in &base.settings().sources {
        data.push(described(&host, base, source, settings).await);
    }
    Ok(Json(json!({"object": "list", "data": data})))
}

async fn described(host: &Host, base: &Base, name: &str, settings: &WebSourceSettings) -> Value {
    let WebSourceSettings { urls, sitemap, every, include, exclude, max_documents, remove_missing, .. } =
        settings;
    let last = host.jobs.last_run(base.name(), name).await;
    let open = host.jobs.open_fetch(base.name(), name);
    // What is due is fetched in a moment, however long it has been due.
    let now = clock::seconds();
    let next_run = last.next(settings).map(|at| at.max(now));
    json!({
        "object": "knowledge_base.source",
        "name": name,
        "urls": urls,
        "sitemap": sitemap,
        "every_seconds": every.map(|every| every.as_secs()),
        "include": include,
        "exclude": exclude,
        "max_documents": max_documents,
        "remove_missing": remove_missing,
        "trouble": last.trouble(),
        "next_run": next_run,
        "job": open.as_ref().map(object),
        "last_run": (last.started_at > 0).then_some(last),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FetchParameters {
    /// Fetch also the pages that their server calls unchanged.
    #[serde(default)]
    afresh: bool,
    /// Delete documents whose page has gone, however many they are.
    #[serde(default)]
    remove_missing: bool,
}

/// `POST /v1/knowledge-bases/{base}/sources/{name}/fetch`
pub(super) async fn fetch(
    State(host): State<Arc<Host>>,
    Path((name, source)): Path<(String, String)>,
    Query(FetchParameters { afresh, remove_missing }): Query<FetchParameters>,
) -> Result<Response, ApiError> {
    let base = base(&host, &name)?;
    expect_room(&host)?;
    let order = FetchOrder { afresh, remove_missing, ..FetchOrder::source(source) };
    Ok(accepted(host.jobs.fetch(base, order).await?))
}

/// Whether the body of a request without parameters names what is to be fetched instead of being it.
pub(super) fn is_order(request: &Request) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}

/// `POST /v1/knowledge-bases/{base}/imports` with `{"url": "https://…"}`
pub(super) async fn import(host: &Host, base: &Arc<Base>, body: Body) -> Result<Response, ApiError> {
    let most = LONGEST_ORDER.min(host.limits.max_chat_bytes.0);
    let mut body = body;
    let body = body::receive(host, &mut body, most).await?;
    let read = |body: &[u8]| -> Result<Page, ApiError> {
        super::decode::fields(body, |reason| {
            let example = "{\"url\": \"https://www.example.com/faq.html\"}";
            let message = format!(
                "what is to be fetched cannot be read: {reason}; send {example}, or a document with ?id=name.json"
            );
            ApiError::new(Fault::InvalidUpload, message)
        })
    };
    let (page, _share) = body.parse(host, read).await?;
    Ok(accepted(host.jobs.fetch(base, FetchOrder::page(page)).await?))
}

/// Every source of every base, as `base/source`, with what is wrong with it.
pub(super) async fn all(host: &Host) -> Vec<(String, Option<String>)> {
    let mut found = Vec::new();
    for base in host.library.bases() {
        for source in base.settings().sources.keys() {
            let last = host.jobs.last_run(base.name(), source).await;
            found.push((format!("{}/{source}", base.name()), last.trouble()));
        }
    }
    found
}
