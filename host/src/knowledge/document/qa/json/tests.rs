use super::super::tests::{parse, read};
use super::*;

#[test]
fn of_several_answers_it_is_told_which_are_not_used() {
    for text in [
        "{\"question\":\"怎么报名？\",\"answers\":[\"上官网。\",\"打电话。\"]}",
        "{\"question\":\"怎么报名？\",\"answers\":{\"text\":[\"上官网。\",\"打电话。\"]}}",
        "{\"question\":\"怎么报名？\",\"answers\":[[\"上官网。\",\"打电话。\"]]}",
        "{\"question\":\"怎么报名？\",\"answer\":\"上官网。\",\"短信答复\":\"打电话。\"}",
    ] {
        assert_eq!(read(text)[0].2, "上官网。", "{text}");
        let note = parse(text).unwrap().note().unwrap();
        assert!(note.contains("only one was used: line or place 1"), "{text}: {note}");
    }
    let one = parse("{\"question\":\"怎么报名？\",\"answers\":[\"上官网。\"]}").unwrap();
    assert!(!one.note().unwrap().contains("several"));
}

#[test]
fn what_a_model_thought_is_no_part_of_its_answer() {
    for text in [
        "{\"messages\":[{\"role\":\"user\",\"content\":\"怎么退货\"},{\"role\":\"assistant\",\"content\":\"<think>内部政策十天</think>\\n\\n七天内\"}]}",
        "{\"instruction\":\"怎么退货\",\"output\":\"<think>内部政策十天</think>七天内\"}",
    ] {
        let found = read(text);
        assert_eq!((found[0].0.as_str(), found[0].2.as_str()), ("怎么退货", "七天内"), "{text}");
    }
}

#[test]
fn texts_and_examinations_are_no_standard_answers() {
    for (text, shown) in [
        ("{\"title\":\"校史\",\"text\":\"建于一九五〇年。\",\"年份\":\"1950\"}", "校史|建于一九五〇年。"),
        ("{\"标题\":\"校史\",\"正文\":\"建于一九五〇年。\"}", "校史|建于一九五〇年。"),
        (
            "{\"question\":\"首都是哪里？\",\"options\":[\"北京\",\"上海\"],\"answer\":\"北京\"}",
            "|question: 首都是哪里？\nanswer: 北京\noptions: 北京；上海",
        ),
        (
            "{\"question\":\"首都是哪里？\",\"A\":\"北京\",\"B\":\"上海\",\"C\":\"广州\",\"answer\":\"A\"}",
            "|question: 首都是哪里？\nA: 北京\nB: 上海\nC: 广州\nanswer: A",
        ),
    ] {
        let document = parse(text).unwrap();
        let [Block::Prose { headings, text: body, .. }] = &document.blocks[..] else {
            panic!("{text}: {:?}", document.blocks)
        };
        assert_eq!(format!("{}|{body}", headings.join(">")), shown);
        assert!(document.note().unwrap().contains("to search"), "{text}");
    }
}

#[test]
fn records_are_found_where_services_wrap_them() {
    for text in [
        "{\"code\":0,\"data\":{\"list\":[{\"question\":\"怎么报名？\",\"answer\":\"上官网。\"}],\"total\":1},\"tags\":[\"x\"]}",
        "{\"qa\":{\"question\":\"怎么报名？\",\"answer\":\"上官网。\"},\"id\":1}",
        "{\"data\":[{\"qa\":{\"question\":\"怎么报名？\",\"answer\":\"上官网。\"}}]}",
    ] {
        let found = read(text);
        assert_eq!((found[0].0.as_str(), found[0].2.as_str()), ("怎么报名？", "上官网。"), "{text}");
    }
    let text = "{\"qa\":{\"question\":\"怎么报名？\",\"answer\":\"上官网。\"},\"分类\":\"报名\"}";
    assert_eq!(parse(text).unwrap().metadata.values("分类"), ["报名"], "what stands beside goes with it");
    let deep = format!("{}1{}", "{\"a\":".repeat(9), "}".repeat(9));
    let refused = parse(&deep).unwrap_err().to_string();
    assert!(refused.contains("in one list of objects"), "{refused}");
}

#[test]
fn numbers_are_as_they_are_written() {
    let text = "{\"question\":\"学费多少？\",\"answer\":5800.50}\n{\"question\":\"楼层？\",\"answer\":-1}\n";
    let answers: Vec<String> = read(text).into_iter().map(|(_, _, answer, _)| answer).collect();
    assert_eq!(answers, ["5800.50", "-1"]);
}

#[test]
fn numbers_of_rows_are_no_ways_to_ask() {
    for index in ["3", "\"3\""] {
        let text = format!("{{\"index\":{index},\"question\":\"怎么报名？\",\"answer\":\"上官网。\"}}");
        assert_eq!(read(&text)[0].1, [""; 0], "{text}");
    }
}

