//! One answer in the hands of a formatter.

use std::sync::Arc;
use std::time::{Duration, Instant};

use wasmtime::Store;

use super::instance::{CallState, Plugin};
use super::report::CallReport;
use super::running::run;
use super::wit::{self, OpenFormatter};
use crate::fair;
use crate::message::Passage;
use crate::plugin::loaded::{ComponentRole, LiveExports};
use crate::plugin::process::{CallError, CallSpent, HeldPlace, NoPlace, PlaceFigures};

/// A live instance with one answer in it. Dropped with everything in it when the answer is over, or
/// has failed.
pub struct FormatSession {
    plugin: Arc<Plugin>,
    /// `None` while a step is under way, and where it was given up half-way.
    live: Option<Box<Live>>,
    /// After a trap or a time-out nothing may enter the instance again.
    broken: Option<CallError>,
    report: CallReport,
    /// The longest of its calls.
    longest: Duration,
    /// Whether there was anything of the answer. One that was opened for nothing is no answer.
    has_begun: bool,
    /// Id of the trace of the turn whose answer this is.
    trace: Option<String>,
}

/// What a step needs, so that it can run on any thread.
struct Live {
    // Dropped before the place, which stands for its instance in the pool.
    store: Store<CallState>,
    plugin: Arc<Plugin>,
    opened: Option<OpenFormatter>,
    place: HeldPlace,
}

impl Plugin {
    /// Whether an answer can be begun now at nobody's expense: its calls are short, an instance stands ready, and half of the
    /// places for open answers stay free for those that have something to give.
    pub fn begins_at_once(&self) -> bool {
        let PlaceFigures { all, taken, .. } = self.engine.answer_places();
        self.is_quick() && self.shelf.standing() > 0 && (taken + 1) * 2 <= all
    }

    /// Starts an answer of the turn with this trace, where it is one's. `sources` are the passages the model was
    /// given, in the order of citation.
    pub async fn format(
        self: &Arc<Self>,
        trace: Option<&str>,
        sources: &[Passage],
    ) -> Result<FormatSession, CallError> {
        if self.role() != ComponentRole::Formatter {
            let message = format!("plugin `{}` is a contributor and was called as a formatter", self.name());
            return Err(CallError::Host { message });
        }
        let asked = Instant::now();
        let place = self.engine.answers.enter(&fair::app(), &self.context.holder()).await;
        let place = place.map_err(|NoPlace(message)| {
            let error = CallError::Busy { message };
            let waited = asked.elapsed();
            self.tally.count_answer(Some(&error), waited);
            self.tally.usage().note(trace, Some(&error), &CallSpent::default());
            error
        })?;
        let started = Instant::now();
        let (store, ready) = self.begin("");
        let meter = store.data().meter();
        let live = Box::new(Live { store, plugin: Arc::clone(self), opened: None, place });
        let opening = live.open(ready, sources.to_vec());
        let (live, instantiate, result) = run(&self.engine.long_lane, &self.pace, &meter, opening).await?;
        let report = CallReport {
            wait: started - asked,
            instantiate,
            duration: started.elapsed(),
            ..CallReport::default()
        };
        // One that could not be opened is counted when it is dropped here.
        let session = FormatSession {
            live: Some(live),
            plugin: Arc::clone(self),
            broken: result.as_ref().err().cloned(),
            longest: report.duration,
            has_begun: false,
            trace: trace.map(str::to_owned),
            report,
        };
        result.map(|()| session)
    }
}

