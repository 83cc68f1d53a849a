//! The model's part of a turn: prompt, stream, tool calls, again.

use std::sync::Arc;
use std::time::Instant;

use super::app::App;
use super::contribute::Findings;
use super::error::TurnError;
use super::giver::name_givers;
use super::parts::ConversationParts;
use super::recorder::Recorder;
use super::round::{self, Heard, Round};
use super::tools::{Owner, ToolTurn, Toolbox};
use super::whole_text;
use super::{TurnEnd, TurnRequest};
use crate::endpoint::said;
use crate::llm::{ChatRequest, Model, ModelError};
use crate::message::{Contribution, Message, Outcome, Passage, Role};
use crate::plugin::TurnInput;
use crate::prompt::{
    self, Budget, Cut, FailedSource, Material, NoRoom, Prompt, PromptError, estimate_tokens,
};
use crate::trace::{AnswerKind, ModelCall, PluginCall, PromptInputs, Purpose, kept_text};

/// An answer that the model gives.
pub(super) struct Answering<'a> {
    pub(super) request: &'a TurnRequest,
    pub(super) model: &'a Arc<Model>,
    pub(super) parts: &'a ConversationParts<'a>,
    /// Names of the plugins that the model may call.
    pub(super) offered: &'a [&'a str],
    /// What those are given, beside their arguments.
    pub(super) input: &'a TurnInput,
}

impl Answering<'_> {
    /// Lets the model answer, calling plugins for it as often as the app allows.
    ///
    /// A call of a client's tool goes to the client only where it comes alone: a client that runs it
    /// sends the whole conversation again, and what plugins said in between would be lost. Beside other
    /// calls the model is told so, and may ask again. Where the model has no tools but the client's, what it
    /// calls goes out as it comes, and a call of a tool that nobody has, behind one of those, is left out.
    pub(super) async fn run(
        self,
        findings: Findings,
        recorder: &mut Recorder<'_>,
    ) -> Result<TurnEnd, TurnError> {
        let Self { request, model, parts, offered, input } = self;
        let app = &request.app;
        let mut grounds = Grounds::of(app, findings, recorder).await?;
        grounds.settle(request, parts, recorder).map_err(|error| blame(error, 0, model))?;
        recorder.answers(AnswerKind::Model, format!("model {}", model.name()));
        let toolbox = Toolbox::of(request, offered);
        let mut tail = parts.tail.clone();
        let mut sources = grounds.whole.sources();
        // What it called last, while all that it calls are tools that nobody has.
        let mut unknown = Some(String::new());
        for round in 0..=app.max_tool_rounds {
            let is_last = round == app.max_tool_rounds;
            let building = Instant::now();
            let budget = self.budget(toolbox.tokens(is_last));
            let prompt = grounds.fitted(request, parts, &tail, round, budget, recorder);
            let mut prompt = prompt.map_err(|error| blame(error, round, model))?;
            if round == 0 {
                recorder.trace.prompt = Some(grounds.inputs(request, parts, &prompt));
                sources.extend_from_slice(&prompt.passages);
                grounds.passages = std::mem::take(&mut prompt.passages);
            }
            let chat = ChatRequest {
                messages: std::mem::take(&mut prompt.messages),
                tools: toolbox.open(is_last),
                client_tools: &request.client_tools,
                parameters: Some(&request.parameters),
                without_tool_choice: round > 0,
            };
            let body = model.encode(&chat);
            let mut begun = self.begun(&body, prompt, toolbox.tokens(is_last), budget, recorder.elapsed_ms());
            name_givers(&mut begun.parts, &begun.passages, &recorder.trace.calls);
            let prompt_ms = building.elapsed().as_secs_f64() * 1000.0;
            // Most turns have one, and a vector that grows by itself makes room for four.
            recorder.trace.model_calls.reserve_exact(1);
            recorder.trace.model_calls.push(ModelCall { prompt_ms, ..begun });
            let round =
                Round { request, sources: &sources, mine: &toolbox.mine, has_plugins: !offered.is_empty() };
            let heard = round.run(model, &chat, body, recorder).await?;
            let finish_reason = heard.ending.finish_reason.clone();
            if let Some(tool_calls) = heard.handed_out() {
                return Ok(TurnEnd { finish_reason, tool_calls, usage: recorder.trace.usage });
            }
            let Heard { ending, reasoning, text, .. } = heard;
            let owners: Vec<Owner> = ending.tool_calls.iter().map(|call| toolbox.owner(call)).collect();
            if owners.iter().all(|owner| *owner == Owner::Client) {
                round::hand_out(&ending.tool_calls, recorder).await?;
                let tool_calls = ending.tool_calls;
                return Ok(TurnEnd { finish_reason, tool_calls, usage: recorder.trace.usage });
            }
            let is_unknown = owners.iter().all(|owner| *owner == Owner::Nobody);
            let last = ending.tool_calls.last().filter(|_| is_unknown).map(|call| call.name.clone());
            unknown = unknown.and(last);
            if is_last {
                break;
            }
            let known = toolbox.known();
            let turn = ToolTurn { request, reasoning, text, calls: ending.tool_calls, owners, known, input };
            if let Some(text) = turn.run(&mut tail, &mut sources, recorder).await? {
                return text.say(app, recorder).await;
            }
        }
        Err(TurnError::Model(never_answered(model, app, unknown, &toolbox)))
    }

    /// What the messages of a prompt may take beside the tools and the answer that is asked for.
    fn budget(&self, tool_tokens: usize) -> Budget {
        let context = self.model.settings().context_tokens;
        Budget::of(
            self.request.app.prompt_tokens,
            context,
            tool_tokens,
            self.model.answer_tokens(&self.request.parameters),
        )
    }

    /// A call of the model as the trace has it when it goes out.
    fn begun(
        &self,
        body: &[u8],
        prompt: Prompt,
        tool_tokens: usize,
        budget: Budget,
        started_ms: f64,
    ) -> ModelCall {
        let name = self.model.name();
        ModelCall {
            parts: prompt.parts,
            passages: prompt.packed,
            cuts: prompt.cuts,
            tool_tokens,
            answer_tokens: self.model.answer_tokens(&self.request.parameters),
            prompt_budget: Some(budget.tokens()),
            ..ModelCall::begun(Purpose::Answer, name, body, prompt.estimated_tokens, started_ms)
        }
    }
}

