//! Jobs over HTTP: imports of any size, re-embedding, and how far they are.

use std::sync::Arc;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Multipart, Path, Query, Request, State};
use axum::response::Response;
use futures_util::StreamExt;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::{ApiError, Fault};
use super::job_view::{accepted, object};
use super::knowledge::{expect_room, is_multipart};
use super::lookup::base;
use super::page_limit::PageLimit;
use super::said;
use super::sources;
use super::upload::{UploadParameters, parameter};
use crate::host::Host;
use crate::job::{JobRecord, JobState, Upload, UploadError, Work};
use crate::knowledge::{ImportOptions, Source};

/// `POST /v1/knowledge-bases/{base}/imports`: as `POST …/documents`, but answered as soon as all
/// is received; or JSON that says what is to be fetched from the web.
pub(super) async fn import(
    State(host): State<Arc<Host>>,
    Path(name): Path<String>,
    Query(parameters): Query<Vec<(String, String)>>,
    request: Request,
) -> Result<Response, ApiError> {
    let base = Arc::clone(base(&host, &name)?);
    let says_nothing = parameters.is_empty();
    let mut parameters = UploadParameters::new(parameters)?;
    parameters.check()?;
    expect_room(&host)?;
    if says_nothing && sources::is_order(&request) {
        return sources::import(&host, &base, request.into_body()).await;
    }
    let place = host.jobs.reserve(&name)?;
    let mut upload = host.jobs.upload(host.limits.max_upload_bytes.0 as u64).await?;
    if is_multipart(&request) {
        receive_form(&mut upload, &mut parameters, request).await?;
    } else {
        let source = parameters.body(|id| Source::bytes(id, Bytes::new()))?;
        receive_body(&mut upload, request.into_body(), source).await?;
    }
    parameters.check()?;
    if upload.is_empty() {
        let message = "the upload holds no file; send files as multipart/form-data with file names";
        return Err(ApiError::new(Fault::InvalidUpload, message));
    }
    let options =
        ImportOptions { origin: parameters.origin, prune: parameters.prune, ..ImportOptions::default() };
    let started = host.jobs.start(place, base, Work::Import(upload, options)).await;
    started.map(accepted).map_err(|error| UploadError::Disk(error).into())
}

async fn receive_form(
    upload: &mut Upload,
    parameters: &mut UploadParameters,
    request: Request,
) -> Result<(), ApiError> {
    let mut form = Multipart::from_request(request, &()).await?;
    while let Some(mut field) = form.next_field().await? {
        let Some(id) = field.file_name().map(str::to_owned) else {
            let Some(name) = field.name().map(str::to_owned) else { continue };
            parameters.set(&name, parameter(&name, field).await?)?;
            continue;
        };
        let mut file = upload.file().await?;
        while let Some(bytes) = field.chunk().await? {
            file.write(&bytes).await?;
        }
        file.finish(Source::bytes(id, Bytes::new())).await?;
    }
    // What describes the files may come after them.
    let described = parameters.files(upload.len())?;
    upload.describe(described);
    Ok(())
}

async fn receive_body(upload: &mut Upload, body: Body, source: Source) -> Result<(), ApiError> {
    let mut body = body.into_data_stream();
    let mut file = upload.file().await?;
    while let Some(bytes) = body.next().await {
        let bytes = bytes.map_err(|error| ApiError::broken_body(&error))?;
        file.write(&bytes).await?;
    }
    Ok(file.finish(source).await?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReembedParameters {
    /// Make vectors anew also where those that are stored are named after the configured embedder.
    #[serde(default)]
    force: bool,
}

/// `POST /v1/knowledge-bases/{base}/reembed`
pub(super) async fn reembed(
    State(host): State<Arc<Host>>,
    Path(name): Path<String>,
    Query(parameters): Query<ReembedParameters>,
) -> Result<Response, ApiError> {
    let base = Arc::clone(base(&host, &name)?);
    let place = host.jobs.reserve(&name)?;
    let started = host.jobs.start(place, base, Work::Reembed { force: parameters.force }).await;
    started.map(accepted).map_err(|error| ApiError::job_not_kept(&error))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct JobListParameters {
    knowledge_base: Option<String>,
    state: Option<JobState>,
    limit: Option<PageLimit>,
}

/// `GET /v1/jobs`: newest first.
pub(super) async fn list(
    State(host): State<Arc<Host>>,
    Query(parameters): Query<JobListParameters>,
) -> Json<Value> {
    let wanted = |job: &JobRecord| {
        parameters.state.is_none_or(|state| state == job.state)
            && parameters.knowledge_base.as_ref().is_none_or(|base| *base == job.knowledge_base)
    };
    let jobs = host.jobs.list();
    let limit = parameters.limit.map_or(20, |limit| limit.at_most(500));
    let data: Vec<Value> = jobs.iter().filter(|job| wanted(job)).take(limit).map(object).collect();
    Json(said::worded(json!({"object": "list", "data": data})))
}

/// `GET /v1/jobs/{id}`
pub(super) async fn get(
    State(host): State<Arc<Host>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    host.jobs.get(&id).map(|job| Json(said::worded(object(&job)))).ok_or_else(|| unknown(&id))
}

/// `DELETE /v1/jobs/{id}`: asks the job to end. One that has ended stays as it is.
pub(super) async fn cancel(
    State(host): State<Arc<Host>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    Ok(Json(object(&cancelled(&host, &id).await?)))
}

pub(super) async fn cancelled(host: &Host, id: &str) -> Result<JobRecord, ApiError> {
    host.jobs.cancel(id).await.ok_or_else(|| unknown(id))
}

/// `POST /v1/knowledge-bases/{base}/imports/{job}/retry`: a job for what that one did not get in.
pub(super) async fn retry(
    State(host): State<Arc<Host>>,
    Path((name, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let base = base(&host, &name)?;
    expect_room(&host)?;
    host.jobs.retry(&id, base).await.map(accepted).map_err(ApiError::from)
}

fn unknown(id: &str) -> ApiError {
    let message = format!("there is no job `{id}`; GET /v1/jobs lists them, and the oldest are forgotten");
    ApiError::new(Fault::NotFound, message)
}
