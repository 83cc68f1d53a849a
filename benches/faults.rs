//! Faults, one after the other: what a client gets of each, after how long, at first and once the host knows
//! of it, and how soon all is well again when the fault is over. At the end every acknowledged document is
//! looked for. `make faults`.
//!
//! The host runs with default settings beside a real Qdrant server; embedder and reranker are scripted. Rows
//! are what a client asks: a chat that searches, a hit test, an import, a job.

#![allow(clippy::disallowed_methods, reason = "benchmarks start servers and ask them")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a benchmark that cannot go on has failed")]

#[path = "../tests/support/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the tests use more of it")]
mod support;

#[path = "faults/proxy.rs"]
mod proxy;
#[path = "faults/reranker.rs"]
mod reranker;
#[path = "faults/rig.rs"]
mod rig;

use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::AsyncWriteExt;

use rig::{Ask, Rig};
use support::{Host, Mode};

/// An answer that comes so late is slow for every deadline of a turn, and soon enough for an import.
const SLOW: Duration = Duration::from_secs(4);
/// What every message to and from a slow Qdrant takes.
const SLOW_STORE: Duration = Duration::from_millis(400);

#[tokio::main]
async fn main() {
    rig::title();
    let mut rig = Rig::start(None).await;
    of_the_store(&mut rig).await;
    of_the_embedder(&rig).await;
    of_the_reranker(&rig).await;
    kills(&mut rig).await;
    let mut lost = rig.lost().await;
    drop(rig);
    lost += of_the_data_folder().await;
    println!("\nacknowledged documents lost: {lost}");
    assert_eq!(lost, 0);
}

async fn of_the_store(rig: &mut Rig) {
    let both = [Ask::Chat("remote"), Ask::Import("remote")];
    rig.qdrant.kill();
    rig.row("Qdrant killed", &both).await;
    rig.qdrant.restart().await;
    rig.well_again(&both).await;

    rig.qdrant.pause();
    rig.row("Qdrant paused", &both).await;
    rig.qdrant.go_on();
    rig.well_again(&both).await;

    rig.proxy.delay(SLOW_STORE);
    rig.row("Qdrant slow, 400 ms each way", &both).await;
    rig.proxy.delay(Duration::ZERO);
    rig.well_again(&both).await;

    rig.qdrant.kill();
    rig.qdrant.restart_empty().await;
    rig.forget("remote");
    rig.row("Qdrant back with an empty disk", &both).await;
    rig.well_again(&both).await;

    let full = Rig::start_on_small_disks().await;
    if full.qdrant.fill_disk(true) {
        full.row("Qdrant's disk full", &both).await;
        full.qdrant.fill_disk(false);
        full.well_again(&both).await;
    } else {
        println!("Qdrant's disk full: not tried, this user may not mount a small disk (unshare -rm)");
    }
    rig.take_losses_of(&full).await;
}

async fn of_the_embedder(rig: &Rig) {
    let both = [Ask::Chat("own"), Ask::Import("own")];
    let modes = [
        ("Embedder slow, 4 s", Mode::Slowly(SLOW)),
        ("Embedder answers 429", Mode::Refuses(429, None)),
        ("Embedder answers 401", Mode::Refuses(401, None)),
        ("Embedder answers a page of HTML", Mode::Page),
        ("Embedder answers NaN", Mode::NotANumber),
        ("Embedder answers other dimensions", Mode::Dimensions(48)),
    ];
    rig.embeddings.hold();
    rig.row("Embedder hung", &both).await;
    rig.embeddings.release();
    rig.well_again(&both).await;
    for (fault, mode) in modes {
        rig.embeddings.answer(mode);
        rig.row(fault, &both).await;
        rig.embeddings.answer(Mode::Well);
        rig.well_again(&both).await;
    }
}

