use super::*;

fn against(text: &str, path: &str) -> bool {
    Robots::of(text).against(&Url::parse("https://a.cn").unwrap().join(path).unwrap()).is_some()
}

#[test]
fn the_longest_rule_of_the_own_group_counts() {
    let text = "User-agent: *\nDisallow: /\n\nUser-Agent: other\nUser-agent: Qianfan-Host/1.0\nDisallow: /a # not this\nAllow: /a/b\nDisallow: /a/b/*.pdf$\nAllow:\n";
    for (path, kept_out) in [
        ("/", false),
        ("/a", true),
        ("/ab", true),
        ("/a/b/c", false),
        ("/a/b/c.pdf", true),
        ("/a/b/c.pdf?x", false),
        ("/x?y=/a", false),
    ] {
        assert_eq!(against(text, path), kept_out, "{path}");
    }
    assert!(against("user-agent: *\ndisallow: /", "/x"));
    assert!(!against("user-agent: other\ndisallow: /", "/x"));
    assert!(!against("disallow: /", "/x"), "for nobody");
    assert!(!against("<html>no robots here: /</html>", "/x"));
    assert!(!against("user-agent: *\ndisallow: /x\nallow: /x", "/x"), "of two as long the one that allows");
}

#[test]
fn paths_are_compared_as_they_are_encoded() {
    assert!(against("user-agent: *\ndisallow: /招生", "/招生/1.html"));
    assert!(against("user-agent: *\ndisallow: /%e6%8b%9b", "/招生"));
    assert!(against("user-agent: *\ndisallow: /*?print=", "/a.html?print=1"));
    assert!(!against("user-agent: *\ndisallow: /a b", "/a"));
}

#[test]
fn a_pause_is_kept_as_far_as_it_is_bearable() {
    for (said, delay) in [
        ("2", Some(2.0)),
        ("0.5", Some(0.5)),
        ("3600", Some(10.0)),
        ("soon", None),
        ("-1", None),
        ("inf", None),
    ] {
        let robots = Robots::of(&format!("user-agent: *\ncrawl-delay: {said}"));
        assert_eq!(robots.delay.map(|delay| delay.as_secs_f64()), delay, "{said}");
    }
}
