//! The prompt of a turn that has been, made again of what its trace keeps, with another template.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::answer::already_there;
use super::app::App;
use super::giver::name_givers;
use super::whole_text::{self, WholeTextError};
use crate::cut::is_cut;
use crate::message::{Contribution, Message, MessagePart, Outcome, Passage, Role, ToolCall};
use crate::prompt::{
    self, Broken, Budget, Cut, Material, OLDEST, PackedPassage, Prompt, PromptError, PromptPart, Template,
};
use crate::trace::{KeptTrace, ModelCall, PluginCall, PromptInputs, Purpose, WholeBase};

/// The prompt that a template makes.
#[derive(Debug, Serialize)]
pub struct Replayed {
    /// The request as it would go upstream: the recorded one with other messages.
    pub request_text: String,
    /// Tokens of the prompt as the host estimates them.
    pub estimated_tokens: usize,
    /// What the messages may take.
    pub prompt_budget: usize,
    /// Where each run of the messages' text is from.
    pub parts: Vec<PromptPart>,
    /// The passages in the prompt.
    pub passages: Vec<PackedPassage>,
    /// What did not fit into it.
    pub cuts: Vec<Cut>,
}

/// Why there is none.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The template cannot be used.
    #[error(transparent)]
    Template(#[from] Broken),
    /// The template makes nothing that can be sent.
    #[error(transparent)]
    Prompt(#[from] PromptError),
    /// The trace does not tell enough.
    #[error("{0}")]
    Missing(String),
    /// The whole text of a base cannot be read.
    #[error("{cause}")]
    Store {
        /// Why.
        cause: String,
        /// Whether it stays so until somebody acts.
        lasts: bool,
    },
}

/// A recorded turn that can be made again.
pub struct Replay {
    app: Arc<App>,
    inputs: PromptInputs,
    variables: BTreeMap<String, String>,
    passages: Vec<Passage>,
    outcomes: Vec<Outcome>,
    /// The calls that brought them.
    calls: Vec<PluginCall>,
    asked: ModelCall,
    whole: whole_text::WholeTexts,
}

impl Replay {
    /// Reads a trace, which is one of the app's turns.
    pub async fn of(app: &Arc<App>, trace: &str) -> Result<Self, ReplayError> {
        let missing = |what: String| Err(ReplayError::Missing(what));
        let (recorded, items_cut) = match serde_json::from_str(trace) {
            Ok(KeptTrace { trace, items_cut, .. }) => (trace, items_cut),
            Err(error) => return missing(format!("the trace cannot be read: {error}")),
        };
        if recorded.app != app.name {
            let (other, app) = (&recorded.app, &app.name);
            return missing(format!("the turn is one of the app `{other}`; take one of `{app}`"));
        }
        let Some(asked) = recorded.model_calls.into_iter().find(|call| call.purpose == Purpose::Answer)
        else {
            let by = &recorded.answered_by;
            return missing(format!(
                "no model was asked in this turn (answered by: {by}), so it has no prompt"
            ));
        };
        let Some(inputs) = recorded.prompt else {
            return missing(
                "the trace is of an earlier version of the host and lacks the client's system message, what the model \
                 was told of failures and the length of the history; ask the question again and take that turn"
                    .into(),
            );
        };
        if asked.request_sha256.is_some() || items_cut.is_some() || is_cut(&inputs.client_system) {
            return missing(
                "the turn's prompt or what its plugins found was longer than a trace keeps; take a turn with less".into(),
            );
        }
        let (mut passages, mut outcomes) = (Vec::new(), Vec::new());
        // What the model asked for came after the first prompt.
        let calls: Vec<PluginCall> =
            recorded.calls.into_iter().filter(|call| call.arguments.is_none()).collect();
        for call in &calls {
            match &call.contribution {
                Some(Contribution::Passages { passages: found }) => passages.extend_from_slice(found),
                Some(Contribution::Outcome(outcome)) => outcomes.push(outcome.clone()),
                _ => {}
            }
        }
        let mut texts = passages.iter().map(|p| &p.text).chain(outcomes.iter().map(|o| &o.text));
        if texts.any(|text| is_cut(text)) {
            return missing(
                "what the turn's plugins found was longer than a trace keeps; take a turn with less".into(),
            );
        }
        let whole = whole_text(app, &recorded.whole_text).await?;
        let (app, variables) = (Arc::clone(app), recorded.variables);
        Ok(Self { app, inputs, variables, passages, outcomes, calls, asked, whole })
    }

    /// The prompt with this template. Takes some milliseconds of a processor, or seconds where a template loops.
    pub fn with(&self, template: &str) -> Result<Replayed, ReplayError> {
        let template = Template::of(template)?;
        let Some(request) = SentRequest::of(&self.asked.request_text) else {
            return Err(ReplayError::Missing("the request in the trace cannot be read".into()));
        };
        let messages: Vec<Message> = request.messages.iter().map(|message| message.read()).collect();
        let system = usize::from(messages.first().is_some_and(|first| first.role == Role::System));
        let asked_at = (system + self.inputs.history).min(messages.len());
        let (history, question) = (&messages[system.min(asked_at)..asked_at], &messages[asked_at..]);
        let app = &self.app;
        let context = app.answering_model().map_or(usize::MAX, |model| model.settings().context_tokens);
        let budget = Budget::of(app.prompt_tokens, context, self.asked.tool_tokens, self.asked.answer_tokens);
        let material = Material {
            app: &app.title,
            client_system: &self.inputs.client_system,
            documents: &[],
            passages: &[],
            numbered: false,
            outcomes: &self.outcomes,
            result_cut: &app.texts.result_cut,
            failures: &self.inputs.failures,
            plain: self.inputs.plain,
            has_sources: app.has_sources(),
            history,
            question,
            variables: &self.variables,
        };
        let mut whole = self.whole.clone();
        let found = whole.settle(&app.whole_text, &template, &material, &self.passages)?;
        let material = Material { documents: &whole.documents, passages: &found.passages, ..material };
        let mut built = prompt::build(&template, &material, budget)?;
        // What was too much then is not in the trace, and so not here.
        let oldest = self.asked.cuts.iter().filter(|cut| cut.what.ends_with(OLDEST));
        built.cuts.extend(oldest.cloned());
        built.cuts.extend(found.twice.iter().map(already_there));
        let request_text = request.with(&built, &messages, system);
        let Prompt { estimated_tokens, mut parts, packed: passages, cuts, .. } = built;
        name_givers(&mut parts, &passages, &self.calls);
        Ok(Replayed { request_text, estimated_tokens, prompt_budget: budget.tokens(), parts, passages, cuts })
    }
}

/// The whole texts that the turn had, where the bases hold the same still.
async fn whole_text(app: &App, recorded: &[WholeBase]) -> Result<whole_text::WholeTexts, ReplayError> {
    let read = app.whole_text.read().await.map_err(|error| match error {
        WholeTextError::TooLong(error) => ReplayError::Prompt(error),
        error @ WholeTextError::Store { .. } => {
            ReplayError::Store { cause: error.to_string(), lasts: error.lasts() }
        }
    })?;
    let held = |bases: &[WholeBase]| -> Vec<(String, Vec<(String, String)>)> {
        let documents = |base: &WholeBase| {
            let documents = base.documents.iter().chain(&base.not_shown);
            let documents = documents.map(|document| (document.id.clone(), document.digest.clone()));
            let mut documents: Vec<_> = documents.collect();
            documents.sort();
            documents
        };
        bases.iter().map(|base| (base.knowledge_base.clone(), documents(base))).collect()
    };
    if held(&read.report) == held(recorded) {
        return Ok(read);
    }
    Err(ReplayError::Missing(
        "the bases of `whole_text` do not hold what they held in that turn, and a trace does not keep it; ask the \
         question again and take that turn"
            .into(),
    ))
}

/// A request as it went upstream, with the places of its messages.
struct SentRequest<'a> {
    text: &'a str,
    messages: Vec<SentMessage<'a>>,
    /// Where the list of messages stands.
    at: std::ops::Range<usize>,
}

