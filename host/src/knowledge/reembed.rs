//! Re-embedding: the vectors of another embedder are built beside those that serve, out of what is
//! stored, and take over in one step.
//!
//! Nothing is locked for long. What was written meanwhile is taken over in rounds. When a round has found little, the
//! generation that serves is marked as closing: whoever writes to it from then on says nothing until it is known which
//! generation serves. So one more round takes over all that anybody was told of, and then the other one serves. What breaks
//! off before that changes nothing, and behind it nothing is owed.

use std::collections::HashMap;
use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde::Serialize;

use super::base::{Base, BaseError, LOOK_EVERY};
use super::cancel::Cancel;
use super::embed::{Expected, LazyEmbedder};
use super::generation::{ABANDONED, KEEP_CLAIM_EVERY, is_owner};
use super::import::{ImportTally, Tell, embed_again};
use super::probe::Probe;
use super::store::{DocumentInfo, Store, StoreError, StoreVisit};

/// Documents at work at the same time: one is read or stored while the other is embedded.
const AT_ONCE: usize = 2;
/// Documents that the last round may find before the generation that serves is closed: writers wait for as many.
const FEW: usize = 64;
/// Rounds after which it is closed all the same: where many write without end, no round finds few.
const MOST_ROUNDS: u32 = 20;
/// How long writers are made to wait at a time.
const LONGEST_CLOSING: Duration = Duration::from_secs(20);

/// How a re-embedding goes about it.
#[derive(Debug, Clone, Default)]
pub struct ReembedOptions {
    /// Ends it early, between two documents.
    pub cancel: Cancel,
    /// Makes the vectors anew also where they are of the configured embedder by its name already: another
    /// model may answer under it now.
    pub force: bool,
}

/// What a re-embedding did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ReembedReport {
    /// The base's vectors were of the configured embedder already.
    pub up_to_date: bool,
    /// Documents embedded anew.
    pub documents: usize,
    /// Documents that an earlier run, which broke off, had embedded.
    pub kept: usize,
    /// Windows embedded.
    pub windows: usize,
    /// Whether it was ended early: the base serves as before, and the next run goes on.
    pub cancelled: bool,
}

/// Why a base was not re-embedded. It serves as before, and the next run goes on.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ReembedError {
    /// Another run is at it.
    #[error("knowledge base `{0}` is being re-embedded already")]
    AtWork(String),
    /// The base cannot be used.
    #[error(transparent)]
    Base(#[from] BaseError),
}

impl From<StoreError> for ReembedError {
    fn from(error: StoreError) -> Self {
        Self::Base(error.into())
    }
}

impl Base {
    /// Makes the base's vectors anew with the configured embedder where they are another's. The
    /// base serves with the old ones until the new ones are complete, and takes documents
    /// meanwhile. `tell` is called for each document and must not block.
    pub async fn reembed(
        &self,
        options: &ReembedOptions,
        tell: Tell<'_>,
    ) -> Result<ReembedReport, ReembedError> {
        let at_work = || ReembedError::AtWork(self.name.clone());
        let mut lock = Lock::take(&self.lock).map_err(BaseError::from)?.ok_or_else(at_work)?;
        let owner = lock.owner().map_err(|error| StoreError::of_file(&self.lock, &error))?;
        if !self.shelf.claim(&owner).await? {
            return Err(at_work());
        }
        let done = tokio::select! {
            done = self.reembed_claimed(options, tell) => done,
            () = self.lose_claim() => Err(at_work()),
        };
        if let Err(error) = self.shelf.give_back_claim().await {
            tracing::warn!(knowledge_base = %self.name, "The next re-embedding waits up to 30 s: {error}");
        }
        done
    }

    /// Keeps the claim for as long as it can be kept.
    async fn lose_claim(&self) {
        loop {
            tokio::time::sleep(KEEP_CLAIM_EVERY).await;
            match self.shelf.keep_claim().await {
                Ok(true) => {}
                Ok(false) => return,
                // Nobody takes it over from a server that does not answer.
                Err(error) => {
                    tracing::debug!(knowledge_base = %self.name, "The claim could not be shown: {error}");
                }
            }
        }
    }

