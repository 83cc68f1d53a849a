//! Which stored questions are corrected, and by what, is the same on every store.

use std::collections::BTreeMap;

use super::*;

/// A document of questions: the wordings of each, and its answer.
pub(super) fn questions(id: &str, all: &[(&[&str], &str)]) -> NewDocument {
    let mut questions = document(id, &[]);
    for (section, (wordings, answer)) in (0..).zip(all) {
        questions.sections.push(Section {
            headings: Vec::new(),
            text: format!("{}\n{answer}", wordings[0]),
            media_type: MediaType::Plain,
            answer: Some((*answer).to_owned()),
            off: None,
        });
        questions.windows.extend(wordings.iter().map(|wording| NewWindow {
            range: 0..wordings[0].len() as u32,
            question: Some((*wording).to_owned()),
            ..window(section, wording)
        }));
    }
    questions.info.sections = questions.sections.len() as u32;
    questions.info.windows = questions.windows.len() as u32;
    questions
}

/// The answers of the corrections of each imported question that is found, by its first wording.
async fn corrected(store: &dyn Store, filters: Vec<Filter>) -> BTreeMap<String, String> {
    let found = narrowed(store, "东西不想要了", 20, filters).await;
    let (corrections, imported): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|one| one.document.id.starts_with("corrections"));
    assert!(corrections.iter().all(|one| one.corrections.is_empty()), "nothing corrects a correction");
    let answers = |one: Candidate| {
        let correction = |correction: &Arc<CorrectingSection>| {
            let CorrectingSection { document, ordinal, section, range } = &**correction;
            let question = &section.text[range.start as usize..range.end as usize];
            format!("{}#{ordinal} {question}", document.id)
        };
        let question = one.section.text.lines().next().unwrap_or_default().to_owned();
        (question, one.corrections.iter().map(correction).collect::<Vec<_>>().join(" "))
    };
    imported.into_iter().map(answers).collect()
}

pub(super) async fn stored_questions_come_with_their_corrections(store: &dyn Store) {
    let faq: [(&[&str], &str); 4] = [
        (&["怎么退货？", "东西不想要了", "买错了", "不要了"], "旧"),
        (&["怎么换货？", "尺码不对"], "换"),
        (&["怎么取消订单？", "不要了"], "取消"),
        (&["不要了的东西放哪里？"], "放"),
    ];
    let expect = async |expected: [&str; 4]| {
        let found = corrected(store, Vec::new()).await;
        let all =
            faq.iter().zip(expected).map(|((wordings, _), told)| (wordings[0].to_owned(), told.to_owned()));
        assert_eq!(found, all.collect::<BTreeMap<_, _>>());
    };
    store.put_document(questions("f.qa.csv", &faq)).await.unwrap();
    expect(["", "", "", ""]).await;
    store
        .put_document(questions("corrections", &[(&["买错了！"], "甲"), (&["不要了"], "乙")]))
        .await
        .unwrap();
    expect(["corrections#0 买错了！", "", "", ""]).await;
    store.put_document(questions("corrections-2", &[(&["怎样才换", "请问怎么换货"], "丙")])).await.unwrap();
    expect(["corrections#0 买错了！", "corrections-2#0 怎样才换", "", ""]).await;
    let more: [(&[&str], &str); 2] = [(&["怎么退货"], "丁"), (&["怎么取消订单", "不要了"], "戊")];
    store.put_document(questions("corrections", &more)).await.unwrap();
    expect(["corrections#0 怎么退货", "corrections-2#0 怎样才换", "corrections#1 怎么取消订单", ""]).await;

    let asked = search(store, "不要了！", 20).await;
    let of = |question: &str| {
        let one = asked.iter().find(|one| one.section.text.starts_with(question)).unwrap();
        let answers = one.corrections.iter().map(|one| one.section.answer.clone().unwrap());
        answers.collect::<Vec<_>>()
    };
    assert_eq!(of("怎么退货？"), ["戊", "丁"], "what is asked is first");
    assert_eq!((of("怎么取消订单？"), of("怎么换货？")), (vec!["戊".to_owned()], vec!["丙".to_owned()]));

    // What the filters do not admit corrects nothing.
    let described = async |id: &str, all: &[(&[&str], &str)]| {
        let mut described = questions(id, all);
        described.info.metadata = Metadata::from_json(&json!({"province": "广东"})).unwrap();
        store.put_document(described).await.unwrap();
    };
    described("f.qa.csv", &faq).await;
    let filter = json!([{"operator": "eq", "field": "province", "value": "广东"}]);
    let narrow = || vec![serde_json::from_value::<Filter>(filter.clone()).unwrap()];
    let found = corrected(store, narrow()).await;
    assert!(found.len() == faq.len() && found.values().all(String::is_empty), "{found:?}");
    described("corrections", &more).await;
    assert_eq!(corrected(store, narrow()).await["怎么退货？"], "corrections#0 怎么退货");

    store.delete_document("corrections").await.unwrap();
    expect(["", "corrections-2#0 怎样才换", "", ""]).await;
}
