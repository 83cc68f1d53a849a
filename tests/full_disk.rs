mod told;

use std::process::Command;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::{Embeddings, Host, Script, SmallDisk, Upstream, binary, ended, eventually};

const MIB: u64 = 1 << 20;

fn config(embeddings: &Embeddings, data: &std::path::Path) -> String {
    format!(
        "[server]\ndata_dir = {:?}\n{}[knowledge.own]\nembedder = \"far\"\nthreshold = 0.1\n[plugins.kb]\n\
         component = \"builtin:knowledge-base\"\ngrants = {{ knowledge = [\"own\"] }}\n[apps.direct]\nanswer = \"direct\"\n\
         nothing_found = \"没有找到。\"\nplugins = [{{ plugin = \"kb\", route = \"always\" }}]\n",
        data.display().to_string(),
        embeddings.table("far", 64)
    )
}

/// The same, with an app that needs nothing of the disk.
fn with_a_model(embeddings: &Embeddings, data: &std::path::Path, upstream: &Upstream) -> String {
    format!(
        "{}[models.up]\nbase_url = \"{}\"\nmodel = \"m\"\n[apps.plain]\nmodel = \"up\"\n",
        config(embeddings, data),
        upstream.base_url
    )
}

/// What `/readyz` says of the data folder.
async fn folder(host: &Host) -> Value {
    let ready = host.get("/readyz").await;
    let all = ready["dependencies"].as_array().unwrap();
    all.iter().find(|one| one["kind"] == "data_folder").unwrap().clone()
}

/// A document that takes about thirty times its characters in the base.
fn document(sentences: usize) -> String {
    let sentence = |n: usize| format!("第{n}条规定平行志愿按照分数优先、遵循志愿、一轮投档的原则进行。\n\n");
    (0..sentences).map(sentence).collect()
}

pub(crate) async fn metric(host: &Host, name: &str) -> f64 {
    let text = host.http.get(format!("{}/metrics", host.url)).send().await.unwrap().text().await.unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no `{name}` in {text}")).parse().unwrap()
}

/// Status, code, message and Retry-After of a refusal.
async fn refusal(host: &Host, path: &str, body: String) -> (u16, String, String, bool) {
    let response = host.http.post(format!("{}{path}", host.url)).body(body).send().await.unwrap();
    let (status, may_try) = (response.status().as_u16(), response.headers().contains_key("retry-after"));
    let body: Value = response.json().await.unwrap();
    let said = |field: &str| body["error"][field].as_str().unwrap_or_default().to_owned();
    (status, said("code"), said("message"), may_try)
}

