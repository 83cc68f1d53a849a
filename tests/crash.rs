//! Kills the real binary in the middle of imports, again and again, and looks each time whether
//! what it had acknowledged is there, and whether any document is half there. Controls take
//! something away behind its back: the same look must notice.
//!
//! `make crash` kills a thousand times, and so it does a serving host (`serve.rs`). `CRASH_KILLS` and `CRASH_SEED` change how often and when.
//!
//! `make crash` kills a thousand imports at random moments and compares what is found with what was
//! acknowledged; a short version is among the tests, with controls that take something away and must be
//! noticed.

mod serve;
mod two_hosts;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use qianfan_host::config::Config;
use qianfan_host::knowledge::{Library, Query};
use qianfan_host::plugin::SandboxedReader;

use crate::support::{Embeddings, PATIENCE, binary, end_of, eventually, run};

const DOCUMENTS: u64 = 24;
/// Documents that change before each import.
const CHANGES: u64 = 8;

/// A sequence of numbers that looks random and repeats with its seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }
}

/// What one document was, in the order of time; `None` while it was not there.
struct Life {
    versions: Vec<Option<u64>>,
    /// The place in `versions` of the newest that was acknowledged or seen.
    sure: usize,
}

/// The next line of an import; `None` where it has ended.
fn next_line(lines: &mpsc::Receiver<String>) -> Option<String> {
    match lines.recv_timeout(PATIENCE) {
        Err(RecvTimeoutError::Timeout) => panic!("the import says nothing and does not end"),
        line => line.ok(),
    }
}

/// The folder that is imported, what became of it, and the base it went into.
struct Crash {
    folder: tempfile::TempDir,
    dice: Dice,
    lives: BTreeMap<String, Life>,
    /// Digests that were told, by document and version.
    digests: BTreeMap<(String, u64), String>,
    next_version: u64,
    acknowledged: u64,
    looks: u64,
}

/// The sections of one version of a document: each is one window.
fn sections(id: &str, version: u64) -> Vec<String> {
    let count = 1 + version * 7 % 5;
    (0..count).map(|i| format!("编号{}版本v{version}段落p{i}，平行志愿的第{i}条说明。", mark(id))).collect()
}

fn mark(id: &str) -> String {
    format!("x{}y", id.trim_end_matches(".md"))
}

fn text(id: &str, version: u64, sections: &[String]) -> String {
    let chapters = sections.iter().enumerate().map(|(i, text)| format!("## 第{i}节\n\n{text}\n\n"));
    format!("# 文档{id}第{version}版\n\n{}", chapters.collect::<String>())
}

