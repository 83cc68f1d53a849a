//! Files of the data folder that are cut off, damaged inside, locked, of a newer host, or something else in their place.

use std::path::Path;

use serde_json::Value;

use crate::full_disk::metric;
use crate::support::{Embeddings, Host, Script, Upstream, eventually, hostile};

/// One app, whose plugin is looked for in what is kept for plugins.
pub(crate) fn with_kept_state(data: &Path, upstream: &Upstream) -> String {
    format!(
        "[server]\ndata_dir = \"{}\"\n[models.up]\nbase_url = \"{}\"\nmodel = \"m\"\n\
         [plugins.p]\ncomponent = \"{}\"\nconfig = {{ behaviour = \"nothing\" }}\n\
         [apps.app]\nmodel = \"up\"\nplugins = [{{ plugin = \"p\", route = \"always\" }}]\n",
        data.display(),
        upstream.base_url,
        hostile().display()
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn databases_that_were_cut_off_begin_anew_beside_what_is_left_of_them() {
    let upstream = Upstream::playing((0..5).map(|_| Script::Says(vec!["好"]))).await;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let config = with_kept_state(&data, &upstream);
    let host = Host::start(&config);
    for _ in 0..4 {
        let chat = host.ask("app", &"问".repeat(4000)).await;
        assert_eq!(host.trace(&chat.id).await["app"], "app", "it is written");
    }
    host.signal(rustix::process::Signal::TERM);
    host.ended().await;
    for name in ["state.db", "traces.db"] {
        // Who backs the folder up while the host is stopped may copy the files alone.
        for ending in ["-wal", "-shm"] {
            assert!(!data.join(format!("{name}{ending}")).exists(), "{name}{ending} is left after a stop");
        }
        let file = std::fs::File::options().write(true).open(data.join(name)).unwrap();
        let length = file.metadata().unwrap().len();
        assert!(length > 8192, "{name} has {length} bytes");
        file.set_len(length / 2 + 100).unwrap();
    }
    let host = Host::prepared(&config, |_, command| _ = command.env("QIANFAN_LOG", "off"));
    let chat = host.ask("app", "问").await;
    assert_eq!((chat.status, chat.text()), (200, "好"));
    assert_eq!(host.trace(&chat.id).await["app"], "app");
    let names: Vec<_> = std::fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    for database in ["state.db.damaged-", "traces.db.damaged-"] {
        assert!(names.iter().any(|name| name.to_str().unwrap().starts_with(database)), "{names:?}");
    }
}

/// What `/readyz` says of the data folder, or of one in it.
async fn folder(host: &Host, path: &Path) -> Option<Value> {
    let ready = host.get("/readyz").await;
    let all = ready["dependencies"].as_array().unwrap();
    all.iter().find(|one| one["kind"] == "data_folder" && one["name"] == *path.to_str().unwrap()).cloned()
}

#[tokio::test(flavor = "multi_thread")]
async fn traces_wait_in_memory_while_another_process_has_their_file_locked() {
    let upstream = Upstream::playing([Script::Says(vec!["好"])]).await;
    let within = tempfile::tempdir().unwrap();
    let data = within.path().join("data");
    std::fs::create_dir_all(&data).unwrap();
    let other = rusqlite::Connection::open(data.join("traces.db")).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let host = Host::prepared(&with_kept_state(&data, &upstream), |_, command| {
        _ = command.env("QIANFAN_LOG", "off");
    });
    let chat = host.ask("app", "问").await;
    assert_eq!((chat.status, chat.text()), (200, "好"), "{}", chat.body);
    assert_eq!(host.trace(&chat.id).await["app"], "app", "it waits in memory");
    assert_eq!(metric(&host, "qianfan_host_traces_waiting").await, 1.0);
    let failing = folder(&host, &data).await.unwrap();
    let reason = failing["reason"].as_str().unwrap();
    assert!(
        reason.contains("traces wait in memory") && reason.contains("traces.db cannot be opened"),
        "{reason}"
    );

    drop(other);
    eventually("the trace on the disk", async || {
        (metric(&host, "qianfan_host_traces_waiting").await == 0.0).then_some(())
    })
    .await;
    assert_eq!(metric(&host, "qianfan_host_traces_lost_total").await, 0.0);
    assert_eq!(folder(&host, &data).await.unwrap()["status"], "ok");
    let file = rusqlite::Connection::open(data.join("traces.db")).unwrap();
    let kept = file.query_row("SELECT 1 FROM traces WHERE id = ?1", [&chat.id], |_| Ok(()));
    assert!(kept.is_ok(), "{kept:?}");
    let mut names = std::fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(names.all(|name| !name.to_str().unwrap().contains("damaged")), "it was only in use");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_of_jobs_that_takes_no_files_is_told_of_and_imports_are_refused() {
    let (embeddings, within) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let data = within.path().join("data");
    let jobs = data.join("jobs");
    let host = Host::start(&format!(
        "[server]\ndata_dir = {:?}\n{}[knowledge.own]\nembedder = \"near\"\n",
        data.display().to_string(),
        embeddings.table("near", 32)
    ));
    let import = async || {
        let url = format!("{}/v1/knowledge-bases/own/imports?id=a.txt", host.url);
        let response = host.http.post(url).body("录取通知书在七月寄出。").send().await.unwrap();
        (response.status().as_u16(), response.json::<Value>().await.unwrap())
    };
    let (status, job) = import().await;
    assert_eq!((status, folder(&host, &jobs).await), (202, None));
    host.ended_job(job["id"].as_str().unwrap()).await;
    let away = data.join("away");
    std::fs::rename(&jobs, &away).unwrap();
    for is_file in [false, true] {
        if is_file {
            std::fs::write(&jobs, "").unwrap();
        }
        let cause = if is_file { "Not a directory" } else { "No such file or directory" };
        let told = folder(&host, &jobs).await.unwrap();
        let reason = told["reason"].as_str().unwrap();
        assert!(told["status"] == "failing" && reason.contains(cause), "{told}");
        assert_eq!(folder(&host, &data).await.unwrap()["status"], "ok", "all else can be kept");
        assert_eq!(host.get("/readyz").await["status"], "degraded");
        let (status, refused) = import().await;
        assert_eq!((status, &refused["error"]["code"]), (503, &Value::from("upload_not_kept")), "{refused}");
        let message = refused["error"]["message"].as_str().unwrap();
        assert!(message.contains("into `jobs` in the data folder") && message.contains(cause), "{message}");
    }
    std::fs::remove_file(&jobs).unwrap();
    std::fs::rename(&away, &jobs).unwrap();
    assert_eq!(folder(&host, &jobs).await, None);
    assert_eq!(import().await.0, 202);
}

#[test]
fn a_base_that_is_damaged_where_opening_it_does_not_read_is_told_by_a_check() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    std::fs::write(&path, "[knowledge.faq]\n").unwrap();
    let check = || {
        let output = crate::support::run(&path, &["check"]);
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(!check().contains("btreeInitPage"));
    let base = folder.path().join("data/knowledge/faq.db");
    let mut bytes = std::fs::read(&base).unwrap();
    bytes[3 * 4096..3 * 4096 + 2000].fill(0xa5);
    std::fs::write(&base, &bytes).unwrap();
    let said = check();
    assert!(
        said.contains("knowledge.faq: it cannot be searched: ") && said.contains("btreeInitPage"),
        "{said}"
    );
    // Whoever opens a database may count that up in its head.
    assert_eq!(std::fs::read(&base).unwrap()[100..], bytes[100..], "it is left alone");
}

#[test]
fn a_folder_or_a_file_of_another_kind_in_a_files_place_is_told_with_the_mend() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    let config =
        "[embedders.e]\ntokenizer_path = \"t.json\"\n[knowledge.own]\nembedder = \"e\"\n[knowledge.faq]\n";
    std::fs::write(&path, config).unwrap();
    std::fs::write(folder.path().join("t.json"), "{}").unwrap();
    std::fs::create_dir_all(folder.path().join("data/knowledge/faq.db")).unwrap();
    let said = || {
        let output = crate::support::run(&path, &["check"]);
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let of_bases = said();
    assert!(of_bases.contains("faq.db is a folder, not a file; move it away"), "{of_bases}");
    assert!(of_bases.contains("t.json is not the tokenizer of a model: missing field"), "{of_bases}");
    assert!(of_bases.contains("name in tokenizer_path the tokenizer.json that came with"), "{of_bases}");
    std::fs::remove_dir_all(folder.path().join("data")).unwrap();
    std::fs::create_dir_all(folder.path().join("data/traces.db")).unwrap();
    std::fs::write(folder.path().join("data/jobs"), "").unwrap();
    let of_folder = said();
    for expected in
        ["jobs is a file, not a folder; move it away", "traces.db is a folder, not a file; move it away"]
    {
        assert!(of_folder.contains(expected), "{of_folder}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_a_newer_host_are_refused_by_name_and_left_as_they_are() {
    let upstream = Upstream::playing([]).await;
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("host.toml");
    let text = format!(
        "{}\n[plugins.api]\ncomponent = \"builtin:http-api\"\nconfig = {{ url = \"https://api.example/\" }}\n\
         grants = {{ hosts = [\"https://api.example\"] }}\n",
        crate::chat::plain(&upstream)
    );
    std::fs::write(&config, crate::support::with_cache(&text)).unwrap();
    let check = || {
        let output = crate::support::run(&config, &["check"]);
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (well, said) = check();
    assert!(well, "{said}");
    let data = folder.path().join("data");
    for file in ["state.db", "traces.db"] {
        let connection = rusqlite::Connection::open(data.join(file)).unwrap();
        let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
        assert!(version > 0, "{file} says what it is");
        connection.pragma_update(None, "user_version", 99).unwrap();
        let (well, said) = check();
        assert!(!well && said.contains("a newer qianfan-host (tables 99"), "{file}: {said}");
        let left: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
        assert_eq!(left, 99, "nothing is changed in it");
        connection.pragma_update(None, "user_version", version).unwrap();
    }
    let job = data.join("jobs/job-1.json");
    std::fs::write(&job, r#"{"version": 99, "id": "job-1", "kind": "what comes later"}"#).unwrap();
    let (well, said) = check();
    assert!(
        !well && said.contains("job-1.json") && said.contains("a newer qianfan-host (format 99"),
        "{said}"
    );
    std::fs::remove_file(&job).unwrap();
    assert!(check().0);
}
