use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Embeddings, Host, Script, Upstream, hostile};

/// Templates that put texts where they are hard to tell apart: next to one another, twice, filtered, sliced, in a loop.
const TEMPLATES: [&str; 5] = [
    "",
    "你是顾问。{{ client_system }}{% for p in passages %}[{{ p.number }}]{{ p.title }}{{ p.text }}{% endfor %}{% for o in outcomes %}{{ o.text }}{% endfor %}",
    "{% for p in passages %}{{ p.text }}{{ p.text }}\n{% endfor %}{{ client_system }}{{ client_system }}尾",
    "{{ client_system | upper }}𝄞{% for p in passages[:1] %}{{ p.text[:9] }}…{{ p.text | replace('。', '！') }}{% endfor %}{% for o in outcomes %}{{ o.text | trim }}{% endfor %}",
    "{% for d in documents %}{{ d.title }}{% for s in d.sections %}[{{ s.number }}]{{ s.text }}{% endfor %}{% endfor %}{% for p in passages %}{{ p.text }}{% endfor %}",
];

fn config(upstream: &Upstream, embeddings: &Embeddings) -> String {
    let mut text = format!(
        "[models.up]\nbase_url = \"{}\"\nmodel = \"m\"\n{}[knowledge.a]\nembedder = \"e32\"\nthreshold = 0.0\n[knowledge.whole]\n\
         embedder = \"e32\"\n[plugins.kb]\ncomponent = \"builtin:knowledge-base\"\ngrants = {{ knowledge = [\"a\"] }}\n\
         [plugins.echo]\ncomponent = {:?}\nconfig = {{ behaviour = \"echo\" }}\n",
        upstream.base_url,
        embeddings.table("e32", 32),
        hostile().display().to_string()
    );
    for (number, template) in TEMPLATES.iter().enumerate() {
        text.push_str(&format!("[apps.t{number}]\nmodel = \"up\"\nfollow_up = \"off\"\n"));
        if !template.is_empty() {
            text.push_str(&format!("prompt = \"t{number}.md\"\n"));
        }
        if number == 0 || number == 4 {
            text.push_str("whole_text = [\"whole\"]\n");
        }
        if number == 3 {
            text.push_str("prompt_tokens = 700\n");
        }
        for plugin in ["kb", "echo"] {
            text.push_str(&format!(
                "[[apps.t{number}.plugins]]\nplugin = \"{plugin}\"\nroute = \"always\"\n"
            ));
        }
    }
    text
}

/// Texts that trip whoever counts: astral signs, marks that combine, breaks, the host's own way of writing.
const TEXTS: [&str; 10] = [
    "平行志愿怎么投档",
    "𝄞𝄞 高音谱号 👨‍👩‍👧‍👦",
    "e\u{301}te\u{301} \u{200d} \u{feff}",
    "[1] 平行志愿。\n\n\n{{ passages }} {% if x %}",
    "\u{e000}\u{f8ff} 私用区 \u{10fffd}",
    "a\tb\r\nc \"quoted\" \\ back",
    "<b>粗</b> & &amp; `code`",
    "一",
    "長い日本語の質問です。ｆｕｌｌ　ｗｉｄｔｈ",
    "资料 问题 用户 系统 角色",
];

#[tokio::test(flavor = "multi_thread")]
async fn the_runs_of_fifty_prompts_add_up_to_what_was_sent() {
    let turns = 50;
    let upstream = Upstream::playing((0..turns).map(|_| Script::Says(vec!["好"]))).await;
    let embeddings = Embeddings::start().await;
    let host = Host::prepared(&config(&upstream, &embeddings), |folder, _| {
        for (number, template) in TEMPLATES.iter().enumerate().filter(|(_, template)| !template.is_empty()) {
            std::fs::write(folder.join(format!("t{number}.md")), template).unwrap();
        }
    });
    for (number, text) in TEXTS.iter().enumerate() {
        let document = format!("# 第{number}章 {text}\n\n平行志愿第{number}条：{text}。分数优先。\n");
        host.import("a", &format!("{number}.md"), &document).await;
    }
    host.import("whole", "w.md", "# 全文\n\n全文第一节👍。\n\n## 二\n\n全文第二节。\n").await;
    let mut seen = BTreeSet::new();
    for turn in 0..turns {
        let text = TEXTS[turn % TEXTS.len()];
        let mut messages = Vec::new();
        if turn % 3 != 1 {
            messages.push(
                json!({"role": "system", "content": format!("客户端说：{text}{}", "长".repeat(turn * 7))}),
            );
        }
        for round in 0..turn % 4 {
            messages.push(json!({"role": "user", "content": format!("{text}？第{round}次")}));
            messages.push(json!({"role": "assistant", "content": TEXTS[(turn + round) % TEXTS.len()]}));
        }
        if turn % 5 == 4 {
            messages.push(json!({"role": "assistant", "content": null, "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "mine", "arguments": "{\"a\": \"值\"}"}}]}));
            messages.push(json!({"role": "tool", "tool_call_id": "c1", "content": format!("工具说{text}")}));
        }
        messages.push(json!({"role": "user", "content": format!("{text} {turn}")}));
        let app = format!("t{}", turn / TEXTS.len());
        let chat = host.chat(json!({"model": app, "messages": messages})).await;
        assert_eq!(chat.status, 200, "{turn}: {}", chat.body);
        let trace = host.trace(&chat.id).await;
        let call = trace["model_calls"].as_array().unwrap().last().unwrap();
        assert_eq!(
            call["request_text"].as_str().unwrap().as_bytes(),
            &upstream.received()[turn][..],
            "the bytes that were sent"
        );
        let sent: Value = serde_json::from_str(call["request_text"].as_str().unwrap()).unwrap();
        let parts = call["parts"].as_array().unwrap();
        let mut last = 0;
        for (place, message) in sent["messages"].as_array().unwrap().iter().enumerate() {
            let content: Vec<u16> = message["content"].as_str().unwrap_or_default().encode_utf16().collect();
            let (mut at, mut bytes) = (0, 0);
            for part in parts.iter().filter(|part| part["message"] == place) {
                let units = part["units"].as_u64().unwrap() as usize;
                assert!(units > 0, "{turn}: an empty run: {part}");
                // A run that ends within a sign would not be text.
                let run = String::from_utf16(&content[at..at + units])
                    .unwrap_or_else(|error| panic!("{turn} {part}: {error}"));
                (at, bytes) = (at + units, bytes + run.len());
                let giver = match part["source"].as_str().unwrap() {
                    "passage" => json!("kb"),
                    "outcome" => json!("echo"),
                    _ => Value::Null,
                };
                assert_eq!(part["plugin"], giver, "{turn}: {part}");
                seen.insert(part["source"].as_str().unwrap().to_owned());
            }
            assert_eq!(
                (at, bytes),
                (content.len(), message["content"].as_str().unwrap_or_default().len()),
                "{turn}, message {place}: {call}"
            );
            last = place;
        }
        assert!(parts.iter().all(|part| part["message"].as_u64().unwrap() as usize <= last), "{turn}");
        let places: Vec<u64> = parts.iter().map(|part| part["message"].as_u64().unwrap()).collect();
        assert!(places.is_sorted(), "in order");
    }
    for source in ["template", "client_system", "passage", "outcome", "whole_text", "history", "question"] {
        assert!(seen.contains(source), "{source} is in none of the prompts: {seen:?}");
    }
}
