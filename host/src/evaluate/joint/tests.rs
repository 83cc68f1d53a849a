use super::*;

fn found(answerable: bool, hits: &[(&str, f64, bool)]) -> JointResult {
    let hits = hits.iter().map(|&(base, score, is_right)| JointHit {
        base: base.to_owned(),
        score,
        is_question: base == "b",
        is_certain: false,
        is_right,
    });
    JointResult { answerable, hits: hits.collect() }
}

fn thresholds(a: f64, b: f64) -> Thresholds {
    let b = HitThresholds { passages: 1.0, questions: b };
    [("a".to_owned(), HitThresholds::both(a)), ("b".to_owned(), b)].into()
}

#[test]
fn a_threshold_that_cuts_right_passages_is_seen_in_the_sum() {
    let joint = Joint(vec![
        found(true, &[("a", 0.6, true), ("b", 0.3, false)]),
        found(true, &[("b", 0.5, true)]),
        found(false, &[("a", 0.55, false)]),
        found(false, &[("b", 0.4, false)]),
    ]);
    let low = joint.under(&thresholds(0.0, 0.0));
    assert_eq!((low.kept, low.answerable, low.refused, low.strange), (2, 2, 0, 2));
    assert_eq!(joint.under(&thresholds(0.9, 0.0)).kept, 1);
    let with = |_: &str, value| HitThresholds::both(value);
    let best = joint.best(&thresholds(0.0, 0.0), with);
    let after = best.iter().map(|(base, value)| (base.clone(), with(base, *value))).collect();
    assert_eq!(joint.under(&after).well(), 4, "{best:?}");
    assert!(joint.best(&after, with).is_empty(), "what is best stays");
    assert!(best["a"] > 0.55 && best["a"] <= 0.6 && best["b"] > 0.4 && best["b"] <= 0.5, "{best:?}");
}

#[test]
fn a_stored_question_that_surely_is_the_asked_one_passes_every_threshold() {
    let mut certain = found(true, &[("b", 0.2, true)]);
    certain.hits[0].is_certain = true;
    let joint = Joint(vec![certain, found(true, &[("a", 0.2, true)])]);
    assert_eq!(joint.under(&thresholds(0.9, 0.9)).kept, 1);
    assert!(joint.finds_questions("b") && !joint.finds_questions("a") && !joint.finds_questions("none"));
}
