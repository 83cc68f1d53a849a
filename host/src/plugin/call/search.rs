//! Searching in knowledge bases on behalf of a guest, within its grants.

use std::collections::{BTreeSet, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::Instant;

use super::report::{LONGEST_KEPT, SearchReport};
use crate::cut::cut;
use crate::fair::{Gate, PlaceCount};
use crate::fee::{Fee, add_fee};
use crate::knowledge::{Query, Results, SearchError, Wordings};
use crate::plugin::loaded::PluginContext;
use crate::plugin::process::Ungranted;

/// Why a guest's search gave nothing.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SearchRefusal {
    /// A base is not granted; the text names the line to add.
    #[error("{0}")]
    Denied(String),
    /// The knowledge bases could not search.
    #[error(transparent)]
    Search(#[from] SearchError),
}

/// Searches of one call that wait for nobody else's. Those who look something up need one or two.
const FEW: u32 = 4;
/// Passed by the searches of a call after the first few, so that calls that search in a loop keep
/// half of the processors at most from everybody else's question.
static MANY: LazyLock<Gate<PlaceCount>> = LazyLock::new(|| {
    Gate::new(PlaceCount(thread::available_parallelism().map_or(1, |all| all.get().div_ceil(2))))
});

/// Searches of one call that the report keeps. Those over `limits.searches` are refused and soon
/// not told of.
const MAX_REPORTS: usize = 64;
/// Bytes of a guest's filter that a report keeps, in one piece: part of a filter finds something else.
const LONGEST_FILTER: usize = 16 << 10;
/// Most hits that a guest may ask for, of each base and in all.
const MAX_TOP_K: usize = 100;
/// Different things of one call that it was not granted, and that the report names.
const MAX_UNGRANTED: usize = 16;

/// One call's way to the knowledge bases.
pub(in crate::plugin) struct Knowledge {
    context: Arc<PluginContext>,
    /// Hits are the matched sections alone.
    pub(super) bare_hits: bool,
    /// The turn's text to search for, and what bases are searched for instead.
    pub(in crate::plugin) wordings: Option<(Arc<str>, Arc<Wordings>)>,
    /// Searches of the call so far.
    searches: u32,
    /// The same, with those that were over the limit.
    asked: u32,
    reports: Vec<SearchReport>,
    /// What endpoints were paid for all searches, also for those that are not in the reports.
    fees: Vec<Fee>,
    ungranted: Vec<Ungranted>,
    /// Bases that were not searched, or by their words only.
    degraded: BTreeSet<String>,
    /// Hashes of the standard answers it was given, under keys that no guest knows.
    standard: HashSet<u64>,
    hasher: RandomState,
}

impl Knowledge {
    pub(in crate::plugin) fn new(context: Arc<PluginContext>) -> Self {
        Self {
            context,
            bare_hits: false,
            wordings: None,
            searches: 0,
            asked: 0,
            reports: Vec::new(),
            fees: Vec::new(),
            ungranted: Vec::new(),
            degraded: BTreeSet::new(),
            standard: HashSet::new(),
            hasher: RandomState::new(),
        }
    }

    pub(in crate::plugin) async fn search(&mut self, mut query: Query) -> Result<Results, SearchRefusal> {
        let started = Instant::now();
        query.context &= !self.bare_hits;
        query.wordings = match &self.wordings {
            Some((text, wordings)) if query.text.trim() == text.trim() => Some((**wordings).clone()),
            _ => None,
        };
        let result = match self.admit(&mut query) {
            Ok(()) if query.top_k.is_some_and(|top_k| top_k > MAX_TOP_K) => {
                let top_k = query.top_k.unwrap_or_default();
                let message = format!("top_k is {top_k}; it must be between 1 and {MAX_TOP_K}");
                Err(SearchError::InvalidQuery(message).into())
            }
            Ok(()) => match &self.context.services {
                Some(services) => {
                    let _turn = if self.searches > FEW { Some(MANY.enter().await) } else { None };
                    services.library.search(&query).await.map_err(SearchRefusal::from)
                }
                None => Err(SearchRefusal::Denied(
                    "nothing is searched while a plugin describes itself".to_owned(),
                )),
            },
            Err(error) => Err(error),
        };
        if matches!(result, Err(SearchRefusal::Denied(_))) {
            self.context.denials.inc();
        }
        self.log(&result);
        self.note_degraded(&query, &result);
        let hits = result.iter().flat_map(|results| &results.hits);
        let answers = hits.filter_map(|hit| hit.standard_answer.as_ref());
        self.standard.extend(answers.map(|answer| self.hasher.hash_one(answer)));
        let fees = result.iter().flat_map(|results| &results.fees);
        fees.for_each(|fee| add_fee(&mut self.fees, fee));
        if self.reports.len() < MAX_REPORTS {
            self.reports.push(SearchReport {
                started,
                started_ms: 0.0,
                text: cut(&query.text, LONGEST_KEPT).into_owned(),
                wordings: query.wordings.as_ref().map(|both| Wordings {
                    asked: cut(&both.asked, LONGEST_KEPT).into_owned(),
                    joined: cut(&both.joined, LONGEST_KEPT).into_owned(),
                }),
                asked_bases: asked_bases(&query, &result),
                filters: query.filter.clone().filter(|filter| filter.bytes() <= LONGEST_FILTER),
                filters_left_out: query.filter.as_ref().is_some_and(|filter| filter.bytes() > LONGEST_FILTER),
                top_k: query.top_k,
                threshold: query.threshold,
                context: query.context,
                bases: result.as_ref().map(|results| results.reports.clone()).unwrap_or_default(),
                rerank: result.as_ref().ok().and_then(|results| results.rerank.clone()),
                hits: result.as_ref().map_or(0, |results| results.hits.len()),
                lasts: matches!(
                    &result,
                    Err(SearchRefusal::Search(SearchError::Unavailable { lasts: true, .. }))
                ),
                error: result.as_ref().err().map(|error| cut(&error.to_string(), LONGEST_KEPT).into_owned()),
                duration: started.elapsed(),
            });
        }
        result
    }

    /// What failed is told to the operator in full here; the guest learns less.
    fn log(&self, result: &Result<Results, SearchRefusal>) {
        let name = &self.context.name;
        match result {
            Ok(results) => {
                for report in &results.reports {
                    let base = &report.knowledge_base;
                    if let Some(error) = &report.error {
                        tracing::warn!(plugin.name = %name, "Plugin `{name}` could not search `{base}`: {error}");
                    } else if let Some(reason) = &report.degraded {
                        tracing::warn!(plugin.name = %name, "Plugin `{name}` searched only the words of `{base}`: {reason}");
                    }
                }
            }
            Err(SearchRefusal::Search(error @ SearchError::Unavailable { .. })) => {
                tracing::warn!(plugin.name = %name, "Plugin `{name}` could not search: {error}");
            }
            // The guest is told what it did wrong, and says so itself.
            Err(_) => {}
        }
    }

    fn note_degraded(&mut self, query: &Query, result: &Result<Results, SearchRefusal>) {
        match result {
            Ok(results) => {
                let lacking = results.reports.iter().filter(|report| report.lack().is_some());
                self.degraded.extend(lacking.map(|report| report.knowledge_base.clone()));
            }
            Err(SearchRefusal::Search(SearchError::Unavailable { .. })) => {
                self.degraded.extend(query.bases.iter().cloned());
            }
            Err(_) => {}
        }
    }

    /// Takes the names of the bases that were not searched, or by their words only.
    pub(super) fn take_degraded(&mut self) -> Vec<String> {
        std::mem::take(&mut self.degraded).into_iter().collect()
    }

    /// Whether this is a standard answer that a search of the call gave, byte for byte.
    pub(super) fn gave_standard_answer(&self, text: &str) -> bool {
        self.standard.contains(&self.hasher.hash_one(text))
    }

    pub(super) fn take_fees(&mut self) -> Vec<Fee> {
        std::mem::take(&mut self.fees)
    }

    pub(super) fn take_reports(&mut self) -> Vec<SearchReport> {
        std::mem::take(&mut self.reports)
    }

    /// Searches that were asked for so far.
    pub(in crate::plugin) fn asked(&self) -> u32 {
        self.asked
    }

    /// Takes what was asked for and not granted.
    pub(super) fn take_ungranted(&mut self) -> Vec<Ungranted> {
        std::mem::take(&mut self.ungranted)
    }

    fn lacks(ungranted: &mut Vec<Ungranted>, what: Ungranted) {
        if ungranted.len() < MAX_UNGRANTED && !ungranted.contains(&what) {
            ungranted.push(what);
        }
    }

    /// Counts the search and checks the grants; no name means every base granted.
    fn admit(&mut self, query: &mut Query) -> Result<(), SearchRefusal> {
        let PluginContext { name, grants, limits, .. } = &*self.context;
        self.asked = self.asked.saturating_add(1);
        if self.searches >= limits.searches {
            Self::lacks(&mut self.ungranted, Ungranted::Searches(limits.searches));
            return Err(SearchRefusal::Denied(format!(
                "plugin `{name}` has searched {} times in this call, as often as it may: raise `searches` in [plugins.{name}.limits]",
                limits.searches
            )));
        }
        self.searches += 1;
        let ungranted = || query.bases.iter().filter(|base| !grants.knowledge.contains(base));
        if let Some(base) = ungranted().next() {
            for base in ungranted().take(MAX_UNGRANTED) {
                Self::lacks(&mut self.ungranted, Ungranted::Knowledge(base.clone()));
            }
            return Err(SearchRefusal::Denied(format!(
                "plugin `{name}` asked for knowledge base `{base}`: add {base:?} to `knowledge` in [plugins.{name}.grants]"
            )));
        }
        if query.bases.is_empty() {
            query.bases.clone_from(&grants.knowledge);
        }
        if query.bases.is_empty() {
            Self::lacks(&mut self.ungranted, Ungranted::AnyKnowledge);
            return Err(SearchRefusal::Denied(format!(
                "plugin `{name}` searched and has no knowledge base: name some in `knowledge` of [plugins.{name}.grants]"
            )));
        }
        Ok(())
    }
}

/// The bases that were searched, each once; none where the search was not let through.
fn asked_bases(query: &Query, result: &Result<Results, SearchRefusal>) -> Vec<String> {
    let mut asked: Vec<String> = Vec::new();
    if !matches!(result, Err(SearchRefusal::Denied(_))) {
        query.bases.iter().for_each(|base| {
            if !asked.contains(base) {
                asked.push(base.clone());
            }
        });
    }
    asked
}

#[cfg(test)]
mod tests;
