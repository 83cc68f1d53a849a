//! What the console may take of its user's time, measured in a real browser.

use std::fmt::Write as _;

use serde_json::json;

use crate::console::visit;
use crate::support::{Embeddings, Host, Script, Upstream};

/// Hits of one search; each is in the page while a slider moves over them.
const HITS: usize = 200;
/// Characters of an answer: with three bytes for most of them, more than 200 KB of a trace.
const ANSWERED: usize = 70_000;

#[tokio::test(flavor = "multi_thread")]
async fn the_first_screen_a_sliders_step_and_a_long_trace_keep_their_budgets() {
    let embeddings = Embeddings::start().await;
    let answer: &'static str = "志愿填报".repeat(ANSWERED / 4).leak();
    let upstream = Upstream::playing([Script::Says(vec![answer])]).await;
    let host = Host::start(&format!(
        "{}\n{}[knowledge.a]\nembedder = \"e\"\nthreshold = 0.1\n",
        crate::chat::plain(&upstream),
        embeddings.table("e", 32)
    ));
    let mut sections = String::new();
    for n in 0..HITS + 20 {
        let _ = writeln!(
            sections,
            "# 第 {n} 条\n\n平行志愿按照分数优先的原则投档，第 {n} 条说的是{}。\n",
            "细则".repeat(n % 30)
        );
    }
    host.import("a", "rules.md", &sections).await;
    let turn = host.ask("plain", "平行志愿按什么原则投档？").await;
    assert_eq!(turn.status, 200, "{}", turn.body);
    assert!(host.trace(&turn.id).await.to_string().len() > 200 << 10);
    let order =
        json!({"question": "平行志愿按什么原则投档？", "hits": HITS, "id": turn.id, "units": ANSWERED});
    visit(&host, "quick", order).await;
}
