//! The evaluation set that grows by judged answers, over HTTP.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::decode;
use super::error::{ApiError, Fault};
use super::knowledge::expect_room;
use super::lookup::base;
use super::traces::read;
use super::{body, documents};
use crate::clock;
use crate::cut::cut;
use crate::door::Caller;
use crate::evaluate::{AnswerVerdict, KeptError, KeptQuestion, KeptQuestions};
use crate::host::Host;
use crate::knowledge;

/// Bytes of a question with its judgement.
const LONGEST: usize = 32 << 10;
/// Bytes of the client's own words that an error repeats.
const LONGEST_ECHO: usize = 300;
/// Documents that mean that none is right, as in a file of questions.
const NOTHING: [&str; 2] = ["", "-"];
/// Hits of the question that are searched for the passages of the judged answer.
const LOOKED_AT: usize = 50;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JudgedAnswer {
    question: String,
    verdict: AnswerVerdict,
    /// The base that should know it.
    base: Option<String>,
    /// The document that is right, or one of its hits.
    document: Option<String>,
    /// The turn that was judged.
    trace: Option<String>,
    app: String,
}

/// `POST /v1/evaluation-questions`
pub(super) async fn add(State(host): State<Arc<Host>>, request: Request) -> Result<Json<Value>, ApiError> {
    let most = LONGEST.min(host.limits.max_chat_bytes.0);
    let body = body::receive(&host, &mut request.into_body(), most).await?;
    let (judged, _share) = body.parse(&host, parse).await?;
    expect_room(&host)?;
    let app = decode::app(&host.apps, &Caller::default(), &judged.app)?.name.clone();
    let place = place(&host, &judged).await?;
    let (base, relevant) = place.map_or((judged.base, Vec::new()), |(base, document)| (base, vec![document]));
    let JudgedAnswer { question, verdict, trace, .. } = judged;
    let at = clock::seconds();
    let question = question.trim().to_owned();
    let question = KeptQuestion { question, base, relevant, app, verdict, trace, at };
    let (added, question) = with_kept(&host, move |kept| Ok((kept.add(&question)?, question))).await?;
    let mut answer = json!(question);
    answer["object"] = "evaluation_question".into();
    answer["replaced"] = added.replaced.into();
    answer["total"] = added.total.into();
    Ok(Json(answer))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    app: Option<String>,
}

/// `GET /v1/evaluation-questions?app=`: the file itself, or an app's part of it.
pub(super) async fn list(
    State(host): State<Arc<Host>>,
    Query(which): Query<Which>,
) -> Result<Response, ApiError> {
    let text = kept(&host, which.app).await?;
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], text).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Removed {
    app: Option<String>,
    question: String,
}

/// `DELETE /v1/evaluation-questions?question=…&app=`
pub(super) async fn remove(
    State(host): State<Arc<Host>>,
    Query(Removed { app, question }): Query<Removed>,
) -> Result<Json<Value>, ApiError> {
    let missing = format!("no question `{}` is kept", cut(&question, LONGEST_ECHO));
    match with_kept(&host, move |kept| kept.remove(app.as_deref(), &question)).await? {
        0 => Err(ApiError::new(Fault::NotFound, missing)),
        deleted => Ok(Json(json!({"object": "evaluation_question", "deleted": deleted}))),
    }
}

/// The kept questions of an app, or all, as a file of questions.
pub(super) async fn kept(host: &Arc<Host>, app: Option<String>) -> Result<String, ApiError> {
    with_kept(host, move |kept| kept.list(app.as_deref())).await
}

/// The disk may be slow, so it is used beside the threads that serve.
async fn with_kept<T: Send + 'static>(
    host: &Arc<Host>,
    work: impl FnOnce(&KeptQuestions) -> Result<T, KeptError> + Send + 'static,
) -> Result<T, ApiError> {
    let host = Arc::clone(host);
    tokio::task::spawn_blocking(move || work(&host.kept_questions)).await?.map_err(|error| match error {
        KeptError::Refused(message) => ApiError::new(Fault::InvalidEvaluation, message),
        KeptError::Full(message) => ApiError::no_room(message),
        KeptError::File(message) => ApiError::new(Fault::Internal, message),
    })
}

