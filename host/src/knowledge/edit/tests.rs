use super::*;
use crate::message::MediaType;

fn pieces() -> Pieces {
    let question = Block::Question {
        question: "怎么报名？".into(),
        variants: vec!["如何报名".into()],
        answer: "登录官网。\n".into(),
        media_type: MediaType::Plain,
    };
    let prose = Block::Prose {
        headings: vec!["费用".into()],
        text: "学费五千元。".into(),
        media_type: MediaType::Plain,
    };
    cut(&Document { blocks: vec![question, prose], ..Document::default() }, 120)
}

#[test]
fn what_is_switched_off_has_no_windows_and_comes_back_as_it_was() {
    let before = pieces();
    let mut pieces = before.clone();
    switch_section(&mut pieces, 0, true);
    assert_eq!(pieces.windows.iter().map(|window| window.section).collect::<Vec<_>>(), [1]);
    assert!(pieces.sections[0].off.as_ref().is_some_and(|off| off.len() == 2));
    switch_section(&mut pieces, 1, true);
    assert!(pieces.windows.is_empty());
    switch_section(&mut pieces, 1, false);
    switch_section(&mut pieces, 0, false);
    assert_eq!(pieces, before);
}

#[test]
fn a_question_and_a_text_are_changed_and_the_rest_stays() {
    let mut pieces = pieces();
    let change =
        SectionChange { answer: Some("到现场。 ".into()), off: Some(true), ..SectionChange::default() };
    change_section(&mut pieces, 0, &change, 120).unwrap();
    assert_eq!(pieces.sections[0].answer.as_deref(), Some("到现场。 "));
    let change = SectionChange { off: Some(false), ..SectionChange::default() };
    change_section(&mut pieces, 0, &change, 120).unwrap();
    let asked: Vec<&str> = pieces.windows.iter().map(|window| window.text.as_str()).collect();
    assert_eq!(asked, ["怎么报名？", "如何报名", "费用\n学费五千元。"]);
    let change = SectionChange { text: Some("学费六千元。".into()), ..SectionChange::default() };
    change_section(&mut pieces, 1, &change, 120).unwrap();
    assert_eq!(pieces.windows[2].text, "费用\n学费六千元。");
    for (section, change) in [
        (0, SectionChange { text: Some("甲".into()), ..SectionChange::default() }),
        (1, SectionChange { question: Some("甲".into()), ..SectionChange::default() }),
        (1, SectionChange { text: Some(" ".into()), ..SectionChange::default() }),
        (2, SectionChange { off: Some(true), ..SectionChange::default() }),
    ] {
        let before = pieces.clone();
        assert!(
            matches!(change_section(&mut pieces, section, &change, 120), Err(EditError::Refused(_))),
            "{change:?}"
        );
        pieces = before;
    }
}
