//! An answer that was wrong is corrected: the right one is stored for its question, and the app is asked again.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Request, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::decode;
use super::documents::{change, edit_error, permit};
use super::error::ApiError;
use super::knowledge::base;
use super::said;
use super::traces::read;
use crate::cut::cut;
use crate::door::Caller;
use crate::host::Host;
use crate::knowledge::{Base, Corrected, Correction, Hit, Query};
use crate::message::{Contribution, MediaType};
use crate::turn::{Recalled, recall};

/// Hits that are looked through for the stored question.
const LOOKED_AT: usize = 100;
/// Bytes of others' words in a reason.
const LONGEST_ECHO: usize = 200;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CorrectionBody {
    question: String,
    #[serde(default)]
    variants: Vec<String>,
    answer: String,
    media_type: Option<MediaType>,
    /// The app that is asked again.
    app: Option<String>,
    /// The turn that was answered wrongly: its variables are the ones the app is asked with.
    trace: Option<String>,
}

/// `POST /v1/knowledge-bases/{base}/questions`: stores a question with its answer, and tells whether it is
/// given out.
pub(super) async fn correct(
    State(host): State<Arc<Host>>,
    Path(name): Path<String>,
    request: Request,
) -> Result<Json<Value>, ApiError> {
    let base = Arc::clone(base(&host, &name)?);
    let body: CorrectionBody =
        change(&host, request, "{\"question\": \"…\", \"answer\": \"…\", \"app\": \"…\"}").await?;
    let CorrectionBody { question, variants, answer, media_type, app, trace } = body;
    let app = match &app {
        Some(app) => Some(Arc::clone(decode::app(&host.apps, &Caller::default(), app)?)),
        None => None,
    };
    let correction = Correction { question, variants, answer, media_type };
    let corrected = {
        let _permit = permit(&host, base.is_embedded())?;
        base.correct(&correction).await.map_err(edit_error)?
    };
    let variables = match trace {
        Some(trace) => variables_of(&host, trace).await?,
        None => BTreeMap::new(),
    };
    let found = CorrectionSearch::of(&host, &base, &correction, &corrected).await;
    let told = match &app {
        Some(app) => {
            let recalled = recall(app, &correction.question, &variables).await;
            in_app(&app.name, &recalled, &base, &correction.answer, &found)
        }
        None => found.in_base(&base),
    };
    Ok(Json(said::worded(json!({
        "document": corrected.document,
        "section": corrected.section,
        "fires": told.is_none(),
        "same": found.hit.as_ref().and_then(|hit| hit.same),
        "threshold": base.settings().answer_threshold,
        "reason": told,
    }))))
}

/// The variables of a turn, while its trace is kept.
async fn variables_of(host: &Arc<Host>, trace: String) -> Result<BTreeMap<String, String>, ApiError> {
    #[derive(Default, Deserialize)]
    struct TracedVariables {
        #[serde(default)]
        variables: BTreeMap<String, String>,
    }
    let body = read(Arc::clone(host), move |traces| traces.get(&trace)).await?;
    let told: TracedVariables = body.and_then(|body| serde_json::from_str(&body).ok()).unwrap_or_default();
    Ok(told.variables)
}

/// What a search of the base finds of the question that was just stored.
struct CorrectionSearch {
    hit: Option<Hit>,
    /// Why the base could not be searched.
    error: Option<String>,
    /// Stored answers that come before it, each with where it stands.
    others: Vec<(String, String)>,
}

impl CorrectionSearch {
    async fn of(host: &Host, base: &Base, correction: &Correction, corrected: &Corrected) -> Self {
        let query = Query {
            text: correction.question.clone(),
            bases: vec![base.name().to_owned()],
            top_k: Some(LOOKED_AT),
            threshold: Some(0.0),
            filter: None,
            context: false,
            wordings: None,
        };
        let id = format!("{}#{}", corrected.document, corrected.section);
        match host.library.search(&query).await {
            Ok(results) => {
                let place = results.hits.iter().position(|hit| hit.id == id);
                let others = results.hits.iter().filter(|hit| hit.id != id);
                let others = others.filter_map(|hit| {
                    let answer = hit.standard_answer.clone()?;
                    (answer != correction.answer).then(|| (answer, hit.id.clone()))
                });
                let others = others.collect();
                let hit = place.and_then(|place| results.hits.into_iter().nth(place));
                Self { hit, error: None, others }
            }
            Err(error) => Self { hit: None, error: Some(error.to_string()), others: Vec::new() },
        }
    }

