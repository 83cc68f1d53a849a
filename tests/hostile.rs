use std::time::Instant;

use serde_json::{Value, json};

use crate::support::{Host, Script, Upstream, hostile};

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
    let behaviours = [
        ("loop", r#"{ behaviour = "loop" }"#),
        ("memory", r#"{ behaviour = "memory" }"#),
        ("output", r#"{ behaviour = "output", bytes = 30000000 }"#),
        ("panic", r#"{ behaviour = "panic" }"#),
        ("overflow", r#"{ behaviour = "overflow" }"#),
        ("resources", r#"{ behaviour = "resources" }"#),
    ];
    let upstream = upstream(behaviours.len() * 2).await;
    let host = Host::start(&config(&upstream, &behaviours, ""));
    for (name, expected) in [
        ("loop", "no result within 3s"),
        ("memory", "memory"),
        ("output", "limits.output"),
        ("panic", "出错了"),
        ("overflow", "stack"),
        ("resources", ""),
    ] {
        let started = Instant::now();
        let error = contained(&host, name).await;
        assert!(error.contains(expected), "{name}: {error}");
        assert!(started.elapsed().as_secs() < 20, "{name} held the host for {:?}", started.elapsed());
    }
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
async fn a_granted_host_cannot_redirect_to_one_that_is_not() {
    let inside = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = format!("http://{}/", inside.local_addr().unwrap());
    let redirecting = axum::Router::new().fallback(move || {
        let target = target.clone();
        async move { axum::response::Redirect::temporary(&target) }
    });
    let outside = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let granted = outside.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(outside, redirecting).await });
    let behaviour = format!(r#"{{ behaviour = "http", scheme = "http", authority = "{granted}" }}"#);
    let upstream = upstream(2).await;
    let grants = format!("grants = {{ hosts = [\"http://{granted}\"] }}");
    let host = Host::start(&config(&upstream, &[("redirect", &behaviour)], &grants));
    let error = contained(&host, "redirect").await;
    assert!(error.contains("denied"), "{error}");
    // Nobody has knocked at the address inside.
    let knocked = tokio::time::timeout(std::time::Duration::ZERO, inside.accept()).await;
    assert!(knocked.is_err(), "the host followed the redirect");
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
