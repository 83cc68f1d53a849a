use serde_json::json;

use crate::support::{Host, Reply, Script, Service, Upstream, hostile};

/// Long enough to be blanked; the query and forms write some of it differently.
const KEY: &str = "S3CR3T+key/of=scores";

/// A host with one API plugin, whose grants have this secret, in an app that goes on without it and
/// one that does not.
fn start(upstream: &Upstream, config: &str, hosts: &[&str], secret: &str) -> Host {
    let text = format!(
        r#"
[models.up]
base_url = "{up}"
model = "m"
[secrets.scores]
file = "scores.key"
[plugins.scores]
component = "builtin:http-api"
[plugins.scores.config]
{config}
[plugins.scores.grants]
hosts = {hosts:?}
secrets = [{{ secret = "scores", host = "{host}", {secret} }}]
[apps.app]
model = "up"
plugins = [{{ plugin = "scores", route = "always", on_failure = "continue" }}]
[apps.strict]
model = "up"
plugins = [{{ plugin = "scores", route = "always", on_failure = "fail" }}]
"#,
        up = upstream.base_url,
        host = hosts[0],
    );
    Host::prepared(&text, |folder, _| std::fs::write(folder.join("scores.key"), format!("{KEY}\n")).unwrap())
}

async fn upstream() -> Upstream {
    Upstream::playing((0..8).map(|_| Script::Says(vec!["答"]))).await
}

