//! Knowledge bases over HTTP: import, list, delete, and the hit test.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest, Multipart, Path, Query, Request, State};
use axum::http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::ApiError;
use crate::host::Host;
use crate::knowledge::{
    self, Base, DocumentInfo, Filter, ImportReport, Metadata, MetadataError, Results, SearchError, Source,
};

#[derive(Serialize)]
pub(super) struct BaseSummary {
    name: String,
    title: String,
    documents: usize,
    windows: u64,
}

/// `GET /v1/knowledge-bases`
pub(super) async fn bases(State(host): State<Arc<Host>>) -> Result<Json<Value>, ApiError> {
    let mut all = Vec::new();
    for name in host.library.names() {
        let base = base(&host, name)?;
        let documents = base.documents().await.map_err(unavailable)?;
        all.push(BaseSummary {
            name: name.to_owned(),
            title: base.title().to_owned(),
            documents: documents.len(),
            windows: documents.iter().map(|document| u64::from(document.windows)).sum(),
        });
    }
    Ok(Json(json!({"object": "list", "data": all})))
}

/// `GET /v1/knowledge-bases/{base}/documents`
pub(super) async fn documents(
    State(host): State<Arc<Host>>,
    Path(name): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let documents: Vec<DocumentInfo> = base(&host, &name)?.documents().await.map_err(unavailable)?;
    Ok(Json(json!({"object": "list", "data": documents})))
}

/// What an upload says of its documents: in the address, or in parts of a form without a file name.
#[derive(Default)]
pub(super) struct ImportParameters {
    /// The document's id, where the body is the document itself.
    id: Option<String>,
    title: Option<String>,
    url: Option<String>,
    /// `meta.<field>` adds one value; `metadata` is a JSON object.
    metadata: Metadata,
}

impl ImportParameters {
    fn new(pairs: Vec<(String, String)>) -> Result<Self, ApiError> {
        let mut parameters = Self::default();
        for (name, value) in pairs {
            match name.as_str() {
                "id" => parameters.id = Some(value),
                "title" => parameters.title = Some(value),
                "url" => parameters.url = Some(value),
                name => parameters.describe(name, &value)?,
            }
        }
        Ok(parameters)
    }

    /// Parameters of other names are left to whoever understands them.
    fn describe(&mut self, name: &str, value: &str) -> Result<(), ApiError> {
        let refuse = |error: MetadataError| ApiError::bad_request("invalid_metadata", error.to_string());
        if let Some(field) = name.strip_prefix("meta.") {
            self.metadata.add(field, value).map_err(refuse)?;
        } else if name == "metadata" {
            let value: Value = serde_json::from_str(value).map_err(|error| {
                ApiError::bad_request("invalid_metadata", format!("`metadata` is no JSON object: {error}"))
            })?;
            let given = Metadata::from_json(&value).map_err(refuse)?;
            self.metadata = given.over(std::mem::take(&mut self.metadata));
        }
        Ok(())
    }
}

/// `POST /v1/knowledge-bases/{base}/documents`: files as `multipart/form-data`, or one document as
/// the body, named by `?id=`.
pub(super) async fn import(
    State(host): State<Arc<Host>>,
    Path(name): Path<String>,
    Query(parameters): Query<Vec<(String, String)>>,
    request: Request,
) -> Result<Json<ImportReport>, ApiError> {
    let base = Arc::clone(base(&host, &name)?);
    let mut parameters = ImportParameters::new(parameters)?;
    let multipart = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.starts_with("multipart/form-data"));
    let mut sources = Vec::new();
    if multipart {
        let refuse =
            |error: MultipartError| ApiError::new(error.status(), "invalid_upload", error.body_text());
        let mut form = Multipart::from_request(request, &())
            .await
            .map_err(|error| ApiError::bad_request("invalid_upload", error.body_text()))?;
        while let Some(field) = form.next_field().await.map_err(refuse)? {
            if let Some(id) = field.file_name().map(str::to_owned) {
                sources.push(Source::bytes(id, field.bytes().await.map_err(refuse)?));
            } else if let Some(name) = field.name().map(str::to_owned) {
                parameters.describe(&name, &field.text().await.map_err(refuse)?)?;
            }
        }
    } else {
        let Some(id) = parameters.id.filter(|id| !id.is_empty()) else {
            let message = "the document has no id; add ?id=name.md, or upload files as multipart/form-data";
            return Err(ApiError::bad_request("invalid_upload", message));
        };
        let body = Bytes::from_request(request, &())
            .await
            .map_err(|error| ApiError::new(error.status(), "invalid_upload", error.body_text()))?;
        let (title, url) = (parameters.title, parameters.url);
        sources.push(Source { title, url, ..Source::bytes(id, body) });
    }
    for source in &mut sources {
        source.metadata.clone_from(&parameters.metadata);
    }
    if sources.is_empty() {
        let message = "the upload holds no file; send each as a part with a file name";
        return Err(ApiError::bad_request("invalid_upload", message));
    }
    // A client that leaves must not break an import off between two documents it has sent.
    let imported = tokio::spawn(async move { base.import(sources, &|_| {}).await }).await;
    let report = imported.map_err(|error| ApiError::internal(error.to_string()))?;
    report.map(Json).map_err(|error| unavailable(error.to_string()))
}

