//! What goes upstream: one chat-completion request in the OpenAI shape.

use bytes::Bytes;
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::event::Thoughts;
use super::json::Json;
use crate::message::{Message, MessagePart, Role, ToolCall};

/// A function the model may call.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tool {
    /// Letters, digits, `_` and `-`.
    pub name: String,
    /// When it is worth calling.
    pub description: String,
    /// JSON Schema of the arguments.
    pub parameters: Value,
}

/// A tool of the client, which it runs itself: passed on as the client wrote it.
#[derive(Debug)]
pub struct ClientTool {
    /// The name the model calls it by, where it has one.
    pub name: Option<String>,
    json: Box<RawValue>,
}

impl ClientTool {
    /// The tool as the client wrote it.
    pub fn as_written(&self) -> &str {
        self.json.get()
    }
}

/// Bytes of the name of a client's tool.
const LONGEST_NAME: usize = 256;

impl<'de> Deserialize<'de> for ClientTool {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Box::<RawValue>::deserialize(deserializer)?;
        let [kind, function, outer] = Json::of(&json).fields(["type", "function", "name"]);
        let text = |field: Option<Json<'_>>| field?.whole_text().filter(|text| !text.is_empty());
        let (inner, outer) = (text(function.and_then(|function| function.field("name"))), text(outer));
        let is_function = inner.is_some();
        let name = inner.or(outer);
        let refusal = match text(kind).as_deref() {
            // Calls are put together, streamed and sent back by the JSON of their arguments.
            Some("custom") => {
                "a tool of the type `custom` is not served: its calls bring a text and no arguments in JSON; send a \
                 function that takes the text: {\"type\": \"function\", \"function\": {\"name\": …, \"parameters\": …}}"
                    .to_owned()
            }
            Some("function") | None if !is_function && name.is_some() => {
                "`name`, `description` and `parameters` of a function stand in `function`; write \
                 {\"type\": \"function\", \"function\": {\"name\": …}}"
                    .to_owned()
            }
            kind if !is_function
                && (kind == Some("function") || function.is_some() || !Json::of(&json).is_object()) =>
            {
                "a function needs a `name`, by which the model calls it".to_owned()
            }
            _ if name.as_ref().is_some_and(|name| name.len() > LONGEST_NAME) => {
                format!("the tool's name is longer than {LONGEST_NAME} bytes")
            }
            // What is of another type is the model's to judge.
            _ => return Ok(Self { name, json }),
        };
        Err(serde::de::Error::custom(refusal))
    }
}

/// Fields that bound an answer. Where both are said, endpoints differ in which they go by.
pub(super) const LENGTHS: [&str; 2] = ["max_tokens", "max_completion_tokens"];

/// Sampling fields (`temperature`, `stop`, …), passed on as they were written.
#[derive(Debug, Default)]
pub struct Parameters(Vec<(&'static str, Box<RawValue>)>);

impl Parameters {
    /// Only a bound on the answer.
    pub fn max_tokens(most: u32) -> Self {
        let value = serde_json::value::to_raw_value(&most).ok();
        value.into_iter().map(|value| ("max_tokens", value)).collect()
    }

    /// The longest answer that is asked for, in tokens, where that is said.
    pub fn most_tokens(&self) -> Option<usize> {
        let said = |name| self.get(name).and_then(|value| value.get().parse::<f64>().ok());
        let most = LENGTHS.into_iter().filter_map(said).reduce(f64::max)?;
        // A cast from a float stays within the integer's range.
        Some(most as usize)
    }

    /// What was written for a field.
    pub fn get(&self, name: &str) -> Option<&RawValue> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| &**value)
    }
}

impl FromIterator<(&'static str, Box<RawValue>)> for Parameters {
    fn from_iter<I: IntoIterator<Item = (&'static str, Box<RawValue>)>>(fields: I) -> Self {
        Self(fields.into_iter().collect())
    }
}

