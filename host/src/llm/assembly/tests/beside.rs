//! What stands beside an answer and tells of a failure, or of nothing.

use super::*;

#[test]
fn an_error_is_one_whatever_its_words_end_with_and_its_fields_are_called() {
    let text = event(r#"{"delta":{"content":"你好"}}"#);
    let done = "data: [DONE]\n\n";
    for fields in [
        r#""error":{"message":"额度使用完毕"}"#,
        r#""error":{"message":"今日免费次数已使用完毕"}"#,
        r#""error":"任务提前完成""#,
        r#""error":{"message":"Your trial has finished"}"#,
        r#""error":{"code":"trial_finished","message":"trial finished"}"#,
        r#""error_msg":"今日调用次数已使用完毕""#,
        r#""code":1004,"msg":"次数已使用完毕""#,
        r#""success":false,"msg":"额度使用完毕""#,
        r#""code":503,"message":"lost""#,
        r#""success":false,"code":500,"msg":"ok""#,
        r#""code":500,"msg":"ok","error":{"message":"lost"}"#,
        r#""error_code":17,"msg":"lost""#,
        r#""errcode":12,"errmsg":"lost""#,
        r#""base_resp":{"status_code":1002,"status_msg":"rate limit"}"#,
        r#""code":"InternalError","message":"done""#,
        r#""errors":[{"extensions":{"code":"RATE_LIMITED"}}]"#,
        r#""errors":[{"errors":[{"message":"bad"}]}]"#,
        r#""error":{"reason":"bad"}"#,
        r#""error":{"Message":"bad","Code":"X"}"#,
        r#""error":{"cause":"worker lost"}"#,
        r#""error":{"error":{"message":"bad","code":3}}"#,
        r#""error":{"errors":[{"reason":"rateLimitExceeded"}]}"#,
        // A code that nobody knows, and words that tell of a failure.
        r#""code":1,"msg":"处理未完成""#,
        r#""code":1,"msg":"generation stopped early""#,
        r#""code":"E1","msg":"stream closed by peer""#,
        r#""code":20012,"msg":"账号已冻结""#,
        r#""code":10019,"message":"本次会话涉及违规信息""#,
        r#""code":10907,"msg":"token数量超过上限""#,
        r#""code":1,"msg":"model is loading""#,
    ] {
        let message = r#"{"message":{"content":"你好"},"finish_reason":"stop"}"#;
        for body in [
            format!(
                "{text}data: {{{fields},\"choices\":[{{\"delta\":{{}},\"finish_reason\":\"stop\"}}]}}\n\n{done}"
            ),
            format!("{text}data: {{{fields}}}\n\n{done}"),
            format!(r#"{{{fields},"choices":[{message}]}}"#),
        ] {
            assert!(matches!(said(&body), Err(AssemblyError::Reported(_))), "told as an answer: {body}");
        }
    }
    for fields in [
        r#""error":{"code":0,"message":"success","request_id":"a"}"#,
        r#""error":{"code":200,"message":"OK.","error":{"message":null}}"#,
        r#""error":"操作成功！""#,
        r#""error_code":0,"error_msg":"处理完成""#,
        r#""code":"SYS_SUCCESS","msg":"x""#,
        r#""code":10000,"msg":"stopped normally""#,
        r#""code":10000,"msg":"nearly all disclosed, completed""#,
    ] {
        let stop = format!(
            "data: {{{fields},\"choices\":[{{\"delta\":{{}},\"finish_reason\":\"stop\"}}]}}\n\n{done}"
        );
        assert_eq!(self::text(&format!("{text}{stop}")), "你好", "{fields}");
    }
    let alone = "data: {\"error_code\":0,\"error_msg\":\"处理完成\"}\n\n";
    assert_eq!(self::text(&format!("{text}{alone}{done}")), "你好");
}

#[test]
fn a_word_that_only_says_that_the_connection_lives_is_passed_over() {
    let text = event(r#"{"delta":{"content":"你好"}}"#);
    let stop = event(r#"{"delta":{},"finish_reason":"stop"}"#);
    for sign in ["ping", "keep-alive", "OK"] {
        let sign = format!("data: {sign}\n\n");
        assert_eq!(self::text(&format!("{sign}{text}{sign}{stop}{sign}")), "你好", "{sign}");
        assert!(matches!(said(&sign), Err(AssemblyError::Reported(_))), "{sign}");
    }
    assert_eq!(self::text(&format!("{text}data: waiting\n\n{stop}")), "你好");
    for word in ["terminated", "overloaded", "server busy"] {
        let broken = format!("{text}data: {word}\n\n{stop}");
        assert!(matches!(said(&broken), Err(AssemblyError::Reported(_))), "{word}");
    }
    assert!(matches!(said("data: nope\n\n"), Err(AssemblyError::Reported(_))));
}

#[test]
fn an_error_behind_an_answer_that_is_whole_is_told_beside_it() {
    let text = event(r#"{"delta":{"content":"你好"}}"#);
    let stop = event(r#"{"delta":{},"finish_reason":"stop"}"#);
    for (error, words) in [
        ("data: {\"error\":{\"code\":500,\"message\":\"worker lost\"}}\n\n", "error 500: worker lost"),
        ("event: error\ndata: {\"message\":\"worker lost\"}\n\n", "worker lost"),
        ("data: {\"code\":1001,\"msg\":\"系统繁忙\"}\n\n", "error 1001: 系统繁忙"),
        ("data: {\"message\":\"worker lost\"}\n\n", "worker lost"),
        ("data: server busy\n\n", "server busy"),
        ("data: {\"code\":500}\n\n", "error 500, without a word of why"),
    ] {
        for end in ["data: [DONE]\n\n", ""] {
            let (said, _, _, (ending, _)) = said(&format!("{text}{stop}{error}{end}")).unwrap();
            assert_eq!((said.as_str(), ending.finish_reason.as_str()), ("你好", "stop"), "{error}");
            assert_eq!(ending.told_beside.as_deref(), Some(words), "{error}");
        }
        // It is why an answer is not whole that ends in calls and has none, or half of one.
        let calls = event(r#"{"delta":{},"finish_reason":"tool_calls"}"#);
        let half = r#"{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"q\":"}}]}}"#;
        let half = event(half);
        if !error.starts_with("data: {\"message\"") {
            for part in [format!("{text}{calls}{error}"), format!("{half}{calls}{error}")] {
                assert!(matches!(self::said(&part), Err(AssemblyError::Reported(_))), "{part}");
            }
        }
    }
    let well = format!("{text}{stop}data: {{\"code\":0,\"message\":\"ok\"}}\n\ndata: [DONE]\n\n");
    assert_eq!(said(&well).unwrap().3.0.told_beside, None);
}

#[test]
fn a_code_without_a_word_is_told_beside_an_answer_and_undoes_it_only_where_it_can_mean_nothing_else() {
    let message = r#"{"message":{"content":"你好"},"finish_reason":"stop"}"#;
    let first = r#"{"delta":{"content":"你好"}}"#;
    let stop = r#"{"delta":{},"finish_reason":"stop"}"#;
    let done = "data: [DONE]\n\n";
    for (code, is_told) in [
        ("17", true),
        ("10000", true),
        ("\"A1\"", true),
        ("\"NO_ERROR\"", false),
        ("0", false),
        ("200", false),
    ] {
        let beside = |choice: &str| format!("data: {{\"code\":{code},\"choices\":[{choice}]}}\n\n");
        for body in [
            format!(r#"{{"code":{code},"choices":[{message}]}}"#),
            format!(r#"{{"code":{code},"data":{{"choices":[{message}]}}}}"#),
            format!("{}{}{done}", beside(first), beside(stop)),
            format!("{}{}", event(first), beside(stop)),
            // Nothing but the code is against it.
            format!("{}{done}", beside(first)),
        ] {
            let (said, _, _, (ending, _)) = said(&body).unwrap();
            assert_eq!(said, "你好", "{body}");
            let told = is_told.then(|| format!("error {}, without a word of why", code.trim_matches('"')));
            assert_eq!(ending.told_beside, told, "{body}");
        }
    }
    for code in ["500", "-1", "\"InternalError\""] {
        let part = format!("{}data: {{\"code\":{code}}}\n\n{done}", event(first));
        assert!(matches!(said(&part), Err(AssemblyError::Reported(_))), "told as an answer: {part}");
    }
    let code = r#""code":"InternalError""#;
    for body in [
        format!(r#"{{{code},"choices":[{message}]}}"#),
        format!("{}data: {{{code},\"choices\":[{stop}]}}\n\n{done}", event(first)),
    ] {
        assert!(matches!(said(&body), Err(AssemblyError::Reported(_))), "told as an answer: {body}");
    }
}

#[test]
fn no_number_undoes_an_answer_whose_end_is_told_where_words_say_that_all_is_well_or_there_are_none() {
    let done = "data: [DONE]\n\n";
    for (fields, told) in [
        (r#""code":-1"#, Some("error -1, without a word of why")),
        (r#""code":-1,"msg":"ok""#, Some("error -1: ok")),
        (r#""code":401,"msg":"""#, Some("error 401, without a word of why")),
        (r#""code":"429","message":"success""#, Some("error 429: success")),
        (r#""code":500,"msg":"操作成功""#, Some("error 500: 操作成功")),
        (r#""code":503,"message":"completed""#, Some("error 503: completed")),
        (r#""code":50500,"message":null"#, Some("error 50500, without a word of why")),
        (r#""code":50500,"message":"ok""#, None),
        (r#""error_code":17,"error_msg":"""#, Some("error 17, without a word of why")),
        (r#""errcode":-1,"errmsg":"ok""#, Some("error -1, without a word of why")),
        (r#""header":{"code":500,"message":"Success"}"#, Some("error 500, without a word of why")),
        (
            r#""base_resp":{"status_code":1000,"status_msg":"success"}"#,
            Some("error 1000, without a word of why"),
        ),
    ] {
        let beside = |choice: &str| format!("data: {{{fields},\"choices\":[{choice}]}}\n\n");
        let piece = r#"{"delta":{"content":"你好"}}"#;
        let whole = r#"{"message":{"content":"你好"},"finish_reason":"stop"}"#;
        for body in [
            format!(r#"{{{fields},"choices":[{whole}]}}"#),
            format!(r#"{{{fields},"data":{{"choices":[{whole}]}}}}"#),
            format!("{}{}{done}", beside(piece), beside(r#"{"delta":{},"finish_reason":"stop"}"#)),
            beside(r#"{"delta":{"content":"你好"},"finish_reason":"length"}"#),
        ] {
            let (said, _, _, (ending, _)) = said(&body).unwrap_or_else(|fault| panic!("{fault:?} of {body}"));
            assert_eq!((said.as_str(), ending.told_beside.as_deref()), ("你好", told), "{body}");
        }
        if told.is_none() || fields.contains("50500") {
            continue;
        }
        // It is why there is no answer, a part of one, or one whose end is not told or no usual one.
        for body in [
            format!(r#"{{{fields},"choices":[{{"message":{{"content":""}},"finish_reason":"stop"}}]}}"#),
            format!(r#"{{{fields},"choices":[{{"message":{{"content":"你好"}}}}]}}"#),
            format!("{}{done}", beside(piece)),
            format!("{}{}{done}", event(piece), beside(r#"{"delta":{},"finish_reason":"content_filter"}"#)),
        ] {
            assert!(matches!(said(&body), Err(AssemblyError::Reported(_))), "told as an answer: {body}");
        }
    }
}

#[test]
fn what_is_told_in_passing_behind_text_is_told_beside_it() {
    let text = event(r#"{"delta":{"content":"你好"}}"#);
    let told = |fields: &str| {
        let (said, _, _, (ending, _)) =
            said(&format!("{text}data: {{{fields}}}\n\ndata: [DONE]\n\n")).unwrap();
        assert_eq!(said, "你好", "{fields}");
        ending.told_beside
    };
    for (fields, words) in [
        (r#""respCode":"96","respMsg":"系统异常""#, "系统异常"),
        (r#""status":"fail","reason":"quota""#, "quota"),
        (r#""success":false"#, "false"),
    ] {
        assert!(told(fields).is_some_and(|told| told.contains(words)), "{fields}");
    }
    for fields in [
        r#""respCode":"00","respMsg":"系统异常""#,
        r#""respCode":"10000","respMsg":"处理成功""#,
        r#""status":"finished""#,
        r#""success":true"#,
        r#""ErrorMsg":{"Msg":"","Code":0}"#,
    ] {
        assert_eq!(told(fields), None, "{fields}");
    }
    // Hunyuan's own place for an error.
    let failed = r#"{"ErrorMsg":{"Msg":"并发超限","Code":2003},"Id":"a"}"#;
    let Err(AssemblyError::Reported(report)) = said(&format!("{text}data: {failed}\n\ndata: [DONE]\n\n"))
    else {
        panic!("told as an answer");
    };
    assert_eq!(
        (report.words.as_str(), report.meaning),
        ("error 2003: 并发超限", crate::llm::meaning::Meaning::Busy)
    );
}
