use super::*;

fn report(event: &str) -> Option<(String, Meaning)> {
    let event = Json::parse(event).unwrap();
    let has_choices =
        event.field("choices").and_then(|list| list.items(1)).is_some_and(|(list, _)| !list.is_empty());
    EndpointReport::of(event, has_choices).map(|report| (report.words, report.meaning))
}

#[test]
fn an_error_is_known_in_every_dialect() {
    for (event, words, meaning) in [
        (
            r#"{"error_code":17,"error_msg":"Open api daily request limit reached"}"#,
            "error 17: Open api daily request limit reached",
            Meaning::Spent,
        ),
        (r#"{"error_code":18,"error_msg":"qps"}"#, "error 18: qps", Meaning::Busy),
        (r#"{"error_code":336003,"error_msg":"bad"}"#, "error 336003: bad", Meaning::Request),
        (r#"{"code":1001,"msg":"余额不足"}"#, "error 1001: 余额不足", Meaning::Spent),
        (
            r#"{"code":"Throttling.RateQuota","message":"慢"}"#,
            "error Throttling.RateQuota: 慢",
            Meaning::Busy,
        ),
        (
            r#"{"error":{"code":"rpm_rate_limit_exceeded","message":"m"}}"#,
            "error rpm_rate_limit_exceeded: m",
            Meaning::Busy,
        ),
        (
            r#"{"error":{"code":null,"type":"engine_overloaded_error","message":"m"}}"#,
            "error engine_overloaded_error: m",
            Meaning::Busy,
        ),
        (r#"{"error":{"message":"m"},"code":429}"#, "error 429: m", Meaning::Busy),
        (
            r#"{"error":{"code":"insufficient_quota","message":"m"}}"#,
            "error insufficient_quota: m",
            Meaning::Spent,
        ),
        (r#"{"error":{"code":"17","message":"m"}}"#, "error 17: m", Meaning::Other),
        (r#"{"error":"model not loaded"}"#, "model not loaded", Meaning::Other),
        (r#"{"object":"error","message":"too long","code":400}"#, "error 400: too long", Meaning::Request),
        (
            r#"{"base_resp":{"status_code":1002,"status_msg":"rate limit"},"choices":null}"#,
            "error 1002: rate limit",
            Meaning::Busy,
        ),
        (r#"{"errors":[{"code":"lost","message":"m"}]}"#, "error lost: m", Meaning::Other),
        (r#"{"err_code":12,"err_msg":"m","choices":[{"delta":{}}]}"#, "error 12: m", Meaning::Other),
        (r#"{"errcode":"12","errmsg":"m"}"#, "error 12: m", Meaning::Other),
        (r#"{"errorCode":429,"errorMessage":"m"}"#, "error 429: m", Meaning::Busy),
        (r#"{"header":{"code":10013,"message":"m"}}"#, "error 10013: m", Meaning::Other),
        (
            r#"{"choices":[{"delta":{}}],"error":{"code":502,"message":"gone"}}"#,
            "error 502: gone",
            Meaning::Away,
        ),
        (
            r#"{"Response":{"Error":{"Code":"RequestLimitExceeded","Message":"慢"},"RequestId":"x"}}"#,
            "error RequestLimitExceeded: 慢",
            Meaning::Busy,
        ),
    ] {
        assert_eq!(report(event), Some((words.to_owned(), meaning)), "{event}");
    }
}

#[test]
fn words_behind_text_are_a_report_unless_they_say_that_all_is_well() {
    let words = |event| EndpointReport::in_words(Json::parse(event).unwrap()).map(|report| report.words);
    assert_eq!(words(r#"{"message":"worker lost"}"#).as_deref(), Some("worker lost"));
    assert_eq!(words(r#"{"code":7,"msg":"lost"}"#).as_deref(), Some("error 7: lost"));
    assert_eq!(words(r#"{"code":null,"message":"lost"}"#).as_deref(), Some("lost"));
    assert_eq!(words(r#"{"success":false,"detail":"lost"}"#).as_deref(), Some("lost"));
    for event in [
        r#"{"code":0,"message":"生成完毕"}"#,
        r#"{"message":"OK"}"#,
        r#"{"success":true,"message":"fine"}"#,
        r#"{"event":"end","message":"stream completed"}"#,
        r#"{"message":{"role":"assistant"}}"#,
        r#"{"choices":[],"usage":{"prompt_tokens":1}}"#,
        r#"{"message":""}"#,
        "[]",
    ] {
        assert_eq!(words(event), None, "{event}");
    }
}

#[test]
fn what_stands_beside_a_choice_is_a_report_where_its_code_and_its_words_tell_of_a_failure() {
    let beside = |fields: &str| {
        let event = format!(r#"{{{fields},"choices":[{{"delta":{{}}}}]}}"#);
        EndpointReport::beside(Json::parse(&event).unwrap()).map(|beside| beside.report.words)
    };
    assert_eq!(beside(r#""code":500,"msg":"推理失败""#).as_deref(), Some("error 500: 推理失败"));
    assert_eq!(beside(r#""code":500,"msg":"未成功""#).as_deref(), Some("error 500: 未成功"));
    assert_eq!(beside(r#""success":false,"message":"lost""#).as_deref(), Some("lost"));
    for well in [
        r#""code":0,"msg":"x""#,
        r#""code":200,"msg":"x""#,
        r#""code":"0","msg":"x""#,
        r#""code":"success","msg":"x""#,
        r#""code":"OK","msg":"x""#,
        r#""code":10000,"msg":"操作成功""#,
        r#""code":10000,"msg":"Success""#,
        r#""code":20000,"msg":"操作成功！""#,
        r#""code":20000,"message":"OK.""#,
        r#""code":10000,"message":"request succeeded""#,
        r#""code":201,"msg":"Created""#,
        r#""code":1,"msg":"查询完成，共一条","success":true"#,
        r#""code":1,"msg":"查询完成，共一条","success":"true""#,
    ] {
        assert_eq!(beside(well), None, "{well}");
    }
}

#[test]
fn a_code_alone_beside_a_choice_is_certain_only_where_it_can_mean_nothing_else() {
    let beside = |fields: &str| {
        let event = format!(r#"{{{fields},"choices":[{{"delta":{{"content":"服务器繁忙"}}}}]}}"#);
        let beside = EndpointReport::beside(Json::parse(&event).unwrap())?;
        Some((beside.report.words, beside.report.meaning, beside.is_certain, beside.is_bare))
    };
    let alone = |code: &str, meaning, is_certain| {
        Some((format!("error {code}, without a word of why"), meaning, is_certain, true))
    };
    // What the model says tells nothing of the code.
    assert_eq!(beside(r#""code":17"#), alone("17", Meaning::Other, false));
    assert_eq!(beside(r#""code":"A0000","msg":"""#), alone("A0000", Meaning::Other, false));
    assert_eq!(beside(r#""code":500"#), alone("500", Meaning::Other, true));
    assert_eq!(beside(r#""code":429,"msg":null"#), alone("429", Meaning::Busy, true));
    for well in [
        r#""code":0"#,
        r#""code":null"#,
        r#""code":200,"msg":"""#,
        r#""code":10000,"msg":"操作成功""#,
        r#""code":17,"success":true"#,
    ] {
        assert_eq!(beside(well), None, "{well}");
    }
}

#[test]
fn a_code_that_nobody_knows_is_no_proof_without_words_of_a_failure() {
    let is_certain = |fields: &str| {
        let event = format!(r#"{{{fields},"choices":[{{"delta":{{}}}}]}}"#);
        EndpointReport::beside(Json::parse(&event).unwrap()).unwrap().is_certain
    };
    for unknown in [
        r#""code":20000,"msg":"处理过了""#,
        r#""code":1,"msg":"提示：余额较低""#,
        r#""code":"A0000","msg":"a note""#,
    ] {
        assert!(!is_certain(unknown), "{unknown}");
    }
    for failure in [
        r#""code":1001,"msg":"系统繁忙""#,
        r#""code":1001,"msg":"余额不足""#,
        r#""code":1,"msg":"推理失败""#,
        r#""code":1,"message":"worker lost""#,
        r#""code":500,"msg":"x""#,
        r#""code":-1,"msg":"x""#,
        r#""code":"InternalError","msg":"x""#,
        r#""code":"Throttling","msg":"x""#,
        r#""success":false,"msg":"x""#,
        r#""error_msg":"x""#,
        r#""code":500,"msg":"推理失败","success":true"#,
    ] {
        assert!(is_certain(failure), "{failure}");
    }
}

#[test]
fn what_says_that_all_is_well_is_no_error() {
    for event in [
        r#"{"code":0,"message":"Success","choices":[]}"#,
        r#"{"code":200,"msg":"success","choices":[]}"#,
        r#"{"code":"OK","msg":"x"}"#,
        r#"{"error":null,"error_code":0,"choices":[]}"#,
        r#"{"error":{},"choices":[]}"#,
        r#"{"error":""}"#,
        r#"{"error":{"code":0,"message":"","type":null},"choices":[{"delta":{}}]}"#,
        r#"{"base_resp":{"status_code":0,"status_msg":""},"choices":[]}"#,
        r#"{"code":5,"message":"a note","choices":[{"delta":{}}]}"#,
        r#"{"errors":[],"err_code":0,"errorCode":"OK","errcode":"0","header":{"code":0,"message":"Success"}}"#,
        r#"{"object":"chat.completion.chunk","choices":[]}"#,
        r#"{"error":{"code":0,"message":"success"},"choices":[{"delta":{}}]}"#,
        r#"{"error":{"code":null,"message":"OK"},"choices":[{"delta":{}}]}"#,
        r#"{"error":"none","choices":[{"delta":{}}]}"#,
        r#"{"error_code":200,"error_msg":"ok","choices":[{"delta":{}}]}"#,
        r#"{"error_code":"SUCCESS","choices":[{"delta":{}}]}"#,
        r#"{"errors":[{}],"choices":[{"delta":{}}]}"#,
        r#"{"base_resp":{"status_code":200,"status_msg":"success"},"choices":[]}"#,
        "{}",
        "[]",
    ] {
        assert_eq!(report(event), None, "{event}");
    }
}

#[test]
fn a_code_that_says_there_is_no_error_is_none_wherever_it_stands() {
    for code in ["NO_ERROR", "ERROR_SUCCESS", "ErrorCode.Success", "errors=0", "no_failure"] {
        for fields in [
            format!(r#""code":"{code}""#),
            format!(r#""code":"{code}","msg":"ok""#),
            format!(r#""code":"{code}","message":"a note""#),
            format!(r#""error_code":"{code}","error_msg":"""#),
            format!(r#""error":{{"code":"{code}","message":""}}"#),
        ] {
            let event = format!(r#"{{{fields},"choices":[{{"delta":{{}},"finish_reason":"stop"}}]}}"#);
            let parsed = Json::parse(&event).unwrap();
            assert!(EndpointReport::of(parsed, true).is_none(), "{event}");
            assert!(EndpointReport::beside(parsed).is_none(), "{event}");
        }
    }
    for (code, is_certain) in [("FAILOVER_USED", false), ("SYSTEM_ERROR", true)] {
        let event = format!(r#"{{"code":"{code}","choices":[{{"delta":{{}},"finish_reason":"stop"}}]}}"#);
        let beside = EndpointReport::beside(Json::parse(&event).unwrap()).unwrap();
        assert_eq!(beside.is_certain, is_certain, "{code}");
    }
}

#[test]
fn a_number_that_nothing_explains_means_what_its_maker_says() {
    for (beside, meaning) in [
        (r#""base_resp":{"status_code":1008,"status_msg":""}"#, Meaning::Spent),
        (r#""base_resp":{"status_code":1002,"status_msg":""}"#, Meaning::Busy),
        (r#""error_code":17"#, Meaning::Spent),
        (r#""error_code":18"#, Meaning::Busy),
        (r#""header":{"code":10013}"#, Meaning::Other),
    ] {
        let event =
            format!(r#"{{"choices":[{{"message":{{"content":""}},"finish_reason":"stop"}}],{beside}}}"#);
        let told = EndpointReport::beside(Json::parse(&event).unwrap()).unwrap();
        assert_eq!(told.report.meaning, meaning, "{beside}");
    }
}
