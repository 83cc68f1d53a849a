//! From the bytes of a chat request to a turn (Qianfan v2 has OpenAI's shape).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_ignored::Path;
use serde_json::json;
use serde_json::value::RawValue;

use super::error::{ApiError, Fault};
use super::misread;
use super::request::{ChatBody, Messages, RequestMetadata, text_or_number_in};
use super::surrogate;
use super::whole;
use crate::bounded::Bounded;
use crate::cut::cut;
use crate::door::Caller;
use crate::llm::ClientTool;
use crate::message::{Message, Role};
use crate::share::Share;
use crate::turn::{App, TurnRequest};

/// Levels of lists and objects in each other.
const DEEPEST: usize = 128;
/// Fields without effect that the trace names.
const MAX_IGNORED: usize = 32;
/// Bytes of the client's own words that an error repeats.
const LONGEST_ECHO: usize = 300;

/// What stands behind an app's name for the app without its plugins, as clients want it that have a title
/// or tags written by the model they chat with. No name has a colon.
const PLAIN: &str = ":plain";
/// Bytes of a conversation's id.
const MAX_CONVERSATION_ID: usize = 128;

/// A chat request, decoded.
pub(super) struct ChatCall {
    pub(super) turn: TurnRequest,
    pub(super) stream: bool,
    pub(super) include_usage: bool,
    /// Whether the client has asked with `functions`, and wants calls in that form.
    pub(super) is_old: bool,
}

/// The app of this name, where the caller may use it. One that it may not use is answered as one that
/// does not exist.
pub(super) fn app<'a>(
    apps: &'a BTreeMap<String, Arc<App>>,
    caller: &Caller,
    name: &str,
) -> Result<&'a Arc<App>, ApiError> {
    apps.get(name).filter(|app| caller.may_use(&app.name)).ok_or_else(|| {
        // Which others there are is not for everybody: the list shows a client those it may use.
        let name = cut(name, LONGEST_ECHO);
        let message = format!("there is no app `{name}`; GET /v1/models lists those there are");
        ApiError::new(Fault::ModelNotFound, message)
    })
}

/// The name of the app that a model's name stands for.
pub(super) fn app_name(model: &str) -> &str {
    model.strip_suffix(PLAIN).unwrap_or(model)
}

/// Decodes the body for one of the apps that the caller may use. `conversation` is what the header says of it.
pub(super) fn chat_call(
    body: &[u8],
    apps: &BTreeMap<String, Arc<App>>,
    caller: &Caller,
    id: String,
    conversation: Option<String>,
    memory: Share,
) -> Result<ChatCall, ApiError> {
    let (mut body, mut ignored_fields) = read(body)?;
    let Some(name) = body.model.take() else {
        let message = "`model` is missing; name an app, see GET /v1/models";
        return Err(ApiError::new(Fault::InvalidModel, message));
    };
    let app = Arc::clone(app(apps, caller, app_name(&name))?);
    let Messages { list: messages, unheard } = messages(&mut body, &app)?;
    expect_one_text(&body)?;
    let is_old = body.functions.is_some();
    take_functions(&mut body)?;
    let conversation = conversation_id(conversation, &body)?;
    let PluginSelection { plain, forced } = PluginSelection::of(&mut body, &name)?;
    let client_tools = client_tools(&mut body, &app, plain)?;
    ignored_fields.extend(body.without_effect().into_iter().map(str::to_owned));
    let earlier = has_earlier_thoughts(&messages).then_some("messages.reasoning_content");
    for name in unheard.into_iter().chain(earlier) {
        if !ignored_fields.iter().any(|known| known == name) {
            ignored_fields.push(name.to_owned());
        }
    }
    let parameters = body.take_parameters();
    let variables = body.variables.take().or(body.input_variables.take());
    if client_tools.is_empty() && (plain || !app.offers_tools()) {
        let asks =
            |name: &&str| parameters.get(name).is_some_and(|v| !matches!(v.get(), "\"auto\"" | "\"none\""));
        let of_tools = ["tool_choice", "parallel_tool_calls"];
        ignored_fields.extend(of_tools.iter().filter(|name| asks(name)).map(|name| (*name).to_owned()));
    }
    let turn = TurnRequest {
        degraded: Default::default(),
        id,
        app,
        caller: caller.key().map(str::to_owned),
        user: parameters.get("user").and_then(text_or_number_in),
        conversation,
        messages,
        variables: variables.map(|variables| variables.0).unwrap_or_default(),
        forced,
        plain,
        parameters,
        client_tools,
        ignored_fields,
        memory,
    };
    let include_usage = body.stream_options.and_then(|options| options.include_usage).unwrap_or(false);
    Ok(ChatCall { turn, stream: body.stream.unwrap_or(false), include_usage, is_old })
}

