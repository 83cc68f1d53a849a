//! A redactor blanks the secrets the process knows in texts that others wrote: an upstream that
//! echoes its key must not get it into an answer, a log, a trace or a plugin.
//!
//! Whoever reads a secret calls [`learn`]; whoever hands on what came from outside asks [`known`]. A
//! secret is found as it is and in the forms that echoes take (`forms.rs`). It is not found where the
//! other side hides it on purpose, such as reversed, encrypted or compressed: decode a body first.

mod forms;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::nfa::contiguous::NFA;
use aho_corasick::{Anchored, Input, PatternID};
use serde_json::Value;

/// Bytes a secret needs to be blanked. A shorter one would blank ordinary text, so it is left as it
/// is, and the log says so when it is learnt.
pub const MIN_BYTES: usize = 6;
/// Bytes a secret needs to be blanked in the answers of models, too. Servers without keys are given words
/// such as `ollama` or `not-needed`, which an answer may hold.
pub const MIN_BYTES_IN_ANSWERS: usize = 16;

/// Replaces every occurrence of its secrets by `[secret NAME]`. Cheap to clone.
#[derive(Clone, Default)]
pub struct Redactor(Option<Arc<RedactorInner>>);

struct RedactorInner {
    /// Finds all forms of all secrets, overlapping ones too.
    automaton: NFA,
    start: StateID,
    /// How many bytes before the end of the text may be the beginning of a form, by state.
    depths: HashMap<StateID, usize>,
    /// What stands in a form's place, by the form's number.
    markers: Vec<String>,
}

impl Redactor {
    /// One for these secrets, each with the name that is shown in its place. Secrets of fewer than
    /// [`MIN_BYTES`] bytes are passed over.
    pub fn of<'a>(secrets: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let (mut patterns, mut markers) = (Vec::new(), Vec::new());
        for (name, secret) in secrets {
            for form in if secret.len() < MIN_BYTES { BTreeSet::new() } else { forms::of(secret) } {
                patterns.push(form);
                markers.push(format!("[secret {name}]"));
            }
        }
        // What cannot be built is larger than the library can count: no set of secrets is.
        // Header names and hexadecimal digits come back in either case, and so does what stands in them.
        let built = NFA::builder().ascii_case_insensitive(true).build(&patterns);
        let Some(automaton) = built.ok().filter(|_| !patterns.is_empty()) else {
            return Self::default();
        };
        let Ok(start) = automaton.start_state(Anchored::No) else { return Self::default() };
        let mut depths = HashMap::new();
        for pattern in &patterns {
            let mut state = start;
            for (before, byte) in pattern.iter().enumerate() {
                state = automaton.next_state(Anchored::No, state, *byte);
                depths.insert(state, before + 1);
            }
        }
        Self(Some(Arc::new(RedactorInner { automaton, start, depths, markers })))
    }

    /// Whether one of the secrets is in there.
    pub fn finds(&self, bytes: &[u8]) -> bool {
        let Some(inner) = &self.0 else { return false };
        inner.automaton.try_find(&Input::new(bytes)).is_ok_and(|found| found.is_some())
    }

    /// The text without secrets.
    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.bytes(text.as_bytes()) {
            Cow::Borrowed(_) => Cow::Borrowed(text),
            // Forms begin and end at characters, so nothing is lost here.
            Cow::Owned(clean) => Cow::Owned(String::from_utf8_lossy(&clean).into_owned()),
        }
    }

    /// The bytes without secrets.
    pub fn bytes<'t>(&self, bytes: &'t [u8]) -> Cow<'t, [u8]> {
        if !self.finds(bytes) {
            return Cow::Borrowed(bytes);
        }
        let mut stream = self.stream();
        let mut clean = stream.feed(bytes);
        clean.extend(stream.finish());
        Cow::Owned(clean)
    }

    /// A JSON text without secrets, and still JSON: inside a string an escape may stand right before
    /// what looks like a secret. Text that is not JSON is treated like any other.
    pub fn json<'t>(&self, text: &'t str) -> Cow<'t, str> {
        // Escapes such as `\u0041` can hide a secret in many ways, and only a parser undoes all of them.
        if self.0.is_none() || !(self.finds(text.as_bytes()) || text.contains("\\u")) {
            return Cow::Borrowed(text);
        }
        let Ok(value) = serde_json::from_str::<Value>(text) else { return self.text(text) };
        let clean = self.value(value.clone());
        if clean == value { Cow::Borrowed(text) } else { Cow::Owned(clean.to_string()) }
    }

    /// How many bytes at the end of a text may be the beginning of a secret: what to leave out with the
    /// rest where a text is cut there.
    pub fn open_end(&self, text: &[u8]) -> usize {
        let Some(inner) = &self.0 else { return 0 };
        // No form is longer than the deepest state, so that earlier bytes do not matter.
        let deepest = inner.depths.values().copied().max().unwrap_or(0);
        let end = &text[text.len().saturating_sub(deepest)..];
        let step = |state, byte: &u8| inner.automaton.next_state(Anchored::No, state, *byte);
        inner.depths.get(&end.iter().fold(inner.start, step)).copied().unwrap_or(0)
    }

    fn value(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(&text).into_owned()),
            Value::Array(items) => items.into_iter().map(|item| self.value(item)).collect(),
            Value::Object(map) => {
                let clean = |(key, item): (String, _)| (self.text(&key).into_owned(), self.value(item));
                Value::Object(map.into_iter().map(clean).collect())
            }
            // A secret of digits may stand there as a number.
            Value::Number(number) => match self.text(&number.to_string()) {
                Cow::Borrowed(_) => Value::Number(number),
                Cow::Owned(text) => Value::String(text),
            },
            other => other,
        }
    }

    /// For a text that comes in pieces, whose secrets may be cut anywhere.
    pub fn stream(&self) -> RedactedStream {
        let state = self.0.as_ref().map(|inner| inner.start);
        RedactedStream { redactor: self.clone(), state, held: Vec::new(), spans: Vec::new(), blanked: 0 }
    }
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Redactor")
    }
}

