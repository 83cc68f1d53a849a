//! The model's part of a turn: prompt, stream, tool calls, again.

use std::sync::Arc;
use std::time::Instant;

use super::contribute::{self, Findings, Said};
use super::error::TurnError;
use super::final_text::FinalText;
use super::recorder::Recorder;
use super::round::{self, Heard, Round};
use super::{Parts, TurnEnd, TurnRequest, numbered, told};
use crate::llm::{ChatRequest, ClientTool, Model, ModelError, Tool};
use crate::message::{Contribution, Message, Passage, Role, ToolCall};
use crate::plugin::TurnInput;
use crate::prompt::{self, Budget, Cut, Material, PromptError, estimate_tokens};
use crate::trace::{AnswerKind, ModelCall, PromptInputs, Purpose, kept_text};

/// Lets the model answer, calling plugins for it as often as the app allows.
///
/// A call of a client's tool goes to the client only where it comes alone: a client that runs it
/// sends the whole conversation again, and what plugins said in between would be lost. Beside other
/// calls the model is told so, and may ask again. Where the model has no tools but the client's, what it
/// calls goes out as it comes, and a call of a tool that nobody has, behind one of those, is left out.
pub(super) async fn from_model(
    request: &TurnRequest,
    model: &Arc<Model>,
    parts: &Parts<'_>,
    findings: Findings,
    offered: &[&str],
    input: &TurnInput,
    recorder: &mut Recorder<'_>,
) -> Result<TurnEnd, TurnError> {
    let app = &request.app;
    let tools: Vec<Tool> =
        offered.iter().filter_map(|plugin| app.contributor(plugin)).map(|c| c.tool.clone()).collect();
    let mut tail = parts.tail.clone();
    let Findings { passages, outcomes, failures, .. } = findings;
    let mut whole = app.whole_text.read().await?;
    let stale = whole.report.iter().filter(|base| base.error.is_some());
    stale.for_each(|base| recorder.degraded.add(&base.knowledge_base));
    recorder.trace.whole_text = std::mem::take(&mut whole.report);
    let (twice, mut passages): (Vec<_>, Vec<_>) = passages.into_iter().partition(|passage| {
        passage.knowledge_base.as_deref().is_some_and(|base| app.whole_text.holds(base))
    });
    // What may be cited: whole texts, then the first prompt's passages as they are numbered there, then
    // those the model asked for.
    let mut sources = whole.sources();
    recorder.trace.answered_by = format!("model {}", model.name());
    recorder.trace.answer_kind = Some(AnswerKind::Model);
    let answer_tokens = request.parameters.most_tokens();
    let (of_plugins, of_client) = (tokens_of_tools(&tools, &[]), tokens_of_tools(&[], &request.client_tools));
    let mine = client_tool_names(request);
    for round in 0..=app.max_tool_rounds {
        let is_last = round == app.max_tool_rounds;
        let tools: &[Tool] = if is_last { &[] } else { &tools };
        let tool_tokens = of_client + if is_last { 0 } else { of_plugins };
        let context = model.settings().context_tokens;
        let budget = Budget::of(app.prompt_tokens, context, tool_tokens, answer_tokens);
        let building = Instant::now();
        let mut prompt = prompt::build(
            &app.template,
            &Material {
                app: &app.title,
                client_system: &parts.system,
                documents: &whole.documents,
                passages: &passages,
                numbered: round > 0,
                outcomes: &outcomes,
                failures: &failures,
                plain: request.plain,
                has_sources: app.has_sources(),
                history: &parts.history,
                question: &tail,
                variables: &request.variables,
            },
            budget,
        )
        .map_err(|error| blame(error, round, model))?;
        prompt.cuts.extend(twice.iter().map(already_there));
        if round == 0 {
            let system = prompt.messages.iter().take(1).filter(|first| first.role == Role::System).count();
            recorder.trace.prompt = Some(PromptInputs {
                client_system: kept_text(&parts.system),
                plain: request.plain,
                failures: failures.clone(),
                history: prompt.messages.len() - system - tail.len(),
            });
            sources.extend_from_slice(&prompt.passages);
            passages = prompt.passages;
        }
        let chat = ChatRequest {
            messages: prompt.messages,
            tools,
            client_tools: &request.client_tools,
            parameters: Some(&request.parameters),
            without_tool_choice: round > 0,
        };
        let body = model.encode(&chat);
        let started_ms = recorder.elapsed_ms();
        recorder.trace.model_calls.push(ModelCall {
            prompt_ms: building.elapsed().as_secs_f64() * 1000.0,
            parts: prompt.parts,
            passages: prompt.packed,
            cuts: prompt.cuts,
            tool_tokens,
            answer_tokens,
            prompt_budget: Some(budget.tokens()),
            ..ModelCall::begun(Purpose::Answer, model.name(), &body, prompt.estimated_tokens, started_ms)
        });
        let round = Round { request, sources: &sources, mine: &mine, has_plugins: !offered.is_empty() };
        let heard = round.run(model, &chat, body, recorder).await?;
        let finish_reason = heard.ending.finish_reason.clone();
        if let Some(tool_calls) = heard.handed_out() {
            return Ok(TurnEnd { finish_reason, tool_calls, usage: recorder.trace.usage });
        }
        let Heard { ending, reasoning, .. } = heard;
        let owners: Vec<Owner> =
            ending.tool_calls.iter().map(|call| Owner::of(call, offered, &mine)).collect();
        if owners.iter().all(|owner| *owner == Owner::Client) {
            round::hand_out(&ending.tool_calls, recorder).await?;
            return Ok(TurnEnd { finish_reason, tool_calls: ending.tool_calls, usage: recorder.trace.usage });
        }
        if is_last {
            break;
        }
        let known: Vec<&str> = offered.iter().chain(&mine).copied().collect();
        let turn = ToolTurn { request, reasoning, calls: ending.tool_calls, owners, known, input };
        if let Some(text) = turn.run(&mut tail, &mut sources, recorder).await? {
            return text.say(app, recorder).await;
        }
    }
    Err(TurnError::Model(ModelError::NeverAnswered {
        model: model.name().to_owned(),
        rounds: app.max_tool_rounds.saturating_add(1),
        app: app.name.clone(),
    }))
}