/// `DELETE /v1/knowledge-bases/{base}/documents/{id}`
pub(super) async fn delete(
    State(host): State<Arc<Host>>,
    Path((name, id)): Path<(String, String)>,
) -> Result<Json<Value>, ApiError> {
    if base(&host, &name)?.delete(&id).await.map_err(unavailable)? {
        Ok(Json(json!({"id": id, "object": "knowledge_base.document", "deleted": true})))
    } else {
        Err(ApiError::not_found(format!("the knowledge base `{name}` has no document `{id}`")))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SearchBody {
    query: String,
    top_k: Option<usize>,
    threshold: Option<f64>,
    /// Which documents may be found; under this name or the one Qianfan gives it.
    #[serde(alias = "metadata_filters")]
    filters: Option<Filter>,
    /// Only for the search over several bases; absent means all.
    knowledge_bases: Option<Vec<String>>,
}

/// `POST /v1/knowledge-bases/{base}/search`: the hit test of one base.
pub(super) async fn search_one(
    State(host): State<Arc<Host>>,
    Path(name): Path<String>,
    body: Bytes,
) -> Result<Json<Results>, ApiError> {
    base(&host, &name)?;
    let body = search_body(&body)?;
    search(&host, body, vec![name]).await
}

/// `POST /v1/knowledge-bases/search`: the hit test over several bases.
pub(super) async fn search_many(
    State(host): State<Arc<Host>>,
    body: Bytes,
) -> Result<Json<Results>, ApiError> {
    let mut body = search_body(&body)?;
    let all = || host.library.names().map(str::to_owned).collect();
    let bases = body.knowledge_bases.take().unwrap_or_else(all);
    search(&host, body, bases).await
}

fn search_body(body: &[u8]) -> Result<SearchBody, ApiError> {
    serde_json::from_slice(body).map_err(|error| {
        ApiError::bad_request(
            "invalid_query",
            format!("{error}; send {{\"query\": \"…\", \"top_k\": 5, \"threshold\": 0.4}}"),
        )
    })
}

async fn search(host: &Host, body: SearchBody, bases: Vec<String>) -> Result<Json<Results>, ApiError> {
    let SearchBody { query: text, top_k, threshold, filters: filter, .. } = body;
    let query = knowledge::Query { text, bases, top_k, threshold, filter };
    host.library.search(&query).await.map(Json).map_err(|error| match error {
        SearchError::UnknownBase(_) => ApiError::not_found(error.to_string()),
        error => ApiError::bad_request("invalid_query", error.to_string()),
    })
}

fn base<'a>(host: &'a Host, name: &str) -> Result<&'a Arc<Base>, ApiError> {
    host.library.base(name).ok_or_else(|| {
        let known: Vec<&str> = host.library.names().collect();
        ApiError::not_found(format!("there is no knowledge base `{name}`; there are: {}", known.join(", ")))
    })
}

fn unavailable(error: impl ToString) -> ApiError {
    ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "knowledge_base_unavailable", error.to_string())
        .retry_after(5)
}
