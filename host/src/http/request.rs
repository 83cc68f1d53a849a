//! A chat request as the API takes it. What is only passed on to the model stays JSON text, and every
//! list refuses to grow past its limit while it is parsed.

mod content;
mod message;
mod text;
mod thought;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::error::ApiError;
use super::whole;
use crate::bounded::Bounded;
use crate::llm::{ClientTool, Parameters};
use crate::message::{Message, Role};
use message::ClientMessage;
use text::text_in;
pub(super) use text::text_or_number_in;

/// Messages and tool calls of one conversation, counted together.
const MAX_MESSAGES: usize = 4096;
/// The client's own tools.
const MAX_TOOLS: usize = 1000;
/// Plugins that a request may name.
const MAX_PLUGINS: usize = 64;
/// Variables of one request.
const MAX_VARIABLES: usize = 1000;
/// Bytes of all their values, which every plugin of a turn is given.
const MAX_VARIABLE_BYTES: usize = 256 << 10;
/// Bytes of a variable's name.
const LONGEST_NAME: usize = 256;
/// Texts that end an answer; the APIs that are passed on to take fewer.
const MAX_STOP: usize = 16;

/// The body of a chat request, in OpenAI's shape. Fields that are not here have no effect.
#[derive(Debug, Deserialize)]
#[serde(expecting = "a JSON object")]
pub(super) struct ChatBody {
    /// Names an app.
    pub(super) model: Option<String>,
    pub(super) messages: Option<Messages>,
    pub(super) stream: Option<bool>,
    pub(super) stream_options: Option<RequestedStreamOptions>,
    /// Answers to give; one is.
    pub(super) n: Option<Box<RawValue>>,
    /// The client's own tools, passed on as they are.
    pub(super) tools: Option<Bounded<ClientTool, MAX_TOOLS>>,
    /// Tools in the API's older form.
    pub(super) functions: Option<Bounded<OldFunction, MAX_TOOLS>>,
    /// `tool_choice` of the older form.
    pub(super) function_call: Option<Box<RawValue>>,
    /// Plugins to call whatever their route says.
    pub(super) plugins: Option<Bounded<String, MAX_PLUGINS>>,
    /// For plugins and the prompt's template.
    pub(super) variables: Option<Variables>,
    /// Qianfan's name for the same.
    pub(super) input_variables: Option<Variables>,
    pub(super) conversation_id: Option<Box<RawValue>>,
    /// The client's metadata, of which only `conversation_id` has an effect.
    pub(super) metadata: Option<Box<RawValue>>,
    /// What is passed on to the model as the client wrote it.
    temperature: Option<Box<RawValue>>,
    top_p: Option<Box<RawValue>>,
    top_k: Option<Box<RawValue>>,
    min_p: Option<Box<RawValue>>,
    repetition_penalty: Option<Box<RawValue>>,
    logit_bias: Option<Box<RawValue>>,
    verbosity: Option<Box<RawValue>>,
    penalty_score: Option<Box<RawValue>>,
    max_tokens: Option<Box<RawValue>>,
    max_completion_tokens: Option<Box<RawValue>>,
    seed: Option<Box<RawValue>>,
    #[serde(default, deserialize_with = "stop")]
    stop: Option<Box<RawValue>>,
    user: Option<Box<RawValue>>,
    frequency_penalty: Option<Box<RawValue>>,
    presence_penalty: Option<Box<RawValue>>,
    tool_choice: Option<Box<RawValue>>,
    parallel_tool_calls: Option<Box<RawValue>>,
    response_format: Option<Box<RawValue>>,
    /// Switches of what a model thinks, each for its kind of endpoint.
    enable_thinking: Option<Box<RawValue>>,
    thinking_budget: Option<Box<RawValue>>,
    thinking: Option<Box<RawValue>>,
    reasoning_effort: Option<Box<RawValue>>,
    chat_template_kwargs: Option<Box<RawValue>>,
    /// What has no effect here, whatever it asks for; read so as to tell where it asks for something.
    logprobs: Option<Box<RawValue>>,
    top_logprobs: Option<Box<RawValue>>,
    store: Option<Box<RawValue>>,
    service_tier: Option<Box<RawValue>>,
    web_search: Option<Box<RawValue>>,
    enable_citation: Option<Box<RawValue>>,
    /// The kinds of answer that the client takes, of which only text is given.
    pub(super) modalities: Option<Box<RawValue>>,
    pub(super) audio: Option<Box<RawValue>>,
}

