//! A base changes its embedder while it serves, on both stores.

use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;

use super::*;
use crate::breaker::{Breaker, ServerKind};
use crate::knowledge::embed::{EmbedError, Embedder, LazyEmbedder};
use crate::knowledge::generation::{Collections, FileGenerations, GenerationStore, Pointer};
use crate::knowledge::settings::BaseSettings;
use crate::knowledge::store::contract::{Folder, QdrantServer};
use crate::knowledge::store::{DocumentFilter, NewDocument};
use crate::knowledge::{DocumentOutcome, ImportOptions, Library, Progress, Query, Source};

/// Throws a text's characters into so many bins.
struct Bins {
    bins: usize,
    embedded: AtomicUsize,
    /// Texts after which it fails.
    fails_after: usize,
}

#[async_trait]
impl Embedder for Bins {
    async fn embed(&self, texts: Vec<String>) -> Result<Vec<Vec<f32>>, EmbedError> {
        if self.embedded.fetch_add(texts.len(), Ordering::SeqCst) >= self.fails_after {
            let reason = "the endpoint is away".into();
            return Err(EmbedError::Unavailable { reason, status: None, retry_after: None });
        }
        let bin = |text: &String| {
            let mut vector = vec![0.1; self.bins];
            text.chars().for_each(|c| vector[c as usize * 11 % self.bins] += 1.0);
            vector
        };
        Ok(texts.iter().map(bin).collect())
    }
}

fn bins(name: &str, bins: usize, fails_after: usize) -> (Arc<LazyEmbedder>, Arc<Bins>) {
    let embedder = Arc::new(Bins { bins, embedded: AtomicUsize::new(0), fails_after });
    (Arc::new(LazyEmbedder::fake(name, Arc::clone(&embedder) as Arc<dyn Embedder>)), embedder)
}

