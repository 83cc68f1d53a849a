use super::*;
use crate::tests::{config, response};

fn baidu() -> Config {
    config(
        r#"{"provider":"baidu","endpoint":"http://a.example","top_k":3,"recency":"semiyear",
                "sites":["b.example"],"safe":true}"#,
    )
}

#[test]
fn a_pure_search_names_no_model() {
    let request = request("2024年\"高考\"", &baidu()).expect("a request");
    assert_eq!(request.url, "http://a.example/v2/ai_search/chat/completions");
    let body: Value = serde_json::from_slice(&request.body).expect("JSON");
    assert_eq!(
        body,
        json!({
            "messages": [{ "role": "user", "content": "2024年\"高考\"" }],
            "search_source": "baidu_search_v2",
            "resource_type_filter": [{ "type": "web", "top_k": 3 }],
            "search_recency_filter": "semiyear",
            "search_filter": { "match": { "site": ["b.example"] } },
            "safe_search": true,
        })
    );
}

#[test]
fn references_become_passages() {
    let body = r#"{"request_id":"1","is_safe":true,"references":[
            {"id":1,"title":"分数线","url":"http://b.example/1","content":" 438分 ","date":"2024-06-24","type":"web"},
            {"id":2,"title":"","web_anchor":"锚","url":"http://b.example/2","content":"文","date":null},
            {"id":3,"title":"图","url":"http://b.example/3","content":"","type":"image","image":{}}]}"#;
    let passages = passages(&response(200, body), &baidu()).expect("passages");
    assert_eq!(passages.len(), 2);
    assert_eq!(passages[0].text, "(2024-06-24) 438分");
    assert_eq!(passages[0].title, "分数线");
    assert_eq!(passages[0].url.as_deref(), Some("http://b.example/1"));
    assert_eq!(passages[0].score, None);
    assert_eq!((passages[1].title.as_str(), passages[1].text.as_str()), ("锚", "文"));
}

#[test]
fn errors_carry_baidu_s_words() {
    for (status, body, expect) in [
        (
            401,
            r#"{"error":{"code":"invalid_iam_token","message":"expired","type":"x"},"id":"as-1"}"#,
            "http://a.example: answered 401: invalid_iam_token: expired; check the secret granted",
        ),
        (200, r#"{"error_code":17,"error_msg":"daily quota"}"#, "answered 200: 17: daily quota"),
        (400, r#"{"requestId":"1","code":216003,"message":"bad"}"#, "answered 400: 216003: bad"),
        (502, "<html>Bad\n Gateway</html>", "answered 502: <html>Bad Gateway</html>"),
        (200, "no JSON", "not an answer of Baidu AI search"),
        (200, r#"{"references":3}"#, "not an answer of Baidu AI search"),
    ] {
        let Err(Failure::Unavailable(text)) = passages(&response(status, body), &baidu()) else {
            panic!("{body}: no failure");
        };
        assert!(text.contains(expect), "{text}");
    }
}

#[test]
fn no_references_are_no_error() {
    let body = r#"{"request_id":"1","code":0,"choices":[]}"#;
    assert_eq!(passages(&response(200, body), &baidu()), Ok(Vec::new()));
}

#[test]
fn an_answer_that_is_neither_references_nor_none_of_them_is_a_failure() {
    for (body, expect) in [
        (r#"{"error":{"message":"quota exceeded","type":"x"}}"#, "answered 200: quota exceeded"),
        (r#"{"error":"quota exceeded"}"#, "answered 200: quota exceeded"),
        (r#"{"errno":110,"errmsg":"token invalid"}"#, "answered 200: 110: token invalid"),
        (r#"{"status":"error","msg":"busy"}"#, "answered 200: busy"),
        (r#"{"references":[],"code":501,"message":"timeout"}"#, "answered 200: 501: timeout"),
        (r#"{"references":[],"error":{"message":"busy"}}"#, "answered 200: busy"),
        ("[]", "not an answer of Baidu AI search (no references): []"),
        ("{}", "not an answer of Baidu AI search (no references): {}"),
        (r#"{"request_id":"1","choices":[{"message":{"content":"一"}}]}"#, "(no references): {"),
        (r#"{"data":{"references":[]}}"#, "(no references): {"),
    ] {
        let Err(Failure::Unavailable(text)) = passages(&response(200, body), &baidu()) else {
            panic!("{body}: no failure");
        };
        assert!(text.contains(expect), "{text}");
    }
    for body in [
        r#"{"request_id":"1","references":[]}"#,
        r#"{"references":[],"code":200,"message":"ok"}"#,
        r#"{"references":[],"code":"","error":null,"errno":0,"status":"success"}"#,
        r#"{"request_id":"1","usage":{"total_tokens":3}}"#,
    ] {
        assert_eq!(passages(&response(200, body), &baidu()), Ok(Vec::new()), "{body}");
    }
}

#[test]
fn references_that_came_are_read_whatever_code_is_beside_them() {
    for code in [r#""""#, "200", r#""200""#, "0", r#""success""#, "null"] {
        let body = format!(
            r#"{{"code":{code},"message":"","references":[{{"title":"题","url":"http://b.example/1","content":"文"}}]}}"#
        );
        assert_eq!(passages(&response(200, &body), &baidu()).map(|found| found.len()), Ok(1), "{code}");
    }
    let refused = r#"{"code":1,"message":"bad","references":[{"content":"文"}]}"#;
    assert!(passages(&response(500, refused), &baidu()).is_err());
}
