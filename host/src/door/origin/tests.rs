use super::*;

#[test]
fn origins_are_the_same_whatever_their_spelling() {
    let same = |one: &str, other: &str| PageOrigin::parse(one).unwrap() == PageOrigin::parse(other).unwrap();
    assert!(same("https://Chat.Example.com:443", "https://chat.example.com"));
    assert!(same("HTTP://example.com:80", "http://example.com"));
    assert!(same("tauri://localhost", "tauri://localhost"));
    assert!(!same("http://example.com", "https://example.com"));
    assert!(!same("http://example.com:8080", "http://example.com"));
    assert!(!same("https://example.com:80", "https://example.com"));
}

#[test]
fn what_is_no_origin_is_refused() {
    for text in [
        "null",
        "",
        "*",
        "example.com",
        "https://",
        "https://a/b",
        "https://u@a",
        "https://a b",
        "://a",
        "1://a",
    ] {
        assert_eq!(PageOrigin::parse(text), None, "{text}");
    }
}

#[test]
fn a_page_is_our_own_by_name_and_port() {
    let at =
        |origin: &str, host: &str| PageOrigin::parse(origin).unwrap().is_at(&HostName::parse(host).unwrap());
    assert!(at("http://127.0.0.1:8080", "127.0.0.1:8080"));
    assert!(at("http://localhost:8080", "LOCALHOST:8080"));
    assert!(at("https://chat.example.com", "chat.example.com"), "a proxy took the TLS off");
    assert!(at("https://chat.example.com", "chat.example.com:443"));
    assert!(!at("http://127.0.0.1:3000", "127.0.0.1:8080"));
    assert!(!at("http://localhost:8080", "127.0.0.1:8080"));
    assert!(!at("tauri://localhost", "localhost"));
}