fn quiet(_: Progress<'_>) {}

const FAQ: &str = "question,variants,answer\n怎么退款？,钱怎么退|退钱,请联系客服。\n";

fn sources() -> Vec<Source> {
    let mut all: Vec<Source> = (0..6)
        .map(|i| {
            Source::bytes(format!("{i}.md"), format!("# 第{i}章\n\n## 说明\n\n**平行志愿**第{i}条规则。\n"))
        })
        .collect();
    all.push(Source::bytes("faq.csv", FAQ));
    all
}

async fn found(base: &Base, text: &str) -> Vec<(String, String)> {
    let base = Base {
        name: base.name.clone(),
        settings: base.settings.clone(),
        embedder: Arc::clone(&base.embedder),
        known: Arc::clone(&base.known),
        shelf: Arc::clone(&base.shelf),
        reader: Arc::clone(&base.reader),
        lock: base.lock.clone(),
        prunes: Arc::default(),
        writes: Arc::default(),
        to_delete: Arc::default(),
        serving: Arc::clone(&base.serving),
        last_size: Default::default(),
        model: Arc::default(),
    };
    let query = Query {
        text: text.into(),
        wordings: None,
        bases: vec![base.name.clone()],
        top_k: Some(20),
        threshold: Some(0.0),
        filter: None,
        context: false,
    };
    let results = Library::of([base]).search(&query).await.unwrap();
    let mut hits: Vec<_> = results.hits.into_iter().map(|hit| (hit.id, hit.text)).collect();
    hits.sort();
    hits
}

async fn changes_its_embedder(folder: &Folder, shelf: impl Fn() -> Arc<dyn GenerationStore>) {
    let (old, _) = bins("old", 32, usize::MAX);
    let (broken, _) = bins("new", 48, 4);
    let (new, counted) = bins("new", 48, usize::MAX);
    let open = async |embedder: &Arc<LazyEmbedder>| {
        let known: Arc<[_]> = Arc::new([Arc::clone(&old), Arc::clone(embedder)]);
        let lock = folder.0.join("a.lock");
        let reader = crate::knowledge::nothing_reads();
        let base = Base::closed("a", &BaseSettings::default(), embedder, &known, shelf(), &reader, lock);
        _ = base.open().await;
        base
    };
    let base = open(&old).await;
    base.import(sources(), &quiet).await.unwrap();
    let up_to_date = base.reembed(&ReembedOptions::default(), &quiet).await.unwrap();
    assert!(up_to_date.up_to_date);
    let before = found(&base, "平行志愿").await;
    assert_eq!(before.len(), 7);

    // The operator has named another embedder: the base serves with the old one and takes documents.
    let base = open(&broken).await;
    assert_eq!(found(&base, "平行志愿").await, before);
    let error = base.reembed(&ReembedOptions::default(), &quiet).await.unwrap_err();
    assert!(error.to_string().contains("away"), "{error}");
    assert_eq!(found(&base, "平行志愿").await, before, "what broke off changes nothing");

    // The next run goes on, and takes what is written, replaced and deleted meanwhile with it.
    let base = open(&new).await;
    let elsewhere = open(&new).await;
    base.delete("5.md").await.unwrap();
    let begun = std::sync::Mutex::new(Vec::new());
    let report = base
        .reembed(&ReembedOptions::default(), &|progress| {
            if let Some(DocumentOutcome::Imported(info)) = progress.outcome {
                begun.lock().unwrap().push(info.id.clone());
            }
        })
        .await
        .unwrap();
    assert!(report.kept > 0 && report.documents + report.kept == 6, "{report:?}");
    assert_eq!(begun.into_inner().unwrap().len(), report.documents);
    assert_eq!(
        base.serving.now().unwrap().1.embedder(&StoreVisit::default()).await.unwrap().as_deref(),
        Some("fake:new")
    );
    let now = found(&base, "平行志愿").await;
    assert_eq!(now, before.into_iter().filter(|(id, _)| id != "5.md#0").collect::<Vec<_>>());
    let embedded = counted.embedded.load(Ordering::SeqCst);
    let again = base.import(sources(), &quiet).await.unwrap();
    assert_eq!((again.unchanged, again.imported), (6, 1), "digests outlive the embedder");
    assert_eq!(counted.embedded.load(Ordering::SeqCst), embedded + 1);
    // A host that has not noticed yet writes into the old generation, and then into the new one.
    let late = Source::bytes("late.md", "# 新\n\n## 说明\n\n平行志愿第九条规则。\n");
    elsewhere.import(vec![late], &quiet).await.unwrap();
    assert!(elsewhere.delete("0.md").await.unwrap());
    let documents = open(&new).await.documents().await.unwrap();
    let ids: Vec<_> = documents.iter().map(|info| info.id.as_str()).collect();
    assert_eq!(ids, ["1.md", "2.md", "3.md", "4.md", "5.md", "faq.csv", "late.md"]);
}

#[tokio::test]
async fn a_base_of_files_changes_its_embedder() {
    let folder = Folder::new();
    changes_its_embedder(&folder, || Arc::new(FileGenerations::new(&folder.0, "a", false))).await;
    let mut left: Vec<_> = std::fs::read_dir(&folder.0)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".db"))
        .collect();
    left.sort();
    assert_eq!(left, ["a.1.db"], "the old generation is removed");
}

#[tokio::test]
async fn what_was_begun_and_is_broken_begins_anew() {
    let (folder, (new, _)) = (Folder::new(), bins("new", 32, usize::MAX));
    let shelf: Arc<dyn GenerationStore> = Arc::new(FileGenerations::new(&folder.0, "a", false));
    let known: Arc<[_]> = Arc::new([Arc::clone(&new)]);
    let (lock, reader) = (folder.0.join("a.lock"), crate::knowledge::nothing_reads());
    let base = Base::closed("a", &BaseSettings::default(), &new, &known, Arc::clone(&shelf), &reader, lock);
    _ = base.open().await;
    base.import(sources(), &quiet).await.unwrap();
    let before = found(&base, "平行志愿").await;
    // As a disk that was full has left it: the log was removed before it was in the file.
    drop(shelf.open(1).await.unwrap());
    let file = std::fs::File::options().write(true).open(folder.0.join("a.1.db")).unwrap();
    file.set_len(8192).unwrap();
    drop(file);
    assert!(matches!(shelf.open(1).await, Err(StoreError::Broken(_) | StoreError::Damaged(_))));
    let options = ReembedOptions { force: true, ..ReembedOptions::default() };
    let report = base.reembed(&options, &quiet).await.unwrap();
    assert_eq!((report.documents, report.kept), (7, 0));
    assert_eq!(found(&base, "平行志愿").await, before);
}