/// What the descriptions of tools take of a request.
fn tokens_of_tools(of_plugins: &[Tool], of_client: &[ClientTool]) -> usize {
    /// What stands around each.
    const AROUND: usize = 12;
    let mine = of_plugins.iter().map(|tool| {
        let texts = estimate_tokens(&tool.name) + estimate_tokens(&tool.description);
        AROUND + texts + estimate_tokens(&tool.parameters.to_string())
    });
    mine.chain(of_client.iter().map(|tool| estimate_tokens(tool.as_written()))).sum()
}

/// The first prompt's length is the client's doing; what makes later ones longer came from the model.
fn blame(error: PromptError, round: u32, model: &Model) -> TurnError {
    match error {
        PromptError::TooLong { needed, budget } if round > 0 => {
            let (model, budget) = (model.name().to_owned(), budget.tokens());
            TurnError::Model(ModelError::CallsTooLong { model, needed, budget })
        }
        error => TurnError::Prompt(error),
    }
}

/// A passage that is left out because its base is in the prompt as a whole.
pub(super) fn already_there(passage: &Passage) -> Cut {
    Cut {
        what: format!("passage: {}", passage.title),
        tokens: estimate_tokens(&passage.text),
        reason: "the whole text of its knowledge base is in the prompt".into(),
    }
}

/// Whose a tool is that the model calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    /// A plugin's that was offered in this turn.
    Plugin,
    /// One of those the client sent.
    Client,
    /// Nobody's: the model made it up.
    Nobody,
}

impl Owner {
    fn of(call: &ToolCall, offered: &[&str], mine: &[&str]) -> Self {
        if offered.contains(&call.name.as_str()) {
            Self::Plugin
        } else if mine.contains(&call.name.as_str()) {
            Self::Client
        } else {
            Self::Nobody
        }
    }
}

fn client_tool_names(request: &TurnRequest) -> Vec<&str> {
    request.client_tools.iter().filter_map(|tool| tool.name.as_deref()).collect()
}

/// What the model called in one round where not all of it is the client's.
struct ToolTurn<'a> {
    request: &'a TurnRequest,
    /// What the model thought before it called; some want to see it again beside their calls.
    reasoning: String,
    calls: Vec<ToolCall>,
    /// Of each call.
    owners: Vec<Owner>,
    /// Every tool there is.
    known: Vec<&'a str>,
    input: &'a TurnInput,
}

impl ToolTurn<'_> {
    /// Runs the plugins' calls and puts a result for every call at the prompt's end: endpoints refuse
    /// a call without one. Returns a final text where a plugin gave an answer or asks back.
    async fn run(
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
        for (index, said) in contribute::all(&self.request.app, calls, recorder).await? {
            results[places[index]] = told_to_model(&said, sources);
            findings.add(said);
        }
        let ids: Vec<String> = self.calls.iter().map(|call| call.id.clone()).collect();
        let (reasoning, tool_calls) = (self.reasoning, self.calls);
        tail.push(Message { reasoning, tool_calls, ..Message::text(Role::Assistant, "") });
        for (id, result) in ids.into_iter().zip(results) {
            tail.push(Message { tool_call_id: Some(id), ..Message::text(Role::Tool, result) });
        }
        Ok(findings.take_final())
    }

    /// What the model is told of a call that is not made.
    fn refusal(&self, call: &ToolCall, owner: Owner) -> String {
        match owner {
            Owner::Plugin => String::new(),
            Owner::Client => format!("工具 {} 没有执行：它必须单独调用，不能与其他工具同时调用。", call.name),
            Owner::Nobody if self.known.is_empty() => {
                format!("没有名为 {} 的工具，也没有其他工具；请直接回答。", call.name)
            }
            Owner::Nobody => {
                format!("没有名为 {} 的工具；可用的工具有：{}。", call.name, self.known.join("、"))
            }
        }
    }
}

/// What the model reads of a tool it has called. What could not be searched is said: it is no absence.
fn told_to_model(said: &Said, sources: &mut Vec<Passage>) -> String {
    let left_out = said.left_out();
    match &said.result {
        Ok(Contribution::Passages { passages }) => {
            let first = sources.len() + 1;
            sources.extend_from_slice(passages);
            let texts: Vec<String> = passages
                .iter()
                .enumerate()
                .map(|(index, passage)| numbered(first + index, passage))
                .collect();
            texts.into_iter().chain(left_out.map(told::in_part)).collect::<Vec<_>>().join("\n\n")
        }
        Ok(Contribution::Outcome(outcome)) => outcome.text.clone(),
        Ok(Contribution::Answer { text, .. } | Contribution::Ask { text, .. }) => text.clone(),
        Ok(Contribution::Nothing { reason }) => left_out.map_or_else(|| told::nothing(reason), told::in_part),
        Err(_) if said.lacks_variables() => told::lacking_tool(),
        Err(error) => told::failed(error),
    }
}