/// One request, before the model's own name and defaults are put in.
#[derive(Debug, Default)]
pub struct ChatRequest<'a> {
    /// The prompt.
    pub messages: Vec<Message>,
    /// Tools the host runs itself.
    pub tools: &'a [Tool],
    /// Tools of the client.
    pub client_tools: &'a [ClientTool],
    /// Sampling fields of the client.
    pub parameters: Option<&'a Parameters>,
    /// Whether a `tool_choice` that demands a call is left out: a client has got it; demanded again, the
    /// model could never answer. `none` stays, which demands an answer.
    pub without_tool_choice: bool,
}

impl ChatRequest<'_> {
    /// The exact bytes that are sent. `defaults` are used where the client said nothing; `thoughts` is how the
    /// endpoint names what its model thinks.
    pub(super) fn to_bytes(&self, model: &str, defaults: &Map<String, Value>, thoughts: Thoughts) -> Bytes {
        let mut body = Vec::with_capacity(self.expected_bytes());
        let mut json = serde_json::Serializer::new(&mut body);
        // Writing to memory cannot fail, and no key or value here is without a form in JSON.
        if let Err(error) = self.write(model, defaults, thoughts, &mut json) {
            tracing::error!("A request to `{model}` could not be written: {error}");
        }
        Bytes::from(body)
    }

    /// Whether the model is told not to think, by the client or else by `defaults`, in any endpoint's way.
    pub(super) fn forbids_thoughts(&self, defaults: &Map<String, Value>) -> bool {
        let said = |name: &str| match self.parameters.and_then(|parameters| parameters.get(name)) {
            Some(value) => serde_json::from_str::<Value>(value.get()).unwrap_or_default(),
            None => defaults.get(name).cloned().unwrap_or_default(),
        };
        let (thinking, of_template) = (said("thinking"), said("chat_template_kwargs"));
        said("enable_thinking") == false
            || thinking == false
            || thinking["type"] == "disabled"
            || of_template["enable_thinking"] == false
            || of_template["thinking"] == false
            || said("reasoning_effort") == "none"
            || said("thinking_budget") == 0
    }

    fn write<S: Serializer>(
        &self,
        model: &str,
        defaults: &Map<String, Value>,
        thoughts: Thoughts,
        json: S,
    ) -> Result<S::Ok, S::Error> {
        let client = |name: &str| self.parameters.and_then(|parameters| parameters.get(name)).is_some();
        // The client's choice among temperature and top_p replaces the operator's.
        let client_samples = client("temperature") || client("top_p");
        let has_tools = !self.tools.is_empty() || !self.client_tools.is_empty();
        let mut body = json.serialize_map(None)?;
        body.serialize_entry("model", model)?;
        body.serialize_entry(
            "messages",
            &Each(|| self.messages.iter().map(|message| WireMessage::of(message, thoughts))),
        )?;
        body.serialize_entry("stream", &true)?;
        body.serialize_entry("stream_options", &SentStreamOptions { include_usage: true })?;
        if has_tools {
            let tools = || {
                let mine = self.tools.iter().map(|function| WireTool::Function { function });
                mine.chain(self.client_tools.iter().map(|tool| WireTool::AsWritten(&tool.json)))
            };
            body.serialize_entry("tools", &Each(tools))?;
        }
        for (key, value) in defaults {
            let sampling = key == "temperature" || key == "top_p";
            let length = LENGTHS.contains(&key.as_str()) && LENGTHS.into_iter().any(client);
            let replaced = length || (sampling && client_samples) || client(key);
            if !replaced {
                body.serialize_entry(key, value)?;
            }
        }
        for (key, value) in self.parameters.iter().flat_map(|parameters| &parameters.0) {
            let of_tools = matches!(*key, "tool_choice" | "parallel_tool_calls");
            let demands = *key == "tool_choice" && value.get() != r#""none""#;
            // Endpoints refuse a word about tools where there are none.
            if (of_tools && !has_tools) || (self.without_tool_choice && demands) {
                continue;
            }
            body.serialize_entry(key, value)?;
        }
        body.end()
    }

    /// An estimate of the request's length, so that its buffer need not grow and move.
    fn expected_bytes(&self) -> usize {
        /// Keys and punctuation around each.
        const AROUND: usize = 128;
        let calls = |message: &Message| -> usize {
            message.tool_calls.iter().map(|call| AROUND + call.arguments.len()).sum()
        };
        // An eighth more for what is escaped.
        let parts = |message: &Message| -> usize {
            let bytes = |part: &MessagePart| match part {
                MessagePart::Text(text) => text.len(),
                MessagePart::Image(image) => image.get().len(),
            };
            message.parts.iter().map(|part| AROUND + bytes(part)).sum()
        };
        let messages = self
            .messages
            .iter()
            .map(|m| AROUND + (m.content.len() + m.reasoning.len()) * 9 / 8 + calls(m) + parts(m));
        let tools = self.client_tools.iter().map(|tool| tool.json.get().len() + 1);
        let parameters = self.parameters.iter().flat_map(|p| &p.0).map(|(_, value)| value.get().len() + 32);
        AROUND * 4 + messages.sum::<usize>() + tools.sum::<usize>() + parameters.sum::<usize>()
    }
}

