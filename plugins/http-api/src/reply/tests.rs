mod claims;

use super::*;
use crate::tests::{config, turn};

const URL: &str = "http://a.example/x";

fn reply(text: &str, status: u16, body: &str) -> Result<Contribution, Failure> {
    reply_to(text, status, body, None)
}

fn reply_to(text: &str, status: u16, body: &str, arguments: Option<&str>) -> Result<Contribution, Failure> {
    let config = config(text);
    let context = Context::of(&turn("分数线", arguments), &config).expect("a context");
    let headers = vec![("location".to_owned(), "http://b.example/new?key=geheim".to_owned())];
    let response = Response { status, headers, body: body.as_bytes().to_vec() };
    read(&response, URL, &config, &context, arguments.is_some())
}

const LINES: &str = r#"{
        "url": "http://a.example/x",
        "extract": { "rows": "$.data[*]", "year": "$.year" },
        "result": "{{ variables.province }}{{ year }}年:\n{% for row in rows %}- {{ row.name }}: {{ row.score }}\n{% endfor %}",
        "title": "{{ variables.province }}省控线",
        "link": "http://a.example/{{ year }}/{{ variables.province }}",
        "success": { "path": "$.code", "equals": 0, "message": "$.msg" },
        "empty": "没有这一年的数据",
        "empty_status": [404]
    }"#;

#[test]
fn a_response_becomes_markdown() {
    let body =
        r#"{"code":0,"year":2024,"data":[{"name":"理科一本","score":511},{"name":"文科一本","score":521}]}"#;
    assert_eq!(
        reply(LINES, 200, body),
        Ok(Contribution::Outcome(Outcome {
            text: "河南2024年:\n- 理科一本: 511\n- 文科一本: 521\n".to_owned(),
            media_type: MediaType::Markdown,
            title: "河南省控线".to_owned(),
            url: Some("http://a.example/2024/%E6%B2%B3%E5%8D%97".to_owned()),
        }))
    );
}

