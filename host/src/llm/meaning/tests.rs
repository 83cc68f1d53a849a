use super::*;

/// What is said with a status means the same as without.
#[test]
fn one_error_has_one_meaning_whatever_its_status() {
    for (event, meaning) in [
        (r#"{"error_code":17,"error_msg":"daily"}"#, Meaning::Spent),
        (r#"{"error_code":18,"error_msg":"qps"}"#, Meaning::Busy),
        (r#"{"error_code":110,"error_msg":"token"}"#, Meaning::Setup),
        (r#"{"error_code":336003,"error_msg":"bad"}"#, Meaning::Request),
        (r#"{"error":{"code":429,"type":"insufficient_quota","message":"m"}}"#, Meaning::Spent),
        (r#"{"error":{"code":"Arrearage","message":"m"}}"#, Meaning::Spent),
        (r#"{"error":{"code":"AccountOverdueError","message":"m"}}"#, Meaning::Spent),
        (r#"{"error":{"code":"insufficient_balance"}}"#, Meaning::Spent),
        (r#"{"error":{"status":"RESOURCE_EXHAUSTED","message":"m"}}"#, Meaning::Busy),
        (r#"{"error":{"code":"1002","message":"Authorization Token非法"}}"#, Meaning::Setup),
        (r#"{"error":{"code":"1113","message":"m"}}"#, Meaning::Spent),
        (r#"{"error":{"code":"17","type":"rate_limit_exceeded"}}"#, Meaning::Busy),
        (r#"{"base_resp":{"status_code":1002,"status_msg":"m"}}"#, Meaning::Busy),
        (r#"{"base_resp":{"status_code":1008,"status_msg":"m"}}"#, Meaning::Spent),
        (r#"{"error":{"code":"invalid_api_key","type":"invalid_request_error"}}"#, Meaning::Setup),
        (r#"{"error":{"code":"model_not_found"}}"#, Meaning::Setup),
        (r#"{"error":{"code":"context_length_exceeded"}}"#, Meaning::Request),
        (r#"[{"error":{"code":400,"message":"API key not valid"}}]"#, Meaning::Setup),
        (r#"{"code":1001,"msg":"余额不足"}"#, Meaning::Spent),
        (r#"{"code":-1,"msg":"免费额度已用完"}"#, Meaning::Spent),
        (r#"{"error":{"message":"本月免费额度用尽，请充值"}}"#, Meaning::Spent),
        (r#"{"code":-1,"msg":"请求过于频繁，请稍后再试"}"#, Meaning::Busy),
        (r#"{"error":{"message":"服务繁忙"}}"#, Meaning::Busy),
        (r#"{"message":"触发限流"}"#, Meaning::Busy),
        (
            r#"{"Response":{"Error":{"Code":"RequestLimitExceeded","Message":"慢"},"RequestId":"x"}}"#,
            Meaning::Busy,
        ),
        (r#"{"Response":{"Error":{"Code":"LimitExceeded","Message":"慢"}}}"#, Meaning::Busy),
        (r#"{"Response":{"Error":{"Code":"FailedOperation.EngineServerLimitExceeded"}}}"#, Meaning::Busy),
        (r#"{"Response":{"Error":{"Code":"FailedOperation.FreeResourcePackExhausted"}}}"#, Meaning::Spent),
        (r#"{"Response":{"Error":{"Code":"AuthFailure.SignatureFailure","Message":"m"}}}"#, Meaning::Setup),
        (r#"{"error":{"code":"context_length_limit_exceeded"}}"#, Meaning::Request),
    ] {
        for status in [200, 400, 401, 403, 429, 500, 503] {
            assert_eq!(of(status, Json::parse(event).unwrap()), meaning, "{status}: {event}");
        }
    }
    for (status, meaning) in [
        (200, Meaning::Other),
        (400, Meaning::Request),
        (401, Meaning::Setup),
        (402, Meaning::Spent),
        (404, Meaning::Setup),
        (429, Meaning::Busy),
        (500, Meaning::Other),
        (502, Meaning::Away),
        (503, Meaning::Away),
        (504, Meaning::Away),
    ] {
        assert_eq!(of(status, Json::parse("{}").unwrap()), meaning, "{status}");
        assert_eq!(of_plain(status, "no"), meaning, "{status}");
    }
    let request = Json::parse(r#"{"error":{"type":"invalid_request_error","message":"m"}}"#).unwrap();
    assert_eq!((of(200, request), of(401, request)), (Meaning::Request, Meaning::Setup));
}
