//! The three stages of an import: read and cut, embed, store. Each hands on to the next through a
//! short queue, and all run in the caller's task: dropping it ends them.

use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{self, FuturesOrdered, StreamExt};
use tokio::sync::{OwnedSemaphorePermit, mpsc};

use super::super::base::{Base, BaseError, WriteTarget};
use super::super::blocking::blocking;
use super::super::cancel::Cancel;
use super::super::chunk::Pieces;
use super::super::embed::{Expected, LazyEmbedder};
use super::super::source::Source;
use super::super::store::{DocumentInfo, Importing, NewDocument, Store, StoreError};
use super::super::store_time::StoreTime;
use super::answers::AnsweringDocument;
use super::changes::with_changes_there;
use super::prepare::{PreparedDocument, stopped};
use super::read::read_all;
use super::waiting::WaitingDocument;
use super::{ImportError, ImportOptions, ImportTally};

/// Windows embedded in one go, of one document or of several small ones.
const BATCH: usize = 64;
/// Goes at work at the same time, so that the embedder has the next before it ends the last.
const AT_ONCE: usize = 2;
/// Windows of documents that are stored in one go.
const STORED_AT_ONCE: usize = 1024;
/// Documents waiting for the next stage.
const WAITING: usize = 64;
/// How long the end of a cancelled import waits for its store to begin what only saves time. The next import asks for
/// the same.
const LAST_WORD: Duration = Duration::from_secs(2);

/// The stores that an import has written to, each with its word that an import goes on there.
type WrittenStores = Vec<(Arc<dyn Store>, Importing)>;

struct EmbeddedDocument {
    document: NewDocument,
    /// What it was embedded for.
    now: WriteTarget,
    share: OwnedSemaphorePermit,
}

pub(super) async fn run(
    base: &Base,
    input: Vec<Source>,
    options: &ImportOptions,
    tally: &ImportTally<'_>,
    time: StoreTime,
) -> Result<(), ImportError> {
    let (cut, to_embed) = mpsc::channel(WAITING);
    let (embedded, to_store) = mpsc::channel(WAITING);
    let mut stores = WrittenStores::new();
    // This is not `try_join`, for what is embedded when an earlier stage fails is still stored.
    let (read, embedded, stored) = tokio::join!(
        read_all(base, input, options, tally, time, cut),
        embed_all(base, options, tally, to_embed, embedded),
        store_all(base, tally, to_store, &mut stores),
    );
    // One that has just kept a step waiting in vain would do so once more.
    let is_away = |done: &Result<(), ImportError>| matches!(done, Err(error) if is_of_store_away(error));
    if ![&read, &embedded, &stored].into_iter().any(is_away) {
        settle(stores, &options.cancel).await;
    }
    stored.and(embedded).and(read)
}

fn is_of_store_away(error: &ImportError) -> bool {
    let ImportError::Base(error) = error;
    matches!(error, BaseError::Store(error) if error.is_away())
}

async fn settle(stores: WrittenStores, cancel: &Cancel) {
    for (store, importing) in stores {
        drop(importing);
        if cancel.is_cancelled() {
            _ = tokio::time::timeout(LAST_WORD, store.settle()).await;
        } else {
            store.settle().await;
        }
    }
}

async fn embed_all(
    base: &Base,
    options: &ImportOptions,
    tally: &ImportTally<'_>,
    to_embed: mpsc::Receiver<WaitingDocument>,
    embedded: mpsc::Sender<EmbeddedDocument>,
) -> Result<(), ImportError> {
    let groups =
        stream::unfold(to_embed, |mut waiting| async move { Some((group(&mut waiting).await?, waiting)) });
    let mut done =
        std::pin::pin!(groups.map(|group| embed_group(base, options, tally, group)).buffered(AT_ONCE));
    while let Some((documents, failure)) = done.next().await {
        for document in documents {
            if embedded.send(document).await.is_err() {
                return Ok(());
            }
        }
        if let Some(error) = failure {
            return Err(error.into());
        }
    }
    Ok(())
}

/// Takes as many documents as are waiting and fill one batch.
async fn group(waiting: &mut mpsc::Receiver<WaitingDocument>) -> Option<Vec<WaitingDocument>> {
    let first = waiting.recv().await?;
    let mut windows = first.prepared.texts.len();
    let mut group = vec![first];
    while windows < BATCH
        && let Ok(next) = waiting.try_recv()
    {
        windows += next.prepared.texts.len();
        group.push(next);
    }
    Some(group)
}

