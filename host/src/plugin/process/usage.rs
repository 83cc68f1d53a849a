//! What the calls of one plugin have taken and asked for since the process began, in the same few kilobytes however
//! many calls there are.

mod times;

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;

use super::error::CallError;
use super::ungranted::{Denied, GrantsInForce, Ungranted};
use crate::clock;
use crate::cut::cut;
use crate::redact;
use times::TimeBuckets;

/// Different things that were denied. Where there are more, those that were asked for last are kept.
const MAX_DENIED: usize = 32;
/// Names of grants that are kept: a configuration that is changed again and again brings others.
const MAX_NAMES: usize = 1000;
/// Errors that are kept.
const MAX_ERRORS: usize = 10;
/// Hours of which calls are told one by one.
const HOURS: usize = 24;
/// Bytes of an error's text.
const LONGEST_ERROR: usize = 600;

/// Gathers what a plugin's calls take and ask for, where each ends.
#[derive(Debug)]
pub(in crate::plugin) struct PluginUsage {
    since: u64,
    counts: Mutex<UsageCounts>,
}

/// What one call took and asked for, as far as it is gathered.
#[derive(Debug, Default)]
pub(in crate::plugin) struct CallSpent<'a> {
    /// From its begin to its end; zero for a call that found no place and has not run.
    pub(in crate::plugin) duration: Duration,
    /// What `limits.timeout` bounds of it.
    pub(in crate::plugin) longest: Duration,
    /// Bytes at one time.
    pub(in crate::plugin) memory: usize,
    /// Bytes that it gave.
    pub(in crate::plugin) output: usize,
    pub(in crate::plugin) requests: usize,
    pub(in crate::plugin) searches: u32,
    /// The entries of `hosts` that let its requests out.
    pub(in crate::plugin) hosts: Vec<&'a str>,
    /// The knowledge bases that it searched.
    pub(in crate::plugin) knowledge: Vec<&'a str>,
    pub(in crate::plugin) ungranted: &'a [Ungranted],
}

#[derive(Debug, Default)]
struct UsageCounts {
    calls: u64,
    errors: u64,
    times: TimeBuckets,
    /// The newest last, without those in which nothing was called.
    hours: VecDeque<HourUsage>,
    worst: Worst,
    hosts: BTreeSet<String>,
    knowledge: BTreeSet<String>,
    /// Denied uses, with the most recent one last.
    denied: Vec<DeniedUse>,
    last_errors: VecDeque<SeenError>,
}

#[derive(Debug)]
struct DeniedUse {
    what: Ungranted,
    count: u64,
    last: Option<String>,
    at: u64,
}

/// What was seen of a plugin's calls since the process began.
#[derive(Debug, Clone, Serialize)]
pub struct SeenUsage {
    /// Since when, in seconds since 1970.
    pub since: u64,
    /// Calls that have ended; of a formatter, answers.
    pub calls: u64,
    /// Calls that failed, those for want of a place included.
    pub errors: u64,
    /// Half of the calls took no longer, in milliseconds. `None` where none has run.
    pub p50_ms: Option<f64>,
    /// Nineteen of twenty calls took no longer.
    pub p95_ms: Option<f64>,
    /// The last 24 hours, the oldest first and the one that runs last, without those in which nothing was called.
    pub hours: Vec<HourUsage>,
    /// The most memory that a call took, in bytes.
    pub peak_memory: usize,
    /// The most that a call took of what its limits bound.
    pub worst: Worst,
    /// The grants that were used, as they are written in the configuration.
    pub used: UsedGrants,
    /// What was asked for and not granted; what was asked for last comes first.
    pub denied: Vec<SeenDenied>,
    /// The newest first.
    pub last_errors: Vec<SeenError>,
}

/// Calls of one hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct HourUsage {
    /// When the hour began, in seconds since 1970: a multiple of 3600.
    pub from: u64,
    /// Calls that ended in it.
    pub calls: u64,
    /// Calls of the hour that failed.
    pub errors: u64,
}

/// The most that one call took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Worst {
    /// The most memory of one call, in bytes; `limits.memory` bounds it.
    pub memory: usize,
    /// The longest call, or a formatter's longest piece of an answer. `limits.timeout` bounds it.
    #[serde(rename = "time_ms", serialize_with = "crate::duration::milliseconds::serialize")]
    pub time: Duration,
    /// Bytes of a contribution or of what a formatter made of one piece; `limits.output` bounds it.
    pub output: usize,
    /// Requests, and those that were over the limit count as one.
    pub requests: usize,
    /// Searches, also those that were over the limit.
    pub searches: u32,
}

/// Grants that were used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct UsedGrants {
    /// Entries of `hosts`.
    pub hosts: BTreeSet<String>,
    /// Knowledge bases that were searched.
    pub knowledge: BTreeSet<String>,
}

/// Something that was denied, and how often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeenDenied {
    /// What, and the line that grants it.
    #[serde(flatten)]
    pub denied: Denied,
    /// Calls that asked for it.
    pub count: u64,
    /// The trace of the last turn that did; `None` where only test runs did.
    pub last: Option<String>,
    /// When it was asked for last, in seconds since 1970.
    pub at: u64,
}