impl ChatBody {
    /// Names of the fields that are known, have no effect, and ask for something all the same.
    pub(super) fn without_effect(&self) -> Vec<&'static str> {
        let asks = |value: &Option<Box<RawValue>>, nothing: &[&str]| {
            value.as_ref().is_some_and(|value| !nothing.contains(&value.get()))
        };
        let enabled = |value: &RawValue| {
            let read = serde_json::from_str::<Enabled>(value.get());
            read.map_or(true, |read| read.enable.unwrap_or(true))
        };
        let says_more = |value: &RawValue| {
            let mut is_more = false;
            let mut json = serde_json::Deserializer::from_str(value.get());
            let read = serde_ignored::deserialize::<_, _, RequestMetadata>(&mut json, |_| is_more = true);
            read.is_err() || is_more
        };
        [
            ("logprobs", asks(&self.logprobs, &["false"])),
            ("top_logprobs", self.top_logprobs.as_deref().is_some_and(|count| !whole::is(count, 0.0))),
            ("store", asks(&self.store, &["false"])),
            ("service_tier", asks(&self.service_tier, &["\"auto\"", "\"default\""])),
            ("web_search", self.web_search.as_deref().is_some_and(enabled)),
            ("enable_citation", asks(&self.enable_citation, &["false"])),
            ("metadata", self.metadata.as_deref().is_some_and(says_more)),
        ]
        .into_iter()
        .filter_map(|(name, asks)| asks.then_some(name))
        .collect()
    }

    /// Sets `tool_choice`.
    pub(super) fn choose(&mut self, choice: Box<RawValue>) -> Result<(), ApiError> {
        if self.tool_choice.is_some() {
            let message = "`function_call` is the older form of `tool_choice`; send one of the two";
            return Err(ApiError::invalid_argument(message));
        }
        self.tool_choice = Some(choice);
        Ok(())
    }

    /// Takes out what is passed on to the model as it is.
    pub(super) fn take_parameters(&mut self) -> Parameters {
        [
            ("temperature", self.temperature.take()),
            ("top_p", self.top_p.take()),
            ("top_k", self.top_k.take()),
            ("min_p", self.min_p.take()),
            ("repetition_penalty", self.repetition_penalty.take()),
            ("logit_bias", self.logit_bias.take()),
            ("verbosity", self.verbosity.take()),
            ("penalty_score", self.penalty_score.take()),
            ("max_tokens", self.max_tokens.take()),
            ("max_completion_tokens", self.max_completion_tokens.take()),
            ("seed", self.seed.take()),
            ("stop", self.stop.take()),
            ("user", self.user.take()),
            ("frequency_penalty", self.frequency_penalty.take()),
            ("presence_penalty", self.presence_penalty.take()),
            ("tool_choice", self.tool_choice.take()),
            ("parallel_tool_calls", self.parallel_tool_calls.take()),
            ("response_format", self.response_format.take()),
            ("enable_thinking", self.enable_thinking.take()),
            ("thinking_budget", self.thinking_budget.take()),
            ("thinking", self.thinking.take()),
            ("reasoning_effort", self.reasoning_effort.take()),
            ("chat_template_kwargs", self.chat_template_kwargs.take()),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .map(|(name, value)| (name, if WHOLE.contains(&name) { whole::written(value) } else { value }))
        .collect()
    }
}

/// Of what is passed on, whole numbers: servers refuse `1024.0` that programs without other numbers send.
const WHOLE: [&str; 5] = ["max_completion_tokens", "max_tokens", "seed", "thinking_budget", "top_k"];

#[derive(Debug, Deserialize)]
pub(super) struct RequestedStreamOptions {
    pub(super) include_usage: Option<bool>,
}

/// The part of `web_search` that says whether it asks for any.
#[derive(Debug, Deserialize)]
struct Enabled {
    enable: Option<bool>,
}

/// A function in the API's older form: a tool without its wrapping.
#[derive(Debug)]
pub(super) struct OldFunction(pub(super) ClientTool);

impl<'de> Deserialize<'de> for OldFunction {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let function = Box::<RawValue>::deserialize(deserializer)?;
        let tool = format!("{{\"type\":\"function\",\"function\":{}}}", function.get());
        serde_json::from_str(&tool).map(Self).map_err(D::Error::custom)
    }
}

/// The part of `metadata` that has an effect.
#[derive(Debug, Deserialize)]
pub(super) struct RequestMetadata {
    pub(super) conversation_id: Option<Box<RawValue>>,
}

/// One text or a short list, passed on as it is.
fn stop<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Box<RawValue>>, D::Error> {
    let Some(value) = Option::<Box<RawValue>>::deserialize(deserializer)? else { return Ok(None) };
    if value.get().starts_with('[') {
        serde_json::from_str::<Bounded<serde::de::IgnoredAny, MAX_STOP>>(value.get())
            .map_err(|_| D::Error::custom(format_args!("holds more than {MAX_STOP} texts; send fewer")))?;
    }
    Ok(Some(value))
}