async fn delete(host: &Host, id: &str) -> u16 {
    let url = format!("{}/v1/knowledge-bases/own/documents/{id}", host.url);
    host.http.delete(url).send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_costs_no_trace_and_documents_can_be_deleted() {
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let started = Host::on_small_disk(&config(&embeddings, data.path()), |command| {
        SmallDisk::under(command, data.path(), 240)
    });
    let Some((host, disk)) = started else { return };
    let seen = disk.seen_from_outside(host.pid());
    host.import("own", "large.txt", &document(60_000)).await;
    host.import("own", "small.txt", "录取通知书在七月寄出。").await;
    assert_eq!(host.ask("direct", "录取通知书何时寄出").await.status, 200);
    eventually("the first trace", async || {
        (metric(&host, "qianfan_host_traces_waiting").await == 0.0).then_some(())
    })
    .await;
    assert!(seen.join("reserve").exists(), "there was room for a reserve");

    disk.fill(host.pid());
    let mut asked = Vec::new();
    for number in 0..20 {
        // What is long takes room in the file that it has not got yet.
        let question = format!("录取通知书{number}{}", "何时寄出".repeat(4_000));
        let chat = host.ask("direct", &question).await;
        assert_eq!(chat.status, 200, "{}", chat.body);
        asked.push(chat.id);
    }
    for id in &asked {
        assert_eq!(host.trace(id).await["id"], **id, "it waits in memory");
    }
    assert!(metric(&host, "qianfan_host_disk_free_bytes").await < MIB as f64);
    let imports = [
        ("/v1/knowledge-bases/own/documents?id=new.txt", document(40_000)),
        ("/v1/knowledge-bases/own/imports?id=new.txt", document(50_000)),
    ];
    for (path, body) in &imports {
        let (status, code, message, may_try) = refusal(&host, path, body.clone()).await;
        assert_eq!((status, code.as_str(), may_try), (507, "insufficient_storage", false), "{message}");
        assert!(message.contains("no room") && message.contains("delete documents"), "{message}");
    }
    let ready = host.get("/readyz").await;
    let folder =
        ready["dependencies"].as_array().unwrap().iter().find(|one| one["kind"] == "data_folder").unwrap();
    assert_eq!((&ready["status"], &folder["status"]), (&json!("degraded"), &json!("failing")), "{ready}");
    assert!(metric(&host, "qianfan_host_traces_waiting").await >= 1.0);

    assert_eq!(delete(&host, "large.txt").await, 200);
    assert_eq!(metric(&host, "qianfan_host_traces_lost_total").await, 0.0);
    let free = metric(&host, "qianfan_host_disk_free_bytes").await;
    let reserve = if seen.join("reserve").exists() { 32.0 } else { 0.0 };
    println!("{} MiB free after the deletion, and {reserve} in reserve", free / MIB as f64);
    assert!(free / MIB as f64 + reserve > 40.0, "more than the reserve is free: {free}");

    disk.clear(host.pid());
    eventually("the traces on the disk", async || {
        (metric(&host, "qianfan_host_traces_waiting").await == 0.0).then_some(())
    })
    .await;
    assert!(seen.join("reserve").exists());
    host.import("own", "new.txt", &document(500)).await;
    for id in &asked {
        assert_eq!(host.trace(id).await["id"], **id);
    }
    assert_eq!(metric(&host, "qianfan_host_traces_lost_total").await, 0.0);
    let found = host.post("/v1/knowledge-bases/own/search", json!({"query": "录取通知书"})).await;
    let found: Value = found.json().await.unwrap();
    assert_eq!(found["hits"][0]["document"], "small.txt", "{found}");
    host.signal(Signal::TERM);
    assert!(host.ended().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_deleted_documents_took_goes_back_to_the_disk() {
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let host = Host::start(&config(&embeddings, data.path()));
    let taken = || {
        let files = std::fs::read_dir(data.path().join("knowledge")).unwrap();
        files.map(|file| file.unwrap().metadata().unwrap().len()).sum::<u64>()
    };
    host.import("own", "small.txt", "录取通知书在七月寄出。").await;
    host.import("own", "large.txt", &document(60_000)).await;
    let before = taken();
    assert_eq!(delete(&host, "large.txt").await, 200);
    let after = taken();
    assert!(before > 10 * MIB && after < before / 4, "{before} bytes, then {after}");
    let list = host.get("/v1/knowledge-bases/own/documents").await;
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_generation_begun_on_a_nearly_full_disk_is_whole_or_not_there() {
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    // Small enough for no reserve.
    let started = Host::on_small_disk(&config(&embeddings, data.path()), |command| {
        SmallDisk::under(command, data.path(), 48)
    });
    let Some((host, disk)) = started else { return };
    host.import("own", "small.txt", "录取通知书在七月寄出。").await;
    let reembed = async || {
        let response = host.post("/v1/knowledge-bases/own/reembed?force=true", json!({})).await;
        (response.status().as_u16(), response.json::<Value>().await.unwrap())
    };
    let mut waited = 0;
    // The tables take about 110 KiB while they are made, and the record of the job a few as well.
    for kibibytes in (64..=176).step_by(4) {
        disk.fill_but(host.pid(), kibibytes);
        let (status, job) = reembed().await;
        assert_eq!(status, 202, "{job}");
        let path = format!("/v1/jobs/{}", job["id"].as_str().unwrap());
        let tried = eventually("a try", async || {
            let job = host.get(&path).await;
            (job["state"] != "queued" && job["state"] != "running").then_some(job)
        })
        .await;
        assert!(tried["state"] == "waiting" || tried["state"] == "done", "{kibibytes} KiB: {tried}");
        if tried["state"] == "waiting" {
            waited += 1;
            assert!(tried["waiting_for"].as_str().unwrap().contains("no room"), "{tried}");
            host.post(&format!("{path}/cancel"), json!({})).await;
        }
        disk.clear(host.pid());
        // It may have ended before, and its end waits for room to be kept.
        host.ended_job(job["id"].as_str().unwrap()).await;
    }
    assert!(waited > 3, "{waited}");
    let (_, job) = reembed().await;
    let ended = host.ended_job(job["id"].as_str().unwrap()).await;
    assert_eq!(ended["state"], "done", "{ended}");
    let found = host.post("/v1/knowledge-bases/own/search", json!({"query": "录取通知书"})).await;
    let found: Value = found.json().await.unwrap();
    assert_eq!(found["hits"][0]["document"], "small.txt", "{found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_filter_admits_can_be_deleted_on_a_full_disk() {
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let started = Host::on_small_disk(&config(&embeddings, data.path()), |command| {
        SmallDisk::under(command, data.path(), 160)
    });
    let Some((host, disk)) = started else { return };
    for id in ["a1.txt", "a2.txt", "b1.txt"] {
        host.import("own", id, &document(200)).await;
    }
    assert!(disk.seen_from_outside(host.pid()).join("reserve").exists(), "there was room for a reserve");
    disk.fill(host.pid());
    // Other work does not take the reserve.
    let refused = refusal(&host, "/v1/knowledge-bases/own/reembed?force=true", String::new()).await;
    assert_eq!((refused.0, refused.1.as_str()), (507, "insufficient_storage"), "{}", refused.2);
    assert!(refused.2.contains("the job cannot be kept") && refused.2.contains("no room"), "{}", refused.2);
    assert!(disk.seen_from_outside(host.pid()).join("reserve").exists());
    for (filter, left) in [("q=a&confirm=2", 1), ("all=true&confirm=1", 0)] {
        let url = format!("{}/v1/knowledge-bases/own/documents?{filter}", host.url);
        let response = host.http.delete(url).send().await.unwrap();
        let (status, job) = (response.status().as_u16(), response.json::<Value>().await.unwrap());
        assert_eq!(status, 202, "{filter}: {job}");
        let ended = host.ended_job(job["id"].as_str().unwrap()).await;
        assert_eq!(ended["state"], "done", "{ended}");
        let list = host.get("/v1/knowledge-bases/own/documents").await;
        assert_eq!(list["data"].as_array().unwrap().len(), left, "{list}");
    }
}

/// Fills a base from the command line, then its disk, and deletes what is in the base. No host has run: the reserve is
/// the one that a host has left.
const FILL_AND_DELETE: &str = r#"
"$@" kb import own "$0/../large.txt" &&
    head -c 33554432 /dev/zero >"$0/reserve" &&
    { dd if=/dev/zero of="$0/filler" bs=4k 2>/dev/null; true; } &&
    "$@" kb delete own large.txt
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_command_deletes_on_a_full_disk_by_means_of_the_reserve() {
    if !SmallDisk::may_be() {
        println!("this user may not mount a small disk (unshare -rm): not tried");
        return;
    }
    let (embeddings, folder) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let (data, path) = (folder.path().join("data"), folder.path().join("host.toml"));
    std::fs::create_dir(&data).unwrap();
    std::fs::write(&path, config(&embeddings, &data)).unwrap();
    std::fs::write(folder.path().join("large.txt"), document(2_000)).unwrap();
    let host = binary(&path);
    let mut command = Command::new("sh");
    command.args(["-c", FILL_AND_DELETE]).arg(&data).arg(host.get_program()).args(host.get_args());
    for (name, value) in host.get_envs() {
        command.env(name, value.unwrap_or_default());
    }
    let _disk = SmallDisk::under(&mut command, &data, 160);
    let output = tokio::task::spawn_blocking(move || ended(&mut command)).await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("own: deleted large.txt"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_traces_of_a_full_disk_are_written_by_means_of_the_reserve() {
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let started = Host::on_small_disk(&config(&embeddings, data.path()), |command| {
        SmallDisk::under(command, data.path(), 160)
    });
    let Some((host, disk)) = started else { return };
    host.import("own", "small.txt", "录取通知书在七月寄出。").await;
    let seen = disk.seen_from_outside(host.pid());
    assert!(seen.join("reserve").exists(), "there was room for a reserve");
    disk.fill(host.pid());
    let mut asked = Vec::new();
    for number in 0..20 {
        let question = format!("录取通知书{number}{}", "何时寄出".repeat(4_000));
        asked.push(host.ask("direct", &question).await.id);
    }
    assert!(metric(&host, "qianfan_host_traces_waiting").await >= 1.0);
    assert!(seen.join("reserve").exists(), "it is for deleting while the host serves");
    // Open, the disk outlives the process that has mounted it.
    let kept = std::fs::File::open(&seen).unwrap();
    host.signal(Signal::TERM);
    assert!(host.ended().await.success());
    let kept = std::path::PathBuf::from(format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&kept)));
    let copy = tempfile::tempdir().unwrap();
    for file in ["traces.db", "traces.db-wal"] {
        // What was copied into the file has no log any more.
        _ = std::fs::copy(kept.join(file), copy.path().join(file));
    }
    let traces = rusqlite::Connection::open(copy.path().join("traces.db")).unwrap();
    for id in &asked {
        let found = traces.query_row("SELECT 1 FROM traces WHERE id = ?1", [id], |_| Ok(()));
        assert!(found.is_ok(), "{id}: {found:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_traces_leave_deletions_their_room() {
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let started = Host::on_small_disk(&config(&embeddings, data.path()), |command| {
        SmallDisk::under(command, data.path(), 160)
    });
    let Some((host, disk)) = started else { return };
    host.import("own", "small.txt", "录取通知书在七月寄出。").await;
    disk.fill(host.pid());
    // Each trace has about 150 KB.
    for number in 0..120 {
        let question = format!("录取通知书{number}{}", "何时寄出".repeat(4_000));
        assert_eq!(host.ask("direct", &question).await.status, 200);
    }
    assert!(metric(&host, "qianfan_host_traces_waiting").await >= 100.0);
    // Open, the disk outlives the process that has mounted it.
    let kept = std::fs::File::open(disk.seen_from_outside(host.pid())).unwrap();
    host.signal(Signal::TERM);
    assert!(host.ended().await.success());
    let left = rustix::fs::fstatvfs(&kept).unwrap();
    let free = left.f_bavail * left.f_frsize / MIB;
    println!("{free} MiB free after the last traces");
    assert!((22..31).contains(&free), "some are written, and most of the reserve is left: {free} MiB");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_starts_on_a_disk_without_any_room() {
    let upstream = Upstream::playing([Script::Says(vec!["好"])]).await;
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let config = with_a_model(&embeddings, data.path(), &upstream);
    let started = Host::on_small_disk(&config, |command| SmallDisk::full_under(command, data.path(), 240));
    let Some((host, disk)) = started else { return };
    let plain = host.ask("plain", "问").await;
    assert_eq!((plain.status, plain.text()), (200, "好"), "{}", plain.body);
    assert_eq!(host.trace(&plain.id).await["app"], "plain", "it waits in memory");
    assert_eq!(folder(&host).await["status"], "failing");

    disk.clear(host.pid());
    let import = async || {
        let url = format!("{}/v1/knowledge-bases/own/documents?id=small.txt", host.url);
        let response = host.http.post(url).body("录取通知书在七月寄出。").send().await.unwrap();
        (response.status() == 200).then_some(())
    };
    eventually("an import", import).await;
    eventually("the traces on the disk", async || {
        (metric(&host, "qianfan_host_traces_waiting").await == 0.0).then_some(())
    })
    .await;
    assert_eq!(host.trace(&plain.id).await["app"], "plain");
    assert_eq!(host.ask("direct", "录取通知书何时寄出").await.status, 200);
    let well = eventually("a folder that is well", async || {
        Some(folder(&host).await).filter(|folder| folder["status"] == "ok")
    })
    .await;
    assert_eq!(well["reason"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_traces_on_a_disk_without_room_are_put_aside_once_there_is_room() {
    let upstream = Upstream::playing([Script::Says(vec!["好"])]).await;
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let started = Host::on_small_disk(&with_a_model(&embeddings, data.path(), &upstream), |command| {
        let disk = SmallDisk::full_with_garbage_under(command, data.path(), 240, "traces.db");
        command.env("QIANFAN_LOG", "off");
        disk
    });
    let Some((host, disk)) = started else { return };
    let asked = host.ask("plain", "问").await;
    assert_eq!((asked.status, asked.text()), (200, "好"), "{}", asked.body);
    let status = async |path: &str| {
        host.http.get(format!("{}{path}", host.url)).send().await.unwrap().status().as_u16()
    };
    assert_eq!(host.get("/v1/traces").await["data"][0]["id"], *asked.id, "it waits in memory");
    for (path, expected) in [("/v1/traces/none", 404), ("/v1/costs", 200), ("/v1/traces/export", 200)] {
        assert_eq!(status(path).await, expected, "{path}");
    }
    let folder_before = folder(&host).await;
    assert_eq!(folder_before["status"], "failing", "{folder_before}");

    disk.clear(host.pid());
    eventually("the traces on the disk", async || {
        (metric(&host, "qianfan_host_traces_waiting").await == 0.0).then_some(())
    })
    .await;
    assert_eq!(metric(&host, "qianfan_host_damaged_files_total{file=\"traces.db\"}").await, 1.0);
    assert_eq!(metric(&host, "qianfan_host_traces_lost_total").await, 0.0);
    assert_eq!(host.trace(&asked.id).await["app"], "plain");
    eventually("a folder that is well", async || {
        Some(folder(&host).await).filter(|folder| folder["status"] == "ok")
    })
    .await;
    let names = std::fs::read_dir(disk.seen_from_outside(host.pid())).unwrap();
    let names: Vec<String> = names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(names.iter().any(|name| name.starts_with("traces.db.damaged-")), "{names:?}");
}