/// A text on its way through a [`Redactor`]. It holds back only what may be the beginning of a secret,
/// which is never longer than the longest form.
#[derive(Debug, Clone)]
pub struct RedactedStream {
    redactor: Redactor,
    state: Option<StateID>,
    /// The end of what came, which may be the beginning of a secret.
    held: Vec<u8>,
    /// Secrets within the held bytes, in order and apart.
    spans: Vec<Span>,
    /// How many of the held bytes belong to a secret whose marker is out already.
    blanked: usize,
}

/// A secret, or several that overlap, by its place in the held bytes.
#[derive(Debug, Clone, Copy)]
struct Span {
    begin: usize,
    end: usize,
    /// The form that begins it.
    form: PatternID,
}

impl RedactedStream {
    /// Takes the next piece and gives what can go out.
    pub fn feed(&mut self, piece: &[u8]) -> Vec<u8> {
        let (Some(inner), Some(mut state)) = (self.redactor.0.clone(), self.state) else {
            return piece.to_vec();
        };
        for byte in piece {
            self.held.push(*byte);
            state = inner.automaton.next_state(Anchored::No, state, *byte);
            if inner.automaton.is_match(state) {
                for index in 0..inner.automaton.match_len(state) {
                    let form = inner.automaton.match_pattern(state, index);
                    let begin = self.held.len().saturating_sub(inner.automaton.pattern_len(form));
                    self.found(Span { begin, end: self.held.len(), form });
                }
            }
        }
        self.state = Some(state);
        let may_go_on = inner.depths.get(&state).copied().unwrap_or(0);
        self.give_out(self.held.len().saturating_sub(may_go_on))
    }

    /// The end of the text: gives what was held back.
    pub fn finish(&mut self) -> Vec<u8> {
        let rest = self.give_out(self.held.len());
        self.state = self.redactor.0.as_ref().map(|inner| inner.start);
        self.blanked = 0;
        rest
    }

