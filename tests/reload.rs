mod under_load;

use std::path::PathBuf;

use futures_util::StreamExt;
use reqwest::StatusCode;
use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::support::{Embeddings, Host, Script, Upstream, eventually};

/// A base, an app that searches it, and comments that must stay.
fn config(upstream: &Upstream, embeddings: &Embeddings) -> String {
    format!(
        r#"# 配置
[models.up]
base_url = "{}"
model = "m"
{}
[knowledge.a] # 资料
embedder = "e"
threshold = 0.1   # 试出来的
top_k = 3

[plugins.kb]
component = "builtin:knowledge-base"
grants = {{ knowledge = ["a"] }}

[apps.app]
model = "up"
prompt = "own.md"
[[apps.app.plugins]]
plugin = "kb"
route = "always"
"#,
        upstream.base_url,
        embeddings.table("e", 64)
    )
}

const TEMPLATE: &str =
    "你是顾问。{{ client_system }}\n{% for p in passages %}[{{ p.number }}] {{ p.text }}\n{% endfor %}";

struct Rig {
    host: Host,
    /// The configuration file.
    path: PathBuf,
    embeddings: Embeddings,
}

impl Rig {
    async fn start(upstream: &Upstream) -> Self {
        let embeddings = Embeddings::start().await;
        let mut path = PathBuf::new();
        let host = Host::prepared(&config(upstream, &embeddings), |folder, _| {
            std::fs::write(folder.join("own.md"), TEMPLATE).unwrap();
            path = folder.join("host.toml");
        });
        host.import("a", "a.md", "# 费用\n\n学费每年五千元。\n").await;
        Self { host, path, embeddings }
    }

    fn text(&self) -> String {
        std::fs::read_to_string(&self.path).unwrap()
    }

    fn write(&self, text: &str) {
        std::fs::write(&self.path, text).unwrap();
    }

    fn change(&self, from: &str, to: &str) {
        let text = self.text();
        assert!(text.contains(from), "{text}");
        self.write(&text.replace(from, to));
    }

    fn template(&self) -> PathBuf {
        self.path.with_file_name("own.md")
    }

    async fn reload(&self) -> (StatusCode, Value) {
        let response = self.host.post("/v1/config/reload", json!({})).await;
        (response.status(), response.json().await.unwrap())
    }

    async fn patch(&self, path: &str, body: Value) -> (StatusCode, Value) {
        let response =
            self.host.http.patch(format!("{}{path}", self.host.url)).json(&body).send().await.unwrap();
        (response.status(), response.json().await.unwrap())
    }
}

