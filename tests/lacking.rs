use serde_json::{Value, json};

use crate::support::{Embeddings, Host, Reply, Script, Service, Upstream, run, with_cache};

/// Plugins that need something of the turn, and apps with each `on_failure`.
fn config(upstream: &Upstream, embeddings: &Embeddings, api: &str) -> String {
    let mut text = format!(
        r#"
[models.up]
base_url = "{up}"
model = "m"
{embedder}
[knowledge.policy]
embedder = "near"
threshold = 0.1
[plugins.kb]
component = "builtin:knowledge-base"
grants = {{ knowledge = ["policy"] }}
[plugins.kb.config]
filters = [{{ operator = "eq", field = "province", value = "{{{{ variables.province }}}}" }}]
[plugins.weather]
component = "builtin:http-api"
grants = {{ hosts = ["{api}"] }}
[plugins.weather.config]
url = "{api}/weather"
query = {{ city = "{{{{ variables.city }}}}" }}
[plugins.orders]
component = "builtin:http-api"
grants = {{ hosts = ["{api}"] }}
[plugins.orders.config]
url = "{api}/orders/{{{{ arguments.order }}}}"
extract_arguments = ['(?P<order>\d{{6}})']
"#,
        up = upstream.base_url,
        embedder = embeddings.table("near", 16),
    );
    for (app, plugin, rest) in [
        ("kb", "kb", ""),
        ("kb-continue", "kb", ", on_failure = \"continue\""),
        ("weather", "weather", ""),
        ("weather-fail", "weather", ", on_failure = \"fail\""),
        ("orders", "orders", ""),
        ("orders-fail", "orders", ", on_failure = \"fail\""),
    ] {
        text.push_str(&format!(
            "[apps.{app}]\nmodel = \"up\"\nplugins = [{{ plugin = \"{plugin}\", route = \"always\"{rest} }}]\n"
        ));
    }
    for (app, plugin) in [("kb-direct", "kb"), ("orders-direct", "orders")] {
        text.push_str(&format!(
            "[apps.{app}]\nanswer = \"direct\"\nnothing_found = \"没有找到。\"\nunavailable = \"查不了。\"\n\
             plugins = [{{ plugin = \"{plugin}\", route = \"always\", on_failure = \"continue\" }}]\n"
        ));
    }
    text.push_str("[apps.tool]\nmodel = \"up\"\nplugins = [{ plugin = \"kb\", route = \"model\" }]\n");
    text
}

/// What came of a turn: status, the headers that name failed plugins and missing variables, and the body.
async fn ask(host: &Host, app: &str, variables: Value) -> (u16, [Option<String>; 2], Value) {
    let body = json!({"model": app, "variables": variables, "messages": [{"role": "user", "content": "怎么填报志愿"}]});
    let response = host.post("/v1/chat/completions", body).await;
    let header = |name| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    let headers = [header("x-failed-plugins"), header("x-missing-variables")];
    (response.status().as_u16(), headers, response.json().await.unwrap())
}

fn text(body: &Value) -> &str {
    body.pointer("/choices/0/message/content").and_then(Value::as_str).unwrap_or_default()
}

