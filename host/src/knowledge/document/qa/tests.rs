use crate::knowledge::document::Block;
use crate::message::MediaType;

use super::*;

/// As a whole file of them is read.
pub(super) fn parse(text: &str) -> Result<Document, ParseError> {
    crate::knowledge::document::questions(text)
}

pub(super) fn read(text: &str) -> Vec<(String, Vec<String>, String, MediaType)> {
    parse(text)
        .unwrap()
        .blocks
        .into_iter()
        .filter_map(|block| match block {
            Block::Question { question, variants, answer, media_type } => {
                Some((question, variants, answer, media_type))
            }
            Block::Prose { .. } => None,
        })
        .collect()
}

#[test]
fn all_spellings_say_the_same() {
    let wanted =
        |media_type| vec![("你是谁？".into(), vec!["你叫什么".into()], "我是助手。".into(), media_type)];
    assert_eq!(read("question,variants,answer\n你是谁？,你叫什么,我是助手。\n"), wanted(MediaType::Plain));
    assert_eq!(
        read("{\"question\":\"你是谁？\",\"variants\":[\"你叫什么\"],\"answer\":\"我是助手。\"}\n"),
        wanted(MediaType::Plain)
    );
    assert_eq!(
        read("[{\"question\":\"你是谁？\",\"variants\":[\"你叫什么\"],\"answer\":\"我是助手。\"}]"),
        wanted(MediaType::Plain)
    );
    assert_eq!(read("## 你是谁？ | 你叫什么\n\n我是助手。\n"), wanted(MediaType::Markdown));
}

#[test]
fn what_has_no_question_or_no_answer_is_noted() {
    for (text, left_out) in [
        ("问题,答案\n甲？,一。\n乙？,\n,,\n,三。\n", &[3, 5][..]),
        ("{\"question\":\"甲？\",\"answer\":\"一。\"}\n\n{\"question\":\"乙？\",\"answer\":\" \"}\n", &[3]),
        ("[{\"question\":\"\",\"answer\":\"一。\"},{\"question\":\"甲？\",\"answer\":\"一。\"}]", &[1]),
    ] {
        let document = parse(text).unwrap();
        assert_eq!((document.blocks.len(), &document.left_out[..]), (1, left_out), "{text}");
    }
    let many: String = (0..25).map(|i| format!("问{i}？,\n")).collect();
    let note = parse(&format!("问题,答案\n{many}")).unwrap().note().unwrap();
    assert!(note.contains("place 2, 3, 4") && note.contains("21 and 5 more;"), "{note}");
}

#[test]
fn a_broken_line_is_named() {
    let error = parse("{\"question\":\"a\",\"answer\":\"b\"}\n{\"question\":1}\n").unwrap_err();
    assert!(matches!(error, ParseError::Line { line: 2, .. }), "{error}");
    assert_eq!(parse("a,b\n1,2\n"), Err(ParseError::Columns("a, b".into())));
}

