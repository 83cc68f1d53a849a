//! A gate before what is bounded: those who wait come in by turns of their apps, so that an app
//! that asks for much waits for itself.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

tokio::task_local! {
    static APP: Arc<str>;
}

/// Does work on behalf of an app; the gates it comes to count it as that app's.
pub(crate) fn on_behalf_of<W: Future>(app: &str, work: W) -> impl Future<Output = W::Output> + use<W> {
    APP.scope(Arc::from(app), work)
}

/// The app on whose behalf this task works; the empty name for imports, hit tests and the like.
pub(crate) fn app() -> Arc<str> {
    APP.try_with(Arc::clone).unwrap_or_default()
}

/// Decides who may come in.
pub(crate) trait Shares {
    /// What is known of whoever comes.
    type Claim;

    /// Counts the claim in where it may come in now.
    fn take(&mut self, claim: &Self::Claim) -> bool;

    /// Counts it out again.
    fn give_back(&mut self, claim: &Self::Claim);
}

/// How many places a gate has for all who pass it.
pub(crate) struct PlaceCount(pub(crate) usize);

impl Shares for PlaceCount {
    type Claim = ();

    fn take(&mut self, (): &()) -> bool {
        let free = self.0 > 0;
        self.0 -= usize::from(free);
        free
    }

    fn give_back(&mut self, (): &()) {
        self.0 += 1;
    }
}

/// Lets in as many as its shares say. Whoever waits longest of the app whose turn it is goes first.
pub(crate) struct Gate<S: Shares> {
    state: Arc<Mutex<GateState<S>>>,
}

struct GateState<S: Shares> {
    shares: S,
    waiting: FairQueue<WaitingClaim<S>>,
}

struct WaitingClaim<S: Shares> {
    claim: S::Claim,
    pass: oneshot::Sender<Pass<S>>,
}

/// Leave to be behind the gate, until it is dropped.
pub(crate) struct Pass<S: Shares> {
    claim: S::Claim,
    /// `None` in a pass that was never handed over, whose drop must not count anybody out.
    gate: Option<Arc<Mutex<GateState<S>>>>,
}

/// Whether a claim came in at once, or has to wait.
pub(crate) enum ClaimEntry<S: Shares> {
    In(Pass<S>),
    /// Dropping the receiver gives the wait up.
    Waits(oneshot::Receiver<Pass<S>>),
}

impl Gate<PlaceCount> {
    /// Waits as long as it takes.
    pub(crate) async fn enter(&self) -> Pass<PlaceCount> {
        let waiting = match self.knock(&app(), (), |_, _| true) {
            Some(ClaimEntry::In(pass)) => return pass,
            Some(ClaimEntry::Waits(waiting)) => waiting.await.ok(),
            None => None,
        };
        // The gate is there as long as `self` is, and hands every place on.
        waiting.unwrap_or(Pass { claim: (), gate: None })
    }
}

impl<S: Shares> Gate<S> {
    pub(crate) fn new(shares: S) -> Self {
        Self { state: Arc::new(Mutex::new(GateState { shares, waiting: FairQueue::default() })) }
    }

    /// Comes in, or takes a place in the queue of `app`. `None` where `may_wait`, which is told how
    /// many wait in all and how many of the app, says no.
    pub(crate) fn knock(
        &self,
        app: &str,
        claim: S::Claim,
        may_wait: impl FnOnce(usize, usize) -> bool,
    ) -> Option<ClaimEntry<S>> {
        let mut state = lock(&self.state);
        // This overtakes nobody: those that wait did not fit in when a place last became free.
        if state.shares.take(&claim) {
            return Some(ClaimEntry::In(Pass { claim, gate: Some(Arc::clone(&self.state)) }));
        }
        state.waiting.retain(|waiting| !waiting.pass.is_closed());
        if !may_wait(state.waiting.len(), state.waiting.len_of(app)) {
            return None;
        }
        let (pass, waiting) = oneshot::channel();
        state.waiting.push(app, WaitingClaim { claim, pass });
        Some(ClaimEntry::Waits(waiting))
    }

    /// How many wait.
    pub(crate) fn waiting(&self) -> usize {
        let mut state = lock(&self.state);
        state.waiting.retain(|waiting| !waiting.pass.is_closed());
        state.waiting.len()
    }

    /// Looks at the shares as they are now.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&S) -> T) -> T {
        look(&lock(&self.state).shares)
    }
}

impl<S: Shares> Drop for Pass<S> {
    fn drop(&mut self) {
        let Some(gate) = self.gate.take() else { return };
        let mut state = lock(&gate);
        let GateState { shares, waiting } = &mut *state;
        shares.give_back(&self.claim);
        waiting.retain(|waiting| !waiting.pass.is_closed());
        while let Some(WaitingClaim { claim, pass }) = waiting.pop_if(|waiting| shares.take(&waiting.claim)) {
            if let Err(mut refused) = pass.send(Pass { claim, gate: Some(Arc::clone(&gate)) }) {
                // Its own drop would wait for the lock that is held here.
                refused.gate = None;
                shares.give_back(&refused.claim);
            }
        }
    }
}

fn lock<S: Shares>(state: &Mutex<GateState<S>>) -> MutexGuard<'_, GateState<S>> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Items in line, a line for each key; the keys take turns.
pub(crate) struct FairQueue<T> {
    /// The key whose turn it is first. No line is empty.
    lines: VecDeque<(Arc<str>, VecDeque<T>)>,
}

impl<T> Default for FairQueue<T> {
    fn default() -> Self {
        Self { lines: VecDeque::new() }
    }
}

impl<T> FairQueue<T> {
    pub(crate) fn push(&mut self, key: &str, item: T) {
        match self.lines.iter_mut().find(|(of, _)| **of == *key) {
            Some((_, line)) => line.push_back(item),
            None => self.lines.push_back((Arc::from(key), VecDeque::from([item]))),
        }
    }

    pub(crate) fn pop(&mut self) -> Option<T> {
        self.pop_if(|_| true)
    }

    /// The first item, in the order of turns, that may go. Its key's next turn comes last.
    pub(crate) fn pop_if(&mut self, mut may_go: impl FnMut(&T) -> bool) -> Option<T> {
        let (turn, place) = self
            .lines
            .iter()
            .enumerate()
            .find_map(|(turn, (_, line))| line.iter().position(&mut may_go).map(|place| (turn, place)))?;
        let (key, mut line) = self.lines.remove(turn)?;
        let item = line.remove(place);
        if !line.is_empty() {
            self.lines.push_back((key, line));
        }
        item
    }

    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        self.lines.iter_mut().for_each(|(_, line)| line.retain(&mut keep));
        self.lines.retain(|(_, line)| !line.is_empty());
    }

    pub(crate) fn len(&self) -> usize {
        self.lines.iter().map(|(_, line)| line.len()).sum()
    }

    pub(crate) fn len_of(&self, key: &str) -> usize {
        self.lines.iter().find(|(of, _)| **of == *key).map_or(0, |(_, line)| line.len())
    }
}

#[cfg(test)]
mod tests;
