use super::*;
use crate::evaluate::{Questions, ReadOptions, Right, read};

fn question(app: &str, text: &str, relevant: &[&str]) -> KeptQuestion {
    KeptQuestion {
        question: text.into(),
        base: Some("faq".into()),
        relevant: relevant.iter().map(|id| (*id).to_owned()).collect(),
        app: app.into(),
        verdict: AnswerVerdict::Wrong,
        trace: None,
        at: 7,
    }
}

#[test]
fn what_is_kept_is_a_file_that_an_evaluation_reads() {
    let folder = tempfile::tempdir().unwrap();
    let kept = KeptQuestions::at(folder.path().join("kept.jsonl"));
    assert_eq!(kept.list(None).unwrap(), "");
    kept.add(&question("a", "保修几年？", &["R3.md"])).unwrap();
    // One line alone could be taken for a whole file.
    for lines in 1..3 {
        let text = kept.list(None).unwrap();
        let file = read("kept", text.as_bytes(), ReadOptions::default()).unwrap();
        let Questions::Retrieval { questions, corpus: None } = file.questions else { panic!("{text}") };
        assert_eq!((questions.len(), file.skipped.len()), (lines, 0));
        assert_eq!(questions[0].base.as_deref(), Some("faq"));
        assert_eq!(questions[0].right, [Right::Id("R3.md".into())]);
        assert_eq!(questions.get(1).map(|nothing| nothing.right.len()), (lines == 2).then_some(0));
        kept.add(&question("a", "今天星期几", &[])).unwrap();
    }
}

#[test]
fn the_last_judgement_of_a_question_stays_and_what_was_written_by_hand_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let kept = KeptQuestions::at(folder.path().join("kept.jsonl"));
    std::fs::write(folder.path().join("kept.jsonl"), "{\"question\":\"手写\",\"relevant\":[]}\n# 注\n")
        .unwrap();
    let added = kept.add(&question("a", "保修几年？", &["R3.md"])).unwrap();
    assert_eq!(added, Added { replaced: false, total: 3 });
    kept.add(&question("b", "保修几年？", &["R4.md"])).unwrap();
    let again =
        KeptQuestion { verdict: AnswerVerdict::Right, ..question("a", " 保修几年？", &["R5.md"]) };
    assert_eq!(kept.add(&again).unwrap(), Added { replaced: true, total: 4 });
    let of_a = kept.list(Some("a")).unwrap();
    assert!(of_a.contains("R5.md") && !of_a.contains("R3.md") && of_a.lines().count() == 1, "{of_a}");
    assert_eq!(
        (kept.remove(Some("c"), "保修几年？").unwrap(), kept.remove(None, "保修几年？").unwrap()),
        (0, 2)
    );
    assert_eq!(kept.list(None).unwrap(), "{\"question\":\"手写\",\"relevant\":[]}\n# 注\n");
}

#[test]
fn what_is_too_long_or_too_much_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let kept = KeptQuestions::at(folder.path().join("kept.jsonl"));
    let refused = |one: &KeptQuestion| matches!(kept.add(one), Err(KeptError::Refused(_)));
    assert!(refused(&question("a", "？！", &[])) && refused(&question("a", &"问".repeat(2001), &[])));
    assert!(refused(&question("a", "问", &[&"x".repeat(3000)])));
    let full = "{\"question\":\"问\"}\n".repeat(MOST_QUESTIONS);
    std::fs::write(folder.path().join("kept.jsonl"), full).unwrap();
    assert!(refused(&question("a", "问", &[])));
    std::fs::write(folder.path().join("kept.jsonl"), vec![b'x'; (MOST_BYTES + 1) as usize]).unwrap();
    assert!(matches!(kept.list(None), Err(KeptError::File(_))));
}
