//! Others write while a base is re-embedded, or re-embed it too.

use super::*;

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
            // Somewhere in the middle of the others' work.
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
        assert!(base.has_moved(u64::MAX).await.is_ok());
        assert_eq!(base.documents().await.unwrap().len(), 47);
    }
    let done = one.reembed(&forced, &quiet).await.unwrap();
    assert_eq!(
        done.documents, 47,
        "nobody is kept away behind it, and a host that has seen no import does it"
    );
}
