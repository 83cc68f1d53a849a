//! Retrieval at scale: 100,000 windows in one base and in ten, on the embedded store. Each figure
//! stands beside what it is compared with, in one run: the index beside comparing everything, ten
//! times the windows beside the tenth, a base with an unrelated one beside it alone. Also what
//! opening, importing and memory cost. The same windows on a Qdrant server beside the embedded store, near
//! and 20 ms away. `make bench-retrieval`; some minutes on two cores.
//!
//! Texts are sentences of CMRC 2018 put together anew. Vectors of questions are the local model's;
//! those of windows are mixed from the model's vectors of real paragraphs, with noise, because
//! embedding 200,000 windows would take a quarter of an hour and tell nothing about the store. The
//! last part embeds everything, once, and keeps it in the build folder.
//!
//! `RETRIEVAL_WINDOWS` sets another number than 100,000; `QIANFAN_DATA` is the folder of the data sets;
//! `RETRIEVAL_PARTS` names the parts that run (`one`, `http`, `ten`, `qdrant`, `answers`, `unrelated`), all without it.

#![allow(clippy::disallowed_methods, reason = "benchmarks start servers and ask them")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a benchmark that cannot go on has failed")]

#[path = "retrieval/on_qdrant.rs"]
mod on_qdrant;
#[path = "../tests/support/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the tests use more of it")]
mod support;
#[path = "retrieval/synthesis.rs"]
mod synthesis;
#[path = "retrieval/through_http.rs"]
mod through_http;

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use qianfan_host::knowledge::{Base, BaseSettings, EmbedderSettings, Library, Query, Source, StoreSettings};
use qianfan_host::plugin::{EngineSettings, SandboxedReader};
use serde_json::{Value, json};
use synthesis::{Synthesis, serve};

const SECTIONS_A_DOCUMENT: usize = 64;
/// Questions asked in each part.
const QUESTIONS: usize = 300;
const BASES: usize = 10;

#[tokio::main]
async fn main() {
    _ = rustls::crypto::ring::default_provider().install_default();
    let windows = std::env::var("RETRIEVAL_WINDOWS").map_or(100_000, |n| n.parse().unwrap());
    let corpus = Corpus::read();
    let synthesis = Synthesis::new(&corpus).await;
    let address = serve(Arc::clone(&synthesis)).await;
    let (asked, fresh) = corpus.questions.split_at(corpus.questions.len() / 2);
    let (asked, fresh) = (&asked[..QUESTIONS], &fresh[..QUESTIONS]);

    let parts = std::env::var("RETRIEVAL_PARTS").unwrap_or_default();
    let is_wanted = |part: &str| parts.is_empty() || parts.split(',').any(|wanted| wanted.trim() == part);
    if is_wanted("one") {
        println!("One base");
        one_base(&synthesis, &address, windows, asked).await;
    }
    if is_wanted("http") {
        println!("\nNew questions in one base");
        through_http::run(&synthesis, &address, windows, fresh).await;
    }
    if is_wanted("ten") {
        println!("\nTen bases of {} windows", windows / BASES);
        ten_bases(&synthesis, &address, windows / BASES, asked, fresh).await;
    }
    if is_wanted("qdrant") {
        println!("\n{windows} windows, embedded and on Qdrant");
        on_qdrant::run(&synthesis, &address, windows, asked, fresh).await;
    }
    if is_wanted("answers") {
        println!("\nStandard answers");
        standard_answers(&corpus, &address).await;
    }
    if is_wanted("unrelated") {
        println!("\nA base beside an unrelated one, all embedded by the model");
        unrelated(&corpus).await;
    }
}

