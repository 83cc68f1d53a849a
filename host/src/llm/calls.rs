//! Tool calls, put together from the fragments in which endpoints send them.
//!
//! By the API's letter a fragment names its call by an index from 0, and only the first one has the call's
//! id and name. Endpoints count from 1, leave the index out or give all calls the same, repeat id and name
//! in each fragment, make a new id for each, leave ids out, send a call whole in one, or in each fragment all
//! arguments so far. So an index and an id are only hints here: whether a fragment goes on with a call or
//! begins another also follows from its name and from whether the call's arguments are complete.

use serde::de::IgnoredAny;
use serde_json::json;

use super::assembly::{AssemblyError, CallInText};
use super::event::AnswerEvent;
use super::json::Json;
use super::text::Joiner;
use crate::message::{CallHead, CallPiece, ToolCall};

/// More calls than this in one answer is a model gone wrong.
pub(super) const MAX_TOOL_CALLS: usize = 64;
/// Arguments of one call of a tool that the host runs, in bytes.
const MAX_ARGUMENT_BYTES: usize = 64 << 10;
/// The first index of calls that stand in a model's text: no endpoint counts its own so far.
const FIRST_IN_TEXT: u64 = 1 << 40;
/// Bytes of a call's id and of its name.
const MAX_NAME_BYTES: usize = 256;

/// Names of the tools that the model was offered.
#[derive(Debug, Default)]
pub(super) struct Offered {
    /// Those that the client runs itself: how long their arguments are is its own business, within the
    /// bound of the answer.
    pub(super) of_client: Vec<String>,
    /// Names of the tools that the host runs.
    pub(super) of_host: Vec<String>,
}

/// The calls of one answer.
#[derive(Debug, Default)]
pub(super) struct ArrivingCalls {
    offered: Offered,
    calls: Vec<ArrivingCall>,
    /// How many have gone out.
    out: usize,
    /// Calls that were left out, for nobody knows what they call.
    pub(super) without_a_name: usize,
}

#[derive(Debug, Default)]
struct ArrivingCall {
    /// The index that the endpoint gives the call.
    index: Option<u64>,
    id: String,
    name: String,
    arguments: String,
    joiner: Joiner,
    progress: JsonProgress,
    manner: FragmentManner,
    /// Whether its name is whole: an argument has come, or another call has begun.
    is_named: bool,
    /// Its place among those that have gone out, once its first piece has.
    out: Option<usize>,
    /// Whether nothing more comes of it.
    is_over: bool,
    /// Bytes of its arguments that have gone out.
    given: usize,
}

/// How the fragments of a call bring its arguments.
#[derive(Debug, Default, PartialEq, Eq)]
enum FragmentManner {
    /// One has brought some, at most.
    #[default]
    Unknown,
    /// Each goes on where the last one ended.
    InPieces,
    /// Each brings all arguments so far.
    SoFar,
    /// Either: an object may hold another one that begins like it. What is kept is the last fragment; the call's
    /// arguments are put together as if they came in pieces, and wait.
    Either(String),
}

/// One fragment, read.
struct Fragment<'a> {
    index: Option<u64>,
    id: Option<String>,
    name: Option<String>,
    arguments: Option<Json<'a>>,
}

impl<'a> Fragment<'a> {
    fn of(json: Json<'a>) -> Self {
        let [index, id, function, name, arguments] =
            json.fields(["index", "id", "function", "name", "arguments"]);
        let [inner_name, inner_arguments] =
            function.map_or([None, None], |function| function.fields(["name", "arguments"]));
        let is_text_or_object = |json: &Json<'_>| json.as_written().starts_with(['"', '{', '[']);
        Self {
            index: index.and_then(Json::count),
            id: id
                .and_then(|id| id.whole_text().or_else(|| Some(id.count()?.to_string())))
                .filter(|id| !id.is_empty()),
            // No tool has a blank at the end of its name, and some models write one.
            name: inner_name
                .or(name)
                .and_then(Json::whole_text)
                .map(|name| name.trim().to_owned())
                .filter(|name| !name.is_empty()),
            arguments: inner_arguments
                .or(arguments)
                .filter(|arguments| is_text_or_object(arguments) && arguments.as_written() != "\"\""),
        }
    }
}

