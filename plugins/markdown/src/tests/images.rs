//! Which images stay images.

use super::{format_pieces, sources};

const SHOWN: &str = "https://static.example/a.png";

fn with(images: &str, text: &str) -> String {
    let mut sources = sources();
    sources[1].text = format!("见图![示意]({SHOWN})，又见 https://other.example/b.png?x=1&y=2。");
    sources[2].url = Some("https://a.example/c.png".to_owned());
    let config = format!(r#"{{"sources": "none", "images": {images}}}"#);
    format_pieces([text], serde_json::from_str(&config).expect("a configuration"), sources)
}

#[test]
fn only_what_a_source_names_is_loaded_unless_the_operator_says_otherwise() {
    for text in [
        "![示意](https://static.example/a.png)",
        "![](https://static.example/a.png)",
        "![b](https://other.example/b.png?x=1&y=2 \"图二\")",
        "[![c](https://a.example/c.png)](https://a.example/)",
    ] {
        assert_eq!(with(r#""sources""#, text), text);
    }
    for (text, expect) in [
        ("![q](https://evil.example/?q=1)", "[q](https://evil.example/?q=1)"),
        ("![](https://evil.example/t.png)", "[图片](https://evil.example/t.png)"),
        ("![a](https://static.example/a.pn)", "[a](https://static.example/a.pn)"),
        ("![a](https://static.example/a.png?q=1)", "[a](https://static.example/a.png?q=1)"),
        ("![a](https://other.example/b.png?x=1)", "[a](https://other.example/b.png?x=1)"),
        ("![a](data:image/png;base64,x)", "[a]\\(data:image/png;base64,x)"),
        ("![a][b]", "! [a][b]"),
        ("\\![a](https://evil.example/t.png)", "\\! [a](https://evil.example/t.png)"),
    ] {
        assert_eq!(with(r#""sources""#, text), expect);
    }
}

#[test]
fn the_operator_names_hosts_or_wants_none() {
    let hosts = r#"["static.example", "cdn.example:8443"]"#;
    for text in ["![a](https://static.example/new.png)", "![a](https://CDN.example:8443/x?y#z)"] {
        assert_eq!(with(hosts, text), text);
    }
    for url in [
        "http://static.example/a.png",
        "https://static.example.evil.example/a.png",
        "https://static.example@evil.example/a.png",
        "https://evil.example/static.example",
        "//static.example/a.png",
        "https://static.example:444/a.png",
    ] {
        assert_eq!(with(hosts, &format!("![a]({url})")), format!("[a]({url})"));
    }
    assert_eq!(with(r#""none""#, &format!("![a]({SHOWN})")), format!("[a]({SHOWN})"));
}
