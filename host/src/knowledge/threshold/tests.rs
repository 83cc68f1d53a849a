use super::*;

#[test]
fn a_threshold_that_is_set_holds_for_passages_and_for_stored_questions_without_one_of_their_own() {
    let of = |table: &str| toml::from_str::<BaseSettings>(table).unwrap().hit_thresholds();
    assert_eq!(of(""), HitThresholds::DEFAULT);
    assert!(of("").questions > of("").passages);
    assert_eq!(of("threshold = 0.4"), HitThresholds::both(0.4));
    let own = HitThresholds { passages: 0.4, questions: 0.8 };
    assert_eq!(of("threshold = 0.4\nquestion_threshold = 0.8"), own);
    assert_eq!((own.of(false), own.of(true)), (0.4, 0.8));
    let questions = HitThresholds { questions: 0.9, ..HitThresholds::DEFAULT };
    assert_eq!(of("question_threshold = 0.9"), questions);
}