fn system(upstream: &Upstream, call: usize) -> String {
    let sent: Value = serde_json::from_slice(&upstream.received()[call]).unwrap();
    sent["messages"][0]["content"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_in_flight_ends_on_the_old_configuration_and_the_next_uses_the_new() {
    let (tell, told) = mpsc::unbounded_channel();
    let upstream = Upstream::playing([
        Script::SaysWhatItIsTold(told),
        Script::Says(vec!["新"]),
        Script::Says(vec!["新"]),
    ])
    .await;
    let rig = Rig::start(&upstream).await;
    tell.send("一").unwrap();
    let body =
        json!({"model": "app", "stream": true, "messages": [{"role": "user", "content": "学费多少？"}]});
    let in_flight = rig.host.post("/v1/chat/completions", body).await;
    let id = in_flight.headers()["x-request-id"].to_str().unwrap().to_owned();
    let mut pieces = in_flight.bytes_stream();
    let mut said = String::new();
    while !said.contains("一") {
        said.push_str(&String::from_utf8_lossy(&pieces.next().await.unwrap().unwrap()));
    }

    // The old one's base, plugin and app are gone altogether.
    rig.change("[apps.app]", "[apps.other]");
    rig.change("[[apps.app.plugins]]", "[[apps.other.plugins]]");
    rig.change("plugin = \"kb\"", "plugin = \"search\"");
    rig.change("[plugins.kb]", "[plugins.search]");
    std::fs::write(rig.template(), format!("新的模板。{TEMPLATE}")).unwrap();
    let (status, reloaded) = rig.reload().await;
    assert_eq!(status, 200, "{reloaded}");
    assert_eq!(reloaded["changed"], json!(["apps.app", "apps.other", "plugins.kb", "plugins.search"]));
    assert_eq!((&reloaded["applied"], &reloaded["needs_restart"]), (&json!(true), &json!([])));

    let gone = rig.host.ask("app", "学费多少？").await;
    assert_eq!((gone.status, &gone.body["error"]["code"]), (404, &json!("model_not_found")));
    assert_eq!(rig.host.ask("other", "学费多少？").await.text(), "新");
    tell.send("二").unwrap();
    drop(tell);
    let rest: Vec<_> = pieces.map(|piece| piece.unwrap()).collect().await;
    let rest = String::from_utf8(rest.concat()).unwrap();
    assert!(rest.contains("二") && rest.ends_with("data: [DONE]\n\n"), "{rest}");

    let trace = rig.host.trace(&id).await;
    assert_eq!((&trace["app"], &trace["calls"][0]["plugin"]), (&json!("app"), &json!("kb")));
    assert!(system(&upstream, 0).starts_with("你是顾问。"));
    let new = system(&upstream, 1);
    assert!(new.starts_with("新的模板。你是顾问。") && new.contains("学费每年五千元"), "{new}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_configuration_is_refused_with_all_its_problems_and_the_old_one_serves_on() {
    let upstream = Upstream::playing((0..2).map(|_| Script::Says(vec!["好"]))).await;
    let rig = Rig::start(&upstream).await;
    let good = rig.text();
    rig.write(&good.replace("top_k = 3", "top_kk = 3").replace("[plugins.kb]", "[plugins.kbb]"));
    std::fs::write(rig.template(), "{{ pasages }}").unwrap();
    let (status, refused) = rig.reload().await;
    assert_eq!(
        (status, &refused["error"]["code"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("invalid_configuration"))
    );
    let problems = refused["error"]["problems"].as_array().unwrap();
    let of = |key: &str| {
        problems.iter().find(|problem| problem["where"] == key).unwrap_or_else(|| panic!("{key}: {refused}"))
    };
    assert_eq!(
        of("knowledge.a.top_kk")["line"].as_u64().unwrap() as usize,
        1 + good[..good.find("top_k").unwrap()].matches('\n').count()
    );
    assert!(of("apps.app.plugins[0].plugin")["message"].as_str().unwrap().contains("`kb` is not configured"));
    assert!(of("apps.app.prompt")["message"].as_str().unwrap().contains("is not defined"));

    // A file that is gone is no reason to end either.
    std::fs::remove_file(&rig.path).unwrap();
    let (status, refused) = rig.reload().await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{refused}");
    // Nor is one that an editor is in the middle of saving.
    rig.write("");
    let (status, refused) = rig.reload().await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{refused}");
    assert_eq!(refused["error"]["problems"][0]["where"], "apps", "{refused}");
    assert_eq!(rig.host.ask("app", "学费多少？").await.text(), "好");
    assert!(system(&upstream, 0).starts_with("你是顾问。"));
    rig.write(&good);
    std::fs::write(rig.template(), TEMPLATE).unwrap();
    let (status, reloaded) = rig.reload().await;
    assert_eq!((status, &reloaded["changed"]), (StatusCode::OK, &json!([])), "{reloaded}");
    assert_eq!(rig.host.ask("app", "学费多少？").await.text(), "好");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hang_up_loads_the_configuration_anew() {
    // Under `nohup` it is ignored, here as in the host.
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap().trim();
    if u64::from_str_radix(ignored, 16).unwrap() & 1 != 0 {
        return;
    }
    let upstream = Upstream::playing([]).await;
    let rig = Rig::start(&upstream).await;
    rig.change("top_k = 3", "top_k = 4");
    rig.host.signal(Signal::HUP);
    eventually("the new configuration", async || {
        let config = rig.host.get("/v1/config").await;
        (config["effective"]["knowledge"]["a"]["top_k"]["value"] == 4).then_some(())
    })
    .await;
    // A bad one is refused here, too, and the process stays.
    rig.change("top_k = 4", "top_k = 0");
    rig.host.signal(Signal::HUP);
    rig.change("top_k = 0", "top_k = 5");
    rig.host.signal(Signal::HUP);
    eventually("the next configuration", async || {
        let config = rig.host.get("/v1/config").await;
        (config["effective"]["knowledge"]["a"]["top_k"]["value"] == 5).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_base_is_changed_in_one_line_of_the_file_and_the_next_search_uses_it() {
    let rig = Rig::start(&Upstream::playing([]).await).await;
    let before = rig.text();
    let url = "/v1/knowledge-bases/a";
    let found = async || {
        let results = rig.host.post(&format!("{url}/search"), json!({"query": "学费每年五千元"})).await;
        results.json::<Value>().await.unwrap()["hits"].as_array().unwrap().len()
    };
    assert_eq!(found().await, 1);
    let (status, shown) = rig.patch(url, json!({"threshold": 1, "dry_run": true})).await;
    assert_eq!(status, 200, "{shown}");
    assert_eq!(shown["applied"], false);
    assert_eq!(shown["diff"], "-threshold = 0.1   # 试出来的\n+threshold = 1.0   # 试出来的");
    assert_eq!((rig.text(), found().await), (before.clone(), 1), "nothing is changed by looking");

    let digest = &shown["digest"];
    let (status, made) = rig.patch(url, json!({"threshold": 1, "if_digest": digest})).await;
    assert_eq!((status, &made["applied"]), (StatusCode::OK, &json!(true)), "{made}");
    assert_eq!(made["changed"], json!(["knowledge.a.threshold"]));
    assert_eq!(rig.text(), before.replace("threshold = 0.1 ", "threshold = 1.0 "));
    assert_eq!(found().await, 0);

    // Whoever has seen another file is told so, and nothing is written.
    let (status, stale) = rig.patch(url, json!({"top_k": 2, "if_digest": digest})).await;
    assert_eq!((status, &stale["error"]["code"]), (StatusCode::CONFLICT, &json!("file_changed")));
    for (body, code) in [
        (json!({"threshold": 1.5}), "invalid_configuration"),
        (json!({"top_k": 0}), "invalid_configuration"),
        (json!({"weight": 1e308}), "invalid_configuration"),
        (json!({"weight": 0}), "invalid_configuration"),
        (json!({"offer_threshold": 0.9}), "invalid_configuration"),
        (json!({"top_k": 1.5}), "invalid_request"),
        (json!({"threshold": "0.5"}), "invalid_request"),
        (json!({"store": "far"}), "invalid_request"),
        (json!({}), "invalid_request"),
    ] {
        let (_, refused) = rig.patch(url, body.clone()).await;
        assert_eq!(refused["error"]["code"], code, "{body}: {refused}");
    }
    assert_eq!(rig.text(), before.replace("threshold = 0.1 ", "threshold = 1.0 "));
    let (status, added) = rig.patch(url, json!({"offer_threshold": 0.6, "weight": 1.5, "top_k": 3.0})).await;
    assert_eq!(status, 200, "{added}");
    assert!(rig.text().contains("top_k = 3\noffer_threshold = 0.6\nweight = 1.5\n"), "{}", rig.text());
    let (status, removed) = rig.patch(url, json!({"offer_threshold": null})).await;
    assert_eq!((status, &removed["diff"]), (StatusCode::OK, &json!("-offer_threshold = 0.6")));
    let (status, unknown) = rig.patch("/v1/knowledge-bases/b", json!({"top_k": 1})).await;
    assert_eq!((status, &unknown["error"]["code"]), (StatusCode::NOT_FOUND, &json!("not_found")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_apps_prompt_is_shown_tried_on_a_turn_that_was_and_written_back() {
    let upstream = Upstream::playing((0..3).map(|_| Script::Says(vec!["五千元[1]"]))).await;
    let rig = Rig::start(&upstream).await;
    let app = rig.host.get("/v1/apps/app").await;
    assert_eq!((&app["prompt"]["text"], &app["model"]), (&json!(TEMPLATE), &json!("up")));
    assert_eq!(app["plugins"][0]["route"], "always");

    let body = json!({"model": "app", "messages": [
        {"role": "system", "content": "用中文回答😀"},
        {"role": "user", "content": "你好"}, {"role": "assistant", "content": "您好"},
        {"role": "user", "content": "学费\"多少\"？"}]});
    let turn = rig.host.chat(body).await;
    let trace = rig.host.trace(&turn.id).await;
    let call = &trace["model_calls"][0];
    let again = async |template: &str| {
        let body = json!({"trace": turn.id, "template": template});
        let response = rig.host.post("/v1/apps/app/prompt", body).await;
        (response.status(), response.json::<Value>().await.unwrap())
    };
    let (status, same) = again(TEMPLATE).await;
    assert_eq!(status, 200, "{same}");
    for key in ["request_text", "estimated_tokens", "parts", "cuts", "passages", "prompt_budget"] {
        assert_eq!(same[key], call[key], "{key}");
    }
    let template =
        "{{ variables.province | default('') }}只说数字。{% for p in passages %}<{{ p.text }}>{% endfor %}";
    let (_, other) = again(template).await;
    let request: Value = serde_json::from_str(other["request_text"].as_str().unwrap()).unwrap();
    let system = request["messages"][0]["content"].as_str().unwrap();
    assert!(system.starts_with("只说数字。<") && system.contains("学费每年五千元"), "{system}");
    assert_eq!(request["messages"].as_array().unwrap().len(), 4);
    assert!(other["cuts"][0]["what"].as_str().unwrap().contains("client's system message"), "{other}");
    let (status, broken) = again("你是\n顾问{{ nobody }}").await;
    assert_eq!(
        (status, &broken["error"]["code"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("invalid_template"))
    );
    assert_eq!((&broken["error"]["line"], &broken["error"]["column"]), (&json!(2), &json!(6)), "{broken}");
    let (status, _) =
        again("{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "one that never ends is refused");

    let url = "/v1/apps/app";
    let digest = &app["prompt"]["digest"];
    let (_, shown) = rig.patch(url, json!({"prompt": template, "dry_run": true, "if_digest": digest})).await;
    assert!(shown["diff"].as_str().unwrap().contains("+{{ variables.province"), "{shown}");
    assert_eq!(std::fs::read_to_string(rig.template()).unwrap(), TEMPLATE);
    let (status, made) = rig.patch(url, json!({"prompt": template, "if_digest": digest})).await;
    assert_eq!((status, &made["changed"]), (StatusCode::OK, &json!(["apps.app.prompt"])), "{made}");
    assert_eq!(std::fs::read_to_string(rig.template()).unwrap(), template);
    assert_eq!(rig.host.ask("app", "学费多少？").await.status, 200);
    assert!(self::system(&upstream, 1).starts_with("只说数字。"));
    assert_eq!(rig.host.get(url).await["prompt"]["variables"], json!(["province"]));
    let (status, stale) = rig.patch(url, json!({"prompt": "x", "if_digest": digest})).await;
    assert_eq!((status, &stale["error"]["code"]), (StatusCode::CONFLICT, &json!("file_changed")));
    let (_, broken) = rig.patch(url, json!({"prompt": "{{ nobody }}"})).await;
    assert_eq!(broken["error"]["code"], "invalid_template");
    assert_eq!(std::fs::read_to_string(rig.template()).unwrap(), template);

    // One with the built-in template gets a file of its own, and its name stands in the configuration.
    rig.change("prompt = \"own.md\"\n", "");
    assert_eq!(rig.reload().await.0, 200);
    let (status, made) = rig.patch(url, json!({"prompt": "自己的模板"})).await;
    assert_eq!(status, 200, "{made}");
    assert!(
        rig.text().contains("[apps.app]\nmodel = \"up\"\nprompt = \"prompts/app.md.j2\"\n"),
        "{}",
        rig.text()
    );
    assert_eq!(rig.host.ask("app", "学费多少？").await.status, 200);
    assert_eq!(self::system(&upstream, 2), "自己的模板");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_needs_a_restart_is_named_and_the_rest_is_applied() {
    let rig = Rig::start(&Upstream::playing([]).await).await;
    rig.change("# 配置\n", "# 配置\n[server]\nlisten = \"127.0.0.1:9\"\ndata_dir = \"elsewhere\"\nmax_turns = 7\nturn_timeout = \"90s\"\n");
    rig.change("[engine]\n", "[engine]\nmax_concurrent_calls = 3\n");
    for _ in 0..2 {
        let (status, reloaded) = rig.reload().await;
        assert_eq!(status, 200, "{reloaded}");
        assert_eq!(
            reloaded["needs_restart"],
            json!(["server.listen", "server.data_dir", "server.max_turns", "engine.max_concurrent_calls"])
        );
    }
    assert!(!rig.path.with_file_name("elsewhere").exists());
    let hits = rig.host.post("/v1/knowledge-bases/a/search", json!({"query": "学费"})).await;
    assert_eq!(hits.json::<Value>().await.unwrap()["hits"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_configuration_is_shown_with_defaults_and_without_secrets_and_checked_as_text() {
    let rig = Rig::start(&Upstream::playing([]).await).await;
    let key = "sk-geheim0123456789abcdef";
    let plugin = format!(
        "[plugins.api]\ncomponent = \"builtin:http-api\"\ngrants = {{ hosts = [\"https://api.example.com\"] }}\n\
         config = {{ url = \"https://api.example.com/\", headers = {{ authorization = \"Bearer {key}\" }} }}\n"
    );
    rig.write(&format!("{}\n{plugin}", rig.text()));
    let shown = rig.host.get("/v1/config").await;
    assert!(shown["changed_on_disk"].is_u64(), "{shown}");
    let (status, reloaded) = rig.reload().await;
    assert_eq!(status, 200, "{reloaded}");
    let shown = rig.host.get("/v1/config").await;
    assert_eq!(shown["changed_on_disk"], false);
    assert_eq!(shown["effective"]["knowledge"]["a"]["threshold"], json!({"value": 0.1, "default": false}));
    assert_eq!(shown["effective"]["server"]["max_turns"], json!({"value": 256, "default": true}));
    let text = shown.to_string();
    assert!(
        !text.contains(key) && text.contains("[secret plugins.api.config.headers.authorization]"),
        "{text}"
    );

    let check = async |text: String| {
        let request = rig.host.http.post(format!("{}/v1/config/check", rig.host.url));
        let response = request.header("content-type", "text/plain").body(text).send().await.unwrap();
        response.json::<Value>().await.unwrap()["problems"].as_array().unwrap().clone()
    };
    assert!(check(String::new()).await.is_empty());
    let mistakes =
        rig.text().replace("top_k = 3", "top_k = \"3\"").replace("threshold = 0.1", "treshold = 0.1");
    let problems = check(mistakes.clone()).await;
    assert_eq!(problems.len(), 2, "{problems:?}");
    for problem in &problems {
        let key = problem["where"].as_str().unwrap().rsplit('.').next().unwrap();
        let line = mistakes.lines().nth(problem["line"].as_u64().unwrap() as usize - 1).unwrap();
        assert!(line.starts_with(key), "{problem}: {line}");
        assert!(problem["message"].as_str().is_some_and(|text| !text.is_empty()));
    }
    assert!(
        rig.host.get("/v1/config").await["text"].as_str().unwrap().contains("top_k = 3"),
        "nothing is applied"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_at_work_ends_though_its_base_is_taken_out_of_the_configuration() {
    let rig = Rig::start(&Upstream::playing([]).await).await;
    rig.embeddings.hold();
    let url = format!("{}/v1/knowledge-bases/a/imports?id=b.md", rig.host.url);
    let body = "# 住宿\n\n住宿费一千元。\n";
    let job: Value = rig.host.http.post(url).body(body).send().await.unwrap().json().await.unwrap();
    let id = job["id"].as_str().unwrap().to_owned();
    let text = rig.text();
    let base = &text[text.find("[knowledge.a]").unwrap()..text.find("[plugins.kb]").unwrap()];
    let app = &text[text.find("[apps.app]").unwrap()..text.find("[engine]").unwrap()];
    let plugin = &text[text.find("[plugins.kb]").unwrap()..text.find("[apps.app]").unwrap()];
    let other = "[apps.other]\nmodel = \"up\"\n";
    rig.write(&text.replace(base, "").replace(app, other).replace(plugin, ""));
    let (status, reloaded) = rig.reload().await;
    assert_eq!(status, 200, "{reloaded}");
    let gone = rig.host.post("/v1/knowledge-bases/a/search", json!({"query": "学费"})).await;
    assert_eq!(gone.status(), StatusCode::NOT_FOUND);
    rig.embeddings.release();
    let ended = eventually("the end of the job", async || {
        let job = rig.host.get(&format!("/v1/jobs/{id}")).await;
        ["done", "failed"].contains(&job["state"].as_str().unwrap()).then_some(job)
    })
    .await;
    assert_eq!((&ended["state"], &ended["imported"]), (&json!("done"), &json!(1)), "{ended}");
    rig.write(&text);
    assert_eq!(rig.reload().await.0, 200);
    let listed = rig.host.get("/v1/knowledge-bases/a/documents").await;
    assert_eq!(listed["data"].as_array().unwrap().len(), 2, "{listed}");
}
