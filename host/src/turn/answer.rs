//! The model's part of a turn: prompt, stream, tool calls, again.

use std::sync::Arc;
use std::time::Instant;

use super::contribute::{self, Findings, Said};
use super::error::TurnError;
use super::format::Formatting;
use super::recorder::Recorder;
use super::{Parts, TurnEnd, TurnRequest, is_ours, numbered};
use crate::llm::{AnswerEvent, ChatRequest, Ending, Model, Tool, Usage};
use crate::message::{Contribution, Message, Passage, Role};
use crate::plugin::TurnInput;
use crate::prompt::{self, Material};
use crate::trace::ModelCall;

/// Lets the model answer, calling plugins for it as often as the app allows.
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
    // What may be cited: the prompt's passages first, then those the model asked for.
    let mut sources = findings.passages.clone();
    let mut usage = Usage::default();
    recorder.trace.answered_by = format!("model {}", model.name());
    for round in 0..=app.max_tool_rounds {
        let prompt = prompt::build(
            &app.template,
            &Material {
                app: &app.title,
                client_system: &parts.system,
                passages: &findings.passages,
                outcomes: &findings.outcomes,
                history: &parts.history,
                question: &tail,
                variables: &request.variables,
            },
            app.prompt_tokens,
        )?;
        let chat = ChatRequest {
            messages: prompt.messages,
            tools: if round < app.max_tool_rounds { tools.clone() } else { Vec::new() },
            client_tools: request.client_tools.clone(),
            parameters: request.parameters.clone(),
        };
        let body = model.encode(&chat);
        recorder.trace.model_calls.push(ModelCall {
            model: model.name().to_owned(),
            request_text: String::from_utf8_lossy(&body).into_owned(),
            estimated_tokens: prompt.estimated_tokens,
            cuts: prompt.cuts,
            usage: None,
            finish_reason: String::new(),
            first_text_ms: None,
            total_ms: 0.0,
        });
        let ending = stream(request, model, body, &sources, recorder).await?;
        usage += ending.usage.unwrap_or_default();
        if ending.tool_calls.is_empty() || !is_ours(&ending, offered) {
            let client_calls =
                ending.tool_calls.into_iter().filter(|call| !offered.contains(&call.name.as_str())).collect();
            return Ok(TurnEnd { finish_reason: ending.finish_reason, tool_calls: client_calls, usage });
        }
        let final_text = run_tools(request, &ending, input, &mut tail, &mut sources, recorder).await?;
        if let Some((by, text)) = final_text {
            let end = recorder.say_final(&by, &text).await?;
            return Ok(TurnEnd { usage, ..end });
        }
    }
    Err(TurnError::Request(format!(
        "the model called tools in all {} rounds and never answered; raise max_tool_rounds of the app `{}`",
        app.max_tool_rounds + 1,
        app.name
    )))
}

/// Streams one answer of the model to the client, through the formatters.
async fn stream(
    request: &TurnRequest,
    model: &Model,
    body: bytes::Bytes,
    sources: &[Passage],
    recorder: &mut Recorder<'_>,
) -> Result<Ending, TurnError> {
    let started = Instant::now();
    let mut formatting: Option<Formatting> = None;
    let mut first_text_ms = None;
    let mut answer = model.send(body).await?;
    let result = loop {
        match answer.next().await {
            Ok(Some(AnswerEvent::Text(text))) => {
                first_text_ms.get_or_insert_with(|| started.elapsed().as_secs_f64() * 1000.0);
                let formatting = match &mut formatting {
                    Some(open) => open,
                    none => none.insert(Formatting::open(&request.app, sources).await),
                };
                let text = formatting.feed(text).await;
                recorder.say(text).await?;
            }
            Ok(Some(AnswerEvent::End(ending))) => break Ok(ending),
            Ok(None) => break Ok(Ending::default()),
            Err(error) => break Err(error),
        }
    };
    // Also after an error the client gets the text that was held back: nothing is lost.
    if let Some(formatting) = formatting {
        let (rest, calls) = formatting.finish().await;
        recorder.trace.formatters.extend(calls);
        recorder.say(rest).await?;
    }
    if let Some(call) = recorder.trace.model_calls.last_mut() {
        call.first_text_ms = first_text_ms;
        call.total_ms = started.elapsed().as_secs_f64() * 1000.0;
        if let Ok(ending) = &result {
            call.usage = ending.usage;
            call.finish_reason = ending.finish_reason.clone();
        }
    }
    Ok(result?)
}

/// Runs the plugins the model called and puts their results at the prompt's end. Returns a final
/// text where one of them gave an answer or asks back.
async fn run_tools(
    request: &TurnRequest,
    ending: &Ending,
    input: &TurnInput,
    tail: &mut Vec<Message>,
    sources: &mut Vec<Passage>,
    recorder: &mut Recorder<'_>,
) -> Result<Option<(String, String)>, TurnError> {
    tail.push(Message {
        role: Role::Assistant,
        content: String::new(),
        tool_calls: ending.tool_calls.clone(),
        tool_call_id: None,
    });
    let calls = ending
        .tool_calls
        .iter()
        .map(|call| {
            let arguments =
                if call.arguments.trim().is_empty() { "{}".to_owned() } else { call.arguments.clone() };
            (call.name.as_str(), TurnInput { arguments: Some(arguments), ..input.clone() })
        })
        .collect();
    let mut final_findings = Findings::default();
    for (index, said) in contribute::all(&request.app, calls, recorder).await? {
        tail.push(Message {
            role: Role::Tool,
            content: told_to_model(&said, sources),
            tool_calls: Vec::new(),
            tool_call_id: Some(ending.tool_calls[index].id.clone()),
        });
        final_findings.add(said);
    }
    Ok(final_findings.take_final())
}

fn told_to_model(said: &Said, sources: &mut Vec<Passage>) -> String {
    match &said.result {
        Ok(Contribution::Passages { passages }) => {
            let first = sources.len() + 1;
            sources.extend_from_slice(passages);
            let texts: Vec<String> = passages
                .iter()
                .enumerate()
                .map(|(index, passage)| numbered(first + index, passage))
                .collect();
            texts.join("\n\n")
        }
        Ok(Contribution::Outcome(outcome)) => outcome.text.clone(),
        Ok(Contribution::Answer { text, .. } | Contribution::Ask { text, .. }) => text.clone(),
        Ok(Contribution::Nothing { reason }) => format!("没有找到：{reason}"),
        Err(error) => format!("调用失败：{error}"),
    }
}
