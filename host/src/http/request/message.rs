//! One message of a conversation, as clients write it and as a turn takes it.

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny};
use serde_json::value::RawValue;

use super::content::MessageContent;
use super::text::{says_nothing, text_in};
use super::thought::{self, WrittenThought};
use crate::bounded::Bounded;
use crate::message::{Message, Role, ToolCall};
use crate::texts::ONLY_IMAGES;

/// Tool calls of one message.
const MAX_TOOL_CALLS: usize = 128;
/// Bytes of a speaker's name.
const LONGEST_NAME: usize = 256;

/// One message as clients write it.
#[derive(Deserialize)]
#[serde(expecting = "a message")]
struct WrittenMessage {
    role: Option<String>,
    content: Option<MessageContent>,
    #[serde(default)]
    reasoning_content: WrittenThought,
    #[serde(default)]
    reasoning: WrittenThought,
    tool_calls: Option<Bounded<WrittenCall, MAX_TOOL_CALLS>>,
    /// A call in the API's older form, one in a message.
    function_call: Option<WrittenFunction>,
    tool_call_id: Option<String>,
    name: Option<String>,
    /// What the assistant gave in place of an answer.
    refusal: Option<String>,
    /// Whether it has what an answer of the API has besides, and a client sends back with it.
    #[serde(default, deserialize_with = "says_something")]
    annotations: bool,
    #[serde(default, deserialize_with = "says_something")]
    audio: bool,
    /// It asks for nothing.
    #[serde(rename = "id")]
    _id: Option<IgnoredAny>,
}

/// A tool call as clients write it.
#[derive(Deserialize)]
#[serde(expecting = "a tool call")]
struct WrittenCall {
    id: Option<String>,
    function: Option<WrittenFunction>,
    #[serde(rename = "type")]
    _kind: Option<IgnoredAny>,
    #[serde(rename = "index")]
    _index: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(expecting = "a function with name and arguments")]
struct WrittenFunction {
    name: Option<String>,
    /// A JSON text; an object stands for its text.
    #[serde(default, deserialize_with = "arguments")]
    arguments: Option<String>,
}

fn says_something<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    let value = Box::<RawValue>::deserialize(deserializer)?;
    Ok(!says_nothing(&value))
}

fn arguments<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let value = Option::<Box<RawValue>>::deserialize(deserializer)?;
    Ok(value.map(|value| text_in(&value).unwrap_or_else(|| Box::<str>::from(value).into())))
}

/// One message, checked.
#[derive(Deserialize)]
#[serde(try_from = "WrittenMessage")]
pub(super) struct ClientMessage {
    pub(super) message: Message,
    /// Whether the message calls a function, or tells its result, in the older form.
    pub(super) is_old: bool,
    /// The type of a part of its content that nobody can read.
    pub(super) unread: Option<String>,
    /// Names of fields of which nothing goes on.
    pub(super) unheard: Vec<&'static str>,
}

impl TryFrom<WrittenMessage> for ClientMessage {
    type Error = String;

    fn try_from(written: WrittenMessage) -> Result<Self, String> {
        let role = match written.role.as_deref() {
            Some("system" | "developer") => Role::System,
            Some("user") => Role::User,
            Some("assistant") => Role::Assistant,
            Some("tool" | "function") => Role::Tool,
            Some(other) => {
                return Err(format!("there is no role `{other}`; use system, user, assistant or tool"));
            }
            None => return Err("`role` is missing".into()),
        };
        let is_assistant = role == Role::Assistant;
        let calls = written.tool_calls.unwrap_or_default().0.into_iter();
        let mut tool_calls = calls
            .map(|call| {
                let WrittenFunction { name, arguments } = call.function?;
                let arguments = arguments.unwrap_or_else(|| "{}".into());
                Some(ToolCall { id: call.id.unwrap_or_default(), name: name?, arguments })
            })
            .collect::<Option<Vec<_>>>()
            .ok_or(
                "a tool call needs `function.name`; calls of other types, such as `custom`, are not served",
            )?;
        let has_lost_calls = !is_assistant && !tool_calls.is_empty();
        let has_lost_call = !is_assistant && written.function_call.is_some();
        if !is_assistant {
            tool_calls.clear();
        }
        let mut is_old = written.role.as_deref() == Some("function");
        if let (true, Some(call)) = (is_assistant, written.function_call) {
            let WrittenFunction { name: Some(name), arguments } = call else {
                return Err("`function_call` needs a `name`".into());
            };
            is_old = true;
            let arguments = arguments.unwrap_or_else(|| "{}".into());
            tool_calls.push(ToolCall { id: String::new(), name, arguments });
        }
        if written.name.as_ref().is_some_and(|name| name.len() > LONGEST_NAME) {
            return Err(format!("`name` is longer than {LONGEST_NAME} bytes"));
        }
        // The texts of the system become one, and of a tool's result its call has the name.
        let has_name = matches!(role, Role::User | Role::Assistant);
        let written_name = written.name.filter(|name| !name.is_empty());
        // In the older form it is all that tells which call a result is of, and that goes on as the call's id.
        let has_lost_name = written_name.is_some() && !has_name && !is_old;
        let name = written_name.filter(|_| has_name);
        let MessageContent { mut text, parts, unread, thoughts } = written.content.unwrap_or_default();
        let mut refusal = written.refusal.filter(|refusal| !refusal.is_empty());
        if text.is_empty() && is_assistant {
            text = refusal.take().unwrap_or_default();
        }
        if text.trim().is_empty() && !parts.is_empty() {
            text = ONLY_IMAGES.into();
        }
        let (reasoning, mut unheard) = thought::heard(role, written.reasoning_content, written.reasoning);
        unheard.extend(thoughts);
        let lost = [
            ("messages.annotations", written.annotations),
            ("messages.audio", written.audio),
            ("messages.function_call", has_lost_call),
            ("messages.name", has_lost_name),
            ("messages.refusal", refusal.is_some()),
            ("messages.tool_calls", has_lost_calls),
        ];
        unheard.extend(lost.into_iter().filter_map(|(name, is_lost)| is_lost.then_some(name)));
        let tool_call_id = written.tool_call_id;
        let message = Message { role, content: text, reasoning, tool_calls, tool_call_id, name, parts };
        Ok(Self { message, is_old, unread, unheard })
    }
}
