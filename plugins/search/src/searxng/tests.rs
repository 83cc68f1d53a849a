use super::*;
use crate::tests::{config, response};

#[test]
fn a_query_cannot_leave_its_place() {
    let config = config(r#"{"provider":"searxng","endpoint":"http://a.example/searx/search"}"#);
    let request = request("分数线&format=html#", &config).expect("a request");
    assert_eq!(
        request.url,
        "http://a.example/searx/search?q=%E5%88%86%E6%95%B0%E7%BA%BF%26format%3Dhtml%23&format=json"
    );
    assert!(request.body.is_empty());
}

#[test]
fn every_setting_reaches_the_url() {
    let config = config(
        r#"{"provider":"searxng","endpoint":"http://a.example","recency":"semiyear","safe":true,
                "sites":["b.example","c.example"],"language":"zh-CN"}"#,
    );
    let request = request("q", &config).expect("a request");
    assert_eq!(
        request.url,
        "http://a.example/search?q=q%20%28site%3Ab.example%20OR%20site%3Ac.example%29&format=json\
         &time_range=year&safesearch=2&language=zh-CN"
    );
}

#[test]
fn results_become_passages_with_scores_below_one() {
    let config = config(r#"{"provider":"searxng","endpoint":"http://a.example"}"#);
    let body = r#"{"query":"q","results":[
            {"title":"甲","url":"http://b.example/1","content":"文一","publishedDate":"2024-06-24T00:00:00","score":4.0},
            {"title":"乙","url":"http://b.example/2","content":null,"score":3.0},
            {"title":"丙","url":"http://b.example/3","content":"文三","publishedDate":null,"score":1.0}]}"#;
    let passages = passages(&response(200, body), &config).expect("passages");
    let seen: Vec<_> = passages.iter().map(|p| (p.title.as_str(), p.text.as_str(), p.score)).collect();
    assert_eq!(seen, [("甲", "(2024-06-24) 文一", Some(1.0)), ("丙", "文三", Some(0.25))]);
}

#[test]
fn errors_carry_cause_and_mend() {
    let config = config(r#"{"provider":"searxng","endpoint":"http://a.example"}"#);
    for (status, body, expect) in [
        (403, "<h1>Forbidden</h1>", "add `json` to `search.formats`"),
        (500, "boom", "http://a.example: answered 500: boom"),
        (200, "<html>", "not an answer of SearXNG"),
    ] {
        let Err(Failure::Unavailable(text)) = passages(&response(status, body), &config) else {
            panic!("{body}: no failure");
        };
        assert!(text.contains(expect), "{text}");
    }
}

#[test]
fn nothing_from_engines_that_did_not_answer_is_a_failure_and_no_absence() {
    let config = config(r#"{"provider":"searxng","endpoint":"http://a.example"}"#);
    let hit = r#"{"title":"甲","url":"http://b.example/1","content":"文一"}"#;
    let untold = r#"{"title":"甲","url":"http://b.example/1","content":""}"#;
    let read = |results: &str, engines: &str| {
        let body = format!(r#"{{"results":[{results}],"unresponsive_engines":{engines}}}"#);
        passages(&response(200, &body), &config)
    };
    for (results, engines, words) in [
        ("", r#"[["google","timeout"],["bing","access denied"]]"#, "google timeout, bing access denied"),
        ("", r#"["google"]"#, "google"),
        (untold, r#"[["google","timeout"]]"#, "google timeout"),
    ] {
        let Err(Failure::Unavailable(text)) = read(results, engines) else { panic!("{engines}: no failure") };
        assert!(text.ends_with(&format!("engines did not answer: {words}")), "{text}");
    }
    assert_eq!(read(hit, r#"[["google","timeout"]]"#).map(|found| found.len()), Ok(1));
    for engines in ["[]", "null"] {
        assert_eq!(read("", engines), Ok(Vec::new()), "{engines}");
    }
    assert_eq!(passages(&response(200, r#"{"results":[]}"#), &config), Ok(Vec::new()));
}
