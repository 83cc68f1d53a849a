//! From what a turn found to the messages the model gets, within a token budget.

mod budget;
mod build;
mod origin;
mod pack;
mod results;
mod showing;
mod template;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use budget::{Budget, cut_to, estimate_tokens, fair_share};
pub use build::{build, shown_sections};
pub use origin::{PromptPart, PromptSource};
pub use pack::PackedPassage;
pub use showing::Showing;
pub use template::{Broken, DocumentSection, FailedSource, PromptDocument, Side, Template};

use crate::message::{Message, Outcome, Passage};
use budget::{IMAGE_TOKENS, MESSAGE_OVERHEAD};
use template::TemplateInput;

/// What a prompt is made of.
#[derive(Debug, Clone, Copy)]
pub struct Material<'a> {
    /// The app's title.
    pub app: &'a str,
    /// The client's own system message, or empty.
    pub client_system: &'a str,
    /// Documents whose whole text goes in; their sections are numbered from 1 on, and the passages after
    /// them. A section of which the template shows nothing has the number 0.
    pub documents: &'a [PromptDocument],
    /// Passages, in the order in which they are to go in.
    pub passages: &'a [Passage],
    /// Whether an earlier prompt of the turn held these passages: they keep their numbers then, so
    /// that behind the first that does not fit none goes in.
    pub numbered: bool,
    /// What APIs said, in the app's order of plugins.
    pub outcomes: &'a [Outcome],
    /// What stands in the place of what is cut off a result.
    pub result_cut: &'a str,
    /// Plugins that failed to find what they should have found.
    pub failures: &'a [FailedSource],
    /// Whether the request wanted no plugins.
    pub plain: bool,
    /// Whether the app has plugins or whole texts.
    pub has_sources: bool,
    /// Before the question, oldest first, without system messages.
    pub history: &'a [Message],
    /// The last messages, always kept: the question, calls of tools, and their results, of which a
    /// long one is cut.
    pub question: &'a [Message],
    /// The request's variables.
    pub variables: &'a BTreeMap<String, String>,
}

/// A prompt that fits.
#[derive(Debug)]
pub struct Prompt {
    /// What the model gets.
    pub messages: Vec<Message>,
    /// The passages in it, with their texts as they are there; they are cited by 1, 2, …, or by the
    /// numbers behind those of the documents.
    pub passages: Vec<Passage>,
    /// The passages as the trace tells of them.
    pub packed: Vec<PackedPassage>,
    /// What the host counted.
    pub estimated_tokens: usize,
    /// What had to go.
    pub cuts: Vec<Cut>,
    /// What had to go altogether.
    pub no_room: NoRoom,
    /// Where each run of the messages' text is from.
    pub parts: Vec<PromptPart>,
}

/// What was found and is not in a prompt for want of room, so that the prompt alone says it is absent. What stands
/// behind something of its kind that is in is not among it: a cut tells of that.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct NoRoom {
    /// None of the passages is in.
    pub passages: bool,
    /// Places of the outcomes of which too little is in to say anything.
    pub outcomes: Vec<usize>,
    /// Names of the tools of whose results that is so.
    pub tools: Vec<String>,
}

/// What a cut of the history ends with.
pub const OLDEST: &str = "oldest messages of the history";

/// Something that did not get into a prompt, whole or in part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// What it was, such as `passage: 平行志愿` where all of it is left out, and `the end of passage 3: 平行志愿`.
    pub what: String,
    /// What is missing of it.
    pub tokens: usize,
    /// Why it is out, and what to change.
    pub reason: String,
}

