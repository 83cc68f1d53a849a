use super::*;

#[test]
fn a_text_is_cut_between_characters_and_says_how_much_is_missing() {
    assert_eq!(cut("平行志愿", 12), "平行志愿");
    assert_eq!(cut("平行志愿", 11), "平行志…[cut: 3 bytes]");
    assert_eq!(cut("ab", 0), "…[cut: 2 bytes]");
    assert!(is_cut(&cut("平行志愿", 11)) && !is_cut("平行志愿") && !is_cut("…[cut: x bytes]"));
}
