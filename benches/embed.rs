//! What the local model costs: processor and wall time of a question and of a window, beside onnxruntime on
//! the same file, in rounds by turns because the machines are noisy. Then what a question takes that nobody
//! has asked before, in this process and through HTTP. `make bench-embed`.
//!
//! onnxruntime is Python's package: of the environment that `scripts/setup onnxruntime` leaves, or of the
//! `python3` on the path. Where neither has it, our figures stand alone.

#![allow(clippy::disallowed_methods, reason = "benchmarks start servers and ask them")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a benchmark that cannot go on has failed")]

#[path = "../tests/support/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the tests use more of it")]
mod support;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::stream::{self, StreamExt};
use qianfan_host::knowledge::{BaseSettings, EmbedderSettings, Library, Query, Source};
use qianfan_host::plugin::{EngineSettings, SandboxedReader};
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};

const ROUNDS: usize = 21;
/// Texts of a round.
const TEXTS: usize = 8;
/// Windows of the base that is searched.
const WINDOWS: usize = 500;
/// Questions of each line.
const QUESTIONS: usize = 200;

#[tokio::main]
async fn main() {
    println!(
        "{:<50} {:>12} {:>7} {:>7}",
        "ms a text, median of paired rounds", "onnxruntime", "ours", "ratio"
    );
    for threads in [1, 2] {
        let mut onnxruntime = OnnxRuntime::start(threads);
        if onnxruntime.is_none() {
            println!("(without onnxruntime: `scripts/setup onnxruntime` installs it)");
        }
        for (what, characters) in [("question of 20 characters", 20), ("window of 120 characters", 120)] {
            beside(what, characters, threads, onnxruntime.as_mut()).await;
        }
    }
    println!("\na new question in a base of {WINDOWS} windows");
    fresh_questions().await;
}

/// Both embed the same texts, one after the other. Ours embeds as many texts side by side as it has threads,
/// onnxruntime one text on all threads.
async fn beside(what: &str, characters: usize, threads: usize, mut onnxruntime: Option<&mut OnnxRuntime>) {
    let folder = tempfile::tempdir().unwrap();
    let library = library(folder.path(), threads).await;
    let base = library.base("a").unwrap();
    let (mut theirs, mut ours, mut alike) = (Vec::new(), Vec::new(), 1.0_f32);
    for round in 0..=ROUNDS {
        let texts: Vec<String> = (0..TEXTS).map(|n| text(round * TEXTS + n, characters)).collect();
        let (begun, processor) = (Instant::now(), processor_time());
        let vectors = base.vectors(texts.clone()).await.unwrap();
        let mine = Cost { processor: processor_time() - processor, wall: begun.elapsed() };
        let other = onnxruntime.as_deref_mut().map(|other| other.embed(&texts));
        // The first one of each reaches memory and code that nobody has used yet.
        if round == 0 {
            continue;
        }
        ours.push(mine);
        if let Some((cost, their_vectors)) = other {
            theirs.push(cost);
            for (mine, their) in vectors.iter().zip(&their_vectors) {
                alike = alike.min(mine.iter().zip(their).map(|(a, b)| a * b).sum());
            }
        }
    }
    let threads = if threads == 1 { "one thread" } else { "two threads" };
    for (kind, of) in
        [("processor", (|cost| cost.processor) as fn(&Cost) -> Duration), ("wall", |cost| cost.wall)]
    {
        let milliseconds =
            |costs: &[Cost]| median(costs.iter().map(|cost| of(cost).as_secs_f64() * 1e3 / TEXTS as f64));
        let ratio = |(mine, their)| of(mine).as_secs_f64() / of(their).as_secs_f64();
        let name = format!("{what}, {threads}, {kind}");
        match theirs.is_empty() {
            true => println!("{name:<50} {:>12} {:>7.2} {:>7}", "-", milliseconds(&ours), "-"),
            false => println!(
                "{name:<50} {:>12.2} {:>7.2} {:>7.2}",
                milliseconds(&theirs),
                milliseconds(&ours),
                median(ours.iter().zip(&theirs).map(ratio)),
            ),
        }
    }
    if !theirs.is_empty() {
        println!("  least cosine of a vector with onnxruntime's: {alike:.5}");
    }
}