/// Why there is no prompt.
#[derive(Debug, thiserror::Error)]
pub enum PromptError {
    /// The question and the template alone are too long.
    #[error(
        "the question and the fixed part of the prompt take about {needed} tokens, and {} are allowed ({budget}); shorten the question or raise prompt_tokens of the app",
        budget.tokens()
    )]
    TooLong {
        /// Estimated tokens.
        needed: usize,
        /// What is allowed.
        budget: Budget,
    },
    /// Too little of what a plugin has found that answers are to rest on goes in to say anything beside the question.
    #[error(
        "too little of what `{plugin}` found fits beside the question ({budget}); shorten the question, let the answer be shorter (max_tokens), or raise prompt_tokens of the app"
    )]
    NoRoom {
        /// Its name in the configuration.
        plugin: String,
        /// What is allowed.
        budget: Budget,
    },
    /// The whole text of knowledge bases is too long.
    #[error(
        "the whole text of {bases} takes about {needed} tokens with the instructions, and of prompt_tokens = {budget} it may take {allowed}; raise prompt_tokens of the app, choose a model with larger context_tokens, or take the base out of whole_text and let the knowledge-base plugin search it"
    )]
    WholeText {
        /// The bases' names.
        bases: String,
        /// Estimated tokens.
        needed: usize,
        /// What is left beside the question's part.
        allowed: usize,
        /// The app's budget.
        budget: usize,
    },
    /// The template failed.
    #[error("the prompt template failed: {0}")]
    Template(String),
}

impl PromptError {
    pub(crate) fn whole_text(bases: &[&str], needed: usize, budget: usize) -> Self {
        let bases = bases.iter().map(|base| format!("`{base}`")).collect::<Vec<_>>().join(", ");
        Self::WholeText { bases, needed, allowed: budget - for_question(budget), budget }
    }
}

/// Tokens of a budget that whole texts leave to the question.
fn for_question(budget: usize) -> usize {
    budget / 8
}

/// Checks that whole texts fit with the instructions, before there is a question.
pub fn expect_fit(
    template: &Template,
    app: &str,
    documents: &[PromptDocument],
    budget: usize,
) -> Result<(), PromptError> {
    let system = template.render(&bare(app, documents, true)).map_err(PromptError::Template)?;
    let needed = system_tokens(system.trim());
    if needed <= budget - for_question(budget) { Ok(()) } else { Err(too_long(documents, needed, budget)) }
}

/// Tokens of a prompt with an empty question, in a turn that has found nothing; `None` where the template cannot be rendered
/// without what a request brings.
pub fn least_tokens(template: &Template, app: &str, has_sources: bool) -> Option<usize> {
    let system = template.render(&bare(app, &[], has_sources)).ok()?;
    Some(system_tokens(system.trim()) + MESSAGE_OVERHEAD)
}

/// What a template is given where nothing was found and the request brings nothing.
fn bare<'a>(app: &'a str, documents: &'a [PromptDocument], has_sources: bool) -> TemplateInput<'a> {
    static NO_VARIABLES: BTreeMap<String, String> = BTreeMap::new();
    TemplateInput {
        app,
        client_system: "",
        documents,
        passages: Vec::new(),
        outcomes: &[],
        failures: &[],
        plain: false,
        has_sources,
        variables: &NO_VARIABLES,
        question: "",
    }
}

fn too_long(documents: &[PromptDocument], needed: usize, budget: usize) -> PromptError {
    let mut bases: Vec<&str> = documents.iter().map(|document| document.knowledge_base.as_str()).collect();
    bases.dedup();
    PromptError::whole_text(&bases, needed, budget)
}

/// Tokens of a message, as the host estimates them.
pub fn tokens_of(message: &Message) -> usize {
    let calls: usize = message
        .tool_calls
        .iter()
        .map(|call| estimate_tokens(&call.name) + estimate_tokens(&call.arguments))
        .sum();
    let images = message.images() * IMAGE_TOKENS;
    MESSAGE_OVERHEAD
        + estimate_tokens(&message.content)
        + estimate_tokens(&message.reasoning)
        + calls
        + images
}

fn system_tokens(text: &str) -> usize {
    if text.is_empty() { 0 } else { MESSAGE_OVERHEAD + estimate_tokens(text) }
}

#[cfg(test)]
mod tests;
