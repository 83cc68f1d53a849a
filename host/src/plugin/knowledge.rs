//! Searching in knowledge bases on behalf of a guest, within its grants.

use std::{future::Future, pin::Pin, sync::Arc, time::Instant};

use serde::Serialize;

use super::{component::PluginContext, report::SearchReport};
use crate::message::MediaType;

/// What a guest looks for; see `wit/host.wit`.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// What to look for.
    pub text: String,
    /// Names of knowledge bases. Never empty when it reaches [`KnowledgeSearch`].
    pub knowledge_bases: Vec<String>,
    /// At most so many hits from each base and in all; `None`: each base's own.
    pub top_k: Option<u32>,
    /// Hits below are left out; `None`: each base's own.
    pub threshold: Option<f64>,
}

/// One hit.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Stable as long as the document does not change.
    pub id: String,
    /// The base's name.
    pub knowledge_base: String,
    /// The document's id within its base.
    pub document: String,
    /// The document's title.
    pub title: String,
    /// Headings above the text, outermost first.
    pub section: Vec<String>,
    /// A link a reader can follow.
    pub url: Option<String>,
    /// The section around the best-matching window.
    pub text: String,
    /// How the text is to be read.
    pub media_type: MediaType,
    /// Between 0 and 1, before the base's weight.
    pub score: f64,
    /// `score` times the base's weight.
    pub rank: f64,
    /// The stored answer, where the hit is a question that scored high enough.
    pub standard_answer: Option<String>,
}

/// What became of one knowledge base in a search.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BaseReport {
    /// The base's name.
    pub knowledge_base: String,
    /// Hits that reached the threshold.
    pub found: u32,
    /// The best score seen, also below the threshold.
    pub best_score: Option<f64>,
    /// The threshold that was applied.
    pub threshold: f64,
    /// Why the base could not be searched.
    pub error: Option<String>,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Results {
    /// Best `rank` first.
    pub hits: Vec<Hit>,
    /// One for each base, in the order asked.
    pub reports: Vec<BaseReport>,
}

/// Why nothing was searched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SearchError {
    /// A base is not granted; the text names the line to add.
    #[error("{0}")]
    Denied(String),
    /// The query cannot be searched.
    #[error("{0}")]
    InvalidQuery(String),
    /// No base could be searched.
    #[error("{0}")]
    Unavailable(String),
}

/// Where guests search. Implemented by the host's library of knowledge bases.
pub trait KnowledgeSearch: Send + Sync {
    /// Searches the bases named, side by side. Grants have been checked.
    fn search<'a>(
        &'a self,
        query: &'a Query,
    ) -> Pin<Box<dyn Future<Output = Result<Results, SearchError>> + Send + 'a>>;
}

/// Searches of one call that the report keeps; a guest that goes on gets its hits unrecorded.
const MAX_REPORTS: usize = 64;

/// One call's way to the knowledge bases.
pub(super) struct Knowledge {
    context: Arc<PluginContext>,
    reports: Vec<SearchReport>,
}

impl Knowledge {
    pub(super) fn new(context: Arc<PluginContext>) -> Self {
        Self { context, reports: Vec::new() }
    }

    pub(super) async fn search(&mut self, mut query: Query) -> Result<Results, SearchError> {
        let started = Instant::now();
        let result = match self.admit(&mut query) {
            Ok(()) => match &self.context.services {
                Some(services) => services.library.search(&query).await,
                None => Err(SearchError::Unavailable(
                    "nothing is searched while a plugin describes itself".to_owned(),
                )),
            },
            Err(error) => Err(error),
        };
        if self.reports.len() < MAX_REPORTS {
            self.reports.push(SearchReport {
                text: query.text,
                bases: result.as_ref().map(|results| results.reports.clone()).unwrap_or_default(),
                hits: result.as_ref().map_or(0, |results| results.hits.len()),
                error: result.as_ref().err().map(ToString::to_string),
                duration: started.elapsed(),
            });
        }
        result
    }

    pub(super) fn take_reports(&mut self) -> Vec<SearchReport> {
        std::mem::take(&mut self.reports)
    }

    /// Checks the grants; no name means every base granted.
    fn admit(&self, query: &mut Query) -> Result<(), SearchError> {
        let PluginContext { name, grants, .. } = &*self.context;
        if let Some(base) = query.knowledge_bases.iter().find(|base| !grants.knowledge.contains(base)) {
            return Err(SearchError::Denied(format!(
                "plugin `{name}` asked for knowledge base `{base}`: add {base:?} to `knowledge` in [plugins.{name}.grants]"
            )));
        }
        if query.knowledge_bases.is_empty() {
            query.knowledge_bases.clone_from(&grants.knowledge);
        }
        if query.knowledge_bases.is_empty() {
            return Err(SearchError::Denied(format!(
                "plugin `{name}` searched and has no knowledge base: name some in `knowledge` of [plugins.{name}.grants]"
            )));
        }
        if query.threshold.is_some_and(|threshold| !threshold.is_finite()) {
            return Err(SearchError::InvalidQuery("threshold is not a number".to_owned()));
        }
        Ok(())
    }
}
