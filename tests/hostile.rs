use serde_json::{Value, json};

use crate::support::{Host, Reply, Script, Service, Upstream, hostile};

/// One app for each behaviour, all with the same component, and a good app beside them.
fn config(upstream: &Upstream, behaviours: &[(&str, &str)], grants: &str) -> String {
    let mut text = format!(
        "[models.up]\nbase_url = \"{}\"\nmodel = \"m\"\n[apps.good]\nmodel = \"up\"\n",
        upstream.base_url
    );
    for (name, behaviour) in behaviours {
        for (app, on_failure) in [(name.to_string(), "continue"), (format!("{name}-fail"), "fail")] {
            text.push_str(&format!(
                r#"
[apps.{app}]
model = "up"
[[apps.{app}.plugins]]
plugin = "{name}"
route = "always"
on_failure = "{on_failure}"
"#
            ));
        }
        text.push_str(&format!(
            r#"
[plugins.{name}]
component = "{}"
config = {behaviour}
limits = {{ timeout = "3s" }}
{grants}
"#,
            hostile().display()
        ));
    }
    text
}

/// Asks the app that goes on and the app that fails, and then the good one; returns the error the
/// trace has.
async fn contained(host: &Host, name: &str) -> String {
    let chat = host.ask(name, "问").await;
    assert_eq!(
        (chat.status, chat.text()),
        (200, "模型答"),
        "{name} goes on without the plugin: {}",
        chat.body
    );
    let trace = host.trace(&chat.id).await;
    let error = trace["calls"][0]["error"]
        .as_str()
        .unwrap_or_else(|| panic!("{name}: no error in {trace}"))
        .to_owned();
    let failed = host.ask(&format!("{name}-fail"), "问").await;
    assert_eq!((failed.status, &failed.body["error"]["code"]), (502, &json!("plugin_failed")), "{name}");
    assert_eq!(host.ask("good", "问").await.text(), "模型答", "the next turn is served after {name}");
    error
}

