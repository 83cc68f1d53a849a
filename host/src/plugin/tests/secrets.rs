//! Secrets on their way out, and what comes back of them.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::Response;
use url::form_urlencoded;

use super::*;

/// Long enough to be blanked, with what is written differently in every place.
const SECRET: &str = "geh+im/Schl=ssel";

/// Everything the server was asked, as text: what it got, whatever the guest gets to see.
type RequestTexts = Arc<Mutex<Vec<String>>>;

/// Answers with all it was asked. `/redirect?to=` sends the client on, with the key it came with.
async fn echo(State(asked): State<RequestTexts>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let mut text = format!("{} {}\n", head.method, head.uri);
    for (name, value) in &head.headers {
        text += &format!("{name}: {}\n", value.to_str().unwrap());
    }
    text += &String::from_utf8_lossy(&body);
    asked.lock().unwrap().push(text.clone());
    let query: Vec<_> =
        form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let parameter = |name: &str| query.iter().find(|(found, _)| found == name).map(|(_, value)| value);
    let mut response = Response::builder();
    if let Some(to) = parameter("to") {
        response = response.status(StatusCode::FOUND).header(header::LOCATION, to);
    }
    if let Some(coding) = parameter("coding") {
        response = response.header(header::CONTENT_ENCODING, coding);
    }
    for name in ["x-api-key", "content-type"] {
        if let Some(value) = head.headers.get(name) {
            response = response.header(format!("echo-{name}"), value);
        }
    }
    // In pieces, so that the secret is cut.
    let pieces: Vec<_> = text.bytes().map(|byte| Ok::<_, std::io::Error>(vec![byte])).collect();
    response.body(Body::from_stream(futures_util::stream::iter(pieces))).unwrap()
}

async fn server() -> (SocketAddr, RequestTexts) {
    let asked = RequestTexts::default();
    let app = Router::new().fallback(echo).with_state(Arc::clone(&asked));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    (address, asked)
}

fn place(header: Option<&str>, query: Option<&str>, form: Option<&str>) -> SecretGrantSettings {
    SecretGrantSettings {
        secret: "scores".into(),
        header: header.map(str::to_owned),
        query: query.map(str::to_owned),
        form: form.map(str::to_owned),
        ..SecretGrantSettings::default()
    }
}

/// Calls a guest that may reach both servers, and whose secret belongs to the first.
async fn ask(servers: [SocketAddr; 2], place: SecretGrantSettings, mut config: Value) -> CallOutcome {
    let file = std::env::temp_dir().join(format!("qianfan-secret-{}", uuid::Uuid::now_v7()));
    std::fs::write(&file, SECRET).unwrap();
    let secrets =
        Secrets::new([("scores".to_owned(), SecretSettings { env: None, file: Some(file.clone()) })].into());
    config["behaviour"] = "http".into();
    config["scheme"] = "http".into();
    if config.get("authority").is_none() {
        config["authority"] = servers[0].to_string().into();
    }
    let mut settings = settings(config);
    settings.grants.hosts = servers.iter().map(|server| format!("http://{server}")).collect();
    settings.grants.secrets = vec![SecretGrantSettings { host: format!("http://{}", servers[0]), ..place }];
    let plugin = Plugin::load(&engine(), "guest", &settings, &secrets, &services()).await.unwrap();
    std::fs::remove_file(file).unwrap();
    plugin.contribute(&input()).await
}

fn last(asked: &RequestTexts) -> String {
    asked.lock().unwrap().last().unwrap().clone()
}

const FORM: [[&str; 2]; 1] = [["content-type", "application/x-www-form-urlencoded; charset=utf-8"]];

#[tokio::test]
async fn a_secret_in_the_query_is_put_in_by_the_host() {
    let ((server, asked), (other, seen)) = (server().await, server().await);
    let key = || place(None, Some("key"), None);
    for (path, sent) in [
        ("/v1", "GET /v1?key=geh%2Bim%2FSchl%3Dssel\n"),
        ("/v1?q=%E7%9C%81&keys=2", "GET /v1?q=%E7%9C%81&keys=2&key=geh%2Bim%2FSchl%3Dssel\n"),
    ] {
        let outcome = ask([server, other], key(), json!({"path": path})).await;
        assert!(text(&outcome).starts_with("200\n"), "{outcome:?}");
        assert!(last(&asked).starts_with(sent), "{}", last(&asked));
        let report = &outcome.report.http[0];
        assert_eq!(report.url, format!("http://{server}/v1"));
    }
    // A redirect within the origin keeps it, and gets it once.
    ask([server, other], key(), json!({"path": "/a?to=/b%3Fkey%3Dold%26x%3D1"})).await;
    assert!(last(&asked).starts_with("GET /b?x=1&key=geh%2Bim%2FSchl%3Dssel\n"), "{}", last(&asked));
    // One that leaves it does not take it along, and does not get it back.
    let there = format!("/a?to=http://{other}/c?to=http://{server}/d");
    ask([server, other], key(), json!({"path": there})).await;
    assert!(last(&seen).starts_with(&format!("GET /c?to=http://{server}/d\n")), "{}", last(&seen));
    assert!(last(&asked).starts_with("GET /d\n"), "{}", last(&asked));
    // Another origin never gets it.
    ask([server, other], key(), json!({"authority": other.to_string(), "path": "/e"})).await;
    assert!(last(&seen).starts_with("GET /e\n"));
}

