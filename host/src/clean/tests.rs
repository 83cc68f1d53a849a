use super::*;

#[test]
fn one_line_stays_one_line_and_moves_no_cursor() {
    for (dirty, clean) in [
        ("一行\n\u{1b}[31m伪造\r", "一行  [31m伪造 "),
        ("\u{1b}]52;c;AAAA\u{7}", " ]52;c;AAAA "),
        ("a\u{9b}2Jb\u{85}c\u{7f}", "a 2Jb c "),
        ("user\u{202e}gpj.exe\u{202c}", "usergpj.exe"),
        ("\u{2066}a\u{2069}\u{200e}b\u{200f}\u{61c}", "ab"),
        ("a\u{2028}INFO b\u{2029}c", "a INFO b c"),
        ("x\u{e0041}\u{feff}\tend", "x end"),
    ] {
        assert_eq!(line(dirty), clean, "{dirty:?}");
    }
}

#[test]
fn several_lines_keep_their_breaks_and_nothing_else() {
    assert_eq!(lines("a\r\nb\tc\u{1b}[2J\u{2028}d\re"), "a\nb\tc [2J\nde");
}

#[test]
fn json_says_the_same_with_escapes() {
    let value = serde_json::json!({"a": "x\u{202e}\u{9b}2J\n\u{e0041}分"});
    let text = serde_json::to_string_pretty(&value).unwrap();
    let shown = json(&text);
    assert!(shown.contains(r"x\u202e\u009b2J\n\udb40\udc41分"), "{shown}");
    assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
}

#[test]
fn what_is_clean_is_not_copied() {
    for text in ["分数线 600 — “好”", "👩‍👩‍👧 می‌خواهم", ""] {
        assert!(matches!(line(text), Cow::Borrowed(same) if same == text));
        assert!(matches!(lines(text), Cow::Borrowed(_)));
    }
}