/// What the model is to answer from.
struct Grounds {
    whole: whole_text::WholeTexts,
    /// For the first prompt, the passages that were found; for later ones, those that the first prompt held.
    passages: Vec<Passage>,
    /// Passages that the whole text of their base says.
    twice: Vec<Passage>,
    outcomes: Vec<Outcome>,
    failures: Vec<FailedSource>,
}

impl Grounds {
    /// Reads the whole texts beside what plugins found. The trace has them from then on.
    async fn of(app: &App, findings: Findings, recorder: &mut Recorder<'_>) -> Result<Self, TurnError> {
        let Findings { passages, outcomes, failures, .. } = findings;
        let mut whole = app.whole_text.read().await?;
        let stale = whole.report.iter().filter(|base| base.error.is_some());
        stale.for_each(|base| recorder.degraded.add(&base.knowledge_base));
        recorder.trace.whole_text = std::mem::take(&mut whole.report);
        Ok(Self { whole, passages, twice: Vec::new(), outcomes, failures })
    }

    /// Leaves out the passages that the whole texts say, as far as the template shows these. The trace has of them what is
    /// in the prompt.
    fn settle(
        &mut self,
        request: &TurnRequest,
        parts: &ConversationParts<'_>,
        recorder: &mut Recorder<'_>,
    ) -> Result<(), PromptError> {
        if request.app.whole_text.is_empty() {
            return Ok(());
        }
        let mut whole = std::mem::take(&mut self.whole);
        let material = self.material(request, parts, &parts.tail, false);
        let found =
            whole.settle(&request.app.whole_text, &request.app.template, &material, &self.passages)?;
        whole.tell_shown(&mut recorder.trace.whole_text, &found.shown);
        (self.whole, self.passages, self.twice) = (whole, found.passages, found.twice);
        Ok(())
    }

