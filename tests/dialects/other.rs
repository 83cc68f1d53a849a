//! What endpoints send beside the table: other inputs of the same kinds.

use super::*;

/// A call of the tool that the test's client has.
const CALLED: [(&str, &str); 1] = [("mine", r#"{"q":1}"#)];

/// Each event of a stream within an object of a gateway's own.
fn enveloped(stream: &str) -> String {
    let line = |line: &str| match line.strip_prefix("data: {") {
        Some(event) => format!("data: {{\"code\":0,\"data\":{{{event}}}\n"),
        None => format!("{line}\n"),
    };
    stream.lines().map(line).collect()
}

fn answers() -> Vec<Dialect> {
    let ends = |reason: &str| delta(r#"{"content":"好"}"#) + &finish(reason);
    let json = |body: &str| dialect("", body, says("好")).called("application/json");
    let named = |name, dialect: Dialect| Dialect { name, ..dialect };
    vec![
        dialect("an end in capitals", ends("STOP"), says("好")),
        dialect("an end of a turn", ends("end_turn"), says("好")),
        dialect("an end of a sequence", ends("eos_token"), says("好")),
        dialect("an empty end in each piece", well().replace("\"finish_reason\":null", "\"finish_reason\":\"\""), says("好")),
        dialect("the text null in each piece", well().replace("\"finish_reason\":null", "\"finish_reason\":\"null\""), says("好")),
        dialect("the text null as the end", ends("null"), says("好")),
        dialect("a context that is full", ends("model_context_window_exceeded"), Heard { finish_reason: "length".into(), ..says("好") }),
        dialect("a sign of life in words", delta(r#"{"content":"好"}"#) + &event(r#"{"detail":"排队中"}"#) + &delta(r#"{"content":"的"}"#) + "data: [DONE]\n\n", says("好的")),
        dialect("a note beside text", well().replace("{\"id\":\"x\",", "{\"code\":5,\"msg\":\"a note\","), says("好")),
        dialect("a code of success in words", well().replace("\"choices\"", "\"code\":\"success\",\"msg\":\"x\",\"choices\""), says("好")),
        dialect("another code of success", well().replace("\"choices\"", "\"code\":10000,\"msg\":\"操作成功\",\"choices\""), says("好")),
        dialect("a delta that is null", event(r#"{"choices":[{"index":0,"delta":null}]}"#) + &well(), says("好")),
        dialect("a choice alone", r#"{"choices":{"index":0,"message":{"content":"好"},"finish_reason":"stop"}}"#, says("好")),
        dialect("no space behind the colon", well().replace("data: ", "data:"), says("好")),
        dialect("two spaces behind the colon", well().replace("data: ", "data:  "), says("好")),
        dialect("the prefix twice", well().replace("data: {", "data: data: {"), says("好")),
        dialect("fields of a stream", format!("retry: 100\nid: 7\nevent: message\n{}", well()), says("好")),
        dialect("named events", well().replace("data:", "event: completion\ndata:"), says("好")),
        dialect("carriage returns alone", well().replace('\n', "\r"), says("好")),
        dialect("an event in two lines", event("{\"choices\":[{\"index\":0,\ndata: \"delta\":{\"content\":\"好\"}}]}") + &finish("stop"), says("好")),
        dialect("the last event without its end", well().replace("data: [DONE]\n\n", "").trim_end().to_owned(), says("好")),
        dialect("lines of JSON", well().replace("data: [DONE]\n\n", "").replace("data: ", "").replace("\n\n", "\n"), says("好"))
            .called("application/x-ndjson"),
        dialect("usage in texts", well().replace("data: [DONE]", "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":\"7\",\"completion_tokens\":\"2\"}}\n\ndata: [DONE]"), Heard { usage: (7, 2), ..says("好") }),
        dialect("usage as an empty object", well().replace("data: [DONE]", "data: {\"choices\":[],\"usage\":{}}\n\ndata: [DONE]"), says("好")),
        dialect("content as an empty list and text behind", delta(r#"{"content":[]}"#) + &well(), says("好")),
        dialect("a role of its own", well().replace("assistant", "model"), says("好")),
        named("an error that is empty", json(&format!(r#"{{"error":{{}},{}"#, &whole(r#"{"content":"好"}"#, "\"stop\"")[1..]))),
        named("an error that is false", json(&format!(r#"{{"error":false,"success":true,{}"#, &whole(r#"{"content":"好"}"#, "\"stop\"")[1..]))),
        named("a code of 200 as text", json(&format!(r#"{{"code":"200","msg":"ok",{}"#, &whole(r#"{"content":"好"}"#, "\"stop\"")[1..]))),
        named("white space around JSON", json(&format!("\n\n  {}\n", whole(r#"{"content":"好"}"#, "\"stop\"")))),
        named("an envelope", json(&format!(r#"{{"code":0,"msg":"ok","data":{}}}"#, whole(r#"{"content":"好"}"#, "\"stop\"")))),
        named("an envelope called result", json(&format!(r#"{{"success":true,"result":{}}}"#, whole(r#"{"content":"好"}"#, "\"stop\"")))),
        dialect("pieces in envelopes", enveloped(&well()), says("好")),
        dialect("JSON as plain text", whole(r#"{"content":"好"}"#, "\"stop\""), says("好")).called("text/plain"),
        dialect("a stream as plain text", well(), says("好")).called("text/plain; charset=utf-8"),
    ]
}

fn calls_of_tools() -> Vec<Dialect> {
    let call = |function: &str| {
        called_in([&format!(r#"{{"index":0,"id":"a","function":{function}}}"#)], "tool_calls")
    };
    vec![
        dialect(
            "calls that are null",
            delta(r#"{"content":"好","tool_calls":null}"#) + &finish("stop"),
            says("好"),
        ),
        dialect(
            "a list of no calls",
            delta(r#"{"content":"好","tool_calls":[]}"#) + &finish("stop"),
            says("好"),
        ),
        dialect(
            "a call that is null",
            delta(r#"{"content":"好","tool_calls":[null]}"#) + &finish("stop"),
            says("好"),
        ),
        dialect(
            "a call outside of a list",
            delta(
                r#"{"tool_calls":{"index":0,"id":"a","function":{"name":"mine","arguments":"{\"q\":1}"}}}"#,
            ) + &finish("tool_calls"),
            calls(CALLED),
        ),
        dialect(
            "arguments that are null",
            call(r#"{"name":"mine","arguments":null}"#),
            calls([("mine", "{}")]),
        ),
        dialect(
            "arguments in white space",
            call(r#"{"name":"mine","arguments":" \n"}"#),
            calls([("mine", "{}")]),
        ),
        dialect(
            "an end by use of a tool",
            call(r#"{"name":"mine","arguments":"{\"q\":1}"}"#).replace("\"tool_calls\"}", "\"tool_use\"}"),
            calls(CALLED),
        ),
        dialect(
            "an index as text",
            called_in(
                [
                    r#"{"index":"0","id":"a","function":{"name":"mine","arguments":"{\"q\""}}"#,
                    r#"{"index":"0","function":{"arguments":":1}"}}"#,
                ],
                "tool_calls",
            ),
            calls(CALLED),
        ),
        dialect(
            "an index that is null",
            called_in(
                [
                    r#"{"index":null,"id":"a","function":{"name":"mine","arguments":"{\"q\""}}"#,
                    r#"{"index":null,"id":null,"function":{"name":null,"arguments":":1}"}}"#,
                ],
                "tool_calls",
            ),
            calls(CALLED),
        ),
        dialect(
            "an id that is a number",
            called_in(
                [r#"{"index":0,"id":7,"function":{"name":"mine","arguments":"{\"q\":1}"}}"#],
                "tool_calls",
            ),
            calls(CALLED),
        ),
        dialect(
            "the name in pieces",
            called_in(
                [
                    r#"{"index":0,"id":"a","function":{"name":"mi","arguments":""}}"#,
                    r#"{"index":0,"function":{"name":"ne","arguments":"{\"q\":1}"}}"#,
                ],
                "tool_calls",
            ),
            calls(CALLED),
        ),
        dialect(
            "the call without its wrapping",
            called_in([r#"{"index":0,"id":"a","name":"mine","arguments":"{\"q\":1}"}"#], "tool_calls"),
            calls(CALLED),
        ),
    ]
}

/// Calls that a model has written into its text, as gpt-oss does.
fn calls_in_channels() -> Vec<Dialect> {
    let in_channel =
        r#"{"content":"<|start|>assistant to=functions.mine<|channel|>commentary json<|message|>{\"q\":1}"}"#;
    vec![
        dialect(
            "a call in a channel of the text",
            [
                r#"{"content":"<|channel|>analysis<|message|>想<|end|><|start|>assistant<|chan"}"#,
                r#"{"content":"nel|>commentary to=functions.mine <|constrain|>json<|message|>{\"q\":"}"#,
                r#"{"content":"1}<|call|>"}"#,
            ]
            .map(delta)
            .concat()
                + &finish("stop"),
            Heard { reasoning: "想".into(), ..calls(CALLED) },
        ),
        dialect(
            "a call in a channel, whole behind its pieces",
            delta(in_channel) + &event(whole(in_channel, "\"stop\"")) + "data: [DONE]\n\n",
            calls(CALLED),
        ),
        dialect("a call in a channel, whole", whole(in_channel, "\"stop\""), calls(CALLED))
            .called("application/json"),
    ]
}

/// Arguments in a text, within the text that they are by the API's letter.
fn arguments_in_texts() -> Vec<Dialect> {
    let call = |arguments: &str| {
        let call = format!(r#"{{"index":0,"id":"a","function":{{"name":"mine","arguments":{arguments}}}}}"#);
        called_in([&call], "tool_calls")
    };
    vec![
        dialect("arguments that are null as text", call(r#""null""#), calls([("mine", "{}")])),
        dialect("arguments that are null in a text", call(r#""\"null\"""#), calls([("mine", "{}")])),
        dialect("arguments that are an empty text as text", call(r#""\"\"""#), calls([("mine", "{}")])),
        dialect(
            "arguments that were encoded three times",
            call(r#""\"\\\"{\\\\\\\"q\\\\\\\":1}\\\"\"""#),
            calls(CALLED),
        ),
    ]
}

fn refusals() -> Vec<Dialect> {
    let failed = |name, body: &str, told| fails(name, body, 502, "model_failed", told);
    let busy = |name, body: &str, told| fails(name, body, 429, "model_busy", told);
    vec![
        failed("an error that is a text", r#"{"error":"model not loaded"}"#, "model not loaded"),
        failed("a detail", r#"{"detail":"Not Found"}"#, "Not Found"),
        failed("a list of errors", r#"{"errors":[{"message":"worker lost"}]}"#, "worker lost"),
        failed("no success", r#"{"success":false,"message":"worker lost"}"#, "worker lost"),
        failed("a status in words", r#"{"status":"error","message":"worker lost"}"#, "worker lost"),
        failed(
            "a key of another's",
            r#"{"code":"InvalidApiKey","message":"Invalid API-key provided."}"#,
            "InvalidApiKey",
        ),
        busy(
            "overloaded",
            r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
            "Overloaded",
        ),
        busy(
            "throttled",
            r#"{"code":"Throttling.RateQuota","message":"Requests rate limit exceeded"}"#,
            "Throttling",
        ),
        failed("null", "null", "no choice came"),
        failed("a number", "42", "no choice came"),
        failed("a choice that is null", r#"{"choices":[null]}"#, "no choice came"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn other_answers_of_each_kind_are_heard() {
    all_are_heard(answers()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_calls_of_each_kind_are_heard() {
    let all = [calls_of_tools(), calls_in_channels(), arguments_in_texts()];
    all_are_heard(all.into_iter().flatten().collect()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_refusals_are_errors() {
    all_are_heard(refusals()).await;
}

/// What a user asks of is not what the endpoint says, which repeats it beside what is wrong with the request.
#[tokio::test(flavor = "multi_thread")]
async fn the_users_own_words_in_a_refusal_do_not_decide_what_it_is() {
    let asked = ["系统繁忙怎么办", "手机欠费怎么办", "排队要多久"];
    let bodies = |asked: &str| {
        [
            json!({"error": {"message": format!("unsupported content: {asked}")}}).to_string(),
            json!({"object": "error", "type": "Bad Request", "code": 400,
                   "message": format!("[{{'type': 'extra_forbidden', 'input': [{{'role': 'user', 'content': '{asked}'}}]}}]")})
            .to_string(),
            format!("unsupported content: {asked}"),
        ]
    };
    let sent = |body: String| {
        let headers = vec![("content-type", "application/json".to_owned())];
        Script::Sends(Sent { status: 400, headers, body: body.into_bytes(), cut: usize::MAX, end: End::Well })
    };
    let upstream = Upstream::playing(asked.iter().flat_map(|asked| bodies(asked)).map(sent)).await;
    let host = Host::start(&crate::chat::plain(&upstream));
    for asked in asked {
        for body in bodies(asked) {
            let chat = host.ask("plain", asked).await;
            assert_eq!((chat.status, &chat.body["error"]["code"]), (400, &json!("model_refused")), "{body}");
        }
    }
}

/// An answer that is whole stays one, and the operator reads what else was told.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_of_a_failure_beside_a_whole_answer_is_in_the_trace() {
    let error = event(r#"{"error":{"code":500,"message":"worker lost"}}"#);
    let end = finish("stop").replace("data: [DONE]\n\n", &error);
    let bare = format!(r#"{{"code":17,{}"#, &whole(r#"{"content":"好"}"#, "\"stop\"")[1..]);
    let told = [
        (delta(r#"{"content":"好"}"#) + &end, json!("error 500: worker lost")),
        (bare, json!("error 17, without a word of why")),
        (well(), Value::Null),
    ];
    let sent = |body: &String| {
        let headers = vec![("content-type", "text/event-stream".to_owned())];
        let body = body.clone().into_bytes();
        Script::Sends(Sent { status: 200, headers, body, cut: usize::MAX, end: End::Well })
    };
    let upstream = Upstream::playing(told.iter().map(|(body, _)| sent(body))).await;
    let host = Host::start(&crate::chat::plain(&upstream));
    for (body, told) in told {
        let chat = host.ask("plain", "问").await;
        assert_eq!((chat.status, chat.text()), (200, "好"), "{body}");
        assert_eq!(host.trace(&chat.id).await["model_calls"][0]["told_beside"], told, "{body}");
    }
}
