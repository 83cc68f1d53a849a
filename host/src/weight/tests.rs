use super::*;

#[test]
fn counts_wide_and_narrow_characters() {
    assert_eq!(estimate_tokens("高考志愿"), 4);
    assert_eq!(estimate_tokens("hello world"), 4);
    assert_eq!(estimate_tokens(""), 0);
}
