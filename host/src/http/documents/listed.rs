//! Documents by the page, those that a filter admits, and the deletion of all of them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cut::cut;
use crate::host::Host;
use crate::http::error::{ApiError, Fault};
use crate::http::job_view::accepted;
use crate::http::lookup::base;
use crate::http::page_limit::PageLimit;
use crate::http::said;
use crate::job::Work;
use crate::knowledge::{Base, DocumentFilter, DocumentQuery, Filter, StoreError, Unreadable};
use crate::wording::Worded;

/// Most documents of one page.
const MOST: usize = 1000;
/// Documents that a dry run names.
const EXAMPLES: usize = 10;
/// Documents that failed and are looked for in a base, those of the newest jobs first.
const MOST_FAILED: usize = 5000;
/// Bytes of a client's words that an error repeats.
const LONGEST_ECHO: usize = 100;

/// Which documents are meant. Without a limit they come all at once.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct DocumentListParameters {
    limit: Option<PageLimit>,
    after: Option<String>,
    /// How many are left out first; beside `after`, of those behind it.
    #[serde(default)]
    offset: usize,
    q: Option<String>,
    origin: Option<String>,
    state: Option<String>,
    from: Option<u64>,
    to: Option<u64>,
    /// JSON, as a search has it.
    filters: Option<String>,
    /// Whether the base's origins are told too.
    #[serde(default)]
    origins: bool,
    /// Only for a deletion: every document is meant.
    #[serde(default)]
    all: bool,
    /// Only for a deletion: nothing is deleted, and the answer says what would be.
    #[serde(default)]
    dry_run: bool,
    /// Only for a deletion: how many documents are meant, as a dry run said.
    confirm: Option<u64>,
}

impl DocumentListParameters {
    /// `None` where documents are meant that are not in.
    fn filter(&self) -> Result<Option<DocumentFilter>, ApiError> {
        let mut filter = DocumentFilter {
            q: self.q.clone().filter(|q| !q.is_empty()),
            origin: self.origin.clone(),
            from: self.from,
            to: self.to,
            ..DocumentFilter::default()
        };
        if let Some(filters) = self.filters.as_deref().filter(|filters| !filters.is_empty()) {
            let read = serde_json::from_str::<Filter>(filters).map_err(|error| {
                let message = format!(
                    "`filters` cannot be read: {}; send a list such as [{{\"operator\": \"eq\", \"field\": \"province\", \"value\": \"广东\"}}]",
                    cut(&error.to_string(), LONGEST_ECHO)
                );
                ApiError::invalid_request(message)
            })?;
            filter.metadata = Some(read);
        }
        match self.state.as_deref().unwrap_or_default() {
            "" => {}
            "noted" => filter.noted = Some(true),
            "off" => filter.off = Some(true),
            "on" => filter.off = Some(false),
            "failed" => return Ok(None),
            other => {
                let message = format!(
                    "`{}` is not a value of `state`; there are: noted, off, on, failed",
                    cut(other, LONGEST_ECHO)
                );
                return Err(ApiError::invalid_request(message));
            }
        }
        Ok(Some(filter))
    }
}

/// `GET /v1/knowledge-bases/{base}/documents`
pub(in crate::http) async fn list(
    State(host): State<Arc<Host>>,
    Path(name): Path<String>,
    Query(parameters): Query<DocumentListParameters>,
) -> Result<Json<Value>, ApiError> {
    let base = base(&host, &name)?;
    let limit = parameters.limit.map_or(usize::MAX, |limit| limit.at_most(MOST));
    let Some(filter) = parameters.filter()? else {
        return Ok(Json(list_failed(&host, base, parameters, limit).await?));
    };
    let query = DocumentQuery { limit, after: parameters.after, skip: parameters.offset, filter };
    let found = base.documents_page(&query).await?;
    let is_full = found.documents.len() == limit;
    let next = found.documents.last().filter(|_| is_full).map(|last| last.id.clone());
    let data: Vec<Value> = found.documents.iter().map(said::document).collect();
    let mut told = json!({"object": "list", "data": data, "total": found.total});
    if let Some(next) = next {
        told["next"] = next.into();
    }
    if parameters.origins {
        let origins = base.totals().await?.origins.into_iter();
        told["origins"] =
            origins.map(|(origin, documents)| json!({"origin": origin, "documents": documents})).collect();
    }
    Ok(Json(told))
}

/// A document that an import could not read.
pub(in crate::http) struct FailedDocument {
    unreadable: Unreadable,
    job: String,
    at: u64,
    can_retry: bool,
}

