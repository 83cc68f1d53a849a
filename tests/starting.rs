use std::path::Path;
use std::time::{Duration, Instant};

use regex::Regex;
use serde_json::{Value, json};

use crate::damaged::with_kept_state;
use crate::support::{Embeddings, Host, Qdrant, Script, Upstream, eventually, run, with_cache};

const POLICY: &str = "# 平行志愿\n\n平行志愿按照分数优先、遵循志愿的原则投档。\n";
const ADMIN: &str = "an-admin-key-of-the-tests";
const ALERTS: &str = include_str!("../docs/monitoring/alerts.yml");

async fn search(host: &Host, base: &str) -> Value {
    let path = format!("/v1/knowledge-bases/{base}/search");
    host.post(&path, json!({"query": "平行志愿的投档"})).await.json().await.unwrap()
}

/// Waits until a base is searched again.
async fn searched(host: &Host, base: &str) -> Value {
    eventually(&format!("a search in `{base}`"), async || {
        let found = search(host, base).await;
        found["reports"][0]["error"].is_null().then_some(found).filter(|found| found["hits"].is_array())
    })
    .await
}

/// What `/readyz` says: status, body, and the status of a dependency.
async fn ready(host: &Host, key: Option<&str>) -> (u16, Value) {
    let mut request = host.http.get(format!("{}/readyz", host.url));
    if let Some(key) = key {
        request = request.bearer_auth(key);
    }
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

fn dependency<'a>(body: &'a Value, kind: &str, name: &str) -> &'a Value {
    let all = body["dependencies"].as_array().unwrap();
    let is_it = |item: &&Value| item["kind"] == kind && item["name"].as_str().unwrap().ends_with(name);
    all.iter().find(is_it).unwrap_or_else(|| panic!("no {kind} `{name}` in {body}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_bases_on_a_silent_store_hold_up_neither_the_start_nor_the_others() {
    let (embeddings, server) = (Embeddings::start().await, Qdrant::start().await);
    let upstream = Upstream::playing([]).await;
    let remote: String = (0..10)
        .map(|n| format!("[knowledge.far{n}]\nembedder = \"near\"\nstore = \"remote\"\nthreshold = 0.1\n"))
        .collect();
    let store = server.table.replace("timeout = \"5s\"", "timeout = \"30s\"");
    assert_ne!(store, server.table, "longer than the start waits");
    let config = format!(
        "[models.m]\nbase_url = \"{}\"\nmodel = \"m\"\n{}{store}{remote}\
         [knowledge.own]\nembedder = \"near\"\nthreshold = 0.1\n\
         [apps.whole]\nmodel = \"m\"\nwhole_text = [\"far1\"]\n",
        upstream.base_url,
        embeddings.table("near", 32),
    );
    server.pause();
    let began = Instant::now();
    let host = Host::start(&config);
    let started = began.elapsed();
    assert!(started < Duration::from_secs(9), "it took {started:?}");
    for path in ["/livez", "/healthz"] {
        let live = host.http.get(format!("{}{path}", host.url)).send().await.unwrap();
        assert_eq!((live.status().as_u16(), live.text().await.unwrap().as_str()), (200, "ok\n"));
    }
    host.import("own", "policy.md", POLICY).await;
    assert_eq!(search(&host, "own").await["hits"].as_array().unwrap().len(), 1);
    let began = Instant::now();
    let list = host.get("/v1/knowledge-bases").await;
    assert!(began.elapsed() < Duration::from_secs(3), "a list waits for none: {:?}", began.elapsed());
    let far = list["data"].as_array().unwrap().iter().filter(|base| base["error"].is_string()).count();
    assert_eq!(far, 10, "{list}");
    let (status, body) = ready(&host, None).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(dependency(&body, "knowledge_base", "own")["status"], "ok");
    let far = dependency(&body, "knowledge_base", "far3");
    assert!(far["status"] == "trying" && far["reason"].as_str().unwrap().contains("far3"), "{far}");

    server.go_on();
    searched(&host, "far3").await;
    host.import("far3", "policy.md", POLICY).await;
    assert_eq!(search(&host, "far3").await["hits"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_away_from_the_start_on_is_known_to_be_away() {
    let embeddings = Embeddings::start().await;
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let host = Host::start(&format!(
        "{}[stores.gone]\nurl = \"{url}\"\n\
         [knowledge.far]\nembedder = \"near\"\nstore = \"gone\"\nthreshold = 0.1\n",
        embeddings.table("near", 32)
    ));
    let store = |figure: &str| format!("qianfan_host_{figure}{{kind=\"store\",name=\"gone\"}}");
    // Nobody searches and nobody asks for readiness: opening the base is all that asks the store.
    eventually("the breaker of the store", async || {
        (crate::full_disk::metric(&host, &store("server_breaker")).await > 0.0).then_some(())
    })
    .await;
    // Whenever Prometheus looks, before and after the breaker's pause, the alert must hold: one look without it and the
    // minute that it waits begins anew.
    let alert = Regex::new(r"qianfan_host_server_breaker\) >= (\d)").unwrap();
    let told_from: f64 = alert.captures(ALERTS).unwrap()[1].parse().unwrap();
    let before = crate::full_disk::metric(&host, &store("server_calls_total")).await;
    let (away, mut calls) = (Instant::now(), before);
    while away.elapsed() < Duration::from_secs(5) || calls <= before {
        let breaker = crate::full_disk::metric(&host, &store("server_breaker")).await;
        assert!(breaker >= told_from, "{breaker} after {:?}", away.elapsed());
        assert!(away.elapsed() < Duration::from_secs(60), "the alert wants a server that is asked");
        // The outage's own length is the subject: a look now and then through all of it.
        tokio::time::sleep(Duration::from_millis(200)).await;
        calls = crate::full_disk::metric(&host, &store("server_calls_total")).await;
    }
    for figure in ["server_calls_total", "server_errors_total"] {
        assert!(crate::full_disk::metric(&host, &store(figure)).await >= 3.0, "{figure}");
    }
    let (_, body) = ready(&host, None).await;
    let gone = dependency(&body, "store", "gone");
    assert!(gone["status"] == "away" || gone["status"] == "trying", "{gone}");
    assert!(gone["reason"].as_str().unwrap().contains("is the server running"), "{gone}");
}

/// Expects an answer that says what is wrong and names no time to try again at.
async fn lasting(refused: reqwest::Response, told: &str) {
    let header = |name: &str| refused.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    assert_eq!(refused.status(), 503);
    assert_eq!((header("retry-after"), header("x-should-retry").as_deref()), (None, Some("false")));
    let body: Value = refused.json().await.unwrap();
    let message = body["error"]["message"].as_str().unwrap();
    assert!(message.contains(told) && !message.contains("try again"), "{body}");
}

fn damage(file: &Path) {
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, "garbage ".repeat(4096)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_files_stop_neither_the_host_nor_other_bases() {
    let (embeddings, upstream) = (Embeddings::start().await, Upstream::playing([]).await);
    let base = "embedder = \"near\"\nthreshold = 0.1\n";
    let config = format!(
        r#"
{}
[knowledge.broken]
{base}
[knowledge.emptied]
{base}
[knowledge.sound]
{base}
[plugins.kb]
component = "builtin:knowledge-base"
grants = {{ knowledge = ["broken", "emptied", "sound"] }}
[apps.app]
answer = "direct"
plugins = [{{ plugin = "kb", route = "always" }}]
[plugins.only]
component = "builtin:knowledge-base"
grants = {{ knowledge = ["broken"] }}
[apps.only]
answer = "direct"
plugins = [{{ plugin = "only", route = "always", on_failure = "fail" }}]
[models.up]
base_url = "{}"
model = "m"
[apps.whole]
model = "up"
whole_text = ["broken"]
"#,
        embeddings.table("near", 32),
        upstream.base_url
    );
    let mut data = None;
    let host = Host::prepared(&config, |folder, command| {
        let folder = folder.join("data");
        for file in ["knowledge/broken.db", "state.db", "traces.db"] {
            damage(&folder.join(file));
        }
        std::fs::write(folder.join("knowledge/emptied.db"), "").unwrap();
        command.env("QIANFAN_LOG", "off");
        data = Some(folder);
    });
    let data = data.unwrap();
    host.import("sound", "policy.md", POLICY).await;
    let chat = host.ask("app", "平行志愿怎么投档").await;
    assert!(chat.status == 200 && chat.text().contains("分数优先"), "{}", chat.body);
    let trace = host.trace(&chat.id).await;
    assert_eq!(trace["degraded"], json!(["broken", "emptied"]));
    let (status, body) = ready(&host, None).await;
    assert_eq!(status, 200);
    let broken = dependency(&body, "knowledge_base", "broken");
    assert!(broken["status"] == "failing" && broken["reason"].as_str().unwrap().contains("broken.db"));
    let emptied = dependency(&body, "knowledge_base", "emptied");
    assert!(emptied["status"] == "failing", "no empty base: {emptied}");
    assert!(emptied["reason"].as_str().unwrap().contains("0 bytes"), "{emptied}");
    assert_eq!(dependency(&body, "data_folder", "data")["status"], "ok");
    // No wait mends a file: nobody is told to come back.
    let refused = host.post("/v1/knowledge-bases/broken/search", json!({"query": "志愿"})).await;
    lasting(refused, "broken.db").await;
    for app in ["only", "whole"] {
        let asked = json!({"model": app, "messages": [{"role": "user", "content": "平行志愿怎么投档"}]});
        let refused = host.post("/v1/chat/completions", asked).await;
        lasting(refused, "cannot be searched until the operator of this host has repaired it").await;
    }

    let names: Vec<String> = std::fs::read_dir(&data)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    for database in ["state.db", "traces.db"] {
        let aside = names.iter().find(|name| name.starts_with(&format!("{database}.damaged-")));
        let aside = aside.unwrap_or_else(|| panic!("{database} is not put aside: {names:?}"));
        assert!(std::fs::read(data.join(aside)).unwrap().starts_with(b"garbage "));
    }
    let file = data.join("knowledge/broken.db");
    assert!(std::fs::read(&file).unwrap().starts_with(b"garbage "), "a base's file is never touched");
    // The operator mends it, and the host takes it up by itself.
    std::fs::remove_file(&file).unwrap();
    let mended = async || {
        ready(&host, None).await.1.pointer("/dependencies/0/status").filter(|status| *status == "ok").cloned()
    };
    eventually("the base that was mended", mended).await;
    host.import("broken", "policy.md", POLICY).await;
    assert_eq!(search(&host, "broken").await["hits"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn readiness_is_for_everybody_and_what_it_hangs_on_for_the_admin() {
    let away = (0..3).map(|_| Script::Refuses(503, "no backend"));
    let upstream = Upstream::playing(away.chain([Script::Says(vec!["好"])])).await;
    let config = format!("[server]\nadmin_key_env = \"ADMIN_KEY\"\n{}", crate::chat::plain(&upstream));
    let host = Host::prepared(&config, |_, command| {
        command.env("ADMIN_KEY", ADMIN);
    });
    assert_eq!(ready(&host, None).await, (200, json!({"status": "ready"})));
    assert_eq!(ready(&host, Some("a-key-that-nobody-gave")).await, (200, json!({"status": "ready"})));
    let model = async || {
        let (status, body) = ready(&host, Some(ADMIN)).await;
        let model = body["dependencies"].as_array().unwrap().iter().find(|item| item["kind"] == "model");
        (status, model.unwrap().clone())
    };
    let (status, well) = model().await;
    assert_eq!((status, &well["status"]), (200, &json!("ok")));
    let ask = async || {
        let body = json!({"model": "plain", "messages": [{"role": "user", "content": "问"}]});
        let request = host.http.post(format!("{}/v1/chat/completions", host.url)).bearer_auth(ADMIN);
        request.json(&body).send().await.unwrap().status().as_u16()
    };
    for _ in 0..3 {
        assert_eq!(ask().await, 503);
    }
    // The only app's model is away: nobody could be answered.
    assert_eq!(ready(&host, None).await, (503, json!({"status": "unready"})));
    let (_, away) = model().await;
    assert!(
        away["reason"].as_str().unwrap().contains(&upstream.base_url[..upstream.base_url.len() - 3]),
        "{away}"
    );
    // Nobody is sent here meanwhile, and still it comes back: after the pause the next request tries.
    let (_, body) =
        eventually("readiness", async || Some(ready(&host, None).await).filter(|(status, _)| *status == 200))
            .await;
    assert_eq!(body, json!({"status": "degraded"}), "it can be asked, and is not well yet");
    assert_eq!(model().await.1["status"], "trying");
    assert_eq!(ask().await, 200);
    assert_eq!(model().await.1["status"], "ok");
    assert_eq!(ready(&host, None).await, (200, json!({"status": "ready"})));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_local_model_is_loaded_before_anybody_asks() {
    let host = Host::start("[knowledge.one]\n[knowledge.two]\n");
    let models = async || {
        let (status, body) = ready(&host, None).await;
        assert_eq!(status, 200, "who needs the model waits for it, nobody is sent away: {body}");
        let all = body["dependencies"].as_array().unwrap().iter();
        all.filter(|item| item["kind"] == "embedder").cloned().collect::<Vec<_>>()
    };
    let loaded = eventually("the model", async || {
        let models = models().await;
        let [model] = &models[..] else { panic!("one model for both bases: {models:?}") };
        assert!(model["status"] == "loading" || model["status"] == "ok", "{model}");
        (model["status"] == "ok").then(|| model.clone())
    })
    .await;
    assert_eq!(loaded, json!({"kind": "embedder", "name": "local", "status": "ok"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_local_model_that_is_none_is_told_at_the_start() {
    let host = Host::prepared(
        "[embedders.own]\nmodel_path = \"broken.onnx\"\n[knowledge.one]\nembedder = \"own\"\n",
        |folder, _| {
            std::fs::write(folder.join("broken.onnx"), "no model").unwrap();
            std::fs::write(folder.join("tokenizer.json"), "{}").unwrap();
        },
    );
    let told = eventually("the model's failure", async || {
        let (_, body) = ready(&host, None).await;
        let model = dependency(&body, "embedder", "own");
        (model["status"] == "failing").then(|| model["reason"].as_str().unwrap().to_owned())
    })
    .await;
    assert!(told.contains("broken.onnx"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_nobody_has_asked_yet_is_not_called_well() {
    let (embeddings, upstream) = (Embeddings::start().await, Upstream::playing([]).await);
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", { closed.local_addr().unwrap() });
    drop(closed);
    let config = format!(
        "{}{}[stores.remote]\nurl = \"{url}\"\n\
         [knowledge.far]\nembedder = \"near\"\nstore = \"remote\"\n",
        crate::chat::plain(&upstream),
        embeddings.table("near", 16),
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    std::fs::write(&path, with_cache(&config)).unwrap();
    let checked = tokio::task::spawn_blocking(move || run(&path, &["check"])).await.unwrap();
    let said = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert!(checked.status.success() && !said.contains("all is well"), "{said}");
    assert!(
        said.contains("knowledge.far: it cannot be searched now")
            && said.contains("usable, with the warnings"),
        "{said}"
    );
    let host = Host::start(&config);
    let (status, body) = ready(&host, None).await;
    assert_eq!(
        (status, &body["status"]),
        (200, &json!("degraded")),
        "what is away costs a part of what is known"
    );
    let store = dependency(&body, "store", "remote");
    assert_eq!(store["status"], "failing", "{body}");
    assert!(store["reason"].as_str().unwrap().contains("cannot be reached"), "{store}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_file_that_is_damaged_inside_is_put_aside_while_the_host_serves() {
    let upstream = Upstream::playing([]).await;
    let folder = tempfile::tempdir().unwrap();
    let config = format!(
        "[server]\ndata_dir = {:?}\n{}",
        folder.path().join("data").display().to_string(),
        crate::contributions::config(&upstream, &[r#"{ behaviour = "ask" }"#])
    );
    let turn = |conversation: &str, text: &str| {
        json!({"model": "app", "user": "u", "conversation_id": conversation,
               "messages": [{"role": "user", "content": text}]})
    };
    let host = Host::start(&config);
    for number in 0..20 {
        let asked = host.chat(turn(&format!("c{number}"), "分数线")).await;
        assert!(asked.text().starts_with("哪个省？"), "{}", asked.body);
    }
    host.signal(rustix::process::Signal::TERM);
    host.ended().await;
    let path = folder.path().join("data/state.db");
    let mut bytes = std::fs::read(&path).unwrap();
    // SQLite opens it by its first page.
    bytes[2 * 4096..].fill(0xa5);
    std::fs::write(&path, bytes).unwrap();
    for ending in ["-wal", "-shm"] {
        _ = std::fs::remove_file(path.with_file_name(format!("state.db{ending}")));
    }

    let host = Host::prepared(&config, |_, command| _ = command.env("QIANFAN_LOG", "off"));
    let asked = host.chat(turn("new", "分数线")).await;
    assert!(asked.text().starts_with("哪个省？"), "no turn fails for it: {}", asked.body);
    let answer = host.chat(turn("new", "2")).await;
    assert!(!answer.text().starts_with("哪个省？"), "the new file keeps what is asked: {}", answer.body);
    let names: Vec<String> = std::fs::read_dir(folder.path().join("data"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(names.iter().any(|name| name.starts_with("state.db.damaged-")), "{names:?}");
    let metrics = host.http.get(format!("{}/metrics", host.url)).send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains(r#"qianfan_host_damaged_files_total{file="state.db"} 1"#), "{metrics}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_file_for_what_plugins_keep_the_host_serves() {
    let upstream = Upstream::playing((0..8).map(|_| Script::Says(vec!["好"]))).await;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let config = with_kept_state(&data, &upstream);
    // Another process has locked it.
    std::fs::create_dir_all(&data).unwrap();
    let other = rusqlite::Connection::open(data.join("state.db")).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let host = Host::prepared(&config, |_, command| _ = command.env("QIANFAN_LOG", "off"));
    let talk = json!({"model": "app", "user": "u", "messages": [
        {"role": "user", "content": "问"}, {"role": "assistant", "content": "好"}, {"role": "user", "content": "再问"}
    ]});
    // While the host tries to open it again and again, nobody waits for that.
    let began = Instant::now();
    for _ in 0..6 {
        let one = Instant::now();
        let (chat, (_, body)) = tokio::join!(host.chat(talk.clone()), ready(&host, None));
        assert_eq!((chat.status, chat.text()), (200, "好"), "{}", chat.body);
        assert_eq!(body["status"], "degraded", "{body}");
        assert!(one.elapsed() < Duration::from_secs(4), "a turn and a probe took {:?}", one.elapsed());
        // Turns are spread over the time that tries to open the file take.
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    assert!(began.elapsed() > Duration::from_secs(1), "long enough for a try");
    let (_, body) = ready(&host, None).await;
    let failing = dependency(&body, "data_folder", "data");
    let reason = failing["reason"].as_str().unwrap();
    assert!(failing["status"] == "failing" && reason.contains("state.db cannot be opened"), "{failing}");
    // Once it can be opened, the host does so by itself.
    other.execute_batch("ROLLBACK").unwrap();
    eventually("the file", async || {
        let (_, body) = ready(&host, None).await;
        (dependency(&body, "data_folder", "data")["status"] == "ok").then_some(())
    })
    .await;
    assert_eq!(host.chat(talk).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn folders_in_the_place_of_databases_are_put_aside_and_the_host_serves() {
    let upstream = Upstream::playing([Script::Says(vec!["好"])]).await;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    for name in ["state.db", "traces.db"] {
        std::fs::create_dir_all(data.join(name)).unwrap();
    }
    let host = Host::prepared(&with_kept_state(&data, &upstream), |_, command| {
        _ = command.env("QIANFAN_LOG", "off");
    });
    let chat = host.ask("app", "问").await;
    assert_eq!((chat.status, chat.text()), (200, "好"), "{}", chat.body);
    assert_eq!(host.trace(&chat.id).await["app"], "app");
    let (_, body) = ready(&host, None).await;
    assert_eq!(dependency(&body, "data_folder", "data")["status"], "ok", "{body}");
    let names: Vec<String> = std::fs::read_dir(&data)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    for name in ["state.db", "traces.db"] {
        assert!(data.join(name).is_file(), "{name}");
        let aside = format!("{name}.damaged-");
        assert!(names.iter().any(|name| name.starts_with(&aside)), "{names:?}");
    }
}
