use super::*;

#[test]
fn what_runs_in_a_browser_is_no_link() {
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
        ("weixin://dl/chat", None),
        ("mailto:a@b.example", None),
        ("javascript", None),
        ("", None),
    ] {
        assert_eq!(refused_scheme(url), expected, "{url:?}");
    }
}
