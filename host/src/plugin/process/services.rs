//! What plugins reach through the host, besides the network.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::state::StateStore;
use crate::knowledge::{Library, Query, Results, SearchError};

/// What plugins reach through the host.
#[derive(Clone)]
pub struct Services {
    /// Where they search.
    pub library: Arc<dyn KnowledgeSearch>,
    /// What they keep.
    pub state: StateStore,
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
