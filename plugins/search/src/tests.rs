use super::*;

pub(crate) fn config(text: &str) -> Config {
    json::config(text).expect("a configuration")
}

pub(crate) fn response(status: u16, body: &str) -> Response {
    Response { status, headers: Vec::new(), body: body.as_bytes().to_vec() }
}

#[test]
fn what_no_request_could_use_is_told() {
    let told = |text: &str| {
        let config = serde_json::from_str(text).expect("JSON");
        Search::validate(&config).into_iter().map(|(key, _)| key).collect::<Vec<_>>()
    };
    let wrong =
        r#"{"provider":"baidu","endpoint":"https://{{x}}","sites":["a.cn","{{x}}"],"language":"zh-CN"}"#;
    assert_eq!(told(wrong), ["endpoint", "sites[1]", "language"]);
    for (path, expected) in
        [("/v2", &["endpoint"][..]), ("/v2/ai_search/chat/completions", &[][..]), ("", &[][..])]
    {
        let text = format!(r#"{{"provider":"baidu","endpoint":"https://qianfan.baidubce.com{path}"}}"#);
        assert_eq!(told(&text), expected, "{path}");
    }
    assert!(told(r#"{"provider":"searxng","endpoint":"http://a.cn","language":"zh-CN"}"#).is_empty());
}

#[test]
fn the_path_is_the_provider_s_own_where_none_is_given() {
    assert_eq!(url("http://a.example", "/search"), Ok("http://a.example/search".to_owned()));
    assert_eq!(url("http://a.example/", "/search"), Ok("http://a.example/search".to_owned()));
    assert_eq!(url("https://a.example/x/s", "/search"), Ok("https://a.example/x/s".to_owned()));
    for wrong in ["a.example", "http://a.example/?q=1"] {
        let failure = url(wrong, "/search").expect_err(wrong);
        assert!(matches!(&failure, Failure::InvalidConfig(text) if text.starts_with("`endpoint`")));
    }
}

#[test]
fn the_example_in_the_schema_parses() {
    let schema: serde_json::Value = serde_json::from_str(&Search::describe().config_schema).expect("JSON");
    let examples = schema["examples"].as_array().expect("examples");
    let keys: Vec<_> = schema["properties"].as_object().expect("an object").keys().collect();
    let shown: Vec<_> = examples[0].as_object().expect("an object").keys().collect();
    assert_eq!(keys, shown);
    for example in examples {
        serde_json::from_value::<Config>(example.clone()).expect("a configuration");
    }
}