impl ArrivingCalls {
    /// An empty list of calls, for an answer to which these tools were offered.
    pub(super) fn of(offered: Offered) -> Self {
        Self { offered, ..Self::default() }
    }

    /// The names of all tools that may be called.
    pub(super) fn offered(&self) -> Vec<String> {
        self.offered.of_client.iter().chain(&self.offered.of_host).cloned().collect()
    }

    /// Takes a piece of a call that the model has written into its text, as the fragment that an endpoint would have
    /// made of it.
    pub(super) fn take_from_text(
        &mut self,
        CallInText { number, name, arguments }: CallInText,
        out: &mut impl Extend<AnswerEvent>,
    ) -> Result<usize, AssemblyError> {
        let index = FIRST_IN_TEXT.saturating_add(number);
        let mut function = json!({ "arguments": arguments });
        if let Some(name) = name {
            function["name"] = name.into();
        }
        let fragment = json!({ "index": index, "function": function }).to_string();
        let parsed = Json::parse(&fragment).map_err(|error| AssemblyError::Garbage(error.to_string()))?;
        self.take(parsed, out)
    }

    /// Takes a fragment, and gives out what is known of its call. Returns how many bytes were said.
    pub(super) fn take(
        &mut self,
        fragment: Json<'_>,
        out: &mut impl Extend<AnswerEvent>,
    ) -> Result<usize, AssemblyError> {
        if !fragment.is_object() {
            return Ok(0);
        }
        let fragment = Fragment::of(fragment);
        // An endpoint may hand on the text of the calls that it has read in it: they are the same.
        let known = self.calls.iter().find(|call| !call.name.is_empty());
        if known.is_some_and(|call| is_of_text(call.index) != is_of_text(fragment.index)) {
            return Ok(0);
        }
        let place = match self.goes_on(&fragment) {
            Some(place) => place,
            // The fragment names no tool and brings no arguments, so no call begins with it.
            None if fragment.name.is_none() && fragment.arguments.is_none() => return Ok(0),
            None if self.calls.len() == MAX_TOOL_CALLS => {
                return Err(AssemblyError::Garbage(format!(
                    "it asks for more than {MAX_TOOL_CALLS} tool calls"
                )));
            }
            None => {
                self.calls.iter_mut().for_each(|call| call.is_named |= !call.name.is_empty());
                self.calls.push(ArrivingCall { index: fragment.index, ..ArrivingCall::default() });
                self.calls.len() - 1
            }
        };
        let call = &mut self.calls[place];
        let before = call.arguments.len();
        call.add(fragment);
        let said = call.arguments.len().saturating_sub(before);
        if call.name.len() > MAX_NAME_BYTES || call.id.len() > MAX_NAME_BYTES {
            return Err(AssemblyError::Garbage(format!(
                "the name or the id of a tool call is longer than {MAX_NAME_BYTES} bytes"
            )));
        }
        let is_clients = self.offered.of_client.contains(&call.name);
        if !is_clients && !call.name.is_empty() && call.arguments.len() > MAX_ARGUMENT_BYTES {
            return Err(AssemblyError::Garbage(format!(
                "the arguments of a call of the tool `{}` are larger than {MAX_ARGUMENT_BYTES} bytes",
                call.name
            )));
        }
        call.is_named |= !call.name.is_empty() && !call.is_held();
        self.give_out_in_turn(out);
        Ok(said)
    }