    /// Secrets that overlap become one, so that no part of either is left.
    fn found(&mut self, mut span: Span) {
        while let Some(last) = self.spans.pop_if(|last| last.end > span.begin) {
            if last.begin < span.begin {
                span = Span { end: span.end, ..last };
            }
        }
        if span.begin < self.blanked {
            self.blanked = span.end;
        } else {
            self.spans.push(span);
        }
    }

    /// Gives out the first `count` held bytes, with a marker for each secret that begins in them.
    fn give_out(&mut self, count: usize) -> Vec<u8> {
        let mut out = Vec::with_capacity(count);
        let mut at = self.blanked;
        let later = self.spans.iter().position(|span| span.begin >= count).unwrap_or(self.spans.len());
        for span in self.spans.drain(..later) {
            out.extend_from_slice(&self.held[at..span.begin]);
            if let Some(inner) = &self.redactor.0 {
                out.extend_from_slice(inner.markers[span.form.as_usize()].as_bytes());
            }
            at = span.end;
        }
        if at < count {
            out.extend_from_slice(&self.held[at..count]);
        }
        self.blanked = at.saturating_sub(count);
        for span in &mut self.spans {
            span.begin -= count;
            span.end -= count;
        }
        self.held.drain(..count);
        out
    }
}

/// The secrets of this process. They only grow: what was a secret once is one in an old text, too.
struct KnownSecrets {
    secrets: BTreeSet<(String, String)>,
    /// Names of secrets that are too short to be looked for, of which the log was told.
    too_short: BTreeSet<String>,
    redactor: Redactor,
    in_answers: Redactor,
}

static KNOWN: OnceLock<RwLock<KnownSecrets>> = OnceLock::new();

fn registry() -> &'static RwLock<KnownSecrets> {
    KNOWN.get_or_init(|| {
        let (redactor, in_answers) = (Redactor::default(), Redactor::default());
        RwLock::new(KnownSecrets {
            secrets: BTreeSet::new(),
            too_short: BTreeSet::new(),
            redactor,
            in_answers,
        })
    })
}

/// Tells the process of a secret it has read; `name` is what stands in its place from now on, such as
/// `models.ernie`. White space around the secret is not part of it.
pub fn learn(name: &str, secret: &str) {
    let secret = secret.trim();
    if secret.is_empty() {
        return;
    }
    let mut known = registry().write().unwrap_or_else(PoisonError::into_inner);
    if secret.len() < MIN_BYTES {
        // A secret is read more than once, by a check for example.
        let is_news = known.too_short.insert(name.to_owned());
        // The log asks for what is known.
        drop(known);
        if is_news {
            tracing::warn!(
                "The secret `{name}` has fewer than {MIN_BYTES} bytes, so it is not blanked where others repeat it; use a longer one"
            );
        }
        return;
    }
    if known.secrets.iter().any(|(_, same)| same == secret) {
        return;
    }
    known.secrets.insert((name.to_owned(), secret.to_owned()));
    let of_at_least = |bytes: usize| {
        let secrets = known.secrets.iter().filter(|(_, secret)| secret.len() >= bytes);
        Redactor::of(secrets.map(|(name, secret)| (name.as_str(), secret.as_str())))
    };
    let (all, long) = (of_at_least(MIN_BYTES), of_at_least(MIN_BYTES_IN_ANSWERS));
    known.redactor = all;
    known.in_answers = long;
}

/// Blanks every secret the process has learnt until now.
pub fn known() -> Redactor {
    registry().read().unwrap_or_else(PoisonError::into_inner).redactor.clone()
}

/// Blanks those of [`MIN_BYTES_IN_ANSWERS`] and more.
pub fn known_in_answers() -> Redactor {
    registry().read().unwrap_or_else(PoisonError::into_inner).in_answers.clone()
}

#[cfg(test)]
mod tests;
