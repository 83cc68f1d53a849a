//! Evaluations as jobs over HTTP: what is asked for, how far it is, what came out, and each question beside what became of
//! it before.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, Request, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::body;
use super::error::{ApiError, Fault};
use super::evaluate::{parsed, to_ask};
use super::evaluation_questions::kept;
use super::job_view::begun;
use super::jobs::cancelled;
use super::lookup::base;
use super::page_limit::PageLimit;
use super::said;
use crate::evaluate::{Measure, Question, QuestionFile, Right};
use crate::host::Host;
use crate::job::{
    Evaluation, EvaluationOrder, EvaluationQuery, EvaluationView, JobState, Variant, VerdictFilter, Work,
};

/// Variants of settings that one evaluation tries: each asks every question.
const MOST_VARIANTS: usize = 4;
/// Misses that a report tells; the questions are told by the page.
const MISSES: usize = 20;
/// Bytes of a name or a note.
const LONGEST_NAME: usize = 2 << 10;
/// Evaluations of one list.
const MOST: usize = 100;
/// Questions of one page, and of one that says nothing.
const MOST_QUESTIONS: usize = 500;
const QUESTIONS: usize = 100;
/// Unread lines that are told.
const SKIPPED: usize = 20;
/// Questions that are shown of a file before they are asked.
const SHOWN: usize = 5;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EvaluationBody {
    /// Absent: all.
    bases: Option<Vec<String>>,
    /// A file's text, or objects as its lines have them.
    questions: Option<UploadedQuestions>,
    /// What the questions are called.
    file: Option<String>,
    /// The kept questions of this app are asked; empty: all that are kept.
    app: Option<String>,
    k: Option<Vec<usize>>,
    precision: Option<Vec<f64>>,
    #[serde(default)]
    variants: Vec<Variant>,
    note: Option<String>,
    /// With `true` no question is asked; the answer says how the questions were read.
    #[serde(default)]
    dry_run: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum UploadedQuestions {
    Text(String),
    Objects(Vec<Map<String, Value>>),
}

fn refuse(message: impl Into<String>) -> ApiError {
    ApiError::new(Fault::InvalidEvaluation, message)
}

/// `POST /v1/evaluations`
pub(super) async fn start(State(host): State<Arc<Host>>, request: Request) -> Result<Response, ApiError> {
    let body = body::receive(&host, &mut request.into_body(), host.limits.max_chat_bytes.0).await?;
    let read = |body: &[u8]| {
        super::decode::fields(body, |reason| {
            refuse(format!(
                "{reason}; send {{\"bases\": [\"faq\"], \"questions\": [{{\"question\": \"…\", \"right\": [\"faq.csv\"]}}]}}, or \
                 `app` for the questions that are kept of it"
            ))
        })
    };
    let (ordered, share): (EvaluationBody, _) = body.parse(&host, read).await?;
    let dry_run = ordered.dry_run;
    let (order, file) = checked(&host, ordered).await?;
    let mut file = file;
    let questions = to_ask(&mut file)?;
    if questions.is_empty() {
        return Err(refuse(
            "there is no question to ask; send `questions`, or `app` for those that are kept",
        ));
    }
    if dry_run {
        return Ok(Json(understood(&file, &questions)).into_response());
    }
    let first = order.bases.first().ok_or_else(|| refuse("no knowledge base is configured"))?;
    let first = Arc::clone(base(&host, first)?);
    let skipped = file.skipped.iter().take(SKIPPED).map(ToString::to_string).collect();
    let order = EvaluationOrder { questions: questions.len(), skipped, ..order };
    let place = host.jobs.reserve(first.name())?;
    let work = Work::Evaluate(Box::new(Evaluation::new(order, questions, &host.library)));
    drop(share);
    let started = host.jobs.start(place, first, work).await;
    let job = started.map_err(|error| ApiError::job_not_kept(&error))?;
    let view = found(&host, &job.id).await?;
    Ok(begun(format!("/v1/evaluations/{}", job.id), told(&view)))
}

/// How a file of questions was read: the first of them, and the lines that are none.
fn understood(file: &QuestionFile, questions: &[Question]) -> Value {
    let shown = |question: &Question| {
        let right: Vec<String> = question.right.iter().map(Right::shown).collect();
        json!({"place": question.place, "question": question.text, "base": question.base, "right": right})
    };
    said::worded(json!({
        "object": "evaluation.preview",
        "file": file.name,
        "questions": questions.len(),
        "nothing_right": questions.iter().filter(|question| question.right.is_empty()).count(),
        "data": questions.iter().take(SHOWN).map(shown).collect::<Vec<_>>(),
        "skipped": file.skipped.iter().take(SKIPPED).map(ToString::to_string).collect::<Vec<_>>(),
        "skipped_total": file.skipped.len(),
    }))
}

/// What is asked for, without the questions, and their file.
async fn checked(
    host: &Arc<Host>,
    ordered: EvaluationBody,
) -> Result<(EvaluationOrder, QuestionFile), ApiError> {
    let EvaluationBody { bases, questions, file, app, k, precision, mut variants, note, dry_run: _ } =
        ordered;
    let default = Measure::default();
    let measure = Measure {
        k: k.unwrap_or(default.k),
        precision: precision.unwrap_or(default.precision),
        ..Measure::default()
    };
    let measure = measure.checked().map_err(refuse)?;
    let bases = bases.unwrap_or_else(|| host.library.names().map(str::to_owned).collect());
    if variants.is_empty() {
        variants.push(Variant::default());
    }
    if variants.len() > MOST_VARIANTS {
        return Err(refuse(format!("there are {} variants; send at most {MOST_VARIANTS}", variants.len())));
    }
    for name in bases.iter().chain(variants.iter().flat_map(|variant| variant.bases.iter().flatten())) {
        base(host, name)?;
    }
    let is_share = |threshold: &f64| (0.0..=1.0).contains(threshold);
    for variant in &variants {
        if variant.threshold.is_some_and(|threshold| !is_share(&threshold)) {
            return Err(refuse("the threshold must be between 0 and 1"));
        }
        if variant.bases.as_ref().is_some_and(Vec::is_empty) {
            return Err(refuse("the `bases` of a variant are empty; name some, or leave them out"));
        }
    }
    let names = variants.iter().map(|variant| &variant.name).chain(&note).chain(&file);
    if let Some(long) = names.into_iter().find(|name| name.len() > LONGEST_NAME) {
        return Err(refuse(format!("a name or note has {} bytes; shorten it to {LONGEST_NAME}", long.len())));
    }
    let (name, text) = match (questions, app) {
        (Some(_), Some(_)) => return Err(refuse("`questions` and `app` are two sources; send one of them")),
        (None, None) => {
            return Err(refuse(
                "there is no question to ask; send `questions`, or `app` for those that are kept",
            ));
        }
        (None, Some(app)) => {
            let of = Some(app).filter(|app| !app.is_empty());
            (file.unwrap_or_else(|| "kept".into()), kept(host, of).await?)
        }
        (Some(UploadedQuestions::Text(text)), None) => (file.unwrap_or_else(|| "questions".into()), text),
        (Some(UploadedQuestions::Objects(objects)), None) => {
            let lines = objects.iter().map(|object| format!("{}\n", json!(object))).collect();
            (file.unwrap_or_else(|| "questions.jsonl".into()), lines)
        }
    };
    let place = Arc::clone(&host.parsers).acquire_owned().await;
    let reading = tokio::task::spawn_blocking(move || {
        let _place = place;
        parsed(&name, text.as_bytes())
    });
    let file = reading.await??;
    let order = EvaluationOrder {
        file: file.name.clone(),
        note,
        bases,
        questions: 0,
        skipped: Vec::new(),
        k: measure.k,
        precision: measure.precision,
        misses: MISSES,
        variants,
    };
    Ok((order, file))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EvaluationListParameters {
    limit: Option<PageLimit>,
    before: Option<String>,
    base: Option<String>,
    state: Option<JobState>,
}

/// `GET /v1/evaluations`: newest first, without what they found.
pub(super) async fn list(
    State(host): State<Arc<Host>>,
    Query(EvaluationListParameters { limit, before, base, state }): Query<EvaluationListParameters>,
) -> Result<Json<Value>, ApiError> {
    let limit = limit.map_or(20, |limit| limit.at_most(MOST));
    let all = host.jobs.evaluations().await.map_err(unreadable)?;
    let is_wanted = |view: &&EvaluationView| {
        // Ids begin with the time.
        before.as_ref().is_none_or(|before| view.job.id < *before)
            && base.as_ref().is_none_or(|base| view.order.bases.contains(base))
            && state.is_none_or(|state| view.job.state == state)
    };
    let mut wanted = all.iter().filter(is_wanted);
    let data: Vec<&EvaluationView> = wanted.by_ref().take(limit).collect();
    let next = data.last().map(|last| last.job.id.clone()).filter(|_| wanted.next().is_some());
    let data: Vec<Value> = data.into_iter().map(told).collect();
    Ok(Json(json!({"object": "list", "data": data, "next": next})))
}

/// `GET /v1/evaluations/{id}`
pub(super) async fn get(
    State(host): State<Arc<Host>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    Ok(Json(told(&found(&host, &id).await?)))
}

/// `DELETE /v1/evaluations/{id}`: cancels one that has not ended, and forgets one that has.
pub(super) async fn remove(
    State(host): State<Arc<Host>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let view = found(&host, &id).await?;
    if view.job.state.has_ended() {
        let jobs = host.jobs.clone();
        let of = id.clone();
        let deleted = tokio::task::spawn_blocking(move || jobs.forget_evaluation(&of)).await?;
        return Ok(Json(json!({"object": "evaluation", "id": id, "deleted": deleted})));
    }
    cancelled(&host, &id).await?;
    Ok(Json(told(&found(&host, &id).await?)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PageParameters {
    #[serde(default)]
    variant: usize,
    limit: Option<PageLimit>,
    after: Option<usize>,
    verdict: Option<VerdictFilter>,
    /// An evaluation's id, and behind a `:` the place of its variant.
    against: Option<String>,
}

/// `GET /v1/evaluations/{id}/questions`
pub(super) async fn questions(
    State(host): State<Arc<Host>>,
    Path(id): Path<String>,
    Query(parameters): Query<PageParameters>,
) -> Result<Json<Value>, ApiError> {
    let view = found(&host, &id).await?;
    let PageParameters { variant, limit, after, verdict, against } = parameters;
    let wrong = |message: String| ApiError::invalid_request(message);
    let against = match against {
        None => None,
        Some(against) => {
            let (other, place) = against.split_once(':').unwrap_or((&against, "0"));
            let place = place.parse().map_err(|_| {
                wrong("`against` is the id of an evaluation, a colon and the place of its variant".into())
            })?;
            known(&host, other, place).await?;
            Some((other.to_owned(), place))
        }
    };
    let compares =
        matches!(verdict, Some(VerdictFilter::Changed | VerdictFilter::Better | VerdictFilter::Worse));
    if compares && against.is_none() {
        return Err(wrong("this `verdict` compares; name what with, such as against=<id>:0".into()));
    }
    if variant >= view.order.variants.len() {
        let many = view.order.variants.len();
        return Err(wrong(format!("there is no variant {variant}; there are {many}, from 0 on")));
    }
    let limit = limit.map_or(QUESTIONS, |limit| limit.at_most(MOST_QUESTIONS));
    let query = EvaluationQuery { variant, after, limit, verdict, against };
    let page = host.jobs.evaluation_page(&id, query).await.map_err(unreadable)?;
    // What is not found yet is an empty page.
    let page = page.map_or_else(|| json!({"data": [], "total": 0}), |page| json!(page));
    let mut page = page;
    page["object"] = "list".into();
    Ok(Json(page))
}

async fn known(host: &Host, id: &str, variant: usize) -> Result<(), ApiError> {
    let view = found(host, id).await?;
    if variant < view.order.variants.len() {
        return Ok(());
    }
    let message = format!("the evaluation `{id}` has no variant {variant}");
    Err(ApiError::new(Fault::NotFound, message))
}

async fn found(host: &Host, id: &str) -> Result<EvaluationView, ApiError> {
    let view = host.jobs.evaluation(id).await.map_err(unreadable)?;
    view.ok_or_else(|| {
        let message = format!("there is no evaluation `{id}`; GET /v1/evaluations lists those that are kept");
        ApiError::new(Fault::NotFound, message)
    })
}

fn unreadable(error: std::io::Error) -> ApiError {
    ApiError::new(Fault::Internal, format!("the evaluations in the data folder cannot be read: {error}"))
}

fn told(view: &EvaluationView) -> Value {
    let EvaluationView { job, order, reports } = view;
    let variants = order.variants.iter().enumerate().map(|(number, variant)| {
        let mut told = json!(variant);
        if let Some(report) = reports.get(number) {
            told["report"] = json!(report);
        }
        told
    });
    said::worded(json!({
        "object": "evaluation",
        "id": job.id,
        "state": job.state,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "error": job.error,
        "cancel_requested": job.cancel_requested,
        "rate": job.rate(),
        "questions_done": job.documents_done,
        "questions_total": order.questions * order.variants.len(),
        "note": order.note,
        "file": order.file,
        "bases": order.bases,
        "questions": order.questions,
        "skipped": order.skipped,
        "k": order.k,
        "precision": order.precision,
        "variants": variants.collect::<Vec<_>>(),
    }))
}
