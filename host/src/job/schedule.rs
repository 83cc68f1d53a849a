//! The schedule puts each source into the queue when its time has come. When that is follows from the source's last run,
//! which stands in the data folder, so a restart changes nothing; a source that is late by then is fetched once.

use std::sync::Arc;
use std::time::Duration;

use super::fetches::FetchRefused;
use super::shared::Jobs;
use crate::clock;
use crate::disk::Disk;
use crate::knowledge::{Cancel, Library};
use crate::web::FetchOrder;

/// The longest time without a look: another process may have fetched a source, the configuration may be another, and clocks
/// are set.
const LONGEST: Duration = Duration::from_secs(30);
/// The shortest.
const SHORTEST: Duration = Duration::from_millis(200);
/// Fetches in the queue, up to which the schedule adds one: the queue is there for others, too.
const MOST_OPEN: usize = 4;
/// How long it then waits.
const FOR_A_PLACE: Duration = Duration::from_secs(2);

/// Keeps to the schedule of all sources of all bases, until `stop`. For the one process that serves; `library` gives the
/// bases as they are configured at the time.
pub async fn keep_to_schedule(jobs: &Jobs, disk: &Disk, stop: &Cancel, library: impl Fn() -> Arc<Library>) {
    loop {
        let wait = due(jobs, &library(), disk).await;
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// Puts into the queue what is due, and gives the time until something else may be.
async fn due(jobs: &Jobs, library: &Library, disk: &Disk) -> Duration {
    let mut wait = LONGEST;
    for base in library.bases() {
        for (name, source) in &base.settings().sources {
            let Some(every) = source.every else { continue };
            if jobs.open_fetch(base.name(), name).is_some() {
                wait = wait.min(every);
                continue;
            }
            let last = jobs.last_run(base.name(), name).await;
            let now = clock::seconds();
            // One that began in the future was noted by a clock that has been set since.
            let next = last.next(source).filter(|_| last.started_at <= now).unwrap_or(now);
            if next > now {
                wait = wait.min(Duration::from_secs(next - now));
                continue;
            }
            // A source is not fetched while the disk is short of room, because nothing of it could be
            // imported; the schedule looks again later.
            if disk.is_short() {
                continue;
            }
            if jobs.open_fetches() >= MOST_OPEN {
                wait = wait.min(FOR_A_PLACE);
                continue;
            }
            match jobs.fetch(base, FetchOrder::source(name)).await {
                Ok(job) => {
                    tracing::debug!(job.id = %job.id, "Source `{name}` of `{}` is due", base.name());
                    wait = wait.min(every);
                }
                // Others have the queue; it is their turn.
                Err(FetchRefused::Full(_)) => {}
                Err(error) => {
                    tracing::warn!(knowledge_base = %base.name(), "Source `{name}` of `{}` cannot be fetched: {error}", base.name());
                }
            }
        }
    }
    wait.max(SHORTEST)
}
