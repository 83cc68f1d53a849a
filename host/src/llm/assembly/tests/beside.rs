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
        r#""code":503,"message":"completed""#,
        r#""code":500,"msg":"ok""#,
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