    /// Why the base by itself does not give out the answer; `None` where it does.
    fn in_base(&self, base: &Base) -> Option<String> {
        let (name, settings) = (base.name(), base.settings());
        if let Some(error) = &self.error {
            return Some(format!("`{name}` could not be searched: {error}"));
        }
        let Some(hit) = &self.hit else {
            return Some(match &settings.filters {
                Some(_) => format!(
                    "a search of `{name}` does not find the question: `filters` of [knowledge.{name}] let no document \
                     through that has no metadata; let the document `corrections` pass"
                ),
                None => format!(
                    "a search of `{name}` does not find the question; run `qianfan-host kb check {name}`"
                ),
            });
        };
        let same = hit.same.unwrap_or(0.0);
        if same < settings.answer_threshold {
            return Some(format!(
                "the question is taken for the stored one at {same:.3}, below answer_threshold = {} of [knowledge.{name}]; \
                 add it as a variant, or lower the threshold",
                settings.answer_threshold
            ));
        }
        let threshold = settings.hit_thresholds().of(true);
        if hit.score < threshold {
            return Some(format!(
                "the stored question scores {:.3}, below the threshold {threshold} of [knowledge.{name}]; lower `question_threshold`",
                hit.score
            ));
        }
        None
    }
}

/// Why the app does not give out the answer; `None` where it does.
fn in_app(
    app: &str,
    recalled: &[Recalled],
    base: &Base,
    answer: &str,
    found: &CorrectionSearch,
) -> Option<String> {
    let name = base.name();
    let granted = |one: &&Recalled| one.knowledge.iter().any(|granted| granted == name);
    if !recalled.iter().any(|one| granted(&one)) {
        let plugin = recalled.first().map(|one| one.decision.plugin.as_str());
        let mend = match plugin {
            Some(plugin) => format!("add {name:?} to `knowledge` in [plugins.{plugin}.grants]"),
            None => format!(
                "add a plugin with component = \"builtin:knowledge-base\" and {name:?} in `knowledge` of its grants"
            ),
        };
        return Some(format!("the app `{app}` does not use `{name}`; {mend}"));
    }
    // The first stored answer in the app's order is the one that is given out.
    let given = recalled.iter().find_map(|one| match one.outcome.as_ref()? {
        outcome if !outcome.report.standard_answer => None,
        outcome => match &outcome.result {
            Ok(Contribution::Answer { text, .. }) => Some((one, text)),
            _ => None,
        },
    });
    if let Some((one, text)) = given {
        if text == answer {
            return None;
        }
        let place = found.others.iter().find(|(other, _)| other == text);
        let place = place.map_or_else(
            || format!("which `{}` found in another base", one.decision.plugin),
            |(_, id)| format!("which stands at {id} of `{name}`"),
        );
        return Some(format!(
            "another stored answer is given out, {place}: “{}”; change that one, or switch it off",
            cut(text, LONGEST_ECHO)
        ));
    }
    if let Some(reason) = found.in_base(base) {
        return Some(reason);
    }
    let mut reasons = recalled.iter().filter(granted).map(|one| {
        let plugin = &one.decision.plugin;
        match &one.outcome {
            None => format!(
                "`{plugin}` was not called: {}; set its route to \"always\", or extend its `when`",
                one.decision.reason
            ),
            Some(outcome) => match &outcome.result {
                Err(error) => format!("`{plugin}` failed: {error}"),
                Ok(Contribution::Nothing { reason }) => format!(
                    "`{plugin}` found nothing: {}; see its `filters`, `threshold` and `knowledge_bases` in [plugins.{plugin}.config]",
                    cut(reason, LONGEST_ECHO)
                ),
                Ok(_) => format!(
                    "`{plugin}` was called and gave no stored answer; see `standard_answers`, `filters`, `threshold`, `top_k` and \
                     `knowledge_bases` in [plugins.{plugin}.config]"
                ),
            },
        }
    });
    reasons.next()
}
