//! Answers that deny what a configuration would tell of them.

use super::*;

const SENTENCE: &str = r#"{"url":"http://a.example/refund","method":"POST","result":"已为您退款"}"#;

#[test]
fn a_sentence_that_shows_nothing_of_the_answer_does_not_claim_what_the_answer_denies() {
    for (body, words) in [
        ("退款失败：余额不足", "余额不足"),
        ("FAIL", "FAIL"),
        ("\"error\"", "error"),
        ("false", "它的答复是：false"),
        ("-1", "它的答复是：-1"),
        (r#"{"msg":"退款失败：余额不足"}"#, "余额不足"),
        (r#"{"isError":true,"message":"余额不足"}"#, "余额不足"),
        (r#"{"status":"rejected","reason":"余额不足"}"#, "余额不足"),
        ("<xml><return_code>FAIL</return_code><return_msg>签名失败</return_msg></xml>", "签名失败"),
    ] {
        for config in [SENTENCE.to_owned(), SENTENCE.replace("退款\"", "退款{{ response.id }}\"")] {
            let said = outcome_of(reply(&config, 200, body));
            assert!(said.contains(words) && !said.contains("已为您退款"), "{body}: {said}");
        }
    }
    for body in [
        "ok",
        "7",
        "0",
        "true",
        "A10086",
        r#"{"id":7,"message":"登录失败"}"#,
        r#"{"msg":"失败的订单共3笔"}"#,
        r#"{"code":0,"data":{"status":"failed","order_id":"A1"}}"#,
        "<xml><return_code>SUCCESS</return_code><return_msg>OK</return_msg></xml>",
    ] {
        assert_eq!(outcome_of(reply(SENTENCE, 200, body)), "已为您退款", "{body}");
    }
}

#[test]
fn what_only_asks_or_reads_the_answer_tells_a_failed_state_in_its_own_words() {
    let body = r#"{"status":"rejected","reason":"余额不足"}"#;
    let shown = r#"{"url":"u","method":"POST","result":"状态：{{ response.status }}"}"#;
    assert_eq!(outcome_of(reply(shown, 200, body)), "状态：rejected");
    let asked = r#"{"url":"u","result":"查过了"}"#;
    assert_eq!(outcome_of(reply(asked, 200, body)), "查过了");
    let chosen =
        r#"{"url":"u","method":"POST","result":"{% if response.ok %}已退{% else %}没有退成{% endif %}"}"#;
    assert_eq!(outcome_of(reply(chosen, 200, body)), "没有退成");
    assert_eq!(outcome_of(reply(r#"{"url":"u"}"#, 200, "false")), "```json\nfalse\n```\n");
    let told = SENTENCE.replace("\"result\"", "\"success\":{\"path\":\"$.status\"},\"result\"");
    assert_eq!(outcome_of(reply(&told, 200, body)), "已为您退款", "the operator has said how it is told");
}

#[test]
fn data_that_came_with_an_outright_refusal_is_not_told_without_it() {
    let body = r#"{"success":false,"message":"系统错误","data":{"balance":15}}"#;
    let config = |more: &str| {
        format!(
            r#"{{"url":"u",{more}"extract":{{"balance":"$.data.balance"}},"result":"余额{{{{ balance }}}}元"}}"#
        )
    };
    let told = outcome_of(reply(&config(""), 200, body));
    assert_eq!(told, "接口没有办理这个请求，它的答复是：系统错误\n\n余额15元");
    let acts = outcome_of(reply(&config(r#""method":"POST","#), 200, body));
    assert!(acts.contains("系统错误") && !acts.contains("余额15元"), "{acts}");
    for body in [
        r#"{"success":true,"message":"系统错误","data":{"balance":15}}"#,
        r#"{"success":false,"data":{"balance":15}}"#,
        r#"{"success":false,"message":"查询成功","data":{"balance":15}}"#,
        r#"{"success":0,"message":"共一条","data":{"balance":15}}"#,
        r#"{"data":{"success":false,"message":"系统错误","balance":15}}"#,
    ] {
        assert_eq!(outcome_of(reply(&config(""), 200, body)), "余额15元", "{body}");
    }
    let worded =
        r#"{"url":"u","method":"POST","result":"{{ response.message }}，余额{{ response.data.balance }}元"}"#;
    assert_eq!(outcome_of(reply(worded, 200, body)), "系统错误，余额15元");
    let chosen = r#"{"url":"u","result":"{% if not response.success %}请联系客服{% endif %}{{ response.data.balance }}"}"#;
    assert_eq!(outcome_of(reply(chosen, 200, body)), "请联系客服15");
}

#[test]
fn a_bare_path_to_a_code_makes_no_claim_that_none_would_not_make() {
    let with = |success: &str| {
        let success = format!(r#""success":{{"path":"{success}"}},"result""#);
        SENTENCE.replace("\"result\"", &success)
    };
    let refused = r#"{"code":1001,"msg":"余额不足"}"#;
    let said = outcome_of(reply(&with("$.code"), 200, refused));
    assert!(said.contains("余额不足") && !said.contains("已为您退款"), "{said}");
    for (path, body) in [
        ("$.success", r#"{"success":0,"msg":"余额不足"}"#),
        ("$.success", r#"{"success":"false","msg":"余额不足"}"#),
        ("$.success", r#"{"success":"N","msg":"余额不足"}"#),
    ] {
        let failed = reply(&with(path), 200, body);
        assert!(
            matches!(&failed, Err(Failure::Unavailable(text)) if text.contains("余额不足")),
            "{failed:?}"
        );
    }
    for (path, body) in [
        ("$.code", r#"{"code":0,"msg":"ok"}"#),
        ("$.code", r#"{"code":10000,"msg":"操作成功"}"#),
        ("$.success", r#"{"success":"Y"}"#),
        ("$.data.left", r#"{"code":0,"data":{"left":0}}"#),
    ] {
        assert_eq!(outcome_of(reply(&with(path), 200, body)), "已为您退款", "{path} {body}");
    }
    let named = r#"{"url":"u","success":{"path":"$.code"},"result":"姓名：{{ response.data.name }}"}"#;
    assert_eq!(outcome_of(reply(named, 200, r#"{"code":1,"msg":"已查","data":{"name":"王"}}"#)), "姓名：王");
    let rows = r#"{"url":"u","success":{"path":"$.code"},"extract":{"rows":"$.data[*]"}}"#;
    let nothing = reply(rows, 200, r#"{"code":0,"msg":"ok","data":[]}"#);
    assert!(matches!(nothing, Ok(Contribution::Nothing(_))), "{nothing:?}");
}