async fn upstream(turns: usize) -> Upstream {
    Upstream::playing((0..turns).map(|_| Script::Says(vec!["模型答"]))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn guests_that_run_wild_are_stopped() {
    let wild = [
        ("loop", r#"{ behaviour = "loop" }"#, "no result within 3s"),
        ("memory", r#"{ behaviour = "memory" }"#, "more than 64MiB of memory"),
        ("output", r#"{ behaviour = "output", bytes = 30000000 }"#, "limits.output"),
        ("panic", r#"{ behaviour = "panic" }"#, "出错了"),
        ("exit", r#"{ behaviour = "exit" }"#, "the plugin crashed"),
        ("overflow", r#"{ behaviour = "overflow" }"#, "stack overflow"),
        ("frames", r#"{ behaviour = "overflow-frames" }"#, "the plugin crashed"),
        ("resources", r#"{ behaviour = "resources" }"#, "`limits.handles`"),
        ("random", r#"{ behaviour = "random", bytes = 1000000000000 }"#, "the plugin crashed"),
    ];
    let upstream = upstream(wild.len() * 2).await;
    let host = Host::start(&config(&upstream, &wild.map(|(name, behaviour, _)| (name, behaviour)), ""));
    for (name, _, expected) in wild {
        let error = contained(&host, name).await;
        assert!(error.contains(expected), "{name}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_never_answers_takes_no_more_than_the_plugins_time() {
    let service = Service::playing([Reply::Silent, Reply::Silent]).await;
    let behaviour =
        format!(r#"{{ behaviour = "http", scheme = "http", authority = "{}" }}"#, service.authority());
    let upstream = upstream(2).await;
    let grants = format!("grants = {{ hosts = [\"{}\"] }}", service.origin);
    let host = Host::start(&config(&upstream, &[("waiting", &behaviour)], &grants));
    let error = contained(&host, "waiting").await;
    assert!(error.contains("no result within 3s"), "{error}");
    service.client_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_granted_is_denied_and_the_trace_names_the_line_to_add() {
    let behaviours = [
        ("host", r#"{ behaviour = "http", scheme = "https", authority = "api.example.com" }"#),
        ("private", r#"{ behaviour = "http", scheme = "http", authority = "127.0.0.1:9" }"#),
        ("metadata", r#"{ behaviour = "http", scheme = "http", authority = "169.254.169.254" }"#),
        ("base", r#"{ behaviour = "search", bases = ["secret"] }"#),
    ];
    let upstream = upstream(behaviours.len() * 2).await;
    let host = Host::start(&config(&upstream, &behaviours, ""));
    for (name, _) in behaviours {
        let error = contained(&host, name).await;
        assert!(error.contains("denied"), "{name}: {error}");
        let chat = &host.get("/v1/traces?limit=3").await["data"][2]["id"];
        let trace = host.trace(chat.as_str().unwrap()).await.to_string();
        assert!(trace.contains(&format!("[plugins.{name}.grants]")), "{name}: {trace}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_knowledge_base_that_is_there_and_not_granted_is_not_searched() {
    let behaviours = [("other", r#"{ behaviour = "search", bases = ["secret"] }"#)];
    let upstream = upstream(2).await;
    let text = config(&upstream, &behaviours, "grants = { knowledge = [\"open\"] }");
    let host = Host::start(&format!("{text}\n[knowledge.open]\n[knowledge.secret]\nthreshold = 0.0\n"));
    host.import("secret", "a.md", "# 问\n\n问：内部资料，不得外传。").await;
    let found = host.post("/v1/knowledge-bases/secret/search", json!({"query": "问"})).await;
    assert!(found.text().await.unwrap().contains("不得外传"), "the operator finds it");
    let error = contained(&host, "other").await;
    assert!(error.contains("add \"secret\" to `knowledge` in [plugins.other.grants]"), "{error}");
    assert!(upstream.received().iter().all(|sent| !String::from_utf8_lossy(sent).contains("不得外传")));
    for turn in host.get("/v1/traces").await["data"].as_array().unwrap() {
        let trace = host.trace(turn["id"].as_str().unwrap()).await.to_string();
        assert!(!trace.contains("不得外传"), "{trace}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_granted_host_cannot_redirect_to_one_that_is_not() {
    let inside = Service::playing([]).await;
    let port = inside.authority().rsplit(':').next().unwrap();
    let targets = [
        inside.origin.clone(),
        format!("http://localhost:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        format!("http://0x7f.1:{port}/"),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "http://10.0.0.1/".to_owned(),
        "http://[fd00::1]/".to_owned(),
    ];
    let replies =
        targets.iter().flat_map(|to| [Reply::RedirectsTo(to.clone()), Reply::RedirectsTo(to.clone())]);
    let granted = Service::playing(replies).await;
    let behaviour =
        format!(r#"{{ behaviour = "http", scheme = "http", authority = "{}" }}"#, granted.authority());
    let upstream = upstream(2 * targets.len()).await;
    let grants = format!("grants = {{ hosts = [\"{}\"] }}", granted.origin);
    let host = Host::start(&config(&upstream, &[("redirect", &behaviour)], &grants));
    for target in &targets {
        let error = contained(&host, "redirect").await;
        assert!(error.contains("denied"), "{target}: {error}");
    }
    assert_eq!(granted.asked().len(), 2 * targets.len());
    assert!(inside.asked().is_empty(), "the host followed a redirect");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_for_its_origin_and_no_redirect_takes_it_elsewhere() {
    let (service, other) = (Service::playing([]).await, Service::playing([]).await);
    // There, away, and back again: whoever sent the request back must not be given the secret's answer.
    service.then(Reply::RedirectsTo(format!("{}/take", other.origin)));
    other.then(Reply::RedirectsTo(format!("{}/back", service.origin)));
    service.then(Reply::Text(200, "回来了"));
    let behaviour =
        format!(r#"{{ behaviour = "http", scheme = "http", authority = "{}" }}"#, service.authority());
    let upstream = upstream(1).await;
    let grants = format!(
        r#"
[plugins.carried.grants]
hosts = ["{origin}", "{other}"]
secrets = [{{ secret = "key", host = "{origin}", header = "x-api-key", value = "Key {{secret}}" }}]
[secrets.key]
file = "key"
"#,
        origin = service.origin,
        other = other.origin
    );
    let text = config(&upstream, &[("carried", &behaviour)], &grants);
    let host = Host::prepared(&text, |folder, _| std::fs::write(folder.join("key"), "geheim").unwrap());
    let trace = host.trace(&host.ask("carried", "问").await.id).await;
    let key = |service: &Service, visit: usize| service.asked()[visit].header("x-api-key").to_owned();
    assert_eq!(
        (key(&service, 0), key(&other, 0), key(&service, 1)),
        ("Key geheim".into(), "".into(), "".into())
    );
    assert_eq!(service.asked()[1].what(), "GET /back");
    assert!(trace["calls"][0]["contribution"]["text"].as_str().unwrap().ends_with("回来了"), "{trace}");
    assert!(!trace.to_string().contains("geheim"));
}

#[tokio::test(flavor = "multi_thread")]
async fn files_environment_and_sockets_give_nothing() {
    let upstream = upstream(1).await;
    let host = Host::start(&config(&upstream, &[("probe", r#"{ behaviour = "probe" }"#)], ""));
    let trace: Value = host.trace(&host.ask("probe", "问").await.id).await;
    let call = &trace["calls"][0];
    assert_eq!(call["error"], Value::Null, "{call}");
    let said = call["contribution"]["text"].as_str().unwrap();
    assert_eq!(said, "", "the guest got hold of something");
}