async fn of_the_reranker(rig: &Rig) {
    let both = [Ask::Search("own"), Ask::Chat("own")];
    for (fault, mode) in [
        ("Reranker hung", reranker::RerankerMode::Silent),
        ("Reranker slow, 4 s", reranker::RerankerMode::Slowly(SLOW)),
        ("Reranker answers 429", reranker::RerankerMode::Refuses(429)),
        ("Reranker answers 401", reranker::RerankerMode::Refuses(401)),
        ("Reranker answers a page of HTML", reranker::RerankerMode::Page),
        ("Reranker answers NaN", reranker::RerankerMode::NotANumber),
        ("Reranker leaves a document out", reranker::RerankerMode::OneLess),
    ] {
        rig.reranker.answer(mode);
        rig.row(fault, &both).await;
        rig.reranker.answer(reranker::RerankerMode::Well);
        rig.well_again(&both).await;
    }
}

async fn of_the_data_folder() -> usize {
    let rig = Rig::start_on_small_disks().await;
    let all = [Ask::Chat("own"), Ask::Import("own"), Ask::Job("own"), Ask::Delete("own")];
    let Some(disk) = &rig.disk else {
        println!(
            "Data folder full, read-only: not tried, this user may not mount a small disk (unshare -rm)"
        );
        return 0;
    };
    let process = rig.host().pid();
    rig.fill_up("own").await;
    disk.fill(process);
    rig.row("Data folder full", &all).await;
    disk.clear(process);
    rig.well_again(&all[..3]).await;

    // What is open for writing stays so: bases and traces go on, new files cannot be made.
    disk.read_only(process, true);
    rig.row("Data folder read-only", &all[..3]).await;
    disk.read_only(process, false);
    rig.well_again(&all[..3]).await;
    rig.lost().await
}

/// The host is killed in each phase of an import, and started again.
async fn kills(rig: &mut Rig) {
    // The upload is on its way: nobody was told anything.
    let mut connection = rig.host().connect().await;
    let head = "POST /v1/knowledge-bases/own/imports?id=half.txt HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000000\r\n\r\n";
    connection.write_all(head.as_bytes()).await.unwrap();
    connection.write_all(&[b'a'; 1000]).await.unwrap();
    rig.kill();
    rig.restart("Host killed while an upload comes", "connection closed", None).await;

    for (phase, base) in [
        ("Host killed while a job embeds", "own"),
        ("Host killed while a job stores, embedded", "own"),
        ("Host killed while a job stores, Qdrant", "remote"),
    ] {
        let is_embedding = phase.ends_with("embeds");
        let is_remote = base == "remote";
        if is_embedding {
            rig.embeddings.hold_after(1);
        }
        let before = rig.embeddings.requests();
        let (job, documents) = rig.begin_job(base, if is_remote { 200 } else { 2000 }).await;
        let begun = async || (rig.embeddings.requests() > before + 1).then_some(());
        support::eventually("the job at work", begun).await;
        if is_remote {
            rig.qdrant.pause();
        }
        rig.kill();
        rig.embeddings.release();
        if is_remote {
            rig.qdrant.go_on();
        }
        rig.restart(phase, "202 accepted", Some(&job)).await;
        rig.acknowledge(base, documents);
    }

    // Just after the answer: what was acknowledged stays.
    for base in ["own", "remote"] {
        let outcome = rig.ask(Ask::Import(base)).await;
        assert_eq!(outcome.said, "200");
        rig.kill();
        rig.restart(&format!("Host killed just after an import, {base}"), "200", None).await;
    }
}

/// A host that is started again on the same data folder.
async fn started(config: &str) -> (Host, Duration) {
    let began = Instant::now();
    let host = Host::prepared(config, |_, command| {
        command.env("QIANFAN_LOG", "off");
    });
    (host, began.elapsed())
}

/// The state of a job.
async fn state(host: &Host, job: &str) -> String {
    let job: Value = host.get(&format!("/v1/jobs/{job}")).await;
    job["state"].as_str().unwrap_or_default().to_owned()
}
