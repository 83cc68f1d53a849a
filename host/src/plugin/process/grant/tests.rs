use http::header;
use url::Url;

use super::*;

fn grants(hosts: &[&str]) -> Grants {
    let settings =
        GrantSettings { hosts: hosts.iter().map(ToString::to_string).collect(), ..Default::default() };
    Grants::check("p", &settings, &Secrets::default()).map_err(|error| error.to_string()).unwrap()
}

fn reach(grants: &Grants, url: &str) -> Option<Reach> {
    Some(grants.reach(&Origin::of(&Url::parse(url).ok()?)?))
}

#[test]
fn an_exact_grant_is_one_scheme_one_host_one_port() {
    let grants =
        grants(&["https://api.example.com", "http://127.0.0.1:8099", "https://中文.例子", "http://[::1]:80"]);
    for (url, expected) in [
        ("https://api.example.com/v1?q=1", Reach::Exact),
        ("https://API.example.COM:443/", Reach::Exact),
        ("http://api.example.com/", Reach::Denied),
        ("https://api.example.com:8443/", Reach::Denied),
        ("https://www.api.example.com/", Reach::Denied),
        ("https://example.com/", Reach::Denied),
        ("https://api.example.com.evil.test/", Reach::Denied),
        ("http://127.0.0.1:8099/", Reach::Exact),
        ("http://127.1:8099/", Reach::Exact),
        ("http://0x7f.1:8099/", Reach::Exact),
        ("http://2130706433:8099/", Reach::Exact),
        ("http://127.0.0.2:8099/", Reach::Denied),
        ("http://localhost:8099/", Reach::Denied),
        ("https://xn--fiq228c.xn--fsqu00a/", Reach::Exact),
        ("http://[0:0:0:0:0:0:0:1]/", Reach::Exact),
        ("http://[::ffff:127.0.0.1]:8099/", Reach::Denied),
    ] {
        assert_eq!(reach(&grants, url), Some(expected), "{url}");
    }
}

#[test]
fn a_wildcard_covers_names_below_and_never_addresses() {
    let grants = grants(&["https://*.example.com"]);
    for (url, expected) in [
        ("https://a.example.com/", Reach::Public),
        ("https://a.b.example.com/", Reach::Public),
        ("https://example.com/", Reach::Denied),
        ("https://evilexample.com/", Reach::Denied),
        ("https://example.com.evil.test/", Reach::Denied),
        ("http://a.example.com/", Reach::Denied),
        ("https://10.0.0.1/", Reach::Denied),
    ] {
        assert_eq!(reach(&grants, url), Some(expected), "{url}");
    }
}

#[test]
fn what_could_be_read_two_ways_has_no_origin() {
    for url in [
        "https://api.example.com@evil.test/",
        "https://user:pass@api.example.com/",
        "https://api.example.com./",
        "ftp://api.example.com/",
        "file:///etc/passwd",
        "data:text/plain,x",
    ] {
        assert_eq!(Origin::of(&Url::parse(url).unwrap()), None, "{url}");
    }
}

#[test]
fn a_malformed_grant_refuses_the_plugin_and_says_what_to_write() {
    for host in [
        "api.example.com",
        "https://",
        "ftp://example.com",
        "https://example.com/v1",
        "https://example.com/",
        "https://example.com?x",
        "https://u@example.com",
        "https://*.com",
        "https://*.1.2.3.4",
        "https://*",
        "https://a*.example.com",
        "https://a.*.example.com",
        "https://example.com:99999",
        "https://example.com.",
    ] {
        let settings =
            GrantSettings { hosts: vec!["https://ok.test".into(), host.into()], ..Default::default() };
        let error = Grants::check("weather", &settings, &Secrets::default()).err().unwrap().to_string();
        assert!(
            error.starts_with("plugins.weather.grants.hosts[1]: ") && error.contains("; write "),
            "{host}: {error}"
        );
    }
}

fn secret_grant(host: &str, header: &str, value: &str, text: &str) -> Result<Grants, String> {
    let entry = SecretGrantSettings {
        secret: "s".into(),
        host: host.into(),
        header: Some(header.into()),
        value: Some(value.into()),
        ..Default::default()
    };
    secret_grants(vec![entry], text)
}

