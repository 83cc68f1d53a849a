use serde_json::json;

use super::*;
use crate::plugin::process::Secrets;

#[test]
fn what_is_marked_and_not_granted_is_reported_with_the_line_to_add() {
    let schema = json!({ "properties": {
        "url": { "x-grant": "hosts" },
        "link": {},
        "bases": { "items": { "x-grant": "knowledge" } }
    }});
    let settings = GrantSettings {
        knowledge: vec!["a".into()],
        hosts: vec!["https://*.example.com".into()],
        ..GrantSettings::default()
    };
    let grants = Grants::check("p", &settings, &Secrets::default()).unwrap();
    let found = |config: Value| {
        let problems = Wants::of(&schema, &config).ungranted("p", &settings, Some(&grants), true);
        problems.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    for url in [
        "https://api.example.com/{{ x }}",
        "https://{{ host }}/x",
        "https://{{ host | default('a/b') }}.example.com/x",
        "https://{{ shop }}.api.example.com?a={{ x }}",
        "no url",
    ] {
        assert!(found(json!({ "url": url, "link": "http://elsewhere.test" })).is_empty(), "{url}");
    }
    for (url, mend) in [
        ("http://127.0.0.1:{{ port }}/", "hosts = [\"http://127.0.0.1:8080\"]"),
        ("http://{{ variables.host }}/x", "hosts = [\"http://api.example.com\"]"),
        ("https://{{ city }}.example.org/x", "hosts = [\"https://*.example.org\"]"),
    ] {
        let told = found(json!({ "url": url }));
        assert!(
            told.len() == 1 && told[0].contains("none of the hosts") && told[0].contains(mend),
            "{url}: {told:?}"
        );
    }
    let problems = found(json!({ "url": "http://127.0.0.1:99/{{ x }}", "bases": ["a", "facts"] }));
    assert_eq!(problems.len(), 2);
    assert!(
        problems[0].starts_with("plugins.p.config.url: ")
            && problems[0].contains("hosts = [\"http://127.0.0.1:99\"]")
    );
    assert!(
        problems[1].starts_with("plugins.p.config.bases[1]: ")
            && problems[1].contains("knowledge = [\"facts\"]")
    );
}

#[test]
fn a_header_that_no_request_can_carry_is_reported() {
    let schema = json!({ "properties": { "headers": { "x-grant": "headers" } } });
    let settings = GrantSettings::default();
    let grants = Grants::check("p", &settings, &Secrets::default()).unwrap();
    let config = json!({ "headers": {
        "X-Ok": "1", "accept": "1", "订单": "1", "a b": "1", "": "1", "Host": "1", "Content-Length": "1", "connection": "1"
    }});
    let problems = Wants::of(&schema, &config).ungranted("p", &settings, Some(&grants), true);
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 6, "{told:?}");
    assert!(
        told.iter().any(|told| told.starts_with("plugins.p.config.headers.: is not the name of a header"))
    );
    let of = |name: &str| told.iter().find(|told| told.contains(&format!(".{name}: "))).unwrap();
    for name in ["订单", "a b"] {
        assert!(of(name).contains("is not the name of a header; use letters of ASCII"), "{told:?}");
    }
    for name in ["Host", "Content-Length", "connection"] {
        assert!(of(name).contains("which the host sets; remove it"), "{told:?}");
    }
}

#[test]
fn two_headers_of_one_name_and_a_port_that_is_none_are_reported() {
    let table = json!({ "properties": {
        "url": { "x-grant": "hosts" }, "headers": { "x-grant": "headers" }
    }});
    let schema = json!({ "properties": { "first": table, "second": table } });
    let settings = GrantSettings::default();
    let grants = Grants::check("p", &settings, &Secrets::default()).unwrap();
    let config = json!({
        "first": { "headers": { "X-A": "1", "x-a": "2", "x-b": "3" } },
        "second": { "headers": { "x-a": "4" }, "url": "https://api.example.com:99999/{{ x }}" },
    });
    let problems = Wants::of(&schema, &config).ungranted("p", &settings, Some(&grants), true);
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "plugins.p.config.first.headers.x-a: `X-A` is there already; keep one of the two",
            "plugins.p.config.second.url: has a port that is none; write one up to 65535",
        ]
    );
}