#[test]
fn only_fields_that_say_so_have_other_ways_to_ask() {
    let text = "{\"followup_question\":\"怎么退货？\",\"question\":\"怎么报名？\",\"answer\":\"上官网。\",\
        \"similar_questions\":[\"如何报名\"],\"suggested_questions\":[\"运费多少？\"],\"推荐问题\":\"怎么换货？\"}";
    let found = read(text);
    assert_eq!((found[0].0.as_str(), &found[0].1[..]), ("怎么报名？", &["如何报名".to_owned()][..]));
    let note = parse(text).unwrap().note().unwrap();
    assert!(
        note.contains("NOT ways to ask the same: followup_question, suggested_questions, 推荐问题"),
        "{note}"
    );
    // A note names what asks under another name, too.
    let note = |text: &str| parse(text).unwrap().note().unwrap();
    let both = note("{\"问题标题\":\"怎么退货？\",\"问题内容\":\"不想要了怎么退？\",\"答案\":\"七天内。\"}");
    assert!(both.contains("NOT ways to ask the same: 问题"), "{both}");
    // What a text leads on to does not make it an answer.
    let text = "{\"title\":\"校史\",\"content\":\"建于一九五〇年。\",\"推荐问题\":\"怎么报名？\"}";
    assert!(read(text).is_empty() && parse(text).unwrap().blocks.len() == 1);
}

#[test]
fn of_fields_that_are_seldom_questions_the_one_that_asks_is() {
    for text in [
        "{\"topic\":\"退货02\",\"user\":\"怎么退货？\",\"answer\":\"七天内。\"}",
        "{\"content\":\"怎么退货？\",\"answer\":\"七天内。\"}",
    ] {
        assert_eq!(read(text)[0].0, "怎么退货？", "{text}");
    }
}

#[test]
fn what_is_not_in_use_is_left_out_and_what_nobody_knows_is_told() {
    let text = "[{\"question\":\"甲？\",\"answer\":\"一。\",\"draft\":true},{\"question\":\"乙？\",\"answer\":\"二。\",\"draft\":false,\"status\":\"Merged\"},\
        {\"title\":\"丙\",\"content\":\"三。\",\"is_online\":0}]";
    assert_eq!(read(text).len(), 1);
    let document = parse(text).unwrap();
    let note = document.note().unwrap();
    assert!(document.blocks.len() == 1 && note.contains("2 records left out as not in use"), "{note}");
    assert!(note.contains("nothing is known of these values: Merged"), "{note}");
}

#[test]
fn a_title_is_asked_and_not_the_story_below_it() {
    let story = "我上周买的衣服太大了，请问怎么退？";
    for (title, content) in [
        ("问题标题", "问题内容"),
        ("提问标题", "提问内容"),
        ("问题名称", "问题内容"),
        ("question_title", "question_content"),
        ("question_title", "question_body"),
    ] {
        let record = |asked: &str, told: &str| {
            format!("{{\"{content}\":{told},\"{title}\":{asked},\"答案\":\"七天内。\"}}")
        };
        for (asked, told) in [("\"怎么退货？\"", format!("\"{story}\"")), ("\"怎么退货？\"", "null".into())]
        {
            assert_eq!(read(&record(asked, &told))[0].0, "怎么退货？", "{title} {told}");
        }
        let found = read(&record("\"退货流程\"", "\"RT\""));
        assert_eq!((found[0].0.as_str(), found[0].1.len()), ("退货流程", 0), "{title}");
        // A label asks nothing, and an empty title does not either.
        for label in ["\"退货\"", "\"\"", "null"] {
            assert_eq!(read(&record(label, &format!("\"{story}\"")))[0].0, story, "{title} {label}");
        }
    }
    let text = "{\"用户问题\":\"怎么退？\",\"客服问题\":\"买了多久？\",\"答案\":\"七天内。\"}";
    assert_eq!(read(text)[0].0, "怎么退？");
    let text = "{\"question\":null,\"title\":\"怎么退？\",\"answer\":\"七天内。\"}";
    assert_eq!(read(text)[0].0, "怎么退？");
}

#[test]
fn of_two_answers_the_one_with_the_nearest_name_is_given_and_the_other_told() {
    for (given, other) in [
        ("答案", "备用答案"),
        ("答案", "兜底回复"),
        ("标准答案", "回答"),
        ("answer", "alt_answer"),
        ("answer", "ai_answer"),
    ] {
        for (first, second) in [(given, other), (other, given)] {
            let said = |name: &str| if name == given { "七天内退。" } else { "请转人工" };
            let text = format!(
                "{{\"问题\":\"怎么退？\",\"{first}\":\"{}\",\"{second}\":\"{}\"}}",
                said(first),
                said(second)
            );
            assert_eq!(read(&text)[0].2, "七天内退。", "{text}");
            let note = parse(&text).unwrap().note().unwrap();
            assert!(note.contains(&format!("another answer that were NOT used: {other}")), "{note}");
        }
    }
    // Of names that are as near the first is given, as the columns of a table.
    assert_eq!(read("{\"问题\":\"怎么退？\",\"回答\":\"甲。\",\"回复\":\"乙。\"}")[0].2, "甲。");
    assert_eq!(read("{\"问题\":\"怎么退？\",\"回答\":\"\",\"回复\":\"乙。\"}")[0].2, "乙。");
}

#[test]
fn what_is_stopped_is_not_in_use_where_the_field_is_a_switch() {
    let record = |question: &str, state: &str| {
        format!("{{\"question\":\"{question}？\",\"answer\":\"一。\",\"状态\":\"{state}\"}}\n")
    };
    let asked = |text: String| -> Vec<String> { read(&text).into_iter().map(|found| found.0).collect() };
    for stopped in ["暂停", "已停止"] {
        assert_eq!(asked(record("甲", stopped) + &record("乙", "启用")), ["乙？"], "{stopped}");
        assert_eq!(asked(record("甲", "停用") + &record("乙", stopped)), [""; 0], "{stopped}");
        // A machine's.
        assert_eq!(asked(record("甲", stopped) + &record("乙", "正常")), ["甲？", "乙？"], "{stopped}");
    }
}
