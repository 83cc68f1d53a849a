//! What is in a knowledge base, over HTTP: its documents by the page, their sections as they were cut, changes to them, and
//! how a file would be cut.

mod listed;

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, Request, State};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::body;
use super::error::{ApiError, Fault};
use super::knowledge::{busy, expect_room, received};
use super::lookup::base;
use super::page_limit::PageLimit;
use super::said;
use super::upload::UploadParameters;
use crate::host::Host;
use crate::knowledge::{DocumentInfo, EditError, ImportOptions, Preview, SectionChange, SectionView};
pub(super) use listed::{failed, list, remove};

/// Most documents or sections of one page.
const MOST: usize = 1000;
/// Sections of a page where it does not say.
const SECTIONS: usize = 200;
/// Bytes of a change: a section's text and its answer.
const LONGEST_CHANGE: usize = 256 << 10;

/// `GET /v1/knowledge-bases/{base}/documents/{id}`
pub(super) async fn get(
    State(host): State<Arc<Host>>,
    Path((name, id)): Path<(String, String)>,
) -> Result<Json<Value>, ApiError> {
    let found = base(&host, &name)?.document(&id).await?;
    found.map(|found| Json(described(&found))).ok_or_else(|| missing(&name, &id))
}

fn described(document: &DocumentInfo) -> Value {
    let mut described = said::document(document);
    described["object"] = "knowledge_base.document".into();
    described
}

/// The query of a page of sections: the document, and which part of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SectionsPage {
    document: String,
    limit: Option<PageLimit>,
    after: Option<u32>,
}

#[derive(Serialize)]
struct Sections {
    object: &'static str,
    document: Value,
    data: Vec<SectionView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u32>,
    total: u32,
}

/// `GET /v1/knowledge-bases/{base}/sections`
pub(super) async fn sections(
    State(host): State<Arc<Host>>,
    Path(name): Path<String>,
    Query(page): Query<SectionsPage>,
) -> Result<Json<Value>, ApiError> {
    let limit = page.limit.map_or(SECTIONS, |limit| limit.at_most(MOST));
    let from = page.after.map_or(0, |after| after.saturating_add(1));
    let found = base(&host, &name)?.sections_of(&page.document, from, limit).await?;
    let found = found.ok_or_else(|| missing(&name, &page.document))?;
    let total = found.document.sections;
    let next = found.sections.last().map(|last| last.id).filter(|last| last.saturating_add(1) < total);
    let document = described(&found.document);
    Ok(Json(json!(Sections { object: "list", document, data: found.sections, next, total })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Switch {
    off: bool,
}

/// `PATCH /v1/knowledge-bases/{base}/documents/{id}`: switches a document off or on.
pub(super) async fn switch(
    State(host): State<Arc<Host>>,
    Path((name, id)): Path<(String, String)>,
    request: Request,
) -> Result<Json<Value>, ApiError> {
    let base = Arc::clone(base(&host, &name)?);
    let switch: Switch = change(&host, request, "{\"off\": true}").await?;
    let _permit = permit(&host, base.is_embedded())?;
    let changed = base.switch(&id, switch.off).await.map_err(edit_error)?;
    changed.map(|changed| Json(described(&changed))).ok_or_else(|| missing(&name, &id))
}

/// A section.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SectionPlace {
    document: String,
    section: u32,
}

/// `PATCH /v1/knowledge-bases/{base}/sections`: changes one section.
pub(super) async fn change_section(
    State(host): State<Arc<Host>>,
    Path(name): Path<String>,
    Query(place): Query<SectionPlace>,
    request: Request,
) -> Result<Json<Value>, ApiError> {
    let base = Arc::clone(base(&host, &name)?);
    let change: SectionChange = change(&host, request, "{\"answer\": \"…\"}").await?;
    let _permit = permit(&host, base.is_embedded())?;
    let changed = base.change_section(&place.document, place.section, &change).await.map_err(edit_error)?;
    if changed.is_none() {
        return Err(missing(&name, &place.document));
    }
    let found = base.sections_of(&place.document, place.section, 1).await?;
    let section = found.and_then(|found| found.sections.into_iter().next());
    section.map(|section| Json(json!(section))).ok_or_else(|| missing(&name, &place.document))
}

/// `POST /v1/knowledge-bases/{base}/preview`: how files would be cut. Nothing is stored.
pub(super) async fn preview(
    State(host): State<Arc<Host>>,
    Path(name): Path<String>,
    Query(parameters): Query<Vec<(String, String)>>,
    request: Request,
) -> Result<Json<Value>, ApiError> {
    let base = Arc::clone(base(&host, &name)?);
    let mut parameters = UploadParameters::new(parameters)?;
    let permit = permit(&host, false)?;
    let (sources, share) = received(&host, request, &mut parameters).await?;
    let work = async move {
        let _held = (permit, share);
        let options = ImportOptions { dry_run: true, ..ImportOptions::default() };
        base.import_with(sources, &options, &|_| {}).await
    };
    #[expect(clippy::disallowed_methods, reason = "the work goes on to its end where the client leaves")]
    let report = tokio::spawn(work).await??;
    let data: Vec<Value> = report.previews.iter().map(previewed).collect();
    let (unreadable, notes) = (said::unreadable(&report.unreadable), said::notes(&report.notes));
    Ok(Json(json!({"object": "list", "data": data, "unreadable": unreadable, "notes": notes})))
}

/// How a document would be cut, with what its notes are.
fn previewed(preview: &Preview) -> Value {
    let mut told = said::document(&preview.document);
    if let (Value::Object(told), Value::Object(more)) = (&mut told, json!(preview)) {
        more.into_iter().for_each(|(field, value)| _ = told.entry(field).or_insert(value));
    }
    told
}

pub(super) fn permit(host: &Host, writes_here: bool) -> Result<tokio::sync::OwnedSemaphorePermit, ApiError> {
    if writes_here {
        expect_room(host)?;
    }
    let imports = Arc::clone(&host.imports);
    imports
        .try_acquire_owned()
        .map_err(|_| busy("as many imports as the host takes at once are running; try again shortly"))
}

/// Receives a change, a short JSON object such as the example.
pub(super) async fn change<T: serde::de::DeserializeOwned + Send + 'static>(
    host: &Host,
    request: Request,
    example: &'static str,
) -> Result<T, ApiError> {
    let most = LONGEST_CHANGE.min(host.limits.max_chat_bytes.0);
    let body = body::receive(host, &mut request.into_body(), most).await?;
    let read = move |body: &[u8]| {
        super::decode::fields(body, |reason| {
            ApiError::new(
                Fault::InvalidUpload,
                format!("the change cannot be read: {reason}; send {example}"),
            )
        })
    };
    let (change, _share) = body.parse(host, read).await?;
    Ok(change)
}

pub(super) fn edit_error(error: EditError) -> ApiError {
    match error {
        EditError::Base(error) => ApiError::from(&error),
        EditError::Refused(message) => ApiError::new(Fault::InvalidUpload, message),
    }
}

pub(super) fn missing(name: &str, id: &str) -> ApiError {
    ApiError::new(Fault::NotFound, format!("the knowledge base `{name}` has no document `{id}`"))
}
