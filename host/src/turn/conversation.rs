//! Whose state a turn's plugins see, and where it is kept.
//!
//! State belongs to a caller: a client key, the end user that the client names in `user`, or both.
//! Within one caller a conversation is known by the id the client gives it, or by what was said in
//! it, since ordinary chat clients send the history with every request and no id. Nobody is told
//! apart by what was said alone, for anybody can repeat a public dialogue. A client that says
//! nothing of itself goes on with the id of an earlier answer, which only it was given.
//!
//! **Whose state.** State belongs to a caller, because anybody can repeat a public dialogue and guess an id.
//! A turn of a known history starts from a copy, so two branches never see each other; the turn's own state
//! then gets the names it can be found by: the whole history and each of its last windows, so that a client
//! may forget what is old.

use sha2::{Digest, Sha256};

use super::TurnRequest;
use super::choice::letters;
use crate::hex::hex;
use crate::message::{Message, Role};
use crate::plugin::{StateError, StateStore};

/// Messages before the question that a client must still send for its conversation to be known by
/// them: common clients keep the last three or four messages, the question among them.
const SHORTEST_WINDOW: usize = 2;
/// The longest window a conversation is known by, where a client does not send the whole of it.
const LONGEST_WINDOW: usize = 20;

/// The conversation of one turn.
#[derive(Debug)]
pub(super) struct Conversation {
    /// What the plugins' state of the turn is kept under.
    pub(super) id: String,
    /// The caller, where there is one.
    caller: Option<String>,
    /// How the conversation is known, for the operator.
    pub(super) known_by: KnownBy,
    /// For a client that says nothing of itself, the turn that gave the last answer of its history. Only what
    /// the host has asked there is looked at, which the history says as well.
    before: Option<String>,
}

/// How a turn's conversation is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KnownBy {
    /// The id that the client gave, within its caller.
    Id,
    /// The history, within its caller.
    History,
    /// The id of an earlier answer.
    Answer,
    /// The client cannot be recognised: the turn begins without state.
    Nothing,
}

impl Conversation {
    /// Finds the turn's conversation and has its state ready under [`Self::id`].
    pub(super) async fn resume(request: &TurnRequest, state: &StateStore) -> Result<Self, StateError> {
        let caller = caller(request);
        match (&caller, &request.conversation) {
            (_, Some(named)) if is_answer_id(named) => {
                let found = state.find(vec![answer_name(request, caller.as_deref(), named)]).await?;
                let known_by = if found.is_some() { KnownBy::Answer } else { KnownBy::Nothing };
                // State is never kept under an id that the host did not give out: a made-up id may be shared
                // by several clients.
                let id = found.unwrap_or_else(|| of_turn(request, caller.as_deref(), &request.id));
                Ok(Self { id, caller, known_by, before: None })
            }
            (Some(who), Some(named)) => {
                let id = digest(&["id", &request.app.name, who, named]);
                begin_again_or_note(request, who, named, &id, state).await?;
                Ok(Self { id, caller, known_by: KnownBy::Id, before: None })
            }
            (Some(who), None) => {
                let id = of_turn(request, Some(who), &request.id);
                let found = state.find(names_of_history(request, who)).await?;
                let known_by = if found.is_some() { KnownBy::History } else { KnownBy::Nothing };
                if let Some(found) = found {
                    // A copy: two branches of one history never see each other.
                    state.fork(&found, &id).await?;
                }
                Ok(Self { id, caller, known_by, before: None })
            }
            (None, _) => {
                let said = said_until_the_last_answer(request);
                let before = match said.is_empty() {
                    true => None,
                    false => {
                        let names = [TextComparison::Words, TextComparison::Exactly];
                        let names =
                            names.map(|compared| digest_of("dialogue", request, "", &keys(&said, compared)));
                        state.find(names.to_vec()).await?
                    }
                };
                let id = of_turn(request, None, &request.id);
                Ok(Self { id, caller, known_by: KnownBy::Nothing, before })
            }
        }
    }

    /// Where it is kept which plugin has asked the user back; `None` where nothing can be.
    pub(super) fn flows_id(&self) -> Option<&str> {
        match self.known_by {
            KnownBy::Nothing => self.before.as_deref(),
            _ => Some(&self.id),
        }
    }

    /// Lets the next turn find the state: by the id of this turn's answer, and by what has been
    /// said now where the client gave its conversation no id.
    pub(super) async fn keep(
        &self,
        request: &TurnRequest,
        answer: &str,
        state: &StateStore,
    ) -> Result<(), StateError> {
        let mut names = vec![answer_name(request, self.caller.as_deref(), &request.id)];
        let answer = Message::text(Role::Assistant, answer);
        let said: Vec<&Message> = spoken(&request.messages).chain([&answer]).collect();
        let said = keys(&said, TextComparison::Words);
        if self.caller.is_none() {
            names.push(digest_of("dialogue", request, "", &said));
        }
        if let (Some(who), None) = (&self.caller, &request.conversation) {
            names.push(digest_of("whole", request, who, &said));
            let windows = SHORTEST_WINDOW..=said.len().min(LONGEST_WINDOW);
            let window = |length: usize| digest_of("window", request, who, &said[said.len() - length..]);
            names.extend(windows.map(window));
        }
        state.name(&self.id, names).await
    }

    /// For the trace: where the state of this turn comes from and goes to.
    pub(super) fn describe(&self) -> &'static str {
        match (self.known_by, &self.caller) {
            (KnownBy::Id, _) => "kept for the caller, under the conversation id the client gave",
            (KnownBy::History, _) => "kept for the caller, and found by the history it sent",
            (KnownBy::Answer, _) => "kept for whoever was given the answer that conversation_id names",
            (KnownBy::Nothing, Some(_)) => "begins anew: nothing is kept for this caller and this history",
            (KnownBy::Nothing, None) => {
                "begins anew: the client sent no key, no `user` and no answer's id that is known; to go on from here it sends this turn's id as conversation_id"
            }
        }
    }
}

