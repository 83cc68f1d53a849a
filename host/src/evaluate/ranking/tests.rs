use super::*;

fn near(value: f64, expected: f64) {
    assert!((value - expected).abs() < 1e-9, "{value} is not {expected}");
}

#[test]
fn figures_are_those_worked_out_by_hand() {
    // Found first; found third; not found; two right, found second and twelfth.
    let found = [
        FoundRanks(vec![Some(1)]),
        FoundRanks(vec![Some(3)]),
        FoundRanks(vec![None]),
        FoundRanks(vec![Some(12), Some(2)]),
    ];
    let ranking = Ranking::of(found.iter(), &[1, 3, 20]);
    assert_eq!(ranking.questions, 4);
    near(ranking.recall[0].value, 1.0 / 4.0);
    near(ranking.recall[1].value, (1.0 + 1.0 + 0.0 + 0.5) / 4.0);
    near(ranking.recall[2].value, 3.0 / 4.0);
    near(ranking.hit[1].value, 3.0 / 4.0);
    near(ranking.mrr_at_10, (1.0 + 1.0 / 3.0 + 0.0 + 0.5) / 4.0);
    // 1/log2(2) = 1; 1/log2(4) = 0.5; 0; (1/log2 3) / (1/log2 2 + 1/log2 3).
    let third = 0.630_929_753_571_457_4;
    near(ranking.ndcg_at_10, (1.0 + 0.5 + 0.0 + third / (1.0 + third)) / 4.0);
}

#[test]
fn beyond_ten_counts_for_recall_only() {
    let ranking = Ranking::of([FoundRanks(vec![Some(11)])].iter(), &[10, 11]);
    assert_eq!((ranking.recall[0].value, ranking.recall[1].value), (0.0, 1.0));
    assert_eq!((ranking.mrr_at_10, ranking.ndcg_at_10), (0.0, 0.0));
}

#[test]
fn two_right_things_in_one_hit_are_a_perfect_ranking() {
    let ranking = Ranking::of([FoundRanks(vec![Some(1), Some(1)])].iter(), &[1]);
    assert_eq!((ranking.recall[0].value, ranking.ndcg_at_10), (1.0, 1.0));
}

#[test]
fn no_question_gives_zeros_and_no_nan() {
    let ranking = Ranking::of([].iter(), &[1]);
    assert_eq!((ranking.questions, ranking.mrr_at_10, ranking.recall[0].value), (0, 0.0, 0.0));
}