async fn one_base(synthesis: &Synthesis, address: &str, windows: usize, questions: &[String]) {
    let folder = tempfile::tempdir().unwrap();
    let open = async |exact: bool| open(folder.path(), address, &["one"], exact).await;
    let library = open(false).await;
    let base = library.base("one").unwrap();
    let tenth = windows / 10;

    let mut times = Vec::new();
    let mut memory = vec![resident()];
    let mut rates = Vec::new();
    for part in 0..10 {
        let began = Instant::now();
        import(base, synthesis, part * tenth..(part + 1) * tenth).await;
        rates.push(tenth as f64 / began.elapsed().as_secs_f64());
        memory.push(resident());
        if part == 0 || part == 9 {
            times.push(ask(&library, &["one"], questions).await);
        }
    }
    let growth = times[1].median / times[0].median;
    line("search among a tenth of the windows", &times[0].to_string());
    line(&format!("search among {windows} windows"), &format!("{}   ratio of medians {growth:.2}", times[1]));
    line(
        "import, vectors ready: windows a second",
        &format!("{:.0} first tenth, {:.0} last", rates[0], rates[9]),
    );
    let steps: Vec<_> = memory.iter().map(|mib| format!("{mib:.0}")).collect();
    line("resident MiB, by tenths imported", &steps.join(" "));
    let a_window = (memory[10] - memory[2]) * 1024.0 / (8 * tenth) as f64;
    line("growth from the second tenth on, a window", &format!("{a_window:.2} KiB"));

    searching_while_importing(&library, synthesis, questions, windows..windows + tenth).await;

    let found = answers(&library, &["one"], questions).await;
    drop(library);
    let began = Instant::now();
    let reopened = open(false).await;
    line("opening it again", &format!("{:.2} s", began.elapsed().as_secs_f64()));
    drop(reopened);
    let exact = open(true).await;
    let everything = ask(&exact, &["one"], questions).await;
    let wanted = answers(&exact, &["one"], questions).await;
    line("comparing everything", &everything.to_string());
    line("  beside the index", &format!("{:.1}×", everything.median / times[1].median));
    line("recall@10 of the index", &format!("{:.4}", recall(&found, &wanted)));
}

/// What searches take while another task imports, with both processors wanted by both.
async fn searching_while_importing(
    library: &Arc<Library>,
    synthesis: &Synthesis,
    questions: &[String],
    windows: std::ops::Range<usize>,
) {
    let done = Arc::new(AtomicBool::new(false));
    let searching = tokio::spawn({
        let (library, done, questions) = (Arc::clone(library), Arc::clone(&done), questions.to_vec());
        async move {
            let mut times = Vec::new();
            for question in questions.iter().cycle() {
                if done.load(Ordering::Relaxed) {
                    break;
                }
                let began = Instant::now();
                library.search(&query(&["one"], question, 5)).await.unwrap();
                times.push(began.elapsed());
            }
            Times::of(times)
        }
    });
    import(library.base("one").unwrap(), synthesis, windows).await;
    done.store(true, Ordering::Relaxed);
    line("search while a tenth more is imported", &searching.await.unwrap().to_string());
}

