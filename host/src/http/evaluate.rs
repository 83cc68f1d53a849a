//! The hit test in bulk over HTTP: a file of questions is the body.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, Request, State};
use serde::Deserialize;

use super::body;
use super::error::{ApiError, Fault, RetryAdvice};
use super::evaluation_questions::kept;
use crate::evaluate::{
    Adjusted, Measure, Question, QuestionFile, Questions, ReadOptions, Report, Retrieval, read,
};
use crate::host::Host;

/// Most questions of one request; the command line has no limit.
const MAX_QUESTIONS: usize = 2000;

/// Questions at work side by side: chat must not wait long for the embedder.
const SIDE_BY_SIDE: usize = 2;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EvaluateParameters {
    /// The file's name, for the report.
    file: Option<String>,
    /// Names of bases, parted by commas; absent: all.
    bases: Option<String>,
    k: Option<String>,
    precision: Option<String>,
    misses: Option<usize>,
    /// Names the app whose kept questions are asked; the body is then not read.
    app: Option<String>,
}

/// `POST /v1/knowledge-bases/evaluate?bases=a,b&k=1,5,10&precision=0.9&misses=20`: of the questions in the body, or of those
/// that are kept of an app (`?app=`).
pub(super) async fn evaluate(
    State(host): State<Arc<Host>>,
    Query(parameters): Query<EvaluateParameters>,
    request: Request,
) -> Result<Json<Report>, ApiError> {
    let refuse = |message: String| ApiError::new(Fault::InvalidEvaluation, message);
    let default = Measure::default();
    let measure = Measure {
        k: numbers("k", parameters.k.as_deref(), default.k).map_err(refuse)?,
        precision: numbers("precision", parameters.precision.as_deref(), default.precision)
            .map_err(refuse)?,
        misses: parameters.misses.unwrap_or(default.misses).min(MAX_QUESTIONS),
        side_by_side: SIDE_BY_SIDE,
        cosine: false,
    };
    let measure = measure.checked().map_err(refuse)?;
    let name = parameters.file.unwrap_or_else(|| "questions".into());
    let bases = match parameters.bases {
        Some(bases) => bases.split(',').map(|base| base.trim().to_owned()).collect(),
        None => host.library.names().map(str::to_owned).collect::<Vec<_>>(),
    };
    for name in &bases {
        super::lookup::base(&host, name)?;
    }
    // One at a time: the rest of the machine is for chat.
    let _permit = host.evaluations.try_acquire().map_err(|_| {
        ApiError::new(Fault::Busy, "another evaluation is running; try again later")
            .again(RetryAdvice::After(10))
    })?;
    let parse = move |bytes: &[u8]| parsed(&name, bytes);
    let (mut file, _share) = match parameters.app {
        Some(app) => (parse(kept(&host, Some(app)).await?.as_bytes())?, host.memory.share()),
        None => {
            let body = body::receive(&host, &mut request.into_body(), host.limits.max_chat_bytes.0).await?;
            body.parse(&host, parse).await?
        }
    };
    let questions = to_ask(&mut file)?;
    let retrieval = Retrieval {
        library: &host.library,
        bases,
        corpora: BTreeMap::new(),
        answer_thresholds: None,
        adjusted: Adjusted::default(),
    };
    let report = retrieval.run(&file.name, questions, &measure, &|_| {}).await?;
    Ok(Json(report.with_skipped(&file)))
}

/// A file of questions.
pub(super) fn parsed(name: &str, bytes: &[u8]) -> Result<QuestionFile, ApiError> {
    read(name, bytes, ReadOptions::default()).map_err(|error| {
        let skipped: Vec<String> = error.skipped.iter().map(ToString::to_string).collect();
        let refused = ApiError::new(Fault::InvalidEvaluation, error.to_string());
        if skipped.is_empty() { refused } else { refused.with("skipped", skipped) }
    })
}

/// Takes the questions out of a file, as far as the server's own bases can be asked them.
pub(super) fn to_ask(file: &mut QuestionFile) -> Result<Vec<Question>, ApiError> {
    let refuse = |message: String| ApiError::new(Fault::InvalidEvaluation, message);
    let Questions::Retrieval { questions, corpus: None } =
        std::mem::replace(&mut file.questions, Questions::Pairs(Vec::new()))
    else {
        return Err(refuse(format!(
            "{} brings texts of its own (SQuAD or pairs); run `qianfan-host kb evaluate` on it, here questions are asked of the server's bases",
            file.name
        )));
    };
    if questions.len() > MAX_QUESTIONS {
        return Err(refuse(format!(
            "{} holds {} questions; send at most {MAX_QUESTIONS}, or run `qianfan-host kb evaluate`",
            file.name,
            questions.len()
        )));
    }
    Ok(questions)
}

/// A list such as `1,5,10`.
fn numbers<T: std::str::FromStr>(key: &str, list: Option<&str>, default: Vec<T>) -> Result<Vec<T>, String> {
    let Some(list) = list else { return Ok(default) };
    let number = |text: &str| {
        text.trim().parse().map_err(|_| format!("`{text}` in {key} is not a number; write it like {key}=1,5"))
    };
    list.split(',').map(number).collect()
}
