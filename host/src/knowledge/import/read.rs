//! The first stage of an import: documents, and those in archives, are read and cut.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use tokio::sync::{Semaphore, mpsc};

use super::super::base::Base;
use super::super::blocking::blocking;
use super::super::digest::{is_edited, is_same};
use super::super::inspect::Preview;
use super::super::source::{SAME_NAME, Source};
use super::super::store::{DocumentInfo, StoreError};
use super::super::store_time::StoreTime;
use super::super::unpack::{Archive, Unpacked, unpack};
use super::answers::AnsweringDocument;
use super::changes::with_changes_there;
use super::prepare::{ReadSource, prepare, read, stopped};
use super::waiting::{WINDOWS_ON_THE_WAY, WaitingDocument};
use super::{ImportError, ImportOptions, ImportTally};

pub(super) async fn read_all(
    base: &Base,
    input: Vec<Source>,
    options: &ImportOptions,
    tally: &ImportTally<'_>,
    mut time: StoreTime,
    cut: mpsc::Sender<WaitingDocument>,
) -> Result<(), ImportError> {
    let shares = Arc::new(Semaphore::new(WINDOWS_ON_THE_WAY as usize));
    let at_once = time.step(base.store()).await?.1.written_at_once();
    let mut stage = ReadStage { base, options, tally, shares, cut, at_once, read: Vec::new(), time };
    for source in input {
        let archive = if source.format.is_none() { Archive::of_path(&source.id) } else { None };
        let flow = match archive {
            Some(kind) => stage.archive(source, kind).await?,
            None => stage.document(source).await?,
        };
        if flow.is_break() {
            return Ok(());
        }
    }
    stage.look_at_read().await.map(drop)
}

struct ReadStage<'a> {
    base: &'a Base,
    options: &'a ImportOptions,
    tally: &'a ImportTally<'a>,
    shares: Arc<Semaphore>,
    cut: mpsc::Sender<WaitingDocument>,
    /// Documents that are looked for in the base in one go.
    at_once: usize,
    /// Documents that were read and not looked for yet.
    read: Vec<ReadSource>,
    /// What the store may take yet until the next document is dealt with.
    time: StoreTime,
}

/// Bytes of documents that wait to be looked for.
const READ_BYTES: u64 = 4 * 1024 * 1024;

const GO_ON: Result<ControlFlow<()>, ImportError> = Ok(ControlFlow::Continue(()));
const ENOUGH: Result<ControlFlow<()>, ImportError> = Ok(ControlFlow::Break(()));

