use super::*;

fn below(is_last: bool) -> Below {
    if is_last { Below::Other { gap_ends: true } } else { Below::Question }
}

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
        assert_eq!(end(&lines, below(is_last)), expected.min(lines.len()), "{answer}");
    }
    // A table right below an answer is part of it.
    assert_eq!(end(&[Some("学费："), Some(""), None, Some(""), Some("其他。")], below(true)), 4);
    assert_eq!(end(&[Some("五千。"), None], below(true)), 2);
}

#[test]
fn a_line_that_heads_others_ends_it_where_no_empty_line_does() {
    let sentence = "我们每天上午发货，偏远地区五日内送达。";
    for (answer, is_last, expected) in [
        ("可以申请。\n配送说明\n{}", false, 1),
        ("可以申请。\n三日内到账。\n【售后说明】\n{}", true, 2),
        ("可以申请。\n【售后问题】", false, 1),
        ("可以申请。\n第二部分 收费标准\n{}", false, 1),
        ("可以申请。\n联系我们\n400-100-2000", true, 1),
        ("可以申请。\n联系方式：\n400-100-2000", true, 1),
        ("可以申请。\n联系方式：010-1234", true, 2),
        ("可以申请。\n联系方式：\n400-100-2000", false, 3),
        ("可以申请。\n上一篇：如何注册", true, 1),
        ("可以申请。\n本公司保留最终解释权。", true, 1),
        // Names of parts, lists, and what names a table belong to the answer.
        ("办理方式有两种。\n线上办理\n{}\n窗口办理\n{}", false, 5),
        ("需要以下材料：\n身份证\n户口本\n{}", false, 4),
        ("有宿舍。\n四人间\n六人间\n{}", false, 4),
        ("带身份证\n户口本\n两张照片，白底", false, 3),
        ("可以申请。\n招生办公室", false, 2),
    ] {
        let answer = answer.replace("{}", sentence);
        let lines: Vec<Option<&str>> = answer.split('\n').map(Some).collect();
        assert_eq!(end(&lines, below(is_last)), expected, "{answer}");
    }
    assert_eq!(end(&[Some("按专业收取。"), Some("学费标准"), None], below(true)), 3);
    // Where other answers have empty lines within, one ends none.
    let apart = [Some("可以。"), Some(""), Some("三日内到账。")];
    assert_eq!(end(&apart, Below::Other { gap_ends: false }), 3);
}
