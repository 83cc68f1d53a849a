//! One chat turn: route, make the question standalone, contribute side by side, build the prompt, answer, format, trace.
//!
//! [`run`] is the walk; each step below it is one function or one file.

mod answer;
mod app;
mod choice;
mod client_end;
mod contribute;
mod conversation;
mod degraded;
mod end;
mod error;
mod final_text;
mod flow;
mod follow_up;
mod format;
mod giver;
mod lack;
mod parts;
mod piece;
mod prices;
mod recall;
mod recorder;
mod replay;
mod request;
mod round;
mod shape;
mod told;
mod tools;
mod trial;
mod whole_text;

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

pub use app::App;
pub use degraded::Degraded;
pub use end::TurnEnd;
pub use error::TurnError;
pub use lack::Lack;
pub use piece::Piece;
pub use recall::{Recalled, recall};
pub use replay::{Replay, ReplayError, Replayed};
pub use request::TurnRequest;
pub use trial::PromptTrial;

use crate::config::AnswerMode;
use crate::cut::cut;
use crate::fair;
use crate::knowledge::Wordings;
use crate::plugin::{StateError, StateStore, TurnInput};
use crate::route::{Verdict, Wishes, route};
use crate::texts;
use crate::trace::{TraceStore, kept_text};
use answer::Answering;
use contribute::Findings;
use conversation::Conversation;
use final_text::FinalText;
use flow::{Flow, FlowEnd};
use parts::ConversationParts;
use recorder::Recorder;

/// Bytes of the client's own words that an error repeats.
const LONGEST_ECHO: usize = 300;

/// Serves one turn. What is for the client goes into `out` as it is ready; the trace is kept before
/// this returns, and also when it is dropped in the middle.
pub async fn run(
    request: TurnRequest,
    traces: &TraceStore,
    limit: Duration,
    out: mpsc::Sender<Piece>,
) -> Result<TurnEnd, TurnError> {
    let mut recorder = Recorder::new(&request, traces, out);
    // The future takes kilobytes, and each layer around it would move them if it were not boxed.
    let walk = Box::pin(walk(&request, &mut recorder));
    let walk = fair::on_behalf_of(&request.app.name, walk);
    let result = match tokio::time::timeout(limit, walk).await {
        Ok(result) => result,
        Err(_) => Err(TurnError::Timeout(limit)),
    };
    if result.is_ok()
        && let Some(state) = &request.app.state
        && let Some(conversation) = recorder.conversation.take()
    {
        let flow = std::mem::take(&mut recorder.flow);
        // Nothing of it is there while the turn walks, so its room is not a part of this future either.
        let keeping = Box::pin(keep(&request, &conversation, flow, &recorder, state));
        if let Err(error) = fair::on_behalf_of(&request.app.name, keeping).await {
            tracing::warn!(turn.id = %request.id, "The state of turn `{}` is not kept: {error}", request.id);
        }
    }
    recorder.finish(&result);
    result
}

/// Lets the next turn find what plugins keep, and which of them waits for a reply.
async fn keep(
    request: &TurnRequest,
    conversation: &Conversation,
    flow: FlowEnd,
    recorder: &Recorder<'_>,
    state: &StateStore,
) -> Result<(), StateError> {
    let answer = &recorder.trace.answer;
    flow.keep(recorder.resumed, conversation, answer, state).await?;
    conversation.keep(request, answer, state).await
}

/// Finds the conversation that the turn goes on with, and the plugin in it that waits for a reply.
async fn resume(request: &TurnRequest, recorder: &mut Recorder<'_>) -> Result<Option<Flow>, TurnError> {
    let Some(state) = &request.app.state else { return Ok(None) };
    // What is asked by the way is not a part of the conversation, and must not take a reply's place in it.
    if request.plain {
        return Ok(None);
    }
    let in_host = |error: StateError| TurnError::Host(error.to_string());
    let conversation = Conversation::resume(request, state).await.map_err(in_host)?;
    let flow = Flow::of(request, &conversation, state).await.map_err(in_host)?;
    recorder.converse(conversation);
    Ok(flow)
}