#[test]
fn the_usual_files_are_read_as_questions() {
    let answer = "我是示例助手。";
    for (text, variants) in [
        ("你是谁？,我是示例助手。\n怎么报名？,登录官网报名。\n", ""),
        ("q,a,indexes\n你是谁？,我是示例助手。,你叫什么,你的名字\n", "你叫什么/你的名字"),
        (
            "分段标题（选填）,分段内容（必填，问题答案）,问题（选填，单元格内一行一个）\n身份,我是示例助手。,\"你是谁？\n你叫什么\"\n",
            "你叫什么",
        ),
        ("问题,相似问1,相似问2,答案\n你是谁？,你叫什么,你的名字,我是示例助手。\n", "你叫什么/你的名字"),
        ("标准问题,相似问法,标准答案\n你是谁？,你叫什么；你的名字,我是示例助手。\n", "你叫什么/你的名字"),
        ("问题1,问题2,答案\n你是谁？,你叫什么,我是示例助手。\n", "你叫什么"),
        ("常见问答\n问题*,答案*,扩展问\n你是谁？,我是示例助手。,你叫什么##你的名字\n", "你叫什么/你的名字"),
        ("提问,回复\n你是谁？,我是示例助手。\n", ""),
        ("问题|回答\n你是谁？|我是示例助手。\n", ""),
        ("{\"instruction\":\"你是谁？\",\"input\":\"\",\"output\":\"我是示例助手。\"}", ""),
        ("{\"prompt\":\"你是谁？\",\"response\":\"我是示例助手。\"}", ""),
        ("[{\"prompt\":\"你是谁？\",\"response\":[[\"我是示例助手。\"]]}]", ""),
        (
            "{\"messages\":[{\"role\":\"system\",\"content\":\"x\"},{\"role\":\"user\",\"content\":\"你是谁？\"},{\"role\":\"assistant\",\"content\":\"我是示例助手。\"}]}",
            "",
        ),
        (
            "{\"data\":[{\"q\":\"你是谁？\",\"a\":\"我是示例助手。\",\"indexes\":\"你叫什么\"},{\"q\":\"乙\",\"a\":\"丙\"}]}",
            "你叫什么",
        ),
    ] {
        let read = read(text);
        let (question, others, given, _) = read.first().unwrap_or_else(|| panic!("{text}"));
        assert_eq!(
            (question.as_str(), others.join("/").as_str(), given.as_str()),
            ("你是谁？", variants, answer),
            "{text}"
        );
    }
}

#[test]
fn ways_to_ask_are_listed_with_a_comma_only_where_each_part_asks() {
    for (ways, wanted) in [
        ("如何报名？、报名怎么报？", "如何报名？/报名怎么报？"),
        ("如何报名、报名怎么报、在哪里报名", "如何报名/报名怎么报/在哪里报名"),
        ("如何报名？、报名怎么报", "如何报名？/报名怎么报"),
        ("身份证、户口本怎么补办？", "身份证、户口本怎么补办？"),
        ("怎么报名、怎么缴费？", "怎么报名、怎么缴费？"),
        ("怎么报名、怎么缴费", "怎么报名、怎么缴费"),
        ("微信、支付宝、银行卡怎么付", "微信、支付宝、银行卡怎么付"),
        ("报名、缴费、打印", "报名、缴费、打印"),
    ] {
        let read = read(&format!("问题,相似问法,答案\n怎样报名？,{ways},上官网。\n"));
        assert_eq!(read[0].1.join("/"), wanted);
    }
}

#[test]
fn a_paragraph_that_a_row_does_not_hold_is_told_with_its_line() {
    let text = "怎么报名？\t上官网。\n\n报名后缴费。\n\n学费多少？\t五千元。\n";
    let note = parse(text).unwrap().note().unwrap();
    assert!(note.contains("NOT part of the answer above: line 3;"), "{note}");
}

#[test]
fn what_a_file_was_read_as_is_told() {
    let document = parse("问题,答案,分类,备注\n甲？,一。,报名,\n乙？,二。,缴费,\n甲,三。,,\n").unwrap();
    let note = document.note().unwrap();
    for part in [
        "read as 3 questions, of 3 rows; question: 问题, answer: 答案",
        "metadata of the document: 分类",
        "two answers: 甲 (2 and 4)",
    ] {
        assert!(note.contains(part), "{note}");
    }
    assert_eq!(document.metadata.values("分类"), ["报名", "缴费"]);
}

