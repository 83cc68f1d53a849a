use super::*;

#[test]
fn only_a_code_that_says_so_tells_of_too_much_at_once() {
    for (body, busy) in [
        (r#"{"error_code":18,"error_msg":"Open api qps request limit reached"}"#, true),
        (r#"{"error_code":"336501","error_msg":"rpm"}"#, true),
        (r#"{"error":{"code":"1302","message":"您的账户已达到速率限制"}}"#, true),
        (r#"{"error":{"code":"rate_limit_exceeded","message":"slow down"}}"#, true),
        (r#"[{"error":{"code":429,"message":"slow down"}}]"#, true),
        (r#"{"base_resp":{"status_code":1002}}"#, true),
        // Of the day, the key, the request, another vendor's number, and what is no code at all.
        (r#"{"error_code":17,"error_msg":"Open api daily request limit reached"}"#, false),
        (r#"{"error_code":110,"error_msg":"Access token invalid"}"#, false),
        (r#"{"error_code":336003,"error_msg":"too long"}"#, false),
        (r#"{"error":{"code":"insufficient_quota","type":"rate_limit_error"}}"#, false),
        (r#"{"code":18,"message":"no"}"#, false),
        (r#"{"error_code":null,"data":[18]}"#, false),
        (r#"{"data":[{"code":429}]}"#, false),
        ("18", false),
        ("busy", false),
        ("", false),
    ] {
        assert_eq!(is_busy(body.as_bytes()), busy, "{body}");
    }
}
