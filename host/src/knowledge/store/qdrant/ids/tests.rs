use super::*;

#[test]
fn a_windows_id_says_where_it_is() {
    assert_eq!(NAME_AT + NAME_BITS, 128);
    let document = Ids::Placed.document("录取/一.md");
    let version = Ids::Placed.mark("018f");
    for (section, ordinal, is_question) in
        [(0, 0, false), (7, 21, true), (MOST_PLACES - 1, MOST_PLACES - 1, false)]
    {
        let id = version.window(&document, section, ordinal, is_question);
        let spot = Spot::of_placed(&id).unwrap();
        let wanted =
            Spot { document: document.clone(), version: version.clone(), section, ordinal, is_question };
        assert_eq!(spot, wanted);
        assert_eq!(spot.section_id(), version.section(&document, section));
        assert!(spot.version.is_of("018f") && !spot.version.is_of("018e"));
    }
    assert_eq!(Spot::of_placed(&document), None);
    assert_eq!(Spot::of_placed(&version.section(&document, 3)), None);
    assert_eq!(Spot::of_placed("一"), None);
}

#[test]
fn points_of_earlier_versions_keep_their_ids() {
    let version = Ids::Hashed.mark("half");
    assert_eq!(Ids::Hashed.document("a.txt"), hashed(&["document", "a.txt"]));
    assert_eq!(version.section("", 3), hashed(&["section", "half", "3"]));
    assert_eq!(version.window("", 1, 4, true), hashed(&["window", "half", "4"]));
    assert!(version.is_of("half") && !version.is_of("whole"));
}
