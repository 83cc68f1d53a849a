//! What one connection is doing, seen from the server: what it is waited for, and until when.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::pace::{ClientPace, ClientPatience};

/// How long a connection may stay in each of its states.
#[derive(Debug, Clone, Copy)]
pub(super) struct TimeLimits {
    /// From a request's first byte to the end of its header, and for a new connection's first byte.
    pub(super) header: Duration,
    /// Between an answer and the next request.
    pub(super) idle: Duration,
    /// How long the client may keep the host waiting for a body, and while it takes an answer.
    pub(super) patience: ClientPatience,
}

/// Shared by everything that handles a connection, all in one task, and by the server.
#[derive(Debug)]
pub(super) struct Activity {
    limits: TimeLimits,
    state: Mutex<ActivityState>,
    ordered: Notify,
}

#[derive(Debug)]
struct ActivityState {
    phase: Phase,
    /// The body of the request at hand, on its way in.
    body: ClientPace,
    /// The answer, on its way out.
    answer: ClientPace,
    order: ConnectionOrder,
    /// Whether a request was answered while a part of its body was still to come.
    is_unread: bool,
}

/// Where a connection stands between two requests.
#[derive(Debug, Clone, Copy)]
enum Phase {
    /// No byte of a request has come yet.
    New { since: Instant },
    /// The last answer has ended, and no byte of a request has come since.
    Idle { since: Instant },
    /// A part of a header has come.
    Header { since: Instant },
    /// The header is there, and the host wants more of the body.
    Receiving,
    /// The request is there.
    Answering,
}

/// What the server wants of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ConnectionOrder {
    /// The connection serves requests as they come.
    Serve,
    /// End after the answer at hand.
    Finish,
    /// End now.
    Cut,
}

impl Activity {
    pub(super) fn new(limits: TimeLimits) -> Self {
        let state = ActivityState {
            phase: Phase::New { since: Instant::now() },
            body: ClientPace::default(),
            answer: ClientPace::default(),
            order: ConnectionOrder::Serve,
            is_unread: false,
        };
        Self { limits, state: Mutex::new(state), ordered: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, ActivityState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bytes of the client have come.
    pub(super) fn received(&self) {
        let mut state = self.state();
        if let Phase::New { .. } | Phase::Idle { .. } = state.phase {
            state.phase = Phase::Header { since: Instant::now() };
        }
    }

    /// A header is whole.
    pub(super) fn begins(&self, has_body: bool) {
        let mut state = self.state();
        state.phase = if has_body { Phase::Receiving } else { Phase::Answering };
        (state.body, state.answer) = (ClientPace::default(), ClientPace::default());
    }

    /// A request is whole, or the host wants no more of it.
    pub(super) fn has_request(&self) {
        let mut state = self.state();
        if let Phase::Receiving = state.phase {
            state.phase = Phase::Answering;
        }
        state.body = ClientPace::default();
    }

    /// The rest of a body stays unread, so no further request can follow on the connection.
    pub(super) fn leaves_unread(&self) {
        self.state().is_unread = true;
    }

    /// Whether bytes that the client still sends are read only to be dropped.
    pub(super) fn is_unread(&self) -> bool {
        self.state().is_unread
    }

    /// Whether no request is there as a whole, and the last answer has been handed over.
    pub(super) fn awaits_request(&self) -> bool {
        matches!(self.state().phase, Phase::New { .. } | Phase::Idle { .. } | Phase::Header { .. })
    }

    /// An answer has been handed over to be written.
    pub(super) fn has_answered(&self) {
        self.state().phase = Phase::Idle { since: Instant::now() };
    }

    /// The host waits for more of a body; gives until when.
    pub(super) fn awaits_body(&self) -> Option<Instant> {
        let mut state = self.state();
        state.body.waits(Instant::now());
        state.body.deadline(self.limits.patience)
    }

    /// A part of a body has come.
    pub(super) fn body_came(&self, bytes: usize) {
        self.state().body.moved(bytes);
    }

    /// The client takes no more of its answer for now.
    pub(super) fn awaits_reader(&self) {
        self.state().answer.waits(Instant::now());
    }

    /// The client has taken a part of its answer.
    pub(super) fn answer_went(&self, bytes: usize) {
        self.state().answer.moved(bytes);
    }

    /// When the connection is to be cut if nothing more happens on it. A body has a deadline of its
    /// own, which is answered.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let state = self.state();
        let phase = match state.phase {
            Phase::New { since } | Phase::Header { since } => Some(since + self.limits.header),
            Phase::Idle { since } => Some(since + self.limits.idle),
            Phase::Receiving | Phase::Answering => None,
        };
        let answer = state.answer.deadline(self.limits.patience);
        phase.into_iter().chain(answer).min()
    }

    /// Since when the connection has kept a place while the host waits for a request on it; `None`
    /// for one that is being answered.
    pub(super) fn idle_since(&self) -> Option<Instant> {
        let state = self.state();
        match state.phase {
            // A connection with an answer that the client has not taken yet is not closed, or the rest of the
            // answer would be lost.
            _ if state.answer.waiting_since().is_some() => None,
            Phase::New { since } | Phase::Idle { since } | Phase::Header { since } => Some(since),
            Phase::Receiving => state.body.waiting_since(),
            Phase::Answering => None,
        }
    }

    /// Cuts the connection.
    pub(super) fn cut(&self) {
        self.state().order = ConnectionOrder::Cut;
        self.ordered.notify_one();
    }

    /// Ends the connection: after the answer at hand, or at once where no request is there as a whole.
    pub(super) fn finish(&self) {
        {
            let mut state = self.state();
            let is_answering = matches!(state.phase, Phase::Answering);
            let is_written = state.answer.waiting_since().is_none();
            state.order =
                if !is_answering && is_written { ConnectionOrder::Cut } else { ConnectionOrder::Finish };
        }
        self.ordered.notify_one();
    }

    /// Resolves at the next order.
    pub(super) async fn order(&self) -> ConnectionOrder {
        self.ordered.notified().await;
        self.state().order
    }
}
