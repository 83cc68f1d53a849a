//! The fetches of a host: ordered, and looked up.

use std::sync::Arc;

use super::fetch::FetchRecord;
use super::queue::QueueFull;
use super::record::JobRecord;
use super::shared::Jobs;
use super::work::Work;
use crate::knowledge::Base;
use crate::web::{FetchOrder, LastRun, OrderError};

/// Why no fetch is put into the queue.
#[derive(Debug, thiserror::Error)]
pub enum FetchRefused {
    /// The order names a source or an address that cannot be fetched.
    #[error(transparent)]
    Order(#[from] OrderError),
    /// There is no room in the queue.
    #[error(transparent)]
    Full(#[from] QueueFull),
    /// The data folder fails.
    #[error("the job cannot be kept: {0}")]
    Disk(#[from] std::io::Error),
}

impl Jobs {
    /// Puts a fetch into the queue. A source that is being fetched, or waits for it, has that job.
    pub async fn fetch(&self, base: &Arc<Base>, order: FetchOrder) -> Result<JobRecord, FetchRefused> {
        order.check(base)?;
        let _one = self.shared.ordering.lock().await;
        if let Some(source) = &order.source
            && let Some(open) = self.open_fetch(base.name(), source)
        {
            return Ok(open);
        }
        let place = self.reserve(base.name())?;
        Ok(self.start(place, Arc::clone(base), Work::Fetch(Box::new(FetchRecord::new(order)))).await?)
    }

    /// The job that fetches a source, where there is one that has not ended.
    pub fn open_fetch(&self, base: &str, source: &str) -> Option<JobRecord> {
        let all = self.shared.all();
        let mut records = all.values().map(|job| job.record().clone());
        records.find(|record| {
            let of = record.fetch.as_ref().and_then(|order| order.source.as_deref());
            record.knowledge_base == base && of == Some(source) && !record.state.has_ended()
        })
    }

    /// How many fetches of sources have not ended.
    pub(super) fn open_fetches(&self) -> usize {
        let of_source =
            |record: &JobRecord| record.fetch.as_ref().is_some_and(|order| order.source.is_some());
        let all = self.shared.all();
        all.values().map(|job| job.record()).filter(|job| !job.state.has_ended() && of_source(job)).count()
    }

    /// How a source's last run went.
    pub async fn last_run(&self, base: &str, source: &str) -> LastRun {
        self.shared.web.last_run(base, source).await
    }

    /// The sources of a base that are not well, each with why.
    pub async fn troubles(&self, base: &Base) -> Vec<(String, String)> {
        self.shared.web.troubles(base).await
    }
}
