//! What an operator changes through the console: thresholds, a template, stored answers, the configuration; and what the
//! pages of plugins and costs say.

use std::path::PathBuf;

use axum::response::Redirect;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;

use crate::console::visit;
use crate::support::{Embeddings, Host, Script, Upstream};

const QUESTION: &str = "平行志愿按什么原则投档？";

/// Serves this router on a free port until the test's runtime ends.
async fn served(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    origin
}

/// An app with a template of its own and a plugin that searches two bases, one of them for stored questions.
fn config(upstream: &Upstream, embeddings: &Embeddings) -> String {
    let app = crate::chat::plain(upstream);
    let app = app.replace("[apps.plain]", "[apps.plain]\nprompt = \"own.md.j2\" # 自己的模板");
    format!(
        "# 一份配置\n{app}\n[plugins.kb]\ncomponent = \"builtin:knowledge-base\"\n\n[plugins.kb.grants]\nknowledge = [\"a\", \"faq\"]\n\n\
         [[apps.plain.plugins]]\nplugin = \"kb\"\nroute = \"always\"\n\n{}\
         [knowledge.a]\nembedder = \"e\"\nthreshold = 0.1 # 宽一些\n\n[knowledge.faq]\nembedder = \"e\"\nthreshold = 0.9\n",
        embeddings.table("e", 32)
    )
}

const TEMPLATE: &str = "只根据资料回答。\n{% for passage in passages %}[{{ passage.number }}] {{ passage.text }}\n{% endfor %}\n";

/// A host with these two bases filled, and the path of its configuration.
async fn filled(config: &str) -> (Host, PathBuf) {
    let mut path = PathBuf::new();
    let host = Host::prepared(config, |folder, _| {
        path = folder.join("host.toml");
        std::fs::write(folder.join("own.md.j2"), TEMPLATE).unwrap();
    });
    host.import("a", "there.md", "平行志愿按照分数优先的原则投档。").await;
    host.import("faq", "faq.qa.csv", "问题,答案\n什么是一本线？,一本线是第一批本科的控制线。\n").await;
    (host, path)
}

#[tokio::test(flavor = "multi_thread")]
async fn thresholds_and_a_template_are_written_when_their_difference_was_seen() {
    let embeddings = Embeddings::start().await;
    let answers = ["分数优先。", "只此一句。", "分数优先。"].map(|answer| Script::Says(vec![answer]));
    let upstream = Upstream::playing(answers).await;
    let (host, path) = filled(&config(&upstream, &embeddings)).await;
    let turn = host.ask("plain", QUESTION).await;
    assert_eq!(turn.status, 200, "{}", turn.body);
    let template = path.with_file_name("own.md.j2");
    let order = json!({"question": QUESTION, "base": "a", "config": path, "template": template, "app": "plain", "id": turn.id});
    visit(&host, "write", order).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_answer_is_rated_mended_and_measured() {
    let embeddings = Embeddings::start().await;
    let upstream = Upstream::playing([Script::Says(vec!["不知道。"])]).await;
    let (host, _) = filled(&config(&upstream, &embeddings)).await;
    let order = json!({
        "app": "plain", "base": "faq", "question": QUESTION, "answer": "按分数从高到低，依次检索志愿。", "document": "there.md"
    });
    visit(&host, "correct", order).await;
    assert_eq!(upstream.received().len(), 1, "a standard answer needs no model");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_looked_at_before_it_is_imported_and_a_stored_answer_is_changed() {
    let embeddings = Embeddings::start().await;
    let upstream = Upstream::playing([]).await;
    let (host, _) = filled(&config(&upstream, &embeddings)).await;
    let order = json!({
        "base": "faq", "document": "faq.qa.csv", "question": "什么是一本线？", "answer": "第一批本科录取的最低控制线。"
    });
    visit(&host, "edit", order).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_stand_at_their_lines_and_a_good_file_is_applied() {
    let embeddings = Embeddings::start().await;
    let upstream = Upstream::playing([]).await;
    let (host, path) = filled(&config(&upstream, &embeddings)).await;
    visit(&host, "config", json!({"path": path, "base": "a"})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_that_was_refused_says_which_line_lets_it_through() {
    let other = served(Router::new().route("/", get(async || Json(json!({"answer": "查到了"}))))).await;
    let to = format!("{other}/");
    let granted = served(Router::new().route("/", get(async move || Redirect::to(&to)))).await;
    let embeddings = Embeddings::start().await;
    let upstream = Upstream::playing([Script::Says(vec!["没查到。"])]).await;
    let config = format!(
        "{}\n[[apps.plain.plugins]]\nplugin = \"api\"\nroute = \"always\"\n\n\
         [plugins.api]\ncomponent = \"builtin:http-api\"\n[plugins.api.config]\nurl = \"{granted}/\"\n\
         [plugins.api.grants]\nhosts = [\"{granted}\"]\n",
        config(&upstream, &embeddings)
    );
    let (host, path) = filled(&config).await;
    assert_eq!(host.ask("plain", QUESTION).await.status, 200);
    let order =
        json!({"plugin": "api", "other": "kb", "denied": other, "question": QUESTION, "config": path});
    visit(&host, "plugins", order).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_turns_cost_is_the_hosts_table() {
    const TURNS: usize = 6;
    let embeddings = Embeddings::start().await;
    let upstream = Upstream::playing((0..TURNS).map(|_| Script::Says(vec!["分数优先。"]))).await;
    let (host, _) = filled(&config(&upstream, &embeddings)).await;
    for _ in 0..TURNS {
        assert_eq!(host.ask("plain", QUESTION).await.status, 200);
    }
    visit(&host, "costs", json!({"turns": TURNS})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_screen_is_used_with_the_keyboard_alone() {
    let embeddings = Embeddings::start().await;
    let upstream = Upstream::playing([Script::Says(vec!["分数优先[1]。"])]).await;
    let (host, _) = filled(&config(&upstream, &embeddings)).await;
    visit(&host, "keys", json!({"base": "a", "document": "there.md", "question": QUESTION})).await;
}
