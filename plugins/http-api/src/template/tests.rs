use serde_json::json;

use super::*;
use crate::tests::{config, turn};

fn context() -> Map<String, Value> {
    let config = config(r#"{"url":"http://a.example"}"#);
    let arguments = r#"{"year":2024,"name":"\"},{\"a\":\"../?b=c&d"}"#;
    Context::of(&turn("甲 乙", Some(arguments)), &config).expect("a context").0
}

#[test]
fn a_value_cannot_end_its_place() {
    let render = |source, escape| render("url", source, escape, &context()).expect("renders");
    assert_eq!(
        render("/x/{{ arguments.name }}?q={{ question }}", Escape::Component),
        "/x/%22%7D%2C%7B%22a%22%3A%22..%2F%3Fb%3Dc%26d?q=%E7%94%B2%20%E4%B9%99"
    );
    assert_eq!(
        render(r#"{"q": {{ arguments.name }}, "year": {{ arguments.year }}}"#, Escape::Json),
        r#"{"q": "\"},{\"a\":\"../?b=c&d", "year": 2024}"#
    );
    // `safe` marks HTML, and does not open a way out of another format.
    assert_eq!(render("{{ question|safe }}", Escape::Component), "%E7%94%B2%20%E4%B9%99");
}

#[test]
fn json_keeps_types_and_shape() {
    let source = json!({ "y": "{{ arguments.year }}", "t": "{{ arguments.year }}年", "n": [true, "{{ arguments.name }}"] });
    let rendered = render_json("body", &source, &context()).expect("renders");
    assert_eq!(rendered, json!({ "y": 2024, "t": "2024年", "n": [true, "\"},{\"a\":\"../?b=c&d"] }));
}

#[test]
fn what_is_missing_is_named() {
    let context = context();
    let told = |source| match render("url", source, Escape::None, &context) {
        Err(Problem::Missing(text)) => text,
        other => panic!("{source}: {other:?}"),
    };
    assert_eq!(
        told("/{{ arguments.month }}"),
        "the argument `month` is missing; the template `url` needs it"
    );
    assert_eq!(
        told("/{{ variables[\"省 份\"] }}"),
        "the variable `省 份` is missing; the template `url` needs it"
    );
    let of_query = render("query.city", "{{ arguments.city }}", Escape::None, &context);
    let missing = "the argument `city` is missing; the template `query` › `city` needs it";
    assert_eq!(of_query, Err(Problem::Missing(missing.to_owned())));
    assert!(
        told("{{ arguments.a }}{{ variables.b }}{{ arguments.year }}")
            .starts_with("the argument `a`, the variable `b` are missing")
    );
}

#[test]
fn decimals_keep_their_digits_and_stay_numbers() {
    let config = config(r#"{"url":"http://a.example"}"#);
    let arguments = r#"{"price":1.10,"id":123456789012345678901234567890,"list":[1.50,2]}"#;
    let context = Context::of(&turn("x", Some(arguments)), &config).expect("a context").0;
    let render = |source| render("result", source, Escape::Json, &context).expect("renders");
    assert_eq!(render("{{ arguments.price }} {{ arguments.price * 2 }}"), "1.10 2.2");
    assert_eq!(
        render("{% if arguments.price > 1 %}{{ arguments.id }}{% endif %}"),
        r#""123456789012345678901234567890""#
    );
    assert_eq!(
        render_list("query.x", "{{ arguments.list }}", &context),
        Ok(vec!["1.50".to_owned(), "2".to_owned()])
    );
}

#[test]
fn decimals_keep_their_digits_in_lists_and_objects_and_where_they_become_text() {
    let config = config(r#"{"url":"http://a.example"}"#);
    let arguments =
        r#"{"rows":[{"n":"甲","p":1.10},{"n":"乙","p":20.00}],"p":[1.10,20.00],"one":1.10,"two":2.5}"#;
    let context = Context::of(&turn("x", Some(arguments)), &config).expect("a context").0;
    for (source, expected) in [
        ("{{ arguments.p|join(', ') }}", "1.10, 20.00"),
        ("{{ arguments.rows|join(' ', attribute='p') }}", "1.10 20.00"),
        ("{{ arguments.rows|map(attribute='p')|join(d='+') }}", "1.10+20.00"),
        ("{{ arguments.p|map('string')|join }}", "1.1020.00"),
        ("{{ arguments.p }}", "[1.10, 20.00]"),
        ("{{ arguments.rows }}", "[{'n': '甲', 'p': 1.10}, {'n': '乙', 'p': 20.00}]"),
        ("{{ arguments.p[1] }} {{ arguments.p|first }}", "20.00 1.10"),
        ("{{ '共' ~ arguments.one ~ ' 元' }}", "共1.10 元"),
        ("{% for r in arguments.rows %}{{ r.n ~ r['p'] ~ '元' }}{% endfor %}", "甲1.10元乙20.00元"),
        ("{{ arguments.p|last ~ '/' ~ (arguments.one) }}", "20.00/1.10"),
        // What is calculated is nobody's writing.
        ("{{ 2 * arguments.one ~ '元' }} {{ -arguments.one ~ '元' }}", "2.2元 -1.1元"),
        ("{{ arguments.one + arguments.two }} {{ arguments.p|sum }}", "3.6 21.1"),
        ("{% if arguments.one ~ '' == '1.10' and arguments.one < 2 %}ja{% endif %}", "ja"),
        ("{{ 'abc'|join('-') }} {{ [1, true, none]|join(' ') }}", "a-b-c 1 True None"),
    ] {
        let rendered = render("result", source, Escape::None, &context);
        assert_eq!(rendered.as_deref(), Ok(expected), "{source}");
    }
    let json = render("body", "{{ arguments.rows }}", Escape::Json, &context);
    assert_eq!(json.as_deref(), Ok(r#"[{"n":"甲","p":1.10},{"n":"乙","p":20.00}]"#));
    let encoded = render("url", "{{ arguments.p }}", Escape::Component, &context);
    assert_eq!(encoded.as_deref(), Ok("%5B1.10%2C%2020.00%5D"));
    let text = render_json("body", &json!({ "t": "{{ arguments.one ~ '元' }}" }), &context);
    assert_eq!(text, Ok(json!({ "t": "1.10元" })));
    let missing = render("result", "{{ arguments.month ~ arguments.one }}", Escape::None, &context);
    assert!(matches!(&missing, Err(Problem::Missing(text)) if text.contains("`month`")), "{missing:?}");
}

#[test]
fn decimals_keep_their_digits_in_every_filter_that_makes_a_text() {
    let config = config(r#"{"url":"http://a.example"}"#);
    let arguments = r#"{"row":{"p":1.10,"n":"甲"},"p":[1.10,20.00],"one":1.10,"two":2.5,"n":3}"#;
    let context = Context::of(&turn("x", Some(arguments)), &config).expect("a context").0;
    for (source, expected) in [
        ("{{ '%s'|format(arguments.one) }}", "1.10"),
        (
            "{{ '共%6s元，%d 件，%%%s'|format(arguments.one, arguments.n, arguments.row.n) }}",
            "共  1.10元，3 件，%甲",
        ),
        ("{{ '%.3f %s %g'|format(arguments.one, arguments.one, arguments.one) }}", "1.100 1.10 1.1"),
        ("{{ '%(p)s 元 %(p).1f %(n)s'|format(arguments.row) }}", "1.10 元 1.1 甲"),
        ("{{ '%(p)s'|format(p=arguments.one) }}", "1.10"),
        ("{{ '%s'|format(arguments.p) }} 100%", "[1.10, 20.00] 100%"),
        ("{{ '%s 元'|safe|format(arguments.one) }}", "1.10 元"),
        ("{{ '%s %s'|format(arguments.two, arguments.n) }}", "2.5 3"),
        ("{{ arguments.one|replace('.', ',') }}", "1,10"),
        ("{{ '价 X'|replace('X', arguments.one) }} {{ '1.10.'|replace(arguments.one, '') }}", "价 1.10 ."),
        ("{{ 'a.b.c'|replace('.', '', count=1) }}", "ab.c"),
        ("{{ arguments.one|upper }} {{ arguments.one|lower }} {{ arguments.one|title }}", "1.10 1.10 1.10"),
        ("{{ arguments.one|capitalize }} {{ arguments.one|trim }}", "1.10 1.10"),
        ("{{ arguments.one|indent(2, true) }} {{ arguments.one|escape }}", "  1.10 1.10"),
        ("{{ arguments.one|e }} {{ arguments.one|safe }} {{ arguments.one|pprint }}", "1.10 1.10 1.10"),
        ("{{ arguments.month|default(arguments.one) }} {{ arguments.one|d(0) }}", "1.10 1.10"),
        ("{{ arguments.p|list|last }} {{ arguments.p|max }} {{ arguments.one|string }}", "20.00 20.00 1.10"),
        ("{{ '<b>'|escape }} {{ 'ab'|upper }} {{ 3|string }}", "&lt;b&gt; AB 3"),
    ] {
        let rendered = render("result", source, Escape::None, &context);
        assert_eq!(rendered.as_deref(), Ok(expected), "{source}");
    }
    for source in
        ["{{ '%s'|format }}", "{{ '%s %s'|format(arguments.one) }}", "{{ '%q'|format(arguments.one) }}"]
    {
        let broken = render("result", source, Escape::None, &context);
        assert!(matches!(broken, Err(Problem::Broken(_))), "{source}: {broken:?}");
    }
    for source in ["{{ arguments.month|upper }}", "{{ '%s'|format(arguments.month) }}"] {
        let missing = render("result", source, Escape::None, &context);
        assert!(matches!(missing, Err(Problem::Missing(_))), "{source}: {missing:?}");
    }
}

#[test]
fn what_is_missing_and_what_is_broken_are_told_apart() {
    let context = context();
    for source in ["{{ arguments.month }}", "{{ arguments.a.b }}", "x{{ nothing }}"] {
        let problem = render_json("body.x", &json!({ "k": source }), &context).expect_err(source);
        assert!(
            matches!(&problem, Problem::Missing(text) if text.contains("`body` › `x` › `k`")),
            "{source}: {problem:?}"
        );
    }
    for source in ["{{ arguments.", "{{ 1 + }}", "{% if %}"] {
        let problem = render("url", source, Escape::None, &context).expect_err(source);
        assert!(matches!(&problem, Problem::Broken(text) if text.contains("`url`")), "{source}: {problem:?}");
    }
    assert_eq!(render("url", "{{ arguments.month|default(1) }}", Escape::None, &context), Ok("1".to_owned()));
    assert_eq!(render_lenient("result", "[{{ a.b.c }}]", Escape::None, &context), Ok("[]".to_owned()));
}

#[test]
fn arguments_come_from_the_question_where_no_model_gave_any() {
    let config = config(
        r#"{"url":"http://a.example","extract_arguments":["(?P<year>\\d{4})年","(?P<province>河南|北京)","(?P<year>\\d{4})"]}"#,
    );
    let arguments = |question, given| {
        Context::of(&turn(question, given), &config).expect("a context").0["arguments"].clone()
    };
    assert_eq!(arguments("2023或2024年河南的分数线", None), json!({ "year": "2024", "province": "河南" }));
    assert_eq!(arguments("2023", None), json!({ "year": "2023" }));
    assert_eq!(arguments("2024年", Some(r#"{"year":2020}"#)), json!({ "year": 2020 }));

    let broken = crate::tests::config(r#"{"url":"http://a.example","extract_arguments":["("]}"#);
    let failure = Context::of(&turn("x", None), &broken).err().expect("a failure");
    assert!(matches!(failure, Failure::InvalidConfig(text) if text.contains("extract_arguments[0]")));
}

#[test]
fn a_variable_that_is_a_list_is_one() {
    let config = config(r#"{"url":"http://a.example"}"#);
    let variables = [("ids", r#"["a b", 2]"#), ("note", "[重要] 通知"), ("text", "[1")];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let turn = Turn { variables, ..turn("x", None) };
    let context = Context::of(&turn, &config).expect("a context").0;
    let list = render_list("query.id", "{{ variables.ids }}", &context);
    assert_eq!(list, Ok(vec!["a b".to_owned(), "2".to_owned()]));
    let body = render_json("body", &json!({ "ids": "{{ variables.ids }}" }), &context);
    assert_eq!(body, Ok(json!({ "ids": ["a b", 2] })));
    for (name, expected) in [("note", "[重要] 通知"), ("text", "[1")] {
        let source = format!("{{{{ variables.{name} }}}}");
        assert_eq!(render("url", &source, Escape::None, &context), Ok(expected.to_owned()));
    }
}
