use serde_json::{Value, json};

use crate::support::{Host, Reply, Script, Service, Upstream, run};

const KEY: &str = "bce-v3/ALTAK-geheim/0123456789";

/// Shows what the built-in template leaves to the formatter: the link.
const PROMPT: &str = "{% for passage in passages %}[{{ passage.number }}] {{ passage.title }} {{ passage.url }}\n\
    {{ passage.text }}\n{% endfor %}";

/// Both providers, with what a question finds and what finds nothing.
fn providers() -> [(&'static str, Value, Value); 2] {
    let searxng = json!({"query": "q", "results": [
        {"title": "河南省教育考试院", "url": "http://a.example/1", "content": "本科批录取控制分数线",
         "publishedDate": "2026-06-25T00:00:00", "score": 4.0},
        {"title": "无文", "url": "http://a.example/2", "content": null, "score": 3.0},
        {"title": "招生章程", "url": "http://a.example/3", "content": "按专业组投档", "score": 1.0}]});
    let baidu = json!({"request_id": "1", "is_safe": true, "references": [
        {"id": 1, "title": "河南省教育考试院", "url": "http://a.example/1", "content": "本科批录取控制分数线",
         "date": "2026-06-25", "type": "web"},
        {"id": 2, "title": "招生章程", "url": "http://a.example/3", "content": "按专业组投档", "type": "web"}]});
    [
        ("searxng", searxng, json!({"query": "q", "results": []})),
        ("baidu", baidu, json!({"request_id": "1", "references": []})),
    ]
}

/// Three apps around the plugin `web`: one goes on without it, one does not, one leaves it to the model.
fn start(upstream: &Upstream, provider: &str, service: &Service) -> Host {
    let origin = &service.origin;
    let mut config = format!(
        r#"
[models.up]
base_url = "{}"
model = "m"
[secrets.search]
file = "search.key"
[plugins.web]
component = "builtin:search"
config = {{ provider = "{provider}", endpoint = "{origin}", top_k = 5, recency = "year" }}
"#,
        upstream.base_url
    );
    config += &format!(
        r#"
[plugins.web.grants]
hosts = ["{origin}"]
secrets = [{{ secret = "search", host = "{origin}", header = "Authorization", value = "Bearer {{secret}}" }}]
"#
    );
    for (app, route, on_failure) in
        [("app", "always", "continue"), ("strict", "always", "fail"), ("asked", "model", "continue")]
    {
        config += &format!(
            r#"
[apps.{app}]
model = "up"
prompt = "prompt.md.j2"
[[apps.{app}.plugins]]
plugin = "web"
route = "{route}"
on_failure = "{on_failure}"
"#
        );
    }
    Host::prepared(&config, |folder, _| {
        std::fs::write(folder.join("search.key"), format!("{KEY}\n")).unwrap();
        std::fs::write(folder.join("prompt.md.j2"), PROMPT).unwrap();
    })
}

fn says(turns: usize) -> impl Iterator<Item = Script> {
    (0..turns).map(|_| Script::Says(vec!["模型答"]))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_found_reaches_the_prompt_with_title_and_link() {
    for (provider, found, _) in providers() {
        let service = Service::playing([Reply::Json(found)]).await;
        let upstream = Upstream::playing(says(1)).await;
        let host = start(&upstream, provider, &service);
        let chat = host.ask("app", "河南分数线&format=html").await;
        assert_eq!(chat.text(), "模型答", "{provider}: {}", chat.body);

        let trace = host.trace(&chat.id).await;
        let sent = &upstream.received()[0];
        assert_eq!(trace["model_calls"][0]["request_text"].as_str().unwrap().as_bytes(), sent);
        let sent: Value = serde_json::from_slice(sent).unwrap();
        let prompt = sent["messages"][0]["content"].as_str().unwrap();
        let expected = "[1] 河南省教育考试院 http://a.example/1\n(2026-06-25) 本科批录取控制分数线\n\
            [2] 招生章程 http://a.example/3\n按专业组投档";
        assert_eq!(prompt.trim(), expected, "{provider}");

        let call = &trace["calls"][0];
        let passages = call["contribution"]["passages"].as_array().unwrap();
        let scores: Vec<&Value> = passages.iter().map(|passage| &passage["score"]).collect();
        let expected =
            if provider == "searxng" { [json!(1.0), json!(0.25)] } else { [json!(null), json!(null)] };
        assert_eq!(scores, expected.iter().collect::<Vec<_>>(), "{provider}");
        let request = &call["report"]["http"][0];
        assert_eq!(request["status"], 200);
        assert!(!request["url"].as_str().unwrap().contains('?'), "{provider}: {request}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn searxng_is_asked_in_its_own_words() {
    let [(_, found, _), _] = providers();
    let service = Service::playing([Reply::Json(found)]).await;
    let upstream = Upstream::playing(says(1)).await;
    let host = start(&upstream, "searxng", &service);
    host.ask("app", "河南分数线&format=html").await;
    let asked = &service.asked()[0];
    assert_eq!(asked.what(), "GET /search");
    let mut query: Vec<_> = asked.query().into_iter().collect();
    query.sort();
    let expected = [("format", "json"), ("q", "河南分数线&format=html"), ("time_range", "year")];
    assert_eq!(query, expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
}

#[tokio::test(flavor = "multi_thread")]
async fn baidu_is_sent_the_key_and_nobody_else_learns_it() {
    let [_, (_, found, _)] = providers();
    let refused = json!({"error": {"code": "invalid_iam_token", "message": "expired"}, "id": "as-1"});
    let service = Service::playing([Reply::Json(found), Reply::Json(refused)]).await;
    let upstream = Upstream::playing(says(2)).await;
    let host = start(&upstream, "baidu", &service);
    // One turn that goes well and one that fails: errors are where keys slip out.
    let ids = [host.ask("app", "河南分数线").await.id, host.ask("app", "河南分数线").await.id];

    let asked = &service.asked()[0];
    assert_eq!(asked.what(), "POST /v2/ai_search/chat/completions");
    assert_eq!(asked.header("authorization"), format!("Bearer {KEY}"));
    let body: Value = serde_json::from_slice(&asked.body).unwrap();
    assert_eq!(body["messages"], json!([{"role": "user", "content": "河南分数线"}]));
    assert_eq!(body["resource_type_filter"], json!([{"type": "web", "top_k": 5}]));
    assert_eq!(body["search_recency_filter"], "year");
    assert_eq!(body.get("model"), None, "with a model it would be no pure search");

    for (id, sent) in ids.iter().zip(upstream.received()) {
        let trace = host.trace(id).await.to_string();
        assert!(trace.contains("ai_search"), "the request is in the trace: {trace}");
        assert!(!trace.contains("ALTAK"), "{trace}");
        assert!(!String::from_utf8_lossy(&sent).contains("ALTAK"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_result_is_nothing_with_a_reason() {
    for (provider, _, empty) in providers() {
        let service = Service::playing([Reply::Json(empty)]).await;
        let upstream = Upstream::playing(says(1)).await;
        let host = start(&upstream, provider, &service);
        let chat = host.ask("strict", "查无此事").await;
        assert_eq!(chat.text(), "模型答", "finding nothing is no failure: {}", chat.body);
        let call = &host.trace(&chat.id).await["calls"][0];
        let reason = format!("{}: no results", service.origin);
        assert_eq!(call["contribution"], json!({"kind": "nothing", "reason": reason}), "{provider}");
        assert_eq!(call["error"], Value::Null);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_fails_is_left_out_or_ends_the_turn_as_the_app_says() {
    for (provider, found, _) in providers() {
        let failures = [
            (500, "boom", "answered 500: boom"),
            (200, "<html>请登录</html>", "not an answer of"),
            (200, r#"{"results": 3, "references": 3}"#, "not an answer of"),
            if provider == "baidu" {
                (200, r#"{"error_code": 17, "error_msg": "daily quota"}"#, "17: daily quota")
            } else {
                (403, "<h1>Forbidden</h1>", "add `json` to `search.formats`")
            },
        ];
        let replies = failures
            .iter()
            .flat_map(|(status, body, _)| [Reply::Text(*status, body), Reply::Text(*status, body)]);
        let service = Service::playing(replies.chain([Reply::Json(found)])).await;
        let upstream = Upstream::playing(says(failures.len() + 1)).await;
        let host = start(&upstream, provider, &service);
        for (index, (_, body, expected)) in failures.iter().enumerate() {
            let chat = host.ask("app", "问").await;
            assert_eq!((chat.status, chat.text()), (200, "模型答"), "{provider}, {body}: {}", chat.body);
            let call = &host.trace(&chat.id).await["calls"][0];
            let error = call["error"].as_str().unwrap();
            assert!(error.contains(expected) && error.contains(&service.origin), "{provider}: {error}");
            assert_eq!(call["contribution"], Value::Null);

            let failed = host.ask("strict", "问").await;
            assert_eq!((failed.status, &failed.body["error"]["code"]), (502, &json!("plugin_failed")));
            let told = failed.body["error"]["message"].as_str().unwrap();
            assert!(told.starts_with("a plugin of the app failed;"), "{provider}: {told}");
            let trace = host.trace(&failed.id).await;
            let message = trace["error"].as_str().unwrap();
            assert!(message.contains("`web`") && message.contains(expected), "{provider}: {message}");
            assert_eq!(trace["finish_reason"], "error");
            assert_eq!(upstream.received().len(), index + 1, "no model is asked in a turn that failed");
        }
        assert_eq!(host.ask("strict", "问").await.text(), "模型答", "the next turn is served");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_model_searches_in_its_own_words_and_is_told_what_was_found() {
    let [(_, found, _), _] = providers();
    let service = Service::playing([Reply::Json(found)]).await;
    let arguments = r#"{"query": "河南 2026 本科线", "recency": "month"}"#;
    let upstream = Upstream::playing([Script::Calls("web", arguments), Script::Says(vec!["见[1]"])]).await;
    let host = start(&upstream, "searxng", &service);
    let chat = host.ask("asked", "今年分数线出来了吗？").await;
    assert_eq!(chat.text(), "见[1]", "{}", chat.body);
    let query = service.asked()[0].query();
    assert_eq!((query["q"].as_str(), query["time_range"].as_str()), ("河南 2026 本科线", "month"));
    let second: Value = serde_json::from_slice(&upstream.received()[1]).unwrap();
    let told = second["messages"].as_array().unwrap().last().unwrap();
    assert_eq!(told["role"], "tool");
    let expected = "[1] 河南省教育考试院 相关度 1.0 http://a.example/1\n(2026-06-25) 本科批录取控制分数线\n\n[2] 招生章程 相关度 0.25 http://a.example/3\n按专业组投档";
    assert_eq!(told["content"], expected);
}

#[test]
fn an_endpoint_that_is_not_granted_is_refused_at_start_with_the_line_to_add() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    let config = "[plugins.web]\ncomponent = \"builtin:search\"\n[plugins.web.config]\nprovider = \"searxng\"\nendpoint = \"http://127.0.0.1:1\"\n";
    std::fs::write(&path, config).unwrap();
    for command in [&["check"][..], &["serve", "--listen", "127.0.0.1:0"]] {
        let output = run(&path, command);
        assert!(!output.status.success());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let expected = "host.toml:5: plugins.web.config.endpoint: the plugin may not reach http://127.0.0.1:1; add hosts = [\"http://127.0.0.1:1\"] to [plugins.web.grants]";
        assert!(said.contains(expected), "{said}");
    }
}