    /// The same for the one host that does it.
    async fn reembed_claimed(
        &self,
        options: &ReembedOptions,
        tell: Tell<'_>,
    ) -> Result<ReembedReport, ReembedError> {
        let ReembedOptions { cancel, force } = options;
        // A run that was killed while it closed what serves has left this.
        self.shelf.reopen().await?;
        // The generation that serves, also where another process has just switched.
        while self.has_moved(self.serving.now()?.0).await? {}
        let (current, mut old) = self.serving.now()?;
        if !self.shelf.keeps_readers() {
            // A host that has seen no document yet may not have heard of the first one.
            old = self.shelf.open(current).await?;
        }
        let wanted = self.embedder.fingerprint().await.map_err(BaseError::from)?;
        for generation in 0..current {
            self.shelf.remove(generation).await?;
        }
        let stored = old.embedder(&StoreVisit::default()).await?;
        if stored.is_none_or(|stored| stored == wanted && !force) {
            self.shelf.remove(current + 1).await?;
            return Ok(ReembedReport { up_to_date: true, ..ReembedReport::default() });
        }
        let mut next = self.begun(current + 1).await?;
        let probe = Probe::of(&self.embedder).await.map_err(BaseError::from)?;
        let begun_with = next.probe().await?.filter(|begun| begun.is_of_the_model_of(&probe));
        let is_begun = next.embedder(&StoreVisit::default()).await?;
        // Where no probe was kept, vectors of another model cannot be told from those of this one.
        let is_unsure = begun_with.is_none() && (*force || self.embedder.may_change());
        if is_begun.is_some_and(|begun| begun != wanted || is_unsure) {
            // The new generation was begun with another embedder than the one that is configured now, so it
            // starts again.
            drop(next);
            self.shelf.remove(current + 1).await?;
            next = self.shelf.open(current + 1).await?;
        }

        let dimensions = probe.vector.len();
        next.keep_probe(probe).await?;
        let importing = next.importing();

        let (embedder, dimensions) = (&*self.embedder, Some(dimensions));
        let copy = Copy { base: self, old: &*old, next: &next, embedder, dimensions, cancel };
        let tally = ImportTally::new(old.documents().await?.len(), tell);
        for round in 1.. {
            let changed = copy.round(&tally, round == 1).await?;
            if cancel.is_cancelled() {
                return Ok(report(tally, true));
            }
            if (changed <= FEW || round >= MOST_ROUNDS) && self.replace(current + 1, &copy, &tally).await? {
                break;
            }
        }
        drop(importing);
        next.settle().await;
        if !self.shelf.keeps_readers() {
            // Other hosts that are in use have noticed by then.
            tokio::time::sleep(LOOK_EVERY * 2).await;
        }
        self.shelf.remove(current).await?;
        Ok(report(tally, false))
    }

    /// Closes the generation that serves, takes over what is left of it, and lets the copy take its place. `false`, and it
    /// serves as before, where that took too long, was ended early or another host did not wait for it.
    async fn replace(&self, next: u64, copy: &Copy<'_>, tally: &ImportTally<'_>) -> Result<bool, BaseError> {
        let replaced = async {
            self.shelf.close(next).await?;
            tokio::select! {
                round = copy.round(tally, false) => round?,
                () = tokio::time::sleep(LONGEST_CLOSING) => return Ok(false),
                () = copy.cancel.cancelled() => return Ok(false),
            };
            if copy.cancel.is_cancelled() {
                return Ok(false);
            }
            // Whoever notices waits for the store that is open already, and does not open a second one.
            let _moving = self.serving.moving.lock().await;
            let is_switched = self.shelf.switch(next).await?;
            if is_switched {
                self.serving.switch(next, Arc::clone(copy.next));
                self.model.set(None);
            }
            Ok(is_switched)
        };
        let replaced = replaced.await;
        if !matches!(replaced, Ok(true))
            && let Err(error) = self.shelf.reopen().await
        {
            tracing::warn!(
                knowledge_base = %self.name,
                "Writers to knowledge base `{}` wait until its re-embedding goes on, or 30 s: {error}",
                self.name
            );
        }
        replaced
    }

    /// Lets what serves be written to again where whoever was about to replace it was killed.
    pub(super) async fn reopen_if_abandoned(&self, closing_for: Duration) -> Result<(), StoreError> {
        // Who re-embeds on another machine does not hold the lock of this one, and notices when the mark is gone.
        if !self.shelf.keeps_readers() && closing_for < ABANDONED {
            return Ok(());
        }
        match Lock::take(&self.lock)? {
            Some(_lock) => self.shelf.reopen().await,
            None => Ok(()),
        }
    }

