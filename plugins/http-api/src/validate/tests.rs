use super::*;

fn config(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn a_variable_without_a_default_is_warned_of() {
    let config = config(
        r#"{"url": "http://a.example/{{ variables.city }}/{{ arguments.x }}",
                "query": {"q": "{{ variables.q|default('') }}", "r": "{% if variables.r is defined %}{{ variables.r }}{% endif %}"},
                "body": {"list": ["{{ variables.deep }}"], "省": "{{ variables['省份'] }}"}}"#,
    );
    let warned = HttpApi::warnings(&config);
    let keys: Vec<_> = warned.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, ["url", "body.list[0]", "body.省"], "{warned:?}");
    assert!(warned[2].1.contains("{{ variables[\"省份\"]|default('…') }}"), "{warned:?}");
    assert!(warned[0].1.contains("`city`") && warned[0].1.contains("{{ variables.city|default('…') }}"));
}

#[test]
fn what_sees_no_refusal_is_warned_of() {
    let warned = |config: &str| HttpApi::warnings(&self::config(config));
    for (more, expected) in [
        (r#""on_error": "outcome""#, Some("on_error")),
        (r#""on_error": "outcome", "success": {"message": "$.message"}"#, Some("on_error")),
        (r#""success": {"message": "$.message", "status": []}"#, Some("success.message")),
        (r#""on_error": "outcome", "success": {"path": "$.code", "equals": 0}"#, None),
        (r#""on_error": "outcome", "success": {"status": [200], "message": "$.message"}"#, None),
        (r#""on_error": "fail""#, None),
        (r#""url": "http://b.example""#, None),
    ] {
        let told = warned(&format!(r#"{{"url": "http://a.example", {more}}}"#));
        let keys: Vec<_> = told.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, expected.into_iter().collect::<Vec<_>>(), "{more}: {told:?}");
    }
}

#[test]
fn everything_that_no_turn_could_use_is_found_at_once() {
    let config = config(
        r#"{"url": "http://a.example/{{ x", "query": {"q": "{% if %}"}, "headers": {"h": "{{ 1 + }}"},
                "body": {"list": ["ok", "{{ }"]}, "extract_arguments": ["(?P<x>[", "no group", "(?P<y>a)"],
                "extract": {"good": "$.a", "bad": "$["}, "success": {"path": "data[", "equals": 1},
                "result": "{% for x in %}", "title": "{{ good }}{{ response.a.b }}", "link": "{{ status }}"}"#,
    );
    let problems = HttpApi::validate(&config);
    let mut keys: Vec<_> = problems.iter().map(|(key, _)| key.as_str()).collect();
    keys.dedup();
    let expected = [
        "url",
        "query.q",
        "headers.h",
        "body.list[1]",
        "result",
        "extract_arguments[0]",
        "extract_arguments[1]",
        "extract.bad",
        "success.path",
    ];
    assert_eq!(keys, expected, "{problems:?}");
    assert!(problems.iter().all(|(_, message)| !message.contains('\n')), "{problems:?}");
    let of = |key: &str| &problems.iter().find(|(told, _)| told == key).expect(key).1;
    assert!(of("extract_arguments[0]").contains("unclosed character class"), "{problems:?}");
}

#[test]
fn a_key_that_the_schema_refuses_hides_no_other() {
    let problems =
        HttpApi::validate(&config(r#"{"url": 3, "on_error": "outcom", "result": "{{ respons }}"}"#));
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0].0, "result");
}

#[test]
fn a_name_or_filter_that_no_turn_has_is_found_in_every_template() {
    let config = config(
        r#"{"url": "http://a.example/{{ argument.x }}", "query": {"q": "{{ question|upcase }}"},
                "headers": {"h": "{{ varables.p }}"}, "body": {"list": ["{{ response.x }}", "{{ variables.p }}"]},
                "extract": {"lines": "$.a"}, "result": "{% for l in line %}{{ l.name }}{% endfor %}",
                "title": "{{ arguments.year }}{{ lines|length }}", "link": "{{ statu }}"}"#,
    );
    let problems = HttpApi::validate(&config);
    let told: Vec<_> = problems.iter().map(|(key, message)| format!("{key}: {message}")).collect();
    let expected = [
        "url: in the template `argument` is not defined; did you mean `arguments`?",
        "query.q: in the template there is no filter `upcase`; did you mean `upper`?",
        "headers.h: in the template `varables` is not defined; did you mean `variables`?",
        "body.list[0]: in the template `response` is not defined; write arguments.response or variables.response, or one of arguments, question, search_text, variables",
        "result: in the template `line` is not defined; did you mean `lines`?",
        "link: in the template `statu` is not defined; did you mean `status`?",
    ];
    assert_eq!(told, expected);
}

#[test]
fn what_no_turn_could_send_is_found_and_all_of_it() {
    let config = config(
        r#"{"url": "http://a.example/成绩 单?q={{ question.strip() }}&x={{ variables.省 }}&y={{ question|b64 }}",
                "headers": {"x-a": "first\nsecond {{ question }}", "x-b": "{{ question }}\n", "x-c": "{%- if question %}\n{{ question }}{% endif -%}"},
                "body": {"a": "{{ variables['省'] }}", "b": "{{ question() }}"},
                "result": "{% for l in response %}\n{{ l.nme }}\n{% endfr %}\n{{ response|upcase }}"}"#,
    );
    let told: Vec<_> =
        HttpApi::validate(&config).into_iter().map(|(key, message)| format!("{key}: {message}")).collect();
    let expected = [
        ("url: ", "is written variables[\"省\"]"),
        ("url: ", "write `%E6%88%90%E7%BB%A9%20%E5%8D%95` there"),
        ("url: ", "there is no filter `b64`"),
        ("url: ", "`strip` is called; write the filter {{ … | trim }}"),
        ("headers.x-a: ", "has a line break or another control character"),
        ("body.b: ", "`question` is a value and no function"),
        ("result: in line 3 of the template ", "there is no tag `endfr`; did you mean `{% endfor %}`?"),
        ("result: in line 4 of the template ", "there is no filter `upcase`; did you mean `upper`?"),
    ];
    for (key, message) in expected {
        let found = told.iter().filter(|told| told.starts_with(key) && told.contains(message)).count();
        assert_eq!(found, 1, "{key}{message}: {told:#?}");
    }
    assert_eq!(told.len(), expected.len(), "{told:#?}");
}

#[test]
fn the_text_around_a_urls_tags_must_be_one() {
    for (url, expected) in [
        ("http://a.example/成绩/{{ arguments.x }}", "write `%E6%88%90%E7%BB%A9` there"),
        ("http://a.example/a b", "write `%20` there"),
        ("http://u:p@a.example/", "remove it, and grant a secret"),
        ("https:///x", "names no host; write such as https://api.example.com/v1/"),
    ] {
        let told = HttpApi::validate(&serde_json::json!({ "url": url }));
        assert!(told.len() == 1 && told[0].0 == "url" && told[0].1.contains(expected), "{url}: {told:?}");
    }
    for url in [
        "http://a.example/{% if question %}a{% else %}b{% endif %}?q={{ question|default('成绩 单') }}#a",
        "https://{{ variables.host }}.example.com/x\n",
    ] {
        let told = HttpApi::validate(&serde_json::json!({ "url": url }));
        assert_eq!(told, [], "{url}");
    }
}

#[test]
fn a_link_that_leads_nowhere_is_told() {
    let keys = |text: &str| -> Vec<String> {
        HttpApi::validate(&config(text)).into_iter().map(|(key, _)| key).collect()
    };
    let link = |link: &str| keys(&format!(r#"{{"url": "http://a.example", "link": "{link}"}}"#));
    for wrong in ["javascript:alert(1)", "not a url", "www.example.com/{{ question }}"] {
        assert_eq!(link(wrong), ["link"], "{wrong}");
    }
    for right in ["https://a.example/{{ question }}", "{{ response.url }}", " {{ response['url'] }} "] {
        assert!(link(right).is_empty(), "{right}");
    }
}

#[test]
fn what_other_tools_and_input_methods_write_is_told_with_what_is_meant() {
    for (config, key, expected) in [
        (r#"{"url": "http://a.example/x?q={question}"}"#, "url", "write {{ question }}, which is encoded"),
        ("{\"url\": \"http://a.example/\u{200b}x\"}", "url", "; write http://a.example/x"),
        (
            r#"{"url": "http://a.example/x", "link": "https://b.example/{id}"}"#,
            "link",
            "write {{ id }}, which",
        ),
        (
            r#"{"url": "http://a.example/x?q=｛｛question｝｝"}"#,
            "url",
            "has full-width braces, which fill nothing in; write \"http://a.example/x?q={{question}}\"",
        ),
        (r#"{"url": "http://a.example/x", "result": "｛% if a %｝"}"#, "result", "has full-width braces"),
        (r#"{"url": "http://a.example/x", "extract": {"p": "$.data【0】"}}"#, "extract.p", "write $.data[0]"),
        (
            r#"{"url": "http://a.example/x", "extract": {"p": "＄.p"}}"#,
            "extract.p",
            "it has `＄` for `$`; write $.p",
        ),
    ] {
        let told = HttpApi::validate(&self::config(config));
        assert!(told.len() == 1 && told[0].0 == key && told[0].1.contains(expected), "{config}: {told:?}");
    }
    // In quotes and in a name they are the API's own.
    for right in ["$['【备注】']", "$.list[?(@.name=='【特价')]", "$.【备注】", "$[\"\\\"【a】\"]"]
    {
        let config = self::config(
            &serde_json::json!({"url": "http://a.example/x", "extract": {"p": right}}).to_string(),
        );
        assert_eq!(HttpApi::validate(&config), [], "{right}");
    }
    // The schema refuses it, and says so once.
    assert_eq!(HttpApi::validate(&config(r#"{"url": "https：//a.example/x"}"#)), []);
}

#[test]
fn a_code_of_success_that_is_not_said_is_warned_of() {
    let warned = |success: &str| {
        let config = format!(r#"{{"url": "http://a.example", "success": {success}}}"#);
        HttpApi::warnings(&self::config(&config))
    };
    for path in ["$.code", "$.errno", "$['err_code']", "$.data.status"] {
        let told = warned(&format!(r#"{{"path": "{path}"}}"#));
        assert_eq!(told.len(), 1, "{path}: {told:?}");
        assert!(told[0].0 == "success" && told[0].1.starts_with("has no `equals`; write "), "{told:?}");
        assert_eq!(warned(&format!(r#"{{"path": "{path}", "equals": 0}}"#)), [], "{path}");
    }
    for path in ["$.success", "$.data", "$.rows[0]", "$.code[*]"] {
        assert_eq!(warned(&format!(r#"{{"path": "{path}"}}"#)), [], "{path}");
    }
}
