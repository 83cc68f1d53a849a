//! Stores and embedders that are away, that fail, or that are others than those that made what is stored.

use super::*;

#[tokio::test]
async fn one_failing_base_does_not_keep_the_others_from_answering() {
    let shelf = BaseFixture::new();
    let good = shelf.base("good", BaseSettings { threshold: Some(0.1), ..BaseSettings::default() }).await;
    good.import(vec![Source::bytes("policy.md", POLICY)], &quiet).await.unwrap();
    let away = StoreSettings { url: "http://127.0.0.1:1".into(), ..StoreSettings::default() };
    let away = crate::knowledge::store::QdrantStore::new("far", &away, "away").unwrap();
    let away = Base::with("away", BaseSettings::default(), &shelf.embedder, Arc::new(away));
    let library = Library::of([good, away]);

    let results = library.search(&query("平行志愿", &["away", "good"])).await.unwrap();
    assert!(results.reports[0].error.as_deref().is_some_and(|error| error.contains("store `far`")));
    assert!(results.reports[1].error.is_none() && !results.hits.is_empty());
    let error = library.search(&query("平行志愿", &["away"])).await.unwrap_err();
    assert!(
        matches!(&error, SearchError::Unavailable { cause, lasts: false } if cause.contains("store `far`")),
        "{error}"
    );
    let error = library.search(&query("坏问题", &["good"])).await.unwrap_err();
    assert!(matches!(&error, SearchError::Unavailable { cause, .. } if cause.contains("away")), "{error}");
}

/// One embedder's vectors have other dimensions than the other's.
struct Short(Arc<Fake>);

#[async_trait]
impl Embedder for Short {
    async fn embed(&self, texts: Vec<String>) -> Result<Vec<Vec<f32>>, EmbedError> {
        let mut vectors = self.0.embed(texts).await?;
        vectors.iter_mut().for_each(|vector| vector.truncate(48));
        Ok(vectors)
    }
}

#[tokio::test]
async fn bases_with_different_embedders_answer_in_one_query_and_one_that_fails_fails_its_own() {
    let shelf = BaseFixture::new();
    let settings = || BaseSettings { threshold: Some(0.1), ..BaseSettings::default() };
    let short = Arc::new(Short(Arc::new(Fake { seen: Mutex::default() })));
    let short = Arc::new(LazyEmbedder::fake("short", short as Arc<dyn Embedder>));
    let (one, other) = (shelf.base("one", settings()).await, shelf.base("other", settings()).await);
    let other = Base { embedder: short, ..other };
    for base in [&one, &other] {
        base.import(vec![Source::bytes("policy.md", POLICY)], &quiet).await.unwrap();
    }
    let none = EmbedderSettings { model_path: Some("/nowhere/model.onnx".into()), ..Default::default() };
    let none = Arc::new(LazyEmbedder::new("none", none));
    let failing = Base { embedder: none, ..shelf.base("failing", settings()).await };
    let library = Library::of([one, other, failing]);

    let results = library.search(&query("平行志愿", &["one", "failing", "other"])).await.unwrap();
    let errors: Vec<_> = results.reports.iter().map(|report| report.error.is_some()).collect();
    assert_eq!(errors, [false, true, false]);
    for base in ["one", "other"] {
        let hit = results.hits.iter().find(|hit| hit.knowledge_base == base).unwrap();
        assert_eq!(hit.section.join("/"), "志愿/平行志愿", "{base}");
        assert!(hit.dense > 0.3);
    }
}

#[tokio::test]
async fn a_turn_goes_on_while_qdrant_is_away_and_finds_it_again_when_it_is_back() {
    let mut server = QdrantServer::start().await;
    let shelf = BaseFixture::new();
    let settings = || BaseSettings { threshold: Some(0.1), ..BaseSettings::default() };
    let near = shelf.base("near", settings()).await;
    let far = Base::with("far", settings(), &shelf.embedder, Arc::new(server.store("far")));
    for base in [&near, &far] {
        base.import(vec![Source::bytes("policy.md", POLICY)], &quiet).await.unwrap();
    }
    let library = Library::of([near, far]);
    let asked = query("平行志愿", &["near", "far"]);
    let before = library.search(&asked).await.unwrap();
    assert!(before.reports.iter().all(|report| report.error.is_none() && report.found > 0));

    server.kill();
    let during = library.search(&asked).await.unwrap();
    assert!(during.hits.iter().all(|hit| hit.knowledge_base == "near") && !during.hits.is_empty());
    let error = during.reports[1].error.as_deref().unwrap();
    assert!(error.contains("store `test`"), "{error}");

    server.restart().await;
    let after = library.search(&asked).await.unwrap();
    assert_eq!(after.hits, before.hits, "the same hits and scores, without a restart of the host");

    // An import that begins while the server is away waits for it a little.
    server.kill();
    let far = Arc::clone(library.base("far").unwrap());
    let importing = tokio::spawn(async move {
        far.import(vec![Source::bytes("new.txt", "提前批次的填报。")], &quiet).await
    });
    server.restart().await;
    // Whether it had to wait, or came too early and is told to try again, nothing is half there.
    let imported = importing.await.unwrap();
    let there = library.base("far").unwrap().document("new.txt").await.unwrap();
    assert_eq!(there.is_some(), imported.is_ok_and(|report| report.imported == 1));
    let report =
        library.base("far").unwrap().import(vec![Source::bytes("new.txt", "提前批次的填报。")], &quiet);
    assert_eq!(report.await.unwrap().unreadable, []);
}