/// The conversation, in a form that the app's model takes.
fn messages(body: &mut ChatBody, app: &App) -> Result<Messages, ApiError> {
    let mut messages = body.messages.take().unwrap_or_default();
    if messages.list.is_empty() {
        let message = "`messages` must be a list of at least one message";
        return Err(ApiError::new(Fault::InvalidMessages, message));
    }
    if !app.takes_images() {
        without_images(&mut messages.list, app.image_left_out())?;
    }
    Ok(messages)
}

/// Whether there are thoughts before an earlier answer: they do not go back to the model, as those before a call do.
fn has_earlier_thoughts(messages: &[Message]) -> bool {
    let question = messages.iter().rposition(|message| message.role == Role::User).unwrap_or_default();
    messages[..question].iter().any(|message| message.tool_calls.is_empty() && !message.reasoning.is_empty())
}

/// Refuses what asks for more than one answer, or for one that is not text.
fn expect_one_text(body: &ChatBody) -> Result<(), ApiError> {
    if body.n.as_ref().is_some_and(|n| !whole::is(n, 1.0)) {
        return Err(ApiError::invalid_argument("`n` must be 1: one answer is given"));
    }
    let is_text =
        |modalities: &RawValue| modalities.get().split_whitespace().collect::<String>() == "[\"text\"]";
    if body.audio.is_some() || body.modalities.as_ref().is_some_and(|modalities| !is_text(modalities)) {
        return Err(ApiError::invalid_argument("answers are text only; leave `modalities` and `audio` out"));
    }
    Ok(())
}

/// The conversation's id: what the header says, else a field of the body, else one of its `metadata`.
fn conversation_id(in_header: Option<String>, body: &ChatBody) -> Result<Option<String>, ApiError> {
    let in_metadata = || {
        let metadata: RequestMetadata = serde_json::from_str(body.metadata.as_ref()?.get()).ok()?;
        metadata.conversation_id
    };
    let id = match (in_header, body.conversation_id.clone().or_else(in_metadata)) {
        (Some(id), _) => Some(id),
        (None, Some(written)) => {
            let read = text_or_number_in(&written);
            Some(read.ok_or_else(|| {
                ApiError::invalid_argument("`conversation_id` must be a text; send the id of a conversation")
            })?)
        }
        (None, None) => None,
    };
    let id = id.filter(|id| !id.is_empty());
    if id.as_ref().is_some_and(|id| id.len() > MAX_CONVERSATION_ID) {
        return Err(ApiError::invalid_argument(format!(
            "the conversation id is longer than {MAX_CONVERSATION_ID} bytes"
        )));
    }
    Ok(id)
}

/// Which of the app's plugins the client wants.
struct PluginSelection {
    /// The client wants none of the plugins.
    plain: bool,
    /// These, whatever the rules say.
    forced: Vec<String>,
}

impl PluginSelection {
    fn of(body: &mut ChatBody, model: &str) -> Result<Self, ApiError> {
        let named = body.plugins.take().map(|plugins| plugins.0);
        let plain = model.ends_with(PLAIN) || named.as_ref().is_some_and(Vec::is_empty);
        let forced = named.unwrap_or_default();
        if plain && !forced.is_empty() {
            return Err(ApiError::invalid_argument(format!(
                "`model` ends in {PLAIN}, which means no plugins, and `plugins` names some; remove one of the two"
            )));
        }
        Ok(Self { plain, forced })
    }
}

/// The client's own tools. Where plugins are called, none may have the name of one.
fn client_tools(body: &mut ChatBody, app: &App, plain: bool) -> Result<Vec<ClientTool>, ApiError> {
    let tools = body.tools.take().unwrap_or_default().0;
    let taken =
        |tool: &ClientTool| tool.name.as_deref().filter(|name| app.has_contributor(name)).map(str::to_owned);
    let mut taken = tools.iter().enumerate().filter_map(|(index, tool)| Some((index, taken(tool)?)));
    if let Some((index, name)) = taken.next().filter(|_| !plain) {
        return Err(ApiError::invalid_argument(format!(
            "tools[{index}]: `{name}` is a plugin of the app, which the model calls by that name; give your tool another"
        )));
    }
    Ok(tools)
}