impl ReadStage<'_> {
    /// Breaks where nothing more is wanted.
    async fn document(&mut self, source: Source) -> Result<ControlFlow<()>, ImportError> {
        if self.options.cancel.is_cancelled() {
            return ENOUGH;
        }
        let Self { base, tally, .. } = self;
        let id = source.id.clone();
        if !tally.begun(&id) {
            tally.unreadable(&id, SAME_NAME.to_owned());
            return GO_ON;
        }
        if self.options.done.contains(&id) {
            tally.unchanged(&id);
            return GO_ON;
        }
        let (origin, window_chars) = (self.options.origin.clone(), base.settings.window_chars);
        let outside = self.options.reader.clone();
        let read = match blocking(move || read(source, origin, window_chars, outside), stopped).await {
            Ok(read) => read,
            Err(reason) => {
                tally.unreadable(&id, reason);
                return GO_ON;
            }
        };
        self.read.push(read);
        let bytes: u64 = self.read.iter().map(|read| read.length).sum();
        if self.read.len() < self.at_once && bytes < READ_BYTES {
            return GO_ON;
        }
        self.look_at_read().await
    }

    /// Sends on those of the documents read that are not in the base as they are.
    async fn look_at_read(&mut self) -> Result<ControlFlow<()>, ImportError> {
        let read = std::mem::take(&mut self.read);
        if read.is_empty() {
            return GO_ON;
        }
        let mut stored = self.time.step(stored(self.base, self.options, &read)).await?;
        for read in read {
            let stored = stored.remove(&read.id);
            if self.options.cancel.is_cancelled() || self.send_on(read, stored).await?.is_break() {
                return ENOUGH;
            }
            self.time.renew();
        }
        GO_ON
    }

    async fn send_on(
        &mut self,
        read: ReadSource,
        stored: Option<DocumentInfo>,
    ) -> Result<ControlFlow<()>, ImportError> {
        let (base, tally) = (self.base, self.tally);
        let (id, window_chars) = (read.id.clone(), base.settings.window_chars);
        // One that is about to be deleted is written anew, so that it stays.
        let stays = |stored: &DocumentInfo| self.options.dry_run || !base.to_delete.mean(stored);
        let is_same =
            stored.as_ref().is_some_and(|stored| is_same(&stored.digest, &read.digest) && stays(stored));
        let state = match &stored {
            None => "new",
            Some(_) if is_same => "unchanged",
            Some(_) => "replaces",
        };
        if let Some(stored) = stored.as_ref().filter(|_| is_same && !self.options.dry_run) {
            // The last import owns a document: no earlier origin may prune what this one has.
            let origin = self.options.origin.as_deref();
            if stored.origin.as_deref() == origin
                || base.set_origin(&id, &stored.digest, origin, &mut self.time).await?
            {
                tally.unchanged(&id);
                return GO_ON;
            }
            // Somebody has changed or deleted it since, and is told so: it is written as one that is not there.
        }
        let (prepared, note) = match prepare(read, &base.reader, window_chars).await {
            Ok(prepared) => prepared,
            Err(reason) => {
                tally.unreadable(&id, reason);
                return GO_ON;
            }
        };
        let (mut prepared, undone) = match stored.filter(|stored| is_edited(&stored.digest)) {
            Some(_) => with_changes_there(&*base.store().await?.1, prepared).await?,
            None => (prepared, None),
        };
        for note in note.into_iter().chain(undone) {
            tally.noted(&id, note);
        }
        if self.options.dry_run {
            AnsweringDocument::of(&prepared.document)
                .into_iter()
                .for_each(|document| tally.answers(document));
            tally.previewed(Preview::of(prepared.document, state));
            return GO_ON;
        }
        base.to_delete.tell_apart(&mut prepared.document.info);
        let windows = u32::try_from(prepared.texts.len()).unwrap_or(u32::MAX).min(WINDOWS_ON_THE_WAY);
        // Both calls fail only when this stage or the next one has ended.
        let Ok(share) = Arc::clone(&self.shares).acquire_many_owned(windows).await else { return ENOUGH };
        if self.cut.send(WaitingDocument { prepared, share }).await.is_err() {
            return ENOUGH;
        }
        GO_ON
    }

    /// The documents of an archive, each as soon as it is taken out: one is at work, one waits.
    async fn archive(&mut self, archive: Source, kind: Archive) -> Result<ControlFlow<()>, ImportError> {
        let tally = self.tally;
        let id = archive.id.clone();
        let (give, mut given) = mpsc::channel(1);
        let unpacking = tokio::task::spawn_blocking(move || {
            unpack(archive, kind, &mut |unpacked| match give.blocking_send(unpacked) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            })
        });
        let mut documents = 0_usize;
        let mut flow = ControlFlow::Continue(());
        while flow.is_continue()
            && let Some(unpacked) = given.recv().await
        {
            // The archive was counted as one document itself.
            if documents > 0 {
                tally.more();
            }
            documents += 1;
            match unpacked {
                Unpacked::Document(source) => flow = self.document(source).await?,
                Unpacked::Unreadable { document, reason } => {
                    tally.begun(&document);
                    tally.unreadable(&document, reason);
                }
            }
        }
        // Whoever unpacks sees that nobody takes more.
        drop(given);
        let ended = unpacking.await.unwrap_or_else(|error| Err(format!("unpacking stopped: {error}")));
        let reason = match ended {
            Err(reason) => reason,
            Ok(()) if documents == 0 && flow.is_continue() => {
                "holds no file that could be imported".to_owned()
            }
            Ok(()) => return Ok(flow),
        };
        if documents > 0 {
            tally.more();
        }
        tally.broken_off(&id, reason);
        Ok(flow)
    }
}

/// Those of the documents read that are in the base.
async fn stored(
    base: &Base,
    options: &ImportOptions,
    read: &[ReadSource],
) -> Result<HashMap<String, DocumentInfo>, StoreError> {
    let ids: Vec<&str> = read.iter().map(|read| read.id.as_str()).collect();
    loop {
        let (generation, store) = base.store().await?;
        let stored = store.sound_documents(&ids).await?;
        // What is told of these is told without a write. Every write asks by itself.
        let is_untouched = |read: &ReadSource| {
            stored.get(&read.id).is_some_and(|stored| {
                is_same(&stored.digest, &read.digest) && stored.origin == options.origin
            })
        };
        if !read.iter().any(is_untouched) || !base.has_moved(generation).await? {
            return Ok(stored);
        }
    }
}