#[tokio::test]
async fn a_secret_in_a_form_is_put_in_by_the_host_and_in_nothing_else() {
    let ((server, asked), (other, seen)) = (server().await, server().await);
    let key = || place(None, None, Some("client_secret"));
    let post = |headers: Value, body: usize| json!({"method": "POST", "headers": headers, "body": body});
    ask([server, other], key(), post(json!(FORM), 3)).await;
    assert!(last(&asked).ends_with("\nxxx&client_secret=geh%2Bim%2FSchl%3Dssel"), "{}", last(&asked));
    assert!(last(&asked).contains("content-length: 40\n"), "{}", last(&asked));
    ask([server, other], key(), post(json!(FORM), 0)).await;
    assert!(last(&asked).ends_with("\nclient_secret=geh%2Bim%2FSchl%3Dssel"), "{}", last(&asked));
    for headers in [
        json!([]),
        json!([["content-type", "application/json"]]),
        json!([FORM[0], ["content-encoding", "gzip"]]),
    ] {
        ask([server, other], key(), post(headers, 3)).await;
        assert!(last(&asked).ends_with("\nxxx"), "{}", last(&asked));
    }
    let mut away = post(json!(FORM), 3);
    away["authority"] = other.to_string().into();
    ask([server, other], key(), away).await;
    assert!(last(&seen).ends_with("\nxxx"), "{}", last(&seen));
}

#[tokio::test]
async fn a_guest_cannot_put_its_own_value_where_the_secret_goes() {
    let ((server, asked), (other, _)) = (server().await, server().await);
    for path in ["/v1?key=mine", "/v1?a=1&KEY=", "/v1?%6Bey=mine"] {
        let outcome = ask([server, other], place(None, Some("key"), None), json!({"path": path})).await;
        assert!(outcome.result.is_err(), "{path}: {outcome:?}");
        let denied = outcome.report.http[0].denied.as_deref().unwrap();
        assert!(
            denied.contains("sets `key` in the query") && denied.contains("the secret `scores`"),
            "{denied}"
        );
        assert!(!denied.contains("mine"), "{denied}");
    }
    // The guest's body is `xxx`, a field without a value.
    let outcome = ask(
        [server, other],
        place(None, None, Some("XXX")),
        json!({"method": "POST", "headers": FORM, "body": 3}),
    )
    .await;
    assert!(outcome.report.http[0].denied.as_deref().unwrap().contains("in the form"), "{outcome:?}");
    assert!(asked.lock().unwrap().is_empty(), "nothing went out");
}

#[tokio::test]
async fn what_comes_back_of_a_secret_is_blanked() {
    let ((server, asked), (other, seen)) = (server().await, server().await);
    for (place, config) in [
        (place(Some("x-api-key"), None, None), json!({"path": "/v1"})),
        (place(None, Some("key"), None), json!({"path": "/v1"})),
        (place(None, None, Some("key")), json!({"path": "/v1", "method": "POST", "headers": FORM})),
    ] {
        let outcome = ask([server, other], place, config).await;
        let text = text(&outcome);
        assert!(text.starts_with("200\n") && text.contains("[secret scores]"), "{text}");
        assert!(!text.contains("Schl"), "{text}");
        let (head, _) = text.split_once(" /v1").unwrap();
        assert!(!head.contains("content-length"), "blanking changes the length: {head}");
        assert!(last(&asked).contains("Schl"), "the API got it");
        let report = serde_json::to_string(&outcome.report).unwrap();
        assert!(!report.contains("Schl"), "{report}");
    }
    // Whoever echoes it into a redirect does not get it carried elsewhere.
    let to =
        form_urlencoded::byte_serialize(format!("http://{other}/?k={SECRET}").as_bytes()).collect::<String>();
    let path = format!("/v1?to={to}");
    let outcome = ask([server, other], place(Some("x-api-key"), None, None), json!({"path": path})).await;
    let error = outcome.report.http[0].error.as_deref().unwrap();
    assert!(error.contains("with one of the host's secrets") && !error.contains("Schl"), "{error}");
    assert!(seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_answer_the_host_cannot_read_is_refused() {
    let ((server, asked), (other, _)) = (server().await, server().await);
    let wanted = json!([["accept-encoding", "gzip"], ["range", "bytes=0-3"]]);
    let key = || place(Some("x-api-key"), None, None);
    let packed = json!({"path": "/v1?coding=gzip", "headers": wanted});
    let outcome = ask([server, other], key(), packed.clone()).await;
    assert!(outcome.result.is_err(), "{outcome:?}");
    assert!(outcome.report.http[0].error.as_deref().unwrap().contains("compressed its answer"));
    assert!(last(&asked).contains("accept-encoding: identity\n") && !last(&asked).contains("range:"));
    let outcome = ask([server, other], key(), json!({"path": "/v1?coding=Identity"})).await;
    assert!(text(&outcome).starts_with("200\n"));
    // Where no secret goes, the guest may unpack for itself.
    let mut elsewhere = packed;
    elsewhere["authority"] = other.to_string().into();
    assert!(text(&ask([server, other], key(), elsewhere).await).starts_with("200\n"));
}
