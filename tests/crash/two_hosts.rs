//! Two hosts on one Qdrant get archives with the same documents, while the server and the hosts are killed. Every job
//! ends well by itself, and each document is whole, as one of the last two has written it, on both.

use std::collections::BTreeMap;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};

use super::{Dice, mark, number, sections, text};
use crate::support::{Embeddings, Host, Qdrant, eventually, run};

const DOCUMENTS: u64 = 30;
/// Documents of each archive: most are in both.
const ARCHIVE: u64 = 20;
/// About what an archive takes.
const ARCHIVE_MICROS: u64 = 900_000;

struct TwoHosts {
    configs: [String; 2],
    hosts: Vec<Host>,
    _data: [tempfile::TempDir; 2],
    dice: Dice,
    next_version: u64,
    /// Versions of each document of which one must be there.
    may_be: BTreeMap<String, Vec<u64>>,
}

impl TwoHosts {
    fn start(embeddings: &Embeddings, qdrant: &Qdrant, seed: u64) -> Self {
        let data = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let config = |data: &tempfile::TempDir| {
            format!(
                "[server]\ndata_dir = {:?}\njob_pause = \"20ms\"\n{}{}[knowledge.k]\nembedder = \"bins\"\nstore = \"remote\"\n\
                 threshold = 0.0\n",
                data.path().display().to_string(),
                embeddings.table("bins", 64),
                qdrant.table
            )
        };
        let configs = [config(&data[0]), config(&data[1])];
        let hosts = configs.iter().map(|config| Host::start(config)).collect();
        Self { configs, hosts, _data: data, dice: Dice(seed), next_version: 1, may_be: BTreeMap::new() }
    }

    /// Sends each host an archive, and gives the jobs.
    async fn send(&mut self) -> [String; 2] {
        let mut written = BTreeMap::<String, Vec<u64>>::new();
        let mut jobs = [String::new(), String::new()];
        for (host, job) in self.hosts.iter().zip(&mut jobs) {
            let mut body = String::new();
            let first = self.dice.roll(DOCUMENTS);
            for place in 0..ARCHIVE {
                let id = format!("{:03}.md", (first + place) % DOCUMENTS);
                let versions = written.entry(id.clone()).or_default();
                // The same content as the other host gets, or another.
                let version = match versions.first() {
                    Some(&other) if self.dice.roll(3) == 0 => other,
                    _ => self.next_version,
                };
                self.next_version += 1;
                versions.push(version);
                let text = text(&id, version, &sections(&id, version));
                body += &format!(
                    "--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{id}\"\r\n\r\n{text}\r\n"
                );
            }
            body += "--edge--\r\n";
            let url = format!("{}/v1/knowledge-bases/k/imports", host.url);
            let request =
                host.http.post(url).header("content-type", "multipart/form-data; boundary=edge").body(body);
            let accepted: Value = request.send().await.unwrap().json().await.unwrap();
            *job = accepted["id"].as_str().unwrap_or_else(|| panic!("{accepted}")).to_owned();
        }
        println!("sent at {:?}: {written:?}", std::time::SystemTime::now());
        self.may_be.extend(written);
        jobs
    }

    /// Kills one of the three at some moment of the imports, and starts it again at another.
    async fn kill(&mut self, qdrant: &mut Qdrant) {
        // The moment of the kill is what is random here, and so is how long it is away.
        tokio::time::sleep(Duration::from_micros(self.dice.roll(ARCHIVE_MICROS))).await;
        let away = Duration::from_micros(self.dice.roll(ARCHIVE_MICROS / 2));
        match self.dice.roll(3) {
            which @ (0 | 1) => {
                let which = which as usize;
                println!("host {which} is killed at {:?}", std::time::SystemTime::now());
                let host = self.hosts.remove(which);
                host.signal(Signal::KILL);
                host.ended().await;
                // As said above.
                tokio::time::sleep(away).await;
                self.hosts.insert(which, Host::start(&self.configs[which]));
            }
            _ => {
                println!("the server is killed at {:?}", std::time::SystemTime::now());
                qdrant.kill();
                // As said above.
                tokio::time::sleep(away).await;
                qdrant.restart().await;
            }
        }
    }

    async fn wait(&self, jobs: &[String; 2]) {
        for (host, job) in self.hosts.iter().zip(jobs) {
            let ended = host.ended_job(job).await;
            println!("job done at {:?}: {ended}", std::time::SystemTime::now());
            assert_eq!(ended["state"], "done", "{ended}");
        }
    }

    /// What a host finds of a document, once it searches all there is.
    async fn found(host: &Host, id: &str) -> String {
        let query = json!({"query": format!("编号{}", mark(id)), "top_k": 40});
        let found = eventually("a whole search", async || {
            let found: Value =
                host.post("/v1/knowledge-bases/k/search", query.clone()).await.json().await.unwrap();
            let report = &found["reports"][0];
            let is_whole = report.is_object() && report["error"].is_null() && report["degraded"].is_null();
            is_whole.then_some(found)
        })
        .await;
        let hits = found["hits"].as_array().unwrap().iter().filter(|hit| hit["document"] == *id);
        hits.map(|hit| hit["text"].as_str().unwrap()).collect()
    }

