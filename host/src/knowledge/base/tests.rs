//! What a base bounds itself.

use std::os::unix::fs::FileExt;
use std::path::Path;

use async_trait::async_trait;
use futures_util::future::join_all;

use super::*;
use crate::generation_pointer::Pointer;
use crate::knowledge::embed::Embedder;
use crate::knowledge::store::EmbeddedStore;
use crate::knowledge::store::contract::Folder;
use crate::knowledge::{Correction, EditError, ImportError, ImportOptions, SectionChange, Source};

/// Says the same of every text.
struct OneWay;

#[async_trait]
impl Embedder for OneWay {
    async fn embed(&self, texts: Vec<String>) -> Result<Vec<Vec<f32>>, EmbedError> {
        Ok(texts.iter().map(|_| vec![1.0, 0.0]).collect())
    }
}

/// A server that works off what it is told and says no more which generation serves.
struct Halting(Arc<dyn Store>);

#[async_trait]
impl GenerationStore for Halting {
    async fn current(&self) -> Result<Pointer, StoreError> {
        std::future::pending().await
    }

    async fn open(&self, _: u64) -> Result<Arc<dyn Store>, StoreError> {
        Ok(Arc::clone(&self.0))
    }

    async fn close(&self, _: u64) -> Result<(), StoreError> {
        Ok(())
    }

    async fn reopen(&self) -> Result<(), StoreError> {
        Ok(())
    }

    async fn switch(&self, _: u64) -> Result<bool, StoreError> {
        Ok(true)
    }

    async fn remove(&self, _: u64) -> Result<(), StoreError> {
        Ok(())
    }

    fn keeps_readers(&self) -> bool {
        true
    }

    fn timeout(&self) -> Option<Duration> {
        Some(Duration::from_millis(100))
    }
}

/// A base whose server has one document and then halts, and its folder.
async fn halting() -> (Base, Folder) {
    let folder = Folder::new();
    let store: Arc<dyn Store> = Arc::new(EmbeddedStore::open(folder.0.join("a.db")).await.unwrap());
    let embedder = Arc::new(LazyEmbedder::fake("one", Arc::new(OneWay) as Arc<dyn Embedder>));
    let base = Base::with("a", BaseSettings::default(), &embedder, Arc::clone(&store));
    base.import(document(), &|_| {}).await.unwrap();
    (Base { shelf: Arc::new(Halting(store)), ..base }, folder)
}

fn document() -> Vec<Source> {
    vec![Source::bytes("a.md", "# 招生\n\n录取通知书在七月寄出。\n")]
}

/// What comes of it within the time of a test.
async fn in_time<T>(operation: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), operation).await.unwrap()
}

#[tokio::test]
async fn a_deletion_takes_no_longer_than_its_store_may_with_all_its_steps() {
    let (base, _folder) = halting().await;
    let deletion = in_time(base.delete("a.md")).await;
    assert!(matches!(deletion, Err(StoreError::Unavailable(_))), "{deletion:?}");
}

#[tokio::test]
async fn an_edit_takes_no_longer_than_its_store_may_with_all_its_steps() {
    let (base, _folder) = halting().await;
    let change = SectionChange { text: Some("学费五千元。".into()), ..SectionChange::default() };
    let correction =
        Correction {
            question: "何时寄出？".into(), answer: "七月。".into(), ..Correction::default()
        };
    // Each is written, and then the server does not say whether that is what serves.
    for edit in [
        in_time(base.change_section("a.md", 0, &change)).await.map(drop),
        in_time(base.switch("a.md", true)).await.map(drop),
        in_time(base.correct(&correction)).await.map(drop),
    ] {
        let late = matches!(edit, Err(EditError::Base(BaseError::Store(StoreError::Unavailable(_)))));
        assert!(late, "{edit:?}");
    }
}

#[tokio::test]
async fn an_import_of_what_is_there_already_takes_no_longer_than_its_store_may() {
    let (base, _folder) = halting().await;
    let options = ImportOptions { origin: Some("elsewhere".into()), ..ImportOptions::default() };
    let import = in_time(base.import_with(document(), &options, &|_| {})).await;
    let late = matches!(import, Err(ImportError::Base(BaseError::Store(StoreError::Unavailable(_)))));
    assert!(late, "{import:?}");
}

const ANOTHER: &str = "another write of this document in knowledge base `a` is under way";