fn secret_grants(entries: Vec<SecretGrantSettings>, text: &str) -> Result<Grants, String> {
    let file = std::env::temp_dir().join(format!("qianfan-secret-{}", uuid::Uuid::now_v7()));
    std::fs::write(&file, text).unwrap();
    let secrets =
        Secrets::new([("s".to_owned(), SecretSettings { env: None, file: Some(file.clone()) })].into());
    let settings = GrantSettings {
        hosts: vec!["https://api.example.com".into(), "https://other.example.com".into()],
        secrets: entries,
        ..Default::default()
    };
    let grants = Grants::check("p", &settings, &secrets).map_err(|error| error.to_string());
    std::fs::remove_file(file).unwrap();
    grants
}

#[test]
fn a_secret_goes_to_its_own_origin_in_a_header_the_guest_cannot_touch() {
    let grants =
        secret_grant("https://api.example.com", "Authorization", "Bearer {secret}", "geheim\n").unwrap();
    let origin = |url: &str| Origin::of(&Url::parse(url).unwrap()).unwrap();
    let own = origin("https://api.example.com/x");
    let injected: Vec<_> = grants.injected(&own).collect();
    let SecretPlace::Header(_, value) = &injected[0].place else { panic!("a header was asked for") };
    assert_eq!(value.to_str().unwrap(), "Bearer geheim");
    assert!(!format!("{value:?}").contains("geheim"), "sensitive values are not printed");
    assert_eq!(grants.injected(&origin("https://other.example.com")).count(), 0);
    assert!((grants.forbidden)(&header::AUTHORIZATION) && (grants.forbidden)(&header::HOST));
    assert!(!(grants.forbidden)(&header::ACCEPT));
}

#[test]
fn a_secret_that_cannot_be_placed_is_refused_without_being_shown() {
    for (host, header, value, text, expected) in [
        ("https://*.example.com", "A", "{secret}", "geheim", "has a `*`"),
        ("https://elsewhere.test", "A", "{secret}", "geheim", "add hosts = [\"https://elsewhere.test\"]"),
        ("https://api.example.com", "a b", "{secret}", "geheim", "the name of a header"),
        ("https://api.example.com", "Host", "{secret}", "geheim", "a header of the connection"),
        ("https://api.example.com", "A", "Bearer", "geheim", "write {secret}"),
        ("https://api.example.com", "A", "{secret}", "ge\nheim", "line break"),
        ("https://api.example.com", "A", "{secret}", " \n", "is empty"),
    ] {
        let error = secret_grant(host, header, value, text).err().unwrap();
        assert!(error.contains(expected) && !error.contains("heim"), "{error}");
    }
    let missing = Secrets::default().read("baidu").unwrap_err().to_string();
    assert!(missing.contains("[secrets.baidu]"), "{missing}");
}

#[test]
fn a_secret_has_exactly_one_place_and_no_two_have_the_same() {
    let entry = |header: Option<&str>, query: Option<&str>, form: Option<&str>| SecretGrantSettings {
        secret: "s".into(),
        host: "https://api.example.com".into(),
        header: header.map(str::to_owned),
        query: query.map(str::to_owned),
        form: form.map(str::to_owned),
        value: None,
    };
    for places in [
        entry(None, None, None),
        entry(Some("a"), Some("a"), None),
        entry(None, Some("a"), Some("a")),
        entry(None, Some(""), None),
        entry(None, None, Some("")),
    ] {
        let error = secret_grants(vec![places], "geheim").err().unwrap();
        assert!(error.contains("grants.secrets[0]: name one place"), "{error}");
    }
    let twice = vec![entry(None, Some("key"), None), entry(None, Some("KEY"), None)];
    let error = secret_grants(twice, "geheim").err().unwrap();
    assert!(error.contains("grants.secrets[1]: another secret"), "{error}");
    let apart = vec![entry(None, Some("key"), None), entry(None, None, Some("key"))];
    assert!(secret_grants(apart, "geheim").is_ok());
}
