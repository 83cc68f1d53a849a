//! What one call did, for the turn's trace.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::log::LogLine;
use crate::cut::cut;
use crate::duration::milliseconds;
use crate::fee::Fee;
use crate::knowledge::{BaseReport, Filter, RerankReport, Wordings};
use crate::plugin::process::{CallSpent, Ungranted};

/// Bytes of a guest's words that a report keeps of one search or request.
pub(super) const LONGEST_KEPT: usize = 4 << 10;

/// What one call did and used. Complete also where the call failed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CallReport {
    /// When the call had a place and a thread; `None` where it never came to that.
    #[serde(skip)]
    pub started: Option<Instant>,
    /// From then to its end, in milliseconds.
    #[serde(rename = "duration_ms", with = "milliseconds")]
    pub duration: Duration,
    /// Waiting for both, in milliseconds.
    #[serde(rename = "wait_ms", with = "milliseconds")]
    pub wait: Duration,
    /// Making the instance, in milliseconds; nothing where one was ready.
    #[serde(rename = "instantiate_ms", with = "milliseconds")]
    pub instantiate: Duration,
    /// The most memory the call took, in bytes: the guest's, and what the host held for it.
    pub peak_memory: usize,
    /// What the guest wrote to its log, in order.
    pub logs: Vec<LogLine>,
    /// Lines that were over the limit of a call and are not in `logs`.
    pub logs_dropped: u32,
    /// Outgoing requests, in the order they were asked for.
    pub http: Vec<HttpReport>,
    /// Searches in knowledge bases, in order.
    pub searches: Vec<SearchReport>,
    /// Bases that one of them did not search, or by their words only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub degraded: Vec<String>,
    /// What endpoints were paid for the searches.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fees: Vec<Fee>,
    /// The contribution is an answer that one of them gave, byte for byte.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub standard_answer: bool,
    /// Bytes of what it gave, also where that was too much. Of a formatter: of the longest piece.
    #[serde(skip)]
    pub output: usize,
    /// Searches it asked for, also those that `searches` does not keep.
    #[serde(skip)]
    pub searched: u32,
    /// What the call asked for without a grant for it.
    #[serde(skip)]
    pub ungranted: Vec<Ungranted>,
}

/// One outgoing request. Neither headers nor query are kept: keys travel in them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HttpReport {
    /// When it was asked for.
    #[serde(skip, default = "Instant::now")]
    pub started: Instant,
    /// The same from the turn's begin, in milliseconds; 0 until the trace has the call.
    #[serde(default)]
    pub started_ms: f64,
    /// The method asked for.
    pub method: String,
    /// Origin and path of the last hop.
    pub url: String,
    /// The last response's status; `None` where there was none.
    pub status: Option<u16>,
    /// Redirects that were followed.
    pub redirects: u32,
    /// Bytes of the response's body the guest has read so far.
    pub body_bytes: u64,
    /// From the request to the response's headers, in milliseconds.
    #[serde(rename = "duration_ms", with = "milliseconds")]
    pub duration: Duration,
    /// Why the host did not let it out, with the line to add.
    pub denied: Option<String>,
    /// Why it failed after it was let out.
    pub error: Option<String>,
    /// The grant that was missing, where the request was not let out.
    #[serde(skip)]
    pub ungranted: Option<Ungranted>,
    /// The grant that let out each of its hops, as the operator wrote it.
    #[serde(skip)]
    pub granted_by: Vec<String>,
}

