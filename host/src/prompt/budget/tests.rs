use super::*;

#[test]
fn tools_and_the_answer_take_their_part() {
    let left = |tools, answer| Budget::of(6000, 8000, tools, answer).tokens();
    assert_eq!((left(0, None), left(500, None)), (6000, 5500));
    assert_eq!((left(5900, None), left(9000, None)), (750, 0));
    assert_eq!((left(0, Some(1000)), left(0, Some(3000)), left(500, Some(3000))), (6000, 5000, 4500));
    assert_eq!((left(0, Some(8000)), left(0, Some(usize::MAX))), (750, 750));
    let taken = |tools| Budget::of(6000, 8000, tools, None).is_taken_by_tools();
    assert!(taken(6001) && !taken(5999) && !taken(0));
    let said = |tools, answer| Budget::of(6000, 8000, tools, answer).to_string();
    assert_eq!(said(0, Some(1000)), "prompt_tokens = 6000");
    assert_eq!(
        said(7, Some(3000)),
        "prompt_tokens = 6000, of which the tools take 7, beside the 3000 tokens that the answer may have"
    );
}

#[test]
fn a_cut_text_keeps_its_beginning_and_its_limit() {
    assert_eq!(cut_to("高考志愿", 4), "高考志愿");
    assert_eq!(cut_to("高考志愿", 3), "高考…");
    assert_eq!(cut_to("hello world", 3), "hello …");
    assert_eq!((cut_to("高考", 1), cut_to("高考", 0)), ("…".to_owned(), String::new()));
    for tokens in 0..40 {
        assert!(estimate_tokens(&cut_to("北京 is 中国's capital，é and ü", tokens)) <= tokens);
    }
}

#[test]
fn a_text_that_is_cut_says_so_however_little_room_there_is() {
    assert_eq!(cut_with("高考志愿填报", 6, "（略）"), "高考志愿填报");
    assert_eq!(cut_with("高考志愿填报", 5, "（略）"), "高（略）");
    assert_eq!(
        (&*cut_with("高考志愿填报", 0, "（略）"), &*cut_with("高考", 0, "（略）")),
        ("（略）", "高考")
    );
    for tokens in 3..40 {
        assert!(estimate_tokens(&cut_with("北京 is 中国's capital，é and ü", tokens, "（略）")) <= tokens);
    }
}

#[test]
fn a_text_is_cut_where_a_sentence_ends() {
    let text = "第一句话。第二句话说：“走吧。”第三句话很长很长很长很长。";
    assert_eq!(cut_after_sentence(text, 100), text);
    assert_eq!(cut_after_sentence(text, 20), "第一句话。第二句话说：“走吧。”…");
    // Ten tokens end before the closing quote, which belongs to the sentence.
    assert_eq!(cut_after_sentence(text, 8), "第一句话。…");
    assert_eq!(cut_after_sentence("短。这一句话很长很长很长很长很长很长", 12), "短。这一句话很长很长很…");
    assert_eq!(cut_after_sentence("One is 1.5. Two is more than that", 6), "One is 1.5.…");
    assert_eq!(cut_after_sentence("第一行\n第二行很长", 6), "第一行…");
    for tokens in 0..40 {
        assert!(estimate_tokens(&cut_after_sentence(text, tokens)) <= tokens);
    }
}

#[test]
fn short_texts_stay_whole_and_long_ones_share() {
    assert_eq!(fair_share(vec![10, 20], 30), usize::MAX);
    assert_eq!(fair_share(vec![100, 10, 100], 50), 20);
    assert_eq!(fair_share(vec![], 0), usize::MAX);
}
