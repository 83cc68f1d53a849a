use super::*;
use crate::tests::{hit, offered};

fn offer(questions: &[&str]) -> Offer {
    let hits: Vec<Hit> =
        questions.iter().map(|question| offered("faq", question, 0.8, &format!("答：{question}"))).collect();
    Offer::of("退款的事", &hits, 9).expect("an offer")
}

fn chosen<'a>(offer: &'a Offer, text: &str) -> Option<&'a str> {
    match offer.reply(text) {
        Reply::Chosen(choice) => Some(&choice.question),
        _ => None,
    }
}

#[test]
fn an_offer_is_read_back_from_what_the_user_saw() {
    let seen = "您想问的是哪个？\n1. 怎么退款？\n2. 能退吗";
    let offer = Offer::read("退款的事", seen, "您想问的是哪个？").expect("an offer");
    assert_eq!((offer.asked.as_str(), offer.choices.len()), ("退款的事", 2));
    assert!(matches!(offer.reply("第二个"), Reply::Chosen(choice) if choice.question == "能退吗"));
    for other in ["您想问的是哪个？", "您想问的是哪个？\n2. 怎么退款？", "哪个省？\n1. 河南\n2. 广东"]
    {
        assert_eq!(Offer::read("退款的事", other, "您想问的是哪个？"), None, "{other}");
    }
}

#[test]
fn only_an_offered_question_on_top_is_asked_about_and_each_answer_once() {
    let top = offered("faq", "怎么退款？", 0.8, "联系客服。");
    let same = offered("faq", "如何申请\n退款", 0.78, "联系客服。");
    let passage = hit("policy", "退款政策", 0.77, None);
    let other = offered("faq", "退款多久\n到账？", 0.7, "三天。");
    let third = offered("faq", "能退吗", 0.6, "能。");
    let hits = [top, same, passage.clone(), other, third];
    let offer = Offer::of("退款", &hits, 2).expect("an offer");
    assert_eq!(offer.asked, "退款");
    assert_eq!(offer.to_string(), "faq 0.800 怎么退款？; faq 0.700 退款多久 到账？");
    assert_eq!(offer.ask("哪个？").choices, ["怎么退款？", "退款多久 到账？"]);
    assert_eq!(Offer::of("退款", &[passage, hits[0].clone()], 2), None, "a passage is better");
    let marks = offered("faq", "？！", 0.8, "无");
    let long = offered("faq", &"长".repeat(201), 0.8, "无");
    assert_eq!(Offer::of("退款", &[marks], 2), None);
    assert_eq!(Offer::of("退款", &[long, hits[0].clone()], 2), None);
    assert_eq!(Offer::of("退款", &[], 2), None);
}

#[test]
fn a_number_in_any_writing_and_the_question_itself_choose() {
    let offer = offer(&["怎么退款？", "退款多久到账？", "能开 GPA 证明吗"]);
    for first in ["1", "１", " 1。", "①", "一", "第一个", "第1个", "选1", "我选第一个吧", "问题一", "1号"]
    {
        assert_eq!(chosen(&offer, first), Some("怎么退款？"), "{first}");
    }
    for first in ["怎么退款", "怎么退款?", "1. 怎么退款？", "１、怎么退款"] {
        assert_eq!(chosen(&offer, first), Some("怎么退款？"), "{first}");
    }
    for third in ["3", "三", "第三条", "最后一个", "能开ｇｐａ证明吗？"] {
        assert_eq!(chosen(&offer, third), Some("能开 GPA 证明吗"), "{third}");
    }
}

#[test]
fn anything_else_is_a_question_of_its_own() {
    let offer = offer(&["怎么退款？", "退款多久到账？"]);
    for other in ["3", "0", "11", "985", "一本", "第一次退款", "第", "个", "", "？", "两个都想知道"]
    {
        assert_eq!(offer.reply(other), Reply::Other, "{other}");
    }
    for none in ["都不是", "都不是。", "以上都不是！", "没有", " 都 不对 "] {
        assert_eq!(offer.reply(none), Reply::NoneOfThese, "{none}");
    }
    let number = self::offer(&["2", "退款"]);
    assert_eq!(chosen(&number, "2"), Some("2"), "a question's own words go before a number");
}

#[test]
fn a_lone_number_or_letter_is_a_slip() {
    for slip in ["9", "B", "ｂ", "0", "第9个", "选12吧", "九", "⑨", " c。"] {
        assert!(is_slip(slip), "{slip}");
    }
    for other in
        ["985", "12306", "一本", "GPA", "怎么退款？", "第一次退款", "B证", "第", "", "？", "两个都想知道"]
    {
        assert!(!is_slip(other), "{other}");
    }
}

#[test]
fn an_offer_that_another_question_back_took_the_place_of_was_not_seen() {
    let offer = offer(&["怎么退款？", "能退吗"]);
    assert!(offer.was_seen_in(None));
    assert!(offer.was_seen_in(Some("哪个？\n1. 怎么退款？\n2. 能退吗")));
    assert!(!offer.was_seen_in(Some("哪个省？\n1. 河南\n2. 广东")));
}

#[test]
fn an_offer_is_known_again_after_a_formatter() {
    let offer = offer(&["Vec<String>怎么用？", "[x]: 是什么"]);
    assert!(offer.was_seen_in(Some("哪个？\n1. Vec&lt;String>怎么用？\n2. [x]\\: 是什么")));
    assert!(!offer.was_seen_in(Some("哪个？\n1. String 怎么用 Vec\n2. [x]\\: 是什么")));
}

#[test]
fn the_answer_is_the_one_that_is_stored_now() {
    let choice = offer(&["怎么退款？"]).choices.remove(0);
    let stored = |document: &str, text: &str| Hit {
        document: document.to_owned(),
        question: Some("怎么退款？".to_owned()),
        ..hit("faq", "怎么退款？\n…", 1.0, Some(text))
    };
    let hits = vec![stored("另一份", "别处的"), stored("文档", " **新**的。\n")];
    let given = answer(hits.clone(), &choice).expect("an answer");
    assert_eq!(given.text, " **新**的。\n");
    assert_eq!(given.sources.len(), 1);
    let moved = answer(hits[..1].to_vec(), &choice).expect("an answer");
    assert_eq!(moved.text, "别处的");
    assert_eq!(answer(vec![offered("faq", "怎么退款？", 0.8, "不确定")], &choice), None);
    assert_eq!(answer(vec![hit("faq", "你是谁", 1.0, Some("我"))], &choice), None);
}