async fn ten_bases(synthesis: &Synthesis, address: &str, windows: usize, asked: &[String], fresh: &[String]) {
    let folder = tempfile::tempdir().unwrap();
    let names: Vec<String> = (0..BASES).map(|n| format!("b{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let library = open(folder.path(), address, &names, false).await;
    for (n, name) in names.iter().enumerate() {
        import(library.base(name).unwrap(), synthesis, n * windows..(n + 1) * windows).await;
    }
    let without = ask(&library, &names, asked).await;
    line("search, question embedded before", &without.to_string());
    let mut times = Vec::new();
    for question in fresh {
        let began = Instant::now();
        library.search(&query(&names, question, 5)).await.unwrap();
        times.push(began.elapsed());
    }
    line("search with embedding the question", &Times::of(times).to_string());
    let mut times = Vec::new();
    for question in fresh {
        let began = Instant::now();
        synthesis.model.vectors(vec![question.clone()]).await.unwrap();
        times.push(began.elapsed());
    }
    line("  embedding the question alone", &Times::of(times).to_string());
    let found = answers(&library, &names, asked).await;
    drop(library);
    let exact = open(folder.path(), address, &names, true).await;
    line("comparing everything", &ask(&exact, &names, asked).await.to_string());
    line("recall@10 of the index", &format!("{:.4}", recall(&found, &answers(&exact, &names, asked).await)));
}

async fn standard_answers(corpus: &Corpus, address: &str) {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path(), address, &["faq"], false).await;
    let questions = &corpus.sentences[..2000];
    let csv: String = std::iter::once("question,answer\n".to_owned())
        .chain(questions.iter().map(|question| format!("\"{question}\",\"答：{question}\"\n")))
        .collect();
    let report =
        library.base("faq").unwrap().import(vec![Source::bytes("faq.qa.csv", csv)], &|_| {}).await.unwrap();
    assert_eq!(report.imported, 1);
    let asked: Vec<String> = questions.iter().step_by(4).cloned().collect();
    for question in &asked[..20] {
        let results = library.search(&query(&["faq"], question, 5)).await.unwrap();
        let expected = format!("答：{question}");
        assert!(results.hits.iter().any(|hit| hit.standard_answer.as_deref() == Some(&expected)));
    }
    line("one of 2000, question embedded before", &ask(&library, &["faq"], &asked).await.to_string());
}

/// Whether the right paragraph is among the first five hits, with and without another base.
async fn unrelated(corpus: &Corpus) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("retrieval");
    let base: BaseSettings = serde_json::from_value(json!({"threshold": 0.0})).unwrap();
    let bases = ["cmrc", "other"].map(|name| (name.to_owned(), base.clone())).into();
    let library = Library::open(&folder, &bases, &BTreeMap::new(), &BTreeMap::new(), reader()).await.unwrap();
    let paragraphs = corpus.paragraphs.iter().enumerate();
    let paragraphs = paragraphs.map(|(n, text)| Source::bytes(format!("{n}.txt"), text.clone())).collect();
    library.base("cmrc").unwrap().import(paragraphs, &|_| {}).await.unwrap();
    let others = corpus.sentences.chunks(100).take(100).enumerate().map(|(n, sentences)| {
        let sections = sentences.iter().enumerate();
        let text: String = sections.map(|(i, text)| format!("# {n}.{i}\n\n{text}\n\n")).collect();
        Source::bytes(format!("{n}.md"), text)
    });
    library.base("other").unwrap().import(others.collect(), &|_| {}).await.unwrap();

    let mut right = [0usize; 2];
    let asked: Vec<_> = corpus.asked.iter().step_by(4).collect();
    for (question, paragraph) in &asked {
        for (bases, right) in [&["cmrc"][..], &["cmrc", "other"]].into_iter().zip(&mut right) {
            let hits = library.search(&query(bases, question, 5)).await.unwrap().hits;
            let document = format!("{paragraph}.txt");
            *right += usize::from(
                hits.iter().take(5).any(|hit| hit.knowledge_base == "cmrc" && hit.document == document),
            );
        }
    }
    let [alone, beside] = right.map(|right| right as f64 / asked.len() as f64);
    line("R@5 alone", &format!("{alone:.4}   of {} questions", asked.len()));
    line(
        "R@5 beside 10000 unrelated windows",
        &format!("{beside:.4}   {:+.2} points", (beside - alone) * 100.0),
    );
}

fn query(bases: &[&str], text: &str, top_k: usize) -> Query {
    let bases = bases.iter().map(|&name| name.to_owned()).collect();
    Query {
        text: text.to_owned(),
        wordings: None,
        bases,
        top_k: Some(top_k),
        threshold: Some(0.0),
        filter: None,
        context: true,
    }
}

/// What searches take once the questions' vectors are known.
async fn ask(library: &Library, bases: &[&str], questions: &[String]) -> Times {
    let mut times = Vec::new();
    for round in 0..3 {
        for question in questions {
            let began = Instant::now();
            library.search(&query(bases, question, 5)).await.unwrap();
            if round > 0 {
                times.push(began.elapsed());
            }
        }
    }
    Times::of(times)
}

type Places = HashSet<(String, String)>;

async fn answers(library: &Library, bases: &[&str], questions: &[String]) -> Vec<Places> {
    let mut answers = Vec::new();
    for question in questions {
        // Counted are sections, not passages.
        let query = Query { context: false, ..query(bases, question, 10) };
        let hits = library.search(&query).await.unwrap().hits;
        answers.push(hits.into_iter().take(10).map(|hit| (hit.knowledge_base, hit.id)).collect());
    }
    answers
}

fn recall(found: &[Places], wanted: &[Places]) -> f64 {
    let hit: usize = found.iter().zip(wanted).map(|(found, wanted)| found.intersection(wanted).count()).sum();
    hit as f64 / wanted.iter().map(HashSet::len).sum::<usize>() as f64
}

struct Times {
    median: f64,
    p95: f64,
    p99: f64,
}

impl Times {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
        Self { median: at(0.5), p95: at(0.95), p99: at(0.99) }
    }
}

impl std::fmt::Display for Times {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "p50 {:>6.2} ms   p95 {:>6.2} ms   p99 {:>6.2} ms", self.median, self.p95, self.p99)
    }
}

