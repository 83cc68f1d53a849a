//! A breaker stands before a server that the host asks. After failures in a row it lets nobody
//! through for a pause that grows, then one to try; once that one is answered it lets all through again.
//!
//! What counts is that a server is away: no connection, no answer in time, 502, 503 or 504. Whatever
//! a server answers by itself (400, 401, 429, 500, or what is not an answer at all) comes at once and may
//! be about one request, so that no client can close a server to the others.
//!
//! A breaker (`breaker.rs`) stands before each `[stores]`, `[embedders]`, `[models]` table and `[rerank]`,
//! whoever asks. Three failures in a row open it: then whoever asks is told at once why the server is not
//! asked. After a pause (1 s, doubling to 15 s) the next request tries it, one for each pause, and an answer
//! closes it. A failure is no connection, no answer in time, a broken connection, 502, 503 or 504. Everything
//! else a server says by itself (400, 401, 429, 500, what is not an answer) closes it as a good answer does: it
//! comes at once, it may be about one request, and no client may close a model or an embedder to the others.
//! A model counts as there from its first bytes. A search of a store counts when its whole step is late
//! (`search_timeout`). Imports, re-embeddings and lists ask in any case, since they wait and try again by
//! themselves; what comes of it is heard.

use std::fmt::{self, Display};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};

/// Failures in a row after which nobody is let through. One may be chance, and so may two at a time.
const FAILURES: u32 = 3;
/// The first pause; it doubles with each try that fails.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause: a server that is back is asked again after this at the latest.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// What kind of server it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerKind {
    /// A store, which has a `[stores.<name>]` table.
    Store,
    /// An embedder, which has an `[embedders.<name>]` table.
    Embedder,
    /// The reranker of the `[rerank]` table, which is called as its model is.
    Reranker,
    /// A model, which has a `[models.<name>]` table.
    Model,
}

impl ServerKind {
    /// The kind as a word for metrics and sentences.
    pub fn word(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::Embedder => "embedder",
            Self::Reranker => "reranker",
            Self::Model => "model",
        }
    }
}

/// The breaker before one server. Lives as long as the process, whoever asks the server.
pub struct Breaker {
    kind: ServerKind,
    name: String,
    state: Mutex<BreakerState>,
    tally: ServerTally,
}

#[derive(Default)]
struct BreakerState {
    /// Counts how often the breaker has opened or closed; outcomes of attempts from an earlier epoch are
    /// ignored.
    epoch: u64,
    /// Failures one after the other since the last success, while the breaker is closed.
    failures: u32,
    open: Option<OpenPause>,
    /// What the last answer was, where it was an error.
    error: Option<String>,
    /// When the server was asked last.
    asked: Option<Instant>,
}

struct OpenPause {
    length: Duration,
    until: Instant,
    cause: String,
}

/// What was asked of a server since the process began.
pub struct ServerTally {
    /// Requests sent.
    pub calls: Counter,
    /// Requests that gave an error.
    pub errors: Counter,
    /// Requests that the breaker let not through.
    pub refused: Counter,
    /// How long the requests sent took.
    pub seconds: Histogram,
}

/// Why the server is not asked now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenBreaker {
    kind: ServerKind,
    name: String,
    /// The time until somebody may try again.
    pub wait: Duration,
    cause: String,
}

impl Display for OpenBreaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, name, cause, .. } = self;
        write!(
            f,
            "the {} `{name}` is not asked for {} s since it failed: {cause}",
            kind.word(),
            self.seconds()
        )
    }
}

impl std::error::Error for OpenBreaker {}

impl OpenBreaker {
    /// The wait in whole seconds, at least one.
    pub fn seconds(&self) -> u64 {
        self.wait.as_secs_f64().ceil().max(1.0) as u64
    }
}

/// How a server is, as far as this host has seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// Its last answer was good, or it was not asked yet.
    Well,
    /// It answers, and its last answer was an error.
    Failing(String),
    /// It is away, and whoever asks next tries it.
    Trying(String),
    /// It is away and not asked.
    Away(OpenBreaker),
}

impl Breaker {
    /// A closed breaker.
    pub fn new(kind: ServerKind, name: &str) -> Arc<Self> {
        let tally = ServerTally {
            calls: Counter::default(),
            errors: Counter::default(),
            refused: Counter::default(),
            // 1 ms to half a minute.
            seconds: Histogram::new(exponential_buckets(0.001, 2.0, 16)),
        };
        Arc::new(Self { kind, name: name.to_owned(), state: Mutex::default(), tally })
    }

    /// What kind of server it stands before.
    pub fn kind(&self) -> ServerKind {
        self.kind
    }

    /// The server's name in the configuration.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What was asked so far.
    pub fn tally(&self) -> &ServerTally {
        &self.tally
    }

    /// Lets a request through, or says why not.
    pub fn admit(self: &Arc<Self>) -> Result<Attempt, OpenBreaker> {
        self.admit_at(Instant::now())
    }

    fn admit_at(self: &Arc<Self>, now: Instant) -> Result<Attempt, OpenBreaker> {
        let mut state = self.state();
        let epoch = state.epoch;
        let mut tries = false;
        if let Some(pause) = &mut state.open {
            if now < pause.until {
                self.tally.refused.inc();
                return Err(self.open(pause, now));
            }
            // Another may try where this one is not back by then.
            pause.until = now + pause.length;
            tries = true;
        }
        drop(state);
        Ok(self.attempt(epoch, tries, now))
    }