/// A message as it was sent.
struct SentMessage<'a>(&'a RawValue);

#[derive(Deserialize)]
struct Wire {
    role: Role,
    #[serde(default)]
    content: Value,
    #[serde(default)]
    reasoning_content: Option<String>,
    #[serde(default)]
    reasoning: Option<String>,
    #[serde(default)]
    tool_calls: Vec<ReplayedCall>,
    tool_call_id: Option<String>,
}

#[derive(Deserialize)]
struct ReplayedCall {
    id: String,
    function: ReplayedFunction,
}

#[derive(Deserialize)]
struct ReplayedFunction {
    name: String,
    arguments: String,
}

impl<'a> SentRequest<'a> {
    fn of(text: &'a str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Outer<'a> {
            #[serde(borrow)]
            messages: &'a RawValue,
        }
        let list = serde_json::from_str::<Outer<'_>>(text).ok()?.messages.get();
        let messages: Vec<&RawValue> = serde_json::from_str(list).ok()?;
        if messages.iter().any(|message| serde_json::from_str::<Wire>(message.get()).is_err()) {
            return None;
        }
        let start = place(text, list)?;
        Some(Self {
            text,
            messages: messages.into_iter().map(SentMessage).collect(),
            at: start..start + list.len(),
        })
    }

    /// The request with the prompt's messages. What is not changed is there byte for byte.
    fn with(&self, prompt: &Prompt, recorded: &[Message], system: usize) -> String {
        let own = usize::from(prompt.messages.first().is_some_and(|first| first.role == Role::System));
        // History goes from its old end.
        let gone = (recorded.len() - system).saturating_sub(prompt.messages.len() - own);
        let mut list = Vec::with_capacity(prompt.messages.len());
        for (place, message) in prompt.messages.iter().enumerate() {
            let from = match place.checked_sub(own) {
                None => Some(0).filter(|_| system > 0),
                Some(place) => Some(system + gone + place),
            };
            list.push(match from.and_then(|from| self.messages.get(from).zip(recorded.get(from))) {
                Some((sent, before)) if before.content == message.content => sent.0.get().to_owned(),
                Some((sent, _)) => sent.saying(&message.content),
                None => serde_json::json!({"role": message.role, "content": message.content}).to_string(),
            });
        }
        let (before, after) = (&self.text[..self.at.start], &self.text[self.at.end..]);
        format!("{before}[{}]{after}", list.join(","))
    }
}