#[tokio::test]
async fn what_an_earlier_version_has_begun_in_its_own_form_begins_anew() {
    let (server, folder) = (QdrantServer::start().await, Folder::new());
    let mut begun_document = crate::knowledge::store::contract::document("0.md", &["平行志愿"]);
    let dimensions = begun_document.windows[0].vector.len();
    let (new, _) = bins("new", dimensions, usize::MAX);
    let breaker = Breaker::new(ServerKind::Store, "test");
    let shelf: Arc<dyn GenerationStore> =
        Arc::new(Collections::new("test", &server.settings, "a", &breaker).unwrap());
    let known: Arc<[_]> = Arc::new([Arc::clone(&new)]);
    let (lock, reader) = (folder.0.join("a.lock"), crate::knowledge::nothing_reads());
    let base = Base::closed("a", &BaseSettings::default(), &new, &known, shelf, &reader, lock);
    _ = base.open().await;
    base.import(sources(), &quiet).await.unwrap();
    let before = found(&base, "平行志愿").await;
    // The same model has made what there is of it, so nothing else is in the way of going on with it.
    let begun = server.store("a.1");
    begun.begin_earlier_collection(&begun_document, "window", &["terms", "section_terms"]).await;
    begun.keep_probe(Probe::of(&new).await.unwrap()).await.unwrap();
    begun_document.embedder = "fake:new".to_owned();
    begun.put_document(begun_document).await.unwrap();
    assert!(!begun.has_newest_form().await.unwrap());

    let options = ReembedOptions { force: true, ..ReembedOptions::default() };
    let report = base.reembed(&options, &quiet).await.unwrap();
    assert_eq!((report.documents, report.kept), (7, 0));
    assert!(base.serving.now().unwrap().1.has_newest_form().await.unwrap());
    assert_eq!(found(&base, "平行志愿").await, before);
}

#[tokio::test]
async fn a_base_on_qdrant_changes_its_embedder() {
    let (server, folder) = (QdrantServer::start().await, Folder::new());
    changes_its_embedder(&folder, || {
        Arc::new(
            Collections::new("test", &server.settings, "a", &Breaker::new(ServerKind::Store, "test"))
                .unwrap(),
        )
    })
    .await;
}

#[tokio::test]
async fn the_pointer_moves_from_any_generation_to_any_other() {
    let (server, folder) = (QdrantServer::start().await, Folder::new());
    let shelves: [Arc<dyn GenerationStore>; 2] = [
        Arc::new(FileGenerations::new(&folder.0, "a", false)),
        Arc::new(
            Collections::new("test", &server.settings, "a", &Breaker::new(ServerKind::Store, "test"))
                .unwrap(),
        ),
    ];
    for shelf in shelves {
        let at = |generation| Pointer { generation, is_closing: false };
        assert_eq!(shelf.current().await.unwrap(), at(0));
        for generation in [1, 2, 7] {
            let store = shelf.open(generation).await.unwrap();
            store
                .put_document(crate::knowledge::store::contract::document("a.md", &["平行志愿"]))
                .await
                .unwrap();
            let before = shelf.current().await.unwrap();
            shelf.close(generation).await.unwrap();
            assert_eq!(shelf.current().await.unwrap(), Pointer { is_closing: true, ..before });
            assert!(shelf.switch(generation).await.unwrap());
            assert_eq!(shelf.current().await.unwrap(), at(generation));
        }
        shelf.close(2).await.unwrap();
        shelf.reopen().await.unwrap();
        shelf.reopen().await.unwrap();
        assert!(!shelf.switch(2).await.unwrap(), "somebody did not wait for it");
        shelf.remove(2).await.unwrap();
        shelf.remove(2).await.unwrap();
        assert_eq!(shelf.current().await.unwrap(), at(7));
    }
}

/// Generations in files, in which others write at the worst moments.
struct Disturbed {
    files: FileGenerations,
    /// Whoever writes while a generation is closing.
    writers: std::sync::Mutex<Option<Writers>>,
    /// Whether the one who re-embeds is killed while the generation that serves is closing.
    kills: std::sync::atomic::AtomicBool,
}

/// Another process that writes, and what it has been told by then.
struct Writers {
    base: Arc<Base>,
    told: Option<tokio::task::JoinHandle<(bool, u32)>>,
}

/// A document as a host writes it whose vectors are of this embedder.
fn written(id: &str, text: &str, embedder: &str) -> NewDocument {
    let mut document = crate::knowledge::store::contract::document(id, &[text]);
    document.info.digest = text.to_owned();
    document.embedder = embedder.to_owned();
    document
}

