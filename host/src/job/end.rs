//! The end of a job: kept on disk before anybody is told of it, so that no restart takes back what was told.

use std::io;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::entry::Job;
use super::record::{JobRecord, JobState};
use super::shared::JobsShared;
use super::upload;
use crate::clock;
use crate::disk;

/// The pause before an end that could not be kept is tried again; it doubles with each try.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

impl JobsShared {
    /// Ends a job as [`Self::try_end`] does, however long its record cannot be kept. Meanwhile it waits for that with its
    /// upload, and keeps nobody from work; where the host stops before, its next start finds the job as it was.
    pub(super) async fn end(&self, job: &Job, change: impl Fn(&mut JobRecord), free: impl FnOnce()) {
        let mut free = Some(free);
        let mut pause = FIRST_PAUSE;
        loop {
            let free_once = || free.take().into_iter().for_each(|free| free());
            let Err(error) = self.try_end(job, &change, free_once).await else { return };
            if let Some(free) = free.take() {
                job.record().tell_not_kept(&error);
                free();
            }
            if self.stop.is_cancelled() {
                return;
            }
            {
                let mut record = job.record();
                record.state = JobState::Waiting;
                record.waiting_for = Some(format!("how the job ended cannot be kept: {error}"));
                record.next_try_at = Some(clock::seconds() + pause.as_secs());
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.stop.cancelled() => {}
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Keeps how the job ended, then removes its upload and frees what it had, and only then tells of the end: whoever
    /// sees it finds its place free and its upload gone, and whatever ends the process in between, the next start finds
    /// no job without its upload. Where the record cannot be kept, not even by means of the reserve, nothing changes.
    pub(super) async fn try_end(
        &self,
        job: &Job,
        change: &impl Fn(&mut JobRecord),
        free: impl FnOnce(),
    ) -> io::Result<()> {
        let _saving = job.saving.lock().await;
        let mut record = job.record().clone();
        change(&mut record);
        // Which documents it meant is of use to nobody any more.
        record.meant = None;
        self.disk.with_reserve(disk::is_full, || record.save(&self.folder)).await?;
        if record.kept_bytes.is_none() {
            upload::remove(&self.folder, &record.id);
        }
        free();
        if record.state == JobState::Failed {
            self.failed.fetch_add(1, Ordering::Relaxed);
        }
        *job.record() = record;
        Ok(())
    }
}
