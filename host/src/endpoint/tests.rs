//! What may be written of an endpoint, and what is told of one that misbehaves.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse};
use futures_util::stream;

use super::*;

#[test]
fn an_address_is_a_url_without_secrets() {
    for (text, base, origin) in [
        ("https://example.com/v1", "https://example.com/v1", "https://example.com"),
        ("http://127.0.0.1:8081/", "http://127.0.0.1:8081", "http://127.0.0.1:8081"),
        ("HTTP://LocalHost:9/v2//", "http://localhost:9/v2", "http://localhost:9"),
        ("http://[::1]:6334", "http://[::1]:6334", "http://[::1]:6334"),
        ("http://[::1]/v1", "http://[::1]/v1", "http://[::1]"),
        ("http://例子.测试/v1", "http://xn--fsqu00a.xn--0zwm56d/v1", "http://xn--fsqu00a.xn--0zwm56d"),
    ] {
        let address = Address::parse(text).unwrap();
        assert_eq!((address.base(), address.origin()), (base, origin), "{text}");
        assert_eq!(address.join("x"), format!("{base}/x"));
    }
    for (text, expected) in [
        ("localhost:9/v2", "write \"http://localhost:9/v2\""),
        ("127.0.0.1:9/v2", "write \"http://127.0.0.1:9/v2\""),
        ("ollama:11434/v1", "write \"http://ollama:11434/v1\""),
        ("host.example/v2", "write \"https://host.example/v2\""),
        ("https://host.example:99999/v2", "has a port that is none; write one up to 65535"),
        ("host.example:99999/v2", "has a port that is none; write one up to 65535"),
        ("", "write it like \"http://127.0.0.1:8081/v1\""),
        ("ftp://host.example", "not an http(s) URL"),
        ("htp://u:s3cret@host.example", "not an http(s) URL"),
        ("u:s3cret@host.example/v1", "a user name and a password"),
        ("http://", "not an http(s) URL"),
        ("http:/127.0.0.1:9911/v1", "not an http(s) URL"),
        ("http:127.0.0.1:9911/v1", "not an http(s) URL"),
        ("http:///v1", "not an http(s) URL"),
        ("https:\\\\a.example", "not an http(s) URL"),
        ("https://a.example\\v1", "not an http(s) URL"),
        ("http://127.0.0.1:/v1", "no port; write the port"),
        ("http://[::1]:", "no port; write the port"),
        ("localhost:/v1", "no port; write the port"),
        (" http://127.0.0.1:8081/ \n", "has blanks around it; remove them"),
        (" https://s3cret@host.example/v1", "a user name"),
        ("https://s3cret@host.example/v1", "a user name"),
        ("https://:s3cret@host.example/v1", "a password"),
        ("https://host.example/v1?key=s3cret", "a query"),
        ("https://host.example/v1#s3cret", "a fragment"),
        ("https://host.example/sk-s3cret0123456/v1", "a key in its path"),
    ] {
        let error = Address::parse(text).unwrap_err().to_string();
        assert!(error.contains(expected) && !error.contains("s3cret"), "{text}: {error}");
    }
}

#[test]
fn only_other_machines_without_tls_are_in_clear() {
    let in_clear = |text| Address::parse(text).unwrap().in_clear();
    for text in
        ["http://127.0.0.1:1", "http://localhost/v1", "http://[::1]", "http://a.localhost", "https://a.test"]
    {
        assert!(!in_clear(text), "{text}");
    }
    for text in ["http://10.0.0.1", "http://a.test", "http://localhost.a.test", "http://[fd00::1]"] {
        assert!(in_clear(text), "{text}");
    }
}

#[test]
fn no_variable_no_name_and_no_value_are_no_key() {
    for variable in [None, Some(""), Some("  ")] {
        assert!(ApiKey::from_env(variable).unwrap().text().is_none());
    }
    let missing = ApiKey::from_env(Some("QIANFAN_TEST_UNSET")).unwrap_err().to_string();
    assert!(missing.contains("`QIANFAN_TEST_UNSET` is not set; export it"), "{missing}");
    // Every process has it, and it is not a key: nothing of it is shown.
    let path = ApiKey::from_env(Some("PATH")).unwrap();
    assert_eq!(format!("{path:?}"), "ApiKey(set)");
}

/// A server that answers everything as it is told.
async fn endpoint<F, R>(answer: F) -> Endpoint
where
    F: Fn(HeaderMap) -> R + Clone + Send + Sync + 'static,
    R: IntoResponse + 'static,
{
    _ = rustls::crypto::ring::default_provider().install_default();
    let app = Router::new().fallback(move |headers: HeaderMap| async move { answer(headers) });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    let patience = Patience { connect: None, whole: Some(Duration::from_secs(60)) };
    Endpoint::new(&format!("http://{address}/p4th"), None, patience).unwrap()
}

async fn asked(endpoint: &Endpoint) -> Result<Vec<u8>, EndpointError> {
    let response = endpoint.send(endpoint.post("x")).await?;
    endpoint.body(response, 1000).await
}

