//! The way out, from a guest to servers these tests start.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::Query as Parameters;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::any;

use super::*;

/// Headers as lines, so that a guest sees what the server saw.
async fn echo(headers: HeaderMap, body: String) -> String {
    let mut lines: Vec<_> =
        headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap_or("?"))).collect();
    lines.push(format!("{} bytes", body.len()));
    lines.join("\n")
}

async fn redirect(
    Parameters(to): Parameters<std::collections::HashMap<String, String>>,
) -> impl IntoResponse {
    let status = to.get("status").and_then(|status| status.parse().ok()).unwrap_or(302);
    (StatusCode::from_u16(status).unwrap(), [(header::LOCATION, to["to"].clone())])
}

/// A server on a port of its own; it ends with the test's runtime.
async fn server() -> SocketAddr {
    let app = Router::new()
        .route("/echo", any(echo))
        .route("/redirect", any(redirect))
        .route("/large", any(|| async { "x".repeat(100_000) }))
        .route(
            "/endless",
            any(|| async {
                let chunk = std::iter::repeat_with(|| Ok::<_, std::io::Error>("x".repeat(1024)));
                Body::from_stream(futures_util::stream::iter(chunk))
            }),
        )
        .route("/headers", any(|| async { [("x-long", "x".repeat(64 << 10))] }))
        .route("/switch", any(|| async { (StatusCode::SWITCHING_PROTOCOLS, [("upgrade", "x")]) }))
        .route("/stall", any(std::future::pending::<()>))
        .route(
            "/half",
            any(|| async {
                let first = futures_util::stream::iter([Ok::<_, std::io::Error>("first")]);
                Body::from_stream(futures_util::StreamExt::chain(first, futures_util::stream::pending()))
            }),
        );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

fn get(authority: impl ToString, path: &str) -> Value {
    json!({"behaviour": "http", "scheme": "http", "authority": authority.to_string(), "path": path})
}

fn granted(config: Value, hosts: &[String]) -> PluginSettings {
    let mut settings = settings(config);
    settings.grants.hosts = hosts.to_vec();
    settings
}

fn failure(outcome: &CallOutcome) -> &Failure {
    match &outcome.result {
        Err(CallError::Failed { failure }) => failure,
        other => panic!("expected a failure, got {other:?}"),
    }
}

#[tokio::test]
async fn a_granted_host_is_reached_and_the_report_leaves_the_query_out() {
    let (engine, server) = (engine(), server().await);
    let outcome =
        call(&engine, &granted(get(server, "/echo?key=geheim"), &[format!("http://{server}")])).await;
    let text = text(&outcome);
    assert!(text.starts_with("200\n") && text.contains(&format!("host: {server}")), "{text}");
    let [report] = outcome.report.http.as_slice() else { panic!("one request") };
    assert_eq!((report.method.as_str(), report.status, report.redirects), ("GET", Some(200), 0));
    assert_eq!(report.url, format!("http://{server}/echo"));
    assert!(report.body_bytes > 0 && report.denied.is_none() && report.error.is_none());
}

#[tokio::test]
async fn what_is_not_granted_is_denied_with_the_line_to_add() {
    let (engine, server) = (engine(), server().await);
    let port = server.port();
    for (config, granted_hosts, asked) in [
        (get(server, "/echo"), vec![], format!("http://{server}")),
        (
            get(server, "/echo"),
            vec![format!("https://{server}"), "http://127.0.0.1:1".into()],
            format!("http://{server}"),
        ),
        (
            get(format!("localhost:{port}"), "/echo"),
            vec![format!("http://{server}")],
            format!("http://localhost:{port}"),
        ),
        (get(format!("0x7f.1:{port}"), "/echo"), vec![], format!("http://{server}")),
        (
            get(format!("[::ffff:127.0.0.1]:{port}"), "/echo"),
            vec![format!("http://{server}")],
            format!("http://[::ffff:7f00:1]:{port}"),
        ),
    ] {
        let outcome = call(&engine, &granted(config, &granted_hosts)).await;
        assert!(matches!(failure(&outcome), Failure::Denied(_)), "{asked}: {:?}", outcome.result);
        let denied = outcome.report.http[0].denied.as_deref().unwrap();
        assert_eq!(
            denied,
            format!("plugin `guest` asked for {asked}: add hosts = [\"{asked}\"] to [plugins.guest.grants]")
        );
        assert_eq!(outcome.report.http[0].status, None);
    }
    serves(&engine).await;
}

#[tokio::test]
async fn a_user_name_or_a_trailing_dot_does_not_get_past_the_grants() {
    let (engine, server) = (engine(), server().await);
    for authority in [format!("api.example.com@{server}"), format!("localhost.:{}", server.port())] {
        let hosts = [
            format!("http://{server}"),
            "http://api.example.com".into(),
            format!("http://localhost:{}", server.port()),
        ];
        let outcome = call(&engine, &granted(get(&authority, "/echo"), &hosts)).await;
        // Either the guest's own runtime or the host refuses; nothing is sent.
        assert!(outcome.result.is_err(), "{authority}");
        assert!(outcome.report.http.iter().all(|report| report.status.is_none()), "{authority}");
    }
}

#[tokio::test]
async fn redirects_are_followed_within_the_grants_and_no_further() {
    let (engine, server, other) = (engine(), server().await, server().await);
    let hosts = [format!("http://{server}")];
    let followed = call(&engine, &granted(get(server, "/redirect?to=/echo"), &hosts)).await;
    assert!(text(&followed).starts_with("200\n"));
    assert_eq!(followed.report.http[0].redirects, 1);

    for target in [
        format!("http://{other}/echo"),
        "http://169.254.169.254/latest/meta-data/".into(),
        "http://127.1:1/".into(),
    ] {
        let outcome = call(&engine, &granted(get(server, &format!("/redirect?to={target}")), &hosts)).await;
        assert!(matches!(failure(&outcome), Failure::Denied(_)), "{target}: {:?}", outcome.result);
        let denied = outcome.report.http[0].denied.as_deref().unwrap();
        assert!(denied.contains("add hosts = [\"http://"), "{denied}");
    }
    for target in ["file:///etc/passwd", "ftp://example.com/"] {
        let outcome = call(&engine, &granted(get(server, &format!("/redirect?to={target}")), &hosts)).await;
        assert!(outcome.result.is_err() && outcome.report.http[0].denied.is_some(), "{target}");
    }
    let round = "/redirect?to=/redirect%3Fto%3D/redirect%253Fto%253D/redirect%25253Fto%25253D/redirect%2525253Fto%2525253D/redirect%252525253Fto%252525253D/redirect";
    let outcome = call(&engine, &granted(get(server, round), &hosts)).await;
    assert!(
        matches!(failure(&outcome), Failure::Unavailable(text) if text.contains("LoopDetected")),
        "{:?}",
        outcome.result
    );
    serves(&engine).await;
}

#[tokio::test]
async fn a_post_is_not_sent_again_but_303_turns_it_into_a_get() {
    let (engine, server) = (engine(), server().await);
    let hosts = [format!("http://{server}")];
    let post = |status: u16| {
        let mut config = get(server, &format!("/redirect?to=/echo&status={status}"));
        config["method"] = "POST".into();
        config["body"] = 10.into();
        granted(config, &hosts)
    };
    for status in [301, 302, 307, 308] {
        let outcome = call(&engine, &post(status)).await;
        assert!(text(&outcome).starts_with(&format!("{status}\n")), "the guest sees the redirect");
    }
    let outcome = call(&engine, &post(303)).await;
    assert!(text(&outcome).starts_with("200\n") && text(&outcome).ends_with("0 bytes"), "{}", text(&outcome));
}

#[tokio::test]
async fn bodies_are_capped_both_ways() {
    let (engine, server) = (engine(), server().await);
    let hosts = [format!("http://{server}")];
    for path in ["/large", "/endless"] {
        let mut settings = granted(get(server, path), &hosts);
        settings.limits.response_body = ByteSize(50_000);
        let outcome = call(&engine, &settings).await;
        assert!(matches!(failure(&outcome), Failure::Unavailable(_)), "{:?}", outcome.result);
        let report = &outcome.report.http[0];
        assert!(report.body_bytes <= 50_000);
        assert!(report.error.as_deref().unwrap().contains("limits.response_body"), "{report:?}");
    }
    let mut config = get(server, "/echo");
    config["method"] = "POST".into();
    config["body"] = 20_000.into();
    let mut settings = granted(config, &hosts);
    assert!(text(&call(&engine, &settings).await).ends_with("20000 bytes"));
    settings.limits.request_body = ByteSize(10_000);
    let outcome = call(&engine, &settings).await;
    assert!(outcome.report.http[0].error.as_deref().unwrap().contains("limits.request_body"));
    assert!(outcome.result.is_err());
}

#[tokio::test]
async fn the_deadline_covers_a_server_that_stalls() {
    let (engine, server) = (engine(), server().await);
    for path in ["/stall", "/half"] {
        let mut settings = granted(get(server, path), &[format!("http://{server}")]);
        settings.limits.timeout = Duration::from_millis(300);
        let outcome = call(&engine, &settings).await;
        assert_eq!(outcome.result, Err(CallError::Timeout { limit: Duration::from_millis(300) }), "{path}");
    }
    serves(&engine).await;
}

#[tokio::test]
async fn requests_of_one_call_are_counted() {
    let (engine, server) = (engine(), server().await);
    let request = json!({"scheme": "http", "authority": server.to_string(), "path": "/echo"});
    let mut settings = granted(
        json!({"behaviour": "requests", "times": 5, "request": request}),
        &[format!("http://{server}")],
    );
    settings.limits.requests = 4;
    let outcome = call(&engine, &settings).await;
    assert!(
        matches!(failure(&outcome), Failure::Unavailable(text) if text.contains("ConnectionLimitReached"))
    );
    assert_eq!(outcome.report.http.len(), 4);
}

#[tokio::test]
async fn a_secret_is_added_on_the_way_out_and_stays_with_its_origin() {
    let (engine, server, other) = (engine(), server().await, server().await);
    let file = std::env::temp_dir().join(format!("qianfan-secret-{}", uuid::Uuid::now_v7()));
    std::fs::write(&file, "geheim").unwrap();
    let secrets =
        Secrets::new([("key".to_owned(), SecretSettings { env: None, file: Some(file.clone()) })].into());
    let call = async |config: Value| {
        let mut settings = granted(config, &[format!("http://{server}"), format!("http://{other}")]);
        settings.grants.secrets = vec![SecretGrantSettings {
            secret: "key".into(),
            host: format!("http://{server}"),
            header: Some("X-Api-Key".into()),
            value: Some("Key {secret}".into()),
            ..SecretGrantSettings::default()
        }];
        Plugin::load(&engine, "guest", &settings, &secrets, &services())
            .await
            .unwrap()
            .contribute(&input())
            .await
    };
    // The guest is shown that it went out, and not what.
    let carried = "x-api-key: Key [secret key]";
    assert!(text(&call(get(server, "/echo")).await).contains(carried));
    assert!(text(&call(get(server, "/redirect?to=/echo")).await).contains(carried), "same origin");
    assert!(!text(&call(get(other, "/echo")).await).contains("x-api-key"));
    let away = call(get(server, &format!("/redirect?to=http://{other}/echo"))).await;
    assert!(text(&away).starts_with("200\n") && !text(&away).contains("x-api-key"));
    // There and back again: whoever sent the request back must not be given the secret's answer.
    let back =
        call(get(server, &format!("/redirect?to=http://{other}/redirect%3Fto%3Dhttp://{server}/echo"))).await;
    assert!(text(&back).starts_with("200\n") && !text(&back).contains("x-api-key"), "{}", text(&back));

    let mut forged = get(server, "/echo");
    forged["headers"] = json!([["x-api-key", "mine"]]);
    let outcome = call(forged).await;
    assert!(
        matches!(failure(&outcome), Failure::Other(text) if text.contains("Forbidden")),
        "{:?}",
        outcome.result
    );
    assert!(!serde_json::to_string(&away.report).unwrap().contains("geheim"));
    std::fs::remove_file(file).unwrap();
}

#[tokio::test]
async fn credentials_of_the_guest_do_not_cross_origins() {
    let (engine, server, other) = (engine(), server().await, server().await);
    let mut config = get(server, &format!("/redirect?to=http://{other}/echo"));
    config["headers"] = json!([["authorization", "Basic x"], ["cookie", "a=b"], ["x-other", "c"]]);
    let outcome =
        call(&engine, &granted(config, &[format!("http://{server}"), format!("http://{other}")])).await;
    let text = text(&outcome);
    assert!(
        text.contains("x-other: c") && !text.contains("authorization") && !text.contains("cookie"),
        "{text}"
    );
}

#[tokio::test]
async fn what_no_guest_gets_of_a_server() {
    let (engine, server) = (engine(), server().await);
    for (path, problem) in [("/headers", "measure 65"), ("/switch", "another protocol")] {
        let outcome = call(&engine, &granted(get(server, path), &[format!("http://{server}")])).await;
        assert!(matches!(failure(&outcome), Failure::Unavailable(_)), "{path}: {:?}", outcome.result);
        let error = outcome.report.http[0].error.as_deref().unwrap();
        assert!(error.contains(problem), "{error}");
    }
    serves(&engine).await;
}

#[tokio::test]
async fn methods_that_reach_past_the_request_are_refused_in_any_case() {
    let (engine, server) = (engine(), server().await);
    for method in ["TRACE", "trace", "Trace", "CONNECT", "connect"] {
        let mut config = get(server, "/echo");
        config["method"] = method.into();
        let outcome = call(&engine, &granted(config, &[format!("http://{server}")])).await;
        assert!(outcome.result.is_err(), "{method}");
        let report = &outcome.report.http[0];
        assert!(report.status.is_none() && report.error.as_deref().unwrap().contains("TRACE"), "{report:?}");
    }
    serves(&engine).await;
}
