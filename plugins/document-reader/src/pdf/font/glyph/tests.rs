use super::*;

#[test]
fn names_stand_for_characters() {
    for (name, expected) in [
        ("A", Some('A')),
        ("uni4E2D", Some('中')),
        ("u20000", Some('𠀀')),
        ("one.oldstyle", Some('1')),
        ("union", None),
        ("a97", Some('a')),
        ("a7", None),
        ("Eacute", Some('É')),
        ("g123", None),
        ("", None),
    ] {
        assert_eq!(character(name), expected, "{name}");
    }
}