/// The base and document that are right; `None` where nothing is.
async fn place(
    host: &Arc<Host>,
    judged: &JudgedAnswer,
) -> Result<Option<(Option<String>, String)>, ApiError> {
    let refused = |message: String| ApiError::new(Fault::InvalidEvaluation, message);
    let named = judged.base.as_deref().map(|name| base(host, name)).transpose()?;
    if judged.document.as_deref().is_some_and(|id| NOTHING.contains(&id.trim())) {
        return Ok(None);
    }
    if let Some(id) = &judged.document {
        if let Some(base) = named {
            // A hit's id is that of its document with a number behind it.
            let of_hit = id.rsplit_once('#').map(|(document, _)| document);
            let mut is_there = base.document(id).await?.is_some();
            if let Some(document) = of_hit.filter(|_| !is_there) {
                is_there = base.document(document).await?.is_some();
            }
            if !is_there {
                return Err(documents::missing(base.name(), id));
            }
        }
        return Ok(Some((judged.base.clone(), id.clone())));
    }
    match (judged.verdict, &judged.trace) {
        (AnswerVerdict::Wrong, _) => Ok(None),
        (AnswerVerdict::Right, Some(trace)) => match used(host, trace.clone()).await? {
            Some((base, document)) => Ok(Some((Some(base), document))),
            None => Err(refused(
                "the turn shows no document of a knowledge base that its answer rests on; name the right one in `document`".into(),
            )),
        },
        (AnswerVerdict::Right, None) => Err(refused(
            "what is right is not known: name the right `document` (and its `base`), or the `trace` of the answer".into(),
        )),
    }
}

/// What of a trace tells where its answer is from.
#[derive(Default, Deserialize)]
struct TracedSources {
    #[serde(default)]
    question: String,
    #[serde(default)]
    search: SearchedText,
    #[serde(default)]
    calls: Vec<TracedPlugin>,
}

#[derive(Default, Deserialize)]
struct SearchedText {
    #[serde(default)]
    text: String,
}

#[derive(Deserialize)]
struct TracedPlugin {
    contribution: Option<Contributed>,
}

/// A contribution of any kind.
#[derive(Deserialize)]
struct Contributed {
    #[serde(default)]
    passages: Vec<ShownPassage>,
    /// How the answer is to be read.
    #[serde(default)]
    sources: Vec<ShownPassage>,
}

#[derive(Deserialize)]
struct ShownPassage {
    text: String,
    title: String,
    knowledge_base: Option<String>,
}

/// The base and document of the best passage that a turn's plugins found. A passage names its document by title
/// only, so the same is searched again, and the hit with its text is the one.
async fn used(host: &Arc<Host>, trace: String) -> Result<Option<(String, String)>, ApiError> {
    let body = read(Arc::clone(host), move |traces| traces.get(&trace)).await?;
    let told: TracedSources = body.and_then(|body| serde_json::from_str(&body).ok()).unwrap_or_default();
    let shown = told.calls.iter().filter_map(|call| call.contribution.as_ref());
    let shown: Vec<&ShownPassage> = shown
        .flat_map(|said| said.sources.iter().chain(&said.passages))
        .filter(|shown| shown.knowledge_base.as_ref().is_some_and(|name| host.library.base(name).is_some()))
        .collect();
    let bases: BTreeSet<String> = shown.iter().filter_map(|shown| shown.knowledge_base.clone()).collect();
    let text = if told.search.text.trim().is_empty() { told.question } else { told.search.text };
    if bases.is_empty() || text.trim().is_empty() {
        return Ok(None);
    }
    let query = knowledge::Query {
        text,
        bases: bases.into_iter().collect(),
        top_k: Some(LOOKED_AT),
        threshold: Some(0.0),
        filter: None,
        context: true,
        wordings: None,
    };
    let Ok(results) = host.library.search(&query).await else { return Ok(None) };
    let is_of = |shown: &ShownPassage, hit: &knowledge::Hit| {
        shown.knowledge_base.as_ref() == Some(&hit.knowledge_base) && shown.title == hit.title
    };
    let same_text = |shown: &&ShownPassage| {
        let same = |hit: &&knowledge::Hit| is_of(shown, hit) && hit.text.contains(shown.text.trim());
        results.hits.iter().find(same)
    };
    let best = shown.iter().find_map(same_text);
    let best =
        best.or_else(|| shown.iter().find_map(|shown| results.hits.iter().find(|hit| is_of(shown, hit))));
    Ok(best.map(|hit| (hit.knowledge_base.clone(), hit.document.clone())))
}

fn parse(body: &[u8]) -> Result<JudgedAnswer, ApiError> {
    decode::fields(body, |reason| {
        ApiError::new(
            Fault::InvalidEvaluation,
            format!(
                "{reason}; send {{\"question\": \"…\", \"verdict\": \"right\" or \"wrong\", \"app\": \"…\", \"base\": \"…\", \"document\": \"…\"}}"
            ),
        )
    })
}
