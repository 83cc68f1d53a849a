//! What every store must do, run against the embedded store and against a real Qdrant server.

mod answers;
mod corrections;
mod listed;
mod qdrant;
mod search;
mod server;
mod together;
mod versions;

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;

use super::*;
use search::*;
pub(in crate::knowledge) use server::{Folder, QdrantServer};

use crate::knowledge::metadata::Metadata;
use crate::knowledge::score::{normalise, window_weights};
use crate::knowledge::settings::StoreSettings;
use crate::knowledge::terms::question_key;
use crate::message::MediaType;

#[tokio::test]
async fn the_embedded_store_keeps_the_contract() {
    let folder = Folder::new();
    let stores = async |name: &str| {
        let store = EmbeddedStore::open(folder.0.join(format!("{name}.db"))).await.unwrap();
        Arc::new(store) as Arc<dyn Store>
    };
    keeps_the_contract(stores).await;
}

#[tokio::test]
async fn the_qdrant_store_keeps_the_contract() {
    let server = QdrantServer::start().await;
    keeps_the_contract(async |name: &str| Arc::new(server.store(name)) as Arc<dyn Store>).await;
}

/// Opening the same name twice gives two hosts' views of one base.
async fn keeps_the_contract(open: impl AsyncFn(&str) -> Arc<dyn Store>) {
    an_empty_base_answers(&*open("empty").await).await;
    documents_are_put_replaced_and_deleted(&*open("lifecycle").await).await;
    a_document_changes_its_origin_and_nothing_else(&*open("origins").await).await;
    scores_are_the_documented_ones(&*open("scores").await).await;
    a_rare_word_is_found_below_many_that_are_nearer(&*open("rare").await).await;
    each_section_comes_once(&*open("sections").await).await;
    sections_come_by_their_place(&*open("places").await).await;
    a_section_counts_with_its_windows(&*open("beside").await).await;
    equal_questions_are_exact(&*open("questions").await).await;
    corrections::stored_questions_come_with_their_corrections(&*open("corrections").await).await;
    answers::answers_are_found_by_the_ways_to_ask(&*open("answers").await).await;
    answers::of_two_answers_the_one_imported_last_comes_first(&*open("newest").await).await;
    words_are_found_without_vectors(&*open("words").await).await;
    filters_narrow_before_the_best_are_taken(&*open("filters").await).await;
    another_embedder_is_refused(&*open("embedders").await).await;
    vectors_that_cannot_be_compared_are_refused(&*open("dimensions").await).await;
    listed::documents_are_listed_by_what_a_filter_admits(&*open("listed").await).await;
    a_probe_is_kept_beside_the_documents(&*open("probe").await).await;
    readers_see_one_version_wholly(open("versions").await).await;

    let first = open("reopened").await;
    first.put_document(document("a.txt", &["平行志愿的投档规则"])).await.unwrap();
    drop(first);
    let second = open("reopened").await;
    assert_eq!(ids(&*second, "平行志愿").await, ["a.txt#0"], "what was put is there after reopening");
    assert_eq!(second.embedder(&StoreVisit::default()).await.unwrap().as_deref(), Some("test"));
}

async fn an_empty_base_answers(store: &dyn Store) {
    assert_eq!(store.documents().await.unwrap(), []);
    assert_eq!(store.document("a").await.unwrap(), None);
    assert_eq!(store.embedder(&StoreVisit::default()).await.unwrap(), None);
    assert!(ids(store, "平行志愿").await.is_empty());
    assert!(!store.delete_document("a").await.unwrap());
}

