//! Reading an OpenAI-shaped chat request (Qianfan v2 has the same shape).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::error::ApiError;
use crate::message::{Message, Role, ToolCall};
use crate::turn::{App, TurnRequest};

/// Fields that go to the model as they are.
const PARAMETERS: &[&str] = &[
    "temperature",
    "top_p",
    "penalty_score",
    "max_tokens",
    "max_completion_tokens",
    "seed",
    "stop",
    "user",
    "frequency_penalty",
    "presence_penalty",
    "tool_choice",
    "parallel_tool_calls",
    "response_format",
];

/// Bytes of a conversation's id.
const MAX_CONVERSATION_ID: usize = 128;

/// A chat request, decoded.
pub(super) struct ChatCall {
    pub(super) turn: TurnRequest,
    pub(super) stream: bool,
    pub(super) include_usage: bool,
}

/// Decodes the body for one of the apps. `conversation` is what the header says of it.
pub(super) fn chat_call(
    body: &[u8],
    apps: &BTreeMap<String, Arc<App>>,
    id: String,
    conversation: Option<String>,
) -> Result<ChatCall, ApiError> {
    let value: Value = serde_json::from_slice(body).map_err(|error| {
        ApiError::bad_request("malformed_json", format!("the body is not valid JSON: {error}"))
    })?;
    let Value::Object(mut fields) = value else {
        return Err(ApiError::bad_request("malformed_json", "the body must be a JSON object"));
    };
    let name = match fields.remove("model") {
        Some(Value::String(name)) => name,
        _ => {
            return Err(ApiError::bad_request(
                "invalid_model",
                "`model` is missing; name an app, see GET /v1/models",
            ));
        }
    };
    let app = apps.get(&name).cloned().ok_or_else(|| {
        let known: Vec<&str> = apps.keys().map(String::as_str).collect();
        let message =
            format!("there is no app `{name}`; `model` names an app, there are: {}", known.join(", "));
        ApiError::new(axum::http::StatusCode::NOT_FOUND, "model_not_found", message)
    })?;
    let messages = match fields.remove("messages") {
        Some(Value::Array(items)) if !items.is_empty() => items
            .into_iter()
            .enumerate()
            .map(|(index, item)| message(index, item))
            .collect::<Result<_, _>>()?,
        _ => {
            return Err(ApiError::bad_request(
                "invalid_messages",
                "`messages` must be a list of at least one message",
            ));
        }
    };
    let stream = flag(&mut fields, "stream")?;
    let include_usage = match fields.remove("stream_options") {
        Some(Value::Object(mut options)) => flag(&mut options, "include_usage")?,
        _ => false,
    };
    if fields.remove("n").is_some_and(|n| !n.is_null() && n != 1) {
        return Err(ApiError::bad_request("invalid_argument", "`n` must be 1: one answer is given"));
    }
    let client_tools = match fields.remove("tools") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(tools)) => tools,
        Some(_) => return Err(ApiError::bad_request("invalid_argument", "`tools` must be a list")),
    };
    let forced = match fields.remove("plugins") {
        None | Some(Value::Null) => Vec::new(),
        Some(value) => serde_json::from_value(value).map_err(|_| {
            ApiError::bad_request("invalid_plugin_argument", "`plugins` must be a list of plugin names")
        })?,
    };
    let variables = match fields.remove("variables").or_else(|| fields.remove("input_variables")) {
        None | Some(Value::Null) => BTreeMap::new(),
        Some(Value::Object(map)) => map.into_iter().map(|(key, value)| (key, plain(value))).collect(),
        Some(_) => return Err(ApiError::bad_request("invalid_argument", "`variables` must be an object")),
    };
    let in_body =
        fields.remove("conversation_id").or_else(|| fields.get("metadata")?.get("conversation_id").cloned());
    let conversation = conversation
        .or_else(|| in_body.as_ref().and_then(Value::as_str).map(str::to_owned))
        .filter(|id| !id.is_empty());
    if conversation.as_ref().is_some_and(|named| named.len() > MAX_CONVERSATION_ID) {
        return Err(ApiError::bad_request(
            "invalid_argument",
            format!("the conversation id is longer than {MAX_CONVERSATION_ID} bytes"),
        ));
    }
    let user = fields.get("user").and_then(Value::as_str).map(str::to_owned);
    let mut parameters = Map::new();
    for name in PARAMETERS {
        if let Some(value) = fields.remove(*name).filter(|value| !value.is_null()) {
            parameters.insert((*name).to_owned(), value);
        }
    }
    let ignored_fields = fields.keys().filter(|key| *key != "metadata").cloned().collect();
    let turn = TurnRequest {
        id,
        app,
        caller: None,
        user,
        conversation,
        messages,
        variables,
        forced,
        parameters,
        client_tools,
        ignored_fields,
    };
    Ok(ChatCall { turn, stream, include_usage })
}

fn message(index: usize, value: Value) -> Result<Message, ApiError> {
    let refuse =
        |text: String| ApiError::bad_request("invalid_messages", format!("messages[{index}]: {text}"));
    let role = match value.get("role").and_then(Value::as_str) {
        Some("system" | "developer") => Role::System,
        Some("user") => Role::User,
        Some("assistant") => Role::Assistant,
        Some("tool") => Role::Tool,
        Some(other) => {
            return Err(refuse(format!("there is no role `{other}`; use system, user, assistant or tool")));
        }
        None => return Err(refuse("`role` is missing".into())),
    };
    let content = match value.get("content") {
        Some(Value::String(text)) => text.clone(),
        None | Some(Value::Null) => String::new(),
        Some(Value::Array(parts)) => {
            let mut text = String::new();
            for part in parts {
                match (part.get("type").and_then(Value::as_str), part.get("text").and_then(Value::as_str)) {
                    (Some("text"), Some(piece)) => text.push_str(piece),
                    (kind, _) => {
                        let kind = kind.unwrap_or("none");
                        return Err(refuse(format!("content of the type `{kind}` is not served; send text")));
                    }
                }
            }
            text
        }
        Some(_) => return Err(refuse("`content` must be a text or a list of text parts".into())),
    };
    let mut tool_calls = Vec::new();
    if let Some(Value::Array(calls)) = value.get("tool_calls") {
        for call in calls {
            let text = |pointer: &str| call.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
            match (text("/id"), text("/function/name"), text("/function/arguments")) {
                (Some(id), Some(name), Some(arguments)) => tool_calls.push(ToolCall { id, name, arguments }),
                _ => {
                    return Err(refuse(
                        "a tool call needs `id`, `function.name` and `function.arguments`".into(),
                    ));
                }
            }
        }
    }
    let tool_call_id = value.get("tool_call_id").and_then(Value::as_str).map(str::to_owned);
    Ok(Message { role, content, tool_calls, tool_call_id })
}

fn flag(fields: &mut Map<String, Value>, name: &str) -> Result<bool, ApiError> {
    match fields.remove(name) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(value)) => Ok(value),
        Some(_) => Err(ApiError::bad_request("invalid_argument", format!("`{name}` must be true or false"))),
    }
}

fn plain(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}
