use super::*;

#[test]
fn a_target_is_said_once_and_only_where_it_can_be_followed() {
    for (text, target, expected) in [
        ("点击这里", "https://a.cn/b", Some(" (https://a.cn/b)")),
        ("https://a.cn/b/", "https://a.cn/b", None),
        ("a.cn", "http://a.cn/", None),
        ("x@a.cn", "mailto:x@a.cn?subject=1", None),
        ("写信", "mailto:x@a.cn", Some(" (x@a.cn)")),
        ("目录", "#top", None),
        ("按钮", "javascript:void(0)", None),
        ("", "https://a.cn", None),
    ] {
        assert_eq!(said(text, target).as_deref(), expected, "{text} {target}");
    }
}

#[test]
fn a_target_is_told_from_the_page_it_stands_on() {
    let page = Some("https://a.cn/x/y.html?q=/z");
    for (target, expected) in [
        ("/f.docx", "https://a.cn/f.docx"),
        ("f.docx", "https://a.cn/x/f.docx"),
        ("../f.docx", "https://a.cn/f.docx"),
        ("//b.cn/f", "https://b.cn/f"),
        ("http://b.cn/f", "http://b.cn/f"),
        ("mailto:x@a.cn", "mailto:x@a.cn"),
    ] {
        assert_eq!(absolute(target, page), expected);
    }
    assert_eq!(absolute("/f.docx", None), "/f.docx");
}
