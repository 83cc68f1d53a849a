use super::*;

#[test]
fn a_digest_tells_what_was_imported() {
    assert_eq!((before_edits("abc"), before_edits("abc+1")), ("abc", "abc"));
    assert_eq!(before_edits(&edited("abc+1")), "abc");
    assert_ne!(edited("abc"), edited("abc"));
}
