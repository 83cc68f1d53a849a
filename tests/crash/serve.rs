//! Kills a serving host in the middle of imports and chats. What it had acknowledged is there, no
//! document is half there, and the jobs it was at work on go on at the next start.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{Crash, number, sections, text};
use crate::support::{Embeddings, Host, Script, Upstream, eventually};

/// Chats at the same time as an import.
const CHATS: usize = 3;
/// Answers a model gives before the test ends; more than are asked for.
const ANSWERS: usize = 200_000;

/// Which version of each document an upload holds, by its place in the document's life.
type Snapshot = BTreeMap<String, usize>;

/// A host that is started and killed again and again, on the data of a [`Crash`].
struct KilledHost {
    crash: Crash,
    config: String,
    /// Jobs that were accepted and whose end was not seen.
    jobs: BTreeMap<String, Snapshot>,
    /// Documents that were sent one by one: no import of a folder prunes them.
    posted: BTreeSet<String>,
    /// Jobs that were seen to end after a kill.
    gone_on: u64,
    given_up: u64,
    chats: Arc<AtomicU64>,
}

impl KilledHost {
    fn new(embeddings: &Embeddings, upstream: &Upstream, seed: u64) -> Self {
        let crash = Crash::new(embeddings, seed);
        let data = crash.folder.path().join("data");
        let config = format!(
            r#"
[server]
data_dir = {:?}
max_jobs = 1
{}
[plugins.kb]
component = "builtin:knowledge-base"
grants = {{ knowledge = ["k"] }}
[apps.asking]
model = "up"
plugins = [{{ plugin = "kb", route = "always" }}]
{}"#,
            data.display().to_string(),
            crate::connections::patient(upstream),
            std::fs::read_to_string(crash.config()).unwrap()
        );
        let (jobs, posted, chats) = (BTreeMap::new(), BTreeSet::new(), Arc::default());
        Self { crash, config, jobs, posted, gone_on: 0, given_up: 0, chats }
    }

    /// Changes documents, and gives what is on the disk now.
    fn change(&mut self) -> Snapshot {
        self.crash.change();
        let newest = |(id, life): (&String, &super::Life)| (id.clone(), life.versions.len() - 1);
        self.crash.lives.iter().map(newest).collect()
    }

    fn acknowledge(&mut self, id: &str, place: usize) {
        let life = self.crash.lives.get_mut(id).unwrap();
        life.sure = life.sure.max(place);
        self.crash.acknowledged += 1;
    }

    /// Clients that chat until the host is gone.
    fn chat(&self, host: &Host) -> Vec<tokio::task::JoinHandle<()>> {
        let chat = |_| {
            let url = format!("{}/v1/chat/completions", host.url);
            let (http, chats) = (host.http.clone(), Arc::clone(&self.chats));
            let body = json!({"model": "asking", "stream": true, "messages": [{"role": "user", "content": "编号x001y"}]});
            tokio::spawn(async move {
                while let Ok(answer) = http.post(&url).json(&body).send().await {
                    let status = answer.status();
                    let Ok(text) = answer.text().await else { return };
                    assert!(status == 200 && text.ends_with("data: [DONE]\n\n"), "{status}: {text}");
                    chats.fetch_add(1, Ordering::Relaxed);
                }
            })
        };
        (0..CHATS).map(chat).collect()
    }

    /// Uploads all documents, and gives the job.
    async fn upload(&mut self, host: &Host) -> String {
        let snapshot = self.change();
        for id in self.posted.clone() {
            if !self.crash.docs().join(&id).exists() {
                let url = format!("{}/v1/knowledge-bases/k/documents/{id}", host.url);
                host.http.delete(url).send().await.unwrap();
                self.posted.remove(&id);
            }
        }
        let mut body = String::new();
        for id in snapshot.keys() {
            if let Ok(text) = std::fs::read_to_string(self.crash.docs().join(id)) {
                body += &format!(
                    "--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{id}\"\r\n\r\n{text}\r\n"
                );
            }
        }
        body += "--edge--\r\n";
        let url = format!("{}/v1/knowledge-bases/k/imports?origin=docs&prune=true", host.url);
        let request =
            host.http.post(url).header("content-type", "multipart/form-data; boundary=edge").body(body);
        let job: Value = request.send().await.unwrap().json().await.unwrap();
        let id = job["id"].as_str().unwrap().to_owned();
        self.jobs.insert(id.clone(), snapshot);
        id
    }

