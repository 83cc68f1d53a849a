use super::*;

#[test]
fn a_word_is_a_terms_number_in_eight_digits_and_no_part_of_another() {
    let text = TermField::Words.value([0x1a, 0x1a1a_1a1a, u32::MAX].into_iter());
    assert_eq!(text.as_str().map(String::as_str), Some("0000001a 1a1a1a1a ffffffff"));
    let none = TermField::Words.value(std::iter::empty());
    assert_eq!(none.as_str().map(String::as_str), Some(""));
    assert_eq!(TermField::Words.has(0x1a), Condition::matches_text("words", "0000001a"));
}

#[test]
fn a_number_of_an_earlier_version_is_its_own_whole_number() {
    let list = TermField::Numbers.value([7, u32::MAX].into_iter());
    let numbers: Vec<Option<i64>> = list.try_list_iter().unwrap().map(Value::as_integer).collect();
    assert_eq!(numbers, [Some(7), Some(4_294_967_295)]);
    assert_eq!(TermField::Numbers.has(u32::MAX), Condition::matches("terms", i64::from(u32::MAX)));
}
