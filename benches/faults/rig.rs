//! The host with all it depends on, what clients ask of it, and the table of what they get.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::{Value, json};

use super::proxy::Proxy;
use super::reranker::Reranker;
use super::support::{Embeddings, Host, Qdrant, SmallDisk, eventually};
use super::{started, state};

/// Mebibytes of a disk that is filled: Qdrant keeps a log of 32 MiB for each base.
const SMALL: u32 = 320;
/// Requests of a client while a fault lasts: by then the host knows of it.
const CHATS: usize = 6;
/// The same of writes, which may take their whole time-out each.
const WRITES: usize = 2;
/// How long a job is watched before it counts as one that waits.
const WATCHED: Duration = Duration::from_secs(2);
/// Between two looks whether all is well again.
const LOOK: Duration = Duration::from_millis(50);

/// What a client asks, each of a base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ask {
    Chat(&'static str),
    Search(&'static str),
    Import(&'static str),
    Job(&'static str),
    Delete(&'static str),
}

/// What a client got.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    pub(crate) said: String,
    took: Duration,
}

/// One line of the table, until its last column is known.
struct Row {
    fault: String,
    ask: Ask,
    first: Outcome,
    later: Outcome,
}

pub(crate) struct Rig {
    host: Option<Host>,
    config: String,
    _data: tempfile::TempDir,
    pub(crate) disk: Option<SmallDisk>,
    pub(crate) qdrant: Qdrant,
    pub(crate) proxy: Proxy,
    pub(crate) embeddings: Embeddings,
    pub(crate) reranker: Reranker,
    /// Documents that the host has said are in, by base and id, with the word each is found by.
    acknowledged: Mutex<BTreeMap<(&'static str, String), String>>,
    /// Jobs that were accepted and have not ended, with their documents.
    open: Mutex<Vec<(String, &'static str, Vec<String>)>>,
    rows: Mutex<Vec<Row>>,
    count: AtomicUsize,
    lost_elsewhere: usize,
}

/// The head of the table.
pub(crate) fn title() {
    println!(
        "{:<42} {:<15} {:<44} {:>8} {:<44} {:>8} {:>10}",
        "fault", "asked", "first", "after", "later", "after", "well again"
    );
}

fn line(fault: &str, asked: &str, [first, later]: [&Outcome; 2], again: &str) {
    let took = |outcome: &Outcome| format!("{:.2} s", outcome.took.as_secs_f64());
    println!(
        "{fault:<42} {asked:<15} {:<44} {:>8} {:<44} {:>8} {again:>10}",
        first.said,
        took(first),
        later.said,
        took(later)
    );
}

impl Ask {
    fn word(self) -> String {
        let (what, base) = match self {
            Self::Chat(base) => ("chat", base),
            Self::Search(base) => ("hit test", base),
            Self::Import(base) => ("import", base),
            Self::Job(base) => ("job", base),
            Self::Delete(base) => ("delete", base),
        };
        format!("{what} {base}")
    }

    /// What a client gets where all is well.
    fn good(self) -> &'static str {
        if matches!(self, Self::Job(_)) { "202, done" } else { "200" }
    }

    fn times(self) -> usize {
        if matches!(self, Self::Chat(_) | Self::Search(_)) { CHATS } else { WRITES }
    }
}

impl Rig {
    /// Host and Qdrant each on a disk that can be filled.
    pub(crate) async fn start_on_small_disks() -> Self {
        Self::start(Some(SMALL)).await
    }

    pub(crate) async fn start(mebibytes: Option<u32>) -> Self {
        let qdrant = match mebibytes {
            Some(size) => Qdrant::on_small_disk(size).await,
            None => Qdrant::start().await,
        };
        let (embeddings, reranker) = (Embeddings::start().await, Reranker::start().await);
        let (proxy, data) = (Proxy::before(qdrant.port()).await, tempfile::tempdir().unwrap());
        let apps: String = ["own", "remote"].map(app).concat();
        let config = format!(
            "[server]\ndata_dir = {:?}\n{}[stores.remote]\nurl = \"http://127.0.0.1:{}\"\n[rerank]\nbase_url = \"{}\"\n\
             model = \"judge\"\n[knowledge.remote]\nstore = \"remote\"\nembedder = \"far\"\nthreshold = 0.0\n\
             [knowledge.own]\nembedder = \"far\"\nthreshold = 0.0\n{apps}",
            data.path().display().to_string(),
            embeddings.table("far", 64),
            proxy.port,
            reranker.base_url
        );
        let mut disk = None;
        let host = Host::prepared(&config, |_, command| {
            command.env("QIANFAN_LOG", "off");
            disk = mebibytes.and_then(|size| SmallDisk::under(command, data.path(), size));
        });
        let rig = Self {
            host: Some(host),
            config,
            _data: data,
            disk,
            qdrant,
            proxy,
            embeddings,
            reranker,
            acknowledged: Mutex::default(),
            open: Mutex::default(),
            rows: Mutex::default(),
            count: AtomicUsize::new(0),
            lost_elsewhere: 0,
        };
        for base in ["own", "remote"] {
            for _ in 0..20 {
                assert_eq!(rig.ask(Ask::Import(base)).await.said, "200");
            }
        }
        rig
    }

    pub(crate) fn host(&self) -> &Host {
        self.host.as_ref().unwrap()
    }

    /// Asks while a fault lasts, and keeps what came for the table.
    pub(crate) async fn row(&self, fault: &str, asks: &[Ask]) {
        for &ask in asks {
            let first = self.ask(ask).await;
            let mut later = first.clone();
            for _ in 1..ask.times() {
                later = self.ask(ask).await;
            }
            self.rows.lock().unwrap().push(Row { fault: fault.to_owned(), ask, first, later });
        }
    }

    /// The fault is over: waits until all is well, and prints the lines.
    pub(crate) async fn well_again(&self, asks: &[Ask]) {
        let over = Instant::now();
        let well = asks.iter().map(async |&ask| {
            let good = async || {
                let outcome = self.ask(ask).await;
                if outcome.said != ask.good() {
                    tokio::time::sleep(LOOK).await;
                    return None;
                }
                Some(over.elapsed())
            };
            eventually(&ask.word(), good).await
        });
        let well = futures_util::future::join_all(well).await;
        self.expect_jobs().await;
        let rows = std::mem::take(&mut *self.rows.lock().unwrap());
        for Row { fault, ask, first, later } in rows {
            let again = asks.iter().position(|other| *other == ask).map(|place| well[place]);
            let again = again.map_or_else(|| "-".to_owned(), |again| format!("{:.2} s", again.as_secs_f64()));
            line(&fault, &ask.word(), [&first, &later], &again);
        }
    }

    /// Every accepted job ends well by itself.
    async fn expect_jobs(&self) {
        let open = std::mem::take(&mut *self.open.lock().unwrap());
        for (job, base, documents) in open {
            self.job_ends(&job).await;
            self.acknowledge(base, documents);
        }
    }

    async fn job_ends(&self, job: &str) {
        eventually("the end of a job", async || {
            tokio::time::sleep(LOOK).await;
            let state = state(self.host(), job).await;
            assert!(!["failed", "cancelled"].contains(&state.as_str()), "the job {job} is {state}");
            (state == "done").then_some(())
        })
        .await;
    }

    pub(crate) async fn ask(&self, ask: Ask) -> Outcome {
        let began = Instant::now();
        let said = match ask {
            Ask::Chat(base) => self.chat(base).await,
            Ask::Search(base) => self.search(base).await,
            Ask::Import(base) => self.import(base).await,
            Ask::Job(base) => self.job(base).await,
            Ask::Delete(base) => self.delete(base).await,
        };
        Outcome { said, took: began.elapsed() }
    }

    fn number(&self) -> usize {
        self.count.fetch_add(1, Ordering::Relaxed)
    }

    async fn chat(&self, base: &str) -> String {
        // A question that was asked before has its vector still.
        let question = format!("第{}次问投档规则", self.number());
        let body = json!({"model": base, "messages": [{"role": "user", "content": question}]});
        let response = self.host().post("/v1/chat/completions", body).await;
        let is_degraded = response.headers().contains_key("x-degraded");
        let said = said(response).await.0;
        if is_degraded { format!("{said}, degraded") } else { said }
    }

    async fn search(&self, base: &str) -> String {
        let path = format!("/v1/knowledge-bases/{base}/search");
        let query = format!("第{}次问投档规则", self.number());
        let (said, body) = said(self.host().post(&path, json!({"query": query})).await).await;
        if body["rerank"]["reason"].is_string() { format!("{said}, fused order") } else { said }
    }

    /// A document's id, its word and its text.
    fn document(&self) -> (String, String, String) {
        let number = self.number();
        let word = format!("k{number:05}v");
        (
            format!("{number}.txt"),
            word.clone(),
            format!("编号{word}的投档规则：平行志愿按照分数优先的原则进行。"),
        )
    }

    async fn import(&self, base: &'static str) -> String {
        let (id, _, text) = self.document();
        let said = self.send(base, "documents", &id, text).await.0;
        if said == "200" {
            self.acknowledge(base, vec![id]);
        }
        said
    }

    async fn job(&self, base: &'static str) -> String {
        let (id, _, text) = self.document();
        let (said, body) = self.send(base, "imports", &id, text).await;
        if said != "202" {
            return said;
        }
        let job = body["id"].as_str().unwrap().to_owned();
        let began = Instant::now();
        let mut now = state(self.host(), &job).await;
        while now != "done" && began.elapsed() < WATCHED {
            tokio::time::sleep(LOOK).await;
            now = state(self.host(), &job).await;
        }
        if now == "done" {
            self.acknowledge(base, vec![id]);
        } else {
            self.open.lock().unwrap().push((job, base, vec![id]));
        }
        format!("202, {now}")
    }

    async fn send(&self, base: &str, how: &str, id: &str, text: String) -> (String, Value) {
        let url = format!("{}/v1/knowledge-bases/{base}/{how}?id={id}", self.host().url);
        match self.host().http.post(url).body(text).send().await {
            Ok(response) => said(response).await,
            Err(_) => ("connection closed".into(), Value::Null),
        }
    }

    /// Documents worth deleting.
    pub(crate) async fn fill_up(&self, base: &'static str) {
        for number in 0..WRITES {
            let text: String =
                (0..8_000).map(|n| format!("第{n}条规定按照分数优先的原则进行投档。\n\n")).collect();
            assert_eq!(self.send(base, "documents", &format!("large-{number}.txt"), text).await.0, "200");
        }
    }

    async fn delete(&self, base: &str) -> String {
        let list = self.host().get(&format!("/v1/knowledge-bases/{base}/documents")).await;
        let ids = list["data"].as_array().unwrap().iter().filter_map(|document| document["id"].as_str());
        let Some(id) = ids.into_iter().find(|id| id.starts_with("large-")) else {
            return "nothing left".into();
        };
        let url = format!("{}/v1/knowledge-bases/{base}/documents/{id}", self.host().url);
        said(self.host().http.delete(url).send().await.unwrap()).await.0
    }

    /// Uploads so many documents; gives the job and their ids.
    pub(crate) async fn begin_job(&self, base: &str, count: usize) -> (String, Vec<String>) {
        let (mut body, mut ids) = (String::new(), Vec::new());
        for _ in 0..count {
            let (id, _, text) = self.document();
            body += &format!(
                "--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{id}\"\r\n\r\n{text}\r\n"
            );
            ids.push(id);
        }
        body += "--edge--\r\n";
        let url = format!("{}/v1/knowledge-bases/{base}/imports", self.host().url);
        let request = self
            .host()
            .http
            .post(url)
            .header("content-type", "multipart/form-data; boundary=edge")
            .body(body);
        let job: Value = request.send().await.unwrap().json().await.unwrap();
        (job["id"].as_str().unwrap_or_else(|| panic!("{job}")).to_owned(), ids)
    }

    /// The host has said that these are in.
    pub(crate) fn acknowledge(&self, base: &'static str, ids: Vec<String>) {
        let mut acknowledged = self.acknowledged.lock().unwrap();
        for id in ids {
            let number: usize = id.trim_end_matches(".txt").parse().unwrap();
            acknowledged.insert((base, id), format!("k{number:05}v"));
        }
    }

    /// Somebody has emptied the base's disk: what was on it cannot be asked for.
    pub(crate) fn forget(&self, base: &str) {
        self.acknowledged.lock().unwrap().retain(|(of, _), _| *of != base);
    }

    /// Kills the host.
    pub(crate) fn kill(&mut self) {
        let host = self.host.take().unwrap();
        host.signal(Signal::KILL);
        drop(host);
    }

    /// Starts it again after a kill, waits for the job to end, and prints the line.
    pub(crate) async fn restart(&mut self, fault: &str, told: &str, job: Option<&str>) {
        let (host, start) = started(&self.config).await;
        self.host = Some(host);
        let began = Instant::now();
        if let Some(job) = job {
            self.job_ends(job).await;
        }
        let outcome = |said: &str, took| Outcome { said: said.to_owned(), took };
        let first = outcome(told, Duration::ZERO);
        let later =
            outcome(if job.is_some() { "the job goes on by itself" } else { "as before" }, Duration::ZERO);
        line(fault, "-", [&first, &later], &format!("{:.2} s", (start + began.elapsed()).as_secs_f64()));
    }

    /// Acknowledged documents that are not listed or not found, on this rig and those whose losses it has.
    pub(crate) async fn lost(&self) -> usize {
        self.expect_jobs().await;
        let mut lost = self.lost_elsewhere;
        let acknowledged = self.acknowledged.lock().unwrap().clone();
        let mut listed = BTreeMap::new();
        for base in ["own", "remote"] {
            let list = self.host().get(&format!("/v1/knowledge-bases/{base}/documents")).await;
            listed.insert(base, list.to_string());
        }
        println!("{} acknowledged documents are looked for", acknowledged.len());
        for ((base, id), word) in &acknowledged {
            let path = format!("/v1/knowledge-bases/{base}/search");
            let found = self.host().post(&path, json!({"query": format!("编号{word}"), "top_k": 20})).await;
            let found: Value = found.json().await.unwrap();
            let is_found = found["hits"].as_array().is_some_and(|hits| {
                hits.iter().any(|hit| hit["document"] == **id && hit["text"].to_string().contains(word))
            });
            if !is_found || !listed[base].contains(&format!("\"{id}\"")) {
                println!("lost: `{id}` of {base}");
                lost += 1;
            }
        }
        lost
    }

    pub(crate) async fn take_losses_of(&mut self, other: &Self) {
        self.lost_elsewhere += other.lost().await;
    }
}

fn app(base: &str) -> String {
    format!(
        "[plugins.kb-{base}]\ncomponent = \"builtin:knowledge-base\"\ngrants = {{ knowledge = [\"{base}\"] }}\n\
         [apps.{base}]\nanswer = \"direct\"\nnothing_found = \"没有找到。\"\n\
         plugins = [{{ plugin = \"kb-{base}\", route = \"always\" }}]\n"
    )
}

/// An answer's status with its code and when to come back, and its body.
async fn said(response: reqwest::Response) -> (String, Value) {
    let status = response.status().as_u16();
    let again = response.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
    let body: Value = response.json().await.unwrap_or_default();
    let mut said = status.to_string();
    if let Some(code) = body["error"]["code"].as_str() {
        said = format!("{said} {code}");
    }
    if let Some(again) = again {
        said = format!("{said}, again in {again} s");
    }
    (said, body)
}