/// The conversation, oldest first. Tool calls count as messages do.
#[derive(Debug, Default)]
pub(super) struct Messages {
    pub(super) list: Vec<Message>,
    /// Names of fields that hold something of which nothing goes on, though they are known.
    pub(super) unheard: BTreeSet<&'static str>,
}

impl<'de> Deserialize<'de> for Messages {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Spoken;

        impl<'de> Visitor<'de> for Spoken {
            type Value = Messages;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list of messages")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Messages, A::Error> {
                let mut messages: Vec<Message> = Vec::new();
                let (mut items, mut unheard_fields) = (0, BTreeSet::new());
                let mut calls = CallIds::default();
                // The place of the user's last message, and a part there that nobody can read.
                let mut unread: Option<(usize, String)> = None;
                while let Some(written) = list.next_element::<ClientMessage>()? {
                    let ClientMessage { mut message, is_old, unread: kind, unheard } = written;
                    items += 1 + message.tool_calls.len();
                    unheard_fields.extend(unheard);
                    calls.name(&mut message, is_old);
                    if message.role == Role::User {
                        unread = kind.map(|kind| (messages.len(), kind));
                    }
                    if items > MAX_MESSAGES {
                        return Err(A::Error::custom(format_args!(
                            "holds more than {MAX_MESSAGES} messages and tool calls; send the newest ones"
                        )));
                    }
                    messages.push(message);
                }
                match unread {
                    // An older one has a note in its place, so that a conversation goes on after it.
                    Some((place, kind)) => Err(A::Error::custom(content::not_served(place, &kind))),
                    None => Ok(Messages { list: messages, unheard: unheard_fields }),
                }
            }
        }

        deserializer.deserialize_seq(Spoken)
    }
}

/// The calls of a conversation, where some have no id: a result belongs to the call before it then.
#[derive(Default)]
struct CallIds {
    /// Calls in the API's older form so far, which has no ids.
    old: usize,
    /// Other calls without an id so far.
    unnamed: usize,
    /// Ids of the last message with calls whose results are not there yet.
    open: VecDeque<String>,
}

impl CallIds {
    /// Gives the message's calls the ids that they lack, or its result that of the call it belongs to.
    fn name(&mut self, message: &mut Message, is_old: bool) {
        if message.role == Role::Tool && is_old {
            // Where the beginning of a conversation is missing, the result has no call and is passed over.
            message.tool_call_id = Some(old_id(self.old));
        } else if message.role == Role::Tool {
            match &message.tool_call_id {
                Some(id) => self.open.retain(|open| open != id),
                None => message.tool_call_id = self.open.pop_front(),
            }
        } else if !message.tool_calls.is_empty() {
            self.old += usize::from(is_old);
            for call in message.tool_calls.iter_mut().filter(|call| call.id.is_empty()) {
                call.id = if is_old {
                    old_id(self.old)
                } else {
                    self.unnamed += 1;
                    format!("call_unnamed_{}", self.unnamed)
                };
            }
            self.open = message.tool_calls.iter().map(|call| call.id.clone()).collect();
        }
    }
}

/// The id of a call in the older form.
fn old_id(number: usize) -> String {
    format!("call_function_{number}")
}

/// Names and values; a value that is not text is taken as its JSON.
#[derive(Debug)]
pub(super) struct Variables(pub(super) BTreeMap<String, String>);

impl<'de> Deserialize<'de> for Variables {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NamedVisitor;

        impl<'de> Visitor<'de> for NamedVisitor {
            type Value = Variables;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object of names and values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Variables, A::Error> {
                let mut variables = BTreeMap::new();
                let (mut count, mut bytes) = (0, 0);
                while let Some(name) = map.next_key::<String>()? {
                    if name.len() > LONGEST_NAME {
                        return Err(A::Error::custom(format_args!(
                            "the name of a variable is longer than {LONGEST_NAME} bytes"
                        )));
                    }
                    let value: Box<RawValue> = map.next_value()?;
                    count += 1;
                    bytes += value.get().len();
                    if count > MAX_VARIABLES || bytes > MAX_VARIABLE_BYTES {
                        return Err(A::Error::custom(format_args!(
                            "holds more than {MAX_VARIABLES} variables or {MAX_VARIABLE_BYTES} bytes; send less"
                        )));
                    }
                    // Nothing is not a value: a plugin that needs it must say so.
                    if value.get() != "null" {
                        variables
                            .insert(name, text_in(&value).unwrap_or_else(|| Box::<str>::from(value).into()));
                    }
                }
                Ok(Variables(variables))
            }
        }

        deserializer.deserialize_map(NamedVisitor)
    }
}
