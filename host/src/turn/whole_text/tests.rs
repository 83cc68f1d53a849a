use super::*;
use crate::message::MediaType;

const CUT: Showing = Showing::Part { missing: 400 };
const CHANGED: Showing = Showing::Part { missing: 0 };

fn document(title: &str, sections: &[&str]) -> PromptDocument {
    let section = |heading: &&str| DocumentSection {
        number: 0,
        section: vec![title.to_owned(), (*heading).to_owned()],
        text: format!("{title}的{heading}"),
        media_type: MediaType::Plain,
    };
    PromptDocument {
        knowledge_base: "k".into(),
        id: format!("{title}.md"),
        title: title.to_owned(),
        url: None,
        sections: sections.iter().map(section).collect(),
    }
}

fn passage(title: &str, section: &[&str]) -> Passage {
    Passage {
        text: "文".into(),
        media_type: MediaType::Plain,
        title: title.to_owned(),
        section: section.iter().map(|heading| (*heading).to_owned()).collect(),
        url: None,
        knowledge_base: Some("k".into()),
        score: None,
    }
}

fn texts() -> WholeTexts {
    let documents = vec![document("甲", &["价格", "退款"]), document("乙", &["价格"])];
    WholeTexts { documents, report: Vec::new() }
}

#[test]
fn a_passage_is_there_already_where_all_it_is_from_is_shown() {
    let texts = texts();
    let says = |passage: Passage, shown: [Showing; 3]| texts.says(&passage, &shown);
    let (whole, not) = (Showing::Whole, Showing::Not);
    assert!(says(passage("甲", &["甲"]), [whole; 3]));
    assert!(says(passage("甲", &["甲"]), [whole, CHANGED, not]), "the other document is not its own");
    assert!(!says(passage("乙", &["乙", "价格"]), [whole, whole, not]));
    assert!(!says(passage("甲", &["甲"]), [whole, not, whole]), "it may be from both sections");
    assert!(says(passage("甲", &["甲", "价格"]), [whole, not, not]));
    assert!(!says(passage("甲", &["甲", "价格"]), [CUT, whole, whole]), "it may be from the end");
    // One that a plugin has named otherwise may be from anywhere in the base.
    assert!(says(passage("别名", &[]), [whole; 3]));
    assert!(!says(passage("别名", &[]), [whole, whole, not]));
    let elsewhere = Passage { url: Some("https://example.com/a".into()), ..passage("甲", &["甲"]) };
    assert!(!says(elsewhere, [whole, whole, not]));
}

#[test]
fn sources_are_the_sections_that_have_a_number() {
    let mut texts = texts();
    texts.number(|place| place != 1);
    let numbers = |texts: &WholeTexts| -> Vec<usize> {
        texts.documents.iter().flat_map(|one| &one.sections).map(|section| section.number).collect()
    };
    assert_eq!(numbers(&texts), [1, 0, 2]);
    let sources: Vec<String> = texts.sources().into_iter().map(|source| source.text).collect();
    assert_eq!(sources, ["甲的价格", "乙的价格"]);
    texts.number(|_| true);
    assert_eq!(numbers(&texts), [1, 2, 3]);
}

#[test]
fn a_report_tells_what_is_shown() {
    let texts = texts();
    let of = |id: &str, sections: usize| WholeDocument {
        id: id.into(),
        sections,
        tokens: 10 * sections,
        ..WholeDocument::default()
    };
    let full = || {
        let documents = vec![of("甲.md", 2), of("乙.md", 1)];
        [WholeBase { knowledge_base: "k".into(), tokens: 30, documents, ..WholeBase::default() }]
    };
    let mut all = full();
    texts.tell_shown(&mut all, &[Showing::Whole, CHANGED, Showing::Whole]);
    assert!(all[0].tokens == 30 && all[0].documents.len() == 2 && all[0].not_shown.is_empty(), "{all:?}");
    let mut some = full();
    texts.tell_shown(&mut some, &[Showing::Not, Showing::Whole, Showing::Not]);
    let [base] = &some;
    let ids = |documents: &[WholeDocument]| -> Vec<String> {
        documents.iter().map(|document| document.id.clone()).collect()
    };
    assert_eq!((ids(&base.documents), ids(&base.not_shown)), (vec!["甲.md".into()], vec!["乙.md".into()]));
    let tokens = estimate_tokens("甲的退款");
    assert_eq!((base.documents[0].sections, base.documents[0].tokens, base.tokens), (1, tokens, tokens));
}
