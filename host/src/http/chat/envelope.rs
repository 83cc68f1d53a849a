//! What every object of one answer carries, and the objects themselves.

use serde::Serialize;
use serde_json::{Value, json};

use crate::http::dialect::Dialect;
use crate::http::record::RequestRecord;
use crate::message::{CallPiece, ToolCall};
use crate::turn::{Degraded, Piece, TurnEnd};

/// How an answer ends that calls a function, in the API's older form.
const OLD_END: &str = "function_call";

pub(super) struct Envelope {
    pub(super) entry: RequestRecord,
    pub(super) model: String,
    pub(super) created: u64,
    pub(super) dialect: Dialect,
    /// Whether the client has asked with `functions`: its calls are told in that form.
    pub(super) is_old: bool,
}

impl Envelope {
    fn object(&self, object: &str, choice: Option<Value>) -> Value {
        json!({"id": self.entry.id(), "object": object, "created": self.created, "model": self.model,
               "choices": choice.into_iter().collect::<Vec<_>>()})
    }

    fn choice(&self, key: &str, message: Value, finish_reason: Value) -> Value {
        let mut choice = json!({"index": 0, key: message, "finish_reason": finish_reason});
        match self.dialect {
            Dialect::OpenAi => choice["logprobs"] = Value::Null,
            Dialect::Qianfan | Dialect::Rpc => choice["flag"] = 0.into(),
        }
        choice
    }

    /// A chunk of a stream that adds this to the message. An empty object adds nothing. It is written field by
    /// field: a stream has hundreds of them.
    pub(super) fn chunk(&self, delta: impl Serialize) -> String {
        let is_openai = self.dialect == Dialect::OpenAi;
        let choice = StreamChoice {
            index: 0,
            delta,
            finish_reason: (),
            logprobs: is_openai.then_some(()),
            flag: (!is_openai).then_some(0),
        };
        let chunk = Chunk {
            id: self.entry.id(),
            object: "chat.completion.chunk",
            created: self.created,
            model: &self.model,
            choices: [choice],
        };
        // Strings, numbers and values of JSON: there is nothing that cannot be written.
        serde_json::to_string(&chunk).unwrap_or_default()
    }

    /// The chunk that a piece becomes; `None` where the client's form has no word for it.
    pub(super) fn piece(&self, piece: Piece) -> Option<String> {
        let delta = match piece {
            Piece::Text(text) => return Some(self.chunk(TextDelta { content: &text })),
            Piece::Reasoning(text) => json!({"reasoning_content": text}),
            Piece::Refusal(text) => json!({"refusal": text}),
            // The older form has one call.
            Piece::Call(call) if self.is_old => old_call(*call)?,
            Piece::Call(call) => match *call {
                CallPiece { index, head: Some(head), arguments } => json!({"tool_calls": [
                    {"index": index, "id": head.id, "type": "function", "function": {"name": head.name, "arguments": arguments}}
                ]}),
                CallPiece { index, head: None, arguments } => {
                    json!({"tool_calls": [{"index": index, "function": {"arguments": arguments}}]})
                }
            },
        };
        Some(self.chunk(delta))
    }

    /// The chunk that says how the answer ended, and what it had to do without: the headers were gone before all of that
    /// was known. Everything has been said before it: the stream helpers of clients take it for the end of what they
    /// have collected.
    pub(super) fn finish(&self, end: &TurnEnd, degraded: &Degraded) -> String {
        let choice = self.choice("delta", json!({}), self.finish_reason(end).into());
        let mut chunk = self.object("chat.completion.chunk", Some(choice));
        for (key, names) in [
            ("degraded", degraded.names()),
            ("failed_plugins", degraded.failed_plugins()),
            ("missing_variables", degraded.missing_variables()),
        ] {
            if !names.is_empty() {
                chunk[key] = names.into();
            }
        }
        chunk.to_string()
    }

    /// The last chunk of a stream, which holds the token counts.
    pub(super) fn counts(&self, end: &TurnEnd) -> String {
        let mut chunk = self.object("chat.completion.chunk", None);
        chunk["usage"] = usage(end);
        chunk.to_string()
    }

    /// The whole answer.
    pub(super) fn whole(&self, said: WholeAnswer, end: &TurnEnd) -> Value {
        let WholeAnswer { text, reasoning, refusal } = said;
        // A refusal stands in place of a text, not beside an empty one.
        let content = if text.is_empty() && !refusal.is_empty() { Value::Null } else { text.into() };
        let mut message = json!({"role": "assistant", "content": content});
        if !reasoning.is_empty() {
            message["reasoning_content"] = reasoning.into();
        }
        if !refusal.is_empty() {
            message["refusal"] = refusal.into();
        }
        match (end.tool_calls.first(), self.is_old) {
            (None, _) => {}
            (Some(call), true) => {
                message["function_call"] = json!({"name": call.name, "arguments": call.arguments});
            }
            (Some(_), false) => message["tool_calls"] = end.tool_calls.iter().map(tool_call).collect(),
        }
        let choice = self.choice("message", message, self.finish_reason(end).into());
        let mut body = self.object("chat.completion", Some(choice));
        body["usage"] = usage(end);
        body
    }

    fn finish_reason<'a>(&self, end: &'a TurnEnd) -> &'a str {
        if self.is_old && !end.tool_calls.is_empty() { OLD_END } else { &end.finish_reason }
    }
}

#[derive(Serialize)]
struct Chunk<'a, T> {
    id: &'a str,
    object: &'static str,
    created: u64,
    model: &'a str,
    choices: [StreamChoice<T>; 1],
}

#[derive(Serialize)]
struct StreamChoice<T> {
    index: u8,
    delta: T,
    /// `null` until the end.
    finish_reason: (),
    /// `null` in OpenAI's form.
    #[serde(skip_serializing_if = "Option::is_none")]
    logprobs: Option<()>,
    /// The field that only Qianfan's form has.
    #[serde(skip_serializing_if = "Option::is_none")]
    flag: Option<u8>,
}

/// A delta of text.
#[derive(Serialize)]
struct TextDelta<'a> {
    content: &'a str,
}

/// What came of an answer that is given whole.
#[derive(Default)]
pub(super) struct WholeAnswer {
    pub(super) text: String,
    pub(super) reasoning: String,
    pub(super) refusal: String,
}

impl WholeAnswer {
    pub(super) fn add(&mut self, piece: &Piece) {
        match piece {
            Piece::Text(piece) => self.text.push_str(piece),
            Piece::Reasoning(piece) => self.reasoning.push_str(piece),
            Piece::Refusal(piece) => self.refusal.push_str(piece),
            // The end has them whole.
            Piece::Call(_) => {}
        }
    }
}

fn old_call(CallPiece { index, head, arguments }: CallPiece) -> Option<Value> {
    let call = match head {
        Some(head) => json!({"name": head.name, "arguments": arguments}),
        None => json!({"arguments": arguments}),
    };
    (index == 0).then(|| json!({"function_call": call}))
}

fn tool_call(call: &ToolCall) -> Value {
    json!({"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}})
}

fn usage(end: &TurnEnd) -> Value {
    let (prompt, completion) = (end.usage.prompt_tokens, end.usage.completion_tokens);
    let total = prompt.saturating_add(completion);
    let mut usage = json!({"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": total});
    if end.usage.estimated {
        usage["estimated"] = true.into();
    }
    if end.usage.reasoning_tokens > 0 {
        usage["completion_tokens_details"] = json!({"reasoning_tokens": end.usage.reasoning_tokens});
    }
    usage
}
