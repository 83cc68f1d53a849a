use super::*;

#[test]
fn loopback_is_known_in_every_spelling() {
    for text in [
        "localhost",
        "LocalHost:8080",
        "localhost.:80",
        "127.0.0.1",
        "127.8.9.1:1",
        "127.0.0.1.:8080",
        "[::1]",
        "[::1]:8080",
        "[::ffff:127.0.0.1]:8080",
        "localhost:",
    ] {
        assert!(HostName::parse(text).is_some_and(|name| name.host.is_loopback()), "{text}");
    }
}

#[test]
fn nothing_else_passes_for_loopback() {
    for text in [
        "evil.example",
        "localhost.evil.example",
        "evil.localhost",
        "localhost..",
        "127.0.0.1.evil.example:8080",
        "127.0.0.1@evil.example",
        "evil.example@127.0.0.1",
        "localhost:80:80",
        "localhost:+80",
        "localhost:x",
        "localhost:99999",
        "localhost/",
        "localhost evil.example",
        "localhost,evil.example",
        "localhost\u{0}",
        "ｌｏｃａｌｈｏｓｔ",
        "0.0.0.0",
        "[::]",
        "[::ffff:10.0.0.1]",
        "[::1",
        "::1]",
        "[::1]evil.example",
        "[::1%25lo]",
        "127.1",
        "0x7f.0.0.1",
        "2130706433",
        "",
        ".",
        ":80",
    ] {
        assert!(!HostName::parse(text).is_some_and(|name| name.host.is_loopback()), "{text}");
    }
}
