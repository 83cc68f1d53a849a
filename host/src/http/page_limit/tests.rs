use super::*;

#[test]
fn whatever_is_not_a_number_from_one_is_refused_in_the_same_words() {
    for text in ["abc", "0", "-1", "1.5", "１", " 1", "000"] {
        assert_eq!(PageLimit::try_from(text.to_owned()), Err("must be a whole number, 1 or more"), "{text}");
    }
    for (text, told) in [("", "is empty"), ("99999999999999999999999", "is too large")] {
        assert!(PageLimit::try_from(text.to_owned()).is_err_and(|error| error.starts_with(told)), "{text}");
    }
    let seven = PageLimit::try_from("7".to_owned()).unwrap();
    assert_eq!((seven.at_most(500), seven.at_most(5)), (7, 5));
}
