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
        assert!(note.contains("only the first was used: line or place 1"), "{text}: {note}");
    }
    let one = parse("{\"question\":\"怎么报名？\",\"answers\":[\"上官网。\"]}").unwrap();
    assert!(!one.note().unwrap().contains("several"));
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