#[async_trait]
impl GenerationStore for Disturbed {
    async fn current(&self) -> Result<Pointer, StoreError> {
        self.files.current().await
    }

    async fn open(&self, generation: u64) -> Result<Arc<dyn Store>, StoreError> {
        self.files.open(generation).await
    }

    /// Behind the last round one document is written and another is deleted.
    async fn close(&self, next: u64) -> Result<(), StoreError> {
        let old = self.open(next - 1).await?;
        old.put_document(written("0.md", "迟到的规则。", "fake:old")).await?;
        assert!(old.delete_document("1.md").await?);
        self.files.close(next).await?;
        let writers = self.writers.lock().unwrap().take();
        let Some(mut writers) = writers else { return Ok(()) };
        let base = Arc::clone(&writers.base);
        writers.told = Some(tokio::spawn(async move {
            let deleted = base.delete("2.md").await.unwrap();
            let third = sources().into_iter().filter(|source| source.id == "3.md").collect();
            (deleted, u32::try_from(base.import(third, &quiet).await.unwrap().unchanged).unwrap())
        }));
        while old.document("2.md").await?.is_some() {
            tokio::task::yield_now().await;
        }
        *self.writers.lock().unwrap() = Some(writers);
        Ok(())
    }

    async fn reopen(&self) -> Result<(), StoreError> {
        if self.kills.load(Ordering::SeqCst) { Ok(()) } else { self.files.reopen().await }
    }

    async fn switch(&self, generation: u64) -> Result<bool, StoreError> {
        if self.kills.load(Ordering::SeqCst) {
            return Err(StoreError::Unavailable("killed".into()));
        }
        // Time enough for somebody who does not wait.
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        if let Some(writers) = &*self.writers.lock().unwrap() {
            assert!(!writers.told.as_ref().unwrap().is_finished(), "nobody is told anything now");
        }
        self.files.switch(generation).await
    }

    async fn remove(&self, generation: u64) -> Result<(), StoreError> {
        self.files.remove(generation).await
    }

    fn keeps_readers(&self) -> bool {
        true
    }
}

async fn disturbed(folder: &Folder, new: &Arc<LazyEmbedder>, shelf: &Arc<Disturbed>) -> Base {
    let (old, _) = bins("old", 32, usize::MAX);
    let known: Arc<[_]> = Arc::new([old, Arc::clone(new)]);
    let (lock, reader) = (folder.0.join("a.lock"), crate::knowledge::nothing_reads());
    let shelf = Arc::clone(shelf) as Arc<dyn GenerationStore>;
    let base = Base::closed("a", &BaseSettings::default(), new, &known, shelf, &reader, lock);
    _ = base.open().await;
    base
}

/// A base with the sources whose re-embedding is disturbed, in its folder, and the one that re-embeds it.
async fn begin(kills: bool) -> (Folder, Arc<Disturbed>, Base) {
    let folder = Folder::new();
    let ((old, _), (new, _)) = (bins("old", 32, usize::MAX), bins("new", 32, usize::MAX));
    opened(&folder, &old, true).await.import(sources(), &quiet).await.unwrap();
    let files = FileGenerations::new(&folder.0, "a", false);
    let shelf = Arc::new(Disturbed { files, writers: Default::default(), kills: kills.into() });
    let base = disturbed(&folder, &new, &shelf).await;
    (folder, shelf, base)
}

async fn digests(base: &Base) -> Vec<(String, String)> {
    let documents = base.documents().await.unwrap();
    documents.into_iter().map(|info| (info.id, info.digest)).collect()
}

#[tokio::test]
async fn what_is_written_before_the_switch_is_taken_over_and_who_writes_then_waits() {
    let (folder, shelf, base) = begin(false).await;
    let (new, _) = bins("new", 32, usize::MAX);
    let elsewhere = Arc::new(opened(&folder, &new, true).await);
    *shelf.writers.lock().unwrap() = Some(Writers { base: elsewhere, told: None });
    base.reembed(&ReembedOptions::default(), &quiet).await.unwrap();
    let told = shelf.writers.lock().unwrap().take().unwrap().told.unwrap();
    assert_eq!(told.await.unwrap(), (true, 1));
    let there = digests(&base).await;
    let ids: Vec<_> = there.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, ["0.md", "3.md", "4.md", "5.md", "faq.csv"]);
    assert_eq!(there[0].1, "迟到的规则。");
    assert!(!found(&base, "迟到").await.is_empty());
}