async fn documents_are_put_replaced_and_deleted(store: &dyn Store) {
    // A space and a quote in an id must not change what is filtered by.
    let (one, two) = ("政策/一 份\"文件\".md", "b.txt");
    store.put_document(document(one, &["平行志愿的投档规则", "录取通知书的寄送"])).await.unwrap();
    store.put_document(document(two, &["体检标准与要求"])).await.unwrap();
    let listed = store.documents().await.unwrap();
    assert_eq!(listed, [document(two, &["体检标准与要求"]).info, document(one, &["", ""]).info]);
    assert_eq!(store.document(one).await.unwrap().as_ref(), Some(&listed[1]));
    assert_eq!(ids(store, "录取通知书").await[0], format!("{one}#1"));
    let (info, pieces) = store.pieces(one).await.unwrap().unwrap();
    assert_eq!(info, listed[1]);
    let texts: Vec<_> = pieces.windows.iter().map(|window| window.text.as_str()).collect();
    assert_eq!(texts, ["平行志愿的投档规则", "录取通知书的寄送"]);
    assert!(store.pieces("absent").await.unwrap().is_none());

    store.put_document(document(one, &["提前批次的填报"])).await.unwrap();
    assert_eq!(store.documents().await.unwrap().len(), 2);
    assert_eq!(store.document(one).await.unwrap().unwrap().windows, 1);
    assert_eq!(ids(store, "提前批次").await[0], format!("{one}#0"));
    let texts: Vec<_> =
        search(store, "录取通知书", 10).await.iter().map(|c| c.section.text.clone()).collect();
    assert!(!texts.iter().any(|text| text.contains("通知书")), "the older version is gone: {texts:?}");

    assert!(store.delete_document(one).await.unwrap());
    assert!(!store.delete_document(one).await.unwrap());
    assert_eq!(ids(store, "提前批次").await, [format!("{two}#0")]);
    assert_eq!(store.documents().await.unwrap().len(), 1);
}

async fn a_document_changes_its_origin_and_nothing_else(store: &dyn Store) {
    assert!(!store.set_origin("a.md", "d", Some("别处")).await.unwrap(), "there is none");
    store.put_document(document("a.md", &["平行志愿的投档规则"])).await.unwrap();
    store.put_document(document("b.md", &["体检标准与要求"])).await.unwrap();
    let before = store.documents().await.unwrap();
    for origin in [Some("别处"), None, Some("文件夹")] {
        assert!(store.set_origin("a.md", "d", origin).await.unwrap());
        let changed = DocumentInfo { origin: origin.map(str::to_owned), ..before[0].clone() };
        assert_eq!(store.documents().await.unwrap(), [changed.clone(), before[1].clone()]);
        assert_eq!(store.document("a.md").await.unwrap(), Some(changed));
        assert_eq!(ids(store, "平行志愿").await[0], "a.md#0", "it is found as before");
    }
    assert!(!store.set_origin("a.md", "older", None).await.unwrap(), "another content");
    assert_eq!(store.documents().await.unwrap(), before);
}

async fn another_embedder_is_refused(store: &dyn Store) {
    store.put_document(document("a.txt", &["平行志愿"])).await.unwrap();
    let other = NewDocument { embedder: "other".into(), ..document("b.txt", &["平行志愿"]) };
    let error = store.put_document(other.clone()).await.unwrap_err();
    assert!(
        matches!(&error, StoreError::Broken(message) if message.contains("test") && message.contains("other")),
        "{error}"
    );
    store.delete_document("a.txt").await.unwrap();
    store.put_document(other).await.unwrap();
    assert_eq!(store.embedder(&StoreVisit::default()).await.unwrap().as_deref(), Some("other"));
}

async fn vectors_that_cannot_be_compared_are_refused(store: &dyn Store) {
    assert_eq!(store.dimensions(&StoreVisit::default()).await.unwrap(), None);
    store.put_document(document("a.txt", &["平行志愿"])).await.unwrap();
    assert_eq!(store.dimensions(&StoreVisit::default()).await.unwrap(), Some(32));
    let (mut all, mut one) = (document("b.txt", &["平行志愿"]), document("c.txt", &["平行志愿", "投档"]));
    all.windows[0].vector = vec![0.25; 16];
    one.windows[1].vector.truncate(16);
    let mut none = document("d.txt", &["平行志愿", "投档"]);
    none.windows[1].vector[3] = f32::NAN;
    for wrong in [all, one, none] {
        let error = store.put_document(wrong).await.unwrap_err();
        assert!(
            matches!(&error, StoreError::Broken(message) if message.contains("dimensions") || message.contains("none")),
            "{error}"
        );
    }
    assert_eq!(store.documents().await.unwrap().len(), 1);
    assert_eq!(store.check().await.unwrap(), StoreCheck { documents: 1, ..StoreCheck::default() });
}

async fn a_probe_is_kept_beside_the_documents(store: &dyn Store) {
    assert_eq!(store.probe().await.unwrap(), None);
    for number in [0.5, 0.25] {
        let probe = Probe { embedder: "test".into(), vector: vec![number; 32] };
        store.keep_probe(probe.clone()).await.unwrap();
        assert_eq!(store.probe().await.unwrap(), Some(probe));
    }
    assert_eq!(
        (store.embedder(&StoreVisit::default()).await.unwrap(), store.documents().await.unwrap().len()),
        (None, 0)
    );
    store.put_document(document("a.txt", &["平行志愿"])).await.unwrap();
    assert_eq!(ids(store, "平行志愿").await, ["a.txt#0"]);
    assert_eq!(store.probe().await.unwrap().unwrap().vector[0], 0.25);
}

