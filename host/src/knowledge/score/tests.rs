use super::*;

fn lexical(query: &str, window: &str) -> f64 {
    let query = QueryWeights::new(&Terms::of(query), 10, |_| 1);
    let window = window_weights(&Terms::of(window));
    query
        .shares
        .iter()
        .filter_map(|(id, share)| {
            let at = window.binary_search_by_key(id, |(id, _)| *id).ok()?;
            Some(f64::from(share * window[at].1))
        })
        .sum::<f64>()
}

#[test]
fn each_term_once_in_a_usual_window_gives_one() {
    assert_eq!(lexical("平行志愿", "天气预报"), 0.0);
    let filler: String = ('一'..).filter(|c| !"平行志愿".contains(*c)).take(97).collect();
    let usual = lexical("平行志愿", &format!("平行志愿{filler}"));
    assert!((usual - 1.0).abs() < 0.01, "{usual}");
    let often = lexical("平行志愿", &"平行志愿".repeat(50));
    assert!(often > 1.0);
    let often = Worked { dense: Some(-0.5), window: often as f32, section: 0.5 };
    assert_eq!(ScoreParts::new(often, 0.7, None, Some("a")).lexical, 0.75);
    assert_eq!(ScoreParts::new(often, 0.7, None, Some("a")).dense, Some(0.0));
}

#[test]
fn half_the_terms_give_less_than_all() {
    assert!(lexical("平行志愿", "平行线") < lexical("平行志愿", "平行志愿"));
}

#[test]
fn the_score_is_the_documented_mix() {
    let worked = Worked { dense: Some(0.75), window: 0.07, section: 0.25 };
    let parts = ScoreParts::new(worked, 0.7, Some(&AskedQuestion::new("你是谁")), None);
    assert!((parts.score() - 0.645).abs() < 1e-6);
    assert_eq!((parts.exact, parts.same), (false, None));
    let parts = ScoreParts::new(worked, 0.7, Some(&AskedQuestion::new("你是谁")), Some("我是谁"));
    assert!(parts.score() < 1.0 && parts.same.is_some_and(|same| same < 0.5));
    let parts = ScoreParts::new(worked, 0.7, Some(&AskedQuestion::new("你是谁")), Some("你是谁"));
    assert_eq!((parts.score(), parts.same), (1.0, Some(1.0)));
}

#[test]
fn words_count_more_where_a_question_has_rare_ones_in_a_base_that_is_large_enough_to_tell() {
    let share = |windows, df| QueryWeights::new(&Terms::of("平行志愿"), windows, |_| df).dense_share;
    assert_eq!(share(100, 0), 0.7, "nobody knows yet what is rare");
    assert_eq!(share(5000, 500), 0.7);
    assert!((share(5000, 1) - 0.3).abs() < 1e-9);
    assert!((share(5000, 0) - 0.3).abs() < 1e-9, "no window has it");
    let between = share(5000, 3);
    assert!(between > 0.3 && between < 0.7, "{between}");
    assert!(share(500_000, 3) < share(500_000, 30), "the rarer the more");
    assert_eq!(QueryWeights::new(&Terms::default(), 0, |_| 0).dense_share, 0.7);
    let worked = Worked { dense: Some(0.75), window: 0.07, section: 0.25 };
    assert!((ScoreParts::new(worked, 0.3, None, None).score() - (0.3 * 0.75 + 0.7 * 0.4)).abs() < 1e-6);
}

#[test]
fn without_vectors_words_are_the_score_and_only_an_equal_question_is_the_same() {
    let worked = Worked { dense: None, window: 0.2, section: 0.52 };
    let parts = ScoreParts::new(worked, 0.7, Some(&AskedQuestion::new("你是谁")), None);
    assert!((parts.score() - 0.6).abs() < 1e-6);
    let parts = ScoreParts::new(worked, 0.7, Some(&AskedQuestion::new("你是谁")), Some("你是谁啊"));
    assert_eq!((parts.exact, parts.same), (false, None));
    let parts = ScoreParts::new(worked, 0.7, Some(&AskedQuestion::new("你是谁")), Some("你是谁"));
    assert_eq!((parts.score(), parts.same), (1.0, Some(1.0)));
}

#[test]
fn rare_terms_weigh_more() {
    assert!(idf(100, 1) > idf(100, 50));
    assert!(idf(10, 20) > 0.0, "counted while written to");
}

#[test]
fn dot_of_normalised_vectors_is_the_cosine() {
    let mut a: Vec<f32> = (0..21u8).map(f32::from).collect();
    let mut b: Vec<f32> = (0..21u8).map(|x| f32::from(x) * 3.0).collect();
    assert!(normalise(&mut a) && normalise(&mut b));
    assert!((dot(&a, &b) - 1.0).abs() < 1e-6);
    assert!(!normalise(&mut [0.0, 0.0]));
    assert!(!normalise(&mut [f32::NAN, 0.0]));
}