    /// Opens the generation that an earlier run has begun, or a new one. One that is broken, or was begun by an earlier
    /// version in its own form, does not serve and is made again out of the one that does, so nothing of it must be kept.
    async fn begun(&self, generation: u64) -> Result<Arc<dyn Store>, StoreError> {
        let reason = match self.shelf.open(generation).await {
            Err(StoreError::Broken(reason) | StoreError::Damaged(reason)) => reason,
            opened => {
                let begun = opened?;
                if begun.has_newest_form().await? {
                    return Ok(begun);
                }
                "it has the form of an earlier version".to_owned()
            }
        };
        tracing::warn!(
            knowledge_base = %self.name,
            "What was begun of generation {generation} of knowledge base `{}` is not gone on with and begins anew: {reason}",
            self.name
        );
        self.shelf.remove(generation).await?;
        self.shelf.open(generation).await
    }
}

fn report(tally: ImportTally<'_>, cancelled: bool) -> ReembedReport {
    let done = tally.end(cancelled);
    ReembedReport {
        up_to_date: false,
        documents: done.imported,
        kept: done.unchanged,
        windows: done.windows,
        cancelled,
    }
}

struct Copy<'a> {
    base: &'a Base,
    old: &'a dyn Store,
    next: &'a Arc<dyn Store>,
    /// What makes the new vectors.
    embedder: &'a LazyEmbedder,
    /// The dimensions of the new vectors.
    dimensions: Option<usize>,
    cancel: &'a Cancel,
}

impl Copy<'_> {
    /// Brings the next generation to where the old one is now; the number of documents that it was behind.
    async fn round(&self, tally: &ImportTally<'_>, first: bool) -> Result<usize, BaseError> {
        let wanted = self.old.documents().await?;
        let mut there: HashMap<String, DocumentInfo> =
            self.next.documents().await?.into_iter().map(|info| (info.id.clone(), info)).collect();
        let mut missing = Vec::new();
        for info in wanted {
            match there.remove(&info.id) {
                Some(copy) if copy == info => {
                    if first {
                        tally.unchanged(&info.id);
                    }
                }
                copy => missing.push((info, copy)),
            }
        }
        let changed = missing.len() + there.len();
        for id in there.keys() {
            self.next.delete_document(id).await?;
        }
        self.all(missing, tally).await?;
        Ok(changed)
    }

    /// Writes documents, each in place of its copy of before.
    async fn all(
        &self,
        documents: Vec<(DocumentInfo, Option<DocumentInfo>)>,
        tally: &ImportTally<'_>,
    ) -> Result<(), BaseError> {
        stream::iter(documents)
            .map(async |(info, copy)| self.one(&info, copy.as_ref(), tally).await)
            .buffered(AT_ONCE)
            .try_for_each(async |()| Ok(()))
            .await
    }

    async fn one(
        &self,
        info: &DocumentInfo,
        copy: Option<&DocumentInfo>,
        tally: &ImportTally<'_>,
    ) -> Result<(), BaseError> {
        if self.cancel.is_cancelled() {
            return Ok(());
        }
        tally.begun(&info.id);
        // One that was deleted meanwhile is for the next round.
        let Some((info, pieces)) = self.old.pieces(&info.id).await? else { return Ok(()) };
        let windows = pieces.windows.len();
        let expected = Expected { base: self.base.name(), dimensions: self.dimensions };
        let document = embed_again(info, pieces, self.embedder, expected).await?;
        let info = document.info.clone();
        if self.next.replace_document(copy, document).await? {
            tally.embedded(&info.id, windows);
            tally.imported(&info);
        }
        Ok(())
    }
}

/// Held by the one run that re-embeds a base, across the processes of this machine.
struct Lock {
    file: File,
}

impl Lock {
    /// `None` where another has it.
    fn take(path: &Path) -> Result<Option<Self>, StoreError> {
        let refuse = |error: std::io::Error| StoreError::of_file(path, &error);
        let mut options = File::options();
        let file = options.read(true).write(true).create(true).truncate(false).open(path).map_err(refuse)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(refuse(error)),
        }
    }

    /// What other machines know this data folder by. It is kept in the file.
    fn owner(&mut self) -> std::io::Result<String> {
        let mut owner = String::new();
        // What is no text is no owner either.
        _ = self.file.read_to_string(&mut owner);
        if !is_owner(&owner) {
            owner = uuid::Uuid::now_v7().simple().to_string();
            self.file.set_len(0)?;
            self.file.rewind()?;
            self.file.write_all(owner.as_bytes())?;
        }
        Ok(owner)
    }
}

#[cfg(test)]
mod tests;
