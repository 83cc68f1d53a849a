use super::*;

fn verdict(text: &str) -> Verdict {
    let mut destination = Destination::default();
    for c in text.chars() {
        match destination.push(c) {
            Verdict::Open => {}
            verdict => return verdict,
        }
    }
    Verdict::Open
}

#[test]
fn only_known_schemes_and_paths_are_safe() {
    for text in ["https://a", "  HTTP:x", "mailto:a", "/x", "#a", "?q", "x/y", "图:1", ")", &"x".repeat(40)]
    {
        assert_eq!(verdict(text), Verdict::Safe, "{text}");
    }
    for text in [
        "javascript:",
        " JaVaScRiPt:",
        "data:",
        "vbscript:",
        "&#106;avascript:",
        "java&Tab;script:",
        "javascript\\:",
        "\njavascript:",
        "\u{a0}javascript:",
        "\u{3000}javascript:",
        "\u{feff}javascript:",
        "\u{200b}x",
        "java\u{ad}script:",
        "%6aavascript:",
        "javascript%3Aalert(1)",
        "<javascript:x>",
        "\"javascript:x",
        &" ".repeat(40),
    ] {
        assert_eq!(verdict(text), Verdict::Unsafe, "{text}");
    }
    assert_eq!(verdict("https"), Verdict::Open);
}

#[test]
fn a_source_s_url_ends_nothing() {
    assert_eq!(
        destination("https://a.example/(x) [y]?q='高考'|\"z\"").as_deref(),
        Some("https://a.example/%28x%29%20%5By%5D?q=%27高考%27%7C%22z%22")
    );
    assert_eq!(destination("javascript:alert(1)"), None);
    assert_eq!(destination("javascript://x"), None);
    assert_eq!(destination("policy.md"), None);
}