/// Documents that the newest job which met them could not read, by id. One that is in since is none.
pub(in crate::http) async fn failed(host: &Host, base: &Base) -> Result<Vec<FailedDocument>, StoreError> {
    let mut met = HashSet::new();
    let mut all = Vec::new();
    for job in host.jobs.list().into_iter().filter(|job| job.knowledge_base == base.name()) {
        // What another job does about them counts.
        if job.unreadable_total == 0 || job.retried_by.is_some() {
            continue;
        }
        let Some(job) = host.jobs.get(&job.id) else { continue };
        let (at, can_retry) = (job.finished_at.unwrap_or(job.created_at), job.can_retry());
        for unreadable in job.unreadable {
            if met.insert(unreadable.document.clone()) {
                all.push(FailedDocument { unreadable, job: job.id.clone(), at, can_retry });
            }
        }
    }
    all.truncate(MOST_FAILED);
    let ids: Vec<String> = all.iter().map(|failed| failed.unreadable.document.clone()).collect();
    let stored = if ids.is_empty() { HashMap::new() } else { base.imported_at(&ids).await? };
    let is_left = |failed: &FailedDocument| {
        stored.get(&failed.unreadable.document).is_none_or(|imported_at| *imported_at < failed.at)
    };
    all.retain(is_left);
    let mut left = all;
    left.sort_by(|one, other| one.unreadable.document.cmp(&other.unreadable.document));
    Ok(left)
}

async fn list_failed(
    host: &Host,
    base: &Base,
    parameters: DocumentListParameters,
    limit: usize,
) -> Result<Value, ApiError> {
    if parameters.origin.is_some() || parameters.filters.is_some() {
        let message = "documents that failed are not in, so nothing is known of their origin and metadata; leave \
                       `origin` and `filters` out";
        return Err(ApiError::invalid_request(message));
    }
    let q = parameters.q.as_deref().unwrap_or_default().to_ascii_lowercase();
    let is_meant = |failed: &FailedDocument| {
        failed.unreadable.document.to_ascii_lowercase().contains(&q)
            && parameters.from.is_none_or(|from| failed.at >= from)
            && parameters.to.is_none_or(|to| failed.at <= to)
    };
    let mut meant = failed(host, base).await?;
    meant.retain(is_meant);
    let total = meant.len();
    let is_after = |failed: &FailedDocument| {
        parameters.after.as_ref().is_none_or(|after| failed.unreadable.document > *after)
    };
    let mut left = meant.into_iter().filter(is_after).skip(parameters.offset);
    let page: Vec<FailedDocument> = left.by_ref().take(limit).collect();
    let last = page.last().map(|failed| failed.unreadable.document.clone());
    let next = last.filter(|_| left.next().is_some());
    let data: Vec<Value> = page.into_iter().map(told).collect();
    Ok(json!({"object": "list", "data": data, "total": total, "next": next}))
}

fn told(
    FailedDocument { unreadable: Unreadable { document, reason }, job, at, can_retry }: FailedDocument,
) -> Value {
    let worded = Worded::of_import(&reason);
    let told = json!({"id": document, "reason": reason, "job": job, "failed_at": at, "can_retry": can_retry});
    said::with_kind(told, worded)
}

/// `DELETE /v1/knowledge-bases/{base}/documents?…`: all that the filter admits, as a job.
pub(in crate::http) async fn remove(
    State(host): State<Arc<Host>>,
    Path(name): Path<String>,
    Query(parameters): Query<DocumentListParameters>,
) -> Result<Response, ApiError> {
    let base = Arc::clone(base(&host, &name)?);
    let Some(filter) = parameters.filter()? else {
        let message =
            "documents that failed are not in, so there is nothing to delete; leave state=failed out";
        return Err(ApiError::invalid_request(message));
    };
    if filter.is_empty() != parameters.all {
        let message = if parameters.all {
            "all=true means every document, and a filter stands beside it; send one of the two"
        } else {
            "no filter says which documents are to be deleted; give q, origin, state, from, to or filters, or all=true \
             for every document"
        };
        return Err(ApiError::new(Fault::NoFilter, message));
    }
    if parameters.dry_run {
        let query = DocumentQuery { limit: EXAMPLES, filter, ..DocumentQuery::default() };
        let found = base.documents_page(&query).await?;
        let matched = found.total;
        let examples: Vec<String> = found.documents.into_iter().map(|document| document.id).collect();
        let told = json!({"object": "knowledge_base.deletion", "dry_run": true, "matched": matched, "examples": examples});
        return Ok(Json(told).into_response());
    }
    // What is confirmed and deleted is what is found here, whatever comes until the job gets to it.
    let meant = Arc::new(base.meant_by(&filter).await?);
    let matched = meant.count() as u64;
    let s = if matched == 1 { "" } else { "s" };
    let Some(confirmed) = parameters.confirm else {
        let message = format!(
            "{matched} document{s} match; send confirm={matched} with the same filters to delete them"
        );
        return Err(ApiError::invalid_request(message));
    };
    if confirmed != matched {
        let message =
            format!("{matched} document{s} match now, and {confirmed} were confirmed; look at them again");
        return Err(ApiError::new(Fault::CountChanged, message));
    }
    let place = host.jobs.reserve(base.name())?;
    let started = host.jobs.start(place, base, Work::Delete(filter, meant)).await;
    started.map(accepted).map_err(|error| ApiError::job_not_kept(&error))
}