#[tokio::test]
async fn an_echoed_key_and_a_page_are_not_repeated() {
    redact::learn("ECHOED", "S3CR3T-in-the-echo");
    let said = |status: u16, body: &'static str| {
        move |_: HeaderMap| (StatusCode::from_u16(status).unwrap(), [(header::RETRY_AFTER, "7")], body)
    };
    for (status, body, expected) in [
        (401, r#"{"error":{"message":"no: Bearer S3CR3T-in-the-echo"}}"#, "no: Bearer [secret ECHOED]"),
        (400, r#"{"error_code":1,"error_msg":"no"}"#, "no"),
        (503, "bare\r\nS3CR3T-in-the-echo", "bare  [secret ECHOED]"),
        (502, "<html><h1>nginx at 10.0.0.7</h1>", "(a web page; is this the address of the API?)"),
        (500, "", "(no text)"),
    ] {
        let endpoint = endpoint(said(status, body)).await;
        let error = asked(&endpoint).await.unwrap_err();
        assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
        assert_eq!(error.may_pass(), status >= 500, "{status}");
        assert_eq!(error.to_string(), format!("{} answered {status}: {expected}", endpoint.origin()));
    }
    let page = endpoint(|_| (StatusCode::NOT_FOUND, Html("S3CR3T"))).await;
    assert!(
        asked(&page)
            .await
            .unwrap_err()
            .to_string()
            .ends_with("404: (a web page; is this the address of the API?)")
    );
    let long = endpoint(|_| (StatusCode::BAD_REQUEST, "长".repeat(1 << 20))).await;
    assert!(asked(&long).await.unwrap_err().to_string().chars().count() < 400);
}

#[tokio::test]
async fn a_redirect_is_told_by_origin_and_not_followed() {
    let away = "https://u:s3cret@elsewhere.test:8443/login?token=s3cret";
    let endpoint = endpoint(move |_| (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, away)])).await;
    let error = asked(&endpoint).await.unwrap_err().to_string();
    assert!(error.contains("answered 307 and sends on to https://elsewhere.test:8443;"), "{error}");
    assert!(!error.contains("s3cret") && !error.contains("p4th"), "{error}");
}

#[tokio::test]
async fn an_endless_body_ends_at_the_limit() {
    let endless = endpoint(|_| {
        let pieces = stream::repeat_with(|| Ok::<_, std::convert::Infallible>(vec![b'x'; 100]));
        Body::from_stream(pieces)
    })
    .await;
    let error = asked(&endless).await.unwrap_err();
    assert!(matches!(error, EndpointError::TooLarge { limit: 1000, .. }), "{error}");
    let announced = endpoint(|_| "x".repeat(1001)).await;
    assert!(matches!(asked(&announced).await, Err(EndpointError::TooLarge { .. })));
}

#[tokio::test]
async fn nobody_there_is_told_by_origin() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    _ = rustls::crypto::ring::default_provider().install_default();
    let endpoint = Endpoint::new(&format!("http://{address}/p4th"), None, Patience::default()).unwrap();
    let error = asked(&endpoint).await.unwrap_err();
    assert!(matches!(error, EndpointError::Unreachable { .. }) && error.may_pass());
    let said = error.to_string();
    assert!(
        said.starts_with(&format!("http://{address} cannot be reached: ")) && !said.contains("p4th"),
        "{said}"
    );
}

#[test]
fn others_get_what_is_plain_and_nothing_of_the_inside() {
    for text in [
        "This model's maximum context length is 8192 tokens, you asked for 9000.",
        "temperature must be between 0 and 2.5",
        "请求的 max_tokens 过大",
        "`city` is missing",
    ] {
        assert_eq!(said::fit_for_others(text), Some(text));
    }
    for text in [
        "",
        "two\nlines",
        "see https://docs.test/errors",
        "upstream api.internal.example failed",
        "connect to 10.0.0.7 failed",
        "connect to localhost failed",
        "tcp gateway:8443 refused",
        "dial fd00::7",
        "<b>no</b>",
        "open /srv/models/a failed",
        "trace in app.py",
        "Incorrect API key provided: sk-abcd",
        "organization org-12ab",
        "request 0f8fad5bd9cb469fa16570867728950e",
        "write to ops@example",
        "Bearer [secret X]",
    ] {
        assert_eq!(said::fit_for_others(text), None, "{text}");
    }
    assert_eq!(said::fit_for_others(&"长".repeat(201)), None);
}

#[test]
fn a_refusal_without_a_message_is_searched_for_secrets_behind_its_escapes() {
    redact::learn("models.m", "S3CR3T-key");
    let told = said::in_refusal(br#"{"code": 17, "key": "S3C\u00523T-key"}"#, false);
    assert!(told.contains("[secret models.m]"), "{told}");
}

#[test]
fn what_is_on_this_machine_is_known() {
    let is_local = |url: &str| Address::parse(url).unwrap().is_local();
    for local in [
        "http://127.0.0.1:8080/v1",
        "http://localhost/v2",
        "http://LOCALHOST:1",
        "http://[::1]:9",
        "http://a.localhost",
    ] {
        assert!(is_local(local), "{local}");
    }
    for far in [
        "http://10.0.0.7:8080",
        "https://api.example.com",
        "http://localhost.example.com",
        "http://[fd00::7]",
    ] {
        assert!(!is_local(far), "{far}");
    }
}