async fn walk(request: &TurnRequest, recorder: &mut Recorder<'_>) -> Result<TurnEnd, TurnError> {
    let app = &request.app;
    let parts = ConversationParts::of(&request.messages)?;
    recorder.trace.question = kept_text(&parts.question.content);

    if let Some(unknown) = request.forced.iter().find(|name| app.contributor(name).is_none()) {
        let plugin = cut(unknown, LONGEST_ECHO).into_owned();
        return Err(TurnError::UnknownPlugin { app: app.name.clone(), plugin });
    }
    let flow = resume(request, recorder).await?;
    recorder.resumed = flow.is_some();
    let question = &parts.question.content;
    let choice = flow.as_ref().and_then(|flow| flow.choice(question));
    let resumed = flow.as_ref().map(|flow| (flow.plugin.as_str(), flow.reason(choice)));
    let wishes = Wishes {
        forced: &request.forced,
        plain: request.plain,
        resumed: resumed.as_ref().map(|(plugin, reason)| (*plugin, reason.as_str())),
    };
    let routing = Instant::now();
    let decisions = route(&app.rules, question, &request.variables, wishes);
    recorder.trace.routes = decisions.clone();
    recorder.trace.routing = Some(recorder.step_since(routing));

    let called: Vec<&str> =
        decisions.iter().filter(|d| d.verdict == Verdict::Call).map(|d| d.plugin.as_str()).collect();
    // A number says nothing to a search, and the choice it stands for does.
    let asked = choice.unwrap_or(question);
    let searched = follow_up::searched(app, &parts.history, asked, !called.is_empty(), recorder).await;
    let input = TurnInput {
        id: request.id.clone(),
        app: app.name.clone(),
        conversation: recorder.conversation.as_ref().map_or_else(String::new, |known| known.id.clone()),
        search_text: searched.text.map_or_else(|| asked.into(), Into::into),
        wordings: searched.beside.map(|joined| Arc::new(Wordings { asked: asked.to_owned(), joined })),
        question: question.as_str().into(),
        history: Arc::clone(&parts.history),
        variables: flow::client_variables(request).into(),
        bare_hits: app.answer == AnswerMode::Direct,
        arguments: None,
    };
    let calls = called.iter().map(|plugin| {
        let mut input = input.clone();
        if flow.as_ref().is_some_and(|flow| flow.plugin == *plugin) {
            Flow::resume(&mut input, choice);
        }
        (*plugin, input)
    });
    let calls = calls.collect();
    let mut findings = Findings::resuming(flow.as_ref(), choice.is_some());
    for (_, said) in contribute::all(app, calls, recorder).await? {
        if let Some(flow) = flow.as_ref().filter(|flow| flow.plugin == said.plugin && said.leaves_flow_open())
        {
            recorder.flow = FlowEnd::StaysOpen(flow.clone());
        }
        findings.add(said);
    }

    let offered: Vec<&str> =
        decisions.iter().filter(|d| d.verdict == Verdict::Offer).map(|d| d.plugin.as_str()).collect();
    if let Some(text) = unworded(app, &called, &offered, &mut findings, &recorder.degraded) {
        return text.say(app, recorder).await;
    }
    match app.answering_model() {
        Some(model) => {
            let answering = Answering { request, model, parts: &parts, offered: &offered, input: &input };
            answering.run(findings, recorder).await
        }
        // With `direct`, no model words an answer, even if the app has a model and nothing was found.
        None => {
            let text = app.nothing_found.as_deref().unwrap_or(texts::NOTHING_TO_GIVE);
            FinalText::configured("nothing_found", text).say(app, recorder).await
        }
    }
}

/// What ends the turn before a model is asked: a plugin's answer or question back, the best text of an app that words
/// nothing, or that nothing was found.
fn unworded(
    app: &App,
    called: &[&str],
    offered: &[&str],
    findings: &mut Findings,
    degraded: &Degraded,
) -> Option<FinalText> {
    if let Some(text) = findings.take_final() {
        return Some(text);
    }
    if app.answer == AnswerMode::Direct
        && let Some(text) = findings.best_text()
    {
        return Some(text);
    }
    if offered.is_empty() { of_nothing(app, called, findings, degraded) } else { None }
}

/// What is said without the model where the plugins that were called brought nothing: that nothing was
/// found, or, where one of them failed, that nobody knows.
fn of_nothing(app: &App, called: &[&str], findings: &Findings, degraded: &Degraded) -> Option<FinalText> {
    if !findings.is_empty() {
        return None;
    }
    // The model would answer out of what it remembers.
    let lost_ground = findings.lost_ground && app.whole_text.is_empty();
    let is_worded = app.answering_model().is_some() && app.nothing_found.is_none();
    if lost_ground || !findings.failures.is_empty() && !is_worded {
        degraded.answer_is_unavailable();
        // Where the user has to say more, asking again later would not help, so the text asks for what is
        // missing.
        let text = match findings.lacks_in_question() {
            Some(lacks) => texts::say_more(&app.say_more, &lacks),
            // An app's own sentence is given out as it is; the default asks for patience.
            None if findings.lasts() && app.unavailable == texts::UNAVAILABLE => {
                texts::UNAVAILABLE_TILL_MENDED.to_owned()
            }
            None => app.unavailable.clone(),
        };
        return Some(FinalText::configured("unavailable", &text));
    }
    let text = app.nothing_found.as_ref().filter(|_| !called.is_empty())?;
    Some(FinalText::configured("nothing_found", text))
}