/// Takes images out for a model that would refuse them: an older one leaves `note` in its place, and a
/// question with one is refused.
fn without_images(messages: &mut [Message], note: &str) -> Result<(), ApiError> {
    let question = messages.iter().rposition(|message| message.role == Role::User).unwrap_or(messages.len());
    for (place, message) in messages.iter_mut().enumerate().filter(|(_, message)| !message.parts.is_empty()) {
        if place == question {
            let refusal = format!(
                "messages[{place}]: who answers here takes no images; send text (where the app's model does take them, the \
                 operator writes vision = true into its [models] table)"
            );
            return Err(ApiError::new(Fault::InvalidMessages, refusal));
        }
        message.parts.clear();
        message.content.push_str(note);
    }
    Ok(())
}

/// Takes `functions` and `function_call` for the tools and the choice they are.
fn take_functions(body: &mut ChatBody) -> Result<(), ApiError> {
    #[derive(Deserialize)]
    struct NamedPlugin {
        name: String,
    }
    let refuse = |message: &str| ApiError::invalid_argument(message);
    if let Some(functions) = body.functions.take() {
        if body.tools.is_some() {
            return Err(refuse("`functions` is the older form of `tools`; send one of the two"));
        }
        body.tools = Some(Bounded(functions.0.into_iter().map(|function| function.0).collect()));
    }
    let Some(choice) = body.function_call.take() else { return Ok(()) };
    let choice = match serde_json::from_str::<NamedPlugin>(choice.get()) {
        Ok(NamedPlugin { name }) => json!({"type": "function", "function": {"name": name}}),
        Err(_) if matches!(choice.get(), "\"auto\"" | "\"none\"") => return body.choose(choice),
        Err(_) => return Err(refuse("`function_call` is \"auto\", \"none\" or {\"name\": …}")),
    };
    let choice = serde_json::value::to_raw_value(&choice).map_err(|error| refuse(&error.to_string()))?;
    body.choose(choice)
}

/// A body that is not JSON.
pub(super) fn malformed(cause: &impl ToString) -> ApiError {
    let text = cause.to_string();
    let place = text.rfind(" at line ").map_or("", |at| &text[at..]);
    let cause = misread::plain(&text);
    let cause = cut(&cause, LONGEST_ECHO);
    ApiError::new(
        Fault::MalformedJson,
        format!("the body is not valid JSON: {cause}{place}; send a JSON object in UTF-8"),
    )
}

/// A body without a byte where an object must be.
fn empty() -> ApiError {
    ApiError::new(Fault::MalformedJson, "the body is empty; send a JSON object")
}

/// The text of a JSON body. A half of a surrogate pair, as programs leave it that cut a text in the middle of
/// an emoji, becomes U+FFFD, written as an escape or in bytes.
pub(super) fn json_text(body: &[u8]) -> Result<Cow<'_, str>, ApiError> {
    // Some editors write a mark of the encoding before a file's first character.
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    if body.trim_ascii().is_empty() {
        return Err(empty());
    }
    let whole = surrogate::mended(body);
    match whole {
        Cow::Borrowed(body) => {
            std::str::from_utf8(body).map(Cow::Borrowed).map_err(|error| malformed(&error))
        }
        Cow::Owned(body) => String::from_utf8(body).map(Cow::Owned).map_err(|error| malformed(&error)),
    }
}

/// The fields of a small JSON body. `refuse` makes the error of one that is JSON and says something else, of the reason.
pub(super) fn fields<T: DeserializeOwned>(
    body: &[u8],
    refuse: impl FnOnce(&str) -> ApiError,
) -> Result<T, ApiError> {
    let text = json_text(body)?;
    if is_other_than_object(&text) {
        return Err(refuse("the body must be a JSON object"));
    }
    if is_deep(&text) {
        return Err(too_deep());
    }
    let mut json = serde_json::Deserializer::from_str(&text);
    let mut track = serde_path_to_error::Track::new();
    let read = T::deserialize(serde_path_to_error::Deserializer::new(&mut json, &mut track));
    let read = read.and_then(|read| json.end().map(|()| read));
    read.map_err(|error| {
        // The parser calls a name that is not one of those allowed invalid JSON.
        let is_json = error.is_data() || serde_json::from_str::<IgnoredAny>(&text).is_ok();
        match (is_json, track.path().to_string()) {
            (false, _) => malformed(&error),
            (true, place) => refuse(&cut(&misplaced(&place, &error), LONGEST_ECHO)),
        }
    })
}

