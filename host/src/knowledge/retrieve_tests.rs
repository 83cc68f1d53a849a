//! Retrieval and import from end to end, mostly with an embedder that needs no model.

use std::sync::Mutex;

use async_trait::async_trait;

use super::*;
use crate::knowledge::embed::{Embedder, LazyEmbedder};
use crate::knowledge::settings::{BaseSettings, EmbedderSettings};
use crate::knowledge::source::Source;
use crate::knowledge::store::contract::{Folder, Server};
use crate::knowledge::store::{EmbeddedStore, Store};
use crate::knowledge::{BaseError, ImportError, ImportOptions, Library, OpenError, StoreSettings};

/// Texts with common characters point the same way. Fails on texts with "坏".
struct Fake {
    seen: Mutex<Vec<String>>,
}

#[async_trait]
impl Embedder for Fake {
    async fn embed(&self, texts: Vec<String>) -> Result<Vec<Vec<f32>>, EmbedError> {
        if texts.iter().any(|text| text.contains('坏')) {
            return Err(EmbedError::Unavailable { reason: "the endpoint is away".into(), retry_after: None });
        }
        let vectors = texts.iter().map(|text| {
            let mut vector = vec![0.1; 64];
            text.chars().for_each(|c| vector[c as usize * 11 % 64] += 1.0);
            vector
        });
        let vectors = vectors.collect();
        self.seen.lock().unwrap().extend(texts);
        Ok(vectors)
    }
}

struct Shelf {
    folder: Folder,
    fake: Arc<Fake>,
    embedder: Arc<LazyEmbedder>,
}

impl Shelf {
    fn new() -> Self {
        let fake = Arc::new(Fake { seen: Mutex::default() });
        let embedder = Arc::new(LazyEmbedder::fake("fake", Arc::clone(&fake) as Arc<dyn Embedder>));
        Self { folder: Folder::new(), fake, embedder }
    }

    async fn base(&self, name: &str, settings: BaseSettings) -> Base {
        let store = EmbeddedStore::open(self.folder.0.join(format!("{name}.db"))).await.unwrap();
        Base::with(name, settings, &self.embedder, Arc::new(store))
    }

    fn embedded(&self) -> usize {
        self.fake.seen.lock().unwrap().len()
    }
}

fn query(text: &str, bases: &[&str]) -> Query {
    Query {
        text: text.into(),
        wordings: None,
        bases: bases.iter().map(|&base| base.to_owned()).collect(),
        top_k: None,
        threshold: None,
        filter: None,
        context: false,
    }
}

