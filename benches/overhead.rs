//! What the host adds: each figure compares two things in one run and prints the ratio, because
//! the machines it runs on are noisy. `make bench`.
//!
//! 1. The engine's plugin call beside raw wasmtime on the same component, a fresh instance each.
//! 2. Retrieval through the knowledge-base plugin beside the direct search, in a base of 200 windows and in
//!    one of 10,000. The question's vector is remembered, so that only the search is compared.
//! 3. Turns of the real binary, with different plugins, beside a bare pass-through to the same upstream
//!    (`overhead/turns.rs`): how long one takes, how many there are in a second, what the writer of traces
//!    takes of the processor, and how soon a stream ends after its upstream.

#![allow(clippy::disallowed_methods, reason = "benchmarks start servers and ask them")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a benchmark that cannot go on has failed")]

#[path = "../tests/support/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the tests use more of it")]
mod support;

#[path = "overhead/pass_through.rs"]
mod pass_through;
#[path = "overhead/raw.rs"]
mod raw;
#[path = "overhead/rig.rs"]
mod rig;
#[path = "overhead/turns.rs"]
mod turns;
#[path = "overhead/wire.rs"]
mod wire;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use qianfan_host::knowledge::{BaseSettings, EmbedderSettings, Library, Query, Source};
use qianfan_host::plugin::{
    self, Engine, EngineSettings, Plugin, PluginSettings, SandboxedReader, Secrets, Services, StateStore,
    TurnInput,
};
use serde_json::json;

#[tokio::main]
async fn main() {
    _ = rustls::crypto::ring::default_provider().install_default();
    // `cargo bench --bench overhead -- turns` measures that part alone.
    let asked: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let wants = |part: &str| asked.is_empty() || asked.iter().any(|asked| asked == part);
    println!("{:<44} {:>11} {:>11} {:>7}", "median of paired rounds", "bare", "ours", "ratio");
    if wants("calls") {
        plugin_call().await;
    }
    if wants("retrieval") {
        retrieval(200, 200).await;
        retrieval(10_000, 20).await;
    }
    if wants("turns") {
        turns::all().await;
    }
}

async fn plugin_call() {
    let engine = Engine::new(&EngineSettings::default()).unwrap();
    let bytes = plugin::component_bytes("echo", support::hostile().to_str().unwrap()).await.unwrap();
    let raw = raw::Bare::new(&bytes);
    let folder = tempfile::tempdir().unwrap();
    let library =
        Library::open(folder.path(), &BTreeMap::new(), &BTreeMap::new(), &BTreeMap::new(), reader())
            .await
            .unwrap();
    let services = services(Arc::new(library));
    let settings = settings(json!({"component": support::hostile(), "config": {"behaviour": "echo"}}));
    let ours = Plugin::load(&engine, "echo", &settings, &Secrets::default(), &services).await.unwrap();
    let input = input("星海大学2024年在广东的录取分数线是多少？");
    let config = r#"{"behaviour":"echo"}"#.to_owned();
    report(
        "plugin call: raw wasmtime | engine",
        500,
        async || raw.call(&input.question, &config).await,
        async || _ = ours.contribute(&input).await.result.unwrap(),
    )
    .await;
}

/// Made only where a document needs it, which none here does.
fn reader() -> Arc<SandboxedReader> {
    Arc::new(SandboxedReader::new(EngineSettings::default()))
}

async fn retrieval(windows: usize, calls: u32) {
    let folder = tempfile::tempdir().unwrap();
    let embeddings = support::Embeddings::start().await;
    let embedders: toml::Table = embeddings.table("bins", 512).parse().unwrap();
    let embedder: EmbedderSettings = embedders["embedders"]["bins"].clone().try_into().unwrap();
    let base: BaseSettings = serde_json::from_value(json!({"threshold": 0.0, "embedder": "bins"})).unwrap();
    let bases = BTreeMap::from([("policy".to_owned(), base)]);
    let embedders = BTreeMap::from([("bins".to_owned(), embedder)]);
    let library = Library::open(folder.path(), &bases, &embedders, &BTreeMap::new(), reader()).await.unwrap();
    let text: String = (0..windows)
        .map(|n| {
            format!("# 第{n}条\n\n院校专业组{n}的投档比例为百分之一百零{n}，考生须在规定时间内填报。\n\n")
        })
        .collect();
    let report_of =
        library.base("policy").unwrap().import(vec![Source::bytes("a.md", text)], &|_| {}).await.unwrap();
    assert_eq!(report_of.windows, windows);
    let library = Arc::new(library);
    let engine = Engine::new(&EngineSettings::default()).unwrap();
    let settings =
        settings(json!({"component": "builtin:knowledge-base", "grants": {"knowledge": ["policy"]}}));
    let services = services(Arc::clone(&library));
    let ours = Plugin::load(&engine, "kb", &settings, &Secrets::default(), &services).await.unwrap();
    let question = "第77条的投档比例是多少";
    let query = Query {
        text: question.to_owned(),
        wordings: None,
        bases: vec!["policy".to_owned()],
        top_k: None,
        threshold: None,
        filter: None,
        context: true,
    };
    let input = input(question);
    report(
        &format!("retrieval, {windows} windows: direct | plugin"),
        calls,
        async || _ = library.search(&query).await.unwrap(),
        async || _ = ours.contribute(&input).await.result.unwrap(),
    )
    .await;
}

/// Runs both in turns, 31 rounds of so many calls, and prints the medians for one call and the
/// median of the rounds' ratios.
async fn report(name: &str, calls: u32, bare: impl AsyncFn(), ours: impl AsyncFn()) {
    let mut rounds = Vec::new();
    for round in 0..32 {
        let bare = time(calls, &bare).await;
        let ours = time(calls, &ours).await;
        // The first round warms up.
        if round > 0 {
            rounds.push((bare, ours, ours.as_secs_f64() / bare.as_secs_f64()));
        }
    }
    let mut median = |key: fn(&(Duration, Duration, f64)) -> f64| {
        rounds.sort_by(|a, b| key(a).total_cmp(&key(b)));
        key(&rounds[rounds.len() / 2])
    };
    let (bare, ours, ratio) =
        (median(|r| r.0.as_secs_f64() * 1e6), median(|r| r.1.as_secs_f64() * 1e6), median(|r| r.2));
    println!("{name:<44} {bare:>8.1} µs {ours:>8.1} µs {ratio:>6.2}×");
}

async fn time(calls: u32, work: &impl AsyncFn()) -> Duration {
    let started = Instant::now();
    for _ in 0..calls {
        work().await;
    }
    started.elapsed() / calls
}

fn services(library: Arc<Library>) -> Services {
    Services { library, state: StateStore::in_memory(Duration::from_secs(60)).unwrap() }
}

fn settings(value: serde_json::Value) -> PluginSettings {
    serde_json::from_value(value).unwrap()
}

fn input(question: &str) -> TurnInput {
    TurnInput {
        id: "t".into(),
        app: "a".into(),
        conversation: "c".into(),
        question: question.into(),
        search_text: question.into(),
        ..TurnInput::default()
    }
}