/// What is wrong with a value, behind its place in the body.
fn misplaced(place: &str, error: &serde_json::Error) -> String {
    let text = error.to_string();
    // Its words are of another place where it is a name that it could not read.
    let cause = match error.is_data() {
        true => misread::plain(&text),
        false => "is none of the names that may stand there".to_owned(),
    };
    let is_about_a_field = ["there is no field ", "the field "].iter().any(|start| cause.starts_with(start));
    match place {
        "." | "" | "?" if is_about_a_field => cause,
        "." | "" | "?" => format!("the body {cause}"),
        place if is_about_a_field && !place.contains(['.', '[']) => cause,
        place => {
            let between = if cause.starts_with("is ") || cause.starts_with("must ") { "" } else { ":" };
            format!("`{}`{between} {cause}", cut(place, LONGEST_ECHO))
        }
    }
}

fn too_deep() -> ApiError {
    let message = format!("lists and objects are nested more than {DEEPEST} levels deep; flatten them");
    ApiError::new(Fault::MalformedJson, message)
}

/// Whether it is JSON, and not an object: a list would be taken for the fields in their order.
fn is_other_than_object(text: &str) -> bool {
    !text.trim_start().starts_with('{') && serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// Parses the body in one pass, and tells which of its fields have no effect.
fn read(body: &[u8]) -> Result<(ChatBody, Vec<String>), ApiError> {
    let text = json_text(body)?;
    let text = text.as_ref();
    if is_deep(text) {
        return Err(too_deep());
    }
    if is_other_than_object(text) {
        return Err(ApiError::new(Fault::MalformedJson, "the body must be a JSON object"));
    }
    let mut ignored = Vec::new();
    let mut note = |path: Path<'_>| {
        if ignored.len() < MAX_IGNORED
            && let Some(name) = name_of(&path)
        {
            let name = cut(&name, LONGEST_ECHO).into_owned();
            if !ignored.contains(&name) {
                ignored.push(name);
            }
        }
    };
    let mut json = serde_json::Deserializer::from_str(text);
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(&mut json, &mut track);
    let read: Result<ChatBody, _> = serde_ignored::deserialize(tracked, &mut note);
    let read = read.and_then(|read| json.end().map(|()| read));
    match read {
        Ok(read) => Ok((read, ignored)),
        Err(error) if error.is_data() => Err(misshapen(&track.path().to_string(), &error)),
        Err(error) => Err(malformed(&error)),
    }
}

/// The name of a field, with those it lies in: `messages.prefix`, whichever message has it. `None` for what is
/// no field of an object.
fn name_of(path: &Path<'_>) -> Option<String> {
    fn within<'p>(path: &'p Path<'p>, names: &mut Vec<&'p str>) {
        match path {
            Path::Root => {}
            Path::Map { parent, key } => {
                within(parent, names);
                names.push(key);
            }
            Path::Seq { parent, .. }
            | Path::Some { parent }
            | Path::NewtypeStruct { parent }
            | Path::NewtypeVariant { parent } => within(parent, names),
        }
    }
    let Path::Map { .. } = path else { return None };
    let mut names = Vec::new();
    within(path, &mut names);
    Some(names.join("."))
}

/// Valid JSON that is not a chat request: the place, and what is wrong there.
fn misshapen(place: &str, error: &serde_json::Error) -> ApiError {
    // The body is mostly one line, so the field's path tells more than line and column.
    let cause = misread::plain(&error.to_string());
    let cause = cut(&cause, LONGEST_ECHO);
    let field = place.split(['.', '[']).next().unwrap_or_default();
    let fault = match field {
        "" => Fault::MalformedJson,
        "model" => Fault::InvalidModel,
        "messages" => Fault::InvalidMessages,
        "plugins" => Fault::InvalidPlugins,
        _ => Fault::InvalidArgument,
    };
    let place = if field.is_empty() { "the body" } else { place };
    // Some causes begin with the rest of the place.
    let behind = if cause.starts_with('[') { "" } else { ": " };
    ApiError::new(fault, format!("{}{behind}{cause}", cut(place, LONGEST_ECHO)))
}

/// Whether lists and objects lie in each other deeper than any request needs. Looked at before
/// parsing, since what is only passed on is never taken apart.
fn is_deep(text: &str) -> bool {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    text.bytes().any(|byte| {
        match byte {
            _ if std::mem::take(&mut escaped) => {}
            b'\\' => escaped = in_text,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => depth += 1,
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > DEEPEST
    })
}
