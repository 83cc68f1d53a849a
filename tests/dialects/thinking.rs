//! Models whose chat template opens their thoughts, where the text begins with the answer all the same.

use super::*;

fn sent(body: String) -> Script {
    let headers = vec![("content-type", "text/event-stream".to_owned())];
    Script::Sends(Sent { status: 200, headers, body: body.into_bytes(), cut: usize::MAX, end: End::Well })
}

/// Content and thoughts of an answer, put together where it is streamed.
fn said(body: &str) -> (String, String) {
    let events: Vec<Value> = if body.starts_with("data:") {
        let events = body.lines().filter_map(|line| line.strip_prefix("data: {"));
        events.map(|event| serde_json::from_str(&format!("{{{event}")).unwrap()).collect()
    } else {
        vec![serde_json::from_str(body).unwrap()]
    };
    let field = |name: &str| {
        let texts = events.iter().map(|event| {
            let choice = &event["choices"][0];
            let said = if choice["delta"].is_object() { &choice["delta"] } else { &choice["message"] };
            said[name].as_str().unwrap_or_default().to_owned()
        });
        texts.collect::<String>()
    };
    (field("content"), field("reasoning_content"))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_thoughts_reaches_the_user_of_a_model_that_starts_thinking() {
    let plain = || delta(r#"{"content":"直接答"}"#) + &finish("stop");
    let apart = delta(r#"{"reasoning_content":"想"}"#) + &delta(r#"{"content":"直接答"}"#) + &finish("stop");
    let rows = [
        (plain(), json!({"enable_thinking": false}), ""),
        (plain(), json!({"chat_template_kwargs": {"enable_thinking": false}}), ""),
        (plain(), json!({"thinking": {"type": "disabled"}}), ""),
        (plain(), json!({"reasoning_effort": "none"}), ""),
        (apart, json!({}), "想"),
        (
            delta(r#"{"content":"想</THI"}"#) + &delta(r#"{"content":"NK>直接答"}"#) + &finish("stop"),
            json!({}),
            "想",
        ),
        // It was handed on as thoughts before it was known to be none.
        (plain(), json!({"response_format": {"type": "json_object"}}), "直接答"),
        (plain(), json!({"enable_thinking": true}), "直接答"),
        (whole(r#"{"content":"直接答"}"#, "\"stop\""), json!({}), "直接答"),
    ];
    let scripts = rows.iter().flat_map(|row| [sent(row.0.clone()), sent(row.0.clone())]);
    let upstream = Upstream::playing(scripts).await;
    let model = "first_byte_timeout = \"2s\"\n";
    let config = crate::chat::plain(&upstream).replace(model, &format!("{model}starts_thinking = true\n"));
    assert!(config.contains("starts_thinking"));
    let host = Host::start(&config);
    for (_, switches, thoughts) in rows {
        for stream in [false, true] {
            let mut asked =
                json!({"model": "plain", "stream": stream, "messages": [{"role": "user", "content": "问"}]});
            asked.as_object_mut().unwrap().extend(switches.as_object().unwrap().clone());
            let response = host.post("/v1/chat/completions", asked).await;
            assert_eq!(response.status(), 200, "{switches}, streamed: {stream}");
            let told = said(&response.text().await.unwrap());
            assert_eq!(told, ("直接答".into(), thoughts.into()), "{switches}, streamed: {stream}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn thoughts_that_were_cut_off_are_no_answer() {
    let cut = delta(r#"{"content":"想一"}"#) + &finish("length");
    let upstream = Upstream::playing([sent(cut)]).await;
    let config = crate::chat::plain(&upstream);
    let host = Host::start(&config.replace("[apps.plain]", "starts_thinking = true\n[apps.plain]"));
    let asked = json!({"model": "plain", "messages": [{"role": "user", "content": "问"}]});
    let response = host.post("/v1/chat/completions", asked).await;
    assert_eq!(said(&response.text().await.unwrap()), (String::new(), "想一".into()));
}
