use serde_json::{Value, json};

use crate::support::{Host, Reply, Script, Service, Upstream, eventually, hostile};

/// One app around one plugin that calls a service, and would wait for it until long after the test.
fn config(upstream: &Upstream, service: &Service, component: &str, plugin: &str, route: &str) -> String {
    format!(
        r#"
[server]
max_turns = 1
[models.up]
base_url = "{}"
model = "m"
[plugins.caller]
component = "{component}"
config = {plugin}
grants = {{ hosts = ["{}"] }}
limits = {{ timeout = "1h" }}
[apps.app]
model = "up"
[[apps.app.plugins]]
plugin = "caller"
route = "{route}"
[apps.plain]
model = "up"
"#,
        upstream.base_url, service.origin
    )
}

fn guest(service: &Service) -> String {
    format!(r#"{{ behaviour = "http", scheme = "http", authority = "{}" }}"#, service.authority())
}

/// A client that asks and can be made to leave.
fn client(host: &Host, stream: bool) -> tokio::task::JoinHandle<()> {
    let body = json!({"model": "app", "stream": stream, "messages": [{"role": "user", "content": "问"}]});
    let request = host.http.post(format!("{}/v1/chat/completions", host.url)).json(&body);
    tokio::spawn(async move { _ = request.send().await.unwrap().text().await })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_leaves_ends_the_plugins_that_run_for_it() {
    let of = |text: &str, service: &Service| text.replace("ORIGIN", &service.origin);
    for (component, plugin) in [
        (hostile().display().to_string(), None),
        ("builtin:http-api".to_owned(), Some(r#"{ url = "ORIGIN/v1/scores" }"#)),
        ("builtin:search".to_owned(), Some(r#"{ provider = "searxng", endpoint = "ORIGIN" }"#)),
    ] {
        let service = Service::playing([Reply::Silent, Reply::Silent]).await;
        let upstream = Upstream::playing([Script::Says(vec!["好"])]).await;
        let plugin = plugin.map_or_else(|| guest(&service), |plugin| of(plugin, &service));
        let host = Host::start(&config(&upstream, &service, &component, &plugin, "always"));
        for (turns, stream) in [(1, true), (2, false)] {
            let client = client(&host, stream);
            service.is_asked().await;
            client.abort();
            service.client_left().await;
            let trace = host.newest_trace_of(turns).await;
            assert_eq!(trace["finish_reason"], "cancelled", "{component}: {trace}");
            assert_eq!(trace["routes"][0]["verdict"], "call");
            assert_eq!((&trace["answer"], &trace["model_calls"]), (&json!(""), &json!([])));
        }
        assert!(upstream.received().is_empty(), "no model is asked for a client that has left");
        // There is one place for a turn, and it is free again.
        let served = async || Some(host.ask("plain", "问").await).filter(|chat| chat.status == 200);
        assert_eq!(eventually("a place for the next turn", served).await.text(), "好");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_leaves_ends_a_plugin_the_model_has_called() {
    let service = Service::playing([Reply::Silent]).await;
    let upstream = Upstream::playing([Script::Calls("caller", "{}")]).await;
    let component = hostile().display().to_string();
    let host = Host::start(&config(&upstream, &service, &component, &guest(&service), "model"));
    let client = client(&host, true);
    service.is_asked().await;
    client.abort();
    service.client_left().await;
    let trace = host.newest_trace_of(1).await;
    assert_eq!(trace["finish_reason"], "cancelled", "{trace}");
    let calls = trace["model_calls"].as_array().unwrap();
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0]["request_text"].as_str().unwrap().as_bytes(), upstream.received()[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_leaves_ends_a_loop_that_never_calls_the_host() {
    let upstream = Upstream::playing([]).await;
    // One place for a plugin call: while the loop has it, nobody else is served.
    let text = format!(
        r#"
[engine]
max_concurrent_calls = 1
max_waiting = 0
[plugins.loop]
component = "{guest}"
config = {{ behaviour = "loop" }}
limits = {{ timeout = "1h" }}
[plugins.echo]
component = "{guest}"
config = {{ behaviour = "echo" }}
[models.up]
base_url = "{up}"
model = "m"
[apps.app]
model = "up"
plugins = [{{ plugin = "loop", route = "always" }}]
[apps.other]
answer = "direct"
plugins = [{{ plugin = "echo", route = "always", on_failure = "fail" }}]
"#,
        guest = hostile().display(),
        up = upstream.base_url
    );
    let host = Host::start(&text);
    let mut client = self::client(&host, false);
    let refused = async || {
        // A question of ours may have had the place when the loop came: then it comes again.
        if client.is_finished() {
            client = self::client(&host, false);
        }
        Some(host.post("/v1/chat/completions", other()).await).filter(|r| r.status() == 503)
    };
    let refused = eventually("the loop in the only place", refused).await;
    assert!(refused.headers()["retry-after"].to_str().unwrap().parse::<u32>().unwrap() > 0);
    let id = refused.headers()["x-request-id"].to_str().unwrap().to_owned();
    let refused: Value = refused.json().await.unwrap();
    assert_eq!(refused["error"]["code"], "busy");
    assert!(refused["error"]["message"].as_str().unwrap().starts_with("the host is busy"), "{refused}");
    let trace = host.trace(&id).await;
    assert!(trace["error"].as_str().unwrap().contains("engine.max_concurrent_calls"), "{trace}");
    client.abort();
    let served = async || Some(host.chat(other()).await).filter(|chat| chat.status == 200);
    assert_eq!(eventually("the only place free", served).await.text().trim(), "在吗 0");
}

fn other() -> Value {
    json!({"model": "other", "messages": [{"role": "user", "content": "在吗"}]})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_over_its_time_ends_its_plugins_too() {
    let service = Service::playing([Reply::Silent]).await;
    let upstream = Upstream::playing([Script::Says(vec!["好"])]).await;
    let component = hostile().display().to_string();
    let text = config(&upstream, &service, &component, &guest(&service), "always");
    let host = Host::start(&text.replace("max_turns = 1", "max_turns = 1\nturn_timeout = \"1s\""));
    let chat = host.ask("app", "问").await;
    assert_eq!((chat.status, &chat.body["error"]["code"]), (504, &json!("turn_timeout")), "{}", chat.body);
    service.client_left().await;
    let trace = host.trace(&chat.id).await;
    assert_eq!(trace["finish_reason"], "error");
    assert!(trace["error"].as_str().unwrap().contains("turn_timeout = 1s in [server]"), "{trace}");
    assert_eq!(host.ask("plain", "问").await.text(), "好");
}