    /// Gives out what may go, one call after the other: clients take a call for whole as soon as a piece of another comes,
    /// and some endpoints send the pieces of several by turns.
    fn give_out_in_turn(&mut self, out: &mut impl Extend<AnswerEvent>) {
        loop {
            let begun = |call: &ArrivingCall| call.out.is_some() && !call.has_gone();
            let next = self.calls.iter().position(begun);
            let next =
                next.or_else(|| self.calls.iter().position(|call| call.is_named && call.out.is_none()));
            let Some(place) = next else { return };
            self.give_out(place, out);
            if !self.calls[place].has_gone() {
                return;
            }
        }
    }

    /// The answer is over: gives out what is left, and the calls.
    pub(super) fn finish(&mut self, out: &mut impl Extend<AnswerEvent>) -> Vec<ToolCall> {
        let mut places: Vec<usize> = (0..self.calls.len()).collect();
        // One that got its name late may stand before what has gone out.
        places.sort_by_key(|place| self.calls[*place].out.unwrap_or(usize::MAX));
        for place in places {
            let call = &mut self.calls[place];
            if call.name.is_empty() {
                self.without_a_name += 1;
                continue;
            }
            let rest = call.joiner.finish();
            call.arguments.push_str(rest);
            if let Some(whole) = call.whole_so_far() {
                call.arguments = whole.to_owned();
            }
            if call.arguments.trim().is_empty() {
                // A function without arguments is called with none.
                call.arguments.clear();
                call.arguments.push_str("{}");
            } else if let Some(meant) = meant_by(&call.arguments).filter(|_| call.given == 0) {
                call.arguments = meant;
            }
            call.is_over = true;
            self.give_out(place, out);
        }
        let mut calls = std::mem::take(&mut self.calls);
        calls.retain(|call| call.out.is_some());
        calls.sort_by_key(|call| call.out);
        let calls = calls.into_iter();
        calls.map(|ArrivingCall { id, name, arguments, .. }| ToolCall { id, name, arguments }).collect()
    }

    /// Gives out the new part of a call; its arguments wait while only an empty beginning of them has come.
    fn give_out(&mut self, place: usize, out: &mut impl Extend<AnswerEvent>) {
        let is_taken =
            |id: &str| id.is_empty() || self.calls.iter().any(|other| other.out.is_some() && other.id == id);
        let Some(call) = self.calls.get(place) else { return };
        // Results are told apart by the id, so that there must be one, and no other like it.
        let made = (call.out.is_none() && is_taken(&call.id))
            .then(|| format!("call_{}", uuid::Uuid::now_v7().simple()));
        let call = &mut self.calls[place];
        if let Some(made) = made {
            call.id = made;
        }
        let is_new = call.out.is_none();
        let index = *call.out.get_or_insert(self.out);
        self.out += usize::from(is_new);
        let head = is_new.then(|| CallHead { id: call.id.clone(), name: call.name.clone() });
        let is_open = !call.is_over && matches!(call.manner, FragmentManner::Either(_));
        let to = if call.is_held() || is_open { call.given } else { call.arguments.len() };
        let arguments = call.arguments[call.given..to].to_owned();
        call.given = to;
        if head.is_some() || !arguments.is_empty() {
            out.extend([AnswerEvent::Call(CallPiece { index, head, arguments })]);
        }
    }

