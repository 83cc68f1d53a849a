use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::{Embeddings, Host, Upstream, eventually, run, with_cache, within_patience};

fn config(upstream: &Upstream, embeddings: &Embeddings) -> String {
    format!(
        r#"
{}{}
[knowledge.faq]
embedder = "near"
threshold = 0.1
[plugins.kb]
component = "builtin:knowledge-base"
grants = {{ knowledge = ["faq"] }}
[apps.kb]
model = "up"
plugins = [{{ plugin = "kb", route = "always" }}]
"#,
        crate::chat::plain(upstream),
        embeddings.table("near", 16),
    )
}

/// Words of a parser's that an operator cannot read.
const PARSERS: [&str; 12] = [
    "usize",
    "f64",
    "struct ",
    "sequence",
    "a map",
    "deserialize",
    "invalid type",
    "invalid digit",
    "unknown variant",
    "EOF while",
    "floating point",
    "expected value",
];

/// The error of an answer, which must be one a person can mend: a status of the client's, a code, words, an id.
async fn error_of(response: reqwest::Response, about: &str) -> (u16, String, String) {
    let status = response.status().as_u16();
    let id = response.headers().get("x-request-id").is_some();
    let body: Value = response.json().await.unwrap();
    let error = &body["error"];
    let (code, message) = (error["code"].as_str(), error["message"].as_str());
    let (Some(code), Some(message)) = (code, message) else { panic!("{about}: {body}") };
    assert!((400..500).contains(&status) && id, "{about}: {status} {body}");
    for word in PARSERS {
        assert!(!message.contains(word), "{about}: `{word}` in {message}");
    }
    (status, code.to_owned(), message.to_owned())
}

const BASE: &str = "/v1/knowledge-bases/faq";
const SEARCH: &str = "/v1/knowledge-bases/faq/search";
const SECTION: &str = "/v1/knowledge-bases/faq/sections?document=a.md&section=0";
const DOCUMENT: &str = "/v1/knowledge-bases/faq/documents/a.md";
const QUESTIONS: &str = "/v1/knowledge-bases/faq/questions";

