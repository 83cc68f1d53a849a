//! Re-embedding: the vectors of another embedder are built beside those that serve, out of what is
//! stored, and take over in one step.
//!
//! Nothing is locked. A writer writes to the generation it takes for the one that serves, and then
//! looks whether it still is; if not, it writes again. Re-embedding goes the other way about: it
//! switches, and then looks for what was written before. So a write that ends before the switch is
//! found by the re-embedding, and one that ends after it by its writer. What it takes over then takes the place of what
//! it saw before, and of nothing that was written since.

mod handover;

use std::collections::{HashMap, HashSet};
use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::Arc;

use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde::Serialize;

use super::base::{Base, BaseError, LOOK_EVERY};
use super::cancel::Cancel;
use super::embed::{Expected, LazyEmbedder};
use super::import::{ImportTally, Tell, embed_again};
use super::probe::Probe;
use super::store::{DocumentInfo, Store, StoreError, StoreVisit};
use handover::Handover;

/// Documents at work at the same time: one is read or stored while the other is embedded.
const AT_ONCE: usize = 2;

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
        let ReembedOptions { cancel, force } = options;
        let _lock = Lock::take(&self.lock, &self.name)?;
        // The generation that serves, also where another process has just switched.
        while self.has_moved(self.serving.now()?.0).await? {}
        self.settle_handover().await?;
        let (current, old) = self.serving.now()?;
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
        let copy = Copy { base: self, old: &*old, next: &*next, embedder, dimensions, cancel };
        let mut before = old.documents().await?;
        let tally = ImportTally::new(before.len(), tell);
        let mut first = true;
        while copy.round(&before, &tally, first).await? {
            first = false;
            if cancel.is_cancelled() {
                return Ok(report(tally, true));
            }
            before = old.documents().await?;
        }
        if cancel.is_cancelled() {
            return Ok(report(tally, true));
        }
        let handover = Handover::new(current + 1, &before);
        handover.keep(&self.lock).await?;
        self.shelf.switch(current + 1).await?;
        self.serving.switch(current + 1, Arc::clone(&next));
        self.model.set(None);
        // Past the point where it could be called off.
        Copy { cancel: &Cancel::default(), ..copy }.late(&handover, &tally).await?;
        Handover::settled(&self.lock).await?;
        drop(importing);
        next.settle().await;
        if !self.shelf.keeps_readers() {
            // Other hosts that are in use have noticed by then.
            tokio::time::sleep(LOOK_EVERY * 2).await;
        }
        self.shelf.remove(current).await?;
        Ok(report(tally, false))
    }

    /// Takes over what a run that was killed behind its switch has left behind, unless another run is at it.
    pub(super) async fn finish_reembedding(&self) -> Result<(), BaseError> {
        if Handover::kept(&self.lock).await?.is_none() {
            return Ok(());
        }
        match Lock::take(&self.lock, &self.name) {
            Ok(_lock) => self.settle_handover().await,
            Err(ReembedError::AtWork(_)) => Ok(()),
            Err(ReembedError::Base(error)) => Err(error),
        }
    }

    /// The same for whoever holds the lock.
    async fn settle_handover(&self) -> Result<(), BaseError> {
        let Some(handover) = Handover::kept(&self.lock).await? else { return Ok(()) };
        let now = match self.now().await {
            // Nobody can write to what serves before it is re-embedded.
            Err(error @ BaseError::OtherEmbedder { .. }) => {
                tracing::warn!(
                    knowledge_base = %self.name,
                    "What was written to knowledge base `{}` in the moment of its last re-embedding is left behind: {error}",
                    self.name
                );
                return Ok(());
            }
            now => now?,
        };
        if let Some(before) = now.generation.checked_sub(1).filter(|_| handover.to == now.generation) {
            let old = self.shelf.open(before).await?;
            let (cancel, dimensions) = (&Cancel::default(), now.dimensions);
            let embedder = &now.embedder;
            let copy = Copy { base: self, old: &*old, next: &*now.store, embedder, dimensions, cancel };
            copy.late(&handover, &ImportTally::new(0, &|_| {})).await?;
        }
        Ok(Handover::settled(&self.lock).await?)
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
    next: &'a dyn Store,
    /// What makes the new vectors.
    embedder: &'a LazyEmbedder,
    /// The dimensions of the new vectors.
    dimensions: Option<usize>,
    cancel: &'a Cancel,
}

impl Copy<'_> {
    /// Brings the next generation to where `wanted` is; `false` where it was there already.
    async fn round(
        &self,
        wanted: &[DocumentInfo],
        tally: &ImportTally<'_>,
        first: bool,
    ) -> Result<bool, BaseError> {
        let mut there: HashMap<String, DocumentInfo> =
            self.next.documents().await?.into_iter().map(|info| (info.id.clone(), info)).collect();
        let mut missing = Vec::new();
        for info in wanted {
            match there.remove(&info.id) {
                Some(copy) if copy == *info => {
                    if first {
                        tally.unchanged(&info.id);
                    }
                }
                copy => missing.push((info.clone(), copy)),
            }
        }
        let changed = !missing.is_empty() || !there.is_empty();
        for id in there.keys() {
            self.next.delete_document(id).await?;
        }
        self.all(missing, tally).await?;
        Ok(changed)
    }

    /// Takes over what was written and deleted between the last look and the switch, but for documents that
    /// have been written anew since.
    async fn late(&self, handover: &Handover, tally: &ImportTally<'_>) -> Result<(), BaseError> {
        let after = self.old.documents().await?;
        let there: HashSet<&str> = after.iter().map(|info| info.id.as_str()).collect();
        let untouched = |copy: &DocumentInfo| handover.has_seen(copy);
        let copies = self.next.documents().await?;
        for copy in copies.iter().filter(|copy| untouched(copy) && !there.contains(copy.id.as_str())) {
            let _lock = self.base.writes.lock(&copy.id).await;
            if self.next.document(&copy.id).await?.is_some_and(|now| untouched(&now)) {
                self.next.delete_document(&copy.id).await?;
            }
        }
        let copies: HashMap<&str, &DocumentInfo> =
            copies.iter().map(|copy| (copy.id.as_str(), copy)).collect();
        for info in after.iter().filter(|info| !handover.has_seen(info)) {
            let copy = copies.get(info.id.as_str()).copied();
            if copy.is_none_or(untouched) {
                self.one(info, copy, tally).await?;
            }
        }
        Ok(())
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
        // Once this generation serves, everybody writes to it, and what they have written since the look stays.
        let lock = self.base.writes.lock(&info.id).await;
        let is_written = self.next.replace_document(copy, document).await?;
        drop(lock);
        if is_written {
            tally.embedded(&info.id, windows);
            tally.imported(&info);
        }
        Ok(())
    }
}

/// Held by the one run that re-embeds a base, across the processes of this machine.
struct Lock {
    _file: File,
}

impl Lock {
    fn take(path: &Path, base: &str) -> Result<Self, ReembedError> {
        let refuse = |error: std::io::Error| StoreError::of_file(path, &error);
        let file = File::create(path).map_err(refuse)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(ReembedError::AtWork(base.to_owned())),
            Err(TryLockError::Error(error)) => Err(refuse(error).into()),
        }
    }
}

#[cfg(test)]
mod tests;
