use super::*;

#[test]
fn an_answer_ends_where_something_else_begins() {
    for (answer, is_last, expected) in [
        ("检查插座。", true, 1),
        ("检查插座。\n或联系售后。", true, 2),
        ("检查插座。\n\n本文自发布之日起施行。", true, 2),
        ("检查插座。\n\n再试一次。\n", false, 4),
        ("检查插座。\n\n4 规格\n尺寸：30cm", false, 2),
        ("检查插座。\n4 规格\n尺寸：30cm", true, 1),
        ("检查插座。\n二、考试问题", false, 1),
        ("检查插座。\n\n考试问题\n", false, 2),
        ("检查插座。\n\n1. 注册\n2. 填表\n", false, 5),
        ("步骤如下：\n\n1. 注册\n\n2. 填表\n\n联系人：王老师", true, 6),
        ("Paris.\n\nAbout the author\nJohn lives there.", true, 2),
        ("\n检查插座。\n附则\n自发布之日起施行。", true, 2),
        ("运行：\n\n```\na\n\nb\n```\n\n附则", true, 8),
        ("需要\n3 天", true, 2),
    ] {
        let lines: Vec<Option<&str>> = answer.split('\n').map(Some).collect();
        assert_eq!(end(&lines, is_last), expected.min(lines.len()), "{answer}");
    }
    // A table right below an answer is part of it.
    assert_eq!(end(&[Some("学费："), Some(""), None, Some(""), Some("其他。")], true), 4);
    assert_eq!(end(&[Some("五千。"), None], true), 2);
}