/// Whichever stands first, and in a record as in a table.
#[test]
fn of_two_answers_the_one_that_holds_is_stored() {
    for (other, given) in [
        ("错误答案", "正确答案"),
        ("旧答案", "新答案"),
        ("答案（2024）", "答案（2025）"),
        ("内部答案", "对外答案"),
        ("待审答案", "已审答案"),
        ("rejected_answer", "chosen_answer"),
    ] {
        for text in [
            format!("问题,{other},{given}\n怎么退货？,三天,七天\n"),
            format!("问题,{given},{other}\n怎么退货？,七天,三天\n"),
            format!("{{\"问题\":\"怎么退货？\",\"{other}\":\"三天\",\"{given}\":\"七天\"}}\n"),
            format!("{{\"问题\":\"怎么退货？\",\"{given}\":\"七天\",\"{other}\":\"三天\"}}\n"),
        ] {
            let found = read(&text);
            assert_eq!(found.iter().map(|one| one.2.as_str()).collect::<Vec<_>>(), ["七天"], "{text}");
        }
    }
    // What must not be given is not given in place of one that is empty, either.
    for text in [
        "问题,错误答案,正确答案\n怎么退货？,三天,\n怎么换货？,三天,十五天\n",
        "问题,答案,内部答案\n怎么退货？,,底价\n怎么换货？,十五天,底价\n",
        "问题,正确答案,内部答案\n怎么退货？,,底价\n怎么换货？,十五天,底价\n",
        "{\"问题\":\"怎么退货？\",\"答案\":\"\",\"内部答案\":\"底价\"}\n{\"问题\":\"怎么换货？\",\"答案\":\"十五天\"}\n",
        "{\"问题\":\"怎么退货？\",\"正确答案\":\"\",\"内部答案\":\"底价\"}\n{\"问题\":\"怎么换货？\",\"正确答案\":\"十五天\"}\n",
        "{\"question\":\"怎么退货？\",\"wrong_answer\":\"三天\"}\n{\"question\":\"怎么换货？\",\"answer\":\"十五天\"}\n",
    ] {
        let found = read(text);
        assert_eq!(found.iter().map(|one| one.2.as_str()).collect::<Vec<_>>(), ["十五天"], "{text}");
    }
    let told = parse("问题,错误答案,正确答案\n怎么退货？,三天,七天\n").unwrap().note().unwrap();
    assert!(told.contains("answer: 正确答案") && told.contains("NOT used: 错误答案"), "{told}");
}

#[test]
fn what_nobody_had_to_put_right_keeps_its_answer() {
    for text in [
        "问题,原答案,修改后答案\n怎么退货？,三天,七天\n怎么换货？,十五天,\n怎么开票？,找客服,无需修改\n",
        "问题,修改后答案,原答案\n怎么退货？,七天,三天\n怎么换货？,,十五天\n怎么开票？,/,找客服\n",
        "问题,机器人回答,是否正确,人工修正回答\n怎么退货？,三天,否,七天\n怎么换货？,十五天,是,\n怎么开票？,找客服,是,无\n怎么付款？,刷脸,否,\n",
        "问题,答案,新答案\n怎么退货？,三天,七天\n怎么换货？,十五天,\n怎么开票？,找客服,\n",
        "{\"问题\":\"怎么退货？\",\"原答案\":\"三天\",\"修改后答案\":\"七天\",\"is_correct\":false}\n\
         {\"问题\":\"怎么换货？\",\"原答案\":\"十五天\",\"修改后答案\":null,\"is_correct\":true}\n\
         {\"问题\":\"怎么开票？\",\"原答案\":\"找客服\",\"修改后答案\":\"\"}\n",
    ] {
        let found = read(text);
        let answers: Vec<&str> = found.iter().map(|one| one.2.as_str()).collect();
        assert_eq!(answers, ["七天", "十五天", "找客服"], "{text}");
    }
    let told = parse("问题,原答案,修改后答案\n怎么退货？,三天,七天\n").unwrap().note().unwrap();
    assert!(told.contains("answer: 修改后答案, 原答案") && !told.contains("NOT used"), "{told}");
}

#[test]
fn what_a_review_did_not_let_through_is_left_out() {
    for text in [
        "问题,答案,审核意见\n怎么退货？,七天,通过\n怎么换货？,三天,不通过\n",
        "问题,答案,审核结果\n怎么退货？,七天,审核通过\n怎么换货？,三天,驳回\n怎么开票？,三天,退回\n",
        "问题,答案,是否正确\n怎么退货？,七天,是\n怎么换货？,三天,否\n",
        "{\"question\":\"怎么退货？\",\"answer\":\"七天\",\"is_correct\":true}\n\
         {\"question\":\"怎么换货？\",\"answer\":\"三天\",\"is_correct\":false}\n",
    ] {
        let found = read(text);
        assert_eq!(found.iter().map(|one| one.2.as_str()).collect::<Vec<_>>(), ["七天"], "{text}");
        assert!(parse(text).unwrap().note().unwrap().contains("left out as not in use"), "{text}");
    }
}