#[tokio::test]
async fn a_run_that_was_killed_before_its_switch_leaves_nobody_waiting() {
    for writes in [true, false] {
        let (folder, shelf, base) = begin(true).await;
        let error = base.reembed(&ReembedOptions::default(), &quiet).await.unwrap_err();
        assert!(error.to_string().contains("killed"), "{error}");
        assert!(shelf.current().await.unwrap().is_closing);
        shelf.kills.store(false, Ordering::SeqCst);
        let (new, _) = bins("new", 32, usize::MAX);
        let next = opened(&folder, &new, true).await;
        if writes {
            assert!(next.delete("4.md").await.unwrap());
            assert!(!shelf.current().await.unwrap().is_closing);
        }
        assert!(!next.reembed(&ReembedOptions::default(), &quiet).await.unwrap().up_to_date);
        assert_eq!(shelf.current().await.unwrap(), Pointer { generation: 1, is_closing: false });
        let there = digests(&next).await;
        assert_eq!(there[0], ("0.md".to_owned(), "迟到的规则。".to_owned()));
        assert_eq!(there.iter().any(|(id, _)| id == "4.md"), !writes);
        assert_eq!(there.len(), if writes { 5 } else { 6 }, "{there:?}");
    }
}

/// Generations in files that a base looks for as seldom as for those on a server.
struct SeldomAsked(FileGenerations);

#[async_trait]
impl GenerationStore for SeldomAsked {
    async fn current(&self) -> Result<Pointer, StoreError> {
        self.0.current().await
    }

    async fn open(&self, generation: u64) -> Result<Arc<dyn Store>, StoreError> {
        self.0.open(generation).await
    }

    async fn close(&self, next: u64) -> Result<(), StoreError> {
        self.0.close(next).await
    }

    async fn reopen(&self) -> Result<(), StoreError> {
        self.0.reopen().await
    }

    async fn switch(&self, generation: u64) -> Result<bool, StoreError> {
        self.0.switch(generation).await
    }

    async fn remove(&self, generation: u64) -> Result<(), StoreError> {
        self.0.remove(generation).await
    }

    fn keeps_readers(&self) -> bool {
        true
    }
}

async fn opened(folder: &Folder, embedder: &Arc<LazyEmbedder>, is_quick: bool) -> Base {
    let (old, _) = bins("old", 32, usize::MAX);
    let known: Arc<[_]> = Arc::new([old, Arc::clone(embedder)]);
    let (lock, reader) = (folder.0.join("a.lock"), crate::knowledge::nothing_reads());
    let files = FileGenerations::new(&folder.0, "a", false);
    let shelf: Arc<dyn GenerationStore> =
        if is_quick { Arc::new(files) } else { Arc::new(SeldomAsked(files)) };
    let base = Base::closed("a", &BaseSettings::default(), embedder, &known, shelf, &reader, lock);
    _ = base.open().await;
    base
}

#[tokio::test]
async fn who_has_not_seen_a_switch_says_nothing_of_the_generation_before() {
    for is_quick in [true, false] {
        let folder = Folder::new();
        let ((old, _), (new, _)) = (bins("old", 32, usize::MAX), bins("new", 32, usize::MAX));
        let options = ImportOptions { origin: Some("here".into()), ..ImportOptions::default() };
        opened(&folder, &old, is_quick).await.import_with(sources(), &options, &quiet).await.unwrap();
        // Each is a process that looks for the first time when it is used.
        let here = opened(&folder, &new, is_quick).await;
        let importing = opened(&folder, &new, is_quick).await;
        let searching = opened(&folder, &new, is_quick).await;
        let switching = opened(&folder, &new, is_quick).await;
        let fetching = opened(&folder, &new, is_quick).await;
        let asked_to_delete = opened(&folder, &new, is_quick).await;
        let deleting = opened(&folder, &new, is_quick).await;
        let editing = opened(&folder, &new, is_quick).await;
        here.reembed(&ReembedOptions::default(), &quiet).await.unwrap();
        assert!(here.delete("0.md").await.unwrap());
        here.switch("1.md", true).await.unwrap().unwrap();
        let late = Source::bytes("late.md", "# 新\n\n## 说明\n\n平行志愿第九条规则。\n");
        here.import_with(vec![late], &options, &quiet).await.unwrap();

        let first: Vec<Source> = sources().into_iter().take(1).collect();
        let report = importing.import_with(first, &options, &quiet).await.unwrap();
        assert_eq!((report.imported, report.unchanged), (1, 0), "it was deleted; quick: {is_quick}");
        if is_quick {
            assert!(found(&searching, "平行志愿第九条规则").await.iter().any(|(id, _)| id == "late.md#0"));
        }
        switching.switch("1.md", false).await.unwrap().unwrap();
        let switched = here.sections_of("1.md", 0, 10).await.unwrap().unwrap();
        assert!(switched.sections.iter().all(|section| !section.off), "{switched:?}");
        assert!(fetching.held("here").await.unwrap().contains_key("late.md"));
        let filter = DocumentFilter::default();
        let meant = asked_to_delete.meant_by(&filter).await.unwrap();
        assert_eq!(meant.count(), 8);
        assert!(deleting.delete_if("late.md", &filter, &meant).await.unwrap());
        let later = Source::bytes("later.md", "# 新\n\n## 说明\n\n平行志愿第十条规则。\n");
        here.import(vec![later], &quiet).await.unwrap();
        assert!(editing.switch("later.md", true).await.unwrap().is_some(), "there is one");
    }
}

