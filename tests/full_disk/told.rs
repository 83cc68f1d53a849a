//! What was told on a full disk, or of one, stays true.

use serde_json::{Value, json};

use super::{config, delete, folder, with_a_model};
use crate::support::{Embeddings, Host, Script, Served, Site, SmallDisk, Upstream, eventually};

/// The configuration with jobs that try again soon.
fn quick(embeddings: &Embeddings, data: &std::path::Path, more: &str) -> String {
    let config = config(embeddings, data);
    format!("{}{more}", config.replacen("[server]\n", "[server]\njob_pause = \"500ms\"\n", 1))
}

async fn job_in(host: &Host, id: &str, state: &str) -> Value {
    eventually(state, async || {
        let job = host.get(&format!("/v1/jobs/{id}")).await;
        (job["state"] == state).then_some(job)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_was_cancelled_on_a_full_disk_is_so_on_the_disk() {
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let started = Host::on_small_disk(&quick(&embeddings, data.path(), ""), |command| {
        SmallDisk::under(command, data.path(), 160)
    });
    let Some((host, disk)) = started else { return };
    host.import("own", "small.txt", "录取通知书在七月寄出。").await;
    disk.fill_but(host.pid(), 16);
    let begun = host.post("/v1/knowledge-bases/own/reembed?force=true", json!({})).await;
    assert_eq!(begun.status(), 202);
    let begun: Value = begun.json().await.unwrap();
    let id = begun["id"].as_str().unwrap();
    job_in(&host, id, "waiting").await;
    disk.fill(host.pid());
    assert_eq!(host.post(&format!("/v1/jobs/{id}/cancel"), json!({})).await.status(), 200);
    job_in(&host, id, "cancelled").await;
    let record = disk.seen_from_outside(host.pid()).join("jobs").join(format!("{id}.json"));
    let record: Value = serde_json::from_slice(&std::fs::read(record).unwrap()).unwrap();
    assert_eq!(record["state"], "cancelled", "the next start finds it: {record}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fetch_waits_for_room_as_an_upload_does() {
    let (embeddings, data, site) =
        (Embeddings::start().await, tempfile::tempdir().unwrap(), Site::start().await);
    site.put("/a.html", Served::html("志愿", &"平行志愿按分数优先的原则投档。".repeat(4_000)));
    let more = format!("[fetch]\nhosts = [{:?}]\ndelay = \"0s\"\n", site.origin);
    let started = Host::on_small_disk(&quick(&embeddings, data.path(), &more), |command| {
        SmallDisk::under(command, data.path(), 160)
    });
    let Some((host, disk)) = started else { return };
    disk.fill_but(host.pid(), 48);
    let begun = host.post("/v1/knowledge-bases/own/imports", json!({"url": site.url("/a.html")})).await;
    assert_eq!(begun.status(), 202);
    let begun: Value = begun.json().await.unwrap();
    let id = begun["id"].as_str().unwrap();
    let waiting = job_in(&host, id, "waiting").await;
    assert!(waiting["waiting_for"].as_str().unwrap().contains("no room"), "{waiting}");
    disk.clear(host.pid());
    let ended = host.ended_job(id).await;
    assert_eq!((&ended["state"], &ended["imported"]), (&json!("done"), &json!(1)), "{ended}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_takes_no_more_files_is_told_of() {
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let started = Host::on_small_disk(&config(&embeddings, data.path()), |command| {
        SmallDisk::of_files_under(command, data.path(), 200)
    });
    let Some((host, disk)) = started else { return };
    host.import("own", "small.txt", "录取通知书在七月寄出。").await;
    assert_eq!(folder(&host).await["status"], "ok");
    disk.use_up_files(host.pid());
    let told = folder(&host).await;
    assert_eq!((&told["status"], &told["kind"]), (&json!("failing"), &json!("data_folder")), "{told}");
    assert!(told["reason"].as_str().unwrap().contains("0 more files"), "{told}");
    assert_eq!(host.ask("direct", "录取通知书何时寄出").await.status, 200);
    assert_eq!(delete(&host, "small.txt").await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_starts_on_a_disk_that_takes_no_more_files() {
    let upstream = Upstream::playing([Script::Says(vec!["好"])]).await;
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let config = with_a_model(&embeddings, data.path(), &upstream);
    let started =
        Host::on_small_disk(&config, |command| SmallDisk::full_of_files_under(command, data.path()));
    let Some((host, _disk)) = started else { return };
    let plain = host.ask("plain", "问").await;
    assert_eq!((plain.status, plain.text()), (200, "好"), "{}", plain.body);
    assert_eq!(host.trace(&plain.id).await["app"], "plain", "it waits in memory");
    assert_eq!(folder(&host).await["status"], "failing");
}
