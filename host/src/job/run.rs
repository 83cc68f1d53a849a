//! The run of one job, from its place in the queue to its end.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use tokio::sync::{AcquireError, OwnedSemaphorePermit};

use super::entry::Job;
use super::halt::Halt;
use super::patience::JobTries;
use super::queue::QueuePlace;
use super::record::{JobRecord, JobState};
use super::retry;
use super::shared::JobsShared;
use super::work::{Work, carry_out};
use crate::clock;
use crate::knowledge::Base;

/// Ends when the job may begin.
pub(super) type QueueTurn = BoxFuture<'static, Result<OwnedSemaphorePermit, AcquireError>>;

/// A job's place in the queue, and the moment when it may begin.
pub(super) struct Queued {
    pub(super) place: QueuePlace,
    pub(super) turn: QueueTurn,
}

impl JobsShared {
    /// The moment when a job may be at work, whose wait begins now.
    pub(super) fn turn(&self, work: &Work) -> QueueTurn {
        let places = match work {
            Work::Fetch(_) => &self.fetching,
            Work::Evaluate(_) => &self.evaluating,
            _ => &self.at_work,
        };
        let mut turn = Arc::clone(places).acquire_owned().boxed();
        match (&mut turn).now_or_never() {
            Some(permit) => ready(permit).boxed(),
            None => turn,
        }
    }
}

/// Waits until the job may begin and carries it out, again after a while where that may help.
pub(super) async fn run(shared: Arc<JobsShared>, job: Arc<Job>, queued: Queued, base: Arc<Base>, work: Work) {
    let Queued { place, mut turn } = queued;
    let (work, mut waiting) = (Arc::new(work), JobTries::new(shared.limits.patience));
    let (permit, end) = loop {
        let permit = tokio::select! {
            permit = turn => permit.ok(),
            () = job.cancel.cancelled() => None,
        };
        if permit.is_none() || job.cancel.is_cancelled() {
            break (permit, Ok(true));
        }
        job.note(&shared.folder, |record| {
            // A stop that came in between has said more.
            if matches!(record.state, JobState::Queued | JobState::Waiting) {
                record.state = JobState::Running;
                record.started_at.get_or_insert_with(clock::seconds);
                record.try_started_at = Some(clock::seconds());
                record.try_windows = record.windows;
                (record.waiting_for, record.next_try_at) = (None, None);
            }
        })
        .await;
        let before = job.counted().len();
        // A task of its own: a panic ends the job and is told, instead of leaving it running.
        #[expect(clippy::disallowed_methods, reason = "a panic ends the job and nobody else")]
        let tried = tokio::spawn(carry_out(
            Arc::clone(&shared),
            Arc::clone(&job),
            Arc::clone(&base),
            Arc::clone(&work),
        ))
        .await;
        let (reason, retry_after) = match tried {
            Ok(Ok(cancelled)) => break (permit, Ok(cancelled)),
            Ok(Err(Halt::Failed(reason))) => break (permit, Err(reason)),
            Ok(Err(Halt::Passing { reason, retry_after })) => (reason, retry_after),
            // The task is cancelled only when the process ends, and the job then goes on at the next start.
            Err(error) if error.is_cancelled() => return,
            Err(error) => break (permit, Err(format!("the job was lost: {error}"))),
        };
        let Some(pause) = waiting.after(job.counted().len() > before, retry_after) else {
            let tries = waiting.tries;
            break (permit, Err(format!("given up after {tries} tries without getting on: {reason}")));
        };
        // The place at work is for others meanwhile.
        drop(permit);
        tell_of_wait(&shared, &job, &reason, pause, waiting.tries).await;
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = job.cancel.cancelled() => break (None, Ok(true)),
        }
        turn = shared.turn(&work);
    };
    if end == Ok(true) && shared.stop.is_cancelled() && !job.record().cancel_requested {
        return;
    }
    let finished_at = clock::seconds();
    let change = |record: &mut JobRecord| {
        record.finished_at = Some(finished_at);
        record.document = None;
        (record.waiting_for, record.next_try_at) = (None, None);
        record.state = match end {
            Ok(false) => JobState::Done,
            Ok(true) => JobState::Cancelled,
            Err(_) => JobState::Failed,
        };
        record.error = end.clone().err();
    };
    let mut ended = job.record().clone();
    change(&mut ended);
    if let Work::Fetch(ordered) = &*work {
        ordered.keep_end(&shared, &ended).await;
    }
    let kept = retry::keep_left(&shared, &ended).await;
    let end = |record: &mut JobRecord| {
        change(record);
        record.kept_bytes = kept;
    };
    shared.end(&job, end, || drop((permit, place))).await;
    shared.bound_what_is_kept().await;
}

async fn tell_of_wait(shared: &JobsShared, job: &Job, reason: &str, pause: Duration, tries: u32) {
    job.note(&shared.folder, |record| {
        if record.state == JobState::Running {
            record.state = JobState::Waiting;
            record.waiting_for = Some(reason.to_owned());
            record.next_try_at = Some(clock::seconds() + pause.as_secs());
            record.tries = tries;
        }
    })
    .await;
    let id = job.record().id.clone();
    tracing::warn!(job.id = %id, "The job {id} waits and tries again in {pause:?}: {reason}");
}