/// A call that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeenError {
    /// The turn's trace; `None` where it was a test run.
    pub trace: Option<String>,
    /// Why.
    pub message: String,
    /// When, in seconds since 1970.
    pub at: u64,
}

impl Default for PluginUsage {
    fn default() -> Self {
        Self { since: clock::seconds(), counts: Mutex::default() }
    }
}

impl PluginUsage {
    /// Notes a call that has ended, and the trace of its turn, where there is one.
    pub(in crate::plugin) fn note(
        &self,
        trace: Option<&str>,
        error: Option<&CallError>,
        spent: &CallSpent<'_>,
    ) {
        // The error's text is made before the lock is taken, to hold the lock only briefly.
        let error = error.map(|error| SeenError {
            trace: trace.map(str::to_owned),
            message: cut(&redact::known().text(&error.to_string()), LONGEST_ERROR).into_owned(),
            at: clock::seconds(),
        });
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.calls += 1;
        counts.count_in_hour(hour_of(clock::seconds()), error.is_some());
        // A call that found no place has not run.
        if !spent.duration.is_zero() {
            counts.times.add(spent.duration);
        }
        counts.worst.raise(spent);
        spent.hosts.iter().for_each(|grant| note_name(&mut counts.hosts, grant));
        spent.knowledge.iter().for_each(|base| note_name(&mut counts.knowledge, base));
        for what in spent.ungranted {
            counts.miss(what, trace);
        }
        if let Some(error) = error {
            counts.errors += 1;
            counts.last_errors.truncate(MAX_ERRORS - 1);
            counts.last_errors.push_front(error);
        }
    }

    /// What was seen so far, for a plugin with these grants and limits.
    pub(in crate::plugin) fn seen(&self, plugin: GrantsInForce<'_>) -> SeenUsage {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let ms = |time: Duration| (time.as_secs_f64() * 1e6).round() / 1e3;
        // What was granted since is no longer missing.
        let missing = counts.denied.iter().rev().filter(|missed| !missed.what.is_granted(plugin));
        let denied = missing.map(|missed| SeenDenied {
            denied: missed.what.told(plugin),
            count: missed.count,
            last: missed.last.clone(),
            at: missed.at,
        });
        SeenUsage {
            since: self.since,
            calls: counts.calls,
            errors: counts.errors,
            p50_ms: counts.times.at_most(0.5).map(ms),
            p95_ms: counts.times.at_most(0.95).map(ms),
            hours: counts.hours_until(hour_of(clock::seconds())),
            peak_memory: counts.worst.memory,
            worst: counts.worst,
            used: UsedGrants {
                hosts: still_granted(&counts.hosts, plugin.grants.host_texts()),
                knowledge: still_granted(&counts.knowledge, &plugin.grants.knowledge),
            },
            denied: denied.collect(),
            last_errors: counts.last_errors.iter().cloned().collect(),
        }
    }
}

/// Seconds of an hour.
const HOUR: u64 = 3600;

fn hour_of(seconds: u64) -> u64 {
    seconds - seconds % HOUR
}

impl UsageCounts {
    fn count_in_hour(&mut self, from: u64, is_error: bool) {
        // A clock that was set back counts on in the last hour there is.
        if self.hours.back().is_none_or(|last| last.from < from) {
            self.hours.push_back(HourUsage { from, calls: 0, errors: 0 });
            if self.hours.len() > HOURS {
                self.hours.pop_front();
            }
        }
        if let Some(last) = self.hours.back_mut() {
            last.calls += 1;
            last.errors += u64::from(is_error);
        }
    }

    /// Hours that lie no further back than a day from the one that runs.
    fn hours_until(&self, now: u64) -> Vec<HourUsage> {
        let first = now.saturating_sub((HOURS as u64 - 1) * HOUR);
        self.hours.iter().filter(|hour| hour.from >= first).copied().collect()
    }

    fn miss(&mut self, what: &Ungranted, trace: Option<&str>) {
        let known = self.denied.iter().position(|missed| missed.what == *what);
        let before = known.map(|place| self.denied.remove(place));
        let (count, earlier) = before.map_or((0, None), |before| (before.count, before.last));
        if self.denied.len() == MAX_DENIED {
            self.denied.remove(0);
        }
        // A test run leaves the turn that can be looked at.
        let last = trace.map(str::to_owned).or(earlier);
        self.denied.push(DeniedUse { what: what.clone(), count: count + 1, last, at: clock::seconds() });
    }
}

impl Worst {
    fn raise(&mut self, spent: &CallSpent<'_>) {
        let over = spent.ungranted.iter().filter(|what| matches!(what, Ungranted::Requests(_))).count();
        self.memory = self.memory.max(spent.memory);
        self.time = self.time.max(spent.longest);
        self.output = self.output.max(spent.output);
        self.requests = self.requests.max(spent.requests + over);
        self.searches = self.searches.max(spent.searches);
    }
}

fn note_name(names: &mut BTreeSet<String>, name: &str) {
    if names.len() < MAX_NAMES && !names.contains(name) {
        names.insert(name.to_owned());
    }
}

fn still_granted(used: &BTreeSet<String>, granted: &[String]) -> BTreeSet<String> {
    granted.iter().filter(|name| used.contains(*name)).cloned().collect()
}

#[cfg(test)]
mod tests;