/// One search in knowledge bases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SearchReport {
    /// When it was asked for.
    #[serde(skip, default = "Instant::now")]
    pub started: Instant,
    /// The same from the turn's begin, in milliseconds; 0 until the trace has the call.
    #[serde(default)]
    pub started_ms: f64,
    /// What was searched for.
    pub text: String,
    /// Other wordings, which passages were searched for at the same time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wordings: Option<Wordings>,
    /// The bases that were searched, in the order in which equal ranks stay.
    #[serde(default)]
    pub asked_bases: Vec<String>,
    /// Which documents the guest wanted, besides what the bases' own `filters` say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filters: Option<Filter>,
    /// It wanted some, and they are too long to be kept.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub filters_left_out: bool,
    /// Most hits that the guest wanted; absent: as each base has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_k: Option<usize>,
    /// The least score that the guest wanted; absent: as each base has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// Whether hits were shown with what is around them.
    #[serde(default)]
    pub context: bool,
    /// What became of each base.
    pub bases: Vec<BaseReport>,
    /// What became of reranking; absent where none is configured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rerank: Option<RerankReport>,
    /// How many hits the guest got.
    pub hits: usize,
    /// Why nothing was searched.
    pub error: Option<String>,
    /// Whether the failure lasts until an operator has done something.
    #[serde(skip)]
    pub lasts: bool,
    /// In milliseconds.
    #[serde(rename = "duration_ms", with = "milliseconds")]
    pub duration: Duration,
}

impl CallReport {
    /// Says of each search and request when it began in its turn.
    pub fn place_in_turn(&mut self, began: Instant) {
        let since = |started: Instant| started.saturating_duration_since(began).as_secs_f64() * 1e3;
        for http in &mut self.http {
            http.started_ms = since(http.started);
        }
        for search in &mut self.searches {
            search.started_ms = since(search.started);
        }
    }

    /// Counts the waiting from an earlier moment: whoever asks for a call may be waiting before the call is polled.
    pub fn wait_since(&mut self, asked: Instant) {
        if let Some(started) = self.started {
            self.wait = started.saturating_duration_since(asked);
        }
    }

    /// What of it is gathered for the plugin. `longest` is what `limits.timeout` bounds.
    pub(super) fn spent(&self, longest: Duration) -> CallSpent<'_> {
        let hosts = self.http.iter().flat_map(|request| &request.granted_by).map(String::as_str);
        let bases = self.searches.iter().flat_map(|search| &search.bases);
        CallSpent {
            duration: self.duration,
            longest,
            memory: self.peak_memory,
            output: self.output,
            requests: self.http.len(),
            searches: self.searched,
            hosts: hosts.collect(),
            knowledge: bases.map(|base| base.knowledge_base.as_str()).collect(),
            ungranted: &self.ungranted,
        }
    }

    /// Whether what its searches lacked may be there at the next try, without anybody acting. Also where they lacked
    /// nothing.
    pub fn may_pass(&self) -> bool {
        let of_bases = self.searches.iter().flat_map(|search| &search.bases);
        let of_bases = of_bases.filter(|base| base.lack().is_some()).map(|base| base.lasts);
        let of_searches =
            self.searches.iter().filter(|search| search.error.is_some()).map(|search| search.lasts);
        let mut lacks = of_bases.chain(of_searches).peekable();
        lacks.peek().is_none() || lacks.any(|lasts| !lasts)
    }

    /// Why the call knows less than it should, where its searches did; for the operator.
    pub fn lack(&self) -> Option<String> {
        if self.degraded.is_empty() {
            return None;
        }
        let bases = self.searches.iter().flat_map(|search| &search.bases);
        let reason = bases.clone().find_map(BaseReport::lack);
        let reason = reason.or_else(|| self.searches.iter().find_map(|search| search.error.as_deref()));
        Some(format!(
            "{} could not be searched as it should: {}",
            self.degraded.join(", "),
            reason.unwrap_or("see the trace")
        ))
    }
}

impl HttpReport {
    /// A request that is asked for now.
    pub fn of_now(method: String) -> Self {
        Self {
            started: Instant::now(),
            started_ms: 0.0,
            method,
            url: String::new(),
            status: None,
            redirects: 0,
            body_bytes: 0,
            duration: Duration::ZERO,
            denied: None,
            error: None,
            ungranted: None,
            granted_by: Vec::new(),
        }
    }

    /// Cuts texts that are longer than a report keeps, because a guest chooses them.
    pub(in crate::plugin) fn shortened(mut self) -> Self {
        let texts = [Some(&mut self.method), Some(&mut self.url), self.denied.as_mut(), self.error.as_mut()];
        for text in texts.into_iter().flatten().filter(|text| text.len() > LONGEST_KEPT) {
            *text = cut(text, LONGEST_KEPT).into_owned();
        }
        self.ungranted = self.ungranted.map(Ungranted::shortened);
        self
    }
}