/// A request that is refused: its method, path and body, and what the message says.
type Malformed = (&'static str, &'static str, String, &'static str);

/// Bodies that cannot be read, or hold what their path does not take.
fn bodies() -> Vec<Malformed> {
    let deep = "[".repeat(5000);
    let long = "长".repeat(3000);
    vec![
        ("POST", "/v1/chat/completions", String::new(), "the body is empty; send a JSON object"),
        ("POST", "/v1/chat/completions", r#"{"model": "plain""#.into(), "it ends in the middle"),
        ("POST", "/v1/chat/completions", r#"{"a": NaN}"#.into(), "no value of JSON"),
        ("POST", "/v1/chat/completions", deep.clone(), "levels deep; flatten them"),
        ("POST", "/v1/chat/completions", r#"{"model": ["plain"]}"#.into(), "is a list, and must be a text"),
        (
            "POST",
            "/v1/chat/completions",
            r#"{"model": "plain", "stream": "yes"}"#.into(),
            "must be true or false",
        ),
        ("POST", SEARCH, String::new(), "the body is empty"),
        ("POST", SEARCH, "[1]".into(), "must be a JSON object"),
        ("POST", SEARCH, "null".into(), "must be a JSON object"),
        ("POST", SEARCH, deep.clone(), "levels deep"),
        (
            "POST",
            SEARCH,
            r#"{"query": "x", "top_k": -5}"#.into(),
            "`top_k` is the number -5, and must be a whole number, 0 or more",
        ),
        ("POST", SEARCH, r#"{"query": "x", "top_k": 1.5}"#.into(), "`top_k` is the number 1.5"),
        ("POST", SEARCH, r#"{"query": "x", "top_k": -5.0}"#.into(), "`top_k`"),
        ("POST", SEARCH, r#"{"query": "x", "top_k": 4294967295}"#.into(), "must be between 1 and"),
        (
            "POST",
            SEARCH,
            r#"{"query": "x", "threshold": "high"}"#.into(),
            r#"`threshold` is the text "high", and must be a number"#,
        ),
        ("POST", SEARCH, r#"{"query": "x", "threshold": 7}"#.into(), "between 0 and 1"),
        ("POST", SEARCH, r#"{"query": "x", "filters": [5]}"#.into(), "must be an object"),
        (
            "POST",
            SEARCH,
            r#"{"query": "x", "filters": [{"field": "a", "operator": "like", "value": 1}]}"#.into(),
            "`like`",
        ),
        (
            "POST",
            SEARCH,
            r#"{"query": "x", "nope": 1}"#.into(),
            "there is no field `nope`; there are: `query`",
        ),
        ("POST", SEARCH, r#"{"query": "x", "query": "y"}"#.into(), "there twice"),
        ("POST", SEARCH, r#"{"top_k": 3}"#.into(), "the field `query` is missing"),
        ("PATCH", DOCUMENT, String::new(), "the body is empty"),
        (
            "PATCH",
            DOCUMENT,
            r#"{"off": "yes"}"#.into(),
            r#"`off` is the text "yes", and must be true or false"#,
        ),
        ("PATCH", DOCUMENT, "[true]".into(), "must be a JSON object"),
        ("PATCH", SECTION, format!(r#"{{"text": "{long}"}}"#), "1,600 characters"),
        ("PATCH", SECTION, r#"{"text": 5}"#.into(), "`text` is the number 5"),
        (
            "POST",
            QUESTIONS,
            r#"{"question": "问", "answer": "答", "media_type": 5}"#.into(),
            "`media_type` is none of the names",
        ),
        (
            "POST",
            QUESTIONS,
            r#"{"question": "问", "answer": "答", "variants": "x"}"#.into(),
            "must be a list",
        ),
        ("POST", "/v1/feedback", r#"{"turn": "x", "rating": 1}"#.into(), "`rating` is none of the names"),
        ("POST", "/v1/feedback", r#"{"turn": "x", "rating": "good"}"#.into(), "`up`, `down`"),
        ("POST", "/v1/evaluation-questions", r#"{"question": "问"}"#.into(), "is missing"),
        ("POST", "/v1/plugins/kb/run", r#"{"question": 5}"#.into(), "`question` is the number 5"),
        ("PATCH", "/v1/apps/kb", r#"{"prompt": null}"#.into(), "`prompt` is null, and must be a text"),
        (
            "PATCH",
            BASE,
            format!(r#"{{"threshold": {}1}}"#, " ".repeat(20 << 10)),
            "longer than the 16384 bytes it may have here",
        ),
    ]
}

/// Addresses that cannot be read, or name what their path does not take.
fn addresses() -> Vec<Malformed> {
    vec![
        ("GET", "/v1/jobs?limit=-1", String::new(), "`limit` in the query must be a whole number"),
        ("GET", "/v1/jobs?limit=0", String::new(), "1 or more"),
        ("GET", "/v1/jobs?state=gone", String::new(), "`state` in the query is `gone`"),
        ("GET", "/v1/traces?limit=99999999999999999999", String::new(), "too large a number"),
        ("GET", "/v1/traces?min_ms=NaN", String::new(), "0 or more"),
        ("GET", "/v1/traces?min_ms=-1", String::new(), "0 or more"),
        ("GET", "/v1/traces/export?min_ms=inf", String::new(), "0 or more"),
        ("GET", "/v1/traces?has=nothing,cut", String::new(), "`nothing,cut`"),
        ("GET", "/v1/traces?before=garbage", String::new(), "begin again without it"),
        ("GET", "/v1/traces?nope=1", String::new(), "there is no parameter `nope`; there are: `limit`"),
        ("GET", "/v1/models?limit=5", String::new(), "there is no parameter `limit` on this path"),
        ("GET", "/v2/models/plain?x", String::new(), "there is no parameter `x` on this path"),
        ("GET", "/v1/apps/kb?%E9%A1%B5=1&limit=2", String::new(), "there is no parameter `页`"),
        ("GET", "/v1/config?format=toml", String::new(), "there is no parameter `format`"),
        ("GET", "/v1/plugins?x=1", String::new(), "there is no parameter `x`"),
        ("GET", "/v1/knowledge-bases?limit=1", String::new(), "there is no parameter `limit`"),
        ("GET", "/v1/knowledge-bases/faq?x=1", String::new(), "there is no parameter `x`"),
        ("GET", "/v1/knowledge-bases/faq/documents/a.md?x=1", String::new(), "there is no parameter `x`"),
        ("GET", "/v1/knowledge-bases/faq/sources?x=1", String::new(), "there is no parameter `x`"),
        ("GET", "/v1/traces/t?x=1", String::new(), "there is no parameter `x`"),
        ("GET", "/v1/jobs/1?x=1", String::new(), "there is no parameter `x`"),
        ("GET", "/v1/costs?x=1", String::new(), "there is no parameter `x`"),
        ("GET", "/v1/knowledge-bases/faq/documents?x=1", String::new(), "there is no parameter `x`"),
        (
            "GET",
            "/v1/knowledge-bases/faq/sections?document=a.md&x=1",
            String::new(),
            "there is no parameter `x`",
        ),
        ("GET", "/v1/evaluations?x=1", String::new(), "there is no parameter `x`"),
        ("GET", "/v1/evaluation-questions?x=1", String::new(), "there is no parameter `x`"),
        (
            "POST",
            "/v1/knowledge-bases/faq/documents?id=b.md&url=%20JavaScript:alert(1)",
            "# 费用\n\n五千元。\n".into(),
            "`url` begins with `javascript:`",
        ),
        (
            "POST",
            "/v1/knowledge-bases/faq/imports?id=b.md&url=data:text/html,x",
            "# 费用\n\n五千元。\n".into(),
            "`url` begins with `data:`",
        ),
        ("GET", "/v1/knowledge-bases/faq/sections", String::new(), "the parameter `document` is missing"),
        ("GET", "/v1/knowledge-bases/faq/documents?limit=", String::new(), "is empty"),
        ("GET", "/v1/knowledge-bases/faq/documents?limit=1&limit=2", String::new(), "there twice"),
        ("GET", "/v1/knowledge-bases/%ff/documents", String::new(), "percent-encoded"),
        (
            "GET",
            "/v1/costs?from=2026-02-31",
            String::new(),
            "`2026-02-31` in from is not a day of the calendar",
        ),
        ("GET", "/v1/costs?to=2025-02-29", String::new(), "not a day of the calendar"),
        (
            "GET",
            "/v1/costs?from=2026-12-01&to=2026-11-30",
            String::new(),
            "from=2026-12-01 is after to=2026-11-30",
        ),
        ("BREW", "/v1/models", String::new(), "does not take the method"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_path_refuses_malformed_input_in_words_that_name_field_and_mend() {
    let (upstream, embeddings) = (Upstream::playing([]).await, Embeddings::start().await);
    let host = Host::start(&config(&upstream, &embeddings));
    host.import("faq", "a.md", "# 学费\n\n学费每年五千元。\n").await;
    for (method, path, body, told) in bodies().into_iter().chain(addresses()) {
        let about = format!("{method} {path} {}", body.chars().take(80).collect::<String>());
        let request = host.http.request(method.parse().unwrap(), format!("{}{path}", host.url));
        let (_, code, message) = error_of(request.body(body).send().await.unwrap(), &about).await;
        assert!(message.contains(told), "{about}: {code}: {message}");
    }
    assert!(upstream.received().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_cannot_be_read_says_how_one_is_sent() {
    let (upstream, embeddings) = (Upstream::playing([]).await, Embeddings::start().await);
    let host = Host::start(&config(&upstream, &embeddings));
    for path in ["documents", "imports", "preview"] {
        for (kind, body) in [
            ("multipart/form-data", "x"),
            ("multipart/form-data; boundary=x", "nothing"),
            (
                "multipart/form-data; boundary=x",
                "--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.md\"\r\n\r\n好",
            ),
        ] {
            let request = host.http.post(format!("{}/v1/knowledge-bases/faq/{path}", host.url));
            let response = request.header("content-type", kind).body(body).send().await.unwrap();
            let (status, code, message) = error_of(response, body).await;
            assert_eq!((status, code.as_str()), (400, "invalid_upload"));
            assert!(message.contains("curl -F file=@name.md"), "{message}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_request_is_answered_with_an_id_and_words_and_has_a_line_in_the_log() {
    let upstream = Upstream::playing([]).await;
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let host = Host::prepared(&crate::chat::plain(&upstream), |_, command| {
        command.env("QIANFAN_LOG", "info").stderr(std::fs::File::create(&log).unwrap());
    });
    let headers: String = (0..300).map(|number| format!("x-{number}: 1\r\n")).collect();
    let longest = "x".repeat(70_000);
    for (sent, status, code, told) in [
        ("hallo\r\n\r\n".to_owned(), 400, "invalid_request", "not a request of HTTP/1.1"),
        (
            "\u{16}\u{3}\u{1}\0\u{5}hallo".to_owned(),
            400,
            "invalid_request",
            "https:// where http:// is spoken",
        ),
        ("GET /a b HTTP/1.1\r\nhost: localhost\r\n\r\n".to_owned(), 400, "invalid_request", "%20"),
        ("GET / HTTP/1.1\r\nbad header: 1\r\n\r\n".to_owned(), 400, "invalid_request", "cannot be read"),
        (format!("GET / HTTP/1.1\r\n{headers}\r\n"), 431, "headers_too_large", "64 KiB always pass"),
        (format!("GET /{longest} HTTP/1.1\r\nhost: localhost\r\n\r\n"), 414, "uri_too_long", "in the body"),
    ] {
        let mut connection = host.connect().await;
        connection.write_all(sent.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        within_patience("the answer's end", connection.read_to_end(&mut answer)).await.unwrap();
        let answer = String::from_utf8(answer).unwrap();
        let about: String = sent.chars().take(40).collect();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{about}: {answer}");
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let id = head.lines().find_map(|line| line.strip_prefix("x-request-id: ")).unwrap();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        assert_eq!((length.parse(), head.contains("connection: close")), (Ok(body.len()), true), "{head}");
        let body: Value = serde_json::from_str(body).unwrap();
        assert_eq!(body["error"]["code"], code, "{about}");
        assert!(body["error"]["message"].as_str().unwrap().contains(told), "{about}: {body}");
        let line = eventually("the line in the log", async || {
            let text = std::fs::read_to_string(&log).unwrap();
            text.lines().find(|line| line.contains(id)).map(str::to_owned)
        })
        .await;
        assert!(line.contains(code) && line.contains("(no request)"), "{line}");
    }
    // An ordinary answer on a kept connection is left as it is.
    let live = host.http.get(format!("{}/livez", host.url)).header("x-long", "x".repeat(60_000));
    let live = live.send().await.unwrap();
    assert_eq!((live.status().as_u16(), live.text().await.unwrap().as_str()), (200, "ok\n"));
    let metrics = host.http.get(format!("{}/metrics", host.url)).send().await.unwrap().text().await.unwrap();
    assert!(
        metrics.contains(r#"requests_total{route="none",status="431",code="headers_too_large"} 1"#),
        "{metrics}"
    );
}

#[test]
fn the_command_of_costs_takes_days_of_the_calendar_in_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    std::fs::write(&path, with_cache("[apps.a]\nanswer = \"direct\"\n")).unwrap();
    for (arguments, told) in [
        (["--from", "2026-02-31", "--to", "2026-03-01"], "not a day of the calendar"),
        (["--from", "2026-12-01", "--to", "2026-11-30"], "from=2026-12-01 is after to=2026-11-30"),
    ] {
        let output = run(&path, &[&["costs"][..], &arguments].concat());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains(told), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_environment_puts_into_a_plugins_configuration_is_shown_by_its_name() {
    let config = r#"
[plugins.api]
component = "builtin:http-api"
[plugins.api.config]
url = "http://127.0.0.1:9/${QIANFAN_TEST_SHOP}/x"
query = { q = "{{ question }}", place = "vor ${QIANFAN_TEST_PLACE:-dem-geheimen-ort} nach" }
body = { list = ["${QIANFAN_TEST_SHOP}", "offen"] }
[plugins.api.grants]
hosts = ["http://127.0.0.1:9"]
[apps.a]
answer = "direct"
plugins = [{ plugin = "api", route = "always" }]
"#;
    let host = Host::prepared(config, |_, command| _ = command.env("QIANFAN_TEST_SHOP", "rosen-und-nelken"));
    let list = host.http.get(format!("{}/v1/plugins", host.url)).send().await.unwrap().text().await.unwrap();
    assert!(!list.contains("rosen-und-nelken") && !list.contains("dem-geheimen-ort"), "{list}");
    let list: Value = serde_json::from_str(&list).unwrap();
    let shown = &list[0]["config"];
    assert_eq!(shown["url"], "http://127.0.0.1:9/${QIANFAN_TEST_SHOP}/x");
    assert_eq!(shown["query"], json!({"q": "{{ question }}", "place": "vor ${QIANFAN_TEST_PLACE} nach"}));
    assert_eq!(shown["body"], json!({"list": ["${QIANFAN_TEST_SHOP}", "offen"]}));
}
