//! What happened in a turn, kept for the operator under the turn's id.

mod answer;
mod expense;
mod json;
mod store;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::cut::cut;
use crate::hex::hex;
use crate::llm::Usage;
use crate::message::{Contribution, ToolCall};
use crate::plugin::CallReport;
use crate::prompt::{Cut, FailedSource, PackedPassage, PromptPart};
use crate::weight::Weight;

pub use crate::route::{Decision, Verdict};
pub use answer::AnswerKind;
pub use expense::{Expense, ExpensePurpose, expenses};
pub use store::{
    CostColumn, CostQuery, CostRow, Costs, DearTurn, Feedback, Flag, KindFilter, ListedTrace, Rating,
    RatingFilter, Summary, TraceFilter, TraceLimits, TracePage, TraceStore, TraceStoreError, TurnResult,
};

/// One turn, from request to answer. Times are in milliseconds.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Trace {
    /// The turn's id.
    pub id: String,
    /// When it began, in seconds since 1970.
    pub created: u64,
    /// The app that served it.
    pub app: String,
    /// The conversation it belongs to, as the client named it; else the turn's own id.
    pub conversation: String,
    /// The caller whose plugin state the turn sees, and how it was found; empty where the app has no plugins.
    pub state: String,
    /// The user's question.
    pub question: String,
    /// What plugins were told to search for it.
    pub search: SearchText,
    /// The request's variables.
    pub variables: BTreeMap<String, String>,
    /// Fields of the request that have no effect here.
    pub ignored_fields: Vec<String>,
    /// What was decided for every plugin of the app, in its order.
    pub routes: Vec<Decision>,
    /// When that was decided; absent where the turn did not come to it, or an older host wrote the trace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routing: Option<StepTime>,
    /// Every plugin call, in the order in which they were begun.
    pub calls: Vec<PluginCall>,
    /// Knowledge bases whose whole text went into the prompt, in the app's order.
    pub whole_text: Vec<WholeBase>,
    /// Every call of a model.
    pub model_calls: Vec<ModelCall>,
    /// What the first prompt was made of, beside what the rest of the trace tells; absent where no model was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<PromptInputs>,
    /// What the formatter plugins did, in the app's order.
    pub formatters: Vec<FormatterCall>,
    /// Bases that were not searched, or by their words only, or not read anew; the calls and `whole_text`
    /// say why.
    pub degraded: Vec<String>,
    /// Plugins that failed while the turn went on, and what the model was told of it; the calls say why.
    pub failures: Vec<FailedSource>,
    /// Where the answer came from.
    pub answered_by: String,
    /// What kind of answer it is; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer_kind: Option<AnswerKind>,
    /// Whether a model would have been asked, had it not been answered from what is stored.
    #[serde(skip)]
    pub spared_model: bool,
    /// The answer as the client got it.
    pub answer: String,
    /// Why the model does not answer, where its endpoint said so apart from the text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub refusal: String,
    /// How it ended: `stop`, `length`, …, `error` or `cancelled`.
    pub finish_reason: String,
    /// Why there is no whole answer, for the operator; the client is told less.
    pub error: Option<String>,
    /// Tokens of all model calls.
    pub usage: Usage,
    /// Cost in the operator's currency: of the model where its prices are configured, and of embedders and
    /// the reranker where they have a price.
    pub cost: Option<f64>,
    /// The expenses whose sum is `cost`.
    pub expenses: Vec<Expense>,
    /// Milliseconds from the request to the first text for the client.
    pub first_text_ms: Option<f64>,
    /// The whole turn.
    pub total_ms: f64,
    /// Whether the request itself was wrong and could not be answered; little of it is then kept.
    #[serde(skip)]
    pub refused: bool,
}

/// A trace as it is kept and given out. Fields that an older host did not write have their defaults.
#[derive(Debug, Clone, Deserialize)]
pub struct KeptTrace {
    /// The turn.
    #[serde(flatten)]
    pub trace: Trace,
    /// What a client thinks of the answer.
    pub feedback: Option<Feedback>,
    /// Items of long lists that are left out.
    pub items_cut: Option<usize>,
}

/// What was searched for a question.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchText {
    /// The question as the user wrote it.
    pub question: String,
    /// The question made standalone; the question itself where it stands by itself.
    pub text: String,
    /// The question behind the one before it, where knowledge bases were searched for both at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beside: Option<String>,
    /// What made `text`.
    pub by: SearchTextBy,
    /// Why, for the operator.
    pub reason: String,
    /// When that was found out, with the model where one was asked; absent as [`Trace::routing`] may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<StepTime>,
}

/// When a step of a turn was, in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StepTime {
    /// When it began, from the turn's begin.
    pub started_ms: f64,
    /// How long it took.
    pub duration_ms: f64,
}

/// What made a question standalone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SearchTextBy {
    /// Nothing: it is searched as it was asked.
    #[default]
    None,
    /// The host's rule.
    Rule,
    /// A model.
    Model,
}

/// Material of a prompt that is found nowhere else in the trace, so that the prompt can be made again.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct PromptInputs {
    /// The client's own system message.
    pub client_system: String,
    /// Whether the request wanted no plugins.
    pub plain: bool,
    /// What the model was told of failures.
    pub failures: Vec<FailedSource>,
    /// How many messages of the history it holds.
    pub history: usize,
}

/// One call of a contributor plugin.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PluginCall {
    /// The plugin's name in the configuration.
    pub plugin: String,
    /// The arguments the model gave, where it was the model that called.
    pub arguments: Option<String>,
    /// What it contributed.
    pub contribution: Option<Contribution>,
    /// Why it contributed nothing, or that it was still running when the turn ended.
    pub error: Option<String>,
    /// When it was asked for, from the turn's begin.
    pub started_ms: f64,
    /// What the sandbox saw of it.
    pub report: CallReport,
}

