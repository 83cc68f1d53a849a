//! Knowledge bases over HTTP: import, list, delete, and the hit test.

use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequest, Multipart, Path, Query, Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::base::{state, used_by, warning};
use super::body;
use super::error::{ApiError, Fault, RetryAdvice, disk_is_short};
use super::lookup::base;
use super::said;
use super::upload::{UploadParameters, parameter, raw_file_name};
use super::whole;
use crate::host::Host;
use crate::knowledge::{self, Filter, SearchError, Source, StoreError, Wordings};
use crate::share::Share;

/// Files of one form: each costs memory beside its bytes.
const MAX_FILES: usize = 10_000;
/// Bytes of a search: its text and its filters are short.
const LONGEST_SEARCH: usize = 256 << 10;
/// Most documents that an error names; an archive may hold thousands.
const REASONS_TOLD: usize = 20;

#[derive(Serialize)]
pub(super) struct ListedBase {
    name: String,
    title: String,
    /// `None`, and `windows` too, where the base cannot be read.
    documents: Option<u64>,
    windows: Option<u64>,
    /// `{"configured"}`, as `GET /v1/knowledge-bases/{base}` has it, which asks for the one that serves.
    embedder: Value,
    /// From which score on its passages come into a turn.
    threshold: f64,
    /// How many times its scores count where bases are ranked together.
    weight: f64,
    /// The apps that search it or have its whole text in their prompts.
    used_by: Vec<Value>,
    /// Why it cannot be read, or not be searched as it should.
    error: Option<String>,
    /// What is wrong though the base can be searched, and what to do.
    warning: Option<String>,
    /// The state of the base, in the words of `GET /v1/knowledge-bases/{base}`.
    state: &'static str,
}

/// `GET /v1/knowledge-bases`
pub(super) async fn bases(State(host): State<Arc<Host>>) -> Result<Json<Value>, ApiError> {
    let bases = host.library.names().map(|name| base(&host, name)).collect::<Result<Vec<_>, _>>()?;
    let all = join_all(bases.into_iter().map(async |base| {
        let size = base.size_now().await;
        let state = state(base, size.is_ok());
        ListedBase {
            state,
            name: base.name().to_owned(),
            title: base.title().to_owned(),
            embedder: json!({"configured": base.settings().embedder}),
            threshold: base.settings().hit_thresholds().passages,
            weight: base.settings().weight,
            used_by: used_by(&host, base.name()),
            documents: size.as_ref().ok().map(|(documents, _)| *documents),
            windows: size.as_ref().ok().map(|(_, windows)| *windows),
            error: size.err().map(|error| error.to_string()).or_else(|| base.trouble()),
            warning: warning(base),
        }
    }))
    .await;
    Ok(Json(said::worded(json!({"object": "list", "data": all}))))
}

/// `POST /v1/knowledge-bases/{base}/documents`: files as `multipart/form-data`, or one document as
/// the body, named by `?id=`.
pub(super) async fn import(
    State(host): State<Arc<Host>>,
    Path(name): Path<String>,
    Query(parameters): Query<Vec<(String, String)>>,
    request: Request,
) -> Result<Json<Value>, ApiError> {
    let base = Arc::clone(base(&host, &name)?);
    let mut parameters = UploadParameters::new(parameters)?;
    if base.is_embedded() {
        expect_room(&host)?;
    }
    // The place is taken before the body is read, because a body that waits takes memory.
    let permit = Arc::clone(&host.imports).try_acquire_owned().map_err(|_| {
        busy("as many imports as the host takes at once are running; use /imports, which queues")
    })?;
    let (sources, share) = received(&host, request, &mut parameters).await?;
    // A client that leaves must not break an import off between two documents it has sent.
    let work = async move {
        let _held = (permit, share);
        base.import(sources, &|_| {}).await
    };
    #[expect(clippy::disallowed_methods, reason = "the work goes on to its end where the client leaves")]
    let report = tokio::spawn(work).await??;
    if report.imported == 0 && report.unchanged == 0 {
        let told = report.unreadable.iter().take(REASONS_TOLD);
        let mut reasons: Vec<String> = told.map(|u| format!("`{}`: {}", u.document, u.reason)).collect();
        if let more @ 1.. = report.unreadable.len() - reasons.len() {
            reasons.push(format!("and {more} more"));
        }
        let message = format!("nothing was imported: {}", reasons.join("; "));
        return Err(ApiError::new(Fault::Unreadable, message));
    }
    Ok(Json(said::report(&report)))
}

/// The files of an upload, and the memory that they hold.
pub(super) async fn received(
    host: &Host,
    request: Request,
    parameters: &mut UploadParameters,
) -> Result<(Vec<Source>, Share), ApiError> {
    let (sources, share) = if is_multipart(&request) {
        let share = host.memory.share();
        let form = receive_form(body::counting(&share, request), parameters).await;
        (form.map_err(|error| body::explain(&share, error))?, share)
    } else {
        let most = host.limits.max_import_bytes.0;
        let (body, share) = body::receive(host, &mut request.into_body(), most).await?.into_parts();
        (vec![parameters.body(|id| Source::bytes(id, body))?], share)
    };
    if parameters.origin.is_some() || parameters.prune {
        let message = "origin and prune need a job; send the same to …/imports";
        return Err(ApiError::new(Fault::InvalidUpload, message));
    }
    if sources.is_empty() {
        let message = "the upload holds no file; send each as a part with a file name";
        return Err(ApiError::new(Fault::InvalidUpload, message));
    }
    Ok((sources, share))
}

