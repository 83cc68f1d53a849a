//! `check --online`: every endpoint is asked once, as a turn asks it, all side by side.

use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt as _, join_all};

use crate::config::Config;
use crate::endpoint::{self, EndpointError};
use crate::knowledge::{EmbedError, EmbedderKind, EmbedderSettings, Library, RerankSettings};
use crate::llm::{AnswerEvent, ChatRequest, Meaning, Model, ModelError, ModelSettings, Parameters};
use crate::message::{Message, Role};
use crate::problem::Problem;

/// How long one endpoint may take; a model that loads its weights first has time for it.
const LONGEST: Duration = Duration::from_secs(20);
/// Tokens that a model's answer may have. Some models refuse to be asked for one.
const FEW_TOKENS: u32 = 16;

/// Why an endpoint does not serve, and what the operator may do.
#[derive(Debug)]
struct OnlineFault {
    cause: String,
    mend: &'static str,
}

/// The table is wrong.
const SETUP: &str = "see whether the address, the key and the model's name are right";
/// It has no models.
const STORE: &str = "see whether the address and the key are right and the server runs";
/// It answers, and not now.
const BUSY: &str = "the address answers; try again later, or see what the account may still use";
/// It is there, and fails.
const FAILS: &str = "the address answers, but the server fails; see its log, or try again later";
/// Nobody can tell from here whether it is away or elsewhere.
const AWAY: &str = "see whether the address is right and the server runs, or try again later";

/// What is wrong with the endpoints as they answer now. A model is asked for a few tokens, an embedder and a
/// reranker for one text, a store for its list.
pub(super) async fn ask(config: &Config) -> Vec<Problem> {
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
            answered.map_err(|cause| OnlineFault { cause, mend: STORE })
        };
        within(format!("stores.{name}"), "url", asked).boxed()
    });
    let all: Vec<BoxFuture<'_, Option<Problem>>> =
        models.chain(embedders).chain(rerank).chain(stores).collect();
    join_all(all).await.into_iter().flatten().collect()
}

/// Asks a model with the client, the request and the reader of a turn.
async fn ask_model(name: &str, settings: &ModelSettings) -> Result<(), OnlineFault> {
    // What the file alone tells is reported already.
    let Ok(model) = Model::new(name, settings) else { return Ok(()) };
    let few = Parameters::max_tokens(FEW_TOKENS);
    let answered = match begin_answer(&model, Some(&few)).await {
        // It may be the bound, which a turn sends only where somebody has written one.
        Err(
            ModelError::Refused { status: 400 | 422, .. }
            | ModelError::NoAnswer { meaning: Meaning::Request, .. },
        )
        | Ok(false) => begin_answer(&model, None).await,
        answered => answered,
    };
    match answered {
        Ok(true) => Ok(()),
        Ok(false) => Err(OnlineFault { cause: format!("model `{name}` gave an empty answer"), mend: FAILS }),
        Err(error) => Err(OnlineFault { mend: mend_of_model(&error), cause: error.to_string() }),
    }
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

fn mend_of_model(error: &ModelError) -> &'static str {
    match error {
        ModelError::Refused { meaning: Meaning::Busy | Meaning::Spent, .. }
        | ModelError::NoAnswer { meaning: Meaning::Busy | Meaning::Spent, .. } => BUSY,
        ModelError::Refused { status: 500.., .. } => FAILS,
        ModelError::NoAnswer { meaning: Meaning::Away, .. } => AWAY,
        ModelError::NoAnswer { meaning: Meaning::Other, .. } | ModelError::BrokenOff { .. } => FAILS,
        _ => SETUP,
    }
}

async fn ask_embedder(name: &str, settings: &EmbedderSettings) -> Result<(), OnlineFault> {
    let url = settings.base_url.as_deref().unwrap_or_default();
    if !endpoint::problems("base_url", url, settings.api_key_env.as_deref()).is_empty() {
        return Ok(());
    }
    Library::ask_embedder(name, settings).await.map_err(|error| {
        let mend = if matches!(error, EmbedError::Unavailable { .. }) { AWAY } else { SETUP };
        OnlineFault { cause: error.to_string(), mend }
    })
}

async fn ask_reranker(settings: &RerankSettings) -> Result<(), OnlineFault> {
    Library::ask_reranker(settings).await.map_err(|error| {
        let mend = match &error {
            EndpointError::Refused { status: 429, .. } => BUSY,
            EndpointError::Refused { status: 500.., .. } => FAILS,
            error if error.is_away() => AWAY,
            _ => SETUP,
        };
        OnlineFault { cause: error.to_string(), mend }
    })
}

/// The problem of an endpoint that does not answer well, or not in time.
async fn within(
    table: String,
    key: &str,
    asked: impl Future<Output = Result<(), OnlineFault>>,
) -> Option<Problem> {
    let OnlineFault { cause, mend } = match tokio::time::timeout(LONGEST, asked).await {
        Ok(Ok(())) => return None,
        Ok(Err(fault)) => fault,
        Err(_) => OnlineFault { cause: format!("did not answer within {LONGEST:?}"), mend: AWAY },
    };
    Some(Problem::new(format!("{table}.{key}"), format!("{cause} (asked by --online; {mend})")))
}

#[cfg(test)]
mod tests;
