//! A turn's answer on its way into a body.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::task::yield_now;

use crate::host::Host;
use crate::metrics::TurnOutcome;
use crate::share::Share;
use crate::turn::{self, Degraded, Piece, TurnEnd, TurnError};

/// Pieces of an answer that may wait for a slow client before the turn waits too.
const WAITING_PIECES: usize = 32;
/// How often others go first, without a further piece, before those that are there are written.
const PATIENT_ROUNDS: usize = 3;
/// A piece that comes this long after the one before it is not one of several that came at once: a model's pieces
/// are milliseconds apart.
const CLOSE: Duration = Duration::from_micros(500);

/// A turn at work. Dropping it ends the turn, with its plugins and the upstream request.
pub(super) struct TurnBody {
    /// The turn itself, which goes on while the next step is waited for: within the connection's own task, since
    /// handing each piece to another task takes longer than all else that is done with it.
    turn: Option<TurnFuture>,
    pieces: mpsc::Receiver<Piece>,
    /// Pieces that were received together with an earlier one and still have to be given out.
    ahead: VecDeque<Piece>,
    /// How the turn ended, until that is given out.
    end: Option<Result<TurnEnd, TurnError>>,
    /// When the last piece came.
    came: Option<Instant>,
    /// Bases of which the turn knows less than there is, so far.
    pub(super) degraded: Degraded,
}

type TurnFuture = Pin<Box<dyn Future<Output = Result<TurnEnd, TurnError>> + Send>>;

/// One step of an answer.
pub(super) enum Step {
    Piece(Piece),
    End(Result<TurnEnd, TurnError>),
}

impl TurnBody {
    /// `held` is given back when the turn has ended.
    pub(super) fn start(
        host: Arc<Host>,
        request: turn::TurnRequest,
        held: (OwnedSemaphorePermit, Share),
    ) -> Self {
        let (out, pieces) = mpsc::channel(WAITING_PIECES);
        let degraded = request.degraded.clone();
        let known = degraded.clone();
        let turn = async move {
            let _held = held;
            let mut timer = host.metrics.turn_started(&request.app.name);
            let result = turn::run(request, &host.traces, host.turn_timeout, out).await;
            if !known.names().is_empty() {
                timer.degraded();
            }
            timer.finish(outcome(&result, &known), result.as_ref().ok().map(|end| &end.usage));
            result
        };
        Self::of(turn, pieces, degraded)
    }

    /// A turn that hands out these pieces.
    pub(super) fn of(
        turn: impl Future<Output = Result<TurnEnd, TurnError>> + Send + 'static,
        pieces: mpsc::Receiver<Piece>,
        degraded: Degraded,
    ) -> Self {
        let turn = AssertUnwindSafe(turn).catch_unwind().map(|result| {
            result.unwrap_or_else(|_| Err(TurnError::Host("the turn was lost: it panicked".into())))
        });
        let turn: TurnFuture = Box::pin(turn);
        Self { turn: Some(turn), pieces, ahead: VecDeque::new(), end: None, came: None, degraded }
    }

    /// The next step. May be dropped half-way.
    pub(super) async fn next(&mut self) -> Step {
        if self.ahead.is_empty() && self.turn.is_some() {
            poll_fn(|cx| self.go_on(cx)).await;
            self.gather().await;
        }
        if let Some(piece) = self.ahead.pop_front() {
            return Step::Piece(piece);
        }
        let over = || Err(TurnError::Host("the turn is over".into()));
        Step::End(self.end.take().unwrap_or_else(over))
    }

    /// Lets the turn go on as far as it can now. Ready where there is a piece, or no turn any more.
    fn go_on(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(turn) = &mut self.turn
            && let Poll::Ready(end) = turn.as_mut().poll(cx)
        {
            self.turn = None;
            self.end = Some(end);
        }
        while let Ok(piece) = self.pieces.try_recv() {
            self.ahead.push_back(piece);
        }
        if self.ahead.is_empty() && self.turn.is_some() { Poll::Pending } else { Poll::Ready(()) }
    }

    /// Takes what comes in the same moment, so that it leaves in one write: a model's pieces come one by one out of
    /// the task of its connection, and a write for each takes more than all the rest. Letting others go first takes its
    /// time as well, and wakes another thread; so a piece that comes by itself goes out at once.
    async fn gather(&mut self) {
        let now = Instant::now();
        let before = self.came.replace(now);
        if before.is_some_and(|before| now - before > CLOSE) {
            return;
        }
        let mut empty = 0;
        while self.turn.is_some() && empty < PATIENT_ROUNDS && self.ahead.len() < WAITING_PIECES {
            let before = self.ahead.len();
            yield_now().await;
            poll_fn(|cx| Poll::Ready(self.go_on(cx).is_ready())).await;
            empty = if self.ahead.len() == before { empty + 1 } else { 0 };
        }
    }
}

/// What the figures say of a turn that lacked what `degraded` names.
fn outcome(result: &Result<TurnEnd, TurnError>, degraded: &Degraded) -> TurnOutcome {
    match result {
        Ok(_) if degraded.is_unavailable() => TurnOutcome::Unavailable,
        Ok(_) if !degraded.failed_plugins().is_empty() => TurnOutcome::Incomplete,
        Ok(_) => TurnOutcome::Ok,
        Err(TurnError::ClientLeft) => TurnOutcome::Cancelled,
        Err(_) => TurnOutcome::Error,
    }
}

#[cfg(test)]
mod tests;
