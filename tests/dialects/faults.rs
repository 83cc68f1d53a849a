//! Bodies that hold no answer, and the error that each is told as.

use super::*;

/// The same, behind the beginning of an answer.
fn said_before(fault: Dialect) -> Dialect {
    let heard = Heard { text: "先说".into(), ..fault.heard };
    Dialect { heard, ..fault }
}

fn busy(name: &'static str, body: &str, told: &'static str) -> Dialect {
    fails(name, body, 429, "model_busy", told)
}

fn spent(name: &'static str, body: &str, told: &'static str) -> Dialect {
    fails(name, body, 429, "model_quota_exceeded", told)
}

fn refused(name: &'static str, body: &str, told: &'static str) -> Dialect {
    fails(name, body, 400, "model_refused", told)
}

fn failed(name: &'static str, body: &str, told: &'static str) -> Dialect {
    fails(name, body, 502, "model_failed", told)
}

pub(super) fn faults() -> Vec<Dialect> {
    [told_by_the_endpoint(), without_an_answer(), wrong_behind_text(), told_behind_text()]
        .into_iter()
        .flatten()
        .collect()
}

/// Faults that an endpoint names, each in its own way.
fn told_by_the_endpoint() -> Vec<Dialect> {
    vec![
        spent(
            "Baidu, a day's",
            r#"{"error_code":17,"error_msg":"Open api daily request limit reached"}"#,
            "error 17: Open api daily",
        ),
        busy(
            "Baidu, a second's",
            r#"{"error_code":18,"error_msg":"Open api qps request limit reached"}"#,
            "error 18",
        ),
        busy(
            "Baidu, tokens a minute",
            &event(r#"{"error_code":336502,"error_msg":"tokens"}"#),
            "error 336502: tokens",
        ),
        refused(
            "Baidu, a bad argument",
            r#"{"error_code":336003,"error_msg":"the max input"}"#,
            "error 336003: the max input",
        ),
        busy(
            "Qianfan's second version",
            &event(r#"{"error":{"code":"rpm_rate_limit_exceeded","message":"rpm"},"id":"as-1"}"#),
            "error rpm_rate_limit_exceeded: rpm",
        ),
        spent("code and msg", r#"{"code":1001,"msg":"余额不足"}"#, "error 1001: 余额不足"),
        spent(
            "a code beside an empty answer",
            &format!(r#"{{"code":1001,"msg":"余额不足",{}"#, &whole(r#"{"content":""}"#, "\"stop\"")[1..]),
            "error 1001: 余额不足",
        ),
        failed("an error in a delta", &(delta(r#"{"error":{"message":"OOM"}}"#) + "data: [DONE]\n\n"), "OOM"),
        failed(
            "an error in a message",
            &whole(r#"{"content":"","error":{"message":"OOM"}}"#, "\"stop\""),
            "OOM",
        ),
        failed(
            "an error behind an empty end",
            &(delta(r#"{"content":""}"#)
                + &event(r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#)
                + &event(r#"{"error":{"message":"lost"}}"#)),
            "lost",
        ),
        failed(
            "Zhipu, a wrong token",
            r#"{"error":{"code":"1002","message":"Authorization Token非法"}}"#,
            "error 1002",
        ),
        busy("MiniMax, requests", r#"{"base_resp":{"status_code":1002,"status_msg":"limit"}}"#, "error 1002"),
        spent(
            "MiniMax, its balance",
            r#"{"base_resp":{"status_code":1008,"status_msg":"balance"}}"#,
            "error 1008",
        ),
        busy(
            "Google, too much",
            r#"{"error":{"status":"RESOURCE_EXHAUSTED","message":"m"}}"#,
            "error RESOURCE_EXHAUSTED",
        ),
        spent(
            "Volcano, overdue",
            r#"{"error":{"code":"AccountOverdueError","message":"m"}}"#,
            "error AccountOverdueError",
        ),
        busy(
            "Tencent, requests",
            r#"{"Response":{"Error":{"Code":"RequestLimitExceeded","Message":"慢一点"},"RequestId":"x"}}"#,
            "error RequestLimitExceeded: 慢一点",
        ),
        busy("too often, in Chinese", r#"{"code":-1,"msg":"请求过于频繁"}"#, "请求过于频繁"),
        busy("busy, in Chinese", r#"{"error":{"message":"服务繁忙"}}"#, "服务繁忙"),
        busy(
            "busy in other words",
            r#"{"code":-1,"msg":"当前分组上游负载已饱和，请稍后再试"}"#,
            "负载已饱和",
        ),
        spent("spent in other words", r#"{"code":-1,"msg":"今日调用次数已达上限"}"#, "调用次数已达上限"),
        failed("many, but not of requests", r#"{"code":-1,"msg":"参数过多"}"#, "参数过多"),
        spent("spent, in Chinese", r#"{"code":-1,"message":"免费额度已用完"}"#, "免费额度已用完"),
        refused(
            "a context that is too long",
            r#"{"error":{"code":"context_length_exceeded","message":"m"}}"#,
            "context_length",
        ),
    ]
}

/// Bodies that hold no answer.
fn without_an_answer() -> Vec<Dialect> {
    vec![
        failed("a message that is null", &whole("null", "\"stop\""), "no choice came"),
        failed("calls promised", &(delta(r#"{"content":""}"#) + &finish("tool_calls")), "no tool call came"),
        failed(
            "a call without a name",
            &called_in([r#"{"index":0,"id":"a","function":{"arguments":"{}"}}"#], "stop"),
            "its tool call has no name",
        ),
        failed(
            "a call that went wrong",
            &(delta(r#"{"content":""}"#) + &finish("MALFORMED_FUNCTION_CALL")),
            "MALFORMED_FUNCTION_CALL",
        ),
        failed(
            "an end of another kind",
            &(delta(r#"{"content":""}"#) + &finish("whatever")),
            "finish_reason is `whatever`",
        ),
        failed(
            "parts of no known kind",
            &whole(r#"{"content":[{"type":"hologram","data":1}]}"#, "\"stop\""),
            "hologram",
        ),
        failed("an empty object", "{}", "no choice came"),
        failed("an empty list", "[]", "no choice came; it said []"),
        failed("nothing", "", "HTTP 200 with an empty body"),
        failed(
            "no choices",
            r#"{"id":"x","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":0}}"#,
            "no choice came",
        ),
        failed("choices that are null", r#"{"id":"x","choices":null}"#, "no choice came"),
        failed("a choice that is empty", r#"{"choices":[{}]}"#, "no choice came"),
        failed(
            "a stream without a choice",
            &(event(r#"{"choices":[]}"#) + "data: [DONE]\n\n"),
            "no choice came",
        ),
        failed("a lone end", "data: [DONE]\n\n", "no choice came"),
        failed("signs of life alone", ": ping\n\n: ping\n\n", "no choice came"),
        failed(
            "an error event",
            "event: error\ndata: {\"message\":\"CUDA out of memory\"}\n\n",
            "CUDA out of memory",
        ),
        failed("an error event in words", "event: error\ndata: worker died\n\n", "worker died"),
        failed("an error as an end", &finish("error"), "finish_reason is `error`"),
        busy(
            "an error in a choice",
            &event(
                r#"{"choices":[{"index":0,"delta":{"content":""},"error":{"code":429,"message":"upstream is limited"},"finish_reason":"error"}]}"#,
            ),
            "error 429: upstream is limited",
        ),
        failed(
            "an error in a list",
            r#"[{"error":{"code":400,"message":"API key not valid","status":"INVALID_ARGUMENT"}}]"#,
            "API key not valid",
        ),
        failed(
            "an error object of the older kind",
            r#"{"object":"error","message":"too long","code":40303}"#,
            "too long",
        ),
        failed("a page", "<!DOCTYPE html><p>welcome", "a web page"),
        failed("words", "upstream connect error or disconnect", "upstream connect error"),
        busy("words that say it is busy", "系统繁忙，请稍后再试", "it said 系统繁忙，请稍后再试"),
        busy("words in an event", &event("rate limit exceeded"), "rate limit exceeded"),
        failed(
            "a message that is null, told as it came",
            &whole("null", "\"stop\""),
            r#"it said {"object":"chat.completion","choices":[{"index":0,"message":null"#,
        ),
        failed("half an object", r#"{"choices":[{"message":"#, "broke off in the middle of its answer"),
    ]
}

/// Answers that go wrong when some of their text has come.
fn wrong_behind_text() -> Vec<Dialect> {
    vec![
        said_before(failed(
            "an error behind text",
            &(delta(r#"{"content":"先说"}"#) + &event(r#"{"error":{"message":"lost"}}"#)),
            "lost",
        )),
        said_before(failed(
            "words behind text and no end",
            &(delta(r#"{"content":"先说"}"#) + &event(r#"{"message":"worker lost"}"#) + "data: [DONE]\n\n"),
            "worker lost",
        )),
        said_before(failed(
            "a failure as the end of text",
            &(delta(r#"{"content":"先说"}"#) + &finish("timeout")),
            "finish_reason is `timeout`",
        )),
        said_before(failed(
            "a stream that ends within an event",
            &(delta(r#"{"content":"先说"}"#) + "data: {\"choices\":[{\"index\":0,\"delta\":{\"con"),
            "broke off in the middle of its answer",
        )),
        said_before(failed(
            "lines of JSON that end between two",
            &delta(r#"{"content":"先说"}"#).replace("data: ", ""),
            "without a finish_reason",
        )),
    ]
}

/// Failures that an endpoint names behind text, each in its own way.
fn told_behind_text() -> Vec<Dialect> {
    vec![
        said_before(failed(
            "a code beside a choice behind text",
            &(delta(r#"{"content":"先说"}"#)
                + &event(
                    r#"{"choices":[{"index":0,"delta":{"content":""},"finish_reason":null}],"code":500,"msg":"推理失败"}"#,
                )
                + "data: [DONE]\n\n"),
            "error 500: 推理失败",
        )),
        said_before(failed(
            "a code beside the end of text",
            &(delta(r#"{"content":"先说"}"#)
                + &event(
                    r#"{"choices":[{"index":0,"delta":{"content":""},"finish_reason":"stop"}],"code":500,"msg":"推理失败"}"#,
                )
                + "data: [DONE]\n\n"),
            "error 500: 推理失败",
        )),
        said_before(failed(
            "a code beside a whole answer",
            &format!(r#"{{"code":500,"msg":"fail",{}"#, &whole(r#"{"content":"先说"}"#, "\"stop\"")[1..]),
            "error 500: fail",
        )),
        said_before(busy(
            "an unknown code with clear words beside a whole answer",
            &format!(
                r#"{{"code":1001,"msg":"系统繁忙",{}"#,
                &whole(r#"{"content":"先说"}"#, "\"stop\"")[1..]
            ),
            "error 1001: 系统繁忙",
        )),
        said_before(busy(
            "words in an event behind text",
            &(delta(r#"{"content":"先说"}"#) + &event("服务器繁忙，请稍后")),
            "服务器繁忙",
        )),
        said_before(failed(
            "a list of errors behind text",
            &(delta(r#"{"content":"先说"}"#)
                + &event(r#"{"errors":[{"message":"boom"}]}"#)
                + "data: [DONE]\n\n"),
            "boom",
        )),
        said_before(failed(
            "an err_code behind text",
            &(delta(r#"{"content":"先说"}"#)
                + &event(r#"{"err_code":12,"err_msg":"boom"}"#)
                + "data: [DONE]\n\n"),
            "error 12: boom",
        )),
        said_before(failed(
            "an errorCode behind text",
            &(delta(r#"{"content":"先说"}"#)
                + &event(r#"{"errorCode":12,"errorMessage":"boom"}"#)
                + "data: [DONE]\n\n"),
            "error 12: boom",
        )),
        said_before(failed(
            "iFlytek's header behind text",
            &(delta(r#"{"content":"先说"}"#)
                + &event(r#"{"header":{"code":10013,"message":"审核不通过"}}"#)
                + "data: [DONE]\n\n"),
            "error 10013: 审核不通过",
        )),
        said_before(failed(
            "an error in a bare line behind text",
            &(delta(r#"{"content":"先说"}"#) + "{\"error\":{\"message\":\"boom\"}}\n\ndata: [DONE]\n\n"),
            "boom",
        )),
        said_before(busy(
            "an overloaded engine as the end of text",
            &(delta(r#"{"content":"先说"}"#) + &finish("engine_overloaded")),
            "finish_reason is `engine_overloaded`",
        )),
        said_before(busy(
            "a limit as the end of text",
            &(delta(r#"{"content":"先说"}"#) + &finish("rate_limit")),
            "finish_reason is `rate_limit`",
        )),
        said_before(failed(
            "an interruption as the end of text",
            &(delta(r#"{"content":"先说"}"#) + &finish("interrupted")),
            "finish_reason is `interrupted`",
        )),
    ]
}