impl Live {
    async fn open(
        mut self: Box<Self>,
        ready: Option<LiveExports>,
        sources: Vec<Passage>,
    ) -> (Box<Self>, Duration, Result<(), CallError>) {
        let limit = self.plugin.context.limits.timeout;
        self.store.data_mut().arm(limit);
        let started = Instant::now();
        let mut instantiate = Duration::ZERO;
        let Self { store, plugin, .. } = &mut *self;
        let opened = tokio::time::timeout(limit, async {
            let exports = match ready {
                Some(exports) => exports,
                None => plugin.loaded.instantiate(store).await?,
            };
            instantiate = started.elapsed();
            wit::open(exports, store, &plugin.config, &sources).await
        })
        .await;
        let result = self.store.data().settle(opened, limit).map(|opened| self.opened = Some(opened));
        (self, instantiate, result)
    }

    /// One call into the instance, under a time of its own.
    async fn step(mut self: Box<Self>, chunk: Option<String>) -> (Box<Self>, Result<String, CallError>) {
        let limit = self.plugin.context.limits.timeout;
        self.store.data_mut().arm(limit);
        let Self { store, opened, .. } = &mut *self;
        let Some(formatter) = opened else { return (self, Err(given_up())) };
        let ended = tokio::time::timeout(limit, async {
            match &chunk {
                Some(chunk) => formatter.feed(store, chunk).await,
                None => formatter.finish(store).await,
            }
        })
        .await;
        let call = self.store.data();
        let result = match call.settle(ended, limit) {
            Ok(text) if text.len() > self.plugin.context.limits.output.0 => Err(call.too_much()),
            result => result,
        };
        (self, result)
    }
}

fn given_up() -> CallError {
    CallError::Host { message: "the answer was given up within a call of its formatter".to_owned() }
}

impl FormatSession {
    /// Hands the next piece of the answer over and returns what may go to the client now. After an
    /// error every further call gives the same error.
    pub async fn feed(&mut self, chunk: &str) -> Result<String, CallError> {
        self.step(Some(chunk)).await
    }

    /// The answer is over: what was held back, and what the whole session did.
    pub async fn finish(mut self) -> (Result<String, CallError>, CallReport) {
        let rest = self.step(None).await;
        (rest, self.into_report())
    }

    /// What the session did, for an answer that is given up before its end.
    pub fn into_report(mut self) -> CallReport {
        let CallReport { wait, instantiate, duration, output, .. } = self.report;
        let did = self.live.as_mut().map(|live| live.store.data_mut().report()).unwrap_or_default();
        CallReport { wait, instantiate, duration, output, ..did }
    }

    async fn step(&mut self, chunk: Option<&str>) -> Result<String, CallError> {
        if let Some(error) = &self.broken {
            return Err(error.clone());
        }
        let started = Instant::now();
        self.has_begun = true;
        // This holds also where the future is dropped half-way: the guest is then in the middle of a call.
        self.broken = Some(given_up());
        let live = self.live.take().ok_or_else(given_up)?;
        let meter = live.store.data().meter();
        let step = live.step(chunk.map(str::to_owned));
        let (live, result) = run(&self.plugin.engine.long_lane, &self.plugin.pace, &meter, step).await?;
        self.live = Some(live);
        let took = started.elapsed();
        self.report.duration += took;
        self.longest = self.longest.max(took);
        let output = result.as_ref().map_or(0, String::len);
        self.report.output = self.report.output.max(output);
        self.broken = result.as_ref().err().cloned();
        result
    }
}

impl Drop for FormatSession {
    fn drop(&mut self) {
        if let Some(live) = &self.live {
            self.report.peak_memory = live.store.data().memory().peak();
        }
        let Self { plugin, broken, report, longest, trace, has_begun, .. } = self;
        if *has_begun || broken.is_some() {
            plugin.tally.count_answer(broken.as_ref(), report.duration);
            plugin.tally.usage().note(trace.as_deref(), broken.as_ref(), &report.spent(*longest));
        }
        if let Some(live) = self.live.take() {
            let Live { store, plugin, place, .. } = *live;
            // What long calls have filled takes its time to be given back.
            if plugin.pace.is_long() {
                plugin.engine.long_lane.discard((store, place));
            } else {
                plugin.end(store, place);
            }
        }
    }
}