#[tokio::test]
async fn a_base_goes_on_where_it_cannot_be_read_which_generation_serves() {
    let (folder, (old, _)) = (Folder::new(), bins("old", 32, usize::MAX));
    let base = opened(&folder, &old, true).await;
    base.import(sources(), &quiet).await.unwrap();
    std::fs::write(folder.0.join("a.generation"), "?").unwrap();
    assert_eq!(base.documents().await.unwrap().len(), 7);
    assert_eq!(found(&base, "平行志愿").await.len(), 7);
    assert!(base.delete("nowhere.md").await.is_err(), "nothing is told as done that may not be");
    std::fs::remove_file(folder.0.join("a.generation")).unwrap();
    assert!(!base.delete("nowhere.md").await.unwrap());
}

#[tokio::test]
async fn of_two_hosts_on_one_qdrant_one_re_embeds_and_what_is_written_meanwhile_is_there() {
    let server = QdrantServer::start().await;
    let (here, there) = (Folder::new(), Folder::new());
    let (new, _) = bins("new", 32, usize::MAX);
    let open = async |folder: &Folder| {
        let breaker = Breaker::new(ServerKind::Store, "test");
        let shelf = Arc::new(Collections::new("test", &server.settings, "a", &breaker).unwrap());
        let known: Arc<[_]> = Arc::new([Arc::clone(&new)]);
        let (lock, reader) = (folder.0.join("a.lock"), crate::knowledge::nothing_reads());
        let base = Base::closed("a", &BaseSettings::default(), &new, &known, shelf, &reader, lock);
        _ = base.open().await;
        base
    };
    let (one, other, writer) = (open(&here).await, open(&there).await, open(&there).await);
    writer.import(sources(), &quiet).await.unwrap();
    let forced = ReembedOptions { force: true, ..ReembedOptions::default() };
    let writes = async {
        for i in 0..40 {
            let text = format!("# 新\n\n平行志愿第{i}次。\n");
            writer.import(vec![Source::bytes(format!("new-{i}.md"), text)], &quiet).await.unwrap();
        }
    };
    let plain = ReembedOptions::default();
    let (first, second, third, ()) = tokio::join!(
        one.reembed(&forced, &quiet),
        other.reembed(&forced, &quiet),
        async {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            other.reembed(&plain, &quiet).await
        },
        writes
    );
    let refused = |done: &Result<ReembedReport, ReembedError>| matches!(done, Err(ReembedError::AtWork(_)));
    for done in [&first, &second, &third] {
        assert!(done.is_ok() || refused(done), "{done:?}");
    }
    assert!(first.is_ok() || second.is_ok() || third.is_ok(), "{first:?} {second:?} {third:?}");
    for base in [&one, &other, &writer] {
        assert!(!base.has_moved(u64::MAX).await.is_err());
        assert_eq!(base.documents().await.unwrap().len(), 47);
    }
    let done = one.reembed(&forced, &quiet).await.unwrap();
    assert_eq!(
        done.documents, 47,
        "nobody is kept away behind it, and a host that has seen no import does it"
    );
}
