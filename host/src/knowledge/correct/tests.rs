use super::*;

fn correction(question: &str, variants: &[&str], answer: &str) -> Correction {
    Correction {
        question: question.into(),
        variants: variants.iter().map(|variant| (*variant).to_owned()).collect(),
        answer: answer.into(),
        media_type: None,
    }
}

#[test]
fn the_same_question_gets_the_new_answer_and_keeps_its_wording_and_variants() {
    let mut pieces = Pieces::default();
    let put = |pieces: &mut Pieces, one: Correction| one.checked().unwrap().put(pieces, 120).unwrap();
    assert_eq!(put(&mut pieces, correction(" 怎么报名？", &["如何报名"], "登录官网。\n ")), 0);
    assert_eq!(put(&mut pieces, correction("几点开门？", &[], "九点。")), 1);
    assert_eq!(pieces.sections[0].answer.as_deref(), Some("登录官网。\n "), "byte for byte");
    switch_section(&mut pieces, 0, true);
    assert_eq!(put(&mut pieces, correction("请问如何报名", &["报名方法", "怎麼報名"], "到现场。")), 0);
    assert!(pieces.sections[0].off.is_none(), "who corrects it wants it given out");
    assert_eq!(asked(&pieces)[0], ["怎么报名？", "如何报名", "报名方法"]);
    assert_eq!(pieces.sections[0].answer.as_deref(), Some("到现场。"));
    assert_eq!(asked(&pieces)[1], ["几点开门？"]);
    assert_eq!(pieces.sections.len(), 2);
}

#[test]
fn what_is_missing_or_too_long_is_refused_with_the_mend() {
    let many: Vec<String> = (0..=MOST_VARIANTS).map(|number| format!("问法{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    for (wrong, told) in [
        (correction("？", &[], "答"), "neither letter nor digit"),
        (correction("", &[], "答"), "neither letter nor digit"),
        (correction("问", &["！"], "答"), "`！` has neither"),
        (correction("问", &[], " \n"), "the answer is empty"),
        (correction(&"问".repeat(MAX_QUESTION + 1), &[], "答"), "2000 characters"),
        (correction("问", &many, "答"), "50 variants"),
    ] {
        let error = wrong.checked().unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
    }
    let mut pieces = Pieces::default();
    let long = correction("问", &[], &"答".repeat(30_000));
    assert!(long.put(&mut pieces, 120).unwrap_err().to_string().contains("64 KiB"));
    assert_eq!(pieces, Pieces::default());
}