#[tokio::test]
async fn deletions_of_one_document_do_not_take_their_stores_time_one_after_the_other() {
    let (base, _folder) = halting().await;
    let deletions = in_time(join_all((0..8).map(|_| base.delete("a.md")))).await;
    let told: Vec<String> = deletions.into_iter().map(|deletion| deletion.unwrap_err().to_string()).collect();
    // The first has its time, and then the one that has waited longest may have its own.
    let refused = told.iter().filter(|told| told.starts_with(ANOTHER)).count();
    assert!((6..8).contains(&refused), "{told:?}");
}

#[tokio::test]
async fn no_write_of_a_document_waits_for_another_longer_than_its_store_may_take() {
    let (base, _folder) = halting().await;
    let _document = base.writes.lock("a.md").await;
    let options = ImportOptions { origin: Some("elsewhere".into()), ..ImportOptions::default() };
    let changed = vec![Source::bytes("a.md", "# 招生\n\n学费五千元。\n")];
    let told = [
        in_time(base.delete("a.md")).await.unwrap_err().to_string(),
        in_time(base.switch("a.md", true)).await.unwrap_err().to_string(),
        in_time(base.import_with(document(), &options, &|_| {})).await.unwrap_err().to_string(),
        in_time(base.import(changed, &|_| {})).await.unwrap_err().to_string(),
    ];
    assert!(told.iter().all(|told| told.starts_with(ANOTHER)), "{told:?}");
    // A correction waits for other corrections, whichever document they are in.
    let _corrections = base.writes.lock("\0corrections").await;
    let correction =
        Correction {
            question: "何时寄出？".into(), answer: "七月。".into(), ..Correction::default()
        };
    let refused = in_time(base.correct(&correction)).await.unwrap_err().to_string();
    assert!(refused.starts_with(ANOTHER), "{refused}");
}

/// Fills the first page of the sections' table with zeros, as a bad disk does.
fn spoil_sections(path: &Path) {
    let connection = rusqlite::Connection::open(path).unwrap();
    let number = |query| connection.query_row(query, [], |row| row.get::<_, i64>(0)).unwrap().unsigned_abs();
    let page = number("SELECT rootpage FROM sqlite_master WHERE name = 'sections'");
    let size = number("PRAGMA page_size");
    let file = std::fs::File::options().write(true).open(path).unwrap();
    file.write_all_at(&vec![0_u8; usize::try_from(size).unwrap()], (page - 1) * size).unwrap();
}

#[tokio::test]
async fn a_base_that_turns_out_to_be_damaged_says_so_until_it_is_opened_anew() {
    let folder = Folder::new();
    let path = folder.0.join("a.db");
    let embedder = Arc::new(LazyEmbedder::fake("one", Arc::new(OneWay) as Arc<dyn Embedder>));
    let open = async || {
        let store = EmbeddedStore::open(path.clone()).await.unwrap();
        Base::with("a", BaseSettings::default(), &embedder, Arc::new(store))
    };
    let base = open().await;
    base.import(document(), &|_| {}).await.unwrap();
    drop(base);
    // Nothing of it is in the log alone.
    let log = rusqlite::Connection::open(&path).unwrap();
    log.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    drop(log);
    let whole = std::fs::read(&path).unwrap();
    spoil_sections(&path);

    let base = open().await;
    assert!(base.unavailable().is_none() && !base.wants_reopening(), "opening reads no section");
    assert!(base.document("b.md").await.unwrap().is_none(), "what is not there is no damage");
    assert!(base.unavailable().is_none() && !base.wants_reopening());
    let (_, store) = base.store().await.unwrap();
    let Err(error) = store.pieces("a.md").await else { panic!("its sections are read") };
    assert!(matches!(error, StoreError::Damaged(_)), "{error:?}");
    drop(store);
    let told = base.unavailable().unwrap().to_string();
    assert!(told.contains("put the file back") && told.contains("POST /v1/config/reload"), "{told}");
    assert_eq!(base.trouble(), Some(told));
    assert!(base.wants_reopening());
    assert_eq!(base.documents().await.unwrap().len(), 1, "what can be read still is");
    drop(base);

    std::fs::write(&path, whole).unwrap();
    let base = open().await;
    assert!(base.store().await.unwrap().1.pieces("a.md").await.unwrap().is_some());
    assert!(base.unavailable().is_none() && !base.wants_reopening());
}