async fn fresh_questions() {
    let folder = tempfile::tempdir().unwrap();
    let library = library(folder.path(), EmbedderSettings::default().threads).await;
    let base = library.base("a").unwrap();
    let document: String = (0..WINDOWS).map(|n| format!("# 第{n}节\n\n{}。\n\n", text(n, 110))).collect();
    base.import(vec![Source::bytes("all.md", document.clone())], &|_| {}).await.unwrap();
    let mut questions = (0..).map(|n| text(1_000_000 + n, 20));

    let mut times = Vec::new();
    for question in questions.by_ref().take(QUESTIONS) {
        let begun = Instant::now();
        base.vectors(vec![question]).await.unwrap();
        times.push(begun.elapsed());
    }
    line("embedding alone, in this process", times);
    let mut times = Vec::new();
    for question in questions.by_ref().take(QUESTIONS) {
        let begun = Instant::now();
        library.search(&query(question)).await.unwrap();
        times.push(begun.elapsed());
    }
    line("search, in this process", times);

    let host = support::Host::start("[knowledge.a]\nthreshold = 0.0\n");
    loaded(&host).await;
    let ask = async |question: String| {
        let begun = Instant::now();
        let response = host.post("/v1/knowledge-bases/a/search", json!({"query": question})).await;
        let found: Value = response.json().await.unwrap();
        assert!(found["reports"][0]["error"].is_null(), "{found}");
        begun.elapsed()
    };
    line("the first one after the start, through HTTP", vec![ask(questions.next().unwrap()).await]);
    host.import("a", "all.md", &document).await;
    for clients in [1, 2, 4] {
        let asked: Vec<String> = questions.by_ref().take(QUESTIONS).collect();
        let times = stream::iter(asked).map(&ask).buffer_unordered(clients).collect().await;
        line(&format!("search through HTTP, {clients} at a time"), times);
    }
}

/// Waits until the host has loaded its model by itself.
async fn loaded(host: &support::Host) {
    support::eventually("the model", async || {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let ready = host.get("/readyz").await;
        let all = ready["dependencies"].as_array().unwrap();
        all.iter().any(|item| item["kind"] == "embedder" && item["status"] == "ok").then_some(())
    })
    .await;
}

/// So many Chinese characters, others for each number.
fn text(number: usize, characters: usize) -> String {
    let words = [
        "平行志愿",
        "院校专业组",
        "投档规则",
        "录取分数线",
        "征集志愿",
        "体检标准",
        "学费",
        "调剂",
        "按照",
        "怎么",
        "考生",
        "多少",
        "可以",
        "什么时候",
        "公布",
        "参照",
        "执行",
        "星海大学",
        "计算机",
        "报名",
    ];
    let mut state = number as u64 + 1;
    let mut text = Vec::new();
    while text.len() < characters {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        text.extend(words[(state >> 33) as usize % words.len()].chars());
    }
    text[..characters].iter().collect()
}

async fn library(folder: &Path, threads: usize) -> Library {
    let local = EmbedderSettings { threads, ..EmbedderSettings::default() };
    let bases = BTreeMap::from([("a".to_owned(), BaseSettings::default())]);
    let embedders = BTreeMap::from([("local".to_owned(), local)]);
    let reader = Arc::new(SandboxedReader::new(EngineSettings::default()));
    Library::open(folder, &bases, &embedders, &BTreeMap::new(), reader).await.unwrap()
}

fn query(text: String) -> Query {
    Query {
        text,
        wordings: None,
        bases: vec!["a".into()],
        top_k: Some(5),
        threshold: Some(0.0),
        filter: None,
        context: true,
    }
}

/// What a round took.
#[derive(Clone, Copy)]
struct Cost {
    processor: Duration,
    wall: Duration,
}

fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn line(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!("  {what:<44} p50 {:>6.2} ms   p95 {:>6.2} ms", at(0.5), at(0.95));
}

/// The other runtime, in a process of its own.
struct OnnxRuntime {
    process: Child,
    asked: Option<ChildStdin>,
    answers: Lines<BufReader<ChildStdout>>,
}

impl OnnxRuntime {
    /// `None` where no Python here has it.
    fn start(threads: usize) -> Option<Self> {
        let cache = support::cache();
        let model = cache.join("models/bge-small-zh-v1.5");
        let own = cache.join("venv-onnxruntime/bin/python");
        let python = if own.exists() { own } else { "python3".into() };
        let has_it =
            Command::new(&python).args(["-c", "import numpy, onnxruntime"]).stderr(Stdio::null()).status();
        if !has_it.is_ok_and(|status| status.success()) {
            return None;
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../benches/embed/beside.py");
        let mut process = Command::new(python)
            .arg(script)
            .args([model.join("model.onnx"), model.join("tokenizer.json")])
            .arg(threads.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let asked = process.stdin.take();
        let mut answers = BufReader::new(process.stdout.take().unwrap()).lines();
        let hello: Value = serde_json::from_str(&answers.next().unwrap().unwrap()).unwrap();
        assert!(hello["version"].is_string());
        Some(Self { process, asked, answers })
    }

    fn embed(&mut self, texts: &[String]) -> (Cost, Vec<Vec<f32>>) {
        writeln!(self.asked.as_mut().unwrap(), "{}", json!(texts)).unwrap();
        let answer: Value = serde_json::from_str(&self.answers.next().unwrap().unwrap()).unwrap();
        let seconds = |key: &str| Duration::from_secs_f64(answer[key].as_f64().unwrap());
        let cost = Cost { processor: seconds("processor"), wall: seconds("wall") };
        (cost, serde_json::from_value(answer["vectors"].clone()).unwrap())
    }
}

impl Drop for OnnxRuntime {
    /// It ends with its input.
    fn drop(&mut self) {
        self.asked = None;
        _ = self.process.wait();
    }
}