async fn readers_see_one_version_wholly(store: Arc<dyn Store>) {
    let version = |n: usize| {
        let texts: Vec<_> = (0..8).map(|i| format!("平行志愿第{n}版第{i}段")).collect();
        document("a.txt", &texts.iter().map(String::as_str).collect::<Vec<_>>())
    };
    store.put_document(version(0)).await.unwrap();
    let writer = Arc::clone(&store);
    let writing = tokio::spawn(async move {
        for n in 1..12 {
            writer.put_document(version(n)).await.unwrap();
        }
    });
    let mut seen = 0;
    while !writing.is_finished() {
        let found = search(&*store, "平行志愿", 20).await;
        let versions: std::collections::BTreeSet<_> =
            found.iter().map(|c| c.section.text.split('第').nth(1).unwrap_or_default().to_owned()).collect();
        assert!(versions.len() <= 1, "two versions at once: {versions:?}");
        seen += 1;
    }
    writing.await.unwrap();
    assert!(seen > 0);
    let found = search(&*store, "平行志愿", 20).await;
    assert_eq!(found.len(), 8);
    assert!(found.iter().all(|candidate| candidate.section.text.contains("第11版")));
}

#[tokio::test]
async fn an_embedded_base_sees_what_another_process_imports() {
    let folder = Folder::new();
    let path = folder.0.join("a.db");
    let serving = EmbeddedStore::open(path.clone()).await.unwrap();
    let importing = EmbeddedStore::open(path).await.unwrap();
    importing.put_document(document("a.txt", &["平行志愿的投档规则"])).await.unwrap();
    let begun = Instant::now();
    while ids(&serving, "平行志愿").await.is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(10), "never seen");
        tokio::task::yield_now().await;
    }
}

/// One section and one window for each text.
pub(in crate::knowledge) fn document(id: &str, texts: &[&str]) -> NewDocument {
    NewDocument {
        info: DocumentInfo {
            id: id.to_owned(),
            title: format!("题 {id}"),
            url: Some("https://example.org/a?b=1".to_owned()).filter(|_| id.ends_with(".md")),
            bytes: 42,
            sections: texts.len() as u32,
            windows: texts.len() as u32,
            digest: "d".to_owned(),
            imported_at: 1_700_000_000,
            origin: Some("文件夹".to_owned()).filter(|_| id.ends_with(".md")),
            metadata: Metadata::default(),
            notes: Vec::new(),
        },
        embedder: "test".to_owned(),
        sections: texts
            .iter()
            .map(|&text| Section {
                headings: Vec::new(),
                text: text.to_owned(),
                media_type: MediaType::Plain,
                answer: None,
                off: None,
            })
            .collect(),
        windows: texts.iter().zip(0..).map(|(text, section)| window(section, text)).collect(),
        changes_of: None,
    }
}

fn window(section: u32, text: &str) -> NewWindow {
    NewWindow {
        section,
        range: 0..text.len() as u32,
        key: question_key(text),
        question: None,
        vector: vector(text),
        weights: window_weights(&Terms::of(text)),
    }
}

/// A text's characters thrown into 32 bins: texts with common characters point the same way.
fn vector(text: &str) -> Vec<f32> {
    let mut vector = vec![0.1; 32];
    for c in text.chars() {
        vector[c as usize * 7 % 32] += 1.0;
    }
    assert!(normalise(&mut vector));
    vector
}

async fn search(store: &dyn Store, text: &str, limit: usize) -> Vec<Candidate> {
    narrowed(store, text, limit, Vec::new()).await
}

async fn narrowed(store: &dyn Store, text: &str, limit: usize, filters: Vec<Filter>) -> Vec<Candidate> {
    let search = Search {
        vector: Some(vector(text).into()),
        terms: Arc::new(Terms::of(text)),
        asked: question_key(text).map(|key| Arc::new(AskedQuestion::new(&key))),
        filters,
        limit,
        context: true,
        visit: Arc::default(),
    };
    store.search(search).await.unwrap()
}

async fn ids(store: &dyn Store, text: &str) -> Vec<String> {
    let found = search(store, text, 10).await;
    found.iter().map(|candidate| format!("{}#{}", candidate.document.id, candidate.ordinal)).collect()
}
