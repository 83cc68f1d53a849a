use serde_json::{Value, json};

use crate::support::{Host, Reply, Script, Service, Upstream, component, eventually, hostile};

/// A plugin's row in the list.
async fn seen(host: &Host, name: &str) -> Value {
    let list = host.get("/v1/plugins").await;
    let row = list.as_array().unwrap().iter().find(|row| row["name"] == name);
    row.unwrap_or_else(|| panic!("no {name} in {list}")).clone()
}

/// A test run that is answered with 200.
async fn run(host: &Host, name: &str, body: Value) -> Value {
    let response = host.post(&format!("/v1/plugins/{name}/run"), body).await;
    let status = response.status();
    let told: Value = response.json().await.unwrap();
    assert_eq!(status, 200, "{told}");
    told
}

/// An app with one plugin that sends a request to the service, and searches in no base.
fn asking(upstream: &Upstream, service: &Service, grants: &str) -> String {
    format!(
        r#"
[models.up]
base_url = "{}"
model = "m"
[knowledge.policy]
[plugins.guest]
component = "{}"
config = {{ behaviour = "http", scheme = "http", authority = "{}", path = "/x" }}
limits = {{ timeout = "20s" }}
{grants}
[apps.app]
model = "up"
plugins = [{{ plugin = "guest", route = "always", on_failure = "continue" }}]
"#,
        upstream.base_url,
        hostile().display(),
        service.authority(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_without_its_grant_is_seen_with_the_line_that_mends_it() {
    let upstream =
        Upstream::playing([Script::Says(vec!["答"]), Script::Says(vec!["答"]), Script::Says(vec!["答"])])
            .await;
    let service = Service::playing([Reply::Text(200, "好"), Reply::Text(200, "好")]).await;
    let granted = "grants = { hosts = [\"https://*.example.com\"] }";
    let host = Host::start(&asking(&upstream, &service, granted));
    let row = seen(&host, "guest").await;
    assert_eq!((&row["seen"]["calls"], &row["seen"]["p50_ms"]), (&json!(0), &Value::Null), "{row}");
    host.ask("app", "一").await;
    let last = host.ask("app", "二").await;

    let row = seen(&host, "guest").await;
    let told = &row["seen"];
    assert_eq!((&told["calls"], &told["errors"]), (&json!(2), &json!(2)), "{row}");
    let denied = &told["denied"][0];
    let line = format!("hosts = [\"https://*.example.com\", \"{}\"]", service.origin);
    assert_eq!(
        (&denied["what"], &denied["line"], &denied["table"], &denied["count"], &denied["last"]),
        (&json!(service.origin), &json!(line), &json!("plugins.guest.grants"), &json!(2), &json!(last.id)),
        "{row}"
    );
    assert_eq!(told["denied"].as_array().unwrap().len(), 1, "{row}");
    assert_eq!(told["last_errors"][0]["trace"], last.id.as_str(), "{row}");
    assert!(
        told["p50_ms"].as_f64().unwrap() > 0.0 && told["since"].as_u64().unwrap() > 1_700_000_000,
        "{row}"
    );
    assert_eq!(
        (&row["used_by"], &row["kind"]),
        (&json!([{"app": "app", "route": "always"}]), &json!("contributor"))
    );
    assert_eq!(row["digest"].as_str().unwrap().len(), 64);

    // What a test run asks for is seen as well; it has no trace, so the turn's stays.
    let tried = run(&host, "guest", json!({"question": "三"})).await;
    assert_eq!(
        (&tried["denied"][0]["line"], &tried["error_kind"]),
        (&json!(line), &json!("failed")),
        "{tried}"
    );
    let denied = seen(&host, "guest").await["seen"]["denied"][0].clone();
    assert_eq!((&denied["count"], &denied["last"]), (&json!(3), &json!(last.id)), "{denied}");

    // The line, pasted into its table, lets the next call through.
    let table = format!("[{}]\n{line}", denied["table"].as_str().unwrap());
    let host = Host::start(&asking(&upstream, &service, &table));
    let tried = run(&host, "guest", json!({"question": "四"})).await;
    assert_eq!((&tried["error"], &tried["denied"]), (&Value::Null, &json!([])), "{tried}");
    assert!(tried["contribution"]["text"].as_str().unwrap().contains("好"), "{tried}");
    assert_eq!(tried["http"][0]["status"], 200, "{tried}");
    host.ask("app", "五").await;
    let row = seen(&host, "guest").await;
    assert_eq!(row["seen"]["used"]["hosts"], json!([service.origin]), "{row}");
    assert_eq!((&row["seen"]["worst"]["requests"], &row["seen"]["denied"]), (&json!(1), &json!([])), "{row}");
    let (peak, limit) = (&row["seen"]["worst"]["memory"], &row["limits"]["memory"]);
    assert!(
        peak.as_u64() > Some(0) && peak.as_u64() < limit.as_u64() && *peak == row["seen"]["peak_memory"],
        "{row}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_base_is_named_with_its_line_where_there_is_such_a_base_and_limits_are_too() {
    let config = format!(
        r#"
[knowledge.policy]
[knowledge.faq]
[plugins.guest]
component = "{}"
config = {{ behaviour = "search", bases = ["faq", "nowhere"] }}
grants = {{ knowledge = ["policy"] }}
[plugins.often]
component = "{0}"
config = {{ behaviour = "search", bases = [], times = 9 }}
grants = {{ knowledge = ["policy"] }}
limits = {{ searches = 3 }}
"#,
        hostile().display()
    );
    let host = Host::start(&config);
    let tried = run(&host, "guest", json!({"question": "问"})).await;
    let denied = tried["denied"].as_array().unwrap();
    let told = |what: &str| denied.iter().find(|denied| denied["what"] == what).unwrap();
    assert_eq!(told("faq")["line"], "knowledge = [\"policy\", \"faq\"]", "{tried}");
    assert_eq!(
        (&told("nowhere")["line"], &told("nowhere")["table"]),
        (&Value::Null, &Value::Null),
        "{tried}"
    );
    assert_eq!(tried["app"], Value::Null, "no app uses it");

    let tried = run(&host, "often", json!({"question": "问"})).await;
    assert_eq!(
        (&tried["denied"][0]["line"], &tried["denied"][0]["table"]),
        (&json!("searches = 6"), &json!("plugins.often.limits")),
        "{tried}"
    );
    let row = seen(&host, "often").await;
    assert_eq!(
        (&row["seen"]["used"]["knowledge"], &row["seen"]["worst"]["searches"]),
        (&json!(["policy"]), &json!(4))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_run_gives_what_a_turn_would_be_given() {
    let config = format!(
        r#"
[plugins.echo]
component = "{0}"
config = {{ behaviour = "echo" }}
[plugins.panics]
component = "{0}"
config = {{ behaviour = "panic" }}
[plugins.chatty]
component = "{0}"
config = {{ behaviour = "log", lines = 3 }}
[plugins.repeater]
component = "{1}"
[apps.app]
answer = "direct"
plugins = [{{ plugin = "echo", route = "forced" }}]
formatters = ["repeater"]
"#,
        hostile().display(),
        component("formatter").display(),
    );
    let host = Host::start(&config);
    let history = json!([{"role": "user", "content": "你好"}, {"role": "assistant", "content": "您好"}]);
    let body = json!({"question": "广州呢？", "history": history, "arguments": {"city": "广州"}, "variables": {"a": "b"}, "app": "app"});
    let tried = run(&host, "echo", body).await;
    assert_eq!(
        (&tried["contribution"]["kind"], &tried["contribution"]["text"], &tried["app"]),
        (&json!("outcome"), &json!("广州呢？ 2 {\"city\":\"广州\"}"), &json!("app")),
        "{tried}"
    );
    assert!(tried["ms"].as_f64().unwrap() > 0.0 && tried["memory"].as_u64().unwrap() > 0, "{tried}");
    let refused = run(&host, "echo", json!({"question": "问", "arguments": {"town": 1}})).await;
    assert!(refused["error"].as_str().unwrap().starts_with("invalid arguments"), "{refused}");

    let broken = run(&host, "panics", json!({"question": "问"})).await;
    assert!(
        broken["error"].as_str().unwrap().contains("出错了") && broken["error_kind"] == "trap",
        "{broken}"
    );
    assert_eq!(broken["contribution"], Value::Null);
    let chatty = run(&host, "chatty", json!({"question": "问"})).await;
    assert_eq!((chatty["logs"].as_array().unwrap().len(), &chatty["logs"][0]["level"]), (3, &json!("warn")));

    let long = "长".repeat(20_000);
    let formatted = run(&host, "repeater", json!({"text": long, "sources": [{"title": "甲"}]})).await;
    assert_eq!(formatted["text"], format!("{long}[4 pieces, 1 sources]"), "fed in parts of 16 KiB");
    let failed = run(&host, "repeater", json!({"text": "FAIL"})).await;
    assert_eq!((&failed["text"], &failed["error_kind"]), (&Value::Null, &json!("failed")), "{failed}");
    let row = seen(&host, "repeater").await;
    assert_eq!((&row["kind"], &row["used_by"][0]["route"]), (&json!("formatter"), &json!("formatter")));
    assert_eq!((&row["seen"]["calls"], &row["seen"]["errors"]), (&json!(2), &json!(1)), "{row}");
    assert!(row["seen"]["worst"]["output"].as_u64().unwrap() > 16_000, "{row}");
    assert_eq!(host.get("/v1/traces").await["data"], json!([]), "a test run is no turn");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_run_that_cannot_be_is_refused_with_what_to_send() {
    let config = format!(
        "[plugins.echo]\ncomponent = \"{}\"\nconfig = {{ behaviour = \"echo\" }}\n[plugins.repeater]\ncomponent = \"{}\"\n",
        hostile().display(),
        component("formatter").display(),
    );
    let host = Host::start(&config);
    for (path, body, status, code, word) in [
        ("absent/run", json!({"question": "问"}), 404, "not_found", "there are: echo, repeater"),
        ("echo/run", json!({}), 400, "invalid_argument", "`question` is missing"),
        ("echo/run", json!({"question": " "}), 400, "invalid_argument", "`question` is missing"),
        ("echo/run", json!({"question": 1}), 400, "invalid_argument", "send {"),
        ("echo/run", json!({"qestion": "问"}), 400, "invalid_argument", "qestion"),
        ("echo/run", json!({"text": "文"}), 400, "invalid_argument", "contributor"),
        ("echo/run", json!({"question": "问", "app": "absent"}), 400, "invalid_argument", "no app `absent`"),
        (
            "echo/run",
            json!({"question": "问", "history": [{"role": "system", "content": "x"}]}),
            400,
            "invalid_argument",
            "`user` or `assistant`",
        ),
        ("repeater/run", json!({"question": "问"}), 400, "invalid_argument", "send `text`"),
        ("repeater/run", json!({}), 400, "invalid_argument", "`text` is missing"),
        ("echo/run", json!({"question": "长".repeat(100_000)}), 413, "body_too_large", ""),
    ] {
        let response = host.post(&format!("/v1/plugins/{path}"), body).await;
        assert_eq!(response.status(), status, "{path} {word}");
        let error: Value = response.json().await.unwrap();
        let message = error["error"]["message"].as_str().unwrap();
        assert!(error["error"]["code"] == code && message.contains(word), "{path} {word}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn test_runs_are_few_at_a_time() {
    let upstream = Upstream::playing([]).await;
    let service = Service::playing((0..4).map(|_| Reply::Silent)).await;
    let grants = format!("grants = {{ hosts = [\"{}\"] }}", service.origin);
    let host = Host::start(&asking(&upstream, &service, &grants));
    let body = json!({"question": "问"});
    let url = format!("{}/v1/plugins/guest/run", host.url);
    let running: Vec<_> = (0..4).map(|_| tokio::spawn(host.http.post(&url).json(&body).send())).collect();
    eventually("four test runs", async || {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        (service.asked().len() == 4).then_some(())
    })
    .await;
    let refused = host.post("/v1/plugins/guest/run", body).await;
    assert_eq!((refused.status().as_u16(), refused.headers().contains_key("retry-after")), (503, true));
    running.into_iter().for_each(|run| run.abort());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_for_the_admin_and_shows_no_key() {
    let upstream = Upstream::playing([]).await;
    let service = Service::playing([Reply::Json(json!({"a": 1}))]).await;
    let config = format!(
        r#"
[server]
admin_key_env = "PLUGINS_ADMIN_KEY"
[secrets.scores]
file = "scores.key"
[plugins.scores]
component = "builtin:http-api"
[plugins.scores.config]
url = "{0}/v1"
headers = {{ x-shop-token = "written-in-the-clear", x-about = "S3CR3T-of-scores" }}
[plugins.scores.grants]
hosts = ["{0}"]
secrets = [{{ secret = "scores", host = "{0}", header = "Authorization", value = "Bearer {{secret}}" }}]
{1}"#,
        service.origin,
        crate::chat::plain(&upstream)
    );
    let admin = "the-admin-key-of-the-plugins";
    let host = Host::prepared(&config, |folder, command| {
        std::fs::write(folder.join("scores.key"), "S3CR3T-of-scores\n").unwrap();
        command.env("PLUGINS_ADMIN_KEY", admin);
    });
    let get = host.http.get(format!("{}/v1/plugins", host.url));
    assert_eq!(get.try_clone().unwrap().send().await.unwrap().status(), 401);
    let run = host.http.post(format!("{}/v1/plugins/scores/run", host.url)).json(&json!({"question": "问"}));
    assert_eq!(run.try_clone().unwrap().send().await.unwrap().status(), 401);
    assert!(service.asked().is_empty());
    let tried = run.bearer_auth(admin).send().await.unwrap().text().await.unwrap();
    assert_eq!(service.asked()[0].header("authorization"), "Bearer S3CR3T-of-scores", "{tried}");
    let list = get.bearer_auth(admin).send().await.unwrap().text().await.unwrap();
    for text in [&tried, &list] {
        assert!(!text.contains("S3CR3T") && !text.contains("in-the-clear"), "{text}");
    }
    let row = &serde_json::from_str::<Value>(&list).unwrap()[0];
    assert_eq!(row["grants"], json!({"hosts": [service.origin], "knowledge": [], "secrets": ["scores"]}));
    assert_eq!(
        (&row["component"], &row["config"]["url"]),
        (&json!("builtin:http-api"), &json!(format!("{}/v1", service.origin)))
    );
    assert!(row["schema"]["properties"]["url"].is_object(), "{row}");
}