    /// The call that a fragment belongs to; `None` where it begins another.
    fn goes_on(&self, fragment: &Fragment<'_>) -> Option<usize> {
        let of_index = |call: &ArrivingCall| fragment.index.is_none() || call.index == fragment.index;
        let has_id = |call: &ArrivingCall| fragment.id.as_ref().is_some_and(|id| *id == call.id);
        // Some count the fragments instead of the calls.
        let is_counted = |call: &ArrivingCall| match &fragment.name {
            None => has_id(call),
            Some(name) => {
                has_id(call) && *name == call.name && !call.arguments.is_empty() && !call.progress.is_complete
            }
        };
        let place = self
            .calls
            .iter()
            .rposition(|call| has_id(call) && of_index(call))
            .or_else(|| self.calls.iter().rposition(is_counted))
            .or_else(|| self.calls.iter().rposition(of_index))
            .or_else(|| {
                let last = self.calls.len().checked_sub(1)?;
                let call = &self.calls[last];
                // A fragment without a name belongs to the last call while that call still waits for
                // arguments.
                let waits = !call.name.is_empty() && (!call.progress.is_complete || call.is_held());
                let same = fragment.id.is_none() || call.id.is_empty();
                (fragment.name.is_none() && waits && same).then_some(last)
            })?;
        let call = &self.calls[place];
        let other_id = fragment.id.as_ref().is_some_and(|id| !call.id.is_empty() && *id != call.id);
        let is_other = match &fragment.name {
            // An endpoint that makes a new id for every fragment names the tool only in the first.
            None => call.progress.is_complete && other_id && fragment.index.is_none(),
            Some(_) if call.name.is_empty() => call.progress.is_complete && other_id,
            Some(name) if *name == call.name && other_id && call.whole_so_far().is_some() => true,
            Some(name) if *name == call.name => {
                call.progress.is_complete
                    && (other_id
                        || fragment.arguments.is_some_and(|arguments| {
                            !(call.is_said_again(arguments) || has_id(call) && call.is_held())
                        }))
            }
            Some(name) => other_id || !call.arguments.is_empty() || self.name_with(call, name).is_none(),
        };
        (!is_other).then_some(place)
    }

    /// The name of a call, of which a further part came, where there is such a tool.
    fn name_with(&self, call: &ArrivingCall, part: &str) -> Option<String> {
        let whole = call.longer_name(part);
        let mut offered = self.offered.of_client.iter().chain(&self.offered.of_host);
        offered.any(|known| known.starts_with(&whole)).then_some(whole)
    }
}

impl ArrivingCall {
    fn add(&mut self, fragment: Fragment<'_>) {
        if let Some(id) = fragment.id
            && self.id.is_empty()
        {
            self.id = id;
        }
        if let Some(name) = fragment.name
            && name != self.name
        {
            self.name = self.longer_name(&name);
        }
        let Some(arguments) = fragment.arguments else { return };
        if self.progress.is_complete && self.is_said_again(arguments) {
            return;
        }
        if self.progress.is_complete && self.is_held() {
            // It stood in place of those that come now.
            self.arguments.clear();
            (self.progress, self.joiner, self.manner) = Default::default();
        }
        if self.manner == FragmentManner::SoFar {
            // Half a sign at the end of the last fragment comes again.
            self.joiner = Joiner::default();
        }
        let text = arguments.text(&mut self.joiner).unwrap_or_else(|| arguments.as_written().to_owned());
        self.add_text(&text);
    }

    /// Adds a text of arguments: what comes behind those so far, or these and more.
    fn add_text(&mut self, text: &str) {
        // A `null` stood in place of those that come now, as no object begins with it.
        if matches!(self.arguments.trim(), "" | "null") {
            self.arguments.clear();
        }
        let last = if let FragmentManner::Either(last) = &self.manner { last } else { &self.arguments };
        let begins_alike = !last.is_empty() && text.starts_with(last.as_str());
        let manner = match &self.manner {
            FragmentManner::SoFar => FragmentManner::SoFar,
            _ if self.arguments.is_empty() => FragmentManner::Unknown,
            FragmentManner::InPieces => FragmentManner::InPieces,
            _ if !begins_alike || !begins_json(last) || !begins_json(text) => FragmentManner::InPieces,
            // `{"a":` and `{"a":1}` may be one object within the other.
            _ if begins_json(&format!("{}{text}", self.arguments)) => FragmentManner::Either(text.to_owned()),
            _ => FragmentManner::SoFar,
        };
        if manner == FragmentManner::SoFar && begins_alike {
            self.arguments.clear();
            self.progress = JsonProgress::default();
        }
        self.manner = manner;
        self.progress.goes_on(text);
        self.arguments.push_str(text);
    }

