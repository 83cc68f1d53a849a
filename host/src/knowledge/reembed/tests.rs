//! A base changes its embedder while it serves, on both stores.

use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;

use super::*;
use crate::breaker::{Breaker, ServerKind};
use crate::generation_pointer::Pointer;
use crate::knowledge::embed::{EmbedError, Embedder, LazyEmbedder};
use crate::knowledge::generation::{Collections, FileGenerations, GenerationStore};
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
        assert!(shelf.claim("01a220b1770176059b798af526b757c7").await.unwrap());
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

/// Others write meanwhile, on this machine and on others.
mod together;
