//! The tools that the model has in a turn: the app's plugins and the client's own.

use super::contribute::{self, ContributorReply, Findings};
use super::error::TurnError;
use super::final_text::FinalText;
use super::recorder::Recorder;
use super::told;
use super::{App, TurnRequest};
use crate::llm::{ClientTool, Tool};
use crate::message::{Contribution, Message, Passage, Role, ToolCall};
use crate::plugin::TurnInput;
use crate::prompt::{PromptError, estimate_tokens};

/// Every tool that there is in a turn.
pub(super) struct Toolbox<'a> {
    /// Plugins that the model may call.
    offered: &'a [&'a str],
    /// These plugins as the model sees them.
    plugins: Vec<Tool>,
    /// Names of the client's own tools.
    pub(super) mine: Vec<&'a str>,
    of_plugins: usize,
    of_client: usize,
}

impl<'a> Toolbox<'a> {
    pub(super) fn of(request: &'a TurnRequest, offered: &'a [&'a str]) -> Self {
        let contributors = offered.iter().filter_map(|plugin| request.app.contributor(plugin));
        let plugins: Vec<Tool> = contributors.map(|contributor| contributor.tool.clone()).collect();
        Self {
            offered,
            mine: request.client_tools.iter().filter_map(|tool| tool.name.as_deref()).collect(),
            of_plugins: tokens_of_tools(&plugins, &[]),
            of_client: tokens_of_tools(&[], &request.client_tools),
            plugins,
        }
    }

    /// The plugins that the model may call in a round: none in the last, in which it has to answer.
    pub(super) fn open(&self, is_last: bool) -> &[Tool] {
        if is_last { &[] } else { &self.plugins }
    }

    /// What the descriptions of the tools take of a round's request.
    pub(super) fn tokens(&self, is_last: bool) -> usize {
        self.of_client + if is_last { 0 } else { self.of_plugins }
    }

    pub(super) fn owner(&self, call: &ToolCall) -> Owner {
        if self.offered.contains(&call.name.as_str()) {
            Owner::Plugin
        } else if self.mine.contains(&call.name.as_str()) {
            Owner::Client
        } else {
            Owner::Nobody
        }
    }

    /// Names of all tools.
    pub(super) fn known(&self) -> Vec<&'a str> {
        self.offered.iter().chain(&self.mine).copied().collect()
    }
}

/// What the descriptions of tools take of a request.
fn tokens_of_tools(of_plugins: &[Tool], of_client: &[ClientTool]) -> usize {
    /// Tokens of the names and brackets around each tool.
    const AROUND: usize = 12;
    let mine = of_plugins.iter().map(|tool| {
        let texts = estimate_tokens(&tool.name) + estimate_tokens(&tool.description);
        AROUND + texts + estimate_tokens(&tool.parameters.to_string())
    });
    mine.chain(of_client.iter().map(|tool| estimate_tokens(tool.as_written()))).sum()
}

/// Who runs a tool that the model calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    /// A plugin that was offered in this turn.
    Plugin,
    /// The client, which sent the tool with its request.
    Client,
    /// Nobody: the model made it up.
    Nobody,
}

/// What the model called in one round where not all of it is the client's.
pub(super) struct ToolTurn<'a> {
    pub(super) request: &'a TurnRequest,
    /// What the model thought before it called; some want to see it again beside their calls.
    pub(super) reasoning: String,
    /// What the model said before it called, in its own words.
    pub(super) text: String,
    pub(super) calls: Vec<ToolCall>,
    /// Who runs each of the calls.
    pub(super) owners: Vec<Owner>,
    /// Every tool there is.
    pub(super) known: Vec<&'a str>,
    pub(super) input: &'a TurnInput,
}

impl ToolTurn<'_> {
    /// Runs the plugins' calls and puts a result for every call at the prompt's end: endpoints refuse
    /// a call without one. Returns a final text where a plugin gave an answer or asks back.
    pub(super) async fn run(
        self,
        tail: &mut Vec<Message>,
        sources: &mut Vec<Passage>,
        recorder: &mut Recorder<'_>,
    ) -> Result<Option<FinalText>, TurnError> {
        let (places, calls): (Vec<usize>, Vec<_>) = self
            .calls
            .iter()
            .enumerate()
            .filter(|(place, _)| self.owners[*place] == Owner::Plugin)
            .map(|(place, call)| {
                let arguments =
                    if call.arguments.trim().is_empty() { "{}".to_owned() } else { call.arguments.clone() };
                let input = TurnInput { arguments: Some(arguments), ..self.input.clone() };
                (place, (call.name.as_str(), input))
            })
            .unzip();
        let mut results: Vec<String> =
            self.calls.iter().zip(&self.owners).map(|(call, owner)| self.refusal(call, *owner)).collect();
        let mut findings = Findings::default();
        let app = &self.request.app;
        for (index, said) in contribute::all(app, calls, recorder).await? {
            results[places[index]] = told_to_model(&said, sources, app)?;
            findings.add(said);
        }
        let ids: Vec<String> = self.calls.iter().map(|call| call.id.clone()).collect();
        let (reasoning, tool_calls) = (self.reasoning, self.calls);
        // Line breaks alone are nothing that was said.
        let text = if self.text.trim().is_empty() { String::new() } else { self.text };
        tail.push(Message { reasoning, tool_calls, ..Message::text(Role::Assistant, text) });
        for (id, result) in ids.into_iter().zip(results) {
            tail.push(Message { tool_call_id: Some(id), ..Message::text(Role::Tool, result) });
        }
        Ok(findings.take_final())
    }

    /// What the model is told of a call that is not made.
    fn refusal(&self, call: &ToolCall, owner: Owner) -> String {
        match owner {
            Owner::Plugin => String::new(),
            Owner::Client => self.request.app.texts.not_alone(&call.name),
            Owner::Nobody => self.request.app.texts.unknown_tool(&call.name, &self.known),
        }
    }
}

/// What the model reads of a tool it has called. What could not be searched is said: it is not absence.
fn told_to_model(
    said: &ContributorReply,
    sources: &mut Vec<Passage>,
    app: &App,
) -> Result<String, PromptError> {
    let left_out = said.left_out();
    let in_part = |lack| app.texts.in_part(lack);
    Ok(match &said.result {
        Ok(Contribution::Passages { passages }) => {
            let numbers = sources.len() + 1..;
            sources.extend_from_slice(passages);
            let mut shown = numbers
                .zip(passages)
                .map(|(number, passage)| app.template.passage(number, passage).map_err(PromptError::Template))
                .collect::<Result<Vec<String>, _>>()?;
            shown.extend(left_out.map(in_part));
            shown.join("\n\n")
        }
        Ok(Contribution::Outcome(outcome)) => outcome.text.clone(),
        Ok(Contribution::Answer { text, .. } | Contribution::Ask { text, .. }) => text.clone(),
        Ok(Contribution::Nothing { reason }) => {
            left_out.map_or_else(|| told::nothing(&app.texts, reason), in_part)
        }
        Err(_) if said.lacks_variables() => app.texts.tool_lacking.clone(),
        Err(error) => told::failed(&app.texts, error),
    })
}