/// A knowledge base whose whole text went into the prompt.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct WholeBase {
    /// The base's name.
    pub knowledge_base: String,
    /// Tokens of its text in the prompt, as the host estimated them.
    pub tokens: usize,
    /// The base's documents, in the prompt's order.
    pub documents: Vec<WholeDocument>,
    /// Documents of the base of which the app's template shows nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_shown: Vec<WholeDocument>,
    /// Why it is the text that was read last, where the base could not be read.
    pub error: Option<String>,
}

/// A document of such a base.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct WholeDocument {
    /// Its id within the base.
    pub id: String,
    /// The digest of its content.
    pub digest: String,
    /// What a reader would call it.
    pub title: String,
    /// Its sections in the prompt: each has a number of its own there.
    pub sections: usize,
    /// Tokens of its text in the prompt, as the host estimated them.
    pub tokens: usize,
}

/// One formatter's work on one answer.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FormatterCall {
    /// The plugin's name in the configuration.
    pub plugin: String,
    /// Why it was left out from some point on, or ended the answer.
    pub error: Option<String>,
    /// When it was opened, from the turn's begin. Its time in `report` is spread over the answer.
    pub started_ms: f64,
    /// What the sandbox saw of it; absent where it could not be opened.
    pub report: Option<CallReport>,
}

/// What a model is called for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// The answer.
    #[default]
    Answer,
    /// Making the question standalone, for the search.
    FollowUp,
}

/// One call of a model.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelCall {
    /// What it was called for.
    pub purpose: Purpose,
    /// The model's name in the configuration.
    pub model: String,
    /// The bytes that went upstream, as they were: JSON text, cut where it is very long.
    pub request_text: String,
    /// How many they were.
    pub request_bytes: usize,
    /// Their SHA-256 in hexadecimal, where `request_text` is cut.
    pub request_sha256: Option<String>,
    /// Tokens of the prompt as the host estimated them.
    pub estimated_tokens: usize,
    /// What the messages of the prompt might take, after tools and the answer that is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_budget: Option<usize>,
    /// Tokens of the tools in the request, plugins' and client's, as the host estimated them.
    pub tool_tokens: usize,
    /// The longest answer that the client asks for, or else the operator, in tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer_tokens: Option<usize>,
    /// Where each run of the messages' text is from; empty where nothing is known of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PromptPart>,
    /// The passages in the prompt, in its order.
    pub passages: Vec<PackedPassage>,
    /// What did not fit into the prompt.
    pub cuts: Vec<Cut>,
    /// What the endpoint counted; where it told nothing and was at work, the host's estimate.
    pub usage: Option<Usage>,
    /// What came of the answer: text, thoughts and calls.
    #[serde(skip)]
    pub(crate) heard: Weight,
    /// How it ended.
    pub finish_reason: String,
    /// What the endpoint told of a failure beside an answer that is whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub told_beside: Option<String>,
    /// What the model thought before it answered.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reasoning: String,
    /// What it said before it called, where the client waits for JSON and did not get it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub held_back: String,
    /// What it called, whoever's tools these are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tool_calls: Vec<ToolCall>,
    /// When it was called, from the turn's begin.
    pub started_ms: f64,
    /// What its prompt took to be built, just before.
    pub prompt_ms: f64,
    /// The time from the call to its first text.
    pub first_text_ms: Option<f64>,
    /// The whole call.
    pub total_ms: f64,
    /// Why nothing could be used of it, or that it was still running when the turn ended.
    pub error: Option<String>,
}

/// What the trace says of a call that the turn's end cut short.
pub const STILL_RUNNING: &str = "still running when the turn ended";

impl KeptTrace {
    /// Reads the JSON of a trace.
    pub fn read(json: serde_json::Value) -> Result<Self, String> {
        serde_json::from_value(json)
            .map_err(|error| format!("the trace is not one that this version of the host can read: {error}"))
    }
}

impl ModelCall {
    /// A call that goes out with these bytes, so long after the turn's begin: [`STILL_RUNNING`] until its end
    /// is known.
    pub fn begun(
        purpose: Purpose,
        model: &str,
        body: &[u8],
        estimated_tokens: usize,
        started_ms: f64,
    ) -> Self {
        let whole = String::from_utf8_lossy(body);
        let request_text = kept_text(&whole);
        let is_cut = body.len() > json::LONGEST_TEXT;
        Self {
            purpose,
            model: model.to_owned(),
            request_text,
            request_bytes: body.len(),
            request_sha256: is_cut.then(|| hex(&Sha256::digest(body))),
            estimated_tokens,
            started_ms,
            error: Some(STILL_RUNNING.to_owned()),
            ..Self::default()
        }
    }

    /// What an answer took that had begun: as the endpoint counted it, and estimated where it counted nothing, since no
    /// prompt and no text is free.
    pub(crate) fn spent(&self, told: Option<Usage>) -> Usage {
        let heard = self.heard.tokens() as u64;
        let mut usage = told.unwrap_or_default();
        if usage.prompt_tokens == 0 {
            usage.prompt_tokens = self.estimated_tokens.saturating_add(self.tool_tokens) as u64;
            usage.estimated = true;
        }
        if usage.completion_tokens == 0 && heard > 0 {
            usage.completion_tokens = heard;
            usage.estimated = true;
        }
        usage
    }
}

/// As much of a text as a trace keeps: what is longer is not held until the turn's end either.
pub fn kept_text(text: &str) -> String {
    cut(text, json::LONGEST_TEXT).into_owned()
}
