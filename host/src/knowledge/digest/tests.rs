use super::*;

#[test]
fn a_digest_tells_what_was_imported() {
    assert_eq!((before_edits("abc"), before_edits("abc+1")), ("abc", "abc"));
    assert_eq!(before_edits(&edited("abc+1")), "abc");
    assert_ne!(edited("abc"), edited("abc"));
}

#[test]
fn a_digest_tells_the_content_from_what_is_said_of_it() {
    let (all, other, content) = ("a".repeat(64), "b".repeat(64), "c".repeat(64));
    let digest = of_halves(&all, &content);
    assert_eq!(digest.len(), 64);
    assert!(
        is_same(&edited(&digest), &digest) && is_same(&all, &digest),
        "also one of before there were halves"
    );
    let titled = of_halves(&other, &content);
    assert!(!is_same(&digest, &titled) && has_same_content(&edited(&digest), &titled));
    assert!(!has_same_content(&all, &titled) && !has_same_content("corrections", "corrections"));
    assert!(is_edited(&edited(&digest)) && !is_edited(&digest));
}
