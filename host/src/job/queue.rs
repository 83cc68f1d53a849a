//! A place in the queue of jobs, and the refusal where there is none.

use tokio::sync::OwnedSemaphorePermit;

/// A place in the queue, free again when dropped.
#[derive(Debug)]
pub struct QueuePlace {
    /// `None` for a job of an earlier process that finds no place: it has waited already.
    pub(super) _permit: Option<OwnedSemaphorePermit>,
}

/// No job is taken for now.
#[derive(Debug, thiserror::Error)]
pub enum QueueFull {
    /// As many jobs wait or run as are allowed.
    #[error(
        "as many jobs are waiting and running as max_jobs and max_queued_jobs in [server] allow; try again later"
    )]
    All,
    /// The base's jobs wait for a store or an embedder, and would keep those of other bases out.
    #[error(
        "the jobs of knowledge base `{0}` wait for its store or embedder and have half of the queue; see \
         `waiting_for` in /v1/jobs, and try again later"
    )]
    Base(String),
}
