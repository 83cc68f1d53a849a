use super::*;

fn outcome(score: f64, right: bool) -> ScoredOutcome {
    ScoredOutcome { score: Some(score), right, answerable: true, kept: right.then_some(score) }
}

/// Outcomes that can be counted by hand, highest first: .9 right, .8 right, .7 wrong (right one at .5),
/// .6 right, .4 wrong (nothing is right), and one that finds nothing.
fn outcomes() -> Vec<ScoredOutcome> {
    vec![
        ScoredOutcome { score: Some(0.4), right: false, answerable: false, kept: None },
        outcome(0.9, true),
        ScoredOutcome { score: Some(0.7), right: false, answerable: true, kept: Some(0.5) },
        outcome(0.6, true),
        outcome(0.8, true),
        ScoredOutcome { score: None, right: false, answerable: true, kept: None },
    ]
}

#[test]
fn points_are_those_worked_out_by_hand() {
    let curve = Curve::of(&outcomes(), &[0.75, 1.0], Some(0.65));
    assert_eq!((curve.questions, curve.answerable, curve.points.len()), (6, 5, 101));
    let at = |percent: usize| {
        let point = curve.points[percent];
        (point.answered, point.right, point.precision, point.recall, point.kept)
    };
    assert_eq!(at(0), (5, 3, Some(0.6), 0.6, 0.8));
    assert_eq!(at(50), (4, 3, Some(0.75), 0.6, 0.8));
    assert_eq!(at(70), (3, 2, Some(2.0 / 3.0), 0.4, 0.4));
    assert_eq!(at(90), (1, 1, Some(1.0), 0.2, 0.2));
    assert_eq!(at(91), (0, 0, None, 0.0, 0.0));
    let configured = curve.configured.unwrap();
    assert_eq!((configured.threshold, configured.answered), (0.65, 3));
}

#[test]
fn the_lowest_threshold_that_reaches_a_precision_is_chosen() {
    let curve = Curve::of(&outcomes(), &[0.7, 0.75, 0.9, 1.0], None);
    let met: Vec<_> = curve.wanted.iter().map(|wanted| wanted.met.unwrap().threshold).collect();
    // At .7 precision is 2/3, and at .6 it is 3/4 again.
    assert_eq!(met, [0.6, 0.6, 0.8, 0.8]);
    assert_eq!(curve.wanted[0].met.unwrap().recall, 0.6);
    let wrong = [outcome(0.9, false), outcome(0.5, true)];
    let curve = Curve::of(&wrong, &[0.6], None);
    assert_eq!(curve.wanted[0].met, None);
    assert_eq!(curve.most_precise.precision, Some(0.5));
}

#[test]
fn a_threshold_answers_exactly_those_it_was_chosen_for() {
    for (below, score, short) in
        [(0.61, 0.6234, 0.62), (0.622, 0.6234, 0.623), (0.62, 0.62, 0.62), (-1.0, 1.0, 1.0)]
    {
        assert_eq!(between(below, score), short);
    }
    let scores = [0.912_345_67, 0.912_345_66, 0.3];
    let steps = Steps::of(&scores.map(|score| outcome(score, true)));
    for (point, expected) in steps.thresholds().zip(1..) {
        assert_eq!(steps.at(point.threshold).answered, expected);
    }
}

#[test]
fn equal_scores_stand_or_fall_together() {
    let curve = Curve::of(&[outcome(0.5, true), outcome(0.5, false)], &[0.9, 0.5], None);
    assert_eq!(curve.wanted[0].met, None);
    assert_eq!(curve.wanted[1].met.unwrap().answered, 2);
    assert_eq!(curve.best_f1.recall, 0.5);
}

#[test]
fn nothing_asked_gives_zeros() {
    let curve = Curve::of(&[], &[0.9], Some(0.5));
    assert_eq!((curve.answerable, curve.wanted[0].met, curve.best_f1.precision), (0, None, None));
}