    /// Lets a request through in any case, and hears what comes of it: of whoever waits for the server
    /// and tries again by himself, such as an import.
    pub fn watch(self: &Arc<Self>) -> Attempt {
        let epoch = self.state().epoch;
        self.attempt(epoch, false, Instant::now())
    }

    /// Whether nobody has asked the server for so long, so that what is known of it may be old.
    pub fn is_silent(&self, time: Duration) -> bool {
        self.state().asked.is_none_or(|asked| asked.elapsed() > time)
    }

    fn attempt(self: &Arc<Self>, epoch: u64, tries: bool, now: Instant) -> Attempt {
        self.tally.calls.inc();
        self.state().asked = Some(now);
        Attempt { breaker: Arc::clone(self), epoch, tries, began: now, took: None, over: false }
    }

    /// Why nobody is let through now, where that is so.
    pub fn away(&self) -> Option<OpenBreaker> {
        match self.health() {
            Health::Away(open) => Some(open),
            _ => None,
        }
    }

    /// How the server is.
    pub fn health(&self) -> Health {
        self.health_at(Instant::now())
    }

    fn health_at(&self, now: Instant) -> Health {
        let state = self.state();
        match (&state.open, &state.error) {
            (Some(pause), _) if now < pause.until => Health::Away(self.open(pause, now)),
            (Some(pause), _) => Health::Trying(pause.cause.clone()),
            (None, Some(error)) => Health::Failing(error.clone()),
            (None, None) => Health::Well,
        }
    }

    fn open(&self, pause: &OpenPause, now: Instant) -> OpenBreaker {
        let wait = pause.until.saturating_duration_since(now);
        OpenBreaker { kind: self.kind, name: self.name.clone(), wait, cause: pause.cause.clone() }
    }

    fn answered(&self, error: Option<String>) {
        let mut state = self.state();
        state.error = error;
        state.failures = 0;
        if state.open.take().is_some() {
            state.epoch += 1;
            tracing::info!(server = %self.name, "The {} `{}` answers again", self.kind.word(), self.name);
        }
    }

    /// `tries` tells whether it was the request that tried a server that was away.
    fn failed(&self, epoch: u64, tries: bool, cause: String, now: Instant) {
        let mut state = self.state();
        // What was asked before it opened says nothing new.
        if state.epoch != epoch {
            return;
        }
        state.error = Some(cause.clone());
        state.failures += 1;
        let length = match &state.open {
            None if state.failures < FAILURES => return,
            None => {
                state.epoch += 1;
                FIRST_PAUSE
            }
            Some(_) if !tries => return,
            Some(pause) => (pause.length * 2).min(LONGEST_PAUSE),
        };
        tracing::warn!(
            server = %self.name,
            "The {} `{}` is not asked for {length:?} since it failed: {cause}", self.kind.word(), self.name
        );
        state.open = Some(OpenPause { length, until: now + length, cause });
    }

    fn given_up(&self, epoch: u64, now: Instant) {
        let mut state = self.state();
        if state.epoch == epoch
            && let Some(pause) = &mut state.open
        {
            // This attempt has learnt nothing of the server, so the next one may try at once.
            pause.until = now;
        }
    }

    fn state(&self) -> MutexGuard<'_, BreakerState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Breaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Breaker({} {})", self.kind.word(), self.name)
    }
}

/// One request that was let through. Dropped before its end, as when a client leaves, it tells nothing.
#[must_use = "its end tells whether the server is there"]
pub struct Attempt {
    breaker: Arc<Breaker>,
    epoch: u64,
    /// Whether it is the one that tries a server that is away.
    tries: bool,
    began: Instant,
    /// Where it is not the time since it began.
    took: Option<Duration>,
    over: bool,
}

impl Attempt {
    /// Says how long the server was waited for, where the request was one of several steps with something else
    /// between them.
    pub fn took(mut self, took: Duration) -> Self {
        self.took = Some(took);
        self
    }

    /// The server answered well.
    pub fn answered(mut self) {
        self.end();
        self.breaker.answered(None);
    }

    /// The server answered, and what it answered is of no use.
    pub fn refused(mut self, error: &impl Display) {
        self.end();
        self.breaker.tally.errors.inc();
        self.breaker.answered(Some(error.to_string()));
    }

    /// The server gave no answer.
    pub fn failed(mut self, cause: &impl Display) {
        let now = self.end();
        self.breaker.tally.errors.inc();
        self.breaker.failed(self.epoch, self.tries, cause.to_string(), now);
    }

    /// Ends with a result; `is_away` tells of an error whether it means that the server gave no answer.
    pub fn settle<T, E: Display>(self, result: &Result<T, E>, is_away: impl FnOnce(&E) -> bool) {
        match result {
            Ok(_) => self.answered(),
            Err(error) if is_away(error) => self.failed(error),
            Err(error) => self.refused(error),
        }
    }

    fn end(&mut self) -> Instant {
        self.over = true;
        let now = Instant::now();
        let took = self.took.unwrap_or(now - self.began);
        self.breaker.tally.seconds.observe(took.as_secs_f64());
        now
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if !self.over && self.tries {
            self.breaker.given_up(self.epoch, Instant::now());
        }
    }
}

#[cfg(test)]
mod tests;