    /// The last fragment's arguments, where they are whole and those of all fragments together are not.
    fn whole_so_far(&self) -> Option<&str> {
        let FragmentManner::Either(last) = &self.manner else { return None };
        (is_json(last) && !is_json(&self.arguments)).then_some(last)
    }

    /// Some endpoints cut a name, and some of these say what they had said of it once more.
    fn longer_name(&self, part: &str) -> String {
        if part.starts_with(&self.name) { part.to_owned() } else { format!("{}{part}", self.name) }
    }

    /// Whether none of its arguments may go out yet: white space, `{}` or `null` as far as it has come, with which some
    /// endpoints begin; or a text, in which an object may stand.
    fn is_held(&self) -> bool {
        let arguments = self.arguments.trim();
        let is_nothing = arguments == "{}" || "null".starts_with(arguments);
        !self.is_over && self.given == 0 && (is_nothing || arguments.starts_with('"'))
    }

    /// Whether all of it has gone out, and no more is to be expected.
    fn has_gone(&self) -> bool {
        let is_sure = !self.is_held() && !matches!(self.manner, FragmentManner::Either(_));
        self.progress.is_complete && is_sure && self.given >= self.arguments.len()
    }

    /// Whether arguments are those that the call has already: some endpoints end with the whole call.
    fn is_said_again(&self, arguments: Json<'_>) -> bool {
        let text = arguments.whole_text();
        let text = text.as_deref().unwrap_or_else(|| arguments.as_written());
        text.trim().is_empty() || without_space(text).eq(without_space(&self.arguments))
    }
}

/// Whether a call with this index stands in the model's text.
fn is_of_text(index: Option<u64>) -> bool {
    index.is_some_and(|index| index >= FIRST_IN_TEXT)
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// Whether a text is a JSON value, or may become one.
fn begins_json(text: &str) -> bool {
    // The parser calls a number wrong whose end is missing, so that it does not get to see one.
    let in_number = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
    let text = text.trim_end_matches(in_number);
    serde_json::from_str::<IgnoredAny>(text).map_or_else(|error| error.is_eof(), |_| true)
}

/// What arguments mean that are no object themselves, where they mean one: some models encode theirs twice or more
/// often, and some write `null` for none.
fn meant_by(arguments: &str) -> Option<String> {
    let mut text = arguments.trim().to_owned();
    // Each time it is shorter by its quotes.
    while text.starts_with('"') {
        let inner: String = serde_json::from_str(&text).ok()?;
        inner.trim().clone_into(&mut text);
    }
    let is_nothing = text.is_empty() || text == "null";
    let is_object = || Json::parse(&text).is_ok_and(Json::is_object);
    if is_nothing {
        Some("{}".to_owned())
    } else {
        (arguments.trim().starts_with('"') && is_object()).then_some(text)
    }
}

/// The bytes of a JSON text without the white space between its signs.
fn without_space(text: &str) -> impl Iterator<Item = u8> + '_ {
    let (mut in_text, mut is_escaped) = (false, false);
    text.bytes().filter(move |byte| {
        match byte {
            _ if std::mem::take(&mut is_escaped) => {}
            b'\\' => is_escaped = in_text,
            b'"' => in_text = !in_text,
            _ => {}
        }
        in_text || !byte.is_ascii_whitespace()
    })
}

/// How far a text is that is to be one JSON object or list.
#[derive(Debug, Default)]
struct JsonProgress {
    depth: usize,
    in_text: bool,
    is_escaped: bool,
    is_complete: bool,
}

impl JsonProgress {
    fn goes_on(&mut self, text: &str) {
        for byte in text.bytes() {
            match byte {
                _ if std::mem::take(&mut self.is_escaped) => {}
                b'\\' => self.is_escaped = self.in_text,
                b'"' => self.in_text = !self.in_text,
                b'{' | b'[' if !self.in_text => self.depth += 1,
                b'}' | b']' if !self.in_text => {
                    self.depth = self.depth.saturating_sub(1);
                    self.is_complete |= self.depth == 0;
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests;
