//! Searching in knowledge bases on behalf of a guest, within its grants.

use std::{
    collections::HashSet,
    future::Future,
    hash::{BuildHasher, RandomState},
    pin::Pin,
    sync::Arc,
    time::Instant,
};

use super::{
    component::PluginContext,
    report::{LONGEST_KEPT, SearchReport},
};
use crate::cut::cut;
use crate::knowledge::{Library, Query, Results, SearchError};

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

/// Where guests search: the host's library of knowledge bases, or a test's.
pub trait KnowledgeSearch: Send + Sync {
    /// Searches the bases named, side by side. Grants have been checked, and at least one is named.
    fn search<'a>(
        &'a self,
        query: &'a Query,
    ) -> Pin<Box<dyn Future<Output = Result<Results, SearchError>> + Send + 'a>>;
}

impl KnowledgeSearch for Library {
    fn search<'a>(
        &'a self,
        query: &'a Query,
    ) -> Pin<Box<dyn Future<Output = Result<Results, SearchError>> + Send + 'a>> {
        Box::pin(Library::search(self, query))
    }
}

/// Searches of one call that the report keeps. Those over `limits.searches` are refused and soon
/// not told of.
const MAX_REPORTS: usize = 64;

/// One call's way to the knowledge bases.
pub(super) struct Knowledge {
    context: Arc<PluginContext>,
    /// Searches of the call so far.
    searches: u32,
    reports: Vec<SearchReport>,
    /// Hashes of the standard answers it was given, under keys that no guest knows.
    standard: HashSet<u64>,
    hasher: RandomState,
}

impl Knowledge {
    pub(super) fn new(context: Arc<PluginContext>) -> Self {
        Self {
            context,
            searches: 0,
            reports: Vec::new(),
            standard: HashSet::new(),
            hasher: RandomState::new(),
        }
    }

    pub(super) async fn search(&mut self, mut query: Query) -> Result<Results, SearchRefusal> {
        let started = Instant::now();
        let result = match self.admit(&mut query) {
            Ok(()) => match &self.context.services {
                Some(services) => services.library.search(&query).await.map_err(SearchRefusal::from),
                None => Err(SearchRefusal::Denied(
                    "nothing is searched while a plugin describes itself".to_owned(),
                )),
            },
            Err(error) => Err(error),
        };
        self.log(&result);
        let hits = result.iter().flat_map(|results| &results.hits);
        let answers = hits.filter_map(|hit| hit.standard_answer.as_ref());
        self.standard.extend(answers.map(|answer| self.hasher.hash_one(answer)));
        if self.reports.len() < MAX_REPORTS {
            self.reports.push(SearchReport {
                text: cut(&query.text, LONGEST_KEPT).into_owned(),
                bases: result.as_ref().map(|results| results.reports.clone()).unwrap_or_default(),
                rerank: result.as_ref().ok().and_then(|results| results.rerank.clone()),
                hits: result.as_ref().map_or(0, |results| results.hits.len()),
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
                    if let Some(error) = &report.error {
                        let base = &report.knowledge_base;
                        tracing::warn!(plugin.name = %name, "Plugin `{name}` could not search `{base}`: {error}");
                    }
                }
            }
            Err(SearchRefusal::Search(error @ SearchError::Unavailable(_))) => {
                tracing::warn!(plugin.name = %name, "Plugin `{name}` could not search: {error}");
            }
            // The guest is told what it did wrong, and says so itself.
            Err(_) => {}
        }
    }

    /// Whether this is a standard answer that a search of the call gave, byte for byte.
    pub(super) fn gave_standard_answer(&self, text: &str) -> bool {
        self.standard.contains(&self.hasher.hash_one(text))
    }

    pub(super) fn take_reports(&mut self) -> Vec<SearchReport> {
        std::mem::take(&mut self.reports)
    }

    /// Counts the search and checks the grants; no name means every base granted.
    fn admit(&mut self, query: &mut Query) -> Result<(), SearchRefusal> {
        let PluginContext { name, grants, limits, .. } = &*self.context;
        if self.searches >= limits.searches {
            return Err(SearchRefusal::Denied(format!(
                "plugin `{name}` has searched {} times in this call, as often as it may: raise `searches` in [plugins.{name}.limits]",
                limits.searches
            )));
        }
        self.searches += 1;
        if let Some(base) = query.bases.iter().find(|base| !grants.knowledge.contains(base)) {
            return Err(SearchRefusal::Denied(format!(
                "plugin `{name}` asked for knowledge base `{base}`: add {base:?} to `knowledge` in [plugins.{name}.grants]"
            )));
        }
        if query.bases.is_empty() {
            query.bases.clone_from(&grants.knowledge);
        }
        if query.bases.is_empty() {
            return Err(SearchRefusal::Denied(format!(
                "plugin `{name}` searched and has no knowledge base: name some in `knowledge` of [plugins.{name}.grants]"
            )));
        }
        Ok(())
    }
}
