use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Json;
use axum::extract::Query;
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use crate::models::Connections;
use crate::support::{Host, Reply, Script, Service, Upstream};

/// What the API was asked: the query and the `authorization` header.
type ApiRequests = Arc<Mutex<Vec<(HashMap<String, String>, String)>>>;

async fn api() -> (String, ApiRequests) {
    let asked = ApiRequests::default();
    let seen = Arc::clone(&asked);
    let answer = move |Query(query): Query<HashMap<String, String>>, headers: HeaderMap| {
        let key =
            headers.get("authorization").map(|key| key.to_str().unwrap().to_owned()).unwrap_or_default();
        let school = query.get("school").cloned().unwrap_or_default();
        seen.lock().unwrap().push((query, key));
        async move {
            match school.as_str() {
                "星海大学" => (
                    StatusCode::OK,
                    Json(json!({"data": {"school": school, "lines": [{"score": 612}, {"score": 598}]}})),
                ),
                _ => (StatusCode::NOT_FOUND, Json(json!({"error": "no such school"}))),
            }
        }
    };
    let router = axum::Router::new().route("/v1/scores", axum::routing::get(answer));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, asked)
}

fn start(upstream: &Upstream, api: &str, route: &str) -> Host {
    let config = format!(
        r#"
[models.up]
base_url = "{up}"
model = "m"
[secrets.scores]
file = "scores.key"
[plugins.scores]
component = "builtin:http-api"
model_summary = "查询院校的录取分数线"
arguments_schema = {{ type = "object", required = ["school"], properties = {{ school = {{ type = "string" }} }} }}
[plugins.scores.config]
url = "{api}/v1/scores"
query = {{ school = "{{{{ arguments.school }}}}" }}
extract_arguments = ['(?P<school>[^？?，\d]+大学)']
extract = {{ school = "$.data.school", scores = "$.data.lines[*].score" }}
result = "{{{{ school }}}}：{{% for score in scores %}}{{{{ score }}}}分 {{% endfor %}}"
empty_status = [404]
empty = "没有这所学校的数据"
[plugins.scores.grants]
hosts = ["{api}"]
secrets = [{{ secret = "scores", host = "{api}", header = "Authorization", value = "Bearer {{secret}}" }}]
[apps.app]
model = "up"
[[apps.app.plugins]]
plugin = "scores"
{route}
"#,
        up = upstream.base_url,
    );
    Host::prepared(&config, |folder, _| std::fs::write(folder.join("scores.key"), "top-secret\n").unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_apis_result_reaches_the_prompt_and_its_key_reaches_nobody_else() {
    let (url, asked) = api().await;
    let upstream =
        Upstream::playing([Script::Says(vec!["六百一十二分"]), Script::Says(vec!["不知道"])]).await;
    let host = start(&upstream, &url, "route = \"when\"\nwhen = { keywords = [\"分数线\"] }");
    let chat = host.ask("app", "星海大学的分数线是多少？").await;
    assert_eq!(chat.text(), "六百一十二分", "{}", host.trace(&chat.id).await);
    let (query, key) = asked.lock().unwrap()[0].clone();
    assert_eq!((query["school"].as_str(), key.as_str()), ("星海大学", "Bearer top-secret"));
    let sent: Value = serde_json::from_slice(&upstream.received()[0]).unwrap();
    assert!(sent["messages"][0]["content"].as_str().unwrap().contains("星海大学：612分 598分"), "{sent}");
    let trace = host.trace(&chat.id).await;
    assert_eq!(trace["calls"][0]["report"]["http"][0]["status"], 200);
    assert!(!trace.to_string().contains("top-secret"));
    let missing = host.ask("app", "月光大学的分数线是多少？").await;
    let call = &host.trace(&missing.id).await["calls"][0];
    assert_eq!(call["contribution"]["kind"], "nothing");
    assert!(call["contribution"]["reason"].as_str().unwrap().contains("没有这所学校的数据"), "{call}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_model_is_offered_the_operators_own_words_and_schema() {
    let (url, asked) = api().await;
    let upstream = Upstream::playing([
        Script::Calls("scores", r#"{"town": "广州"}"#),
        Script::Calls("scores", r#"{"school": "星海大学"}"#),
        Script::Says(vec!["六百一十二分"]),
    ])
    .await;
    let host = start(&upstream, &url, "route = \"model\"");
    assert_eq!(host.ask("app", "星海大学怎么样").await.text(), "六百一十二分");
    let offered: Value = serde_json::from_slice(&upstream.received()[0]).unwrap();
    assert_eq!(offered["tools"][0]["function"]["description"], "查询院校的录取分数线");
    assert_eq!(offered["tools"][0]["function"]["parameters"]["required"], json!(["school"]));
    assert_eq!(asked.lock().unwrap().len(), 1, "arguments against the schema do not reach the API");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_api_has_done_or_refused_is_told_to_the_model_as_that() {
    let said = |text| Script::Says(vec![text]);
    let service = Service::playing([
        Reply::Text(201, ""),
        Reply::Text(204, ""),
        Reply::Json(json!({"code": 1001, "msg": "订单号与手机号不符"})),
        Reply::Text(503, "away"),
    ])
    .await;
    let upstream = Upstream::playing([said("好"), said("好"), said("不符"), said("查不到")]).await;
    let host = Host::start(&format!(
        r#"
[models.up]
base_url = "{}"
model = "m"
[plugins.orders]
component = "builtin:http-api"
[plugins.orders.config]
method = "POST"
url = "{1}/v1/orders"
success = {{ path = "$.code", equals = 0, message = "$.msg" }}
on_error = "outcome"
[plugins.orders.grants]
hosts = ["{1}"]
[apps.app]
model = "up"
plugins = [{{ plugin = "orders", route = "always" }}]
"#,
        upstream.base_url, service.origin
    ));
    for (place, expected) in
        ["已经成功执行（状态 201）", "已经成功执行（状态 204）", "订单号与手机号不符", "没有查成不等于没有"]
            .into_iter()
            .enumerate()
    {
        let chat = host.ask("app", "帮我取消订单").await;
        assert_eq!(chat.status, 200, "{}", chat.body);
        let sent: Value = serde_json::from_slice(&upstream.received()[place]).unwrap();
        let system = sent["messages"][0]["content"].as_str().unwrap();
        assert!(system.contains(expected) && !system.contains("没有找到："), "{system}");
    }
}

/// An API with the habits of real ones.
async fn habits() -> (String, ApiRequests) {
    let asked = ApiRequests::default();
    let (gbk, ..) =
        encoding_rs::GB18030.encode(r#"{"name":"苹果","price":1.10,"id":123456789012345678901234567890}"#);
    let gbk = gbk.into_owned();
    let seen = Arc::clone(&asked);
    let busy = move |Query(query): Query<HashMap<String, String>>| {
        let mut seen = seen.lock().unwrap();
        seen.push((query, String::new()));
        let first = seen.len() == 1;
        async move {
            let status = if first { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
            (status, [("retry-after", "0")], Json(json!({"v": "终于"})))
        }
    };
    let large = format!("{{\"pad\":\"{}\",\"v\":\"很大\"}}", "x".repeat(2 << 20));
    let gbk = move || {
        let gbk = gbk.clone();
        async move { ([("content-type", "application/json; charset=GBK")], gbk) }
    };
    let large = move || {
        let large = large.clone();
        async move { large }
    };
    let image = || async { ([("content-type", "image/png")], &b"\x89PNG\r\n\x1a\n\0\0"[..]) };
    let moved = || async { (StatusCode::FOUND, [("location", "/new?key=geheim")]) };
    let router = axum::Router::new()
        .route("/gbk", axum::routing::get(gbk))
        .route("/large", axum::routing::get(large))
        .route("/busy", axum::routing::get(busy))
        .route("/image", axum::routing::get(image))
        .route("/moved", axum::routing::post(moved));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, asked)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_with_another_charset_large_answers_or_a_pause_is_understood_and_one_without_text_refused() {
    let (url, asked) = habits().await;
    let upstream = Upstream::playing([Script::Says(vec!["好"])]).await;
    let mut config = format!(
        "[models.up]\nbase_url = \"{}\"\nmodel = \"m\"\ncontext_tokens = 64000\n[apps.app]\nmodel = \"up\"\n",
        upstream.base_url
    );
    for (name, keys) in [
        ("gbk", "result = \"{{ response.name }} {{ response.price }} 元 {{ response.id }}\""),
        ("large", "extract = { v = \"$.v\" }"),
        ("busy", "extract = { v = \"$.v\" }\nquery = { id = \"{{ [1, 2] }}\" }"),
        ("image", ""),
        ("moved", "method = \"POST\""),
    ] {
        config.push_str(&format!("[[apps.app.plugins]]\nplugin = \"{name}\"\nroute = \"always\"\n[plugins.{name}]\ncomponent = \"builtin:http-api\"\n[plugins.{name}.grants]\nhosts = [\"{url}\"]\n[plugins.{name}.config]\nurl = \"{url}/{name}\"\n{keys}\n"));
    }
    let host = Host::start(&config);
    let chat = host.ask("app", "苹果多少钱").await;
    let trace = host.trace(&chat.id).await;
    let sent: Value = serde_json::from_slice(&upstream.received()[0]).unwrap();
    let prompt = sent["messages"][0]["content"].as_str().unwrap();
    for expected in ["苹果 1.10 元 123456789012345678901234567890", "很大", "终于"] {
        assert!(prompt.contains(expected), "no {expected}: {trace}");
    }
    let told = trace["calls"].to_string();
    assert!(told.contains("not text (image/png, 10 bytes)"), "{told}");
    assert!(told.contains("it leads to /new") && !told.contains("geheim"), "{told}");
    assert_eq!(asked.lock().unwrap().len(), 2, "asked again after 503");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_get_over_a_connection_that_the_api_closes_is_sent_once_more_and_a_post_is_not() {
    let upstream = Upstream::playing((0..12).map(|_| Script::Says(vec!["好"]))).await;
    for (method, well) in [("GET", true), ("POST", false)] {
        let api = Connections::that_close_after(1).await;
        let origin = api.base_url.trim_end_matches("/v1");
        let host = Host::start(&format!(
            r#"
[models.up]
base_url = "{up}"
model = "m"
[plugins.api]
component = "builtin:http-api"
config = {{ url = "{origin}/status", method = "{method}", extract = {{ said = "$.choices[0].message.content" }}, result = "接口说：{{{{ said }}}}" }}
grants = {{ hosts = ["{origin}"] }}
[apps.app]
model = "up"
plugins = [{{ plugin = "api", route = "always", on_failure = "continue" }}]
"#,
            up = upstream.base_url,
        ));
        let mut failed = 0;
        for _ in 0..6 {
            let asked = json!({"model": "app", "messages": [{"role": "user", "content": "状态"}]});
            let answer = host.post("/v1/chat/completions", asked).await;
            assert_eq!(answer.status(), 200);
            failed += usize::from(answer.headers().contains_key("x-failed-plugins"));
        }
        assert_eq!(failed == 0, well, "{method}: {failed} of 6 failed");
        let (requests, connections) = api.seen();
        assert!(connections > 1, "connections were kept and closed: {connections}");
        assert_eq!(requests > 6, well, "{method}: {requests} requests for six calls");
    }
}

/// A test run of a plugin that asks this URL, with these hosts granted: what it says of its failure, and the trace's words.
async fn failure(url: &str, hosts: &[&str]) -> (String, Value) {
    let config = format!(
        "[plugins.api]\ncomponent = \"builtin:http-api\"\nconfig = {{ url = {url:?} }}\ngrants = {{ hosts = {hosts:?} }}\n\
         [apps.a]\nanswer = \"direct\"\nplugins = [{{ plugin = \"api\", route = \"always\" }}]\n"
    );
    let host = Host::start(&config);
    let run = host.post("/v1/plugins/api/run", json!({"question": "问"})).await;
    let run: Value = run.json().await.unwrap();
    (run["error"].as_str().unwrap_or_else(|| panic!("no error: {run}")).to_owned(), run["http"][0].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_redirect_names_where_it_led_and_the_grant_for_that() {
    let other = Service::playing([]).await;
    let service = Service::playing([Reply::RedirectsTo(format!("{}/new?key=geheim", other.origin))]).await;
    let (error, http) = failure(&format!("{}/old", service.origin), &[&service.origin]).await;
    let (from, to) = (&service.origin, &other.origin);
    assert!(error.starts_with(&format!("denied: {from} redirects to {to}")), "{error}");
    assert!(error.contains(&format!("add \"{to}\" to `hosts`")) && !error.contains("geheim"), "{error}");
    let denied = http["denied"].as_str().unwrap();
    assert!(denied.contains(&format!("was redirected to {to}: add hosts = [\"{to}\"]")), "{denied}");
    assert!(other.asked().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_with_a_connection_is_said_in_words() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let plain = Service::playing([]).await;
    let tls = plain.origin.replace("http://", "https://");
    let circle = Service::playing([]).await;
    for _ in 0..9 {
        circle.then(Reply::RedirectsTo(format!("{}/again", circle.origin)));
    }
    for (origin, guest, told) in [
        (closed.as_str(), "the connection was refused", "nothing listens there"),
        // Whether a name server says so or none answers is the machine's.
        ("http://no-such-name.invalid", "unavailable: http://no-such-name.invalid: ", "the name "),
        (tls.as_str(), "is it http:// instead of https://?", "does not speak TLS"),
        (circle.origin.as_str(), "it redirects too often", "too many redirects"),
    ] {
        let (error, http) = failure(&format!("{origin}/x"), &[origin]).await;
        assert!(error.contains(guest), "{origin}: {error}");
        let operator = http["error"].as_str().unwrap();
        assert!(operator.contains(told), "{origin}: {operator}");
        for words in ["ErrorCode", "client error", "os error", "Query {", "tcp connect"] {
            assert!(!error.contains(words) && !operator.contains(words), "{origin}: {error}; {operator}");
        }
    }
}