    /// Waits until no job is left, and acknowledges what the known ones have done.
    async fn wait(&mut self, host: &Host, is_after_kill: bool) {
        let idle = async || {
            let list = host.get("/v1/jobs?limit=50").await;
            let is_left = |job: &Value| ["queued", "running"].contains(&job["state"].as_str().unwrap());
            (!list["data"].as_array().unwrap().iter().any(is_left)).then_some(())
        };
        eventually("the end of all jobs", idle).await;
        for id in self.jobs.keys().cloned().collect::<Vec<_>>() {
            let job = host.get(&format!("/v1/jobs/{id}")).await;
            let snapshot = self.jobs.remove(&id).unwrap();
            match job["state"].as_str() {
                Some("done") => {
                    self.gone_on += u64::from(is_after_kill);
                    for (id, place) in &snapshot {
                        self.acknowledge(id, *place);
                        // An import owns what it holds.
                        if self.crash.lives[id].versions[*place].is_some() {
                            self.posted.remove(id);
                        }
                    }
                }
                // One that met too many kills.
                Some("failed") if job["crashes"] == 4 => self.given_up += 1,
                _ => panic!("an accepted job was lost: {job}"),
            }
        }
    }

    /// Imports and deletes documents one by one, each acknowledged by its answer.
    async fn one_by_one(&mut self, host: &Host) {
        for (id, place) in self.change() {
            if place == self.crash.lives[&id].sure {
                continue;
            }
            self.posted.insert(id.clone());
            let life = &self.crash.lives[&id];
            let url = format!("{}/v1/knowledge-bases/k/documents", host.url);
            let request = match life.versions[place] {
                Some(version) => {
                    host.http.post(format!("{url}?id={id}")).body(text(&id, version, &sections(&id, version)))
                }
                None => host.http.delete(format!("{url}/{id}")),
            };
            let status = request.send().await.unwrap().status();
            // What an earlier import has deleted is not there to be deleted.
            assert!(status == 200 || status == 404 && life.versions[place].is_none(), "{id}: {status}");
            self.acknowledge(&id, place);
        }
    }

    /// Starts, imports until a random moment, and kills. `false` where all was done before it.
    async fn killed(&mut self, usual: Duration) -> bool {
        let host = Host::start(&self.config);
        let chats = self.chat(&host);
        let moment = Duration::from_micros(self.crash.dice.roll(usual.as_micros() as u64 * 6 / 5));
        let way = self.crash.dice.roll(3);
        let was_at_work = if way == 0 {
            // The moment counts from the job's acceptance: on a machine of any speed jobs are met at work.
            if !self.posted.is_empty() {
                self.wait(&host, true).await;
            }
            self.upload(&host).await;
            timeout(moment, self.wait(&host, false)).await.is_err()
        } else {
            let work = async {
                // Before documents are sent or deleted one by one, nothing older may be on its way.
                self.wait(&host, true).await;
                match way {
                    1 => {
                        self.upload(&host).await;
                        self.wait(&host, false).await;
                    }
                    _ => self.one_by_one(&host).await,
                }
            };
            timeout(moment, work).await.is_err()
        };
        host.signal(Signal::KILL);
        host.ended().await;
        for chat in chats {
            chat.await.unwrap();
        }
        was_at_work
    }

    /// Starts, lets all jobs go on to their end, imports everything, and kills.
    async fn finished(&mut self) -> Duration {
        let host = Host::start(&self.config);
        self.wait(&host, true).await;
        let begun = Instant::now();
        self.upload(&host).await;
        self.wait(&host, false).await;
        let took = begun.elapsed();
        assert_eq!(host.ask("asking", "编号x001y").await.status, 200);
        host.signal(Signal::KILL);
        host.ended().await;
        took
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_host_keeps_what_it_acknowledged_and_goes_on_with_its_jobs() {
    let (kills, seed) = (number("CRASH_KILLS", 25), number("CRASH_SEED", 1));
    let embeddings = Embeddings::start().await;
    let answers = (0..ANSWERS).map(|_| Script::Says(vec!["好", "的", "。"]));
    let upstream = Upstream::playing(answers).await;
    let mut serving = KilledHost::new(&embeddings, &upstream, seed);
    let begun = Instant::now();
    let mut usual = serving.finished().await;
    let (mut killed, mut too_late) = (0, 0);
    while killed < kills {
        match serving.killed(usual).await {
            true => killed += 1,
            false => too_late += 1,
        }
        if let Err(error) = serving.crash.look().await {
            panic!("after {killed} kills, seed {seed}: {error}");
        }
        if (killed + too_late) % 10 == 9 {
            usual = serving.finished().await;
            serving.crash.look().await.unwrap();
        }
    }
    serving.finished().await;
    serving.crash.look().await.unwrap();
    let KilledHost { crash, gone_on, given_up, chats, .. } = serving;
    println!(
        "{killed} kills of a serving host in the middle of an import, {too_late} just after one, {} chats answered; {} \
         acknowledgements kept, {gone_on} jobs gone on with, {given_up} given up after four kills, {:.0?}",
        chats.load(Ordering::Relaxed),
        crash.acknowledged,
        begun.elapsed()
    );
    assert!(gone_on > 0, "no kill was survived by a job");
}
