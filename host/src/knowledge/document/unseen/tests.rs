use super::*;

fn shown(text: &str) -> (String, String) {
    let seen = seen(text.to_owned()).unwrap();
    (seen.text, seen.note.unwrap_or_default())
}

#[test]
fn what_the_page_does_not_show_is_left_out() {
    for (text, expected) in [
        ("甲<!-- 密 -->乙\n", "甲乙\n"),
        ("# 题 <!-- id -->\n\n<!--\n密\n\n密\n-->\n\n乙\n", "# 题 \n\n\n乙\n"),
        ("<div hidden>密</div>\n乙\n", "乙\n"),
        (
            "<DIV STYLE='color:red; Display : none !important'>\n\n**密** <div>密</div>\n\n</DIV>\n\n乙\n",
            "\n乙\n",
        ),
        ("<p style=visibility:hidden>密</p>\n\n乙 <span hidden=\"\">密</span>丙\n", "\n乙 丙\n"),
        ("<script>\nif (a < b) { x = \"</div>\" }\n\n密\n</script>\n乙\n", "乙\n"),
        ("<style>.a{}</style>\n<template><b>密</b></template>\n\n乙\n", "\n乙\n"),
        ("| 项 | 值 |\n|---|---|\n| 甲 | 一<!-- 密 --> |\n", "| 项 | 值 |\n|---|---|\n| 甲 | 一 |\n"),
        ("> 引\n> <!-- 密\n> 密 -->\n> 乙\n", "> 引\n> \n> 乙\n"),
        ("- 甲 <!-- 密 -->\n- 乙\n", "- 甲 \n- 乙\n"),
        ("[//]: # (密)\n[comment]: <> \"密\"\n\n乙\n", "\n乙\n"),
        ("<div hidden><!-- </div> --> 密</div>乙\n", "乙\n"),
        ("乙\n\n<!-- 密\n\n密\n", "乙\n\n"),
    ] {
        let (seen, note) = shown(text);
        assert_eq!(seen, expected, "{text}");
        assert!(note.starts_with("left out"), "{text}: {note}");
    }
    let (_, note) = shown("甲\n\n<!-- 密 -->\n\n<b hidden>密</b>乙\n\n<!-- 密\n");
    assert!(note.contains("1 comment, 1 hidden element, all from line 7 on"), "{note}");
}

#[test]
fn what_it_shows_stays_byte_for_byte() {
    for text in [
        "`<!-- 见 -->` 与 `<div hidden>`\n",
        "```html\n<!-- 见 -->\n[//]: # (见)\n<script>见</script>\n```\n",
        "    <!-- 见 -->\n\n正文\n",
        "<details><summary>点</summary>\n\n见\n\n</details>\n",
        "<div title=\"hidden\" class=hidden style=\"display:block\">见</div>\n",
        "a < b, c <!- 见\n",
        "正文 <!-- 没有完的\n",
        "[//example.com]: https://example.com\n[甲]: #hidden\n",
        "<img hidden src=a.png>见 <input type=hidden>见\n",
        "+++\n不是 = = TOML\n+++\n见\n",
    ] {
        assert_eq!(shown(text), (text.to_owned(), String::new()), "{text}");
    }
    let (text, note) = shown("甲\n\n<div hidden>\n\n乙\n");
    assert!(
        text.contains('乙') && note.contains("line 3 hides or strikes out an element that is not closed"),
        "{note}"
    );
    // Many beginnings of tags cost no more than their length.
    let many = "<a \"<b hidden ".repeat(200_000);
    assert_eq!(shown(&many).0, many);
}

#[test]
fn what_is_struck_out_is_left_out_everywhere_and_told() {
    for (text, expected) in [
        ("## 月费<del>50</del>30元\n", "## 月费30元\n"),
        (
            "| 项 | 价 |\n|---|---|\n| 甲 | <s>7</s>6 |\n| 乙 | ~~120~~ 80 |\n",
            "| 项 | 价 |\n|---|---|\n| 甲 | 6 |\n| 乙 |  80 |\n",
        ),
        ("现价~~199~~99元\n\n| 项 |\n|---|\n", "现价99元\n\n| 项 |\n|---|\n"),
        (
            "<p>价<STRIKE class=a>7</STRIKE><span style='text-decoration: line-through'>6</span>5</p>\n",
            "<p>价5</p>\n",
        ),
        ("价格\n- ~~旧~~\n- 新\n", "价格\n- 新\n"),
        ("~~5~10元~~ 6~12元\n", " 6~12元\n"),
    ] {
        let (seen, note) = shown(text);
        assert_eq!(seen, expected, "{text}");
        assert!(note.starts_with("Text that is struck out in the document was left out ("), "{text}: {note}");
    }
    for text in [
        "营业9:00~~12:00，13:00~~17:00\n",
        "`~~见~~` 与 `<s>`\n\n~~~\n~~见~~\n~~~\n",
        "5~10元，3~5天，H~2~O\n",
        "好的~~\n",
    ] {
        assert_eq!(shown(text), (text.to_owned(), String::new()), "{text}");
    }
    let answer = "答：~~199~~99元";
    assert_eq!(seen_with_struck(answer.to_owned()).unwrap().text, answer);
    let document = super::super::parse(
        "# 费\n\n现价~~199~~99元\n\n| 专业 | 学费 |\n|---|---|\n| <del>9</del>软件 | 5500 |\n".into(),
        super::super::Format::Markdown,
        "",
    )
    .unwrap();
    let shown = format!("{:?}", document.blocks);
    assert!(shown.contains("现价99元") && shown.contains("专业: 软件") && !shown.contains("199"), "{shown}");
}

#[test]
fn styles_of_the_page_are_obeyed() {
    let styles = "<style>\n/* .seen {display:none} */ .old, s.x {text-decoration: line-through} div.h{display:none}\n\
        @media print {.seen {display:none}} @media screen {#i {visibility: hidden}}\n\
        .a .seen, .seen:hover {display:none}\n.shown {display:block} .shown.h {display:inline !important}\n</style>\n";
    for (text, expected) in [
        ("价<span class=\"old\">199</span>99元\n", "价99元\n"),
        ("<div class='b h'>\n\n**密**\n\n</div>\n\n乙\n", "\n乙\n"),
        ("<b id=i>密</b>乙\n", "乙\n"),
    ] {
        assert_eq!(shown(&format!("{styles}{text}")).0, expected, "{text}");
        assert_eq!(shown(&format!("{text}\n{styles}")).0, format!("{expected}\n"), "{text}");
    }
    for text in [
        "<b class=seen>见</b> <b class=h>见</b> <div class=\"h shown\">见</div>\n",
        "<b class=old style=\"text-decoration: none\">见</b>\n",
    ] {
        assert_eq!(shown(&format!("{styles}{text}")).0, text);
    }
    let printed = styles.replace("<style>", "<style media=print>");
    assert_eq!(shown(&format!("{printed}<b class=old>见</b>\n")).0, "<b class=old>见</b>\n");
}

#[test]
fn front_matter_in_toml_is_front_matter() {
    let (text, _) =
        shown("+++\ntitle = \"手册\"\ntags = [\"甲\", \"乙\"]\nyear = 2025\n[more]\na = 1\n+++\n\n正文。\n");
    let document = super::super::parse(text.into_bytes(), super::super::Format::Markdown, "").unwrap();
    assert_eq!((document.title.as_deref(), document.blocks.len()), (Some("手册"), 1));
    assert_eq!(document.metadata.values("tags"), ["甲", "乙"]);
    assert_eq!(document.metadata.values("year"), ["2025"]);
}
