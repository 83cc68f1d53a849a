//! `check --online`: every endpoint is asked once, as a turn asks it, all side by side.

use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt as _, join_all};

use crate::again::again;
use crate::config::Config;
use crate::endpoint::said::is_web_page;
use crate::endpoint::{self, EndpointError};
use crate::host::ConfigReport;
use crate::knowledge::{EmbedError, EmbedderKind, EmbedderSettings, Library, RerankSettings};
use crate::llm::{AnswerEvent, ChatRequest, Meaning, Model, ModelError, ModelSettings, Parameters};
use crate::message::{Message, Role};
use crate::problem::Problem;

/// How long one endpoint may take; a model that loads its weights first has time for it.
const LONGEST: Duration = Duration::from_secs(20);
/// Tokens that a model's answer may have. Some models refuse to be asked for one.
const FEW_TOKENS: u32 = 16;
/// The pause before an endpoint is asked again that was busy: many limits are of a second.
const PAUSE: Duration = Duration::from_secs(1);
/// The longest that an endpoint may ask to wait for.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What was wrong with an endpoint's answer.
#[derive(Debug)]
struct OnlineFault {
    cause: String,
    gravity: Gravity,
}

/// How grave that is for the configuration, and what the operator may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gravity {
    /// The endpoint does not serve.
    Fails(&'static str),
    /// It is there, and may serve a turn the moment after.
    MayPass(&'static str),
}

/// The table is wrong.
const SETUP: &str = "see whether the address, the key and the model's name are right";
/// It has no models.
const STORE: &str = "see whether the address and the key are right and the server runs";
/// It answers, and gives nothing more.
const SPENT: &str = "the address answers; try again later, or see what the account may still use";
/// It answers, and not now.
const BUSY: &str =
    "the address answers and takes the key, and is busy now; see what the account may ask in a minute";
/// It is there, and fails.
const FAILS: &str = "the address answers, but the server fails; see its log, or try again later";
/// Nobody can tell from here whether it is away or elsewhere.
const AWAY: &str = "see whether the address is right and the server runs, or try again later";

/// What is wrong with the endpoints as they answer now. A model is asked for a few tokens, an embedder and a
/// reranker for one text, a store for its list. One that was busy is asked once more; one that still is, or that fails
/// with an error of its own, works as far as the configuration goes, so that this is a warning.
pub(super) async fn ask(config: &Config) -> ConfigReport {
    let models = config
        .models
        .iter()
        .map(|(name, model)| within(format!("models.{name}"), "base_url", ask_model(name, model)).boxed());
    let remote = config.embedders.iter().filter(|(_, embedder)| embedder.kind == EmbedderKind::OpenAi);
    let embedders = remote.map(|(name, embedder)| {
        within(format!("embedders.{name}"), "base_url", ask_embedder(name, embedder)).boxed()
    });
    let rerank = config.rerank.iter().map(|rerank| {
        let table = "rerank".to_owned();
        within(table, "base_url", ask_reranker(rerank)).boxed()
    });
    let stores = config.stores.iter().map(|(name, settings)| {
        let asked = async move {
            let answered = Library::ask_store(name, settings).await;
            answered.map_err(|cause| OnlineFault { cause, gravity: Gravity::Fails(STORE) })
        };
        within(format!("stores.{name}"), "url", asked).boxed()
    });
    let all: Vec<BoxFuture<'_, Option<(Gravity, Problem)>>> =
        models.chain(embedders).chain(rerank).chain(stores).collect();
    let told = join_all(all).await.into_iter().flatten();
    let (fails, may_pass): (Vec<_>, Vec<_>) =
        told.partition(|(gravity, _)| matches!(gravity, Gravity::Fails(_)));
    let problems = |told: Vec<(Gravity, Problem)>| -> Vec<Problem> {
        told.into_iter().map(|(_, problem)| problem).collect()
    };
    ConfigReport { problems: problems(fails), warnings: config.placed(problems(may_pass)) }
}

/// Asks a model with the client, the request and the reader of a turn.
async fn ask_model(name: &str, settings: &ModelSettings) -> Result<(), OnlineFault> {
    // What the file alone tells is reported already.
    let Ok(model) = Model::new(name, settings) else { return Ok(()) };
    let few = Parameters::max_tokens(FEW_TOKENS);
    let answered = match ask_for_answer(&model, Some(&few)).await {
        // It may be the bound, which a turn sends only where somebody has written one.
        Err(
            ModelError::Refused { status: 400 | 422, .. }
            | ModelError::Refused { status: 500.., meaning: Meaning::Other, .. }
            | ModelError::NoAnswer { meaning: Meaning::Request, .. },
        )
        | Ok(false) => ask_for_answer(&model, None).await,
        answered => answered,
    };
    match answered {
        Ok(true) => Ok(()),
        Ok(false) => {
            let cause = format!("model `{name}` gave an empty answer");
            Err(OnlineFault { cause, gravity: Gravity::Fails(FAILS) })
        }
        Err(error) => Err(OnlineFault { gravity: gravity_of_model(&error), cause: error.to_string() }),
    }
}

/// Asks a model, and once more where it was busy.
async fn ask_for_answer(model: &Model, parameters: Option<&Parameters>) -> Result<bool, ModelError> {
    let wait = |error: &ModelError, pause: Duration| match error {
        ModelError::Refused { meaning: Meaning::Busy, retry_after, .. }
        | ModelError::NoAnswer { meaning: Meaning::Busy, retry_after, .. } => {
            short(retry_after.map(Duration::from_secs), pause)
        }
        _ => None,
    };
    again([PAUSE], wait, || begin_answer(model, parameters)).await
}

/// The wait that an endpoint asks for, or else this one; `None` where it is longer than anybody waits here.
fn short(asked: Option<Duration>, pause: Duration) -> Option<Duration> {
    Some(asked.unwrap_or(pause)).filter(|wait| *wait <= LONGEST_PAUSE)
}

/// Waits for the first piece of an answer, or for the whole of an empty one, and tells whether it says anything. One that
/// was cut off before it said anything would have.
async fn begin_answer(model: &Model, parameters: Option<&Parameters>) -> Result<bool, ModelError> {
    let messages = vec![Message::text(Role::User, "你好")];
    let chat = ChatRequest { messages, parameters, ..ChatRequest::default() };
    let mut answer = model.send(&chat, model.encode(&chat)).await?;
    loop {
        match answer.next().await? {
            Some(AnswerEvent::Text(text)) if text.trim().is_empty() => {}
            Some(AnswerEvent::End(ending)) => {
                return Ok(!ending.tool_calls.is_empty() || ending.finish_reason != "stop");
            }
            event => return Ok(event.is_some()),
        }
    }
}

fn gravity_of_model(error: &ModelError) -> Gravity {
    match error {
        ModelError::Refused { meaning: Meaning::Busy, .. }
        | ModelError::NoAnswer { meaning: Meaning::Busy, .. } => Gravity::MayPass(BUSY),
        ModelError::Refused { meaning: Meaning::Spent, .. }
        | ModelError::NoAnswer { meaning: Meaning::Spent, .. } => Gravity::Fails(SPENT),
        ModelError::Refused { status: 500, meaning: Meaning::Other, message, .. }
            if !is_web_page(message) =>
        {
            Gravity::MayPass(FAILS)
        }
        ModelError::Refused { status: 500.., .. } => Gravity::Fails(FAILS),
        ModelError::NoAnswer { meaning: Meaning::Away, .. } => Gravity::Fails(AWAY),
        ModelError::NoAnswer { meaning: Meaning::Other, .. } | ModelError::BrokenOff { .. } => {
            Gravity::Fails(FAILS)
        }
        _ => Gravity::Fails(SETUP),
    }
}

/// What a refusal of an endpoint that is no model means, by its status and what was said; `None` where the table may be wrong.
fn gravity_of_refusal(status: u16, said: &str) -> Option<Gravity> {
    match status {
        429 if Meaning::of_said(status, said) == Meaning::Spent => Some(Gravity::Fails(SPENT)),
        429 => Some(Gravity::MayPass(BUSY)),
        500 if !is_web_page(said) => Some(Gravity::MayPass(FAILS)),
        500.. => Some(Gravity::Fails(FAILS)),
        _ => None,
    }
}

async fn ask_embedder(name: &str, settings: &EmbedderSettings) -> Result<(), OnlineFault> {
    let url = settings.base_url.as_deref().unwrap_or_default();
    if !endpoint::problems("base_url", url, settings.api_key_env.as_deref()).is_empty() {
        return Ok(());
    }
    let wait = |error: &EmbedError, pause: Duration| match error {
        EmbedError::Unavailable { status: Some(429), retry_after, .. } => short(*retry_after, pause),
        _ => None,
    };
    let answered = again([PAUSE], wait, || Library::ask_embedder(name, settings)).await;
    answered.map_err(|error| {
        let gravity = match &error {
            EmbedError::Unavailable { status, reason, .. } => {
                let of_refusal = status.and_then(|status| gravity_of_refusal(status, reason));
                of_refusal.unwrap_or(Gravity::Fails(AWAY))
            }
            _ => Gravity::Fails(SETUP),
        };
        OnlineFault { cause: error.to_string(), gravity }
    })
}

async fn ask_reranker(settings: &RerankSettings) -> Result<(), OnlineFault> {
    let wait = |error: &EndpointError, pause: Duration| match error {
        EndpointError::Refused { status: 429, .. } => short(error.retry_after(), pause),
        error if error.is_busy() => short(error.retry_after(), pause),
        _ => None,
    };
    let answered = again([PAUSE], wait, || Library::ask_reranker(settings)).await;
    answered.map_err(|error| {
        let of_refusal = match &error {
            error if error.is_busy() => Some(Gravity::MayPass(BUSY)),
            EndpointError::Refused { status, message, .. } => gravity_of_refusal(*status, message),
            _ => None,
        };
        let otherwise = || Gravity::Fails(if error.is_away() { AWAY } else { SETUP });
        OnlineFault { gravity: of_refusal.unwrap_or_else(otherwise), cause: error.to_string() }
    })
}

/// The problem of an endpoint that does not answer well, or not in time.
async fn within(
    table: String,
    key: &str,
    asked: impl Future<Output = Result<(), OnlineFault>>,
) -> Option<(Gravity, Problem)> {
    let OnlineFault { cause, gravity } = match tokio::time::timeout(LONGEST, asked).await {
        Ok(Ok(())) => return None,
        Ok(Err(fault)) => fault,
        Err(_) => {
            let cause = format!("did not answer within {LONGEST:?}");
            OnlineFault { cause, gravity: Gravity::Fails(AWAY) }
        }
    };
    let (Gravity::Fails(mend) | Gravity::MayPass(mend)) = gravity;
    let problem = Problem::new(format!("{table}.{key}"), format!("{cause} (asked by --online; {mend})"));
    Some((gravity, problem))
}

#[cfg(test)]
mod tests;