async fn receive_form(request: Request, parameters: &mut UploadParameters) -> Result<Vec<Source>, ApiError> {
    let mut form = Multipart::from_request(request, &()).await?;
    let mut files = Vec::new();
    while let Some(field) = form.next_field().await? {
        if let Some(id) = field.file_name().map(str::to_owned).or_else(|| raw_file_name(field.headers())) {
            if files.len() == MAX_FILES {
                let message =
                    format!("the form holds more than {MAX_FILES} files; send fewer at once, or an archive");
                return Err(ApiError::new(Fault::InvalidUpload, message));
            }
            files.push(Source::bytes(id, field.bytes().await?));
        } else if let Some(name) = field.name().map(str::to_owned) {
            let value = parameter(&name, field).await?;
            parameters.set(&name, value)?;
        }
    }
    // What describes the files may come after them.
    let described = parameters.files(files.len())?;
    Ok(files.into_iter().map(described).collect())
}

pub(super) fn busy(message: &str) -> ApiError {
    ApiError::new(Fault::Busy, message)
}

/// `DELETE /v1/knowledge-bases/{base}/documents/{id}`
pub(super) async fn delete(
    State(host): State<Arc<Host>>,
    Path((name, id)): Path<(String, String)>,
) -> Result<Json<Value>, ApiError> {
    let base = base(&host, &name)?;
    let deleted = host.disk.with_reserve(StoreError::is_full, || base.delete(&id)).await;
    if deleted? {
        Ok(Json(json!({"id": id, "object": "knowledge_base.document", "deleted": true})))
    } else {
        let message = format!("the knowledge base `{name}` has no document `{id}`");
        Err(ApiError::new(Fault::NotFound, message))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SearchBody {
    query: String,
    #[serde(default, deserialize_with = "whole::optional")]
    top_k: Option<usize>,
    threshold: Option<f64>,
    /// Which documents may be found; under this name or the one Qianfan gives it.
    #[serde(alias = "metadata_filters")]
    filters: Option<Filter>,
    /// Other wordings that passages are searched for at the same time, as a trace's search has them.
    wordings: Option<Wordings>,
    /// What there is before the thresholds, nothing grown or joined, with the words in common; `top_k` is of
    /// each base.
    #[serde(default)]
    raw: bool,
    /// Only for the search over several bases; absent means all.
    knowledge_bases: Option<Vec<String>>,
    /// Hits are shown with what is around them, as in chat; `false`: the sections alone, as where an app answers directly.
    context: Option<bool>,
}

/// `POST /v1/knowledge-bases/{base}/search`: the hit test of one base.
pub(super) async fn search_one(
    State(host): State<Arc<Host>>,
    Path(name): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    base(&host, &name)?;
    search(&host, request, |_| vec![name]).await
}

/// `POST /v1/knowledge-bases/search`: the hit test over several bases.
pub(super) async fn search_many(
    State(host): State<Arc<Host>>,
    request: Request,
) -> Result<Response, ApiError> {
    let all = || host.library.names().map(str::to_owned).collect();
    search(&host, request, |named| named.unwrap_or_else(all)).await
}

async fn search(
    host: &Host,
    request: Request,
    bases: impl FnOnce(Option<Vec<String>>) -> Vec<String>,
) -> Result<Response, ApiError> {
    let _permit = host
        .searches
        .try_acquire()
        .map_err(|_| busy("as many hit tests as the host takes at once are running; try again shortly"))?;
    let most = LONGEST_SEARCH.min(host.limits.max_chat_bytes.0);
    let body = body::receive(host, &mut request.into_body(), most).await?;
    let (body, _share) = body.parse(host, search_body).await?;
    let SearchBody {
        query: text,
        top_k,
        threshold,
        filters: filter,
        wordings,
        raw,
        knowledge_bases,
        context,
    } = body;
    let (bases, context) = (bases(knowledge_bases), context.unwrap_or(true));
    let query = knowledge::Query { text, wordings, bases, top_k, threshold, filter, context };
    let refused = |error: SearchError| match error {
        SearchError::UnknownBase(_) => ApiError::new(Fault::NotFound, error.to_string()),
        SearchError::InvalidQuery(_) => ApiError::new(Fault::InvalidQuery, error.to_string()),
        SearchError::Unavailable { lasts, .. } => {
            let told = ApiError::new(Fault::KnowledgeUnavailable, error.to_string());
            // What is damaged stays so until somebody acts.
            if lasts { told.again(RetryAdvice::Never) } else { told }
        }
    };
    if raw {
        let candidates = host.library.candidates(&query).await.map_err(refused)?;
        let reports = json!(candidates.reports);
        return Ok(Json(said::WithWording::of(candidates, &reports)).into_response());
    }
    let results = host.library.search(&query).await.map_err(refused)?;
    let reports = json!(results.reports);
    Ok(Json(said::WithWording::of(results, &reports)).into_response())
}

fn search_body(body: &[u8]) -> Result<SearchBody, ApiError> {
    super::decode::fields(body, |reason| {
        ApiError::new(
            Fault::InvalidQuery,
            format!(
                "{reason}; send {{\"query\": \"…\", \"top_k\": 5, \"threshold\": 0.4, \"filters\": [{{\"operator\": \"eq\", \"field\": \"province\", \"value\": \"广东\"}}]}}"
            ),
        )
    })
}

/// Whether the body holds files with names.
pub(super) fn is_multipart(request: &Request) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("multipart/form-data"))
}

/// Refuses what would be written to a disk whose reserve is spent.
pub(super) fn expect_room(host: &Host) -> Result<(), ApiError> {
    if host.disk.is_short() {
        return Err(ApiError::no_room(disk_is_short(&host.disk)));
    }
    Ok(())
}
