//! What every store must do, run against the embedded store and against a real Qdrant server.

mod listed;
mod together;
mod versions;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;

use super::*;
use crate::knowledge::embed::cache_folder;
use crate::knowledge::metadata::Metadata;
use crate::knowledge::score::{normalise, window_weights};
use crate::knowledge::settings::StoreSettings;
use crate::knowledge::terms::question_key;
use crate::message::MediaType;

/// A folder that goes away with the test.
pub(in crate::knowledge) struct Folder(pub(in crate::knowledge) PathBuf);

impl Folder {
    pub(in crate::knowledge) fn new() -> Self {
        let path = std::env::temp_dir().join(format!("qianfan-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A Qdrant server that goes away with the test.
pub(in crate::knowledge) struct Server {
    process: Child,
    pub(in crate::knowledge) settings: StoreSettings,
    ports: (u16, u16),
    folder: Folder,
}

impl Server {
    pub(in crate::knowledge) async fn start() -> Self {
        let program = cache_folder().join("bin/qdrant");
        assert!(program.is_file(), "{} is missing: run `make setup`", program.display());
        // Another process may take a free port between looking and starting: then look again.
        for _ in 0..5 {
            if let Some(server) = Self::try_start(&program).await {
                return server;
            }
        }
        panic!("Qdrant does not start");
    }

    async fn try_start(program: &Path) -> Option<Self> {
        let folder = Folder::new();
        let free = || std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let (http, grpc) = (free(), free());
        let port = |listener: &std::net::TcpListener| listener.local_addr().unwrap().port();
        let (http_port, grpc_port) = (port(&http), port(&grpc));
        drop((http, grpc));
        let ports = (http_port, grpc_port);
        let process = Self::spawn(program, &folder, ports);
        let settings =
            StoreSettings { url: format!("http://127.0.0.1:{grpc_port}"), ..StoreSettings::default() };
        let mut server = Self { process, settings, ports, folder };
        server.becomes_healthy().await.then_some(server)
    }

    fn spawn(program: &Path, folder: &Folder, (http_port, grpc_port): (u16, u16)) -> Child {
        Command::new(program)
            .current_dir(&folder.0)
            .env("QDRANT__SERVICE__HOST", "127.0.0.1")
            .env("QDRANT__SERVICE__HTTP_PORT", http_port.to_string())
            .env("QDRANT__SERVICE__GRPC_PORT", grpc_port.to_string())
            .env("QDRANT__TELEMETRY_DISABLED", "true")
            .env("QDRANT__STORAGE__STORAGE_PATH", folder.0.join("storage"))
            .env("QDRANT__STORAGE__SNAPSHOTS_PATH", folder.0.join("snapshots"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// `false` where the process ends instead.
    async fn becomes_healthy(&mut self) -> bool {
        let store = self.store("health");
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(60) {
            if self.process.try_wait().unwrap().is_some() {
                return false;
            }
            if store.client_is_healthy().await {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("Qdrant does not become healthy");
    }

    pub(in crate::knowledge) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Starts it again with its ports and what it has stored. Its ports are its own for so long:
    /// nothing else on the machine is given the port of a connection that was open a moment ago.
    pub(in crate::knowledge) async fn restart(&mut self) {
        let program = cache_folder().join("bin/qdrant");
        self.process = Self::spawn(&program, &self.folder, self.ports);
        assert!(self.becomes_healthy().await, "Qdrant does not start again");
    }

    pub(in crate::knowledge) fn store(&self, base: &str) -> QdrantStore {
        QdrantStore::new("test", &self.settings, base).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

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
    let server = Server::start().await;
    keeps_the_contract(async |name: &str| Arc::new(server.store(name)) as Arc<dyn Store>).await;
}

/// Opening the same name twice gives two hosts' views of one base.
async fn keeps_the_contract(open: impl AsyncFn(&str) -> Arc<dyn Store>) {
    an_empty_base_answers(&*open("empty").await).await;
    documents_are_put_replaced_and_deleted(&*open("lifecycle").await).await;
    a_document_changes_its_origin_and_nothing_else(&*open("origins").await).await;
    scores_are_the_documented_ones(&*open("scores").await).await;
    each_section_comes_once(&*open("sections").await).await;
    sections_come_by_their_place(&*open("places").await).await;
    a_section_counts_with_its_windows(&*open("beside").await).await;
    equal_questions_are_exact(&*open("questions").await).await;
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
    assert_eq!(second.embedder(&Visit::default()).await.unwrap().as_deref(), Some("test"));
}

async fn an_empty_base_answers(store: &dyn Store) {
    assert_eq!(store.documents().await.unwrap(), []);
    assert_eq!(store.document("a").await.unwrap(), None);
    assert_eq!(store.embedder(&Visit::default()).await.unwrap(), None);
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

async fn scores_are_the_documented_ones(store: &dyn Store) {
    let texts = ["平行志愿的投档规则", "平行四边形的面积", "录取通知书的寄送", "GPA 3.5 的换算"];
    for (text, i) in texts.iter().zip(0..) {
        store.put_document(document(&format!("{i}.txt"), &[text])).await.unwrap();
    }
    for query in ["平行志愿", "志愿的规则是什么", "gpa"] {
        let found = search(store, query, 10).await;
        assert_eq!(found.len(), texts.len(), "few windows: all are scored");
        for candidate in &found {
            let (dense, lexical) = expected(query, &candidate.section.text, &texts);
            let place = format!("{query} in {}", candidate.section.text);
            assert!(
                (candidate.parts.dense.unwrap() - dense).abs() < 1e-5,
                "{place}: {} {dense}",
                candidate.parts.dense.unwrap()
            );
            assert!(
                (candidate.parts.lexical - lexical).abs() < 1e-5,
                "{place}: {} {lexical}",
                candidate.parts.lexical
            );
            assert!(!candidate.parts.exact);
        }
        let scores: Vec<_> = found.iter().map(|candidate| candidate.parts.score()).collect();
        assert!(scores.is_sorted_by(|a, b| a >= b), "{scores:?}");
    }
    store.delete_document("1.txt").await.unwrap();
    let rest = [texts[0], texts[2], texts[3]];
    let best = &search(store, "平行志愿", 10).await[0];
    let (_, lexical) = expected("平行志愿", texts[0], &rest);
    assert!((best.parts.lexical - lexical).abs() < 1e-5, "counts follow a deletion");
}

/// The definition in `score`, worked out the long way. A section's text is its window's.
fn expected(query: &str, text: &str, all: &[&str]) -> (f64, f64) {
    let dense: f32 = vector(query).iter().zip(vector(text)).map(|(a, b)| a * b).sum();
    let has = |text: &str, term| Terms::of(text).counts.iter().any(|&(id, _)| id == term);
    let (mut window_sum, mut section_sum, mut all_once) = (0.0, 0.0, 0.0);
    let window = Terms::of(text);
    for (term, _) in Terms::of(query).counts {
        let (n, df) = (all.len() as f64, all.iter().filter(|text| has(text, term)).count() as f64);
        let idf = (1.0 + (n - df + 0.5) / (df + 0.5)).ln().powf(1.5);
        all_once += idf;
        if let Some((_, tf)) = window.counts.iter().find(|(id, _)| *id == term) {
            let (tf, length) = (f64::from(*tf), f64::from(window.length));
            window_sum += idf * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * length / 200.0));
            section_sum += idf * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * length / 400.0));
        }
    }
    let lexical = |sum: f64| (sum / all_once).min(1.0);
    (f64::from(dense.max(0.0)), (lexical(window_sum) + lexical(section_sum)) / 2.0)
}

async fn a_section_counts_with_its_windows(store: &dyn Store) {
    let mut texts = document("a.txt", &["甲段说平行志愿。乙段说投档。", "丙段说平行志愿。丁段说体检。"]);
    texts.windows = vec![window(0, "甲段说平行志愿。"), window(1, "丙段说平行志愿。")];
    texts.info.windows = 2;
    store.put_document(texts).await.unwrap();
    let found = search(store, "平行志愿投档", 10).await;
    assert_eq!(found.iter().map(|candidate| candidate.ordinal).collect::<Vec<_>>(), [0, 1]);
    assert!(found[0].parts.lexical > found[1].parts.lexical + 0.05, "投档 is beside the window");
}

async fn sections_come_by_their_place(store: &dyn Store) {
    let wanted = |info: &DocumentInfo, ordinals: &[u32]| Wanted {
        document: Arc::new(info.clone()),
        ordinals: ordinals.to_vec(),
    };
    let (one, two) = (document("a.txt", &["第一段", "第二段", "第三段"]), document("b.txt", &["别的"]));
    store.put_document(one.clone()).await.unwrap();
    store.put_document(two.clone()).await.unwrap();
    let asked = vec![wanted(&one.info, &[0, 2, 3]), wanted(&two.info, &[0])];
    let found = store.sections(asked.clone(), &Visit::default()).await.unwrap();
    let text = |id: &str, ordinal| found.get(&(id.to_owned(), ordinal)).map(|section| section.text.as_str());
    assert_eq!(
        (text("a.txt", 0), text("a.txt", 2), text("b.txt", 0)),
        (Some("第一段"), Some("第三段"), Some("别的"))
    );
    assert_eq!(found.len(), 3, "there is no fourth");

    store.put_document(document("a.txt", &["新的", "文件"])).await.unwrap();
    let found = store.sections(asked, &Visit::default()).await.unwrap();
    assert_eq!(found.into_keys().collect::<Vec<_>>(), [("b.txt".to_owned(), 0)], "a.txt is another now");
    assert_eq!(store.sections(Vec::new(), &Visit::default()).await.unwrap().len(), 0);
}

async fn each_section_comes_once(store: &dyn Store) {
    let mut document = document("a.txt", &["平行志愿的投档规则", "录取通知书的寄送"]);
    document.windows.push(window(0, "平行志愿是什么"));
    document.windows.push(window(0, "志愿平行投档"));
    document.info.windows = 4;
    store.put_document(document).await.unwrap();
    let found = search(store, "平行志愿是什么", 10).await;
    let places: Vec<_> = found.iter().map(|candidate| candidate.ordinal).collect();
    assert_eq!(places, [0, 1]);
    assert!(found[0].parts.dense.unwrap() > 0.999, "the best window gives the score");
    assert_eq!(search(store, "平行志愿是什么", 1).await.len(), 1, "the limit is kept");
}

async fn equal_questions_are_exact(store: &dyn Store) {
    let mut document = document("faq.qa.csv", &["你是谁？\n我是助手。", "怎么退款？\n请联系客服。"]);
    for (i, answer) in ["我是助手。", " 请联系客服。\n"].into_iter().enumerate() {
        document.sections[i].answer = Some(answer.to_owned());
        document.sections[i].headings = vec!["常见问题".to_owned(), format!("第 {i} 节")];
        document.sections[i].media_type = MediaType::Markdown;
    }
    document.windows[0] = window(0, "你是谁？");
    document.windows[1] = window(1, "怎么退款？");
    document.windows.push(window(1, "钱怎么 退"));
    document.info.windows = 3;
    let wanted = document.sections[1].clone();
    let texts = ["你是谁？", "怎么退款？", "钱怎么 退"].map(str::to_owned);
    for (window, text) in document.windows.iter_mut().zip(&texts) {
        window.question = Some(text.clone());
    }
    let info = document.info.clone();
    store.put_document(document).await.unwrap();
    let (read, pieces) = store.pieces("faq.qa.csv").await.unwrap().unwrap();
    assert_eq!((read, &pieces.sections[1]), (info, &wanted));
    assert_eq!(pieces.windows.iter().map(|w| w.text.clone()).collect::<Vec<_>>(), texts);
    let found = search(store, "钱怎么退！", 5).await;
    assert!(found[0].parts.exact && found[0].parts.score() == 1.0);
    assert_eq!(*found[0].section, wanted, "every byte of a section comes back");
    assert_eq!(found[0].document.title, "题 faq.qa.csv");
    assert!(!found[1].parts.exact);
    assert_eq!((found[0].parts.same, found[1].parts.same.is_some()), (Some(1.0), true));
    let found = search(store, "如何退款", 5).await;
    let near = found.iter().find(|candidate| candidate.ordinal == 1).unwrap();
    let wanted = sameness_of("如何退款", &["怎么退款？", "钱怎么 退"]).unwrap();
    let same = near.parts.same.unwrap();
    assert!((same - wanted).abs() < 1e-4, "that of the likeliest variant: {same}, {wanted}");
}

/// Of the likeliest variant.
fn sameness_of(asked: &str, variants: &[&str]) -> Option<f64> {
    let same = |stored: &&str| {
        let (asked_key, stored_key) = (question_key(asked)?, question_key(stored)?);
        let cosine = crate::knowledge::score::dot(&vector(asked), &vector(stored));
        Some(crate::knowledge::question::sameness(&asked_key, &stored_key, f64::from(cosine).max(0.0)))
    };
    variants.iter().filter_map(same).max_by(f64::total_cmp)
}

/// The documents that pass are the worst matches of more than are ever scored: a filter that came
/// after the cut would find none of them.
async fn words_are_found_without_vectors(store: &dyn Store) {
    let texts = ["平行志愿的投档规则", "录取通知书的寄送", "体检标准与要求"];
    store.put_document(document("a.txt", &texts)).await.unwrap();
    let words = async |text: &str| {
        let search = Search {
            vector: None,
            terms: Arc::new(Terms::of(text)),
            asked: question_key(text).map(|key| Arc::new(AskedQuestion::new(&key))),
            filters: Vec::new(),
            limit: 10,
            context: false,
            visit: Arc::default(),
        };
        store.search(search).await.unwrap()
    };
    let found = words("通知书什么时候寄送").await;
    assert_eq!((found[0].ordinal, found[0].parts.dense), (1, None));
    let with_vectors = search(store, "通知书什么时候寄送", 10).await;
    let same = with_vectors.iter().find(|candidate| candidate.ordinal == 1).unwrap();
    assert!((found[0].parts.lexical - same.parts.lexical).abs() < 1e-6, "the lexical part is the same");
    assert!((found[0].parts.score() - same.parts.lexical.sqrt()).abs() < 1e-6);
    let equal = words("体检标准与要求？").await;
    assert_eq!((equal[0].ordinal, equal[0].parts.exact, equal[0].parts.same), (2, true, Some(1.0)));
    let other = words("体检标准的要求").await;
    assert!(other.iter().all(|candidate| !candidate.parts.exact && candidate.parts.same.is_none()));
    assert!(words("天").await.is_empty(), "what has no word in common is not found");
}

async fn filters_narrow_before_the_best_are_taken(store: &dyn Store) {
    let texts: Vec<String> = (0..300).map(|i| format!("平行志愿的投档规则{i}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    store.put_document(document("many.txt", &texts)).await.unwrap();
    let described = async |id: &str, text: &str, metadata: serde_json::Value| {
        let mut document = document(id, &[text]);
        document.info.metadata = Metadata::from_json(&metadata).unwrap();
        store.put_document(document).await.unwrap();
    };
    described(
        "广东.txt",
        "志愿者招募",
        json!({"province": ["广东", "广西"], "year": 2024, "date": "2024-06-07T09:00:00+08:00", "省 份".replace(' ', ""): "粤"}),
    )
    .await;
    described("湖南.txt", "录取通知书的寄送", json!({"province": "湖南", "year": "2023.5", "code": "007"}))
        .await;

    let found = async |filters: &[serde_json::Value]| {
        let filters = filters.iter().map(|filter| serde_json::from_value(filter.clone()).unwrap()).collect();
        let mut found: Vec<_> = narrowed(store, "平行志愿的投档规则", 5, filters)
            .await
            .into_iter()
            .map(|candidate| candidate.document.id.trim_end_matches(".txt").to_owned())
            .collect();
        found.sort();
        found.dedup();
        found.join(" ")
    };
    let one = async |operator: &str, field: &str, value: serde_json::Value| {
        found(&[json!([{"operator": operator, "field": field, "value": value}])]).await
    };
    assert_eq!(one("eq", "province", json!("广东")).await, "广东");
    assert_eq!(one("eq", "province", json!("北京")).await, "");
    assert_eq!(one("eq", "省份", json!("粤")).await, "广东");
    assert_eq!(one("eq", "year", json!("2024.0")).await, "广东");
    assert_eq!(one("eq", "code", json!(7)).await, "");
    assert_eq!(one("in", "province", json!(["湖南", "广西"])).await, "广东 湖南");
    assert_eq!(one("gt", "year", json!(2023)).await, "广东 湖南");
    assert_eq!(one("gte", "year", json!(2024)).await, "广东");
    assert_eq!(one("lt", "year", json!(2024)).await, "湖南");
    assert_eq!(one("lte", "year", json!("2023.5")).await, "湖南");
    assert_eq!(one("gt", "date", json!("2024-06-07")).await, "广东");
    assert_eq!(one("gt", "date", json!("2024-06-07T01:00:00Z")).await, "");
    assert_eq!(one("exists", "code", json!(true)).await, "湖南");
    assert_eq!(one("exists", "province", json!(false)).await, "many");
    assert_eq!(one("ne", "province", json!("广东")).await, "many", "湖南 passes too, but matches worse");
    let known = json!([{"operator": "exists", "field": "year"}]);
    let not_guangdong = json!([{"operator": "nin", "field": "province", "value": ["广东", "北京"]}]);
    assert_eq!(found(&[known.clone(), not_guangdong]).await, "湖南", "every filter must hold");
    let either = json!({"condition": "or", "filters": [
        {"operator": "eq", "field": "code", "value": "007"},
        {"operator": "ne", "field": "province", "value": "湖南"},
    ]});
    assert_eq!(found(&[known, either]).await, "广东 湖南");
    assert_eq!(found(&[json!([])]).await, "many");

    let filter: Filter =
        serde_json::from_value(json!([{"operator": "eq", "field": "year", "value": 2024}])).unwrap();
    let alone = &narrowed(store, "志愿者", 1, vec![filter]).await[0];
    let among = search(store, "志愿者", 1000).await;
    let among = among.iter().find(|candidate| candidate.document.id == "广东.txt").unwrap();
    assert_eq!(alone.document.metadata.values("year"), ["2024"]);
    assert!((alone.parts.score() - among.parts.score()).abs() < 1e-6, "a filter changes no score");

    described("广东.txt", "志愿者招募", json!({"province": "北京"})).await;
    assert_eq!(one("eq", "province", json!("广东")).await, "");
    assert_eq!(one("eq", "province", json!("北京")).await, "广东", "metadata is replaced with its document");
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
    assert_eq!(store.embedder(&Visit::default()).await.unwrap().as_deref(), Some("other"));
}

async fn vectors_that_cannot_be_compared_are_refused(store: &dyn Store) {
    assert_eq!(store.dimensions(&Visit::default()).await.unwrap(), None);
    store.put_document(document("a.txt", &["平行志愿"])).await.unwrap();
    assert_eq!(store.dimensions(&Visit::default()).await.unwrap(), Some(32));
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
    assert_eq!(store.check().await.unwrap(), Checked { documents: 1, ..Checked::default() });
}

async fn a_probe_is_kept_beside_the_documents(store: &dyn Store) {
    assert_eq!(store.probe().await.unwrap(), None);
    for number in [0.5, 0.25] {
        let probe = Probe { embedder: "test".into(), vector: vec![number; 32] };
        store.keep_probe(probe.clone()).await.unwrap();
        assert_eq!(store.probe().await.unwrap(), Some(probe));
    }
    assert_eq!(
        (store.embedder(&Visit::default()).await.unwrap(), store.documents().await.unwrap().len()),
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

#[tokio::test]
async fn a_document_left_half_written_on_qdrant_is_not_seen_and_goes_with_the_next_import() {
    let server = Server::start().await;
    let store = server.store("half");
    store.put_document(document("a.txt", &["平行志愿的投档规则"])).await.unwrap();
    store.put_half(document("a.txt", &["平行志愿的新规则", "第二段"])).await;
    assert_eq!(ids(&store, "平行志愿").await, ["a.txt#0"]);
    assert!(search(&store, "平行志愿", 5).await[0].section.text.contains("投档"));
    store.put_document(document("a.txt", &["提前批次"])).await.unwrap();
    assert_eq!(store.points().await, 3, "one document, one section, one window");
}

#[tokio::test]
async fn a_collection_whose_indexes_are_not_made_yet_is_read_and_written() {
    let server = Server::start().await;
    let store = server.store("bare");
    let document = document("a.txt", &["平行志愿的投档规则"]);
    store.begin_collection(&document).await;
    assert!(store.sound_document("a.txt").await.unwrap().is_none());
    store.put_document(document).await.unwrap();
    assert!(store.sound_document("a.txt").await.unwrap().is_some());
}

#[tokio::test]
async fn a_check_mends_what_was_lost_on_qdrant_and_leaves_what_is_being_written() {
    let server = Server::start().await;
    let store = server.store("checked");
    assert_eq!(store.check().await.unwrap(), Checked::default(), "there is no collection yet");
    for id in ["a.txt", "hidden.txt", "lost.txt", "gone.txt"] {
        store.put_document(document(id, &[&format!("平行志愿的投档规则 {id}"), "第二段"])).await.unwrap();
    }
    // As an older host left it: the entry names a version whose windows another has deleted.
    store.lose_windows("lost.txt").await;
    store.hide_windows("hidden.txt").await;
    store.lose_head("gone.txt").await;
    store.put_half(document("a.txt", &["从前没写完"])).await;
    store.begin(document("new.txt", &["正在写"])).await;
    for (id, is_sound) in [("a.txt", true), ("hidden.txt", false), ("lost.txt", false)] {
        assert!(store.document(id).await.unwrap().is_some());
        assert_eq!(store.sound_document(id).await.unwrap().is_some(), is_sound, "{id}");
    }
    let checked = store.check().await.unwrap();
    let one = |id: &str| vec![id.to_owned()];
    let expected = Checked {
        documents: 3,
        mended: one("hidden.txt"),
        lost: one("lost.txt"),
        left_over: 1,
        ..Checked::default()
    };
    assert_eq!(checked, expected, "gone.txt may have been written a moment ago");
    assert_eq!(ids(&store, "hidden").await[0], "hidden.txt#0");
    assert_eq!(store.document("lost.txt").await.unwrap(), None);
    assert_eq!(store.points().await, 2 * 5 + 4 + 2, "two documents, one without its entry, one half written");
    assert_eq!(store.check().await.unwrap(), Checked { documents: 2, ..Checked::default() });
}

#[tokio::test]
async fn a_server_that_is_away_is_unavailable() {
    let settings = StoreSettings {
        url: "http://127.0.0.1:1".into(),
        timeout: Duration::from_secs(2),
        ..StoreSettings::default()
    };
    let store = QdrantStore::new("far", &settings, "a").unwrap();
    let error = store.documents().await.unwrap_err();
    assert!(matches!(&error, StoreError::Unavailable(message) if message.contains("store `far`")), "{error}");
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
