//! Bodies that hold an answer: calls of tools, texts and thoughts.

use super::*;

pub(super) const CALL: [(&str, &str); 1] = [("mine", r#"{"q":1}"#)];

pub(super) fn tool_calls() -> Vec<Dialect> {
    let two = || calls([("mine", r#"{"q":1}"#), ("other", "{}")]);
    let long = format!(r#"{{"text":"{}"}}"#, "长".repeat(30_000));
    let quoted = serde_json::to_string(&long).unwrap();
    vec![
        dialect("by the letter", called_in([
            r#"{"index":0,"id":"a","type":"function","function":{"name":"mine","arguments":""}}"#,
            r#"{"index":0,"function":{"arguments":"{\"q\""}}"#, r#"{"index":0,"function":{"arguments":":1}"}}"#], "tool_calls"), calls(CALL)),
        dialect("from index 1", called_in([
            r#"{"index":1,"id":"a","function":{"name":"mine","arguments":"{\"q\":1}"}}"#,
            r#"{"index":2,"id":"b","function":{"name":"other","arguments":"{}"}}"#], "tool_calls"), two()),
        dialect("the name again", called_in([
            r#"{"index":0,"id":"a","function":{"name":"mine","arguments":"{\"q\""}}"#,
            r#"{"index":0,"id":"a","function":{"name":"mine","arguments":":1}"}}"#,
            r#"{"index":0,"id":"a","function":{"name":"mine","arguments":""}}"#], "stop"), calls(CALL)),
        dialect("no index and empty ids", called_in([
            r#"{"id":"a","function":{"name":"mine","arguments":"{\"q\""}}"#, r#"{"id":"","function":{"arguments":":1}"}}"#,
            r#"{"id":"","function":{"name":"other","arguments":"{}"}}"#], "tool_calls"), two()),
        dialect("no index and the same id", called_in([
            r#"{"id":"a","function":{"name":"mine","arguments":"{\"q\""}}"#, r#"{"id":"a","function":{"arguments":":1}"}}"#,
            r#"{"id":"a","function":{"name":"other","arguments":"{}"}}"#], "tool_calls"), two()),
        dialect("an id for each fragment", called_in([
            r#"{"index":0,"id":"a","function":{"name":"mine","arguments":""}}"#,
            r#"{"index":0,"id":"b","function":{"arguments":"{\"q\":1}"}}"#], "tool_calls"), calls(CALL)),
        dialect("two calls on one index", called_in([
            r#"{"index":0,"id":"a","function":{"name":"mine","arguments":"{\"q\":1}"}}"#,
            r#"{"index":0,"id":"b","function":{"name":"other","arguments":"{}"}}"#], "stop"), two()),
        dialect("two calls of one tool on one index", called_in([
            r#"{"index":0,"id":"a","function":{"name":"mine","arguments":"{\"q\":1}"}}"#,
            r#"{"index":0,"id":"b","function":{"name":"mine","arguments":"{\"q\":1}"}}"#], "stop"), calls([CALL[0], CALL[0]])),
        dialect("no ids", called_in([
            r#"{"index":0,"function":{"name":"mine","arguments":"{\"q\":1}"}}"#,
            r#"{"index":1,"function":{"name":"other","arguments":"{}"}}"#], "tool_calls"), two()),
        dialect("arguments as an object", called_in([r#"{"index":0,"id":"a","function":{"name":"mine","arguments":{"q":1}}}"#], "stop"), calls(CALL)),
        dialect("empty arguments", called_in([r#"{"index":0,"id":"a","function":{"name":"mine","arguments":""}}"#], "tool_calls"), calls([("mine", "{}")])),
        dialect("no arguments", called_in([r#"{"index":0,"id":"a","function":{"name":"mine"}}"#], "normal"), calls([("mine", "{}")])),
        dialect("braces before the arguments", called_in([
            r#"{"index":0,"id":"a","function":{"name":"mine","arguments":"{}"}}"#,
            r#"{"index":0,"function":{"arguments":"{\"q\""}}"#, r#"{"index":0,"function":{"arguments":":1}"}}"#], "tool_calls"), calls(CALL)),
        dialect("an empty object before the arguments", called_in([
            r#"{"index":0,"id":"a","function":{"name":"mine","arguments":{}}}"#,
            r#"{"index":0,"id":"a","function":{"name":"mine","arguments":"{\"q\":1}"}}"#], "tool_calls"), calls(CALL)),
        dialect("an index that counts fragments", called_in([
            r#"{"index":0,"id":"a","function":{"name":"mine","arguments":""}}"#,
            r#"{"index":1,"id":"a","function":{"arguments":"{\"q\""}}"#, r#"{"index":2,"id":"a","function":{"arguments":":1}"}}"#], "tool_calls"), calls(CALL)),
        dialect("an index that counts fragments without ids", called_in([
            r#"{"index":0,"id":"a","function":{"name":"mine","arguments":""}}"#,
            r#"{"index":1,"id":"","function":{"arguments":"{\"q\":1}"}}"#], "tool_calls"), calls(CALL)),
        dialect("said again with other spaces", called_in([
            r#"{"index":0,"id":"a","function":{"name":"mine","arguments":"{\"q\":1}"}}"#,
            r#"{"index":0,"id":"a","function":{"name":"mine","arguments":"{\"q\": 1}"}}"#], "tool_calls"), calls(CALL)),
        dialect("all arguments so far in each fragment", called_in([
            r#"{"index":0,"id":"a","function":{"name":"mine","arguments":"{"}}"#,
            r#"{"index":0,"id":"a","function":{"name":"mine","arguments":"{\"q\":"}}"#,
            r#"{"index":0,"id":"a","function":{"name":"mine","arguments":"{\"q\":1}"}}"#,
            r#"{"index":1,"id":"b","function":{"name":"other","arguments":"{}"}}"#], "tool_calls"), two()),
        dialect("all arguments so far, from where a value is to come", called_in([
            r#"{"index":0,"id":"a","function":{"name":"mine","arguments":"{\"q\":"}}"#,
            r#"{"index":0,"function":{"arguments":"{\"q\":1}"}}"#], "tool_calls"), calls(CALL)),
        dialect("an object that begins like the one around it", called_in([
            r#"{"index":0,"id":"a","function":{"name":"mine","arguments":"{\"q\":"}}"#,
            r#"{"index":0,"function":{"arguments":"{\"q\":1}"}}"#, r#"{"index":0,"function":{"arguments":"}"}}"#], "tool_calls"), calls([("mine", r#"{"q":{"q":1}}"#)])),
        dialect("a nameless call beside one", called_in([
            r#"{"index":0,"id":"x","function":{"arguments":"{\"z\":2}"}}"#,
            r#"{"index":1,"id":"a","function":{"name":"mine","arguments":"{\"q\":1}"}}"#], "tool_calls"), calls(CALL)),
        dialect("calls in the last message", delta(r#"{"content":"我查"}"#) + &event(r#"{"choices":[{"index":0,"delta":{},"message":{"content":"我查","tool_calls":[{"id":"a","function":{"name":"mine","arguments":"{\"q\":1}"}}]},"finish_reason":"tool_calls"}]}"#), Heard { text: "我查".into(), ..calls(CALL) }),
        dialect("calls in another choice", delta(r#"{"content":"我查"}"#) + &event(r#"{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"},{"index":1,"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"mine","arguments":"{\"q\":1}"}}]},"finish_reason":"tool_calls"}]}"#), Heard { text: "我查".into(), ..calls(CALL) }),
        dialect("long arguments", called_in([&format!(r#"{{"index":0,"id":"a","function":{{"name":"mine","arguments":{quoted}}}}}"#)], "tool_calls"), calls([("mine", &long)])),
        dialect("the older form", delta(r#"{"function_call":{"name":"mine","arguments":"{\"q\""}}"#) + &delta(r#"{"function_call":{"arguments":":1}"}}"#) + &finish("function_call"), calls(CALL)),
        dialect("the older form, whole", whole(r#"{"content":null,"function_call":{"name":"mine","arguments":"{\"q\":1}"}}"#, "\"function_call\""), calls(CALL)),
        dialect("whole", whole(r#"{"content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"mine","arguments":"{\"q\":1}"}}]}"#, "\"stop\""), calls(CALL)).called("application/json"),
    ]
}

pub(super) fn texts() -> Vec<Dialect> {
    let thinks = |text: &str, reasoning: &str| Heard { reasoning: reasoning.into(), ..says(text) };
    let gone = "data: {\"choices\":[],\"usage\":null}\n\n";
    vec![
        dialect("reasoning_content", delta(r#"{"reasoning_content":"想","content":null}"#) + &delta(r#"{"reasoning_content":"想"}"#) + &well(), thinks("好", "想想")),
        dialect("reasoning", delta(r#"{"reasoning":"想"}"#) + &well(), thinks("好", "想")),
        dialect("reasoning, whole", whole(r#"{"role":"assistant","reasoning_content":"想","content":"好"}"#, "\"stop\""), thinks("好", "想")).called("application/json"),
        dialect("thinking parts", delta(r#"{"content":[{"type":"thinking","thinking":[{"type":"text","text":"想"}]}]}"#) + &well(), thinks("好", "想")),
        dialect("thoughts in tags", delta(r#"{"content":"<thi"}"#) + &delta(r#"{"content":"nk>\n想"}"#) + &delta(r#"{"content":"</think>\n\n好"}"#) + &finish("stop"), thinks("好", "\n想")),
        dialect("thoughts in tags, whole", whole(r#"{"content":"<think>想</think>好 <think>"}"#, "\"stop\""), thinks("好 <think>", "想")).called("application/json"),
        dialect("thoughts before a line that is indented", delta(r#"{"content":"<think>想</think>\n\n"}"#) + &delta(r#"{"content":"　　春天"}"#) + &finish("stop"), thinks("　　春天", "想")),
        dialect("thoughts in other tags", delta(r#"{"content":"<thinking>想</thin"}"#) + &delta(r#"{"content":"king>\n好"}"#) + &finish("stop"), thinks("好", "想")),
        dialect("thoughts in a channel", delta(r#"{"content":"<|channel|>analysis<|mess"}"#) + &delta(r#"{"content":"age|>想<|end|><|start|>assistant<|channel|>fin"}"#) + &delta(r#"{"content":"al<|message|>好<|return|>"}"#) + &finish("stop"), thinks("好", "想")),
        dialect("thoughts in a channel, whole", whole(r#"{"content":"<|channel|>analysis<|message|>想<|end|><|start|>assistant<|channel|>final<|message|>好 <|end|> 见"}"#, "\"stop\""), thinks("好 <|end|> 见", "想")).called("application/json"),
        dialect("channels in an answer", delta(r#"{"content":"写 <|channel|>analysis<|message|>想<|end|>"}"#) + &finish("stop"), says("写 <|channel|>analysis<|message|>想<|end|>")),
        dialect("content in parts", delta(r#"{"content":[{"type":"text","text":"好"},{"type":"text","text":"的"}]}"#) + &finish("stop"), says("好的")),
        dialect("null, float and negative usage", well().replace("data: [DONE]", r#"data: {"choices":null,"usage":{"prompt_tokens":7.0,"completion_tokens":-3,"total_tokens":null}}

data: [DONE]"#), Heard { usage: (7, 0), ..says("好") }),
        dialect("usage in the choice", delta(r#"{"content":"好"}"#) + &event(r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop","usage":{"prompt_tokens":7,"completion_tokens":2}}]}"#), Heard { usage: (7, 2), ..says("好") }),
        dialect("usage that is null", well().replace("data: [DONE]", &format!("{gone}data: [DONE]")), says("好")),
        dialect("events without data", format!("data:\n\nevent: ping\n\ndata: \n\n{}", well()), says("好")),
        dialect("half a pair of surrogates", delta(r#"{"content":"好\ud83d"}"#) + &finish("stop"), says("好\u{FFFD}")),
        dialect("a pair in two pieces", delta(r#"{"content":"好\ud83d"}"#) + &delta(r#"{"content":"\ude00"}"#) + &finish("stop"), says("好😀")),
        dialect("upper-case content type", well(), says("好")).called("TEXT/EVENT-STREAM; Charset=UTF-8"),
        dialect("a stream called JSON", well(), says("好")).called("application/json"),
        dialect("JSON called a stream", whole(r#"{"content":"好"}"#, "null"), says("好")),
        dialect("JSON called upper-case", whole(r#"{"content":"好"}"#, "\"stop\""), says("好")).called("Application/JSON"),
        dialect("no content type", well(), says("好")).called(""),
        dialect("an end without [DONE]", well().replace("data: [DONE]\n\n", ""), says("好")),
        dialect("a break behind the end", well().replace("data: [DONE]\n\n", ""), says("好")).ending(End::Breaks),
        dialect("silence behind the end", well().replace("data: [DONE]\n\n", ""), says("好")).ending(End::Stalls),
        dialect("a byte order mark", format!("\u{FEFF}{}", well()), says("好")),
        dialect("a byte order mark before JSON", format!("\u{FEFF}{}", whole(r#"{"content":"好"}"#, "\"stop\"")), says("好")).called("application/json"),
        dialect("a refusal", delta(r#"{"role":"assistant","content":null,"refusal":""}"#) + &delta(r#"{"refusal":"不能"}"#) + &finish("stop"), Heard { refusal: "不能".into(), ..says("") }),
        dialect("a refusal, whole", whole(r#"{"content":null,"refusal":"不能"}"#, "\"stop\""), Heard { refusal: "不能".into(), ..says("") }),
        dialect("an end that is normal", well().replace("\"stop\"", "\"normal\""), says("好")),
        dialect("an end that is null in JSON", whole(r#"{"content":"好"}"#, "null"), says("好")),
        // Whoever works with tools of his own may have heard enough.
        dialect("an answer of nothing", delta(r#"{"role":"assistant","content":""}"#) + &finish("stop"), says("")),
        dialect("choices from 1", well().replace("\"index\":0", "\"index\":1"), says("好")),
        dialect("a code that is well", well().replace("\"choices\"", "\"code\":0,\"message\":\"Success\",\"error\":null,\"choices\""), says("好")),
        dialect("a code of a gateway's own", well().replace("\"choices\"", "\"code\":20000,\"msg\":\"处理过了\",\"choices\""), says("好")),
        dialect("a code of a gateway's own in JSON", format!(r#"{{"code":1,"msg":"查询完成","success":true,{}"#, &whole(r#"{"content":"好"}"#, "\"stop\"")[1..]), says("好")),
        dialect("an envelope that says all is well", format!(r#"{{"code":20000,"msg":"操作成功！","data":{}}}"#, whole(r#"{"content":"好"}"#, "\"stop\"")), says("好")),
        dialect("an error that says all is well", well().replace("\"choices\"", "\"error\":{\"code\":null,\"message\":\"OK\"},\"error_code\":\"SUCCESS\",\"choices\""), says("好")),
        dialect("an end in words alone", delta(r#"{"content":"好"}"#) + &event(r#"{"event":"end","message":"stream completed"}"#) + "data: [DONE]\n\n", says("好")),
        dialect("an answer that a filter kept back", r#"{"choices":[{"index":0,"message":null,"finish_reason":"content_filter"}]}"#, Heard { finish_reason: "content_filter".into(), ..says("") }),
        dialect("events of one line", well().replace("\n\n", "\n"), says("好")),
        dialect("the end in small letters", well().replace("[DONE]", "[done]"), says("好")),
        dialect("the end without brackets", well().replace("[DONE]", "DONE"), says("好")),
        dialect("words behind the end", well().replace("[DONE]", "bye"), says("好")),
        dialect("half JSON behind the end", well().replace("[DONE]", r#"{"choices":[],"usa"#), says("好")),
        dialect("an error behind the end", well().replace("data: [DONE]", "event: error\ndata: {\"message\":\"x\"}"), says("好")),
        dialect("usage that is no number", well().replace("[DONE]", r#"{"choices":[],"usage":{"prompt_tokens":NaN,"completion_tokens":2}}"#), Heard { usage: (0, 2), ..says("好") }),
        dialect("JSON and an end", whole(r#"{"content":"好"}"#, "null") + "\n\ndata: [DONE]\n\n", says("好")).called("application/json"),
        dialect("logprobs that are no numbers", delta(r#"{"content":"好 NaN"},"logprobs":{"content":[{"logprob":-Infinity},{"logprob":NaN}]}"#) + &finish("stop"), says("好 NaN")),
        dialect("a tab as it is within a text", delta("{\"content\":\"你\t好\"}") + &finish("stop"), says("你\t好")),
        dialect("tabs as they are in events without a blank line between them", event("{\"choices\":[{\"delta\":{\"content\":\"你\t\"}}]}\ndata: {\"choices\":[{\"delta\":{\"content\":\"\t好\"}}]}") + &finish("stop"), says("你\t\t好")),
        dialect("line breaks as they are within a text", whole("{\n\t\"content\":\"你\r\n\t好\"\n}", "\"stop\""), says("你\r\n\t好")).called("application/json"),
        dialect("a byte order mark in each event", well().replace("data:", "\u{FEFF}data:"), says("好")),
        dialect("usage and then zeros", delta(r#"{"content":"好"}"#) + &event(r#"{"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":2}}"#) + &event(r#"{"choices":[],"usage":{"prompt_tokens":0,"completion_tokens":0}}"#) + &finish("stop"), Heard { usage: (7, 2), ..says("好") }),
        dialect("text alone", r#"{"choices":[{"text":"好","finish_reason":"stop"}]}"#, says("好")),
        dialect("a message that is a text", whole("\"好\"", "\"stop\""), says("好")),
        dialect("an object without quotes", whole(r#"{"content":{"answer":"好"}}"#, "\"stop\""), says(r#"{"answer":"好"}"#)),
        dialect("a text within a part", whole(r#"{"content":[{"type":"text","text":{"value":"好"}}]}"#, "\"stop\""), says("好")),
        dialect("line ends of another kind", well().replace('\n', "\r\n"), says("好")),
    ]
}