    /// Which of these versions of a document stand there, the first of them whole. What Qdrant 1.16 was writing at the moment
    /// it began to put segments together it leaves out of its searches as long as that takes (its pull request 9116 mends it): so it
    /// may be looked for again, but never be gone.
    async fn stands(host: &Host, round: u64, id: &str, versions: &[u64]) -> Vec<u64> {
        eventually("a whole document", async || {
            let found = Self::found(host, id).await;
            let is_there = |version: &&u64| found.contains(&format!("版本v{version}段"));
            let there: Vec<u64> = versions.iter().filter(is_there).copied().collect();
            let of_others = found.matches("版本v").count();
            let whole = there.first().filter(|version| {
                let wanted = sections(id, **version);
                wanted.len() == of_others && wanted.iter().all(|section| found.contains(section))
            });
            if whole.is_none() {
                let listed = host.get(&format!("/v1/knowledge-bases/k/documents/{id}")).await;
                println!("round {round}: `{id}` is not one of {versions:?} yet: {found}; listed: {listed}");
            }
            whole.is_some().then_some(there)
        })
        .await
    }

    async fn look(&self, round: u64) {
        for (id, versions) in &self.may_be {
            let mut seen = Vec::new();
            for host in &self.hosts {
                seen.push(Self::stands(host, round, id, versions).await);
            }
            assert_eq!(seen[0], seen[1], "round {round}, `{id}`: both hosts find the same");
        }
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("host.toml");
        let checking = crate::support::with_cache(&self.configs[0]);
        std::fs::write(&config, checking).unwrap();
        let checked = tokio::task::spawn_blocking(move || run(&config, &["kb", "check"])).await.unwrap();
        let said = String::from_utf8_lossy(&checked.stdout);
        let all = format!("k: {} documents, 0 repaired, 0 lost", self.may_be.len());
        assert!(checked.status.success() && said.contains(&all), "round {round}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hosts_on_one_qdrant_lose_nothing_when_they_and_the_server_are_killed() {
    let (kills, seed) = (number("CRASH_KILLS", 16), number("CRASH_SEED", 1));
    let (embeddings, mut qdrant) = (Embeddings::start().await, Qdrant::start().await);
    let mut both = TwoHosts::start(&embeddings, &qdrant, seed);
    let mut killed = 0;
    for round in 0.. {
        let jobs = both.send().await;
        // Now and then nothing is killed, and sometimes two are.
        for _ in 0..both.dice.roll(3) {
            both.kill(&mut qdrant).await;
            killed += 1;
        }
        both.wait(&jobs).await;
        both.look(round).await;
        if killed >= kills {
            println!("{killed} kills in {round} rounds, {} versions written, 0 lost", both.next_version - 1);
            break;
        }
    }
}

/// What host 1 answers to an edit that waits for the embedder while host 0 does something, which is acknowledged.
async fn edited_while(
    both: &TwoHosts,
    embeddings: &Embeddings,
    other: impl AsyncFnOnce(&Host, &str) -> reqwest::StatusCode,
) -> reqwest::StatusCode {
    let [first, second] = both.hosts.as_slice() else { panic!("two") };
    let base = |host: &Host| format!("{}/v1/knowledge-bases/k", host.url);
    let text = "# 费用\n\n学费五千元。\n\n## 住宿\n\n一年一千元。";
    let imported = first.http.post(format!("{}/documents?id=a.md", base(first))).body(text).send().await;
    assert!(imported.unwrap().status().is_success());
    let asked = embeddings.requests();
    embeddings.hold();
    let change = json!({"text": "一年一千二百元。"});
    let edit = second.http.patch(format!("{}/sections?document=a.md&section=1", base(second))).json(&change);
    let edit = tokio::spawn(edit.send());
    eventually("the edit at the embedder", async || (embeddings.requests() > asked).then_some(())).await;
    assert!(other(first, &base(first)).await.is_success());
    embeddings.release();
    edit.await.unwrap().unwrap().status()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_undoes_nothing_that_another_host_has_acknowledged_meanwhile() {
    let (embeddings, qdrant) = (Embeddings::start().await, Qdrant::start().await);
    let both = TwoHosts::start(&embeddings, &qdrant, 1);
    let deleted = edited_while(&both, &embeddings, async |host, base| {
        host.http.delete(format!("{base}/documents/a.md")).send().await.unwrap().status()
    });
    assert_eq!(deleted.await, 404, "there is nothing to be changed any more");
    let list = both.hosts[1].get("/v1/knowledge-bases/k/documents").await;
    assert_eq!(list["data"], json!([]));

    let switched = edited_while(&both, &embeddings, async |host, base| {
        let off = host.http.patch(format!("{base}/documents/a.md")).json(&json!({"off": true}));
        off.send().await.unwrap().status()
    });
    assert_eq!(switched.await, 200);
    let document = both.hosts[0].get("/v1/knowledge-bases/k/documents/a.md").await;
    assert_eq!(document["off"], true, "{document}");
    let sections = both.hosts[0].get("/v1/knowledge-bases/k/sections?document=a.md").await;
    assert_eq!(sections["data"][1]["text"], "一年一千二百元。", "{sections}");
}
