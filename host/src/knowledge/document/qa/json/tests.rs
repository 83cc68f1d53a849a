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