/// Gives what could be embedded, and why the rest could not be. Nothing is given, and nothing
/// failed, where the import was cancelled.
async fn embed_group(
    base: &Base,
    options: &ImportOptions,
    tally: &ImportTally<'_>,
    group: Vec<WaitingDocument>,
) -> (Vec<EmbeddedDocument>, Option<BaseError>) {
    let now = match base.now().await {
        Ok(now) => now,
        Err(error) => return (Vec::new(), Some(error)),
    };
    let mut done = Vec::with_capacity(group.len());
    let all: Vec<&[String]> = group.iter().map(|waiting| waiting.prepared.texts.as_slice()).collect();
    let name = group.first().map_or("", |waiting| &waiting.prepared.document.info.id).to_owned();
    let mut vectors =
        match embed(base, &now, options, &all.concat(), |windows| tally.embedded(&name, windows)).await {
            Ok(Some(vectors)) => vectors.into_iter(),
            Ok(None) => return (done, None),
            // One bad text must not keep the documents before it out.
            Err(_) if group.len() > 1 => return embed_singly(base, &now, options, tally, group).await,
            Err(error) => return (done, Some(error)),
        };
    for WaitingDocument { prepared, share } in group {
        let own = vectors.by_ref().take(prepared.texts.len()).collect();
        match finished(prepared, own, &now).await {
            Ok(document) => done.push(EmbeddedDocument { document, now: now.clone(), share }),
            Err(error) => return (done, Some(error)),
        }
    }
    (done, None)
}

async fn embed_singly(
    base: &Base,
    now: &WriteTarget,
    options: &ImportOptions,
    tally: &ImportTally<'_>,
    group: Vec<WaitingDocument>,
) -> (Vec<EmbeddedDocument>, Option<BaseError>) {
    let mut done = Vec::with_capacity(group.len());
    for WaitingDocument { prepared, share } in group {
        let id = prepared.document.info.id.clone();
        let embedded =
            embed(base, now, options, &prepared.texts, |windows| tally.embedded(&id, windows)).await;
        let document = match embedded {
            Ok(Some(vectors)) => finished(prepared, vectors, now).await,
            Ok(None) => return (done, None),
            Err(error) => Err(error),
        };
        match document {
            Ok(document) => done.push(EmbeddedDocument { document, now: now.clone(), share }),
            Err(error) => return (done, Some(error)),
        }
    }
    (done, None)
}

async fn finished(
    prepared: PreparedDocument,
    vectors: Vec<Vec<f32>>,
    now: &WriteTarget,
) -> Result<NewDocument, BaseError> {
    Ok(prepared.with(vectors, now.embedder.fingerprint().await?))
}

/// `None` where the import was cancelled.
async fn embed(
    base: &Base,
    now: &WriteTarget,
    options: &ImportOptions,
    texts: &[String],
    embedded: impl Fn(usize),
) -> Result<Option<Vec<Vec<f32>>>, BaseError> {
    let mut vectors = Vec::with_capacity(texts.len());
    for batch in texts.chunks(BATCH) {
        if options.cancel.is_cancelled() {
            return Ok(None);
        }
        vectors.extend(now.embedder.documents(batch.to_vec(), Some(base.expects(now))).await?);
        embedded(batch.len());
    }
    Ok(Some(vectors))
}

/// Stores what comes, as much at the same time as its store can take.
async fn store_all(
    base: &Base,
    tally: &ImportTally<'_>,
    mut to_store: mpsc::Receiver<EmbeddedDocument>,
    stores: &mut WrittenStores,
) -> Result<(), ImportError> {
    let mut left = None;
    let mut writes = FuturesOrdered::new();
    let (mut at_once, mut has_more) = (1, true);
    let mut failure = None;
    while has_more || !writes.is_empty() {
        tokio::select! {
            group = next_to_store(&mut to_store, &mut left), if has_more && writes.len() < at_once => {
                match group {
                    Some(group) => {
                        at_once = group.now.store.writes_at_once();
                        if !stores.iter().any(|(store, _)| Arc::ptr_eq(store, &group.now.store)) {
                            stores.push((Arc::clone(&group.now.store), group.now.store.importing()));
                        }
                        writes.push_back(store(base, tally, group));
                    }
                    None => has_more = false,
                }
            }
            Some(done) = writes.next(), if !writes.is_empty() => {
                if let Err(error) = done {
                    // What is on its way is stored; nothing else is begun.
                    has_more = false;
                    failure.get_or_insert(error);
                }
            }
        }
    }
    failure.map_or(Ok(()), Err)
}

/// Documents that are stored in one go.
struct StoreGroup {
    documents: Vec<NewDocument>,
    now: WriteTarget,
    shares: Vec<OwnedSemaphorePermit>,
}