/// A turn that a client asks for once more (another answer is wanted, or none arrived) begins with the state that it
/// began with before: it is known by the conversation and all that it says, the answer before the question included.
/// Without an answer in it two requests may say the same and mean two turns: `2` is chosen twice in a row.
async fn begin_again_or_note(
    request: &TurnRequest,
    caller: &str,
    named: &str,
    id: &str,
    state: &StateStore,
) -> Result<(), StateError> {
    if said_until_the_last_answer(request).is_empty() {
        return Ok(());
    }
    let said = keys(&spoken(&request.messages).collect::<Vec<_>>(), TextComparison::Exactly);
    let turn = vec![digest(&["began", named, &digest_of("turn", request, caller, &said)])];
    match state.find(turn.clone()).await? {
        Some(before) => {
            state.forget(id).await?;
            state.fork(&before, id).await
        }
        None => {
            let before = digest(&["before", id, &request.id]);
            state.fork(id, &before).await?;
            state.name(&before, turn).await
        }
    }
}

/// Who asks: the client key, the end user, or both. `None` where the client says neither.
fn caller(request: &TurnRequest) -> Option<String> {
    let user = request.user.as_deref().filter(|user| !user.trim().is_empty());
    let (key, user) = match (&request.caller, user) {
        (None, None) => return None,
        (key, user) => (key.as_deref(), user),
    };
    // Whether there is one is part of it: no key is not the key without a name.
    let marked = |text: Option<&str>| text.map_or("-".to_owned(), |text| format!("+{text}"));
    Some(digest(&["caller", &marked(key), &marked(user)]))
}

/// Whether a conversation id is the id of an answer: it holds random bits that nobody guesses.
fn is_answer_id(named: &str) -> bool {
    let random = named.strip_prefix("chatcmpl-").or_else(|| named.strip_prefix("as-"));
    random.is_some_and(|text| {
        text.len() == 32 && uuid::Uuid::try_parse(text).is_ok_and(|id| id.get_version_num() == 7)
    })
}

/// Where the state of a turn is kept that goes on from no other.
fn of_turn(request: &TurnRequest, caller: Option<&str>, id: &str) -> String {
    digest(&["turn", &request.app.name, caller.unwrap_or_default(), id])
}

fn answer_name(request: &TurnRequest, caller: Option<&str>, id: &str) -> String {
    digest(&["answer", &request.app.name, caller.unwrap_or_default(), id])
}

/// What the history up to the host's last answer may have been kept under, the surest first.
fn names_of_history(request: &TurnRequest, caller: &str) -> Vec<String> {
    let said = said_until_the_last_answer(request);
    if said.is_empty() {
        return Vec::new();
    }
    let has_window = (SHORTEST_WINDOW..=LONGEST_WINDOW).contains(&said.len());
    let kinds = &["whole", "window"][..1 + usize::from(has_window)];
    let mut names = Vec::new();
    for compared in [TextComparison::Words, TextComparison::Exactly] {
        let said = keys(&said, compared);
        names.extend(kinds.iter().map(|kind| digest_of(kind, request, caller, &said)));
    }
    names
}

/// Empty where the history has no answer.
fn said_until_the_last_answer(request: &TurnRequest) -> Vec<&Message> {
    let mut said: Vec<&Message> = spoken(&request.messages).collect();
    let answer = said.iter().rposition(|message| message.role == Role::Assistant);
    said.truncate(answer.map_or(0, |last| last + 1));
    said
}

fn spoken(messages: &[Message]) -> impl Iterator<Item = &Message> {
    messages.iter().filter(|message| matches!(message.role, Role::User | Role::Assistant))
}

/// How what was said is compared with what a client says was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TextComparison {
    /// Texts are the same if their words are; all new state is filed in this way.
    Words,
    /// Text by text as earlier versions compared it, whose state is still found.
    Exactly,
}

impl TextComparison {
    /// A client may show an answer with other spaces and marks, and send that back; of what its user wrote
    /// the marks stay as they are.
    fn key(self, message: &Message) -> String {
        let without_spaces = || message.content.split_whitespace().collect::<String>();
        match self {
            Self::Exactly => message.content.trim().to_owned(),
            Self::Words if message.role == Role::User => without_spaces(),
            Self::Words => {
                let words = letters(&message.content);
                if words.is_empty() { without_spaces() } else { words }
            }
        }
    }
}

/// Who said each message, and what of it counts.
fn keys(said: &[&Message], compared: TextComparison) -> Vec<(&'static str, String)> {
    let key = |message: &&Message| {
        let role = if message.role == Role::User { "user" } else { "assistant" };
        (role, compared.key(message))
    };
    said.iter().map(key).collect()
}

/// The name of what was said. A `dialogue` has no caller: it leads to nothing but what the host itself asked there.
fn digest_of(kind: &str, request: &TurnRequest, caller: &str, said: &[(&str, String)]) -> String {
    let head = [kind, request.app.name.as_str(), caller];
    digest_all(head.into_iter().chain(said.iter().flat_map(|(role, key)| [*role, key.as_str()])))
}

/// One digest of texts.
pub(super) fn digest(parts: &[&str]) -> String {
    digest_all(parts.iter().copied())
}

/// One digest of texts, each with its length, so that no two lists of texts give the same.
fn digest_all<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    hex(&hash.finalize())
}
