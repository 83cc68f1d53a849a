use super::*;

#[test]
fn only_pages_are_links() {
    for (url, expected) in [
        ("javascript:alert(1)", Some("javascript")),
        (" JaVa\tScript\n:alert(1)", Some("javascript")),
        ("\u{1}data:text/html,<script>", Some("data")),
        ("VBSCRIPT:x", Some("vbscript")),
        ("file:///etc/passwd", Some("file")),
        ("view-source:https://a.example", Some("view-source")),
        ("https://a.example/?x=javascript:1", None),
        ("/帮助/javascript:1", None),
        ("a.html#data:1", None),
        ("HTTP://a.example", None),
        ("ftp://a.example/x", Some("ftp")),
        ("weixin://dl/chat", Some("weixin")),
        ("mailto:a@b.example", Some("mailto")),
        ("example.com:8080/x", Some("example.com")),
        ("intent:x", Some("intent")),
        ("10.0.0.1:8080/x", None),
        ("帮助:1", None),
        (":x", None),
        ("javascript", None),
        ("", None),
    ] {
        assert_eq!(refused_scheme(url).as_deref(), expected, "{url:?}");
    }
    let long = format!("{}:x", "a".repeat(1000));
    assert!(refused_scheme(&long).is_some_and(|scheme| scheme.len() <= MAX_SCHEME + 1));
}
