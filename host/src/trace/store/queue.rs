//! What waits for the disk: traces, oldest first, and ratings.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::costs::TurnCosts;
use super::feedback::Ratings;
use super::{Summary, TraceLimits};

#[derive(Debug, Default)]
pub(super) struct TraceQueue {
    /// Oldest first. A trace leaves when it is on disk.
    pub(super) waiting: VecDeque<Arc<WaitingTrace>>,
    /// How many have come so far.
    pub(super) came: u64,
    /// Bytes of what waits.
    pub(super) bytes: usize,
    pub(super) bytes_of_apps: BTreeMap<String, usize>,
    pub(super) lost: u64,
    /// What clients think of answers, until it is on disk.
    pub(super) ratings: Ratings,
    /// Whether a reader has found the file damaged.
    pub(super) suspected: bool,
    pub(super) closed: bool,
}

#[derive(Debug)]
pub(super) struct WaitingTrace {
    /// Its place among all that have come.
    pub(super) number: u64,
    pub(super) summary: Summary,
    pub(super) body: String,
    pub(super) spent: TurnCosts,
}

impl TraceQueue {
    /// Takes one more. Where that is too much, the oldest of the app that has most goes, which may be this
    /// one's own.
    pub(super) fn push(&mut self, trace: WaitingTrace, most: usize) {
        self.count(&trace);
        self.came += 1;
        self.waiting.push_back(Arc::new(WaitingTrace { number: self.came, ..trace }));
        while self.bytes > most && self.waiting.len() > 1 {
            let largest = self.bytes_of_apps.iter().max_by_key(|(_, bytes)| **bytes).map(|(app, _)| app);
            let oldest = self.waiting.iter().position(|trace| Some(&trace.summary.app) == largest);
            let Some(lost) = oldest.and_then(|oldest| self.waiting.remove(oldest)) else { return };
            self.uncount(&lost);
            self.lost += 1;
        }
    }

    /// Whether nothing waits for the disk.
    pub(super) fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.ratings.is_empty()
    }

    pub(super) fn count(&mut self, trace: &WaitingTrace) {
        self.bytes += trace.body.len();
        *self.bytes_of_apps.entry(trace.summary.app.clone()).or_default() += trace.body.len();
    }

    pub(super) fn uncount(&mut self, trace: &WaitingTrace) {
        self.bytes -= trace.body.len();
        if let Some(bytes) = self.bytes_of_apps.get_mut(&trace.summary.app) {
            *bytes -= trace.body.len();
        }
        if self.bytes_of_apps.get(&trace.summary.app) == Some(&0) {
            self.bytes_of_apps.remove(&trace.summary.app);
        }
    }

    /// Removes a batch by its last number; what has overflowed of it meanwhile has left already.
    pub(super) fn remove_until(&mut self, last: u64) {
        while let Some(trace) = self.waiting.pop_front_if(|trace| trace.number <= last) {
            self.uncount(&trace);
        }
    }

    /// Whether a transaction would not take much more than waits.
    pub(super) fn is_whole(&self, most: TraceLimits) -> bool {
        self.waiting.len() >= most.traces || self.bytes >= most.bytes
    }

    /// The oldest, as many as go into one transaction: at least one.
    pub(super) fn batch(&self, most: TraceLimits) -> Vec<Arc<WaitingTrace>> {
        let mut bytes = 0;
        let fits = |trace: &&Arc<WaitingTrace>| {
            let first = bytes == 0;
            bytes += trace.body.len();
            first || bytes <= most.bytes
        };
        self.waiting.iter().take(most.traces).take_while(fits).cloned().collect()
    }
}