#[derive(Serialize)]
struct SentStreamOptions {
    include_usage: bool,
}

/// A list that is written as it is made.
struct Each<F>(F);

impl<F: Fn() -> I, I: Iterator<Item: Serialize>> Serialize for Each<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0())
    }
}

/// A tool as it is sent.
enum WireTool<'a> {
    Function { function: &'a Tool },
    AsWritten(&'a RawValue),
}

impl Serialize for WireTool<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct ToolDefinition<'a> {
            r#type: &'static str,
            function: &'a Tool,
        }
        match *self {
            Self::Function { function } => {
                ToolDefinition { r#type: "function", function }.serialize(serializer)
            }
            Self::AsWritten(json) => json.serialize(serializer),
        }
    }
}

/// A message as it is sent.
#[derive(Serialize)]
struct WireMessage<'a> {
    role: Role,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    content: WireContent<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_content: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<SentCall<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_call_id: Option<&'a str>,
}

impl<'a> WireMessage<'a> {
    fn of(message: &'a Message, thoughts: Thoughts) -> Self {
        let calls = message.tool_calls.iter().filter(|_| message.role == Role::Assistant);
        let thought = Some(message.reasoning.as_str()).filter(|thought| !thought.is_empty());
        Self {
            role: message.role,
            name: message.name.as_deref(),
            content: if message.parts.is_empty() {
                WireContent::Text(&message.content)
            } else {
                WireContent::Parts(message.parts.iter().map(WirePart::of).collect())
            },
            reasoning_content: thought.filter(|_| thoughts == Thoughts::ReasoningContent),
            reasoning: thought.filter(|_| thoughts == Thoughts::Reasoning),
            tool_calls: calls.map(SentCall::of).collect(),
            tool_call_id: message.tool_call_id.as_deref(),
        }
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum WireContent<'a> {
    Text(&'a str),
    Parts(Vec<WirePart<'a>>),
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum WirePart<'a> {
    Text { text: &'a str },
    ImageUrl { image_url: &'a RawValue },
}

impl<'a> WirePart<'a> {
    fn of(part: &'a MessagePart) -> Self {
        match part {
            MessagePart::Text(text) => Self::Text { text },
            MessagePart::Image(image) => Self::ImageUrl { image_url: image },
        }
    }
}

#[derive(Serialize)]
struct SentCall<'a> {
    id: &'a str,
    r#type: &'static str,
    function: SentFunction<'a>,
}

#[derive(Serialize)]
struct SentFunction<'a> {
    name: &'a str,
    arguments: &'a str,
}

impl<'a> SentCall<'a> {
    fn of(call: &'a ToolCall) -> Self {
        let function = SentFunction { name: &call.name, arguments: &call.arguments };
        Self { id: &call.id, r#type: "function", function }
    }
}

#[cfg(test)]
mod tests;
