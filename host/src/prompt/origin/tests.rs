use super::*;

fn passage(text: &str) -> Passage {
    Passage {
        text: text.into(),
        media_type: Default::default(),
        title: "标题".into(),
        section: Vec::new(),
        url: None,
        knowledge_base: Some("faq".into()),
        score: None,
    }
}

#[test]
fn runs_add_up_and_each_text_is_found_in_its_own_place() {
    let system = "你是助手😀。客户要求：简短。\n[1] 保修三年\n[2] 保修\n[3] 已改写\n结果：保修三年以内免费";
    let outcome = Outcome {
        text: " 保修三年以内免费\n".into(),
        media_type: Default::default(),
        title: "接口".into(),
        url: None,
    };
    let messages = [
        Message::text(Role::System, system),
        Message::text(Role::User, "早"),
        Message::text(Role::Assistant, "早😀"),
        Message::text(Role::User, "保修几年？"),
        Message::text(Role::Assistant, ""),
        Message::text(Role::Tool, "三年"),
    ];
    let inserted = Inserted {
        client_system: "简短",
        documents: &[],
        passages: &[passage("保修三年"), passage("保修"), passage("原文")],
        numbered_before: 0,
        outcomes: &[outcome],
    };
    let parts = parts(&messages, 2, &inserted);
    for (place, message) in messages.iter().enumerate() {
        let sum: usize = parts.iter().filter(|part| part.message == place).map(|part| part.units).sum();
        assert_eq!(sum, message.content.encode_utf16().count(), "message {place}");
    }
    let wide: Vec<u16> = system.encode_utf16().collect();
    let mut at = 0;
    let mut found = Vec::new();
    for part in parts.iter().filter(|part| part.message == 0) {
        let text = String::from_utf16(&wide[at..at + part.units]).unwrap();
        at += part.units;
        if part.source != PromptSource::Template {
            found.push((part.source, part.number, text));
        }
    }
    use PromptSource::{ClientSystem, History, Passage, Question, ToolResult};
    let expected = [
        (ClientSystem, None, "简短"),
        (Passage, Some(1), "保修三年"),
        (Passage, Some(2), "保修"),
        (PromptSource::Outcome, Some(1), "保修三年以内免费"),
    ];
    assert_eq!(found, expected.map(|(source, number, text)| (source, number, text.to_owned())));
    let rest: Vec<_> = parts.iter().filter(|p| p.message > 0).map(|p| (p.message, p.source)).collect();
    assert_eq!(rest, [(1, History), (2, History), (3, Question), (5, ToolResult)]);
}

#[test]
fn a_passage_that_says_what_a_document_does_not_show_is_the_passages_text() {
    let section = crate::prompt::DocumentSection {
        number: 0,
        section: Vec::new(),
        text: "保修三年".into(),
        media_type: Default::default(),
    };
    let document = PromptDocument {
        knowledge_base: "faq".into(),
        id: "a.md".into(),
        title: "标题".into(),
        url: None,
        sections: vec![section],
    };
    let inserted = Inserted {
        client_system: "",
        documents: &[document],
        passages: &[passage("保修三年")],
        numbered_before: 0,
        outcomes: &[],
    };
    let parts = parts(&[Message::text(Role::System, "[1] 保修三年")], 0, &inserted);
    let last = parts.last().unwrap();
    assert_eq!((last.source, last.number), (PromptSource::Passage, Some(1)), "{parts:?}");
}
