use super::*;

#[test]
fn what_is_said_to_one_person_is_told_from_what_anybody_asks() {
    for question in ["您后悔过吗？", "您住在哪里？", "被告，你是否收到起诉状？"] {
        assert!(addresses(question), "{question}");
    }
    for question in ["您好，怎么报名？", "你们几点开门？", "你校有几个校区？", "怎么报名？"]
    {
        assert!(!addresses(question), "{question}");
    }
    assert!(["为什么？", "然后呢？", "是吗?"].iter().all(|question| leans(question)));
    assert!(!["学费多少？", "甲？", "几点开门？"].iter().any(|question| leans(question)));
}
