//! What the host adds: each figure compares two things in one run and prints the ratio, because
//! the machines it runs on are noisy. `make bench`.
//!
//! 1. The engine's plugin call beside raw wasmtime on the same component, a fresh instance each.
//! 2. A turn without plugins beside a bare pass-through to the same upstream.
//! 3. Retrieval through the knowledge-base plugin beside the direct search, in a base of 200 windows and in
//!    one of 10,000. The question's vector is remembered, so that only the search is compared.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a benchmark that cannot go on has failed")]

#[path = "../tests/support/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the tests use more of it")]
mod support;

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
    println!("{:<44} {:>11} {:>11} {:>7}", "median of paired rounds", "bare", "ours", "ratio");
    plugin_call().await;
    turn().await;
    retrieval(200, 200).await;
    retrieval(10_000, 20).await;
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

async fn turn() {
    let rounds = 31 * 40 * 2 + 1000;
    let answer = || support::Script::Says(vec!["平行志愿", "按照分数优先", "遵循志愿的原则", "一轮投档。"]);
    let upstream = support::Upstream::playing((0..rounds).map(|_| answer())).await;
    let config = format!(
        "[models.up]\nbase_url = \"{}\"\nmodel = \"m\"\n[apps.plain]\nmodel = \"up\"\n",
        upstream.base_url
    );
    let host = support::Host::start(&config);
    let through = passthrough(upstream.base_url.clone()).await;
    let body = |model: &str| json!({"model": model, "stream": true, "messages": [{"role": "user", "content": "什么是平行志愿？"}]});
    let ask = async |url: &str| {
        let response = host.http.post(url).json(&body("plain")).send().await.unwrap();
        assert!(response.text().await.unwrap().contains("[DONE]"));
    };
    let ours = format!("{}/v1/chat/completions", host.url);
    report(
        "turn without plugins: pass-through | host",
        40,
        async || ask(&through).await,
        async || ask(&ours).await,
    )
    .await;
}

/// The least a server in the middle does: body in, body out, as it streams.
async fn passthrough(base_url: String) -> String {
    let client = reqwest::Client::builder().tcp_nodelay(true).build().unwrap();
    let router = axum::Router::new().fallback(move |body: axum::body::Bytes| {
        let (client, url) = (client.clone(), format!("{base_url}/chat/completions"));
        async move {
            let response =
                client.post(url).header("content-type", "application/json").body(body).send().await.unwrap();
            axum::body::Body::from_stream(response.bytes_stream())
        }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    // As the host does; otherwise each answer waits for a delayed acknowledgement.
    let listener = axum::serve::ListenerExt::tap_io(listener, |stream| stream.set_nodelay(true).unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
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

/// Plain wasmtime, as a careful embedder would use it: pooled, pre-linked, epochs and limits on.
mod raw {
    use wasmtime::component::{Component, HasSelf, Linker, ResourceTable};
    use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Store};
    use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

    wasmtime::component::bindgen!({
        path: "../wit",
        inline: "
            package bench:bindings;
            world raw {
                import qianfan:plugin/knowledge@0.1.0;
                import qianfan:plugin/state@0.1.0;
                import qianfan:plugin/log@0.1.0;
                export qianfan:plugin/describe@0.1.0;
                export qianfan:plugin/contribute@0.1.0;
            }
        ",
        world: "bench:bindings/raw",
        exports: { default: async },
    });

    use qianfan::plugin::{knowledge, log, state, types};

    struct Data {
        table: ResourceTable,
        wasi: WasiCtx,
    }

    impl WasiView for Data {
        fn ctx(&mut self) -> WasiCtxView<'_> {
            WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
        }
    }

    impl types::Host for Data {}

    impl knowledge::Host for Data {
        fn search(&mut self, _: knowledge::Query) -> Result<knowledge::Results, knowledge::Error> {
            Err(knowledge::Error::Unavailable(String::new()))
        }
    }

    impl state::Host for Data {
        fn get(&mut self, _: String) -> Result<Option<Vec<u8>>, state::Error> {
            Ok(None)
        }
        fn set(&mut self, _: String, _: Vec<u8>) -> Result<(), state::Error> {
            Ok(())
        }
        fn remove(&mut self, _: String) -> Result<(), state::Error> {
            Ok(())
        }
    }

    impl log::Host for Data {
        fn write(&mut self, _: log::Level, _: String) {}
    }

    pub(super) struct Bare {
        engine: Engine,
        pre: RawPre<Data>,
    }

    impl Bare {
        pub(super) fn new(bytes: &[u8]) -> Self {
            let mut config = Config::new();
            config.epoch_interruption(true);
            config
                .allocation_strategy(InstanceAllocationStrategy::Pooling(PoolingAllocationConfig::default()));
            let engine = Engine::new(&config).unwrap();
            let mut linker = Linker::<Data>::new(&engine);
            wasmtime_wasi::p2::add_to_linker_async(&mut linker).unwrap();
            knowledge::add_to_linker::<_, HasSelf<Data>>(&mut linker, |data| data).unwrap();
            state::add_to_linker::<_, HasSelf<Data>>(&mut linker, |data| data).unwrap();
            log::add_to_linker::<_, HasSelf<Data>>(&mut linker, |data| data).unwrap();
            let component = Component::from_binary(&engine, bytes).unwrap();
            // HTTP is imported and not called.
            linker.define_unknown_imports_as_traps(&component).unwrap();
            let pre = RawPre::new(linker.instantiate_pre(&component).unwrap()).unwrap();
            Self { engine, pre }
        }

        pub(super) async fn call(&self, question: &str, config: &String) {
            let data = Data { table: ResourceTable::new(), wasi: WasiCtx::builder().build() };
            let mut store = Store::new(&self.engine, data);
            store.set_epoch_deadline(1000);
            let instance = self.pre.instantiate_async(&mut store).await.unwrap();
            let turn = types::Turn {
                id: "t".into(),
                app: "a".into(),
                question: question.into(),
                search_text: question.into(),
                history: Vec::new(),
                variables: Vec::new(),
                arguments: None,
            };
            let said = instance.qianfan_plugin_contribute().call_contribute(&mut store, &turn, config).await;
            assert!(said.unwrap().is_ok());
        }
    }
}
