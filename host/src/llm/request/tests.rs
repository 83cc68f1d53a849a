use serde_json::json;

use super::*;

fn parameters<const N: usize>(fields: [(&'static str, &str); N]) -> Parameters {
    fields.map(|(name, value)| (name, RawValue::from_string(value.into()).unwrap())).into_iter().collect()
}

fn sent(request: &ChatRequest<'_>, defaults: &Map<String, Value>) -> Value {
    serde_json::from_slice(&request.to_bytes("m", defaults, Thoughts::ReasoningContent)).unwrap()
}

#[test]
fn the_clients_sampling_replaces_the_operators() {
    let defaults = ["temperature", "max_tokens"].map(|key| (key.to_owned(), json!(0.5)));
    let defaults = Map::from_iter(defaults);
    let written = parameters([("top_p", "0.50"), ("max_completion_tokens", "7")]);
    let request = ChatRequest { parameters: Some(&written), ..Default::default() };
    let body = sent(&request, &defaults);
    assert_eq!((&body["top_p"], &body["max_completion_tokens"]), (&json!(0.5), &json!(7)));
    assert!(body.get("temperature").is_none() && body.get("max_tokens").is_none());
    let written = parameters([("max_tokens", "3")]);
    let bytes = ChatRequest { parameters: Some(&written), ..Default::default() }.to_bytes(
        "m",
        &defaults,
        Thoughts::ReasoningContent,
    );
    let text = std::str::from_utf8(&bytes).unwrap();
    assert_eq!(text.matches("max_tokens").count(), 1, "{text}");
    assert!(text.contains("\"max_tokens\":3") && text.contains("\"temperature\":0.5"), "{text}");
}

#[test]
fn a_request_that_switches_thinking_off_is_known_in_every_form() {
    let forbids = |fields: Option<(&'static str, &str)>, defaults: Value| {
        let written: Parameters = match fields {
            Some(field) => parameters([field]),
            None => Parameters::default(),
        };
        let request = ChatRequest { parameters: Some(&written), ..Default::default() };
        request.forbids_thoughts(defaults.as_object().unwrap())
    };
    for (name, off, on) in [
        ("enable_thinking", "false", "true"),
        ("thinking", r#"{"type":"disabled"}"#, r#"{"type":"enabled"}"#),
        ("chat_template_kwargs", r#"{"enable_thinking":false}"#, r#"{"enable_thinking":true}"#),
        ("chat_template_kwargs", r#"{"thinking":false}"#, r#"{"other":false}"#),
        ("reasoning_effort", r#""none""#, r#""low""#),
        ("thinking_budget", "0", "100"),
    ] {
        let operators = |value: &str| json!({ name: serde_json::from_str::<Value>(value).unwrap() });
        assert!(forbids(Some((name, off)), json!({})) && forbids(None, operators(off)), "{name}: {off}");
        assert!(!forbids(Some((name, on)), json!({})) && !forbids(None, operators(on)), "{name}: {on}");
        // The client's word replaces the operator's.
        assert!(
            !forbids(Some((name, on)), operators(off)) && forbids(Some((name, off)), operators(on)),
            "{name}"
        );
    }
    assert!(!forbids(None, json!({})));
}

#[test]
fn nothing_is_said_of_tools_where_there_are_none() {
    let written = parameters([("tool_choice", "\"required\""), ("parallel_tool_calls", "false")]);
    let request = ChatRequest { parameters: Some(&written), ..Default::default() };
    let body = sent(&request, &Map::new());
    assert!(body.get("tool_choice").is_none() && body.get("parallel_tool_calls").is_none());
    let tool = r#"{"type": "function", "function": {"name": "mine", "x": 1e400}}"#;
    let tools = [serde_json::from_str::<ClientTool>(tool).unwrap()];
    assert_eq!(tools[0].name.as_deref(), Some("mine"));
    let request = ChatRequest { client_tools: &tools, ..request };
    let bytes = request.to_bytes("m", &Map::new(), Thoughts::ReasoningContent);
    let text = std::str::from_utf8(&bytes).unwrap();
    assert!(text.contains(tool), "as the client wrote it: {text}");
    assert!(text.contains("\"tool_choice\":\"required\""), "{text}");
    let request = ChatRequest { without_tool_choice: true, ..request };
    let bytes = request.to_bytes("m", &Map::new(), Thoughts::ReasoningContent);
    let text = std::str::from_utf8(&bytes).unwrap();
    assert!(!text.contains("tool_choice") && text.contains("parallel_tool_calls"), "{text}");
    let written = parameters([("tool_choice", "\"none\"")]);
    let request = ChatRequest { parameters: Some(&written), ..request };
    let bytes = request.to_bytes("m", &Map::new(), Thoughts::ReasoningContent);
    let text = std::str::from_utf8(&bytes).unwrap();
    assert!(text.contains("\"tool_choice\":\"none\""), "it demands no call: {text}");
}

#[test]
fn a_message_is_sent_in_the_apis_shape() {
    let call = ToolCall { id: "c".into(), name: "f".into(), arguments: "{}".into() };
    let request = ChatRequest {
        messages: vec![
            Message { reasoning: "想".into(), tool_calls: vec![call], ..Message::text(Role::Assistant, "") },
            Message { tool_call_id: Some("c".into()), ..Message::text(Role::Tool, "晴") },
        ],
        ..Default::default()
    };
    let function = json!({"name": "f", "arguments": "{}"});
    let expected = json!([
        {"role": "assistant", "content": "", "reasoning_content": "想",
         "tool_calls": [{"id": "c", "type": "function", "function": function}]},
        {"role": "tool", "content": "晴", "tool_call_id": "c"},
    ]);
    assert_eq!(sent(&request, &Map::new())["messages"], expected);
    let bytes = request.to_bytes("m", &Map::new(), Thoughts::Reasoning);
    let sent: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(sent["messages"][0]["reasoning"], "想");
    assert!(sent["messages"][0].get("reasoning_content").is_none());
}
