//! Retrieval and import from end to end, mostly with an embedder that needs no model.

mod away;
mod import;
mod standard;

use std::sync::Mutex;

use async_trait::async_trait;

use super::*;
use crate::knowledge::embed::{Embedder, LazyEmbedder};
use crate::knowledge::settings::{BaseSettings, EmbedderSettings};
use crate::knowledge::source::Source;
use crate::knowledge::store::contract::{Folder, QdrantServer};
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
            let reason = "the endpoint is away".into();
            return Err(EmbedError::Unavailable { reason, status: None, retry_after: None });
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

struct BaseFixture {
    folder: Folder,
    fake: Arc<Fake>,
    embedder: Arc<LazyEmbedder>,
}

impl BaseFixture {
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
    let shelf = BaseFixture::new();
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
    let shelf = BaseFixture::new();
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
    let shelf = BaseFixture::new();
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
async fn a_search_is_narrowed_by_the_base_and_by_the_query() {
    let shelf = BaseFixture::new();
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
    let shelf = BaseFixture::new();
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
async fn what_cannot_be_searched_is_refused() {
    let shelf = BaseFixture::new();
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
    let shelf = BaseFixture::new();
    let library = Library::of([shelf.base("a", BaseSettings::default()).await]);
    let results = library.search(&query("平行志愿", &["a"])).await.unwrap();
    assert_eq!((results.hits.len(), results.reports[0].best_score), (0, None));
}

#[tokio::test]
async fn a_vector_of_other_dimensions_that_an_older_host_stored_is_mended() {
    let shelf = BaseFixture::new();
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
        ("色盲会影响专业的报考吗？", "exam.txt"),
        ("家庭经济困难交不起学费怎么办？", "fee.txt"),
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