fn line(what: &str, figures: &str) {
    println!("  {what:<44} {figures}");
}

/// Memory the process holds, in MiB.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok())
        .map_or(0.0, |kb| kb / 1024.0)
}

/// Made only where a document needs it, which none here does.
fn reader() -> Arc<SandboxedReader> {
    Arc::new(SandboxedReader::new(EngineSettings::default()))
}

async fn open(folder: &Path, address: &str, names: &[&str], exact: bool) -> Arc<Library> {
    open_with(folder, address, names, exact, None).await
}

/// `server` is where the bases are, unless they are embedded.
async fn open_with(
    folder: &Path,
    address: &str,
    names: &[&str],
    exact: bool,
    server: Option<StoreSettings>,
) -> Arc<Library> {
    let store = if server.is_some() { "server" } else { "embedded" };
    let base = json!({"embedder": "stub", "exact": exact, "store": store});
    let base: BaseSettings = serde_json::from_value(base).unwrap();
    let stores = server.map(|settings| ("server".to_owned(), settings)).into_iter().collect();
    let bases = names.iter().map(|&name| (name.to_owned(), base.clone())).collect();
    let stub: EmbedderSettings = serde_json::from_value(
        json!({"kind": "openai", "base_url": address, "model": "stub", "batch_size": SECTIONS_A_DOCUMENT}),
    )
    .unwrap();
    let embedders = BTreeMap::from([("stub".to_owned(), stub)]);
    Arc::new(Library::open(folder, &bases, &embedders, &stores, reader()).await.unwrap())
}

async fn import(base: &Base, synthesis: &Synthesis, windows: std::ops::Range<usize>) {
    // Some documents at a time, so that memory holds no pile of them.
    import_by(base, synthesis, windows, 16).await;
}

async fn import_by(base: &Base, synthesis: &Synthesis, windows: std::ops::Range<usize>, documents: usize) {
    let starts: Vec<_> = windows.clone().step_by(SECTIONS_A_DOCUMENT).collect();
    for starts in starts.chunks(documents) {
        let documents = starts.iter().map(|&start| {
            let sections = start..(start + SECTIONS_A_DOCUMENT).min(windows.end);
            Source::bytes(format!("{start}.md"), sections.map(|n| synthesis.section(n)).collect::<String>())
        });
        base.import(documents.collect(), &|_| {}).await.unwrap();
    }
}

/// What the data sets hold.
struct Corpus {
    paragraphs: Vec<String>,
    /// Questions with their paragraph's place.
    asked: Vec<(String, usize)>,
    questions: Vec<String>,
    /// Questions of people about anything, from another set.
    sentences: Vec<String>,
}

impl Corpus {
    fn read() -> Self {
        let sets = "the folder that holds cmrc2018-dev.json and lcqmc-dev.tsv";
        let Some(folder) = std::env::var_os("QIANFAN_DATA").map(PathBuf::from) else {
            panic!("the data sets are read from QIANFAN_DATA; set it to {sets}");
        };
        let read = |name: &str| {
            let path = folder.join(name);
            std::fs::read_to_string(&path)
                .unwrap_or_else(|error| panic!("{}: {error}; set QIANFAN_DATA to {sets}", path.display()))
        };
        let set: Value = serde_json::from_str(&read("cmrc2018-dev.json")).unwrap();
        let mut corpus = Self { paragraphs: vec![], asked: vec![], questions: vec![], sentences: vec![] };
        let articles = set["data"].as_array().unwrap().iter();
        for paragraph in articles.flat_map(|article| article["paragraphs"].as_array().unwrap()) {
            for question in paragraph["qas"].as_array().unwrap() {
                let question = question["question"].as_str().unwrap().to_owned();
                corpus.asked.push((question, corpus.paragraphs.len()));
            }
            corpus.paragraphs.push(paragraph["context"].as_str().unwrap().to_owned());
        }
        let mut seen = HashSet::new();
        let questions = corpus.asked.iter().map(|(question, _)| question.clone());
        corpus.questions = questions.filter(|question| seen.insert(question.clone())).step_by(5).collect();
        let pairs = read("lcqmc-dev.tsv");
        let sentences = pairs.lines().flat_map(|line| line.split('\t').take(2)).map(|s| s.replace('"', ""));
        corpus.sentences = sentences.filter(|sentence| seen.insert(sentence.clone())).collect();
        corpus
    }
}