fn system(upstream: &Upstream, call: usize) -> String {
    let sent: Value = serde_json::from_slice(&upstream.received()[call]).unwrap();
    sent["messages"][0]["content"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variable_that_the_client_has_to_send_is_named_and_not_taken_for_nothing_found() {
    let embeddings = Embeddings::start().await;
    let upstream = Upstream::playing([
        Script::Says(vec!["查不了天气"]),
        Script::Calls("kb", r#"{"query": "志愿"}"#),
        Script::Says(vec!["查不到"]),
    ])
    .await;
    let host = Host::start(&config(&upstream, &embeddings, "http://127.0.0.1:9"));
    let without = [json!({}), json!({"province": " "}), json!({"other": "广东"}), json!({"province": null})];
    for variables in without {
        let (status, _, body) = ask(&host, "kb", variables).await;
        let error = &body["error"];
        assert_eq!((status, &error["code"]), (400, &json!("missing_input")), "{body}");
        assert_eq!(error["variables"], json!(["province"]));
        let message = error["message"].as_str().unwrap();
        assert!(
            message.contains("`kb`") && message.contains(r#""variables": {"province": "…"}"#),
            "{message}"
        );
    }
    let body = json!({"model": "kb", "messages": [{"role": "user", "content": "志愿"}]});
    let refused: Value = host.post("/v2/chat/completions", body).await.json().await.unwrap();
    assert_eq!(refused["error"]["variables"], json!(["province"]), "in every format: {refused}");
    let refused = host.newest_trace_of(5).await;
    assert!(refused["error"].as_str().unwrap().contains("the variable `province`"), "{refused}");
    for variables in [json!({}), json!({"city": ""}), json!({"city": null})] {
        let (status, _, body) = ask(&host, "weather-fail", variables).await;
        assert_eq!((status, &body["error"]["variables"]), (400, &json!(["city"])), "{body}");
    }
    let both = |plugin: &str, variable: &str| [Some(plugin.to_owned()), Some(variable.to_owned())];
    // The turn goes on: the client learns what it did without, and no model answers out of its memory.
    for app in ["kb-continue", "kb-direct"] {
        let (status, headers, body) = ask(&host, app, json!({})).await;
        assert_eq!((status, headers), (200, both("kb", "province")), "{body}");
        assert!(!text(&body).contains("没有找到") && !text(&body).is_empty(), "{body}");
    }
    assert!(upstream.received().is_empty());
    let (_, headers, body) = ask(&host, "weather", json!({})).await;
    assert_eq!((text(&body), headers), ("查不了天气", both("weather", "city")));
    assert!(system(&upstream, 0).contains("weather：缺少需要的信息，这次没有查"), "{}", system(&upstream, 0));
    // A model that calls the plugin can mend its arguments, and not this.
    let (_, headers, _) = ask(&host, "tool", json!({})).await;
    assert_eq!(headers, both("kb", "province"));
    let told = String::from_utf8_lossy(&upstream.received()[2]).into_owned();
    assert!(told.contains("这个工具缺少需要的信息") && !told.contains("请改正参数"), "{told}");
    // With the variable there is nothing to complain of.
    host.import("policy", "gd.md&meta.province=广东", "# 填报志愿\n\n本科批次在六月填报志愿。\n").await;
    let (status, headers, body) = ask(&host, "kb-direct", json!({"province": "广东"})).await;
    assert_eq!((status, headers), (200, [None, None]));
    assert!(text(&body).contains("六月填报志愿"), "{body}");
    let (_, _, body) = ask(&host, "kb-direct", json!({"province": ["湖南", "广东"]})).await;
    assert!(text(&body).contains("六月填报志愿"), "a list means any of its values: {body}");
    let (_, _, body) = ask(&host, "kb-direct", json!({"province": "湖南"})).await;
    assert_eq!(text(&body), "没有找到。");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_names_what_was_missing_at_its_end() {
    let embeddings = Embeddings::start().await;
    let upstream = Upstream::playing([Script::Says(vec!["查不了天气"])]).await;
    let host = Host::start(&config(&upstream, &embeddings, "http://127.0.0.1:9"));
    let body = json!({"model": "weather", "stream": true, "messages": [{"role": "user", "content": "天气"}]});
    let text = host.post("/v1/chat/completions", body).await.text().await.unwrap();
    assert!(text.contains(r#""missing_variables":["city"]"#), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_question_does_not_say_is_asked_for() {
    let (embeddings, api) =
        (Embeddings::start().await, Service::playing([Reply::Json(json!({"state": "已发货"}))]).await);
    let upstream = Upstream::playing([Script::Says(vec!["请告诉我订单号"])]).await;
    let host = Host::start(&config(&upstream, &embeddings, &api.origin));
    let (status, _, body) = ask(&host, "orders-fail", json!({})).await;
    assert_eq!((status, &body["error"]["code"]), (400, &json!("missing_input")), "{body}");
    assert!(body["error"]["message"].as_str().unwrap().contains("needs `order`"), "{body}");
    let (status, headers, body) = ask(&host, "orders-direct", json!({})).await;
    assert_eq!((status, headers), (200, [Some("orders".into()), None]));
    assert_eq!(text(&body), "还缺少需要的信息：order。请补充后再问一次。");
    let (_, _, body) = ask(&host, "orders", json!({})).await;
    assert_eq!(text(&body), "请告诉我订单号");
    let system = system(&upstream, 0);
    assert!(system.contains("orders：问题里没有说明 order，这次没有查；可以请用户补充"), "{system}");
    // The words are the app's where it has some.
    let own = "[apps.orders-direct]\nsay_more = \"请把 {missing} 一起发来。\"";
    let host = Host::start(&config(&upstream, &embeddings, &api.origin).replace("[apps.orders-direct]", own));
    let (_, _, body) = ask(&host, "orders-direct", json!({})).await;
    assert_eq!(text(&body), "请把 order 一起发来。");
    assert!(host.ask("orders-direct", "查一下 123456").await.text().contains("已发货"));
}

#[tokio::test(flavor = "multi_thread")]
async fn check_warns_of_a_variable_that_every_request_must_send() {
    let (embeddings, upstream) = (Embeddings::start().await, Upstream::playing([]).await);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    std::fs::write(&path, with_cache(&config(&upstream, &embeddings, "http://127.0.0.1:9"))).unwrap();
    let checked = run(&path, &["check"]);
    let said =
        String::from_utf8_lossy(&checked.stdout).into_owned() + &String::from_utf8_lossy(&checked.stderr);
    assert!(checked.status.success(), "{said}");
    for (key, variable) in
        [("plugins.kb.config.filters[0]", "province"), ("plugins.weather.config.query.city", "city")]
    {
        let line =
            said.lines().find(|line| line.contains(key)).unwrap_or_else(|| panic!("{key} is not in {said}"));
        assert!(line.contains("warning") && line.contains(&format!("the variable `{variable}`")), "{line}");
    }
    assert!(!said.contains("plugins.orders.config"), "{said}");
}