    /// The prompt of one round. What was found and does not fit is no absence: a plugin of whose findings nothing is in
    /// has failed, so that `on_failure` ends the turn, or the client learns of it, and the model too. A result that is
    /// cut says so itself.
    fn fitted(
        &mut self,
        request: &TurnRequest,
        parts: &ConversationParts<'_>,
        tail: &[Message],
        round: u32,
        budget: Budget,
        recorder: &mut Recorder<'_>,
    ) -> Result<Prompt, PromptError> {
        let prompt = self.prompt(request, parts, tail, round > 0, budget)?;
        let (app, told) = (&request.app, self.failures.len());
        for (plugin, is_unsaid) in without_room(&self.twice, &prompt.no_room, &recorder.trace.calls) {
            let contributor = app.contributor(&plugin);
            // A turn that has begun to answer goes on, as does one whose model has called the plugin.
            if round == 0 && contributor.is_some_and(|contributor| contributor.ends_the_turn(true, false)) {
                return Err(PromptError::NoRoom { plugin, budget });
            }
            let failure = FailedSource { plugin, text: app.texts.source_no_room.clone() };
            if contributor.is_none() || recorder.trace.failures.contains(&failure) {
                continue;
            }
            recorder.failed(Some(&failure));
            self.failures.extend(is_unsaid.then_some(failure));
        }
        if self.failures.len() == told {
            Ok(prompt)
        } else {
            self.prompt(request, parts, tail, round > 0, budget)
        }
    }

    /// The prompt of one round; `numbered`: passages keep the numbers of the first.
    fn prompt(
        &self,
        request: &TurnRequest,
        parts: &ConversationParts<'_>,
        tail: &[Message],
        numbered: bool,
        budget: Budget,
    ) -> Result<Prompt, PromptError> {
        let material = self.material(request, parts, tail, numbered);
        let mut prompt = prompt::build(&request.app.template, &material, budget)?;
        prompt.cuts.extend(self.twice.iter().map(already_there));
        Ok(prompt)
    }

    fn material<'a>(
        &'a self,
        request: &'a TurnRequest,
        parts: &'a ConversationParts<'_>,
        tail: &'a [Message],
        numbered: bool,
    ) -> Material<'a> {
        Material {
            app: &request.app.title,
            client_system: &parts.system,
            documents: &self.whole.documents,
            passages: &self.passages,
            numbered,
            outcomes: &self.outcomes,
            result_cut: &request.app.texts.result_cut,
            failures: &self.failures,
            plain: request.plain,
            has_sources: request.app.has_sources(),
            history: &parts.history,
            question: tail,
            variables: &request.variables,
        }
    }

    /// What the first prompt was made of, for the trace.
    fn inputs(&self, request: &TurnRequest, parts: &ConversationParts<'_>, prompt: &Prompt) -> PromptInputs {
        let has_system = prompt.messages.first().is_some_and(|first| first.role == Role::System);
        PromptInputs {
            client_system: kept_text(&parts.system),
            plain: request.plain,
            failures: self.failures.clone(),
            history: prompt.messages.len() - usize::from(has_system) - parts.tail.len(),
        }
    }
}

/// The plugins of whose findings nothing is in a prompt, each with whether nothing in the prompt says so.
fn without_room(twice: &[Passage], no_room: &NoRoom, calls: &[PluginCall]) -> Vec<(String, bool)> {
    // What the model has called for is among the tools' results.
    let before = || calls.iter().filter(|call| call.arguments.is_none());
    let is_wanted = |passage: &Passage| !twice.contains(passage);
    let gave_passages = |call: &&PluginCall| {
        no_room.passages
            && matches!(&call.contribution, Some(Contribution::Passages { passages }) if passages.iter().any(is_wanted))
    };
    let passages = before().filter(gave_passages).map(|call| (call.plugin.clone(), true));
    let gave_outcome = |call: &&PluginCall| matches!(call.contribution, Some(Contribution::Outcome(_)));
    let outcomes = before().filter(gave_outcome).enumerate();
    let outcomes = outcomes.filter(|(place, _)| no_room.outcomes.contains(place));
    let outcomes = outcomes.map(|(_, call)| (call.plugin.clone(), false));
    passages.chain(outcomes).chain(no_room.tools.iter().map(|tool| (tool.clone(), false))).collect()
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

/// Why a model that called in every round gave no answer; `unknown` is what it called last, where all it ever called were
/// tools that nobody has: then more rounds would not help.
fn never_answered(model: &Model, app: &App, unknown: Option<String>, toolbox: &Toolbox<'_>) -> ModelError {
    let (model, rounds) = (model.name().to_owned(), app.max_tool_rounds.saturating_add(1));
    match unknown {
        Some(tool) => {
            let known = toolbox.known().into_iter().map(str::to_owned).collect();
            ModelError::UnknownTool { model, tool: said::cleaned(&tool), rounds, known }
        }
        None => ModelError::NeverAnswered { model, rounds, app: app.name.clone() },
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