/// Where a part of a text begins that is known to lie in it.
fn place(whole: &str, part: &str) -> Option<usize> {
    let start = (part.as_ptr() as usize).checked_sub(whole.as_ptr() as usize)?;
    (start + part.len() <= whole.len()).then_some(start)
}

impl SentMessage<'_> {
    /// The message as the prompt was made of it.
    fn read(&self) -> Message {
        let Ok(wire) = serde_json::from_str::<Wire>(self.0.get()) else {
            return Message::text(Role::User, "");
        };
        let (mut content, mut parts) = (String::new(), Vec::new());
        match wire.content {
            Value::String(text) => content = text,
            Value::Array(items) => {
                for item in items {
                    match item["text"].as_str() {
                        Some(text) => {
                            content.push_str(text);
                            parts.push(MessagePart::Text(text.to_owned()));
                        }
                        None => {
                            let image = serde_json::value::to_raw_value(&item["image_url"]).ok();
                            parts.extend(image.map(|image| MessagePart::Image(image.into())));
                        }
                    }
                }
            }
            _ => {}
        }
        let calls = wire.tool_calls.into_iter().map(|ReplayedCall { id, function }| {
            let ReplayedFunction { name, arguments } = function;
            ToolCall { id, name, arguments }
        });
        Message {
            reasoning: wire.reasoning_content.or(wire.reasoning).unwrap_or_default(),
            tool_calls: calls.collect(),
            tool_call_id: wire.tool_call_id,
            parts,
            ..Message::text(wire.role, content)
        }
    }

    /// The same message with another text.
    fn saying(&self, text: &str) -> String {
        #[derive(Deserialize)]
        struct SentContent<'a> {
            #[serde(borrow)]
            content: &'a RawValue,
        }
        let (whole, new) = (self.0.get(), Value::from(text).to_string());
        let content = serde_json::from_str::<SentContent<'_>>(whole).ok().map(|sent| sent.content.get());
        match content.and_then(|content| Some((place(whole, content)?, content.len()))) {
            Some((start, length)) => format!("{}{new}{}", &whole[..start], &whole[start + length..]),
            None => whole.to_owned(),
        }
    }
}