/// What is there already, as far as the store takes it in one go and it is for one generation. `left` is what
/// comes first the next time.
async fn next_to_store(
    to_store: &mut mpsc::Receiver<EmbeddedDocument>,
    left: &mut Option<EmbeddedDocument>,
) -> Option<StoreGroup> {
    let first = match left.take() {
        Some(first) => first,
        None => to_store.recv().await?,
    };
    let now = first.now.clone();
    let mut group = StoreGroup { documents: Vec::new(), now, shares: Vec::new() };
    let mut windows = 0;
    let mut next = Some(first);
    while let Some(EmbeddedDocument { document, now, share }) = next.take() {
        if now.generation != group.now.generation {
            *left = Some(EmbeddedDocument { document, now, share });
            break;
        }
        windows += document.windows.len();
        group.documents.push(document);
        group.shares.push(share);
        if group.documents.len() < group.now.store.written_at_once() && windows < STORED_AT_ONCE {
            next = to_store.try_recv().ok();
        }
    }
    Some(group)
}

async fn store(base: &Base, tally: &ImportTally<'_>, group: StoreGroup) -> Result<(), ImportError> {
    let StoreGroup { documents, now, shares } = group;
    let infos: Vec<DocumentInfo> = documents.iter().map(|document| document.info.clone()).collect();
    let answers: Vec<AnsweringDocument> = documents.iter().filter_map(AnsweringDocument::of).collect();
    let anew = base.put(documents, now).await?;
    drop(shares);
    answers.into_iter().for_each(|document| tally.answers(document));
    for info in &infos {
        let written = anew.iter().find(|written| written.info.id == info.id);
        let note = written.and_then(|written| written.note.clone());
        if let Some(note) = note.filter(|note| !info.notes.contains(note)) {
            tally.noted(&info.id, note);
        }
        tally.imported(written.map_or(info, |written| &written.info));
    }
    Ok(())
}

/// A document that was made anew while it was stored.
struct WrittenAnew {
    info: DocumentInfo,
    /// What could not stay of what was changed here in the one that it replaces.
    note: Option<String>,
}

impl Base {
    /// Stores documents that were embedded for the generation `now`, or for the one that serves by
    /// the time they are stored. Gives those that had to be made anew for that, or for what was changed here meanwhile.
    async fn put(
        &self,
        documents: Vec<NewDocument>,
        now: WriteTarget,
    ) -> Result<Vec<WrittenAnew>, BaseError> {
        let ids = documents.iter().map(|document| document.info.id.as_str());
        let _locks = self.store_time().after_others(self.writes.lock_all(ids)).await?;
        // Copies for the rare case that some have to be made anew.
        let mut copies: Vec<NewDocument> = documents.iter().map(NewDocument::without_vectors).collect();
        let left = now.store.put_documents(documents).await?;
        if !self.has_moved(now.generation).await? {
            copies.retain(|copy| left.contains(&copy.info.id));
        }
        let mut anew = Vec::with_capacity(copies.len());
        for copy in copies {
            anew.push(self.put_anew(copy).await?);
        }
        Ok(anew)
    }

    /// Stores a document with what was changed here in the one that is there now, in the generation that serves now.
    async fn put_anew(&self, document: NewDocument) -> Result<WrittenAnew, BaseError> {
        let (info, pieces) = document.into_pieces();
        loop {
            let now = self.now().await?;
            let prepared = prepared(info.clone(), pieces.clone()).await?;
            let (prepared, note) = with_changes_there(&*now.store, prepared).await?;
            let document = with_vectors(prepared, &now.embedder, self.expects(&now)).await?;
            let info = document.info.clone();
            let left = now.store.put_documents(vec![document]).await?;
            if left.is_empty() && !self.has_moved(now.generation).await? {
                return Ok(WrittenAnew { info, note });
            }
        }
    }
}

impl Base {
    /// What the vectors of a generation's documents must be like.
    pub(in crate::knowledge) fn expects(&self, now: &WriteTarget) -> Expected<'_> {
        Expected { base: self.name(), dimensions: now.dimensions }
    }
}

/// A stored document with the vectors of another embedder.
pub(in crate::knowledge) async fn embed_again(
    info: DocumentInfo,
    pieces: Pieces,
    embedder: &LazyEmbedder,
    expected: Expected<'_>,
) -> Result<NewDocument, BaseError> {
    with_vectors(prepared(info, pieces).await?, embedder, expected).await
}

async fn prepared(info: DocumentInfo, pieces: Pieces) -> Result<PreparedDocument, StoreError> {
    let work = move || Ok(PreparedDocument::new(info, pieces));
    blocking(work, |error| StoreError::Broken(stopped(error))).await
}

async fn with_vectors(
    prepared: PreparedDocument,
    embedder: &LazyEmbedder,
    expected: Expected<'_>,
) -> Result<NewDocument, BaseError> {
    let mut vectors = Vec::with_capacity(prepared.texts.len());
    for batch in prepared.texts.chunks(BATCH) {
        vectors.extend(embedder.documents(batch.to_vec(), Some(expected)).await?);
    }
    Ok(prepared.with(vectors, embedder.fingerprint().await?))
}
