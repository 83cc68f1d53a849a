use super::*;

#[test]
fn the_language_of_questions_is_that_of_most_of_their_words() {
    use QuestionLanguage::{Other, Simplified, Traditional};
    for (questions, wanted) in [
        (&["怎么退货？", "运费多少？"][..], Some(Simplified)),
        (&["ChatGPT怎么用API？", "iPhone 15 Pro Max多少钱"], Some(Simplified)),
        (&["怎么退货 How do I return it?"], Some(Simplified)),
        (&["怎麼退貨？", "運費多少？"], Some(Traditional)),
        (&["How can I pay with 支付宝?", "How do I return a parcel?"], Some(Other)),
        (&["返品はどうすればいいですか"], Some(Other)),
        (&["12", "?"], None),
        (&[], None),
    ] {
        assert_eq!(QuestionLanguage::of(questions.iter().copied()), wanted, "{questions:?}");
    }
}

#[test]
fn a_name_may_say_a_language() {
    use QuestionLanguage::{Other, Simplified, Traditional};
    for (name, said, other) in [
        ("中文答案", &[Simplified, Traditional][..], &[Other][..]),
        ("答案（中文）", &[Simplified, Traditional], &[Other]),
        ("简体回复", &[Simplified], &[Traditional, Other]),
        ("答案(繁體)", &[Traditional], &[Simplified, Other]),
        ("英文标准答案", &[Other], &[Simplified, Traditional]),
        ("Answer (EN)", &[Other], &[Simplified, Traditional]),
        ("English answer", &[Other], &[Simplified, Traditional]),
        // These say none: the last is how hard something is.
        ("答案", &[], &[]),
        ("标准答案", &[], &[]),
        ("短信答复", &[], &[]),
        ("答案（中）", &[], &[]),
    ] {
        for language in [Simplified, Traditional, Other] {
            let found = (language.is_said(name), language.is_not(name));
            assert_eq!(found, (said.contains(&language), other.contains(&language)), "{name}: {language:?}");
        }
    }
}