#[tokio::test]
async fn a_store_that_never_answers_is_not_waited_for() {
    // Accepts connections and says nothing.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = StoreSettings {
        url: format!("http://{}", listener.local_addr().unwrap()),
        search_timeout: std::time::Duration::from_millis(100),
        timeout: std::time::Duration::from_secs(60),
        ..StoreSettings::default()
    };
    let silent = crate::knowledge::store::QdrantStore::new("silent", &silent, "a").unwrap();
    let shelf = BaseFixture::new();
    let near = shelf.base("near", BaseSettings { threshold: Some(0.1), ..BaseSettings::default() }).await;
    near.import(vec![Source::bytes("policy.md", POLICY)], &quiet).await.unwrap();
    let silent = Base::with("silent", BaseSettings::default(), &shelf.embedder, Arc::new(silent));
    let library = Library::of([near, silent]);
    let results = library.search(&query("平行志愿", &["near", "silent"])).await.unwrap();
    assert!(!results.hits.is_empty());
    let error = results.reports[1].error.as_deref().unwrap();
    assert!(error.contains("did not answer a search within 100ms"), "{error}");
}

#[tokio::test]
async fn a_base_made_with_another_embedder_takes_no_document_and_is_searched_by_its_words() {
    let shelf = BaseFixture::new();
    let base = shelf.base("a", BaseSettings::default()).await;
    base.import(vec![Source::bytes("1.txt", "平行志愿。")], &quiet).await.unwrap();
    let fake = Arc::clone(&shelf.fake) as Arc<dyn Embedder>;
    let base = Base { embedder: Arc::new(LazyEmbedder::fake("other", fake)), ..base };
    let error = base.import(vec![Source::bytes("2.txt", "体检。")], &quiet).await.unwrap_err();
    let message = error.to_string();
    assert!(message.contains("fake:fake") && message.contains("[knowledge.a]"), "{message}");
    let found = Library::of([base]).search(&query("平行志愿", &["a"])).await.unwrap();
    let degraded = found.reports[0].degraded.as_deref().unwrap();
    assert!(degraded.contains("[knowledge.a]") && found.hits.len() == 1, "{degraded}");
}

#[tokio::test]
async fn a_missing_model_does_not_stop_the_host_and_names_the_mend() {
    let folder = Folder::new();
    let bases = BTreeMap::from([(
        "a".to_owned(),
        BaseSettings { embedder: "none".into(), ..BaseSettings::default() },
    )]);
    let none =
        EmbedderSettings { model_path: Some("/nowhere/model.onnx".into()), ..EmbedderSettings::default() };
    let embedders = BTreeMap::from([("none".to_owned(), none)]);
    let library =
        Library::open(&folder.0, &bases, &embedders, &BTreeMap::new(), crate::knowledge::nothing_reads())
            .await
            .unwrap();
    let error = library.search(&query("平行志愿", &["a"])).await.unwrap_err();
    assert!(error.to_string().contains("setup model"), "{error}");
}

#[tokio::test]
async fn settings_that_cannot_work_are_refused_when_the_library_opens() {
    let folder = Folder::new();
    let bases = BTreeMap::from([(
        "a".to_owned(),
        BaseSettings { top_k: 0, store: "far".into(), ..BaseSettings::default() },
    )]);
    let error = Library::open(
        &folder.0,
        &bases,
        &BTreeMap::new(),
        &BTreeMap::new(),
        crate::knowledge::nothing_reads(),
    )
    .await
    .unwrap_err();
    assert!(matches!(&error, OpenError::Settings(problems) if problems.len() == 2), "{error}");
    assert!(error.to_string().contains("knowledge.a.top_k"), "{error}");
}