impl Crash {
    fn new(embeddings: &Embeddings, seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("docs")).unwrap();
        let config = format!("{}[knowledge.k]\nembedder = \"bins\"\n", embeddings.table("bins", 64));
        std::fs::write(folder.path().join("host.toml"), config).unwrap();
        let lives = (0..DOCUMENTS).map(|i| (format!("{i:03}.md"), Life { versions: vec![None], sure: 0 }));
        Self {
            lives: lives.collect(),
            folder,
            dice: Dice(seed),
            digests: BTreeMap::new(),
            next_version: 1,
            acknowledged: 0,
            looks: 0,
        }
    }

    fn config(&self) -> PathBuf {
        self.folder.path().join("host.toml")
    }

    fn docs(&self) -> PathBuf {
        self.folder.path().join("docs")
    }

    fn change(&mut self) {
        for _ in 0..CHANGES {
            let id = format!("{:03}.md", self.dice.roll(DOCUMENTS));
            let version = (self.dice.roll(6) > 0).then_some(self.next_version);
            self.next_version += 1;
            let path = self.docs().join(&id);
            match version {
                Some(version) => {
                    std::fs::write(&path, text(&id, version, &sections(&id, version))).unwrap();
                }
                None => _ = std::fs::remove_file(&path),
            }
            let life = self.lives.get_mut(&id).unwrap();
            if life.versions.last() != Some(&version) {
                life.versions.push(version);
            }
        }
    }

    /// Starts an import and gives its lines as they come.
    fn import(&self) -> (Child, mpsc::Receiver<String>) {
        let mut child = binary(&self.config())
            .args(["kb", "import", "k", self.docs().to_str().unwrap(), "--prune", "-v"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            let mut line = String::new();
            // A line without its end was cut off by the kill, and acknowledges nothing.
            while out.read_line(&mut line).is_ok_and(|read| read > 0) && line.ends_with('\n') {
                let _ = sender.send(line.trim_end().to_owned());
                line.clear();
            }
            let _ = out.read_to_string(&mut line);
        });
        (child, lines)
    }

    fn acknowledge(&mut self, line: &str) {
        let mut words = line.split('\t');
        let (Some(what), Some(id)) = (words.next(), words.next()) else { return };
        let Some(life) = self.lives.get_mut(id) else { return };
        let newest = *life.versions.last().unwrap();
        assert_eq!(what == "deleted", newest.is_none(), "{line}");
        life.sure = life.versions.len() - 1;
        if let (Some(version), Some(digest)) = (newest, words.nth(1)) {
            let told = self.digests.entry((id.to_owned(), version)).or_insert_with(|| digest.to_owned());
            assert_eq!(told, digest, "one content has one digest: {line}");
        }
        self.acknowledged += 1;
    }

    /// Imports until a random moment; `false` where the import had ended before it.
    fn killed(&mut self, usual: Duration) -> bool {
        let (mut child, lines) = self.import();
        // Half of the kills at any moment, half a little after some acknowledgement.
        let (lines_first, wait) = match self.dice.roll(2) {
            0 => (0, Duration::from_micros(self.dice.roll(usual.as_micros() as u64 * 6 / 5))),
            _ => (1 + self.dice.roll(CHANGES), Duration::from_micros(self.dice.roll(4000))),
        };
        let mut seen = Vec::new();
        while (seen.len() as u64) < lines_first
            && let Some(line) = next_line(&lines)
        {
            // What is unchanged is told at once, and little happens then.
            if !line.starts_with("unchanged") {
                seen.push(line);
            }
        }
        // The moment of the kill is what is random here.
        std::thread::sleep(wait);
        let was_at_work = child.try_wait().unwrap().is_none();
        child.kill().unwrap();
        child.wait().unwrap();
        seen.extend(lines.iter());
        for line in seen {
            self.acknowledge(&line);
        }
        was_at_work
    }

    /// Imports to the end.
    fn finished(&mut self) -> Duration {
        let begun = Instant::now();
        let (mut child, lines) = self.import();
        let seen: Vec<String> = std::iter::from_fn(|| next_line(&lines)).collect();
        assert!(end_of(&mut child).success(), "{seen:?}");
        for line in seen {
            self.acknowledge(&line);
        }
        begun.elapsed()
    }

    /// Opens the base anew and compares all that is in it with what may be.
    async fn look(&mut self) -> Result<(), String> {
        self.looks += 1;
        let config = Config::load(&self.config()).map_err(|error| format!("{:?}", error.problems))?;
        let reader = Arc::new(SandboxedReader::new(config.engine_settings()));
        let (bases, embedders) = (&config.knowledge, &config.embedders);
        let library = Library::open(config.data_dir(), bases, embedders, &config.stores, reader);
        let library = library.await.map_err(|error| format!("does not open: {error}"))?;
        let documents = library.base("k").unwrap().documents().await.map_err(|error| error.to_string())?;
        let mut stored: BTreeMap<_, _> =
            documents.into_iter().map(|document| (document.id.clone(), document)).collect();
        for (id, life) in &mut self.lives {
            let document = stored.remove(id);
            let query = Query {
                text: format!("编号{}", mark(id)),
                wordings: None,
                bases: vec!["k".into()],
                top_k: Some(40),
                threshold: Some(0.0),
                filter: None,
                context: false,
            };
            let found = library.search(&query).await.map_err(|error| error.to_string())?;
            let found: BTreeSet<String> =
                found.hits.into_iter().filter(|hit| hit.document == *id).map(|hit| hit.text).collect();
            let whole = |version: &Option<u64>| match (version, &document) {
                (None, document) => document.is_none() && found.is_empty(),
                (Some(_), None) => false,
                (Some(version), Some(document)) => {
                    let wanted = sections(id, *version);
                    let digest = self.digests.get(&(id.clone(), *version));
                    document.windows as usize == wanted.len()
                        && digest.is_none_or(|digest| *digest == document.digest)
                        && found == wanted.into_iter().collect()
                }
            };
            // The earliest that fits: a document that is not there may be from before a job that is still to
            // go on, and not from the deletion after it.
            match life.versions[life.sure..].iter().position(whole) {
                Some(place) => life.sure += place,
                None => {
                    let earlier = life.versions[..life.sure].iter().any(whole);
                    let what = if earlier { "an acknowledged version is lost" } else { "half there" };
                    return Err(format!(
                        "{id}: {what}: {:?} of {:?} was acknowledged, found are {found:?} in {document:?}",
                        life.versions[life.sure], life.versions
                    ));
                }
            }
        }
        match stored.keys().next() {
            None => Ok(()),
            Some(id) => Err(format!("{id}: nobody has imported it")),
        }
    }

    /// Does something behind the base's back, which must be noticed.
    async fn control(&mut self, what: &str, tamper: impl FnOnce(&mut Self)) {
        assert!(self.notices(what, tamper).await, "{what} was not noticed");
    }

    /// Does something behind the base's back, looks, and puts everything back.
    async fn notices(&mut self, what: &str, tamper: impl FnOnce(&mut Self)) -> bool {
        let (data, kept) = (self.folder.path().join("data"), self.folder.path().join("kept"));
        copy(&data, &kept);
        self.look().await.unwrap_or_else(|error| panic!("before {what}: {error}"));
        // Looking has opened the base, which tidies its files up.
        std::fs::remove_dir_all(&data).unwrap();
        copy(&kept, &data);
        tamper(self);
        let noticed = self.look().await;
        println!("control, {what}: {noticed:?}");
        std::fs::remove_dir_all(&data).unwrap();
        std::fs::rename(&kept, &data).unwrap();
        self.look().await.unwrap_or_else(|error| panic!("after {what}: {error}"));
        noticed.is_err()
    }

    /// A document that is surely there, with at least two sections.
    fn some_document(&self) -> (String, u64) {
        let there = |(id, life): (&String, &Life)| {
            let version = life.versions[life.sure].filter(|version| sections(id, *version).len() > 1)?;
            Some((id.clone(), version))
        };
        self.lives.iter().find_map(there).unwrap()
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).ok().and_then(|value| value.parse().ok()).unwrap_or(otherwise)
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_imports_lose_nothing_and_leave_nothing_half() {
    let (kills, seed) = (number("CRASH_KILLS", 20), number("CRASH_SEED", 1));
    let embeddings = Embeddings::start().await;
    _ = rustls::crypto::ring::default_provider().install_default();
    let mut crash = Crash::new(&embeddings, seed);
    let begun = Instant::now();
    for _ in 0..3 {
        crash.change();
    }
    let mut usual = crash.finished();
    let (mut killed, mut too_late) = (0, 0);
    while killed < kills {
        crash.change();
        match crash.killed(usual) {
            true => killed += 1,
            false => too_late += 1,
        }
        if let Err(error) = crash.look().await {
            panic!("after {killed} kills, seed {seed}: {error}");
        }
        // Now and then all goes in, and everything is acknowledged.
        if (killed + too_late) % 25 == 24 {
            usual = crash.finished();
            crash.look().await.unwrap();
        }
    }
    crash.finished();
    crash.look().await.unwrap();
    println!(
        "{killed} kills in the middle of an import, {too_late} just after one; {} acknowledgements kept, {} looks at \
         {DOCUMENTS} documents each, 0 lost, 0 half there, {:.0?}",
        crash.acknowledged,
        crash.looks,
        begun.elapsed()
    );

    let (id, version) = crash.some_document();
    crash
        .control("a document deleted", |crash| {
            assert!(run(&crash.config(), &["kb", "delete", "k", &id]).status.success());
        })
        .await;
    crash
        .control("a document cut in half", |crash| {
            let half = crash.folder.path().join(&id);
            let all = sections(&id, version);
            std::fs::write(&half, text(&id, version, &all[..all.len() - 1])).unwrap();
            let path = half.to_str().unwrap();
            assert!(run(&crash.config(), &["kb", "import", "k", path]).status.success());
        })
        .await;
    // What was acknowledged just before a kill stands in SQLite's journal, unless SQLite has just moved
    // it to where it stays: of many kills, one at least must have left something there.
    for _ in 0..100 {
        crash.change();
        let before = crash.acknowledged;
        crash.killed(usual * 10);
        let journals = std::fs::read_dir(crash.folder.path().join("data/knowledge")).unwrap();
        let journal = journals
            .map(|entry| entry.unwrap().path())
            .find(|path| path.to_string_lossy().ends_with("-wal") && path.metadata().unwrap().len() > 0);
        if let Some(journal) = journal
            && crash.acknowledged > before
            && crash
                .notices("the journal cut off", |_| {
                    std::fs::OpenOptions::new().write(true).open(&journal).unwrap().set_len(32).unwrap();
                })
                .await
        {
            return;
        }
    }
    panic!("a journal cut off was never noticed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_re_embedding_changes_nothing_and_the_next_goes_on() {
    _ = rustls::crypto::ring::default_provider().install_default();
    let embeddings = Embeddings::start().await;
    let mut crash = Crash::new(&embeddings, 3);
    for _ in 0..6 {
        crash.change();
    }
    crash.finished();
    let config = std::fs::read_to_string(crash.config()).unwrap();
    let config = config.replace("embedder = \"bins\"", "embedder = \"other\"");
    std::fs::write(crash.config(), format!("{}{config}", embeddings.table("other", 48))).unwrap();
    for answers in [0, 1, 1] {
        // It waits for an answer when it is killed: it never comes to its end.
        embeddings.hold_after(answers);
        let before = embeddings.requests();
        let mut child = binary(&crash.config())
            .args(["kb", "reembed", "k"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        eventually("a request for vectors", async || {
            assert!(child.try_wait().unwrap().is_none(), "it ended before it was killed");
            (embeddings.requests() > before + answers).then_some(())
        })
        .await;
        child.kill().unwrap();
        embeddings.release();
        child.wait().unwrap();
        crash.look().await.unwrap();
    }
    // What is imported in between goes where the base serves, and comes along.
    crash.change();
    crash.finished();
    let said = run(&crash.config(), &["kb", "reembed", "k"]);
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    // How much was kept hangs on the moment of the kill; that it is kept, `reembed_tests` asserts.
    assert!(said.contains("embedded anew"), "{said}");
    crash.look().await.unwrap();
    crash.change();
    crash.finished();
    crash.look().await.unwrap();
}