fn quiet(_: crate::knowledge::Progress<'_>) {}

const POLICY: &str =
    "# 志愿\n\n## 平行志愿\n\n平行志愿按分数优先、遵循志愿的原则投档。\n\n## 体检\n\n考生须参加体检。\n";
const FAQ: &str = "question,variants,answer\n你是谁？,你叫什么名字,\"我是助手，**不是**人。\n\"\n怎么退款？,,请联系客服。\n";

#[tokio::test]
async fn hits_of_several_bases_are_ordered_by_weighted_score() {
    let shelf = Shelf::new();
    let light = BaseSettings { weight: 0.5, threshold: Some(0.1), ..BaseSettings::default() };
    let heavy = BaseSettings { threshold: Some(0.1), ..BaseSettings::default() };
    let (light, heavy) = (shelf.base("light", light).await, shelf.base("heavy", heavy).await);
    for base in [&light, &heavy] {
        base.import(vec![Source::bytes("policy.md", POLICY)], &quiet).await.unwrap();
    }
    let library = Library::of([light, heavy]);
    let results = library.search(&query("平行志愿怎么投档", &["light", "heavy", "light"])).await.unwrap();
    let first = &results.hits[0];
    assert_eq!((first.knowledge_base.as_str(), first.section.join("/").as_str()), ("heavy", "志愿/平行志愿"));
    assert_eq!(first.title, "志愿");
    assert!(results.hits.is_sorted_by(|a, b| a.rank >= b.rank));
    let names: Vec<_> = results.reports.iter().map(|report| report.knowledge_base.as_str()).collect();
    assert_eq!(names, ["light", "heavy"], "each base once, in the order asked");
    assert_eq!(
        results.reports[0].best_score, results.reports[1].best_score,
        "weight does not change the score"
    );
    let one =
        library.search(&Query { top_k: Some(1), ..query("平行志愿", &["light", "heavy"]) }).await.unwrap();
    assert_eq!(one.hits.len(), 1);
    assert_eq!(first.dense_share, 0.7, "in so small a base no word is rare");
    assert!((first.score - (0.7 * first.dense + 0.3 * first.lexical.sqrt())).abs() < 1e-12);
}

#[tokio::test]
async fn what_is_below_the_threshold_is_reported_and_left_out() {
    let shelf = Shelf::new();
    let base = shelf.base("a", BaseSettings { threshold: Some(1.0), ..BaseSettings::default() }).await;
    base.import(vec![Source::bytes("policy.md", POLICY)], &quiet).await.unwrap();
    let library = Library::of([base]);
    let results = library.search(&query("平行志愿", &["a"])).await.unwrap();
    assert!(results.hits.is_empty());
    assert_eq!(results.reports[0].found, 0);
    assert!(results.reports[0].best_score.is_some_and(|score| score > 0.2 && score < 1.0));
    let lower = Query { threshold: Some(0.0), ..query("平行志愿", &["a"]) };
    assert_eq!(library.search(&lower).await.unwrap().hits.len(), 2);
}

#[tokio::test]
async fn two_wordings_of_a_question_count_together_and_only_the_text_finds_a_standard_answer() {
    const FEES: &str = "# 学费\n\n## 甲大学\n\n甲大学收五千元学费。\n\n## 乙学院\n\n乙学院收八千元学费。\n";
    let shelf = Shelf::new();
    let settings = BaseSettings { threshold: Some(0.0), ..BaseSettings::default() };
    let base = shelf.base("a", settings).await;
    let sources = vec![Source::bytes("fees.md", FEES), Source::bytes("faq.csv", FAQ)];
    base.import(sources, &quiet).await.unwrap();
    let library = Library::of([base]);
    let best = async |text: &str, asked: &str, joined: &str| {
        let wordings = Wordings { asked: asked.into(), joined: joined.into() };
        let query = Query { wordings: Some(wordings), ..query(text, &["a"]) };
        library.search(&query).await.unwrap().hits
    };
    for (before, found) in [("乙学院好吗", "乙学院"), ("甲大学好吗", "甲大学")] {
        let hits = best("学费多少", "学费多少", &format!("{before} 学费多少")).await;
        assert!(hits[0].text.contains(found), "{hits:?}");
        assert!((0.0..=1.0).contains(&hits[0].score) && hits[0].score > hits[1].score);
    }
    let hits = best("怎么退款", "那退款呢", "甲大学好吗 那退款呢").await;
    assert_eq!(hits[0].standard_answer.as_deref(), Some("请联系客服。"));
    let hits = best("甲大学", "怎么退款", "怎么退款").await;
    assert!(hits.iter().all(|hit| hit.standard_answer.is_none() && hit.same.is_none()), "{hits:?}");
    assert_eq!(hits[0].question.as_deref(), Some("怎么退款？"), "as a passage it is found");
}

#[tokio::test]
async fn stored_questions_have_a_threshold_of_their_own() {
    let shelf = Shelf::new();
    let settings = |questions| BaseSettings {
        threshold: Some(0.0),
        question_threshold: Some(questions),
        answer_threshold: 1.0,
        ..BaseSettings::default()
    };
    let answering = BaseSettings { answer_threshold: 0.3, ..settings(0.999) };
    let answering = shelf.base("answering", answering).await;
    let strict = shelf.base("strict", settings(0.999)).await;
    let open = shelf.base("open", settings(0.0)).await;
    for base in [&strict, &open, &answering] {
        let sources = vec![Source::bytes("policy.md", POLICY), Source::bytes("faq.csv", FAQ)];
        base.import(sources, &quiet).await.unwrap();
    }
    let library = Library::of([strict, open, answering]);
    let kinds = async |base: &str, text: &str, threshold| {
        let query = Query { threshold, ..query(text, &[base]) };
        let results = library.search(&query).await.unwrap();
        let questions = results.hits.iter().filter(|hit| hit.question.is_some()).count();
        (questions, results.hits.len() - questions, results.reports[0].threshold)
    };
    let (questions, passages, threshold) = kinds("open", "怎么退款呀我想问", None).await;
    assert!(questions > 0 && passages > 0 && threshold == 0.0);
    let (questions, passages, threshold) = kinds("strict", "怎么退款呀我想问", None).await;
    assert!(questions == 0 && passages > 0 && threshold == 0.999, "the best one seen is a stored question");
    let (questions, _, threshold) = kinds("strict", "怎么退款呀我想问", Some(0.1)).await;
    assert!(questions > 0 && threshold == 0.1, "what the search asks for holds for both");
    assert_eq!(kinds("strict", "怎么退款", None).await.0, 1, "the stored question itself");
    assert_eq!(kinds("answering", "怎么退款呀我想问", None).await.0, 1, "what answers is found");
    assert_eq!(
        kinds("answering", "怎么退款呀我想问", Some(0.999)).await.0,
        0,
        "but where the search says more"
    );
}

#[tokio::test]
async fn a_standard_answer_comes_byte_for_byte_and_only_above_its_threshold() {
    let shelf = Shelf::new();
    let base = shelf.base("faq", BaseSettings { threshold: Some(0.0), ..BaseSettings::default() }).await;
    base.import(vec![Source::bytes("faq.csv", FAQ)], &quiet).await.unwrap();
    let library = Library::of([base]);
    for asked in ["你是谁", "你叫什么名字？", "  你 是 谁 ？？"] {
        let results = library.search(&query(asked, &["faq"])).await.unwrap();
        let hit = &results.hits[0];
        assert_eq!(hit.standard_answer.as_deref(), Some("我是助手，**不是**人。\n"), "{asked}");
        assert!(hit.exact && hit.score == 1.0);
        assert_eq!(results.hits[1].standard_answer, None, "the other question is too far");
    }
    let near = library.search(&query("你是哪位老师", &["faq"])).await.unwrap();
    assert!(near.hits.iter().all(|hit| hit.standard_answer.is_none()));
}

#[tokio::test]
async fn a_close_question_is_offered_between_the_two_thresholds_and_found_by_its_own_words() {
    let shelf = Shelf::new();
    let settings = BaseSettings {
        threshold: Some(0.0),
        answer_threshold: 0.9,
        offer_threshold: Some(0.02),
        ..BaseSettings::default()
    };
    let base = shelf.base("faq", settings).await;
    base.import(vec![Source::bytes("faq.csv", FAQ), Source::bytes("policy.md", POLICY)], &quiet)
        .await
        .unwrap();
    let library = Library::of([base]);
    let near = library.search(&query("你叫什么名字来着", &["faq"])).await.unwrap();
    let hit = &near.hits[0];
    assert!(hit.same.is_some_and(|same| (0.02..0.9).contains(&same)), "{:?}", hit.same);
    assert_eq!(hit.standard_answer, None);
    assert_eq!(hit.offered_answer.as_deref(), Some("我是助手，**不是**人。\n"));
    let question = hit.question.clone().unwrap();
    assert_eq!(question, "你是谁？", "the question itself, though a variant was matched");
    for hit in &near.hits[1..] {
        assert_eq!(hit.offered_answer.is_some(), hit.same.is_some_and(|same| same >= 0.02), "{hit:?}");
        assert_eq!(hit.question.is_some(), hit.document == "faq.csv");
    }
    let chosen = library.search(&query(&question, &["faq"])).await.unwrap().hits.remove(0);
    assert_eq!((chosen.score, chosen.offered_answer), (1.0, None));
    assert_eq!(chosen.standard_answer.as_deref(), Some("我是助手，**不是**人。\n"));
}

#[tokio::test]
async fn one_failing_base_does_not_keep_the_others_from_answering() {
    let shelf = Shelf::new();
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
    let shelf = Shelf::new();
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
async fn a_search_is_narrowed_by_the_base_and_by_the_query() {
    let shelf = Shelf::new();
    let filter = |value: serde_json::Value| Some(serde_json::from_value(value).unwrap());
    let current = filter(serde_json::json!([{"operator": "gte", "field": "year", "value": 2024}]));
    let settings = BaseSettings { threshold: Some(0.0), filters: current, ..BaseSettings::default() };
    let base = shelf.base("a", settings).await;
    let source = |id: &str, year: u32, province: &str| {
        let text = format!("---\nyear: {year}\nprovince: 全国\n---\n平行志愿的投档。");
        let mut source = Source::bytes(id, text);
        source.metadata.add("province", province).unwrap();
        source
    };
    let sources =
        vec![source("1.md", 2024, "广东"), source("2.md", 2023, "广东"), source("3.md", 2025, "湖南")];
    base.import(sources.clone(), &quiet).await.unwrap();
    let described = base.document("1.md").await.unwrap().unwrap();
    assert_eq!(
        described.metadata.values("province"),
        ["广东"],
        "what was said at import goes over front matter"
    );
    assert_eq!(base.import(sources, &quiet).await.unwrap().unchanged, 3);
    let again = base.import(vec![source("2.md", 2023, "湖南")], &quiet).await.unwrap();
    assert_eq!(again.imported, 1, "metadata is part of the digest");

    let library = Library::of([base]);
    let found = async |filter: Option<Filter>| {
        let query = Query { filter, ..query("平行志愿", &["a"]) };
        let mut found: Vec<_> =
            library.search(&query).await.unwrap().hits.into_iter().map(|hit| hit.document).collect();
        found.sort();
        found.join(" ")
    };
    assert_eq!(found(None).await, "1.md 3.md");
    let hunan = filter(serde_json::json!([{"operator": "eq", "field": "province", "value": "湖南"}]));
    assert_eq!(found(hunan).await, "3.md");
}

#[tokio::test]
async fn reranking_orders_what_reached_the_threshold_and_falls_back() {
    let shelf = Shelf::new();
    let base =
        shelf.base("a", BaseSettings { threshold: Some(0.2), top_k: 1, ..BaseSettings::default() }).await;
    base.import(vec![Source::bytes("policy.md", POLICY)], &quiet).await.unwrap();
    let handler = |axum::Json(body): axum::Json<serde_json::Value>| async move {
        let documents = body["documents"].as_array().unwrap().iter().enumerate();
        let score =
            |text: &serde_json::Value| if text.as_str().unwrap().contains("考生须") { 0.9 } else { 0.1 };
        let results: Vec<_> = documents
            .map(|(index, text)| serde_json::json!({"index": index, "relevance_score": score(text)}))
            .collect();
        axum::Json(serde_json::json!({"results": results}))
    };
    let _ = rustls::crypto::ring::default_provider().install_default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = axum::Router::new().route("/rerankers", axum::routing::post(handler));
    let serving = tokio::spawn(async move { axum::serve(listener, app).await });
    let settings = format!("base_url = \"http://{address}\"\nmodel = \"m\"\ntimeout = \"30s\"");
    let settings = toml::from_str(&settings).unwrap();
    let library = Library::of([base]).reranked(Some(&settings), None).unwrap();

    let asked = Query { threshold: Some(0.0), ..query("平行志愿怎么投档", &["a"]) };
    let results = library.search(&asked).await.unwrap();
    assert_eq!(results.hits.len(), 1, "top_k is kept");
    assert_eq!(results.hits[0].section.join("/"), "志愿/体检", "a hit that top_k would have cut off");
    assert_eq!((results.hits[0].rerank_score, results.hits[0].rank), (Some(0.9), 0.9));
    assert_eq!(results.reports[0].found, 1);
    assert!(results.rerank.is_some_and(|report| report.applied && report.candidates == 2));

    let strict = Query { threshold: Some(0.99), ..asked.clone() };
    assert!(library.search(&strict).await.unwrap().hits.is_empty(), "thresholds go by the fused score");

    serving.abort();
    let _ = serving.await;
    let results = library.search(&asked).await.unwrap();
    assert_eq!(results.hits[0].section.join("/"), "志愿/平行志愿");
    assert!(results.rerank.unwrap().reason.is_some());
}

#[tokio::test]
async fn a_turn_goes_on_while_qdrant_is_away_and_finds_it_again_when_it_is_back() {
    let mut server = Server::start().await;
    let shelf = Shelf::new();
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
    let shelf = Shelf::new();
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
async fn what_cannot_be_searched_is_refused() {
    let shelf = Shelf::new();
    let library = Library::of([shelf.base("a", BaseSettings::default()).await]);
    let refused = async |query: Query| library.search(&query).await.unwrap_err();
    assert!(matches!(refused(query("x", &["b"])).await, SearchError::UnknownBase(name) if name == "b"));
    assert!(matches!(refused(query(" \n", &["a"])).await, SearchError::InvalidQuery(_)));
    assert!(matches!(refused(query("x", &[])).await, SearchError::InvalidQuery(_)));
    assert!(matches!(
        refused(Query { top_k: Some(0), ..query("x", &["a"]) }).await,
        SearchError::InvalidQuery(_)
    ));
    let nan = Query { threshold: Some(f64::NAN), ..query("x", &["a"]) };
    assert!(matches!(refused(nan).await, SearchError::InvalidQuery(_)));
}

#[tokio::test]
async fn an_empty_base_finds_nothing() {
    let shelf = Shelf::new();
    let library = Library::of([shelf.base("a", BaseSettings::default()).await]);
    let results = library.search(&query("平行志愿", &["a"])).await.unwrap();
    assert_eq!((results.hits.len(), results.reports[0].best_score), (0, None));
}

#[tokio::test]
async fn importing_again_does_nothing_and_a_change_replaces() {
    let shelf = Shelf::new();
    let base = shelf.base("a", BaseSettings::default()).await;
    let sources = || vec![Source::bytes("policy.md", POLICY), Source::bytes("faq.qa.csv", FAQ)];
    let first = base.import(sources(), &quiet).await.unwrap();
    assert_eq!((first.imported, first.unchanged, first.windows), (2, 0, 5));
    let embedded = shelf.embedded();
    let again = base.import(sources(), &quiet).await.unwrap();
    assert_eq!((again.imported, again.unchanged, again.windows), (0, 2, 0));
    assert_eq!(shelf.embedded(), embedded, "nothing is embedded again");

    let changed = base.import(vec![Source::bytes("policy.md", "# 新\n\n新内容。")], &quiet).await.unwrap();
    assert_eq!((changed.imported, changed.windows), (1, 1));
    let documents = base.documents().await.unwrap();
    assert_eq!(documents.iter().map(|d| d.title.as_str()).collect::<Vec<_>>(), ["faq.qa.csv", "新"]);
    assert!(base.delete("policy.md").await.unwrap());
    assert!(!base.delete("policy.md").await.unwrap());

    let smaller = BaseSettings { window_chars: 20, ..BaseSettings::default() };
    let base = Base { settings: smaller, ..base };
    assert_eq!(base.import(sources(), &quiet).await.unwrap().imported, 2, "another cut is another digest");
}

#[tokio::test]
async fn unreadable_documents_are_reported_and_the_rest_goes_in() {
    let shelf = Shelf::new();
    let base = shelf.base("a", BaseSettings::default()).await;
    let sources = vec![
        Source::bytes("scan.png", "?"),
        Source::bytes("broken.txt", b"\xff\xfe\xff".as_slice()),
        Source::bytes("empty.md", "---\ntitle: 标题\n---\n"),
        Source::bytes("a\nb.md", "平行志愿。"),
        Source::file("/nowhere/gone.txt"),
        Source::bytes("good.txt", "平行志愿。"),
    ];
    let steps = Mutex::new(Vec::new());
    let report = base
        .import(sources, &|p| {
            steps.lock().unwrap().push((p.documents_done, p.documents_total, p.windows_done))
        })
        .await
        .unwrap();
    assert_eq!(report.imported, 1);
    let unreadable: Vec<_> = report.unreadable.iter().map(|u| u.document.as_str()).collect();
    assert_eq!(unreadable, ["scan.png", "broken.txt", "empty.md", "a\nb.md", "gone.txt"]);
    assert!(report.unreadable[0].reason.contains("--reader"), "{}", report.unreadable[0].reason);
    let steps = steps.into_inner().unwrap();
    assert!(steps.is_sorted() && steps.last() == Some(&(6, 6, 1)), "{steps:?}");
}

/// Imports with an origin and prunes.
async fn pruned(base: &Base, origin: &str, sources: Vec<Source>) -> crate::knowledge::ImportReport {
    let options = ImportOptions { origin: Some(origin.into()), prune: true, ..ImportOptions::default() };
    base.import_with(sources, &options, &quiet).await.unwrap()
}

#[tokio::test]
async fn a_document_belongs_to_the_origin_that_imported_it_last() {
    let shelf = Shelf::new();
    let base = shelf.base("a", BaseSettings::default()).await;
    let both = || vec![Source::bytes("1.txt", "平行志愿。"), Source::bytes("2.txt", "体检标准。")];
    pruned(&base, "旧", both()).await;
    let embedded = shelf.embedded();
    let report = pruned(&base, "新", both()).await;
    assert_eq!((report.unchanged, report.deleted, shelf.embedded()), (2, 0, embedded));
    let report = pruned(&base, "旧", vec![Source::bytes("3.txt", "录取通知书。")]).await;
    assert_eq!((report.imported, report.deleted), (1, 0), "the new origin has them");
    let report = pruned(&base, "新", vec![Source::bytes("1.txt", "平行志愿。")]).await;
    assert_eq!((report.unchanged, report.deleted), (1, 1));
    let ids: Vec<_> = base.documents().await.unwrap().into_iter().map(|document| document.id).collect();
    assert_eq!(ids, ["1.txt", "3.txt"]);
}

#[tokio::test]
async fn imports_that_prune_one_origin_wait_for_one_another() {
    let shelf = Shelf::new();
    let base = shelf.base("a", BaseSettings::default()).await;
    let turn = base.prunes.lock("甲").await;
    let mut waiting = std::pin::pin!(pruned(&base, "甲", vec![Source::bytes("1.txt", "平行志愿。")]));
    tokio::select! {
        biased;
        _ = &mut waiting => panic!("it did not wait"),
        report = pruned(&base, "乙", vec![Source::bytes("2.txt", "体检标准。")]) => assert_eq!(report.imported, 1),
    }
    let options = ImportOptions { origin: Some("甲".into()), prune: true, ..ImportOptions::default() };
    options.cancel.cancel();
    let report = base.import_with(vec![Source::bytes("3.txt", "录取。")], &options, &quiet).await.unwrap();
    assert!(report.cancelled && report.imported == 0, "one that is cancelled does not wait on");
    drop(turn);
    assert_eq!(waiting.await.imported, 1);
}

#[tokio::test]
async fn a_wish_to_end_after_the_last_document_ends_nothing_early() {
    let shelf = Shelf::new();
    let base = shelf.base("a", BaseSettings::default()).await;
    let sources = || vec![Source::bytes("1.txt", "平行志愿。"), Source::bytes("2.txt", "体检标准。")];
    for (prune, last, cancelled) in [(false, 2, false), (false, 0, true), (true, 2, true)] {
        let origin = Some("甲".to_owned());
        let options = ImportOptions { origin, prune, ..ImportOptions::default() };
        let tell = |progress: crate::knowledge::Progress<'_>| {
            if progress.documents_done == last {
                options.cancel.cancel();
            }
        };
        let report = base.import_with(sources(), &options, &tell).await.unwrap();
        assert_eq!(report.cancelled, cancelled, "after {last}, prune {prune}");
    }
}

#[tokio::test]
async fn of_two_documents_with_one_name_the_second_is_reported() {
    let shelf = Shelf::new();
    let base = shelf.base("a", BaseSettings::default()).await;
    let twice = vec![Source::bytes("1.txt", "平行志愿。"), Source::bytes("1.txt", "体检标准。")];
    let report = base.import(twice, &quiet).await.unwrap();
    assert_eq!((report.imported, report.unreadable.len()), (1, 1));
    assert!(report.unreadable[0].reason.contains("rename one"), "{}", report.unreadable[0].reason);
    let again = base.import(vec![Source::bytes("1.txt", "平行志愿。")], &quiet).await.unwrap();
    assert_eq!(again.unchanged, 1, "the first is what is stored");
}

#[tokio::test]
async fn an_import_that_breaks_off_goes_on_where_it_stopped() {
    let shelf = Shelf::new();
    let base = shelf.base("a", BaseSettings::default()).await;
    let sources = |second: &str| vec![Source::bytes("1.txt", "平行志愿。"), Source::bytes("2.txt", second)];
    let error = base.import(sources("坏了。"), &quiet).await.unwrap_err();
    assert!(matches!(error, ImportError::Base(BaseError::Embed(EmbedError::Unavailable { .. }))));
    let report = base.import(sources("好了。"), &quiet).await.unwrap();
    assert_eq!((report.imported, report.unchanged), (1, 1));
}

#[tokio::test]
async fn a_vector_of_other_dimensions_that_an_older_host_stored_is_mended() {
    let shelf = Shelf::new();
    let settings = BaseSettings { threshold: Some(0.1), ..BaseSettings::default() };
    let base = shelf.base("a", settings.clone()).await;
    let sources = ["1.txt", "2.txt", "3.txt"].map(|id| Source::bytes(id, format!("平行志愿的规则 {id}。")));
    base.import(sources.to_vec(), &quiet).await.unwrap();
    drop(base);
    let file = rusqlite::Connection::open(shelf.folder.0.join("a.db")).unwrap();
    // The first of all, and no word of how many dimensions there are.
    let changed =
        file.execute("UPDATE windows SET vector = substr(vector, 1, 128) WHERE version = 1", []).unwrap();
    file.execute("DELETE FROM meta WHERE key = 'dimensions'", []).unwrap();
    assert_eq!(changed, 1);
    let base = shelf.base("a", settings).await;
    assert_eq!(base.now().await.unwrap().dimensions, Some(64));
    let report = base.check().await.unwrap();
    assert_eq!((report.documents, report.mended, report.lost.len()), (3, vec!["1.txt".to_owned()], 0));
    assert!(base.check().await.unwrap().mended.is_empty());
    let results = Library::of([base]).search(&query("平行志愿的规则 1.txt", &["a"])).await.unwrap();
    assert_eq!(results.hits.len(), 3);
    assert_eq!(results.hits[0].document, "1.txt");
}

#[tokio::test]
async fn imports_of_one_document_at_the_same_time_leave_it_whole_on_qdrant() {
    let (server, shelf) = (Server::start().await, Shelf::new());
    let store = Arc::new(server.store("a"));
    let settings = BaseSettings { threshold: Some(0.1), ..BaseSettings::default() };
    let base = Base::with("a", settings, &shelf.embedder, Arc::clone(&store) as Arc<dyn Store>);
    let texts = ["平行志愿按分数优先的原则投档。", "平行志愿按遵循志愿的原则投档。"];
    let import = async |text: &str| {
        let report = base.import(vec![Source::bytes("1.txt", text.to_owned())], &quiet).await.unwrap();
        assert_eq!(report.imported + report.unchanged, 1);
        report.unchanged
    };
    for round in 0..20 {
        // Every other round the same text.
        let second = texts[round % 2];
        tokio::join!(import(texts[0]), import(second), import(second));
        assert!(store.sound_document("1.txt").await.unwrap().is_some(), "round {round}");
        base.delete("1.txt").await.unwrap();
    }
    import(texts[0]).await;
    assert_eq!(import(texts[0]).await, 1, "what is whole is unchanged");
    store.lose_windows("1.txt").await;
    assert_eq!(import(texts[0]).await, 0, "what was lost goes in again");
    assert_eq!(import(texts[0]).await, 1);
    store.lose_windows("1.txt").await;
    let checked = base.check().await.unwrap();
    assert_eq!((checked.documents, checked.lost), (1, vec!["1.txt".to_owned()]));
    assert_eq!(import(texts[0]).await, 0);
    let results = Library::of([base]).search(&query("平行志愿怎么投档", &["a"])).await.unwrap();
    assert_eq!(results.hits.len(), 1);
}

#[tokio::test]
async fn a_base_made_with_another_embedder_takes_no_document_and_is_searched_by_its_words() {
    let shelf = Shelf::new();
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
async fn the_local_model_finds_the_right_document_and_keeps_the_unrelated_below_the_threshold() {
    let folder = Folder::new();
    let bases = BTreeMap::from([
        ("policy".to_owned(), BaseSettings::default()),
        ("faq".to_owned(), BaseSettings::default()),
    ]);
    let (embedders, stores) = (BTreeMap::new(), BTreeMap::new());
    let library = Library::open(&folder.0, &bases, &embedders, &stores, crate::knowledge::nothing_reads())
        .await
        .unwrap();
    let policy = vec![
        Source::bytes(
            "volunteer.md",
            "# 志愿填报\n\n## 平行志愿\n\n平行志愿实行“分数优先、遵循志愿、一轮投档”的原则：先按考生总分从高到低排序，再依次检索考生所填报的院校志愿。一旦被投档，就不再检索后面的志愿。\n\n## 征集志愿\n\n录取后仍有剩余计划的院校会公布缺额，未被录取的考生可以在规定时间内填报征集志愿。\n",
        ),
        Source::bytes(
            "exam.txt",
            "高考体检一般在三月至四月进行，由县级以上医院承担。色觉检查、视力、肝功能等项目的结果会影响部分专业的报考。",
        ),
        Source::bytes(
            "fee.txt",
            "普通本科专业学费每学年约五千元，中外合作办学专业学费较高，一般在两万元以上。家庭经济困难的学生可以申请国家助学贷款。",
        ),
    ];
    library.base("policy").unwrap().import(policy, &quiet).await.unwrap();
    library.base("faq").unwrap().import(vec![Source::bytes("faq.csv", FAQ)], &quiet).await.unwrap();

    for (asked, document) in [
        ("平行志愿是按什么规则投档的？", "volunteer.md"),
        ("没被录取还能补报志愿吗？", "volunteer.md"),
        ("色盲会影响报专业吗？", "exam.txt"),
        ("家里没钱交学费怎么办？", "fee.txt"),
    ] {
        let results = library.search(&query(asked, &["policy", "faq"])).await.unwrap();
        let first = results.hits.first().unwrap_or_else(|| panic!("{asked}: {:?}", results.reports));
        assert_eq!(first.document, document, "{asked}");
    }
    for asked in ["今天天气怎么样？", "怎样做红烧肉？", "How do I install Python?"] {
        let results = library.search(&query(asked, &["policy", "faq"])).await.unwrap();
        assert!(results.hits.is_empty(), "{asked}: {:?}", results.hits);
    }
    let answer = async |asked| {
        let found = library.search(&query(asked, &["faq"])).await.unwrap();
        found.hits.into_iter().next().and_then(|hit| hit.standard_answer)
    };
    assert_eq!(answer("你是谁").await.as_deref(), Some("我是助手，**不是**人。\n"));
    assert_eq!(
        answer("请问怎麼退款呢").await.as_deref(),
        Some("请联系客服。"),
        "politeness and script do not count"
    );
    assert_eq!(answer("退款要多少天").await, None, "close, but not the same question");

    // Opened again, the same question gives the same hits with the same scores.
    let asked = query("平行志愿是按什么规则投档的？", &["policy"]);
    let before = library.search(&asked).await.unwrap();
    drop(library);
    let library = Library::open(&folder.0, &bases, &embedders, &stores, crate::knowledge::nothing_reads())
        .await
        .unwrap();
    assert_eq!(library.search(&asked).await.unwrap().hits, before.hits);
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
