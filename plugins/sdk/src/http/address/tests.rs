use super::*;

#[test]
fn a_url_comes_apart() {
    let parts = |url| Address::parse(url).map(|a| (a.https, a.authority.clone(), a.path_and_query.clone()));
    let expect = |https, authority: &str, path: &str| Ok((https, authority.to_owned(), path.to_owned()));
    assert_eq!(parts("https://a.example/b?c=d#e"), expect(true, "a.example", "/b?c=d"));
    assert_eq!(parts("HTTP://127.0.0.1:80"), expect(false, "127.0.0.1:80", "/"));
    assert_eq!(parts("http://a.example?q=1"), expect(false, "a.example", "/?q=1"));
    assert_eq!(parts("http://[::1]:8080/x"), expect(false, "[::1]:8080", "/x"));
}

#[test]
fn an_encoded_component_cannot_end_its_place() {
    assert_eq!(encode_component("高考 a&b=c/../d?#%"), "%E9%AB%98%E8%80%83%20a%26b%3Dc%2F..%2Fd%3F%23%25");
    assert_eq!(encode_component("A-z_0.9~"), "A-z_0.9~");
}

#[test]
fn what_cannot_be_sent_is_named() {
    for (url, why) in [
        ("a.example/b", "does not begin with"),
        ("ftp://a.example/", "neither http nor https"),
        ("http:///path", "names no host"),
        ("http://:80/", "names no host"),
        ("http://a.example/高考", "percent-encoded"),
        ("http://a.example/a b", "percent-encoded"),
        ("http://a.example/\r\nx: y", "percent-encoded"),
        ("http://user:word@a.example/", "user name"),
    ] {
        let error = Address::parse(url).expect_err(url);
        assert!(error.contains(why), "{url}: {error}");
    }
}

#[test]
fn what_is_told_of_a_url_holds_neither_key_nor_question() {
    for (url, told) in [
        ("https://a.example/v1?key=geheim#geheim", "https://a.example/v1"),
        ("https://a.example?geheim", "https://a.example"),
        ("https://user:geheim@a.example:8443/v1", "https://…@a.example:8443/v1"),
        ("ftp://geheim@a.example", "ftp://…@a.example"),
        ("a.example/b?geheim", "a.example/b"),
    ] {
        assert_eq!(origin_and_path(url), told);
    }
    let long = "省".repeat(30_000);
    assert_eq!(origin_and_path(&format!("https://a.example/{long}")).chars().count(), SHOWN + 1);
    for url in [
        format!("https://a.example/?key=geheim&q={}", "%E7".repeat(30_000)),
        "https://geheim:geheim@a.example/".to_owned(),
        "https://a.example/?key=geheim&q=省".to_owned(),
        "nonsense?geheim".to_owned(),
    ] {
        let error = Address::parse(&url).expect_err("cannot be sent");
        assert!(!error.contains("geheim") && error.len() < 400, "{error}");
    }
}