#[test]
fn nothing_found_is_no_failure() {
    let nothing = Ok(Contribution::Nothing("没有这一年的数据".to_owned()));
    assert_eq!(reply(LINES, 200, r#"{"code":0,"data":[]}"#), nothing);
    assert_eq!(reply(LINES, 404, "not found"), nothing);
}

fn outcome_of(contribution: Result<Contribution, Failure>) -> String {
    match contribution {
        Ok(Contribution::Outcome(outcome)) => outcome.text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_empty_body_is_success_of_what_acts_or_has_a_result() {
    let post = r#"{"url":"u","method":"POST"}"#;
    for status in [200, 201, 204] {
        let said = outcome_of(reply(post, status, " \r\n"));
        assert!(said.contains("已经成功执行") && said.contains(&status.to_string()), "{said}");
    }
    let with_body =
        r#"{"url":"u","body":{"a":"b"},"extract":{"id":"$.id"},"success":{"path":"$.code","equals":0}}"#;
    assert!(outcome_of(reply(with_body, 201, "")).contains("已经成功执行"));
    assert!(outcome_of(reply(with_body, 200, "")).contains("已经成功执行"));
    for body in ["{}", "null", r#""""#, "[]"] {
        assert!(
            matches!(reply(with_body, 200, body), Err(Failure::Unavailable(_))),
            "its own mark is missing"
        );
        assert!(outcome_of(reply(post, 200, body)).contains("已经成功执行"), "{body}");
        let worded = r#"{"url":"u","method":"POST","result":"已登记{{ id }}","extract":{"id":"$.data.id"}}"#;
        assert_eq!(outcome_of(reply(worded, 201, body)), "已登记", "{body}");
        assert!(matches!(reply(r#"{"url":"u"}"#, 200, body), Ok(Contribution::Nothing(_))), "{body}");
        let asked = r#"{"url":"u","result":"价格 {{ price }}","extract":{"price":"$[0].price"}}"#;
        assert!(
            matches!(reply(asked, 200, body), Ok(Contribution::Nothing(_))),
            "{body}: a GET found nothing"
        );
    }
    let worded = r#"{"url":"u","result":"{{ variables.province }}已登记{{ id }}","extract":{"id":"$.id"}}"#;
    assert_eq!(outcome_of(reply(worded, 204, "")), "河南已登记");
    assert!(matches!(reply(r#"{"url":"u"}"#, 204, ""), Ok(Contribution::Nothing(_))), "a GET found nothing");
    let read = r#"{"url":"u","method":"GET"}"#;
    assert!(matches!(reply(read, 200, ""), Ok(Contribution::Nothing(_))));
}

#[test]
fn what_acts_is_told_in_the_api_s_words_where_nothing_was_extracted() {
    let done = r#"{"code":0,"msg":"办理成功","data":{}}"#;
    let refused = r#"{"code":1001,"msg":"订单号与手机号不符"}"#;
    let post = r#"{"url":"u","method":"POST","extract":{"id":"$.data.id"}}"#;
    let worded = r#"{"url":"u","method":"POST","extract":{"id":"$.data.id"},"result":"已登记{{ id }}"}"#;
    let get = r#"{"url":"u","extract":{"id":"$.data.id"},"result":"已登记{{ id }}"}"#;
    for config in [post, worded, get] {
        assert!(outcome_of(reply(config, 200, done)).contains("办理成功"), "{config}");
        let said = outcome_of(reply(config, 200, refused));
        assert!(said.contains("订单号与手机号不符") && !said.contains("已登记"), "{said}");
    }
    let told = worded.replace("\"result\"", "\"success\":{\"path\":\"$.code\",\"equals\":0},\"result\"");
    assert_eq!(outcome_of(reply(&told, 200, done)), "已登记");
    assert!(matches!(reply(&told, 200, refused), Err(Failure::Unavailable(_))));
    let nothing = reply(get, 200, r#"{"total":0,"data":[]}"#);
    assert!(matches!(nothing, Ok(Contribution::Nothing(_))), "{nothing:?}");
    let silent = r#"{"url":"u","method":"POST","result":"{% if status == 5 %}x{% endif %}"}"#;
    assert!(outcome_of(reply(silent, 200, done)).contains("已经成功执行"));
}

#[test]
fn an_api_s_own_words_are_told_where_no_rows_came_and_nothing_says_how_success_is_told() {
    let refused = r#"{"code":1001,"message":"订单号与手机号不符"}"#;
    let rows = r#"{"url":"u","on_error":"outcome","extract":{"rows":"$.data[*]"}}"#;
    let with_message = rows.replace("\"extract\"", "\"success\":{\"message\":\"$.message\"},\"extract\"");
    for config in [rows, &with_message] {
        let said = outcome_of(reply(config, 200, refused));
        assert!(said.contains("订单号与手机号不符"), "{config}: {said}");
        for body in [r#"{"code":0,"data":[]}"#, "{}", ""] {
            let nothing = reply(config, 200, body);
            assert!(matches!(nothing, Ok(Contribution::Nothing(_))), "{body}: {nothing:?}");
        }
    }
    let told = rows.replace("\"extract\"", "\"success\":{\"path\":\"$.code\",\"equals\":0},\"extract\"");
    let nothing = reply(&told, 200, r#"{"code":0,"message":"ok","data":[]}"#);
    assert!(matches!(nothing, Ok(Contribution::Nothing(_))), "{nothing:?}");
}

#[test]
fn a_number_and_its_text_tell_the_same_success() {
    let config = |equals: &str| {
        format!(r#"{{"url":"u","success":{{"path":"$.code","equals":{equals}}},"extract":{{"a":"$.a"}}}}"#)
    };
    let answer = |code: &str| format!(r#"{{"code":{code},"a":"好"}}"#);
    for (equals, code) in [
        ("0", "0"),
        ("0", "0.0"),
        ("0", r#""0""#),
        (r#""0""#, "0"),
        (r#""0""#, r#""0""#),
        ("true", r#""true""#),
    ] {
        let said = outcome_of(reply(&config(equals), 200, &answer(code)));
        assert!(said.contains('好'), "{equals} {code}: {said}");
    }
    for (equals, code) in [
        ("0", "1"),
        ("0", r#""1""#),
        ("0", r#""""#),
        (r#""0""#, "1"),
        ("0", "null"),
        ("0", "false"),
        (r#""ok""#, "0"),
    ] {
        let failed = reply(&config(equals), 200, &answer(code));
        assert!(matches!(failed, Err(Failure::Unavailable(_))), "{equals} {code}: {failed:?}");
    }
}

#[test]
fn a_refusal_is_handed_on_where_the_operator_wants_it() {
    let config = |more: &str| {
        format!(
            r#"{{"url":"http://a.example","success":{{"path":"$.code","equals":0{more}}},"on_error":"outcome"}}"#
        )
    };
    let told = config(r#","message":"$.msg""#);
    let body = r#"{"code":1001,"msg":"订单号与手机号不符"}"#;
    assert_eq!(outcome_of(reply(&told, 200, body)), "接口没有办理这个请求，它的答复是：订单号与手机号不符");
    assert!(outcome_of(reply(&told, 400, body)).ends_with("：订单号与手机号不符"));
    assert!(outcome_of(reply(&config(""), 200, body)).contains("订单号与手机号不符"), "its JSON");
    for (status, body) in [
        (404, "<html>"),
        (400, ""),
        (400, "{}"),
        (409, "bad"),
        (302, ""),
        (302, body),
        (200, "<html>请登录</html>"),
    ] {
        let failed = reply(&told, status, body);
        assert!(matches!(failed, Err(Failure::Unavailable(_))), "{status} {body}: {failed:?}");
    }
    let text = r#"{"url":"http://a.example","on_error":"outcome"}"#;
    assert!(outcome_of(reply(text, 409, "订单已取消")).ends_with("：订单已取消"), "text is its form");
    assert!(matches!(reply(text, 404, " <!doctype html>"), Err(Failure::Unavailable(_))));
    for status in [401, 403, 429, 500, 503] {
        assert!(matches!(reply(&told, status, body), Err(Failure::Unavailable(_))), "{status}");
    }
    let plain = told.replace("outcome", "fail");
    assert!(matches!(reply(&plain, 200, body), Err(Failure::Unavailable(_))));
}

#[test]
fn failures_carry_the_api_s_words() {
    for (status, body, expect) in [
        (
            200,
            r#"{"code":7,"msg":"额度用尽"}"#,
            "http://a.example: answered no success at `$.code`: 额度用尽",
        ),
        (500, r#"{"msg":"炸了"}"#, "answered 500: 炸了"),
        (401, "who", "answered 401: who; check the secret"),
        (302, "moved", "answered 302: moved; it leads to http://b.example/new, where only a GET"),
        (200, "<html>", "answered 200 with a web page where data"),
        (200, "busy", "answered no success at `$.code`: busy"),
    ] {
        let failure = reply(LINES, status, body);
        let Err(Failure::Unavailable(text)) = failure else { panic!("{failure:?}") };
        assert!(text.contains(expect), "{text}");
    }
    let told = reply_to(LINES, 422, r#"{"msg":"年份太早"}"#, Some("{}"));
    assert!(
        matches!(&told, Err(Failure::InvalidArguments(text)) if text == "answered 422: 年份太早"),
        "{told:?}"
    );
}

#[test]
fn without_a_template_what_was_found_is_shown() {
    let text = |config, body| match reply(config, 200, body) {
        Ok(Contribution::Outcome(outcome)) => (outcome.text, outcome.title),
        other => panic!("{other:?}"),
    };
    let (list, title) =
        text(r#"{"url":"u","extract":{"a":"$.a","b":"$.b","c":"$.c"}}"#, r#"{"a":"甲","b":[1]}"#);
    assert_eq!((list.as_str(), title.as_str()), ("- a: 甲\n- b: [1]\n", "接口查询结果"));
    let (fenced, _) = text(r#"{"url":"u"}"#, r#"{"a":1}"#);
    assert_eq!(fenced, "```json\n{\n  \"a\": 1\n}\n```\n");
    let (plain, _) = text(r#"{"url":"u"}"#, "晴");
    assert_eq!(plain, "晴");
}

#[test]
fn a_page_in_place_of_data_is_a_failure_that_names_it() {
    let typed = |config: &str, kind: &str, body: &str| {
        let config = crate::tests::config(config);
        let context = Context::of(&turn("分数线", None), &config).expect("a context");
        let headers = vec![("content-type".to_owned(), kind.to_owned())];
        let response = Response { status: 200, headers, body: body.as_bytes().to_vec() };
        read(&response, URL, &config, &context, false)
    };
    let plain = r#"{"url":"u"}"#;
    let post = r#"{"url":"u","method":"POST","on_error":"outcome"}"#;
    let worded = r#"{"url":"u","result":"价格 {{ response.price }}"}"#;
    let login = "\u{feff}\n<!DOCTYPE HTML><html><head><title>\n 统一登录 </title>";
    for config in [plain, post, worded, LINES] {
        for (kind, body) in [
            ("text/html; charset=utf-8", login),
            ("application/json", login),
            ("", login),
            ("TEXT/HTML", "<script>location.href='/login'</script>"),
            ("text/plain", "<HTML><body>hi"),
        ] {
            let failed = typed(config, kind, body);
            let Err(Failure::Unavailable(text)) = failed else {
                panic!("{config} {kind} {body}: {failed:?}")
            };
            assert!(text.contains("answered 200 with a web page"), "{text}");
            assert_eq!(text.contains("titled “统一登录”"), body == login, "{text}");
        }
    }
    for (config, kind, body) in [
        (plain, "text/html", "晴"),
        (plain, "text/html", r#"{"a":1}"#),
        (plain, "application/xml", "<?xml version=\"1.0\"?><weather>晴</weather>"),
        (plain, "text/html", "<?xml version=\"1.0\"?><weather>晴</weather>"),
        (plain, "application/xml", "<weather>晴</weather>"),
        (r#"{"url":"u","headers":{"Accept":"text/html"}}"#, "text/html", login),
    ] {
        assert!(matches!(typed(config, kind, body), Ok(Contribution::Outcome(_))), "{kind} {body}");
    }
}

#[test]
fn a_wrong_path_names_its_key() {
    let failure = reply(r#"{"url":"u","extract":{"a":"$["}}"#, 200, "{}");
    assert!(
        matches!(&failure, Err(Failure::InvalidConfig(text)) if text.starts_with("`extract.a`")),
        "{failure:?}"
    );
}

#[test]
fn what_is_told_of_a_deed_and_of_a_refusal_is_the_operators_to_word() {
    let worded = r#"{"url":"u","method":"POST","on_error":"outcome","success":{"path":"$.ok","message":"$.msg"},
        "done":"Done ({{ status }}).","refused":"The shop says: {{ message }}","title":"Shop"}"#;
    assert_eq!(outcome_of(reply(worded, 204, "")), "Done (204).");
    let Ok(Contribution::Outcome(refused)) = reply(worded, 200, r#"{"ok":false,"msg":"{{ sold out }}"}"#)
    else {
        panic!("a refusal with words is a result")
    };
    assert_eq!((&*refused.text, &*refused.title), ("The shop says: {{ sold out }}", "Shop"));
}

#[test]
fn a_refusal_is_not_told_as_success_because_a_template_has_words() {
    let refused = r#"{"code":1001,"msg":"库存不足","total":0,"data":null}"#;
    let post = |more: &str| format!(r#"{{"url":"u","method":"POST",{more}}}"#);
    for (configuration, body) in [
        (post(r#""result":"订单{{ response.id }}已建""#), refused),
        (post(r#""result":"已办""#), r#"{"success":false,"msg":"库存不足"}"#),
        (r#"{"url":"u","result":"姓名：{{ response.data.name }}"}"#.to_owned(), refused),
        (
            r#"{"url":"u","extract":{"code":"$.code","name":"$.data.name"},"result":"姓名：{{ name }}"}"#
                .to_owned(),
            refused,
        ),
        (r#"{"url":"u","extract":{"name":"$.data.name","n":"$.total"}}"#.to_owned(), refused),
    ] {
        let text = outcome_of(reply(&configuration, 200, body));
        assert!(text.contains("库存不足"), "{configuration}: {text}");
    }
    let told = |configuration: &str, body| outcome_of(reply(configuration, 200, body));
    let named = r#"{"url":"u","result":"姓名：{{ response.data.name }}"}"#;
    assert_eq!(told(named, r#"{"code":1,"msg":"已查","data":{"name":"王"}}"#), "姓名：王");
    assert_eq!(told(&post(r#""result":"已办""#), r#"{"code":10000,"msg":"操作成功"}"#), "已办");
}

#[test]
fn success_is_told_by_any_writing_of_a_value_and_by_one_of_several() {
    for (equals, code, holds) in [
        ("\"0\"", "0.0", true),
        ("0.0", "\"0\"", true),
        ("0", "\"0.0\"", true),
        ("true", "\"True\"", true),
        ("[0,200]", "200", true),
        ("[0,200]", "500", false),
        ("9007199254740993", "\"9007199254740992\"", false),
    ] {
        let configuration =
            format!(r#"{{"url":"u","success":{{"path":"$.code","equals":{equals}}},"result":"好"}}"#);
        let body = format!(r#"{{"code":{code}}}"#);
        assert_eq!(reply(&configuration, 200, &body).is_ok(), holds, "{equals} {code}");
    }
}

#[test]
fn a_link_may_be_an_address_of_the_apis_own() {
    let link = |link: &str, body: &str| {
        let configuration = format!(r#"{{"url":"u","result":"有","link":"{link}"}}"#);
        match reply(&configuration, 200, body) {
            Ok(Contribution::Outcome(outcome)) => outcome.url,
            other => panic!("{other:?}"),
        }
    };
    let own = r#"{"url":"https://a.example/x?y=1"}"#;
    assert_eq!(link("{{ response.url }}", own).as_deref(), Some("https://a.example/x?y=1"));
    assert_eq!(link("{{ response.url }}", r#"{"url":"javascript:alert(1)"}"#), None);
    let placed = link("https://a.example/{{ response.id }}", r#"{"id":"甲/乙"}"#);
    assert_eq!(placed.as_deref(), Some("https://a.example/%E7%94%B2%2F%E4%B9%99"));
}

#[test]
fn a_refusal_with_a_sum_of_nothing_in_a_text_is_not_told_as_done() {
    let config = r#"{"url":"http://a.example/x","method":"POST","extract":{"fee":"$.alipay_trade_refund_response.refund_fee"},
        "result":"已经办好了，退款 {{ fee }} 元"}"#;
    let body = |fields: &str, fee: &str| {
        format!(r#"{{"alipay_trade_refund_response":{{{fields},"refund_fee":"{fee}"}},"sign":"x"}}"#)
    };
    let refused = r#""code":"40004","msg":"Business Failed","sub_msg":"交易不存在""#;
    let told = outcome_of(reply(config, 200, &body(refused, "0.00")));
    assert!(told.contains("交易不存在") && !told.contains("已经办好了"), "{told}");
    let done = r#""code":"10000","msg":"Success""#;
    for fee in ["0.00", "1.50"] {
        assert_eq!(outcome_of(reply(config, 200, &body(done, fee))), format!("已经办好了，退款 {fee} 元"));
    }
}

#[test]
fn a_refusal_in_a_makers_own_shape_is_told_in_its_words_and_a_success_beside_it_is_not() {
    let soap = |body: &str| format!("<s:Envelope><s:Body>{body}</s:Body></s:Envelope>");
    let fault = soap("<s:Fault><faultcode>c</faultcode><faultstring>余额不足</faultstring></s:Fault>");
    let post = r#"{"url":"u","method":"POST","result":"退款已提交"}"#;
    for config in [post, r#"{"url":"u"}"#] {
        assert_eq!(outcome_of(reply(config, 200, &fault)), "余额不足", "{config}");
    }
    for (refused, said) in [
        (r#"{"data":{"refund":{"userErrors":[{"field":["id"],"message":"订单不存在"}]}}}"#, "订单不存在"),
        (r#"{"d":{"Success":false,"Message":"库存不足"}}"#, "库存不足"),
        (r#"[{"message":"没有这个编号","errorCode":"NOT_FOUND"}]"#, "没有这个编号"),
        (
            r#"{"SendSmsResponse":{"Code":"isv.BUSINESS_LIMIT_CONTROL","Message":"触发分钟级流控"}}"#,
            "触发分钟级流控",
        ),
    ] {
        let told = outcome_of(reply(post, 200, refused));
        assert!(told.contains(said) && !told.contains("退款已提交"), "{told}");
    }
    for done in [
        soap("<RefundResponse><Result>no Fault</Result></RefundResponse>").as_str(),
        r#"{"data":{"refund":{"refund":{"id":"7"},"userErrors":[]}}}"#,
        r#"{"d":{"Success":true,"Message":"退款已受理"}}"#,
        r#"[{"message":"退款单","errorCode":null}]"#,
        r#"{"SendSmsResponse":{"Code":"OK","Message":"OK"}}"#,
    ] {
        assert_eq!(outcome_of(reply(post, 200, done)), "退款已提交", "{done}");
    }
}
