use serde_json::json;
use tokio::sync::mpsc;

use crate::support::{Host, Script, Upstream};

#[tokio::test(flavor = "multi_thread")]
async fn each_piece_is_with_the_client_before_the_upstream_says_the_next() {
    let (tell, told) = mpsc::unbounded_channel();
    let upstream = Upstream::playing([Script::SaysWhatItIsTold(told)]).await;
    let host = Host::start(&crate::chat::plain(&upstream));
    let body = json!({"model": "plain", "stream": true, "messages": [{"role": "user", "content": "数"}]});
    tell.send("一").unwrap();
    let mut response = host.post("/v1/chat/completions", body).await;
    let mut seen = String::new();
    for (piece, next) in [("一", "二"), ("二", "三"), ("三", "四"), ("四", "五")] {
        // A host that gathers pieces would wait here for what is only said after this loop's turn.
        while !seen.contains(&format!(r#""delta":{{"content":"{piece}"}}"#)) {
            seen += &String::from_utf8_lossy(&response.chunk().await.unwrap().unwrap());
        }
        assert!(!seen.contains(next));
        tell.send(next).unwrap();
    }
    drop(tell);
    while let Some(chunk) = response.chunk().await.unwrap() {
        seen += &String::from_utf8_lossy(&chunk);
    }
    assert!(seen.ends_with("data: [DONE]\n\n"), "{seen}");
}

/// With the option unset, the system may hold a small piece back until the one before was acknowledged.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn tcp_nodelay_is_set_towards_the_client_the_model_and_what_plugins_call() {
    use crate::support::{Reply, Service, hostile};

    let folder = tempfile::tempdir().unwrap();
    let (library, log) = (folder.path().join("nodelay.so"), folder.path().join("log"));
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/support/nodelay.c");
    let built =
        std::process::Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).arg(source).status();
    assert!(built.unwrap().success(), "{source} does not build; the bundled SQLite needs a C compiler too");

    let service = Service::playing([Reply::Text(200, "好")]).await;
    let upstream = Upstream::playing([Script::Says(vec!["好"])]).await;
    let config = format!(
        r#"
{}
[plugins.caller]
component = "{}"
config = {{ behaviour = "http", scheme = "http", authority = "{}" }}
grants = {{ hosts = ["{}"] }}
[apps.calling]
model = "up"
plugins = [{{ plugin = "caller", route = "always", on_failure = "fail" }}]
"#,
        crate::chat::plain(&upstream),
        hostile().display(),
        service.authority(),
        service.origin
    );
    let host = Host::prepared(&config, |_, command| {
        command.env("LD_PRELOAD", &library).env("NODELAY_LOG", &log);
    });
    assert_eq!(host.ask("calling", "问").await.text(), "好");

    let port = |url: &str| url::Url::parse(url).unwrap().port().unwrap().to_string();
    let log = std::fs::read_to_string(&log).unwrap();
    let last = |column: usize, port: &str| {
        let lines = log.lines().rev().map(|line| line.split(' ').collect::<Vec<_>>());
        lines.filter(|fields| fields[column] == port).map(|fields| fields[2].to_owned()).next()
    };
    for (leg, column, port) in [
        ("client", 0, port(&host.url)),
        ("model", 1, port(&upstream.base_url)),
        ("plugin", 1, port(&service.origin)),
    ] {
        assert_eq!(last(column, &port).as_deref(), Some("1"), "{leg}: port {port} in\n{log}");
    }
}