/// None of the forms the key takes on its way.
fn is_clean(text: &str) -> bool {
    let encoded: String = url::form_urlencoded::byte_serialize(KEY.as_bytes()).collect();
    ![KEY, &encoded, "S3CR3T"].iter().any(|form| text.contains(form))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_in_the_query_or_a_form_reaches_the_api() {
    let api = Service::playing([Reply::Json(json!({"a": 1})), Reply::Json(json!({"a": 1}))]).await;
    let upstream = upstream().await;
    let url = format!("url = \"{}/v1\"\nquery = {{ q = \"{{{{ question }}}}\" }}", api.origin);
    let host = start(&upstream, &url, &[&api.origin], "query = \"key\"");
    let chat = host.ask("strict", "分数线").await;
    assert_eq!(chat.text(), "答", "{}", chat.body);
    let query = api.asked()[0].query();
    assert_eq!((query["q"].as_str(), query["key"].as_str()), ("分数线", KEY));
    let trace = host.trace(&chat.id).await;
    assert_eq!(trace["calls"][0]["report"]["http"][0]["url"], format!("{}/v1", api.origin));
    assert!(is_clean(&trace.to_string()), "{trace}");

    let form = format!(
        "url = \"{}/token\"\nbody = \"q={{{{ question }}}}\"\nheaders = {{ content-type = \"application/x-www-form-urlencoded\" }}",
        api.origin
    );
    let host = start(&upstream, &form, &[&api.origin], "form = \"client_secret\", value = \"v1 {secret}\"");
    let chat = host.ask("strict", "问").await;
    assert_eq!(chat.text(), "答", "{}", chat.body);
    let body: Vec<(String, String)> =
        url::form_urlencoded::parse(&api.asked()[1].body).into_owned().collect();
    assert_eq!(body, [("q".to_owned(), "问".to_owned()), ("client_secret".to_owned(), format!("v1 {KEY}"))]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_that_repeats_its_key_tells_nobody() {
    for secret in
        ["header = \"Authorization\", value = \"Bearer {secret}\"", "query = \"key\"", "form = \"key\""]
    {
        let api = Service::playing([Reply::Echo(200), Reply::Echo(401), Reply::Echo(401)]).await;
        let upstream = upstream().await;
        let url = format!(
            "url = \"{}/v1\"\nmethod = \"POST\"\nbody = \"\"\nheaders = {{ content-type = \"application/x-www-form-urlencoded\" }}",
            api.origin
        );
        let host = start(&upstream, &url, &[&api.origin], secret);
        let mut texts = Vec::new();
        for (app, status) in [("app", 200), ("app", 200), ("strict", 502)] {
            let chat = host.ask(app, "问").await;
            assert_eq!(chat.status, status, "{secret}: {}", chat.body);
            texts.push(chat.body.to_string());
            texts.push(host.trace(&chat.id).await.to_string());
        }
        let prompts = upstream.received();
        texts.extend(prompts.iter().map(|prompt| String::from_utf8_lossy(prompt).into_owned()));
        assert!(texts.iter().all(|text| is_clean(text)), "{secret}: {texts:?}");
        assert!(texts.iter().any(|text| text.contains("[secret scores]")), "{secret}: {texts:?}");
        for asked in api.asked() {
            assert!(!is_clean(&format!("{asked:?}")), "{secret}: the API got it");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_in_a_spelling_that_only_a_parser_resolves_is_blanked_too() {
    let api = Service::playing([Reply::JsonText("{\"a\": \"S3CR3T+key\\u002fof\\u003dscores\"}")]).await;
    let upstream = upstream().await;
    let url = format!("url = \"{}/v1\"", api.origin);
    let host = start(&upstream, &url, &[&api.origin], "query = \"key\"");
    let chat = host.ask("strict", "问").await;
    assert_eq!(chat.text(), "答", "{}", chat.body);
    let prompt = String::from_utf8_lossy(&upstream.received()[0]).into_owned();
    assert!(is_clean(&prompt) && prompt.contains("[secret scores]"), "{prompt}");
    assert!(is_clean(&host.trace(&chat.id).await.to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_tells_origin_and_path_of_a_url_and_no_more() {
    let api = Service::playing([]).await;
    let upstream = upstream().await;
    let config = format!(
        "url = \"{}/v1/{{{{ variables.where|default('x') }}}}?key=S3CR3T-literal\"\nquery = {{ q = \"{{{{ question }}}}\" }}",
        api.origin
    );
    let host = start(&upstream, &config, &[&api.origin], "query = \"other\"");
    let long = "省".repeat(8_000);
    for (question, place) in [(long.as_str(), "x"), ("问", "..")] {
        let body = json!({
            "model": "strict", "user": "u", "metadata": {"where": place}, "variables": {"where": place},
            "messages": [{"role": "user", "content": question}],
        });
        let chat = host.chat(body).await;
        assert!(is_clean(&chat.body.to_string()), "{}", chat.body);
        let trace = host.trace(&chat.id).await;
        assert!(is_clean(&trace["calls"].to_string()), "{}", trace["calls"]);
    }
    assert!(api.asked().is_empty(), "neither can be sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_host_holds_for_a_guest_is_bounded_by_its_memory() {
    const CALLS: usize = 4;
    const MEMORY: usize = 16 << 20;
    let upstream = upstream().await;
    let mut text = format!("[models.up]\nbase_url = \"{}\"\nmodel = \"m\"\n", upstream.base_url);
    for what in ["bodies", "methods"] {
        text += &format!(
            "[plugins.{what}]\ncomponent = {:?}\nconfig = {{ behaviour = \"hoard\", what = \"{what}\" }}\n\
             limits = {{ memory = \"16MiB\", timeout = \"60s\" }}\n\
             [apps.{what}]\nmodel = \"up\"\n\
             plugins = [{{ plugin = \"{what}\", route = \"always\", on_failure = \"fail\" }}]\n",
            hostile()
        );
    }
    let host = Host::start(&text);
    let before = host.peak_memory();
    for what in ["bodies", "methods"] {
        let chats = (0..CALLS).map(|_| host.ask(what, "问"));
        for chat in futures_util::future::join_all(chats).await {
            assert_eq!(chat.status, 502, "{}", chat.body);
            let call = &host.trace(&chat.id).await["calls"][0];
            assert!(call["error"].as_str().unwrap().contains("`limits.memory`"), "{call}");
            assert!(call["report"]["peak_memory"].as_u64().unwrap() > 12 << 20, "{call}");
        }
        let grown = host.peak_memory().saturating_sub(before);
        let bound = 2 * CALLS * MEMORY + (64 << 20);
        assert!(grown < bound, "{what}: {grown} bytes, at most {bound}");
    }
}
